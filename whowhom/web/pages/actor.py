"""Actor: what a country, a body or a person does and has done to it, over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from whowhom.web import queries
from whowhom.web.addresses import lead_to, read_side, write_code
from whowhom.web.asking import Clock, PledgeQuestion, TieQuestion
from whowhom.web.desk import desk_of
from whowhom.web.filters import Filters, read_filters
from whowhom.web.periods import choose_period, make_points
from whowhom.web.pictures.series import Dot, series
from whowhom.web.pictures.svg import at_two_widths
from whowhom.web.reading import Cursor
from whowhom.web.standings import (
    MOST_BARS,
    PledgeLine,
    Pledges,
    ask_drawn_ties,
    ask_pledges,
    find_day,
    make_pledge_lines,
)

_NEWEST = 25
_PLEDGES = 12
# As many as are put together in a tenth of a second where both sides are in the news every day.
_MOST_PLEDGES = 100
SPAN = ("from", "to")
CLOCK = tuple(parameter.name for parameter in Clock.PARAMETERS)


def show(request: Request) -> Response:
    """Show the page."""
    desk = desk_of(request)
    code = read_side(request, "code")
    if (meant := write_code(code)) != code:
        return lead_to(request, f"/actor/{quote(meant)}")
    pairs = request.query_params.multi_items()
    filters = read_filters([*pairs, ("party", code)], only=(*SPAN, "party"), also=CLOCK, limit=_NEWEST)
    clock = read_clock(pairs)
    with desk.reader.asking() as cursor:
        extent = cursor.remember_all("extent", lambda: queries.measure_extent(cursor))
        values = cursor.remember_covered(
            ("actor", filters),
            filters.first,
            filters.last,
            lambda: _ask(cursor, filters, extent),
        )
        ties = TieQuestion(actor=code, as_of=clock.as_of, known=clock.known, limit=MOST_BARS)
        made, received = (
            PledgeQuestion(by=by, to=to, as_of=clock.as_of, known=clock.known)
            for by, to in ((code, ""), ("", code))
        )
        # What is remembered is for others too: it stays as it is.
        values = {
            **values,
            **read_ties(cursor, ties),
            "pledges": [
                (words, question, read_pledges(cursor, question))
                for words, question in (("Made by it", made), ("Made to it", received))
            ],
        }
    return desk.render(request, "actor.html", {"code": code, "filters": filters, "clock": clock, **values})


def read_clock(pairs: Sequence[tuple[str, str]]) -> Clock:
    """Return the days as of which and as known on which ties and pledges are shown."""
    return Clock.read([(name, value) for name, value in pairs if name in CLOCK])


def read_ties(cursor: Cursor, question: TieQuestion) -> dict[str, Any]:
    """Return what a page shows of ties: the question, the answer, and a picture of the newest."""
    found, picture = ask_drawn_ties(cursor, question)
    shown = replace(question, limit=TieQuestion().limit)
    return {"ties": found, "tie_question": shown, "tie_picture": picture, "most_bars": MOST_BARS}


class ShownPledges(NamedTuple):
    """The pledges of a page: all of them, to be counted, and the lines of some, the open ones first."""

    found: Pledges
    lines: list[PledgeLine]


def read_pledges(cursor: Cursor, question: PledgeQuestion) -> ShownPledges:
    """Return what a page shows of pledges."""

    def ask() -> ShownPledges:
        found = ask_pledges(cursor, question, most=_MOST_PLEDGES)
        ranked = sorted(found.pledges, key=lambda pledge: pledge.state != "open")
        return ShownPledges(found, make_pledge_lines(ranked[:_PLEDGES]))

    return cursor.remember(("pledges shown", question, find_day(cursor, question)), ask)


def _ask(cursor: Cursor, filters: Filters, extent: queries.Extent) -> dict[str, Any]:
    (code,) = filters.party
    days = Filters(first=filters.first, last=filters.last)
    return {
        "rows": queries.list_incidents(cursor, filters),
        "n_found": queries.count_incidents(cursor, filters),
        "n_by_role": queries.count_roles(cursor, days, code),
        "names": queries.count_names(cursor, days, code),
        "counterparts": queries.count_counterparts(cursor, days, code),
        **draw_series(
            cursor, filters, extent, title=f"Incidents in which {code} took part", id="series-picture"
        ),
    }


def draw_series(
    cursor: Cursor, filters: Filters, extent: queries.Extent, *, title: str, id: str
) -> dict[str, Any]:
    """Return the picture of a series over the days asked for, and the points of its table."""
    first, last = filters.first or extent.first, filters.last or extent.last
    if first is None or last is None:
        return {"picture": "", "points": []}
    drawn = extent.cut(min(first, last), last)
    if drawn is None:
        return {"picture": "", "points": []}
    (first, last), asked = drawn, filters.without_view()
    by = choose_period(first, last)
    points = make_points(queries.count_by_quad(cursor, asked, by), by, first, last, asked)
    dots = [
        Dot(
            row["first_day"],
            row["quad"],
            describe_incident(row),
            f"/incident/{row['id']}",
            row["n_independent"],
        )
        for row in queries.list_foremost(cursor, asked)
    ]
    return {
        "picture": at_two_widths(series, points, dots, by=by, title=title, id=id),
        "points": [point for point in points if point.bar.total or point.bar.n_articles],
    }


def describe_incident(row: dict[str, Any]) -> str:
    """Return an incident in a few words, for a point of a picture."""
    who, whom = (
        ", ".join(one["name"] or one["text"] or "somebody" for one in row[role][:2])
        for role in ("actor", "recipient")
    )
    told = f"{row['first_day']} {row['event']}: {who or 'somebody'}"
    return f"{told} → {whom}" if whom else told
