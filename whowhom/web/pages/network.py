"""Network: who acts on whom in a span of days, drawn, measured, and as a file."""

from __future__ import annotations

import io
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from whowhom.coders.labels import TYPES
from whowhom.exporters.graphs import WRITERS
from whowhom.networks import MEASURES, Edge, Measure, Network, Node, measure
from whowhom.web.asking import NetworkQuestion
from whowhom.web.desk import desk_of
from whowhom.web.filters import Filters
from whowhom.web.pictures.network import network_picture
from whowhom.web.pictures.svg import at_two_widths
from whowhom.web.reading import Cursor

# A picture of several hundred actors takes long to arrange and cannot be read; measures of several thousand
# take long to find.
_MOST_MEASURED = 1500
MEDIA_TYPES = {"gexf": "application/gexf+xml", "graphml": "application/graphml+xml"}
_HEADINGS = {
    "code": "code",
    "name": "actor",
    "n_incidents": "incidents",
    "n_recipients": "acts on",
    "n_actors": "acted on by",
    "n_out": "did",
    "n_in": "had done to it",
    "n_cooperation": "cooperation",
    "n_conflict": "conflict",
    "betweenness": "betweenness",
    "pagerank": "PageRank",
}


class Measured(NamedTuple):
    """A network, how its actors stand in it, and how many actors were too many to be measured."""

    network: Network
    measures: list[Measure]
    n_left_out: int


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    question = NetworkQuestion.read(request.query_params.multi_items())
    with desk.reader.asking() as cursor:
        found = ask_network(cursor, question)
        key = ("network picture", question.without_page())
        picture = cursor.remember(key, lambda: _draw(found.network, question))
    rows = sort_measures(found.measures, question)
    following = question.offset + question.limit
    page = {
        "question": question,
        "network": found.network,
        "n_left_out": found.n_left_out,
        "picture": picture,
        "rows": rows[question.offset : following],
        "measures": [(one, _HEADINGS[one.name]) for one in MEASURES if one.name != "code"],
        "span": _write_span(question),
        "formats": WRITERS,
        "types": TYPES,
        "kept": question.without_page().write(),
        "previous": question.write(offset=max(0, question.offset - question.limit))
        if question.offset
        else None,
        "following": question.write(offset=following) if following < len(rows) else None,
    }
    return desk.render(request, "network.html", page)


def export(request: Request) -> Response:
    """Give the network that the page shows as a file: all its actors and arrows."""
    desk = desk_of(request)
    format = str(request.path_params["format"])
    if format not in WRITERS:
        raise HTTPException(404)
    question = NetworkQuestion.read(request.query_params.multi_items())
    with desk.reader.asking() as cursor:
        found = ask_network(cursor, question)
    stream = io.BytesIO()
    WRITERS[format](found.network, stream)
    return Response(
        stream.getvalue(),
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="network.{format}"'},
    )


def ask_network(cursor: Cursor, question: NetworkQuestion) -> Measured:
    """Return the network that is asked for, with its measures."""
    asked = question.without_page()
    return cursor.remember(("network", asked), lambda: _ask(cursor, asked))


def _ask(cursor: Cursor, question: NetworkQuestion) -> Measured:
    whole = cursor.store.network(
        by=question.by,
        type=question.type,
        quad=[int(one) for one in question.quad],
        certainty=question.certainty,
        around=question.around or None,
        first=question.first,
        last=question.last,
        min_independent=max(1, question.min_independent),
        min_incidents=max(1, question.min_incidents),
    )
    network = whole.keep(_MOST_MEASURED) if len(whole.nodes) > _MOST_MEASURED else whole
    return Measured(network, measure(network), len(whole.nodes) - len(network.nodes))


def sort_measures(measures: list[Measure], question: NetworkQuestion) -> list[Measure]:
    """Return the measures in the order asked for; those that are equal by their codes."""
    ordered = sorted(measures, key=lambda one: one.code)
    return sorted(
        ordered, key=lambda one: _sort_key(getattr(one, question.sort)), reverse=question.order == "desc"
    )


def _sort_key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _write_span(question: NetworkQuestion) -> str:
    return Filters(first=question.first, last=question.last).write()


def _draw(network: Network, question: NetworkQuestion) -> Any:
    span = _write_span(question)

    def link_actor(node: Node) -> str:
        return f"/actor/{quote(node.code, safe='')}{span}"

    def link_dyad(edge: Edge) -> str:
        return f"/dyad/{quote(edge.actor, safe='')}/{quote(edge.recipient, safe='')}{span}"

    return at_two_widths(
        network_picture,
        network,
        actor_address=link_actor,
        dyad_address=link_dyad,
        title="Who acts on whom",
        id="network",
    )
