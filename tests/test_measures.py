"""Tests of what evaluation/ makes up to measure speed: it fits the store as it is."""

from __future__ import annotations

from pathlib import Path

from evaluation import dyads, incidents
from whowhom import checks
from whowhom import store as stores


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
