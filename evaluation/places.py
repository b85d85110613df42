"""How often are gold places resolved to the right country, given where their words stand?

    python -m evaluation.places [dev] [corpus] [unseen] [lgl] [--errors N]

"dev" is ../shared/gold/dev, "corpus" the annotated texts that training uses, "unseen" the tenth of
them that nothing was fitted to: the words of each gold location are resolved with the gold countries of
the event's participants as hints. "lgl" is the Local-Global Lexicon (Lieberman et al. 2010): every
place name in news of small towns, no participants; a measure only, its towns are far from politics.
"known" is the share for which any country is given, "right" that for which it is the gold one. "within
161 km" (100 miles, as is customary) is the share of lgl's places whose coordinates are so near to the gold
ones; a country's are those of its middle. In brackets: without gold places that are whole states. "located"
is the share with any coordinates, "region" and "country" included.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # Of a script the own folder is looked in, that of the checkout is not.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluation.actors import load_gold
from whowhom.records import Article, Mention, Place, Span
from whowhom.resolvers.countries import load_countries
from whowhom.resolvers.lexicon import fold_phrase
from whowhom.resolvers.places import resolve_places

SHARED = Path(__file__).resolve().parents[2] / "shared"
_EARTH_KM = 6371.0
_NEAR_KM = 161.0
SETS = ("dev", "corpus", "unseen", "lgl")

Row = dict[str, Any]


@dataclass(frozen=True)
class _Point:
    """Gold coordinates; `is_state` where they stand for a whole state."""

    latitude: float
    longitude: float
    is_state: bool


@dataclass(frozen=True)
class Asked:
    """The places of one article: mentions, hints and gold countries, side by side; points in lgl only."""

    article: Article
    mentions: list[Mention]
    hints: list[list[str]]
    gold: list[str]
    points: list[_Point]


def read_set(name: str) -> Iterator[Asked]:
    """Yield the places of a set, article by article."""
    if name == "lgl":
        yield from _read_lgl(SHARED / "gold/external/lgl/lgl.xml")
        return
    for article, events in load_gold(name):
        placed = [event for event in events if event["location"] and event["location"].get("text")]
        yield Asked(
            article,
            [Mention(_span_of(event["location"], article), 1.0) for event in placed],
            [_hints_of(event) for event in placed],
            [event["location"].get("country") or "" for event in placed],
            [],
        )


def _span_of(gold: Row, article: Article) -> Span:
    words, start = gold["text"], gold.get("start", -1)
    if start >= 0 and gold.get("of") != "title":
        return Span(words, start, gold["end"])
    at = article.title.find(words)
    return Span(words, at, at + len(words), "title") if at >= 0 else Span(words)


def _hints_of(event: Row) -> list[str]:
    """The countries of actors and recipients, as the pipeline gives them."""
    entities = [*event["actor"], *event["recipient"]]
    return [entity["country"] for entity in entities if entity["country"]]


def _read_lgl(path: Path) -> Iterator[Asked]:
    codes = {
        fold_phrase(name): code
        for code, country in load_countries().items()
        if country.until is None
        for name in (country.name, *country.names)
    }
    # The file is what its authors made, not hostile input, so the plain parser is enough.
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", path.read_text(encoding="utf-8"))
    for row in ElementTree.fromstring(text).iter("article"):
        body = row.findtext("text") or ""
        mentions, gold, points = [], [], []
        for toponym in row.iter("toponym"):
            country = codes.get(fold_phrase(toponym.findtext("gaztag/country") or ""))
            words, start = toponym.findtext("phrase") or "", int(toponym.findtext("start") or -1)
            if country and body[start : start + len(words)] == words:
                mentions.append(Mention(Span(words, start, start + len(words)), 1.0))
                gold.append(country)
                points.append(_read_point(toponym))
        article = Article(row.get("docid") or "", body, row.findtext("title") or "")
        yield Asked(article, mentions, [[] for _ in mentions], gold, points)


def _read_point(toponym: ElementTree.Element) -> _Point:
    latitude, longitude = (float(toponym.findtext(f"gaztag/{one}") or "nan") for one in ("lat", "lon"))
    return _Point(latitude, longitude, (toponym.findtext("gaztag/fcode") or "").startswith("PCL"))


def evaluate(name: str) -> tuple[Counter[str], Counter[tuple[str, ...]], float]:
    """Return the counts, the failures with how often each occurs, and the seconds it took."""
    counts: Counter[str] = Counter()
    failures: Counter[tuple[str, ...]] = Counter()
    seconds = 0.0
    for asked in read_set(name):
        began = time.perf_counter()
        found = resolve_places(asked.article, asked.mentions, asked.hints)
        seconds += time.perf_counter() - began
        for point, place in zip(asked.points, found, strict=bool(asked.points)):
            counts["within 161 km"] += _is_within(place, point)
            counts["in states"] += not point.is_state
            counts["in states within"] += not point.is_state and _is_within(place, point)
        for mention, hints, gold, place in zip(asked.mentions, asked.hints, asked.gold, found, strict=True):
            counts["places"] += 1
            counts["known"] += bool(place.country)
            counts["right"] += place.country == gold
            counts["located"] += place.latitude is not None
            if place.country != gold:
                words = mention.span.text
                failures[words, gold, place.country, " ".join(hints), asked.article.id, place.evidence] += 1
    return counts, failures, seconds


def _is_within(place: Place, point: _Point) -> bool:
    """Whether a place has coordinates within 161 km of the point, along the great circle."""
    if place.latitude is None or place.longitude is None:
        return False
    north, east = math.radians(place.latitude), math.radians(place.longitude)
    south, west = math.radians(point.latitude), math.radians(point.longitude)
    chord = (
        math.sin((north - south) / 2) ** 2
        + math.cos(north) * math.cos(south) * math.sin((east - west) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, chord))) <= _NEAR_KM


def main() -> None:
    """Print one line for each set, and the errors met most often."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", choices=[*SETS, []], help="all when none is named")
    parser.add_argument("--errors", type=int, default=0, help="print so many errors")
    arguments = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"No folder {SHARED}: the gold articles stand beside the checkout.")
    for name in arguments.sets or SETS:
        counts, failures, seconds = evaluate(name)
        n_places = max(1, counts["places"])
        shown = ("right", "known", "located", *(("within 161 km",) if name == "lgl" else ()))
        shares = "   ".join(f"{what} {counts[what] / n_places:.3f}" for what in shown)
        if counts["in states"]:
            shares += f" (but for whole states {counts['in states within'] / counts['in states']:.3f})"
        print(f"{name:7} {counts['places']:5} places   {shares}   {n_places / seconds:.0f} a second")
        for (words, gold, country, hints, article, evidence), n in failures.most_common(arguments.errors):
            reason = f"{gold or '-'} → {country or '-'} (hints {hints or '-'}; {article}; {evidence})"
            print(f"  {n:3} {words!r}: {reason}")


if __name__ == "__main__":
    main()
