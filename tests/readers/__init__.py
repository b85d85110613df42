"""Tests of the readers; their cases are data in tests/cases/readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from whowhom.records import Article, Skip

CASES = Path(__file__).parents[1] / "cases" / "readers"


def load_cases(name: str) -> list[Any]:
    """Return the cases of a file, each a dict."""
    with (CASES / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def describe(found: Article | Skip) -> dict[str, Any]:
    """Return the fields of an article that are not empty, without language "en", and where it lay."""
    fields = {name: getattr(found, name) for name in found.__dataclass_fields__}
    if isinstance(found, Article):
        fields["published"] = found.published.isoformat() if found.published else ""
    return {name: value for name, value in fields.items() if value and (name, value) != ("language", "en")}
