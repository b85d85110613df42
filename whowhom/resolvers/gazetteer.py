"""Places by name: whowhom's own list of places that news names, and cities from GeoNames (CC BY 4.0)."""

from __future__ import annotations

import gzip
import math
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
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
# Kinds of places in the packed table that are no cities.
_WIDE = frozenset(("region", "county"))
# A listed city so near (in degrees) to one of GeoNames by the same name is that one.
_SAME = 0.3
# Long vowels and the throat sounds of Arabic and its like, then all marks that such names have.
_TRANSLITERATED = re.compile("[āēīōūĀĒĪŌŪ‘ʿʾḨḩḐḑẔẕ]")
_MARKS = re.compile("[\u0304\u0323\u0327\u0331‘’ʿʾ]")
# With which a name of the list tells that it is a region: "Kherson Oblast" is "Kherson" with such a word.
_REGION_ENDINGS = frozenset(
    "oblast governorate region province department voivodeship krai prefecture state division".split()
)


class Known(NamedTuple):
    """A place of the tables.

    Attributes:
        country: Code, "" for what lies in no state or in several: seas, Kashmir.
        kind: "city", "site", "region" (a first-level part of a state), "county" (an American or
            British one) or "area" (any other wide one).
        weight: How likely news means it: decimal logarithm of its people, or what stands for them.
        region: Name of the first-level region that it lies in or is, "" where not known.
        county: Name of the county that it lies in, in the USA and Britain.
    """

    name: str
    country: str
    latitude: float
    longitude: float
    kind: str
    weight: float
    geonames: int | None = None
    region: str = ""
    county: str = ""

    @property
    def is_wide(self) -> bool:
        return self.kind in ("region", "county", "area")

    @property
    def state(self) -> str:
        """Name of the American state, else ""."""
        return self.region if self.country == "USA" else ""


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
                weight = max(city.weight, listed.weight)
                return city._replace(name=listed.name, weight=weight, region=listed.region or city.region)
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


def name_region(code: str, region: str) -> str:
    """Return a first-level region of a state by the one name that the list has for it.

    GeoNames has other spellings, and calls some oblasts by their cities.

    >>> name_region("IRQ", "Ninawa"), name_region("UKR", "Donetsk"), name_region("KEN", "Garissa")
    ('Nineveh', 'Donetsk Oblast', 'Garissa')
    """
    return _load_region_names().get((code, " ".join(fold_phrase(region))), region)


@cache
def _load_region_names() -> dict[tuple[str, str], str]:
    """Return the names of regions by code and folded name: of the table, the list, its stems."""
    stems = [(place, key) for key, places in _load_regions().items() for place in places]
    own = [(place, key) for key, places in _load_listed().items() for place in places]
    names = {(place.country, key): place.name for place, key in (*stems, *own) if place.kind == "region"}
    table = {
        (row["country"], " ".join(fold_phrase(row["geonames"]))): row["name"]
        for row in read_table("region_names")
    }
    return names | table


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
            return max(here, key=lambda place: place.weight)._replace(name=name)
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
            region=row["name"] if row["kind"] == "region" else row["region"],
        )
        for name in (row["name"], *split_list(row["names"])):
            key = " ".join(fold_phrase(name))
            if key and place not in found.get(key, ()):
                found[key] = (*found.get(key, ()), place)
    return found


class _Packed(NamedTuple):
    """The two parts of the packed table as they stand: few lines are ever looked at, by bisection."""

    places: bytes
    keys: bytes


@cache
def _load_packed() -> _Packed:
    packed = gzip.decompress(files("whowhom.resolvers").joinpath(CITIES).read_bytes())
    places, _, keys = packed.partition(b"\n\n")
    return _Packed(places, keys)


