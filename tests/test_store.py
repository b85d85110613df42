"""Tests of the store."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.coded_articles import coded_articles, make_coded, skips
from whowhom import checks, code_many
from whowhom import store as stores
from whowhom.exporters import write_coded
from whowhom.exporters.tables import COLUMNS, flat_schema, flatten
from whowhom.readers.source import Validators
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
)
from whowhom.schedule import FeedStatus
from whowhom.store import (
    HELD,
    HELD_OTHERWISE,
    Added,
    Counts,
    Store,
    StoreBusyError,
    StoreError,
    UnknownEventError,
)
from whowhom.terminal import list_spans

HERE = Path(__file__).parent
CASES = [
    json.loads(line)
    for line in (HERE / "cases" / "store" / "questions.jsonl").read_text().splitlines()
    if line
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "whowhom.duckdb"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with stores.open(path) as opened:
        yield opened


def event_ids(relation: duckdb.DuckDBPyRelation) -> list[str]:
    return [row[0] for row in relation.select("event_id").fetchall()]


# Adding and reading back


def test_event_comes_back_equal_with_its_article_and_evidence(store: Store) -> None:
    """Every field of event and article is kept, and how each was reached."""
    coded = make_coded()
    assert store.add([coded]) == Added(n_articles=1, n_events=2, n_skips=0, n_held=0)
    for event in coded.events:
        assert store.event(event.id) == (event, coded.article)


@settings(max_examples=25, deadline=None)
@given(st.lists(coded_articles, max_size=3, unique_by=lambda coded: coded.article.id))
def test_any_coded_articles_come_back_equal(batch: list[CodedArticle]) -> None:
    """Whatever stands in the texts, what was added is what is read, in the order in which it was added."""
    with stores.open(":memory:") as store:
        store.add(batch)
        assert list(store.coded()) == [coded for coded in batch if coded.events]
        assert store.counts().n_articles == len(batch)


@settings(max_examples=25, deadline=None)
@given(st.lists(coded_articles | skips, max_size=4))
def test_adding_a_batch_again_changes_nothing(batch: list[CodedArticle | Skip]) -> None:
    """The second time everything counts as held, and every table is as it was."""
    with stores.open(":memory:") as store:
        store.add(batch)
        before = dump(store)
        again = store.add(batch)
        assert again[:3] == (0, 0, 0)
        assert again.n_held == len(batch)
        assert dump(store) == before


def dump(store: Store) -> list[list[Any]]:
    return [sorted(map(repr, rows.fetchall())) for rows in (store.articles(), store.events(), store.skips())]


@settings(max_examples=25, deadline=None)
@given(st.lists(coded_articles, max_size=3, unique_by=lambda coded: coded.article.id))
def test_rows_of_events_are_those_of_the_parquet_export(batch: list[CodedArticle]) -> None:
    """Who queries the store and who exports get the same columns with the same values."""
    with stores.open(":memory:") as store:
        store.add(batch)
        found = store.events().to_arrow_table().to_pylist()
        expected = [row for coded in batch for row in flatten(coded)]
        assert sorted(map(repr, found)) == sorted(map(repr, expected))


def test_columns_of_events_have_the_types_of_the_export(store: Store) -> None:
    """The view in schema.sql and COLUMNS agree in names, order and types."""
    schema = store.events().to_arrow_table().schema
    assert schema.names == [column.name for column in COLUMNS]
    assert [str(kind).replace("l: ", "element: ") for kind in schema.types] == [
        str(kind).replace("item: ", "element: ") for kind in flat_schema().types
    ]


def test_same_article_twice_in_a_batch_counts_once(store: Store) -> None:
    """The second of two equal articles is held, as if it had come later."""
    assert store.add([make_coded(), make_coded()]) == Added(1, 2, 0, 1)


def test_another_text_under_a_held_id_is_told_and_not_added(store: Store) -> None:
    """The first article of an id stays; the second leaves a Skip that says what to do."""
    store.add([make_coded("a1")])
    assert store.add([make_coded("a1", text="Another text.")]) == Added(0, 0, 1, 0)
    assert store.event("a1-visit")[1].text == make_coded().article.text
    assert store.skips().fetchall()[0][1:4] == ("a1", "store", HELD_OTHERWISE)


def test_skip_is_kept_once_with_its_reason(store: Store) -> None:
    """What was met twice is one row."""
    skip = Skip("", "read", "text is empty", "news.jsonl:7")
    assert store.add([skip, skip]) == Added(0, 0, 1, 1)
    assert store.add([skip]) == Added(0, 0, 0, 1)
    assert store.skips().fetchall()[0][1:5] == (None, "read", "text is empty", "news.jsonl:7")


def test_skip_that_only_says_held_is_not_kept(store: Store) -> None:
    """Reading an article a second time changes nothing, not even the table of Skips."""
    assert store.add([Skip("a1", "store", HELD, "x")]) == Added(0, 0, 0, 1)
    assert store.counts() == Counts(0, 0, 0)


def test_article_that_could_not_be_coded_is_held_with_its_reason(store: Store) -> None:
    """Its text is not lost, and it is not coded in vain each time it is read."""
    skip = Skip("a1", "code", "too long", "x")
    assert store.add([CodedArticle(Article("a1", "text"), skipped=skip)]) == Added(1, 0, 1, 0)
    assert store.has(["a1", "a2"]) == {"a1"}
    assert store.skips().fetchall()[0][1:4] == ("a1", "code", "too long")


def test_held_articles_are_skipped_before_they_are_coded(store: Store) -> None:
    """Order is kept, Skips pass, and a held article becomes a Skip that says how it is held."""
    store.add([make_coded("a1"), make_coded("a2")])
    a1, a2, a3 = make_coded("a1").article, make_coded("a2", text="Other").article, make_coded("a3").article
    skip = Skip("", "read", "empty", "x")
    assert list(store.skip_held([a3, a1, skip, a2])) == [
        a3,
        Skip("a1", "store", HELD, a1.origin),
        skip,
        Skip("a2", "store", HELD_OTHERWISE, a2.origin),
    ]


def test_event_twice_in_an_article_or_of_another_is_a_wrong_call(store: Store) -> None:
    """Nothing of the batch is added, the articles before it neither."""
    coded = make_coded()
    with pytest.raises(ValueError, match="'a1-visit' stands twice in article 'a1'"):
        store.add([make_coded("a0"), replace(coded, events=coded.events[:1] * 2)])
    with pytest.raises(ValueError, match="is of article 'a1', not of 'a2'"):
        store.add([make_coded("a0"), replace(coded, article=make_coded("a2").article)])
    assert store.counts() == Counts(0, 0, 0)
    assert store.add([make_coded("a0")]).n_articles == 1


def test_lone_surrogates_do_not_stop_a_batch(store: Store) -> None:
    """Half a character becomes U+FFFD, in ids too, and such an article is held like any other."""
    coded = make_coded("a\ud800", title="t\udfff", extra={"k": "\ud800"})
    store.add([coded])
    assert store.add([coded]).n_held == 1
    assert store.has(["a\ud800"]) == {"a\ud800"}
    assert store.event("a\ud800-visit")[1].title == "t\ufffd"


def test_five_thousand_articles_are_added_in_seconds(store: Store) -> None:
    """20,000 events go in as tables, not row by row (3 s on two busy cores; row by row takes minutes)."""
    batch = [_with_four_events(str(n)) for n in range(5000)]
    start = time.monotonic()
    assert store.add(batch)[:2] == (5000, 20_000)
    assert time.monotonic() - start < 20


def _with_four_events(id: str) -> CodedArticle:
    coded = make_coded(id)
    again = tuple(replace(event, id=event.id + "2") for event in coded.events)
    return replace(coded, events=coded.events + again)


# Questions


def make_question_store() -> Store:
    """Return a store of six events, a to f, of which each case asks for some."""
    store = stores.open(":memory:")
    russia = Entity(Span("Moscow"), "Russia", "RUS", ("GOV",))
    army = Entity(Span("Russian troops"), "", "RUS", ("MIL",))
    ukraine = Entity(Span("Kyiv"), "Ukraine", "UKR", ("GOV",))
    turkish_army = Entity(Span("the Turkish army"), "", "TUR", ("MIL",))
    erdogan = Entity(Span("the president"), "Recep Tayyip Erdoğan", "TUR", ("GOV",))
    cnn = Entity(Span("CNN"), "CNN", "USA", ("JRN",))

    def day(first: str, last: str = "") -> EventDate:
        return EventDate(Span(""), DaySpan(date.fromisoformat(first), date.fromisoformat(last or first)))

    def add(id: str, kind: str, published: str, **fields: Any) -> None:
        event = Event(
            id=id,
            article=f"of {id}",
            event=kind,
            trigger=Span("x"),
            score=0.5,
            quad=1,
            scale=0.0,
            cameo="",
            **fields,
        )
        article = Article(f"of {id}", "text", published=date.fromisoformat(published))
        store.add([CodedArticle(article, (event,))])

    add("a", "ASSAULT", "2024-06-01", mode=("aerial", "drone"), actor=(army,), recipient=(ukraine,),
        date=day("2024-05-31"), location=Place(Span("Kharkiv"), "Kharkiv", "UKR"),
        source=Source("named", cnn))  # fmt: skip
    add("b", "CONSULT", "2024-06-10", mode=("visit",), actor=(erdogan,), recipient=(russia,),
        date=day("2024-06-09", "2024-06-11"), location=Place(Span("Moscow"), "Moscow", "RUS"))  # fmt: skip
    add("c", "AGREE", "2024-06-20", actor=(russia, turkish_army), date=day("2024-07-01", "2024-07-31"),
        aux=("future",), certainty="probable")  # fmt: skip
    add("d", "ACCUSE", "2024-06-15", actor=(ukraine,), recipient=(russia, army),
        source=Source("unnamed"), certainty="possible")  # fmt: skip
    add("e", "ACCUSE", "2024-06-15", actor=(cnn,), date=EventDate(Span("one day")))
    add("f", "PROTEST", "2024-06-30", location=Place(Span("a square in Córdoba"), "", ""))
    return store


@pytest.fixture(scope="module")
def question_store() -> Iterator[Store]:
    with make_question_store() as store:
        yield store


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["comment"])
def test_question_finds_what_meets_every_condition(case: dict[str, Any], question_store: Store) -> None:
    """`events` gives them latest first; `coded` gives the same ones."""
    found = event_ids(question_store.events(**case["conditions"]))
    assert found == case["events"]
    coded = [event.id for one in question_store.coded(**case["conditions"]) for event in one.events]
    assert sorted(coded) == sorted(found)


@settings(max_examples=20, deadline=None)
@given(value=st.text(min_size=1).filter(str.strip))
def test_no_value_is_read_as_sql(value: str, question_store: Store) -> None:
    """Quotes, dollars, semicolons and the like in any condition find nothing and break nothing."""
    for name in ("type", "mode"):
        assert event_ids(question_store.events(**{name: value + "'; DROP TABLE event; --"})) == []  # type: ignore[arg-type]
    for name in ("actor", "recipient", "place", "source"):
        question_store.events(**{name: [value, value + "$1 {} ' \""]}).fetchall()  # type: ignore[arg-type]
    assert question_store.counts().n_events == 6


@pytest.mark.parametrize(
    ("conditions", "complaint"),
    [
        ({"first": "June"}, "first is 'June', which names no day"),
        ({"last": "2024-02-30"}, "last is '2024-02-30'"),
        ({"limit": -1}, "limit is -1"),
        ({"limit": True}, "limit is True"),
        ({"certainty": "sure"}, "certainty is 'sure'; it can be certain, probable, possible"),
        ({"actor": " "}, "actor has the value ' '"),
        ({"type": ["AID", ""]}, "type has the value ''"),
        ({"first": "2024-06-02", "last": "2024-06-01"}, "last day 2024-06-01 is before first day 2024-06-02"),
    ],
)
def test_question_that_nothing_can_meet_is_refused(
    conditions: dict[str, Any], complaint: str, question_store: Store
) -> None:
    """A slip is an error that names the condition and its value, not an empty answer."""
    for ask in (question_store.events, question_store.coded):
        with pytest.raises(ValueError, match=complaint):
            ask(**conditions)


def test_unknown_condition_is_a_wrong_call(question_store: Store) -> None:
    """Both ways of asking refuse a condition that there is not."""
    for ask in (question_store.events, question_store.coded):
        with pytest.raises(TypeError, match="who"):
            ask(who="RUS")  # type: ignore[call-arg]


def test_events_become_the_frames_of_each_library(question_store: Store) -> None:
    """The relation gives polars, pandas and Arrow with days, lists and whole numbers."""
    relation = question_store.events(type="ASSAULT")
    assert relation.pl()["mode"].to_list() == [["aerial", "drone"]]
    assert list(relation.df()["actor_country"][0]) == ["RUS"]
    arrow = relation.to_arrow_table()
    assert arrow.schema.field("first_day").type == pa.date32()
    assert arrow.num_rows == 1


def test_event_is_found_by_the_beginning_of_its_id(question_store: Store, store: Store) -> None:
    """As in git, as much of an id as no other begins with; the whole id wins over longer ones."""
    coded = make_coded("a1")
    store.add([coded, make_coded("b1")])
    assert store.event("a1-v")[0] == coded.events[0]
    with pytest.raises(UnknownEventError, match=r"begins with 'a1': a1-visit, a1-withdrawal\. Give more"):
        store.event("a1")
    for unknown in ("c", "", "%", "A1-visit"):
        with pytest.raises(UnknownEventError, match="No event"):
            store.event(unknown)
    longer = replace(coded.events[0], id="a1-visit-2", article="c1")
    store.add([CodedArticle(make_coded("c1").article, (longer,))])
    assert store.event("a1-visit")[0] == coded.events[0]


# Without texts


@settings(max_examples=25, deadline=None)
@given(st.lists(coded_articles, max_size=3, unique_by=lambda coded: coded.article.id))
def test_store_without_texts_has_all_but_these(batch: list[CodedArticle]) -> None:
    """Events, ids, days and sentences are what they are with the texts, and so is every flat row."""
    with stores.open(":memory:") as whole, stores.open(":memory:") as bare:
        whole.add(batch)
        bare.add(batch, keep="sentences")
        assert [row[1] for row in bare.articles().fetchall()] == [None] * len(batch)
        assert sorted(map(repr, bare.events().fetchall())) == sorted(map(repr, whole.events().fetchall()))
        for with_text, without in zip(whole.coded(), bare.coded(), strict=True):
            assert without == replace(
                with_text, article=replace(with_text.article, text=without.article.text)
            )


def test_store_without_texts_exports_the_same(tmp_path: Path) -> None:
    """JSONL, CSV and Parquet of coded reports are equal byte for byte."""
    coded = list(code_many(REPORTS))
    assert sum(len(one.events) for one in coded) > 4
    for name, keep in (("whole", "text"), ("bare", "sentences")):
        with stores.open(":memory:") as store:
            store.add(coded, keep=keep)
            for format in ("jsonl", "csv", "parquet"):
                write_coded(store.coded(), tmp_path / f"{name}.{format}")
    for format in ("jsonl", "csv", "parquet"):
        bare, whole = ((tmp_path / f"{name}.{format}").read_bytes() for name in ("bare", "whole"))
        assert bare == whole


REPORTS = (
    "CAIRO - Egypt's foreign minister met his Turkish counterpart in Cairo on Tuesday. It rained. "
    "Iran condemned the shelling that killed 12 people near Aleppo, officials said.\n\nNobody was there. "
    "France expelled two Russian diplomats on Monday, and Russia threatened to expel as many.",
    "Nothing happened on the farm. The hens slept.\nRussia attacked Ukraine on Monday! Then it stopped.",
)


def test_what_is_kept_of_a_text_stands_where_it_stood(store: Store) -> None:
    """The sentences of the events are in their places, what stood between them is blank."""
    (coded,) = code_many(REPORTS[1:])
    store.add([coded], keep="sentences")
    event, article = store.event(coded.events[0].id)
    assert event.id == coded.events[0].id
    assert article.text.split() == "Russia attacked Ukraine on Monday!".split()
    assert article.slice(event.trigger) == event.trigger.text


def test_text_that_was_not_kept_is_known_again(store: Store) -> None:
    """The same article counts as held, another text under its id is told of, as with texts."""
    assert store.add([make_coded("a1")], keep="sentences") == Added(1, 2, 0, 0)
    assert store.add([make_coded("a1")]) == Added(0, 0, 0, 1)
    assert store.add([make_coded("a1", text="Another text.")]) == Added(0, 0, 1, 0)
    assert list(store.skip_held([make_coded("a1").article])) == [Skip("a1", "store", HELD, "news.jsonl:1")]


@settings(max_examples=25, deadline=None)
@given(st.lists(coded_articles, max_size=3, unique_by=lambda coded: coded.article.id))
def test_store_of_offsets_has_all_that_is_no_word(batch: list[CodedArticle]) -> None:
    """Ids, types, names, codes, days, numbers and offsets are what they are with the texts."""
    with stores.open(":memory:") as whole, stores.open(":memory:") as bare:
        whole.add(batch)
        bare.add(batch, keep="offsets")
        for with_text, without in zip(whole.coded(), bare.coded(), strict=True):
            assert without.article == replace(with_text.article, text="")
            for event, other in zip(with_text.events, without.events, strict=True):
                for (field, span), (same, kept) in zip(list_spans(event), list_spans(other), strict=True):
                    text = WITHHELD if span.text and span.of == "text" else span.text
                    assert (same, kept) == (field, replace(span, text=text))
                for name in ("id", "event", "mode", "certainty", "aux", "killed", "injured", "size", "score"):
                    assert getattr(other, name) == getattr(event, name)
                for role in ("actor", "recipient"):
                    entities = zip(getattr(event, role), getattr(other, role), strict=True)
                    assert all(
                        (one.name, one.country, one.sector) == (two.name, two.country, two.sector)
                        for one, two in entities
                    )


def test_no_word_of_a_text_is_in_a_store_of_offsets(tmp_path: Path) -> None:
    """Not in any table, after incidents were built too; what was read from the words is."""
    path = tmp_path / "bare.duckdb"
    with stores.open(path) as store:
        store.add(code_many(REPORTS), keep="offsets")
        store.build_incidents()
        store.build_incidents(rebuild=True)
    with stores.open(path, read_only=True) as store:
        tables = [name for (name,) in store._connection.execute("SHOW TABLES").fetchall()]
        held = " ".join(repr(store._connection.table(name).fetchall()) for name in tables).lower()
        assert len(store.incidents()) > 3
    words = {word.lower() for text in REPORTS for word in re.findall(r"\b[a-z]{6,}\b", text)}
    assert {"condemned", "shelling", "expelled", "threatened", "counterpart"} < words
    assert [word for word in sorted(words) if word in held] == []
    assert {"egy", "tur", "aleppo"} < set(re.findall(r"\w+", held))
    assert [str(one) for one in checks.check(path)] == []


def test_what_a_store_can_keep_of_texts_is_told(store: Store) -> None:
    """A misspelt choice must not keep what may not be kept."""
    with pytest.raises(ValueError, match="it can be text, sentences, offsets"):
        store.add([make_coded("a1")], keep="offset")  # type: ignore[arg-type]
    assert store.counts().n_articles == 0


def test_copies_are_found_without_texts() -> None:
    """Incidents count a copied report once, whether its text is kept or not, and after a rebuild too."""
    copies = [make_coded(f"a{n}", outlet=f"Outlet {n}") for n in range(4)]
    found = []
    for keep in ("text", "sentences", "offsets"):
        with stores.open(":memory:") as store:
            for one in copies:
                store.add([one], keep=keep)
            store.build_incidents()
            found.append(store.incidents().order("incident_id").fetchall())
            store.build_incidents(rebuild=True)
            assert store.incidents().order("incident_id").fetchall() == found[-1]
            assert {row[0] for row in store.incidents().select("n_independent").fetchall()} == {1}
    assert found[0] == found[1]


# The file


def test_every_table_view_and_column_says_what_it_is(store: Store) -> None:
    """Who opens the file with any DuckDB finds a comment on everything."""
    connection = store._connection
    for what in ("duckdb_tables()", "duckdb_views()", "duckdb_columns()"):
        where = "" if what == "duckdb_columns()" else "AND database_name = current_database()"
        silent = connection.sql(
            f"SELECT * FROM {what} WHERE NOT internal {where} AND coalesce(comment, '') = ''"
        )
        assert silent.fetchall() == []


def test_views_show_participants_and_mentions_one_a_row(store: Store) -> None:
    """The lists within an event are tables too, for SQL."""
    store.add([make_coded()])
    rows = store._connection.sql(
        "SELECT event_id, role, ordinal, name, country FROM participant ORDER BY ALL"
    ).fetchall()
    assert rows == [
        ("a1-visit", "actor", 0, "Ana Bell", "RUR"),
        ("a1-visit", "actor", 1, None, None),
        ("a1-visit", "recipient", 0, "Graustark", "GRK"),
        ("a1-withdrawal", "actor", 0, None, "GRK"),
    ]
    rows = store._connection.sql(
        'SELECT ordinal, "text", "of" FROM mention ORDER BY event_id, ordinal'
    ).fetchall()
    assert rows == [(0, "arrived", "text"), (1, "Bell in Graustark", "title"), (0, "would leave", "text")]


def test_store_keeps_what_was_added_when_opened_again(path: Path) -> None:
    """Closed and opened, for writing or only for looking, it holds the same."""
    with stores.open(path) as store:
        store.add([make_coded()])
    with stores.open(str(path), read_only=True) as store:
        assert store.counts() == Counts(1, 2, 0)
        with pytest.raises(StoreError, match="opened read-only"):
            store.add([make_coded("a2")])
        with pytest.raises(StoreError, match="opened read-only"), store.feed_state():
            pass
    with stores.open(path) as store:
        assert store.add([make_coded("a2")]).n_articles == 1
    assert [file.name for file in path.parent.iterdir()] == ["whowhom.duckdb"]


def test_feed_validators_are_kept_when_the_run_has_ended_well(path: Path) -> None:
    """A run that ends with an error reads the feed again the next time; nothing of it is lost."""
    url = "https://a.example/feed"
    with stores.open(path) as store, store.feed_state() as feeds:
        assert feeds.get(url) is None
        feeds.set(url, Validators('"1"', "Mon"))
    with stores.open(path) as store:
        with suppress(KeyboardInterrupt), store.feed_state() as feeds:
            assert feeds.get(url) == Validators('"1"', "Mon")
            feeds.set(url, Validators('"2"', ""))
            raise KeyboardInterrupt
        with store.feed_state() as feeds:
            assert feeds.get(url) == Validators('"1"', "Mon")
            feeds.set(url, Validators('"3"', ""))
        with store.feed_state() as feeds:
            assert feeds.get(url) == Validators('"3"', "")


def test_what_is_known_of_a_feed_is_written_anew(path: Path) -> None:
    """One row a feed, equal to what was kept last; half a character in a title is mended."""
    now = datetime(2031, 3, 7, 12)
    known = FeedStatus(
        "https://a.example/feed", "Demo", "https://b.example/feed", polled_at=now, ok_at=now, next_at=now,
        not_before=now, n_polls=3, n_errors=1, n_articles=7, n_events=9, newest_at=now,
        lag=timedelta(seconds=90),
    )  # fmt: skip
    with stores.open(path) as store:
        store.keep_feeds([FeedStatus(known.url, title="\ud83d"), FeedStatus("https://0.example/")])
        assert [one.title for one in store.feed_statuses()] == ["", "\ufffd"]
        store.keep_feeds([known])
        assert store.feed_statuses() == [FeedStatus("https://0.example/"), known]
        assert len(store.feeds()) == 2


ADDING = """
import sys
from tests.coded_articles import make_coded
from whowhom import store as stores
with stores.open(sys.argv[1]) as store:
    for n in range(100_000):
        store.add([make_coded(f"{n}-{i}") for i in range(20)])
        print(n, flush=True)
