"""Tables of incidents, and one incident with every report that it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from whowhom.records import WITHHELD
from whowhom.terminal import describe_article, mark_passages, neutralize

if TYPE_CHECKING:
    from whowhom.accounts import Account, Judgement, Report

Row = Mapping[str, Any]

_WIDEST = 120


def make_incident_table(rows: Iterable[Row], console: Console) -> Table:
    """Return the table of incidents: when, what, who to whom, where, and by how many told.

    Args:
        rows: With the columns of `whowhom.accounts.COLUMNS`.
        console: Where it will be shown.
    """
    table = Table(
        box=box.SIMPLE_HEAD,
        width=min(console.width, _WIDEST),
        padding=(0, 2, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    table.add_column("day", width=10, no_wrap=True)
    table.add_column("what", width=12, overflow="fold")
    table.add_column(f"who {_arrow(console)} whom", ratio=3, overflow="fold")
    table.add_column("where", ratio=1, overflow="fold")
    table.add_column("told by", ratio=1, overflow="fold")
    for row in rows:
        day = Text(row["first_day"].isoformat() if row["first_day"] else "-")
        day.append(f"\n{row['incident_id'][:8]}", "dim")
        what = Text(row["event"], "bold")
        for mode in row["mode"][:1]:
            what.append(f"\n{mode}", "not bold")
        where = [row["place_name"], row["place_country"]]
        table.add_row(
            day, what, _write_sides(row, console), neutralize(" ".join(filter(None, where))), _count(row)
        )
    return table


def _arrow(console: Console) -> str:
    return "->" if console.options.ascii_only else "→"


def _write_sides(row: Row, console: Console) -> str:
    sides = [", ".join(_write_participants(row, role)) for role in ("actor", "recipient")]
    return neutralize(f" {_arrow(console)} ".join(filter(None, sides)) or "-")


def _write_participants(row: Row, role: str) -> list[str]:
    columns = (row[f"{role}_name"], row[f"{role}_country"], row[f"{role}_sector"])
    return [" ".join(part for part in parts if part) for parts in zip(*columns, strict=True)]


def _count(row: Row) -> Text:
    n = row["n_independent"]
    text = Text(f"{n} report{'' if n == 1 else 's'}")
    if row["n_articles"] > n:
        n_copies = row["n_articles"] - n
        text.append(f"\n{n_copies} {'copy' if n_copies == 1 else 'copies'}", "dim")
    if row["denied_by"]:
        text.append("\ndenied", "magenta")
    return text


def describe_account(account: Account, console: Console) -> Iterator[Text | str]:
    """Yield an incident in lines: its fields with their spread, then each report with its sentence."""
    row = account.incident
    yield Text(f"{row['event']} {', '.join(row['mode'])}".strip(), "bold")
    for name, said in _list_fields(row):
        yield neutralize(f"{name:12} {said}")
    families = Counter(report.copy_family for report in account.reports)
    for report in account.reports:
        yield ""
        yield from _describe_report(report, families, console)
    for judgement in account.judgements:
        yield ""
        yield describe_judgement(judgement)


def _list_fields(row: Row) -> Iterator[tuple[str, str]]:
    for role in ("actor", "recipient"):
        people = [" ".join(filter(None, (one["name"] or one["text"], one["country"]))) for one in row[role]]
        yield role, ", ".join(people) or "not known"
    if row["first_day"] is None:
        yield "days", "not known"
    else:
        spread = f", reports give {row['earliest_day']} to {row['latest_day']}"
        same = (row["earliest_day"], row["latest_day"]) == (row["first_day"], row["last_day"])
        days = dict.fromkeys(str(row[name]) for name in ("first_day", "last_day"))
        yield "days", " to ".join(days) + ("" if same else spread)
    if place := row["place"]:
        yield "place", " ".join(filter(None, (place["name"], place["country"], f"({place['precision']})")))
    for what in ("killed", "injured"):
        if toll := row[what]:
            numbers = Counter(one["number"] for one in toll["reports"])
            given = ", ".join(f"{number} in {n}" for number, n in sorted(numbers.items()))
            yield what, f"{toll['best']} (reports: {given})"
    yield "wordings", ", ".join(f"{one['text']} {one['n']}" for one in row["wordings"])
    certainty = [f"{name} {n}" for name, n in row["certainty"].items() if n]
    aux = [f"{name} {n}" for name, n in row["aux"].items() if n]
    yield "told as", ", ".join(certainty + aux)
    yield "asserted by", ", ".join(row["asserted_by"]) or "nobody"
    yield "denied by", ", ".join(row["denied_by"]) or "nobody"
    counts = (("independent report", "n_independent"), ("article", "n_articles"), ("outlet", "n_outlets"))
    yield "told by", ", ".join(f"{row[n]} {name}{'' if row[n] == 1 else 's'}" for name, n in counts)


def _describe_report(report: Report, families: Counter[str], console: Console) -> Iterator[Text | str]:
    yield Text(f"{report.event.id[:8]}  {describe_article(report.article)}", "dim")
    if report.article.text or report.event.trigger.text == WITHHELD:
        yield from mark_passages(report.event, report.article, console)
    else:
        yield neutralize(report.sentence)
    if families[report.copy_family] > 1:
        yield Text(f"one of {families[report.copy_family]} copies of a text", "dim")
    for joint in report.joints[:3]:
        yield Text(neutralize(f"joined to {joint.event[:8]}, {joint.score:.2f}: {joint.reason}"), "dim")


def describe_judgement(judgement: Judgement) -> str:
    """Return one line on what a person decided."""
    parts = " | ".join(" ".join(event[:8] for _, event in part) for part in judgement.parts)
    target = f" {judgement.undone}" if judgement.undone else ""
    why = f": {judgement.why}" if judgement.why else ""
    standing = "" if judgement.counts or judgement.verdict == "undo" else " · undone"
    line = f"{judgement.id[:8]} {judgement.made_at:%Y-%m-%d} {judgement.who} · {judgement.verdict}{target}"
    return neutralize(f"{line} {parts}{why}{standing}")
