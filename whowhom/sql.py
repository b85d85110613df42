"""Running SQL on a store: values are always bound, and columns come in as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb


@contextmanager
def incoming(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Sequence[Any]],
    types: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Let SQL see columns as the table `incoming`."""
    import pyarrow as pa  # type: ignore[import-untyped]

    arrow = {
        "DOUBLE": pa.float64(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
        "UINTEGER[]": pa.list_(pa.uint32()),
    }
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


@contextmanager
def incoming_table(connection: duckdb.DuckDBPyConnection, table: Any) -> Iterator[None]:
    """Let SQL see an Arrow table as the table `incoming`."""
    connection.register("incoming", table)
    try:
        yield
    finally:
        connection.unregister("incoming")


@contextmanager
def incoming_rows(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[Mapping[str, Any]], columns: str
) -> Iterator[None]:
    """Let SQL see rows as the table `incoming`, by way of Arrow, which executemany is far behind.

    Args:
        columns: A query whose columns and types are those of `rows`: "FROM event".
    """
    from whowhom.exporters.tables import make_table

    schema = connection.sql(f"{columns} LIMIT 0").to_arrow_table().schema
    connection.register("incoming", make_table(rows, schema))
    try:
        yield
    finally:
        connection.unregister("incoming")


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, Sequence[Any]], query: str
) -> None:
    hashes = {name: "UINTEGER[]" for name in ("quotes", "lead") if name in columns}
    with incoming(connection, columns, hashes):
        run(connection, f"INSERT INTO {table} BY NAME {query}")


def read_meta(connection: duckdb.DuckDBPyConnection, key: str) -> str:
    """Return what an earlier run noted in the table meta, "" where it did not."""
    rows = run(connection, 'SELECT "value" FROM meta WHERE "key" = $1', [key])
    return str(rows[0][0]) if rows else ""


def write_meta(connection: duckdb.DuckDBPyConnection, key: str, value: str) -> None:
    """Note something for a later run in the table meta."""
    run(
        connection,
        'INSERT OR REPLACE INTO meta ("key", "value") VALUES ($key, $value)',
        {"key": key, "value": value},
    )


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] | Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Run one statement and take all its rows: DuckDB 2 refuses other work beside a half-read result."""
    return connection.execute(sql, values).fetchall()


def fetch_rows(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return all rows of a query, each by the names of its columns."""
    result = connection.execute(sql, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
