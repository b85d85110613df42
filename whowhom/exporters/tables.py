"""Flat tables, one row an event: CSV and Parquet with the same columns.

`COLUMNS` is their one definition; the view `events` of the store has the same. An article without
events and a Skip give no row. Null (in CSV an empty cell) means not known.

In Parquet a list is a list. The lists that begin with "actor_" are parallel: the second actor_name
goes with the second actor_country; so are those of the recipients.

CSV is for spreadsheets and for Stata, so there

- a list is joined by ";", and a ";" within an element becomes ",";
- control characters and line ends become a space, so that a row is a line, and texts are trimmed;
- a text that a spreadsheet would take for a formula ("=", "+", "-" or "@" comes first) gets an
  apostrophe before it, as articles are written by strangers. Numbers and ids such as "-5ru" have
  none. Parquet and JSONL hold the words as they are.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple

from whowhom.coders.sentences import split_sentences
from whowhom.records import Article, CodedArticle, Entity, Event, Skip, Span

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

Row = dict[str, Any]


class Column(NamedTuple):
    """A column of a table; `type` is "texts" for a list of texts, "flag" for true or false."""

    name: str
    type: Literal["text", "texts", "whole", "real", "day", "flag"]
    meaning: str


def _participant_columns(role: str) -> tuple[Column, ...]:
    return (
        Column(f"{role}_text", "texts", f"Words of each {role} as in the article."),
        Column(f"{role}_name", "texts", f"Name of each {role}; null for unnamed groups."),
        Column(f"{role}_country", "texts", f"Country of each {role}: ISO 3166-1 alpha-3, or UNO, EUR ..."),
        Column(f"{role}_sector", "texts", f'PLOVER sectors of each {role}, the main one first: "GOV MIL".'),
    )


COLUMNS: tuple[Column, ...] = (
    Column("event_id", "text", "Id of the event; the same whenever the same article is coded the same way."),
    Column("article_id", "text", "Id of the article that reports it."),
    Column("published", "day", "Day of publication."),
    Column("outlet", "text", "Who published the article."),
    Column("url", "text", "Address of the article."),
    Column("title", "text", "Title of the article."),
    Column("event", "text", "PLOVER type: AGREE, CONSULT ... ASSAULT."),
    Column("mode", "texts", "PLOVER modes of the type, such as visit."),
    Column("context", "texts", "PLOVER contexts."),
    Column("quad", "whole", "1 verbal cooperation, 2 material cooperation, 3 verbal, 4 material conflict."),
    Column("scale", "real", "PLOVER's conflict-cooperation score, -10 to 10."),
    Column("cameo", "text", 'Nearest CAMEO code, a text because codes begin with zero: "042".'),
    *_participant_columns("actor"),
    *_participant_columns("recipient"),
    Column("location_text", "text", "Words that say where it took place."),
    Column("location_name", "text", "Name of the place."),
    Column("location_country", "text", "Country of the place, ISO 3166-1 alpha-3."),
    Column("latitude", "real", "Degrees north; of a region or country the middle (see precision)."),
    Column("longitude", "real", "Degrees east, likewise."),
    Column("geonames", "whole", "GeoNames id of the place."),
    Column("precision", "text", "Of the coordinates: exact, near, or the middle of a region or country."),
    Column("first_day", "day", "First day on which it may have taken place."),
    Column("last_day", "day", "Last such day, included."),
    Column("date_text", "text", 'Words that say when; "" where the event is the news of the day.'),
    Column("source_kind", "text", "Who says so: author (the article itself), named or unnamed."),
    Column("source_text", "text", "Words of the source as in the article."),
    Column("source_name", "text", "Name of the source."),
    Column("source_country", "text", "Country of the source."),
    Column("source_sector", "text", 'PLOVER sectors of the source, the main one first: "GOV MIL".'),
    Column("certainty", "text", "As the source presents it: certain, probable or possible."),
    Column("aux", "texts", "Any of historical, future, hypothetical, negation."),
    Column("condition", "text", "Words on which a pledge, threat or demand hangs."),
    Column("killed", "whole", "Number of people killed."),
    Column("injured", "whole", "Number of people injured."),
    Column("size", "whole", "People taking part, soldiers sent, prisoners exchanged."),
    Column("size_text", "text", "Words of the size."),
    Column("score", "real", "Probability that the row is right in who did what to whom, 0 to 1."),
    Column("trigger", "text", "The words that report the event."),
    Column("trigger_start", "whole", "Offset of the trigger in the article, in code points."),
    Column("trigger_end", "whole", "Offset after the trigger."),
    Column("trigger_of", "text", "What the offsets count in: text or title."),
    Column("mentions", "texts", "Other wordings of the same event in the article."),
    Column("sentence", "text", "The sentence around the trigger; cut to some 1,000 characters."),
)

# Sentences of news are under 400 characters in 99.9 cases of 100. A page without any full stop is
# one "sentence" of megabytes, and it would be repeated for each of its events.
_MAX_SENTENCE = 1000
_BATCH_ROWS = 10_000
# Beyond this no table can hold a whole number, and no count of people is.
_MAX_WHOLE = 2**63 - 1

_NOT_ON_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# A "-" before nothing but letters, digits and the marks of an id calls no function and no program.
_FORMULA = re.compile(r"[=+@\uff1d\uff0b\uff20\uff0d]|-(?![\w.:#-]*\Z)", re.ASCII)


def write_csv(items: Iterable[CodedArticle | Skip], stream: BinaryIO) -> None:
    """Write one row an event as CSV (UTF-8, commas, quotes as in RFC 4180, "\\n" ends a line)."""
    lines = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="", write_through=True)
    try:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(column.name for column in COLUMNS)
        for coded in items:
            table.writerows(list(map(to_cell, row.values())) for row in flatten(coded))
        lines.flush()
    finally:
        lines.detach()


def write_parquet(items: Iterable[CodedArticle | Skip], stream: BinaryIO) -> None:
    """Write one row an event as Parquet, compressed with zstd."""
    from pyarrow import parquet

    rows = (row for coded in items for row in flatten(coded))
    with parquet.ParquetWriter(stream, flat_schema(), compression="zstd") as writer:
        while batch := list(islice(rows, _BATCH_ROWS)):
            writer.write_table(make_table(batch, flat_schema()))


def flatten(coded: CodedArticle | Skip) -> Iterator[Row]:
    """Yield one row an event; the keys of each are the names of `COLUMNS`, in order."""
    if isinstance(coded, Skip) or not coded.events:
        return
    article = coded.article
    find_sentence = sentence_finder(article)
    for event in coded.events:
        yield _flatten_event(event, article, find_sentence(event.trigger))


def sentence_finder(article: Article) -> Callable[[Span], str | None]:
    """Return a function that gives the sentence of an article in which a span begins.

    It gives the title for a span of the title, None for one that stands nowhere. A sentence longer
    than 1,000 characters is cut around the span.
    """
    bounds = split_sentences(article.text)
    starts = [start for start, _ in bounds]

    def find(span: Span) -> str | None:
        if span.start is None:
            return None
        if span.of == "title":
            return _cut(article.title, 0, len(article.title), span.start)
        i = bisect_right(starts, span.start) - 1
        start, end = bounds[i] if i >= 0 else (0, 0)
        return _cut(article.text, start, max(end, span.end or 0), span.start)

    return find


def whole(number: int | None) -> int | None:
    """Return `number`, or None for one that is too large to be a count of anything."""
    return number if number is not None and abs(number) <= _MAX_WHOLE else None


def make_table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Return rows as an Arrow table; half of a surrogate pair becomes U+FFFD, for Arrow is UTF-8."""
    import pyarrow as pa

    try:
        return pa.Table.from_pylist(rows, schema=schema)
    except UnicodeEncodeError:
        return pa.Table.from_pylist(mend(list(rows)), schema=schema)


