"""Directed dyads over time: what one state did to another, by day, week, month or year.

One row a pair of countries and period, with zeros where nothing was reported, so that it can be used
as a time series without further work. Beside the counts stands how many articles were read of the
period: a rise in reading is not a rise in events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import duckdb

Period = Literal["day", "week", "month", "year"]
Pair = tuple[str, str]

QUADS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
# What is planned, imagined or denied has not happened.
_NOT_DONE = ("future", "hypothetical", "negation")
# Both sides of a meeting or an accord stand as actors: each acts towards the other.
_MUTUAL = ("AGREE", "CONSULT", "COOPERATE")

_SQL = """
WITH done AS (
    SELECT event.article, event.id, event.event, event.quad, event.scale,
        event.certainty, event.source_kind,
        coalesce(event."date".last_day, article.published) AS day,
        list_distinct([one.country FOR one IN event.actor IF one.country <> '']) AS actors,
        list_distinct([one.country FOR one IN event.recipient IF one.country <> '']) AS recipients
    FROM event JOIN article ON article.id = event.article
    WHERE NOT list_has_any(event.aux, $not_done)
),
directed AS (
    SELECT *, unnest(actors) AS one FROM done
),
pairs AS (
    SELECT * EXCLUDE (actors, recipients), unnest(
        CASE WHEN len(recipients) = 0 AND list_contains($mutual, event) THEN actors ELSE recipients END
    ) AS other
    FROM directed
),
placed AS (
    SELECT *, CAST(date_trunc($by, day) AS DATE) AS period
    FROM pairs WHERE one <> other AND day IS NOT NULL
),
asked AS (
    SELECT DISTINCT one, other FROM placed WHERE len($pairs) = 0
    UNION
    SELECT pair[1], pair[2] FROM (SELECT unnest($pairs) AS pair)
),
"read" AS (
    SELECT CAST(date_trunc($by, published) AS DATE) AS period, count(*) AS n_articles
    FROM article WHERE published IS NOT NULL GROUP BY ALL
),
span AS (
    SELECT CAST(unnest(generate_series(
        CAST(min(period) AS TIMESTAMP), CAST(max(period) AS TIMESTAMP), to_step($by)
    )) AS DATE) AS period FROM "read"
)
SELECT asked.one AS iso3c_1, asked.other AS iso3c_2, span.period AS period,
    count(placed.id) AS n_events,
    {quads},
    coalesce(sum(placed.scale), 0) AS scale_sum,
    avg(placed.scale) AS scale_mean,
    avg(CAST(placed.certainty <> 'certain' OR placed.source_kind <> 'author' AS INTEGER)) AS share_claimed,
    coalesce(any_value("read".n_articles), 0) AS n_articles
FROM asked CROSS JOIN span
LEFT JOIN placed ON placed.one = asked.one AND placed.other = asked.other AND placed.period = span.period
LEFT JOIN "read" ON "read".period = span.period
GROUP BY asked.one, asked.other, span.period
ORDER BY asked.one, asked.other, span.period
"""


def select_dyads(
    connection: duckdb.DuckDBPyConnection, *, pairs: Sequence[Pair] = (), by: Period = "month"
) -> duckdb.DuckDBPyRelation:
    """Return one row a directed pair and period, over the span in which articles were published.

    Args:
        pairs: Country codes, who and whom; all pairs that occur where none are given.
        by: Length of a period; weeks begin on Monday.

    Returns:
        iso3c_1, iso3c_2, period (its first day), n_events, n_<quad> for each quad class, scale_sum and
        scale_mean (-10 to 10), share_claimed (that the article does not assert as certain itself),
        n_articles (published in the period, whatever they report).

    Raises:
        ValueError: `by` is no period.
    """
    if by not in get_args(Period):
        raise ValueError(f"by is {by!r}, expected one of {', '.join(get_args(Period))}.")
    quads = ",\n    ".join(
        f"count(placed.id) FILTER (placed.quad = {number}) AS n_{quad}"
        for number, quad in enumerate(QUADS, 1)
    )
    sql = _SQL.format(quads=quads).replace("to_step($by)", f"INTERVAL 1 {by}")
    values: dict[str, Any] = {
        "not_done": list(_NOT_DONE),
        "mutual": list(_MUTUAL),
        "by": by,
        "pairs": [list(pair) for pair in pairs] or [],
    }
    return connection.sql(sql, params=values)
