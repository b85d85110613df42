"""States now and since 1945: their names and capitals, and their codes of ISO, COW and Gleditsch-Ward.

countries.csv has a row for each state or territory. crosswalk.csv has what a row cannot tell: spans in
which a list gives a state another number or does not count it, former ISO codes, and notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal, NamedTuple, get_args

from whowhom.resolvers.lexicon import fold_phrase, read_table, split_list

Scheme = Literal["iso3", "iso2", "cow", "gw"]
_NAMES: dict[str, str] = {
    "iso3": "ISO 3166-1 alpha-3",
    "iso2": "ISO 3166-1 alpha-2",
    "cow": "COW",
    "gw": "Gleditsch-Ward",
}
# Occupations of the wars, and what was a state before them only, are not in it.
_TABLE_SINCE = date(1945, 5, 9)
_EXAMPLES = {"iso3": "'UKR'", "iso2": "'UA'", "cow": "369", "gw": "369"}


@dataclass(frozen=True, slots=True)
class Country:
    """A state or territory that news names.

    Attributes:
        code: ISO 3166-1 alpha-3, or the code once used for a state that is no more (SUN, YUG,
            CSK, DDR, SCG, YMD); Kosovo is KOS. YAR, RVN, ZAN and TBT had no ISO code of their own.
        iso2: ISO 3166-1 alpha-2, "" for none; that of Kosovo is XK.
        cow: Number in the state list of the Correlates of War project, today's where it changed.
        gw: The same in the list of Gleditsch and Ward.
        since: First day as a state, since 1816, wars' occupations aside; None for a territory that
            is none. Where only the year is known, its first day.
        before: What it was before, where it became a state after 1945.
        until: Last day of a state that is no more, else None.
        successor: Code of the state that took its place, "" for a state of today.
        heir: The same for a state that the resolvers give only where its own name stands: what both
            are called ("South Yemen", Aden, Belgrade in 2005) is the heir.
        latitude, longitude: A point in the middle of its land, as gazetteers give it; of an archipelago
            it may lie at sea.
    """

    code: str
    name: str
    names: tuple[str, ...]
    adjectives: tuple[str, ...]
    peoples: tuple[str, ...]
    capitals: tuple[str, ...]
    latitude: float
    longitude: float
    iso2: str = ""
    cow: int | None = None
    gw: int | None = None
    since: date | None = None
    before: str = ""
    until: date | None = None
    successor: str = ""
    heir: str = ""

    def is_state(self, day: date) -> bool:
        """Tell whether it was a state on a day."""
        return self.since is not None and self.since <= day <= (self.until or date.max)


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a state on a day.

    Attributes:
        iso3: The code that whowhom writes: ISO 3166-1 alpha-3, else one of its own (see `warning`).
        iso2: ISO 3166-1 alpha-2, "" for none.
        cow, gw: Its numbers on that day; None where the list does not count it then.
        since, until: Its first and last day as a state; until is None for one of today.
        warning: What to know before the codes are used, in one line, "" for nothing.
    """

    iso3: str
    iso2: str
    name: str
    cow: int | None
    gw: int | None
    since: date | None
    until: date | None
    warning: str


@cache
def load_countries() -> dict[str, Country]:
    """Return every country by its code.

    >>> load_countries()["KOS"].capitals[0]
    'Pristina'
    """
    return {row["code"]: _read_country(row) for row in read_table("countries")}


def _read_country(row: dict[str, str]) -> Country:
    since = row["since"]
    return Country(
        code=row["code"],
        name=row["name"],
        names=tuple(split_list(row["names"])),
        adjectives=tuple(words for words in split_list(row["adjectives"]) if not words.endswith("-")),
        peoples=tuple(split_list(row["peoples"])),
        capitals=tuple(split_list(row["capitals"])),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        iso2=row["iso2"],
        cow=int(row["cow"]) if row["cow"] else None,
        gw=int(row["gw"]) if row["gw"] else None,
        since=date.fromisoformat(f"{since}-01-01" if len(since) == 4 else since) if since else None,
        before=row["before"],
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        successor=row["successor"],
        heir=row["heir"],
    )


def find_codes(code: str, on: date | str | None = None) -> Codes:
    """Return all codes of a state, given its ISO code or the one that whowhom writes.

        >>> find_codes("UKR").cow, find_codes("DEU", on="1980-01-01").cow, find_codes("DEU").cow
        (369, 260, 255)
        >>> find_codes("UKR", on="1989-01-01").warning[:57]
        'no state on 1989-01-01, only since 1991-12-01; before: pa'

    Args:
        code: Such as "UKR" or "KOS", in any case of letters.
        on: The day that counts; without it today, and the last day of a state that is no more.

    Raises:
        ValueError: No state has or had the code, or `on` is no day.
    """
    return find_state(code, "iso3", on)


