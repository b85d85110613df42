"""What the commands show: tables for every width, marked sentences, and nothing that harms a terminal."""

import io
import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from whowhom import terminal
from whowhom.exporters.tables import flatten
from whowhom.records import Article, CodedArticle, DaySpan, Entity, Event, EventDate, Place, Source, Span

TEXT = (
    "Officials were silent.\n"
    "President Vladimir Putin arrived in Pyongyang on Tuesday for talks with Kim Jong Un, TASS said."
)
ARTICLE = Article("a", TEXT, "A visit", date(2024, 6, 19), "Example")


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(words, start, start + len(words))


VISIT = Event(
    id="3fa9c1d2aabbccdd",
    article="a",
    event="CONSULT",
    mode=("visit",),
    trigger=span("arrived"),
    score=0.82,
    quad=1,
    scale=1.9,
    cameo="042",
    actor=(
        Entity(
            span("President Vladimir Putin"), "Vladimir Putin", "RUS", ("GOV",), ("the words name the man",)
        ),
    ),
    recipient=(Entity(span("Kim Jong Un"), "Kim Jong Un", "PRK", ("GOV",)),),
    location=Place(span("Pyongyang"), "Pyongyang", "PRK", 39.03, 125.75, 1871859, "exact", "GeoNames"),
    date=EventDate(span("Tuesday"), DaySpan(date(2024, 6, 18), date(2024, 6, 18)), "the last Tuesday"),
    source=Source("named", Entity(span("TASS"), "TASS", "RUS", ("JRN",))),
    certainty="probable",
)


def console(width: int, *, colors: bool = False, **options: bool) -> Console:
    system = "standard" if colors else None
    return terminal.make_console(
        io.StringIO(), width=width, force_terminal=colors, color_system=system, **options
    )


def show_table(*events: Event, width: int, article: Article = ARTICLE) -> list[str]:
    screen = console(width)
    screen.print(terminal.make_event_table(flatten(CodedArticle(article, events)), screen))
    return [line.rstrip() for line in screen.file.getvalue().splitlines()]


def test_wide_table_has_a_column_for_place_and_source():
    """From 100 columns on, where and who says so stand beside who and whom."""
    rows = show_table(VISIT, width=102)[2:]
    assert rows == [
        "2024-06-18   CONSULT          Vladimir Putin RUS GOV → Kim Jong Un PRK GOV    Pyongyang PRK",
        "3fa9c1d2     visit            President Vladimir Putin *arrived* in           says TASS",
        "                              Pyongyang on Tuesday for talks with Kim Jong    probable",
        "                              Un, TASS said.",
        "",
    ]


def test_table_of_80_columns_puts_place_and_source_under_the_participants():
    """In an ordinary window the circumstances are a line of their own."""
    assert show_table(VISIT, width=80)[2:] == [
        "2024-06-18   CONSULT          Vladimir Putin RUS GOV → Kim Jong Un PRK GOV",
        "3fa9c1d2     visit            Pyongyang PRK, says TASS, probable",
        "                              President Vladimir Putin *arrived* in Pyongyang on",
        "                              Tuesday for talks with Kim Jong Un, TASS said.",
        "",
    ]


def test_narrow_table_has_one_column():
    """Below 60 columns everything stands under one another."""
    assert show_table(VISIT, width=44)[:4] == [
        "2024-06-18 3fa9c1d2 CONSULT visit",
        "Vladimir Putin RUS GOV → Kim Jong Un PRK GOV",
        "Pyongyang PRK, says TASS, probable",
        "President Vladimir Putin *arrived* in",
    ]


@pytest.mark.parametrize("width", [20, 40, 59, 60, 80, 99, 100, 200])
def test_no_line_is_wider_than_the_screen(width):
    """Whatever the width, no line runs over the edge."""
    long_name = replace(VISIT, actor=(replace(VISIT.actor[0], name="Wielkopolsko" * 20),))
    assert max(map(len, show_table(long_name, width=width))) <= width


