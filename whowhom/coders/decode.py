"""From the network's outputs over a window to the events read in it.

First triggers: words whose type is not "none". Then, for each trigger, every piece of the window
is tagged with the roles it may fill, and runs of tagged words become mentions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from whowhom.coders.classes import settle_classes
from whowhom.coders.labels import CERTAINTIES, ROLES, SECTORS, SOURCE_KINDS, TYPES
from whowhom.coders.modes import choose_mode
from whowhom.coders.network import COLUMNS, POINTER_WIDTH, distance_buckets, sentence_steps
from whowhom.coders.weights import Array, Weights
from whowhom.coders.windows import Window
from whowhom.records import Article, Mention, Reading, Span

Places = npt.NDArray[np.int64]

# "signed a new accord" is one trigger: words of one type with nothing but grammar between them.
_MAX_GAP = 3
# Words that no mention begins or ends with, and those that alone mention nothing.
_EDGE = re.compile(r"(?:of|and|or|in|on|at|to|for|from|by|with|as|that|'s|’s|s|\W+)", re.IGNORECASE)
_BETWEEN = re.compile(r"and|or|nor|\W+", re.IGNORECASE)
_NOBODY = re.compile(r"(?:the|a|an|no|any)", re.IGNORECASE)
_NEARLY = 0.6
_CAPITAL_FROM = 0.1
# Roles filled by names; "by Friday" and "if they leave" need their first word.
_NAMES = frozenset(("actor", "recipient", "location", "source"))
# Alternatives kept with a mention: the resolver takes the first that fits.
_N_SECTORS = 3
_N_ANTECEDENTS = 3
_MIN_ANTECEDENT = 0.08

# Three words to the tokenizer, so that "wounded 2,450" might be read as two.
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")
_LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class _Trigger:
    """A trigger found: its words, type, probability, mean outputs and first telling piece."""

    span: Span
    kind: int
    score: float
    outputs: Array
    at: int


class _Words:
    """The words of a window, each a run of pieces; the special pieces are in none.

    What is asked of a word or a run for each trigger anew is found once: a window has three triggers and
    nine roles for each, and most participants stand in several deeds.

    Attributes:
        heads, ends: The first piece of each word, and the one after its last.
        sentence: The number of each word's sentence.
    """

    def __init__(self, article: Article, window: Window, outputs: Array) -> None:
        inside = np.flatnonzero(window.sentence >= 0)
        is_start = window.first[inside] | (np.diff(window.sentence[inside], prepend=-2) != 0)
        if len(inside):
            is_start[0] = True
        self.article, self.window, self.outputs = article, window, outputs
        self.heads: Places = inside[is_start]
        self.ends: list[int] = [*self.heads[1:].tolist(), *(inside[-1:] + 1).tolist()]
        self.starts: list[int] = self.heads.tolist()
        self.sentence: list[int] = window.sentence[self.heads].tolist()
        self._sizes = (np.array(self.ends, np.int64) - self.heads).astype(np.float32)
        self._quotes: dict[int, str] = {}
        self._described: dict[tuple[int, int], _Described] = {}

    def __len__(self) -> int:
        return len(self.starts)

    def sum_over(self, values: npt.NDArray[Any], axis: int = 0) -> npt.NDArray[Any]:
        """Return the sum of each word's pieces along the axis of pieces."""
        # The last piece is the closing special one; it belongs to no word.
        kept = values[:-1] if axis == 0 else values[:, :-1]
        return np.asarray(np.add.reduceat(kept, self.heads, axis=axis))

    def mean_over(self, values: Array, axis: int = 0) -> Array:
        """Return the mean of each word's pieces along the axis of pieces."""
        return np.asarray(self.sum_over(values, axis) / self._sizes[:, np.newaxis], np.float32)

    def quote(self, number: int) -> str:
        """Return a word as it is written."""
        quote = self._quotes.get(number)
        if quote is None:
            quote = self.span(number, number).text
            self._quotes[number] = quote
        return quote

    def span(self, first: int, last: int) -> Span:
        """Return the words from `first` to `last`, both included, and the whole of a number among them."""
        return _with_number(
            self.article, self.window.span(self.article, self.starts[first], self.ends[last] - 1)
        )

    def gap(self, left: int, right: int) -> int:
        """Return how many characters stand between two words."""
        return int(self.window.start[self.starts[right]]) - int(self.window.end[self.ends[left] - 1])

    def describe(self, first: int, last: int) -> _Described:
        """Return the likeliest sectors of words, and whom they may stand for."""
        described = self._described.get((first, last))
        if described is None:
            described = _describe(self, self.starts[first], self.ends[last])
            self._described[first, last] = described
        return described


