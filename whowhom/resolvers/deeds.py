"""Which readings of one article are of the same deed, and the one record they make.

A title, a lead and a later paragraph report the same visit in three ways. Two readings of one type
are taken for the same deed by a logistic score over what they share; what they cannot share (two
days, two places, two tolls) forbids it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any, NamedTuple

from whowhom.coders.classes import chance_of
from whowhom.records import Article, DaySpan, Entity, Event, Reading, Span
from whowhom.resolvers.events import name_event

# Deeds of a type that a reading is compared with: the last ones. News returns to a deed within a few
# paragraphs, and a bound keeps a text of thousands of events linear.
_LOOK_BACK = 40


def join_readings(
    article: Article, readings: Sequence[Reading], events: Sequence[Event], settings: Mapping[str, Any]
) -> list[Event]:
    """Return one event for each deed, in the order of first mention.

    Args:
        article: Whose text the spans point at.
        readings: What the model read, in order.
        events: The same, resolved; one for each reading.
        settings: `joining`, the weights of the score, and `joining_threshold`.
    """
    tell = cache(lambda number: _tell(readings[number], events[number]))
    weights = settings["joining"]
    deeds: list[list[int]] = []
    by_type: dict[str, list[list[int]]] = {}
    for number, event in enumerate(events):
        same_type = by_type.setdefault(event.event, [])
        best, best_score = None, float(settings["joining_threshold"])
        for deed in same_type[-_LOOK_BACK:]:
            if any(_conflict(events[other], event) for other in deed):  # far cheaper than a score
                continue
            score = max(chance_of(_compare(tell(other), tell(number)), weights) for other in deed[-4:])
            if score >= best_score:
                best, best_score = deed, score
        if best is None:
            best = []
            deeds.append(best)
            same_type.append(best)
        best.append(number)
    return [_combine(article, [readings[n] for n in deed], [events[n] for n in deed]) for deed in deeds]


class _Told(NamedTuple):
    """What one reading tells that another may share, found once for all its pairs."""

    event: Event
    vector: Any
    stem: str
    actors: frozenset[str]
    recipients: frozenset[str]
    names: frozenset[str]
    aux: frozenset[str]
    days: DaySpan | None
    place: str
    at: int


def _tell(reading: Reading, event: Event) -> _Told:
    return _Told(
        event=event,
        vector=reading.vector,
        stem=_stem(event.trigger.text),
        actors=frozenset(map(_key, event.actor)) - {""},
        recipients=frozenset(map(_key, event.recipient)) - {""},
        # Of participants without a name, their words.
        names=frozenset((entity.name or entity.span.text).casefold() for entity in event.actor),
        aux=frozenset(event.aux),
        days=event.date.days if event.date else None,
        place=event.location.name if event.location else "",
        at=_at(event.trigger),
    )


def describe_pair(readings: Sequence[Reading], events: Sequence[Event], a: int, b: int) -> dict[str, float]:
    """Return what two readings of one type share, as named numbers; `training.fitting` weighs them."""
    return _compare(_tell(readings[a], events[a]), _tell(readings[b], events[b]))


def _compare(one: _Told, two: _Told) -> dict[str, float]:
    a, b = one.event, two.event
    actors, recipients = _share(one.actors, two.actors), _share(one.recipients, two.recipients)
    in_one_part, apart = a.trigger.of == b.trigger.of, abs(one.at - two.at)
    return {
        "bias": 1.0,
        "vector": float(one.vector @ two.vector) if one.vector is not None else 0.0,
        "same_word": one.stem == two.stem,
        "actor_same": actors == 1,
        "actor_other": actors == -1,
        "actor_missing": not a.actor or not b.actor,
        "recipient_same": recipients == 1,
        "recipient_other": recipients == -1,
        "recipient_missing": bool(a.recipient) != bool(b.recipient),
        "same_mode": a.mode == b.mode,
        "same_aux": one.aux == two.aux,
        "same_days": one.days is not None and one.days == two.days,
        "same_place": a.location is not None and b.location is not None and one.place == two.place,
        "title": a.trigger.of == "title" or b.trigger.of == "title",
        "near": in_one_part and apart < 200,
        "near_same_actor": in_one_part
        and apart < 250
        and recipients >= 0
        and not one.names.isdisjoint(two.names),
    }


def _at(span: Span) -> int:
    return span.start or 0


@lru_cache(maxsize=4_096)
def _stem(words: str) -> str:
    """Return a word without its commonest endings: "visited", "visits" and "visit" are one."""
    last = words.lower().split()[-1] if words.split() else ""
    for ending in ("ations", "ation", "ings", "ing", "ions", "ion", "ed", "es", "s", "e"):
        if last.endswith(ending) and len(last) - len(ending) >= 3:
            return last[: -len(ending)]
    return last


def _key(entity: Entity) -> str:
    return entity.country or (entity.sector[0] if entity.sector else "") or entity.name.casefold()


def _share(left: frozenset[str], right: frozenset[str]) -> int:
    """1 where two lists name a common participant, -1 where they name different ones, else 0."""
    if not left or not right:
        return 0
    return -1 if left.isdisjoint(right) else 1


def _conflict(one: Event, two: Event) -> bool:
    """Whether two events cannot be the same deed: other days, other places or other tolls."""
    if one.date and two.date and one.date.days and two.date.days and one.date.span and two.date.span:
        a, b = one.date.days, two.date.days
        if a.last < b.first or b.last < a.first:
            return True
    if one.location and two.location and one.location.name and two.location.name:
        exact = one.location.precision == two.location.precision == "exact"
        if exact and one.location.name != two.location.name:
            return True
    return _differ(one.killed, two.killed) or _differ(one.injured, two.injured)


def _differ(one: int | None, two: int | None) -> bool:
    return one is not None and two is not None and one != two


def _combine(article: Article, readings: Sequence[Reading], events: Sequence[Event]) -> Event:
    """Return the record of one deed: the fullest reading, and from the others what it lacks."""
    order = sorted(range(len(events)), key=lambda n: (-_fullness(readings[n], events[n]), n))
    best, *others = (events[n] for n in order)
    if not others:
        return best
    mentions = sorted({event.trigger for event in others}, key=lambda span: (span.of != "title", _at(span)))

    def first(field: str) -> Any:
        return next(
            (value for event in (best, *others) if (value := getattr(event, field))), getattr(best, field)
        )

    def number(field: str) -> int | None:
        values = (getattr(event, field) for event in (best, *others))
        return next((value for value in values if value is not None), None)

    # What the article asserts anywhere in its own voice is the author's, even if a speaker repeats it. Where
    # a reading names a speaker and is taken for the author's all the same, it is no assertion.
    asserted = (events[n] for n in order if events[n].source.kind == "author" and not readings[n].source)
    teller = best if best.source.kind == "author" else next(asserted, best)
    return replace(
        best,
        id=name_event(article, best.event, best.trigger),
        mentions=tuple(mentions),
        score=max(event.score for event in events),
        mode=first("mode"),
        actor=first("actor"),
        recipient=first("recipient"),
        location=first("location"),
        date=best.date if best.date and best.date.span else first("date"),
        source=teller.source,
        certainty=teller.certainty,
        condition=first("condition"),
        killed=number("killed"),
        injured=number("injured"),
        size=number("size"),
        size_text=first("size_text"),
    )


def _fullness(reading: Reading, event: Event) -> float:
    """How much a reading tells: its certainty, and a bit for each field that it fills."""
    fields = (event.actor, event.recipient, event.location, event.date and event.date.span)
    return reading.score + 0.25 * sum(map(bool, fields)) - 0.5 * (event.trigger.of == "title")
