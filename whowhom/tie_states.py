"""Ties: lasting relations between two sides, made of what reports tell, as of a day and as known on a day.

    tie_report ──▶ Change ──▶ Tie
       rows of      one deed    the state after the last change
       tie_rules

Rows of one incident and state are a change. A change counts once what is reported of it is enough
(`SURE`); less is kept as a doubtful candidate beside the state. A denial by a side makes a change disputed
from the day it is known, until somebody else reports it again; a retraction takes it away.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from whowhom.coders.labels import SECTORS
from whowhom.exporters.tables import Column
from whowhom.records import content_hash
from whowhom.rows import without_collection
from whowhom.series import list_codes
from whowhom.sql import fetch_rows
from whowhom.tellings import Row
from whowhom.tie_rules import Kind, load_kinds

if TYPE_CHECKING:
    import duckdb

# What independent reports must come to together for a change to count: 1 - (1 - a)(1 - b)...
SURE = 0.6
# Below this score of its surest event a change stays doubtful: the coder hardly believes it itself. Of the
# 152 answers of the three scenarios (evaluation/ties.py) 0.3 costs none, 0.4 four and 0.5 eight.
_FAINT = 0.3
# Reports of one state within so many days support one another; a denial is about the days before it.
_NEAR_DAYS = 120
COLUMNS: tuple[Column, ...] = (
    Column("tie_id", "text", "Id of the tie, for `explain`."),
    Column("tie", "text", "Kind: alliance, agreement, sanctions ...; docs/ties.md lists them."),
    Column("one", "text", "Who: code of a state, EUR, UNO, or the name of a group or organisation."),
    Column("other", "text", "Whom; of a mutual tie the one that comes later in the alphabet."),
    Column("way", "text", '"directed" from one to other, or "mutual".'),
    Column("name", "text", "What reports call the agreement; null where they give it no name."),
    Column("state", "text", "State after the last change that counts."),
    Column("since", "day", "First day of that state."),
    Column(
        "holds", "flag", "Whether the tie stands in this state, and was heard of lately where it must be."
    ),
    Column("doubtful", "flag", "Whether not enough is reported for the state to be sure."),
    Column("candidate", "text", "A later state for which not enough is reported, or which is denied."),
    Column("candidate_since", "day", "First day of that."),
    Column("score", "real", "Probability that the change to this state is right, 0 to 1."),
    Column("n_independent", "whole", "Independent reports of that change."),
    Column("n_changes", "whole", "Changes of the tie up to the day."),
    Column("known_on", "day", "Day on which that change was first reported."),
    Column("said_by", "texts", "Sources of the change that are not the articles themselves."),
    Column("denied_by", "texts", "Who denies it."),
    Column("incident", "text", "The incident that brought the change; null if none were joined."),
    Column("rule", "text", "Line of ties.csv and the words that met it."),
)
HISTORY_COLUMNS: tuple[Column, ...] = (
    Column("tie_id", "text", "Id of the tie, for `explain`."),
    Column("tie", "text", "Kind of tie."),
    Column("one", "text", "Who."),
    Column("other", "text", "Whom."),
    Column("way", "text", '"directed" or "mutual".'),
    Column("name", "text", "What reports call the agreement."),
    Column("state", "text", "State that it came to."),
    Column("first_day", "day", "First day on which it may have come about; null where not known."),
    Column("last_day", "day", "Last such day."),
    Column("known_on", "day", "Day on which it was first reported, or denied if nothing else is known."),
    Column("standing", "text", "sure, doubtful, disputed (a side denies it), retracted, or outdated."),
    Column("score", "real", "Probability that it is right, 0 to 1."),
    Column("n_articles", "whole", "Articles that report it."),
    Column("n_independent", "whole", "Independent reports of it."),
    Column("said_by", "texts", "Sources that are not the articles themselves."),
    Column("denied_by", "texts", "Who denies it."),
    Column("incident", "text", "The incident; null if none were joined."),
    Column("rule", "text", "Line of ties.csv and the words that met it."),
    Column("events", "texts", "Events that report or deny it, as article and event id."),
)  # fmt: skip


# Putting together.


class Change(NamedTuple):
    """A tie that came to a state, as all reports known on a day tell of it.

    Attributes:
        standing: "sure", "doubtful", "disputed", "retracted", or "outdated" where a state that was
            reached before makes it no news.
    """

    tie: str
    one: str
    other: str
    state: str
    name: str | None
    subject: frozenset[str]
    first_day: date | None
    last_day: date
    known_on: date
    incident: str | None
    rule: str
    standing: str
    score: float
    n_articles: int
    n_independent: int
    said_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    rows: tuple[Row, ...]
    denials: tuple[Row, ...]


class Tie(NamedTuple):
    """A tie between two sides with its changes, the earliest first.

    `current` is the change to the state that counts, `candidate` a later one that may. Where all
    changes were retracted there is no tie, and `current` tells what was taken back.
    """

    id: str
    tie: str
    one: str
    other: str
    name: str | None
    current: Change
    since: date
    candidate: Change | None
    changes: tuple[Change, ...]
    holds: bool

    @property
    def doubtful(self) -> bool:
        return self.current.standing != "sure"

    @property
    def is_retracted(self) -> bool:
        return self.current.standing == "retracted"


_SELECT = """SELECT * REPLACE (coalesce(family, article) AS family) FROM tie_report
WHERE known_on <= $known AND (denial IS NOT NULL OR last_day <= $as_of)
    AND ($tie = [] OR list_contains($tie, tie)) AND {sides}
