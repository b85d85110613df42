"""Deeds that whoever is asked denies, and what becomes of the denial.

By the codebook a denial of what nobody is named to have said is one record: the deed, with `negation`, its
source whoever denies it. Where an accuser is named, the deed is told by the accuser and the denial is a
REJECT. Of 32 deeds behind a "denied" whose source stands before it, annotators of training/corpus gave 29
`negation`, and one a REJECT besides. One that is overlooked is an invented deed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from whowhom.records import Article, Reading

_DENIED = re.compile(r"\bden(?:y|ies|ied|ying)\b[^.;:\n\"“”]*$")
# A clause of its own begins: "denied it and, when pressed, sent troops".
_BREAK = re.compile(r", (?:but|while|and|saying|adding|as|who|which|after|when)\b|\bit and\b")
# Characters before a trigger in which the denial stands, and before that in which the denier begins.
_BEFORE = 160
_DENIER = 120


def settle_denials(article: Article, readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings with denied deeds marked so, without the denials of these deeds themselves."""
    denied: dict[int, int] = {}
    for number, reading in enumerate(readings):
        at = _find_denial(article, reading)
        if at is not None:
            denied[number] = at
    if not denied:
        return list(readings)
    verbs = {(readings[number].trigger.of, at) for number, at in denied.items()}
    settled = []
    for number, reading in enumerate(readings):
        if number in denied and "negation" not in reading.aux:
            reading = replace(reading, aux=(*reading.aux, "negation"))
        if not _is_denial(reading, verbs):
            settled.append(reading)
    return settled


def _is_denial(reading: Reading, verbs: Set[tuple[str, int]]) -> bool:
    span = reading.trigger
    return reading.event == "REJECT" and any(
        of == span.of and (span.start or 0) <= at < (span.end or 0) for of, at in verbs
    )


def _find_denial(article: Article, reading: Reading) -> int | None:
    """Return where the verb begins by which the source of a reading denies the deed, None without one."""
    trigger, source = reading.trigger, reading.source.span if reading.source else None
    if reading.event == "REJECT" or trigger.start is None or source is None or source.start is None:
        return None
    if reading.source_kind == "author" or source.of != trigger.of:
        return None
    text = article.title if trigger.of == "title" else article.text
    first = max(0, trigger.start - _BEFORE)
    found = _DENIED.search(text[first : trigger.start])
    if found is None or _BREAK.search(found.group()):
        return None
    at = first + found.start()
    return at if 0 < at - source.start < _DENIER and (source.end or 0) <= at else None
