"""What a query string may ask for: the same words on pages, in exports and in the API.

`PARAMETERS` is the one list of them; reading, links, the search form and the API's description follow
from it. The words are those of `whowhom events`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

from whowhom.coders.labels import AUX, CERTAINTIES, MODES, SECTORS, SOURCE_KINDS, TYPES
from whowhom.web.columns import COLUMN_BY_NAME, COLUMNS, SHOWN

Kind = Literal["codes", "texts", "text", "day", "whole", "real", "columns"]

MOST_ROWS = 1000
ROWS = 50
# Beyond this a reader filters; DuckDB would have to sort all that comes before.
MOST_OFFSET = 10_000_000
_LONGEST = 200
_REAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
_MOST_VALUES = 50


class BadFilterError(ValueError):
    """A query string asks for what cannot be; the message says what can."""


class ConflictingFiltersError(BadFilterError):
    """Each filter can be, but not both at once."""


class Parameter(NamedTuple):
    """One name of a query string: `attribute` is its field of `Filters`."""

    name: str
    attribute: str
    kind: Kind
    meaning: str
    known: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    most_values: int = _MOST_VALUES
    longest: int = _LONGEST


_MODES = tuple(sorted({mode.partition(".")[2] for mode in MODES}))
_ENTITY = 'A country code ("RUS"), a sector ("MIL"), both ("RUS MIL"), or a part of a name or of the words.'

PARAMETERS: tuple[Parameter, ...] = (
    Parameter("words", "words", "text", "Words, or parts, that all stand in its sentences or titles."),
    Parameter("type", "type", "codes", "PLOVER type.", TYPES),
    Parameter("mode", "mode", "codes", "PLOVER mode.", _MODES),
    Parameter("quad", "quad", "codes", "Quad class: 1 verbal cooperation, 2 material cooperation, "
              "3 verbal conflict, 4 material conflict.", ("1", "2", "3", "4")),
    Parameter("actor", "actor", "texts", f"Who did it. {_ENTITY}"),
    Parameter("recipient", "recipient", "texts", "Whom it was done to; as for actor."),
    Parameter("party", "party", "texts", "Who took part, on either side; as for actor."),
    Parameter("place", "place", "texts", "Where: a country code, a part of the place's name, or "
              'the whole name and the code ("Aleppo, SYR").'),
    Parameter("precision", "precision", "codes", "How finely the place is known.",
              ("exact", "near", "region", "country")),
    Parameter("sector", "sector", "codes", "PLOVER sector of somebody who took part.", SECTORS),
    Parameter("source", "source", "codes", "Who says so, in one report at least.", SOURCE_KINDS),
    Parameter("certainty", "certainty", "codes", "As one independent report at least gives it.", CERTAINTIES),
    Parameter("aux", "aux", "codes", 'As one independent report at least gives it; "none" for what no report '
              "gives as past history, planned, imagined or denied.", (*AUX, "none")),
    Parameter("from", "first", "day", "On this day or later, YYYY-MM-DD."),
    Parameter("to", "last", "day", "On this day or earlier, YYYY-MM-DD."),
    Parameter("begun", "begun", "day", "Its first day is this one or later, YYYY-MM-DD: "
              "without what may be of earlier days too."),
    Parameter("min_independent", "min_independent", "whole", "So many independent reports at least.",
              most=1_000_000),
    Parameter("sort", "sort", "text", "Column to sort by.",
              tuple(column.name for column in COLUMNS if column.order)),
    Parameter("order", "order", "text", "Direction of the sorting.", ("asc", "desc")),
    Parameter("limit", "limit", "whole", f"So many rows, {MOST_ROWS} at most.", least=1, most=MOST_ROWS),
    Parameter("offset", "offset", "whole", "Pass over so many rows.", most=MOST_OFFSET),
    Parameter("columns", "columns", "columns", "Columns to show, in this order, with commas between them.",
              tuple(column.name for column in COLUMNS)),
)  # fmt: skip
PARAMETER_BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}
_VIEW = ("sort", "order", "limit", "offset", "columns")
"""Attributes that say how rows are shown, not which."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which incidents are asked for, and how they are shown. Of several values one has to hold."""

    words: str = ""
    type: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    quad: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    party: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    precision: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    certainty: tuple[str, ...] = ()
    aux: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    begun: date | None = None
    min_independent: int = 0
    sort: str = "first_day"
    order: str = "desc"
    limit: int = ROWS
    offset: int = 0
    columns: tuple[str, ...] = field(default=SHOWN)

    def without_view(self) -> Filters:
        """Return what is asked for, however it is shown."""
        return replace(self, **{name: getattr(_DEFAULT, name) for name in _VIEW})

    def write(self, **changes: Any) -> str:
        """Return the query string of these filters with some attributes changed; "" for none.

        >>> Filters(type=("AID",)).write(offset=50)
        '?type=AID&offset=50'
        """
        return write_query(PARAMETERS, replace(self, **changes), _DEFAULT)

    def list_others(self, *names: str) -> list[tuple[str, str]]:
        """Return the pairs that a form which asks for some names has to send besides; from the first row."""
        pairs = list_pairs(PARAMETERS, replace(self, offset=0), _DEFAULT)
        return [(name, value) for name, value in pairs if name not in names]

    def toggle(self, attribute: str, value: str) -> str:
        """Return the query string with a value added, or taken out where it was there; from the first row."""
        values: tuple[str, ...] = getattr(self, attribute)
        changed = tuple(one for one in values if one != value) if value in values else (*values, value)
        return self.write(**{attribute: changed, "offset": 0})

    def sort_by(self, column: str) -> str:
        """Return the query string that sorts by a column, or turns the direction where it does already."""
        order = "desc" if COLUMN_BY_NAME[column].falls else "asc"
        if self.sort == column:
            order = "asc" if self.order == "desc" else "desc"
        return self.write(sort=column, order=order, offset=0)

    def list_chosen(self) -> list[tuple[Parameter, str, str]]:
        """Return each condition with its value and the query string without it."""
        chosen = []
        for parameter in PARAMETERS:
            value = getattr(self, parameter.attribute)
            if parameter.attribute in _VIEW or not value:
                continue
            if isinstance(value, tuple):
                chosen += [(parameter, one, self.toggle(parameter.attribute, one)) for one in value]
            else:
                empty = getattr(_DEFAULT, parameter.attribute)
                chosen.append(
                    (parameter, str(value), self.write(**{parameter.attribute: empty, "offset": 0}))
                )
        return chosen


