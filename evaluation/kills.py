"""Whether a run that is killed at any instant can be run again and ends as if nothing had happened.

    python evaluation/kills.py [--runs 100] [--articles 500] [--seed 1] [--no-text]

Invented short articles are read by `whowhom read`. One run is left alone; each of the others is killed
(SIGKILL) at a random instant between its opening of the store and its end, half of them a second time, and
then run again until it ends by itself. What they export (events as JSONL, CSV and Parquet, incidents as
CSV, reports and Skips) has to be equal byte for byte, and `whowhom check` has to find nothing. Then
`recode`, `compact`, `backup`, `restore` and `migrate` are killed in the same way, a fifth as often each, and
the store has to be as it was, or coded again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import duckdb

from whowhom import api, checks, exporters
from whowhom import store as stores

ROOT = Path(__file__).parents[1]
OLD_SCHEMA = ROOT / "tests" / "cases" / "store" / "schema_1.sql"
Digests = dict[str, str]

_STATES = ("Russia", "Ukraine", "Egypt", "Turkey", "Iran", "Israel", "France", "Japan", "India", "Kenya")
_PLACES = ("Cairo", "Ankara", "Geneva", "Nairobi", "Tehran", "Paris", "Tokyo", "Delhi", "Moscow", "Kyiv")
_DEEDS = (
    "{a}'s foreign minister met his counterpart from {b} in {p} on {day}.",
    "{a} condemned {b} over the shelling near {p} on {day}, killing {n} people.",
    "Troops of {a} attacked a border post of {b} near {p} on {day} and {n} soldiers were injured.",
    "{a} imposed sanctions on {b} on {day}.",
    "{a} and {b} signed a trade agreement in {p} on {day}.",
    "The president of {a} arrived in {p} on {day} for talks with {b}.",
    "{a} expelled {n} diplomats of {b} on {day}.",
    "{a} promised to send aid to {b}, officials said in {p} on {day}.",
)


def write_articles(path: Path, n_articles: int, seed: int) -> None:
    """Write invented articles of one or two sentences; some tell of the same deed, some are copies."""
    chance = random.Random(seed)
    deeds: list[str] = []
    last = ""
    with path.open("w", encoding="utf-8") as lines:
        for number in range(n_articles):
            day = date(2024, 6, 3) + timedelta(number // 50)
            deeds.append(_invent_deed(chance, day))
            told = [deeds[-1], *chance.sample(deeds[-20:], chance.randint(0, 1))]
            text = last if number % 10 == 9 else " ".join(dict.fromkeys(told))
            if number % 97 == 50:
                text = "Der Minister reiste am Montag nach Kairo und sprach dort mit dem Präsidenten."
            row = {"text": text, "published": day.isoformat(), "outlet": f"Outlet {number % 23}"}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
            last = text


def _invent_deed(chance: random.Random, day: date) -> str:
    a, b = chance.sample(_STATES, 2)
    happened = day - timedelta(chance.randrange(3))
    return chance.choice(_DEEDS).format(
        a=a, b=b, p=chance.choice(_PLACES), day=f"{happened:%A}", n=chance.randint(2, 60)
    )


def digest(path: Path) -> Digests:
    """Return a hash of each export of a store, and of what `check` finds."""
    found = [str(one) for one in checks.check(path)]
    with tempfile.TemporaryDirectory() as name, stores.open(path, read_only=True) as store:
        folder = Path(name)
        for format in ("jsonl", "csv", "parquet"):
            exporters.write_coded(store.coded(), folder / f"events.{format}")
        for what, sql in _EXPORTS.items():
            store._connection.sql(sql).write_csv(str(folder / what))
        hashes = {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())
        }
    return {**hashes, "check": "; ".join(found)}


_EXPORTS = {
    "articles.csv": "SELECT * EXCLUDE (read_at) FROM article ORDER BY rowid",
    "incidents.csv": "FROM incident ORDER BY id",
    "reports.csv": "FROM report ORDER BY article, event",
    "links.csv": "FROM link ORDER BY ALL",
    "ties.csv": "FROM tie_report ORDER BY ALL",
    "pledges.csv": "FROM pledge_report ORDER BY ALL",
    "dyads.csv": "FROM dyad_report ORDER BY ALL",
    "sketches.csv": "FROM sketch ORDER BY article",
    "skips.csv": "SELECT * EXCLUDE (skipped_at) FROM skip ORDER BY id",
}


def start(*words: str | Path) -> subprocess.Popen[bytes]:
    """Start the program `whowhom`."""
    return subprocess.Popen(
        [sys.executable, "-m", "whowhom", *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait for a program to end by itself."""
    _, said = process.communicate()
    if process.returncode:
        raise SystemExit(f"whowhom ended with {process.returncode}: {said.decode()}")


