"""People in office: whom a name means on a day, and what he or she was then.

The table is data/people.csv, one row a term of office:

    name      as news agencies write it; names: other spellings, and what the news calls the person for short
    country   the state served ("UNO", "EUR", "IGO", "NGO" for bodies above states); body: the organisation,
              empty for a state's government
    office    see `RANKS`; sectors: what the person is while holding it
    from, to  first and last day, YYYY-MM-DD, or as much as is known: YYYY-MM or YYYY; `to` is empty for
              those still in office
    basis     what the row rests on; "general knowledge" where nothing was looked up
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from whowhom.resolvers.lexicon import fold_phrase, split_list

COLUMNS = tuple("name names country body office sectors from to basis".split())
# What an office weighs where one name is that of several people, or one person holds several.
RANKS = {
    "head of state and government": 6,
    "head of government": 6,
    "head of state": 5,
    "leader": 4,
    "foreign minister": 4,
    "defence minister": 4,
    "vice president": 3,
    "interior minister": 3,
    "finance minister": 3,
    "deputy prime minister": 3,
    "army chief": 3,
    "national security adviser": 3,
    "speaker": 3,
    "leader of the opposition": 3,
    "justice minister": 2,
    "other minister": 2,
    "envoy": 2,
    "governor": 2,
    "spokesman": 2,
    "public figure": 2,
    "candidate": 1,
}
HEADS = frozenset(("head of state and government", "head of government", "head of state"))
_ORDER_OF_PRESIDENTS = ("head of state and government", "head of state", "head of government", "leader")
_MINISTERS = frozenset(office for office in RANKS if office.endswith("minister"))
# Before a surname, as "al-" in "al-Assad".
_ARTICLES = frozenset("al el".split())
# Those whom the news calls by the surname alone.
_WELL_KNOWN = HEADS | {"leader", "foreign minister", "defence minister"}
# A surname of more than so many people of the table, or of so many times as many terms as are likely,
# is a common one: "Khan", "Wang".
_MANY = 3
# Offices that a title before a surname can mean; other titles ("Mr.", "official") tell nothing.
_TITLES: dict[str, frozenset[str]] = {
    "president": HEADS | {"leader"},
    "prime minister": frozenset(("head of government", "head of state and government")),
    "premier": frozenset(("head of government", "head of state and government", "governor")),
    "chancellor": frozenset(("head of government", "head of state and government", "finance minister")),
    "king": HEADS,
    "queen": HEADS,
    "emir": HEADS,
    "sultan": HEADS,
    "pope": HEADS | {"leader"},
    "foreign minister": frozenset(("foreign minister",)),
    "foreign secretary": frozenset(("foreign minister",)),
    "secretary of state": frozenset(("foreign minister",)),
    "minister of foreign affairs": frozenset(("foreign minister",)),
    "vice president": frozenset(("vice president",)),
    "deputy prime minister": frozenset(("deputy prime minister",)),
    "speaker": frozenset(("speaker",)),
    "governor": frozenset(("governor",)),
    "secretary general": frozenset(("leader",)),
    "army chief": frozenset(("army chief",)),
    "chief of staff": frozenset(("army chief", "other minister")),
    "national security adviser": frozenset(("national security adviser",)),
    "national security advisor": frozenset(("national security adviser",)),
    "opposition leader": frozenset(("leader of the opposition", "leader")),
    **{
        f"{field} {kind}": frozenset((f"{office} minister",))
        for field, office in (
            ("defence", "defence"),
            ("defense", "defence"),
            ("interior", "interior"),
            ("home", "interior"),
            ("finance", "finance"),
            ("treasury", "finance"),
            ("justice", "justice"),
        )
        for kind in ("minister", "secretary")
    },
    "secretary of defense": frozenset(("defence minister",)),
    "secretary of defence": frozenset(("defence minister",)),
    "attorney general": frozenset(("justice minister",)),
    "leader": HEADS | {"leader", "leader of the opposition"},
    "secretary": _MINISTERS,
    "minister": _MINISTERS,
}
# Titles that a state gives to one person at a time.
SINGLE_TITLES = frozenset(_TITLES) - {
    "secretary",
    "minister",
    "governor",
    "secretary general",
    "opposition leader",
    "deputy prime minister",
    "chief of staff",
}
# Where a premier is that of a province as often as not.
PREMIERS_OF_PROVINCES = frozenset("AUS CAN ZAF".split())
# What somebody is called in whatever office: Colonel Gaddafi and Ayatollah Khamenei ruled.
PERSONAL_TITLES = frozenset(
    "general;lieutenant general;major general;brigadier general;brigadier;colonel;lieutenant colonel;"
    "major;captain;lieutenant;flight lieutenant;admiral;marshal;field marshal;ayatollah;grand ayatollah;"
    "mullah;maulana;imam;sheikh;sheik".split(";")
)
ROYAL = frozenset(("king", "queen", "emir", "sultan", "pope", "prince", "sheikh", "crown prince"))
# A bare surname is that of somebody in office, or out of it for less than this many years.
_YEARS_OF_A_HEAD = 8
_YEARS_OF_OTHERS = 2


@dataclass(frozen=True, slots=True)
class Office:
    """A person known by name, with an office and the days between which it was held."""

    name: str
    country: str
    body: str
    office: str
    sectors: tuple[str, ...]
    first: date | None
    last: date | None
    basis: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the office was held on the day, as far as the table knows."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def tell(self) -> str:
        """Return the office in words: "foreign minister of CHN, 2013-03-16 to 2022-12-30"."""
        whose = f"{self.office} of {self.body or self.country}"
        since = self.first.isoformat() if self.first else "?"
        return f"{whose}, {since} to {self.last.isoformat() if self.last else 'now'}"


def find_offices(keys: tuple[str, ...]) -> tuple[Office, ...]:
    """Return every office of the people whom the table knows under the name with these keys.

    >>> {office.country for office in find_offices(("angela", "merkel"))}
    {'DEU'}
    """
    rows, index, _, _ = _load_people()
    found = index.get(keys)
    if found is None and len(keys) > 2:
        # "Donald H. Rumsfeld" stands in the table without the initial.
        found = index.get((keys[0], *(key for key in keys[1:-1] if len(key) > 1), keys[-1]))
    return tuple([_read_office(rows[number]) for number in found]) if found else ()


def begins_name(key: str) -> bool:
    """Tell whether some name of more than one word that the table knows begins with a folded word."""
    return key in _load_people()[3]


def find_office(
    keys: tuple[str, ...],
    roles: Iterable[str],
    day: date | None,
    country: str = "",
    *,
    states: Container[str] = (),
) -> Office | None:
    """Return the office that fits `day` best: held then, else ended last before it, else nearest to come.

    A surname alone is somebody only where title, country and day leave one person; without a title it
    must be that of a head of state or government or of a leader; "Boediono" has no other name. Two
    people of whom the day does not tell which is meant are nobody.

    Args:
        keys: The folded words of the name.
        roles: Folded titles that belong to it ("foreign minister").
        day: That of the news; without one, the latest office counts.
        country: Of the person, where it is known.
        states: Those that the text names: of two presidents of one surname the one of such a state.
    """
    roles = frozenset(roles)
    surname = is_surname(keys)
    # Of two Assads the table may call one "al-Assad" and one "Assad" for short.
    short = (keys[-1:], ("al", keys[-1])) if surname else (keys,)
    offices = tuple(dict.fromkeys(office for name in short for office in find_offices(name)))
    for role in sorted(roles & ROYAL) if surname else ():
        offices = find_offices((role, *keys)) or offices
    if country:
        offices = tuple(office for office in offices if office.country == country)
    rare = len(keys) == 2 and not roles & _TITLES.keys() and len({office.name for office in offices}) == 1
    whole = all(fold_phrase(office.name) == keys for office in offices)
    if surname and not whole and not (rare and (day is None or any(_is_near(one, day) for one in offices))):
        offices = _of_surname(offices, roles, day, states)
    if not offices:
        return None
    best = max(offices, key=lambda office: _fit(office, day))
    rivals = [office for office in offices if day is None or _fit(office, day)[:2] == _fit(best, day)[:2]]
    if surname and day is not None and best.office in HEADS and not means_office(roles, best):
        # "Kim" is the leader of North Korea or its premier, whichever office weighs more.
        rivals += [office for office in offices if office.office in HEADS and office.holds_on(day)]
    if len({office.name for office in rivals}) == 1:
        return best
    # "President Bush" of an undated text is one of two men, and American in any case.
    countries = {office.country for office in rivals}
    same = {office.sectors for office in rivals if office.office in HEADS and not office.body} or {()}
    if len(countries) == 1:
        return replace(best, name="", sectors=min(same) if len(same) == 1 else (), first=None, last=None)
    return None


def is_surname(keys: tuple[str, ...]) -> bool:
    """Whether the words of a name are a surname alone, with or without an article.

    >>> is_surname(("al", "assad")), is_surname(("hani", "assad"))
    (True, False)
    """
    return len(keys) == 1 or (len(keys) == 2 and keys[0] in _ARTICLES)


def _of_surname(
    offices: tuple[Office, ...], roles: frozenset[str], day: date | None, states: Container[str]
) -> tuple[Office, ...]:
    """Return the offices of those whom a surname with these titles can mean on the day: of one person or
    of one country, else none."""
    told = [_TITLES[role] for role in roles if role in _TITLES]
    meant = frozenset[str]().union(*told) if told else _WELL_KNOWN
    near = [office for office in offices if day is None or _is_near(office, day)]
    likely = [office for office in near if office.office in meant]
    if not told and len({office.name for office in offices}) > _MANY:
        likely = [office for office in likely if office.office in HEADS]
    if not told and day is None and len({office.country for office in offices}) > 1:
        likely = [office for office in likely if office.office in HEADS]
        one = len({office.name for office in likely}) == 1 or len({office.country for office in likely}) == 1
        if not one or len(offices) > _MANY * len(likely):
            return ()
    held = [office for office in likely if day is not None and office.holds_on(day)]
    heads = [office for office in held if office.office in HEADS]
    proper = [office for office in heads if _is_proper(office, roles)]
    named = [office for office in heads or held if office.country in states] if told else []
    for what in ("name", "country"):
        for choice in (likely, held, heads, proper, named):
            if len({getattr(office, what) for office in choice}) == 1:
                names = {office.name for office in choice}
                return tuple(office for office in offices if office.name in names)
    return ()


def _is_proper(office: Office, roles: frozenset[str]) -> bool:
    """Whether a president is asked for and it is no premier's office, or the other way round."""
    is_premier = office.office == "head of government"
    return ("president" in roles and not is_premier) or ("prime minister" in roles and is_premier)


