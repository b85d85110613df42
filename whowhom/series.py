"""Directed dyads over time: what one state did to another, by day, week, month or year.

One row a pair and period, with zeros where nothing was reported, so that it can be used as a time
series without further work. Beside the counts stands how many articles were read of the period: a rise
in reading is not a rise in events. `COLUMNS` tells what each column means.

Events are what articles report, so a deed that a hundred outlets print is a hundred events. Where
incidents were built, it is one in `n_incidents`, and its copies are none in `n_independent`.

DuckDB reads the deeds of the pairs from the rows that builds keep of them (`dyad_reports`), and those of
events that are new since from the events themselves. numpy counts them: of all pairs most rows are zeros, and
to write these side by side takes a sixth of the time that joining and sorting them does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from whowhom.dyad_reports import FRESH, is_complete, select_rows
from whowhom.exporters.tables import Column

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]
    from numpy.typing import NDArray

    from whowhom.changes import Change

    Whole = NDArray[np.int64]

Period = Literal["day", "week", "month", "year"]
Pair = tuple[str, str]

QUADS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
# Above or beside states; they have no number in any list of states.
BODIES = ("UNO", "EUR", "IGO", "NGO", "MNC", "IMG", "ISM")

COLUMNS: tuple[Column, ...] = (
    Column("iso3c_1", "text", "Who: ISO 3166-1 alpha-3, or KOS, UNO, EUR, IGO, NGO, MNC, IMG, ISM."),
    Column("iso3c_2", "text", "Whom."),
    Column("ccode1", "whole", "Number in COW's list of states on the period's first day; null for none."),
    Column("ccode2", "whole", "The same of the second."),
    Column("gwcode1", "whole", "Number in Gleditsch and Ward's list on that day; null for none."),
    Column("gwcode2", "whole", "The same of the second."),
    Column("period", "day", "First day of the period; weeks begin on Monday."),
    Column("year", "whole", "Year of that day."),
    Column("n_events", "whole", "Events that the first did to the second: every report counts, copies too."),
    Column("n_independent", "whole", "Reports of them, copies of one report as one; null as n_incidents."),
    Column("n_incidents", "whole", "Deeds that they report; null where not all are joined to incidents."),
    *(Column(f"n_{quad}", "whole", f"Those of quad class {n}.") for n, quad in enumerate(QUADS, 1)),
    Column("scale_sum", "real", "Sum of their scales."),
    Column("scale_mean", "real", "Mean of their scales, -10 to 10; null where there are none."),
    Column("share_claimed", "real", "Share not asserted as certain by the article itself; null if none."),
    Column("n_articles", "whole", "Coverage: articles published in the period, whatever they report."),
    Column("change", "text", 'Whether a new level begins here: "up", "down" or "".'),
    Column("change_event", "text", 'PLOVER type whose count moved most that way, "" without a change.'),
)  # fmt: skip

_WAYS = ("", "up", "down")
_SPAN = "SELECT min(published), max(published) FROM article"
_HAS_INCIDENTS = "SELECT EXISTS (FROM report)"

_PERIODS = """
WITH periods AS (
    SELECT CAST(unnest(generate_series(
        date_trunc('{by}', CAST($first AS TIMESTAMP)), CAST($last AS TIMESTAMP), INTERVAL 1 {by}
    )) AS DATE) AS period
),
articles AS (
    SELECT CAST(date_trunc('{by}', published) AS DATE) AS period, count(*) AS n_articles
    FROM article WHERE published BETWEEN $first AND $last GROUP BY ALL
)
SELECT row_number() OVER (ORDER BY period) - 1 AS number, period, coalesce(n_articles, 0) AS n_articles
FROM periods LEFT JOIN articles USING (period) ORDER BY period
"""

# Hashes in place of names take half the time. Of 39 bits within a pair and period (see `_count_different`),
# where a thousand events are many: the odds that two of these are mixed up are one to a million.
_KEPT = """
SELECT one, other, {period} AS period, type, quad, scale, is_claimed, hash(incident) AS incident,
    hash(family) AS family
