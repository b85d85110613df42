"""Who is let in, what every answer forbids the browser, and that a form was sent by this desk's own page.

The desk is meant for one person on one computer. Still any page that the person visits can send requests
to it (so forms carry a mark and the Origin is checked), and can have its own name point here (so the Host
is checked). What articles hold never becomes script: all text is escaped, and were something missed, the
content security policy forbids it to run or to load.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
FORM_FIELD = "form_mark"
_SHORTEST_TOKEN = 16
_COOKIE_DAYS = 400
_COOKIE_LENGTH = 43

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it browsers send "Origin: null" with forms, which could not be checked.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Refuse = Callable[[Request, int, str], Response]


class ForbiddenError(Exception):
    """A form that was not sent by a page of this desk."""


@dataclass(frozen=True)
class Gate:
    """Under which name the desk is reached, and what a reader has to show.

    Attributes:
        host: Address that it is bound to.
        token: What a reader gives once in `?token=`; "" where only this computer reaches it.
        secret: Made new by each process; forms of an earlier one are refused.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str = ""
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def __post_init__(self) -> None:
        if not is_local(self.host) and not self.token:
            raise ValueError(
                f"At {self.host!r} others can reach the desk. Give a token that they have to show, "
                f"such as {secrets.token_urlsafe(18)}, or bind it to 127.0.0.1."
            )
        if self.token and (len(self.token) < _SHORTEST_TOKEN or not self.token.isascii()):
            raise ValueError(
                f"The token has to be {_SHORTEST_TOKEN} ASCII characters or more, so that none guesses it."
            )

    def name_cookie(self, what: str) -> str:
        """Return the name of a cookie; browsers share cookies between the ports of a computer."""
        return f"whowhom_{what}_{self.port}"

    def admits_host(self, header: str) -> bool:
        """Return whether a Host header names this desk.

        >>> Gate().admits_host("localhost:8000"), Gate().admits_host("news.example")
        (True, False)
        """
        match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]/@\s]+)(:\d+)?", header)
        if match is None:
            return False
        name = match[1].strip("[]").lower()
        # Bound to all addresses it cannot know its names; the token keeps strangers out.
        return name in LOCAL_HOSTS or name == self.host.lower() or self.host in ("0.0.0.0", "::")

    def _sign(self, purpose: str, value: str) -> str:
        return hmac.new(self.secret, f"{purpose} {value}".encode(), hashlib.sha256).hexdigest()

    def make_pass(self) -> str:
        """Return what the cookie of a reader holds who has shown the token; it outlives a restart."""
        return hashlib.sha256(f"whowhom desk {self.token}".encode()).hexdigest()

    def read_form_mark(self, request: Request) -> tuple[str, str]:
        """Return the mark of forms on this reader's pages, and the cookie to set where there is none yet.

        One process sets the same cookie with each of its pages: of two that a browser asks for at once,
        before it has any, the last to come must not replace what the form of the other was marked with.
        """
        cookie = request.cookies.get(self.name_cookie("form"), "")
        if re.fullmatch(rf"[\w-]{{{_COOKIE_LENGTH}}}", cookie):
            return self._sign("form", cookie), ""
        fresh = self._sign("cookie", "form")[:_COOKIE_LENGTH]
        return self._sign("form", fresh), fresh

    def check_form(self, request: Request, mark: str) -> None:
        """Check that a form was sent by a page of this desk.

        Raises:
            ForbiddenError: Another page sent it, or the desk was started anew in the meantime.
        """
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin")
        host = request.headers.get("host", "")
        if (origin is not None and urlsplit(origin).netloc != host) or site not in ("same-origin", "none"):
            raise ForbiddenError("Another page sent this form. Nothing was changed.")
        cookie = request.cookies.get(self.name_cookie("form"), "")
        if not cookie or not hmac.compare_digest(self._sign("form", cookie).encode(), mark.encode()):
            raise ForbiddenError(
                "This form is of an earlier run of the desk, or cookies are off. Nothing was changed; "
                "load the page again and repeat it."
            )

    def set_cookie(self, response: Response, what: str, value: str, *, script: bool = False) -> None:
        """Set a cookie for this desk; scripts see it only where `script` is set."""
        response.set_cookie(
            self.name_cookie(what),
            value,
            max_age=_COOKIE_DAYS * 86400,
            httponly=not script,
            samesite="lax",
        )


def is_local(host: str) -> bool:
    """Return whether only this computer reaches what is bound to an address."""
    return host in LOCAL_HOSTS or re.fullmatch(r"127\.\d+\.\d+\.\d+", host) is not None


class Guard:
    """Stands before the whole application, so that its errors carry the headers as well."""

    def __init__(self, app: ASGIApp, gate: Gate, refuse: Refuse) -> None:
        self.app = app
        self._gate = gate
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "private, no-cache")
            await send(message)

        request = Request(scope, receive)
        answer = self._check(request)
        await (answer or self.app)(scope, receive, send_with_headers)

    def _check(self, request: Request) -> Response | None:
        """Return the answer to somebody who is not let in, None for who is."""
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or not self._gate.admits_host(hosts[0]):
            return self._refuse(
                request,
                400,
                f"This desk is at http://localhost:{self._gate.port}, not at another name. Go there.",
            )
        if not self._gate.token:
            return None
        expected = self._gate.make_pass()
        shown = request.cookies.get(self._gate.name_cookie("pass"), "")
        if hmac.compare_digest(shown.encode(), expected.encode()):
            return None
        given = request.query_params.get("token", "")
        if not hmac.compare_digest(given.encode(), self._gate.token.encode()):
            return self._refuse(
                request,
                401,
                "Open the address that ends in ?token=... once; whoever started the desk has it.",
            )
        # Off the address bar, where others read it and browsers keep it.
        rest = urlencode([pair for pair in request.query_params.multi_items() if pair[0] != "token"])
        # One slash, so that "//other.example" is no address of another computer.
        path = f"/{request.url.path.lstrip('/')}"
        answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
        self._gate.set_cookie(answer, "pass", expected)
        return answer
