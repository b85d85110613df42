"""What must hold of a table of people in office, and what is worth a second look.

    >>> row = dict.fromkeys(COLUMNS, "") | {"name": "Ada Quist", "country": "DNK", "office": "envoy",
    ...                                     "sectors": "GOV", "from": "2001-02-30"}
    >>> [finding.text for finding in check_people([row])]
    ["from '2001-02-30' is no day; expected YYYY-MM-DD, YYYY-MM or YYYY"]

A table of one's own has the same columns as data/people.csv and is added with `people.add_people`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from whowhom.coders.labels import SECTORS
from whowhom.resolvers.countries import load_countries
from whowhom.resolvers.people import COLUMNS, HEADS, RANKS, read_day

ABOVE_STATES = frozenset("UNO EUR IGO NGO IMG".split())
# Offices that one person holds at a time, but for a handing over.
_SINGLE = (*sorted(HEADS), "foreign minister", "defence minister", "finance minister", "interior minister")
_HANDING_OVER = 31
_LONG_GAP = 92
_GAPS_SINCE = date(1990, 1, 1)
_LONGEST = 50


class Finding(NamedTuple):
    """What is wrong with a row (`is_error`) or worth a look; `line` counts the header as 1."""

    line: int
    is_error: bool
    text: str


class _Term(NamedTuple):
    first: date
    last: date
    surely_from: date
    surely_to: date
    line: int
    name: str


def check_table(path: Path | None = None) -> Iterator[Finding]:
    """Check the table of people in a CSV file, the package's own where none is given.

    Raises:
        ValueError: The file has other columns.
    """
    with (path or Path(__file__).parent / "data/people.csv").open(encoding="utf-8-sig", newline="") as table:
        reader = csv.DictReader(table)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            found = ",".join(reader.fieldnames or ())
            raise ValueError(f"{path} has the columns {found!r}, expected {','.join(COLUMNS)!r}.")
        yield from check_people(list(reader))


def check_people(rows: Iterable[Mapping[str, str]]) -> Iterator[Finding]:
    """Yield what is wrong with the rows of a table of people, then where terms overlap or leave gaps."""
    terms: dict[tuple[str, str, str], list[_Term]] = {}
    for line, row in enumerate(rows, 2):
        wrong = list(_check_row(row))
        yield from (Finding(line, True, text) for text in wrong)
        if wrong:
            continue
        first, last = read_day(row["from"], last=False), read_day(row["to"], last=True)
        assert first is not None
        whose = row["country"], row["body"], row["office"]
        terms.setdefault(whose, []).append(
            _Term(
                first,
                last or date.max,
                read_day(row["from"], last=True) or first,
                read_day(row["to"], last=False) or date.max,
                line,
                row["name"],
            )
        )
        if ((last or date.today()) - first).days > 366 * _LONGEST:
            yield Finding(line, False, f"{row['name']}: over {_LONGEST} years as {row['office']}")
    for (country, body, office), known in sorted(terms.items()):
        if office in _SINGLE and not body:
            yield from _compare_terms(f"{office} of {country}", sorted(known))
    yield from _find_gaps(terms)


def _check_row(row: Mapping[str, str]) -> Iterator[str]:
    if None in row or any(row.get(column) is None for column in COLUMNS):
        yield f"not {len(COLUMNS)} fields; expected {', '.join(COLUMNS)}"
        return
    if not row["name"].strip():
        yield "no name"
    if row["country"] and row["country"] not in load_countries() and row["country"] not in ABOVE_STATES:
        yield f"country {row['country']!r} is in no table; expected ISO 3166-1 alpha-3"
    if not row["country"] and not row["body"]:
        yield "neither country nor body"
    if row["office"] not in RANKS:
        yield f"office {row['office']!r} is not known; expected one of {', '.join(RANKS)}"
    unknown = [sector for sector in row["sectors"].split() if sector not in SECTORS]
    if unknown or not row["sectors"].split():
        yield f"sectors {row['sectors']!r}; expected some of {' '.join(SECTORS)}"
    days = []
    for column in ("from", "to"):
        try:
            days.append(read_day(row[column], last=column == "to"))
        except ValueError:
            yield f"{column} {row[column]!r} is no day; expected YYYY-MM-DD, YYYY-MM or YYYY"
    if len(days) == 2:
        if days[0] is None:
            yield "from is empty; expected at least the year"
        elif days[1] is not None and days[1] < days[0]:
            yield f"ends on {row['to']}, before it begins on {row['from']}"


def _compare_terms(what: str, terms: list[_Term]) -> Iterator[Finding]:
    latest = terms[0]
    for term in terms[1:]:
        shared = (min(latest.surely_to, term.surely_to) - term.surely_from).days
        if shared > _HANDING_OVER and term.name != latest.name:
            yield Finding(
                term.line, False, f"{term.name} and {latest.name} (line {latest.line}) are both {what}"
            )
        latest = max(latest, term, key=lambda one: one.last)


def _find_gaps(terms: Mapping[tuple[str, str, str], list[_Term]]) -> Iterator[Finding]:
    """Yield the spans in which a state has neither head of state nor of government."""
    heads: dict[str, list[_Term]] = {}
    for (country, body, office), known in terms.items():
        if office in HEADS and not body:
            heads.setdefault(country, []).extend(known)
    for country, known in sorted(heads.items()):
        until = known[0].last
        for term in sorted(known):
            if term.first > _GAPS_SINCE and until < term.first and (term.first - until).days > _LONG_GAP:
                yield Finding(term.line, False, f"{country} has no head from {until} to {term.first}")
            until = max(until, term.last)
