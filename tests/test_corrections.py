"""Corrections: what a person decides stands in `event`, outlives every new coding, and can be undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whowhom
from tests.coded_articles import REPORT, coded_articles, make_coded, span
from whowhom import joining, scoring, sharing
from whowhom import store as stores
from whowhom.codebooks.plover import find_code
from whowhom.corrections import Correction, UnknownCorrectionError, replay
from whowhom.exporters.records import record_event
from whowhom.records import Article, CodedArticle, DaySpan, Entity, Event, EventDate, Place, Span
from whowhom.store import Store, StoreBusyError, StoreError, UnknownEventError

VISIT, WITHDRAWAL = make_coded().events


@pytest.fixture
def store() -> Iterator[Store]:
    with stores.open(":memory:") as opened:
        opened.add([make_coded()])
        yield opened


def rows(store: Store, table: str = "event") -> list[Any]:
    return store._connection.sql(f"FROM {table} ORDER BY ALL").fetchall()


def events(store: Store) -> dict[str, Event]:
    return {event.id: event for coded in store.coded() for event in coded.events}


# What a decision does


def test_accept_makes_the_event_certain_and_changes_nothing_else(store: Store) -> None:
    """Who has looked at an event and finds it right vouches for it: its score is 1."""
    made = store.correct("a1-visit", accept=True, who="Ana")
    assert events(store)["a1-visit"] == replace(VISIT, score=1.0)
    assert (made.verdict, made.who, made.before, made.coded) == ("accept", "Ana", VISIT, VISIT)


def test_set_puts_the_values_in_place_and_tells_who_gave_them(store: Store) -> None:
    """The other fields stay, the id too, and the evidence names the person and the day."""
    made = store.correct("a1-visit", set={"day": "2031-03-06", "actor": "Ana Bell (KOR GOV)"}, who="Ana")
    event = events(store)["a1-visit"]
    stamp = f"corrected by Ana on {made.made_at.date().isoformat()}"
    assert event.date == EventDate(span("on Friday"), DaySpan(date(2031, 3, 6), date(2031, 3, 6)), stamp)
    assert [(one.span, one.country, one.sector) for one in event.actor] == [
        (span("Ana Bell"), "KOR", ("GOV",))
    ]
    assert event.actor[0].evidence[0] == stamp
    assert (event.recipient, event.location, event.mode) == (VISIT.recipient, VISIT.location, VISIT.mode)
    assert made.fields == ("actor", "date")


def test_wrong_takes_the_event_out_and_undo_puts_it_back(store: Store) -> None:
    """The row as the coder had it comes back, with its score, evidence and place in the article."""
    before = rows(store)
    made = store.correct("a1-visit", wrong=True, who="Ana")
    assert list(events(store)) == ["a1-withdrawal"]
    store.correct(undo=made.id[:6], who="Tor")
    assert rows(store) == before
    assert [one.stands for one in store.corrections()] == [False, True]


def test_undo_of_an_undo_brings_the_correction_back(store: Store) -> None:
    """The last word counts."""
    made = store.correct("a1-visit", wrong=True, who="Ana")
    undone = store.correct(undo=made.id, who="Tor")
    again = store.correct(undo=undone.id, who="Ana")
    assert list(events(store)) == ["a1-withdrawal"]
    assert again.before is not None
    assert again.after is None


def test_undo_of_an_earlier_correction_leaves_the_later_one(store: Store) -> None:
    """Each row stands for its own fields."""
    first = store.correct("a1-visit", set={"killed": "3"}, who="Ana")
    store.correct("a1-visit", set={"injured": "7"}, who="Ana")
    store.correct(undo=first.id, who="Ana")
    event = events(store)["a1-visit"]
    assert (event.killed, event.injured) == (None, 7)


def test_added_event_stands_in_the_order_of_the_text(store: Store) -> None:
    """An event that the coder missed is one like the others, with an id of its own."""
    made = store.correct(
        "a1", add=True, set={"type": "ACCUSE", "trigger": "said", "actor": "Novia's embassy"}, who="Ana"
    )
    found = list(events(store).values())
    assert [event.id for event in found] == ["a1-visit", "a1-withdrawal", made.event]
    assert (found[2].event, found[2].trigger, found[2].quad) == ("ACCUSE", span("said"), 3)
    store.correct(undo=made.id, who="Ana")
    assert list(events(store)) == ["a1-visit", "a1-withdrawal"]


def test_corrections_of_one_event_leave_others_untouched(store: Store) -> None:
    """Even their rows are the same."""
    store.add([make_coded("a2")])
    others = store._connection.sql("FROM event WHERE article = 'a2' ORDER BY id").fetchall()
    store.correct("a1-visit", wrong=True, who="Ana")
    assert store._connection.sql("FROM event WHERE article = 'a2' ORDER BY id").fetchall() == others


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"accept": True, "wrong": True}, "Give an event and one of"),
        ({}, "Give an event and one of"),
        ({"accept": True, "undo": "x"}, "Give an event and one of"),
        ({"set": {"type": "VISIT"}}, "no PLOVER type. There are: AGREE"),
        ({"set": {"mode": "visit"}}, "has these values already"),
        ({"set": {"colour": "red"}}, "There is no field 'colour'"),
        ({"accept": True, "who": " "}, "who is empty"),
    ],
)
def test_wrong_call_changes_nothing_and_says_what_is_expected(
    store: Store, arguments: dict[str, Any], message: str
) -> None:
    """A decision that cannot be is refused whole."""
    before = rows(store)
    with pytest.raises(ValueError, match=message):
        store.correct("a1-visit", **{"who": "Ana", **arguments})
    assert rows(store) == before
    assert store.corrections() == []


def test_unknown_ids_are_refused(store: Store) -> None:
    """Of events, articles and corrections."""
    with pytest.raises(UnknownEventError, match="begins with 'zz'"):
        store.correct("zz", accept=True, who="Ana")
    with pytest.raises(UnknownEventError, match="No article"):
        store.correct("zz", add=True, set={"type": "AID", "trigger": "said"}, who="Ana")
    with pytest.raises(UnknownCorrectionError, match="No correction has an id that begins with 'zz'"):
        store.correct(undo="zz", who="Ana")


def test_what_is_undone_cannot_be_undone_again(store: Store) -> None:
    """It would look as if it had done something."""
    made = store.correct("a1-visit", accept=True, who="Ana")
    store.correct(undo=made.id, who="Ana")
    with pytest.raises(ValueError, match="undone already"):
        store.correct(undo=made.id, who="Ana")


def test_same_person_accepts_an_event_once_and_another_may_too(store: Store) -> None:
    """A second look is worth a row, the same look twice is not."""
    store.correct("a1-visit", accept=True, who="Ana")
    store.correct("a1-visit", accept=True, who="Tor")
    with pytest.raises(ValueError, match="Tor has accepted"):
        store.correct("a1-visit", accept=True, who="Tor")


def test_store_opened_read_only_takes_no_correction(tmp_path: Path) -> None:
    """Whoever only looks cannot decide."""
    path = tmp_path / "desk.duckdb"
    with stores.open(path) as store:
        store.add([make_coded()])
    with stores.open(path, read_only=True) as store, pytest.raises(StoreError, match="read-only"):
        store.correct("a1-visit", accept=True, who="Ana")


# A new coding


def recode(store: Store, *changes: Event) -> None:
    store.replace_coding([replace(make_coded(), events=changes)], coder="other 2")


def test_corrected_event_is_found_again_under_another_id_and_wording(store: Store) -> None:
    """A new coder names it otherwise and reads the trigger a word longer; it is still that event."""
    store.correct("a1-visit", set={"killed": 3}, who="Ana")
    moved = replace(VISIT, id="new", trigger=span("arrived in"), score=0.9, cameo="043")
    recode(store, moved, WITHDRAWAL)
    assert list(events(store)) == ["a1-visit", "a1-withdrawal"]
    assert events(store)["a1-visit"] == replace(VISIT, killed=3, score=1.0)


def test_corrected_event_is_kept_where_the_coder_no_longer_finds_it(store: Store) -> None:
    """As the person left it, evidence included, at its place in the text."""
    store.correct("a1-withdrawal", set={"killed": 3}, who="Ana")
    before = events(store)["a1-withdrawal"]
    recode(store, VISIT)
    assert list(events(store).values()) == [VISIT, before]
    recode(store)
    assert list(events(store).values()) == [before]


def test_wrong_event_stays_out_when_it_is_coded_again(store: Store) -> None:
    """Under whatever id; another type at the same words is another event."""
    store.correct("a1-visit", wrong=True, who="Ana")
    recode(store, replace(VISIT, id="new"), WITHDRAWAL)
    assert list(events(store)) == ["a1-withdrawal"]
    recode(store, replace(VISIT, id="new", event="AGREE", mode=()), WITHDRAWAL)
    assert list(events(store)) == ["new", "a1-withdrawal"]


def test_coder_that_has_learned_the_type_gives_no_second_event(store: Store) -> None:
    """A person said AGREE where the coder said CONSULT; a new one that says AGREE means the same."""
    store.correct("a1-visit", set={"type": "AGREE"}, who="Ana")
    recode(store, replace(VISIT, id="new", event="AGREE", mode=()), WITHDRAWAL)
    assert list(events(store)) == ["a1-visit", "a1-withdrawal"]


def test_added_event_that_the_coder_finds_later_is_one(store: Store) -> None:
    """The person's record stands for it."""
    made = store.correct("a1", add=True, set={"type": "ACCUSE", "trigger": "said"}, who="Ana")
    found = replace(WITHDRAWAL, id="new", event="ACCUSE", trigger=span("embassy said"), mode=())
    recode(store, VISIT, WITHDRAWAL, found)
    assert list(events(store)) == ["a1-visit", "a1-withdrawal", made.event]


