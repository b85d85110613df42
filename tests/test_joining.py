"""Tests of incidents: which reports are joined, what is told of a deed, and what people decide."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import whowhom
from whowhom import joining
from whowhom import store as stores
from whowhom.records import Article, CodedArticle, DaySpan, Entity, Event, EventDate, Place, Source, Span
from whowhom.store import Store, UnknownEventError

CASES = Path(__file__).parent / "cases" / "incidents"


def read_cases(kind: str) -> list[Any]:
    return [json.loads(line) for line in (CASES / f"{kind}.jsonl").read_text("utf-8").splitlines() if line]


def make_article(id: str, row: dict[str, Any]) -> Article:
    day = row.get("published")
    published = date.fromisoformat(day) if day else None
    return Article(id, row["text"], "", published, row.get("outlet", ""), language="en")


def is_joined(case: dict[str, Any]) -> bool:
    """Whether the two reports of a case share an incident."""
    articles = [make_article(name, case[name]) for name in ("one", "two")]
    with stores.open(":memory:") as store:
        store.add(whowhom.code_many(articles))
        store.build_incidents()
        return any(len({row[0] for row in rows}) > 1 for rows in list_incidents(store).values())


def list_incidents(store: Store) -> dict[str, list[tuple[str, str]]]:
    """Return the (article, event) of each incident."""
    found: dict[str, list[tuple[str, str]]] = {}
    for article, event, incident in store.reports().fetchall():
        found.setdefault(incident, []).append((article, event))
    return {incident: sorted(members) for incident, members in found.items()}


@pytest.mark.parametrize("case", read_cases("synthetic"), ids=lambda case: case["comment"])
def test_reports_of_one_deed_are_joined(case: dict[str, Any]) -> None:
    """Two outlets tell of it in other words, with other numbers, or a day later."""
    assert is_joined(case)


@pytest.mark.parametrize("case", read_cases("negative"), ids=lambda case: case["comment"])
def test_reports_of_two_deeds_stay_apart(case: dict[str, Any]) -> None:
    """The same states, persons or towns are not enough."""
    assert not is_joined(case)


@pytest.mark.xfail(strict=True, reason="known failures")
@pytest.mark.parametrize("case", read_cases("failing"), ids=lambda case: case["comment"])
def test_known_failures(case: dict[str, Any]) -> None:
    """What the joining gets wrong today; one that passes moves to the others."""
    assert is_joined(case) == case["same"]


@pytest.fixture(scope="module")
def coded() -> list[CodedArticle]:
    """The reports of all cases, coded."""
    cases = [case for kind in ("synthetic", "negative") for case in read_cases(kind)]
    articles = [
        make_article(f"{number}-{name}", case[name])
        for number, case in enumerate(cases)
        for name in ("one", "two")
    ]
    return list(whowhom.code_many(articles))


def build(batches: list[list[CodedArticle]]) -> Any:
    """Return all incidents and reports after the batches came one after another."""
    with stores.open(":memory:") as store:
        for batch in batches:
            store.add(batch)
            store.build_incidents()
        rows = store.incidents().order("incident_id").fetchall()
        return rows, store.reports().order("article, event").fetchall()


@pytest.mark.parametrize("seed", range(3))
def test_order_and_batches_make_no_difference(coded: list[CodedArticle], seed: int) -> None:
    """The same incidents, ids included, whatever came first and however much at a time."""
    shuffled = coded[:]
    random.Random(seed).shuffle(shuffled)
    size = 7 + 10 * seed
    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    assert build(batches) == build([coded])


@pytest.mark.parametrize("most", [5, 40])
def test_a_large_build_is_made_in_parts(
    coded: list[CodedArticle], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What bounds its memory changes nothing."""
    whole = build([coded])
    monkeypatch.setattr(joining, "_MOST_AT_ONCE", most)
    assert build([coded]) == whole


