"""The coder's network: a small BERT encoder with a case feature, and a projection for every head.

Everything a head needs is one linear projection of each piece's vector, so the exported graph has
a single output of `N_OUTPUTS` columns; what joins a trigger with the other pieces (the role tagger
and the pointer) is a handful of products that the program does in numpy.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from whowhom.coders.labels import ROLES
from whowhom.coders.network import COLUMNS, N_BUCKETS, N_OUTPUTS, N_SENTENCE_STEPS, ROLE_WIDTH

N_FEATURES = 10


@dataclass(frozen=True)
class Shape:
    """How large an encoder is, and in what it departs from BERT."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    inner: int
    first_position: int = 0
    relative: bool = False  # MPNet adds to each attention score a bias by distance
    eps: float = 1e-12


SHAPES = {
    "minilm": Shape(30522, 384, 6, 12, 1536),
    "mpnet": Shape(30527, 768, 12, 12, 3072, first_position=2, relative=True, eps=1e-5),
}
_N_RELATIVE = 32
_FARTHEST = 128


def relative_buckets(length: int, device: torch.device | None = None) -> Tensor:
    """Return for each pair of places the bucket of their distance (Raffel et al. 2020, section 2.1).

    Half of the buckets are for places to the right; near distances have one each, far ones share.
    """
    places = torch.arange(length, device=device)
    step = places[:, None] - places[None, :]
    half = _N_RELATIVE // 2
    near = half // 2
    size = step.abs()
    far = near + ((size.clamp(min=1) / near).log() / math.log(_FARTHEST / near) * (half - near)).long().clamp(
        max=half - near - 1
    )
    return torch.where(size < near, size, far) + (step < 0).long() * half


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """Read a .safetensors file: eight bytes of header length, a JSON header, raw tensors."""
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        first, last = entry["data_offsets"]
        kind = {"F32": np.float32, "I64": np.int64, "F16": np.float16}[entry["dtype"]]
        array = np.frombuffer(
            raw, kind, offset=8 + length + first, count=(last - first) // np.dtype(kind).itemsize
        )
        tensors[name] = torch.from_numpy(array.reshape(entry["shape"]).copy())
    return tensors