_DEFAULT = Filters()
assert {one.name for one in fields(Filters)} == {parameter.attribute for parameter in PARAMETERS}


def write_query(parameters: Iterable[Parameter], asked: Any, default: Any) -> str:
    """Return the query string of what is asked, without what is asked anyhow; "" for none."""
    pairs = list_pairs(parameters, asked, default)
    return f"?{urlencode(pairs)}" if pairs else ""


def list_pairs(parameters: Iterable[Parameter], asked: Any, default: Any) -> list[tuple[str, str]]:
    """Return the names and values of a query string, without what is asked anyhow."""
    pairs: list[tuple[str, str]] = []
    for parameter in parameters:
        value = getattr(asked, parameter.attribute)
        if value == getattr(default, parameter.attribute):
            continue
        if parameter.kind == "columns":
            pairs.append((parameter.name, ",".join(value)))
        elif isinstance(value, tuple):
            pairs += [(parameter.name, one) for one in value]
        else:
            pairs.append((parameter.name, f"{value:g}" if parameter.kind == "real" else str(value)))
    return pairs


def read_filters(
    pairs: Iterable[tuple[str, str]],
    *,
    only: Sequence[str] = (),
    also: Sequence[str] = (),
    is_form: bool = True,
    **defaults: Any,
) -> Filters:
    """Return the filters of a query string.

    Args:
        pairs: Names and values in their order.
        only: Names that may be asked for; all where not given.
        also: Names that somebody else reads.
        is_form: An empty value is as none, as forms send it; for a program it is a mistake.
        defaults: Attributes for what is not asked for.

    Raises:
        BadFilterError: An unknown name, or a value that it cannot have.
    """
    known = {name: PARAMETER_BY_NAME[name] for name in tuple(only) or PARAMETER_BY_NAME}
    read = {**defaults, **read_values(pairs, known, also=also, is_form=is_form)}
    filters = Filters(**read)
    check_days(filters.first, filters.last)
    check_days(filters.begun, filters.last)
    return filters


