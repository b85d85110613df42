"""The small model: from articles to the events it reads in them, as spans.

Each window is one run of the network, on one thread, and windows run side by side. Nothing is
padded and no window sees another, so what is read in an article does not depend on which
articles came with it: the scales of an int8 run are set by its whole input.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from whowhom.coders.decode import decode_window
from whowhom.coders.weights import Weights, load_weights
from whowhom.coders.windows import Window, cut_windows
from whowhom.records import Article, Reading

# Windows that may be on their way at once for each thread: enough to keep it busy, few enough for
# the outputs (0.6 MB each) to take no memory to speak of.
_AHEAD = 8


def read_events(
    articles: Iterable[Article], *, weights: Weights | None = None, n_threads: int | None = None
) -> Iterator[tuple[Article, list[Reading]]]:
    """Yield every article with the events that the model reads in it, in order.

    The same deed may be read more than once in an article, in other words; `merging` joins them.

    Args:
        articles: Taken one at a time as threads come free.
        weights: Those of the package where none are given.
        n_threads: One for each core where not given.
    """
    chosen = weights or load_weights()
    n_threads = n_threads or count_cores()
    with ThreadPoolExecutor(n_threads) as pool:
        waiting: deque[tuple[Article, Future[list[Reading]] | None]] = deque()
        readings: list[Reading] = []
        for article, window in _windows(articles, chosen):
            job = pool.submit(_read_window, article, window, chosen) if window is not None else None
            waiting.append((article, job))
            while len(waiting) > _AHEAD * n_threads:
                article, job = waiting.popleft()
                if job is None:
                    yield article, readings
                    readings = []
                else:
                    readings.extend(job.result())
        for article, job in waiting:
            if job is None:
                yield article, readings
                readings = []
            else:
                readings.extend(job.result())


def count_cores() -> int:
    """Return how many cores this process may use."""
    import os

    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        return os.cpu_count() or 1


def _windows(articles: Iterable[Article], weights: Weights) -> Iterator[tuple[Article, Window | None]]:
    """Yield the windows of every article, and None after its last one."""
    for article in articles:
        for window in cut_windows(article, weights.tokenizer):
            yield article, window
        yield article, None


def _read_window(article: Article, window: Window, weights: Weights) -> list[Reading]:
    inputs = {
        "pieces": window.pieces[np.newaxis],
        "features": window.features[np.newaxis],
        "core": window.core[np.newaxis],
    }
    outputs = weights.session.run(None, inputs)[0][0]
    return decode_window(article, window, outputs, weights)
