"""Ties on a day: what changes come to, denials, retractions, and both clocks."""

import json
import random
from datetime import date

import pytest

import whowhom
from evaluation.ties import CASES, SCENARIOS, check, fill_store, read_rows
from tests.tellings import insert_row
from whowhom import pledge_states
from whowhom import store as stores
from whowhom.pledge_states import find_pledges, find_pledges_by_id
from whowhom.store import UnknownEventError
from whowhom.tie_states import (
    COLUMNS,
    Asked,
    Tie,
    find_first_day,
    find_ties,
    find_ties_by_id,
    put_together,
)

DAYS = (date(2027, 4, 27), date(2027, 7, 31), date(2027, 10, 1))


def make_row(state, day, **changes):
    """Return a row of tie_report as it is read, of sanctions by France on Mali."""
    article = changes.pop("article", f"{state} {day}")
    return {
        "article": article, "event": "e1", "tie": "sanctions", "one": "FRA", "other": "MLI", "state": state,
        "name": None, "subject": [],
        "first_day": date.fromisoformat(day), "last_day": date.fromisoformat(day),
        "is_said": True, "known_on": date.fromisoformat(day), "denial": None, "said_by": None, "weight": 0.9,
        "score": 0.7, "doubtful": False, "rule": "ties.csv:1", "incident": None, "family": article, **changes,
    }  # fmt: skip


def state_of(rows, as_of="2027-12-31"):
    """Return the only tie that rows make."""
    ordered = sorted(rows, key=lambda row: (row["known_on"], row["article"]))
    (tie,) = put_together(ordered, date.fromisoformat(as_of))
    return tie


def test_state_is_that_of_the_last_change():
    """Imposed, then eased."""
    tie = state_of([make_row("imposed", "2027-01-01"), make_row("eased", "2027-03-01")])
    assert (tie.current.state, tie.since, tie.holds, tie.doubtful) == ("eased", date(2027, 3, 1), True, False)


def test_change_with_too_little_behind_it_is_a_candidate_beside_the_state():
    """One unnamed source does not lift sanctions."""
    tie = state_of([make_row("imposed", "2027-01-01"), make_row("lifted", "2027-03-01", weight=0.5)])
    assert (tie.current.state, tie.candidate.state) == ("imposed", "lifted")


def test_two_independent_reports_are_enough_and_two_copies_are_not():
    """0.5 and 0.5 come to 0.75; a copied report adds nothing."""
    twice = [make_row("imposed", "2027-01-01", weight=0.5, article=one) for one in ("a", "b")]
    assert not state_of(twice).doubtful
    assert state_of([{**row, "family": "a"} for row in twice]).doubtful


def test_denial_disputes_a_change_until_somebody_else_reports_it_again():
    """Disputed from the day of the denial; a later report by another outlet restores it."""
    claim = make_row("imposed", "2027-01-01")
    denial = make_row("imposed", "2027-01-03", denial="denied", said_by="France's foreign ministry")
    disputed = state_of([claim, denial])
    assert disputed.changes[0].standing == "disputed"
    assert disputed.current.denied_by == ("France's foreign ministry",)
    assert state_of([claim, denial, make_row("imposed", "2027-01-09")]).changes[0].standing == "sure"


def test_retracted_change_leaves_no_tie():
    """What its only report took back did not happen."""
    tie = state_of([make_row("imposed", "2027-01-01"), make_row("imposed", "2027-01-02", denial="retracted")])
    assert tie.is_retracted
    assert not tie.holds


def test_report_of_an_earlier_step_does_not_take_a_tie_back():
    """Sanctions announced anew do not end those in force."""
    tie = state_of([make_row("imposed", "2027-01-01"), make_row("announced", "2027-02-01")])
    assert tie.current.state == "imposed"
    assert tie.changes[1].standing == "outdated"


def test_state_that_must_be_heard_of_ceases_to_hold():
    """A joint exercise is over two months after its last report."""
    row = make_row("held", "2027-01-01", tie="joint exercise")
    assert state_of([row], "2027-02-01").holds
    assert not state_of([row], "2027-06-01").holds


