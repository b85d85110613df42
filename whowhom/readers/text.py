"""Plain text and Markdown: one file, one article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from whowhom.readers.encoding import decode
from whowhom.readers.html import name_host
from whowhom.readers.source import Source
from whowhom.readers.tables import make_from_record
from whowhom.records import Article, Skip

# Metadata as Jekyll, Hugo and Obsidian write them. Of YAML only "key: value" is read, which is all
# that our fields need.
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\r?\n((?:(?!---)[^\n]*\n){1,100})---[ \t]*\r?(?:\n\s*|$)")
_KEY_VALUE = re.compile(r"^([A-Za-z_]+):[ \t]*(\S.*?)\s*$", re.M)
_FIELD_BY_KEY = {
    "id": "id",
    "title": "title",
    "date": "published",
    "published": "published",
    "outlet": "outlet",
    "source": "outlet",
    "url": "url",
    "lang": "language",
    "language": "language",
}
_HEADING = re.compile(r"\s*#[ \t]+([^\r\n]*[^\s#])[ \t]*#*\s*")


def read_text(source: Source) -> Iterator[Article | Skip]:
    """Yield the file as one article.

    Its text is the whole file, character for character, less two things that Markdown puts before
    it: front matter, which gives the fields of a JSONL line (`date` and `lang` are understood too,
    other keys are kept in `Article.extra`), and a first line "# Heading", which gives the title.
    """
    text = decode(source.read_all(), charset=source.charset)
    record = {"outlet": name_host(source.url), "url": source.url}
    front = _FRONT_MATTER.match(text)
    written: dict[str, str] = dict(_KEY_VALUE.findall(front[1])) if front else {}
    # A line of dashes alone parts paragraphs of prose too.
    if front and not _FIELD_BY_KEY.keys().isdisjoint(map(str.lower, written)):
        record |= {_FIELD_BY_KEY.get(key.lower(), key): _unquote(value) for key, value in written.items()}
        text = text[front.end() :]
    heading = _HEADING.match(text)
    if heading and heading.end() < len(text) and record.get("title", heading[1]) == heading[1]:
        record["title"] = heading[1]
        text = text[heading.end() :]
    yield make_from_record(record | {"text": text}, source.origin)


def _unquote(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
