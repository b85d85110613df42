"""States: their codes, names and capitals, those of today and those that news since 1990 names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from whowhom.resolvers.lexicon import fold_phrase, read_table, split_list


@dataclass(frozen=True, slots=True)
class Country:
    """A state or territory that news names.

    Attributes:
        code: ISO 3166-1 alpha-3, or the code once used for a state that is no more (SUN, YUG,
            CSK, DDR); Kosovo is KOS.
        until: Last day of a state that is no more, else None.
        successor: Code of the state that took its place, "" for a state of today.
    """

    code: str
    name: str
    names: tuple[str, ...]
    adjectives: tuple[str, ...]
    peoples: tuple[str, ...]
    capitals: tuple[str, ...]
    until: date | None = None
    successor: str = ""


@cache
def load_countries() -> dict[str, Country]:
    """Return every country by its code.

    >>> load_countries()["KOS"].capitals[0]
    'Pristina'
    """
    return {row["code"]: _read_country(row) for row in read_table("countries")}


def _read_country(row: dict[str, str]) -> Country:
    return Country(
        code=row["code"],
        name=row["name"],
        names=tuple(split_list(row["names"])),
        adjectives=tuple(split_list(row["adjectives"])),
        peoples=tuple(split_list(row["peoples"])),
        capitals=tuple(split_list(row["capitals"])),
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        successor=row["successor"],
    )


def name_country(code: str) -> str:
    """Return the name of a country, "" for a code that is none (also UNO, IGO and the like).

    >>> name_country("CIV"), name_country("UNO")
    ('Ivory Coast', '')
    """
    country = load_countries().get(code)
    return country.name if country else ""


def settle_capital(words: str, code: str, day: date | None) -> str:
    """Return the code of the state that a capital stood for on `day`.

    Moscow is the Soviet Union until 26 December 1991 and Russia since; without a day, today's.

        >>> settle_capital("Moscow", "RUS", date(1990, 5, 1)), settle_capital("Moscow", "RUS", None)
        ('SUN', 'RUS')
    """
    if day is None:
        return code
    for country in _past_by_capital().get(fold_phrase(words), ()):
        if country.until is not None and day <= country.until:
            return country.code
    return code


@cache
def _past_by_capital() -> dict[tuple[str, ...], tuple[Country, ...]]:
    found: dict[tuple[str, ...], tuple[Country, ...]] = {}
    for country in load_countries().values():
        if country.until is not None:
            for capital in country.capitals:
                key = fold_phrase(capital)
                found[key] = (*found.get(key, ()), country)
    return found
