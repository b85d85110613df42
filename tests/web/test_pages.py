"""Pages: what they show, and that what articles hold stays text."""

import csv
import html
import io
import json
import re
from datetime import date, datetime, timedelta
from urllib.parse import quote

import pytest
from pyarrow import parquet
from starlette.testclient import TestClient

from tests.web.conftest import HOSTILE_TEXT, HOSTILE_TITLE, make_hostile, make_report
from whowhom import accounts
from whowhom import store as stores
from whowhom.web.app import make_app

_ROW = re.compile(r"<tr data-row>(.*?)</tr>", re.S)


def list_ids(page: str) -> list[str]:
    """Return the incidents of a table, in their order."""
    return [re.search(r'/incident/(\w+)"', row)[1] for row in _ROW.findall(page)]


def find_incident(reader, **query) -> dict:
    """Return the first incident that meets a query, from the API."""
    return reader.get("/api/incidents", params=query).json()["incidents"][0]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/incidents",
        "/actor/RUS",
        "/dyad/RUS/UKR",
        "/ties",
        "/pledges",
        "/network",
        "/map",
        "/sources",
        "/about",
        "/api/docs",
    ],
)
def test_page_has_landmarks_a_title_and_one_heading(reader, address):
    """What a screen reader moves by; every id stands once and every label leads somewhere."""
    answer = reader.get(address)
    assert answer.status_code == 200
    for tag in ("<header", "<nav", "<main", "<footer", 'role="search"', 'href="#main"', '<html lang="en"'):
        assert tag in answer.text
    assert answer.text.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))
    for named in re.findall(r'aria-labelledby="([^"]+)"', answer.text):
        assert set(named.split()) <= set(ids)


def test_overview_tells_what_is_there_and_what_is_new(store_path):
    """On the first visit nothing is new; later what was read since the visit before."""
    client = TestClient(make_app(store_path), base_url="http://localhost:8000")
    first = client.get("/?span=all")
    assert "of 44 articles" in first.text
    assert "since your last visit" not in first.text.lower()
    long_ago = (datetime.now() - timedelta(days=400)).replace(microsecond=0).isoformat()
    cookie = f"whowhom_visit_8000=~{long_ago}~{long_ago}"
    for look in ("a new visit", "a second look is the same visit"):
        client.cookies.clear()
        later = client.get("/?span=all", headers={"cookie": cookie})
        assert "<strong>Since your last visit</strong>" in later.text, look
        assert "44 articles, 45 events of" in later.text, look
        cookie = f"whowhom_visit_8000={later.cookies['whowhom_visit_8000']}"


@pytest.mark.parametrize("page", ["/", "/actor/RUS", "/dyad/RUS/UKR", "/incidents", "/network"])
@pytest.mark.parametrize(
    "days",
    [
        "to=9999-12-31", "from=9999-12-31", "from=9999-01-01", "from=9998-06-01", "from=9999-11-20",
        "from=0001-01-01", "to=0001-01-01", "to=0001-03-01", "from=0001-01-01&to=9999-12-31",
    ],
)  # fmt: skip
def test_first_and_last_day_there_is_can_be_asked_for(reader, page, days):
    """No day lies before or behind them, whatever the length of the periods."""
    assert reader.get(f"{page}?{days}").status_code == 200


@pytest.mark.parametrize("page", ["/", "/actor/RUS", "/dyad/RUS/UKR"])
def test_span_of_centuries_is_drawn_over_the_days_of_the_store(reader, page):
    """A year of two digits hides nothing: the last days are drawn, and no empty century."""
    text = reader.get(f"{page}?from=0025-03-01").text
    assert "begun=2031-03-" in text
    assert not re.search(r"begun=(0|1)\d{3}-", text)


@pytest.mark.parametrize("cookie", ["", "~", "x~y~z", "2024-01-01T00:00+02:00~1~2", "~~~~", "9999999"])
def test_broken_visit_cookie_is_as_none(store_path, cookie):
    """Nobody is kept out by a cookie."""
    client = TestClient(make_app(store_path), base_url="http://localhost:8000")
    client.cookies.set("whowhom_visit_8000", cookie)
    assert client.get("/").status_code == 200