"""


def start_adding(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", ADDING, str(path)], stdout=subprocess.PIPE, cwd=HERE.parent, env={**os.environ}
    )


@pytest.mark.parametrize("pause", [0.0, 0.013, 0.031])
def test_killed_store_holds_whole_batches_and_goes_on(pause: float, path: Path) -> None:
    """After kill -9 in the middle of adding, all batches told of are there, and none is there in part."""
    with start_adding(path) as process:
        assert process.stdout is not None
        for _ in range(5):
            n_told = int(process.stdout.readline())
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        n_told = max([n_told, *(int(line) for line in process.stdout.read().split())])
    with stores.open(path, read_only=True) as store:
        counts = store.counts()
    assert counts.n_articles % 20 == 0
    assert counts.n_articles >= 20 * (n_told + 1)
    assert counts.n_events == 2 * counts.n_articles
    with stores.open(path) as store:
        assert store.add([make_coded("0-0"), make_coded("new")]) == Added(1, 2, 0, 1)


def test_second_program_is_told_who_has_the_store(path: Path) -> None:
    """While one program writes, another can neither write nor look, and learns which process it is."""
    with start_adding(path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for read_only in (False, True):
            with pytest.raises(
                StoreBusyError, match=rf"is being written by `python` \(process {process.pid}\) since 2"
            ):
                stores.open(path, read_only=read_only, wait=0.1)
        process.kill()


def test_two_programs_that_make_the_same_store_make_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that comes second uses the store of the first and does not replace it."""
    make = stores.make_schema

    def make_slowly(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        monkeypatch.undo()
        with stores.open(path) as first:
            first.add([make_coded()])
        return make(connection)

    monkeypatch.setattr(stores, "make_schema", make_slowly)
    with stores.open(path) as second:
        assert second.counts() == Counts(1, 2, 0)
    assert [file.name for file in path.parent.iterdir()] == ["whowhom.duckdb"]


def test_store_open_for_writing_cannot_be_opened_to_look_in_the_same_program(
    path: Path, store: Store
) -> None:
    """DuckDB refuses it, and the message says to close it first."""
    with pytest.raises(StoreError, match="already open in this program"):
        stores.open(path, read_only=True)


def test_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Text, an empty file, somebody else's DuckDB, a store of another version, a folder: one line each."""
    text = tmp_path / "notes.duckdb"
    text.write_text("notes " * 5000)
    with pytest.raises(StoreError, match=r"is no store: it is not a DuckDB file\. Give another name"):
        stores.open(text)
    assert text.read_text() == "notes " * 5000
    table = tmp_path / "news.jsonl"  # which DuckDB would open in memory
    table.write_text('{"text": "a"}\n')
    with pytest.raises(StoreError, match="is no store that whowhom made"):
        stores.open(table)
    with pytest.raises(StoreError, match=r"is no store: it is not a DuckDB file\. Give another name"):
        stores.open(table, read_only=True)
    assert table.read_text() == '{"text": "a"}\n'
    (tmp_path / "empty.duckdb").touch()
    with pytest.raises(StoreError, match=r"not a DuckDB file\. It is empty: delete it"):
        stores.open(tmp_path / "empty.duckdb")
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute('CREATE TABLE meta("key" VARCHAR, "value" VARCHAR)')
    with pytest.raises(StoreError, match="no store that whowhom made"):
        stores.open(other)
    with duckdb.connect(str(tmp_path / "bare.duckdb")) as connection:
        connection.execute("CREATE TABLE t(x INTEGER)")
    with pytest.raises(StoreError, match="no store that whowhom made"):
        stores.open(tmp_path / "bare.duckdb", read_only=True)
    with pytest.raises(StoreError, match="is a folder"):
        stores.open(tmp_path)


def test_store_of_another_version_is_refused(path: Path) -> None:
    """Its version and ours are named."""
    stores.open(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET \"value\" = '99' WHERE \"key\" = 'whowhom_schema'")
    with pytest.raises(StoreError, match=r"is a store of version 99, and this whowhom knows version 2"):
        stores.open(path)


def test_place_where_no_store_can_be_is_refused(tmp_path: Path) -> None:
    """A missing store to look at, a missing folder and a read-only place say so."""
    with pytest.raises(StoreError, match=r"There is no store at .*nowhere.duckdb"):
        stores.open(tmp_path / "nowhere.duckdb", read_only=True)
    with pytest.raises(StoreError, match=r"No store can be made at .*: No such file or directory"):
        stores.open(tmp_path / "missing" / "whowhom.duckdb")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_is_refused(tmp_path: Path) -> None:
    """The reason is the system's."""
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        stores.open(tmp_path / "whowhom.duckdb")
