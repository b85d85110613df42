"""Pledges: promises, threats and demands, and whether what is reported later shows them kept.

    Telling ──▶ pledge_report ──▶ Pledge with its answers
       codebooks/pledges.csv        (`put_together`)

A row of pledge_report is either a pledge, with the kind of deed that is promised, threatened or
demanded, its condition and its deadline, or an answer: a deed of such a kind, that it was not done, or
that the pledge was taken back. An answer settles a pledge where sides, kind of deed and days fit; where
it is not clear that it is about the same thing, it is shown beside a pledge that stays open.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from whowhom.exporters.tables import Column
from whowhom.records import content_hash
from whowhom.tellings import Row, Telling, list_state_words
from whowhom.ties import RulesError, clock, combine, list_events, make_relation
from whowhom.wordings import (
    Found,
    Phrase,
    Vocabulary,
    list_places,
    list_stems,
    match_word,
    measure_distance,
    read_phrases,
)

if TYPE_CHECKING:
    import duckdb

KINDS = ("promise", "threat", "demand")
STATES = ("open", "kept", "broken", "withdrawn", "lapsed")
SURE = 0.5
# Reports within so many days of one another tell of one pledge.
_SAME_DAYS = 7
# An answer that comes later is to something else.
_ANSWER_DAYS = 730
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


# Rules.


class Rule(NamedTuple):
    """A line of pledges.csv."""

    line: int
    part: str
    kind: str
    deed: str
    words: tuple[Phrase, ...]
    types: frozenset[str]
    modes: frozenset[tuple[str, str]]
    is_broad: bool


_PARTS = ("pledge", "does", "does not", "undoes", "withdraws")


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return the rules of pledges.csv in their order.

    Raises:
        RulesError: A line has no known part or kind, or words that are not there.
    """
    with files("whowhom.codebooks").joinpath("pledges.csv").open(encoding="utf-8") as lines:
        return tuple(_read_rule(number, row) for number, row in enumerate(csv.DictReader(lines), start=2))


def _read_rule(line: int, row: Mapping[str, str]) -> Rule:
    if row["part"] not in _PARTS or row["kind"] not in ("", *KINDS):
        raise RulesError(f"pledges.csv:{line}: {row['part']!r}, {row['kind']!r} is no part and kind.")
    events = [one.partition(":") for one in filter(None, row["events"].split(";"))]
    try:
        words = read_phrases(row["words"])
    except ValueError as error:
        raise RulesError(f"pledges.csv:{line}: {error}") from error
    return Rule(
        line=line,
        part=row["part"],
        kind=row["kind"],
        deed=row["deed"],
        words=words,
        types=frozenset(type for type, _, mode in events if not mode),
        modes=frozenset((type, mode) for type, _, mode in events if mode),
        is_broad=row["broad"] == "yes",
    )


@cache
def _list_rules(part: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in load_rules() if rule.part == part)


@cache
def _load_vocabulary() -> Vocabulary:
    return Vocabulary(phrase for rule in load_rules() for phrase in rule.words)


@cache
def _is_broad(deed: str) -> bool:
    return deed == "other" or any(rule.is_broad for rule in _list_rules("pledge") if rule.deed == deed)


# What one event tells.

_PROMISING = ("promis", "pledg", "vow", "offer", "commit", "guarante", "assur", "swor", "swear", "undert", "will",
              "would", "ready", "willing", "plan", "accept", "invit")  # fmt: skip
_AGREED = frozenset("agree agrees agreed agreeing".split())
_HOSTILE = frozenset(("SANCTION", "ASSAULT", "MOBILIZE", "COERCE"))
_HELPFUL = frozenset(("AID", "RETREAT", "COOPERATE", "CONSULT", "SUPPORT", "CONCEDE"))
_NAMED = ("threat", "demand", "promis", "pledge", "ultimat", "request", "vow", "offer", "call", "appeal")
_ANSWERED = ("reject", "withdr", "drop", "refus", "met", "meet", "fulfil", "carr", "honou", "honor", "brok", "break",
             "ignor", "defi", "dismiss", "bow", "compl", "kept", "keep", "made", "renew", "reneg", "despite",
             "follow", "after", "previous", "earlier")  # fmt: skip
