"""Whether a store holds together: every span against its text, every id, every reference, every count.

Which columns refer to which is read from the comments of the store itself: a comment that ends in
": table.column" says that every value stands there. What incidents tell is worked out again by the
statement that wrote them, so it cannot be checked against another rule than the one it was made by.

Each check is a query over whole columns that returns what is wrong; only ids, which are hashes of ours,
are reckoned outside of SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from whowhom import store as stores
from whowhom.codebooks.plover import load_codes
from whowhom.coders.labels import AUX, CERTAINTIES, SECTORS, SOURCE_KINDS
from whowhom.records import WITHHELD, content_hash
from whowhom.store import DEFAULT_PATH, WAIT_SECONDS, StoreError

Watch = Callable[[str], None]
_FETCH_ROWS = 50_000


class Finding(NamedTuple):
    """Something that a check has found.

    Attributes:
        table: Where it stands; "file" for the file as a whole.
        id: Id of the row, that of its article first where it is unique in the article only.
        text: What is there, and what was expected.
        is_error: False for what need not be wrong.
    """

    table: str
    id: str
    text: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"{self.table} {self.id}: {self.text}" if self.id else f"{self.table}: {self.text}"


def check(
    store: str | Path = DEFAULT_PATH, *, watch: Watch | None = None, wait: float = WAIT_SECONDS
) -> Iterator[Finding]:
    """Yield what is wrong with a store, and what is worth a look; the command `whowhom check`.

    The store is open for reading until the last finding was taken.

    Args:
        watch: Called with the name of each check when it begins.

    Raises:
        StoreError: There is no store, or it cannot be opened at all.
    """
    path = str(store)
    # Also one that lacks tables, which cannot be opened otherwise.
    connection = stores.connect(stores.find_file(store), path, read_only=True, wait=wait, migrate=False)
    try:
        if (version := stores.read_version(connection, path)) != stores.SCHEMA_VERSION:
            stores.refuse_version(version, path, read_only=True)
        yield from _check(connection, watch)
    finally:
        connection.close()


def find_errors(file: Path) -> Iterator[Finding]:
    """Yield what is wrong with the file of a store; one of another version is only opened."""
    connection = stores.connect(file, str(file), read_only=True, wait=0, migrate=False)
    try:
        if stores.read_version(connection, str(file)) == stores.SCHEMA_VERSION:
            yield from (finding for finding in _check(connection, None) if finding.is_error)
    except StoreError as error:
        yield Finding("file", "", str(error))
    finally:
        connection.close()


def _check(connection: duckdb.DuckDBPyConnection, watch: Watch | None) -> Iterator[Finding]:
    for name, find in _CHECKS.items():
        if watch is not None:
            watch(name)
        try:
            yield from find(connection)
        except duckdb.Error as error:
            message = str(error).splitlines()[0]
            yield Finding("file", "", f"{name} cannot be checked: {message}")


# The schema.


def _check_schema(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Find tables, columns, types and comments that are not those of a new store."""
    with stores.open(":memory:") as new:
        expected = dict(_describe_schema(new._connection))
    found = dict(_describe_schema(connection))
    for name, what in expected.items():
        if name not in found:
            yield Finding("schema", name, "is missing")
        elif found[name][0] != what[0]:
            yield Finding("schema", name, f"is {found[name][0]}, expected {what[0]}")
        elif found[name][1] != what[1]:
            yield Finding("schema", name, f"has the comment {found[name][1] or ''!r}, expected {what[1]!r}")
    for name in found.keys() - expected.keys():
        yield Finding("schema", name, "is not of whowhom, and is left alone", is_error=False)


def _describe_schema(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, tuple[str, str]]]:
    rows = _rows(
        connection,
        """SELECT table_name, 'a table', comment FROM duckdb_tables()
        WHERE database_name = current_database() AND NOT internal
        UNION ALL SELECT view_name, 'a view', comment FROM duckdb_views()
        WHERE database_name = current_database() AND NOT internal
        UNION ALL SELECT table_name || '.' || column_name,
            data_type || CASE WHEN is_nullable THEN '' ELSE ' NOT NULL' END, comment FROM duckdb_columns()
        WHERE database_name = current_database() AND NOT internal""",
    )
    return ((name, (kind, comment)) for name, kind, comment in rows)


