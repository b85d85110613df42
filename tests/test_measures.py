"""Tests of what evaluation/ makes up to measure speed: it fits the store as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from evaluation import dyads, incidents, ties
from whowhom import checks
from whowhom import store as stores

ROOT = Path(__file__).parents[1]
SCRIPTS = [
    path.name for path in sorted((ROOT / "evaluation").glob("*.py")) if "__main__" in path.read_text("utf-8")
]


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_tells_how_it_is_called(name: str, tmp_path: Path) -> None:
    """Each script of evaluation/ starts in any folder, and its help names it."""
    command = [sys.executable, str(ROOT / "evaluation" / name), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert name.removesuffix(".py") in done.stdout


def test_synthetic_store_of_ties_is_asked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Its questions are answered, and a tie and a pledge are explained."""
    ties.print_times(800, tmp_path)
    lines = capsys.readouterr().out.splitlines()
    n_rows = {line[:30].strip(): int(line.split()[-2].replace(",", "")) for line in lines[2:-2]}
    assert n_rows["ties of all"] > n_rows["ties of the commonest pair"] > 0
    assert n_rows["pledges of all"] > 0
    assert [line[:30].strip() for line in lines[-2:]] == ["a tie explained", "a pledge explained"]


def test_synthetic_store_of_dyads_is_counted(tmp_path: Path) -> None:
    """Every event that happened is in the series, and copies are told from independent reports."""
    path = tmp_path / "dyads.duckdb"
    dyads.make_store(path, 400)
    with stores.open(path, read_only=True) as store:
        totals = "sum(n_events), sum(n_independent), sum(n_incidents)"
        told = store.dyads(by="year").aggregate(totals).fetchall()
    [(n_events, n_independent, n_incidents)] = told
    assert n_events > n_independent > n_incidents > 0


def test_synthetic_news_is_joined(tmp_path: Path) -> None:
    """A third of its events report what others report too, so there are fewer incidents than events."""
    path = tmp_path / "news.duckdb"
    with stores.open(path) as store:
        store.add(list(incidents.make_events(400)))
        store.build_incidents()
        n_events = store.counts().n_events
        assert 0 < len(store.incidents()) < n_events
    assert n_events == 400
    assert not [one for one in checks.check(path) if one.is_error]
