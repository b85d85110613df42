"""What kind of source something is."""

from __future__ import annotations

import io
import time
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from whowhom.readers import kinds
from whowhom.readers.kinds import find_kind, find_reader
from whowhom.readers.source import Source, SourceError

from . import load_cases


def _make_source(head: bytes, name: str = "", media_type: str = "") -> Source:
    return Source(origin="x", stream=io.BytesIO(head), head=head, name=name, media_type=media_type)


@pytest.mark.parametrize("case", load_cases("kinds.jsonl"), ids=lambda case: case["name"] + case["head"][:30])
def test_kind_is_told_by_declaration_suffix_or_first_bytes(case: dict[str, Any]) -> None:
    """What the server declares, the suffix, else the first bytes tell the kind."""
    source = _make_source(case["head"].encode(), case["name"], case["media_type"])
    assert find_kind(source) == case["kind"]


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\xff", "not text"),
        (b"PK\3\4\x14\0\0\0\x08\0\xff\xfe\0\0", "not text"),
        (b'[{"text": "x"}, {"text": "y"}]', "one record a line"),
        (b'[\n  {"text": "x"}\n]', "one record a line"),
        (b'{\n  "text": "x"\n}', "one record a line"),
    ],
)
def test_what_no_reader_reads_is_refused_with_what_to_do(head: bytes, reason: str) -> None:
    """Pictures, archives and JSON that is no JSONL are told apart from prose."""
    with pytest.raises(SourceError, match=reason):
        find_kind(_make_source(head))


def test_kind_of_utf16_is_told_after_decoding() -> None:
    """A feed in UTF-16 is a feed."""
    assert find_kind(_make_source("<?xml version='1.0'?><rss>".encode("utf-16"))) == "feed"


@pytest.mark.parametrize(
    "head", ["<!DOCTYPE x [" + "]" * 60_000, "<!--" * 15_000, "<?" * 30_000, " " * 60_000, "a," * 30_000]
)
def test_hostile_first_bytes_take_no_time(head: str) -> None:
    """Looking at 64 KB takes less than a second whatever they are."""
    start = time.perf_counter()
    find_kind(_make_source(head.encode()))
    assert time.perf_counter() - start < 1


def test_a_plugin_reads_files_of_its_suffix(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader registered as "docx" is given files that end in .docx, though they are not text."""
    entry = EntryPoint("docx", "whowhom.readers.text:read_text", kinds.GROUP)
    monkeypatch.setattr(kinds, "_registered", lambda: {"docx": entry})
    kind = find_kind(_make_source(b"PK\3\4\0\0\xff\xff", "report.docx"))
    assert kind == "docx"
    assert find_reader(kind).__name__ == "read_text"


def test_a_missing_reader_is_named_with_those_installed() -> None:
    """The error names the kind and the readers there are."""
    with pytest.raises(SourceError, match=r"'docx' is installed\. Installed: csv, feed, html"):
        find_reader("docx")
