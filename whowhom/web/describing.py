"""The description of the JSON API, made from the lists that the API itself reads (OpenAPI 3.1)."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any, get_args

from whowhom.exporters.graphs import EDGE_COLUMNS
from whowhom.exporters.tables import COLUMNS as EVENT_COLUMNS
from whowhom.networks import MEASURES
from whowhom.pledge_states import COLUMNS as PLEDGE_COLUMNS
from whowhom.series import COLUMNS as DYAD_COLUMNS
from whowhom.series import Period, list_codes
from whowhom.tie_states import COLUMNS as TIE_COLUMNS
from whowhom.tie_states import HISTORY_COLUMNS
from whowhom.web.asking import NetworkQuestion, PledgeQuestion, TieQuestion
from whowhom.web.columns import COLUMNS
from whowhom.web.filters import MOST_OFFSET, MOST_ROWS, PARAMETERS, Parameter

Json = dict[str, Any]

VERSION = version("whowhom")
PERIODS: tuple[Period, ...] = get_args(Period)
EVENT_FILTERS = (
    "type", "mode", "actor", "recipient", "place", "from", "to", "source", "certainty", "limit", "offset"
)  # fmt: skip
_TYPES = {
    "text": "string",
    "whole": "integer",
    "real": "number",
    "day": "string",
    "texts": "array",
    "codes": "array",
    "flag": "boolean",
}
_ID_PATTERN = r"^[^\u0000]+$"
_TEXT_PATTERN = r"^[^\u0000]*[^\u0000\s][^\u0000]*$"


@cache
def describe_api() -> Json:
    """Return the whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "whowhom",
            "version": VERSION,
            "description": "Who did what to whom, when, where, according to whom, and how sure. The "
            "same filters as on the pages. Answers carry an ETag that changes when the store does.",
        },
        "paths": {
            "/api/incidents": _path(
                "List incidents",
                "One page of incidents, flat.",
                _filters(),
                _page("incidents", _row(COLUMNS)),
            ),
            "/api/incidents/{id}": _path(
                "Show an incident",
                "The incident with its reports and what joined them. The beginning of an id will do.",
                [_in_path("id", "Id of an incident.")],
                {"type": "object", "required": ["id", "event", "reports", "links"]},
                missing=True,
            ),
            "/api/events": _path(
                "List events",
                "One page of events, flat as in CSV and Parquet, the latest day first.",
                _filters(EVENT_FILTERS),
                _page("events", _row(EVENT_COLUMNS)),
            ),
            "/api/articles/{id}": _path(
                "Show an article",
                "The article with its text and its events, as in JSONL.",
                [_in_path("id", "Id of an article.")],
                {"type": "object", "required": ["id", "text", "events"]},
                missing=True,
            ),
            "/api/dyads": _path(
                "Count what one did to another",
                "One row a period, zeros filled in, with the articles read as coverage.",
                [
                    *(_code_of(name) for name in ("actor", "recipient")),
                    {
                        "name": "by",
                        "in": "query",
                        "description": "Length of a period; weeks begin on Monday.",
                        "schema": {"type": "string", "enum": list(PERIODS), "default": "month"},
                    },
                    *_filters(("from", "to", "limit", "offset")),
                ],
                _page("dyads", _row(DYAD_COLUMNS)),
            ),
            "/api/actors/{code}": _path(
                "Show an actor",
                "How often an actor acts and is acted on, with whom, and under which names.",
                [
                    _in_path("code", "A country code, a sector, both, or a part of a name."),
                    *_filters(("from", "to")),
                ],
                {
                    "type": "object",
                    "required": ["code", "n_as_actor", "n_as_recipient", "names", "counterparts"],
                },
            ),
            "/api/ties": _path(
                "List ties",
                "Lasting relations between two sides, with each of their changes, the one that changed last "
                "first. Of a large store the newest; `earlier` is the address of those before.",
                list(map(_describe, TieQuestion.PARAMETERS)),
                _bound(_page("ties", _with(_row(TIE_COLUMNS), changes=_row(HISTORY_COLUMNS)))),
            ),
            "/api/pledges": _path(
                "List pledges",
                "Promises, threats and demands, and what became of them, the one made last first. Of a large "
                "store the newest; `earlier` is the address of those before.",
                list(map(_describe, PledgeQuestion.PARAMETERS)),
                _bound(_page("pledges", _row(PLEDGE_COLUMNS))),
            ),
            "/api/network": _path(
                "Show a network",
                "Who acts on whom: all actors with their measures, in the order asked for, and one page of "
                "edges from actor to recipient, those of most incidents first.",
                list(map(_describe, NetworkQuestion.PARAMETERS)),
                _with(_page("edges", _row(EDGE_COLUMNS)), actors=_row(MEASURES)),
            ),
        },
        "components": {"schemas": {"Problem": _PROBLEM}, "responses": _PROBLEMS},
    }


_PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What went wrong and what to do."},
    },
}
_PROBLEM_WORDS = {
    "400": "A filter that cannot be.",
    "401": "The desk asks for a token, and none was shown.",
    "404": "Nothing has this id.",
    "409": "Filters that exclude each other, such as a last day before the first.",
    "503": "The store is being written, or did not answer in time.",
}
_PROBLEMS: Json = {
    status: {
        "description": words,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, words in _PROBLEM_WORDS.items()
}


def _path(
    summary: str, description: str, parameters: list[Json], schema: Json, *, missing: bool = False
) -> Json:
    # Anything may be found missing: an address with a part that no route takes is no id.
    problems = {status: {"$ref": f"#/components/responses/{status}"} for status in _PROBLEM_WORDS}
    return {
        "get": {
            "summary": summary,
            "description": description,
            "operationId": summary.lower().replace(" ", "_"),
            "parameters": parameters,
            "responses": {
                "200": {"description": description, "content": {"application/json": {"schema": schema}}},
                "304": {"description": "The store has not changed since the ETag that was sent."},
                **problems,
            },
        }
    }


def _filters(only: tuple[str, ...] = ()) -> list[Json]:
    return [_describe(one) for one in PARAMETERS if not only or one.name in only]


def _describe(parameter: Parameter) -> Json:
    known: Json = {"enum": list(parameter.known)} if parameter.known else {}
    text: Json = {"type": "string", **(known or {"maxLength": 200, "pattern": _TEXT_PATTERN})}
    described: Json = {"name": parameter.name, "in": "query", "description": parameter.meaning}
    match parameter.kind:
        case "codes" | "texts":
            described |= {
                "schema": {"type": "array", "items": text, "minItems": 1, "maxItems": parameter.most_values},
                "style": "form",
                "explode": True,
            }
        case "columns":
            described |= {
                "schema": {"type": "array", "items": text, "minItems": 1},
                "style": "form",
                "explode": False,
            }
        case "day":
            described["schema"] = {"type": "string", "format": "date"}
        case "whole":
            most = {"limit": MOST_ROWS, "offset": MOST_OFFSET}.get(parameter.name, parameter.most)
            described["schema"] = {"type": "integer", "minimum": parameter.least, "maximum": most}
        case "real":
            described["schema"] = {"type": "number", "minimum": parameter.least, "maximum": parameter.most}
        case "text":
            described["schema"] = text
    return described


def _code_of(role: str) -> Json:
    return {
        "name": role,
        "in": "query",
        "required": True,
        "description": "ISO 3166-1 alpha-3, or KOS, UNO, EUR, IGO, NGO, MNC, IMG, ISM.",
        "schema": {"type": "string", "enum": list_codes()},
        "example": "KOR" if role == "actor" else "PRK",
    }


def _in_path(name: str, description: str) -> Json:
    schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": _ID_PATTERN}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _page(name: str, row: Json) -> Json:
    return {
        "type": "object",
        "required": ["n", "limit", "offset", "next", name],
        "properties": {
            "n": {"type": "integer", "description": "How many there are on all pages."},
            "limit": {"type": "integer"},
            "offset": {"type": "integer"},
            "next": {"type": ["string", "null"], "description": "Address of the following page."},
            name: {"type": "array", "items": row},
        },
    }


def _bound(page: Json) -> Json:
    """Return the description of a page that may be of the newest only."""
    page["required"] += ["as_of", "since", "earlier"]
    page["properties"] |= {
        "as_of": {"type": "string", "format": "date", "description": "As of which day things stand."},
        "since": {
            "type": ["string", "null"],
            "format": "date",
            "description": "The day before which all is left out; null where nothing is.",
        },
        "earlier": {"type": ["string", "null"], "description": "Address of what came before that day."},
    }
    return page


def _with(schema: Json, **lists: Json) -> Json:
    """Return the description of an object that has lists of rows besides."""
    schema["properties"] |= {name: {"type": "array", "items": row} for name, row in lists.items()}
    if "required" in schema:
        schema["required"] += list(lists)
    return schema


def _row(columns: Any) -> Json:
    properties: Json = {}
    for column in columns:
        described: Json = {"type": [_TYPES[column.type], "null"], "description": column.meaning}
        if column.type == "day":
            described["format"] = "date"
        properties[column.name] = described
    return {"type": "object", "properties": properties}