@pytest.mark.parametrize("width", [20, 44, 80, 120])
def test_report_has_a_heading_for_each_article(width):
    """A rule with title, outlet and day stands before the events of each; none where nothing is known."""
    other = replace(ARTICLE, id="b", title="Talks\x1b[31m in\nPyongyang", outlet="", published=None)
    bare = Article("c", TEXT, published=date(2024, 6, 19))
    events = [CodedArticle(one, (replace(VISIT, article=one.id),)) for one in (ARTICLE, other, bare)]
    screen = console(width)
    screen.print(terminal.make_event_report((row for one in events for row in flatten(one)), screen))
    lines = [line.rstrip() for line in screen.file.getvalue().splitlines()]
    assert max(map(len, lines)) <= width
    assert "\x1b" not in screen.file.getvalue()
    headings = [line for line in lines if re.fullmatch(r"\w.* ─+", line)]
    assert len(headings) == 2
    assert sum(line.startswith("day ") for line in lines) == (width >= 60)
    if width >= 44:
        assert headings[0].startswith("A visit · Example · 2024-06-19 ─")
        assert "Talks�[31m in Pyongyang ─" in headings[1]


def test_word_within_a_compound_is_not_marked_for_the_trigger():
    """The "fire" of "opened fire" is marked, and not that of the "cease-fire" before it."""
    text = "After the cease-fire Novian soldiers opened fire."
    trigger = Span("fire", text.rindex("fire"), text.rindex("fire") + 4)
    event = replace(VISIT, trigger=trigger)
    assert "opened *fire*." in "\n".join(show_table(event, width=120, article=replace(ARTICLE, text=text)))


def test_event_without_participants_place_or_day_is_shown():
    """What is not known is a word or a dash, never an empty guess."""
    bare = Event("e", "a", "ASSAULT", span("arrived"), 0.5, 4, -9.0, "19")
    rows = show_table(bare, width=80)
    assert rows[2].split()[:3] == ["-", "ASSAULT", "unknown"]


def test_colour_is_not_the_only_mark_of_the_trigger():
    """On a terminal without colours the trigger is still bold."""
    screen = console(120, colors=True, no_color=True)
    screen.print(terminal.make_event_table(flatten(CodedArticle(ARTICLE, (VISIT,))), screen))
    assert "\x1b[1marrived" in screen.file.getvalue()


def test_words_of_an_article_are_not_markup():
    """Square brackets of an article stay square brackets."""
    text = "The [bold]army[/bold] of [link=file:///etc/passwd]Novia[/link] fired :bomb:."
    trigger = Span("fired", text.index("fired"), text.index("fired") + 5)
    rows = show_table(replace(VISIT, trigger=trigger), width=160, article=replace(ARTICLE, text=text))
    shown = "The [bold]army[/bold] of [link=file:///etc/passwd]Novia[/link] *fired* :bomb:."
    assert any(shown in row for row in rows)


@given(st.text(alphabet=st.characters(codec=None), max_size=200))
def test_neutralized_text_steers_no_terminal(text):
    """No control, no mark of direction and no half character is left, and every offset stays."""
    safe = terminal.neutralize(text)
    assert len(safe) == len(text)
    assert not {unicodedata.category(character) for character in safe} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(character) for character in safe} & {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    }  # fmt: skip
    safe.encode("utf-8")


@given(st.text(min_size=1, max_size=400), st.data())
def test_shortened_sentence_keeps_the_trigger(text, draw):
    """Wherever a sentence is cut, the words that matter are in it and marked."""
    start = draw.draw(st.integers(0, len(text) - 1))
    end = draw.draw(st.integers(start + 1, len(text)))
    shown, first, last = terminal.shorten(text, start, end, length=60)
    assert shown[first:last] == terminal.neutralize(text[start:end])
    assert len(shown) <= max(60, end - start + 4)


def test_explanation_marks_each_field_by_label_where_there_is_no_colour():
    """Without colours every field's words stand in brackets with its name."""
    (passage,) = terminal.mark_passages(VISIT, ARTICLE, console(80))
    assert passage.plain == (
        "[actor: President Vladimir Putin] [trigger: arrived] in [location: Pyongyang] on [date: Tuesday] "
        "for talks with [recipient: Kim Jong Un], [source: TASS] said."
    )


def test_explanation_marks_each_field_by_colour_on_a_terminal():
    """With colours the sentence is as it was, and its words differ in style."""
    (passage,) = terminal.mark_passages(VISIT, ARTICLE, console(80, colors=True))
    assert passage.plain == TEXT.splitlines()[1]
    assert len({mark.style for mark in passage.spans}) == 6