def find_state(code: str | int, scheme: Scheme, on: date | str | None = None) -> Codes:
    """Return the state that a code of a scheme means on a day, with all its codes.

    Where the code meant other states at other times, or none on the day, `warning` says so; of several
    the one of the day is returned, else the latest.

        >>> find_state(345, "cow", "1995-07-11").iso3, find_state(345, "cow").iso3
        ('YUG', 'SRB')
        >>> find_state(345, "cow").warning
        'COW 345 is Yugoslavia until 2003-02-04, Serbia and Montenegro until 2006-06-04 and Serbia since; \
345 in COW, 340 in Gleditsch-Ward'

    Args:
        code: A number for the schemes "cow" and "gw", letters for the others.
        scheme: "iso3", "iso2", "cow" or "gw".
        on: As for `find_codes`.

    Raises:
        ValueError: No state has or had the code in the scheme, or `on` is no day.
    """
    if scheme not in get_args(Scheme):
        raise ValueError(f"No scheme {scheme!r}; expected {', '.join(get_args(Scheme))}.")
    wanted = str(code).strip().upper()
    wanted = wanted.lstrip("0") if scheme in ("cow", "gw") else wanted
    day = _read_day(on)
    uses = _uses_by_code().get((scheme, wanted))
    if not uses:
        raise ValueError(
            f"No state has {code!r} in {_NAMES[scheme]}; expected a code such as {_EXAMPLES[scheme]}."
        )
    today = date.today()
    use = next((one for one in uses if one.first <= (day or today) <= one.last), uses[-1])
    country = load_countries()[use.code]
    asked = day or min(today, country.until or today)
    cow, gw = (_number_on(country, kind, asked) for kind in ("cow", "gw"))
    warnings = [
        *_tell_uses(scheme, wanted),
        *_tell_other_number(scheme, wanted, use, {"cow": cow, "gw": gw}),
        *_tell_existence(country, day or today),
        *_tell_numbers(country, asked, cow, gw, known=(scheme, wanted)),
        *_list_notes(country.code, asked),
    ]
    return Codes(
        country.code,
        country.iso2,
        country.name,
        cow,
        gw,
        country.since,
        country.until,
        "; ".join(dict.fromkeys(warnings)),
    )


class NumberSpan(NamedTuple):
    """Days, both included, on which a state has the same numbers; None where a list does not count it."""

    first: date
    last: date
    cow: int | None
    gw: int | None


def list_number_spans(code: str) -> list[NumberSpan]:
    """Return the numbers of a state on all days, the earliest first; no spans for a code of no state.

    On each day they are those of `find_codes`, for whoever needs them of many days.

        >>> [(str(span.first), span.cow) for span in list_number_spans("DEU")][-2:]
        [('1955-05-05', 260), ('1990-10-03', 255)]
    """
    uses = _uses_by_code().get(("iso3", code), [])
    firsts, lasts = {date.min}, {use.last for use in uses}
    for country in {load_countries()[use.code] for use in uses}:
        firsts.add(country.since or date.min)
        lasts.add(country.until or date.max)
        for row in _load_crosswalk().get(country.code, ()):
            firsts.add(row.first)
            lasts.add(row.last)
    starts = sorted(firsts | {last + timedelta(1) for last in lasts if last < date.max}) if uses else []
    ends = [start - timedelta(1) for start in starts[1:]] + [date.max]
    known = ((first, last, find_codes(code, first)) for first, last in zip(starts, ends, strict=False))
    return [NumberSpan(first, last, codes.cow, codes.gw) for first, last, codes in known]


def guess_schemes(code: str) -> tuple[Scheme, ...]:
    """Return the schemes that a code may be of by its looks; for a number those that know it.

    >>> guess_schemes("UA"), guess_schemes("369"), guess_schemes("946")
    (('iso2',), ('cow', 'gw'), ('cow',))
    """
    bare = code.strip()
    if not bare.isdecimal():
        return ("iso2",) if len(bare) == 2 else ("iso3",)
    lists: tuple[Scheme, ...] = ("cow", "gw")
    known = tuple(one for one in lists if (one, bare.lstrip("0")) in _uses_by_code())
    return known or ("cow",)


class _Use(NamedTuple):
    """A span in which a code means a state."""

    first: date
    last: date
    code: str
    note: str = ""


class _Row(NamedTuple):
    """A row of crosswalk.csv: without scheme a mere note, without number a span in which a list has none."""

    scheme: str
    number: str
    first: date
    last: date
    note: str


@cache
def _load_crosswalk() -> dict[str, tuple[_Row, ...]]:
    """Return the rows of crosswalk.csv by the state's code."""
    found: dict[str, tuple[_Row, ...]] = {}
    for row in read_table("crosswalk"):
        first = date.fromisoformat(row["from"]) if row["from"] else date.min
        last = date.fromisoformat(row["to"]) if row["to"] else date.max
        one = _Row(row["scheme"], row["number"], first, last, row["note"])
        found[row["code"]] = (*found.get(row["code"], ()), one)
    return found


def _number_on(country: Country, scheme: str, day: date) -> int | None:
    if not country.is_state(day):
        return None
    for row in _list_rows(country.code, scheme):
        if row.first <= day <= row.last:
            return int(row.number) if row.number else None
    return country.cow if scheme == "cow" else country.gw


