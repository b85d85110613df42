"""Where the actors of a network stand, so that they stand there the next time as well.

Each has a home: a state its place on the map, all others a place that follows from their code. Homes pull
all the time, so an actor who comes or goes moves its neighbours a little and nobody else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from whowhom.web.pictures.outlines import find_middle, project, turn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from whowhom.web.pictures.outlines import Points

# Bodies above and beside states stand in the oceans, where there is room: longitude and latitude.
_SEAS = {
    "UNO": (-45.0, 36.0),
    "EUR": (-20.0, 53.0),
    "IGO": (-32.0, 8.0),
    "NGO": (-24.0, -12.0),
    "MNC": (-110.0, 5.0),
    "IMG": (72.0, -12.0),
    "ISM": (90.0, -30.0),
}
# What of the map becomes the field, in the units of the projection: 145° W to 175° E, and 66° N to 42° S,
# as most states lie in the north. Who lies beyond stands at the edge.
_FIELD = ((-2.25, 2.55), (-1.12, 0.74))
# Found by looking at networks of 5 to 150 actors and by how far one actor more moves the others on average
# (the networks of tests/web/pictures/test_network.py): 0.5 % of the width with three times these forces,
# which overshoot, 0.2 % with these. With a weaker home views differ more, with a stronger one Europe stays
# a heap.
_STEPS = 120
_FARTHEST_STEP = 6.0
_PUSH = 0.06
_HOME = 0.06
_PULL = 0.015
# Incidents' worth of pull at which half of it works.
_HALF_PULL = 3.0
_FARTHEST_PUSH = 90.0
_SPREAD = 0.8


def arrange(
    codes: Sequence[str],
    edges: Sequence[tuple[str, str, float]],
    *,
    country_by_code: dict[str, str] | None = None,
    width: float,
    height: float,
    margin: float = 24,
    headroom: float = 0,
) -> dict[str, tuple[float, float]]:
    """Return where each actor stands; the order in which they are given does not matter.

    Args:
        codes: The actors.
        edges: Two actors and the number of incidents between them.
        country_by_code: The state near which an organisation stands.
        width, height: Of the field.
        margin: Kept free at its edges.
        headroom: Kept free above besides, for arrows that bend over those who stand highest.
    """
    import numpy as np

    ordered = sorted(set(codes))
    if not ordered:
        return {}
    near = country_by_code or {}
    home = np.array([find_home(code, near.get(code, "")) for code in ordered])
    corner = np.array([margin, margin + headroom])
    opposite = np.array([width - margin, height - margin])
    home = corner + home * (opposite - corner)
    number = {code: at for at, code in enumerate(ordered)}
    pulls = np.zeros((len(ordered), len(ordered)))
    for one, other, n in edges:
        if one in number and other in number and one != other:
            # Grows less and less, and does not depend on how strong others are.
            pulls[number[one], number[other]] = pulls[number[other], number[one]] = n / (n + 10)
    room = min(_FARTHEST_PUSH, _SPREAD * float(np.sqrt(width * height / len(ordered))))
    place = home.copy()
    for step in range(_STEPS):
        place += _step(place, home, pulls, room) * (1 - step / _STEPS)
        place = np.clip(place, corner, opposite)
    return {
        code: (round(float(x), 1), round(float(y), 1)) for code, (x, y) in zip(ordered, place, strict=True)
    }


def _step(place: Points, home: Points, pulls: NDArray[np.float64], room: float) -> Points:
    import numpy as np

    # Each coordinate for itself: sums along an axis of two are three times as slow.
    x, y = place.T
    across, down = x[:, None] - x, y[:, None] - y
    distance = np.sqrt(across**2 + down**2) + 1e-6
    push = _PUSH * np.maximum(0, room - distance) / distance
    np.fill_diagonal(push, 0)
    force = np.stack([(across * push).sum(axis=1), (down * push).sum(axis=1)], axis=1)
    # Towards the middle of its partners: by the mean, as the sum would drag whoever has many.
    total = pulls.sum(axis=1, keepdims=True)
    force += _PULL * (pulls @ place - total * place) / (total + _HALF_PULL)
    # So that a crowd does not throw anyone far.
    length = np.sqrt((force**2).sum(axis=1, keepdims=True)) + 1e-6
    force *= np.minimum(1, _FARTHEST_STEP / length)
    return np.asarray(force + _HOME * (home - place))


def find_home(code: str, country: str = "") -> tuple[float, float]:
    """Return where an actor belongs, (x, y) from 0 to 1."""
    import numpy as np

    chance = _hash(code)
    middle = _SEAS.get(code) or find_middle(code) or find_middle(country) or _SEAS.get(country)
    if middle is None:
        return 0.08 + 0.84 * chance[0], 0.08 + 0.84 * chance[1]
    x, y = project(np.array([[turn(middle[0]), middle[1]]]))[0]
    # Two of one place must not stand on the very same one.
    stray = 0.004 if find_middle(code) or code in _SEAS else 0.05
    placed = [
        (float(value) - first) / (last - first) + stray * (part - 0.5)
        for value, (first, last), part in zip((x, y), _FIELD, chance, strict=True)
    ]
    return min(1.0, max(0.0, placed[0])), min(1.0, max(0.0, placed[1]))


def _hash(code: str) -> tuple[float, float]:
    digest = hashlib.blake2b(code.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest[:4], "big") / 2**32, int.from_bytes(digest[4:], "big") / 2**32
