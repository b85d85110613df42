"""The units of a noun phrase: terms of the tables, names, single words and marks."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from whowhom.resolvers.lexicon import Match, Term, Token, find_terms
from whowhom.resolvers.people import begins_name, find_offices, means_office

PhraseKind = Literal["person", "state", "body", "people", "role", "pronoun", "place", "other"]
PRONOUNS = frozenset(
    "he she it they him her them his hers its their theirs who whom whose which that this these those "
    "we us our i me my you himself herself itself themselves both one another others all some many "
    "most each".split()
)
OWNERS = frozenset("his her its their our my your whose".split())
DETERMINERS = frozenset("the a an this that these those some any another no every each all both".split())
# Words that end the head of a noun phrase; what follows them describes it.
LINKS = frozenset(
    "of in from at near to for on with by against after before during outside inside across under over "
    "around along through within into among between including who whom whose that which where when as "
    "while said was were is are had has have travelling traveling fleeing working serving aboard behind "
    "without under".split()
)
# These end the head only before another link: "men suspected of", but "four suspected militants".
_PARTICIPLES = frozenset(
    "called named known loyal close linked suspected accused convicted led backed held".split()
)
NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen dozens "
    "hundred hundreds thousand thousands million millions billion billions tens scores several many most "
    "more least about nearly almost over some few other others half both numerous multiple".split()
)
# "in", "at" and the like tell where somebody is, "of" and "for" whose somebody is.
BELONGING = (
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
    "al el bin bint ibn ben de da do dos das del della dela di du la le los las van von zu af der den ter "
    "abu ul ur arap wa ole ag y e ed ad as ash an at".split()
)
_LONE_PARTICLES = frozenset(
    "al el bin bint ibn ben de da do dos das del della dela di du la le van von zu af der den ter "
    "abu ul arap wa ole ag".split()
)
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr gen lt col maj sgt sen sens rep reps gov adm capt brig cmdr prof rev fr st jr sr "
    "pvt cpl".split()
)
# Capitalised because they begin a sentence or a calendar, never a name.
_COURTESY = frozenset("mr mrs ms miss dr sir lord lady mme monsieur".split())
# Words of other kinds that are surnames behind a first name.
_SURNAMES = frozenset(("young", "christian"))
_BEFORE_MAY = (["mrs"], ["ms"], ["mr"], ["minister"], ["secretary"])
_GIVEN_NAMES = frozenset(("christian",))
_LONGEST_NAME = 10  # words: "Sheikh Khalifa bin Hamad bin Khalifa Al Thani" has eight
_SYLLABLE = 5  # letters: "Kim Young-sam", not "the Kim Special-operations unit"
NOT_NAMES = (
    DETERMINERS
    | LINKS
    | NUMBERS
    | PRONOUNS
    | frozenset(
        "and or but if so not monday tuesday wednesday thursday friday saturday sunday january "
        "february march april may june july august september october november december meanwhile "
        "however also yesterday today tomorrow earlier later last next since until although though "
        "despite because according there here what why how yes no new now then still even only just "
        "like such separately elsewhere nearby former western eastern northern southern central "
        "senior top foreign local deputy acting interim islamic muslim christian arab african asian "
        "latin sunni shiite shiites shia sunnis hindu kurdish kurd kurds tutsi tutsis hutu hutus "
        "anglophone francophone "
        "young old big great high mass police state national special general federal military human "
        "airborne first second third angry captured suspected alleged masked armed unidentified "
        "wounded injured outgoing incoming detained jailed hooded rival ruling pro anti neighbouring "
        "neighboring exiled deposed ousted ex retired late disgraced veteran "
        "fugitive prominent influential "
        "incumbent newly embattled longtime onetime "
        "ailing slain toppled convicted independence defence defense security buddhist "
        "catholic jewish".split()
    )
)
# "U.S.-backed rebels" are not American; "an Afghan-led force" is Afghan for want of a better word.
SPONSORED = frozenset(
    "backed trained allied aligned supported sponsored funded made armed financed inspired".split()
)
FOREIGN = SPONSORED | frozenset(
    "born held occupied bound friendly speaking brokered mediated ruled administered imposed educated "
    "besieged linked affiliated sanctioned".split()
)
WEAK_TIES = frozenset("led run owned flagged registered controlled based dominated operated".split())
BEFORE_HYPHEN = frozenset("pro anti non ex ethnic post pre trans cross counter inter".split())
LEADS = frozenset("leads heads led headed chairs chaired runs".split())


_new = tuple.__new__  # a named tuple in half the time that its class takes


class Unit(NamedTuple):
    """A term, a name, a word or a mark of a phrase: tokens[first:last]."""

    kind: str
    first: int
    last: int
    terms: tuple[Term, ...] = ()

    def term(self, *kinds: str) -> Term | None:
        """Return its first meaning that is of one of `kinds`."""
        terms = self.terms
        if len(terms) == 1:  # most
            return terms[0] if terms[0].kind in kinds else None
        for kind in kinds if terms else ():
            for term in terms:
                if term.kind == kind:
                    return term
        return None


# A role with its words, folded, and their unit.
Role = tuple[Term, str, Unit]


@dataclass(slots=True)
class Segment:
    """Units between two links; `link` is the word or mark before them."""

    link: str
    units: list[Unit] = field(default_factory=list)
    _roles: list[Role] | None = None

    def roles(self, tokens: Sequence[Token]) -> list[Role]:
        """Return its role words, found once; `tokens` are those that the units count."""
        if self._roles is None:
            self._roles = list_roles(tokens, self.units)
        return self._roles


def make_units(
    text: str, tokens: Sequence[Token], day: date | None = None, states: Container[str] = ()
) -> list[Unit]:
    """Cut tokens into terms (as they were on `day`), names, single words and marks.

    Args:
        states: Codes of the states named elsewhere in the text; they tell which body a short name means.
    """
    return join_units(text, tokens, find_terms(tokens, day, states))


def join_units(text: str, tokens: Sequence[Token], found: Iterable[Match]) -> list[Unit]:
    """Cut tokens into the terms found in them, names, single words and marks."""
    matches = {match.first: match for match in found}
    units: list[Unit] = []
    free = 0
    for place, token in enumerate(tokens):
        if place < free:
            continue
        letter, free = token.raw[0], place + 1
        may_begin = letter.isupper() or token.key in _PARTICLES
        name_end = _end_of_name(text, tokens, place, matches) if may_begin else 0
        if place in matches and not name_end and units:
            name_end = _end_of_surname(text, tokens, units[-1], matches[place])
        if name_end:
            units.append(_new(Unit, ("name", place, name_end, ())))
            free = name_end
        elif place in matches:
            _, free, terms = matches[place]
            units.append(_new(Unit, ("term", place, free, terms)))
        else:
            units.append(_new(Unit, ("word" if letter.isalnum() else "mark", place, free, ())))
    return units


def _end_of_surname(text: str, tokens: Sequence[Token], title: Unit, match: Match) -> int:
    """Return where a term ends that is the surname of a bearer of the title before it, else 0.

    So it is in "President Lagos" and "Prime Minister English".
    """
    term, first = title.term("role"), tokens[match.first]
    if term is None or term.role != "office" or title.last != match.first or match.last - match.first > 1:
        return 0
    following = tokens[match.last] if match.last < len(tokens) else None
    goes_on = following is not None and following.raw[0].isupper() and _touches(text, first, following)
    if not (tokens[title.first].is_capital and first.is_capital) or goes_on or first.joined:
        return 0
    words = " ".join(token.key for token in tokens[title.first : title.last])
    bearers = (office for office in find_offices((first.key,)) if means_office((words,), office))
    return match.last if next(bearers, None) else 0


def _end_of_name(text: str, tokens: Sequence[Token], place: int, matches: dict[int, Match]) -> int:
    """Return where a proper name that begins at `place` ends, 0 if none begins there."""
    known_end = _end_of_known_name(text, tokens, place, matches)
    run_end = _end_of_run(text, tokens, place)
    if known_end >= run_end > place or (known_end and (run_end == place or place in matches)):
        return known_end
    if run_end == place:
        return 0
    match = matches.get(place)
    if tokens[place].key in _GIVEN_NAMES and place + 1 in matches:
        return 0  # "Christian Serbs"
    titled = match is not None and any(term.kind == "role" for term in match.terms)
    if run_end > place + 1 and not titled:
        keys = tuple([token.key for token in tokens[place:run_end]])
        # "Jack Straw", "Charles Taylor", "Israel Katz"
        for end in range(min(run_end, place + _LONGEST_NAME), place + 1, -1):
            # "Abdel Rahman Odeh" is not the Abdel Rahman of the table.
            is_whole = end == run_end or any(inner in matches for inner in range(end, run_end))
            if is_whole and find_offices(keys[: end - place]):
                return end
    if match is not None:
        before = tokens[place - 1].key if place else ""
        if before in _COURTESY and all(term.kind == "region" for term in match.terms):
            return match.last if match.last == run_end else 0  # "Mr. Banda" is no town in India
        # "Jordan Smith": the name of a place, then one more that no table knows.
        follows = run_end - match.last == 1 and match.last not in matches
        if not follows or tokens[match.last - 1].owner:
            return 0
        is_place = all(term.kind in ("state", "capital", "region") for term in match.terms)
        return run_end if is_place else 0
    end = place + 1
    while end < run_end:
        inner = matches.get(end)
        if inner is not None and _ends_name(inner, run_end):
            break
        if inner is not None and inner.last < run_end and _is_office(inner):
            return 0  # "Assistant Roads Minister Wilfred Machage": no name before the office
        end += 1
    return end


def _end_of_known_name(text: str, tokens: Sequence[Token], place: int, matches: dict[int, Match]) -> int:
    """Return where a full name of the table that begins at `place` ends, 0 if none does.

    Such names may hold words that are none elsewhere: "Liu He", "Doug Young", "Bingu wa Mutharika".
    """
    begin = tokens[place]
    if not (begin.raw[0].isupper() and begins_name(begin.key)) or begin.key in _ABBREVIATIONS:
        return 0
    limit = place + 1
    while limit < min(len(tokens), place + _LONGEST_NAME) and _touches(
        text, tokens[limit - 1], tokens[limit]
    ):
        limit += 1
    for end in range(limit, place + 1, -1):
        whole = _list_keys(tokens[place:end])
        ends_well = tokens[end - 1].raw[0].isupper() or tokens[end - 2].joined
        if not ends_well or not find_offices(whole):
            continue
        if end < limit and end not in matches and _goes_on(text, tokens, end):
            continue
        # "King Hussein" is a title and a name, "Sultan Ali Keshtmand" and "Ally Coulibaly" are names.
        title = matches.get(place)
        if title is not None and any(term.role in ("office", "title") for term in title.terms):
            rest = _list_keys(tokens[title.last : end])
            return 0 if _name_people(whole) & _name_people(rest) else end
        return end
    return 0


def _list_keys(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.key for token in tokens if token.is_word)


def _name_people(keys: tuple[str, ...]) -> set[str]:
    return {office.name for office in find_offices(keys)}


def _goes_on(text: str, tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    return _leads_on(text, tokens, place) or (token.raw[0].isupper() and token.key not in NOT_NAMES)


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
        letter = token.raw[0]
        if (
            (letter.isupper() and (token.key not in NOT_NAMES or _is_name(text, tokens, place, end)))
            or (end > place and len(token.raw) == 1 and text[token.end : token.end + 1] == ".")  # "Thomas A."
            or (letter.islower() and _leads_on(text, tokens, end))
            or (end > place and tokens[end - 1].joined and token.is_word)
        ):
            end += 1
        else:
            break
        if token.owner:
            break
    if end == place + 1 and tokens[place].raw[0].islower():
        return place
    return end


def _is_name(text: str, tokens: Sequence[Token], place: int, end: int) -> bool:
    """Whether a word that is none elsewhere is part of the name that begins at `place`."""
    token, following = tokens[end], tokens[end + 1] if end + 1 < len(tokens) else None
    if following is not None and not _touches(text, token, following):
        following = None
    goes_on = following is not None and following.raw[0].isupper()
    if end == place and token.key == "may":
        return [word.key for word in tokens[max(0, end - 2) : end] if word.is_word][-1:] in _BEFORE_MAY
    if end == place:
        is_given = token.key in _GIVEN_NAMES and goes_on
        return is_given and following is not None and not following.key.endswith(("ists", "ites"))
    if token.joined:
        short = following is not None and following.raw.islower() and len(following.raw) <= _SYLLABLE
        return short and following is not None and not _tells_tie(token, following)
    return token.key == "may" or (token.key in _SURNAMES and not goes_on)


def _tells_tie(token: Token, following: Token) -> bool:
    """Whether two words with a hyphen tell no name: "State-run", "Anti-war"."""
    return token.key in BEFORE_HYPHEN or following.key in FOREIGN or following.key in WEAK_TIES


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
    is_word = token.raw[0].isalnum()
    if not is_word or before.owner or not before.raw[0].isalnum():
        # The dot after "Mr" is a token of its own; the caller sees the word before it.
        if before.raw == "." and is_word:
            return token.start - before.end <= 1
        return token.raw == "." and (before.key in _ABBREVIATIONS or len(before.raw) == 1)
    gap = text[before.end : token.start]
    return gap in (" ", "", ". ", "-", "‑", "–", "\u00a0") or (gap.isspace() and "\n" not in gap)


def cut_segments(tokens: Sequence[Token], units: Sequence[Unit]) -> list[Segment]:
    """Cut units at links and commas."""
    segments = [Segment("")]
    for unit in units:
        token = tokens[unit.first]
        if unit.kind == "word" and token.key in LEADS and segments[-1].link == "who":
            segments[-1] = Segment(",")  # "Ana Bell, who leads the opposition"
        elif unit.kind == "word" and (token.key in LINKS or _is_participle(tokens, unit.first)):
            segments.append(Segment(token.key))
        elif unit.kind == "mark":
            if token.raw in ",;:(—" or token.raw in "-–":
                segments.append(Segment(","))
        else:
            segments[-1].units.append(unit)
    return [segment for segment in segments if segment.units or segment.link in BELONGING]


def _is_participle(tokens: Sequence[Token], place: int) -> bool:
    following = tokens[place + 1].key if place + 1 < len(tokens) else ""
    return tokens[place].key in _PARTICIPLES and (following in LINKS or following == "as")


def join_words(tokens: Sequence[Token], unit: Unit) -> str:
    return " ".join(token.raw for token in tokens[unit.first : unit.last])


def list_roles(tokens: Sequence[Token], units: Iterable[Unit]) -> list[Role]:
    found = []
    for unit in units:
        term = unit.term("role") if unit.terms else None
        if term is not None:
            found.append((term, " ".join(token.key for token in tokens[unit.first : unit.last]), unit))
    return found
