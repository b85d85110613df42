"""Plain text and Markdown: one file, one article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from whowhom.readers.encoding import decode
from whowhom.readers.source import Source, make_article
from whowhom.records import Article, Skip

_HEADING = re.compile(r"\s*#[ \t]+([^\r\n]*[^\s#])")


def read_text(source: Source) -> Iterator[Article | Skip]:
    """Yield the file as one article; its text is the whole file, character for character.

    A first line "# Heading" gives the title, and stays in the text.
    """
    text = decode(source.read_all(), charset=source.charset)
    heading = _HEADING.match(text)
    yield make_article(text, origin=source.origin, title=heading[1] if heading else "", url=source.url)
