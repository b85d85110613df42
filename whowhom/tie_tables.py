"""What a person sees of ties and pledges: their tables, and the reports behind one of them.

As in `terminal`, no word of an article reaches the terminal before it went through `neutralize`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from whowhom.pledge_states import Answer, Pledge
from whowhom.records import Article, Event
from whowhom.store import PledgeEvidence, TieEvidence
from whowhom.terminal import Row, describe_article, mark_passages, neutralize
from whowhom.tie_rules import load_kinds
from whowhom.tie_states import Change

_WIDEST = 160
_STYLE_BY_STATE = {
    "open": "bold yellow", "kept": "bold green", "broken": "bold red", "withdrawn": "cyan", "lapsed": "dim",
}  # fmt: skip
_STYLE_BY_STANDING = {
    "doubtful": "yellow",
    "disputed": "magenta",
    "retracted": "strike dim",
    "outdated": "dim",
}


def _make_table(console: Console) -> Table:
    width = min(console.width, _WIDEST)
    return Table(box=box.SIMPLE_HEAD, width=width, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)


def _write_sides(one: str, other: str | None, way: str, console: Console) -> str:
    arrows = ("<->", "->") if console.options.ascii_only else ("↔", "→")
    arrow = arrows[0] if way == "mutual" else arrows[1]
    return neutralize(f"{one} {arrow} {other}" if other else one)


def _write_day(day: date | None, id: str) -> Text:
    text = Text(day.isoformat() if day else "-")
    return text.append(f"\n{neutralize(id[:8])}", "dim")


def _count_reports(n: int, score: float) -> str:
    return f"{n} report{'' if n == 1 else 's'}, {score:.2f}"


def make_tie_table(rows: Iterable[Row], console: Console) -> Table:
    """Return the table of ties: since when, what, between whom, in which state, and how sure that is.

    Args:
        rows: With the columns of `whowhom.tie_states.COLUMNS`.
        console: Where it will be shown.
    """
    table = _make_table(console)
    table.add_column("since", width=10, no_wrap=True)
    table.add_column("tie", ratio=3, overflow="fold")
    table.add_column("between", ratio=2, overflow="fold")
    table.add_column("state", ratio=3, overflow="fold")
    table.add_column("reports", ratio=2, overflow="fold")
    for row in rows:
        what = Text(row["tie"], "bold")
        if row["name"]:
            what.append(f"\n{neutralize(row['name'])}", "not bold")
        state = Text(row["state"], "bold green" if row["holds"] else "bold")
        if row["doubtful"]:
            state.append("?", "yellow")
        if not row["holds"]:
            state.append("\ndoes not hold", "dim")
        if row["candidate"]:
            state.append(f"\nperhaps {row['candidate']} since {row['candidate_since']}", "yellow")
        evidence = Text(_count_reports(row["n_independent"], row["score"]))
        if row["denied_by"]:
            evidence.append(f"\ndenied by {neutralize(', '.join(row['denied_by']))}", "magenta")
        elif row["said_by"]:
            evidence.append(f"\nsays {neutralize(', '.join(row['said_by']))}", "dim")
        between = _write_sides(row["one"], row["other"], row["way"], console)
        table.add_row(_write_day(row["since"], row["tie_id"]), what, between, state, evidence)
    return table


def make_change_table(rows: Iterable[Row], console: Console) -> Table:
    """Return the table of changes, those denied and taken back included.

    Args:
        rows: With the columns of `whowhom.tie_states.HISTORY_COLUMNS`.
        console: Where it will be shown.
    """
    table = _make_table(console)
    table.add_column("day", width=10, no_wrap=True)
    table.add_column("known on", width=10, no_wrap=True)
    table.add_column("between", ratio=2, overflow="fold")
    table.add_column("tie", ratio=2, overflow="fold")
    table.add_column("state", ratio=2, overflow="fold")
    table.add_column("reports and rule", ratio=4, overflow="fold")
    for row in rows:
        state = Text(row["state"], "bold")
        if row["standing"] != "sure":
            state.append(f"\n{row['standing']}", _STYLE_BY_STANDING[row["standing"]])
        evidence = Text(_count_reports(row["n_independent"], row["score"]))
        if row["denied_by"]:
            evidence.append(f", denied by {neutralize(', '.join(row['denied_by']))}", "magenta")
        evidence.append(f"\n{neutralize(row['rule'])}", "dim")
        table.add_row(
            _write_day(row["last_day"], row["tie_id"]),
            row["known_on"].isoformat(),
            _write_sides(row["one"], row["other"], row["way"], console),
            row["tie"],
            state,
            evidence,
        )
    return table


def make_pledge_table(rows: Iterable[Row], console: Console) -> Table:
    """Return the table of pledges: when, who to whom, what, by when, and what became of it.

    Args:
        rows: With the columns of `whowhom.pledge_states.COLUMNS`.
        console: Where it will be shown.
    """
    table = _make_table(console)
    table.add_column("day", width=10, no_wrap=True)
    table.add_column("pledge", width=9, overflow="fold")
    table.add_column("who to whom", ratio=2, overflow="fold")
    table.add_column("what", ratio=6, overflow="fold")
    table.add_column("state", ratio=2, overflow="fold")
    for row in rows:
        what = Text(neutralize(row["what"] or ""))
        if row["deadline"]:
            what.append(f"\nby {row['deadline']}", "dim")
        state = Text(row["state"], _STYLE_BY_STATE.get(row["state"], ""))
        if row["settled"]:
            state.append(f"\n{row['settled']}", "dim")
        if row["candidate"]:
            state.append("\nperhaps answered", "yellow")
        sides = _write_sides(row["one"], row["other"], "directed", console)
        table.add_row(_write_day(row["day"], row["pledge_id"]), row["kind"], sides, what, state)
    return table


def show_evidence(found: TieEvidence | PledgeEvidence, console: Console) -> Iterator[RenderableType]:
    """Yield what a tie or pledge rests on: each change or answer with its articles and sentences."""
    if isinstance(found, TieEvidence):
        tie = found.tie
        way = "mutual" if load_kinds()[tie.tie].is_mutual else "directed"
        sides = _write_sides(tie.one, tie.other, way, console)
        doubt = ", doubtful" if tie.doubtful else ""
        head = f"{tie.tie} {sides}: {tie.current.state} since {tie.since}{doubt}"
        yield Text(head + (f" · {neutralize(tie.name)}" if tie.name else ""), "bold")
        for evidence in found.changes:
            if isinstance(evidence.of, Change):
                yield Text()
                yield _describe_change(evidence.of)
                yield from _show_reports(evidence.reports, console)
        return
    yield _describe_pledge(found.pledge, console)
    yield from _show_reports(found.reports, console)
    for evidence in found.answers:
        if isinstance(evidence.of, Answer):
            row = evidence.of.row
            doubt = "" if evidence.of.is_sure else ", not sure that it is about this"
            yield Text()
            yield Text(neutralize(f"{row['last_day']} {evidence.of.reason}{doubt}"), "bold")
            yield from _show_reports(evidence.reports, console)


def _describe_change(change: Change) -> Text:
    known = f", known on {change.known_on}" if change.known_on != change.last_day else ""
    text = Text(f"{change.last_day} {change.state}, {change.standing}{known}", "bold")
    if change.denied_by:
        text.append(f", denied by {neutralize(', '.join(change.denied_by))}", "magenta")
    incident = f", incident {change.incident}" if change.incident else ""
    return text.append(f"\n{neutralize(change.rule)}{incident}, score {change.score:.2f}", "not bold dim")


def _describe_pledge(pledge: Pledge, console: Console) -> Text:
    sides = _write_sides(pledge.one, pledge.other, "directed", console)
    deadline = f", by {pledge.deadline}" if pledge.deadline else ""
    settled = f" since {pledge.settled}" if pledge.settled else ""
    text = Text(f"{pledge.kind} {sides}, {pledge.deed}{deadline}: {pledge.state}{settled}", "bold")
    return text.append(f"\n{neutralize(pledge.surest['rule'])}", "not bold dim")


def _show_reports(reports: Iterable[tuple[Event, Article]], console: Console) -> Iterator[RenderableType]:
    for event, article in reports:
        yield Text(f"  {describe_article(article)} · event {event.id[:8]}", "dim")
        for passage in mark_passages(event, article, console):
            yield Text("  ").append_text(passage)
