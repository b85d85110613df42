"""Actor: what a country, a body or a person does and has done to it, over time."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from whowhom.web import queries
from whowhom.web.desk import desk_of
from whowhom.web.filters import Filters, read_filters
from whowhom.web.periods import choose_period, make_points
from whowhom.web.pictures.series import series
from whowhom.web.pictures.svg import at_two_widths

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


def _ask(cursor: queries.Cursor, filters: Filters, extent: queries.Extent) -> dict[str, object]:
    (code,) = filters.party
    span = filters.without_view()
    one_sided = Filters(first=filters.first, last=filters.last)
    rows = queries.list_incidents(cursor, filters)
    return {
        "rows": rows,
        "n_found": queries.count_incidents(cursor, filters),
        "n_by_role": {
            role: queries.count_incidents(cursor, Filters(first=span.first, last=span.last, **{role: (code,)}))
            for role in ("actor", "recipient")
        },
        "names": queries.count_names(cursor, one_sided, code),
        "counterparts": queries.count_counterparts(cursor, one_sided, code),
        **draw_series(cursor, filters, extent, title=f"Incidents in which {code} took part"),
    }


def draw_series(
    cursor: queries.Cursor, filters: Filters, extent: queries.Extent, *, title: str
) -> dict[str, object]:
    """Return the picture of a series over the days asked for, and the rows of its table."""
    first, last = filters.first or extent.first, filters.last or extent.last
    if first is None or last is None:
        return {"picture": "", "points": []}
    by = choose_period(min(first, last), last)
    rows = queries.count_by_quad(cursor, Filters(**_conditions(filters)), by)

    def link(start: date, end: date) -> str:
        return f"/incidents{Filters(**_conditions(filters)).write(first=start, last=end)}"

    points = make_points(rows, by, min(first, last), last, link)
    return {
        "picture": at_two_widths(series, points, by=by, title=title, id="series"),
        "points": [point for point in points if point.bar.total or point.bar.n_articles],
    }


def _conditions(filters: Filters) -> dict[str, object]:
    return {
        name: getattr(filters, name) for name in ("actor", "recipient", "party", "first", "last") if getattr(filters, name)
    }
