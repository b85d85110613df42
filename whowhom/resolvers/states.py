"""Which state "the kingdom", "the island" or "the Central American country" is, and which stays unknown."""

from __future__ import annotations

import re
from functools import cache

from whowhom.resolvers.countries import name_country
from whowhom.resolvers.lexicon import read_table
from whowhom.resolvers.phrases import Phrase
from whowhom.resolvers.scene import (
    REACH,
    Scene,
    Settled,
    find_last_anchor,
    make_settled,
    read_surroundings,
)

_STATE_WORDS = frozenset(
    "country nation state republic kingdom emirate sultanate principality island archipelago neighbour "
    "neighbor monarchy".split()
)
_STATES_WORDS = frozenset(
    "countries nations states republics kingdoms emirates islands neighbours neighbors".split()
)
_UNION_WORDS = frozenset("bloc alliance union organisation organization grouping".split())
_UNIONS = frozenset(("EUR", "IGO", "UNO"))
_DEFINITE = frozenset("the this that these those".split())
_INDEFINITE = frozenset("a an another some any".split())
# "The state" alone is as often a part of a country, or all its organs.
_VAGUE = frozenset("state union organisation organization alliance neighbour neighbor monarchy".split())
# "Western diplomats" and "foreign reporters" are of many states, whatever the article is about.
_FROM_ABROAD = re.compile(
    r"(?<!-)\b(western|foreign) "
    r"(?!(?:minist|affairs|office|secretar|policy|relations|and )|sahara|cape\b|union\b)",
    re.IGNORECASE,
)
_LINK = re.compile(
    r" (?:of|in|on|at|from|to|for|with|by|near|who|whom|whose|that|which|supporting|working|as)\b|[,;(]"
)


def find_state(scene: Scene, phrase: Phrase, words: str, place: int | None) -> list[Settled]:
    """Return the state or union that a description of it means, one named in the article.

    "The three Baltic states" need not be named. None where the words are no such description.
    """
    if phrase.determiner not in ("the", "this", "that", "all", "both") or phrase.owner:
        return []
    word = (words.lower().split() or [""])[-1]
    kinds = list(_list_kinds(words).values())
    if word in _STATES_WORDS and kinds:
        among = min(kinds, key=len)
        if phrase.number == len(among):
            line = f"country: one of {words!r}"
            return [_make_state(phrase, code, line) for code in sorted(among)]
    if word in _UNION_WORDS and (word not in _VAGUE or phrase.head == word) and not phrase.country:
        return _find_union(scene, phrase, word, place)
    if word not in _STATE_WORDS or (word in _VAGUE and not kinds):
        return []
    if phrase.country and not kinds:
        return []
    among = frozenset.intersection(*kinds) if kinds else frozenset()
    country, why = _find_subject(scene, place, among) if among and place is not None else ("", "")
    if not country:
        country, why = read_surroundings(scene, place, ("GOV",), among=among or None)
    return [_make_state(phrase, country, why)] if country else []


def _find_subject(scene: Scene, place: int, among: frozenset[str]) -> tuple[str, str]:
    """Return the first of these states that is named in the nearest sentence, but not as a place."""
    for back in range(REACH + 1):
        for anchor in scene.cast.anchors_between(*scene.sentence_before(place, back)):
            if anchor.country in among and not anchor.is_place:
                return anchor.country, f"country: {anchor.words!r} stands before"
    return "", ""


def _make_state(phrase: Phrase, country: str, line: str) -> Settled:
    return make_settled(
        phrase, name_country(country), country, ("GOV",), (line, *phrase.evidence), kind="state"
    )


def _find_union(scene: Scene, phrase: Phrase, word: str, place: int | None) -> list[Settled]:
    """Return the union of states named last before "the bloc"."""
    if place is None:
        return []

    def fits(country: str, sectors: tuple[str, ...]) -> bool:
        return country in _UNIONS and sectors[:1] == ("GOV",)

    anchor = find_last_anchor(scene, place, lambda a: a.kind == "body" and fits(a.country, a.sectors))
    if anchor is None or (word != "bloc" and word not in anchor.name.lower()):
        return []
    line = f"same as {anchor.words!r} at {scene.tell_place(anchor.start)}"
    return [make_settled(phrase, anchor.name, anchor.country, anchor.sectors, (line,), kind="body")]


def stays_unknown(phrase: Phrase, words: str) -> bool:
    """Tell whether nothing in the article says of which state somebody is.

    So it is with "a Western diplomat", "foreign reporters", "several African states", "a third country".
    """
    front = _LINK.split(words, maxsplit=1)[0]
    kinds = _list_kinds(front)
    if phrase.country and not any(" american" in kind for kind in kinds):  # "African Union officials"
        return False
    abroad = _FROM_ABROAD.search(front)
    if abroad:
        return phrase.default not in ("NGO", "MNC") or abroad.group(1).lower() == "western"
    if phrase.determiner in _DEFINITE or phrase.owner or phrase.number:
        return False
    if phrase.determiner in _INDEFINITE and front.split()[-1:] and front.split()[-1].lower() in _STATE_WORDS:
        return True
    # Of a whole region only those who rule are told by it: "Arab clerics" may be of the place.
    # European ones are the Union's, in most reports.
    return bool(kinds.keys() - {"european"}) and phrase.sectors[:1] in (("GOV",), ("LEG",))


def _list_kinds(words: str) -> dict[str, frozenset[str]]:
    """Return the states of each kind that the words tell: of "island", of "Central American"."""
    kinds, pattern = _load_kinds()
    return {found.group(1): kinds[found.group(1)] for found in pattern.finditer(words.lower())}


@cache
def _load_kinds() -> tuple[dict[str, frozenset[str]], re.Pattern[str]]:
    kinds = {row["words"]: frozenset(row["countries"].split()) for row in read_table("state_kinds")}
    longest = sorted(kinds, key=len, reverse=True)
    # "South African" and "African Union" tell no kind.
    pattern = re.compile(
        rf"(?<!south )(?<!sunni )(?<!-)\b({'|'.join(map(re.escape, longest))})s?\b"
        r"(?! (?:union|republic|league|national))"
    )
    return kinds, pattern
