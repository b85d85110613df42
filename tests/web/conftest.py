"""A desk over a small store, and readers of it."""

from datetime import date

import pytest
from starlette.testclient import TestClient

import whowhom
from tests.coded_articles import make_coded
from whowhom import kept_standings
from whowhom import store as stores
from whowhom.records import (
    Article,
    CodedArticle,
    DaySpan,
    Entity,
    Event,
    EventDate,
    Place,
    Skip,
    Source,
    Span,
)
from whowhom.web.app import make_app
from whowhom.web.guarding import Gate

HOSTILE_TITLE = "<script>alert('title')</script> \u202etxet\u202c & \u2066more"
HOSTILE_TEXT = (
    'Novia <img src=x onerror="alert(1)"> condemned\u202e <b>Ruritania</b></mark></div>'
    "<script>alert(2)</script> "
    "on Friday.\x07 \u05e9\u05dc\u05d5\u05dd"
)


def make_report(id: str, day: date, *, who="RUS", whom="UKR", event="ASSAULT", killed=None, **changes):
    """Return an article of one sentence with the one event it tells."""
    words = changes.pop("words", f"{who} forces shelled {whom} near Belgrad{id} on Friday.")
    article = Article(
        id, words, title=f"Report {id}", published=day, outlet=changes.pop("outlet", f"Outlet {id}")
    )

    def span(part: str) -> Span:
        start = words.index(part)
        return Span(part, start, start + len(part))

    made = Event(
        id=f"{id}-1",
        article=id,
        event=event,
        trigger=span("shelled"),
        score=0.5,
        quad={"ASSAULT": 4, "CONSULT": 1, "AID": 2, "ACCUSE": 3}[event],
        scale=-9.0,
        cameo="190",
        actor=(Entity(span(f"{who} forces"), f"{who} army", who, ("MIL",)),),
        recipient=(Entity(span(whom), "", whom, changes.pop("sector", ("GOV",))),),
        location=changes.pop("location", None)
        or Place(span(f"Belgrad{id}"), f"Belgrad{id}", whom, 10.5, 20.25, 7, "exact"),
        date=EventDate(span("Friday"), DaySpan(day, day)),
        source=changes.pop("source", Source()),
        killed=killed,
        **changes,
    )
    return CodedArticle(article, (made,))


def make_hostile(text: str = HOSTILE_TEXT) -> CodedArticle:
    """Return an article whose title, text, names and address would do harm if they were not escaped."""
    article = Article(
        "hostile/<id>",
        text,
        title=HOSTILE_TITLE,
        published=date(2031, 3, 7),
        outlet='"><script>alert(3)</script>',
        url="javascript:alert(4)",
        language="en",
    )
    start = text.index("condemned")
    entity = Entity(Span("Novia", 0, 5), "<i>Novia</i>", "NOV", ("GOV",))
    event = Event(
        "h1", article.id, "ACCUSE", Span("condemned", start, start + 9), 0.4, 3, -2.0, "111", actor=(entity,)
    )
    return CodedArticle(article, (event,))


def make_articles() -> list[CodedArticle | Skip]:
    """Return some forty articles of 2031: one in full, one hostile, and reports of Russia and Ukraine."""
    countries = ("UKR", "SYR", "GEO")
    events = ("ASSAULT", "AID", "ACCUSE", "CONSULT")
    reports = [
        make_report(
            f"r{number:02}",
            date(2031, 1 + number % 3, 1 + number % 27),
            whom=countries[number % 3],
            event=events[number % 4],
            killed=number if number % 5 == 0 else None,
            sector=("GOV", "JUD") if number % 2 else ("JUD", "GOV"),
        )
        for number in range(40)
    ]
    named = Source("named", Entity(Span("", None, None), "Tor Lund", "NOV", ("GOV",)))
    state = Place(Span("GEO", 19, 22), "Georgia", "GEO", 42.0, 43.5, 614540, "country")
    return [
        make_coded(),
        make_hostile(),
        *reports,
        make_report("named", date(2031, 3, 5), source=named, certainty="probable", aux=("future",)),
        make_report("inland", date(2031, 3, 6), whom="GEO", location=state),
        Skip("", "read", "text is empty", "news.jsonl:7"),
    ]


