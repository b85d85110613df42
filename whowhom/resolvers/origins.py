"""The country of those of whom only the surroundings tell, by the deeds that they stand in.

"Residents" who are bombed in a town are of its country, police who arrest a Kenyan in Nairobi are Kenyan, and
an army that invades another's land is not of it. The surroundings of a mention speak for several countries
(`Scene.pulls`); what a deed adds is its place, the other side and who stands beside, weighed by its type and
fitted by `python -m training.pulls`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from whowhom.records import Entity
from whowhom.resolvers.countries import name_country
from whowhom.resolvers.lexicon import fold_phrase, read_table
from whowhom.resolvers.scene import BY_DEEDS, Pull, Scene, is_of_surroundings, load_pulls

Entities = tuple[Entity, ...]
People = Mapping[str, Entities]

_ROLES = ("actor", "recipient")
# What an official does to a state called by its name only where it is not his own. With it 7 more deeds of
# training/corpus and the long articles have who and whom right.
_FOREIGN = frozenset("ACCUSE REQUEST REJECT THREATEN SANCTION".split())
_ABROAD = -3.0
_SAME_AS = re.compile(r"same as .* at (\d+)$")


class Deed(NamedTuple):
    """What a deed tells of the countries of those in it: its type, who stands in it, and where it was."""

    event: str
    people: People
    place: str


class Sign(NamedTuple):
    """A weight that speaks for a country: its row and column in deed_pulls.csv, "deed_place" in pulls.csv."""

    row: str
    column: str
    country: str


def settle_origins(scene: Scene, deeds: Sequence[Deed]) -> list[dict[str, Entities]]:
    """Return the people of each deed, those of whom only the surroundings told with the likeliest country.

    Whoever is meant has one country in all deeds.
    """
    signs = read_signs(scene, deeds)
    countries = {key: choose_country(scene.pulls[key], told) for key, told in signs.items()}
    changed = {key: code for key, code in countries.items() if code != scene.pulls[key].find_strongest()}
    if not changed:
        return [dict(deed.people) for deed in deeds]
    return [
        {role: tuple(_change(scene, entity, changed) for entity in deed.people[role]) for role in deed.people}
        for deed in deeds
    ]


def _change(scene: Scene, entity: Entity, changed: Mapping[int, str]) -> Entity:
    key = find_pull(scene, entity)
    if key is None or key not in changed:
        return entity
    kept = (other for other in entity.evidence if not is_of_surroundings(other))
    return replace(entity, country=changed[key], evidence=(BY_DEEDS, *kept))


def read_signs(scene: Scene, deeds: Sequence[Deed]) -> dict[int, list[list[Sign]]]:
    """Return for each pull that somebody in the deeds was given by what each deed says of the country."""
    signs: dict[int, list[list[Sign]]] = defaultdict(list)
    if not scene.pulls:
        return signs
    for deed in deeds:
        keys = {role: [find_pull(scene, entity) for entity in deed.people[role]] for role in _ROLES}
        if all(key is None for role in _ROLES for key in keys[role]):  # most deeds
            continue
        told = {
            role: sorted(
                {
                    entity.country
                    for entity, key in zip(deed.people[role], keys[role], strict=True)
                    if key is None and entity.country
                }
            )
            for role in _ROLES
        }
        for role, other in zip(_ROLES, reversed(_ROLES), strict=True):
            for key in dict.fromkeys(key for key in keys[role] if key is not None):
                found = [Sign(deed.event, f"{role}_other", code) for code in told[other]]
                if (
                    role == "actor"
                    and deed.event in _FOREIGN
                    and scene.pulls[key].group in ("person", "rule")
                ):
                    found += _list_foreign(deed, key, keys, scene)
                found += [Sign(deed.event, f"{role}_beside", code) for code in told[role]]
                if deed.place:
                    found.append(Sign("deed_place", scene.pulls[key].group, deed.place))
                signs[key].append(found)
    return signs


def _list_foreign(deed: Deed, key: int, keys: Mapping[str, Sequence[int | None]], scene: Scene) -> list[Sign]:
    """Return the states by name that an official does something to, and so is none of."""
    officials = [one for one, own in zip(deed.people["actor"], keys["actor"], strict=True) if own == key]
    if not all(one.sector[:1] in (("GOV",), ("MIL",)) for one in officials):
        return []
    named = {
        one.country
        for one, own in zip(deed.people["recipient"], keys["recipient"], strict=True)
        if own is None and one.sector[:1] == ("GOV",) and one.name and one.name == name_country(one.country)
    }
    return [Sign("foreign", "", code) for code in sorted(named)]


def find_pull(scene: Scene, entity: Entity) -> int | None:
    """Return the place whose surroundings gave an entity its country, None where something else did."""
    for line in entity.evidence:
        if line.startswith("country") and not is_of_surroundings(line):
            return None
    for key in _list_places(scene, entity):
        pull = scene.pulls.get(key)
        if pull is not None and pull.find_strongest() == entity.country:
            return key
    return None


def _list_places(scene: Scene, entity: Entity) -> Iterator[int]:
    """Yield the places in the text of the scene where an entity may have been asked for."""
    person = scene.cast.find_person(fold_phrase(entity.name)) if entity.name else None
    if person is not None:
        yield person.start
    for line in entity.evidence[:1]:
        if same := _SAME_AS.match(line):
            yield int(same[1]) + scene.shift
    place = scene.find_place(entity.span)
    if place is not None:
        yield place


def choose_country(pull: Pull, signs: Sequence[Sequence[Sign]]) -> str:
    """Return the likeliest country, "" for none, by the surroundings and all deeds together."""
    if "" not in pull.scores:  # The words name the only countries that can be meant.
        return pull.find_strongest()
    scores = dict(pull.scores)
    for found in signs:
        for sign in found:
            scores[sign.country] = scores.get(sign.country, 0.0) + weigh_sign(sign) / len(signs)
    return Pull(pull.group, scores).find_strongest()


def weigh_sign(sign: Sign) -> float:
    """Return the weight of a sign."""
    if sign.row == "foreign":
        return _ABROAD
    if sign.row == "deed_place":
        return load_pulls()[sign.column]["deed_place"]
    return load_deed_pulls()[sign.row][sign.column]


@cache
def load_deed_pulls() -> dict[str, dict[str, float]]:
    """Return the weight of each sign by the type of the deed."""
    return {
        row["event"]: {name: float(value) for name, value in row.items() if name != "event"}
        for row in read_table("deed_pulls")
    }
