"""Web archives."""

from __future__ import annotations

import gzip
import io

import pytest
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from whowhom.records import Article, Skip

from .conftest import Read

PAGE = "<html><body><p>The foreign minister {} in Ankara on Monday, officials said.</p></body></html>"


def _write_warc(*pages: tuple[str, str, str, bytes], packed: bool = False) -> bytes:
    """Return an archive of a response for each (status, content type, address, body)."""
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "test"}))
    for status, media_type, url, body in pages:
        headers = StatusAndHeaders(status, [("Content-Type", media_type)], protocol="HTTP/1.0")
        record = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers)
        writer.write_record(record)
    return file.getvalue()


def _page(word: str, url: str, *, status: str = "200 OK") -> tuple[str, str, str, bytes]:
    return status, "text/html", url, PAGE.format(word).encode()


@pytest.mark.parametrize("packed", [False, True])
def test_pages_of_an_archive_come_in_its_order(packed: bool, read: Read) -> None:
    """Each page is an article with its own address; what is no page is passed over."""
    content = _write_warc(
        _page("arrived", "https://example.org/a"),
        ("200 OK", "image/png", "https://example.org/b.png", b"\x89PNG"),
        _page("", "https://example.org/c", status="301 Moved"),
        _page("stayed", "https://example.org/d"),
        packed=packed,
    )
    found = read("crawl.warc.gz" if packed else "crawl.warc", content)
    assert [(item.url, item.text.split()[3]) for item in found if isinstance(item, Article)] == [
        ("https://example.org/a", "arrived"),
        ("https://example.org/d", "stayed"),
    ]
    assert [item.origin.rpartition("record ")[2] for item in found] == ["2", "5"]


def test_an_archive_packed_as_one_piece_is_read(read: Read) -> None:
    """`gzip crawl.warc` is not how archives should be packed, but how some are."""
    found = read("crawl.warc.gz", gzip.compress(_write_warc(_page("arrived", "https://example.org/a"))))
    assert [type(item) for item in found] == [Article]


def test_a_page_that_was_not_found_is_a_skip(read: Read) -> None:
    """A page of an error is no article."""
    content = _write_warc(_page("left", "https://example.org/a", status="404 Not Found"))
    (skip,) = read("crawl.warc", content)
    assert isinstance(skip, Skip)
    assert skip.reason == "server answered 404 instead of a page: https://example.org/a"


def test_a_page_in_the_declared_encoding_is_decoded(read: Read) -> None:
    """The header of the stored answer names the encoding."""
    body = "<p>The minister went from São Paulo to Ankara on Monday, officials said.</p>".encode("cp1252")
    (article,) = read("a.warc", _write_warc(("200 OK", "text/html; charset=latin1", "https://e.org/", body)))
    assert isinstance(article, Article)
    assert "São Paulo" in article.text


def test_an_archive_cut_short_gives_what_came_before(read: Read) -> None:
    """The record that is cut says so; the ones before it are read."""
    content = _write_warc(_page("arrived", "https://example.org/a"), _page("left", "https://example.org/b"))
    article, skip = read("crawl.warc", content[:-60])
    assert isinstance(article, Article)
    assert isinstance(skip, Skip)
    assert skip.reason.startswith("record is cut short: ")


def test_a_packed_archive_cut_short_gives_what_came_before(read: Read) -> None:
    """The cut within gzip is told after the pages before it."""
    pages = [_page(f"arrived{n}", f"https://example.org/{n}") for n in range(20)]
    content = _write_warc(*pages, packed=True)
    *articles, skip = read("crawl.warc.gz", content[: len(content) // 2])
    assert len(articles) > 5
    assert isinstance(skip, Skip)
    assert skip.stage == "read"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_write_warc(), "no page in the archive, which has 1 records"),
        (b"WARC/1.0\r\n", ""),
        (b"WARC/1.0\r\nContent-Length: -5\r\n\r\n", ""),
        (b"WARC/1.0\r\nContent-Length: x\r\n\r\n", ""),
        (b"WARC/1.0\r\n" + b"x" * 10_000, ""),
    ],
)
def test_a_broken_archive_is_skipped(content: bytes, reason: str, read: Read) -> None:
    """However an archive is broken, there is one skip in one line."""
    (skip,) = read("crawl.warc", content)
    assert isinstance(skip, Skip)
    assert skip.reason.startswith(reason or ("archive is broken after record", "no page in the archive"))
    assert "\n" not in skip.reason


def test_a_page_larger_than_the_bound_is_skipped(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb in an archive is stopped as one that is fetched."""
    monkeypatch.setattr("whowhom.readers.warc._MAX_PAGE_BYTES", 1000)
    bomb = gzip.compress(b"<p>" + b"x" * 1_000_000)
    bombs = _write_warc(("200 OK", "text/html\r\nContent-Encoding: gzip", "https://example.org/", bomb))
    (skip,) = read("crawl.warc", bombs)
    assert isinstance(skip, Skip)
    assert skip.reason.startswith("page is larger than ")
