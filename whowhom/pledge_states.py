"""Pledges: promises, threats and demands, and whether what is reported later shows them kept.

    pledge_report ──▶ Pledge with its answers
       rows of
       pledge_rules

An answer settles a pledge where sides, kind of deed and days fit; where it is not clear that it is
about the same thing, it is shown beside a pledge that stays open.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from heapq import merge
from typing import TYPE_CHECKING, Any, NamedTuple

from whowhom.exporters.tables import Column
from whowhom.pledge_rules import KINDS, is_broad
from whowhom.records import content_hash
from whowhom.rows import without_collection
from whowhom.sql import fetch_rows
from whowhom.tellings import Row
from whowhom.tie_states import (
    choose_first,
    clock,
    combine,
    list_events,
    make_relation,
    write_side,
)

if TYPE_CHECKING:
    import duckdb

STATES = ("open", "kept", "broken", "withdrawn", "lapsed")
SURE = 0.5
# Reports within so many days of one another tell of one pledge.
_SAME_DAYS = 7
# An answer that comes later is to something else.
_ANSWER_DAYS = 730
# What is promised to one may be done to another ("demanded that Israel let aid into Gaza"): so many deeds
# of the next months are looked at, as a state does of some kinds thousands in a year.
_OTHERS_DAYS = 180
_MOST_OTHERS = 50
# A threat hangs on a deadline of the other side; after it there is time to carry it out.
_THREAT_DAYS = 180

COLUMNS: tuple[Column, ...] = (
    Column("pledge_id", "text", "Id of the pledge, for `explain`."),
    Column("kind", "text", "promise, threat or demand."),
    Column("one", "text", "Who: code of a state, EUR, UNO, or the name of a group or organisation."),
    Column("other", "text", "To whom; null where nobody is named."),
    Column("deed", "text", "Kind of deed, as in pledges.csv; other where none fits."),
    Column("what", "text", "The words that tell what is pledged."),
    Column("condition", "text", "Words on which it hangs."),
    Column("deadline", "day", "Last day for it; of a threat the other side's."),
    Column("day", "day", "Day on which it was made."),
    Column("known_on", "day", "Day on which that was first reported."),
    Column("state", "text", "open, kept (a threat carried out, a demand met), broken, withdrawn or lapsed."),
    Column("settled", "day", "Day on which it was kept, broken or withdrawn, or on which it lapsed."),
    Column("score", "real", "Probability that the pledge was made, 0 to 1."),
    Column("answer_score", "real", "Probability that what settled it happened; null where nothing did."),
    Column("answer", "text", "Event that settled it, as article and event id."),
    Column("candidate", "text", "Event that may settle it, where it is not clear that it does."),
    Column("said_by", "texts", "Sources of the pledge that are not the articles themselves."),
    Column("incident", "text", "The incident in which it was made; null if none were joined."),
    Column("rule", "text", "Line of pledges.csv and the words that met it."),
    Column("events", "texts", "Events that report it, as article and event id."),
)  # fmt: skip


# Putting together.


_NAMED = re.compile(r"\b(promis|pledg|vow|commit|deadline|demand|request|offer)", re.IGNORECASE)


class Answer(NamedTuple):
    """What came of a pledge: a row of pledge_report, and whether it is clear that it is about it."""

    row: Row
    is_sure: bool
    reason: str


class Pledge(NamedTuple):
    """A pledge as it stands, with all that was reported of it."""

    id: str
    kind: str
    one: str
    other: str | None
    deed: str
    rows: tuple[Row, ...]
    day: date
    deadline: date | None
    state: str
    settled: date | None
    answer: Answer | None
    candidate: Answer | None
    answers: tuple[Answer, ...]

    @property
    def surest(self) -> Row:
        return max(self.rows, key=lambda row: (row["weight"] * row["score"], row["article"], row["event"]))


class Asked(NamedTuple):
    """What is asked for; None and empty stand for any. `first` and `last` are of the day it was made."""

    by: str | None = None
    to: str | None = None
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    as_of: date | None = None
    known: date | None = None
    first: date | None = None
    last: date | None = None


_SELECT_PLEDGES = """SELECT * REPLACE (coalesce(family, article) AS family) FROM pledge_report
WHERE part = 'pledge' AND {by} AND {to} AND known_on <= $known AND last_day <= $as_of
ORDER BY known_on, article, event, one, other"""

# Which rows are one pledge, as `_split_pledges` has it, and when it was made.
_MADE = f"""begun AS (
    SELECT *, NOT coalesce(last_day - lag(last_day) OVER same <= {_SAME_DAYS}
        OR incident = lag(incident) OVER same, false) AS begins
    FROM said
    WINDOW same AS (PARTITION BY kind, deed, one, other ORDER BY last_day, known_on, article, event)
),
run AS (
    SELECT *, sum(begins::INTEGER) OVER
        (PARTITION BY kind, deed, one, other ORDER BY last_day, known_on, article, event) AS number
    FROM begun
),
made AS (
    SELECT place, min(coalesce(first_day, last_day))
        OVER (PARTITION BY kind, deed, one, other, number) AS made_on
    FROM run
)"""
_SAID = """SELECT rowid AS place, kind, deed, one, other, first_day, last_day, known_on, article, event,
    incident
