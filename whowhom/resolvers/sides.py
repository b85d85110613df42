"""Which side a participant stands on, where the words leave the tagger in doubt.

The tagger fills the roles of each event by themselves; what the codebook says of a type as a whole is
said here. The rules come from a study of a hundred wrong rows (docs/evaluation.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from whowhom.records import Entity, Place
from whowhom.resolvers.countries import name_country

Entities = tuple[Entity, ...]

# One side says or does it to the other; with two states as actors and nobody else one of them is meant.
_ONE_SIDED = frozenset("THREATEN ACCUSE REJECT REQUEST SANCTION".split())
_MEETING = re.compile(r"\b(?:meet|talk|summit|negotiat|discuss)", re.IGNORECASE)
_CLASH = re.compile(r"clash|fight|fought|battl|exchang|shoot-?out|skirmish", re.IGNORECASE)
# People without arms who are hit where they live; soldiers may be hit abroad.
_LOCALS = frozenset("CVL EDU MED COP REL".split())
_CAPITAL = re.compile(r"[A-Z]")
_DRILL = re.compile(r"exercis|drill|man(?:o)?euv|patrol|war ?games", re.IGNORECASE)
# Force that is not an army's: agents, guards and police use it, and "Iran" is then the state.
_UNARMY = frozenset("targeted abduct torture sexual crowd-control".split())


def settle_sides(
    event: str,
    trigger: str,
    mode: Sequence[str],
    aux: Sequence[str],
    actors: Entities,
    recipients: Entities,
    place: Place | None,
) -> tuple[Entities, Entities]:
    """Return actors and recipients as the codebook has them for the type.

    >>> from whowhom.records import Span
    >>> one, two = Entity(Span("Iran"), "Iran", "IRN"), Entity(Span("Iraq"), "Iraq", "IRQ")
    >>> [len(side) for side in settle_sides("ACCUSE", "accused", (), (), (one, two), (), None)]
    [1, 1]
    """
    recipients = tuple(entity for entity in recipients if not any(_is_same(entity, one) for one in actors))
    if _is_of_arms(event, trigger, mode):
        homes = {entity.country for entity in recipients}
        actors = tuple(actor if actor.country in homes else _arm_state(actor) for actor in actors)
    if not recipients:
        if event in _ONE_SIDED and len(actors) == 2 and _are_two_states(*actors):
            return actors[:1], actors[1:]
        if event == "CONSULT" and "visit" in mode:
            return actors, _find_host(actors, place)
    if "resign" in mode and not actors:
        return recipients, ()
    if event == "AGREE" and "future" in aux and _MEETING.search(trigger):
        return (*actors, *recipients), ()
    if event == "ASSAULT" and _CLASH.search(trigger) and len({_side_of(one) for one in actors}) > 1:
        # Where both sides shoot nobody is the recipient; civilians who die between them are a toll. In
        # training/corpus 361 of 384 such fights are so, 15 have civilians.
        recipients = tuple(entity for entity in recipients if entity.sector[:1] != ("CVL",))
    if event == "ASSAULT" and place is not None and place.country:
        recipients = tuple(_place_local(entity, place) for entity in recipients)
    return actors, recipients


def _is_of_arms(event: str, trigger: str, mode: Sequence[str]) -> bool:
    """Whether a state that does it does it by its army.

    In training/corpus a state called by its name stands for its army in 340 of 420 such deeds of force
    against others, and in 28 of 44 exercises and joint patrols.
    """
    if event == "ASSAULT":
        return not _UNARMY.intersection(mode)
    return event in ("COOPERATE", "MOBILIZE") and bool(_DRILL.search(trigger))


def _arm_state(entity: Entity) -> Entity:
    """Return a state that is called by its name as its army; anybody else as is."""
    if entity.sector[:1] != ("GOV",) or not entity.country or entity.name != name_country(entity.country):
        return entity
    line = "sector: a state acting by its army"
    others = tuple(code for code in entity.sector[1:] if code != "MIL")
    return replace(entity, sector=("MIL", *others), evidence=(*entity.evidence, line))


def _side_of(entity: Entity) -> tuple[str, tuple[str, ...]]:
    return entity.country, entity.sector[:1]


def _is_same(one: Entity, other: Entity) -> bool:
    same_words = one.span.start is not None and one.span == other.span
    return same_words or bool(one.name and (one.name, one.country) == (other.name, other.country))


def _are_two_states(one: Entity, other: Entity) -> bool:
    return bool(one.country and other.country) and one.country != other.country


def _find_host(actors: Entities, place: Place | None) -> Entities:
    """Return the state in which a visit takes place: its host, where the report names none."""
    if place is None or not place.country or not actors:
        return ()
    if any(entity.country in (place.country, "") for entity in actors):
        return ()
    why = f"the host: {place.span.text!r} is in {place.country}"
    return (Entity(place.span, "", place.country, ("GOV",), (why,)),)


def _place_local(entity: Entity, place: Place) -> Entity:
    """Give victims without a nation in their words the country in which they were hit."""
    told = entity.name or _CAPITAL.search(entity.span.text) or entity.country == place.country
    if told or not entity.sector or entity.sector[0] not in _LOCALS:
        return entity
    kept = tuple(line for line in entity.evidence if not line.startswith("country"))
    why = f"country: where the deed was done, {place.span.text!r}"
    return replace(entity, country=place.country, evidence=(*kept, why))
