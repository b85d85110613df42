"""Tests of deeds that are denied."""

from __future__ import annotations

import pytest

from whowhom.records import Article, Mention, Reading, Span
from whowhom.resolvers.denials import settle_denials


def settle(text: str, denier: str, trigger: str, verb: str = "denied") -> list[tuple[str, tuple[str, ...]]]:
    """Return type and auxiliary modes of a denial and of a deed behind it that `denier` is the source of."""

    def find(words: str) -> Span:
        start = text.index(words)
        return Span(words, start, start + len(words))

    readings = [
        Reading("REJECT", find(verb), 0.9),
        Reading("ASSAULT", find(trigger), 0.9, source=Mention(find(denier), 0.9), source_kind="named"),
    ]
    return [(one.event, one.aux) for one in settle_denials(Article("a", text), readings)]


@pytest.mark.parametrize(
    ("text", "denier", "trigger"),
    [
        ("Turkey denied that its jets had bombed a village in Iraq.", "Turkey", "bombed"),
        ("The army of Chad has denied having killed civilians in Bol.", "The army of Chad", "killed"),
        ("On Monday Tehran denied reports that it had shelled Erbil.", "Tehran", "shelled"),
    ],
)
def test_what_its_own_source_denies_did_not_happen_and_the_denial_is_no_deed(text, denier, trigger):
    """One record by the codebook: an overlooked denial is an invented deed."""
    assert settle(text, denier, trigger) == [("ASSAULT", ("negation",))]


@pytest.mark.parametrize(
    ("text", "teller", "trigger"),
    [
        # The accuser tells the deed, and the denial is a deed of its own.
        ("Ankara denied it. Baghdad said Turkish jets bombed a village.", "Baghdad", "bombed"),
        ("Ankara denied the charge by Baghdad that it bombed a village.", "Baghdad", "bombed"),
        # A clause of its own begins.
        ("Ankara denied the charge, and Turkish jets bombed a village.", "Ankara", "bombed"),
    ],
)
def test_what_somebody_else_tells_is_not_denied(text, teller, trigger):
    """The denier's word is no more than the accuser's."""
    assert settle(text, teller, trigger) == [("REJECT", ()), ("ASSAULT", ())]