FROM pledge_report WHERE part = 'pledge'"""
# Whole rows are read of those that are chosen only: of one state there may be ten thousand.
_SELECT_MADE = f"""WITH said AS ({_SAID} AND {{by}} AND {{to}} AND known_on <= $known AND last_day <= $as_of),
{_MADE}
SELECT * REPLACE (coalesce(family, article) AS family) FROM pledge_report
WHERE rowid IN (SELECT place FROM made WHERE made_on BETWEEN $first AND $last)
ORDER BY known_on, article, event, one, other"""
# By all that is known, the last build has noted it.
_SELECT_KEPT = """SELECT * REPLACE (coalesce(family, article) AS family) FROM pledge_report
WHERE part = 'pledge' AND {by} AND {to} AND made_on BETWEEN $first AND $last AND last_day >= $first
ORDER BY known_on, article, event, one, other"""
SELECT_MADE_OTHERWISE = f"""WITH said AS ({_SAID}), {_MADE}
SELECT place, made.made_on FROM made JOIN pledge_report ON pledge_report.rowid = place
WHERE pledge_report.made_on IS DISTINCT FROM made.made_on"""
"""Reports of pledges that were made on another day than `made_on` says: their rowid and that day."""
_SELECT_NEWEST = """WITH said_day AS (
    SELECT last_day, count(*) AS n FROM pledge_report
    WHERE part = 'pledge' AND {by} AND {to} AND known_on <= $known AND last_day <= least($as_of, $last)
    GROUP BY last_day
)
SELECT last_day, sum(n) OVER (ORDER BY last_day DESC) AS n_so_far FROM said_day ORDER BY last_day DESC"""

# Only those who may answer with what they may answer: of all deeds that is a few in a hundred. And only
# the columns that are looked at: of all pledges there are half a million answers to a million events.
_SELECT_ANSWERS = """WITH answering AS (SELECT unnest($who) AS who, unnest($deed) AS deed)
SELECT article, event, part, kind, deed, one, other, what, subject, last_day, known_on, weight, score,
    doubtful, rule, incident
