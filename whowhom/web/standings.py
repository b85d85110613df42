"""Ties and pledges as the desk shows them: questions that no store is too large for, and the states of
ties as segments of a bar.

Where no answer in time is possible, the newest are shown, from a day that the page tells; the earlier ones
are a question of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from markupsafe import Markup

from whowhom import pledge_states, tie_states
from whowhom.exporters.tables import mend
from whowhom.pledge_states import Answer, Pledge
from whowhom.tie_rules import load_kinds
from whowhom.tie_states import Change, Tie
from whowhom.web.asking import PledgeQuestion, TieQuestion
from whowhom.web.pictures.svg import at_two_widths
from whowhom.web.pictures.ties import Line, Segment, span_of, tie_bars
from whowhom.web.reading import Cursor, Row

# So many reports are put together in a fifth of a second on two busy cores.
MOST_TIE_REPORTS = 5000
MOST_PLEDGES = 800
MOST_BARS = 24
_DOUBTED = ("doubtful", "disputed")
STATE_WORDS = {
    ("promise", "kept"): "kept",
    ("threat", "kept"): "carried out",
    ("demand", "kept"): "met",
    ("demand", "broken"): "refused",
}
"""What a state of a pledge is called where its kind has a better word for it."""


class Ties(NamedTuple):
    """Ties, the one that changed last first.

    Attributes:
        as_of: As of which day they stand.
        first: They are those of sides heard of since then; None where it is all that was asked for.
    """

    ties: list[Tie]
    as_of: date
    first: date | None


class Pledges(NamedTuple):
    """Pledges, the one made last first; `as_of` and `first` as of `Ties`."""

    pledges: list[Pledge]
    as_of: date
    first: date | None

    def count_states(self) -> dict[str, int]:
        """Return how many are in each state that any is in."""
        counts = {state: sum(one.state == state for one in self.pledges) for state in pledge_states.STATES}
        return {state: n for state, n in counts.items() if n}


def ask_ties(cursor: Cursor, question: TieQuestion) -> Ties:
    """Return the ties that are asked for; those that were taken back wholly are none."""
    between = tuple(mend(side) for side in question.between)
    actor = mend(question.actor) or (between[0] if len(between) == 1 else "")
    asked = tie_states.Asked(
        between=(between[0], between[1]) if len(between) == 2 else None,
        actor=actor or None,
        kinds=question.kind,
        as_of=question.as_of,
        known=question.known,
        first=question.first,
        last=question.last,
    )
    first = tie_states.find_first_day(cursor.connection, asked, MOST_TIE_REPORTS)
    if first and question.first and first <= question.first:
        first = None
    with tie_states.without_collection():
        found = tie_states.find_ties(cursor.connection, asked._replace(first=first or question.first))
    ties = [tie for tie in found if not tie.is_retracted]
    ties.sort(key=lambda tie: (tie.changes[-1].last_day, tie.id), reverse=True)
    return Ties(ties, _find_day(cursor, question.as_of, question.known), first)


def ask_pledges(cursor: Cursor, question: PledgeQuestion, *, most: int = MOST_PLEDGES) -> Pledges:
    """Return the pledges that are asked for."""
    asked = pledge_states.Asked(
        by=mend(question.by) or None,
        to=mend(question.to) or None,
        kinds=question.kind,
        states=question.state,
        as_of=question.as_of,
        known=question.known,
        first=question.first,
        last=question.last,
    )
    first = pledge_states.find_first_day(cursor.connection, asked, most)
    if first and question.first and first <= question.first:
        first = None
    with tie_states.without_collection():
        found = pledge_states.find_pledges(cursor.connection, asked._replace(first=first or question.first))
    found.reverse()
    return Pledges(found, _find_day(cursor, question.as_of, question.known), first)


def _find_day(cursor: Cursor, as_of: date | None, known: date | None) -> date:
    return tie_states.clock(cursor.connection, as_of, known)["as_of"]


def write_earlier(question: TieQuestion | PledgeQuestion, first: date | None) -> str | None:
    """Return the query string of what came before the day `first`, None where that is nothing."""
    if first is None or first == date.min:
        return None
    return replace(question, first=None).write(last=first - timedelta(days=1), offset=0)


def find_incidents(cursor: Cursor, rows: Iterable[Row]) -> dict[tuple[str, str], str]:
    """Return the incident of each event that rows with `article` and `event` name."""
    events = list(dict.fromkeys((row["article"], row["event"]) for row in rows))
    found = cursor.fetch(
        "SELECT article, event, incident FROM report "
        "WHERE (article, event) IN (SELECT unnest($articles), unnest($events))",
        {"articles": [article for article, _ in events], "events": [event for _, event in events]},
    )
    return {(row["article"], row["event"]): row["incident"] for row in found}


class PledgeLine(NamedTuple):
    """A pledge with the addresses of the reports behind it; "" where there is none."""

    pledge: Pledge
    score: float
    state: str
    made_href: str
    answer_href: str
    candidate_href: str


def make_pledge_lines(cursor: Cursor, pledges: Sequence[Pledge]) -> list[PledgeLine]:
    """Return the lines of a table of pledges."""
    rows = [pledge.surest for pledge in pledges]
    rows += [one.row for pledge in pledges for one in (pledge.answer, pledge.candidate) if one]
    incident_by_event = find_incidents(cursor, rows) if rows else {}

    def link(row: Row) -> str:
        incident = incident_by_event.get((row["article"], row["event"]))
        return f"/incident/{incident}" if incident else ""

    def link_answer(answer: Answer | None) -> str:
        return link(answer.row) if answer else ""

    return [
        PledgeLine(
            pledge,
            tie_states.combine(pledge.rows, lambda row: row["weight"] * row["score"]),
            STATE_WORDS.get((pledge.kind, pledge.state), pledge.state),
            link(pledge.surest),
            link_answer(pledge.answer),
            link_answer(pledge.candidate),
        )
        for pledge in pledges
    ]


# Bars


def draw_ties(ties: Sequence[Tie], as_of: date, *, title: str, id: str = "ties") -> Markup:
    """Return the picture of ties, those that changed last."""
    lines = [line for tie in ties[:MOST_BARS] for line in make_lines(tie, as_of)]
    first, _ = span_of(lines) or (as_of, as_of)
    return at_two_widths(
        tie_bars,
        lines,
        first_day=min(first, as_of),
        last_day=as_of,
        as_of=as_of,
        title=title,
        id=id,
    )


def make_lines(tie: Tie, as_of: date) -> list[Line]:
    """Return the line of a tie, and below it one of what is only claimed or is denied, if both are."""
    sure, perhaps = _make_segments(tie, as_of, ("sure",)), _make_segments(tie, as_of, _DOUBTED)
    label = name_tie(tie)
    if not sure:
        return [Line(label, perhaps)]
    return [Line(label, sure), *([Line("perhaps", perhaps)] if perhaps else [])]


def name_tie(tie: Tie) -> str:
    """Return a tie in a few words: "PHL ↔ VNM alliance"."""
    arrow = "↔" if load_kinds()[tie.tie].is_mutual else "→"
    return f"{tie.one} {arrow} {tie.other} {tie.tie}"


def _make_segments(tie: Tie, as_of: date, standings: Sequence[str]) -> list[Segment]:
    """Return the states that changes of some standings lead to, as far as `as_of`.

    A state ends with the next one that is sure, one that is doubtful with any, and either where nothing is
    told of it any more.
    """
    segments: list[Segment] = []
    for number, change in enumerate(tie.changes):
        if change.standing not in standings:
            continue
        start, end = _find_start(change), None
        for later in tie.changes[number + 1 :]:
            if later.standing == "sure" or (later.standing in _DOUBTED and change.standing in _DOUBTED):
                end = _find_start(later) - timedelta(days=1)
                break
        lapse = load_kinds()[tie.tie].states[change.state].lapse_days
        if lapse is not None:
            heard = change.last_day + timedelta(days=min(lapse, (date.max - change.last_day).days))
            end = min(end or heard, heard)
        if end is not None and end < start:
            # Of two changes on one day the later one counts.
            continue
        end = None if end is None or end >= as_of else end
        href = f"/incident/{change.incident}" if change.incident else ""
        segment = Segment(start, end, change.state, change.standing in _DOUBTED, href)
        last = segments[-1] if segments else None
        if last and last.state == segment.state and (last.last_day or start) >= start - timedelta(days=1):
            segments[-1] = last._replace(last_day=end)
        else:
            segments.append(segment)
    return segments


def _find_start(change: Change) -> date:
    return change.first_day or change.last_day
