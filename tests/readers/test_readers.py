"""Reading sources of every kind, in order, without ever raising for a bad one."""

from __future__ import annotations

import gzip
import io
import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from whowhom.readers import read_sources
from whowhom.records import Article, Skip

TEXT = "The minister arrived in Ankara on Monday."


def _reasons(found: list[Article | Skip]) -> list[str]:
    return [item.reason if isinstance(item, Skip) else "" for item in found]


def test_sources_are_read_in_the_order_given(tmp_path: Path) -> None:
    """Articles and skips come in the order of the sources, whatever their kinds."""
    (tmp_path / "b.txt").write_text(TEXT)
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": TEXT}) + "\n{\n")
    (tmp_path / "c.html").write_text("<html></html>")
    names = ["b.txt", "missing.txt", "a.jsonl", "c.html"]
    found = list(read_sources([str(tmp_path / name) for name in names]))
    assert [(type(item).__name__, Path(item.origin).name) for item in found] == [
        ("Article", "b.txt"),
        ("Skip", "missing.txt"),
        ("Article", "a.jsonl:1"),
        ("Skip", "a.jsonl:2"),
        ("Skip", "c.html"),
    ]


def test_a_folder_is_read_in_order_without_hidden_files(tmp_path: Path) -> None:
    """Every file of a folder and the folders in it, sorted by path; hidden ones are passed over."""
    for name in ("b.txt", "a/z.md", "a/.hidden.txt", ".git/c.txt", "c.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"text": TEXT}) if name.endswith("jsonl") else TEXT)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)

    def names(recursive: bool) -> list[str]:
        found = read_sources([tmp_path], recursive=recursive)
        return [str(Path(item.origin).relative_to(tmp_path)) for item in found]

    assert names(recursive=True) == ["a/z.md", "b.txt", "c.jsonl:1"]
    assert names(recursive=False) == ["b.txt", "c.jsonl:1"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("no/such/file.txt", "path not found: 'no/such/file.txt'"),
        ("nul\0byte", r"path not found: 'nul\x00byte'"),
        ("", "folder holds no files"),  # the working folder, as for Path
        ("file:///etc/passwd", "only http and https are fetched, not 'file'"),
        ("ftp://example.org/a", "only http and https are fetched, not 'ftp'"),
        ("http://", "the address names no host"),
        ("http://user:pass@example.org/", "addresses with a user name or a password in them are not fetched"),
    ],
)
def test_a_source_that_cannot_be_opened_is_one_skip(
    source: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing path or an address of another kind gives one clear reason and its origin."""
    monkeypatch.chdir(tmp_path)
    assert list(read_sources([source])) == [Skip("", "read", reason, source)]


def test_an_empty_folder_is_a_skip(tmp_path: Path) -> None:
    """A folder without files says so."""
    assert _reasons(list(read_sources([tmp_path]))) == ["folder holds no files"]


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_a_skip(tmp_path: Path) -> None:
    """No permission is a reason, not a traceback."""
    path = tmp_path / "secret.txt"
    path.write_text(TEXT)
    path.chmod(0)
    assert _reasons(list(read_sources([path]))) == ["cannot be opened: Permission denied"]


@pytest.mark.parametrize("sources", ["report.txt", Path("report.txt"), b"report.txt"])
def test_one_source_that_is_no_list_is_a_wrong_call(sources: object) -> None:
    """A string would else be read as a list of its characters."""
    with pytest.raises(TypeError, match=r"Write \["):
        read_sources(sources)  # type: ignore[arg-type]


def test_something_else_among_the_sources_is_a_wrong_call() -> None:
    """The error comes with the call, before anything is read."""
    with pytest.raises(TypeError, match="not 7"):
        read_sources(["a.txt", 7])  # type: ignore[list-item]


def test_reading_is_lazy(tmp_path: Path) -> None:
    """The first article comes before a later source is looked at."""
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text(TEXT)
    found = read_sources([first, second])
    assert isinstance(next(found), Article)
    second.write_text(TEXT + " He left.")
    assert [item.text for item in found if isinstance(item, Article)] == [TEXT + " He left."]


def test_other_languages_are_skipped_with_their_name(tmp_path: Path) -> None:
    """An article that is not in English is a skip of stage "language"."""
    path = tmp_path / "report.txt"
    path.write_text("Министр иностранных дел прибыл в понедельник в Анкару.", encoding="utf-8")
    (skip,) = read_sources([path])
    assert isinstance(skip, Skip)
    assert (skip.stage, skip.reason) == ("language", "language is Russian (ru), whowhom codes English only")
    assert skip.article


def test_an_article_has_the_same_id_wherever_it_lies(tmp_path: Path) -> None:
    """The id is a hash of what was read, not of where."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(TEXT)
    first, second = read_sources([tmp_path])
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert first.id == second.id


@pytest.mark.parametrize("name", ["report.txt.gz", "report.txt", "REPORT.TXT.GZ"])
def test_a_gzipped_file_is_unpacked_whatever_its_name(name: str, tmp_path: Path) -> None:
    """First bytes tell gzip; ".gz" is no part of the name then."""
    (tmp_path / name).write_bytes(gzip.compress(TEXT.encode()))
    (article,) = read_sources([tmp_path / name])
    assert isinstance(article, Article)
    assert article.text == TEXT


@pytest.mark.parametrize("cut", [3, 12, -4])
def test_damaged_gzip_is_a_skip(cut: int, tmp_path: Path) -> None:
    """Cut in its header, its data or its checksum, the reason is the same."""
    path = tmp_path / "report.txt.gz"
    path.write_bytes(gzip.compress(TEXT.encode())[:cut])
    (skip,) = read_sources([path])
    assert isinstance(skip, Skip)
    assert skip.reason.startswith("gzip data is damaged or cut short")


def _read_standard_input(content: bytes) -> list[str]:
    script = "from whowhom.readers import read_sources\nfor f in read_sources(['-']): print(ascii(f))"
    done = subprocess.run([sys.executable, "-c", script], input=content, capture_output=True, check=True)
    assert not done.stderr
    return done.stdout.decode().splitlines()


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        json.dumps({"text": TEXT}).encode(),
        gzip.compress(json.dumps({"text": TEXT}).encode()),
        f"id,text\n1,{TEXT}\n".encode(),
        f"<html><p>{TEXT}</p></html>".encode(),
        f"<rss version='2.0'><channel><item><title>{TEXT}</title></item></channel></rss>".encode(),
    ],
    ids=["text", "jsonl", "gzip", "csv", "html", "rss"],
)
def test_standard_input_is_read_by_its_first_bytes(content: bytes) -> None:
    """A pipe, which cannot seek and has no name, is read like a file."""
    (line,) = _read_standard_input(content)
    assert line.startswith("Article(")
    assert TEXT in line
    assert "origin='standard input" in line


def test_empty_standard_input_is_a_skip() -> None:
    """Nothing on standard input is one skip that says so."""
    assert _read_standard_input(b"") == [
        "Skip(article='', stage='read', reason='empty', origin='standard input')"
    ]


def test_a_stream_gives_its_first_line_before_its_second_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tail -f news.jsonl | whowhom code -` does not wait for 64 KB."""
    read_end, write_end = os.pipe()
    with open(read_end, "rb") as stream, open(write_end, "wb", buffering=0) as writer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        writer.write(json.dumps({"text": TEXT}).encode() + b"\n")
        found = read_sources(["-"])
        got: list[Article | Skip] = []
        waiting = threading.Thread(target=lambda: got.append(next(found)), daemon=True)
        waiting.start()
        waiting.join(20)
        assert [type(item) for item in got] == [Article]


def test_reading_writes_nothing_to_standard_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The talk of libraries about odd sources goes to logging only, and there it can be heard."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\ngarbage")
    (tmp_path / "b.html").write_text("<html></html>")
    list(read_sources([tmp_path]))
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("pypdf").propagate
