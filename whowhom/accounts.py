"""What the store holds of an incident: the list of incidents, and one with the reports it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from whowhom.exporters.tables import Column
from whowhom.judgements import Member
from whowhom.records import Article, Event
from whowhom.sql import fetch_rows, run

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Joint:
    """Why a report is in its incident: another report it is likely the same deed as."""

    article: str
    event: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """An event as one article reports it, within an incident.

    Attributes:
        sentence: The sentence around the trigger.
        copy_family: Reports with the same one are copies of one text and count once.
        joints: The other reports of the incident that it was linked to, the surest first; empty for a
            report that only a person's judgement holds here.
    """

    event: Event
    article: Article
    sentence: str
    copy_family: str
    joints: tuple[Joint, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decided about which events are one deed.

    Attributes:
        verdict: "merge", "split" or "undo".
        parts: Groups of (article, event): each group is one deed, and apart from the others.
        undone: Of "undo" the judgement that no longer counts.
        counts: Whether it still counts: it is no "undo", and none has undone it.
    """

    id: str
    verdict: str
    parts: tuple[tuple[Member, ...], ...]
    undone: str
    who: str
    why: str
    made_at: datetime
    counts: bool


@dataclass(frozen=True, slots=True)
class Account:
    """An incident with all it rests on; `incident` has the columns of the table `incident`."""

    incident: Mapping[str, Any]
    reports: tuple[Report, ...]
    judgements: tuple[Judgement, ...]


def select_incidents(
    reported: str,
    values: dict[str, Any],
    *,
    types: Sequence[str],
    first: date | None,
    last: date | None,
    min_independent: int,
    limit: int | None,
) -> tuple[str, dict[str, Any]]:
    """Return the query for incidents, the latest first, and its values.

    Args:
        reported: Query for the (article, id) of events of which one at least has to report the incident,
            "" where any will do.
        values: Those of `reported`.
    """
    bound = dict(values)
    where = ["n_independent >= $min_independent"]
    bound["min_independent"] = min_independent
    if types:
        where.append("list_contains($types, incident.event)")
        bound["types"] = list(types)
    if first is not None:
        where.append("incident.last_day >= $first_day")
        bound["first_day"] = first
    if last is not None:
        where.append("incident.first_day <= $last_day")
        bound["last_day"] = last
    if reported:
        where.append(
            f"incident.id IN (SELECT report.incident FROM report JOIN ({reported}) AS told "
            "ON told.article = report.article AND told.id = report.event)"
        )
    sql = f"SELECT * FROM incident WHERE {' AND '.join(where)} ORDER BY first_day DESC NULLS LAST, id"
    if limit is not None:
        sql += " LIMIT $most"
        bound["most"] = limit
    return sql, bound


def _participants(role: str) -> str:
    return f"""[coalesce(one.name, one."text") FOR one IN {role}] AS {role}_name,
    [one.country FOR one IN {role}] AS {role}_country,
    [nullif(array_to_string(one.sector, ' '), '') FOR one IN {role}] AS {role}_sector"""


def _toll(what: str) -> str:
    return f"{what}.low AS {what}_low, {what}.best AS {what}_best, {what}.high AS {what}_high"


FLAT = f"""id AS incident_id, event, mode, {_participants("actor")}, {_participants("recipient")},
    first_day, last_day, earliest_day, latest_day,
    place.name AS place_name, place.country AS place_country, place.latitude AS latitude,
    place.longitude AS longitude, place.geonames AS geonames, place."precision" AS "precision",
    {_toll("killed")}, {_toll("injured")},
    [one."text" FOR one IN wordings] AS wordings,
    certainty.certain AS n_certain, certainty.probable AS n_probable, certainty.possible AS n_possible,
    aux.historical AS n_historical, aux.future AS n_future, aux.hypothetical AS n_hypothetical,
    aux.negation AS n_negation, asserted_by, denied_by,
    n_events, n_articles, n_outlets, n_independent, quad, scale, score, join_score"""
"""One flat row an incident, for files: what to select from the table `incident`."""


def _participant_columns(role: str) -> tuple[Column, ...]:
    return (
        Column(f"{role}_name", "texts", f"Name of each {role}, or the words where it has none."),
        Column(f"{role}_country", "texts", f"Country of each {role}: ISO 3166-1 alpha-3, or UNO, EUR ..."),
        Column(f"{role}_sector", "texts", f"PLOVER sectors of each {role}, the main one first."),
    )


def _toll_columns(what: str) -> tuple[Column, ...]:
    return (
        Column(f"{what}_low", "whole", f"Least number {what} that a report gives."),
        Column(f"{what}_best", "whole", f"Number {what} that most independent reports give."),
        Column(f"{what}_high", "whole", f"Greatest number {what} that a report gives."),
    )


