"""The record format: a coded article as plain dicts and lists, one JSON object an article.

    {"id", "title", "published", "outlet", "url", "language", "events": [...],
     "skipped": null | {"stage", "reason"}}

Fields of the input that whowhom does not use are kept: they stand in a ninth field "extra", which
is left out where there are none. What JSON cannot hold becomes text there (a day, a decimal) or
null (NaN). The text of the article and the evidence of each field are not in the record; the store
has both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from whowhom.records import (
    Article,
    CodedArticle,
    DaySpan,
    Entity,
    Event,
    EventDate,
    Place,
    Skip,
    Source,
    Span,
)

Record = dict[str, Any]
# JSON nested deeper than this is nobody's metadata; cut, so that a hostile row cannot exhaust the stack.
_MAX_DEPTH = 100


def record_article(coded: CodedArticle | Skip) -> Record:
    """Return the record of a coded article, or of what was skipped before it was coded.

    The record of a Skip has no events. Its id is that of the article, or where there was none the
    origin ("news.jsonl:7"), so that every line says what it is about.

        >>> record_article(Skip("", "read", "text is empty", "news.jsonl:7"))["id"]
        'news.jsonl:7'
    """
    if isinstance(coded, Skip):
        article = Article(coded.article or coded.origin, "")
        events: tuple[Event, ...] = ()
        skipped: Skip | None = coded
    else:
        article, events, skipped = coded.article, coded.events, coded.skipped
    record: Record = {
        "id": article.id,
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "outlet": article.outlet,
        "url": article.url,
        "language": article.language,
        "events": [record_event(event) for event in events],
        "skipped": {"stage": skipped.stage, "reason": skipped.reason} if skipped else None,
    }
    if article.extra:
        record["extra"] = to_json_value(article.extra)
    return record


def record_event(event: Event) -> Record:
    """Return the record of one event: the fields of the codebook, then quad, scale and cameo.

    A span is {"text", "start", "end"}, with "of": "title" where its offsets are those of the title;
    the offsets of words that stand nowhere are null.
    """
    return {
        "id": event.id,
        "event": event.event,
        "mode": list(event.mode),
        "context": list(event.context),
        "trigger": _record_span(event.trigger),
        "mentions": [_record_span(mention) for mention in event.mentions],
        "actor": [_record_entity(entity) for entity in event.actor],
        "recipient": [_record_entity(entity) for entity in event.recipient],
        "location": _record_place(event.location) if event.location else None,
        "date": _record_date(event.date) if event.date else None,
        "source": {"kind": event.source.kind}
        | (_record_entity(event.source.entity) if event.source.entity else {}),
        "certainty": event.certainty,
        "aux": list(event.aux),
        "condition": _record_span(event.condition) if event.condition is not None else None,
        "killed": event.killed,
        "injured": event.injured,
        "size": event.size,
        "size_text": event.size_text,
        "score": event.score,
        "quad": event.quad,
        "scale": event.scale,
        "cameo": event.cameo,
    }


def parse_article(record: Mapping[str, Any]) -> CodedArticle:
    """Return the coded article of a record; the inverse of `record_article`.

    The article's text is "" and all evidence is empty, as the record has neither.

    Raises:
        ValueError: A field is missing or holds what it cannot hold.
    """
    try:
        id = record["id"]
        published = record.get("published")
        skipped = record.get("skipped")
        return CodedArticle(
            Article(
                id=id,
                text="",
                title=record.get("title") or "",
                published=date.fromisoformat(published) if published else None,
                outlet=record.get("outlet") or "",
                url=record.get("url") or "",
                language=record.get("language") or "",
                extra=record.get("extra") or {},
            ),
            tuple(_parse_event(event, id) for event in record["events"]),
            Skip(id, skipped["stage"], skipped["reason"]) if skipped else None,
        )
    except KeyError as error:
        raise ValueError(f"The record of article {record.get('id')!r} lacks the field {error}.") from error
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"This is no record of an article: {error}.") from error


def to_json_value(value: Any) -> Any:
    """Return `value` as something that every JSON reader takes; what JSON lacks becomes text or null.

    >>> to_json_value({"seen": date(2024, 6, 19), "rank": math.nan})
    {'seen': '2024-06-19', 'rank': None}
    """
    return _to_json_value(value, 0)


def _to_json_value(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if depth >= _MAX_DEPTH:
        return None
    if isinstance(value, Mapping):
        return {str(key): _to_json_value(one, depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_json_value(one, depth + 1) for one in value]
    return str(value)


def _record_span(span: Span) -> Record:
    record: Record = {"text": span.text, "start": span.start, "end": span.end}
    if span.of == "title":
        record["of"] = "title"
    return record


def _record_entity(entity: Entity) -> Record:
    return {
        **_record_span(entity.span),
        "name": entity.name,
        "country": entity.country,
        "sector": list(entity.sector),
    }


def _record_place(place: Place) -> Record:
    return {
        **_record_span(place.span),
        "name": place.name,
        "country": place.country,
        "region": place.region,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "geonames": place.geonames,
        "precision": place.precision,
    }


def _record_date(when: EventDate) -> Record:
    return {
        "first": when.days.first.isoformat() if when.days else None,
        "last": when.days.last.isoformat() if when.days else None,
        **_record_span(when.span),
    }


def _parse_event(record: Mapping[str, Any], article: str) -> Event:
    location, when, condition = record["location"], record["date"], record["condition"]
    source = record["source"]
    return Event(
        id=record["id"],
        article=article,
        event=record["event"],
        trigger=_parse_span(record["trigger"]),
        score=record["score"],
        quad=record["quad"],
        scale=record["scale"],
        cameo=record["cameo"],
        mode=tuple(record["mode"]),
        context=tuple(record["context"]),
        mentions=tuple(_parse_span(mention) for mention in record["mentions"]),
        actor=tuple(_parse_entity(entity) for entity in record["actor"]),
        recipient=tuple(_parse_entity(entity) for entity in record["recipient"]),
        location=_parse_place(location) if location is not None else None,
        date=_parse_date(when) if when is not None else None,
        source=Source(source["kind"], _parse_entity(source) if "text" in source else None),
        certainty=record["certainty"],
        aux=tuple(record["aux"]),
        condition=_parse_span(condition) if condition is not None else None,
        killed=record["killed"],
        injured=record["injured"],
        size=record["size"],
        size_text=record["size_text"],
    )


def _parse_span(record: Mapping[str, Any]) -> Span:
    return Span(record["text"], record["start"], record["end"], record.get("of", "text"))


def _parse_entity(record: Mapping[str, Any]) -> Entity:
    return Entity(_parse_span(record), record["name"], record["country"], tuple(record["sector"]))


def _parse_place(record: Mapping[str, Any]) -> Place:
    return Place(
        _parse_span(record),
        record["name"],
        record["country"],
        record["latitude"],
        record["longitude"],
        record["geonames"],
        record["precision"],
        region=record.get("region", ""),
    )


def _parse_date(record: Mapping[str, Any]) -> EventDate:
    first, last = record["first"], record["last"]
    days = DaySpan(date.fromisoformat(first), date.fromisoformat(last)) if first else None
    return EventDate(_parse_span(record), days)
