"""Let a large network read texts without annotations, for the small one to learn from what it says.

    python -m training.teach --teacher runs/one/network.pt runs/two/network.pt --out runs/taught.pt --copies 3

What is kept of each window is what the teacher gives as probabilities (Hinton et al. 2015): the type
of each piece, and for each trigger that it finds the roles, modes and other classes. `training.train
--taught FILE` mixes these windows with the annotated ones. `--copies` adds the same texts with other
states and persons in them (`training.variants`). Nothing of ../shared/gold/dev is read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from training.data import SHARED, Labelled, Taught, corpus_files, load_examples
from training.model import Network
from training.train import autocast, batches, collate, encoder_files, load_network, load_tokenizer
from training.variants import vary
from whowhom.coders.network import COLUMNS, distance_buckets, sentence_steps
from whowhom.coders.windows import cut_windows
from whowhom.records import Article

# A trigger that the teacher takes for one in three is still worth learning the roles of.
_TRIGGER_FROM = 0.35
CLASSES = ("mode", "aux", "certainty", "source_kind", "dated")


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


def unlabelled_articles(n_passages: int, known: set[str], seed: int = 5) -> Iterator[Article]:
    """Yield passages of the open texts that nobody annotated: runs of sentences, summaries, articles."""
    used = _used_sentences()
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
def teach(networks: list[Network], group: list[Labelled], device: str) -> None:
    """Fill each window's `taught`, and its triggers with those that the teachers find: the mean of all."""
    batch = {
        name: tensor.to(device)
        for name, tensor in collate(group, None).items()
        if name in ("pieces", "features", "core", "mask")
    }
    with autocast(device):
        outputs = [network(*batch.values()).float() for network in networks]
    kinds = _mean([one[..., COLUMNS["type"]].softmax(-1) for one in outputs])
    sectors = _mean([one[..., COLUMNS["sector"]].softmax(-1) for one in outputs])
    length = kinds.shape[1]
    rows, weights, buckets, steps = [], [], [], []
    for row, one in enumerate(group):
        n = len(one.window.pieces)
        one.triggers = _runs(kinds[row, :n], one)
        one.taught = Taught(kinds[row, :n].astype(np.float16), sectors[row, :n].astype(np.float16), [], [])
        sentences = np.full(length, -1, np.int32)
        sentences[:n] = one.window.sentence
        for pieces in one.triggers:
            rows.append(row)
            weights.append(np.zeros(length, np.float32))
            weights[-1][pieces] = 1 / len(pieces)
            buckets.append(distance_buckets(np.arange(length), pieces[0]))
            steps.append(sentence_steps(sentences, pieces[0]))
    if not rows:
        return
    at, shares, bucket, step = (
        torch.from_numpy(np.stack(arrays)).to(device) for arrays in (np.array(rows), weights, buckets, steps)
    )
    roles = _mean(
        [
            network.tag_roles(one, at, shares, bucket, step).softmax(-1)
            for network, one in zip(networks, outputs, strict=True)
        ]
    ).astype(np.float16)
    classes = {
        name: _mean([_chances(name, torch.bmm(shares[:, None, :], one[at]).squeeze(1)) for one in outputs])
        for name in CLASSES
    }
    for number, row in enumerate(rows):
        group[row].taught.roles.append(roles[number, : len(group[row].window.pieces)])
        group[row].taught.classes.append({name: values[number] for name, values in classes.items()})


def _mean(tensors: list[torch.Tensor]) -> np.ndarray:
    return torch.stack(tensors).mean(0).cpu().numpy()


def _chances(name: str, outputs: torch.Tensor) -> torch.Tensor:
    """Return the probabilities of a class from the mean outputs of a trigger."""
    scores = outputs[:, COLUMNS[name]]
    return scores.softmax(-1) if name in ("certainty", "source_kind") else scores.sigmoid()


def empty_windows(articles: Iterable[Article], tokenizer: Tokenizer) -> list[Labelled]:
    return [
        Labelled(window, np.zeros(len(window.pieces), np.int64), np.full(len(window.pieces), -100, np.int64))
        for article in articles
        for window in cut_windows(article, tokenizer)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--teacher", type=Path, required=True, nargs="+", help="checkpoints: the mean counts")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--copies", type=int, default=0, help="of all texts, with other names in them")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    networks = [load_network(path).to(arguments.device).eval() for path in arguments.teacher]
    examples = load_examples(*corpus_files())
    unread = list(unlabelled_articles(arguments.passages, {one.article.id for one in examples}))
    known = [one.article for one in examples if not one.held_out]
    chance = random.Random(7)
    varied = [
        vary(article, chance)
        for _ in range(arguments.copies)
        for article in [*unread, *chance.sample(known, min(len(known), arguments.passages))]
    ]
    windows = empty_windows([*unread, *varied], load_tokenizer(encoder_files()[1]))
    groups = batches(windows, 64, None)
    started = time.monotonic()
    for number, group in enumerate(groups):
        teach(networks, group, arguments.device)
        if number % 50 == 0:
            print(f"{number} of {len(groups)} batches, {time.monotonic() - started:.0f} s", flush=True)
    torch.save(windows, arguments.out)
    n_triggers = sum(len(one.triggers) for one in windows)
    print(f"{len(unread)} passages, {len(varied)} varied, {len(windows)} windows, {n_triggers} triggers")


if __name__ == "__main__":
    main()
