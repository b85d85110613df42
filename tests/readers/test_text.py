"""Plain text and Markdown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whowhom.records import Article, Skip

from . import describe, load_cases
from .conftest import Read


@pytest.mark.parametrize("case", load_cases("markdown.jsonl"), ids=lambda case: case["content"][:40])
def test_front_matter_and_heading_are_read_and_the_rest_is_text(case: dict[str, Any], read: Read) -> None:
    """Fields come from what Markdown puts before the text; the text is the rest, unaltered."""
    (article,) = read("report.md", case["content"])
    assert isinstance(article, Article)
    found = describe(article)
    assert found.pop("origin").endswith("report.md")
    if "id" not in case["article"]:
        assert len(found.pop("id")) == 16
    case["article"].pop("language", None)
    assert found == case["article"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.text())
def test_text_is_the_end_of_the_file_whatever_it_holds(content: str, read: Read) -> None:
    """No character of a file is altered: its text is where the file ends."""
    (found,) = read("report.txt", content)
    if isinstance(found, Article):
        assert content.endswith(found.text)
    else:
        assert found.stage in ("read", "language")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty: there is nothing but white space"),
        ("\u3000\u00a0\n".encode(), "text is empty"),
        (b"*** 12 ***", "text holds no word: '*** 12 ***'"),
        (b"\0" * 1000, "text holds no word: " + repr("\0" * 40)),
        ("He said “no”.".encode()[:-3], "broken encoding: not utf-8 at byte 13, though most of it is"),
    ],
)
def test_a_file_without_text_is_skipped_with_the_reason(content: bytes, reason: str, read: Read) -> None:
    """Empty, blank, wordless and broken files each say so once."""
    (skip,) = read("report.txt", content)
    assert isinstance(skip, Skip)
    assert (skip.stage, skip.reason) == ("read", reason)


def test_a_file_of_5_mb_is_one_article(read: Read) -> None:
    """Length is no reason to cut or to skip."""
    content = "The minister arrived in Ankara on Monday. " * 120_000
    (article,) = read("report.txt", content)
    assert isinstance(article, Article)
    assert article.text == content
