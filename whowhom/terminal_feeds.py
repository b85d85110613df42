"""What a person sees of feeds: the table of how each goes, and what a watch tells while it runs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from whowhom.schedule import FeedStatus
from whowhom.terminal import neutralize

if TYPE_CHECKING:
    from whowhom.polls import Report

_WIDEST = 160
# Each column with the width of the console from which on there is room for it.
_COLUMNS = {"articles": 0, "events": 60, "lag": 80, "errors": 80, "read": 0, "next": 60}
_SUMMARY_SECONDS = 3600.0
# Lines of the screen that are not rows: the names of the columns, the rule, the totals.
_LINES_BESIDE = 6


def describe_length(length: timedelta) -> str:
    """Write a length of time in its largest unit.

    >>> describe_length(timedelta(minutes=200)), describe_length(timedelta(seconds=20))
    ('3 h', '20 s')
    """
    seconds = max(length.total_seconds(), 0)
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (unit != "d" and seconds >= size):
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} s"


def make_feed_table(
    statuses: Iterable[FeedStatus], console: Console, *, now: datetime | None = None
) -> Table:
    """Return the table of feeds: when each was read, what came of it, and what went wrong."""
    now = now or _now()
    width = min(console.width, _WIDEST)
    columns = [name for name, least in _COLUMNS.items() if width >= least]
    table = Table(box=box.SIMPLE_HEAD, width=width, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("feed", ratio=1, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    for status in statuses:
        title = Text(neutralize(status.title or status.url)[:200])
        if status.error:
            ended = "ended: " if status.ended_at else ""
            title.append(f"\n{ended}{neutralize(status.error)[:200]}", "red")
        cells = {
            "articles": f"{status.n_articles:,}",
            "events": f"{status.n_events:,}",
            "lag": "" if status.lag is None else describe_length(status.lag),
            "errors": f"{status.n_errors:,} of {status.n_polls:,}",
            "read": "never" if status.ok_at is None else f"{describe_length(now - status.ok_at)} ago",
            "next": _describe_next(status, now),
        }
        table.add_row(title, *(cells[name] for name in columns))
    return table


def _describe_next(status: FeedStatus, now: datetime) -> str:
    if status.ended_at is not None:
        return "never"
    if status.next_at is None or status.next_at <= now:
        return "now"
    return f"in {describe_length(status.next_at - now)}"


def describe_poll(report: Report, *, now: datetime | None = None) -> str:
    """Write one line about a feed that was read or failed, "" where there is nothing new to say."""
    status = report.feed
    if status is None:
        return ""
    if status.error:
        # Said when it begins; `whowhom feeds` shows what lasts.
        if status.n_failed > 1 and status.ended_at is None:
            return ""
        wait = (
            ""
            if status.next_at is None or status.polled_at is None
            else (f"; asked again in {describe_length(status.next_at - status.polled_at)}")
        )
        told = f"{'has ended: ' if status.ended_at else ''}{status.error}{wait}"
    elif report.n_articles:
        lag = "" if status.lag is None else f", the newest after {describe_length(status.lag)}"
        told = f"{_count(report.n_articles, 'article')}, {_count(report.n_events, 'event')}{lag}"
    else:
        return ""
    return f"{_stamp(now)} {neutralize(status.title or status.url)[:100]}: {neutralize(told)[:300]}"


def describe_totals(report: Report, *, now: datetime | None = None) -> str:
    """Write how a watch goes as a whole, in one line."""
    feeds = report.feeds.values()
    n_failing = sum(bool(status.error) for status in feeds)
    return (
        f"{_stamp(now)} {_count(len(feeds), 'feed')}, {n_failing:,} failing; in this run "
        f"{_count(report.summary.n_articles, 'article')}, {_count(report.summary.n_events, 'event')}"
    )


class WatchDisplay:
    """Shows the reports of a watch; call it with each.

    Attributes:
        n_asked, n_failed: How often feeds were asked, and how often in vain.
        is_live: Whether a table stands on the screen; where it does not, there are lines.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        # A dumb terminal cannot redraw a table.
        self.is_live = console.is_terminal and not console.is_dumb_terminal
        self._latest: Report | None = None
        self.n_asked = 0
        self.n_failed = 0
        self._was_waiting = False
        self._summed = time.monotonic()

    def __call__(self, report: Report) -> None:
        self._latest = report
        if report.feed is not None:
            self.n_asked += 1
            self.n_failed += bool(report.feed.error)
        if not self.is_live:
            self._print_lines(report)

    def describe_quiet(self) -> str:
        """Write why no feed was asked, "" where one was."""
        feeds = self._latest.feeds.values() if self._latest is not None else ()
        if self.n_asked or not feeds:
            return ""
        if all(status.ended_at for status in feeds):
            return "every feed has ended, as its server said; `whowhom feeds` shows them"
        waits = [status.next_at - _now() for status in feeds if status.next_at is not None]
        first = f", the first in {describe_length(min(waits))}" if waits else ""
        return f"no feed is due{first}"

    def _print_lines(self, report: Report) -> None:
        lines = [describe_poll(report)]
        if report.waiting and not self._was_waiting:
            lines.append(f"{_stamp()} {neutralize(report.waiting)}")
        self._was_waiting = bool(report.waiting)
        if time.monotonic() - self._summed >= _SUMMARY_SECONDS:
            lines.append(describe_totals(report))
            self._summed = time.monotonic()
        for line in filter(None, lines):
            self._console.print(line, soft_wrap=True)

    def make_view(self) -> RenderableType:
        """Return what the screen shows now: what needs a look first, then what was read last."""
        report = self._latest
        if report is None:
            return Text("loading")
        ranked = sorted(
            report.feeds.values(),
            key=lambda status: (bool(status.error), status.polled_at or datetime.min),
            reverse=True,
        )
        # A feed with an error takes two lines.
        room = max(self._console.height - _LINES_BESIDE, 2)
        shown: list[FeedStatus] = []
        for status in ranked:
            room -= 2 if status.error else 1
            if room < 0:
                break
            shown.append(status)
        more = len(ranked) - len(shown)
        totals = describe_totals(report) + (f"; {more:,} more: whowhom feeds" if more else "")
        parts: list[RenderableType] = [make_feed_table(shown, self._console), Text(totals, "bold")]
        if report.waiting:
            parts.append(Text(neutralize(report.waiting), "yellow"))
        return Group(*parts)


@contextmanager
def show_watch(console: Console) -> Iterator[WatchDisplay]:
    """Give what shows the reports of a watch: a table on a terminal, lines elsewhere."""
    display = WatchDisplay(console)
    if not display.is_live:
        yield display
        return
    with Live(get_renderable=display.make_view, console=console, refresh_per_second=2):
        yield display


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _stamp(now: datetime | None = None) -> str:
    return f"{now or _now():%Y-%m-%d %H:%M}Z"


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