def test_undo_after_a_new_coding_gives_what_the_new_coder_says(store: Store) -> None:
    """Not what the old one said."""
    made = store.correct("a1-visit", set={"killed": 3}, who="Ana")
    moved = replace(VISIT, id="new", score=0.9)
    recode(store, moved, WITHDRAWAL)
    store.correct(undo=made.id, who="Ana")
    assert list(events(store).values()) == [moved, WITHDRAWAL]
    assert rows(store, "coding") == []


def test_events_that_nobody_corrected_are_those_of_the_new_coder(store: Store) -> None:
    """A correction holds only its own event."""
    store.correct("a1-visit", accept=True, who="Ana")
    fresh = replace(WITHDRAWAL, killed=9)
    recode(store, VISIT, fresh)
    assert events(store)["a1-withdrawal"] == fresh


def test_equal_coding_touches_no_row(store: Store) -> None:
    """Not even by writing the same again: the rows keep their row ids."""
    store.correct("a1-visit", set={"killed": 3}, who="Ana")
    before = store._connection.sql("SELECT rowid, * FROM event").fetchall()
    assert store.replace_coding([make_coded()]) == (0, 0)
    assert store._connection.sql("SELECT rowid, * FROM event").fetchall() == before


def test_new_coding_is_noted_with_its_coder(store: Store) -> None:
    """So that the article is not coded a third time."""
    assert store.list_outdated() == ([], 0)
    store.replace_coding([make_coded()], coder="other 2")
    assert store.list_outdated() == (["a1"], 0)
    assert store.list_outdated(first="2031-03-08") == ([], 0)
    assert store.list_outdated(all=True, last="2031-03-07") == (["a1"], 0)


