"""How true the coder's rows are: every figure of docs/evaluation.md, by one command.

    python evaluation/coder.py [--shared ../shared] [--weights FOLDER] [--json FIGURES.json] [--check]

Prints, on the articles of ../shared/gold/dev, on the tenth of the corpus that no model was trained on and on
long articles written for it since (training/corpus/waiting): precision, recall and F1 at four levels, F1 by
type, the share of attributes that are right, how far scores are from the shares they promise (ECE) and what
precision costs in coverage. Then gold of others: plv_train (who did what to whom in a sentence), polnear_dev
(who is the source of a claim) and event_location (where a deed happened). `--check` compares with
evaluation/floors.json and ends with 1 where a figure is below its floor.
"""

from __future__ import annotations

import argparse
import glob
import gzip
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from whowhom.coders.weights import load_weights
from whowhom.exporters.records import record_article
from whowhom.pipeline import code_articles
from whowhom.records import Article, CodedArticle
from whowhom.scoring import pair_records, score, shares_who_whom

FLOORS = Path(__file__).with_name("floors.json")
Record = dict[str, Any]
Figures = dict[str, float]
_BOTH_WAYS = {"AGREE", "CONSULT", "COOPERATE"}


def read_rows(path: Path) -> list[Record]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def to_article(row: Record) -> Article:
    day = row.get("published")
    return Article(
        row["id"],
        row["text"],
        title=row.get("title") or "",
        published=date.fromisoformat(day[:10]) if day else None,
    )


def code(articles: Iterable[Article], folder: Path | None) -> dict[str, list[Record]]:
    """Return the records of each article by its id."""
    weights = load_weights(folder) if folder else None
    return {
        coded.article.id: record_article(coded)["events"]
        for coded in code_articles(articles, weights=weights)
        if isinstance(coded, CodedArticle)
    }


def measure_gold(gold: dict[str, list[Record]], coded: dict[str, list[Record]]) -> Figures:
    """Return the levels, attributes, types, calibration and coverage of one set, by name."""
    scored = score(gold, coded)
    figures: Figures = {"gold": scored["gold"], "predicted": scored["predicted"]}
    for level in ("type", "who", "who-whom", "record"):
        for name, value in zip(("precision", "recall", "f1"), _triple(scored[level]), strict=True):
            figures[f"{level} {name}"] = value
    figures |= {f"{name} right": value for name, value in scored["attributes"].items()}
    figures |= measure_types(gold, coded) | measure_scores(gold, coded)
    return figures


def _triple(level: Any) -> tuple[float, float, float]:
    if isinstance(level, dict):
        return level["precision"], level["recall"], level["f1"]
    return tuple(level)  # type: ignore[return-value]


def measure_types(gold: dict[str, list[Record]], coded: dict[str, list[Record]]) -> Figures:
    """Return the who-whom F1 of each type."""
    counts: dict[str, list[int]] = {}
    for name, wanted in gold.items():
        said = coded.get(name, [])
        for record in wanted:
            counts.setdefault(record["event"], [0, 0, 0])[0] += 1
        for record in said:
            counts.setdefault(record["event"], [0, 0, 0])[1] += 1
        for one, other in pair_records(wanted, said):
            counts[one["event"]][2] += shares_who_whom(one, other)
    return {f"{kind} f1": 2 * c / max(a + b, 1) for kind, (a, b, c) in sorted(counts.items())}


def measure_scores(gold: dict[str, list[Record]], coded: dict[str, list[Record]]) -> Figures:
    """Return how well `score` tells right rows: ECE, and the coverage at which rows are 0.8 and 0.9 right."""
    rows: list[tuple[float, bool]] = []
    for name, wanted in gold.items():
        said = coded.get(name, [])
        right = {id(b) for a, b in pair_records(wanted, said) if shares_who_whom(a, b)}
        rows += [(record["score"], id(record) in right) for record in said]
    rows.sort(key=lambda row: -row[0])
    chances, hits = np.array([r[0] for r in rows]), np.array([r[1] for r in rows], float)
    figures = {"ece": calibration_error(chances, hits)}
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    for wanted_precision in (0.9, 0.8, 0.7):
        enough = np.flatnonzero(precision >= wanted_precision)
        last = int(enough[-1]) if len(enough) else -1
        figures[f"coverage at precision {wanted_precision}"] = (last + 1) / max(len(rows), 1)
        figures[f"score at precision {wanted_precision}"] = float(chances[last]) if last >= 0 else 1.0
    figures["precision at coverage 0.4"] = float(precision[max(int(0.4 * len(rows)) - 1, 0)])
    return figures


