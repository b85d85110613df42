"""Incidents: which events of different articles are the same deed, and what they tell of it together.

    article ─▶ sketch ─▶ families of copies ────────────────┐
    event ───▶ deed, block ─▶ link ─▶ report ──▶ incident ◀──┘
               (incidents.sql)   ▲      (clusters.py)
                                 └ judgement, what people say

`build` does what is new: it draws links between new events and those they may be the same deed as,
decides the connected components anew that these links touch, and writes their incidents. The result is
that of a build from nothing, in whatever order and batches articles came; `clusters` says why.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from whowhom.clusters import Clusters, Link, Traits, join_links
from whowhom.copies import LIKENESS, Sketch, list_bands, measure_likenesses, sketch_text
from whowhom.records import content_hash

Row = dict[str, Any]
Member = tuple[str, str]
"""An event: its article and its id, which is unique in the article only."""

# Copies of an agency's report are printed within days; a text that is alike a fortnight later is an
# anniversary or a form, and comparing with all that was ever read would not stay linear.
_COPY_DAYS = 10
# Articles whose sketches are compared in one go; some 60 MB.
_COPY_BATCH = 50_000


class Feature(NamedTuple):
    """Something that two events may have in common: how it is measured, what it weighs, how it is said."""

    name: str
    weight: float
    sql: str
    said: str = ""


# The weights of a logistic score. Set by hand for dated international news, then moved by the pairs of
# ECB+ (odd topics) as far as they tell: evaluation/incidents.py --fit. ECB+ has hardly any days and few
# states, so the weights of days and of pairs of states are those set by hand. They are such that the
# same pair of states on the same day stays below the threshold without a word in common.
FEATURES: tuple[Feature, ...] = (
    Feature("bias", -5.5, "1"),
    Feature("two_states", 1.5, "n_states >= 2", "both states"),
    Feature("one_state", 0.3, "n_states = 1", "a state"),
    Feature("other_states", -2.0,
            "n_states < 2 AND len(a.states) >= 2 AND len(b.states) >= 2"
            " OR n_states = 0 AND len(a.states) > 0 AND len(b.states) > 0", "other states"),
    Feature("turned", -2.0,
            "list_has_any(a.who_states, b.whom_states) AND NOT list_has_any(a.who_states, b.who_states)"
            " AND NOT list_has_any(a.whom_states, b.whom_states)", "sides turned around"),
    Feature("names", 1.3, "least(n_names, 2)", "names"),
    Feature("other_names", -1.0,
            "len(a.who_names) > 0 AND len(b.who_names) > 0 AND NOT list_has_any(a.who_names, b.who_names)"
            " OR len(a.whom_names) > 0 AND len(b.whom_names) > 0"
            " AND NOT list_has_any(a.whom_names, b.whom_names)", "other names"),
    Feature("heads", 0.5, "list_has_any(a.heads, b.heads)", "words for who took part"),
    Feature("who_sector", 0.3, "list_has_any(a.who_sectors, b.who_sectors)", "sector of the actor"),
    Feature("whom_sector", 0.6, "list_has_any(a.whom_sectors, b.whom_sectors)", "sector of the recipient"),
    Feature("place", 1.5, "a.place = b.place", "place"),
    Feature("other_place", -1.0, "a.place <> b.place", "another place"),
    Feature("other_country", -1.5, "a.place_country <> b.place_country", "another country"),
    Feature("day", 2.0, "a.first = b.first AND a.last = b.last AND a.last - a.first < 4", "days"),
    Feature("days_meet", 1.2, "a.low <= b.high AND b.low <= a.high"
            " AND NOT (a.first = b.first AND a.last = b.last AND a.last - a.first < 4)", "days that meet"),
    Feature("days_unknown", -0.5, "a.low IS NULL <> (b.low IS NULL)", "days of one not known"),
    Feature("type", -1.5, "a.type <> b.type", "another type"),
    Feature("mode", 0.5, "list_has_any(a.mode, b.mode)", "mode"),
    Feature("other_mode", -0.8,
            "len(a.mode) > 0 AND len(b.mode) > 0 AND NOT list_has_any(a.mode, b.mode)", "another mode"),
    Feature("planned", -0.7, "a.is_planned <> b.is_planned", "one is only planned"),
    Feature("killed", 1.2, "a.killed = b.killed AND a.killed > 0", "number killed"),
    Feature("other_killed", -0.7,
            "greatest(a.killed, b.killed) > 2 * least(a.killed, b.killed)", "another number killed"),
    Feature("trigger", 1.5, "list_has_any(a.stems, b.stems)", "wording"),
    Feature("story", 2.0, "CASE WHEN n_story > 0 THEN n_story / greatest(least(len(a.story), len(b.story)), 3) END",
            "names in the articles"),
    Feature("words", 5.0, "CASE WHEN n_words > 0 THEN n_words / greatest(least(len(a.words), len(b.words)), 4) END",
            "words of the sentences"),
)  # fmt: skip
THRESHOLD = 0.5
# Those that cost most are reckoned only for pairs that could still reach the threshold.
_DEAR = ("story", "words")

# Bodies, not persons, however much like a name they look.
_NOT_PERSONS = (
    r"\b(minist\w+|department|office|council|court|senate|house|congress|parliament|party|front|union|"
    r"league|army|navy|force|forces|guard|guards|police|agency|bank|commission|committee|organi[sz]ation|"
    r"nations|nation|states|republic|kingdom|federation|federal|korea|korean|arabia|africa|america|movement|"
    r"brigade|brigades|state|national|international|center|centre|group|groups|association|institute|"
    r"university|times|post|news|press|embassy|mission|command|authority|board|bureau|alliance|coalition|"
    r"corps|division|service|services|watch|administration|cabinet|government|city|county|town|hall|church)\b"
)
_STOP_WORDS = tuple(
    """that this with from have were been their they them there which while when where what will would could
    should about after before over under into upon said says told also more most than then some such only
    other against between during because through being both each very year years month week today yesterday
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august
    september october november december news report reports reported reporter reporters according official
    officials people country government president minister ministry""".split()
)

# What no two reports of one deed can contradict each other in.
_EXCLUDED = """a.article = b.article
    OR a.first > b.last + 1 OR b.first > a.last + 1
    OR a.low > b.high + 1 OR b.low > a.high + 1
    OR a.low > b.before OR b.low > a.before
    OR abs(a.latitude - b.latitude) > 0.6
    OR abs(a.longitude - b.longitude) BETWEEN 0.6 AND 359.4"""


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
        for table in ("sketch", "link", "report", "incident"):
            _run(connection, f"DELETE FROM {table}")
    touched_articles = _find_copies(connection)
    _run(connection, _SELECT_FRESH)
    ((n_fresh,),) = _run(connection, "SELECT count(*) FROM fresh")
    if n_fresh:
        _draw_links(connection)
    return Built(n_fresh, _decide(connection, touched_articles))


def forget(connection: duckdb.DuckDBPyConnection, articles: Sequence[str]) -> None:
    """Let the next `build` decide anew about all events of some articles, and whatever they are joined to.

    Of all of them, because what one event of an article names counts for the others (see `story`). Until
    then their rows of `report` name no event, so that a build that never came is made up for by a later one.
    """
    ids = {"ids": list(articles)}
    some = "(SELECT unnest(CAST($ids AS VARCHAR[])))"
    connection.execute(f"DELETE FROM link WHERE article IN {some} OR other_article IN {some}", ids)
    connection.execute(f"UPDATE report SET event = '' WHERE article IN {some}", ids)


def refresh(connection: duckdb.DuckDBPyConnection, articles: Sequence[str]) -> None:
    """Write the incidents of articles anew of which only scores have changed: nothing joins or leaves."""
    connection.execute(_SELECT_FRESH)
    connection.execute("DELETE FROM fresh")  # what is new is for `build`
    _decide(connection, list(articles))


_SELECT_FRESH = """CREATE OR REPLACE TEMP TABLE fresh AS
    SELECT article, id AS event FROM event
    WHERE NOT EXISTS (FROM report WHERE report.article = event.article AND report.event = event.id)"""


# Families of copies.


def _find_copies(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Sketch the articles that are new; return the articles whose family of copies has changed."""
    fresh = _run(
        connection,
        """SELECT id FROM article
        WHERE id IN (SELECT article FROM event) AND id NOT IN (SELECT article FROM sketch)
        ORDER BY published, id""",
    )
    changed: set[str] = set()
    for start in range(0, len(fresh), _COPY_BATCH):
        changed.update(_join_copies(connection, [id for (id,) in fresh[start : start + _COPY_BATCH]]))
    return sorted(changed)