class Layer(nn.Module):
    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_1 = nn.LayerNorm(width, eps=shape.eps)
        self.up = nn.Linear(width, shape.inner)
        self.down = nn.Linear(shape.inner, width)
        self.norm_2 = nn.LayerNorm(width, eps=shape.eps)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x: (batch, pieces, width); bias: added to the scores, (batch, 1 or heads, pieces, pieces)."""
        n, length, width = x.shape
        q, k, v = self.qkv(x).view(n, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(
            q, k, v, attn_mask=bias.to(q.dtype), dropout_p=self.dropout.p if self.training else 0.0
        )
        mixed = mixed.transpose(1, 2).reshape(n, length, width)
        x = self.norm_1(x + self.dropout(self.out(mixed)))
        return self.norm_2(x + self.dropout(self.down(functional.gelu(self.up(x)))))


class Network(nn.Module):
    def __init__(self, shape: Shape = SHAPES["minilm"], *, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        # Windows are cut with BERT's vocabulary; MPNet has the same words under other numbers.
        self.register_buffer("renumber", torch.arange(30522))
        width = shape.width
        self.words = nn.Embedding(shape.vocabulary, width)
        self.positions = nn.Embedding(512 + shape.first_position, width)
        self.kinds = nn.Embedding(2, width)
        self.features = nn.Embedding(N_FEATURES, width)
        for added in (self.kinds, self.features):
            nn.init.zeros_(added.weight)
        self.norm = nn.LayerNorm(width, eps=shape.eps)
        self.dropout = nn.Dropout(dropout)
        self.relative = nn.Embedding(_N_RELATIVE, shape.heads) if shape.relative else None
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.project = nn.Linear(width, N_OUTPUTS)
        self.distance = nn.Embedding(N_BUCKETS, ROLE_WIDTH)
        self.step = nn.Embedding(N_SENTENCE_STEPS, ROLE_WIDTH)
        self.roles = nn.Linear(ROLE_WIDTH, 3 * len(ROLES))
        for table in (self.distance, self.step):
            nn.init.normal_(table.weight, std=0.02)

    def load_encoder(self, path: Path) -> None:
        """Fill the encoder from a BERT or MPNet checkpoint in safetensors form."""
        old = read_safetensors(path)
        mpnet = self.shape.relative
        names = "attention.attn.{}" if mpnet else "attention.self.{}"
        parts = ("q", "k", "v") if mpnet else ("query", "key", "value")
        out = "attention.attn.o" if mpnet else "attention.output.dense"
        out_norm = "attention.LayerNorm" if mpnet else "attention.output.LayerNorm"
        with torch.no_grad():
            self.words.weight.copy_(old["embeddings.word_embeddings.weight"])
            self.positions.weight.copy_(old["embeddings.position_embeddings.weight"])
            if self.relative is not None:
                self.relative.weight.copy_(old["encoder.relative_attention_bias.weight"])
            else:
                self.kinds.weight.copy_(old["embeddings.token_type_embeddings.weight"][:1].expand(2, -1))
            _norm(self.norm, old, "embeddings.LayerNorm")
            for number, layer in enumerate(self.layers):
                at = f"encoder.layer.{number}."
                for kind in ("weight", "bias"):
                    packed = torch.cat([old[f"{at}{names.format(part)}.{kind}"] for part in parts])
                    getattr(layer.qkv, kind).copy_(packed)
                    getattr(layer.out, kind).copy_(old[f"{at}{out}.{kind}"])
                    getattr(layer.up, kind).copy_(old[f"{at}intermediate.dense.{kind}"])
                    getattr(layer.down, kind).copy_(old[f"{at}output.dense.{kind}"])
                _norm(layer.norm_1, old, f"{at}{out_norm}")
                _norm(layer.norm_2, old, f"{at}output.LayerNorm")

    def renumber_words(self, old: list[str], new: dict[str, int]) -> None:
        """Take pieces numbered by their place in `old` for those of the same words in `new`."""
        special = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}
        numbers = [new.get(special.get(word, word), new["[UNK]"]) for word in old]
        self.renumber.copy_(torch.tensor(numbers))

    def forward(self, pieces: Tensor, features: Tensor, core: Tensor, mask: Tensor) -> Tensor:
        """All inputs (batch, pieces); returns (batch, pieces, N_OUTPUTS)."""
        places = torch.arange(pieces.shape[1], device=pieces.device) + self.shape.first_position
        x = (
            self.words(self.renumber[pieces])
            + self.positions(places)
            + self.kinds(core)
            + self.features(features)
        )
        x = self.dropout(self.norm(x))
        bias = ((1.0 - mask.to(x.dtype)) * -1e4)[:, None, None, :]
        if self.relative is not None:
            buckets = relative_buckets(pieces.shape[1], pieces.device)
            bias = bias + self.relative(buckets).permute(2, 0, 1)[None]
        bias = bias.expand(len(x), -1, pieces.shape[1], -1)
        for layer in self.layers:
            x = layer(x, bias)
        return self.project(self.dropout(x))

    def tag_roles(
        self, outputs: Tensor, rows: Tensor, triggers: Tensor, buckets: Tensor, steps: Tensor
    ) -> Tensor:
        """Tag the window of each trigger with roles.

        outputs: (batch, pieces, N_OUTPUTS); rows: (triggers,), the window of each; triggers:
        (triggers, pieces), weights that sum to 1 over a trigger's pieces; buckets and steps:
        (triggers, pieces), the relative position. Returns (triggers, pieces, roles, 3).
        """
        own = outputs[rows]
        trigger = torch.bmm(triggers[:, None, :].to(own.dtype), own)
        hidden = (
            own[..., COLUMNS["role_piece"]]
            + trigger[..., COLUMNS["role_trigger"]]
            + own[..., COLUMNS["role_piece_gate"]] * trigger[..., COLUMNS["role_trigger_gate"]]
            + self.distance(buckets)
            + self.step(steps)
        )
        scores = self.roles(functional.dropout(hidden.relu(), 0.1, self.training))
        return scores.view(*scores.shape[:-1], len(ROLES), 3)


def _norm(norm: nn.LayerNorm, old: dict[str, Tensor], name: str) -> None:
    norm.weight.copy_(old[f"{name}.weight"])
    norm.bias.copy_(old[f"{name}.bias"])
