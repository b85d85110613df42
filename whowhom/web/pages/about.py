"""How it knows: how right the coder is, what it does badly, and the codebook in short."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from whowhom.codebooks.plover import load_codes
from whowhom.web.desk import desk_of
from whowhom.web.rendering import QUADS, type_labels


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    modes: dict[str, list[str]] = {}
    quad_by_type: dict[str, int] = {}
    for (event, mode), code in load_codes().items():
        modes.setdefault(event, []).extend([mode] if mode else [])
        quad_by_type[event] = code.quad
    page = {
        "figures": load_figures(),
        "types_by_quad": {
            quad: [event for event, its in quad_by_type.items() if its == quad] for quad in QUADS
        },
        "labels": type_labels(),
        "modes": modes,
    }
    return desk.render(request, "about.html", page)


@cache
def load_figures() -> Any:
    """Return the figures measured for the weights in the package; docs/evaluation.md tells how."""
    return json.loads(files("whowhom.coders").joinpath("weights", "figures.json").read_text(encoding="utf-8"))
