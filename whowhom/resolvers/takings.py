"""What is taken: a town "captured" in battle is no captive.

By the codebook a town taken in battle is ASSAULT without a mode, fighters captured are `abduct`. The verbs
are the same, so the mode hangs on what they take.
"""

from __future__ import annotations

import re

from whowhom.records import Span

_TAKES = re.compile(
    r"\b(?:re)?(?:captur|seiz|tak(?:e|ing)|took)|\boverr[au]n|\bretak|\bretook", re.IGNORECASE
)
_PLACE = (
    r"(?:(?:home)?towns?|villages?|cit(?:y|ies)|districts?|provinces?|regions?|capitals?|bases?|barracks"
    r"|garrisons?|(?:out)?posts?|checkpoints?|positions?|trench(?:es)?|hills?|heights|ridges?|islands?|peninsula"
    r"|enclaves?|strongholds?|territor(?:y|ies)|settlements?|suburbs?|neighbou?rhoods?|airports?|airfields?"
    r"|airbases?|bridges?|ports?|harbou?rs?|dams?|barrage|crossings?|forts?|fortress|headquarters|palaces?"
    r"|stations?|hotels?)"
)
_LINK = r"(?:of|in|on|at|to|for|from|by|with|near|and|or|who|that|which|as|after|when|last|inside|outside)\b"
# "the town's police chief" and "village elders" are people of it.
_NO_MORE = rf"(?!['\u2019-]| (?!{_LINK})[a-z])"
_OBJECT = re.compile(
    rf"(?: (?:back|over|(?:control )?of))?(?: (?!{_LINK})[\w'\u2019.-]+){{0,4}}? {_PLACE}\b{_NO_MORE}"
)
_SUBJECT = re.compile(
    rf"\b{_PLACE}(?: (?:of )?[A-Z][\w'\u2019-]+){{0,3}},?"
    r"(?: (?:that|which|they|it|he|had|has|have|was|were|is|are|be|been|being|\w+ly))* $"
)
_REACH = 80


def takes_place(text: str, trigger: Span) -> bool:
    """Whether a deed is the taking of a place.

    >>> text = "Rebels captured a southern village and two soldiers."
    >>> takes_place(text, Span("captured", 7, 15))
    True
    >>> takes_place("Rebels captured two village elders.", Span("captured", 7, 15))
    False
    """
    if trigger.start is None or trigger.end is None or not _TAKES.search(trigger.text):
        return False
    behind = text[trigger.end : trigger.end + _REACH]
    if _OBJECT.match(behind):
        return True
    return _SUBJECT.search(text[max(0, trigger.start - _REACH) : trigger.start]) is not None