_REFUSING = ("refus", "fail", "declin", "reject", "not", "never")
_ANSWER_NEAR = 5


def tell_pledges(telling: Telling) -> Iterator[Row]:
    """Yield the rows of pledge_report that an event gives."""
    found = _load_vocabulary().find(telling.words)
    answered = list(_tell_named_answers(telling, found))
    yield from answered
    if not answered:
        yield from _tell_pledge(telling, found)
    yield from _tell_answers(telling, found)


def _tell_pledge(telling: Telling, found: dict[Phrase, list[Found]]) -> Iterator[Row]:
    kind = _find_kind(telling)
    if not kind or _is_told_again(telling):
        return
    deed, place, rule = _find_deed(telling, found)
    standing = telling.judge(telling.trigger.start)
    if standing == "not done" and telling.type in ("THREATEN", "REQUEST", "AGREE"):
        return  # "did not promise"
    is_not = place is not None and any(
        word.text in ("not", "never") or word.text.startswith("refrain")
        for word in telling.words[max(telling.trigger.start, place.start - 3) : place.start]
    )
    what = _cut_clause(telling)
    for one, other in _pair(telling):
        yield _make_row(
            telling,
            "pledge",
            kind,
            f"not {deed}" if is_not and kind == "promise" else deed,
            one,
            other,
            rule=rule,
            what=what,
            condition=telling.condition or None,
            deadline=find_deadline(telling),
        )


def _find_kind(telling: Telling) -> str:
    if telling.type == "THREATEN":
        return "threat"
    if telling.type == "REQUEST":
        return "demand"
    if telling.type in _HOSTILE:
        return "threat" if telling.judge(telling.trigger.start) == "planned" else ""
    if telling.type == "AGREE" or telling.type in _HELPFUL:
        words = telling.words[max(0, telling.trigger.start - 2) : telling.trigger.end + 1]
        is_promised = any(word.text.startswith(_PROMISING) or word.text in _AGREED for word in words)
        is_to_come = telling.judge(telling.trigger.start) == "planned"
        followed = {word.text for word in telling.words[telling.trigger.start : telling.trigger.end + 4]}
        if is_to_come or (
            is_promised and (telling.type != "SUPPORT") and followed & {"to", "will", "would", "not", "that"}
        ):
            return "promise"
    return ""


def _is_told_again(telling: Telling) -> bool:
    """Return whether a pledge is only named ("rejected the demand"), not made."""
    first = telling.words[telling.trigger.start] if telling.words else None
    if first is None or "historical" in telling.aux:
        return first is None
    nouns = [
        word
        for word in telling.words[telling.trigger.start : telling.trigger.end]
        if word.text.startswith(_NAMED)
    ]
    before = telling.words[max(0, telling.trigger.start - 5) : telling.trigger.start]
    is_noun = bool(nouns) and nouns[0].text.rstrip("s") in _NAMES
    return is_noun and any(word.text.startswith(_ANSWERED) for word in before)


_NAMES = frozenset("threat demand promise pledge ultimatum request vow offer call appeal".split())


def _find_deed(telling: Telling, found: dict[Phrase, list[Found]]) -> tuple[str, Found | None, str]:
    """Return the kind of deed that is pledged, where its words stand, and the rule.

    It is the first one after the trigger and before the condition, else the first before it.
    """
    limit = _find_condition(telling)
    candidates = []
    for rule in _list_rules("pledge"):
        for place in list_places(found, rule.words):
            if place == telling.trigger and telling.type in ("THREATEN", "REQUEST"):
                continue
            is_after = telling.trigger.start <= place.start and (limit is None or place.start < limit)
            distance = (
                place.start - telling.trigger.start
                if is_after
                else 100 + abs(telling.trigger.start - place.start)
            )
            if limit is not None and not is_after and place.start >= limit:
                continue
            candidates.append((distance, -(place.end - place.start), rule.line, place, rule))
    if candidates:
        *_, place, rule = min(candidates)
        words = telling.sentence[telling.words[place.start].start : telling.words[place.end - 1].end]
        return rule.deed, place, f"pledges.csv:{rule.line} {words!r}"
    for rule in _list_rules("pledge"):
        for mode in telling.mode:
            if (telling.type, mode) in rule.modes:
                return rule.deed, None, f"pledges.csv:{rule.line} mode {mode}"
    return "other", None, "pledges.csv: no line"


