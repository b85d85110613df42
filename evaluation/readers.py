"""How well the readers read: body text of pages against gold, and what becomes of odd sources.

    python evaluation/readers.py [--shared ../shared]

Prints the mean word F1 over all pages of markup/pages_with_gold_text with the ten worst, then for
every other folder of markup/ how many sources were read, how many skipped and for what reason.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from pathlib import Path

from whowhom.readers import detect_language, read_sources
from whowhom.readers.encoding import decode
from whowhom.readers.html import read_page
from whowhom.records import Article

_WORD = re.compile(r"\w+")


def score_words(text: str, gold: str) -> float:
    """Return the F1 of the words of `text`, each counted as often as it stands there.

    >>> score_words("the cat sat", "The cat sat there")
    0.8571428571428571
    """
    found, wanted = (Counter(_WORD.findall(words.lower())) for words in (text, gold))
    n_both = sum((found & wanted).values())
    return 2 * n_both / (sum(found.values()) + sum(wanted.values())) if n_both else 0.0


def score_pages(folder: Path) -> list[tuple[float, str]]:
    """Return (word F1, address) of every page with gold text, the worst first.

    A page that the reader skips counts 0. Pages in other languages count as well, so language is
    not looked at here.
    """
    gold = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    scores = []
    for name, page in gold.items():
        content = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        found = read_page(decode(content, markup=True), origin=name)
        text = found.text if isinstance(found, Article) else ""
        scores.append((score_words(text, page["articleBody"]), page["url"]))
    return sorted(scores)


def count_outcomes(folder: Path) -> tuple[int, int, int, Counter[str]]:
    """Return the number of files, of articles and of skips, and the reasons with figures left out.

    An exception is counted as a skip with the reason "TRACEBACK"; there must be none.
    """
    n_files = n_articles = n_skips = 0
    reasons: Counter[str] = Counter()
    for path in sorted(folder.iterdir()):
        n_files += 1
        try:
            for found in read_sources([path]):
                if isinstance(found, Article):
                    n_articles += 1
                else:
                    n_skips += 1
                    reasons[f"{found.stage}: {re.sub(r'[0-9]+', '#', found.reason)[:90]}"] += 1
        except Exception as error:  # the very thing that is measured
            reasons[f"TRACEBACK {type(error).__name__} {path.name}"] += 1
    return n_files, n_articles, n_skips, reasons


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--reasons", type=int, default=8, help="reasons to print for each folder")
    args = parser.parse_args()
    markup = args.shared / "markup"

    start = time.perf_counter()
    scores = score_pages(markup / "pages_with_gold_text")
    seconds = time.perf_counter() - start
    mean = sum(score for score, _ in scores) / len(scores)
    print(
        f"pages with gold text: {len(scores)} pages, mean word F1 {mean:.4f}, "
        f"{len(scores) / seconds:.0f} pages/s"
    )
    for score, url in scores[:10]:
        print(f"  {score:.3f}  {url}")

    for folder in sorted(markup.iterdir()):
        if folder.name == "pages_with_gold_text":
            continue
        n_files, n_articles, n_skips, reasons = count_outcomes(folder)
        n_tracebacks = sum(n for reason, n in reasons.items() if reason.startswith("TRACEBACK"))
        print(
            f"{folder.name}: {n_files} files, {n_articles} articles, {n_skips} skips, "
            f"{n_tracebacks} tracebacks"
        )
        for reason, n in reasons.most_common(args.reasons):
            print(f"  {n:5d}  {reason}")

    articles = [json.loads(line) for line in (args.shared / "gold/dev/articles.jsonl").open(encoding="utf-8")]
    lines = [line for article in articles for line in article["text"].splitlines() if len(line.split()) >= 3]
    n_wrong = sum(detect_language(line)[0] != "en" for line in lines)
    print(f"language: {n_wrong} of {len(lines)} lines of the dev articles taken for another than English")


if __name__ == "__main__":
    main()
