"""A network as a file for programs that draw and measure networks: GEXF 1.3 and GraphML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, BinaryIO
from xml.etree import ElementTree

from whowhom.exporters.tables import Column
from whowhom.networks import Edge, Network
from whowhom.series import QUADS

Writer = Callable[[Network, BinaryIO], None]

_GEXF = "http://gexf.net/1.3"
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
# What XML 1.0 cannot hold.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

EDGE_COLUMNS: tuple[Column, ...] = (
    Column("actor", "text", "Code of who acted."),
    Column("recipient", "text", "Code of whom it was done to."),
    Column("n_incidents", "whole", "Incidents."),
    Column("n_independent", "whole", "Sum of their independent reports."),
    *(Column(f"n_{quad}", "whole", f"Incidents of {quad.replace('_', ' ')}.") for quad in QUADS),
    Column("scale_mean", "real", "Mean of their scales, -10 to 10."),
    Column("balance", "real", "Share of cooperation less that of conflict, -1 to 1."),
    Column("first_day", "day", "First day of any; null where no day is known."),
    Column("last_day", "day", "Last day of any."),
)
# Type of each attribute; what is null is left out.
_OF_NODES = {"name": "string", "kind": "string", "country": "string", "n_incidents": "integer"}
_OF_EDGES = {
    "n_incidents": "integer",
    "n_independent": "integer",
    **{f"n_{quad}": "integer" for quad in QUADS},
    "scale_mean": "double",
    "balance": "double",
    "first_day": "string",
    "last_day": "string",
}


def write_gexf(network: Network, stream: BinaryIO) -> None:
    """Write GEXF 1.3, a directed graph whose edges have the span of days of their incidents.

    Gephi shows these in its timeline. The weight of an edge is its number of incidents. The same network
    gives the same bytes.
    """
    root = ElementTree.Element("gexf", {"xmlns": _GEXF, "version": "1.3"})
    root.set(_SCHEMA, f"{_GEXF} {_GEXF}/gexf.xsd")
    meta = ElementTree.SubElement(root, "meta")
    ElementTree.SubElement(meta, "creator").text = "whowhom"
    ElementTree.SubElement(meta, "description").text = "Who acts on whom: incidents between actors"
    options = {
        "defaultedgetype": "directed",
        "mode": "dynamic",
        "timeformat": "date",
        "timerepresentation": "interval",
    }
    graph = ElementTree.SubElement(root, "graph", options)
    for kind, attributes in (("node", _OF_NODES), ("edge", _OF_EDGES)):
        declared = ElementTree.SubElement(graph, "attributes", {"class": kind, "mode": "static"})
        for name, type in attributes.items():
            ElementTree.SubElement(
                declared, "attribute", {"id": f"{kind}_{name}", "title": name, "type": type}
            )
    nodes = ElementTree.SubElement(graph, "nodes")
    for node in network.nodes:
        one = ElementTree.SubElement(nodes, "node", {"id": _clean(node.code), "label": _clean(node.name)})
        _add_gexf_values(one, "node", _read_node(node))
    edges = ElementTree.SubElement(graph, "edges")
    for number, edge in enumerate(network.edges):
        values = {"id": str(number), "source": _clean(edge.actor), "target": _clean(edge.recipient)}
        values["weight"] = str(edge.n_incidents)
        if edge.first_day and edge.last_day:
            values |= {"start": edge.first_day.isoformat(), "end": edge.last_day.isoformat()}
        _add_gexf_values(ElementTree.SubElement(edges, "edge", values), "edge", _read_edge(edge))
    _write(root, stream)


def write_graphml(network: Network, stream: BinaryIO) -> None:
    """Write GraphML, a directed graph; `weight` of an edge is its number of incidents."""
    root = ElementTree.Element("graphml", {"xmlns": _GRAPHML})
    root.set(_SCHEMA, f"{_GRAPHML} {_GRAPHML}/1.0/graphml.xsd")
    for kind, attributes in (("node", _OF_NODES), ("edge", {"weight": "integer", **_OF_EDGES})):
        for name, type in attributes.items():
            # GraphML says "int", GEXF "integer".
            declared = {"id": f"{kind}_{name}", "for": kind, "attr.name": name}
            declared["attr.type"] = "int" if type == "integer" else type
            ElementTree.SubElement(root, "key", declared)
    graph = ElementTree.SubElement(root, "graph", {"id": "whowhom", "edgedefault": "directed"})
    for node in network.nodes:
        one = ElementTree.SubElement(graph, "node", {"id": _clean(node.code)})
        _add_graphml_values(one, "node", _read_node(node))
    for edge in network.edges:
        ends = {"source": _clean(edge.actor), "target": _clean(edge.recipient)}
        one = ElementTree.SubElement(graph, "edge", ends)
        _add_graphml_values(one, "edge", {"weight": edge.n_incidents, **_read_edge(edge)})
    _write(root, stream)


WRITERS: dict[str, Writer] = {"gexf": write_gexf, "graphml": write_graphml}


def _read_node(node: Any) -> dict[str, Any]:
    return {name: getattr(node, name) for name in _OF_NODES}


def describe_edge(edge: Edge) -> dict[str, Any]:
    """Return an edge as one row: its ends, and what files have of it."""
    return {"actor": edge.actor, "recipient": edge.recipient, **_read_edge(edge)}


def _read_edge(edge: Edge) -> dict[str, Any]:
    by_quad = {f"n_{quad}": n for quad, n in zip(QUADS, edge.n_by_quad, strict=True)}
    return {name: by_quad[name] if name in by_quad else getattr(edge, name) for name in _OF_EDGES}


def _add_gexf_values(parent: ElementTree.Element, kind: str, values: Mapping[str, Any]) -> None:
    inside = ElementTree.SubElement(parent, "attvalues")
    for name, value in values.items():
        if value is not None and value != "":
            ElementTree.SubElement(inside, "attvalue", {"for": f"{kind}_{name}", "value": _show(value)})


def _add_graphml_values(parent: ElementTree.Element, kind: str, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is not None and value != "":
            ElementTree.SubElement(parent, "data", {"key": f"{kind}_{name}"}).text = _show(value)


def _show(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.6g}" if isinstance(value, float) else _clean(str(value))


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _write(root: ElementTree.Element, stream: BinaryIO) -> None:
    tree = ElementTree.ElementTree(root)
    ElementTree.indent(tree, " ")
    tree.write(stream, encoding="utf-8", xml_declaration=True)
    stream.write(b"\n")