def test_filters_narrow_the_table(reader):
    """Each row meets the filters, and the heading counts them."""
    page = reader.get("/incidents?type=AID&recipient=SYR").text
    ids = list_ids(page)
    found = reader.get("/api/incidents?type=AID&recipient=SYR").json()
    assert ids == [one["incident_id"] for one in found["incidents"]]
    assert ids
    assert {one["event"] for one in found["incidents"]} == {"AID"}
    assert f"{len(ids)} incident" in page


@pytest.mark.parametrize(
    "query",
    [
        "words=shelled%20near", "words=Belgradr07", "words=report%20r07", "type=AID&type=ASSAULT",
        "mode=visit", "quad=4", "actor=RUS", "actor=RUS%20MIL", "actor=MIL", "actor=rus%20army",
        "recipient=UKR", "party=GEO", "place=SYR", "precision=country", "place=Belgradr07,%20SYR",
        "place=belgradr07", "sector=GOV", "source=named", "certainty=probable", "aux=future", "aux=none",
        "from=2031-02-01&to=2031-02-10", "min_independent=1",
    ],
)  # fmt: skip
def test_every_filter_finds_some_and_not_all(reader, query):
    """Each on its own: some incidents meet it, and they are the same on the page and in the API."""
    everything = reader.get("/api/incidents?limit=1").json()["n"]
    found = reader.get(f"/api/incidents?{query}&limit=1000").json()
    assert found["n"] > 0
    if query != "min_independent=1":
        assert found["n"] < everything
    page = reader.get(f"/incidents?{query}&limit=1000").text
    assert list_ids(page) == [one["incident_id"] for one in found["incidents"]]


def test_facets_count_what_choosing_them_shows(reader):
    """The number beside a value is that of the page behind it."""
    page = reader.get("/incidents?recipient=SYR").text
    links = re.findall(
        r'<li><a href="(/incidents\?[^"]+)"[^>]*>.*?<span class="n">([\d,]+)</span></li>', page, re.S
    )
    assert len(links) > 8
    for link, n in links:
        address = html.unescape(link)
        if "SYR" not in address or address.count("recipient=") > 1:
            continue
        shown = reader.get(address.replace("/incidents", "/api/incidents")).json()["n"]
        assert shown == int(n.replace(",", "")), address


@pytest.mark.parametrize(
    ("sort", "order"), [("killed_best", "desc"), ("killed_best", "asc"), ("event", "asc"), ("score", "desc")]
)
def test_sorting_puts_rows_without_a_value_last(reader, sort, order):
    """In either direction."""
    rows = reader.get(f"/api/incidents?sort={sort}&order={order}&limit=1000").json()["incidents"]
    values = [row[sort] for row in rows]
    told = [value for value in values if value is not None]
    assert values == sorted(told, reverse=order == "desc") + [None] * (len(values) - len(told))


