"""Corpora in JSONL, CSV and Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from whowhom.readers import read_sources, tables
from whowhom.records import Article, Skip

from . import describe, load_cases
from .conftest import Read

TEXT = "The minister arrived in Ankara on Monday."
MOMENT = datetime(2024, 6, 17, 23, tzinfo=UTC)


@pytest.mark.parametrize("case", load_cases("records.jsonl"), ids=lambda case: case["line"][:50])
def test_a_line_is_an_article_or_a_skip_with_the_reason(case: dict[str, Any], read: Read) -> None:
    """Known fields are read, others kept; what cannot be used says why, by line."""
    (found,) = read("corpus.jsonl", case["line"])
    assert found.origin.endswith("corpus.jsonl:1")
    if "skip" in case:
        assert isinstance(found, Skip)
        assert found.reason == case["skip"]["reason"]
        assert found.stage == case["skip"].get("stage", "read")
        assert found.article == case["skip"].get("skipped", "")
        return
    assert isinstance(found, Article)
    assert found.language == "en"
    fields = describe(found)
    fields.pop("origin")
    if "id" not in case["article"]:
        assert len(fields.pop("id")) == 16
    case["article"].pop("language", None)
    assert fields == case["article"]


def test_a_broken_line_does_not_stop_the_run_and_order_is_kept(read: Read) -> None:
    """Articles and skips come in the order of their lines; empty lines only count."""
    lines = [json.dumps({"id": "a", "text": TEXT}), "{broken", "", json.dumps({"id": "b", "text": TEXT})]
    found = read("corpus.jsonl", "\n".join(lines))
    assert [(type(item), item.origin.rpartition(":")[2]) for item in found] == [
        (Article, "1"),
        (Skip, "2"),
        (Article, "4"),
    ]


def test_an_id_that_comes_twice_gives_both_rows(read: Read) -> None:
    """The reader does not judge duplicates: both rows come, in their order."""
    rows = [{"id": "a", "text": TEXT}, {"id": "a", "text": TEXT + " He left."}]
    found = read("corpus.jsonl", "\n".join(map(json.dumps, rows)))
    assert [(item.id, item.text) for item in found if isinstance(item, Article)] == [
        (row["id"], row["text"]) for row in rows
    ]


def test_a_line_that_is_not_utf8_is_skipped_alone(read: Read) -> None:
    """One line of Latin-1 in a file of UTF-8 costs that line."""
    good = json.dumps({"text": TEXT}).encode()
    found = read("corpus.jsonl", good + b"\n" + '{"text": "São Paulo"}'.encode("cp1252") + b"\n" + good)
    assert [type(item) for item in found] == [Article, Skip, Article]
    assert isinstance(found[1], Skip)
    assert found[1].reason == "broken encoding: line is not UTF-8 at byte 12"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_jsonl_is_read_with_and_without_a_byte_order_mark(encoding: str, read: Read) -> None:
    """PowerShell writes UTF-16, Notepad a mark before UTF-8."""
    lines = "".join(json.dumps({"text": f"{TEXT} {n}"}) + "\r\n" for n in range(3))
    found = read("corpus.jsonl", lines.encode(encoding))
    assert [item.text for item in found if isinstance(item, Article)] == [f"{TEXT} {n}" for n in range(3)]


def test_a_line_beyond_the_bound_is_skipped_without_being_held(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next line is read after one that is too long."""
    monkeypatch.setattr(tables, "MAX_BYTES", 1000)
    good = json.dumps({"text": TEXT})
    found = read("corpus.jsonl", "\n".join([good, json.dumps({"text": "x" * 5000}), good]))
    assert [type(item) for item in found] == [Article, Skip, Article]
    assert isinstance(found[1], Skip)
    assert "line is longer than" in found[1].reason


def test_gzipped_jsonl_is_read_and_a_cut_one_up_to_the_cut(read: Read) -> None:
    """What came before the damage is not lost, and the damage is told."""
    content = gzip.compress("\n".join(json.dumps({"text": f"{TEXT} {n}"}) for n in range(5000)).encode())
    assert len(read("corpus.jsonl.gz", content)) == 5000
    *articles, skip = read("corpus.jsonl.gz", content[:-2000])
    assert len(articles) > 100
    assert isinstance(skip, Skip)
    assert skip.reason.startswith("gzip data is damaged or cut short")


_ROWS = st.lists(
    st.fixed_dictionaries(
        {"text": st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda text: f"A{text}")},
        optional={"title": st.text(st.characters(exclude_categories=["Cs"])), "desk": st.booleans()},
    ),
    min_size=1,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(rows=_ROWS)
