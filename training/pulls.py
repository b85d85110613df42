"""Fit the weights by which surroundings and deeds tell a country: data/pulls.csv, data/deed_pulls.csv.

    python -m training.pulls

For every mention of the corpus (without its unseen tenth) whose country only the surroundings can tell,
the countries of the article are candidates, and so is "none"; the gold one is to score highest (a softmax
over the candidates, the weights of a group drawn to those of all together). On top of these weights, which
then stand, the signs of `resolvers/origins.py` are weighed for the participants of the gold events, with the
places that the resolver finds for them. Writes the tables and prints the share of right choices, on the
corpus and on its unseen tenth.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evaluation.actors import Record, gather_mentions, load_gold, span_of
from whowhom.coders.labels import TYPES
from whowhom.records import Article, Entity, Mention, Place
from whowhom.resolvers.actors import resolve_mentions
from whowhom.resolvers.origins import Deed, Sign, choose_country, find_pull, load_deed_pulls, read_signs
from whowhom.resolvers.persons import find_full_name
from whowhom.resolvers.phrases import read_phrase
from whowhom.resolvers.places import resolve_places
from whowhom.resolvers.scene import Pull, Scene, group_of, load_pulls, read_scene, weigh_countries

DATA = Path(str(files("whowhom.resolvers").joinpath("data")))
TABLE, DEED_TABLE = DATA / "pulls.csv", DATA / "deed_pulls.csv"
# The weight of a mention's place in its deed stands in pulls.csv, by group.
DEED_PLACE = "deed_place"
_COLUMNS = ("actor_other", "actor_beside", "recipient_other", "recipient_beside")


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
                person = scene.cast.find_person(phrase.keys) if phrase.kind == "person" else None
                names = find_full_name(person, phrase) if group == "person" else ()
                candidates = weigh_countries(scene, scene.find_place(mention.span), names)
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


def fit(choices: list[Choice], groups: list[str], n_features: int) -> np.ndarray:
    """Return the weights, shape (len(groups), n_features): a shared part and one of each group."""
    n = len(groups) + 1
    marks = []
    for group, rows, _ in choices:
        own = np.zeros((len(rows), n, n_features))
        own[:, 0] = own[:, 1 + groups.index(group)] = rows
        marks.append(own.reshape(len(rows), -1))
    penalty = np.repeat([1.0] + [_DRAWN] * len(groups), n_features)
    weights = fit_softmax(marks, None, [choice.right for choice in choices], penalty).reshape(n, n_features)
    return np.asarray(weights[0] + weights[1:])


# How strongly the weight of a group or a type is drawn to that of all together, in cases.
_DRAWN = 30.0


def fit_softmax(
    marks: list[np.ndarray], offsets: list[np.ndarray] | None, right: list[int], penalty: np.ndarray
) -> np.ndarray:
    """Return the weights by which the right one of each case's candidates scores highest, by Newton's method.

    Args:
        marks: Of each case, what speaks for its candidates. Shape: (candidates, weights).
        offsets: Scores that the candidates have besides, one array a case.
        right: Which candidate is, of each case.
        penalty: Of each weight's square.
    """
    sizes = np.array([len(own) for own in marks])
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    x, chosen = np.concatenate(marks), first + np.array(right)
    offset = np.concatenate(offsets) if offsets is not None else np.zeros(len(x))
    weights = np.zeros(len(penalty))
    for _ in range(30):
        scores = offset + x @ weights
        odds = np.exp(scores - np.repeat(np.maximum.reduceat(scores, first), sizes))
        odds /= np.repeat(np.add.reduceat(odds, first), sizes)
        mean = np.add.reduceat(x * odds[:, np.newaxis], first)
        slope = x[chosen].sum(0) - mean.sum(0) - penalty * weights
        curvature = (x * odds[:, np.newaxis]).T @ x - mean.T @ mean + np.diag(penalty)
        step = np.linalg.solve(curvature, slope)
        weights += step
        if np.abs(step).max() < 1e-5:
            break
    return weights


def share_right(choices: list[Choice], groups: list[str], weights: np.ndarray) -> float:
    """Return the share of choices whose highest score is that of the gold country."""
    hits = [
        int(np.argmax(choice.rows @ weights[groups.index(choice.group)])) == choice.right
        for choice in choices
    ]
    return sum(hits) / len(hits)


class Asked(NamedTuple):
    """A pull, what each deed of the mention adds, and the country that is right."""

    pull: Pull
    signs: list[list[Sign]]
    right: str


def gather_asked(name: str) -> Iterator[Asked]:
    """Yield the participants of gold events whose country the surroundings tell."""
    for article, events in load_gold(name):
        scene = read_scene(article)
        people = _resolve_gold(article, events, scene)
        places = _place_gold(article, events, people, scene)
        signs = read_signs(
            scene,
            [
                Deed(event["event"], taking_part, place.country if place else "")
                for event, taking_part, place in zip(events, people, places, strict=True)
            ],
        )
        right: dict[int, set[str]] = {}
        for event, taking_part in zip(events, people, strict=True):
            for role in ("actor", "recipient"):
                for entity in taking_part[role]:
                    key = find_pull(scene, entity)
                    gold = [
                        one["country"] or "" for one in event[role] if span_of(article, one) == entity.span
                    ]
                    if key is not None and gold:
                        right.setdefault(key, set()).update(gold)
        for key, countries in right.items():
            if len(countries) == 1:
                yield Asked(scene.pulls[key], _drop_fixed(signs[key]), countries.pop())


def _resolve_gold(
    article: Article, events: list[Record], scene: Scene
) -> list[dict[str, tuple[Entity, ...]]]:
    """Return who the resolver finds at the words of each event's actors and recipients."""
    owners = [
        (number, role, Mention(span, 1.0))
        for number, event in enumerate(events)
        for role in ("actor", "recipient")
        for entity in event[role]
        if (span := span_of(article, entity)) is not None
    ]
    people: list[dict[str, tuple[Entity, ...]]] = [{"actor": (), "recipient": ()} for _ in events]
    resolved = resolve_mentions(article, [mention for _, _, mention in owners], scene)
    for (number, role, _), entities in zip(owners, resolved, strict=True):
        people[number][role] += entities
    return people