@cache
def _uses_by_code() -> dict[tuple[str, str], list[_Use]]:
    """Return what each code of each scheme meant, the earliest first."""
    found: dict[tuple[str, str], list[_Use]] = {}
    for country in load_countries().values():
        since, until = country.since or date.min, country.until or date.max
        rows = _load_crosswalk().get(country.code, ())
        found.setdefault(("iso3", country.code), []).append(_Use(since, until, country.code))
        if country.iso2:
            found.setdefault(("iso2", country.iso2), []).append(_Use(since, until, country.code))
        for row in rows:
            if row.scheme and row.number:
                use = _Use(max(since, row.first), min(until, row.last), country.code, row.note)
                # A code that was withdrawn before the state began is kept for what it was then.
                use = use if use.first <= use.last else use._replace(first=row.first, last=row.last)
                found.setdefault((row.scheme, row.number), []).append(use)
        for scheme, number in (("cow", country.cow), ("gw", country.gw)):
            # After another number, or none at the beginning; a span without one in the middle (Syria
            # in 1958) does not cut the use in two.
            other = [row for row in rows if row.scheme == scheme and (row.number or row.first <= since)]
            first = max([since, *(row.last + timedelta(1) for row in other)])
            if number is not None:
                found.setdefault((scheme, str(number)), []).append(_Use(first, until, country.code))
    return {key: sorted(uses) for key, uses in found.items()}


def _tell_uses(scheme: str, code: str) -> Iterator[str]:
    """Yield what a code meant at other times, if anything else."""
    uses = _uses_by_code()[scheme, code]
    notes = [use.note for use in uses if use.note]
    if notes:
        yield from notes
    elif len({use.code for use in uses}) > 1:
        names = [load_countries()[use.code].name for use in uses]
        parts = [
            f"{name} until {use.last}" if use.last < date.max else f"{name} since"
            for name, use in zip(names, uses, strict=True)
        ]
        yield f"{_NAMES[scheme]} {code} is {', '.join(parts[:-1])} and {parts[-1]}"


def _tell_other_number(
    scheme: str, code: str, use: _Use, number_by_scheme: dict[str, int | None]
) -> Iterator[str]:
    """Yield when the number asked for is the state's, where on the day it has another."""
    number = number_by_scheme.get(scheme)
    if number is not None and str(number) != code:
        span = f"until {use.last}" if use.last < date.max else f"only since {use.first}"
        yield f"{_NAMES[scheme]} {code} is {load_countries()[use.code].name} {span}"


def _tell_existence(country: Country, day: date) -> Iterator[str]:
    """Yield that it was no state on a day."""
    if country.since is None:
        yield "no state; it has a code in ISO only"
    elif day < country.since:
        before = f"; before: {country.before}" if country.before else ""
        yield f"no state on {day}, only since {country.since}{before}"
    elif country.until is not None and day > country.until:
        after = load_countries()[country.successor or country.heir]
        yield f"a state until {country.until}; then {after.name} ({after.code})"
    if day < _TABLE_SINCE:
        yield f"the table is made for days since {_TABLE_SINCE}"


def _tell_numbers(
    country: Country, day: date, cow: int | None, gw: int | None, *, known: tuple[str, str]
) -> Iterator[str]:
    """Yield where a list does not count a state, where the lists differ, whose else a number was."""
    told = [_uses_by_code()[known]]
    for scheme, usual, number in (("cow", country.cow, cow), ("gw", country.gw, gw)):
        if usual is not None and number is None and country.is_state(day):
            row = next(one for one in _list_rows(country.code, scheme) if one.first <= day <= one.last)
            begins = country.since is None or row.first <= country.since
            when = "" if begins else f"from {row.first} "
            yield f"{_NAMES[scheme]} does not count it {when}until {row.last}"
        elif number is not None and (uses := _uses_by_code()[scheme, str(number)]) not in told:
            told.append(uses)
            yield from _tell_uses(scheme, str(number))
    if cow is not None and gw is not None and cow != gw:
        yield f"{cow} in COW, {gw} in Gleditsch-Ward"


def _list_notes(code: str, day: date) -> list[str]:
    rows = [row for scheme in ("", "cow", "gw") for row in _list_rows(code, scheme)]
    return [row.note for row in rows if row.note and row.first <= day <= row.last]


def _list_rows(code: str, scheme: str) -> list[_Row]:
    return [row for row in _load_crosswalk().get(code, ()) if row.scheme == scheme]


def _read_day(on: date | str | None) -> date | None:
    if on is None or isinstance(on, date):
        return on
    try:
        return date.fromisoformat(on)
    except ValueError:
        raise ValueError(f"on is {on!r}, expected a day as YYYY-MM-DD.") from None


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
        if country.until is not None and country.successor:
            for capital in country.capitals:
                key = fold_phrase(capital)
                found[key] = (*found.get(key, ()), country)
    return found
