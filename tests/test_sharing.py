"""Tests of stores that are held for a long time, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.coded_articles import make_coded
from whowhom import sharing
from whowhom import store as stores
from whowhom.readers.source import Validators
from whowhom.records import Skip
from whowhom.store import HELD, StoreBusyError, StoreError
from whowhom.turns import is_turn_taken

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no flock")

# Writes a batch of five whenever a line comes, and says so; "quick" does so ten times on end.
WRITING = """
import sys
from tests.coded_articles import make_coded
from whowhom import store as stores
with stores.open_run(sys.argv[1]) as seat:
    print("sits", flush=True)
    for n, line in enumerate(sys.stdin):
        for k in range(10 if line == "quick\\n" else 1):
            with seat.writing() as store:
                store.add([make_coded(f"{n}-{k}-{i}") for i in range(5)])
        print(n, flush=True)
"""
# Writes five beside the store, and ends when standard input does.
WRITING_BESIDE = """
import sys
from tests.coded_articles import make_coded
from whowhom import sharing
from whowhom import store as stores
sharing._SMALL_BYTES = 0
with stores.open_run(sys.argv[1]) as seat, seat.writing_beside() as store:
    store.add([make_coded(f"{i}") for i in range(5)])
    print("writes", flush=True)
    sys.stdin.read()
"""
LOOKING = """
import sys
from whowhom import store as stores
print("looks", flush=True)
if sys.argv[2] == "shared":
    shared = stores.open_shared(sys.argv[1], wait=60)
    while True:
        with shared.reading() as store:
            assert store.counts().n_articles % 5 == 0
while True:
    with stores.open(sys.argv[1], read_only=True, wait=60) as store:
        assert store.counts().n_articles % 5 == 0
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "whowhom.duckdb"
    stores.open(path).close()
    return path


