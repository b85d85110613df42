"""Tests of who is named behind a sentence as its source."""

from __future__ import annotations

import pytest

from whowhom.records import Article, Mention, Reading, Span
from whowhom.resolvers.speakers import settle_speakers


def settle(text: str, trigger: str, event: str = "ASSAULT", actor: str = "") -> tuple[str, str]:
    """Return kind and words of the source of a deed that the coder gave to the article itself."""

    def find(words: str) -> Span:
        start = text.index(words)
        return Span(words, start, start + len(words))

    reading = Reading(event, find(trigger), 0.9, actor=(Mention(find(actor), 0.9),) if actor else ())
    (settled,) = settle_speakers(Article("a", text), [reading])
    return settled.source_kind, settled.source.span.text if settled.source else ""


@pytest.mark.parametrize(
    ("text", "trigger", "source"),
    [
        (
            "Four smugglers were shot dead off Zarzis, the Tunisian navy said on Friday.",
            "shot dead",
            ("named", "the Tunisian navy"),
        ),
        (
            "At noon. Gunmen burned two lorries near Goma, the newspaper reported.",
            "burned",
            ("named", "the newspaper"),
        ),
        (
            "Shells fell on Avdiivka at dawn, according to the regional governor.\nIt rained.",
            "fell",
            ("named", "the regional governor"),
        ),
        (
            "“Mortars hit the hospital in Taiz twice,” a doctor there said.",
            "hit",
            ("unnamed", "a doctor there"),
        ),
        ("Rebels seized the ferry at Bor, port officials said.", "seized", ("unnamed", "port officials")),
    ],
)
def test_who_speaks_behind_a_sentence_is_its_source(text, trigger, source):
    """The words are those of the text, and stand where the span says."""
    assert settle(text, trigger) == source


@pytest.mark.parametrize(
    ("text", "trigger", "event", "actor"),
    [
        # Another sentence, or another clause of its own.
        ("Shells fell on Avdiivka. The port is open, the mayor said.", "fell", "ASSAULT", ""),
        ("Shells fell on Avdiivka, and the port is closed, the mayor said.", "fell", "ASSAULT", ""),
        # Told only to say who is meant.
        (
            "Nine sailors who were seized in May are home, the Greek ministry said.",
            "seized",
            "COERCE",
            "",
        ),
        # What is done by saying it, and what the speaker does.
        ("Ghana will not extradite him, the minister said.", "will not extradite", "REJECT", ""),
        ("Ten men were freed, the army said.", "freed", "RETREAT", "the army"),
        ("Three of them fled, but nobody who saw it said.", "fled", "RETREAT", ""),
    ],
)
def test_deeds_that_the_speaker_only_touches_stay_the_articles(text, trigger, event, actor):
    """The coder's own reading holds where the words do not tell."""
    assert settle(text, trigger, event, actor) == ("author", "")


def test_a_source_that_the_coder_saw_stays():
    """Only what it gave to the article itself is looked at."""
    text = "Shells fell on Avdiivka, the mayor said."
    source = Mention(Span("Shells", 0, 6), 0.9)
    reading = Reading("ASSAULT", Span("fell", 7, 11), 0.9, source=source, source_kind="unnamed")
    assert settle_speakers(Article("a", text), [reading]) == [reading]
