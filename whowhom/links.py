"""Links between events of different articles that are likely the same deed, each with its score and reason.

A link depends on the two events alone. deeds.sql prepares what is compared and under which keys events
meet, so that the cost grows about as the number of articles; `FEATURES` tells what is compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from whowhom.pairs import Deeds, Measure, Numbers, Pairs, Values, Yes
from whowhom.records import content_hash
from whowhom.sql import incoming_table, read_meta, run, write_meta
from whowhom.workers import count_cores


class Feature(NamedTuple):
    """Something that two events may have in common: how it is measured, what it weighs, how it is said."""

    name: str
    weight: float
    measure: Measure
    said: str = ""


def _has_other_states(pairs: Pairs) -> Yes:
    n_a, n_b, n = pairs.n_a("states"), pairs.n_b("states"), pairs.count("states")
    found: Yes = ((n < 2) & (n_a >= 2) & (n_b >= 2)) | ((n == 0) & (n_a > 0) & (n_b > 0))
    return found


def _is_turned(pairs: Pairs) -> Yes:
    found: Yes = pairs.share("who_states", "whom_states") & ~(
        pairs.share("who_states") | pairs.share("whom_states")
    )
    return found


def _is_same_day(pairs: Pairs) -> Yes:
    a, b = pairs.a, pairs.b
    found: Yes = (a("first") == b("first")) & (a("last") == b("last")) & (a("last") - a("first") < 4)
    return found


def _has_days_that_meet(pairs: Pairs) -> Yes:
    a, b = pairs.a, pairs.b
    meet = (a("low") <= b("high")) & (b("low") <= a("high"))
    # Days that only one of them names in words tell neither that they are the same nor that they are not.
    first, last = a("first") - b("first"), a("last") - b("last")
    found: Yes = meet & ((np.abs(first) > 0) | (np.abs(last) > 0) | (a("last") - a("first") >= 4))
    return found


def _has_another_mode(pairs: Pairs) -> Yes:
    found: Yes = pairs.differ("mode") & ~(pairs.a("is_blast") & pairs.b("is_blast"))
    return found


def _has_another_toll(pairs: Pairs) -> Yes:
    a, b = pairs.a("killed"), pairs.b("killed")
    found: Yes = np.maximum(a, b) > 2 * np.minimum(a, b)
    return found


# The weights of a logistic score, set by hand for dated international news, and swept while looking at all
# topics of ECB+, so that no topic of it is unseen. ECB+ has hardly any days and few states, so the weights
# of these are checked by tests/cases/incidents alone. The same pair of states on the same day stays below
# the threshold without a word in common.
FEATURES: tuple[Feature, ...] = (
    Feature("bias", -5.5, lambda pairs: np.ones(len(pairs))),
    Feature("two_states", 1.5, lambda pairs: pairs.count("states") >= 2, "both states"),
    Feature("one_state", 0.3, lambda pairs: pairs.count("states") == 1, "a state"),
    Feature("other_states", -4.0, _has_other_states, "other states"),
    Feature("turned", -4.0, _is_turned, "sides turned around"),
    Feature("names", 1.3, lambda pairs: np.minimum(pairs.count("names"), 2), "names"),
    Feature("other_names", -1.0,
            lambda pairs: pairs.differ("who_names") | pairs.differ("whom_names"), "other names"),
    Feature("other_persons", -3.0,
            lambda pairs: pairs.differ("who_persons") | pairs.differ("whom_persons"), "other persons"),
    Feature("heads", 0.5, lambda pairs: pairs.share("heads"), "words for who took part"),
    Feature("who_sector", 0.3, lambda pairs: pairs.share("who_sectors"), "sector of the actor"),
    Feature("whom_sector", 0.6, lambda pairs: pairs.share("whom_sectors"), "sector of the recipient"),
    Feature("place", 2.0, lambda pairs: pairs.is_same("place"), "place"),
    Feature("other_place", -1.0, lambda pairs: pairs.is_other("place"), "another place"),
    Feature("other_country", -2.0, lambda pairs: pairs.is_other("place_country"), "another country"),
    Feature("day", 2.0, _is_same_day, "days"),
    Feature("days_meet", 1.2, _has_days_that_meet, "days that meet"),
    Feature("days_unknown", -0.5,
            lambda pairs: np.isnan(pairs.a("low")) != np.isnan(pairs.b("low")), "days of one not known"),
    Feature("type", -1.5, lambda pairs: pairs.is_other("type"), "another type"),
    Feature("mode", 0.5, lambda pairs: pairs.share("mode"), "mode"),
    Feature("other_mode", -0.8, _has_another_mode, "another mode"),
    Feature("planned", -0.7, lambda pairs: pairs.a("is_planned") != pairs.b("is_planned"),
            "one is only planned"),
    Feature("killed", 1.2,
            lambda pairs: (pairs.a("killed") == pairs.b("killed")) & (pairs.a("killed") > 0),
            "number killed"),
    Feature("other_killed", -0.3, _has_another_toll, "another number killed"),
    Feature("trigger", 2.0, lambda pairs: pairs.share("stems"), "wording"),
    Feature("story", 2.0, lambda pairs: pairs.measure_share("story", 3), "names in the articles"),
    Feature("lead", 2.0, lambda pairs: pairs.measure_share("lead", 10), "rare words of the articles"),
    # Where no days tell two stories apart it is these words that do.
    Feature("lead_undated", 10.0,
            lambda pairs: np.where(pairs.is_undated, pairs.measure_share("lead", 10), 0.0)),
    Feature("words", 5.0, lambda pairs: pairs.measure_share("words", 4), "words of the sentences"),
)  # fmt: skip
THRESHOLD = 0.5
# What costs more is reckoned later, and only for pairs that could still reach the threshold.
_DEAR_NAMES = ("story", "words")
_DEAREST_NAMES = ("lead", "lead_undated")
# Of the 7 that these two can give; pairs that need more than this are alike in words and contradict each
# other in who, where or when.
_MOST_DEAR = 4.0

# Bodies, not persons, however much like a name they look.
_NOT_PERSONS = (
    r"\b(minist\w+|department|office|council|court|senate|house|congress|parliament|party|front|union|"
    r"league|army|navy|force|forces|guard|guards|police|agency|bank|commission|committee|organi[sz]ation|"
    r"nations|nation|states|republic|kingdom|federation|federal|korea|korean|arabia|africa|america|movement|"
    r"brigade|brigades|state|national|international|center|centre|group|groups|association|institute|"
    r"university|governor|president|premier|secretary|ambassador|leader|chief|official|spokes\w+|mayor|judge|"
    r"times|post|news|press|embassy|mission|command|authority|board|bureau|alliance|coalition|"
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

# Pairs that are compared in one go.
_BATCH_PAIRS = 200_000


def _contradict(pairs: Pairs) -> Yes:
    """Return which pairs tell what no two reports of one deed can contradict each other in."""
    a, b = pairs.a, pairs.b
    east = np.abs(a("longitude") - b("longitude"))
    found: Yes = (
        (a("article") == b("article"))
        | (a("first") > b("last") + 1)
        | (b("first") > a("last") + 1)
        | (a("low") > b("high") + 1)
        | (b("low") > a("high") + 1)
        | (a("low") > b("before"))
        | (b("low") > a("before"))
        | (np.abs(a("latitude") - b("latitude")) > 0.6)
        | ((east >= 0.6) & (east <= 359.4))
    )
    return found


def draw_links(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the links between the events of `fresh`, and between them and those that were there before."""
    settle_keys(connection)
    run(connection, _SELECT_FRESH)
    describe_wanted(connection)
    run(connection, "DELETE FROM event_key WHERE article IN (SELECT article FROM fresh)")
    ((n_met,),) = run(connection, _SELECT_MET)
    run(connection, _KEEP_KEYS)
    if n_met:
        run(connection, _SELECT_MET_EVENTS)
        describe_wanted(connection, more=True)
    deeds = Deeds(connection)
    families = run(connection, "SELECT DISTINCT family FROM deed WHERE fresh ORDER BY family")
    n_threads = count_cores()
    with ThreadPoolExecutor(n_threads) as threads:
        for (family,) in families:
            batches = (Pairs(deeds, one, two) for one, two in _find_pairs(connection, family))
            found: list[_Linked] = []
            # No more at a time than there are threads: a batch that waits takes memory.
            while some := list(islice(batches, n_threads)):
                found += threads.map(_link, some)
            if found:
                one, two, scores, masks = map(np.concatenate, zip(*found, strict=True))
                _insert_links(connection, one, two, scores, masks)


