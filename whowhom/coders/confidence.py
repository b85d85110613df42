"""How sure a row is: the probability that who did what to whom is right, from what the coder saw."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from whowhom.records import Event


def keep_likely(events: Sequence[Event], settings: Mapping[str, Any]) -> tuple[Event, ...]:
    """Return the events that are likely enough to be kept, with their calibrated scores.

    Args:
        events: With the model's own probability of the type as `score`.
        settings: `calibration`, the weights of the score, and `score_threshold`.
    """
    rated = (replace(event, score=rate_event(event, settings["calibration"])) for event in events)
    return tuple(event for event in rated if event.score >= settings["score_threshold"])


def rate_event(event: Event, weights: Mapping[str, float]) -> float:
    """Return the probability that a row is right in type, actor and recipient, three digits."""
    total = sum(weights.get(name, 0.0) * value for name, value in describe_event(event).items())
    return round(1 / (1 + math.exp(-max(min(total, 30.0), -30.0))), 3)


def describe_event(event: Event) -> dict[str, float]:
    """Return what tells right rows from wrong ones, as named numbers; `training.fitting` weighs them."""
    chance = min(max(event.score, 1e-4), 1 - 1e-4)
    return {
        "bias": 1.0,
        "trigger": math.log(chance / (1 - chance)),
        "actor": float(bool(event.actor)),
        "actor_country": float(any(entity.country for entity in event.actor)),
        "actor_named": float(any(entity.name for entity in event.actor)),
        "recipient": float(bool(event.recipient)),
        "recipient_country": float(any(entity.country for entity in event.recipient)),
        "many": float(len(event.actor) > 1 or len(event.recipient) > 1),
        "same_country": float(
            bool({e.country for e in event.actor} & {e.country for e in event.recipient} - {""})
        ),
        "mode": float(bool(event.mode)),
        "place": float(bool(event.location)),
        "date_words": float(bool(event.date and event.date.span)),
        "mentions": math.log1p(len(event.mentions)),
        "aux": float(bool(event.aux)),
        f"type_{event.event}": 1.0,
    }