ORDER BY known_on, article, event, tie, one, other, state"""


# What ids are made of: see `_hash_tie`. A denial alone makes no tie.
_SELECT_TOLD = """SELECT DISTINCT tie, one, other, article, event FROM tie_report WHERE denial IS NULL"""


class Asked(NamedTuple):
    """What is asked for; None and empty stand for any.

    `first` and `last` choose sides by the day on which a tie of the two was last heard of.
    """

    between: tuple[str, str] | None = None
    actor: str | None = None
    kinds: tuple[str, ...] = ()
    as_of: date | None = None
    known: date | None = None
    first: date | None = None
    last: date | None = None


def find_ties(connection: duckdb.DuckDBPyConnection, asked: Asked) -> list[Tie]:
    """Return the ties that are asked for, in the order of sides and kinds."""
    check_kinds(asked.kinds)
    sides, values = write_sides(asked)
    days = clock(connection, asked.as_of, asked.known)
    if asked.first or asked.last:
        sides = f"{sides} AND (one, other) IN ({_SELECT_HEARD})"
        values |= {"first": asked.first or date.min, "last": asked.last or date.max}
    # Kinds of one family share their reports; those not asked for are left out at the end.
    families = {load_kinds()[kind].family for kind in asked.kinds}
    kinds = [name for name, kind in load_kinds().items() if kind.family in families]
    rows = fetch_rows(connection, _SELECT.format(sides=sides), {**values, **days, "tie": kinds})
    ties = put_together(rows, days["as_of"])
    return [tie for tie in ties if not asked.kinds or tie.tie in asked.kinds]


def check_kinds(kinds: Iterable[str]) -> None:
    """Raise ValueError for a kind of tie that there is not."""
    for kind in kinds:
        if kind not in load_kinds():
            raise ValueError(f"There is no kind of tie {kind!r}. There are: {', '.join(load_kinds())}.")


def find_ties_by_id(connection: duckdb.DuckDBPyConnection, id: str) -> list[Tie]:
    """Return the ties whose id begins so, in the order of sides, and read no more than their sides' reports.

    An id is a hash of what stands in one report, so the sides are found by hashing. With a million events
    that takes 2 s of processor, and to put all ties together 12 (evaluation/ties.py --events 1000000).
    """
    told = connection.execute(_SELECT_TOLD).fetchall()
    kinds = load_kinds()
    sides = {
        (one, other)
        for tie, one, other, article, event in told
        if id and _hash_tie(kinds[tie], one, other, article, event).startswith(id)
    }
    if not sides:
        return []
    values = {"ones": [one for one, _ in sides], "others": [other for _, other in sides]}
    days = clock(connection, None, None)
    chosen = "(one, other) IN (SELECT unnest($ones), unnest($others))"
    rows = fetch_rows(connection, _SELECT.format(sides=chosen), {**values, **days, "tie": []})
    return [tie for tie in put_together(rows, days["as_of"]) if tie.id.startswith(id)]


def clock(connection: duckdb.DuckDBPyConnection, as_of: date | None, known: date | None) -> dict[str, date]:
    """Return both days of a question: as of the day known where one is given, else of the last report."""
    if known is None or (as_of is None):
        ((last,),) = connection.execute("SELECT max(published) FROM article").fetchall()
        last = last or date.max
        return {"as_of": as_of or known or last, "known": known or date.max}
    return {"as_of": as_of, "known": known}


def write_side(column: str, parameter: str, side: str) -> str:
    """Return the condition that a column is the side that is bound to a parameter.

    A code of a state, of a kind of bodies or of a sector is that and nothing else: "RUS" is not in
    "Brussels". Anything else may be a part of a name.
    """
    is_it = f"{column} = upper(${parameter})"
    if side.strip().upper() in _load_codes():
        return is_it
    return (
        f"({is_it} OR len({column}) > 3"
        f" AND contains(strip_accents(lower({column})), strip_accents(lower(${parameter}))))"
    )


@cache
def _load_codes() -> frozenset[str]:
    return frozenset((*list_codes(), *SECTORS))


_SELECT_HEARD = """SELECT one, other FROM tie_report WHERE known_on <= $known
GROUP BY one, other HAVING max(known_on) BETWEEN $first AND $last"""
_SELECT_NEWEST = """WITH pair AS (
    SELECT max(known_on) AS heard, count(*) AS n FROM tie_report
    WHERE known_on <= $known AND {sides} GROUP BY one, other
),
heard_day AS (SELECT heard, sum(n) AS n FROM pair WHERE heard <= $last GROUP BY heard)
SELECT heard, sum(n) OVER (ORDER BY heard DESC) AS n_so_far FROM heard_day ORDER BY heard DESC"""


def find_first_day(connection: duckdb.DuckDBPyConnection, asked: Asked, most: int) -> date | None:
    """Return the first of the newest days that together hold `most` reports or fewer; None if all days do.

    With it as `Asked.first` a question is answered in a time that does not grow with the store.
    """
    sides, values = write_sides(asked)
    days = {"known": clock(connection, asked.as_of, asked.known)["known"], "last": asked.last or date.max}
    rows = connection.execute(_SELECT_NEWEST.format(sides=sides), {**values, **days}).fetchall()
    return choose_first(rows, most)


def choose_first(rows: Sequence[tuple[date, int]], most: int) -> date | None:
    """Return the earliest day up to which no more than `most` were counted, None where that is all of them.

    Rows are days with what was counted up to them, the newest first; the newest is always in.
    """
    fitting = [day for number, (day, n) in enumerate(rows) if not number or n <= most]
    return fitting[-1] if len(fitting) < len(rows) else None


def write_sides(asked: Asked) -> tuple[str, dict[str, Any]]:
    """Return the condition on the columns one and other that a question makes, and its values."""
    if asked.between is not None:
        a, b = asked.between
        sides = {"a": a, "b": b}
        both = [
            f"{write_side('one', x, sides[x])} AND {write_side('other', y, sides[y])}"
            for x, y in (("a", "b"), ("b", "a"))
        ]
        return f"({both[0]} OR {both[1]})", sides
    if asked.actor is not None:
        conditions = (write_side(column, "a", asked.actor) for column in ("one", "other"))
        return f"({' OR '.join(conditions)})", {"a": asked.actor}
    return "true", {}


def put_together(rows: Iterable[Row], as_of: date) -> list[Tie]:
    """Return the ties that rows of tie_report make, as of a day.

    Rows are those known on the day that is asked for, in the order in which they became known; each has
    the `incident` and the copy `family` of its report besides.
    """
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[load_kinds()[row["tie"]].family, row["one"], row["other"]].append(row)
    ties = [tie for group in groups.values() for tie in _make_ties(group, as_of)]
    return sorted(ties, key=lambda tie: (tie.one, tie.other, tie.tie, tie.since, tie.id))


def _make_ties(rows: Sequence[Row], as_of: date) -> Iterator[Tie]:
    by_deed: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    denials = [row for row in rows if row["denial"]]
    for row in rows:
        if not row["denial"]:
            deed = row["incident"] or f"{row['article']} {row['event']}"
            by_deed[deed, row["tie"], row["state"]].append(row)
    changes = sorted((_make_change(group) for group in by_deed.values()), key=_order)
    against = _by_state((row["state"], row["known_on"], row) for row in denials)
    for thread in _split_threads(changes):
        support = _by_state((change.state, change.last_day, row) for change in thread for row in change.rows)
        yield _run_through([_weigh(change, support, against) for change in thread], as_of)


@cache
def _place_states(tie: str) -> dict[str, int]:
    return {state: place for place, state in enumerate(load_kinds()[tie].states)}


def _order(change: Change) -> tuple[Any, ...]:
    # Of one day the state that comes later in the table: signed, then ratified, in force.
    place = _place_states(change.tie)[change.state]
    return (change.last_day, place, change.known_on, change.rows[0]["article"], change.rows[0]["event"])


def _make_change(rows: Sequence[Row]) -> Change:
    """Return the change that rows of one deed make; its day is the narrowest that most of them name."""
    first, last = _choose_days(rows) if len(rows) > 1 else (rows[0]["first_day"], rows[0]["last_day"])
    surest = max(rows, key=lambda row: (row["weight"], row["score"], row["article"]))
    names = [row["name"] for row in rows if row["name"]]
    return Change(
        tie=rows[0]["tie"],
        one=rows[0]["one"],
        other=rows[0]["other"],
        state=rows[0]["state"],
        name=max(names, key=lambda name: (len(name), name)) if names else None,
        subject=frozenset(stem for row in rows for stem in row["subject"]),
        first_day=first,
        last_day=last,
        known_on=min(row["known_on"] for row in rows),
        incident=rows[0]["incident"],
        rule=surest["rule"],
        standing="",
        score=combine(rows, lambda row: row["weight"] * row["score"]),
        n_articles=len({row["article"] for row in rows}),
        n_independent=len({row["family"] for row in rows}),
        said_by=tuple(sorted({row["said_by"] for row in rows if row["said_by"]})),
        denied_by=(),
        rows=tuple(rows),
        denials=(),
    )


def _choose_days(rows: Sequence[Row]) -> tuple[date | None, date]:
    spans: dict[tuple[Any, ...], int] = defaultdict(int)
    for row in rows:
        spans[not row["is_said"], row["first_day"], row["last_day"]] += 1

    def rank(span: tuple[Any, ...]) -> tuple[Any, ...]:
        unsaid, first, last = span
        return (first is None, unsaid, (last - first).days if first else 0, -spans[span], last)

    _, first, last = min(spans, key=rank)
    return first, last


def combine(rows: Iterable[Row], measure: Any) -> float:
    """Return the probability that one at least is right; of copies the surest counts."""
    rows = list(rows)
    if len(rows) == 1:
        return round(float(measure(rows[0])), 6)
    best: dict[str, float] = {}
    for row in rows:
        best[row["family"]] = max(best.get(row["family"], 0.0), measure(row))
    wrong = 1.0
    for _, value in sorted(best.items()):
        wrong *= 1 - value
    return round(1 - wrong, 6)


def _split_threads(changes: Sequence[Change]) -> list[list[Change]]:
    """Return the changes of each tie: two states may have one pact of defence and another of trade.

    One that tells no subject belongs to the tie that changed last.
    """
    if not changes or load_kinds()[changes[0].tie].family != "treaty":
        return [list(changes)] if changes else []
    threads: list[list[Change]] = []
    subjects: list[frozenset[str]] = []
    for change in changes:
        fitting = [
            (len(change.subject & subjects[n]), thread[-1].last_day, n)
            for n, thread in enumerate(threads)
            if change.subject & subjects[n]
            or not subjects[n]
            or (not change.subject and not (change.tie == "alliance" != thread[-1].tie))
        ]
        if fitting:
            _, _, n = max(fitting)
            threads[n].append(change)
            subjects[n] |= change.subject
        else:
            threads.append([change])
            subjects.append(change.subject)
    return threads


_ByState = dict[str, tuple[list[date], list[Row]]]


def _by_state(rows: Iterable[tuple[str, date, Row]]) -> _ByState:
    """Return rows by their state, in the order of days, with these days to look them up by."""
    told: dict[str, list[tuple[date, Row]]] = defaultdict(list)
    for state, day, row in rows:
        told[state].append((day, row))
    for listed in told.values():
        listed.sort(key=lambda one: one[0])
    return {state: ([day for day, _ in ones], [row for _, row in ones]) for state, ones in told.items()}


def _within(rows: _ByState, state: str, first: date, last: date) -> Iterator[Row]:
    """Yield the rows of some days, the latest first: what outweighs a denial came after it."""
    days, listed = rows.get(state, ([], []))
    for number in reversed(range(bisect_left(days, first), bisect_right(days, last))):
        yield listed[number]


def _weigh(change: Change, rows: _ByState, denials: _ByState) -> Change:
    """Return a change with its standing: what supports it, and who denies it.

    Args:
        rows: Of the whole thread, by the days of their changes.
        denials: By the days on which they became known.
    """
    near = timedelta(days=_NEAR_DAYS)
    first, last = change.last_day - near, change.last_day + near
    against = [row for row in _within(denials, change.state, change.last_day, last) if _denies(row, change)]
    against.reverse()

    def is_likely(least: float, *, doubtful: bool, after: date | None = None) -> bool:
        """Whether what is near supports it so well; of thousands of reports a few tell."""
        support: Iterable[Row] = change.rows
        if against or not _reaches(support, SURE, doubtful=False):
            support = _within(rows, change.state, first, last)
        if after is not None:
            support = (row for row in support if row["known_on"] > after)
        return _reaches(support, least, doubtful=doubtful)

    is_faint = max(row["score"] for row in change.rows) < _FAINT
    standing = "doubtful" if is_faint or not is_likely(SURE, doubtful=False) else "sure"
    if against:
        denied = max(row["known_on"] for row in against)
        if any(row["denial"] == "retracted" for row in against) and not any(
            row["known_on"] > denied for row in _within(rows, change.state, first, last)
        ):
            standing = "retracted"
        elif not is_likely(SURE - 0.1, doubtful=True, after=denied):
            standing = "disputed"
    said = {row["said_by"] or "the article itself" for row in against}
    return change._replace(standing=standing, denied_by=tuple(sorted(said)), denials=tuple(against))


def _reaches(rows: Iterable[Row], least: float, *, doubtful: bool) -> bool:
    """Whether `combine` of the weights comes to `least`; it looks at no more rows than that takes.

    Args:
        doubtful: Doubtful rows count too.
    """
    best: dict[str, float] = {}
    for row in rows:
        weight = row["weight"] if doubtful or not row["doubtful"] else 0.0
        if weight <= best.get(row["family"], 0.0):
            continue
        best[row["family"]] = weight
        if round(1 - prod(1 - value for value in best.values()), 6) >= least:
            return True
    return least <= 0


def _denies(row: Row, change: Change) -> bool:
    return not row["subject"] or not change.subject or bool(change.subject & set(row["subject"]))


class _Walked(NamedTuple):
    """What a tie came to, change by change."""

    current: Change | None
    candidate: Change | None
    since: date | None
    changes: list[Change]


def _walk(changes: Iterable[Change]) -> _Walked:
    """Go through the changes, the earliest first, and note which is the last that counts."""
    current: Change | None = None
    candidate: Change | None = None
    since: date | None = None
    walked: list[Change] = []
    for change in changes:
        state = load_kinds()[change.tie].states[change.state]
        is_retracted = change.standing == "retracted"
        if current is not None and current.state in state.not_after and not is_retracted:
            walked.append(change._replace(standing="outdated") if change.standing == "sure" else change)
            continue
        walked.append(change)
        if is_retracted:
            continue
        if change.standing != "sure":
            candidate = change
            continue
        if current is None or current.state != change.state:
            since = change.first_day or change.last_day
        current, candidate = change, None
    return _Walked(current, candidate, since, walked)


def _run_through(changes: Sequence[Change], as_of: date) -> Tie:
    """Return the tie after its changes; of one whose changes were all retracted the last of these."""
    current, candidate, since, walked = _walk(changes)
    shown = current or candidate or walked[-1]
    if current is None or (candidate is not None and candidate.state == shown.state):
        candidate = None
    kept = _leave_out_retracted(walked)
    tie = "alliance" if any(change.tie == "alliance" for change in walked) else shown.tie
    kind = load_kinds()[tie]
    return Tie(
        id=_hash_tie(kind, shown.one, shown.other, *_find_first_event(walked)),
        tie=tie,
        one=shown.one,
        other=shown.other,
        name=_choose_name([change.name for change in kept if change.name]),
        current=shown,
        since=since or shown.first_day or shown.last_day,
        candidate=candidate,
        changes=tuple(walked),
        holds=shown.standing != "retracted"
        and holds(tie, shown.state, find_last_told(walked, shown.state), as_of),
    )


def _leave_out_retracted(changes: Sequence[Change]) -> Sequence[Change]:
    return [change for change in changes if change.standing != "retracted"] or changes


def find_last_told(changes: Sequence[Change], state: str) -> date:
    """Return the last day on which a tie is told to be in a state."""
    return max(change.last_day for change in _leave_out_retracted(changes) if change.state == state)


def holds(tie: str, state: str, told_on: date, as_of: date) -> bool:
    """Return whether a tie stands in a state that was last told on a day, and was heard of lately enough."""
    its = load_kinds()[tie].states[state]
    return its.holds and (its.lapse_days is None or (as_of - told_on).days <= its.lapse_days)


class Span(NamedTuple):
    """A state of a tie from one day to another; `last_day` is None where nothing ends it."""

    first_day: date
    last_day: date | None
    state: str
    is_doubtful: bool
    incident: str | None


_DOUBTED = ("doubtful", "disputed")


def list_spans(tie: Tie) -> list[Span]:
    """Return the states of a tie over time: those that are sure, then those that are claimed or denied.

    A state ends with the next one that is sure, one that is doubtful with any, and either where nothing is
    told of it any more.
    """
    ends: list[date | None] = []
    next_sure: date | None = None
    next_any: date | None = None
    for change in reversed(tie.changes):
        ends.append(next_any if change.standing in _DOUBTED else next_sure)
        if change.standing == "sure":
            next_sure = next_any = _find_start(change)
        elif change.standing in _DOUBTED:
            next_any = _find_start(change)
    ends.reverse()
    return [
        span
        for standings in (("sure",), _DOUBTED)
        for span in _merge_spans(
            _make_span(tie, change, end)
            for change, end in zip(tie.changes, ends, strict=True)
            if change.standing in standings
        )
    ]


def _make_span(tie: Tie, change: Change, followed_on: date | None) -> Span:
    end = None if followed_on is None else followed_on - timedelta(days=1)
    lapse = load_kinds()[tie.tie].states[change.state].lapse_days
    if lapse is not None:
        heard = change.last_day + timedelta(days=min(lapse, (date.max - change.last_day).days))
        end = min(end or heard, heard)
    return Span(_find_start(change), end, change.state, change.standing in _DOUBTED, change.incident)


def _merge_spans(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if span.last_day is not None and span.last_day < span.first_day:
            # Of two changes on one day the later one counts.
            continue
        last = merged[-1] if merged else None
        is_same = last is not None and last.state == span.state
        if last and is_same and (last.last_day or span.first_day) >= span.first_day - timedelta(days=1):
            merged[-1] = last._replace(last_day=span.last_day)
        else:
            merged.append(span)
    return merged


def _find_start(change: Change) -> date:
    return change.first_day or change.last_day


def _find_first_event(changes: Iterable[Change]) -> tuple[str, str]:
    """Return the event that first told of a tie, as article and event."""
    rows = (row for change in changes for row in change.rows)
    first = min(rows, key=lambda row: (row["known_on"], row["article"], row["event"]))
    return first["article"], first["event"]


def _hash_tie(kind: Kind, one: str, other: str, article: str, event: str) -> str:
    """Return the id of a tie: of its family and sides, and of agreements, as two states may have several,
    of the event that first told of it.
    """
    first = (article, event) if kind.family == "treaty" else ()
    return content_hash("tie", kind.family, one, other, *first)


def _choose_name(names: Sequence[str]) -> str | None:
    """Return the name that looks most like one: capitals first, then how often it stands."""

    def rank(name: str) -> tuple[Any, ...]:
        return sum(map(str.isupper, name)), names.count(name), len(name), name

    return max(names, key=rank, default=None)


# Answers.


def select_ties(
    connection: duckdb.DuckDBPyConnection, asked: Asked, *, history: bool = False
) -> duckdb.DuckDBPyRelation:
    """Return one row a tie with `COLUMNS`, or one row a change with `HISTORY_COLUMNS`."""
    with without_collection():
        ties = find_ties(connection, asked)
        if history:
            rows = [row for tie in ties for row in list_changes(tie)]
            return make_relation(connection, rows, HISTORY_COLUMNS)
        rows = [flatten_tie(tie) for tie in ties if not tie.is_retracted]
        return make_relation(connection, rows, COLUMNS)


def name_way(tie: str) -> str:
    """Return whether a kind of tie is mutual or directed."""
    return "mutual" if load_kinds()[tie].is_mutual else "directed"


def flatten_tie(tie: Tie) -> Row:
    """Return a tie as one row with `COLUMNS`."""
    change, candidate = tie.current, tie.candidate
    return {
        "tie_id": tie.id,
        "tie": tie.tie,
        "one": tie.one,
        "other": tie.other,
        "way": name_way(tie.tie),
        "name": tie.name,
        "state": change.state,
        "since": tie.since,
        "holds": tie.holds,
        "doubtful": tie.doubtful,
        "candidate": candidate.state if candidate else None,
        "candidate_since": (candidate.first_day or candidate.last_day) if candidate else None,
        "score": change.score,
        "n_independent": change.n_independent,
        "n_changes": len(tie.changes),
        "known_on": change.known_on,
        "said_by": list(change.said_by),
        "denied_by": list(change.denied_by),
        "incident": change.incident,
        "rule": change.rule,
    }


def list_changes(tie: Tie) -> list[Row]:
    """Return one row a change with `HISTORY_COLUMNS`."""
    return [
        {
            "tie_id": tie.id,
            "tie": tie.tie,
            "one": change.one,
            "other": change.other,
            "way": name_way(tie.tie),
            "name": change.name,
            "state": change.state,
            "first_day": change.first_day,
            "last_day": change.last_day,
            "known_on": change.known_on,
            "standing": change.standing,
            "score": change.score,
            "n_articles": change.n_articles,
            "n_independent": change.n_independent,
            "said_by": list(change.said_by),
            "denied_by": list(change.denied_by),
            "incident": change.incident,
            "rule": change.rule,
            "events": list_events((*change.rows, *change.denials)),
        }
        for change in tie.changes
    ]


def list_events(rows: Iterable[Row]) -> list[str]:
    """Return the events of rows as article and event id, once each."""
    return list(dict.fromkeys(f"{row['article']} {row['event']}" for row in rows))


def make_relation(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[Row], columns: Sequence[Column]
) -> duckdb.DuckDBPyRelation:
    """Return rows as a relation with these columns."""
    import pyarrow as pa  # type: ignore[import-untyped]

    types = {
        "text": pa.string(), "whole": pa.int32(), "real": pa.float64(), "day": pa.date32(),
        "texts": pa.list_(pa.string()), "flag": pa.bool_(),
    }  # fmt: skip
    schema = pa.schema([(column.name, types[column.type]) for column in columns])
    return connection.from_arrow(pa.Table.from_pylist(list(rows), schema))
