"""Dyad: what one side does to another and what comes back, over time."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from whowhom.web import queries
from whowhom.web.addresses import lead_to, read_side, write_code
from whowhom.web.asking import PledgeQuestion, TieQuestion
from whowhom.web.desk import desk_of
from whowhom.web.filters import Filters, read_filters
from whowhom.web.pages.actor import CLOCK, SPAN, draw_series, read_clock, read_pledges, read_ties
from whowhom.web.reading import Cursor
from whowhom.web.standings import MOST_BARS

_NEWEST = 25


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    one, other = sides = read_side(request, "one"), read_side(request, "other")
    if (meant := tuple(map(write_code, sides))) != sides:
        return lead_to(request, f"/dyad/{'/'.join(quote(side, safe='') for side in meant)}")
    pairs = request.query_params.multi_items()
    clock = read_clock(pairs)
    ways = [
        read_filters(
            [*pairs, ("actor", actor), ("recipient", recipient)],
            only=(*SPAN, "actor", "recipient"),
            also=CLOCK,
            limit=_NEWEST,
        )
        for actor, recipient in ((one, other), (other, one))
    ]
    with desk.reader.asking() as cursor:
        extent = cursor.remember_all("extent", lambda: queries.measure_extent(cursor))
        directions = [
            cursor.remember_covered(
                ("dyad", filters, number),
                filters.first,
                filters.last,
                partial(_ask, cursor, filters, extent, f"series-picture-{number}"),
            )
            for number, filters in enumerate(ways, 1)
        ]
        ties = TieQuestion(between=(one, other), as_of=clock.as_of, known=clock.known, limit=MOST_BARS)
        pledges = [
            PledgeQuestion(by=by, to=to, as_of=clock.as_of, known=clock.known)
            for by, to in ((one, other), (other, one))
        ]
        standing = {
            **read_ties(cursor, ties),
            "pledges": [
                (f"{asked.by} to {asked.to}", asked, read_pledges(cursor, asked)) for asked in pledges
            ],
        }
    together = Filters(first=ways[0].first, last=ways[0].last, limit=_NEWEST)
    page = {"one": one, "other": other, "filters": together, "directions": directions, "clock": clock}
    return desk.render(request, "dyad.html", {**page, **standing})


def _ask(cursor: Cursor, filters: Filters, extent: queries.Extent, id: str) -> dict[str, Any]:
    (actor,), (recipient,) = filters.actor, filters.recipient
    return {
        "actor": actor,
        "recipient": recipient,
        "filters": filters,
        "rows": queries.list_incidents(cursor, filters),
        "n_found": queries.count_incidents(cursor, filters),
        **draw_series(cursor, filters, extent, title=f"What {actor} did to {recipient}", id=id),
    }
