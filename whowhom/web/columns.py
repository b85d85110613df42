"""The columns of the table of incidents: what stands above each and how it is read from the store.

They are those of `whowhom incidents`, by the same names and with the same values (`whowhom.accounts`). The
page shows `SHOWN` unless others are chosen; exports and the API have the same. `value` is SQL over the
table `incident`, `order` over `facet`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from whowhom import accounts

Type = Literal["text", "texts", "whole", "real", "day", "flag"]


class Column(NamedTuple):
    """One column.

    Attributes:
        heading: What stands above it on the page.
        order: What is sorted by; "" for what has no order.
        falls: Whether the greatest comes first when it is first sorted by.
    """

    name: str
    heading: str
    type: Type
    meaning: str
    value: str
    order: str = ""
    falls: bool = False


class _Shown(NamedTuple):
    """How a column of `whowhom.accounts` is shown; see `Column`."""

    heading: str
    value: str
    order: str = ""
    falls: bool = False


def _name(role: str) -> str:
    return f'[coalesce(one.name, one."text") FOR one IN incident.{role}]'


def _country(role: str) -> str:
    return f"[one.country FOR one IN incident.{role}]"


def _sector(role: str) -> str:
    return f"[nullif(array_to_string(one.sector, ' '), '') FOR one IN incident.{role}]"


_SHOWN: dict[str, _Shown] = {
    "incident_id": _Shown("id", "incident.id"),
    "event": _Shown("what", "incident.event", "facet.event"),
    "mode": _Shown("mode", "incident.mode"),
    "actor_name": _Shown("who", _name("actor"), "facet.actor_country"),
    "actor_country": _Shown("who, country", _country("actor")),
    "actor_sector": _Shown("who, sector", _sector("actor")),
    "recipient_name": _Shown("whom", _name("recipient"), "facet.recipient_country"),
    "recipient_country": _Shown("whom, country", _country("recipient")),
    "recipient_sector": _Shown("whom, sector", _sector("recipient")),
    "first_day": _Shown("day", "incident.first_day", "facet.first_day", True),
    "last_day": _Shown("to", "incident.last_day", "facet.last_day", True),
    "earliest_day": _Shown("earliest", "incident.earliest_day"),
    "latest_day": _Shown("latest", "incident.latest_day"),
    "place_name": _Shown("where", "incident.place.name", "facet.place_name"),
    "place_country": _Shown("where, country", "incident.place.country", "facet.place_country"),
    "latitude": _Shown("latitude", "incident.place.latitude"),
    "longitude": _Shown("longitude", "incident.place.longitude"),
    "geonames": _Shown("GeoNames", "incident.place.geonames"),
    "precision": _Shown("precision", 'incident.place."precision"'),
    "killed_low": _Shown("killed, least", 'incident.killed."low"'),
    "killed_best": _Shown("killed", "incident.killed.best", "facet.killed", True),
    "killed_high": _Shown("killed, most", "incident.killed.high"),
    "injured_low": _Shown("injured, least", 'incident.injured."low"'),
    "injured_best": _Shown("injured", "incident.injured.best", "facet.injured", True),
    "injured_high": _Shown("injured, most", "incident.injured.high"),
    "wordings": _Shown("words", '[one."text" FOR one IN incident.wordings]'),
    "n_certain": _Shown("certain", "incident.certainty.certain", "facet.n_certain", True),
    "n_probable": _Shown("probable", "incident.certainty.probable", "facet.n_probable", True),
    "n_possible": _Shown("possible", "incident.certainty.possible", "facet.n_possible", True),
    "n_historical": _Shown("past", "incident.aux.historical"),
    "n_future": _Shown("planned", "incident.aux.future"),
    "n_hypothetical": _Shown("imagined", "incident.aux.hypothetical"),
    "n_negation": _Shown("denied", "incident.aux.negation"),
    "asserted_by": _Shown("says so", "incident.asserted_by"),
    "denied_by": _Shown("denies it", "incident.denied_by"),
    "n_events": _Shown("events", "incident.n_events"),
    "n_articles": _Shown("articles", "incident.n_articles", "facet.n_articles", True),
    "n_outlets": _Shown("outlets", "incident.n_outlets", "facet.n_outlets", True),
    "n_independent": _Shown("independent", "incident.n_independent", "facet.n_independent", True),
    "quad": _Shown("quad", "incident.quad", "facet.quad"),
    "scale": _Shown("scale", "incident.scale", "facet.scale"),
    "score": _Shown("score", "incident.score", "facet.score", True),
    "join_score": _Shown("joined", "incident.join_score", "facet.join_score"),
}
COLUMNS: tuple[Column, ...] = tuple(
    Column(one.name, shown.heading, one.type, one.meaning, shown.value, shown.order, shown.falls)
    for one in accounts.COLUMNS
    for shown in [_SHOWN[one.name]]
)
COLUMN_BY_NAME = {column.name: column for column in COLUMNS}
SHOWN = (
    "first_day", "event", "actor_name", "recipient_name", "place_name", "killed_best", "n_independent",
    "score",
)  # fmt: skip
