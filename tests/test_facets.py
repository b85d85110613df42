"""Tests of what incidents are found by: it is what they tell, however it came to be."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.coded_articles import make_coded
from tests.web.conftest import make_report
from whowhom import facets
from whowhom import store as stores
from whowhom.records import CodedArticle
from whowhom.store import Store

TABLES = {
    "facet": "SELECT * EXCLUDE (number) FROM facet ORDER BY ALL",
    "party": """SELECT facet.incident, party.* EXCLUDE (number) FROM party JOIN facet USING (number)
        ORDER BY ALL""",
    "posting": """SELECT facet.incident, word."text" FROM posting JOIN facet USING (number)
        JOIN word ON word.number = posting.word ORDER BY ALL""",
}


def make_reports() -> list[CodedArticle]:
    """Return reports of a few deeds, most of them told twice."""
    reports = []
    for number in range(18):
        who = ("RUS", "BLR")[number // 6 % 2]
        words = f"{who} forces shelled UKR near Belgradr{number} on Friday at dawn."
        killed = number if number % 3 == 0 else None
        day = date(2031, 1, 1 + number // 2 % 9)
        reports.append(make_report(f"r{number}", day, who=who, killed=killed, words=words))
    return reports


def read_tables(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return what is kept, without the numbers of rows, which depend on how it came to be."""
    return {name: store._connection.execute(sql).fetchall() for name, sql in TABLES.items()}


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6), n_builds=st.integers(1, 5))
def test_is_the_same_in_whatever_order_reports_came(seed: int, n_builds: int) -> None:
    """A row of an incident is that of one build of all reports, after many as after one."""
    reports = make_reports()
    with stores.open(":memory:") as store:
        store.add(reports)
        store.build_incidents()
        expected = read_tables(store)
    random.Random(seed).shuffle(reports)
    with stores.open(":memory:") as store:
        for start in range(n_builds):
            store.add(reports[start::n_builds])
            store.build_incidents()
            assert list(facets.find_wrong(store._connection)) == []
        assert read_tables(store) == expected


def test_follows_what_people_decide() -> None:
    """An incident that is split or merged, or an event that is corrected, is found as what it is now."""
    reports = make_reports()
    with stores.open(":memory:") as store:
        store.add(reports)
        store.build_incidents()
        one, other = (store.incidents().fetchall()[at][0] for at in (0, -1))
        judged = store.merge([one, other], who="ada")
        assert list(facets.find_wrong(store._connection)) == []
        store.undo(judged, who="ada")
        assert list(facets.find_wrong(store._connection)) == []
        assert len(read_tables(store)["facet"]) == len(store.incidents())


def test_number_tells_of_every_change() -> None:
    """It only grows: also when incidents are made anew, and stays when nothing is new."""
    reports = make_reports()
    with stores.open(":memory:") as store:
        seen = [facets.read_last_number(store._connection)]
        for batch in (reports[:5], reports[5:9], reports[9:]):
            store.add(batch)
            seen.append(facets.read_last_number(store._connection))
            store.build_incidents()
            seen.append(facets.read_last_number(store._connection))
        assert seen[0] == seen[1] < seen[2] == seen[3] < seen[4] == seen[5] < seen[6]
        store.build_incidents()
        assert facets.read_last_number(store._connection) == seen[-1]
        store.build_incidents(rebuild=True)
        assert facets.read_last_number(store._connection) > seen[-1]
        assert list(facets.find_wrong(store._connection)) == []


@pytest.mark.parametrize("size", [1, 7, 100])
def test_is_the_same_in_batches_of_any_size(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large build goes by parts, to bound its memory."""
    with stores.open(":memory:") as store:
        store.add([make_coded(), *make_reports()])
        store.build_incidents()
        expected = read_tables(store)
    monkeypatch.setattr(facets, "_BATCH", size)
    with stores.open(":memory:") as store:
        store.add([make_coded(), *make_reports()])
        store.build_incidents()
        assert list(facets.find_wrong(store._connection)) == []
        assert read_tables(store) == expected


def test_words_are_those_of_sentences_and_titles() -> None:
    """In small letters and without accents."""
    report = make_report(
        "r1", date(2031, 1, 1), words="RUS forces shelled UKR near Belgradr1, Žižkov on Friday."
    )
    with stores.open(":memory:") as store:
        store.add([report])
        store.build_incidents()
        found = {word for _, word in read_tables(store)["posting"]}
    assert {"rus", "forces", "shelled", "ukr", "zizkov", "friday.", "report"} <= found
