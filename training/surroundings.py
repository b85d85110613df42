"""Fit how much each sign speaks for a state where the words of a place name none.

    python -m training.surroundings

Prints the weights that stand in whowhom/resolvers/surroundings.py: a softmax over the states of a text,
fitted by gradient ascent to the gold places of the annotated corpus that no table resolves, and the
share that is right there, on the tenth that nothing is fitted to, and on ../shared/gold/dev.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.places import read_set
from whowhom.resolvers.countries import load_countries
from whowhom.resolvers.places import resolve_places
from whowhom.resolvers.scene import read_scene
from whowhom.resolvers.surroundings import WEIGHTS, mark_states

_PENALTY = 1.0
_STEPS = 600
_RATE = 2.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """The states that may be meant, their marks (states, weights) and the gold one."""

    codes: list[str]
    marks: Floats
    gold: str


def gather_choices(name: str) -> list[Choice]:
    """Return the places of a set whose words name no place of the tables and no state."""
    choices = []
    for asked in read_set(name):
        scene = read_scene(asked.article)
        found = resolve_places(asked.article, asked.mentions, asked.hints, scene)
        for mention, hints, gold, place in zip(asked.mentions, asked.hints, asked.gold, found, strict=True):
            if place.name or not gold:
                continue
            codes = [code for code in hints if code in load_countries()]
            marks = mark_states(scene, mention.span, codes)
            rows = [[found[mark] for mark in WEIGHTS] for found in marks.values()]
            choices.append(Choice(list(marks), np.array(rows).reshape(len(marks), len(WEIGHTS)), gold))
    return choices


def fit(choices: list[Choice]) -> Floats:
    weights = np.zeros(len(WEIGHTS))
    usable = [
        (choice.marks, choice.codes.index(choice.gold)) for choice in choices if choice.gold in choice.codes
    ]
    for _ in range(_STEPS):
        slope = -_PENALTY * weights
        for marks, gold in usable:
            odds = np.exp(marks @ weights)
            slope += marks[gold] - odds / odds.sum() @ marks
        weights += _RATE * slope / len(usable)
    return weights


def share_right(choices: list[Choice], weights: Floats) -> float:
    right = [
        bool(choice.codes) and choice.codes[int(np.argmax(choice.marks @ weights))] == choice.gold
        for choice in choices
    ]
    return sum(right) / max(1, len(right))


def main() -> None:
    """Fit and print."""
    weights = fit(gather_choices("corpus"))
    for mark, weight in zip(WEIGHTS, weights, strict=True):
        print(f'    "{mark}": {weight:.2f},')
    for name in ("corpus", "unseen", "dev"):
        choices = gather_choices(name)
        print(f"{name}: {share_right(choices, weights):.3f} right of {len(choices)}")


if __name__ == "__main__":
    main()