def test_pages_of_the_table_together_are_the_whole(reader):
    """No row twice, none left out."""
    rows = reader.get("/api/incidents?limit=1000&sort=event").json()["incidents"]
    whole = [one["incident_id"] for one in rows]
    seen: list[str] = []
    address = "/incidents?limit=7&sort=event&order=desc"
    for _ in range(20):
        page = reader.get(address).text
        seen += list_ids(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        address = html.unescape(following[1])
    assert sorted(seen) == sorted(whole)
    assert len(seen) == len(set(seen))


def test_columns_are_shown_as_chosen(reader):
    """In the order of the address."""
    page = reader.get("/incidents?columns=score,first_day,denied_by,n_certain").text
    heads = re.findall(r"<th scope=\"col\"[^>]*>(?:<a[^>]*>)?([^<]+)", page.split("<tbody>")[0])
    assert [head.strip() for head in heads] == ["score", "day", "denies it", "certain"]


@pytest.mark.parametrize("form", ['id="filters"', ""])
def test_forms_of_the_table_keep_what_they_do_not_ask_for(reader, form):
    """Filtering keeps the columns, choosing columns keeps the filters, both the order."""
    query = "type=ASSAULT&actor=RUS&columns=event,asserted_by&sort=score&order=asc&limit=20"
    text = reader.get(f"/incidents?{query}").text
    (sent,) = re.findall(rf'<form action="/incidents" ?{form}>(.*?)</form>', text, re.S)
    fields = re.findall(
        r'name="(\w+)"[^>]* value="([^"]*)"( checked)?',
        re.sub(r"<input type=.checkbox[^>]*(?<!checked)>", "", sent),
    )
    told = {}
    for name, value, _ in fields:
        told.setdefault(name, []).append(value)
    told = {name: ",".join(values) for name, values in told.items() if any(values)}
    assert told == dict(pair.split("=") for pair in query.split("&"))


@pytest.mark.parametrize(
    "columns", ["event,asserted_by", "incident_id,event", "first_day,incident_id", "event,first_day"]
)
def test_every_row_opens_whatever_columns_are_shown(reader, columns):
    """There is one link that keys go to, in each row."""
    rows = _ROW.findall(reader.get(f"/incidents?columns={columns}").text)
    assert rows
    assert {len(re.findall(r'<a href="/incident/[^>]* data-open>', row)) for row in rows} == {1}


def test_every_column_can_be_shown(reader):
    """All at once, with all kinds of values."""
    from whowhom.web.columns import COLUMNS

    names = ",".join(column.name for column in COLUMNS)
    assert reader.get(f"/incidents?limit=1000&columns={names}").status_code == 200


def test_flat_incident_is_that_of_the_command_line(reader, store_path):
    """The same columns with the same values, whoever asks."""
    with stores.open(store_path, read_only=True) as store:
        expected = {row["incident_id"]: row for row in store.incidents().to_arrow_table().to_pylist()}
    columns = ",".join(column.name for column in accounts.COLUMNS)
    table = parquet.read_table(io.BytesIO(reader.get(f"/incidents.parquet?columns={columns}").content))
    assert table.column_names == [column.name for column in accounts.COLUMNS]
    assert {row["incident_id"]: row for row in table.to_pylist()} == expected
    (row,) = reader.get("/api/incidents?limit=1").json()["incidents"]
    assert sorted(row) == sorted(table.column_names)


QUERY = "recipient=SYR&recipient=GEO&sort=killed_best&columns=first_day,event,actor_name,killed_best,wordings"


def read_export(content: bytes, format: str) -> list[dict]:
    """Return the rows of an export."""
    if format == "csv":
        return list(csv.DictReader(io.StringIO(content.decode())))
    if format == "jsonl":
        return [json.loads(line) for line in content.splitlines()]
    if format == "parquet":
        return parquet.read_table(io.BytesIO(content)).to_pylist()
    return [feature["properties"] for feature in json.loads(content)["features"]]


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet", "geojson"])
def test_export_holds_what_the_table_shows(reader, format):
    """The same rows in the same order with the same columns, through all pages of the table."""
    shown = list_ids(reader.get(f"/incidents?{QUERY}&limit=1000").text)
    answer = reader.get(f"/incidents.{format}?{QUERY}")
    rows = read_export(answer.content, format)
    assert [row["incident_id"] for row in rows] == shown
    assert len(shown) > 20
    names = ["incident_id", "first_day", "event", "actor_name", "killed_best", "wordings"]
    assert list(rows[0]) == (names if format != "geojson" else [*names, "precision"])
    assert answer.headers["content-disposition"] == f'attachment; filename="incidents.{format}"'
    page = reader.get(f"/incidents.{format}?{QUERY}&limit=5&offset=5")
    assert [row["incident_id"] for row in read_export(page.content, format)] == shown[5:10]


def test_geojson_has_no_point_for_a_country(reader):
    """What is placed in a town is a point; of what is placed in a state only the state is told."""
    features = reader.get("/incidents.geojson?columns=place_name,place_country").json()["features"]
    by_precision = {one["properties"]["precision"]: one["geometry"] for one in features}
    assert by_precision["exact"]["coordinates"] == [20.25, 10.5]
    assert by_precision["country"] is None


def test_csv_holds_no_formula(tmp_path):
    """A spreadsheet that opens the file runs nothing."""
    coded = make_hostile("=cmd|' /C calc'!A0 condemned it.")
    with stores.open(tmp_path / "desk.duckdb") as store:
        store.add([coded])
        store.build_incidents()
    client = TestClient(make_app(tmp_path / "desk.duckdb"), base_url="http://localhost")
    text = client.get("/incidents.csv?columns=asserted_by,actor_name").text
    assert not re.search(r"(^|,)[=+@]", text, re.M)


def test_unknown_format_is_not_found(reader):
    """And what cannot be asked for teaches, in files as on pages."""
    assert reader.get("/incidents.xlsx").status_code == 404
    assert reader.get("/incidents.csv?sort=secret").status_code == 400


def test_incident_shows_its_reports_with_their_words_marked(reader):
    """Who, whom, the deed, where and when, each by its own style and letter."""
    id = find_incident(reader, words="Belgradr05")["incident_id"]
    page = reader.get(f"/incident/{id}").text
    for role, letter, words in (
        ("actor", "A", "RUS forces"),
        ("trigger", "V", "shelled"),
        ("recipient", "R", "GEO"),
        ("place", "P", "Belgradr05"),
        ("date", "D", "Friday"),
    ):
        assert f'<mark class="{role}" data-letter="{letter}">{words}</mark>' in page
    assert "Outlet r05" in page
    assert "/article/r05#event-1" in page


def test_beginning_of_an_id_leads_to_the_incident(reader):
    """As in every command."""
    id = find_incident(reader)["incident_id"]
    answer = reader.get(f"/incident/{id[:12]}", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"/incident/{id}"


def test_incident_tells_where_reports_differ_and_which_are_copies(tmp_path):
    """Numbers with who gives them; a copy is named as one and counts once."""
    from datetime import date

    from tests.web.conftest import make_report

    text = " ".join(f"word{number}" for number in range(80))
    words = f"RUS forces shelled UKR near Belgrad on Friday. {text}"

    def make(id, outlet, killed, words=words):
        from whowhom.records import Place, Span

        at = words.index("Belgrad")
        place = Place(Span("Belgrad", at, at + 7), "Belgrad", "UKR", 44.8, 20.5, 1, "exact")
        return make_report(id, date(2031, 3, 7), outlet=outlet, killed=killed, words=words, location=place)

    other = words.replace("word", "other")
    with stores.open(tmp_path / "desk.duckdb") as store:
        store.add([make("a", "One", 3), make("b", "Two", 3), make("c", "Three", 5, other)])
        store.build_incidents()
    client = TestClient(make_app(tmp_path / "desk.duckdb"), base_url="http://localhost")
    incident = find_incident(client)
    assert (incident["n_articles"], incident["n_independent"]) == (3, 2)
    page = client.get(f"/incident/{incident['incident_id']}").text
    assert "<b>3</b>" in page
    assert "<b>5</b>" in page
    assert "copies of one text" in page
    assert "stands by itself" in page
    assert "How they were joined" in page


def test_article_shows_its_whole_text_and_every_event(reader):
    """Numbers lead from the words to the record and back, without script."""
    page = reader.get("/article/a1").text
    for number in (1, 2):
        assert f'id="word-{number}" href="#event-{number}"' in page
        assert f'<li id="event-{number}"' in page
        assert f'href="#word-{number}"' in page
    text = html.unescape(
        re.sub(r'<a class="number".*?</a>|<[^>]*>', "", page.split("data-text>")[1].split("</div>")[0])
    )
    assert text.startswith("Ruritania's foreign minister Ana Bell arrived in Graustark on Friday.")
    assert 'href="https://courier.example/bell" rel="noreferrer noopener"' in page


def list_hostile_addresses(reader) -> list[str]:
    """Return the pages on which the hostile article is told of."""
    incident = find_incident(reader, actor="NOV")
    return [
        f"/article/{quote('hostile/<id>', safe='')}",
        f"/incident/{incident['incident_id']}",
        "/incidents?actor=NOV&columns=actor_name,asserted_by,wordings",
        "/?from=2031-03-07&to=2031-03-07",
        "/actor/NOV",
        "/sources",
    ]


def test_hostile_article_is_text_wherever_it_is_shown(reader):
    """Neither its title, its text, its outlet, its names nor its address becomes HTML, script or a link."""
    for address in list_hostile_addresses(reader):
        answer = reader.get(address)
        assert answer.status_code == 200, address
        assert answer.text.count("<script") == 1, address
        assert "<img" not in answer.text
        assert "<i>Novia" not in answer.text
        assert "javascript:alert" not in answer.text
        assert "\x07" not in answer.text


def test_hostile_article_is_shown_in_full(reader):
    """What it holds can be read: as text, with its marks of direction inside elements that isolate them."""
    page = reader.get(f"/article/{quote('hostile/<id>', safe='')}").text
    inside = re.search(r'<div class="text" dir="auto" data-text>(.*?)</div>', page, re.S)[1]
    text = html.unescape(re.sub(r'<a class="number".*?</a>|<[^>]*>', "", inside))
    assert text == HOSTILE_TEXT.replace("\x07", "␇")
    heading = re.search(r'<h1 dir="auto">(.*?)</h1>', page, re.S)[1]
    assert html.unescape(heading) == HOSTILE_TITLE
    incident = find_incident(reader, actor="NOV")
    shown = html.unescape(reader.get(f"/incident/{incident['incident_id']}").text)
    assert f"<bdi>{HOSTILE_TITLE}</bdi>" in shown


def test_query_is_shown_as_text(reader):
    """What a link puts into an address cannot reach the page as HTML."""
    attack = '"><script>alert(1)</script>'
    for name in ("words", "actor", "recipient", "place"):
        page = reader.get("/incidents", params={name: attack})
        assert page.text.count("<script") == 1
        assert attack not in page.text
    for address in (
        f"/actor/{quote(attack)}",
        f"/dyad/{quote(attack, safe='')}/UKR",
        f"/incident/{quote(attack, safe='')}",
        f"/{quote(attack)}",
    ):
        assert reader.get(address).text.count("<script") == 1


def test_article_of_100_000_characters_is_shown_whole(tmp_path):
    """With all its events; nothing of it is cut."""
    text = HOSTILE_TEXT + " x" * 50_000
    with stores.open(tmp_path / "desk.duckdb") as store:
        store.add([make_hostile(text)])
        store.build_incidents()
    page = TestClient(make_app(tmp_path / "desk.duckdb"), base_url="http://localhost").get(
        f"/article/{quote('hostile/<id>', safe='')}"
    )
    inside = page.text.split("data-text>")[1].split("</div>")[0]
    plain = html.unescape(re.sub(r'<a class="number".*?</a>|<[^>]*>', "", inside))
    assert len(plain) == len(text) > 100_000


def test_actor_and_dyad_show_series_and_lead_to_incidents(reader):
    """A picture, the same numbers as a table, and links to what they count."""
    for address in ("/actor/RUS", "/dyad/RUS/UKR", "/actor/MIL", "/actor/tor%20lund", "/dyad/RUS/nobody"):
        page = reader.get(address).text
        assert "<svg" in page, address
        assert "The same as a table" in page
    assert "/dyad/RUS/SYR" in reader.get("/actor/RUS").text
    assert reader.get("/actor/RUS?from=2031-02-01&to=2031-02-28").status_code == 200
    assert reader.get("/actor/RUS?type=AID").status_code == 400


@pytest.mark.parametrize(
    "name", ["é", "\u0645\u0631\u062d\u0628\u0627", "😀", "' OR 1=1 --", "<b>", "%", "$value_0", "{{7*7}}"]
)
def test_name_of_any_signs_can_be_asked_for(reader, name):
    """A part of a name is no code: every page with its pictures is there, and each id in it once."""
    written = quote(name, safe="")
    for address in (
        f"/actor/{written}",
        f"/dyad/RUS/{written}",
        f"/dyad/{written}/x{written}",
        f"/incidents?party={written}&place={written}&words={written}",
        f"/map?party={written}",
        f"/ties?actor={written}",
        f"/pledges?by={written}",
        f"/api/actors/{written}",
        f"/api/events?actor={written}",
    ):
        answer = reader.get(address)
        assert answer.status_code == 200, address
        if not address.startswith("/api/"):
            ids = re.findall(r' id="([^"]+)"', answer.text)
            assert len(ids) == len(set(ids)), address


def test_sources_tell_what_was_read_and_what_was_not(reader):
    """Outlets with their numbers, skips with their reasons."""
    page = reader.get("/sources").text
    assert "The Courier" in page
    assert "text is empty" in page
    assert "news.jsonl:7" in page


def test_about_shows_the_figures_of_the_documentation():
    """The figures that ship with the weights are those that docs/evaluation.md has from the same command."""
    from pathlib import Path

    from whowhom.web.pages.about import load_figures

    told = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8").replace("*", "")
    for group in load_figures()["groups"]:
        assert group["command"] in told
        for name, *values in group["rows"]:
            assert f"{name} | {' | '.join(values)}" in told, name


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/nowhere", 404, "There is no page at this address"),
        ("/incident/ffffffffffffffff", 404, "No incident of this store has an id that begins with"),
        ("/article/none", 404, "No article of this store has the id"),
        ("/incidents?typ=AID", 400, "There is no filter &#39;typ&#39;"),
        ("/?span=12", 400, "span cannot be"),
        ("/actor/RUS?from=x", 400, "is no day"),
        ("/actor/%20", 400, "This address names nobody"),
        ("/dyad/RUS/%E2%80%A8", 400, "This address names nobody"),
    ],
)
def test_error_is_a_page_that_says_what_to_do(reader, address, status, told):
    """With the way to all other pages above it."""
    answer = reader.get(address)
    assert answer.status_code == status
    assert told in answer.text
    assert '<nav aria-label="Pages">' in answer.text


