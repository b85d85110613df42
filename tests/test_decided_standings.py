"""Decisions on events reach ties and pledges at once."""

from __future__ import annotations

from typing import Any

import pytest

import whowhom
from whowhom import store as stores
from whowhom.records import Article
from whowhom.store import Store

TEXT = "Russia threatened to attack Israel on Monday. Russia supplied missiles to Iran on Monday."


def standings(store: Store) -> list[Any]:
    tables = ("told", "tie_report", "pledge_report", "tie", "tie_change")
    return [store._connection.sql(f"FROM {table} ORDER BY ALL").fetchall() for table in tables]


@pytest.mark.parametrize("decision", [{"wrong": True}, {"accept": True}, {"set": {"recipient": "USA"}}])
def test_standings_after_a_decision_are_those_of_a_rebuild(decision: dict[str, Any]) -> None:
    """Of every event, and after the undo."""
    from datetime import date

    article = Article("a1", TEXT, published=date(2031, 3, 4))
    with stores.open(":memory:") as store:
        store.add(list(whowhom.code_many([article])))
        store.build_incidents()
        for (event,) in store.events().select("event_id").fetchall():
            made = store.correct(event, who="Ana", **decision)
            for step in ("decided", "undone"):
                found = standings(store)
                store.build_incidents(rebuild=True)
                assert found == standings(store), step
                if step == "decided":
                    store.correct(undo=made.id, who="Ana")
