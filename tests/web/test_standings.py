"""Ties and pledges on the desk: on the pages of actors and dyads, on pages of their own, and in the API."""

import html
import re
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.test_tie_states import make_row
from tests.web.conftest import HOSTILE_SIDE
from whowhom import store as stores
from whowhom import tie_states
from whowhom.tie_states import put_together
from whowhom.web import standings
from whowhom.web.app import make_app
from whowhom.web.asking import Clock
from whowhom.web.rendering import make_environment

PAGES = ("/ties", "/pledges", "/actor/CHL", "/dyad/VNM/PHL")


def make_reader(path):
    """Return somebody who looks at a store at a desk of its own, which remembers nothing yet."""
    return TestClient(make_app(path), base_url="http://localhost")


def make_lines(*rows, as_of="2028-01-01"):
    """Return the lines of the only tie that rows make, each as its label and (from, to, state, doubtful)."""
    (tie,) = put_together(rows, date.fromisoformat(as_of))
    return [
        (line.label, [(str(one[0]), str(one[1] or ""), one[2], one[3]) for one in line.segments])
        for line in standings.make_lines(standings.describe_tie(tie), date.fromisoformat(as_of))
    ]


def test_state_lasts_until_the_next_one():
    """The last one still is; what is reported again is the same state."""
    rows = [
        make_row("imposed", "2027-01-01"),
        make_row("imposed", "2027-02-01"),
        make_row("eased", "2027-03-01"),
    ]
    assert make_lines(*rows) == [
        (
            "FRA → MLI sanctions",
            [("2027-01-01", "2027-02-28", "imposed", False), ("2027-03-01", "", "eased", False)],
        )
    ]


def test_doubtful_state_has_a_line_of_its_own_below_what_is_sure():
    """It does not cut the sure state short, and it ends where something sure follows."""
    rows = [
        make_row("imposed", "2027-01-01"),
        make_row("lifted", "2027-03-01", weight=0.3),
        make_row("eased", "2027-06-01"),
    ]
    sure, perhaps = make_lines(*rows)
    assert [one[:3] for one in sure[1]] == [
        ("2027-01-01", "2027-05-31", "imposed"),
        ("2027-06-01", "", "eased"),
    ]
    assert perhaps == ("perhaps", [("2027-03-01", "2027-05-31", "lifted", True)])


def test_tie_that_is_only_claimed_is_one_doubtful_line():
    """Nothing of it is sure."""
    assert make_lines(make_row("imposed", "2027-01-01", weight=0.3)) == [
        ("FRA → MLI sanctions", [("2027-01-01", "", "imposed", True)])
    ]


def test_state_that_is_not_heard_of_any_more_ends():
    """Aid holds for a year after its last report."""
    rows = [make_row("supplied", "2025-01-01", tie="aid")]
    assert make_lines(*rows, as_of="2025-06-01")[0][1] == [("2025-01-01", "", "supplied", False)]
    assert make_lines(*rows)[0][1] == [("2025-01-01", "2026-01-01", "supplied", False)]


@pytest.mark.parametrize("address", PAGES)
def test_page_has_one_heading_and_every_name_once(standing_reader, address):
    """What a screen reader moves by."""
    page = standing_reader.get(address)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    for named in re.findall(r'aria-labelledby="([^"]+)"', page.text):
        assert set(named.split()) <= set(ids)


@pytest.mark.parametrize("address", ["/ties", "/pledges", "/actor/CHL", "/dyad/CHL/BOL", "/dyad/x/y"])
def test_empty_store_is_said_plainly(empty_reader, address):
    """No picture without ties, and no table without pledges."""
    page = empty_reader.get(address)
    assert page.status_code == 200
    for words in ("ties", "pledges"):
        if address in (f"/{words}",) or not address.startswith(("/ties", "/pledges")):
            assert f"No {words} known" in page.text


def test_dyad_shows_its_ties_with_their_states(standing_reader):
    """Signed, then suspended; each state leads to its incident."""
    page = standing_reader.get("/dyad/VNM/PHL").text
    assert "PHL ↔ VNM alliance: signed, from 12 April 2027 to 21 November 2027" in page
    for state in ("signed", "suspended"):
        (incident,) = set(re.findall(rf'<a href="(/incident/\w+)"[^>]*>{state}</a>', page))
        assert standing_reader.get(incident).status_code == 200


def test_every_change_can_be_reached(standing_path):
    """A table of many ties shows the last changes and leads to the tie alone, with all of them."""
    with stores.open(standing_path, read_only=True) as store:
        (tie,) = tie_states.find_ties(store._connection, tie_states.Asked(between=("PHL", "VNM")))
    environment = make_environment()
    table = environment.get_template("standings.html").module.tie_table
    clock = Clock(as_of=date(2027, 12, 1))
    page = html.unescape(str(table([standings.describe_tie(tie, 1)], "Ties", clock)))
    n = len(tie.changes)
    assert n > 1
    address = "/ties?between=PHL&between=VNM&kind=alliance&as_of=2027-12-01"
    assert f'<a href="{address}">{n - 1} earlier</a>' in page
    whole = make_reader(standing_path).get(address).text
    for change in tie.changes:
        assert f'<a href="/incident/{change.incident}">{change.state}</a>' in whole


def test_both_clocks_are_heeded(standing_reader):
    """On 27 April everybody had to believe that Chile had broken with Bolivia; two days later nobody did."""
    asked = "/dyad/CHL/BOL?as_of=2027-04-26&known=2027-04-"
    before, after = (standing_reader.get(f"{asked}{day}").text for day in ("27", "29"))
    assert "diplomatic relations: cut" in before
    assert "No ties known as of 26 Apr 2027, by what was known on 29 Apr 2027." in after
    assert 'name="known" value="2027-04-29"' in after


