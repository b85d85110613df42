"""Directed dyads over time: what is counted, of which period, and what stands beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whowhom import series
from whowhom import store as stores
from whowhom.codebooks.plover import find_code
from whowhom.records import Article, CodedArticle, DaySpan, Entity, Event, EventDate, Source, Span
from whowhom.store import Store

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "dyads.jsonl").read_text(encoding="utf-8").splitlines()
]
_DIGITS_BY_PERIOD = {"year": 4, "month": 7}
_STATES = ("KOR", "PRK", "USA")


@pytest.fixture
def store() -> Iterator[Store]:
    with stores.open(":memory:") as opened:
        yield opened


def make_article(
    id: str, published: str | None, *told: dict[str, Any], text: str = "", outlet: str = ""
) -> CodedArticle:
    """Return an article with one event for each of `told`: event, actor, recipient, aux, days, certainty."""
    article = Article(
        id,
        text or f"Report {id}.",
        published=date.fromisoformat(published) if published else None,
        outlet=outlet,
        language="en",
    )
    return CodedArticle(article, tuple(make_event(f"{id}-{n}", id, **one) for n, one in enumerate(told)))


def make_event(
    id: str,
    article: str,
    *,
    event: str = "ACCUSE",
    actor: Sequence[str] = ("KOR",),
    recipient: Sequence[str] = (),
    aux: Sequence[str] = (),
    days: Sequence[str] = (),
    certainty: Any = "certain",
    source: Any = "author",
) -> Event:
    code = find_code(event)
    span = DaySpan(*map(date.fromisoformat, days)) if days else None
    return Event(
        id=id,
        article=article,
        event=event,
        trigger=Span("did", 0, 3),
        score=0.9,
        quad=code.quad,
        scale=code.scale,
        cameo=code.cameo,
        actor=tuple(Entity(Span(one or "gunmen"), "", one) for one in actor),
        recipient=tuple(Entity(Span(one), "", one) for one in recipient),
        aux=tuple(aux),
        date=EventDate(Span("then"), span) if span else None,
        certainty=certainty,
        source=Source(source),
    )


def accuse(**more: Any) -> dict[str, Any]:
    return {"event": "ACCUSE", "actor": ["KOR"], "recipient": ["PRK"], **more}


def ask(store: Store, **asked: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = store.dyads(**asked).to_arrow_table().to_pylist()
    return rows


def count(rows: list[dict[str, Any]], by: str = "month") -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        period = row["period"].isoformat()[: _DIGITS_BY_PERIOD.get(by)]
        counts.setdefault(f"{row['iso3c_1']} {row['iso3c_2']}", {})[period] = row["n_events"]
    return counts


# What is counted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["comment"])
def test_events_are_counted_as_the_cases_say(case: dict[str, Any], store: Store) -> None:
    """Who acted towards whom, in which period, and what is no deed."""
    store.add([make_article(f"a{n}", *article) for n, article in enumerate(case["articles"])])
    by = case.get("by", "month")
    assert count(ask(store, by=by), by) == case["counts"]


def test_columns_are_those_that_are_documented(store: Store) -> None:
    """Names and order are `COLUMNS`, with and without rows."""
    names = [column.name for column in series.COLUMNS]
    assert store.dyads().columns == names
    store.add([make_article("a", "2024-05-06", accuse())])
    assert store.dyads().columns == names


def test_quad_classes_scales_and_claims_stand_beside_the_count(store: Store) -> None:
    """Each event is in one class; its scale is summed and averaged; what is only claimed has its share."""
    told = [
        accuse(),
        accuse(source="named"),
        accuse(certainty="possible"),
        accuse(event="ASSAULT"),
        accuse(event="AID"),
    ]
    store.add([make_article("a", "2024-05-06", *told)])
    row = ask(store)[0]
    scales = [float(find_code(one["event"]).scale) for one in told]
    assert [row[f"n_{quad}"] for quad in series.QUADS] == [0, 1, 3, 1]
    assert row["scale_sum"] == pytest.approx(sum(scales))
    assert row["scale_mean"] == pytest.approx(sum(scales) / 5)
    assert row["share_claimed"] == pytest.approx(2 / 5)


def test_period_without_events_has_zeros_and_no_mean(store: Store) -> None:
    """A mean or a share of nothing is not known."""
    store.add([make_article("a", "2024-05-06", accuse()), make_article("b", "2024-06-01")])
    june = ask(store)[1]
    assert (june["n_events"], june["scale_sum"]) == (0, 0)
    assert (june["scale_mean"], june["share_claimed"]) == (None, None)


def test_coverage_is_all_articles_of_the_period(store: Store) -> None:
    """Also those that report nothing of the pair; a period in which none was read has 0."""
    store.add(
        [
            make_article("a", "2024-05-06", accuse()),
            make_article("b", "2024-05-07", accuse(actor=["USA"])),
            make_article("c", "2024-05-08"),
            make_article("d", "2024-07-01"),
        ]
    )
    assert [row["n_articles"] for row in ask(store, pairs=[("KOR", "PRK")])] == [3, 0, 1]


# Copies


def test_copies_count_as_events_but_not_as_independent_reports_or_incidents(store: Store) -> None:
    """Three outlets print one text, a fourth tells of the deed in its own words, a fifth of another one."""
    agency = (
        "The ministry in Seoul accused the North on Monday of sending balloons full of rubbish over the "
        "border into the capital, and said that it would answer in kind if this went on for another week."
    )
    own = "Seoul told reporters that Pyongyang is to blame for balloons which fell on its streets yesterday."
    store.add(
        [
            *(make_article(f"a{n}", "2024-05-06", accuse(), text=agency, outlet=f"O{n}") for n in range(3)),
            make_article("b", "2024-05-06", accuse(), text=own, outlet="O3"),
            make_article("c", "2024-05-20", accuse(), text="Another report altogether.", outlet="O4"),
        ]
    )
    store.build_incidents()
    row = ask(store)[0]
    assert (row["n_events"], row["n_independent"]) == (5, 3)
    n_incidents = len(store.incidents().fetchall())
    assert row["n_incidents"] == n_incidents
    assert 1 < n_incidents <= 3


def test_without_incidents_their_columns_are_null(store: Store) -> None:
    """Not known is not zero, in periods without events as well."""
    store.add([make_article("a", "2024-05-06", accuse()), make_article("b", "2024-06-06")])
    assert [(row["n_independent"], row["n_incidents"]) for row in ask(store)] == [(None, None)] * 2


def test_periods_with_events_that_are_not_joined_yet_have_no_incidents(store: Store) -> None:
    """What was read after the last build hides the count of its own period only."""
    store.add([make_article("a", "2024-05-06", accuse())])
    store.build_incidents()
    store.add([make_article("b", "2024-06-06", accuse()), make_article("c", "2024-07-06")])
    assert [row["n_incidents"] for row in ask(store)] == [1, None, 0]


# What is asked for


def test_pair_is_given_one_way_or_both(store: Store) -> None:
    """A pair that is asked for comes even where it did nothing, in the order in which it was asked."""
    store.add([make_article("a", "2024-05-06", accuse())])
    assert count(ask(store, pairs=[("PRK", "KOR")])) == {"PRK KOR": {"2024-05": 0}}
    assert list(count(ask(store, pairs=[("prk", " kor ")], both=True))) == ["PRK KOR", "KOR PRK"]


def test_both_directions_of_all_pairs_stand_there_with_zeros(store: Store) -> None:
    """`both` without pairs adds the other way round of each pair that occurs."""
    store.add([make_article("a", "2024-05-06", accuse())])
    assert count(ask(store, both=True)) == {"KOR PRK": {"2024-05": 1}, "PRK KOR": {"2024-05": 0}}


def test_many_pairs_give_what_each_alone_gives(store: Store) -> None:
    """More than a few states are looked for in another way."""
    states = ["CHN", "JPN", "KOR", "PRK", "RUS", "USA"]
    told = [{"event": "ACCUSE", "actor": [a], "recipient": [b]} for a in states for b in states if a < b]
    told.append({"event": "CONSULT", "actor": states})
    store.add([make_article("a", "2024-05-06", *told)])
    pairs = [(a, b) for a in states for b in states if a != b]
    assert ask(store, pairs=pairs) == [row for pair in pairs for row in ask(store, pairs=[pair])]
    assert ask(store, pairs=pairs) == ask(store)


def test_days_shorten_the_span_and_never_widen_it(store: Store) -> None:
    """Beyond what was read nothing is known, so there are no zeros."""
    store.add([make_article(f"a{n}", f"2024-0{n}-15", accuse()) for n in (2, 3, 4)])
    assert count(ask(store, first="2024-03-01")) == {"KOR PRK": {"2024-03": 1, "2024-04": 1}}
    assert count(ask(store, first="2023-01-01", last="2024-02-29")) == {"KOR PRK": {"2024-02": 1}}
    assert ask(store, first="2025-01-01") == []


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"by": "decade"}, r"by is 'decade', expected one of day, week, month, year"),
        ({"pairs": [("KOR", "XQZ")]}, "No state or body has the code 'XQZ'"),
        ({"pairs": [("KOR", "KOR")]}, "'KOR' stands twice"),
        ({"pairs": ["KORPRK"]}, "A pair is two codes"),
        ({"pairs": [("KOR",)]}, "A pair is two codes"),
        ({"first": "May"}, "May"),
        ({"first": "2024-06-01", "last": "2024-05-01"}, "last day 2024-05-01 is before first day"),
    ],
)
def test_impossible_question_raises_with_what_to_do(
    asked: dict[str, Any], message: str, store: Store
) -> None:
    """The message names the value; nothing is guessed."""
    store.add([make_article("a", "2024-05-06", accuse())])
    with pytest.raises(ValueError, match=message):
        store.dyads(**asked)


def test_answer_of_too_many_rows_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before memory is full; the message tells how to ask for less."""
    store.add([make_article("a", "2024-05-06", accuse()), make_article("b", "2024-06-06")])
    monkeypatch.setattr(series, "_MOST_ROWS", 1)
    with pytest.raises(ValueError, match="1 pairs over 2 periods are 2 rows, and 1 can be given"):
        store.dyads()


