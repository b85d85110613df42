"""Turn annotated passages into training windows: pieces, and a label for every head.

The corpus is notes (JSONL) with texts beside them or in the folder of open texts; offsets come
from `annotate.py build`. What a head learns:

    type     each piece of a trigger or of another mention of the event carries the event's type
    roles    for each trigger, BIO over the window for each of nine roles
    classes  for each trigger: mode, aux, certainty, source kind, whether an undated event is news
    sector   each piece of a participant carries its main sector
    refers   a participant without a country of its own points at words that tell who it is
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from training.external import read_external
from whowhom.coders.labels import AUX, CERTAINTIES, MODES, ROLES, SECTORS, SOURCE_KINDS, TYPES
from whowhom.coders.windows import Window, cut_windows
from whowhom.records import Article
from whowhom.resolvers.numbers import find_numbers

SHARED = Path(__file__).resolve().parents[2] / "shared"
CORPUS = Path(__file__).parent / "corpus"


def corpus_files() -> tuple[list[Path], list[Path]]:
    """Return the files of notes and of texts: the starter corpus beside the project, and its own."""
    folders = (SHARED / "train", CORPUS)
    notes, articles = (
        [path for folder in folders for path in sorted(folder.glob(f"*.{kind}.jsonl"))]
        for kind in ("notes", "articles")
    )
    return notes, articles


def load_waiting() -> list[Example]:
    """Return the articles of corpus/waiting, on which no network was trained yet: all held out.

    They are what there is of long articles with a day of publication that the network has not seen; at its
    next training they go into the corpus.
    """
    folder = CORPUS / "waiting"
    examples = load_examples(sorted(folder.glob("*.notes.jsonl")), sorted(folder.glob("*.articles.jsonl")))
    return [replace(example, held_out=True) for example in examples]


def annotate_module() -> Any:
    """Load the annotation checker; it stands beside the corpus, not in this project."""
    spec = importlib.util.spec_from_file_location("annotate", SHARED / "tools/annotate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Example:
    """One article or passage with its gold records (the format of `annotate.py build`)."""

    article: Article
    events: list[dict[str, Any]]
    held_out: bool = False


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def is_held_out(name: str) -> bool:
    """Whether a passage belongs to the tenth that is never trained on; depends on its id alone."""
    return hashlib.blake2b(name.encode(), digest_size=4).digest()[0] < 26


def _read_open_texts(wanted: set[str]) -> dict[str, dict[str, Any]]:
    """Return the texts that stand beside the project, by id.

    `gmb-00012-00018` is a report of several sentences: those from 12 to 18 that are there, in a row.
    """
    if not wanted:
        return {}
    found: dict[str, dict[str, Any]] = {}
    sentences: dict[int, str] = {}
    with gzip.open(SHARED / "texts/open.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            corpus, _, number = row["id"].partition("-")
            if corpus == "gmb":
                sentences[int(number)] = row["text"]
            if row["id"] in wanted:
                title = row["title"] if row["kind"] == "document" else ""
                found[row["id"]] = {
                    "id": row["id"],
                    "published": row["date"],
                    "title": title,
                    "text": row["text"],
                }
    for name in wanted - set(found):
        report = re.fullmatch(r"gmb-(\d+)-(\d+)", name)
        if report:
            numbers = range(int(report[1]), int(report[2]) + 1)
            text = " ".join(sentences[number] for number in numbers if number in sentences)
            found[name] = {"id": name, "title": "", "text": text}
    if wanted - set(found):
        found |= {row["id"]: row for row in read_external(SHARED / "gold/external") if row["id"] in wanted}
    return found


def load_examples(note_files: Iterable[Path], article_files: Iterable[Path]) -> list[Example]:
    """Read notes and their texts; a note whose text cannot be found is an error.

    Passages named in corpus/dropped.txt are left out: each is nearly the same as another.
    """
    dropped = set((CORPUS / "dropped.txt").read_text(encoding="utf-8").split())
    notes = [row for path in note_files for row in _rows(path) if row["id"] not in dropped]
    texts = {row["id"]: row for path in article_files for row in _rows(path)}
    texts |= _read_open_texts({row["id"] for row in notes} - set(texts))
    annotate = annotate_module()
    examples: dict[str, Example] = {}
    problems: list[str] = []
    for row in notes:
        text = texts[row["id"]]
        if row["id"] in examples:
            continue
        built = annotate.build(text, row["events"], problems.append)
        article = Article(
            id=row["id"],
            text=text["text"],
            title=text.get("title") or "",
            published=date.fromisoformat(text["published"]) if text.get("published") else None,
        )
        for event in built["events"]:
            _place_in_title(event, article.title)
        examples[row["id"]] = Example(article, built["events"], is_held_out(row["id"]))
    if problems:
        print(f"{len(problems)} problems in the notes, the first: {problems[0]}")
    return list(examples.values())


def _place_in_title(value: Any, title: str) -> None:
    """Words that stand in the title alone have offsets of -1: give them the title's."""
    if isinstance(value, dict):
        if value.get("start") == -1:
            at = title.find(value["text"])
            value["start"], value["end"], value["of"] = at, at + len(value["text"]), "title"
        for inner in value.values():
            _place_in_title(inner, title)
    elif isinstance(value, list):
        for inner in value:
            _place_in_title(inner, title)


@dataclass
class Taught:
    """What a teacher says of a window. Arrays of half floats; rows are pieces."""

    type: np.ndarray
    sector: np.ndarray
    roles: list[np.ndarray]
    classes: list[dict[str, np.ndarray]]


