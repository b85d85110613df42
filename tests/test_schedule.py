"""When a feed is asked again; no test here waits or fetches."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.schedule import (
    FeedStatus,
    find_due,
    parse_duration,
    parse_retry_after,
    plan_failure,
    plan_success,
)

NOW = datetime(2031, 3, 7, 12)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FEED = FeedStatus("https://a.example/feed")


def fail(status: FeedStatus, times: int = 1, **options: object) -> FeedStatus:
    for _ in range(times):
        given = {"every": QUARTER, "chance": 0.0, **options}
        status = plan_failure(status, status.next_at or NOW, "server answered 500", **given)  # type: ignore[arg-type]
    return status


@pytest.mark.parametrize(
    ("written", "length"),
    [("90s", timedelta(seconds=90)), ("15m", QUARTER), ("2h", 2 * HOUR), (" 1D12H ", 1.5 * DAY),
     ("1h30m", 1.5 * HOUR), (HOUR, HOUR)],
)  # fmt: skip
def test_a_length_of_time_is_read(written: str | timedelta, length: timedelta) -> None:
    """Days, hours, minutes and seconds, each at most once and in this order."""
    assert parse_duration(written) == length


@pytest.mark.parametrize("written", ["", "15", "0m", "m", "-5m", "30m1h", "1.5h", "fifteen", "9999999999d"])
def test_what_is_no_length_of_time_is_refused(written: str) -> None:
    """The message repeats it and tells how one is written."""
    with pytest.raises(ValueError, match="15m") as refused:
        parse_duration(written)
    assert repr(written) in str(refused.value)


@pytest.mark.parametrize(
    ("written", "length"),
    [("120", timedelta(minutes=2)), ("Fri, 07 Mar 2031 13:00:00 GMT", HOUR),
     ("Fri, 07 Mar 2031 11:00:00 GMT", timedelta()), ("99999999999999", timedelta(days=7)),
     ("Fri, 07 Mar 9999 11:00:00 GMT", timedelta(days=7)), ("soon", None), ("-5", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(written: str, length: timedelta | None) -> None:
    """A time gone by is no wait, over a week is cut, and what cannot be read counts as absent."""
    assert parse_retry_after(written, NOW) == length


def test_a_feed_is_asked_at_once_and_then_at_its_interval() -> None:
    """One never asked is due; one that was read is due an interval after it was asked."""
    assert find_due(FEED, every=QUARTER) == datetime.min
    read = plan_success(FEED, NOW, every=QUARTER)
    assert find_due(read, every=QUARTER) == NOW + QUARTER
    assert (read.n_polls, read.ok_at, read.error) == (1, NOW, "")


@pytest.mark.parametrize(("asked", "wait"), [(HOUR, HOUR), (timedelta(minutes=5), QUARTER), (30 * DAY, DAY)])
def test_a_publisher_may_ask_for_longer_waits(asked: timedelta, wait: timedelta) -> None:
    """Up to a day; a shorter one than the interval changes nothing."""
    assert plan_success(FEED, NOW, every=QUARTER, asked=asked).next_at == NOW + wait


def test_each_failure_doubles_the_wait_up_to_a_day() -> None:
    """30 minutes, an hour, two ... a day; a success begins anew."""
    waits = []
    status = FEED
    for _ in range(9):
        before = status.next_at or NOW
        status = fail(status)
        assert status.next_at is not None
        waits.append(status.next_at - before)
    assert waits == [2 * QUARTER, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY, DAY]
    assert (status.n_failed, status.n_errors, status.n_polls) == (9, 9, 9)
    well = plan_success(status, NOW, every=QUARTER)
    assert (well.n_failed, well.n_errors, well.next_at) == (0, 9, NOW + QUARTER)


@given(st.integers(0, 5000), st.floats(0, 1), st.timedeltas(timedelta(minutes=1), timedelta(days=40)))
def test_a_wait_after_errors_is_bounded(n_failed: int, chance: float, every: timedelta) -> None:
    """At least three quarters of two intervals or of a day, at most a day or the interval."""
    status = plan_failure(FeedStatus("u", n_failed=n_failed), NOW, "no", every=every, chance=chance)
    assert status.next_at is not None
    longest = max(DAY, every)
    assert 0.75 * min(2 * every, longest) <= status.next_at - NOW + timedelta(seconds=1)
    assert status.next_at - NOW <= longest


def test_retry_after_counts_where_it_is_longer() -> None:
    """Our own wait stays where the server asks for less."""
    assert fail(FEED, asked=3 * HOUR).next_at == NOW + 3 * HOUR
    assert fail(FEED, asked=timedelta(seconds=1)).next_at == NOW + 2 * QUARTER


def test_a_feed_that_is_gone_ends() -> None:
    """HTTP 410: it has no next time, and says when it ended and why."""
    gone = fail(FEED, http_status=410)
    assert (gone.ended_at, gone.next_at, gone.error) == (NOW, None, "server answered 500")
    assert find_due(gone, every=QUARTER) is None
    assert find_due(gone, every=QUARTER, once=True) is None


def test_a_feed_whose_new_address_is_gone_is_asked_where_it_was() -> None:
    """Only the address that was given can end a feed; a new one is forgotten with the first error."""
    moved = plan_success(FeedStatus(FEED.url, address="https://b.example/feed"), NOW, every=QUARTER)
    failed = fail(moved, http_status=410)
    assert (failed.address, failed.ended_at) == ("", None)
    assert failed.next_at is not None


def test_a_shorter_interval_counts_at_once_but_not_against_the_publisher() -> None:
    """A run begun anew with --every 5m does not wait for a plan made with an hour."""
    read = plan_success(FEED, NOW, every=HOUR)
    assert find_due(read, every=timedelta(minutes=5)) == NOW + timedelta(minutes=5)
    quiet = plan_success(FEED, NOW, every=HOUR, asked=2 * QUARTER)
    assert find_due(quiet, every=timedelta(minutes=5)) == NOW + 2 * QUARTER
    assert find_due(fail(FEED), every=timedelta(minutes=1)) == NOW + 2 * QUARTER


def test_once_asks_whatever_may_be_asked() -> None:
    """The interval is cron's; what the publisher and errors forbid stays forbidden."""
    assert find_due(plan_success(FEED, NOW, every=DAY), every=DAY, once=True) == NOW
    assert find_due(plan_success(FEED, NOW, every=DAY, asked=HOUR), every=DAY, once=True) == NOW + HOUR
    assert find_due(fail(FEED), every=DAY, once=True) == NOW + 2 * QUARTER