def test_two_agreements_of_one_pair_are_two_ties():
    """One on trade and one on gas; what names no subject belongs to the one that changed last."""
    rows = [
        make_row("signed", "2027-01-01", tie="agreement", subject=["trade"]),
        make_row("signed", "2027-02-01", tie="agreement", subject=["gas"]),
        make_row("suspended", "2027-03-01", tie="agreement"),
    ]
    ties = put_together(rows, date(2027, 12, 31))
    assert sorted((sorted(tie.current.subject) or ["gas"], tie.current.state) for tie in ties) == [
        (["gas"], "suspended"), (["trade"], "signed"),
    ]  # fmt: skip


def test_sides_heard_of_lately_have_all_their_ties():
    """Chosen by the day of the last report; the ties themselves are as they always are."""
    with stores.open(":memory:") as store:
        for number, (tie, state, day, other) in enumerate(
            [
                ("sanctions", "imposed", "2027-01-01", "MLI"),
                ("aid", "supplied", "2027-05-01", "MLI"),
                ("aid", "supplied", "2027-02-01", "TCD"),
            ]
        ):
            row = make_row(state, day, tie=tie, other=other, article=f"a{number}")
            insert_row(store, "tie_report", row)
        asked = Asked(as_of=date(2027, 6, 1))
        assert find_first_day(store._connection, asked, 3) is None
        first = find_first_day(store._connection, asked, 2)
        assert first == date(2027, 5, 1)
        newest = find_ties(store._connection, asked._replace(first=first))
        earlier = find_ties(store._connection, asked._replace(last=date(2027, 4, 30)))
        assert [(tie.other, tie.tie) for tie in newest] == [("MLI", "aid"), ("MLI", "sanctions")]
        assert [*newest, *earlier] == find_ties(store._connection, asked)


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ("RUS", ["RUS"]),
        ("rus", ["RUS"]),
        ("MIL", []),
        ("brussels", ["Brussels Military Bloc"]),
        ("military", ["Brussels Military Bloc"]),
    ],
)
def test_code_is_no_part_of_a_name(actor, expected):
    """Russia is not in Brussels, nor any army in the name of a bloc."""
    with stores.open(":memory:") as store:
        for number, other in enumerate(("RUS", "Brussels Military Bloc")):
            row = make_row("imposed", "2027-01-01", other=other, article=f"a{number}")
            insert_row(store, "tie_report", row)
        ties = find_ties(store._connection, Asked(actor=actor))
        assert [tie.other for tie in ties] == expected


# The scenarios: reports written for the project, read by the coder of the package.


@pytest.fixture(scope="module")
def coded():
    """The reports of each scenario, coded."""
    return {
        name: list(whowhom.code_many(read_rows(CASES / reports))) for name, (reports, _) in SCENARIOS.items()
    }


@pytest.fixture(scope="module")
def scenario_stores(coded):
    """A store for each scenario."""
    made = {name: fill(articles) for name, articles in coded.items()}
    yield made
    for store in made.values():
        store.close()


def fill(articles):
    store = stores.open(":memory:")
    store.add(articles)
    store.build_incidents()
    return store


EXPECTED = [
    pytest.param(
        name, row, id=f"{name} {json.dumps(row)}",
        marks=[pytest.mark.xfail(reason=row["failing"], strict=True)] if "failing" in row else [],
    )
    for name, (_, answers) in SCENARIOS.items()
    for row in read_rows(CASES / answers)
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), EXPECTED)
def test_scenario_gives_the_expected_ties_and_pledges(scenario_stores, name, expected):
    """As of each day, and as known on each day, the state is the one written down beside the reports."""
    is_right, found = check(scenario_stores[name], expected)
    assert is_right, found


def list_answers(store, as_of, known):
    """Return all ties and pledges, without what names incidents, which later reports may join."""
    ties = store.ties(as_of=as_of, known=known).project("* EXCLUDE (incident)").fetchall()
    return ties, store.pledges(as_of=as_of, known=known).project("* EXCLUDE (incident)").fetchall()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_known_on_a_day_is_what_a_store_without_later_reports_tells(coded, scenario_stores, day):
    """Nothing that came out afterwards shows through."""
    before = fill([one for one in coded["first"] if one.article.published <= day])
    assert list_answers(scenario_stores["first"], day, day) == list_answers(before, day, None)
    assert len(list_answers(before, day, None)[0]) > 5


