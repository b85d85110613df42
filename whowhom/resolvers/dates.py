"""Turn the date words of a report into the days they mean, by codebook.md, sections 4 and 8.

The words are first put into a code (datewords.py). Pieces of it are read by a table of rules
(daterules.py), which may leave out a year or month (datechoice.py). Pieces found side by side are
joined ("3 May to 2 June"), then the words before them are applied ("since", "by"). What counts from an
event ("two days after the vote") is read apart (datecounts.py). Which date "the next day" counts from is
found in the article (dateanchors.py).
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import pairwise

from whowhom.records import Article, DaySpan, EventDate, Span
from whowhom.resolvers.dateanchors import find_anchors
from whowhom.resolvers.datechoice import Context, UnknownDayError, Written, complete, in_year, pick_only
from whowhom.resolvers.datecounts import counts_from_event, find_count, read_count
from whowhom.resolvers.dateedges import mend_day, mend_words
from whowhom.resolvers.datelines import Dateline, find_dateline
from whowhom.resolvers.daterules import ANY_RULE, RULES, count_length, overnight
from whowhom.resolvers.datewords import encode_words
from whowhom.resolvers.dayspans import one, shift, whole_years


def resolve_date(
    words: str, published: date | None, *, future: bool = False, anchor: DaySpan | None = None
) -> DaySpan | None:
    """Turn written date words into the span of days they mean.

    A bare weekday, day or month is the last one up to and including `published`: news reports
    what happened. "next" turns it forward, and so does `future`. Ranges are those of the codebook:
    "last week" is Monday to Sunday, "recently" the 30 days before publication, "in early May" the
    1st to the 10th, "this week" ends with publication unless the event lies ahead. Where the
    codebook is silent: "two weeks ago" is a day, "two months ago" a month, "a year ago" a year;
    what went on "for two weeks" did so up to publication.

        >>> resolve_date("on Sunday", date(2024, 6, 19))
        DaySpan(first=datetime.date(2024, 6, 16), last=datetime.date(2024, 6, 16))
        >>> resolve_date("for two weeks", date(2024, 6, 19))
        DaySpan(first=datetime.date(2024, 6, 5), last=datetime.date(2024, 6, 19))
        >>> resolve_date("during the war", date(2024, 6, 19)) is None
        True

    Args:
        words: The date words only, as in the text: "in March", "last week".
        published: Publication day in the outlet's own time zone; None when not known, then only
            words that carry their own year give days.
        future: The event lies ahead: "on Friday" is the coming Friday, "in June" the coming June.
        anchor: The date last named in the text, from which "the next day" counts; without it
            such words give None.

    Returns:
        First and last day, both included, or None if no day is named.

    Raises:
        ValueError: `words` is empty.
    """
    if not words.strip():
        raise ValueError("The date words are empty; expected words such as 'on Friday' or 'in 2011'.")
    return _resolve_words(words, Context(published, future, anchor))


# Within an article the same words are read to mend them, to find anchors and to date their event.
@lru_cache(maxsize=1_024)
def _resolve_words(words: str, context: Context) -> DaySpan | None:
    try:
        return _read(encode_words(words), context)
    except (UnknownDayError, OverflowError):  # OverflowError: the year 12000, or ten thousand years ago
        return None


def resolve_event_date(
    span: Span | None,
    published: date | None,
    *,
    future: bool = False,
    news: bool = False,
    anchor: DaySpan | None = None,
) -> EventDate | None:
    """Return when an event took place, with the reason, or None when nothing is said.

    Without words an event that is the news itself (`news`) took place on the day of publication;
    its span stands nowhere. Words that name no day keep their span and have no days.

        >>> resolve_event_date(None, date(2024, 6, 19), news=True).evidence
        'no date words: the news itself'
    """
    if span is None or not span.text.strip():
        if not news or published is None:
            return None
        return EventDate(Span(""), one(published), "no date words: the news itself")
    days = resolve_date(span.text, published, future=future, anchor=anchor)
    if days is not None:
        against = f"published {published}" if published else "publication day not known"
        return EventDate(span, days, f"'{span.text}', {against}{', still to come' if future else ''}")
    if published is None:
        return EventDate(span, None, "the publication day is not known, and the words carry no year")
    return EventDate(span, None, _tell_ambiguous(span.text) or "the words name no day")


_EITHER_ORDER = re.compile(r"\b(?P<one>\d{1,2})[/.-](?P<other>\d{1,2})[/.-](?:\d\d)?\d\d\b")


def _tell_ambiguous(words: str) -> str:
    """Say of "03/04/2021" which two days it may be; "" of other words."""
    found = _EITHER_ORDER.search(words)
    one, other = (int(found["one"]), int(found["other"])) if found else (0, 0)
    if found is None or not (1 <= one <= 12 and 1 <= other <= 12):
        return ""
    days = f"{one} {month_name[other]} or {other} {month_name[one]}"
    return f"{found.group()} may be {days}: nothing tells whether the day or the month comes first"


_HEADING = re.compile(
    r"\W{0,3}(?:(?:first |last )?(?:published|posted|updated)(?: on| at)?:? )?(?:[A-Z][a-z]+day,? )?"
    r"(?P<day>\d{1,2} [A-Z][a-z]{2,8}\.?,? (?:19|20)\d\d|[A-Z][a-z]{2,8}\.? \d{1,2},? (?:19|20)\d\d)"
    r"\b(?P<end>\n)?",
    re.I,
)


_FROM_LINE = timedelta(days=7)


def find_published(article: Article) -> date | None:
    """Return the day of publication: what the text says of itself, else what its source says.

    Only words at the very start count, those that say "published", a line of their own, or the day
    in its dateline: by the codebook the text wins over the metadata that it contradicts.

        >>> find_published(Article("a", "Published May 3, 2011 A bomb went off.", published=date(2012, 1, 1)))
        datetime.date(2011, 5, 3)
        >>> find_published(Article("a", "OSLO, 3 May 2011 - A bomb went off."))
        datetime.date(2011, 5, 3)
    """
    text, title = article.text.lstrip(), article.title.strip()
    if title and text.startswith(title):
        text = text[len(title) :].lstrip()
    line = find_dateline(text)
    if line is not None and line.day:
        return _read_dateline(line, article.published)
    found = _HEADING.match(text[:120])
    if found is None or not (found["end"] or "ed" in text[: found.start("day")].lower()):
        return article.published
    days = resolve_date(found["day"], None)
    return days.first if days and days.first == days.last else article.published


def _read_dateline(line: Dateline, published: date | None) -> date | None:
    """Return the day of a dateline; without a year the one near what the source says."""
    if line.has_year:
        days = resolve_date(line.day, None)
        return days.first if days else published
    if published is None:
        return None
    days = resolve_date(f"{line.day}, {published.year}", None)
    return days.first if days and abs(days.first - published) <= _FROM_LINE else published


def resolve_dates(
    article: Article, spans: Sequence[Span | None], *, future: Sequence[bool], news: Sequence[bool]
) -> list[EventDate | None]:
    """Return when each event of an article took place, in the order of `spans`.

    Like `resolve_event_date`, and beyond it "the next day" counts from the date last named: in the
    sentence, else before it, else from the day of publication. That day is `find_published`'s.

    Args:
        spans: The date words of each event, None for an event without.
        future: For each event, whether it lies ahead.
        news: For each event without words, whether it is the news itself.
    """
    published = find_published(article)
    future = [ahead or _is_set(article.text, span) for span, ahead in zip(spans, future, strict=True)]
    spans = [
        _mend(article.text, span, published, future=ahead) for span, ahead in zip(spans, future, strict=True)
    ]
    told = [_reword(article.text, span) for span in spans]

    def read(words: str, anchor: DaySpan | None, ahead: bool) -> DaySpan | None:
        return resolve_date(words, published, future=ahead, anchor=anchor)

    anchors = find_anchors(article.text, told, future, published, read=read)
    dated = [
        resolve_event_date(span, published, future=ahead, news=is_news, anchor=anchor)
        for span, ahead, is_news, anchor in zip(told, future, news, anchors, strict=True)
    ]
    return [day and replace(day, span=span or day.span) for day, span in zip(dated, spans, strict=True)]


_GOES_ON = re.compile(r"\s+\w")
_AFTER = re.compile(r"(?P<the>(?:(?:on|in) )?the )?(?P<time>.*\w )after", re.IGNORECASE)


def _reword(text: str, span: Span | None) -> Span | None:
    """Say by itself what "two days after" means where it stands.

    In "they met, two days after he fled" it dates the flight, which was before; in "two days after, he
    fled" the flight was later.
    """
    if span is None or span.of != "text" or span.end is None:
        return span
    after = _AFTER.fullmatch(span.text)
    if after is None:
        return span
    if _GOES_ON.match(text, span.end):
        return replace(span, text=f"{after['the'] or ''}{after['time']}before")
    return span if after["the"] else replace(span, text=f"{after['time']}later")


# "A meeting scheduled for Friday" is still to come, whatever the model says of it.
_SET = re.compile(
    r"\b(?:scheduled|slated|planned|set|due|expected)"
    r"(?: to (?:be held|take place|begin|start))?(?: for| on)? $"
)


def _is_set(text: str, span: Span | None) -> bool:
    """Tell whether what happens on a day is said to be set for it."""
    if span is None or span.of != "text" or span.start is None:
        return False
    return _SET.search(text, max(0, span.start - 40), span.start) is not None


def _mend(text: str, span: Span | None, published: date | None, *, future: bool) -> Span | None:
    """Return date words with what the tagger cut off them; as they are where they name days by themselves."""
    if span is None or span.of != "text" or not span.text.strip():
        return span
    whole = mend_day(text, span)
    if whole is not span or resolve_date(span.text, published, future=future) is not None:
        return whole
    grown = mend_words(text, span)
    if grown.text == span.text or counts_from_event(grown.text):
        return span
    return grown if resolve_date(grown.text, published, future=future) is not None else span


@dataclass(frozen=True, slots=True)
class _Piece:
    """A rule that fitted at [start, end) of the code, and what it found there.

    `rule` reads the piece in another light; `weak` says that any other piece tells the day better.
    """

    start: int
    end: int
    found: DaySpan | Written
    rule: Callable[[Context], DaySpan | Written | None] | None = None
    weak: bool = False

    def read(self, context: Context) -> DaySpan | Written | None:
        return self.rule(context) if self.rule is not None else self.found

    @property
    def yearless(self) -> bool:
        return isinstance(self.found, Written) and self.found.year is None


# ---------------------------------------------------------------------------------------------
# Reading: pieces, joins, the words before them

_JOIN = re.compile(r" (?:night )?(?:(?:and|or|to|into|through|until|till|-) (?:\w+ ){0,2}){1,2}")
_BEFORE = re.compile(r"\b(since|by|until|till|before|from|through|up to)\b")
_ENDS = re.compile(r"\b(?:end|close|out|over)\b")
# What may stand between a date and the year it is of: "two years ago, in May".
_OF_YEAR = re.compile(r" (?:(?:in|on|of) )?(?:the )?")


def _read(code: str, context: Context) -> DaySpan | None:
    count = find_count(code)
    if count is not None:
        # "on Tuesday, three days before the ballot" is Tuesday, whenever the ballot was.
        if _find_pieces(code[: count.start], context):
            return _read(code[: count.start], context)
        counted = read_count(count, code, context, read=_read)
        if counted is not None:
            # One count in another is not read both ways, for time's sake.
            nested = find_count(code[count.end :]) is not None
            again = None if nested else partial(read_count, count, code, read=_read)
            return _apply_before([_Piece(count.start, len(code), counted, again)], code, context)
    pieces = _find_pieces(code, context)
    # "in May for three weeks" is May, "in the night between 9 and 10 May" is those days.
    pieces = [piece for piece in pieces if not piece.weak] or pieces
    return _apply_before(_give_year(pieces, code), code, context) if pieces else None


def _give_year(pieces: list[_Piece], code: str) -> list[_Piece]:
    """Put a date into the year named beside it: "in May two years ago", "in 2011 on 3 May"."""
    for one_piece, other in pairwise(pieces):
        if not _OF_YEAR.fullmatch(code[one_piece.end : other.start]):
            continue
        for piece, year in ((one_piece, _year_of(other)), (other, _year_of(one_piece))):
            if year is not None and piece.yearless and isinstance(piece.found, Written):
                found = replace(piece.found, year=year, side="")
                return [_Piece(one_piece.start, other.end, found)]
    return pieces


def _year_of(piece: _Piece) -> int | None:
    """The year of a piece that is a whole year."""
    days = piece.found
    if isinstance(days, Written):
        return None if days.month or days.season or days.part else days.year
    return days.first.year if days == whole_years(days.first.year, days.first.year) else None


def _apply_before(pieces: list[_Piece], code: str, context: Context) -> DaySpan:
    """Join the pieces, and apply the words before them: "since", "by"."""
    first = pieces[0]
    if len(pieces) > 1 and _JOIN.fullmatch(code[first.end : pieces[1].start]):
        return _join(first, pieces[1], context)
    word = (_BEFORE.findall(code[: first.start]) or [""])[-1]
    if word == "since" or (word == "from" and not _JOIN.search(code[first.start : first.end])):
        return _since(first, context, word)
    if word in ("by", "until", "till", "before", "through", "up to"):
        to_its_end = word != "before" or _ENDS.search(code[: first.end]) is not None
        return _by(first, context, to_its_end=to_its_end)
    return min((_days(piece, context) for piece in pieces), key=lambda days: days.last - days.first)


def _find_pieces(code: str, context: Context) -> list[_Piece]:
    pieces: list[_Piece] = []
    start = 0
    while start < len(code):
        for pattern, rule in RULES if ANY_RULE.match(code, start) else ():
            match = pattern.match(code, start)
            if match and match.end() > start:
                groups = {name: text for name, text in match.groupdict().items() if text is not None}
                found = rule(groups, context)
                if found is not None:
                    again = partial(rule, groups)
                    weak = rule is count_length or (rule is overnight and not groups)
                    pieces.append(_Piece(start, match.end(), found, again, weak))
                start = match.end()
                break
        space = code.find(" ", start)
        start = space + 1 if space >= 0 else len(code)
    return pieces


def _days(piece: _Piece, context: Context) -> DaySpan:
    return complete(piece.found, context) if isinstance(piece.found, Written) else piece.found


def _join(first: _Piece, last: _Piece, context: Context) -> DaySpan:
    """Join "May 1" and "June 2, 2014": the year of one goes for both, and the second follows the first."""
    if first.yearless and isinstance(first.found, Written) and isinstance(last.found, Written):
        first = replace(first, found=replace(first.found, year=last.found.year))
    begin, end = _days(first, context), _days(last, context)
    if end.last >= begin.first:
        return DaySpan(begin.first, end.last)
    if isinstance(first.found, Written) and not last.yearless:  # "December to February 2014"
        begin = complete(replace(first.found, year=begin.first.year - 1), context)
        return DaySpan(min(begin.first, end.first), max(begin.last, end.last))
    if isinstance(last.found, Written):
        later = [days for year in (0, 1) for days in in_year(last.found, begin.first.year + year)]
        return DaySpan(begin.first, pick_only([days for days in later if days.last >= begin.first]).last)
    if (end.last - end.first).days < 3:  # a weekday or a weekend
        return DaySpan(begin.first, shift(end.last, 7 * ((begin.first - end.last).days // 7 + 1)))
    return DaySpan(min(begin.first, end.first), max(begin.last, end.last))


def _since(piece: _Piece, context: Context, word: str) -> DaySpan:
    """ "since May" runs up to publication; so does "from May", unless the event lies ahead."""
    days = _days(piece, context)
    if context.future and word == "from":
        return days
    return DaySpan(days.first, max(days.last if days.first > context.day() else context.day(), days.first))


def _by(piece: _Piece, context: Context, *, to_its_end: bool) -> DaySpan:
    """ "by May" is a deadline ahead, or behind where that is nearer: "by Monday they had fled".

    "before Friday" ends on Thursday, "before the end of June" on the 30th (`to_its_end`).
    """
    today, days, ahead = context.day(), _days(piece, context), _ahead(piece, context)
    if ahead.last <= today or (not context.future and ahead.last - today > abs(today - days.last)):
        return days
    last = ahead.last if to_its_end or ahead.first <= today else shift(ahead.first, -1)
    return DaySpan(today, max(today, last))


def _ahead(piece: _Piece, context: Context) -> DaySpan:
    """The piece read forward; as it is where it names no day ahead."""
    ahead = replace(context, future=True)
    if isinstance(piece.found, Written):
        return complete(piece.found, ahead)
    try:
        coming = piece.read(ahead)
    except UnknownDayError:
        coming = None
    if coming is None:
        return piece.found
    return complete(coming, ahead) if isinstance(coming, Written) else coming