@contextmanager
def started(code: str, *words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Run a program until the end of the block; it has said that it is there."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def tell(process: subprocess.Popen[str], word: str) -> None:
    """Have the writer write, and wait until it has."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{word}\n")
    process.stdin.flush()
    assert process.stdout.readline(), "the writer has ended"


def count(path: Path) -> int:
    with stores.open(path, read_only=True) as store:
        return store.counts().n_articles


def test_readers_get_in_during_a_run(path: Path) -> None:
    """A run that sits for hours has the file only for its batches, and readers see each of them."""
    with started(WRITING, path) as writer:
        assert count(path) == 0
        with stores.open_shared(path) as shared:
            for n in range(3):
                tell(writer, "go")
                assert count(path) == 5 * (n + 1)
                with shared.reading() as store:
                    assert store.counts().n_articles == 5 * (n + 1)


def test_second_writer_is_told_at_once_who_is_in_a_run(path: Path) -> None:
    """Neither another run nor a store opened for writing waits for a run; the message says what to do."""
    with started(WRITING, path) as writer:
        told = rf"is being written by `python` \(process {writer.pid}\) since 20.* UTC; one program writes"
        for take in (stores.open, stores.open_run):
            begun = time.monotonic()
            with pytest.raises(StoreBusyError, match=told):
                take(path, wait=60)
            assert time.monotonic() - begun < 30


def test_writer_who_has_it_open_for_a_moment_is_waited_for(path: Path) -> None:
    """Two that write a row each come one after the other."""
    first = stores.open(path)
    timer = threading.Timer(0.2, first.close)
    timer.start()
    with stores.open(path, wait=60) as second:
        assert second.add([make_coded()]).n_articles == 1
    timer.join()


def test_writer_is_not_starved_by_busy_readers(path: Path) -> None:
    """Programs that look without a pause do not keep the writer away, nor the writer them."""
    with (
        started(LOOKING, path, "shared") as one,
        started(LOOKING, path, "open") as two,
        started(WRITING, path) as writer,
    ):
        tell(writer, "quick")
        assert (one.poll(), two.poll()) == (None, None), "a reader has failed"
        assert count(path) == 50


def test_slow_reader_holds_up_no_other_reader(path: Path) -> None:
    """A writer who has to wait for one slow question waits for the quick ones asked meanwhile too."""
    with stores.open_shared(path, wait=1) as shared, started(WRITING, path) as writer:
        assert writer.stdin is not None
        with shared.reading():
            writer.stdin.write("go\n")
            writer.stdin.flush()
            while not is_turn_taken(path):
                time.sleep(0.01)
            for _ in range(3):
                with shared.reading() as store:
                    assert store.counts().n_articles == 0
        assert writer.stdout is not None
        assert writer.stdout.readline() == "0\n"
        assert count(path) == 5


def test_readers_read_on_while_a_copy_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They see the store as it was, and then as it has become."""
    monkeypatch.setattr(sharing, "_SMALL_BYTES", 0)
    with stores.open_shared(path) as shared, stores.open_run(path) as run:
        with run.writing_beside() as store:
            store.add([make_coded()])
            assert count(path) == 0
            with shared.reading() as seen:
                assert seen.counts().n_articles == 0
        with shared.reading() as seen:
            assert seen.counts().n_articles == 1
    assert [file.name for file in path.parent.iterdir()] == ["whowhom.duckdb"]


def test_copy_that_fails_leaves_the_store_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is kept, and the run goes on."""
    monkeypatch.setattr(sharing, "_SMALL_BYTES", 0)

    def fail(run: sharing.WriterSeat) -> None:
        with run.writing_beside() as store:
            store.add([make_coded()])
            raise ZeroDivisionError

    with stores.open_run(path) as run:
        with pytest.raises(ZeroDivisionError):
            fail(run)
        assert count(path) == 0
        with run.writing() as store:
            assert store.add([make_coded()]).n_articles == 1
    assert [file.name for file in path.parent.iterdir()] == ["whowhom.duckdb"]


def test_killed_run_leaves_the_store_to_the_next(path: Path) -> None:
    """The seat goes with the process, and what was written before stays."""
    with started(WRITING, path) as writer:
        tell(writer, "go")
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert count(path) == 5
        with stores.open(path) as store:
            assert store.add([make_coded()]).n_articles == 1
    assert [file.name for file in path.parent.iterdir()] == ["whowhom.duckdb"]


def test_kill_while_a_copy_is_written_leaves_the_store_as_it_was(path: Path) -> None:
    """The next run writes beside it again, and no part of the killed one stays."""
    with started(WRITING_BESIDE, path) as writer:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert count(path) == 0
    with started(WRITING_BESIDE, path) as writer:
        assert count(path) == 0
        assert writer.stdin is not None
        writer.stdin.close()
        assert writer.wait() == 0
    assert count(path) == 5
    assert [file.name for file in path.parent.iterdir()] == ["whowhom.duckdb"]


def test_shared_reader_that_nobody_asks_lets_a_writer_in(path: Path) -> None:
    """It notices by itself that one waits, and opens the file again when it is asked."""
    with stores.open_shared(path) as shared, started(WRITING, path) as writer:
        with shared.reading() as store:
            assert store.counts().n_articles == 0
        tell(writer, "go")
        with shared.reading() as store:
            assert store.counts().n_articles == 5


def test_many_threads_share_a_reader(path: Path) -> None:
    """Each sees whole batches only, while another program writes."""
    wrong: list[int] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            with shared.reading() as store:
                n_articles, n_events, _ = store.counts()
                if n_articles % 5 or n_events != 2 * n_articles:
                    wrong.append(n_articles)

    with stores.open_shared(path, wait=60) as shared, started(WRITING, path) as writer:
        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(4):
            tell(writer, "go")
        stop.set()
        for thread in threads:
            thread.join()
        with shared.reading() as store:
            assert store.counts().n_articles == 20
    assert wrong == []


def test_program_that_shares_a_reader_can_write_too(path: Path) -> None:
    """A web page that looks at the store all the time can add a row to it."""
    with stores.open_shared(path) as shared:
        with shared.reading() as store:
            assert store.counts().n_articles == 0
        with stores.open(path) as store:
            store.add([make_coded()])
        with shared.reading() as store:
            assert store.counts().n_articles == 1


def test_reader_is_told_who_has_written_for_too_long(path: Path) -> None:
    """After its time a reader learns who it is, and can try again later."""
    shared = stores.open_shared(path, wait=0.1)
    with stores.open_run(path) as seat, seat.writing(), pytest.raises(StoreBusyError), shared.reading():
        pass
    with stores.open_shared(path) as shared, shared.reading() as store:
        assert store.counts().n_articles == 0


def test_closed_reader_says_so(path: Path) -> None:
    """It holds nothing, and a reader of nothing cannot be made."""
    shared = stores.open_shared(path)
    shared.close()
    with pytest.raises(StoreError, match="was closed"), shared.reading():
        pass
    with pytest.raises(StoreError, match="There is no store"):
        stores.open_shared(path.with_name("nowhere.duckdb"))


def test_run_looks_up_and_writes_by_turns(path: Path) -> None:
    """What a run has added it finds held, and the validators of feeds are kept at its end."""
    with stores.open_run(path) as seat, seat.feed_state() as feeds:
        article = make_coded().article
        assert list(seat.skip_held([article])) == [article]
        with seat.writing() as store:
            store.add([make_coded()])
            with seat.reading() as same:
                assert same is store
        assert list(seat.skip_held([article])) == [Skip("a1", "store", HELD, "news.jsonl:1")]
        assert feeds.get("https://a.example/feed") is None
        feeds.set("https://a.example/feed", Validators('"1"', ""))
    with stores.open_run(path) as seat, seat.feed_state() as feeds:
        assert feeds.get("https://a.example/feed") == Validators('"1"', "")


def test_run_reads_the_texts_of_many_articles_by_turns(path: Path) -> None:
    """In their order, and others write nothing but read in between."""
    ids = [f"a{n}" for n in range(3 * stores.LOOK_UP_BATCH)]
    with stores.open_run(path) as seat:
        with seat.writing() as store:
            store.add([make_coded(id) for id in ids])
        found = []
        for article in seat.read_articles(ids[::-1]):
            if article.id == "a100":
                with seat.writing() as store:
                    store.add([make_coded("another")])
            found.append(article.id)
    assert found == ids[::-1]


def test_run_of_a_store_in_memory() -> None:
    """It has no file to take turns at."""
    with stores.open_run(":memory:") as seat:
        with seat.writing() as store:
            store.add([make_coded()])
        with seat.reading() as store:
            assert store.counts().n_articles == 1
