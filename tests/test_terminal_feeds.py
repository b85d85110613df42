"""What is shown of feeds."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest

from whowhom.api import Summary
from whowhom.polls import Report
from whowhom.schedule import FeedStatus
from whowhom.terminal import make_console
from whowhom.terminal_feeds import WatchDisplay, describe_length, describe_poll, make_feed_table, show_watch

NOW = datetime(2031, 3, 7, 12)
HOUR = timedelta(hours=1)
WELL = FeedStatus(
    "https://a.example/feed", "Demo News", polled_at=NOW, ok_at=NOW, next_at=NOW + HOUR, n_polls=3,
    n_articles=1200, n_events=3400, lag=timedelta(minutes=7),
)  # fmt: skip
FAILED = FeedStatus(
    "https://b.example/feed", polled_at=NOW, next_at=NOW + HOUR, error="server answered 500", n_polls=1,
    n_errors=1, n_failed=1,
)  # fmt: skip


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0 s"), (-5, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "60 min"), (3600, "1 h"),
     (86_400, "24 h"), (172_800, "2 d"), (40_000_000, "463 d")],
)  # fmt: skip
def test_a_length_is_written_in_its_largest_unit(seconds: int, written: str) -> None:
    """Up to two days in hours."""
    assert describe_length(timedelta(seconds=seconds)) == written


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_table_fits_any_width(width: int) -> None:
    """No line is longer than the console; the numbers are there."""
    stream = io.StringIO()
    console = make_console(stream, width=width)
    console.print(make_feed_table([WELL, FAILED], console, now=NOW + HOUR / 2))
    shown = stream.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    assert "1,200" in shown
    assert "30 min ago" in shown
    assert ("in 30 min" in shown) == (width >= 60)
    assert "…" not in shown


def test_a_poll_without_news_says_nothing() -> None:
    """A log of a quiet night stays short: no line for nothing new, none for an error that lasts."""
    feeds = {one.url: one for one in (WELL, FAILED)}
    lasting = FeedStatus("https://b.example/feed", error="server answered 500", n_failed=2)
    assert describe_poll(Report(feeds, Summary(), WELL)) == ""
    assert describe_poll(Report(feeds, Summary(), lasting)) == ""
    assert describe_poll(Report(feeds, Summary(), WELL, 2, 5), now=NOW) == (
        "2031-03-07 12:00Z Demo News: 2 articles, 5 events, the newest after 7 min"
    )
    assert describe_poll(Report(feeds, Summary(), FAILED), now=NOW) == (
        "2031-03-07 12:00Z https://b.example/feed: server answered 500; asked again in 1 h"
    )


def test_an_hour_gives_a_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, with the next report after it has gone by."""
    stream = io.StringIO()
    display = WatchDisplay(make_console(stream))
    report = Report({WELL.url: WELL, FAILED.url: FAILED}, Summary(n_articles=7, n_events=9), WELL)
    display(report)
    assert stream.getvalue() == ""
    monkeypatch.setattr("whowhom.terminal_feeds._SUMMARY_SECONDS", 0.0)
    display(report)
    assert "2 feeds, 1 failing; in this run 7 articles, 9 events" in stream.getvalue()


def test_waiting_for_the_store_is_told_once() -> None:
    """Not four times a second."""
    stream = io.StringIO()
    display = WatchDisplay(make_console(stream))
    for _ in range(3):
        display(Report({WELL.url: WELL}, Summary(), waiting="the store is in use"))
    assert stream.getvalue().count("in use") == 1


def test_a_terminal_shows_as_many_feeds_as_it_has_room_for() -> None:
    """Those with errors first; the others are counted."""
    console = make_console(_Screen(), width=100, height=12, force_terminal=True)
    display = WatchDisplay(console)
    feeds = {f"https://{n}.example/": FeedStatus(f"https://{n}.example/", polled_at=NOW) for n in range(50)}
    display(Report({**feeds, FAILED.url: FAILED}, Summary()))
    with console.capture() as captured:
        console.print(display.make_view())
    shown = captured.get()
    assert "server answered 500" in shown
    assert len(shown.splitlines()) <= 12
    assert "46 more: whowhom feeds" in shown


def test_a_table_stands_on_a_terminal_while_it_is_watched() -> None:
    """It is drawn before the first report, and the last state of it stays."""
    screen = _Screen()
    with show_watch(make_console(screen, width=100, force_terminal=True)) as display:
        display(Report({WELL.url: WELL}, Summary(), WELL, 1, 2))
    assert "Demo News" in screen.getvalue()
