"""How well mentions of one person, organisation or place within an article are brought together.

    python evaluation/coreference.py [--errors 20]

Measured on ../shared/gold/external/gum_news (GUM, Wikinews articles, CC BY), given the gold's mentions of
people, organisations and places: MUC (Vilain et al. 1995), B-cubed (Bagga and Baldwin 1998), CEAF-e (Luo
2005) and their mean, the CoNLL F1 (Pradhan et al. 2012). Printed with and without entities that are
mentioned once: these are easy, and a resolver that joined nothing would get them all.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whowhom.records import Article, Entity, Mention, Place, Span
from whowhom.resolvers.actors import resolve_mentions
from whowhom.resolvers.lexicon import fold_phrase
from whowhom.resolvers.places import resolve_places
from whowhom.resolvers.units import DETERMINERS, PRONOUNS

GUM = Path(__file__).resolve().parents[2] / "shared/gold/external/gum_news/coref/gum/conll"
KINDS = ("person", "organization", "place")
_CLINGS = re.compile(r"['’]s?|n't|[,.:;!?)]")
_SAME_AS = re.compile(r"same as .* at (\d+)$")
Clusters = list[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Marked:
    """A gold mention: words from `start` to `end` of a kind, of the entity with a number."""

    start: int
    end: int
    kind: str
    entity: int


def read_document(path: Path) -> tuple[str, list[Marked]]:
    """Return the text, words set apart by blanks where English has them, and its mentions of `KINDS`.

    A line is "number, word, marks"; a mark "(person-3-Name" opens a mention, "person-3-Name)" closes the
    last one of that entity, "(person-3)" is one word long.
    """
    text = ""
    starts: list[int] = []
    ends: list[int] = []
    opened: dict[tuple[str, int], list[int]] = defaultdict(list)
    found: list[tuple[int, int, str, int]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if len(parts) < 3:
            continue
        text += " " if text and not _CLINGS.fullmatch(parts[1]) else ""
        starts.append(len(text))
        text += parts[1]
        ends.append(len(text))
        number = len(ends) - 1
        for mark in re.findall(r"\(?[^()]+\)?", parts[2]):
            name = re.match(r"\(?(\w+)-(\d+)", mark)
            if name is None:
                continue
            entity = name[1], int(name[2])
            if mark.startswith("("):
                opened[entity].append(number)
            if mark.endswith(")"):
                found.append((opened[entity].pop(), number, *entity))
    return text, [
        Marked(starts[first], ends[last], kind, entity)
        for first, last, kind, entity in sorted(found)
        if kind in KINDS
    ]


def resolve(text: str, marked: Sequence[Marked]) -> Clusters:
    """Return which mentions the resolvers take for one, by their numbers."""
    article = Article("", text)
    mentions = [Mention(Span(text[m.start : m.end], m.start, m.end), 1.0) for m in marked]
    entities = resolve_mentions(article, mentions)
    places = resolve_places(article, mentions, [()] * len(mentions))
    groups = _Groups(len(marked))
    by_start = {m.start: number for number, m in enumerate(marked)}
    seen: dict[object, int] = {}
    for number, (mark, known, place) in enumerate(zip(marked, entities, places, strict=True)):
        for key in _keys(mark, mentions[number].span.text, known, place):
            if isinstance(key, int):
                if key in by_start:
                    groups.join(number, by_start[key])
            else:
                groups.join(number, seen.setdefault(key, number))
    return groups.list()


def _keys(mark: Marked, words: str, entities: Sequence[Entity], place: Place) -> Iterator[object]:
    """Yield what a mention has in common with others of the same entity: a key, or where one stands."""
    bare = tuple(word for word in fold_phrase(words) if word not in DETERMINERS)
    pronoun = len(bare) == 1 and bare[0] in PRONOUNS
    if bare and not pronoun:
        yield "words", bare
    if len(entities) != 1:
        return
    (entity,) = entities
    for line in entity.evidence:
        same = _SAME_AS.match(line)
        if same:
            yield int(same[1])
    if mark.kind == "place" and not pronoun:
        if place.name:
            yield "place", place.name, place.country
    elif entity.name:
        yield mark.kind if mark.kind == "place" else "name", fold_phrase(entity.name)


class _Groups:
    """Numbers that are joined step by step (union-find)."""

    def __init__(self, n: int) -> None:
        self.parent = list(range(n))

    def find(self, number: int) -> int:
        while self.parent[number] != number:
            self.parent[number] = self.parent[self.parent[number]]
            number = self.parent[number]
        return number

    def join(self, one: int, other: int) -> None:
        self.parent[self.find(one)] = self.find(other)

    def list(self) -> Clusters:
        groups: dict[int, set[int]] = defaultdict(set)
        for number in range(len(self.parent)):
            groups[self.find(number)].add(number)
        return [frozenset(group) for group in groups.values()]


def gold_clusters(marked: Sequence[Marked]) -> Clusters:
    groups: dict[int, set[int]] = defaultdict(set)
    for number, mark in enumerate(marked):
        groups[mark.entity].add(number)
    return [frozenset(group) for group in groups.values()]


def muc(gold: Clusters, said: Clusters) -> tuple[float, float]:
    """Return links kept and links there are, of `gold` in `said`; the other way round for precision."""
    owner = {number: n for n, cluster in enumerate(said) for number in cluster}
    kept = total = 0
    for cluster in gold:
        parts = {owner.get(number, -1 - number) for number in cluster}
        kept += len(cluster) - len(parts)
        total += len(cluster) - 1
    return kept, total


def b_cubed(gold: Clusters, said: Clusters) -> tuple[float, float]:
    """Return the sum over mentions of the share of their gold cluster that `said` keeps, and their number."""
    owner = {number: cluster for cluster in said for number in cluster}
    total = sum(
        len(cluster & owner.get(n, frozenset({n}))) / len(cluster) for cluster in gold for n in cluster
    )
    return total, sum(map(len, gold))


def ceaf_e(gold: Clusters, said: Clusters) -> float:
    """Return the likeness (phi-4) of the best one-to-one match of clusters, found greedily.

    Greedy by likeness, where the best match takes the Hungarian method: never more than the best.
    """
    alike = sorted(
        (
            (2 * len(a & b) / (len(a) + len(b)), i, j)
            for i, a in enumerate(gold)
            for j, b in enumerate(said)
            if a & b
        ),
        reverse=True,
    )
    used_gold, used_said, total = set(), set(), 0.0
    for value, i, j in alike:
        if i not in used_gold and j not in used_said:
            used_gold.add(i)
            used_said.add(j)
            total += value
    return total


def measure(pairs: Iterable[tuple[Clusters, Clusters]]) -> dict[str, float]:
    """Return the F1 of each measure over documents, summed before they are divided, and their mean."""
    sums: Counter[str] = Counter()
    for gold, said in pairs:
        for name, one, other in (("recall", gold, said), ("precision", said, gold)):
            for figure, (right, total) in (("muc", muc(one, other)), ("b3", b_cubed(one, other))):
                sums[f"{figure} {name} right"] += right
                sums[f"{figure} {name} all"] += total
        alike = ceaf_e(gold, said)
        sums["ceaf recall right"] += alike
        sums["ceaf precision right"] += alike
        sums["ceaf recall all"] += len(gold)
        sums["ceaf precision all"] += len(said)
    figures = {}
    for figure in ("muc", "b3", "ceaf"):
        recall, precision = (
            sums[f"{figure} {name} right"] / max(sums[f"{figure} {name} all"], 1)
            for name in ("recall", "precision")
        )
        figures[f"{figure} recall"], figures[f"{figure} precision"] = recall, precision
        figures[figure] = 2 * recall * precision / max(recall + precision, 1e-9)
    figures["conll"] = float(np.mean([figures[name] for name in ("muc", "b3", "ceaf")]))
    return figures


def without_single(gold: Clusters, said: Clusters) -> tuple[Clusters, Clusters]:
    """Leave out entities mentioned once, on either side."""
    return [c for c in gold if len(c) > 1], [c for c in said if len(c) > 1]


def measure_folder(folder: Path = GUM) -> tuple[dict[str, float], dict[str, float]]:
    """Return the figures with all entities and without those mentioned once."""
    pairs = []
    for path in sorted(folder.glob("*.conll")):
        text, marked = read_document(path)
        pairs.append((gold_clusters(marked), resolve(text, marked)))
    return measure(pairs), measure(without_single(*pair) for pair in pairs)


def print_errors(folder: Path, most: int) -> None:
    for path in sorted(folder.glob("*.conll")):
        text, marked = read_document(path)
        said = {number: cluster for cluster in resolve(text, marked) for number in cluster}
        for gold in gold_clusters(marked):
            parts = {said[number] for number in gold}
            if len(parts) > 1 and most > 0:
                most -= 1
                words = [
                    [text[marked[n].start : marked[n].end] for n in sorted(part & gold)] for part in parts
                ]
                print(f"{path.stem}: {words}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=GUM)
    parser.add_argument("--errors", type=int, default=0, help="print so many entities that fell apart")
    arguments = parser.parse_args()
    print_errors(arguments.folder, arguments.errors)
    for what, figures in zip(
        ("all", "mentioned twice or more"), measure_folder(arguments.folder), strict=True
    ):
        print(f"{what}: " + ", ".join(f"{name} {value:.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
