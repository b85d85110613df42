"""How well mentions are resolved, given where they stand: country, main sector and name.

    python -m evaluation.actors [dev] [corpus] [unseen] [--errors N] [--of country]

Takes the actors, recipients and named sources of gold records as mentions (their words and
offsets, nothing of a coder's), resolves them, and pairs the entities found with the gold ones of
the same span. Prints the share that is right in country, in main sector (over gold entities
that have one) and in name (over those that have one, whatever the case), by kinds of words, and
the confusions met most often. "dev" is ../shared/gold/dev; "corpus" the annotated texts that
training uses; "unseen" the tenth of them that nothing was fitted to.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # Of a script the own folder is looked in, that of the checkout is not.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from training.data import SHARED, corpus_files, load_examples
from whowhom.records import Article, Entity, Mention, Span
from whowhom.resolvers.actors import resolve_mentions
from whowhom.resolvers.lexicon import fold_phrase
from whowhom.resolvers.units import PRONOUNS

Record = dict[str, Any]
SETS = ("dev", "corpus", "unseen")
FIELDS = ("country", "sector", "name")
KINDS = ("name", "description", "pronoun")


@dataclass
class Tally:
    """Counts of what was right, by (field, kind of words), and the wrong ones in words."""

    n: Counter[tuple[str, str]] = field(default_factory=Counter)
    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))
    n_mentions: int = 0
    seconds: float = 0.0

    def count(self, what: str, kind: str, right: bool, *words: str) -> None:
        for key in ((what, kind), (what, "all")):
            self.n[key] += 1
            self.right[key] += right
        if not right:
            self.wrong[what].append(words)

    def share(self, what: str, kind: str = "all") -> float:
        key = what, kind
        return self.right[key] / self.n[key] if self.n[key] else 0.0


def load_gold(name: str) -> Iterator[tuple[Article, list[Record]]]:
    """Yield the articles of a set with their gold events."""
    if name == "dev":
        folder = SHARED / "gold/dev"
        events = {row["id"]: row["events"] for row in _rows(folder / "gold.jsonl")}
        for row in _rows(folder / "articles.jsonl"):
            published = row.get("published")
            day = date.fromisoformat(published[:10]) if published else None
            article = Article(row["id"], row["text"], title=row.get("title") or "", published=day)
            yield article, events.get(row["id"], [])
        return
    for example in load_examples(*corpus_files()):
        if example.held_out == (name == "unseen"):
            yield example.article, example.events


def _rows(path: Path) -> list[Record]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def gather_mentions(article: Article, events: list[Record]) -> list[tuple[Mention, list[Record]]]:
    """Return every distinct mention with the gold entities that stand at its span, weighed by use."""
    gathered: dict[Span, list[Record]] = defaultdict(list)
    for event in events:
        entities = [*event["actor"], *event["recipient"]]
        if event["source"]["kind"] == "named":
            entities.append(event["source"])
        for entity in entities:
            span = span_of(article, entity)
            if span is not None:
                gathered[span].append(entity)
    return [(Mention(span, 1.0), entities) for span, entities in gathered.items()]


def span_of(article: Article, entity: Record) -> Span | None:
    """Return where a gold entity stands, None where it has no words."""
    words, start, end = entity.get("text") or "", entity.get("start"), entity.get("end")
    if not words or start is None or end is None:
        return None
    if entity.get("of") == "title":
        return Span(words, start, end, "title")
    if start >= 0:
        return Span(words, start, end)
    at = article.title.find(words)
    return Span(words, at, at + len(words), "title") if at >= 0 else None


def score_set(pairs: Iterator[tuple[Article, list[Record]]]) -> Tally:
    """Resolve and score all articles."""
    tally = Tally()
    for article, events in pairs:
        mentions = gather_mentions(article, events)
        started = time.perf_counter()
        resolved = resolve_mentions(article, [mention for mention, _ in mentions])
        tally.seconds += time.perf_counter() - started
        tally.n_mentions += len(mentions)
        for (mention, gold), entities in zip(mentions, resolved, strict=True):
            for wanted in gold:
                _score_entity(tally, article, mention, wanted, entities)
    return tally


def _score_entity(
    tally: Tally, article: Article, mention: Mention, wanted: Record, entities: tuple[Entity, ...]
) -> None:
    """Compare a gold entity with the one found at its span that agrees best."""
    gold = (wanted.get("country") or "", (wanted.get("sector") or [""])[0], wanted.get("name") or "")
    found, best = max(
        (
            ((entity.country, entity.sector[0] if entity.sector else "", entity.name), entity)
            for entity in entities
        ),
        key=lambda pair: [a.casefold() == b.casefold() for a, b in zip(pair[0], gold, strict=True)],
    )
    kind = _kind_of(mention.span.text, gold[2])
    for what, right, got in zip(FIELDS, gold, found, strict=True):
        if right or what == "country":
            same = right.casefold() == got.casefold()
            tally.count(what, kind, same, mention.span.text, right, got, article.id, *best.evidence)


def _kind_of(words: str, name: str) -> str:
    """Tell names (a word of the gold name stands there) from pronouns and descriptions."""
    keys = fold_phrase(words)
    if len(keys) == 1 and keys[0] in PRONOUNS and words != "US":
        return "pronoun"
    return "name" if set(keys) & set(fold_phrase(name)) - {"of", "the", "and"} else "description"


def print_tally(name: str, tally: Tally, n_errors: int, of: str) -> None:
    """Print the figures of a set, the worst confusions, and some errors in words."""
    rate = tally.n_mentions / tally.seconds if tally.seconds else 0.0
    n_entities = tally.n["country", "all"]
    print(f"{name}: {tally.n_mentions} mentions, {n_entities} gold entities, {rate:.0f} mentions a second")
    for what in FIELDS:
        shares = ", ".join(f"{kind} {tally.share(what, kind):.3f} of {tally.n[what, kind]}" for kind in KINDS)
        print(f"  {what:7} {tally.share(what):.3f} ({shares})")
        worst = Counter((gold or "-", found or "-") for _, gold, found, *_ in tally.wrong[what])
        print("          " + ", ".join(f"{a}→{b} {n}" for (a, b), n in worst.most_common(12)))
        for words, gold, found, article, *evidence in (
            tally.wrong[what][:n_errors] if of in (what, "") else ()
        ):
            print(f"    {article}  {words!r}: {gold or '-'} → {found or '-'}  ({'; '.join(evidence)})")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", choices=[*SETS, []], help="all three when none is named")
    parser.add_argument("--errors", type=int, default=0, help="print so many errors of each field")
    parser.add_argument("--of", choices=FIELDS, default="", help="errors of this field only")
    arguments = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"No folder {SHARED}: the gold articles stand beside the checkout.")
    for name in arguments.sets or SETS:
        print_tally(name, score_set(load_gold(name)), arguments.errors, arguments.of)


if __name__ == "__main__":
    main()