def test_other_methods_are_refused_with_those_that_are_taken(reader):
    """Reading changes nothing, so nothing is posted here."""
    answer = reader.post("/incidents")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_article_of_offsets_says_that_its_words_are_not_kept(tmp_path):
    """On its own page, that of the incident and that for correcting it, with where the words stand."""
    path = tmp_path / "desk.duckdb"
    with stores.open(path) as store:
        store.add([make_report("1", date(2031, 1, 1))], keep="offsets")
        store.build_incidents()
        ((incident,),) = store.reports().project("incident").fetchall()
    client = TestClient(make_app(path), base_url="http://localhost")
    for address in ("/article/1", f"/incident/{incident}", "/event/1-1"):
        page = client.get(address)
        assert page.status_code == 200
        assert "words not kept, only where they stand: characters 11 to 18 of the text" in page.text, address
        assert "shelled" not in page.text
    assert "nor a word of it" in client.get("/article/1").text


def test_store_that_lacks_a_table_is_a_page_too(tmp_path):
    """One of an unreleased version is no crash: the page says what it lacks and what to do."""
    path = tmp_path / "desk.duckdb"
    with stores.open(path) as store:
        store._connection.execute("DROP TABLE facet")
    client = TestClient(make_app(path), base_url="http://localhost")
    for address in ("/", "/incidents", "/api/incidents"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert "lacks the table facet" in answer.text


def test_store_in_use_is_a_page_too(tmp_path):
    """A store that cannot be read now says so, with a way to try again."""
    client = TestClient(make_app(tmp_path / "none.duckdb"), base_url="http://localhost")
    answer = client.get("/")
    assert answer.status_code == 503
    assert "There is no store" in answer.text
    assert "Try again" in answer.text


def test_empty_store_has_all_pages(tmp_path):
    """Before anything was read nothing fails."""
    stores.open(tmp_path / "desk.duckdb").close()
    client = TestClient(make_app(tmp_path / "desk.duckdb"), base_url="http://localhost")
    for address in (
        "/",
        "/incidents",
        "/actor/RUS",
        "/dyad/RUS/UKR",
        "/sources",
        "/about",
        "/incidents.csv",
        "/incidents.parquet",
    ):
        assert client.get(address).status_code == 200, address


def test_theme_comes_with_the_page(store_path):
    """So that a dark page is not light first."""
    client = TestClient(make_app(store_path), base_url="http://localhost:8000")
    assert "data-theme=" not in client.get("/about").text
    client.cookies.set("whowhom_theme_8000", "dark")
    assert 'data-theme="dark"' in client.get("/about").text
    client.cookies.set("whowhom_theme_8000", '"><script>')
    assert "data-theme=" not in client.get("/about").text


def test_files_may_be_kept_and_pages_asked_for_again(reader):
    """The address of a file changes with it; a page is asked for each time."""
    page = reader.get("/about")
    assert page.headers["cache-control"] == "private, no-cache"
    address = re.search(r'href="(/static/desk\.css\?v=\w+)"', page.text)[1]
    assert "immutable" in reader.get(address).headers["cache-control"]
