"""RSS, Atom and JSON feeds."""

from __future__ import annotations

import json
import time
from datetime import date

import pytest

from whowhom.records import Article, Skip

from .conftest import Read

BODY = "The foreign minister arrived in Ankara on Monday for talks on grain."
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Demo News</title><link>https://news.example.org/</link><language>en-gb</language>
<item><title>Minister &amp;amp; aides in Ankara</title><link>/2024/ankara</link><guid>g1</guid>
<pubDate>Mon, 17 Jun 2024 23:30:00 -0500</pubDate><description>In short.</description>
<content:encoded><![CDATA[<p>The foreign minister <b>arrived</b> in Ankara on Monday.</p><p>He &amp; the
president talked.</p><script>x</script>]]></content:encoded></item>
<item><title>Talks end in Ankara without a deal</title><link>https://other.example.org/b</link></item>
<item><title></title><description></description></item>
<item><title>Accord signed</title>
<description>&lt;p&gt;They signed the accord on Tuesday.&lt;/p&gt;</description></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>Demo News</title><link href="https://news.example.org/"/>
<entry><id>urn:1</id><title type="html">Minister in &lt;i&gt;Ankara&lt;/i&gt;</title>
<link href="https://news.example.org/a"/><published>2024-06-17T10:00:00+03:00</published>
<updated>2024-06-20T10:00:00Z</updated><content type="text">{BODY} 5 &lt; 6.</content>
<source><title>Other Outlet</title></source></entry>
<entry><id>urn:2</id><title>Talks end</title><updated>2024-06-18T10:00:00Z</updated>
<content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><p>Talks ended.</p><p>He left.</p></div></content>
</entry>
</feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Demo News",
    "home_page_url": "https://news.example.org/",
    "items": [
        {"id": "1", "url": "a", "title": "Minister in Ankara", "content_text": f"{BODY}\r\n 5 < 6.",
         "date_published": "2024-06-17T23:30:00-05:00"},
        {"id": 2, "title": "Talks end", "content_html": "<p>Talks ended.</p><p>He left.</p>"},
        {"id": "3", "content_text": 7, "title": ["x"]},
        "no item",
    ],
}  # fmt: skip


def _articles(found: list[Article | Skip]) -> list[Article]:
    return [item for item in found if isinstance(item, Article)]


def test_an_rss_item_gives_all_its_fields(read: Read) -> None:
    """The content comes before the summary; entities and markup are read, addresses resolved."""
    article = _articles(read("feed.rss", RSS))[0]
    assert article.text == "The foreign minister arrived in Ankara on Monday.\n\nHe & the president talked."
    assert article.title == "Minister & aides in Ankara"
    assert article.published == date(2024, 6, 17)
    assert (article.outlet, article.language) == ("Demo News", "en")
    assert article.url == "https://news.example.org/2024/ankara"
    assert article.extra == {"guid": "g1"}
    assert article.origin.endswith("feed.rss item 1")


def test_items_come_in_the_order_of_the_feed(read: Read) -> None:
    """An item with a headline only is its headline; one with nothing is a skip in its place."""
    found = read("feed.xml", RSS)
    assert [item.text if isinstance(item, Article) else item.reason for item in found[1:]] == [
        "Talks end in Ankara without a deal",
        "text is empty",
        "They signed the accord on Tuesday.",
    ]
    assert isinstance(found[1], Article)
    assert found[1].title == ""


def test_an_atom_entry_gives_all_its_fields(read: Read) -> None:
    """The first publication counts, not the update; a source within the entry is the outlet."""
    first, second = _articles(read("feed.atom", ATOM))
    assert (first.title, first.text) == ("Minister in Ankara", f"{BODY} 5 < 6.")
    assert (first.published, first.outlet) == (date(2024, 6, 17), "Other Outlet")
    assert first.url == "https://news.example.org/a"
    assert (second.text, second.published) == ("Talks ended.\n\nHe left.", date(2024, 6, 18))
    assert second.outlet == "Demo News"


def test_a_json_feed_gives_its_text_unaltered(read: Read) -> None:
    """Plain content is left as it is; wrong types count as absent and cost one item."""
    found = read("feed.json", json.dumps(JSON_FEED, indent=1))
    first, second = _articles(found)
    assert first.text == f"{BODY}\r\n 5 < 6."
    assert (first.url, first.published) == ("https://news.example.org/a", date(2024, 6, 17))
    assert (second.text, second.extra) == ("Talks ended.\n\nHe left.", {"guid": "2"})
    assert [item.reason for item in found if isinstance(item, Skip)] == [
        "text is empty",
        "item is no JSON object",
    ]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("feed.rss", RSS[: RSS.index("<item>")] + "</channel></rss>", "holds no articles (read as feed)"),
        ("feed.xml", "<doc><p>x</p></doc>", "not an RSS, Atom or JSON feed"),
        ("feed.rss", '{"version": "x", "items"', "not a JSON feed: "),
        ("feed.rss", '{"version": "x"}', "not a JSON feed: no list 'items'"),
        ("feed.xml", "<doc><p>x</doc>", "not an RSS, Atom or JSON feed: mismatched tag in line "),
        ("feed.rss", "[" * 100_000, "not an RSS, Atom or JSON feed"),
        ("feed.rss", '{"items":' + "[" * 100_000, "not a JSON feed: "),
    ],
)
def test_what_is_no_feed_or_an_empty_one_is_one_skip(
    name: str, content: str, reason: str, read: Read
) -> None:
    """The reason is one line."""
    (skip,) = read(name, content)
    assert isinstance(skip, Skip)
    assert skip.reason.startswith(reason)
    assert "\n" not in skip.reason


def test_a_broken_feed_gives_the_items_before_the_break(read: Read) -> None:
    """A feed cut short, with a bare ampersand, is read as far as it goes."""
    content = RSS.replace("Accord signed", "Accord & more").partition("They signed")[0]
    assert [article.text for article in _articles(read("feed.rss", content))][:2] == [
        "The foreign minister arrived in Ankara on Monday.\n\nHe & the president talked.",
        "Talks end in Ankara without a deal",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_a_feed_is_read_in_the_encoding_it_declares(encoding: str, read: Read) -> None:
    """The XML declaration counts, once."""
    content = RSS.replace("UTF-8", encoding).replace("without a deal", "as São Paulo watches")
    texts = [article.text for article in _articles(read("feed.xml", content.encode(encoding)))]
    assert "Talks end in Ankara as São Paulo watches" in texts


def test_nothing_outside_the_feed_is_read(read: Read) -> None:
    """Entities that name files, or double themselves to gigabytes, stay what they are."""
    bomb = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    feed = (
        f'<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a0 "ha">{bomb}]>'
        "<rss version='2.0'><channel><item><title>&f; &a12; The minister left.</title></item></channel></rss>"
    )
    start = time.perf_counter()
    (article,) = _articles(read("feed.rss", feed))
    assert time.perf_counter() - start < 5
    assert "root:" not in article.text
    assert len(article.text) < 200


def test_an_item_cannot_name_an_address_that_is_no_page(read: Read) -> None:
    """A link that is a script is no address."""
    (article,) = _articles(
        read("feed.rss", f"<rss version='2.0'><channel><item><link>javascript:alert(1)</link>"
             f"<description>{BODY}</description></item></channel></rss>")
    )  # fmt: skip
    assert article.url == ""
