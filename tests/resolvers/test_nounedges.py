"""Participants whose noun the tagger cut off: put back where a noun of people follows, else left alone."""

from __future__ import annotations

import pytest

from whowhom.records import Mention, Span
from whowhom.resolvers.nounedges import mend_participant


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("About 300 people fled.", "About", "About 300 people"),
        ("Police held at least 40 students.", "at least", "at least 40 students"),
        ("The bomb killed two young soldiers.", "two", "two young soldiers"),
        ("Several dozen reservists sat down.", "dozen", "Several dozen reservists"),
        ("They took three Afghan policemen.", "three", "three Afghan policemen"),
        ("Swiss officials came.", "Swiss", "Swiss officials"),
        ("She met the Polish president on Monday.", "the Polish", "the Polish president"),
        ("He said his country would pay.", "his", "his country"),
        ("The two agreed to a truce.", "The two", "The two"),
        ("Two were shot by police.", "Two", "Two"),
        ("One died and three others wounded soldiers.", "three others", "three others"),
        ("A court asked for his arrest.", "his", "his"),
        ("Swiss airstrikes hit the town.", "Swiss", "Swiss"),
        ("It left Swiss territory.", "Swiss", "Swiss"),
        ("They lent the Philippines a police boat.", "the Philippines", "the Philippines"),
        ("Crowds cheered the two at the embassy.", "the two", "the two"),
        ("Rebels fired on soldiers.", "Rebels", "Rebels"),
    ],
)
def test_words_that_only_count_or_describe_grow_to_their_noun(text: str, cut: str, whole: str) -> None:
    """A deed, a thing or a verb behind them is no noun of theirs."""
    start = text.index(cut)
    span = mend_participant(text, Mention(Span(cut, start, start + len(cut)), 1.0)).span
    assert (span.text, text[span.start : span.end]) == (whole, whole)


def test_words_that_stand_nowhere_stay() -> None:
    """Without offsets there is no text to look into."""
    mention = Mention(Span("about"), 1.0)
    assert mend_participant("About 300 people fled.", mention) is mention
