"""Marks in a text: they cross each other, and the text stays what it was."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from tests.coded_articles import make_coded
from whowhom.rows import make_event_rows
from whowhom.web.marking import LETTERS, Mark, list_marks, mark_text

MARKS = st.lists(
    st.builds(
        lambda start, length, role, event: Mark(start, start + length, role, event),
        st.integers(-3, 40),
        st.integers(-2, 12),
        st.sampled_from(list(LETTERS)),
        st.integers(1, 5),
    )
)


def strip(page: str) -> str:
    """Return the text of HTML that has no numbers of records in it."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40), MARKS)
def test_text_stays_what_it_was(text, marks):
    """However marks cross, the words between the tags are the text, and every tag is closed."""
    page = mark_text(text, marks)
    assert strip(page) == text
    for tag in ("mark", "span"):
        assert page.count(f"<{tag} ") == page.count(f"</{tag}>")


def test_crossing_marks_are_cut_where_they_cross():
    """Each piece carries the events of all marks over it."""
    page = mark_text("abcdef", [Mark(0, 4, "actor", 1), Mark(2, 6, "recipient", 2)])
    assert re.findall(r'data-events="([\d ]+)"', page) == ["1", "1 2", "2"]
    middle = page.split('data-events="1 2">')[1].split("</span>")[0]
    assert 'class="actor"' in middle
    assert 'class="recipient"' in middle


def test_text_is_escaped_and_control_characters_are_shown():
    """Within marks and outside of them."""
    page = mark_text("<a>\x07 & <b>", [Mark(3, 9, "trigger", 1)])
    assert page.startswith("&lt;a&gt;<span")
    assert "␇ &amp; &lt;b" in page


def test_trigger_has_a_number_that_leads_to_its_record():
    """So an article can be read without script."""
    page = mark_text("He met her.", [Mark(3, 6, "trigger", 7), Mark(7, 10, "recipient", 7)], anchors=True)
    assert page.count('id="word-7" href="#event-7"') == 1


def test_passage_takes_offsets_of_the_whole_text():
    """A sentence is marked by the spans of its article."""
    page = mark_text("She left.", [Mark(104, 108, "trigger", 1), Mark(0, 50, "actor", 1)], first=100)
    assert strip(page) == "She left."
    assert '<mark class="trigger" data-letter="V">left</mark>' in page


def test_all_words_of_an_event_are_marked_and_none_without_a_place():
    """The trigger, other wordings, everybody who took part, place, days, source and condition."""
    coded = make_coded()
    visit, withdrawal = make_event_rows(coded)
    marked = {(mark.role, coded.article.text[mark.start : mark.end]) for mark in list_marks(visit, 1)}
    assert ("trigger", "arrived") in marked
    assert ("actor", "Ruritania's foreign minister Ana Bell") in marked
    roles = {mark.role for row in (visit, withdrawal) for mark in list_marks(row, 1)}
    assert roles <= set(LETTERS)
    assert {"trigger", "actor", "recipient", "place", "date", "source", "condition"} <= roles
