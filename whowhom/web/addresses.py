"""Addresses that are meant but not written as the desk writes them: another case, a slash too many.

Each is led to the one address of its page, which is where it begins: a way to another computer begins with
two slashes, and none is made here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from whowhom.coders.labels import SECTORS
from whowhom.web.filters import BadFilterError


def lead_to(request: Request, path: str) -> RedirectResponse:
    """Return the answer that leads to another path, with all that was asked for."""
    query = request.url.query
    return RedirectResponse(f"{path}{'?' if query else ''}{query}", 307)


def find_path(routes: Iterable[Route], path: str) -> str | None:
    """Return the path of the page that is meant by one of no page, None where none is.

    Names and formats of pages are in lower case; what stands for an id is left as it is.

        >>> find_path([Route("/actor/{code}", len)], "/Actor/RUS/")
        '/actor/RUS'
    """
    bare = path.rstrip("/") or "/"
    for route in routes:
        found = re.compile(route.path_regex.pattern, re.IGNORECASE).match(bare)
        if found is not None:
            told = {
                name: value.lower() if name == "format" else quote(value, safe="")
                for name, value in found.groupdict().items()
            }
            meant = route.path_format.format(**told)
            return meant if unquote(meant) != path else None
    return None


def read_side(request: Request, name: str) -> str:
    """Return whom a part of the path names.

    Raises:
        BadFilterError: It is blank.
    """
    side = str(request.path_params[name]).strip()
    if not side:
        raise BadFilterError('This address names nobody; give a code such as "RUS", or a part of a name.')
    return side


def write_code(written: str) -> str:
    """Return a code, or several, in capitals; a part of a name is returned as it is.

    >>> write_code("rus mil"), write_code("Rus"), write_code("russia")
    ('RUS MIL', 'RUS', 'russia')
    """
    capitals = written.upper()
    words = capitals.split()
    return capitals if words and all(word in _list_codes() for word in words) else written


@cache
def _list_codes() -> frozenset[str]:
    from whowhom.series import list_codes

    return frozenset((*list_codes(), *SECTORS))
