"""Tests that a run killed at any instant can be run again; evaluation/kills.py does it a hundred times."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from evaluation.kills import (
    digest,
    finish,
    kill_recodes,
    measure_seconds,
    run_killed,
    start,
    write_articles,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")


def test_killed_runs_end_as_if_nothing_had_happened(tmp_path: Path) -> None:
    """Five kills at random instants, then a run to the end: every export is equal byte for byte."""
    corpus, calm, killed = (tmp_path / name for name in ("articles.jsonl", "calm.duckdb", "killed.duckdb"))
    write_articles(corpus, 60, seed=7)
    seconds = measure_seconds(start("read", corpus, "--store", calm), calm.with_name("calm.duckdb.lock"))
    expected = digest(calm)
    assert expected["check"] == ""
    chance = random.Random(7)
    pauses = (chance.uniform(0, seconds) for _ in range(5))
    lock = killed.with_name("killed.duckdb.lock")
    assert run_killed(lambda: start("read", corpus, "--store", killed), lock, pauses) > 0
    assert digest(killed) == expected


def test_killed_recodes_end_as_if_nothing_had_happened(tmp_path: Path) -> None:
    """A store coded again, killed on the way and gone on with, holds what an undisturbed run makes of it."""
    corpus, calm = tmp_path / "articles.jsonl", tmp_path / "calm.duckdb"
    write_articles(corpus, 60, seed=11)
    finish(start("read", corpus, "--store", calm))
    assert kill_recodes(tmp_path, 2, seed=11)[0].endswith("2 ended equal")
