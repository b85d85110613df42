"""Names of places that stand for something else: a person, a treaty, a newspaper.

A capital that speaks ("Tehran accuses Britain") is not among them: where the coder takes such words for
the place of a deed, annotators gave the state in seven of seven texts (corpus and unseen, 2026-11).
"""

from __future__ import annotations

import re
from functools import cache

from whowhom.records import Article, Span
from whowhom.resolvers.gazetteer import find_places
from whowhom.resolvers.lexicon import Token, find_terms, fold_phrase, read_table, tokenize
from whowhom.resolvers.people import find_offices

# What is named after the city where it was signed or founded, and lies nowhere.
_ACCORDS = frozenset(
    "accord accords agreement agreements convention conventions protocol protocols pact treaty treaties "
    "declaration consensus communique memorandum round".split()
)
_PAPERS = frozenset("Post Times Herald Tribune Gazette Journal".split())
_OF_ACCORD = re.compile(r"\b(?:Treaty|Pact|Peace|Declaration|Convention|Protocol|Accords?) of (\w+)$")
# "The Boston Convention Center", "the Dublin Convention and Visitors Bureau" are no treaties.
_HALLS = frozenset("center centre hall and &".split())
_NEXT_WORD = re.compile(r"\s+([A-Za-z]+)(?:\s+([A-Za-z]+|&))?")
_NAME_BEFORE = re.compile(r"\b(?<!San )(?<!Saint )(?<!St )(?<!St. )(?<!Santa )([^\W\d_]+)\s+$")
_ABOUT = 40
# Given names that are words of other kinds more often than not.
_NO_GIVEN_NAMES = frozenset(
    "may june april august will mark grant christian king prince princess sheikh sultan general major "
    "saint san santa metropolitan patriarch bishop archbishop cardinal pope al el abu ibn the new north "
    "south east west".split()
)
_COURTESY = frozenset("mr mrs ms miss dr sir lord lady mme monsieur".split())
# Where the family name comes first.
_FAMILY_FIRST = frozenset("CHN TWN HKG KOR PRK VNM JPN HUN KHM SGP".split())
# A first word of one person alone may be anything; of two it is a given name.
_LEAST_BEARERS = 2

# "Ghulam Khan" is a place, and the Khan that is another one a village.
_LEAST_OF_SURNAME = 5.0


def tell_namesake(article: Article, span: Span) -> str:
    """Return why words that name a place mean none here, "" where nothing speaks against a place.

    >>> text = "Both sides broke the Minsk agreements."
    >>> tell_namesake(Article("a", text), Span("Minsk", 21, 26))
    "'Minsk' names an agreement or a paper, not a place"
    """
    whole = article.title if span.of == "title" else article.text
    start, end = (0, 0) if span.start is None or span.end is None else (span.start, span.end)
    before, after = whole[max(0, start - _ABOUT) : start], whole[end : end + _ABOUT] if end else ""
    tokens = tokenize(span.text)
    if _is_accord(tokens, after) or _is_of_accord(tokens, before + span.text):
        return f"{span.text!r} names an agreement or a paper, not a place"
    if _is_person(tokens, before, after):
        return f"{span.text!r} is part of the name of a person"
    if _is_whole_person(tokens):
        return f"{span.text!r} is a person"
    return ""


def _is_accord(tokens: list[Token], after: str) -> bool:
    """ "The Minsk agreements", "the Geneva Conventions", but not "the Boston Convention Center"."""
    names = [token for token in tokens if token.is_word and token.is_capital and token.key != "the"]
    if not names:
        return False
    last, following = tokens[-1], _NEXT_WORD.match(after)
    if following and last is names[-1] and not last.owner:
        one, two = following[1], following[2] or ""
        return (one.casefold() in _ACCORDS and two.casefold() not in _HALLS) or one in _PAPERS
    at = next((n for n, token in enumerate(tokens) if token.key in _ACCORDS), 0)
    is_last = 0 < at == len(tokens) - 1 and tokens[at - 1] in names and not tokens[at - 1].owner
    return is_last and bool(find_places([tokens[at - 1].key]))


def _is_of_accord(tokens: list[Token], upto: str) -> bool:
    """ "The Treaty of Versailles": `upto` is the text up to the end of the words."""
    found = _OF_ACCORD.search(upto)
    return found is not None and bool(tokens) and fold_phrase(found[1]) == (tokens[-1].key,)


def _is_person(tokens: list[Token], before: str, after: str) -> bool:
    """ "Jim Jordan", "Chad Wolf": a given name before it, or a person of the table with the word after it."""
    if len(tokens) != 1 or not tokens[0].is_capital:
        return False
    given, following = _NAME_BEFORE.search(before), _NEXT_WORD.match(after)
    if given and given[1][0].isupper() and " ".join(fold_phrase(given[1])) in _load_given_names():
        return True
    surname = following[1] if following and following[1][0].isupper() and not tokens[0].owner else ""
    return bool(surname) and bool(find_offices((tokens[0].key, *fold_phrase(surname))))


def _is_whole_person(tokens: list[Token]) -> bool:
    """ "Hassan Sheikh Mohamud", whom the table knows, or a given name with a place for a surname."""
    keys = tuple(token.key for token in tokens if token.is_word)
    if tokens and tokens[0].key in _COURTESY and tokens[0].is_capital and len(keys) == 2:
        return True
    if len(keys) < 2 or len(keys) < len(tokens) or any(token.owner for token in tokens[:-1]):
        return False
    if find_places(keys) or not (tokens[0].is_capital and tokens[-1].is_capital):
        return False
    if find_offices(keys):
        return True
    is_state = any(term.kind == "state" for match in find_terms(tokens[1:]) for term in match.terms)
    is_given = keys[0] in _load_given_names() and not find_places(keys[:1])
    is_city = any(place.weight >= _LEAST_OF_SURNAME for place in find_places(keys[1:]))
    return len(keys) == 2 and is_given and (is_state or is_city)


@cache
def _load_given_names() -> frozenset[str]:
    """Return the folded given names of the people of the table."""
    given: dict[str, set[str]] = {}
    family: dict[str, set[str]] = {}
    for row in read_table("people"):
        first, *others = fold_phrase(row["name"]) or ("",)
        if others and len(first) > 1:
            table = family if row["country"] in _FAMILY_FIRST else given
            table.setdefault(first, set()).add(row["name"])
    names = {
        first
        for first, people in given.items()
        if len(people) >= max(_LEAST_BEARERS, len(family.get(first, ()))) and first not in _NO_GIVEN_NAMES
    }
    return frozenset(name for name in names if not find_terms(tokenize(name.title())))