@pytest.fixture(scope="session")
def store_path(tmp_path_factory):
    """A store of `make_articles`, with its incidents."""
    path = tmp_path_factory.mktemp("desk") / "desk.duckdb"
    with stores.open(path) as store:
        store.add(make_articles())
        store.build_incidents()
    return path


@pytest.fixture(scope="session")
def reader(store_path):
    """Somebody who sits at this computer."""
    app = make_app(store_path)
    with TestClient(app, base_url="http://localhost:8000", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def stranger(store_path):
    """Somebody elsewhere, before a desk that asks for a token."""
    gate = Gate("0.0.0.0", 8000, "open-sesame-open-sesame")
    app = make_app(store_path, gate=gate)
    with TestClient(app, base_url="http://desk.example:8000", follow_redirects=False) as client:
        yield client


STANDING = (
    (
        "1",
        "2027-04-12",
        "Vietnam and the Philippines signed a mutual defence pact in Manila on Monday.",
    ),
    (
        "2",
        "2027-04-26",
        "Chile severed diplomatic relations with Bolivia on Monday, closing its embassy in La Paz.",
    ),
    (
        "3",
        "2027-04-28",
        "Correction: Chile has not severed diplomatic relations with Bolivia. Our report of 26 April was "
        "wrong.",
    ),
    (
        "4",
        "2027-04-05",
        "Eritrea promised on Monday to withdraw its troops from Ethiopia by 30 June.",
    ),
    (
        "5",
        "2027-07-05",
        "Eritrea has failed to withdraw its troops from Ethiopia by the deadline of 30 June, the Ethiopian "
        "government said on Monday.",
    ),
    (
        "6",
        "2027-11-22",
        "The Philippines on Monday suspended its defence pact with Vietnam after a quarrel over fishing "
        "grounds.",
    ),
)
"""The reports of docs/ties.md."""
HOSTILE_SIDE = "<script>alert(9)</script>\u202e&"


def add_hostile_standings(store):
    """Put a tie and a pledge into a store whose side is a name that would do harm if it were not escaped."""
    store._connection.execute(
        "INSERT INTO tie_report VALUES ('1', 'none', 'sanctions', 'CHL', $side, 'imposed', $side, [], "
        "DATE '2027-05-01', DATE '2027-05-01', true, DATE '2027-05-01', NULL, $side, 0.5, 0.9, false, $side, "
        "NULL, NULL)",
        {"side": HOSTILE_SIDE},
    )
    store._connection.execute(
        "INSERT INTO pledge_report VALUES ('1', 'none', 'pledge', 'threat', 'sanction', $side, 'CHL', $side, "
        "[], $side, NULL, DATE '2027-05-02', DATE '2027-05-02', true, DATE '2027-05-02', NULL, $side, 0.9, "
        "0.9, false, $side, NULL, NULL, NULL)",
        {"side": HOSTILE_SIDE},
    )
    kept_standings.keep(store._connection)


@pytest.fixture(scope="session")
def standing_path(tmp_path_factory):
    """A store into which the reports of `STANDING` were read, and a hostile tie and pledge."""
    path = tmp_path_factory.mktemp("standing") / "standing.duckdb"
    articles = [
        Article(id, text, published=date.fromisoformat(day), outlet=f"Outlet {id}")
        for id, day, text in STANDING
    ]
    with stores.open(path) as store:
        store.add(whowhom.code_many(articles))
        store.build_incidents()
        add_hostile_standings(store)
    return path


@pytest.fixture(scope="session")
def standing_reader(standing_path):
    """Somebody who looks at that store."""
    app = make_app(standing_path)
    with TestClient(app, base_url="http://localhost:8000", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def empty_reader(tmp_path_factory):
    """Somebody who looks at a store in which there is nothing yet."""
    path = tmp_path_factory.mktemp("empty") / "empty.duckdb"
    stores.open(path).close()
    with TestClient(
        make_app(path), base_url="http://localhost:8000", raise_server_exceptions=False
    ) as client:
        yield client
