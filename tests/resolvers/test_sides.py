"""Tests of what a deed as a whole tells of those who take part in it."""

from __future__ import annotations

import pytest

from whowhom.records import Entity, Place, Span
from whowhom.resolvers.sides import settle_sides

MOSCOW = Place(Span("Moscow", 3, 9), "Moscow", "RUS")
NEAR = "country: 'Turkish' stands near"


def settle_actor(entity: Entity, event: str = "PROTEST") -> Entity:
    """Return an actor of a deed in Moscow."""
    ((settled,), _) = settle_sides(event, "threw", (), (), (entity,), (), MOSCOW)
    return settled


@pytest.mark.parametrize(("words", "sector"), [("protesters", "CVL"), ("rebels", "REB"), ("police", "COP")])
def test_whose_country_only_stands_near_is_of_the_place(words, sector):
    """Protesters at the Turkish embassy in Moscow are Russians."""
    settled = settle_actor(Entity(Span(words, 11, 20), "", "TUR", (sector,), (NEAR,)))
    assert settled.country == "RUS"
    assert settled.evidence == ("country: where the deed was done, 'Moscow'",)


@pytest.mark.parametrize(
    ("name", "sector", "line"),
    [
        ("", "CVL", "country: adjective 'Turkish' in the words"),
        ("", "MIL", NEAR),
        ("", "GOV", NEAR),
        ("Ayla Demir", "CVL", NEAR),
    ],
)
def test_who_is_told_by_words_or_acts_abroad_keeps_the_country(name, sector, line):
    """Soldiers and officials act abroad, and what the words say of somebody counts more than the place."""
    entity = Entity(Span("them", 11, 15), name, "TUR", (sector,), (line,))
    assert settle_actor(entity) == entity
