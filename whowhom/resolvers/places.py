"""Where an event took place: from the words to a named place with its country and coordinates.

Many places share a name. What decides, in this order: the words around it ("Tripoli, Lebanon"), the
states of those who took part and those named nearby, how many people live there. Words that name
no place of the tables ("the town", "Kalemba") are put in the state likeliest by what stands
around them. Where nothing decides, the country stays unknown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from whowhom.records import Article, Mention, Place, Precision
from whowhom.resolvers.countries import load_countries, name_country, settle_capital
from whowhom.resolvers.gazetteer import Known, find_capital, find_places
from whowhom.resolvers.lexicon import Match, Token, find_terms, fold_phrase, tokenize
from whowhom.resolvers.surroundings import Likely, rank_states

# A city without any tie to the text must have this many times the people of its namesakes abroad.
_CLEAR_LEAD = math.log10(4)
# A town that the text gives no reason to think of is taken for the one meant from 100,000 people on.
_KNOWN_ABROAD = 5.0
_WEIGHT_OF_NEAR = 0.5
_WEIGHT_OF_ODDS = 3.0
_WEIGHT_OF_STATE = 4.0
_SOUTH_SUDAN_SINCE = date(2011, 7, 9)
# Below it the likeliest state is right for one place in ten (corpus): not known, rather than a guess.
_LEAST_PROBABILITY = 0.4
_LONGEST_NAME = 5
_AFTER = re.compile(r"\s*(?:,|in|of)\s+(?:the\s+)?(?:\w+ern\s+)?([^.;:()\n]{2,40})")
_NEAR_BEFORE = re.compile(
    r"(?:near|outside|off|(?:kilomet(?:er|re)s|miles|km)\b[\w ]{0,16}\bof)\s+(?:the\s+)?$", re.I
)
_NEAR_WITHIN = frozenset("near outside off kilometers kilometres miles km".split())
_LOCATIVE = frozenset("in at near outside inside off of from across around".split())
_REGION_WORDS = frozenset(
    "province provinces region state district governorate county valley oblast prefecture department "
    "territory territories area areas part parts peninsula coast countryside mountains north south east west "
    "northern southern eastern western central northeastern northwestern southeastern southwestern "
    "northeast northwest southeast southwest border".split()
)
# Each of these lies in one state, though the sea or the mountains that it is named after lie in none.
_SHORE_WORDS = frozenset("coast shore port harbor harbour town city village republic resort province".split())
# No state is meant, or more than one.
_STATELESS = frozenset("countries capitals strait straits".split())
_BORDER_WORDS = frozenset("border borders frontier boundary".split())
# What a state has abroad: "the U.S. embassy" is never in the United States, "a U.S. base" seldom.
_MISSIONS = frozenset("embassy embassies consulate consulates mission missions legation".split())
_CAMPS = frozenset("camp camps".split())
# Towns there are of these names (Most, Police, University), but who writes them means the thing.
_COMMON = frozenset(
    "university police hospital airport square church cathedral mosque temple parliament palace embassy "
    "central ministry school college city town village camp base old new north south east west street road "
    "park bridge border district province state hotel market mall tower house hall court prison center "
    "centre union the national international general presidential military naval air port station island "
    "islands lake river mount mountain valley bay gate green of most same".split()
)


@dataclass(frozen=True, slots=True)
class _Found:
    """Places of one name at tokens[first:last] of a mention."""

    first: int
    last: int
    places: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A mention, its words and what is known around it; worked out once."""

    article: Article
    mention: Mention
    tokens: list[Token]
    terms: list[Match]
    states: list[str]
    likely: list[Likely]

    @property
    def words(self) -> set[str]:
        return {token.key for token in self.tokens}

    @property
    def near(self) -> set[str]:
        return {one.country for one in self.likely}


def resolve_places(
    article: Article, mentions: Sequence[Mention], countries: Sequence[Sequence[str]]
) -> list[Place]:
    """Return for each mention of a place where it is; one that cannot be told has no country.

    Args:
        article: Whose words the mentions are.
        mentions: Of places, in any order: the result of one does not depend on the others.
        countries: For each mention the codes of those who took part in its event, actors first.
    """
    return [
        _resolve(_ask(article, mention, [code for code in hints if code in load_countries()]))
        for mention, hints in zip(mentions, countries, strict=True)
    ]


def _ask(article: Article, mention: Mention, hints: Sequence[str]) -> _Asked:
    tokens = tokenize(mention.span.text)
    terms = find_terms(tokens)
    return _Asked(
        article, mention, tokens, terms, _states_in(terms), rank_states(article, mention.span, hints)
    )


