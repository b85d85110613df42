"""Links between events of different articles that are likely the same deed, each with its score and reason.

A link depends on the two events alone. deeds.sql prepares what is compared and under which keys events
meet, so that the cost grows about as the number of articles; `FEATURES` tells what is compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from whowhom.sql import run


class Feature(NamedTuple):
    """Something that two events may have in common: how it is measured, what it weighs, how it is said."""

    name: str
    weight: float
    sql: str
    said: str = ""


# The weights of a logistic score, set by hand for dated international news, and swept while looking at all
# topics of ECB+, so that no topic of it is unseen. ECB+ has hardly any days and few states, so the weights
# of these are checked by tests/cases/incidents alone. The same pair of states on the same day stays below
# the threshold without a word in common.
FEATURES: tuple[Feature, ...] = (
    Feature("bias", -5.5, "1"),
    Feature("two_states", 1.5, "n_states >= 2", "both states"),
    Feature("one_state", 0.3, "n_states = 1", "a state"),
    Feature("other_states", -4.0,
            "n_states < 2 AND len(a.states) >= 2 AND len(b.states) >= 2"
            " OR n_states = 0 AND len(a.states) > 0 AND len(b.states) > 0", "other states"),
    Feature("turned", -4.0,
            "list_has_any(a.who_states, b.whom_states) AND NOT list_has_any(a.who_states, b.who_states)"
            " AND NOT list_has_any(a.whom_states, b.whom_states)", "sides turned around"),
    Feature("names", 1.3, "least(n_names, 2)", "names"),
    Feature("other_names", -1.0,
            "len(a.who_names) > 0 AND len(b.who_names) > 0 AND NOT list_has_any(a.who_names, b.who_names)"
            " OR len(a.whom_names) > 0 AND len(b.whom_names) > 0"
            " AND NOT list_has_any(a.whom_names, b.whom_names)", "other names"),
    Feature("other_persons", -3.0,
            "len(a.who_persons) > 0 AND len(b.who_persons) > 0"
            " AND NOT list_has_any(a.who_persons, b.who_persons)"
            " OR len(a.whom_persons) > 0 AND len(b.whom_persons) > 0"
            " AND NOT list_has_any(a.whom_persons, b.whom_persons)", "other persons"),
    Feature("heads", 0.5, "list_has_any(a.heads, b.heads)", "words for who took part"),
    Feature("who_sector", 0.3, "list_has_any(a.who_sectors, b.who_sectors)", "sector of the actor"),
    Feature("whom_sector", 0.6, "list_has_any(a.whom_sectors, b.whom_sectors)", "sector of the recipient"),
    Feature("place", 2.0, "a.place = b.place", "place"),
    Feature("other_place", -1.0, "a.place <> b.place", "another place"),
    Feature("other_country", -2.0, "a.place_country <> b.place_country", "another country"),
    Feature("day", 2.0, "a.first = b.first AND a.last = b.last AND a.last - a.first < 4", "days"),
    Feature("days_meet", 1.2, "a.low <= b.high AND b.low <= a.high"
            " AND NOT (a.first = b.first AND a.last = b.last AND a.last - a.first < 4)", "days that meet"),
    Feature("days_unknown", -0.5, "a.low IS NULL <> (b.low IS NULL)", "days of one not known"),
    Feature("type", -1.5, "a.type <> b.type", "another type"),
    Feature("mode", 0.5, "list_has_any(a.mode, b.mode)", "mode"),
    Feature("other_mode", -0.8,
            "len(a.mode) > 0 AND len(b.mode) > 0 AND NOT list_has_any(a.mode, b.mode)"
            " AND NOT (a.is_blast AND b.is_blast)", "another mode"),
    Feature("planned", -0.7, "a.is_planned <> b.is_planned", "one is only planned"),
    Feature("killed", 1.2, "a.killed = b.killed AND a.killed > 0", "number killed"),
    Feature("other_killed", -0.3,
            "greatest(a.killed, b.killed) > 2 * least(a.killed, b.killed)", "another number killed"),
    Feature("trigger", 2.0, "list_has_any(a.stems, b.stems)", "wording"),
    Feature("story", 2.0, "n_story / greatest(least(len(a.story), len(b.story)), 3)",
            "names in the articles"),
    Feature("lead", 2.0, "n_lead / greatest(least(len(a.lead), len(b.lead)), 10)",
            "rare words of the articles"),
    # Where no days tell two stories apart it is these words that do.
    Feature("lead_undated", 10.0, "CASE WHEN a.low IS NULL OR b.low IS NULL"
            " THEN n_lead / greatest(least(len(a.lead), len(b.lead)), 10) END"),
    Feature("words", 5.0, "n_words / greatest(least(len(a.words), len(b.words)), 4)",
            "words of the sentences"),
)  # fmt: skip
THRESHOLD = 0.5
# What costs more is reckoned later, and only for pairs that could still reach the threshold. Microseconds
# for a pair: all others together 3, these two 2.5, the last two 10.
_DEAR = ("story", "words")
_DEAREST = ("lead", "lead_undated")
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

# What no two reports of one deed can contradict each other in.
_EXCLUDED = """a.article = b.article
    OR a.first > b.last + 1 OR b.first > a.last + 1
    OR a.low > b.high + 1 OR b.low > a.high + 1
    OR a.low > b.before OR b.low > a.before
    OR abs(a.latitude - b.latitude) > 0.6
    OR abs(a.longitude - b.longitude) BETWEEN 0.6 AND 359.4"""


def draw_links(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the links between the events of `fresh`, and between them and those that were there before."""
    run(connection, _SELECT_WANTED)
    describe_wanted(connection)
    families = run(connection, "SELECT DISTINCT family FROM deed WHERE fresh ORDER BY family")
    for (family,) in families:
        run(connection, _INSERT_LINKS, {"family": family, "threshold": _logit(THRESHOLD)})


