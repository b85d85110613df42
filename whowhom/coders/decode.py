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
from whowhom.coders.labels import CERTAINTIES, MODES, ROLES, SECTORS, SOURCE_KINDS, TYPES
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


@dataclass(frozen=True, slots=True)
class _Trigger:
    """A trigger found: its words, type, probability, mean outputs and first telling piece."""

    span: Span
    kind: int
    score: float
    outputs: Array
    at: int


def decode_window(article: Article, window: Window, outputs: Array, weights: Weights) -> list[Reading]:
    """Return the events whose triggers stand in the core of a window.

    Shape of outputs: (pieces, N_OUTPUTS).
    """
    settings = weights.settings
    words = _words(window)
    kinds = _mean_over(words, _softmax(outputs[:, COLUMNS["type"]]))
    found = []
    for first, last, kind, score in _find_triggers(window, words, kinds, settings["trigger_threshold"]):
        pieces = np.concatenate(words[first : last + 1])
        telling = pieces[~window.bare[pieces]]
        found.append(
            _Trigger(
                span=window.span(article, int(pieces[0]), int(pieces[-1])),
                kind=kind,
                score=score,
                outputs=outputs[telling].mean(0),
                at=int(telling[0]),
            )
        )
    if not found:
        return []
    by_trigger = _tag_roles(window, outputs, found, weights)
    return [
        _read_one(article, window, outputs, words, trigger, roles, weights)
        for trigger, roles in zip(found, by_trigger, strict=True)
    ]


def _words(window: Window) -> list[Places]:
    """Return the pieces of each word, the special pieces left out."""
    inside = np.flatnonzero(window.sentence >= 0)
    starts = np.flatnonzero(window.first[inside] | (np.diff(window.sentence[inside], prepend=-2) != 0))
    return np.split(inside, starts[1:]) if len(inside) else []


