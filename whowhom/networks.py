"""Who acts on whom: incidents counted between actors, and who stands how in the middle of it.

Two actors are joined by a directed edge where an incident has the one as actor and the other as recipient.
Where both do the same towards each other (a meeting) there is an edge each way. What is planned,
imagined or denied by most of its reports has not happened and is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from whowhom.exporters.tables import Column
from whowhom.series import BODIES, QUADS

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    from numpy.typing import NDArray

ActorsBy = Literal["country", "organisation"]
Kind = Literal["state", "body", "organisation"]

_BODY_NAMES = {
    "UNO": "United Nations",
    "EUR": "European Union",
    "IGO": "intergovernmental bodies",
    "NGO": "non-governmental organisations",
    "MNC": "companies of many countries",
    "IMG": "armed groups of many countries",
    "ISM": "movements of many countries",
}
# As in whowhom.series: without a recipient each acts towards the others.
_MUTUAL = ("AGREE", "CONSULT", "COOPERATE")

_EDGES = """
WITH asked AS (
    SELECT id, event, actor, recipient, quad, scale, n_independent, first_day, last_day,
        len(recipient) = 0 AND event IN ({mutual}) AS is_mutual
    FROM incident
    WHERE n_independent >= $fewest
        AND greatest(aux.future, aux.hypothetical, aux.negation) * 2
            <= certainty.certain + certainty.probable + certainty.possible
        AND {conditions}
),
part AS (
    SELECT id, true AS is_actor, is_mutual, unnest(actor) AS who FROM asked
    UNION ALL
    SELECT id, false, false, unnest(recipient) FROM asked
),
organisation AS (SELECT DISTINCT unnest($names) AS name),
named AS (
    SELECT DISTINCT id, is_actor, is_mutual, coalesce(organisation.name, who.country) AS code,
        CASE WHEN organisation.name IS NULL THEN NULL ELSE who.country END AS country
    FROM part LEFT JOIN organisation ON organisation.name = who.name
    WHERE coalesce(organisation.name, who.country) IS NOT NULL
),
pair AS (
    SELECT DISTINCT id, one.code AS one, other.code AS other
    FROM named AS one JOIN named AS other USING (id)
    WHERE one.is_actor AND one.code <> other.code AND (NOT other.is_actor OR one.is_mutual)
)
"""
_COUNT = """
SELECT one, other, count(*) AS n_incidents, sum(n_independent)::BIGINT AS n_independent,
    count(*) FILTER (quad = 1), count(*) FILTER (quad = 2),
    count(*) FILTER (quad = 3), count(*) FILTER (quad = 4),
    round(avg(scale), 4), min(first_day), max(last_day)
FROM pair JOIN asked USING (id) GROUP BY one, other ORDER BY one, other
"""
_ACTORS = """
SELECT code, any_value(country ORDER BY country), count(DISTINCT pair.id)
FROM (SELECT id, one AS code FROM pair UNION SELECT id, other FROM pair) AS pair
JOIN (SELECT DISTINCT code, country FROM named) AS named USING (code)
GROUP BY code ORDER BY code
"""


@dataclass(frozen=True, slots=True)
class Node:
    """An actor of a network.

    Attributes:
        code: ISO 3166-1 alpha-3, UNO, EUR, IGO ..., or the name of an organisation.
        name: What to call it.
        country: Of an organisation the state or body it belongs to, "" not known.
        n_incidents: Incidents in which it acts on, or is acted on by, another one here.
    """

    code: str
    name: str
    kind: Kind
    country: str
    n_incidents: int


@dataclass(frozen=True, slots=True)
class Edge:
    """What one actor did to another.

    Attributes:
        actor, recipient: Codes of the two.
        n_incidents: Number of incidents.
        n_independent: Sum of their independent reports.
        n_by_quad: Incidents of quad classes 1 to 4.
        scale_mean: Mean of their scales, -10 to 10.
        first_day, last_day: First and last day of any; None where no day is known.
    """

    actor: str
    recipient: str
    n_incidents: int
    n_independent: int
    n_by_quad: tuple[int, int, int, int]
    scale_mean: float
    first_day: date | None
    last_day: date | None

    @property
    def balance(self) -> float:
        """Return the share of cooperation less that of conflict, -1 to 1."""
        good, bad = self.n_by_quad[0] + self.n_by_quad[1], self.n_by_quad[2] + self.n_by_quad[3]
        return (good - bad) / max(1, good + bad)


class Network(NamedTuple):
    """Actors and what they did to one another, each in the order of codes."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def keep(self, n_nodes: int, n_edges: int | None = None) -> Network:
        """Return the network of the actors with most incidents, and of the edges with most."""
        ranked = sorted(self.nodes, key=lambda node: (-node.n_incidents, node.code))[:n_nodes]
        kept = {node.code for node in ranked}
        edges = [edge for edge in self.edges if edge.actor in kept and edge.recipient in kept]
        edges.sort(key=lambda edge: (-edge.n_incidents, edge.actor, edge.recipient))
        strongest = sorted(edges[:n_edges], key=lambda edge: (edge.actor, edge.recipient))
        return Network(tuple(node for node in self.nodes if node.code in kept), tuple(strongest))


