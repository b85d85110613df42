"""The table of patterns over coded date words (datewords.py), each with the rule that gives its days.

A rule takes the named groups of its pattern and returns the days, a date as written, or None where
the words name no day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from whowhom.records import DaySpan
from whowhom.resolvers.datechoice import Context, Written, complete, in_year, pick, weekday_near
from whowhom.resolvers.dayspans import (
    HOLIDAYS,
    holiday,
    move,
    one,
    part_of,
    period,
    shift,
    whole_month,
    whole_years,
)

Groups = dict[str, str]
Rule = Callable[[Groups, Context], DaySpan | Written | None]


_SIDES = {
    "past": "last",
    "this past": "last",
    "previous": "last",
    "coming": "next",
    "this coming": "next",
}
_PARTS = {"beginning": "early", "start": "early", "middle": "mid", "close": "end"}
_STEPS = {"last": -1, "this": 0, "next": 1}
# "in recent weeks": how many days; the codebook sets 30 for "recently" and a week for "days earlier".
VAGUE_DAYS = {"day": 7, "night": 7, "week": 30, "month": 90}


def _side(groups: Groups) -> str:
    side = groups.get("side", "")
    return _SIDES.get(side, side)


def _part(groups: Groups) -> str:
    part = groups.get("part", "")
    return _PARTS.get(part, part)


def read_number(groups: Groups) -> int | None:
    """The number of "three weeks", "a week"; None for "a few weeks" and for plain "weeks"."""
    text = groups.get("number", "")
    if text in ("a", "an"):
        return 1
    return int(text[:6]) if text[:1].isdigit() else None


def read_measure(groups: Groups) -> tuple[int | None, str]:
    """The number and unit of "three weeks"; "48 hours" are two days."""
    number, unit = read_number(groups), groups["unit"]
    return (number // 24, "day") if unit == "hour" and number and number >= 24 else (number, unit)


def _year(groups: Groups, context: Context) -> int | None:
    """The year of "2011", "last year", "that year"; None where none is said."""
    text = groups.get("year", "")
    if not text or text.isdigit():
        return int(text) if text else None
    if text.startswith(("that", "the ")):
        anchor = context.anchored()
        if text.endswith("before") or "previous" in text:
            return anchor.first.year - 1
        return anchor.last.year + 1 if "same" not in text and text.startswith("the ") else anchor.first.year
    return context.day().year + _STEPS[text.split()[0]]


def _written(groups: Groups, context: Context) -> Written:
    year, side = _year(groups, context), _side(groups)
    if side in ("that", "same"):
        year, side = context.anchored().first.year, ""
    month, day, weekday = (
        int(groups[name]) if name in groups else None for name in ("month", "day", "weekday")
    )
    written = Written(year, month, day, _part(groups), side, weekday=weekday)
    return _from_anchor(written, groups, context)


def _from_anchor(written: Written, groups: Groups, context: Context) -> Written:
    """Give "the following May" its year: it counts from the date last named, and so does "previous"."""
    side = groups.get("side")
    if side == "following" or (side == "previous" and context.anchor is not None):
        anchor, step = context.anchored(), "next" if side == "following" else "last"
        day = anchor.last if step == "next" else anchor.first
        days = complete(replace(written, side=step), replace(context, today=day))
        return replace(written, year=days.first.year, side="")
    return written


def _two_days(groups: Groups, context: Context) -> DaySpan | None:
    """ "4-8 April", "on July 5 and 6", "on the 10th and the 12th"."""
    last = complete(_written(groups, context), context)
    begin, month = int(groups["first"]), last
    if begin > last.last.day:  # "from the 28th to the 3rd"
        month = whole_month(last.first.year, last.first.month - 1)
    choices = in_year(Written(month=month.first.month, day=begin), month.first.year)
    return DaySpan(choices[0].first, last.last) if choices else None


def _two_years(groups: Groups, context: Context) -> DaySpan | None:
    first, last = groups["first"], groups["last"]
    first_year, last_year = int(first), int(first[: 4 - len(last)] + last)
    if first_year > last_year and 1 <= int(last) <= 12:  # "2021-04" is April
        return whole_month(first_year, int(last))
    return whole_years(first_year, last_year) if first_year <= last_year else None


def _decade(groups: Groups, context: Context) -> DaySpan:
    first = int(groups["decade"])
    days = whole_years(first, first + 9)
    return part_of(days, _part(groups)) if "part" in groups else days


def _century(groups: Groups, context: Context) -> DaySpan:
    """ "the late 19th century", "in the 18th and 19th centuries"."""
    first, last = int(groups["number"]), int(groups.get("last", groups["number"]))
    days = whole_years(first * 100 - 99, last * 100)
    return part_of(days, _part(groups)) if "part" in groups else days


def _early_ages(groups: Groups, context: Context) -> Written:
    """ "AD 70", "in the year 800" """
    return Written(int(groups.get("year") or groups["year_after"]))


def _last_day(groups: Groups, context: Context) -> DaySpan:
    return one(complete(_written(groups, context), context).last)


def _half_month(groups: Groups, context: Context) -> DaySpan:
    month = complete(_written(groups, context), context)
    middle = month.first.replace(day=15)
    return DaySpan(month.first, middle) if groups["number"] == "1" else DaySpan(shift(middle, 1), month.last)


def _quarter(groups: Groups, context: Context) -> DaySpan:
    """The second quarter, or the second half, of a year."""
    n_months, year = {"quarter": 3}.get(groups.get("unit", "quarter"), 6), _year(groups, context)
    years = [year] if year is not None else range(context.day().year - 1, context.day().year + 2)
    month = (int(groups["number"]) - 1) * n_months + 1
    choices = [DaySpan(whole_month(y, month).first, whole_month(y, month + n_months - 1).last) for y in years]
    return choices[0] if year is not None else pick(choices, context)


def _last_quarter(groups: Groups, context: Context) -> DaySpan:
    """ "the last quarter of 2018" """
    return _quarter(groups | {"number": "4" if groups["unit"] == "quarter" else "2"}, context)


def _season(groups: Groups, context: Context) -> Written:
    year, side = _year(groups, context), _side(groups)
    if side in ("that", "same"):
        year = context.anchored().first.year
    side = side if side in ("last", "next") else ""
    written = Written(year, part=_part(groups), side=side, season=groups["season"])
    return _from_anchor(written, groups, context)


def _week_of_month(groups: Groups, context: Context) -> DaySpan | None:
    month = complete(replace(_written(groups, context), weekday=None), context)
    if "weekday" in groups:
        return _weekday_of_month(groups, month)
    if groups["number"] == "last":
        return DaySpan(shift(month.last, -6), month.last)
    first = shift(month.first, 7 * (int(groups["number"]) - 1))
    return DaySpan(first, min(shift(first, 6), month.last)) if first <= month.last else None


def _weekday_of_month(groups: Groups, month: DaySpan) -> DaySpan | None:
    """ "the last Sunday of March", "the third Thursday in May"."""
    number, weekday = groups["number"], int(groups["weekday"])
    if number == "last":
        return one(shift(month.last, -((month.last.weekday() - weekday) % 7)))
    day = shift(month.first, (weekday - month.first.weekday()) % 7 + 7 * (int(number) - 1))
    return one(day) if day <= month.last else None


def _day_of_period(groups: Groups, context: Context) -> DaySpan | None:
    """ "the 15th of last month", "the first Monday of this month"."""
    which = groups.get("which", "this")
    if which in ("that", "same"):
        month = period(context.anchored().first, "month")
    elif which in ("previous", "following"):
        month = period(context.anchored().first, "month", -1 if which == "previous" else 1)
    else:
        month = period(context.day(), "month", _STEPS.get(which, 0))
    if "weekday" in groups:
        return _weekday_of_month(groups, month)
    day = int(groups["day"])
    if "which" not in groups:
        return complete(Written(day=day), context)
    return one(month.first.replace(day=day)) if 1 <= day <= month.last.day else None


def _week_from(groups: Groups, context: Context) -> DaySpan:
    """ "the week beginning 12 May" runs from that day; "the week of May 12" is the one that it is in."""
    day = complete(_written(groups, context), context).first
    return period(day, "week") if groups["how"] == "of" else DaySpan(day, shift(day, 6))


def _before_last(groups: Groups, context: Context) -> DaySpan:
    """ "the week before last", "the night before last", "the week after next"."""
    steps = -2 if groups["step"] == "before last" else 2
    if "weekday" not in groups:
        return period(context.day(), groups["unit"], steps)
    near = weekday_near(int(groups["weekday"]), context, "last" if steps < 0 else "next").first
    return one(shift(near, -7 if steps < 0 else 7))


def _weekdays_ago(groups: Groups, context: Context) -> DaySpan:
    """ "three Sundays ago"; "two weeks ago on Sunday" is a week more."""
    weeks = "weekday_after" in groups or "weeks" in groups
    near = weekday_near(int(groups.get("weekday_after") or groups["weekday"]), context, "last").first
    return one(shift(near, -7 * ((read_number(groups) or 1) - (0 if weeks else 1))))


def _weekday_week(groups: Groups, context: Context) -> DaySpan | None:
    """ "Monday week", in Britain a week after the coming Monday."""
    return one(shift(weekday_near(int(groups["weekday"]), context).first, 7)) if context.future else None


def _holiday(groups: Groups, context: Context) -> DaySpan:
    name, year, side = groups["holiday"], _year(groups, context), _side(groups)
    if year is None:
        today = context.day()
        years = range(today.year - 1, today.year + 2)
    else:
        years = range(year, year + 1)
    choices = [holiday(name, y) for y in years]
    if "around" in groups:  # "over Christmas" is Christmas Eve to Boxing Day, "over Easter" Friday to Monday
        before, after = {"easter": (2, 1), "newyear": (1, 0)}.get(name, (1, 1))
        choices = [DaySpan(shift(days.first, -before), shift(days.last, after)) for days in choices]
    return choices[0] if year is not None else pick(choices, context, "" if side == "this" else side)


def _early_year(groups: Groups, context: Context) -> Written:
    """ "in the new year" """
    return Written(part="early")


def _from_today(first: int, last: int) -> Rule:
    def days(groups: Groups, context: Context) -> DaySpan:
        return DaySpan(shift(context.day(), first), shift(context.day(), last))

    return days


def _clock(groups: Groups, context: Context) -> DaySpan:
    """A late time of day alone is that of the date last named, else of the day of publication."""
    return context.anchor or one(context.day())


def overnight(groups: Groups, context: Context) -> DaySpan:
    if "weekday" not in groups:
        return DaySpan(shift(context.day(), -1), context.day())
    day = weekday_near(int(groups["weekday"]), context).first
    return DaySpan(shift(day, -1), day) if "into" in groups else DaySpan(day, shift(day, 1))


def _weekday(groups: Groups, context: Context) -> DaySpan:
    number, side = int(groups["weekday"]), _side(groups)
    if "week" in groups:  # "Tuesday of last week"
        return one(shift(period(context.day(), "week", _STEPS[groups["week"]]).first, number))
    if side in ("that", "same", "following"):
        anchor, later = context.anchored().last, int(side == "following")
        return one(shift(anchor, (number - anchor.weekday() - later) % 7 + later))
    if groups.get("side") == "previous" and context.anchor is not None:
        anchor = context.anchor.first
        return one(shift(anchor, -1 - (anchor.weekday() - 1 - number) % 7))
    return weekday_near(number, context, "" if side == "this" else side)


def _beside_anchor(groups: Groups, context: Context) -> Context:
    """Read "that weekend", "the previous weekend" from the date last named."""
    side, anchor = groups.get("side"), context.anchor
    if anchor is None or side not in ("that", "same", "previous", "following"):
        return context
    return replace(context, today=anchor.first if side == "previous" else anchor.last, future=True)


def _weekend(groups: Groups, context: Context) -> DaySpan:
    context = _beside_anchor(groups, context)
    saturday = shift(context.day(), 5 - context.day().weekday())
    choices = [DaySpan(shift(saturday, 7 * n), shift(saturday, 7 * n + 1)) for n in (-2, -1, 0, 1, 2)]
    side = "next" if groups.get("side") == "following" else _side(groups)
    return pick(choices, context, side if side in ("last", "next") else "")


def _weekend_before_last(groups: Groups, context: Context) -> DaySpan:
    saturday = _weekend({"side": "last"}, context).first
    return DaySpan(shift(saturday, -7), shift(saturday, -6))


def _this_period(groups: Groups, context: Context) -> DaySpan:
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


def _other_period(groups: Groups, context: Context) -> DaySpan:
    days = period(context.day(), groups["unit"], _STEPS[_side(groups)])
    part = _part(groups)
    return part_of(days, part) if part else days


def _edge(groups: Groups, context: Context) -> DaySpan:
    """ "the end of the month" is from its 25th, of the year its last month."""
    days, part = period(context.day(), groups["unit"], _STEPS[_side(groups) or "this"]), _part(groups)
    if groups["unit"] == "year" and groups.get("part") not in ("early", "mid", "middle", "late"):
        return whole_month(days.first.year, 1 if part == "early" else 12)
    return part_of(days, part or "late")


def _earlier_in_month(groups: Groups, context: Context) -> DaySpan:
    """ "earlier in May", "later in May": up to the day before publication, or from it on."""
    month, today = complete(_written(groups, context), context), context.day()
    if groups["order"] == "later":
        return DaySpan(max(month.first, min(today, month.last)), month.last)
    return DaySpan(month.first, max(month.first, min(month.last, shift(today, -1))))


def _ago(groups: Groups, context: Context) -> DaySpan | None:
    """ "three days ago" is a day, "two months ago" a month, "a year ago" a year.

    So is "three days after" with nothing behind it: in "they met three days after he fled" those
    are the words of when he fled.
    """
    start = context.anchor.first if context.anchor and groups["word"] != "ago" else context.day()
    number, unit = read_measure(groups)
    if groups["word"] == "after" and context.anchor is not None:
        return _later(groups, context)
    if unit == "minute" or (unit == "hour" and number is not None and start < context.day()):
        return one(start)
    if unit == "hour":
        return DaySpan(shift(start, -1), start)
    if number is None:
        n_days = VAGUE_DAYS.get(unit)
        return DaySpan(shift(start, -n_days), shift(start, -1)) if n_days else None
    day = move(start, -number, unit)
    if unit in ("year", "decade", "century"):
        return period(day, "year")
    return period(day, "month") if unit == "month" and number > 1 else one(day)


def _later(groups: Groups, context: Context) -> DaySpan | None:
    """ "two days later" counts from the date last named."""
    anchor, (number, unit) = context.anchored(), read_measure(groups)
    if unit in ("hour", "minute"):
        return anchor
    if number is None:
        n_days = VAGUE_DAYS.get(unit)
        return DaySpan(shift(anchor.last, 1), shift(anchor.last, n_days)) if n_days else None
    day = move(anchor.last, number, unit)
    return period(day, unit) if unit in ("month", "year") else one(day)


def _past_stretch(groups: Groups, context: Context) -> DaySpan | None:
    """ "in the past three months": so long, up to publication, or up to the date last named."""
    if groups.get("before") and context.anchor is not None and context.anchor.first < context.day():
        return _past_stretch(groups | {"before": ""}, replace(context, today=shift(context.anchor.first, -1)))
    today, (number, unit) = context.day(), read_measure(groups)
    if unit == "hour":
        return DaySpan(shift(today, -1), today)
    if number is None and ("many" in groups or groups.get("number")):
        n_days = VAGUE_DAYS.get(unit)
        return DaySpan(shift(today, -n_days), today) if n_days else None
    return DaySpan(move(today, -(number or 1), unit), today)


def _coming_stretch(groups: Groups, context: Context) -> DaySpan | None:
    """ "in the coming days", "within two weeks": from publication on; "the following days" from an anchor."""
    if groups.get("after") and context.anchor is not None and context.anchor.last < context.day():
        groups, last = groups | {"after": ""}, context.anchor.last
        days = _coming_stretch(groups, replace(context, today=last))
        return days and DaySpan(shift(days.first, 1), days.last)
    today, (number, unit) = context.day(), read_measure(groups)
    if "within" in groups and not context.future:
        if groups["unit"] in ("hour", "minute"):
            return context.anchor
        today = context.anchor.last if context.anchor is not None else today
    if unit in ("hour", "minute"):
        return DaySpan(today, shift(today, 1))
    if number is None and ("many" in groups or groups.get("number")):
        n_days = VAGUE_DAYS.get(unit)
        return DaySpan(today, shift(today, n_days)) if n_days else None
    return DaySpan(today, move(today, number or 1, unit))


def _incount_length(groups: Groups, context: Context) -> DaySpan | None:
    """ "in two weeks" is a day only for what is still to come; else it is how long it took."""
    number, unit = read_measure(groups)
    if not context.future:
        return count_length(groups, context)
    if number is None:
        return None
    day = move(context.day(), number, unit)
    return period(day, unit) if unit in ("month", "year") else one(day)


def count_length(groups: Groups, context: Context) -> DaySpan | None:
    """ "for two weeks" of what happened: so long, up to publication; of what is to come it names no day."""
    today, (number, unit) = context.day(), read_measure(groups)
    # "for three hours" is some part of a day, and the words do not say of which.
    if context.future or unit in ("hour", "minute"):
        return None
    if not groups.keys() & {"number", "many"}:  # "week-long"
        number = 1
    if number is None:
        n_days = VAGUE_DAYS.get(unit)
        return DaySpan(shift(today, -n_days), today) if n_days else None
    return DaySpan(move(today, -number, unit), today)


def _nth_day(groups: Groups, context: Context) -> DaySpan | None:
    """ "for a third day on Wednesday": from the first of those days to the day named."""
    last = weekday_near(int(groups["weekday"]), context).first if "weekday" in groups else context.day()
    return DaySpan(shift(last, 1 - int(groups["number"])), last) if 0 < int(groups["number"]) < 100 else None


def _same(groups: Groups, context: Context) -> DaySpan:
    """ "that month", "the same day", "then"."""
    anchor, unit = context.anchored(), groups.get("unit", "")
    return period(anchor.first, unit) if unit in ("week", "month", "year", "decade") else anchor


def _neighbour(groups: Groups, context: Context) -> DaySpan:
    """ "the next day", "the week before": counted from the date last named."""
    anchor, unit = context.anchored(), groups["unit"]
    unit = unit if unit in ("week", "month", "year", "decade") else "day"
    if groups["step"] in ("next", "following", "after", "later"):
        return period(anchor.last, unit, 1)
    return period(anchor.first, unit, -1)


def _since_then(groups: Groups, context: Context) -> DaySpan:
    first = context.anchored().first
    return DaySpan(first, max(first, context.day()))


def _nothing(groups: Groups, context: Context) -> None:
    return None


_YEAR = (
    r"(?: (?:of |in )?(?P<year>\d{3,4}|(?:last|this|next|that|the same) year"
    r"|the (?:next|following|previous) year|the year (?:before|after)(?: that)?$))?"
)
_LONG_UNIT = r"(?P<unit>week|month|quarter|year|decade|century)"
_UNIT = r"(?P<unit>hour|minute|day|night|week|fortnight|month|year|decade|century)(?P<many>s)?"
_SOME = r"(?P<number>\d+|an?|(?:a )?few|several) (?:or so )?(?:of )?"
# "beginning in March" is no part of March.
_PART = (
    r"(?P<part>(?:early|mid|late|end)(?= )|(?:beginning|start|middle|close)(?= of))"
    r"(?: -)?(?: (?:of|in))?(?: the)? "
)
_DAY = r"(?:day|night|dawn|clock)"
_TO = r"(?:and|or|to|through|until|till|-)(?: on)?(?: the)?"
_ORDER = r"(?:(?P<part>earlier|later|early|mid|late)(?: -)?(?: in)? )?"
_W = r"w(?P<weekday>\d)"
_UNITS = r"(?:hour|minute|day|night|week|fortnight|month|year|decade|centur)"
_ON_W = rf"(?:{_W} (?:night )?(?:the )?)?"
_WHICH = r"(?P<which>last|this|next|that|same|previous|following)"
_TIMES = r"(?:once|twice|(?:\d+|many|several|few) (?:hour|day|night|week|month|time)s?)"
_SIDE = r"(?:(?P<side>last|past|previous|next|following|coming|this|that|same) )?"

# The first pattern that fits at a token wins, so the longer ones stand first.
_PATTERNS: tuple[tuple[str, Rule], ...] = (
    ("unclear", _nothing),
    (r"^1 day$", _nothing),
    # How often, not when.
    (
        rf"{_TIMES} (?:an?|per|each|every) {_UNIT}(?! (?:before|after|ago|earlier|later|prior|of|from))",
        _nothing,
    ),
    (rf"\d+ (?:\w+ )?(?:people|men|women|children|percent|\w+s) (?:an?|per) {_UNIT}$", _nothing),
    (rf"(?:every|each) (?:(?:other )?w\d|(?:other |single )?{_UNIT})", _nothing),
    # A year that need not be the calendar's: whose it is, the words do not say.
    (r"(?:fiscal|financial|fy)(?: year)? (?:[12]\d{3}|\d\d)(?: - \d+)?|(?:fiscal|financial) year", _nothing),
    (r"[12]\d{3}(?: - \d+)? (?:fiscal|financial|budget|school|academic)(?: year)?", _nothing),
    (
        rf"{_ON_W}(?P<first>\d\d?)(?:th)? {_TO} (?:w\d )?(?P<day>\d\d?)(?:th)?"
        rf" (?:of )?m(?P<month>\d+){_YEAR}",
        _two_days,
    ),
    (
        rf"m(?P<month>\d+) (?:the )?(?P<first>\d\d?)(?:th)? {_TO} (?P<day>\d\d?)(?:th)?(?! m){_YEAR}",
        _two_days,
    ),
    (rf"(?P<first>\d\d?)th {_TO} (?P<day>\d\d?)th(?! {_UNITS})", _two_days),
    (rf"last day of m(?P<month>\d+){_YEAR}", _last_day),
    (rf"{_SIDE}{_ON_W}(?P<day>\d\d?)(?:th)? (?:day )?(?:of )?m(?P<month>\d+){_YEAR}", _written),
    (rf"(?P<day>\d\d?)th (?:day )?of (?:the )?(?:{_WHICH} )?month", _day_of_period),
    (
        rf"(?P<number>[1-5](?=th)|last)(?:th)? {_W} (?:of|in) (?:the )?(?:{_WHICH} )?month",
        _day_of_period,
    ),
    (rf"(?P<number>[1-5](?=th)|last)(?:th)? {_W} (?:of|in) m(?P<month>\d+){_YEAR}", _week_of_month),
    # "one Friday in April" is not said which.
    (rf"(?:1|an?|some) w\d (?:of|in) (?:{_PART})?m(?P<month>\d+){_YEAR}", _written),
    (
        rf"week (?P<how>of|beginning|starting|commencing|from)(?: on)? (?:w\d )?"
        rf"(?:(?P<day>\d\d?)(?:th)? (?:of )?m(?P<month>\d+)){_YEAR}",
        _week_from,
    ),
    (
        rf"week (?P<how>of|beginning|starting|commencing|from)(?: on)? (?:w\d )?"
        rf"m(?P<month>\d+) (?:the )?(?P<day>\d\d?)(?:th)?{_YEAR}",
        _week_from,
    ),
    (rf"(?P<number>[1-5](?=th)|last)(?:th)? week (?:of|in) m(?P<month>\d+){_YEAR}", _week_of_month),
    # "in May two years ago" is not May 2.
    (rf"{_ON_W}m(?P<month>\d+) (?:the )?(?P<day>\d\d?)(?:th)?(?! {_UNITS}){_YEAR}", _written),
    (rf"1th {_DAY} of(?! m\d)", _nothing),  # of the revolt, whose day is not said
    (rf"(?P<number>\d\d?)th (?:\w+ )?{_DAY}(?: (?:in a row|running))?(?: on w(?P<weekday>\d))?", _nth_day),
    (rf"(?P<number>[12])th half (?:of|in) m(?P<month>\d+){_YEAR}", _half_month),
    (rf"(?P<number>[1-4])th (?:- )?(?P<unit>quarter){_YEAR}", _quarter),
    (rf"(?P<number>[12])th (?P<unit>half)(?: of)?(?: the)?{_YEAR}", _quarter),
    (rf"q (?P<number>[1-4]){_YEAR}", _quarter),
    (rf"(?P<number>[1-4]) q{_YEAR}", _quarter),
    (rf"(?:last|final|closing) (?P<unit>quarter|half){_YEAR[:-1]}", _last_quarter),
    (rf"h (?P<number>[12])(?P<unit>){_YEAR}", _quarter),
    (rf"(?:{_PART})?(?P<number>\d\d?)th (?:{_TO} (?P<last>\d\d?)th )?centur(?:y|ies)", _century),
    # "Good Friday, April 10": the feast is but another name of the date beside it.
    (rf"(?:{'|'.join(HOLIDAYS)})(?: day)?(?: w\d)?(?= (?:\d\d?(?:th)? (?:of )?m\d|m\d+ \d))", _nothing),
    (
        rf"(?P<around>over|at)(?: the)? (?P<holiday>christmas|easter|newyear)(?! (?:eve|day|w\d)){_YEAR}",
        _holiday,
    ),
    (r"(?<=in the )newyear(?! (?:eve|day))", _early_year),
    (rf"{_SIDE}(?P<holiday>{'|'.join(HOLIDAYS)})(?: day)?{_YEAR}", _holiday),
    (rf"(?P<order>earlier|later) (?:in )?m(?P<month>\d+){_YEAR}", _earlier_in_month),
    (rf"{_SIDE}(?:{_PART})?m(?P<month>\d+){_YEAR}", _written),
    (rf"{_PART}(?P<side>last|past|next|coming|this) m(?P<month>\d+){_YEAR}", _written),
    (rf"(?P<first>[12]\d{{3}}) {_TO} (?P<last>[12]\d{{3}}|\d\d)", _two_years),
    (rf"(?:{_PART})?(?P<decade>[12]\d\d0)s", _decade),
    (rf"(?:{_PART})?(?P<year>[12]\d{{3}})(?: (?:ad|ce))?", _written),
    (r"(?:ad|(?<=the )year(?= \d{3})) (?P<year>\d{2,4})|(?P<year_after>\d{2,4}) (?:ad|ce)", _early_ages),
    (
        rf"(?:{_PART})?{_SIDE}(?P<season>spring|summer|autumn|winter"
        r"|fall(?! of(?! (?:[12]\d{3}|(?:last|this|next|that) year))))"
        rf"(?! (?:festival|offensive|session|olympics|games)){_YEAR}",
        _season,
    ),
    (rf"(?P<unit>{_DAY}|week|month|year) (?P<step>before last|after next)", _before_last),
    (rf"{_W} (?P<step>before last|after next)", _before_last),
    (rf"{_PART}(?:(?P<side>last|next|this) )?{_LONG_UNIT}", _edge),
    (r"(?P<unit>week|month|year) (?:is|was) (?:out|over)", _edge),
    (r"day before yesterday", _from_today(-2, -2)),
    (r"day after tomorrow", _from_today(2, 2)),
    (r"yesterday|last (?:night|clock)", _from_today(-1, -1)),
    (r"tomorrow", _from_today(1, 1)),
    (rf"today|tonight|this {_DAY}", _from_today(0, 0)),
    (
        r"(?:overnight|(?:in|on) the night)(?: (?P<into>into|to))?(?: from)?(?: on)? w(?P<weekday>\d)",
        overnight,
    ),
    (r"overnight|(?:during|in|through|over|throughout|at) (?:the )?night", overnight),
    (rf"(?P<unit>{_DAY}|week|month|year) (?P<step>before|after)", _neighbour),
    (rf"(?P<step>next|following|previous|preceding) (?P<unit>{_DAY})", _neighbour),
    (r"(?<=the )(?P<step>following|previous|preceding) (?P<unit>week|month|year)", _neighbour),
    (rf"(?:that|same) (?P<unit>{_DAY}|week|month|year)|^(?:by )?then|at the time", _same),
    (r"(?:that|same) (?:time|date)", _same),
    (r"(?<=day and the )(?P<step>next|following)(?P<unit>)$", _neighbour),
    (rf"{_SOME}(?:w(?P<weekday>\d)s? ago|weeks? ago (?:on )?w(?P<weekday_after>\d))", _weekdays_ago),
    (rf"{_W} {_SOME}(?P<weeks>weeks?) ago", _weekdays_ago),
    (rf"{_W} (?:the )?(?P<day>\d\d?)th", _written),
    (rf"{_W} week$", _weekday_week),
    (r"w(?P<weekday>\d)(?: night)? (?:of )?(?P<week>last|this|next) week", _weekday),
    (r"(?P<week>last|this|next) week(?: on)? w(?P<weekday>\d)", _weekday),
    (
        rf"(?:(?P<side>last|next|this past|this coming|this|past|coming|that|same|following|previous) )?{_W}",
        _weekday,
    ),
    (r"weekend before last", _weekend_before_last),
    (rf"{_SIDE}weekend", _weekend),
    (rf"(?:in|over|during|for|within) the (?:past|last|previous) (?:{_SOME})?{_UNIT}", _past_stretch),
    (rf"(?:past|last|(?P<before>previous|preceding)) {_SOME}{_UNIT}", _past_stretch),
    (rf"recent {_UNIT}", _past_stretch),
    (r"recently|recent|lately", _from_today(-30, 0)),
    (r"^(?:just )?(?:now|currently)$|(?<=between )now", _from_today(0, 0)),
    (r"^earlier$", _from_today(-7, 0)),
    (rf"{_ORDER}(?:this|(?:all|throughout)(?: the| this)?) {_LONG_UNIT}", _this_period),
    (rf"(?P<part>earlier|later) in the {_LONG_UNIT}", _this_period),
    (rf"{_ORDER}(?P<side>last|past|previous|next|coming) {_LONG_UNIT}(?!s)", _other_period),
    (rf"(?P<after>following|next) {_SOME}{_UNIT}", _coming_stretch),
    (r"(?P<after>following) (?P<unit>day|week|month)(?P<many>s)", _coming_stretch),
    (rf"(?P<coming>coming|next) (?:{_SOME})?{_UNIT}", _coming_stretch),
    (rf"(?P<within>within) (?:the next )?(?:{_SOME})?{_UNIT}", _coming_stretch),
    (rf"in (?:about |around )?{_SOME}{_UNIT} time", _incount_length),
    (rf"(?:{_SOME})?{_UNIT} (?P<word>ago|earlier|before|prior|previously)", _ago),
    (rf"(?:{_SOME})?{_UNIT} (?P<word>after)$", _ago),
    (rf"(?:{_SOME})?{_UNIT} (?:later|afterwards)", _later),
    (rf"in (?:about |around )?{_SOME}{_UNIT}", _incount_length),
    (rf"{_SOME}(?:- )?{_UNIT}", count_length),
    (rf"{_UNIT} - (?:long|old)", count_length),
    (r"(?<=for )(?P<unit>day|week|month)(?P<many>s)", count_length),
    (r"(?<!at )(?P<day>\d\d?)th$", _written),
    # "2003-present", "from 2003 to date"
    (
        r"(?:(?<=\d to )|(?<=0s to )|(?<=\d - )|(?<=\d until ))(?:the )?(?:present(?: day)?|date|now)",
        _from_today(0, 0),
    ),
    (r"(?:has |have )?since(?: then)?$", _since_then),
    (r"(?:the )?night$", overnight),
    (r"(?<=the )day$|within (?:the |an )?hours?", _clock),
    (r"dawn", _from_today(0, 0)),
    (r"clock", _clock),
)
RULES = tuple((re.compile(rf"(?:{pattern})(?= |$)"), rule) for pattern, rule in _PATTERNS)
# Fits wherever one of them does, and tells of most words at once that none does.
ANY_RULE = re.compile("|".join(rf"(?:{re.sub(r'[?]P<[a-z]+>', '?:', p)})(?= |$)" for p, _ in _PATTERNS))
