"""Who "both sides" are: two states, or a government and those at odds with it.

"Both sides" are often a government and its rebels, opposition or workers, of whom only one is named near by.
Of 117 such words ("the two camps", "both parties") in training/corpus 69 have the right countries and sectors
with what is said here, 35 had without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from whowhom.records import Entity, Span
from whowhom.resolvers.cast import ABOVE_STATES
from whowhom.resolvers.countries import name_country
from whowhom.resolvers.scene import Scene, Settled

_RULE = frozenset("GOV MIL COP LEG SPY".split())
_FOES = frozenset(("REB", "OPP"))
# Who bargains with employers or a government; only where there are no foes.
_WORKERS = frozenset("LAB EDU AGR".split())
_EMPLOYERS = frozenset(("BUS",))
# A foe counts from this share of the weight of the second state on.
_SHARE = 0.5
# An article is about a state that is named more than so many times as often as the next: with foes, with
# workers. For foes 1.25 leaves 66 of the 117 right and 2.0 leaves 68.
_LEADS = {"foes": 1.5, "workers": 2.0}

Side = tuple[str, str]


def find_quarrel_within(scene: Scene, known: Iterable[Settled], place: int) -> list[Settled]:
    """Return the government and its foes, or a union, of the one state that an article is about.

    None where another state is named nearly as often, or where nobody of that state is at odds with it.
    """
    (main, most), (_, next_most), *_ = [*scene.cast.counts.most_common(2), ("", 0), ("", 0)]
    weights, members = _weigh_sides(scene, place, known)
    for kind, lead in _LEADS.items():
        if most > lead * next_most and (main, kind) in members:
            return _oppose(members, weights, (main, kind))
    return []


def find_quarrel(
    scene: Scene, place: int, known: Iterable[Settled], outside: Collection[str]
) -> list[Settled]:
    """Return the two sides of the quarrel told of before `place`, none where it is not clear.

    Whoever is named often and near weighs most: rebels and who stands against them, else two states, else
    a union.

    Args:
        known: Those who can be a side.
        outside: Countries of those who act on both sides, and so are none of them.
    """
    weights, members = _weigh_sides(scene, place, known)
    states = [side for side in _rank(weights, "rule") if side[0] not in outside]
    second = weights[states[1]] if len(states) > 1 else 0.0
    foes = _rank(weights, "foes")
    if foes and weights[foes[0]] >= _SHARE * second:
        return _oppose(members, weights, foes[0])
    if len(states) > 1:
        return [_make_rule(country) for country, _ in states[:2]]
    workers = _rank(weights, "workers")
    return _oppose(members, weights, workers[0]) if workers else []


def _weigh_sides(
    scene: Scene, place: int, known: Iterable[Settled]
) -> tuple[dict[Side, float], dict[Side, list[Settled]]]:
    weights: dict[Side, float] = defaultdict(float)
    members: dict[Side, list[Settled]] = defaultdict(list)
    here = scene.cast.sentence_of(place)
    for one in known:
        side = _side_of(one.entity)
        if side is not None:
            weights[side] += 1 / (2 + here - scene.cast.sentence_of(one.start))
            members[side].append(one)
    return weights, members


def _rank(weights: Mapping[Side, float], kind: str) -> list[Side]:
    return sorted((side for side in weights if side[1] == kind), key=lambda side: -weights[side])


def _oppose(
    members: Mapping[Side, list[Settled]], weights: Mapping[Side, float], side: Side
) -> list[Settled]:
    """Return whom a side stands against, and the side."""
    country = side[0]
    employers, rule = (country, "employers"), (country, "rule")
    if side[1] == "workers" and weights.get(employers, 0.0) > weights.get(rule, 0.0):
        return [_name_side(members[employers]), _name_side(members[side])]
    states = _rank(weights, "rule")
    if states and weights.get(rule, 0.0) < _SHARE * weights[states[0]]:
        country = states[0][0]
    return [_make_rule(country), _name_side(members[side])]


def _side_of(entity: Entity) -> Side | None:
    main = entity.sector[0] if entity.sector else ""
    if not entity.country or entity.country in ABOVE_STATES:
        return None
    for name, codes in (("rule", _RULE), ("foes", _FOES), ("workers", _WORKERS), ("employers", _EMPLOYERS)):
        if main in codes:
            return entity.country, name
    return None


def _make_rule(country: str) -> Settled:
    name = name_country(country)
    return Settled(0, 0, Entity(Span(name), name, country, ("GOV",)), "state")


def _name_side(members: list[Settled]) -> Settled:
    """Return the last of a side who has a name, else the last."""
    named = [one for one in members if one.kind != "person" and _has_own_name(one.entity)]
    one = (named or members)[-1]
    return one if named else one._replace(entity=replace(one.entity, name=""))


def _has_own_name(entity: Entity) -> bool:
    return entity.name not in ("", name_country(entity.country))