def describe_wanted(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the tables of deeds.sql for the events in `wanted`."""
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
        event."date".first_day IS NULL
                AND (article.published IS NULL OR list_contains(event.aux, 'historical'))
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
    return files("whowhom").joinpath("deeds.sql").read_text(encoding="utf-8")


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _sum(features: Iterable[Feature]) -> str:
    return " + ".join(f"{one.weight!r} * coalesce(CAST(({one.sql}) AS DOUBLE), 0)" for one in features)


_CHEAP_COUNTS = """len(list_intersect(a.states, b.states)) AS n_states,
            len(list_intersect(a.names, b.names)) AS n_names"""
_DEAR_COUNTS = """len(list_intersect(a.story, b.story)) AS n_story,
            len(list_intersect(a.words, b.words)) AS n_words"""
_DEAREST_COUNTS = """len(list_intersect(a."lead", b."lead")) AS n_lead"""
_ALL_COUNTS = f"{_CHEAP_COUNTS}, {_DEAR_COUNTS}, {_DEAREST_COUNTS}"
_JOINED = "JOIN deed AS a ON a.node = one JOIN deed AS b ON b.node = two"


def _write_links() -> str:
    cheap = [one for one in FEATURES if one.name not in _DEAR + _DEAREST]
    dear = [one for one in FEATURES if one.name in _DEAR]
    dearest = [one for one in FEATURES if one.name in _DEAREST]
    weight = {one.name: one.weight for one in FEATURES}
    is_undated = "a.low IS NULL OR b.low IS NULL"
    last = f"{weight['lead']} + CASE WHEN {is_undated} THEN {weight['lead_undated']} ELSE 0 END"
    said = ", ".join(
        f"CASE WHEN coalesce(CAST(({one.sql}) AS DOUBLE), 0) > 0.1 "
        f"THEN '{'' if one.weight > 0 else 'but '}{one.said}' END"
        for one in FEATURES
        if one.said
    )
    # Each step hands on no more than numbers and takes up the deeds again: carrying the deeds along made
    # this ten times as slow.
    return f"""INSERT INTO link BY NAME
WITH {_PAIRS},
likely AS MATERIALIZED (
    SELECT one, two, known FROM (
        SELECT one, two, {_CHEAP_COUNTS},
            {_sum(cheap)} AS known, {last} AS more
        FROM pair {_JOINED} WHERE NOT coalesce({_EXCLUDED}, false)
    ) WHERE known + more + {_MOST_DEAR} >= $threshold
),
likelier AS MATERIALIZED (
    SELECT one, two, total FROM (
        SELECT one, two, {_DEAR_COUNTS}, known + {_sum(dear)} AS total, {last} AS more FROM likely {_JOINED}
    ) WHERE total + more >= $threshold
),
scored AS MATERIALIZED (
    SELECT one, two, total FROM (
        SELECT one, two, {_DEAREST_COUNTS}, likelier.total + {_sum(dearest)} AS total FROM likelier {_JOINED}
    ) WHERE total >= $threshold
)
SELECT article, event, other_article, other_event, score, reason FROM (
    SELECT a.article AS article, a.event AS event, b.article AS other_article, b.event AS other_event,
        {_ALL_COUNTS},
        round(1 / (1 + exp(-total)), 6) AS score, concat_ws(', ', {said}) AS reason
    FROM scored {_JOINED}
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
    columns = ", ".join(f"coalesce(CAST(({one.sql}) AS DOUBLE), 0)" for one in FEATURES)
    rows = run(
        connection,
        f"""SELECT a.article, a.event, b.article, b.event, [{columns}]
        FROM (
            SELECT a, b, {_ALL_COUNTS}
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
