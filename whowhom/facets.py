"""What incidents are found by: one flat row an incident, its parties and the words of its reports.

`incident` holds lists and structures, for whoever looks at one. To look through a million of them for
those of a country, a day or a word, DuckDB would have to read and take apart all of these; so what is
looked for stands in tables of its own, which are kept with every incident that is written:

    incident ──▶ facet ──< party         who takes part
                       └─< posting >── word     what is said of it

A row is made anew, under a new number, when its incident is. So the greatest number there ever was tells
whether anything has changed.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import duckdb

from whowhom.sql import run

LAST_NUMBER_KEY = "last_number"
"""Of the table meta: the greatest number that a row of facet ever had."""

# So many incidents at a time: their words are 30 times as many rows.
_BATCH = 100_000
_MADE = ("facet", "party", "posting")


def keep(connection: duckdb.DuckDBPyConnection) -> None:
    """Write anew what is kept of the incidents in `stale`, and drop what is no more; within a transaction."""
    last = read_last_number(connection)
    run(
        connection,
        """CREATE OR REPLACE TEMP TABLE dropped AS SELECT number FROM facet
        WHERE incident IN (SELECT incident FROM stale) OR incident NOT IN (SELECT id FROM incident)""",
    )
    ((n_dropped,),) = run(connection, "SELECT count(*) FROM dropped")
    if n_dropped:
        for table in _MADE:
            run(connection, f"DELETE FROM {table} WHERE number IN (SELECT number FROM dropped)")
    # By day, so that whoever asks for days reads few of the blocks.
    run(
        connection,
        """CREATE OR REPLACE TEMP TABLE kept AS
        SELECT id AS incident, CAST($last + row_number() OVER (ORDER BY first_day, id) AS INTEGER) AS number
        FROM incident SEMI JOIN stale ON stale.incident = incident.id""",
        {"last": last},
    )
    ((n_kept,),) = run(connection, "SELECT count(*) FROM kept")
    for first in range(last + 1, last + n_kept + 1, _BATCH):
        make(connection, first, first + _BATCH - 1)
        run(connection, "INSERT INTO facet BY NAME FROM facet_made ORDER BY number")
        run(connection, "INSERT INTO party BY NAME FROM party_made ORDER BY number")
        for sql in _KEEP_WORDS:
            run(connection, sql)
    if n_kept or n_dropped:
        run(
            connection,
            'INSERT OR REPLACE INTO meta ("key", "value") VALUES ($key, $number)',
            {"key": LAST_NUMBER_KEY, "number": str(last + n_kept + (not n_kept))},
        )


# By word, so that whoever looks for one reads few of the blocks.
_KEEP_WORDS = (
    """INSERT INTO word
    SELECT (SELECT coalesce(max(number), 0) FROM word) + row_number() OVER (ORDER BY word), word
    FROM (SELECT DISTINCT word FROM spoken ANTI JOIN word ON word."text" = spoken.word)""",
    """INSERT INTO posting SELECT word.number AS word, spoken.number
    FROM spoken JOIN word ON word."text" = spoken.word ORDER BY ALL""",
)


def make(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> None:
    """Make the rows of the incidents in `kept` that are numbered so: facet_made, party_made, spoken."""
    run(
        connection,
        "CREATE OR REPLACE TEMP TABLE keep AS FROM kept WHERE number BETWEEN $first AND $last",
        {"first": first, "last": last},
    )
    connection.execute(_read_statements())


def read_last_number(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the greatest number that a row of facet ever had; it changes whenever an incident does."""
    rows = run(connection, 'SELECT "value" FROM meta WHERE "key" = $1', [LAST_NUMBER_KEY])
    return int(rows[0][0]) if rows else 0


@cache
def _read_statements() -> str:
    return files("whowhom").joinpath("facets.sql").read_text(encoding="utf-8")
