"""The classes of a reading weighed together: auxiliary modes, and whether a deed without a date is the news.

The network gives each class by itself. How likely one is depends on the type and on the others: a pledge is
seldom historical, what is feared seldom certain, and an arrest without a day is the news more often than an
accusation. `training.fitting` weighs this, a logistic score for each class.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from whowhom.coders.labels import AUX, CERTAINTIES
from whowhom.records import Reading

# Beyond this many log-odds the network is as sure as it gets.
_SUREST = 6.0
# The lead of a report, and where its background begins, in characters.
_LEAD, _BACKGROUND = 200, 1000


def settle_classes(reading: Reading, settings: Mapping[str, Any]) -> Reading:
    """Return a reading with its auxiliary modes, and how likely it is the news, from all its classes.

    Args:
        reading: With the network's own `odds`.
        settings: `aux`, the weights of each auxiliary mode, and `news`, those of being the news.
    """
    told = describe_aux(reading)
    aux = tuple(name for name in AUX if chance_of(told, settings["aux"][name]) > 0.5)
    settled = replace(reading, aux=aux)
    return replace(settled, dated=chance_of(describe_news(settled), settings["news"]))


def describe_aux(reading: Reading) -> dict[str, float]:
    """Return what speaks for the auxiliary modes of a reading, as named numbers."""
    odds = reading.odds
    return {
        "bias": 1.0,
        f"type_{reading.event}": 1.0,
        f"source_{reading.source_kind}": 1.0,
        **{f"aux_{name}": limit_odds(value) for name, value in zip(AUX, odds["aux"], strict=True)},
        **{
            f"certainty_{name}": limit_odds(value)
            for name, value in zip(CERTAINTIES, odds["certainty"], strict=True)
        },
        "mode": float(bool(reading.mode)),
        "condition": float(reading.condition is not None),
        "date": float(reading.date is not None),
        "title": float(reading.trigger.of == "title"),
    }


def describe_news(reading: Reading) -> dict[str, float]:
    """Return what speaks for a deed without date words being the news itself, as named numbers.

    Args:
        reading: With its auxiliary modes settled.
    """
    titled = reading.trigger.of == "title"
    start = reading.trigger.start or 0
    return {
        "bias": 1.0,
        "dated": limit_odds(reading.odds["dated"][0]),
        f"type_{reading.event}": 1.0,
        f"source_{reading.source_kind}": 1.0,
        **{f"aux_{name}": 1.0 for name in reading.aux},
        "certain": float(reading.certainty == "certain"),
        "mode": float(bool(reading.mode)),
        "title": float(titled),
        "lead": float(not titled and start < _LEAD),
        "background": float(not titled and start > _BACKGROUND),
    }


def chance_of(told: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the probability that named numbers and their weights give."""
    total = 0.0
    for name, value in told.items():
        if value:
            total += weights.get(name, 0.0) * value
    return 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))


def limit_odds(value: float) -> float:
    """Return log-odds of the network, cut where it is as sure as it gets."""
    return max(-_SUREST, min(float(value), _SUREST))
