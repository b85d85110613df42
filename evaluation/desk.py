"""How fast the desk answers on a large store, and how it bears fifty readers while a run writes.

    python evaluation/desk.py [--events 1000000] [--cache /tmp/whowhom-desk] [--pages | --load]

The store is a synthetic one (evaluation/desk_store.py tells what it is of), made once and kept in the cache.

The first table tells for each page and route of the API how long it takes: in a desk that was only just
started, as its very first question (cold); asked for the first time of a desk that has answered others (new:
each time other days, actors, words); and asked again (again: most of this is remembered). Each is asked as
often as the table says; given are the median and the 95th percentile, in milliseconds.

The second has fifty readers, each of whom asks for a page, reads it for two to five seconds, and asks for
the next one, while `whowhom read` takes in real articles as fast as it can; it is measured without readers
too. When the articles end it joins them to incidents; these seconds have a line of their own. Desk, run and
readers share the same cores.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

if __name__ == "__main__":  # Of a script the own folder is looked in, that of the checkout is not.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluation.desk_store import prepare
from evaluation.incidents import GOLD, read_gold
from whowhom import store as stores

DEMO = Path(__file__).parents[1] / "whowhom/demo_reports.jsonl"
COMMAND = [sys.executable, "-m", "whowhom"]
_TIMES = 20
_COLD_TIMES = 3
_THINK_S = (2.0, 5.0)
_PATIENCE_S = 60.0


class Sample(NamedTuple):
    """What of a store pages are asked for."""

    incidents: list[str]
    articles: list[str]
    first: date
    last: date


class Page(NamedTuple):
    """A kind of page: how often one of a hundred questions of a reader is for it, and how it is asked for."""

    name: str
    weight: int
    make: Callable[[random.Random, Sample], str]


_STATES = ("USA", "RUS", "UKR", "CHN", "ISR", "IRN")
_WORDS = ("shelled", "visited", "sanctioned", "minister", "held talks", "government")
_TYPES = ("CONSULT", "ACCUSE", "ASSAULT", "AID", "SANCTION", "REQUEST")


def _days(chance: random.Random, sample: Sample, most: int = 120) -> str:
    first = sample.first + timedelta(chance.randrange((sample.last - sample.first).days + 1))
    return f"from={first}&to={first + timedelta(chance.randrange(7, most))}"


def _names(chance: random.Random) -> str:
    return chance.choice(("ka", "lo", "mi", "ren", "tas")) + chance.choice(("ka", "vor", "shi"))


PAGES = (
    Page("/", 8, lambda chance, sample: "/"),
    Page("/ of some days", 4, lambda chance, sample: f"/?{_days(chance, sample)}"),
    Page("/ of all days", 1, lambda chance, sample: "/?span=all"),
    Page("/incidents", 10, lambda chance, sample: "/incidents"),
    Page("/incidents later pages", 4, lambda chance, sample:
         f"/incidents?offset={50 * chance.randrange(2000)}"),
    Page("/incidents sorted", 3, lambda chance, sample: "/incidents?sort="
         f"{chance.choice(('n_independent', 'killed_best', 'score', 'actor_name'))}&{_days(chance, sample)}"),
    Page("/incidents of type and actor", 12, lambda chance, sample:
         f"/incidents?type={chance.choice(_TYPES)}&actor={chance.choice(_STATES)}&{_days(chance, sample)}"),
    Page("/incidents of a sector", 3, lambda chance, sample: "/incidents?sector=MIL"
         f"&recipient={chance.choice(_STATES)}&min_independent={chance.randrange(1, 4)}"),
    Page("/incidents with words", 8, lambda chance, sample:
         f"/incidents?words={quote(chance.choice(_WORDS))}&{_days(chance, sample)}"),
    Page("/incidents with a name", 3, lambda chance, sample: f"/incidents?actor={_names(chance)}"),
    Page("/incident", 22, lambda chance, sample: f"/incident/{chance.choice(sample.incidents)}"),
    Page("/article", 8, lambda chance, sample: f"/article/{chance.choice(sample.articles)}"),
    Page("/actor", 4, lambda chance, sample: f"/actor/{chance.choice(_STATES)}?{_days(chance, sample)}"),
    Page("/actor over all days", 1, lambda chance, sample: f"/actor/{chance.choice(_STATES)}"),
    Page("/dyad", 3, lambda chance, sample:
         f"/dyad/{'/'.join(chance.sample(_STATES, 2))}?{_days(chance, sample)}"),
    Page("/dyad over all days", 1, lambda chance, sample: f"/dyad/{'/'.join(chance.sample(_STATES, 2))}"),
    Page("/map", 1, lambda chance, sample: f"/map?{_days(chance, sample)}"),
    Page("/network", 1, lambda chance, sample: f"/network?{_days(chance, sample)}"),
    Page("/ties", 1, lambda chance, sample: "/ties"),
    Page("/pledges", 1, lambda chance, sample: "/pledges"),
    Page("/sources", 1, lambda chance, sample: "/sources"),
    Page("/about", 1, lambda chance, sample: "/about"),
    Page("/incidents.csv of some days", 1, lambda chance, sample:
         f"/incidents.csv?type=AID&actor={chance.choice(_STATES)}&{_days(chance, sample)}"),
    Page("/api/incidents", 0, lambda chance, sample:
         f"/api/incidents?actor={chance.choice(_STATES)}&{_days(chance, sample)}"),
    Page("/api/incidents/ID", 0, lambda chance, sample: f"/api/incidents/{chance.choice(sample.incidents)}"),
    Page("/api/events", 0, lambda chance, sample:
         f"/api/events?actor={chance.choice(_STATES)}&{_days(chance, sample)}"),
    Page("/api/articles/ID", 0, lambda chance, sample: f"/api/articles/{chance.choice(sample.articles)}"),
    Page("/api/dyads", 0, lambda chance, sample:
         "/api/dyads?by=week&actor={}&recipient={}".format(*chance.sample(_STATES, 2))),
    Page("/api/actors", 0, lambda chance, sample:
         f"/api/actors/{chance.choice(_STATES)}?{_days(chance, sample)}"),
    Page("/api/ties", 0, lambda chance, sample: "/api/ties"),
    Page("/api/pledges", 0, lambda chance, sample: "/api/pledges"),
    Page("/api/network", 0, lambda chance, sample: f"/api/network?{_days(chance, sample)}"),
)  # fmt: skip


def take_sample(path: Path, chance: random.Random) -> Sample:
    """Return ids and days of a store, incidents with many reports as often as they are told."""
    with stores.open(path, read_only=True) as store:
        connection = store._connection
        reported = [row[0] for row in connection.execute("SELECT incident FROM report").fetchall()]
        articles = [row[0] for row in connection.execute("SELECT id FROM article").fetchall()]
        ((first, last),) = connection.execute("SELECT min(published), max(published) FROM article").fetchall()
    return Sample(chance.choices(reported, k=2000), chance.choices(articles, k=2000), first, last)


# The desk


class Answer(NamedTuple):
    """What the desk answers; `status` is 0 where it does not, and `body` tells why."""

    status: int
    body: bytes

    @property
    def failure(self) -> str:
        """What went wrong: "" where nothing did."""
        if self.status == 200:
            return ""
        told = self.body.decode()
        found = re.search(r'<div class="problem">(.*?)</div>', told, re.DOTALL)
        words = re.sub(r"<[^>]*>", " ", found[1] if found else told).split()
        return f"{self.status or 'no answer'}: {' '.join(words)[:300]}"


class Running(NamedTuple):
    """A desk that runs; `told` is what it has printed since."""

    process: subprocess.Popen[str]
    port: int
    told: list[str]

    def ask(self, path: str, connection: http.client.HTTPConnection | None = None) -> Answer:
        """Return what comes back."""
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_S)
        connection.request("GET", path)
        response = connection.getresponse()
        return Answer(response.status, response.read())


@contextmanager
def serving(path: Path) -> Iterator[Running]:
    """Have a desk for the block."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--store", str(path), "--port", "0"],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
                break
        else:
            raise SystemExit("The desk did not start.")
        told: list[str] = []
        threading.Thread(target=told.extend, args=[process.stdout], daemon=True).start()
        yield Running(process, int(found[1]), told)
    finally:
        process.terminate()
        process.wait()


