"""Spans of days and how they are counted: months, weeks, seasons, holidays, parts of them.

A day outside the years 1 to 9999 raises OverflowError, whichever function meets it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from whowhom.records import DaySpan

_UNIT_DAYS = {"day": 1, "night": 1, "week": 7, "weekend": 7, "fortnight": 14}
_UNIT_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}
# Northern seasons of three whole months; a winter is named by the year of its December.
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


def one(day: date) -> DaySpan:
    return DaySpan(day, day)


def shift(day: date, n_days: int) -> date:
    return day + timedelta(days=n_days)


def whole_month(year: int, month: int) -> DaySpan:
    """Return the month; `month` may run past 12 or below 1."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError(f"The year {year} is outside 1 to 9999.")
    return DaySpan(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def whole_years(first: int, last: int) -> DaySpan:
    if not 1 <= first <= last <= 9999:
        raise OverflowError(f"The years {first} to {last} are not within 1 to 9999.")
    return DaySpan(date(first, 1, 1), date(last, 12, 31))


def move(day: date, number: int, unit: str) -> date:
    """Return the day `number` units later, the last of the month where that is shorter.

    >>> move(date(2024, 1, 31), 1, "month")
    datetime.date(2024, 2, 29)
    """
    if unit in _UNIT_DAYS:
        return shift(day, number * _UNIT_DAYS[unit])
    month = whole_month(day.year, day.month + number * _UNIT_MONTHS[unit])
    return month.first.replace(day=min(day.day, month.last.day))


def period(day: date, unit: str, steps: int = 0) -> DaySpan:
    """Return the calendar week (from Monday), month, ... that `day` is in, or the one `steps` later.

    >>> period(date(2024, 6, 19), "week", -1)
    DaySpan(first=datetime.date(2024, 6, 10), last=datetime.date(2024, 6, 16))
    """
    if unit in ("week", "fortnight"):
        monday = shift(day, 7 * steps - day.weekday())
        return DaySpan(monday, shift(monday, 6))
    if unit == "month":
        return whole_month(day.year, day.month + steps)
    if unit == "quarter":
        first = (day.month - 1) // 3 * 3 + 1 + 3 * steps
        return DaySpan(whole_month(day.year, first).first, whole_month(day.year, first + 2).last)
    if unit == "year":
        return whole_years(day.year + steps, day.year + steps)
    if unit == "decade":
        first = day.year // 10 * 10 + 10 * steps
        return whole_years(first, first + 9)
    if unit == "century":
        first = (day.year - 1) // 100 * 100 + 1 + 100 * steps
        return whole_years(first, first + 99)
    return one(shift(day, steps))


def part_of(days: DaySpan, part: str) -> DaySpan:
    """Return the "early", "mid" or "late" part, or the "end", which is "late" but in a month.

    Of a month: 1st to 10th, 11th to 20th, 21st to the end; its "end" is from the 25th, as annotators
    take it. Of a year: its first three months, May to August, its last three; of a quarter or season
    one of its months; of a week its first three days, three from Wednesday, its last four; of other
    days up to 31 a third; of a longer time its first half, the middle three years, its second half.
    """
    first, last = days.first, days.last
    n_days = (last - first).days + 1
    if part == "end":
        if 28 <= n_days <= 31 and first.day == 1:
            return DaySpan(first.replace(day=25), last)
        part = "late"
    if n_days <= 7:
        begin, end = {"early": (0, 2), "mid": (2, 4), "late": (3, 6)}[part]
        return DaySpan(shift(first, min(begin, n_days - 1)), shift(first, min(end, n_days - 1)))
    if n_days <= 31 and (first.day > 1 or shift(last, 1).day > 1):  # no whole month
        third = n_days // 3
        begin, end = {
            "early": (0, third - 1),
            "mid": (third, 2 * third - 1),
            "late": (2 * third, n_days - 1),
        }[part]
        return DaySpan(shift(first, begin), shift(first, end))
    if n_days <= 31:
        begin, end = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}[part]
        return DaySpan(first.replace(day=begin), first.replace(day=min(end, last.day)))
    if n_days <= 100:
        month = first.month + {"early": 0, "mid": 1, "late": 2}[part]
        return whole_month(first.year, month)
    if n_days <= 366:
        begin, end = {"early": (1, 3), "mid": (5, 8), "late": (10, 12)}[part]
        return DaySpan(whole_month(first.year, begin).first, whole_month(first.year, end).last)
    half = (last.year - first.year) // 2
    begin, end = {"early": (0, half), "mid": (half, half + 2), "late": (half + 1, 2 * half + 1)}[part]
    return whole_years(first.year + begin, first.year + end)


