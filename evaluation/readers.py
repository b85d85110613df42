"""How well the readers read: body text of pages against gold, and what becomes of odd sources.

    python evaluation/readers.py [--shared ../shared]

Prints the mean word F1 over all pages of markup/pages_with_gold_text with the ten worst; for every
other folder of markup/ how many sources were read, how many skipped, for what reason and how long the
slowest took; and how often the language of a sentence is taken for another.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
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


def count_outcomes(folder: Path) -> tuple[Counter[str], Counter[str], float]:
    """Return counts of files, articles and skips, counts of reasons, and the longest time for a file.

    Figures are left out of the reasons, so that like ones are counted together.

    An exception is counted as a skip with the reason "TRACEBACK"; there must be none.
    """
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    slowest = 0.0
    for path in sorted(folder.iterdir()):
        counts["files"] += 1
        start = time.perf_counter()
        try:
            for found in read_sources([path]):
                if isinstance(found, Article):
                    counts["articles"] += 1
                else:
                    counts["skips"] += 1
                    reasons[f"{found.stage}: {re.sub(r'[0-9]+', '#', found.reason)[:90]}"] += 1
        except Exception as error:  # the very thing that is measured
            reasons[f"TRACEBACK {type(error).__name__} {path.name}"] += 1
            counts["tracebacks"] += 1
        slowest = max(slowest, time.perf_counter() - start)
    return counts, reasons, slowest


def count_languages(shared: Path) -> Iterator[tuple[str, int, int]]:
    """Yield for each set of sentences its name, its size and how many of it are taken for English.

    English are all of the dev articles and the first three of each article of texts/; foreign those
    of the gold pages that are in another language as a whole.
    """
    english = []
    with (shared / "gold/dev/articles.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            english += split_sentences(json.loads(line)["text"])
    with gzip.open(shared / "texts/open.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            english += [*filter(None, [article["title"]]), *split_sentences(article["text"])[:3]]
    yield "English sentences and headlines", len(english), sum(map(is_english, english))
    gold = json.loads((shared / "markup/pages_with_gold_text/ground-truth.json").read_text(encoding="utf-8"))
    texts = [page["articleBody"] for page in gold.values() if not is_english(page["articleBody"])]
    foreign = [sentence for text in texts for sentence in split_sentences(text)[:60]]
    for name, least, most in (("under 40", 0, 40), ("of 40 to 80", 40, 80), ("over 80", 80, 10**9)):
        chosen = [sentence for sentence in foreign if least <= len(sentence) < most]
        yield f"foreign sentences {name} characters", len(chosen), sum(map(is_english, chosen))


def split_sentences(text: str) -> list[str]:
    """Return the sentences of two words and more, roughly."""
    sentences = re.split(r"(?<=[.!?])\s+|\n+", text)
    return [sentence for sentence in sentences if len(re.findall(r"[^\W\d]+", sentence)) >= 2]


def is_english(text: str) -> bool:
    """Tell whether the readers take a text for English."""
    return detect_language(text)[0] == "en"


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
        counts, reasons, slowest = count_outcomes(folder)
        figures = ", ".join(f"{counts[what]} {what}" for what in ("files", "articles", "skips", "tracebacks"))
        print(f"{folder.name}: {figures}, slowest {slowest:.1f} s")
        for reason, n in reasons.most_common(args.reasons):
            print(f"  {n:5d}  {reason}")

    for name, sentences, n_english in count_languages(args.shared):
        print(f"language: {n_english} of {sentences} {name} taken for English")


if __name__ == "__main__":
    main()
