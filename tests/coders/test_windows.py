"""Windows hold every sentence once in their core, and their offsets slice to the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whowhom.coders.weights import load_weights
from whowhom.coders.windows import CORE_PIECES, WINDOW_PIECES, cut_windows
from whowhom.records import Article

texts = st.text(max_size=400) | st.lists(
    st.sampled_from(
        ["The U.S. met Iran.", "He left", "\n", "\n\n", "北京", "x" * 300, "e\u0301", "\x00", "🇺🇳 spoke."]
    ),
    max_size=60,
).map(" ".join)


@pytest.fixture(scope="module")
def tokenizer():
    return load_weights().tokenizer


@settings(max_examples=60, deadline=None)
@given(text=texts, title=st.text(max_size=60))
def test_every_piece_is_in_one_core_and_points_into_its_sentence(text, title):
    article = Article("a", text, title)
    core: list[tuple[bool, int, int]] = []
    for window in cut_windows(article, load_weights().tokenizer):
        assert len(window.pieces) <= WINDOW_PIECES
        assert window.core.sum() <= CORE_PIECES
        for number in range(1, len(window.pieces) - 1):
            whole = title if window.titled[number] else text
            assert 0 <= window.start[number] < window.end[number] <= len(whole)
            if window.core[number]:
                core.append((not window.titled[number], int(window.start[number]), int(window.end[number])))
    assert core == sorted(core, key=lambda piece: piece[:2])


def test_initials_are_one_word(tokenizer):
    """A span must not end within "U.S."."""
    text = "The U.S. Senate met U.N. envoys."
    (window,) = cut_windows(Article("a", text), tokenizer)
    starts = [text[window.start[n] :][:4] for n in range(1, len(window.pieces) - 1) if window.first[n]]
    assert "U.S." in starts
    assert not any(start.startswith(("S.", ".S")) for start in starts)


def test_context_comes_before_the_core(tokenizer):
    """A later window begins with sentences that an earlier one has read."""
    text = " ".join(
        f"Minister number {n} met the envoy of the other side in the capital on Monday." for n in range(30)
    )
    windows = list(cut_windows(Article("a", text), tokenizer))
    assert len(windows) > 2
    for window in windows[1:]:
        inner = window.core[1:-1]
        assert inner[0] == 0
        assert inner[-1] == 1
        assert (inner[1:] >= inner[:-1]).all()
