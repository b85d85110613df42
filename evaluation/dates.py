"""How often are the date words of gold events resolved to exactly the gold days?

    python -m evaluation.dates [dev] [written] [real] [--errors] [--scored]

"words" reads each date's words alone; "article" reads the dates of an article together, so that "the
next day" counts from the date before it and a text that tells its own day is believed. "scored" is the
share that the score takes as right: the same days, or days that overlap where the gold ones are a week
or more. Counted are events with date words in articles of known publication day.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from whowhom.records import Article, DaySpan, Span
from whowhom.resolvers.dates import resolve_date, resolve_dates

SHARED = Path(__file__).resolve().parents[2] / "shared"
SETS = ("dev", "written", "real")

Row = dict[str, Any]


def _rows(path: Path) -> Iterator[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def read_gold(name: str) -> Iterator[tuple[Article, list[Row]]]:
    """Yield the articles of a set with their gold events: "dev", "written" or "real"."""
    if name == "dev":
        articles = {row["id"]: row for row in _rows(SHARED / "gold/dev/articles.jsonl")}
        gold = list(_rows(SHARED / "gold/dev/gold.jsonl"))
    else:
        notes = list(_rows(SHARED / f"train/{name}.notes.jsonl"))
        wanted = {note["id"] for note in notes}
        source = "train/written.articles.jsonl" if name == "written" else "texts/open.jsonl.gz"
        articles = {row["id"]: row for row in _rows(SHARED / source) if row["id"] in wanted}
        for row in articles.values():
            row.setdefault("published", row.get("date"))
        gold = [_build(articles[note["id"]], note["events"]) for note in notes]
    for row in gold:
        article = articles[row["id"]]
        day = article.get("published")
        published = date.fromisoformat(day) if day else None
        yield Article(row["id"], article["text"], article.get("title") or "", published), row["events"]


def _build(article: Row, events: list[Row]) -> Row:
    """Give notes their offsets with the annotation checker, which stands beside the gold."""
    built: Row = _annotate().build(article, events, lambda problem: None)
    return built


@lru_cache(maxsize=1)
def _annotate() -> Any:
    spec = importlib.util.spec_from_file_location("annotate", SHARED / "tools/annotate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def to_span(gold: Row) -> Span:
    """Return the span of a gold field; words that stand in the title alone have offsets of -1."""
    start = gold.get("start", -1)
    return Span(gold["text"], start, gold["end"]) if start >= 0 else Span(gold["text"], 0, 0, "title")


def evaluate(name: str, *, scored: bool = False) -> tuple[Counter[str], Counter[tuple[str, ...]]]:
    """Return how many dates there are and are right, and the failures with their counts.

    With `scored`, only what the score takes as wrong is a failure.
    """
    counts: Counter[str] = Counter()
    failures: Counter[tuple[str, ...]] = Counter()
    for article, events in read_gold(name):
        dated = [event for event in events if event["date"] and event["date"]["text"]]
        if article.published is None:
            continue
        future = ["future" in event["aux"] for event in dated]
        spans = [to_span(event["date"]) for event in dated]
        found = resolve_dates(article, spans, future=future, news=[False] * len(dated))
        for event, ahead, resolved in zip(dated, future, found, strict=True):
            gold, days = event["date"], resolved.days if resolved else None
            counts["dates"] += 1
            counts["words"] += _is(resolve_date(gold["text"], article.published, future=ahead), gold)
            counts["article"] += _is(days, gold)
            counts["scored"] += _scores(days, gold)
            if not (_scores(days, gold) if scored else _is(days, gold)):
                shown = f"{days.first}..{days.last}" if days else "none"
                wanted = f"{gold['first']}..{gold['last']}"
                failures[gold["text"], str(article.published), wanted, shown, "future" if ahead else ""] += 1
    return counts, failures


def _is(days: DaySpan | None, gold: Row) -> bool:
    return days is not None and (str(days.first), str(days.last)) == (gold["first"], gold["last"])


def _scores(days: DaySpan | None, gold: Row) -> bool:
    if days is None or _is(days, gold):
        return days is not None
    first, last = date.fromisoformat(gold["first"]), date.fromisoformat(gold["last"])
    return (last - first).days >= 6 and first <= days.last and days.first <= last


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", choices=[*SETS, []], help="all when none is named")
    parser.add_argument("--errors", action="store_true", help="print what was resolved otherwise")
    parser.add_argument("--scored", action="store_true", help="only what the score takes as wrong")
    arguments = parser.parse_args()
    for name in arguments.sets or SETS:
        counts, failures = evaluate(name, scored=arguments.scored)
        n_dates = max(1, counts["dates"])
        shares = "   ".join(f"{what} {counts[what] / n_dates:.3f}" for what in ("words", "article", "scored"))
        print(f"{name:8} {counts['dates']:5} dates   {shares}")
        if arguments.errors:
            for (text, published, wanted, shown, ahead), n in failures.most_common():
                print(f"  {n:3} {text!r}, published {published}: {shown}, gold {wanted} {ahead}")


if __name__ == "__main__":
    main()
