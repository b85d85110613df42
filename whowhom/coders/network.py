"""The layout of the model's output, shared by training and by the program."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from whowhom.coders.labels import AUX, CERTAINTIES, MODES, SECTORS, SOURCE_KINDS, TYPES

ROLE_WIDTH = 192
POINTER_WIDTH = 48
_WIDTHS = {
    "type": len(TYPES) + 1,
    "sector": len(SECTORS),
    "mode": len(MODES),
    "aux": len(AUX),
    "certainty": len(CERTAINTIES),
    "source_kind": len(SOURCE_KINDS),
    "dated": 1,
    "pointer_from": POINTER_WIDTH,
    "pointer_to": POINTER_WIDTH,
    "role_piece": ROLE_WIDTH,
    "role_trigger": ROLE_WIDTH,
    "role_piece_gate": ROLE_WIDTH,
    "role_trigger_gate": ROLE_WIDTH,
}


def _columns() -> dict[str, slice]:
    columns, start = {}, 0
    for name, width in _WIDTHS.items():
        columns[name] = slice(start, start + width)
        start += width
    return columns


COLUMNS = _columns()
N_OUTPUTS = sum(_WIDTHS.values())
N_BUCKETS = 18
N_SENTENCE_STEPS = 5


def distance_buckets(places: npt.NDArray[np.int64], trigger: int) -> npt.NDArray[np.int64]:
    """Return for each place its distance from `trigger` on a scale of powers of two, 0 to 17."""
    step = places - trigger
    size = np.minimum(np.ceil(np.log2(np.abs(step) + 1)), 8).astype(np.int64)
    buckets: npt.NDArray[np.int64] = np.where(step < 0, size, np.where(step > 0, size + 8, 0)) + (step != 0)
    return buckets


def sentence_steps(sentences: npt.NDArray[np.int32], trigger: int) -> npt.NDArray[np.int64]:
    """Return 0 for the trigger's sentence, 1 and 2 for those before, 3 after, 4 the title or farther."""
    step = sentences.astype(np.int64) - int(sentences[trigger])
    return np.select([step == 0, step == -1, step == -2, step > 0], [0, 1, 2, 3], 4)
