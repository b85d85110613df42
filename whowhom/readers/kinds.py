"""What kind of source this is, and which reader reads that kind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import PurePosixPath

from whowhom.readers.encoding import BOMS, looks_binary
from whowhom.readers.source import Source, SourceError
from whowhom.records import Article, Skip

Reader = Callable[[Source], Iterator[Article | Skip]]

GROUP = "whowhom.readers"

# First bytes that only one kind has; they outweigh any suffix.
_MAGIC = {
    b"%PDF-": "pdf",
    b"PAR1": "parquet",
    b"WARC/": "warc",
    b"filedesc://": "warc",
}
_KIND_BY_SUFFIX = {
    "txt": "text",
    "text": "text",
    "md": "text",
    "markdown": "text",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "rss": "feed",
    "atom": "feed",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "csv": "csv",
    "tsv": "csv",
    "tab": "csv",
    "parquet": "parquet",
    "pq": "parquet",
    "pdf": "pdf",
    "warc": "warc",
    "arc": "warc",
}
_KIND_BY_MEDIA_TYPE = {
    "application/pdf": "pdf",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
}
# What may stand before a root, a piece at a time: Python before 3.11.5 loses its way where a group that looks
# back is repeated possessively (CPython issue 106052). An atomic group, because a hostile DOCTYPE full of "]"
# took time that grew with its square.
_PROLOGUE = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?![^>]*\bhtml\b)[^>[]*+(?>\[.*?\]|)[^>]*+>", re.S | re.I
)
# A row of names, "text" among them.
_CSV_HEADER = re.compile(r"(?=.*[,;\t])(?:[\w .-]{1,40}[,;\t])*text(?:[,;\t][\w .-]{1,40})*")
_JSON_LIST = re.compile(r"\[\s*\{")
_FEED_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf)\b", re.I)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|h[1-6]|article|section|table|span|ul|a)\b", re.I
)


def find_kind(source: Source) -> str:
    """Return the kind of a source, the name under which its reader is registered.

    Raises:
        SourceError: It is none that whowhom reads.
    """
    for magic, kind in _MAGIC.items():
        if source.head.startswith(magic):
            return kind
    suffix = PurePosixPath(source.name).suffix.lower().lstrip(".")
    kind = _KIND_BY_MEDIA_TYPE.get(source.media_type) or _KIND_BY_SUFFIX.get(suffix, "")
    if source.media_type in ("text/html", "application/xhtml+xml"):
        # Not a few feeds are served as pages.
        return "feed" if _sniff(source) == "feed" else "html"
    if not kind and suffix in _registered():
        kind = suffix
    # Some programs write a line of their own before a PDF begins.
    if not kind and b"%PDF-" in source.head[:1024]:
        kind = "pdf"
    return kind or _sniff(source) or ("feed" if suffix == "xml" or "xml" in source.media_type else "text")


def find_reader(kind: str) -> Reader:
    """Return the function that reads sources of this kind.

    Raises:
        SourceError: None is installed.
    """
    entry = _registered().get(kind)
    if entry is None:
        known = ", ".join(sorted(_registered())) or "none, so whowhom itself is not installed"
        raise SourceError(f"no reader for {kind!r} is installed. Installed: {known}")
    reader: Reader = entry.load()
    return reader


@lru_cache(maxsize=1)
def _registered() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _sniff(source: Source) -> str:
    """Return the kind that the first bytes tell, "" where they tell none."""
    if looks_binary(source.head):
        raise SourceError("broken encoding, or a kind of file whowhom does not read: this is not text")
    encoding = next((name for bom, name in BOMS.items() if source.head.startswith(bom)), "utf-8")
    text = source.head.decode(encoding, "replace")
    start = text[_end_of_prologue(text) :]
    if start.startswith("<"):
        if _FEED_ROOT.match(start):
            return "feed"
        return "html" if _HTML.match(start) else ""
    if start.startswith(("{", "[")):
        return _sniff_json(start)
    first_line = start.partition("\n")[0].replace('"', "").strip()
    return "csv" if _CSV_HEADER.fullmatch(first_line) else ""


def _end_of_prologue(text: str) -> int:
    at = 0
    while found := _PROLOGUE.match(text, at):
        at = found.end()
    return at


def _sniff_json(start: str) -> str:
    if "jsonfeed.org/version/" in start:
        return "feed"
    first_line = start.partition("\n")[0].strip()
    if first_line == "{" or _JSON_LIST.match(start):
        raise SourceError("JSON that is neither JSONL nor a JSON feed. Give one record a line (JSONL)")
    try:
        whole = isinstance(json.loads(first_line), dict)
    except (ValueError, RecursionError):
        # A broken or a very long first line of JSONL; "[Reuters] The minister" is prose.
        whole = first_line.startswith("{") and '"' in first_line
    return "jsonl" if whole else ""
