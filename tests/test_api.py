"""The Python functions: what they accept, what they refuse, and that they keep order and articles."""

import json
import subprocess
import sys
from datetime import date, datetime
from itertools import islice

import pytest

import whowhom
from whowhom import api, pipeline, store
from whowhom.records import Article, CodedArticle, Skip

EXPULSION = "The United States expelled 60 Russian diplomats on Monday."
GERMAN = "Der russische Außenminister hat am Freitag die Botschafter der Europäischen Union einbestellt."


def test_import_loads_nothing():
    """`import whowhom` is there at once: no library, not even the records."""
    script = (
        "import sys; before = set(sys.modules); import whowhom; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) - sys.stdlib_module_names == {"whowhom"}


def test_every_public_name_can_be_had():
    """All names of `__all__` exist, and `dir` tells them."""
    assert [name for name in whowhom.__all__ if not hasattr(whowhom, name)] == []
    assert set(whowhom.__all__) <= set(dir(whowhom))


def test_unknown_name_is_an_attribute_error():
    """A misspelt name says what is wrong."""
    with pytest.raises(AttributeError, match="no attribute 'cod'"):
        _ = whowhom.cod


def test_code_finds_an_event_whose_words_stand_in_the_text():
    """A plain sentence gives its event, with the trigger at its offsets and the day resolved."""
    coded = whowhom.code(EXPULSION, published="2018-03-26", outlet="Example")
    assert "SANCTION" in {event.event for event in coded.events}
    trigger = coded.events[0].trigger
    assert EXPULSION[trigger.start : trigger.end] == trigger.text
    assert coded.article.published == date(2018, 3, 26)


@pytest.mark.parametrize("published", ["2018-03-26", date(2018, 3, 26), datetime(2018, 3, 26, 23, 59)])
def test_day_of_publication_may_be_written_or_a_date(published):
    """A string, a date and a datetime all give the same day and so the same article."""
    assert whowhom.code("", published=published).article.published == date(2018, 3, 26)


@pytest.mark.parametrize("published", ["26.03.2018", "yesterday", "2018-02-30", "", 20180326])
def test_day_that_is_none_is_refused(published):
    """What names no day is an error that repeats it and tells what is expected."""
    with pytest.raises(ValueError, match="YYYY-MM-DD") as refused:
        whowhom.code(EXPULSION, published=published)
    assert repr(published) in str(refused.value)


@pytest.mark.parametrize("text", ["", "   \n\t"])
def test_empty_text_is_skipped_with_its_reason(text):
    """No text is no error: the article comes back and says why it has no events."""
    coded = whowhom.code(text, title="A title")
    assert coded.events == ()
    assert coded.skipped == Skip(coded.article.id, "read", "text is empty")
    assert coded.article.title == "A title"


def test_article_in_another_language_is_skipped_and_kept():
    """A German article is named as such, and its text is still there."""
    coded = whowhom.code(GERMAN)
    assert coded.skipped is not None
    assert coded.skipped.stage == "language"
    assert "German" in coded.skipped.reason
    assert coded.article.text == GERMAN


def test_half_a_character_is_skipped_not_raised():
    """A lone surrogate, which no file can hold, is named in the reason."""
    coded = whowhom.code("The minister \ud83d met him.")
    assert coded.skipped is not None
    assert "U+D83D" in coded.skipped.reason


def test_code_refuses_what_is_no_string():
    """A list of texts is for `code_many`, and the message says so."""
    with pytest.raises(TypeError, match="code_many"):
        whowhom.code([EXPULSION])


def test_code_many_keeps_the_order_and_every_article():
    """Strings, mappings and articles may be mixed; each gives one coded article, in its place."""
    coded = list(
        whowhom.code_many(
            [
                EXPULSION,
                {"id": 7, "text": EXPULSION, "published": "2018-03-26", "section": "world"},
                "",
                {"title": "no text"},
                Article("mine", EXPULSION),
                GERMAN,
            ]
        )
    )
    assert [one.skipped is None for one in coded] == [True, True, False, False, True, False]
    assert coded[1].article.id == "7"
    assert coded[1].article.extra == {"section": "world"}
    assert coded[4].article.id == "mine"
    assert coded[5].article.text == GERMAN


def test_code_many_gives_the_same_as_code():
    """The neighbours of an article change nothing about it."""
    alone = whowhom.code(EXPULSION)
    among = list(whowhom.code_many(["Egypt and Turkey reopened their embassies.", EXPULSION, GERMAN]))[1]
    assert among == alone


def test_code_many_takes_no_more_than_it_needs():
    """An endless stream gives its first article: nothing waits for the end."""

    def endless():
        while True:
            yield EXPULSION

    assert next(whowhom.code_many(endless())).article.text == EXPULSION


@pytest.mark.parametrize("articles", [EXPULSION, {"text": EXPULSION}, Article("a", EXPULSION)])
def test_code_many_refuses_one_article(articles):
    """One string would be read as articles of a letter each."""
    with pytest.raises(TypeError, match=r"Call code\(\)"):
        whowhom.code_many(articles)


def test_code_many_refuses_what_is_no_article():
    """The message names the type that came."""
    with pytest.raises(TypeError, match="not int"):
        list(whowhom.code_many([3]))


def test_read_keeps_events_and_reading_again_changes_nothing(tmp_path):
    """The second time every article is known: nothing is coded, and that is no failure."""
    (tmp_path / "report.txt").write_text(EXPULSION, encoding="utf-8")
    path = tmp_path / "desk.duckdb"
    first = whowhom.read([tmp_path / "report.txt"], path)
    again = whowhom.read([tmp_path / "report.txt"], path)
    n_events = len(whowhom.code(EXPULSION).events)
    assert (first.n_articles, first.n_events, first.n_skipped) == (1, n_events, 0)
    assert (again.n_articles, again.n_events, again.n_skipped, again.n_known) == (0, 0, 1, 1)
    assert again.is_usable
    with whowhom.open(path) as kept:
        assert kept.counts()[:2] == (1, n_events)


def test_read_counts_an_article_once_that_comes_twice(tmp_path):
    """Two copies in one run are one article and one Skip."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(EXPULSION, encoding="utf-8")
    summary = whowhom.read([tmp_path / "a.txt", tmp_path / "b.txt"], tmp_path / "desk.duckdb")
    assert (summary.n_articles, summary.n_events) == (1, len(whowhom.code(EXPULSION).events))
    assert summary.n_by_reason == {store.HELD: 1}


def test_read_of_nothing_usable_tells_why(tmp_path):
    """A missing file is a Skip with a reason, and the summary says that nothing came of it."""
    summary = whowhom.read([tmp_path / "missing.txt"], tmp_path / "desk.duckdb")
    assert not summary.is_usable
    assert [("not found" in reason) for reason in summary.n_by_reason] == [True]


def test_interrupted_read_keeps_what_was_coded(tmp_path, monkeypatch):
    """Ctrl-C after the first article: it is in the store, and the interruption is still raised."""
    (tmp_path / "report.txt").write_text(EXPULSION, encoding="utf-8")
    coded = whowhom.code(EXPULSION)

    def stop_after_one(items, **options):
        yield coded
        raise KeyboardInterrupt

    monkeypatch.setattr("whowhom.pipeline.code_articles", stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        whowhom.read([tmp_path / "report.txt"], tmp_path / "desk.duckdb")
    with whowhom.open(tmp_path / "desk.duckdb") as kept:
        assert kept.counts().n_articles == 1


def test_interrupted_read_goes_on_from_there(tmp_path, monkeypatch):
    """Read again after Ctrl-C, the store holds what one run would have given."""
    reports = [{"text": EXPULSION}, {"text": GERMAN}, {"text": EXPULSION.replace("60", "61")}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, reports)), encoding="utf-8")

    def stop_after_two(items, *, code_articles=pipeline.code_articles, **options):
        yield from islice(code_articles(items, **options), 2)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("whowhom.pipeline.code_articles", stop_after_two)
        with pytest.raises(KeyboardInterrupt):
            whowhom.read([tmp_path / "corpus.jsonl"], tmp_path / "desk.duckdb")
    again = whowhom.read([tmp_path / "corpus.jsonl"], tmp_path / "desk.duckdb")
    assert (again.n_articles, again.n_known) == (1, 1)
    whowhom.read([tmp_path / "corpus.jsonl"], tmp_path / "whole.duckdb")
    with whowhom.open(tmp_path / "desk.duckdb") as kept, whowhom.open(tmp_path / "whole.duckdb") as whole:
        assert kept.counts() == whole.counts()
        assert sorted(map(repr, kept.events().fetchall())) == sorted(map(repr, whole.events().fetchall()))


def test_interrupted_code_writes_what_was_coded(tmp_path, monkeypatch):
    """Ctrl-C while the second article is coded: the file holds the first one."""

    def stop_after_one(items, **options):
        yield CodedArticle(Article("a", EXPULSION))
        raise KeyboardInterrupt

    monkeypatch.setattr("whowhom.pipeline.code_articles", stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        whowhom.code_sources([], tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8").count('"id": "a"') == 1


def test_events_and_explain_answer_from_the_store(tmp_path):
    """What was read can be asked for, and one event explained by the beginning of its id."""
    (tmp_path / "report.txt").write_text(EXPULSION, encoding="utf-8")
    path = tmp_path / "desk.duckdb"
    whowhom.read([tmp_path / "report.txt"], path)
    relation = whowhom.events(path, type="SANCTION")
    found = relation.fetchall()
    event_id = found[0][relation.columns.index("event_id")]
    explanation = whowhom.explain(event_id[:8], path)
    assert explanation.event.id == event_id
    assert explanation.article.text == EXPULSION


def test_defaults_are_those_of_the_store():
    """The default path is written twice so that `--help` need not load DuckDB; both are equal."""
    assert api.DEFAULT_STORE == store.DEFAULT_PATH


def test_demo_codes_a_dozen_real_events():
    """The reports are twelve, dated, labelled as written for the demo, and most give events."""
    coded = whowhom.demo()
    assert len(coded) == 12
    assert all(one.article.published for one in coded)
    assert all("Written for the demo" in one.article.extra["note"] for one in coded)
    assert all(one.skipped is None for one in coded)
    assert sum(bool(one.events) for one in coded) >= 10


def test_summary_bounds_the_number_of_reasons():
    """A corpus whose every line is broken in its own way takes no memory to count."""
    summary = api.Summary()
    for number in range(5000):
        summary.count(Skip("", "read", f"broken at {number}"))
    assert summary.n_skipped == 5000
    assert len(summary.n_by_reason) <= 1001
