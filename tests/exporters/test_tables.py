"""Tests of the flat tables: CSV and Parquet."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from tests.coded_articles import coded_articles, make_coded
from whowhom.exporters.tables import COLUMNS, flat_schema, flatten, sentence_finder, write_csv, write_parquet
from whowhom.records import Article, CodedArticle, Entity, Skip, Span

NAMES = [column.name for column in COLUMNS]
LISTS = [column.name for column in COLUMNS if column.type == "texts"]


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    with path.open("wb") as stream:
        write_csv(
            [make_coded(), Skip("", "read", "empty", "x"), CodedArticle(Article("a2", "Rain."))], stream
        )
    return path


@pytest.fixture
def parquet_file(tmp_path: Path) -> Path:
    path = tmp_path / "events.parquet"
    with path.open("wb") as stream:
        write_parquet(
            [make_coded(), Skip("", "read", "empty", "x"), CodedArticle(Article("a2", "Rain."))], stream
        )
    return path


def csv_of(coded: CodedArticle) -> str:
    stream = io.BytesIO()
    write_csv([coded], stream)
    return stream.getvalue().decode("utf-8")


def test_flat_row_has_the_columns_in_order_and_null_for_what_is_not_known() -> None:
    """A row is keyed by the names of COLUMNS; parallel lists keep a place for the unnamed."""
    visit, withdrawal = flatten(make_coded())
    assert list(visit) == NAMES
    assert visit["actor_name"] == ["Ana Bell", None]
    assert visit["actor_country"] == ["RUR", None]
    assert visit["actor_sector"] == ["GOV ELI", None]
    assert (visit["location_country"], visit["latitude"], visit["geonames"]) == ("GRK", 47.5, 77)
    assert (visit["first_day"], visit["date_text"]) == (date(2031, 3, 7), "on Friday")
    assert visit["source_name"] is None
    assert visit["sentence"] == "Ruritania's foreign minister Ana Bell arrived in Graustark on Friday."
    assert withdrawal["location_text"] is None
    assert (withdrawal["first_day"], withdrawal["date_text"]) == (None, "one day")
    assert (withdrawal["source_kind"], withdrawal["source_country"]) == ("named", "NOV")
    assert (withdrawal["killed"], withdrawal["size"]) == (0, 3000)


def test_pandas_reads_the_csv_with_right_types(csv_file: Path) -> None:
    """Numbers are numbers, codes keep their zeros when read as text, lists are joined by ';'."""
    frame = pd.read_csv(csv_file, dtype={"cameo": "string"}, parse_dates=["published", "first_day"])
    assert list(frame.columns) == NAMES
    assert frame["cameo"].tolist() == ["042", "0874"]
    assert frame["first_day"][0] == pd.Timestamp(2031, 3, 7)
    assert pd.isna(frame["first_day"][1])
    assert frame["longitude"][0] == -19.25
    assert frame["size"][1] == 3000
    assert frame["actor_name"][0] == "Ana Bell;"
    assert frame["aux"][1] == "future;hypothetical"


def test_polars_and_duckdb_read_the_csv_with_right_types(csv_file: Path) -> None:
    """Both find days and numbers without being told."""
    frame = pl.read_csv(csv_file, try_parse_dates=True)
    assert frame.schema["published"] == pl.Date
    assert frame.schema["killed"] == pl.Int64
    assert frame.schema["score"] == pl.Float64
    relation = duckdb.read_csv(str(csv_file))
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    assert (types["first_day"], types["size"], types["scale"]) == ("DATE", "BIGINT", "DOUBLE")
    assert len(relation.fetchall()) == 2


def test_pandas_polars_and_duckdb_read_the_parquet_with_right_types(parquet_file: Path) -> None:
    """Days are days, lists are lists, codes are text, and numbers that may be unknown stay whole."""
    frame = pl.read_parquet(parquet_file)
    assert frame.columns == NAMES
    assert frame.schema["published"] == pl.Date
    assert frame.schema["killed"] == pl.Int64
    assert all(frame.schema[name] == pl.List(pl.String) for name in LISTS)
    assert frame["cameo"].to_list() == ["042", "0874"]
    assert frame["actor_name"].to_list() == [["Ana Bell", None], [None]]
    assert frame["killed"].to_list() == [None, 0]
    assert list(pd.read_parquet(parquet_file)["aux"][1]) == ["future", "hypothetical"]
    rows = duckdb.sql(f"SELECT event_id FROM '{parquet_file}' WHERE list_contains(actor_country, 'RUR')")
    assert rows.fetchall() == [("a1-visit",)]


@settings(max_examples=50, deadline=None)
@given(coded_articles)
def test_parquet_holds_any_row_as_it_is(coded: CodedArticle) -> None:
    """What pyarrow reads back is what was flattened, whatever stands in the texts."""
    stream = io.BytesIO()
    write_parquet([coded], stream)
    assert pq.read_table(io.BytesIO(stream.getvalue())).to_pylist() == list(flatten(coded))


@given(coded_articles)
def test_csv_row_is_one_line_of_as_many_cells_as_columns(coded: CodedArticle) -> None:
    """No text breaks a line or a row, for readers that split at line ends first."""
    lines = csv_of(coded).splitlines()
    assert len(lines) == 1 + len(coded.events)
    assert all(len(row) == len(COLUMNS) for row in csv.reader(lines))


@pytest.mark.parametrize(
    "words",
    [
        "=HYPERLINK(1)",
        "+1+cmd|' /C calc'!A0",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "＝1",
        "\x00=1",
    ],
)
def test_csv_text_is_no_formula_to_a_spreadsheet(words: str) -> None:
    """A cell or an element of a list that would be computed has an apostrophe before it."""
    coded = make_coded(title=words)
    visit = replace(coded.events[0], actor=(Entity(Span("x"), "Bell"), Entity(Span(words), words)))
    row = csv_of(replace(coded, events=(visit,))).splitlines()[1]
    guarded = "'" + words.strip("\t \x00")
    assert f",{guarded}," in row
    assert f";{guarded}" in row


@pytest.mark.parametrize("id", ["-5ruQvtv", "-a.b:c#1", "ab-5"])
def test_csv_keeps_ids_and_numbers_that_begin_with_a_minus(id: str) -> None:
    """An id is the key to other tables, and a number is no text: neither is altered."""
    row = pd.read_csv(io.StringIO(csv_of(make_coded(id))))
    assert row["article_id"][0] == id
    assert row["longitude"][0] == -19.25


def test_csv_element_with_a_semicolon_stays_one_element() -> None:
    """A ";" within an element would split it in two, so it becomes ","."""
    coded = make_coded()
    visit = replace(coded.events[0], mode=("a;b", "c"))
    assert ',"a,b;c",' in csv_of(replace(coded, events=(visit,)))


def test_half_a_surrogate_pair_breaks_no_table() -> None:
    """Text that UTF-8 cannot hold is replaced, in CSV and in Parquet."""
    coded = make_coded(title="a\ud800b")
    assert ",a?b," in csv_of(coded)
    stream = io.BytesIO()
    write_parquet([coded], stream)
    assert pl.read_parquet(stream.getvalue())["title"][0] == "a\ufffdb"


def test_number_beyond_64_bits_is_not_known() -> None:
    """A count that no table can hold is null, not an error."""
    coded = make_coded()
    row = next(flatten(replace(coded, events=(replace(coded.events[0], killed=10**30),))))
    assert row["killed"] is None


def test_sentence_is_that_of_the_trigger() -> None:
    """It is the sentence in which the span begins, the title for one of the title, else none."""
    find = sentence_finder(Article("a", "One came. Two left.\n\nThree stayed", title="The title"))
    assert find(Span("left", 14, 18)) == "Two left."
    assert find(Span("stayed", 27, 33)) == "Three stayed"
    assert find(Span("title", 4, 9, "title")) == "The title"
    assert find(Span("nowhere")) is None


def test_sentence_without_end_is_cut_around_the_trigger() -> None:
    """A page without a full stop does not repeat its megabytes for each event."""
    text = "word " * 100_000
    sentence = sentence_finder(Article("a", text))(Span("word", 250_000, 250_004))
    assert sentence is not None
    assert len(sentence) == 1002
    assert sentence[0] == sentence[-1] == "…"


def test_a_million_events_are_not_held_in_memory() -> None:
    """Memory is that of one batch of rows: ten times as many events take no more."""
    few, many = _peak(50), _peak(500)
    assert many < few * 1.5 + 500_000


def _peak(n_articles: int) -> int:
    coded = make_coded()
    coded = replace(coded, events=coded.events * 10)

    def stream() -> Iterator[CodedArticle]:
        for _ in range(n_articles):
            yield coded

    class Nowhere(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, content: Any, /) -> int:
            return len(content)

    tracemalloc.start()
    write_csv(stream(), Nowhere())  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_every_column_says_what_it_means() -> None:
    """The meaning of a column travels with a Parquet file."""
    assert len(set(NAMES)) == len(NAMES)
    assert all(field.metadata[b"description"] for field in flat_schema())
