"""The JSON API."""

import json

import pytest

from whowhom import store as stores
from whowhom.exporters import parse_article
from whowhom.web.describing import describe_api


def test_list_is_paged_by_next(reader):
    """Following `next` gives every row once."""
    ids: list[str] = []
    address = "/api/incidents?limit=9&recipient=SYR&sort=score"
    while address:
        page = reader.get(address).json()
        ids += [one["incident_id"] for one in page["incidents"]]
        address = page["next"]
    assert len(ids) == len(set(ids)) == page["n"]


def test_answer_that_is_known_is_not_sent_again(tmp_path):
    """An ETag holds until the store changes."""
    from starlette.testclient import TestClient

    from tests.web.conftest import make_hostile
    from whowhom.web.app import make_app

    path = tmp_path / "desk.duckdb"
    with stores.open(path) as store:
        store.add([make_hostile()])
    client = TestClient(make_app(path), base_url="http://localhost")
    mark = client.get("/api/events").headers["etag"]
    known = client.get("/api/events", headers={"if-none-match": f'"other", W/{mark}'})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["etag"] == mark
    with stores.open(path) as store:
        store.build_incidents()
    fresh = client.get("/api/events", headers={"if-none-match": mark})
    assert fresh.status_code == 200
    assert fresh.headers["etag"] != mark


def test_incident_comes_with_its_reports(reader):
    """Whole events, with the offsets of their words."""
    id = reader.get("/api/incidents?words=Belgradr05").json()["incidents"][0]["incident_id"]
    incident = reader.get(f"/api/incidents/{id}").json()
    (report,) = incident["reports"]
    assert report["outlet"] == "Outlet r05"
    assert report["event"]["trigger"] == {"text": "shelled", "start": 11, "end": 18}
    assert incident["n_independent"] == 1


def test_article_is_the_record_of_jsonl(reader):
    """What `whowhom code` writes can be read back from it."""
    record = reader.get("/api/articles/a1").json()
    with stores.open(":memory:") as store:
        store.add([parse_article(record)])
        assert store.counts().n_events == 2
    assert record["text"].startswith("Ruritania's foreign minister")


def test_events_are_those_of_the_store(reader, store_path):
    """The same filters, the same order, the same columns as Store.events."""
    with stores.open(store_path, read_only=True) as store:
        whole = {
            type: json.loads(json.dumps(store.events(type=type).to_arrow_table().to_pylist(), default=str))
            for type in (None, "AID")
        }
    page = reader.get("/api/events?type=AID&limit=3&offset=2").json()
    assert page["n"] == len(whole["AID"])
    assert page["events"] == whole["AID"][2:5]
    assert reader.get("/api/events?limit=1000").json()["events"] == whole[None]
    assert reader.get("/api/events?offset=1000").json()["events"] == []


def test_dyads_are_those_of_the_store(reader, store_path):
    """One row a period, with coverage."""
    page = reader.get("/api/dyads?actor=RUS&recipient=UKR&by=month").json()
    with stores.open(store_path, read_only=True) as store:
        rows = store.dyads(pairs=[("RUS", "UKR")], by="month").fetchall()
    assert page["n"] == len(rows)
    assert sum(one["n_events"] for one in page["dyads"]) > 0
    assert all(one["iso3c_1"] == "RUS" for one in page["dyads"])


def test_actor_is_told_with_whom(reader):
    """Counts by role, counterparts and names."""
    actor = reader.get("/api/actors/RUS").json()
    assert actor["n_as_actor"] > 30
    assert {one["code"] for one in actor["counterparts"]} >= {"UKR", "SYR", "GEO"}
    assert actor["names"][0]["name"] == "RUS army"


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/api/incidents?typ=AID", 400, "There is no filter 'typ'"),
        ("/api/incidents?limit=5000", 400, "from 1 to 1000"),
        ("/api/incidents/none", 404, "No incident of this store"),
        ("/api/articles/none", 404, "No article of this store"),
        ("/api/events?words=x", 400, "There is no filter 'words'"),
        ("/api/dyads", 400, "Give one actor and one recipient"),
        ("/api/dyads?actor=XXX&recipient=UKR", 400, "'XXX' is no code of a state or body"),
        ("/api/dyads?actor=UKR&recipient=UKR", 409, "UKR stands on both sides"),
        ("/api/incidents?from=2024-02-02&to=2024-02-01", 409, "is before the first day"),
        ("/api/dyads?actor=RUS&recipient=UKR&by=hour", 400, "by cannot be 'hour'"),
        ("/api/incidents?actor=", 400, "actor is empty; give a value, or leave it out"),
        ("/api/nothing", 404, "no page at this address"),
    ],
)
def test_what_goes_wrong_is_a_problem(reader, address, status, told):
    """RFC 9457: type, title, status and what to do."""
    answer = reader.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert told in problem["detail"]


def test_description_names_every_route_and_what_it_answers(reader):
    """Each row that comes has the columns that are described, and no others."""
    description = reader.get("/api/openapi.json").json()
    assert description == describe_api()
    for path, query in (
        ("/api/incidents", ""),
        ("/api/events", ""),
        ("/api/dyads", "?actor=RUS&recipient=UKR"),
        ("/api/ties", ""),
        ("/api/network", ""),
    ):
        schema = description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"][
            "schema"
        ]
        page = reader.get(f"{path}{query}").json()
        assert set(schema["required"]) == set(page)
        lists = [name for name in page if isinstance(page[name], list)]
        assert lists
        for rows in lists:
            assert set(page[rows][0]) == set(schema["properties"][rows]["items"]["properties"])
    for path, methods in description["paths"].items():
        assert {"200", "304", "400", "401", "404", "409", "503"} <= set(methods["get"]["responses"]), path


def test_api_page_tells_every_filter(reader):
    """For people, without script."""
    page = reader.get("/api/docs").text
    for name in ("min_independent", "certainty", "offset", "by"):
        assert f"<code>{name}</code>" in page
