"""Words about another deed are aimed at those who did it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from whowhom.records import Article, Entity, Event, Source, Span
from whowhom.resolvers.objects import settle_objects

NIGERIA, NIGER = (
    Entity(Span("Nigeria"), "Nigeria", "NGA", ("GOV",)),
    Entity(Span("Niger"), "Niger", "NER", ("GOV",)),
)
REBELS = Entity(Span("rebels"), "", "NER", ("REB",))


def told(text: str, kind: str, word: str, actors=(), recipients=(), source: Source | None = None) -> Event:
    start = text.index(word)
    return Event(
        id=f"{kind} {word}",
        article="a",
        event=kind,
        trigger=Span(word, start, start + len(word)),
        score=0.8,
        quad=3,
        scale=-2.0,
        cameo="11",
        actor=tuple(actors),
        recipient=tuple(recipients),
        source=source or Source(),
    )


def whom(text: str, event: Event, *others: Event) -> list[str]:
    """Return the countries of the recipients that the event gets."""
    settled = settle_objects(Article("a", text), [*others, event])
    assert [one.id for one in settled] == [one.id for one in (*others, event)]
    return [entity.country for entity in settled[-1].recipient]


@pytest.mark.parametrize(
    ("text", "kind", "word", "deed", "did"),
    [
        (
            "Rebels shelled a post. Nigeria condemned the shelling.",
            "ACCUSE",
            "condemned",
            "ASSAULT",
            "shelling",
        ),
        ("Nigeria condemned the deadly raid.", "ACCUSE", "condemned", "ASSAULT", "raid"),
        ("Nigeria welcomed Niger's pledge.", "SUPPORT", "welcomed", "AGREE", "pledge"),
        ("Nigeria turned down the offer.", "REJECT", "turned down", "AGREE", "offer"),
    ],
)
def test_deed_right_behind_the_words_is_their_object(text, kind, word, deed, did):
    assert whom(text, told(text, kind, word, [NIGERIA]), told(text, deed, did, [REBELS])) == ["NER"]


def test_words_with_a_recipient_keep_it():
    text = "Nigeria condemned the raid."
    event = told(text, "ACCUSE", "condemned", [NIGERIA], [NIGER])
    assert whom(text, event, told(text, "ASSAULT", "raid", [REBELS])) == ["NER"]
    assert settle_objects(Article("a", text), [event]) == [event]


@pytest.mark.parametrize(
    "text",
    [
        "Nigeria condemned a coup and raid by others.",
        "Nigeria condemned it. The raid went on.",
        "Nigeria condemned, on the day of the festival of the harvest, the raid.",
    ],
)
def test_deed_that_is_no_object_tells_nothing(text):
    assert (
        whom(text, told(text, "ACCUSE", "condemned", [NIGERIA]), told(text, "ASSAULT", "raid", [REBELS]))
        == []
    )


def test_denial_is_aimed_at_the_accuser():
    text = "Niger accused Nigeria of arming rebels. It denied this."
    accusing = told(text, "ACCUSE", "accused", [NIGER], [NIGERIA])
    assert whom(text, told(text, "REJECT", "denied", [NIGERIA]), accusing) == ["NER"]
    other = told(text, "ACCUSE", "accused", [NIGER], [REBELS])
    assert whom(text, told(text, "REJECT", "denied", [NIGERIA]), other) == []


def test_denial_is_aimed_at_whoever_claimed_the_deed():
    text = "Nigeria moved troops, Niger said. It denied this."
    moved = told(text, "MOBILIZE", "moved", [NIGERIA], source=Source("named", NIGER))
    assert whom(text, told(text, "REJECT", "denied", [NIGERIA]), moved) == ["NER"]


def test_accusation_means_the_last_hostile_deed_of_another():
    text = "Rebels burned a market. Nigeria voiced its anger."
    burned = told(text, "ASSAULT", "burned", [REBELS])
    anger = told(text, "ACCUSE", "voiced its anger", [NIGERIA])
    assert whom(text, anger, burned) == ["NER"]
    assert whom(text, anger, replace(burned, actor=(NIGERIA,))) == []
    far = "Rebels burned a market." + " It rained." * 60 + " Nigeria voiced its anger."
    assert whom(far, told(far, "ACCUSE", "voiced", [NIGERIA]), told(far, "ASSAULT", "burned", [REBELS])) == []


def test_only_a_welcome_looks_back_for_what_is_welcomed():
    text = "Niger freed a pilot. Nigeria welcomed it and signed."
    freed = told(text, "RETREAT", "freed", [NIGER])
    assert whom(text, told(text, "SUPPORT", "welcomed", [NIGERIA]), freed) == ["NER"]
    assert whom(text, told(text, "SUPPORT", "signed", [NIGERIA]), freed) == []


def test_evidence_names_the_deed():
    text = "Nigeria condemned the raid."
    raid = told(text, "ASSAULT", "raid", [REBELS])
    (_, event) = settle_objects(Article("a", text), [raid, told(text, "ACCUSE", "condemned", [NIGERIA])])
    assert event.recipient[0].evidence == (f"by the deed it is about: 'raid' at {raid.trigger.start}",)
    assert event.recipient[0].span == REBELS.span