# Any sequence of decisions

_ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["accept", "wrong", "killed", "type", "undo", "undo"]),
        st.integers(0, 7),
        st.integers(0, 9),
    ),
    max_size=8,
)


def act(store: Store, actions: list[tuple[str, int, int]]) -> None:
    """Decide on events that stand, and undo what counts, chosen by number."""
    for what, which, number in actions:
        standing = [one for one in store.corrections() if one.stands]
        ids = [(coded.article.id, event.id) for coded in store.coded() for event in coded.events]
        try:
            if what == "undo" and standing:
                store.correct(undo=standing[which % len(standing)].id, who="Ana")
            elif what != "undo" and ids:
                values = {"killed": number} if what == "killed" else {"type": ["AID", "AGREE"][number % 2]}
                given = {what: True} if what in ("accept", "wrong") else {"set": values}
                store.correct(ids[which % len(ids)][1], who="Ana", **given)
        except (ValueError, UnknownEventError) as error:  # says what it says already, or two have the id
            assert any(  # noqa: PT017
                words in str(error) for words in ("already", "Several events", "No correction", "no event")
            )


@settings(max_examples=25, deadline=None)
@given(st.lists(coded_articles, min_size=1, max_size=2, unique_by=lambda one: one.article.id), _ACTIONS)
def test_any_corrections_stand_after_a_new_coding(
    batch: list[CodedArticle], actions: list[tuple[str, int, int]]
) -> None:
    """The same coding changes nothing, and after none at all everything a person left is still there."""
    with stores.open(":memory:") as store:
        store.add(batch)
        act(store, actions)
        before = rows(store)
        store.replace_coding(batch, coder="other 2")
        assert rows(store) == before
        decided = {one.event for one in store.corrections() if one.stands and one.verdict != "undo"}
        kept = {id: event for id, event in events(store).items() if id in decided}
        store.replace_coding([replace(one, events=()) for one in batch], coder="other 3")
        assert events(store) == kept
        store.replace_coding(batch, coder="other 4")
        assert rows(store) == before


