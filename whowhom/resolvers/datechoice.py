"""The days of a date as written: choose the year, month or week that it leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from whowhom.records import DaySpan
from whowhom.resolvers.dayspans import one, part_of, period, season, shift, whole_month, whole_years


class UnknownDayError(Exception):
    """The words are understood, and name no day that can be known here."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the words are read against; `anchor` is the date that "the next day" counts from."""

    today: date | None
    future: bool
    anchor: DaySpan | None

    def day(self) -> date:
        if self.today is None:
            raise UnknownDayError
        return self.today

    def anchored(self) -> DaySpan:
        if self.anchor is None:
            raise UnknownDayError
        return self.anchor


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written, of which the year or the month may be left out.

    `part` is "early", "mid", "late", "end" or ""; `side` is "last", "this", "next" or ""; `weekday` runs from
    0 for Monday and helps to find the year: "Friday, November 29".
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: str = ""
    side: str = ""
    season: str = ""
    weekday: int | None = None


# A trip "on 18 November", told in the future tense by a report of the 24th, was planned for the day that has
# just gone by and not for that of the next year.
_JUST_PAST, _FAR = timedelta(days=30), timedelta(days=300)


def pick(candidates: Iterable[DaySpan], context: Context, side: str = "") -> DaySpan:
    """Choose among the returns of a date, given oldest first.

    `side` is "last" (wholly before publication), "next" (wholly after it) or "".
    """
    today = context.day()
    if side == "last":
        fitting = [days for days in candidates if days.last < today][-1:]
    elif side == "next":
        fitting = [days for days in candidates if days.first > today]
    elif context.future:
        candidates = list(candidates)
        fitting = [days for days in candidates if days.last >= today]
        just_past = [days for days in candidates if days.last < today <= days.first + _JUST_PAST][-1:]
        if fitting and fitting[0].first - today > _FAR:
            fitting = just_past or fitting
    else:
        fitting = [days for days in candidates if days.first <= today][-1:]
    if not fitting:
        raise UnknownDayError
    return fitting[0]


def complete(days: Written, context: Context) -> DaySpan:
    """Return the days of a written date, its year and month filled in."""
    if days.year is not None:
        return pick_only(in_year(days, days.year))
    today = context.day()
    if days.month is None and days.day is not None:  # "the 13th"; one on a Friday may be a year away
        reach = 3 if days.weekday is None else 14
        months = (period(today, "month", steps) for steps in range(-reach, reach + 1))
        named = [one(shift(month.first, days.day - 1)) for month in months if 1 <= days.day <= month.last.day]
        return pick(_on_weekday(named, days.weekday) or named, context, days.side)
    if days.side == "this":
        return pick_only(in_year(days, today.year))
    reach = 8 if (days.month, days.day) == (2, 29) else 2
    years = range(today.year - reach, today.year + reach + 1)
    choices = [found for year in years for found in in_year(days, year)]
    fitting = _on_weekday(choices, days.weekday)
    if fitting and not days.side:
        return min(fitting, key=lambda found: abs(found.first - today))
    return pick(fitting or choices, context, days.side)


def _on_weekday(choices: list[DaySpan], weekday: int | None) -> list[DaySpan]:
    """Those of the days that fall on the weekday; none where a writer mistook it, or named none."""
    return [days for days in choices if days.first.weekday() == weekday]


def pick_only(choices: list[DaySpan]) -> DaySpan:
    if not choices:
        raise UnknownDayError  # 31 June
    return choices[0]


def in_year(days: Written, year: int) -> list[DaySpan]:
    """The written date in that year: one span, or none where the month is too short."""
    if not 1 <= year <= 9999:
        return []
    if days.season:
        whole = season(year, days.season)
    elif days.month is None:
        whole = whole_years(year, year)
    elif not 1 <= days.month <= 12:
        return []
    else:
        whole = whole_month(year, days.month)
    if days.day is not None:
        return [one(whole.first.replace(day=days.day))] if 1 <= days.day <= whole.last.day else []
    return [part_of(whole, days.part) if days.part else whole]


def weekday_near(number: int, context: Context, side: str = "") -> DaySpan:
    today = context.day()
    near = shift(today, number - today.weekday())
    return pick([one(shift(near, 7 * weeks)) for weeks in (-2, -1, 0, 1, 2)], context, side)
