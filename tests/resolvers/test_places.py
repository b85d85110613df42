"""Where events took place, from their words and what stands around them."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.records import Article, Mention, Place, Span
from whowhom.resolvers.places import resolve_places

FOLDER = Path(__file__).parents[1] / "cases"


def read_cases(kind: str) -> list[dict[str, Any]]:
    lines = (FOLDER / f"places.{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


CASES = [case for kind in ("wild", "synthetic", "negative", "examination") for case in read_cases(kind)]
FAILING = [
    pytest.param(case, marks=pytest.mark.xfail(strict=False, reason="known failure"))
    for case in read_cases("failing")
]
WORDS = (
    "the Tripoli Lebanon in near of capital border Gaza Strip Georgia American Kyiv's southern province , "
    "embassy refugee camp Black Sea Juba University 20 km north there - Côte d'Ivoire St. Petersburg"
).split()
ANY_TEXT = st.text(max_size=120) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)


def mention_of(text: str, words: str) -> Mention:
    """Find the words in the text; "rallied in Georgia|Georgia" is the second within the first."""
    around, _, inner = words.rpartition("|")
    start = text.index(around) + around.index(inner) if around else text.index(inner)
    return Mention(Span(inner, start, start + len(inner)), 1.0)


def resolve_one(case: dict[str, Any]) -> Place:
    published = date.fromisoformat(case["published"]) if "published" in case else None
    article = Article("a", case["text"], published=published)
    (place,) = resolve_places(article, [mention_of(case["text"], case["words"])], [case.get("hints", [])])
    return place


@pytest.mark.parametrize("case", [*CASES, *FAILING], ids=lambda case: f"{case['words']}|{case['comment']}")
def test_words_give_the_place_they_mean(case: dict[str, Any]) -> None:
    """Every line of the files of cases resolves to its country, and to what else it gives."""
    place = resolve_one(case)
    for field in ("country", "name", "region", "precision"):
        if field in case:
            assert getattr(place, field) == case[field], place.evidence
    if "latitude" in case:
        assert place.latitude == pytest.approx(case["latitude"], abs=0.1)


def test_a_place_that_cannot_be_told_says_why() -> None:
    """Neither name nor country is guessed, and a reader learns what was missing."""
    place = resolve_one({"text": "Gunmen stormed the hotel.", "words": "the hotel"})
    assert (place.name, place.country, place.latitude, place.precision) == ("", "", None, "")
    assert place.evidence == "'the hotel' is in no table, and nothing near it tells the country"


def test_a_city_has_coordinates_and_its_number_in_geonames() -> None:
    """What GeoNames knows of a city comes with it."""
    place = resolve_one({"text": "Envoys met in Astana.", "words": "Astana"})
    assert place.latitude == pytest.approx(51.2, abs=0.3)
    assert place.longitude == pytest.approx(71.4, abs=0.3)
    assert place.geonames == 1526273


@pytest.mark.parametrize(
    ("text", "words", "precision", "point"),
    [
        ("Protests spread across Kenya.", "Kenya", "country", (1.0, 38.0)),
        ("Kenyan police shot a man in Xanakwe.", "Xanakwe", "country", (1.0, 38.0)),
        ("Raiders burned huts in northern Kenya.", "northern Kenya", "region", (None, None)),
    ],
    ids=("a state", "a village of no table", "a part of a state"),
)
def test_a_whole_state_stands_at_its_middle_and_says_so(
    text: str, words: str, precision: str, point: tuple[float | None, float | None]
) -> None:
    """The precision tells the point of a state from that of a city; its parts of no table have none."""
    place = resolve_one({"text": text, "words": words, "hints": ["KEN"]})
    assert (place.country, place.precision) == ("KEN", precision)
    assert (place.latitude, place.longitude) == point


@pytest.mark.parametrize(
    ("words", "around", "why"),
    [
        ("Jordan", "Representative Jim Jordan spoke.", "'Jordan' is part of the name of a person"),
        ("Chad", "Acting Secretary Chad Wolf spoke.", "'Chad' is part of the name of a person"),
        (
            "Geneva",
            "The army broke the Geneva Conventions.",
            "'Geneva' names an agreement or a paper, not a place",
        ),
        ("the Danish embassy", "They stormed the Danish embassy.", "nothing tells the state that hosts it"),
        ("the Chad Channel", "A dhow sank in the Chad Channel.", "waters of no one state"),
    ],
)
def test_a_name_that_is_no_place_here_says_why(words: str, around: str, why: str) -> None:
    """Persons, treaties and embassies bear the names of places; the evidence tells which it is."""
    place = resolve_one({"text": around, "words": words})
    assert (place.name, place.country, place.latitude) == ("", "", None)
    assert why in place.evidence


def test_a_boston_convention_center_is_in_boston() -> None:
    """A hall is a place though a convention is none."""
    text = "They met at the Boston Convention Center in the United States."
    assert resolve_one({"text": text, "words": "Boston"}).country == "USA"


def test_hints_of_bodies_above_states_are_no_countries() -> None:
    """The United Nations take part, but nothing lies in them."""
    place = resolve_one({"text": "Peacekeepers left the town.", "words": "the town", "hints": ["UNO"]})
    assert place.country == ""


@given(
    text=ANY_TEXT,
    title=ANY_TEXT,
    drawn=st.data(),
    hints=st.lists(st.sampled_from(["USA", "LBN", "UNO", "x"])),
)
def test_any_text_gives_a_place_with_the_span_asked_for(
    text: str, title: str, drawn: st.DataObject, hints: list[str]
) -> None:
    """No text raises; the span comes back as it was asked for; only a place with a country or a name has
    coordinates, and a precision goes with them."""
    whole, of = drawn.draw(st.sampled_from([(text, "text"), (title, "title")]))
    start = drawn.draw(st.integers(0, len(whole)))
    end = drawn.draw(st.integers(start, len(whole)))
    span = Span(whole[start:end], start, end, of)  # type: ignore[arg-type]
    article = Article("a", text, title)
    (place,) = resolve_places(article, [Mention(span, 1.0)], [hints])
    assert place.span == span
    assert article.slice(place.span) == span.text
    assert place.evidence
    assert place.name or place.country or place.latitude is None
    assert place.precision or place.latitude is None
    assert place.precision != "country" or place.latitude is not None
    assert (place.latitude is None) == (place.longitude is None)


@given(st.randoms(use_true_random=False))
def test_the_order_of_mentions_does_not_matter(shuffler: random.Random) -> None:
    """Each mention is resolved by itself, so a place does not change with its neighbours."""
    text = (
        "Lebanon sent troops to Tripoli. The capital was calm. In Georgia, Russian jets crossed the border."
    )
    asked = [
        (mention_of(text, words), hints)
        for words, hints in (
            ("Tripoli", ["LBN"]),
            ("The capital", []),
            ("Georgia", ["RUS"]),
            ("the border", ["RUS", "GEO"]),
        )
    ]
    article = Article("a", text)
    once = dict(zip(asked_spans(asked), resolve_places(article, *zip(*asked, strict=True)), strict=True))
    shuffler.shuffle(asked)
    again = dict(zip(asked_spans(asked), resolve_places(article, *zip(*asked, strict=True)), strict=True))
    assert once == again


def asked_spans(asked: list[tuple[Mention, list[str]]]) -> list[Span]:
    return [mention.span for mention, _ in asked]


def test_words_that_stand_nowhere_are_read_by_themselves() -> None:
    """A span without offsets has no text around it, and the title of the article counts."""
    article = Article("a", "Nothing here.", title="Fighting in Mali")
    (place,) = resolve_places(article, [Mention(Span("the north"), 1.0)], [[]])
    assert place.country == "MLI"
