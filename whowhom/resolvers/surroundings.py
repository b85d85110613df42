"""The states that a place is likely in, by who took part in its event and what is named around it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from whowhom.records import Article, Span
from whowhom.resolvers.countries import load_countries
from whowhom.resolvers.lexicon import TermKind, find_terms, fold_phrase, tokenize

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
_KINDS: frozenset[TermKind] = frozenset({"state", "adjective", "people", "capital", "region"})
_LOCATIVE = frozenset(
    "in at near into to from inside outside around across of toward towards through".split()
)
_BETWEEN = frozenset("the northern southern eastern western central".split())


@dataclass(frozen=True, slots=True)
class Likely:
    """A state with the probability that a place is in it, and the reason in words."""

    country: str
    probability: float
    why: str
    took_part: bool = False


@dataclass(frozen=True, slots=True)
class _Named:
    """Words at [start, end) that name one state; `located` tells that "in", "near" or so stands before."""

    start: int
    end: int
    key: str
    country: str
    kind: TermKind
    located: bool


def rank_states(article: Article, span: Span, hints: Sequence[str]) -> list[Likely]:
    """Return the states that a place is likely in, the likeliest first.

    Args:
        article: In which the words stand.
        span: The words that tell the place.
        hints: Codes of the states that took part in the event, actors first.
    """
    marks = mark_states(article, span, hints)
    scores = {
        code: sum(WEIGHTS[mark] * value for mark, value in found.items()) for code, found in marks.items()
    }
    total = sum(map(math.exp, scores.values()))
    ranked = sorted(scores, key=lambda code: (-scores[code], code))
    return [
        Likely(code, math.exp(scores[code]) / total, _tell(marks[code]), code in hints) for code in ranked
    ]


def _tell(marks: Mapping[str, float]) -> str:
    reasons = [mark for mark, value in marks.items() if value and WEIGHTS[mark] > 0]
    return ", ".join(reasons) or "named in the text"


def mark_states(article: Article, span: Span, hints: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return for each state that the text or the participants give what speaks for it, as in `WEIGHTS`."""
    # "Tripoli" elsewhere in the text says nothing on which Tripoli this one is.
    own = " ".join(fold_phrase(span.text))
    named = [one for one in _find_named(article.text) if one.key not in own]
    titled = {one.country for one in _find_named(article.title) if one.key not in own}
    start, end = (span.start, span.end) if span.of == "text" and span.start is not None else (0, 0)
    before = [one for one in reversed(named) if one.end <= start]
    after = {one.country for one in named if (end or 0) <= one.start < (end or 0) + _AHEAD_CHARACTERS}
    n_named = Counter(one.country for one in named)
    located = _first(one for one in before if one.located and one.kind != "adjective")
    region = _first(one for one in before if one.kind in ("region", "capital"))
    state = _first(one for one in before if one.kind == "state")
    # All of a text takes part where nobody else does: far ones have only the share to speak for them.
    codes = dict.fromkeys([*hints, *(one.country for one in before), *sorted(titled), *sorted(after)])
    codes |= dict.fromkeys(one.country for one in named[:6])
    return {
        code: {
            "last who took part": float(code == (hints[-1] if hints else "")),
            "first who took part": float(code == (hints[0] if hints else "")),
            "of the place named before": float(code == located),
            "of the region or city named before": float(code == region),
            "the state named before": float(code == state),
            "named after": float(code in after),
            "in the title": float(code in titled),
            "much named": n_named[code] / max(1, len(named)),
            "is American": float(code == "USA"),
        }
        for code in codes
    }


def _first(named: Iterable[_Named]) -> str:
    return next((one.country for one in named), "")


@lru_cache(maxsize=4)
def _find_named(text: str) -> tuple[_Named, ...]:
    """Return the words of a text that name one state; the same for all places of an article."""
    tokens, countries = tokenize(text), load_countries()
    found: list[_Named] = []
    for match in find_terms(tokens):
        terms = [term for term in match.terms if term.kind in _KINDS]
        codes = {term.country for term in terms}
        if len(codes) != 1 or terms[0].country not in countries:
            continue
        before = match.first - 1
        if before > 0 and tokens[before].key in _BETWEEN:
            before -= 1
        located = before >= 0 and tokens[before].key in _LOCATIVE
        start, end = tokens[match.first].start, tokens[match.last - 1].end
        key = " ".join(token.key for token in tokens[match.first : match.last])
        found.append(_Named(start, end, key, terms[0].country, terms[0].kind, located))
    return tuple(found)
