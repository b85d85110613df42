"""Who is let in, and what every answer forbids."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from whowhom.web.app import make_app
from whowhom.web.guarding import ForbiddenError, Gate

ADDRESSES = (
    "/", "/incidents", "/incidents.csv", "/article/a1", "/actor/RUS", "/dyad/RUS/UKR", "/sources", "/about",
    "/api/docs", "/api/incidents", "/static/desk.css", "/nowhere", "/incidents?typ=AID",
    "/api/incidents?limit=0",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_forbids_foreign_and_inline_content(reader, address):
    """Pages, files, the API and errors alike: nothing runs or loads but the desk's own files."""
    headers = reader.get(address).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "address", [one for one in ADDRESSES if not one.startswith(("/api/inc", "/static", "/incidents.csv"))]
)
def test_pages_hold_neither_style_nor_script_of_their_own(reader, address):
    """What the policy forbids is not there either, so that no page looks broken."""
    page = reader.get(address).text
    assert "style=" not in page
    assert "<style" not in page
    assert page.count("<script") == 1
    assert "onclick" not in page


def test_crash_carries_the_headers_as_well(store_path, monkeypatch):
    """An error that nobody foresaw is a page like the others, and says nothing of the store's insides."""
    from whowhom.web import queries

    def fail(*_):
        raise RuntimeError("secret")

    monkeypatch.setattr(queries, "list_outlets", fail)
    client = TestClient(make_app(store_path), base_url="http://localhost", raise_server_exceptions=False)
    answer = client.get("/sources")
    assert answer.status_code == 500
    assert "content-security-policy" in answer.headers
    assert "RuntimeError" in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1"])
def test_own_names_are_let_in(reader, host):
    """The names of this computer, with whatever port."""
    assert reader.get("/about", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["news.example", "localhost.news.example", "127.0.0.1.nip.io", "", "a@localhost", "::1"]
)
def test_other_names_are_refused(reader, host):
    """A page on the web that points its own name here does not get to read the store."""
    answer = reader.get("/api/incidents", headers={"host": host})
    assert answer.status_code == 400
    assert "http://localhost:8000" in answer.json()["detail"]


def test_open_address_needs_a_token():
    """What others reach is not opened without one, and not with one that is soon guessed."""
    with pytest.raises(ValueError, match="Give a token"):
        Gate("0.0.0.0")
    with pytest.raises(ValueError, match="16 ASCII characters"):
        Gate("0.0.0.0", token="sesame")


def test_stranger_without_token_sees_nothing(stranger):
    """Neither pages nor files nor the API, and not with a wrong token."""
    for address in ("/", "/api/incidents", "/static/desk.css", "/?token=open-sesame", "/?token="):
        assert stranger.get(address).status_code == 401


def test_token_is_shown_once_and_leaves_the_address(stranger):
    """The first visit sets a cookie and leads to the same page without the token."""
    first = stranger.get("/incidents?type=AID&token=open-sesame-open-sesame")
    assert first.status_code == 303
    assert first.headers["location"] == "/incidents?type=AID"
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "sesame" not in cookie
    assert stranger.get("/incidents?type=AID").status_code == 200


def test_token_never_leads_to_another_computer(stranger):
    """An address that begins with two slashes would."""
    answer = stranger.get("http://desk.example:8000//evil.example/?token=open-sesame-open-sesame")
    assert answer.headers["location"].startswith("/evil.example")


def make_form_client(gate: Gate) -> TestClient:
    """Return a client of an application of one page with a form."""

    async def page(request: Request) -> PlainTextResponse:
        if request.method == "GET":
            mark, cookie = gate.read_form_mark(request)
            answer = PlainTextResponse(mark)
            if cookie:
                gate.set_cookie(answer, "form", cookie)
            return answer
        try:
            gate.check_form(request, (await request.body()).decode())
        except ForbiddenError as error:
            return PlainTextResponse(str(error), 403)
        return PlainTextResponse("done")

    return TestClient(
        Starlette(routes=[Route("/", page, methods=["GET", "POST"])]), base_url="http://localhost:8000"
    )


def test_form_of_the_desk_is_taken():
    """With the mark of its page and the cookie that belongs to it."""
    client = make_form_client(Gate())
    mark = client.get("/").text
    headers = {"origin": "http://localhost:8000", "sec-fetch-site": "same-origin"}
    assert client.post("/", content=mark, headers=headers).text == "done"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
        {"sec-fetch-site": "cross-site"},
    ],
    ids=str,
)
def test_form_of_another_page_is_refused(headers):
    """Even with the right mark."""
    client = make_form_client(Gate())
    mark = client.get("/").text
    answer = client.post("/", content=mark, headers=headers)
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text


def test_form_without_its_mark_is_refused():
    """No mark, one without its cookie, or one of an earlier run of the desk."""
    gate = Gate()
    client = make_form_client(gate)
    client.get("/")
    assert client.post("/", content="").status_code == 403
    earlier = make_form_client(Gate(secret=b"an earlier run"))
    assert client.post("/", content=earlier.get("/").text).status_code == 403
    assert make_form_client(gate).post("/", content=client.get("/").text).status_code == 403
