"""From what the model read to events: who, where and when, each with how it was reached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from whowhom.codebooks.plover import find_code
from whowhom.coders.labels import AUX
from whowhom.records import (
    Article,
    Entity,
    Event,
    EventDate,
    Mention,
    Place,
    Reading,
    Source,
    SourceKind,
    Span,
    content_hash,
)
from whowhom.resolvers.actors import resolve_mentions
from whowhom.resolvers.dates import resolve_dates
from whowhom.resolvers.nounedges import mend_participant
from whowhom.resolvers.numbers import find_numbers, read_number
from whowhom.resolvers.origins import Deed, settle_origins
from whowhom.resolvers.persons import hold_on, hold_till_resigned
from whowhom.resolvers.places import resolve_places
from whowhom.resolvers.scene import Scene, read_scene
from whowhom.resolvers.sides import settle_sides
from whowhom.resolvers.takings import takes_place
from whowhom.wordings import is_negated, may_negate, split_words

# By the codebook officials, witnesses and reports are unnamed, an office or a force by its name is named.
_UNNAMED = re.compile(
    r"\b(?:officials?|authorities|sources?|witness(?:es)?|reports|residents|analysts?|observers?|diplomats?"
    r"|aides?|mediators?|activists|experts|survivors|villagers|medics|workers|people|allegedly|reportedly)$",
    re.IGNORECASE,
)
# What follows the noun that says who speaks: "an official in Pakistan who asked not to be named".
_AFTER_NOUN = re.compile(r",| (?:in|of|at|on|who|from|with|near|close|familiar|speaking|involved)\b")
_NAMED = re.compile(r"\b(?:police|army|military|ministry|agency|spokes(?:man|woman|person))$", re.IGNORECASE)
# From this probability on an event without date words is the news itself, of the day of publication.
_NEWS_FROM = 0.5
_HISTORICAL_AFTER = timedelta(days=30)
_ALLOW = re.compile(r"allow|permit|let\b|able\b|admit|recogni[sz]", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(?:first|second|third|fourth|fifth|latest)\b[^.;:\n]*$")
_SINCE = re.compile(r"[^.;:,\n]{0,60}\bsince (?:the )?[^ ]+(?: [^ ]+){0,3}$")
_COUNTED = re.compile(
    r"(?<!than )(?<!nearly )(?<!almost )(?<!about )(?<!over )(?<!around )"
    r"\b(?P<count>(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) (?:day|week)s?"
    r" (?:after|before))"
    r"\b(?! which| that)[^.;:,\n\u2014]*$"
)
# Characters before a trigger in which the beginning of its clause stands.
_CLAUSE = 110
# Characters before a trigger in which its "not" or its ordinal stands.
_BEFORE = 60
_SENTENCE_END = re.compile(r"[.!?;:]\s|\n|, ")

Entities = tuple[Entity, ...]


def resolve_readings(article: Article, readings: Sequence[Reading]) -> list[Event]:
    """Return one event for each reading, in order; several may still be of the same deed."""
    scene = read_scene(article)
    people = _resolve_people(scene, readings)
    places = _resolve_where(scene, readings, people)
    people = settle_origins(
        scene,
        [
            Deed(reading.event, taking_part, place.country if place else "")
            for reading, taking_part, place in zip(readings, people, places, strict=True)
        ],
    )
    dates = _resolve_when(article, readings)
    return [
        _make_event(article, reading, people[number], places[number], dates[number], scene.published)
        for number, reading in enumerate(readings)
    ]


def _resolve_people(scene: Scene, readings: Sequence[Reading]) -> list[dict[str, Entities]]:
    """Return the actors, recipients and source of each reading; one call for the whole article."""
    asked: list[Mention] = []
    owners: list[tuple[int, str]] = []
    article = scene.article
    for number, reading in enumerate(readings):
        source = (reading.source,) if reading.source and _settle_kind(reading) == "named" else ()
        for role, mentions in (
            ("actor", reading.actor),
            ("recipient", reading.recipient),
            ("source", source),
        ):
            asked.extend(_mend(article, mention) for mention in mentions)
            owners.extend([(number, role)] * len(mentions))
    people: list[dict[str, Entities]] = [{"actor": (), "recipient": (), "source": ()} for _ in readings]
    for (number, role), mention, entities in zip(
        owners, asked, resolve_mentions(scene.article, asked, scene), strict=True
    ):
        rated = tuple(
            Entity(one.span, one.name, one.country, one.sector, one.evidence, mention.score)
            for one in entities
        )
        people[number][role] = _add_new(people[number][role], rated)
    return people


def _mend(article: Article, mention: Mention) -> Mention:
    return mend_participant(article.title if mention.span.of == "title" else article.text, mention)


def _add_new(known: Entities, found: Entities) -> Entities:
    """Add entities that are not yet in the list; two mentions may stand for the same one."""
    if not known:  # most
        return found
    keys = {_identity(entity) for entity in known}
    return known + tuple(entity for entity in found if _identity(entity) not in keys)


def _identity(entity: Entity) -> tuple[object, ...]:
    if entity.name or entity.country:
        return entity.name.casefold(), entity.country, entity.sector[:1]
    return entity.span, entity.sector


def _resolve_where(
    scene: Scene, readings: Sequence[Reading], people: Sequence[dict[str, Entities]]
) -> list[Place | None]:
    with_place = [number for number, reading in enumerate(readings) if reading.location]
    countries = [
        [
            entity.country
            for role in ("actor", "recipient")
            for entity in people[number][role]
            if entity.country
        ]
        for number in with_place
    ]
    mentions = [mention for number in with_place if (mention := readings[number].location)]
    places = resolve_places(scene.article, mentions, countries, scene)
    found = dict(zip(with_place, places, strict=True))
    return [found.get(number) for number in range(len(readings))]


def _make_event(
    article: Article,
    reading: Reading,
    people: dict[str, Entities],
    place: Place | None,
    when: EventDate | None,
    published: date | None,
) -> Event:
    mode = _settle_mode(article, reading)
    code = find_code(reading.event, mode)
    aux = _settle_aux(_read_aux(article, reading), when, published)
    actors, recipients = settle_sides(
        reading.event, reading.trigger.text, mode, aux, people["actor"], people["recipient"], place
    )
    if when is not None and when.days is not None:
        actors, recipients = (
            tuple(hold_on(entity, when.days) for entity in entities) for entities in (actors, recipients)
        )
    if "resign" in mode:
        actors = tuple(map(hold_till_resigned, actors))
    return Event(
        id=name_event(article, reading.event, reading.trigger),
        article=article.id,
        event=reading.event,
        trigger=reading.trigger,
        score=reading.score,
        quad=code.quad,
        scale=code.scale,
        cameo=code.cameo,
        mode=mode,
        actor=actors,
        recipient=recipients,
        location=place,
        date=when,
        source=_resolve_source(reading, people["source"]),
        certainty=reading.certainty,
        aux=aux,
        condition=reading.condition.span if reading.condition else None,
        killed=_count(article, reading.killed, _THINGS),
        injured=_count(article, reading.injured, _THINGS),
        size=_count(article, reading.size, _NO_PEOPLE),
        size_text=reading.size.span.text if reading.size else "",
    )


def _settle_mode(article: Article, reading: Reading) -> tuple[str, ...]:
    """Return the modes as read, without `abduct` where it is a place that was taken."""
    text = article.title if reading.trigger.of == "title" else article.text
    is_place = reading.event == "ASSAULT" and "abduct" in reading.mode and takes_place(text, reading.trigger)
    return tuple(mode for mode in reading.mode if mode != "abduct") if is_place else reading.mode


def name_event(article: Article, event: str, trigger: Span) -> str:
    """Return the id of an event: a hash of its article, type and trigger, the same at every coding."""
    return content_hash(article.id, event, trigger.of, str(trigger.start), str(trigger.end))


def _resolve_when(article: Article, readings: Sequence[Reading]) -> list[EventDate | None]:
    """Return the date of each reading; one call for the whole article, since dates lean on each other."""
    return resolve_dates(
        article,
        [_find_date_words(article, reading) for reading in readings],
        future=["future" in reading.aux for reading in readings],
        news=[reading.dated >= _NEWS_FROM for reading in readings],
    )


def _find_date_words(article: Article, reading: Reading) -> Span | None:
    """Return the date words of a reading, save those of the deed that it is counted from.

    "The first air strike since 2005" is no strike of 2005. What comes behind "on Saturday, two days after" is
    of two days before that Saturday; annotators of training/corpus had 13 of 15 so.
    """
    span, trigger = reading.date.span if reading.date else None, reading.trigger
    text = article.title if trigger.of == "title" else article.text
    counted = _find_count(text, trigger) if span is None or span.of == trigger.of else None
    if counted is not None and (span is None or (span.start or 0) < (counted.end or 0)):
        return counted
    if span is None or span.start is None or trigger.end is None or span.of != trigger.of:
        return span
    before = text[max(0, (trigger.start or 0) - _BEFORE) : trigger.end]
    between = text[trigger.end : span.end]
    return None if _SINCE.match(between) and _ORDINAL.search(before) else span


def _find_count(text: str, trigger: Span) -> Span | None:
    """Return the "two days after" in whose clause a trigger stands, None where it stands in none."""
    if trigger.start is None:
        return None
    first = max(0, trigger.start - _CLAUSE)
    before = text[first : trigger.start]
    # Few clauses have one of the two, and the pattern takes long to find that out.
    found = _COUNTED.search(before) if " after" in before or " before" in before else None
    if found is None:
        return None
    start, end = found.span("count")
    return Span(found["count"], first + start, first + end, trigger.of)


def _read_aux(article: Article, reading: Reading) -> tuple[str, ...]:
    """Return the auxiliary modes as read, with `negation` where a "not" stands before the trigger.

    Of deeds that did not happen the network tells half, and one that it misses is an invented deed: "has
    not attacked". To reject is itself a deed ("will not send troops"), and so is not to allow one.
    """
    is_refusal = reading.event == "REJECT" or _ALLOW.match(reading.trigger.text)
    if "negation" in reading.aux or is_refusal or reading.trigger.start is None:
        return reading.aux
    text = article.title if reading.trigger.of == "title" else article.text
    start = reading.trigger.start
    before = text[max(0, start - _BEFORE) : start]
    if not may_negate(before):  # most: to cut it into words takes several times as long
        return reading.aux
    words = split_words(_SENTENCE_END.split(before)[-1])
    return (*reading.aux, "negation") if is_negated(words, len(words)) else reading.aux


def _settle_aux(read: tuple[str, ...], when: EventDate | None, published: date | None) -> tuple[str, ...]:
    """Return the auxiliary modes, with what the days tell put right.

    A deed is `historical` by the codebook when it ended more than 30 days before publication, and
    `future` when it is still to come; where days are known they decide, not the model. What is set for
    the day of publication itself may lie ahead of its report ("will meet on Tuesday").
    """
    if published is None or when is None or when.days is None:
        return read
    told = {"historical": when.days.last < published - _HISTORICAL_AFTER}
    if not when.days.first <= published <= when.days.last:
        told["future"] = when.days.first > published
    return tuple(name for name in AUX if told.get(name, name in read))


def _resolve_source(reading: Reading, named: Entities) -> Source:
    kind = _settle_kind(reading)
    if kind == "named" and named:
        return Source("named", named[0])
    if kind == "author":
        return Source()
    return Source("unnamed", Entity(reading.source.span) if reading.source else None)


def _settle_kind(reading: Reading) -> SourceKind:
    """Return the kind of source; where its words are clear they decide, as the codebook says."""
    if reading.source_kind == "author" or reading.source is None:
        return reading.source_kind
    words = reading.source.span.text
    if _UNNAMED.search(_AFTER_NOUN.split(words, maxsplit=1)[0]):
        return "unnamed"
    return "named" if _NAMED.search(words) else reading.source_kind


# Units of soldiers are no number of them, nor are days or money. Of ships, boats, lorries and planes the
# annotators of training/corpus take the number as often as not, so they stay.
_NO_PEOPLE = re.compile(
    r" (?:(?!last|next|this|that|each)[a-z]+ )?(?:battalions?|companies|brigades|regiments|divisions"
    r"|squadrons|hours?|days?|weeks?|months?|years?|dollars|euros|pounds|tonnes|tons)\b(?! old)"
)
# "Nine drones were shot down": things are not killed. Of the three numbers that this takes from deeds of long
# articles that the coder had not seen, the gold has none.
_THINGS = re.compile(
    r"(?: (?!people\b|civilians\b|soldiers\b|men\b|women\b|of\b)[a-z-]+)?"
    r" (?:drones?|UAVs|missiles?|rockets?|aircraft|planes?|warplanes|jets|helicopters?|tanks|vehicles?"
    r"|trucks?|lorries|houses|homes|buildings|ships?|boats?|vessels?)\b"
    r"(?! (?:drivers?|owners?|pilots?|operators?|passengers?|crew|crewmen|people)\b)"
)


def _count(article: Article, mention: Mention | None, others: re.Pattern[str]) -> int | None:
    """Return the number of people in the words, None where what they count is among `others`."""
    span = mention.span if mention is not None else None
    if span is None or span.start is None:
        return None
    text = article.title if span.of == "title" else article.text
    behind = next((end for _, end, _ in find_numbers(span.text)), len(span.text))
    return None if others.match(text, span.start + behind) else read_number(span.text)
