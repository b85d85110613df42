"""Fit the weights by which the surroundings tell the country of a group: data/pulls.csv.

    python -m training.pulls [--rounds 100] [--decay 0.01]

For every mention of the corpus (without its unseen tenth) whose country only the surroundings can
tell, the countries of the article are candidates, and so is "none"; the gold one is to score
highest (a softmax over the candidates, plain gradient descent, weights drawn to those of all
groups together). Writes the table and prints the share of right choices, on the corpus and on
its unseen tenth.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evaluation.actors import gather_mentions, load_gold
from whowhom.records import Entity
from whowhom.resolvers.actors import resolve_mentions
from whowhom.resolvers.phrases import read_phrase
from whowhom.resolvers.scene import group_of, read_scene, weigh_countries

TABLE = Path(str(files("whowhom.resolvers").joinpath("data", "pulls.csv")))


class Choice(NamedTuple):
    """Candidates as rows of features ("none" first), which of them is right, and for which group."""

    group: str
    rows: np.ndarray
    right: int


def gather_choices(name: str, features: list[str]) -> Iterator[Choice]:
    """Yield the choices that resolving the mentions of a set puts to the surroundings."""
    for article, events in load_gold(name):
        scene = read_scene(article)
        gathered = gather_mentions(article, events)
        resolved = resolve_mentions(article, [mention for mention, _ in gathered])
        for (mention, gold), entities in zip(gathered, resolved, strict=True):
            countries = {entity.get("country") or "" for entity in gold}
            if len(entities) == len(countries) == 1 and _is_by_surroundings(entities[0]):
                phrase = read_phrase(mention.span.text, article.published)[0]
                group = phrase.kind if phrase.kind in ("person", "pronoun") else group_of(phrase.sectors)
                candidates = weigh_countries(scene, scene.find_place(mention.span))
                yield from _make_choice(group, candidates, countries.pop(), features)


def _is_by_surroundings(entity: Entity) -> bool:
    """Tell whether nothing nearer than the surroundings gave the country, or denied it."""
    lines = [line for line in entity.evidence if line.startswith(("country", "same as", "one of"))]
    return all(line.endswith(("stands near", "mostly about it")) for line in lines)


def _make_choice(
    group: str, candidates: dict[str, dict[str, float]], gold: str, features: list[str]
) -> Iterator[Choice]:
    codes = ["", *sorted(candidates)]
    if gold in codes and len(codes) > 1:
        rows = np.array([[candidates.get(code, {}).get(name, 0.0) for name in features] for code in codes])
        rows[0, features.index("none")] = 1.0
        yield Choice(group, rows, codes.index(gold))


def fit(choices: list[Choice], groups: list[str], n_features: int, rounds: int, decay: float) -> np.ndarray:
    """Return the weights, shape (len(groups), n_features): a shared part and one of each group."""
    shared, own = np.zeros(n_features), np.zeros((len(groups), n_features))
    place = {group: number for number, group in enumerate(groups)}
    for turn in range(rounds):
        pace = 4.0 / (1 + turn / 100)
        shift, shifts = -decay * shared, -10 * decay * own
        for group, rows, right in choices:
            scores = rows @ (shared + own[place[group]])
            odds = np.exp(scores - scores.max())
            step = (rows[right] - odds / odds.sum() @ rows) / len(choices)
            shift += step
            shifts[place[group]] += step * 3
        shared += pace * shift
        own += pace * shifts
    return shared + own


def share_right(choices: list[Choice], groups: list[str], weights: np.ndarray) -> float:
    """Return the share of choices whose highest score is that of the gold country."""
    hits = [
        int(np.argmax(choice.rows @ weights[groups.index(choice.group)])) == choice.right
        for choice in choices
    ]
    return sum(hits) / len(hits)


def main() -> None:
    """Fit, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--decay", type=float, default=0.01)
    arguments = parser.parse_args()
    with TABLE.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    groups, features = header[1:], [row[0] for row in rows]
    seen, unseen = (list(gather_choices(name, features)) for name in ("corpus", "unseen"))
    weights = fit(seen, groups, len(features), arguments.rounds, arguments.decay)
    print(f"{len(seen)} choices, right {share_right(seen, groups, weights):.3f}")
    print(f"{len(unseen)} unseen, right {share_right(unseen, groups, weights):.3f}")
    with TABLE.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        for number, name in enumerate(features):
            writer.writerow([name, *(f"{weight:.2f}" for weight in weights[:, number])])


if __name__ == "__main__":
    main()
