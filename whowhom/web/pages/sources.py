"""Sources: which outlets and feeds are read, how much of them, and what could not be used."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from whowhom.web import queries
from whowhom.web.desk import desk_of
from whowhom.web.filters import read_filters
from whowhom.web.reading import Cursor, Row


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    read_filters(request.query_params.multi_items(), only=("limit",))
    with desk.reader.asking() as cursor:
        values = cursor.remember_all("sources", lambda: _ask(cursor))
    return desk.render(request, "sources.html", values)


def _ask(cursor: Cursor) -> Row:
    feeds = queries.list_feeds(cursor)
    return {
        "extent": queries.measure_extent(cursor),
        "outlets": queries.list_outlets(cursor),
        "skips": queries.list_skips(cursor),
        "feeds": feeds,
        "told_of_feeds": _list_told(feeds or ()),
    }


def _list_told(rows: Sequence[Row]) -> list[str]:
    """Return the columns that hold something in any row."""
    return [name for name in (rows[0] if rows else ()) if any(row[name] not in (None, "") for row in rows)]
