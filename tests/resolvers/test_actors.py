"""Mentions become the states, bodies and persons they stand for."""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whowhom.records import Article, Mention, Span
from whowhom.resolvers.actors import resolve_mentions

SHARED = Path(__file__).resolve().parents[3] / "shared"
CASES_FOLDER = Path(__file__).parents[1] / "cases"


def read_cases(kind: str) -> list[dict[str, Any]]:
    lines = (CASES_FOLDER / f"actors.{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


CASES = [case for kind in ("wild", "synthetic", "negative") for case in read_cases(kind)]
FAILING = [
    pytest.param(case, marks=pytest.mark.xfail(strict=False, reason="known failure"))
    for case in read_cases("failing")
]
# Words that rules look for, so that generated text reaches them in all orders.
WORDS = (
    "he she it they we his her its their who both the two three sides countries leaders other of"
    " and , . in Russia Russian Moscow US U.S. us UN NATO EU Georgia Korea North the-North Taliban"
    " Hamas Mr. Gen. president minister foreign rebels police army government Ivan Petrov Ali"
    " brother 's ' “ ” — - led -backed former said ex ethnic people others 12 İstanbul Türkiye ﬁ"
    " \u0301 \u200b 中国 al- Abu el coalition alliance group\n"
).split(" ")
TEXTS = st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)
DAYS = st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1))


def mention_of(article: Article, words: str) -> Mention:
    """Point at the words; "Petrescu left|Petrescu" points at the second where the first stands."""
    around, _, inside = words.rpartition("|")
    start = article.text.index(around or inside)
    return Mention(Span(inside, start, start + len(inside)), 1.0)


def article_of(case: dict[str, Any]) -> Article:
    published = date.fromisoformat(case["published"]) if "published" in case else None
    return Article("1", case["text"], title=case.get("title", ""), published=published)


@pytest.mark.parametrize(
    "case", [*CASES, *FAILING], ids=lambda case: f"{case['comment']}|{'|'.join(case['ask'])}"
)
def test_mentions_give_the_entities_they_stand_for(case: dict[str, Any]) -> None:
    """Every line of the cases file gives its names, countries and main sectors; null asks nothing."""
    article = article_of(case)
    mentions = [mention_of(article, words) for words in case["ask"]]
    for found, wanted in zip(resolve_mentions(article, mentions), case["ask"].values(), strict=True):
        told = [[entity.name, entity.country, entity.sector[0] if entity.sector else ""] for entity in found]
        assert len(told) == len(wanted)
        for got, asked in zip(told, wanted, strict=True):
            assert got == [a if w is None else w for a, w in zip(got, asked, strict=True)]


@st.composite
def articles_with_mentions(draw: st.DrawFn) -> tuple[Article, list[Mention]]:
    article = Article("1", draw(TEXTS), title=draw(st.just("") | TEXTS), published=draw(DAYS))
    mentions: list[Mention] = []
    for _ in range(draw(st.integers(0, 6))):
        of = draw(st.sampled_from(("text", "title")))
        whole = article.text if of == "text" else article.title
        start = draw(st.integers(0, len(whole)))
        end = draw(st.integers(start, len(whole)))
        span = draw(
            st.just(Span(whole[start:end], start, end, of))  # type: ignore[arg-type]
            | TEXTS.map(lambda words: Span(words))
            | st.builds(Span, TEXTS, st.integers(0, 10**6), st.integers(0, 10**6))
        )
        antecedents = tuple((other.span, 0.9) for other in mentions[:1])
        mentions.append(Mention(span, 1.0, (("MIL", draw(st.floats(0, 1))),), antecedents))
    return article, mentions


@settings(deadline=None)
@given(articles_with_mentions(), st.randoms(use_true_random=False))
def test_any_text_and_any_spans_give_entities_in_any_order(
    given_: tuple[Article, list[Mention]], order: random.Random
) -> None:
    """Nothing raises, no mention goes without an entity, and the order of the mentions changes nothing."""
    article, mentions = given_
    found = resolve_mentions(article, mentions)
    assert len(found) == len(mentions)
    assert all(found)
    places = list(range(len(mentions)))
    order.shuffle(places)
    assert resolve_mentions(article, [mentions[n] for n in places]) == [found[n] for n in places]


@settings(deadline=None)
@given(articles_with_mentions())
def test_the_parts_of_a_mention_are_words_of_it(given_: tuple[Article, list[Mention]]) -> None:
    """Each entity has the span of the mention or of a part of it."""
    for mention, entities in zip(given_[1], resolve_mentions(*given_), strict=True):
        for entity in entities:
            assert entity.span.text in mention.span.text
            assert entity.span.of == mention.span.of
            if mention.span.start is not None and entity.span.start is not None:
                offset = entity.span.start - mention.span.start
                assert mention.span.text[offset : offset + len(entity.span.text)] == entity.span.text


def test_every_field_that_is_filled_has_its_evidence() -> None:
    """The reader is told from which words country and sector come."""
    article = Article("1", "Russian Defense Minister Andrei Belousov left.")
    ((entity,),) = resolve_mentions(
        article, [mention_of(article, "Russian Defense Minister Andrei Belousov")]
    )
    assert "country: adjective 'Russian' in the words" in entity.evidence
    assert "sector: 'defense minister' in the words" in entity.evidence


