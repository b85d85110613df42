"""Rows of an Arrow table as they are, to JSONL, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, BinaryIO

from whowhom.exporters.tables import Column, to_cell

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

Writer = Callable[["pa.Table", BinaryIO, Sequence[Column]], None]

_SUSPICIOUS = r"^\s*[=+@\x{ff1d}\x{ff0b}\x{ff20}\x{ff0d}-]|[\x00-\x1f\x7f-\x{9f}\x{2028}\x{2029}]"
_BATCH_ROWS = 100_000


def write_rows_jsonl(table: pa.Table, stream: BinaryIO, columns: Sequence[Column] = ()) -> None:
    """Write one object a row; days as they are written in ISO 8601."""
    for batch in table.to_batches(_BATCH_ROWS):
        rows = (json.dumps(row, ensure_ascii=False, default=str) for row in batch.to_pylist())
        stream.write("".join(f"{row}\n" for row in rows).encode("utf-8"))


def write_rows_csv(table: pa.Table, stream: BinaryIO, columns: Sequence[Column] = ()) -> None:
    """Write UTF-8 with commas and a line of names; an empty cell is null.

    Texts are made harmless as in the CSV of events: one line each, and none a formula.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    if any(pa.types.is_list(type) for type in table.schema.types):
        _write_text_csv(table, stream)
        return
    stream.write(f"{','.join(table.column_names)}\n".encode())
    # Arrow puts quotes around every name, which nobody else does.
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="needed")
    for batch in table.to_batches(_BATCH_ROWS):
        arrow_csv.write_csv(_make_harmless(batch), stream, options)


def _write_text_csv(table: pa.Table, stream: BinaryIO) -> None:
    """Write rows that hold lists, and so words of articles, which a spreadsheet must not run."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(table.column_names)
    for batch in table.to_batches(_BATCH_ROWS):
        writer.writerows([to_cell(value) for value in row.values()] for row in batch.to_pylist())
        stream.write(lines.getvalue().encode("utf-8"))
        lines.seek(0)
        lines.truncate()
    stream.write(lines.getvalue().encode("utf-8"))


def _make_harmless(batch: pa.RecordBatch) -> pa.RecordBatch:
    import pyarrow as pa
    from pyarrow import compute

    for number, field in enumerate(batch.schema):
        if not pa.types.is_string(field.type):
            continue
        column = batch.column(number)
        # Most columns hold codes only, and this look is far faster than Python for each cell.
        if compute.any(compute.match_substring_regex(column, _SUSPICIOUS)).as_py():
            cells = [None if text is None else to_cell(text) for text in column.to_pylist()]
            batch = batch.set_column(number, field.name, pa.array(cells, pa.string()))
    return batch


def write_rows_parquet(table: pa.Table, stream: BinaryIO, columns: Sequence[Column] = ()) -> None:
    """Write Parquet, compressed with zstd, with the meanings of the columns."""
    from pyarrow import parquet

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
