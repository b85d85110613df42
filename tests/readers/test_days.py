"""The day of publication."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.readers.days import parse_day
from whowhom.records import EARLIEST, LATEST, Article

from . import load_cases


@pytest.mark.parametrize("case", load_cases("days.jsonl"), ids=lambda case: repr(case["written"]))
def test_day_is_read_as_it_is_written(case: dict[str, Any]) -> None:
    """The many ways of writing a day give it; what names no day, or two, gives None."""
    day = parse_day(case["written"])
    assert (day.isoformat() if day else None) == case["day"]


@given(st.datetimes(datetime(1000, 1, 2), datetime(2999, 12, 30), timezones=st.timezones()))
def test_no_day_is_moved_to_another_zone(moment: datetime) -> None:
    """A moment has the day of its own zone, as a value and as text."""
    assert parse_day(moment) == parse_day(moment.isoformat()) == moment.date()


@given(st.dates(EARLIEST, LATEST))
def test_every_usual_form_gives_the_same_day(day: date) -> None:
    """ISO, RSS and the long forms of either side of the Atlantic agree."""
    zone = timezone(timedelta(hours=-7))
    moment = datetime(day.year, day.month, day.day, 23, 59, tzinfo=zone)
    forms = [
        day.isoformat(),
        day.strftime("%Y%m%d"),
        moment.strftime("%a, %d %b %Y %H:%M:%S %z"),
        day.strftime("%B %d, %Y"),
        day.strftime("%d %B %Y"),
    ]
    assert {parse_day(form) for form in forms} == {day}


@given(st.text() | st.integers() | st.floats() | st.none() | st.binary())
def test_nothing_that_is_written_for_a_day_raises(written: object) -> None:
    """Hostile dates are no days, and no errors."""
    day = parse_day(written)
    assert day is None or isinstance(day, date)


@pytest.mark.parametrize("day", [date.min, date(999, 12, 31), date(3000, 1, 1), date.max])
def test_day_that_stands_for_none_is_refused_by_the_record(day: date) -> None:
    """Days before and after it are reckoned with, which ends where the calendar does."""
    assert parse_day(day) is None
    with pytest.raises(ValueError, match=f"published is {day}, expected a day of 1000 to 2999"):
        Article("a", "Text.", published=day)
