"""Tests of the map and of the outlines it is made from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.pictures.examples import SPOTS, SVG, list_hrefs, list_labels, list_words, parse, read_desc
from whowhom.resolvers.countries import load_countries
from whowhom.web.pictures.outlines import (
    CUT,
    find_middle,
    find_outlines,
    list_without_outline,
    load_outlines,
    project,
    turn,
)
from whowhom.web.pictures.svg import WIDE
from whowhom.web.pictures.world import Spot, View, list_moves, map_geojson, world_map

# Small states, dependencies, and states of the past whose land is a part of another one.
WITHOUT = (
    "ABW AND ATG BHR BMU BRB COK COM CPV CUW CYM DDR DMA FRO FSM GIB GLP GRD GUM HKG KIR KNA LCA LIE MAC MCO "
    "MDV MHL MLT MTQ MUS MYT NIU NRU PLW PYF REU RVN SGP SMR STP SYC TBT TON TUV VAT VCT WSM YAR YMD ZAN"
).split()


def is_inside(longitude, latitude, code):
    """Tell whether a point lies within the outline of a country."""
    crossed = 0
    for outline in find_outlines(code):
        for ring in outline.rings:
            x, y = turn(longitude), latitude
            x1, y1 = ring[:, 0], ring[:, 1]
            x2, y2 = np.roll(x1, -1), np.roll(y1, -1)
            over = (y1 > y) != (y2 > y)
            with np.errstate(divide="ignore", invalid="ignore"):
                crossed += int((over & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)).sum())
    return crossed % 2 == 1


def test_countries_without_outline_are_known():
    """Every other country of the gazetteer has one."""
    assert sorted(list_without_outline()) == WITHOUT


@pytest.mark.parametrize("code", list(load_countries()))
def test_every_country_can_be_drawn(code):
    """By its outline, or by a square where it has none; nothing is lost."""
    spot = Spot(load_countries()[code].name, "country", code, None, None, (0, 0, 0, 3), f"/country/{code}")
    picture = world_map([spot], title="T")
    assert list_hrefs(picture) == [f"/country/{code}"]
    assert "cannot be drawn" not in read_desc(picture)


@pytest.mark.parametrize(
    ("name", "longitude", "latitude", "code"),
    [
        ("Kyiv", 30.52, 50.45, "UKR"),
        ("Simferopol", 34.1, 45.05, "UKR"),
        ("Gaza City", 34.45, 31.5, "PSE"),
        ("Ramallah", 35.2, 31.9, "PSE"),
        ("Hargeisa", 44.06, 9.56, "SOM"),
        ("Pristina", 21.17, 42.66, "KOS"),
        ("Taipei", 121.3, 24.8, "TWN"),
        ("Cayenne", -52.6, 4.5, "GUF"),
        ("Chukotka", -173.0, 66.0, "RUS"),
        ("Wrangel Island", -179.5, 71.2, "RUS"),
        ("Prague in Czechoslovakia", 14.4, 50.1, "CSK"),
        ("Vladivostok in the Soviet Union", 132.0, 43.4, "SUN"),
    ],
)
def test_town_lies_in_its_country(name, longitude, latitude, code):
    """Outlines go with the codes of the gazetteer."""
    assert is_inside(longitude, latitude, code)
    assert not is_inside(longitude, latitude, "BRA")


@pytest.mark.parametrize("code", ["RUS", "FJI"])
def test_country_across_180_degrees_is_in_one_piece(code):
    """No ring has an edge along 180°, and none spans the whole map."""
    for outline in find_outlines(code):
        for ring in outline.rings:
            assert (ring[:, 0] >= CUT).all()
            assert np.ptp(ring[:, 0]) < 170
            at_180 = np.abs(ring[:, 0] - 180) < 0.005
            assert not (at_180 & np.roll(at_180, -1) & (np.ptp(ring[:, 0]) < 1)).any()


def test_no_outline_is_drawn_across_the_map():
    """A ring that jumps from one side to the other would be a bar over the whole world."""
    for outline in load_outlines().values():
        for ring in outline.rings:
            assert np.abs(np.diff(ring[:, 0])).max() < 45


def test_world_goes_on_beyond_its_cut():
    """Around the date line Fiji, Samoa and Alaska are seen together."""
    spots = [
        Spot("Suva", "exact", "FJI", -18.1, 178.4, (1, 0, 0, 0), "/suva"),
        Spot("Apia", "exact", "WSM", -13.8, -171.8, (1, 0, 0, 0), "/apia"),
        Spot("Honolulu", "exact", "USA", 21.3, -157.9, (1, 0, 0, 0), "/honolulu"),
        Spot("Paris", "exact", "FRA", 48.9, 2.3, (1, 0, 0, 0), "/paris"),
    ]
    for longitude in (180, -180, -175):
        picture = world_map(spots, view=View(3, longitude, 0), title="T")
        assert sorted(list_hrefs(picture)) == ["/apia", "/honolulu", "/suva"]


def test_country_is_an_area_and_never_a_mark():
    """An incident "in Russia" is drawn as Russia."""
    picture = world_map([SPOTS[3]], title="T")
    drawn = next(parse(picture).iter(f"{SVG}a"))
    assert {one.tag for one in drawn if one.tag != f"{SVG}title"} == {f"{SVG}path"}
    assert "area" in drawn[1].get("class")


def test_region_is_a_disc_with_another_outline():
    """It is larger than any town, and says that the place within is not known."""
    picture = world_map([SPOTS[2]], title="T")
    discs = [
        one for one in parse(picture).iter(f"{SVG}circle") if (one.get("class") or "").startswith("region")
    ]
    assert float(discs[0].get("r")) >= 11
    assert "somewhere in Darfur: 4 incidents (4 material conflict)" in list_labels(picture)


def test_near_places_are_one_mark_until_the_map_is_zoomed():
    """The mark opens what is nearer, and sums what it stands for."""
    spots = [
        Spot("Kyiv", "exact", "UKR", 50.45, 30.52, (0, 0, 0, 5), "/kyiv"),
        Spot("Irpin", "exact", "UKR", 50.52, 30.25, (1, 0, 0, 0), "/irpin"),
    ]
    far = world_map(spots, address=lambda view: f"/map?zoom={view.zoom:g}", title="T")
    told = (
        "Kyiv and 1 place near it: 6 incidents (1 verbal cooperation, 5 material conflict); Kyiv 5, Irpin 1"
    )
    assert told in list_labels(far)
    assert "Kyiv +1 6" in list_words(far)
    assert "Kyiv 6" not in list_words(far)
    assert "/map?zoom=8" in list_hrefs(far)
    near = world_map(
        spots, view=View(64, 30.4, 50.5), address=lambda view: f"/map?zoom={view.zoom:g}", title="T"
    )
    assert {"/kyiv", "/irpin"} <= set(list_hrefs(near))


def test_mark_of_many_places_tells_the_largest_and_opens_none_of_them_alone():
    """Also where the map cannot be nearer: the incidents of one place are not as many as the mark says."""
    spots = [
        Spot(f"Street {n}", "exact", "UKR", 50.45 + n / 1e5, 30.52, (0, 0, 0, 1 + n % 3), f"/street/{n}")
        for n in range(12)
    ]
    for zoom, opened in ((1, ["/map?zoom=8"]), (16, ["/map?zoom=64"]), (64, [])):
        picture = world_map(
            spots,
            view=View(zoom, 30.5, 50.4),
            address=lambda view: f"/map?zoom={view.zoom:g}",
            has_controls=False,
            title="T",
        )
        assert list_hrefs(picture) == opened
        (told,) = [one for one in list_labels(picture) if "near it" in one]
        assert told.startswith(
            "Street 11 and 11 places near it: 24 incidents (24 material conflict); Street 11 3,"
        )
        assert told.endswith(", and 4 more")


def test_town_and_what_is_near_it_are_told_apart():
    """They are two places, each with its incidents, in one mark."""
    spots = [
        Spot("Kyiv", "exact", "UKR", 50.45, 30.52, (0, 0, 0, 2), "/kyiv"),
        Spot("Kyiv", "near", "UKR", 50.45, 30.52, (0, 0, 0, 1), "/near-kyiv"),
    ]
    told = list_labels(world_map(spots, title="T"))
    assert "Kyiv and 1 place near it: 3 incidents (3 material conflict); Kyiv 2, near Kyiv 1" in told
    assert "near Kyiv: 1 incident (1 material conflict)" in list_labels(world_map(spots[1:], title="T"))


def test_places_without_coordinates_are_counted_as_not_drawn():
    """They are told, and the map does not pretend to have them."""
    picture = world_map([Spot("somewhere", "exact", "", None, None, (2, 0, 0, 0))], title="T")
    assert "2 cannot be drawn" in read_desc(picture)


def test_order_of_places_does_not_matter():
    """The same places give the same picture."""
    assert world_map(SPOTS, title="T") == world_map(SPOTS[::-1], title="T")


def test_zoom_links_lead_nearer_farther_and_beside():
    """From the whole world there is only nearer."""
    assert list(list_moves(View())) == ["zoom in"]
    moves = list_moves(View(4, 170, 0))
    assert moves["east"].longitude == -160
    assert moves["zoom out"].zoom == 2
    assert list_moves(View(64, 0, 0))["zoom in"].zoom == 64


def test_largest_are_named_with_their_number():
    """Direct labels say more than a scale of sizes."""
    assert "Kyiv 12" in list_words(world_map(SPOTS, title="T"))


def test_geojson_has_a_state_as_its_outline_and_never_as_a_point():
    """Singapore has no outline here, and so no geometry."""
    features = {one["properties"]["name"]: one for one in map_geojson(SPOTS)["features"]}
    assert features["Russia"]["geometry"]["type"] == "MultiPolygon"
    assert features["Singapore"]["geometry"] is None
    assert features["Singapore"]["properties"]["country"] == "SGP"
    assert features["Kyiv"]["geometry"] == {"type": "Point", "coordinates": [30.52, 50.45]}
    assert features["Kyiv"]["properties"]["n_material_conflict"] == 9
    assert features["Darfur"]["properties"]["precision"] == "region"


def test_geojson_keeps_to_rfc_7946():
    """Rings are closed and run against the clock, and nothing crosses 180°."""
    spots = [
        Spot(code, "country", code, None, None, (1, 0, 0, 0)) for code in ("RUS", "FJI", "USA", "PSE", "UKR")
    ]
    for feature in map_geojson(spots)["features"]:
        for (ring,) in feature["geometry"]["coordinates"]:
            x, y = np.array(ring).T
            assert ring[0] == ring[-1]
            assert (np.abs(x) <= 180).all()
            assert np.abs(np.diff(x)).max() < 180
            assert (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() > 0


def test_state_across_180_degrees_keeps_its_area_in_geojson():
    """Cutting loses nothing of Russia."""

    def measure(ring):
        x, y = np.array(ring).T
        return abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2

    whole = sum(measure(ring) for outline in find_outlines("RUS") for ring in outline.rings)
    spot = Spot("Russia", "country", "RUS", None, None, (1, 0, 0, 0))
    (feature,) = map_geojson([spot])["features"]
    cut = sum(measure(ring) for (ring,) in feature["geometry"]["coordinates"])
    assert cut == pytest.approx(whole, rel=1e-3)


@given(st.floats(CUT, CUT + 360), st.floats(-57, 84))
def test_whole_world_is_within_the_picture(longitude, latitude):
    """Every place that people live in lies in the projection's field."""
    x, y = project(np.array([[longitude, latitude]]))[0]
    assert abs(x) <= 2.74
    assert -1.383 <= y <= 1.0


def test_world_is_small_enough_for_a_page():
    """The map of the whole world with every country in it takes less than 200 kB."""
    spots = [Spot(code, "country", code, None, None, (1, 0, 0, 0)) for code in load_countries()]
    assert len(str(world_map(spots, title="T", width=WIDE))) < 200_000


@pytest.mark.parametrize("code", ["UNO", "IGO", ""])
def test_body_above_states_has_no_place(code):
    """It is told as not drawn."""
    assert find_middle(code) is None
    assert "1 cannot be drawn" in read_desc(
        world_map([Spot("x", "country", code, None, None, (1, 0, 0, 0))], title="T")
    )