@cache
def _load_capitals() -> dict[tuple[str, str], str]:
    """Return the usual name of each capital by code and key; Dacca and Dhaka are one city."""
    found: dict[tuple[str, str], str] = {}
    for code, country in load_countries().items():
        usual: dict[int, str] = {}
        for name in country.capitals:
            key = " ".join(fold_phrase(name))
            # By their main names first: Delhi is also a spelling of New Delhi.
            entries = sorted(entry for entry in _find_entries(key) if "+" not in entry.mark)
            same = [at for _, at in entries if _is_city_in(_read_line(at), code)][:1]
            found.setdefault((code, key), usual.setdefault(same[0], name) if same else name)
    return found


def _is_city_in(line: Sequence[str], code: str) -> bool:
    return line[1] == code and line[5] not in _WIDE


class _Entry(NamedTuple):
    """A name's mark ("" or "~" for another spelling, with "+" before it for a small town) and its place."""

    mark: str
    at: int


@lru_cache(maxsize=50_000)
def _find_entries(key: str) -> tuple[_Entry, ...]:
    """Return what the packed table has under a name, each place once, main names first."""
    keys = _load_packed().keys
    wanted = f"{key}\t".encode()
    low, high = 0, len(keys)
    while low < high:
        start = keys.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = keys.find(b"\n", start)
        end = len(keys) if end < 0 else end + 1
        if keys[start:end] < wanted:
            low = end
        else:
            high = start
    found: dict[int, str] = {}
    while keys.startswith(wanted, low):
        end = keys.find(b"\n", low)
        end = len(keys) if end < 0 else end
        entry = keys[low + len(wanted) : end].decode()
        number = entry.lstrip("+~")
        mark = entry[: len(entry) - len(number)]
        at = int(number)
        found[at] = min(mark, found.get(at, mark))
        low = end + 1
    return tuple(_Entry(mark, at) for at, mark in found.items())


def _read_line(at: int) -> list[str]:
    places = _load_packed().places
    end = places.find(b"\n", at)
    return places[at : len(places) if end < 0 else end].decode().split("\t")


def _find_cities(key: str) -> list[Known]:
    """Return the cities of a name that are large or known."""
    entries = _find_entries(key)
    known = [_read_place(entry, key) for entry in entries if "+" not in entry.mark]
    return [place for place in known if place.kind == "city"]


@lru_cache(maxsize=20_000)
def find_lesser(key: str) -> tuple[Known, ...]:
    """Return the small towns, first-level regions and counties of a name, given folded.

    >>> [(place.name, place.region) for place in find_lesser("rapides parish")]
    [('Rapides Parish', 'Louisiana')]
    """
    places = [(_read_place(entry, key), entry) for entry in _find_entries(key)]
    return tuple(place for place, entry in places if place.kind != "city" or "+" in entry.mark)


@lru_cache(maxsize=20_000)
def _read_place(entry: _Entry, key: str) -> Known:
    """Return a place; a capital weighs more than its people, and has its usual name."""
    name, country, latitude, longitude, thousands, kind, region, county = _read_line(entry.at)
    people = 1000 * int(thousands)
    weight = math.log10(people) if people else _WEIGHT_OF_UNKNOWN_SIZE
    if kind in _WIDE:
        return Known(name, country, float(latitude), float(longitude), kind, weight, None, region)
    capital = "" if "+" in entry.mark else _load_capitals().get((country, key), "")
    if capital:
        weight += _WEIGHT_OF_CAPITAL
    elif "~" in entry.mark:
        weight += _WEIGHT_OF_SPELLING
    return Known(
        capital or _write_plain(name),
        country,
        float(latitude),
        float(longitude),
        "city",
        weight,
        int(kind),
        region,
        county,
    )


def _write_plain(name: str) -> str:
    """Return the name without the marks of transliteration, which no agency writes: "Tikrīt"."""
    if name.isascii() or not _TRANSLITERATED.search(name):
        return name
    letters = unicodedata.normalize("NFD", name)
    return unicodedata.normalize("NFC", _MARKS.sub("", letters))
