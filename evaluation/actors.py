"""How well mentions are resolved, given where they stand: country, main sector and name.

    python evaluation/actors.py [--shared ../shared] [--set dev|real|written] [--errors N] [--speed]

Takes the actors, recipients and named sources of gold records as mentions (their words and
offsets, nothing of a coder's), resolves them, and pairs the entities found with the gold ones of
the same span. Prints the share that is right in country, in main sector (over gold entities
that have one) and in name (over those that have one, whatever the case), and the confusions met
most often. "dev" is ../shared/gold/dev; "real" and "written" are the starter corpus.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from whowhom.records import Article, Entity, Mention, Span
from whowhom.resolvers.actors import resolve_mentions

Record = dict[str, Any]


@dataclass
class Tally:
    """Counts of what was right, and the wrong ones in words."""

    n: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))

    def count(self, what: str, right: bool, *words: str) -> None:
        self.n[what] += 1
        self.right[what] += right
        if not right:
            self.wrong[what].append(words)

    def share(self, what: str) -> float:
        return self.right[what] / self.n[what] if self.n[what] else 0.0


def load_gold(shared: Path, name: str) -> Iterator[tuple[Record, list[Record]]]:
    """Yield (article, events) of a set."""
    if name == "dev":
        articles = _read(shared / "gold/dev/articles.jsonl")
        events = {row["id"]: row["events"] for row in _read(shared / "gold/dev/gold.jsonl")}
    else:
        annotate = _import(shared / "tools/annotate.py")
        notes = {row["id"]: row["events"] for row in _read(shared / f"train/{name}.notes.jsonl")}
        articles = (
            _read(shared / "train/written.articles.jsonl") if name == "written" else _open(shared, set(notes))
        )
        events = {
            article["id"]: annotate.build(article, notes[article["id"]], lambda problem: None)["events"]
            for article in articles
            if article["id"] in notes
        }
    for article in articles:
        if article["id"] in events:
            yield article, events[article["id"]]


def _read(path: Path) -> list[Record]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def _open(shared: Path, wanted: set[str]) -> list[Record]:
    import gzip

    with gzip.open(shared / "texts/open.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["id"] in wanted]
    return [
        {
            "id": row["id"],
            "published": row["date"],
            "title": row["title"] if row["kind"] == "document" else "",
            "text": row["text"],
        }
        for row in rows
    ]


def _import(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_article(row: Record) -> Article:
    """Return the article of a row of a gold file."""
    published = row.get("published")
    day = date.fromisoformat(published[:10]) if published else None
    return Article(row["id"], row["text"], title=row.get("title") or "", published=day)


def gather_mentions(article: Article, events: list[Record]) -> list[tuple[Mention, list[Record]]]:
    """Return every distinct mention with the gold entities that stand at its span, weighed by use."""
    gathered: dict[Span, list[Record]] = defaultdict(list)
    for event in events:
        entities = [*event["actor"], *event["recipient"]]
        if event["source"]["kind"] == "named":
            entities.append(event["source"])
        for entity in entities:
            span = _span_of(article, entity)
            if span is not None:
                gathered[span].append(entity)
    return [(Mention(span, 1.0), entities) for span, entities in gathered.items()]


def _span_of(article: Article, entity: Record) -> Span | None:
    words, start, end = entity.get("text") or "", entity.get("start"), entity.get("end")
    if not words or start is None:
        return None
    if start >= 0:
        return Span(words, start, end)
    at = article.title.find(words)
    return Span(words, at, at + len(words), "title") if at >= 0 else None


def score_set(pairs: Iterator[tuple[Record, list[Record]]], tally: Tally) -> float:
    """Resolve and score all articles; return the seconds that resolving took."""
    seconds = 0.0
    for row, events in pairs:
        article = make_article(row)
        mentions = gather_mentions(article, events)
        started = time.perf_counter()
        resolved = resolve_mentions(article, [mention for mention, _ in mentions])
        seconds += time.perf_counter() - started
        tally.n["mentions"] += len(mentions)
        for (mention, gold), entities in zip(mentions, resolved, strict=True):
            _score_mention(mention, gold, entities, tally, article)
    return seconds


def _score_mention(
    mention: Mention, gold: list[Record], entities: tuple[Entity, ...], tally: Tally, article: Article
) -> None:
    """Pair each gold entity of a span with the entity found that agrees best."""
    for wanted in gold:
        country, name = wanted.get("country") or "", wanted.get("name") or ""
        sector = (wanted.get("sector") or [""])[0]
        best = max(
            entities,
            key=lambda found: (
                found.country == country,
                found.sector[:1] == (sector,),
                found.name.casefold() == name.casefold(),
            ),
        )
        words = mention.span.text
        found_sector = best.sector[0] if best.sector else ""
        tally.count(
            "country", best.country == country, words, country, best.country, article.id, *best.evidence
        )
        if sector:
            tally.count(
                "sector", found_sector == sector, words, sector, found_sector, article.id, *best.evidence
            )
        if name:
            tally.count(
                "name",
                best.name.casefold() == name.casefold(),
                words,
                name,
                best.name,
                article.id,
                *best.evidence,
            )


def print_tally(name: str, tally: Tally, seconds: float, n_errors: int) -> None:
    """Print the figures of a set, the worst confusions, and some errors in words."""
    rate = tally.n["mentions"] / seconds if seconds else 0.0
    print(
        f"{name:8} {tally.n['mentions']} mentions, {tally.n['country']} gold entities: "
        + ", ".join(f"{what} {tally.share(what):.3f}" for what in ("country", "sector", "name"))
        + f"; {rate:.0f} mentions a second"
    )
    for what in ("country", "sector", "name"):
        worst = Counter((gold or "-", found or "-") for _, gold, found, *_ in tally.wrong[what])
        print(f"  {what}: " + ", ".join(f"{gold}→{found} {n}" for (gold, found), n in worst.most_common(12)))
        for words, gold, found, article, *evidence in tally.wrong[what][:n_errors]:
            print(f"    {article}  {words!r}: {gold or '-'} → {found or '-'}  ({'; '.join(evidence)})")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--set", choices=("dev", "real", "written"), action="append")
    parser.add_argument("--errors", type=int, default=0, help="print so many errors of each kind")
    arguments = parser.parse_args()
    if not arguments.shared.is_dir():
        sys.exit(f"No folder {arguments.shared}. Give the shared folder with --shared.")
    for name in arguments.set or ("dev", "real", "written"):
        tally = Tally()
        seconds = score_set(load_gold(arguments.shared, name), tally)
        print_tally(name, tally, seconds, arguments.errors)


if __name__ == "__main__":
    main()
