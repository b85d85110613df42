"""The tables of places: found by name, and true to the states they name."""

from __future__ import annotations

import math
import time

import pytest

from whowhom.resolvers import gazetteer
from whowhom.resolvers.countries import load_countries
from whowhom.resolvers.gazetteer import (
    expand_abbreviations,
    find_capital,
    find_lesser,
    find_places,
    find_regions,
    name_region,
)
from whowhom.resolvers.lexicon import fold_phrase, read_table, split_list

# Territories that news names and that take part in nothing: they have no row among the states.
TERRITORIES = {"ATA", "CXR", "IOT", "MNP"}
ROWS = list(read_table("places"))


def test_every_row_has_a_kind_a_code_and_coordinates_on_earth() -> None:
    """The list holds nothing that a reader of it could not use."""
    for row in ROWS:
        assert row["kind"] in {"city", "site", "region", "area"}, row
        assert not row["country"] or row["country"] in {*load_countries(), *TERRITORIES}, row
        assert -90 <= float(row["latitude"]) <= 90, row
        assert -180 <= float(row["longitude"]) <= 180, row


def test_every_region_of_a_row_is_one_of_its_state() -> None:
    """A city or site of the list lies in a region that cities of GeoNames or the list itself have."""
    lines = (line.split("\t") for line in gazetteer._load_packed().places.decode().split("\n"))
    known = {(line[1], name_region(line[1], line[6])) for line in lines}
    known |= {(row["country"], row["name"]) for row in ROWS if row["kind"] == "region"}
    # GeoNames puts Washington into Maryland.
    known.add(("USA", "District of Columbia"))
    named = {(row["country"], row["region"]) for row in ROWS if row["region"]}
    assert named - known == set()


@pytest.mark.parametrize(
    ("code", "spelling", "name"),
    [
        ("IRQ", "Ninawa", "Nineveh"),
        ("UKR", "Donetsk", "Donetsk Oblast"),
        ("RUS", "Moscow", "Moscow"),
        ("RUS", "Brjansk", "Bryansk Oblast"),
        ("KEN", "Garissa", "Garissa"),
    ],
)
def test_a_region_has_one_name_whatever_geonames_calls_it(code: str, spelling: str, name: str) -> None:
    """A town of a region and the region itself tell the same name, so that they count as one."""
    assert name_region(code, spelling) == name


def test_no_row_is_twice_in_the_list() -> None:
    """One name, country and kind is one row: two would differ some day."""
    rows = [(fold_phrase(row["name"]), row["country"], row["kind"]) for row in ROWS]
    assert sorted({row for row in rows if rows.count(row) > 1}) == []


def test_every_name_of_the_list_is_found() -> None:
    """No name folds to nothing or to something else."""
    for row in ROWS:
        for name in (row["name"], *split_list(row["names"])):
            found = {(place.name, place.country) for place in find_places(fold_phrase(name))}
            assert (row["name"], row["country"]) in found, name


def test_every_state_of_today_has_its_capital() -> None:
    """ "The capital" of any member of the table of states has coordinates, or the table names none."""
    lacking = {
        code
        for code, country in load_countries().items()
        if country.until is None and country.capitals and find_capital(code) is None
    }
    assert lacking == set()


def test_every_state_has_its_point_among_its_cities() -> None:
    """A wrong sign or two numbers swapped would put a state into another or into the ocean."""
    cities: dict[str, list[tuple[float, float]]] = {}
    for line in gazetteer._load_packed().places.decode().split("\n"):
        _, country, latitude, longitude, *_ = line.split("\t")
        cities.setdefault(country, []).append((float(latitude), float(longitude)))
    for code, state in load_countries().items():
        # The Holy See and Niue have no city of a thousand people.
        around = cities.get(code) or cities.get(
            state.successor or state.heir, [(state.latitude, state.longitude)]
        )
        degrees = min(math.hypot(north - state.latitude, east - state.longitude) for north, east in around)
        # Greenland is empty but for its coast, and a state of islands has its middle between them.
        assert degrees < (8 if code == "GRL" else 3.5), code


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Kiev", "UKR"),
        ("Falluja", "IRQ"),
        ("Sievierodonetsk", "UKR"),
        ("Srebrenica", "BIH"),
        ("Zakho", "IRQ"),
    ],
)
def test_towns_are_found_by_other_spellings(name: str, country: str) -> None:
    """News writes names as it did thirty years ago, and in several ways at once."""
    assert country in {place.country for place in find_places(fold_phrase(name))}


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("Kiev", "Kyiv"),
        ("Rangoon", "Yangon"),
        ("Dacca", "Dhaka"),
        ("Bombay", "Mumbai"),
        ("Nur-Sultan", "Astana"),
        ("Tikrit", "Tikrit"),
    ],
)
def test_a_city_has_one_name_whatever_the_text_calls_it(name: str, usual: str) -> None:
    """Events in Bombay and in Mumbai are in one place, which also has its number in GeoNames."""
    best = max(find_places(fold_phrase(name)), key=lambda place: place.weight)
    assert best.name == usual
    assert best.geonames