FROM dyad_report WHERE day BETWEEN $first AND $last AND {asked}
"""
_KEPT_ASKED = "one IN (SELECT unnest($ones)) AND other IN (SELECT unnest($others))"
_MADE = """
{rows}
SELECT one, other, {period} AS period, type, quad, scale, is_claimed, CAST(0 AS UBIGINT) AS incident,
    CAST(0 AS UBIGINT) AS family
FROM pairs WHERE day BETWEEN $first AND $last
"""
_PERIOD = "date_diff('{by}', date_trunc('{by}', $first), day)"
# Before the lists are taken apart, so that a few states of many are found fast; of more than a few
# this takes longer than all the rest.
_FEW = 4
_ASKED = """list_has_any([one.country FOR one IN event.actor], $ones) AND (
        list_has_any([one.country FOR one IN event.recipient], $others)
        OR list_has_any([one.country FOR one IN event.actor], $others))"""

# Rows of an answer at most, 2.1 GB of memory; days of all pairs over ten years would be far more.
_MOST_ROWS = 20_000_000
# Of the matrix in which changes are looked for, so that days over years fit as well: 2 MB.
_CELLS = 250_000


def select_dyads(
    connection: duckdb.DuckDBPyConnection,
    *,
    pairs: Sequence[Pair] = (),
    both: bool = False,
    by: Period = "month",
    first: date | None = None,
    last: date | None = None,
) -> duckdb.DuckDBPyRelation:
    """Return one row a directed pair and period, with the columns of `COLUMNS`.

    The span covered is that of the publication days; `first` and `last` can only make it shorter.

    Raises:
        ValueError: `by` is no period, or a pair is no pair of two states or bodies.
    """
    if by not in get_args(Period):
        raise ValueError(f"by is {by!r}, expected one of {', '.join(get_args(Period))}.")
    wanted = _list_pairs(pairs, both=both)
    start, end = connection.execute(_SPAN).fetchall()[0]
    # Without articles, or outside of what they cover, a span that ends before it begins: no rows.
    span = {"first": max(filter(None, (start, first)), default=date.max)}
    span["last"] = min(filter(None, (end, last)), default=date.min)
    periods = connection.sql(_PERIODS.format(by=by), params=span).to_arrow_table()
    ((has_incidents,),) = connection.execute(_HAS_INCIDENTS).fetchall()
    deeds = _read_deeds(connection, wanted, by, span, has_incidents=has_incidents)
    cells = _count(deeds, wanted, len(periods), both=both)
    marks = _mark(cells, periods.column("n_articles").to_numpy())
    return connection.from_arrow(_make_table(cells, marks, periods, has_incidents=has_incidents))


def _list_pairs(pairs: Iterable[Pair], *, both: bool) -> list[Pair]:
    listed: dict[Pair, None] = {}
    for pair in pairs:
        if isinstance(pair, str) or len(pair) != 2 or not all(isinstance(one, str) for one in pair):
            raise ValueError(f"A pair is two codes, who and whom, such as ('KOR', 'PRK'), not {pair!r}.")
        one, other = (code.strip().upper() for code in pair)
        if one == other:
            raise ValueError(f"A pair is of two states; {one!r} stands twice. Whom did {one!r} act towards?")
        listed |= dict.fromkeys([(one, other), (other, one)] if both else [(one, other)])
    return list(listed)


def list_codes() -> list[str]:
    """Return the codes of all states and bodies, sorted: those that a pair can always be of."""
    from whowhom.resolvers.countries import load_countries

    return sorted({*load_countries(), *BODIES})


def _require_known(pairs: Iterable[Pair], found: Iterable[str]) -> None:
    known = {*list_codes(), *found}
    for code in (code for pair in pairs for code in pair if code not in known):
        raise ValueError(
            f"No state or body has the code {code!r}. Give ISO 3166-1 alpha-3, such as 'KOR', or one of "
            f"KOS, {', '.join(BODIES)}."
        )


class _Deeds(NamedTuple):
    """One entry an event and pair. `one` and `other` are places in `codes`, `event` one in `events`.

    `incident` and `report` are hashes: of what it reports, and of this with the family of its copies; 0
    for an event that is in no incident yet.
    """

    codes: list[str]
    events: list[str]
    one: Whole
    other: Whole
    period: Whole
    event: Whole
    quad: Whole
    scale: NDArray[np.float64]
    is_claimed: NDArray[np.bool_]
    incident: NDArray[np.uint64]
    report: NDArray[np.uint64]


def _read_deeds(
    connection: duckdb.DuckDBPyConnection,
    pairs: Sequence[Pair],
    by: Period,
    span: dict[str, date],
    *,
    has_incidents: bool,
) -> _Deeds:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc  # type: ignore[import-untyped]

    ones, others = ({pair[side] for pair in pairs} for side in (0, 1))
    asked = {"ones": list(ones), "others": list(others)}
    period = _PERIOD.format(by=by)
    tables = []
    if has_incidents:
        sql = _KEPT.format(period=period, asked=_KEPT_ASKED if pairs else "true")
        tables.append(connection.sql(sql, params={**span, **(asked if pairs else {})}).to_arrow_table())
    if not is_complete(connection):
        is_few = bool(pairs) and len(ones | others) <= _FEW
        sql = _MADE.format(period=period, rows=select_rows(f"{_ASKED} AND {FRESH}" if is_few else FRESH))
        made = connection.sql(sql, params={**span, **(asked if is_few else {})}).to_arrow_table()
        # Not in SQL, where to ask for two that differ doubles the time: the question is asked too early.
        tables.append(made.filter(pc.not_equal(made.column("one"), made.column("other"))))
    table = pa.concat_tables(tables)
    one, other, event = (
        table.column(name).combine_chunks().dictionary_encode() for name in ("one", "other", "type")
    )
    incident = table.column("incident").to_numpy()
    # Sorted, so that the rows of all pairs come in the order of their codes.
    found = {*one.dictionary.to_pylist(), *other.dictionary.to_pylist()}
    _require_known(pairs, found)
    codes = sorted(found.union(*pairs))
    place = {code: number for number, code in enumerate(codes)}

    def find_places(coded: pa.DictionaryArray) -> Whole:
        places = np.array([place[code] for code in coded.dictionary.to_pylist()], dtype=np.int64)
        return places[coded.indices.to_numpy()] if len(places) else np.empty(0, dtype=np.int64)

    return _Deeds(
        codes,
        event.dictionary.to_pylist(),
        find_places(one),
        find_places(other),
        table.column("period").to_numpy(),
        event.indices.to_numpy().astype(np.int64),
        table.column("quad").to_numpy(),
        table.column("scale").to_numpy(),
        table.column("is_claimed").to_numpy(),
        incident,
        np.where(incident, incident ^ table.column("family").to_numpy(), np.uint64(0)),
    )


class _Cells(NamedTuple):
    """The pairs asked for, as places in the codes, and what was counted where it is not zero.

    Attributes:
        at: Row of each cell in the answer, which has all periods of a pair after one another.
        columns: Values of each cell, by the name of the column.
        pair: The pair of each deed.
    """

    one: Whole
    other: Whole
    at: Whole
    columns: dict[str, NDArray[Any]]
    pair: Whole
    deeds: _Deeds


def _count(deeds: _Deeds, wanted: Sequence[Pair], n_periods: int, *, both: bool) -> _Cells:
    import numpy as np

    n_codes = len(deeds.codes)
    of_deed = deeds.one * n_codes + deeds.other
    if wanted:
        place = {code: number for number, code in enumerate(deeds.codes)}
        found = np.array([place[one] * n_codes + place[other] for one, other in wanted])
    else:
        n_of_pair = np.bincount(of_deed, minlength=n_codes**2).reshape(n_codes, n_codes)
        found = np.flatnonzero(n_of_pair + n_of_pair.T if both else n_of_pair)
    if len(found) * n_periods > _MOST_ROWS:
        raise ValueError(
            f"{len(found):,} pairs over {n_periods:,} periods are {len(found) * n_periods:,} rows, and "
            f"{_MOST_ROWS:,} can be given. Ask for some pairs, a shorter span or longer periods."
        )
    number_by_pair = np.full(n_codes**2, -1)
    number_by_pair[found] = np.arange(len(found))
    pair = number_by_pair[of_deed]
    if wanted:
        kept = np.flatnonzero(pair >= 0)
        pair = pair[kept]
        deeds = deeds._replace(**{name: getattr(deeds, name)[kept] for name in deeds._fields[2:]})

    # Which rows are not zero, and which of these each deed belongs to: without sorting, which takes longer.
    row = pair * n_periods + deeds.period
    number_by_row = np.zeros(len(found) * n_periods, np.int32)
    number_by_row[row] = 1
    at = np.flatnonzero(number_by_row)
    number_by_row[at] = np.arange(len(at))
    cell = number_by_row[row]

    def count(of: NDArray[np.bool_] | slice) -> Whole:
        return np.bincount(cell[of], minlength=len(at))

    columns: dict[str, NDArray[Any]] = {"n_events": count(slice(None))}
    columns["n_independent"] = _count_different(deeds.report, cell, len(at))
    columns["n_incidents"] = _count_different(deeds.incident, cell, len(at))
    columns["n_not_joined"] = count(deeds.incident == 0)
    for quad, name in enumerate(QUADS, 1):
        columns[f"n_{name}"] = count(deeds.quad == quad)
    # Scales have one decimal; the order of the sum, which is not fixed, is not to show in the last digits.
    columns["scale_sum"] = np.round(np.bincount(cell, deeds.scale, minlength=len(at)), 6)
    columns["n_claimed"] = count(deeds.is_claimed)
    first, second = found // max(n_codes, 1), found % max(n_codes, 1)
    return _Cells(first, second, at, columns, pair, deeds)


def _count_different(hashes: NDArray[np.uint64], cell: NDArray[np.int32], n_cells: int) -> Whole:
    """Return how many different hashes each cell has."""
    import numpy as np

    # The cell in front, so that one sort of plain numbers is enough; of the hash there is room for 39 bits.
    n_bits = np.uint64(64 - _MOST_ROWS.bit_length())
    mixed = np.sort((cell.astype(np.uint64) << n_bits) | (hashes >> np.uint64(64 - int(n_bits))))
    is_first = np.ones(len(mixed), np.bool_)
    is_first[1:] = mixed[1:] != mixed[:-1]
    return np.bincount((mixed[is_first] >> n_bits).astype(np.int64), minlength=n_cells)


class _Marks(NamedTuple):
    """Where the counts of a pair move to another level: row of the answer, direction, type."""

    at: list[int]
    direction: list[str]
    event: list[str]


def _mark(cells: _Cells, n_articles: Whole) -> _Marks:
    import numpy as np

    from whowhom.changes import FEWEST, find_changes

    marks = _Marks([], [], [])
    n_periods = len(n_articles)
    if not n_periods:
        return marks
    tested = np.flatnonzero(np.bincount(cells.pair, minlength=len(cells.one)) >= FEWEST)
    step = max(1, _CELLS // n_periods)
    order = None  # The deeds of a pair after one another; where nothing changes they need no sorting.
    for some in (tested[first : first + step] for first in range(0, len(tested), step)):
        near = slice(*np.searchsorted(cells.at, [some[0] * n_periods, (some[-1] + 1) * n_periods]))
        counts = np.zeros((some[-1] + 1 - some[0], n_periods), dtype=np.int32)
        counts.flat[cells.at[near] - some[0] * n_periods] = cells.columns["n_events"][near]
        for row, change in find_changes(counts[some - some[0]], n_articles):
            pair = int(some[row])
            if order is None:
                order = np.argsort(cells.pair, kind="stable")
                pairs = cells.pair[order]
            its = order[slice(*np.searchsorted(pairs, [pair, pair + 1]))]
            event = _find_moved(change, cells.deeds.event[its], cells.deeds.period[its], n_articles)
            marks.at.append(pair * n_periods + change.start)
            marks.direction.append(change.direction)
            marks.event.append(cells.deeds.events[event])
    return marks


def _find_moved(change: Change, event: Whole, period: Whole, n_articles: Whole) -> int:
    """Return the type whose count per article moved most in the direction of the change."""
    import numpy as np

    def rate(first: int, end: int) -> NDArray[np.float64]:
        inside = (period >= first) & (period < end) & (n_articles[period] > 0)
        counts = np.bincount(event[inside], minlength=int(event.max()) + 1)
        return np.asarray(counts / n_articles[first:end].sum())

    moved = rate(change.start, change.end) - rate(change.before, change.start)
    return int((moved if change.direction == "up" else -moved).argmax())


def _make_table(cells: _Cells, marks: _Marks, periods: pa.Table, *, has_incidents: bool) -> pa.Table:
    """Return all rows, zeros filled in."""
    import numpy as np
    import pyarrow as pa

    n_pairs, n_periods = len(cells.one), len(periods)
    n_rows = n_pairs * n_periods

    def fill(values: NDArray[Any], at: Any = cells.at) -> NDArray[Any]:
        # 32 bits, as R knows no longer whole numbers.
        filled = np.zeros(n_rows, np.float64 if values.dtype == np.float64 else np.int32)
        filled[at] = values
        return filled

    def name(places: NDArray[Any], names: Sequence[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(names, pa.string()))

    def name_side(places: Whole) -> pa.Array:
        return name(np.repeat(places.astype(np.int16), n_periods), cells.deeds.codes)

    def name_marked(chosen: Sequence[str], names: Sequence[str]) -> pa.Array:
        places = np.zeros(n_rows, np.int8)
        places[marks.at] = [names.index(one) for one in chosen]
        return name(places, names)

    def of_period(values: NDArray[Any]) -> NDArray[Any]:
        return np.tile(values.astype(np.int32), n_pairs)

    columns = cells.columns
    n_events = columns["n_events"]
    is_any = np.zeros(n_rows, np.bool_)
    is_any[cells.at] = True
    is_joined = np.full(n_rows, has_incidents)
    is_joined[cells.at] = columns["n_not_joined"] == 0
    days = periods.column("period").to_numpy().astype("datetime64[D]")
    numbers = _find_numbers(cells.deeds.codes, days)
    return pa.table(
        {
            "iso3c_1": name_side(cells.one),
            "iso3c_2": name_side(cells.other),
            **{
                f"{scheme}{side}": _hide(known := numbers_of[codes].reshape(-1), known > 0)
                for scheme, numbers_of in (("ccode", numbers.cow), ("gwcode", numbers.gw))
                for side, codes in ((1, cells.one), (2, cells.other))
            },
            "period": pa.array(of_period(days)).view(pa.date32()),
            "year": of_period(days.astype("datetime64[Y]").astype(np.int32) + 1970),
            "n_events": fill(n_events),
            "n_independent": _hide(fill(columns["n_independent"]), is_joined),
            "n_incidents": _hide(fill(columns["n_incidents"]), is_joined),
            **{f"n_{quad}": fill(columns[f"n_{quad}"]) for quad in QUADS},
            "scale_sum": fill(columns["scale_sum"]),
            "scale_mean": _hide(fill(columns["scale_sum"] / n_events), is_any),
            "share_claimed": _hide(fill(columns["n_claimed"] / n_events), is_any),
            "n_articles": of_period(periods.column("n_articles").to_numpy()),
            "change": name_marked(marks.direction, _WAYS),
            "change_event": name_marked(marks.event, ["", *cells.deeds.events]),
        }
    )


def _hide(values: NDArray[Any], is_known: NDArray[np.bool_]) -> pa.Array:
    """Return values as an Arrow array, null where they are not known."""
    import numpy as np
    import pyarrow as pa

    # What pa.array(mask=) does, in a third of the time.
    bits = np.packbits(is_known, bitorder="little")
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [pa.py_buffer(bits), pa.py_buffer(values)])


class _Numbers(NamedTuple):
    """Numbers of states in each list, 0 for none; shape (n_codes, n_days)."""

    cow: NDArray[np.int32]
    gw: NDArray[np.int32]


def _find_numbers(codes: Sequence[str], days: NDArray[Any]) -> _Numbers:
    import numpy as np

    from whowhom.resolvers.countries import list_number_spans

    numbers = _Numbers(*(np.zeros((len(codes), len(days)), np.int32) for _ in range(2)))
    for row, code in enumerate(codes):
        for span in list_number_spans(code):
            first, last = np.datetime64(span.first), np.datetime64(span.last)
            inside = slice(np.searchsorted(days, first), np.searchsorted(days, last, side="right"))
            numbers.cow[row, inside] = span.cow or 0
            numbers.gw[row, inside] = span.gw or 0
    return numbers
