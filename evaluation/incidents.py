"""How well reports of one deed are joined, and how fast.

    python evaluation/incidents.py [--gold ../shared/gold/external/ecbplus] [--fit]
    python evaluation/incidents.py --events [10000 100000 ...]

The first codes the articles of ECB+ (26 topics, each in two halves that tell of two similar events) and
compares the incidents with its cross-document coreference: pairwise F1 and B-cubed over the coded events
whose trigger is a mention of the gold; and over pairs of articles that both have an event, whether
those of a half share an incident and those of opposite halves do not. `--fit` moves the weights of
whowhom.links by the odd topics, as far as these tell, and prints them.

The second makes so many synthetic events, 4 an article and 2,000 a day, of which a third are reports of a
deed that another article tells too, loads them into a store and builds the incidents; without numbers for
10,000 to 1,000,000. An article has four sentences, some 580 characters; one in ten is a copy of another.
Time on the clock depends on what else the machine does; processor time, of all processes, much less.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
import resource
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from itertools import accumulate, combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

if __name__ == "__main__":  # Of a script the own folder is looked in, that of the checkout is not.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from training.external import put_together
from whowhom import code_many, links, tellings
from whowhom import store as stores
from whowhom.records import (
    Article,
    CodedArticle,
    DaySpan,
    Entity,
    Event,
    EventDate,
    Place,
    Source,
    Span,
)

ROOT = Path(__file__).parents[1]
GOLD = ROOT.parent / "shared/gold/external/ecbplus"
_ADDRESS = re.compile(r"(?:https?:|www)")
_DROPPED = re.compile(r"\s|``|''|[\"“”]")

Member = tuple[str, str]


# ECB+


def read_gold(folder: Path) -> Iterator[tuple[Article, dict[int, str]]]:
    """Yield each article of ECB+ with its action mentions: the cluster by offset in the text.

    Only the sentences count whose coreference was checked (ECBplus_coreference_sentences.csv). A mention
    in them that no relation names is a cluster of its own.
    """
    with (folder / "ECBplus_coreference_sentences.csv").open(encoding="utf-8-sig") as rows:
        checked = {(f"{topic}_{name}", int(number)) for topic, name, number in list(csv.reader(rows))[1:]}
    for path in sorted(folder.glob("*/*.xml")):
        root = ElementTree.parse(path).getroot()
        sentences: dict[int, list[ElementTree.Element]] = {}
        for token in root.iter("token"):
            sentences.setdefault(int(token.get("sentence") or 0), []).append(token)
        lines = {number: put_together([one.text or "" for one in row]) for number, row in sentences.items()}
        text = "\n".join(line for line in lines.values() if not _ADDRESS.match(line))
        kept = [one for number, row in sentences.items() if not _ADDRESS.match(lines[number]) for one in row]
        cluster_by_offset: dict[int, str] = {}
        offset_by_token = _align(text, kept)
        checked_tokens = {
            str(one.get("t_id"))
            for number, row in sentences.items()
            if (path.stem, number) in checked
            for one in row
        }
        for cluster, token in _list_mentions(root, path.stem):
            for offset in offset_by_token.get(token, ()) if token in checked_tokens else ():
                cluster_by_offset[offset] = cluster
        yield Article(f"ecb-{path.stem}", text, language="en"), cluster_by_offset


def _align(text: str, tokens: Iterable[ElementTree.Element]) -> dict[str, range]:
    """Return where each token stands in the text; quotation marks, which were made alike, nowhere."""
    places = [at for at, character in enumerate(text) if not _DROPPED.match(character)]
    found: dict[str, range] = {}
    at = 0
    for token in tokens:
        length = len(_DROPPED.sub("", token.text or ""))
        if length:
            found[str(token.get("t_id"))] = range(places[at], places[at + length - 1] + 1)
        at += length
    assert at == len(places), "the tokens are not those of the text"
    return found


def _list_mentions(root: ElementTree.Element, name: str) -> Iterator[tuple[str, str]]:
    """Yield (cluster, token) for the words of every mention of an action."""
    tokens = {
        str(mark.get("m_id")): [str(anchor.get("t_id")) for anchor in mark.iter("token_anchor")]
        for mark in root.find("Markables") or ()
        if "ACTION" in mark.tag
    }
    clusters = {id: f"{name}-{id}" for id in tokens}
    for number, relation in enumerate(root.find("Relations") or ()):
        cluster = relation.get("note") or f"{name}-relation-{number}"
        for source in relation.iter("source"):
            if source.get("m_id") in clusters:
                clusters[str(source.get("m_id"))] = cluster
    for id, listed in tokens.items():
        yield from ((clusters[id], token) for token in listed)


def find_cluster(event: Event, cluster_by_offset: Mapping[int, str]) -> str | None:
    """Return the gold cluster of an event: that of its trigger, else of another wording."""
    for span in (event.trigger, *event.mentions):
        for offset in range(span.start or 0, span.end or 0):
            if span.of == "text" and offset in cluster_by_offset:
                return cluster_by_offset[offset]
    return None


def find_half(article: str) -> tuple[int, str]:
    """Return topic and half.

    >>> find_half("ecb-14_7ecbplus")
    (14, 'ecbplus')
    """
    topic, half = re.fullmatch(r"ecb-(\d+)_\d+(ecb(?:plus)?)", article).groups()  # type: ignore[union-attr]
    return int(topic), half


def score_pairs(gold: Mapping[Member, str], found: Mapping[Member, str]) -> tuple[float, float, float]:
    """Return precision, recall and F1 over pairs of events of different articles."""
    same_gold = same_found = same_both = 0
    for one, two in combinations(sorted(gold), 2):
        if one[0] == two[0]:
            continue
        in_gold, in_found = gold[one] == gold[two], found[one] == found[two]
        same_gold += in_gold
        same_found += in_found
        same_both += in_gold and in_found
    return _f1(same_both / max(same_found, 1), same_both / max(same_gold, 1))


def score_b_cubed(gold: Mapping[Member, str], found: Mapping[Member, str]) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F1.

    Source: Bagga and Baldwin 1998, "Algorithms for scoring coreference chains".
    """
    both = Counter((gold[one], found[one]) for one in gold)
    n_gold, n_found = Counter(gold.values()), Counter(found[one] for one in gold)
    precision = sum(both[gold[one], found[one]] / n_found[found[one]] for one in gold) / max(len(gold), 1)
    recall = sum(both[gold[one], found[one]] / n_gold[gold[one]] for one in gold) / max(len(gold), 1)
    return _f1(precision, recall)


