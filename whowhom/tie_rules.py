"""Rules of ties: what one report tells of a tie, by the words around the trigger of an event.

    Telling ──▶ rows of tie_report
       codebooks/ties.csv, tie_kinds.csv, tie_words.csv

A rule fires where its words stand around the trigger of an event of its types. That gives a row for
each pair of sides: this report says that the tie came to this state on this day, or that it did not.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import combinations, product
from typing import NamedTuple

from whowhom.tellings import ARMED, Row, Side, Telling, find_states, list_state_words
from whowhom.wordings import (
    Found,
    Phrase,
    Vocabulary,
    Word,
    list_places,
    list_stems,
    measure_distance,
    read_phrases,
)

# Speech that is no deed; a rule that wants it names it.
_WORDS_ONLY = frozenset(("THREATEN", "REQUEST", "ACCUSE", "PROTEST"))
# A summit of many is no set of pairs.
_MOST_PAIRS = 12
_NOUN_NEAR = 10
# Where the event gives one side, the other is taken from the sentence; whom an attack or a drill is about
# cannot be told so.
_GUESSED = frozenset(("treaty", "diplomatic relations", "cease-fire"))


class State(NamedTuple):
    """A state of a kind of tie."""

    state: str
    holds: bool
    not_after: frozenset[str]
    lapse_days: int | None


class Kind(NamedTuple):
    """A kind of tie with its states.

    Attributes:
        family: Kinds of one family share their ties: what is called a pact today is a treaty tomorrow.
    """

    name: str
    is_mutual: bool
    family: str
    states: Mapping[str, State]


class Rule(NamedTuple):
    """A line of ties.csv: words and types that bring a tie to a state."""

    line: int
    tie: str
    state: str
    planned: str
    types: frozenset[str]
    modes: frozenset[tuple[str, str]]
    verbs: frozenset[Phrase]
    nouns: frozenset[Phrase]
    unless: frozenset[Phrase]
    near: int
    sides: str
    is_doubtful: bool


class RulesError(ValueError):
    """A table of rules has a line that cannot be used."""


@cache
def load_kinds() -> dict[str, Kind]:
    """Return every kind of tie by its name."""
    with files("whowhom.codebooks").joinpath("tie_kinds.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    states: dict[str, dict[str, State]] = defaultdict(dict)
    for row in rows:
        not_after = frozenset(filter(None, row["not_after"].split(";")))
        lapse = int(row["lapse_days"]) if row["lapse_days"] else None
        states[row["tie"]][row["state"]] = State(row["state"], row["holds"] == "yes", not_after, lapse)
    return {
        row["tie"]: Kind(row["tie"], row["way"] == "mutual", row["family"] or row["tie"], states[row["tie"]])
        for row in rows
    }


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return the rules of ties.csv in their order.

    Raises:
        RulesError: A line names a tie, a state or words that are not there.
    """
    with files("whowhom.codebooks").joinpath("ties.csv").open(encoding="utf-8") as lines:
        return tuple(_read_rule(number, row) for number, row in enumerate(csv.DictReader(lines), start=2))


def _read_rule(line: int, row: Mapping[str, str]) -> Rule:
    kind = load_kinds().get(row["tie"])
    for state in filter(None, (row["state"], row["planned"])):
        if kind is None or state not in kind.states:
            raise RulesError(f"ties.csv:{line}: {row['tie']!r} has no state {state!r}; see tie_kinds.csv.")
    events = [one.partition(":") for one in filter(None, row["events"].split(";"))]
    try:
        return Rule(
            line=line,
            tie=row["tie"],
            state=row["state"],
            planned=row["planned"],
            types=frozenset(type for type, _, mode in events if not mode),
            modes=frozenset((type, mode) for type, _, mode in events if mode),
            verbs=read_phrases(row["verbs"]),
            nouns=read_phrases(row["nouns"]),
            unless=read_phrases(row["not"]),
            near=int(row["near"]),
            sides=row["sides"],
            is_doubtful=row["doubtful"] == "yes",
        )
    except ValueError as error:
        raise RulesError(f"ties.csv:{line}: {error}") from error


@cache
def _load_vocabulary() -> Vocabulary:
    return Vocabulary(phrase for rule in load_rules() for phrase in (*rule.verbs, *rule.nouns, *rule.unless))


@cache
def _list_rules(type: str) -> tuple[Rule, ...]:
    def fits(rule: Rule) -> bool:
        named = rule.types | {one for one, _ in rule.modes}
        return type in named if named else type not in _WORDS_ONLY

    return tuple(filter(fits, load_rules()))


