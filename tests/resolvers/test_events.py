"""Tests of events made from what the model read."""

from __future__ import annotations

import pytest

from whowhom.records import Article, Reading, Span
from whowhom.resolvers.events import resolve_readings


def resolve_aux(text: str, trigger: str, event: str, *aux: str) -> tuple[str, ...]:
    """Return the auxiliary modes of an event that the model read at `trigger`."""
    start = text.index(trigger)
    reading = Reading(event, Span(trigger, start, start + len(trigger)), 0.9, aux=aux)
    (made,) = resolve_readings(Article("a", text, language="en"), [reading])
    return made.aux


@pytest.mark.parametrize(
    ("text", "trigger", "event"),
    [
        ("Israel has not attacked Iran, the minister said.", "attacked", "ASSAULT"),
        ("Moscow said its forces did not shell a hospital in Kharkiv.", "shell", "ASSAULT"),
        ("The president didn't meet the Turkish foreign minister.", "meet", "CONSULT"),
        ("Egypt has never formally imposed sanctions on Ethiopia.", "imposed sanctions", "SANCTION"),
    ],
)
def test_deed_after_a_not_did_not_happen(text: str, trigger: str, event: str) -> None:
    """Also where the model overlooks it: an overlooked "not" is an invented deed."""
    assert resolve_aux(text, trigger, event) == ("negation",)
    assert resolve_aux(text, trigger, event, "negation") == ("negation",)


@pytest.mark.parametrize(
    ("text", "trigger", "event"),
    [
        ("France will not send troops to Ukraine.", "send", "REJECT"),
        ("Girls have not been allowed back to school.", "allowed back", "COERCE"),
        ("Chad not only attacked Mali but burnt a village.", "attacked", "ASSAULT"),
        ("It was not war. Chad attacked Mali.", "attacked", "ASSAULT"),
        ("If not today, Chad signed the pact on Monday.", "signed", "AGREE"),
        ("There is no justification for the ban, he said.", "justification", "ACCUSE"),
    ],
)
def test_not_of_another_word_changes_nothing(text: str, trigger: str, event: str) -> None:
    """To reject or not to allow is a deed, and the "not" has to be the deed's own."""
    assert resolve_aux(text, trigger, event) == ()
