"""The classes of a reading weigh on each other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.coders.classes import chance_of, describe_aux, describe_news, settle_classes
from whowhom.coders.labels import AUX, CERTAINTIES
from whowhom.records import Reading, Span

ODDS = {"aux": [-3.0, -0.1, -3.0, -3.0], "certainty": [2.0, -1.0, -1.0], "dated": [0.2]}
PLAIN = {"aux": {name: {f"aux_{name}": 1.0} for name in AUX}, "news": {"dated": 1.0}}


def read(event: str = "AGREE", **changes: object) -> Reading:
    return replace(Reading(event, Span("meet", 10, 14), 0.9, odds=ODDS), **changes)  # type: ignore[arg-type]


def test_without_weights_the_network_decides() -> None:
    """Its log-odds alone give the modes and the chance."""
    settled = settle_classes(read(odds=ODDS | {"aux": [-3.0, 0.1, -3.0, 2.0]}), PLAIN)
    assert settled.aux == ("future", "negation")
    assert settled.dated == pytest.approx(0.55, abs=0.01)


def test_a_type_can_tip_what_the_network_leaves_open() -> None:
    """The same log-odds give a mode for one type and none for another."""
    weights = {"aux": PLAIN["aux"] | {"future": {"aux_future": 1.0, "type_AGREE": 0.5}}, "news": {}}
    assert settle_classes(read("AGREE"), weights).aux == ("future",)
    assert settle_classes(read("ASSAULT"), weights).aux == ()


def test_what_is_the_news_is_asked_of_the_settled_modes() -> None:
    """A deed still to come is seldom of the day of publication."""
    weights = PLAIN | {"news": {"bias": 1.0, "aux_future": -3.0}}
    assert settle_classes(read(), weights).dated > 0.5
    assert settle_classes(read(odds=ODDS | {"aux": [-3.0, 1.0, -3.0, -3.0]}), weights).dated < 0.5


def test_title_lead_and_background_are_told_apart() -> None:
    """Places in the title are not those in the text."""
    told = [
        describe_news(read(trigger=span))
        for span in (Span("meet", 10, 14, "title"), Span("meet", 10, 14), Span("meet", 5000, 5004))
    ]
    assert [(one["title"], one["lead"], one["background"]) for one in told] == [
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4),
    st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3),
)
def test_any_log_odds_give_a_chance(aux: list[float], certainty: list[float]) -> None:
    """However sure the network is, nothing overflows."""
    told = describe_aux(read(odds={"aux": aux, "certainty": certainty, "dated": [0.0]}))
    assert set(told) >= {f"certainty_{name}" for name in CERTAINTIES}
    assert 0 < chance_of(told, dict.fromkeys(told, 9.0)) <= 1
