"""Sources: which outlets and feeds are read, how much of them, and what could not be used."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from whowhom.web import queries
from whowhom.web.desk import desk_of
from whowhom.web.filters import read_filters


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    read_filters(request.query_params.multi_items(), only=("limit",))
    with desk.reader.asking() as cursor:
        values = cursor.remember_all(
            "sources",
            lambda: {
                "extent": queries.measure_extent(cursor),
                "outlets": queries.list_outlets(cursor),
                "skips": queries.list_skips(cursor),
                "feeds": queries.list_feeds(cursor),
            },
        )
    return desk.render(request, "sources.html", values)