# What one event tells.


class _Match(NamedTuple):
    """A rule that fires: at which verb and noun, the smaller `key` the better."""

    key: tuple[int, int, int]
    rule: Rule
    verb: Found
    noun: Found | None


def tell_ties(telling: Telling) -> Iterator[Row]:
    """Yield the rows of tie_report that an event gives."""
    rules = _list_rules(telling.type)
    if not rules or not telling.sides:
        return
    found = _load_vocabulary().find(telling.words)
    matches = [match for rule in rules if (match := _match(rule, telling, found)) is not None]
    best: dict[str, _Match] = {}
    for match in sorted(matches, key=lambda match: match.key):
        best.setdefault(load_kinds()[match.rule.tie].family, match)
    for match in best.values():
        # Closing an embassy may or may not be a breach; beside "severed relations" it is one.
        same = (
            one
            for one in matches
            if match.rule.is_doubtful
            and not one.rule.is_doubtful
            and (one.rule.tie, one.rule.state) == (match.rule.tie, match.rule.state)
        )
        yield from _write_rows(min(same, key=lambda one: one.key, default=match), telling)


def _match(rule: Rule, telling: Telling, found: Mapping[Phrase, list[Found]]) -> _Match | None:
    if rule.modes and not rule.types and not any((telling.type, mode) in rule.modes for mode in telling.mode):
        return None
    # Most rules end here: none of their words stands in the sentence.
    if (rule.nouns and rule.nouns.isdisjoint(found)) or (rule.verbs and rule.verbs.isdisjoint(found)):
        return None
    places = list(list_places(found, rule.verbs)) if rule.verbs else [telling.trigger]
    # The first word counts: in "shelled the town, breaking the cease-fire" that is the one near or far.
    near = [
        (measure_distance(Found(verb.start, verb.start + 1), telling.trigger), verb)
        for verb in places
        if measure_distance(Found(verb.start, verb.start + 1), telling.trigger) <= rule.near
    ]
    nouns = list(list_places(found, rule.nouns))
    best = None
    for distance, verb in near:
        noun = min(nouns, key=lambda one: (measure_distance(one, verb), one), default=None)
        gap = measure_distance(noun, verb) if noun else 0
        if gap > (_NOUN_NEAR if rule.verbs else rule.near) or _is_barred(rule, verb, noun, found):
            continue
        # A rule without verbs is for what no other rule fits.
        key = (distance if rule.verbs else rule.near + 1, gap, rule.line)
        if best is None or key < best.key:
            best = _Match(key, rule, verb, noun)
    return best


def _is_barred(rule: Rule, verb: Found, noun: Found | None, found: Mapping[Phrase, list[Found]]) -> bool:
    reach = Found(
        min(verb.start, noun.start) if noun else verb.start, max(verb.end, noun.end) if noun else verb.end
    )
    return any(measure_distance(one, reach) <= 2 for one in list_places(found, rule.unless))


def _write_rows(match: _Match, telling: Telling) -> Iterator[Row]:
    rule, kind = match.rule, load_kinds()[match.rule.tie]
    standing = telling.judge(match.verb.start)
    denial = telling.find_denial(match.verb.start, standing)
    is_to_come = standing in ("planned", "imagined")
    state = (rule.planned or (rule.state if denial else "")) if is_to_come else rule.state
    if not state or (standing == "imagined" and not denial):
        return
    named = _name_subject(match, telling) if kind.family == "treaty" else (None, [])
    pairs, guess = _pair_sides(kind, rule, telling)
    words = " ".join(
        telling.sentence[telling.words[place.start].start : telling.words[place.end - 1].end]
        for place in sorted({match.verb, match.noun} - {None})  # type: ignore[type-var]
        if place is not None
    )
    # What is announced is so from the day it is reported, whenever it is to come.
    first, last = (
        (telling.known_on, telling.known_on) if is_to_come else (telling.first_day, telling.last_day)
    )
    for one, other in pairs[:_MOST_PAIRS]:
        yield {
            "article": telling.article,
            "event": telling.event,
            "tie": rule.tie,
            "one": one,
            "other": other,
            "state": state,
            "name": named[0],
            "subject": named[1],
            "first_day": first,
            "last_day": last,
            "is_said": telling.is_said,
            "known_on": telling.known_on,
            "denial": denial or None,
            "said_by": telling.said_by or None,
            "weight": telling.weight,
            "score": telling.score,
            "doubtful": rule.is_doubtful or _is_vague(kind, state, telling),
            "rule": f"ties.csv:{rule.line} {words!r}{guess}{' to come' if is_to_come else ''}",
        }


