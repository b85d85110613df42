"""An HTML page and its article."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whowhom.readers.html import parse_html, read_page, tree_to_text
from whowhom.records import Article, Skip

from .conftest import Read

CANONICAL = '<link rel="canonical" href="https://news.example.org/2024/06/minister-in-ankara">'
PAGE = f"""<!DOCTYPE html>
<html lang="en-GB"><head><title>Minister in Ankara | Demo News</title>
{CANONICAL}
<meta property="og:title" content="Minister arrives in Ankara">
<meta property="og:site_name" content="Demo News">
<meta property="article:published_time" content="2024-06-17T23:30:00-05:00">
</head><body>
<nav><a href="/">Home</a> <a href="/world">World</a> <a href="/sport">Sport</a></nav>
<article><h1>Minister arrives in Ankara</h1>
<figure><img src="a.jpg"><figcaption>The minister last year.</figcaption></figure>
<p>The foreign&nbsp;minister arrived in <a href="/ankara">Ankara</a> on <b>Mon</b>day for talks on grain,
officials said.</p>
<script>alert("never read")</script>
<p>He is to meet the president on Tuesday &amp; leave on Wednesday, the ministry said in a statement.</p>
<p>The two countries have not agreed on the transit of grain since the last round of talks in March.</p>
</article>
<footer>Copyright Demo News. All rights reserved.</footer></body></html>"""


def _read(page: str, url: str = "") -> Article:
    article = read_page(page, origin="page", url=url)
    assert isinstance(article, Article), article
    return article


def test_a_page_gives_title_body_day_outlet_language_and_address() -> None:
    """Each field comes from where the page says it."""
    article = _read(PAGE, "https://amp.example.org/123?utm_source=x")
    assert article.title == "Minister arrives in Ankara"
    assert article.published == date(2024, 6, 17)
    assert article.outlet == "Demo News"
    assert article.language == "en"
    assert article.url == "https://news.example.org/2024/06/minister-in-ankara"


def test_the_body_is_the_paragraphs_of_the_article_alone() -> None:
    """No menu, caption, script, footer or repeated title; a blank line between paragraphs."""
    assert _read(PAGE).text.split("\n\n") == [
        "The foreign minister arrived in Ankara on Monday for talks on grain, officials said.",
        "He is to meet the president on Tuesday & leave on Wednesday, the ministry said in a statement.",
        "The two countries have not agreed on the transit of grain since the last round of talks in March.",
    ]


def test_a_page_of_one_sentence_is_an_article() -> None:
    """A sentence is enough; a title, a day and an outlet are not needed."""
    article = _read("<html><body><p>The minister arrived in Ankara on Monday.</p></body></html>")
    assert article.text == "The minister arrived in Ankara on Monday."
    assert (article.published, article.outlet, article.url) == (None, "", "")


@pytest.mark.parametrize(
    ("link", "url", "address"),
    [
        ("", "https://example.org/a", "https://example.org/a"),
        ('<link rel="canonical" href="https://example.org/b">', "", "https://example.org/b"),
        ('<link rel="canonical" href="https://example.org/b">', "http://a.org/a", "https://example.org/b"),
        (
            '<link rel="canonical" href="https://example.org/">',
            "https://example.org/a",
            "https://example.org/a",
        ),
        (
            '<link rel="canonical" href="javascript:alert(1)">',
            "https://example.org/a",
            "https://example.org/a",
        ),
        ('<link rel="canonical" href="http://[broken">', "https://example.org/a", "https://example.org/a"),
        ('<meta property="og:url" content="https://example.org/c">', "", "https://example.org/c"),
    ],
)
def test_the_address_is_what_the_page_calls_its_own(link: str, url: str, address: str) -> None:
    """A canonical address is taken; a front page, a script or a broken one is not believed."""
    page = PAGE.replace(CANONICAL, link)
    assert _read(page, url).url == address


def test_a_page_without_a_name_of_its_site_has_its_host_for_outlet() -> None:
    """The host stands in, without "www."."""
    page = PAGE.replace('<meta property="og:site_name" content="Demo News">', "").replace(" | Demo News", "")
    page = page.replace("https://news.example.org/2024", "https://www.example.org/2024")
    assert _read(page).outlet == "example.org"


@pytest.mark.parametrize(
    "page",
    [
        "<html></html>",
        "<html><body><script>var a = 1</script></body></html>",
        "<html><body><nav><a href='/a'>Home</a></nav></body></html>",
        "<!-- nothing -->",
        "<html><body>\0\0</body></html>",
        "<html><head><title>x</title></head><body><nav>Menu</nav><div>Home</div></body></html>",
    ],
)
def test_a_page_without_an_article_is_a_skip(page: str) -> None:
    """The reason says that no article text was found."""
    skip = read_page(page, origin="page")
    assert isinstance(skip, Skip)
    assert skip.reason.startswith(("no article text found", "text holds no word"))


def test_a_page_in_another_language_is_skipped_whatever_it_declares(read: Read) -> None:
    """The lang attribute of a page is often that of its software."""
    paragraph = "<p>Der Außenminister ist am Montag in Ankara eingetroffen, teilte die Regierung mit.</p>"
    (skip,) = read("page.html", f"<html lang='en-US'><body><article>{paragraph * 3}</article></body></html>")
    assert isinstance(skip, Skip)
    assert (skip.stage, skip.reason[:23]) == ("language", "language is German (de)")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_page_is_read_in_the_encoding_it_declares(encoding: str, read: Read) -> None:
    """The meta element or the byte order mark counts."""
    page = PAGE.replace("<head>", f'<head><meta charset="{encoding}">').replace("talks", "“talks”")
    (article,) = read("page.html", page.encode(encoding))
    assert isinstance(article, Article)
    assert "for “talks” on grain" in article.text


_SENTENCE = "<p>The minister arrived in Ankara on Monday for talks on grain with the president.</p>"


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 50_000 + _SENTENCE,
        "<table><tr><td>" * 5_000 + _SENTENCE,
        "<p>" + "<a href=x>y</a> " * 200_000,
        "<p " + "a " * 300_000 + ">" + _SENTENCE,
        "<p " + "a='" * 300_000 + ">" + _SENTENCE,
        f"<meta property='og:site_name' content='{'/' * 300_000} x'>{_SENTENCE}",
        f"<script type='application/ld+json'>{'[' * 100_000}</script>{_SENTENCE}",
        f"<title>{'<' * 300_000}</title>{_SENTENCE}",
        "<!--" * 100_000,
        "&#x41" * 200_000,
        "\ufffd\ud800" * 1000 + _SENTENCE,
    ],
    ids="nesting tables links attributes quotes name json title comments entities surrogates".split(),
)
def test_a_hostile_page_neither_crashes_nor_hangs(page: str) -> None:
    """Whatever a page is made of, there is an answer within seconds."""
    start = time.perf_counter()
    assert isinstance(read_page(page, origin="page"), (Article, Skip))
    assert time.perf_counter() - start < 8


@settings(deadline=None, max_examples=60)
@given(st.text("<>/='\" apdivtrl&#;!-\n", max_size=200))
def test_any_markup_is_an_article_or_a_skip(markup: str) -> None:
    """No piece of markup raises."""
    assert isinstance(read_page(markup, origin="page"), (Article, Skip))


def test_words_of_a_tree_are_apart_as_a_reader_sees_them() -> None:
    """Blocks are apart by an empty line, cells by a space, inline elements not at all."""
    table = "<table><tr><td>g<td>h</table>"
    tree = parse_html(f"<div>a<b>b</b>c<br>d<ul><li>e<li>f</ul>{table}i<svg>x</svg>j</div>")
    assert tree is not None
    assert tree_to_text(tree) == "abc\n\nd\n\ne\n\nf\n\ng h\n\nij"