def _is_near(office: Office, day: date) -> bool:
    """Tell whether news of `day` can mean the holder by the surname alone ("Abe", "Chen", "Saleh")."""
    years = _YEARS_OF_A_HEAD if office.office in HEADS else _YEARS_OF_OTHERS
    before = office.first is not None and (office.first - day).days > 366
    after = office.last is not None and (day - office.last).days > 366 * years
    return not before and not after


def _fit(office: Office, day: date | None) -> tuple[int, float, int]:
    """Return how well an office fits a day; of those held on it, the weightiest counts."""
    first = office.first.toordinal() if office.first else 0
    rank = RANKS[office.office] - 0.5 * bool(office.body)  # a state's office before a party's
    if day is None:
        return 1, rank, first
    if office.holds_on(day):
        return 3, rank, first
    if office.last is not None and office.last < day:
        return 2, 0, office.last.toordinal()
    return 1, 0, -first


_COUNTED_SINCE = "1990"
Row = tuple[str, ...]
Index = dict[tuple[str, ...], list[int]]


@cache
def count_names() -> dict[str, Counter[str]]:
    """Return for each part of a name how many people of each state of the table bear it.

    Those who left before 1990 do not count: only a few leaders are in the table, no ministers.

    >>> count_names()["nguyen"].most_common(1)[0][0]
    'VNM'
    """
    bearers: dict[str, set[tuple[str, str]]] = {}
    for name, _, country, _, _, _, _, last, _ in _load_people()[0]:
        for part in fold_phrase(name) if not last or last >= _COUNTED_SINCE else ():
            bearers.setdefault(part, set()).add((name, country))
    return {part: Counter(country for _, country in found) for part, found in bearers.items()}


