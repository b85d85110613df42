"""When each feed is asked again: as often as wanted, never more often than its publisher likes.

Everything here is a function of what is known of a feed and of the time that is given; nothing
waits and nothing is fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EVERY = timedelta(minutes=15)
LEAST = timedelta(minutes=1)
# The longest wait after errors, and the longest that a feed's own words (max-age, ttl) are heeded.
MOST = timedelta(days=1)
# A server that is asked to be left alone gets more time, but one typing error does not end a feed.
_MOST_ASKED = timedelta(days=7)
GONE = 410

_DURATION = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?")


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """What is known of a feed that is watched; times are UTC without a zone.

    Attributes:
        url: The address as it was given; it names the feed.
        title: What the feed, or else the list of feeds, calls it.
        address: Where it has moved for good, "" where it has not.
        polled_at, ok_at: When it was last asked, and when last with success.
        next_at: When it is to be asked again, None for one that has ended.
        not_before: Until when its publisher, or errors, forbid to ask; a shorter interval does not
            change that.
        ended_at: When its server said that it is gone.
        error: Why it could not be read the last time, "" where it could.
        n_polls, n_errors: How often it was asked, and how often in vain.
        n_failed: How often in vain since it last went well.
        newest_at: When its newest item was published, as it says.
        lag: How long after that the newest article was read.
    """

    url: str
    title: str = ""
    address: str = ""
    polled_at: datetime | None = None
    ok_at: datetime | None = None
    next_at: datetime | None = None
    not_before: datetime | None = None
    ended_at: datetime | None = None
    error: str = ""
    n_polls: int = 0
    n_errors: int = 0
    n_failed: int = 0
    n_articles: int = 0
    n_events: int = 0
    newest_at: datetime | None = None
    lag: timedelta | None = None


def parse_duration(written: str | timedelta) -> timedelta:
    """Return the time that "15m", "2h", "1d12h" or "90s" means.

    >>> parse_duration("1h30m")
    datetime.timedelta(seconds=5400)

    Raises:
        ValueError: It means none.
    """
    if isinstance(written, timedelta):
        return written
    found = _DURATION.fullmatch(written.strip().lower())
    parts = [int(part or 0) for part in found.groups()] if found else []
    if not any(parts):
        raise ValueError(f"{written!r} is no length of time. Write such as 90s, 15m, 2h or 1d12h.")
    days, hours, minutes, seconds = parts
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def parse_retry_after(written: str, now: datetime) -> timedelta | None:
    """Return how long a Retry-After asks to wait, None where it cannot be read.

    >>> parse_retry_after("120", datetime(2024, 6, 19))
    datetime.timedelta(seconds=120)
    >>> parse_retry_after("Wed, 19 Jun 2024 01:00:00 GMT", datetime(2024, 6, 19))
    datetime.timedelta(seconds=3600)
    """
    written = written.strip()
    if written.isdecimal():
        return min(timedelta(seconds=int(written[:9])), _MOST_ASKED)
    try:
        until = parsedate_to_datetime(written)
        until = until.astimezone(UTC).replace(tzinfo=None) if until.tzinfo else until
    except (ValueError, OverflowError):
        return None
    return min(max(until - now, timedelta()), _MOST_ASKED)


def plan_success(
    status: FeedStatus, now: datetime, *, every: timedelta, asked: timedelta | None = None
) -> FeedStatus:
    """Return what is known of a feed after it was read.

    Args:
        now: When it was asked.
        every: How often it is to be asked.
        asked: How long its publisher asks to wait; a longer `every` comes first, and over a day is
            not heeded.
    """
    quiet = min(asked or timedelta(), MOST)
    return replace(
        status,
        polled_at=now,
        ok_at=now,
        next_at=now + max(every, quiet),
        not_before=now + quiet,
        error="",
        n_polls=status.n_polls + 1,
        n_failed=0,
    )


def plan_failure(
    status: FeedStatus,
    now: datetime,
    error: str,
    *,
    every: timedelta,
    chance: float,
    http_status: int | None = None,
    asked: timedelta | None = None,
) -> FeedStatus:
    """Return what is known of a feed after it could not be read.

    Each failure doubles the wait, up to a day; one that is gone (HTTP 410) is not asked again. An
    address it had moved to is forgotten, since the given one may lead elsewhere by now.

    Args:
        chance: From 0 to 1, shortens the wait by up to a quarter: feeds of one server that failed
            together are not asked together again.
        asked: How long the server asks to wait (Retry-After); a longer wait than ours counts.
    """
    n_failed = status.n_failed + 1
    # 2**11 minutes are more than a day, and no float overflows.
    wait = min(every * 2 ** min(n_failed, 11), max(MOST, every)) * (1 - chance / 4)
    wait = max(wait, asked or timedelta())
    failed = replace(
        status,
        address="",
        polled_at=now,
        next_at=now + wait,
        not_before=now + wait,
        error=error,
        n_polls=status.n_polls + 1,
        n_errors=status.n_errors + 1,
        n_failed=n_failed,
    )
    if http_status == GONE and not status.address:
        return replace(failed, next_at=None, not_before=None, ended_at=now)
    return failed


def find_due(status: FeedStatus, *, every: timedelta, once: bool = False) -> datetime | None:
    """Return when a feed is to be asked, None for one that has ended.

    What was planned under another interval is planned anew; what its publisher asked for stands.

    Args:
        once: As soon as its publisher allows, whatever the interval: something else keeps the time.
    """
    if status.ended_at is not None:
        return None
    if status.polled_at is None:
        return datetime.min
    allowed = status.not_before or datetime.min
    if once:
        return allowed
    planned = status.polled_at + every
    return max(min(status.next_at or planned, planned), allowed)
