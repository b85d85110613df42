"""Article: the whole text with every event marked, and the records beside it."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from whowhom.web import deciding, queries
from whowhom.web.addresses import lead_to
from whowhom.web.desk import desk_of
from whowhom.web.marking import ROLE_WORDS, list_marks, mark_text


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    with desk.reader.asking() as cursor:
        article = queries.find_article(cursor, request.path_params["id"])
        if article["id"] != request.path_params["id"]:
            return lead_to(request, f"/article/{quote(article['id'], safe='')}")
        events = queries.list_article_events(cursor, article["id"])
        decisions = deciding.list_decisions(cursor, [article["id"]])
        done, undo = deciding.list_done(
            request, cursor, of=lambda one: any(id == article["id"] for id, _ in one.members)
        )
    marks = {
        of: [mark for number, event in enumerate(events, 1) for mark in list_marks(event, number, of=of)]
        for of in ("text", "title")
    }
    page = {
        "article": article,
        "events": events,
        "title_marked": mark_text(article["title"] or "", marks["title"], anchors=True),
        "text_marked": mark_text(article["text"] or "", marks["text"], anchors=True),
        "role_words": ROLE_WORDS,
        "decisions": [one for one in decisions if one.undo],
        "done": done,
        "undo": undo,
        "who": deciding.read_who(desk, request),
        "back": request.url.path,
    }
    return desk.render(request, "article.html", page)
