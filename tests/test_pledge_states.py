"""What became of a pledge on a day. The scenarios of test_tie_states hold pledges as well."""

import random
from datetime import date

import pytest

from tests.tellings import insert_row
from whowhom import store as stores
from whowhom.pledge_states import Asked, find_first_day, find_pledges, find_pledges_by_id, put_together


def make_row(part, day, **changes):
    """Return a row of pledge_report as it is read: Chad, to Niger, on withdrawing its troops."""
    return {
        "article": f"{part} {day}", "event": "e1", "part": part,
        "kind": "promise" if part == "pledge" else None,
        "deed": "withdraw", "one": "TCD", "other": "NER", "what": "withdraw its troops", "subject": ["troop"],
        "condition": None, "deadline": None, "first_day": date.fromisoformat(day),
        "last_day": date.fromisoformat(day), "is_said": True, "known_on": date.fromisoformat(day),
        "denial": None, "said_by": None, "weight": 0.9, "score": 0.8, "doubtful": False,
        "rule": "pledges.csv:1", "incident": None, "family": f"{part} {day}", **changes,
    }  # fmt: skip


PLEDGE = make_row("pledge", "2027-01-01", deadline=date(2027, 3, 1))


@pytest.mark.parametrize(
    ("answers", "as_of", "expected"),
    [
        ([], "2027-02-01", "open"),
        ([], "2027-03-02", "lapsed"),
        ([make_row("does", "2027-02-01")], "2027-04-01", "kept"),
        ([make_row("does", "2027-03-15")], "2027-04-01", "lapsed"),
        ([make_row("does", "2026-12-01")], "2027-02-01", "open"),
        ([make_row("does not", "2027-02-01")], "2027-02-01", "open"),
        ([make_row("does not", "2027-03-15")], "2027-04-01", "broken"),
        ([make_row("undoes", "2027-02-01")], "2027-02-01", "broken"),
        ([make_row("withdraws", "2027-02-01", kind="promise", deed="any")], "2027-04-01", "withdrawn"),
        ([make_row("does", "2027-02-01", deed="release")], "2027-02-01", "open"),
        ([make_row("does", "2027-02-01", one="NER", other="TCD")], "2027-02-01", "open"),
        ([make_row("does", "2027-02-01", weight=0.3)], "2027-02-01", "open"),
    ],
)
def test_answers_settle_a_promise(answers, as_of, expected):
    """By side, kind of deed, day and weight; too little, or too late, leaves it as it was."""
    (pledge,) = put_together([PLEDGE, *answers], date.fromisoformat(as_of))
    assert pledge.state == expected


def test_demand_is_met_by_the_other_side():
    """What the one who demands does itself meets nothing."""
    demand = make_row("pledge", "2027-01-01", kind="demand")
    met = make_row("does", "2027-02-01", one="NER", other="TCD")
    own = make_row("does", "2027-02-01")
    assert put_together([demand, met], date(2027, 4, 1))[0].state == "kept"
    assert put_together([demand, own], date(2027, 4, 1))[0].state == "open"


def test_doubtful_answer_is_shown_beside_an_open_pledge():
    """It stays open, and tells what may have answered it."""
    (pledge,) = put_together([PLEDGE, make_row("does", "2027-02-01", weight=0.3)], date(2027, 2, 1))
    assert pledge.candidate.row["article"] == "does 2027-02-01"


def test_what_is_said_within_a_week_is_one_pledge():
    """Reports of several outlets, or a promise repeated."""
    rows = [PLEDGE, make_row("pledge", "2027-01-04"), make_row("pledge", "2027-02-20")]
    assert [len(pledge.rows) for pledge in put_together(rows, date(2027, 2, 25))] == [2, 1]


def test_unknown_state_is_an_error_that_lists_the_states():
    """A misspelt state would find nothing and look like an answer."""
    with stores.open(":memory:") as store, pytest.raises(ValueError, match="lapsed"):
        store.pledges(state="kpt")


@pytest.fixture(scope="module")
def many_pledges():
    """Pledges of three states, some of them said again, and what may answer them."""
    chance = random.Random(20271122)
    with stores.open(":memory:") as store:
        for number in range(400):
            day = f"2027-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            part = chance.choice(("pledge", "pledge", "does", "does not", "undoes", "withdraws"))
            one, other = chance.sample(("TCD", "NER", "MLI"), 2)
            row = make_row(part, day, article=f"a{number}", one=one, other=other)
            row["deed"] = chance.choice(("withdraw", "aid", "not withdraw"))
            if part != "pledge":
                row["deed"] = chance.choice(("withdraw", "aid", "any"))
            else:
                row["kind"] = chance.choice(("promise", "threat", "demand"))
            insert_row(store, "pledge_report", row)
            if chance.random() < 0.5:
                incident = f"incident {one} {chance.randrange(20)}"
                store._connection.execute(
                    "INSERT INTO report VALUES ($1, 'e1', $2)", [row["article"], incident]
                )
        yield store._connection


@pytest.mark.parametrize("sides", [{}, {"by": "TCD"}, {"to": "NER"}, {"by": "TCD", "to": "NER"}])
@pytest.mark.parametrize(
    ("first", "last"),
    [("2027-06-01", None), (None, "2027-06-01"), ("2027-03-10", "2027-04-20"), ("2029-01-01", None)],
)
def test_pledges_of_some_days_are_those_of_all_days(many_pledges, sides, first, last):
    """What is left out changes nothing of what is shown: not which reports are one, nor what answers them."""
    asked = Asked(**sides, as_of=date(2028, 6, 1))
    span = {name: date.fromisoformat(day) for name, day in (("first", first), ("last", last)) if day}
    expected = [
        pledge
        for pledge in find_pledges(many_pledges, asked)
        if span.get("first", date.min) <= pledge.day <= span.get("last", date.max)
    ]
    assert find_pledges(many_pledges, asked._replace(**span)) == expected


def test_every_pledge_is_found_by_its_id_alone(many_pledges):
    """With all its reports and all that may answer it, and nothing else is read."""
    for pledge in find_pledges(many_pledges, Asked()):
        assert find_pledges_by_id(many_pledges, pledge.id) == [pledge]
    assert find_pledges_by_id(many_pledges, "") == []


def test_newest_pledges_are_found_without_the_others(many_pledges):
    """So many reports at most, but always the newest day; none is left out where all are few enough."""
    asked = Asked(as_of=date(2028, 6, 1))
    everything = find_pledges(many_pledges, asked)
    n = sum(len(pledge.rows) for pledge in everything)
    assert find_first_day(many_pledges, asked, n) is None
    first = find_first_day(many_pledges, asked, 50)
    newest = find_pledges(many_pledges, asked._replace(first=first))
    assert 0 < sum(len(pledge.rows) for pledge in newest) <= 50
    last = max(row["last_day"] for pledge in everything for row in pledge.rows)
    assert find_first_day(many_pledges, asked, 0) == last