def _resolve(asked: _Asked) -> Place:
    found = [
        one for one in _find_known(asked.tokens) if not _is_state(asked, one) and not _is_part(asked, one)
    ]
    if found:
        chosen, why = _choose(asked, found)
        if chosen is not None:
            return _place_known(asked, chosen, why, _states_beside(asked, found))
    if "capital" in asked.words:
        return _resolve_capital(asked)
    abroad = _find_abroad(asked)
    if abroad:
        return _place_likely(asked, abroad)
    if len(set(asked.states)) == 1:
        return _place_state(asked, asked.states[0], repr(asked.mention.span.text))
    if asked.states:
        if asked.words & _BORDER_WORDS:
            return _place_state(asked, asked.states[0], "the first state of a border between two")
        return Place(asked.mention.span, evidence=f"{asked.mention.span.text!r} names several states")
    if asked.words & _STATELESS:
        return Place(
            asked.mention.span, evidence=f"{asked.mention.span.text!r}: no state is meant, or several"
        )
    return _place_likely(asked, asked.likely)


def _place_known(asked: _Asked, known: Known, why: str, beside: Sequence[str] = ()) -> Place:
    country = known.country or (beside[0] if len(set(beside)) == 1 else "")
    if not country and known.kind == "area" and asked.words & _SHORE_WORDS:
        country = next((one.country for one in asked.likely if one.probability >= _LEAST_PROBABILITY), "")
    country = _settle_state(known.name, country, asked.article.published)
    return Place(
        asked.mention.span,
        known.name,
        country,
        known.latitude,
        known.longitude,
        known.geonames,
        _precision(asked, known),
        why,
    )


def _settle_state(name: str, code: str, day: date | None) -> str:
    """Return the state that a place belonged to on `day`: Juba was in Sudan, Moscow in the Soviet Union."""
    if code == "SSD" and day is not None and day < _SOUTH_SUDAN_SINCE:
        return "SDN"
    return settle_capital(name, code, day)


def _place_state(asked: _Asked, code: str, why: str) -> Place:
    precision: Precision = "region" if asked.words & _REGION_WORDS else "country"
    return Place(asked.mention.span, name_country(code), code, precision=precision, evidence=why)


def _place_likely(asked: _Asked, likely: Sequence[Likely]) -> Place:
    """Return a place of which but the state is known, by what stands around it."""
    span = asked.mention.span
    if not likely:
        return Place(span, evidence=f"{span.text!r} is in no table, and nothing near it tells the country")
    best = likely[0]
    if best.probability < _LEAST_PROBABILITY:
        return Place(span, evidence=f"{span.text!r} is in no table, and no state near it stands out")
    return Place(span, "", best.country, precision="country", evidence=f"{span.text!r}: {best.why}")


def _resolve_capital(asked: _Asked) -> Place:
    """ "The capital" of the state that stands with it, else of the likeliest."""
    likely = [Likely(code, 1.0, "named with it") for code in asked.states] or asked.likely
    for one in likely:
        capital = find_capital(one.country)
        if capital is not None:
            return _place_known(asked, capital, f"capital of {name_country(one.country)}, {one.why}")
    return _place_likely(asked, likely)


def _find_abroad(asked: _Asked) -> list[Likely]:
    """Return the likely states of what is named after another one that it does not lie in.

    That is an embassy, a camp of refugees, a border seen from this side ("the border with Lebanon").
    """
    if not asked.states:
        return []
    others = [one for one in asked.likely if one.country not in asked.states]
    border = asked.words & _BORDER_WORDS and len(set(asked.states)) == 1
    camp = asked.words & _CAMPS and "refugee" in asked.words
    if border:
        return [one for one in others if one.took_part] or others[:1]
    return others if asked.words & _MISSIONS or camp else []


def _is_state(asked: _Asked, one: _Found) -> bool:
    """Whether a name is that of a state: Lebanon is not the town in Oregon.

    Only where the text is about another state that has a region of the name is it that one: Georgia
    among Americans.
    """
    for match in asked.terms:
        if match.first <= one.first and one.last <= match.last:
            states = {term.country for term in match.terms if term.kind == "state"}
            regions = {place.country for place in one.places if place.kind == "region"}
            if states:
                return bool(states & asked.near) or not regions & asked.near
    return False


def _is_part(asked: _Asked, one: _Found) -> bool:
    """Whether a name is but a part of a longer one that no table has: "Tal Kalakh Gate"."""
    tokens = asked.tokens
    # "Baghdad's Tahrir Square" are two names: an owner and what it owns.
    before = [token for token in tokens[max(0, one.first - 1) : one.first] if not token.owner]
    after = tokens[one.last : one.last + 1] if not tokens[one.last - 1].owner else []
    joined = any(
        token.is_word and token.is_capital and not find_terms([token]) for token in (*before, *after)
    )
    return joined and not any(place.country in asked.near for place in one.places)


def _states_in(terms: Sequence[Match]) -> list[str]:
    """Return the codes of states that words name, or that adjectives belong to, in order."""
    codes: list[str] = []
    for match in terms:
        here = {term.country for term in match.terms if term.kind in ("state", "adjective", "people")}
        if len(here) == 1 and here <= set(load_countries()):
            codes += here
    return codes


