"""What the desk asks the store: the SQL of all pages, exports and the API. Values are always bound.

A question is a function of a cursor and of `Filters` or an id; it returns rows. Nothing here knows of
pages or of HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from whowhom.coders.labels import SECTORS
from whowhom.exporters.tables import mend
from whowhom.web.columns import COLUMN_BY_NAME
from whowhom.web.filters import Filters
from whowhom.web.reading import Cursor, Row

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

Period = Literal["day", "week", "month", "year"]

_CODE = re.compile(r"[A-Z]{3}")
_MOST_WORDS = 8


class UnknownIdError(LookupError):
    """Nothing in the store has the id, or the beginning of an id, that was given."""


class _Bound(dict[str, Any]):
    """Values of a query by the name of their parameter."""

    def bind(self, value: Any) -> str:
        name = f"value_{len(self)}"
        self[name] = mend(value)
        return f"${name}"


# Which incidents


def _select(filters: Filters, *, without: str = "") -> tuple[str, _Bound]:
    """Return the condition on `incident` that the filters make, `without` one attribute, and its values."""
    bound = _Bound()
    where = []
    for attribute, make in _CONDITIONS.items():
        value = getattr(filters, attribute)
        if value and attribute != without:
            where.append(make(value, bound))
    return " AND ".join(where) or "true", bound


def _fold(words: str) -> str:
    return f"strip_accents(lower({words}))"


def _any_of(make: Callable[[str, _Bound], str]) -> Callable[[Sequence[str], _Bound], str]:
    def condition(values: Sequence[str], bound: _Bound) -> str:
        return f"({' OR '.join(f'({make(value, bound)})' for value in values)})"

    return condition


def _words_condition(words: str, bound: _Bound) -> str:
    """All words have to stand in the sentence of one of its reports, or in the title above it."""
    folded = [_fold(bound.bind(word)) for word in words.split()[:_MOST_WORDS]]
    in_sentence = " AND ".join(f"contains({_fold('event.sentence')}, {word})" for word in folded)
    in_title = " AND ".join(f"contains({_fold('article.title')}, {word})" for word in folded)
    return (
        "incident.id IN (SELECT report.incident FROM report JOIN ("
        f"SELECT event.article, event.id FROM event WHERE {in_sentence} UNION ALL "
        "SELECT event.article, event.id FROM event SEMI JOIN "
        f"(SELECT id AS article FROM article WHERE {in_title}) USING (article)"
        ") AS found ON found.article = report.article AND found.id = report.event)"
    )


def _role_condition(role: str, value: str, bound: _Bound) -> str:
    codes = value.split()
    sectors = [code for code in codes if code in SECTORS]
    countries = [code for code in codes if code not in SECTORS]
    if len(countries) > 1 or not all(map(_CODE.fullmatch, codes)):
        part = _fold(bound.bind(value))
        named = f"contains({_fold('coalesce(one.name, one.text)')}, {part})"
        worded = f"contains({_fold('one.text')}, {part})"
        return f"len([one FOR one IN incident.{role} IF {named} OR {worded}]) > 0"
    conditions = [f"list_contains(one.sector, {bound.bind(sector)})" for sector in sectors]
    for code in countries:
        parameter = bound.bind(code)
        # "CNN" looks like a country but is a name.
        name = f"list_contains(string_split(one.name, ' '), {parameter})"
        conditions.append(
            f"one.country = {parameter}" if sectors else f"(one.country = {parameter} OR {name})"
        )
    return f"len([one FOR one IN incident.{role} IF coalesce({' AND '.join(conditions)}, false)]) > 0"


def _party_condition(value: str, bound: _Bound) -> str:
    return " OR ".join(_role_condition(role, value, bound) for role in _ROLES)


def _place_condition(value: str, bound: _Bound) -> str:
    if _CODE.fullmatch(value):
        return f"incident.place.country = {bound.bind(value)}"
    name, comma, code = value.rpartition(", ")
    if comma and _CODE.fullmatch(code):
        return f"incident.place.name = {bound.bind(name)} AND incident.place.country = {bound.bind(code)}"
    return f"contains({_fold('incident.place.name')}, {_fold(bound.bind(value))})"


def _sector_condition(value: str, bound: _Bound) -> str:
    sector = bound.bind(value)
    return " OR ".join(
        f"len([one FOR one IN incident.{role} IF list_contains(one.sector, {sector})]) > 0" for role in _ROLES
    )


def _source_condition(values: Sequence[str], bound: _Bound) -> str:
    return (
        "incident.id IN (SELECT report.incident FROM report JOIN event "
        "ON event.article = report.article AND event.id = report.event "
        f"WHERE list_contains({bound.bind(list(values))}, event.source_kind))"
    )


_ROLES = ("actor", "recipient")
_CERTAINTY_FIELDS = {name: f"incident.certainty.{name} > 0" for name in ("certain", "probable", "possible")}
_AUX_FIELDS = {
    name: f"incident.aux.{name} > 0" for name in ("historical", "future", "hypothetical", "negation")
}
_AUX_FIELDS["none"] = f"NOT ({' OR '.join(_AUX_FIELDS.values())})"

# The cheap ones first: DuckDB keeps their order where it knows no better.
_CONDITIONS: dict[str, Callable[[Any, _Bound], str]] = {
    "type": lambda values, bound: f"list_contains({bound.bind(list(values))}, incident.event)",
    "quad": lambda values, bound: f"list_contains({bound.bind([int(one) for one in values])}, incident.quad)",
    "first": lambda day, bound: f"incident.last_day >= {bound.bind(day)}",
    "last": lambda day, bound: f"incident.first_day <= {bound.bind(day)}",
    "min_independent": lambda n, bound: f"incident.n_independent >= {bound.bind(n)}",
    "certainty": _any_of(lambda value, bound: _CERTAINTY_FIELDS[value]),
    "aux": _any_of(lambda value, bound: _AUX_FIELDS[value]),
    "mode": lambda values, bound: f"list_has_any(incident.mode, {bound.bind(list(values))})",
    "precision": lambda values, bound: (
        f'list_contains({bound.bind(list(values))}, incident.place."precision")'
    ),
    "place": _any_of(_place_condition),
    "actor": _any_of(lambda value, bound: _role_condition("actor", value, bound)),
    "recipient": _any_of(lambda value, bound: _role_condition("recipient", value, bound)),
    "party": _any_of(_party_condition),
    "sector": _any_of(_sector_condition),
    "source": _source_condition,
    "words": _words_condition,
}


def _order(filters: Filters) -> str:
    direction = "DESC" if filters.order == "desc" else "ASC"
    return f"{COLUMN_BY_NAME[filters.sort].order} {direction} NULLS LAST, incident.id"


def list_incidents(cursor: Cursor, filters: Filters) -> list[Row]:
    """Return the incidents of one page, whole, in their order."""
    where, bound = _select(filters)
    order = _order(filters)
    # Two steps, so that only the columns of conditions and order are read of all the others.
    return cursor.fetch(
        f"SELECT incident.* FROM incident WHERE rowid IN (SELECT rowid FROM incident WHERE {where} "
        f"ORDER BY {order} LIMIT {bound.bind(filters.limit)} OFFSET {bound.bind(filters.offset)}) "
        f"ORDER BY {order}",
        bound,
    )


def count_incidents(cursor: Cursor, filters: Filters) -> int:
    """Return how many incidents meet the filters."""
    where, bound = _select(filters)
    return int(cursor.fetch_one(f"SELECT count(*) AS n FROM incident WHERE {where}", bound)["n"])


def select_columns(
    cursor: Cursor, filters: Filters, columns: Sequence[str], *, limit: int | None = None, offset: int = 0
) -> pa.Table:
    """Return columns of all incidents that meet the filters, in their order, as an Arrow table."""
    where, bound = _select(filters)
    chosen = ", ".join(f'{COLUMN_BY_NAME[name].value} AS "{name}"' for name in columns)
    end = "" if limit is None else f" LIMIT {bound.bind(limit)} OFFSET {bound.bind(offset)}"
    return cursor.fetch_table(
        f"SELECT {chosen} FROM incident WHERE {where} ORDER BY {_order(filters)}{end}", bound
    )


# Facets

# Most lists have one element, and for these DuckDB needs no lambda; that halves the time of all facets.
_COUNTRIES = (
    "CASE len(incident.{0}) WHEN 0 THEN [] WHEN 1 THEN [incident.{0}[1].country] "
    "ELSE list_distinct([one.country FOR one IN incident.{0}]) END"
)
_SECTORS = (
    "CASE WHEN len(incident.actor) > 1 OR len(incident.recipient) > 1 "
    "THEN list_distinct([one.sector[1] FOR one IN list_concat(incident.actor, incident.recipient)]) "
    "WHEN incident.actor[1].sector[1] = incident.recipient[1].sector[1] THEN [incident.actor[1].sector[1]] "
    "ELSE [incident.actor[1].sector[1], incident.recipient[1].sector[1]] END"
)
# Facets of one value an incident, of several, and of which each value has a condition of its own.
_SINGLE = {"type": "incident.event", "place": "incident.place.country"}
_SEVERAL = {
    "actor": _COUNTRIES.format("actor"),
    "recipient": _COUNTRIES.format("recipient"),
    "sector": _SECTORS,
}
_TESTED = {"certainty": _CERTAINTY_FIELDS, "aux": _AUX_FIELDS}
FACETS = (*_SINGLE, *_SEVERAL, *_TESTED)
FACET_ROWS = 16


class Facets(NamedTuple):
    """How many incidents there are, and for each facet its most frequent values with their numbers."""

    n: int
    values: dict[str, list[tuple[str, int]]]


def count_facets(cursor: Cursor, filters: Filters) -> Facets:
    """Count the incidents that meet the filters, and for each facet those that each value would show.

    The counts of a facet heed all other filters but not its own, so that another value can be seen.
    """
    free = [name for name in FACETS if not getattr(filters, name)]
    found = _keep_found(cursor, filters, "", free)
    n = int(cursor.fetch_one(f"SELECT count(*) AS n FROM {found}")["n"])
    values = {name: _count_values(cursor, name, found) for name in free}
    for name in FACETS:
        if name not in free:
            values[name] = _count_values(cursor, name, _keep_found(cursor, filters, name, [name]))
    return Facets(n, values)


def _keep_found(cursor: Cursor, filters: Filters, without: str, facets: Sequence[str]) -> str:
    """Put what facets count of the incidents found into a table of this cursor; return its name.

    So the conditions, which may read every report, are looked at once and not once a facet. Without
    conditions it is a view: each facet then reads its own columns only.
    """
    where, bound = _select(filters, without=without)
    kept = ["true AS found"]
    for name in facets:
        if name in _TESTED:
            kept += [f"{test} AS {value}" for value, test in _TESTED[name].items()]
        else:
            kept.append(f'{_SINGLE.get(name) or _SEVERAL[name]} AS "{name}"')
    kind = "TABLE" if bound else "VIEW"
    found = f"found_{kind.lower()}_{without or 'all'}"
    cursor.fetch(
        f"CREATE OR REPLACE TEMP {kind} {found} AS SELECT {', '.join(kept)} FROM incident WHERE {where}",
        bound,
    )
    return found


def _count_values(cursor: Cursor, name: str, found: str) -> list[tuple[str, int]]:
    if name in _TESTED:
        counts = ", ".join(f"count(*) FILTER ({value}) AS {value}" for value in _TESTED[name])
        row = cursor.fetch_one(f"SELECT {counts} FROM {found}")
        return sorted(((value, n) for value, n in row.items() if n), key=lambda one: (-one[1], one[0]))
    values = f'unnest("{name}")' if name in _SEVERAL else f'"{name}"'
    rows = cursor.fetch(
        f"SELECT value, count(*) AS n FROM (SELECT {values} AS value FROM {found}) "
        f"WHERE value IS NOT NULL GROUP BY value ORDER BY n DESC, value LIMIT {FACET_ROWS}"
    )
    return [(row["value"], row["n"]) for row in rows]


# One incident


def find_incident(cursor: Cursor, id: str) -> Row:
    """Return an incident by its id, or by the beginning of it.

    Raises:
        UnknownIdError: There is none, or there are several.
    """
    return _find(cursor, "incident", id)


def find_article(cursor: Cursor, id: str) -> Row:
    """Return an article by its id.

    Raises:
        UnknownIdError: There is none.
    """
    rows = cursor.fetch("SELECT * FROM article WHERE id = $id", {"id": mend(id)})
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
    return cursor.fetch(
        f"""SELECT event.*, article.title, article.published, article.outlet, article.url,
            article."text" AS body, coalesce(sketch.copy_family, article.id) AS copy_family
        FROM (SELECT article, event FROM report WHERE incident = $incident) AS told
        JOIN event ON event.article = told.article AND event.id = told.event
        JOIN article ON article.id = told.article
        LEFT JOIN sketch ON sketch.article = told.article
        ORDER BY article.published NULLS LAST, article.id, event.ordinal LIMIT {int(limit)}""",
        {"incident": incident},
    )


def find_incident_of(cursor: Cursor, events: Sequence[str]) -> str:
    """Return the incident that the first of these events reports which reports any, "" for none."""
    rows = cursor.fetch(
        """SELECT incident FROM report JOIN (SELECT unnest($events) AS event, generate_subscripts($events, 1)
        AS ordinal) AS asked USING (event) ORDER BY ordinal LIMIT 1""",
        {"events": mend(list(events)) or [""]},
    )
    return str(rows[0]["incident"]) if rows else ""


def list_nearby(cursor: Cursor, incident: Row, *, limit: int = 8) -> list[Row]:
    """Return incidents that may be the same deed: of three days before or after, with a party in common."""
    countries = sorted(
        {one["country"] for side in ("actor", "recipient") for one in incident[side] if one["country"]}
    )
    if incident["first_day"] is None or not countries:
        return []
    return cursor.fetch(
        f"""SELECT * FROM incident
        WHERE first_day BETWEEN CAST($day AS DATE) - 3 AND CAST($day AS DATE) + 3 AND id <> $id
            AND list_has_any(
                list_transform(list_concat(actor, recipient), lambda one: one.country), $countries)
        ORDER BY event <> $event, abs(first_day - CAST($day AS DATE)), n_articles DESC, id
        LIMIT {int(limit)}""",
        {
            "day": incident["first_day"],
            "id": incident["id"],
            "event": incident["event"],
            "countries": countries,
        },
    )


def list_links(cursor: Cursor, incident: str, *, limit: int = 200) -> list[Row]:
    """Return what holds the reports of an incident together, the strongest link first."""
    return cursor.fetch(
        f"""WITH told AS (SELECT article, event FROM report WHERE incident = $incident)
        SELECT link.* FROM link
        SEMI JOIN told ON told.article = link.article AND told.event = link.event
        SEMI JOIN told AS other ON other.article = link.other_article AND other.event = link.other_event
        ORDER BY link.score DESC, link.article, link.other_article LIMIT {int(limit)}""",
        {"incident": incident},
    )


def list_article_events(cursor: Cursor, article: str) -> list[Row]:
    """Return the events of an article, whole, with the incident that each reports."""
    return cursor.fetch(
        """SELECT event.*, report.incident, incident.n_independent FROM event
        LEFT JOIN report ON report.article = event.article AND report.event = event.id
        LEFT JOIN incident ON incident.id = report.incident
        WHERE event.article = $article ORDER BY event.ordinal""",
        {"article": article},
    )


def list_events(cursor: Cursor, filters: Filters) -> tuple[list[Row], int]:
    """Return one page of events, one flat row each, the latest day first, and how many there are in all."""
    given = {name: getattr(filters, name) for name in _EVENT_CONDITIONS}
    relation = cursor.store.events(**given, limit=filters.offset + filters.limit)
    rows = relation.limit(filters.limit, filters.offset).to_arrow_table().to_pylist()
    return rows, cursor.store.count_events(**given)


_EVENT_CONDITIONS = ("type", "mode", "actor", "recipient", "place", "first", "last", "source", "certainty")


# The record over time


class Extent(NamedTuple):
    """What the store holds; days are those of publication."""

    n_articles: int
    n_events: int
    n_incidents: int
    n_skips: int
    first: date | None
    last: date | None


def measure_extent(cursor: Cursor) -> Extent:
    """Return how much there is, and of which days."""
    row = cursor.fetch_one(
        "SELECT (SELECT count(*) FROM article) AS n_articles, (SELECT count(*) FROM event) AS n_events, "
        "(SELECT count(*) FROM incident) AS n_incidents, (SELECT count(*) FROM skip) AS n_skips, "
        "(SELECT min(published) FROM article) AS first, (SELECT max(published) FROM article) AS last"
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
    where, bound = _select(filters)
    first, last = bound.bind(filters.first or date.min), bound.bind(filters.last or date.max)
    return cursor.fetch(
        f"""WITH counted AS (
            SELECT date_trunc('{by}', incident.first_day)::DATE AS period, {_N_BY_QUAD},
                count(*) FILTER (incident.certainty.certain = 0) AS n_claimed,
                avg(incident.scale) AS scale, stddev_pop(incident.scale) AS scale_spread
            FROM incident WHERE {where} AND incident.first_day IS NOT NULL GROUP BY period
        ),
        read AS (
            SELECT date_trunc('{by}', published)::DATE AS period, count(*) AS n_articles
            FROM article WHERE published BETWEEN {first} AND {last} GROUP BY period
        )
        SELECT period, coalesce(n_1, 0) AS n_1, coalesce(n_2, 0) AS n_2, coalesce(n_3, 0) AS n_3,
            coalesce(n_4, 0) AS n_4, coalesce(n_claimed, 0) AS n_claimed, scale, scale_spread,
            coalesce(n_articles, 0) AS n_articles
        FROM counted FULL JOIN read USING (period) ORDER BY period""",
        bound,
    )


def list_foremost(cursor: Cursor, filters: Filters, *, limit: int = 60) -> list[Row]:
    """Return the incidents with a day that most independent reports tell, for the points of a picture."""
    where, bound = _select(filters)
    return cursor.fetch(
        f"""SELECT id, event, quad, first_day, actor, recipient, n_independent FROM incident
        WHERE {where} AND incident.first_day IS NOT NULL
        ORDER BY n_independent DESC, score DESC, id LIMIT {int(limit)}""",
        bound,
    )


def compare_dyads(cursor: Cursor, first: date, last: date, *, limit: int = 10) -> list[Row]:
    """Return the directed pairs of countries whose incidents changed most against the span before.

    The span before is as long as [first, last]. `change` is the signed root of the likelihood ratio of
    two Poisson rates against one, with the articles read as exposure, so that a rise in reading is no
    rise. Where nothing was read before, nothing can have changed, and there are no rows.
    """
    days = min(last - first, first - date.min - timedelta(days=1))
    before = first - max(days, timedelta(0)) - timedelta(days=1) if first > date.min else first
    return cursor.fetch(
        f"""WITH deed AS MATERIALIZED (
            SELECT incident.first_day >= $first AS is_now, quad,
                {_COUNTRIES.format("actor")} AS who, {_COUNTRIES.format("recipient")} AS whom
            FROM incident
            WHERE incident.first_day BETWEEN $before AND $last AND incident.aux.future = 0
                AND incident.aux.hypothetical = 0 AND len(incident.denied_by) = 0
        ),
        read AS (
            SELECT count(*) FILTER (published >= $first) AS n_now, count(*) AS n_all
            FROM article WHERE published BETWEEN $before AND $last
        ),
        one_way AS (
            SELECT is_now, quad, who, unnest(whom) AS whom
            FROM (SELECT is_now, quad, unnest(who) AS who, whom FROM deed)
        ),
        pair AS (
            SELECT who, whom, count(*) AS n, count(*) FILTER (is_now) AS n_now,
                count(*) FILTER (NOT is_now) AS n_before,
                count(*) FILTER (is_now AND quad >= 3) AS n_conflict,
                count(*) FILTER (is_now AND quad <= 2) AS n_cooperation
            FROM one_way WHERE who <> whom GROUP BY who, whom
        ),
        expected AS (
            SELECT pair.*, n * read.n_now / read.n_all AS now,
                n * (read.n_all - read.n_now) / read.n_all AS earlier
            FROM pair, read WHERE read.n_now > 0 AND read.n_all > read.n_now
        )
        SELECT who, whom, n_now, n_before, n_conflict, n_cooperation,
            sign(n_now - now) * sqrt(2 * greatest(0,
                n_now * ln(greatest(n_now, 1e-9) / now) + n_before * ln(greatest(n_before, 1e-9) / earlier)
            )) AS change
        FROM expected ORDER BY abs(change) DESC, n DESC, who, whom LIMIT {int(limit)}""",
        {"first": first, "last": last, "before": before},
    )


def count_places(cursor: Cursor, filters: Filters, *, limit: int = 500) -> list[Row]:
    """Return the places of incidents with their number by quad class, the most frequent first."""
    where, bound = _select(filters)
    return cursor.fetch(
        f"""SELECT place.name AS name, place.country AS country, place."precision" AS "precision",
            any_value(place.latitude) AS latitude, any_value(place.longitude) AS longitude,
            count(*) AS n, {_N_BY_QUAD}
        FROM incident WHERE {where} AND place IS NOT NULL
        GROUP BY place.name, place.country, place."precision"
        ORDER BY n DESC, name, country LIMIT {int(limit)}""",
        bound,
    )


def count_roles(cursor: Cursor, filters: Filters, actor: str) -> dict[str, int]:
    """Return in how many incidents somebody acts, and in how many is acted on."""
    return {role: count_incidents(cursor, _with_role(filters, role, actor)) for role in _ROLES}


def count_counterparts(cursor: Cursor, filters: Filters, actor: str, *, limit: int = 12) -> list[Row]:
    """Return the countries that somebody acts on and is acted on by: number by direction and quad class."""
    rows = []
    for role, other in zip(_ROLES, reversed(_ROLES), strict=True):
        where, bound = _select(_with_role(filters, role, actor))
        rows += cursor.fetch(
            f"""SELECT '{role}' AS role, code, count(*) AS n,
                count(*) FILTER (quad <= 2) AS n_cooperation, count(*) FILTER (quad >= 3) AS n_conflict
            FROM (SELECT quad, unnest({_COUNTRIES.format(other)}) AS code FROM incident WHERE {where})
            WHERE code <> {bound.bind(actor)} GROUP BY code ORDER BY n DESC, code LIMIT {int(limit)}""",
            bound,
        )
    return rows


def _with_role(filters: Filters, role: str, actor: str) -> Filters:
    changes: dict[str, Any] = {role: (actor,)}
    return replace(filters, **changes)


def count_names(cursor: Cursor, filters: Filters, actor: str, *, limit: int = 12) -> list[Row]:
    """Return who stands behind a country: names, sectors, and in how many incidents they took part."""
    where, bound = _select(replace(filters, party=(actor,)))
    return cursor.fetch(
        f"""SELECT one.name AS name, mode(array_to_string(one.sector, ' ')) AS sector,
            count(*) FILTER (role = 'actor') AS n_actor, count(*) FILTER (role = 'recipient') AS n_recipient
        FROM (
            SELECT 'actor' AS role, unnest(actor) AS one FROM incident WHERE {where}
            UNION ALL SELECT 'recipient', unnest(recipient) FROM incident WHERE {where}
        )
        WHERE one.country = {bound.bind(actor)} AND one.name IS NOT NULL
        GROUP BY one.name ORDER BY count(*) DESC, one.name LIMIT {int(limit)}""",
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
