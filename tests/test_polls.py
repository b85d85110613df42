"""Feeds watched: asked politely over a real connection, kept once, gone on with after any end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

import whowhom
from tests.feed_server import FeedServer, serve_feeds, write_rss
from whowhom import polls, sharing
from whowhom import store as stores
from whowhom.polls import Report, Watcher, poll_feed
from whowhom.readers.opml import Subscription
from whowhom.readers.source import Validators
from whowhom.records import Article
from whowhom.schedule import FeedStatus

NOW = datetime(2031, 3, 7, 12)
QUARTER = timedelta(minutes=15)
EXPULSION = "The United States expelled 60 Russian diplomats on Monday."
ARREST = "Police in Nairobi arrested 20 protesters on Tuesday."
VISIT = "The Russian defence minister arrived in Pyongyang on Friday."
GERMAN = "Der russische Außenminister hat am Freitag die Botschafter der Europäischen Union einbestellt."


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with serve_feeds() as server:
        yield server


class Desk:
    """A store, a clock that a test turns, and what the watch reported."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "desk.duckdb"
        self.now = NOW
        self.reports: list[Report] = []

    def watch(self, *urls: str, **options: Any) -> whowhom.Summary:
        watcher = Watcher(
            [Subscription(url) for url in urls],
            self.path,
            every=QUARTER,
            allow_local=True,
            clock=lambda: self.now,
            pause_seconds=options.pop("pause_seconds", 0.0),
            tell=options.pop("tell", self.reports.append),
            stop=options.pop("stop", None),
            keep=options.pop("keep", "text"),
        )
        return watcher.run(**{"once": True, **options})

    def status(self, url: str) -> FeedStatus:
        with stores.open(self.path, read_only=True) as kept:
            return {one.url: one for one in kept.feed_statuses()}[url]

    def texts(self) -> list[str]:
        with stores.open(self.path, read_only=True) as kept:
            return sorted(text for (text,) in kept.articles().project("text").fetchall())

    def counts(self) -> stores.Counts:
        with stores.open(self.path, read_only=True) as kept:
            return kept.counts()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_second_poll_keeps_what_is_new(server: FeedServer, desk: Desk) -> None:
    """Articles of the first poll stay as they are, and only the new one is coded."""
    url = server.set("/a", write_rss(EXPULSION, published="Fri, 07 Mar 2031 11:00:00 GMT"))
    first = desk.watch(url)
    server.set("/a", write_rss(ARREST, EXPULSION, published="Fri, 07 Mar 2031 11:00:00 GMT"))
    desk.now += QUARTER
    second = desk.watch(url)
    assert (first.n_articles, second.n_articles, second.n_skipped) == (1, 1, 0)
    assert desk.texts() == sorted([EXPULSION, ARREST])
    status = desk.status(url)
    assert (status.title, status.n_polls, status.n_articles) == ("Demo News", 2, 2)
    assert status.n_events == first.n_events + second.n_events == desk.counts().n_events > 0
    assert status.lag == timedelta(hours=1) + QUARTER


def test_incidents_are_built_with_the_articles(server: FeedServer, desk: Desk) -> None:
    """After a run every event is in an incident."""
    desk.watch(server.set("/a", write_rss(EXPULSION)))
    with stores.open(desk.path, read_only=True) as kept:
        assert len(kept.reports()) == kept.counts().n_events > 0


