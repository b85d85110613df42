"""The day of publication."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.readers.days import parse_day

from . import load_cases


@pytest.mark.parametrize("case", load_cases("days.jsonl"), ids=lambda case: repr(case["written"]))
def test_day_is_read_as_it_is_written(case: dict[str, Any]) -> None:
    """The many ways of writing a day give it; what names no day, or two, gives None."""
    day = parse_day(case["written"])
    assert (day.isoformat() if day else None) == case["day"]


@given(st.datetimes(timezones=st.timezones()))
def test_no_day_is_moved_to_another_zone(moment: datetime) -> None:
    """A moment has the day of its own zone, as a value and as text."""
    assert parse_day(moment) == parse_day(moment.isoformat()) == moment.date()


@given(st.dates(min_value=date(1000, 1, 1)))
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
