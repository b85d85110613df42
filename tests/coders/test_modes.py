"""The mode of a deed: what words at and around a trigger say beside the network."""

import pytest

from whowhom.coders.labels import MODES, TYPES
from whowhom.coders.modes import choose_mode, describe_modes, find_words, list_modes
from whowhom.coders.weights import load_weights
from whowhom.records import Span

UNSURE = [-2.0] * len(MODES)


def mode_of(event: str, text: str, words: str) -> tuple[str, ...]:
    weights = load_weights()
    start = text.index(words)
    trigger = Span(words, start, start + len(words))
    return choose_mode(event, UNSURE, text, trigger, weights.mode_words, weights.settings)


@pytest.mark.parametrize(
    ("event", "text", "words", "expected"),
    [
        ("ASSAULT", "Soldiers stand accused of the rape of two women near the camp.", "rape", ("sexual",)),
        ("COERCE", "Officers arrested four union leaders in the port on Monday.", "arrested", ("arrest",)),
        ("CONSULT", "The two ministers spoke by phone about the border.", "spoke by phone", ("phone",)),
        ("RETREAT", "The rebels released eleven sailors.", "released", ("release",)),
    ],
)
def test_words_name_the_mode_where_the_network_is_unsure(
    event: str, text: str, words: str, expected: tuple[str, ...]
) -> None:
    assert mode_of(event, text, words) == expected


def test_the_network_decides_where_words_say_nothing() -> None:
    weights = load_weights()
    sure = [6.0 if mode == "RETREAT.disarm" else -6.0 for mode in MODES]
    trigger = Span("xyzzy", 0, 5)
    assert choose_mode("RETREAT", sure, "xyzzy", trigger, weights.mode_words, weights.settings) == ("disarm",)


def test_no_mode_of_another_type_is_named() -> None:
    weights = load_weights()
    everything = [9.0] * len(MODES)
    for event in TYPES:
        chosen = choose_mode(event, everything, "x", Span("x", 0, 1), weights.mode_words, weights.settings)
        assert len(chosen) == bool(list_modes(event))
        assert all(f"{event}.{mode}" in MODES for mode in chosen)


def test_words_of_a_trigger_that_stands_nowhere_have_none_around() -> None:
    assert find_words("Police arrested two men.", Span("arrested")) == (frozenset({"arrested"}), frozenset())


def test_the_order_of_words_changes_nothing() -> None:
    words = load_weights().mode_words
    one = describe_modes("ASSAULT", UNSURE, "bomb car killed market soldiers", Span("killed", 9, 15), words)
    two = describe_modes("ASSAULT", UNSURE, "soldiers market bomb car killed", Span("killed", 25, 31), words)
    assert one == two
