"""Incident: all its reports side by side, what they agree on and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from whowhom.records import WITHHELD, Article, Span
from whowhom.terminal import describe_withheld, find_sentence
from whowhom.web import deciding, queries
from whowhom.web.addresses import lead_to
from whowhom.web.desk import desk_of
from whowhom.web.marking import LETTERS, ROLE_WORDS, list_marks, mark_text
from whowhom.web.rendering import AUX_WORDS, SOURCE_WORDS

Row = dict[str, Any]

_MOST_REPORTS = 200
_NOTES = {"accept": "accepted", "set": "corrected", "add": "added by hand"}


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    with desk.reader.asking() as cursor:
        incident = queries.find_incident(cursor, request.path_params["id"])
        if incident["id"] != request.path_params["id"]:
            return lead_to(request, f"/incident/{incident['id']}")
        reports = queries.list_reports(cursor, incident["id"], limit=_MOST_REPORTS)
        members = {(report["article"], report["id"]) for report in reports}
        links = queries.list_links(cursor, members)
        nearby = queries.list_nearby(cursor, incident)
        decisions = deciding.list_decisions(cursor, {article for article, _ in members})
        done, undo = deciding.list_done(request, cursor, of=lambda one: _is_about(one, members))
    articles = {article for article, _ in members}
    about = [one for one in decisions if one.undo and _is_about(one, members) and one.article in articles]
    number_by_event = {(report["article"], report["id"]): n for n, report in enumerate(reports, 1)}
    page = {
        "incident": incident,
        "reports": [_describe(report, number) for number, report in enumerate(reports, 1)],
        "families": _group_families(reports),
        "links": [
            {
                "one": number_by_event[link["article"], link["event"]],
                "other": number_by_event[link["other_article"], link["other_event"]],
                "score": link["score"],
                "reason": link["reason"],
            }
            for link in links
            if (link["article"], link["event"]) in number_by_event
            and (link["other_article"], link["other_event"]) in number_by_event
        ],
        "tolls": {field: _list_tolls(incident[field], number_by_event) for field in ("killed", "injured")},
        "differences": _find_differences(reports),
        "letters": LETTERS,
        "role_words": ROLE_WORDS,
        "most_reports": _MOST_REPORTS,
        "nearby": nearby,
        "decisions": about,
        # The latest comes first, and is what counts.
        "decided": {one.event: _NOTES[one.verdict] for one in reversed(about) if one.verdict in _NOTES},
        "done": done,
        "undo": undo,
        "who": deciding.read_who(desk, request),
        "back": request.url.path,
    }
    return desk.render(request, "incident.html", page)


def _is_about(decision: deciding.Decision, members: Set[tuple[str, str]]) -> bool:
    """Return whether a decision is about one of these reports; or it may be, about one that is no more."""
    return not decision.is_held or not members.isdisjoint(decision.members)


def _describe(report: Row, number: int) -> Row:
    return {**report, "number": number, "passage": mark_sentence(report)}


def mark_sentence(event: Row) -> Markup:
    """Return the sentence of an event with its words marked, from a row with `title` and `body`.

    Where the text was not kept, it is the stored sentence with the trigger alone.
    """
    trigger = event["trigger"]
    whole = event["title"] if trigger["of"] == "title" else event["body"]
    if not whole and trigger["text"] == WITHHELD:
        where = Span("", trigger["start"], trigger["end"], trigger["of"])
        return Markup('<span class="soft">{}</span>').format(describe_withheld(where))
    if not whole:
        return mark_text(event["sentence"] or trigger["text"], [])
    article = Article("", event["body"] or "", title=event["title"] or "")
    span = Span(trigger["text"], trigger["start"], trigger["end"], trigger["of"])
    sentence, start, _ = find_sentence(article, span)
    first = (trigger["start"] or 0) - start
    return mark_text(sentence, list_marks(event, 1, of=trigger["of"]), first=first)


def _group_families(reports: Iterable[Row]) -> list[list[int]]:
    """Return the numbers of reports that are copies of one another, group by group."""
    families: dict[str, list[int]] = {}
    for number, report in enumerate(reports, 1):
        families.setdefault(report["copy_family"], []).append(number)
    return list(families.values())


def _list_tolls(toll: Row | None, number_by_event: dict[tuple[str, str], int]) -> list[tuple[int, list[int]]]:
    """Return each number of people with the reports that give it, the least first."""
    told: dict[int, list[int]] = {}
    for one in toll["reports"] if toll else ():
        number = number_by_event.get((one["article"], one["event"]))
        if number is not None:
            told.setdefault(one["number"], []).append(number)
    return sorted(told.items())


def _find_differences(reports: Sequence[Row]) -> list[tuple[str, list[tuple[str, list[int]]]]]:
    """Return the fields in which reports differ: each value with the reports that give it."""
    found = []
    for name, read in _COMPARED.items():
        told: dict[str, list[int]] = {}
        for number, report in enumerate(reports, 1):
            told.setdefault(read(report) or "not told", []).append(number)
        if len(told) > 1:
            found.append((name, sorted(told.items(), key=lambda one: -len(one[1]))))
    return found


def _write_entities(entities: Iterable[Row]) -> str:
    return ", ".join(
        " ".join(filter(None, (one["name"] or one["span"]["text"], one["country"], *one["sector"][:2])))
        for one in entities
    )


def _write_date(event: Row) -> str:
    when = event["date"]
    if not when or not when["first_day"]:
        return ""
    days = {str(when["first_day"]), str(when["last_day"])}
    return " to ".join(sorted(days))


def _write_place(event: Row) -> str:
    place = event["location"]
    return ", ".join(filter(None, (place["name"], place["country"]))) if place else ""


def _write_source(event: Row) -> str:
    return _write_entities([event["source"]]) if event["source"] else SOURCE_WORDS[event["source_kind"]]


_COMPARED: dict[str, Callable[[Row], str]] = {
    "what": lambda event: " ".join((event["event"], *event["mode"])),
    "who": lambda event: _write_entities(event["actor"]),
    "whom": lambda event: _write_entities(event["recipient"]),
    "when": _write_date,
    "where": _write_place,
    "how sure": lambda event: str(event["certainty"]),
    "says who": _write_source,
    "deed, plan or denial": lambda event: (
        ", ".join(AUX_WORDS[aux] for aux in event["aux"]) or AUX_WORDS["none"]
    ),
}
