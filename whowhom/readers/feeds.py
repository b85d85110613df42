"""RSS, Atom and JSON feeds: one article an item."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from whowhom.readers.days import parse_day
from whowhom.readers.encoding import decode
from whowhom.readers.html import name_host, parse_html, tree_to_text
from whowhom.readers.language import settle_language
from whowhom.readers.source import Source, SourceError, make_article
from whowhom.records import Article, Skip

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_feed(source: Source) -> Iterator[Article | Skip]:
    """Return an iterator over the items of a feed in its order.

    The text of an item is its content, else its summary, else its headline (which is then no
    title). Items keep their own address; relative ones are resolved.
    """
    text = decode(source.read_all(), charset=source.charset, markup=True)
    is_json = text.lstrip().startswith("{")
    return _read_json_feed(text, source) if is_json else _read_xml_feed(text, source)


def _read_xml_feed(text: str, source: Source) -> Iterator[Article | Skip]:
    import feedparser  # type: ignore[import-untyped]

    # Already decoded, so what the feed says of its encoding no longer holds. Bytes, because a str
    # that looks like an address would be fetched.
    content = _XML_DECLARATION.sub("", text).lstrip().encode("utf-8", "replace")
    headers = {"content-type": "application/xml; charset=utf-8"}
    if source.url:
        headers["content-location"] = source.url
    try:
        feed = feedparser.parse(content, response_headers=headers)
    # It has no errors of its own: what broken markup makes it stumble over can be anything.
    except Exception as error:
        raise SourceError(f"not a feed: it cannot be taken apart ({type(error).__name__})") from error
    if not feed.version and not feed.entries:
        problem = feed.get("bozo_exception")
        raise SourceError(
            f"not an RSS, Atom or JSON feed{f': {problem}' if problem else ''}".replace("\n", " ")
        )
    home = feed.feed.get("link") or ""
    for n_item, entry in enumerate(feed.entries, start=1):
        content_parts = entry.get("content") or [{}]
        # Some publishers give plain text and HTML of the same; the longest lacks least.
        part = max(content_parts, key=lambda part: len(part.get("value") or ""))
        if not part.get("value"):
            part = entry.get("summary_detail") or {}
        outlet = (entry.get("source") or {}).get("title") or feed.feed.get("title") or ""
        yield _make_item(
            entry.get("id") or "",
            f"{source.origin} item {n_item}",
            markup=part.get("value") or "",
            is_plain=part.get("type") == "text/plain",
            title=entry.get("title") or "",
            published=entry.get("published") or entry.get("updated") or "",
            outlet=outlet,
            url=urljoin(urljoin(source.url, home), entry.get("link") or ""),
            language=part.get("language") or feed.feed.get("language") or "",
        )


def _read_json_feed(text: str, source: Source) -> Iterator[Article | Skip]:
    """Yield the items of a JSON feed (https://jsonfeed.org/version/1.1); wrong types count as absent."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"not a JSON feed: {str(error).splitlines()[0]}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise SourceError("not a JSON feed: no list 'items'")
    for n_item, item in enumerate(items, start=1):
        origin = f"{source.origin} item {n_item}"
        if not isinstance(item, dict):
            yield Skip("", "read", "item is no JSON object", origin)
            continue
        plain = _string(item, "content_text")
        markup = "" if plain else _string(item, "content_html")
        yield _make_item(
            str(item.get("id") or ""),
            origin,
            markup=markup or plain or _string(item, "summary"),
            is_plain=not markup,
            title=_string(item, "title"),
            published=_string(item, "date_published") or _string(item, "date_modified"),
            outlet=_string(feed, "title"),
            url=urljoin(source.url or _string(feed, "home_page_url"), _string(item, "url")),
            language=_string(item, "language") or _string(feed, "language"),
        )


def _make_item(
    guid: str,
    origin: str,
    *,
    markup: str,
    is_plain: bool,
    title: str,
    published: str,
    outlet: str,
    url: str,
    language: str,
) -> Article | Skip:
    title = _strip_markup(title)
    text = markup if is_plain else _strip_markup(markup)
    if not text.strip():
        text, title = title, ""
    return make_article(
        text.encode("utf-8", "replace").decode("utf-8"),
        origin=origin,
        title=title,
        published=parse_day(published),
        outlet=_strip_markup(outlet) or name_host(url),
        url=url if url.startswith(("http://", "https://")) else "",
        language=settle_language(text, language) if text else "",
        # Not the id: feeds number their items from 1, and keep the guid of an item they rewrite.
        extra={"guid": guid} if guid else None,
    )


def _strip_markup(markup: str) -> str:
    """Return the words of a piece of HTML."""
    tree = parse_html(f"<div>{markup}</div>") if markup.strip() else None
    return tree_to_text(tree) if tree is not None else ""


def _string(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value.strip() if isinstance(value, str) else ""
