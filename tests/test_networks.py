"""Tests of who acts on whom: what is counted, and the measures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whowhom
from tests.coded_articles import make_coded
from tests.web.pictures.examples import make_network
from whowhom import store as stores
from whowhom.networks import MEASURES, Measure, find_betweenness, find_pagerank, measure
from whowhom.records import Article, CodedArticle, DaySpan, Entity, Event, EventDate, Span

DAY = date(2024, 6, 19)


def make_event(event, actor, recipient, quad, *, day=DAY, scale=0.0, aux=(), **names):
    """Return an event of states given by their codes; `names` are names of bodies by their code."""
    number = f"{event}-{actor}-{recipient}-{day}-{'-'.join(aux)}"
    span = Span("struck", 10, 16)

    def list_entities(codes):
        return tuple(Entity(Span(code), names.get(code, ""), code, ("GOV",)) for code in codes.split())

    return Event(
        number,
        "",
        event,
        span,
        0.9,
        quad,
        scale,
        "190",
        actor=list_entities(actor),
        recipient=list_entities(recipient),
        date=EventDate(Span(""), DaySpan(day, day)) if day else None,
        aux=aux,
    )


@pytest.fixture
def fill(tmp_path):
    """Return a function that makes a store of articles with one event each, and its incidents."""

    def make(*events):
        store = stores.open(tmp_path / "whowhom.duckdb")
        for number, event in enumerate(events):
            id = f"a{number}"
            text = f"Number {number}: " + " ".join(f"word{number}x{word}" for word in range(40))
            article = Article(id, text, published=DAY, outlet=f"outlet {number}")
            store.add([CodedArticle(article, (replace(event, article=id),))])
        store.build_incidents()
        return store

    return make


def test_who_did_what_to_whom_is_an_edge(fill):
    """It has a direction, its number of incidents, classes, scale and days."""
    with fill(make_event("ASSAULT", "RUS", "UKR", 4, scale=-9.0)) as store:
        network = store.network()
    (edge,) = network.edges
    assert (edge.actor, edge.recipient, edge.n_incidents, edge.n_by_quad) == ("RUS", "UKR", 1, (0, 0, 0, 1))
    assert (edge.scale_mean, edge.first_day, edge.last_day) == (-9.0, DAY, DAY)
    assert [(node.code, node.name, node.kind) for node in network.nodes] == [
        ("RUS", "Russia", "state"),
        ("UKR", "Ukraine", "state"),
    ]


def test_a_meeting_goes_both_ways(fill):
    """Two actors without a recipient act towards each other in CONSULT, but not in ASSAULT."""
    with fill(make_event("CONSULT", "RUS PRK", "", 1), make_event("ASSAULT", "ISR IRN", "", 4)) as store:
        pairs = [(edge.actor, edge.recipient) for edge in store.network().edges]
    assert pairs == [("PRK", "RUS"), ("RUS", "PRK")]


def test_what_has_not_happened_is_no_edge(fill):
    """Planned, imagined and denied deeds are left out."""
    events = [
        make_event("ASSAULT", "RUS", "UKR", 4, aux=("future",)),
        make_event("ACCUSE", "USA", "IRN", 3, aux=("hypothetical",)),
        make_event("AID", "FRA", "MLI", 2, aux=("negation",)),
        make_event("COERCE", "DEU", "NPL", 4, aux=("historical",)),
    ]
    with fill(*events) as store:
        assert [edge.actor for edge in store.network().edges] == ["DEU"]


def test_state_towards_itself_is_no_edge(fill):
    """A government and its opposition are one state here."""
    with fill(make_event("COERCE", "RUS", "RUS", 4)) as store:
        assert store.network().nodes == ()


def test_organisations_stand_beside_states_if_asked_for(fill):
    """By country NATO is one of the intergovernmental bodies; its name is known."""
    event = make_event("ACCUSE", "IGO", "RUS", 3, IGO="NATO")
    with fill(event) as store:
        assert [node.code for node in store.network().nodes] == ["IGO", "RUS"]
        nodes = store.network(by="organisation").nodes
    assert [(node.code, node.kind, node.country) for node in nodes] == [
        ("NATO", "organisation", "IGO"),
        ("RUS", "state", ""),
    ]


def test_days_and_types_narrow_the_network(fill):
    """Both ends of the days are included."""
    events = (
        make_event("ASSAULT", "RUS", "UKR", 4, day=date(2024, 6, 1)),
        make_event("AID", "USA", "UKR", 2, day=date(2024, 6, 10)),
    )
    with fill(*events) as store:

        def ask(**asked):
            return [edge.actor for edge in store.network(**asked).edges]

        assert ask(first="2024-06-02") == ["USA"]
        assert ask(first="2024-06-01", last="2024-06-01") == ["RUS"]
        assert ask(type="AID") == ["USA"]
        assert ask(quad=[3, 4]) == ["RUS"]
        assert ask(certainty="certain") == ["RUS", "USA"]
        assert ask(certainty=["probable", "possible"]) == []
        assert ask(min_independent=2) == []


def test_network_around_an_actor_has_its_neighbours_only(fill):
    """And what these do to one another."""
    with fill(
        make_event("ASSAULT", "RUS", "UKR", 4),
        make_event("AID", "USA", "UKR", 2),
        make_event("ACCUSE", "USA", "RUS", 3),
        make_event("CONSULT", "FRA", "BRA", 1),
    ) as store:
        assert [node.code for node in store.network(around="ukr").nodes] == ["RUS", "UKR", "USA"]
        assert store.network(around="JPN") == ((), ())


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"by": "person"}, "by is 'person', expected one of country, organisation"),
        ({"quad": [5]}, "quad cannot be 5. Known: 1, 2, 3, 4"),
        ({"certainty": "sure"}, "certainty cannot be 'sure'. Known: certain, probable, possible"),
        ({"min_incidents": 0}, "min_incidents is 0; give 1 or more"),
        ({"first": "2024-02-02", "last": "2024-01-01"}, "last day 2024-01-01 is before first day 2024-02-02"),
        ({"first": "June"}, "first is 'June', which names no day"),
    ],
)
def test_what_cannot_be_asked_is_named(fill, asked, message):
    """The message has the value and what was expected."""
    with fill() as store, pytest.raises(ValueError, match=message):
        store.network(**asked)


def test_function_of_the_package_asks_a_store(fill, tmp_path):
    """`whowhom.network` is a function and stays one, though modules are loaded."""
    fill(make_event("ASSAULT", "RUS", "UKR", 4)).close()
    assert len(whowhom.network(tmp_path / "whowhom.duckdb").edges) == 1


@st.composite
def graphs(draw):
    """Draw a directed graph with whole weights."""
    n = draw(st.integers(1, 14))
    weights = np.array(draw(st.lists(st.integers(0, 3), min_size=n * n, max_size=n * n))).reshape(n, n)
    np.fill_diagonal(weights, 0)
    return weights * np.array(draw(st.lists(st.booleans(), min_size=n * n, max_size=n * n))).reshape(n, n)


@given(graphs())
@settings(max_examples=80, deadline=None)
def test_betweenness_is_what_networkx_finds(weights):
    """In directed graphs of any kind, in parts or not."""
    graph = networkx.from_numpy_array(weights, create_using=networkx.DiGraph)
    expected = networkx.betweenness_centrality(graph)
    assert find_betweenness(weights > 0) == pytest.approx([expected[at] for at in range(len(weights))])


@given(graphs())
@settings(max_examples=80, deadline=None)
def test_pagerank_solves_its_equation(weights):
    """What steps come to is what the linear equations give."""
    n = len(weights)
    out = weights.sum(axis=1, keepdims=True)
    steps = np.where(out > 0, weights / np.maximum(out, 1), 1 / n)
    rank = np.linalg.solve(np.eye(n) - 0.85 * steps.T, np.full(n, 0.15 / n))
    assert find_pagerank(weights.astype(float)) == pytest.approx(rank, abs=1e-8)


def test_measures_of_an_actor():
    """Degrees count actors, weighted ones incidents."""
    first = measure(make_network({("RUS", "UKR"): (0, 1, 3, 20), ("USA", "UKR"): (5, 9, 0, 0)}))[0]
    assert first == Measure("UKR", "UKR", 38, 0, 2, 0, 38, 15, 23, 0.0, first.pagerank)
    assert [column.name for column in MEASURES] == list(Measure._fields)
    assert measure(make_network({})) == []


def test_largest_actors_are_kept():
    """Those with most incidents, and the edges between them with most."""
    network = make_network({("A", "B"): (9, 0, 0, 0), ("B", "C"): (5, 0, 0, 0), ("C", "D"): (1, 0, 0, 0)})
    kept = network.keep(3, 1)
    assert [node.code for node in kept.nodes] == ["A", "B", "C"]
    assert [(edge.actor, edge.recipient) for edge in kept.edges] == [("A", "B")]


def test_made_article_of_other_tests_has_incidents_too(fill):
    """An article as the pipeline makes it goes through."""
    with stores.open(":memory:") as store:
        store.add([make_coded()])
        store.build_incidents()
        assert isinstance(store.network().nodes, tuple)
