"""Rows of the store's tables: from records to rows and back, as schema.sql has them.

"" becomes NULL where it means not known.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, Literal

from whowhom.copies import sketch_text
from whowhom.exporters.records import to_json_value
from whowhom.exporters.tables import mend, passage_finder, sentence_finder, whole
from whowhom.records import (
    WITHHELD,
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
    content_hash,
)
from whowhom.schedule import FeedStatus

Row = dict[str, Any]
Keep = Literal["text", "sentences", "offsets"]
"""What a store keeps of texts: all, the sentences of the events, or of what they say no word."""

_WITHHELD_EVIDENCE = "not kept, as it quotes the article"


@contextmanager
def without_collection() -> Iterator[None]:
    """Keep the collector of cycles from looking through hundreds of thousands of new rows again and again.

    None of them is in a cycle. Events are added in two thirds of the time, and all ties of a million events
    put together in half of it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def make_article_row(article: Article, coder: str, now: datetime, *, keep: Keep = "text") -> Row:
    """Return the row of table `article`."""
    return {
        "id": article.id,
        "text": article.text if keep == "text" else None,
        "text_hash": hash_text(article.text),
        "title": article.title or None,
        "published": article.published,
        "outlet": article.outlet or None,
        "url": article.url or None,
        "language": article.language or None,
        "extra": json.dumps(to_json_value(article.extra), ensure_ascii=False) if article.extra else None,
        "origin": article.origin or None,
        "coder": coder,
        "read_at": now,
    }


def hash_text(text: str) -> str:
    """Return what a text is known by where it is not kept; in SQL it is left(sha256("text"), 32)."""
    return hashlib.sha256(mend(text).encode()).hexdigest()[:32]


def make_passage_rows(coded: CodedArticle) -> Iterator[Row]:
    """Yield the rows of table `passage`: the sentences of the events, as far as `event.sentence` has them."""
    find = passage_finder(coded.article)
    bounds = {find(event.trigger) for event in coded.events if event.trigger.of == "text"}
    for start, end in sorted(one for one in bounds if one is not None):
        yield {"article": coded.article.id, "start": start, "text": coded.article.text[start:end]}


def make_text_sketch_row(article: Article) -> Row:
    """Return the row of table `text_sketch`."""
    sketch = sketch_text(article.text)
    return {
        "article": article.id,
        "n_shingles": sketch.n_shingles,
        "minhash": sketch.minhash.astype("<u4").tobytes(),
        "quotes": list(sketch.quotes),
        "credit": sketch.credit or None,
        "lead": list(sketch.lead),
    }


def make_event_rows(coded: CodedArticle) -> Iterator[Row]:
    """Yield the rows of table `event`.

    Raises:
        ValueError: An event is of another article, or stands twice.
    """
    if not coded.events:
        return
    find_sentence = sentence_finder(coded.article)
    seen: set[str] = set()
    for ordinal, event in enumerate(coded.events):
        if event.article != coded.article.id:
            whose = f"is of article {event.article!r}, not of {coded.article.id!r}"
            raise ValueError(f"Event {event.id!r} {whose}.")
        if event.id in seen:
            raise ValueError(f"Event {event.id!r} stands twice in article {event.article!r}.")
        seen.add(event.id)
        yield _event_row(event, ordinal, find_sentence(event.trigger))


def withhold_words(row: Row) -> Row:
    """Return a row of table `event` without words of the text, only where they stand; the title's stay.

    What was read from them stays: names, codes, days, numbers.
    """
    kept = {name: _withhold(value) for name, value in row.items()}
    if row["trigger"]["of"] == "text":
        kept["sentence"] = None
    return {**kept, "size_text": None}


