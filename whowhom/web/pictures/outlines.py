"""Outlines of countries, and the projection in which the world is drawn.

world.json was made from Natural Earth (public domain) by training/world.py. The outlines are coarse and
take no stand on any boundary.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from whowhom.resolvers.countries import load_countries

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

# Where the world is cut: in the Bering Strait, so that Russia and Fiji stay whole. Longitudes run from
# here to 360° farther.
CUT = -168.5
_CENTRE = CUT + 180
# States of the past that were made of the states of today.
_PARTS = {
    "SUN": "ARM AZE BLR EST GEO KAZ KGZ LTU LVA MDA RUS TJK TKM UKR UZB",
    "YUG": "BIH HRV KOS MKD MNE SRB SVN",
    "SCG": "KOS MNE SRB",
    "CSK": "CZE SVK",
}


class Outline(NamedTuple):
    """A country: its rings (longitude, latitude) in degrees, each of shape (n, 2)."""

    code: str
    rings: tuple[Points, ...]


@cache
def load_outlines() -> dict[str, Outline]:
    """Return the outline of each country that has one, by its code.

    >>> len(load_outlines()["FJI"].rings), "SGP" in load_outlines()
    (2, False)
    """
    import numpy as np

    written = json.loads(files("whowhom.web.pictures").joinpath("world.json").read_text(encoding="utf-8"))
    return {
        code: Outline(code, tuple(np.cumsum(np.array(ring).reshape(-1, 2), axis=0) / 100 for ring in rings))
        for code, rings in written.items()
    }


def find_outlines(code: str) -> tuple[Outline, ...]:
    """Return the outlines that make up a country: several for a state that has come apart, none for
    bodies, small states and states whose land is part of another one today.

    >>> [outline.code for outline in find_outlines("CSK")], find_outlines("SGP")
    (['CZE', 'SVK'], ())
    """
    known = load_outlines()
    return tuple(known[part] for part in _PARTS.get(code, code).split() if part in known)


def find_middle(code: str) -> tuple[float, float] | None:
    """Return longitude and latitude of the point that stands for a country, None where there is none."""
    country = load_countries().get(code)
    return (country.longitude, country.latitude) if country else None


def list_without_outline() -> list[str]:
    """Return the codes of countries that are drawn as a small ring, as they have no outline."""
    return [code for code in load_countries() if not find_outlines(code)]


def turn(longitude: float) -> float:
    """Return a longitude as the world is cut here.

    >>> turn(-172.0), turn(30.0)
    (188.0, 30.0)
    """
    return (longitude - CUT) % 360 + CUT


def project(points: Points) -> Points:
    """Return (x, y) of points (longitude, latitude) in the Natural Earth projection, y downwards.

    Shape: (n, 2) to (n, 2); x from -2.74 to 2.74. Source: Šavrič et al. 2011, "A polynomial equation for
    the Natural Earth projection", Cartography and Geographic Information Science 38(4).
    """
    import numpy as np

    longitude = np.radians(points[:, 0] - _CENTRE)
    latitude = np.radians(points[:, 1])
    square = latitude**2
    fourth = square**2
    length = (
        0.8707 - 0.131979 * square + fourth * (-0.013791 + fourth * square * (0.003971 - 0.001529 * square))
    )
    height = 1.007226 + square * (0.015085 + fourth * (-0.044475 + 0.028874 * square - 0.005916 * fourth))
    return np.stack([longitude * length, -latitude * height], axis=1)
