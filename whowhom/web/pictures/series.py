"""What one actor did, or one to another, over time: cooperation above the axis and conflict below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from markupsafe import Markup

from whowhom.series import Period
from whowhom.web.pictures.axes import Days, draw_time_axis, last_day, name_day, name_period, round_up
from whowhom.web.pictures.svg import (
    MOST_STOPS,
    NARROW,
    WIDE,
    count,
    element,
    figure,
    group,
    hatch,
    join,
    link,
    mark,
    measure,
    number,
    text,
)
from whowhom.web.pictures.timeline import (
    KEY_WIDTH,
    Bar,
    describe_bar,
    draw_coverage,
    draw_nothing,
    draw_unread,
)

_LANE = 30
_COUNTS = 150
_SCALE = 74
_COVERAGE = 24
_GAP = 16
# Marks of incidents beside one another in a lane at most.
_ROWS = 3
_MARK_ROOM = 8.0


class Point(NamedTuple):
    """A period of a series.

    Attributes:
        bar: Counts and coverage.
        scale_mean: Mean conflict-cooperation score, -10 to 10; None without events.
        scale_low, scale_high: Its spread, such as quartiles, where it is known.
        share_claimed: Share that is only claimed or doubtful, 0 to 1; None without events.
        change: "up" or "down" where a new level begins.
        change_event: The type that moved most.
    """

    bar: Bar
    scale_mean: float | None = None
    scale_low: float | None = None
    scale_high: float | None = None
    share_claimed: float | None = None
    change: Literal["", "up", "down"] = ""
    change_event: str = ""


class Dot(NamedTuple):
    """An incident in a series: its day, class and words, and what a click on it opens."""

    day: date
    quad: int
    label: str
    href: str = ""
    n_independent: int = 1


def series(
    points: Sequence[Point],
    dots: Sequence[Dot] = (),
    *,
    by: Period,
    title: str,
    id: str = "series",
    width: float = WIDE,
    noun: str = "incident",
) -> Markup:
    """Draw a series: incidents as marks, counts, the mean of the scale with its doubt, and coverage.

    The mean is a line in a band of its spread; a point on it is the emptier the more of the period is
    only claimed. Hatched periods were not read. Where a new level begins stands a line with its type.

    Args:
        points: One a period, in the order of time, none left out.
        dots: Incidents to be opened; those outside of the periods are left out.
        by: Length of the periods.
        title: What screen readers and hovering tell.
        id: Unique in the page.
        width: `WIDE` or `NARROW`; `at_two_widths` draws both.
        noun: What is counted.
    """
    if not points:
        return draw_nothing("series", id, title, width, f"No {noun}s and no articles in these days.")
    is_wide = width > NARROW
    bars = [point.bar for point in points]
    most = round_up(max(max(_halves(bar)) for bar in bars))
    most_read = max(bar.n_articles for bar in bars)
    left, right = measure(f"{max(most, most_read, 100):,.0f}") + 8, width - (KEY_WIDTH if is_wide else 4)
    days = Days(bars[0].first_day, last_day(bars[-1].first_day, by), left, right)
    inside = [dot for dot in dots if days.first <= dot.day <= days.last]
    top = 16.0
    upper = top + (_LANE if any(dot.quad <= 2 for dot in inside) else 6)
    lower = upper + _COUNTS
    scale = lower + (_LANE if any(dot.quad > 2 for dot in inside) else 6) + _GAP
    coverage = scale + _SCALE + _GAP
    base = coverage + _COVERAGE
    content = [
        draw_unread(days, bars, by, top, base, id),
        _draw_counts(days, bars, by, upper, lower, most, is_wide=is_wide, id=id),
        _draw_scale(days, points, by, scale, is_wide=is_wide),
        _draw_changes(days, points, top, base),
        draw_coverage(days, bars, by, coverage, _COVERAGE, is_wide=is_wide),
        draw_time_axis(days, base),
        _draw_targets(days, points, by, upper, base, noun),
        _draw_dots(days, [dot for dot in inside if dot.quad <= 2], upper - 6, -1),
        _draw_dots(days, [dot for dot in inside if dot.quad > 2], lower + 6, 1),
    ]
    defs = hatch(id, "unread", 5) + hatch(id, "words", 3)
    return figure(
        "series",
        *content,
        id=id,
        width=width,
        height=base + 20,
        title=title,
        desc=_describe(points, by, noun),
        defs=defs,
    )


def _describe(points: Sequence[Point], by: Period, noun: str) -> str:
    above, below = (sum(_halves(point.bar)[side] for point in points) for side in (0, 1))
    first, last = points[0].bar.first_day, last_day(points[-1].bar.first_day, by)
    words = (
        f"From {name_day(first)} to {name_day(last)}: {above:,} of cooperation, {below:,} of conflict; "
        f"{count(sum(point.bar.n_articles for point in points), 'article')} read."
    )
    changes = [_describe_change(point, by) for point in points if point.change]
    return f"{words} {'; '.join(changes)}." if changes else words


def _describe_change(point: Point, by: Period) -> str:
    what = f", most of all {point.change_event}" if point.change_event else ""
    return (
        f"from {name_period(point.bar.first_day, by)} on {'more' if point.change == 'up' else 'less'}{what}"
    )


def _halves(bar: Bar) -> tuple[int, int]:
    return bar.n_by_quad[0] + bar.n_by_quad[1], bar.n_by_quad[2] + bar.n_by_quad[3]


def _draw_counts(
    days: Days,
    bars: Sequence[Bar],
    by: Period,
    top: float,
    base: float,
    most: float,
    *,
    is_wide: bool,
    id: str,
) -> Markup:
    """Return the bars: deeds at the axis, words farther out, so that deeds can be compared."""
    middle = (top + base) / 2
    unit = (base - top) / 2 / most
    parts = []
    for value in (most, -most):
        y = middle - value * unit
        parts.append(
            element("path", d=f"M{number(days.left)} {number(y)}H{number(days.right)}", class_="grid")
        )
        parts.append(text(days.left - 5, y + 4, f"{abs(value):,.0f}", "soft", text_anchor="end"))
    shapes: dict[int, list[str]] = {2: [], 1: [], 4: [], 3: []}
    for bar in bars:
        x, end = days.x(bar.first_day), days.end(last_day(bar.first_day, by))
        wide = end - x - min(1.5, (end - x) * 0.15)
        verbal_good, good, verbal_bad, bad = (n * unit for n in bar.n_by_quad)
        for quad, y, high in (
            (2, middle - good, good),
            (1, middle - good - verbal_good, verbal_good),
            (4, middle, bad),
            (3, middle + bad, verbal_bad),
        ):
            if high:
                shapes[quad].append(
                    f"M{number(x)} {number(y)}h{number(wide)}v{number(high)}h{number(-wide)}Z"
                )
    for quad, boxes in shapes.items():
        if boxes:
            parts.append(element("path", d="".join(boxes), class_=f"fill q{quad}"))
    if shapes[3]:
        parts.append(element("path", d="".join(shapes[3]), fill=f"url(#{id}-words)"))
    parts.append(
        element("path", d=f"M{number(days.left)} {number(middle)}H{number(days.right)}", class_="axis strong")
    )
    parts.append(_draw_key(days, top, base, is_wide=is_wide, id=id))
    return join(parts)


def _draw_key(days: Days, top: float, base: float, *, is_wide: bool, id: str) -> Markup:
    middle = (top + base) / 2
    if not is_wide:
        return text(days.left + 3, top + 10, "cooperation", "halo") + text(
            days.left + 3, base - 4, "conflict", "halo"
        )
    parts = []
    x = days.right + 10
    for quad, y, words in (
        (1, middle - 34, "words of cooperation"),
        (2, middle - 16, "deeds of cooperation"),
        (4, middle + 8, "deeds of conflict"),
        (3, middle + 26, "words of conflict"),
    ):
        box = f"M{number(x)} {number(y)}h9v9h-9Z"
        parts.append(element("path", d=box, class_=f"fill q{quad}"))
        if quad == 3:
            parts.append(element("path", d=box, fill=f"url(#{id}-words)"))
        parts.append(text(x + 14, y + 8.5, words, "soft"))
    return group(*parts)


def _draw_scale(days: Days, points: Sequence[Point], by: Period, top: float, *, is_wide: bool) -> Markup:
    def y(value: float) -> float:
        return top + _SCALE / 2 - max(-10.0, min(10.0, value)) * _SCALE / 20

    def x(point: Point) -> float:
        first = point.bar.first_day
        return (days.x(first) + days.end(last_day(first, by))) / 2

    parts = []
    for value in (10, 0, -10):
        class_ = "axis" if value == 0 else "grid"
        parts.append(
            element("path", d=f"M{number(days.left)} {number(y(value))}H{number(days.right)}", class_=class_)
        )
        parts.append(
            text(days.left - 5, y(value) + 4, f"{value:+}" if value else "0", "soft", text_anchor="end")
        )
    if is_wide:
        parts.append(text(days.right + 10, y(0) - 3, "mean of the scale", "soft"))
        parts.append(text(days.right + 10, y(0) + 11, "hollow: only claimed", "soft"))
    for run in _list_runs(points):
        band = [point for point in run if point.scale_low is not None and point.scale_high is not None]
        upper = [f"{number(x(point))} {number(y(point.scale_high or 0))}" for point in band]
        lower = [f"{number(x(point))} {number(y(point.scale_low or 0))}" for point in reversed(band)]
        if len(band) > 1:
            parts.append(element("path", d=f"M{'L'.join([*upper, *lower])}Z", class_="band"))
        elif band:
            parts.append(element("path", d=f"M{upper[0]}L{lower[0]}", class_="band-line"))
        line = "L".join(f"{number(x(point))} {number(y(point.scale_mean or 0))}" for point in run)
        parts.append(element("path", d=f"M{line}", class_="line"))
        # Points of one colour below the hollow ones would shine through where they are only half claimed.
        radius = max(1.2, min(2.6, (days.right - days.left) / len(points) / 3))
        for point in run:
            at = {"cx": x(point), "cy": y(point.scale_mean or 0), "r": radius}
            parts.append(element("circle", **at, class_="paper"))
            shown = 1 - (point.share_claimed or 0)
            parts.append(element("circle", **at, class_="dot", fill_opacity=f"{shown:.2f}"))
    return join(parts)


def _list_runs(points: Iterable[Point]) -> list[list[Point]]:
    """Return the points that a line connects: over a period without events it does not go."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if point.scale_mean is not None:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _draw_changes(days: Days, points: Sequence[Point], top: float, base: float) -> Markup:
    parts = []
    free = -1.0
    for point in points:
        if not point.change:
            continue
        x = days.x(point.bar.first_day)
        sign = "▲" if point.change == "up" else "▼"
        words = f"{sign} {point.change_event}".strip()
        parts.append(element("path", d=f"M{number(x)} {number(top - 4)}V{number(base)}", class_="change"))
        is_last = x + measure(words) > days.right
        # Where two would overlap the sign alone stands; hovering and the table tell the type.
        shown = words if x > free else sign
        parts.append(text(x, top - 6, shown, "note", text_anchor="end" if is_last else "start"))
        free = x + measure(shown) + 6
    return group(*parts)


