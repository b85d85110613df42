"""Who appears in an article: states, bodies and persons, with the places where they are named.

The text is read once, sentence by sentence, so the time is linear in its length. A person is kept
with what the words around the name say: "Russian Defense Minister Andrei Belousov", "Ana Bell, who
leads the opposition", "its foreign minister, Tang Weimin". A later "Belousov" is then the same man.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from whowhom.coders.sentences import split_sentences
from whowhom.resolvers.countries import load_countries
from whowhom.resolvers.lexicon import Match, TermKind, Token, match_phrases, settle_matches, tokenize
from whowhom.resolvers.people import find_office
from whowhom.resolvers.phrases import Phrase, read_units
from whowhom.resolvers.units import LEADS, NOT_NAMES, SPONSORED, Unit, join_units

# Longer sentences are read in pieces of this many characters: what is read at once must fit in memory.
_PIECE = 4_000
_STATE_KINDS = ("state", "adjective", "people", "capital", "seat", "region", "body")
ABOVE_STATES = frozenset("UNO EUR IGO NGO MNC IMG ISM".split())
_NAMED_KINDS: frozenset[TermKind] = frozenset({"state", "adjective", "people", "capital", "region"})
_LOCATIVE = frozenset(
    "in at near into to from inside outside around across of toward towards through".split()
)
_BETWEEN = frozenset("the northern southern eastern western central".split())
_PLACE_LINKS = frozenset("in at near from inside outside across around of".split())


class Anchor(NamedTuple):
    """A place in the text where a state or a body is named.

    `is_place` tells that a word such as "in" stands before it.
    """

    start: int
    end: int
    kind: str
    country: str
    name: str
    sectors: tuple[str, ...]
    words: str
    is_place: bool


class Named(NamedTuple):
    """Words at [start, end) that name one state; `located` tells that "in", "near" or so stands before."""

    start: int
    end: int
    key: str
    country: str
    kind: TermKind
    located: bool


@dataclass(slots=True)
class Person:
    """A person of the article, with what all places that name him or her say together."""

    name: str
    keys: tuple[str, ...]
    start: int
    country: str = ""
    sectors: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    evidence: tuple[str, ...] = ()
    is_woman: bool | None = None
    owner: str = ""
    belongs: tuple[str, ...] = ()
    default: str = ""
    weak: bool = True


@dataclass(slots=True)
class Cast:
    """The anchors and persons of a text, in the order of their places."""

    sentences: list[tuple[int, int]] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    names: list[tuple[int, int, Person]] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _persons: dict[tuple[str, ...], Person] = field(default_factory=dict)
    _by_surname: dict[str, list[Person]] = field(default_factory=dict)
    _by_first: dict[str, list[Person]] = field(default_factory=dict)

    def find_person(self, keys: tuple[str, ...]) -> Person | None:
        """Return the person with this full name, surname or, last of all, first name."""
        if not keys:
            return None
        known = self._persons.get(keys)
        if known is not None and len(keys) > 1:
            return known
        if len(keys) > 1:
            bearers = self._by_surname.get(keys[-1], ())
            return next((one for one in bearers if one.keys[0] == keys[0] or len(one.keys) == 1), None)
        for index in (self._by_surname, self._by_first):
            for person in index.get(keys[-1], ()):
                if len(person.keys) > 1:
                    return person
        return known

    def sentence_of(self, place: int) -> int:
        """Return the number of the sentence that holds `place`."""
        return max(0, bisect_right(self.sentences, (place, 1 << 60)) - 1)

    def anchors_between(self, first: int, last: int) -> list[Anchor]:
        """Return the anchors that start at or after `first` and before `last`."""
        # By place alone: a tuple of one sorts before all longer ones that begin with it.
        low, high = bisect_left(self.anchors, (first,)), bisect_left(self.anchors, (last,))
        return self.anchors[low:high]

    def names_between(self, first: int, last: int) -> list[tuple[int, int, Person]]:
        """Return the names that start at or after `first` and before `last`."""
        low, high = bisect_left(self.names, (first,)), bisect_left(self.names, (last,))
        return self.names[low:high]


def read_cast(text: str, day: date | None = None) -> Cast:
    """Read the cast of a text published on `day`.

    >>> cast = read_cast("Russian Defense Minister Andrei Belousov left. Belousov said no.")
    >>> cast.find_person(("belousov",)).country
    'RUS'
    """
    cast = Cast(sentences=split_sentences(text))
    pending: list[tuple[int, int, tuple[str, ...], str]] = []
    headlines: list[tuple[int, int]] = []
    for start, end in _pieces(text, cast.sentences):
        tokens = tokenize(text, start, end)
        matches = match_phrases(tokens)
        _add_named(cast, tokens, matches)
        units = join_units(text, tokens, settle_matches(matches, day, cast.counts))
        _add_anchors(cast, tokens, units)
        is_headline = _is_headline(tokens)
        if is_headline:
            headlines.append((start, end))
        _add_names(cast, text, tokens, units, pending, introduce=not is_headline)
    for start, end, keys, name in pending:
        person = cast.find_person(keys)
        if person is None and len(keys) > 1 and not any(a <= start < b for a, b in headlines):
            person = _make_person(cast, Phrase(start, end, "person", name, keys), start)
        if person is not None:
            cast.names.append((start, end, person))
    cast.names.sort(key=lambda name: name[0])
    _add_persons(cast, day)
    return cast


def _is_headline(tokens: Sequence[Token]) -> bool:
    """Whether a sentence is set like "Thai Military Seizes Control": its capitals tell no names."""
    n_words = 0
    for token in tokens:
        letter = token.raw[0]
        if len(token.raw) > 3 and letter.isalpha():
            if not letter.isupper():
                return False
            n_words += 1
    return n_words > 3


def _add_persons(cast: Cast, day: date | None) -> None:
    """Let persons whose country is known be anchors too: "Mr. Musharraf" tells whose army it is."""
    countries: dict[int, str] = {}
    for start, end, person in cast.names:
        country = person.country or countries.get(id(person))
        if country is None:
            office = find_office(person.keys, person.roles, day)
            country = countries[id(person)] = office.country if office else ""
        if country:
            name = person.name
            cast.anchors.append(Anchor(start, end, "person", country, name, person.sectors, name, False))
    cast.anchors.sort(key=lambda anchor: anchor.start)


def _pieces(text: str, sentences: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in sentences:
        while end - start > _PIECE:
            cut = text.rfind(" ", start + _PIECE // 2, start + _PIECE)
            cut = cut if cut > start else start + _PIECE
            yield start, cut
            start = cut
        yield start, end


def _add_named(cast: Cast, tokens: Sequence[Token], matches: Sequence[Match]) -> None:
    """Keep the words that name one state of today; what tells in which a place lies (`surroundings`)."""
    countries = load_countries()
    for match in matches:
        terms = [term for term in match.terms if term.kind in _NAMED_KINDS]
        codes = {term.country for term in terms}
        if len(codes) != 1 or terms[0].country not in countries:
            continue
        before = match.first - 1
        if before > 0 and tokens[before].key in _BETWEEN:
            before -= 1
        located = before >= 0 and tokens[before].key in _LOCATIVE
        key = " ".join(token.key for token in tokens[match.first : match.last])
        start, end = tokens[match.first].start, tokens[match.last - 1].end
        cast.named.append(Named(start, end, key, terms[0].country, terms[0].kind, located))


def _add_anchors(cast: Cast, tokens: Sequence[Token], units: Sequence[Unit]) -> None:
    for place, unit in enumerate(units):
        if not unit.terms:  # most are plain words
            continue
        term = unit.term(*_STATE_KINDS)
        if term is None or not term.country:
            continue
        first, last = tokens[unit.first], tokens[unit.last - 1]
        before = tokens[unit.first - 1] if unit.first else None
        if before is not None and (
            before.key == "ethnic" or (before.joined and before.key in ("pro", "anti"))
        ):
            continue
        if last.joined and unit.last < len(tokens) and tokens[unit.last].key in SPONSORED:
            continue
        link = before.key if before is not None and place else ""
        if link in _BETWEEN and unit.first > 1:
            link = tokens[unit.first - 2].key
        words = " ".join(token.raw for token in tokens[unit.first : unit.last])
        is_place = link in _PLACE_LINKS and term.kind in ("state", "capital", "region")
        anchor = Anchor(
            first.start, last.end, term.kind, term.country, term.name, term.sectors, words, is_place
        )
        cast.anchors.append(anchor)
        if term.country not in ABOVE_STATES:
            cast.counts[term.country] += 1


def _add_names(
    cast: Cast,
    text: str,
    tokens: Sequence[Token],
    units: Sequence[Unit],
    pending: list[tuple[int, int, tuple[str, ...], str]],
    *,
    introduce: bool,
) -> None:
    """Keep the names of a sentence: the introduced ones as persons, the bare ones for later."""
    for place, unit in enumerate(units):
        if unit.kind != "name":
            continue
        keys = tuple([token.key for token in tokens[unit.first : unit.last] if token.is_word])
        first, last = _surroundings(tokens, units, place)
        start, end = tokens[unit.first].start, tokens[unit.last - 1].end
        window = list(units[first:last])
        has_role = any(other.term("role") for other in window)
        if has_role and introduce:
            span = tokens[window[0].first].start, tokens[window[-1].last - 1].end
            phrase = read_units(tokens, window, span)
            if phrase.kind == "person" and phrase.keys == keys:
                person = _make_person(cast, phrase, start)
                cast.names.append((start, end, person))
                continue
        pending.append((start, end, keys, text[start:end]))


def _surroundings(tokens: Sequence[Token], units: Sequence[Unit], place: int) -> tuple[int, int]:
    """Return the units before and after a name that introduce it: title, state, apposition."""
    first = place
    while first and place - first < 8 and _introduces(tokens, units[first - 1]):
        first -= 1
    titles = [unit.term("role") for unit in units[first:place]]
    has_title = any(term is not None and term.role != "title" for term in titles)
    before = units[first - 1] if first else None
    if not has_title and before is not None and tokens[before.first].raw == ",":
        left = first - 1
        while left and place - left < 10 and _introduces(tokens, units[left - 1]):
            left -= 1
        if any(unit.term("role") for unit in units[left : first - 1]):
            return left, place + 1
    last = place + 1
    follows = tokens[units[last].first].key if last < len(units) else ""
    if not has_title and (follows in (",", "(", "of", "from") and follows):
        right = last + 1
        while right < len(units) and right - last < 10 and _introduces(tokens, units[right], after=True):
            right += 1
        if any(unit.term("role") for unit in units[last + 1 : right]):
            return first, right
    return first, last


def _introduces(tokens: Sequence[Token], unit: Unit, *, after: bool = False) -> bool:
    token = tokens[unit.first]
    if unit.kind == "term":
        return True
    if unit.kind == "mark":
        return token.raw == "."
    if unit.kind == "name":
        return token.owner or after
    return token.key in _MODIFIERS or (after and (token.key == "who" or token.key in LEADS))


_MODIFIERS = frozenset(
    "the a an its his her their our former ex late deposed ousted exiled retired acting deputy senior "
    "top chief outgoing new interim then current first newly elected foreign local of and for "
    "influential prominent radical wanted military political spiritual veteran long time longtime "
    "vice assistant associate under".split()
)


def _make_person(cast: Cast, phrase: Phrase, start: int) -> Person:
    """Add a person, or what is new about one who is known."""
    person = cast.find_person(phrase.keys)
    if person is None or (len(person.keys) == 1 and len(phrase.keys) > 1):
        longer = Person(phrase.name, phrase.keys, start)
        if person is not None:
            longer.country, longer.sectors, longer.roles = person.country, person.sectors, person.roles
            longer.weak = person.weak
            longer.evidence, longer.is_woman, longer.start = person.evidence, person.is_woman, person.start
        person = longer
        cast._persons[phrase.keys] = person
        if phrase.keys[-1] not in NOT_NAMES:
            cast._by_surname.setdefault(phrase.keys[-1], []).append(person)
        cast._by_first.setdefault(phrase.keys[0], []).append(person)
    if not person.country and phrase.country:
        person.country = phrase.country
        person.evidence += phrase.evidence[:1]
    if phrase.sectors and (not person.sectors or (person.weak and not phrase.weak)):
        person.sectors, person.weak = phrase.sectors, phrase.weak
        person.evidence += phrase.evidence[-1:]
    person.roles |= phrase.roles
    person.owner = person.owner or phrase.owner
    person.belongs = person.belongs or phrase.belongs
    person.default = person.default or phrase.default
    if person.is_woman is None:
        person.is_woman = _tell_woman(phrase.roles)
    return person


_WOMAN = frozenset(
    "ms mrs miss lady dame baroness queen princess spokeswoman chairwoman congresswoman".split()
)
_MAN = frozenset("mr sir king prince spokesman chairman congressman sheikh pope emir sultan".split())


def _tell_woman(roles: frozenset[str]) -> bool | None:
    if roles & _WOMAN:
        return True
    return False if roles & _MAN else None
