"""The date that "the next day" counts from: the last one named before it, else the day of publication.

What steps on from a date is one itself: after "on 3 May", "the next day" and "two days later" come 4 and
6 May. What looks back ("the day before") is told in passing: after it the story goes on from where it
was. Dates that no event has count too, in the sentence and in the one before it: "the club was founded
in 1993; in October of the year before".
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from whowhom.records import DaySpan, Span
from whowhom.resolvers.datecounts import counts_from_event
from whowhom.resolvers.datewords import MONTH, WEEKDAY, encode_words
from whowhom.resolvers.dayspans import one

# Reads date words by an anchor, as of what lies ahead or not.
_Read = Callable[[str, DaySpan | None, bool], DaySpan | None]
# Where a date ends in the text, and its days.
_Named = tuple[int, DaySpan]


def find_anchors(
    text: str, spans: Sequence[Span | None], future: Sequence[bool], published: date | None, *, read: _Read
) -> list[DaySpan | None]:
    """Return for each span the date in whose light it is read."""
    anchors: list[DaySpan | None] = [None] * len(spans)
    named: list[_Named] = []
    taken = [(span.start or 0, span.end or 0) for span in spans if span and span.of == "text"]
    for number in sorted(range(len(spans)), key=lambda number: _end_of(spans[number])):
        span, ahead = spans[number], future[number]
        if span is None or not span.text.strip():
            continue
        before = [*named[-_MOST_NAMED:], *_find_untold(text, span, taken, read)]
        anchor = anchors[number] = _find_anchor(text, span, before, published, read, future=ahead)
        if span.of == "text" and (days := _read_on(span.text, anchor, read, future=ahead)) is not None:
            named.append((_end_of(span), days))
    return anchors


def _end_of(span: Span | None) -> int:
    return span.end or 0 if span else 0


def _read_on(words: str, anchor: DaySpan | None, read: _Read, *, future: bool) -> DaySpan | None:
    """The days of words from which the story goes on; none of those that look back."""
    days = read(words, None, future)
    if days is not None or anchor is None:
        return days
    days = read(words, anchor, future)
    return days if days is not None and days.first > anchor.last else None


_WIDE = re.compile(rf"\b(?:week|month|year|time|then|that (?:{'|'.join(month_name[1:]).lower()}))")
# "The visit comes two days after an attack" counts from the news itself, or from its day in the sentence.
_COMES = re.compile(r"\b(?:comes?|came|coming) (?:just |only |barely )?$")
# "At noon" is of a day named in its paragraph. From one before only the last days of the news go on.
_TIME_OF_DAY = re.compile(r"(?<!that )(?<!same )\bclock\b")
_STILL_NEWS = timedelta(days=1)
_MAX_ANCHORS = 3
# Dates before one that are looked through, so that a text of thousands takes time in proportion.
_MOST_NAMED = 60


def _find_anchor(
    text: str, span: Span, named: Sequence[_Named], published: date | None, read: _Read, *, future: bool
) -> DaySpan | None:
    """The date of the sentence, else the last before it.

    One that would put into time to come what has been, or the other way round, is passed over; where
    all would, there is none.
    """
    default = [one(published)] if published and not counts_from_event(span.text) else []
    if span.start is None or span.end is None or span.of != "text":
        return default[0] if default else None
    comes = _COMES.search(text, max(0, span.start - 30), span.start)
    begin = max(text.rfind(end, 0, span.start) for end in (". ", "\n")) if comes else 0
    paragraph = text.rfind("\n", 0, span.start) if _is_time_of_day(span.text) else 0
    # A year named in passing is not what "the next day" counts from: only dates of up to three days are,
    # save for "that month" and the like.
    wide = _WIDE.search(span.text.lower()) is not None
    before = [
        days
        for end, days in sorted(named, key=lambda item: item[0], reverse=True)
        if begin < end <= span.start
        and (future or published is None or days.first <= published)
        and (wide or (days.last - days.first).days < 3)
        and (end > paragraph or published is None or published - days.first <= _STILL_NEWS)
    ]
    anchors = before[:_MAX_ANCHORS] + default
    fitting = (
        anchor for anchor in anchors if _fits(read(span.text, anchor, future), published, future=future)
    )
    return next(fitting, None)


def _fits(days: DaySpan | None, published: date | None, *, future: bool) -> bool:
    if days is None or published is None:
        return True
    return days.last >= published if future else days.first <= published


def _is_time_of_day(words: str) -> bool:
    return _TIME_OF_DAY.search(encode_words(words)) is not None


_COUNTING = re.compile(
    r"\b(?:next|following|later|after\w*|before|earlier|previous\w*|preceding|prior|that|same|then)\b", re.I
)
_YEAR = r"(?:1[89]|20)\d\d"
_DATE = re.compile(
    # "Dec. 3, 2013", "3 May", "on Tuesday", "in 1993"; "before 6 August" is no day on which something was
    r"(?<!before )(?<!until )(?<!since )"
    rf"\b(?:{MONTH} \d\d?(?:st|nd|rd|th)?|\d\d?(?:st|nd|rd|th)? (?:of )?{MONTH})(?:,? {_YEAR})?\b"
    rf"|(?<=on ){WEEKDAY}\b|(?<=[Ii]n )(?:{MONTH} )?{_YEAR}\b"
)
_TO_COME = re.compile(
    r"\b(?:will|would|shall|may|(?:is|are|was|were|due|set) to|plan(?:s|ned|ning)?|scheduled)\b[^.!?\n]*$"
)
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]* +(?=[\"'“‘(]*[A-ZÀ-Þ])|\n+")
_REACH = 400


def _find_untold(text: str, span: Span, taken: Sequence[tuple[int, int]], read: _Read) -> list[_Named]:
    """The dates that no event has, in the sentence of `span` up to it and in the one before."""
    if (
        span.start is None
        or span.of != "text"
        or not _COUNTING.search(span.text)
        or _is_time_of_day(span.text)
    ):
        return []
    begin = max(0, span.start - _REACH)
    ends = [found.end() for found in _SENTENCE_END.finditer(text, begin, span.start)]
    begin = ends[-2] if len(ends) > 1 else begin
    told = [(start, end) for start, end in taken if begin < end and start < span.start]
    return [
        (found.end(), days)
        for found in _DATE.finditer(text, begin, span.start)
        if not any(start < found.end() and found.start() < end for start, end in told)
        and not _TO_COME.search(text, begin, found.start())
        and (days := read(found.group(), None, False)) is not None
    ]