class Measure(NamedTuple):
    """How an actor stands in a network; see `MEASURES` for what each is."""

    code: str
    name: str
    n_incidents: int
    n_recipients: int
    n_actors: int
    n_out: int
    n_in: int
    n_cooperation: int
    n_conflict: int
    betweenness: float
    pagerank: float


MEASURES: tuple[Column, ...] = (
    Column("code", "text", "The actor."),
    Column("name", "text", "What to call it."),
    Column("n_incidents", "whole", "Incidents with another actor of the network."),
    Column("n_recipients", "whole", "Out-degree: actors it acted on."),
    Column("n_actors", "whole", "In-degree: actors that acted on it."),
    Column("n_out", "whole", "Weighted out-degree: what it did, one for each recipient of an incident."),
    Column("n_in", "whole", "Weighted in-degree: what was done to it."),
    Column("n_cooperation", "whole", "Cooperation of both."),
    Column("n_conflict", "whole", "Conflict of both."),
    Column(
        "betweenness", "real", "Share of the shortest directed ways between two others that lead over it."
    ),
    Column("pagerank", "real", "PageRank over edges weighted by incidents, damping 0.85; the sum is 1."),
)


def select_network(
    connection: duckdb.DuckDBPyConnection,
    *,
    by: ActorsBy = "country",
    types: Sequence[str] = (),
    around: str | None = None,
    first: date | None = None,
    last: date | None = None,
    min_independent: int = 1,
    min_incidents: int = 1,
) -> Network:
    """Count incidents between actors.

    Raises:
        ValueError: `by` is no kind of actors, or a least number is below 1.
    """
    if by not in get_args(ActorsBy):
        raise ValueError(f"by is {by!r}, expected one of {', '.join(get_args(ActorsBy))}.")
    for name, least in (("min_independent", min_independent), ("min_incidents", min_incidents)):
        if least < 1:
            raise ValueError(f"{name} is {least}; give 1 or more.")
    conditions = ["true"]
    values: dict[str, Any] = {
        "fewest": min_independent,
        "names": _list_organisations() if by != "country" else [],
    }
    for name, condition, value in (
        ("types", "list_contains($types, event)", list(types)),
        ("first", "last_day >= $first", first),
        ("last", "first_day <= $last", last),
    ):
        if value:
            conditions.append(condition)
            values[name] = value
    sql = _EDGES.format(
        mutual=", ".join(f"'{event}'" for event in _MUTUAL), conditions=" AND ".join(conditions)
    )
    rows = connection.execute(sql + _COUNT, values).fetchall()
    edges = [
        Edge(one, other, n, independent, (n_1, n_2, n_3, n_4), scale, first_day, last_day)
        for one, other, n, independent, n_1, n_2, n_3, n_4, scale, first_day, last_day in rows
        if n >= min_incidents
    ]
    nodes = [
        Node(code, _name(code), _find_kind(code), country or "", n)
        for code, country, n in connection.execute(sql + _ACTORS, values).fetchall()
    ]
    return _cut(nodes, edges, around)