@dataclass
class Labelled:
    """A window with its labels. Arrays over pieces; lists over the triggers in its core."""

    window: Window
    type: np.ndarray
    sector: np.ndarray
    triggers: list[list[int]] = field(default_factory=list)
    roles: list[np.ndarray] = field(default_factory=list)
    mode: list[np.ndarray] = field(default_factory=list)
    aux: list[np.ndarray] = field(default_factory=list)
    certainty: list[int] = field(default_factory=list)
    source_kind: list[int] = field(default_factory=list)
    dated: list[int] = field(default_factory=list)
    refers: list[tuple[list[int], list[int]]] = field(default_factory=list)
    taught: Taught | None = None


def _inside(window: Window, span: dict[str, Any] | None) -> list[int]:
    """Pieces of the window that lie in the span."""
    if not span or span.get("start") is None or span["start"] < 0 or not span.get("text"):
        return []
    same = window.titled == (span.get("of") == "title")
    hit = same & (window.sentence >= 0) & (window.start < span["end"]) & (window.end > span["start"])
    return list(np.flatnonzero(hit))


def _number_span(
    window: Window, article: Article, trigger: list[int], value: int | None
) -> dict[str, Any] | None:
    """Where a number of the record stands: the annotation has its value only."""
    if value is None:
        return None
    best: tuple[int, dict[str, Any]] | None = None
    at = int(window.start[trigger[0]])
    if window.titled[trigger[0]]:
        return None
    first, last = int(window.start[window.sentence >= 0].min()), int(window.end.max())
    for start, end, number in find_numbers(article.text[first:last]):
        if number == value:
            distance = abs(start + first - at)
            if best is None or distance < best[0]:
                best = (
                    distance,
                    {
                        "text": article.text[start + first : end + first],
                        "start": start + first,
                        "end": end + first,
                    },
                )
    return best[1] if best else None


def label_windows(example: Example, tokenizer: Tokenizer) -> Iterator[Labelled]:
    article = example.article
    people = [entity for event in example.events for entity in event["actor"] + event["recipient"]]
    people += [event["source"] for event in example.events if event["source"].get("kind") == "named"]
    for window in cut_windows(article, tokenizer):
        n = len(window.pieces)
        labelled = Labelled(window, np.zeros(n, np.int64), np.full(n, -100, np.int64))
        taken: set[int] = set()
        for event in example.events:
            kind = TYPES.index(event["event"]) + 1
            for number, span in enumerate([event["trigger"], *event["mentions"]]):
                pieces = [p for p in _inside(window, span) if window.core[p]]
                if not pieces:
                    continue
                telling = [p for p in pieces if not window.bare[p]]
                for piece in telling:
                    if piece not in taken:
                        labelled.type[piece] = kind
                        taken.add(piece)
                for piece in set(pieces) - taken if not telling else ():
                    labelled.type[piece] = -100  # "off", "will": neither a trigger nor none
                if number == 0:
                    _label_trigger(labelled, article, event, telling or pieces)
        for entity in people:
            pieces = _inside(window, entity)
            if entity["sector"] and entity["sector"][0] in SECTORS:
                labelled.sector[pieces] = SECTORS.index(entity["sector"][0])
            targets = _who_it_is(window, entity, people)
            if pieces and targets:
                labelled.refers.append((pieces, targets))
        yield labelled


def _who_it_is(window: Window, entity: dict[str, Any], people: list[dict[str, Any]]) -> list[int]:
    """Pieces of other mentions that tell who a pronoun or a description is."""
    if entity.get("start") is None or (entity.get("name") and entity["name"] == entity["text"]):
        return []

    def elsewhere(match: Any) -> list[int]:
        return sorted(
            {
                piece
                for other in people
                if (other.get("start"), other.get("of")) != (entity.get("start"), entity.get("of"))
                and match(other)
                for piece in _inside(window, other)
            }
            - set(_inside(window, entity))
        )

    words = set(entity["text"].lower().split())
    if entity.get("name"):
        same = elsewhere(
            lambda other: (
                other.get("name") == entity["name"] and not set(other["text"].lower().split()) <= words
            )
        )
        if same:
            return same
    if entity.get("country"):
        return elsewhere(lambda other: other.get("country") == entity["country"] and bool(other.get("name")))
    return []


def _label_trigger(labelled: Labelled, article: Article, event: dict[str, Any], pieces: list[int]) -> None:
    window = labelled.window
    roles = np.zeros((len(window.pieces), len(ROLES)), np.int64)
    fillers: dict[str, list[dict[str, Any] | None]] = {
        "actor": event["actor"],
        "recipient": event["recipient"],
        "location": [event["location"]],
        "date": [event["date"]],
        "source": [event["source"] if event["source"].get("kind") != "author" else None],
        "condition": [event["condition"]],
        **{
            name: [_number_span(window, article, pieces, event[name])]
            for name in ("killed", "injured", "size")
        },
    }
    for number, role in enumerate(ROLES):
        for span in fillers[role]:
            inside = _inside(window, span)
            roles[inside, number] = 2
            if inside:
                roles[inside[0], number] = 1
    mode = np.zeros(len(MODES), np.float32)
    for name in event["mode"]:
        mode[MODES.index(f"{event['event']}.{name}")] = 1
    days = event["date"]
    dated = -100
    if article.published is not None and not (days and days.get("text")):
        if not days:
            dated = 0
        elif days.get("first") == days.get("last") == article.published.isoformat():
            dated = 1
    labelled.triggers.append(pieces)
    labelled.roles.append(roles)
    labelled.mode.append(mode)
    labelled.aux.append(np.array([name in event["aux"] for name in AUX], np.float32))
    labelled.certainty.append(CERTAINTIES.index(event["certainty"]))
    labelled.source_kind.append(SOURCE_KINDS.index(event["source"]["kind"]))
    labelled.dated.append(dated)
