"""Pledges: promises, threats and demands, and what became of them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from whowhom.pledge_rules import KINDS
from whowhom.pledge_states import STATES
from whowhom.web.asking import PledgeQuestion
from whowhom.web.desk import desk_of
from whowhom.web.standings import ask_pledges, find_day, make_pledge_lines, write_earlier


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    question = PledgeQuestion.read(request.query_params.multi_items())
    asked = question.without_page()
    with desk.reader.asking() as cursor:
        key = ("pledges", asked, find_day(cursor, asked))
        found = cursor.remember(key, lambda: ask_pledges(cursor, asked))
        shown = found.pledges[question.offset : question.offset + question.limit]
        lines = make_pledge_lines(shown)
    following = question.offset + question.limit
    page = {
        "question": question,
        "found": found,
        "lines": lines,
        "kinds": KINDS,
        "states": STATES,
        "earlier": write_earlier(question, found.first),
        "previous": question.write(offset=max(0, question.offset - question.limit))
        if question.offset
        else None,
        "following": question.write(offset=following) if following < len(found.pledges) else None,
    }
    return desk.render(request, "pledges.html", page)
