"""Ties between actors as bars over time, one line a tie, with the state that each was in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from markupsafe import Markup

from whowhom.web.pictures.axes import Days, draw_time_axis, name_day
from whowhom.web.pictures.svg import (
    NARROW,
    WIDE,
    count,
    element,
    figure,
    hatch,
    join,
    link,
    measure,
    number,
    shorten,
    text,
)
from whowhom.web.pictures.timeline import draw_nothing

_ROW = 24
_ROW_NARROW = 46
_BAR = 9
# How far a state has come, from words alone to what holds: the states of codebooks/tie_kinds.csv.
_STATES_BY_WEIGHT = {
    "talk": ("announced", "expected", "negotiated"),
    "signed": ("signed", "ratified", "agreed"),
    "holds": (
        "in force", "imposed", "tightened", "extended", "supplied", "deployed", "held", "opened", "upgraded",
        "joined", "fighting", "at war",
    ),
    "rests": ("suspended", "reduced", "eased"),
    "over": ("ended", "cut", "withdrawn", "lifted", "halted", "cancelled", "left", "broken"),
}  # fmt: skip
_WEIGHT_BY_STATE = {state: weight for weight, states in _STATES_BY_WEIGHT.items() for state in states}


class Segment(NamedTuple):
    """A state of a tie from one day to another, both included.

    Attributes:
        first_day: None where it was so before all that was read.
        last_day: None where it still is.
        state: "announced", "signed", "in force", "suspended", "ended" or another word.
        is_doubtful: Whether reports only claim it, or differ; then it is hatched.
        href: What a click on it opens.
    """

    first_day: date | None
    last_day: date | None
    state: str
    is_doubtful: bool = False
    href: str = ""


class Line(NamedTuple):
    """A tie: its name, such as "RUS and PRK: defence pact", and its states in the order of time."""

    label: str
    segments: Sequence[Segment]
    href: str = ""


def tie_bars(
    lines: Sequence[Line],
    *,
    first_day: date,
    last_day: date,
    as_of: date | None = None,
    title: str,
    id: str = "ties",
    width: float = WIDE,
) -> Markup:
    """Draw ties as bars: thin for words, hollow for what is signed, full for what is in force.

    Args:
        lines: The ties, from top to bottom.
        first_day: Where the time axis begins.
        last_day: Where it ends.
        as_of: A day to be marked.
        title: What screen readers and hovering tell.
        id: Unique in the page.
        width: `WIDE` or `NARROW`; `at_two_widths` draws both.

    Raises:
        ValueError: The axis ends before it begins.
    """
    if last_day < first_day:
        raise ValueError(f"last_day {last_day} is before first_day {first_day}.")
    if not lines:
        return draw_nothing("ties", id, title, width, "No ties in these days.")
    is_wide = width > NARROW
    room = min(300.0, max(measure(line.label) for line in lines) + 14) if is_wide else 0
    days = Days(first_day, last_day, room or 4, width - 6)
    row, top = (_ROW if is_wide else _ROW_NARROW), 16.0
    base = top + row * len(lines) + 2
    parts = [draw_time_axis(days, base, top)]
    for number_, line in enumerate(lines):
        y = top + row * number_ + (row / 2 if is_wide else row - 10)
        at = (room - 10, y + 4, "end") if is_wide else (4.0, y - 19, "start")
        label = shorten(line.label, 290 if is_wide else width - 8)
        words = text(at[0], at[1], label, text_anchor=at[2])
        parts.append(link(line.href, line.label, words))
        parts += [_draw_segment(days, segment, line, y, id) for segment in line.segments]
    if as_of and first_day <= as_of <= last_day:
        parts.append(_draw_as_of(days, as_of, top, base))
    desc = f"{count(len(lines), 'tie')} from {name_day(first_day)} to {name_day(last_day)}."
    if as_of:
        desc += f" {_describe_as_of(lines, as_of)}"
    defs = hatch(id, "doubt", 4) + hatch(id, "doubt-light", 4)
    return figure("ties", *parts, id=id, width=width, height=base + 22, title=title, desc=desc, defs=defs)


def find_segment(line: Line, day: date) -> Segment | None:
    """Return the state of a tie on a day, the latest where several are given for it."""
    found = None
    for segment in line.segments:
        if (segment.first_day or date.min) <= day <= (segment.last_day or date.max):
            found = segment
    return found


def _describe_as_of(lines: Sequence[Line], as_of: date) -> str:
    told = []
    for line in lines:
        segment = find_segment(line, as_of)
        if segment:
            told.append(f"{line.label}: {segment.state}{' (doubtful)' if segment.is_doubtful else ''}")
    return f"On {name_day(as_of)}: {'; '.join(told)}." if told else f"None on {name_day(as_of)}."


def _draw_segment(days: Days, segment: Segment, line: Line, y: float, id: str) -> Markup:
    first, last = segment.first_day or days.first, segment.last_day or days.last
    if first > days.last or last < days.first:
        return Markup("")
    x, end = days.x(max(first, days.first)), days.end(min(last, days.last))
    wide = max(2.0, end - x)
    weight = _WEIGHT_BY_STATE.get(segment.state, "signed")
    height = {"talk": 3.0, "over": 1.0}.get(weight, float(_BAR))
    box = element("rect", x=x, y=y - height / 2, width=wide, height=height, class_=f"state {weight}")
    parts = [element("rect", x=x, y=y - _BAR, width=wide, height=2 * _BAR, class_="target"), box]
    if segment.is_doubtful:
        # Light lines over what is dark, dark ones over what is light.
        pattern = "doubt-light" if weight == "rests" else "doubt"
        tall = max(3.0, height)
        parts.append(
            element("rect", x=x, y=y - tall / 2, width=wide, height=tall, fill=f"url(#{id}-{pattern})")
        )
    if segment.first_day and first >= days.first:  # a state that began earlier has no edge here
        parts.append(element("path", d=f"M{number(x)} {number(y - _BAR / 2 - 2)}v{_BAR + 4}", class_="edge"))
    if wide > measure(segment.state, 9) + 8:
        parts.append(text(x + 4, y - _BAR / 2 - 2.5, segment.state, "tiny halo"))
    words = f"{line.label}: {segment.state}{', doubtful' if segment.is_doubtful else ''}, " + _name_span(
        segment
    )
    return link(segment.href, words, join(parts))


def _name_span(segment: Segment) -> str:
    first = f"from {name_day(segment.first_day)}" if segment.first_day else "from before what was read"
    return f"{first} to {name_day(segment.last_day)}" if segment.last_day else f"{first} on"


def _draw_as_of(days: Days, as_of: date, top: float, base: float) -> Markup:
    x = (days.x(as_of) + days.end(as_of)) / 2
    label = f"as of {name_day(as_of)}"
    half = measure(label) / 2
    anchor = "start" if x - half < days.left else "end" if x + half > days.right else "middle"
    return element("path", d=f"M{number(x)} {number(top - 4)}V{number(base)}", class_="as-of") + text(
        x, top - 6, label, "note", text_anchor=anchor
    )


def span_of(lines: Sequence[Line], *, margin_days: int = 30) -> tuple[date, date] | None:
    """Return first and last day named by the ties with a margin, to be used as the axis; None for none."""
    named = [
        day
        for line in lines
        for segment in line.segments
        for day in (segment.first_day, segment.last_day)
        if day is not None
    ]
    if not named:
        return None
    margin = timedelta(margin_days)
    return max(date.min + margin, min(named)) - margin, min(date.max - margin, max(named)) + margin
