"""Ctrl-C during a long run: what is being written is finished, what is being read or coded is broken off.

Python raises KeyboardInterrupt wherever it happens to be. Amidst a write that loses the batch, and amidst
a look-up or an import the library at work may hand on an error of its own in its place, so that the run
would fail where it was only asked to end.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import TypeVar

T = TypeVar("T")


class Interrupts:
    """Holds Ctrl-C back within its block, but while it takes the next of `until_asked` or in `letting`.

    Asked a second time it raises KeyboardInterrupt at once. Where the block is not in the main thread,
    or the program has its own way with SIGINT, nothing is held back, and a KeyboardInterrupt while the
    next item is taken ends the items all the same.

    Example:
        >>> with Interrupts() as interrupts:
        ...     for item in interrupts.until_asked([1, 2]):
        ...         print(item)
        ...     interrupts.end_if_asked()
        1
        2
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._is_letting = False
        self._is_handling = False

    def __enter__(self) -> Interrupts:
        self._is_handling = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if self._is_handling:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_handling:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self.is_asked and (error is None or isinstance(error, Exception)):
            raise KeyboardInterrupt from None

    def _note(self, number: int, frame: FrameType | None) -> None:
        is_second, self.is_asked = self.is_asked, True
        if self._is_letting or is_second:
            raise KeyboardInterrupt

    @contextmanager
    def letting(self) -> Iterator[None]:
        """Let Ctrl-C break off what is done here: long work that leaves nothing half done."""
        self._is_letting = True
        try:
            yield
        finally:
            self._is_letting = False

    def until_asked(self, items: Iterable[T]) -> Iterator[T]:
        """Yield the items until Ctrl-C; one that was in the making is dropped, as it may be unsound."""
        stream = iter(items)
        while not self.is_asked:
            try:
                with self.letting():
                    self.end_if_asked()  # since the loop looked; the next item may be long in coming
                    item = next(stream, self)
            except KeyboardInterrupt:
                self.is_asked = True
            except Exception:
                if not self.is_asked:
                    raise
            if self.is_asked or item is self:
                return
            yield item  # type: ignore[misc]

    def end_if_asked(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed since the block began."""
        if self.is_asked:
            raise KeyboardInterrupt
