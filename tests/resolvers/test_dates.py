"""Date words become the days they mean, or none."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.records import Article, DaySpan, Span
from whowhom.resolvers.dates import find_published, resolve_date, resolve_dates, resolve_event_date

CASES = Path(__file__).parents[1] / "cases"
KINDS = ("wild", "synthetic", "negative", "failing")
WEDNESDAY = date(2024, 6, 19)
# Words that rules look for, so that generated text reaches them in all orders.
DATE_WORDS = (
    "on in by since from to until before between and or the a last next this that early mid- late of first"
    " third 3 29 31 1999 2024 0 99999 '90s June Feb. Friday Sun week weeks month year years day days ago"
    " later after earlier overnight weekend spring quarter Christmas eve Easter within coming past few same"
    " eve anniversary fiscal ended within hours May Jan '68 1.2.1999 Bloody every following previous"
    " night tomorrow - 9/11 2024-02-30 11/29/2024 dawn hours century decade end recent then"
).split()


def days_of(case: dict[str, Any]) -> DaySpan | None:
    return DaySpan(*map(date.fromisoformat, (case["first"], case["last"]))) if case["first"] else None


def read_cases(kind: str) -> list[Any]:
    """The cases of a kind as pytest takes them; those known to fail are expected to."""
    lines = (CASES / f"dates.{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    marks = [pytest.mark.xfail(strict=False, reason="known failure")] if kind == "failing" else []
    cases = [json.loads(line) for line in lines]
    return [pytest.param(case, id=f"{case['words']}|{case['published']}", marks=marks) for case in cases]


@pytest.mark.parametrize("case", [case for kind in KINDS for case in read_cases(kind)])
def test_words_give_the_days_they_mean(case: dict[str, Any]) -> None:
    """Every line of the cases files resolves to its days, or to none."""
    anchor = DaySpan(*map(date.fromisoformat, case["anchor"])) if "anchor" in case else None
    published = date.fromisoformat(case["published"]) if case["published"] else None
    found = resolve_date(case["words"], published, future=case.get("future", False), anchor=anchor)
    assert found == days_of(case)


@pytest.mark.parametrize("words", ["", " ", "\n\t"])
def test_empty_words_are_a_wrong_call(words: str) -> None:
    """Nothing to read is the caller's mistake, told apart from words that name no day."""
    with pytest.raises(ValueError, match="date words are empty"):
        resolve_date(words, WEDNESDAY)


@given(
    words=st.text(min_size=1) | st.lists(st.sampled_from(DATE_WORDS), min_size=1, max_size=12).map(" ".join),
    published=st.none() | st.dates(),
    future=st.booleans(),
    anchor=st.none() | st.dates().map(lambda day: DaySpan(day, day)),
)
def test_any_text_gives_a_span_in_order_or_none(
    words: str, published: date | None, future: bool, anchor: DaySpan | None
) -> None:
    """No text, day of publication or anchor raises, but for empty words."""
    if not words.strip():
        return
    found = resolve_date(words, published, future=future, anchor=anchor)
    assert found is None or found.first <= found.last