def _sum_over(words: list[Places], values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the sum of each word's pieces. Shape: (words, columns)."""
    if not words:
        return np.zeros((0, *values.shape[1:]), values.dtype)
    starts = np.array([word[0] for word in words])
    # The last piece is the closing special one; it belongs to no word.
    return np.add.reduceat(values[: int(words[-1][-1]) + 1], starts, axis=0)


def _mean_over(words: list[Places], values: Array) -> Array:
    """Return the mean of each word's pieces. Shape: (words, columns)."""
    sizes = np.array([len(word) for word in words], np.float32)
    return np.asarray(_sum_over(words, values) / sizes[:, np.newaxis], np.float32)


def _find_triggers(
    window: Window, words: list[Places], kinds: Array, threshold: float
) -> Iterator[tuple[int, int, int, float]]:
    """Yield (first word, last word, type, probability) of every run of words of one type.

    Words of grammar are no triggers, and do not part two words of one.
    """
    if not words:
        return
    best = kinds[:, 1:].argmax(1)
    heads = np.array([word[0] for word in words])
    said = (1 - kinds[:, 0] >= threshold) & (window.core[heads] == 1) & ~window.bare[heads]
    sentences = window.sentence[heads]
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


def _tag_roles(window: Window, outputs: Array, triggers: Sequence[_Trigger], weights: Weights) -> Array:
    """Return the probabilities of outside, begins, goes on. Shape: (triggers, pieces, roles, 3)."""
    own = np.stack([trigger.outputs for trigger in triggers])
    places = np.arange(len(outputs))
    buckets = np.stack([distance_buckets(places, trigger.at) for trigger in triggers])
    steps = np.stack([sentence_steps(window.sentence, trigger.at) for trigger in triggers])
    hidden = outputs[:, COLUMNS["role_piece_gate"]] * own[:, np.newaxis, COLUMNS["role_trigger_gate"]]
    hidden += outputs[:, COLUMNS["role_piece"]]
    hidden += own[:, np.newaxis, COLUMNS["role_trigger"]]
    hidden += weights.distance[buckets]
    hidden += weights.step[steps]
    scores = np.maximum(hidden, 0) @ weights.roles_weight + weights.roles_bias
    return _softmax(scores.reshape(len(triggers), len(outputs), len(ROLES), 3))


def _read_one(
    article: Article,
    window: Window,
    outputs: Array,
    words: list[Places],
    trigger: _Trigger,
    roles: Array,
    weights: Weights,
) -> Reading:
    """Return the event of a trigger. Shape of roles: (pieces, roles, 3)."""
    settings = weights.settings
    chances = 1 - _mean_over(words, roles[:, :, 0])
    heads = np.array([word[0] for word in words], np.int64)
    begins = roles[heads, :, 1] > roles[heads, :, 2]

    def find(role: str, threshold: float, *, trim: bool) -> list[tuple[Mention, Places]]:
        number = ROLES.index(role)
        return _find_mentions(
            article, window, words, chances[:, number], begins[:, number], threshold, trim=trim
        )

    found = {role: find(role, settings["role_threshold"], trim=role in _NAMES) for role in ROLES}
    for role in ("actor", "recipient"):
        # Nearly every deed has a doer: where none is likely, the likeliest is still worth more than none.
        if not found[role]:
            unlikely = find(role, settings[f"{role}_floor"][TYPES[trigger.kind]], trim=True)
            taken = [span for other in ("actor", "recipient") for span, _ in found[other]]
            free = [one for one in unlikely if all(one[0].span != mention.span for mention in taken)]
            found[role] = [max(free, key=lambda one: one[0].score)] if free else []
    people = {
        role: tuple(_describe(article, window, outputs, words, mention, at) for mention, at in found[role])
        for role in ("actor", "recipient", "source")
    }
    best = {role: max((mention for mention, _ in found[role]), key=_by_score, default=None) for role in ROLES}
    own = trigger.outputs
    vector = own[COLUMNS["role_trigger"]]
    odds = {name: own[COLUMNS[name]].tolist() for name in ("aux", "certainty", "dated")}
    reading = Reading(
        event=TYPES[trigger.kind],
        trigger=trigger.span,
        score=trigger.score,
        mode=_choose_mode(trigger.kind, own[COLUMNS["mode"]], settings["mode_threshold"]),
        actor=people["actor"],
        recipient=people["recipient"],
        location=best["location"],
        date=best["date"],
        source=max(people["source"], key=_by_score, default=None),
        condition=best["condition"],
        source_kind=SOURCE_KINDS[int(own[COLUMNS["source_kind"]].argmax())],
        certainty=CERTAINTIES[int(own[COLUMNS["certainty"]].argmax())],
        killed=best["killed"],
        injured=best["injured"],
        size=best["size"],
        vector=vector / max(float(np.linalg.norm(vector)), 1e-9),
        odds=odds,
    )
    return settle_classes(reading, settings)


def _by_score(mention: Mention) -> float:
    return mention.score


def _find_mentions(
    article: Article,
    window: Window,
    words: list[Places],
    chances: Array,
    begins: npt.NDArray[np.bool_],
    threshold: float,
    *,
    trim: bool,
) -> list[tuple[Mention, Places]]:
    """Return the runs of words tagged with one role, with their pieces.

    Args:
        chances: Of each word, that it has the role.
        begins: Whether a mention rather begins than goes on at each word.

    A run has a word that reaches the threshold; names (`trim`) take in the words next to it that come near.
    """
    inside = chances >= (_NEARLY * threshold if trim else threshold)
    mentions = []
    start = 0
    for place in np.flatnonzero(inside).tolist():
        if place < start:
            continue
        start = end = place
        while (
            end + 1 < len(words)
            and inside[end + 1]
            and not (begins[end + 1] and _parts(article, window, words[end], trim=trim))
            and window.sentence[words[end + 1][0]] == window.sentence[words[start][0]]
        ):
            end += 1
        score = float(chances[start : end + 1].mean())
        sure = chances[start : end + 1].max() >= threshold
        first, last = _whole_name(article, window, words, chances, start, end) if trim else (start, end)
        run = words[first : last + 1]
        pieces = _trim(article, window, run) if trim else np.concatenate(run)
        if len(pieces) and sure:
            span = window.span(article, int(pieces[0]), int(pieces[-1]))
            mentions.append((Mention(span, score), pieces))
        start = last + 1
    return mentions


def _whole_name(
    article: Article, window: Window, words: list[Places], chances: Array, start: int, end: int
) -> tuple[int, int]:
    """Return the run with what a name is cut off from: "Kim" before "Jong Il", "-jung" after "Kim Dae".

    Capitals beside capitals and what a hyphen joins are taken in where the tagger gives them any chance.
    """

    def leads_on(left: int, right: int, outer: int) -> bool:
        a, b = words[left], words[right]
        if window.sentence[a[0]] != window.sentence[b[0]] or chances[outer] < _CAPITAL_FROM:
            return False
        gap = int(window.start[b[0]]) - int(window.end[a[-1]])
        one, two = (window.span(article, int(w[0]), int(w[-1])).text for w in (a, b))
        if gap == 0:
            return "-" in (one, two)
        return gap == 1 and one[:1].isupper() and two[:1].isupper()

    while start and leads_on(start - 1, start, start - 1):
        start -= 1
    while end + 1 < len(words) and leads_on(end, end + 1, end + 1):
        end += 1
    return start, end


def _parts(article: Article, window: Window, word: Places, *, trim: bool) -> bool:
    """Whether a new mention may begin after a word.

    Names stand apart by a comma or "and"; a tagger that begins anew within "North Korean leader Kim Jong
    Il" has lost the thread.
    """
    if not trim:
        return True
    return bool(_BETWEEN.fullmatch(window.span(article, int(word[0]), int(word[-1])).text))


def _trim(article: Article, window: Window, words: Sequence[Places]) -> Places:
    """Return the pieces of a mention without the grammar at its edges; none where nothing else is left."""
    quotes = [window.span(article, int(word[0]), int(word[-1])).text for word in words]
    first, last = 0, len(words)
    while first < last and _EDGE.fullmatch(quotes[first]):
        first += 1
    while last > first and _EDGE.fullmatch(quotes[last - 1]):
        last -= 1
    # "at least 38 people" or "38 people", never "least 38 people"
    if 0 < first < last and quotes[first - 1].lower() == "at" and quotes[first].lower() in ("least", "most"):
        first -= 1
    elif first < last and quotes[first].lower() == "least":
        first += 1
    if first == last or (last - first == 1 and _NOBODY.fullmatch(quotes[first])):
        return np.zeros(0, np.int64)
    return np.concatenate(words[first:last])


def _describe(
    article: Article, window: Window, outputs: Array, words: list[Places], mention: Mention, pieces: Places
) -> Mention:
    """Add to a participant its likeliest sectors and whom it may stand for."""
    sectors = _softmax(outputs[pieces, COLUMNS["sector"]]).mean(0)
    order = np.argsort(-sectors, kind="stable")[:_N_SECTORS]
    query = outputs[pieces, COLUMNS["pointer_from"]].mean(0)
    scores = outputs[:, COLUMNS["pointer_to"]] @ query / np.sqrt(np.float32(POINTER_WIDTH))
    scores[window.sentence < 0] = -1e4
    scores[pieces] = -1e4
    chances = _softmax(scores)
    by_word = _sum_over(words, chances)
    return Mention(
        span=mention.span,
        score=mention.score,
        sectors=tuple((SECTORS[n], float(sectors[n])) for n in order),
        antecedents=tuple(_find_antecedents(article, window, words, by_word)),
    )


def _find_antecedents(
    article: Article, window: Window, words: list[Places], chances: npt.NDArray[np.float64]
) -> list[tuple[Span, float]]:
    """Return runs of words that the pointer falls on, the likeliest first."""
    runs: list[tuple[float, int, int]] = []
    start = 0
    for place in np.flatnonzero(chances >= _MIN_ANTECEDENT / 2).tolist():
        if place < start:
            continue
        start = end = place
        while (
            end + 1 < len(words)
            and chances[end + 1] >= _MIN_ANTECEDENT / 2
            and window.sentence[words[end + 1][0]] == window.sentence[words[start][0]]
        ):
            end += 1
        total = float(chances[start : end + 1].sum())
        if total >= _MIN_ANTECEDENT:
            runs.append((-total, start, end))
        start = end + 1
    return [
        (window.span(article, int(words[start][0]), int(words[end][-1])), -total)
        for total, start, end in sorted(runs)[:_N_ANTECEDENTS]
    ]


def _choose_mode(kind: int, scores: Array, threshold: float) -> tuple[str, ...]:
    """Return the likeliest mode of a type, none where none is likely enough."""
    own = [number for number, mode in enumerate(MODES) if mode.startswith(f"{TYPES[kind]}.")]
    if not own:
        return ()
    best = max(own, key=lambda number: float(scores[number]))
    likely = float(_sigmoid(scores[best])) >= threshold
    return (MODES[best].partition(".")[2],) if likely else ()


def _softmax(scores: Array) -> Array:
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(-1, keepdims=True), np.float32)


def _sigmoid(scores: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-scores)), np.float32)
