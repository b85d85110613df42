"""Who says so: the one named behind a sentence, of deeds for which the coder saw nobody.

"Two pirates were shot dead, the Indian navy said on Friday." By the codebook the navy is the source of the
deed; the coder gives some of these to the article itself. Of 13 such deeds in passages and articles that it
had not seen, annotators had given 11 to whoever spoke behind the sentence, one to somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from whowhom.records import Article, Mention, Reading, SourceKind, Span

# Deeds of words are done by saying so: "we reject it, the minister said" is itself what the minister did.
_OF_WORDS = frozenset(("ACCUSE", "AGREE", "CONCEDE", "REJECT", "REQUEST", "SUPPORT", "THREATEN"))
_PRONOUN = r"\b(?:which|who|whom|whose|and|but|that|it|he|she|they|we|i|as|while|when|though)\b"
_DAY = r"(?:on|in|at|late|early|this|last|yesterday|today|[A-Z][a-z]+day)\b[^,;.]{0,40}"
_SPEAKER = re.compile(
    rf",[\"”’']{{0,2}} (?P<speaker>(?:(?!{_PRONOUN})[^,;:.\"“”\n]){{3,70}}?)"
    rf" (?:said|says|reported|reports|announced|added|confirmed)(?: {_DAY})?\.(?=\s|$)"
    r"|, according to (?P<by>[^,;:.\"“”\n]{3,70})\.(?=\s|$)"
)
# Behind these the sentence that the speaker ends is another than the trigger's.
_END = re.compile(r"[.!?][\"”’')]{0,2}\s+[\"“‘'(]?[A-Z]|\n|;|, (?:and|but|while|although|where|though)\b")
# A clause that only tells which is meant, or when: what stands in it may be known from elsewhere.
_ASIDE = re.compile(
    r"\b(?:who|which|whose|whom|that|after|before|since|when|where|while|because|as|amid|if|unless)\b[^,;]{0,60}$"
)
_ONE_OF_MANY = re.compile(
    r"(?:an?|one|two|some|several|many|most) |(?!(?:the|his|her|its|their|our|this|that) )[a-z ]+s$"
)
_PROPER_END = re.compile(r"[A-Z][\w.'’-]*$")
# Characters behind a trigger in which the speaker stands, and before it in which its clause begins.
_BEHIND = 260
_BEFORE = 160


def settle_speakers(article: Article, readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings, the speaker behind its sentence the source of each deed that had none."""
    return [_settle_speaker(article, reading) for reading in readings]


def _settle_speaker(article: Article, reading: Reading) -> Reading:
    trigger = reading.trigger
    if reading.source_kind != "author" or reading.event in _OF_WORDS or trigger.of == "title":
        return reading
    speaker = _find_speaker(article.text, trigger.start or 0, trigger.end or 0)
    if speaker is None or any(_overlap(speaker, mention.span) for mention in reading.actor):
        return reading
    return replace(reading, source=Mention(speaker, 0.5), source_kind=_kind_of(speaker.text))


def _find_speaker(text: str, start: int, end: int) -> Span | None:
    """Return the words for whoever says the sentence in which a trigger stands, said behind it."""
    found = _SPEAKER.search(text, end, end + _BEHIND)
    if found is None or _END.search(text, end, found.start()):
        return None
    clause = _END.split(text[max(0, start - _BEFORE) : start])[-1]
    if _ASIDE.search(clause):
        return None
    name = "speaker" if found["speaker"] else "by"
    return Span(found[name], found.start(name), found.end(name))


def _overlap(one: Span, other: Span) -> bool:
    return other.of == one.of and (other.start or 0) < (one.end or 0) and (one.start or 0) < (other.end or 0)


def _kind_of(words: str) -> SourceKind:
    """A single one of many is not named: "a priest there", "port officials"."""
    return "unnamed" if _ONE_OF_MANY.match(words) and not _PROPER_END.search(words) else "named"
