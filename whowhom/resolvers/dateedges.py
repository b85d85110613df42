"""Put back the words of a date that the tagger cut off: "on" of "on Wednesday", "29" of "Nov. 29"."""

from __future__ import annotations

import re

from whowhom.records import Span
from whowhom.resolvers.datewords import WEEKDAY

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_UNIT = r"(?:days?|nights?|weeks?|weekends?|months?|years?|decades?|morning|afternoon|evening)"
_SMALL = (
    r"(?:the|an?|last|this|next|coming|past|previous|same|that|early|late|mid|few|several|two|three|four|five"
    r"|six|seven|eight|nine|ten|\d{1,2})"
)
_YEAR = r"(?:19|20)\d\d"
# A day with its month, in either order, and the year behind them.
_WHOLE_DAY = re.compile(
    rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH})(?:,? {_YEAR})?\b"
)
# What may go on behind a span that names no day, and before it.
_BEHIND = re.compile(
    rf"(?: (?:the )?(?:end|start|beginning|middle) of)?(?:[ -]{_SMALL})*"
    rf"[ -](?:{_MONTH}|{WEEKDAY}|{_UNIT}|{_YEAR})\b(?:,? {_YEAR})?(?: (?:ago|earlier)\b)?"
    r"| ago\b"
)
_BEFORE = re.compile(rf"\b(?:(?:on|in|since|by|for) )?(?:{_SMALL}[ -])+$", re.IGNORECASE)
_REACH = 30


def mend_day(text: str, span: Span) -> Span:
    """Return the span grown to the whole day that it is a part of: "21, 2016" to "July 21, 2016".

    >>> mend_day("It fell on 6 April.", Span("April", 13, 18)).text
    '6 April'
    """
    if span.start is None or span.end is None:
        return span
    begin = max(0, span.start - _REACH)
    for found in _WHOLE_DAY.finditer(text, begin, span.end + _REACH):
        overlaps = found.start() < span.end and span.start < found.end()
        if overlaps and (found.start() < span.start or span.end < found.end()):
            return _grow(text, span, found.start(), found.end())
    return span


def mend_words(text: str, span: Span) -> Span:
    """Return a span that names no day grown by the words of time beside it: "last" to "last week".

    >>> mend_words("He left last week.", Span("last", 8, 12)).text
    'last week'
    """
    if span.start is None or span.end is None:
        return span
    behind = _BEHIND.match(text, span.end, span.end + _REACH)
    before = _BEFORE.search(text[max(0, span.start - _REACH) : span.start])
    start = span.start - len(before[0]) if before else span.start
    return _grow(text, span, start, behind.end() if behind else span.end)


def _grow(text: str, span: Span, start: int, end: int) -> Span:
    start, end = min(start, span.start or 0), max(end, span.end or 0)
    return Span(text[start:end], start, end, span.of)
