"""Measure how far two annotators agree who worked independently on the same passages.

    python -m training.agreement training/corpus/second/*.notes.jsonl

Each passage of the second annotation is compared with the corpus by the measure of the coder
(`whowhom.scoring`): the first annotator is gold, the second is what is judged; F1 does not depend on
which is which.
"""

from __future__ import annotations

import sys
from pathlib import Path

from training.data import corpus_files, load_examples
from whowhom.scoring import describe_figures, score


def main() -> int:
    notes, articles = corpus_files()
    second = load_examples([Path(name) for name in sys.argv[1:]], articles)
    wanted = {example.article.id for example in second}
    first = {e.article.id: e.events for e in load_examples(notes, articles) if e.article.id in wanted}
    print(f"{len(first)} passages annotated twice")
    print(describe_figures(score(first, {e.article.id: e.events for e in second if e.article.id in first})))
    return 0


if __name__ == "__main__":
    sys.exit(main())