def test_a_listed_city_is_not_found_twice() -> None:
    """The row of the list and the one of GeoNames are joined where they lie side by side."""
    numbers = [place.geonames for place in find_places(["mumbai"]) if place.geonames]
    assert len(numbers) == len(set(numbers))
    assert sum(place.country == "IND" for place in find_places(["mumbai"])) == 1


def test_a_region_is_found_by_the_name_that_it_shares_with_its_city() -> None:
    """ "Kherson region" is the oblast, though the list calls it so with that word only."""
    assert {(region.name, region.country) for region in find_regions(["homs"])} == {
        ("Homs Governorate", "SYR")
    }
    assert find_regions(["helmand"])[0].name == "Helmand"
    assert find_regions(["nowhere"]) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Charleston, W.Va.", "Charleston, West Virginia"),
        ("in Norfolk, Va., on Friday", "in Norfolk, Virginia, on Friday"),
        ("Calgary, Alta", "Calgary, Alberta"),
        ("Ga.", "Georgia"),
        ("N.Y", "New York"),
        ("Austin, TX", "Austin, Texas"),
        ("Miss Universe, Massed bands", "Miss Universe, Massed bands"),
        ("no comma Ill. here", "no comma Ill. here"),
    ],
)
def test_shortened_states_are_written_out_after_a_comma(text: str, expected: str) -> None:
    """Elsewhere "Miss", "Ill." and "Mass" are words."""
    assert expand_abbreviations(text) == expected


def test_every_abbreviation_stands_for_a_region_of_the_list() -> None:
    """No row of abbreviations.csv writes out to something that no table knows."""
    regions = {row["name"] for row in ROWS if row["kind"] == "region"}
    assert {row["name"] for row in read_table("abbreviations")} <= regions


def test_no_common_name_of_another_city_is_a_spelling() -> None:
    """GeoNames calls Little Rock "Acropolis" and Bordeaux "Bardo"; neither is what news means."""
    assert all(place.name != "Little Rock" for place in find_places(["acropolis"]))
    assert all(place.name != "Bordeaux" for place in find_places(["bardo"]))


def test_towns_of_a_thousand_people_are_found_apart_from_cities() -> None:
    """A hamlet is no rival of a city where nobody asks for it, and has its county and region."""
    assert find_places(["whitestown"]) == ()
    assert [(town.region, town.county) for town in find_lesser("whitestown")] == [("Indiana", "Boone County")]


def test_regions_and_counties_lie_among_their_cities() -> None:
    """Their centre is the middle of the box around their cities; neither has a number of GeoNames."""
    (parish,) = find_lesser("rapides parish")
    assert (parish.kind, parish.region, parish.geonames) == ("county", "Louisiana", None)
    assert (parish.latitude, parish.longitude) == pytest.approx((31.3, -92.4), abs=0.2)
    assert all(place.is_wide for place in find_lesser("yaracuy") if place.kind == "region")


def test_bearings_alone_are_no_regions() -> None:
    """ "Northern" is a region of Ghana, Zambia and the Sudan, and a word of any report."""
    assert not any(place.kind == "region" for key in ("northern", "central") for place in find_lesser(key))


def test_every_city_of_the_packed_table_has_a_country_and_most_a_region() -> None:
    """What the two packages know of each other joins."""
    lines = gazetteer._load_packed().places.decode().split("\n")
    rows = [line.split("\t") for line in lines]
    assert {len(row) for row in rows} == {8}
    assert sum(bool(row[6]) for row in rows) > 0.98 * len(rows)


def test_the_packed_table_is_small_and_quick_to_open() -> None:
    """Opening takes no time that somebody would notice, and a look-up next to none."""
    gazetteer._load_packed.cache_clear()
    gazetteer._find_entries.cache_clear()
    began = time.perf_counter()
    find_places(["tripoli"])
    assert time.perf_counter() - began < 0.5
    began = time.perf_counter()
    for _ in range(1000):
        find_places(["tripoli"])
    assert time.perf_counter() - began < 0.5