def calibration_error(chances: np.ndarray, right: np.ndarray, n_bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width (Naeini et al. 2015)."""
    bins = np.minimum((chances * n_bins).astype(int), n_bins - 1)
    errors = [(bins == n).sum() * abs(chances[bins == n].mean() - right[bins == n].mean()) for n in set(bins)]
    return float(sum(errors) / max(len(bins), 1))


def _touch(span: Record | None, start: int, end: int) -> bool:
    return bool(
        span
        and span.get("start") is not None
        and span.get("of") != "title"
        and span["start"] < end
        and start < span["end"]
    )


def measure_plover(path: Path, folder: Path | None) -> Figures:
    """Sentences of Zero-Shot-PLOVER whose source, target and root a coded event has."""
    rows = read_rows(path)
    coded = code((Article(row["id"], row["sentence"]) for row in rows), folder)
    right = 0
    for row in rows:
        plain = row["marked"]
        source = _marked(plain, "s")
        target = _marked(plain, "t")
        right += any(_fits(event, row["root"], source, target) for event in coded.get(row["id"], []))
    return {"plv_train right": right / len(rows)}


def _marked(marked: str, tag: str) -> tuple[int, int] | None:
    """Return the offsets, in the unmarked sentence, of what stands between <tag> and </tag>.

    None where the sentence has no such participant ("Two newspapers were banned").
    """
    if f"<{tag}>" not in marked:
        return None
    start, end = marked.index(f"<{tag}>"), marked.index(f"</{tag}>")

    def plain(at: int) -> int:
        before = marked[:at]
        for mark in ("<s>", "</s>", "<t>", "</t>"):
            before = before.replace(mark, "")
        return len(before)

    return plain(start), plain(end)


def _fits(event: Record, root: str, source: tuple[int, int] | None, target: tuple[int, int] | None) -> bool:
    kinds = {"CONCEDE", "RETREAT"} if root == "YIELD" else {root}
    if event["event"] not in kinds:
        return False

    def has(role: str, words: tuple[int, int] | None) -> bool:
        return words is None or any(_touch(entity, *words) for entity in event[role])

    def joins(a: tuple[int, int] | None, b: tuple[int, int] | None) -> bool:
        return has("actor", a) and has("recipient", b)

    if event["event"] not in _BOTH_WAYS:
        return joins(source, target)
    # Those who meet or agree are all actors, or one of them is the host.
    people = event["actor"] + event["recipient"]
    return all(w is None or any(_touch(e, *w) for e in people) for w in (source, target))


def measure_polnear(folder: Path, weights: Path | None) -> Figures:
    """Events inside what somebody said, in PolNeAR: is the one who said it their source?

    Counted are events whose trigger lies in the content of exactly one attribution with a source.
    """
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "text").glob("*.txt"))}
    coded = code((Article(name, text) for name, text in texts.items()), weights)
    n = found = right = 0
    for name, events in coded.items():
        # A text that several people annotated has a file for each; the first is taken.
        claims = _read_claims(min((folder / "attributions").glob(f"{glob.escape(name)}*.ann")))
        for event in events:
            inside = [
                claim for claim in claims if any(_touch(event["trigger"], *c) for c in claim["Content"])
            ]
            if len(inside) != 1 or not inside[0]["Source"]:
                continue
            n += 1
            if event["source"]["kind"] != "author":
                found += 1
                right += any(_touch(event["source"], *span) for span in inside[0]["Source"])
    return {
        "polnear events in claims": n,
        "polnear source found": found / max(n, 1),
        "polnear source right": right / max(found, 1),
    }


def _read_claims(path: Path) -> list[dict[str, list[tuple[int, int]]]]:
    """Return the attributions of a brat file: offsets of their Source and Content spans."""
    spans: dict[str, list[tuple[int, int]]] = {}
    claims = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, rest = line.partition("\t")
        if key.startswith("T"):
            places = rest.split("\t")[0].split(" ", 1)[1]
            spans[key] = [(int(a), int(b)) for a, b in (part.split() for part in places.split(";"))]
        elif key.startswith("E"):
            claim: dict[str, list[tuple[int, int]]] = {"Source": [], "Content": []}
            for part in rest.split():
                role, _, target = part.partition(":")
                role = role.rstrip("0123456789")
                if role in claim:
                    claim[role] += spans.get(target, [])
            claims.append(claim)
    return claims


def measure_locations(path: Path, folder: Path | None, n_rows: int = 2000) -> Figures:
    """Event verbs of Halterman (2019) that the coder also takes for a trigger: is the place the same?"""
    rows = read_rows(path)[0][:n_rows]
    coded = code((Article(str(number), row["text"]) for number, row in enumerate(rows)), folder)
    n = right = gold_some = said_some = both = 0
    for number, row in enumerate(rows):
        verbs = [span for span in row.get("spans") or [] if span["label"] == "VERB"]
        places = [span for span in row.get("spans") or [] if span["label"] == "LOCATION"]
        if row.get("answer", "accept") != "accept" or not verbs:
            continue
        for event in coded.get(str(number), []):
            if not any(_touch(event["trigger"], verb["start"], verb["end"]) for verb in verbs):
                continue
            place = event["location"]
            hit = any(_touch(place, span["start"], span["end"]) for span in places)
            has_words = bool(place and place.get("start") is not None)
            n += 1
            right += hit or (not places and not has_words)
            gold_some += bool(places)
            said_some += has_words
            both += hit
    return {
        "event_location verbs coded": n,
        "event_location right": right / max(n, 1),
        "event_location f1": 2 * both / max(gold_some + said_some, 1),
    }


def measure_all(shared: Path, folder: Path | None) -> dict[str, Figures]:
    """Return every figure by set; a set that is not there is left out."""
    found: dict[str, Figures] = {}
    dev = shared / "gold/dev"
    gold = {row["id"]: row["events"] for row in read_rows(dev / "gold.jsonl")}
    found["dev"] = measure_gold(gold, code(map(to_article, read_rows(dev / "articles.jsonl")), folder))
    from training.data import corpus_files, load_examples, load_waiting

    held = [one for one in load_examples(*corpus_files()) if one.held_out]
    for name, examples in (("held-back corpus", held), ("long articles", load_waiting())):
        coded = code((one.article for one in examples), folder)
        found[name] = measure_gold({one.article.id: one.events for one in examples}, coded)
    external = shared / "gold/external"
    found["others' gold"] = (
        measure_plover(external / "plv_train.jsonl", folder)
        | measure_polnear(external / "polnear_dev", folder)
        | measure_locations(external / "event_location/labeled_text.jsonl.gz", folder)
    )
    return found


def below_floors(found: dict[str, Figures], floors: dict[str, dict[str, Any]]) -> list[str]:
    """Return a line for each figure that is worse than its floor ("at least") or ceiling ("at most")."""
    lines = []
    for name, limits in floors.items():
        if not isinstance(limits, dict):
            continue
        for figure, limit in limits.items():
            value = found[name][figure]
            least, most = limit.get("at least", -1.0), limit.get("at most", 1e9)
            if not least <= value <= most:
                lines.append(f"{name}: {figure} is {value:.3f}, expected {limit}")
    return lines


def print_figures(found: dict[str, Figures]) -> None:
    names = list(dict.fromkeys(name for figures in found.values() for name in figures))
    sets = list(found)
    print(f"{'':34}" + "".join(f"{name:>18}" for name in sets))
    for name in names:
        values = [found[one].get(name) for one in sets]
        cells = ("" if v is None else f"{v:.0f}" if v > 1.5 else f"{v:.3f}" for v in values)
        print(f"{name:34}" + "".join(f"{cell:>18}" for cell in cells))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--weights", type=Path, help="a folder of weights instead of the package's")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--check", action="store_true", help="compare with the floors")
    options = parser.parse_args(arguments)
    found = measure_all(options.shared, options.weights)
    print_figures(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    lines = below_floors(found, json.loads(FLOORS.read_text(encoding="utf-8"))) if options.check else []
    print("\n".join(lines))
    return int(bool(lines))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(main())
