"""Ties as they stand by all that was read, kept so that a page need not put them together.

    tie_report ──▶ tie ──< tie_change

`tie_states` makes ties of the reports of their two sides, which takes a second where two states are in
the news every day. So those of all reports, as of the last day, are kept by each build, anew for the sides
of which anything is new. For any other day they are put together when somebody asks.

Of pledges only that is kept which all of them would have to be looked through for: on which day the pledge
was made that a report tells of, and, as of ties, which incident the report is of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import duckdb

from whowhom.pledge_states import SELECT_MADE_OTHERWISE
from whowhom.rows import without_collection
from whowhom.sql import fetch_rows, incoming_rows, read_meta, run, write_meta
from whowhom.tie_states import (
    HISTORY_COLUMNS,
    Asked,
    Change,
    Tie,
    find_last_told,
    holds,
    list_changes,
    list_spans,
    name_way,
    put_together,
    write_sides,
)

Row = dict[str, Any]

BUILD_KEY = "last_tie_build"
"""Of the table meta: a number that changes when any tie or pledge does."""

# Reports are read for so many at a time: those of one pair of sides always together.
_BATCH = 50_000

_MOVED = """CREATE OR REPLACE TEMP TABLE tie_moved AS
SELECT told.rowid AS place, report.incident, coalesce(sketch.copy_family, told.article) AS family
FROM {table} AS told
LEFT JOIN report ON report.article = told.article AND report.event = told.event
LEFT JOIN sketch ON sketch.article = told.article
WHERE {some} AND (told.incident IS DISTINCT FROM report.incident
    OR told.family IS DISTINCT FROM coalesce(sketch.copy_family, told.article))
ORDER BY place"""
_OF_STALE = """told.article IN (
    SELECT article FROM report SEMI JOIN stale ON stale.incident = report.incident)"""
# From rows in the order of places: in any other one DuckDB 2.0 takes minutes to write 135,000 texts, in this
# one a quarter of a second.
_MOVE = """UPDATE {table} SET incident = moved.incident, family = moved.family
FROM tie_moved AS moved WHERE moved.place = {table}.rowid"""
_SELECT_SAID = f"CREATE OR REPLACE TEMP TABLE tie_said AS FROM ({SELECT_MADE_OTHERWISE}) ORDER BY place"
_NOTE_MADE = """UPDATE pledge_report SET made_on = said.made_on FROM tie_said AS said
WHERE said.place = pledge_report.rowid"""

_SELECT_TOUCHED = """CREATE OR REPLACE TEMP TABLE tie_touched AS
WITH told AS (SELECT one, other, count(*) AS n_reports FROM tie_report GROUP BY ALL),
changed AS ({changed})
SELECT one, other, sum(coalesce(n_reports, 0)) OVER (ORDER BY one, other) AS n_so_far
FROM changed LEFT JOIN told USING (one, other)"""
# Also where a report is gone: then another number was kept.
_CHANGED = """SELECT one, other FROM tie_report SEMI JOIN tie_moved AS moved ON moved.place = tie_report.rowid
UNION
SELECT coalesce(told.one, kept.one), coalesce(told.other, kept.other)
FROM told FULL JOIN (SELECT DISTINCT one, other, n_reports FROM tie) AS kept
    ON kept.one = told.one AND kept.other = told.other