def test_a_build_that_breaks_off_between_parts_is_gone_on_with(
    coded: list[CodedArticle], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What it had joined is kept and in order, and the next one comes to the whole."""
    whole = build([coded])
    drawn = joining.draw_links
    monkeypatch.setattr(joining, "_MOST_AT_ONCE", 40)
    n_drawn = 0

    def break_off(connection: duckdb.DuckDBPyConnection) -> None:
        nonlocal n_drawn
        n_drawn += 1
        if n_drawn == 3:
            raise KeyboardInterrupt
        drawn(connection)

    with stores.open(tmp_path / "parts.duckdb") as store:
        store.add(coded)
        monkeypatch.setattr(joining, "draw_links", break_off)
        with pytest.raises(KeyboardInterrupt):
            store.build_incidents()
        monkeypatch.setattr(joining, "draw_links", drawn)
        assert 40 <= len(store.reports().fetchall()) < len(whole[1])
    assert [one for one in whowhom.check(tmp_path / "parts.duckdb") if one.is_error] == []
    with stores.open(tmp_path / "parts.duckdb") as store:
        store.build_incidents()
        rows = store.incidents().order("incident_id").fetchall()
        assert (rows, store.reports().order("article, event").fetchall()) == whole
    assert [one for one in whowhom.check(tmp_path / "parts.duckdb") if one.is_error] == []


def make_report(name: str, day: date) -> CodedArticle:
    """An article of two events, about which nothing is said but what the test links."""
    events = tuple(
        Event(
            id=f"{name}-{number}",
            article=name,
            event="ASSAULT",
            trigger=Span("struck", 0, 6),
            score=0.9,
            quad=4,
            scale=-9.0,
            cameo="190",
            actor=(Entity(Span(""), "", "RUS", ("MIL",)),),
            source=Source(),
        )
        for number in range(2)
    )
    return CodedArticle(Article(name, "struck it", "", day, name, language="en"), events)


@pytest.mark.parametrize("seed", range(4))
def test_any_links_come_to_the_same_in_any_steps(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deeds that chain and compete, judged on, forgotten and read again: all as if decided at once."""
    chance = random.Random(seed)
    reports = [make_report(f"r{number:02}", date(2024, 1, 1)) for number in range(30)]
    members = [(one.article.id, event.id) for one in reports for event in one.events]
    traits = {member: chance.choice((None, 3, 5, 6, 8)) for member in members}
    pairs = [(a, b) for a in members for b in members if a[0] < b[0] and chance.random() < 0.06]
    links = {pair: round(0.5 + chance.random() / 2, 2) for pair in pairs}

    def draw_links(connection: duckdb.DuckDBPyConnection) -> None:
        fresh = set(connection.execute("SELECT article, event FROM fresh").fetchall())
        known = fresh | set(connection.execute("SELECT article, event FROM report").fetchall())
        drawn = [(*a, *b, links[a, b], "") for a, b in pairs if {a, b} <= known and {a, b} & fresh]
        if drawn:
            connection.executemany("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?)", drawn)
        for article, event in fresh:
            day = traits[article, event] and date(2024, 1, traits[article, event])
            connection.execute("DELETE FROM event_key WHERE event = ?", [event])
            connection.execute(
                "INSERT INTO event_key BY NAME SELECT ? AS article, ? AS event, '' AS family, [] AS keys, "
                "CAST(? AS DATE) AS first_day, first_day AS last_day, [] AS persons",
                [article, event, day],
            )

    monkeypatch.setattr(joining, "draw_links", draw_links)
    monkeypatch.setattr(joining, "settle_keys", lambda connection: None)
    with stores.open(":memory:") as store:
        waiting = chance.sample(reports, len(reports))
        while waiting:
            size = chance.randint(1, 6)
            some, waiting = waiting[:size], waiting[size:]
            store.add(some)
            store.build_incidents()
            listed = list_incidents(store)
            large = [incident for incident, held in listed.items() if len(held) > 1]
            if chance.random() < 0.4 and large:
                incident = chance.choice(large)
                store.split(incident, [chance.choice(listed[incident])[1]], who="Ana")
            if chance.random() < 0.4 and len(listed) > 3:
                store.merge(chance.sample(sorted(listed), 2), who="Ana")
            if chance.random() < 0.3:
                gone = chance.choice(store.reports().fetchall())[0]
                joining.forget(store._connection, [gone])
        store.build_incidents()
        rows = read_all(store)
        assert max(len(held) for held in list_incidents(store).values()) > 2
        store.build_incidents(rebuild=True)
        assert read_all(store) == rows
        monkeypatch.setattr(joining, "_MOST_AT_ONCE", 7)
        store.build_incidents(rebuild=True)
        assert read_all(store) == rows


def read_all(store: Store) -> list[Any]:
    """Return every row of the reports, incidents and what is kept of them, but numbers."""
    tables = ("report", "incident", "dyad_report")
    return [sorted(store._connection.execute(f"FROM {table}").fetchall(), key=str) for table in tables]


def test_keys_of_events_are_kept_and_found_again(coded: list[CodedArticle]) -> None:
    """A store that lost them, or whose DuckDB hashed otherwise, comes to the same incidents."""
    first, second = coded[: len(coded) // 2], coded[len(coded) // 2 :]
    with stores.open(":memory:") as store:
        store.add(first)
        store.build_incidents()
        store._connection.execute("DELETE FROM event_key")
        store.add(second[:20])
        store.build_incidents()
        ((n_keys,),) = store._connection.execute("SELECT count(*) FROM event_key").fetchall()
        assert n_keys == store.counts().n_events
        store._connection.execute("UPDATE meta SET \"value\" = 'another' WHERE \"key\" = 'event_keys'")
        store._connection.execute("UPDATE event_key SET keys = []")
        store.add(second[20:])
        store.build_incidents()
        rows = store.incidents().order("incident_id").fetchall()
        assert (rows, store.reports().order("article, event").fetchall()) == build([coded])


@pytest.mark.parametrize(("published", "is_one"), [("2024-11-20", True), ("2031-11-20", False)])
def test_history_without_a_day_is_of_the_year_before(published: str, *, is_one: bool) -> None:
    """What may be of any day is not compared with all that was ever read."""
    told = (
        "Gunmen in Karlovia abducted the Ruritanian ambassador Otto Brandvik near the Selmare bridge, "
        "his driver said."
    )
    first = make_coded_history("a", "2024-10-01", told, is_past=False)
    later = make_coded_history("b", published, told + " It was never explained.", is_past=True)
    with stores.open(":memory:") as store:
        store.add([first, later])
        store.build_incidents()
        assert (len(store.incidents().fetchall()) == 1) is is_one


def make_coded_history(id: str, day: str, text: str, *, is_past: bool) -> CodedArticle:
    """Return a report of an abduction, of its day or as history without a day."""
    published = date.fromisoformat(day)

    def find(words: str) -> Span:
        return Span(words, text.index(words), text.index(words) + len(words))

    event = Event(
        id=f"{id}-1",
        article=id,
        event="ASSAULT",
        mode=("abduct",),
        trigger=find("abducted"),
        score=0.9,
        quad=4,
        scale=-9.0,
        cameo="181",
        actor=(Entity(find("Gunmen in Karlovia"), "", "KAR", ("UAF",)),),
        recipient=(
            Entity(find("the Ruritanian ambassador Otto Brandvik"), "Otto Brandvik", "RUR", ("GOV",)),
        ),
        location=Place(find("the Selmare bridge"), "Selmare", "KAR", 10.0, 10.0, 1, "exact"),
        date=None if is_past else EventDate(Span(""), DaySpan(published, published)),
        source=Source(),
        aux=("historical",) if is_past else (),
    )
    return CodedArticle(Article(id, text, "", published, f"Outlet {id}", language="en"), (event,))


def test_rebuild_gives_what_increments_gave(coded: list[CodedArticle]) -> None:
    """Nothing of an earlier state stays."""
    with stores.open(":memory:") as store:
        for start in range(0, len(coded), 20):
            store.add(coded[start : start + 20])
            store.build_incidents()
        before = store.incidents().order("incident_id").fetchall()
        store.build_incidents(rebuild=True)
        assert store.incidents().order("incident_id").fetchall() == before


REPORT = (
    "Russian President Vladimir Putin signed a partnership treaty with North Korean leader Kim Jong Un in "
    "Pyongyang on Wednesday. The two leaders met for two hours at the Kumsusan guesthouse and later watched "
    "a concert together. South Korea condemned the treaty and summoned the Russian ambassador in Seoul. "
    "A spokesman for the foreign ministry in Seoul said the government would reconsider its policy on arms."
)


def copy_with_edits(number: int) -> Article:
    """The report as another outlet prints it: another dateline, a slip of the pen, a cut, a credit."""
    text = REPORT.split(". ")
    if number % 4 == 1:
        text[1] = text[1].replace("two hours", "some two hours")
    if number % 4 == 2:
        text = text[:-1]
    if number % 4 == 3:
        text[0] = "PYONGYANG (AP) - " + text[0].replace("partnership", "parnership")
    body = ". ".join(text).rstrip(".") + "." + (" Reporting by our staff." if number % 3 == 0 else "")
    day = date(2024, 6, 20)
    return Article(f"copy{number:02}", body, f"Title {number}", day, f"Outlet {number}", language="en")


def test_copies_under_twenty_names_are_one_independent_report() -> None:
    """Outlets count by twenty, independent voices by one."""
    with stores.open(":memory:") as store:
        store.add(whowhom.code_many(copy_with_edits(number) for number in range(20)))
        store.build_incidents()
        told = store.incidents().select("n_outlets, n_independent").order("n_outlets DESC").fetchall()
        assert told[0] == (20, 1)
        assert {n_independent for _, n_independent in told} == {1}


@pytest.fixture
def store() -> Iterator[Store]:
    """An attack told by three outlets with two tolls, one of which cites a denial."""
    texts = (
        "A suicide bomber killed 12 people at a mosque in Peshawar on Monday, police said.",
        "A suicide bombing at a mosque in Peshawar on Monday killed 59 people, officials said.",
        "A suicide bomber killed 59 people at a mosque in the Pakistani city of Peshawar on Monday.",
    )
    with stores.open(":memory:") as opened:
        opened.add(
            whowhom.code_many(
                Article(f"a{n}", text, published=date(2023, 1, 31), outlet=f"Outlet {n}", language="en")
                for n, text in enumerate(texts)
            )
        )
        opened.build_incidents()
        yield opened


@pytest.mark.parametrize("seed", range(3))
def test_copies_are_found_whenever_they_come(seed: int) -> None:
    """Families are those of all texts together: with days and without, a week apart and a month."""
    chance = random.Random(seed)
    words = [f"word{number}" for number in range(400)]
    coded = []
    for number in range(60):
        chance.seed(f"{seed} text {number % 15}")
        text = chance.choices(words, k=60)
        chance.seed(f"{seed} copy {number}")
        for _ in range(chance.randrange(12)):
            text[chance.randrange(len(text))] = "another"
        day = chance.choice((None, date(2024, 1, 1), date(2024, 1, 8), date(2024, 2, 8)))
        name = f"c{number:02}"
        event = Event(
            f"{name}-0", name, "ASSAULT", Span(text[0], 0, len(text[0])), 0.9, 4, -9.0, "190", source=Source()
        )
        coded.append(CodedArticle(Article(name, " ".join(text), "", day, name, language="en"), (event,)))

    def list_families(batches: list[list[CodedArticle]]) -> list[Any]:
        with stores.open(":memory:") as store:
            for batch in batches:
                store.add(batch)
                store.build_incidents()
            return store._connection.sql("SELECT article, copy_family FROM sketch ORDER BY ALL").fetchall()

    chance.shuffle(coded)
    whole = list_families([coded])
    assert 15 < len({family for _, family in whole}) < 50
    assert list_families([coded[start : start + 9] for start in range(0, 60, 9)]) == whole


def test_tolls_are_kept_with_who_gives_which(store: Store) -> None:
    """Least, most often given, greatest; and each number opens its report."""
    [(id,)] = store.incidents(type="ASSAULT").select("incident_id").fetchall()
    account = store.account(id[:8])
    toll = account.incident["killed"]
    assert (toll["low"], toll["best"], toll["high"]) == (12, 59, 59)
    assert {one["article"]: one["number"] for one in toll["reports"]} == {"a0": 12, "a1": 59, "a2": 59}
    assert [report.article.id for report in account.reports] == ["a0", "a1", "a2"]
    assert all(report.joints for report in account.reports)


def test_split_merge_and_undo_are_rows(store: Store) -> None:
    """What people decide holds until it is undone, also through a rebuild, and nothing is erased."""
    before = list_incidents(store)
    [(id, members)] = [(id, members) for id, members in before.items() if len(members) == 3]
    split = store.split(id, [members[0][1]], who="Ana Bell", why="another mosque")
    apart = list_incidents(store)
    assert sorted(map(len, apart.values())) == [1, 2]
    store.build_incidents(rebuild=True)
    assert list_incidents(store) == apart
    merged = store.merge(sorted(apart), who="Tor Lund")
    assert list_incidents(store) == before
    store.undo(merged[:8], who="Ana Bell")
    assert list_incidents(store) == apart
    store.undo(split, who="Ana Bell")
    assert list_incidents(store) == before
    decided = [(one.verdict, one.who, one.counts) for one in store.judgements()]
    assert decided == [
        ("split", "Ana Bell", False),
        ("merge", "Tor Lund", False),
        ("undo", "Ana Bell", False),
        ("undo", "Ana Bell", False),
    ]


def test_judgements_that_cannot_be_are_refused(store: Store) -> None:
    """With what was given and what there is."""
    [(id, members)] = [(id, members) for id, members in list_incidents(store).items() if len(members) == 3]
    with pytest.raises(ValueError, match="has 3 reports, and 3 are to leave it"):
        store.split(id, [event for _, event in members], who="Ana")
    with pytest.raises(UnknownEventError, match="No report of incident"):
        store.split(id, ["zz"], who="Ana")
    with pytest.raises(ValueError, match=r"Only one incident is named: \w+\. Give two or more"):
        store.merge([id, id], who="Ana")
    with pytest.raises(UnknownEventError, match="No incident in :memory: has an id that begins with 'zz'"):
        store.account("zz")
    with pytest.raises(LookupError, match="No judgement that counts"):
        store.undo("zz", who="Ana")


def test_incidents_are_asked_for_by_conditions(store: Store) -> None:
    """As events are, and by the number of independent reports."""
    assert len(store.incidents(min_independent=3).fetchall()) == 1
    assert len(store.incidents(min_independent=4).fetchall()) == 0
    assert len(store.incidents(place="Peshawar", first="2023-01-30", last="2023-01-30").fetchall()) == 1
    assert store.incidents(first="2023-02-01").fetchall() == []
    with pytest.raises(ValueError, match="is before first day"):
        store.incidents(first="2023-02-01", last="2023-01-01")
    with pytest.raises(ValueError, match="min_independent is -1"):
        store.incidents(min_independent=-1)


def test_who_asserts_and_who_denies_are_told_apart() -> None:
    """Both are reports of one deed; a denial makes nobody say that it happened."""
    texts = (
        "Ukraine said Russia shelled a hospital in Kharkiv on Sunday, killing three people.",
        "Russian forces shelled a hospital in Kharkiv on Sunday, killing three people.",
        "Moscow said its forces did not shell a hospital in Kharkiv on Sunday.",
    )
    with stores.open(":memory:") as store:
        store.add(
            whowhom.code_many(
                Article(f"a{n}", text, published=date(2024, 5, 27), outlet=f"Outlet {n}", language="en")
                for n, text in enumerate(texts)
            )
        )
        store.build_incidents()
        told = store.incidents(type="ASSAULT").select("asserted_by, denied_by, n_articles, n_negation")
        assert told.fetchall() == [(["Outlet 1", "Ukraine"], ["Russia"], 3, 1)]
