"""Rules of ties: which words of an event bring which tie to which state."""

import json
from pathlib import Path

import pytest

from tests.tellings import make_telling
from whowhom.tie_rules import load_kinds, load_rules, tell_ties

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/ties.jsonl").open(encoding="utf-8")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["sentence"])
def test_event_tells_the_ties_of_its_words(case):
    """Kind, sides, state and denial, as the file of cases has it."""
    telling = make_telling(
        case["sentence"], case["trigger"], type=case["type"], actor=case["actor"], recipient=case["recipient"]
    )
    rows = [
        [row["tie"], row["one"], row["other"], row["state"], *([row["denial"]] if row["denial"] else [])]
        for row in tell_ties(telling)
    ]
    assert rows == case["rows"]


def test_every_state_of_the_rules_is_one_of_its_kind():
    """ties.csv and tie_kinds.csv agree, and no state comes after one that the kind lacks."""
    kinds = load_kinds()
    assert {rule.tie for rule in load_rules()} == set(kinds)
    for kind in kinds.values():
        assert {name for state in kind.states.values() for name in state.not_after} <= set(kind.states)


def test_every_kind_and_state_is_told_in_the_documentation():
    """docs/ties.md lists them all."""
    page = (Path(__file__).parents[1] / "docs/ties.md").read_text(encoding="utf-8").replace("**", "")
    for kind in load_kinds().values():
        assert f"{kind.name} | " in page
        assert ", ".join(kind.states) in page


def test_rule_names_its_line_and_the_words_that_met_it():
    """The line can be opened, and the words stand in the sentence."""
    (row,) = tell_ties(make_telling("France lifted its sanctions on Mali.", "lifted", type="CONCEDE",
                                    actor=("FRA",), recipient=("MLI",)))  # fmt: skip
    line = int(row["rule"].split()[0].removeprefix("ties.csv:"))
    path = Path(__file__).parents[1] / "whowhom/codebooks/ties.csv"
    assert path.read_text(encoding="utf-8").splitlines()[line - 1].startswith("sanctions,lifted")
    assert row["rule"].endswith("'lifted sanctions'")


def test_agreement_carries_its_name_and_subject():
    """The words before the noun are its name, without the names of states what it is about."""
    sentence = "Chad and Niger signed a gas transit accord."
    (row,) = tell_ties(make_telling(sentence, "signed", actor=("TCD", "NER")))
    assert row["name"] == "gas transit accord"
    assert row["subject"] == ["gas", "trans"]


def test_planned_deed_is_announced_on_the_day_of_its_report():
    """ "will sign in May" is news of today, not a signature of May."""
    (row,) = tell_ties(make_telling("Chad and Niger will sign a trade agreement in May.", "sign",
                                    actor=("TCD", "NER"), aux=["future"]))  # fmt: skip
    assert (row["state"], row["last_day"]) == ("announced", row["known_on"])


def test_hearsay_weighs_less_than_what_an_article_asserts():
    """A source without a name is not enough for a change by itself."""
    sure = make_telling("Iran supplied drones to Sudan.", "supplied", type="AID")
    sentence = "Iran supplied drones to Sudan, sources familiar with it said."
    hearsay = make_telling(sentence, "supplied", type="AID")
    assert hearsay.weight < 0.6 < sure.weight