FROM pledge_report SEMI JOIN answering ON answering.who = one AND answering.deed = pledge_report.deed
WHERE part <> 'pledge' AND known_on <= $known AND last_day BETWEEN $since AND least($as_of, $until)
ORDER BY last_day, known_on, article, event, part, deed, one, other"""


# What ids are made of, and which rows may be one pledge: see `_hash_pledge` and `put_together`.
_SELECT_TOLD = """SELECT DISTINCT kind, deed, one, coalesce(other, ''), article, event FROM pledge_report
WHERE part = 'pledge'"""
_IS_SAME = (
    "(kind, deed, one, coalesce(other, '')) IN "
    "(SELECT unnest($kinds), unnest($deeds), unnest($ones), unnest($others))"
)


def find_pledges(connection: duckdb.DuckDBPyConnection, asked: Asked) -> list[Pledge]:
    """Return the pledges that are asked for, the earliest first."""
    for what, given, known in (("kind", asked.kinds, KINDS), ("state", asked.states, STATES)):
        for value in given:
            if value not in known:
                raise ValueError(f"There is no {what} of pledge {value!r}. There are: {', '.join(known)}.")
    conditions, values = _write_conditions(connection, asked)
    if asked.first or asked.last:
        made = {"first": asked.first or date.min, "last": asked.last or date.max}
        if asked.as_of is None and asked.known is None:
            sides = {name: value for name, value in values.items() if name not in ("as_of", "known")}
            pledges = fetch_rows(connection, _SELECT_KEPT.format(**conditions), sides | made)
        else:
            pledges = fetch_rows(connection, _SELECT_MADE.format(**conditions), values | made)
    else:
        pledges = fetch_rows(connection, _SELECT_PLEDGES.format(**conditions), values)
    answers = _find_answers(connection, pledges, values["as_of"], values["known"])
    return [
        pledge
        for pledge in put_together([*pledges, *answers], values["as_of"])
        if (not asked.kinds or pledge.kind in asked.kinds)
        and (not asked.states or pledge.state in asked.states)
    ]


def _find_answers(
    connection: duckdb.DuckDBPyConnection, pledges: Sequence[Row], as_of: date, known: date
) -> list[Row]:
    """Return the rows that may answer pledges: of who may, for the kind of deed, in the years after."""
    if not pledges:
        return []
    answering = {
        (str(who), deed)
        for row in pledges
        for who in {row["one"], row["other"] if row["kind"] == "demand" else row["one"]}
        for deed in (row["deed"].removeprefix("not "), "any")
        if who
    }
    latest = max(row["last_day"] for row in pledges)
    values = {
        "who": [who for who, _ in answering],
        "deed": [deed for _, deed in answering],
        "since": min(row["last_day"] for row in pledges),
        "until": latest + timedelta(days=min(_ANSWER_DAYS, (date.max - latest).days)),
        "as_of": as_of,
        "known": known,
    }
    return fetch_rows(connection, _SELECT_ANSWERS, values)


def find_pledges_by_id(connection: duckdb.DuckDBPyConnection, id: str) -> list[Pledge]:
    """Return the pledges whose id begins so, the earliest first, and read only what may belong to them.

    See `whowhom.tie_states.find_ties_by_id`.
    """
    told = connection.execute(_SELECT_TOLD).fetchall()
    same = {
        (kind, deed, one, other)
        for kind, deed, one, other, article, event in told
        if id and _hash_pledge(kind, one, other, article, event).startswith(id)
    }
    if not same:
        return []
    columns = map(list, zip(*same, strict=True))
    values: dict[str, Any] = dict(zip(("kinds", "deeds", "ones", "others"), columns, strict=True))
    values |= clock(connection, None, None)
    rows = fetch_rows(connection, _SELECT_PLEDGES.format(by=_IS_SAME, to="true"), values)
    rows += _find_answers(connection, rows, values["as_of"], values["known"])
    return [one for one in put_together(rows, values["as_of"]) if one.id.startswith(id)]


def find_first_day(connection: duckdb.DuckDBPyConnection, asked: Asked, most: int) -> date | None:
    """Return the first of the newest days that `most` reports of pledges or fewer tell of; None if all are.

    Kinds and states are not heeded. See `whowhom.tie_states.find_first_day`.
    """
    conditions, values = _write_conditions(connection, asked)
    values["last"] = asked.last or date.max
    return choose_first(connection.execute(_SELECT_NEWEST.format(**conditions), values).fetchall(), most)


def _write_conditions(
    connection: duckdb.DuckDBPyConnection, asked: Asked
) -> tuple[dict[str, str], dict[str, Any]]:
    sides = {"by": ("one", asked.by), "to": ("other", asked.to)}
    given = {name: side for name, (_, side) in sides.items() if side is not None}
    conditions = {
        name: "true" if side is None else write_side(column, name, side)
        for name, (column, side) in sides.items()
    }
    return conditions, {**clock(connection, asked.as_of, asked.known), **given}


def put_together(rows: Iterable[Row], as_of: date) -> list[Pledge]:
    """Return the pledges that rows of pledge_report make, as of a day, each with what came of it."""
    pledges: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    answers = Answers()
    for row in rows:
        if row["part"] == "pledge":
            pledges[row["kind"], row["deed"], row["one"], row["other"] or ""].append(row)
        else:
            answers.add(row)
    answers.sort()
    made = [_settle(group, answers, as_of) for same in pledges.values() for group in _split_pledges(same)]
    return sorted(
        made, key=lambda pledge: (pledge.day, pledge.one, pledge.other or "", pledge.kind, pledge.id)
    )


class Answers:
    """Rows that may answer a pledge, by who does what to whom, in the order of days."""

    def __init__(self) -> None:
        self._by_side: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        self._by_deed: dict[tuple[str, str], list[Row]] = defaultdict(list)

    def add(self, row: Row) -> None:
        """Add a row."""
        self._by_side[row["one"], row["deed"], row["other"] or ""].append(row)
        self._by_deed[row["one"], row["deed"]].append(row)

    def sort(self) -> None:
        """Put all into their order, before anything is looked up."""
        for rows in (*self._by_side.values(), *self._by_deed.values()):
            rows.sort(key=_order)

    def find(self, who: str, deed: str, whom: str | None, since: date) -> Iterator[Row]:
        """Yield what `who` did of a kind from a day on, in order: to `whom`, and the next few to anybody.

        A row may come twice.
        """
        runs = []
        for kind in (deed, "any"):
            runs.append(_run_on(self._by_side.get((who, kind, whom or ""), []), since, _ANSWER_DAYS))
            runs.append(_run_on(self._by_side.get((who, kind, ""), []), since, _ANSWER_DAYS, _MOST_OTHERS))
            runs.append(_run_on(self._by_deed.get((who, kind), []), since, _OTHERS_DAYS, _MOST_OTHERS))
        return merge(*runs, key=_order)


def _run_on(rows: Sequence[Row], since: date, days: int, most: int | None = None) -> Iterator[Row]:
    """Yield the rows of some days from one on, and no more than `most`."""
    start = bisect_left(rows, since, key=lambda row: row["last_day"])
    last = since + timedelta(days=days)
    for at in range(start, len(rows) if most is None else min(len(rows), start + most)):
        if rows[at]["last_day"] > last:
            return
        yield rows[at]


def _order(row: Row) -> tuple[Any, ...]:
    return row["last_day"], row["known_on"], row["article"], row["event"], row["part"]


def _split_pledges(rows: Sequence[Row]) -> list[list[Row]]:
    """Return the rows of each pledge: what is said within a week is said once."""
    groups: list[list[Row]] = []
    for row in sorted(rows, key=lambda row: (row["last_day"], row["known_on"], row["article"], row["event"])):
        last = groups[-1][-1] if groups else None
        is_same = last is not None and (
            row["last_day"] - last["last_day"] <= timedelta(days=_SAME_DAYS)
            or (row["incident"] is not None and row["incident"] == last["incident"])
        )
        if is_same:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _settle(rows: Sequence[Row], answers: Answers, as_of: date) -> Pledge:
    first = min(rows, key=lambda row: (row["known_on"], row["article"], row["event"]))
    kind, deed, one, other = first["kind"], first["deed"], first["one"], first["other"]
    day = min(row["first_day"] or row["last_day"] for row in rows)
    deadlines = sorted(row["deadline"] for row in rows if row["deadline"])
    deadline = deadlines[0] if deadlines else None
    done_by = (other, one) if kind == "demand" else (one, other)
    sides = [pair for pair in dict.fromkeys([done_by, (one, other)]) if pair[0]]
    runs = [
        answers.find(str(who), deed.removeprefix("not "), whom, rows[0]["last_day"]) for who, whom in sides
    ]
    found: list[Answer] = []
    state, settled, answer = _judge(kind, deed, deadline, found)
    seen: set[tuple[str, ...]] = set()
    # Looked up as they are asked for: most pledges are settled by the first few.
    for row in merge(*runs, key=_order):
        if (key := (row["article"], row["event"], row["part"], row["one"])) in seen:
            continue
        seen.add(key)
        fitting = _fit(row, rows)
        if fitting is None:
            continue
        found.append(fitting)
        if fitting.is_sure:
            state, settled, answer = _judge(kind, deed, deadline, found)
            if state in ("kept", "withdrawn"):
                break
    if state == "open" and deadline is not None:
        last = deadline + timedelta(days=_THREAT_DAYS if kind == "threat" else 0)
        if last < as_of:
            state, settled = "lapsed", last
    doubtful = [one for one in found if not one.is_sure]
    return Pledge(
        id=_hash_pledge(kind, one, other or "", first["article"], first["event"]),
        kind=kind,
        one=one,
        other=other,
        deed=deed,
        rows=tuple(rows),
        day=day,
        deadline=deadline,
        state=state,
        settled=settled,
        answer=answer,
        candidate=doubtful[-1] if doubtful and answer is None else None,
        answers=tuple(found),
    )


def _hash_pledge(kind: str, one: str, other: str, article: str, event: str) -> str:
    """Return the id of a pledge: of its kind and sides, and of the event that first told of it."""
    return content_hash("pledge", kind, one, other, article, event)


def _fit(row: Row, rows: Sequence[Row]) -> Answer | None:
    """Return a row as the answer to a pledge, None where it is none."""
    pledge = rows[0]
    kind, deed, one, other = (
        pledge["kind"],
        pledge["deed"].removeprefix("not "),
        pledge["one"],
        pledge["other"],
    )
    if row["kind"] not in (None, kind) or row["deed"] not in (deed, "any"):
        return None
    if any((row["article"], row["event"]) == (said["article"], said["event"]) for said in rows):
        return None
    pledged_on = rows[0]["last_day"]
    if row["last_day"] <= pledged_on and any(row["article"] == said["article"] for said in rows):
        return None  # what an article tells beside the pledge led to it
    who, whom = (other, one) if kind == "demand" and row["part"] != "withdraws" else (one, other)
    if row["one"] != who:
        return None
    if kind == "demand" and row["part"] == "undoes":
        return None
    shared = sorted({stem for said in rows for stem in said["subject"]} & set(row["subject"]))
    is_same_side = row["other"] == whom or (row["other"] is None and row["deed"] != "any")
    is_named = row["part"] == "does not" and bool(_NAMED.search(row["what"] or ""))
    is_about_it = bool(shared) or is_named or not is_broad(deed) or row["deed"] == "any"
    is_sure = is_about_it and (is_same_side or bool(shared)) and row["weight"] >= SURE and not row["doubtful"]
    if not is_same_side and not shared:
        return None
    reason = f"{row['part']}: {row['rule']}" + (f", both about {', '.join(shared)}" if shared else "")
    return Answer(row, is_sure, reason)


def _judge(
    kind: str, deed: str, deadline: date | None, answers: Sequence[Answer]
) -> tuple[str, date | None, Answer | None]:
    """Return the state of a pledge, since when, and the answer that settles it."""
    broken: Answer | None = None
    for answer in answers:
        if not answer.is_sure:
            continue
        row, part = answer.row, answer.row["part"]
        is_late = deadline is not None and kind != "threat" and row["last_day"] > deadline
        if part == "withdraws":
            return "withdrawn", row["last_day"], answer
        if part == "does" and deed.startswith("not "):
            return "broken", row["last_day"], answer
        if part == "does" and not is_late:
            return "kept", row["last_day"], answer
        if part == "undoes" and kind == "promise" and not is_late:
            return "broken", row["last_day"], answer
        # That something has not been done yet breaks no promise whose day is still to come.
        is_due = deadline is None or row["known_on"] > deadline or row["kind"] is not None
        if (
            part == "does not"
            and kind != "threat"
            and is_due
            and broken is None
            and not deed.startswith("not ")
        ):
            broken = answer
            if deadline is not None:
                break
    if broken is not None:
        return "broken", broken.row["last_day"], broken
    return "open", None, None


# Answers.


def select_pledges(connection: duckdb.DuckDBPyConnection, asked: Asked) -> duckdb.DuckDBPyRelation:
    """Return one row a pledge with `COLUMNS`."""
    with without_collection():
        rows = [flatten_pledge(pledge) for pledge in find_pledges(connection, asked)]
        return make_relation(connection, rows, COLUMNS)


def flatten_pledge(pledge: Pledge) -> Row:
    """Return a pledge as one row with `COLUMNS`."""
    told, answer, candidate = pledge.surest, pledge.answer, pledge.candidate
    conditions = [row["condition"] for row in pledge.rows if row["condition"]]
    return {
        "pledge_id": pledge.id,
        "kind": pledge.kind,
        "one": pledge.one,
        "other": pledge.other,
        "deed": pledge.deed,
        "what": told["what"],
        "condition": max(conditions, key=lambda one: (len(one), one), default=None),
        "deadline": pledge.deadline,
        "day": pledge.day,
        "known_on": min(row["known_on"] for row in pledge.rows),
        "state": pledge.state,
        "settled": pledge.settled,
        "score": combine(pledge.rows, lambda row: row["weight"] * row["score"]),
        "answer_score": round(answer.row["weight"] * answer.row["score"], 6) if answer else None,
        "answer": f"{answer.row['article']} {answer.row['event']}" if answer else None,
        "candidate": f"{candidate.row['article']} {candidate.row['event']}" if candidate else None,
        "said_by": sorted({row["said_by"] for row in pledge.rows if row["said_by"]}),
        "incident": told["incident"],
        "rule": told["rule"],
        "events": list_events(pledge.rows),
    }