WHERE told.n_reports IS DISTINCT FROM kept.n_reports"""
_SELECT_REPORTS = """SELECT * FROM tie_report SEMI JOIN tie_touched AS touched
ON touched.one = tie_report.one AND touched.other = tie_report.other AND n_so_far BETWEEN $first AND $last
ORDER BY known_on, article, event, tie, tie_report.one, tie_report.other, state"""


def keep(connection: duckdb.DuckDBPyConnection, *, of_stale: bool = False) -> None:
    """Note what is kept of each report of a tie or pledge, and keep the ties; within a transaction.

    Args:
        of_stale: Nothing else is new but what the incidents in the table `stale` are made of.
    """
    n_changed = 0
    some = _OF_STALE if of_stale else "true"
    for table in ("tie_report", "pledge_report"):
        run(connection, _MOVED.format(table=table, some=some))
        n_changed += run(connection, _MOVE.format(table=table))[0][0]
        if table == "tie_report":
            run(connection, _SELECT_TOUCHED.format(changed=_CHANGED))
    ((has_pledges,),) = run(
        connection,
        """SELECT count(*) > 0 FROM pledge_report SEMI JOIN tie_moved AS moved
        ON moved.place = pledge_report.rowid WHERE part = 'pledge'""",
    )
    if has_pledges or not of_stale:
        run(connection, _SELECT_SAID)
        n_changed += run(connection, _NOTE_MADE)[0][0]
    n_changed += run(connection, "SELECT count(*) FROM tie_touched AS touched")[0][0]
    if n_changed:
        write_meta(connection, BUILD_KEY, str(read_build_number(connection) + 1))
    ids = "SELECT tie.id FROM tie SEMI JOIN tie_touched AS touched USING (one, other)"
    run(connection, f"DELETE FROM tie_change WHERE tie_id IN ({ids})")
    run(
        connection,
        """DELETE FROM tie USING tie_touched AS touched
        WHERE touched.one = tie.one AND touched.other = tie.other""",
    )
    for table, rows in _make_rows(connection):
        if rows:
            with incoming_rows(connection, rows, f"FROM {table}"):
                run(connection, f"INSERT INTO {table} BY NAME FROM incoming")


def read_build_number(connection: duckdb.DuckDBPyConnection) -> int:
    """Return a number that changes when any tie or pledge does."""
    return int(read_meta(connection, BUILD_KEY) or 0)


class Found(NamedTuple):
    """Some of the ties that are asked for, and how many there are in all.

    Rows have the `COLUMNS` of tie_states but for what is only said of the last change, and besides its
    `standing` and the `spans` of the tie, as `Span._asdict`.
    """

    ties: list[Row]
    n: int


_WHERE = """{sides} AND ($tie = [] OR list_contains($tie, tie.tie)) AND heard_on BETWEEN $first AND $last"""
_SELECT_TIES = f"""SELECT tie.id AS tie_id, tie.tie, tie.one, tie.other, tie.name, tie.since, tie.n_changes,
    tie.told_on, tie.spans, now.state, now.standing, now.score, now.n_independent, now.known_on, now.said_by,
    now.denied_by, now.incident, now.rule, perhaps.state AS candidate,
    coalesce(perhaps.first_day, perhaps.last_day) AS candidate_since
