"""Incidents: which events of different articles are the same deed, and what they tell of it together.

    article ─▶ sketch ─▶ families of copies ────────────────┐
    event ───▶ deed, block ─▶ link ─▶ report ──▶ incident ◀──┘
               (links.py)        ▲      (clusters.py)
                                 └ judgement, what people say

`build` does what is new: it draws links between new events and those they may be the same deed as,
decides the deeds anew that these links reach, and writes their incidents. The result is that of a build
from nothing, in whatever order and batches articles came; `clusters` says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from whowhom import dyad_reports, facets
from whowhom.clusters import Traits, find_changed, join_part, list_parts
from whowhom.families import find_copies
from whowhom.judgements import Member, add_judgement, find_members, read_judgements
from whowhom.links import draw_links, settle_keys
from whowhom.sql import incoming, incoming_table, run
from whowhom.workers import map_apart


class Built(NamedTuple):
    """What one build came to.

    Attributes:
        n_events: Events that were not in any incident before.
        n_incidents: Incidents that were written, new ones and those that changed.
    """

    n_events: int
    n_incidents: int


def build(connection: duckdb.DuckDBPyConnection) -> Built:
    """Join the events that are new to incidents; the caller holds a transaction."""
    total = Built(0, 0)
    while True:
        part, is_last = build_part(connection)
        total = Built(total.n_events + part.n_events, total.n_incidents + part.n_incidents)
        if is_last:
            return total


def build_part(connection: duckdb.DuckDBPyConnection, *, rebuild: bool = False) -> tuple[Built, bool]:
    """Join some of the events that are new, the earliest; return whether these were the last ones, too.

    The caller holds a transaction. What a part leaves is what a build from nothing makes of its events and
    those before them, so the transaction may end between two parts; only then their memory is free again.

    Args:
        rebuild: Make everything anew but what people judged, beginning with this part.
    """
    if rebuild:
        for table in _MADE:
            run(connection, f"DELETE FROM {table}")
    changed = find_copies(connection)
    run(connection, _SELECT_FRESH, {"most": _MOST_AT_ONCE})
    ((n_fresh,),) = run(connection, "SELECT count(*) FROM fresh")
    if n_fresh:
        draw_links(connection)
    return Built(n_fresh, _decide(connection, changed)), n_fresh < _MOST_AT_ONCE


_MADE = ("sketch", "link", "event_key", "report", "incident", "facet", "party", "posting", "dyad_report")
# Events that are joined in one go, and no more by the rest of an article: 8 kB of memory each. A million in
# parts of 250,000 took as long as at once, with 3.9 GB in place of 8.0; in parts of 100,000 a tenth longer
# and 3.0 GB.
_MOST_AT_ONCE = 200_000


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
    """Decide anew what new events and judgements touch, and write its incidents; return how many.

    Args:
        refresh: Articles whose incidents are written anew although nothing joins or leaves them.
        reconsider: Events whose deeds are decided anew.
    """
    judgements = read_judgements(connection)
    fresh = set(run(connection, "SELECT article, event FROM fresh")) if judgements else set()
    seeds = set(reconsider)
    for parts in judgements:
        members = [member for part in parts for member in part]
        if not fresh.isdisjoint(members):
            seeds.update(members)
    with incoming(connection, {"article": [one for one, _ in seeds], "event": [two for _, two in seeds]}):
        for sql in _SELECT_OPEN:
            run(connection, sql)
    while run(connection, "SELECT count(*) FROM open") != [(0,)]:
        _join_open(connection, judgements)
    for sql in _KEEP_REPORTS:
        run(connection, sql)
    with incoming(connection, {"article": list(refresh)}):
        for sql in _SELECT_STALE:
            run(connection, sql)
    ((n_written,),) = run(connection, _read_insert())
    facets.keep(connection)
    dyad_reports.keep(connection)
    return int(n_written)


# `standing` is which deed each event is of by now, `decided` what of this was decided in this build, and
# `open` what is to be decided still: whole deeds. Events that are no longer there (coded anew) leave theirs.
_SELECT_OPEN = (
    """CREATE OR REPLACE TEMP TABLE gone AS
    SELECT article, event, incident FROM report
    WHERE NOT EXISTS (FROM event WHERE event.article = report.article AND event.id = report.event)""",
    """DELETE FROM event_key USING gone
    WHERE event_key.article = gone.article AND event_key.event = gone.event""",
    """DELETE FROM link USING gone
    WHERE (link.article = gone.article AND link.event = gone.event)
    OR (link.other_article = gone.article AND link.other_event = gone.event)""",
    """CREATE OR REPLACE TEMP TABLE decided AS
    SELECT article, event, incident, CAST(NULL AS DOUBLE) AS weakest FROM report LIMIT 0""",
    """CREATE OR REPLACE TEMP VIEW standing AS
    SELECT article, event, incident FROM report
    ANTI JOIN decided USING (article, event) ANTI JOIN gone USING (article, event)
    UNION ALL SELECT article, event, incident FROM decided""",
    """CREATE OR REPLACE TEMP TABLE asked AS
    SELECT incident FROM gone UNION SELECT incident FROM report SEMI JOIN incoming USING (article, event)""",
    """CREATE OR REPLACE TEMP TABLE open AS
    SELECT article, event FROM fresh
    UNION ALL SELECT article, event FROM standing SEMI JOIN asked USING (incident)""",
)


def _join_open(
    connection: duckdb.DuckDBPyConnection, judgements: Sequence[Sequence[Sequence[Member]]]
) -> None:
    """Decide what is open beside what it is linked to; open is then what that changed of the latter."""
    judged = _select_near(connection, judgements)
    columns = connection.sql("SELECT incident FROM near ORDER BY number").to_arrow_table().columns
    before = columns[0].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    now, weakest = _cluster_near(connection, judged, len(before))
    changed = find_changed(before, now)
    reopened = changed | np.isin(now, now[changed])
    import pyarrow as pa  # type: ignore[import-untyped]

    chosen = np.flatnonzero((before < 0) | changed)
    columns = {
        "number": chosen + 1,
        "deed": now[chosen],
        "weakest": weakest[chosen],
        "reopened": reopened[chosen],
    }
    with incoming_table(connection, pa.table(columns)):
        for sql in _ADD_DECIDED:
            run(connection, sql)


def _select_near(
    connection: duckdb.DuckDBPyConnection, judgements: Sequence[Sequence[Sequence[Member]]]
) -> list[list[list[int]]]:
    """Fill `near`, what is open and the deeds it is linked to; return the judgements by its numbers.

    Whoever judged of one of these judged of them all, so that all events of a judgement are near or none.
    """
    of_judged: dict[Member, list[int]] = defaultdict(list)
    for at, parts in enumerate(judgements):
        for member in {member for part in parts for member in part}:
            of_judged[member].append(at)
    drawn: set[Member] = set()
    while True:
        with incoming(connection, {"article": [one for one, _ in drawn], "event": [two for _, two in drawn]}):
            run(connection, _SELECT_NEAR)
        if not judgements:
            return []
        columns = {"article": [one for one, _ in of_judged], "event": [two for _, two in of_judged]}
        with incoming(connection, columns):
            rows = run(
                connection,
                "SELECT article, event, number FROM near SEMI JOIN incoming USING (article, event)",
            )
        number_by_member = {(article, event): number for article, event, number in rows}
        found = {at for member in number_by_member for at in of_judged[member]}
        wanted = {member for at in found for part in judgements[at] for member in part}
        if wanted <= drawn:
            break
        drawn = wanted
    return [
        [[number_by_member[one] for one in part if one in number_by_member] for part in parts]
        for parts in judgements
    ]


_SELECT_NUMBERS = "SELECT article, event, number FROM near SEMI JOIN incoming USING (article, event)"
# Of `open` no incident is known that counts: it is decided anew. Numbers sort events as their names do.
_SELECT_NEAR = """CREATE OR REPLACE TEMP TABLE near AS
WITH linked AS (
    SELECT other_article AS article, other_event AS event FROM link SEMI JOIN open USING (article, event)
    UNION ALL
    SELECT link.article, link.event FROM link
    JOIN open ON open.article = link.other_article AND open.event = link.other_event
    UNION ALL
    SELECT article, event FROM incoming
),
held AS (SELECT DISTINCT incident FROM standing SEMI JOIN linked USING (article, event))
SELECT row_number() OVER (ORDER BY article, event) AS number, article, event, incident
FROM (
    SELECT article, event, NULL AS incident FROM open
    UNION ALL
    SELECT article, event, incident FROM standing SEMI JOIN held USING (incident)
    ANTI JOIN open USING (article, event)
)"""


def _cluster_near(
    connection: duckdb.DuckDBPyConnection, judged: Sequence[Sequence[Sequence[int]]], n: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for the `n` events of `near` the number of their deed, and the score of its weakest joining."""
    columns = connection.sql(_SELECT_LINKS).to_arrow_table().columns
    one, two, scores = (column.to_numpy() for column in columns)
    batches = (
        (_read_traits(connection, part.numbers), part.links, part.judgements)
        for part in list_parts(one, two, scores, [parts for parts in judged if any(parts)])
    )
    # An event that nothing is linked to is a deed of its own.
    deeds = np.arange(1, n + 1)
    weakest = np.full(n, np.nan)
    for some in map_apart(join_part, batches):
        numbers = np.fromiter(some.deed, np.int64, len(some.deed))
        deeds[numbers - 1] = np.fromiter(some.deed.values(), np.int64, len(some.deed))
        scored = np.fromiter(some.weakest, np.int64, len(some.weakest))
        weakest[scored - 1] = np.fromiter(some.weakest.values(), np.float64, len(some.weakest))
    return deeds, weakest[deeds - 1]


