"""The words that tell who somebody is: tables of states, bodies and roles.

The tables are the CSV files in `data/`; this module reads them once, on first use, and finds their
phrases in a text. A phrase matches word by word whatever the accents, hyphens, apostrophes and
possessive endings ("Kim Jong-un" is "Kim Jong Un"), but not whatever the case: what the table
capitalises must be capitalised in the text, and an acronym must be one ("US" is not "us").
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

TermKind = Literal["state", "adjective", "people", "capital", "seat", "region", "body", "role"]


class Token(NamedTuple):
    """A word or a punctuation mark with its offsets.

    `key` is the word as tables hold it (folded, without accents and apostrophes); `owner` tells
    that "'s" or "'" follows, `joined` that a hyphen joins it to the next word. The possessive
    ending lies outside of `start` and `end`.
    """

    key: str
    raw: str
    start: int
    end: int
    owner: bool = False
    joined: bool = False

    @property
    def is_word(self) -> bool:
        return self.raw[0].isalnum()

    @property
    def is_capital(self) -> bool:
        return self.raw[0].isupper()


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase of the tables stands for.

    `role` is the column "kind" of roles.csv for a role, and of regions.csv for a region, else "".
    `country` of a role is what it stands for where the words name none: "aid agencies" are NGO,
    "the international community" belongs nowhere ("-"). A `local` name of a body counts only in a text
    that names its state: "PDP" is a party of Nigeria, of Kashmir and of others.
    """

    kind: TermKind
    country: str = ""
    sectors: tuple[str, ...] = ()
    name: str = ""
    role: str = ""
    local: bool = False


class Match(NamedTuple):
    """Terms found at tokens[first:last]; more than one where a phrase has several meanings."""

    first: int
    last: int
    terms: tuple[Term, ...]


