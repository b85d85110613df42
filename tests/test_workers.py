"""Tests of `whowhom.workers`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from whowhom import workers
from whowhom.workers import map_apart


def name_process(item: int) -> tuple[int, int]:
    return item, os.getpid()


def refuse_three(item: int) -> int:
    if item == 3:
        raise ValueError("three")
    return item


def die_elsewhere(item: tuple[int, int]) -> int:
    number, home = item
    if number == 2 and os.getpid() != home:
        os._exit(1)
    return number


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "count_cores", lambda: 2)


def test_results_come_in_the_order_of_the_items_from_other_processes() -> None:
    """Whichever process is done first, results are in order, and more than one process made them."""
    made = list(map_apart(name_process, range(9)))
    assert [item for item, _ in made] == list(range(9))
    processes = {process for _, process in made}
    assert len(processes) == 2
    assert os.getpid() not in processes


@pytest.mark.parametrize("items", [[], [7]])
def test_little_work_is_done_here(items: list[int]) -> None:
    """No process is started for one item or none."""
    assert list(map_apart(name_process, items)) == [(item, os.getpid()) for item in items]


def test_what_work_raises_is_raised_here() -> None:
    """An error in another process comes to the caller as it is."""
    with pytest.raises(ValueError, match="three"):
        list(map_apart(refuse_three, range(6)))


def test_a_process_that_ends_loses_nothing() -> None:
    """What a process was given when it ended is done here."""
    home = os.getpid()
    assert list(map_apart(die_elsewhere, [(n, home) for n in range(9)])) == list(range(9))


def test_without_a_program_to_start_all_is_done_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where no other process can be started, this one does the work."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    assert list(map_apart(name_process, range(3))) == [(item, os.getpid()) for item in range(3)]
