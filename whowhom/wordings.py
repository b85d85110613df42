"""Words of a sentence and the phrases of a rules table that stand among them.

A rules table (codebooks/ties.csv, codebooks/pledges.csv) names words as phrases: "entered into force",
"lift* sanction*". A star stands for any ending, up to two other words may stand between the words of a
phrase, case and hyphens do not count. "@troops" stands for all phrases of that name in tie_words.csv.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

Phrase = tuple[str, ...]
Standing = Literal["done", "planned", "imagined", "not done"]

_WORD = re.compile(r"[^\W_]+(?:[-‐‑.'’&][^\W_]+)*", re.UNICODE)
_HYPHENS = re.compile(r"[-‐‑]")
# Of a phrase: "joint naval and air exercises" is "joint exercise*".
_GAP = 2


class Word(NamedTuple):
    """A word of a sentence in small letters without hyphens, and where it stands."""

    text: str
    start: int
    end: int


class Found(NamedTuple):
    """Where a phrase stands: its first word and the one after its last."""

    start: int
    end: int


def split_words(sentence: str) -> list[Word]:
    """Return the words of a sentence.

    >>> [word.text for word in split_words("Chad's envoys didn't break the cease-fire.")]
    ['chad', 'envoys', "didn't", 'break', 'the', 'ceasefire']
    """
    # Not Word(...), which takes twice as long: no other call is made so often in reading ties and pledges.
    new = tuple.__new__
    return [new(Word, (_fold(found[0]), found.start(), found.end())) for found in _WORD.finditer(sentence)]


@lru_cache(100_000)
def _fold(word: str) -> str:
    return _HYPHENS.sub("", word).replace("’", "'").rstrip(".").lower().removesuffix("'s")


def find_words(words: Sequence[Word], start: int, end: int) -> Found:
    """Return which words the characters from `start` to `end` touch; the first one where none."""
    touched = [n for n, word in enumerate(words) if word.start < end and word.end > start]
    return Found(touched[0], touched[-1] + 1) if touched else Found(0, min(1, len(words)))


def measure_distance(one: Found, other: Found) -> int:
    """Return how many words lie between two places, 0 where they meet."""
    return max(one.start - other.end, other.start - one.end, 0)


@cache
def load_words() -> dict[str, tuple[str, ...]]:
    """Return the phrases of each name in tie_words.csv."""
    with files("whowhom.codebooks").joinpath("tie_words.csv").open(encoding="utf-8") as rows:
        return {row["words"]: tuple(row["phrases"].split(";")) for row in csv.DictReader(rows)}


def read_phrases(cell: str) -> frozenset[Phrase]:
    """Return the phrases of a cell of a rules table.

    Raises:
        ValueError: It names words that tie_words.csv does not have.

    >>> sorted(read_phrases("eas*; roll* back"))
    [('eas*',), ('roll*', 'back')]
    """
    phrases: set[Phrase] = set()
    for part in filter(None, map(str.strip, cell.split(";"))):
        if part.startswith("@") and part not in load_words():
            raise ValueError(f"{part!r} is not in tie_words.csv. There are: {', '.join(load_words())}.")
        for one in load_words()[part] if part.startswith("@") else (part,):
            phrases.add(tuple(one.lower().split()))
    return frozenset(phrases)


class Vocabulary:
    """All phrases that a rules table uses, to find those of a sentence in one pass."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_first: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in sorted(set(phrases)):
            self._by_first[phrase[0]].append(phrase)
        self._stems = {first[:-1] for first in self._by_first if first.endswith("*")}
        # Words of news repeat; what each may begin is looked up once.
        self._begin = lru_cache(100_000)(self._list_beginnings)

    def _list_beginnings(self, word: str) -> tuple[Phrase, ...]:
        listed = list(self._by_first.get(word, ()))
        for end in range(1, len(word) + 1):
            if word[:end] in self._stems:
                listed += self._by_first[f"{word[:end]}*"]
        return tuple(listed)

    def find(self, words: Sequence[Word]) -> dict[Phrase, list[Found]]:
        """Return where each phrase that stands in a sentence does."""
        found: dict[Phrase, list[Found]] = {}
        begin = self._begin
        for n, (word, _, _) in enumerate(words):
            for phrase in begin(word):
                end = _match_rest(words, n + 1, phrase)
                if end:
                    found.setdefault(phrase, []).append(Found(n, end))
        return found


