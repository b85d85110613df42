"""Places by name: whowhom's own list of places that news names, and cities from GeoNames (CC BY 4.0)."""

from __future__ import annotations

import gzip
import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from whowhom.resolvers.countries import load_countries
from whowhom.resolvers.lexicon import fold_phrase, read_table, split_list

CITIES = "data/cities.tsv.gz"

# The list holds places that news names often; one weighs as much as a city of a million.
_WEIGHT_OF_LISTED = 6.0
_WEIGHT_OF_CAPITAL = 1.0
# Another spelling may be that of any of a hundred languages: "Bardo" is Bordeaux in some.
_WEIGHT_OF_SPELLING = -1.0
# GeoNames does not know how many people live in some towns that war made known.
_WEIGHT_OF_UNKNOWN_SIZE = 3.5


@dataclass(frozen=True, slots=True)
class Known:
    """A place of the tables.

    Attributes:
        country: Code, "" for what lies in no state or in several: seas, Kashmir.
        kind: "city", "site", "region" (a first-level part of a state) or "area" (any other wide one).
        weight: How likely news means it: decimal logarithm of its people, or what stands for them.
        state: Name of the American state, else "".
    """

    name: str
    country: str
    latitude: float
    longitude: float
    kind: str
    weight: float
    geonames: int | None = None
    state: str = ""

    @property
    def is_wide(self) -> bool:
        return self.kind in ("region", "area")


def find_places(keys: Sequence[str]) -> tuple[Known, ...]:
    """Return the places of a name, given by its folded words.

    >>> sorted({place.country for place in find_places(["tripoli"])})
    ['GRC', 'LBN', 'LBY']
    """
    key = " ".join(keys)
    return (*_load_listed().get(key, ()), *_find_cities(key))


def find_capital(code: str) -> Known | None:
    """Return the capital of a state by its usual name, None where no table has it.

    >>> find_capital("UKR").name
    'Kyiv'
    """
    for name in load_countries()[code].capitals:
        here = [place for place in find_places(fold_phrase(name)) if place.country == code]
        if here:
            return replace(max(here, key=lambda place: place.weight), name=name)
    return None


@cache
def _load_listed() -> dict[str, tuple[Known, ...]]:
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


class _Cities(NamedTuple):
    """Lines of the packed table as they stand: few are ever looked at, and those by bisection."""

    cities: list[str]
    keys: list[str]


@cache
def _load_cities() -> _Cities:
    text = gzip.decompress(files("whowhom.resolvers").joinpath(CITIES).read_bytes()).decode("utf-8")
    cities, _, keys = text.partition("\n\n")
    return _Cities(cities.split("\n"), keys.split("\n"))


@cache
def _load_capitals() -> dict[tuple[str, str], str]:
    return {
        (code, " ".join(fold_phrase(name))): name
        for code, country in load_countries().items()
        for name in country.capitals
    }


def _find_cities(key: str) -> list[Known]:
    cities, keys = _load_cities()
    found: list[Known] = []
    line = f"{key}\t"
    at = bisect_left(keys, line)
    while at < len(keys) and keys[at].startswith(line):
        number = keys[at][len(line) :]
        found.append(_read_city(cities[int(number.lstrip("~"))], key, is_spelling=number[0] == "~"))
        at += 1
    return found


def _read_city(line: str, key: str, *, is_spelling: bool) -> Known:
    """Return a city; a capital weighs more than its people, and has its usual name."""
    name, country, latitude, longitude, thousands, geonames, state = line.split("\t")
    people = 1000 * int(thousands)
    weight = math.log10(people) if people else _WEIGHT_OF_UNKNOWN_SIZE
    capital = _load_capitals().get((country, key))
    if capital:
        weight += _WEIGHT_OF_CAPITAL
    elif is_spelling:
        weight += _WEIGHT_OF_SPELLING
    return Known(
        capital or name, country, float(latitude), float(longitude), "city", weight, int(geonames), state
    )