def _states_beside(asked: _Asked, found: Sequence[_Found]) -> list[str]:
    """Return the states that words beside the names tell: not the Persia of "the Persian Gulf"."""
    beside = [
        match
        for match in asked.terms
        if not any(match.first < one.last and one.first < match.last for one in found)
    ]
    return _states_in(beside)


def _find_known(tokens: Sequence[Token]) -> list[_Found]:
    """Return the names of the tables within a mention, the longest first, none overlapping."""
    found: list[_Found] = []
    for length in range(min(_LONGEST_NAME, len(tokens)), 0, -1):
        for first in range(len(tokens) - length + 1):
            last = first + length
            if any(first < one.last and one.first < last for one in found):
                continue
            keys = [token.key for token in tokens[first:last]]
            if length == 1 and keys[0] in _COMMON:
                continue
            if tokens[first].is_capital or tokens[last - 1].is_capital:
                places = find_places(keys)
                if places:
                    found.append(_Found(first, last, places))
    return found


def _choose(asked: _Asked, found: Sequence[_Found]) -> tuple[Known | None, str]:
    """Return the place meant and what decided, or None and why nothing did."""
    within = {*_states_beside(asked, found), *_states_after(asked)}
    # Of several the last that "in" or "near" stands before: "near the Damascus Gate in Jerusalem".
    ordered = sorted(
        found, key=lambda one: (-one.first if _is_inner(asked, one) else 1, one.first - one.last, one.first)
    )
    for one in ordered:
        around = within | {
            p.country for other in found if other is not one for p in other.places if p.kind == "region"
        }
        held = [place for place in one.places if place.country in around]
        if held:
            place = _heaviest(asked, held)
            return place, f"in {name_country(place.country) or 'a wider area'}, as the words say"
    for one in ordered:
        best = _heaviest(asked, one.places)
        if best.country in asked.near:
            return best, f"{best.name}; {name_country(best.country)} is named nearby"
    best = _heaviest(asked, ordered[0].places)
    rivals = [place.weight for place in ordered[0].places if place.country != best.country]
    is_far = bool(asked.likely) and best.weight < _KNOWN_ABROAD
    if is_far or (rivals and best.weight - max(rivals) < _CLEAR_LEAD):
        return None, f"{best.name} may be elsewhere: nothing near it speaks of {name_country(best.country)}"
    return best, f"{best.name}, the largest place of that name"


def _is_inner(asked: _Asked, one: _Found) -> bool:
    """Whether a name tells where the rest lies: "Damascus Gate in Jerusalem", "Baghdad's Tahrir Square"."""
    before = asked.tokens[one.first - 1] if one.first else None
    if before is not None and before.key == "the":
        before = asked.tokens[one.first - 2] if one.first > 1 else None
    return asked.tokens[one.last - 1].owner or (before is not None and before.key in _LOCATIVE)


def _heaviest(asked: _Asked, places: Sequence[Known]) -> Known:
    wants_region = bool(asked.words & _REGION_WORDS)
    odds = {one.country: one.probability for one in asked.likely}
    around = f" {' '.join(fold_phrase(f'{asked.mention.span.text} {_text_after(asked)}'))} "

    def weigh(place: Known) -> tuple[float, str, int]:
        weight = (
            place.weight
            + _WEIGHT_OF_NEAR * (place.country in odds)
            + _WEIGHT_OF_ODDS * odds.get(place.country, 0.0)
            + _WEIGHT_OF_STATE * (bool(place.state) and f" {place.state.casefold()} " in around)
            + (wants_region and place.is_wide)
        )
        return weight, place.name, place.geonames or 0

    best = max(places, key=weigh)
    # A city and a region of one name in one state: the words tell which.
    fitting = [place for place in places if place.country == best.country and place.is_wide == wants_region]
    return max(fitting, key=weigh, default=best)


def _states_after(asked: _Asked) -> list[str]:
    """Return the states, and those of the regions, that follow right after the words."""
    tokens = tokenize(_text_after(asked))[:4]
    starting = [match for match in find_terms(tokens) if match.first == 0]
    codes = [t.country for match in starting for t in match.terms if t.kind in ("state", "region")]
    for one in _find_known(tokens):
        if one.first == 0:
            codes += [place.country for place in one.places if place.kind == "region"]
    return codes


def _text_after(asked: _Asked) -> str:
    """Return what follows a comma, "in" or "of" right after the words, else ""."""
    span, article = asked.mention.span, asked.article
    if span.start is None or span.end is None:
        return ""
    whole = article.title if span.of == "title" else article.text
    after = _AFTER.match(whole, span.end, span.end + 60)
    return after[1] if after else ""


def _precision(asked: _Asked, place: Known) -> Precision:
    if place.is_wide:
        return "region"
    span, article = asked.mention.span, asked.article
    whole = article.title if span.of == "title" else article.text
    before = whole[max(0, (span.start or 0) - 40) : span.start or 0]
    return "near" if asked.words & _NEAR_WITHIN or _NEAR_BEFORE.search(before) else "exact"