def check_days(first: date | None, last: date | None) -> None:
    """Check that a span does not end before it begins.

    Raises:
        ConflictingFiltersError: It does.
    """
    if first and last and last < first:
        raise ConflictingFiltersError(f"The last day {last} is before the first day {first}.")


def read_values(
    pairs: Iterable[tuple[str, str]],
    known: Mapping[str, Parameter],
    *,
    also: Sequence[str] = (),
    is_form: bool = True,
) -> dict[str, Any]:
    """Return the value of each attribute that a query string gives.

    Raises:
        BadFilterError: An unknown name, or a value that it cannot have.
    """
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in also:
            continue
        if name not in known:
            raise BadFilterError(
                f"There is no filter {_quote(name)}. There are: {', '.join((*known, *also))}."
            )
        if len(value) > known[name].longest and known[name].kind != "columns":
            raise BadFilterError(f"{name} has {len(value)} characters; give {known[name].longest} at most.")
        if "\0" in value:
            raise BadFilterError(f"{name} holds a null character; give words.")
        if not value.strip() and not is_form:
            raise BadFilterError(f"{name} is empty; give a value, or leave it out.")
        if value.strip():
            values.setdefault(name, []).append(value.strip())
    read: dict[str, Any] = {}
    for name, listed in values.items():
        parameter = known[name]
        if len(listed) > parameter.most_values:
            raise BadFilterError(
                f"{name} is given {len(listed)} times; give it {parameter.most_values} times at most."
            )
        read[parameter.attribute] = _READ[parameter.kind](parameter, listed)
    return read


def _read_codes(parameter: Parameter, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_check_known(parameter, value) for value in values))


def _read_texts(parameter: Parameter, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _read_text(parameter: Parameter, values: Sequence[str]) -> str:
    value = _read_single(parameter, values)
    return _check_known(parameter, value) if parameter.known else value


def _read_day(parameter: Parameter, values: Sequence[str]) -> date:
    value = _read_single(parameter, values)
    return read_day(parameter.name, value)


def read_day(name: str, value: str) -> date:
    """Return the day of a value.

    Raises:
        BadFilterError: It names no day.
    """
    try:
        if len(value) != len("YYYY-MM-DD"):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError as error:
        raise BadFilterError(
            f"{name} is {_quote(value)}, which is no day. Write it as 2024-06-19."
        ) from error


def _read_whole(parameter: Parameter, values: Sequence[str]) -> int:
    value = _read_single(parameter, values)
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else -1
    if not parameter.least <= number <= parameter.most:
        known = f"give a whole number from {parameter.least} to {parameter.most}"
        raise BadFilterError(f"{parameter.name} is {_quote(value)}; {known}.")
    return number


def _read_real(parameter: Parameter, values: Sequence[str]) -> float:
    value = _read_single(parameter, values)
    number = float(value) if _REAL.fullmatch(value) else parameter.most + 1.0
    if not parameter.least <= number <= parameter.most:
        known = f"give a number from {parameter.least} to {parameter.most}"
        raise BadFilterError(f"{parameter.name} is {_quote(value)}; {known}.")
    return number


def _read_columns(parameter: Parameter, values: Sequence[str]) -> tuple[str, ...]:
    names = [name.strip() for value in values for name in value.split(",") if name.strip()]
    return tuple(dict.fromkeys(_check_known(parameter, name) for name in names)) or SHOWN


def _read_single(parameter: Parameter, values: Sequence[str]) -> str:
    if len(values) > 1:
        raise BadFilterError(f"{parameter.name} is given {len(values)} times; give it once.")
    return values[0]


def _check_known(parameter: Parameter, value: str) -> str:
    if value not in parameter.known:
        raise BadFilterError(
            f"{parameter.name} cannot be {_quote(value)}. Known: {', '.join(parameter.known)}."
        )
    return value


def _quote(value: str) -> str:
    return repr(value if len(value) <= 60 else f"{value[:60]}…")


_READ: Mapping[Kind, Any] = {
    "codes": _read_codes,
    "texts": _read_texts,
    "text": _read_text,
    "day": _read_day,
    "whole": _read_whole,
    "real": _read_real,
    "columns": _read_columns,
}
