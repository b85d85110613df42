"""An HTML page: its article, without menus, captions, links to other stories and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from whowhom.readers.days import parse_day
from whowhom.readers.encoding import decode
from whowhom.readers.language import settle_language
from whowhom.readers.source import Source, SourceError, make_article
from whowhom.records import Article, Skip

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

# The largest page of ../shared/markup has 6,000 elements; a page of 140,000 links takes 8 s.
_MAX_ELEMENTS = 150_000
# Fewer that end without a full stop are what is left of a menu.
_FEWEST_WORDS = 5
# libxml2 takes time that grows with the square of a tag's attributes: 40,000 took 3 s, and
# trafilatura 14 s more. In a tag, quotes count only behind "=".
_MAX_ATTRIBUTES = 1000
_TAG = re.compile(r"""<[A-Za-z](?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+""")
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")
# Of HTML, and of the tree that trafilatura returns ("head", "item", "row", "quote", "lb").
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "dd", "details", "div", "dl", "dt",
    "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header",
    "hr", "html", "item", "lb", "li", "list", "main", "nav", "ol", "p", "pre", "quote", "row",
    "section", "summary", "table", "tr", "ul",
})  # fmt: skip
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_CELLS = frozenset(("td", "th", "cell"))
_UNREAD = frozenset({
    "button", "figcaption", "iframe", "noscript", "object", "script", "select", "style", "svg",
    "template", "textarea", "title",
})  # fmt: skip
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff")
_SPACES = re.compile(r"\s+")


def read_html(source: Source) -> Iterator[Article | Skip]:
    """Yield the article of a page."""
    page = decode(source.read_all(), charset=source.charset, markup=True)
    yield read_page(page, origin=source.origin, url=source.url)


def read_page(page: str, *, origin: str, url: str = "") -> Article | Skip:
    """Return the article of a page, or a Skip where it has none.

    Args:
        page: The page's HTML.
        origin: For messages.
        url: Where the page was fetched from; what the page calls its own address comes first.
    """
    n_attributes = _count_attributes(page)
    if n_attributes > _MAX_ATTRIBUTES:
        return Skip("", "read", f"no article: a page with a tag of {n_attributes:,} attributes", origin)
    tree = parse_html(page)
    n_elements = sum(1 for _ in tree.iter()) if tree is not None else 0
    if tree is None or not n_elements:
        return Skip("", "read", "no article text found: the page is empty", origin)
    if n_elements > _MAX_ELEMENTS:
        return Skip(
            "", "read", f"no article: a page of {n_elements:,} elements, over {_MAX_ELEMENTS:,}", origin
        )
    language = tree.get("lang") or tree.get("xml:lang") or ""
    links = {_clean("".join(link.itertext())) for link in tree.iter("a")}
    found = _extract(tree, url)
    text = tree_to_text(found.body, title=found.title or "") if found is not None else ""
    if not text:
        return Skip("", "read", "no article text found on the page", origin)
    if links.issuperset(text.split("\n\n")):
        return Skip("", "read", "no article text found on the page, links only", origin)
    if len(text.split()) < _FEWEST_WORDS and text[-1] not in ".!?":
        return Skip("", "read", f"no article text found on the page, only {text!r}", origin)
    address = _settle_address(found.url or "", url)
    return make_article(
        text,
        origin=origin,
        title=_clean(found.title or ""),
        published=_settle_day(found.date),
        outlet=_name_outlet(_clean(found.sitename or ""), address),
        url=address,
        language=settle_language(text, language),
    )


def _count_attributes(page: str) -> int:
    """Return how many attributes the fullest tag has, 0 if none is long enough to matter."""
    long_tags = (tag[0] for tag in _TAG.finditer(page) if tag.end() - tag.start() > 2 * _MAX_ATTRIBUTES)
    return max((len(_QUOTED.sub("= ", tag).split()) - 1 for tag in long_tags), default=0)


def parse_html(page: str) -> _Element | None:
    """Return the tree of a page or a piece of one, None where there is nothing in it."""
    from lxml import etree, html  # type: ignore[import-untyped]

    # libxml2 ends a page at the first NUL; the HTML standard reads U+FFFD in its place.
    content = page.replace("\0", "\ufffd").encode("utf-8", "replace")
    # No huge_tree: nesting beyond libxml2's own bound is cut off, so no later step can run out of stack.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None


def find_feed_link(page: str, url: str) -> str:
    """Return the address of the feed that a page names in its head, "" where it names none."""
    if _count_attributes(page) > _MAX_ATTRIBUTES:
        return ""
    tree = parse_html(page)
    for link in tree.iter("link") if tree is not None else ():
        is_feed = (link.get("type") or "").lower().strip() in _FEED_TYPES
        if is_feed and "alternate" in (link.get("rel") or "").lower() and link.get("href"):
            try:
                return urljoin(url, str(link.get("href")).strip())
            except ValueError:
                continue
    return ""


def tree_to_text(tree: _Element, *, title: str = "") -> str:
    """Return the words of a tree: paragraphs apart by an empty line, white space evened out.

    A first paragraph that only repeats `title` is left out.
    """
    from lxml import etree

    paragraphs: list[str] = []
    words: list[str] = []
    skipped: Any = None

    def end_paragraph() -> None:
        paragraph = _clean("".join(words))
        if paragraph and (paragraphs or paragraph != _clean(title)):
            paragraphs.append(paragraph)
        words.clear()

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if skipped is None and tag in _UNREAD:
                skipped = element
            if skipped is None:
                if tag in _BLOCKS:
                    end_paragraph()
                words.append(element.text or "")
        else:
            if skipped is None or skipped is element:
                skipped = None
                if tag in _BLOCKS:
                    end_paragraph()
                words.append(" " if tag in _CELLS else "")
                words.append(element.tail or "" if element is not tree else "")
    end_paragraph()
    return "\n\n".join(paragraphs)


def name_host(url: str) -> str:
    """Return the host of an address without "www.", "" if it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _name_outlet(sitename: str, address: str) -> str:
    """Return the name the site gives itself, else its host; trafilatura may return part of an address."""
    is_name = sitename and (" " in sitename or not re.search("[/?]", sitename))
    return sitename if is_name else name_host(address)


def _extract(tree: _Element, url: str) -> Any:
    """Return trafilatura's Document, None where it finds no article.

    Its settings by word F1, mean and worst page of evaluation/readers.py (trafilatura 2.3.1): fast and
    recall 0.966 and 0.52, fast 0.964 and 0.13, recall 0.961 and 0.34, none 0.961 and 0.34, precision
    0.967 and 0.06; from fast and recall, comments or no tables cost 0.003. "fast" leaves out second
    opinions, which take time that grows faster than the page.
    """
    from datetime import datetime

    import trafilatura

    dates = {
        "original_date": True,
        "extensive_search": False,
        "max_date": datetime.now().strftime("%Y-%m-%d"),
    }
    try:
        return trafilatura.bare_extraction(
            tree,
            url=url or None,
            fast=True,
            favor_recall=True,
            include_comments=False,
            with_metadata=True,
            date_extraction_params=dates,
        )
    # Whatever a hostile page makes it stumble over, the run goes on with the next page.
    except Exception as error:
        raise SourceError(
            f"no article text found: the page cannot be taken apart ({type(error).__name__})"
        ) from error


def _settle_day(written: str | None) -> date | None:
    return parse_day(written) if written else None


def _settle_address(canonical: str, url: str) -> str:
    """Return the page's own address, unless that is only the front page of the site."""
    try:
        parts = urlsplit(canonical)
    except ValueError:
        return url
    usable = (
        parts.scheme in ("http", "https")
        and parts.hostname
        and (parts.path.strip("/") or parts.query or not url)
    )
    return canonical if usable else url


def _clean(words: str) -> str:
    return _SPACES.sub(" ", words.translate(_INVISIBLE)).strip()