def test_empty_store_gives_no_rows(store: Store) -> None:
    """Also where a pair is asked for: no day is covered."""
    assert ask(store) == []
    assert ask(store, pairs=[("KOR", "PRK")]) == []


# Codes of states


@pytest.mark.parametrize(
    ("code", "year", "ccode", "gwcode"),
    [
        ("USA", 2020, 2, 2),
        ("RUS", 2020, 365, 365),
        ("SUN", 1990, 365, 365),
        ("SUN", 1993, None, None),
        ("DEU", 1989, 260, 260),
        ("DEU", 1992, 255, 260),
        ("DDR", 1989, 265, 265),
        ("DDR", 1992, None, None),
        ("YUG", 1999, 345, 345),
        ("SRB", 2010, 345, 340),
        ("KOS", 2010, 347, 347),
        ("UNO", 2010, None, None),
    ],
)
def test_numbers_of_states_are_those_of_the_period(
    code: str, year: int, ccode: int | None, gwcode: int | None, store: Store
) -> None:
    """They change with the year; a code that was no state then has none."""
    store.add(
        [make_article("a", f"{year}-02-01", {"event": "ACCUSE", "actor": [code], "recipient": ["FRA"]})]
    )
    row = ask(store)[0]
    assert (row["ccode1"], row["gwcode1"]) == (ccode, gwcode)
    assert (row["ccode2"], row["gwcode2"], row["year"]) == (220, 220, year)


