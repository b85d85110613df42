"""The JSON API: the answers of the pages for programs, under the same filters.

Lists are paged by `limit` and `offset`; `next` is the address of the following page. Every answer has an
ETag that changes when the store does. What goes wrong is told as a problem (RFC 9457).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from whowhom.exporters.graphs import describe_edge
from whowhom.exporters.records import record_article, record_event
from whowhom.pledge_states import flatten_pledge
from whowhom.records import CodedArticle, content_hash
from whowhom.rows import read_article, read_event
from whowhom.series import list_codes
from whowhom.tie_states import COLUMNS
from whowhom.web import describing, queries
from whowhom.web.addresses import write_code
from whowhom.web.asking import NetworkQuestion, PledgeQuestion, TieQuestion
from whowhom.web.columns import COLUMN_BY_NAME
from whowhom.web.desk import desk_of
from whowhom.web.filters import BadFilterError, ConflictingFiltersError, Filters, read_filters
from whowhom.web.pages.network import ask_network, sort_measures
from whowhom.web.reading import Cursor
from whowhom.web.standings import Pledges, Ties, ask_pledges, ask_ties, find_day, write_earlier

_MOST_SERIES_ROWS = 100_000


def list_incidents(request: Request) -> Response:
    """Answer with one page of incidents, flat, by the columns of the table."""
    pairs = request.query_params.multi_items()
    filters = _read(pairs, columns=tuple(COLUMN_BY_NAME))

    def ask(cursor: Cursor) -> dict[str, Any]:
        names = list(dict.fromkeys(("incident_id", *filters.columns)))
        rows = queries.select_columns(
            cursor, filters, names, limit=filters.limit, offset=filters.offset
        ).to_pylist()
        n_found = queries.count_incidents(cursor, filters.without_view())
        return _page(request, "incidents", rows, filters, n_found)

    return _answer(request, ask)


def show_incident(request: Request) -> Response:
    """Answer with an incident, its reports and what joined them."""
    _read(request.query_params.multi_items(), only=("limit",))
    id = request.path_params["id"]

    def ask(cursor: Cursor) -> dict[str, Any]:
        incident = queries.find_incident(cursor, id)
        reports = queries.list_reports(cursor, incident["id"], limit=1000)
        members = {(report["article"], report["id"]) for report in reports}
        links = queries.list_links(cursor, members, limit=1000)
        told = [
            {
                **{
                    name: report[name]
                    for name in ("article", "title", "outlet", "url", "published", "copy_family")
                },
                "event": record_event(read_event(report)),
            }
            for report in reports
        ]
        return {**incident, "reports": told, "links": links}

    return _answer(request, ask)


def list_events(request: Request) -> Response:
    """Answer with one page of events, flat, as in CSV and Parquet."""
    filters = _read(request.query_params.multi_items(), only=describing.EVENT_FILTERS)

    def ask(cursor: Cursor) -> dict[str, Any]:
        rows, n_found = queries.list_events(cursor, filters)
        return _page(request, "events", rows, filters, n_found)

    return _answer(request, ask)


def show_article(request: Request) -> Response:
    """Answer with an article and its events, as in JSONL."""
    _read(request.query_params.multi_items(), only=("limit",))
    id = request.path_params["id"]

    def ask(cursor: Cursor) -> dict[str, Any]:
        article = queries.find_article(cursor, id)
        events = queries.list_article_events(cursor, article["id"])
        article["text"] = article["text"] or ""
        record = record_article(CodedArticle(read_article(article), tuple(map(read_event, events))))
        return {**record, "text": article["text"]}

    return _answer(request, ask)


def list_dyads(request: Request) -> Response:
    """Answer with counts of what one did to another by day, week, month or year."""
    params = request.query_params
    filters = _read(
        params.multi_items(),
        only=("actor", "recipient", "from", "to", "limit", "offset"),
        also=("by",),
        limit=1000,
    )
    asked = params.get("by", "month")
    by = next((one for one in describing.PERIODS if one == asked), None)
    if by is None:
        raise BadFilterError(f"by cannot be {asked[:60]!r}. Known: {', '.join(describing.PERIODS)}.")
    if len(filters.actor) != 1 or len(filters.recipient) != 1:
        raise BadFilterError('Give one actor and one recipient, such as "?actor=KOR&recipient=PRK".')
    pair = (filters.actor[0], filters.recipient[0])
    for code in pair:
        if code not in list_codes():
            raise BadFilterError(f"{code[:60]!r} is no code of a state or body. Give one such as KOR or UNO.")
    if pair[0] == pair[1]:
        raise ConflictingFiltersError(f"{pair[0]} stands on both sides. Give another recipient.")

    def ask(cursor: Cursor) -> dict[str, Any]:
        relation = cursor.store.dyads(pairs=[pair], by=by, first=filters.first, last=filters.last)
        rows = relation.limit(_MOST_SERIES_ROWS).to_arrow_table().to_pylist()
        shown = rows[filters.offset : filters.offset + filters.limit]
        return _page(request, "dyads", shown, filters, len(rows))

    return _answer(request, ask)


def show_actor(request: Request) -> Response:
    """Answer with how often an actor acts and is acted on, with whom, and under which names."""
    code = write_code(request.path_params["code"].strip())
    filters = _read([*request.query_params.multi_items(), ("party", code)], only=("from", "to", "party"))

    def ask(cursor: Cursor) -> dict[str, Any]:
        span = Filters(first=filters.first, last=filters.last)
        by_role = queries.count_roles(cursor, span, code)
        return {
            "code": code,
            "n_as_actor": by_role["actor"],
            "n_as_recipient": by_role["recipient"],
            "names": queries.count_names(cursor, span, code),
            "counterparts": queries.count_counterparts(cursor, span, code),
        }

    return _answer(request, ask)


def list_ties(request: Request) -> Response:
    """Answer with one page of ties, each with all its changes; the one that changed last comes first."""
    question = TieQuestion.read(request.query_params.multi_items(), is_form=False)

    def ask(cursor: Cursor) -> dict[str, Any]:
        found = ask_ties(cursor, question, most_changes=None)
        page = _page(request, "ties", [_record_tie(tie) for tie in found.ties], question, found.n)
        return {**page, **_bound(request, question, found)}

    return _answer(request, ask)


def list_pledges(request: Request) -> Response:
    """Answer with one page of promises, threats and demands, the one made last first."""
    question = PledgeQuestion.read(request.query_params.multi_items(), is_form=False)

    def ask(cursor: Cursor) -> dict[str, Any]:
        asked = question.without_page()
        key = ("pledges", asked, find_day(cursor, asked))
        found = cursor.remember(key, lambda: ask_pledges(cursor, asked))
        shown = found.pledges[question.offset : question.offset + question.limit]
        rows = [flatten_pledge(pledge) for pledge in shown]
        page = _page(request, "pledges", rows, question, len(found.pledges))
        return {**page, **_bound(request, question, found)}

    return _answer(request, ask)


def show_network(request: Request) -> Response:
    """Answer with the actors of a network and their measures, and one page of its edges."""
    question = NetworkQuestion.read(request.query_params.multi_items(), is_form=False)

    def ask(cursor: Cursor) -> dict[str, Any]:
        found = ask_network(cursor, question)
        edges = sorted(found.network.edges, key=lambda one: (-one.n_incidents, one.actor, one.recipient))
        shown = [describe_edge(edge) for edge in edges[question.offset : question.offset + question.limit]]
        actors = [one._asdict() for one in sort_measures(found.measures, question)]
        return {**_page(request, "edges", shown, question, len(edges)), "actors": actors}

    return _answer(request, ask)


def describe(request: Request) -> Response:
    """Answer with the description of the API (OpenAPI 3.1)."""
    return _respond(describing.describe_api(), content_hash(json.dumps(describing.describe_api())), request)


def show_docs(request: Request) -> Response:
    """Show the description to a person."""
    return desk_of(request).render(request, "api.html", {"api": describing.describe_api()})


def find_docs(request: Request) -> Response:
    """Lead to the description."""
    return RedirectResponse("/api/docs", 307)


ROUTES = (
    Route("/api", find_docs),
    Route("/api/docs", show_docs),
    Route("/api/openapi.json", describe),
    Route("/api/incidents", list_incidents),
    Route("/api/incidents/{id}", show_incident),
    Route("/api/events", list_events),
    Route("/api/articles/{id:path}", show_article),
    Route("/api/dyads", list_dyads),
    Route("/api/actors/{code}", show_actor),
    Route("/api/ties", list_ties),
    Route("/api/pledges", list_pledges),
    Route("/api/network", show_network),
)


def _record_tie(tie: dict[str, Any]) -> dict[str, Any]:
    return {**{column.name: tie[column.name] for column in COLUMNS}, "changes": tie["changes"]}


_read = partial(read_filters, is_form=False)


def _bound(request: Request, question: TieQuestion | PledgeQuestion, found: Ties | Pledges) -> dict[str, Any]:
    """Return as of which day an answer is, and where the earlier ones are if it leaves these out."""
    earlier = write_earlier(question, found.first)
    return {
        "as_of": found.as_of,
        "since": found.first,
        "earlier": f"{request.url.path}{earlier}" if earlier else None,
    }


def _page(
    request: Request,
    name: str,
    rows: list[Any],
    filters: Filters | TieQuestion | PledgeQuestion | NetworkQuestion,
    n_found: int,
) -> dict[str, Any]:
    following = filters.offset + filters.limit
    address = request.url.include_query_params(limit=filters.limit, offset=following)
    return {
        "n": n_found,
        "limit": filters.limit,
        "offset": filters.offset,
        "next": f"{address.path}?{address.query}" if following < n_found else None,
        name: rows,
    }


def _answer(request: Request, ask: Callable[[Cursor], Mapping[str, Any]]) -> Response:
    """Ask the store, unless what the caller has is still what it holds."""
    reader = desk_of(request).reader
    mark = content_hash(reader.version, describing.VERSION)
    if reader.version and _has(request, mark):
        return Response(status_code=304, headers={"ETag": f'"{mark}"'})
    with reader.asking() as cursor:
        mark = content_hash(cursor.version, describing.VERSION)
        answer = ask(cursor)
    return _respond(answer, mark, request)


def _respond(answer: Mapping[str, Any], mark: str, request: Request) -> Response:
    if _has(request, mark):
        return Response(status_code=304, headers={"ETag": f'"{mark}"'})
    body = json.dumps(answer, ensure_ascii=False, default=str, separators=(",", ":"))
    return Response(body.encode(), media_type="application/json", headers={"ETag": f'"{mark}"'})


def _has(request: Request, mark: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return f'"{mark}"' in known
