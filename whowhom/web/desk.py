"""What all pages have at hand: the store, the gate, the templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from whowhom.records import content_hash
from whowhom.web.guarding import FORM_FIELD, Gate
from whowhom.web.lanes import Lanes
from whowhom.web.reading import Reader
from whowhom.web.rendering import make_environment

PAGES = (
    ("/", "Overview"),
    ("/incidents", "Incidents"),
    ("/network", "Network"),
    ("/map", "Map"),
    ("/ties", "Ties"),
    ("/pledges", "Pledges"),
    ("/corrections", "Corrections"),
    ("/sources", "Sources"),
    ("/about", "How it knows"),
)
"""The pages that every page leads to."""

_SAME_VISIT = timedelta(minutes=30)


@dataclass(frozen=True)
class Desk:
    """One running desk."""

    reader: Reader
    gate: Gate
    environment: Environment = field(default_factory=make_environment)
    lanes: Lanes = field(default_factory=Lanes)

    @cached_property
    def static_mark(self) -> str:
        """A hash of the static files, which stands in their addresses so that browsers keep them."""
        folder = files("whowhom.web").joinpath("static")
        names = sorted(one.name for one in folder.iterdir() if one.is_file())
        return content_hash(*(folder.joinpath(name).read_bytes().hex() for name in names))

    def prepare(self) -> None:
        """Read all templates, which takes half a second, so that no page has to wait for its own."""
        for name in self.environment.list_templates():
            self.environment.get_template(name)

    def render(
        self, request: Request, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200
    ) -> HTMLResponse:
        """Return the page that a template makes of values."""
        mark, form_cookie = self.gate.read_form_mark(request)
        theme = request.cookies.get(self.gate.name_cookie("theme"), "")
        page = self.environment.get_template(template).render(
            {
                "pages": PAGES,
                "here": request.url.path,
                "theme": theme if theme in ("light", "dark") else "",
                "theme_cookie": self.gate.name_cookie("theme"),
                "static_mark": self.static_mark,
                "form_field": FORM_FIELD,
                "form_mark": mark,
                "store_name": self.reader.path.name,
                "words": "",
                **(values or {}),
            }
        )
        response = HTMLResponse(page, status)
        if form_cookie:
            self.gate.set_cookie(response, "form", form_cookie)
        return response

    def refuse(self, request: Request, status: int, message: str) -> Response:
        """Return a page, or for the API a problem (RFC 9457), that says what went wrong and what to do."""
        title = HTTPStatus(status).phrase
        if request.url.path.startswith("/api/"):
            problem = {"type": "about:blank", "title": title, "status": status, "detail": message}
            return JSONResponse(problem, status, media_type="application/problem+json")
        # The page of somebody who is not let in asks the store for nothing.
        return self.render(
            request, "problem.html", {"title": title, "message": message, "status": status}, status=status
        )

    def find_last_visit(self, request: Request) -> tuple[datetime | None, str]:
        """Return when the visit before this one began (UTC), and the cookie that tells the next one.

        Requests less than half an hour after one another are one visit.
        """
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        before, begun, latest = _read_visits(request.cookies.get(self.gate.name_cookie("visit"), ""))
        if latest is None or begun is None:
            return None, _write_visits(None, now, now)
        if now - latest > _SAME_VISIT:
            before, begun = begun, now
        return before, _write_visits(before, begun, now)


def desk_of(request: Request) -> Desk:
    """Return the desk that a request came to."""
    desk: Desk = request.app.state.desk
    return desk


def _write_visits(*moments: datetime | None) -> str:
    return "~".join(moment.isoformat() if moment else "" for moment in moments)


def _read_visits(cookie: str) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Return when the last but one visit and the last one began and when it was last seen, None not known."""
    words = cookie.split("~")
    if len(words) != 3:
        return None, None, None
    moments: list[datetime | None] = []
    for word in words:
        try:
            moment = datetime.fromisoformat(word)
        except ValueError:
            moments.append(None)
        else:
            moments.append(moment if moment.tzinfo is None else None)
    return moments[0], moments[1], moments[2]
