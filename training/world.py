"""Makes the outlines of countries that the map draws: whowhom/web/pictures/world.json.

    pip download --no-deps geopandas==0.14.4
    pip install pyshp
    python -m training.world geopandas-0.14.4-py3-none-any.whl

They are those of Natural Earth at 1:110,000,000 (public domain), which that version of geopandas brings
along with codes of ISO 3166-1 and with boundaries as ISO has them. A country is a list of rings; a ring
is a list of whole numbers in hundredths of a degree, x and y of its first point and then the way to each
next one.

- What Natural Earth keeps apart and ISO does not goes together: Somaliland, Northern Cyprus. French Guiana
  has a code of its own and is taken out of France.
- The world is cut at 168.5° W, in the Bering Strait, so that no country lies on both sides of the map:
  what is west of it gets 360° more, and the parts of Russia and Fiji that were cut at 180° are joined.
- The Gaza Strip is too small for that scale and was added by hand, from general knowledge.
- Antarctica is left out.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import zipfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from whowhom.web.pictures.outlines import CUT

OUT = Path(__file__).parents[1] / "whowhom/web/pictures/world.json"
_FILE = "geopandas/datasets/naturalearth_lowres/naturalearth_lowres"
_CODES = {"CYN": "CYP", "SOL": "SOM", "-99": "KOS"}
_LEFT_OUT = ("ATA",)
_GAZA = [(3422, 3132), (3449, 3160), (3456, 3154), (3438, 3139), (3437, 3129), (3427, 3122), (3422, 3132)]

Ring = list[tuple[int, int]]


def main() -> None:
    """Write the outlines from the package that brings them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", type=Path, help="geopandas-0.14.4-py3-none-any.whl")
    rings_by_code = read_outlines(parser.parse_args().wheel)
    rings_by_code["GUF"] = [ring for ring in rings_by_code["FRA"] if ring[0][0] < -5000]
    rings_by_code["FRA"] = [ring for ring in rings_by_code["FRA"] if ring[0][0] >= -5000]
    rings_by_code["PSE"].append(_GAZA)
    written = {
        code: [shift(ring) for ring in dissolve(rings)] for code, rings in sorted(rings_by_code.items())
    }
    lines = ",\n".join(
        f'"{code}":{json.dumps(rings, separators=(",", ":"))}' for code, rings in written.items()
    )
    OUT.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def read_outlines(wheel: Path) -> dict[str, list[Ring]]:
    """Return the rings of each country in hundredths of a degree."""
    import shapefile

    rings_by_code: dict[str, list[Ring]] = {}
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder, [f"{_FILE}.{suffix}" for suffix in ("shp", "shx", "dbf")])
        with shapefile.Reader(str(Path(folder, _FILE)), encoding="latin-1") as reader:
            for found in reader.iterShapeRecords():
                code = str(found.record["iso_a3"])
                if code not in _LEFT_OUT:
                    starts = [*found.shape.parts, len(found.shape.points)]
                    rings = [found.shape.points[a:b] for a, b in pairwise(starts)]
                    rings_by_code.setdefault(_CODES.get(code, code), []).extend(map(_turn, rings))
    return rings_by_code


def _turn(ring: Iterable[tuple[float, float]]) -> Ring:
    points = [(round(x * 100), round(y * 100)) for x, y in ring]
    is_beyond = max(x for x, _ in points) < (CUT + 0.2) * 100
    return [(x + 36000 * is_beyond, y) for x, y in points]


def dissolve(rings: list[Ring]) -> list[Ring]:
    """Return the rings of the whole: an edge that two of them run in opposite directions is none of it."""
    edges = {edge for ring in rings for edge in pairwise(ring) if edge[0] != edge[1]}
    next_by_point: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for start, end in sorted(edges):
        if (end, start) not in edges:
            next_by_point.setdefault(start, []).append(end)
    whole = []
    while next_by_point:
        start = min(next_by_point)
        ring = [start]
        while ring[-1] in next_by_point:
            ends = next_by_point[ring[-1]]
            ring.append(ends.pop(0))
            if not ends:
                del next_by_point[ring[-2]]
            if ring[-1] == start:
                break
        if len(ring) > 3:
            whole.append(ring)
    return whole


def shift(ring: Ring) -> list[int]:
    """Return a ring as its first point and the way from each point to the next; the last is the first."""
    flat = list(ring[0])
    for (x, y), (next_x, next_y) in pairwise(ring[:-1]):
        flat += [next_x - x, next_y - y]
    return flat


if __name__ == "__main__":
    main()
