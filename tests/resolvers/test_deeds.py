"""Tests of the one record that several readings of a deed make."""

from __future__ import annotations

import pytest

from whowhom.records import Article, Certainty, Event, Reading, SourceKind, Span
from whowhom.resolvers.deeds import join_readings
from whowhom.resolvers.events import resolve_readings

# Everything of one type is one deed here.
JOIN = {"joining": {}, "joining_threshold": 0.0}


class _Any(dict[str, float]):
    """Weights of which none speaks for or against."""

    def __missing__(self, name: str) -> float:
        return 0.0


def join(*told: tuple[SourceKind, Certainty]) -> Event:
    """Return the record of an attack that is told once a sentence, each time so."""
    text = " ".join("Rebels attacked a village." for _ in told)
    starts = [number * len("Rebels attacked a village. ") + len("Rebels ") for number in range(len(told))]
    article = Article("a", text, language="en")
    readings = [
        Reading("ASSAULT", Span("attacked", start, start + 8), 0.9, source_kind=kind, certainty=certainty)
        for start, (kind, certainty) in zip(starts, told, strict=True)
    ]
    events = resolve_readings(article, readings)
    (event,) = join_readings(article, readings, events, {**JOIN, "joining": _Any()})
    return event


@pytest.mark.parametrize(
    ("told", "kind", "certainty"),
    [
        ([("unnamed", "possible"), ("author", "certain")], "author", "certain"),
        ([("author", "probable"), ("unnamed", "certain")], "author", "probable"),
        ([("unnamed", "probable"), ("unnamed", "probable")], "unnamed", "probable"),
        ([("unnamed", "possible")], "unnamed", "possible"),
    ],
)
def test_what_the_article_asserts_anywhere_is_its_own(
    told: list[tuple[SourceKind, Certainty]], kind: SourceKind, certainty: Certainty
) -> None:
    """Even if a speaker repeats it in another sentence, and as surely as the article puts it."""
    event = join(*told)
    assert (event.source.kind, event.certainty) == (kind, certainty)