@settings(max_examples=15, deadline=None)
@given(st.lists(coded_articles, min_size=1, max_size=2, unique_by=lambda one: one.article.id), _ACTIONS)
def test_undo_of_everything_gives_the_coders_own_events(
    batch: list[CodedArticle], actions: list[tuple[str, int, int]]
) -> None:
    """To the byte, and nothing else of the corrections is left in the events."""
    with stores.open(":memory:") as store:
        store.add(batch)
        before = rows(store)
        act(store, actions)
        for _ in range(50):
            standing = [one for one in store.corrections() if one.stands and one.verdict != "undo"]
            if not standing:
                break
            store.correct(undo=standing[0].id, who="Ana")
        assert rows(store) == before
        assert rows(store, "coding") == []


def test_replay_does_not_depend_on_the_order_of_the_coding() -> None:
    """Which event a correction means is decided by the events, not by where they stand in a list."""
    twice = [VISIT, replace(VISIT, id="b", trigger=span("Graustark on")), WITHDRAWAL]
    made = Correction(
        "c", "a1", "gone", "wrong", (), replace(VISIT, id="gone"), None, None, "", "Ana", "", None  # type: ignore[arg-type]
    )  # fmt: skip
    forward = {event.id for event in replay(twice, [made])}
    assert forward == {event.id for event in replay(twice[::-1], [made])} == {"b", "a1-withdrawal"}


# Incidents


def make_reports() -> list[CodedArticle]:
    """Return ten articles on five deeds of three pairs of states; of two a tie or a pledge is told."""
    told = [
        ("CONSULT", "visit", "RUS", "PRK", "arrived", 0), ("CONSULT", "visit", "RUS", "PRK", "arrived", 0),
        ("CONSULT", "visit", "RUS", "PRK", "visited", 1), ("ASSAULT", "aerial", "RUS", "UKR", "bombed", 2),
        ("ASSAULT", "aerial", "RUS", "UKR", "bombed", 2), ("ASSAULT", "aerial", "RUS", "UKR", "struck", 2),
        ("SANCTION", "expel", "USA", "RUS", "expelled", 3), ("CONSULT", "visit", "RUS", "PRK", "arrived", 0),
        ("THREATEN", "violence", "USA", "PRK", "threatened", 4),
        ("SANCTION", "withdraw", "USA", "PRK", "recalled its ambassador", 5),
    ]  # fmt: skip
    return [_make_report(f"r{number}", *one) for number, one in enumerate(told)]


