"""The store as the desk reads it: from many threads, never for long, and never in a writer's way."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from whowhom import facets, kept_standings
from whowhom import store as stores
from whowhom.sql import fetch_rows, run

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

    from whowhom.sharing import SharedReader

Row = dict[str, Any]
Answer = TypeVar("Answer")

# A page that takes longer is asked for by mistake; the reader is told how to ask for less.
LIMIT_S = 10.0
_MOST_REMEMBERED = 512
_MOST_WAITED_S = 2.0
# A writer waits for the slowest question at most, and has the file for a second then: rather a page that
# comes late than none.
_WAIT_FOR_WRITER_S = 60.0


# How often it is looked which question takes too long, and after how many looks at none nobody looks.
_LOOK_S = 0.05
_IDLE_LOOKS = 20
# Of one question; several are answered side by side, and for each all cores would be asked for in vain.
_THREADS = 1


class SlowQuestionError(Exception):
    """The store did not answer within the limit; the question was stopped."""


class Answers:
    """The answers asked for last, of one version of what they depend on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version = ""
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def remember(self, version: str, key: Hashable, make: Callable[[], Answer]) -> Answer:
        with self._lock:
            if self._version != version:
                self._answers.clear()
                self._making.clear()
                self._version = version
            making = self._making.setdefault(key, threading.Lock())
        # Fifty who ask the same at the same time wait for one who finds out, if not for long.
        is_mine = making.acquire(timeout=_MOST_WAITED_S)
        try:
            with self._lock:
                if self._version == version and key in self._answers:
                    self._answers.move_to_end(key)
                    found: Answer = self._answers[key]
                    return found
            answer = make()
            with self._lock:
                if self._version == version:
                    self._answers[key] = answer
                    while len(self._answers) > _MOST_REMEMBERED:
                        self._making.pop(self._answers.popitem(last=False)[0], None)
            return answer
        finally:
            if is_mine:
                making.release()


_READ_NUMBERS = (facets.read_last_number, kept_standings.read_build_number)


class Cursor:
    """One reader's way to ask the store; `store` has the methods of whowhom.Store on the same cursor."""

    def __init__(
        self,
        store: stores.Store,
        version: str,
        answers: Answers | None = None,
        answers_of_store: Answers | None = None,
    ) -> None:
        self.version = version
        self.store = store
        self._connection = store._connection
        self._answers = answers or Answers()
        self._answers_of_store = answers_of_store or Answers()
        # No cached_property: in Python 3.11 one cursor would wait for the question of another.
        self._incidents_version: str | None = None

    @property
    def incidents_version(self) -> str:
        """What changes whenever an incident, tie or pledge does; articles may come in meanwhile."""
        if self._incidents_version is None:
            self._incidents_version = self.remember_all("incidents version", self._read_incidents_version)
        return self._incidents_version

    def _read_incidents_version(self) -> str:
        return "-".join(str(read(self._connection)) for read in _READ_NUMBERS)

    @property
    def last_published(self) -> date | None:
        """The last day of publication; None without articles."""
        return self.remember_all("last published", self._read_last_published)

    def _read_last_published(self) -> date | None:
        ((day,),) = run(self._connection, "SELECT max(published) FROM article")
        found: date | None = day
        return found

    def remember_all(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return an answer that depends on anything in the store, made once for each state of it."""
        return self._answers_of_store.remember(self.version, key, make)

    def remember(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return an answer that depends on incidents, ties and pledges, made once for each state of them.

        So it lasts while articles come in, until these are joined.
        """
        return self._answers.remember(self.incidents_version, key, make)

    def list_coverage(self) -> dict[date, int]:
        """Return the days of publication with their number of articles, the first day first."""

        def ask() -> dict[date, int]:
            rows = run(
                self._connection,
                "SELECT published, count(*) FROM article WHERE published IS NOT NULL "
                "GROUP BY published ORDER BY published",
            )
            return dict(rows)

        return self.remember_all("coverage", ask)

    def list_corrected(self) -> set[str]:
        """Return the articles that have a correction: few, and most pages need no more of them."""

        def ask() -> set[str]:
            return {id for (id,) in run(self._connection, "SELECT DISTINCT article FROM correction")}

        return self.remember_all("corrected", ask)

    def remember_covered(
        self, key: Hashable, first: date | None, last: date | None, make: Callable[[], Answer]
    ) -> Answer:
        """Return an answer that depends on incidents, and on how many articles each of some days has.

        So it lasts while articles of other days come in.
        """
        covered = tuple(
            (day, n)
            for day, n in self.list_coverage().items()
            if (first or date.min) <= day <= (last or date.max)
        )
        return self.remember((key, covered), make)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The cursor itself, for questions that modules of the package ask."""
        return self._connection

    def fetch(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """Return all rows of a query."""
        return fetch_rows(self._connection, sql, values or {})

    def fetch_one(self, sql: str, values: Mapping[str, Any] | None = None) -> Row:
        """Return the only row of a query."""
        (row,) = self.fetch(sql, values)
        return row

    def fetch_table(self, sql: str, values: Mapping[str, Any] | None = None) -> pa.Table:
        """Return the answer as an Arrow table."""
        return self._connection.sql(sql, params=dict(values or {})).to_arrow_table()


class _Limits:
    """Stops questions that take too long: one thread looks after all that are being asked."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._numbers = count()
        self._asked: dict[int, tuple[float, duckdb.DuckDBPyConnection]] = {}
        self._changed = threading.Condition()
        self._is_watched = False

    def begin(self, connection: duckdb.DuckDBPyConnection) -> int:
        """Note that a question begins, and return the number by which it ends."""
        number = next(self._numbers)
        with self._changed:
            self._asked[number] = time.monotonic() + self._limit_s, connection
            if not self._is_watched:
                self._is_watched = True
                # Ends with the last question, so that no program waits for it.
                threading.Thread(target=self._watch, name="whowhom limit").start()
        return number

    def end(self, number: int) -> None:
        """Note that a question has ended."""
        with self._changed:
            del self._asked[number]

    def _watch(self) -> None:
        idle = 0
        with self._changed:
            while self._asked or (idle := idle + 1) < _IDLE_LOOKS:
                self._changed.wait(_LOOK_S)
                now = time.monotonic()
                for deadline, connection in self._asked.values():
                    idle = 0
                    if deadline < now:
                        connection.interrupt()
            self._is_watched = False


class Reader:
    """What pages ask: one cursor a question, stopped at the limit; frequent answers are remembered."""

    def __init__(self, path: str | Path, *, limit_s: float = LIMIT_S) -> None:
        self.path = Path(path)
        self._shared: SharedReader | None = None
        self._limit_s = limit_s
        self._limits = _Limits(limit_s)
        self._lock = threading.Lock()
        self._answers = Answers()
        self._answers_of_incidents = Answers()

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
        with self._open().reading() as store:
            number = self._limits.begin(store._connection)
            try:
                yield Cursor(store, self.version, self._answers_of_incidents, self._answers)
            except duckdb.InterruptException as error:
                raise SlowQuestionError(
                    f"The store did not answer within {self._limit_s:g} seconds. "
                    "Ask for fewer days, or choose a type, an actor or a place."
                ) from error
            finally:
                self._limits.end(number)

    def close(self) -> None:
        """Let go of the store for good."""
        with self._lock:
            shared, self._shared = self._shared, None
        if shared is not None:
            shared.close()

    def _open(self) -> SharedReader:
        with self._lock:
            self._shared = self._shared or stores.open_shared(
                self.path, wait=_WAIT_FOR_WRITER_S, threads=_THREADS
            )
            return self._shared
