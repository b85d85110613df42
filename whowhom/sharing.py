"""Stores that a program holds for hours, while others want them too.

`WriterSeat` is for the one that writes: it keeps everybody else from writing, looks things up as a reader
among others, and has the file for itself only while a batch is written.

    with whowhom.store.open_run("desk.duckdb") as seat:
        for batch in batches:
            with seat.writing() as store:
                store.add(batch)

`SharedReader` is for one that looks all the time, such as a web page: it keeps the file open, which saves
opening it for each question, and lets go of it as soon as a writer wants it.

What opening costs: `python evaluation/turns.py` (docs/store.md has the figures).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType

import duckdb

from whowhom.readers.source import Validators
from whowhom.records import Article, Skip
from whowhom.store import (
    LOOK_UP_BATCH,
    WAIT_SECONDS,
    Store,
    StoreBusyError,
    StoredFeedState,
    StoreError,
    connect,
)
from whowhom.turns import POLL_SECONDS, Seat, is_turn_taken

# A run of hours is not ended because somebody looks at the store for a while.
_RUN_WAIT_SECONDS = 600.0
# A store of this size, some 50,000 events, is joined so fast that a copy is not worth it.
_SMALL_BYTES = 30_000_000
# For so long what was seen of the turn is taken for what is.
_LOOK_SECONDS = 0.005
# How soon a reader that nobody asks anything notices that a writer waits.
_WATCH_SECONDS = 0.05
# As long as a writer has to wait for one slow question anyway, others may ask beside it, for so long.
_BESIDE_SECONDS = 5.0


class WriterSeat:
    """The one writer of a store; made by `whowhom.store.open_run`. Use it in a `with` block, or close it.

    Attributes:
        turn_seconds: How long the last turn took beside what was done in it: opening and closing the
            file, and waiting for readers.
    """

    def __init__(self, seat: Seat | Store, file: Path = Path(), path: str = ":memory:") -> None:
        self.path = path
        self.turn_seconds = 0.0
        self._file = file
        self._seat = seat if isinstance(seat, Seat) else None
        self._store: Store | None = seat if isinstance(seat, Store) else None
        self._lock = threading.RLock()

    def __enter__(self) -> WriterSeat:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the seat."""
        with self._lock:
            self._let_go()
            if self._seat is not None:
                self._seat.release()

    @contextmanager
    def writing(self, *, wait: float = _RUN_WAIT_SECONDS) -> Iterator[Store]:
        """Have the file for the block, in which nobody else can open it; it is closed at the end.

        Raises:
            StoreBusyError: Readers that were there before have not left for `wait` seconds.
        """
        with self._lock:
            if self._seat is None or self._is_writing():
                assert self._store is not None
                yield self._store
                return
            start = time.monotonic()
            self._let_go()
            with self._seat.turn():
                connection = connect(self._file, self.path, read_only=False, wait=wait)
                self._store = Store(connection, self.path, read_only=False)
                begun = time.monotonic()
                try:
                    yield self._store
                finally:
                    ended = time.monotonic()
                    self._let_go()
                    self.turn_seconds = time.monotonic() - ended + begun - start

    @contextmanager
    def writing_beside(self, *, wait: float = _RUN_WAIT_SECONDS) -> Iterator[Store]:
        """Have a copy of the store for the block, which takes its place at the end; others read meanwhile.

        For work that takes long. What goes wrong in the block, or a kill, leaves the store as it was. A
        small store, or one that there is no room to copy, is written as in `writing`.
        """
        from whowhom import upkeep

        with self._lock:
            part = self._copy() if self._seat is not None and not self._is_writing() else None
            if self._seat is None or part is None:
                with self.writing(wait=wait) as store:
                    yield store
                return
            try:
                connection = connect(part, self.path, read_only=False, wait=0)
                with Store(connection, self.path, read_only=False) as store:
                    yield store
                with self._seat.turn():
                    upkeep.put_in_place(part, self._file, self.path, wait=wait)
            finally:
                for left in (part, part.with_name(f"{part.name}.wal")):
                    left.unlink(missing_ok=True)

    def _copy(self) -> Path | None:
        """Return a copy of the store, None where it is not worth it or does not work."""
        from whowhom import upkeep

        # Closing any file would end the lock of a connection that this process has on it.
        self._let_go()
        log = self._file.with_name(f"{self._file.name}.wal")
        try:
            if log.exists() or self._file.stat().st_size < _SMALL_BYTES:
                return None
            return upkeep.copy_beside(self._file)
        except OSError:
            return None

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """Look at the store, beside other readers; the file stays open until the next turn to write."""
        with self._lock:
            if self._store is None:
                connection = connect(self._file, self.path, read_only=True, wait=WAIT_SECONDS)
                self._store = Store(connection, self.path, read_only=True)
            yield self._store

    def skip_held(self, items: Iterable[Article | Skip]) -> Iterator[Article | Skip]:
        """Do as `Store.skip_held`, and have the file only while looking up."""
        stream = iter(items)
        while batch := list(islice(stream, LOOK_UP_BATCH)):
            with self.reading() as store:
                judged = list(store.skip_held(batch))
            yield from judged

    def read_articles(self, ids: Sequence[str]) -> Iterator[Article]:
        """Do as `Store.read_articles`, and have the file only while looking up."""
        for start in range(0, len(ids), LOOK_UP_BATCH):
            with self.reading() as store:
                found = list(store.read_articles(ids[start : start + LOOK_UP_BATCH]))
            yield from found

    @contextmanager
    def feed_state(self) -> Iterator[StoredFeedState]:
        """Do as `Store.feed_state`, and have the file only while looking up and while keeping."""
        state = StoredFeedState(self._find_validators)
        yield state
        if state.new:
            with self.writing() as store, store.feed_state() as kept:
                for url, validators in state.new.items():
                    kept.set(url, validators)

    def _find_validators(self, url: str) -> Validators | None:
        with self.reading() as store:
            return store.find_validators(url)

    def _is_writing(self) -> bool:
        return self._store is not None and not self._store.read_only

    def _let_go(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


class SharedReader:
    """A store that many threads look at for a long time; made by `whowhom.store.open_shared`.

    It opens the file when it is first asked for it, and again after a writer had it.
    """

    def __init__(
        self, file: Path, path: str, *, wait: float = WAIT_SECONDS, threads: int | None = None
    ) -> None:
        if not file.exists():
            raise StoreError(f"There is no store at {path!r}. `whowhom read SOURCE` makes one.")
        self.path = path
        self._file = file
        self._wait = wait
        self._threads = threads
        self._changed = threading.Condition()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._begun: list[float] = []  # when each of those began who read now
        self._writer_since: float | None = None
        self._looked = (-_LOOK_SECONDS, False)  # when it was looked whether a writer waits, and what was seen
        self._is_closed = False

    def __enter__(self) -> SharedReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """Look at the store; from any thread, in any number of them at a time.

        A relation is to be read within the block. A writer that waits is let in when the last block
        that was begun before has ended, so keep blocks short. While it waits for a long one, short ones
        may still be begun.

        Raises:
            StoreBusyError: A writer has kept the file for too long.
            StoreError: The store is no longer there, or this was closed.
        """
        cursor, begun = self._enter()
        try:
            with cursor:
                yield Store(cursor, self.path, read_only=True)
        finally:
            with self._changed:
                self._begun.remove(begun)
                self._let_in_writer()
                self._changed.notify_all()

    def close(self) -> None:
        """Let go of the file for good, once nobody reads any more."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: not self._begun)
            self._disconnect()
            self._changed.notify_all()

    def _enter(self) -> tuple[duckdb.DuckDBPyConnection, float]:
        deadline = time.monotonic() + self._wait
        with self._changed:
            while True:
                if self._is_closed:
                    raise StoreError(f"The reader of {self.path!r} was closed.")
                self._let_in_writer()
                if self._may_read():
                    self._connection = self._connection or self._connect(deadline)
                    if self._connection is not None:
                        self._begun.append(time.monotonic())
                        return self._connection.cursor(), self._begun[-1]
                if time.monotonic() >= deadline:
                    connect(self._file, self.path, read_only=True, wait=0).close()
                    raise StoreBusyError(f"{self.path!r} is being written. Try again in a while.")
                self._changed.wait(POLL_SECONDS)

    def _may_read(self) -> bool:
        """Whether no writer waits, or it has to wait longer anyway for one who was there before it."""
        if not self._is_turn_taken():
            self._writer_since = None
            return True
        now = time.monotonic()
        self._writer_since = self._writer_since or now
        return (
            self._connection is not None
            and now - self._writer_since < _BESIDE_SECONDS
            and any(begun < self._writer_since for begun in self._begun)
        )

    def _is_turn_taken(self) -> bool:
        """Look no more often than it matters: a writer waits for who began an instant later as well."""
        now = time.monotonic()
        if now - self._looked[0] > _LOOK_SECONDS:
            self._looked = now, is_turn_taken(self._file)
        return self._looked[1]

    def _connect(self, deadline: float) -> duckdb.DuckDBPyConnection | None:
        try:
            connection = connect(self._file, self.path, read_only=True, wait=0)
        except StoreBusyError:
            if time.monotonic() >= deadline:
                raise
            return None
        if self._threads is not None:
            connection.execute(f"SET threads TO {int(self._threads)}")
        threading.Thread(target=self._watch, args=[connection], name="whowhom store").start()
        return connection

    def _watch(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let a writer in when nobody asks anything; ends with the connection that it was begun for."""
        # Ends with the program too. A daemon thread would be stopped within DuckDB, which aborts.
        with self._changed:
            while self._connection is connection and threading.main_thread().is_alive():
                self._let_in_writer()
                self._changed.wait(_WATCH_SECONDS)

    def _let_in_writer(self) -> None:
        if self._connection is not None and not self._begun and self._is_turn_taken():
            self._disconnect()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._writer_since = None
