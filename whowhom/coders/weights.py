"""The one place where weights are loaded: files beside this module, each checked by its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from whowhom.coders.modes import WordOdds

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Array = npt.NDArray[np.float32]
_SETTINGS = frozenset(
    "sha256 trigger_threshold role_threshold actor_floor recipient_floor mode mode_threshold joining "
    "joining_threshold calibration score_threshold aux news".split()
)
FOLDER = Path(__file__).parent / "weights"


class ModelError(RuntimeError):
    """The weights are missing, damaged or not those that this version came with."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything the small model needs.

    Attributes:
        session: pieces, features, core (1, n) int64 → outputs (1, n, N_OUTPUTS) float32.
        distance, step: Embeddings of relative position, (N_BUCKETS or N_SENTENCE_STEPS, ROLE_WIDTH).
        roles_weight, roles_bias: (ROLE_WIDTH, 3 * roles) and (3 * roles,).
        mode_words: What words say of modes (`coders.modes`).
        settings: Thresholds, calibration and version, from manifest.json.
    """

    session: InferenceSession
    tokenizer: Tokenizer
    distance: Array
    step: Array
    roles_weight: Array
    roles_bias: Array
    mode_words: WordOdds
    settings: Mapping[str, Any]


def read_manifest(folder: Path = FOLDER) -> dict[str, Any]:
    """Return the settings and checksums of the weights.

    Raises:
        ModelError: There is no manifest, it is not JSON, or it lacks a setting.
    """
    path = folder / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}. Install whowhom anew.") from error
    missing = sorted(_SETTINGS - manifest.keys())
    if missing:
        raise ModelError(f"{path} lacks {', '.join(missing)}: the weights were exported but never fitted.")
    return manifest


def check_weights(folder: Path = FOLDER) -> dict[str, bytes]:
    """Return the content of every file of weights, each found to be what the manifest says.

    Raises:
        ModelError: A file is missing or has another checksum.
    """
    contents = {}
    for name, expected in read_manifest(folder)["sha256"].items():
        path = folder / name
        try:
            contents[name] = path.read_bytes()
        except OSError as error:
            raise ModelError(f"{path} cannot be read: {error}. Install whowhom anew.") from error
        found = hashlib.sha256(contents[name]).hexdigest()
        if found != expected:
            raise ModelError(
                f"{path} has checksum {found[:12]}, expected {expected[:12]}. Install whowhom anew."
            )
    return contents


@cache
def load_weights(folder: Path = FOLDER) -> Weights:
    """Load the weights, once a process.

    Raises:
        ModelError: See `check_weights`.
    """
    import io

    import onnxruntime
    from tokenizers import Tokenizer

    contents = check_weights(folder)
    options = onnxruntime.SessionOptions()
    # One thread a window, and windows side by side: two cores then read 1.7 times as many windows a
    # second as one window on two threads.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The arena keeps the largest window's buffers; without it memory grows with every new length.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        contents["model.onnx"], sess_options=options, providers=["CPUExecutionProvider"]
    )
    with np.load(io.BytesIO(contents["tagger.npz"]), allow_pickle=False) as arrays:
        tagger = {name: arrays[name].astype(np.float32) for name in arrays.files}
    return Weights(
        session=session,
        tokenizer=Tokenizer.from_str(contents["tokenizer.json"].decode("utf-8")),
        mode_words=json.loads(contents["mode_words.json"]),
        settings=read_manifest(folder),
        **tagger,
    )
