"""The states that a place is likely in, by who took part in its event and what is named around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whowhom.records import Article, Span
from whowhom.resolvers.countries import load_countries
from whowhom.resolvers.lexicon import Token, find_terms, tokenize

_CONTEXT_CHARACTERS = 600
_AHEAD_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Likely:
    """A state with how likely a place is in it, and the reason in words."""

    country: str
    score: float
    why: str
    took_part: bool = False


def rank_states(article: Article, span: Span, hints: Sequence[str]) -> list[Likely]:
    """Return the states that a place is likely in, the likeliest first."""
    found: list[Likely] = []
    named = states_before(article, span)
    both = [code for code in hints if code in named]
    for codes, why in (
        (both, "of those who took part, and named nearby"),
        (hints[-1:], "of those who took part"),
        (named, "named nearby"),
        (hints, "of those who took part"),
    ):
        for code in codes:
            if code not in {one.country for one in found}:
                found.append(Likely(code, 0.0, why, code in hints))
    return found


def states_before(article: Article, span: Span) -> list[str]:
    """Return the states named shortly before and in the title, the nearest first."""
    if span.of == "title" or span.start is None:
        text, title = article.text[:_CONTEXT_CHARACTERS], article.title
    else:
        text = article.text[max(0, span.start - _CONTEXT_CHARACTERS) : span.start + _AHEAD_CHARACTERS]
        title = article.title
    codes = _places_in(tokenize(text))[::-1] + _places_in(tokenize(title))
    return list(dict.fromkeys(codes))


def _places_in(tokens: Sequence[Token]) -> list[str]:
    codes: list[str] = []
    for match in find_terms(tokens):
        here = {
            term.country
            for term in match.terms
            if term.kind in ("state", "adjective", "people", "capital", "region")
        }
        if len(here) == 1 and here <= set(load_countries()):
            codes += here
    return codes
