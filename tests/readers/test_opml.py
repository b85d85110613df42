"""Lists of feeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from whowhom.readers.opml import Subscription, clean_address, list_feeds, read_opml
from whowhom.readers.source import SourceError

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Desk</title></head><body>
<outline text="World"><outline text="Asia">
<outline type="rss" text="Demo &amp; Co" title="Demo
 News" xmlUrl="https://news.example.org/rss.xml" htmlUrl="https://news.example.org/"/></outline>
<outline text="Other" XMLURL=" feed://other.example.org/atom "/></outline>
<outline text="Again" xmlUrl="https://NEWS.example.org:443/rss.xml#top"/>
<outline text="Local" xmlUrl="file:///etc/passwd"/><outline text="A heading only"/>
</body></opml>"""


@pytest.fixture
def opml(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.opml"
    path.write_text(OPML, encoding="utf-8")
    return path


def test_feeds_of_nested_outlines_are_found_once(opml: Path) -> None:
    """Addresses written in two ways are one; headings and what is no web address are passed over."""
    assert list_feeds([opml]) == [
        Subscription("https://news.example.org/rss.xml", "Demo News"),
        Subscription("http://other.example.org/atom", "Other"),
    ]


def test_addresses_and_lists_may_be_mixed(opml: Path) -> None:
    """The order is that of the call; a feed named before keeps its place."""
    urls = [one.url for one in list_feeds(["http://other.example.org/atom", str(opml)])]
    assert urls == ["http://other.example.org/atom", "https://news.example.org/rss.xml"]


def test_a_bare_ampersand_costs_nothing(tmp_path: Path) -> None:
    """Lists are written by many programs, not all of which escape."""
    path = tmp_path / "feeds.opml"
    path.write_text(
        '<opml><body><outline text="A & B" xmlUrl="https://a.example/?x=1&y=2"/>'
        '<outline xmlUrl="https://b.example/"/></body></opml>'
    )
    assert len(read_opml(path)) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_a_list_is_read_in_its_encoding(encoding: str, tmp_path: Path) -> None:
    """Byte order mark or declaration."""
    path = tmp_path / "feeds.opml"
    path.write_bytes(
        OPML.replace("UTF-8", encoding.removesuffix("-sig")).replace("Other", "São Paulo").encode(encoding)
    )
    assert read_opml(path)[1].title == "São Paulo"


def test_entities_are_refused_before_they_are_read(tmp_path: Path) -> None:
    """Neither a file nor gigabytes come in by way of an attribute."""
    bomb = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    path = tmp_path / "feeds.opml"
    path.write_text(
        f'<!DOCTYPE opml [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a0 "ha">{bomb}]>'
        '<opml><body><outline xmlUrl="https://a.example/&a12;"/></body></opml>'
    )
    with pytest.raises(SourceError, match="entities"):
        read_opml(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not an OPML list"),
        ("<html><body>no</body></html>", "does not begin with <opml>"),
        ("https://a.example/feed\n", "not an OPML list"),
        ("<opml><body><outline text='x'/></body></opml>", "no outline has an xmlUrl"),
        ("<opml><outline xmlUrl='gopher://a.example/'/></opml>", "expected http:// or https://"),
        ("<opml>" + "<outline>" * 100_000, "names no feed"),
        (" " * 10_000_001, "too large"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(content: str, reason: str, tmp_path: Path) -> None:
    """One line that names the file."""
    path = tmp_path / "feeds.opml"
    path.write_text(content)
    with pytest.raises(SourceError, match=reason) as refused:
        read_opml(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_address_without_its_scheme_is_told(tmp_path: Path) -> None:
    """It looks like a file that is not there, and the message says what an address begins with."""
    with pytest.raises(SourceError, match="begins with http://"):
        list_feeds(["news.example.org/rss.xml"])


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "http://",
        "https://user:word@a.example/",
        "http://a.example:99999/",
        "http://[::1/",
    ],
)
def test_what_is_no_address_of_a_feed_is_refused(url: str) -> None:
    """Also where a name and a password stand in it."""
    with pytest.raises(SourceError):
        clean_address(url)


def test_one_string_is_no_list() -> None:
    """It would be read as feeds of a letter each."""
    with pytest.raises(TypeError, match="Write"):
        list_feeds("https://a.example/feed")