def _cut(nodes: list[Node], edges: list[Edge], around: str | None) -> Network:
    """Return the network of those who still have an edge, or of one actor and its neighbours."""
    if around is not None:
        centre = next((node.code for node in nodes if node.code.casefold() == around.strip().casefold()), "")
        beside = {
            end
            for edge in edges
            for end in (edge.actor, edge.recipient)
            if centre in (edge.actor, edge.recipient)
        }
        edges = [edge for edge in edges if edge.actor in beside and edge.recipient in beside]
    ends = {end for edge in edges for end in (edge.actor, edge.recipient)}
    return Network(tuple(node for node in nodes if node.code in ends), tuple(edges))


def _list_organisations() -> list[str]:
    from whowhom.resolvers.lexicon import read_table

    return sorted({row["name"] for row in read_table("organisations")})


def _name(code: str) -> str:
    from whowhom.resolvers.countries import load_countries

    country = load_countries().get(code)
    return country.name if country else _BODY_NAMES.get(code, code)


def _find_kind(code: str) -> Kind:
    from whowhom.resolvers.countries import load_countries

    return "state" if code in load_countries() else "body" if code in BODIES else "organisation"


# Measures.


def measure(network: Network) -> list[Measure]:
    """Return how each actor stands, the one with most incidents first."""
    import numpy as np

    number = {node.code: at for at, node in enumerate(network.nodes)}
    weights = np.zeros((len(number), len(number)))
    quads = np.zeros((len(number), len(QUADS)), dtype=np.int64)
    for edge in network.edges:
        weights[number[edge.actor], number[edge.recipient]] = edge.n_incidents
        quads[number[edge.actor]] += edge.n_by_quad
        quads[number[edge.recipient]] += edge.n_by_quad
    joined = weights > 0
    between, rank = find_betweenness(joined), find_pagerank(weights)
    measures = [
        Measure(
            node.code,
            node.name,
            node.n_incidents,
            int(joined[at].sum()),
            int(joined[:, at].sum()),
            int(weights[at].sum()),
            int(weights[:, at].sum()),
            int(quads[at, :2].sum()),
            int(quads[at, 2:].sum()),
            round(float(between[at]), 6),
            round(float(rank[at]), 6),
        )
        for at, node in enumerate(network.nodes)
    ]
    return sorted(measures, key=lambda one: (-one.n_incidents, one.code))


def find_pagerank(weights: NDArray[np.float64], damping: float = 0.85) -> NDArray[np.float64]:
    """Return the PageRank of each node; a node without a way out leads everywhere.

    Shape: (n, n) to (n,). Source: Page et al. 1999, "The PageRank citation ranking".
    """
    import numpy as np

    n = len(weights)
    if not n:
        return np.zeros(0)
    out = weights.sum(axis=1, keepdims=True)
    steps = np.where(out > 0, weights / np.where(out > 0, out, 1), 1 / n)
    rank = np.full(n, 1 / n)
    for _ in range(200):
        before, rank = rank, (1 - damping) / n + damping * rank @ steps
        if np.abs(rank - before).sum() < 1e-10:
            break
    return np.asarray(rank / rank.sum())


def find_betweenness(joined: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the share of shortest directed ways between two others that lead over each node.

    All starts go at once, one matrix product a step. Shape: (n, n) to (n,).
    Source: Brandes 2001, "A faster algorithm for betweenness centrality", Journal of Mathematical
    Sociology 25(2).
    """
    import numpy as np

    n = len(joined)
    if n < 3:
        return np.zeros(n)
    edges = joined.astype(np.float64)
    ways = np.eye(n)  # shortest ways from the start (row) to each node
    level = np.where(np.eye(n, dtype=bool), 0, -1)
    front, depth = np.eye(n), 0
    while front.any():
        depth += 1
        front = np.where(level < 0, front @ edges, 0)
        level[front > 0] = depth
        ways += front
    passed = np.zeros((n, n))
    for step in range(int(level.max()), 0, -1):
        share = np.where(level == step, (1 + passed) / np.where(ways > 0, ways, 1), 0)
        passed += np.where(level == step - 1, ways * (share @ edges.T), 0)
    np.fill_diagonal(passed, 0)
    return np.asarray(passed.sum(axis=0) / ((n - 1) * (n - 2)))
