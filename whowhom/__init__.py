"""Reads news reports and keeps who did what to whom, when, where, according to whom.

    >>> import whowhom
    >>> coded = whowhom.code("The Russian defence minister arrived in Pyongyang on Friday.",
    ...                      published="2024-11-29")
    >>> coded.events[0].event
    'CONSULT'

Importing it loads nothing else; each function loads what it needs when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whowhom.api import (
        Explanation,
        Summary,
        code,
        code_many,
        code_sources,
        demo,
        dyads,
        evaluate,
        events,
        explain,
        open,
        pledges,
        read,
        ties,
    )
    from whowhom.records import Article, CodedArticle, Entity, Event, EventDate, Place, Skip, Source, Span
    from whowhom.resolvers.answers import Actor, resolve_actor, resolve_date, resolve_place
    from whowhom.resolvers.countries import Codes, find_codes, find_state

__all__ = [
    "Actor",
    "Article",
    "CodedArticle",
    "Codes",
    "Entity",
    "Event",
    "EventDate",
    "Explanation",
    "Place",
    "Skip",
    "Source",
    "Span",
    "Summary",
    "code",
    "code_many",
    "code_sources",
    "demo",
    "dyads",
    "evaluate",
    "events",
    "explain",
    "find_codes",
    "find_state",
    "open",
    "pledges",
    "read",
    "resolve_actor",
    "resolve_date",
    "resolve_place",
    "ties",
]
_RECORDS = frozenset(
    ("Article", "CodedArticle", "Entity", "Event", "EventDate", "Place", "Skip", "Source", "Span")
)
_HOMES = {
    **dict.fromkeys(("Actor", "resolve_actor", "resolve_date", "resolve_place"), "resolvers.answers"),
    **dict.fromkeys(("Codes", "find_codes", "find_state"), "resolvers.countries"),
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for (PEP 562)."""
    from importlib import import_module

    if name == "__version__":
        from importlib.metadata import version

        found: Any = version("whowhom")
    elif name in __all__:
        home = "records" if name in _RECORDS else _HOMES.get(name, "api")
        found = getattr(import_module(f"whowhom.{home}"), name)
    else:
        raise AttributeError(f"module 'whowhom' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, "__version__"])
