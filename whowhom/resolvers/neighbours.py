"""Which of several namesakes an article speaks of: Paris beside Lamar County is in Texas.

Each name of a text stands for all places that bear it, each with a share by its people. A place is
supported by every name that may stand for one nearby, and by its region or county where that is named.
A name never supports itself; what is but part of a longer name (of a person, mostly) supports nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from whowhom.records import Article
from whowhom.resolvers.countries import load_countries
from whowhom.resolvers.gazetteer import Known, expand_abbreviations, find_lesser, find_places
from whowhom.resolvers.lexicon import Token, find_terms, fold_phrase, tokenize

# What a name that can only be a place nearby adds to the logarithm of people, and how many such count.
# On lgl 2 to 4 and 2 to 5 do equally well; a second round of the names among themselves changes nothing.
_WEIGHT = 2.0
_MOST = 3.0
# "Paris, Texas" anywhere in the article counts as so many names.
_SAID = 3.0
_LONGEST_NAME = 4
_MOST_NAMES = 40
_MOST_NAMESAKES = 8
# Half of the support is lost so far away: a town names its county and the next towns.
_HALF_KM = 60.0
_FARTHEST_KM = 200.0
_KM_OF_DEGREE = 111.2
# A city of ten times the people is three times as likely the one meant.
_SHARE_BASE = 3.0
# Counties are named where people know them.
_IN_COUNTY = 2.0
# Of a city so large (by weight) a name is first of all its own, not that of the region around it.
_LARGE = 5.5
_COUNTIES = frozenset(("county", "parish"))


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in the text and the places it may stand for, with their shares."""

    key: str
    places: tuple[tuple[Known, float], ...]


def measure_support(article: Article, place: Known, own: str) -> float:
    """Return how many other names of the article speak for a place; `own` is the folded name asked for.

    One that the article itself puts in its region, anywhere ("Paris, Texas"), counts for more.
    """
    return _measure(_whole(article.title, article.text), place, own)


@lru_cache(maxsize=1)
def _whole(title: str, text: str) -> str:
    """Return the same string for the same article: to hash that of a long one anew takes long."""
    return f"{title}\n{text}"


def weigh_support(article: Article, place: Known, own: str) -> float:
    """Return what the support adds to the weight of a place, the decimal logarithm of its people."""
    return _WEIGHT * min(_MOST, measure_support(article, place, own))


@lru_cache(maxsize=20_000)
def _measure(text: str, place: Known, own: str) -> float:
    names = [name for name in _weigh_names(text) if name.key not in own and own not in name.key]
    support = sum(_speak(name, place) for name in names)
    region = " ".join(fold_phrase(place.region))
    return support + _SAID * (bool(region) and f" {own} {region} " in _read_text(text)[1])


@lru_cache(maxsize=8)
def _weigh_names(text: str) -> tuple[_Name, ...]:
    """Return the names of a text with the shares of their places after they have spoken for each other."""
    names, _ = _read_text(text)
    return tuple(_weigh_again(name, names) for name in names)


def _weigh_again(name: _Name, names: Sequence[_Name]) -> _Name:
    if len(name.places) < 2:
        return name
    others = [other for other in names if other.key not in name.key and name.key not in other.key]
    weights = []
    for place, _ in name.places:
        support = sum(_speak(other, place) for other in others)
        weights.append(_SHARE_BASE ** (place.weight + _WEIGHT * min(_MOST, support)))
    total = sum(weights)
    places = tuple((place, weight / total) for (place, _), weight in zip(name.places, weights, strict=True))
    return _Name(name.key, places)


def _speak(name: _Name, place: Known) -> float:
    """Return how strongly a name speaks for a place: by its place of most share and least distance."""
    return max(_tie(place, other, share) for other, share in name.places)


def _tie(place: Known, other: Known, share: float) -> float:
    """Return from 0 to 1 how strongly one place speaks for the other."""
    if place.country != other.country:
        return 0.0
    if other.kind == "region":
        return share * (bool(place.region) and place.region == other.region)
    if other.kind == "county":
        is_within = (place.county or place.name, place.region) == (other.name, other.region)
        # Ten states have a Henry County, but only one has a Paris in it.
        return _IN_COUNTY if is_within else share * _fade(place, other)
    if place.kind == "county" and (place.name, place.region) == (other.county, other.region):
        return 1.0
    return 0.0 if place.kind in ("region", "area") else share * _fade(place, other)


def _fade(place: Known, other: Known) -> float:
    north = (place.latitude - other.latitude) * _KM_OF_DEGREE
    east = (place.longitude - other.longitude) * _KM_OF_DEGREE * math.cos(math.radians(place.latitude))
    apart = math.hypot(north, east)
    return 0.5 ** (apart / _HALF_KM) if apart < _FARTHEST_KM else 0.0


@cache
def _load_capital_keys() -> frozenset[str]:
    """Return the folded names of capitals: named for who governs there, they say little on what is near."""
    names = (name for country in load_countries().values() for name in country.capitals)
    return frozenset(" ".join(fold_phrase(name)) for name in names) | {"washington"}


@lru_cache(maxsize=8)
def _read_text(text: str) -> tuple[tuple[_Name, ...], str]:
    """Return the names of a text that may be places, each once, and its words with one space around each.

    Of the words, commas are left out; ends of sentences stay.
    """
    tokens = tokenize(expand_abbreviations(text))
    found: dict[str, _Name] = {}
    at = 0
    while at < len(tokens) and len(found) < _MOST_NAMES:
        if not (tokens[at].is_word and tokens[at].is_capital):
            at += 1
            continue
        end = at
        while end < len(tokens) and tokens[end].is_word and tokens[end].is_capital:
            end += 1
        for key, places in _read_run(tokens[at:end], is_start=at == 0 or tokens[at - 1].key in ".!?"):
            found.setdefault(key, _Name(key, places))
        at = end
    whole = " ".join(token.key for token in tokens if token.key != ",")
    return tuple(found.values()), f" {whole} "


def _read_run(
    tokens: Sequence[Token], *, is_start: bool
) -> list[tuple[str, tuple[tuple[Known, float], ...]]]:
    """Return the name that words in capitals are, or the county that they end with."""
    choices = [tokens]
    if tokens[-1].key in _COUNTIES and len(tokens) > 2:
        choices += [tokens[-3:], tokens[-2:]]
    for words in choices:
        # The first word of a sentence has its capital from there: "Most", "Police", "Hope".
        if len(words) > _LONGEST_NAME or (is_start and len(words) == 1 and find_terms(words)):
            continue
        key = " ".join(token.key for token in words)
        if key in _load_capital_keys():
            continue
        places = [*find_places(key.split()), *find_lesser(key)]
        # "New York" says that a town is in the state of that name as little as "Washington" does.
        cities = {place.country for place in places if place.kind == "city" and place.weight >= _LARGE}
        places = [place for place in places if place.kind != "region" or place.country not in cities]
        if places and len(key) > 2:
            places = sorted(dict.fromkeys(places), key=lambda place: (-place.weight, place.geonames or 0))
            total = sum(_SHARE_BASE**place.weight for place in places)
            shares = [(place, _SHARE_BASE**place.weight / total) for place in places[:_MOST_NAMESAKES]]
            return [(key, tuple(shares))]
    return []
