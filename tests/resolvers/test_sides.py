"""What the codebook says of a type as a whole settles the sides of its events."""

from __future__ import annotations

import pytest

from whowhom.records import Entity, Place, Span
from whowhom.resolvers.sides import settle_sides


def who(words: str, country: str, sector: str = "GOV") -> Entity:
    return Entity(Span(words), words if words[0].isupper() else "", country, (sector,))


IRAN, IRAQ, ARMY = who("Iran", "IRN"), who("Iraq", "IRQ"), who("soldiers", "MLI", "MIL")
REBELS, VILLAGERS = who("rebels", "MLI", "REB"), who("eleven villagers", "MLI", "CVL")
ACCRA = Place(Span("Accra"), "Accra", "GHA")


def settle(event, trigger, actors, recipients=(), *, mode=(), aux=(), place=None):
    return settle_sides(event, trigger, mode, aux, actors, recipients, place)


@pytest.mark.parametrize("trigger", ["clashes", "fighting", "fought", "gun battle", "exchanged fire"])
def test_civilians_between_two_who_fight_are_a_toll(trigger):
    assert settle("ASSAULT", trigger, (ARMY, REBELS), (VILLAGERS,)) == ((ARMY, REBELS), ())


def test_whoever_is_attacked_by_both_keeps_being_the_recipient():
    assert settle("ASSAULT", "bombed", (ARMY, IRAN), (VILLAGERS,))[1] == (VILLAGERS,)


def test_one_who_clashes_with_somebody_has_a_recipient():
    assert settle("ASSAULT", "clashed", (ARMY,), (VILLAGERS,))[1] == (VILLAGERS,)


def test_of_two_states_that_accuse_one_is_accused():
    assert settle("ACCUSE", "accused", (IRAN, IRAQ)) == ((IRAN,), (IRAQ,))


def test_two_that_meet_both_act():
    assert settle("CONSULT", "met", (IRAN, IRAQ)) == ((IRAN, IRAQ), ())


def test_planned_meeting_has_both_as_actors():
    settled = settle("AGREE", "talks", (IRAN,), (IRAQ,), aux=("future",))
    assert settled == ((IRAN, IRAQ), ())


def test_host_of_a_visit_is_the_state_it_goes_to():
    actors, (host,) = settle("CONSULT", "arrived", (IRAN,), mode=("visit",), place=ACCRA)
    assert (actors, host.country, host.sector) == ((IRAN,), "GHA", ("GOV",))


def test_visit_at_home_has_no_host():
    place = Place(Span("Isfahan"), "Isfahan", "IRN")
    assert settle("CONSULT", "toured", (IRAN,), mode=("visit",), place=place) == ((IRAN,), ())


def test_villagers_are_of_the_country_they_were_hit_in():
    unknown = who("eleven villagers", "", "CVL")
    (_, (hit,)) = settle("ASSAULT", "shelled", (ARMY,), (unknown,), place=ACCRA)
    assert hit.country == "GHA"


def test_nobody_is_on_both_sides():
    assert settle("ACCUSE", "accused", (IRAN,), (IRAN, REBELS)) == ((IRAN,), (REBELS,))


def test_who_resigns_acts():
    assert settle("RETREAT", "stepped down", (), (IRAN,), mode=("resign",)) == ((IRAN,), ())


@pytest.mark.parametrize(
    ("event", "trigger", "mode", "sector"),
    [
        ("ASSAULT", "invaded", (), "MIL"),
        ("ASSAULT", "shelled", ("heavy-weapons",), "MIL"),
        ("ASSAULT", "poisoned", ("targeted",), "GOV"),
        ("COOPERATE", "joint patrols", (), "MIL"),
        ("COOPERATE", "bought", (), "GOV"),
        ("MOBILIZE", "naval exercise", ("troops",), "MIL"),
        ("MOBILIZE", "nuclear test", ("weapons",), "GOV"),
    ],
)
def test_state_that_fights_or_drills_does_so_by_its_army(event, trigger, mode, sector):
    (actor,), _ = settle(event, trigger, (IRAN,), (IRAQ,), mode=mode)
    assert actor.sector == (sector,)


def test_state_that_uses_force_on_its_own_people_may_do_so_by_its_police():
    (actor,), _ = settle("ASSAULT", "crackdown", (IRAN,), (who("students", "IRN", "EDU"),))
    assert actor.sector == ("GOV",)


def test_government_that_fights_is_no_army():
    (actor,), _ = settle("ASSAULT", "fighting", (who("the government", "MLI"),))
    assert actor.sector == ("GOV",)