FROM (FROM tie WHERE {_WHERE} ORDER BY changed_on DESC, id DESC LIMIT $n OFFSET $offset) AS tie
JOIN tie_change AS now ON now.tie_id = tie.id AND now.ordinal = tie."current"
LEFT JOIN tie_change AS perhaps ON perhaps.tie_id = tie.id AND perhaps.ordinal = tie.candidate
ORDER BY changed_on DESC, tie.id DESC"""


def read_ties(
    connection: duckdb.DuckDBPyConnection, asked: Asked, as_of: date, *, limit: int, offset: int = 0
) -> Found:
    """Return the kept ties that are asked for, the one that changed last first.

    Args:
        asked: Its days `as_of` and `known` are not looked at.
        as_of: The last day of publication: on this day they stand so.
    """
    sides, values = write_sides(asked)
    values |= {
        "tie": list(asked.kinds), "first": asked.first or date.min, "last": asked.last or date.max
    }  # fmt: skip
    ((n,),) = run(connection, f"SELECT count(*) FROM tie WHERE {_WHERE.format(sides=sides)}", values)
    page = {"n": limit, "offset": offset}
    rows = fetch_rows(connection, _SELECT_TIES.format(sides=sides), values | page) if n else []
    for row in rows:
        told_on = row.pop("told_on")
        row["way"] = name_way(row["tie"])
        row["holds"] = holds(row["tie"], row["state"], told_on, as_of)
        row["doubtful"] = row["standing"] != "sure"
    return Found(rows, int(n))


_HISTORY = ", ".join(f'"{column.name}"' for column in HISTORY_COLUMNS if column.name != "way")
_SHORT = "tie_id, state, standing, first_day, last_day, incident"


def read_changes(
    connection: duckdb.DuckDBPyConnection, ties: Sequence[Row], *, most: int | None = None
) -> dict[str, list[Row]]:
    """Return the changes of kept ties by `tie_id`, the earliest first.

    Args:
        most: The last so many of each, and of these what a table shows; else all, with `HISTORY_COLUMNS`.
    """
    changes: dict[str, list[Row]] = {row["tie_id"]: [] for row in ties}
    if not ties:
        return changes
    rows = fetch_rows(
        connection,
        f"""SELECT {_HISTORY if most is None else _SHORT} FROM tie_change
        JOIN (SELECT unnest($ids) AS tie_id, unnest($first) AS first_shown) AS shown USING (tie_id)
        WHERE ordinal >= first_shown ORDER BY tie_id, ordinal""",
        {
            "ids": list(changes),
            "first": [0 if most is None else max(0, row["n_changes"] - most) for row in ties],
        },
    )
    for row in rows:
        changes[row["tie_id"]].append(row if most is not None else {**row, "way": name_way(row["tie"])})
    return changes


def find_wrong(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str]]:
    """Yield table, id and what is wrong for what is kept otherwise than it would be made now."""
    # Of articles that were coded anew the next build knows more.
    for table in ("tie_report", "pledge_report"):
        run(connection, _MOVED.format(table=table, some="true"))
        rows = run(
            connection,
            f"""SELECT DISTINCT article || ' ' || event FROM {table} SEMI JOIN tie_moved AS moved
            ON moved.place = {table}.rowid
            WHERE article NOT IN (SELECT article FROM report WHERE event = '') ORDER BY ALL""",
        )
        yield from ((table, id, "has not the incident and family of its event") for (id,) in rows)
    rows = run(
        connection,
        f"""SELECT DISTINCT article || ' ' || event FROM pledge_report JOIN ({SELECT_MADE_OTHERWISE}) AS said
        ON said.place = pledge_report.rowid ORDER BY ALL""",
    )
    yield from (("pledge_report", id, "has not the day on which its pledge was made") for (id,) in rows)
    run(connection, _SELECT_TOUCHED.format(changed="SELECT one, other FROM told"))
    for table in ("tie", "tie_change"):
        run(connection, f"CREATE OR REPLACE TEMP TABLE made_{table} AS FROM {table} LIMIT 0")
    for table, made in _make_rows(connection):
        if made:
            with incoming_rows(connection, made, f"FROM {table}"):
                run(connection, f"INSERT INTO made_{table} BY NAME FROM incoming")
    for table, id in (("tie", "id"), ("tie_change", "tie_id")):
        rows = run(
            connection,
            f"""SELECT DISTINCT {id} FROM (
                FROM (FROM {table} EXCEPT FROM made_{table})
                UNION ALL FROM (FROM made_{table} EXCEPT FROM {table})
            ) ORDER BY ALL""",
        )
        yield from ((table, id, "is not what its reports tell") for (id,) in rows)


def _make_rows(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows of a table that the sides in tie_touched make, bundle by bundle."""
    ((n_all,),) = run(connection, "SELECT coalesce(max(n_so_far), 0) FROM tie_touched AS touched")
    for first in range(0, int(n_all) + 1, _BATCH):
        days = {"first": first, "last": first + _BATCH - 1}
        with without_collection():
            reports = fetch_rows(connection, _SELECT_REPORTS, days)
            # What a tie stands at on a day is reckoned when it is read.
            ties = [tie for tie in put_together(reports, date.max) if not tie.is_retracted]
            heard = _list_heard(reports)
            yield "tie", [_describe(tie, *heard[tie.one, tie.other]) for tie in ties]
            yield "tie_change", [row for tie in ties for row in _list_changes(tie)]


def _list_heard(reports: Sequence[Row]) -> dict[tuple[str, str], tuple[int, date]]:
    """Return for each pair of sides how many reports there are, and the day of the last one."""
    heard: dict[tuple[str, str], tuple[int, date]] = {}
    for row in reports:
        n, day = heard.get((row["one"], row["other"]), (0, date.min))
        heard[row["one"], row["other"]] = n + 1, max(day, row["known_on"])
    return heard


def _describe(tie: Tie, n_reports: int, heard_on: date) -> Row:
    return {
        "id": tie.id,
        "tie": tie.tie,
        "one": tie.one,
        "other": tie.other,
        "name": tie.name,
        "since": tie.since,
        "current": _find_place(tie, tie.current),
        "candidate": _find_place(tie, tie.candidate),
        "n_changes": len(tie.changes),
        "changed_on": tie.changes[-1].last_day,
        "told_on": find_last_told(tie.changes, tie.current.state),
        "heard_on": heard_on,
        "n_reports": n_reports,
        "spans": [span._asdict() for span in list_spans(tie)],
    }


def _find_place(tie: Tie, wanted: Change | None) -> int | None:
    # Not `index`, which would compare all reports of all changes before it.
    return next((place for place, change in enumerate(tie.changes) if change is wanted), None)


def _list_changes(tie: Tie) -> list[Row]:
    return [{**row, "ordinal": ordinal} for ordinal, row in enumerate(list_changes(tie))]