def score_articles(incident_by_event: Mapping[Member, str]) -> tuple[float, float, float, float]:
    """Return precision, recall, F1 over pairs of articles of a topic, and the share of false cross pairs."""
    incidents_by_article: dict[str, set[str]] = defaultdict(set)
    for (article, _), incident in incident_by_event.items():
        incidents_by_article[article].add(incident)
    n: Counter[tuple[bool, bool]] = Counter()
    for one, two in combinations(sorted(incidents_by_article), 2):
        if find_half(one)[0] == find_half(two)[0]:
            shared = bool(incidents_by_article[one] & incidents_by_article[two])
            n[find_half(one) == find_half(two), shared] += 1
    precision = n[True, True] / max(n[True, True] + n[False, True], 1)
    recall = n[True, True] / max(n[True, True] + n[True, False], 1)
    return *_f1(precision, recall), n[False, True] / max(n[False, True] + n[False, False], 1)


def _f1(precision: float, recall: float) -> tuple[float, float, float]:
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def measure(folder: Path, *, fit: bool = False) -> str:
    """Return the report on ECB+."""
    articles = list(read_gold(folder))
    coded = list(code_many(article for article, _ in articles))
    gold: dict[Member, str] = {}
    for (_, clusters), one in zip(articles, coded, strict=True):
        for event in one.events:
            cluster = find_cluster(event, clusters)
            if cluster is not None:
                gold[one.article.id, event.id] = f"{find_half(one.article.id)[0]}-{cluster}"
    with stores.open(":memory:") as store:
        store.add(coded)
        if fit:
            return _fit(store, gold)
        store.build_incidents()
        rows = store.reports().fetchall()
    found = {(article, event): incident for article, event, incident, *_ in rows}
    n_events = sum(len(one.events) for one in coded)
    lines = [f"{len(coded)} articles, {n_events} events, {len(gold)} of them in the gold"]
    for name, chosen in (
        ("all topics", gold),
        ("odd topics", {one: gold[one] for one in gold if find_half(one[0])[0] % 2}),
        ("even topics", {one: gold[one] for one in gold if not find_half(one[0])[0] % 2}),
    ):
        pairs, cubed = score_pairs(chosen, found), score_b_cubed(chosen, found)
        lines.append(
            f"{name:12} pairs P {pairs[0]:.3f} R {pairs[1]:.3f} F1 {pairs[2]:.3f}"
            f"   B-cubed P {cubed[0]:.3f} R {cubed[1]:.3f} F1 {cubed[2]:.3f}"
        )
    *both, false = score_articles(found)
    lines.append(
        "articles     P {:.3f} R {:.3f} F1 {:.3f}".format(*both) + f", {false:.3f} of cross pairs joined"
    )
    return "\n".join(lines)