def _match_rest(words: Sequence[Word], at: int, phrase: Phrase) -> int:
    """Return the end of a phrase whose first word stands before `at`, 0 where the rest does not follow."""
    for part in phrase[1:]:
        for n in range(at, min(at + _GAP + 1, len(words))):
            if match_word(words[n].text, part):
                at = n + 1
                break
        else:
            return 0
    return at


def match_word(word: str, part: str) -> bool:
    """Return whether a word is that of a phrase.

    >>> match_word("lifting", "lift*"), match_word("lifting", "lift")
    (True, False)
    """
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def list_places(found: Mapping[Phrase, list[Found]], phrases: frozenset[Phrase]) -> Iterator[Found]:
    """Yield where any of the phrases stands."""
    # A sentence holds some ten phrases, a rule up to a hundred.
    for phrase, places in found.items():
        if phrase in phrases:
            yield from places


_NOT = frozenset("not never no neither nor without cannot hardly".split())
_FAILED = ("fail", "refus", "declin", "stop", "avoid", "delay", "neglect", "omit")
# "no justification", "not possible without cheating": before a noun these tell less.
_NOT_DONE = _NOT - frozenset("no without hardly".split())
_WILL = frozenset("will shall".split())
_MAY = frozenset("would could may might should can".split())
# "to" after these is of a deed that is done: "voted to ratify", "moved to cut ties".
_DONE_TO = ("decid", "vot", "mov", "began", "begin", "continu", "proceed", "went", "manag", "chose", "resolv")
_PLANNED = tuple(
    """plan due set expected ready prepar scheduled agree promis pledg vow intend hop offer willing
    propos aim commit about""".split()
)
_SAID = tuple("said say announc promis pledg vow confirm declar decid warn agree told add state".split())
_WHEN = frozenset("on monday tuesday wednesday thursday friday saturday sunday today late early".split())
_IS = frozenset("is are was were".split())
_BETWEEN = frozenset("be been being have has had also now yet ever yet already soon again formally fully "
                     "officially immediately even finally either any its their the".split())  # fmt: skip


def judge_standing(words: Sequence[Word], at: int) -> Standing:
    """Return whether the deed whose verb is the word at `at` is told as done, to come, imagined or not done.

    Only the few words before the verb are looked at.

    >>> def judge(sentence, verb):
    ...     words = split_words(sentence)
    ...     return judge_standing(words, [word.text for word in words].index(verb))
    >>> judge("Chad will sign the treaty", "sign"), judge("Chad voted to ratify it", "ratify")
    ('planned', 'done')
    >>> judge("Chad said it would sign", "sign"), judge("Chad could sign", "sign")
    ('planned', 'imagined')
    >>> judge("Chad has failed to withdraw", "withdraw"), judge("Chad did not lift it", "lift")
    ('not done', 'not done')
    """
    before = _list_before(words, at)
    if not before:
        return "done"
    if any(word.text in ("if", "unless", "whether") for word in words[max(0, at - 10) : at]):
        return "imagined"
    last = before[-1]
    earlier = before[:-1]
    if _is_not(last):
        return "not done"
    if last == "only" and earlier[-1:] == ["not"]:
        return "done"
    if last in _WILL:
        return "planned"
    if last == "would" and any(word.startswith(_SAID) for word in earlier):
        return "planned"  # "said it would impose sanctions"
    if last in _MAY:
        return "imagined"
    if last == "to":
        # "decided on Monday to impose sanctions".
        while earlier and (earlier[-1] in _BETWEEN or earlier[-1] in _WHEN):
            earlier.pop()
        near = earlier[-3:]
        if near and near[-1] in _IS:
            return "planned"
        if any(word.startswith(_FAILED) for word in near) or set(near) & _NOT:
            return "not done"
        if any(word.startswith(_DONE_TO) for word in near[-1:]):
            return "done"
        if any(word.startswith(_PLANNED) for word in near):
            return "planned"
        return "imagined" if near else "planned"
    if any(word.startswith(("plan", "intend", "consider", "threaten", "propos")) for word in before[-2:]):
        return "planned"  # "is considering lifting", "plans for lifting"
    if any(word.startswith(_FAILED[:3]) for word in before[-1:]):
        return "not done"
    return "done"


_MAY_NEGATE = re.compile(r"not|nor|neither|never|n['’]t", re.IGNORECASE)


def may_negate(text: str) -> bool:
    """Tell, far faster than by its words, whether a text may hold a "not" that `is_negated` looks for."""
    return _MAY_NEGATE.search(text) is not None


