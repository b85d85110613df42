"""Overview: what is new since the last visit, and what moved in a span of days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from whowhom.web import queries
from whowhom.web.desk import desk_of
from whowhom.web.filters import BadFilterError, Filters, read_filters
from whowhom.web.pages.map import write_map
from whowhom.web.periods import choose_period, make_bars
from whowhom.web.pictures.svg import at_two_widths
from whowhom.web.pictures.timeline import timeline
from whowhom.web.pictures.world import world_map
from whowhom.web.places import make_spots
from whowhom.web.reading import Cursor

SPANS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "a year", "all": "all"}
_SPAN = "90"
_NEWEST = 12
_MAP = 480


class _Span(NamedTuple):
    """Days that the page is about; `name` is a key of `SPANS`, "" where days were given."""

    first: date
    last: date
    name: str


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    filters = read_filters(request.query_params.multi_items(), only=("from", "to"), also=("span",))
    last_visit, cookie = desk.find_last_visit(request)
    with desk.reader.asking() as cursor:
        extent = cursor.remember_all("extent", lambda: queries.measure_extent(cursor))
        fresh = queries.count_fresh(cursor, last_visit) if last_visit else None
        span = _choose_span(request.query_params.get("span", ""), filters, extent)
        values = (
            cursor.remember_covered(
                ("overview", span),
                _find_before(span),
                span.last,
                lambda: _ask(cursor, span, extent),
            )
            if span is not None
            else {}
        )
    page = {
        "extent": extent,
        "fresh": fresh,
        "last_visit": last_visit,
        "span": span,
        "spans": SPANS,
        **values,
    }
    response = desk.render(request, "overview.html", page)
    desk.gate.set_cookie(response, "visit", cookie)
    return response


def _choose_span(name: str, filters: Filters, extent: queries.Extent) -> _Span | None:
    """Return the days to show, None where the store has no article with a day."""
    if name and name not in SPANS:
        raise BadFilterError(f"span cannot be {name[:60]!r}. Known: {', '.join(SPANS)}.")
    if extent.first is None or extent.last is None:
        return None
    if filters.first or filters.last:
        last = filters.last or max(extent.last, filters.first or extent.last)
        return _Span(filters.first or min(extent.first, last), last, "")
    name = name or _SPAN
    if name == "all":
        first, last = extent.first_day or extent.first, extent.last_day or extent.last
        return _Span(min(first, extent.first), max(last, extent.last), name)
    return _Span(max(extent.last - timedelta(days=int(name) - 1), date.min), extent.last, name)


def _ask(cursor: Cursor, span: _Span, extent: queries.Extent) -> dict[str, object]:
    filters = Filters(first=span.first, last=span.last)
    drawn = extent.cut(span.first, span.last)
    by = choose_period(*drawn or span[:2])
    rows = queries.count_by_quad(cursor, filters, by)
    bars = make_bars(rows, by, *drawn, filters) if drawn else []
    newest = Filters(last=span.last, first=span.first, limit=_NEWEST)
    places = queries.count_places(cursor, filters)
    return {
        "timeline": at_two_widths(
            timeline, bars, by=by, title=f"Incidents by {by} and quad class", id="timeline"
        ),
        "bars": [bar for bar in bars if bar.total or bar.n_articles],
        "map": world_map(
            make_spots(places, filters),
            address=lambda view: write_map(filters, view),
            has_controls=False,
            title="Where incidents took place",
            id="world",
            width=_MAP,
            n_labels=6,
        ),
        "places": places,
        "changed": queries.compare_dyads(cursor, span.first, span.last) if span.name != "all" else [],
        "before": _find_before(span) if span.name != "all" else None,
        "newest": queries.list_incidents(cursor, newest),
        "n_incidents": queries.count_incidents(cursor, filters),
        "all": filters.write(),
    }


def _find_before(span: _Span) -> date:
    """Return the first day of the span of the same length before."""
    return span.first - min(span.last - span.first + timedelta(days=1), span.first - date.min)