def test_the_coder_tells_the_sector_where_words_do_not() -> None:
    """Words that name no trade take the coder's likeliest sector, and say so."""
    article = Article("1", "Kenya freed Tom Okoth.")
    mention = Mention(Span("Tom Okoth", 12, 21), 1.0, (("JRN", 0.9), ("CVL", 0.1)))
    ((entity,),) = resolve_mentions(article, [mention])
    assert entity.sector == ("JRN",)
    assert "sector: the coder's, probability 0.90" in entity.evidence


@pytest.mark.parametrize(
    ("words", "sectors", "expected"),
    [
        ("Kenyan police officers", (("REB", 0.9), ("COP", 0.1)), "REB"),  # sure: before the words
        ("Kenyan police officers", (("REB", 0.6), ("COP", 0.4)), "COP"),  # not sure: the words stand
        ("former Kenyan president Tom Okoth", (("GOV", 0.9), ("ELI", 0.1)), "ELI"),
    ],
)
def test_a_sure_coder_tells_the_sector_against_the_words(
    words: str, sectors: tuple[tuple[str, float], ...], expected: str
) -> None:
    """The words keep their sectors behind the coder's; who is called former stays so."""
    article = Article("1", f"{words} left.")
    plain, told = (
        resolve_mentions(article, [Mention(Span(words, 0, len(words)), 1.0, given)])[0][0]
        for given in ((), sectors)
    )
    assert told.sector[0] == expected
    assert set(plain.sector) <= set(told.sector)
    assert (told.sector == plain.sector) == (expected == plain.sector[0])


def test_a_pronoun_follows_the_coders_antecedent() -> None:
    """Where the coder is sure of an antecedent, it is preferred to the nearest name."""
    article = Article("1", "Peru's foreign minister met Chile's finance minister, Ana Rojas. He left.")
    minister = Span("Peru's foreign minister", 0, 23)
    he = Mention(Span("He", 65, 67), 1.0, antecedents=((minister, 0.9),))
    ((entity,),) = resolve_mentions(article, [he])
    assert (entity.country, entity.sector[:1]) == ("PER", ("GOV",))


@pytest.mark.parametrize(
    ("text", "pointed", "asked", "never"),
    [
        ("Peru closed a bridge on Monday. He was glad.", "Peru", "He", "Peru"),
        ("President Ana Rojas of Peru was glad. They left.", "President Ana Rojas", "They", "Ana Rojas"),
        ("Mrs Ana Rojas of Peru was glad. He left.", "Mrs Ana Rojas", "He", "Ana Rojas"),
        (
            "Peru's mayor Juan Rojas spoke. The government left.",
            "Peru's mayor Juan Rojas",
            "The government",
            "Juan Rojas",
        ),
        ("Peru closed a bridge. The president left.", "Peru", "The president", "Peru"),
        ("Peru's government met. The lieutenant left.", "Peru's government", "The lieutenant", "Peru"),
    ],
)
def test_words_stand_for_nobody_whom_they_cannot_mean(text, pointed, asked, never) -> None:
    """However sure the coder is: "he" is no state and no woman, "they" not one person, a body no mayor."""
    article = Article("1", text)
    known = mention_of(article, pointed)
    words = replace(mention_of(article, asked), antecedents=((known.span, 0.9),))
    _, found = resolve_mentions(article, [known, words])
    assert never not in {entity.name for entity in found}


def test_they_are_all_of_the_list_in_which_the_antecedent_stands() -> None:
    """A plural pronoun whose likeliest antecedent is one of two persons means both; "he" only that one."""
    text = "Russian President Vladimir Putin and North Korean leader Kim Jong Un met. They left."
    putin, kim = (
        Span("Russian President Vladimir Putin", 0, 32),
        Span("North Korean leader Kim Jong Un", 37, 68),
    )
    for pronoun, expected in (("They", ["RUS", "PRK"]), ("He  ", ["RUS"])):
        article = Article("1", text.replace("They", pronoun))
        word = Mention(Span(pronoun.strip(), 74, 74 + len(pronoun.strip())), 1.0, antecedents=((putin, 0.9),))
        *_, found = resolve_mentions(article, [Mention(putin, 1.0), Mention(kim, 1.0), word])
        assert [entity.country for entity in found] == expected


def test_a_man_who_owns_himself_ends() -> None:
    """ "His brother" may lead back to the man who has him: no country, no endless search."""
    article = Article("1", "Abbas spoke. His brother, Ali Abbas, met his brother, Omar Abbas. He left.")
    ((entity,),) = resolve_mentions(article, [mention_of(article, "He")])
    assert entity.country == ""


def test_long_texts_take_time_in_proportion() -> None:
    """Ten thousand sentences without a full stop, and as many mentions, are read in seconds."""
    text = "Iran and his brother Ali Reza, " * 10_000
    article = Article("1", text)
    mentions = [Mention(Span("his brother", n * 31 + 9, n * 31 + 20), 1.0) for n in range(0, 10_000, 20)]
    started = time.perf_counter()
    resolve_mentions(article, mentions)
    assert time.perf_counter() - started < 10


@pytest.mark.skipif(not SHARED.is_dir(), reason="the gold articles stand beside the checkout")
def test_gold_mentions_are_resolved_as_well_as_measured() -> None:
    """The shares of evaluation/actors.py on the development set do not fall."""
    from evaluation.actors import load_gold, score_set

    tally = score_set(load_gold("dev"))
    assert tally.share("country") >= 0.85
    assert tally.share("sector") >= 0.75