_Described = tuple[tuple[tuple[str, float], ...], tuple[tuple[Span, float], ...]]
# First and last word, and the mean probability of a role.
_Run = tuple[int, int, float]


def _with_number(article: Article, span: Span) -> Span:
    """Return a span that ends within no number: "2" of "2,450" is all of it."""
    text = article.title if span.of == "title" else article.text
    start, end = span.start or 0, span.end or 0
    edges = text[max(0, start - 1) : start + 1], text[end - 1 : end + 1]
    if not any(len(edge) == 2 and all(c.isdigit() or c == "," for c in edge) for edge in edges):
        return span
    first = max(0, start - _LONGEST_NUMBER)
    for found in _GROUPED.finditer(text, first, end + _LONGEST_NUMBER):
        if found.start() < end and start < found.end():
            start, end = min(start, found.start()), max(end, found.end())
    return Span(text[start:end], start, end, span.of)


def decode_window(article: Article, window: Window, outputs: Array, weights: Weights) -> list[Reading]:
    """Return the events whose triggers stand in the core of a window.

    Shape of outputs: (pieces, N_OUTPUTS).
    """
    words = _Words(article, window, outputs)
    if not len(words):
        return []
    kinds = words.mean_over(_softmax(outputs[:, COLUMNS["type"]]))
    found = []
    for first, last, kind, score in _find_triggers(words, kinds, weights.settings["trigger_threshold"]):
        pieces = np.arange(words.starts[first], words.ends[last])
        telling = pieces[~window.bare[pieces]]
        found.append(
            _Trigger(
                span=words.span(first, last),
                kind=kind,
                score=score,
                outputs=outputs[telling].mean(0),
                at=int(telling[0]),
            )
        )
    if not found:
        return []
    outside, begins = _tag_roles(words, found, weights)
    chances = 1 - words.mean_over(outside, axis=1)
    return [
        _read_one(words, trigger, own_chances.T, own_begins.T, weights)
        for trigger, own_chances, own_begins in zip(found, chances, begins, strict=True)
    ]


def _find_triggers(words: _Words, kinds: Array, threshold: float) -> Iterator[tuple[int, int, int, float]]:
    """Yield (first word, last word, type, probability) of every run of words of one type.

    Words of grammar are no triggers, and do not part two words of one.
    """
    best = kinds[:, 1:].argmax(1)
    heads, window, sentences = words.heads, words.window, words.sentence
    said = (1 - kinds[:, 0] >= threshold) & (window.core[heads] == 1) & ~window.bare[heads]
    start: int | None = None
    end = 0
    for at in np.flatnonzero(said).tolist():
        if start is not None:
            near = at - end <= _MAX_GAP and bool(window.bare[heads[end + 1 : at]].all())
            if near and best[at] == best[start] and sentences[at] == sentences[start]:
                end = at
                continue
            yield _trigger(start, end, best, kinds)
        start = end = at
    if start is not None:
        yield _trigger(start, end, best, kinds)


def _trigger(start: int, end: int, best: Places, kinds: Array) -> tuple[int, int, int, float]:
    kind = int(best[start])
    return start, end, kind, float(kinds[start : end + 1, kind + 1].max())


