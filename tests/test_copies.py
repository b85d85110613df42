"""Sketches of texts: copies are told from reports of the same matter, whatever was edited."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.copies import LIKENESS, list_bands, measure_likeness, sketch_text, sketch_texts

REPORT = (
    "Norway and Iceland signed a treaty on fishing quotas in Oslo on Tuesday after two years of talks. The "
    "ministers of both countries said that the stock of mackerel would be counted together each spring. "
    "Fishermen in Bergen were wary of the agreement and asked for more time to adapt their boats. "
    "A committee of scientists will meet in Reykjavik in autumn and report to the two parliaments before "
    "the new year."
)
OTHER = (
    "The fisheries ministers of Iceland and Norway put their names to an accord over mackerel on Tuesday. It "
    "ends a quarrel that had kept trawlers of either side out of the waters of the other since the summer "
    "before last, and sets up a panel of researchers who are to advise both governments on the catch."
)


@pytest.mark.parametrize(
    "copy",
    [
        REPORT,
        REPORT.upper(),
        REPORT.replace(",", "").replace(".", ";"),
        "OSLO (Reuters) - " + REPORT,
        REPORT.partition(" Fishermen")[0],
        REPORT.replace("two years", "almost two years").replace("were wary of", "doubted"),
    ],
    ids=["as it is", "capitals", "punctuation", "dateline", "shortened", "words changed"],
)
def test_edited_copy_is_a_copy(copy: str) -> None:
    """Which text comes first makes no difference, and a band in common lets the pair be found."""
    one, two = sketch_text(REPORT), sketch_text(copy)
    assert measure_likeness(one, two) == measure_likeness(two, one) >= LIKENESS
    bands = list_bands(np.stack([one.minhash, two.minhash]))
    assert np.isin(bands[0], bands[1]).any()


@pytest.mark.parametrize("credit", ["", "OSLO (AP) - "], ids=["no credit", "one agency"])
def test_other_report_of_the_same_matter_is_no_copy(credit: str) -> None:
    """The agency in common does not make two texts copies."""
    assert measure_likeness(sketch_text(credit + REPORT), sketch_text(credit + OTHER)) < LIKENESS


@pytest.mark.parametrize("text", ["", "!!! ...", "\n"])
def test_text_without_words_is_no_copy_of_anything(text: str) -> None:
    """Not even of another such text."""
    empty = sketch_text(text)
    assert empty.n_shingles == 0
    assert measure_likeness(empty, empty) == 0
    assert measure_likeness(empty, sketch_text(REPORT)) == 0


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("OSLO (AP) - Norway signed.", "AP"),
        ("MOSCOW, June 3 (Itar-Tass) - Russia protested.", "TASS"),
        ("Norway signed. Copyright 2024 Agence France-Presse", "AFP"),
        ("The AP of the party was read in Oslo.", ""),
        ("Norway signed.", ""),
    ],
)
def test_agency_is_read_where_credit_is_given(text: str, credit: str) -> None:
    """In brackets, in the dateline or in the copyright; its letters elsewhere are nothing."""
    assert sketch_text(text).credit == credit


@given(st.lists(st.lists(st.sampled_from("Oslo treaty cod 2024 fish's".split()), max_size=12), max_size=8))
def test_texts_are_sketched_together_as_alone(texts: list[list[str]]) -> None:
    """What stands before or behind a text, and of what length, makes no difference to its sketch."""
    joined = [" ".join(words) for words in [*texts, ["cod"] * 700]]
    for alone, together in zip(map(sketch_text, joined), sketch_texts(joined), strict=True):
        assert np.array_equal(alone.minhash, together.minhash)
        assert (alone.n_shingles, alone.lead) == (together.n_shingles, together.lead)


@given(st.lists(st.sampled_from("ab"), max_size=9))
def test_shingles_are_counted_once_however_often_they_come(words: list[str]) -> None:
    """A text has as many shingles as different runs of five words, of all its words where it has fewer."""
    width = min(5, len(words))
    runs = {tuple(words[at : at + width]) for at in range(len(words) - width + 1)} if words else set()
    assert sketch_text(" ".join(words)).n_shingles == len(runs)