def _find_condition(telling: Telling) -> int | None:
    """Return the word at which the condition begins, where it stands after the trigger."""
    at = telling.sentence.find(telling.condition) if telling.condition else -1
    for n, word in enumerate(telling.words):
        if n > telling.trigger.start and (word.start == at or word.text in ("if", "unless")):
            return n
    return None


def _cut_clause(telling: Telling) -> str:
    start = telling.words[telling.trigger.start].start if telling.words else 0
    clause = telling.sentence[start:].strip().rstrip(".")
    return clause if len(clause) <= 160 else clause[:157].rsplit(" ", 1)[0] + " ..."


_DEADLINE = re.compile(
    r"\b(by|before|within|until|no later than|not later than)\s+((?:[\w'’-]+[ ]?){1,6})", re.IGNORECASE
)


def find_deadline(telling: Telling) -> date | None:
    """Return the last day by which what is pledged is to be done, None where the report names none."""
    from whowhom.resolvers.answers import resolve_date

    start = telling.words[telling.trigger.start].start if telling.words else 0
    for found in _DEADLINE.finditer(telling.sentence, start):
        words = found[2].split()
        for end in range(len(words), 0, -1):
            said = " ".join(words[:end])
            if found[1].lower() == "within":
                said = f"within {said}"
            if not re.search(
                r"\d|day|week|month|year|hour|tomorrow|tonight|midnight|noon|[A-Z]|spring|summer|autumn|winter",
                said,
            ):
                continue
            try:
                days = resolve_date(said, published=telling.known_on, future=True).days
            except ValueError:
                continue
            if days is not None and days.last >= telling.last_day:
                return (
                    days.last - timedelta(days=1)
                    if found[1].lower() == "before" and days.first == days.last
                    else days.last
                )
    return None


def _pair(telling: Telling) -> list[tuple[str, str | None]]:
    actors = list(dict.fromkeys(side.label for side in telling.sides if side.role == "actor"))
    recipients = list(dict.fromkeys(side.label for side in telling.sides if side.role == "recipient"))
    if recipients:
        return [(one, other) for one in actors for other in recipients if one != other] or [
            (one, None) for one in actors
        ]
    if len(actors) > 1 and telling.type not in ("THREATEN", "REQUEST"):
        return [(one, other) for one in actors for other in actors if one != other]
    return [(one, None) for one in actors]


def _tell_named_answers(telling: Telling, found: dict[Phrase, list[Found]]) -> Iterator[Row]:
    """Yield answers that name the pledge: "withdrew its threat", "rejected the demand"."""
    for rule in (*_list_rules("withdraws"), *_list_rules("does"), *_list_rules("does not")):
        # "Ethiopia rejected Egypt's demand" holds a REQUEST by Egypt too, which rejects nothing.
        if not rule.kind or (rule.part != "withdraws" and telling.type in ("REQUEST", "THREATEN")):
            continue
        near = [
            p for p in list_places(found, rule.words) if measure_distance(p, telling.trigger) <= _ANSWER_NEAR
        ]
        if not near:
            continue
        place = min(near, key=lambda one: measure_distance(one, telling.trigger))
        if telling.judge(place.start) != "done":
            continue
        words = telling.sentence[telling.words[place.start].start : telling.words[place.end - 1].end]
        for one, other in _pair(telling):
            yield _make_row(
                telling, rule.part, rule.kind, "any", one, other, rule=f"pledges.csv:{rule.line} {words!r}",
                what=_cut_clause(telling),
            )  # fmt: skip
        return


