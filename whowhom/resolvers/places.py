"""Where an event took place: from the words to a named place with its country and coordinates.

Many places share a name. What decides, in this order: the words around it ("Tripoli, Lebanon"), the
states of those who took part and those named nearby, how many of the article's other places lie around
it (neighbours.py), how many people live there. Words that name
no place of the tables ("the town", "Kalemba") are put in the state likeliest by what stands
around them. Where nothing decides, the country stays unknown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from whowhom.records import Article, Mention, Place, Precision, Span
from whowhom.resolvers.countries import load_countries, name_country, settle_capital
from whowhom.resolvers.gazetteer import (
    Known,
    expand_abbreviations,
    find_capital,
    find_lesser,
    find_places,
    find_regions,
    name_region,
)
from whowhom.resolvers.lexicon import Match, Term, Token, find_terms, fold, fold_phrase, tokenize
from whowhom.resolvers.namesakes import tell_namesake
from whowhom.resolvers.neighbours import measure_support, weigh_support
from whowhom.resolvers.scene import Scene, read_scene
from whowhom.resolvers.surroundings import Likely, rank_states

# A city without any tie to the text must have this many times the people of its namesakes abroad.
_CLEAR_LEAD = math.log10(4)
# A town that the text gives no reason to think of is taken for the one meant from 100,000 people on.
_KNOWN_ABROAD = 5.0
_WEIGHT_OF_NEAR = 0.5
_WEIGHT_OF_ODDS = 3.0
_WEIGHT_OF_STATE = 4.0
_WEIGHT_OF_STATE_IN_TEXT = 1.0
# From so much on the article is about the surroundings of a place: a name that can hardly be anything else.
_IS_LOCAL = 0.6
# What a small town needs at least to be thought of, a name that likely stands for a place beside it.
_LEAST_SUPPORT = 0.3
# The listed weigh as much as a city of a million.
_LARGE = 6.0
# Two places no farther apart, in degrees, are one: a bridge over a river that is a border.
_SAME_SPOT = 0.1
_SOUTH_SUDAN_SINCE = date(2011, 7, 9)
# Below it the likeliest state is right for one place in ten (corpus): not known, rather than a guess.
_LEAST_PROBABILITY = 0.4
_LONGEST_NAME = 5
_NEXT_WORD = re.compile(r"\s+([^\W\d_]+)")
_AFTER = re.compile(r"\s*(?:,|in|of)\s+(?:the\s+)?(?:\w+ern\s+)?([^;:()\n]{2,40})")
_DIRECTIONS = frozenset("north south east west northeast northwest southeast southwest".split())
# "West of Goma", "to the north of Goma", but not "the north of Kosovo", which is a part of it.
_NEAR = (
    r"\b(?:near|outside|off|beside|close to|far from|next to|adjacent to|vicinity of|approaches to|bordering"
    r"|(?:kilomet(?:er|re)s?|miles?|km)\b[\w ()-]{0,24}\b(?:of|from)"
    r"|(?:(?<!\bthe )(?<!held )(?<!controlled )|(?<=\bto the ))(?:(?:north|south)-?)?"
    rf"(?:{'|'.join(sorted(_DIRECTIONS))}) of)\b"
)
_NEAR_WITHIN = re.compile(_NEAR, re.I)
_NEAR_BEFORE = re.compile(
    _NEAR + r"\s+(?:the\s+)?"
    r"(?:(?:[\w'’-]+\s+){0,4}(?:city|town|village|capital|port|coast|seat)s?(?:\s+of|,)?\s+)?$",
    re.I,
)
_LOCATIVE = frozenset("in at near outside inside off of from across around".split())
_INSIDE = frozenset("in at near inside outside".split())
_REGION_WORDS = frozenset(
    "province provinces region state district governorate county valley oblast prefecture department "
    "area areas part parts peninsula coast countryside mountains north south east west "
    "northern southern eastern western central northeastern northwestern southeastern southwestern "
    "northeast northwest southeast southwest border upstate".split()
)
# With these right beside it a name is that of a part of a state, though a city bears it too.
_PART_WORDS = frozenset(
    "province provinces region regions oblast oblasts governorate governorates state prefecture department "
    "krai county countryside".split()
)
_PARTS_WORDS = frozenset(word for word in _PART_WORDS if word.endswith("s"))
_CITY_WORDS = frozenset("city town village capital port suburb municipality".split())
_STATE_WORDS = frozenset("country nation republic kingdom".split())
# Words written with a capital at the start of a sentence, no part of the name after them.
_NO_PARTS = frozenset("the downtown greater rural occupied".split())
# Each of these lies in one state, though the sea or the mountains that it is named after lie in none.
_SHORE_WORDS = frozenset(
    "coast shore port harbor harbour town city village republic resort province nation country state".split()
)
# No state is meant, or more than one.
_STATELESS = frozenset("countries capitals strait straits".split())
# Named after a state, but not in it: "the Mozambique Channel", "the Korea Strait".
_WATERS = frozenset("channel strait straits sea ocean basin trench".split())
_BORDER_WORDS = frozenset("border borders frontier boundary".split())
# What a state has abroad: "the U.S. embassy" is never in the United States, "a U.S. base" seldom.
_MISSIONS = frozenset(
    "embassy embassies consulate consulates mission missions legation ambassador ambassadors".split()
)
# Whose state tells nothing on where they are: "a base of American troops near Sydney".
_GUESTS = frozenset("troops soldiers forces marines peacekeepers base bases".split())
# Codes of today's states that lay in one that is no more.
_HEIRS = {
    "SUN": frozenset("RUS UKR BLR LTU LVA EST MDA GEO ARM AZE KAZ UZB TKM KGZ TJK".split()),
    "YUG": frozenset("SRB MNE KOS HRV BIH SVN MKD".split()),
    "CSK": frozenset(("CZE", "SVK")),
    "DDR": frozenset(("DEU",)),
}
_CAMPS = frozenset("camp camps".split())
# Towns there are of these names (Most, Police, University), but who writes them means the thing.
_COMMON = frozenset(
    "university police hospital airport square church cathedral mosque temple parliament palace embassy "
    "central ministry school college city town village camp base old new north south east west street road "
    "park bridge border district province state hotel market mall tower house hall court prison center "
    "centre union the national international general presidential military naval air port station island "
    "islands lake river mount mountain valley bay gate green of most same "
    "bank human federal republic liberal federation confederation media fleet law liberty justice "
    "unity security council committee congress supreme constitutional defence defense interior foreign "
    "intelligence officer marshal olympic rapid side young mine day gas one our we to un "
    "al el la le los las les de da di du".split()
)
# Bodies that are wherever their people are: "the Washington Post", "the Cali cartel".
_HOMELESS = frozenset("JRN PTY REB CRM PRM OPP".split())
# In the name of any other body a city is meant, a small town hardly: "the Federal Court".
_LEAST_IN_BODY = 5.0
# Letters such as "PIA", which GeoNames gives Peoria for its airport.
_LONGEST_ACRONYM = 4


@dataclass(frozen=True, slots=True)
class _Found:
    """Places of one name at tokens[first:last] of a mention."""

    first: int
    last: int
    places: tuple[Known, ...]


@dataclass(frozen=True)  # without slots, for what is worked out only where it is asked for
class _Asked:
    """A mention, its words and what is known around it; worked out once."""

    scene: Scene
    mention: Mention
    tokens: list[Token]
    terms: list[Match]
    states: list[str]
    hints: Sequence[str]

    @property
    def article(self) -> Article:
        return self.scene.article

    @cached_property
    def likely(self) -> list[Likely]:
        return rank_states(self.scene, self.mention.span, self.hints)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(token.key for token in self.tokens)

    @cached_property
    def near(self) -> set[str]:
        codes = {one.country for one in self.likely}
        return codes.union(*(_HEIRS.get(code, ()) for code in codes))

    @cached_property
    def after(self) -> list[Token]:
        return _tokens_after(self)

    @property
    def whole(self) -> str:
        return self.article.title if self.mention.span.of == "title" else self.article.text


def resolve_places(
    article: Article,
    mentions: Sequence[Mention],
    countries: Sequence[Sequence[str]],
    scene: Scene | None = None,
) -> list[Place]:
    """Return for each mention of a place where it is; one that cannot be told has no country.

    Args:
        article: Whose words the mentions are.
        mentions: Of places, in any order: the result of one does not depend on the others.
        countries: For each mention the codes of those who took part in its event, actors first.
        scene: Of the article, where it has been read already.
    """
    scene = scene or read_scene(article)
    return [
        _resolve(_ask(scene, mention, [code for code in hints if code in load_countries()]))
        for mention, hints in zip(mentions, countries, strict=True)
    ]


def _ask(scene: Scene, mention: Mention, hints: Sequence[str]) -> _Asked:
    tokens = tokenize(expand_abbreviations(mention.span.text))
    terms = find_terms(tokens)
    terms = [*terms, *(inner for match in terms for inner in _find_states_within(tokens, match))]
    return _settle_congo(_Asked(scene, mention, tokens, terms, _states_in(terms), hints))


def _settle_congo(asked: _Asked) -> _Asked:
    """Take "Congo" as the smaller of the two states where only that one is named around it."""
    if "COD" in asked.states and asked.words & {"congo"} and "COG" in asked.near and "COD" not in asked.near:
        return replace(asked, states=["COG" if code == "COD" else code for code in asked.states])
    return asked


def _find_states_within(tokens: Sequence[Token], whole: Match) -> list[Match]:
    """Return the states in the name of a body that has a home: "the Parliament of Georgia"."""
    if not any(_is_at_home(term) for term in whole.terms):
        return []
    found: list[Match] = []
    for first in range(whole.first, whole.last):
        for last in range(min(whole.last, first + _LONGEST_NAME), first, -1):
            if (first, last) == (whole.first, whole.last) or (found and first < found[-1].last):
                continue
            states = [
                match._replace(first=first, last=last)
                for match in find_terms(tokens[first:last])
                if match.last == last - first and any(term.kind == "state" for term in match.terms)
            ]
            if states:
                found += states
                break
    return found


def _is_at_home(term: Term) -> bool:
    return term.kind == "body" and not _HOMELESS.intersection(term.sectors)


def _resolve(asked: _Asked) -> Place:
    namesake = tell_namesake(asked.article, asked.mention.span)
    if namesake:
        return Place(asked.mention.span, evidence=namesake)
    known = [_with_regions(asked, one) for one in _find_known(asked.tokens, asked)]
    found = [
        one
        for one in known
        if not _is_state(asked, one) and not _is_part(asked, one) and not _is_of_body(asked, one)
    ]
    if found:
        chosen, why = _choose(asked, found)
        if chosen is not None:
            spot = chosen.latitude, chosen.longitude
            one = next(
                one for one in found if spot in {(place.latitude, place.longitude) for place in one.places}
            )
            return _place_known(asked, chosen, why, _states_beside(asked, found), one)
    if "capital" in asked.words:
        return _resolve_capital(asked)
    if _is_water(asked):
        return Place(asked.mention.span, evidence=f"{asked.mention.span.text!r}: waters of no one state")
    located = _state_located(asked)
    if located:
        return _place_state(asked, located, f"in {name_country(located)}, as the words say")
    abroad = _find_abroad(asked)
    if abroad:
        return _place_likely(asked, abroad)
    if asked.states and asked.words & _MISSIONS:
        return Place(
            asked.mention.span, evidence=f"{asked.mention.span.text!r}: nothing tells the state that hosts it"
        )
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


def _place_known(
    asked: _Asked, known: Known, why: str, beside: Sequence[str] = (), one: _Found | None = None
) -> Place:
    country = known.country or (beside[0] if len(set(beside)) == 1 else "")
    if not country and known.kind == "area" and asked.words & _SHORE_WORDS:
        country = next((one.country for one in asked.likely if one.probability >= _LEAST_PROBABILITY), "")
    if country == "SSD" and "SDN" in beside:
        country = "SDN"  # "Juba, southern Sudan"
    country = _settle_state(known.name, country, asked.scene.published)
    return Place(
        asked.mention.span,
        known.name,
        country,
        known.latitude,
        known.longitude,
        known.geonames,
        _precision(asked, known, one),
        why,
        name_region(known.country, known.region),
    )


def _settle_state(name: str, code: str, day: date | None) -> str:
    """Return the state that a place belonged to on `day`: Juba was in Sudan, Moscow in the Soviet Union."""
    if code == "SSD" and day is not None and day < _SOUTH_SUDAN_SINCE:
        return "SDN"
    for country in load_countries().values():
        # East Germany is left out: which places of Germany lay in it no table tells.
        is_past = country.until is not None and day is not None and day <= country.until
        if is_past and country.successor == code and country.code != "DDR":
            return country.code
    return settle_capital(name, code, day)


def _place_state(asked: _Asked, code: str, why: str) -> Place:
    # The east of "East Timor" and the south of "South Korea" are parts of names.
    named = {
        n
        for match in asked.terms
        if {term.kind for term in match.terms} & {"state", "adjective", "people"}
        for n in range(match.first, match.last)
    }
    beside = {token.key for n, token in enumerate(asked.tokens) if n not in named}
    # "The West African nation of Guinea" is all of it.
    is_whole = any(
        first > 1 and asked.tokens[first - 1].key == "of" and asked.tokens[first - 2].key in _STATE_WORDS
        for first in (match.first for match in asked.terms)
    )
    if beside & _REGION_WORDS and not is_whole:
        return Place(asked.mention.span, name_country(code), code, precision="region", evidence=why)
    return _place_country(asked.mention.span, name_country(code), code, why)


def _place_country(span: Span, name: str, code: str, why: str) -> Place:
    """Return a place of precision "country", at the point that stands for the state."""
    country = load_countries()[code]
    return Place(span, name, code, country.latitude, country.longitude, precision="country", evidence=why)


def _place_likely(asked: _Asked, likely: Sequence[Likely]) -> Place:
    """Return a place of which but the state is known, by what stands around it."""
    span = asked.mention.span
    if not likely:
        return Place(span, evidence=f"{span.text!r} is in no table, and nothing near it tells the country")
    best = likely[0]
    if best.probability < _LEAST_PROBABILITY:
        return Place(span, evidence=f"{span.text!r} is in no table, and no state near it stands out")
    return _place_country(span, "", best.country, f"{span.text!r}: {best.why}")


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
    side = _find_side(asked)
    if side:
        return [Likely(side, 1.0, "its side of the border, as the words say", True)]
    others = [one for one in asked.likely if one.country not in asked.states]
    border = asked.words & _BORDER_WORDS and len(set(asked.states)) == 1
    camp = asked.words & _CAMPS and "refugee" in asked.words
    if border:
        return [one for one in others if one.took_part] or others[:1]
    return others if asked.words & _MISSIONS or camp else []


def _find_side(asked: _Asked) -> str:
    """Return the state on whose side of a border something is: "the Lebanese side of the border"."""
    for match in asked.terms:
        following = [token.key for token in asked.tokens[match.last : match.last + 2]]
        codes = {term.country for term in match.terms if term.kind in ("state", "adjective")}
        if following[:1] == ["side"] and len(codes) == 1 and asked.words & _BORDER_WORDS:
            return codes.pop()
    return ""


def _is_water(asked: _Asked) -> bool:
    """Whether the words are a sea or a strait named after a state."""
    for match in asked.terms:
        after = asked.tokens[match.last] if match.last < len(asked.tokens) else None
        if after is not None and after.is_capital and after.key in _WATERS:
            return True
    return False


def _state_located(asked: _Asked) -> str:
    """Return the one state of several that "in" or "near" stands before: "a Turkish base in Qatar"."""
    found: list[str] = []
    if len(set(asked.states)) < 2 and not asked.words & _MISSIONS:
        return ""
    for match in asked.terms:
        before = match.first - 1
        while before > 0 and (asked.tokens[before].key == "the" or asked.tokens[before].key.endswith("ern")):
            before -= 1
        here = {term.country for term in match.terms if term.kind == "state"}
        is_alone = not any(token.key == "and" for token in asked.tokens[match.last : match.last + 1])
        if len(here) == 1 and before >= 0 and asked.tokens[before].key in _INSIDE and is_alone:
            found += here
    return found[0] if len(found) == 1 and not asked.words & _BORDER_WORDS else ""


def _is_called_part(asked: _Asked, one: _Found) -> bool:
    """Whether the words call a name a province or so: "Kherson region", "the province of Homs"."""
    following = asked.tokens[one.last].key if one.last < len(asked.tokens) else _word_after(asked)
    before = [token.key for token in asked.tokens[max(0, one.first - 2) : one.first]]
    # "The Kherson and Zaporizhzhia regions": up to the plural there are but names.
    rest = [token for token in asked.tokens[one.last :] if not token.is_capital]
    ending = next((token.key for token in rest if token.key not in ("and", ",")), "")
    if ending in _PARTS_WORDS:
        return True
    return following in _PART_WORDS or (len(before) == 2 and before[1] == "of" and before[0] in _PART_WORDS)


def _is_called_city(asked: _Asked, one: _Found) -> bool:
    """Whether the words call a name a city: "the northern city of Kunduz" is not the province."""
    before = {token.key for token in asked.tokens[max(0, one.first - 3) : one.first]}
    following = asked.tokens[one.last].key if one.last < len(asked.tokens) else _word_after(asked)
    return bool(before & _CITY_WORDS) or following in _CITY_WORDS


def _wants_region(asked: _Asked, one: _Found) -> bool:
    """Whether the words ask for a part of a state rather than for a city of the name."""
    if _is_called_part(asked, one):
        return True
    # After a bearing there is a city: "south of Kabul".
    tokens = asked.tokens
    is_bearing = {
        n
        for n, token in enumerate(tokens[:-1])
        if token.key in _DIRECTIONS
        and tokens[n + 1].key == "of"
        and (n == 0 or tokens[n - 1].key != "the" or (n > 1 and tokens[n - 2].key == "to"))
    }
    words = {token.key for n, token in enumerate(tokens) if n not in is_bearing}
    return bool(words & _REGION_WORDS) and not _is_called_city(asked, one)


def _word_after(asked: _Asked) -> str:
    """Return the key of the word right after the mention, "" where a mark or nothing follows."""
    end = asked.mention.span.end
    following = _NEXT_WORD.match(asked.whole, end, end + 30) if end is not None else None
    return fold(following[1]) if following else ""


def _is_state(asked: _Asked, one: _Found) -> bool:
    """Whether a name is that of a state: Lebanon is not the town in Oregon.

    Only where the text is about another state that has a region of the name is it that one: Georgia
    among Americans.
    """
    for match in asked.terms:
        if match.first <= one.first and one.last <= match.last:
            states = {term.country for term in match.terms if term.kind == "state"}
            regions = {place.country for place in one.places if place.kind == "region"}
            is_region = any(place.kind == "region" and place.country in states for place in one.places)
            if states and not states & asked.near and _is_local(asked, one, states):
                return False
            if states and (is_region or _is_city_abroad(asked, one, states)):
                return False  # Scotland is a part of the state that also bears its name
            if states:
                return bool(states & asked.near) or not regions & asked.near
    return False


def _is_of_body(asked: _Asked, one: _Found) -> bool:
    """Whether a name is but that of a body, or part of it: the Indian town of Un, "the Donbas Battalion"."""
    for match in asked.terms:
        if match.first <= one.first and one.last <= match.last:
            bodies = [term for term in match.terms if term.kind == "body"]
            if not bodies or len(bodies) < len(match.terms):
                continue
            largest = max(place.weight for place in one.places)
            if (match.first, match.last) == (one.first, one.last):
                # Rojava is a place too, Morena but a party; Ma'an is an agency and a city of Jordan.
                own = " ".join(token.key for token in asked.tokens[one.first : one.last])
                is_near = any(
                    place.country in asked.near and " ".join(fold_phrase(place.name)) == own
                    for place in one.places
                )
                return largest < _LARGE and (not is_near or asked.tokens[one.first].raw.isupper())
            is_school = any("EDU" in term.sectors for term in bodies)
            if not any(map(_is_at_home, bodies)) or (largest < _LEAST_IN_BODY and not is_school):
                return True
    return False


def _is_local(asked: _Asked, one: _Found, states: set[str]) -> bool:
    """Whether the article speaks of the surroundings of a place that bears the name of a state."""
    key = " ".join(token.key for token in asked.tokens[one.first : one.last])
    return any(
        place.country not in states and measure_support(asked.article, place, key) >= _IS_LOCAL
        for place in one.places
    )


def _is_city_abroad(asked: _Asked, one: _Found, states: set[str]) -> bool:
    """Whether a city with the name of a state is meant: "Lebanon, Pennsylvania"; Salvador in Brazil."""
    cities = [place for place in one.places if place.kind == "city" and place.country not in states]
    if not cities:
        return False
    within = asked.tokens[one.last + 1 :]
    follows = _find_known(within) if one.last < len(asked.tokens) else _find_known(asked.after)
    told = {place.country for near in follows if near.first == 0 for place in near.places if place.is_wide}
    if any(city.country in told for city in cities):
        return True
    return not states & asked.near and any(
        city.country in asked.near and city.weight >= _KNOWN_ABROAD for city in cities
    )


def _is_part(asked: _Asked, one: _Found) -> bool:
    """Whether a name is but a part of a longer one that no table has: "Tal Kalakh Gate"."""
    tokens = asked.tokens
    # "Baghdad's Tahrir Square" are two names: an owner and what it owns.
    before = [
        token
        for token in tokens[max(0, one.first - 1) : one.first]
        if not token.owner and token.key not in _LOCATIVE | _NO_PARTS and not token.key.endswith("ern")
    ]
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
    if asked.words & (_MISSIONS | _GUESTS):
        beside = [match for match in beside if any(term.kind == "state" for term in match.terms)]
    return _states_in(beside)


def _find_known(tokens: Sequence[Token], asked: _Asked | None = None) -> list[_Found]:
    """Return the names of the tables within a mention, the longest first, none overlapping.

    With `asked`, small towns are thought of too, where its article speaks of what lies around them.
    """
    found: list[_Found] = []
    for length in range(min(_LONGEST_NAME, len(tokens)), 0, -1):
        for first in range(len(tokens) - length + 1):
            last = first + length
            if any(first < one.last and one.first < last for one in found):
                continue
            keys = [token.key for token in tokens[first:last]]
            if length == 1 and keys[0] in _COMMON:
                continue
            if any(token.is_capital for token in tokens[first:last]):
                places = find_places(keys)
                # "The Home Ministry" is not in the town of Home.
                following = tokens[last] if last < len(tokens) else None
                is_part = following is not None and following.is_word and following.is_capital
                lesser = _find_lesser(keys, places, None if is_part else asked)
                if lesser and not _is_of_state(tokens[first:last]):
                    places = (*places, *lesser)
                if length == 1 and asked is not None and _is_acronym(tokens[first], asked):
                    places = tuple(place for place in places if _is_so_called(asked, place, keys[0]))
                if places:
                    found.append(_Found(first, last, places))
    return found


def _is_acronym(token: Token, asked: _Asked) -> bool:
    return len(token.key) <= _LONGEST_ACRONYM and token.raw.isupper() and not asked.whole.isupper()


def _is_so_called(asked: _Asked, place: Known, key: str) -> bool:
    """Whether letters in capitals mean a place: ADEN in a dateline, not a town by the code of its airport."""
    is_own = " ".join(fold_phrase(place.name)) == key
    is_known = place.weight >= _KNOWN_ABROAD or place.country in asked.near
    return place.weight >= _LARGE or (is_own and is_known)


def _is_of_state(tokens: Sequence[Token]) -> bool:
    """Whether words are an adjective or a people: a Somali port is not in the Ethiopian region of Somali."""
    return any(
        match.last - match.first == len(tokens) and term.kind in ("adjective", "people")
        for match in find_terms(tokens)
        for term in match.terms
    )


def _find_lesser(keys: Sequence[str], known: Sequence[Known], asked: _Asked | None) -> list[Known]:
    """Return the regions that no city of their state shares the name of, counties, and towns with support."""
    key = " ".join(keys)
    countries = {place.country for place in known}
    lesser = find_lesser(key)
    if "" in countries and not (asked and asked.words & _SHORE_WORDS):
        # The Red Sea is not the part of Egypt or of Sudan that is called so.
        lesser = tuple(place for place in lesser if place.kind != "region")
    found = [place for place in lesser if place.kind == "county" and place.country not in countries - {"USA"}]
    found += [place for place in lesser if place.kind == "region" and place.country not in countries]
    if asked is not None:
        # "Minnesota" is not the town of Minneota that lies in it.
        within = {place.country for place in known if place.kind == "region"}
        towns = [place for place in lesser if place.kind == "city" and place.country not in within]
        after = _words_around(asked) if towns else ""
        found += [
            town
            for town in towns
            if (town.region and f" {' '.join(fold_phrase(town.region))} " in after)
            or measure_support(asked.article, town, key) >= _LEAST_SUPPORT
        ]
        if not known and not found:
            # "Barrow, Clarke and Oconee counties"
            counties = [*find_lesser(f"{key} county"), *find_lesser(f"{key} parish")]
            found = [one for one in counties if measure_support(asked.article, one, key) >= _LEAST_SUPPORT]
    return found


def _with_regions(asked: _Asked, one: _Found) -> _Found:
    """Add the regions that a name means where the words call it one: "Kherson region"."""
    is_named_part = one.last - one.first > 1 and asked.tokens[one.last - 1].key in _PART_WORDS
    if not is_named_part and not _is_called_part(asked, one):
        return one
    keys = {tuple(token.key for token in asked.tokens[one.first : one.last])}
    # "The Zaporozhye region" is that of Zaporizhzhia.
    keys |= {fold_phrase(place.name) for place in one.places}
    # "Amazonas State" is in the list for Venezuela; Brazil, Colombia and Peru have an Amazonas too.
    stems = {key[:-1] for key in keys if len(key) > 1 and key[-1] in _PART_WORDS}
    regions = [region for key in sorted(keys | stems) for region in find_regions(key)]
    lesser = [place for key in sorted(stems) for place in find_lesser(" ".join(key))]
    known = {place.country for place in (*one.places, *regions) if place.kind == "region"}
    regions += [place for place in lesser if place.kind == "region" and place.country not in known]
    return replace(one, places=tuple(dict.fromkeys((*one.places, *regions))))


def _choose(asked: _Asked, found: Sequence[_Found]) -> tuple[Known | None, str]:
    """Return the place meant and what decided, or None and why nothing did."""
    within = {*_states_beside(asked, found), *_states_after(asked)}
    # Of several the last that "in" or "near" stands before: "near the Damascus Gate in Jerusalem".
    ordered = sorted(
        found, key=lambda one: (-one.first if _is_inner(asked, one) else 1, one.first - one.last, one.first)
    )
    # A sea says less than what the list knows in it: "Second Thomas Shoal in the South China Sea".
    # Nor is a place where another one lies in a direction from it: "Baquba, north of Baghdad".
    ordered.sort(key=lambda one: one is not found[0] and _is_landmark(asked, one))
    ordered.sort(key=lambda one: _is_inner(asked, one) and _is_sea(one) and _has_listed(one, found))
    for one in ordered:
        around = within | {
            p.country for other in found if other is not one for p in other.places if p.kind == "region"
        }
        held = [place for place in one.places if place.country in around]
        if held:
            place = _heaviest(asked, one, held)
            return place, f"in {name_country(place.country) or 'a wider area'}, as the words say"
    for one in ordered:
        best = _heaviest(asked, one, one.places)
        if best.country in asked.near:
            return best, f"{best.name}; {name_country(best.country)} is named nearby"
    best = _heaviest(asked, ordered[0], ordered[0].places)
    if best.kind == "county":
        return best, f"{best.name}, a county"
    stateless = [place for place in ordered[0].places if not place.country]
    if stateless:
        return stateless[0], f"{stateless[0].name}, in no state or in several"
    told = [place for place in ordered[0].places if place.country in _states_told(asked, ordered[0])]
    # Córdoba is told of Colombia, but that of Argentina is larger.
    if told and max(place.weight for place in told) >= max(place.weight for place in ordered[0].places):
        best = _heaviest(asked, ordered[0], told)
        return best, f"{best.name}, of which there is one that news names"
    rivals = [place.weight for place in ordered[0].places if place.country != best.country]
    # Nothing but a village: not the large city of the name far away.
    is_village = bool({"village", "hamlet"} & {*asked.words, _word_after(asked)})
    own = " ".join(token.key for token in asked.tokens[ordered[0].first : ordered[0].last])
    is_local = measure_support(asked.article, best, own) >= _IS_LOCAL
    is_tied = (bool(best.state) and best.state in asked.whole) or is_local
    is_far = (
        bool(asked.likely)
        and not is_tied
        and (best.weight < _KNOWN_ABROAD or (is_village and len(found) == 1))
    )
    if _is_on_border(best, ordered[0].places):
        return best._replace(country="", region=""), f"{best.name}, on the border of two states"
    if is_far or (not is_local and rivals and best.weight - max(rivals) < _CLEAR_LEAD):
        return None, f"{best.name} may be elsewhere: nothing near it speaks of {name_country(best.country)}"
    return best, f"{best.name}, the largest place of that name"


def _is_on_border(best: Known, places: Sequence[Known]) -> bool:
    """Whether a place stands in the tables for each of the two states that it lies between: Wagah."""
    rivals = [place for place in places if place.country != best.country and place.weight >= best.weight]
    return bool(rivals) and all(
        max(abs(place.latitude - best.latitude), abs(place.longitude - best.longitude)) < _SAME_SPOT
        for place in rivals
    )


def _states_told(asked: _Asked, one: _Found) -> set[str]:
    """Return the states of a name by the tables of names that mean one state: Raqqa, Bali."""
    return {
        term.country
        for match in asked.terms
        if match.first == one.first and match.last == one.last
        for term in match.terms
        if term.kind == "region"
    }


def _is_landmark(asked: _Asked, one: _Found) -> bool:
    """Whether a name but tells a direction: the Baghdad of "north of Baghdad"."""
    before = [token.key for token in asked.tokens[max(0, one.first - 2) : one.first] if token.key != "the"]
    return len(before) == 2 and before[1] == "of" and before[0] in _DIRECTIONS


def _is_sea(one: _Found) -> bool:
    """Whether a name is that of something wide in no state."""
    return all(place.is_wide and not place.country for place in one.places)


def _has_listed(one: _Found, found: Sequence[_Found]) -> bool:
    """Whether another name than this one is in the list of places that news names."""
    return any(place.geonames is None for other in found if other is not one for place in other.places)


def _is_inner(asked: _Asked, one: _Found) -> bool:
    """Whether a name tells where the rest lies: "Damascus Gate in Jerusalem", "Baghdad's Tahrir Square"."""
    before = asked.tokens[one.first - 1] if one.first else None
    if before is not None and before.key == "the":
        before = asked.tokens[one.first - 2] if one.first > 1 else None
    return asked.tokens[one.last - 1].owner or (before is not None and before.key in _LOCATIVE)


def _heaviest(asked: _Asked, one: _Found, places: Sequence[Known]) -> Known:
    if len(places) == 1:
        return places[0]
    wants_region = _wants_region(asked, one)
    odds = {one.country: one.probability for one in asked.likely}
    around = _words_around(asked)
    own = " ".join(token.key for token in asked.tokens[one.first : one.last])
    regions = {place.country for place in places if place.kind == "region"}

    def shares_region(place: Known) -> bool:
        # California in an article about Maryland is not the town of that name there.
        return place.country in regions

    def weigh(place: Known) -> tuple[float, str, int]:
        weight = (
            place.weight
            + _WEIGHT_OF_NEAR * (place.country in odds)
            + _WEIGHT_OF_ODDS * odds.get(place.country, 0.0)
            + _WEIGHT_OF_STATE * (bool(place.state) and f" {place.state.casefold()} " in around)
            + _WEIGHT_OF_STATE_IN_TEXT * (bool(place.state) and place.state in asked.whole)
            + (0.0 if shares_region(place) else weigh_support(asked.article, place, own))
            + (wants_region and place.is_wide)
        )
        return weight, place.name, place.geonames or 0

    best = max(places, key=weigh)
    # A city and a region of one name in one state: the words tell which.
    fitting = [place for place in places if place.country == best.country and place.is_wide == wants_region]
    return max(fitting, key=weigh, default=best)


def _words_around(asked: _Asked) -> str:
    """Return the folded words of the mention and of what follows it, each between spaces."""
    words = (*asked.tokens, *asked.after)
    return f" {' '.join(token.key for token in words if token.is_word)} "


def _states_after(asked: _Asked) -> list[str]:
    """Return the states, and those of the regions, that follow right after the words."""
    tokens = asked.after
    starting = [match for match in find_terms(tokens) if match.first == 0]
    codes = [t.country for match in starting for t in match.terms if t.kind in ("state", "region")]
    for one in _find_known(tokens):
        if one.first == 0:
            codes += [place.country for place in one.places if place.kind == "region"]
    return codes


def _text_after(asked: _Asked) -> str:
    """Return what follows a comma, "in" or "of" right after the words, else ""."""
    end = asked.mention.span.end
    if end is None:
        return ""
    text = expand_abbreviations(asked.whole[end : end + 60])
    after = _AFTER.match(text)
    return after[1] if after else ""


def _tokens_after(asked: _Asked) -> list[Token]:
    """Return the first words of what follows, up to the end of the sentence."""
    tokens = tokenize(_text_after(asked))[:4]
    end = next((n for n, token in enumerate(tokens) if token.key in ".!?"), len(tokens))
    return tokens[:end]


def _precision(asked: _Asked, place: Known, one: _Found | None) -> Precision:
    """Return how near the place is to what the words mean; `one` is its name, None for "the capital"."""
    if place.is_wide or (one is not None and _is_called_part(asked, one)):
        return "region"
    span = asked.mention.span
    before = asked.whole[max(0, (span.start or 0) - 60) : span.start or 0]
    if one is None:
        return "near" if _NEAR_WITHIN.search(span.text) or _NEAR_BEFORE.search(before) else "exact"
    # What stands between counts: "near the mosque in Baghdad" is in Baghdad.
    within = expand_abbreviations(span.text)[: asked.tokens[one.first].start]
    return "near" if _NEAR_BEFORE.search(before + within) else "exact"
