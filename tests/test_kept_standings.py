"""Kept ties: those that all reports make, however and in how many builds these came."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import whowhom
from evaluation.ties import CASES, SCENARIOS, read_rows
from tests.tellings import insert_row
from tests.test_tie_states import make_row
from whowhom import kept_standings
from whowhom import store as stores
from whowhom.records import CodedArticle
from whowhom.store import Store
from whowhom.tie_states import Asked, find_ties, flatten_tie, list_changes, list_spans

# What only the last change tells is read there.
_OF_TIE = (
    "tie_id",
    "tie",
    "one",
    "other",
    "name",
    "since",
    "holds",
    "doubtful",
    "candidate",
    "state",
    "score",
)


@pytest.fixture(scope="module")
def coded() -> dict[str, list[CodedArticle]]:
    """Return the reports of each scenario, coded."""
    return {
        name: list(whowhom.code_many(read_rows(CASES / reports))) for name, (reports, _) in SCENARIOS.items()
    }


@pytest.fixture
def store() -> Iterator[Store]:
    with stores.open(":memory:") as store:
        yield store


def assert_kept_is_made(store: Store) -> None:
    """Compare what is kept with what all reports make now: ties, changes and spans, in their order."""
    connection = store._connection
    assert list(kept_standings.find_wrong(connection)) == []
    made = [tie for tie in find_ties(connection, Asked()) if not tie.is_retracted]
    made.sort(key=lambda tie: (tie.changes[-1].last_day, tie.id), reverse=True)
    ((as_of,),) = connection.execute(
        "SELECT coalesce(max(published), DATE '9999-12-31') FROM article"
    ).fetchall()
    found = kept_standings.read_ties(connection, Asked(), as_of, limit=1000)
    assert found.n == len(found.ties) == len(made)
    changes = kept_standings.read_changes(connection, found.ties)
    for row, tie in zip(found.ties, made, strict=True):
        assert {name: row[name] for name in _OF_TIE} == {name: flatten_tie(tie)[name] for name in _OF_TIE}
        assert row["spans"] == [span._asdict() for span in list_spans(tie)]
        assert changes[row["tie_id"]] == list_changes(tie)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("n_builds", [1, 4])
def test_kept_standings_are_those_that_all_reports_make(
    coded: dict[str, list[CodedArticle]], store: Store, scenario: str, n_builds: int
) -> None:
    """After one build and after several, whatever came in which."""
    articles = list(coded[scenario])
    random.Random(n_builds).shuffle(articles)
    for number in range(n_builds):
        store.add(articles[number::n_builds])
        store.build_incidents()
        assert_kept_is_made(store)
    assert store._connection.execute("SELECT count(*) > 3 FROM tie").fetchall() == [(True,)]


def test_ties_follow_what_people_decide(coded: dict[str, list[CodedArticle]], store: Store) -> None:
    """A merge makes one change of two, and its undoing two of one."""
    store.add(coded["first"])
    store.build_incidents()
    changes = store._connection.execute(
        "SELECT DISTINCT incident FROM tie_change WHERE incident IS NOT NULL ORDER BY incident LIMIT 2"
    ).fetchall()
    judged = store.merge([incident for (incident,) in changes], who="ada")
    assert_kept_is_made(store)
    store.undo(judged, who="ada")
    assert_kept_is_made(store)


def test_report_that_is_gone_is_heeded(store: Store) -> None:
    """Of the sides of which reports left, and of nobody else, the ties are made anew."""
    for number, (state, other) in enumerate([("imposed", "MLI"), ("eased", "MLI"), ("imposed", "TCD")]):
        insert_row(store, "tie_report", make_row(state, f"2027-0{number + 1}-01", other=other))
    connection = store._connection
    kept_standings.keep(connection)
    assert_kept_is_made(store)
    first = kept_standings.read_build_number(connection)
    kept_standings.keep(connection)
    assert kept_standings.read_build_number(connection) == first
    connection.execute("DELETE FROM tie_report WHERE state = 'eased'")
    kept_standings.keep(connection)
    assert_kept_is_made(store)
    assert kept_standings.read_build_number(connection) > first
    connection.execute("DELETE FROM tie_report WHERE other = 'TCD'")
    kept_standings.keep(connection)
    assert_kept_is_made(store)
    assert connection.execute("SELECT one, other FROM tie").fetchall() == [("FRA", "MLI")]


def test_tie_that_was_taken_back_is_not_kept(store: Store) -> None:
    """Nor are sides of which only a denial is known."""
    insert_row(store, "tie_report", make_row("imposed", "2027-01-01"))
    insert_row(store, "tie_report", make_row("imposed", "2027-01-02", denial="retracted"))
    insert_row(store, "tie_report", make_row("imposed", "2027-01-02", denial="denied", other="TCD"))
    kept_standings.keep(store._connection)
    assert_kept_is_made(store)
    assert store._connection.execute("SELECT count(*) FROM tie").fetchall() == [(0,)]


def test_conditions_are_those_of_ties_put_together(store: Store) -> None:
    """Sides, kinds, days on which the sides were last heard of, and one page after another."""
    for number, (tie, state, day, other) in enumerate(
        [
            ("sanctions", "imposed", "2027-01-01", "MLI"),
            ("aid", "supplied", "2027-05-01", "MLI"),
            ("aid", "supplied", "2027-02-01", "TCD"),
        ]
    ):
        insert_row(store, "tie_report", make_row(state, day, tie=tie, other=other, article=f"a{number}"))
    connection = store._connection
    kept_standings.keep(connection)
    for asked in (
        Asked(actor="MLI"),
        Asked(between=("TCD", "FRA")),
        Asked(kinds=("aid",)),
        Asked(first=date(2027, 5, 1)),
        Asked(last=date(2027, 4, 30)),
        Asked(actor="nobody"),
    ):
        made = {tie.id for tie in find_ties(connection, asked)}
        found = kept_standings.read_ties(connection, asked, date(2027, 6, 1), limit=10)
        assert {row["tie_id"] for row in found.ties} == made
        assert found.n == len(made)
    pages = [
        kept_standings.read_ties(connection, Asked(), date(2027, 6, 1), limit=1, offset=n) for n in range(4)
    ]
    assert [[row["tie"] for row in page.ties] for page in pages] == [["aid"], ["aid"], ["sanctions"], []]
    assert {page.n for page in pages} == {3}


def test_last_changes_are_those_a_table_shows(store: Store) -> None:
    """So many of each tie, the earliest of them first."""
    for number in range(1, 6):
        insert_row(store, "tie_report", make_row("imposed", f"2027-0{number}-01"))
    kept_standings.keep(store._connection)
    found = kept_standings.read_ties(store._connection, Asked(), date(2027, 6, 1), limit=10)
    (changes,) = kept_standings.read_changes(store._connection, found.ties, most=2).values()
    assert [change["last_day"] for change in changes] == [date(2027, 4, 1), date(2027, 5, 1)]
    assert found.ties[0]["n_changes"] == 5


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        ("UPDATE tie SET since = DATE '2020-01-01'", "tie"),
        ("DELETE FROM tie_change WHERE ordinal = 0", "tie_change"),
        ("UPDATE tie_report SET family = 'other'", "tie_report"),
        ("UPDATE pledge_report SET incident = 'other'", "pledge_report"),
        ("UPDATE pledge_report SET made_on = DATE '2020-01-01'", "pledge_report"),
    ],
)
def test_check_finds_what_is_kept_otherwise(
    coded: dict[str, list[CodedArticle]], tmp_path: Path, spoil: str, expected: str
) -> None:
    """Each table that is kept is compared with what would be made now."""
    path = tmp_path / "whowhom.duckdb"
    with stores.open(path) as store:
        store.add(coded["first"])
        store.build_incidents()
        store._connection.execute(spoil)
    wrong = list(whowhom.check(path))
    assert expected in {finding.table for finding in wrong}
