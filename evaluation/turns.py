"""What it costs to take turns at a store, and to check it.

    python evaluation/turns.py [--events 1000000] [--incidents]

Synthetic events (evaluation/incidents.py) are put into a store, with --incidents these are built, and it is
measured how long it takes to open the file for reading and ask for one event, to open it for writing, add
thirty articles and close it again, the same thirty without opening it, and to check the whole store.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

if __name__ == "__main__":  # Of a script the own folder is looked in, that of the checkout is not.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluation.incidents import make_events
from whowhom import checks
from whowhom import store as stores
from whowhom.records import CodedArticle

_TIMES = 9
_BATCH = 30


def measure(work: Callable[[], None]) -> str:
    """Return the median and the longest of some times, in milliseconds."""
    taken = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - begun))
    return f"{statistics.median(taken):,.0f} ms (at most {max(taken):,.0f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--incidents", action="store_true", help="build incidents, and check them too")
    given = parser.parse_args()
    n_events = given.events
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "whowhom.duckdb")
        made = make_events(n_events + 8 * (_TIMES + 1) * _BATCH)
        fill(path, made, n_events)
        if given.incidents:
            with stores.open(path) as store:
                store.build_incidents()
        print(f"{n_events:,} events, {path.stat().st_size / 1e6:,.0f} MB")
        with stores.open(path, read_only=True) as store:
            id = str(store.events(limit=1).fetchall()[0][0])
        print(f"open for reading and ask for an event  {measure(lambda: ask(path, id))}")
        print(f"open for writing, add {_BATCH} articles      {measure(lambda: add(path, made))}")
        with stores.open(path) as store:
            batches = [list(islice(made, _BATCH)) for _ in range(_TIMES)]
            print(f"add {_BATCH} articles to an open store       {measure(lambda: keep(store, batches))}")
        begun = time.perf_counter()
        n_found = sum(finding.is_error for finding in checks.check(path))
        seconds = time.perf_counter() - begun
        print(
            f"check: {seconds:.0f} s, {60 * n_events / seconds:,.0f} events a minute; {n_found} errors found"
        )


def fill(path: Path, made: Iterator[CodedArticle], n_events: int) -> None:
    """Add articles until the store has so many events."""
    with stores.open(path) as store:
        while store.counts().n_events < n_events:
            store.add(islice(made, 5000))


def keep(store: stores.Store, batches: list[list[CodedArticle]]) -> None:
    """Add a batch to an open store."""
    store.add(batches.pop())


def ask(path: Path, id: str) -> None:
    """Open a store for a single question."""
    with stores.open(path, read_only=True) as store:
        store.event(id)


def add(path: Path, made: Iterator[CodedArticle]) -> None:
    """Have one turn of a run."""
    with stores.open(path) as store:
        store.add(islice(made, _BATCH))


if __name__ == "__main__":
    main()