@cache
def _load_people() -> tuple[list[Row], Index, dict[str, list[int]], set[str]]:
    """Return the rows of the table, their numbers by name and by country, and what their names begin with.

    Offices are made when asked for: a run of the program needs a few hundred of twenty thousand.
    """
    path = files("whowhom.resolvers").joinpath("data", "people.csv")
    rows: list[Row] = []
    index: Index = {}
    by_country: dict[str, list[int]] = {}
    beginnings: set[str] = set()
    _take_in(rows, index, by_country, beginnings, path.read_text(encoding="utf-8"))
    return rows, index, by_country, beginnings


def _take_in(
    rows: list[Row], index: Index, by_country: dict[str, list[int]], beginnings: set[str], table: str
) -> None:
    for row in list(map(tuple, csv.reader(table.splitlines())))[1:]:
        for keys in {fold_phrase(words) for words in (row[0], *split_list(row[1]))}:
            index.setdefault(keys, []).append(len(rows))
            if len(keys) > 1:
                beginnings.add(keys[0])
        by_country.setdefault(row[2], []).append(len(rows))
        rows.append(row)


def add_people(path: Path) -> int:
    """Add a table of one's own, with the columns of data/people.csv; return how many rows it has.

    It holds for this process. Rows of one's own stand beside those of the package: of two that fit
    equally well and name two people, neither counts.

    Raises:
        ValueError: A row is not as `knowledge.check_people` expects; the message names the first.
    """
    from whowhom.resolvers.knowledge import check_table

    wrong = next((finding for finding in check_table(path) if finding.is_error), None)
    if wrong is not None:
        raise ValueError(f"{path}, line {wrong.line}: {wrong.text}.")
    n_before = len(_load_people()[0])
    _take_in(*_load_people(), path.read_text(encoding="utf-8-sig"))
    return len(_load_people()[0]) - n_before