def is_negated(words: Sequence[Word], at: int) -> bool:
    """Return whether a "not" stands before the deed at a word, with nothing but helping words between.

    >>> def judge(sentence, word):
    ...     words = split_words(sentence)
    ...     return is_negated(words, [word.text for word in words].index(word))
    >>> judge("Chad has not yet attacked Mali", "attacked"), judge("They didn't meet", "meet")
    (True, True)
    >>> judge("Chad not only attacked Mali", "attacked"), judge("Not Chad attacked Mali", "attacked")
    (False, False)
    """
    return any(word in _NOT_DONE or word.endswith("n't") for word in _list_before(words, at)[-1:])


def _list_before(words: Sequence[Word], at: int) -> list[str]:
    """Return the few words before one, without the helping words right before it."""
    before = [word.text for word in words[max(0, at - 6) : at]]
    while before and before[-1] in _BETWEEN:
        before.pop()
    return before


def _is_not(word: str) -> bool:
    return word in _NOT or word.endswith("n't")


_AFTER = frozenset("after since following despite".split())


def is_background(words: Sequence[Word], at: int) -> bool:
    """Return whether the deed at a word is told only as what came before another.

    >>> words = split_words("The envoy returned five months after being withdrawn")
    >>> is_background(words, 7), is_background(words, 2)
    (True, False)
    """
    return any(word.text in _AFTER for word in words[max(0, at - 4) : at])


_DENYING = frozenset(
    "denied denies deny denying denial refuted refutes refute disputed disputes disputing".split()
)
_BRUSHED_OFF = ("reject", "dismiss", "brush")
_TALES = ("report", "claim", "allegation", "rumo", "suggestion", "accusation", "speculation")


def is_denied_before(words: Sequence[Word], at: int) -> bool:
    """Return whether somebody denies the deed whose verb is the word at `at`.

    >>> words = split_words("Iran dismissed reports that it had shipped missiles")
    >>> is_denied_before(words, 7)
    True
    """
    before = [word.text for word in words[max(0, at - 16) : at]]
    if any(word in _DENYING for word in before):
        return True
    return any(
        word.startswith(_BRUSHED_OFF) and any(tale.startswith(_TALES) for tale in before[n + 1 : n + 5])
        for n, word in enumerate(before)
    )


_CORRECTIONS = ("correction", "corrected", "retract", "clarification", "withdrawn story", "editor's note")
_WRONG = re.compile(
    r"\b(was|were|is) (wrong|incorrect|false|erroneous|mistaken|inaccurate)\b"
    r"|\b(wrongly|incorrectly|erroneously|mistakenly|falsely) (report|stat|sa|cla)"
    r"|\b(in error|by mistake|no such|never happened|did not happen)\b"
    r"|\bretract(s|ed|ing|ion)\b",
    re.IGNORECASE,
)

_WRONG_PARTS = (
    "wrong", "incorrect", "false", "erroneous", "mistake", "inaccurate", "in error", "no such",
    "never happened", "did not happen", "retract",
)  # fmt: skip


def is_correction(opening: str, around: str) -> bool:
    """Return whether a report takes back what was reported before.

    Args:
        opening: Title, and the first words of its text.
        around: The sentence and those next to it.

    >>> is_correction("Correction: Chile has not cut ties", "")
    True
    >>> is_correction("", "Chile did not cut ties. Our report was wrong.")
    True
    """
    if any(word in opening.lower() for word in _CORRECTIONS):
        return True
    # A pattern takes its time, and most texts have none of the words that it cannot do without.
    folded = around.lower()
    return any(part in folded for part in _WRONG_PARTS) and bool(_WRONG.search(around))


# Words that tell nothing about what an agreement or a pledge is about.
_PLAIN = frozenset(
    """the a an its their his her our this that these those new old long term landmark historic
    major bilateral mutual comprehensive joint draft free full formal key wide ranging first
    second latest and of in on for with to by from between under both two three several some all
    any after before at over into as is was be has have had will would it they he she who which
    there not no more than about against during until unless if when while monday tuesday
    wednesday thursday friday saturday sunday january february march april may june july august
    september october november december year years month months week weeks day days end million
    billion dollars euros said says country countries government minister ministry foreign
    president state states""".split()
)


def list_stems(words: Iterable[str]) -> list[str]:
    """Return the stems, five letters long, of the words that tell something.

    >>> list_stems(["the", "mutual", "defence", "pact"])
    ['defen', 'pact']
    """
    stems = (word[:5] for word in words if len(word) > 2 and word not in _PLAIN)
    return list(dict.fromkeys(stems))
