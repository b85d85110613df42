"""The language of a text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.readers.language import detect_language, name_language, normalize_language, settle_language

from . import load_cases


@pytest.mark.parametrize("case", load_cases("languages.jsonl"), ids=lambda case: case["text"][:40])
def test_language_is_told_from_one_sentence(case: dict[str, Any]) -> None:
    """A short sentence or headline full of foreign names is English; a foreign sentence is not."""
    assert detect_language(case["text"])[0] == case["language"]


@given(st.text())
def test_any_text_has_a_language(text: str) -> None:
    """Whatever the characters, there is a code and a probability."""
    code, probability = detect_language(text)
    assert code.isalpha()
    assert 0 <= probability <= 1


def test_a_text_far_longer_than_needed_is_not_read_whole() -> None:
    """Only the beginning of a long text counts."""
    text = "The minister arrived in Ankara on Monday. " * 200 + "Der Minister ist in Ankara. " * 20_000
    assert detect_language(text)[0] == "en"


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("The foreign minister arrived in Ankara on Monday for talks.", "de", "en"),
        ("Die Bundeskanzlerin traf am Montag den französischen Präsidenten.", "en-US", "de"),
        ("Lukashenko pardons Protasevich.", "be", "be"),
        ("Lukashenko pardons Protasevich.", "en-GB", "en"),
        ("Lukashenko pardons Protasevich.", "", "en"),
    ],
)
def test_what_a_page_declares_counts_where_its_text_is_unclear(
    text: str, declared: str, language: str
) -> None:
    """A declared language is believed only of a text that might be in several."""
    assert settle_language(text, declared) == language


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("en", "en"), ("en-US", "en"), ("EN_gb", "en"), ("eng", "en"), ("English", "en"), (" fr ", "fr"),
        ("ger", "de"), ("Spanish", "es"), ("zh-Hans", "zh"), ("", ""), ("und", ""), ("mul", ""),
        ("unknown", ""), ("e2", ""),
    ],
)  # fmt: skip
def test_language_is_written_in_many_ways(written: str, code: str) -> None:
    """Codes, regions and English names of languages give one code; what is none gives ""."""
    assert normalize_language(written) == code


def test_a_language_is_named_for_a_reader() -> None:
    """A reason names the language; the rarest are given by their code."""
    assert name_language("de") == "German (de)"
    assert name_language("bcl") == "'bcl'"