def _tag_roles(
    words: _Words, triggers: Sequence[_Trigger], weights: Weights
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return what the tagger finds of each trigger's roles.

    First the probability that a piece is outside a role, of the shape (triggers, pieces, roles); then
    whether a mention rather begins than goes on at a word, of the shape (triggers, words, roles).
    """
    window, outputs = words.window, words.outputs
    own = np.stack([trigger.outputs for trigger in triggers])
    places = np.arange(len(outputs))
    buckets = np.stack([distance_buckets(places, trigger.at) for trigger in triggers])
    steps = np.stack([sentence_steps(window.sentence, trigger.at) for trigger in triggers])
    hidden = outputs[:, COLUMNS["role_piece_gate"]] * own[:, np.newaxis, COLUMNS["role_trigger_gate"]]
    hidden += outputs[:, COLUMNS["role_piece"]]
    hidden += own[:, np.newaxis, COLUMNS["role_trigger"]]
    hidden += weights.distance[buckets]
    hidden += weights.step[steps]
    scores = np.maximum(hidden, 0, out=hidden) @ weights.roles_weight + weights.roles_bias
    scores = scores.reshape(len(triggers), len(outputs), len(ROLES), 3)
    # A softmax over three columns, a column at a time: over so short an axis numpy takes five times as long.
    one, two, three = (scores[..., number] for number in range(3))
    scores -= np.maximum(np.maximum(one, two), three)[..., np.newaxis]
    np.exp(scores, out=scores)
    total = one + two + three
    at_heads = (slice(None), words.heads)
    begins = two[at_heads] / total[at_heads] > three[at_heads] / total[at_heads]
    return one / total, begins


def _read_one(
    words: _Words, trigger: _Trigger, chances: Array, begins: npt.NDArray[np.bool_], weights: Weights
) -> Reading:
    """Return the event of a trigger.

    Args:
        chances: Of each role and word, that the word has the role. Shape: (roles, words).
        begins: Whether a mention rather begins than goes on there, of the same shape.
    """
    settings, kind = weights.settings, TYPES[trigger.kind]
    highest = chances.max(1).tolist()

    def find(role: str, threshold: float, *, trim: bool) -> list[_Run]:
        number = ROLES.index(role)
        if highest[number] < threshold:
            return []
        return _find_mentions(words, chances[number], begins[number], threshold, trim=trim)

    found = {role: find(role, settings["role_threshold"], trim=role in _NAMES) for role in ROLES}
    for role in ("actor", "recipient"):
        # Nearly every deed has a doer: where none is likely, the likeliest is still worth more than none.
        if not found[role]:
            unlikely = find(role, settings[f"{role}_floor"][kind], trim=True)
            taken = {run[:2] for other in ("actor", "recipient") for run in found[other]}
            free = [run for run in unlikely if run[:2] not in taken]
            found[role] = [max(free, key=_by_score)] if free else []

    def mention(run: _Run) -> Mention:
        first, last, score = run
        return Mention(words.span(first, last), score)

    def participant(run: _Run) -> Mention:
        first, last, score = run
        sectors, antecedents = words.describe(first, last)
        return Mention(words.span(first, last), score, sectors, antecedents)

    def best(role: str) -> Mention | None:
        return mention(max(found[role], key=_by_score)) if found[role] else None

    own = trigger.outputs
    vector = own[COLUMNS["role_trigger"]]
    odds = {name: own[COLUMNS[name]].tolist() for name in ("mode", "aux", "certainty", "dated")}
    whole = words.article.title if trigger.span.of == "title" else words.article.text
    reading = Reading(
        event=kind,
        trigger=trigger.span,
        score=trigger.score,
        mode=choose_mode(kind, odds["mode"], whole, trigger.span, weights.mode_words, settings),
        actor=tuple(map(participant, found["actor"])),
        recipient=tuple(map(participant, found["recipient"])),
        location=best("location"),
        date=best("date"),
        source=participant(max(found["source"], key=_by_score)) if found["source"] else None,
        condition=best("condition"),
        source_kind=SOURCE_KINDS[int(own[COLUMNS["source_kind"]].argmax())],
        certainty=CERTAINTIES[int(own[COLUMNS["certainty"]].argmax())],
        killed=best("killed"),
        injured=best("injured"),
        size=best("size"),
        vector=vector / max(float(np.linalg.norm(vector)), 1e-9),
        odds=odds,
    )
    return settle_classes(reading, settings)


def _by_score(run: _Run) -> float:
    return run[2]


def _find_mentions(
    words: _Words, chances: Array, begins: npt.NDArray[np.bool_], threshold: float, *, trim: bool
) -> list[_Run]:
    """Return the runs of words tagged with one role.

    Args:
        chances: Of each word, that it has the role.
        begins: Whether a mention rather begins than goes on at each word.

    A run has a word that reaches the threshold; names (`trim`) take in the words next to it that come near.
    """
    inside = chances >= (_NEARLY * threshold if trim else threshold)
    found: list[_Run] = []
    start = 0
    for place in np.flatnonzero(inside).tolist():
        if place < start:
            continue
        start = end = place
        while (
            end + 1 < len(words)
            and inside[end + 1]
            and not (begins[end + 1] and _parts(words.quote(end), trim=trim))
            and words.sentence[end + 1] == words.sentence[start]
        ):
            end += 1
        own = chances[start : end + 1]
        first, last = _whole_name(words, chances, start, end) if trim else (start, end)
        if own.max() >= threshold:
            run = _trim(words, first, last) if trim else (first, last)
            if run is not None:
                found.append((*run, float(own.mean())))
        start = last + 1
    return found


def _whole_name(words: _Words, chances: Array, start: int, end: int) -> tuple[int, int]:
    """Return the run with what a name is cut off from: "Kim" before "Jong Il", "-jung" after "Kim Dae".

    Capitals beside capitals and what a hyphen joins are taken in where the tagger gives them any chance.
    """

    def leads_on(left: int, right: int, outer: int) -> bool:
        if chances[outer] < _CAPITAL_FROM or words.sentence[left] != words.sentence[right]:
            return False
        gap = words.gap(left, right)
        one, two = words.quote(left), words.quote(right)
        if gap == 0:
            return "-" in (one, two)
        return gap == 1 and one[:1].isupper() and two[:1].isupper()

    while start and leads_on(start - 1, start, start - 1):
        start -= 1
    while end + 1 < len(words) and leads_on(end, end + 1, end + 1):
        end += 1
    return start, end


def _parts(word: str, *, trim: bool) -> bool:
    """Whether a new mention may begin after a word.

    Names stand apart by a comma or "and"; a tagger that begins anew within "North Korean leader Kim Jong
    Il" has lost the thread.
    """
    return not trim or bool(_BETWEEN.fullmatch(word))


def _trim(words: _Words, first: int, last: int) -> tuple[int, int] | None:
    """Return a run without the grammar at its edges; None where nothing else is left."""
    start, end = first, last + 1
    while start < end and _EDGE.fullmatch(words.quote(start)):
        start += 1
    while end > start and _EDGE.fullmatch(words.quote(end - 1)):
        end -= 1
    if start == end:
        return None
    # "at least 38 people" or "38 people", never "least 38 people"
    least = words.quote(start).lower()
    if first < start and words.quote(start - 1).lower() == "at" and least in ("least", "most"):
        start -= 1
    elif least == "least":
        start += 1
    if start == end or (end - start == 1 and _NOBODY.fullmatch(words.quote(start))):
        return None
    return start, end - 1


def _describe(words: _Words, first: int, end: int) -> _Described:
    """Return the likeliest sectors of the pieces of a participant, and whom they may stand for."""
    outputs, window = words.outputs, words.window
    pieces = slice(first, end)
    sectors = _softmax(outputs[pieces, COLUMNS["sector"]]).mean(0)
    order = np.argsort(-sectors, kind="stable")[:_N_SECTORS]
    query = outputs[pieces, COLUMNS["pointer_from"]].mean(0)
    scores = outputs[:, COLUMNS["pointer_to"]] @ query / np.sqrt(np.float32(POINTER_WIDTH))
    scores[window.sentence < 0] = -1e4
    scores[pieces] = -1e4
    by_word = words.sum_over(_softmax(scores))
    return (
        tuple((SECTORS[n], float(sectors[n])) for n in order),
        tuple(_find_antecedents(words, by_word)),
    )


def _find_antecedents(words: _Words, chances: npt.NDArray[np.float64]) -> list[tuple[Span, float]]:
    """Return runs of words that the pointer falls on, the likeliest first."""
    runs: list[tuple[float, int, int]] = []
    inside = chances >= _MIN_ANTECEDENT / 2
    start = 0
    for place in np.flatnonzero(inside).tolist():
        if place < start:
            continue
        start = end = place
        while end + 1 < len(words) and inside[end + 1] and words.sentence[end + 1] == words.sentence[start]:
            end += 1
        total = float(chances[start : end + 1].sum())
        if total >= _MIN_ANTECEDENT:
            runs.append((-total, start, end))
        start = end + 1
    return [(words.span(first, last), -total) for total, first, last in sorted(runs)[:_N_ANTECEDENTS]]


def _softmax(scores: Array) -> Array:
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(-1, keepdims=True), np.float32)
