"""Names of places that stand for something else: a government, a person, a treaty."""

from __future__ import annotations

import re
from functools import cache

from whowhom.records import Article, Span
from whowhom.resolvers.lexicon import Token, find_terms, fold_phrase, read_table, tokenize
from whowhom.resolvers.people import find_offices

# What is named after the city where it was signed or founded, and lies nowhere.
_ACCORDS = frozenset(
    "accord accords agreement agreements convention conventions protocol protocols pact treaty treaties "
    "declaration principles formula club consensus communique memorandum".split()
)
_PAPERS = frozenset("Post Times Herald Tribune Gazette Journal".split())
_HALLS = frozenset("center centre hall".split())
_SAYING = frozenset(
    "said says say accused accuses accuse denied denies deny urged urges urge condemned condemns condemn "
    "warned warns warn rejected rejects reject dismissed dismisses dismiss declined declines blamed blames "
    "blame criticised criticized criticises criticizes welcomed welcomes insisted insists insist vowed vows "
    "threatened threatens announced announces demanded demands hailed hails refused refuses denounced "
    "denounces acknowledged acknowledges pledged pledges argued argues claimed claims expressed expresses "
    "praised praises regards regarded maintains maintained wants wanted fears feared hopes hoped".split()
)
# Verbs of saying to somebody, with what follows the one addressed: "accused Kyiv of", "told Delhi that".
_ADDRESSING = re.compile(
    r"\b(?:accus|urg|warn|blam|threaten|press|pressur|implor|beg|ask|tell|told|criticis|criticiz)"
    r"(?:e|es|ed|ing|s)?\s+(?:the\s+)?$",
    re.I,
)
_ADDRESSED = re.compile(r"\s+(?:of|to|that|for|not|against|with|over)\b")
# What may stand before a subject: nothing, the end of a clause, a conjunction.
_BEFORE_SUBJECT = re.compile(
    r"(?:^|[.!?;:,\n\"“”'’—–]|\b(?:but|and|while|that|as|when|because|although|after|since|if|both))\s*$",
    re.I,
)
_AND_ANOTHER = re.compile(r"\s+and\s+(?:the\s+)?[A-Z][\w.]*(?:\s[A-Z]\w+)?")
_NEXT_WORD = re.compile(r"\s+([A-Za-z]+)(?:\s+([A-Za-z]+))?")
_NAME_BEFORE = re.compile(r"\b([^\W\d_]+)\s+$")
_ABOUT = 40
# Given names that are words of other kinds more often than not.
_NO_GIVEN_NAMES = frozenset(
    "may june april august will mark grant christian king prince princess sheikh sultan general major "
    "saint san santa al el abu ibn the new north south east west".split()
)
# A first word of one person alone may be anything; of two it is a given name.
_LEAST_BEARERS = 2


def tell_namesake(article: Article, span: Span) -> str:
    """Return why words that name a place mean none here, "" where nothing speaks against a place.

    >>> text = "Moscow accused Kyiv of shelling the plant."
    >>> tell_namesake(Article("a", text), Span("Moscow", 0, 6))
    "'Moscow' speaks: a government, not a place"
    """
    whole = article.title if span.of == "title" else article.text
    start, end = (0, 0) if span.start is None or span.end is None else (span.start, span.end)
    before, after = whole[max(0, start - _ABOUT) : start], whole[end : end + _ABOUT] if end else ""
    tokens = tokenize(span.text)
    if _is_accord(tokens, after):
        return f"{span.text!r} names an agreement or a paper, not a place"
    if _is_government(tokens, before, after):
        return f"{span.text!r} speaks: a government, not a place"
    if _is_person(tokens, before, after):
        return f"{span.text!r} is part of the name of a person"
    return ""


def _is_accord(tokens: list[Token], after: str) -> bool:
    """ "The Minsk agreements", "the Geneva Conventions", but not "the Boston Convention Center"."""
    names = [token for token in tokens if token.is_word and token.is_capital and token.key != "the"]
    if not names:
        return False
    last, following = tokens[-1], _NEXT_WORD.match(after)
    if following and last is names[-1] and not last.owner:
        one, two = following[1], following[2] or ""
        return (one.casefold() in _ACCORDS and two.casefold() not in _HALLS) or one in _PAPERS
    at = next((n for n, token in enumerate(tokens) if token.key in _ACCORDS), 0)
    return at == len(tokens) - 1 and at > 0 and tokens[at - 1] in names


def _is_government(tokens: list[Token], before: str, after: str) -> bool:
    """Whether a capital or a seat of power does what only those who rule in it can: say something."""
    bare = [token for token in tokens if token.is_word and token.key not in ("the", "and")]
    matches = find_terms(bare)
    if not matches or sum(match.last - match.first for match in matches) < len(bare):
        return False
    if not all({term.kind for term in match.terms} & {"capital", "seat"} for match in matches):
        return False
    another = _AND_ANOTHER.match(after)
    following = _NEXT_WORD.match(after[another.end() :] if another else after)
    speaks = following is not None and following[1].casefold() in _SAYING
    if speaks and _BEFORE_SUBJECT.search(before):
        return True
    return bool(_ADDRESSING.search(before) and _ADDRESSED.match(after))


def _is_person(tokens: list[Token], before: str, after: str) -> bool:
    """ "Jim Jordan", "Chad Wolf": a given name before it, or a person of the table with the word after it."""
    if len(tokens) != 1 or not tokens[0].is_capital:
        return False
    given, following = _NAME_BEFORE.search(before), _NEXT_WORD.match(after)
    if given and given[1][0].isupper() and " ".join(fold_phrase(given[1])) in _load_given_names():
        return True
    surname = following[1] if following and following[1][0].isupper() and not tokens[0].owner else ""
    return bool(surname) and bool(find_offices((tokens[0].key, *fold_phrase(surname))))


@cache
def _load_given_names() -> frozenset[str]:
    bearers: dict[str, set[str]] = {}
    for row in read_table("people"):
        first, *others = fold_phrase(row["name"]) or ("",)
        if others:
            bearers.setdefault(first, set()).add(row["name"])
    names = {first for first, people in bearers.items() if len(people) >= _LEAST_BEARERS and len(first) > 1}
    return frozenset(name for name in names - _NO_GIVEN_NAMES if not find_terms(tokenize(name.title())))
