"""What one event tells: who is a side, what is read anew, and when the rules have changed."""

import pytest

from tests.coded_articles import make_coded
from whowhom import store as stores
from whowhom import tellings


@pytest.mark.parametrize(
    ("entity", "role", "label"),
    [
        (("Ana Bell", "TCD", ["GOV"]), "actor", "TCD"),
        (("NATO", "IGO", ["GOV"]), "actor", "NATO"),
        (("European Commission", "EUR", ["GOV"]), "actor", "EUR"),
        (("Hezbollah", "LBN", ["REB"]), "actor", "Hezbollah"),
        (("Ana Bell", "TCD", ["REB"]), "actor", None),
        (("", "TCD", ["REB"]), "actor", None),
        (("", "TCD", ["CVL"]), "actor", None),
        (("", "TCD", ["CVL"]), "recipient", "TCD"),
        (("", "", ["GOV"]), "actor", None),
    ],
)
def test_side_is_a_state_a_body_or_a_named_group(entity, role, label):
    """Whoever acts for a state is that state; a person without one, or a nameless band, is no side."""
    name, country, sector = entity
    side = tellings.name_side({"name": name, "country": country, "sector": sector, "text": name}, role)
    assert (side.label if side else None) == label


def test_event_that_is_not_new_is_not_looked_at_again():
    """The second build finds nothing to do, a rebuild everything."""
    with stores.open(":memory:") as store:
        store.add([make_coded("a1"), make_coded("a2")])
        connection = store._connection
        assert tellings.build(connection) == 4
        assert tellings.build(connection) == 0
        assert tellings.build(connection, rebuild=True) == 4


def test_changed_and_removed_events_leave_their_rows():
    """An event with other content is looked at again; one that is gone leaves nothing behind."""
    with stores.open(":memory:") as store:
        store.add([make_coded("a1"), make_coded("a2")])
        connection = store._connection
        tellings.build(connection)
        connection.execute("UPDATE event SET score = 0.11 WHERE article = 'a1'")
        connection.execute("DELETE FROM event WHERE article = 'a2'")
        assert tellings.build(connection) == 2
        assert connection.execute("SELECT DISTINCT article FROM told").fetchall() == [("a1",)]


def test_new_rules_are_put_to_all_events(monkeypatch):
    """A store that was built with other rules is read anew."""
    with stores.open(":memory:") as store:
        store.add([make_coded("a1")])
        tellings.build(store._connection)
        monkeypatch.setattr(tellings, "_mark_rules", lambda: "others")
        assert tellings.build(store._connection) == 2
