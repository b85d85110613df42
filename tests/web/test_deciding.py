"""Readers decide on the desk: what they send is written, shown, undone, and outlives a new coding."""

import csv
import io
import json
import re
import threading
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import make_articles, make_report
from whowhom import store as stores
from whowhom.fields import FIELDS, write_fields
from whowhom.web.app import make_app
from whowhom.web.deciding import COLUMNS

HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture
def path(tmp_path):
    """A store with one deed of which a person said that two reports tell it, and many others."""
    path = tmp_path / "desk.duckdb"
    with stores.open(path) as store:
        store.add([*make_articles(), make_report("a", date(2031, 2, 3), killed=4)])
        store.build_incidents()
        store.merge([find_incident(store, "a-1"), find_incident(store, "r00-1")], who="Tor Lund")
    return path


@pytest.fixture
def desk(path):
    """Somebody who sits at this computer and has loaded a page."""
    app = make_app(path)
    with TestClient(app, base_url="http://localhost:8000", raise_server_exceptions=False) as client:
        yield Desk(client, path)


class Desk:
    """A browser: it fills in the form of a page and sends it."""

    def __init__(self, client, path):
        self.client, self.path = client, path

    def get(self, address):
        return self.client.get(address)

    def send(self, page, do, *, headers=None, follow=True, **values):
        """Send the form of a page with a button pressed, as a browser would, with some fields typed anew."""
        text = self.get(page).text
        fields = [("form_mark", re.search(r'name="form_mark" value="(\w+)"', text)[1]), ("back", page)]
        for name, value in re.findall(r'<input[^>]* name="((?:set|was)-\w+)" value="([^"]*)"', text):
            fields.append((name, unescape(value)))
        fields += [("event", value) for value in re.findall(r'name="event" value="(\w[\w-]*)"', text)]
        typed = {"who": "Ana Bell", "why": "", **{name.replace("_", "-", 1): v for name, v in values.items()}}
        fields = [pair for pair in fields if pair[0] not in typed]
        for name, value in typed.items():
            fields += [(name, one) for one in (value if isinstance(value, list) else [value])]
        return self.client.post(
            "/decide", data=group([*fields, ("do", do)]), headers=headers or {}, follow_redirects=follow
        )

    def read(self, ask):
        with stores.open(self.path, read_only=True) as store:
            return ask(store)


def group(pairs):
    grouped = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def unescape(value):
    from html import unescape as undo

    return undo(value)


def find_incident(store, event):
    (row,) = (row for row in store.reports().to_arrow_table().to_pylist() if row["event"] == event)
    return row["incident"]


def list_events(store):
    return {row["event_id"]: row for row in store.events().to_arrow_table().to_pylist()}


def test_accepting_is_kept_and_can_be_undone(desk):
    """One button accepts; the page says so and holds a button that undoes it."""
    incident = desk.read(lambda store: find_incident(store, "r01-1"))
    answer = desk.send(f"/incident/{incident}", "accept r01-1")
    assert answer.status_code == 200
    assert "Ana Bell</bdi></b> accepted" in answer.text
    assert desk.read(lambda store: list_events(store)["r01-1"]["score"]) == 1.0
    (undo,) = set(re.findall(r'value="(undo \w+)" data-undo', answer.text))
    desk.send(f"/incident/{incident}", undo)
    assert desk.read(lambda store: list_events(store)["r01-1"]["score"]) == 0.5
    assert desk.read(lambda store: [one.verdict for one in store.corrections()]) == ["accept", "undo"]


def test_field_is_set_as_typed_and_the_rest_stays(desk):
    """Only what was typed anew is a correction, and the incident has it at once."""
    before = desk.read(lambda store: store.event("r02-1")[0])
    answer = desk.send("/event/r02-1", "set r02-1", set_actor="RUS COP", why="it was the police")
    assert answer.status_code == 200, answer.text
    after, made = desk.read(lambda store: (store.event("r02-1")[0], store.corrections()))
    assert [one.fields for one in made] == [("actor",)]
    assert made[0].why == "it was the police"
    assert after.actor[0].sector == ("COP",)
    assert (after.recipient, after.location, after.date) == (before.recipient, before.location, before.date)
    incident = desk.read(lambda store: find_incident(store, "r02-1"))
    page = desk.get(f"/incident/{incident}").text
    assert "COP" in page
    assert "corrected</a>" in page


