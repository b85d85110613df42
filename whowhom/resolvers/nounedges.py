"""The noun that a participant's words are cut off from: "about" of "about 300 people".

The tagger takes words one by one, and where it is in doubt of a noun it may keep no more than what stands
before it. A number or a determiner alone names nobody, and who is meant is then sought elsewhere in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whowhom.records import Mention, Span
from whowhom.resolvers.lexicon import Token, list_adjective_words, tokenize
from whowhom.resolvers.units import DETERMINERS, NUMBERS, OWNERS, Unit, make_units

_REACH = 80
_NUMBERS = NUMBERS | frozenset(("than",))
_COUNTING = _NUMBERS | DETERMINERS | OWNERS | frozenset(("around", "roughly", "up", "at", "only"))
# What may stand between a number and its noun and is no verb, as "wounded" may be.
_DESCRIBING = frozenset(
    "senior top foreign local deputy former acting suspected alleged masked armed unarmed unidentified rival "
    "ruling young old elderly new civilian opposition international regional national federal".split()
)
_SCALES = frozenset(("dozen", "hundred", "thousand", "million"))
# Nouns of the tables that are a deed or a thing: of "Israeli airstrikes" it is Israel that acts.
_NOBODY = frozenset(
    "airstrike airstrikes strike strikes raid raids protest protests march marches demonstrations rallies "
    "vigil home homes house houses town towns village villages city cities territory territories crude "
    "website lives wounded accused".split()
)
_PLURALS = ("s", "men", "people", "police", "troops", "dead")


def mend_participant(text: str, mention: Mention) -> Mention:
    """Return a mention with its noun where its words only count or describe; else as it is.

    >>> mend_participant("About 300 people fled.", Mention(Span("About", 0, 5), 1.0)).span.text
    'About 300 people'
    >>> mend_participant("The two agreed.", Mention(Span("The two", 0, 7), 1.0)).span.text
    'The two'
    """
    span = mention.span
    if span.start is None or span.end is None:
        return mention
    if not all(map(_may_count, tokenize(span.text))):  # most
        return mention
    tokens = tokenize(text, span.start, span.end + _REACH)
    units = make_units(text, tokens)
    own = [unit for unit in units if tokens[unit.first].start < span.end]
    if not own or not all(_counts(tokens, unit) or unit.term("adjective") for unit in own):
        return mention
    end = max(span.end, tokens[own[-1].last - 1].end)
    has_adjective = any(unit.term("adjective") for unit in own)
    is_bare = has_adjective and len(own) == 1
    for unit in units[len(own) :]:
        last = tokens[unit.last - 1].key
        if unit.term("role", "people", "body", "seat") and last not in _NOBODY:
            is_plural = last.endswith(_PLURALS)
            if is_plural or not is_bare:
                end = tokens[unit.last - 1].end
            if is_plural:
                break
        elif not _leads_on(tokens, unit) and (has_adjective or not unit.term("adjective")):
            break
    start = _find_first(text, span.start) if tokens[0].key in _SCALES else span.start
    return replace(mention, span=Span(text[start:end], start, end, span.of))


def _may_count(token: Token) -> bool:
    key = token.key
    return key in _COUNTING or key in list_adjective_words() or key[:1].isdigit() or not token.is_word


def _leads_on(tokens: Sequence[Token], unit: Unit) -> bool:
    key = tokens[unit.first].key
    return key in _NUMBERS or key in _DESCRIBING or key[:1].isdigit()


def _counts(tokens: Sequence[Token], unit: Unit) -> bool:
    key = tokens[unit.first].key
    return key in _COUNTING or key[:1].isdigit()


def _find_first(text: str, start: int) -> int:
    """Return where the number begins that "dozen" at `start` ends: "several dozen"."""
    before = text[max(0, start - _REACH) : start].split(" ")
    word = before[-2] if len(before) > 1 and not before[-1] else ""
    return start - len(word) - 1 if word.lower() in NUMBERS or word[:1].isdigit() else start
