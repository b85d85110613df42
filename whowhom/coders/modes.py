"""The mode of a deed, from what the network says and from the words at and around its trigger.

The network sees meaning and is unsure of what is rare: of "the rape of two women" it did not dare to say
`sexual`. Words counted over the corpus are sure of just that and blind to the rest. `training.fitting` weighs
them together; what it gains stands in training/results.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from whowhom.coders.classes import chance_of, limit_odds
from whowhom.coders.labels import MODES, TYPES
from whowhom.records import Span

# Characters before and after a trigger in which words speak for a mode.
_BEFORE, _AFTER = 60, 80
_WORD = re.compile("[a-z]+")
_MOST = 8.0

WordOdds = Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]
"""From "trigger" and "around" by type and word to the log-odds that it adds to each mode; "share" has
for each type, under "", the log-odds of its modes as such."""


def list_modes(event: str) -> list[tuple[int, str]]:
    """Return the modes of a type, each with its number among all modes.

    >>> list_modes("RETREAT")[0][1]
    'withdraw'
    """
    return _MODES_OF[event]


_MODES_OF = {
    event: [
        (number, mode.partition(".")[2])
        for number, mode in enumerate(MODES)
        if mode.partition(".")[0] == event
    ]
    for event in TYPES
}


def find_words(text: str, trigger: Span) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of a trigger, and those around it in its text or title, all in lower case.

    >>> trigger, around = find_words("Police arrested two men.", Span("arrested", 7, 15))
    >>> sorted(trigger), sorted(around)
    (['arrested'], ['men', 'police', 'two'])
    """
    own = frozenset(_WORD.findall(trigger.text.lower()))
    if trigger.start is None or trigger.end is None:
        return own, frozenset()
    near = (
        f"{text[max(0, trigger.start - _BEFORE) : trigger.start]} {text[trigger.end : trigger.end + _AFTER]}"
    )
    return own, frozenset(_WORD.findall(near.lower()))


def choose_mode(
    event: str,
    odds: Sequence[float],
    text: str,
    trigger: Span,
    words: WordOdds,
    settings: Mapping[str, Any],
) -> tuple[str, ...]:
    """Return the likeliest mode of a type, none where none is likely enough.

    Args:
        odds: The network's log-odds of every mode of the codebook, in the order of `labels.MODES`.
        text: In which the trigger stands.
        words: What words say of modes.
        settings: `mode`, the weights of `describe_modes`, and `mode_threshold`.
    """
    told = describe_modes(event, odds, text, trigger, words)
    chances = {mode: chance_of(found, settings["mode"]) for mode, found in told.items()}
    best = max(chances, key=chances.__getitem__, default="")
    return (best,) if best and chances[best] >= settings["mode_threshold"] else ()


def describe_modes(
    event: str, odds: Sequence[float], text: str, trigger: Span, words: WordOdds
) -> dict[str, dict[str, float]]:
    """Return for each mode of a type what speaks for it, as named numbers."""
    if not _MODES_OF[event]:
        return {}
    own, around = find_words(text, trigger)
    by_trigger, by_near = words["trigger"].get(event, {}), words["around"].get(event, {})
    at_trigger = [by_trigger[word] for word in own if word in by_trigger]
    near = [by_near[word] for word in around if word in by_near]
    share = words["share"][event][""]
    described = {}
    for number, mode in _MODES_OF[event]:
        spoken = [found[mode] for found in near if mode in found]
        # A sum of floats depends on their order, and a set's order on the process.
        total = sum(sorted(spoken))
        described[mode] = {
            "bias": 1.0,
            "network": limit_odds(odds[number]),
            "trigger": max(
                sorted(found[mode] for found in at_trigger if mode in found), key=abs, default=0.0
            ),
            "for": max([0.0, *spoken]),
            "against": min([0.0, *spoken]),
            "together": max(-_MOST, min(total, _MOST)),
            "share": share[mode],
            f"type_{event}": 1.0,
        }
    return described
