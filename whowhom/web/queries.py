"""What the desk asks the store: the SQL of all pages, exports and the API. Values are always bound.

A question is a function of a cursor and of `Filters` or an id; it returns rows. Nothing here knows of
pages or of HTTP.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import wraps
from itertools import product
from typing import TYPE_CHECKING, Any, Concatenate, Literal, NamedTuple, ParamSpec, TypeVar

from whowhom.exporters.tables import flatten, mend
from whowhom.records import Article, CodedArticle
from whowhom.rows import read_article, read_event
from whowhom.store import LATEST_FIRST, select_events
from whowhom.web.columns import COLUMN_BY_NAME
from whowhom.web.conditions import AUX_TESTS, CERTAINTY_TESTS, ROLES, Bound, order, select
from whowhom.web.filters import Filters
from whowhom.web.periods import find_start
from whowhom.web.reading import Cursor, Row

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

Period = Literal["day", "week", "month", "year"]
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def _remembered(
    ask: Callable[Concatenate[Cursor, Asked], Answer],
) -> Callable[Concatenate[Cursor, Asked], Answer]:
    """Let a question that depends on incidents alone be asked once for each state of them."""

    @wraps(ask)
    def remember(cursor: Cursor, /, *values: Asked.args, **named: Asked.kwargs) -> Answer:
        key = (ask.__name__, values, tuple(sorted(named.items())))
        return cursor.remember(key, lambda: ask(cursor, *values, **named))

    return remember


class UnknownIdError(LookupError):
    """Nothing in the store has the id, or the beginning of an id, that was given."""


# Which incidents


# What every list of incidents shows of one. Whole rows take half as long again to read.
_LISTED = (
    "id", "event", "mode", "quad", "actor", "recipient", "first_day", "last_day", "place", "aux", "certainty",
    "denied_by", "n_independent",
)  # fmt: skip


@_remembered
def list_incidents(cursor: Cursor, filters: Filters) -> list[Row]:
    """Return the incidents of one page in their order: what lists show, and what the columns are made of."""
    values = " ".join(COLUMN_BY_NAME[name].value for name in filters.columns)
    fields = dict.fromkeys((*_LISTED, *re.findall(r"\bincident\.(\w+)", values)))
    return _fetch_incidents(cursor, _list_ids(cursor, filters), ", ".join(fields))


def _list_ids(cursor: Cursor, filters: Filters) -> list[str]:
    where, bound = select(filters)
    rows = cursor.fetch(
        f"SELECT facet.incident FROM facet WHERE {where} ORDER BY {order(filters)} "
        f"LIMIT {bound.bind(filters.limit)} OFFSET {bound.bind(filters.offset)}",
        bound,
    )
    return [row["incident"] for row in rows]


def _fetch_incidents(cursor: Cursor, ids: Sequence[str], columns: str) -> list[Row]:
    """Return incidents in the order of their ids."""
    row_by_id = {row["id"]: row for row in _fetch_where(cursor, "incident", "id", ids, columns)}
    return [row_by_id[id] for id in ids]


def _fetch_where(
    cursor: Cursor, table: str, column: str, values: Sequence[str], columns: str = "*"
) -> list[Row]:
    """Return the rows of a table in which a column has one of some values.

    Where the table holds lists, their places are found first: DuckDB would else put the lists of all rows
    together before it looks which are wanted.
    """
    if not values:
        return []
    bound = Bound()
    listed = ", ".join(bound.bind(value) for value in values)
    if table not in ("incident", "event", "link"):
        return cursor.fetch(f"SELECT {columns} FROM {table} WHERE {column} IN ({listed})", bound)
    places = cursor.fetch(f"SELECT rowid AS place FROM {table} WHERE {column} IN ({listed})", bound)
    return _fetch_places(cursor, table, [row["place"] for row in places], columns)


def _fetch_places(cursor: Cursor, table: str, places: Sequence[int], columns: str = "*") -> list[Row]:
    if not places:
        return []
    return cursor.fetch(
        f"SELECT {columns} FROM {table} WHERE rowid IN (SELECT unnest(CAST($places AS BIGINT[])))",
        {"places": places},
    )


@_remembered
def count_incidents(cursor: Cursor, filters: Filters) -> int:
    """Return how many incidents meet the filters."""
    where, bound = select(filters)
    return int(cursor.fetch_one(f"SELECT count(*) AS n FROM facet WHERE {where}", bound)["n"])


def select_columns(
    cursor: Cursor, filters: Filters, columns: Sequence[str], *, limit: int | None = None, offset: int = 0
) -> pa.Table:
    """Return columns of all incidents that meet the filters, in their order, as an Arrow table."""
    where, bound = select(filters)
    chosen = ", ".join(f'{COLUMN_BY_NAME[name].value} AS "{name}"' for name in columns)
    end = "" if limit is None else f" LIMIT {bound.bind(limit)} OFFSET {bound.bind(offset)}"
    return cursor.fetch_table(
        f"""WITH found AS MATERIALIZED (
            SELECT facet.incident, row_number() OVER () AS place_in_order
            FROM (FROM facet WHERE {where} ORDER BY {order(filters)}{end}) AS facet
        )
        SELECT {chosen} FROM found JOIN incident ON incident.id = found.incident ORDER BY place_in_order""",
        bound,
    )


# Facets

# Facets of which a column holds the values, and those of which each value has a condition of its own.
_HELD = {
    "type": "event",
    "place": "place_country",
    "actor": "actor_country",
    "recipient": "recipient_country",
    "sector": "sectors",
}
_TESTED = {"certainty": CERTAINTY_TESTS, "aux": AUX_TESTS}
FACETS = (*_HELD, *_TESTED)
FACET_ROWS = 16


class Facets(NamedTuple):
    """How many incidents there are, and for each facet its most frequent values with their numbers."""

    n: int
    values: dict[str, list[tuple[str, int]]]


@_remembered
def count_facets(cursor: Cursor, filters: Filters) -> Facets:
    """Count the incidents that meet the filters, and for each facet those that each value would show.

    The counts of a facet heed all other filters but not its own, so that another value can be seen.
    """
    bound = Bound()
    tables, counts = [], ["SELECT '' AS facet, '' AS value, count(*) AS n FROM found"]
    free = [name for name in FACETS if not getattr(filters, name)]
    for without, names in [("", free), *((name, [name]) for name in FACETS if name not in free)]:
        where, _ = select(filters, without=without, bound=bound)
        found = f"found_{without}" if without else "found"
        kept = {column for name in names for column in _list_facet_columns(name)} or {"number"}
        # So the conditions are looked at once and not once a facet; without any, each facet had better
        # read its own column only.
        kind = "NOT MATERIALIZED" if where == "true" else "MATERIALIZED"
        tables.append(f"{found} AS {kind} (SELECT {', '.join(sorted(kept))} FROM facet WHERE {where})")
        counts += [_count_values(name, found) for name in names]
    values: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    n = 0
    for row in cursor.fetch(f"WITH {', '.join(tables)} {' UNION ALL '.join(counts)}", bound):
        if row["facet"]:
            for value in row["value"].split():
                values[row["facet"]][value] += row["n"]
        else:
            n = row["n"]
    return Facets(
        n,
        {
            name: sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:FACET_ROWS]
            for name, counted in values.items()
        },
    )


def _list_facet_columns(name: str) -> list[str]:
    if name in _TESTED:
        return sorted(set(re.findall(r"facet\.(\w+)", " ".join(_TESTED[name].values()))))
    return [_HELD[name]]


def _count_values(name: str, found: str) -> str:
    if name in _TESTED:
        counts = ", ".join(f"count(*) FILTER ({test}) AS {value}" for value, test in _TESTED[name].items())
        return (
            f"SELECT '{name}', value, n FROM (SELECT {counts} FROM {found} AS facet) "
            f"UNPIVOT (n FOR value IN ({', '.join(_TESTED[name])})) WHERE n > 0"
        )
    column = _HELD[name]
    return f"SELECT '{name}', {column}, count(*) FROM {found} WHERE {column} IS NOT NULL GROUP BY {column}"


# One incident


def find_incident(cursor: Cursor, id: str) -> Row:
    """Return an incident by its id, or by the beginning of it, in capitals too.

    Raises:
        UnknownIdError: There is none, or there are several.
    """
    # Ids are hexadecimal digits.
    return _find(cursor, "incident", id.lower())


def find_article(cursor: Cursor, id: str) -> Row:
    """Return an article by its id, or by what is its id but for slashes after it.

    Raises:
        UnknownIdError: There is none.
    """
    sql = "SELECT * FROM article WHERE id IN ($id, $bare) ORDER BY id <> $id LIMIT 1"
    rows = cursor.fetch(sql, {"id": mend(id), "bare": mend(id.rstrip("/"))})
    if not rows:
        raise UnknownIdError(f"No article of this store has the id {id[:80]!r}.")
    return rows[0]


def _find(cursor: Cursor, table: Literal["incident"], id: str) -> Row:
    rows = cursor.fetch(f"SELECT * FROM {table} WHERE id = $id", {"id": mend(id)})
    if not rows and id:
        rows = cursor.fetch(f"SELECT * FROM {table} WHERE starts_with(id, $id) LIMIT 2", {"id": mend(id)})
    if not rows:
        raise UnknownIdError(
            f"No {table} of this store has an id that begins with {id[:80]!r}. It may be joined with another "
            "now, since reports came in: search for its words."
        )
    if len(rows) > 1:
        raise UnknownIdError(f"Several {table}s have an id that begins with {id!r}. Give more of it.")
    return rows[0]


def list_reports(cursor: Cursor, incident: str, *, limit: int = 200) -> list[Row]:
    """Return the events that report an incident, whole, with what is known of their articles.

    The earliest published comes first.
    """
    told = cursor.fetch(
        "SELECT article, event FROM report WHERE incident = $incident AND event <> ''", {"incident": incident}
    )
    all_ids = sorted({row["article"] for row in told})
    published = _fetch_where(cursor, "article", "id", all_ids, "id, published")
    day_by_id = {row["id"]: row["published"] or date.max for row in published}
    told.sort(key=lambda row: (day_by_id[row["article"]], row["article"]))
    told = told[:limit]
    ids = list(dict.fromkeys(row["article"] for row in told))
    columns = 'id AS article, title, published, outlet, url, "text" AS body'
    article_by_id = {row["article"]: row for row in _fetch_where(cursor, "article", "id", ids, columns)}
    for row in _fetch_where(cursor, "sketch", "article", ids, "article, copy_family"):
        article_by_id[row["article"]]["copy_family"] = row["copy_family"]
    wanted = {(row["article"], row["event"]) for row in told}
    place = {id: number for number, id in enumerate(ids)}
    reports = [
        {"copy_family": event["article"], **event, **article_by_id[event["article"]]}
        for event in _fetch_where(cursor, "event", "article", ids)
        if (event["article"], event["id"]) in wanted
    ]
    return sorted(reports, key=lambda report: (place[report["article"]], report["ordinal"]))


def find_incident_of(cursor: Cursor, events: Sequence[str]) -> str:
    """Return the incident that the first of these events reports which reports any, "" for none."""
    rows = cursor.fetch(
        """SELECT incident FROM report JOIN (SELECT unnest($events) AS event, generate_subscripts($events, 1)
        AS ordinal) AS asked USING (event) ORDER BY ordinal LIMIT 1""",
        {"events": mend(list(events)) or [""]},
    )
    return str(rows[0]["incident"]) if rows else ""


def list_nearby(cursor: Cursor, incident: Row, *, limit: int = 8) -> list[Row]:
    """Return incidents that may be the same deed: of three days before or after, with a party in common.

    Of each is given what lists show.
    """
    countries = sorted(
        {one["country"] for side in ("actor", "recipient") for one in incident[side] if one["country"]}
    )
    day = incident["first_day"]
    if day is None or not countries:
        return []
    near = cursor.fetch(
        """SELECT incident FROM facet
        WHERE first_day BETWEEN $first AND $last AND incident <> $id
            AND list_has_any(string_split(concat_ws(' ', actor_country, recipient_country), ' '), $countries)
        ORDER BY event <> $event, abs(first_day - CAST($day AS DATE)), n_articles DESC, incident
        LIMIT $limit""",
        {
            "first": day - timedelta(3),
            "last": day + timedelta(3),
            "day": day,
            "id": incident["id"],
            "event": incident["event"],
            "countries": countries,
            "limit": limit,
        },
    )
    return _fetch_incidents(cursor, [row["incident"] for row in near], ", ".join(_LISTED))


def list_links(cursor: Cursor, members: Collection[tuple[str, str]], *, limit: int = 200) -> list[Row]:
    """Return what holds reports (article, event) of an incident together, the strongest link first."""
    articles = sorted({article for article, _ in members})
    if len(articles) < 2:
        return []
    bound = Bound()
    listed = ", ".join(bound.bind(article) for article in articles)
    # Most of what an article is linked to is in other incidents: only its article is read of that.
    places = cursor.fetch(
        f"SELECT rowid AS place, other_article FROM link WHERE article IN ({listed})", bound
    )
    within = [row["place"] for row in places if row["other_article"] in articles]
    links = [
        link
        for link in _fetch_places(cursor, "link", within)
        if (link["article"], link["event"]) in members
        and (link["other_article"], link["other_event"]) in members
    ]
    links.sort(key=lambda link: (-link["score"], link["article"], link["other_article"]))
    return links[:limit]


def list_article_events(cursor: Cursor, article: str) -> list[Row]:
    """Return the events of an article, whole, with the incident that each reports."""
    events = _fetch_where(cursor, "event", "article", [article])
    reports = _fetch_where(cursor, "report", "article", [article], "event, incident")
    ids = sorted({row["incident"] for row in reports})
    told_by = {
        row["id"]: row["n_independent"]
        for row in _fetch_where(cursor, "incident", "id", ids, "id, n_independent")
    }
    by_event = {
        row["event"]: {"incident": row["incident"], "n_independent": told_by.get(row["incident"])}
        for row in reports
    }
    not_joined = {"incident": None, "n_independent": None}
    told = [{**event, **by_event.get(event["id"], not_joined)} for event in events]
    return sorted(told, key=lambda event: event["ordinal"])


def list_events(cursor: Cursor, filters: Filters) -> tuple[list[Row], int]:
    """Return one page of events, one flat row each, the latest day first, and how many there are in all."""
    given: Any = {name: getattr(filters, name) for name in _EVENT_CONDITIONS}
    selected, values = select_events(given)
    # The view of flat rows would put the lists of all events together first: of 400,000 four times as long.
    found = cursor.fetch(
        f"SELECT place FROM ({selected}) AS found ORDER BY {LATEST_FIRST} LIMIT {int(filters.limit)} "
        f"OFFSET {int(filters.offset)}",
        values,
    )
    places = [row["place"] for row in found]
    row_by_place = {row["place"]: row for row in _fetch_places(cursor, "event", places, "rowid AS place, *")}
    ids = sorted({row["article"] for row in row_by_place.values()})
    columns = "id, title, published, outlet, url, language, extra, origin, '' AS \"text\""
    articles = map(read_article, _fetch_where(cursor, "article", "id", ids, columns))
    article_by_id = {article.id: article for article in articles}
    rows = [_flatten(row_by_place[place], article_by_id) for place in places]
    return rows, cursor.store.count_events(**given)


def _flatten(row: Row, article_by_id: Mapping[str, Article]) -> Row:
    """Return an event as one flat row; its sentence is the stored one."""
    coded = CodedArticle(article_by_id[row["article"]], (read_event(row),))
    (flat,) = flatten(coded)
    return {**flat, "sentence": row["sentence"]}


_EVENT_CONDITIONS = ("type", "mode", "actor", "recipient", "place", "first", "last", "source", "certainty")


# The record over time


class Extent(NamedTuple):
    """What the store holds.

    Attributes:
        first, last: Days of publication.
        first_day, last_day: Those of incidents, which may lie long before, or ahead.
    """

    n_articles: int
    n_events: int
    n_incidents: int
    n_skips: int
    first: date | None
    last: date | None
    first_day: date | None
    last_day: date | None

    def cut(self, first: date, last: date) -> tuple[date, date] | None:
        """Return those days of a span that the store holds something of, None for none of them."""
        held = [day for day in (self.first, self.first_day, self.last, self.last_day) if day is not None]
        if not held or last < min(held) or max(held) < first:
            return None
        return max(first, min(held)), min(last, max(held))


def measure_extent(cursor: Cursor) -> Extent:
    """Return how much there is, and of which days."""
    row = cursor.fetch_one(
        "SELECT (SELECT count(*) FROM article) AS n_articles, (SELECT count(*) FROM event) AS n_events, "
        "(SELECT count(*) FROM incident) AS n_incidents, (SELECT count(*) FROM skip) AS n_skips, "
        "(SELECT min(published) FROM article) AS first, (SELECT max(published) FROM article) AS last, "
        "(SELECT min(first_day) FROM facet) AS first_day, (SELECT max(last_day) FROM facet) AS last_day"
    )
    return Extent(**row)


class Fresh(NamedTuple):
    """What came in since a moment."""

    n_articles: int
    n_events: int
    n_incidents: int


def count_fresh(cursor: Cursor, since: datetime) -> Fresh:
    """Return what was read since a moment (UTC, without a time zone), and how many incidents it reports."""
    row = cursor.fetch_one(
        "WITH fresh AS MATERIALIZED (SELECT id AS article FROM article WHERE read_at > $since) "
        "SELECT (SELECT count(*) FROM fresh) AS n_articles, count(*) AS n_events, "
        "count(DISTINCT report.incident) AS n_incidents FROM report SEMI JOIN fresh USING (article)",
        {"since": since},
    )
    return Fresh(**row)


_N_BY_QUAD = ", ".join(f"count(*) FILTER (quad = {quad}) AS n_{quad}" for quad in (1, 2, 3, 4))


def count_by_quad(cursor: Cursor, filters: Filters, by: Period) -> list[Row]:
    """Return for each period the number of incidents by quad class, and of articles published.

    Periods without either are left out. `n_claimed` counts those that no report gives as certain.
    """
    read: Counter[date] = Counter()
    for day, n in cursor.list_coverage().items():
        if (filters.first or date.min) <= day <= (filters.last or date.max):
            read[find_start(day, by)] += n
    rows: dict[date, Row] = {
        period: {**_NO_INCIDENTS, "period": period, "n_articles": n} for period, n in read.items()
    }
    for row in _count_incidents_by_quad(cursor, filters, by):
        rows[row["period"]] = {"n_articles": 0, **rows.get(row["period"], {}), **row}
    return [rows[period] for period in sorted(rows)]


_NO_INCIDENTS = dict.fromkeys(("n_1", "n_2", "n_3", "n_4", "n_claimed"), 0) | dict.fromkeys(
    ("scale", "scale_spread")
)


@_remembered
def _count_incidents_by_quad(cursor: Cursor, filters: Filters, by: Period) -> list[Row]:
    where, bound = select(filters)
    return cursor.fetch(
        f"""SELECT date_trunc('{by}', facet.first_day)::DATE AS period, {_N_BY_QUAD},
            count(*) FILTER (facet.n_certain = 0) AS n_claimed,
            avg(facet.scale) AS scale, stddev_pop(facet.scale) AS scale_spread
        FROM facet WHERE {where} AND facet.first_day IS NOT NULL GROUP BY period""",
        bound,
    )


@_remembered
def list_foremost(cursor: Cursor, filters: Filters, *, limit: int = 60) -> list[Row]:
    """Return the incidents with a day that most independent reports tell, for the points of a picture.

    Of who takes part they have name and words only.
    """
    where, bound = select(filters)
    rows = cursor.fetch(
        f"""SELECT number, incident AS id, event, quad, first_day, n_independent
        FROM facet WHERE {where} AND facet.first_day IS NOT NULL
        ORDER BY facet.n_independent DESC, facet.score DESC, facet.incident LIMIT {int(limit)}""",
        bound,
    )
    if not rows:
        return []
    row_by_number = {row.pop("number"): {**row, "actor": [], "recipient": []} for row in rows}
    for one in cursor.fetch(
        """SELECT number, role, name, "text" FROM party
        WHERE number IN (SELECT unnest(CAST($numbers AS INTEGER[]))) ORDER BY ordinal""",
        {"numbers": list(row_by_number)},
    ):
        row_by_number[one["number"]][one["role"]].append(one)
    return list(row_by_number.values())


def compare_dyads(cursor: Cursor, first: date, last: date, *, limit: int = 10) -> list[Row]:
    """Return the directed pairs of countries whose incidents changed most against the span before.

    The span before is as long as [first, last]. `change` is the signed root of the likelihood ratio of
    two Poisson rates against one, with the articles read as exposure, so that a rise in reading is no
    rise. Where nothing was read before, nothing can have changed, and there are no rows.
    """
    days = min(last - first, first - date.min - timedelta(days=1))
    before = first - max(days, timedelta(0)) - timedelta(days=1) if first > date.min else first
    read = cursor.fetch_one(
        "SELECT count(*) FILTER (published >= $first) AS n_now, count(*) AS n_all "
        "FROM article WHERE published BETWEEN $before AND $last",
        {"first": first, "last": last, "before": before},
    )
    if not 0 < read["n_now"] < read["n_all"]:
        return []
    share = read["n_now"] / read["n_all"]
    rows = [
        {**row, "change": _measure_change(row, share)} for row in _count_pairs(cursor, before, first, last)
    ]
    rows.sort(key=lambda row: (-abs(row["change"]), -row["n_now"] - row["n_before"], row["who"], row["whom"]))
    return rows[:limit]


def _measure_change(row: Row, share: float) -> float:
    n_now, n_before = row["n_now"], row["n_before"]
    now, before = (n_now + n_before) * share, (n_now + n_before) * (1 - share)
    ratio = sum(n * math.log(n / expected) for n, expected in ((n_now, now), (n_before, before)) if n)
    return math.copysign(math.sqrt(2 * max(ratio, 0.0)), n_now - now)


@_remembered
def _count_pairs(cursor: Cursor, before: date, first: date, last: date) -> list[Row]:
    rows = cursor.fetch(
        """SELECT actor_country AS who, recipient_country AS whom,
            count(*) FILTER (first_day >= $first) AS n_now, count(*) FILTER (first_day < $first) AS n_before,
            count(*) FILTER (first_day >= $first AND quad >= 3) AS n_conflict,
            count(*) FILTER (first_day >= $first AND quad <= 2) AS n_cooperation
        FROM facet
        WHERE first_day BETWEEN $before AND $last AND n_future = 0 AND n_hypothetical = 0 AND NOT is_denied
            AND who IS NOT NULL AND whom IS NOT NULL
        GROUP BY who, whom""",
        {"first": first, "last": last, "before": before},
    )
    counted: dict[tuple[str, str], Row] = {}
    for row in rows:
        for who, whom in product(row.pop("who").split(), row.pop("whom").split()):
            if who != whom:
                counted[who, whom] = _add(counted.get((who, whom), {"who": who, "whom": whom}), row)
    return list(counted.values())


@_remembered
def count_places(cursor: Cursor, filters: Filters, *, limit: int = 500) -> list[Row]:
    """Return the places of incidents with their number by quad class, the most frequent first.

    A country is one place whatever its reports call it, and has no name here.
    """
    where, bound = select(filters)
    return cursor.fetch(
        f"""SELECT CASE WHEN place_precision = 'country' AND place_country IS NOT NULL THEN NULL
                ELSE place_name END AS name, place_country AS country, place_precision AS "precision",
            any_value(latitude) AS latitude, any_value(longitude) AS longitude, count(*) AS n, {_N_BY_QUAD}
        FROM facet WHERE {where}
            AND (place_name IS NOT NULL OR place_country IS NOT NULL OR place_precision IS NOT NULL)
        GROUP BY name, country, "precision"
        ORDER BY n DESC, name, country LIMIT {int(limit)}""",
        bound,
    )


def count_roles(cursor: Cursor, filters: Filters, actor: str) -> dict[str, int]:
    """Return in how many incidents somebody acts, and in how many is acted on."""
    return {role: count_incidents(cursor, _with_role(filters, role, actor)) for role in ROLES}


@_remembered
def count_counterparts(cursor: Cursor, filters: Filters, actor: str, *, limit: int = 12) -> list[Row]:
    """Return the countries that somebody acts on and is acted on by: number by direction and quad class."""
    found = []
    for role, other in zip(ROLES, reversed(ROLES), strict=True):
        where, bound = select(_with_role(filters, role, actor))
        counted: dict[str, Row] = {}
        for row in cursor.fetch(
            f"""SELECT {other}_country AS codes, count(*) AS n, count(*) FILTER (quad <= 2) AS n_cooperation,
                count(*) FILTER (quad >= 3) AS n_conflict
            FROM facet WHERE {where} AND {other}_country IS NOT NULL GROUP BY codes""",
            bound,
        ):
            for code in row.pop("codes").split():
                if code != actor:
                    counted[code] = _add(counted.get(code, {"role": role, "code": code}), row)
        found += sorted(counted.values(), key=lambda row: (-row["n"], row["code"]))[:limit]
    return found


def _add(total: Row, counts: Row) -> Row:
    return total | {name: total.get(name, 0) + n for name, n in counts.items()}


def _with_role(filters: Filters, role: str, actor: str) -> Filters:
    changes: dict[str, Any] = {role: (actor,)}
    return replace(filters, **changes)


@_remembered
def count_names(cursor: Cursor, filters: Filters, actor: str, *, limit: int = 12) -> list[Row]:
    """Return who stands behind a country: names, sectors, and in how many incidents they took part."""
    where, bound = select(filters)
    among = ""
    if where != "true":
        where, bound = select(_with_role(filters, "party", actor))
        among = f"AND number IN (SELECT number FROM facet WHERE {where})"
    # Sectors only of those who are shown: of all it would take as long again.
    return cursor.fetch(
        f"""WITH found AS MATERIALIZED (
            SELECT name, sector, role FROM party
            WHERE country = {bound.bind(actor)} AND name IS NOT NULL {among}
        ), foremost AS (
            SELECT name, count(*) AS n, count(*) FILTER (role = 'actor') AS n_actor,
                count(*) FILTER (role = 'recipient') AS n_recipient
            FROM found GROUP BY name ORDER BY n DESC, name LIMIT {int(limit)}
        )
        SELECT name, mode(array_to_string(sector, ' ')) AS sector, any_value(n_actor) AS n_actor,
            any_value(n_recipient) AS n_recipient
        FROM found JOIN foremost USING (name) GROUP BY name ORDER BY any_value(n) DESC, name""",
        bound,
    )


# Sources


def list_outlets(cursor: Cursor, *, limit: int = 500) -> list[Row]:
    """Return the outlets with their articles, events, copies of others, and what was skipped."""
    return cursor.fetch(
        f"""WITH told AS (SELECT article, count(*) AS n_events FROM event GROUP BY article),
        failed AS (SELECT DISTINCT article FROM skip WHERE article IS NOT NULL)
        SELECT coalesce(article.outlet, nullif(regexp_extract(article.url, '^https?://([^/]+)', 1), ''))
                AS outlet,
            count(*) AS n_articles, coalesce(sum(told.n_events), 0)::BIGINT AS n_events,
            count(*) FILTER (sketch.copy_family <> article.id) AS n_copies,
            count(failed.article) AS n_skips, min(article.published) AS first,
            max(article.published) AS last, max(article.read_at) AS read_at
        FROM article
        LEFT JOIN told ON told.article = article.id
        LEFT JOIN sketch ON sketch.article = article.id
        LEFT JOIN failed ON failed.article = article.id
        GROUP BY 1 ORDER BY n_articles DESC, outlet LIMIT {int(limit)}"""
    )


def list_skips(cursor: Cursor, *, limit: int = 100) -> list[Row]:
    """Return why things were skipped, the most frequent reason first, with one example each."""
    return cursor.fetch(
        "SELECT stage, reason, count(*) AS n, max(skipped_at) AS last, any_value(origin) AS origin "
        f"FROM skip GROUP BY stage, reason ORDER BY n DESC, stage, reason LIMIT {int(limit)}"
    )


def list_feeds(cursor: Cursor) -> list[Row] | None:
    """Return the feeds that are watched, or None where the store has no such table."""
    known = cursor.fetch("SELECT table_name FROM duckdb_tables() WHERE table_name = 'feed'")
    return cursor.fetch("SELECT * FROM feed ORDER BY url LIMIT 1000") if known else None
