"""The tables of states, bodies, offices and roles are in order, and capitals follow history."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from importlib.resources import files

import pytest

from whowhom.coders.labels import SECTORS
from whowhom.records import Article
from whowhom.resolvers.countries import (
    find_codes,
    find_state,
    load_countries,
    name_country,
    settle_capital,
)
from whowhom.resolvers.lexicon import find_terms, fold_phrase, split_list, tokenize
from whowhom.resolvers.people import find_offices
from whowhom.resolvers.scene import group_of, read_scene, weigh_countries

ABOVE = {"UNO", "EUR", "IGO", "NGO", "MNC", "IMG", "ISM"}
TABLES = (
    "organisations",
    "people",
    "regions",
    "roles",
    "seats",
    "changes",
    "cities",
    "countries",
    "crosswalk",
)
KINDS = {
    "roles": {"office", "body", "group", "any", "kin", "proper", "title"},
    "regions": {"region", "city", "people", "breakaway"},
}
CODES_DAYS = [date(year, 7, 1) for year in (1950, 1956, 1960, 1970, 1980, 1991, 1996, 2004, 2012, 2025)]
DAYS = (("changes", "name"),)


def rows_of(table: str) -> list[dict[str, str]]:
    path = files("whowhom.resolvers").joinpath("data", f"{table}.csv")
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), strict=True))


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_all_its_cells(table: str) -> None:
    """A comma too many or too few would shift every cell behind it."""
    for row in rows_of(table):
        assert None not in row, row
        assert None not in row.values(), row


@pytest.mark.parametrize("table", TABLES)
def test_countries_and_sectors_are_codes_of_the_codebook(table: str) -> None:
    """Countries are ISO 3166-1 alpha-3, KOS, a state that is no more, or a code above states."""
    known = set(load_countries()) | ABOVE | {""} | ({"-"} if table == "roles" else set())
    for row in rows_of(table):
        assert row.get("country", "") in known, row
        assert set(row.get("sectors", "").split()) <= set(SECTORS), row
        if table in KINDS:
            assert row["kind"] in KINDS[table], row


@pytest.mark.parametrize("table", ["organisations", "seats", "regions", "roles", "cities"])
def test_no_phrase_stands_twice(table: str) -> None:
    """A phrase has one row in a table, and one place in its row."""
    phrases: Counter[str] = Counter()
    for row in rows_of(table):
        phrases.update([row.get("words") or row["name"], *split_list(row.get("names", ""))])
    assert [phrase for phrase, count in phrases.items() if count > 1] == []


@pytest.mark.parametrize(("table", "key"), DAYS)
def test_terms_of_office_are_in_order_and_apart(table: str, key: str) -> None:
    """The terms of one person or body end after they begin, and the later begins after the earlier."""
    last: dict[str, date] = {}
    for row in sorted(rows_of(table), key=lambda row: (row[key], row["from"])):
        first = date.fromisoformat(row["from"])
        end = date.fromisoformat(row["to"]) if row["to"] else date.max
        assert first <= end, row
        assert last.get(row[key], date.min) <= first, row
        last[row[key]] = end


def test_bodies_that_change_are_bodies_of_the_table() -> None:
    """A change under another name would never take effect."""
    bodies = {row["name"] for row in rows_of("organisations")}
    assert {row["name"] for row in rows_of("changes")} <= bodies


def test_weights_of_the_surroundings_cover_every_group() -> None:
    """A feature or a group without a weight would be an error in the middle of an article."""
    article = Article("1", "Iran spoke in Iraq. Mr. Putin left Syria. Chad. Police.", title="Oman in Qatar")
    scene = read_scene(article)
    named = {name for found in weigh_countries(scene, 35).values() for name in found}
    assert named <= {row["feature"] for row in rows_of("pulls")}
    groups = {group_of((sector,)) for sector in SECTORS} | {group_of(()), "person", "pronoun"}
    assert groups == set(rows_of("pulls")[0]) - {"feature"}


def test_every_state_is_found_by_its_names() -> None:
    """Each name and capital leads back to its state, whatever other tables hold."""
    for country in load_countries().values():
        for words in (country.name, *country.names, *country.capitals):
            terms = [term for match in find_terms(tokenize(words)) for term in match.terms]
            assert {country.code, country.heir} & {term.country for term in terms}, words


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("South Yemen", "YEM"),
        ("Aden", "YEM"),
        ("Sanaa", "YEM"),
        ("South Vietnamese", "VNM"),
        ("Saigon", "VNM"),
        ("Vietnam", "VNM"),
        ("Zanzibar", "TZA"),
        ("Tibetan", "CHN"),
        ("Belgrade", "SRB"),
        ("Serbia and Montenegro", "SRB"),
        ("Yemen Arab Republic", "YAR"),
        ("PDRY", "YMD"),
    ],
)
def test_a_state_that_left_its_name_to_an_heir_takes_no_match_from_it(words: str, code: str) -> None:
    """News of 2010 about South Yemen is about Yemen; only names of its own mean the state of then."""
    (match,) = find_terms(tokenize(words))
    assert match.terms[0].country == code
    assert not {"YAR", "YMD", "RVN", "ZAN", "TBT", "SCG"} & {term.country for term in match.terms} - {code}


def test_past_states_name_the_state_after_them() -> None:
    """A state that is no more has its last day and a successor that the table holds."""
    for country in load_countries().values():
        after = country.successor or country.heir
        assert (country.until is None) == (after == ""), country.code
        assert after in {"", *load_countries()}
        assert not (country.successor and country.heir), country.code


def test_every_state_has_codes_or_a_reason() -> None:
    """A state that a list does not count says so in crosswalk.csv; a territory has no numbers."""
    reasons = {row["code"] for row in rows_of("crosswalk") if row["note"] and not row["scheme"]}
    for country in load_countries().values():
        if country.since is None:
            assert (country.cow, country.gw) == (None, None), country.code
        elif country.cow is None or country.gw is None:
            assert country.code in reasons, country.code
        assert country.until is None or (country.since is not None and country.since < country.until)


def test_rows_of_the_crosswalk_are_of_states_and_schemes_and_in_order() -> None:
    """A row of a misspelt state or scheme would never be read."""
    for row in rows_of("crosswalk"):
        assert row["code"] in load_countries(), row
        assert row["scheme"] in {"", "iso3", "iso2", "cow", "gw"}, row
        assert date.fromisoformat(row["from"] or "0001-01-01") <= date.fromisoformat(
            row["to"] or "9999-12-31"
        )
        assert row["note"] or row["scheme"], row
        assert row["number"].isdecimal() or row["number"] == "" or row["scheme"] in {"iso3", "iso2"}, row


def test_codes_are_unique_on_every_day() -> None:
    """Nothing but a beginning or an end changes codes, so the days around each are enough."""
    turns = {day for country in load_countries().values() for day in (country.since, country.until) if day}
    turns |= {
        date.fromisoformat(row[edge]) for row in rows_of("crosswalk") for edge in ("from", "to") if row[edge]
    }
    days = {day + timedelta(n) for day in turns for n in (-1, 0, 1) if day >= date(1945, 5, 10)}
    for day in days:
        found = [
            find_codes(country.code, day) for country in load_countries().values() if country.is_state(day)
        ]
        for scheme in ("cow", "gw", "iso2"):
            codes = Counter(getattr(one, scheme) for one in found if getattr(one, scheme))
            assert [code for code, count in codes.items() if count > 1] == [], (scheme, day)


@pytest.mark.parametrize("day", CODES_DAYS, ids=str)
def test_codes_lead_there_and_back(day: date) -> None:
    """From a state to its number and back is the same state, whichever list and day."""
    states = [country.code for country in load_countries().values() if country.is_state(day)]
    assert len(states) > 70
    for code in states:
        codes = find_codes(code, day)
        assert codes.iso3 == code
        for scheme, number in (("cow", codes.cow), ("gw", codes.gw), ("iso2", codes.iso2)):
            assert not number or find_state(number, scheme, day) == find_state(str(number), scheme, day)
            assert not number or find_state(number, scheme, day).iso3 == code, (code, scheme)


# (code, scheme, day) and the state with its numbers in COW and Gleditsch-Ward, and words of the warning.
TRAPS = [
    (260, "cow", "1980-01-01", "DEU", 260, 260, "West Germany"),
    (255, "cow", "2000-01-01", "DEU", 255, 260, "255 in COW, 260 in Gleditsch-Ward"),
    (255, "cow", "1970-01-01", "DEU", 260, 260, "COW 255 is Germany only since 1990-10-03"),
    (260, "cow", None, "DEU", 255, 260, "COW 260 is Germany until 1990-10-02"),
    ("DEU", "iso3", "1950-01-01", "DEU", None, 260, "COW does not count it until 1955-05-04"),
    ("DDR", "iso3", "1990-10-02", "DDR", 265, 265, ""),
    ("DDR", "iso3", "1990-10-03", "DDR", None, None, "a state until 1990-10-02; then Germany (DEU)"),
    (678, "cow", "1980-01-01", "YAR", 678, 678, "ISO 3166 had YEM"),
    (679, "cow", None, "YEM", 679, 678, "679 in COW, 678 in Gleditsch-Ward"),
    (679, "cow", "1980-01-01", "YEM", None, None, "no state on 1980-01-01"),
    (678, "gw", None, "YEM", 679, 678, "Yemen Arab Republic until 1990-05-21 and Yemen since"),
    (680, "gw", "1980-01-01", "YMD", 680, 680, ""),
    ("YEM", "iso3", "1980-01-01", "YAR", 678, 678, "two states had this ISO code"),
    (345, "cow", "1999-03-24", "YUG", 345, 345, "and Serbia since"),
    (345, "cow", "2005-01-01", "SCG", 345, 345, "and Serbia since"),
    (345, "cow", None, "SRB", 345, 340, "and Serbia since"),
    (340, "gw", None, "SRB", 345, 340, "345 in COW, 340 in Gleditsch-Ward"),
    (347, "gw", None, "KOS", 347, 347, "ISO has no code for it"),
    ("XKX", "iso3", None, "KOS", 347, 347, "ISO has no code for it"),
    ("CS", "iso2", "1990-01-01", "CSK", 315, 315, "Serbia and Montenegro"),
    ("CS", "iso2", "2005-01-01", "SCG", 345, 345, "Czechoslovakia"),
    (970, "cow", None, "NRU", 970, 971, "970 in COW, 971 in Gleditsch-Ward"),
    (970, "gw", None, "KIR", 946, 970, "946 in COW"),
    (955, "cow", None, "TON", 955, 972, "955 in COW"),
    (973, "gw", "1990-01-01", "TUV", None, 973, "COW does not count it until 2000-09-04"),
    (316, "cow", None, "CZE", 316, 316, ""),
    (315, "gw", "1990-01-01", "CSK", 315, 315, ""),
    (816, "cow", "1970-01-01", "VNM", 816, 816, "North Vietnam"),
    (817, "gw", "1970-01-01", "RVN", 817, 817, "ISO 3166 had VNM"),
    ("VDR", "iso3", "1970-01-01", "VNM", 816, 816, "in V-Dem"),
    (510, "cow", "1963-12-20", "TZA", 510, 510, "Tanganyika alone"),
    (511, "cow", "1963-12-20", "ZAN", 511, 511, ""),
    (530, "gw", "1980-01-01", "ETH", 530, 530, "with Eritrea"),
    (770, "gw", "1960-01-01", "PAK", 770, 770, "with East Pakistan"),
    (365, "cow", "1991-12-26", "SUN", 365, 365, "Russia since"),
    (365, "cow", "1991-12-27", "RUS", 365, 365, "Soviet Union until 1991-12-26"),
    ("UKR", "iso3", "1989-01-01", "UKR", None, None, "before: part of the Soviet Union"),
    (341, "cow", "2006-06-03", "MNE", 341, 341, ""),
    (626, "gw", "2011-07-08", "SSD", None, None, "part of Sudan"),
    (860, "cow", "2002-06-01", "TLS", None, 860, "COW does not count it until 2002-09-26"),
    (652, "cow", "1960-01-01", "SYR", None, None, "the United Arab Republic"),
    ("GE", "iso2", None, "GEO", 372, 372, "two states had this ISO code"),
    ("TWN", "iso3", None, "TWN", 713, 713, "claimed by the People's Republic"),
    ("PSE", "iso3", None, "PSE", None, None, "neither COW nor Gleditsch-Ward"),
    ("HKG", "iso3", None, "HKG", None, None, "no state"),
    ("fra", "iso3", None, "FRA", 220, 220, ""),
    ("FRA", "iso3", "1930-01-01", "FRA", 220, 220, "made for days since 1945-05-09"),
]


@pytest.mark.parametrize(("code", "scheme", "day", "iso3", "cow", "gw", "told"), TRAPS)
def test_codes_that_lists_treat_differently_come_with_a_warning(
    code: str | int, scheme: str, day: str | None, iso3: str, cow: int | None, gw: int | None, told: str
) -> None:
    """Where a code is not what it seems, the answer holds for the day and the warning says why."""
    codes = find_state(code, scheme, day)
    assert (codes.iso3, codes.cow, codes.gw) == (iso3, cow, gw)
    assert told in codes.warning
    assert "\n" not in codes.warning


@pytest.mark.parametrize("code", ["FRA", "UKR", "CZE", "EGY", "BRA", "JPN"])
def test_a_state_without_a_trap_has_no_warning(code: str) -> None:
    """A warning for everything would be read by nobody."""
    assert find_codes(code).warning == ""


@pytest.mark.parametrize(
    ("code", "scheme", "day", "told"),
    [
        ("QQQ", "iso3", None, "No state has 'QQQ' in ISO 3166-1 alpha-3; expected a code such as 'UKR'."),
        (999, "cow", None, "No state has 999 in COW; expected a code such as 369."),
        ("", "gw", None, "No state has '' in Gleditsch-Ward"),
        ("UKR", "fips", None, "No scheme 'fips'; expected iso3, iso2, cow, gw."),
        ("UKR", "iso3", "soon", "on is 'soon'"),
    ],
)
def test_unknown_codes_are_errors_that_say_what_was_expected(
    code: str | int, scheme: str, day: str | None, told: str
) -> None:
    """Nothing is guessed for a code that no state has."""
    with pytest.raises(ValueError, match=f"^{told}"):
        find_state(code, scheme, day)


@pytest.mark.parametrize(
    ("capital", "code", "day", "wanted"),
    [
        ("Moscow", "RUS", date(1990, 5, 1), "SUN"),
        ("Moscow", "RUS", date(1992, 5, 1), "RUS"),
        ("Moscow", "RUS", None, "RUS"),
        ("Belgrade", "SRB", date(1995, 5, 1), "YUG"),
        ("Belgrade", "SRB", date(2012, 5, 1), "SRB"),
        ("Prague", "CZE", date(1991, 5, 1), "CSK"),
        ("Paris", "FRA", date(1991, 5, 1), "FRA"),
    ],
)
def test_a_capital_stands_for_the_state_of_its_day(
    capital: str, code: str, day: date | None, wanted: str
) -> None:
    """Old news from a capital is about the state of then."""
    assert settle_capital(capital, code, day) == wanted


def test_codes_that_are_no_state_have_no_name() -> None:
    """Names are for states; bodies above them have names of their own."""
    assert [name_country(code) for code in ("KOS", "UNO", "", "XYZ")] == ["Kosovo", "", "", ""]


def test_offices_are_found_whatever_accents_and_hyphens() -> None:
    """ "Kim Jong-un" and "Kim Jong Un" are one man, and so are "Orbán" and "Orban"."""
    assert find_offices(fold_phrase("Kim Jong-un")) == find_offices(fold_phrase("Kim Jong Un")) != ()
    assert find_offices(fold_phrase("Viktor Orbán")) == find_offices(fold_phrase("Viktor Orban")) != ()
