"""The small model: from articles to the events it reads in them, as spans.

Each window is one run of the network, on one thread, and windows run side by side. Nothing is
padded and no window sees another, so what is read in an article does not depend on which
articles came with it: the scales of an int8 run are set by its whole input.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore, Lock
from typing import Generic, TypeVar

import numpy as np

from whowhom.coders.decode import decode_window
from whowhom.coders.weights import Weights, load_weights
from whowhom.coders.windows import Window, cut_windows
from whowhom.records import Article, Reading

R = TypeVar("R")

# Windows that may be on their way at once for each thread: enough to keep it busy, few enough for
# the outputs (0.6 MB each) to take no memory to speak of.
_AHEAD = 8


def read_events(
    articles: Iterable[Article], *, weights: Weights | None = None, n_threads: int | None = None
) -> Iterator[tuple[Article, list[Reading]]]:
    """Yield every article with the events that the model reads in it, in order.

    The same deed may be read more than once in an article, in other words; `resolvers/deeds` joins them.

    Args:
        articles: Taken one at a time as threads come free.
        weights: Those of the package where none are given.
        n_threads: One for each core where not given.
    """
    return map_readings(_pair, articles, weights=weights, n_threads=n_threads)


def _pair(article: Article, readings: list[Reading]) -> tuple[Article, list[Reading]]:
    return article, readings


def map_readings(
    work: Callable[[Article, list[Reading]], R],
    articles: Iterable[Article],
    *,
    weights: Weights | None = None,
    n_threads: int | None = None,
) -> Iterator[R]:
    """Yield what `work` makes of each article and the events that the model reads in it, in order.

    The thread that reads the last window of an article does its work, one article at a time, so that there
    are never more threads than cores: with the work in a thread of its own, which then had to wait for a
    core or for the interpreter, a run took a tenth longer.

    Args:
        work: Called by one thread at a time. What it raises is raised here, in the article's place.
        articles: Taken one at a time as threads come free.
        weights: Those of the package where none are given.
        n_threads: One for each core where not given.
    """
    chosen = weights or load_weights()
    n_threads = n_threads or count_cores()
    with ThreadPoolExecutor(n_threads) as pool:
        line = _Line(work, chosen, pool, BoundedSemaphore(_AHEAD * n_threads))
        waiting: deque[Future[R]] = deque()
        for article in articles:
            waiting.append(line.begin(article))
            # With many cores articles are read faster than one thread at a time does their work.
            while waiting and (waiting[0].done() or len(waiting) > _AHEAD * n_threads):
                yield waiting.popleft().result()
        for done in waiting:
            yield done.result()


class _Task(Generic[R]):
    """An article whose windows are being read.

    Attributes:
        readings: Of each window, in order.
        n_open: Windows not read yet, and one more until the last is on its way.
        failure: What went wrong in a window.
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self.readings: list[list[Reading]] = []
        self.n_open = 1
        self.failure: BaseException | None = None
        self.done: Future[R] = Future()


class _Line(Generic[R]):
    """The way of articles through the threads of a pool: their windows in any order, then their work."""

    def __init__(
        self,
        work: Callable[[Article, list[Reading]], R],
        weights: Weights,
        pool: ThreadPoolExecutor,
        free: BoundedSemaphore,
    ) -> None:
        self._work, self._weights, self._pool, self._free = work, weights, pool, free
        self._ready: deque[_Task[R]] = deque()
        self._counting, self._working = Lock(), Lock()

    def begin(self, article: Article) -> Future[R]:
        """Send the windows of an article on their way, as fast as there is room for them."""
        task: _Task[R] = _Task(article)
        for number, window in enumerate(cut_windows(article, self._weights.tokenizer)):
            self._free.acquire()
            task.readings.append([])
            with self._counting:
                task.n_open += 1
            self._pool.submit(self._read, task, number, window)
        if self._close(task):
            self._pool.submit(self._catch_up)
        return task.done

    def _read(self, task: _Task[R], number: int, window: Window) -> None:
        try:
            task.readings[number] = _read_window(task.article, window, self._weights)
        except BaseException as error:
            task.failure = error
        self._free.release()
        if self._close(task):
            self._catch_up()

    def _close(self, task: _Task[R]) -> bool:
        """Count a window as read; tell whether it was the last, and the article now waits for its work."""
        with self._counting:
            task.n_open -= 1
            is_last = not task.n_open
        if is_last:
            self._ready.append(task)
        return is_last

    def _catch_up(self) -> None:
        """Do the work that is ready, unless another thread is at it, which then does this too."""
        while self._ready and self._working.acquire(blocking=False):
            try:
                while self._ready:
                    self._finish(self._ready.popleft())
            finally:
                self._working.release()

    def _finish(self, task: _Task[R]) -> None:
        try:
            if task.failure is not None:
                raise task.failure
            result = self._work(task.article, [one for some in task.readings for one in some])
        except BaseException as error:
            task.done.set_exception(error)
        else:
            task.done.set_result(result)


def count_cores() -> int:
    """Return how many cores this process may use."""
    import os

    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        return os.cpu_count() or 1


def _read_window(article: Article, window: Window, weights: Weights) -> list[Reading]:
    inputs = {
        "pieces": window.pieces[np.newaxis],
        "features": window.features[np.newaxis],
        "core": window.core[np.newaxis],
    }
    outputs = weights.session.run(None, inputs)[0][0]
    return decode_window(article, window, outputs, weights)