def test_clock_and_span_of_days_keep_each_other(standing_reader):
    """Each form carries what the other one asked for."""
    page = standing_reader.get("/actor/CHL?from=2027-01-01&as_of=2027-04-26").text
    assert '<input type="hidden" name="from" value="2027-01-01">' in page
    assert '<input type="hidden" name="as_of" value="2027-04-26">' in page


def test_pledge_tells_what_became_of_it(standing_reader):
    """The promise leads to the report of it, and "broken" to the report of that."""
    for address in ("/actor/ERI", "/pledges?by=ERI", "/dyad/ERI/ETH", "/pledges?state=broken"):
        page = standing_reader.get(address).text
        made, broken = re.search(
            r'<a href="(/incident/\w+)" data-open>2027-04-05</a>.*?<a href="(/incident/\w+)">broken</a>',
            page,
            re.S,
        ).groups()
        assert "promised" in standing_reader.get(made).text
        assert "failed" in standing_reader.get(broken).text
    assert ">open<" in standing_reader.get("/pledges?by=ERI&as_of=2027-05-01").text
    assert "No pledges known under these conditions" in standing_reader.get("/pledges?by=ERI&state=kept").text


def test_doubtful_tie_is_shown_as_doubtful(standing_reader):
    """With a question mark, and hatched in the picture."""
    page = standing_reader.get("/ties?kind=sanctions").text
    assert "imposed?" in page
    assert "imposed, doubtful" in page
    assert 'fill="url(#ties-wide-doubt)"' in page


@pytest.mark.parametrize("address", ["/ties", "/pledges", "/actor/CHL", "/ties?actor=%3Cscript%3E"])
def test_hostile_names_are_text(standing_reader, address):
    """Of sides, of agreements, and of what was asked for."""
    page = standing_reader.get(address).text
    assert "<script>alert" not in page
    assert "alert(9)" in html.unescape(page)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/ties?as_of=yesterday", "as_of is 'yesterday', which is no day. Write it as 2024-06-19."),
        ("/pledges?known=20270101", "known is '20270101', which is no day"),
        ("/actor/CHL?as_of=2027-02-30", "as_of is '2027-02-30', which is no day"),
        ("/dyad/CHL/BOL?known=x", "known is 'x', which is no day"),
        ("/ties?kind=friends", "kind cannot be 'friends'"),
        ("/pledges?colour=red", "There is no filter 'colour'"),
    ],
)
def test_what_cannot_be_asked_is_told(standing_reader, address, told):
    """What was given and what can be."""
    answer = standing_reader.get(address)
    assert answer.status_code == 400
    assert told in html.unescape(answer.text)


def test_api_tells_the_ties_of_the_store(standing_reader, standing_path):
    """The same rows as Store.ties, each with its changes."""
    found = standing_reader.get("/api/ties?between=PHL&between=VNM&as_of=2027-10-01").json()
    with stores.open(standing_path, read_only=True) as store:
        (row,) = store.ties(between=("PHL", "VNM"), as_of="2027-10-01").to_arrow_table().to_pylist()
        history = store.ties(between=("PHL", "VNM"), as_of="2027-10-01", history=True)
        changes = history.to_arrow_table().to_pylist()
    (tie,) = found["ties"]
    told = tie.pop("changes")
    assert tie == {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()
    }
    assert [one["state"] for one in told] == [one["state"] for one in changes]
    assert (found["n"], found["since"], found["earlier"], found["as_of"]) == (1, None, None, "2027-10-01")


def test_api_tells_the_pledges_of_the_store(standing_reader, standing_path):
    """The same rows as Store.pledges, the one made last first."""
    found = standing_reader.get("/api/pledges").json()
    with stores.open(standing_path, read_only=True) as store:
        rows = store.pledges().to_arrow_table().to_pylist()
    assert [one["pledge_id"] for one in found["pledges"]] == [row["pledge_id"] for row in reversed(rows)]
    assert set(found["pledges"][0]) == set(rows[0])


@pytest.mark.parametrize(("what", "limit"), [("ties", "MOST_TIE_REPORTS"), ("pledges", "MOST_PLEDGES")])
def test_earlier_ones_follow_the_newest(standing_path, monkeypatch, what, limit):
    """Of what is too much for one answer each comes once, by `next` and by `earlier`."""
    client = make_reader(standing_path)
    # What all reports tell of ties is kept, and given whole.
    known = "known=2028-01-01"
    everything = client.get(f"/api/{what}?{known}").json()[what]
    monkeypatch.setattr(standings, limit, 1)
    if what == "pledges":
        monkeypatch.setattr(standings.ask_pledges, "__kwdefaults__", {"most": 1})
    client = make_reader(standing_path)
    page, address, seen = None, f"/api/{what}?limit=1&{known}", []
    while address:
        page = client.get(address).json()
        seen += page[what]
        address = page["next"] or page["earlier"]
    id = "tie_id" if what == "ties" else "pledge_id"
    assert sorted(one[id] for one in seen) == sorted(one[id] for one in everything)
    assert len(seen) > 1
    shown = client.get(f"/{what}?{known}").text
    assert "earlier ones" in shown


def test_side_that_is_too_long_is_refused(standing_reader):
    """Nobody is called so."""
    assert standing_reader.get(f"/ties?actor={'x' * 201}").status_code == 400
    assert standing_reader.get("/ties?actor=a%00b").status_code == 400
    assert HOSTILE_SIDE not in standing_reader.get("/ties").text
