"""An article while its mentions are settled: what is known so far, and what stands near a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from whowhom.records import Entity, Mention, Span
from whowhom.resolvers.cast import ABOVE_STATES, Anchor, Cast, Person
from whowhom.resolvers.phrases import Phrase

# How far back a pronoun or a description looks for what it stands for, in sentences.
REACH = 4


@dataclass(frozen=True, slots=True)
class Settled:
    """An entity with the place it was named at and what kind of words named it.

    `is_told` tells that the words themselves gave the country, not the surroundings.
    """

    start: int
    end: int
    entity: Entity
    kind: str
    plural: bool = False
    head: str = ""
    roles: frozenset[str] = frozenset()
    is_woman: bool | None = None
    is_told: bool = False


@dataclass(slots=True)
class Scene:
    """The text (title, line break, body), its cast, and the mentions settled so far, in order.

    `shift` is where the body begins; `asking` holds persons whose country is being looked for,
    since "his brother" may lead to somebody's brother, and back.
    """

    text: str
    shift: int
    published: date | None
    cast: Cast
    settled: list[Settled] = field(default_factory=list)
    asking: set[tuple[str, ...]] = field(default_factory=set)

    def find_place(self, span: Span) -> int | None:
        """Return where a span starts in `text`, None for one that stands nowhere."""
        if span.start is None:
            return None
        return span.start if span.of == "title" else span.start + self.shift

    def tell_place(self, place: int) -> int:
        """Return a place in `text` as offset in the body, for the evidence."""
        return max(0, place - self.shift)

    def sentence_before(self, place: int, back: int) -> tuple[int, int]:
        """Return start and end of the sentence `back` sentences before that of `place`, cut at `place`."""
        number = self.cast.sentence_of(place) - back
        if number < 0:
            return 0, 0
        start, end = self.cast.sentences[number] if self.cast.sentences else (0, place)
        return start, min(end, place)


def make_settled(
    phrase: Phrase,
    name: str,
    country: str,
    sectors: Iterable[str],
    evidence: Iterable[str],
    *,
    kind: str = "",
    person: Person | None = None,
) -> Settled:
    """Make the entity of a phrase; its span and place are filled in by the caller."""
    lines = tuple(dict.fromkeys(line for line in evidence if line))
    return Settled(
        start=0,
        end=0,
        entity=Entity(Span(""), name, country, tuple(dict.fromkeys(sectors)), lines),
        kind=kind or phrase.kind,
        plural=phrase.plural,
        head=phrase.head,
        roles=phrase.roles | (person.roles if person else frozenset()),
        is_woman=person.is_woman if person else None,
        is_told=bool(phrase.country),
    )


def refer_to(known: Settled) -> Settled:
    """Return the same entity for other words, with a line that says so."""
    span = known.entity.span
    return replace(known, entity=add_line(known.entity, f"same as {span.text!r} at {span.start}"))


def add_line(entity: Entity, line: str) -> Entity:
    """Put "same as ..." before the other evidence, in place of an earlier such line."""
    kept = tuple(other for other in entity.evidence if not other.startswith("same as"))
    return replace(entity, evidence=(line, *kept))


def trust_coder(mention: Mention) -> tuple[tuple[str, ...], str]:
    """Return the sectors that the coder finds likelier than not, and a line of evidence."""
    if not mention.sectors or mention.sectors[0][1] < 0.5:
        return (), ""
    codes = tuple(code for code, probability in mention.sectors if probability >= 0.5)
    return codes, f"sector: the coder's, probability {mention.sectors[0][1]:.2f}"


def find_last(scene: Scene, place: int, fits: Callable[[Settled], bool]) -> Settled | None:
    """Return the settled entity before `place` that fits: the first of the nearest sentence with one."""
    sentence = scene.cast.sentence_of(place)
    best: tuple[int, int] | None = None
    chosen: Settled | None = None
    for known in reversed(scene.settled):
        distance = sentence - scene.cast.sentence_of(known.start)
        if distance > REACH:
            break
        if known.end > place or known.kind == "pronoun" or not fits(known):
            continue
        rank = (distance, known.start)
        if best is None or rank < best:
            best, chosen = rank, known
    return refer_to(chosen) if chosen else None


def find_anchor(scene: Scene, place: int, kinds: tuple[str, ...]) -> Anchor | None:
    """Return the first fitting anchor of the nearest sentence before `place` that has one."""
    for back in range(REACH + 1):
        start, end = scene.sentence_before(place, back)
        for anchor in scene.cast.anchors_between(start, end):
            if anchor.kind in kinds:
                return anchor
    return None


def settle_anchor(scene: Scene, anchor: Anchor) -> Settled:
    """Return the state or body that is named at an anchor."""
    span = Span(anchor.words, scene.tell_place(anchor.start))
    entity = Entity(span, anchor.name, anchor.country, anchor.sectors or ("GOV",))
    return Settled(anchor.start, anchor.end, entity, "state")


class Pull(NamedTuple):
    """How strongly anchors draw a group without a country to theirs.

    The first three are for an anchor in the same sentence; each sentence between divides by
    ``(1 + distance) ** decay``. `share` is spread over the countries as the article names them.
    `margin` is how many times stronger the best must be than the second.
    """

    place: float
    state: float
    person: float
    after: float
    title: float
    decay: float
    share: float
    margin: float


# Swept at random over training/corpus and ../shared/train (evaluation/actors.py, "corpus"), 2025-11.
PULL = Pull(place=3.0, state=0.2, person=0.2, after=3.0, title=3.0, decay=3.4, share=2.8, margin=1.0)
_PLACES = frozenset(("region", "capital"))


def read_surroundings(scene: Scene, place: int | None) -> tuple[str, str]:
    """Return the country that the words around `place` speak of, with a line of evidence.

    Both are "" where no country is named or several compete.
    """
    weights: dict[str, float] = {}
    words: dict[str, str] = {}
    for anchor, weight in _weigh_anchors(scene, place):
        if anchor.country not in ABOVE_STATES:
            weights[anchor.country] = weights.get(anchor.country, 0.0) + weight
            words.setdefault(anchor.country, anchor.words)
    total = sum(scene.cast.counts.values())
    for country, count in scene.cast.counts.items():
        weights[country] = weights.get(country, 0.0) + PULL.share * count / total
    if not weights:
        return "", ""
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) > 1 and ranked[0][1] < PULL.margin * ranked[1][1]:
        return "", ""
    country = ranked[0][0]
    near = f"{words[country]!r} stands near" if country in words else "the article is mostly about it"
    return country, f"country: {near}"


def _weigh_anchors(scene: Scene, place: int | None) -> list[tuple[Anchor, float]]:
    """Return the anchors of the sentences around `place`, each with its pull."""
    cast = scene.cast
    if place is None or not cast.sentences:
        return []
    here = cast.sentence_of(place)
    weighed = []
    for number in range(max(0, here - REACH + 1), min(len(cast.sentences), here + 2)):
        start, end = cast.sentences[number]
        fall = (1 + abs(here - number)) ** -PULL.decay * (PULL.after if number > here else 1.0)
        weighed += [(anchor, _pull(anchor) * fall) for anchor in cast.anchors_between(start, end)[-40:]]
    if scene.shift:
        weighed += [(anchor, PULL.title) for anchor in cast.anchors_between(0, scene.shift)]
    return weighed


def _pull(anchor: Anchor) -> float:
    if anchor.is_place or anchor.kind in _PLACES:
        return PULL.place
    return PULL.person if anchor.kind == "person" else PULL.state