def test_form_shows_what_a_person_would_write(desk):
    """The values in the form are those that `correct --set` takes."""
    event = desk.read(lambda store: store.event("r03-1")[0])
    page = desk.get("/event/r03-1").text
    for field, value in write_fields(event).items():
        assert f'name="set-{field}" value="{value}"' in page


def test_wrong_event_leaves_its_incident(desk):
    """An event that is none is gone from article and incident; the correction leads back to it."""
    answer = desk.send("/article/r04", "wrong r04-1")
    assert answer.status_code == 200
    assert "marked as wrong" in answer.text
    assert "r04-1" not in desk.read(list_events)
    assert desk.get("/event/r04-1").status_code == 404
    (undo,) = set(re.findall(r'value="(undo \w+)"', desk.get("/corrections").text)) & {
        f"undo {one.id}" for one in desk.read(lambda store: store.corrections())
    }
    desk.send("/corrections", undo)
    assert "r04-1" in desk.read(list_events)


def test_missed_event_is_added(desk):
    """The form of an article adds what the coder missed."""
    answer = desk.send(
        "/add/r05", "add r05", set_type="ACCUSE", set_trigger="near", set_actor="RUS", set_recipient="UKR"
    )
    assert answer.status_code == 200, answer.text
    added = [row for row in desk.read(list_events).values() if row["article_id"] == "r05"]
    assert sorted(row["event"] for row in added)[0] == "ACCUSE"
    assert len(added) == 2


def test_split_and_merge_are_kept(desk):
    """Reports marked as another deed leave; two incidents become one by address; both can be undone."""
    one = desk.read(lambda store: find_incident(store, "a-1"))
    assert one == desk.read(lambda store: find_incident(store, "r00-1"))
    answer = desk.send(f"/incident/{one}", f"split {one}", chosen=["a-1"])
    assert answer.status_code == 200, answer.text
    here, there = desk.read(lambda store: [find_incident(store, id) for id in ("r00-1", "a-1")])
    assert here != there
    answer = desk.send(
        f"/incident/{here}", f"merge {here}", **{"other-address": f"http://x/incident/{there}"}
    )
    assert answer.status_code == 200, answer.text
    assert desk.read(lambda store: find_incident(store, "a-1") == find_incident(store, "r00-1"))
    (undo, *_) = re.findall(r'value="(undo \w+)" data-undo', answer.text)
    desk.send("/corrections", undo)
    assert desk.read(lambda store: find_incident(store, "a-1") != find_incident(store, "r00-1"))


def test_all_reports_are_accepted_at_once(desk):
    """What this person accepted already is not accepted again."""
    incident = desk.read(lambda store: find_incident(store, "a-1"))
    desk.send(f"/incident/{incident}", "accept a-1")
    answer = desk.send(f"/incident/{incident}", "accept-all")
    assert answer.status_code == 200
    assert sorted(one.event for one in desk.read(lambda store: store.corrections())) == ["a-1", "r00-1"]
    again = desk.send(f"/incident/{incident}", "accept-all")
    assert again.status_code == 400
    assert "has accepted all of these already" in again.text


def test_sending_a_form_twice_changes_nothing_more(desk):
    """A second click on the same button is told that it was done."""
    desk.send("/article/r06", "accept r06-1")
    assert desk.send("/article/r06", "accept r06-1").status_code == 400
    assert len(desk.read(lambda store: store.corrections())) == 1