# "U.N.", "E.U", "AT&T" and "P5+1" are one word each.
_TOKEN = re.compile(
    r"[A-Z]{1,3}(?:&[A-Z]{1,3})+(?!\w)|[A-Z]{1,2}\d\+\d(?!\w)"
    r"|(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\w))?|[A-Z]\.[A-Z](?![\w.])|[^\W_]+(?:['’ʼ`][^\W_]+)*['’]?|[^\w\s]"
)
# Shapes: without accents, as "German"; only before another adjective, as "Sino-" in "Sino-Indian".
_PLAIN = "c"
_HALF = "-"
_SAINTS = ("st", "ste", "mt", "ft")
_HYPHENS = "-‐‑–"
_PARTICLE = re.compile(r"\s(?:de|van|von) ")
_APOSTROPHES = re.compile("['’ʼ`.]")
_MARKS = ",.;:!?)"


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Split `text[start:end]` into words and punctuation; offsets count from the start of `text`.

    >>> [(token.key, token.owner) for token in tokenize("Iran's U.S.-backed foes")]
    [('iran', True), ('us', False), ('backed', False), ('foes', False)]
    """
    end = len(text) if end is None else end
    tokens: list[Token] = []
    at = start
    for chunk in text[start:end].split(" "):
        first, at = at, at + len(chunk) + 1
        if chunk.isalnum():  # most: the pattern would find the same in twice the time
            tokens.append(_new(Token, (fold(chunk), chunk, first, at - 1, False, False)))
        elif (word := chunk[:-1]).isalnum() and (mark := chunk[-1]) in _MARKS:  # most others: "Monday,"
            tokens.append(_new(Token, (fold(word), word, first, at - 2, False, False)))
            if mark != "." or not _is_dotless(tokens[-1], text[at - 1 : at + 5]):
                tokens.append(_new(Token, (mark, mark, at - 2, at - 1, False, False)))
        elif chunk:
            _add_tokens(text, first, at - 1, tokens)
    return tokens


_new = tuple.__new__  # a named tuple in half the time that its class takes


def _add_tokens(text: str, start: int, end: int, tokens: list[Token]) -> None:
    for found in _TOKEN.finditer(text, start, end):
        raw = found.group()
        first, last = found.span()
        if raw.isalnum():
            tokens.append(_new(Token, (fold(raw), raw, first, last, False, False)))
            continue
        if raw in _HYPHENS:
            if tokens and tokens[-1].end == first and text[last : last + 1].isalnum():
                tokens[-1] = tokens[-1]._replace(joined=True)
            elif raw != "-" or text[last : last + 1].isspace():
                tokens.append(Token(raw, raw, first, last))
            continue
        if (
            raw == "."
            and tokens
            and tokens[-1].end == first
            and _is_dotless(tokens[-1], text[last : last + 6])
        ):
            continue
        owner = False
        if len(raw) > 2 and raw[-2] in "'’" and raw[-1] in "sS":
            raw, last, owner = raw[:-2], last - 2, True
        elif len(raw) > 1 and raw[-1] in "'’":
            raw, last, owner = raw[:-1], last - 1, True
        tokens.append(Token(fold(raw), raw, first, last, owner))


def _is_dotless(before: Token, after: str) -> bool:
    """Tell whether the dot after a word is no mark: "St. John's", "N. Korea", "F. W. de Klerk"."""
    is_initial = len(before.raw) == 1 and before.raw.isupper()
    return before.key in _SAINTS or (
        is_initial and ((after[:1].isspace() and after[1:2].isupper()) or _PARTICLE.match(after) is not None)
    )


@lru_cache(maxsize=32_768)
def fold(word: str) -> str:
    """Return the key of a word: folded, without accents, apostrophes and dots inside.

    >>> fold("Türkiye"), fold("U.N."), fold("N'Djamena")
    ('turkiye', 'un', 'ndjamena')
    """
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word)
        word = "".join(c for c in decomposed if not unicodedata.combining(c)) or word
    folded = word.casefold()
    return folded if folded.isalnum() else _APOSTROPHES.sub("", folded) or folded


def fold_phrase(words: str) -> tuple[str, ...]:
    """Return the keys of the words of a phrase."""
    parts = words.split(" ")
    if words.isascii() and all(map(str.isalnum, parts)):  # most of the tables, ten times as fast
        return tuple(map(str.lower, parts))
    return tuple(token.key for token in tokenize(words) if token.is_word)


def find_terms(tokens: Sequence[Token], day: date | None = None, states: Container[str] = ()) -> list[Match]:
    """Return the phrases of the tables in `tokens`, the longest first at each place, none overlapping.

    A body has the sectors it had on `day`: the Taliban are rebels in 2010 and a government in 2023. Of
    bodies of one name those count whose state is among `states`, named elsewhere, or among the tokens.
    """
    return settle_matches(match_phrases(tokens), day, states)


def match_phrases(tokens: Sequence[Token]) -> list[Match]:
    """Return the phrases of the tables in `tokens` with all their meanings, whatever the day."""
    entries = _load_entries()
    matches: list[Match] = []
    words = tuple([token.key for token in tokens])
    free = 0
    for place in [place for place, word in enumerate(words) if word in entries]:
        if place < free:
            continue
        by_second = entries[words[place]]
        found = by_second[""]
        if place + 1 < len(words) and words[place + 1] in by_second:
            found = by_second[words[place + 1]] + found
        for length, keys, shapes, terms in found:
            if words[place : place + length] == keys and (not shapes or _has_shape(tokens, place, shapes)):
                matches.append(_new(Match, (place, place + length, terms)))
                free = place + length
                break
    return matches


def settle_matches(
    matches: Sequence[Match], day: date | None = None, states: Container[str] = ()
) -> list[Match]:
    """Return the matches with the meanings that they have on `day` in a text that names `states`."""
    if not any(_has_body(match.terms) for match in matches):
        return list(matches)
    dated = [_date_match(match, day) if _has_body(match.terms) else match for match in matches]
    return list(_choose_bodies(dated, states)) if any(_is_open(match.terms) for match in dated) else dated


def _has_body(terms: tuple[Term, ...]) -> bool:
    return terms[0].kind == "body" if len(terms) == 1 else any(term.kind == "body" for term in terms)


def _is_open(terms: tuple[Term, ...]) -> bool:
    """Whether it takes the states of the text to tell which body is meant, if any."""
    if len(terms) == 1:
        return terms[0].local
    return sum(term.kind == "body" for term in terms) > 1 or any(term.local for term in terms)


def _choose_bodies(matches: Sequence[Match], states: Container[str]) -> Iterator[Match]:
    here = {
        term.country
        for match in matches
        if not _is_open(match.terms)
        for term in match.terms
        if term.kind in ("state", "adjective", "people", "capital", "seat", "region")
    }
    for match in matches:
        if _is_open(match.terms):
            bodies = [term for term in match.terms if term.kind == "body"]
            others = [term for term in match.terms if term.kind != "body"]
            known = [term for term in bodies if not term.local]
            named = [term for term in bodies if term.country in here]
            # "The Security Council" is that of the United Nations, whatever states are named beside it.
            if not named and not any(term.country == "UNO" for term in known):
                named = [term for term in bodies if term.country in states]
            terms = (*(named or known[:1]), *others)
            if terms:
                yield match._replace(terms=terms)
        else:
            yield match


def _date_match(match: Match, day: date | None) -> Match:
    changes = _load_changes()
    if day is None or not any(term.kind == "body" and term.name in changes for term in match.terms):
        return match
    return match._replace(terms=tuple(_date_term(term, day) for term in match.terms))


def _date_term(term: Term, day: date) -> Term:
    for first, last, sectors in _load_changes().get(term.name, ()):
        if first <= day <= last:
            return replace(term, sectors=sectors)
    return term


@cache
def _load_changes() -> dict[str, list[tuple[date, date, tuple[str, ...]]]]:
    """Return when a body was something else than what organisations.csv says, by its name."""
    changes: dict[str, list[tuple[date, date, tuple[str, ...]]]] = {}
    for row in read_table("changes"):
        last = date.fromisoformat(row["to"]) if row["to"] else date.max
        days = date.fromisoformat(row["from"]), last, _codes(row["sectors"])
        changes.setdefault(row["name"], []).append(days)
    return changes


def _has_shape(tokens: Sequence[Token], place: int, shapes: tuple[str, ...]) -> bool:
    """Tell whether the words are written as the table writes them: capitals, acronyms."""
    for offset, shape in enumerate(shapes):
        raw = tokens[place + offset].raw
        if shape == _HALF:
            return raw[0].isupper() and tokens[place].joined and _is_national(tokens, place + 1)
        if shape in ("C", _PLAIN):
            if not raw[0].isupper() or (shape == _PLAIN and not raw.isascii()):
                return False
        elif shape and raw.replace(".", "") != shape and not ("." in raw and _drop_dots(raw) == shape):
            return False
    return True


def _is_national(tokens: Sequence[Token], place: int) -> bool:
    """Whether an adjective of a state stands there: "Sino-Indian", not "Indo-Pacific"."""
    by_second = _load_entries().get(tokens[place].key if place < len(tokens) else "", {})
    terms = (term for entries in by_second.values() for entry in entries for term in entry[3])
    return any(term.kind == "adjective" for term in terms)


def _drop_dots(raw: str) -> str:
    """Return "US" for "u.s."; "us" without dots is another word."""
    return raw.replace(".", "").upper()


def _shape_of(word: str) -> str:
    """Return "" for any case, "C" for a capital, or the letters of an acronym that must stand as they are.

    `_PLAIN` stands for a capital in a word without accents.
    """
    bare = word.replace(".", "")
    if bare.isupper() and 2 <= len(bare) <= 7 and bare.isascii():
        return bare
    return "C" if word[0].isupper() else ""


def _cut_phrase(words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys and the shapes of the words of a phrase."""
    parts = words.split(" ")
    if words.isascii() and all(map(str.isalnum, parts)):
        return tuple(map(str.lower, parts)), tuple(map(_shape_of, parts))
    if words.endswith("-"):
        return (words[:-1].lower(),), (_HALF,)
    tokens = [token for token in tokenize(words) if token.is_word]
    return tuple(token.key for token in tokens), tuple(_shape_of(token.raw) for token in tokens)


