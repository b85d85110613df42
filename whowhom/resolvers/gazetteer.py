"""Places by name: whowhom's own list of places that news names, and cities from GeoNames (CC BY 4.0)."""

from __future__ import annotations

import gzip
import math
import re
import unicodedata
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
# A listed city so near (in degrees) to one of GeoNames by the same name is that one.
_SAME = 0.3
# Long vowels and the throat sounds of Arabic and its like, then all marks that such names have.
_TRANSLITERATED = re.compile("[āēīōūĀĒĪŌŪ‘ʿʾḨḩḐḑẔẕ]")
_MARKS = re.compile("[\u0304\u0323\u0327\u0331‘’ʿʾ]")
# With which a name of the list tells that it is a region: "Kherson Oblast" is "Kherson" with such a word.
_REGION_ENDINGS = frozenset(
    "oblast governorate region province department voivodeship krai prefecture state division".split()
)


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
    cities = _find_cities(key)
    listed = [_join_same(place, cities) for place in _load_listed().get(key, ())]
    known = {place.geonames for place in listed if place.geonames}
    return (*listed, *(city for city in cities if city.geonames not in known))


def _join_same(listed: Known, cities: Sequence[Known]) -> Known:
    """Return a listed city with what GeoNames knows of it; the name is that of the list.

    "Bombay" is joined with what GeoNames has under "Mumbai": it keeps no name that is quite different.
    """
    if listed.kind == "city":
        for city in (*cities, *_find_cities(" ".join(fold_phrase(listed.name)))):
            apart = max(abs(city.latitude - listed.latitude), abs(city.longitude - listed.longitude))
            if city.country == listed.country and apart < _SAME:
                return replace(city, name=listed.name, weight=max(city.weight, listed.weight))
    return listed


def find_regions(keys: Sequence[str]) -> tuple[Known, ...]:
    """Return the regions that a name means with "province", "oblast" or the like after it.

    >>> [region.name for region in find_regions(["kherson"])]
    ['Kherson Oblast']
    """
    key = " ".join(keys)
    full = [place for place in _load_listed().get(key, ()) if place.kind == "region"]
    return (*full, *_load_regions().get(key, ()))


@cache
def _load_regions() -> dict[str, tuple[Known, ...]]:
    """Return the regions whose names end with a word for one, by what stands before that word."""
    found: dict[str, tuple[Known, ...]] = {}
    for key, places in _load_listed().items():
        stem, _, ending = key.rpartition(" ")
        regions = tuple(place for place in places if place.kind == "region")
        if stem and regions and ending in _REGION_ENDINGS:
            found[stem] = (*found.get(stem, ()), *regions)
    return found


def expand_abbreviations(text: str) -> str:
    """Write out the states and provinces that stand shortened after a comma, as news agencies do.

    Else only where a whole mention is one, with its dot: "Miss" and "LA" are other things.

    >>> expand_abbreviations("Charleston, W.Va.")
    'Charleston, West Virginia'
    >>> expand_abbreviations("W.Va.")
    'West Virginia'
    """
    if "," not in text and "." not in text:
        return text
    pattern, names = _load_abbreviations()
    if text in names:
        return names[text]
    return pattern.sub(lambda found: f", {names[found[1]]}", text)


@cache
def _load_abbreviations() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {short: row["name"] for row in read_table("abbreviations") for short in split_list(row["words"])}
    # The dot at the end may be that of the sentence, outside of the words.
    names |= {short[:-1]: name for short, name in names.items() if short.endswith(".") and len(short) > 3}
    choices = "|".join(map(re.escape, sorted(names, key=lambda short: (-len(short), short))))
    return re.compile(rf",\s*({choices})(?!\w)"), names


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
    """Return the usual name of each capital by code and key; Dacca and Dhaka are one city."""
    cities, _ = _load_cities()
    found: dict[tuple[str, str], str] = {}
    for code, country in load_countries().items():
        usual: dict[str, str] = {}
        for name in country.capitals:
            key = " ".join(fold_phrase(name))
            # By their main names first: Delhi is also a spelling of New Delhi.
            numbers = _find_numbers(key)
            lines = (cities[number] for number in sorted(numbers, key=lambda number: numbers[number]))
            same = [line for line in lines if f"\t{code}\t" in line][:1]
            found.setdefault((code, key), usual.setdefault(same[0], name) if same else name)
    return found


def _find_cities(key: str) -> list[Known]:
    cities, _ = _load_cities()
    return [
        _read_city(cities[number], key, is_spelling=is_spelling)
        for number, is_spelling in _find_numbers(key).items()
    ]


def _find_numbers(key: str) -> dict[int, bool]:
    """Return the numbers of the cities of a name, and whether it is but another spelling."""
    _, keys = _load_cities()
    found: dict[int, bool] = {}
    line = f"{key}\t"
    at = bisect_left(keys, line)
    while at < len(keys) and keys[at].startswith(line):
        number = keys[at][len(line) :]
        found.setdefault(int(number.lstrip("~")), number[0] == "~")
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
        capital or _write_plain(name),
        country,
        float(latitude),
        float(longitude),
        "city",
        weight,
        int(geonames),
        state,
    )


def _write_plain(name: str) -> str:
    """Return the name without the marks of transliteration, which no agency writes: "Tikrīt"."""
    if name.isascii() or not _TRANSLITERATED.search(name):
        return name
    letters = unicodedata.normalize("NFD", name)
    return unicodedata.normalize("NFC", _MARKS.sub("", letters))
