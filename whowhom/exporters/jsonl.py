"""JSONL: one article a line, in the record format of `records.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from whowhom.exporters.records import record_article
from whowhom.records import CodedArticle, Skip

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
# JSON may hold these raw, but Python's splitlines() and some editors take them for line ends.
_LINE_ENDS = {ord(mark): f"\\u{ord(mark):04x}" for mark in "\x85\u2028\u2029"}


def write_jsonl(items: Iterable[CodedArticle | Skip], stream: BinaryIO) -> None:
    """Write each item as a line as soon as it comes, Skips too, in the order in which they come."""
    for coded in items:
        stream.write(format_line(coded).encode("utf-8"))
        stream.flush()  # so that whoever reads the other end of a pipe has it now


def format_line(coded: CodedArticle | Skip) -> str:
    """Return the line of an article, its "\\n" included.

    Half of a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD; offsets keep pointing right.
    """
    return format_row(record_article(coded))


def format_row(row: Mapping[str, Any]) -> str:
    """Return the line of a row of JSON values, as `format_line` writes it."""
    line = json.dumps(row, ensure_ascii=False, allow_nan=False)
    return _LONE_SURROGATE.sub("\ufffd", line).translate(_LINE_ENDS) + "\n"