@pytest.mark.parametrize(
    ("do", "values", "status", "told"),
    [
        ("set r07-1", {"set_type": "QUARREL"}, 400, "QUARREL"),
        ("set r07-1", {"set_mode": "juggle"}, 400, "juggle"),
        ("set r07-1", {"set_day": "2031-02-30"}, 400, "2031-02-30"),
        ("set r07-1", {"set_trigger": "bombed"}, 400, "bombed"),
        ("set r07-1", {"set_killed": "-4"}, 400, "whole number"),
        ("set r07-1", {}, 400, "No field was changed"),
        ("accept nothing", {}, 404, "nothing"),
        ("undo nothing", {}, 404, "nothing"),
        ("merge nothing", {}, 400, "Choose an incident"),
        ("dance r07-1", {}, 400, "says nothing"),
        ("accept r07-1", {"who": " "}, 400, "who decides"),
        ("accept r07-1", {"who": "\u202e"}, 400, "who decides"),
        ("accept r07-1", {"why": "x" * 501}, 400, "500 characters"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(desk, do, values, status, told):
    """The answer says what is wrong, holds the same form, and the store is as it was."""
    answer = desk.send("/event/r07-1", do, **values)
    assert answer.status_code == status
    assert told in answer.text
    for name, value in values.items():
        if name.startswith("set"):
            assert f'name="{name.replace("_", "-")}" value="{value}"' in answer.text
    assert desk.read(lambda store: store.corrections()) == []


@pytest.mark.parametrize(
    ("headers", "change"),
    [
        ({"origin": "http://evil.example"}, {}),
        ({"sec-fetch-site": "cross-site"}, {}),
        ({}, {"form_mark": "0" * 64}),
        ({}, {"form_mark": ""}),
    ],
)
def test_form_of_another_page_writes_nothing(desk, headers, change):
    """Origin, site and mark are looked at before anything else."""
    desk.get("/article/r08")
    page = desk.get("/article/r08").text
    mark = re.search(r'name="form_mark" value="(\w+)"', page)[1]
    data = {"form_mark": mark, "do": "accept r08-1", "who": "Eve", **change}
    answer = desk.client.post("/decide", data=data, headers=headers)
    assert answer.status_code == 403
    assert desk.read(lambda store: store.corrections()) == []


def test_forms_of_two_pages_asked_for_at_once_are_both_taken(desk):
    """Tabs of a fresh browser have no cookie yet: the answer to the one takes no cookie from the other."""
    fresh = {"cookie": ""}
    pages = [desk.client.get(f"/article/{id}", headers=fresh) for id in ("r11", "r12")]
    for page in pages:  # the browser keeps what came last
        desk.client.cookies.update(page.cookies)
    for id, page in zip(("r11", "r12"), pages, strict=True):
        assert page.cookies
        mark = re.search(r'name="form_mark" value="(\w+)"', page.text)[1]
        data = {"form_mark": mark, "do": f"accept {id}-1", "who": "Ana Bell"}
        assert desk.client.post("/decide", data=data, follow_redirects=False).status_code == 303
    assert len(desk.read(lambda store: store.corrections())) == 2


def test_form_without_a_cookie_writes_nothing(desk):
    """The mark alone is not enough, nor is one of another run of the desk."""
    page = desk.client.get("/article/r11")
    data = {"form_mark": re.search(r'name="form_mark" value="(\w+)"', page.text)[1], "do": "accept r11-1"}
    desk.client.cookies.clear()
    assert desk.client.post("/decide", data={**data, "who": "Eve"}).status_code == 403
    other = TestClient(make_app(desk.path), base_url="http://localhost")
    other.get("/article/r11")
    assert other.post("/decide", data={**data, "who": "Eve"}).status_code == 403
    assert desk.read(lambda store: store.corrections()) == []


def test_long_or_broken_body_is_refused(desk):
    """A form is small; a body that is none is said to be none."""
    assert desk.client.post("/decide", content=b"x" * 300_000).status_code == 413
    assert desk.client.post("/decide", content="ü".encode()).status_code == 400
    assert desk.client.get("/decide").status_code == 405


def test_form_leads_nowhere_else(desk):
    """An address of another computer is no way back."""
    for back in ("//evil.example/x", "https://evil.example", "/\\evil.example"):
        answer = desk.send("/article/r09", "wrong r09-1", back=back, follow=False)
        assert answer.headers["location"].startswith("/corrections")
        desk.send("/corrections", f"undo {desk.read(lambda store: store.corrections())[-1].id}")


def test_hostile_names_are_text(desk):
    """What a reader types is shown as it was typed, everywhere."""
    desk.send("/article/r10", "accept r10-1", who=HOSTILE, why=HOSTILE)
    for address in ("/corrections", "/article/r10"):
        page = desk.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_store_in_use_is_said_and_the_form_kept(desk):
    """While another program writes, nothing is lost: the answer is the form, to be sent again."""
    with stores.open_run(desk.path):
        answer = desk.send("/event/r11-1", "set r11-1", set_actor="RUS COP")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "being written by" in answer.text
    assert 'name="set-actor" value="RUS COP"' in answer.text
    again = desk.send("/event/r11-1", "set r11-1", set_actor="RUS COP")
    assert again.status_code == 200


def test_readers_wait_for_no_one_who_decides(desk):
    """Pages are answered while decisions are written, from many threads."""
    failed = []

    def look():
        # A browser of its own: clients of tests are for one thread.
        other = TestClient(desk.client.app, base_url="http://localhost:8000")
        for _ in range(10):
            if other.get("/incidents").status_code != 200:
                failed.append("page")

    threads = [threading.Thread(target=look) for _ in range(4)]
    for one in threads:
        one.start()
    for number in range(12, 18):
        assert desk.send(f"/article/r{number}", f"accept r{number}-1").status_code == 200
    for one in threads:
        one.join()
    assert failed == []


def test_corrections_are_listed_by_whom_and_taken_along(desk):
    """The page, its CSV and its JSONL tell the same; gold holds articles that were decided on in full."""
    desk.send("/article/r18", "accept r18-1", who="Ana Bell")
    desk.send("/event/r19-1", "set r19-1", who="Tor Lund", set_killed="7")
    page = desk.get("/corrections?by=Tor+Lund").text
    assert "killed" in page
    assert "r18" not in page
    rows = list(csv.DictReader(io.StringIO(desk.get("/corrections.csv").text)))
    lines = [json.loads(line) for line in desk.get("/corrections.jsonl").text.splitlines()]
    assert [row["id"] for row in rows] == [line["id"] for line in lines]
    assert tuple(rows[0]) == COLUMNS
    assert {row["who"] for row in rows} == {"Ana Bell", "Tor Lund"}
    gold = [json.loads(line) for line in desk.get("/corrections/gold.jsonl").text.splitlines()]
    assert {row["id"] for row in gold} == {"r18", "r19"}
    assert desk.get("/corrections.xlsx").status_code == 404


def test_gold_is_of_whoever_is_asked_for(desk):
    """`by` means the same in all three files; what another changed since is no longer hers."""
    for id in ("r18", "r19", "r20"):
        desk.send(f"/article/{id}", f"accept {id}-1", who="Ana Bell")
    desk.send("/article/r19", "accept r19-1", who="Tor Lund")
    desk.send("/event/r20-1", "set r20-1", who="Tor Lund", set_killed="7")
    page = desk.get("/corrections?by=Ana+Bell").text
    assert 'href="/corrections/gold.jsonl?by=Ana%20Bell"' in page
    gold = {
        by: {
            json.loads(line)["id"] for line in desk.get(f"/corrections/gold.jsonl?by={by}").text.splitlines()
        }
        for by in ("", "Ana Bell", "Tor Lund", "nobody")
    }
    assert gold == {
        "": {"r18", "r19", "r20"},
        "Ana Bell": {"r18", "r19"},
        "Tor Lund": {"r19", "r20"},
        "nobody": set(),
    }


def make_again(row, store, made):
    """Make a decision of a file again in another store; `made` has the new ids of those before it."""
    signed = {"who": row["who"], "why": row["why"]}
    # In CSV an apostrophe stands before what a spreadsheet would take for a formula.
    given = {field: re.sub("^'(?=[=+@-])", "", row[field]) for field in FIELDS if row[field]}
    match row["verdict"]:
        case "merge":
            reports = row["reports"].split()
            return store.merge(sorted({find_incident(store, one) for one in reports}), **signed)
        case "split":
            stays, *leave = (part.split() for part in row["reports"].split(" | "))
            return store.split(find_incident(store, stays[0]), leave[0], **signed)
        case "undo" if row["undone"] in {one.id for one in store.judgements()} | set(made["judgements"]):
            return store.undo(made["judgements"].get(row["undone"], row["undone"]), **signed)
        case "undo":
            return store.correct(undo=made["corrections"][row["undone"]], **signed).id
        case "add":
            return store.correct(row["article"], add=True, set=given, **signed).id
        case "set":
            return store.correct(row["event"], set=given, **signed).id
        case verdict:
            return store.correct(row["event"], **{verdict: True}, **signed).id


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_decisions_of_a_file_can_be_made_again(desk, tmp_path, format):
    """Accept, set, wrong, add, split, merge and every undo: another store comes to the same."""
    desk.send("/article/r18", "accept r18-1")
    desk.send(
        "/event/r19-1", "set r19-1", set_killed="7", set_actor="RUS COP; UKR", set_day="2031-02", why="so"
    )
    desk.send("/event/r20-1", "set r20-1", set_place="", set_killed="")
    desk.send("/event/r21-1", "set r21-1", set_type="AID", set_mode="military", set_aux="future")
    desk.send("/article/r22", "wrong r22-1")
    desk.send("/article/r23", "wrong r23-1")
    desk.send(
        "/add/r05", "add r05", set_type="ACCUSE", set_trigger="near", set_actor="RUS", set_recipient="UKR"
    )
    one = desk.read(lambda store: find_incident(store, "a-1"))
    desk.send(f"/incident/{one}", f"split {one}", chosen=["a-1"])
    one, other = desk.read(lambda store: [find_incident(store, id) for id in ("r24-1", "r27-1")])
    desk.send(f"/incident/{one}", f"merge {one}", **{"other-address": other})
    wrong = [one.id for one in desk.read(lambda store: store.corrections()) if one.event == "r23-1"]
    desk.send("/corrections", f"undo {wrong[0]}")
    (merged,) = [one.id for one in desk.read(lambda store: store.judgements()) if len(one.parts[0]) == 2][1:]
    desk.send("/corrections", f"undo {merged}")
    told = desk.get(f"/corrections.{format}").text
    rows = (
        list(csv.DictReader(io.StringIO(told)))
        if format == "csv"
        else [json.loads(line) for line in told.splitlines()]
    )
    assert {row["verdict"] for row in rows} == {"accept", "set", "wrong", "add", "split", "merge", "undo"}
    assert all(row["event"] and row["article"] for row in rows)
    made = {"corrections": {}, "judgements": {}}
    with stores.open(tmp_path / "other.duckdb") as store:
        store.add([*make_articles(), make_report("a", date(2031, 2, 3), killed=4)])
        store.build_incidents()
        for row in sorted(rows, key=lambda row: row["made_at"]):
            kind = "judgements" if row["reports"] else "corrections"
            made[kind][row["id"]] = make_again(row, store, made)
        again = [list_told(store), store.corrections(), store.judgements()]
    before = [
        desk.read(list_told),
        desk.read(lambda store: store.corrections()),
        desk.read(lambda store: store.judgements()),
    ]
    assert again[0] == before[0]
    assert [(one.verdict, one.fields, one.after, one.stands) for one in again[1]] == [
        (one.verdict, one.fields, one.after, one.stands) for one in before[1]
    ]
    assert [(one.verdict, one.parts, one.counts) for one in again[2]] == [
        (one.verdict, one.parts, one.counts) for one in before[2]
    ]


def list_told(store):
    """Return the events, and which are of one incident."""
    reports = store.reports().to_arrow_table().to_pylist()
    return list_events(store), sorted((row["article"], row["event"], row["incident"]) for row in reports)


def test_message_stands_where_it_belongs(desk):
    """An address with a decision about something else tells nothing of it and offers no undo."""
    answer = desk.send("/article/r25", "accept r25-1", follow=False)
    done = answer.headers["location"].partition("?")[2]
    incident, other = desk.read(lambda store: [find_incident(store, id) for id in ("r25-1", "r26-1")])
    for address in ("/article/r25", f"/incident/{incident}", "/corrections"):
        assert 'class="flash"' in desk.get(f"{address}?{done}").text
    for address in ("/article/r26", f"/incident/{other}"):
        assert 'class="flash"' not in desk.get(f"{address}?{done}").text
    assert 'class="flash"' not in desk.get("/article/r25?done=none.of.these").text


def test_message_follows_the_report_that_a_correction_moved(desk):
    """Who sets a field so that the report is another deed is led to that deed, with a way back."""
    one = desk.read(lambda store: find_incident(store, "a-1"))
    desk.send(f"/incident/{one}", f"split {one}", chosen=["a-1"])
    answer = desk.send("/event/a-1", "set a-1", set_day="2031-03-20", back=f"/incident/{one}")
    assert desk.read(lambda store: find_incident(store, "a-1")) in str(answer.url)
    assert "corrected" in re.search(r'class="flash".*?</form>', answer.text, re.S)[0]


def test_undo_leads_to_what_was_undone(desk):
    """Of a merger and of a correction: with the article, the event, and the row of what no longer counts."""
    (merged,) = desk.read(lambda store: store.judgements())
    desk.send("/corrections", f"undo {merged.id}")
    desk.send("/article/r27", "accept r27-1")
    (accepted,) = desk.read(lambda store: store.corrections())
    desk.send("/corrections", f"undo {accepted.id}")
    page = desk.get("/corrections").text
    for undone in (merged.id, accepted.id):
        assert f'href="/corrections#decision-{undone}"' in page
        assert f'id="decision-{undone}"' in page
    row = re.search(r"<tr(?:(?!</tr>).)*the merger of 2 reports.*?</tr>", page, re.S)[0]
    assert re.search(r'href="/article/(a|r00)"', row)
    assert re.search(r'href="/event/(a|r00)-1"', row)


def test_event_that_is_no_more_has_no_link(desk):
    """Whichever row tells of it; once that is undone each has one again."""
    desk.send("/article/r28", "accept r28-1")
    desk.send("/article/r28", "wrong r28-1")
    assert "/event/r28-1" not in desk.get("/corrections").text
    desk.send("/corrections", f"undo {desk.read(lambda store: store.corrections())[-1].id}")
    assert desk.get("/corrections").text.count('href="/event/r28-1"') == 3


@pytest.mark.parametrize(
    "address", ["/corrections?who=Ana", "/corrections?foo=bar", "/corrections.csv?who=Ana"]
)
def test_unknown_filter_of_corrections_is_refused(desk, address):
    """What is shown is never everything where something else was asked for."""
    answer = desk.get(address)
    assert answer.status_code == 400
    assert "There is no filter" in answer.text


def test_correction_outlives_a_new_coding(desk):
    """What was set on the desk stands after the article was coded again, on the desk too."""
    desk.send("/event/r20-1", "set r20-1", set_killed="9")
    (coded,) = [one for one in make_articles() if getattr(one, "article", None) and one.article.id == "r20"]
    with stores.open(desk.path) as store:
        store.replace_coding([coded], coder="another 2.0")
        store.build_incidents()
    assert desk.read(lambda store: store.event("r20-1")[0].killed) == 9
    incident = desk.read(lambda store: find_incident(store, "r20-1"))
    assert "9" in re.search(r"<dt>Killed</dt><dd>(.*?)<", desk.get(f"/incident/{incident}").text)[1]


def test_who_decided_is_remembered(desk):
    """The name stands in the next form."""
    desk.send("/article/r21", "accept r21-1", who="Ana Bell-Žižek")
    assert 'name="who" value="Ana Bell-Žižek"' in desk.get("/article/r22").text
