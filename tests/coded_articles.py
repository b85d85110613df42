"""Coded articles for tests: one made by hand, and hypothesis strategies for any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from whowhom.records import (
    EARLIEST,
    LATEST,
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

REPORT = (
    "Ruritania's foreign minister Ana Bell arrived in Graustark on Friday. "
    "The Graustark army would leave if sanctions were lifted, Novia's embassy said."
)


def make_coded(id: str = "a1", **changes: Any) -> CodedArticle:
    """Return a report with two events that between them use every field."""
    article = Article(
        id,
        REPORT,
        title="Bell in Graustark",
        published=date(2031, 3, 7),
        outlet="The Courier",
        url="https://courier.example/bell",
        language="en",
        extra={"desk": "foreign"},
        origin="news.jsonl:1",
    )
    article = replace(article, **changes)
    return CodedArticle(article, (_visit(id), _withdrawal(id)))


def span(words: str) -> Span:
    """Return the span of words in `REPORT`."""
    start = REPORT.index(words)
    return Span(words, start, start + len(words))


def _visit(article: str) -> Event:
    return Event(
        id=f"{article}-visit",
        article=article,
        event="CONSULT",
        mode=("visit",),
        context=("diplomatic",),
        trigger=span("arrived"),
        mentions=(Span("Bell in Graustark", 0, 17, "title"),),
        score=0.75,
        quad=1,
        scale=2.5,
        cameo="042",
        actor=(
            Entity(
                span("Ruritania's foreign minister Ana Bell"),
                "Ana Bell",
                "RUR",
                ("GOV", "ELI"),
                ("country by adjective 'Ruritania'", "office 'foreign minister'"),
            ),
            Entity(Span("")),
        ),
        recipient=(Entity(span("Graustark"), "Graustark", "GRK", ("GOV",)),),
        location=Place(
            span("Graustark"),
            "Graustark",
            "GRK",
            47.5,
            -19.25,
            77,
            "country",
            "country by name",
            "Upper Reach",
        ),
        date=EventDate(
            span("on Friday"), DaySpan(date(2031, 3, 7), date(2031, 3, 7)), "weekday of publication"
        ),
    )


def _withdrawal(article: str) -> Event:
    return Event(
        id=f"{article}-withdrawal",
        article=article,
        event="CONCEDE",
        trigger=span("would leave"),
        score=0.5,
        quad=1,
        scale=5.0,
        cameo="0874",
        actor=(Entity(span("The Graustark army"), "", "GRK", ("MIL",)),),
        date=EventDate(Span("one day")),
        source=Source("named", Entity(span("Novia's embassy"), "Embassy of Novia", "NOV", ("GOV",))),
        certainty="probable",
        aux=("future", "hypothetical"),
        condition=span("if sanctions were lifted"),
        killed=0,
        injured=12,
        size=3000,
        size_text="some 3,000",
    )


# Any text that UTF-8 can hold; NUL, line ends and marks of every script are among it.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
words = texts.filter(bool)
_codes = st.lists(st.sampled_from(["GOV", "MIL", "REB", "UNK"]), max_size=3, unique=True).map(tuple)
_counts = st.none() | st.integers(-(2**63) + 1, 2**63 - 1)
_real = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | _real | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


def _spans(article: Article) -> st.SearchStrategy[Span]:
    return st.one_of(
        texts.map(Span),
        _spans_of(article.text, "text"),
        *([_spans_of(article.title, "title")] if article.title else []),
    )


def _spans_of(text: str, of: Any) -> st.SearchStrategy[Span]:
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    return ends.map(lambda pair: Span(text[pair[0] : pair[1]], pair[0], pair[1], of))


@st.composite
def _days(draw: st.DrawFn) -> DaySpan:
    first, last = sorted([draw(st.dates()), draw(st.dates())])
    return DaySpan(first, last)


def _events(article: Article) -> st.SearchStrategy[Event]:
    spans = _spans(article)
    entities = st.builds(Entity, spans, texts, texts, _codes, st.lists(texts, max_size=2).map(tuple))
    places = st.builds(
        Place,
        spans,
        texts,
        texts,
        st.none() | _real,
        st.none() | _real,
        _counts,
        st.sampled_from(["exact", "near", "region", "country", ""]),
        texts,
        texts,
    )
    return st.builds(
        Event,
        id=words,
        article=st.just(article.id),
        event=st.sampled_from(["AGREE", "CONSULT", "ASSAULT"]),
        trigger=spans,
        score=_real,
        quad=st.integers(1, 4),
        scale=_real,
        cameo=texts,
        mode=st.lists(texts, max_size=2).map(tuple),
        context=st.lists(texts, max_size=2).map(tuple),
        mentions=st.lists(spans, max_size=2).map(tuple),
        actor=st.lists(entities, max_size=2).map(tuple),
        recipient=st.lists(entities, max_size=2).map(tuple),
        location=st.none() | places,
        date=st.none() | st.builds(EventDate, spans, st.none() | _days(), texts),
        source=st.builds(Source, st.sampled_from(["author", "named", "unnamed"]), st.none() | entities),
        certainty=st.sampled_from(["certain", "probable", "possible"]),
        aux=st.lists(st.sampled_from(["future", "negation"]), max_size=2, unique=True).map(tuple),
        condition=st.none() | spans,
        killed=_counts,
        injured=_counts,
        size=_counts,
        size_text=texts,
    )


@st.composite
def _coded(draw: st.DrawFn, ids: st.SearchStrategy[str]) -> CodedArticle:
    article = draw(
        st.builds(
            Article,
            id=ids,
            text=words,
            title=texts,
            published=st.none() | st.dates(EARLIEST, LATEST),
            outlet=texts,
            url=texts,
            language=texts,
            extra=st.dictionaries(texts, json_values, max_size=2),
            origin=texts,
        )
    )
    events = draw(st.lists(_events(article), max_size=3, unique_by=lambda event: event.id))
    return CodedArticle(article, tuple(events))


coded_articles = _coded(words)
skips = st.builds(Skip, texts, st.sampled_from(["read", "language", "code"]), words, texts)


def without_evidence(event: Event) -> Event:
    """Return an event as the record format has it, which does not tell how fields were reached."""
    bare: Callable[[Entity], Entity] = lambda entity: replace(entity, evidence=())  # noqa: E731
    source = event.source.entity
    return replace(
        event,
        actor=tuple(map(bare, event.actor)),
        recipient=tuple(map(bare, event.recipient)),
        location=replace(event.location, evidence="") if event.location else None,
        date=replace(event.date, evidence="") if event.date else None,
        source=replace(event.source, entity=bare(source) if source else None),
    )
