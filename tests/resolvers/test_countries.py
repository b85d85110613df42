"""The tables of states, bodies, offices and roles are in order, and capitals follow history."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from importlib.resources import files

import pytest

from whowhom.coders.labels import SECTORS
from whowhom.records import Article
from whowhom.resolvers.countries import load_countries, name_country, settle_capital
from whowhom.resolvers.lexicon import find_terms, fold_phrase, split_list, tokenize
from whowhom.resolvers.people import find_offices
from whowhom.resolvers.scene import group_of, read_scene, weigh_countries

ABOVE = {"UNO", "EUR", "IGO", "NGO", "MNC", "IMG", "ISM"}
TABLES = ("organisations", "people", "regions", "roles", "seats", "changes", "cities")
KINDS = {
    "roles": {"office", "body", "group", "any", "kin", "proper", "title"},
    "regions": {"region", "city", "people", "breakaway"},
}
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
            assert country.code in {term.country for term in terms}, words


def test_past_states_name_the_state_after_them() -> None:
    """A state that is no more has its last day and a successor that the table holds."""
    for country in load_countries().values():
        assert (country.until is None) == (country.successor == ""), country.code
        assert country.successor in {"", *load_countries()}


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
