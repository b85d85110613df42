"""One example of each picture, and how to look into one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from xml.etree import ElementTree

from markupsafe import Markup

from whowhom.networks import Edge, Network, Node
from whowhom.web.pictures.network import network_picture
from whowhom.web.pictures.series import Dot, Point, series
from whowhom.web.pictures.ties import Line, Segment, tie_bars
from whowhom.web.pictures.timeline import Bar, timeline
from whowhom.web.pictures.world import Spot, View, world_map

SVG = "{http://www.w3.org/2000/svg}"
BARS = [
    Bar(date(2024, 1, 1), (3, 1, 2, 4), 40, "/incidents?from=2024-01-01"),
    Bar(date(2024, 2, 1), (0, 0, 0, 0), 0),
    Bar(date(2024, 3, 1), (0, 2, 0, 1), 25, "/incidents?from=2024-03-01"),
]
POINTS = [
    Point(BARS[0], -1.5, -4.0, 1.0, 0.25),
    Point(BARS[1]),
    Point(BARS[2], 2.0, 1.0, 3.0, 1.0, "up", "ASSAULT"),
]
DOTS = [
    Dot(date(2024, 1, 9), 1, "CONSULT: Kim met Putin", "/incident/1", 3),
    Dot(date(2024, 3, 2), 4, "ASSAULT: shelling", "/incident/2"),
]
LINES = [
    Line(
        "RUS and PRK: defence pact",
        [
            Segment(date(2024, 3, 1), date(2024, 6, 18), "announced", is_doubtful=True),
            Segment(date(2024, 6, 19), date(2024, 12, 3), "signed", href="/tie/1"),
            Segment(date(2024, 12, 4), None, "in force"),
        ],
        "/tie/1",
    ),
    Line("USA to RUS: sanctions", [Segment(None, None, "in force")]),
]
SPOTS = [
    Spot("Kyiv", "exact", "UKR", 50.45, 30.52, (1, 0, 2, 9), "/incidents?place=Kyiv"),
    Spot("Mosul", "near", "IRQ", 36.34, 43.13, (0, 3, 0, 0)),
    Spot("Darfur", "region", "SDN", 13.5, 24.0, (0, 0, 0, 4)),
    Spot("Russia", "country", "RUS", 60.0, 100.0, (2, 0, 5, 0), "/incidents?place=RUS"),
    Spot("Singapore", "country", "SGP", 1.35, 103.8, (2, 0, 0, 0)),
]


def make_network(ties: dict[tuple[str, str], tuple[int, int, int, int]]) -> Network:
    """Return a network of these counts by quad class."""
    n_by_code: dict[str, int] = {}
    for pair, n_by_quad in ties.items():
        for code in pair:
            n_by_code[code] = n_by_code.get(code, 0) + sum(n_by_quad)
    edges = [
        Edge(one, other, sum(n), sum(n), n, 0.0, date(2024, 1, 1), date(2024, 1, 1) + timedelta(30))
        for (one, other), n in sorted(ties.items())
    ]
    nodes = [Node(code, code, "state", "", n) for code, n in sorted(n_by_code.items())]
    return Network(tuple(nodes), tuple(edges))


NETWORK = make_network(
    {("RUS", "UKR"): (0, 1, 3, 20), ("UKR", "RUS"): (1, 0, 0, 8), ("USA", "UKR"): (5, 9, 0, 0)}
)

PICTURES: dict[str, Callable[..., Markup]] = {
    "timeline": partial(timeline, BARS, by="month"),
    "series": partial(series, POINTS, DOTS, by="month"),
    "ties": partial(
        tie_bars, LINES, first_day=date(2024, 1, 1), last_day=date(2025, 3, 1), as_of=date(2024, 12, 1)
    ),
    "world": partial(world_map, SPOTS),
    "near": partial(world_map, SPOTS, view=View(6, 36, 44), address=lambda view: f"/map?zoom={view.zoom:g}"),
    "network": partial(network_picture, NETWORK, actor_address=lambda node: f"/actor/{node.code}"),
    "no-timeline": partial(timeline, [], by="month"),
    "no-series": partial(series, [], by="month"),
    "no-ties": partial(tie_bars, [], first_day=date(2024, 1, 1), last_day=date(2025, 3, 1)),
    "no-world": partial(world_map, []),
    "no-network": partial(network_picture, Network((), ())),
}


def parse(picture: Markup) -> ElementTree.Element:
    """Return a picture as a tree, which fails where it is not well-formed."""
    return ElementTree.fromstring(str(picture))


def list_words(picture: Markup) -> list[str]:
    """Return the words that are written in a picture."""
    return ["".join(one.itertext()) for one in parse(picture).iter(f"{SVG}text")]


def list_labels(picture: Markup) -> list[str]:
    """Return what hovering over the parts of a picture tells."""
    return [one.text or "" for one in parse(picture).iter(f"{SVG}title")][1:]


def list_hrefs(picture: Markup) -> list[str]:
    """Return where the links of a picture lead."""
    return [one.get("href", "") for one in parse(picture).iter(f"{SVG}a")]


def read_desc(picture: Markup) -> str:
    """Return the description of a picture."""
    return parse(picture).findtext(f"{SVG}desc") or ""