def _make_report(
    id: str, type: str, mode: str, who: str, whom: str, trigger: str, after: int
) -> CodedArticle:
    day = date(2031, 3, 7) + timedelta(days=after)
    text = f"Officials of {who} {trigger} in or for {whom} on the day, {trigger} it was said by number {id}."
    article = Article(id, text, title=f"{who} and {whom}", published=day, outlet=f"Outlet {id}")
    code = find_code(type, (mode,))

    def find(words: str) -> Span:
        return Span(words, text.index(words), text.index(words) + len(words))

    event = Event(
        id=f"{id}-event", article=id, event=type, mode=(mode,), trigger=find(trigger), score=0.5,
        quad=code.quad, scale=code.scale, cameo=code.cameo,
        actor=(Entity(find(who), who.title(), who, ("GOV",)),),
        recipient=(Entity(find(whom), whom.title(), whom, ("GOV",)),),
        location=Place(find(whom), whom.title(), whom, 40.0, 40.0, None, "exact"),
        date=EventDate(find("on the day"), DaySpan(day, day)),
    )  # fmt: skip
    return CodedArticle(article, (event,))


def told(store: Store) -> list[Any]:
    """Return all that incidents, ties and pledges are, but for the order of rows."""
    made = [rows(store, table) for table in ("incident", "report", "link", "told", "tie", "tie_change")]
    # Whose name a family of copies has is no matter: an article without events is in none of a rebuild.
    tables = ("tie_report", "pledge_report")
    return made + [
        store._connection.sql(f"SELECT * EXCLUDE (family) FROM {table} ORDER BY ALL").fetchall()
        for table in tables
    ]


def assert_as_rebuilt(store: Store) -> None:
    incremental = told(store)
    store.build_incidents(rebuild=True)
    assert incremental == told(store)


@pytest.mark.parametrize(
    "decision",
    [
        {"wrong": True},
        {"accept": True},
        {"set": {"recipient": "UKR"}},
        {"set": {"type": "ASSAULT", "mode": "aerial"}},
        {"set": {"day": "2031-01-01"}},
        {"set": {"place": "none", "killed": 4}},
    ],
    ids=str,
)
@pytest.mark.parametrize("which", ["r0-event", "r4-event", "r8-event", "r9-event"])
def test_incidents_after_a_correction_are_those_of_a_rebuild(which: str, decision: dict[str, Any]) -> None:
    """Whether the event leaves its incident, joins another or only becomes surer; so after the undo.

    Ties and pledges are those of the corrected event too.
    """
    with stores.open(":memory:") as store:
        store.add(make_reports())
        store.build_incidents()
        before = told(store)
        assert len(before[0]) < len(make_reports())
        assert all(before)
        try:
            made = store.correct(which, who="Ana", **decision)
        except ValueError as error:
            assert "has these values already" in str(error)  # noqa: PT017
            return
        assert_as_rebuilt(store)
        store.correct(undo=made.id, who="Ana")
        assert told(store) == before


def test_added_event_tells_of_ties_and_pledges_at_once() -> None:
    """What the coder missed is a pledge like any other as soon as somebody has added it."""
    with stores.open(":memory:") as store:
        store.add(make_reports())
        store.build_incidents()
        n_before = len(rows(store, "pledge_report"))
        given = {"type": "THREATEN", "mode": "violence", "trigger": "arrived@51", "actor": "RUS GOV"}
        store.correct("r0", add=True, set={**given, "recipient": "PRK GOV"}, who="Ana")
        assert len(rows(store, "pledge_report")) > n_before
        assert_as_rebuilt(store)


