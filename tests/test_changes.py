"""Change points of counts: a step is found, chance and a rise in reading are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from whowhom.changes import Change, find_changes

SAME = np.full(48, 100.0)


def draw(*rates: tuple[float, int], seed: int = 0) -> NDArray[np.int64]:
    """Return one series of Poisson counts: so many periods at each rate."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.poisson(rate, n) for rate, n in rates])[np.newaxis]


def mark(counts: NDArray[np.int64], exposure: NDArray[np.float64]) -> list[tuple[int, str]]:
    return [(change.start, change.direction) for _, change in find_changes(counts, exposure)]


def test_step_up_is_marked_where_it_begins() -> None:
    """The first period of the new level; what is compared are the levels on both sides of it."""
    counts = np.repeat([[2, 10]], [24, 24], axis=1)
    assert list(find_changes(counts, SAME)) == [(0, Change(24, "up", 0, 48))]


def test_step_down_is_marked_as_such() -> None:
    """A level that falls to nothing is one as well."""
    assert mark(np.repeat([[5, 0]], [24, 24], axis=1), SAME) == [(24, "down")]


def test_up_and_down_again_are_two_marks() -> None:
    """Both ends of a war are found, and each is compared with the level beside it."""
    counts = np.repeat([[2, 12, 2]], [16, 16, 16], axis=1)
    assert list(find_changes(counts, SAME)) == [(0, Change(16, "up", 0, 32)), (0, Change(32, "down", 16, 48))]


@pytest.mark.parametrize("seed", range(20))
def test_step_among_chance_is_found_near_its_place(seed: int) -> None:
    """Poisson counts of 3, then of 12 a period."""
    found = mark(draw((3, 24), (12, 24), seed=seed), SAME)
    assert [direction for start, direction in found if abs(start - 24) <= 2] == ["up"]


def test_constant_rate_is_rarely_marked() -> None:
    """At most one in fifty of constant series, whatever their rate."""
    rng = np.random.default_rng(7)
    for rate in (0.5, 3.0, 30.0):
        counts = rng.poisson(rate, (1000, len(SAME)))
        assert len({series for series, _ in find_changes(counts, SAME)}) <= 20


@pytest.mark.parametrize("rate", [0.02, 0.2])
def test_rise_that_comes_with_as_much_more_reading_is_not_marked(rate: float) -> None:
    """Ten times the articles and ten times the events are one rate."""
    rng = np.random.default_rng(3)
    exposure = np.repeat([100.0, 1000.0], 24)
    counts = rng.poisson(rate * exposure, (500, 48))
    assert counts[:, 24:].mean() > 8 * counts[:, :24].mean()
    assert len({series for series, _ in find_changes(counts, exposure)}) <= 10


def test_as_many_events_in_ten_times_the_articles_are_a_fall() -> None:
    """The level is that of events per article."""
    exposure = np.repeat([100.0, 1000.0], 24)
    assert mark(np.full((1, 48), 10), exposure) == [(24, "down")]


def test_one_month_of_much_news_is_no_level() -> None:
    """A summit that fills a month is cut to what lies around it."""
    counts = np.full((1, 48), 4)
    counts[0, 20] = 90
    assert mark(counts, SAME) == []


def test_few_events_have_no_change() -> None:
    """Nine events in a row at the end could be one story."""
    counts = np.zeros((1, 48), np.int64)
    counts[0, 45:] = 3
    assert mark(counts, SAME) == []


def test_periods_without_articles_are_passed_over() -> None:
    """A gap in reading is no fall, and the mark stands at the period's own place."""
    counts, exposure = np.repeat([[3, 0, 3, 15]], [12, 12, 12, 12], axis=1), SAME.copy()
    exposure[12:24] = 0
    assert mark(counts, exposure) == [(36, "up")]


@pytest.mark.parametrize("n_periods", [0, 1, 5])
def test_short_series_have_no_change(n_periods: int) -> None:
    """Two levels of three periods each are the least that can be told apart."""
    counts = np.repeat([[0, 50]], [n_periods // 2, n_periods - n_periods // 2], axis=1)
    assert mark(counts, np.full(n_periods, 100.0)) == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=12, max_size=12), min_size=1, max_size=5))
def test_each_series_is_judged_by_itself(rows: list[list[int]]) -> None:
    """Series looked at together give what each alone gives; marks are in order, levels of three or more."""
    counts, exposure = np.array(rows), np.arange(50.0, 62.0)
    together = list(find_changes(counts, exposure))
    alone = [(n, change) for n in range(len(rows)) for _, change in find_changes(counts[[n]], exposure)]
    assert together == alone
    for _, change in together:
        assert change.before + 3 <= change.start <= change.end - 3
