"""How fast dyads over time are counted, from 10,000 events to 1,000,000.

    python evaluation/dyads.py [--events 10000 100000 1000000] [--folder FOLDER]
    python evaluation/dyads.py --marks 4000

Makes a store of synthetic events of 2015 to 2024 in a DuckDB file, four events an article, joined to
incidents, and prints the seconds from a question to the last row in memory, the best of three, and the
seconds of processor time. Countries are unequal as in news (the n-th is named in proportion to 1/n), but
each acts towards any other alike, so that of all pairs of states most occur: no store of as many events
has more rows. Participants carry names, words and evidence as real ones do, for it is these that make
the file large.

With --marks it draws series of counts instead, and prints how often a change is marked where there is
none, and how often it is found where there is one.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from whowhom import dyad_reports
from whowhom import store as stores
from whowhom.changes import find_changes
from whowhom.codebooks.plover import find_code
from whowhom.coders.labels import TYPES
from whowhom.resolvers.countries import load_countries

_EVENTS_AN_ARTICLE = 4

_MAKE_ARTICLES = """
INSERT INTO article BY NAME
SELECT 'article-' || n AS id, 'Text of a synthetic report. ' || n AS "text", md5("text") AS text_hash,
    'Title ' || n AS title,
    DATE '2015-01-01' + CAST(n * 3653 // $n_articles AS INTEGER) AS published, 'Outlet ' || n % 40 AS outlet,
    'en' AS "language", 'evaluation/dyads.py' AS coder, TIMESTAMP '2025-01-01' AS read_at
FROM range($n_articles) AS numbers(n)
"""

# A country is drawn by a rank of exp(u * ln(k)), which is Zipf's law. Of ten articles two are copies of the
# one before, and one reports the same deeds in words of its own.
_DRAW = """
CREATE TEMP TABLE drawn AS
SELECT n, $types[1 + CAST(floor(random() * len($types)) AS INTEGER)] AS type,
    $codes[CAST(floor(exp(random() * ln(len($codes)))) AS INTEGER)] AS one,
    $codes[CAST(floor(exp(random() * ln(len($codes)))) AS INTEGER)] AS other,
    $codes[CAST(floor(exp(random() * ln(len($codes)))) AS INTEGER)] AS third,
    random() AS a, random() AS b, random() AS c
FROM range($n_events) AS numbers(n)
"""
_MAKE_REPORTS = """
CREATE TEMP TABLE reported AS
SELECT n, 'event-' || n AS event, 'article-' || n // $per AS article, n % $per AS ordinal,
    CASE WHEN n // $per % 10 IN (1, 4, 7) THEN n - $per ELSE n END AS deed,
    'article-' || CASE WHEN n // $per % 10 IN (1, 4) THEN n // $per - 1 ELSE n // $per END AS copy_family
FROM range($n_events) AS numbers(n);
INSERT INTO report BY NAME
SELECT article, event, left(md5(CAST(deed AS VARCHAR)), 16) AS incident
FROM reported;
INSERT INTO sketch BY NAME
SELECT article, any_value(published) AS published, 300 AS n_shingles, ''::BLOB AS minhash,
    [] AS quotes, [] AS lead, any_value(copy_family) AS copy_family
FROM reported JOIN article ON article.id = reported.article GROUP BY article
"""
_MAKE_EVENTS = """
INSERT INTO event BY NAME
WITH made AS (
    SELECT reported.*, drawn.* EXCLUDE (n), [one, third][1:1 + CAST(a < 0.15 AS INTEGER)] AS who,
        CASE WHEN b < 0.2 THEN [] ELSE [other] END AS whom
    FROM reported JOIN drawn ON drawn.n = deed
)
SELECT made.event AS id, article, CAST(ordinal AS INTEGER) AS ordinal, type.event AS event,
    ['visit'] AS mode, ['diplomatic'] AS context,
    {'text': 'arrived', 'start': 40, 'end': 47, 'of': 'text'} AS trigger,
    [] AS mentions, 'A sentence of some length that reports deed ' || deed || ' of a state.' AS sentence,
    [{entity} FOR one IN who] AS actor, [{entity} FOR one IN whom] AS recipient,
    CASE WHEN c < 0.5 THEN {
        'span': {'text': 'on Friday', 'start': 50, 'end': 59, 'of': 'text'},
        'first_day': article.published - 1, 'last_day': article.published - 1,
        'evidence': 'weekday before publication'
    } END AS "date",
    CASE WHEN b < 0.7 THEN 'author' ELSE 'named' END AS source_kind,
    CASE WHEN c < 0.9 THEN 'certain' ELSE 'possible' END AS certainty,
    CASE WHEN a < 0.1 THEN ['future'] WHEN a < 0.13 THEN ['negation'] ELSE [] END AS aux,
    0.5 + b / 2 AS score, type.quad AS quad, type.scale AS scale, '042' AS cameo
FROM made JOIN article ON article.id = made.article
ORDER BY n
"""
_ENTITY = """{'span': {'text': 'the minister of ' || one, 'start': 3, 'end': 20, 'of': 'text'},
    'name': 'Person ' || n % 5000, 'country': one, 'sector': ['GOV', 'ELI'],
    'evidence': ['country by name ' || one, 'office of minister in the table of people']}"""


def make_store(path: Path, n_events: int) -> None:
    """Make a store of synthetic events at `path`."""
    types = [
        {"event": name, "quad": find_code(name).quad, "scale": float(find_code(name).scale)} for name in TYPES
    ]
    stores.open(path).close()
    n_articles = max(1, n_events // _EVENTS_AN_ARTICLE)
    with duckdb.connect(str(path)) as connection:
        connection.execute("SELECT setseed(0.42)")
        connection.execute(_MAKE_ARTICLES, {"n_articles": n_articles})
        n_made = n_articles * _EVENTS_AN_ARTICLE
        connection.execute(_DRAW, {"n_events": n_made, "codes": list_codes(), "types": types})
        numbers = {"n_events": n_made, "per": _EVENTS_AN_ARTICLE}
        for statement in connection.extract_statements(_MAKE_REPORTS):
            connection.execute(statement, {name: numbers[name] for name in statement.named_parameters})
        connection.execute(_MAKE_EVENTS.replace("{entity}", _ENTITY))
        connection.execute("CREATE TEMP TABLE stale AS SELECT DISTINCT incident FROM report")
        dyad_reports.keep(connection)


def list_codes() -> list[str]:
    """Return the codes of states in a disorder that is the same on every run, the commonest first."""
    return sorted(load_countries(), key=lambda code: sha256(code.encode()).digest())


class Time(NamedTuple):
    """Seconds on the clock and of the processors, and how many rows came."""

    seconds: float
    processor_seconds: float
    n_rows: int


def time_best(ask: Callable[[], int]) -> Time:
    """Return the fastest of three runs."""
    times = []
    for _ in range(3):
        start, started = time.perf_counter(), time.process_time()
        n_rows = ask()
        times.append(Time(time.perf_counter() - start, time.process_time() - started, n_rows))
    return min(times)


def ask(store: stores.Store, pairs: list[tuple[str, str]], by: str) -> int:
    """Ask a store for dyads, take all rows into memory and return how many there are."""
    return int(store.dyads(pairs=pairs, by=by).to_arrow_table().num_rows)  # type: ignore[arg-type]


def print_times(sizes: list[int], folder: Path) -> None:
    """Print the seconds of each question for each size of the store."""
    codes = list_codes()
    questions: list[tuple[str, list[tuple[str, str]], str]] = [
        ("one pair by month", [(codes[0], codes[1])], "month"),
        ("one pair by day", [(codes[0], codes[1])], "day"),
        (
            "a hundred pairs by month",
            [(a, b) for a in codes[:11] for b in codes[:11] if a != b][:100],
            "month",
        ),
        ("all pairs by year", [], "year"),
        ("all pairs by month", [], "month"),
    ]
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}, DuckDB {duckdb.__version__}")
    for n_events in sizes:
        path = folder / f"dyads-{n_events}.duckdb"
        make_store(path, n_events)
        with stores.open(path, read_only=True) as store:
            for name, pairs, by in questions:
                best = time_best(partial(ask, store, pairs, by))
                print(
                    f"{n_events:9,} events  {name:25} {best.seconds:6.2f} s  "
                    f"{best.processor_seconds:6.2f} s of processors  {best.n_rows:9,} rows",
                    flush=True,
                )
        path.unlink()


def print_marks(n_series: int) -> None:
    """Print in how many series of counts a change is marked where there is none, and found where there is."""
    rng = np.random.default_rng(1)

    def draw(rate: NDArray[np.float64], spread: float) -> NDArray[np.int64]:
        rates = np.broadcast_to(rate, (n_series, len(rate)))
        if spread:  # negative binomial: variance = mean + spread * mean squared
            rates = rates * rng.gamma(1 / spread, spread, size=rates.shape)
        return rng.poisson(rates)

    def share(counts: NDArray[np.int64], near: int | None = None) -> float:
        exposure = np.full(counts.shape[1], 100.0)
        found = find_changes(counts, exposure)
        marked = {series for series, change in found if near is None or abs(change.start - near) <= 2}
        return len(marked) / n_series

    print("constant rate: series with any mark, by events a period and spread (0 is Poisson)")
    for n_periods in (12, 60, 120, 520):
        for spread in (0.0, 0.2, 1.0):
            figures = (
                f"{rate:g}: {share(draw(np.full(n_periods, rate), spread)):.1%}"
                for rate in (0.3, 1, 3, 10, 50)
            )
            print(f"{n_periods:4} periods, spread {spread:g}   {'  '.join(figures)}")
    print("60 periods, new rate from the 31st: series with a mark at most two periods off")
    for old, new in ((1, 2), (1, 3), (2, 4), (5, 8), (5, 10), (20, 30)):
        rate = np.repeat([float(old), float(new)], 30)
        found = "   ".join(f"spread {spread:g} {share(draw(rate, spread), 30):.0%}" for spread in (0.0, 0.2))
        print(f"{old:3} to {new:2}   {found}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--folder", type=Path, help="where the stores are made; a temporary one if not given")
    parser.add_argument("--marks", type=int, metavar="SERIES", help="measure the marks of change instead")
    arguments = parser.parse_args()
    if arguments.marks:
        print_marks(arguments.marks)
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        print_times(arguments.events, Path(folder))


if __name__ == "__main__":
    main()