class _Sketched(NamedTuple):
    article: str
    day: int | None
    sketch: Sketch
    copy_family: str


def _join_copies(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> set[str]:
    """Add the sketches of new articles, joined to the families they belong to."""
    with _incoming(connection, {"id": list(ids)}):
        rows = _run(
            connection,
            f"""SELECT id, {_DAY.format("published")}, "text",
                text_sketch.n_shingles, minhash, quotes, credit
            FROM article SEMI JOIN incoming USING (id) LEFT JOIN text_sketch ON text_sketch.article = id""",
        )
        days = [day for _, day, *_ in rows if day is not None]
        near = "true" if len(days) < len(rows) else "published IS NULL"
        held = _run(
            connection,
            f"""SELECT article, {_DAY.format("published")}, n_shingles, minhash, quotes, credit, copy_family
            FROM sketch WHERE {near} OR {_DAY.format("published")} BETWEEN $first AND $last""",
            {
                "first": min(days, default=0) - _COPY_DAYS,
                "last": max(days, default=0) + _COPY_DAYS,
            },
        )
    known = [_Sketched(article, day, _read_sketch(*rest), family) for article, day, *rest, family in held]
    added = [
        _Sketched(id, day, sketch_text(text) if text is not None else _read_sketch(*sketch), id)
        for id, day, text, *sketch in rows
    ]
    every = sorted([*known, *added])
    pairs = _pair_copies(every, {one.article for one in added})
    new_by_old = _join_families([(one.copy_family, two.copy_family) for one, two in pairs])
    _insert(
        connection,
        "sketch",
        {
            "article": [one.article for one in added],
            "n_shingles": [one.sketch.n_shingles for one in added],
            "minhash": [one.sketch.minhash.astype("<u4").tobytes() for one in added],
            "quotes": [list(one.sketch.quotes) for one in added],
            "credit": [one.sketch.credit or None for one in added],
            "copy_family": [new_by_old.get(one.article, one.article) for one in added],
        },
        "SELECT incoming.*, published FROM incoming JOIN article ON article.id = incoming.article",
    )
    moved = {old: new for old, new in new_by_old.items() if old != new}
    if not moved:
        return set()
    with _incoming(connection, {"old": list(moved), "new": list(moved.values())}):
        changed = _run(
            connection, "SELECT article FROM sketch WHERE copy_family IN (SELECT old FROM incoming)"
        )
        _run(
            connection,
            "UPDATE sketch SET copy_family = incoming.new FROM incoming WHERE copy_family = incoming.old",
        )
    return {article for (article,) in changed}


_DAY = "datediff('day', DATE '1970-01-01', {})"


def _read_sketch(n_shingles: int, minhash: bytes, quotes: list[int], credit: str | None) -> Sketch:
    return Sketch(n_shingles, np.frombuffer(minhash, "<u4"), tuple(quotes), credit or "")


def _pair_copies(every: Sequence[_Sketched], fresh: set[str]) -> Iterator[tuple[_Sketched, _Sketched]]:
    """Yield the pairs of copies of which one at least is new.

    Whether two are copies depends on the two alone, and a family is what such pairs connect, so the
    order in which articles come makes no difference. Texts that are the same to the letter, by
    the hundred where an agency's report is printed unchanged, stand for one another.
    """
    same: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, one in enumerate(every):
        if one.sketch.n_shingles:
            sketch = one.sketch
            same[one.day, sketch.minhash.tobytes(), sketch.quotes, sketch.credit].append(number)
    for numbers in same.values():
        yield from ((every[a], every[b]) for a, b in pairwise(numbers))
    first = [numbers[0] for numbers in same.values()]
    if not first:
        return
    is_fresh = np.array([any(every[n].article in fresh for n in numbers) for numbers in same.values()])
    left, right = _share_band(np.stack([every[n].sketch.minhash for n in first]), is_fresh)
    # A day that is not known is near every other.
    days = np.array([np.nan if every[n].day is None else every[n].day for n in first], float)
    near = ~(np.abs(days[left] - days[right]) > _COPY_DAYS)
    left, right = left[near], right[near]
    alike = measure_likenesses([every[n].sketch for n in first], left, right) >= LIKENESS
    for a, b in zip(left[alike].tolist(), right[alike].tolist(), strict=True):
        yield every[first[a]], every[first[b]]


def _share_band(
    minhash: NDArray[np.uint32], is_fresh: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of rows that have a band in common and of which one at least is new."""
    n = len(minhash)
    codes: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    bands = list_bands(minhash)
    for band in bands.T:
        order = np.argsort(band, kind="stable")
        edges = np.flatnonzero(np.diff(band[order])) + 1
        starts, ends = np.concatenate([[0], edges]), np.concatenate([edges, [n]])
        for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
            members = order[start:end].astype(np.int64)
            a, b = np.triu_indices(len(members), 1)
            wanted = is_fresh[members[a]] | is_fresh[members[b]]
            codes.append(members[a[wanted]] * n + members[b[wanted]])
    found = np.unique(np.concatenate(codes))
    return found // n, found % n


def _join_families(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for each family that is joined to another the smallest name among them."""
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = name = parent[parent[name]]
        return name

    for one, two in pairs:
        a, b = find(one), find(two)
        parent[max(a, b)] = min(a, b)
    return {name: find(name) for name in list(parent)}


# Links.


def _draw_links(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the links between the events of `fresh`, and between them and those that were there before."""
    _run(connection, _SELECT_WANTED)
    _describe_wanted(connection)
    families = _run(connection, "SELECT DISTINCT family FROM deed WHERE fresh ORDER BY family")
    for (family,) in families:
        _run(connection, _INSERT_LINKS, {"family": family, "threshold": _logit(THRESHOLD)})


def _describe_wanted(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the tables of incidents.sql for the events in `wanted`."""
    values = {"not_persons": _NOT_PERSONS, "stop_words": list(_STOP_WORDS), "states": list(_name_states())}
    for statement in connection.extract_statements(_read_sql()):
        named = {name: values[name] for name in statement.named_parameters}
        connection.execute(statement, named).fetchall()


# Beside the new events those that a day or a lack of days brings near them; a store of years is not
# read through for the news of a day. 45 days: a month that is named, and what lies around a report.
_SELECT_WANTED = """CREATE OR REPLACE TEMP TABLE wanted AS
WITH days AS (
    SELECT event.id, event.article, event.event AS type,
        coalesce(event."date".first_day, article.published) AS first_day,
        coalesce(event."date".last_day, article.published) AS last_day,
        event."date".first_day IS NULL AND (article.published IS NULL OR list_contains(event.aux, 'historical'))
            OR coalesce(event."date".last_day - event."date".first_day > 31, false) AS is_loose
    FROM event JOIN article ON article.id = event.article
),
span AS (
    SELECT min(first_day) - 45 AS first_day, max(last_day) + 45 AS last_day, bool_or(is_loose) AS is_loose
    FROM days JOIN fresh ON fresh.article = days.article AND fresh.event = days.id
)
SELECT days.article, days.id AS event, fresh.event IS NOT NULL AS fresh
FROM days LEFT JOIN fresh ON fresh.article = days.article AND fresh.event = days.id
-- All events of an article or none: what one of them names counts for the others.
WHERE days.article IN (
    SELECT article FROM days CROSS JOIN span
    WHERE days.is_loose OR span.is_loose
        OR days.first_day <= span.last_day AND days.last_day >= span.first_day
)"""


@cache
def _name_states() -> tuple[str, ...]:
    from whowhom.resolvers.countries import load_countries

    return tuple(sorted({name for one in load_countries().values() for name in (one.name, *one.names)}))


@cache
def _read_sql() -> str:
    return files("whowhom").joinpath("incidents.sql").read_text(encoding="utf-8")


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _sum(features: Iterable[Feature]) -> str:
    return " + ".join(f"{one.weight!r} * coalesce(CAST(({one.sql}) AS DOUBLE), 0)" for one in features)


def _write_links() -> str:
    cheap = [one for one in FEATURES if one.name not in _DEAR]
    dear = [one for one in FEATURES if one.name in _DEAR]
    said = ", ".join(
        f"CASE WHEN coalesce(CAST(({one.sql}) AS DOUBLE), 0) > 0.1 THEN '{'' if one.weight > 0 else 'but '}{one.said}' END"
        for one in FEATURES
        if one.said
    )
    return f"""INSERT INTO link BY NAME
WITH {_PAIRS},
counted AS (
    SELECT a, b, len(list_intersect(a.states, b.states)) AS n_states,
        len(list_intersect(a.names, b.names)) AS n_names
    FROM pair JOIN deed AS a ON a.node = pair.one JOIN deed AS b ON b.node = pair.two
    WHERE NOT coalesce({_EXCLUDED}, false)
),
likely AS (
    SELECT a, b, n_states, n_names, {_sum(cheap)} AS known FROM counted
    WHERE known + {sum(one.weight for one in dear)} >= $threshold
),
told AS (
    SELECT *, len(list_intersect(a.story, b.story)) AS n_story, len(list_intersect(a.words, b.words)) AS n_words
    FROM likely
),
scored AS (
    SELECT *, known + {_sum(dear)} AS total FROM told WHERE total >= $threshold
)
SELECT a.article AS article, a.event AS event, b.article AS other_article, b.event AS other_event,
    round(1 / (1 + exp(-total)), 6) AS score, concat_ws(', ', {said}) AS reason
FROM scored"""


def describe_pairs(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[list[tuple[str, str, str, str]], NDArray[Any]]:
    """Return every pair of events of a type that could be one deed, and its features; for fitting.

    Shape of the second: (number of pairs, number of `FEATURES`).
    """
    _run(
        connection,
        "CREATE OR REPLACE TEMP TABLE wanted AS SELECT article, id AS event, true AS fresh FROM event",
    )
    _describe_wanted(connection)
    columns = ", ".join(f"coalesce(CAST(({one.sql}) AS DOUBLE), 0)" for one in FEATURES)
    rows = _run(
        connection,
        f"""SELECT a.article, a.event, b.article, b.event, [{columns}]
        FROM (
            SELECT a, b, len(list_intersect(a.states, b.states)) AS n_states,
                len(list_intersect(a.names, b.names)) AS n_names, len(list_intersect(a.story, b.story)) AS n_story,
                len(list_intersect(a.words, b.words)) AS n_words
            FROM deed AS a JOIN deed AS b ON a.family = b.family AND a.node < b.node
            WHERE NOT coalesce({_EXCLUDED}, false)
        )""",
    )
    return [row[:4] for row in rows], np.array([row[4] for row in rows])


# Pairs that share a key, once each. A dated pair is taken from the first bucket in which it meets.
_PAIRS = """dated AS MATERIALIZED (FROM block WHERE family = $family),
loose AS MATERIALIZED (FROM loose_block WHERE family = $family),
met AS (
    SELECT one.node AS a, two.node AS b
    FROM dated AS one JOIN dated AS two ON one.key = two.key AND one.bucket = two.bucket
    WHERE one.fresh AND (NOT two.fresh OR one.node < two.node)
        AND one.bucket = greatest(one.first_bucket, two.first_bucket)
    UNION ALL
    SELECT one.node, two.node
    FROM loose AS one JOIN loose AS two ON one.key = two.key
    WHERE one.is_loose AND (one.fresh OR two.fresh) AND (NOT two.is_loose OR one.node < two.node)
),
pair AS (SELECT DISTINCT least(a, b) AS one, greatest(a, b) AS two FROM met)"""
_INSERT_LINKS = _write_links()


# Deciding.


def _decide(
    connection: duckdb.DuckDBPyConnection, refresh: Sequence[str], reconsider: Iterable[Member] = ()
) -> int:
    """Decide anew what new links and judgements touch, and write its incidents; return how many.

    Args:
        refresh: Articles whose incidents are written anew although nothing joins or leaves them.
        reconsider: Events whose components are decided anew.
    """
    judgements = _read_judgements(connection)
    fresh = set(_run(connection, "SELECT article, event FROM fresh")) if judgements else set()
    seeds = set(reconsider)
    for parts in judgements:
        members = [member for part in parts for member in part]
        if not fresh.isdisjoint(members):
            seeds.update(members)
    with _incoming(connection, {"article": [one for one, _ in seeds], "event": [two for _, two in seeds]}):
        for sql in _SELECT_TOUCHED:
            _run(connection, sql)
    clusters = _cluster_touched(connection, judgements)
    _keep_reports(connection, clusters)
    with _incoming(connection, {"article": list(refresh)}):
        for sql in _SELECT_STALE:
            _run(connection, sql)
    ((n_written,),) = _run(connection, _INSERT_INCIDENTS)
    return int(n_written)


# Events that are no longer there (coded anew) leave their incidents.
_SELECT_TOUCHED = (
    """CREATE OR REPLACE TEMP TABLE gone AS
    SELECT article, event, component FROM report
    WHERE NOT EXISTS (FROM event WHERE event.article = report.article AND event.id = report.event)""",
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
    links = _run(
        connection,
        """SELECT one.number, two.number, link.score
        FROM link JOIN touched AS one ON one.article = link.article AND one.event = link.event
        JOIN touched AS two ON two.article = link.other_article AND two.event = link.other_event""",
    )
    judged = {member for parts in judgements for part in parts for member in part}
    number_by_member: dict[Member, int] = {}
    if judged:
        with _incoming(connection, {"article": [a for a, _ in judged], "event": [e for _, e in judged]}):
            rows = _run(
                connection,
                "SELECT article, event, number FROM touched SEMI JOIN incoming USING (article, event)",
            )
        number_by_member = {(article, event): number for article, event, number in rows}
    numbered = [
        [[number_by_member[one] for one in part if one in number_by_member] for part in parts]
        for parts in judgements
    ]
    involved = {number for one, two, _ in links for number in (one, two)} | set(number_by_member.values())
    traits = _read_traits(connection, sorted(involved))
    return join_links(traits, [Link(*link) for link in links], numbered)


def _read_traits(connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> dict[int, Traits]:
    """Return what the events tell that others may not contradict; most are in `deed` already."""
    if not numbers:
        return {}
    with _incoming(connection, {"number": list(numbers)}):
        _run(
            connection,
            "CREATE OR REPLACE TEMP TABLE involved AS FROM touched SEMI JOIN incoming USING (number)",
        )
    rows = _run(connection, _SELECT_TRAITS) if _has_table(connection, "deed") else []
    found = {row[0] for row in rows}
    missing = [number for number in numbers if number not in found]
    if missing:
        with _incoming(connection, {"number": missing}):
            _run(
                connection,
                "CREATE OR REPLACE TEMP TABLE wanted AS "
                "SELECT article, event, false AS fresh FROM touched SEMI JOIN incoming USING (number)",
            )
        _describe_wanted(connection)
        rows += _run(connection, _SELECT_TRAITS)
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
    _run(
        connection,
        "DELETE FROM report USING gone WHERE report.component = gone.component AND report.article = gone.article AND report.event = gone.event",
    )
    _run(connection, "DELETE FROM report WHERE component IN (SELECT component FROM touched)")
    with _incoming(
        connection,
        {
            "number": numbers,
            "deed": [clusters.deed[number] for number in numbers],
            "component": [clusters.component[number] for number in numbers],
            "weakest": [clusters.weakest.get(clusters.deed[number]) for number in numbers],
        },
        {"weakest": "DOUBLE"},
    ):
        _run(
            connection,
            f"""CREATE OR REPLACE TEMP TABLE decided AS
            SELECT touched.article, touched.event, touched.incident AS before,
                {_NAME_INCIDENT.format("deed")} AS incident, {_NAME_INCIDENT.format("component")} AS component, weakest
            FROM touched LEFT JOIN incoming USING (number)
            LEFT JOIN touched AS deed ON deed.number = incoming.deed
            LEFT JOIN touched AS component ON component.number = incoming.component""",
        )
    _run(connection, "INSERT INTO report SELECT article, event, incident, component FROM decided")


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

_INSERT_INCIDENTS = """INSERT INTO incident BY NAME
WITH told AS MATERIALIZED (
    SELECT report.incident, stale.join_score, event.* EXCLUDE (sentence, mentions, trigger),
        lower(trigger."text") AS wording, sketch.copy_family, list_contains(aux, 'negation') AS is_denied,
        coalesce(lower(article.outlet), regexp_extract(article.url, '^https?://([^/]+)', 1), 'article ' || article.id)
            AS outlet,
        CASE WHEN source_kind = 'author' THEN coalesce(article.outlet, 'article ' || article.id)
            WHEN source_kind = 'unnamed' THEN 'unnamed'
            ELSE coalesce(source.name, source.span."text", 'unnamed') END AS said_by,
        coalesce(event."date".first_day, article.published) AS first_day,
        coalesce(event."date".last_day, article.published) AS last_day,
        coalesce(event."date".span."text", '') <> '' AND event."date".first_day IS NOT NULL AS is_said
    FROM stale
    JOIN report ON report.incident = stale.incident
    JOIN event ON event.article = report.article AND event.id = report.event
    JOIN article ON article.id = event.article
    JOIN sketch ON sketch.article = event.article
),
typed AS (
    SELECT incident, arg_min(event, key) AS event FROM (
        SELECT incident, event, (-count(*), -max(score), event) AS key FROM told GROUP BY incident, event
    ) GROUP BY incident
),
moded AS (
    SELECT incident, list(mode ORDER BY n DESC, mode) AS mode FROM (
        SELECT incident, mode, count(*) AS n FROM (SELECT incident, unnest(mode) AS mode FROM told)
        GROUP BY incident, mode
    ) GROUP BY incident
),
dated AS (
    SELECT incident, arg_min({'first': first_day, 'last': last_day}, key) AS days,
        min(first_day) AS earliest_day, max(last_day) AS latest_day
    FROM (
        SELECT incident, first_day, last_day,
            (NOT is_said, last_day - first_day, -count(*), first_day) AS key
        FROM told WHERE first_day IS NOT NULL GROUP BY incident, first_day, last_day, is_said
    ) GROUP BY incident
),
located AS (
    SELECT incident, copy_family, level, location,
        CASE level WHEN 3 THEN location.country ELSE location.name END AS name,
        (-score, article, id) AS key
    FROM (
        SELECT incident, copy_family, location, score, article, id, unnest(CASE location."precision"
            WHEN 'exact' THEN [1, 3] WHEN 'near' THEN [1, 3] WHEN 'region' THEN [2, 3] ELSE [3] END) AS level
        FROM told WHERE location IS NOT NULL
    )
),
sited AS (
    SELECT incident, arg_min(site, level) AS place FROM (
        SELECT incident, level, n, sum(n) OVER (PARTITION BY incident, level) AS n_all,
            CASE level WHEN 3
                THEN {'name': CASE WHEN location."precision" = 'country' THEN location.name END,
                    'country': location.country, 'latitude': CASE WHEN location."precision" = 'country' THEN location.latitude END,
                    'longitude': CASE WHEN location."precision" = 'country' THEN location.longitude END,
                    'geonames': CASE WHEN location."precision" = 'country' THEN location.geonames END, 'precision': 'country'}
                ELSE {'name': location.name, 'country': location.country, 'latitude': location.latitude,
                    'longitude': location.longitude, 'geonames': location.geonames, 'precision': location."precision"}
            END AS site
        FROM (
            SELECT incident, level, name, count(DISTINCT copy_family) AS n,
                arg_min(location, (location."precision" <> 'country' AND level = 3, key)) AS location
            FROM located WHERE name IS NOT NULL GROUP BY incident, level, name
        )
    ) WHERE 2 * n > n_all GROUP BY incident
),
counted AS (
    SELECT incident, what, number, count(DISTINCT copy_family) AS n,
        list({'article': article, 'event': id, 'number': number} ORDER BY article, id) AS reports
    FROM (
        SELECT incident, 'killed' AS what, killed AS number, copy_family, article, id FROM told WHERE killed IS NOT NULL
        UNION ALL
        SELECT incident, 'injured', injured, copy_family, article, id FROM told WHERE injured IS NOT NULL
    ) GROUP BY incident, what, number
),
tolls AS (
    SELECT incident, what, {'low': min(number), 'best': arg_max(number, (n, number)), 'high': max(number),
        'reports': flatten(list(reports ORDER BY number))} AS toll
    FROM counted GROUP BY incident, what
),
worded AS (
    SELECT incident, list({'text': wording, 'n': CAST(n AS INTEGER)} ORDER BY n DESC, wording) AS wordings
    FROM (SELECT incident, wording, count(*) AS n FROM told GROUP BY incident, wording) GROUP BY incident
),
summed AS (
    SELECT incident, any_value(join_score) AS join_score,
        arg_min(actor, (len(actor) = 0, -score, article, id)) AS actor,
        arg_min(recipient, (len(recipient) = 0, -score, article, id)) AS recipient,
        {'certain': count(DISTINCT copy_family) FILTER (certainty = 'certain'),
            'probable': count(DISTINCT copy_family) FILTER (certainty = 'probable'),
            'possible': count(DISTINCT copy_family) FILTER (certainty = 'possible')} AS certainty,
        {'historical': count(DISTINCT copy_family) FILTER (list_contains(aux, 'historical')),
            'future': count(DISTINCT copy_family) FILTER (list_contains(aux, 'future')),
            'hypothetical': count(DISTINCT copy_family) FILTER (list_contains(aux, 'hypothetical')),
            'negation': count(DISTINCT copy_family) FILTER (is_denied)} AS aux,
        list_sort(coalesce(list(DISTINCT said_by) FILTER (NOT is_denied), [])) AS asserted_by,
        list_sort(coalesce(list(DISTINCT said_by) FILTER (is_denied), [])) AS denied_by,
        count(*) AS n_events, count(DISTINCT article) AS n_articles, count(DISTINCT outlet) AS n_outlets,
        count(DISTINCT copy_family) AS n_independent, max(score) AS score
    FROM told GROUP BY incident
),
weighed AS (
    SELECT told.incident, min(told.quad) AS quad, round(avg(told.scale), 6) AS scale
    FROM told JOIN typed ON typed.incident = told.incident AND typed.event = told.event GROUP BY told.incident
)
SELECT summed.* EXCLUDE (incident, actor, recipient), summed.incident AS id, typed.event,
    coalesce(moded.mode, []) AS mode,
    [{'name': one.name, 'country': one.country, 'sector': one.sector, 'text': one.span."text"} FOR one IN actor] AS actor,
    [{'name': one.name, 'country': one.country, 'sector': one.sector, 'text': one.span."text"} FOR one IN recipient] AS recipient,
    dated.days."first" AS first_day, dated.days."last" AS last_day, dated.earliest_day, dated.latest_day,
    sited.place, killed.toll AS killed, injured.toll AS injured, worded.wordings, weighed.quad, weighed.scale
FROM summed
JOIN typed USING (incident)
JOIN worded USING (incident)
JOIN weighed USING (incident)
LEFT JOIN moded USING (incident)
LEFT JOIN dated USING (incident)
LEFT JOIN sited USING (incident)
LEFT JOIN tolls AS killed ON killed.incident = summed.incident AND killed.what = 'killed'
LEFT JOIN tolls AS injured ON injured.incident = summed.incident AND injured.what = 'injured'"""


def tell_again(connection: duckdb.DuckDBPyConnection) -> None:
    """Write to the temporary table `told_again` what every incident is by its reports, for a check."""
    _run(connection, "CREATE OR REPLACE TEMP TABLE stale AS SELECT id AS incident, join_score FROM incident")
    _run(connection, "CREATE OR REPLACE TEMP TABLE told_again AS FROM incident LIMIT 0")
    _run(connection, _INSERT_INCIDENTS.replace("INSERT INTO incident ", "INSERT INTO told_again ", 1))


# What people judge.


def _read_judgements(connection: duckdb.DuckDBPyConnection) -> list[list[list[Member]]]:
    """Return the parts of every judgement that stands, in the order in which they were made.

    An event that is no longer there is found again in its article by type and place of the trigger.
    """
    rows = _run(connection, "SELECT id, verdict, undone, parts FROM judgement ORDER BY ordinal DESC")
    undone: set[str] = set()
    standing: list[list[list[Row]]] = []
    for id, verdict, target, parts in rows:
        if id in undone:
            continue
        if verdict == "undo":
            undone.add(target)
        else:
            standing.append(parts)
    standing.reverse()
    found = _find_again(connection, [one for parts in standing for part in parts for one in part])
    return [
        [list(dict.fromkeys(found[_name(one)] for one in part if _name(one) in found)) for part in parts]
        for parts in standing
    ]


def _name(member: Row) -> Member:
    return member["article"], member["event"]


def _find_again(connection: duckdb.DuckDBPyConnection, members: Sequence[Row]) -> dict[Member, Member]:
    """Return for events of judgements what they are called now; without those that are gone."""
    if not members:
        return {}
    columns = {
        "article": [one["article"] for one in members],
        "event": [one["event"] for one in members],
        "type": [one["type"] for one in members],
        "of": [one["trigger"]["of"] for one in members],
        "start": [one["trigger"]["start"] for one in members],
        "end": [one["trigger"]["end"] for one in members],
    }
    with _incoming(connection, columns, {"start": "INTEGER", "end": "INTEGER"}):
        rows = _run(
            connection,
            """SELECT incoming.article, incoming.event, arg_min(event.id, (
                event.id <> incoming.event, event.event <> incoming."type",
                abs(event.trigger.start - incoming.start), event.id))
            FROM incoming JOIN event ON event.article = incoming.article
            WHERE event.id = incoming.event
                OR event.trigger."of" = incoming."of"
                AND event.trigger.start < incoming."end" AND event.trigger."end" > incoming.start
            GROUP BY ALL""",
        )
    return {(article, event): (article, now) for article, event, now in rows}


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

    Returns:
        Id of the judgement.
    """
    ((ordinal,),) = _run(connection, "SELECT coalesce(max(ordinal) + 1, 0) FROM judgement")
    id = content_hash(str(ordinal), verdict, undone, *("\n".join(one) for part in parts for one in part))
    flat = [(at, *one) for at, part in enumerate(parts) for one in part]
    with _incoming(
        connection,
        {
            "part": [at for at, _, _ in flat],
            "article": [a for _, a, _ in flat],
            "event": [e for _, _, e in flat],
        },
    ):
        _run(
            connection,
            """INSERT INTO judgement BY NAME
            SELECT $id AS id, $ordinal AS ordinal, $verdict AS verdict, nullif($undone, '') AS undone, $who AS who,
                nullif($why, '') AS why, $when AS made_at, coalesce((SELECT list(members ORDER BY part) FROM (
                    SELECT part, list({'article': event.article, 'event': event.id, 'type': event.event,
                        'trigger': event.trigger} ORDER BY event.article, event.id) AS members
                    FROM incoming JOIN event ON event.article = incoming.article AND event.id = incoming.event
                    GROUP BY part)), []) AS parts""",
            {
                "id": id,
                "ordinal": ordinal,
                "verdict": verdict,
                "undone": undone,
                "who": who,
                "why": why,
                "when": when,
            },
        )
    touched = [one for part in parts for one in part]
    if undone:
        rows = _run(connection, "SELECT parts FROM judgement WHERE id = $id", {"id": undone})
        members = [one for (groups,) in rows for group in groups for one in group]
        touched = list(_find_again(connection, members).values())
    _run(connection, _SELECT_FRESH)
    _run(connection, "DELETE FROM fresh")  # what is new is for `build`
    _decide(connection, (), touched)
    return id


# Small helpers.


@contextmanager
def _incoming(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Sequence[Any]],
    types: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Let SQL see columns as the table `incoming`."""
    import pyarrow as pa

    arrow = {"DOUBLE": pa.float64(), "INTEGER": pa.int32(), "UINTEGER[]": pa.list_(pa.uint32())}
    guessed = {
        name: pa.string() for name, values in columns.items() if not values or isinstance(values[0], str)
    }
    guessed |= {name: arrow[type] for name, type in (types or {}).items()}
    table = pa.table({name: pa.array(values, guessed.get(name)) for name, values in columns.items()})
    connection.register("incoming", table)
    try:
        yield
    finally:
        connection.unregister("incoming")


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, Sequence[Any]], query: str
) -> None:
    with _incoming(connection, columns, {"quotes": "UINTEGER[]"} if "quotes" in columns else None):
        _run(connection, f"INSERT INTO {table} BY NAME {query}")


def _has_table(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    return bool(_run(connection, "FROM duckdb_tables() WHERE temporary AND table_name = $1", [name]))


def _run(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] | Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    return connection.execute(sql, values).fetchall()
