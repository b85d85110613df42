"""Periods of time for series: of which length, and with those filled in of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from whowhom.series import Period
from whowhom.web.filters import Filters
from whowhom.web.pictures.axes import last_day
from whowhom.web.pictures.series import Point
from whowhom.web.pictures.timeline import Bar

Row = dict[str, Any]

# The greatest number of days that periods of this length still show in bars that can be told apart.
_MOST_DAYS: tuple[tuple[Period, int], ...] = (("day", 62), ("week", 366), ("month", 366 * 12))
# A wrong date of centuries ago must not make a picture of thousands of empty years: the latest are shown.
_MOST_PERIODS = 400
# No period has fewer: with more the earliest would be shown in place of the latest.
_DAYS: dict[Period, int] = {"day": 1, "week": 7, "month": 28, "year": 365}


def choose_period(first: date, last: date) -> Period:
    """Return the length of period in which a span of days is shown.

    >>> choose_period(date(2024, 1, 1), date(2024, 6, 30))
    'week'
    """
    return next((by for by, most in _MOST_DAYS if (last - first).days < most), "year")


def find_start(day: date, by: Period) -> date:
    """Return the first day of the period that a day lies in; weeks begin on Monday."""
    if by == "week":
        return day - timedelta(days=min(day.weekday(), (day - date.min).days))
    return day.replace(day=1 if by in ("month", "year") else day.day, month=1 if by == "year" else day.month)


def fill_periods(
    rows: Sequence[Row], by: Period, first: date, last: date
) -> Iterator[tuple[date, Row | None]]:
    """Yield every period from `first` to `last` with its row, None where there is none."""
    by_start = {row["period"]: row for row in rows}
    longest = min(_DAYS[by] * (_MOST_PERIODS - 1), (last - date.min).days)
    start, end = find_start(max(first, last - timedelta(days=longest)), by), find_start(last, by)
    for _ in range(_MOST_PERIODS):
        yield start, by_start.get(start)
        if start >= end:
            return
        start = last_day(start, by) + timedelta(days=1)


def make_bars(rows: Sequence[Row], by: Period, first: date, last: date, asked: Filters) -> list[Bar]:
    """Return the bars of a timeline of what the filters ask for; each opens what it counts."""
    return [
        Bar(start, _list_quads(row), row["n_articles"] if row else 0, _link_period(start, by, asked))
        for start, row in fill_periods(rows, by, first, last)
    ]


def _link_period(start: date, by: Period, asked: Filters) -> str:
    """Return the address of the incidents of a period: those whose first day lies in it.

    An incident of which only the year is known would else be behind each of its days, and counted in one.
    """
    end = last_day(start, by)
    # What begins after the first day that is asked for is asked for.
    first = asked.first if asked.first and asked.first > start else None
    last = min(asked.last, end) if asked.last else end
    begun = max(asked.begun, start) if asked.begun else start
    return f"/incidents{asked.write(first=first, last=last, begun=begun)}"


def make_points(rows: Sequence[Row], by: Period, first: date, last: date, asked: Filters) -> list[Point]:
    """Return the points of a series: counts, the mean of the scale with its spread, the share claimed."""
    points = []
    for bar, (_, row) in zip(
        make_bars(rows, by, first, last, asked), fill_periods(rows, by, first, last), strict=True
    ):
        scale, spread = (row["scale"], row["scale_spread"] or 0.0) if row else (None, 0.0)
        points.append(
            Point(
                bar,
                scale_mean=scale,
                scale_low=None if scale is None else max(scale - spread, -10.0),
                scale_high=None if scale is None else min(scale + spread, 10.0),
                share_claimed=row["n_claimed"] / bar.total if row and bar.total else None,
            )
        )
    return points


def _list_quads(row: Row | None) -> tuple[int, int, int, int]:
    return (row["n_1"], row["n_2"], row["n_3"], row["n_4"]) if row else (0, 0, 0, 0)
