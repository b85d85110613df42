"""Turn the date words of a report into the days they mean, by codebook.md, sections 4 and 8.

The words are first put into a code (datewords.py). `_RULES` is a table of patterns over that code,
each with the function that gives its days. Pieces found side by side are joined ("3 May to 2
June"), then the words before them are applied ("since", "by").
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from whowhom.records import Article, DaySpan, EventDate, Span
from whowhom.resolvers.datewords import encode_words
from whowhom.resolvers.dayspans import (
    HOLIDAYS,
    holiday,
    move,
    one,
    part_of,
    period,
    season,
    shift,
    whole_month,
    whole_years,
)


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
    try:
        return _read(encode_words(words), _Context(published, future, anchor))
    except (_UnknownDayError, OverflowError):  # OverflowError: the year 12000, or ten thousand years ago
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
    return EventDate(span, None, "the words name no day")


_DATELINE = re.compile(
    r"\W{0,3}(?:(?:first |last )?(?:published|posted|updated)(?: on| at)?:? )?(?:[A-Z][a-z]+day,? )?"
    r"(?P<day>\d{1,2} [A-Z][a-z]{2,8}\.?,? (?:19|20)\d\d|[A-Z][a-z]{2,8}\.? \d{1,2},? (?:19|20)\d\d)"
    r"\b(?P<end>\n)?",
    re.I,
)


def find_published(article: Article) -> date | None:
    """Return the day of publication: what the text says of itself, else what its source says.

    Only words at the very start count, those that say "published" or a line of their own: by the
    codebook the text wins over the metadata that it contradicts.

        >>> find_published(Article("a", "Published May 3, 2011 A bomb went off.", published=date(2012, 1, 1)))
        datetime.date(2011, 5, 3)
    """
    start = article.text.lstrip()[:120]
    title = article.title.strip()
    if title and start.startswith(title):
        start = start[len(title) :].lstrip()
    found = _DATELINE.match(start)
    if found is None or not (found["end"] or "ed" in start[: found.start("day")].lower()):
        return article.published
    days = resolve_date(found["day"], None)
    return days.first if days and days.first == days.last else article.published


_WIDE = re.compile(rf"\b(?:week|month|year|time|then|that (?:{'|'.join(month_name[1:]).lower()}))")


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
    named = {
        (span.start, span.end): days
        for span, ahead in zip(spans, future, strict=True)
        if span
        and span.of == "text"
        and span.text.strip()
        and (days := resolve_date(span.text, published, future=ahead)) is not None
    }
    return [
        resolve_event_date(
            span,
            published,
            future=ahead,
            news=is_news,
            anchor=_find_anchor(article.text, span, named, published) if span else None,
        )
        for span, ahead, is_news in zip(spans, future, news, strict=True)
    ]


# "The visit comes two days after an attack" counts from the news itself, or from its day in the sentence.
_COMES = re.compile(r"\b(?:comes?|came|coming) (?:just |only |barely )?$")


def _find_anchor(
    text: str, span: Span, named: Mapping[tuple[int | None, int | None], DaySpan], published: date | None
) -> DaySpan | None:
    """The date in whose light `span` is read: of its sentence, else the one before it."""
    default = one(published) if published else None
    if span.start is None or span.end is None or span.of != "text":
        return default
    sentence = 0
    if _COMES.search(text, max(0, span.start - 30), span.start):
        sentence = max(text.rfind(end, 0, span.start) for end in (". ", "\n"))
    # A year named in passing is not what "the next day" counts from: only dates of up to three days are,
    # save for "that month" and the like.
    wide = _WIDE.search(span.text.lower()) is not None
    before = [
        (end, days)
        for (_, end), days in named.items()
        if end is not None
        and sentence < end <= span.start
        and (published is None or days.first <= published)
        and (wide or (days.last - days.first).days < 3)
    ]
    return max(before, key=lambda item: item[0])[1] if before else default


class _UnknownDayError(Exception):
    """The words are understood, and name no day that can be known here."""


@dataclass(frozen=True, slots=True)
class _Context:
    """What the words are read against; `anchor` is the date that "the next day" counts from."""

    today: date | None
    future: bool
    anchor: DaySpan | None

    def day(self) -> date:
        if self.today is None:
            raise _UnknownDayError
        return self.today

    def anchored(self) -> DaySpan:
        if self.anchor is None:
            raise _UnknownDayError
        return self.anchor


@dataclass(frozen=True, slots=True)
class _Written:
    """A date as written, of which the year or the month may be left out.

    `part` is "early", "mid", "late" or ""; `side` is "last", "this", "next" or "".
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: str = ""
    side: str = ""


