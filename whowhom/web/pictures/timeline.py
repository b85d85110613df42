"""Counts by quad class over time, with how much was read of each period below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from markupsafe import Markup

from whowhom.series import Period
from whowhom.web.pictures.axes import Days, draw_time_axis, last_day, name_day, name_period, round_up
from whowhom.web.pictures.svg import (
    MOST_STOPS,
    NARROW,
    QUAD_NAMES,
    WIDE,
    count,
    element,
    figure,
    group,
    hatch,
    join,
    link,
    measure,
    number,
    text,
)

# From the axis upwards: cooperation lies still, conflict moves at the top, where it is looked for.
STACK = (2, 1, 3, 4)
# At the right of a wide picture, for the names of the classes.
KEY_WIDTH = 146
_COVERAGE_HEIGHT = 26


class Bar(NamedTuple):
    """What was reported of a period, and how much was read of it.

    Attributes:
        first_day: Its first day.
        n_by_quad: Numbers of quad classes 1 to 4.
        n_articles: Articles read; with 0 the period is hatched, as nothing is known of it.
        href: What a click on it opens.
    """

    first_day: date
    n_by_quad: tuple[int, int, int, int]
    n_articles: int
    href: str = ""

    @property
    def total(self) -> int:
        """Return the number of all classes."""
        return sum(self.n_by_quad)


def timeline(
    bars: Sequence[Bar],
    *,
    by: Period,
    title: str,
    id: str = "timeline",
    width: float = WIDE,
    height: float = 0,
    noun: str = "incident",
) -> Markup:
    """Draw stacked counts by quad class, with the number of articles read below.

    Args:
        bars: One a period, in the order of time, none left out.
        by: Length of the periods.
        title: What screen readers and hovering tell.
        id: Unique in the page.
        width: `WIDE` or `NARROW`; `at_two_widths` draws both.
        height: Of the whole; 0 for what suits the width.
        noun: What is counted.
    """
    height = height or (190 if width > NARROW else 200)
    if not bars:
        return draw_nothing("timeline", id, title, width, f"No {noun}s and no articles in these days.")
    is_wide = width > NARROW
    most = round_up(max(bar.total for bar in bars))
    most_read = max(bar.n_articles for bar in bars)
    left, right = measure(f"{max(most, most_read):,.0f}") + 8, width - (KEY_WIDTH if is_wide else 4)
    top = 8 if is_wide else 38
    days = Days(bars[0].first_day, last_day(bars[-1].first_day, by), left, right)
    coverage = height - 20 - _COVERAGE_HEIGHT
    base = coverage - 10
    content = [
        draw_unread(days, bars, by, top, base, id),
        _draw_stack(days, bars, by, top, base, most, id),
        draw_coverage(days, bars, by, coverage, _COVERAGE_HEIGHT, is_wide=is_wide),
        draw_time_axis(days, height - 20),
        _draw_key(right, top, is_wide=is_wide, id=id),
        _draw_links(days, bars, by, top, height - 20, noun),
    ]
    total = sum(bar.total for bar in bars)
    n_unread = sum(bar.n_articles == 0 for bar in bars)
    desc = f"{count(total, noun)} from {name_day(days.first)} to {name_day(days.last)}: " + ", ".join(
        f"{sum(bar.n_by_quad[quad - 1] for bar in bars):,} {name}" for quad, name in QUAD_NAMES.items()
    )
    desc += f"; {count(sum(bar.n_articles for bar in bars), 'article')} read"
    desc += f", none in {count(n_unread, by)}." if n_unread else "."
    defs = hatch(id, "unread", 5) + hatch(id, "words", 3)
    return figure("timeline", *content, id=id, width=width, height=height, title=title, desc=desc, defs=defs)


def draw_nothing(kind: str, id: str, title: str, width: float, words: str) -> Markup:
    """Return the picture of nothing, which says so."""
    line = text(width / 2, 34, words, "soft", text_anchor="middle")
    return figure(kind, line, id=id, width=width, height=60, title=title, desc=words)


def draw_unread(days: Days, bars: Sequence[Bar], by: Period, top: float, base: float, id: str) -> Markup:
    """Return hatched fields over periods of which no article was read."""
    fields = []
    for bar in bars:
        if bar.n_articles == 0:
            x = days.x(bar.first_day)
            fields.append(_box(x, top, days.end(last_day(bar.first_day, by)) - x, base - top))
    return element("path", d="".join(fields), fill=f"url(#{id}-unread)") if fields else Markup("")


def draw_coverage(
    days: Days, bars: Sequence[Bar], by: Period, top: float, height: float, *, is_wide: bool
) -> Markup:
    """Return the number of articles of each period as a field of steps."""
    most = max(bar.n_articles for bar in bars)
    base = top + height
    steps = [f"M{number(days.left)} {number(base)}"]
    for bar in bars:
        steps.append(f"V{number(base - height * bar.n_articles / max(1, most))}")
        steps.append(f"H{number(days.end(last_day(bar.first_day, by)))}")
    label = "articles read" if is_wide else ""
    return join(
        [
            element("path", d=f"{''.join(steps)}V{number(base)}Z", class_="coverage"),
            text(days.left - 5, top + 8, f"{most:,}", "soft", text_anchor="end"),
            text(days.right + 10, base - 3, label, "soft") if label else Markup(""),
        ]
    )


def _draw_stack(
    days: Days, bars: Sequence[Bar], by: Period, top: float, base: float, most: float, id: str
) -> Markup:
    unit = (base - top) / most
    parts = []
    for value in (most, most / 2) if most > 1 else (most,):
        y = base - value * unit
        parts.append(
            element("path", d=f"M{number(days.left)} {number(y)}H{number(days.right)}", class_="grid")
        )
        parts.append(text(days.left - 5, y + 4, f"{value:,.0f}", "soft", text_anchor="end"))
    shapes: dict[int, list[str]] = {quad: [] for quad in STACK}
    for bar in bars:
        x, end = days.x(bar.first_day), days.end(last_day(bar.first_day, by))
        gap = min(1.5, (end - x) * 0.15)
        feet = accumulate((bar.n_by_quad[quad - 1] for quad in STACK), initial=0)
        for quad, foot in zip(STACK, feet, strict=False):
            n = bar.n_by_quad[quad - 1]
            if n:
                shapes[quad].append(_box(x, base - (foot + n) * unit, end - x - gap, n * unit))
    for quad, boxes in shapes.items():
        if boxes:
            parts.append(element("path", d="".join(boxes), class_=f"fill q{quad}"))
    if shapes[3]:
        parts.append(element("path", d="".join(shapes[3]), fill=f"url(#{id}-words)"))
    parts.append(
        element("path", d=f"M{number(days.left)} {number(base)}H{number(days.right)}", class_="axis")
    )
    return join(parts)


def _draw_key(right: float, top: float, *, is_wide: bool, id: str) -> Markup:
    """Return the names of the classes: at the right in the order of the stack, or above it."""
    parts = []
    for row, quad in enumerate(reversed(STACK)):
        x, y = (right + 10, top + row * 16) if is_wide else (4 + row % 2 * 150, 4 + row // 2 * 15)
        box = _box(x, y, 9, 9)
        parts.append(element("path", d=box, class_=f"fill q{quad}"))
        if quad == 3:
            parts.append(element("path", d=box, fill=f"url(#{id}-words)"))
        parts.append(text(x + 14, y + 8.5, QUAD_NAMES[quad], "soft"))
    return group(*parts)


def _draw_links(days: Days, bars: Sequence[Bar], by: Period, top: float, base: float, noun: str) -> Markup:
    parts = []
    tabindex = "-1" if len(bars) > MOST_STOPS else None
    for bar in bars:
        x, end = days.x(bar.first_day), days.end(last_day(bar.first_day, by))
        target = element("path", d=_box(x, top, end - x, base - top), class_="target")
        parts.append(link(bar.href, describe_bar(bar, by, noun), target, tabindex=tabindex))
    return group(*parts)


def describe_bar(bar: Bar, by: Period, noun: str) -> str:
    """Return what a period holds, in words."""
    if bar.n_articles == 0 and bar.total == 0:
        return f"{name_period(bar.first_day, by)}: nothing read"
    named = [f"{n:,} {QUAD_NAMES[quad]}" for quad, n in enumerate(bar.n_by_quad, 1) if n]
    classes = f" ({', '.join(named)})" if named else ""
    return (
        f"{name_period(bar.first_day, by)}: {count(bar.total, noun)}{classes}; "
        f"{count(bar.n_articles, 'article')} read"
    )


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}Z"