def tell_seconds(process: subprocess.Popen[str]) -> float:
    """Return the processor time that a process has taken."""
    with suppress(OSError):
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def time_pages(path: Path, pages: Sequence[Page]) -> Iterator[str]:
    """Yield the lines of the table of pages."""
    chance = random.Random(1)
    sample = take_sample(path, chance)
    yield f"{'ms':32} {'cold':>6}  {'new':>5} {'95 %':>5} {'cpu':>5}  {'again':>5} {'95 %':>5}  {'kB':>5}"
    slowest = [0.0, 0.0]
    for page in pages:
        cold = []
        for _ in range(_COLD_TIMES):
            with serving(path) as desk:
                cold.append(_time(desk, page.make(chance, sample))[0])
        with serving(path) as desk:
            # One question of another kind, so that what all pages share is there.
            desk.ask("/about"), desk.ask("/incidents?limit=1"), desk.ask(page.make(chance, sample))
            asked = list(dict.fromkeys(page.make(chance, sample) for _ in range(_TIMES)))
            begun = tell_seconds(desk.process)
            new = [_time(desk, one) for one in asked]
            used = 1000 * (tell_seconds(desk.process) - begun) / len(asked)
            again = [_time(desk, one)[0] for one in asked]
        slowest = [
            max(slowest[0], statistics.median(cold)),
            max(slowest[1], find_share([t for t, _ in new], 95)),
        ]
        yield (
            f"{page.name:32} {statistics.median(cold):6.0f}  {statistics.median(t for t, _ in new):5.0f} "
            f"{find_share([t for t, _ in new], 95):5.0f} {used:5.0f}  {statistics.median(again):5.0f} "
            f"{find_share(again, 95):5.0f}  {statistics.median(size for _, size in new) / 1e3:5.0f}"
        )
    yield f"{'slowest':32} {slowest[0]:6.0f}        {slowest[1]:5.0f}"