def test_numbers_change_within_a_series(store: Store) -> None:
    """Germany's number in COW's list is another from October 1990; the period's first day decides."""
    told = {"event": "ACCUSE", "actor": ["DEU"], "recipient": ["FRA"]}
    store.add([make_article("a", "1990-09-15", told), make_article("b", "1990-11-15", told)])
    assert [row["ccode1"] for row in ask(store)] == [260, 260, 255]


# Change points


def test_new_level_is_marked_with_what_moved(store: Store) -> None:
    """Twelve months of one accusation each, then twelve with eight attacks beside it."""
    store.add(
        make_article(
            f"a{n}",
            f"{2022 + n // 12}-{n % 12 + 1:02}-10",
            accuse(),
            *[accuse(event="ASSAULT")] * 8 * (n >= 12),
        )
        for n in range(24)
    )
    marked = [(str(row["period"]), row["change"], row["change_event"]) for row in ask(store) if row["change"]]
    assert marked == [("2023-01-01", "up", "ASSAULT")]


def test_more_reading_is_no_more_events(store: Store) -> None:
    """Eight times as many articles with eight times as many events are the same level."""
    store.add(
        make_article(f"a{n}-{m}", f"{2022 + n // 12}-{n % 12 + 1:02}-10", accuse())
        for n in range(24)
        for m in range(8 if n >= 12 else 1)
    )
    rows = ask(store)
    assert [row["n_events"] for row in rows] == [1] * 12 + [8] * 12
    assert {row["change"] for row in rows} == {""}


