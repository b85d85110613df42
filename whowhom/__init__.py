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
        Recoded,
        Summary,
        backup,
        build_incidents,
        check,
        code,
        code_many,
        code_sources,
        compact,
        correct,
        demo,
        dyads,
        evaluate,
        events,
        explain,
        feeds,
        incidents,
        judge,
        list_corrections,
        migrate,
        network,
        open,
        pledges,
        read,
        recode,
        restore,
        ties,
        watch,
        write_gold,
    )
    from whowhom.corrections import Correction
    from whowhom.records import Article, CodedArticle, Entity, Event, EventDate, Place, Skip, Source, Span
    from whowhom.resolvers.answers import Actor, resolve_actor, resolve_date, resolve_place
    from whowhom.resolvers.countries import Codes, find_codes, find_state
    from whowhom.web.serving import serve

__all__ = [
    "Actor",
    "Article",
    "CodedArticle",
    "Codes",
    "Correction",
    "Entity",
    "Event",
    "EventDate",
    "Explanation",
    "Place",
    "Recoded",
    "Skip",
    "Source",
    "Span",
    "Summary",
    "backup",
    "build_incidents",
    "check",
    "code",
    "code_many",
    "code_sources",
    "compact",
    "correct",
    "demo",
    "dyads",
    "evaluate",
    "events",
    "explain",
    "feeds",
    "find_codes",
    "find_state",
    "incidents",
    "judge",
    "list_corrections",
    "migrate",
    "network",
    "open",
    "pledges",
    "read",
    "recode",
    "resolve_actor",
    "resolve_date",
    "resolve_place",
    "restore",
    "serve",
    "ties",
    "watch",
    "write_gold",
]
_RECORDS = frozenset(
    ("Article", "CodedArticle", "Entity", "Event", "EventDate", "Place", "Skip", "Source", "Span")
)
_HOMES = {
    **dict.fromkeys(("Actor", "resolve_actor", "resolve_date", "resolve_place"), "resolvers.answers"),
    "Correction": "corrections",
    **dict.fromkeys(("Codes", "find_codes", "find_state"), "resolvers.countries"),
    "serve": "web.serving",
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
