"""Every record that flows through whowhom, in the order in which it is made.

Records are frozen. A later stage never changes an earlier record: it makes its own, which holds
or points to the earlier one.

    Article                    what an outlet published            readers
    Reading (Mention)          an event as spans, nothing resolved coders
    Event (Entity, Place,      the same event with who, where,     resolvers
           EventDate, Source)  when worked out
    CodedArticle               an article with its events          pipeline
    Skip                       why something could not be used     any stage
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

SpanOf = Literal["text", "title"]
SourceKind = Literal["author", "named", "unnamed"]
Certainty = Literal["certain", "probable", "possible"]
Precision = Literal["exact", "near", "region", "country", ""]


@dataclass(frozen=True, slots=True)
class Span:
    """Words of an article and where they stand.

    `start` and `end` count code points of the article's text (of its title when `of` is
    "title"), `end` exclusive, so that ``article.text[start:end] == text``. Both are None for
    words that stand nowhere (a participant known only by inference has `text` "").
    """

    text: str
    start: int | None = None
    end: int | None = None
    of: SpanOf = "text"

    def __bool__(self) -> bool:
        return self.start is not None


WITHHELD = "…"
"""Stands for the words of a span where a store has only their offsets (`whowhom read --keep offsets`)."""


EARLIEST, LATEST = date(1000, 1, 1), date(2999, 12, 31)
"""Of days of publication; whoever writes 0001-01-01 or 9999-12-31 means that the day is not known."""


@dataclass(frozen=True, slots=True)
class Article:
    """One report as an outlet published it; `text` is never altered once read.

    Attributes:
        id: Unique in a run and a store; a content hash where the source gives none.
        published: Day of publication in the outlet's own time zone, from 1000 to 2999; None when not
            known.
        language: ISO 639-1 code, "" when not known.
        extra: Fields of the source that whowhom does not use, kept as they came.
        origin: Where it was read from: path, URL or "standard input", with a line number
            where there is one.
    """

    id: str
    text: str
    title: str = ""
    published: date | None = None
    outlet: str = ""
    url: str = ""
    language: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""

    def __post_init__(self) -> None:
        if self.published is not None and not EARLIEST <= self.published <= LATEST:
            raise ValueError(
                f"published is {self.published}, expected a day of {EARLIEST.year} to {LATEST.year}, "
                "or None where it is not known"
            )

    def slice(self, span: Span) -> str:
        """Return the words that `span` points at, "" for one that points nowhere."""
        whole = self.title if span.of == "title" else self.text
        return whole[span.start : span.end] if span.start is not None else ""


@dataclass(frozen=True, slots=True)
class Skip:
    """Something that was not used, with the stage that gave up and a reason for a reader.

    Attributes:
        article: Id of the article where it has one, else "".
        stage: "read", "language", "code" or "store".
        reason: One line: what was found and what was expected.
        origin: Where it came from: path, URL or "standard input", with a line number.
    """

    article: str
    stage: str
    reason: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that the coder ties to an event in some role, before anyone asks who they are.

    Attributes:
        score: Mean probability of the role over the words, 0 to 1.
        sectors: (sector code, probability) for a participant, the likeliest first.
        antecedents: For a participant, where the coder believes the same entity, or what tells
            its country, stands: (span, probability), the likeliest first.
    """

    span: Span
    score: float
    sectors: tuple[tuple[str, float], ...] = ()
    antecedents: tuple[tuple[Span, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """An event as the coder read it: type, classes and spans; nothing resolved yet.

    `dated` is the probability that an event without date words is the news itself, that is,
    took place on the day of publication. `vector` is a unit vector of the trigger in its
    context (float32), used to find other wordings of the same deed. `odds` has the network's own
    log-odds of the classes that are weighed together, by name.
    """

    event: str
    trigger: Span
    score: float
    mode: tuple[str, ...] = ()
    actor: tuple[Mention, ...] = ()
    recipient: tuple[Mention, ...] = ()
    location: Mention | None = None
    date: Mention | None = None
    source: Mention | None = None
    condition: Mention | None = None
    source_kind: SourceKind = "author"
    certainty: Certainty = "certain"
    aux: tuple[str, ...] = ()
    dated: float = 0.0
    killed: Mention | None = None
    injured: Mention | None = None
    size: Mention | None = None
    vector: Any = None
    odds: Any = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A participant or a source: the words, and whom they stand for.

    Attributes:
        name: The name the world knows, "" for unnamed groups.
        country: ISO 3166-1 alpha-3, or KOS, UNO, EUR, IGO, NGO, MNC, IMG, ISM; "" not known.
        sector: PLOVER sector codes, the main one first.
        evidence: How name, country and sector were reached, one line each, for `explain`.
        score: The coder's probability that the words have this part in the event, 0 where it was
            not asked. It goes into the event's own score and is not stored.
    """

    span: Span
    name: str = ""
    country: str = ""
    sector: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event took place.

    `precision` is "exact" for a city or site, "near" for words such as "50 km north of",
    "region" for a first-level region or a wide area, "country", or "" when not resolved.
    `region` names the first-level region that the place lies in or is, where one is known.

    With "region" and "country" `latitude` and `longitude` are a point in the middle that stands for
    the whole, not where the event was: a map should show it otherwise than a city. A part of a state
    that no table has ("northern Nigeria") has none.
    """

    span: Span
    name: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    geonames: int | None = None
    precision: Precision = ""
    evidence: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class DaySpan:
    """First and last day, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"last day {self.last} is before first day {self.first}")


@dataclass(frozen=True, slots=True)
class EventDate:
    """When an event took place; `days` is None where the words name no day."""

    span: Span
    days: DaySpan | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so: the article itself, somebody named, or somebody unnamed."""

    kind: SourceKind = "author"
    entity: Entity | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One real-world event as one article reports it: a record of the codebook.

    Attributes:
        id: Hash of the article's id and of what was read, so coding twice gives the same id.
        score: Calibrated probability that the row is right in who did what to whom, 0 to 1.
        scale: PLOVER's conflict-cooperation score, -10 to 10.
        cameo: Nearest CAMEO code, a string because codes begin with zero.
        quad: 1 verbal cooperation, 2 material cooperation, 3 verbal, 4 material conflict.
    """

    id: str
    article: str
    event: str
    trigger: Span
    score: float
    quad: int
    scale: float
    cameo: str
    mode: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    mentions: tuple[Span, ...] = ()
    actor: tuple[Entity, ...] = ()
    recipient: tuple[Entity, ...] = ()
    location: Place | None = None
    date: EventDate | None = None
    source: Source = Source()
    certainty: Certainty = "certain"
    aux: tuple[str, ...] = ()
    condition: Span | None = None
    killed: int | None = None
    injured: int | None = None
    size: int | None = None
    size_text: str = ""


@dataclass(frozen=True, slots=True)
class CodedArticle:
    """An article with the events it reports, or with the reason why it was not coded."""

    article: Article
    events: tuple[Event, ...] = ()
    skipped: Skip | None = None


def content_hash(*parts: str) -> str:
    """Return 16 hexadecimal digits that depend on `parts` and on nothing else.

    >>> content_hash("a", "b") == content_hash("a", "b")
    True
    """
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()