def test_order_and_batches_of_reading_make_no_difference(coded, scenario_stores):
    """Reports read in disorder, in four batches with a build after each, give the same answers."""
    articles = list(coded["first"])
    random.Random(4).shuffle(articles)
    store = stores.open(":memory:")
    for start in range(0, len(articles), 13):
        store.add(articles[start : start + 13])
        store.build_incidents()
    day = date(2027, 12, 31)
    assert list_answers(store, day, None) == list_answers(scenario_stores["first"], day, None)


def test_sides_may_be_given_in_either_order_and_by_part_of_a_name(scenario_stores):
    """Codes whatever their case, names of bodies and groups by a part."""
    store = scenario_stores["first"]
    one = store.ties(between=("gab", "african union")).fetchall()
    assert one == store.ties(between=("African Union", "GAB")).fetchall()
    assert len(one) == 1


def test_retracted_tie_is_in_the_history_only(scenario_stores):
    """Between the correction and the report that put it right nothing ties the two.

    The report that was wrong tells the break twice, in its own words and by the closed embassy.
    """
    asked = {"between": ("CHL", "BOL"), "known": "2027-04-29"}
    store = scenario_stores["first"]
    assert store.ties(**asked).fetchall() == []
    history = store.ties(**asked, history=True).project("state, standing").fetchall()
    assert set(history) == {("cut", "retracted")}


def test_relation_has_the_columns_that_are_told(scenario_stores):
    """In this order, for the answer and for an empty one."""
    names = [column.name for column in COLUMNS]
    assert scenario_stores["first"].ties().columns == names
    assert scenario_stores["first"].ties(actor="XXX").columns == names


def test_unknown_kind_is_an_error_that_lists_the_kinds(scenario_stores):
    """A misspelt kind would find nothing and look like an answer."""
    with pytest.raises(ValueError, match="cease-fire"):
        scenario_stores["first"].ties(kind="sanction")


def test_tie_is_explained_by_the_reports_of_each_change(scenario_stores):
    """The beginning of its id is enough; each change comes with the events that report or deny it."""
    store = scenario_stores["first"]
    (id,) = store.ties(between=("CHL", "BOL")).project("tie_id").fetchall()[0]
    found = store.explain_tie(id[:8])
    standings = {evidence.of.state: evidence.of.standing for evidence in found.changes}
    assert standings == {"reduced": "sure", "cut": "retracted"}
    reports = {
        evidence.of.state: {article.id for _, article in evidence.reports} for evidence in found.changes
    }
    assert reports["cut"] == {"s23", "s24", "s25"}
    assert store.explain_tie("no such") is None


def test_every_tie_and_pledge_is_found_by_its_id_alone(scenario_stores):
    """What is read of one is no less than what all reports make of it."""
    for store in scenario_stores.values():
        connection = store._connection
        everything = [*find_ties(connection, Asked()), *find_pledges(connection, pledge_states.Asked())]
        assert len({one.id for one in everything}) == len(everything) > 15
        for one in everything:
            found = find_ties_by_id if isinstance(one, Tie) else find_pledges_by_id
            assert found(connection, one.id) == [one]


def test_beginning_that_several_ids_share_names_them(scenario_stores):
    """So that more of it can be given."""
    store = scenario_stores["first"]
    ids = [id for (id,) in store.ties().project("tie_id").fetchall()]
    shared = next(start for start in "0123456789abcdef" if sum(id.startswith(start) for id in ids) > 1)
    with pytest.raises(UnknownEventError, match="Several ties have an id that begins"):
        store.explain_tie(shared)


def test_store_that_read_more_is_brought_up_to_date(coded):
    """`is_built` tells whether events are waiting."""
    store = stores.open(":memory:")
    store.add(coded["first"][:3])
    assert not store.is_built
    store.build_incidents()
    assert store.is_built
    assert fill_store([]).is_built
