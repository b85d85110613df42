"""Map: places by what is known of them, the view, and the same as GeoJSON."""

import html
import json
import re
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import make_report
from whowhom import store as stores
from whowhom.records import Place, Span
from whowhom.web.app import make_app

_LISTED = re.compile(
    r'<tr data-row><td><a href="(/incidents[^"]+)" data-open><bdi>(.*?)</bdi>.*?'
    r'<td class="number">([\d,]+)</td></tr>',
    re.S,
)
QUERIES = [
    "",
    "?type=AID",
    "?place=SYR",
    "?from=2031-02-01&to=2031-02-28",
    "?zoom=8&longitude=20.2&latitude=10.5",
]


def list_places(page: str) -> list[tuple[str, str, int]]:
    """Return address, name and number of each place that is listed."""
    return [
        (html.unescape(href), html.unescape(name), int(n.replace(",", "")))
        for href, name, n in _LISTED.findall(page)
    ]


@pytest.mark.parametrize("query", QUERIES)
def test_geojson_holds_the_places_that_are_listed(reader, query):
    """The same names with the same numbers, under the same query string."""
    page = reader.get(f"/map{query}").text
    answer = reader.get(f"/map.geojson{query}")
    assert answer.headers["content-type"] == "application/geo+json"
    features = json.loads(answer.text)["features"]
    told = sorted((one["properties"]["name"], one["properties"]["n"]) for one in features)
    assert told
    assert sorted((name, n) for _, name, n in list_places(page)) == told
    assert f'href="/map.geojson{query}"' in html.unescape(page)


@pytest.mark.parametrize("query", QUERIES)
def test_place_opens_the_incidents_that_were_counted(reader, query):
    """As many as the number beside it says."""
    for address, name, n in list_places(reader.get(f"/map{query}").text):
        found = reader.get(address.replace("/incidents", "/api/incidents")).json()
        assert found["n"] == n, name


def test_country_is_an_area_and_no_point(tmp_path):
    """What is known to have been in Georgia is the whole of it, and opens only what is known no better."""
    words = "RUS forces shelled GEO on Friday."
    state = Place(Span("GEO", 19, 22), "Georgia", "GEO", 42.0, 43.5, 614540, "country")
    path = tmp_path / "desk.duckdb"
    with stores.open(path) as store:
        store.add(
            [
                make_report("1", date(2031, 1, 1), whom="GEO", words=words, location=state),
                make_report("2", date(2031, 9, 1), whom="GEO"),
            ]
        )
        store.build_incidents()
    client = TestClient(make_app(path), base_url="http://localhost")
    page = html.unescape(client.get("/map").text)
    assert re.search(r'<path d="[^"]+" class="area q4"', page)
    features = {one["properties"]["name"]: one for one in client.get("/map.geojson").json()["features"]}
    assert features["Georgia"]["geometry"]["type"] == "MultiPolygon"
    assert features["Belgrad2"]["geometry"] == {"type": "Point", "coordinates": [20.25, 10.5]}
    assert [n for _, _, n in list_places(page)] == [1, 1]
    (address,) = {address for address, name, _ in list_places(page) if name == "Georgia"}
    assert address == "/incidents?place=GEO&precision=country"
    assert client.get(address.replace("/incidents", "/api/incidents")).json()["n"] == 1


def test_country_of_two_names_is_one_place(tmp_path):
    """Burma and Myanmar are listed once, with all that is known to have been there."""
    path = tmp_path / "desk.duckdb"
    with stores.open(path) as store:
        for id, name in (("1", "Burma"), ("2", "Myanmar"), ("3", "")):
            words = "RUS forces shelled MMR on Friday."
            state = Place(Span("MMR", 19, 22), name, "MMR", 21.0, 96.0, 1327865, "country")
            day = date(2031, int(id), 1)
            store.add([make_report(id, day, whom="MMR", words=words, location=state)])
        store.build_incidents()
    client = TestClient(make_app(path), base_url="http://localhost")
    [(address, name, n)] = list_places(client.get("/map").text)
    assert (address, name, n) == ("/incidents?place=MMR&precision=country", "Myanmar", 3)
    assert client.get(address.replace("/incidents", "/api/incidents")).json()["n"] == 3
    (feature,) = client.get("/map.geojson").json()["features"]
    assert feature["properties"]["n"] == 3


