"""Map: where incidents took place, as finely as it is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple, get_args

from starlette.requests import Request
from starlette.responses import Response

from whowhom.coders.labels import TYPES
from whowhom.web import queries
from whowhom.web.asking import ViewQuestion
from whowhom.web.desk import desk_of
from whowhom.web.filters import Filters, read_filters
from whowhom.web.pictures.svg import at_two_widths
from whowhom.web.pictures.world import Precision, Spot, View, find_shown, list_moves, world_map, write_geojson
from whowhom.web.places import make_spots
from whowhom.web.reading import Cursor

# More places than a map of the world has room for; those of fewest incidents are left out, and it is told.
_MOST_PLACES = 3000
_LISTED = 60
_VIEW = tuple(parameter.name for parameter in ViewQuestion.PARAMETERS)


class Places(NamedTuple):
    """The places of incidents, those of most first.

    Attributes:
        n: Incidents in all.
        n_unplaced: Those without a place that could be drawn.
        n_left_out: Those in places that are too many to be drawn.
    """

    spots: list[Spot]
    n: int
    n_unplaced: int
    n_left_out: int


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    filters, looking = _read(request)
    with desk.reader.asking() as cursor:
        extent = cursor.remember_all("extent", lambda: queries.measure_extent(cursor))
        places = ask_places(cursor, filters)
        key = ("map", filters, looking)
        shown, picture = cursor.remember(key, partial(_draw, places, filters, looking))
    page = {
        "filters": filters,
        "looking": looking,
        "places": places,
        "shown": shown,
        "listed": _LISTED,
        "picture": picture,
        "moves": {name: _write(filters, view) for name, view in list_moves(looking.view).items()},
        "extent": extent,
        "beside": _list_beside(filters, looking),
        "types": TYPES,
        "kept": _write(filters, looking.view),
        "incidents": filters.write(),
        "chosen": [
            (parameter, value, _add_view(without, looking.view))
            for parameter, value, without in filters.list_chosen()
        ],
    }
    return desk.render(request, "map.html", page)


def export(request: Request) -> Response:
    """Give the places that the map shows as GeoJSON."""
    desk = desk_of(request)
    filters, looking = _read(request)
    with desk.reader.asking() as cursor:
        places = ask_places(cursor, filters)
    return Response(
        write_geojson(find_shown(places.spots, looking.view)),
        media_type="application/geo+json",
        headers={"Content-Disposition": 'attachment; filename="places.geojson"'},
    )


def _read(request: Request) -> tuple[Filters, ViewQuestion]:
    pairs = request.query_params.multi_items()
    filters = read_filters(pairs, also=_VIEW).without_view()
    return filters, ViewQuestion.read([(name, value) for name, value in pairs if name in _VIEW])


def ask_places(cursor: Cursor, filters: Filters) -> Places:
    """Return the places of the incidents that meet the filters."""

    def ask() -> Places:
        rows = queries.count_places(cursor, filters, limit=_MOST_PLACES)
        spots = make_spots(rows, filters)
        n, n_drawn = queries.count_incidents(cursor, filters), sum(spot.total for spot in spots)
        if len(rows) < _MOST_PLACES:
            return Places(spots, n, n - n_drawn, 0)
        placed = filters if filters.precision else replace(filters, precision=get_args(Precision))
        n_placed = queries.count_incidents(cursor, placed)
        return Places(spots, n, n - n_placed, n_placed - n_drawn)

    return cursor.remember(("places", filters), ask)


def _draw(places: Places, filters: Filters, looking: ViewQuestion) -> tuple[list[Spot], Any]:
    picture = at_two_widths(
        world_map,
        places.spots,
        view=looking.view,
        address=lambda view: write_map(filters, view),
        title="Where incidents took place",
        id="map",
    )
    return find_shown(places.spots, looking.view), picture


def write_map(filters: Filters, view: View) -> str:
    """Return the address of the map with a view."""
    return f"/map{_write(filters, view)}"


def _write(filters: Filters, view: View) -> str:
    return _add_view(filters.write(), view)


def _add_view(query: str, view: View) -> str:
    added = ViewQuestion(int(view.zoom), view.longitude, view.latitude).write()
    return query + (added.replace("?", "&", 1) if query else added)


def _list_beside(filters: Filters, looking: ViewQuestion) -> dict[str, str]:
    """Return the spans of the same length before and after the one shown, as query strings by their names."""
    if not (filters.first and filters.last):
        return {}
    length = filters.last - filters.first + timedelta(days=1)
    beside = {}
    if filters.first - date.min >= length:
        earlier = {"first": filters.first - length, "last": filters.first - timedelta(days=1)}
        beside["earlier"] = _add_view(filters.write(**earlier), looking.view)
    if date.max - filters.last >= length:
        later = {"first": filters.last + timedelta(days=1), "last": filters.last + length}
        beside["later"] = _add_view(filters.write(**later), looking.view)
    return beside
