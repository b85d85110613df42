"""Tests of the drawing of a network and of where its actors stand."""

from __future__ import annotations

from math import hypot
from random import Random
from statistics import mean, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.pictures.examples import (
    NETWORK,
    SVG,
    list_hrefs,
    list_labels,
    list_words,
    make_network,
    parse,
    read_desc,
)
from whowhom.resolvers.countries import load_countries
from whowhom.web.pictures.layout import arrange, find_home
from whowhom.web.pictures.network import MOST_ACTORS, name_balance, network_picture

STATES = sorted(load_countries())
SIZE = {"width": 960, "height": 576}

codes = st.lists(
    st.sampled_from(STATES) | st.text(min_size=1, max_size=8), min_size=2, max_size=60, unique=True
)


@st.composite
def networks(draw):
    """Draw actors and edges between them."""
    actors = st.sampled_from(STATES) | st.text(min_size=1, max_size=8)
    listed = draw(st.lists(actors, min_size=2, max_size=60, unique=True))
    ends = st.sampled_from(listed)
    edges = draw(st.lists(st.tuples(ends, ends, st.integers(1, 500).map(float)), max_size=80))
    # One number a pair, whichever way it is told.
    return listed, list({tuple(sorted(edge[:2])): edge for edge in edges}.values())


def list_moves(before, after):
    return [hypot(before[code][0] - after[code][0], before[code][1] - after[code][1]) for code in before]


@pytest.mark.parametrize("seed", range(40))
def test_one_actor_more_moves_the_others_little(seed):
    """By less than a hundredth of the width on average, whoever comes and whatever it does.

    Among ten actors or more; of two every one is half of the picture.
    """
    random = Random(seed)
    newcomer, *others = random.sample(STATES, random.randint(12, 120))
    edges = [(*random.sample(others, 2), random.randint(1, 200)) for _ in range(2 * len(others))]
    partners = [(newcomer, one, random.randint(1, 200)) for one in random.sample(others, 5)]
    before = arrange(others, edges, **SIZE)
    after = arrange([*others, newcomer], [*edges, *partners], **SIZE)
    moves = list_moves(before, after)
    assert mean(moves) < 960 / 100
    assert median(moves) < 960 / 200


@given(networks(), st.randoms())
@settings(max_examples=30, deadline=None)
def test_order_does_not_matter_to_where_actors_stand(network, random):
    """The same network stands the same, however it was put together."""
    listed, edges = network
    before = arrange(listed, edges, **SIZE)
    random.shuffle(listed)
    random.shuffle(edges)
    assert arrange(listed, edges, **SIZE) == before


@given(networks())
@settings(max_examples=30, deadline=None)
def test_all_actors_stand_within_the_field(network):
    """With the margin that their names need."""
    for x, y in arrange(*network, margin=24, headroom=20, **SIZE).values():
        assert 24 <= x <= 936
        assert 44 <= y <= 552


def test_one_incident_more_moves_hardly_anything():
    """From one month to the next a picture can be compared."""
    some = [(one, other, 10.0) for one, other in zip(STATES[:80], STATES[40:120], strict=True)]
    before = arrange(STATES[:120], some, **SIZE)
    after = arrange(STATES[:120], [*some[1:], (some[0][0], some[0][1], 11.0)], **SIZE)
    assert max(list_moves(before, after)) < 2


def test_150_actors_do_not_lie_on_one_another():
    """The nearest two are farther apart than the mark of a small actor is wide."""
    places = list(arrange(STATES[:150], [], **SIZE).values())
    nearest = min(
        hypot(x - other_x, y - other_y) for n, (x, y) in enumerate(places) for other_x, other_y in places[:n]
    )
    assert nearest > 10


def test_states_stand_as_on_the_map():
    """Korea lies east of Russia's middle, Brazil south of the United States."""
    places = arrange(["KOR", "RUS", "BRA", "USA", "FRA"], [], **SIZE)
    assert places["USA"][0] < places["FRA"][0] < places["KOR"][0]
    assert places["BRA"][1] > places["USA"][1]


def test_home_of_an_organisation_is_near_its_state():
    """And the same on every machine and in every run."""
    home, state = find_home("Hezbollah", "LBN"), find_home("LBN")
    assert hypot(home[0] - state[0], home[1] - state[1]) < 0.06
    assert find_home("some group") == find_home("some group")


def test_colour_and_dashes_tell_what_outweighs():
    """Aid outweighs from the United States, assault from Russia."""
    balances = {(edge.actor, edge.recipient): name_balance(edge) for edge in NETWORK.edges}
    assert balances == {("RUS", "UKR"): "conflict", ("UKR", "RUS"): "conflict", ("USA", "UKR"): "cooperation"}
    mixed = make_network({("FRA", "DEU"): (3, 0, 3, 0)})
    assert name_balance(mixed.edges[0]) == "mixed"


def test_actors_and_arrows_open_their_pages():
    """Only actors are on the way of the Tab key."""
    picture = network_picture(
        NETWORK,
        actor_address=lambda node: f"/actor/{node.code}",
        dyad_address=lambda edge: f"/dyad/{edge.actor}/{edge.recipient}",
        title="T",
    )
    assert {"/actor/RUS", "/dyad/RUS/UKR"} <= set(list_hrefs(picture))
    stops = {one.get("href") for one in parse(picture).iter(f"{SVG}a") if one.get("tabindex") is None}
    assert stops == {"/actor/RUS", "/actor/UKR", "/actor/USA"}
    assert "RUS to UKR: 24 incidents, 1 of cooperation, 23 of conflict" in list_labels(picture)


def test_actor_is_drawn_by_its_number_of_incidents():
    """Areas are as the numbers."""
    circles = list(parse(network_picture(NETWORK, title="T")).iter(f"{SVG}circle"))
    largest, smallest = (
        max(float(one.get("r")) for one in circles),
        min(float(one.get("r")) for one in circles),
    )
    assert largest == 17
    assert abs((smallest / largest) ** 2 - 14 / 47) < 0.02


def test_large_network_is_cut_and_says_so():
    """The actors with most incidents are drawn, and the description tells of the others."""
    ties = {(one, "USA"): (n % 7 + 1, 0, 0, 0) for n, one in enumerate(STATES[:220]) if one != "USA"}
    picture = network_picture(make_network(ties), title="T")
    assert "The smallest are not drawn" in read_desc(picture)
    actors = [one for one in parse(picture).iter(f"{SVG}circle") if one.get("class") == "actor"]
    assert len(actors) == MOST_ACTORS


def test_names_cover_neither_names_nor_actors():
    """Where no name fits the code stands, or nothing."""
    words = list_words(
        network_picture(make_network({(one, "USA"): (1, 0, 0, 0) for one in STATES[:140]}), title="T")
    )
    assert len(words) > 100
