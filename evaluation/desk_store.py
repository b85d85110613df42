"""The store that the desk is measured on: so many synthetic events, joined to incidents.

The events are those of evaluation/incidents.py with more said of each: a quad class and scale as of its
type, how certain it is, who says so, whether it is past, planned or denied, who was killed, a title. The
first 100,000 are joined by the real build. More are copies of these rows under other ids, each copy on the
days after those of the last one: so what is measured is reading a store of that size, not joining it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from evaluation.incidents import make_events
from whowhom import dyad_reports, facets, kept_standings, tellings
from whowhom import store as stores
from whowhom.codebooks.plover import find_code
from whowhom.records import CodedArticle, Event

JOINED = 100_000


def make_varied(n_events: int) -> Iterator[CodedArticle]:
    """Yield synthetic articles whose events differ in all that a reader of the desk may ask for."""
    chance = random.Random(20261126)
    for coded in make_events(n_events):
        events = tuple(_vary(chance, event) for event in coded.events)
        title = " ".join(coded.article.text.split()[:9])
        yield CodedArticle(replace(coded.article, title=title), events)


def _vary(chance: random.Random, event: Event) -> Event:
    code = find_code(event.event)
    sector = chance.choices(("GOV", "MIL", "CVL", "OPP", "JRN"), (60, 20, 10, 6, 4))[0]
    return replace(
        event,
        quad=code.quad,  # type: ignore[arg-type]
        scale=code.scale,
        cameo=code.cameo,
        recipient=tuple(replace(one, sector=(sector,)) for one in event.recipient),
        certainty=chance.choices(("certain", "probable", "possible"), (80, 12, 8))[0],
        aux=chance.choices(((), ("historical",), ("future",), ("hypothetical",), ("negation",)),
                           (75, 8, 10, 4, 3))[0],
        killed=chance.randrange(1, 40) if event.event == "ASSAULT" and chance.random() < 0.3 else None,
    )  # fmt: skip


def prepare(folder: Path, n_events: int) -> Path:
    """Return the store of so many events, made where the folder has none yet.

    Raises:
        ValueError: Not a whole number of copies.
    """
    path = folder / f"desk-{n_events}.duckdb"
    if path.exists() and _is_of_today(path):
        return path
    n_copies, rest = divmod(n_events, JOINED)
    if n_events > JOINED and rest:
        raise ValueError(f"{n_events:,} events are no multiple of {JOINED:,}.")
    folder.mkdir(parents=True, exist_ok=True)
    if n_copies <= 1:
        _join(path, n_events)
        return path
    part = folder / f"making-{n_events}.duckdb"
    part.unlink(missing_ok=True)
    multiply(prepare(folder, JOINED), part, n_copies)
    return part.rename(path)


def _is_of_today(path: Path) -> bool:
    """Return whether a store has all columns of today: before a release they change within a version."""
    try:
        stores.open(path, read_only=True).close()
    except stores.StoreError:
        return False
    return True


def _join(path: Path, n_events: int) -> None:
    part = path.with_name(f"making-{path.name}")
    part.unlink(missing_ok=True)
    made = make_varied(n_events)
    with stores.open(part) as store:
        while batch := list(islice(made, 5000)):
            store.add(batch)
        store.build_incidents()
    part.rename(path)


def multiply(one: Path, many: Path, n_copies: int) -> None:
    """Write a store that holds what another holds so many times over, each time on later days."""
    with stores.open(many) as store:
        connection = store._connection
        connection.execute("ATTACH $file AS one (READ_ONLY)", {"file": str(one)})
        ((n_days,),) = connection.execute(
            "SELECT max(published) - min(published) + 1 FROM one.article"
        ).fetchall()
        for number in range(n_copies):
            connection.execute(f"SET VARIABLE copy = '-{number}'; SET VARIABLE days = {number * n_days}")
            for table, changes in _CHANGES.items():
                listed = ", ".join(f'{value} AS "{name}"' for name, value in changes.items())
                connection.execute(
                    f"INSERT INTO {table} BY NAME SELECT * REPLACE ({listed}) FROM one.{table}"
                )
        connection.execute("BEGIN")
        # What the rules of ties have seen and how keys were made, so that a build does not look at all again.
        connection.execute(
            "INSERT OR REPLACE INTO meta FROM one.meta WHERE \"key\" IN ('tie_rules', 'event_keys')"
        )
        connection.execute(tellings._SELECT_NEW[0])
        connection.execute("INSERT INTO told SELECT article, event, content FROM untold")
        connection.execute("CREATE OR REPLACE TEMP TABLE stale AS SELECT id AS incident FROM incident")
        facets.keep(connection)
        dyad_reports.keep(connection)
        kept_standings.keep(connection)
        connection.execute("COMMIT")
        connection.execute("DETACH one")


_COPY, _DAYS = "getvariable('copy')", "getvariable('days')"


def _later(*columns: str) -> dict[str, str]:
    return {column: f'"{column}" + {_DAYS}' for column in columns}


def _hashed(*columns: str) -> dict[str, str]:
    return {column: f"left(md5({column} || {_COPY}), 16)" for column in columns}


_TOLL = """CASE WHEN {0} IS NOT NULL THEN {{'low': {0}.low, 'best': {0}.best, 'high': {0}.high, 'reports':
    [{{'article': left(md5(one.article || getvariable('copy')), 16),
        'event': left(md5(one.event || getvariable('copy')), 16), 'number': one.number}}
        FOR one IN {0}.reports]}} END"""
_CHANGES: dict[str, dict[str, str]] = {
    "article": _hashed("id") | _later("published"),
    "event": _hashed("article", "id") | {"date": f"""CASE WHEN "date" IS NOT NULL THEN {{'span': "date".span,
        'first_day': "date".first_day + {_DAYS}, 'last_day': "date".last_day + {_DAYS},
        'evidence': "date".evidence}} END"""},
    "sketch": _hashed("article", "copy_family") | _later("published"),
    "link": _hashed("article", "event", "other_article", "other_event"),
    # In four days' buckets; a bucket too many only makes for a question more.
    "event_key": _hashed("article", "event")
    | _later("first_day", "last_day")
    | {"first_bucket": f"first_bucket + {_DAYS} // 4", "last_bucket": f"last_bucket + ({_DAYS} + 3) // 4"},
    "report": _hashed("article", "event", "incident"),
    "incident": _hashed("id") | _later("first_day", "last_day", "earliest_day", "latest_day")
    | {field: _TOLL.format(field) for field in ("killed", "injured")},
    "tie_report": _hashed("article", "event") | _later("first_day", "last_day", "known_on"),
    "pledge_report": _hashed("article", "event")
    | _later("deadline", "first_day", "last_day", "known_on"),
}  # fmt: skip
