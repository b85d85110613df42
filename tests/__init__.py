"""Tests of whowhom. Those that need the data beside the checkout are skipped where it is missing."""

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
