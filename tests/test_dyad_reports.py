"""Tests of the rows that dyads are counted from: they are what events tell, however they came to be."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.coded_articles import coded_articles
from tests.web.conftest import make_report
from whowhom import checks, dyad_reports, series
from whowhom import store as stores
from whowhom.records import CodedArticle, Entity, Event
from whowhom.store import Store

Change = Callable[[Store], object]


def make_reports() -> list[CodedArticle]:
    """Return reports of a few deeds, most told twice; some by two states, some without a recipient."""
    reports = []
    for number in range(18):
        who = ("RUS", "BLR")[number // 6 % 2]
        day = date(2031, 1, 1 + number // 2 % 9)
        one = make_report(
            f"r{number}", day, who=who, words=f"{who} forces shelled UKR near Belgradr{number}, Friday."
        )
        (event,) = one.events
        if number % 5 == 0:
            event = replace(event, actor=(*event.actor, Entity(event.actor[0].span, "", "CHN", ("GOV",))))
        if number % 7 == 0:
            event = replace(event, event="CONSULT", quad=1, recipient=())
        reports.append(CodedArticle(one.article, (event,)))
    return reports


def find_wrong(store: Store) -> list[Any]:
    return list(dyad_reports.find_wrong(store._connection))


def count_both_ways(store: Store, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[Any]]:
    """Return all dyads by day but for their incidents, counted from the kept rows and from the events."""
    kept = store.dyads(by="day", both=True).fetchall()
    with monkeypatch.context() as patched:
        patched.setattr(series, "_KEPT", series._KEPT + " AND false")
        patched.setattr(series, "is_complete", lambda _: False)
        patched.setattr(series, "FRESH", "true")
        return _without_incidents(kept), _without_incidents(store.dyads(by="day", both=True).fetchall())


def _without_incidents(rows: list[Any]) -> list[Any]:
    places = [
        place for place, one in enumerate(series.COLUMNS) if one.name in ("n_independent", "n_incidents")
    ]
    return [[value for place, value in enumerate(row) if place not in places] for row in rows]


@pytest.fixture
def store() -> Iterator[Store]:
    """A store whose reports are joined."""
    with stores.open(":memory:") as opened:
        opened.add(make_reports())
        opened.build_incidents()
        yield opened


def merge(store: Store) -> str:
    one, other = (store.incidents().fetchall()[at][0] for at in (0, -1))
    return store.merge([one, other], who="ada")


def split(store: Store) -> str:
    joined = next(row[0] for row in store.incidents().fetchall() if len(store._list_members(row[0])) > 1)
    return store.split(joined, [store._list_members(joined)[0][1]], who="ada")


def code_anew(store: Store, **changes: Any) -> None:
    (one,) = (coded for coded in make_reports() if coded.article.id == "r3")
    events: tuple[Event, ...] = tuple(replace(event, **changes) for event in one.events) if changes else ()
    store.replace_coding([CodedArticle(one.article, events)], coder="another")
    store.build_incidents()


_CHANGES: dict[str, Change] = {
    "nothing": lambda store: None,
    "built anew": lambda store: store.build_incidents(rebuild=True),
    "merged": merge,
    "merged and undone": lambda store: store.undo(merge(store), who="ada"),
    "split": split,
    "day corrected": lambda store: store.correct("r4-1", set={"day": "2030-12-31"}, who="ada"),
    "actor corrected": lambda store: store.correct("r4-1", set={"actor": "RUS forces (PRK MIL)"}, who="ada"),
    "accepted": lambda store: store.correct("r4-1", accept=True, who="ada"),
    "wrong": lambda store: store.correct("r4-1", wrong=True, who="ada"),
    "coded anew": lambda store: code_anew(store, event="AID", quad=2),
    "coded anew as no event": code_anew,
}


@pytest.mark.parametrize("change", _CHANGES.values(), ids=list(_CHANGES))
def test_kept_rows_count_as_the_events_do(
    store: Store, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After whatever has changed what an incident is made of."""
    change(store)
    assert dyad_reports.is_complete(store._connection)
    kept, counted = count_both_ways(store, monkeypatch)
    assert kept == counted != []
    assert find_wrong(store) == []


def test_events_that_no_build_has_seen_are_counted_from_the_events(store: Store) -> None:
    """So no row is missing between a reading and a build, and none is left of what was coded before."""
    store.add([make_report("late", date(2031, 1, 20), who="USA", whom="CUB")])
    assert not dyad_reports.is_complete(store._connection)
    (row,) = store.dyads(pairs=[("USA", "CUB")]).fetchall()
    assert row[8] == 1

    store.build_incidents()
    (one,) = (coded for coded in make_reports() if coded.article.id == "r3")
    store.replace_coding([CodedArticle(one.article, ())], coder="another")
    assert not dyad_reports.is_complete(store._connection)
    ((n_events,),) = store.dyads().aggregate("sum(n_events)").fetchall()
    store.build_incidents()
    assert dyad_reports.is_complete(store._connection)
    assert store.dyads().aggregate("sum(n_events)").fetchall() == [(n_events,)]


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6), n_builds=st.integers(1, 5))
def test_rows_are_the_same_in_whatever_order_reports_came(seed: int, n_builds: int) -> None:
    """A row is that of one build of all reports, after many as after one."""
    reports = make_reports()
    random.Random(seed).shuffle(reports)
    rows = []
    for n in (1, n_builds):
        with stores.open(":memory:") as store:
            for start in range(n):
                store.add(reports[start::n])
                store.build_incidents()
            assert find_wrong(store) == []
            rows.append(store._connection.execute("FROM dyad_report ORDER BY ALL").fetchall())
    assert rows[0] == rows[1] != []


@settings(max_examples=20, deadline=None)
@given(st.lists(coded_articles, max_size=4, unique_by=lambda coded: coded.article.id))
def test_any_events_are_kept_as_they_are_counted(coded: list[CodedArticle]) -> None:
    """Whatever their actors, days and auxiliary modes."""
    with stores.open(":memory:") as store, pytest.MonkeyPatch.context() as patch:
        store.add(coded)
        store.build_incidents()
        kept, counted = count_both_ways(store, patch)
        assert kept == counted
        assert find_wrong(store) == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE dyad_report SET day = day + 1 WHERE event = 'r4-1'",
        "DELETE FROM dyad_report WHERE event = 'r4-1'",
        "INSERT INTO dyad_report FROM dyad_report WHERE event = 'r4-1'",
    ],
)
def test_check_finds_rows_that_are_not_what_events_tell(tmp_path: Any, damage: str) -> None:
    """One that was changed, one that is missing, one that stands twice."""
    path = tmp_path / "s.duckdb"
    with stores.open(path) as store:
        store.add(make_reports())
        store.build_incidents()
    assert [str(one) for one in checks.check(path) if one.is_error] == []
    with stores.open(path) as store:
        store._connection.execute(damage)
    found = [str(one) for one in checks.check(path) if one.is_error]
    assert found == ["dyad_report r4 r4-1: is not what the event and its incident tell"]
