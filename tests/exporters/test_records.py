"""Tests of the record format."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from tests.coded_articles import coded_articles, make_coded, without_evidence
from whowhom.exporters.jsonl import format_line
from whowhom.exporters.records import parse_article, record_article, to_json_value
from whowhom.records import Article, CodedArticle, Skip


def test_record_has_the_documented_fields_in_their_order() -> None:
    """An article's record has the eight fields of the format, and "extra" for what came with it."""
    record = record_article(make_coded())
    assert list(record) == [
        "id", "title", "published", "outlet", "url", "language", "events", "skipped", "extra",
    ]  # fmt: skip
    assert record["published"] == "2031-03-07"
    assert record["extra"] == {"desk": "foreign"}
    assert "extra" not in record_article(make_coded(extra={}))
    assert list(record["events"][0]) == [
        "id", "event", "mode", "context", "trigger", "mentions", "actor", "recipient", "location", "date",
        "source", "certainty", "aux", "condition", "killed", "injured", "size", "size_text", "score", "quad",
        "scale", "cameo",
    ]  # fmt: skip


def test_fields_of_an_event_are_written_as_the_codebook_has_them() -> None:
    """Spans, entities, places, days and sources have the fields of the codebook and no others."""
    visit, withdrawal = record_article(make_coded())["events"]
    assert visit["trigger"] == {"text": "arrived", "start": 38, "end": 45}
    assert visit["mentions"] == [{"text": "Bell in Graustark", "start": 0, "end": 17, "of": "title"}]
    assert visit["actor"][0] == {
        "text": "Ruritania's foreign minister Ana Bell", "start": 0, "end": 37,
        "name": "Ana Bell", "country": "RUR", "sector": ["GOV", "ELI"],
    }  # fmt: skip
    assert visit["actor"][1]["start"] is None
    assert visit["location"] == {
        "text": "Graustark", "start": 49, "end": 58, "name": "Graustark", "country": "GRK",
        "latitude": 47.5, "longitude": -19.25, "geonames": 77, "precision": "country",
        "region": "Upper Reach",
    }  # fmt: skip
    assert visit["date"] == {
        "first": "2031-03-07", "last": "2031-03-07", "text": "on Friday", "start": 59, "end": 68,
    }  # fmt: skip
    assert visit["source"] == {"kind": "author"}
    assert withdrawal["date"] == {"first": None, "last": None, "text": "one day", "start": None, "end": None}
    assert withdrawal["source"] == {
        "kind": "named", "text": "Novia's embassy", "start": 127, "end": 142,
        "name": "Embassy of Novia", "country": "NOV", "sector": ["GOV"],
    }  # fmt: skip
    assert withdrawal["location"] is None
    assert withdrawal["condition"]["text"] == "if sanctions were lifted"


def test_skip_without_an_article_is_named_by_its_origin() -> None:
    """A line about something that has no id says where it came from."""
    record = record_article(Skip("", "read", "text is empty", "news.jsonl:7"))
    assert (record["id"], record["events"]) == ("news.jsonl:7", [])
    assert record["skipped"] == {"stage": "read", "reason": "text is empty"}
    assert record_article(Skip("a1", "read", "text is empty", "news.jsonl:7"))["id"] == "a1"


def test_article_that_could_not_be_coded_keeps_its_fields_beside_the_reason() -> None:
    """A CodedArticle that was skipped is a record with the article's title and the reason."""
    record = record_article(
        CodedArticle(Article("a1", "x", title="T"), skipped=Skip("a1", "code", "too long"))
    )
    assert (record["title"], record["skipped"]) == ("T", {"stage": "code", "reason": "too long"})
    assert parse_article(record).skipped == Skip("a1", "code", "too long")


@given(coded_articles)
def test_any_coded_article_is_read_back_as_it_was_written(coded: CodedArticle) -> None:
    """Written as a line and parsed, article and events are the same but for text, origin and evidence."""
    parsed = parse_article(json.loads(format_line(coded)))
    assert parsed.article == replace(coded.article, text="", origin="")
    assert parsed.events == tuple(map(without_evidence, coded.events))


@given(coded_articles)
def test_a_line_is_one_line_to_every_reader(coded: CodedArticle) -> None:
    """No character in a text ends a line, for readers that know more line ends than "\\n" too."""
    line = format_line(coded)
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1


def test_values_that_json_lacks_become_text_or_null() -> None:
    """Days, decimals and bytes of a Parquet row are kept as text, NaN as null."""
    extra = {"seen": date(2024, 6, 19), "price": Decimal("1.10"), "raw": b"\xff", "rank": float("nan"), 1: ()}
    assert to_json_value(extra) == {
        "seen": "2024-06-19", "price": "1.10", "raw": "\ufffd", "rank": None, "1": [],
    }  # fmt: skip


def test_value_nested_without_end_is_cut() -> None:
    """A hostile row of brackets in brackets does not exhaust the stack."""
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert json.dumps(to_json_value(nested)).count("[") == 100


def test_half_a_surrogate_pair_is_replaced_and_offsets_stay() -> None:
    """What UTF-8 cannot hold becomes U+FFFD, one code point for one."""
    line = format_line(make_coded(title="a\ud800b"))
    assert json.loads(line.encode("utf-8"))["title"] == "a\ufffdb"


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        ({"id": "a1"}, "lacks the field 'events'"),
        ({"id": "a1", "events": [{}]}, "lacks the field 'location'"),
        ({"id": "a1", "events": [], "published": "Friday"}, "no record of an article: Invalid isoformat"),
        ({"id": "a1", "events": 3}, "no record of an article: 'int' object is not iterable"),
    ],
)
def test_what_is_no_record_is_refused_with_what_is_wrong(record: dict[str, object], complaint: str) -> None:
    """The message names what the record lacks or cannot hold."""
    with pytest.raises(ValueError, match=complaint):
        parse_article(record)