@given(day=st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_a_full_date_is_itself_whenever_published(day: date) -> None:
    """A written day with its year needs no publication day and is not moved by one."""
    words = f"on {day:%B} {day.day}, {day.year}"
    assert resolve_date(words, None) == resolve_date(words, WEDNESDAY, future=True) == DaySpan(day, day)


@given(published=st.dates(min_value=date(1900, 1, 8), max_value=date(2999, 12, 31)), number=st.integers(0, 6))
def test_a_bare_weekday_lies_in_the_week_up_to_publication(published: date, number: int) -> None:
    """The day named is that weekday, at most six days before publication and never after."""
    name = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()[number]
    found = resolve_date(f"on {name}", published)
    assert found is not None
    assert found.first.weekday() == number
    assert 0 <= (published - found.first).days <= 6


@pytest.mark.parametrize(
    "piece",
    [
        "9",
        "a day before ",
        "the eve of ",
        "within a day of ",
        "since ",
        "twenty-",
        "May 3 to ",
        "(",
        "-",
        "m5 ",
        "\u0130",
    ],
)
def test_long_hostile_words_take_no_time(piece: str) -> None:
    """A megabyte of repeated words is cut before the rules see it."""
    began = time.perf_counter()
    resolve_date(piece * (1_000_000 // len(piece)), WEDNESDAY)
    assert time.perf_counter() - began < 1.0


def test_an_event_without_words_is_dated_only_when_it_is_the_news() -> None:
    """The news itself took place on the day of publication; background without words has no date."""
    dated = resolve_event_date(None, WEDNESDAY, news=True)
    assert dated is not None
    assert dated.days == DaySpan(WEDNESDAY, WEDNESDAY)
    assert dated.evidence == "no date words: the news itself"
    assert resolve_event_date(None, WEDNESDAY) is None
    assert resolve_event_date(None, None, news=True) is None


def test_words_that_name_no_day_are_kept_with_the_reason() -> None:
    """The span stays, so that a reader sees the words; why there are no days is said."""
    span = Span("during the war", 10, 24)
    no_day = resolve_event_date(span, WEDNESDAY)
    assert no_day is not None
    assert (no_day.span, no_day.days, no_day.evidence) == (span, None, "the words name no day")
    undated = resolve_event_date(Span("on Friday", 10, 19), None)
    assert undated is not None
    assert undated.days is None
    assert "publication day is not known" in undated.evidence


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("Published November 17 2017 Shelling killed ten", date(2017, 11, 17)),
        ("Updated: 3 May 2011\nA bomb went off.", date(2011, 5, 3)),
        ("Sunday, January 20, 2008\nA website was attacked.", date(2008, 1, 20)),
        ("January 20, 2008 was the day on which it all began.", WEDNESDAY),
        ("Published reports say that a bomb went off.", WEDNESDAY),
        ("Shelling killed ten. Published November 17 2017", WEDNESDAY),
        ("", WEDNESDAY),
    ],
)
def test_a_text_that_says_when_it_was_published_is_believed(start: str, day: date) -> None:
    """What stands at the head of the text wins over the metadata; a date told there in passing does not."""
    assert find_published(Article("a", start, published=WEDNESDAY)) == day


def test_words_are_read_by_the_day_that_the_text_gives_itself() -> None:
    """ "Friday" is the last one before that day, and the news itself is of that day."""
    article = Article("a", "Published November 17 2017 Shelling on Friday killed ten.", published=WEDNESDAY)
    friday, news = resolve_dates(article, [Span("Friday", 39, 45), None], future=[False] * 2, news=[True] * 2)
    assert friday is not None
    assert news is not None
    assert friday.days == news.days == DaySpan(date(2017, 11, 17), date(2017, 11, 17))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The ministers hold a meeting scheduled for Friday.", date(2020, 4, 3)),
        ("Elections are due on Friday.", date(2020, 4, 3)),
        ("The ministers held a meeting on Friday.", date(2020, 3, 27)),
    ],
)
def test_what_is_set_for_a_day_lies_ahead(text: str, day: date) -> None:
    """Though the model did not say so."""
    start = text.index("Friday")
    article = Article("a", text, "", date(2020, 4, 2), language="en")
    (found,) = resolve_dates(article, [Span("Friday", start, start + 6)], future=[False], news=[False])
    assert found is not None
    assert found.days is not None
    assert found.days.first == day


def test_what_comes_days_after_counts_from_the_news() -> None:
    """In "the visit comes two days after" it is the visit that the days count from."""
    text = "They fought on 3 May. The visit comes two days after a strike."
    spans = [Span("on 3 May", 12, 20), Span("two days after", 38, 52)]
    dates = resolve_dates(
        Article("a", text, published=WEDNESDAY), spans, future=[False] * 2, news=[False] * 2
    )
    assert dates[1] is not None
    assert dates[1].days == DaySpan(date(2024, 6, 17), date(2024, 6, 17))


