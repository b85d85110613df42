"""Values that people give to the fields of an event: what they come to, and what is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.coded_articles import make_coded, span
from whowhom.exporters.records import record_event
from whowhom.fields import amend, find_words
from whowhom.records import Article, DaySpan, Entity, Place, Source, Span

CODED = make_coded()
VISIT = CODED.events[0]
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "corrections" / "fields.jsonl").read_text().splitlines()
]


def assert_holds(found: Any, expected: Any) -> None:
    """Compare what is expected; of records the fields named only."""
    if isinstance(expected, dict):
        assert found is not None
        for name, value in expected.items():
            assert_holds(found[name], value)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_holds(one, other)
    else:
        assert found == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["values"]))
def test_value_comes_to_what_it_says(case: dict[str, Any]) -> None:
    """The visit of the report with other values, or one line on what is wrong with them."""
    if "error" in case:
        with pytest.raises(ValueError) as refused:  # noqa: PT011
            amend(VISIT, CODED.article, case["values"], "corrected by Ana on 2031-03-08")
        assert case["error"] in str(refused.value)
        assert "\n" not in str(refused.value)
        return
    amended, fields = amend(VISIT, CODED.article, case["values"], "corrected by Ana on 2031-03-08")
    record = record_event(amended)
    assert_holds(record, case["expect"])
    before = record_event(VISIT)
    follow = {"quad", "scale", "cameo"}
    assert {name for name in before if before[name] != record[name]} - follow == set(fields)


def test_records_of_python_are_taken_as_they_are() -> None:
    """Whoever has entities, places and days need not write them as words."""
    entity = Entity(span("Novia's embassy"), "Embassy of Novia", "PRK", ("GOV",))
    values = {"actor": [entity], "source": Source("named", entity), "day": date(2031, 3, 1), "place": None}
    amended, _ = amend(VISIT, CODED.article, values, "stamp")
    assert [(one.span, one.name, one.country) for one in amended.actor] == [(entity.span, entity.name, "PRK")]
    assert amended.actor[0].evidence == ("stamp",)
    assert amended.source.entity is not None
    assert amended.date is not None
    assert amended.date.days == DaySpan(date(2031, 3, 1), date(2031, 3, 1))
    assert amended.location is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor", Entity(Span("Ana", 0, 3))),
        ("recipient", [Entity(span("Ana Bell"), country="XXX")]),
        ("place", Place(Span("Graustark", 1, 10))),
        ("condition", Span("if", None, None)),
        ("trigger", Span("", None, None)),
    ],
    ids=["words elsewhere", "no country", "place elsewhere", "no offsets", "no words"],
)
def test_records_that_do_not_fit_the_article_or_the_codebook_are_refused(field: str, value: Any) -> None:
    """A span slices the text, whoever made it."""
    with pytest.raises(ValueError, match=r"stands|no country|no offsets|has a trigger"):
        amend(VISIT, CODED.article, {field: value}, "stamp")


def test_present_participants_stay_as_they_are() -> None:
    """Who keeps one and adds another does not lose how the first was reached."""
    kept = VISIT.actor[0]
    amended, _ = amend(VISIT, CODED.article, {"actor": [kept, "PRK GOV"]}, "stamp")
    assert amended.actor[0] == kept
    assert (amended.actor[1].country, amended.actor[1].evidence) == ("PRK", ("stamp",))


def test_words_that_stand_several_times_need_an_offset() -> None:
    """The message tells where they stand, and how to say which."""
    article = Article("a", "He met her. He left. He slept.")
    with pytest.raises(ValueError, match=r"stands 3 times, at 0, 12, 21. Tell which: 'He@0'"):
        find_words(article, "He")
    assert find_words(article, "He", 12) == Span("He", 12, 14)


def test_words_are_found_as_words_of_their_own_and_in_the_title() -> None:
    """ "he" is not the end of "the"; what the text lacks may stand in the title."""
    article = Article("a", "the man said he left", title="Man leaves")
    assert find_words(article, "he") == Span("he", 13, 15)
    assert find_words(article, "leaves") == Span("leaves", 4, 10, "title")
