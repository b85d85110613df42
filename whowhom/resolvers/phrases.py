"""What the words of a participant say by themselves: name, country, sector, and what is left open.

"Russian Defense Minister Andrei Belousov" says all three. "The minister" says a sector and leaves
open who; "its army" leaves open whose. Nothing here looks at the rest of the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, NamedTuple

from whowhom.resolvers.lexicon import Match, Term, Token, find_offices, find_terms, tokenize

PhraseKind = Literal["person", "state", "body", "people", "role", "pronoun", "place", "other"]

PRONOUNS = frozenset(
    "he she it they him her them his hers its their theirs who whom whose which that this these those we us "
    "our i me my you himself herself itself themselves both one another others all some many most each".split()
)
_OWNERS = frozenset("his her its their our my your whose".split())
_DETERMINERS = frozenset("the a an this that these those some any another no every each all both".split())
# Words that end the head of a noun phrase; what follows them describes it.
_LINKS = frozenset(
    "of in from at near to for on with by against after before during outside inside across under over "
    "around along through within into among between including who whom whose that which where when as "
    "while said was were is are had has have travelling traveling fleeing working serving aboard behind "
    "without under".split()
)
# These end the head only before another link: "men suspected of", but "four suspected militants".
_PARTICIPLES = frozenset(
    "called named known loyal close linked suspected accused convicted led backed held".split()
)
_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen dozens hundred hundreds "
    "thousand thousands million scores several many most more least about nearly almost over some few "
    "other others half both numerous multiple".split()
)
_FORMER = frozenset("former ex late deposed ousted exiled retired onetime erstwhile".split())
# "U.S.-backed rebels" are not American; "an Afghan-led force" is Afghan for want of a better word.
_FOREIGN = frozenset(
    "backed born trained allied aligned supported sponsored held occupied bound funded friendly made speaking "
    "armed brokered mediated ruled administered imposed educated financed besieged linked affiliated inspired "
    "sanctioned".split()
)
_WEAK_TIES = frozenset("led run owned flagged registered controlled based dominated operated".split())
_BEFORE_HYPHEN = frozenset("pro anti non ex ethnic post pre trans cross counter inter".split())
# "in", "at" and the like tell where somebody is, "of" and "for" whose somebody is.
_BELONGING = (
    "of",
    "for",
    "to",
    "from",
    "in",
    "at",
    "near",
    "on",
    "across",
    "inside",
    "outside",
    "with",
    "by",
)
_PARTICLES = frozenset(
    "al el bin bint ibn ben de da do dos del della di du la le van von der den ter abu ul ur arap y e ed ad "
    "as ash an at".split()
)
_LONE_PARTICLES = frozenset(
    "al el bin bint ibn ben de da do dos del della di du la le van von der den ter abu ul arap".split()
)
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr gen lt col maj sgt sen sens rep reps gov adm capt brig cmdr prof rev fr st jr sr pvt cpl".split()
)
# Capitalised because they begin a sentence or a calendar, never a name.
NOT_NAMES = (
    _DETERMINERS
    | _LINKS
    | _NUMBERS
    | PRONOUNS
    | frozenset(
        "and or but if so not monday tuesday wednesday thursday friday saturday sunday january february march "
        "april may june july august september october november december meanwhile however also yesterday "
        "today tomorrow earlier later last next since until although though despite because according there "
        "here what why how yes no new now then still even only just like such separately elsewhere nearby "
        "former western eastern northern southern central senior top foreign local deputy acting interim "
        "islamic muslim christian arab african asian latin sunni shiite shiites shia sunnis hindu kurdish "
        "kurd kurds tutsi tutsis hutu hutus young old big great high mass police state national special "
        "general federal military human airborne first second third angry captured suspected alleged "
        "masked armed unidentified wounded pro anti neighbouring neighboring independence".split()
    )
)
# What is done with arms: "Israeli" before one of them is the army.
_ARMED_DEEDS = frozenset(
    "air strike strikes airstrike airstrikes raid raids shelling bombing bombings bombardment shells shell missile "
    "missiles rocket rockets fire gunfire artillery troops soldiers forces tank tanks warplanes jets drone drones "
    "helicopter helicopters attack attacks offensive incursion invasion assault operation operations bullets "
    "siege ambush patrol".split()
)
_ARMED_VERBS = frozenset(
    "shelled shells bombed bombs bombarded bombards invaded invades fired fires struck strikes hit hits raided "
    "attacked attacks shot shoots downed ambushed deployed deploys intercepted intercepts".split()
)
_BEGINS = frozenset("launched launches launch carried carries conducted conducts".split())
_TOWARDS = frozenset(
    "on at into against towards toward in near of around northern southern eastern western".split()
)
_FOLLOWING = frozenset(
    "followers follower supporters supporter members member men loyalists sympathizers sympathisers backers "
    "people activists".split()
)
# Men and followers of one of these belong to it.
SIDES = frozenset("REB PRM OPP PTY CRM".split())


class Unit(NamedTuple):
    """A term, a name, a word or a mark of a phrase: tokens[first:last]."""

    kind: str
    first: int
    last: int
    terms: tuple[Term, ...] = ()

    def term(self, *kinds: str) -> Term | None:
        """Return its first meaning that is of one of `kinds`."""
        return next((term for kind in kinds for term in self.terms if term.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Phrase:
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
        foreign: Country given only by a place or a weak tie.
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
    count: int = 0
    plural: bool = False
    weak: bool = False
    foreign: bool = False
    is_place: bool = False
    default: str = ""
    former: bool = False
    ethnic: bool = False
    head: str = ""


@dataclass(slots=True)
class _Segment:
    """Units between two links; `link` is the word or mark before them."""

    link: str
    units: list[Unit] = field(default_factory=list)


def make_units(text: str, tokens: Sequence[Token], day: date | None = None) -> list[Unit]:
    """Cut tokens into terms (as they were on `day`), names, single words and marks."""
    matches = {match.first: match for match in find_terms(tokens, day)}
    units: list[Unit] = []
    place = 0
    while place < len(tokens):
        name_end = _end_of_name(text, tokens, place, matches)
        if name_end:
            units.append(Unit("name", place, name_end))
            place = name_end
        elif place in matches:
            match = matches[place]
            units.append(Unit("term", match.first, match.last, match.terms))
            place = match.last
        else:
            token = tokens[place]
            units.append(Unit("word" if token.is_word else "mark", place, place + 1))
            place += 1
    return units


def _end_of_name(text: str, tokens: Sequence[Token], place: int, matches: dict[int, Match]) -> int:
    """Return where a proper name that begins at `place` ends, 0 if none begins there."""
    run_end = _end_of_run(text, tokens, place)
    if run_end == place:
        return 0
    keys = tuple(token.key for token in tokens[place:run_end])
    titled = place in matches and any(term.kind == "role" for term in matches[place].terms)
    for end in range(run_end, place + 1, -1):  # "Jack Straw", "Charles Taylor", "Israel Katz"
        if not titled and find_offices(keys[: end - place]):
            return end
    if place in matches:
        match = matches[place]
        # "Jordan Smith": the name of a place, then one more that no table knows.
        is_place = all(term.kind in ("state", "capital", "region") for term in match.terms)
        follows = match.last < run_end and match.last not in matches and run_end - match.last == 1
        return run_end if is_place and follows and not tokens[match.last - 1].owner else 0
    end = place + 1
    while end < run_end:
        match = matches.get(end)
        if match is not None and _ends_name(match, run_end):
            break
        if match is not None and match.last < run_end and _is_office(match):
            return 0  # "Assistant Roads Minister Wilfred Machage": no name before the office
        end += 1
    return end


def _is_office(match: Match) -> bool:
    return any(term.kind == "role" and term.role in ("office", "any", "title") for term in match.terms)


def _ends_name(match: Match, run_end: int) -> bool:
    """Tell whether a term within a run of capitals is the head of a proper name ("... High Court")."""
    return match.last == run_end and any(
        term.kind == "body" or (term.kind == "role" and term.role in ("body", "proper"))
        for term in match.terms
    )


def _end_of_run(text: str, tokens: Sequence[Token], place: int) -> int:
    """Return the end of the capitalised words that hang together from `place` on."""
    end = place
    while end < len(tokens):
        token = tokens[end]
        if end > place and not _touches(text, tokens[end - 1], token):
            break
        if (
            (token.raw[0].isupper() and (token.key not in NOT_NAMES or (end > place and token.key == "may")))
            or (token.raw[0].islower() and _leads_on(text, tokens, end))
            or (end > place and tokens[end - 1].joined and token.is_word)
        ):
            end += 1
        else:
            break
        if tokens[end - 1].owner:
            break
    if end == place + 1 and tokens[place].raw[0].islower():
        return place
    return end


def _leads_on(text: str, tokens: Sequence[Token], place: int) -> bool:
    """Tell whether a particle ("al-", "de la") is followed by a capital."""
    if tokens[place].key not in (_PARTICLES if tokens[place].joined else _LONE_PARTICLES):
        return False
    following = place + 1
    while following < len(tokens) and following < place + 3:
        if not _touches(text, tokens[following - 1], tokens[following]):
            return False
        if tokens[following].raw[0].isupper():
            return tokens[following].key not in NOT_NAMES
        if tokens[following].key not in _PARTICLES:
            return False
        following += 1
    return False


def _touches(text: str, before: Token, token: Token) -> bool:
    """Tell whether nothing but a space, a hyphen or the dot of an abbreviation stands between."""
    if before.owner or before.raw in ",;:" or not token.is_word or not before.is_word:
        # The dot after "Mr" is a token of its own; the caller sees the word before it.
        if before.raw == "." and token.is_word:
            return token.start - before.end <= 1
        return token.raw == "." and (before.key in _ABBREVIATIONS or len(before.raw) == 1)
    gap = text[before.end : token.start]
    return gap in (" ", "", "-", "‑", "–", "\u00a0") or (gap.isspace() and "\n" not in gap)


def _cut(tokens: Sequence[Token], units: Sequence[Unit]) -> list[_Segment]:
    """Cut units at links and commas."""
    segments = [_Segment("")]
    for unit in units:
        token = tokens[unit.first]
        if unit.kind == "word" and (token.key in _LINKS or _is_participle(tokens, unit.first)):
            segments.append(_Segment(token.key))
        elif unit.kind == "mark":
            if token.raw in ",;:(—" or token.raw in "-–":
                segments.append(_Segment(","))
        else:
            segments[-1].units.append(unit)
    return [segment for segment in segments if segment.units or segment.link in _BELONGING]


def _is_participle(tokens: Sequence[Token], place: int) -> bool:
    following = tokens[place + 1].key if place + 1 < len(tokens) else ""
    return tokens[place].key in _PARTICIPLES and (following in _LINKS or following == "as")


def read_phrase(text: str, day: date | None = None) -> list[Phrase]:
    """Return the participants that the words name, with what the words alone say of each.

    One for most words; several for "Russia and China" (each with offsets of its own), for
    "Ethiopian and Somali negotiators" and "the leaders of Peru, Chile and Bolivia" (all with the
    offsets of the whole). Never none.

        >>> [(phrase.name, phrase.country) for phrase in read_phrase("Russia and China")]
        [('Russia', 'RUS'), ('China', 'CHN')]
        >>> read_phrase("Russian Defense Minister Andrei Belousov")[0].sectors
        ('GOV', 'MIL')
    """
    tokens = tokenize(text[:MAX_LENGTH])
    if not tokens:
        return [Phrase(0, len(text))]
    units = make_units(text, tokens, day)
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
    if n_ands == 1 and len(parts) == 2 and all(_has_identity(tokens, part) for part in parts):
        return parts
    return [list(units)]


def _stands_alone(tokens: Sequence[Token], part: Sequence[Unit]) -> bool:
    """Tell whether a part is a state, a body or a person by itself, with or without article and title."""
    solid = [unit for unit in part if not (unit.kind == "word" and tokens[unit.first].key in _DETERMINERS)]
    if any(unit.kind in ("word", "mark") and tokens[unit.first].raw != "." for unit in solid):
        return False
    if not solid:
        return False
    last = solid[-1]
    return last.kind == "name" or last.term("state", "capital", "seat", "body") is not None


def _has_identity(tokens: Sequence[Token], part: Sequence[Unit]) -> bool:
    """Tell whether a part has a country or name and a head of its own ("Iran's army")."""
    if any(unit.kind == "word" and tokens[unit.first].key in _LINKS for unit in part):
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
    states = _listed_states(tokens, units)
    if len(states) < 2:
        return [base]
    return [
        replace(
            base,
            country=term.country,
            name="" if base.kind in ("role", "people") else term.name,
            evidence=(f"country: {words!r} in the words", *base.evidence[1:]),
        )
        for term, words in states
    ]


def _listed_states(tokens: Sequence[Token], units: Sequence[Unit]) -> list[tuple[Term, str]]:
    """Return the states of "French, German and Italian troops" or "leaders of Peru and Chile"."""
    if any(unit.kind == "name" for unit in units):
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
    joined_by_and = any(tokens[unit.first].key in ("and", "&") for unit in units)
    best = max(runs, key=len)
    if not joined_by_and or len({term.country for term, _ in best}) < 2:
        return []
    return best


def read_units(tokens: Sequence[Token], units: list[Unit], span: tuple[int, int]) -> Phrase:
    """Read one noun phrase."""
    segments = _cut(tokens, units)
    first_words = [token for token in tokens[units[0].first : units[-1].last] if token.is_word]
    determiner, owner = _read_determiner(first_words)
    phrase = Phrase(
        *span,
        determiner=determiner,
        owner=owner,
        count=_read_count(first_words),
        former=any(token.key in _FORMER for token in first_words[:6]),
        ethnic=any(token.key == "ethnic" for token in first_words),
    )
    if len(first_words) == 1 and first_words[0].raw.casefold() in PRONOUNS and first_words[0].raw != "US":
        return replace(phrase, kind="pronoun", head=first_words[0].key)
    main = _main_segments(segments)
    phrase = _read_identity(tokens, main, phrase)
    phrase = _read_sectors(tokens, main, phrase)
    phrase = _read_country(tokens, segments, phrase)
    if phrase.former and phrase.sectors and phrase.sectors[0] not in ("ELI", "CVL", "REB"):
        rest = tuple(code for code in phrase.sectors if code not in ("GOV", "ELI"))
        phrase = replace(phrase, sectors=("ELI", *rest))
    return phrase


def _read_determiner(words: Sequence[Token]) -> tuple[str, str]:
    first = words[0].key if words else ""
    owner = next((word.key for word in words[:4] if word.key in _OWNERS), "")
    return (first if first in _DETERMINERS or first in _OWNERS else ""), owner


def _read_count(words: Sequence[Token]) -> int:
    keys = [word.key for word in words[:3]]
    for word, number in (("both", 2), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("pair", 2)):
        if word in keys:
            return number
    return 0


def _main_segments(segments: list[_Segment]) -> list[_Segment]:
    """Return the head segment, then its appositions and complements in order."""
    return segments or [_Segment("")]


def _words(tokens: Sequence[Token], unit: Unit) -> str:
    return " ".join(token.raw for token in tokens[unit.first : unit.last])


def _read_identity(tokens: Sequence[Token], segments: Sequence[_Segment], phrase: Phrase) -> Phrase:
    """Fill kind, name and head from the head segment, or from the apposition that holds the name."""
    for place, segment in enumerate(segments):
        if place and segment.link != ",":
            if any(unit.kind == "name" for unit in segment.units):
                break
            continue
        for unit in segment.units:
            if unit.kind == "name":
                return _read_name(tokens, segment, unit, phrase)
    head = segments[0]
    for unit in reversed(head.units):
        term = unit.term("body", "seat", "state", "capital", "adjective", "people", "region", "role")
        if term is None:
            continue
        words = _words(tokens, unit)
        if term.kind == "role":
            proper = _proper_name(tokens, head, unit) or _name_of_side(head)
            return replace(
                phrase,
                kind="role",
                head=words.lower(),
                name=proper,
                plural=tokens[unit.last - 1].key.endswith(("s", "men", "people", "police")),
            )
        if term.kind in ("body", "seat"):
            return replace(phrase, kind="body", name=term.name, head=words.lower())
        if term.kind in ("state", "capital", "adjective"):
            plural_people = unit.term("people") and tokens[unit.last - 1].key.endswith("s")
            kind: PhraseKind = "people" if plural_people and term.kind == "adjective" else "state"
            if term.kind == "adjective" and phrase.determiner in ("a", "an", "another"):
                kind = "people"
            name = term.name if kind == "state" else ""
            return replace(phrase, kind=kind, name=name, head=words.lower(), is_place=term.kind == "capital")
        kind = "people" if term.kind == "people" or term.role == "people" else "place"
        return replace(phrase, kind=kind, head=words.lower(), is_place=kind == "place")
    return phrase


def _name_of_side(head: _Segment) -> str:
    """Return "Taliban" for "Taliban insurgents": its fighters are the group itself."""
    terms = (unit.term("body") for unit in head.units)
    return next((term.name for term in terms if term and term.sectors[:1] in (("REB",), ("PRM",))), "")


def _proper_name(tokens: Sequence[Token], segment: _Segment, head: Unit) -> str:
    """Return "Lahore High Court" where every word up to the head is capitalised, else ""."""
    place = segment.units.index(head)
    units = [unit for unit in segment.units[: place + 1]]
    while units and units[0].kind == "word" and tokens[units[0].first].key in _DETERMINERS | _OWNERS:
        units.pop(0)
    words = tokens[units[0].first : head.last] if units else []
    if len(words) < 2 or not all(
        token.raw[0].isupper() or token.key in ("of", "for", "and") for token in words
    ):
        return ""
    if words[0].owner or (all(unit.term("adjective", "state") for unit in units[:-1]) and len(words) < 3):
        return ""
    return " ".join(token.raw + ("'s" if token.owner else "") for token in words)


def _read_name(tokens: Sequence[Token], segment: _Segment, unit: Unit, phrase: Phrase) -> Phrase:
    """Fill in a person's name, or that of a body whose last word tells what it is."""
    words = [token for token in tokens[unit.first : unit.last] if token.is_word]
    name = _join_name(words, tokens, unit)
    place = segment.units.index(unit)
    following = segment.units[place + 1] if place + 1 < len(segment.units) else None
    if following is not None and not tokens[unit.last - 1].owner:
        role = following.term("role")
        if role and role.role in ("body", "proper") and tokens[following.first].is_capital:
            return replace(
                phrase,
                kind="role",
                name=f"{name} {_words(tokens, following)}",
                head=_words(tokens, following).lower(),
            )
        if role and role.role != "title":  # "Tamaulipas police", "Sharon government"
            return replace(
                phrase,
                kind="role",
                head=_words(tokens, following).lower(),
                belongs=tuple(token.key for token in words),
                plural=tokens[following.last - 1].key.endswith(("s", "men")),
            )
    if tokens[unit.last - 1].owner and following is not None:
        return replace(
            phrase,
            kind="role",
            belongs=tuple(token.key for token in words),
            head=_words(tokens, segment.units[-1]).lower(),
        )
    return replace(
        phrase, kind="person", name=name, keys=tuple(token.key for token in words), head=name.lower()
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


def _roles(tokens: Sequence[Token], units: Iterable[Unit]) -> list[tuple[Term, str, Unit]]:
    found = []
    for unit in units:
        term = unit.term("role")
        if term is not None:
            found.append((term, " ".join(token.key for token in tokens[unit.first : unit.last]), unit))
    return found


def _read_sectors(tokens: Sequence[Token], segments: Sequence[_Segment], phrase: Phrase) -> Phrase:
    """Fill sectors and role words: head noun, what it belongs to, then appositions and complements."""
    all_roles = [role for segment in segments for role in _roles(tokens, segment.units)]
    head_roles = _roles(tokens, segments[0].units)
    phrase = replace(
        phrase,
        roles=frozenset(words for _, words, _ in all_roles),
        default=next((term.country for term, _, _ in reversed(head_roles) if term.country), ""),
    )
    weak: tuple[str, ...] = ()
    for place, segment in enumerate(segments):
        if place and segment.link not in (*_BELONGING, ",", "as", "with"):
            break
        if (
            place
            and segment.link in ("in", "at", "near", "on", "across", "by", "with", "to")
            and weak
            and segment.link != ","
        ):
            # "a leader in Basra" is not Basra's government, "an aide to the president" is
            if segment.link != "to":
                continue
        sectors, sure, why = _sectors_of_segment(tokens, segment, phrase, first=place == 0)
        if place == 0 and _is_following(tokens, segment):
            sectors, why = _sectors_of_side(tokens, segments[1:]) or (sectors, why)
        if sectors and sure:
            return replace(phrase, sectors=sectors, evidence=(*phrase.evidence, why))
        if sectors and not weak:
            weak = sectors
            phrase = replace(phrase, evidence=(*phrase.evidence, why))
    return replace(phrase, sectors=weak, weak=True)


def _sectors_of_segment(
    tokens: Sequence[Token], segment: _Segment, phrase: Phrase, *, first: bool
) -> tuple[tuple[str, ...], bool, str]:
    """Return sectors, whether the words settle them, and why."""
    body = next((unit for unit in segment.units if unit.term("body", "seat")), None)
    bodied = body.term("body", "seat") if body else None
    roles = [role for role in _roles(tokens, segment.units) if role[0].role != "title"]
    strong = [role for role in roles if role[0].role != "any" and not _owns(tokens, role[2], segment)]
    if bodied and body:
        words = _words(tokens, body)
        return _combine(bodied, strong[-1][0] if strong else None), True, f"sector: {words!r} in the words"
    if strong:
        term, words, _ = strong[-1]
        if (
            term.role == "group"
            and term.sectors[:1] == ("CVL",)
            and len(strong) > 1
            and strong[-2][0].role != "office"
        ):
            term = strong[-2][0] if strong[-2][0].sectors[:1] not in (("GOV",), ("PTY",)) else term
        return term.sectors, True, f"sector: {words!r} in the words"
    owner = next((role for role in roles if _owns(tokens, role[2], segment)), None)
    if owner and owner[0].sectors[:1] and owner[0].sectors[0] in SIDES:
        return owner[0].sectors, True, f"sector: {owner[1]!r} in the words"
    if roles:
        with_sector = [role for role in roles if role[0].sectors]
        if with_sector:
            term, words, _ = with_sector[-1]
            return term.sectors, False, f"sector: {words!r} in the words"
    titles = [role for role in _roles(tokens, segment.units) if role[0].role == "title" and role[0].sectors]
    if titles:
        return titles[-1][0].sectors, False, f"sector: title {titles[-1][1]!r}"
    return _sectors_without_role(tokens, segment, phrase, first=first)


def _owns(tokens: Sequence[Token], unit: Unit, segment: _Segment) -> bool:
    """Tell whether the words only own the head: "lawyers'" in "lawyers' association"."""
    return tokens[unit.last - 1].owner and unit is not segment.units[-1]


def _sectors_without_role(
    tokens: Sequence[Token], segment: _Segment, phrase: Phrase, *, first: bool
) -> tuple[tuple[str, ...], bool, str]:
    if not first or not segment.units or phrase.kind == "person":
        return (), False, ""
    last = segment.units[-1]
    if phrase.kind == "other" and _counts_people(tokens, segment):
        return ("CVL",), False, "sector: people only counted"
    if phrase.kind == "state":
        return ("GOV",), False, "sector: a state acting as a state"
    if phrase.kind == "people":
        is_state = phrase.determiner == "the" and not phrase.count
        return (("GOV",) if is_state else ("CVL",)), False, f"sector: people {_words(tokens, last)!r}"
    if phrase.kind == "place":
        term = last.term("region")
        sectors = _PLACE_SECTORS.get(term.role if term else "", ("CVL",))
        return sectors, False, "sector: a place for its people"
    return (), False, ""


def _is_following(tokens: Sequence[Token], segment: _Segment) -> bool:
    """Tell whether the head is somebody's following ("supporters", "members")."""
    return bool(segment.units) and tokens[segment.units[-1].last - 1].key in _FOLLOWING


def _sectors_of_side(
    tokens: Sequence[Token], segments: Sequence[_Segment]
) -> tuple[tuple[str, ...], str] | None:
    """Return the sectors of the rebels or the party that somebody is "of"."""
    for segment in segments:
        for unit in segment.units if segment.link in ("of", "from", "loyal") else ():
            term = unit.term("body", "role")
            if term is not None and term.sectors[:1] and term.sectors[0] in SIDES:
                return term.sectors, f"sector: {_words(tokens, unit)!r} in the words"
    return None


def _counts_people(tokens: Sequence[Token], segment: _Segment) -> bool:
    """Tell whether the words only say how many ("ten others", "hundreds", "20 more", "those")."""
    words = [token.key for unit in segment.units for token in tokens[unit.first : unit.last] if token.is_word]
    return (
        bool(words)
        and all(
            word in _NUMBERS
            or word in _DETERMINERS
            or word in ("than", "at", "up", "injured", "dead", "killed")
            or word.isdigit()
            for word in words
        )
        and any(word in _NUMBERS or word.isdigit() or word == "those" for word in words)
    )


_OWN_TRADES = frozenset("MIL COP JUD LEG JRN REF MED EDU REL".split())


def _combine(body: Term, role: Term | None) -> tuple[str, ...]:
    """Return the sectors of somebody of a body: "Hamas police", "U.N. soldiers", "FARC guerrillas"."""
    if role is None or not role.sectors:
        return body.sectors
    own, main = body.sectors[0], role.sectors[0]
    if own == "GOV" or not body.sectors:
        return role.sectors if main in _OWN_TRADES else body.sectors
    if own in ("REB", "PRM"):
        if role.role == "body" and main in ("GOV", "COP"):
            return role.sectors
        return body.sectors if main != "LEG" else (own, "LEG")
    if own == "PTY" and main in ("LEG", "GOV") and role.role == "office" and main == "LEG":
        return (*body.sectors, main)
    if main == "ELI":
        return role.sectors
    return body.sectors


_PLACE_SECTORS = {"region": ("GOV",), "breakaway": ("REB",)}
_COUNTRY_KINDS = ("state", "adjective", "people", "capital", "body", "seat", "region")


def _read_country(tokens: Sequence[Token], segments: Sequence[_Segment], phrase: Phrase) -> Phrase:
    """Fill the country: the words before the head, then what it is "of", then where it is."""
    if phrase.kind == "pronoun":
        return phrase
    weak: tuple[str, str] | None = None
    order = sorted(
        range(len(segments)),
        key=lambda i: (i > 0, {",": 0, "of": 1, "for": 2, "to": 3, "from": 2}.get(segments[i].link, 4), i),
    )
    for place in order:
        segment = segments[place]
        if place and segment.link not in (*_BELONGING, ","):
            continue
        for unit in segment.units:
            term = unit.term(*_COUNTRY_KINDS)
            if term is None or not term.country:
                continue
            words = _words(tokens, unit)
            standing = _standing(tokens, unit)
            if standing == "own":
                where = place > 0 and segment.link not in ("of", "for", ",", "from")
                why = f"country: {term.kind} {words!r} in the words"
                return replace(phrase, country=term.country, evidence=(why, *phrase.evidence), foreign=where)
            if standing == "weak" and weak is None:
                weak = term.country, words
        if not phrase.belongs and phrase.kind != "person":
            name = next((unit for unit in segment.units if unit.kind == "name"), None)
            if name is not None and place and segment.link in ("of", "for", "to"):
                keys = tuple(token.key for token in tokens[name.first : name.last] if token.is_word)
                phrase = replace(phrase, belongs=keys)
    if weak is not None and phrase.default in ("", "-"):
        why = f"country: {weak[1]!r} in the words"
        return replace(phrase, country=weak[0], evidence=(why, *phrase.evidence), foreign=True)
    return phrase


def _standing(tokens: Sequence[Token], unit: Unit) -> str:
    """Tell whether a word gives the country ("own"), only for want of another ("weak"), or not at all."""
    before = tokens[unit.first - 1] if unit.first else None
    if before is not None and ((before.joined and before.key in _BEFORE_HYPHEN) or before.key == "ethnic"):
        return ""
    following = tokens[unit.last].key if unit.last < len(tokens) else ""
    if tokens[unit.last - 1].joined or following in ("led", "backed"):
        if following in _FOREIGN:
            return ""
        if following in _WEAK_TIES:
            return "weak"
    return "own"


def is_armed_deed(words: str) -> bool:
    """Tell whether the words that follow name something done with arms ("Israeli" + "air strike").

    >>> is_armed_deed(" air strikes on"), is_armed_deed(" launched a raid on"), is_armed_deed(" demands")
    (True, True, False)
    """
    keys = [token.key for token in tokenize(words)[:5]]
    if not keys:
        return False
    reach = 5 if keys[0] in _BEGINS else 2
    return keys[0] in _ARMED_VERBS or any(key in _ARMED_DEEDS for key in keys[:reach])


def read_shared_head(words: str) -> tuple[str, ...]:
    """Return the sectors of the head that the words after a name share with it, () where none does.

    >>> read_shared_head(" and Iraqi forces raided seven mosques"), read_shared_head(" and Iraq signed")
    (('MIL',), ())
    """
    tokens = tokenize(words)[:9]
    if not tokens or tokens[0].raw not in (",", "and", "&"):
        return ()
    for unit in make_units(words, tokens):
        token = tokens[unit.first]
        role = unit.term("role")
        if role is not None and role.role in ("group", "body") and unit.first > 1:
            return role.sectors
        joins = token.raw in (",", "and", "&", "the") or unit.term("adjective", "state", "body") is not None
        if not joins:
            return ()
    return ()


def is_target(words: str) -> bool:
    """Tell whether the words before a place make it what arms are turned on ("air strikes on")."""
    tokens = tokenize(words)[-6:]
    return bool(tokens) and tokens[-1].key in _TOWARDS and any(token.key in _ARMED_DEEDS for token in tokens)