def test_days_after_an_event_do_not_count_from_publication() -> None:
    """ "Two days after the summit" counts from the date named before it; without one it names no day."""
    words = "two days after the summit"
    undated = Article("a", f"They signed {words}.", published=WEDNESDAY)
    (none,) = resolve_dates(undated, [Span(words, 12, 12 + len(words))], future=[False], news=[True])
    assert none is not None
    assert (none.days, none.evidence) == (None, "the words name no day")
    text = f"The summit of 3 May failed. They signed {words}."
    spans = [Span("3 May", 14, 19), Span(words, text.index(words), text.index(words) + len(words))]
    dated = resolve_dates(
        Article("a", text, published=WEDNESDAY), spans, future=[False] * 2, news=[False] * 2
    )
    assert dated[1] is not None
    assert dated[1].days == DaySpan(date(2024, 5, 5), date(2024, 5, 5))


def test_the_next_day_counts_from_the_date_named_before_it() -> None:
    """Within an article such words are read by the last date before them, not by publication."""
    text = "They met in Oslo on 3 May. The next day they signed."
    spans = [Span("on 3 May", 17, 25), Span("The next day", 27, 39), None]
    article = Article("a", text, published=WEDNESDAY)
    first, second, none = resolve_dates(article, spans, future=[False] * 3, news=[False, False, False])
    assert first is not None
    assert second is not None
    assert second.days == DaySpan(date(2024, 5, 4), date(2024, 5, 4))
    assert none is None


def test_a_year_named_in_passing_does_not_move_the_same_day() -> None:
    """ "That evening" after "the 2011 treaty" is the evening of the news."""
    text = "The treaty of 2011 lapsed. That evening they met."
    spans = [Span("2011", 14, 18), Span("That evening", 27, 39)]
    dates = resolve_dates(
        Article("a", text, published=WEDNESDAY), spans, future=[False] * 2, news=[False] * 2
    )
    assert dates[1] is not None
    assert dates[1].days == DaySpan(WEDNESDAY, WEDNESDAY)


@given(st.permutations(range(4)))
def test_the_order_of_dates_does_not_matter(order: list[int]) -> None:
    """An event has its day whatever event was asked for before it."""
    text = "They met in Oslo on 3 May. The next day they signed. On Friday they left, a year ago they came."
    words = ["on 3 May", "The next day", "On Friday", "a year ago"]
    spans = [Span(word, text.index(word), text.index(word) + len(word)) for word in words]
    article = Article("a", text, published=WEDNESDAY)
    flags = [False] * 4
    once = resolve_dates(article, spans, future=flags, news=flags)
    again = resolve_dates(article, [spans[i] for i in order], future=flags, news=flags)
    assert again == [once[i] for i in order]


def read_stories() -> list[Any]:
    """The short reports of the cases file; of one known to fail some date is expected to be wrong."""
    lines = (CASES / "datestories.jsonl").read_text(encoding="utf-8").splitlines()
    stories = [json.loads(line) for line in lines]
    mark = pytest.mark.xfail(strict=False, reason="known failure")
    return [
        pytest.param(story, id=story["text"], marks=[mark] if story.get("known_failure") else [])
        for story in stories
    ]


@pytest.mark.parametrize("story", read_stories())
def test_dates_of_a_report_are_read_in_the_light_of_each_other(story: dict[str, Any]) -> None:
    """ "The next day", "at noon" and "two days later" are those that a reader of the report understands."""
    pieces = re.split(r"[\[\]]", story["text"])
    starts = list(accumulate(map(len, pieces), initial=0))
    spans = [Span(words, starts[i], starts[i] + len(words)) for i, words in enumerate(pieces) if i % 2]
    article = Article("a", "".join(pieces), published=date.fromisoformat(story["published"]))
    future = [number in story.get("future", []) for number in range(len(spans))]
    dated = resolve_dates(article, spans, future=future, news=[False] * len(spans))
    assert [write_days(when.days if when else None) for when in dated] == story["days"]