def test_merge_survives_a_correction_of_its_event() -> None:
    """What people judged about incidents holds for an event whatever is corrected in it."""
    from whowhom import joining

    with stores.open(":memory:") as store:
        store.add(make_reports())
        store.build_incidents()
        parts = [[("r0", "r0-event"), ("r6", "r6-event")]]
        joining.judge(store._connection, "merge", parts, who="Ana", why="", when=store._connection.sql(
            "SELECT TIMESTAMP '2031-03-08'").fetchall()[0][0])  # fmt: skip
        store.correct("r6-event", set={"killed": 4}, who="Ana")
        joined = {incident for article, _, incident in store.reports().fetchall() if article in ("r0", "r6")}
        assert len(joined) == 1
        assert_as_rebuilt(store)


def test_new_coding_rebuilds_the_incidents_of_what_changed() -> None:
    """Also where the build comes only after a second batch, or after the program was killed."""
    with stores.open(":memory:") as store:
        store.add(make_reports())
        store.build_incidents()
        first, second = make_reports()[0], make_reports()[3]
        for one in (first, second):
            event = replace(one.events[0], id=f"{one.events[0].id}-2", killed=2)
            store.replace_coding([replace(one, events=(event,))], coder="other 2")
        store.build_incidents()
        assert_as_rebuilt(store)


# Gold


def test_gold_has_the_articles_of_which_every_event_was_decided_on(store: Store) -> None:
    """An event that nobody looked at keeps its article out; one found wrong is not in it."""
    store.add([make_coded("a2")])
    store.correct("a1-visit", accept=True, who="Ana")
    store.correct("a2-visit", wrong=True, who="Ana")
    assert list(store.gold()) == []
    store.correct("a2-withdrawal", set={"killed": 2}, who="Ana")
    (row,) = store.gold()
    assert row["id"] == "a2"
    assert [event["id"] for event in row["events"]] == ["a2-withdrawal"]
    assert (row["text"], row["published"], row["outlet"]) == (REPORT, "2031-03-07", "The Courier")


def test_gold_of_one_person_is_as_that_person_left_it(store: Store) -> None:
    """What another set, called wrong or added keeps the article out; what another accepted does not."""

    def gold_of(by: str) -> list[str]:
        return [row["id"] for row in store.gold(by=by)]

    for id in ("a1-visit", "a1-withdrawal"):
        store.correct(id, accept=True, who="Ana")
        assert gold_of("Tor") == []
    store.correct("a1-visit", accept=True, who="Tor")
    assert (gold_of("Ana"), gold_of("Tor"), gold_of("")) == (["a1"], [], ["a1"])
    wrong = store.correct("a1-withdrawal", wrong=True, who="Tor")
    assert (gold_of("Ana"), gold_of("Tor"), gold_of("")) == ([], ["a1"], ["a1"])
    store.correct(undo=wrong.id, who="Tor")
    assert (gold_of("Ana"), gold_of("Tor")) == (["a1"], [])
    store.correct("a1-visit", set={"killed": 2}, who="Tor")
    assert (gold_of("Ana"), gold_of("Tor")) == ([], [])
    store.correct("a1-visit", accept=True, who="Ana")
    assert gold_of("Ana") == ["a1"]


