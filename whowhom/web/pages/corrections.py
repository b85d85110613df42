"""Corrections: what people decided, by whom and why, with a way to undo it and to take it along."""

from __future__ import annotations

import io
from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from whowhom.exporters import write_rows
from whowhom.exporters.relations import WRITERS
from whowhom.web import deciding
from whowhom.web.asking import CorrectionQuestion
from whowhom.web.deciding import Decision
from whowhom.web.desk import desk_of

_MOST_SHOWN = 500
_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    by = _read_by(request)
    with desk.reader.asking() as cursor:
        made = deciding.list_decisions(cursor)
        done, undo = deciding.list_done(request, cursor)
    chosen = _choose(made, by)
    page = {
        "decisions": chosen[:_MOST_SHOWN],
        "n_found": len(chosen),
        "people": sorted({one.who for one in made}),
        "by": by,
        "done": done,
        "undo": undo,
        "who": deciding.read_who(desk, request),
        "back": "/corrections",
    }
    return desk.render(request, "corrections.html", page)


def export(request: Request) -> Response:
    """Give the decisions that the page lists as a file."""
    import pyarrow as pa  # type: ignore[import-untyped]

    format = str(request.path_params["format"])
    if format not in _MEDIA_TYPES:
        raise HTTPException(404)
    by = _read_by(request)
    with desk_of(request).reader.asking() as cursor:
        rows = [deciding.record_decision(one) for one in _choose(deciding.list_decisions(cursor), by)]
    types = [(name, pa.bool_() if name == "stands" else pa.string()) for name in deciding.COLUMNS]
    stream = io.BytesIO()
    WRITERS[format](pa.Table.from_pylist(rows, pa.schema(types)), stream, ())
    return _respond(stream.getvalue(), f"corrections.{format}", _MEDIA_TYPES[format])


def export_gold(request: Request) -> Response:
    """Give the articles of which every event was decided on, by whom is asked for, for `whowhom evaluate`."""
    by = _read_by(request)
    with desk_of(request).reader.asking() as cursor:
        rows = list(cursor.store.gold(by=by))
    stream = io.BytesIO()
    write_rows(rows, stream)
    return _respond(stream.getvalue(), "gold.jsonl", _MEDIA_TYPES["jsonl"])


def _read_by(request: Request) -> str:
    return CorrectionQuestion.read(request.query_params.multi_items(), also=("done",)).by


def _choose(made: Sequence[Decision], by: str) -> list[Decision]:
    return [one for one in made if not by or one.who == by]


def _respond(body: bytes, name: str, media_type: str) -> Response:
    return Response(
        body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