def test_the_same_rows_give_the_same_text_in_every_format(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    """JSONL, CSV and Parquet hand on each text as it was written, in order."""
    rows = [{"language": "en", **row} for row in rows]
    jsonl, table, columns = tmp_path / "a.jsonl", tmp_path / "a.csv", tmp_path / "a.parquet"
    jsonl.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    with table.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, ["language", "text", "title", "desk"])
        writer.writeheader()
        writer.writerows(rows)
    parquet.write_table(pa.Table.from_pylist([{"title": None, **row} for row in rows]), columns)
    for path in (jsonl, table, columns):
        texts = [item.text for item in read_sources([path]) if isinstance(item, Article)]
        assert texts == [row["text"] for row in rows], path.suffix


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_is_read_with_every_usual_mark(mark: str, read: Read) -> None:
    """Quoted cells keep their line ends and marks, and rows are told by their first line."""
    text = f'He said "no"{mark}\r\nand left Ankara.'
    rows = io.StringIO(newline="")
    csv.writer(rows, delimiter=mark).writerows(
        [["id", "text", "published", "desk"], ["a", text, "2024-06-17", "world"], ["b", TEXT, "", ""]]
    )
    first, second = read("corpus.csv", rows.getvalue())
    assert isinstance(first, Article)
    assert (first.id, first.text, first.published) == ("a", text, date(2024, 6, 17))
    assert first.extra == {"desk": "world"}
    assert (first.origin[-2:], second.origin[-2:]) == (":2", ":4")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("id,body\n1,x\n", "no column 'text' in the first line: 'id,body'"),
        ("text,id\n", "holds no articles (read as csv)"),
    ],
)
def test_a_table_without_text_is_skipped(content: str, reason: str, read: Read) -> None:
    """The reason shows the columns there are."""
    (skip,) = read("corpus.csv", content)
    assert isinstance(skip, Skip)
    assert skip.reason == reason


def test_broken_rows_of_csv_are_skipped_alone(read: Read) -> None:
    """A row too wide and a row in another encoding cost only themselves."""
    rows = ["id,text", "a,“The minister left Ankara.”", "b,x,y", "c,He left S\xe3o Paulo.", f"d,{TEXT}"]
    content = "\n".join(rows).encode().replace("\xe3".encode(), b"\xe3")
    found = read("corpus.csv", content)
    assert [item.reason if isinstance(item, Skip) else item.text for item in found] == [
        "“The minister left Ankara.”",
        "row has 3 cells, the first line names 2 columns",
        "broken encoding: row holds bytes that the file's encoding does not have",
        TEXT,
    ]


def test_parquet_is_read_with_its_own_types(tmp_path: Path) -> None:
    """Days, moments, numbers and lists come as Python values."""
    path = tmp_path / "corpus.parquet"
    parquet.write_table(
        pa.table(
            {
                "id": [7, 8],
                "text": pa.array([TEXT, TEXT]).dictionary_encode(),
                "published": pa.array([MOMENT, None], pa.timestamp("ns", "UTC")),
                "tags": [["a"], []],
            }
        ),
        path,
    )
    first, second = read_sources([path])
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.id, first.published, first.extra) == ("7", date(2024, 6, 17), {"tags": ["a"]})
    assert (second.id, second.published, second.origin) == ("8", None, f"{path} row 2")


def test_parquet_in_broken_utf8_costs_only_its_row(tmp_path: Path) -> None:
    """Arrow does not check strings; a broken one is a skip, not a crash."""
    path = tmp_path / "corpus.parquet"
    texts = pa.array([TEXT.encode(), b"S\xe3o Paulo", None, TEXT.encode()]).view(pa.string())
    parquet.write_table(pa.table({"text": texts}), path)
    found = list(read_sources([path]))
    assert [type(item) for item in found] == [Article, Skip, Skip, Article]
    assert isinstance(found[1], Skip)
    assert found[1].reason == "'text' is no string of Unicode but bytes; fields: text"


def test_parquet_with_a_column_twice_is_read(tmp_path: Path) -> None:
    """Arrow allows two columns of one name; the last one counts."""
    path = tmp_path / "corpus.parquet"
    parquet.write_table(pa.Table.from_arrays([pa.array(["x"]), pa.array([TEXT])], ["text", "text"]), path)
    (article,) = read_sources([path])
    assert isinstance(article, Article)
    assert article.text == TEXT


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"PAR1" + b"\0" * 50, "Parquet is broken: "), (b"PAR1", "Parquet is broken: ")],
)
def test_damaged_parquet_is_skipped(content: bytes, reason: str, read: Read) -> None:
    """The reason is one line, whatever Arrow says."""
    (skip,) = read("corpus.parquet", content)
    assert isinstance(skip, Skip)
    assert skip.reason.startswith(reason)
    assert "\n" not in skip.reason


def test_parquet_without_text_names_its_columns(tmp_path: Path) -> None:
    """The reader looks for "text" and nothing else."""
    path = tmp_path / "corpus.parquet"
    parquet.write_table(pa.table({"id": [1], "body": ["x"]}), path)
    (skip,) = read_sources([path])
    assert isinstance(skip, Skip)
    assert skip.reason == "no column 'text' among: id, body"
