"""Lists of feeds: OPML, as feed readers write it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from whowhom.readers.encoding import decode
from whowhom.readers.source import SourceError

# Some 50,000 feeds; a list is loaded whole.
MAX_BYTES = 10_000_000
_PORTS = {"http": 80, "https": 443}


class Subscription(NamedTuple):
    """A feed of a list: its address and what the list calls it, "" where it has no name."""

    url: str
    title: str = ""


def list_feeds(feeds: Iterable[str | Path]) -> list[Subscription]:
    """Return the feeds that addresses and OPML files name, each once, in their order.

    Args:
        feeds: http and https addresses, and paths of OPML files.

    Raises:
        SourceError: An address cannot be asked, or a file cannot be read or names no feed. Addresses
            in a file that cannot be asked are passed over, unless it has no others.
        TypeError: `feeds` is one string or path.
    """
    if isinstance(feeds, (str, bytes, Path)):
        raise TypeError(f"feeds is a list of addresses and OPML files, not {feeds!r}. Write [{feeds!r}].")
    found: dict[str, Subscription] = {}
    for feed in feeds:
        is_address = isinstance(feed, str) and "://" in feed
        listed = [Subscription(clean_address(str(feed)))] if is_address else read_opml(Path(feed))
        for one in listed:
            found.setdefault(one.url, one)
    return list(found.values())


def read_opml(path: Path) -> list[Subscription]:
    """Return the feeds of an OPML file, those of nested outlines too.

    Raises:
        SourceError: It cannot be read, is no OPML, or names no feed.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise SourceError(
            f"{path}: there is no such file; the address of a feed begins with http:// or https://"
        ) from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be opened: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise SourceError(f"{path}: too large for a list of feeds, over {MAX_BYTES // 1_000_000} MB")
    try:
        listed, refused = _parse_opml(decode(content, markup=True))
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from error
    if not listed:
        raise SourceError(
            f"{path}: {refused}" if refused else f"{path}: names no feed: no outline has an xmlUrl"
        )
    return listed


def clean_address(url: str) -> str:
    """Return the address of a feed as it is asked for: one way of writing for one address.

    >>> clean_address(" feed://Example.ORG:80/rss#top ")
    'http://example.org/rss'

    Raises:
        SourceError: It is no http or https address.
    """
    written = url.strip()
    if written.lower().startswith("feed:"):
        rest = written[5:].removeprefix("//")
        written = rest if "://" in rest else f"http://{rest}"
    try:
        parts = urlsplit(written)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError as error:
        raise SourceError(f"{url!r} is not a valid address: {error}") from error
    if scheme not in _PORTS or not host:
        raise SourceError(f"{url!r} is no address of a feed: expected http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise SourceError("addresses with a user name or a password in them are not fetched")
    host = f"[{host}]" if ":" in host else host
    place = host if port in (None, _PORTS[scheme]) else f"{host}:{port}"
    return urlunsplit((scheme, place, parts.path or "/", parts.query, ""))


def _parse_opml(text: str) -> tuple[list[Subscription], str]:
    """Return the feeds of OPML, and why the first of those left out was refused."""
    from lxml import etree  # type: ignore[import-untyped]

    # libxml2 puts entities into attributes even when told not to resolve them; no honest list has any.
    if "<!ENTITY" in text.upper():
        raise SourceError("not read, because it declares entities, which a list of feeds has no use for")
    # Written by many hands, so a bare ampersand must not lose the list. No huge_tree: libxml2's own
    # bounds on depth and size hold.
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        tree = etree.fromstring(_without_declaration(text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"not an OPML list: {error.msg}") from error
    if tree is None or not isinstance(tree.tag, str) or tree.tag.lower() != "opml":
        raise SourceError("not an OPML list: it does not begin with <opml>")
    listed: list[Subscription] = []
    refused = ""
    for outline in tree.iter("outline"):
        named = {name.lower(): value for name, value in outline.attrib.items()}
        if not named.get("xmlurl", "").strip():
            continue
        try:
            title = " ".join((named.get("title") or named.get("text") or "").split())
            listed.append(Subscription(clean_address(named["xmlurl"]), title))
        except SourceError as error:
            refused = refused or str(error)
    return listed, refused


def _without_declaration(text: str) -> str:
    """Return XML without what it says of an encoding that no longer holds."""
    text = text.lstrip("\ufeff \t\r\n")
    return text.partition("?>")[2] if text.startswith("<?xml") else text
