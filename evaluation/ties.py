"""How many ties and pledges come out as expected of reports written for it, and how fast they are asked.

    python evaluation/ties.py [--wrong]
    python evaluation/ties.py --events 1000000

Reads the scenarios of tests/cases/scenario with the coder of the package, joins incidents, asks for the
ties and pledges that the files of expected answers name, and prints how many are right. The first
scenario was at hand when the rules were written; the second was written after them, and docs/ties.md
tells how many were right before anything was changed for it.

With --events it makes a store of synthetic reports instead and prints how long questions take.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from whowhom import api, tellings
from whowhom import store as stores
from whowhom.resolvers.countries import load_countries

CASES = Path(__file__).parents[1] / "tests" / "cases" / "scenario"
SCENARIOS = {
    "first": ("reports.jsonl", "expected.jsonl"),
    "second": ("reports.second.jsonl", "expected.second.jsonl"),
    "third": ("reports.third.jsonl", "expected.third.jsonl"),
}

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def fill_store(reports: Iterable[Mapping[str, Any]]) -> stores.Store:
    """Return a store in memory that has read these reports."""
    store = stores.open(":memory:")
    store.add(api.code_many(reports))
    store.build_incidents()
    return store


def check(store: stores.Store, expected: Mapping[str, Any]) -> tuple[bool, list[Row]]:
    """Return whether a store answers as expected, and what it answers."""
    days = {"as_of": expected["as_of"], "known": expected.get("known") or expected["as_of"]}
    if expected["ask"] == "tie":
        sides = (expected["one"], expected["other"])
        relation = store.ties(between=sides, kind=expected["tie"], **days)
    else:
        relation = store.pledges(by=expected["one"], to=expected["other"], kind=expected["kind"], **days)
    rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    rows = [row for row in rows if "name" not in expected or expected["name"] in (row["name"] or "")]
    if expected["state"] is None:
        return not any(not row.get("doubtful") for row in rows), rows
    return any(_is_as_expected(row, expected) for row in rows), rows


def _is_as_expected(row: Row, expected: Mapping[str, Any]) -> bool:
    states = expected["state"] if isinstance(expected["state"], list) else [expected["state"]]
    same = all(
        str(row[key]) == str(expected[key])
        for key in ("holds", "doubtful", "deadline", "since", "deed", "candidate")
        if key in expected
    )
    return row["state"] in states and same and bool(row.get("denied_by")) >= expected.get("disputed", False)


def print_shares(*, wrong: bool) -> None:
    """Print for each scenario how many answers are as expected."""
    for name, (reports, answers) in SCENARIOS.items():
        store = fill_store(read_rows(CASES / reports))
        rows = read_rows(CASES / answers)
        n_right: dict[str, int] = {"tie": 0, "pledge": 0}
        for row in rows:
            is_right, found = check(store, row)
            n_right[row["ask"]] += is_right
            if wrong and not is_right:
                shown = [
                    {
                        key: one[key]
                        for key in (
                            "tie",
                            "kind",
                            "name",
                            "state",
                            "doubtful",
                            "candidate",
                            "deed",
                            "deadline",
                            "holds",
                        )
                        if key in one
                    }
                    for one in found
                ]
                print(f"  expected {json.dumps(row)}\n  found    {json.dumps(shown, default=str)}")
        counts = {ask: sum(row["ask"] == ask for row in rows) for ask in n_right}
        said = ", ".join(f"{n_right[ask]} of {n} {ask}s" for ask, n in counts.items())
        print(f"{name} scenario: {sum(n_right.values())} of {len(rows)} answers right ({said})")


_MAKE_ARTICLES = """
INSERT INTO article BY NAME
SELECT 'article-' || n AS id, 'Text of a synthetic report. ' || n AS "text",
    left(sha256("text"), 32) AS text_hash, 'Title ' || n AS title,
    DATE '2015-01-01' + CAST(n * 3653 // $n_articles AS INTEGER) AS published, 'Outlet ' || n % 40 AS outlet,
    'en' AS "language", 'evaluation/ties.py' AS coder, TIMESTAMP '2025-01-01' AS read_at
FROM range($n_articles) AS numbers(n)
"""
# Countries are as unequal as in news: drawn by a rank of exp(u * ln(k)), which is Zipf's law.
_MAKE_EVENTS = """
INSERT INTO event BY NAME
WITH drawn AS (
    SELECT n, 'article-' || n // 4 AS article, CAST(n % 4 AS INTEGER) AS ordinal,
        $deeds[1 + CAST(floor(random() * len($deeds)) AS INTEGER)] AS deed,
        $codes[CAST(floor(exp(random() * ln(len($codes)))) AS INTEGER)] AS one,
        $codes[CAST(floor(exp(random() * ln(len($codes)))) AS INTEGER)] AS other, random() AS a
    FROM range($n_events) AS numbers(n)
)
SELECT 'event-' || n AS id, article, ordinal, deed.type AS event, [] AS mode, [] AS context,
    {'text': deed.trigger, 'start': 0, 'end': length(deed.trigger), 'of': 'text'} AS trigger,
    'The government of ' || one || ' ' || deed.words || ' ' || other || ', report ' || n AS sentence,
    [{'span': {'text': one, 'start': 0, 'end': 3, 'of': 'text'}, 'name': one, 'country': one,
        'sector': ['GOV'], 'evidence': []}] AS actor,
    [{'span': {'text': other, 'start': 0, 'end': 3, 'of': 'text'}, 'name': other, 'country': other,
        'sector': ['GOV'], 'evidence': []}] AS recipient, [] AS mentions,
    'author' AS source_kind, 'certain' AS certainty, CASE WHEN a < 0.05 THEN ['future'] ELSE [] END AS aux,
    0.3 + a / 2 AS score, 1 AS quad, 0.0 AS scale, '' AS cameo
FROM drawn ORDER BY n
"""
# Nine deeds in twenty-six touch a tie or a pledge.
_DEEDS = [
    ("SANCTION", "imposed", "imposed new sanctions on"), ("CONCEDE", "eased", "eased its sanctions on"),
    ("SUPPORT", "signed", "signed a trade agreement with"), ("AID", "delivered", "delivered missiles to"),
    ("AGREE", "promised", "promised to withdraw its troops by June to please"),
    ("THREATEN", "threatened", "threatened to impose sanctions on"),
    ("REQUEST", "demanded", "demanded talks with"),
    ("RETREAT", "withdrew", "withdrew its soldiers from a base that belongs to"),
    ("ASSAULT", "shelled", "shelled a border post of"),
    *[("CONSULT", "met", "met for an hour with the prime minister of")] * 6,
    *[("ACCUSE", "condemned", "condemned what was said by the leaders of")] * 6,
    *[("COERCE", "arrested", "arrested three journalists who had written about")] * 5,
]  # fmt: skip


def make_store(path: Path, n_events: int) -> None:
    """Make a store of synthetic events of 2015 to 2024 at `path`, four an article."""
    stores.open(path).close()
    n_articles = max(1, n_events // 4)
    codes = sorted(load_countries(), key=lambda code: sha256(code.encode()).digest())
    deeds = [{"type": type, "trigger": trigger, "words": words} for type, trigger, words in _DEEDS]
    with duckdb.connect(str(path)) as connection:
        connection.execute("SELECT setseed(0.42)")
        connection.execute(_MAKE_ARTICLES, {"n_articles": n_articles})
        connection.execute(_MAKE_EVENTS, {"n_events": n_articles * 4, "codes": codes, "deeds": deeds})


_TABLES = ("tie_report", "pledge_report")


def print_times(n_events: int, folder: Path) -> None:
    """Print how long the rules take over so many events, and how long questions take then."""
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}, DuckDB {duckdb.__version__}")
    path = folder / "ties.duckdb"
    make_store(path, n_events)
    with duckdb.connect(str(path)) as connection:
        worked = time.process_time()
        connection.begin()
        tellings.build(connection)
        connection.commit()
        worked = time.process_time() - worked
        n_ties, n_pledges = (connection.table(name).count("*").fetchall()[0][0] for name in _TABLES)
        commonest = connection.table("tie_report").aggregate("one, other, count(*) AS n").order("n DESC")
        one, other = commonest.limit(1).fetchall()[0][:2]
    print(f"rules over {n_events:,} events: {worked:.0f} s of processor, rows: {n_ties:,}, {n_pledges:,}")
    days = {"as_of": "2024-06-01", "known": "2024-06-30"}
    with stores.open(path, read_only=True) as store:
        for name, ask in {
            "ties of the commonest pair": lambda: store.ties(between=(one, other), **days),
            "ties of one state": lambda: store.ties(actor=one, **days),
            "ties of all": lambda: store.ties(**days),
            "pledges of the commonest pair": lambda: store.pledges(by=one, to=other, **days),
            "pledges of one state": lambda: store.pledges(by=one, **days),
            "pledges of all": lambda: store.pledges(**days),
        }.items():
            start, worked = time.perf_counter(), time.process_time()
            n_rows = ask().to_arrow_table().num_rows
            seconds, worked = time.perf_counter() - start, time.process_time() - worked
            print(f"{name:30} {seconds:6.2f} s, {worked:6.2f} s of processor  {n_rows:9,} rows", flush=True)
        (tie,), (pledge,) = (
            relation.limit(1).fetchall()[0]
            for relation in (
                store.ties(between=(one, other)).project("tie_id"),
                store.pledges(by=one).project("pledge_id"),
            )
        )
        for name, explain in {
            "a tie explained": lambda: store.explain_tie(tie),
            "a pledge explained": lambda: store.explain_pledge(pledge),
        }.items():
            start, worked = time.perf_counter(), time.process_time()
            explain()
            seconds, worked = time.perf_counter() - start, time.process_time() - worked
            print(f"{name:30} {seconds:6.2f} s, {worked:6.2f} s of processor", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--wrong", action="store_true", help="show the answers that are not as expected")
    parser.add_argument("--events", type=int, help="time questions to a store of so many synthetic events")
    arguments = parser.parse_args()
    if arguments.events:
        with tempfile.TemporaryDirectory() as folder:
            print_times(arguments.events, Path(folder))
        return
    print_shares(wrong=arguments.wrong)


if __name__ == "__main__":
    main()
