"""Where an event took place: from the words to a named place with its country and coordinates.

Many places share a name. What decides, in this order: the words that follow ("Tripoli, Lebanon"),
the states of those who took part and of the sentences before, how many people live there.
Where nothing decides, the country stays unknown.
"""

from __future__ import annotations

import csv
import gzip
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from whowhom.records import Article, Mention, Place, Precision
from whowhom.resolvers.countries import load_countries, name_country
from whowhom.resolvers.lexicon import Token, find_terms, fold_phrase, read_table, split_list, tokenize

# Tables of whowhom hold places that news names often; one weighs as much as a city of a million.
_WEIGHT_OF_LISTED = 6.0
_WEIGHT_OF_NEAR = 3.0
# A city without any tie to the text must have this many times the people of its namesakes abroad.
_CLEAR_LEAD = math.log10(4)
# A town that the text gives no reason to think of is taken for the one meant from 200,000 people on.
_KNOWN_ABROAD = 5.3
_LONGEST_NAME = 5
_CONTEXT_CHARACTERS = 600
_AFTER = re.compile(r"\s*(?:,|in|of)\s+(?:the\s+)?(?:\w+ern\s+)?([^.;:()\n]{2,40})")
_NEAR_BEFORE = re.compile(
    r"(?:near|outside|off|(?:kilomet(?:er|re)s|miles|km)\b[\w ]{0,16}\bof)\s+(?:the\s+)?$", re.I
)
_NEAR_WITHIN = frozenset("near outside off kilometers kilometres miles km".split())
_REGION_WORDS = frozenset(
    "province provinces region state district governorate county valley oblast prefecture department "
    "territory territories area areas part parts peninsula coast countryside mountains north south east west "
    "northern southern eastern western central northeastern northwestern southeastern southwestern "
    "northeast northwest southeast southwest border".split()
)
_WIDE = {"region", "area"}


@dataclass(frozen=True, slots=True)
class Known:
    """A place of the tables. `weight` is the decimal logarithm of its people, or what it stands for."""

    name: str
    country: str
    latitude: float
    longitude: float
    kind: str
    weight: float
    geonames: int | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """Places of one name at tokens[first:last] of a mention."""

    first: int
    last: int
    places: tuple[Known, ...]


def resolve_places(
    article: Article, mentions: Sequence[Mention], countries: Sequence[Sequence[str]]
) -> list[Place]:
    """Return for each mention of a place where it is; one that cannot be told has no country.

    Args:
        article: Whose words the mentions are.
        mentions: Of places, in any order: the result of one does not depend on the others.
        countries: For each mention the codes of those who took part in its event.
    """
    return [
        _resolve(article, mention, [code for code in hints if code in load_countries()])
        for mention, hints in zip(mentions, countries, strict=True)
    ]


def _resolve(article: Article, mention: Mention, hints: Sequence[str]) -> Place:
    span = mention.span
    tokens = tokenize(span.text)
    states = _states_in(tokens)
    near = {code for code, _ in _likely(article, mention, hints)}
    found = [
        one
        for one in _find_known(tokens)
        if not _is_state(tokens, one, near) and not _is_part(tokens, one, near)
    ]
    words = {token.key for token in tokens}
    if found:
        chosen, why = _choose(article, mention, found, states, hints)
        if chosen is not None:
            return Place(
                span, chosen.name, chosen.country or _only(states), chosen.latitude, chosen.longitude,
                chosen.geonames, _precision(article, mention, words, chosen), why,
            )  # fmt: skip
    if "capital" in words:
        for code, why in (*((state, "named with it") for state in states), *_likely(article, mention, hints)):
            capital = _capital_of(code)
            if capital is not None:
                evidence = f"capital of {name_country(code)}, {why}"
                return Place(
                    span, capital.name, code, capital.latitude, capital.longitude, capital.geonames,
                    _precision(article, mention, words, capital), evidence,
                )  # fmt: skip
    if len(set(states)) == 1:
        wide: Precision = "region" if words & _REGION_WORDS else "country"
        return Place(span, name_country(states[0]), states[0], precision=wide, evidence=f"{span.text!r}")
    if states:
        return Place(span, evidence=f"{span.text!r} names several states")
    for code, why in _likely(article, mention, hints):
        return Place(span, "", code, precision="country", evidence=f"{span.text!r}: {why}")
    return Place(span, evidence=f"{span.text!r} is in no table, and nothing near it tells the country")