def mend(value: Any) -> Any:
    """Return `value` with U+FFFD for every half of a surrogate pair in it, lists and dicts included."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [mend(one) for one in value]
    if isinstance(value, dict):
        return {key: mend(one) for key, one in value.items()}
    return value


@cache
def flat_schema() -> pa.Schema:
    """Return `COLUMNS` as an Arrow schema; the meaning of each is in its metadata."""
    import pyarrow as pa

    arrow = {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "whole": pa.int64(),
        "real": pa.float64(),
        "day": pa.date32(),
    }
    return pa.schema(
        [pa.field(name, arrow[type], metadata={"description": meaning}) for name, type, meaning in COLUMNS]
    )


def _flatten_event(event: Event, article: Article, sentence: str | None) -> Row:
    place, when, said_by = event.location, event.date, event.source.entity
    days = when.days if when else None
    return {
        "event_id": event.id,
        "article_id": article.id,
        "published": article.published,
        "outlet": article.outlet or None,
        "url": article.url or None,
        "title": article.title or None,
        "event": event.event,
        "mode": list(event.mode),
        "context": list(event.context),
        "quad": event.quad,
        "scale": float(event.scale),
        "cameo": event.cameo or None,
        **_flatten_participants("actor", event.actor),
        **_flatten_participants("recipient", event.recipient),
        "location_text": place.span.text if place else None,
        "location_name": (place and place.name) or None,
        "location_country": (place and place.country) or None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "geonames": whole(place.geonames) if place else None,
        "precision": (place and place.precision) or None,
        "first_day": days.first if days else None,
        "last_day": days.last if days else None,
        "date_text": when.span.text if when else None,
        "source_kind": event.source.kind,
        "source_text": said_by.span.text if said_by else None,
        "source_name": (said_by and said_by.name) or None,
        "source_country": (said_by and said_by.country) or None,
        "source_sector": " ".join(said_by.sector) or None if said_by else None,
        "certainty": event.certainty,
        "aux": list(event.aux),
        "condition": event.condition.text if event.condition is not None else None,
        "killed": whole(event.killed),
        "injured": whole(event.injured),
        "size": whole(event.size),
        "size_text": event.size_text or None,
        "score": float(event.score),
        "trigger": event.trigger.text,
        "trigger_start": event.trigger.start,
        "trigger_end": event.trigger.end,
        "trigger_of": event.trigger.of,
        "mentions": [mention.text for mention in event.mentions],
        "sentence": sentence,
    }


def _flatten_participants(role: str, entities: Sequence[Entity]) -> Row:
    return {
        f"{role}_text": [entity.span.text for entity in entities],
        f"{role}_name": [entity.name or None for entity in entities],
        f"{role}_country": [entity.country or None for entity in entities],
        f"{role}_sector": [" ".join(entity.sector) or None for entity in entities],
    }


def _cut(text: str, start: int, end: int, at: int) -> str:
    """Return text[start:end], or the part of it around `at` where that is too long."""
    if end - start <= _MAX_SENTENCE:
        return text[start:end]
    first = min(max(start, at - _MAX_SENTENCE // 2), end - _MAX_SENTENCE)
    last = first + _MAX_SENTENCE
    return f"{'…' if first > start else ''}{text[first:last]}{'…' if last < end else ''}"


def to_cell(value: Any) -> Any:
    """Return a value for a cell of CSV: lists joined, texts on one line and never a formula."""
    if isinstance(value, list):
        return ";".join(_to_text_cell(one or "").replace(";", ",") for one in value)
    return _to_text_cell(value) if isinstance(value, str) else value


def _to_text_cell(text: str) -> str:
    text = _NOT_ON_A_LINE.sub(" ", text).strip()
    return f"'{text}" if _FORMULA.match(text) else text
