"""The coder's network: a small BERT encoder with a case feature, and a projection for every head.

Everything a head needs is one linear projection of each piece's vector, so the exported graph has
a single output of `N_OUTPUTS` columns; what joins a trigger with the other pieces (the role tagger
and the pointer) is a handful of products that the program does in numpy.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from whowhom.coders.labels import ROLES
from whowhom.coders.network import COLUMNS, N_BUCKETS, N_OUTPUTS, N_SENTENCE_STEPS, ROLE_WIDTH

N_FEATURES = 10


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
    def __init__(self, width: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm_2 = nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x: (batch, pieces, width); bias: (batch, 1, 1, pieces), 0 or a large negative number."""
        n, length, width = x.shape
        q, k, v = self.qkv(x).view(n, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-1, -2)) * (width // self.heads) ** -0.5 + bias
        mixed = (self.dropout(weights.softmax(-1)) @ v).transpose(1, 2).reshape(n, length, width)
        x = self.norm_1(x + self.dropout(self.out(mixed)))
        return self.norm_2(x + self.dropout(self.down(functional.gelu(self.up(x)))))


class Network(nn.Module):
    def __init__(
        self,
        *,
        vocabulary: int = 30522,
        width: int = 384,
        layers: int = 6,
        heads: int = 12,
        inner: int = 1536,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(512, width)
        self.kinds = nn.Embedding(2, width)
        self.features = nn.Embedding(N_FEATURES, width)
        nn.init.zeros_(self.features.weight)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(width, heads, inner, dropout) for _ in range(layers))
        self.project = nn.Linear(width, N_OUTPUTS)
        self.distance = nn.Embedding(N_BUCKETS, ROLE_WIDTH)
        self.step = nn.Embedding(N_SENTENCE_STEPS, ROLE_WIDTH)
        self.roles = nn.Linear(ROLE_WIDTH, 3 * len(ROLES))
        for table in (self.distance, self.step):
            nn.init.normal_(table.weight, std=0.02)

    def load_encoder(self, path: Path) -> None:
        """Fill the encoder from a BERT checkpoint in safetensors form."""
        old = read_safetensors(path)
        with torch.no_grad():
            self.words.weight.copy_(old["embeddings.word_embeddings.weight"])
            self.positions.weight.copy_(old["embeddings.position_embeddings.weight"])
            self.kinds.weight.copy_(old["embeddings.token_type_embeddings.weight"][:1].expand(2, -1))
            _norm(self.norm, old, "embeddings.LayerNorm")
            for number, layer in enumerate(self.layers):
                at = f"encoder.layer.{number}."
                for part in ("weight", "bias"):
                    packed = torch.cat(
                        [old[f"{at}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
                    )
                    getattr(layer.qkv, part).copy_(packed)
                    getattr(layer.out, part).copy_(old[f"{at}attention.output.dense.{part}"])
                    getattr(layer.up, part).copy_(old[f"{at}intermediate.dense.{part}"])
                    getattr(layer.down, part).copy_(old[f"{at}output.dense.{part}"])
                _norm(layer.norm_1, old, f"{at}attention.output.LayerNorm")
                _norm(layer.norm_2, old, f"{at}output.LayerNorm")

    def forward(self, pieces: Tensor, features: Tensor, core: Tensor, mask: Tensor) -> Tensor:
        """All inputs (batch, pieces); returns (batch, pieces, N_OUTPUTS)."""
        places = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.words(pieces) + self.positions(places) + self.kinds(core) + self.features(features)
        x = self.dropout(self.norm(x))
        bias = ((1.0 - mask.to(x.dtype)) * -1e4)[:, None, None, :]
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
