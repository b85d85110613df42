"""Feeds watched: each asked in its turn, what is new in it coded and kept.

    Schedule ─▶ poll_feed ─▶ what the store lacks ─▶ code_articles ─▶ store.add
                threads      └──────────── one thread, one model ───────────┘

Feeds are fetched and taken apart in threads, all else happens in the thread that calls `Watcher.run`.
The store is open only while something is looked up or added; a large one is joined to incidents in a copy.
A feed counts as read once its last article is in the store, so a program that is killed at any instant
asks again for what it had not yet kept, and what it had kept it finds there.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit

import whowhom.store
from whowhom.api import Outcome, Summary
from whowhom.pipeline import code_articles
from whowhom.readers import judge_language
from whowhom.readers.encoding import decode
from whowhom.readers.feeds import open_feed
from whowhom.readers.html import find_feed_link
from whowhom.readers.kinds import find_kind
from whowhom.readers.opml import Subscription
from whowhom.readers.source import Source, SourceError, Validators
from whowhom.readers.web import FetchError, fetch
from whowhom.records import Article, CodedArticle, Skip, content_hash
from whowhom.rows import Keep
from whowhom.schedule import FeedStatus, find_due, parse_retry_after, plan_failure, plan_success
from whowhom.store import HELD, Store, StoreBusyError

# Between the end of one request to a host and the next.
PAUSE_SECONDS = 1.0
MOST_FETCHES = 8
# A look at the clock, at feeds that came in and at the wish to stop.
_TICK_SECONDS = 0.25
# What a kill costs at most. To open and close a store of 1,000 articles took 0.1 to 0.25 s on two cores
# that ten other programs were using.
_BATCH_SECONDS = 5.0
_BATCH_ARTICLES = 512
# Incidents are built after each round of articles, but take no more than a tenth of the time.
_BUILD_SHARE = 0.1
# `once` waits for what is nearly due: cron starts a second early as often as a second late.
_SOON = timedelta(seconds=30)
# How long whoever has the store open is waited for when the run is to end.
_LAST_WAIT_SECONDS = 20.0
_TOO_MANY_REQUESTS = 429
# Feeds have tens of items, a few have thousands. Taking apart 20 MB of "<item>" takes minutes, each time.
_MOST_ITEMS = 10_000


@dataclass(frozen=True, slots=True)
class Poll:
    """What it came to to ask one feed.

    Attributes:
        url: The feed's address as it was given.
        at: When it was asked.
        error: Why it could not be read, "" where it could.
        asked: How long its server or its publisher asks to wait.
        validators: To be sent the next time, None where nothing new was sent.
    """

    url: str
    at: datetime
    items: tuple[Article | Skip, ...] = ()
    title: str = ""
    moved: str = ""
    newest: datetime | None = None
    asked: timedelta | None = None
    validators: Validators | None = None
    error: str = ""
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a watch has to tell: of one feed, or that it waits.

    Attributes:
        feeds: All feeds by their addresses, as they are known now.
        summary: What the run came to so far; it grows.
        feed: The feed that was read or failed, None at the start and while waiting.
        n_articles: Articles of this poll of the feed that were new.
        n_events: Their events.
        waiting: Why nothing goes on, "" where it does.
    """

    feeds: Mapping[str, FeedStatus]
    summary: Summary
    feed: FeedStatus | None = None
    n_articles: int = 0
    n_events: int = 0
    waiting: str = ""


Tell = Callable[[Report], None]
Used = TypeVar("Used")


def poll_feed(
    url: str, at: datetime, *, address: str = "", known: Validators | None = None, allow_local: bool = False
) -> Poll:
    """Ask one feed and take it apart; whatever goes wrong is in the `error` of what comes back.

    Args:
        url: Its address as it was given.
        at: The time now.
        address: Where it is asked for, if not there.
        known: What its server gave the last time.
    """
    known = known or Validators()
    try:
        fetched = fetch(address or url, allow_local=allow_local, etag=known.etag, modified=known.modified)
        asked = timedelta(seconds=fetched.fresh_seconds)
        moved = fetched.moved or address
        if fetched.not_modified:
            return Poll(url, at, asked=asked, moved=moved)
        source = fetched.as_source()
        _require_feed(source, fetched.content)
        feed = open_feed(source)
        return Poll(
            url,
            at,
            # The number of an item changes with every new one above it; what is skipped would be
            # another Skip each time.
            tuple(replace(item, origin=url) for item in feed.items),
            title=feed.title,
            moved=moved,
            newest=feed.newest,
            asked=max(asked, feed.wait or timedelta()),
            validators=Validators(fetched.etag, fetched.modified),
        )
    except FetchError as error:
        wait = parse_retry_after(error.retry_after, at) if error.retry_after else None
        return Poll(url, at, error=str(error), http_status=error.status, asked=wait)
    except SourceError as error:
        return Poll(url, at, error=str(error))
    # A thread that dies would leave its feed unread for ever, and what strangers send can break
    # libraries in ways that nobody has thought of.
    except Exception as error:
        return Poll(url, at, error=f"cannot be read: {type(error).__name__}: {error}")


