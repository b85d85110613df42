"""Tests of writing to a file, a stream, a pipe."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pytest

from tests.coded_articles import make_coded
from whowhom.exporters import find_exporter, write_coded
from whowhom.records import CodedArticle, Skip

ITEMS = [make_coded("a1"), Skip("", "read", "text is empty", "news.jsonl:2"), make_coded("a3")]


def test_suffix_decides_the_format(tmp_path: Path) -> None:
    """The same call writes JSONL, CSV or Parquet; upper case counts too."""
    write_coded(ITEMS, tmp_path / "out.jsonl")
    write_coded(ITEMS, tmp_path / "out.CSV")
    write_coded(ITEMS, str(tmp_path / "out.parquet"))
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a1", "news.jsonl:2", "a3"]
    assert pl.read_csv(tmp_path / "out.CSV").height == 4
    assert pl.read_parquet(tmp_path / "out.parquet").height == 4


@pytest.mark.parametrize("out", ["out.xlsx", "out", "", "jsonl", ".", "out.csv.gz"])
def test_unknown_suffix_is_refused_before_anything_is_read(out: str, tmp_path: Path) -> None:
    """The error lists the known suffixes, and no article was taken."""

    def never() -> Iterator[CodedArticle]:
        raise AssertionError("an article was taken")
        yield

    with pytest.raises(ValueError, match=r"Known: .*\.csv.*\.jsonl.*\.parquet"):
        write_coded(never(), out and str(tmp_path / out))


def test_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    """A run that fails leaves what was there before, and no other file."""
    out = tmp_path / "out.jsonl"
    out.write_text("before")

    def failing() -> Iterator[CodedArticle]:
        yield make_coded()
        assert out.read_text() == "before"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_coded(failing(), out)
    assert out.read_text() == "before"
    assert os.listdir(tmp_path) == ["out.jsonl"]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_killed_run_leaves_no_half_file_under_the_name(suffix: str, tmp_path: Path) -> None:
    """kill -9 in the middle of writing leaves nothing at the path."""
    out = tmp_path / f"out.{suffix}"
    program = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.coded_articles import make_coded
from whowhom.exporters import write_coded
def items():
    for n in range(6_000):
        yield make_coded(str(n))
    print("midway", flush=True)
    time.sleep(60)
write_coded(items(), {str(out)!r})
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"midway\n"
        process.send_signal(signal.SIGKILL)
    assert not out.exists()


def test_link_stays_a_link(tmp_path: Path) -> None:
    """The file that a link points to is replaced, not the link."""
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "out.jsonl"
    link.symlink_to(tmp_path / "elsewhere" / "real.jsonl")
    write_coded(ITEMS, link)
    assert link.is_symlink()
    assert len((tmp_path / "elsewhere" / "real.jsonl").read_text().splitlines()) == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_named_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """A pipe named out.jsonl gets the lines and is still a pipe afterwards."""
    pipe = tmp_path / "out.jsonl"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    write_coded(ITEMS, pipe)
    reader.join(timeout=10)
    assert len(got[0].splitlines()) == 3
    assert pipe.is_fifo()


def test_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error is the system's, with the path that was given."""
    with pytest.raises(FileNotFoundError) as caught:
        write_coded(ITEMS, tmp_path / "missing" / "out.csv")
    assert caught.value.filename == str(tmp_path / "missing" / "out.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(IsADirectoryError):
        write_coded(ITEMS, tmp_path / "folder.csv")


def test_without_a_path_lines_go_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Standard output gets UTF-8, whatever the terminal's encoding, as each article comes."""
    write_coded([make_coded(title="Zürich")])
    assert json.loads(capfdbinary.readouterr().out.decode("utf-8"))["title"] == "Zürich"


def test_open_file_is_written_to_and_left_open() -> None:
    """Text streams get text and binary ones bytes; the format is named, as there is no suffix."""
    text, binary = io.StringIO(), io.BytesIO()
    write_coded(ITEMS, text)
    write_coded(ITEMS, binary, format="parquet")
    assert len(text.getvalue().splitlines()) == 3
    assert pl.read_parquet(binary.getvalue()).height == 4
    with pytest.raises(ValueError, match="needs a file"):
        write_coded(ITEMS, text, format="parquet")


def test_format_overrules_the_suffix(tmp_path: Path) -> None:
    """Somebody who names a format means it."""
    write_coded(ITEMS, tmp_path / "out.txt", format="jsonl")
    assert len((tmp_path / "out.txt").read_text().splitlines()) == 3


def test_each_line_is_written_before_the_next_article_is_asked_for(tmp_path: Path) -> None:
    """Who reads the other end of a pipe has an article as soon as it is coded."""
    stream = io.BytesIO()

    def watched() -> Iterator[CodedArticle]:
        yield make_coded("a1")
        assert stream.getvalue().count(b"\n") == 1
        yield make_coded("a2")

    write_coded(watched(), stream)
    assert stream.getvalue().count(b"\n") == 2


def test_plugin_gives_a_format(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An entry of the group "whowhom.exporters" is found by its name; the longest suffix wins."""
    entry = EntryPoint("ids.csv", f"{__name__}:write_ids", "whowhom.exporters")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [entry])
    write_coded(ITEMS, tmp_path / "out.ids.csv")
    assert (tmp_path / "out.ids.csv").read_text() == "a1 a3"
    assert find_exporter("out.csv") is not write_ids


def write_ids(items: Iterable[CodedArticle | Skip], stream: BinaryIO) -> None:
    """An exporter as a plugin has it."""
    stream.write(" ".join(one.article.id for one in items if isinstance(one, CodedArticle)).encode())
