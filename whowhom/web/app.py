"""The application: which page answers at which address, and what is said when something goes wrong."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import wraps
from inspect import iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from whowhom.store import StoreError
from whowhom.web import deciding
from whowhom.web.addresses import find_path, lead_to
from whowhom.web.desk import Desk, desk_of
from whowhom.web.filters import BadFilterError, ConflictingFiltersError
from whowhom.web.guarding import ForbiddenError, Gate, Guard
from whowhom.web.pages import (
    about,
    actor,
    api,
    article,
    corrections,
    dyad,
    event,
    incident,
    incidents,
    map,
    network,
    overview,
    pledges,
    sources,
    ties,
)
from whowhom.web.queries import UnknownIdError
from whowhom.web.reading import Reader, SlowQuestionError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

ROUTES = (
    Route("/", overview.show),
    Route("/incidents", incidents.show),
    Route("/incidents.{format}", incidents.export),
    Route("/incident/{id}", incident.show),
    Route("/article/{id:path}", article.show),
    Route("/actor/{code}", actor.show),
    Route("/dyad/{one}/{other}", dyad.show),
    Route("/ties", ties.show),
    Route("/pledges", pledges.show),
    Route("/network", network.show),
    Route("/network.{format}", network.export),
    Route("/map", map.show),
    Route("/map.geojson", map.export),
    Route("/event/{id}", event.show),
    Route("/add/{id:path}", event.show_new),
    Route("/decide", deciding.decide, methods=["POST"]),
    Route("/corrections", corrections.show),
    Route("/corrections/gold.jsonl", corrections.export_gold),
    Route("/corrections.{format}", corrections.export),
    Route("/sources", sources.show),
    Route("/about", about.show),
    *api.ROUTES,
)


def make_app(store: str | Path, *, gate: Gate | None = None, reader: Reader | None = None) -> ASGIApp:
    """Return the desk over a store as an ASGI application.

    Args:
        store: The DuckDB file. It is opened when the first page asks for it.
        gate: How it is reached; only from this computer where not given.
        reader: Takes the place of the store's own, with another limit of time.
    """
    desk = Desk(reader or Reader(store), gate or Gate())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        threading.Thread(target=desk.prepare, name="whowhom templates", daemon=True).start()
        yield
        desk.reader.close()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            *(_give_lane(route) for route in ROUTES),
            Mount("/static", _Static(packages=[("whowhom.web", "static")])),
        ],
        exception_handlers={
            HTTPException: _refuse_http,
            BadFilterError: _refuse_with(400),
            ConflictingFiltersError: _refuse_with(409),
            ForbiddenError: _refuse_with(403),
            UnknownIdError: _refuse_with(404),
            StoreError: _refuse_with(503),
            SlowQuestionError: _refuse_with(503),
            Exception: _refuse_unforeseen,
        },
    )
    # Its own way leads to an address with the name of the host and without that of a proxy before it.
    app.router.redirect_slashes = False
    app.state.desk = desk
    return Guard(app, desk.gate, desk.refuse)


def _give_lane(route: Route) -> Route:
    """Return a route whose pages wait for their turn."""
    if iscoroutinefunction(route.endpoint):
        return route

    @wraps(route.endpoint)
    def answer(request: Request) -> Response:
        with desk_of(request).lanes.lane():
            response: Response = route.endpoint(request)
            return response

    return Route(route.path, answer, methods=list(route.methods or ()))


class _Static(StaticFiles):
    """Files that browsers may keep: their address changes when they do."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        response = super().file_response(*args, **options)
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response


def _refuse_with(status: int) -> Callable[[Request, Exception], Response]:
    def refuse(request: Request, error: Exception) -> Response:
        return desk_of(request).refuse(request, status, str(error))

    return refuse


def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and request.method in ("GET", "HEAD"):
        meant = find_path(ROUTES, request.url.path)
        if meant is not None:
            return lead_to(request, meant)
    message = _MESSAGES.get(error.status_code, error.detail)
    response = desk_of(request).refuse(request, error.status_code, message)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


_MESSAGES = {
    404: "There is no page at this address. The pages are named above; search finds incidents.",
    405: "This address takes no such request. Pages are read with GET, forms sent with POST.",
}


def _refuse_unforeseen(request: Request, error: Exception) -> Response:
    message = f"Something went wrong in the desk itself ({type(error).__name__}). The store was not changed."
    return desk_of(request).refuse(request, 500, message)
