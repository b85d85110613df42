"""The store as the desk reads it: from many threads, never for long, and never in a writer's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from whowhom import store as stores

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

Row = dict[str, Any]
Answer = TypeVar("Answer")

# A page that takes longer is asked for by mistake; the reader is told how to ask for less.
LIMIT_S = 10.0
_WAIT_S = 10.0
_MOST_REMEMBERED = 256


class SlowQuestionError(Exception):
    """The store did not answer within the limit; the question was stopped."""


class SharedStore:
    """A store that is opened to be read when somebody asks, and closed when nobody does.

    DuckDB lets no writer in while a reader holds the file, so it is held for the time of questions
    only. While a writer holds it, a question waits.
    """

    def __init__(self, path: str | Path, *, wait_s: float = _WAIT_S) -> None:
        self.path = Path(path)
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._n_readers = 0
        self._store: stores.Store | None = None

    @contextmanager
    def reading(self) -> Iterator[stores.Store]:
        """Give the open store for the time of the block.

        Raises:
            StoreError: There is none, or a writer did not let go of it in time.
        """
        store = self._enter()
        try:
            yield store
        finally:
            self._leave()

    def _enter(self) -> stores.Store:
        until = time.monotonic() + self._wait_s
        pause = 0.01
        while True:
            with self._lock:
                try:
                    self._store = self._store or stores.open(self.path, read_only=True)
                    self._n_readers += 1
                    return self._store
                except stores.StoreError as error:
                    if "in use" not in str(error) or time.monotonic() > until:
                        raise
            time.sleep(pause)
            pause = min(pause * 2, 0.25)

    def _leave(self) -> None:
        with self._lock:
            self._n_readers -= 1
            if self._n_readers == 0 and self._store is not None:
                self._store.close()
                self._store = None


class Cursor:
    """One reader's way to ask the store; `store` has the methods of whowhom.Store on the same cursor."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: str, version: str) -> None:
        self.version = version
        self.store = stores.Store(connection, path, read_only=True)
        self._connection = connection

    def fetch(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """Return all rows of a query."""
        result = self._connection.execute(sql, values or {})
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def fetch_one(self, sql: str, values: Mapping[str, Any] | None = None) -> Row:
        """Return the only row of a query."""
        (row,) = self.fetch(sql, values)
        return row

    def fetch_table(self, sql: str, values: Mapping[str, Any] | None = None) -> pa.Table:
        """Return the answer as an Arrow table."""
        return self._connection.sql(sql, params=dict(values or {})).to_arrow_table()


class Reader:
    """What pages ask: one cursor a question, stopped at the limit; frequent answers are remembered."""

    def __init__(self, path: str | Path, *, limit_s: float = LIMIT_S) -> None:
        self.path = Path(path)
        self._shared = SharedStore(path)
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._remembered: dict[Hashable, Any] = {}
        self._remembered_of = ""

    @property
    def version(self) -> str:
        """What changes whenever the store does: when and how large it was last written."""
        # Only looked at from outside: opening the file here would drop DuckDB's lock on it when closed.
        marks = []
        for path in (self.path, self.path.with_name(f"{self.path.name}.wal")):
            with suppress(OSError):
                stat = path.stat()
                marks += [stat.st_mtime_ns, stat.st_size]
        return "-".join(f"{mark:x}" for mark in marks)

    @contextmanager
    def asking(self) -> Iterator[Cursor]:
        """Give a cursor for the time of the block.

        Raises:
            StoreError: There is no store, or a writer did not let go of it in time.
            SlowQuestionError: The block took longer than the limit.
        """
        with self._shared.reading() as store:
            connection = store._connection.cursor()
            slow = threading.Event()

            def stop() -> None:
                slow.set()
                connection.interrupt()

            timer = threading.Timer(self._limit_s, stop)
            timer.daemon = True
            timer.start()
            try:
                yield Cursor(connection, str(self.path), self.version)
            except duckdb.InterruptException as error:
                raise SlowQuestionError(
                    f"The store did not answer within {self._limit_s:g} seconds. "
                    "Ask for fewer days, or choose a type, an actor or a place."
                ) from error
            finally:
                timer.cancel()
                connection.close()

    def remember(self, cursor: Cursor, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return the answer under `key`, made once for each state of the store."""
        with self._lock:
            if self._remembered_of != cursor.version:
                self._remembered.clear()
                self._remembered_of = cursor.version
            if key in self._remembered:
                found: Answer = self._remembered[key]
                return found
        answer = make()
        with self._lock:
            if self._remembered_of == cursor.version and len(self._remembered) < _MOST_REMEMBERED:
                self._remembered[key] = answer
        return answer