def season(year: int, name: str) -> DaySpan:
    first = SEASONS[name]
    return DaySpan(whole_month(year, first).first, whole_month(year, first + 2).last)


def easter(year: int) -> date:
    """Return Western Easter Sunday.

    Source: the anonymous Gregorian computus, Meeus, Astronomical Algorithms (1991), chapter 8.

    >>> easter(2024)
    datetime.date(2024, 3, 31)
    """
    golden, (century, rest) = year % 19, divmod(year, 100)
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    month, day = divmod(moon + week - 7 * ((golden + 11 * moon + 22 * week) // 451) + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """Return Orthodox Easter Sunday, in the Gregorian calendar.

    Source: the Julian computus, Meeus, Astronomical Algorithms (1991), chapter 8.

    >>> orthodox_easter(2022)
    datetime.date(2022, 4, 24)
    """
    moon = (19 * (year % 19) + 15) % 30
    week = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + week + 114, 31)
    century = year // 100
    return shift(date(year, month, day + 1), century - century // 4 - 2)  # 13 days from 1900 to 2099


def _from_easter(n_days: int) -> Callable[[int], date]:
    return lambda year: shift(easter(year), n_days)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _thanksgiving(year: int) -> date:
    first = date(year, 11, 1)
    return shift(first, (3 - first.weekday()) % 7 + 21)


# Names as `encode_words` writes them; only days that fall alike wherever news is written in English,
# and Thanksgiving, which is the American one. The longer name stands first.
HOLIDAYS: dict[str, Callable[[int], date]] = {
    "orthodox christmas eve": _fixed(1, 6),
    "orthodox christmas": _fixed(1, 7),
    "christmas eve": _fixed(12, 24),
    "christmas": _fixed(12, 25),
    "boxing day": _fixed(12, 26),
    "newyear eve": _fixed(12, 31),
    "newyear": _fixed(1, 1),
    "valentine": _fixed(2, 14),
    "st patrick": _fixed(3, 17),
    "all saints": _fixed(11, 1),
    "women day": _fixed(3, 8),
    "m5 day": _fixed(5, 1),
    "victory day": _fixed(5, 9),
    "bastille day": _fixed(7, 14),
    "halloween": _fixed(10, 31),
    "armistice day": _fixed(11, 11),
    "thanksgiving": _thanksgiving,
    "shrove w1": _from_easter(-47),
    "ash w2": _from_easter(-46),
    "palm w6": _from_easter(-7),
    "maundy w3": _from_easter(-3),
    "good w4": _from_easter(-2),
    "orthodox easter w6": orthodox_easter,
    "orthodox easter": orthodox_easter,
    "easter w0": _from_easter(1),
    "easter w6": easter,
    "easter": easter,
    "ascension day": _from_easter(39),
    "pentecost": _from_easter(49),
    "whit w6": _from_easter(49),
    "whit w0": _from_easter(50),
}


def holiday(name: str, year: int) -> DaySpan:
    if not 1583 <= year <= 9998:
        raise OverflowError(f"Holidays are reckoned for the years 1583 to 9998, not for {year}.")
    return one(HOLIDAYS[name](year))
