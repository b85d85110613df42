"""Network: the picture, the table of measures, and the files are of one network."""

import html
import io
import json
import re
from datetime import date

import networkx
import pytest
from starlette.testclient import TestClient

from tests.web.conftest import make_hostile, make_report
from whowhom import store as stores
from whowhom.networks import MEASURES, measure
from whowhom.web.app import make_app

_NAME = re.compile(r'<th scope="row"><a href="(/actor/[^"]+)" data-open><bdi>(.*?)</bdi>')
QUERIES = [
    "",
    "?from=2031-02-01&to=2031-02-10",
    "?type=AID&type=ACCUSE",
    "?quad=4",
    "?certainty=probable",
    "?min_incidents=12",
    "?around=GEO",
    "?by=organisation",
]


def read_gexf(answer):
    return networkx.read_gexf(io.BytesIO(answer.content), version="1.3")


def read_graphml(answer):
    return networkx.read_graphml(io.BytesIO(answer.content))


@pytest.mark.parametrize("query", QUERIES)
def test_files_hold_what_the_page_and_the_api_show(reader, query):
    """The same actors and the same arrows with the same numbers, under the same query string."""
    told = reader.get(f"/api/network{query}{'&' if query else '?'}limit=1000").json()
    page = html.unescape(reader.get(f"/network{query}").text)
    edges = {(one["actor"], one["recipient"]): one["n_incidents"] for one in told["edges"]}
    assert told["n"] == len(edges)
    actors = {one["code"] for one in told["actors"]}
    for format, read in (("gexf", read_gexf), ("graphml", read_graphml)):
        answer = reader.get(f"/network.{format}{query}")
        graph = read(answer)
        assert f'filename="network.{format}"' in answer.headers["content-disposition"]
        assert set(graph.nodes) == actors
        assert {(one, other): row["n_incidents"] for one, other, row in graph.edges(data=True)} == edges
        if edges:
            assert f'href="/network.{format}{query}"' in page
    assert {name for _, name in _NAME.findall(page)} == {one["name"] for one in told["actors"]}
    n = len(actors)
    assert f"{n} actor{'' if n == 1 else 's'}, {len(edges)} arrow" in page


def test_filters_are_those_of_the_store(reader, store_path):
    """As Store.network has them; each leaves some and not all."""
    everything = reader.get("/api/network").json()["n"]
    with stores.open(store_path, read_only=True) as store:
        for query, asked in (
            ("quad=4", {"quad": [4]}),
            ("quad=1&quad=2", {"quad": [1, 2]}),
            ("type=AID", {"type": "AID"}),
            ("from=2031-02-01", {"first": date(2031, 2, 1)}),
            ("around=GEO", {"around": "GEO"}),
        ):
            network = store.network(**asked)
            told = reader.get(f"/api/network?{query}").json()
            assert [one["code"] for one in told["actors"]] == [one.code for one in measure(network)], query
            assert sum(one["n_incidents"] for one in told["edges"]) > 0, query
        assert store.network(certainty="possible").edges == ()
    assert everything > 0


@pytest.mark.parametrize("name", [column.name for column in MEASURES])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_table_is_sorted_by_any_measure(reader, name, order):
    """By the link above it, which turns the order the second time."""
    told = reader.get(f"/api/network?sort={name}&order={order}").json()["actors"]
    values = [one[name].casefold() if isinstance(one[name], str) else one[name] for one in told]
    assert values == sorted(values, reverse=order == "desc")
    page = reader.get(f"/network?sort={name}&order={order}")
    assert page.status_code == 200
    if name != "code":
        assert f'aria-sort="{"ascending" if order == "asc" else "descending"}"' in page.text


def test_pages_of_the_table_together_are_the_whole(reader):
    """Each actor once."""
    codes = [one["code"] for one in reader.get("/api/network").json()["actors"]]
    shown, address = [], "/network?limit=2"
    while address:
        page = html.unescape(reader.get(address).text)
        shown += [href.removeprefix("/actor/") for href, _ in _NAME.findall(page)]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1] if following else None
    assert shown == codes


def test_network_without_incidents_is_said_plainly(empty_reader, reader):
    """In an empty store, and around somebody who is not there."""
    assert "No incidents between actors." in empty_reader.get("/network").text
    assert "ATL</bdi> has no incident with another actor" in reader.get("/network?around=ATL").text
    assert empty_reader.get("/network.gexf").status_code == 200
    assert empty_reader.get("/api/network").json()["actors"] == []


def test_unknown_format_is_not_found(reader):
    """GEXF and GraphML are what there is."""
    assert reader.get("/network.png").status_code == 404


def test_hostile_names_are_text(tmp_path):
    """In the picture, in the table and in the field."""
    path = tmp_path / "desk.duckdb"
    with stores.open(path) as store:
        store.add([make_hostile(), make_report("r1", date(2031, 1, 1))])
        store.build_incidents()
        store._connection.execute(
            "UPDATE incident SET actor = [{'name': NULL, 'country': '<b>', 'sector': [], 'text': 'x'}]"
        )
    client = TestClient(make_app(path), base_url="http://localhost")
    for address in ("/network", "/network?around=%3Cb%3E"):
        page = client.get(address).text
        assert "<b>" not in page
        assert "&lt;b&gt;" in page
    assert "<b>" not in client.get("/network.gexf").text
    assert json.dumps("<b>") in client.get("/api/network").text
