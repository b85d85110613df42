"""Places taken in battle are told from people taken."""

from __future__ import annotations

import pytest

from whowhom.records import Span
from whowhom.resolvers.takings import takes_place


@pytest.mark.parametrize(
    ("text", "verb", "is_place"),
    [
        ("Rebels captured a southern village on Monday.", "captured", True),
        ("Rebels seized control of the army's main base in the north.", "seized control", True),
        ("The troops took back the border town of Marn.", "took", True),
        ("The district, which was recently captured by rebels, burned.", "captured", True),
        ("They left the city of Marn that they had captured in May.", "captured", True),
        ("Rebels captured two soldiers near the town.", "captured", False),
        ("Rebels captured two village elders.", "captured", False),
        ("Rebels seized the town's police chief.", "seized", False),
        ("Rebels took village inhabitants with them.", "took", False),
        ("Pirates seized a tanker.", "seized", False),
        ("Rebels shelled the town.", "shelled", False),
    ],
)
def test_deed_is_the_taking_of_a_place_where_a_place_is_its_object(
    text: str, verb: str, is_place: bool
) -> None:
    """The object stands behind the verb, or before it in the passive; people of a place are no place."""
    start = text.index(verb)
    assert takes_place(text, Span(verb, start, start + len(verb))) is is_place


def test_trigger_that_stands_nowhere_takes_nothing() -> None:
    """Without offsets there is nothing to look at."""
    assert not takes_place("Rebels captured a village.", Span("captured"))