def _fit(store: stores.Store, gold: Mapping[Member, str]) -> str:
    """Return the weights as they are and as the odd topics would have them, near those they are.

    Pairs are those of the gold, and those of two halves, which are never the same deed.
    """
    pairs, shared = links.describe_pairs(store._connection)
    chosen, same = [], []
    for row, pair in zip(shared, pairs, strict=True):
        one, two = pair[:2], pair[2:]
        odd = find_half(one[0])[0] % 2 and find_half(two[0])[0] % 2
        if odd and ((one in gold and two in gold) or find_half(one[0]) != find_half(two[0])):
            chosen.append(row)
            same.append(one in gold and two in gold and gold[one] == gold[two])
    x, y = np.array(chosen), np.array(same, float)
    before = np.array([feature.weight for feature in links.FEATURES])
    weights = before.copy()
    for _ in range(50):  # Newton's method, with a spring that holds each weight where it was
        likely = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (likely - y) + _SPRING * (weights - before)
        curve = (x * (likely * (1 - likely))[:, None]).T @ x + _SPRING * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    lines = [f"{len(y)} pairs of odd topics, {int(y.sum())} of one deed"]
    for feature, old, new, n in zip(links.FEATURES, before, weights, (x != 0).sum(axis=0), strict=True):
        lines.append(f"{feature.name:14} {old:6.2f} {new:6.2f}  in {n} pairs")
    return "\n".join(lines)


_SPRING = 3.0


# Speed

_STATES = "RUS UKR USA CHN ISR PSE IRN TUR SYR KOR PRK JPN IND PAK FRA DEU GBR EGY SAU VEN".split()
_TYPES = {
    "CONSULT": ("visited", "met", "held talks with", "telephoned"),
    "ACCUSE": ("condemned", "criticised", "denounced", "blamed"),
    "ASSAULT": ("shelled", "bombed", "attacked", "raided"),
    "AID": ("supplied", "armed", "financed", "helped"),
    "SANCTION": ("sanctioned", "expelled", "embargoed", "fined"),
    "REQUEST": ("urged", "asked", "demanded", "called on"),
}
_PER_DAY = 2000
_SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
_PER_ARTICLE = 4
_SYLLABLES = "ka lo mi ren tas vor du shi bel nar qui zan".split()


