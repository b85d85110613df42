"""The whole way of an article: spans slice, order and company do not matter, no text breaks it."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import SHARED
from whowhom.exporters.records import record_article
from whowhom.pipeline import code_articles
from whowhom.records import EARLIEST, LATEST, Article, CodedArticle, Skip, Span

REPORTS = [
    "Russian Foreign Minister Sergei Lavrov arrived in Ankara on Friday and met his Turkish counterpart.",
    "Israel launched airstrikes on Damascus overnight, killing five soldiers, Syrian state media said.",
    "The United States imposed sanctions on two Iranian banks. Tehran condemned the move.",
    "Thousands of teachers marched through Nairobi, demanding that the government raise their pay.",
    "If Serbia withdraws its troops, Kosovo will release the prisoners, its president said.",
    "\n\nGunmen abducted three aid workers near Kidal\n\nNo group claimed it\u2028yet.\n",
    "北京 Ministers from Japan and China signed an accord 🇯🇵🇨🇳 in Osaka.",
]


def code_all(articles: list[Article], **options: int) -> list[CodedArticle]:
    coded = list(code_articles(articles, **options))
    assert all(isinstance(one, CodedArticle) for one in coded)
    return coded  # type: ignore[return-value]


def spans_in(value: object) -> Iterator[Span]:
    """Yield every span of a record, however deep it lies."""
    if isinstance(value, Span):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for item in dataclasses.fields(value):
            yield from spans_in(getattr(value, item.name))
    elif isinstance(value, (tuple, list)):
        for inner in value:
            yield from spans_in(inner)


def assert_spans_slice(coded: CodedArticle) -> int:
    n = 0
    for span in spans_in(coded.events):
        n += 1
        if span.start is None:
            assert span.end is None
        else:
            assert span.end is not None
            assert 0 <= span.start < span.end
            assert coded.article.slice(span) == span.text
    return n


def assert_records_slice(coded: CodedArticle) -> None:
    """The same of what is written out, where offsets stand beside their words."""

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if value.get("start") is not None:
                whole = coded.article.title if value.get("of") == "title" else coded.article.text
                assert whole[value["start"] : value["end"]] == value["text"]
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(record_article(coded)["events"])


def test_reports_give_events_whose_spans_slice():
    coded = code_all([Article(f"r{n}", text) for n, text in enumerate(REPORTS)])
    assert sum(assert_spans_slice(one) for one in coded) > 20
    for one in coded:
        assert_records_slice(one)


def test_spans_of_the_dev_articles_slice():
    path = SHARED / "gold/dev/articles.jsonl"
    if not path.exists():
        pytest.skip("needs ../shared/gold/dev, which is not beside this checkout")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    articles = [
        Article(row["id"], row["text"], row.get("title") or "", date.fromisoformat(row["published"]))
        for row in rows
    ]
    coded = code_all(articles)
    assert sum(assert_spans_slice(one) for one in coded) > 1000
    for one in coded:
        assert_records_slice(one)


pieces = st.sampled_from(
    [*REPORTS, "He left.", "\n\n", " ", "\x00", "e\u0301", "U.S.", "\ud83d", "“", "5,000"]
)
texts = st.text(max_size=300) | st.lists(pieces, max_size=12).map(" ".join)
days = st.none() | st.dates(EARLIEST, LATEST)


@settings(max_examples=60, deadline=None)
@given(text=texts, title=st.text(max_size=80) | st.sampled_from(REPORTS), published=days)
def test_any_text_is_coded_or_skipped_and_its_spans_slice(text, title, published):
    (coded,) = code_all([Article("a", text, title, published)])
    assert_spans_slice(coded)
    assert_records_slice(coded)
    if coded.skipped:
        assert coded.skipped.reason == "the article has no text"


@settings(max_examples=15, deadline=None)
@given(chosen=st.lists(st.sampled_from(REPORTS), min_size=1, max_size=6), seed=st.integers(0, 99))
def test_an_article_is_coded_the_same_in_any_company(chosen, seed):
    """Neither order, nor what comes with it, nor the number of threads changes a row."""
    articles = [Article(f"a{n}", text, published=date(2024, 5, 17)) for n, text in enumerate(chosen)]
    alone = {one.id: code_all([one], n_threads=1)[0] for one in articles}
    shuffled = articles[:]
    random.Random(seed).shuffle(shuffled)
    together = code_all(shuffled, n_threads=2)
    assert [one.article for one in together] == shuffled
    assert all(one == alone[one.article.id] for one in together)


def test_skips_pass_in_their_place():
    skip = Skip("", "read", "the file is empty", "x.txt")
    items = [Article("a", REPORTS[0]), skip, Article("b", REPORTS[1]), skip]
    coded = list(code_articles(items))
    assert [type(one) for one in coded] == [CodedArticle, Skip, CodedArticle, Skip]
    assert list(code_articles([])) == []
    assert list(code_articles([skip])) == [skip]


def test_a_text_without_a_full_stop_is_read_whole():
    """Reports run into each other without a sign that ends a sentence; the last is found as the first is."""
    report = REPORTS[1].replace(".", " and ")
    filler = "the museum of clocks is open from nine to five and has a garden with old trees and "
    (coded,) = code_all([Article("a", report + filler * 300 + report)])
    assert coded.skipped is None
    assert assert_spans_slice(coded)
    spans = [span for event in coded.events for span in (event.trigger, *event.mentions)]
    assert min(span.start or 0 for span in spans) < len(report)
    assert max(span.end or 0 for span in spans) > len(report + filler * 300)


def test_a_text_of_five_megabytes_is_read_to_its_end():
    """Encoded attachments between plain sentences, with a report at the end."""
    filler = "The museum of clocks is open from nine to five.\n" + "QUJD" * 400 + "\n"
    text = filler * (5_000_000 // len(filler) + 1) + REPORTS[1]
    assert len(text) >= 5_000_000
    (coded,) = code_all([Article("a", text)])
    assert coded.skipped is None
    assert_spans_slice(coded)
    assert any(event.event == "ASSAULT" and (event.trigger.end or 0) > 4_999_000 for event in coded.events)


def test_an_article_that_breaks_the_resolvers_costs_only_itself(monkeypatch):
    from whowhom import pipeline

    def resolve(article, readings):
        if article.id == "bad":
            raise KeyError("x")
        return resolve_readings(article, readings)

    resolve_readings = pipeline.resolve_readings
    monkeypatch.setattr(pipeline, "resolve_readings", resolve)
    good, bad, last = code_all([Article(name, REPORTS[0]) for name in ("good", "bad", "last")])
    assert bad.skipped == Skip("bad", "code", "could not be coded: KeyError: 'x'")
    assert good.events
    assert len(last.events) == len(good.events)


def test_no_number_is_cut_in_two():
    """ "2,450" is three words to the model, which may tag the first alone."""
    text = "Clashes killed 1,300 civilians and wounded 2,450 others in Sudan. "
    text += "A crowd of 30,000 marched in Cairo."
    (coded,) = code_all([Article("a", text, published=date(2023, 5, 6))])
    numbers = {number for event in coded.events for number in (event.killed, event.injured, event.size)}
    assert {1300, 2450, 30_000} <= numbers <= {None, 1300, 2450, 30_000}
    cut = [span.text for span in spans_in(coded) if span.start and text[span.start - 1] == ","]
    assert not cut
