"""What the words of a participant say by themselves: name, country, sector, and what is left open.

"Russian Defense Minister Andrei Belousov" says all three. "The minister" says a sector and leaves
open who; "its army" leaves open whose. Nothing here looks at the rest of the article.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date
from itertools import pairwise, zip_longest
from typing import NamedTuple

from whowhom.resolvers.lexicon import Term, Token, tokenize
from whowhom.resolvers.sectors import read_sectors
from whowhom.resolvers.units import (
    BEFORE_HYPHEN,
    BELONGING,
    DETERMINERS,
    FOREIGN,
    LINKS,
    OWNERS,
    PRONOUNS,
    WEAK_TIES,
    PhraseKind,
    Segment,
    Unit,
    cut_segments,
    join_words,
    make_units,
)

_FORMER = frozenset("former ex late deposed ousted exiled retired onetime erstwhile toppled".split())
# What a part of a federation has, and who: with these the name is that of the American state.
_NAMESAKES = ("Georgia",)
_ONLY_OF_A_PART = frozenset(
    "governor gov senator sen senators congressman congresswoman republican republicans sheriff".split()
)
_OF_A_PART = _ONLY_OF_A_PART | frozenset(
    "lieutenant rep representative democrat democrats voters lawmakers legislature legislators county".split()
)
# Whose "Franco-German" ones are of both states.
_OF_STATES = (("GOV",), ("MIL",), ("COP",), ("SPY",))
_OF_SEVERAL = frozenset("delegation team patrol summit commission committee alliance coalition".split())
_BEFORE_AMERICAN = frozenset("anglo franco sino russo indo soviet israeli japanese us".split())
_HYPHENATED = frozenset("american americans canadian canadians".split())
# "The Likud party" is Likud.
_KINDS_OF_BODY = frozenset(
    "party movement group militia coalition alliance bloc organisation organization union front".split()
)
_HALVES = frozenset("north south west east koreas".split())


class Phrase(NamedTuple):
    """One participant as its words show it.

    Attributes:
        start, end: Offsets in the text that was read.
        kind: "role" is a description without a name ("the rebels").
        keys: The keys of a person's name.
        roles: Keys of the role words, as in {"foreign minister", "minister"}.
        determiner: "the", "a", "its", ... or "".
        owner: A pronoun whose antecedent tells the country ("its army").
        belongs: Keys of a person's name that tells the country ("an aide to Mr. Annan").
        weak: The sector is a guess that anything better may replace.
        is_place: A city or region by name, or a capital, which may be meant as a place.
        default: Code to take where nothing else tells the country, "-" for none.
    """

    start: int
    end: int
    kind: PhraseKind = "other"
    name: str = ""
    keys: tuple[str, ...] = ()
    country: str = ""
    sectors: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    determiner: str = ""
    owner: str = ""
    belongs: tuple[str, ...] = ()
    number: int = 0
    plural: bool = False
    weak: bool = False
    is_place: bool = False
    default: str = ""
    former: bool = False
    head: str = ""


def read_phrase(text: str, day: date | None = None, states: Container[str] = ()) -> list[Phrase]:
    """Return the participants that the words name, with what the words alone say of each.

    One for most words; several for "Russia and China" (each with offsets of its own), for
    "Ethiopian and Somali negotiators" and "the leaders of Peru, Chile and Bolivia" (all with the
    offsets of the whole). Never none. `states` are those named elsewhere in the article.

        >>> [(phrase.name, phrase.country) for phrase in read_phrase("Russia and China")]
        [('Russia', 'RUS'), ('China', 'CHN')]
        >>> read_phrase("Russian Defense Minister Andrei Belousov")[0].sectors
        ('GOV', 'MIL')
    """
    tokens = tokenize(text[:MAX_LENGTH])
    if not tokens:
        return [Phrase(0, len(text))]
    units = make_units(text, tokens, day, states)
    parts = split_parts(tokens, units)
    phrases: list[Phrase] = []
    for part in parts:
        phrases += _spread(tokens, part, whole=(0, len(text)) if len(parts) == 1 else None)
    return phrases


MAX_LENGTH = 400  # what is longer is no participant; the head stands in its first words


def split_parts(tokens: Sequence[Token], units: Sequence[Unit]) -> list[list[Unit]]:
    """Split "Kim and Putin" at "and" and commas where every part can stand alone."""
    parts: list[list[Unit]] = [[]]
    n_ands = 0
    for unit in units:
        key = tokens[unit.first].raw if unit.kind == "mark" else tokens[unit.first].key
        if (unit.kind == "word" and key in ("and", "&")) or key == "," or key == "&":
            n_ands += key != ","
            parts.append([])
        else:
            parts[-1].append(unit)
    parts = [part for part in parts if part]
    if not n_ands or len(parts) < 2:
        return [list(units)]
    if all(_stands_alone(tokens, part) for part in parts):
        return parts
    # "U.S. and Iraqi forces" shares its head; "Russia and Iranian officials" does not.
    shares = tokens[parts[0][-1].first].raw.isupper() and parts[-1][-1].term("role") is not None
    if n_ands == 1 and len(parts) == 2 and not shares and all(_has_identity(tokens, part) for part in parts):
        return parts
    return [list(units)]


def _stands_alone(tokens: Sequence[Token], part: Sequence[Unit]) -> bool:
    """Tell whether a part is a state, a body or a person by itself, with or without article and title."""
    solid = [unit for unit in part if not (unit.kind == "word" and tokens[unit.first].key in DETERMINERS)]
    if any(unit.kind in ("word", "mark") and tokens[unit.first].raw != "." for unit in solid):
        return False
    if not solid:
        return False
    last = solid[-1]
    return last.kind == "name" or last.term("state", "capital", "seat", "body") is not None


def _has_identity(tokens: Sequence[Token], part: Sequence[Unit]) -> bool:
    """Tell whether a part has a country or name and a head of its own ("Iran's army")."""
    if any(unit.kind == "word" and tokens[unit.first].key in LINKS for unit in part):
        return False
    last = part[-1]
    has_head = last.kind == "name" or last.term("state", "capital", "seat", "body", "role") is not None
    return has_head and any(
        unit.kind == "name"
        or unit.term("state", "capital", "seat", "body", "adjective", "people") is not None
        for unit in part
    )


def _spread(tokens: Sequence[Token], units: list[Unit], whole: tuple[int, int] | None) -> list[Phrase]:
    """Read one part; several phrases when its modifiers name several states."""
    span = whole or (tokens[units[0].first].start, tokens[units[-1].last - 1].end)
    base = read_units(tokens, units, span)
    states = _listed_states(tokens, units) or _joined_states(tokens, units, base)
    if len(states) < 2:
        return [base]
    return [
        base._replace(
            country=term.country,
            name="" if base.kind in ("role", "people") else term.name,
            evidence=(f"country: {words!r} in the words", *base.evidence[1:]),
        )
        for term, words in states
    ]


def _listed_states(tokens: Sequence[Token], units: Sequence[Unit]) -> list[tuple[Term, str]]:
    """Return the states of "French, German and Italian troops" or "leaders of Peru and Chile"."""
    joined_by_and = any(tokens[unit.first].key in ("and", "&") for unit in units)
    if not joined_by_and or any(unit.kind == "name" for unit in units):
        return []
    runs: list[list[tuple[Term, str]]] = [[]]
    for place, unit in enumerate(units):
        term = unit.term("adjective", "state", "body", "capital") or unit.term("role")
        following = units[place + 1] if place + 1 < len(units) else None
        raw = tokens[unit.first].raw
        if term and term.country not in ("", "-") and not tokens[unit.last - 1].joined:
            runs[-1].append((term, " ".join(token.raw for token in tokens[unit.first : unit.last])))
        elif not (raw in (",", "and", "&") and following is not None) and raw.lower() not in ("the",):
            runs.append([])
    best = max(runs, key=len)
    if len({term.country for term, _ in best}) < 2:
        return []
    return best


def _joined_states(tokens: Sequence[Token], units: Sequence[Unit], base: Phrase) -> list[tuple[Term, str]]:
    """Return the two states of "Franco-German troops" and "the Israeli-Palestinian delegation".

    One person has both ("a British-Iranian aid worker"), and so have people ("Turkish-Germans").
    """
    official = base.kind == "role" and base.sectors[:1] in _OF_STATES
    many = base.plural or base.head in _OF_SEVERAL or base.head.endswith(("force", "brigade"))
    if not (official and many) and base.kind != "state":
        return []
    for one, other in pairwise(units):
        first, second = one.term("adjective", "state"), other.term("adjective")
        joint = tokens[one.last - 1]
        if first is None or second is None or not joint.joined or second.country == first.country:
            continue
        if first.kind == "state" and not joint.raw.replace(".", "").isupper():
            continue  # "Kosovo-Albanian"
        if tokens[other.first].key in _HYPHENATED and joint.key not in _BEFORE_AMERICAN:
            continue
        return [(first, join_words(tokens, one)), (second, join_words(tokens, other))]
    return []


def read_units(tokens: Sequence[Token], units: list[Unit], span: tuple[int, int]) -> Phrase:
    """Read one noun phrase."""
    segments = cut_segments(tokens, units)
    first_words = [token for token in tokens[units[0].first : units[-1].last] if token.raw[0].isalnum()]
    determiner, owner = _read_determiner(first_words)
    phrase = Phrase(
        *span,
        determiner=determiner,
        owner=owner,
        number=_read_count(first_words),
        former=_is_former(first_words),
    )
    if len(first_words) == 1 and first_words[0].raw.casefold() in PRONOUNS and first_words[0].raw != "US":
        return phrase._replace(kind="pronoun", head=first_words[0].key)
    main = segments or [Segment("")]
    phrase = _read_identity(tokens, main, phrase)
    phrase = _read_roles(tokens, main, phrase)
    phrase = _read_country(tokens, segments, phrase)
    if phrase.former and phrase.sectors and phrase.sectors[0] not in ("ELI", "CVL", "REB", "OPP"):
        rest = tuple(code for code in phrase.sectors if code not in ("GOV", "ELI"))
        phrase = phrase._replace(sectors=("ELI", *rest))
    return phrase


def _is_former(words: Sequence[Token]) -> bool:
    keys = [word.key for word in words[:6]]
    return not _FORMER.isdisjoint(keys) or (
        "time" in keys and any(pair in (("one", "time"), ("two", "time")) for pair in pairwise(keys))
    )


def _read_determiner(words: Sequence[Token]) -> tuple[str, str]:
    first = words[0].key if words else ""
    owner = next((word.key for word in words[:4] if word.key in OWNERS), "")
    return (first if first in DETERMINERS or first in OWNERS else ""), owner


def _read_count(words: Sequence[Token]) -> int:
    keys = [word.key for word in words[:3]]
    for word, number in (("both", 2), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("pair", 2)):
        if word in keys:
            return number
    return 0


def _read_identity(tokens: Sequence[Token], segments: Sequence[Segment], phrase: Phrase) -> Phrase:
    """Fill kind, name and head from the head segment, or from the apposition that holds the name."""
    for place, segment in enumerate(segments):
        if place and segment.link != ",":
            if any(unit.kind == "name" for unit in segment.units):
                # "The mayor of Melitopol, Ivan Fedorov": a place that no table knows is nobody's name.
                held = _find_holder(segments[place + 1 :])
                if held is not None and any(unit.term("role") for unit in segments[0].units):
                    return _read_name(tokens, held, held.units[0], phrase, apposed=True)
                break
            continue
        for unit in segment.units:
            if unit.kind == "name":
                return _read_name(tokens, segment, unit, phrase, apposed=place > 0)
    head = segments[0]
    for unit in reversed(head.units):
        term = unit.term(*_HEAD_KINDS) if unit.terms else None
        if term is None:
            continue
        words = join_words(tokens, unit)
        if term.kind == "role":
            proper = _proper_name(tokens, head, unit) or _name_of_side(tokens, head, unit)
            return phrase._replace(
                kind="role",
                head=words.lower(),
                name=proper,
                plural=tokens[unit.last - 1].key.endswith(("s", "men", "people", "police")),
            )
        if term.kind in ("body", "seat"):
            return phrase._replace(kind="body", name=term.name, head=words.lower())
        if term.kind in ("state", "capital", "adjective"):
            plural_people = unit.term("people") and tokens[unit.last - 1].key.endswith("s")
            kind: PhraseKind = "people" if plural_people and term.kind == "adjective" else "state"
            if term.kind == "adjective" and phrase.determiner in ("a", "an", "another"):
                kind = "people"
            name = term.name if kind == "state" else ""
            return phrase._replace(kind=kind, name=name, head=words.lower(), is_place=term.kind == "capital")
        kind = "people" if term.kind == "people" or term.role == "people" else "place"
        return phrase._replace(kind=kind, head=words.lower(), is_place=kind == "place")
    return phrase


_HEAD_KINDS = ("body", "seat", "state", "capital", "adjective", "people", "region", "role")


def _find_holder(segments: Sequence[Segment]) -> Segment | None:
    """Return the first of the segments that is a full name behind a comma, and none of a list of names."""
    for segment, following in zip_longest(segments, segments[1:]):
        first = segment.units[0] if segment.units else None
        if segment.link == "," and first and first.kind == "name" and first.last - first.first > 1:
            return segment if following is None or following.link == "," else None
    return None


def _name_of_side(tokens: Sequence[Token], segment: Segment, head: Unit) -> str:
    """Return "Taliban" for "Taliban insurgents", whose fighters are the group; "Likud" for its party."""
    bodies = [term for unit in segment.units if (term := unit.term("body"))]
    side = next((term.name for term in bodies if term.sectors[:1] in (("REB",), ("PRM",))), "")
    place = segment.units.index(head)
    before = segment.units[place - 1].term("body") if place else None
    if not side and before is not None and tokens[head.last - 1].key in _KINDS_OF_BODY:
        return before.name
    return side


def _proper_name(tokens: Sequence[Token], segment: Segment, head: Unit) -> str:
    """Return "Lahore High Court" where every word up to the head is capitalised, else ""."""
    place = segment.units.index(head)
    units = segment.units[: place + 1]
    while units and units[0].kind == "word" and tokens[units[0].first].key in DETERMINERS | OWNERS:
        units.pop(0)
    words = tokens[units[0].first : head.last] if units else []
    if len(words) < 2 or not all(
        token.raw[0].isupper() or token.key in ("of", "for", "and") for token in words
    ):
        return ""
    if words[0].owner or (all(unit.term("adjective", "state") for unit in units[:-1]) and len(words) < 3):
        return ""
    return " ".join(token.raw + ("'s" if token.owner else "") for token in words)


def _read_name(
    tokens: Sequence[Token], segment: Segment, unit: Unit, phrase: Phrase, *, apposed: bool
) -> Phrase:
    """Fill in a person's name, or that of a body whose last word tells what it is.

    `apposed`: the name stands behind a comma ("the French president, Chirac").
    """
    words = [token for token in tokens[unit.first : unit.last] if token.is_word]
    name = _join_name(words, tokens, unit)
    place = segment.units.index(unit)
    following = segment.units[place + 1] if place + 1 < len(segment.units) else None
    if following is not None and not tokens[unit.last - 1].owner:
        role = following.term("role")
        if role and role.role in ("body", "proper") and tokens[following.first].is_capital:
            return phrase._replace(
                kind="role",
                name=f"{name} {join_words(tokens, following)}",
                head=join_words(tokens, following).lower(),
            )
        if role and role.role != "title":  # "Tamaulipas police", "Sharon government"
            return phrase._replace(
                kind="role",
                head=join_words(tokens, following).lower(),
                belongs=tuple(token.key for token in words),
                plural=tokens[following.last - 1].key.endswith(("s", "men")),
            )
    if tokens[unit.last - 1].owner and following is not None:
        last = segment.units[-1]
        body = last.term("body")
        return phrase._replace(
            kind="role" if body is None else "body",
            name=_name_of_side(tokens, segment, last) if body is None else body.name,
            belongs=tuple(token.key for token in words),
            head=join_words(tokens, last).lower(),
        )
    if following is not None and len(words) == 1 and _is_common_noun(tokens, following):
        # "Park rangers", "Bush fire crews": the name, if it is one, only tells what kind they are.
        return phrase._replace(head=tokens[segment.units[-1].last - 1].key)
    plain = not apposed and all(other is unit or other.kind == "word" for other in segment.units)
    if phrase.determiner in ("the", "both") and len(words) == 1 and plain:
        return phrase._replace(name="" if words[0].key in _HALVES else name, head=words[0].key)
    keys = tuple(token.key for token in words)
    return phrase._replace(kind="person", name=name, keys=keys, head=name.lower())


def _is_common_noun(tokens: Sequence[Token], unit: Unit) -> bool:
    token = tokens[unit.first]
    return unit.kind == "word" and token.raw.islower() and token.key not in _AFTER_NAMES


def _read_roles(tokens: Sequence[Token], segments: Sequence[Segment], phrase: Phrase) -> Phrase:
    """Fill sectors, role words and the country that the head stands for without another."""
    head_roles = segments[0].roles(tokens)
    whole = phrase.determiner == "the" and not phrase.number
    sectors, weak, evidence = read_sectors(tokens, segments, phrase.kind, whole=whole)
    return phrase._replace(
        roles=frozenset([words for segment in segments for _, words, _ in segment.roles(tokens)]),
        default=next((term.country for term, _, _ in reversed(head_roles) if term.country), ""),
        sectors=sectors,
        weak=weak,
        evidence=(*phrase.evidence, *evidence),
    )


def _join_name(words: Sequence[Token], tokens: Sequence[Token], unit: Unit) -> str:
    """Write a name as the text does, with one space where it has any."""
    name = ""
    previous: Token | None = None
    for token in tokens[unit.first : unit.last]:
        if previous is not None:
            name += "-" if previous.joined else (" " if token.start > previous.end else "")
        name += token.raw
        previous = token
    return name


# What may follow a name without making it a modifier.
_AFTER_NAMES = LINKS | PRONOUNS | frozenset("and or then now jr sr too also alone al ibn bin".split())
# Which link tells the country first, where the words before the head do not.
_ORDER = {",": 0, "of": 1, "for": 2, "to": 3, "from": 2}
_COUNTRY_KINDS = ("state", "adjective", "people", "capital", "body", "seat", "region")


def _read_country(tokens: Sequence[Token], segments: Sequence[Segment], phrase: Phrase) -> Phrase:
    """Fill the country: the words before the head, then what it is "of", then where it is."""
    if phrase.kind == "pronoun":
        return phrase
    weak: tuple[str, str] | None = None
    for place in sorted(range(len(segments)), key=lambda i: (i > 0, _ORDER.get(segments[i].link, 4), i)):
        segment = segments[place]
        if place and segment.link not in (*BELONGING, ","):
            continue
        for unit in segment.units:
            term = unit.term(*_COUNTRY_KINDS) if unit.terms else None
            if term is None or not term.country:
                continue
            words = join_words(tokens, unit)
            if words in _NAMESAKES and _is_part_of_federation(tokens, unit):
                why = f"country: {words!r} is the American state here"
                return phrase._replace(country="USA", evidence=(why, *phrase.evidence))
            standing = _standing(tokens, unit)
            if term.kind == "body" and _is_cut_out(tokens, segment, unit):
                continue
            if standing == "own":
                where = place > 0 and segment.link not in ("of", "for", ",", "from")
                if where and phrase.default not in ("", "-"):
                    continue  # "coalition troops in Afghanistan" are not Afghan
                why = f"country: {term.kind} {words!r} in the words"
                return phrase._replace(country=term.country, evidence=(why, *phrase.evidence))
            if standing == "weak" and weak is None:
                weak = term.country, words
        if not phrase.belongs and phrase.kind != "person":
            name = next((unit for unit in segment.units if unit.kind == "name"), None)
            if name is not None and place and segment.link in ("of", "for", "to"):
                keys = tuple(token.key for token in tokens[name.first : name.last] if token.is_word)
                phrase = phrase._replace(belongs=keys)
    if weak is not None and phrase.default in ("", "-"):
        why = f"country: {weak[1]!r} in the words"
        return phrase._replace(country=weak[0], evidence=(why, *phrase.evidence))
    return phrase


def _is_part_of_federation(tokens: Sequence[Token], unit: Unit) -> bool:
    """Tell whether "Georgia" stands for the American state.

    So it is in "Georgia lawmakers" and "Georgia's governor", not in "Georgia's lawmakers".
    """
    following = tokens[unit.last].key if unit.last < len(tokens) else ""
    return following in (_ONLY_OF_A_PART if tokens[unit.last - 1].owner else _OF_A_PART)


def _is_cut_out(tokens: Sequence[Token], segment: Segment, unit: Unit) -> bool:
    """Tell whether a body's one word is the end of another name: "Neo Democrats" are not America's."""
    place = segment.units.index(unit)
    if not place or unit.last - unit.first > 1 or not tokens[unit.first].key.endswith("s"):
        return False
    before = segment.units[place - 1]
    return before.kind == "name" and not tokens[before.last - 1].owner


def _standing(tokens: Sequence[Token], unit: Unit) -> str:
    """Tell whether a word gives the country ("own"), only for want of another ("weak"), or not at all."""
    before = tokens[unit.first - 1] if unit.first else None
    if before is not None and ((before.joined and before.key in BEFORE_HYPHEN) or before.key == "ethnic"):
        return ""
    following = tokens[unit.last].key if unit.last < len(tokens) else ""
    if following in _HYPHENATED and unit.term("adjective", "people", "state") is not None:
        return ""  # "Iranian-American", "Cuban Americans"
    if tokens[unit.last - 1].joined or following in ("led", "backed"):
        if following in FOREIGN:
            return ""
        if following in WEAK_TIES:
            return "weak"
    return "own"
