"""Tests of how articles go through the threads of the model."""

from __future__ import annotations

import threading
import time

import pytest

from whowhom.coders.small import map_readings
from whowhom.records import Article, Reading

ARTICLES = [
    Article(f"a{number}", "Chad and Mali signed a treaty on Friday. " * (1 + 30 * (number % 3 == 0)))
    for number in range(12)
]


def test_work_comes_in_the_order_of_articles_and_is_done_one_at_a_time() -> None:
    """Long articles are overtaken while they are read, and still come first; nothing is worked on twice."""
    at_work, most = 0, 0
    guard = threading.Lock()

    def count(article: Article, readings: list[Reading]) -> tuple[str, bool]:
        nonlocal at_work, most
        with guard:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.005)  # Long enough for another thread to come in.
        starts = [reading.trigger.start for reading in readings]
        with guard:
            at_work -= 1
        return article.id, starts == sorted(starts)

    found = list(map_readings(count, iter(ARTICLES), n_threads=3))
    assert found == [(article.id, True) for article in ARTICLES]
    assert most == 1


def test_what_work_raises_is_raised_in_its_articles_place() -> None:
    """What was read before it is given out first."""

    def work(article: Article, _: list[Reading]) -> str:
        if article.id == "a5":
            raise LookupError("no such thing")
        return article.id

    found: list[str] = []
    with pytest.raises(LookupError, match="no such thing"):
        found.extend(map_readings(work, ARTICLES, n_threads=2))
    assert found == ["a0", "a1", "a2", "a3", "a4"]


def test_an_article_without_text_has_its_work_done() -> None:
    """It has no window that could be its last."""
    assert list(map_readings(lambda article, readings: (article.id, readings), [Article("a", "")])) == [
        ("a", [])
    ]