_Groups = dict[str, str]
_Rule = Callable[[_Groups, _Context], DaySpan | _Written | None]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A rule that fitted at [start, end) of the code."""

    start: int
    end: int
    found: DaySpan | _Written

    @property
    def yearless(self) -> bool:
        return isinstance(self.found, _Written) and self.found.year is None


# ---------------------------------------------------------------------------------------------
# Reading: pieces, joins, the words before them

_JOIN = re.compile(r" (?:(?:and|or|to|through|until|till|-) (?:\w+ ){0,2}){1,2}")
_BEFORE = re.compile(r"\b(since|by|until|till|before|from)\b")
_ENDS = re.compile(r"\b(?:end|close|out|over)\b")
_OFFSET = re.compile(
    r"(?P<number>\d{1,6}|an?) (?P<unit>day|night|week|fortnight|month|year)s? "
    r"(?P<word>before|after|prior to|following|from)\b(?=.)"
)


def _read(code: str, context: _Context) -> DaySpan | None:
    offset = _OFFSET.search(code)
    if offset and (from_days := _read(code[offset.end() :], context)) is not None:
        return _offset(offset.groupdict(), from_days)
    pieces = _find_pieces(code, context)
    if not pieces:
        return None
    first = pieces[0]
    if len(pieces) > 1 and _JOIN.fullmatch(code[first.end : pieces[1].start]):
        return _join(first, pieces[1], context)
    word = (_BEFORE.findall(code[: first.start]) or [""])[-1]
    if word == "since" or (word == "from" and not _JOIN.search(code[first.start : first.end])):
        return _since(first, context, word)
    if word in ("by", "until", "till", "before"):
        to_its_end = word != "before" or _ENDS.search(code[: first.end]) is not None
        return _by(first, context, to_its_end=to_its_end)
    return min((_days(piece, context) for piece in pieces), key=lambda days: days.last - days.first)


def _offset(groups: _Groups, days: DaySpan) -> DaySpan:
    """ "two days after the vote on 3 May"."""
    number = _number(groups) or 0
    if groups["word"] in ("before", "prior to"):
        return one(move(days.first, -number, groups["unit"]))
    return one(move(days.last, number, groups["unit"]))


def _find_pieces(code: str, context: _Context) -> list[_Piece]:
    pieces: list[_Piece] = []
    start = 0
    while start < len(code):
        for pattern, rule in _RULES:
            match = pattern.match(code, start)
            if match and match.end() > start:
                groups = {name: text for name, text in match.groupdict().items() if text is not None}
                found = rule(groups, context)
                if found is not None:
                    pieces.append(_Piece(start, match.end(), found))
                start = match.end()
                break
        space = code.find(" ", start)
        start = space + 1 if space >= 0 else len(code)
    return pieces


def _days(piece: _Piece, context: _Context) -> DaySpan:
    return _complete(piece.found, context) if isinstance(piece.found, _Written) else piece.found


def _join(first: _Piece, last: _Piece, context: _Context) -> DaySpan:
    """Join "May 1" and "June 2, 2014": the year of one goes for both, and the second follows the first."""
    if first.yearless and isinstance(first.found, _Written) and isinstance(last.found, _Written):
        first = replace(first, found=replace(first.found, year=last.found.year))
    begin, end = _days(first, context), _days(last, context)
    if end.last >= begin.first:
        return DaySpan(begin.first, end.last)
    if isinstance(first.found, _Written) and not last.yearless:  # "December to February 2014"
        begin = _complete(replace(first.found, year=begin.first.year - 1), context)
        return DaySpan(min(begin.first, end.first), max(begin.last, end.last))
    if isinstance(last.found, _Written):
        later = [days for year in (0, 1) for days in _in_year(last.found, begin.first.year + year)]
        return DaySpan(begin.first, _pick_only([days for days in later if days.last >= begin.first]).last)
    if (end.last - end.first).days < 3:  # a weekday or a weekend
        return DaySpan(begin.first, shift(end.last, 7 * ((begin.first - end.last).days // 7 + 1)))
    return DaySpan(min(begin.first, end.first), max(begin.last, end.last))


def _since(piece: _Piece, context: _Context, word: str) -> DaySpan:
    """ "since May" runs up to publication; so does "from May", unless the event lies ahead."""
    days = _days(piece, context)
    if context.future and word == "from":
        return days
    return DaySpan(days.first, max(days.last if days.first > context.day() else context.day(), days.first))


def _by(piece: _Piece, context: _Context, *, to_its_end: bool) -> DaySpan:
    """ "by May" is a deadline ahead, or behind where that is nearer: "by Monday they had fled".

    "before Friday" ends on Thursday, "before the end of June" on the 30th (`to_its_end`).
    """
    today, days, ahead = context.day(), _days(piece, context), _ahead(piece, context)
    if ahead.last <= today or (not context.future and ahead.last - today > abs(today - days.last)):
        return days
    last = ahead.last if to_its_end or ahead.first <= today else shift(ahead.first, -1)
    return DaySpan(today, max(today, last))


def _ahead(piece: _Piece, context: _Context) -> DaySpan:
    """The piece read forward: rules have no memory, so a weekday is moved by weeks."""
    days, today = _days(piece, context), context.day()
    if isinstance(piece.found, _Written):
        return _complete(piece.found, replace(context, future=True))
    if days.last < today and (days.last - days.first).days < 3:
        weeks = ((today - days.last).days + 6) // 7
        return DaySpan(shift(days.first, 7 * weeks), shift(days.last, 7 * weeks))
    return days


# ---------------------------------------------------------------------------------------------
# Choosing the year, month or week that is left out


def _pick(candidates: Iterable[DaySpan], context: _Context, side: str = "") -> DaySpan:
    """Choose among the returns of a date, given oldest first.

    `side` is "last" (wholly before publication), "next" (wholly after it) or "".
    """
    today = context.day()
    if side == "last":
        fitting = [days for days in candidates if days.last < today][-1:]
    elif side == "next":
        fitting = [days for days in candidates if days.first > today]
    elif context.future:
        fitting = [days for days in candidates if days.last >= today]
    else:
        fitting = [days for days in candidates if days.first <= today][-1:]
    if not fitting:
        raise _UnknownDayError
    return fitting[0]


def _complete(days: _Written, context: _Context) -> DaySpan:
    """Return the days of a written date, its year and month filled in."""
    if days.year is not None:
        return _pick_only(_in_year(days, days.year))
    today = context.day()
    if days.month is None and days.day is not None:  # "the 13th"
        months = (period(today, "month", steps) for steps in range(-3, 4))
        named = [one(shift(month.first, days.day - 1)) for month in months if 1 <= days.day <= month.last.day]
        return _pick(named, context, days.side)
    if days.side == "this":
        return _pick_only(_in_year(days, today.year))
    reach = 8 if (days.month, days.day) == (2, 29) else 2
    years = range(today.year - reach, today.year + reach + 1)
    return _pick([found for year in years for found in _in_year(days, year)], context, days.side)


def _pick_only(choices: list[DaySpan]) -> DaySpan:
    if not choices:
        raise _UnknownDayError  # 31 June
    return choices[0]


def _in_year(days: _Written, year: int) -> list[DaySpan]:
    """The written date in that year: one span, or none where the month is too short."""
    if not 1 <= year <= 9999:
        return []
    if days.month is None:
        whole = whole_years(year, year)
    elif not 1 <= days.month <= 12:
        return []
    else:
        whole = whole_month(year, days.month)
    if days.day is not None:
        return [one(whole.first.replace(day=days.day))] if 1 <= days.day <= whole.last.day else []
    return [part_of(whole, days.part) if days.part else whole]


def _weekday_near(number: int, context: _Context, side: str = "") -> DaySpan:
    today = context.day()
    near = shift(today, number - today.weekday())
    return _pick([one(shift(near, 7 * weeks)) for weeks in (-2, -1, 0, 1, 2)], context, side)


# ---------------------------------------------------------------------------------------------
# Rules: each takes the named groups of its pattern

_SIDES = {"past": "last", "this past": "last", "previous": "last", "coming": "next", "this coming": "next"}
_PARTS = {"beginning": "early", "start": "early", "middle": "mid", "end": "late", "close": "late"}
_STEPS = {"last": -1, "this": 0, "next": 1}
# "in recent weeks": how many days; the codebook sets 30 for "recently" and a week for "days earlier".
_VAGUE_DAYS = {"day": 7, "night": 7, "week": 30, "month": 90}


def _side(groups: _Groups) -> str:
    side = groups.get("side", "")
    return _SIDES.get(side, side)


def _part(groups: _Groups) -> str:
    part = groups.get("part", "")
    return _PARTS.get(part, part)


def _number(groups: _Groups) -> int | None:
    """The number of "three weeks", "a week"; None for "a few weeks" and for plain "weeks"."""
    text = groups.get("number", "")
    if text in ("a", "an"):
        return 1
    return int(text[:6]) if text[:1].isdigit() else None


def _year(groups: _Groups, context: _Context) -> int | None:
    """The year of "2011", "last year", "that year"; None where none is said."""
    text = groups.get("year", "")
    if not text or text.isdigit():
        return int(text) if text else None
    if text.startswith(("that", "the same")):
        return context.anchored().first.year
    return context.day().year + _STEPS[text.split()[0]]


def _written(groups: _Groups, context: _Context) -> _Written:
    year, side = _year(groups, context), _side(groups)
    if side in ("that", "same"):
        year, side = context.anchored().first.year, ""
    month, day = (int(groups[name]) if name in groups else None for name in ("month", "day"))
    return _Written(year, month, day, _part(groups), side)


def _two_days(groups: _Groups, context: _Context) -> DaySpan | None:
    """ "4-8 April", "on July 5 and 6", "on the 10th and the 12th"."""
    last = _complete(_written(groups, context), context)
    begin, month = int(groups["first"]), last
    if begin > last.last.day:  # "from the 28th to the 3rd"
        month = whole_month(last.first.year, last.first.month - 1)
    choices = _in_year(_Written(month=month.first.month, day=begin), month.first.year)
    return DaySpan(choices[0].first, last.last) if choices else None


def _two_years(groups: _Groups, context: _Context) -> DaySpan | None:
    first, last = groups["first"], groups["last"]
    first_year, last_year = int(first), int(first[: 4 - len(last)] + last)
    return whole_years(first_year, last_year) if first_year <= last_year else None


def _decade(groups: _Groups, context: _Context) -> DaySpan:
    first = int(groups["decade"])
    days = whole_years(first, first + 9)
    return part_of(days, _part(groups)) if "part" in groups else days


def _century(groups: _Groups, context: _Context) -> DaySpan:
    return whole_years(int(groups["number"]) * 100 - 99, int(groups["number"]) * 100)


def _quarter(groups: _Groups, context: _Context) -> DaySpan:
    """The second quarter, or the second half, of a year."""
    n_months, year = {"quarter": 3, "half": 6}[groups.get("unit", "quarter")], _year(groups, context)
    years = [year] if year is not None else range(context.day().year - 1, context.day().year + 2)
    month = (int(groups["number"]) - 1) * n_months + 1
    choices = [DaySpan(whole_month(y, month).first, whole_month(y, month + n_months - 1).last) for y in years]
    return choices[0] if year is not None else _pick(choices, context)


def _season(groups: _Groups, context: _Context) -> DaySpan:
    year, side = _year(groups, context), _side(groups)
    if side in ("that", "same"):
        year = context.anchored().first.year
    if year is not None:
        return season(year, groups["season"])
    today = context.day()
    years = range(max(1, today.year - 2), min(9998, today.year + 2) + 1)
    choices = [season(y, groups["season"]) for y in years]
    return _pick(choices, context, "" if side == "this" else side)


def _week_of_month(groups: _Groups, context: _Context) -> DaySpan | None:
    month = _complete(_written(groups, context), context)
    if groups["number"] == "last":
        return DaySpan(shift(month.last, -6), month.last)
    first = shift(month.first, 7 * (int(groups["number"]) - 1))
    return DaySpan(first, min(shift(first, 6), month.last)) if first <= month.last else None


def _holiday(groups: _Groups, context: _Context) -> DaySpan:
    name, year, side = groups["holiday"], _year(groups, context), _side(groups)
    if year is None:
        today = context.day()
        years = range(today.year - 1, today.year + 2)
    else:
        years = range(year, year + 1)
    choices = [one(shift(holiday(name, y).first, -1 if "eve" in groups else 0)) for y in years]
    return choices[0] if year is not None else _pick(choices, context, "" if side == "this" else side)


def _from_today(first: int, last: int) -> _Rule:
    def days(groups: _Groups, context: _Context) -> DaySpan:
        return DaySpan(shift(context.day(), first), shift(context.day(), last))

    return days


def _clock(groups: _Groups, context: _Context) -> DaySpan:
    """A late time of day alone is that of the date last named, else of the day of publication."""
    return context.anchor or one(context.day())


def _overnight(groups: _Groups, context: _Context) -> DaySpan:
    if "weekday" not in groups:
        return DaySpan(shift(context.day(), -1), context.day())
    day = _weekday_near(int(groups["weekday"]), context).first
    return DaySpan(shift(day, -1), day) if "into" in groups else DaySpan(day, shift(day, 1))


def _weekday(groups: _Groups, context: _Context) -> DaySpan:
    number, side = int(groups["weekday"]), _side(groups)
    if "week" in groups:  # "Tuesday of last week"
        return one(shift(period(context.day(), "week", _STEPS[groups["week"]]).first, number))
    if side in ("that", "same", "following"):
        anchor, later = context.anchored().last, int(side == "following")
        return one(shift(anchor, (number - anchor.weekday() - later) % 7 + later))
    return _weekday_near(number, context, "" if side == "this" else side)


def _weekend(groups: _Groups, context: _Context) -> DaySpan:
    saturday = shift(context.day(), 5 - context.day().weekday())
    choices = [DaySpan(shift(saturday, 7 * n), shift(saturday, 7 * n + 1)) for n in (-2, -1, 0, 1, 2)]
    side = _side(groups)
    return _pick(choices, context, side if side in ("last", "next") else "")


def _this_period(groups: _Groups, context: _Context) -> DaySpan:
    """ "this month" of what happened ends with publication; of what is to come it is the whole."""
    today, part = context.day(), _part(groups)
    days = period(today, groups["unit"])
    if part == "later":
        return DaySpan(today, days.last)
    if part == "earlier":
        return DaySpan(days.first, max(days.first, shift(today, -1)))
    if part:
        return part_of(days, part)
    return days if context.future else DaySpan(days.first, today)


def _other_period(groups: _Groups, context: _Context) -> DaySpan:
    days = period(context.day(), groups["unit"], _STEPS[_side(groups)])
    part = _part(groups)
    return part_of(days, part) if part in ("early", "mid", "late") else days


def _edge(groups: _Groups, context: _Context) -> DaySpan:
    """ "the end of the month" is its last ten days, of the year its last month."""
    days, part = period(context.day(), groups["unit"], _STEPS[_side(groups) or "this"]), _part(groups)
    if groups["unit"] == "year" and groups.get("part") not in ("early", "mid", "middle", "late"):
        return whole_month(days.first.year, 1 if part == "early" else 12)
    return part_of(days, part or "late")


def _earlier_in_month(groups: _Groups, context: _Context) -> DaySpan:
    """ "earlier in May", "later in May": up to the day before publication, or from it on."""
    month, today = _complete(_written(groups, context), context), context.day()
    if groups["order"] == "later":
        return DaySpan(max(month.first, min(today, month.last)), month.last)
    return DaySpan(month.first, max(month.first, min(month.last, shift(today, -1))))


def _ago(groups: _Groups, context: _Context) -> DaySpan | None:
    """ "three days ago" is a day, "two months ago" a month, "a year ago" a year.

    So is "three days after" with nothing behind it: in "they met three days after he fled" those
    are the words of when he fled.
    """
    start = context.anchor.first if context.anchor and groups["word"] != "ago" else context.day()
    number, unit = _number(groups), groups["unit"]
    if unit in ("hour", "minute"):
        return DaySpan(shift(start, -1), start)
    if number is None:
        n_days = _VAGUE_DAYS.get(unit)
        return DaySpan(shift(start, -n_days), shift(start, -1)) if n_days else None
    day = move(start, -number, unit)
    if unit in ("year", "decade", "century"):
        return period(day, "year")
    return period(day, "month") if unit == "month" and number > 1 else one(day)


def _later(groups: _Groups, context: _Context) -> DaySpan | None:
    """ "two days later" counts from the date last named."""
    anchor, number, unit = context.anchored(), _number(groups), groups["unit"]
    if unit in ("hour", "minute"):
        return anchor
    if number is None:
        n_days = _VAGUE_DAYS.get(unit)
        return DaySpan(shift(anchor.last, 1), shift(anchor.last, n_days)) if n_days else None
    day = move(anchor.last, number, unit)
    return period(day, unit) if unit in ("month", "year") else one(day)


def _past_stretch(groups: _Groups, context: _Context) -> DaySpan | None:
    """ "in the past three months": so long, up to publication."""
    today, number, unit = context.day(), _number(groups), groups["unit"]
    if unit == "hour":
        return DaySpan(shift(today, -1), today)
    if number is None and ("many" in groups or groups.get("number")):
        n_days = _VAGUE_DAYS.get(unit)
        return DaySpan(shift(today, -n_days), today) if n_days else None
    return DaySpan(move(today, -(number or 1), unit), today)


def _coming_stretch(groups: _Groups, context: _Context) -> DaySpan | None:
    """ "in the coming days", "within two weeks": from publication on."""
    today, number, unit = context.day(), _number(groups), groups["unit"]
    if unit in ("hour", "minute"):
        ahead = "coming" in groups or context.future
        return DaySpan(today, shift(today, 1)) if ahead else context.anchor
    if number is None and ("many" in groups or groups.get("number")):
        n_days = _VAGUE_DAYS.get(unit)
        return DaySpan(today, shift(today, n_days)) if n_days else None
    return DaySpan(today, move(today, number or 1, unit))


def _in_so_long(groups: _Groups, context: _Context) -> DaySpan | None:
    """ "in two weeks" is a day only for what is still to come; else it is how long it took."""
    number, unit = _number(groups), groups["unit"]
    if not context.future:
        return _so_long(groups, context)
    if number is None:
        return None
    day = move(context.day(), number, unit)
    return period(day, unit) if unit in ("month", "year") else one(day)


def _so_long(groups: _Groups, context: _Context) -> DaySpan | None:
    """ "for two weeks" of what happened: so long, up to publication; of what is to come it names no day."""
    today, number, unit = context.day(), _number(groups), groups["unit"]
    if context.future or unit == "minute":
        return None
    if unit == "hour":  # "for three hours" is some part of a day, and the words do not say of which
        return DaySpan(shift(today, -((number or 0) // 24)), today) if (number or 0) >= 24 else None
    if number is None:
        n_days = _VAGUE_DAYS.get(unit)
        return DaySpan(shift(today, -n_days), today) if n_days else None
    return DaySpan(move(today, -number, unit), today)


def _nth_day(groups: _Groups, context: _Context) -> DaySpan | None:
    """ "for a third day on Wednesday": from the first of those days to the day named."""
    last = _weekday_near(int(groups["weekday"]), context).first if "weekday" in groups else context.day()
    return DaySpan(shift(last, 1 - int(groups["number"])), last) if 0 < int(groups["number"]) < 100 else None


def _same(groups: _Groups, context: _Context) -> DaySpan:
    """ "that month", "the same day", "then"."""
    anchor, unit = context.anchored(), groups.get("unit", "")
    return period(anchor.first, unit) if unit in ("week", "month", "year", "decade") else anchor


def _neighbour(groups: _Groups, context: _Context) -> DaySpan:
    """ "the next day", "the week before": counted from the date last named."""
    anchor, unit = context.anchored(), groups["unit"]
    unit = unit if unit in ("week", "month", "year", "decade") else "day"
    if groups["step"] in ("next", "following", "after", "later"):
        return period(anchor.last, unit, 1)
    return period(anchor.first, unit, -1)


def _since_then(groups: _Groups, context: _Context) -> DaySpan:
    first = context.anchored().first
    return DaySpan(first, max(first, context.day()))


def _nothing(groups: _Groups, context: _Context) -> None:
    return None


_YEAR = r"(?: (?:of |in )?(?P<year>\d{3,4}|(?:last|this|next|that|the same) year))?"
_LONG_UNIT = r"(?P<unit>week|month|quarter|year|decade)"
_UNIT = r"(?P<unit>hour|minute|day|night|week|fortnight|month|year|decade|century)(?P<many>s)?"
_SOME = r"(?P<number>\d+|an?|(?:a )?few|several) (?:or so )?(?:of )?"
_PART = r"(?P<part>early|mid|late|beginning|start|middle|end|close)(?: -)?(?: (?:of|in))?(?: the)? "
_DAY = r"(?:day|night|dawn|clock)"
_TO = r"(?:and|or|to|through|until|till|-)(?: on)?(?: the)?"
_ORDER = r"(?:(?P<part>earlier|later|early|mid|late)(?: -)?(?: in)? )?"
_W = r"w(?P<weekday>\d)"
_SIDE = r"(?:(?P<side>last|past|previous|next|coming|this|that|same) )?"

# The first pattern that fits at a token wins, so the longer ones stand first.
_PATTERNS: tuple[tuple[str, _Rule], ...] = (
    ("unclear", _nothing),
    (rf"(?P<first>\d\d?)(?:th)? {_TO} (?P<day>\d\d?)(?:th)? (?:of )?m(?P<month>\d+){_YEAR}", _two_days),
    (
        rf"m(?P<month>\d+) (?:the )?(?P<first>\d\d?)(?:th)? {_TO} (?P<day>\d\d?)(?:th)?(?! m){_YEAR}",
        _two_days,
    ),
    (rf"(?P<first>\d\d?)th {_TO} (?P<day>\d\d?)th", _two_days),
    (rf"{_SIDE}(?P<day>\d\d?)(?:th)? (?:of )?m(?P<month>\d+){_YEAR}", _written),
    (rf"(?P<number>[1-5](?=th)|last)(?:th)? week (?:of|in) m(?P<month>\d+){_YEAR}", _week_of_month),
    (rf"m(?P<month>\d+) (?:the )?(?P<day>\d\d?)(?:th)?{_YEAR}", _written),
    (rf"(?P<number>\d\d?)th (?:\w+ )?{_DAY}(?: (?:in a row|running))?(?: on w(?P<weekday>\d))?", _nth_day),
    (rf"(?P<number>[1-4])th (?P<unit>quarter){_YEAR}", _quarter),
    (rf"(?P<number>[12])th (?P<unit>half)(?: of)?(?: the)?{_YEAR}", _quarter),
    (rf"q (?P<number>[1-4]){_YEAR}", _quarter),
    (r"(?P<number>\d\d?)th century", _century),
    (rf"(?P<eve>eve of )?{_SIDE}(?P<holiday>{'|'.join(HOLIDAYS)})(?: day)?{_YEAR}", _holiday),
    (rf"(?P<order>earlier|later) (?:in )?m(?P<month>\d+){_YEAR}", _earlier_in_month),
    (rf"{_SIDE}(?:{_PART})?m(?P<month>\d+){_YEAR}", _written),
    (rf"{_PART}(?P<side>last|past|next|coming|this) m(?P<month>\d+){_YEAR}", _written),
    (rf"(?P<first>[12]\d{{3}}) {_TO} (?P<last>[12]\d{{3}}|\d\d)", _two_years),
    (rf"(?:{_PART})?(?P<decade>[12]\d\d0)s", _decade),
    (rf"(?:{_PART})?(?P<year>[12]\d{{3}})", _written),
    (
        rf"{_SIDE}(?P<season>spring|summer|autumn|fall(?! of)|winter)"
        rf"(?! (?:festival|offensive|session|olympics|games)){_YEAR}",
        _season,
    ),
    (rf"{_PART}(?:(?P<side>last|next|this) )?{_LONG_UNIT}", _edge),
    (r"(?P<unit>week|month|year) (?:is|was) (?:out|over)", _edge),
    (r"day before yesterday", _from_today(-2, -2)),
    (r"day after tomorrow", _from_today(2, 2)),
    (r"yesterday|last (?:night|clock)", _from_today(-1, -1)),
    (r"tomorrow", _from_today(1, 1)),
    (rf"today|tonight|this {_DAY}", _from_today(0, 0)),
    (r"overnight(?: (?P<into>into|to))?(?: from)?(?: on)? w(?P<weekday>\d)", _overnight),
    (r"overnight|(?:during|in|through|over|throughout|at) (?:the )?night", _overnight),
    (rf"(?P<unit>{_DAY}|week|month|year) (?P<step>before|after)", _neighbour),
    (rf"(?P<step>next|following|previous|preceding) (?P<unit>{_DAY})", _neighbour),
    (r"(?<=the )(?P<step>following|previous|preceding) (?P<unit>week|month|year)", _neighbour),
    (rf"(?:that|same) (?P<unit>{_DAY}|week|month|year)|^then|at the time|same time", _same),
    (r"w(?P<weekday>\d)(?: night)? (?:of )?(?P<week>last|this|next) week", _weekday),
    (r"(?P<week>last|this|next) week(?: on)? w(?P<weekday>\d)", _weekday),
    (rf"(?:(?P<side>last|next|this past|this coming|this|past|coming|that|same|following) )?{_W}", _weekday),
    (rf"{_SIDE}weekend", _weekend),
    (rf"(?:in|over|during|for|within) the (?:past|last|previous) (?:{_SOME})?{_UNIT}", _past_stretch),
    (rf"(?:past|last|previous) {_SOME}{_UNIT}", _past_stretch),
    (rf"recent {_UNIT}", _past_stretch),
    (r"recently|recent|lately", _from_today(-30, 0)),
    (r"^(?:just )?(?:now|currently)$", _from_today(0, 0)),
    (r"^earlier$", _from_today(-7, 0)),
    (rf"{_ORDER}(?:this|(?:all|throughout)(?: the| this)?) {_LONG_UNIT}", _this_period),
    (rf"{_ORDER}(?P<side>last|past|previous|next|coming) {_LONG_UNIT}(?!s)", _other_period),
    (rf"(?P<coming>coming|next) (?:{_SOME})?{_UNIT}", _coming_stretch),
    (rf"within (?:the next )?(?:{_SOME})?{_UNIT}", _coming_stretch),
    (rf"in (?:about |around )?{_SOME}{_UNIT} time", _in_so_long),
    (rf"(?:{_SOME})?{_UNIT} (?P<word>ago|earlier|before|prior)", _ago),
    (rf"(?:{_SOME})?{_UNIT} (?P<word>after)$", _ago),
    (rf"(?:{_SOME})?{_UNIT} (?:later|afterwards)", _later),
    (rf"in (?:about |around )?{_SOME}{_UNIT}", _in_so_long),
    (rf"{_SOME}(?:- )?{_UNIT}", _so_long),
    (r"(?<=for )(?P<unit>day|week|month)(?P<many>s)", _so_long),
    (r"(?<!at )(?P<day>\d\d?)th$", _written),
    (r"24 - hour period", _from_today(-1, 0)),
    (r"(?:has |have )?since(?: then)?$", _since_then),
    (r"(?:the )?night$", _overnight),
    (r"(?<=the )day$|within (?:the |an )?hours?", _clock),
    (r"dawn", _from_today(0, 0)),
    (r"clock", _clock),
)
_RULES = tuple((re.compile(rf"(?:{pattern})(?= |$)"), rule) for pattern, rule in _PATTERNS)
