"""Sentences cover the text, in order, and end where a reader would say that they end."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.coders.sentences import split_sentences

CASES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "cases/sentences.jsonl").open(encoding="utf-8")
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["comment"])
def test_sentences_end_where_a_reader_ends_them(case):
    text = case["text"]
    assert [text[start:end] for start, end in split_sentences(text)] == case["sentences"]


@given(st.text(st.sampled_from("ab A.\n!?\"”' \t…é北"), max_size=200) | st.text(max_size=100))
def test_only_white_space_lies_between_sentences(text):
    """No character with content is lost, and sentences neither overlap nor change order."""
    at = 0
    for start, end in split_sentences(text):
        assert start >= at
        assert text[at:start].strip() == ""
        assert text[start:end].strip() == text[start:end] != ""
        at = end
    assert text[at:].strip() == ""
