"""The store as the desk reads it."""

import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest

from tests.coded_articles import make_coded
from whowhom import store as stores
from whowhom.web.reading import Reader, SlowQuestionError

_SLOW = "SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range * b.range % 7 = 3"


def test_slow_question_is_stopped_and_told(store_path):
    """The reader learns how to ask for less, and the next question is answered."""
    with closing(Reader(store_path, limit_s=0.2)) as reader:
        with (
            pytest.raises(SlowQuestionError, match=r"within 0\.2 seconds. Ask for fewer days"),
            reader.asking() as cursor,
        ):
            cursor.fetch(_SLOW)
        with reader.asking() as cursor:
            assert cursor.fetch_one("SELECT 1 AS n") == {"n": 1}


def test_slow_question_does_not_block_others(store_path):
    """Each has a cursor of its own."""
    reader = Reader(store_path, limit_s=30)
    begun, stopped = threading.Event(), threading.Event()
    found = []

    def ask_much():
        with reader.asking() as cursor:
            found.append(cursor._connection)
            begun.set()
            with pytest.raises(Exception, match="INTERRUPT"):
                cursor.store._connection.execute(_SLOW)
            stopped.set()

    slow = threading.Thread(target=ask_much)
    slow.start()
    begun.wait(10)
    with reader.asking() as cursor:
        assert cursor.store.counts().n_articles > 0
    assert not stopped.is_set()
    while not stopped.is_set():
        found[0].interrupt()
        time.sleep(0.02)
    slow.join()
    reader.close()


def test_answers_are_remembered_until_the_store_changes(tmp_path):
    """What was asked before is not asked again; a store that was written to is asked anew."""
    path = tmp_path / "desk.duckdb"
    stores.open(path).close()
    reader = Reader(path)
    asked = []

    def ask():
        with reader.asking() as cursor:
            return cursor.remember_all("key", lambda: asked.append(1) or len(asked))

    assert [ask(), ask()] == [1, 1]
    with stores.open(path) as store:
        store._connection.execute("INSERT INTO meta VALUES ('note', 'changed')")
    assert ask() == 2
    reader.close()


def test_what_depends_on_incidents_lasts_until_they_change(tmp_path):
    """Articles that come in make nobody count the incidents again; a build does."""
    path = tmp_path / "desk.duckdb"
    stores.open(path).close()
    asked = []

    def ask(reader):
        with reader.asking() as cursor:
            return cursor.remember("key", lambda: asked.append(1) or len(asked))

    with closing(Reader(path)) as reader:
        assert [ask(reader), ask(reader)] == [1, 1]
        with stores.open(path) as store:
            store.add([make_coded()])
        assert ask(reader) == 1
        with stores.open(path) as store:
            store.build_incidents()
        assert ask(reader) == 2


def test_what_depends_on_articles_of_some_days_lasts_until_these_get_more(tmp_path):
    """Articles of other days make nobody draw a series again."""
    path = tmp_path / "desk.duckdb"
    stores.open(path).close()
    asked = []

    def ask(reader, *days):
        with reader.asking() as cursor:
            return cursor.remember_covered(days, *days, lambda: asked.append(1) or len(asked))

    with closing(Reader(path)) as reader:
        coded = make_coded()
        day = coded.article.published
        assert [ask(reader, day, day), ask(reader, day, day)] == [1, 1]
        with stores.open(path) as store:
            store.add([coded])
        assert [ask(reader, day, day), ask(reader, day + timedelta(1), None)] == [2, 3]
        with stores.open(path) as store:
            store.add([make_coded("another")])
        assert [ask(reader, day, day), ask(reader, day + timedelta(1), None)] == [4, 3]


def test_those_who_ask_the_same_at_once_wait_for_one(store_path):
    """So a page that all look at is made once."""
    asked = []

    def ask(reader):
        def make():
            time.sleep(0.1)
            asked.append(1)

        with reader.asking() as cursor:
            cursor.remember("key", make)

    with closing(Reader(store_path)) as reader:
        threads = [threading.Thread(target=ask, args=[reader]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert asked == [1]


def test_store_is_let_go_when_nobody_asks(tmp_path):
    """A writer gets in between questions."""
    path = tmp_path / "desk.duckdb"
    stores.open(path).close()
    with closing(Reader(path)) as reader:
        with reader.asking() as one, reader.asking() as other:
            assert one.store.counts() == other.store.counts()
        with stores.open(path) as store:
            assert store.counts().n_articles == 0


def test_missing_store_is_told(tmp_path):
    """In the words that every command has for it."""
    with (
        pytest.raises(stores.StoreError, match="There is no store"),
        Reader(tmp_path / "none.duckdb").asking(),
    ):
        pass


def test_written_cursor_is_refused(store_path):
    """The desk reads."""
    with (
        closing(Reader(store_path)) as reader,
        reader.asking() as cursor,
        pytest.raises(Exception, match="read-only"),
    ):
        cursor.fetch("DELETE FROM event")
