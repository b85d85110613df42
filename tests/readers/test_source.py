"""Opened sources and the articles made of them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from whowhom.readers import source as source_module
from whowhom.readers.source import SourceError, make_article, open_stream
from whowhom.records import Article, Skip


class _Pipe(io.RawIOBase):
    """A stream that cannot seek and gives its bytes in the pieces in which they were written."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        piece = self._pieces.pop(0) if self._pieces else b""
        buffer[: len(piece)] = piece
        return len(piece)


def test_a_stream_that_cannot_seek_loses_nothing() -> None:
    """What was looked at still comes from the stream, piece by piece."""
    source = open_stream(io.BufferedReader(_Pipe(b"\n", b"The minis", b"ter\narrived", b" today.\n")), "pipe")
    assert source.head == b"\nThe minister\narrived"
    assert source.read_all() == b"\nThe minister\narrived today.\n"


def test_a_source_over_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page or a PDF is held whole, so it has a bound; one of exactly that size passes."""
    monkeypatch.setattr(source_module, "MAX_BYTES", 10)
    assert open_stream(io.BytesIO(b"x" * 10), "x").read_all() == b"x" * 10
    with pytest.raises(SourceError, match="too large"):
        open_stream(io.BytesIO(b"x" * 11), "x").read_all()


def test_an_article_keeps_the_id_it_has() -> None:
    """Only an article without an id is given the hash of its content."""
    named = make_article("Kyiv.", origin="x", id="a")
    hashed = make_article("Kyiv.", origin="x")
    other = make_article("Kyiv.", origin="y", title="t")
    assert isinstance(named, Article)
    assert isinstance(hashed, Article)
    assert isinstance(other, Article)
    assert named.id == "a"
    assert len({named.id, hashed.id, other.id}) == 3


@pytest.mark.parametrize(("text", "reason"), [("", "is empty"), ("\n", "is empty"), ("7.", "no word")])
def test_text_without_a_word_is_no_article(text: str, reason: str) -> None:
    """The skip carries the id of what it stands for."""
    skip = make_article(text, origin="x", id="a")
    assert isinstance(skip, Skip)
    assert reason in skip.reason
    assert skip.article == "a"
