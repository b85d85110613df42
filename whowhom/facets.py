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

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import duckdb

from whowhom.sql import read_meta, run, write_meta

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
        run(connection, "INSERT INTO party BY NAME FROM party_made ORDER BY number, role, ordinal")
        for sql in _KEEP_WORDS:
            run(connection, sql)
    if n_kept or n_dropped:
        write_meta(connection, LAST_NUMBER_KEY, str(last + n_kept + (not n_kept)))


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


def find_wrong(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str]]:
    """Yield table, incident and what is wrong for what is kept otherwise than it would be made now."""
    rows = run(
        connection,
        """SELECT id, 'stands ' || count(facet.number) || ' times in facet, expected once'
        FROM incident LEFT JOIN facet ON facet.incident = incident.id
        GROUP BY id HAVING count(facet.number) <> 1 ORDER BY id""",
    )
    yield from (("incident", id, what) for id, what in rows)
    for table in ("party", "posting"):
        rows = run(
            connection, f"SELECT DISTINCT number FROM {table} ANTI JOIN facet USING (number) ORDER BY ALL"
        )
        yield from ((table, str(number), "is of no incident") for (number,) in rows)
    # Of articles that were coded anew the next build knows more.
    run(
        connection,
        """CREATE OR REPLACE TEMP TABLE kept AS SELECT incident, number FROM facet
        WHERE incident NOT IN (SELECT incident FROM report WHERE event = '')""",
    )
    ((first, last),) = run(connection, "SELECT min(number), max(number) FROM kept")
    for start in range(first, last + 1, _BATCH) if first is not None else ():
        make(connection, start, start + _BATCH - 1)
        for table, kept, made in _COMPARED:
            rows = run(
                connection,
                f"""WITH kept_rows AS (FROM ({kept}) SEMI JOIN keep USING (number)), made_rows AS ({made})
                SELECT DISTINCT incident FROM facet SEMI JOIN (
                    FROM (FROM kept_rows EXCEPT FROM made_rows)
                    UNION ALL BY NAME FROM (FROM made_rows EXCEPT FROM kept_rows)
                ) USING (number) ORDER BY incident""",
            )
            for (id,) in rows:
                yield table, id, "is not what the incident and its reports tell"


# Table, what is kept in it, and what would be made.
_COMPARED = (
    ("facet", "FROM facet", "SELECT * FROM facet_made"),
    ("party", "FROM party", "SELECT * FROM party_made"),
    (
        "posting",
        'SELECT posting.number, word."text" AS word FROM posting JOIN word ON word.number = posting.word',
        "SELECT number, word FROM spoken",
    ),
)


def read_last_number(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the greatest number that a row of facet ever had; it changes whenever an incident does."""
    return int(read_meta(connection, LAST_NUMBER_KEY) or 0)


@cache
def _read_statements() -> str:
    return files("whowhom").joinpath("facets.sql").read_text(encoding="utf-8")