def _place_gold(
    article: Article, events: list[Record], people: list[dict[str, tuple[Entity, ...]]], scene: Scene
) -> list[Place | None]:
    """Return what the resolver makes of the words that tell each event's place."""
    told = {
        number: Mention(span, 1.0)
        for number, event in enumerate(events)
        if event["location"] and (span := span_of(article, event["location"])) is not None
    }
    hints = [
        [one.country for role in ("actor", "recipient") for one in people[number][role] if one.country]
        for number in told
    ]
    found = dict(zip(told, resolve_places(article, list(told.values()), hints, scene), strict=True))
    return [found.get(number) for number in range(len(events))]


def _drop_fixed(signs: list[list[Sign]]) -> list[list[Sign]]:
    """Return the signs that are fitted: what an official does to a foreign state weighs what it weighs."""
    return [[sign for sign in found if sign.row != "foreign"] for found in signs]


def fit_deeds(asked: list[Asked]) -> dict[tuple[str, str], float]:
    """Return the weight of each sign by its row and column, drawn to that of its column in all rows.

    A softmax over the countries of each pull, whose scores stand.
    """
    names = sorted({sign[:2] for _, signs, _ in asked for found in signs for sign in found})
    kinds = sorted({_kind(*name) for name in names})
    # The weights of single signs first, those of their kinds behind them.
    at = {name: (number, len(names) + kinds.index(_kind(*name))) for number, name in enumerate(names)}
    marks, offsets, right = [], [], []
    for pull, signs, gold in asked:
        codes = sorted({*pull.scores, *(sign.country for found in signs for sign in found)})
        if gold not in codes or "" not in pull.scores or not any(signs):
            continue
        own = np.zeros((len(codes), len(names) + len(kinds)))
        for found in signs:
            for sign in found:
                own[codes.index(sign.country), list(at[sign[:2]])] += 1 / len(signs)
        marks.append(own)
        offsets.append(np.array([pull.scores.get(code, 0.0) for code in codes]))
        right.append(codes.index(gold))
    penalty = np.array([_DRAWN] * len(names) + [1.0] * len(kinds))
    weights = fit_softmax(marks, offsets, right, penalty)
    return {name: float(weights[own] + weights[kind]) for name, (own, kind) in at.items()}


def _kind(row: str, column: str) -> str:
    return row if row == DEED_PLACE else column


def share_of_asked(asked: list[Asked]) -> tuple[float, float]:
    """Return the share that is right by the surroundings alone, and with the deeds."""
    alone = sum(pull.find_strongest() == right for pull, _, right in asked)
    both = sum(choose_country(pull, signs) == right for pull, signs, right in asked)
    return alone / len(asked), both / len(asked)


def write_table(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Fit, print and write."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    with TABLE.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    groups = header[1:]
    features = [row[0] for row in rows if row[0] != DEED_PLACE]
    seen, unseen = (list(gather_choices(name, features)) for name in ("corpus", "unseen"))
    weights = fit(seen, groups, len(features))
    print(f"{len(seen)} choices, right {share_right(seen, groups, weights):.3f}")
    print(f"{len(unseen)} unseen, right {share_right(unseen, groups, weights):.3f}")
    table = [
        [name, *(f"{weight:.2f}" for weight in weights[:, number])] for number, name in enumerate(features)
    ]
    write_table(TABLE, header, [*table, [DEED_PLACE, *("0.00" for _ in groups)]])
    write_table(DEED_TABLE, ["event", *_COLUMNS], [[event, *["0.00"] * 4] for event in TYPES])
    load_pulls.cache_clear()

    told = fit_deeds(list(gather_asked("corpus")))
    by_group = [f"{told.get((DEED_PLACE, group), 0.0):.2f}" for group in groups]
    write_table(TABLE, header, [*table, [DEED_PLACE, *by_group]])
    by_type = [[event, *(f"{told.get((event, name), 0.0):.2f}" for name in _COLUMNS)] for event in TYPES]
    write_table(DEED_TABLE, ["event", *_COLUMNS], by_type)
    load_pulls.cache_clear()
    load_deed_pulls.cache_clear()
    for name in ("corpus", "unseen"):
        asked = list(gather_asked(name))
        alone, both = share_of_asked(asked)
        print(f"{name}: {len(asked)} in deeds, right {alone:.3f}, with what the deeds tell {both:.3f}")


if __name__ == "__main__":
    main()
