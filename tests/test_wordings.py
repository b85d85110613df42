"""Words of a sentence: where phrases of rules stand, and whether a deed is done, to come or denied."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.wordings import Vocabulary, find_words, is_correction, judge_standing, read_phrases, split_words

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases/standings.jsonl").open(encoding="utf-8")
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["sentence"])
def test_standing_of_a_deed_is_read_from_the_words_before_its_verb(case):
    """Done, planned, imagined or not done, as the file of cases has it."""
    words = split_words(case["sentence"])
    at = [word.text for word in words].index(case["verb"])
    assert judge_standing(words, at) == case["standing"]


@given(st.text())
def test_words_stand_where_they_say(sentence):
    """Offsets of words lie within the sentence, in order, and every offset finds some word or none."""
    words = split_words(sentence)
    assert all(0 <= word.start < word.end <= len(sentence) for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)
    assert all(find_words(words, word.start, word.end).start == n for n, word in enumerate(words))


def test_phrase_may_have_two_other_words_within():
    """ "joint naval and air exercises" is found by "joint exercise*", a longer gap is not bridged."""
    phrases = read_phrases("joint exercise*")
    find = Vocabulary(phrases).find
    assert find(split_words("a joint air and naval exercise")) == {}
    assert list(find(split_words("joint naval air exercises"))) == list(phrases)


def test_unknown_name_of_words_is_an_error_that_lists_the_names():
    """A rules table with a misspelt "@..." says what there is."""
    with pytest.raises(ValueError, match="@troops"):
        read_phrases("sent;@trops")


@pytest.mark.parametrize(
    ("opening", "around", "expected"),
    [
        ("Correction: Chile has not cut ties", "", True),
        ("", "Chile has not cut ties. Our report of 26 April was wrong.", True),
        ("", "A report that Chile had cut ties was published in error.", True),
        ("Chile cuts ties", "Chile cut ties with Bolivia on Monday.", False),
    ],
)
def test_report_that_takes_back_another_is_known(opening, around, expected):
    """By how it begins, or by what it says of an earlier report."""
    assert is_correction(opening, around) is expected