def _draw_targets(
    days: Days, points: Sequence[Point], by: Period, top: float, base: float, noun: str
) -> Markup:
    parts = []
    for point in points:
        first = point.bar.first_day
        x, end = days.x(first), days.end(last_day(first, by))
        words = describe_bar(point.bar, by, noun)
        if point.scale_mean is not None:
            words += f"; mean of the scale {point.scale_mean:+.1f}"
        if point.scale_low is not None and point.scale_high is not None:
            words += f" ({point.scale_low:+.1f} to {point.scale_high:+.1f})"
        if point.share_claimed is not None:
            words += f"; {point.share_claimed:.0%} only claimed"
        if point.change:
            words += f"; {_describe_change(point, by)}"
        box = f"M{number(x)} {number(top)}H{number(end)}V{number(base)}H{number(x)}Z"
        # The table has the periods; the Tab key goes through the incidents.
        parts.append(link(point.bar.href, words, element("path", d=box, class_="target"), tabindex="-1"))
    return group(*parts)


def _draw_dots(days: Days, dots: Sequence[Dot], y: float, direction: int) -> Markup:
    """Return the marks of a lane; those of near days stand above one another."""
    parts = []
    tabindex = "-1" if len(dots) > MOST_STOPS else None
    last_x = [-_MARK_ROOM] * _ROWS
    for dot in sorted(dots, key=lambda dot: (dot.day, -dot.n_independent, dot.label)):
        x = (days.x(dot.day) + days.end(dot.day)) / 2
        row = next((row for row in range(_ROWS) if x - last_x[row] >= _MARK_ROOM), None)
        # In a crowd they overlap in the outermost row; all of them can be reached by the table.
        row = _ROWS - 1 if row is None else row
        last_x[row] = x
        radius = min(4.5, 2.4 + 0.35 * dot.n_independent)
        label = f"{name_day(dot.day)}: {dot.label}"
        shape = mark(dot.quad, x, y + direction * row * _MARK_ROOM, radius)
        parts.append(link(dot.href, label, shape, tabindex=tabindex))
    return group(*parts)
