"""Count what the corpus holds, and look for passages that are too much alike.

    python -m training.check

Prints the number of passages and of events by type, mode, auxiliary mode, source and more, then pairs
of passages that share more than half of their five-word runs, and passages that share almost a third
of them with an article of ../shared/gold/dev. Ends with 1 where it finds any.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from training.data import SHARED, Example, corpus_files, load_examples

_PRONOUNS = frozenset("he she it they him her them his its their who we us i you".split())
_RUN = 5
_ALIKE = 0.5
_LIKE_DEV = 0.3


def runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of five words of a text, folded."""
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}


def count(examples: Iterable[Example]) -> dict[str, Counter[str]]:
    """Return the counts by what is counted."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        total = found["passages"]
        total["all"] += 1
        total["without an event"] += not example.events
        total["real" if is_real(example.article.id) else "written"] += 1
        total["whole articles"] += len(example.article.text) > 1000
        for event in example.events:
            count_event(found, event)
    return found


def is_real(name: str) -> bool:
    return name.split("-")[0] in ("gmb", "wcep", "meantime", "ecb", "wikinews", "press") or name.startswith(
        "gum"
    )


def count_event(found: dict[str, Counter[str]], event: dict[str, Any]) -> None:
    found["events"]["all"] += 1
    found["type"][event["event"]] += 1
    found["mode"].update(f"{event['event']}.{mode}" for mode in event["mode"])
    found["aux"].update(event["aux"])
    found["aux"]["future or hypothetical"] += bool({"future", "hypothetical"} & set(event["aux"]))
    found["source"][event["source"]["kind"]] += 1
    found["certainty"][event["certainty"]] += 1
    more = found["events"]
    more["with a condition"] += bool(event["condition"])
    people = event["actor"] + event["recipient"]
    described = [e for e in people if e.get("text") and e.get("name") and e["name"] != e["text"]]
    more["pronouns as participants"] += sum(e["text"].casefold() in _PRONOUNS for e in described)
    more["with other mentions"] += bool(event["mentions"])
    start = (event["trigger"] or {}).get("start")
    more["a participant over 150 characters away"] += any(
        start is not None and e.get("start") is not None and abs(e["start"] - start) > 150 for e in people
    )


def find_alike(examples: list[Example]) -> list[tuple[str, str, float]]:
    """Return pairs of passages whose runs of words overlap by more than half (Jaccard)."""
    own = {example.article.id: runs(example.article.text) for example in examples}
    owners: dict[tuple[str, ...], list[str]] = defaultdict(list)
    shared: Counter[tuple[str, str]] = Counter()
    for name, found in own.items():
        for run in found:
            for other in owners[run][:20]:  # a run that hundreds share tells nothing
                shared[(other, name)] += 1
            owners[run].append(name)
    alike = []
    for (one, two), n in shared.items():
        likeness = n / len(own[one] | own[two])
        if likeness > _ALIKE:
            alike.append((one, two, likeness))
    return alike


def find_like_dev(examples: list[Example]) -> list[tuple[str, float]]:
    """Return passages that share much with the articles kept for measuring."""
    dev: set[tuple[str, ...]] = set()
    with (SHARED / "gold/dev/articles.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            dev |= runs(json.loads(line)["text"])
    close = []
    for example in examples:
        own = runs(example.article.text)
        if own and len(own & dev) / len(own) > _LIKE_DEV:
            close.append((example.article.id, len(own & dev) / len(own)))
    return close


def main() -> int:
    examples = load_examples(*corpus_files())
    for name, counts in count(examples).items():
        print(f"{name}: " + ", ".join(f"{key} {n}" for key, n in counts.most_common()))
    alike, close = find_alike(examples), find_like_dev(examples)
    for one, two, likeness in alike:
        print(f"alike: {one} and {two}, {likeness:.2f}")
    for one, likeness in close:
        print(f"like an article for measuring: {one}, {likeness:.2f}")
    return int(bool(alike or close))


if __name__ == "__main__":
    sys.exit(main())
