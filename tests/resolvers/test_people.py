"""People in office: whom a name means on a day, and the table behind it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from whowhom.resolvers import people
from whowhom.resolvers.knowledge import check_people, check_table
from whowhom.resolvers.people import COLUMNS, add_people, find_holder, find_office, read_day

ROW = dict(
    zip(
        COLUMNS,
        ("Ada Quist", "Quist", "DNK", "", "envoy", "GOV", "2001-02-01", "2003", "general knowledge"),
        strict=True,
    )
)


@pytest.fixture
def own_table() -> Iterator[None]:
    """Forget rows that a test adds."""
    yield
    people._load_people.cache_clear()


def name_of(keys: str, day: str | None, *roles: str, country: str = "") -> str:
    office = find_office(tuple(keys.split()), roles, date.fromisoformat(day) if day else None, country)
    return office.name if office else ""


@pytest.mark.parametrize(
    ("keys", "day", "roles", "name"),
    [
        ("bush", "1991-01-17", ("president",), "George H. W. Bush"),
        ("bush", "2003-03-20", ("president",), "George W. Bush"),
        ("bush", "2003-03-20", (), "George W. Bush"),
        ("yoon", "2024-11-30", ("president",), "Yoon Suk-yeol"),
        ("may", "2018-01-01", ("prime minister",), "Theresa May"),
        ("wang", "2024-05-01", ("foreign minister",), "Wang Yi"),
        ("wang", "2024-05-01", (), ""),
        ("kim", "2018-06-12", (), "Kim Jong Un"),
        ("kim", "2008-06-12", (), ""),  # its premier was a Kim too
        ("kim", "2008-06-12", ("president",), "Kim Jong Il"),
        ("lee", "2010-01-01", ("president",), "Lee Myung-bak"),
        ("lee", "2010-01-01", ("prime minister",), "Lee Hsien Loong"),
        ("al assad", "1995-01-01", ("president",), "Hafez al-Assad"),
        ("al masri", "1991-09-04", (), "Taher al-Masri"),
        ("boediono", "2003-03-16", (), "Boediono"),
        ("quist", "2018-06-12", ("president",), ""),
        ("kim jong un", None, (), "Kim Jong Un"),
        ("volodymyr zelenskyy", "2023-01-01", (), "Volodymyr Zelensky"),
    ],
)
def test_a_name_is_somebody_where_day_and_title_leave_one(
    keys: str, day: str | None, roles: tuple[str, ...], name: str
) -> None:
    """A bare surname that several may bear on the day is nobody's."""
    assert name_of(keys, day, *roles) == name


def test_where_two_of_one_state_are_meant_the_state_is_known() -> None:
    """ "President Bush" of an undated text is one of two men, both American."""
    office = find_office(("bush",), ("president",), None)
    assert office is not None
    assert (office.name, office.country, office.sectors) == ("", "USA", ("GOV",))


def test_the_country_of_a_person_parts_namesakes() -> None:
    """A Wang of Taiwan is not the Chinese minister."""
    assert name_of("wang yi", "2015-01-01", country="CHN") == "Wang Yi"
    assert name_of("wang yi", "2015-01-01", country="FRA") == ""


@pytest.mark.parametrize(
    ("country", "role", "day", "name"),
    [
        ("USA", "president", "2005-01-20", "George W. Bush"),
        ("GBR", "prime minister", "2022-09-06", "Liz Truss"),
        ("FRA", "president", "2017-05-14", "Emmanuel Macron"),
        ("FRA", "prime minister", "2017-06-01", "Edouard Philippe"),
        ("IRN", "president", "2018-01-01", "Hassan Rouhani"),
        ("CHN", "foreign minister", "2024-01-01", "Wang Yi"),
        ("KOR", "president", "2024-12-20", "Yoon Suk-yeol"),
        ("DEU", "envoy", "2024-12-20", ""),
    ],
)
def test_a_title_of_a_state_has_its_holder_on_the_day(country: str, role: str, day: str, name: str) -> None:
    """The newcomer counts on the day of a handing over, and who acts for the holder is not the holder."""
    office = find_holder(country, [role], date.fromisoformat(day))
    assert (office.name if office else "") == name


def test_the_table_of_the_package_is_sound() -> None:
    """No row is wrong, and few terms overlap or leave a gap: rival governments, collective presidencies."""
    findings = list(check_table())
    assert [finding for finding in findings if finding.is_error] == []
    assert len(findings) < 120
    with (Path(people.__file__).parent / "data/people.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    in_office = [row for row in rows if row["office"] in people.HEADS or row["office"].endswith("minister")]
    assert len(in_office) > 2500
    assert all(row["basis"] for row in rows)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"country": "DEN"}, "country 'DEN' is in no table; expected ISO 3166-1 alpha-3"),
        ({"country": ""}, "neither country nor body"),
        ({"office": "minister"}, "office 'minister' is not known"),
        ({"sectors": "GOV XXX"}, "sectors 'GOV XXX'; expected some of"),
        ({"sectors": ""}, "sectors ''; expected some of"),
        ({"from": "2001-02-30"}, "from '2001-02-30' is no day; expected YYYY-MM-DD, YYYY-MM or YYYY"),
        ({"from": "soon"}, "from 'soon' is no day"),
        ({"from": ""}, "from is empty"),
        ({"to": "1999"}, "ends on 1999, before it begins on 2001-02-01"),
        ({"name": " "}, "no name"),
    ],
)
def test_a_wrong_row_is_told_with_what_was_expected(changed: dict[str, str], text: str) -> None:
    """Each mistake has one line, which holds the value."""
    (finding,) = check_people([ROW | changed])
    assert finding.is_error
    assert finding.line == 2
    assert finding.text.startswith(text)


def test_terms_that_overlap_and_gaps_are_told() -> None:
    """Two heads at once and none at all are worth a look; a handing over is not."""

    def head(name: str, first: str, last: str) -> dict[str, Any]:
        return ROW | {"name": name, "office": "head of government", "from": first, "to": last}

    told = [
        finding.text
        for finding in check_people(
            [
                head("A", "2000-01-01", "2001-06-01"),
                head("B", "2001-03-01", "2002-01-01"),
                head("C", "2002-01-01", "2003-01-01"),
                head("D", "2004-01-01", ""),
            ]
        )
    ]
    assert told == [
        "B and A (line 2) are both head of government of DNK",
        "DNK has no head from 2003-01-01 to 2004-01-01",
    ]


def test_rows_of_ones_own_are_found(tmp_path: Path, own_table: None) -> None:
    """A table with the same columns is added; a wrong one names its line and changes nothing."""
    assert name_of("ada quist", "2002-01-01") == ""
    path = tmp_path / "mine.csv"
    with path.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, COLUMNS)
        writer.writeheader()
        writer.writerow(ROW)
    assert add_people(path) == 1
    assert name_of("ada quist", "2002-01-01") == "Ada Quist"
    path.write_text(path.read_text().replace("envoy", "queen"))
    with pytest.raises(ValueError, match=r"line 2: office 'queen' is not known"):
        add_people(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"has the columns 'a,b', expected 'name,names"):
        add_people(path)


def test_a_day_that_is_known_in_part_spans_what_it_may_be() -> None:
    """2004-02 begins on the 1st and ends on the 29th."""
    assert read_day("2004-02", last=False) == date(2004, 2, 1)
    assert read_day("2004-02", last=True) == date(2004, 2, 29)
    assert read_day("2004", last=True) == date(2004, 12, 31)
    assert read_day("", last=True) is None
