"""Change points of counts: where the rate of events per article read moves to another level.

The method, for one series of counts y over periods in which e articles were read:

1. A period that stands out alone is cut to two of Poisson's deviations above the second highest rate of
   the five around it, so that one month of much news is no change of level. Up to three events are
   never cut.
2. Of all splits into a left and a right part of at least three periods the one is taken at which the
   likelihood ratio of two Poisson rates against one is largest,
   2 (S ln(S / Np) + (N - S) ln((N - S) / N(1 - p))):
   N events in all, S of them on the left, p the left part's share of the articles. With N given, S is
   binomial, so a rise in reading is no rise in events (Przyborowski & Wilenski 1940,
   doi:10.1093/biomet/31.3-4.313; the largest over all splits: Worsley 1986, doi:10.1093/biomet/73.1.91).
3. News comes in bursts, so counts vary more than Poisson's. The ratio is divided by their dispersion,
   where that is above 1. It is taken from the differences of neighbours, which a change of level hardly
   touches (von Neumann 1941, doi:10.1214/aoms/1177731677), before anything is cut.
4. A split counts where this exceeds 4 + 2 ln(periods); both parts are then searched in turn (binary
   segmentation, Scott & Knott 1974, doi:10.2307/2529204).

Series of fewer than ten events have no change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]

# A level is something that lasts; with two periods a burst over New Year would be one.
_SHORTEST = 3
FEWEST = 10
_NEVER_CUT = 3.0


class Change(NamedTuple):
    """A move of the level: `start` is the first period of the new one, [before, end) what is compared."""

    start: int
    direction: Literal["up", "down"]
    before: int
    end: int


def find_changes(counts: NDArray[Any], exposure: NDArray[Any]) -> Iterator[tuple[int, Change]]:
    """Yield the changes of each series, with its number, the earliest first.

        >>> series = np.array([[1, 0, 2, 1, 0, 1, 9, 7, 8, 9, 6, 8]])
        >>> list(find_changes(series, np.full(12, 100.0)))
        [(0, Change(start=6, direction='up', before=0, end=12))]

    Args:
        counts: One row a series, one column a period; shape (n_series, n_periods).
        exposure: Articles read of each period; where there are none nothing can be compared, and the
            period is passed over. Shape (n_periods,).
    """
    covered = np.flatnonzero(exposure > 0)
    known = exposure[covered].astype(np.float64)
    n_periods = len(covered)
    if n_periods < 2 * _SHORTEST:
        return
    # The period after the last one, so that an end can be told as well as a start.
    place = [*covered.tolist(), len(exposure)]
    series = np.flatnonzero(counts[:, covered].sum(axis=1) >= FEWEST)
    whole = counts[np.ix_(series, covered)].astype(np.float64)
    cut = cut_bursts(whole, known)
    ratio, _ = _split(cut, known)
    for row in np.flatnonzero(ratio > _threshold(n_periods)):
        for change in _list_changes(cut[row], known, _disperse(whole[row], known)):
            start, direction, before, end = change
            yield int(series[row]), Change(place[start], direction, place[before], place[end])


def cut_bursts(counts: Counts, exposure: Counts) -> Counts:
    """Return the counts with each lone burst cut to little above what lies around it.

    >>> cut_bursts(np.array([[4.0, 5.0, 40.0, 4.0, 6.0, 5.0]]), np.ones(6)).round(1)
    array([[ 4. ,  5. , 10.9,  4. ,  6. ,  5. ]])
    """
    rate = np.pad(counts / exposure, ((0, 0), (2, 2)), mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(rate, 5, axis=1)
    second = np.partition(around, 3, axis=2)[:, :, 3]
    expected = second * exposure
    cut: Counts = np.minimum(counts, np.maximum(expected + 2 * np.sqrt(expected), _NEVER_CUT))
    return cut


def _list_changes(counts: Counts, exposure: Counts, dispersion: float) -> list[Change]:
    least = _threshold(len(counts)) * dispersion
    starts = sorted(_find_starts(counts, exposure, 0, len(counts), least))
    bounds = [0, *starts, len(counts)]
    changes = []
    for before, start, end in zip(bounds, starts, bounds[2:], strict=False):
        old = counts[before:start].sum() / exposure[before:start].sum()
        new = counts[start:end].sum() / exposure[start:end].sum()
        changes.append(Change(start, "up" if new > old else "down", before, end))
    return changes


def _find_starts(counts: Counts, exposure: Counts, first: int, last: int, least: float) -> Iterator[int]:
    """Yield where new levels start in [first, last)."""
    if last - first < 2 * _SHORTEST or counts[first:last].sum() < FEWEST:
        return
    y, e = counts[first:last], exposure[first:last]
    ratio, split = _split(y[np.newaxis], e)
    at = int(split[0])
    if ratio[0] <= least:
        return
    yield first + at
    yield from _find_starts(counts, exposure, first, first + at, least)
    yield from _find_starts(counts, exposure, first + at, last, least)


def _split(counts: Counts, exposure: Counts) -> tuple[Counts, NDArray[Any]]:
    """Return for each series its largest likelihood ratio and the first period right of that split."""
    n = counts.shape[1]
    share = np.cumsum(exposure)[_SHORTEST - 1 : n - _SHORTEST] / exposure.sum()
    total = counts.sum(axis=1, keepdims=True)
    left = np.cumsum(counts, axis=1)[:, _SHORTEST - 1 : n - _SHORTEST]
    right = np.maximum(total - left, 0.0)
    # A part without events adds nothing: 0 ln 0 is 0.
    ratio = 2 * (
        left * np.log(np.maximum(left, 1e-9) / np.maximum(total * share, 1e-9))
        + right * np.log(np.maximum(right, 1e-9) / np.maximum(total * (1 - share), 1e-9))
    )
    best = ratio.argmax(axis=1)
    return ratio[np.arange(len(ratio)), best], best + _SHORTEST


def _disperse(counts: Counts, exposure: Counts) -> float:
    """Return how much more neighbouring counts differ than Poisson's would, at least 1.

    Given the sum n of two neighbours, the first is binomial; each squared deviation in units of its
    variance is 1 on average, whatever the level, so changes of level hardly raise it.
    """
    both = counts[:-1] + counts[1:]
    share = exposure[:-1] / (exposure[:-1] + exposure[1:])
    known = both > 0
    deviation = (counts[:-1] - both * share)[known] ** 2 / (both * share * (1 - share))[known]
    return max(1.0, float(deviation.mean()))


def _threshold(n_periods: int) -> float:
    # Marks at most 1.5 % of constant Poisson series of 12 to 1,500 periods (evaluation/dyads.py --marks).
    return 4.0 + 2.0 * float(np.log(n_periods))