def settle_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Find the keys of events that were joined without keeping them, or when keys were others."""
    mark = _mark_keys(connection)
    if read_meta(connection, _KEY) != mark:
        run(connection, "DELETE FROM event_key")
        write_meta(connection, _KEY, mark)
    while True:
        run(connection, _SELECT_KEYLESS)
        if run(connection, "SELECT count(*) FROM wanted") == [(0,)]:
            return
        describe_wanted(connection)
        run(connection, _KEEP_KEYS)


_KEY = "event_keys"


def _mark_keys(connection: duckdb.DuckDBPyConnection) -> str:
    """Return what changes when keys do: the SQL that makes them, and how this DuckDB hashes."""
    ((hashed,),) = run(connection, "SELECT CAST(hash('whowhom') AS VARCHAR)")
    return content_hash(_read_sql(), str(hashed))


def _find_pairs(connection: duckdb.DuckDBPyConnection, family: str) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the pairs of a type that meet under a key, some at a time; a deed is its place in `Deeds`."""
    reader = connection.sql(_SELECT_PAIRS, params={"family": family}).to_arrow_reader(_BATCH_PAIRS)
    for batch in reader:
        one, two = (column.to_numpy(zero_copy_only=False).astype(np.int64) - 1 for column in batch.columns)
        yield one, two