def _require_feed(source: Source, content: bytes) -> None:
    """Raise for what is no feed, with the feed's address where a page names it."""
    if not source.head.strip():
        raise SourceError("empty: the server sent nothing")
    kind = find_kind(source)
    if kind == "feed":
        n_items = sum(content.count(mark) for mark in (b"<item", b"<entry", b'"id"'))
        if n_items > _MOST_ITEMS:
            raise SourceError(f"some {n_items:,} items, over {_MOST_ITEMS:,}; `whowhom read` reads it once")
        return
    link = find_feed_link(decode(content, charset=source.charset, markup=True), source.url)
    hint = f". The page names the feed {link}" if kind == "html" and link else ""
    raise SourceError(f"no feed (it looks like {kind}){hint}")


class _Reading:
    """A poll whose articles are on their way to the store."""

    def __init__(self, poll: Poll, n_left: int) -> None:
        self.poll = poll
        self.n_left = n_left
        self.n_articles = 0
        self.n_events = 0


class Watcher:
    """Watches feeds until it is told to stop; `run` does it all.

    Args:
        subscriptions: The feeds.
        path: The DuckDB file of the store; made where there is none.
        every: How often each feed is to be asked.
        allow_local: Also ask private, loopback and link-local addresses.
        keep: What is kept of texts, as for `whowhom.read`.
        stop: Set to end the run: what is being coded is finished and kept.
        tell: Called for each feed that was read, and when the run has to wait.
        clock: The time now, UTC without a zone.
        pause_seconds: Between two requests to one host.
    """

    def __init__(
        self,
        subscriptions: Iterable[Subscription],
        path: str | Path,
        *,
        every: timedelta,
        allow_local: bool = False,
        keep: Keep = "text",
        stop: threading.Event | None = None,
        tell: Tell | None = None,
        clock: Callable[[], datetime] | None = None,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self.summary = Summary()
        self._path = path
        self._every = every
        self._allow_local = allow_local
        self._keep_of_texts: Keep = keep
        self._stop = stop or threading.Event()
        self._tell = tell or (lambda report: None)
        self._clock = clock or (lambda: datetime.now(UTC).replace(tzinfo=None))
        self._pause_seconds = pause_seconds
        self._status = {one.url: FeedStatus(one.url, one.title) for one in subscriptions}
        self._due: dict[str, datetime] = {}
        self._validators: dict[str, Validators] = {}
        self._wait_by_url: dict[str, timedelta] = {}
        self._skipped_by_url: dict[str, set[str]] = {}
        self._in_hand: set[str] = set()
        self._busy_hosts: set[str] = set()
        self._host_free: dict[str, float] = {}
        self._arrived: SimpleQueue[Poll] = SimpleQueue()
        self._is_interrupted = False
        # The last run may have been killed between adding and building.
        self._has_unbuilt = True
        self._build_from = 0.0

    def run(self, *, once: bool = False, lasting: timedelta | None = None) -> Summary:
        """Watch until told to stop, until every feed has ended, or as long as `lasting`.

        Args:
            once: Ask each feed once, those that are due or nearly so, and return.

        Raises:
            StoreError: The store cannot be written.
            KeyboardInterrupt: After what was coded has been kept.
        """
        start = time.monotonic()
        until = None if lasting is None else start + lasting.total_seconds()
        self._load(once)
        self._report()
        try:
            while self._goes_on(until):
                self._start_polls()
                polls = self._take_polls()
                if polls:
                    self._keep(polls, once)
                    self.summary.seconds = time.monotonic() - start
                if self._has_unbuilt and time.monotonic() >= self._build_from and not once:
                    self._build()
        except KeyboardInterrupt:
            self._is_interrupted = True
        if self._has_unbuilt:
            self._build()
        if self._is_interrupted:
            raise KeyboardInterrupt
        return self.summary

    def _load(self, once: bool) -> None:
        """Go on from what the store knows of the feeds."""
        now = self._clock()
        with self._open() as kept:
            known = {status.url: status for status in kept.feed_statuses() if status.url in self._status}
            for url, status in self._status.items():
                old = known.get(url, status)
                self._status[url] = replace(old, title=old.title or status.title)
            kept.keep_feeds(status for url, status in self._status.items() if url not in known)
            with kept.feed_state() as state:
                self._validators = {url: state.get(url) or Validators() for url in self._status}
        for url, status in self._status.items():
            due = find_due(status, every=self._every, once=once)
            if due is not None and not (once and due > now + _SOON):
                self._due[url] = due

    def _goes_on(self, until: float | None) -> bool:
        is_over = self._stop.is_set() or (until is not None and time.monotonic() >= until)
        return not is_over and bool(self._due or self._in_hand)

    def _start_polls(self) -> None:
        """Ask the feeds that are due, the longest due first, one of a host at a time."""
        now, moment = self._clock(), time.monotonic()
        for url in sorted((url for url, due in self._due.items() if due <= now), key=self._due.__getitem__):
            if len(self._in_hand) >= MOST_FETCHES:
                return
            host = self._find_host(url)
            if host in self._busy_hosts or self._host_free.get(host, 0.0) > moment:
                continue
            del self._due[url]
            self._in_hand.add(url)
            self._busy_hosts.add(host)
            # Not of a pool, which at the end of the program would wait for servers that do not answer.
            threading.Thread(target=self._poll, args=(url, now), daemon=True).start()

    def _find_host(self, url: str) -> str:
        return urlsplit(self._status[url].address or url).hostname or ""

    def _poll(self, url: str, now: datetime) -> None:
        self._arrived.put(
            poll_feed(
                url,
                now,
                address=self._status[url].address,
                known=self._validators.get(url),
                allow_local=self._allow_local,
            )
        )

    def _take_polls(self) -> list[Poll]:
        """Return the polls that have come in, after a tick at most."""
        polls: list[Poll] = []
        try:
            polls.append(self._arrived.get(timeout=_TICK_SECONDS))
            while True:
                polls.append(self._arrived.get_nowait())
        except Empty:
            pass
        for poll in polls:
            host = self._find_host(poll.url)
            self._busy_hosts.discard(host)
            pause = self._pause_seconds
            if poll.http_status == _TOO_MANY_REQUESTS and poll.asked:
                pause = max(pause, poll.asked.total_seconds())
            self._host_free[host] = time.monotonic() + pause
        return polls

    def _keep(self, polls: Sequence[Poll], once: bool) -> None:
        """Code what is new in polls and keep it, batch by batch."""
        with self._open() as kept:
            fresh = self._find_fresh(polls, kept)
            readings = {poll.url: _Reading(poll, 0) for poll in polls}
            for url, _ in fresh:
                readings[url].n_left += 1
            self._finish([one for one in readings.values() if not one.n_left], kept, once)
        owners = deque(readings[url] for url, _ in fresh)
        outcomes = code_articles(item for _, item in fresh)
        while owners and not self._is_interrupted:
            batch = self._take_batch(outcomes)
            with self._open() as kept:
                kept.add(batch, keep=self._keep_of_texts)
                touched = self._count(batch, owners)
                self._finish([one for one in touched if not one.n_left], kept, once)
                kept.keep_feeds(self._status[one.poll.url] for one in touched if one.n_left)
                self._has_unbuilt = True
            if self._stop.is_set():
                return
            self._start_polls()
        if self._is_interrupted:
            raise KeyboardInterrupt

    def _find_fresh(self, polls: Sequence[Poll], kept: Store) -> list[tuple[str, Article | Skip]]:
        """Return what the store lacks, with the feed it is from; what cannot be coded as Skips.

        Articles that come in two feeds at once are of the first.
        """
        urls = [poll.url for poll in polls for _ in poll.items]
        seen: set[str] = set()
        fresh: list[tuple[str, Article | Skip]] = []
        skipped: dict[str, set[str]] = {poll.url: set() for poll in polls if poll.validators is not None}
        for url, item in zip(
            urls, kept.skip_held(item for poll in polls for item in poll.items), strict=True
        ):
            judged = judge_language(item)
            key = judged.id if isinstance(judged, Article) else content_hash(judged.article, judged.reason)
            if (isinstance(judged, Skip) and judged.reason == HELD) or key in seen:
                continue
            if isinstance(judged, Skip):
                # As long as it stands in the feed it would come again with every poll.
                skipped[url].add(key)
                if key in self._skipped_by_url.get(url, ()):
                    continue
            seen.add(key)
            fresh.append((url, judged))
        self._skipped_by_url.update(skipped)
        return fresh

    def _take_batch(self, outcomes: Iterator[Outcome]) -> list[Outcome]:
        """Return what is coded within some seconds, or until the run is to end."""
        batch: list[Outcome] = []
        start = time.monotonic()
        try:
            for item in outcomes:
                batch.append(item)
                is_full = len(batch) >= _BATCH_ARTICLES or time.monotonic() - start > _BATCH_SECONDS
                if is_full or self._stop.is_set():
                    break
        except KeyboardInterrupt:
            self._is_interrupted = True
        return batch

    def _count(self, batch: Sequence[Outcome], owners: deque[_Reading]) -> list[_Reading]:
        """Put a batch to the account of its feeds; return the polls that it is from."""
        touched: dict[str, _Reading] = {}
        for item in batch:
            reading = owners.popleft()
            url = reading.poll.url
            touched[url] = reading
            reading.n_left -= 1
            self.summary.count(item)
            if isinstance(item, CodedArticle):
                reading.n_articles += 1
                reading.n_events += len(item.events)
                status = self._status[url]
                self._status[url] = replace(
                    status,
                    n_articles=status.n_articles + 1,
                    n_events=status.n_events + len(item.events),
                )
        return list(touched.values())

    def _finish(self, readings: Sequence[_Reading], kept: Store, once: bool) -> None:
        """Keep that feeds were read to their ends, or that they failed; plan when they come again."""
        for reading in readings:
            poll = reading.poll
            status = self._plan(poll, has_new=reading.n_articles > 0)
            self._status[poll.url] = status
            self._in_hand.discard(poll.url)
            due = find_due(status, every=self._every)
            if due is not None and not once:
                self._due[poll.url] = due
        kept.keep_feeds(self._status[one.poll.url] for one in readings)
        with kept.feed_state() as state:
            for reading in readings:
                if reading.poll.validators is not None:
                    self._validators[reading.poll.url] = reading.poll.validators
                    state.set(reading.poll.url, reading.poll.validators)
        for reading in readings:
            self._report(self._status[reading.poll.url], reading.n_articles, reading.n_events)

    def _plan(self, poll: Poll, *, has_new: bool) -> FeedStatus:
        status = self._status[poll.url]
        if poll.error:
            return plan_failure(
                status,
                poll.at,
                poll.error,
                every=self._every,
                chance=random.random(),
                http_status=poll.http_status,
                asked=poll.asked,
            )
        asked = poll.asked or timedelta()
        if poll.validators is not None:
            self._wait_by_url[poll.url] = asked
        # An answer without content (304) does not repeat what stands in the feed.
        asked = max(asked, self._wait_by_url.get(poll.url, asked))
        status = plan_success(status, poll.at, every=self._every, asked=asked)
        newest = poll.newest or status.newest_at
        is_known = has_new and poll.newest is not None and poll.newest <= poll.at
        lag = poll.at - poll.newest if is_known and poll.newest is not None else status.lag
        return replace(
            status, title=poll.title or status.title, address=poll.moved, newest_at=newest, lag=lag
        )

    def _build(self) -> None:
        """Join what is new; others read meanwhile, as a large store is joined in a copy."""

        def build() -> None:
            with (
                whowhom.store.open_run(self._path, stay="open") as seat,
                seat.writing_beside(wait=_LAST_WAIT_SECONDS) as kept,
            ):
                kept.build_incidents()

        start = time.monotonic()
        self._try(build)
        self._has_unbuilt = False
        self._build_from = time.monotonic() + (time.monotonic() - start) / _BUILD_SHARE

    def _open(self) -> Store:
        """Open the store, and wait for a program that has it open."""
        return self._try(lambda: whowhom.store.open(self._path))

    def _try(self, use: Callable[[], Used]) -> Used:
        """Return what comes of using the store, as soon as no other program has it."""
        given_up: float | None = None
        while True:
            try:
                return use()
            except StoreBusyError as error:
                if self._stop.is_set() and given_up is None:
                    given_up = time.monotonic() + _LAST_WAIT_SECONDS
                if given_up is not None and time.monotonic() > given_up:
                    raise
                self._report(waiting=str(error))
                time.sleep(_TICK_SECONDS)

    def _report(
        self, feed: FeedStatus | None = None, n_articles: int = 0, n_events: int = 0, waiting: str = ""
    ) -> None:
        feeds = MappingProxyType(self._status)
        self._tell(Report(feeds, self.summary, feed, n_articles, n_events, waiting))