def _pair_sides(kind: Kind, rule: Rule, telling: Telling) -> tuple[list[tuple[str, str]], str]:
    """Return the pairs of sides, and where one of them was taken from if not from the event."""
    sides = telling.sides
    if rule.sides == "body":
        bodies = {side.label for side in sides if side.is_body}
        members = {side.label for side in sides if not side.is_body}
        return [(one, other) for one, other in product(sorted(members), sorted(bodies))], ""
    if rule.sides == "forces" and not all(map(_may_fight, sides)):
        sides = tuple(filter(_may_fight, sides))
    actors = [side.label for side in sides if side.role == "actor"]
    recipients = [side.label for side in sides if side.role == "recipient"]
    pairs = list(product(actors, recipients)) or (list(combinations(actors, 2)) if kind.is_mutual else [])
    guess = ""
    labels = {*actors, *recipients}
    if not pairs and len(labels) == 1 and kind.family in _GUESSED:
        # "ratified its treaty with Chad": the coder gave the one side only.
        (known,) = labels
        others = [code for code in find_states(telling.sentence) if code != known]
        if len(others) == 1:
            pairs = [(known, others[0])] if actors else [(others[0], known)]
            guess = f" with {others[0]} from the sentence"
    if kind.is_mutual:
        pairs = [(min(pair), max(pair)) for pair in pairs]
    return list(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1])), guess


def _is_vague(kind: Kind, state: str, telling: Telling) -> bool:
    """Return whether it is open if an attack is one on a state, or when a thing of the past was."""
    is_episode = kind.states[state].lapse_days is not None
    if is_episode and telling.first_day is None and "historical" in telling.aux:
        return True
    hit = [side for side in telling.sides if side.role == "recipient"]
    return kind.name == "armed conflict" and bool(hit) and not any(map(_is_force, hit))


def _is_force(side: Side) -> bool:
    return not side.sectors or bool({"GOV", "MIL", "SPY", *ARMED} & set(side.sectors))


def _may_fight(side: Side) -> bool:
    if side.role == "recipient":
        return True
    return not side.is_body and _is_force(side)


_STOP = frozenset(
    """a an the its their his her our this that these those any no of in on for with to by from and
    or as at is was were be been has have had under over between signed sign ratified suspended
    said into after before new
    during with while amid worth at when that which through""".split()
)


def _name_subject(match: _Match, telling: Telling) -> tuple[str | None, list[str]]:
    """Return what a report calls an agreement, and the stems of what it is about."""
    if match.noun is None:
        return None, []
    words, noun = telling.words, match.noun
    start = noun.start
    while start > max(0, noun.start - 6) and _describes(words[start - 1], words[start], telling.sentence):
        start -= 1
    if start <= match.verb.start < noun.start:
        start = min(match.verb.end, noun.start)
    end = noun.end
    while end < min(len(words), noun.end + 2) and words[end].text.startswith(_PACTS):
        end += 1
    # "an agreement on gas transit"; "a treaty of friendship".
    about = (
        [word.text for word in words[end + 1 : end + 4]] if _follows(words, end, ("on", "of", "for")) else []
    )
    for n, word in enumerate(about):
        if word in _STOP or word in _DAYS or word[0].isdigit():
            about = about[:n]
            break
    name = telling.sentence[words[start].start : words[end - 1].end]
    told_words = [word.text for word in words[start:end]] + about
    told = list_stems(word for word in told_words if word not in _fold_state_words())
    stems = [stem for stem in told if not stem.startswith(_PACTS)]
    if about:
        name = telling.sentence[words[start].start : words[end + len(about)].end]
    return (name if start < noun.end - 1 or about else None), stems


# Stems of what an agreement may be called; they tell nothing about what it is on.
_PACTS = ("pact", "treat", "agree", "accor", "conve", "proto", "memor", "deal", "mou", "allia")
_DAYS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december last next this""".split()
)


@cache
def _fold_state_words() -> frozenset[str]:
    return frozenset(word.lower() for word in list_state_words())


def _describes(word: Word, following: Word, sentence: str) -> bool:
    between = sentence[word.end : following.start]
    return word.text not in _STOP and between in (" ", "-") and word.text.isascii()


def _follows(words: Sequence[Word], at: int, prepositions: Iterable[str]) -> bool:
    return at < len(words) and words[at].text in prepositions
