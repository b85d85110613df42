"""Actor: what a country, a body or a person does and has done to it, over time."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from whowhom.web import queries
from whowhom.web.desk import desk_of
from whowhom.web.filters import Filters, read_filters
from whowhom.web.periods import choose_period, make_points
from whowhom.web.pictures.series import Dot, series
from whowhom.web.pictures.svg import at_two_widths
from whowhom.web.reading import Cursor

_NEWEST = 25
SPAN = ("from", "to")


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    code = request.path_params["code"].strip()
    filters = read_filters(
        [*request.query_params.multi_items(), ("party", code)], only=(*SPAN, "party"), limit=_NEWEST
    )
    with desk.reader.asking() as cursor:
        extent = desk.reader.remember(cursor, "extent", lambda: queries.measure_extent(cursor))
        values = desk.reader.remember(cursor, ("actor", filters), lambda: _ask(cursor, filters, extent))
    return desk.render(request, "actor.html", {"code": code, "filters": filters, **values})


def _ask(cursor: Cursor, filters: Filters, extent: queries.Extent) -> dict[str, Any]:
    (code,) = filters.party
    days = Filters(first=filters.first, last=filters.last)
    return {
        "rows": queries.list_incidents(cursor, filters),
        "n_found": queries.count_incidents(cursor, filters),
        "n_by_role": queries.count_roles(cursor, days, code),
        "names": queries.count_names(cursor, days, code),
        "counterparts": queries.count_counterparts(cursor, days, code),
        **draw_series(cursor, filters, extent, title=f"Incidents in which {code} took part"),
    }


def draw_series(cursor: Cursor, filters: Filters, extent: queries.Extent, *, title: str) -> dict[str, Any]:
    """Return the picture of a series over the days asked for, and the points of its table."""
    first, last = filters.first or extent.first, filters.last or extent.last
    if first is None or last is None:
        return {"picture": "", "points": []}
    first, asked = min(first, last), filters.without_view()
    by = choose_period(first, last)

    def link(start: date, end: date) -> str:
        return f"/incidents{asked.write(first=start, last=end)}"

    points = make_points(queries.count_by_quad(cursor, asked, by), by, first, last, link)
    dots = [
        Dot(
            row["first_day"],
            row["quad"],
            describe_incident(row),
            f"/incident/{row['id']}",
            row["n_independent"],
        )
        for row in queries.list_foremost(cursor, asked)
    ]
    return {
        "picture": at_two_widths(series, points, dots, by=by, title=title, id=f"series-{title[-3:]}"),
        "points": [point for point in points if point.bar.total or point.bar.n_articles],
    }


def describe_incident(row: dict[str, Any]) -> str:
    """Return an incident in a few words, for a point of a picture."""
    who, whom = (
        ", ".join(one["name"] or one["text"] or "somebody" for one in row[role][:2])
        for role in ("actor", "recipient")
    )
    told = f"{row['first_day']} {row['event']}: {who or 'somebody'}"
    return f"{told} → {whom}" if whom else told