def _tell_answers(telling: Telling, found: dict[Phrase, list[Found]]) -> Iterator[Row]:
    """Yield the kinds of deed that an event is, or says were not done."""
    if telling.type == "REJECT":
        yield from _tell_refusal(telling, found)
    seen: set[tuple[str, str]] = set()
    for rule in (*_list_rules("does"), *_list_rules("undoes")):
        if rule.kind and rule.part == "does" or (rule.part, rule.deed) in seen:
            continue
        if telling.type not in rule.types and not any(
            (telling.type, mode) in rule.modes for mode in telling.mode
        ):
            continue
        place: Found | None = telling.trigger
        if rule.words:
            near = [
                p
                for p in list_places(found, rule.words)
                if measure_distance(p, telling.trigger) <= _ANSWER_NEAR
            ]
            place = min(near, key=lambda one: measure_distance(one, telling.trigger), default=None)
        if place is None:
            continue
        standing = telling.judge(place.start)
        if standing in ("planned", "imagined") or telling.find_denial(place.start, standing) == "retracted":
            continue
        is_not = standing == "not done"
        if is_not and rule.part == "undoes":
            continue
        if telling.find_denial(place.start, standing) and not is_not:
            continue
        seen.add((rule.part, rule.deed))
        words = telling.sentence[telling.words[place.start].start : telling.words[place.end - 1].end]
        for one, other in _pair(telling):
            yield _make_row(
                telling, "does not" if is_not else rule.part, rule.kind or None, rule.deed, one, other,
                rule=f"pledges.csv:{rule.line} {words!r}", what=_cut_clause(telling),
            )  # fmt: skip


def _tell_refusal(telling: Telling, found: dict[Phrase, list[Found]]) -> Iterator[Row]:
    words = telling.words[telling.trigger.start : telling.trigger.end]
    if not any(word.text.startswith(_REFUSING) for word in words):
        return
    deed, _, rule = _find_deed(telling, found)
    for one, other in _pair(telling):
        yield _make_row(telling, "does not", None, deed, one, other, rule=rule, what=_cut_clause(telling))


def _make_row(
    telling: Telling,
    part: str,
    kind: str | None,
    deed: str,
    one: str,
    other: str | None,
    *,
    rule: str,
    what: str,
    condition: str | None = None,
    deadline: date | None = None,
) -> Row:
    return {
        "article": telling.article,
        "event": telling.event,
        "part": part,
        "kind": kind,
        "deed": deed,
        "one": one,
        "other": other,
        "what": what,
        "subject": _list_subject(telling, deed),
        "condition": condition,
        "deadline": deadline,
        "first_day": telling.first_day,
        "last_day": telling.last_day,
        "is_said": telling.is_said,
        "known_on": telling.known_on,
        "denial": None,
        "said_by": telling.said_by or None,
        "weight": telling.weight,
        "score": telling.score,
        "doubtful": False,
        "rule": rule,
    }


_TOLD = frozenset(
    "threa deman promi pledg vowed offer agree said refus rejec faile warne urged calle reque".split()
)


@cache
def _list_states() -> frozenset[str]:
    return frozenset(word.lower() for word in list_state_words())


def _list_subject(telling: Telling, deed: str) -> list[str]:
    """Return the stems of what a pledge or an answer is about, without those of its kind of deed."""
    own = {phrase[0] for rule in load_rules() if rule.deed == deed for phrase in rule.words}
    own |= {
        part for rule in load_rules() if rule.deed == deed for phrase in rule.words for part in phrase[1:]
    }
    limit = _find_condition(telling) or len(telling.words)
    states = _list_states()
    words = [
        word.text
        for word in telling.words[:limit]
        if word.text not in states and not any(match_word(word.text, part) for part in own)
    ]
    return [stem for stem in list_stems(words) if stem not in _TOLD]


# Putting together.


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
    """What is asked for; None and empty stand for any."""

    by: str | None = None
    to: str | None = None
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    as_of: date | None = None
    known: date | None = None


_SELECT = """WITH asked AS (
    SELECT DISTINCT one, other FROM pledge_report WHERE part = 'pledge' AND {by} AND {to}
)
SELECT pledge_report.*, report.incident, coalesce(sketch.copy_family, pledge_report.article) AS family
FROM pledge_report
LEFT JOIN report ON report.article = pledge_report.article AND report.event = pledge_report.event
LEFT JOIN sketch ON sketch.article = pledge_report.article
WHERE known_on <= $known AND last_day <= $as_of
    AND (part = 'pledge' AND {by} AND {to}
        OR part <> 'pledge' AND (one IN (SELECT one FROM asked) OR one IN (SELECT other FROM asked)))
ORDER BY known_on, pledge_report.article, pledge_report.event, part, one, other"""


