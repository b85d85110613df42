"""The fields of an event as a person gives them: read, checked against codebook and text, put in place.

    type       CONSULT                              mode       visit, multilateral
    actor      RUS MIL; the envoy (UKR GOV)         recipient  he@312 = Andrei Belousov (RUS GOV MIL)
    place      Kyiv; the port = Odesa (UKR)         day        2024-06-19, 2024-06, 2024-06-18..2024-06-20
    source     author; unnamed: officials; TASS     certainty  certain, probable, possible
    aux        future, hypothetical                 condition  if sanctions are lifted
    trigger    arrived@120                          killed, injured, size   12

Words are those of the article and are found in it; `@` and an offset tell which ones where they stand
several times. What follows `=` is the name the world knows, what stands in parentheses are the codes.
What is not given is worked out as the coder would. "none" empties a field that may be empty.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from whowhom.codebooks.plover import find_code, load_codes
from whowhom.coders.labels import AUX, CERTAINTIES, SECTORS, TYPES
from whowhom.coders.sentences import split_sentences
from whowhom.exporters.records import record_event
from whowhom.records import (
    Article,
    DaySpan,
    Entity,
    Event,
    EventDate,
    Mention,
    Place,
    Source,
    Span,
)
from whowhom.resolvers.countries import load_countries, name_country

BODIES = ("UNO", "EUR", "IGO", "NGO", "MNC", "IMG", "ISM")

_NONE = "none"
_PARTICIPANT = re.compile(
    r"(?P<words>[^=()]*?)\s*(?:@(?P<at>\d+)\s*)?(?:=(?P<name>[^=()]*))?(?:\((?P<codes>[^()]*)\))?"
)
_WORDS = re.compile(r"(?P<words>.*?)(?:@(?P<at>\d+))?", re.S)
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_DAYS_LAST = re.compile(r"(?:(?P<words>.*?)\s*(?:@(?P<at>\d+)\s*)?=\s*)?(?P<days>[\d.-]+)", re.S)


@dataclass(frozen=True, slots=True)
class _Case:
    """What a value is read against; `stamp` tells who gave it, for the evidence."""

    article: Article
    event: Event
    stamp: str


def amend(event: Event, article: Article, values: Mapping[str, Any], stamp: str) -> tuple[Event, list[str]]:
    """Return the event with other values, and the fields of `Event` that are other than before.

        >>> met = Event("1", "a", "CONSULT", Span("met", 9, 12), 0.5, 1, 1.0, "040")
        >>> amended, fields = amend(met, Article("a", "The sides met."), {"mode": "multilateral"}, "")
        >>> amended.mode, fields
        (('multilateral',), ['mode'])

    Modes that another type lacks are dropped; quad class, scale and CAMEO code follow type and mode.

    Args:
        values: By the words of `FIELDS`; each is written as at the top of this module, or is what
            the field of `Event` holds.
        stamp: Goes into the evidence of what is changed.

    Raises:
        ValueError: There is no such field or code, words do not stand in the article, or nothing would
            change.
    """
    if not values:
        raise ValueError(f"No field is given. There are: {', '.join(FIELDS)}.")
    known = dict.fromkeys(FIELDS.values()) | dict.fromkeys(FIELDS)
    for word in values:
        if word not in known:
            raise ValueError(f"There is no field {word!r}. There are: {', '.join(FIELDS)}.")
    given = {FIELDS.get(word, word): value for word, value in values.items()}
    amended = event
    for field in (field for field in _READERS if field in given):
        amended = replace(
            amended, **{field: _READERS[field](given[field], _Case(article, amended, stamp), field)}
        )
    if "size" in given and amended.size != event.size:
        amended = replace(amended, size_text="")
    if "event" in given or "mode" in given:
        if "mode" in given:
            _require_modes(amended)
        amended = settle_type(amended)
    before, after = record_event(event), record_event(amended)
    changed = [field for field in (*_READERS, "size_text") if before[field] != after[field]]
    if not changed:
        raise ValueError(f"Event {event.id} has these values already; accept it if it is right.")
    return amended, changed


def write_fields(event: Event) -> dict[str, str]:
    """Return the fields of an event as a person would give them, by the words of `FIELDS`.

        >>> write_fields(Event("1", "a", "CONSULT", Span("met", 9, 12), 0.5, 1, 1.0, "040"))["trigger"]
        'met@9'

    What a name cannot be written with ("=", ";", parentheses) is left out of it.
    """
    place, when, said = event.location, event.date, event.source
    written = {
        "type": event.event,
        "mode": ", ".join(event.mode),
        "trigger": _write_span(event.trigger),
        "actor": "; ".join(map(_write_entity, event.actor)),
        "recipient": "; ".join(map(_write_entity, event.recipient)),
        "place": _write_named(place.span, place.name, place.country) if place else "",
        "day": " = ".join(filter(None, (_write_span(when.span), _write_days(when.days)))) if when else "",
        "source": said.kind,
        "certainty": event.certainty,
        "aux": ", ".join(event.aux),
        "condition": _write_span(event.condition) if event.condition else "",
    }
    if said.entity is not None:
        written["source"] = _write_entity(said.entity)
        if said.kind == "unnamed":
            written["source"] = ": ".join(filter(None, (said.kind, _write_span(said.entity.span))))
    for field in ("killed", "injured", "size"):
        number = getattr(event, field)
        written[field] = "" if number is None else str(number)
    return {field: written[field] for field in FIELDS}


def _write_span(span: Span) -> str:
    return span.text if span.start is None or not span.text else f"{span.text}@{span.start}"


def _write_entity(entity: Entity) -> str:
    return _write_named(entity.span, entity.name, " ".join(filter(None, (entity.country, *entity.sector))))


def _write_named(span: Span, name: str, codes: str) -> str:
    name = " ".join(re.sub(r"[=;()]", " ", name).split())
    words = "" if re.search(r"[=;()]", span.text) else _write_span(span)
    told = " = ".join((words, name)).strip() if name else words
    return " ".join(filter(None, (told, f"({codes})" if codes else "")))


def _write_days(days: DaySpan | None) -> str:
    if days is None:
        return ""
    return str(days.first) if days.first == days.last else f"{days.first}..{days.last}"


def settle_type(event: Event) -> Event:
    """Return the event with the modes that its type has, and what follows from both."""
    mode = tuple(one for one in event.mode if (event.event, one) in load_codes())
    code = find_code(event.event, mode)
    return replace(event, mode=mode, quad=code.quad, scale=code.scale, cameo=code.cameo)


def find_words(article: Article, words: str, at: int | None = None, near: Span | None = None) -> Span:
    """Return where words stand in an article, in its text or else in its title.

        >>> find_words(Article("a", "He met her there. He left."), "He", near=Span("left", 21, 25))
        Span(text='He', start=18, end=20, of='text')

    Args:
        at: Offset of the words where they stand several times.
        near: Words of the event: of several places the only one in the same sentence is taken.

    Raises:
        ValueError: They stand nowhere, or several times; the message tells the offsets.
    """
    if not words.strip():
        raise ValueError("The words are empty; give them as they stand in the article.")
    if at is not None:
        for of, whole in (("text", article.text), ("title", article.title)):
            if whole[at : at + len(words)] == words:
                return Span(words, at, at + len(words), "title" if of == "title" else "text")
        there = article.text[at : at + len(words)]
        raise ValueError(f"At {at} stands {there!r}, not {words!r}.")
    starts = _find_all(article.text, words)
    if len(starts) > 1 and near is not None and near.start is not None and near.of == "text":
        bounds = next(((a, b) for a, b in split_sentences(article.text) if a <= near.start < b), (0, 0))
        starts = [start for start in starts if bounds[0] <= start < bounds[1]] or starts
    titled = _find_all(article.title, words) if not starts else []
    found = starts or titled
    if not found:
        known = "" if article.text else " Its text is not stored."
        raise ValueError(f"{words!r} does not stand in article {article.id!r}.{known} Give it as written.")
    if len(found) > 1:
        offsets = ", ".join(map(str, found[:8])) + (" ..." if len(found) > 8 else "")
        raise ValueError(
            f"{words!r} stands {len(found)} times, at {offsets}. Tell which: '{words}@{found[0]}'."
        )
    return Span(words, found[0], found[0] + len(words), "title" if titled else "text")


def _find_all(text: str, words: str) -> list[int]:
    """Return where words begin: as words of their own, or where there are none so, anywhere."""
    escaped = re.escape(words)
    for pattern in (rf"(?<!\w){escaped}(?!\w)", escaped):
        if found := [one.start() for one in re.finditer(pattern, text)]:
            return found
    return []


# One reader a field.


def _read_type(value: Any, case: _Case, field: str) -> Any:
    return _choose(value, TYPES, "PLOVER type")


def _read_mode(value: Any, case: _Case, field: str) -> tuple[str, ...]:
    return tuple(_list_codes(value))


def _require_modes(event: Event) -> None:
    modes = [mode for kind, mode in load_codes() if kind == event.event and mode]
    for mode in event.mode:
        if mode not in modes:
            told = f"Its modes are: {', '.join(modes)}." if modes else "It has none."
            raise ValueError(f"{event.event} has no mode {mode!r}. {told}")


def _read_trigger(value: Any, case: _Case, field: str) -> Span:
    span = _read_span(value, case)
    if span is None or span.start is None:
        raise ValueError("An event has a trigger: words of the article that report it.")
    return span


def _read_condition(value: Any, case: _Case, field: str) -> Span | None:
    return _read_span(value, case)


def _read_span(value: Any, case: _Case) -> Span | None:
    if value is None or isinstance(value, Span):
        return _check_span(value, case.article) if value is not None else None
    parts = _match(_WORDS, value, "words of the article")
    if parts["words"].strip().lower() in ("", _NONE):
        return None
    return _find(parts["words"].strip(), parts["at"], case)


def _read_participants(value: Any, case: _Case, field: str) -> tuple[Entity, ...]:
    if isinstance(value, str):
        value = [one for one in map(str.strip, value.split(";")) if one and one.lower() != _NONE]
    elif value is None or isinstance(value, Entity):
        value = [] if value is None else [value]
    if not isinstance(value, Iterable):
        raise ValueError(f"{field} is {value!r}; give words and codes, entities, or none.")
    present: tuple[Entity, ...] = getattr(case.event, field)
    given = list(value)
    read: list[Entity] = []
    for number, one in enumerate(given):
        if isinstance(one, Entity):
            read.append(one if one in present else _check_entity(one, case))
            continue
        beside = present[number] if len(given) == len(present) else None
        read.extend(_read_participant(one, case, present, beside))
    return tuple(dict.fromkeys(read))


def _read_participant(
    value: Any, case: _Case, present: Sequence[Entity], beside: Entity | None
) -> Iterator[Entity]:
    """Yield whom a value means; words such as "both sides" may mean several.

    Codes alone say what somebody is who is in the event already: who has the country, or else stands at
    the same place in a list as long as before.
    """
    parts = _match(_PARTICIPANT, value, "words = name (codes)")
    words, name = parts["words"].strip(), parts["name"]
    if _is_only_codes(parts):
        yield _say_what(words, case, present, beside)
        return
    span = _find(words, parts["at"], case) if words else Span("")
    codes = _read_codes(parts["codes"]) if parts["codes"] is not None else None
    if name is None and not words and codes is None:
        raise ValueError("A participant is empty; give words, a name or codes, such as 'RUS MIL'.")
    if name is not None:
        known = _resolve_name(name.strip(), case.article) if codes is None and name.strip() else None
        country, sector = codes or ((known.country, known.sector) if known else ("", ()))
        yield _stamp(Entity(span, name.strip(), country, sector), case, known.evidence if known else ())
        return
    resolved = _resolve_words(span, case) if words else [Entity(span)]
    for one in resolved:
        if codes is not None:
            kept = one.name if one.country == codes[0] else ""
            one = replace(one, name=kept, country=codes[0], sector=codes[1])
        yield _stamp(one, case, one.evidence)


def _say_what(codes: str, case: _Case, present: Sequence[Entity], beside: Entity | None) -> Entity:
    country, sector = _read_codes(codes)
    same = next((one for one in present if one.country == country), None)
    found = same or beside or Entity(Span(""))
    if same is not None:
        name, sector = same.name, sector or same.sector
    else:  # a state without more is its government
        name, sector = ("", sector) if sector else (name_country(country), ("GOV",))
    return _stamp(Entity(found.span, name, country, sector), case, found.evidence)


def _resolve_words(span: Span, case: _Case) -> list[Entity]:
    from whowhom.resolvers.actors import resolve_mentions

    (entities,) = resolve_mentions(case.article, [Mention(span, 1.0)])
    return [replace(one, score=0.0) for one in entities]


def _resolve_name(name: str, article: Article) -> Entity | None:
    from whowhom.resolvers.answers import resolve_actor

    actor = resolve_actor(name, on=article.published)[0]
    return Entity(Span(""), name, actor.country, actor.sector, actor.evidence)


def _stamp(entity: Entity, case: _Case, evidence: Sequence[str]) -> Entity:
    told = tuple(line for line in evidence if line != case.stamp)
    return replace(entity, evidence=(case.stamp, *told) if case.stamp else told)


def _check_entity(entity: Entity, case: _Case) -> Entity:
    _check_span(entity.span, case.article)
    codes = (entity.country, *entity.sector)
    country, sector = _read_codes(" ".join(code for code in codes if code))
    return _stamp(replace(entity, country=country, sector=sector, score=0.0), case, entity.evidence)


def _read_place(value: Any, case: _Case, field: str) -> Place | None:
    if value is None or (isinstance(value, str) and value.strip().lower() in ("", _NONE)):
        return None
    if isinstance(value, Place):
        _check_span(value.span, case.article)
        if value.country:
            _read_codes(value.country)
        return replace(value, evidence=case.stamp)
    parts = _match(_PARTICIPANT, value, "words = name (country)")
    words, name = parts["words"].strip(), (parts["name"] or "").strip()
    present = case.event.location
    if _is_only_codes(parts):
        country = _read_country(words)
        if present is not None and present.country == country:
            return present
        return _make_country(present.span if present else Span(""), country, case.stamp)
    country = _read_country(parts["codes"]) if parts["codes"] else ""
    span = _find(words, parts["at"], case) if words else present.span if present else Span("")
    found = _resolve_place(name or words, span if words and not name else None, country, case)
    if country and found.country != country:
        found = Place(span, name or words, country)
    return replace(found, span=span, name=name or found.name, evidence=case.stamp)


def _make_country(span: Span, code: str, stamp: str) -> Place:
    country = load_countries().get(code)
    if country is None:
        return Place(span, "", code, evidence=stamp)
    return Place(
        span, country.name, code, country.latitude, country.longitude, None, "country", evidence=stamp
    )


def _resolve_place(words: str, span: Span | None, country: str, case: _Case) -> Place:
    from whowhom.resolvers.answers import resolve_place
    from whowhom.resolvers.places import resolve_places

    hints = [country] if country else [one.country for one in (*case.event.actor, *case.event.recipient)]
    if span is not None:
        return resolve_places(case.article, [Mention(span, 1.0)], [[one for one in hints if one]])[0]
    if not words:
        raise ValueError("The place is empty; give words of the article, a name, a country, or none.")
    return resolve_place(words, context=name_country(country), on=case.article.published)


def _read_date(value: Any, case: _Case, field: str) -> EventDate | None:
    if value is None or (isinstance(value, str) and value.strip().lower() in ("", _NONE)):
        return None
    present = case.event.date.span if case.event.date else Span("")
    if isinstance(value, EventDate):
        _check_span(value.span, case.article)
        return replace(value, evidence=case.stamp)
    if isinstance(value, DaySpan):
        return EventDate(present, value, case.stamp)
    if isinstance(value, date):
        return EventDate(present, DaySpan(value, value), case.stamp)
    parts = _DAYS_LAST.fullmatch(str(value).strip())
    if parts is None:
        return _resolve_days(value, case)
    span = _find(parts["words"].strip(), parts["at"], case) if (parts["words"] or "").strip() else present
    return EventDate(span, _read_days(parts["days"]), case.stamp)


def _read_days(written: str) -> DaySpan:
    """Return the days of "2024", "2024-06", "2024-06-19" or two of these with ".." between."""
    first, _, last = written.partition("..")
    spans = []
    for one in (first, last or first):
        found = _DAY.fullmatch(one.strip())
        try:
            if found is None:
                raise ValueError("not of this form")
            year, month, day = (int(part) if part else None for part in found.groups())
            begin = date(year or 0, month or 1, day or 1)
            end_month = month or 12
            end = date(year or 0, end_month, day or monthrange(year or 0, end_month)[1])
        except ValueError as error:
            raise ValueError(
                f"{one!r} names no day. Give YYYY-MM-DD, YYYY-MM or YYYY, or two with '..' between."
            ) from error
        spans.append((begin, end))
    if spans[1][1] < spans[0][0]:
        raise ValueError(f"{written!r}: the last day is before the first.")
    return DaySpan(spans[0][0], spans[1][1])


def _resolve_days(value: Any, case: _Case) -> EventDate:
    from whowhom.resolvers.answers import resolve_date

    parts = _match(_WORDS, value, "days, or words of the article that name them")
    span = _find(parts["words"].strip(), parts["at"], case)
    found = resolve_date(span.text, published=case.article.published, future="future" in case.event.aux)
    if found.days is None:
        raise ValueError(f"{span.text!r} names no day here; give the days: '{span.text} = YYYY-MM-DD'.")
    return EventDate(span, found.days, case.stamp)


def _read_source(value: Any, case: _Case, field: str) -> Source:
    if isinstance(value, Source):
        if value.kind == "author" and value.entity is not None:
            raise ValueError("The source author is the article itself; it has no entity.")
        return replace(value, entity=_check_entity(value.entity, case) if value.entity else None)
    if isinstance(value, Entity):
        return Source("named", _check_entity(value, case))
    written = str(value or "").strip()
    if written == "author":
        return Source()
    kind, colon, words = written.partition(":")
    if kind.strip() == "unnamed":
        parts = _match(_WORDS, words.strip(), "unnamed: words of the article")
        span = _find(parts["words"].strip(), parts["at"], case) if colon and words.strip() else None
        said = case.event.source
        kept = said.entity.span if said.kind != "author" and said.entity else None
        where = span or (kept if not colon else None)
        return Source("unnamed", _stamp(Entity(where), case, ()) if where else None)
    present_entity = case.event.source.entity
    (entity, *_) = _read_participant(
        written, case, [present_entity] if present_entity else [], present_entity
    )
    return Source("named", entity)


def _read_certainty(value: Any, case: _Case, field: str) -> Any:
    return _choose(value, CERTAINTIES, "certainty")


def _read_aux(value: Any, case: _Case, field: str) -> tuple[str, ...]:
    given = [_choose(one, AUX, "auxiliary mode") for one in _list_codes(value)]
    return tuple(one for one in AUX if one in given)


def _read_count(value: Any, case: _Case, field: str) -> int | None:
    if value is None or (isinstance(value, str) and value.strip().lower() in ("", _NONE)):
        return None
    written = str(value).replace(",", "").strip()
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,18}", written):
        raise ValueError(f"{field} is {value!r}; give a whole number, or none.")
    return int(written)


# The words that people use, and what the record calls the field.
FIELDS: Mapping[str, str] = {
    "type": "event",
    "mode": "mode",
    "trigger": "trigger",
    "actor": "actor",
    "recipient": "recipient",
    "place": "location",
    "day": "date",
    "source": "source",
    "certainty": "certainty",
    "aux": "aux",
    "condition": "condition",
    "killed": "killed",
    "injured": "injured",
    "size": "size",
}
# In the order in which they are read: words are looked for near the trigger.
_READERS: Mapping[str, Callable[[Any, _Case, str], Any]] = {
    "event": _read_type,
    "mode": _read_mode,
    "trigger": _read_trigger,
    "actor": _read_participants,
    "recipient": _read_participants,
    "location": _read_place,
    "date": _read_date,
    "source": _read_source,
    "certainty": _read_certainty,
    "aux": _read_aux,
    "condition": _read_condition,
    "killed": _read_count,
    "injured": _read_count,
    "size": _read_count,
}


# What they share.


def _match(pattern: re.Pattern[str], value: Any, expected: str) -> re.Match[str]:
    found = pattern.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{value!r} cannot be read; expected {expected}.")
    return found


def _find(words: str, at: str | None, case: _Case) -> Span:
    return find_words(case.article, words, int(at) if at else None, case.event.trigger)


def _check_span(span: Span, article: Article) -> Span:
    if span.start is None:
        if span.text:
            raise ValueError(f"{span.text!r} has no offsets; give them, or words that can be found.")
        return span
    if article.slice(span) != span.text:
        there = f"From {span.start} to {span.end} of the {span.of} stands {article.slice(span)!r}"
        raise ValueError(f"{there}, not {span.text!r}.")
    return span


def _is_only_codes(parts: re.Match[str]) -> bool:
    """Whether a value is nothing but codes; "USA@12" and "UN" are words."""
    words = parts["words"].split()
    if not words or any(parts[name] is not None for name in ("at", "name", "codes")):
        return False
    known = (one in SECTORS or one in BODIES or one in load_countries() for one in words)
    return any(known) and all(re.fullmatch(r"[A-Z]{3}", one) for one in words)


def _read_codes(codes: str) -> tuple[str, tuple[str, ...]]:
    """Return country and sectors of "RUS GOV MIL".

    >>> _read_codes("RUS GOV MIL")
    ('RUS', ('GOV', 'MIL'))
    """
    countries, sectors = [], []
    for code in codes.replace(",", " ").split():
        if code in SECTORS:
            sectors.append(code)
        elif code in load_countries() or code in BODIES:
            countries.append(code)
        else:
            raise ValueError(
                f"{code!r} is no country and no sector. Countries are ISO 3166-1 alpha-3 or KOS, "
                f"{', '.join(BODIES)}; sectors are {' '.join(SECTORS)}."
            )
    if len(countries) > 1:
        raise ValueError(f"{codes!r} has several countries; set participants apart by ';'.")
    return (countries or [""])[0], tuple(dict.fromkeys(sectors))


def _read_country(code: str) -> str:
    country, sectors = _read_codes(code)
    if sectors or not country:
        raise ValueError(f"{code!r} is no country; a place has one, such as UKR.")
    return country


def _choose(value: Any, known: Sequence[str], what: str) -> Any:
    if value not in known:
        raise ValueError(f"{value!r} is no {what}. There are: {', '.join(known)}.")
    return value


def _list_codes(value: Any) -> list[str]:
    if value is None:
        return []
    listed = re.split(r"[\s,;]+", value.strip()) if isinstance(value, str) else list(value)
    return [one for one in dict.fromkeys(listed) if one and one != _NONE]