def test_gold_scores_the_corrected_events_as_perfect_and_the_coders_as_not(tmp_path: Path) -> None:
    """The file is what `evaluate` takes; against it the store's own events have no fault."""
    store = tmp_path / "desk.duckdb"
    source = tmp_path / "news.jsonl"
    text = "The United States expelled 60 Russian diplomats on Monday. Russia condemned the expulsion."
    source.write_text(json.dumps({"id": "n1", "text": text, "published": "2018-03-26"}))
    whowhom.read([source], store)
    with whowhom.open(store) as kept:
        (article,) = kept.coded()
        assert article.events
        kept.correct(article.events[0].id, set={"recipient": "PRK", "aux": "future"}, who="Ana")
        for event in article.events[1:]:
            kept.correct(event.id, accept=True, who="Ana")
        standing = {one.article.id: [record_event(event) for event in one.events] for one in kept.coded()}
    assert whowhom.write_gold(store, tmp_path / "gold.jsonl") == (1, len(article.events))
    gold = {row["id"]: row["events"] for row in map(json.loads, (tmp_path / "gold.jsonl").open())}
    perfect = scoring.score(gold, standing)
    assert {perfect[level]["f1"] for level in scoring.LEVELS} == {1.0}
    assert set(perfect["attributes"].values()) == {1.0}
    assert whowhom.evaluate(tmp_path / "gold.jsonl")["record"]["f1"] < 1


# Coding a store again


def as_stored(event: Event) -> Event:
    """An event without what only the coding itself needs: how sure it was of each participant."""
    roles = {
        role: tuple(replace(one, score=0.0) for one in getattr(event, role))
        for role in ("actor", "recipient")
    }
    return replace(event, **roles)


def test_recode_codes_what_another_version_coded(tmp_path: Path) -> None:
    """Corrections stay, the other events are those of this coder, and a second run finds nothing to do."""
    store = tmp_path / "desk.duckdb"
    text = "The United States expelled 60 Russian diplomats on Monday."
    coded = whowhom.code(text, published="2018-03-26", id="n1")
    with whowhom.open(store) as kept:
        kept.add([replace(coded, events=(replace(coded.events[0], killed=5),))], coder="whowhom 0.0.1")
        kept.add([make_coded("a2", text="")], coder="whowhom 0.0.1")
        kept.correct(coded.events[0].id, set={"injured": 7}, who="Ana")
        kept.build_incidents()
    recoded = whowhom.recode(store)
    assert (recoded.n_articles, recoded.n_changed, recoded.n_kept, recoded.n_without_text) == (1, 1, 1, 1)
    with whowhom.open(store) as kept:
        event, _ = kept.event(coded.events[0].id)
        assert (event.killed, event.injured) == (5, 7)
        assert_as_rebuilt(kept)
    whowhom.correct(undo=whowhom.list_corrections(store)[0].id, store=store, who="Ana")
    with whowhom.open(store) as kept:
        assert kept.event(coded.events[0].id)[0] == as_stored(coded.events[0])
    assert whowhom.recode(store).n_articles == 0
    assert whowhom.recode(store, all=True).n_changed == 0


def test_others_read_on_and_a_second_writer_is_told_while_a_store_is_coded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between batches, and while what is new is joined in a copy of the store."""
    monkeypatch.setattr(sharing, "_SMALL_BYTES", 0)
    store = tmp_path / "desk.duckdb"
    with whowhom.open(store) as kept:
        kept.add([make_coded("a1", text="Police arrested 20 protesters on Tuesday.")], coder="whowhom 0.0.1")
    told: list[str] = []
    joined = joining.build_part

    def look(*_: object, **__: object) -> None:
        with whowhom.open(store, read_only=True) as seen:
            assert seen.counts().n_articles == 1
        with pytest.raises(StoreBusyError, match=r"is being written by .*; one program writes at a time"):
            whowhom.open(store)
        told.append("looked")

    def look_and_join(*given: Any, **options: Any) -> Any:
        look()
        return joined(*given, **options)

    monkeypatch.setattr(joining, "build_part", look_and_join)
    whowhom.recode(store, watch=look)
    assert told == ["looked", "looked"]
    monkeypatch.undo()
    with whowhom.open(store) as kept:
        assert_as_rebuilt(kept)
    assert list(tmp_path.iterdir()) == [store]


def test_recode_refuses_a_store_that_is_not_there(tmp_path: Path) -> None:
    """It would make an empty one and say that all is done."""
    with pytest.raises(StoreError, match="There is no store"):
        whowhom.recode(tmp_path / "none.duckdb")
    assert list(tmp_path.iterdir()) == []
