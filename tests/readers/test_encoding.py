"""From bytes to text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.readers.encoding import decode, find_encoding, looks_binary
from whowhom.readers.source import SourceError

SENTENCE = "“Señor Müller” met Vučić’s aide — in Çankaya; both said “no”."
WESTERN = "“Señor Müller” met the president’s aide — in São Paulo; both said “no”."
RUSSIAN = "Министр иностранных дел России прибыл в понедельник в Анкару на переговоры."


@given(st.text())
def test_text_in_utf8_comes_back_as_it_was(text: str) -> None:
    """No character of UTF-8 is altered, no line end, no NUL."""
    if not text.startswith("\ufeff"):
        assert decode(text.encode()) == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_names_the_encoding(encoding: str) -> None:
    """A mark is believed against what is declared, and is no part of the text."""
    content = SENTENCE.encode(encoding)
    assert decode(content, charset="iso-8859-1") == SENTENCE
    assert find_encoding(content) == encoding


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("cp1252", "ISO-8859-1"), ("cp1252", "latin1"), ("utf-8", "utf8"), ("cp1252", "windows-1252")],
)
def test_a_declared_encoding_is_understood_as_browsers_do(encoding: str, charset: str) -> None:
    """Pages that say ISO-8859-1 are in Windows-1252."""
    assert decode(WESTERN.encode(encoding), charset=charset) == WESTERN


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "iso-8859-5"])
def test_a_page_declares_its_encoding_within_itself(encoding: str) -> None:
    """A meta element or an XML declaration counts in markup."""
    page = f'<html><head><meta charset="{encoding}"></head><p>{RUSSIAN}</p>'
    assert decode(page.encode(encoding), markup=True) == page
    feed = f'<?xml version="1.0" encoding="{encoding}"?><rss>{RUSSIAN}</rss>'
    assert decode(feed.encode(encoding), markup=True) == feed


@pytest.mark.parametrize("charset", ["", "no-such-charset", "utf-8", "idna", "undefined", "unicode_escape"])
def test_western_text_without_a_usable_declaration_is_guessed(charset: str) -> None:
    """A wrong, unknown or dangerous declaration is passed over."""
    assert decode(WESTERN.encode("cp1252"), charset=charset) == WESTERN


def test_an_escape_in_a_declared_escape_encoding_stays_text() -> None:
    r"""Nobody makes "\u003cscript" into markup by declaring unicode_escape."""
    assert decode(rb"\u003cscript\u003e", charset="unicode_escape") == r"\u003cscript\u003e"


def test_broken_utf8_is_refused_in_text_and_mended_in_pages() -> None:
    """A cut character is no reason to take the whole for another encoding."""
    content = SENTENCE.encode() + b"\xe2\x80"
    with pytest.raises(SourceError, match=rf"broken encoding: not utf-8 at byte {len(content) - 2}"):
        decode(content)
    assert decode(b"<p>" + content, markup=True) == f"<p>{SENTENCE}\ufffd"
    assert find_encoding(content) == "utf-8"


@pytest.mark.parametrize("content", [bytes(range(256)) * 4, b"\x7fELF\2\1\1\0\0\0\xff\xfe\x90" * 10])
def test_bytes_that_are_no_text_are_refused(content: bytes) -> None:
    """A program or a picture is not decoded to whatever its bytes happen to mean."""
    assert looks_binary(content)
    with pytest.raises(SourceError, match="not text"):
        decode(content)


def test_a_broken_file_with_a_mark_is_refused() -> None:
    """UTF-16 that ends within a character says so."""
    with pytest.raises(SourceError, match="not utf-16 at byte"):
        decode(SENTENCE.encode("utf-16")[:-1])