# References.


class _Reference(NamedTuple):
    table: str
    column: str
    target: str
    target_column: str


def _list_references(connection: duckdb.DuckDBPyConnection) -> list[_Reference]:
    rows = _rows(
        connection,
        r"""SELECT table_name, column_name, regexp_extract(comment, ': (\w+)\.(\w+)$', ['target', 'column'])
        FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, table_name)
        WHERE database_name = current_database() AND data_type = 'VARCHAR'
            AND regexp_matches(duckdb_columns.comment, ': \w+\.\w+$')
        ORDER BY ALL""".replace("regexp_extract(comment", "regexp_extract(duckdb_columns.comment"),
    )
    return [_Reference(table, column, to["target"], to["column"]) for table, column, to in rows]


def _check_references(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    references = _list_references(connection)
    for table, column, target, target_column in references:
        if (target, target_column) == ("event", "id") and _Reference(
            table, "article", "article", "id"
        ) in references:
            yield from _check_events_of(connection, table, "article", column)
            continue
        rows = _rows(
            connection,
            f"""SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL
            AND "{column}" NOT IN (SELECT "{target_column}" FROM "{target}") ORDER BY ALL""",
        )
        for (value,) in rows:
            yield Finding(table, value, f"{column} {value!r} is no {target}.{target_column}")
    yield from _check_events_of(connection, "link", "other_article", "other_event")


def _check_events_of(
    connection: duckdb.DuckDBPyConnection, table: str, article: str, event: str
) -> Iterator[Finding]:
    rows = _rows(
        connection,
        f"""SELECT DISTINCT "{article}", "{event}" FROM "{table}" AS one WHERE "{event}" IS NOT NULL
        AND NOT EXISTS (FROM event WHERE event.article = one."{article}" AND event.id = one."{event}")
        ORDER BY ALL""",
    )
    for of, id in rows:
        yield Finding(table, f"{of} {id}", f"there is no event {id!r} of article {of!r}")


# Spans.

_SPANS = """spans AS (
    SELECT article, id, 'trigger' AS field, trigger AS span FROM event
    UNION ALL SELECT article, id, 'mentions', unnest(mentions) FROM event
    UNION ALL SELECT article, id, 'actor', unnest([one.span FOR one IN actor]) FROM event
    UNION ALL SELECT article, id, 'recipient', unnest([one.span FOR one IN recipient]) FROM event
    UNION ALL SELECT article, id, 'location', location.span FROM event WHERE location IS NOT NULL
    UNION ALL SELECT article, id, 'date', "date".span FROM event WHERE "date" IS NOT NULL
    UNION ALL SELECT article, id, 'source', source.span FROM event WHERE source IS NOT NULL
    UNION ALL SELECT article, id, 'condition', condition FROM event WHERE condition IS NOT NULL
)"""


def _check_spans(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Find spans whose offsets do not give their words, or are no offsets at all."""
    rows = _rows(
        connection,
        f"""WITH {_SPANS}, placed AS (
            SELECT spans.*,
                CASE span."of" WHEN 'title' THEN coalesce(title, '') ELSE article."text" END AS "whole",
                (span."start" IS NULL) = (span."end" IS NULL) AND span."of" IN ('text', 'title')
                    AND coalesce(span."start" BETWEEN 0 AND span."end", true) AS is_sound
            FROM spans LEFT JOIN article ON article.id = spans.article
        )
        SELECT article, id, field, span, is_sound,
            substring("whole", span."start" + 1, span."end" - span."start") AS found
        FROM placed
        WHERE NOT coalesce(is_sound, false)
            OR span."start" IS NOT NULL AND "whole" IS NOT NULL AND (found <> span."text"
                OR span."end" > length("whole"))""",
    )
    for article, id, field, span, is_sound, found in rows:
        yield _find_span(article, id, field, span, found if is_sound else None)


def _find_span(article: str, id: str, field: str, span: dict[str, Any], found: str | None) -> Finding:
    where = f"{field} [{span['start']}:{span['end']}] of the {span['of']}"
    what = "is no place" if found is None else f"gives {_cut(found)}, expected {_cut(span['text'])}"
    return Finding("event", f"{article} {id}", f"{where} {what}")


def _check_passages(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Find what goes against the sentences that are kept of texts that are not."""
    rows = _rows(
        connection,
        f"""WITH {_SPANS} SELECT spans.article, spans.id, field, span,
            substring(passage."text", span."start" - passage."start" + 1, span."end" - span."start") AS found
        FROM spans JOIN passage ON passage.article = spans.article AND span."of" = 'text'
            AND span."start" >= passage."start" AND span."end" <= passage."start" + length(passage."text")
        WHERE found <> span."text" """,
    )
    for row in rows:
        yield _find_span(*row)
    yield from _rows_as_findings(
        connection,
        """SELECT 'article', id, 'has a text and passages, which are for articles without' FROM article
        WHERE "text" IS NOT NULL AND id IN (SELECT article FROM passage)
        UNION ALL SELECT 'article', id, 'has neither a text nor a sketch of it' FROM article
        WHERE "text" IS NULL AND id NOT IN (SELECT article FROM text_sketch)
        UNION ALL SELECT 'event', article.id || ' ' || event.id, 'its sentence is not kept' FROM event
        JOIN article ON article.id = event.article AND article."text" IS NULL
        WHERE trigger."of" = 'text' AND trigger."start" IS NOT NULL AND trigger."text" <> $withheld
        AND NOT EXISTS (
            FROM passage WHERE passage.article = event.article AND passage."start" <= trigger."start"
                AND trigger."start" <= passage."start" + length(passage."text"))""",
        {"withheld": WITHHELD},
    )
    # What people typed stands nowhere in the text.
    yield from _rows_as_findings(
        connection,
        f"""WITH {_SPANS}, placed AS (
            FROM spans WHERE span."of" = 'text' AND span."start" IS NOT NULL AND span."text" <> ''
        ),
        bare AS (SELECT DISTINCT article FROM placed WHERE span."text" = $withheld)
        SELECT DISTINCT 'event', article || ' ' || id, 'words of its ' || field || ' are kept, of an article '
            || 'of which only offsets were to be'
        FROM placed SEMI JOIN bare USING (article) WHERE span."text" <> $withheld
        UNION ALL SELECT 'article', article, 'a sentence is kept of it, and only offsets were to be' FROM bare
        WHERE article IN (FROM (SELECT article FROM passage) UNION ALL
            (SELECT article FROM event WHERE sentence IS NOT NULL AND trigger."of" = 'text'))
            OR article IN (SELECT id FROM article WHERE "text" IS NOT NULL)
        ORDER BY ALL""",
        {"withheld": WITHHELD},
    )


def _check_texts(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    yield from _rows_as_findings(
        connection,
        """SELECT 'article', id, 'its text is not the one that was added: hash ' || left(sha256("text"), 8)
            || ', expected ' || left(text_hash, 8)
        FROM article WHERE left(sha256("text"), 32) <> text_hash
        UNION ALL SELECT 'event', article || ' ' || id, 'its sentence does not stand in the article' FROM (
            SELECT event.*, CASE trigger."of" WHEN 'title' THEN coalesce(title, '') ELSE "text" END AS "whole"
            FROM event JOIN article ON article.id = event.article
        ) WHERE NOT contains("whole", sentence) AND NOT contains("whole", trim(sentence, '…'))""",
    )


# Ids.


def _check_ids(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    yield from _rows_as_findings(
        connection,
        """SELECT 'event', article || ' ' || id, 'stands ' || count(*) || ' times in its article' FROM event
        GROUP BY article, id HAVING count(*) > 1
        UNION ALL SELECT 'event', article,
            'its events are numbered ' || CAST(list_sort(list(ordinal)) AS VARCHAR) || ', expected 0 and on'
        FROM event GROUP BY article HAVING min(ordinal) <> 0 OR max(ordinal) <> count(*) - 1
            OR count(DISTINCT ordinal) <> count(*)""",
    )
    # A person may have corrected what the id was made from; and a source may give ids of its own.
    events = _rows(
        connection,
        """SELECT article, id, event, trigger."of", trigger."start", trigger."end" FROM event
        WHERE regexp_full_match(id, '[0-9a-f]{16}') AND id NOT IN (SELECT event FROM correction)""",
    )
    for article, id, type_, of, start, end in events:
        if content_hash(article, type_, of, str(start), str(end)) != id:
            yield Finding(
                "event", f"{article} {id}", "its id is not the hash of its article, type and trigger"
            )
    for id, *parts in _rows(connection, "SELECT id, article, stage, reason, origin FROM skip"):
        if content_hash(*(part or "" for part in parts)) != id:
            yield Finding("skip", id, "its id is not the hash of article, stage, reason and origin")
    yield from _check_article_ids(connection)


def _check_article_ids(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    articles = _rows(
        connection,
        """SELECT id, url, title, "text", CAST(published AS VARCHAR), outlet FROM article
        WHERE "text" IS NOT NULL AND regexp_full_match(id, '[0-9a-f]{16}')""",
    )
    for id, *parts in articles:
        if content_hash(*(part or "" for part in parts)) != id:
            what = "its id is not the hash of address, title, text, day and outlet; did the source give it?"
            yield Finding("article", id, what, is_error=False)


# Values.

_PRECISIONS = ("exact", "near", "region", "country")
# Column, or what stands for its elements, and the values that it can have.
_VALUES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("event", "[certainty]", CERTAINTIES),
    ("event", "[source_kind]", SOURCE_KINDS),
    ("event", "aux", AUX),
    ("event", '[one FOR one IN [location."precision"] IF one IS NOT NULL]', _PRECISIONS),
    ("event", "flatten([one.sector FOR one IN list_concat(actor, recipient, [source]) IF one IS NOT NULL])",
        SECTORS),
    ("judgement", "[verdict]", ("merge", "split", "undo")),
)  # fmt: skip


def _check_values(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    for table, values, known in _VALUES:
        rows = _rows(
            connection,
            f"""SELECT {"article || ' ' || id" if table == "event" else "id"}, bad FROM (
                SELECT *, unnest([one FOR one IN {values} IF NOT list_contains($known, one)]) AS bad
                FROM "{table}")""",
            {"known": list(known)},
        )
        for id, bad in rows:
            yield Finding(table, id, f"holds {bad!r}, which is none of {', '.join(known)}")
    codes = [f"{code.event} {code.mode}".strip() for code in load_codes().values()]
    yield from _rows_as_findings(
        connection,
        """SELECT 'event', article || ' ' || id, 'its type and mode are ' || bad || ', which PLOVER has not'
        FROM (SELECT *, unnest([one FOR one IN list_concat([event], [event || ' ' || one FOR one IN mode])
            IF NOT list_contains($codes, one)]) AS bad FROM event)
        UNION ALL SELECT 'event', article || ' ' || id, 'its quad, scale or score is out of bounds'
        FROM event WHERE quad NOT BETWEEN 1 AND 4 OR scale NOT BETWEEN -10 AND 10 OR score NOT BETWEEN 0 AND 1
        UNION ALL SELECT 'event', article || ' ' || id, 'it has a place that is nowhere on earth' FROM event
        WHERE location.latitude NOT BETWEEN -90 AND 90 OR location.longitude NOT BETWEEN -180 AND 180
        UNION ALL SELECT 'event', article || ' ' || id, 'it has a number of people below 0' FROM event
        WHERE least(killed, injured, size) < 0
        UNION ALL SELECT 'event', article || ' ' || id, 'its days are out of order: '
            || coalesce(CAST("date".first_day AS VARCHAR), 'none') || ' to '
            || coalesce(CAST("date".last_day AS VARCHAR), 'none')
        FROM event WHERE "date".first_day > "date".last_day
            OR ("date".first_day IS NULL) <> ("date".last_day IS NULL)
        UNION ALL SELECT 'incident', id, 'its days are out of order' FROM incident
        WHERE first_day > last_day OR earliest_day > latest_day OR earliest_day > first_day""",
        {"codes": codes},
    )


# Incidents.


def _check_incidents(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    from whowhom.joining import tell_again

    yield from _rows_as_findings(
        connection,
        """SELECT 'report', article || ' ' || event, 'reports ' || count(*) || ' incidents, expected one'
        FROM report GROUP BY article, event HAVING count(*) > 1
        UNION ALL SELECT 'incident', id, 'no event reports it' FROM incident
        WHERE id NOT IN (SELECT incident FROM report)""",
    )
    ((n_new,),) = _rows(
        connection,
        """SELECT count(*) FROM event WHERE NOT EXISTS (
            FROM report WHERE report.article = event.article AND report.event = event.id)""",
    )
    if n_new:
        what = f"{n_new:,} of them are in no incident yet; the next `whowhom read` joins them"
        yield Finding("event", "", what, is_error=False)
    tell_again(connection)
    columns = [name for name, *_ in _rows(connection, "DESCRIBE incident")]
    # Means are summed in any order.
    differs = ", ".join(
        f"CASE WHEN {_differs(name)} THEN '{name}' END"
        for name in columns
        if name not in ("id", "join_score")
    )
    rows = _rows(
        connection,
        f"""SELECT one.id, [name FOR name IN [{differs}] IF name IS NOT NULL] AS names
        FROM incident AS one JOIN told_again AS two USING (id) WHERE len(names) > 0""",
    )
    for id, names in rows:
        yield Finding("incident", id, f"does not tell what its events tell: {', '.join(names)}")


def _check_facets(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Find what incidents are looked for by that is not what they tell."""
    from whowhom.facets import find_wrong

    return (Finding(*wrong) for wrong in find_wrong(connection))


def _check_dyads(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Find rows that dyads are counted from that are not what events tell."""
    from whowhom.dyad_reports import find_wrong

    return (Finding(*wrong) for wrong in find_wrong(connection))


def _check_ties(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Find kept ties that are not those that their reports tell."""
    from whowhom.kept_standings import find_wrong

    return (Finding(*wrong) for wrong in find_wrong(connection))


def _differs(column: str) -> str:
    # A mean depends a little on the order in which it is summed.
    if column in ("scale", "score"):
        return f'abs(one."{column}" - two."{column}") > 1e-4'
    return f'one."{column}" IS DISTINCT FROM two."{column}"'


_CHECKS: dict[str, Callable[[duckdb.DuckDBPyConnection], Iterator[Finding]]] = {
    "tables": _check_schema,
    "references": _check_references,
    "texts": _check_texts,
    "spans": _check_spans,
    "passages": _check_passages,
    "ids": _check_ids,
    "values": _check_values,
    "incidents": _check_incidents,
    "facets": _check_facets,
    "dyads": _check_dyads,
    "ties": _check_ties,
}


def _rows_as_findings(
    connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None
) -> Iterator[Finding]:
    return (Finding(*row) for row in _rows(connection, sql, values))


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None
) -> Iterator[tuple[Any, ...]]:
    # Not in a cursor of its own, which would not see temporary tables; so a query is read to its end
    # before the next one is asked.
    connection.execute(sql, values)
    while rows := connection.fetchmany(_FETCH_ROWS):
        yield from rows


def _cut(words: str | None) -> str:
    return repr(words if words is None or len(words) <= 60 else f"{words[:59]}…")
