"""How sure a row is: the probability that who did what to whom is right, from what the coder saw."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from whowhom.coders.classes import chance_of
from whowhom.records import Entity, Event
from whowhom.resolvers.scene import is_of_surroundings

_PRONOUNS = frozenset("i we us he him his she her it its they them their who which".split())


# A title says what its text tells: of 39 events of 429 annotated articles that stood on words of the
# title alone, 30 were deeds that the text had given already, 8 no deeds and one a deed of its own; none
# was scored 0.6. Below this, one counts only where the text gives nothing.
_TITLE_ALONE = 0.5


def keep_likely(events: Sequence[Event], settings: Mapping[str, Any]) -> tuple[Event, ...]:
    """Return the events that are likely enough to be kept, with their calibrated scores.

    What stands on the title alone must be likelier where the text tells of events too.

    Args:
        events: With the model's own probability of the type as `score`.
        settings: `calibration`, the weights of the score, and `score_threshold`.
    """
    rated = [(event, rate_event(event, settings["calibration"])) for event in events]
    likely = tuple(
        replace(event, score=score) for event, score in rated if score >= settings["score_threshold"]
    )
    if all(map(_is_of_title, likely)):
        return likely
    return tuple(event for event in likely if not _is_of_title(event) or event.score >= _TITLE_ALONE)


def _is_of_title(event: Event) -> bool:
    return all(span.of == "title" for span in (event.trigger, *event.mentions))


def rate_event(event: Event, weights: Mapping[str, float]) -> float:
    """Return the probability that a row is right in type, actor and recipient, three digits."""
    return round(chance_of(describe_event(event), weights), 3)


def describe_event(event: Event) -> dict[str, float]:
    """Return what tells right rows from wrong ones, as named numbers; `training.fitting` weighs them."""
    told = {
        "bias": 1.0,
        "trigger": _log_odds(event.score),
        "actor_named": float(any(entity.name for entity in event.actor)),
        "many": float(len(event.actor) > 1 or len(event.recipient) > 1),
        "same_country": float(
            bool({e.country for e in event.actor} & {e.country for e in event.recipient} - {""})
        ),
        "mode": float(bool(event.mode)),
        "place": float(bool(event.location)),
        "date_words": float(bool(event.date and event.date.span)),
        "mentions": math.log1p(len(event.mentions)),
        "title": float(event.trigger.of == "title"),
        "certain": float(event.certainty == "certain"),
        f"source_{event.source.kind}": 1.0,
        f"type_{event.event}": 1.0,
        **{f"aux_{name}": 1.0 for name in event.aux},
    }
    for role in ("actor", "recipient"):
        told |= _describe_participants(role, getattr(event, role))
    return told


def _describe_participants(role: str, entities: Sequence[Entity]) -> dict[str, float]:
    """Return what tells whether the actors or the recipients are right; nothing where there are none."""
    if not entities:
        return {}
    countries = [entity.country for entity in entities]
    lines = [line for entity in entities for line in entity.evidence]
    return {
        role: 1.0,
        f"{role}_score": _log_odds(max(entity.score for entity in entities)),
        f"{role}_country": float(any(countries)),
        f"{role}_countries": float(all(countries)),
        f"{role}_told": float(
            any(line.startswith("country") and line.endswith("in the words") for line in lines)
        ),
        f"{role}_near": float(any(map(is_of_surroundings, lines))),
        f"{role}_civilian": float(entities[0].sector[:1] == ("CVL",)),
        f"{role}_no_sector": float(not entities[0].sector),
        f"{role}_referred": float(any(line.startswith(("same as", "one of")) for line in lines)),
        f"{role}_pronoun": float(entities[0].span.text.lower() in _PRONOUNS),
    }


def _log_odds(chance: float) -> float:
    chance = min(max(chance, 1e-3), 1 - 1e-3)
    return math.log(chance / (1 - chance))
