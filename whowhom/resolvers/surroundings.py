"""The states that a place is likely in, by who took part in its event and what is named around it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from whowhom.records import Span
from whowhom.resolvers.cast import Named
from whowhom.resolvers.lexicon import fold_phrase
from whowhom.resolvers.scene import Scene

# Fitted by `python -m training.surroundings` (a choice among the states of a text, softmax) on words
# that name no place of the tables: 0.85 right instead of 0.76 by a fixed order on the texts it was
# fitted to, 0.84 instead of 0.68 on unseen ones. What the United States do they mostly do abroad.
WEIGHTS: Mapping[str, float] = {
    "last who took part": 0.95,
    "first who took part": 1.10,
    "of the place named before": 0.53,
    "of the region or city named before": 1.03,
    "the state named before": 0.78,
    "named after": 0.59,
    "in the title": 1.58,
    "much named": 0.65,
    "is American": -2.84,
}
_AHEAD_CHARACTERS = 150


class Likely(NamedTuple):
    """A state with the probability that a place is in it, and the reason in words."""

    country: str
    probability: float
    why: str
    took_part: bool = False


def rank_states(scene: Scene, span: Span, hints: Sequence[str]) -> list[Likely]:
    """Return the states that a place is likely in, the likeliest first.

    Args:
        scene: Of the article in which the words stand.
        span: The words that tell the place.
        hints: Codes of the states that took part in the event, actors first.
    """
    marks = mark_states(scene, span, hints)
    scores = {
        code: sum([WEIGHTS[mark] * value for mark, value in found.items() if value])
        for code, found in marks.items()
    }
    total = sum(map(math.exp, scores.values()))
    ranked = sorted(scores, key=lambda code: (-scores[code], code))
    return [
        Likely(code, math.exp(scores[code]) / total, _tell(marks[code]), code in hints) for code in ranked
    ]


def _tell(marks: Mapping[str, float]) -> str:
    reasons = [mark for mark, value in marks.items() if value and WEIGHTS[mark] > 0]
    return ", ".join(reasons) or "named in the text"


def mark_states(scene: Scene, span: Span, hints: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return for each state that the text or the participants give what speaks for it, as in `WEIGHTS`."""
    # "Tripoli" elsewhere in the text says nothing on which Tripoli this one is.
    own = " ".join(fold_phrase(span.text))
    named = scene.cast.named
    body = bisect_left(named, (scene.shift,))
    titled = {one.country for one in named[:body] if one.key not in own}
    start = end = scene.shift
    if span.of == "text" and span.start is not None:
        start, end = start + span.start, end + (span.end or 0)

    def look_back() -> Iterator[Named]:
        for place in range(bisect_right(named, start, lo=body, key=_end) - 1, body - 1, -1):
            if named[place].key not in own:
                yield named[place]

    ahead = bisect_left(named, (end,), lo=body), bisect_left(named, (end + _AHEAD_CHARACTERS,), lo=body)
    after = {one.country for one in named[slice(*ahead)] if one.key not in own}
    n_named: dict[str, int] = {}
    for (key, country), n in scene.n_named.items():
        if key not in own:
            n_named[country] = n_named.get(country, 0) + n
    total = max(1, sum(n_named.values()))
    located = _first(one for one in look_back() if one.located and one.kind != "adjective")
    region = _first(one for one in look_back() if one.kind in ("region", "capital"))
    state = _first(one for one in look_back() if one.kind == "state")
    # All of a text takes part where nobody else does: far ones have only the share to speak for them.
    before: dict[str, None] = {}
    for one in look_back():
        before.setdefault(one.country)
        if len(before) == len(n_named):
            break
    first = islice((one for one in islice(named, body, None) if one.key not in own), 6)
    codes = dict.fromkeys([*hints, *before, *sorted(titled), *sorted(after), *(one.country for one in first)])
    return {
        code: {
            "last who took part": float(code == (hints[-1] if hints else "")),
            "first who took part": float(code == (hints[0] if hints else "")),
            "of the place named before": float(code == located),
            "of the region or city named before": float(code == region),
            "the state named before": float(code == state),
            "named after": float(code in after),
            "in the title": float(code in titled),
            "much named": n_named.get(code, 0) / total,
            "is American": float(code == "USA"),
        }
        for code in codes
    }


def _end(one: Named) -> int:
    return one.end


def _first(named: Iterable[Named]) -> str:
    return next((one.country for one in named), "")
