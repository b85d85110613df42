"""Pairs of deeds as columns: what the two of each pair have in common, many pairs at a time.

DuckDB makes the deeds and finds the pairs (deeds.sql); to compare the lists of two rows it builds a set for
every list of every pair, which is thirty times as slow as comparing whole columns of numbers here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Halves = NDArray[np.uint32]
Yes = NDArray[np.bool_]
Values = NDArray[np.float64]

_LISTS = (
    "states", "who_states", "whom_states", "names", "who_names", "whom_names", "who_persons", "whom_persons",
    "heads", "who_sectors", "whom_sectors", "mode", "stems", "story", "lead", "words",
)  # fmt: skip
# Of texts the hash; what is not known is NaN among numbers and 0 among texts.
_TEXTS = ("article", "type", "place", "place_country")
_NUMBERS = ("low", "high", "before", "first", "last", "latitude", "longitude", "killed")
_FLAGS = ("is_blast", "is_planned")
_FILLERS = np.uint32(2**32 - 2), np.uint32(2**32 - 1)
# Lists are laid side by side for so many values at a time; 16 MB.
_MOST_VALUES = 2_000_000


class _Lists:
    """A list for each deed, one behind the other."""

    def __init__(self, column: Any) -> None:
        offsets = column.offsets.to_numpy()
        # To compare half of each hash takes a third less time, and takes one pair of values in four billion
        # for the same that are not. The last two stand for no value.
        halves = column.values.to_numpy(zero_copy_only=False).astype(np.uint32)
        self.values = np.minimum(halves, _FILLERS[0] - np.uint32(1))
        self.starts = offsets[:-1].astype(np.int64)
        self.lengths = np.diff(offsets).astype(np.int64)
        self.marks = self._mark()

    def _mark(self) -> NDArray[np.uint64]:
        """Return for each list a bit for every value, of 64: lists without a common bit share no value."""
        marks = np.zeros(len(self.starts), np.uint64)
        filled = np.flatnonzero(self.lengths)
        if len(filled):
            bits = np.uint64(1) << (self.values.astype(np.uint64) & np.uint64(63))
            marks[filled] = np.bitwise_or.reduceat(bits, self.starts[filled])
        return marks

    def lay_out(self, rows: Numbers, filler: np.uint32) -> Halves:
        """Return the lists of some rows as columns of one width; shape (longest list, rows)."""
        lengths = self.lengths[rows]
        width = int(lengths.max(initial=0))
        at = np.arange(width)[:, None]
        inside = at < lengths
        places = np.where(inside, self.starts[rows] + at, 0)
        return np.where(inside, self.values[places], filler) if width else np.empty((0, len(rows)), np.uint32)


class Deeds:
    """The table `deed` as columns; the deed with the node n stands at n - 1."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        columns = [
            *(f"[hash(one) FOR one IN {name}] AS {name}" for name in _LISTS),
            *(f"CASE WHEN {name} IS NULL THEN 0 ELSE hash({name}) END AS {name}" for name in _TEXTS),
            *(f"CAST({name} AS DOUBLE) AS {name}" for name in _NUMBERS),
            *_FLAGS,
        ]
        self.lists: dict[str, _Lists] = {}
        self.values: dict[str, NDArray[Any]] = {}
        # One column after the other: together they would be held twice.
        for column in columns:
            table = connection.sql(f"SELECT {column} FROM deed ORDER BY node").to_arrow_table()
            (name,) = table.column_names
            whole = table.column(0).combine_chunks()
            if name in _LISTS:
                self.lists[name] = _Lists(whole)
            else:
                self.values[name] = np.array(whole.to_numpy(zero_copy_only=False))


class Pairs:
    """Some pairs of deeds; a feature asks it for columns, and each that was reckoned is kept."""

    def __init__(self, deeds: Deeds, one: Numbers, two: Numbers) -> None:
        self._deeds = deeds
        self.one = one
        self.two = two
        self._kept: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.one)

    def choose(self, chosen: Yes) -> Pairs:
        """Return some of the pairs."""
        return Pairs(self._deeds, self.one[chosen], self.two[chosen])

    def a(self, name: str) -> NDArray[Any]:
        """Return a column of the first deeds."""
        return self._keep(f"a {name}", lambda: self._deeds.values[name][self.one])

    def b(self, name: str) -> NDArray[Any]:
        """Return a column of the second deeds."""
        return self._keep(f"b {name}", lambda: self._deeds.values[name][self.two])

    def n_a(self, name: str) -> Numbers:
        """Return how long a list of the first deeds is."""
        return self._keep(f"n a {name}", lambda: self._deeds.lists[name].lengths[self.one])

    def n_b(self, name: str) -> Numbers:
        """Return how long a list of the second deeds is."""
        return self._keep(f"n b {name}", lambda: self._deeds.lists[name].lengths[self.two])

    def count(self, name: str, other: str = "") -> Numbers:
        """Return how many values a list of the first has in common with one of the second."""
        return self._keep(f"count {name} {other}", lambda: self._count(name, other or name))

    def share(self, name: str, other: str = "") -> Yes:
        """Return whether the two have a value in common."""
        return self.count(name, other) > 0

    def differ(self, name: str) -> Yes:
        """Return whether both have values in a list, and none in common."""
        found: Yes = (self.n_a(name) > 0) & (self.n_b(name) > 0) & ~self.share(name)
        return found

    def is_same(self, name: str) -> Yes:
        """Return whether a text is known of both and the same."""
        found: Yes = (self.a(name) == self.b(name)) & (self.a(name) != 0)
        return found

    def is_other(self, name: str) -> Yes:
        """Return whether a text is known of both and not the same."""
        found: Yes = (self.a(name) != self.b(name)) & (self.a(name) != 0) & (self.b(name) != 0)
        return found

    def measure_share(self, name: str, least: int) -> Values:
        """Return which part of the shorter list is common; of a list of `least` where it is shorter still."""
        shorter = np.minimum(self.n_a(name), self.n_b(name))
        shares: Values = self.count(name) / np.maximum(shorter, least)
        return shares

    @cached_property
    def is_undated(self) -> Yes:
        """Whether the days of one are not known."""
        undated: Yes = np.isnan(self.a("low")) | np.isnan(self.b("low"))
        return undated

    def _keep(self, key: str, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def _count(self, name: str, other: str) -> Numbers:
        left, right = self._deeds.lists[name], self._deeds.lists[other]
        counts = np.zeros(len(self), np.int64)
        rows = np.flatnonzero(left.marks[self.one] & right.marks[self.two])
        lengths = left.lengths[self.one[rows]] + right.lengths[self.two[rows]]
        # Most lists have one value; these need no laying out.
        single = rows[lengths == 2]
        counts[single] = (
            left.values[left.starts[self.one[single]]] == right.values[right.starts[self.two[single]]]
        )
        rows, lengths = rows[lengths > 2], lengths[lengths > 2]
        # Lists of like lengths go together, so that one long list does not widen all.
        if int(lengths.max(initial=0)) > 16:
            rows = rows[np.argsort(lengths.astype(np.uint16), kind="stable")]
        widest = int(lengths.max(initial=1))
        step = max(1, _MOST_VALUES // widest)
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            # Two fillers, so that nothing is common where there is nothing.
            ours = left.lay_out(self.one[some], _FILLERS[0])
            theirs = right.lay_out(self.two[some], _FILLERS[1])
            few, many = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
            for values in few:
                counts[some] += (many == values).any(axis=0)
        return counts


Measure = Callable[[Pairs], NDArray[Any]]