_Entry = tuple[int, tuple[str, ...], tuple[str, ...], tuple[Term, ...]]


@cache
def _load_entries() -> dict[str, dict[str, tuple[_Entry, ...]]]:
    """Return the phrases by their first word and their second, "" for one of one word; the longest first."""
    gathered: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Term]] = {}
    accented: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for words, term in _read_terms():
        key = _cut_phrase(words)
        if not words.isascii():
            accented.add(key)
        known = gathered.setdefault(key, [])
        if term not in known and not (term.kind == "region" and known):
            known.append(term)
    for key in [key for key, terms in gathered.items() if key not in accented and _are_english(terms)]:
        plain = key[0], tuple(_PLAIN if shape == "C" else shape for shape in key[1])
        gathered[plain] = gathered.pop(key)
    named = frozenset(gathered)
    for words, term in _read_past_terms():
        key = _cut_phrase(words)
        if key not in named:
            gathered.setdefault(key, []).append(term)
    entries: dict[str, dict[str, list[_Entry]]] = {}
    for (keys, shapes), terms in gathered.items():
        second = keys[1] if len(keys) > 1 else ""
        found = entries.setdefault(keys[0], {"": []}).setdefault(second, [])
        found.append((len(keys), keys, shapes if any(shapes) else (), tuple(terms)))
    # Among equals what asks for more capitals comes first: "Party" at the end of a name is a
    # party, "party" anywhere is a role.
    return {
        first: {
            second: tuple(sorted(found, key=lambda entry: (-entry[0], -sum(map(bool, entry[2])))))
            for second, found in by_second.items()
        }
        for first, by_second in entries.items()
    }