def find_holder(country: str, roles: Iterable[str], day: date) -> Office | None:
    """Return who held the office that a title means in a state on a day; None where nobody or several did.

    >>> find_holder("DEU", ["chancellor"], date(2010, 5, 1)).name
    'Angela Merkel'
    """
    roles = frozenset(roles)
    meant = frozenset[str]().union(*(_TITLES[role] for role in roles if role in _TITLES))
    rows, _, by_country, _ = _load_people()
    held = [
        office
        for number in by_country.get(country, ())
        if rows[number][4] in meant and not rows[number][3]
        for office in (_read_office(rows[number]),)
        if office.holds_on(day)
    ]
    # A president is the head of state where there is one beside the government.
    order: tuple[str, ...]
    if roles & ({"president", "leader"} | ROYAL):
        order = _ORDER_OF_PRESIDENTS
    elif roles & {"prime minister", "premier", "chancellor"}:
        order = ("head of government", *RANKS)  # beside an executive president too: Kenya, South Korea
    else:
        order = tuple(RANKS)
    found = next(
        (
            [one for one in held if one.office == kind]
            for kind in order
            if any(one.office == kind for one in held)
        ),
        [],
    )
    # On the day of a handing over the newcomer counts, and who acts for the holder is not the holder.
    found = [one for one in found if one.last != day] or found
    found = [one for one in found if not any(_covers(other, one) for other in found)]
    return found[0] if len({office.name for office in found}) == 1 else None


def means_office(roles: Iterable[str], office: Office) -> bool:
    """Whether one of the titles is that of the office."""
    return any(office.office in _TITLES.get(role, ()) for role in roles)


def _covers(one: Office, other: Office) -> bool:
    """Whether the term of one begins before and ends after that of another."""
    before = (one.first or date.min) < (other.first or date.min)
    return before and (one.last or date.max) > (other.last or date.max)


# The same few hundred holders of offices are asked for in one article after the other.
@lru_cache(maxsize=4_096)
def _read_office(row: Row) -> Office:
    name, _, country, body, office, sectors, first, last, basis = row
    return Office(
        name,
        country,
        body,
        office,
        tuple(sectors.split()),
        read_day(first, last=False),
        read_day(last, last=True),
        basis,
    )


def read_day(words: str, *, last: bool) -> date | None:
    """Return the day that YYYY-MM-DD, YYYY-MM or YYYY begins with, or ends with where `last`.

    >>> read_day("2004-02", last=True), read_day("", last=True)
    (datetime.date(2004, 2, 29), None)
    """
    if not words:
        return None
    year, month, day = (int(part) for part in [*words.split("-"), "0", "0"][:3])
    month = month or (12 if last else 1)
    return date(year, month, day or (monthrange(year, month)[1] if last else 1))


def read_people() -> Iterator[Office]:
    """Yield every row of the table as an office."""
    yield from map(_read_office, _load_people()[0])