def kill_after(process: subprocess.Popen[bytes], lock: Path, seconds: float) -> bool:
    """Kill a program so long after it took the seat; return whether it had not ended before."""
    while not lock.exists() and process.poll() is None:
        time.sleep(0.001)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    was_running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return was_running


def run_killed(make: Callable[[], subprocess.Popen[bytes]], lock: Path, pauses: Iterator[float]) -> int:
    """Kill a program after each of the pauses, then run it to its end; return how often it was killed."""
    n_killed = sum(kill_after(make(), lock, pause) for pause in pauses)
    finish(make())
    return n_killed


def measure_seconds(process: subprocess.Popen[bytes], lock: Path) -> float:
    """Let a program end by itself; return how long it had the seat."""
    while not lock.exists():
        time.sleep(0.001)
    begun = time.monotonic()
    finish(process)
    return time.monotonic() - begun


def kill_reads(folder: Path, n_runs: int, n_articles: int, seed: int, options: list[str]) -> list[str]:
    """Return what `whowhom read` came to, a line for what differs and one for the whole."""
    chance = random.Random(seed)
    corpus, calm = folder / "articles.jsonl", folder / "calm.duckdb"
    write_articles(corpus, n_articles, seed)
    seconds = measure_seconds(start("read", corpus, "--store", calm, *options), _lock(calm))
    expected = digest(calm)
    lines, killed = [f"check of the calm run: {expected['check']}"] if expected["check"] else [], 0
    store = folder / "killed.duckdb"
    for number in range(n_runs):
        pauses = (chance.uniform(0, seconds) for _ in range(1 + number % 2))
        killed += run_killed(lambda: start("read", corpus, "--store", store, *options), _lock(store), pauses)
        got = digest(store)
        differs = [what for what in expected if got[what] != expected[what]]
        if differs:
            lines.append(f"run {number}: {', '.join(differs)} differ")
        for left in folder.glob("*killed.duckdb*"):
            left.unlink()
        print(f"run {number + 1}: killed {killed} times so far", file=sys.stderr, flush=True)
    with stores.open(calm, read_only=True) as store_:
        counts = store_.counts()
    n_wrong = sum(line.startswith("run") for line in lines)
    return [
        *lines,
        f"read: {n_runs} runs over {n_articles} articles ({counts.n_events} events, {seconds:.1f} s) killed "
        f"{killed} times; {n_runs - n_wrong} of them ended equal byte for byte to the calm run",
    ]


def age(origin: Path, path: Path) -> Path:
    """Make a store that an older coder has coded: it missed every third event and was less sure."""
    shutil.copy(origin, path)
    with stores.open(path) as store:
        store._connection.execute("UPDATE article SET coder = 'whowhom 0.0.1'")
        store._connection.execute("DELETE FROM event WHERE rowid % 3 = 0")
        store._connection.execute("UPDATE event SET score = score / 2")
        store.build_incidents(rebuild=True)
    return path


