"""Addresses as people write them lead to the page that is meant, and never to another computer."""

from urllib.parse import urlsplit

import pytest

from tests.web.test_pages import find_incident


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/actor/rus", "/actor/RUS"),
        ("/actor/Rus%20mil?from=2031-01-01", "/actor/RUS%20MIL?from=2031-01-01"),
        ("/Actor/RUS/", "/actor/RUS"),
        ("/dyad/rus/Ukr?to=2031-02-02", "/dyad/RUS/UKR?to=2031-02-02"),
        ("/incidents/", "/incidents"),
        ("/INCIDENTS?type=AID&from=2031-01-01", "/incidents?type=AID&from=2031-01-01"),
        ("/incidents.CSV", "/incidents.csv"),
        ("/Corrections/Gold.jsonl", "/corrections/gold.jsonl"),
        ("/Map.GeoJSON", "/map.geojson"),
        ("/article/a1/", "/article/a1"),
        ("/ARTICLE/hostile%2F%3Cid%3E", "/article/hostile%2F%3Cid%3E"),
        ("/api/", "/api"),
        ("/API/Incidents?limit=3", "/api/incidents?limit=3"),
        ("/ties//", "/ties"),
        ("//", "/"),
    ],
)
def test_other_case_and_slashes_lead_to_the_page(reader, address, page):
    """With all that was asked for, in as many steps as it takes."""
    answer = reader.get(f"http://localhost:8000{address}")
    assert answer.status_code == 200
    first = answer.history[0].headers["location"]
    assert first.startswith("/")
    assert not first.startswith("//")
    if page != "/api":
        assert str(answer.url) == f"http://localhost:8000{page}"


@pytest.mark.parametrize("address", ["/actor/russia", "/actor/NATO", "/actor/Xyz", "/dyad/RUS/troops"])
def test_part_of_a_name_is_left_as_it_is(reader, address):
    """Only what is a code in capitals is meant as one."""
    answer = reader.get(address)
    assert answer.status_code == 200
    assert not answer.history


def test_id_of_an_incident_may_be_in_capitals(reader):
    """As some programs write hexadecimal digits; the query is kept."""
    id = find_incident(reader, actor="NOV")["incident_id"]
    answer = reader.get(f"/incident/{id.upper()}?done=x")
    assert answer.status_code == 200
    assert str(answer.url).endswith(f"/incident/{id}?done=x")


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example/",
        "//evil.example/incidents/",
        "///evil.example",
        "/%2Fevil.example/",
        "/\\evil.example/",
        "/%5Cevil.example/incidents/",
        "/actor/..%2F..%2F%2Fevil.example/",
        "/dyad/rus/%2F%2Fevil.example",
        "/dyad/rus/@evil.example",
        "/article///evil.example/",
        "/Incidents.%2Fevil.example",
        "/incidents.html/",
        "/nowhere/",
        "/NOWHERE",
    ],
)
def test_no_address_leads_to_another_computer(reader, address):
    """Nor in a circle: after a few steps there is a page or a word that there is none."""
    answer = reader.get(f"http://localhost:8000{address}")
    assert len(answer.history) < 3
    for step in answer.history:
        there = urlsplit(step.headers["location"])
        assert not there.netloc
        assert step.headers["location"][:2].strip("/\\"), step.headers["location"]
    assert answer.status_code in (200, 404)


def test_form_is_sent_to_its_own_address_only(reader):
    """What is posted elsewhere is not led on."""
    assert reader.post("/decide/", data={"do": "accept r01-1"}).status_code == 404
