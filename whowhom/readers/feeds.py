"""RSS, Atom and JSON feeds: one article an item."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from whowhom.readers.days import parse_day
from whowhom.readers.encoding import decode
from whowhom.readers.html import name_host, parse_html, tree_to_text
from whowhom.readers.language import settle_language
from whowhom.readers.source import Source, SourceError, make_article
from whowhom.records import Article, Skip

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that has been taken apart.

    Attributes:
        title: What it calls itself.
        wait: How long its publisher wants programs to wait before they ask again, None where it does
            not say.
        newest: When its newest item was published, in UTC, None where no item tells the hour.
        items: Its articles in its order; made as they are taken.
    """

    title: str
    wait: timedelta | None
    newest: datetime | None
    items: Iterator[Article | Skip]


def read_feed(source: Source) -> Iterator[Article | Skip]:
    """Yield the items of a feed in its order, as `open_feed` tells."""
    yield from open_feed(source).items


def open_feed(source: Source) -> Feed:
    """Take a feed apart.

    The text of an item is its content, else its summary, else its headline (which is then no
    title). Items keep their own address; relative ones are resolved.

    Raises:
        SourceError: It is no feed.
    """
    text = decode(source.read_all(), charset=source.charset, markup=True)
    is_json = text.lstrip().startswith("{")
    return _open_json_feed(text, source) if is_json else _open_xml_feed(text, source)


def _open_xml_feed(text: str, source: Source) -> Feed:
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
        raise SourceError(f"not an RSS, Atom or JSON feed{_explain(feed.get('bozo_exception'))}")
    return Feed(
        _strip_markup(feed.feed.get("title") or ""),
        _find_wait(feed.feed),
        max(filter(None, map(_find_moment, feed.entries)), default=None),
        _list_xml_items(feed, source),
    )


def _explain(problem: Exception | None) -> str:
    if problem is None:
        return ""
    # Errors of XML tell a file that they do not know: "<unknown>:2:0: not well-formed".
    line = getattr(problem, "getLineNumber", lambda: None)()
    what = problem.getMessage() if line else problem  # type: ignore[attr-defined]
    return f": {what}{f' in line {line}' if line else ''}".replace("\n", " ")


def _find_moment(entry: Mapping[str, Any]) -> datetime | None:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return datetime(*parsed[:6]) if parsed else None
    except ValueError:  # a leap second
        return None


def _find_wait(head: Mapping[str, Any]) -> timedelta | None:
    """Return what <ttl> (minutes) and the syndication module ask for, the longer of the two.

    https://www.rssboard.org/rss-specification#ltttlgtSubelementOfLtchannelgt and
    https://web.resource.org/rss/1.0/modules/syndication/
    """
    waits = []
    minutes = str(head.get("ttl") or "").strip()
    if minutes.isdecimal() and len(minutes) < 9:
        waits.append(timedelta(minutes=int(minutes)))
    period = _PERIODS.get(str(head.get("sy_updateperiod") or "").strip().lower())
    frequency = str(head.get("sy_updatefrequency") or "1").strip()
    if period is not None and frequency.isdecimal() and 0 < len(frequency) < 9:
        waits.append(period / max(int(frequency), 1))
    return max(waits, default=None)


def _list_xml_items(feed: Any, source: Source) -> Iterator[Article | Skip]:
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


def _open_json_feed(text: str, source: Source) -> Feed:
    """Take a JSON feed (https://jsonfeed.org/version/1.1) apart; wrong types count as absent."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"not a JSON feed: {str(error).splitlines()[0]}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise SourceError("not a JSON feed: no list 'items'")
    written = (_string(item, "date_published") for item in items if isinstance(item, dict))
    newest = max(filter(None, map(_parse_moment, written)), default=None)
    return Feed(_strip_markup(_string(feed, "title")), None, newest, _list_json_items(feed, items, source))


def _parse_moment(written: str) -> datetime | None:
    """Return the moment of a full ISO 8601 time in UTC, None for anything else."""
    try:
        moment = datetime.fromisoformat(written)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _list_json_items(feed: Mapping[str, Any], items: list[Any], source: Source) -> Iterator[Article | Skip]:
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
