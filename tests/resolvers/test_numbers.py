"""Numbers in words and digits become whole numbers, and vague words none."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.resolvers.numbers import find_numbers, read_number

CASES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "cases/numbers.jsonl").open(encoding="utf-8")
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["words"] or "nothing")
def test_words_are_read_as_the_number_they_name(case):
    assert read_number(case["words"]) == case["value"]


@given(st.integers(0, 999_999_999))
def test_any_number_written_with_commas_is_read(value):
    assert read_number(f"about {value:,} people") == value


@given(st.text(max_size=200))
def test_numbers_lie_in_the_text_and_do_not_overlap(text):
    at = 0
    for start, end, value in find_numbers(text):
        assert at <= start < end <= len(text)
        assert value >= 0
        at = end
