"""Rows of a relation to files: every format holds the same rows."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from whowhom.exporters import write_relation
from whowhom.exporters.tables import Column

COLUMNS = (Column("who", "text", "Who it is."), Column("n", "whole", "How many."))
ROWS = [("KOR", 3, date(2024, 5, 1), 0.5), ("PRK", None, date(2024, 6, 1), None)]


@pytest.fixture
def relation() -> duckdb.DuckDBPyRelation:
    return duckdb.connect().sql(
        "FROM (VALUES ('KOR', 3, DATE '2024-05-01', 0.5::DOUBLE), ('PRK', NULL, DATE '2024-06-01', NULL)) "
        "AS rows(who, n, period, scale)"
    )


def test_csv_has_a_line_of_names_and_empty_cells_for_null(
    relation: duckdb.DuckDBPyRelation, tmp_path: Path
) -> None:
    """Texts have quotes, so that a text without letters is not taken for null."""
    path = tmp_path / "rows.csv"
    write_relation(relation, path)
    assert path.read_text() == 'who,n,period,scale\n"KOR",3,2024-05-01,0.5\n"PRK",,2024-06-01,\n'


def test_jsonl_has_an_object_a_row(relation: duckdb.DuckDBPyRelation) -> None:
    """It is what is written where no format is named; days are ISO 8601."""
    out = io.BytesIO()
    write_relation(relation, out)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [
        {"who": "KOR", "n": 3, "period": "2024-05-01", "scale": 0.5},
        {"who": "PRK", "n": None, "period": "2024-06-01", "scale": None},
    ]


def test_parquet_keeps_types_and_what_the_columns_mean(
    relation: duckdb.DuckDBPyRelation, tmp_path: Path
) -> None:
    """The meanings stand in the metadata of the columns that have one."""
    path = tmp_path / "rows.parquet"
    write_relation(relation, path, columns=COLUMNS)
    assert duckdb.connect().read_parquet(str(path)).fetchall() == ROWS
    schema = pq.read_schema(path)
    assert schema.field("n").metadata[b"description"] == b"How many."
    assert b"description" not in (schema.field("period").metadata or {})
    assert pd.read_parquet(path)["n"].tolist()[0] == 3


def test_empty_relation_still_names_its_columns(relation: duckdb.DuckDBPyRelation, tmp_path: Path) -> None:
    """A reader that looks for a column finds it."""
    none = relation.limit(0)
    write_relation(none, tmp_path / "rows.csv")
    write_relation(none, tmp_path / "rows.parquet")
    write_relation(none, tmp_path / "rows.jsonl")
    assert (tmp_path / "rows.csv").read_text() == "who,n,period,scale\n"
    assert pq.read_schema(tmp_path / "rows.parquet").names == ["who", "n", "period", "scale"]
    assert (tmp_path / "rows.jsonl").read_text() == ""


def test_unknown_format_is_refused_before_a_file_is_made(
    relation: duckdb.DuckDBPyRelation, tmp_path: Path
) -> None:
    """The message lists the formats there are."""
    with pytest.raises(ValueError, match=r"is no format for rows\. Known: \.csv, \.jsonl, \.parquet"):
        write_relation(relation, tmp_path / "rows.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_parquet_does_not_go_into_a_text_stream(relation: duckdb.DuckDBPyRelation) -> None:
    """It is not text; the message tells what to do."""
    with pytest.raises(ValueError, match="Parquet is not text and needs a file"):
        write_relation(relation, io.StringIO(), format="parquet")
