"""Places of incidents as the map draws them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from whowhom.web.filters import Filters
from whowhom.web.pictures.world import Spot
from whowhom.web.rendering import name_code

Row = dict[str, Any]


def make_spots(rows: Iterable[Row], filters: Filters) -> list[Spot]:
    """Return the spots of a map; each opens its incidents among those of the filters."""
    spots = []
    for row in rows:
        if not row["precision"]:
            continue
        is_area = row["precision"] == "country"
        if (is_area and not row["country"]) or (not is_area and row["latitude"] is None):
            continue
        name = row["name"] or name_code(row["country"] or "")
        place = row["country"] if is_area else ", ".join(filter(None, (row["name"], row["country"])))
        spots.append(
            Spot(
                name,
                row["precision"],
                row["country"] or "",
                row["latitude"],
                row["longitude"],
                (row["n_1"], row["n_2"], row["n_3"], row["n_4"]),
                f"/incidents{filters.write(place=(place,), precision=(row['precision'],), offset=0)}",
            )
        )
    return spots
