"""Whom words about another deed are aimed at: "condemned the attack" means those who attacked.

A deed of words has another deed for its object more often than a person, and whoever did that one stands in
another sentence. Where an event of words has no recipient of its own, it gets one from the deed it is about:

    what stands right behind it      its doers: in training/corpus 309 of 327 accusations with such an object
                                     are against them, 53 of 61 words of praise, 94 of 105 refusals
    a denial                         whoever accused the denier before (161 of 185), or claimed it (46 of 55)
    an accusation or a welcome       the doers of the last deed before it that fits and is another's
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from whowhom.records import Article, Entity, Event
from whowhom.resolvers.scene import add_line

_ABOUT_DEEDS = frozenset("ACCUSE SUPPORT REJECT".split())
# What is condemned, and what is welcomed.
_HOSTILE = frozenset("ASSAULT COERCE MOBILIZE SANCTION PROTEST".split())
_FRIENDLY = frozenset("AGREE SUPPORT CONCEDE RETREAT CONSULT COOPERATE".split())
_WELCOME = re.compile(r"welcom|prais|hail|back|endors", re.IGNORECASE)
_DENIAL = re.compile(
    r"den(?:y|ie|ial)|dismiss|reject|refut|false|baseless|plead|disput|contest", re.IGNORECASE
)
# Characters between words and the deed that is their object, or that they answer.
_NEXT, _CLAIMED, _BEFORE, _ACCUSED = 40, 300, 400, 500
# "the deadly", "what it called", "Friday's": what stands before a deed that is an object.
_OBJECT = re.compile(
    r"\s*(?:the|this|that|these|those|their|its|his|her|what|all|any|such|an?|[A-Z][\w-]*(?:['\u2019]s)?)\b"
)
# Where one of these stands between, the deed is no object.
_PARTED = re.compile(r"[.;:,\"\u201c\u201d\n]|\b(?:and|that|by)\b")


def settle_objects(article: Article, events: Sequence[Event]) -> list[Event]:
    """Return the events, those of words about another deed with recipients where they had none."""
    placed = sorted(
        (
            (span.start, event)
            for event in events
            for span in (event.trigger, *event.mentions)
            if span.of == "text" and span.start is not None
        ),
        key=lambda known: known[0],
    )
    return [
        _settle(article.text, event, placed)
        if event.event in _ABOUT_DEEDS and not event.recipient and event.trigger.of == "text"
        else event
        for event in events
    ]


_Placed = Sequence[tuple[int, Event]]


def _settle(text: str, event: Event, placed: _Placed) -> Event:
    for others, deed in _list_meant(text, event, placed):
        found = [one for one in others if not _is_among(one, event.actor)]
        if found:
            line = f"by the deed it is about: {deed.trigger.text!r} at {deed.trigger.start}"
            return replace(event, recipient=tuple(add_line(one, line) for one in found))
    return event


def _list_meant(text: str, event: Event, placed: _Placed) -> Iterator[tuple[Sequence[Entity], Event]]:
    """Yield who may be meant, the likeliest first, each with the deed that tells it."""
    start, end = event.trigger.start or 0, event.trigger.end or 0
    # What is farther off tells nothing, and a text of thousands of events stays linear.
    first, last = (
        bisect_left(placed, at, key=lambda known: known[0]) for at in (start - _ACCUSED, end + _NEXT + 1)
    )
    placed = placed[first:last]
    for at, deed in placed:
        if end <= at <= end + _NEXT and deed is not event:
            if _OBJECT.match(text, end, at) and not _PARTED.search(text, end, at):
                yield deed.actor, deed
            break
    before = [(at, deed) for at, deed in reversed(placed) if at < start and deed is not event]
    own = _countries(event.actor)
    if event.event == "REJECT":
        if _DENIAL.search(event.trigger.text):
            for at, deed in before:
                if deed.event == "ACCUSE" and start - at < _ACCUSED and own & _countries(deed.recipient):
                    yield deed.actor, deed
            for at, deed in before:
                teller = deed.source.entity
                if (
                    start - at < _CLAIMED
                    and deed.source.kind == "named"
                    and own & _countries(deed.actor)
                    and teller
                ):
                    yield [teller], deed
        return
    if event.event == "SUPPORT" and not _WELCOME.search(event.trigger.text):
        return
    fitting = _HOSTILE if event.event == "ACCUSE" else _FRIENDLY
    for at, deed in before:
        if deed.event in fitting and deed.actor:
            if start - at < _BEFORE and not own & _countries(deed.actor):
                yield deed.actor, deed
            break


def _countries(entities: Sequence[Entity]) -> set[str]:
    return {entity.country for entity in entities} - {""}


def _is_among(one: Entity, others: Sequence[Entity]) -> bool:
    return any((one.name, one.country, one.sector[:1]) == (o.name, o.country, o.sector[:1]) for o in others)
