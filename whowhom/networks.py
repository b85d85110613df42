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

from whowhom.coders.labels import CERTAINTIES
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
    "IGO": "Intergovernmental bodies",
    "NGO": "Non-governmental organisations",
    "MNC": "Multinational companies",
    "IMG": "International armed groups",
    "ISM": "International movements",
}
# As in whowhom.series: without a recipient each acts towards the others.
_MUTUAL = ("AGREE", "CONSULT", "COOPERATE")

_CONDITIONS = {
    "types": "list_contains($types, event)",
    "quads": "list_contains($quads, quad)",
    "certainties": "({})".format(
        " OR ".join(f"list_contains($certainties, '{one}') AND certainty.{one} > 0" for one in CERTAINTIES)
    ),
    "first": "last_day >= $first",
    "last": "first_day <= $last",
}
_ASKED = """
WITH asked AS (
    SELECT incident.rowid AS row, event, actor, recipient, quad, scale, n_independent, first_day, last_day
    FROM incident
    WHERE n_independent >= $fewest
        AND greatest(aux.future, aux.hypothetical, aux.negation) * 2
            <= certainty.certain + certainty.probable + certainty.possible
        AND {conditions}
),
"""
# Most incidents have one actor and one recipient; to take lists apart costs more than all the rest.
_SINGLE = "len(actor) = 1 AND len(recipient) = 1"
_BY_COUNTRY = f"""
single AS (
    SELECT actor[1].country AS one, recipient[1].country AS other, * EXCLUDE (actor, recipient)
    FROM asked WHERE {_SINGLE}
),
coded AS (
    SELECT * EXCLUDE (actor, recipient),
        [one.country FOR one IN actor IF one.country IS NOT NULL] AS actors,
        [one.country FOR one IN recipient IF one.country IS NOT NULL] AS recipients
    FROM asked WHERE NOT ({_SINGLE})
),
"""
_BY_ORGANISATION = f"""
organisation AS (SELECT DISTINCT unnest($names) AS name),
single AS (
    SELECT coalesce(doer.name, actor[1].country) AS one,
        coalesce(sufferer.name, recipient[1].country) AS other,
        asked.* EXCLUDE (actor, recipient)
    FROM asked
    LEFT JOIN organisation AS doer ON doer.name = actor[1].name
    LEFT JOIN organisation AS sufferer ON sufferer.name = recipient[1].name
    WHERE {_SINGLE}
),
part AS (
    SELECT row, true AS is_actor, unnest(actor) AS who FROM asked WHERE NOT ({_SINGLE})
    UNION ALL SELECT row, false, unnest(recipient) FROM asked WHERE NOT ({_SINGLE})
),
named AS (
    SELECT row, is_actor, coalesce(organisation.name, who.country) AS code
    FROM part LEFT JOIN organisation ON organisation.name = who.name
),
coded AS (
    SELECT asked.* EXCLUDE (actor, recipient),
        coalesce(lists.actors, []) AS actors, coalesce(lists.recipients, []) AS recipients
    FROM asked JOIN (
        SELECT row, list(code) FILTER (is_actor) AS actors, list(code) FILTER (NOT is_actor) AS recipients
        FROM named WHERE code IS NOT NULL GROUP BY row
    ) AS lists USING (row)
),
"""
_MANY = f"""
many AS (
    SELECT one, unnest(recipients) AS other, * EXCLUDE (one, actors, recipients)
    FROM (
        SELECT *, unnest(list_distinct(actors)) AS one,
        FROM (
            SELECT * REPLACE (list_distinct(CASE WHEN len(recipients) = 0
                AND event IN ({", ".join(f"'{event}'" for event in _MUTUAL)}) THEN actors
                ELSE recipients END) AS recipients)
            FROM coded
        )
    )
)
"""
_COUNT = """
SELECT one, other, count(*), count(*) FILTER (is_single), sum(n_independent)::BIGINT,
    count(*) FILTER (quad = 1), count(*) FILTER (quad = 2),
    count(*) FILTER (quad = 3), count(*) FILTER (quad = 4),
    round(avg(scale), 4), min(first_day), max(last_day)
FROM (SELECT *, true AS is_single FROM single UNION ALL BY NAME SELECT *, false AS is_single FROM many)
WHERE one <> other GROUP BY one, other ORDER BY one, other
"""
# Of an incident with several on a side each counts once, with however many of the others it is joined.
_COUNT_MANY = """
SELECT code, count(DISTINCT row) FROM (
    SELECT row, one AS code FROM many WHERE one <> other
    UNION ALL SELECT row, other FROM many WHERE one <> other
) GROUP BY code
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
    Column("n_cooperation", "whole", "Of n_out and n_in, cooperation."),
    Column("n_conflict", "whole", "Of n_out and n_in, conflict."),
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
    quads: Sequence[int] = (),
    certainties: Sequence[str] = (),
    around: str | None = None,
    first: date | None = None,
    last: date | None = None,
    min_independent: int = 1,
    min_incidents: int = 1,
) -> Network:
    """Count incidents between actors.

    Raises:
        ValueError: `by` is no kind of actors, a quad class or certainty is none, or a least number is
            below 1.
    """
    if by not in get_args(ActorsBy):
        raise ValueError(f"by is {by!r}, expected one of {', '.join(get_args(ActorsBy))}.")
    for name, given, known in (
        ("quad", quads, tuple(range(1, 1 + len(QUADS)))),
        ("certainty", certainties, CERTAINTIES),
    ):
        for value in given:
            if value not in known:
                raise ValueError(f"{name} cannot be {value!r}. Known: {', '.join(map(str, known))}.")
    for name, least in (("min_independent", min_independent), ("min_incidents", min_incidents)):
        if least < 1:
            raise ValueError(f"{name} is {least}; give 1 or more.")
    asked = {"types": list(types), "quads": list(quads), "certainties": list(certainties)}
    sides, values = _select_sides(by, {**asked, "first": first, "last": last})
    values["fewest"] = min_independent
    rows = connection.execute(sides + _COUNT, values).fetchall()
    n_by_code = dict(connection.execute(sides + _COUNT_MANY, values).fetchall())
    edges = []
    for one, other, n, n_single, independent, n_1, n_2, n_3, n_4, *rest in rows:
        for code in (one, other):
            n_by_code[code] = n_by_code.get(code, 0) + n_single
        if n >= min_incidents:
            edges.append(Edge(one, other, n, independent, (n_1, n_2, n_3, n_4), *rest))
    countries = _list_organisations() if by == "organisation" else {}
    nodes = [
        Node(code, _name(code), _find_kind(code), countries.get(code, ""), n_by_code[code])
        for code in sorted(n_by_code)
    ]
    return _cut(nodes, edges, around)


def _select_sides(by: ActorsBy, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the beginning of both queries, and its values."""
    given = {name: value for name, value in asked.items() if value}
    conditions = " AND ".join(["true", *(_CONDITIONS[name] for name in given)])
    sql = (
        _ASKED.format(conditions=conditions) + (_BY_COUNTRY if by == "country" else _BY_ORGANISATION) + _MANY
    )
    return sql, given | ({"names": list(_list_organisations())} if by == "organisation" else {})


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


def _list_organisations() -> dict[str, str]:
    """Return the state or kind of body of each organisation by its name."""
    from whowhom.resolvers.lexicon import read_table

    return {row["name"]: row["country"] for row in read_table("organisations")}


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
    actors = np.array([number[edge.actor] for edge in network.edges], dtype=np.int64)
    recipients = np.array([number[edge.recipient] for edge in network.edges], dtype=np.int64)
    by_quad = np.array([edge.n_by_quad for edge in network.edges], dtype=np.int64).reshape(-1, len(QUADS))
    weights = np.zeros((len(number), len(number)))
    weights[actors, recipients] = [edge.n_incidents for edge in network.edges]
    quads = np.zeros((len(number), len(QUADS)), dtype=np.int64)
    np.add.at(quads, actors, by_quad)
    np.add.at(quads, recipients, by_quad)
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