def write_days(days: DaySpan | None) -> str | None:
    return None if days is None else "..".join(sorted({str(days.first), str(days.last)}))


EDGES = [json.loads(line) for line in (CASES / "dateedges.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", EDGES, ids=lambda case: case["text"])
def test_words_that_were_cut_off_a_date_come_back(case: dict[str, Any]) -> None:
    """A tagger that stops within a date has found it all the same; other words stay out of it."""
    start = case["text"].index(case["cut"])
    span = Span(case["cut"], start, start + len(case["cut"]))
    published = date.fromisoformat("2016-12-15")
    article = Article("a", case["text"], published=published)
    (when,) = resolve_dates(article, [span], future=[False], news=[False])
    assert when is not None
    assert when.span.text == case["words"]
    assert (when.days.first.isoformat() if when.days else None) == case["first"]


@pytest.mark.parametrize(
    ("text", "published", "told"),
    [
        (
            "2011-10-S-054\nJoint Command\n\nKABUL, Afghanistan (Oct. 27, 2011)\nIn Paktiya",
            "2011-10-26",
            "2011-10-27",
        ),
        ("For Immediate Release\n\nKABUL, Afghanistan (May 13) \nIn Kandahar", "2012-05-12", "2012-05-13"),
        ("KABUL, Afghanistan (May 13) \nIn Kandahar", "2012-01-12", "2012-01-12"),
        ("Clashes in Gaza (Jan. 3, 2010) went on.", "2010-01-09", "2010-01-09"),
        ("WASHINGTON (Reuters) - China answered.", "2020-06-18", "2020-06-18"),
        ("The war of ITALY (May 24, 1915) is remembered.", "2015-05-23", "2015-05-23"),
        ("NAIROBI, 9 June 2019 - A bomb went off on Sunday.", None, "2019-06-09"),
        ("NAIROBI, June 9, 2019 (Agency) \u2014 A bomb went off.", None, "2019-06-09"),
        ("NAIROBI (Agency), 9 June 2019 - A bomb went off.", None, "2019-06-09"),
        ("MINSK/RIGA, Friday, 24 September 2020 \u2013 The police left.", None, "2020-09-24"),
        ("For Immediate Release\n\nGENEVA, Switzerland, 3 May 2011: Aid came.", None, "2011-05-03"),
        ("New York, August 11, 2022 - The court should free her.", None, "2022-08-11"),
        ("LUANDA, Angola, Feb. 12 - Gunmen struck.", "1999-02-13", "1999-02-12"),
        ("LUANDA, Angola, Feb. 12 - Gunmen struck.", None, "None"),
        ("In Nairobi, 9 June 2019 - the day of the vote - was calm.", None, "None"),
        ("NATO met in Oslo, 9 June 2019 - A day to remember.", None, "None"),
        ("The talks in Geneva on 3 May 2011 failed.", None, "None"),
    ],
)
def test_day_of_the_dateline_is_the_day_of_publication(text: str, published: str | None, told: str) -> None:
    """The text wins over the metadata, where it stands as such a line; a day in a sentence does not."""
    article = Article("a", text, published=date.fromisoformat(published) if published else None)
    assert str(find_published(article)) == told


def test_day_and_month_in_either_order_are_told_and_not_guessed():
    """Which of two days "03/04/2021" is depends on who writes."""
    words = "on 03/04/2021"
    when = resolve_event_date(Span(words, 0, len(words)), date(2021, 5, 1))
    assert when is not None
    assert when.days is None
    assert "3 April or 4 March" in when.evidence
