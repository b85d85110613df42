"""Work on many things at once in other processes of this program, for what Python alone does slowly.

A process reads pickled work from its input and writes pickled results to its output, so it ends when this
one does, however that ends. Not `multiprocessing`, which runs a caller's script once more in each process
unless the script is written for it.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from itertools import chain, islice
from typing import IO, Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_MOST_PROCESSES = 4
_START = "import sys; sys.path[:] = {path!r}; from whowhom.workers import serve; serve({module!r}, {name!r})"


def map_apart(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Yield what `work`, a function of a module, makes of each item, in the order of the items.

    With one core, or one item, or where no process can be started, it is done here. What `work` raises in
    another process it raises here too, when the item is done once more.
    """
    stream = iter(items)
    first = list(islice(stream, 2))
    if len(first) < 2 or count_cores() < 2 or not sys.executable:
        yield from map(work, chain(first, stream))
        return
    with ExitStack() as stack:
        try:
            idle = deque(
                stack.enter_context(_start(work)) for _ in range(min(count_cores(), _MOST_PROCESSES))
            )
        except OSError:
            yield from map(work, chain(first, stream))
            return
        # Each has one item at a time, so neither side ever waits for the other to read.
        busy: deque[tuple[subprocess.Popen[bytes], T]] = deque()
        for item in chain(first, stream):
            if not idle:
                process, before = busy.popleft()
                yield _receive(process, work, before)
                idle.append(process)
            process = idle.popleft()
            _send(process, item)
            busy.append((process, item))
        while busy:
            process, before = busy.popleft()
            yield _receive(process, work, before)


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _start(work: Callable[..., Any]) -> Iterator[subprocess.Popen[bytes]]:
    code = _START.format(path=sys.path, module=work.__module__, name=work.__name__)
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        # It holds nothing that could be lost; after an interrupt it may be amidst an item.
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                _open(stream).close()


def _send(process: subprocess.Popen[bytes], item: Any) -> None:
    with suppress(OSError):  # It is no more: `_receive` does the item here.
        pickle.dump(item, _open(process.stdin), pickle.HIGHEST_PROTOCOL)
        _open(process.stdin).flush()


def _receive(process: subprocess.Popen[bytes], work: Callable[[T], R], item: T) -> R:
    try:
        done, result = pickle.load(_open(process.stdout))
    except (EOFError, OSError, pickle.UnpicklingError):
        done = False
    return result if done else work(item)


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def serve(module: str, name: str) -> None:
    """Do in this process what another sends, until it sends no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The other, which is interrupted too, ends this one.
    gc.disable()  # Items and results hold no cycles; to look for some took a fifth of the time.
    work = getattr(import_module(module), name)
    output = sys.stdout.buffer
    while True:
        try:
            item = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            result = True, work(item)
        except Exception:
            result = False, None
        try:
            pickle.dump(result, output, pickle.HIGHEST_PROTOCOL)
            output.flush()
        except BrokenPipeError:
            os._exit(0)  # Nothing is left to be written, and Python would complain that it cannot.
