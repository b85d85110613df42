"""What holds for every picture."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.pictures.examples import (
    PICTURES,
    SVG,
    list_hrefs,
    list_labels,
    make_network,
    parse,
)
from whowhom.web.pictures.network import network_picture
from whowhom.web.pictures.series import Dot, Point, series
from whowhom.web.pictures.svg import NARROW, WIDE, at_two_widths, measure
from whowhom.web.pictures.ties import Line, Segment, tie_bars
from whowhom.web.pictures.timeline import Bar, timeline
from whowhom.web.pictures.world import Spot, world_map

CSS = files("whowhom.web").joinpath("static/pictures.css").read_text(encoding="utf-8")
HOSTILE = "</title><script>alert(1)</script>\" onload='x' & \x00\x1b[31m\u202egnp"

every = pytest.mark.parametrize("name", PICTURES)
widths = pytest.mark.parametrize("width", [WIDE, NARROW])


@every
@widths
def test_picture_is_well_formed_and_names_itself(name, width):
    """Each has a title and a description, and says by their ids that these are its own."""
    root = parse(PICTURES[name](title="What it shows", width=width))
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text == "What it shows"
    assert desc.text.endswith(".")
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == desc.get("id")


@every
@widths
def test_picture_has_nothing_that_the_content_security_policy_forbids(name, width):
    """There is no style attribute or element, no script, no handler, nothing fetched."""
    for one in parse(PICTURES[name](title="T", width=width)).iter():
        assert one.tag.removeprefix(SVG) not in ("style", "script", "image", "use", "foreignObject")
        assert not [
            key for key in one.attrib if key == "style" or key.startswith("on") or key.endswith("src")
        ]


@every
def test_picture_with_links_is_no_image_to_screen_readers(name):
    """Within role="img" a link could be reached by the keyboard but would not be read out."""
    picture = PICTURES[name](title="T")
    assert parse(picture).get("role") == ("group" if list_hrefs(picture) else "img")


@every
def test_every_link_has_a_name(name):
    """A link tells what it opens, to those who hover and to those who listen."""
    for one in parse(PICTURES[name](title="T")).iter(f"{SVG}a"):
        assert one.get("aria-label")
        assert one.findtext(f"{SVG}title") == one.get("aria-label")


@every
@widths
def test_same_values_give_the_same_bytes(name, width):
    """A picture depends on its values alone."""
    assert PICTURES[name](title="T", width=width) == PICTURES[name](title="T", width=width)


@every
def test_two_widths_can_stand_in_one_page(name):
    """No id stands twice, and whatever is referred to is there."""
    both = at_two_widths(PICTURES[name], title="T", id="one")
    root = parse(f"<div>{both}</div>")
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    used = {one.get("fill")[5:-1] for one in root.iter() if (one.get("fill") or "").startswith("url(#")}
    assert used <= set(ids)


@every
@widths
def test_every_class_has_a_rule(name, width):
    """A class without a rule would be drawn black."""
    ruled = set(re.findall(r"\.([a-z][a-z0-9-]*)", CSS))
    for one in parse(PICTURES[name](title="T", width=width)).iter():
        classes = set((one.get("class") or "").split())
        if one.tag.removeprefix(SVG) in ("path", "circle", "rect"):
            assert classes & ruled or (one.get("fill") or "").startswith("url(#"), one.attrib
        assert {one for one in classes if not one.startswith("pic-")} <= ruled


@every
@widths
def test_coordinates_are_numbers_within_reason(name, width):
    """Nothing is nan or infinite, and what is written stands within the picture."""
    root = parse(PICTURES[name](title="T", width=width))
    _, _, wide, high = map(float, root.get("viewBox").split())
    assert wide == width
    for one in root.iter():
        assert not re.search(r"nan|inf", one.get("d") or "")
    for one in root.iter(f"{SVG}text"):
        assert 0 <= float(one.get("x")) <= wide
        assert 0 <= float(one.get("y")) <= high


@every
@pytest.mark.parametrize("width", [WIDE, 480, NARROW])
def test_words_do_not_run_out_of_the_picture(name, width):
    """As far as their width can be told without their font."""
    for one in parse(PICTURES[name](title="T", width=width)).iter(f"{SVG}text"):
        x, long = float(one.get("x")), measure("".join(one.itertext()), 9)
        left = x - long * {"start": 0, "middle": 0.5, "end": 1}[one.get("text-anchor") or "start"]
        assert left >= -2, "".join(one.itertext())
        assert left + long <= width + 2, "".join(one.itertext())


def draw_all(words: str) -> list:
    """Return each picture with words of strangers wherever it takes any."""
    bar = Bar(date(2024, 1, 1), (1, 1, 1, 1), 3)
    point, dot = Point(bar, 1.0, change="up", change_event=words), Dot(date(2024, 1, 3), 4, words)
    days = {"first_day": date(2024, 1, 1), "last_day": date(2024, 2, 1)}
    town = Spot(words, "exact", "", 1.0, 2.0, (9, 0, 0, 0))
    country = Spot(words, "country", words, None, None, (1, 0, 0, 0))
    return [
        timeline([bar], by="month", title=words, noun=words),
        series([point], [dot], by="month", title=words),
        tie_bars([Line(words, [Segment(None, None, words)])], **days, title=words),
        world_map([town, country], title=words),
        network_picture(make_network({(f"a{words}", f"b{words}"): (1, 2, 3, 4)}), title=words),
    ]


def test_words_of_strangers_stay_words():
    """Markup in a name is shown as it is written, and marks of direction do not turn what follows."""
    for picture in draw_all(HOSTILE):
        assert not [one for one in parse(picture).iter() if one.tag.endswith("script")]
        assert "&lt;script&gt;" in picture
        assert "\u202e" not in picture
        assert not [key for one in parse(picture).iter() for key in one.attrib if key.startswith("on")]


@given(st.text(st.characters(), max_size=20))
@settings(max_examples=40, deadline=None)
def test_any_words_give_well_formed_pictures(words):
    """Half surrogates and control characters included."""
    for picture in draw_all(words):
        parse(picture)
        str(picture).encode("utf-8")


@pytest.mark.parametrize("href", ["javascript:alert(1)", "//evil.example", "https://evil.example", "data:x"])
def test_links_do_not_lead_out_of_the_desk(href):
    """An address that is not one of the desk is refused and named."""
    with pytest.raises(ValueError, match=re.escape(repr(href))):
        timeline([Bar(date(2024, 1, 1), (1, 0, 0, 0), 3, href)], by="month", title="T")


def test_long_series_of_links_is_left_out_of_the_tab_order():
    """With a link for each of a hundred days the keyboard would never get past the picture."""
    bars = [
        Bar(date(2024, 1, 1).replace(month=1 + n // 28, day=1 + n % 28), (1, 0, 0, 0), 3, "/x")
        for n in range(100)
    ]
    links = list(parse(timeline(bars, by="day", title="T")).iter(f"{SVG}a"))
    assert {one.get("tabindex") for one in links} == {"-1"}
    links = list(parse(timeline(bars[:20], by="day", title="T")).iter(f"{SVG}a"))
    assert {one.get("tabindex") for one in links} == {None}


def test_id_that_a_page_cannot_use_is_refused():
    """It would let words of an address into the page."""
    with pytest.raises(ValueError, match="id is 'a b'"):
        timeline([], by="month", title="T", id="a b")


def test_labels_tell_numbers():
    """Whoever hovers over a period is told all that the bar shows."""
    labels = list_labels(PICTURES["timeline"](title="T"))
    assert (
        "January 2024: 10 incidents (3 verbal cooperation, 1 material cooperation, 2 verbal conflict, "
        "4 material conflict); 40 articles read" in labels
    )
    assert "February 2024: nothing read" in labels
