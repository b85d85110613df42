"""Incidents: which events of different articles are the same deed, and what they tell of it together.

    article ─▶ sketch ─▶ families of copies ────────────────┐
    event ───▶ deed, block ─▶ link ─▶ report ──▶ incident ◀──┘
               (links.py)        ▲      (clusters.py)
                                 └ judgement, what people say

`build` does what is new: it draws links between new events and those they may be the same deed as,
decides the connected components anew that these links touch, and writes their incidents. The result is
that of a build from nothing, in whatever order and batches articles came; `clusters` says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import duckdb

from whowhom import dyad_reports, facets
from whowhom.clusters import Clusters, Traits, join_part, list_parts
from whowhom.families import find_copies
from whowhom.judgements import Member, add_judgement, find_members, read_judgements
from whowhom.links import describe_wanted, draw_links
from whowhom.sql import has_table, incoming, run
from whowhom.workers import map_apart


class Built(NamedTuple):
    """What one build came to.

    Attributes:
        n_events: Events that were not in any incident before.
        n_incidents: Incidents that were written, new ones and those that changed.
    """

    n_events: int
    n_incidents: int


def build(connection: duckdb.DuckDBPyConnection, *, rebuild: bool = False) -> Built:
    """Join the events that are new to incidents; the caller holds a transaction.

    Args:
        rebuild: Make everything anew but what people judged.
    """
    if rebuild:
        for table in _MADE:
            run(connection, f"DELETE FROM {table}")
    changed: Sequence[str] = find_copies(connection)
    n_events = n_incidents = 0
    while True:
        run(connection, _SELECT_FRESH, {"most": _MOST_AT_ONCE})
        ((n_fresh,),) = run(connection, "SELECT count(*) FROM fresh")
        if n_fresh:
            draw_links(connection)
        elif n_events:
            return Built(n_events, n_incidents)
        n_incidents += _decide(connection, changed)
        n_events += n_fresh
        if n_fresh < _MOST_AT_ONCE:
            return Built(n_events, n_incidents)
        changed = ()


_MADE = ("sketch", "link", "event_key", "report", "incident", "facet", "party", "posting", "dyad_report")
# Events that are joined in one go, and no more by the rest of an article: 10 kB of memory each. In parts of
# 250,000 a million took longer, as each is compared with those before it, and no less memory.
_MOST_AT_ONCE = 1_000_000


def forget(connection: duckdb.DuckDBPyConnection, articles: Sequence[str]) -> None:
    """Let the next `build` decide anew about all events of some articles, and whatever they are joined to.

    Of all of them, because what one event of an article names counts for the others (see `story`). Until
    then their rows of `report` name no event, so that a build that never came is made up for by a later one.
    """
    ids = {"ids": list(articles)}
    some = "(SELECT unnest(CAST($ids AS VARCHAR[])))"
    connection.execute(f"DELETE FROM link WHERE article IN {some} OR other_article IN {some}", ids)
    for table in ("event_key", "dyad_report"):
        connection.execute(f"DELETE FROM {table} WHERE article IN {some}", ids)
    connection.execute(f"UPDATE report SET event = '' WHERE article IN {some}", ids)


def refresh(connection: duckdb.DuckDBPyConnection, articles: Sequence[str]) -> None:
    """Write the incidents of articles anew of which only scores have changed: nothing joins or leaves."""
    run(connection, _NOTHING_FRESH)
    _decide(connection, list(articles))


def tell_again(connection: duckdb.DuckDBPyConnection) -> None:
    """Write to the temporary table `told_again` what every incident is by its reports, for a check."""
    run(connection, "CREATE OR REPLACE TEMP TABLE stale AS SELECT id AS incident, join_score FROM incident")
    run(connection, "CREATE OR REPLACE TEMP TABLE told_again AS FROM incident LIMIT 0")
    run(connection, _read_insert().replace("INSERT INTO incident ", "INSERT INTO told_again ", 1))


# What is new is for `build`.
_NOTHING_FRESH = "CREATE OR REPLACE TEMP TABLE fresh AS SELECT article, id AS event FROM event LIMIT 0"
# The earliest articles first: those that may be of one deed come together.
_SELECT_FRESH = """CREATE OR REPLACE TEMP TABLE fresh AS
    WITH waiting AS (
        SELECT article, id AS event FROM event
        WHERE NOT EXISTS (FROM report WHERE report.article = event.article AND report.event = event.id)
    ),
    counted AS (
        SELECT article, sum(n) OVER (ORDER BY published, article) - n AS n_before
        FROM (SELECT article, count(*) AS n FROM waiting GROUP BY article) AS waiting
        JOIN article ON article.id = waiting.article
    )
    FROM waiting WHERE article IN (SELECT article FROM counted WHERE n_before < $most)"""


def _decide(
    connection: duckdb.DuckDBPyConnection, refresh: Sequence[str], reconsider: Iterable[Member] = ()
) -> int:
    """Decide anew what new links and judgements touch, and write its incidents; return how many.

    Args:
        refresh: Articles whose incidents are written anew although nothing joins or leaves them.
        reconsider: Events whose components are decided anew.
    """
    judgements = read_judgements(connection)
    fresh = set(run(connection, "SELECT article, event FROM fresh")) if judgements else set()
    seeds = set(reconsider)
    for parts in judgements:
        members = [member for part in parts for member in part]
        if not fresh.isdisjoint(members):
            seeds.update(members)
    with incoming(connection, {"article": [one for one, _ in seeds], "event": [two for _, two in seeds]}):
        for sql in _SELECT_TOUCHED:
            run(connection, sql)
    clusters = _cluster_touched(connection, judgements)
    _keep_reports(connection, clusters)
    with incoming(connection, {"article": list(refresh)}):
        for sql in _SELECT_STALE:
            run(connection, sql)
    ((n_written,),) = run(connection, _read_insert())
    facets.keep(connection)
    dyad_reports.keep(connection)
    return int(n_written)


# Events that are no longer there (coded anew) leave their incidents.
_SELECT_TOUCHED = (
    """CREATE OR REPLACE TEMP TABLE gone AS
    SELECT article, event, component FROM report
    WHERE NOT EXISTS (FROM event WHERE event.article = report.article AND event.id = report.event)""",
    """DELETE FROM event_key USING gone
    WHERE event_key.article = gone.article AND event_key.event = gone.event""",
    """DELETE FROM link USING gone
    WHERE (link.article = gone.article AND link.event = gone.event)
    OR (link.other_article = gone.article AND link.other_event = gone.event)""",
    """CREATE OR REPLACE TEMP TABLE touched AS
    WITH seed AS (
        SELECT other_article AS article, other_event AS event FROM link SEMI JOIN fresh USING (article, event)
        UNION ALL
        SELECT link.article, link.event FROM link
        JOIN fresh ON fresh.article = link.other_article AND fresh.event = link.other_event
        UNION ALL
        FROM incoming
    ),
    components AS (
        SELECT component FROM report SEMI JOIN seed USING (article, event)
        UNION
        SELECT component FROM gone
    )
    SELECT row_number() OVER (ORDER BY article, event) AS number, article, event, incident, component
    FROM (
        SELECT article, event, NULL AS incident, NULL AS component FROM fresh
        UNION ALL
        SELECT report.article, report.event, report.incident, report.component
        FROM report SEMI JOIN components USING (component)
        ANTI JOIN gone ON gone.article = report.article AND gone.event = report.event
    )""",
)


def _cluster_touched(
    connection: duckdb.DuckDBPyConnection, judgements: Sequence[Sequence[Sequence[Member]]]
) -> Clusters:
    judged = {member for parts in judgements for part in parts for member in part}
    number_by_member: dict[Member, int] = {}
    if judged:
        with incoming(connection, {"article": [a for a, _ in judged], "event": [e for _, e in judged]}):
            rows = run(
                connection,
                "SELECT article, event, number FROM touched SEMI JOIN incoming USING (article, event)",
            )
        number_by_member = {(article, event): number for article, event, number in rows}
    numbered = [
        [[number_by_member[one] for one in part if one in number_by_member] for part in parts]
        for parts in judgements
    ]
    columns = connection.sql(_SELECT_LINKS).to_arrow_table().columns
    one, two, scores = (column.to_numpy() for column in columns)
    clusters = Clusters({}, {}, {})
    parts = list_parts(one, two, scores, numbered)
    batches = ((_read_traits(connection, part.numbers), part.links, part.judgements) for part in parts)
    for some in map_apart(join_part, batches):
        clusters.deed.update(some.deed)
        clusters.component.update(some.component)
        clusters.weakest.update(some.weakest)
    return clusters


_SELECT_LINKS = """SELECT one.number, two.number, link.score
FROM link JOIN touched AS one ON one.article = link.article AND one.event = link.event
JOIN touched AS two ON two.article = link.other_article AND two.event = link.other_event"""


def _read_traits(connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> dict[int, Traits]:
    """Return what the events tell that others may not contradict; most are in `deed` already."""
    if not numbers:
        return {}
    with incoming(connection, {"number": list(numbers)}):
        run(
            connection,
            "CREATE OR REPLACE TEMP TABLE involved AS FROM touched SEMI JOIN incoming USING (number)",
        )
    rows = run(connection, _SELECT_TRAITS) if has_table(connection, "deed") else []
    found = {row[0] for row in rows}
    missing = [number for number in numbers if number not in found]
    if missing:
        with incoming(connection, {"number": missing}):
            run(
                connection,
                "CREATE OR REPLACE TEMP TABLE wanted AS "
                "SELECT article, event, false AS fresh FROM touched SEMI JOIN incoming USING (number)",
            )
        describe_wanted(connection)
        rows += run(connection, _SELECT_TRAITS)
    return {
        number: Traits(
            article,
            (first, last) if first is not None else None,
            (latitude, longitude) if latitude is not None else None,
            tuple(sorted((one["side"], one["name"]) for one in persons)),
        )
        for number, article, first, last, latitude, longitude, persons in rows
    }


# A month or a year that a report names is no day that another could contradict.
_SELECT_TRAITS = """SELECT involved.number, deed.article,
    CASE WHEN last - first <= 31 THEN first END, CASE WHEN last - first <= 31 THEN last END,
    CASE WHEN longitude IS NOT NULL THEN latitude END, longitude, persons
