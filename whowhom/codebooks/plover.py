"""PLOVER as whowhom codes it: for each type and mode its quad class, nearest CAMEO code and scale.

The table is plover.csv. `scale` is the conflict-cooperation score of the nearest CAMEO code, after
Goldstein 1992 (doi:10.1177/0022002792036002007) in its extension to CAMEO, from -10 (attack) to 10
(withdrawal of forces). Where CAMEO 0.9 has no code of its own, that of PLOVER's manual is taken.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from whowhom.coders.labels import TYPES


@dataclass(frozen=True, slots=True)
class Code:
    """What a type and mode stand for. `cameo` is text, because CAMEO codes begin with zero."""

    event: str
    mode: str
    quad: int
    cameo: str
    scale: float
    label: str


@cache
def load_codes() -> dict[tuple[str, str], Code]:
    """Return every (type, mode) of the codebook; mode "" is the type alone."""
    with files("whowhom.codebooks").joinpath("plover.csv").open(encoding="utf-8") as rows:
        return {
            (row["event"], row["mode"]): Code(
                row["event"], row["mode"], int(row["quad"]), row["cameo"], float(row["scale"]), row["label"]
            )
            for row in csv.DictReader(rows)
        }


def find_code(event: str, modes: tuple[str, ...] = ()) -> Code:
    """Return the code of a type with its first mode.

        >>> find_code("ASSAULT", ("aerial",)).cameo, find_code("AGREE").quad
        ('195', 1)

    Raises:
        KeyError: The codebook has no such type or mode.
    """
    mode = modes[0] if modes else ""
    try:
        return load_codes()[event, mode]
    except KeyError:
        known = ", ".join(TYPES)
        raise KeyError(f"PLOVER has no {event!r} with mode {mode!r}. Types: {known}.") from None
