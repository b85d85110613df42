"""Who acts on whom, as a drawing of actors and of arrows between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import ceil, hypot, sqrt
from typing import NamedTuple

from markupsafe import Markup

from whowhom.networks import Edge, Network, Node
from whowhom.web.pictures.layout import arrange
from whowhom.web.pictures.svg import (
    NARROW,
    WIDE,
    count,
    element,
    figure,
    group,
    join,
    link,
    measure,
    number,
    shorten,
    text,
)
from whowhom.web.pictures.timeline import draw_nothing

# More cannot be told apart; the table has them all.
MOST_ACTORS = 150
_MOST_ACTORS_NARROW = 40
_MOST_EDGES = 400
_FOOT_STEP = 60
_LARGEST = 17.0
_WIDEST = 6.0
# A third more of the one than of the other.
_MIXED = 1 / 3


class _Disc(NamedTuple):
    node: Node
    x: float
    y: float
    radius: float


def network_picture(
    network: Network,
    *,
    actor_address: Callable[[Node], str] | None = None,
    dyad_address: Callable[[Edge], str] | None = None,
    title: str,
    id: str = "network",
    width: float = WIDE,
) -> Markup:
    """Draw actors by their number of incidents, and arrows from who acts to whom.

    States stand about where they lie on the map, so the same actor is found in the same place in every
    picture. Arrows bend to the right of their way, so that those of two directions lie apart: blue where
    cooperation outweighs, red and dashed where conflict does, grey between. Of a large network the
    actors and arrows with most incidents are drawn, and the description tells how many are left out.

    Args:
        network: As `Store.network` gives it.
        actor_address: Returns what a click on an actor opens, "" for nothing.
        dyad_address: The same of an arrow.
        title: What screen readers and hovering tell.
        id: Unique in the page.
        width: `WIDE` or `NARROW`; `at_two_widths` draws both.
    """
    if not network.nodes:
        return draw_nothing("network", id, title, width, "No incidents between actors in these days.")
    is_wide = width > NARROW
    drawn = network.keep(MOST_ACTORS if is_wide else _MOST_ACTORS_NARROW, _MOST_EDGES if is_wide else 120)
    height = round(width * (0.6 if is_wide else 1.1))
    places = arrange(
        [node.code for node in drawn.nodes],
        [(edge.actor, edge.recipient, edge.n_incidents) for edge in drawn.edges],
        country_by_code={node.code: node.country for node in drawn.nodes},
        width=width,
        height=height,
        margin=24 if is_wide else 16,
        headroom=20,
    )
    most = max(node.n_incidents for node in drawn.nodes)
    discs = {
        node.code: _Disc(node, *places[node.code], _radius(node.n_incidents, most, is_wide=is_wide))
        for node in drawn.nodes
    }
    strongest = max((edge.n_incidents for edge in drawn.edges), default=1)
    edges = sorted(drawn.edges, key=lambda edge: (edge.n_incidents, edge.actor, edge.recipient))
    # Few actors stand in the south. The foot moves by steps, so that it stays where it is in most views.
    lowest = max(disc.y + disc.radius for disc in discs.values())
    height = min(height, ceil((lowest + 18) / _FOOT_STEP) * _FOOT_STEP)
    by_size = sorted(discs.values(), key=lambda disc: (-disc.radius, disc.node.code))
    content = [
        group(*(_draw_edge(edge, discs, strongest, network, dyad_address) for edge in edges)),
        group(*(_draw_actor(disc, actor_address) for disc in by_size)),
        _draw_labels(by_size, width, height),
        _draw_key(height + 4, width),
    ]
    desc = _describe(network, drawn)
    return figure("network", *content, id=id, width=width, height=height + 20, title=title, desc=desc)


def name_balance(edge: Edge) -> str:
    """Return whether cooperation or conflict outweighs: "cooperation", "mixed" or "conflict"."""
    return "cooperation" if edge.balance > _MIXED else "conflict" if edge.balance < -_MIXED else "mixed"


def _describe(network: Network, drawn: Network) -> str:
    words = (
        f"{count(len(network.nodes), 'actor')}, {count(len(network.edges), 'arrow')} from actor to recipient."
    )
    missing = len(network.nodes) - len(drawn.nodes), len(network.edges) - len(drawn.edges)
    if any(missing):
        words += f" The smallest are not drawn: {count(missing[0], 'actor')}, {count(missing[1], 'arrow')}."
    names = {node.code: node.name for node in network.nodes}
    top = sorted(network.edges, key=lambda edge: (-edge.n_incidents, edge.actor, edge.recipient))[:3]
    told = [
        f"{names[edge.actor]} to {names[edge.recipient]} ({edge.n_incidents:,}, {name_balance(edge)})"
        for edge in top
    ]
    return f"{words} Most: {'; '.join(told)}." if told else words


def _radius(n: int, most: int, *, is_wide: bool) -> float:
    return max(2.5, (_LARGEST if is_wide else 11) * sqrt(n / max(1, most)))


def _draw_edge(
    edge: Edge,
    discs: Mapping[str, _Disc],
    strongest: int,
    network: Network,
    address: Callable[[Edge], str] | None,
) -> Markup:
    one, other = discs[edge.actor], discs[edge.recipient]
    share = sqrt(edge.n_incidents / strongest)
    wide = max(0.5, _WIDEST * share)
    head = 3.0 + wide
    away = hypot(other.x - one.x, other.y - one.y)
    if away <= one.radius + other.radius + head:  # they touch: nothing can be drawn between them
        return Markup("")
    # Control point of a curve that bends to the right of its way.
    bend = 0.16
    x, y = (one.x + other.x) / 2, (one.y + other.y) / 2
    control = (x - (other.y - one.y) * bend, y + (other.x - one.x) * bend)
    start = _go(one.x, one.y, control, one.radius + 1)
    tip = _go(other.x, other.y, control, other.radius + 1)
    neck = _go(other.x, other.y, control, other.radius + 1 + head)
    balance = name_balance(edge)
    line = element(
        "path",
        d=f"M{_point(start)}Q{_point(control)} {_point(neck)}",
        class_=f"tie {balance}",
        stroke_width=wide,
        stroke_opacity=f"{0.25 + 0.65 * share:.2f}",
    )
    side = ((tip[1] - neck[1]) * 0.45, (neck[0] - tip[0]) * 0.45)
    corners = (tip, (neck[0] + side[0], neck[1] + side[1]), (neck[0] - side[0], neck[1] - side[1]))
    arrow = element(
        "path",
        d=f"M{'L'.join(map(_point, corners))}Z",
        class_=f"tie-head {balance}",
        fill_opacity=f"{0.35 + 0.6 * share:.2f}",
    )
    words = (
        f"{one.node.name} to {other.node.name}: {count(edge.n_incidents, 'incident')}, "
        f"{edge.n_by_quad[0] + edge.n_by_quad[1]:,} of cooperation, "
        f"{edge.n_by_quad[2] + edge.n_by_quad[3]:,} of conflict"
    )
    # Not on the way of the Tab key: there are hundreds, and the table has them.
    return link(address(edge) if address else "", words, line, arrow, tabindex="-1")


def _go(x: float, y: float, towards: tuple[float, float], way: float) -> tuple[float, float]:
    length = hypot(towards[0] - x, towards[1] - y) or 1.0
    return x + (towards[0] - x) * way / length, y + (towards[1] - y) * way / length


def _point(point: tuple[float, float]) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _draw_actor(disc: _Disc, address: Callable[[Node], str] | None) -> Markup:
    node = disc.node
    class_ = "actor" if node.kind == "state" else "actor body"
    shape = element("circle", cx=disc.x, cy=disc.y, r=disc.radius, class_=class_)
    if node.kind != "state":
        inner = element("circle", cx=disc.x, cy=disc.y, r=max(1.0, disc.radius - 2), class_=class_)
        shape = join([shape, inner])
    return link(
        address(node) if address else "", f"{node.name}: {count(node.n_incidents, 'incident')}", shape
    )


def _draw_labels(discs: Iterable[_Disc], width: float, height: float) -> Markup:
    """Return the names, the largest first, each where it covers nothing; a code where no name fits."""
    listed = list(discs)
    taken = [(d.x - d.radius, d.y - d.radius, d.x + d.radius, d.y + d.radius) for d in listed]
    parts = []
    for rank, disc in enumerate(listed):
        size = 11 if rank < 25 else 9
        for words in dict.fromkeys((shorten(disc.node.name, 110, size), shorten(disc.node.code, 60, size))):
            spot = _find_room(words, disc, size, taken, width, height)
            if spot:
                x, y, anchor, box = spot
                taken.append(box)
                parts.append(text(x, y, words, "halo" if size == 11 else "halo tiny", text_anchor=anchor))
                break
    return group(*parts)


_Box = tuple[float, float, float, float]


def _find_room(
    words: str, disc: _Disc, size: float, taken: list[_Box], width: float, height: float
) -> tuple[float, float, str, _Box] | None:
    long, gap = measure(words, size), disc.radius + 2.5
    for x, y, anchor, left in (
        (disc.x + gap, disc.y + size * 0.35, "start", disc.x + gap),
        (disc.x - gap, disc.y + size * 0.35, "end", disc.x - gap - long),
        (disc.x, disc.y - gap - 1, "middle", disc.x - long / 2),
        (disc.x, disc.y + gap + size * 0.8, "middle", disc.x - long / 2),
    ):
        box = (left, y - size * 0.8, left + long, y + size * 0.2)
        if box[0] < 0 or box[2] > width or box[1] < 0 or box[3] > height:
            continue
        if all(box[0] > c or box[2] < a or box[1] > d or box[3] < b for a, b, c, d in taken):
            return x, y, anchor, box
    return None


def _draw_key(y: float, width: float) -> Markup:
    parts = []
    x = 6.0
    for balance, words in (
        ("cooperation", "cooperation"),
        ("mixed", "mixed"),
        ("conflict", "conflict"),
    ):
        line = f"M{number(x)} {number(y + 6)}h22"
        parts.append(element("path", d=line, class_=f"tie {balance}", stroke_width=2))
        parts.append(text(x + 27, y + 10, words, "soft"))
        x += measure(words) + 44
    words = "arrows lead from actor to recipient; width and size by incidents"
    if x + measure(words) + 6 < width:
        parts.append(text(x + 6, y + 10, words, "soft"))
    return group(*parts)