def test_words_that_two_fields_share_have_both_labels():
    """A host that is also the place is labelled as both."""
    host = replace(VISIT, recipient=(Entity(span("Pyongyang"), "North Korea", "PRK", ("GOV",)),))
    (passage,) = terminal.mark_passages(host, ARTICLE, console(80))
    assert "[recipient, location: Pyongyang]" in passage.plain


def test_explanation_shows_every_sentence_it_was_read_from():
    """Words in another sentence bring that sentence along, in the order of the article."""
    far = replace(VISIT, source=Source("unnamed", Entity(span("Officials"))))
    passages = terminal.mark_passages(far, ARTICLE, console(80))
    assert passages[0].plain == "[source: Officials] were silent."
    assert len(passages) == 2


def test_field_table_tells_how_each_value_was_reached():
    """Each field has its value and its evidence."""
    reached = {line.field: (line.value, line.reached) for line in terminal.list_fields(VISIT)}
    assert reached["actor"] == ("Vladimir Putin RUS GOV", "the words name the man")
    assert reached["location"] == ("Pyongyang PRK (exact) 39.03, 125.75", "GeoNames")
    assert reached["date"] == ("2024-06-18", "the last Tuesday")
    assert "0.82" in reached["event"][1]


def test_span_that_does_not_fit_its_article_is_not_marked():
    """A record that was tampered with shows no wrong words."""
    wrong = replace(VISIT, trigger=Span("arrived", 0, 7))
    marked = [passage.plain for passage in terminal.mark_passages(wrong, ARTICLE, console(80))]
    assert not any("trigger" in passage for passage in marked)


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ((2024, 2, 29), (2024, 2, 29), "2024-02-29"),
        ((2024, 2, 1), (2024, 2, 29), "2024-02"),
        ((2024, 2, 1), (2024, 2, 28), "2024-02-01 to 2024-02-28"),
        ((2023, 1, 1), (2023, 12, 31), "2023"),
        ((1990, 1, 1), (1999, 12, 31), "1990-1999"),
        ((9999, 12, 1), (9999, 12, 31), "9999-12"),
    ],
)
def test_days_are_written_briefly(first, last, shown):
    """A month is a month, a year a year, and other intervals have both ends."""
    assert terminal.describe_days(DaySpan(date(*first), date(*last))) == shown


def test_reasons_are_counted_and_the_commonest_comes_first():
    """A long run names its most frequent reasons and counts the rest."""
    lines = terminal.describe_skips({"text is empty": 2, "not English": 1000, "a": 1, "b": 1, "c": 1, "d": 1})
    assert lines[0] == "1,000 x not English"
    assert lines[-1] == "2 x 2 other reasons"


def test_dyad_table_fits_a_hundred_columns_and_marks_a_change():
    """A row has its counts side by side, and beside them where a new level begins and what moved."""
    row = {
        "iso3c_1": "KOR",
        "iso3c_2": "PRK",
        "period": date(2024, 5, 1),
        "n_events": 1234,
        "n_independent": 410,
        "n_incidents": 98,
        "n_verbal_cooperation": 100,
        "n_material_cooperation": 10,
        "n_verbal_conflict": 800,
        "n_material_conflict": 24,
        "scale_mean": -3.25,
        "share_claimed": 0.125,
        "n_articles": 56789,
        "change": "up",
        "change_event": "ACCUSE",
    }
    quiet = {name: 0 if name.startswith("n_") else row[name] for name in row}
    quiet |= {
        "scale_mean": None,
        "share_claimed": None,
        "change": "",
        "change_event": "",
        "n_incidents": None,
    }
    screen = console(100)
    screen.print(terminal.make_dyad_table([row, quiet], screen, by="month"))
    shown = screen.file.getvalue().splitlines()
    assert shown[0].split() == (
        "period who → whom events copies incidents quads scale claimed articles change".split()
    )
    assert shown[2].split()[:6] == "2024-05 KOR → PRK 1,234 824".split()
    assert shown[2].split()[6:] == "98 100 10 800 24 -3.2 12% 56,789 up ACCUSE".split()
    assert shown[3].split() == "2024-05 KOR → PRK 0 0 0 0 0 0 0".split()
    assert max(map(len, shown)) <= 100
