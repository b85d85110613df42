"""No figure of the coder falls below its floor (evaluation/floors.json)."""

import json

import pytest

from evaluation.coder import FLOORS, below_floors, measure_all
from tests import SHARED


def test_figures_hold_their_floors():
    if not (SHARED / "gold/dev/gold.jsonl").exists():
        pytest.skip("needs ../shared/gold, which is not beside this checkout")
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    assert not below_floors(measure_all(SHARED, None), floors)


def test_a_figure_below_its_floor_is_named():
    lines = below_floors(
        {"dev": {"f1": 0.4, "ece": 0.2, "speed": 9}},
        {"why": "text", "dev": {"f1": {"at least": 0.5}, "ece": {"at most": 0.1}, "speed": {"at least": 9}}},
    )
    assert len(lines) == 2
    assert lines[0].startswith("dev: f1 is 0.400")
