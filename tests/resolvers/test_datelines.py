"""Datelines: where they end, and which words are none."""

from __future__ import annotations

import pytest

from whowhom.records import Article, Mention, Span
from whowhom.resolvers.actors import resolve_mentions
from whowhom.resolvers.datelines import find_dateline


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("MOSCOW (Agency) - ", "Troops left."),
        ("OUANAMINTHE, Haiti - ", "Troops left."),
        ("LUANDA, Angola, Feb. 12 (Agency) - ", "Troops left."),
        ("NAIROBI, June 9, 2019 (Agency) \u2014 ", "Troops left."),
        ("HONIARA: ", "Troops left."),
        ("KABUL, Afghanistan (Oct. 27, 2011)", "\nTroops left."),
        ("New York, 11 August 2022 \u2013 ", "Troops left."),
        ("", "NATO troops left."),
        ("", "Two of the U.N. - led by Ghana - left."),
        ("", "Troops left Kabul (Oct. 27)."),
    ],
)
def test_dateline_is_the_place_with_all_behind_it_up_to_the_report(line: str, rest: str) -> None:
    """What follows the dash is the report; a place in a sentence is no dateline."""
    found = find_dateline(line + rest)
    assert (found.start, found.end) == (0, len(line)) if found and line else (found is None and not line)


def test_heading_of_a_letterhead_is_no_dateline() -> None:
    """Only a line that names its day is one behind other lines."""
    assert find_dateline("Joint Command\n\nBACKGROUND: Troops left.") is None


def test_people_in_office_are_those_of_the_day_in_the_dateline() -> None:
    """A text without metadata still has a day by which "the French president" is read."""
    article = Article("a", "PARIS, 3 May 1999 - The French president left.")
    ((president,),) = resolve_mentions(article, [Mention(Span("The French president", 20, 40), 1.0)])
    assert president.name == "Jacques Chirac"
