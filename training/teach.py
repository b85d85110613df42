"""Let a large network read texts without annotations, for the small one to learn from what it says.

    python -m training.teach --teacher runs/teacher/network.pt --out runs/taught.pt --passages 6000

What is kept of each window is what the teacher gives as probabilities (Hinton et al. 2015): the type
of each piece, and for each trigger that it finds the roles, modes and other classes. `training.train
--taught FILE` mixes these windows with the annotated ones. Nothing of ../shared/gold is read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from training.data import SHARED, Labelled, corpus_files, load_examples
from training.model import Network
from training.train import batches, encoder_files, load_network, load_tokenizer
from whowhom.coders.network import COLUMNS, distance_buckets, sentence_steps
from whowhom.coders.windows import cut_windows
from whowhom.records import Article

# A trigger that the teacher takes for one in three is still worth learning the roles of.
_TRIGGER_FROM = 0.35
CLASSES = ("mode", "aux", "certainty", "source_kind", "dated")


@dataclass
class Taught:
    """What a teacher says of a window. Arrays of half floats; rows are pieces."""

    type: np.ndarray
    sector: np.ndarray
    roles: list[np.ndarray]
    classes: list[dict[str, np.ndarray]]


def _used_sentences() -> set[int]:
    notes, _ = corpus_files()
    used: set[int] = set()
    for path in notes:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                corpus, *numbers = json.loads(line)["id"].split("-")
                if corpus == "gmb":
                    used |= set(range(int(numbers[0]), int(numbers[-1]) + 1))
    return used


def unlabelled_articles(n_passages: int, seed: int = 5) -> Iterator[Article]:
    """Yield passages of the open texts that nobody annotated: runs of sentences, summaries, articles."""
    used = _used_sentences()
    known = {one.article.id for one in load_examples(*corpus_files())}
    sentences: dict[int, str] = {}
    articles: list[Article] = []
    with gzip.open(SHARED / "texts/open.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            corpus, _, number = row["id"].partition("-")
            if corpus == "gmb":
                if int(number) not in used:
                    sentences[int(number)] = row["text"]
            elif row["id"] not in known:
                day = date.fromisoformat(row["date"]) if row["date"] else None
                title = row["title"] if row["kind"] == "document" else ""
                articles.append(Article(row["id"], row["text"], title=title or "", published=day))
    run: list[int] = []
    for number in [*sorted(sentences), -1]:
        if run and (len(run) == 6 or number - run[-1] > 2 or number < 0):
            name = f"gmb-{run[0]:05d}-{run[-1]:05d}"
            articles.append(Article(name, " ".join(sentences[n] for n in run)))
            run = []
        run.append(number)
    random.Random(seed).shuffle(articles)
    yield from articles[:n_passages]


def _runs(type_chances: np.ndarray, labelled: Labelled) -> list[list[int]]:
    """Return the pieces of each trigger that the teacher finds."""
    window = labelled.window
    said = (1 - type_chances[:, 0] > _TRIGGER_FROM) & (window.core == 1) & ~window.bare
    best = type_chances[:, 1:].argmax(1)
    found: list[list[int]] = []
    for piece in np.flatnonzero(said).tolist():
        same = found and piece - found[-1][-1] == 1 and best[piece] == best[found[-1][-1]]
        if same and window.sentence[piece] == window.sentence[found[-1][-1]]:
            found[-1].append(piece)
        else:
            found.append([piece])
    return found


@torch.no_grad()
def teach(network: Network, group: list[Labelled]) -> None:
    """Fill each window's `taught`, and its triggers with those that the teacher finds."""
    length = max(len(one.window.pieces) for one in group)

    def pad(arrays: list[np.ndarray]) -> torch.Tensor:
        return torch.from_numpy(np.stack([np.pad(a, (0, length - len(a))) for a in arrays]))

    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = network(
            pad([one.window.pieces for one in group]),
            pad([one.window.features for one in group]),
            pad([one.window.core for one in group]),
            pad([np.ones(len(one.window.pieces), np.int64) for one in group]),
        ).float()
    for row, one in enumerate(group):
        n = len(one.window.pieces)
        own = outputs[row : row + 1]
        kinds = own[0, :n, COLUMNS["type"]].softmax(-1).numpy()
        sectors = own[0, :n, COLUMNS["sector"]].softmax(-1).numpy()
        one.triggers = _runs(kinds, one)
        one.taught = Taught(kinds.astype(np.float16), sectors.astype(np.float16), [], [])
        for pieces in one.triggers:
            weights = torch.zeros(1, length)
            weights[0, pieces] = 1 / len(pieces)
            sentences = np.full(length, -1, np.int32)
            sentences[:n] = one.window.sentence
            roles = network.tag_roles(
                own,
                torch.tensor([0]),
                weights,
                torch.from_numpy(distance_buckets(np.arange(length), pieces[0]))[None],
                torch.from_numpy(sentence_steps(sentences, pieces[0]))[None],
            )[0, :n].softmax(-1)
            one.taught.roles.append(roles.numpy().astype(np.float16))
            mean = (weights @ own[0])[0]
            one.taught.classes.append(
                {
                    name: (
                        mean[COLUMNS[name]].softmax(-1)
                        if name in ("certainty", "source_kind")
                        else mean[COLUMNS[name]].sigmoid()
                    ).numpy()
                    for name in CLASSES
                }
            )


def empty_windows(articles: Iterator[Article], tokenizer: Tokenizer) -> list[Labelled]:
    return [
        Labelled(window, np.zeros(len(window.pieces), np.int64), np.full(len(window.pieces), -100, np.int64))
        for article in articles
        for window in cut_windows(article, tokenizer)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=6000)
    arguments = parser.parse_args()
    network = load_network(arguments.teacher)
    network.eval()
    windows = empty_windows(unlabelled_articles(arguments.passages), load_tokenizer(encoder_files()[1]))
    groups = batches(windows, 32, None)
    started = time.monotonic()
    for number, group in enumerate(groups):
        teach(network, group)
        if number % 20 == 0:
            print(f"{number} of {len(groups)} batches, {time.monotonic() - started:.0f} s", flush=True)
    torch.save(windows, arguments.out)
    n_triggers = sum(len(one.triggers) for one in windows)
    print(f"{len(windows)} windows, {n_triggers} triggers")


if __name__ == "__main__":
    main()
