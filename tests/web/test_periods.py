"""Pictures over time: what a bar counts is what its link shows."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from itertools import product

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import make_report
from whowhom import store as stores
from whowhom.records import DaySpan
from whowhom.web.app import make_app

# One day, part of a month, over the turn of a month and of a year, whole years.
LENGTHS = (1, 1, 6, 30, 200, 365, 1000)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A desk over reports of deeds of which a day, or only a month or some years are known."""
    path = tmp_path_factory.mktemp("periods") / "desk.duckdb"
    articles = []
    for number in range(70):
        first = date(2030, 11, 1) + timedelta(days=3 * number)
        coded = make_report(
            f"p{number:02}", first, whom=("UKR", "SYR")[number % 2], event=("AID", "ASSAULT")[number % 2]
        )
        span = DaySpan(first, first + timedelta(days=LENGTHS[number % len(LENGTHS)] - 1))
        (event,) = coded.events
        articles.append(replace(coded, events=(replace(event, date=replace(event.date, days=span)),)))
    with stores.open(path) as store:
        store.add(articles)
        store.build_incidents()
    with TestClient(make_app(path), base_url="http://localhost:8000") as client:
        yield client


def list_bars(page):
    """Return address and number of each period in the tables beside the pictures of a page."""
    rows = re.findall(
        r'<tr><th scope="row"><a href="([^"]+)">[^<]+</a></th>((?:<td class="number">[\d,]+</td>){4})', page
    )
    return [
        (unescape(address), sum(int(n.replace(",", "")) for n in re.findall(r">([\d,]+)<", numbers)))
        for address, numbers in rows
    ]


FROMS = ("", "2030-11-01", "2031-01-01", "2031-02-13", "2032-05-05")
TOS = ("", "2031-01-01", "2031-02-19", "2031-03-31", "2033-01-01")
SPANS = [(first, last) for first, last in product(FROMS, TOS) if not first or not last or first <= last]


@pytest.mark.parametrize("page", ["/", "/actor/RUS", "/actor/UKR", "/actor/MIL", "/dyad/RUS/SYR"])
def test_bar_counts_the_incidents_behind_it(client, page):
    """Whatever days are asked for: by day, week, month and year, and where a span begins within a period."""
    seen = 0
    for first, last in SPANS:
        answer = client.get(page, params={"from": first, "to": last})
        assert answer.status_code == 200
        for address, n in list_bars(answer.text):
            found = client.get(address.replace("/incidents", "/api/incidents", 1)).json()
            assert found["n"] == n, (page, first, last, address)
            seen += n
    assert seen > 100


def test_bars_together_count_every_incident_once(client):
    """An incident of a whole year is in the period in which it begins, not in all that it may be of."""
    bars = list_bars(client.get("/?span=all").text)
    assert sum(n for _, n in bars) == client.get("/api/incidents").json()["n"]


@pytest.mark.parametrize("days", ["", "?from=2031-01-10", "?from=2031-01-10&to=2031-02-20"])
def test_numbers_of_an_actor_are_of_the_days_asked_for(client, days):
    """The links beside "acts in" and "is acted on in" keep the days."""
    page = client.get(f"/actor/UKR{days}").text
    told = re.findall(r'<a href="(/incidents[^"]+)">(?:acts in |is acted on in )?([\d,]+)', page)
    assert len(told) >= 3
    for address, n in told[:3]:
        found = client.get(unescape(address).replace("/incidents", "/api/incidents", 1)).json()
        assert f"{found['n']:,}" == n