_SELECT_LINKS = """SELECT one.number, two.number, link.score
FROM link JOIN near AS one ON one.article = link.article AND one.event = link.event
JOIN near AS two ON two.article = link.other_article AND two.event = link.other_event"""


def _read_traits(connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> dict[int, Traits]:
    """Return what the events tell that others may not contradict."""
    with incoming(connection, {"number": list(numbers)}):
        rows = run(connection, _SELECT_TRAITS)
    return {
        number: Traits(
            article,
            (first, last) if first is not None else None,
            (latitude, longitude) if latitude is not None else None,
            tuple(sorted((one["side"], one["name"]) for one in persons)),
        )
        for number, article, first, last, latitude, longitude, persons in rows
    }


_SELECT_TRAITS = """SELECT number, article, datediff('day', DATE '1970-01-01', first_day),
    datediff('day', DATE '1970-01-01', last_day), latitude, longitude, persons
FROM near SEMI JOIN incoming USING (number) JOIN event_key USING (article, event)"""

_ADD_DECIDED = (
    """CREATE OR REPLACE TEMP TABLE named AS
    SELECT near.article, near.event,
        left(md5(length(deed.article) || ' ' || deed.article || deed.event), 16) AS incident,
        CASE WHEN NOT isnan(weakest) THEN weakest END AS weakest, reopened
    FROM incoming JOIN near USING (number) JOIN near AS deed ON deed.number = incoming.deed""",
    "DELETE FROM decided USING named WHERE decided.article = named.article AND decided.event = named.event",
    "INSERT INTO decided SELECT article, event, incident, weakest FROM named",
    "CREATE OR REPLACE TEMP TABLE open AS SELECT article, event FROM named WHERE reopened",
)

# Most of what was decided came out as it was.
_KEEP_REPORTS = (
    """CREATE OR REPLACE TEMP TABLE moved AS
    SELECT decided.article, decided.event, decided.incident, report.incident AS before
    FROM decided LEFT JOIN report USING (article, event) WHERE before IS DISTINCT FROM decided.incident""",
    """INSERT INTO asked
    SELECT incident FROM moved UNION SELECT before FROM moved WHERE before IS NOT NULL""",
    """DELETE FROM report USING gone WHERE report.article = gone.article AND report.event = gone.event""",
    """DELETE FROM report USING moved WHERE report.article = moved.article AND report.event = moved.event""",
    "INSERT INTO report SELECT article, event, incident FROM moved",
)

# `stale` are the incidents to be written: those that events came to or left, those that people judged of,
# and those of articles whose families of copies have changed, which keep what holds them together.
_SELECT_STALE = (
    """CREATE OR REPLACE TEMP TABLE stale AS
    SELECT incident, any_value(weakest) AS join_score FROM decided SEMI JOIN asked USING (incident)
    GROUP BY incident
    UNION ALL
    SELECT id, join_score FROM incident
    WHERE id IN (SELECT report.incident FROM report SEMI JOIN incoming USING (article))
        AND id NOT IN (SELECT incident FROM asked)""",
    """DELETE FROM incident
    WHERE id IN (SELECT incident FROM stale UNION ALL SELECT incident FROM asked)""",
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
    settle_keys(connection)
    _decide(connection, (), touched)
    return id
