"""Rules of pledges: which promises, threats and demands a report tells of, and which deeds may answer one.

    Telling ──▶ rows of pledge_report
       codebooks/pledges.csv

A row is either a pledge, with the kind of deed that is promised, threatened or demanded, its condition
and its deadline, or an answer: a deed of such a kind, that it was not done, or that the pledge was
taken back.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from whowhom.tellings import Row, Telling, list_state_words
from whowhom.tie_rules import RulesError
from whowhom.wordings import (
    Found,
    Phrase,
    Vocabulary,
    list_places,
    list_stems,
    measure_distance,
    read_phrases,
)

KINDS = ("promise", "threat", "demand")


class Rule(NamedTuple):
    """A line of pledges.csv."""

    line: int
    part: str
    kind: str
    deed: str
    words: frozenset[Phrase]
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
def is_broad(deed: str) -> bool:
    return deed == "other" or any(rule.is_broad for rule in _list_rules("pledge") if rule.deed == deed)


# What one event tells.

_PROMISING = tuple(
    """promis pledg vow offer commit guarante assur swor swear undert will would ready willing plan
    accept invit""".split()
)
_AGREED = frozenset("agree agrees agreed agreeing".split())
_HOSTILE = frozenset(("SANCTION", "ASSAULT", "MOBILIZE", "COERCE"))
_HELPFUL = frozenset(("AID", "RETREAT", "COOPERATE", "CONSULT", "SUPPORT", "CONCEDE"))
_NAMED = ("threat", "demand", "promis", "pledge", "ultimat", "request", "vow", "offer", "call", "appeal")
_ANSWERED = tuple(
    """reject withdr drop refus met meet fulfil carr honou honor brok break ignor defi dismiss bow
    compl kept keep made renew reneg despite follow after previous earlier""".split()
)
_REFUSING = ("refus", "fail", "declin", "reject", "not", "never")
_ANSWER_NEAR = 5
_DEED_NEAR = 14
# What can be threatened with.
_HARMFUL = frozenset(
    ("sanctions", "expel", "relations", "cut off", "attack", "seize", "arrest", "withdraw", "deploy", "stop",
     "investigate")
)  # fmt: skip


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
    yield from _make_rows(
        telling,
        "pledge",
        kind,
        f"not {deed}" if is_not and kind == "promise" else deed,
        rule,
        condition=telling.condition or None,
        deadline=find_deadline(telling),
    )


def _find_kind(telling: Telling) -> str:
    if telling.type == "THREATEN":
        return "threat"
    if telling.type == "REQUEST":
        return "demand"
    if telling.type in _HOSTILE:
        is_plot = "hypothetical" in telling.aux or "historical" in telling.aux
        return "threat" if not is_plot and telling.judge(telling.trigger.start) == "planned" else ""
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
    first = telling.words[telling.trigger.start]
    if "historical" in telling.aux:
        return False
    nouns = [
        word
        for word in telling.words[telling.trigger.start : telling.trigger.end]
        if word.text.startswith(_NAMED)
    ]
    before = telling.words[max(0, telling.trigger.start - 5) : telling.trigger.start]
    if first.text.startswith(_NAMED) and before and before[-1].text in _PRONOUNS:
        # "the aid it promised", but not "said it promised", nor "that it promised".
        return len(before) > 1 and not before[-2].text.startswith(
            ("sa", "that", "and", "but", "add", "tell", "told")
        )
    is_noun = bool(nouns) and nouns[0].text.rstrip("s") in _NAMES
    return is_noun and any(word.text.startswith(_ANSWERED) for word in before)


_PRONOUNS = frozenset("it they he she had".split())
_NAMES = frozenset("threat demand promise pledge ultimatum request vow offer call appeal".split())


def _find_deed(telling: Telling, found: dict[Phrase, list[Found]]) -> tuple[str, Found | None, str]:
    """Return the kind of deed that is pledged, where its words stand, and the rule.

    It is the first one after the trigger and before the condition, else the first before it.
    """
    limit = _find_condition(telling)
    candidates = []
    rules = [rule for rule in _list_rules("pledge") if telling.type != "THREATEN" or rule.deed in _HARMFUL]
    for rule in rules:
        for place in list_places(found, rule.words):
            if _is_in_condition(telling, place):
                continue
            is_after = telling.trigger.start <= place.start and (limit is None or place.start < limit)
            distance = (
                place.start - telling.trigger.start
                if is_after
                else 100 + abs(telling.trigger.start - place.start)
            )
            if distance % 100 > _DEED_NEAR or (limit is not None and not is_after and place.start >= limit):
                continue
            candidates.append((distance, -(place.end - place.start), rule.line, place, rule))
    if candidates:
        *_, place, rule = min(candidates)
        words = telling.sentence[telling.words[place.start].start : telling.words[place.end - 1].end]
        return rule.deed, place, f"pledges.csv:{rule.line} {words!r}"
    for rule in rules:
        for mode in telling.mode:
            if (telling.type, mode) in rule.modes:
                return rule.deed, None, f"pledges.csv:{rule.line} mode {mode}"
    return "other", None, "pledges.csv: no line"


def _is_in_condition(telling: Telling, place: Found) -> bool:
    at = telling.sentence.find(telling.condition) if telling.condition else -1
    return at >= 0 and at <= telling.words[place.start].start < at + len(telling.condition)


_MAY_BEGIN_CONDITION = re.compile(r"\b(if|unless)\b", re.IGNORECASE)


def _find_condition(telling: Telling) -> int | None:
    """Return the word at which the condition begins, where it stands after the trigger."""
    at = telling.sentence.find(telling.condition) if telling.condition else -1
    if at < 0 and not _MAY_BEGIN_CONDITION.search(telling.sentence):
        return None
    for n, word in enumerate(telling.words):
        if n > telling.trigger.start and (word.start == at or word.text in ("if", "unless")):
            return n
    return None


def _cut_clause(telling: Telling) -> str:
    # "..., the head of its navy warned on Monday": what is pledged stands before the trigger.
    is_last = len(telling.words) - telling.trigger.end < 4
    start = 0 if is_last else telling.words[telling.trigger.start].start
    clause = telling.sentence[start:].strip().rstrip(".")
    return clause if len(clause) <= 160 else clause[:157].rsplit(" ", 1)[0] + " ..."


_DEADLINE = re.compile(
    r"\b(by|before|within|until|no later than|not later than)\s+((?:[\w'’-]+[ ]?){1,6})", re.IGNORECASE
)


def find_deadline(telling: Telling) -> date | None:
    """Return the last day by which what is pledged is to be done, None where the report names none."""
    from whowhom.resolvers.answers import resolve_date

    start = telling.words[telling.trigger.start].start
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
    rules, phrases = _list_naming()
    if phrases.isdisjoint(found):
        return
    for rule in rules:
        # "Ethiopia rejected Egypt's demand" holds a REQUEST by Egypt too, which rejects nothing.
        if rule.part != "withdraws" and telling.type in ("REQUEST", "THREATEN"):
            continue
        place = _find_near(rule, telling, found)
        if place is None:
            continue
        if telling.judge(place.start) != "done":
            continue
        words = telling.sentence[telling.words[place.start].start : telling.words[place.end - 1].end]
        yield from _make_rows(telling, rule.part, rule.kind, "any", f"pledges.csv:{rule.line} {words!r}")
        return


@cache
def _list_naming() -> tuple[tuple[Rule, ...], frozenset[Phrase]]:
    """Return the rules of answers that name the pledge, and all their phrases."""
    parts = (*_list_rules("withdraws"), *_list_rules("does"), *_list_rules("does not"))
    rules = tuple(rule for rule in parts if rule.kind)
    return rules, frozenset(phrase for rule in rules for phrase in rule.words)


def _tell_answers(telling: Telling, found: dict[Phrase, list[Found]]) -> Iterator[Row]:
    """Yield the kinds of deed that an event is, or says were not done."""
    if telling.type == "REJECT":
        yield from _tell_refusal(telling, found)
    seen: set[tuple[str, str]] = set()
    for rule in _list_answering(telling.type):
        place = _find_near(rule, telling, found) if rule.words else telling.trigger
        if place is None or (rule.part, rule.deed) in seen:
            continue
        if telling.type not in rule.types and not {(telling.type, one) for one in telling.mode} & rule.modes:
            continue
        standing = telling.judge(place.start)
        denial = telling.find_denial(place.start, standing)
        is_not = standing == "not done"
        if standing in ("planned", "imagined") or denial == "retracted" or (denial and not is_not):
            continue
        if is_not and rule.part == "undoes":
            continue
        seen.add((rule.part, rule.deed))
        words = telling.sentence[telling.words[place.start].start : telling.words[place.end - 1].end]
        yield from _make_rows(
            telling,
            "does not" if is_not else rule.part,
            rule.kind or None,
            rule.deed,
            f"pledges.csv:{rule.line} {words!r}",
        )


@cache
def _list_answering(type: str) -> tuple[Rule, ...]:
    """Return the rules of deeds that an event of a type may be."""
    rules = [rule for rule in _list_rules("does") if not rule.kind] + list(_list_rules("undoes"))
    return tuple(rule for rule in rules if type in rule.types | {one for one, _ in rule.modes})


def _find_near(rule: Rule, telling: Telling, found: dict[Phrase, list[Found]]) -> Found | None:
    """Return where the words of a rule stand nearest to the trigger, None where they are far from it."""
    if rule.words.isdisjoint(found):
        return None
    places = ((measure_distance(place, telling.trigger), place) for place in list_places(found, rule.words))
    return min((one for one in places if one[0] <= _ANSWER_NEAR), default=(0, None))[1]


def _tell_refusal(telling: Telling, found: dict[Phrase, list[Found]]) -> Iterator[Row]:
    words = telling.words[telling.trigger.start : telling.trigger.end]
    if not any(word.text.startswith(_REFUSING) for word in words):
        return
    deed, _, rule = _find_deed(telling, found)
    yield from _make_rows(telling, "does not", None, deed, rule)


def _make_rows(
    telling: Telling,
    part: str,
    kind: str | None,
    deed: str,
    rule: str,
    *,
    condition: str | None = None,
    deadline: date | None = None,
) -> Iterator[Row]:
    """Yield a row for each pair of sides."""
    row = {
        "article": telling.article,
        "event": telling.event,
        "part": part,
        "kind": kind,
        "deed": deed,
        # An answer's words stand in its event; there are many more answers than pledges.
        "what": _cut_clause(telling) if part in ("pledge", "does not") else None,
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
    for one, other in _pair(telling):
        yield row | {"one": one, "other": other}


_TOLD = frozenset(
    "threa deman promi pledg vowed offer agree said refus rejec faile warne urged calle reque".split()
)


@cache
def _list_states() -> frozenset[str]:
    return frozenset(word.lower() for word in list_state_words())


def _list_subject(telling: Telling, deed: str) -> list[str]:
    """Return the stems of what a pledge or an answer is about, without those of its kind of deed."""
    limit = _find_condition(telling) or len(telling.words)
    states, (own, beginnings) = _list_states(), _list_parts(deed)
    words = [
        word
        for word, _, _ in telling.words[:limit]
        if word not in states and word not in own and not word.startswith(beginnings)
    ]
    return [stem for stem in list_stems(words) if stem not in _TOLD]


@cache
def _list_parts(deed: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the words that name a kind of deed, whole words and beginnings apart."""
    parts = {part for rule in load_rules() if rule.deed == deed for phrase in rule.words for part in phrase}
    beginnings = {part for part in parts if part.endswith("*")}
    return frozenset(parts - beginnings), tuple(sorted(part[:-1] for part in beginnings))
