"""Who, where and when for words on their own."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import whowhom

HOLDERS = Path(__file__).parents[1] / "cases/holders.jsonl"


def test_an_office_counts_on_the_day_asked_for() -> None:
    """The president of 2024 is the former president of 2025."""
    (then,) = whowhom.resolve_actor("President Yoon", on="2024-11-30")
    (later,) = whowhom.resolve_actor("President Yoon", on="2025-11-30")
    assert (then.name, then.country, then.country_name) == ("Yoon Suk-yeol", "KOR", "South Korea")
    assert (then.sector, then.office) == (("GOV",), "head of state and government")
    assert then.office_days == (date(2022, 5, 10), date(2025, 4, 4))
    assert later.sector == ("ELI",)


def test_a_title_is_answered_with_its_holder_and_says_so() -> None:
    """The words name nobody, so the evidence tells where the name comes from."""
    (actor,) = whowhom.resolve_actor("Iran's foreign minister", on=date(2015, 7, 14))
    assert (actor.name, actor.country) == ("Mohammad Javad Zarif", "IRN")
    assert "held the office, foreign minister of IRN, 2013-08-15 to 2021-08-25" in actor.evidence[-1]


@pytest.mark.parametrize(
    "case",
    [json.loads(line) for line in HOLDERS.read_text(encoding="utf-8").splitlines()],
    ids=lambda case: f"{case['words']}, {case['on']}",
)
def test_an_office_is_answered_with_who_held_it_that_day(case: dict[str, str]) -> None:
    """Offices of thirty states, on days within a term and just after a handing over."""
    actors = whowhom.resolve_actor(case["words"], on=case["on"])
    assert [(actor.name, actor.country) for actor in actors] == [(case["name"], case["country"])]


@pytest.mark.parametrize("words", ["the former foreign minister of Iran", "Iranian foreign ministers"])
def test_no_holder_is_named_where_several_may_be_meant(words: str) -> None:
    """Former ones are many."""
    assert [actor.name for actor in whowhom.resolve_actor(words, on="2024-01-01")] == [""]


def test_words_for_several_give_several() -> None:
    """Each with the part of the words that means it, where there is one."""
    pair = whowhom.resolve_actor("Kim Jong-un and Moon Jae-in", on="2018-04-27")
    assert [(actor.words, actor.name) for actor in pair] == [
        ("Kim Jong-un", "Kim Jong Un"),
        ("Moon Jae-in", "Moon Jae-in"),
    ]
    sides = whowhom.resolve_actor("both sides", context="Armenia and Azerbaijan resumed talks.")
    assert [actor.country for actor in sides] == ["ARM", "AZE"]


def test_places_and_days_are_answered_with_the_reason() -> None:
    """What decides stands in the evidence."""
    place = whowhom.resolve_place("Tripoli", context="Lebanon's army sent soldiers north.")
    assert (place.country, place.precision, place.evidence) == (
        "LBN",
        "exact",
        "Tripoli; Lebanon is named nearby",
    )
    when = whowhom.resolve_date("two days later", published="2024-11-30", after="2024-11-12")
    assert when.days is not None
    assert when.days.first == when.days.last == date(2024, 11, 14)
    assert whowhom.resolve_date("during the war", published="2024-11-30").days is None


def test_a_wrong_call_says_what_was_expected() -> None:
    """Empty words and days that are none."""
    for ask in (whowhom.resolve_actor, whowhom.resolve_place):
        with pytest.raises(ValueError, match="The words are empty"):
            ask(" ")
    with pytest.raises(ValueError, match="on is '2024-13-01', expected a day as YYYY-MM-DD"):
        whowhom.resolve_actor("Mr. Putin", on="2024-13-01")
    with pytest.raises(ValueError, match="published is 'today', expected"):
        whowhom.resolve_date("on Friday", published="today")


@given(st.text(min_size=1).filter(str.strip), st.text())
def test_any_words_get_an_answer(words: str, context: str) -> None:
    """Whatever is asked: an answer, with parts of the words in it."""
    actors = whowhom.resolve_actor(words, context=context)
    assert actors
    assert all(actor.words in words for actor in actors)
    assert whowhom.resolve_place(words, context=context).span.text == words
    assert whowhom.resolve_date(words, published=None).span.text == words


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("kabul", "Kabul"),
        ("south africa", "South Africa"),
        ("50 km north of mosul", "Mosul"),
        ("the red sea", "Red Sea"),
        ("the capital", ""),
        ("a forest", ""),
        ("near the river", ""),
        ("the mosque", ""),
    ],
)
def test_places_typed_without_capitals_are_found(words: str, name: str) -> None:
    """Who asks on a command line seldom types capitals; common nouns name no place for it."""
    assert whowhom.resolve_place(words).name == name
