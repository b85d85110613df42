"""Turns at the file of a store: who may write, and who may have the file now.

DuckDB's own lock lets one process write and nobody read beside it, or many read. A run of `whowhom read`
takes hours and needs the file for a blink at a time, so two locks beside the file order the turns:

    whowhom.duckdb.lock   the seat: locked by the one program that may write, as long as it may;
                          its text tells who that is
    whowhom.duckdb.turn   locked by that program while it wants the file or has it

A reader looks whether the turn is taken before it opens the file, and holds no lock of ours: so a writer
waits only for those who were there before it, and a reader at most for the batch that is being written.
Both locks are the system's (flock), which ends them with the process however that ends; the files are
removed in good order, and what a kill leaves of them is nobody's lock. Where there is no flock (Windows,
some network drives) these locks hold nobody up, and DuckDB's own is all there is.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# How often one who waits looks again.
POLL_SECONDS = 0.01
# A writer stays away between two turns, so that those who waited get in: for this long, and for this share
# of its turn, which is as slow as the machine is busy.
_PAUSE_SECONDS = 0.05
_PAUSE_SHARE = 0.1

Stay = Literal["run", "open"]
"""How long a writer keeps its seat: for a run of many batches, or as long as a store is open."""


class Writer(NamedTuple):
    """Who has the seat: what the lock file tells."""

    process: int
    stay: Stay
    since: str
    command: str

    def __str__(self) -> str:
        return f"`{self.command}` (process {self.process}) since {self.since} UTC"


class SeatTakenError(Exception):
    """Another program has the seat; `writer` is None where it does not say who it is."""

    def __init__(self, writer: Writer | None) -> None:
        super().__init__(str(writer or "another program"))
        self.writer = writer


class Seat:
    """The right to be the one who writes to a store, from when it is made until `release`.

    Args:
        file: The store's file, with its whole path.
        stay: How long it is wanted, for those who ask meanwhile.

    Raises:
        SeatTakenError: Another program, or another part of this one, has it.
        OSError: The folder cannot be written to.
    """

    def __init__(self, file: Path, stay: Stay) -> None:
        self._lock_path, self._turn_path = _lock_path(file), _turn_path(file)
        self._lock: int | None = _take(self._lock_path)
        if self._lock is None:
            raise SeatTakenError(find_writer(file))
        self._turn = os.open(self._turn_path, os.O_RDWR | os.O_CREAT, 0o666)
        self._next_turn = 0.0
        since = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, "\n".join((str(os.getpid()), stay, since, _name_command(), "")).encode(), 0)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have the file for the block; those who read it already may still be there for a while."""
        time.sleep(max(0.0, self._next_turn - time.monotonic()))
        _flock(self._turn, exclusive=True)
        begun = time.monotonic()
        try:
            yield
        finally:
            _unlock(self._turn)
            ended = time.monotonic()
            self._next_turn = ended + max(_PAUSE_SECONDS, _PAUSE_SHARE * (ended - begun))

    def release(self) -> None:
        """Leave the seat; twice is once."""
        if self._lock is None:
            return
        # Removed while they are locked: whoever opened one meanwhile finds it gone and makes its own.
        for path in (self._turn_path, self._lock_path):
            with suppress(OSError):
                path.unlink()
        os.close(self._turn)
        os.close(self._lock)
        self._lock = None


def is_turn_taken(file: Path) -> bool:
    """Return whether a writer wants the file or has it."""
    try:
        turn = os.open(_turn_path(file), os.O_RDONLY)
    except OSError:  # nobody writes
        return False
    try:
        # Held for an instant only: a shared lock that is held long keeps an exclusive one away.
        return not _flock(turn, exclusive=False, wait=False)
    finally:
        os.close(turn)


def find_writer(file: Path) -> Writer | None:
    """Return who has the seat now; None where nobody has, or nobody can tell."""
    try:
        lock = os.open(_lock_path(file), os.O_RDONLY)
    except OSError:
        return None
    try:
        if _flock(lock, exclusive=False, wait=False):
            return None
        process, stay, since, command, *_ = os.read(lock, 1000).decode("utf-8", "replace").split("\n")
        return Writer(int(process), "run" if stay == "run" else "open", since, command)
    except ValueError:  # the writer has just come and not yet written
        return None
    finally:
        os.close(lock)


def _take(path: Path) -> int | None:
    """Lock a file that this makes where there is none; None where another has it locked."""
    for _ in range(5):
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if _flock(lock, exclusive=True, wait=False):
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(lock), path.stat()):
                    return lock
            # The one who had it has removed it in the meantime.
        os.close(lock)
        time.sleep(POLL_SECONDS / 5)  # `find_writer` has it for an instant too
    return None


def _flock(file: int, *, exclusive: bool, wait: bool = True) -> bool:
    """Lock an open file, or return False where another has it; True too where there are no such locks."""
    if fcntl is None:
        return True
    how = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB)
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _unlock(file: int) -> None:
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)


def _lock_path(file: Path) -> Path:
    return file.with_name(f"{file.name}.lock")


def _turn_path(file: Path) -> Path:
    return file.with_name(f"{file.name}.turn")


def _name_command() -> str:
    """Return the program and its first argument; the others may hold what is nobody's business."""
    program = Path("python" if sys.argv[0] in ("", "-c", "-m") else sys.argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.name
    words = [name, *sys.argv[1:2]] if name == "whowhom" else [name]
    return " ".join("".join(filter(str.isprintable, word))[:60] for word in words)
