"""What is done with arms beside a state's name, which makes the state an army."""

from __future__ import annotations

import re

from whowhom.resolvers.lexicon import tokenize
from whowhom.resolvers.units import make_units

# What is done with arms: "Israeli" before one of them is the army.
_ARMED_DEEDS = frozenset(
    "air strike strikes airstrike airstrikes raid raids shelling bombing bombings bombardment shells "
    "shell missile missiles rocket rockets fire gunfire artillery troops soldiers forces tank tanks "
    "warplanes jets drone drones helicopter helicopters attack attacks offensive incursion invasion "
    "assault operation operations bullets siege ambush patrol".split()
)
_ARMED_VERBS = frozenset(
    "shelled shells bombed bombs bombarded bombards invaded invades fired fires struck strikes hit "
    "hits raided attacked attacks shot shoots downed ambushed deployed deploys intercepted intercepts".split()
)
_BEGINS = frozenset("launched launches launch carried carries conducted conducts".split())
_TOWARDS = frozenset(
    "on at into against towards toward in near of around northern southern eastern western".split()
)

# What nearly all words after a name do not begin with, told without cutting them into words.
_MAY_SHARE = re.compile(r"\s*(?:,|and|&)")


def is_armed_deed(words: str) -> bool:
    """Tell whether the words that follow name something done with arms ("Israeli" + "air strike").

    >>> is_armed_deed(" air strikes on"), is_armed_deed(" launched a raid on"), is_armed_deed(" demands")
    (True, True, False)
    """
    keys = [token.key for token in tokenize(words)[:5]]
    if not keys:
        return False
    reach = 5 if keys[0] in _BEGINS else 2
    return keys[0] in _ARMED_VERBS or not _ARMED_DEEDS.isdisjoint(keys[:reach])


def read_shared_head(words: str) -> tuple[str, ...]:
    """Return the sectors of the head that the words after a name share with it, () where none does.

    >>> read_shared_head(" and Iraqi forces raided seven mosques"), read_shared_head(" and Iraq signed")
    (('MIL',), ())
    """
    tokens = tokenize(words)[:9] if _MAY_SHARE.match(words) else ()
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
