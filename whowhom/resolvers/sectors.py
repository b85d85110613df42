"""What the words of a phrase say of the sectors: soldiers, a ministry, rebels, people."""

from __future__ import annotations

from collections.abc import Sequence

from whowhom.resolvers.lexicon import Term, Token
from whowhom.resolvers.units import (
    BELONGING,
    DETERMINERS,
    NUMBERS,
    PhraseKind,
    Segment,
    Unit,
    join_words,
)

_Sectors = tuple[tuple[str, ...], bool, str]
_NOTHING: _Sectors = (), False, ""
_WHEREABOUTS = frozenset("in at near on across by with".split())
_FOLLOWING = frozenset(
    "followers follower supporters supporter members member men loyalists sympathizers sympathisers backers "
    "people activists".split()
)
# Men and followers of one of these belong to it.
SIDES = frozenset("REB PRM OPP PTY CRM".split())


def read_sectors(
    tokens: Sequence[Token], segments: Sequence[Segment], kind: PhraseKind, *, whole: bool
) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
    """Return sectors, whether they are a guess that anything better may replace, and the evidence.

    The head noun counts first, then what it belongs to, then appositions and complements.

    Args:
        kind: What the head of the phrase is.
        whole: "the Turks", all of them, are a state; "five Turks" are people.
    """
    weak: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    for place, segment in enumerate(segments):
        if place and segment.link not in (*BELONGING, ",", "as", "with"):
            break
        # "a leader in Basra" is not Basra's government, "an aide to the president" is.
        if place and weak and segment.link in _WHEREABOUTS:
            continue
        if place == 0:
            sectors, sure, why = _sectors_of_segment(tokens, segment) or _sectors_without_role(
                tokens, segment, kind, whole=whole
            )
        else:
            sectors, sure, why = _sectors_of_segment(tokens, segment) or _NOTHING
        if place == 0 and _is_following(tokens, segment):
            sectors, why = _sectors_of_side(tokens, segments[1:]) or (sectors, why)
        if sectors and sure:
            return sectors, False, (*evidence, why)
        if sectors and not weak:
            weak, evidence = sectors, (*evidence, why)
    return weak, True, evidence


def _sectors_of_segment(tokens: Sequence[Token], segment: Segment) -> _Sectors | None:
    """Return sectors, whether the words settle them, and why; None where no word is of a trade."""
    listed = segment.roles(tokens)
    roles = [role for role in listed if role[0].role != "title"]
    owned = [role for role in roles if _owns(tokens, role[2], segment)]
    strong = [role for role in roles if role[0].role != "any" and role not in owned]
    for unit in segment.units:
        body = unit.term("body", "seat") if unit.terms else None
        if body is not None:
            words = join_words(tokens, unit)
            return _combine(body, strong[-1][0] if strong else None), True, f"sector: {words!r} in the words"
    if strong:
        term, words = _choose_strong(strong)
        return term.sectors, True, f"sector: {words!r} in the words"
    sides = [role for role in owned if role[0].sectors[:1] and role[0].sectors[0] in SIDES]
    for found, sure in ((sides, True), (roles, False)):
        for term, words, _ in reversed(found):
            if term.sectors:
                return term.sectors, sure, f"sector: {words!r} in the words"
    titles = [role for role in listed if role[0].role == "title" and role[0].sectors]
    if titles:
        return titles[-1][0].sectors, False, f"sector: title {titles[-1][1]!r}"
    return None


def _choose_strong(strong: Sequence[tuple[Term, str, Unit]]) -> tuple[Term, str]:
    """Return the head among roles: "rebel villages" are rebel, "government supporters" are not government."""
    term, words, _ = strong[-1]
    if term.role == "group" and term.sectors[:1] == ("CVL",) and len(strong) > 1:
        before = strong[-2][0]
        if before.role != "office" and before.sectors[:1] not in (("GOV",), ("PTY",)):
            return before, words
    return term, words


def _owns(tokens: Sequence[Token], unit: Unit, segment: Segment) -> bool:
    """Tell whether the words only own the head: "lawyers'" in "lawyers' association"."""
    return tokens[unit.last - 1].owner and unit is not segment.units[-1]


def _sectors_without_role(
    tokens: Sequence[Token], segment: Segment, kind: PhraseKind, *, whole: bool
) -> _Sectors:
    if not segment.units or kind == "person":
        return _NOTHING
    last = segment.units[-1]
    if kind == "other" and _counts_people(tokens, segment):
        return ("CVL",), False, "sector: people only counted"
    if kind == "state":
        return ("GOV",), False, "sector: a state acting as a state"
    if kind == "people":
        return ("GOV" if whole else "CVL",), False, f"sector: people {join_words(tokens, last)!r}"
    if kind == "place":
        term = last.term("region")
        sectors = _PLACE_SECTORS.get(term.role if term else "", ("CVL",))
        return sectors, False, "sector: a place for its people"
    return _NOTHING


def _is_following(tokens: Sequence[Token], segment: Segment) -> bool:
    """Tell whether the head is somebody's following ("supporters", "members")."""
    return bool(segment.units) and tokens[segment.units[-1].last - 1].key in _FOLLOWING


def _sectors_of_side(
    tokens: Sequence[Token], segments: Sequence[Segment]
) -> tuple[tuple[str, ...], str] | None:
    """Return the sectors of the rebels or the party that somebody is "of"."""
    for segment in segments:
        for unit in segment.units if segment.link in ("of", "from", "loyal") else ():
            term = unit.term("body", "role")
            if term is not None and term.sectors[:1] and term.sectors[0] in SIDES:
                return term.sectors, f"sector: {join_words(tokens, unit)!r} in the words"
    return None


def _counts_people(tokens: Sequence[Token], segment: Segment) -> bool:
    """Tell whether the words only say how many ("ten others", "hundreds", "20 more", "those")."""
    words = [token.key for unit in segment.units for token in tokens[unit.first : unit.last] if token.is_word]
    return (
        bool(words)
        and all(
            word in NUMBERS
            or word in DETERMINERS
            or word in ("than", "at", "up", "injured", "dead", "killed")
            or word.isdigit()
            for word in words
        )
        and any(word in NUMBERS or word.isdigit() or word == "those" for word in words)
    )


_OWN_TRADES = frozenset("MIL COP JUD LEG JRN REF MED EDU REL".split())


def _combine(body: Term, role: Term | None) -> tuple[str, ...]:
    """Return the sectors of somebody of a body: "Hamas police", "U.N. soldiers", "FARC guerrillas"."""
    if role is None or not role.sectors:
        return body.sectors
    own, main = body.sectors[0], role.sectors[0]
    if own == "GOV" or not body.sectors:
        return role.sectors if main in _OWN_TRADES else body.sectors
    if own in ("PTY", "OPP") and role.role == "body" and main == "GOV":
        return role.sectors  # "the Labour government"
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
