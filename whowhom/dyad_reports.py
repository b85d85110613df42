"""What one state does to another by what articles report: the rows that dyads over time are counted from.

    event, article, sketch, report ──▶ dyad_report ──▶ series.py

Events hold their actors and recipients as lists of structures, and to take a million of these apart takes
longer than to count them. So the rows are kept, by each build anew for the incidents that it writes.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from whowhom.sql import run

# What is planned, imagined or denied has not happened.
_NOT_DONE = ("future", "hypothetical", "negation")
# Where all sides do the same they stand as actors, without a recipient: each acts towards the others, as in
# treaties (SUPPORT) and ceasefires (RETREAT). Not so in ASSAULT and the like: many of two states are of
# allies who fight somebody that is not named, and they are not to be taken for enemies.
_MUTUAL = ("AGREE", "CONSULT", "SUPPORT", "COOPERATE", "RETREAT")

# A deed that is reported as done was done by the day of publication. Events without a day are news of
# that day, unless they are told as history. NULL is no country.
_SELECT = """
WITH done AS (
    SELECT event.article, event.id AS event, event.event AS type, event.quad, event.scale,
        event.certainty <> 'certain' OR event.source_kind <> 'author' AS is_claimed,
        CASE WHEN event."date".last_day IS NULL AND list_contains(event.aux, 'historical') THEN NULL
            ELSE least(event."date".last_day, article.published) END AS day,
        [one.country FOR one IN event.actor] AS actors,
        CASE WHEN len(event.recipient) = 0 AND event.event IN ({mutual}) THEN actors
            ELSE [one.country FOR one IN event.recipient] END AS recipients
    FROM event JOIN article ON article.id = event.article
    WHERE NOT list_has_any(event.aux, [{not_done}]) AND {which}
),
placed AS (FROM done WHERE day IS NOT NULL AND len(actors) > 0 AND len(recipients) > 0),
-- Most events have one actor and one recipient; to take lists apart costs more than all the rest.
pairs AS (
    SELECT * EXCLUDE (actors, recipients), actors[1] AS one, recipients[1] AS other
    FROM placed WHERE len(actors) = 1 AND len(recipients) = 1
    UNION ALL
    SELECT * EXCLUDE (recipients), unnest(list_distinct(recipients)) AS other
    FROM (
        SELECT * EXCLUDE (actors), unnest(list_distinct(actors)) AS one
        FROM placed WHERE len(actors) > 1 OR len(recipients) > 1
    )
)
"""
_IN_STALE = (
    "(event.article, event.id) IN (SELECT (article, event) FROM report SEMI JOIN stale USING (incident))"
)
_MAKE = """CREATE OR REPLACE TEMP TABLE dyad_made AS {rows}
SELECT article, event, one, other, day, type, quad, scale, is_claimed, report.incident, copy_family AS family
FROM pairs JOIN report USING (article, event) JOIN (SELECT article, copy_family FROM sketch) USING (article)
WHERE one <> other"""
# Days lie together, so that whoever asks for some of them reads few of the blocks.
_KEEP = "INSERT INTO dyad_report BY NAME FROM dyad_made ORDER BY day, article, event, one, other"


FRESH = """event.article IN (
    SELECT id FROM article ANTI JOIN report ON report.article = article.id
    UNION ALL SELECT article FROM report WHERE report.event = '')"""
"""A condition on the table event: no build has seen it. A build sees all events of an article or none."""


def select_rows(which: str = "true") -> str:
    """Return the beginning of a query whose table `pairs` has a row for each event and pair of countries.

    Its columns are those of dyad_report but `incident` and `family`. A country can be its own `other`, or
    NULL: to ask that later is faster.

    Args:
        which: A condition on the table event.
    """
    mutual, not_done = (", ".join(f"'{word}'" for word in words) for words in (_MUTUAL, _NOT_DONE))
    return _SELECT.format(mutual=mutual, not_done=not_done, which=which)


def keep(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the rows of the incidents in `stale` anew, and drop those of incidents that are no more."""
    run(
        connection,
        """DELETE FROM dyad_report WHERE incident IN (SELECT incident FROM stale)
        OR incident NOT IN (SELECT incident FROM report)""",
    )
    run(connection, _MAKE.format(rows=select_rows(_IN_STALE)))
    run(connection, _KEEP)


def is_complete(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether all that is to be counted is kept: incidents were built, and no event is new since."""
    ((is_built,),) = run(
        connection,
        """SELECT count(*) > 0 AND count(*) = (SELECT count(*) FROM event) AND bool_and(event <> '')
        FROM report""",
    )
    return bool(is_built)


def find_wrong(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str]]:
    """Yield table, event and what is wrong for what is kept otherwise than it would be made now."""
    # Of articles that were coded anew the next build knows more.
    run(
        connection,
        """CREATE OR REPLACE TEMP TABLE stale AS SELECT DISTINCT incident FROM report
        WHERE incident NOT IN (SELECT incident FROM report WHERE event = '')""",
    )
    run(connection, _MAKE.format(rows=select_rows(_IN_STALE)))
    rows = run(
        connection,
        """WITH kept AS (FROM dyad_report
            WHERE incident NOT IN (SELECT incident FROM report WHERE event = '')),
        made AS (FROM dyad_made)
        SELECT DISTINCT article || ' ' || event FROM (
            FROM (FROM kept EXCEPT ALL FROM made)
            UNION ALL FROM (FROM made EXCEPT ALL FROM kept)
        ) ORDER BY ALL""",
    )
    yield from (("dyad_report", id, "is not what the event and its incident tell") for (id,) in rows)
