"""Tests of networks as GEXF and GraphML: another program reads what was written."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.pictures.examples import NETWORK, make_network
from whowhom.exporters import write_network
from whowhom.networks import Network

READERS = {"gexf": networkx.read_gexf, "graphml": networkx.read_graphml}

both = pytest.mark.parametrize("format", READERS)


def write(network, format):
    stream = io.BytesIO()
    write_network(network, stream, format=format)
    return stream.getvalue()


@both
def test_networkx_reads_what_is_written(format):
    """Actors, edges with their direction, weights and numbers come back."""
    graph = READERS[format](io.BytesIO(write(NETWORK, format)))
    assert graph.is_directed()
    assert set(graph.nodes) == {"RUS", "UKR", "USA"}
    assert graph.nodes["UKR"]["n_incidents"] == 47
    edge = graph.edges["RUS", "UKR"]
    assert edge["weight"] == 24
    assert edge["n_material_conflict"] == 20
    assert edge["balance"] == pytest.approx(-22 / 24, abs=1e-5)
    assert edge["first_day"] == "2024-01-01"
    assert ("UKR", "USA") not in graph.edges


@both
def test_same_network_gives_the_same_bytes(format):
    """No day of writing stands in the file."""
    assert write(NETWORK, format) == write(NETWORK, format)


@both
def test_empty_network_is_a_file_too(format):
    """It has no actors and can be read."""
    assert len(READERS[format](io.BytesIO(write(Network((), ()), format)))) == 0


@given(st.text(st.characters(), max_size=12), st.sampled_from(list(READERS)))
@settings(max_examples=40, deadline=None)
def test_any_name_gives_well_formed_xml(name, format):
    """Markup, control characters and half surrogates included."""
    ElementTree.fromstring(write(make_network({(f"a{name}", 'b<&">'): (1, 2, 3, 4)}), format))


def test_gexf_is_version_1_3_with_spans_of_days():
    """So that Gephi can show the network at a time."""
    root = ElementTree.fromstring(write(NETWORK, "gexf"))
    assert root.get("version") == "1.3"
    graph = root.find("{http://gexf.net/1.3}graph")
    assert (graph.get("mode"), graph.get("timeformat")) == ("dynamic", "date")
    edge = graph.find(".//{http://gexf.net/1.3}edge")
    assert (edge.get("start"), edge.get("end")) == ("2024-01-01", "2024-01-31")


def test_suffix_decides_the_format(tmp_path):
    """In upper or lower case; without a suffix that is known nothing is written."""
    write_network(NETWORK, tmp_path / "record.GRAPHML")
    assert b"graphml" in (tmp_path / "record.GRAPHML").read_bytes()[:200]
    with pytest.raises(ValueError, match=r"no format for networks. Known: .gexf, .graphml"):
        write_network(NETWORK, tmp_path / "record.csv")
    assert not (tmp_path / "record.csv").exists()