def test_view_is_kept_by_every_link_and_form(reader):
    """Whoever looks closely goes on doing so."""
    query = "?type=AID&zoom=4&longitude=20&latitude=10"
    page = html.unescape(reader.get(f"/map{query}").text)
    moves = re.findall(r'<a href="(/map[^"]*)" data-move="([^"]+)"', page)
    assert [name for _, name in moves] == [
        "zoom in", "zoom out", "west", "east", "north", "south", "whole world"
    ]  # fmt: skip
    assert all("type=AID" in address for address, _ in moves)
    assert {name: address for address, name in moves}["zoom out"].endswith("zoom=2&longitude=20&latitude=10")
    assert '<input type="hidden" name="zoom" value="4">' in page
    assert 'href="/map?zoom=4&longitude=20&latitude=10" title="Take this filter away"' in page
    for address, _ in moves:
        assert reader.get(address).status_code == 200


def test_span_beside_is_as_long(reader):
    """Earlier and later, without a gap."""
    page = html.unescape(reader.get("/map?from=2031-02-01&to=2031-02-10").text)
    assert '<a href="/map?from=2031-01-22&to=2031-01-31">← earlier</a>' in page
    assert '<a href="/map?from=2031-02-11&to=2031-02-20">later →</a>' in page


@pytest.mark.parametrize(
    "query",
    ["?from=0001-01-01&to=0001-01-02", "?from=9999-12-30&to=9999-12-31", "?from=0001-01-01&to=9999-12-31"],
)
def test_days_at_the_end_of_the_calendar_are_days(reader, query):
    """There is nothing before or after them."""
    assert reader.get(f"/map{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("zoom=65", "zoom is '65'; give a whole number from 1 to 64"),
        ("latitude=north", "latitude is 'north'; give a number from -90 to 90"),
        ("from=2031-13-01", "from is '2031-13-01', which is no day"),
        ("colour=red", "There is no filter 'colour'"),
    ],
)
def test_what_cannot_be_asked_is_told(reader, query, told):
    """What was given and what can be."""
    answer = reader.get(f"/map?{query}")
    assert answer.status_code == 400
    assert told in html.unescape(answer.text)


def test_empty_map_is_said_plainly(empty_reader, reader):
    """In an empty store, and where nothing was."""
    assert "No incident is known to have taken place here." in empty_reader.get("/map").text
    assert "under these conditions" in reader.get("/map?place=ATA").text
    assert json.loads(empty_reader.get("/map.geojson").text)["features"] == []


def test_places_of_one_name_are_told_apart_and_hostile_ones_are_text(tmp_path):
    """A town opens what was there and not in its namesake; a name stays a name."""
    words = "RUS forces shelled UKR near the town on Friday."

    def report(id, name, country, latitude):
        place = Place(Span("town", 32, 36), name, country, latitude, 20.0, 7, "exact")
        day = date(2031, 1, 1) + timedelta(days=30 * int(id))
        return make_report(id, day, words=words, location=place)

    path = tmp_path / "desk.duckdb"
    with stores.open(path) as store:
        store.add([report("1", "Springfield", "USA", 40.0), report("2", "Springfield", "NZL", -40.0),
                   report("3", "<script>alert(1)</script>, & \u202e", "FRA", 45.0)])  # fmt: skip
        store.build_incidents()
    client = TestClient(make_app(path), base_url="http://localhost")
    page = client.get("/map").text
    assert "<script>alert" not in page
    places = list_places(page)
    assert len(places) == 3
    for address, _, n in places:
        assert client.get(address.replace("/incidents", "/api/incidents")).json()["n"] == n == 1


def test_places_that_are_too_many_are_told(store_path, monkeypatch):
    """Those of fewest incidents are left out, and their number is named."""
    monkeypatch.setattr("whowhom.web.pages.map._MOST_PLACES", 3)
    client = TestClient(make_app(store_path), base_url="http://localhost")
    page = client.get("/map").text
    n, n_unplaced, n_left_out = (
        int(re.search(pattern, page)[1])
        for pattern in (r">(\d+) incidents<", r"(\d+) of them in no place", r"(\d+) in places too many")
    )
    places = list_places(page)
    assert len(places) == 3
    assert sum(told for _, _, told in places) + n_unplaced + n_left_out == n
    everywhere = "precision=exact&precision=near&precision=region&precision=country"
    assert client.get(f"/api/incidents?{everywhere}").json()["n"] == n - n_unplaced