def _withhold(value: Any) -> Any:
    if isinstance(value, list):
        return [_withhold(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _withhold(one) for name, one in value.items()}
    if kept.get("of") == "text" and kept["text"]:
        kept["text"] = WITHHELD
    if kept.get("evidence"):
        several = isinstance(kept["evidence"], list)
        kept["evidence"] = [_WITHHELD_EVIDENCE] if several else _WITHHELD_EVIDENCE
    return kept


def _event_row(event: Event, ordinal: int, sentence: str | None) -> Row:
    return {
        "id": event.id,
        "article": event.article,
        "ordinal": ordinal,
        "event": event.event,
        "mode": list(event.mode),
        "context": list(event.context),
        "trigger": _span_row(event.trigger),
        "mentions": [_span_row(mention) for mention in event.mentions],
        "sentence": sentence,
        "actor": [_entity_row(entity) for entity in event.actor],
        "recipient": [_entity_row(entity) for entity in event.recipient],
        "location": _place_row(event.location) if event.location else None,
        "date": _date_row(event.date) if event.date else None,
        "source_kind": event.source.kind,
        "source": _entity_row(event.source.entity) if event.source.entity else None,
        "certainty": event.certainty,
        "aux": list(event.aux),
        "condition": _span_row(event.condition) if event.condition is not None else None,
        "killed": whole(event.killed),
        "injured": whole(event.injured),
        "size": whole(event.size),
        "size_text": event.size_text or None,
        "score": float(event.score),
        "quad": event.quad,
        "scale": float(event.scale),
        "cameo": event.cameo or None,
    }


def _span_row(span: Span) -> Row:
    return {"text": span.text, "start": span.start, "end": span.end, "of": span.of}


def _entity_row(entity: Entity) -> Row:
    return {
        "span": _span_row(entity.span),
        "name": entity.name or None,
        "country": entity.country or None,
        "sector": list(entity.sector),
        "evidence": list(entity.evidence),
    }


def _place_row(place: Place) -> Row:
    return {
        "span": _span_row(place.span),
        "name": place.name or None,
        "country": place.country or None,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "geonames": whole(place.geonames),
        "precision": place.precision or None,
        "evidence": place.evidence or None,
        "region": place.region or None,
    }


def _date_row(when: EventDate) -> Row:
    return {
        "span": _span_row(when.span),
        "first_day": when.days.first if when.days else None,
        "last_day": when.days.last if when.days else None,
        "evidence": when.evidence or None,
    }


def make_skip_row(skip: Skip, now: datetime) -> Row:
    """Return the row of table `skip`; one that comes again has the same id."""
    return {
        "id": content_hash(skip.article, skip.stage, skip.reason, skip.origin),
        "article": skip.article or None,
        "stage": skip.stage,
        "reason": skip.reason,
        "origin": skip.origin or None,
        "skipped_at": now,
    }


def read_article(row: Row, passages: Iterable[tuple[int, str]] = ()) -> Article:
    """Return the article of a row; of a text that is not kept the passages, in their places.

    What stood between them is blank, so that offsets count as in the whole text.
    """
    return Article(
        id=row["id"],
        text=row["text"] if row["text"] is not None else _place_passages(passages),
        title=row["title"] or "",
        published=row["published"],
        outlet=row["outlet"] or "",
        url=row["url"] or "",
        language=row["language"] or "",
        extra=json.loads(row["extra"]) if row["extra"] else {},
        origin=row["origin"] or "",
    )


def _place_passages(passages: Iterable[tuple[int, str]]) -> str:
    # With line ends, which part sentences, each passage is found as the sentence that it was.
    placed = ""
    for start, text in sorted(passages):
        placed += "\n" * (start - len(placed)) + text[max(0, len(placed) - start) :]
    return placed


def read_event(row: Row) -> Event:
    """Return the event of a row."""
    return Event(
        id=row["id"],
        article=row["article"],
        event=row["event"],
        trigger=_read_span(row["trigger"]),
        score=row["score"],
        quad=row["quad"],
        scale=row["scale"],
        cameo=row["cameo"] or "",
        mode=tuple(row["mode"]),
        context=tuple(row["context"]),
        mentions=tuple(map(_read_span, row["mentions"])),
        actor=tuple(map(_read_entity, row["actor"])),
        recipient=tuple(map(_read_entity, row["recipient"])),
        location=_read_place(row["location"]) if row["location"] else None,
        date=_read_date(row["date"]) if row["date"] else None,
        source=Source(row["source_kind"], _read_entity(row["source"]) if row["source"] else None),
        certainty=row["certainty"],
        aux=tuple(row["aux"]),
        condition=_read_span(row["condition"]) if row["condition"] else None,
        killed=row["killed"],
        injured=row["injured"],
        size=row["size"],
        size_text=row["size_text"] or "",
    )


def make_feed_row(status: FeedStatus) -> Row:
    """Return the row of table `feed`."""
    row = {field.name: getattr(status, field.name) for field in fields(FeedStatus)}
    lag = row.pop("lag")
    row["lag_seconds"] = None if lag is None else round(lag.total_seconds())
    return {name: None if value == "" else value for name, value in row.items()}


def read_feed_status(row: Row) -> FeedStatus:
    """Return what is known of a feed from its row."""
    known = {name: value for name, value in row.items() if value is not None}
    seconds = known.pop("lag_seconds", None)
    return FeedStatus(**known, lag=None if seconds is None else timedelta(seconds=seconds))


def _read_span(row: Row) -> Span:
    return Span(row["text"], row["start"], row["end"], row["of"])


def _read_entity(row: Row) -> Entity:
    return Entity(
        _read_span(row["span"]),
        row["name"] or "",
        row["country"] or "",
        tuple(row["sector"]),
        tuple(row["evidence"]),
    )


def _read_place(row: Row) -> Place:
    return Place(
        span=_read_span(row["span"]),
        name=row["name"] or "",
        country=row["country"] or "",
        latitude=row["latitude"],
        longitude=row["longitude"],
        geonames=row["geonames"],
        precision=row["precision"] or "",
        evidence=row["evidence"] or "",
        region=row["region"] or "",
    )


def _read_date(row: Row) -> EventDate:
    days = DaySpan(row["first_day"], row["last_day"]) if row["first_day"] else None
    return EventDate(_read_span(row["span"]), days, row["evidence"] or "")