_Linked = tuple[Numbers, Numbers, Values, Numbers]


def _link(pairs: Pairs) -> _Linked:
    """Return the pairs that are linked: the two, the score, and which features speak, a bit for each."""
    pairs = pairs.choose(~_contradict(pairs))
    least = _logit(THRESHOLD)
    total = _add(pairs, np.zeros(len(pairs)), _CHEAP)
    most = np.where(pairs.is_undated, _MOST_DEAREST, _WEIGHTS["lead"])
    chosen = total + most + _MOST_DEAR >= least
    pairs, total, most = pairs.choose(chosen), total[chosen], most[chosen]
    total = _add(pairs, total, _DEAR)
    chosen = total + most >= least
    pairs, total = pairs.choose(chosen), total[chosen]
    total = _add(pairs, total, _DEAREST)
    chosen = total >= least
    pairs, total = pairs.choose(chosen), total[chosen]
    masks = np.zeros(len(pairs), np.int64)
    for bit, feature in enumerate(FEATURES):
        if feature.said:
            masks |= (feature.measure(pairs) > 0.1).astype(np.int64) << bit
    return pairs.one, pairs.two, np.floor(1e6 / (1 + np.exp(-total)) + 0.5) / 1e6, masks


def _add(pairs: Pairs, total: Values, features: Iterable[Feature]) -> Values:
    for feature in features:
        total = total + feature.weight * feature.measure(pairs)
    return total


def _insert_links(
    connection: duckdb.DuckDBPyConnection, one: Numbers, two: Numbers, scores: Values, masks: Numbers
) -> None:
    import pyarrow as pa  # type: ignore[import-untyped]

    different, which = np.unique(masks, return_inverse=True)
    reasons = pa.DictionaryArray.from_arrays(pa.array(which), pa.array([*map(_explain, different.tolist())]))
    with incoming_table(
        connection, pa.table({"one": one + 1, "two": two + 1, "score": scores, "reason": reasons})
    ):
        run(connection, _INSERT_LINKS)


def _explain(mask: int) -> str:
    """Return the reason of a link, by the features that speak for or against it."""
    return ", ".join(
        f"{'' if one.weight > 0 else 'but '}{one.said}" for bit, one in enumerate(FEATURES) if mask >> bit & 1
    )


def describe_wanted(connection: duckdb.DuckDBPyConnection, *, more: bool = False) -> None:
    """Fill the tables of deeds.sql for the events in `wanted`; with `more` beside those that are there."""
    n_before = run(connection, "SELECT count(*) FROM deed")[0][0] if more else 0
    values = {
        "n_before": n_before,
        "not_persons": _NOT_PERSONS,
        "stop_words": list(_STOP_WORDS),
        "states": list(_name_states()),
    }
    sql = _read_sql()
    if more:
        for table in ("deed", "meeting", "block"):
            sql = sql.replace(f"CREATE OR REPLACE TEMP TABLE {table} AS", f"INSERT INTO {table}")
    for statement in connection.extract_statements(sql):
        named = {name: values[name] for name in statement.named_parameters}
        connection.execute(statement, named).fetchall()


# All events of an article or none: what one of them names counts for the others.
_SELECT_FRESH = """CREATE OR REPLACE TEMP TABLE wanted AS
SELECT event.article, event.id AS event, fresh.event IS NOT NULL AS fresh
FROM event LEFT JOIN fresh ON fresh.article = event.article AND fresh.event = event.id
WHERE event.article IN (SELECT article FROM fresh)"""
# Beside the new events those that they share a key with, on days that both may be of; a store of years is
# not read through for the news of a day. Of a key all days from the first to the last that any new event
# may be of, or any day at all: what meets in truth is found out later.
_SELECT_MET = """CREATE OR REPLACE TEMP TABLE met AS
WITH asked AS (
    SELECT family, key, min(first_bucket) AS first, max(last_bucket) AS last,
        bool_or(first_bucket IS NULL) AS is_of_any
    FROM meeting WHERE fresh GROUP BY family, key
)
SELECT DISTINCT article
FROM (SELECT article, family, first_bucket, last_bucket, unnest(keys) AS key FROM event_key) AS kept
JOIN asked USING (family, key)
WHERE is_of_any OR first_bucket IS NULL OR first_bucket <= last AND first <= last_bucket"""
_SELECT_MET_EVENTS = """CREATE OR REPLACE TEMP TABLE wanted AS
SELECT article, id AS event, false AS fresh FROM event WHERE article IN (FROM met)"""
_KEEP_KEYS = "INSERT INTO event_key BY NAME SELECT * EXCLUDE (node, fresh, is_loose) FROM keyed"
_SELECT_KEYLESS = """CREATE OR REPLACE TEMP TABLE wanted AS
SELECT article, id AS event, false AS fresh FROM event WHERE article IN (
    SELECT DISTINCT report.article FROM report
    JOIN event ON event.article = report.article AND event.id = report.event
    WHERE report.article NOT IN (SELECT article FROM event_key)
        AND report.article NOT IN (SELECT article FROM fresh)
    ORDER BY report.article LIMIT 50_000
)"""


