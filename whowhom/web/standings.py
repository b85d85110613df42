"""Ties and pledges as the desk shows them: questions that no store is too large for, and the states of
ties as segments of a bar.

Where no answer in time is possible, the newest are shown, from a day that the page tells; the earlier ones
are a question of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from markupsafe import Markup

from whowhom import kept_standings, pledge_states, tie_states
from whowhom.exporters.tables import mend
from whowhom.pledge_states import Answer, Pledge
from whowhom.rows import without_collection
from whowhom.tie_states import Tie
from whowhom.web.asking import PledgeQuestion, TieQuestion
from whowhom.web.pictures.svg import at_two_widths
from whowhom.web.pictures.ties import Line, Segment, span_of, tie_bars
from whowhom.web.reading import Cursor, Row

# So many reports are put together in a fifth of a second on two busy cores.
MOST_TIE_REPORTS = 5000
MOST_PLEDGES = 800
MOST_BARS = 24
_CHANGES_SHOWN = 6
_FEW_TIES = 5
_MOST_CHANGES = 1000
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
        ties: Those of one page, as rows with the columns of `tie_states.COLUMNS`, `standing`, `spans` and
            `changes`.
        n: How many there are.
        as_of: As of which day they stand.
        first: They are those of sides heard of since then; None where it is all that was asked for.
    """

    ties: list[Row]
    n: int
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


def ask_ties(cursor: Cursor, question: TieQuestion, *, most_changes: int | None) -> Ties:
    """Return the ties of one page; those that were taken back wholly are none.

    By all that is known they are read as the last build has kept them, else put together.

    Args:
        most_changes: Give the last so many changes of each, where None all with all that is known of them.
    """
    as_of = find_day(cursor, question)
    if question.as_of is None and question.known is None:
        asked = _write_asked(question)
        found = kept_standings.read_ties(
            cursor.connection, asked, as_of, limit=question.limit, offset=question.offset
        )
        changes = kept_standings.read_changes(cursor.connection, found.ties, most=most_changes)
        rows = [{**row, "changes": changes[row["tie_id"]]} for row in found.ties]
        return Ties(rows, found.n, as_of, None)
    whole = question.without_page()
    ties, first = cursor.remember(("ties", whole, as_of), lambda: _put_together(cursor, whole))
    shown = ties[question.offset : question.offset + question.limit]
    return Ties([describe_tie(tie, most_changes) for tie in shown], len(ties), as_of, first)


def ask_drawn_ties(
    cursor: Cursor, question: TieQuestion, *, are_few_whole: bool = False
) -> tuple[Ties, Markup]:
    """Return the ties of one page for a table, and the picture of those that changed last.

    Args:
        are_few_whole: Where there are only a few, give all their changes, not the last ones.
    """

    def ask() -> tuple[Ties, Markup]:
        found = ask_ties(cursor, question, most_changes=_CHANGES_SHOWN)
        if are_few_whole and len(found.ties) <= _FEW_TIES:
            found = ask_ties(cursor, question, most_changes=_MOST_CHANGES)
        if not found.ties:
            return found, Markup("")
        return found, draw_ties(found.ties, found.as_of, title="Ties and their states")

    as_of = find_day(cursor, question)
    return cursor.remember(("drawn ties", question, as_of, are_few_whole), ask)


def describe_tie(tie: Tie, most_changes: int | None = None) -> Row:
    """Return a tie as `Ties` has it."""
    changes = tie_states.list_changes(tie)
    spans = [span._asdict() for span in tie_states.list_spans(tie)]
    shown = changes if most_changes is None else changes[-most_changes:]
    return {
        **tie_states.flatten_tie(tie), "standing": tie.current.standing, "spans": spans, "changes": shown
    }  # fmt: skip


def _write_asked(question: TieQuestion) -> tie_states.Asked:
    between = tuple(mend(side) for side in question.between)
    actor = mend(question.actor) or (between[0] if len(between) == 1 else "")
    return tie_states.Asked(
        between=(between[0], between[1]) if len(between) == 2 else None,
        actor=actor or None,
        kinds=question.kind,
        as_of=question.as_of,
        known=question.known,
        first=question.first,
        last=question.last,
    )


def _put_together(cursor: Cursor, question: TieQuestion) -> tuple[list[Tie], date | None]:
    """Return the ties that are asked for, and from which day on where these are not all."""
    asked = _write_asked(question)
    first = tie_states.find_first_day(cursor.connection, asked, MOST_TIE_REPORTS)
    if first and question.first and first <= question.first:
        first = None
    with without_collection():
        found = tie_states.find_ties(cursor.connection, asked._replace(first=first or question.first))
    ties = [tie for tie in found if not tie.is_retracted]
    ties.sort(key=lambda tie: (tie.changes[-1].last_day, tie.id), reverse=True)
    return ties, first


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
    with without_collection():
        found = pledge_states.find_pledges(cursor.connection, asked._replace(first=first or question.first))
    found.reverse()
    return Pledges(found, find_day(cursor, question), first)


def find_day(cursor: Cursor, question: TieQuestion | PledgeQuestion) -> date:
    """Return as of which day a question is answered: the last one where it names none."""
    return question.as_of or question.known or cursor.last_published or date.max


def write_earlier(question: TieQuestion | PledgeQuestion, first: date | None) -> str | None:
    """Return the query string of what came before the day `first`, None where that is nothing."""
    if first is None or first == date.min:
        return None
    return replace(question, first=None).write(last=first - timedelta(days=1), offset=0)


class PledgeLine(NamedTuple):
    """A pledge with the addresses of the reports behind it; "" where there is none."""

    pledge: Pledge
    score: float
    state: str
    made_href: str
    answer_href: str
    candidate_href: str


def make_pledge_lines(pledges: Sequence[Pledge]) -> list[PledgeLine]:
    """Return the lines of a table of pledges."""

    def link(row: Row) -> str:
        return f"/incident/{row['incident']}" if row["incident"] else ""

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


def draw_ties(ties: Sequence[Row], as_of: date, *, title: str, id: str = "ties") -> Markup:
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


def make_lines(tie: Row, as_of: date) -> list[Line]:
    """Return the line of a tie, and below it one of what is only claimed or is denied, if both are."""
    sure, perhaps = _make_segments(tie, as_of, False), _make_segments(tie, as_of, True)
    label = name_tie(tie)
    if not sure:
        return [Line(label, perhaps)]
    return [Line(label, sure), *([Line("perhaps", perhaps)] if perhaps else [])]


def name_tie(tie: Row) -> str:
    """Return a tie in a few words: "PHL ↔ VNM alliance"."""
    arrow = "↔" if tie["way"] == "mutual" else "→"
    return f"{tie['one']} {arrow} {tie['other']} {tie['tie']}"


def _make_segments(tie: Row, as_of: date, is_doubtful: bool) -> list[Segment]:
    return [
        Segment(
            span["first_day"],
            None if span["last_day"] is None or span["last_day"] >= as_of else span["last_day"],
            span["state"],
            is_doubtful,
            f"/incident/{span['incident']}" if span["incident"] else "",
        )
        for span in tie["spans"]
        if span["is_doubtful"] == is_doubtful
    ]
