"""Rows of a relation as they are, to JSONL, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, BinaryIO

from whowhom.exporters.tables import Column, to_cell

if TYPE_CHECKING:
    import duckdb

Writer = Callable[["duckdb.DuckDBPyRelation", BinaryIO, Sequence[Column]], None]

_BATCH_ROWS = 100_000


def write_rows_jsonl(
    relation: duckdb.DuckDBPyRelation, stream: BinaryIO, columns: Sequence[Column] = ()
) -> None:
    """Write one object a row; days as they are written in ISO 8601."""
    for batch in relation.to_arrow_table().to_batches(_BATCH_ROWS):
        rows = (json.dumps(row, ensure_ascii=False, default=str) for row in batch.to_pylist())
        stream.write("".join(f"{row}\n" for row in rows).encode("utf-8"))


def write_rows_csv(
    relation: duckdb.DuckDBPyRelation, stream: BinaryIO, columns: Sequence[Column] = ()
) -> None:
    """Write UTF-8 with commas and a line of names; an empty cell is null."""
    from pyarrow import csv as arrow_csv  # type: ignore[import-untyped]

    if any(str(type).endswith("[]") for type in relation.types):
        _write_text_csv(relation, stream)
        return
    stream.write(f"{','.join(relation.columns)}\n".encode())
    # Arrow puts quotes around every name, which nobody else does.
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="needed")
    for batch in relation.to_arrow_table().to_batches(_BATCH_ROWS):
        arrow_csv.write_csv(batch, stream, options)


def _write_text_csv(relation: duckdb.DuckDBPyRelation, stream: BinaryIO) -> None:
    """Write rows that hold lists, and so words of articles, which a spreadsheet must not run."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(relation.columns)
    for batch in relation.to_arrow_table().to_batches(_BATCH_ROWS):
        writer.writerows([to_cell(value) for value in row.values()] for row in batch.to_pylist())
        stream.write(lines.getvalue().encode("utf-8"))
        lines.seek(0)
        lines.truncate()
    stream.write(lines.getvalue().encode("utf-8"))


def write_rows_parquet(
    relation: duckdb.DuckDBPyRelation, stream: BinaryIO, columns: Sequence[Column] = ()
) -> None:
    """Write Parquet, compressed with zstd, with the meanings of the columns."""
    from pyarrow import parquet

    table = relation.to_arrow_table()
    meanings = {name: {"description": meaning} for name, _, meaning in columns}
    schema = table.schema
    for number, field in enumerate(schema):
        schema = schema.set(number, field.with_metadata(meanings.get(field.name)))
    parquet.write_table(table.cast(schema), stream, compression="zstd")


WRITERS: dict[str, Writer] = {
    "csv": write_rows_csv,
    "jsonl": write_rows_jsonl,
    "parquet": write_rows_parquet,
}