# Whatever is in the store

_days = st.dates(date(2023, 11, 1), date(2024, 3, 31))
_events = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["ACCUSE", "AID", "ASSAULT", "CONSULT"]),
        "actor": st.lists(st.sampled_from(["", *_STATES]), max_size=3),
        "recipient": st.lists(st.sampled_from(["", *_STATES]), max_size=2),
        "aux": st.sampled_from([(), ("future",), ("historical",)]),
        "source": st.sampled_from(["author", "named"]),
    }
)
_articles = st.lists(st.tuples(_days, st.lists(_events, max_size=4)), max_size=8)
_SUMMED = ("n_events", "scale_sum", "n_articles", *(f"n_{quad}" for quad in series.QUADS))


@settings(max_examples=12, deadline=None)
@given(_articles)
def test_sums_over_days_are_the_sums_over_longer_periods(articles: list[tuple[date, list[Any]]]) -> None:
    """Nothing is lost or counted twice when periods are longer."""
    with stores.open(":memory:") as store:
        store.add(make_article(f"a{n}", str(day), *told) for n, (day, told) in enumerate(articles))
        days = ask(store, by="day")
        for by, cut in (("month", date.replace), ("year", date.replace), ("week", None)):
            sums: dict[tuple[Any, ...], Counter[str]] = {}
            for row in days:
                period = row["period"]
                if by == "week":
                    period -= timedelta(period.weekday())
                else:
                    period = cut(period, day=1) if by == "month" else cut(period, month=1, day=1)  # type: ignore[misc]
                key = row["iso3c_1"], row["iso3c_2"], period
                sums.setdefault(key, Counter()).update({name: row[name] for name in _SUMMED})
            rows = ask(store, by=by)
            assert [(row["iso3c_1"], row["iso3c_2"], row["period"]) for row in rows] == sorted(sums)
            for row in rows:
                summed = sums[row["iso3c_1"], row["iso3c_2"], row["period"]]
                assert {name: row[name] for name in _SUMMED} == pytest.approx(dict(summed))


@settings(max_examples=6, deadline=None)
@given(_articles)
def test_incidents_are_no_more_than_independent_reports_and_these_no_more_than_events(
    articles: list[tuple[date, list[Any]]],
) -> None:
    """Every event is a report, and every incident has one; quad classes share out the events."""
    with stores.open(":memory:") as store:
        store.add(make_article(f"a{n}", str(day), *told) for n, (day, told) in enumerate(articles))
        store.build_incidents()
        for row in ask(store):
            assert row["n_incidents"] <= row["n_independent"] <= row["n_events"]
            assert (row["n_incidents"] > 0) == (row["n_events"] > 0)
            assert sum(row[f"n_{quad}"] for quad in series.QUADS) == row["n_events"]