def _time(desk: Running, path: str) -> tuple[float, int]:
    begun = time.perf_counter()
    answer = desk.ask(path)
    if answer.failure:
        raise SystemExit(f"{path} failed, {answer.failure}")
    return 1000 * (time.perf_counter() - begun), len(answer.body)


def find_share(times: Sequence[float], percent: int) -> float:
    """Return the time that so many of a hundred do not exceed."""
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]


# The load


class Asked(NamedTuple):
    """A question and how it went; `failure` is "" where it went well."""

    page: str
    path: str
    begun: float
    seconds: float
    failure: str
    size: int


def walk(
    desk: Running,
    sample: Sample,
    pages: Sequence[Page],
    number: int,
    until: threading.Event,
    asked: list[Asked],
) -> None:
    """Be a reader."""
    chance = random.Random(number)
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=_PATIENCE_S)
    until.wait(chance.uniform(0, _THINK_S[1]))
    while not until.is_set():
        (page,) = chance.choices(pages, [page.weight for page in pages])
        path = page.make(chance, sample)
        begun = time.monotonic()
        try:
            try:
                answer = desk.ask(path, connection)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # The desk has closed what was idle for long; browsers ask again, too.
                connection.close()
                answer = desk.ask(path, connection)
        except (OSError, http.client.HTTPException) as error:
            answer = Answer(0, repr(error).encode())
            connection.close()
        taken = time.monotonic() - begun
        asked.append(Asked(page.name, path, begun, taken, answer.failure, len(answer.body)))
        until.wait(chance.uniform(*_THINK_S))


def list_articles(day: date, prefix: str) -> Iterator[dict[str, object]]:
    """Yield real articles without end, each time under other ids and as of the last days of the store."""
    if GOLD.exists():
        texts = [article.text for article, _ in read_gold(GOLD)]
    else:
        texts = [json.loads(line)["text"] for line in DEMO.read_text(encoding="utf-8").splitlines()]
    for number in count():
        text = f"{texts[number % len(texts)]}\n\nEdition {number}."
        published = day - timedelta(number % 3)
        yield {
            "id": f"{prefix}-{number}",
            "text": text,
            "published": str(published),
            "outlet": f"paper {number % 7}",
        }


class Run:
    """A run of `whowhom read` that is fed articles through its standard input."""

    def __init__(self, path: Path, day: date, prefix: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "read", "-", "--store", str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.told: list[str] = []
        self._ended = threading.Event()
        self._articles = list_articles(day, prefix)
        self._threads = [threading.Thread(target=self._feed), threading.Thread(target=self._listen)]
        for thread in self._threads:
            thread.start()

    def _feed(self) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError), self.process.stdin as pipe:
            while not self._ended.is_set():
                pipe.write(json.dumps(next(self._articles)) + "\n")
                pipe.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.told += self.process.stdout

    def end(self) -> tuple[float, str]:
        """Give no more articles and wait; return when the last was kept, and what it says of its speed."""
        self._ended.set()
        self._threads[0].join()
        ended = time.monotonic()
        self.process.wait()
        self._threads[1].join()
        told = next((line.strip() for line in reversed(self.told) if "per second" in line), "")
        return ended, told or f"failed: {''.join(self.told[-1:]).strip()}"


