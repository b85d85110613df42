"""The columns of the table of incidents: what each means and how it is read from the store.

The page shows `SHOWN` unless others are chosen; exports and the API have the same columns by the same
names. `value` is SQL over the table `incident`, `order`
over `facet`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Type = Literal["text", "texts", "whole", "real", "day"]


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


def _list_of(role: str, field: str) -> str:
    return f"[one.{field} FOR one IN incident.{role}]"


def _names_of(role: str) -> str:
    return f'[coalesce(one.name, one."text") FOR one IN incident.{role}]'


def _sectors_of(role: str) -> str:
    return f"[array_to_string(one.sector, ' ') FOR one IN incident.{role}]"


COLUMNS: tuple[Column, ...] = (
    Column("id", "id", "text", "Id of the incident.", "incident.id"),
    Column("day", "day", "day", "First day of the narrowest span that most reports give.",
           "incident.first_day", "facet.first_day", True),
    Column("last_day", "to", "day", "Last day of it.", "incident.last_day", "facet.last_day", True),
    Column("type", "what", "text", "PLOVER type that most reports give.", "incident.event", "facet.event"),
    Column("mode", "mode", "texts", "PLOVER modes.", "incident.mode"),
    Column("quad", "quad", "whole", "1 verbal cooperation, 2 material cooperation, 3 verbal conflict, "
           "4 material conflict.", "incident.quad", "facet.quad"),
    Column("scale", "scale", "real", "Conflict to cooperation, -10 to 10.", "incident.scale",
           "facet.scale"),
    Column("actor", "who", "texts", "Who did it: the names, or the words where there is no name.",
           _names_of("actor"), "facet.actor_country"),
    Column("actor_country", "who, country", "texts", "Their countries.", _list_of("actor", "country")),
    Column("actor_sector", "who, sector", "texts", "Their sectors.", _sectors_of("actor")),
    Column("recipient", "whom", "texts", "Whom it was done to.",
           _names_of("recipient"), "facet.recipient_country"),
    Column("recipient_country", "whom, country", "texts", "Their countries.",
           _list_of("recipient", "country")),
    Column("recipient_sector", "whom, sector", "texts", "Their sectors.", _sectors_of("recipient")),
    Column("place", "where", "text", "Place, as finely as most independent reports agree.",
           "incident.place.name", "facet.place_name"),
    Column("place_country", "where, country", "text", "Its country.",
           "incident.place.country", "facet.place_country"),
    Column("latitude", "latitude", "real", "Of the place; a point in the middle where precision is region "
           "or country.", "incident.place.latitude"),
    Column("longitude", "longitude", "real", "The same.", "incident.place.longitude"),
    Column("precision", "precision", "text", "exact, near, region or country.", 'incident.place."precision"'),
    Column("killed", "killed", "whole", "Number killed that independent reports give most.",
           "incident.killed.best", "facet.killed", True),
    Column("killed_low", "killed, least", "whole", "Least number given.", 'incident.killed."low"'),
    Column("killed_high", "killed, most", "whole", "Greatest number given.", "incident.killed.high"),
    Column("injured", "injured", "whole", "Number injured that independent reports give most.",
           "incident.injured.best", "facet.injured", True),
    Column("injured_low", "injured, least", "whole", "Least number given.", 'incident.injured."low"'),
    Column("injured_high", "injured, most", "whole", "Greatest number given.", "incident.injured.high"),
    Column("wordings", "words", "texts", "Words that report it, the most frequent first.",
           '[one."text" FOR one IN incident.wordings]'),
    Column("asserted_by", "says so", "texts", "Who says that it happened.", "incident.asserted_by"),
    Column("denied_by", "denies it", "texts", "Who says that it did not.", "incident.denied_by"),
    Column("n_certain", "certain", "whole", "Independent reports that give it as certain.",
           "incident.certainty.certain", "facet.n_certain", True),
    Column("n_probable", "probable", "whole", "As probable.",
           "incident.certainty.probable", "facet.n_probable", True),
    Column("n_possible", "possible", "whole", "As possible.",
           "incident.certainty.possible", "facet.n_possible", True),
    Column("n_historical", "past", "whole", "As past history.", "incident.aux.historical"),
    Column("n_future", "planned", "whole", "As planned.", "incident.aux.future"),
    Column("n_hypothetical", "imagined", "whole", "As imagined.", "incident.aux.hypothetical"),
    Column("n_negation", "denied", "whole", "As not having happened.", "incident.aux.negation"),
    Column("independent", "independent", "whole", "Independent reports: a copy adds nothing.",
           "incident.n_independent", "facet.n_independent", True),
    Column("outlets", "outlets", "whole", "Outlets that report it.",
           "incident.n_outlets", "facet.n_outlets", True),
    Column("articles", "articles", "whole", "Articles that report it.",
           "incident.n_articles", "facet.n_articles", True),
    Column("score", "score", "real", "Score of its surest report, 0 to 1.",
           "incident.score", "facet.score", True),
    Column("join_score", "joined", "real", "Score of the weakest link that holds its reports together.",
           "incident.join_score", "facet.join_score"),
)  # fmt: skip
COLUMN_BY_NAME = {column.name: column for column in COLUMNS}
SHOWN = ("day", "type", "actor", "recipient", "place", "killed", "independent", "score")