def _is_state(tokens: Sequence[Token], one: _Found, near: set[str]) -> bool:
    """Whether a name is that of a state: Lebanon is not the town in Oregon.

    Only where the text is about another state that has a region of the name is it that one: Georgia
    among Americans.
    """
    for match in find_terms(tokens):
        if match.first <= one.first and one.last <= match.last:
            states = {term.country for term in match.terms if term.kind == "state"}
            regions = {place.country for place in one.places if place.kind in _WIDE}
            if states:
                return bool(states & near) or not regions & near
    return False


def _is_part(tokens: Sequence[Token], one: _Found, near: set[str]) -> bool:
    """Whether a name is but a part of a longer one that no table has: "Makerere University", "Tal Afar"."""
    before = tokens[one.first - 1] if one.first else None
    after = tokens[one.last] if one.last < len(tokens) else None
    joined = any(
        token is not None and token.is_word and token.is_capital and not find_terms([token])
        for token in (before, after)
    )
    return joined and not any(place.country in near for place in one.places)


def _only(states: Sequence[str]) -> str:
    return states[0] if len(set(states)) == 1 else ""


def _states_in(tokens: Sequence[Token]) -> list[str]:
    """Return the codes of states that words name, or that adjectives belong to, in order."""
    codes: list[str] = []
    for match in find_terms(tokens):
        here = {term.country for term in match.terms if term.kind in ("state", "adjective", "people")}
        if len(here) == 1 and here <= set(load_countries()):
            codes += here
    return codes


def _find_known(tokens: Sequence[Token]) -> list[_Found]:
    """Return the names of the tables within a mention, the longest first, none overlapping."""
    found: list[_Found] = []
    for length in range(min(_LONGEST_NAME, len(tokens)), 0, -1):
        for first in range(len(tokens) - length + 1):
            last = first + length
            if any(first < one.last and one.first < last for one in found):
                continue
            if tokens[first].is_capital or tokens[last - 1].is_capital:
                places = _places_named([token.key for token in tokens[first:last]])
                if places:
                    found.append(_Found(first, last, places))
    return found


def _choose(
    article: Article, mention: Mention, found: Sequence[_Found], states: Sequence[str], hints: Sequence[str]
) -> tuple[Known | None, str]:
    """Return the place meant and what decided, or None and why nothing did."""
    within = {*states, *_countries_after(article, mention)}
    ordered = sorted(found, key=lambda one: (one.first - one.last, one.first))
    for one in ordered:
        around = within | {
            p.country for other in found if other is not one for p in other.places if p.kind in _WIDE
        }
        held = [place for place in one.places if place.country in around]
        if held:
            place = _heaviest(held, mention)
            return place, f"in {name_country(place.country) or 'a wider area'}, as the words say"
    near = {code for code, _ in _likely(article, mention, hints)}
    for one in ordered:
        best = _heaviest(one.places, mention, near)
        if best.country in near:
            return best, f"{best.name}; {name_country(best.country)} is named nearby"
    best = _heaviest(ordered[0].places, mention)
    rivals = [place.weight for place in ordered[0].places if place.country != best.country]
    if best.weight < _KNOWN_ABROAD or (rivals and best.weight - max(rivals) < _CLEAR_LEAD):
        return None, f"{best.name} may be elsewhere: nothing near it speaks of {name_country(best.country)}"
    return best, f"{best.name}, the largest place of that name"


def _heaviest(
    places: Sequence[Known], mention: Mention, near: set[str] | frozenset[str] = frozenset()
) -> Known:
    wants_region = bool(set(fold_phrase(mention.span.text)) & _REGION_WORDS)

    def weight(place: Known) -> tuple[float, str, int]:
        fits = (place.kind in _WIDE) == wants_region
        return (
            place.weight + _WEIGHT_OF_NEAR * (place.country in near) + fits,
            place.name,
            place.geonames or 0,
        )

    return max(places, key=weight)