def test_incidents_that_a_killed_run_left_undone_are_built(
    server: FeedServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between adding and building, the next run builds though it reads nothing new."""
    url = server.set("/a", write_rss(EXPULSION))

    def die(store: stores.Store) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        patched.setattr(stores.Store, "build_incidents", die)
        with pytest.raises(SystemExit):
            desk.watch(url)
    assert desk.watch(url).n_articles == 0
    with stores.open(desk.path, read_only=True) as kept:
        assert len(kept.reports()) == kept.counts().n_events > 0


def test_others_read_on_while_what_is_new_is_joined(
    server: FeedServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large store is joined in a copy, and who wants to write meanwhile is told who does."""
    monkeypatch.setattr(sharing, "_SMALL_BYTES", 0)
    built = stores.Store.build_incidents
    n_seen: list[int] = []

    def look_and_build(store: stores.Store) -> Any:
        n_seen.append(desk.counts().n_articles)
        with pytest.raises(stores.StoreBusyError, match=r"is being written by .* since .* UTC; one program"):
            stores.open(desk.path, wait=0)
        return built(store)

    monkeypatch.setattr(stores.Store, "build_incidents", look_and_build)
    desk.watch(server.set("/a", write_rss(EXPULSION)))
    assert n_seen == [1]
    with stores.open(desk.path, read_only=True) as kept:
        assert len(kept.reports()) == kept.counts().n_events > 0
    assert list(desk.path.parent.iterdir()) == [desk.path]


def test_reader_who_came_while_what_is_new_is_joined_is_waited_for(
    server: FeedServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy does not take the place of a store that somebody reads; the watch says so and joins again."""
    monkeypatch.setattr(sharing, "_SMALL_BYTES", 0)
    monkeypatch.setattr(polls, "_LAST_WAIT_SECONDS", 0.0)
    built = stores.Store.build_incidents
    readers: list[stores.Store] = []

    def read_and_build(store: stores.Store) -> Any:
        if not readers:
            readers.append(stores.open(desk.path, read_only=True))
        return built(store)

    def tell(report: Report) -> None:
        desk.reports.append(report)
        if report.waiting:
            readers[0].close()

    monkeypatch.setattr(stores.Store, "build_incidents", read_and_build)
    desk.watch(server.set("/a", write_rss(EXPULSION)), tell=tell)
    assert sum(bool(report.waiting) for report in desk.reports) == 1
    with stores.open(desk.path, read_only=True) as kept:
        assert len(kept.reports()) == kept.counts().n_events > 0


def test_offsets_alone_are_kept_where_that_is_asked(server: FeedServer, desk: Desk) -> None:
    """As with `read`, for feeds whose texts may not be stored."""
    desk.watch(server.set("/a", write_rss(EXPULSION)), keep="offsets")
    with stores.open(desk.path, read_only=True) as kept:
        assert kept.articles().project("text").fetchall() == [(None,)]
        assert kept.events().project("trigger, sentence").fetchall() == [("…", None)]


def test_a_feed_that_has_not_changed_is_not_sent_again(server: FeedServer, desk: Desk) -> None:
    """ETag and Last-Modified go back to the server, whose 304 is a success."""
    headers = {"ETag": '"1"', "Last-Modified": "Fri, 07 Mar 2031 11:00:00 GMT"}
    url = server.set("/a", write_rss(EXPULSION), headers=headers)
    desk.watch(url)
    desk.now += QUARTER
    desk.watch(url)
    first, second = (asked.headers for asked in server.asked)
    assert "if-none-match" not in first
    assert second["if-none-match"] == '"1"'
    assert second["if-modified-since"] == "Fri, 07 Mar 2031 11:00:00 GMT"
    assert second["user-agent"].startswith("whowhom/")
    status = desk.status(url)
    assert (status.n_polls, status.n_errors, status.n_articles, status.ok_at) == (2, 0, 1, desk.now)


def test_after_an_error_a_feed_is_left_alone_for_longer(server: FeedServer, desk: Desk) -> None:
    """HTTP 500: not asked again after one interval, but after two; the reason is kept until it goes well."""
    url = server.set("/a", status=500)
    desk.watch(url)
    assert desk.status(url).error == "server answered 500 Internal Server Error"
    desk.now += QUARTER
    desk.watch(url)
    assert server.count("/a") == 1
    server.set("/a", write_rss(EXPULSION))
    desk.now += QUARTER
    desk.watch(url)
    assert server.count("/a") == 2
    status = desk.status(url)
    assert (status.error, status.n_errors, status.n_failed, status.n_articles) == ("", 1, 0, 1)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_heeded(status: int, server: FeedServer, desk: Desk) -> None:
    """The feed is asked when the server said, not before, also by another run."""
    url = server.set("/a", status=status, headers={"Retry-After": "7200"})
    desk.watch(url)
    desk.now += timedelta(minutes=119)
    desk.watch(url)
    assert server.count("/a") == 1
    desk.now += timedelta(minutes=1)
    desk.watch(url)
    assert server.count("/a") == 2


@pytest.mark.parametrize(
    ("head", "headers", "minutes"),
    [
        ("", {"Cache-Control": "public, max-age=3600"}, 60),
        ("", {"Cache-Control": "max-age=3600", "Age": "1800"}, 30),
        ("", {"Cache-Control": "s-maxage=9, no-cache"}, 0),
        ("<ttl>45</ttl>", {"Cache-Control": "max-age=60"}, 45),
        ("<ttl>soon</ttl>", {}, 0),
        ('<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>'
         '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">2</sy:updateFrequency>',
         {}, 30),
    ],
)  # fmt: skip
def test_a_publisher_says_how_often(
    head: str, headers: dict[str, str], minutes: int, server: FeedServer, desk: Desk
) -> None:
    """Cache-Control less Age, <ttl> and sy:updatePeriod; the longest of them."""
    url = server.set("/a", write_rss(EXPULSION, head=head), headers=headers)
    desk.watch(url)
    assert desk.status(url).not_before == NOW + timedelta(minutes=minutes)


def test_a_feed_that_is_gone_is_not_asked_again(server: FeedServer, desk: Desk) -> None:
    """HTTP 410 ends it, a watch of nothing else ends too, and the report says why."""
    url = server.set("/a", status=410)
    desk.watch(url, once=False)
    assert (desk.status(url).ended_at, desk.reports[-1].feed) == (NOW, desk.status(url))
    desk.now += timedelta(days=30)
    desk.watch(url, once=False)
    assert server.count("/a") == 1
    assert desk.status(url).error == "server answered 410 Gone"


def test_a_new_address_for_good_is_kept(server: FeedServer, desk: Desk) -> None:
    """After 301 the next poll goes straight there; after 302 it begins where it was given."""
    new = server.set("/new", write_rss(EXPULSION))
    moved = server.set("/moved", status=301, headers={"Location": "/new"})
    lent = server.set("/lent", status=302, headers={"Location": "/new"})
    for _ in range(2):
        desk.watch(moved, lent)
        desk.now += QUARTER
    assert (server.count("/moved"), server.count("/lent"), server.count("/new")) == (1, 2, 4)
    assert (desk.status(moved).address, desk.status(lent).address) == (new, "")
    server.set("/new", status=404)
    desk.watch(moved)
    assert desk.status(moved).address == ""


def test_an_address_behind_a_passing_redirect_is_not_kept(server: FeedServer) -> None:
    """301 after 302 is for good only from where the 302 led to."""
    server.set("/new", write_rss(EXPULSION))
    server.set("/b", status=301, headers={"Location": "/new"})
    url = server.set("/a", status=302, headers={"Location": "/b"})
    assert poll_feed(url, NOW, allow_local=True).moved == ""


def test_private_addresses_are_refused_unless_allowed(server: FeedServer) -> None:
    """A list of feeds from somewhere cannot make whowhom ask machines inside."""
    poll = poll_feed(server.set("/a", write_rss(EXPULSION)), NOW)
    assert "not a public address" in poll.error
    assert server.asked == []


def test_a_page_names_its_feed(server: FeedServer) -> None:
    """Whoever gives the address of a site is told that of its feed."""
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><p>x</html>'
    url = server.set("/", page, headers={"Content-Type": "text/html"})
    poll = poll_feed(url, NOW, allow_local=True)
    assert poll.error == f"no feed (it looks like html). The page names the feed {server.url('/rss')}"


BOMB = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (f'<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a0 "ha">{BOMB}]>'
         + write_rss("&f; &a12; The minister left.").replace("&amp;", "&"), ""),
        (b"<rss>" + b" " * 100_000_000, "larger than 20 MB"),
        (write_rss(VISIT, title="<script>alert(1)</script>\x1b[31mred"), ""),
        (b"\x00\xff\xfe" * 1000, "not text"),
        ("<rss><channel>" + "<item>" * 3_000_000, "some 3,000,000 items"),
        ("<rss><channel><item><description>" + "<div>" * 20_000, ""),
        ("", "empty"),
        ("<rss version='2.0'><channel><title>Nothing yet</title></channel></rss>", ""),
    ],
    ids=["entities", "100 MB", "script", "binary", "many items", "nesting", "empty", "no items"],
)  # fmt: skip
def test_a_hostile_feed_harms_nothing(body: str | bytes, error: str, server: FeedServer, desk: Desk) -> None:
    """What is wrong with it is its error, and the feed beside it is read."""
    hostile = server.set("/hostile", body)
    good = server.set("/good", write_rss(EXPULSION))
    desk.watch(hostile, good)
    assert error in desk.status(hostile).error
    assert bool(desk.status(hostile).error) == bool(error)
    assert desk.status(good).n_articles == 1
    assert not any("root:" in text or len(text) > 10_000 for text in desk.texts())
    assert "<script" not in desk.status(hostile).title


def test_whatever_breaks_while_a_feed_is_read_is_its_error(
    server: FeedServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flaw that nobody has thought of costs one poll of one feed."""

    def break_down(*arguments: object, **options: object) -> None:
        raise RuntimeError("out of cheese")

    monkeypatch.setattr("whowhom.polls.open_feed", break_down)
    url = server.set("/a", write_rss(EXPULSION))
    desk.watch(url)
    assert desk.status(url).error == "cannot be read: RuntimeError: out of cheese"


def test_what_cannot_be_coded_is_kept_once(server: FeedServer, desk: Desk) -> None:
    """An article in German is a Skip, once, though its place in the feed changes with each poll."""
    url = server.set("/a", write_rss(GERMAN))
    n_skipped = [desk.watch(url).n_skipped]
    for texts in ((EXPULSION, GERMAN), (ARREST, EXPULSION, GERMAN)):
        desk.now += QUARTER
        server.set("/a", write_rss(*texts))
        n_skipped.append(desk.watch(url).n_skipped)
    assert desk.counts()[::2] == (2, 1)
    assert sum(n_skipped) <= 3  # a new run does not know what the last one skipped, the store does


def test_an_article_in_two_feeds_is_kept_once(server: FeedServer, desk: Desk) -> None:
    """Equal in everything, it is one article and is coded once."""
    urls = [server.set(path, write_rss(EXPULSION)) for path in ("/a", "/b")]
    assert desk.watch(*urls).n_articles == 1
    assert desk.counts().n_articles == 1
    assert sum(desk.status(url).n_articles for url in urls) == 1


def test_a_run_goes_on_where_the_last_one_was_killed(
    server: FeedServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed when one of two articles is kept, the next run keeps the other, and nothing twice."""
    url = server.set("/a", write_rss(EXPULSION, ARREST), headers={"ETag": '"1"'})
    with monkeypatch.context() as patched:
        patched.setattr("whowhom.polls._BATCH_ARTICLES", 1)

        def die(self: Watcher, readings: list[Any], *arguments: object) -> None:
            if any(one.n_articles for one in readings):
                raise SystemExit("killed")

        patched.setattr(Watcher, "_finish", die)
        with pytest.raises(SystemExit):
            desk.watch(url)
    assert len(desk.texts()) >= 1
    desk.watch(url)
    assert server.asked[1].headers.get("if-none-match") is None
    assert desk.texts() == sorted([EXPULSION, ARREST])


def test_stop_keeps_what_was_coded_and_the_rest_comes_next_time(
    server: FeedServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to stop while it codes, it ends with a whole store, and the next run does the rest."""
    stop = threading.Event()
    texts = [EXPULSION.replace("60", str(number)) for number in range(61, 91)]
    url = server.set("/a", write_rss(*texts), headers={"ETag": '"1"'})

    def stop_after_one(items: Any, *, code: Any = whowhom.polls.code_articles) -> Any:
        for item in code(items):
            yield item
            stop.set()

    with monkeypatch.context() as patched:
        patched.setattr("whowhom.polls.code_articles", stop_after_one)
        stopped = desk.watch(url, once=False, stop=stop)
    assert 0 < stopped.n_articles < len(texts)
    assert desk.counts().n_articles == desk.status(url).n_articles == stopped.n_articles
    rest = desk.watch(url)
    assert stopped.n_articles + rest.n_articles == len(texts)
    assert desk.texts() == sorted(texts)
    assert desk.status(url).n_articles == len(texts)


def test_ctrl_c_keeps_what_was_coded(server: FeedServer, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Python KeyboardInterrupt is raised again once the batch is in the store."""
    url = server.set("/a", write_rss(EXPULSION, ARREST))

    def interrupt_after_one(items: Any, *, code: Any = whowhom.polls.code_articles) -> Any:
        yield next(code(items))
        raise KeyboardInterrupt

    monkeypatch.setattr("whowhom.polls.code_articles", interrupt_after_one)
    with pytest.raises(KeyboardInterrupt):
        desk.watch(url)
    assert desk.counts().n_articles == 1


def test_feeds_of_one_host_are_asked_one_after_the_other(server: FeedServer, desk: Desk) -> None:
    """No two requests to a host overlap, there is a pause between them; another host does not wait."""
    pause = 0.2
    paths = ("/a", "/b", "/c")
    urls = [server.set(path, write_rss(EXPULSION), seconds=0.1) for path in paths]
    server.set("/slow", write_rss(ARREST), seconds=0.5)
    desk.watch(*urls, server.url("/slow", host="localhost"), pause_seconds=pause)
    spans = sorted((one.began, one.ended) for one in server.asked if one.path in paths)
    assert len(spans) == 3
    assert all(end + pause <= start for (_, end), (start, _) in pairwise(spans))
    slow = next(one for one in server.asked if one.path == "/slow")
    assert any(one.began < slow.ended and slow.began < one.ended for one in server.asked if one is not slow)


def test_a_host_that_says_too_many_is_left_alone_by_its_other_feeds(server: FeedServer, desk: Desk) -> None:
    """HTTP 429 with Retry-After holds for the host; those feeds are still due."""
    limited = server.set("/a", status=429, headers={"Retry-After": "3600"})
    other = server.set("/b", write_rss(EXPULSION))
    desk.watch(limited, other, once=False, lasting=timedelta(seconds=1))
    assert (server.count("/a"), server.count("/b")) == (1, 0)
    assert desk.status(other).n_polls == 0


def test_a_store_in_use_is_waited_for(
    server: FeedServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program has it open: the watch says so and goes on when it is free."""
    url = server.set("/a", write_rss(EXPULSION))
    opened = stores.open
    n_refused = 0

    def refuse_twice(path: Any) -> stores.Store:
        nonlocal n_refused
        if n_refused < 2:
            n_refused += 1
            raise stores.StoreBusyError("'desk.duckdb' is in use by another program (process 1). Wait.")
        return opened(path)

    monkeypatch.setattr("whowhom.store.open", refuse_twice)
    desk.watch(url)
    assert [bool(report.waiting) for report in desk.reports[:3]] == [True, True, False]
    monkeypatch.undo()
    assert desk.counts().n_articles == 1


def test_a_long_run_asks_again_when_a_feed_is_due(server: FeedServer, desk: Desk) -> None:
    """The clock moves on by an interval after the first report, and the feed is asked again."""
    url = server.set("/a", write_rss(EXPULSION))
    stop = threading.Event()

    def tell(report: Report) -> None:
        desk.reports.append(report)
        if report.feed is not None:
            server.set("/a", write_rss(ARREST, EXPULSION))
            desk.now += QUARTER
            if report.feed.n_polls == 2:
                stop.set()

    desk.watch(url, once=False, stop=stop, tell=tell)
    assert server.count("/a") == 2
    assert [report.n_articles for report in desk.reports if report.feed] == [1, 1]


def test_validators_are_sent_only_once_everything_is_kept(server: FeedServer, desk: Desk) -> None:
    """What the store knows of a feed is what the server gave with the last poll that was kept whole."""
    url = server.set("/a", write_rss(EXPULSION), headers={"ETag": '"1"'})
    desk.watch(url)
    with stores.open(desk.path) as kept, kept.feed_state() as state:
        assert state.get(url) == Validators('"1"', "")


def test_articles_tell_from_which_feed_they_are(server: FeedServer, desk: Desk) -> None:
    """Their origin is the address as it was given."""
    url = server.set("/a", write_rss(EXPULSION))
    poll = poll_feed(url, NOW, allow_local=True)
    (article,) = poll.items
    assert isinstance(article, Article)
    assert article.origin == url


# --- the public function


def test_watch_reads_lists_and_addresses(server: FeedServer, tmp_path: Path) -> None:
    """An OPML file gives feeds their names until they tell their own; `feeds` shows them."""
    server.set("/a", write_rss(EXPULSION, title=""))
    opml = tmp_path / "feeds.opml"
    opml.write_text(f'<opml><body><outline text="My name" xmlUrl="{server.url("/a")}"/></body></opml>')
    path = tmp_path / "desk.duckdb"
    summary = whowhom.watch([opml], path, once=True, allow_local=True)
    assert summary.n_articles == 1
    relation = whowhom.feeds(path)
    (row,) = (dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall())
    assert (row["url"], row["title"], row["n_articles"]) == (server.url("/a"), "My name", 1)


@pytest.mark.parametrize(
    ("feeds", "options", "told"),
    [
        ([], {}, "no feed to watch"),
        (["missing.opml"], {}, "no such file"),
        (["https://a.example/"], {"every": "5s"}, "once a minute"),
        (["https://a.example/"], {"lasting": "long"}, "no length of time"),
        (["https://a.example/"], {"store": ":memory:"}, "path of a file"),
    ],
)
def test_a_wrong_call_is_told(feeds: list[str], options: dict[str, Any], told: str) -> None:
    """Before anything is fetched or loaded."""
    with pytest.raises(ValueError, match=told):
        whowhom.watch(feeds, **options)


def test_no_two_requests_overlap_on_one_host_even_when_slow(server: FeedServer, desk: Desk) -> None:
    """Ten feeds of one host, each slower than the pause."""
    urls = [server.set(f"/{n}", write_rss(EXPULSION), seconds=0.05) for n in range(10)]
    desk.watch(*urls)
    spans = [(one.began, one.ended) for one in server.asked]
    assert len(spans) == 10
    assert not any(a < d and c < b for (a, b), (c, d) in combinations(spans, 2))
