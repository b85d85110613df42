"""Ties: lasting relations between two sides, as of a day and as known on a day."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from whowhom.tie_rules import load_kinds
from whowhom.web.asking import TieQuestion
from whowhom.web.desk import desk_of
from whowhom.web.standings import MOST_BARS, ask_drawn_ties, write_earlier


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    question = TieQuestion.read(request.query_params.multi_items())
    with desk.reader.asking() as cursor:
        found, picture = ask_drawn_ties(cursor, question, are_few_whole=True)
    following = question.offset + question.limit
    page = {
        "question": question,
        "found": found,
        "ties": found.ties,
        "kinds": tuple(load_kinds()),
        "most_bars": MOST_BARS,
        "picture": picture,
        "earlier": write_earlier(question, found.first),
        "previous": question.write(offset=max(0, question.offset - question.limit))
        if question.offset
        else None,
        "following": question.write(offset=following) if following < found.n else None,
    }
    return desk.render(request, "ties.html", page)
