"""What people decide about which events are one deed: rows that are added, and never changed.

A judgement holds groups of events: each group is one deed, and apart from the other groups. Of two that
contradict each other the later one counts; "undo" makes an earlier one count no longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb

from whowhom.records import content_hash
from whowhom.sql import incoming, run

Row = dict[str, Any]
Member = tuple[str, str]
"""An event: its article and its id, which is unique in the article only."""


def read_judgements(connection: duckdb.DuckDBPyConnection) -> list[list[list[Member]]]:
    """Return the parts of every judgement that stands, in the order in which they were made.

    An event that is no longer there is found again in its article by type and place of the trigger.
    """
    rows = run(connection, "SELECT id, verdict, undone, parts FROM judgement ORDER BY ordinal DESC")
    undone: set[str] = set()
    standing: list[list[list[Row]]] = []
    for id, verdict, target, parts in rows:
        if id in undone:
            continue
        if verdict == "undo":
            undone.add(target)
        else:
            standing.append(parts)
    standing.reverse()
    found = _find_again(connection, [one for parts in standing for part in parts for one in part])
    return [
        [list(dict.fromkeys(found[_name(one)] for one in part if _name(one) in found)) for part in parts]
        for parts in standing
    ]


def _name(member: Row) -> Member:
    return member["article"], member["event"]


def _find_again(connection: duckdb.DuckDBPyConnection, members: Sequence[Row]) -> dict[Member, Member]:
    """Return for events of judgements what they are called now; without those that are gone."""
    if not members:
        return {}
    columns = {
        "article": [one["article"] for one in members],
        "event": [one["event"] for one in members],
        "type": [one["type"] for one in members],
        "of": [one["trigger"]["of"] for one in members],
        "start": [one["trigger"]["start"] for one in members],
        "end": [one["trigger"]["end"] for one in members],
    }
    with incoming(connection, columns, {"start": "INTEGER", "end": "INTEGER"}):
        rows = run(
            connection,
            """SELECT incoming.article, incoming.event, arg_min(event.id, (
                event.id <> incoming.event, event.event <> incoming."type",
                abs(event.trigger.start - incoming.start), event.id))
            FROM incoming JOIN event ON event.article = incoming.article
            WHERE event.id = incoming.event
                OR event.trigger."of" = incoming."of"
                AND event.trigger.start < incoming."end" AND event.trigger."end" > incoming.start
            GROUP BY ALL""",
        )
    return {(article, event): (article, now) for article, event, now in rows}


def find_members(connection: duckdb.DuckDBPyConnection, id: str) -> list[Member]:
    """Return the events of a judgement, by what they are called now."""
    rows = run(connection, "SELECT parts FROM judgement WHERE id = $id", {"id": id})
    members = [one for (parts,) in rows for part in parts for one in part]
    return sorted(set(_find_again(connection, members).values()))


def add_judgement(
    connection: duckdb.DuckDBPyConnection,
    verdict: str,
    parts: Sequence[Sequence[Member]],
    *,
    who: str,
    why: str,
    when: datetime,
    undone: str = "",
) -> str:
    """Add a row to what people decided, and return its id."""
    ((ordinal,),) = run(connection, "SELECT coalesce(max(ordinal) + 1, 0) FROM judgement")
    id = content_hash(str(ordinal), verdict, undone, *("\n".join(one) for part in parts for one in part))
    values = {
        "id": id,
        "ordinal": ordinal,
        "verdict": verdict,
        "undone": undone,
        "who": who,
        "why": why,
        "when": when,
    }
    flat = [(at, *one) for at, part in enumerate(parts) for one in part]
    columns: dict[str, list[Any]] = {
        "part": [at for at, _, _ in flat],
        "article": [article for _, article, _ in flat],
        "event": [event for _, _, event in flat],
    }
    with incoming(connection, columns):
        run(connection, _INSERT_JUDGEMENT, values)
    return id


_INSERT_JUDGEMENT = """INSERT INTO judgement BY NAME
WITH part AS (
    SELECT part, list({'article': event.article, 'event': event.id, 'type': event.event,
        'trigger': event.trigger} ORDER BY event.article, event.id) AS members
    FROM incoming JOIN event ON event.article = incoming.article AND event.id = incoming.event
    GROUP BY part
)
SELECT $id AS id, $ordinal AS ordinal, $verdict AS verdict,
    coalesce((SELECT list(members ORDER BY part) FROM part), []) AS parts,
    nullif($undone, '') AS undone, $who AS who, nullif($why, '') AS why, $when AS made_at"""
