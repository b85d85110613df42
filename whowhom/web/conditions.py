"""Which incidents `Filters` name: the condition in SQL on the table `facet`, with its values bound."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from whowhom.coders.labels import SECTORS
from whowhom.exporters.tables import mend
from whowhom.web.columns import COLUMN_BY_NAME
from whowhom.web.filters import Filters

_CODE = re.compile(r"[A-Z]{3}")
_MOST_WORDS = 8
ROLES = ("actor", "recipient")


class Bound(dict[str, Any]):
    """Values of a query by the name of their parameter."""

    def bind(self, value: Any) -> str:
        """Return the parameter for a value."""
        name = f"value_{len(self)}"
        self[name] = mend(value)
        return f"${name}"


Condition = Callable[[Any, Bound], str]


def select(filters: Filters, *, without: str = "", bound: Bound | None = None) -> tuple[str, Bound]:
    """Return the condition on `facet` that the filters make, `without` one attribute, and its values."""
    bound = Bound() if bound is None else bound
    where = []
    for attribute, make in _CONDITIONS.items():
        value = getattr(filters, attribute)
        if value and attribute != without:
            where.append(make(value, bound))
    return " AND ".join(where) or "true", bound


def order(filters: Filters) -> str:
    """Return what the rows of `facet` are sorted by; equal ones always stand in the same order."""
    direction = "DESC" if filters.order == "desc" else "ASC"
    return f"{COLUMN_BY_NAME[filters.sort].order} {direction} NULLS LAST, facet.incident"


def _fold(words: str) -> str:
    return f"strip_accents(lower({words}))"


def _any_of(make: Callable[[str, Bound], str]) -> Condition:
    def condition(values: Sequence[str], bound: Bound) -> str:
        return f"({' OR '.join(f'({make(value, bound)})' for value in values)})"

    return condition


def _with_party(*roles: str) -> Condition:
    """Return the condition that a participant, in one of the roles, is one of those named."""

    def condition(values: Sequence[str], bound: Bound) -> str:
        wanted, among = [], []
        for value in values:
            if _CODE.fullmatch(value) and value not in SECTORS:
                # "CNN" looks like a country but is a word of a name.
                lists = [f"facet.{role}_{of}" for role in roles for of in ("country", "capitals")]
                code = bound.bind(value)
                wanted += [f"coalesce(contains({one}, {code}), false)" for one in lists]
            else:
                among.append(f"({_party_condition(value, bound)})")
        if among:
            wanted.append(_select_parties(roles, " OR ".join(among)))
        return f"({' OR '.join(wanted)})"

    return condition


def _select_parties(roles: Sequence[str], condition: str) -> str:
    of_role = "true" if len(roles) == len(ROLES) else f"party.role = '{roles[0]}'"
    return f"facet.number IN (SELECT party.number FROM party WHERE {of_role} AND ({condition}))"


def _party_condition(value: str, bound: Bound) -> str:
    """Return the condition on `party` for sectors, a country with sectors, or a part of a name."""
    codes = value.split()
    countries = [code for code in codes if code not in SECTORS]
    if len(countries) > 1 or not all(map(_CODE.fullmatch, codes)):
        part = _fold(bound.bind(value))
        return f"contains({_fold('party.name')}, {part}) OR contains({_fold('party.text')}, {part})"
    conditions = [f"party.country = {bound.bind(country)}" for country in countries]
    conditions += [
        f"list_contains(party.sector, {bound.bind(code)})" for code in codes if code not in countries
    ]
    return " AND ".join(conditions)


def _holds_any(column: str) -> Condition:
    """Return the condition that one of the values stands in a column of codes with spaces between them."""
    return lambda values, bound: f"list_has_any(string_split({column}, ' '), {bound.bind(list(values))})"


def _place_condition(value: str, bound: Bound) -> str:
    if _CODE.fullmatch(value):
        return f"facet.place_country = {bound.bind(value)}"
    name, comma, code = value.rpartition(", ")
    if comma and _CODE.fullmatch(code):
        return f"facet.place_name = {bound.bind(name)} AND facet.place_country = {bound.bind(code)}"
    return f"contains({_fold('facet.place_name')}, {_fold(bound.bind(value))})"


def _words_condition(words: str, bound: Bound) -> str:
    """All words have to stand in its reports, each in a sentence that reports it or in a title."""
    conditions = []
    for word in words.split()[:_MOST_WORDS]:
        part = _fold(bound.bind(word))
        found = f'SELECT word.number FROM word WHERE contains(word."text", {part})'
        conditions.append(
            f"facet.number IN (SELECT posting.number FROM posting WHERE posting.word IN ({found}))"
        )
    return " AND ".join(conditions)


CERTAINTY_TESTS = {name: f"facet.n_{name} > 0" for name in ("certain", "probable", "possible")}
AUX_TESTS = {name: f"facet.n_{name} > 0" for name in ("historical", "future", "hypothetical", "negation")}
AUX_TESTS["none"] = f"NOT ({' OR '.join(AUX_TESTS.values())})"

# The cheap ones first: DuckDB keeps their order where it knows no better.
_CONDITIONS: dict[str, Condition] = {
    "type": lambda values, bound: f"list_contains({bound.bind(list(values))}, facet.event)",
    "quad": lambda values, bound: f"list_contains({bound.bind([int(one) for one in values])}, facet.quad)",
    "first": lambda day, bound: f"facet.last_day >= {bound.bind(day)}",
    "last": lambda day, bound: f"facet.first_day <= {bound.bind(day)}",
    "begun": lambda day, bound: f"facet.first_day >= {bound.bind(day)}",
    "min_independent": lambda n, bound: f"facet.n_independent >= {bound.bind(n)}",
    "certainty": _any_of(lambda value, bound: CERTAINTY_TESTS[value]),
    "aux": _any_of(lambda value, bound: AUX_TESTS[value]),
    "mode": _holds_any("facet.mode"),
    "source": _holds_any("facet.source"),
    "sector": _holds_any("facet.sectors"),
    "precision": lambda values, bound: f"list_contains({bound.bind(list(values))}, facet.place_precision)",
    "place": _any_of(_place_condition),
    "actor": _with_party("actor"),
    "recipient": _with_party("recipient"),
    "party": _with_party(*ROLES),
    "words": _words_condition,
}
