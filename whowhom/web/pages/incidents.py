"""Incidents: a table to search, filter, sort and page through, and the same rows as files."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from whowhom.coders.labels import SOURCE_KINDS
from whowhom.web import exporting, queries
from whowhom.web.columns import COLUMN_BY_NAME, COLUMNS
from whowhom.web.desk import desk_of
from whowhom.web.filters import read_filters

_OPENING = ("first_day", "incident_id")
"""Columns whose cells are links to the incident."""


def show(request: Request) -> Response:
    """Show one page of the table."""
    desk = desk_of(request)
    filters = read_filters(request.query_params.multi_items())
    with desk.reader.asking() as cursor:
        rows = queries.list_incidents(cursor, filters)
        # Whoever pages or sorts asks for the same counts again.
        n_found, facets = queries.count_facets(cursor, filters.without_view())
    following = filters.offset + filters.limit
    # Every row has to lead to its incident.
    shown = filters.columns if set(_OPENING) & set(filters.columns) else ("incident_id", *filters.columns)
    page = {
        "filters": filters,
        "words": filters.words,
        "rows": rows,
        "n_found": n_found,
        "facets": facets,
        "source_kinds": SOURCE_KINDS,
        "columns": [COLUMN_BY_NAME[name] for name in shown],
        "cells": [(name, _find_kind(name), COLUMN_BY_NAME[name].heading) for name in shown],
        "opening": next(name for name in _OPENING if name in shown),
        "all_columns": COLUMNS,
        "formats": exporting.FORMATS,
        "previous": filters.write(offset=max(0, filters.offset - filters.limit)) if filters.offset else None,
        "following": filters.write(offset=following) if following < n_found else None,
    }
    return desk.render(request, "incidents.html", page)


def export(request: Request) -> Response:
    """Give the rows that the table shows as a file: all its pages, or the one that limit and offset name."""
    desk = desk_of(request)
    format = str(request.path_params["format"])
    if format not in exporting.FORMATS:
        raise HTTPException(404)
    pairs = request.query_params.multi_items()
    filters = read_filters(pairs)
    is_page = any(name in ("limit", "offset") and value for name, value in pairs)
    with desk.reader.asking() as cursor:
        table = queries.select_columns(
            cursor,
            filters,
            exporting.list_columns(format, filters.columns),
            limit=filters.limit if is_page else None,
            offset=filters.offset,
        )
    return exporting.respond(table, format)


def _find_kind(name: str) -> str:
    """Return the class of the cells of a column."""
    return (
        "day" if name == "first_day" else "number" if COLUMN_BY_NAME[name].type in ("whole", "real") else ""
    )