def find_pledges(connection: duckdb.DuckDBPyConnection, asked: Asked) -> list[Pledge]:
    """Return the pledges that are asked for, the earliest first."""
    for what, values, known in (("kind", asked.kinds, KINDS), ("state", asked.states, STATES)):
        for value in values:
            if value not in known:
                raise ValueError(f"There is no {what} of pledge {value!r}. There are: {', '.join(known)}.")
    days = clock(connection, asked.as_of, asked.known)
    values_by_name: dict[str, Any] = dict(days)
    conditions = {}
    for column, name, value in (("one", "by", asked.by), ("other", "to", asked.to)):
        conditions[name] = "true"
        if value is not None:
            values_by_name[name] = value
            conditions[name] = (
                f"({column} = upper(${name}) OR len({column}) > 3"
                f" AND contains(strip_accents(lower({column})), strip_accents(lower(${name}))))"
            )
    rows = connection.sql(_SELECT.format(**conditions), params=values_by_name).to_arrow_table().to_pylist()
    return [
        pledge
        for pledge in put_together(rows, days["as_of"])
        if (not asked.kinds or pledge.kind in asked.kinds)
        and (not asked.states or pledge.state in asked.states)
    ]


def put_together(rows: Iterable[Row], as_of: date) -> list[Pledge]:
    """Return the pledges that rows of pledge_report make, as of a day, each with what came of it."""
    pledges: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    answers: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["part"] == "pledge":
            pledges[row["kind"], row["deed"], row["one"], row["other"] or ""].append(row)
        else:
            answers[row["one"]].append(row)
    made = [_settle(group, answers, as_of) for same in pledges.values() for group in _split_pledges(same)]
    return sorted(
        made, key=lambda pledge: (pledge.day, pledge.one, pledge.other or "", pledge.kind, pledge.id)
    )


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


def _settle(rows: Sequence[Row], answers: Mapping[str, Sequence[Row]], as_of: date) -> Pledge:
    first = min(rows, key=lambda row: (row["known_on"], row["article"], row["event"]))
    kind, deed, one, other = first["kind"], first["deed"], first["one"], first["other"]
    day = min(row["first_day"] or row["last_day"] for row in rows)
    deadlines = sorted(row["deadline"] for row in rows if row["deadline"])
    deadline = deadlines[0] if deadlines else None
    found = sorted(
        (
            answer
            for who in dict.fromkeys((one, other or ""))
            for row in answers.get(who, ())
            if (answer := _fit(row, rows, day, deadline)) is not None
        ),
        key=lambda answer: (
            answer.row["last_day"],
            answer.row["known_on"],
            answer.row["article"],
            answer.row["event"],
        ),
    )
    state, settled, answer = _judge(kind, deed, deadline, found)
    if state == "open" and deadline is not None:
        last = deadline + timedelta(days=_THREAT_DAYS if kind == "threat" else 0)
        if last < as_of:
            state, settled = "lapsed", last
    doubtful = [one for one in found if not one.is_sure]
    return Pledge(
        id=content_hash("pledge", kind, one, other or "", first["article"], first["event"]),
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


def _fit(row: Row, rows: Sequence[Row], day: date, deadline: date | None) -> Answer | None:
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
    pledged_on = max(said["last_day"] for said in rows[:1])
    if not pledged_on <= row["last_day"] <= pledged_on + timedelta(days=_ANSWER_DAYS):
        return None
    who, whom = (other, one) if kind == "demand" and row["part"] != "withdraws" else (one, other)
    if row["one"] != who:
        return None
    if kind == "demand" and row["part"] == "undoes":
        return None
    shared = sorted({stem for said in rows for stem in said["subject"]} & set(row["subject"]))
    is_same_side = row["other"] == whom or (row["other"] is None and row["deed"] != "any")
    is_about_it = bool(shared) or not _is_broad(deed) or row["deed"] == "any"
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
    return make_relation(connection, [_flatten(one) for one in find_pledges(connection, asked)], COLUMNS)


def _flatten(pledge: Pledge) -> Row:
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
