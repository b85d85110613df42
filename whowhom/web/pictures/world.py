"""Where things took place: a map of the world, and the same as GeoJSON.

A place is drawn as what is known of it. A town is a mark; a part of a state is a large soft disc, as
nobody knows where in it; a state is its whole area, never a mark in its middle.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import cos, hypot, radians, sqrt
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from markupsafe import Markup

from whowhom.resolvers.countries import load_countries
from whowhom.web.pictures.outlines import find_middle, find_outlines, load_outlines, project, turn
from whowhom.web.pictures.svg import (
    NARROW,
    QUAD_NAMES,
    WIDE,
    count,
    element,
    figure,
    group,
    hatch,
    link,
    mark,
    measure,
    number,
    shorten,
    text,
)

if TYPE_CHECKING:
    from whowhom.web.pictures.outlines import Points

Precision = Literal["exact", "near", "region", "country"]

# Width and height of the inhabited world in the units of the projection: 57° S to 84° N.
_WORLD = (5.48, 2.38)
_TOP = -1.383
# Marks nearer than this are drawn as one.
_CELL = 26.0
# A point of an outline nearer to the one before adds nothing that could be seen.
_FINEST = 1.0
_LARGEST_MARK = 20.0
_LARGEST_MARK_NARROW = 12.0
_MARK_UNIT = 2.6
# Width of a link to move or zoom, with the gap beside it.
_CONTROL = 26.0
_REGION_DEGREES = 2.5
# As near as a map is drawn, and so many places of a mark that stands for several are told.
_NEAREST = 64.0
_MOST_PARTS = 8
# Of the names of all classes in one row.
_KEY_WIDTH = 620


class Spot(NamedTuple):
    """A place with what took place there.

    Attributes:
        name: Its name.
        precision: "exact", "near", "region" or "country".
        country: ISO 3166-1 alpha-3; with "country" its area is drawn.
        latitude, longitude: None where not known; not used with "country".
        n_by_quad: Numbers of quad classes 1 to 4.
        href: What a click on it opens.
    """

    name: str
    precision: Precision
    country: str
    latitude: float | None
    longitude: float | None
    n_by_quad: tuple[int, int, int, int]
    href: str = ""

    @property
    def total(self) -> int:
        """Return the number of all classes."""
        return sum(self.n_by_quad)

    @property
    def quad(self) -> int:
        """Return the class of most, the more hostile of two that are equal."""
        return max((n, quad) for quad, n in enumerate(self.n_by_quad, 1))[1]


class View(NamedTuple):
    """What part of the world is shown: 360° of longitude divided by `zoom`, around a point.

    With `zoom` 1 it is the whole world, wherever the middle.
    """

    zoom: float = 1
    longitude: float = 11.5
    latitude: float = 20


class _Frame(NamedTuple):
    """A view in a picture of a width and height."""

    view: View
    width: float
    height: float

    @property
    def is_whole(self) -> bool:
        return self.view.zoom <= 1

    def place(self, points: Points) -> Points:
        """Return (x, y) in the picture of points (longitude, latitude)."""
        import numpy as np

        if self.is_whole:
            unit = self.width / _WORLD[0]
            return np.asarray(project(points) * unit + np.array([self.width / 2, -_TOP * unit]))
        unit = self.width * self.view.zoom / 360
        middle = np.array([turn(self.view.longitude), self.view.latitude])
        # Sizes are true around the middle.
        scales = np.array([unit * cos(radians(self.view.latitude)), -unit])
        return np.asarray((points - middle) * scales + np.array([self.width / 2, self.height / 2]))

    def find_all(self, longitude: float, latitude: float) -> list[tuple[float, float]]:
        """Return where a point is in the picture: beyond the cut of the world it goes on."""
        return self.find_each([(longitude, latitude)])[0]

    def find_each(self, points: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
        """Return the same of many points (longitude, latitude), which are projected at once."""
        import numpy as np

        if not points:
            return []
        turns = (0,) if self.is_whole else (-360, 0, 360)
        turned = [(turn(longitude) + full, latitude) for longitude, latitude in points for full in turns]
        placed = [(float(x), float(y)) for x, y in self.place(np.array(turned))]
        return [
            [
                (x, y)
                for x, y in placed[at : at + len(turns)]
                if -8 <= x <= self.width + 8 and -8 <= y <= self.height + 8
            ]
            for at in range(0, len(placed), len(turns))
        ]


def height_of(width: float) -> float:
    """Return the height of a map of that width."""
    return round(width * _WORLD[1] / _WORLD[0])


def world_map(
    spots: Sequence[Spot],
    *,
    view: View | None = None,
    address: Callable[[View], str] | None = None,
    has_controls: bool = True,
    title: str,
    id: str = "world",
    width: float = WIDE,
    n_labels: int = -1,
    noun: str = "incident",
) -> Markup:
    """Draw places on a map; marks that would lie on one another are drawn as one.

    Args:
        spots: The places, in any order.
        view: Which part of the world; the whole where not given.
        address: Returns the address of a map with another view. With it there are links to move and zoom,
            and a mark of several places opens what is nearer. Without it none of these.
        has_controls: Whether there are links to move and zoom.
        title: What screen readers and hovering tell.
        id: Unique in the page.
        width: `WIDE` or `NARROW`; `at_two_widths` draws both. The overview is well at 480.
        n_labels: Names at most, those of the largest; -1 for what suits the width.
        noun: What is counted.
    """
    frame = _Frame(view or View(), width, height_of(width))
    n_labels = n_labels if n_labels >= 0 else 14 if width > NARROW else 5
    by_precision: dict[str, list[Spot]] = {}
    for spot in spots:
        by_precision.setdefault("exact" if spot.precision == "near" else spot.precision, []).append(spot)
    areas = merge_countries(by_precision.get("country", []))
    regions = _cluster(by_precision.get("region", []), frame)
    towns = _cluster(by_precision.get("exact", []), frame)
    most = max([cluster.spot.total for cluster in (*regions, *towns)], default=1)
    controls = len(list_moves(frame.view)) if address and has_controls else 0
    body = [
        _draw_land(frame),
        *(_draw_area(area, frame, max(one.total for one in areas), noun, id) for area in areas),
        *(_draw_region(cluster, frame, address, noun) for cluster in regions),
        *(
            _draw_town(cluster, _radius(cluster.spot.total, most, width), frame.view, address, noun)
            for cluster in towns
        ),
        _draw_edge(frame),
        _Labels(frame, n_labels, controls).draw([*towns, *regions], areas, most),
    ]
    inside = element(
        "svg",
        *body,
        width=frame.width,
        height=frame.height,
        view_box=f"0 0 {number(frame.width)} {number(frame.height)}",
        preserve_aspect_ratio="none",
    )
    foot = frame.height + 4
    content = [
        inside,
        _draw_key(foot, width),
        _draw_controls(frame, address) if address and controls else Markup(""),
    ]
    return figure(
        "world",
        *content,
        id=id,
        width=width,
        height=foot + (18 if width >= _KEY_WIDTH else 32),
        title=title,
        desc=_describe(spots, areas, noun),
        defs=hatch(id, "conflict", 3.5),
    )


def find_shown(spots: Iterable[Spot], view: View | None = None, width: float = WIDE) -> list[Spot]:
    """Return the places that a map of this view shows, whether or not their marks are drawn as one."""
    frame = _Frame(view or View(), width, height_of(width))
    listed = list(spots)
    inside = frame.find_each([_find_point(spot) or (0.0, 0.0) for spot in listed])
    return [
        spot
        for spot, places in zip(listed, inside, strict=True)
        if (places and _find_point(spot)) or _is_area_shown(spot, frame)
    ]


def _find_point(spot: Spot) -> tuple[float, float] | None:
    if spot.precision == "country":
        return None if find_outlines(spot.country) else find_middle(spot.country)
    return None if spot.latitude is None or spot.longitude is None else (spot.longitude, spot.latitude)


def _is_area_shown(spot: Spot, frame: _Frame) -> bool:
    return spot.precision == "country" and any(
        _draw_outline(outline.code, frame) for outline in find_outlines(spot.country)
    )


def map_geojson(spots: Iterable[Spot]) -> dict[str, Any]:
    """Return the places as a GeoJSON FeatureCollection (RFC 7946).

    A town or region is a point; a state is its outline, or has no geometry where it has none: it is
    never a point in its middle. `precision` tells which.
    """
    features = []
    for spot in sorted(spots, key=lambda spot: (spot.country, spot.name, spot.precision)):
        properties: dict[str, Any] = {
            "name": spot.name,
            "country": spot.country,
            "precision": spot.precision,
            "n": spot.total,
        }
        properties |= {
            f"n_{name.replace(' ', '_')}": n
            for name, n in zip(QUAD_NAMES.values(), spot.n_by_quad, strict=True)
        }
        features.append({"type": "Feature", "geometry": _find_geometry(spot), "properties": properties})
    return {"type": "FeatureCollection", "features": features}


def _find_geometry(spot: Spot) -> dict[str, Any] | None:
    if spot.precision != "country":
        if spot.latitude is None or spot.longitude is None:
            return None
        return {"type": "Point", "coordinates": [spot.longitude, spot.latitude]}
    rings = [ring for outline in find_outlines(spot.country) for ring in outline.rings]
    if not rings:
        return None
    # RFC 7946 wants outer rings to run against the clock, and Natural Earth's run with it; nothing may cross
    # 180°, so what lies beyond is a polygon of its own.
    halves = [half for ring in rings for half in _split(ring)]
    polygons = [[[[round(x, 2), round(y, 2)] for x, y in [*half[::-1], half[-1]]]] for half in halves]
    return {"type": "MultiPolygon", "coordinates": polygons}


def _split(ring: Points) -> list[list[tuple[float, float]]]:
    """Return a ring, or the parts of it that lie to each side of 180°, from -180 to 180."""
    points = [(float(x), float(y)) for x, y in ring]
    longitudes = [x for x, _ in points]
    if max(longitudes) <= 180:
        return [points]
    if min(longitudes) >= 180:
        return [[(x - 360, y) for x, y in points]]
    return [_clip(points, 1), [(x - 360, y) for x, y in _clip(points, -1)]]


def _clip(points: Sequence[tuple[float, float]], side: int) -> list[tuple[float, float]]:
    """Return what of a ring lies west (1) or east (-1) of 180° (Sutherland and Hodgman 1974)."""
    kept = []
    for (x, y), (next_x, next_y) in zip(points, [*points[1:], points[0]], strict=True):
        if (180 - x) * side >= 0:
            kept.append((x, y))
        if (x - 180) * (next_x - 180) < 0:
            kept.append((180.0, y + (next_y - y) * (180 - x) / (next_x - x)))
    return kept


def write_geojson(spots: Iterable[Spot]) -> str:
    """Return the same as text."""
    return json.dumps(map_geojson(spots), ensure_ascii=False, separators=(",", ":"))


def merge_countries(spots: Iterable[Spot]) -> list[Spot]:
    """Return one spot a country; the larger come first, so that none hides a smaller one.

    The spot whose name or address differs from others of its country is that of most.
    """
    by_country: dict[str, list[Spot]] = {}
    for spot in spots:
        by_country.setdefault(spot.country, []).append(spot)
    merged = [_merge(listed) for listed in by_country.values()]
    return sorted(merged, key=lambda spot: (-spot.total, spot.country))


class _Cluster(NamedTuple):
    """Marks drawn as one: where it is, their sum under the name of the largest, and the places it is of."""

    x: float
    y: float
    spot: Spot
    parts: tuple[Spot, ...]

    @property
    def label(self) -> str:
        more = len(self.parts) - 1
        return f"{self.spot.name} and {count(more, 'place')} near it" if more else _name_spot(self.spot)

    @property
    def short_label(self) -> Spot:
        """The mark with a name that does not take the number of all for that of the largest."""
        more = len(self.parts) - 1
        return self.spot._replace(name=f"{shorten(self.spot.name, 100)} +{more}") if more else self.spot

    def describe(self, noun: str) -> str:
        """Return what took place there, and of several places how much in each of the largest."""
        told = _describe_spot(self.spot, noun)
        if len(self.parts) == 1:
            return told
        listed = ", ".join(f"{_name_spot(one)} {one.total:,}" for one in self.parts[:_MOST_PARTS])
        more = len(self.parts) - _MOST_PARTS
        return f"{told}; {listed}, and {more:,} more" if more > 0 else f"{told}; {listed}"


def _name_spot(spot: Spot) -> str:
    return f"near {spot.name}" if spot.precision == "near" else spot.name


def _merge(spots: Sequence[Spot]) -> Spot:
    largest = min(spots, key=lambda spot: (-spot.total, spot.name, spot.href))
    summed = [sum(spot.n_by_quad[at] for spot in spots) for at in range(4)]
    return largest._replace(n_by_quad=(summed[0], summed[1], summed[2], summed[3]))


def _cluster(spots: Iterable[Spot], frame: _Frame) -> list[_Cluster]:
    """Return the marks of a view, the largest first, so that a smaller one lies above it."""
    by_cell: dict[tuple[int, int], list[tuple[float, float, Spot]]] = {}
    placed_spots = [(spot, point) for spot in spots if (point := _find_point(spot))]
    found = frame.find_each([point for _, point in placed_spots])
    for (spot, _), places in zip(placed_spots, found, strict=True):
        for x, y in places:
            by_cell.setdefault((int(x // _CELL), int(y // _CELL)), []).append((x, y, spot))
    clusters = []
    for placed in by_cell.values():
        placed.sort(key=lambda one: (one[2].name, one[0], one[1], one[2]))
        weight = max(1, sum(spot.total for *_, spot in placed))
        x = sum(x * max(spot.total, 1 / len(placed)) for x, _, spot in placed) / weight
        y = sum(y * max(spot.total, 1 / len(placed)) for _, y, spot in placed) / weight
        by_name: dict[tuple[str, str, str], list[Spot]] = {}
        for *_, spot in placed:
            by_name.setdefault((spot.name, spot.country, spot.precision), []).append(spot)
        parts = sorted(map(_merge, by_name.values()), key=lambda spot: (-spot.total, *spot[:3]))
        whole = _merge([spot for *_, spot in placed])
        clusters.append(_Cluster(x, y, whole._replace(name=parts[0].name), tuple(parts)))
    return sorted(clusters, key=lambda one: (-one.spot.total, one.x, one.y))


def _radius(n: int, most: int, width: float) -> float:
    """Return the radius of a mark, so that areas are as the numbers and the largest is not too large."""
    largest = _LARGEST_MARK if width > NARROW else _LARGEST_MARK_NARROW
    unit = min(_MARK_UNIT, largest / sqrt(max(1, most)))
    return max(2.2, unit * sqrt(n))


@lru_cache(maxsize=2048)
def _draw_outline(code: str, frame: _Frame) -> str:
    """Return the path of an outline in a view, "" where it is out of it."""
    import numpy as np

    parts = []
    for ring in load_outlines()[code].rings:
        for full in (0,) if frame.is_whole else (-360, 0, 360):
            points = frame.place(ring + np.array([full, 0]))
            (left, upper), (right, lower) = points.min(axis=0), points.max(axis=0)
            if right < 0 or lower < 0 or left > frame.width or upper > frame.height:
                continue
            if hypot(right - left, lower - upper) >= 1:
                parts.append(_write_ring(points))
    return "".join(parts)


def _write_ring(points: Points) -> str:
    kept = [points[0]]
    for point in points[1:]:
        if hypot(*(point - kept[-1])) >= _FINEST:
            kept.append(point)
    tenths = [(round(float(x) * 10), round(float(y) * 10)) for x, y in kept]
    steps = [
        f"{number((x - before_x) / 10)} {number((y - before_y) / 10)}"
        for (before_x, before_y), (x, y) in pairwise(tenths)
    ]
    first = f"M{number(tenths[0][0] / 10)} {number(tenths[0][1] / 10)}"
    return f"{first}l{' '.join(steps)}z" if steps else f"{first}h1v1z"


@lru_cache(maxsize=16)
def _draw_land(frame: _Frame) -> Markup:
    path = "".join(_draw_outline(code, frame) for code in load_outlines())
    return element("path", d=path, class_="land")


def _draw_edge(frame: _Frame) -> Markup:
    """Return the frame of a part of the world; the whole has its own edge."""
    if frame.is_whole:
        return Markup("")
    return element(
        "path", d=f"M.5 .5H{number(frame.width - 0.5)}V{number(frame.height - 0.5)}H.5Z", class_="axis"
    )


def _draw_area(area: Spot, frame: _Frame, most: int, noun: str, id: str) -> Markup:
    outlines = find_outlines(area.country)
    path = "".join(_draw_outline(outline.code, frame) for outline in outlines)
    shapes = []
    # 0.3 is as faint as can be told from empty land; more than 0.7 would hide the marks of towns.
    opacity = f"{0.3 + 0.4 * sqrt(area.total / max(1, most)):.2f}"
    if not outlines:
        for x, y in frame.find_all(*middle) if (middle := find_middle(area.country)) else ():
            path += f"M{number(x - 4)} {number(y - 4)}h8v8h-8z"
    if not path:
        return Markup("")
    shapes.append(element("path", d=path, class_=f"area q{area.quad}", fill_opacity=opacity))
    if area.quad > 2:
        shapes.append(element("path", d=path, fill=f"url(#{id}-conflict)"))
    return link(
        area.href, f"{name_country(area.country)}, no place named: {_describe_spot(area, noun)}", *shapes
    )


def _draw_region(
    cluster: _Cluster, frame: _Frame, address: Callable[[View], str] | None, noun: str
) -> Markup:
    degree = frame.width * max(1.0, frame.view.zoom) / 360
    radius = max(11.0, min(60.0, _REGION_DEGREES * degree))
    disc = element("circle", cx=cluster.x, cy=cluster.y, r=radius, class_=f"region q{cluster.spot.quad}")
    words = f"somewhere in {cluster.label}: {cluster.describe(noun)}"
    return link(_find_href(cluster, frame.view, address), words, disc)


def _draw_town(
    cluster: _Cluster, radius: float, view: View, address: Callable[[View], str] | None, noun: str
) -> Markup:
    shape = mark(cluster.spot.quad, cluster.x, cluster.y, radius)
    words = f"{cluster.label}: {cluster.describe(noun)}"
    return link(_find_href(cluster, view, address), words, shape)


def _find_href(cluster: _Cluster, view: View, address: Callable[[View], str] | None) -> str:
    """Return the incidents of a place; of several what is nearer, while it can be nearer."""
    spot = cluster.spot
    is_nearest = view.zoom >= _NEAREST
    if len(cluster.parts) == 1 or address is None or spot.longitude is None or spot.latitude is None:
        return spot.href
    if is_nearest:
        return ""
    zoom = min(_NEAREST, max(8.0, view.zoom * 4))
    return address(View(zoom, round(spot.longitude, 2), round(spot.latitude, 2)))


class _Labels:
    """Names of the largest marks, where there is room for them."""

    def __init__(self, frame: _Frame, most: int, n_controls: int) -> None:
        self._frame = frame
        self._left = most
        self._taken = [(0.0, 0.0, 4.0 + n_controls * _CONTROL, 30.0)]

    def draw(self, clusters: Sequence[_Cluster], areas: Sequence[Spot], most: int) -> Markup:
        for x, y, spot, _ in clusters:
            if spot.precision != "region":
                radius = _radius(spot.total, most, self._frame.width)
                self._taken.append((x - radius, y - radius, x + radius, y + radius))
        parts = []
        for cluster in sorted(clusters, key=lambda one: (-one.spot.total, one.x, one.y)):
            radius = (
                _radius(cluster.spot.total, most, self._frame.width)
                if cluster.spot.precision != "region"
                else 0
            )
            parts.append(self._put(cluster.short_label, cluster.x, cluster.y, radius + 3))
        for area in areas:
            middle = find_middle(area.country)
            places = self._frame.find_all(*middle) if middle else []
            for x, y in places[:1]:
                # Across its area, or beside the square that stands for it.
                gap = -measure(name_country(area.country), 10) / 2 if find_outlines(area.country) else 8
                parts.append(self._put(area._replace(name=name_country(area.country)), x, y, gap))
        return group(*parts)

    def _put(self, spot: Spot, x: float, y: float, gap: float) -> Markup:
        is_area = spot.precision == "country"
        size = 10 if is_area else 11
        name, n = shorten(spot.name, 130, size), f" {spot.total:,}"
        wide = measure(name + n, size)
        for at, anchor in ((x + gap, "start"), (x - gap, "end")):
            left = at if anchor == "start" else at - wide
            box = (left, y - 8, left + wide, y + 5)
            if not self._left or not self._is_free(box):
                continue
            self._left -= 1
            self._taken.append(box)
            told = element("tspan", n, class_="number")
            class_ = "halo area-name" if is_area else "halo"
            return element("text", name, told, x=at, y=y + 4, class_=class_, text_anchor=anchor)
        return Markup("")

    def _is_free(self, box: tuple[float, float, float, float]) -> bool:
        left, upper, right, lower = box
        if left < 2 or right > self._frame.width - 2 or upper < 0 or lower > self._frame.height:
            return False
        return all(left > c or right < a or upper > d or lower < b for a, b, c, d in self._taken)


def name_country(code: str) -> str:
    """Return the name of a country, the code itself where it is none."""
    country = load_countries().get(code)
    return country.name if country else code


def _describe_spot(spot: Spot, noun: str) -> str:
    named = [f"{n:,} {QUAD_NAMES[quad]}" for quad, n in enumerate(spot.n_by_quad, 1) if n]
    return f"{count(spot.total, noun)} ({', '.join(named)})" if named else count(spot.total, noun)


def _describe(spots: Sequence[Spot], areas: Sequence[Spot], noun: str) -> str:
    total = sum(spot.total for spot in spots)
    somewhere = sum(area.total for area in areas)
    unplaced = sum(spot.total for spot in spots if not _has_place(spot))
    words = f"{count(total, noun)} on a map of the world"
    words += f", {somewhere:,} of which only the country is known of, drawn as areas" if somewhere else ""
    words += f"; {unplaced:,} cannot be drawn" if unplaced else ""
    largest = sorted(spots, key=lambda spot: (-spot.total, spot.name))[:5]
    if largest:
        words += f". Most: {', '.join(f'{spot.name} ({spot.total:,})' for spot in largest)}"
    return f"{words}."


def _has_place(spot: Spot) -> bool:
    if spot.precision == "country":
        return bool(find_outlines(spot.country)) or find_middle(spot.country) is not None
    return spot.latitude is not None and spot.longitude is not None


def _draw_key(y: float, width: float) -> Markup:
    """Return the names of the classes in one row, or in two where there is no room for it."""
    parts = []
    x, is_one_row = 6.0, width >= _KEY_WIDTH
    for quad, name in QUAD_NAMES.items():
        row = 0 if is_one_row or quad <= 2 else 14
        if row and quad == 3:
            x = 6.0
        parts.append(mark(quad, x + 4, y + row + 6, 3.6))
        parts.append(text(x + 12, y + row + 10, name, "soft"))
        x += measure(name) + 24
    if x + 310 < width:
        parts.append(element("circle", cx=x + 8, cy=y + 6, r=6, class_="region q1"))
        parts.append(text(x + 18, y + 10, "somewhere in a region", "soft"))
        x += measure("somewhere in a region") + 28
        box = f"M{number(x)} {number(y + 1)}h12v10h-12z"
        parts.append(element("path", d=box, class_="area q1", fill_opacity="0.6"))
        parts.append(text(x + 17, y + 10, "somewhere in a country", "soft"))
    return group(*parts)


def list_moves(view: View) -> dict[str, View]:
    """Return the views beside, nearer and farther, by what they do."""
    zoom = max(1.0, view.zoom)
    step = 360 / zoom / 3
    nearer = View(min(_NEAREST, zoom * 2), view.longitude, view.latitude)
    moves = {"zoom in": nearer}
    if zoom > 1:
        moves["zoom out"] = view._replace(zoom=zoom / 2)
        moves["west"] = view._replace(longitude=round((view.longitude - step + 180) % 360 - 180, 2))
        moves["east"] = view._replace(longitude=round((view.longitude + step + 180) % 360 - 180, 2))
        moves["north"] = view._replace(latitude=round(min(80.0, view.latitude + step / 2), 2))
        moves["south"] = view._replace(latitude=round(max(-60.0, view.latitude - step / 2), 2))
        moves["whole world"] = View()
    return moves


_SIGNS = {
    "zoom in": "+",
    "zoom out": "−",
    "west": "←",
    "east": "→",
    "north": "↑",
    "south": "↓",
    "whole world": "○",
}


def _draw_controls(frame: _Frame, address: Callable[[View], str]) -> Markup:
    parts = []
    for row, (name, view) in enumerate(list_moves(frame.view).items()):
        x, y = 4 + row * _CONTROL, 4
        box = element("rect", x=x, y=y, width=24, height=24, class_="button")
        sign = text(x + 12, y + 16.5, _SIGNS[name], "button-sign", text_anchor="middle")
        parts.append(link(address(view), name, box, sign))
    return group(*parts)