@cache
def _name_states() -> tuple[str, ...]:
    from whowhom.resolvers.countries import load_countries

    return tuple(sorted({name for one in load_countries().values() for name in (one.name, *one.names)}))


@cache
def _read_sql() -> str:
    return files("whowhom").joinpath("deeds.sql").read_text(encoding="utf-8")


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


_WEIGHTS = {one.name: one.weight for one in FEATURES}
_CHEAP = tuple(one for one in FEATURES if one.name not in _DEAR_NAMES + _DEAREST_NAMES)
_DEAR = tuple(one for one in FEATURES if one.name in _DEAR_NAMES)
_DEAREST = tuple(one for one in FEATURES if one.name in _DEAREST_NAMES)
_MOST_DEAREST = sum(one.weight for one in _DEAREST)

# The one that sorts before the other comes first, whichever was described first.
_INSERT_LINKS = """INSERT INTO link BY NAME
SELECT CASE WHEN is_sorted THEN a.article ELSE b.article END AS article,
    CASE WHEN is_sorted THEN a.event ELSE b.event END AS event,
    CASE WHEN is_sorted THEN b.article ELSE a.article END AS other_article,
    CASE WHEN is_sorted THEN b.event ELSE a.event END AS other_event,
    score, reason
FROM (
    SELECT a, b, a.article < b.article AS is_sorted, score, reason
    FROM incoming JOIN (SELECT node, article, event FROM deed) AS a ON a.node = one
    JOIN (SELECT node, article, event FROM deed) AS b ON b.node = two
)"""


def describe_pairs(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[list[tuple[str, str, str, str]], NDArray[Any]]:
    """Return every pair of events of a type that could be one deed, and its features; for fitting.

    Shape of the second: (number of pairs, number of `FEATURES`).
    """
    run(
        connection,
        "CREATE OR REPLACE TEMP TABLE wanted AS SELECT article, id AS event, true AS fresh FROM event",
    )
    describe_wanted(connection)
    rows = run(
        connection,
        """SELECT a.node - 1, b.node - 1, a.article, a.event, b.article, b.event
        FROM deed AS a JOIN deed AS b ON a.family = b.family AND a.node < b.node ORDER BY a.node, b.node""",
    )
    one, two = (np.array([row[n] for row in rows], np.int64) for n in range(2))
    pairs = Pairs(Deeds(connection), one, two)
    possible = ~_contradict(pairs)
    pairs = pairs.choose(possible)
    values = np.stack([np.asarray(one.measure(pairs), float) for one in FEATURES], axis=1)
    return [row[2:] for row, keep in zip(rows, possible, strict=True) if keep], values


# Pairs that share a key, once each. A dated pair is taken from the first bucket in which it meets.
_SELECT_PAIRS = """WITH dated AS MATERIALIZED (FROM block WHERE family = $family),
loose AS MATERIALIZED (FROM meeting WHERE family = $family),
met AS (
    SELECT one.node AS a, two.node AS b
    FROM dated AS one JOIN dated AS two ON one.key = two.key AND one.bucket = two.bucket
    WHERE one.fresh AND (NOT two.fresh OR one.node < two.node)
        AND one.bucket = greatest(one.first_bucket, two.first_bucket)
    UNION ALL
    SELECT one.node, two.node
    FROM loose AS one JOIN loose AS two ON one.key = two.key
    WHERE one.is_loose AND (one.fresh OR two.fresh) AND (NOT two.is_loose OR one.node < two.node)
        AND (one.first_bucket IS NULL OR two.first_bucket IS NULL
            OR one.first_bucket <= two.last_bucket AND two.first_bucket <= one.last_bucket)
)
SELECT DISTINCT CAST(least(a, b) AS INTEGER) AS one, CAST(greatest(a, b) AS INTEGER) AS two FROM met"""
