"""Rules of pledges: what is promised, threatened or demanded, by when, and what answers it."""

from datetime import date

import pytest

from tests.tellings import make_telling
from whowhom.pledge_rules import find_deadline, tell_pledges


def tell(sentence, trigger, type, **changes):
    """Return part, kind and deed of the rows that an event gives."""
    telling = make_telling(sentence, trigger, type=type, recipient=("NER",), **changes)
    return [(row["part"], row["kind"], row["deed"]) for row in tell_pledges(telling)]


@pytest.mark.parametrize(
    ("sentence", "trigger", "type", "expected"),
    [
        ("Chad promised to withdraw its troops from Niger.", "promised", "CONCEDE", ("promise", "withdraw")),
        ("Chad threatened to impose sanctions on Niger.", "threatened", "THREATEN", ("threat", "sanctions")),
        ("Chad threatened to expel the envoy of Niger.", "threatened", "THREATEN", ("threat", "expel")),
        ("Chad demanded that Niger release a general.", "demanded", "REQUEST", ("demand", "release")),
        ("Chad pledged to give Niger 2 million dollars in aid.", "pledged", "AGREE", ("promise", "aid")),
        ("Chad promised Niger not to attack.", "promised", "AGREE", ("promise", "not attack")),
        ("Chad warned of a storm in Niger.", "warned", "THREATEN", ("threat", "other")),
    ],
)
def test_pledge_has_a_kind_and_a_deed(sentence, trigger, type, expected):
    """By the type of the event and the first words of a deed after its trigger."""
    assert ("pledge", *expected) in tell(sentence, trigger, type)


def test_what_a_pledge_hangs_on_is_not_what_is_pledged():
    """The ships were seized by the other side; what is threatened stands before."""
    rows = tell(
        "Chad will close the strait if Niger does not return the ships it seized, its navy warned on Monday.",
        "warned",
        "THREATEN",
        condition="if Niger does not return the ships it seized",
    )
    assert rows == [("pledge", "threat", "cut off")]


def test_threat_that_is_only_named_is_not_made_again():
    """Withdrawing a threat is an answer to it."""
    rows = tell("Chad withdrew its threat to suspend trade with Niger.", "threat", "THREATEN")
    assert rows == [("withdraws", "threat", "any")]


def test_concluded_agreement_is_no_promise():
    """A deal that is done pledges nothing further by itself."""
    rows = tell("Chad concluded a trade agreement with Niger.", "concluded", "AGREE")
    assert [row for row in rows if row[0] == "pledge"] == []


def test_what_was_not_done_is_told_as_such():
    """ "has failed to withdraw" answers a promise to withdraw in the negative."""
    rows = tell("Chad has failed to withdraw its troops from Niger.", "withdraw", "RETREAT")
    assert rows == [("does not", None, "withdraw")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("by 1 April", date(2027, 4, 1)),
        ("by the end of June", date(2027, 6, 30)),
        ("within 48 hours", date(2027, 3, 3)),
        ("before 5 May", date(2027, 5, 4)),
        ("by all means", None),
        ("", None),
    ],
)
def test_deadline_is_the_last_day_that_is_left(words, expected):
    """ "by", "within", "until" with words for a day; "before" is the day before."""
    telling = make_telling(f"Chad promised to sign {words}.", "promised", type="AGREE")
    assert find_deadline(telling) == expected