def make_events(n_events: int) -> Iterator[CodedArticle]:
    """Yield synthetic articles: a third of the deeds are told by several, a tenth are copies."""
    chance = random.Random(20241130)
    deeds: list[tuple[Any, ...]] = []
    last: CodedArticle | None = None
    for number in range(n_events // _PER_ARTICLE):
        day = date(2020, 1, 1) + timedelta(number * _PER_ARTICLE // _PER_DAY)
        if last is not None and number % 10 == 9:
            yield _copy(last, f"s{number:07}", number)
            continue
        told = []
        for _ in range(_PER_ARTICLE):
            if not deeds or chance.random() > 1 / 3:
                deeds.append(_make_deed(chance, day))
                deeds[:] = deeds[-_PER_DAY // 2 :]
            told.append(deeds[-1] if len(deeds) == 1 else chance.choice(deeds[-_PER_DAY // 4 :]))
        last = _tell(chance, f"s{number:07}", day, told, f"outlet {chance.randrange(300)}")
        yield last


def _make_deed(chance: random.Random, day: date) -> tuple[Any, ...]:
    type_ = chance.choice(list(_TYPES))
    # Some states are in the news far more than others.
    one, two = (_STATES[min(int(chance.expovariate(0.2)), len(_STATES) - 1)] for _ in range(2))
    name = "".join(chance.choices(_SYLLABLES, k=3)).title()
    return type_, chance.choice(_TYPES[type_]), one, two, name, _invent(chance, 5), day


@cache
def _make_vocabulary() -> tuple[list[str], list[float]]:
    """Return 30,000 words and how often each is drawn up to it: as in news, the n-th in proportion to 1/n."""
    chance = random.Random(7)
    words = [
        "".join(chance.choice(("bdfgklmnprstvz", "aeiou")[at % 2]) for at in range(8)) for _ in range(30_000)
    ]
    return words, list(accumulate(1 / (100 + rank) for rank in range(len(words))))


def _invent(chance: random.Random, n: int) -> str:
    words, weights = _make_vocabulary()
    return " ".join(chance.choices(words, cum_weights=weights, k=n))


def _tell(
    chance: random.Random, id: str, day: date, deeds: Sequence[tuple[Any, ...]], outlet: str
) -> CodedArticle:
    text, events = "", []
    for number, (type_, verb, one, two, name, about, when) in enumerate(deeds):
        who = f"{one} minister Ana {name}" if chance.random() < 0.7 else f"The {one} government"
        start = len(text)
        text += f"{who} {verb} {two} over {about} and {_invent(chance, 6)}. "
        at = start + len(who) + 1

        def find(words: str, start: int = start, text: str = text) -> Span:
            place = text.index(words, start)
            return Span(words, place, place + len(words))

        events.append(
            Event(
                id=f"{id}-{number}",
                article=id,
                event=type_,
                trigger=Span(verb, at, at + len(verb)),
                score=round(0.3 + 0.6 * chance.random(), 3),
                quad=1,
                scale=1.0,
                cameo="040",
                actor=(Entity(find(who), f"Ana {name}" if "Ana" in who else "", one, ("GOV",)),),
                recipient=(Entity(find(two), "", two, ("GOV",)),),
                location=Place(find(two), f"Capital of {two}", two, 10.0, 10.0, 1, "exact"),
                date=EventDate(Span(""), DaySpan(when, when)),
                source=Source(),
            )
        )
    return CodedArticle(Article(id, text, "", day, outlet, language="en"), tuple(events))


def _copy(coded: CodedArticle, id: str, number: int) -> CodedArticle:
    """Return a copy under another outlet with a line of its own at the end."""
    old = coded.article
    text = old.text + f"Copyright outlet {number % 300}."
    events = tuple(
        Event(**{name: getattr(event, name) for name in Event.__slots__} | {"id": f"{id}-{n}", "article": id})
        for n, event in enumerate(coded.events)
    )
    return CodedArticle(Article(id, text, "", old.published, f"outlet {number % 300}", language="en"), events)


HEAD = (
    "   events    load s (CPU)   build s (CPU)  of it what is told of ties   µs an event   pairs an event"
    "  incidents"
    f"   {_PER_DAY} more s   MB on disk   MB of memory"
)


def time_build(n_events: int) -> str:
    """Return how long it takes to load so many synthetic events, to join them, and to add a day's more."""
    with tempfile.TemporaryDirectory() as folder, stores.open(Path(folder, "speed.duckdb")) as store:
        loading = np.zeros(2)
        batch: list[CodedArticle] = []
        for coded in make_events(n_events + _PER_DAY):
            batch.append(coded)
            if len(batch) == 5000 or int(coded.article.id[1:]) == n_events // _PER_ARTICLE - 1:
                loading += _time(lambda batch=batch: store.add(batch))  # type: ignore[misc]
                batch = []
                if int(coded.article.id[1:]) == n_events // _PER_ARTICLE - 1:
                    with _timing_tellings() as telling, _counting_pairs() as n_pairs:
                        building = _time(store.build_incidents)
                    n_incidents = len(store.incidents())
        store.add(batch)
        adding = _time(store.build_incidents)
        size = Path(folder, "speed.duckdb").stat().st_size / 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return (
        f"{n_events:>9} {loading[0]:8.1f} ({loading[1]:.1f}) {building[0]:8.1f} ({building[1]:.1f})"
        f" {telling[0]:18.1f} ({telling[1]:.1f})"
        f" {building[1] / n_events * 1e6:13.0f} {n_pairs[0] / n_events:16.1f} {n_incidents:10}"
        f" {adding[0]:13.1f} {size:12.0f} {memory:14.0f}"
    )


@contextmanager
def _timing_tellings() -> Iterator[NDArray[np.float64]]:
    """Give what of a build goes into reading ties and pledges; it is filled while the build runs."""
    spent = np.zeros(2)
    build = tellings.build

    def timed(*given: Any, **named: Any) -> int:
        before = _read_clocks()
        n = build(*given, **named)
        spent[:] += _read_clocks() - before
        return n

    tellings.build = timed
    try:
        yield spent
    finally:
        tellings.build = build


@contextmanager
def _counting_pairs() -> Iterator[NDArray[np.int64]]:
    """Give how many pairs of events are compared while the block runs."""
    counted = np.zeros(1, np.int64)
    find_pairs = links._find_pairs

    def counting(*given: Any) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        for pairs in find_pairs(*given):
            counted[0] += len(pairs[0])
            yield pairs

    links._find_pairs = counting
    try:
        yield counted
    finally:
        links._find_pairs = find_pairs


def _time(run: Callable[[], object]) -> NDArray[np.float64]:
    """Return seconds by the clock and of processor time, that of other processes of this one included."""
    before = _read_clocks()
    run()
    return _read_clocks() - before


def _read_clocks() -> NDArray[np.float64]:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return np.array([time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in used)])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--events", type=int, nargs="*")
    arguments = parser.parse_args()
    if arguments.events is not None:
        print(f"on {len(os.sched_getaffinity(0))} cores\n{HEAD}")
        for n_events in arguments.events or _SIZES:
            print(time_build(n_events), flush=True)
    else:
        print(measure(arguments.gold, fit=arguments.fit))


if __name__ == "__main__":
    main()
