"""Event: one reading of one sentence, its fields as a person would write them, to be set right."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from whowhom.coders.labels import AUX, CERTAINTIES, TYPES
from whowhom.fields import FIELDS, write_fields
from whowhom.store import UnknownEventError
from whowhom.web import deciding, queries
from whowhom.web.desk import desk_of
from whowhom.web.marking import ROLE_WORDS
from whowhom.web.pages.incident import mark_sentence
from whowhom.web.queries import UnknownIdError
from whowhom.web.reading import Row

# What the form says beside a field; docs/corrections.md has it all.
HINTS = {
    "type": ", ".join(TYPES),
    "mode": "as in the codebook, set apart by commas",
    "trigger": "words of the article, @ and an offset where they stand several times",
    "actor": "RUS MIL; the envoy (UKR GOV); he@312 = Andrei Belousov (RUS GOV MIL)",
    "recipient": "as the actor; several set apart by ;",
    "place": "Kyiv; the port = Odesa (UKR); UKR",
    "day": "2024-06-19; 2024-06; 2024-06-18..2024-06-20; on Friday = 2024-06-21",
    "source": "author; unnamed; unnamed: officials; or as an actor",
    "certainty": ", ".join(CERTAINTIES),
    "aux": ", ".join(AUX),
    "condition": "words of the article",
    "killed": "a number",
    "injured": "a number",
    "size": "a number",
}


def show(request: Request) -> Response:
    """Show the form that sets the fields of an event."""
    desk = desk_of(request)
    with desk.reader.asking() as cursor:
        try:
            event, article = cursor.store.event(request.path_params["id"])
        except UnknownEventError as error:
            raise UnknownIdError(f"{error} It may be marked as wrong: see the corrections.") from None
        (row,) = (one for one in queries.list_article_events(cursor, article.id) if one["id"] == event.id)
        decisions = [one for one in deciding.list_decisions(cursor, [article.id]) if one.event == event.id]
    row = {**row, "title": article.title, "body": article.text}
    page: Row = {
        "event": row,
        "article": article,
        "passage": mark_sentence(row),
        "fields": [(field, value, HINTS[field]) for field, value in write_fields(event).items()],
        "do": f"set {event.id}",
        "decisions": decisions,
        "back": f"/incident/{row['incident']}" if row["incident"] else f"/article/{article.id}",
    }
    return desk.render(request, "event.html", {**_common(request), **page})


def show_new(request: Request) -> Response:
    """Show the form that adds an event which the coder missed."""
    desk = desk_of(request)
    with desk.reader.asking() as cursor:
        article = queries.find_article(cursor, request.path_params["id"])
    page: Row = {
        "event": None,
        "article": article,
        "passage": article["text"] or "",
        "fields": [(field, "", HINTS[field]) for field in FIELDS],
        "do": f"add {article['id']}",
        "decisions": [],
        "back": f"/article/{article['id']}",
    }
    return desk.render(request, "event.html", {**_common(request), **page})


def _common(request: Request) -> Row:
    return {"role_words": ROLE_WORDS, "who": deciding.read_who(desk_of(request), request)}
