"""What several tests of readers need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from whowhom.readers import read_sources
from whowhom.records import Article, Skip

Read = Callable[[str, str | bytes], list[Article | Skip]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A function that writes a file of this name and content and reads it."""

    def read_file(name: str, content: str | bytes) -> list[Article | Skip]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return list(read_sources([path]))

    return read_file