def kill_recodes(folder: Path, n_runs: int, seed: int) -> list[str]:
    """Return what `whowhom recode` came to, as `kill_reads` does of `read`."""
    chance = random.Random(seed)
    aged, calm = age(folder / "calm.duckdb", folder / "aged.duckdb"), folder / "coded.duckdb"
    shutil.copy(aged, calm)
    seconds = measure_seconds(start("recode", "--store", calm), _lock(calm))
    expected, lines, killed = digest(calm), [], 0
    for number in range(n_runs):
        store = Path(shutil.copy(aged, folder / "killed.duckdb"))
        pauses = (chance.uniform(0, seconds) for _ in range(1 + number % 2))
        killed += run_killed(lambda store=store: start("recode", "--store", store), _lock(store), pauses)
        got = digest(store)
        differs = [what for what in expected if got[what] != expected[what]]
        if differs:
            lines.append(f"recode {number}: {', '.join(differs)} differ")
        for left in folder.glob("*killed.duckdb*"):
            left.unlink()
    n_equal = n_runs - len(lines)
    return [*lines, f"recode: {n_runs} runs ({seconds:.1f} s) killed {killed} times; {n_equal} ended equal"]


def kill_upkeep(folder: Path, n_runs: int, seed: int) -> list[str]:
    """Return what the commands that rewrite a whole store came to."""
    chance = random.Random(seed)
    calm, store, copy = folder / "calm.duckdb", folder / "killed.duckdb", folder / "copy.duckdb"
    expected, lines = digest(calm), []
    old = make_old(calm, folder / "old.duckdb")
    finish(start("migrate", "--store", shutil.copy(old, folder / "migrated.duckdb")))
    migrated = digest(folder / "migrated.duckdb")
    works: dict[str, tuple[Path, Digests, Path, list[str | Path]]] = {
        "compact": (calm, expected, store, ["compact", "--store", store]),
        "backup": (calm, expected, copy, ["backup", copy, "--store", store, "--force"]),
        "restore": (calm, expected, store, ["restore", calm, "--store", store, "--force"]),
        "migrate": (old, migrated, store, ["migrate", "--store", store]),
    }
    for what, (origin, wanted, result, words) in works.items():
        counts: Counter[str] = Counter()
        for _ in range(n_runs):
            shutil.copy(origin, store)
            pause = chance.uniform(0, 0.5)
            counts["killed"] += run_killed(lambda words=words: start(*words), _lock(store), iter([pause]))
            counts["equal"] += digest(result) == wanted
            for left in [*folder.glob("*killed.duckdb*"), *folder.glob("*copy.duckdb*")]:
                left.unlink()
        lines.append(f"{what}: {n_runs} runs killed {counts['killed']} times; {counts['equal']} ended equal")
    return lines


def make_old(origin: Path, path: Path) -> Path:
    """Make a store of version 1 that holds the articles, events and Skips of one of today."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(OLD_SCHEMA.read_text(encoding="utf-8"))
        connection.execute("INSERT INTO meta VALUES ('whowhom_schema', '1'), ('made_by', 'whowhom 0.1.0')")
        connection.execute(f"ATTACH '{origin}' AS now (READ_ONLY)")
        for table in ("article", "event", "skip", "feed_state"):
            names = [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]
            listed = ", ".join(f'"{name}"' for name in names)
            if table == "event":
                without = (
                    "CASE WHEN location IS NOT NULL THEN struct_pack("
                    + ", ".join(f'"{name}" := location."{name}"' for name in _OLD_PLACE)
                    + ") END AS location"
                )
                listed = listed.replace('"location"', without)
            connection.execute(f"INSERT INTO {table} BY NAME SELECT {listed} FROM now.{table}")
    return path


_OLD_PLACE = ("span", "name", "country", "latitude", "longitude", "geonames", "precision", "evidence")


def _lock(store: Path) -> Path:
    return store.with_name(f"{store.name}.lock")


def main() -> None:
    """Kill and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-text", action="store_true", help="read without keeping texts")
    given = parser.parse_args()
    api.load_all()
    with tempfile.TemporaryDirectory() as name:
        options = ["--limit", "0", *(["--no-text"] if given.no_text else [])]
        print(*kill_reads(Path(name), given.runs, given.articles, given.seed, options), sep="\n", flush=True)
        if not given.no_text:
            n_runs = max(given.runs // 5, 1)
            print(*kill_recodes(Path(name), n_runs, given.seed), sep="\n", flush=True)
            print(*kill_upkeep(Path(name), n_runs, given.seed), sep="\n")


if __name__ == "__main__":
    main()