FROM deed JOIN involved USING (article, event)"""


def _keep_reports(connection: duckdb.DuckDBPyConnection, clusters: Clusters) -> None:
    """Write which incident each touched event reports, in place of what was known."""
    numbers = list(clusters.deed)
    run(
        connection,
        """DELETE FROM report USING gone
        WHERE report.component = gone.component AND report.article = gone.article
            AND report.event = gone.event""",
    )
    run(connection, "DELETE FROM report WHERE component IN (SELECT component FROM touched)")
    with incoming(
        connection,
        {
            "number": numbers,
            "deed": [clusters.deed[number] for number in numbers],
            "component": [clusters.component[number] for number in numbers],
            "weakest": [clusters.weakest.get(clusters.deed[number]) for number in numbers],
        },
        {"weakest": "DOUBLE"},
    ):
        run(
            connection,
            f"""CREATE OR REPLACE TEMP TABLE decided AS
            SELECT touched.article, touched.event, touched.incident AS before,
                {_NAME_INCIDENT.format("deed")} AS incident,
                {_NAME_INCIDENT.format("component")} AS component, weakest
            FROM touched LEFT JOIN incoming USING (number)
            LEFT JOIN touched AS deed ON deed.number = incoming.deed
            LEFT JOIN touched AS component ON component.number = incoming.component""",
        )
    run(connection, "INSERT INTO report SELECT article, event, incident, component FROM decided")


# An event that nothing is linked to is an incident of its own.
_NAME_INCIDENT = """left(md5(
    length(coalesce({0}.article, touched.article)) || ' ' || coalesce({0}.article, touched.article)
    || coalesce({0}.event, touched.event)), 16)"""

# `stale` are the incidents to be written: those of decided events, and those of articles whose families
# of copies have changed, which keep what holds them together.
_SELECT_STALE = (
    """CREATE OR REPLACE TEMP TABLE stale AS
    SELECT incident, any_value(weakest) AS join_score FROM decided GROUP BY incident
    UNION ALL
    SELECT id, join_score FROM incident
    WHERE id IN (SELECT report.incident FROM report SEMI JOIN incoming USING (article))
        AND id NOT IN (SELECT incident FROM decided)""",
    """DELETE FROM incident WHERE id IN (SELECT incident FROM stale)
        OR id IN (SELECT before FROM decided) OR id NOT IN (SELECT incident FROM report)""",
)


@cache
def _read_insert() -> str:
    return files("whowhom").joinpath("joining.sql").read_text(encoding="utf-8")


def judge(
    connection: duckdb.DuckDBPyConnection,
    verdict: str,
    parts: Sequence[Sequence[Member]],
    *,
    who: str,
    why: str,
    when: datetime,
    undone: str = "",
) -> str:
    """Add a judgement and decide anew what it touches; the caller holds a transaction.

    Events that no build has seen yet are left to the next one.

    Returns:
        Id of the judgement.
    """
    id = add_judgement(connection, verdict, parts, who=who, why=why, when=when, undone=undone)
    touched = find_members(connection, undone or id)
    run(connection, _NOTHING_FRESH)
    _decide(connection, (), touched)
    return id
