"""Tests of the timeline, the series and the ties."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.pictures.examples import BARS, DOTS, LINES, POINTS, SVG, list_words, parse, read_desc
from whowhom.web.pictures.axes import Days, last_day, list_ticks, round_up
from whowhom.web.pictures.series import Dot, Point, series
from whowhom.web.pictures.ties import Line, Segment, find_segment, span_of, tie_bars
from whowhom.web.pictures.timeline import Bar, timeline

_BOX = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)")


def list_boxes(picture, class_):
    """Return (x, y, width, height) of the bars of a class."""
    return [
        tuple(map(float, box))
        for one in parse(picture).iter(f"{SVG}path")
        if one.get("class") == class_
        for box in _BOX.findall(one.get("d"))
    ]


def test_periods_of_which_nothing_was_read_are_hatched():
    """February has no articles: that is a gap in reading, not a month without incidents."""
    picture = timeline(BARS, by="month", title="T", id="t")
    hatched = [one for one in parse(picture).iter(f"{SVG}path") if one.get("fill") == "url(#t-unread)"]
    assert len(hatched) == 1
    assert len(_BOX.findall(hatched[0].get("d"))) == 1
    assert "none in 1 month" in read_desc(picture)


def test_period_that_was_read_and_had_nothing_is_not_hatched():
    """Its zero is a finding."""
    picture = timeline([Bar(date(2024, 1, 1), (0, 0, 0, 0), 7)], by="month", title="T", id="t")
    assert 'fill="url(#t-unread)"' not in picture


def test_heights_of_bars_are_as_the_numbers():
    """Four of material conflict stand twice as high as two of verbal conflict."""
    picture = timeline(BARS[:1], by="month", title="T")
    # The first box of a class is the bar, the next one its sample in the key.
    heights = {quad: list_boxes(picture, f"fill q{quad}")[0][3] for quad in (1, 2, 3, 4)}
    assert heights[4] == pytest.approx(2 * heights[3], abs=0.15)
    assert heights[1] == pytest.approx(3 * heights[2], abs=0.25)


def test_classes_of_a_bar_stand_on_one_another():
    """Each begins where the one below ends, and the lowest at the axis."""
    picture = timeline(BARS[:1], by="month", title="T")
    boxes = [list_boxes(picture, f"fill q{quad}")[0] for quad in (2, 1, 3, 4)]
    for below, above in pairwise(boxes):
        assert above[1] + above[3] == pytest.approx(below[1], abs=0.11)


def test_line_of_the_scale_does_not_go_over_a_gap():
    """Where nothing happened there is no mean, and none is made up."""
    lines = [
        one
        for one in parse(series(POINTS, by="month", title="T")).iter(f"{SVG}path")
        if one.get("class") == "line"
    ]
    assert len(lines) == 2


def test_point_is_the_emptier_the_more_is_claimed():
    """A period that is only claimed has a hollow point."""
    dots = [
        one
        for one in parse(series(POINTS, by="month", title="T")).iter(f"{SVG}circle")
        if one.get("class") == "dot"
    ]
    assert [one.get("fill-opacity") for one in dots] == ["0.75", "0.00"]


def test_incidents_open_and_stand_on_the_side_of_their_class():
    """Cooperation lies above the bars, conflict below."""
    marks = {
        one.get("href"): next(child for child in one if child.tag != f"{SVG}title")
        for one in parse(series(POINTS, DOTS, by="month", title="T")).iter(f"{SVG}a")
        if one.get("href").startswith("/incident/")
    }
    above = float(marks["/incident/1"].get("cy"))
    below = float(marks["/incident/2"].get("d").split("L")[0].split()[1])
    assert above < below


def test_incidents_outside_of_the_periods_are_left_out():
    """They would stand at the edge, where they did not happen."""
    picture = series(POINTS, [Dot(date(2020, 1, 1), 4, "long ago", "/incident/9")], by="month", title="T")
    assert "/incident/9" not in picture


def test_change_is_written_with_what_moved():
    """The mark names the type, and the description tells it too."""
    picture = series(POINTS, by="month", title="T")
    assert "▲ ASSAULT" in list_words(picture)
    assert "from March 2024 on more, most of all ASSAULT" in read_desc(picture)


def test_state_of_a_tie_on_a_day_is_told():
    """The day that is marked is told in words."""
    picture = tie_bars(
        LINES, first_day=date(2024, 1, 1), last_day=date(2025, 1, 1), as_of=date(2024, 5, 1), title="T"
    )
    assert (
        "On 1 May 2024: RUS and PRK: defence pact: announced (doubtful); USA to RUS: sanctions: in force."
        in read_desc(picture)
    )
    assert "as of 1 May 2024" in list_words(picture)


def test_doubtful_states_are_hatched():
    """Only the announcement is doubtful."""
    picture = tie_bars(LINES, first_day=date(2024, 1, 1), last_day=date(2025, 1, 1), title="T", id="t")
    assert picture.count('fill="url(#t-doubt)"') == 1


def test_state_outside_of_the_axis_is_not_drawn():
    """A bar at the edge would say that it was so within."""
    old = Line("old", [Segment(date(1990, 1, 1), date(1991, 1, 1), "in force", href="/tie/9")])
    picture = tie_bars([old], first_day=date(2024, 1, 1), last_day=date(2025, 1, 1), title="T")
    assert "/tie/9" not in picture


def test_axis_that_ends_before_it_begins_is_refused():
    """Both days are named."""
    with pytest.raises(ValueError, match="2023-01-01 is before first_day 2024-01-01"):
        tie_bars(LINES, first_day=date(2024, 1, 1), last_day=date(2023, 1, 1), title="T")


def test_axis_of_ties_reaches_over_all_days_that_they_name():
    """With a margin at both ends; ties without any day have no axis."""
    assert span_of(LINES, margin_days=10) == (date(2024, 2, 20), date(2024, 12, 14))
    assert span_of([LINES[1]]) is None


def test_later_state_wins_where_two_meet():
    """On the day of the change the tie is in its new state."""
    line = Line("t", [Segment(None, date(2024, 1, 5), "signed"), Segment(date(2024, 1, 5), None, "in force")])
    assert find_segment(line, date(2024, 1, 5)).state == "in force"


@given(st.dates(date(1800, 1, 1), date(2200, 1, 1)), st.integers(0, 200_000), st.sampled_from([340.0, 830.0]))
def test_days_below_an_axis_are_some_but_not_too_many(first, n_days, width):
    """From a day to centuries there are between one and as many labels as have room."""
    days = Days(first, first + timedelta(n_days), 0, width)
    ticks = list(list_ticks(days))
    assert len(ticks) <= width / 45 + 1
    assert all(days.first <= day <= days.last for day, _ in ticks)
    assert ticks or n_days > 45
    assert [day for day, _ in ticks] == sorted({day for day, _ in ticks})


@given(st.floats(0, 1e9))
def test_axis_ends_above_the_largest_number(value):
    """And not so far above that bars would be flat."""
    assert value <= round_up(value) <= max(1, 2.1 * value)


@pytest.mark.parametrize(
    ("first", "by", "last"),
    [
        (date(2024, 2, 1), "month", date(2024, 2, 29)),
        (date(2024, 12, 1), "month", date(2024, 12, 31)),
        (date(2024, 12, 30), "week", date(2025, 1, 5)),
        (date(2024, 1, 1), "year", date(2024, 12, 31)),
        (date(2024, 1, 1), "day", date(2024, 1, 1)),
    ],
)
def test_last_day_of_a_period(first, by, last):
    """Each kind of period ends where the next one begins."""
    assert last_day(first, by) == last


def test_series_of_one_point_and_of_much_can_be_drawn():
    """A single period, and three years of days."""
    assert (
        parse(series([Point(Bar(date(2024, 1, 1), (0, 0, 0, 1), 1), -9.0)], by="day", title="T")) is not None
    )
    many = [Point(Bar(date(2021, 1, 1) + timedelta(n), (1, 0, n % 3, 0), 5), 1.0) for n in range(1095)]
    assert len(list_words(series(many, by="day", title="T"))) < 40