def _countries_after(article: Article, mention: Mention) -> list[str]:
    """Return the states of what follows a comma, "in" or "of" right after the words."""
    span = mention.span
    if span.start is None or span.end is None:
        return []
    whole = article.title if span.of == "title" else article.text
    after = _AFTER.match(whole, span.end, span.end + 60)
    if not after:
        return []
    tokens = tokenize(after[1])[:4]
    starting = [match for match in find_terms(tokens) if match.first == 0]
    codes = [t.country for match in starting for t in match.terms if t.kind in ("state", "region")]
    for one in _find_known(tokens):
        if one.first == 0:
            codes += [place.country for place in one.places if place.kind == "region"]
    return codes


def _likely(article: Article, mention: Mention, hints: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the states that a place is likely in, the likeliest first, each with its reason."""
    seen: set[str] = set()
    named = _states_before(article, mention)
    both = [code for code in hints if code in named]
    for codes, why in (
        (both, "of those who took part, and named nearby"),
        (hints[-1:], "of those who took part"),
        (named, "named nearby"),
        (hints, "of those who took part"),
    ):
        for code in codes:
            if code not in seen:
                seen.add(code)
                yield code, why


def _states_before(article: Article, mention: Mention) -> list[str]:
    """Return the states named shortly before and in the title, the nearest first."""
    span = mention.span
    if span.of == "title" or span.start is None:
        text, title = article.text[:_CONTEXT_CHARACTERS], article.title
    else:
        text = article.text[max(0, span.start - _CONTEXT_CHARACTERS) : span.start + 120]
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


def _precision(article: Article, mention: Mention, words: set[str], place: Known) -> Precision:
    if place.kind in _WIDE:
        return "region"
    span = mention.span
    whole = article.title if span.of == "title" else article.text
    before = whole[max(0, (span.start or 0) - 40) : span.start or 0]
    return "near" if words & _NEAR_WITHIN or _NEAR_BEFORE.search(before) else "exact"


def _capital_of(code: str) -> Known | None:
    for capital in load_countries()[code].capitals:
        here = [place for place in _places_named(fold_phrase(capital)) if place.country == code]
        if here:
            return replace(max(here, key=lambda place: place.weight), name=capital)
    return None


@cache
def _load_places() -> dict[str, tuple[Known, ...]]:
    """Return the listed places of every name, by its folded words."""
    found: dict[str, tuple[Known, ...]] = {}
    for row in read_table("places"):
        place = Known(
            row["name"],
            row["country"],
            float(row["latitude"]),
            float(row["longitude"]),
            row["kind"],
            _WEIGHT_OF_LISTED,
        )
        for name in (row["name"], *split_list(row["names"])):
            key = " ".join(fold_phrase(name))
            if key and place not in found.get(key, ()):
                found[key] = (*found.get(key, ()), place)
    return found


@cache
def _load_cities() -> dict[str, list[list[str]]]:
    """Return the rows of the table of cities by every key, as they stand: few are ever looked at."""
    packed = files("whowhom.resolvers").joinpath("data/cities.csv.gz").read_bytes()
    found: dict[str, list[list[str]]] = {}
    for row in csv.reader(gzip.decompress(packed).decode("utf-8").splitlines()[1:]):
        for key in row[1].split(";"):
            found.setdefault(key, []).append(row)
    return found


@cache
def _load_capitals() -> dict[tuple[str, str], str]:
    return {
        (code, " ".join(fold_phrase(name))): name
        for code, country in load_countries().items()
        for name in country.capitals
    }


def _places_named(keys: Sequence[str]) -> tuple[Known, ...]:
    """Return the places of a name; a capital weighs more than its people, and has its usual name."""
    key = " ".join(keys)
    return (*_load_places().get(key, ()), *(_read_city(row) for row in _load_cities().get(key, ())))


def _read_city(row: Sequence[str]) -> Known:
    name, keys, country, latitude, longitude, population, geonames = row
    capitals = (_load_capitals().get((country, key)) for key in keys.split(";"))
    capital = next(filter(None, capitals), None)
    weight = math.log10(int(population) + 1) + (1 if capital else 0)
    return Known(capital or name, country, float(latitude), float(longitude), "city", weight, int(geonames))