def bear_load(path: Path, pages: Sequence[Page], n_readers: int, seconds: float) -> Iterator[str]:
    """Yield what fifty readers and a run have of one another; the store is a copy that is thrown away."""
    sample = take_sample(path, random.Random(2))
    kept = path.with_name(f"load-{path.name}")
    shutil.copyfile(path, kept)
    try:
        yield f"{n_readers} readers, each {_THINK_S[0]:g} to {_THINK_S[1]:g} s between questions"
        with serving(kept) as desk:
            with reading(desk, sample, pages, n_readers) as asked:
                time.sleep(seconds / 2)
            yield _HEAD
            yield tell_load("nobody writes", asked)
            yield from tell_failures(asked, asked)
        run = Run(kept, sample.last, "alone")
        time.sleep(seconds / 2)
        ended, speed = run.end()
        yield f"  the run without readers: {speed}; {time.monotonic() - ended:.1f} s to join at the end"
        with serving(kept) as desk:
            with reading(desk, sample, pages, n_readers) as asked:
                run = Run(kept, sample.last, "beside")
                begun, mine = tell_seconds(desk.process), time.process_time()
                time.sleep(seconds)
                used = tell_seconds(desk.process) - begun
                written = tell_seconds(run.process)
                mine = time.process_time() - mine
                coming = list(asked)
                yield tell_load("while articles come in", coming)
                yield (
                    f"  cores taken by the desk {used / seconds:.2f}, by the run {written / seconds:.2f}, "
                    f"by the readers and what feeds the run {mine / seconds:.2f}"
                )
                yield from tell_slowest(coming)
                yield from tell_failures(coming, coming)
                ended, speed = run.end()
                closed = time.monotonic()
                time.sleep(_THINK_S[1])
            yield tell_load("until they are joined", asked[len(coming) :])
            yield f"  the run with readers: {speed}; {closed - ended:.1f} s to join at the end"
            yield from tell_failures(asked[len(coming) :], asked)
            yield from (f"    the desk: {line.rstrip()}" for line in desk.told[-20:])
    finally:
        for left in kept.parent.glob(f"{kept.name}*"):
            left.unlink()


@contextmanager
def reading(desk: Running, sample: Sample, pages: Sequence[Page], n_readers: int) -> Iterator[list[Asked]]:
    """Have readers for the block; gives the list of what they ask."""
    until, asked = threading.Event(), list[Asked]()
    readers = [
        threading.Thread(target=walk, args=(desk, sample, pages, number, until, asked))
        for number in range(n_readers)
    ]
    for reader in readers:
        reader.start()
    try:
        yield asked
    finally:
        until.set()
        for reader in readers:
            reader.join()


_HEAD = f"{'ms':24} {'asked':>6} {'errors':>6} {'a second':>8} {'50 %':>6} {'95 %':>6} {'99 %':>6} {'MB':>6}"


def tell_load(name: str, asked: Sequence[Asked]) -> str:
    """Return a line of the table of loads."""
    if not asked:
        return f"{name:24} {0:6}"
    times = [1000 * one.seconds for one in asked]
    span = max(one.begun + one.seconds for one in asked) - min(one.begun for one in asked)
    n_errors = sum(bool(one.failure) for one in asked)
    shares = " ".join(f"{find_share(times, percent):6.0f}" for percent in (50, 95, 99))
    size = sum(one.size for one in asked) / 1e6
    return f"{name:24} {len(asked):6} {n_errors:6} {len(asked) / max(span, 0.001):8.1f} {shares} {size:6.1f}"


def tell_slowest(asked: Sequence[Asked]) -> Iterator[str]:
    """Yield the pages with their times under load, the slowest first."""
    times: dict[str, list[float]] = {}
    for one in asked:
        times.setdefault(one.page, []).append(1000 * one.seconds)
    for name in sorted(times, key=lambda name: -statistics.median(times[name])):
        taken = times[name]
        yield f"    {name:32} {len(taken):5} {statistics.median(taken):6.0f} {find_share(taken, 95):6.0f}"


def tell_failures(some: Sequence[Asked], asked: Sequence[Asked]) -> Iterator[str]:
    """Yield for each of some questions that failed when it did, after how long, and why."""
    begun = min((one.begun for one in asked), default=0.0)
    for one in some:
        if one.failure:
            yield f"    at {one.begun - begun:.1f} s, after {one.seconds:.1f} s: {one.path}: {one.failure}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--cache", type=Path, default=Path("/tmp/whowhom-desk"))
    parser.add_argument("--pages", action="store_true", help="the table of pages only")
    parser.add_argument("--load", action="store_true", help="the load only")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument(
        "--without", nargs="*", default=(), metavar="PAGE", help="leave out pages that begin so"
    )
    given = parser.parse_args()
    pages = [page for page in PAGES if not page.name.startswith(tuple(given.without))]
    path = prepare(given.cache, given.events)
    print(
        f"{given.events:,} events, {path.stat().st_size / 1e6:,.0f} MB; {len(os.sched_getaffinity(0))} cores"
    )
    if not given.load:
        for line in time_pages(path, pages):
            print(line, flush=True)
    if not given.pages:
        for line in bear_load(path, pages, given.readers, given.seconds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
