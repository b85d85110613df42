"""How many pages are worked on at a time: a few more than there are cores, and never fewer for a slow one.

Fifty that are worked on at the same time hold one another up, as each has the interpreter and the caches
of the processor for a moment only, and all come late. One after the other most come at once.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Who has been at work for so long is no longer waited for.
LONG_S = 0.5


def count_lanes() -> int:
    """Return how many pages are worked on at a time on this computer."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 2 * cores + 2


class Lanes:
    """Lets so many be at work at a time, beside those that have been for `LONG_S` or longer."""

    def __init__(self, n: int | None = None, *, long_s: float = LONG_S) -> None:
        self._n = n or count_lanes()
        self._long_s = long_s
        self._changed = threading.Condition()
        self._begun: list[float] = []

    @contextmanager
    def lane(self) -> Iterator[None]:
        """Wait until there is room, and be at work for the block."""
        with self._changed:
            while (seconds := self._find_wait()) > 0:
                self._changed.wait(seconds)
            begun = time.monotonic()
            self._begun.append(begun)
        try:
            yield
        finally:
            with self._changed:
                self._begun.remove(begun)
                self._changed.notify()

    def _find_wait(self) -> float:
        """Return how long it takes at most until there is room; 0 where there is."""
        now = time.monotonic()
        # In the order in which they began, so the first of these is the next to have been long.
        short = [begun for begun in self._begun if now - begun < self._long_s]
        return 0.0 if len(short) < self._n else short[0] + self._long_s - now
