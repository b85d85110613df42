"""Dates that count from something named beside them: "two days after the vote on 3 May".

What they count from is read first, as date words of its own. Where it has no date, the date last named
in the text is taken for its own ("two days after the summit"); without one no day is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from whowhom.records import DaySpan
from whowhom.resolvers.datechoice import Context, UnknownDayError
from whowhom.resolvers.daterules import VAGUE_DAYS, Groups, read_measure, read_number
from whowhom.resolvers.datewords import encode_words
from whowhom.resolvers.dayspans import move, one, part_of, period, shift, whole_month


@dataclass(frozen=True, slots=True)
class Count:
    """A counting phrase found in the code: [start, end), what it counts from standing behind it."""

    start: int
    end: int
    groups: Groups
    rule: _CountRule


# A rule takes its groups, the days of what stands behind the phrase (None: undated) and the context. It
# returns None where the phrase is none of its own after all.
_CountRule = Callable[[Groups, DaySpan | None, Context], DaySpan | None]


def find_count(code: str) -> Count | None:
    """Return the first counting phrase of the code, if there is one."""
    matches = [(match, rule) for pattern, rule in _COUNTS if (match := pattern.search(code))]
    if not matches:
        return None
    match, rule = min(matches, key=lambda item: item[0].start())
    groups = {name: text for name, text in match.groupdict().items() if text is not None}
    groups.setdefault("unit", groups.get("units", ""))
    return Count(match.start(), match.end(), groups, rule)


def counts_from_event(words: str) -> bool:
    """Tell whether the words count from an event: "two days after the summit", "within hours of the vote".

    The day of publication is then nothing to count from.
    """
    count = find_count(encode_words(words))
    return count is not None and count.rule in (_offset, _within)


def _offset(groups: Groups, days: DaySpan | None, context: Context) -> DaySpan | None:
    """ "two days after the vote on 3 May" is a day, "in the two days after" it are two."""
    number, unit = read_measure(groups)
    back = groups["word"] in ("before", "prior to")
    if groups["word"] == "from" and days is None:  # "two days from the border"
        return None
    if unit in ("hour", "minute"):
        return _or_anchor(days, context)
    if number == 0:
        raise UnknownDayError
    if not groups.keys() & {"number", "many"}:  # "the day after"
        number = 1
    if days is None:
        return _offset_from_anchor(number, unit, context, back=back)
    if number is None or "stretch" in groups:
        return _stretch(days, number, unit, back=back)
    if (days.last - days.first).days >= 27 and _long(unit):
        return _moved(days, -number if back else number, unit)
    if "number" not in groups and unit in ("week", "month", "year"):  # "the week before Christmas"
        return _stretch(days, number, unit, back=back)
    return one(move(days.first, -number, unit) if back else move(days.last, number, unit))


def _stretch(days: DaySpan, number: int | None, unit: str, *, back: bool) -> DaySpan:
    """So many units up to the day before `days`, or from the day after them on."""
    if number is None and unit not in VAGUE_DAYS:
        raise UnknownDayError
    start, sign = (days.first, -1) if back else (days.last, 1)
    end = move(start, sign * number, unit) if number is not None else shift(start, sign * VAGUE_DAYS[unit])
    return DaySpan(end, shift(start, -1)) if back else DaySpan(shift(start, 1), end)


def _offset_from_anchor(number: int | None, unit: str, context: Context, *, back: bool) -> DaySpan:
    """ "a year after the revolution": as long as the words are, "two years later" is a year."""
    anchor = context.anchored()
    if number is None:
        days = _stretch(anchor, number, unit, back=back)
    else:
        day = move(anchor.first, -number, unit) if back else move(anchor.last, number, unit)
        days = period(day, {"decade": "year", "century": "year"}.get(unit, unit)) if _long(unit) else one(day)
    if not context.future and days.first > context.day():  # the date last named is not that of the event
        raise UnknownDayError
    return days


def _long(unit: str) -> bool:
    return unit in ("month", "year", "decade", "century")


def _moved(days: DaySpan, number: int, unit: str) -> DaySpan:
    """The whole months or years of `days`, moved."""
    last = move(days.last, number, unit)
    if days.last == whole_month(days.last.year, days.last.month).last:
        last = whole_month(last.year, last.month).last
    return DaySpan(move(days.first, number, unit), last)


def _or_anchor(days: DaySpan | None, context: Context) -> DaySpan:
    return days if days is not None else context.anchored()


def _eve(groups: Groups, days: DaySpan | None, context: Context) -> DaySpan:
    """ "the eve of Sunday's vote" is Saturday."""
    if days is None:
        raise UnknownDayError
    return one(shift(days.first, -1))


def _anniversary(groups: Groups, days: DaySpan | None, context: Context) -> DaySpan:
    """ "the 10th anniversary of the Sept. 11, 2001, attacks"; without a number the last one.

    A date that would put it in time to come is that of the anniversary itself: "the 10th anniversary
    of the war on Monday", "the first anniversary of the Feb. 1 coup".
    """
    if days is None:
        raise UnknownDayError
    number = read_number(groups)
    if number is None:
        if context.today is None:
            raise UnknownDayError
        number = max(0, context.today.year - days.first.year)
        if number and not context.future and _moved(days, number, "year").first > context.today:
            number -= 1
    moved = _moved(days, number, "year")
    if context.today is None:
        return moved
    ahead = moved.first.year > context.today.year + 1 if context.future else moved.first > context.today
    return days if ahead else moved


def _weekday_beside(groups: Groups, days: DaySpan | None, context: Context) -> DaySpan | None:
    """ "the Monday after Easter", "the Friday before the 12 March vote"."""
    if days is None or (days.last - days.first).days > 3:
        return None
    weekday = int(groups["weekday"])
    if groups["word"] == "before":
        return one(shift(days.first, -1 - (days.first.weekday() - 1 - weekday) % 7))
    return one(shift(days.last, 1 + (weekday - days.last.weekday() - 1) % 7))


def _within(groups: Groups, days: DaySpan | None, context: Context) -> DaySpan:
    """ "within 48 hours of Sunday's vote"; "within a week of September" is in September."""
    number, unit = read_measure(groups)
    days = _or_anchor(days, context)
    if unit in ("hour", "minute"):
        return days
    last = move(days.last, number, unit) if number else shift(days.last, VAGUE_DAYS.get(unit, 0))
    return days if (days.last - days.first) > (last - days.last) else DaySpan(days.first, last)


def _ago(groups: Groups, days: DaySpan | None, context: Context) -> DaySpan | None:
    """ "ten years ago this month", "a year ago today"."""
    if days is None:
        return None
    number, unit = read_number(groups) or 0, groups["unit"]
    first = move(days.first, -number, unit)
    n_days = (days.last - days.first).days
    if n_days >= 27:
        return period(first, "month") if n_days <= 31 else DaySpan(first, move(days.last, -number, unit))
    return DaySpan(first, shift(first, n_days))


def _week_on(groups: Groups, days: DaySpan | None, context: Context) -> DaySpan | None:
    """ "a week on Monday", in Britain a week after the coming one."""
    if not context.future or days is None:
        return None
    return one(move(days.last, read_number(groups) or 1, groups["unit"]))


def _edge_of(groups: Groups, days: DaySpan | None, context: Context) -> DaySpan | None:
    """ "the first nine months of 2015", "the last days of May"; "of the war" names no day."""
    if days is None or read_number(groups) == 0:
        raise UnknownDayError
    number, unit, late = read_number(groups), groups["unit"], groups["edge"] in ("last", "final", "closing")
    part = "late" if late else "early"
    if number is None:
        if unit in ("day", "week") and (days.last - days.first).days > 31:  # "the last days of 1989"
            month = period(days.last if late else days.first, "month")
            return part_of(month, part) if unit == "day" else month
        return part_of(days, part)
    if late:
        return DaySpan(max(days.first, move(shift(days.last, 1), -number, unit)), days.last)
    return DaySpan(days.first, min(days.last, shift(move(days.first, number, unit), -1)))


def _up_to(groups: Groups, days: DaySpan | None, context: Context) -> DaySpan | None:
    """ "the financial year to 31 March 2009", "the three months to June", "the week ended 5 May"."""
    if days is None:
        raise UnknownDayError
    number, unit = read_number(groups) or 1, groups["unit"]
    if unit == "half":
        number, unit = 6 * number, "month"
    return DaySpan(move(shift(days.last, 1), -number, unit), days.last)


_SOME = r"(?P<number>\d{1,6}|an?|(?:a )?few|several)"
_UNIT = r"(?P<unit>hour|minute|day|night|week|fortnight|month|year|decade|century)(?P<many>s)?"
_SINGULAR = r"(?P<unit>hour|day|night|week|fortnight|month|year|decade|century)"
_PLURAL = r"(?P<units>hour|minute|day|week|month|year)(?P<many>s)"
_DATED = (
    r"(?:the )?(?:(?:early|mid|late) )?(?:m\d+|[12]\d{3}|\w+ (?:year|month)|year|month"
    r"|spring|summer|autumn|fall|winter)\b"
)
_WHOSE = r"(?:the|an?|his|her|its|their|our|this|that|these) "

_COUNTS: tuple[tuple[re.Pattern[str], _CountRule], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        (r"\b(?:(?P<number>\d{1,3})th )?anniversary (?:of|since) (?=.)", _anniversary),
        (
            rf"\b(?P<stretch>(?:in|over|during|for|throughout) (?:all )?the )?(?:1th )?{_SOME} {_UNIT}"
            r"(?: exactly| to the day)? (?P<word>before|after|prior to|following|from) "
            r"(?!(?:in|at|on|near|and|but|or|with|by|to)\b)(?=.)",
            _offset,
        ),
        (
            # "the day after", "days after", but not "last week after"
            r"(?P<stretch>\b(?:in|over|during|throughout) the )?"
            rf"(?:(?:^|(?<=the )){_SINGULAR}|(?<!last )(?<!past )(?<!next )(?<!recent )(?<!\d )\b{_PLURAL}) "
            r"(?P<word>before|after|prior to|following) "
            r"(?!(?:in|at|on|near|and|but|or|with|by|to|last|next|yesterday|tomorrow)\b)(?=.)",
            _offset,
        ),
        (r"\beve of (?=.)", _eve),
        (rf"\bwithin (?:the |just |about )?(?:{_SOME} )?{_UNIT} (?:of|after|from) (?=.)", _within),
        (
            rf"\b{_SOME} (?P<unit>week|month|year|decade)s? ago "
            r"(?=(?:today|tomorrow|yesterday|this (?:week|month|weekend|w\d|spring|summer|autumn|fall|winter)"
            r"|(?:last|next) (?:week|month|w\d))\b)",
            _ago,
        ),
        (
            rf"\b{_SOME} (?P<unit>week|fortnight)s? "
            r"(?:(?:on|from) (?=w\d|today|tomorrow)|(?=today|tomorrow))",
            _week_on,
        ),
        (
            r"\b(?P<edge>1th|opening|final|last|closing) (?:(?P<number>\d{1,4}) )?"
            rf"(?P<unit>day|week|month|year)s (?:(?:of|in) (?={_DATED})|of (?={_WHOSE}))",
            _edge_of,
        ),
        (
            r"\b(?P<edge>1th|opening|final|closing) (?P<number>\d{1,4}) "
            r"(?P<unit>day|week|month|year)s (?:of|in) (?=.)",
            _edge_of,
        ),
        (
            r"(?:\b(?P<number>\d{1,3}|an?) |(?<=the )|(?<=fiscal )|(?<=financial ))"
            r"(?P<unit>week|month|quarter|half|year)s? (?:that )?(?:ended|ending|to|through|up to|until) "
            r"(?:(?:in|on|the end of) )?(?=(?:w\d )?(?:\d\d?(?:th)? )?(?:of )?m\d)",
            _up_to,
        ),
        (r"(?<=the )(?P<unit>decade|century) (?:ended|ending|to|up to) (?:in )?(?=[12]\d{3}\b)", _up_to),
        (r"(?<=the )w(?P<weekday>\d) (?P<word>before|after|following) (?=.)", _weekday_beside),
    )
)


def read_count(
    count: Count, code: str, context: Context, *, read: Callable[[str, Context], DaySpan | None]
) -> DaySpan | None:
    """Return the days that the phrase counts to; None where it is no such phrase after all.

    Args:
        read: Reads what stands behind the phrase.

    Raises:
        UnknownDayError: It counts from an event of unknown date.
    """
    rest, ahead = code[count.end :], replace(context, future=True)
    # "ten years ago this month" is the whole of that month, though "this month" ends with publication.
    days = read(rest, ahead if count.rule is _ago else context)
    if days is not None and _may_lie_ahead(count, rest, days, context):
        coming = read(rest, ahead)
        counted = count.rule(count.groups, coming, context) if coming is not None else None
        if counted is not None and counted.last <= context.day():
            return counted
    return count.rule(count.groups, days, context)


def _may_lie_ahead(count: Count, rest: str, days: DaySpan, context: Context) -> bool:
    """Tell whether what has been may come before what is to come.

    "on the eve of Victory Day" of 8 May, "two days before Christmas" of 23 December. A weekday of the
    days before publication stays what it is. One count in another is not tried both ways, for time's sake.
    """
    if context.future or context.today is None or find_count(rest) is not None:
        return False
    before = count.groups.get("word") in ("before", "prior to") and not _long(count.groups["unit"])
    return count.rule is _eve or (before and (context.today - days.last).days > 7)
