"""Where a day or a number stands in a picture, and which of them are written beside it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from math import ceil, floor, log10
from typing import NamedTuple

from markupsafe import Markup

from whowhom.series import Period
from whowhom.web.pictures.svg import element, join, text

# A label of the time axis and the room beside it.
_LABEL_WIDTH = 56
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Days(NamedTuple):
    """A span of days, both included, laid from `left` to `right`."""

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """Return where a day begins; days outside of the span stand at its ends."""
        share = ((day - self.first).days) / ((self.last - self.first).days + 1)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def end(self, day: date) -> float:
        """Return where a day ends."""
        return self.left if day < self.first else self.x(next_day(day))


def next_day(day: date) -> date:
    """Return the day after, and the last day there is for itself."""
    return day + timedelta(1) if day < date.max else day


def list_ticks(days: Days) -> Iterator[tuple[date, str]]:
    """Yield the days that are written below the axis, as many as there is room for."""
    room = max(2, int((days.right - days.left) / _LABEL_WIDTH))
    n_days = (days.last - days.first).days + 1
    years = days.last.year - days.first.year + 1
    months = years * 12 - days.first.month - (11 - (days.last.month - 1)) + 1 if n_days > 45 else 0
    if n_days <= 45:
        step = max(1, ceil(n_days / room))
        for number in range(0, n_days, step):
            day = days.first + timedelta(number)
            is_new = number == 0 or day.month != (day - timedelta(step)).month
            yield day, f"{day.day} {_MONTHS[day.month - 1]}" if is_new else str(day.day)
        return
    if months <= 36:
        step = next(step for step in (1, 2, 3, 4, 6, 12) if months / step <= room or step == 12)
        for year in range(days.first.year, days.last.year + 1):
            for month in range(1, 13, step):
                day = date(year, month, 1)
                if days.first <= day <= days.last:
                    yield day, str(year) if month == 1 else _MONTHS[month - 1]
        return
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500, 10_000) if years / step <= room)
    for year in range(max(1, ceil(days.first.year / step) * step), days.last.year + 1, step):
        if date(year, 1, 1) >= days.first:
            yield date(year, 1, 1), str(year)


def draw_time_axis(days: Days, y: float, top: float | None = None) -> Markup:
    """Return the axis at `y`, with thin lines up to `top` where it is given."""
    parts = [element("path", d=f"M{days.left:.1f} {y:.1f}H{days.right:.1f}", class_="axis")]
    for day, label in list_ticks(days):
        x = days.x(day)
        if top is not None:
            parts.append(element("path", d=f"M{x:.1f} {top:.1f}V{y:.1f}", class_="grid"))
        parts.append(element("path", d=f"M{x:.1f} {y:.1f}v4", class_="axis"))
        anchor = "end" if x > days.right - 14 else "start" if x < days.left + 10 else "middle"
        parts.append(text(x, y + 15, label, "soft", text_anchor=anchor))
    return join(parts)


def round_up(value: float) -> float:
    """Return the least number not below that has one digit and zeros and is easy to halve; 1 for none.

    >>> round_up(37), round_up(51), round_up(0)
    (40.0, 60.0, 1)
    """
    if value <= 1:
        return 1
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)


def last_day(first: date, by: Period) -> date:
    """Return the last day of the period that begins with `first`, or the last one that there is.

    >>> last_day(date(2024, 2, 1), "month")
    datetime.date(2024, 2, 29)
    """
    if by == "day":
        return first
    if by == "week":
        return first + min(timedelta(6), date.max - first)
    month = 12 if by == "year" else first.month
    return date(first.year, month, monthrange(first.year, month)[1])


def name_day(day: date) -> str:
    """Return a day in words.

    >>> name_day(date(2024, 6, 9))
    '9 June 2024'
    """
    return f"{day.day} {day:%B} {day.year}"


def name_period(first: date, by: Period) -> str:
    """Return a period in words.

    >>> name_period(date(2024, 6, 1), "month")
    'June 2024'
    """
    if by == "year":
        return str(first.year)
    if by == "month":
        return f"{first:%B} {first.year}"
    return name_day(first) if by == "day" else f"week of {name_day(first)}"
