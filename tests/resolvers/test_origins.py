"""Tests of how a deed tells the country of those of whom only the surroundings tell."""

from __future__ import annotations

from datetime import date

import pytest

from whowhom.records import Article, Mention, Span
from whowhom.resolvers.actors import resolve_mentions
from whowhom.resolvers.origins import Deed, find_pull, settle_origins
from whowhom.resolvers.scene import read_scene

EMBASSY = "{} threw eggs at the Turkish embassy in Moscow on Monday."
COMPLAINT = "Turkish diplomats complained that {} had thrown eggs at them in Moscow."
FLAG = (
    "Turkey lodged a complaint. {} burned a Turkish flag in Moscow on Monday, and Turkish shops were robbed."
)
PATROL = "Kenya sent police to Mogadishu in May. On Friday {} fired at them near the Turkish base in Somalia."


def settle(text, deeds):
    """Return the countries of each deed's actors and recipients, told by type, words and place."""
    article = Article("a1", text, published=date(2024, 5, 7))
    scene = read_scene(article)

    def resolve(words):
        start = text.index(words)
        return resolve_mentions(article, [Mention(Span(words, start, start + len(words)), 1.0)], scene)[0]

    told = [
        Deed(event, {"actor": sum(map(resolve, one), ()), "recipient": sum(map(resolve, other), ())}, place)
        for event, one, other, place in deeds
    ]
    return [
        {role: [entity.country for entity in people[role]] for role in people}
        for people in settle_origins(scene, told)
    ]


@pytest.mark.parametrize(
    ("text", "words", "alone", "placed"),
    [
        (EMBASSY, "Protesters", "RUS", "RUS"),
        (EMBASSY, "Rebels", "RUS", "RUS"),
        (COMPLAINT, "police", "TUR", "RUS"),
        (FLAG, "Police", "TUR", "RUS"),
        (COMPLAINT, "soldiers", "TUR", "TUR"),
        (FLAG, "Soldiers", "TUR", "TUR"),
    ],
)
def test_who_is_told_by_the_surroundings_is_of_the_place_of_the_deed(text, words, alone, placed):
    """Whoever throws eggs in Moscow is Russian, whatever is named more; soldiers act abroad."""
    found = [settle(text.format(words), [("PROTEST", [words], [], place)]) for place in ("", "RUS")]
    assert [deed["actor"] for (deed,) in found] == [[alone], [placed]]


@pytest.mark.parametrize(
    ("words", "country"), [("Turkish protesters", "TUR"), ("The Kenyan police", "KEN"), ("Ghanaians", "GHA")]
)
def test_whom_the_words_tell_keeps_the_country(words, country):
    """The place of a deed changes nobody whose own words name a state."""
    (found,) = settle(EMBASSY.format(words), [("PROTEST", [words], [], "RUS")])
    assert found["actor"] == [country]


def test_one_who_stands_in_several_deeds_has_one_country():
    """The same words at the same place are the same people."""
    text = PATROL.format("gunmen")
    found = settle(
        text,
        [
            ("ASSAULT", ["gunmen"], ["police"], "SOM"),
            ("THREATEN", ["gunmen"], ["Kenya"], ""),
            ("ASSAULT", ["gunmen"], [], ""),
        ],
    )
    assert len({one["actor"][0] for one in found}) == 1


def test_order_of_deeds_makes_no_difference():
    """What is settled for a deed does not depend on which came first."""
    deeds = [
        ("ASSAULT", ["gunmen"], ["police"], "SOM"),
        ("MOBILIZE", ["police"], ["Kenya"], "SOM"),
        ("REJECT", ["gunmen"], ["Kenya"], ""),
    ]
    text = PATROL.format("gunmen")
    found = settle(text, deeds)
    order = [2, 0, 1]
    shuffled = settle(text, [deeds[number] for number in order])
    assert [found[number] for number in order] == shuffled


@pytest.mark.parametrize(
    "line",
    [
        "HONIARA: ", "NUKU'ALOFA, Tuesday - ", "LIMA, Peru, Feb. 12 - ", "SYDNEY, 21 July 2013 - ",
        "MOSCOW (Reuters) - ", "CHANDIGARH, DEC 9: ", "LA PAZ — ", "BEIRUT, Oct 16 (Wire) -- ",
    ],
)  # fmt: skip
def test_dateline_is_seen(line):
    """Cities in capitals before the first words, with state, day or agency."""
    scene = read_scene(Article("a1", line + "The government has given way.", title="Cabinet yields"))
    start, end = scene.dateline
    assert scene.text[start:end] == line


@pytest.mark.parametrize(
    "text",
    ["The U.S. said no.", "NATO and the EU met.", "PHOTO of the day", "He came - and left.", "", "UN: "],
)
def test_other_beginnings_are_no_dateline(text):
    """Names in capitals within a sentence come from nowhere."""
    start, end = read_scene(Article("a1", text)).dateline
    assert start == end


def test_a_report_speaks_of_the_country_that_it_comes_from():
    """Its police are those at home, whoever else is named."""
    text = "{}Australia and New Zealand have asked that the strike be ended. The police looked on."
    scenes = [read_scene(Article("a1", text.format(line))) for line in ("HONIARA: ", "CANBERRA: ")]
    found = []
    for scene in scenes:
        start = scene.text.index("The police")
        ((entity,),) = resolve_mentions(
            scene.article, [Mention(Span("The police", start, start + 10), 1.0)], scene
        )
        found.append(entity.country)
        assert find_pull(scene, entity) == start
    assert found == ["SLB", "AUS"]


def test_what_the_coder_points_at_weighs_with_the_surroundings():
    """Half sure that the police are those of the state named first is enough where two states are alike."""
    text = "Ghana and Togo closed the border. The police looked on."
    start = text.index("The police")
    found = []
    for words in ("Ghana", "Togo"):
        pointed = Span(words, text.index(words), text.index(words) + len(words))
        police = Mention(Span("The police", start, start + 10), 1.0, antecedents=((pointed, 0.45),))
        found.append(resolve_mentions(Article("a1", text), [police])[0][0].country)
    assert found == ["GHA", "TGO"]


@pytest.mark.parametrize(("event", "country"), [("ACCUSE", "RWA"), ("CONSULT", "UGA")])
def test_official_who_accuses_a_state_is_not_of_it(event, country):
    """To accuse Uganda tells that the minister is none of Uganda's; a visit there tells nothing so sure."""
    text = (
        "Foreign Minister Paul Ndayisaba spoke of Uganda on Monday. Uganda has armed rebels. Rwanda is wary."
    )
    deed = (event, ["Foreign Minister Paul Ndayisaba"], ["Uganda"], "")
    assert settle(text, [deed])[0]["actor"] == [country]