def _are_english(terms: Sequence[Term]) -> bool:
    """Whether a word is an English adjective and nothing else: "Germán" is a name, "German" is not."""
    return all(term.kind in ("adjective", "people") for term in terms)


def _read_terms() -> Iterator[tuple[str, Term]]:
    for row in read_table("countries"):
        if not row["heir"]:
            yield from _state_terms(row)
    for row in read_table("seats"):
        yield row["words"], Term("seat", row["country"], _codes(row["sectors"]), row["name"])
    for row in read_table("regions"):
        yield row["words"], Term("region", row["country"], role=row["kind"], name=row["words"])
    yield from _place_terms()
    for row in read_table("organisations"):
        term = Term("body", row["country"], _codes(row["sectors"]), row["name"])
        for words in (row["name"], *split_list(row["names"])):
            yield words, term
        local = replace(term, local=True)
        for words in split_list(row["local"]):
            yield words, local
    for row in read_table("roles"):
        yield row["words"], Term("role", row["country"], _codes(row["sectors"]), role=row["kind"])


def _place_terms() -> Iterator[tuple[str, Term]]:
    """Yield first-level regions and cities; a name that the tables above know keeps its meaning.

    cities.csv is made from GeoNames (CC BY 4.0): cities of more than 150,000 people (400,000 where
    their names are people's too) whose name no other state's city of a fifth of the size has.
    """
    for row in read_table("places"):
        if row["kind"] == "region":
            yield row["name"], Term("region", row["country"], role="region", name=row["name"])
    for row in read_table("cities"):
        yield row["words"], Term("region", row["country"], role="city", name=row["words"])


def _read_past_terms() -> Iterator[tuple[str, Term]]:
    """Yield the words of states that left theirs to an heir: South Yemen is a part of Yemen today."""
    for row in read_table("countries"):
        if row["heir"]:
            yield from _state_terms(row)


def _state_terms(row: dict[str, str]) -> Iterator[tuple[str, Term]]:
    code, name = row["code"], row["name"]
    for words in (name, *split_list(row["names"])):
        yield words, Term("state", code, ("GOV",), name)
    for words in split_list(row["adjectives"]):
        yield words, Term("adjective", code, ("GOV",), name)
    for words in split_list(row["peoples"]):
        yield words, Term("people", code, ("CVL",), name)
    for words in split_list(row["capitals"]):
        yield words, Term("capital", code, ("GOV",), name)


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of `data/<name>.csv`."""
    path = files("whowhom.resolvers").joinpath("data", f"{name}.csv")
    yield from csv.DictReader(path.read_text(encoding="utf-8").splitlines())


def split_list(cell: str) -> list[str]:
    """Return the values of a cell that holds several, set apart by ";"."""
    return [value for value in cell.split(";") if value]


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(cell.split())


@cache
def list_adjective_words() -> frozenset[str]:
    """Return every word of the adjectives of states: "south", "korean"."""
    return frozenset(
        word
        for by_second in _load_entries().values()
        for entries in by_second.values()
        for _, words, _, terms in entries
        if any(term.kind == "adjective" for term in terms)
        for word in words
    )
