"""How fast and how heavy `whowhom code` is, from JSONL to JSONL with everything included.

    python evaluation/speed.py [--articles ARTICLES.jsonl] [--copies 40]

Writes the articles `--copies` times over to one file, runs the command line on it in a process of
its own, and prints sentences and articles per second, the peak memory, the start-up time of
`whowhom --help` and the time to the first event of a single article. The articles are those of
../shared/gold/dev where they are there, else the demo's reports.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

from whowhom.coders.sentences import split_sentences

ROOT = Path(__file__).parents[1]
DEV = ROOT.parent / "shared/gold/dev/articles.jsonl"
DEMO = ROOT / "whowhom/demo_reports.jsonl"
COMMAND = [sys.executable, "-m", "whowhom"]


def write_copies(articles: list[dict[str, object]], copies: int, path: Path) -> tuple[int, int]:
    """Write the articles several times under ids of their own; return how many articles and sentences."""
    with path.open("w", encoding="utf-8") as out:
        for copy in range(copies):
            for article in articles:
                out.write(json.dumps({**article, "id": f"{article['id']}-{copy}"}) + "\n")
    n_sentences = sum(len(split_sentences(str(article["text"]))) for article in articles)
    return copies * len(articles), copies * n_sentences


def time_command(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([*COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def time_first_event(path: Path) -> float:
    """Return the seconds from the start of the command to its first line on standard output."""
    started = time.perf_counter()
    with subprocess.Popen(
        [*COMMAND, "code", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        seconds = time.perf_counter() - started
        running.kill()
    return seconds


def share_of_the_coder(articles: list[dict[str, object]], copies: int = 4) -> float:
    """Return the speed of coder and resolvers together as a share of the coder's alone, in one process.

    The best of three runs of each, taken in turn: other work on the machine slows single runs.
    """
    from datetime import date

    from whowhom.coders.small import read_events
    from whowhom.coders.weights import load_weights
    from whowhom.pipeline import code_articles
    from whowhom.records import Article

    read = [
        Article(
            str(row["id"]),
            str(row["text"]),
            str(row.get("title") or ""),
            date.fromisoformat(str(row["published"])) if row.get("published") else None,
        )
        for row in articles
    ] * copies
    weights = load_weights()
    seconds: dict[str, list[float]] = {"coder": [], "both": []}
    list(code_articles(read[:2], weights=weights))
    for _ in range(3):
        for what, run in (
            ("coder", lambda: read_events(read, weights=weights)),
            ("both", lambda: code_articles(read, weights=weights)),
        ):
            started = time.perf_counter()
            deque(run(), maxlen=0)
            seconds[what].append(time.perf_counter() - started)
    return min(seconds["coder"]) / min(seconds["both"])


def peak_megabytes_of_children() -> float:
    """Return the largest resident size that any finished child process had."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=Path, default=DEV if DEV.exists() else DEMO)
    parser.add_argument("--copies", type=int, default=40)
    arguments = parser.parse_args()
    with arguments.articles.open(encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "articles.jsonl", Path(folder) / "coded.jsonl"
        n_articles, n_sentences = write_copies(articles, arguments.copies, source)
        start_up = min(time_command("--help") for _ in range(3))
        first = min(time_first_event(source) for _ in range(3))
        seconds = time_command("code", str(source), "-o", str(target))
        with target.open(encoding="utf-8") as lines:
            n_events = sum(len(json.loads(line)["events"]) for line in lines)
    print(f"{arguments.articles.name} x {arguments.copies} on {len(os.sched_getaffinity(0))} cores")
    print(f"{n_sentences / seconds:8.0f} sentences a second ({n_sentences} in {seconds:.1f} s)")
    print(f"{n_articles / seconds:8.1f} articles a second ({n_articles} articles, {n_events} events)")
    print(f"{peak_megabytes_of_children():8.0f} MB at the peak")
    print(f"{start_up:8.2f} s for whowhom --help")
    print(f"{first:8.2f} s to the first article's events")
    print(f"{share_of_the_coder(articles):8.2f} of the coder's own speed is left with the resolvers")


if __name__ == "__main__":
    main()