COLUMNS: tuple[Column, ...] = (
    Column("incident_id", "text", "Id of the incident."),
    Column("event", "text", "PLOVER type that most reports give."),
    Column("mode", "texts", "PLOVER modes, the one most reports give first."),
    *_participant_columns("actor"),
    *_participant_columns("recipient"),
    Column("first_day", "day", "First day of the narrowest span that most reports give."),
    Column("last_day", "day", "Last day of it."),
    Column("earliest_day", "day", "Earliest day that any report gives."),
    Column("latest_day", "day", "Latest day that any report gives."),
    Column("place_name", "text", "Place, as finely as most independent reports agree."),
    Column("place_country", "text", "Its country, ISO 3166-1 alpha-3."),
    Column("latitude", "real", "Degrees north."),
    Column("longitude", "real", "Degrees east."),
    Column("geonames", "whole", "GeoNames id of the place."),
    Column("precision", "text", "Of the coordinates: exact, near, or the middle of a region or country."),
    *_toll_columns("killed"),
    *_toll_columns("injured"),
    Column("wordings", "texts", "Words that report it, the commonest first."),
    Column("n_certain", "whole", "Independent reports that give it as certain."),
    Column("n_probable", "whole", "As probable."),
    Column("n_possible", "whole", "As possible."),
    Column("n_historical", "whole", "Independent reports that give it as past history."),
    Column("n_future", "whole", "As planned."),
    Column("n_hypothetical", "whole", "As imagined or conditional."),
    Column("n_negation", "whole", "As denied."),
    Column("asserted_by", "texts", "Who says that it happened: outlets, and sources they name."),
    Column("denied_by", "texts", "Who says that it did not happen."),
    Column("n_events", "whole", "Events that report it."),
    Column("n_articles", "whole", "Articles that report it."),
    Column("n_outlets", "whole", "Outlets that report it."),
    Column("n_independent", "whole", "Families of copies: a copied report adds nothing."),
    Column("quad", "whole", "1 verbal cooperation, 2 material cooperation, 3 verbal, 4 material conflict."),
    Column("scale", "real", "Mean of PLOVER's score over the reports of its type, -10 to 10."),
    Column("score", "real", "Score of its surest report."),
    Column(
        "join_score", "real", "Score of the weakest link that holds it together; null where none is needed."
    ),
)


def find_incidents(connection: duckdb.DuckDBPyConnection, id: str) -> list[Row]:
    """Return the incident with an id, else those whose ids begin with it, six at most."""
    for condition in ("id = $id", "starts_with(id, $id)") if id else ():
        sql = f"SELECT * FROM incident WHERE {condition} ORDER BY id LIMIT 6"
        if rows := fetch_rows(connection, sql, {"id": id}):
            return rows
    return []


def list_members(connection: duckdb.DuckDBPyConnection, incident: str) -> list[tuple[str, str, str, str]]:
    """Return article, event, sentence and family of copies of each report, in the order of their days."""
    return run(
        connection,
        """SELECT report.article, report.event, coalesce(event.sentence, ''), sketch.copy_family
        FROM report JOIN event ON event.article = report.article AND event.id = report.event
        JOIN article ON article.id = report.article JOIN sketch ON sketch.article = report.article
        WHERE report.incident = $incident
        ORDER BY article.published NULLS LAST, report.article, event.ordinal""",
        {"incident": incident},
    )


def find_joints(connection: duckdb.DuckDBPyConnection, incident: str) -> dict[Member, tuple[Joint, ...]]:
    """Return for each report of an incident the links to the others of it, the surest first."""
    rows = run(
        connection,
        """WITH member AS (SELECT article, event FROM report WHERE incident = $incident)
        SELECT link.* FROM link
        JOIN member AS one ON one.article = link.article AND one.event = link.event
        JOIN member AS two ON two.article = link.other_article AND two.event = link.other_event
        ORDER BY score DESC, link.article, link.event, other_article, other_event""",
        {"incident": incident},
    )
    found: dict[Member, list[Joint]] = {}
    for article, event, other_article, other_event, score, reason in rows:
        found.setdefault((article, event), []).append(Joint(other_article, other_event, score, reason))
        found.setdefault((other_article, other_event), []).append(Joint(article, event, score, reason))
    return {member: tuple(joints) for member, joints in found.items()}


def list_judgements(connection: duckdb.DuckDBPyConnection) -> list[Judgement]:
    """Return what people decided, in the order in which they did."""
    rows = run(
        connection,
        "SELECT id, verdict, parts, undone, who, why, made_at FROM judgement ORDER BY ordinal DESC",
    )
    undone: set[str] = set()
    found: list[Judgement] = []
    for id, verdict, parts, target, who, why, made_at in rows:
        counts = id not in undone and verdict != "undo"
        if verdict == "undo" and id not in undone:
            undone.add(target)
        members = tuple(tuple((one["article"], one["event"]) for one in part) for part in parts)
        found.append(Judgement(id, verdict, members, target or "", who, why or "", made_at, counts))
    return found[::-1]
