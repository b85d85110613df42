"""Fit the small logistic scores of the coder: auxiliary modes, news, one deed or two, how sure a row is.

    python -m training.fitting --weights whowhom/coders/weights

Auxiliary modes and what is the news are fitted on the network's readings of the passages that it was
trained on, since few of the others have a day of publication; the held-back tenth judges them. The rest is
fitted on passages that the network was not trained on (the held-back tenth, and for the joining of readings
all whole articles: what two wordings share is seen as well in those trained on).
The results go into manifest.json beside the weights, what words say of modes into mode_words.json.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.data import Example, corpus_files, load_examples
from training.export import WEIGHTS, write_checksums
from whowhom.coders.classes import chance_of, describe_aux, describe_news, settle_classes
from whowhom.coders.confidence import describe_event
from whowhom.coders.labels import AUX, TYPES
from whowhom.coders.modes import WordOdds, describe_modes, find_words, list_modes
from whowhom.coders.small import read_events
from whowhom.coders.weights import Weights, load_weights
from whowhom.exporters.records import record_article
from whowhom.records import CodedArticle, Event, Reading, Span, SpanOf
from whowhom.resolvers.deeds import describe_pair, join_readings
from whowhom.resolvers.denials import settle_denials
from whowhom.resolvers.events import resolve_readings
from whowhom.resolvers.objects import settle_objects
from whowhom.scoring import pair_records, shares_who_whom

Read = tuple[Example, list[Reading], list[Event]]


def fit_logistic(
    rows: Sequence[dict[str, float]], right: Sequence[bool], strength: float
) -> dict[str, float]:
    """Return the weights of a logistic regression with an L2 penalty, by Newton's method.

    Args:
        rows: Named numbers, those that a row lacks being 0.
        right: What is to be told from them.
        strength: Of the penalty, as a multiple of one row's weight; the bias goes free.
    """
    names = sorted({name for row in rows for name in row})
    x = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    y = np.array(right, float)
    weights = np.zeros(len(names))
    penalty = np.full(len(names), strength)
    penalty[names.index("bias")] = 1e-6
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (chance - y) + penalty * weights
        curvature = (x * (chance * (1 - chance))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


def read_examples(examples: Sequence[Example], weights: Weights) -> list[Read]:
    by_id = {example.article.id: example for example in examples}
    read = read_events((example.article for example in examples), weights=weights)
    settled = ((article, settle_denials(article, found)) for article, found in read)
    return [(by_id[article.id], found, resolve_readings(article, found)) for article, found in settled]


def _overlap(event: Event, record: dict[str, Any]) -> bool:
    spans = [record["trigger"], *record["mentions"]]
    trigger = event.trigger
    return any(
        (span.get("of") or "text") == trigger.of
        and span.get("start") is not None
        and span["start"] < (trigger.end or 0)
        and (trigger.start or 0) < span["end"]
        for span in spans
        if span.get("text")
    )


# What is feared or depends on something is left to the network: weighed with the rest, 13 readings of the
# held-back reports were gained and 3 of the 308 of the articles lost.
_WEIGHED = ("historical", "future", "negation")


def fit_classes(read: Sequence[Read]) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return the weights of each auxiliary mode, and those of being the news.

    What is the news is asked of readings without date words in articles with a day of publication whose
    record has that day, or no day at all.
    """
    matched = [
        (example, reading, record)
        for example, readings, events in read
        for reading, event in zip(readings, events, strict=True)
        for record in example.events
        if record["event"] == event.event and _overlap(event, record)
    ]
    rows = [describe_aux(reading) for _, reading, _ in matched]
    aux = {name: {f"aux_{name}": 1.0} for name in AUX}
    aux |= {name: fit_logistic(rows, [name in r["aux"] for _, _, r in matched], 5.0) for name in _WEIGHED}
    settings = {"aux": aux, "news": {}}
    undated = [
        (settle_classes(reading, settings), record["date"], example.article.published)
        for example, reading, record in matched
        if reading.date is None and example.article.published is not None
    ]
    asked = [
        (describe_news(reading), bool(days))
        for reading, days, published in undated
        if not days or days["first"] == days["last"] == published.isoformat()
    ]
    return aux, fit_logistic([row for row, _ in asked], [is_news for _, is_news in asked], 3.0)


# Words met less often with a type say nothing; of the others, what few cases say is drawn towards the
# share of the mode in its type, as if so many more cases had come with that share.
_LEAST = {"trigger": 2, "around": 8}
_DRAWN = {"trigger": 4, "around": 10}
_TELLING = 0.3  # log-odds; what is weaker is left out


def count_mode_words(examples: Sequence[Example]) -> WordOdds:
    """Return what the words at and around the triggers of annotated passages say of modes."""
    met: Counter[tuple[str, str, str]] = Counter()
    with_mode: Counter[tuple[str, str, str, str]] = Counter()
    for example in examples:
        for record in example.events:
            found = record["trigger"]
            of: SpanOf = "title" if found.get("of") == "title" else "text"
            quote = example.article.title if of == "title" else example.article.text
            is_there = found.get("start") is not None and found["start"] >= 0
            start, end = (found["start"], found["end"]) if is_there else (None, None)
            span = Span(found["text"], start, end, of)
            own, around = find_words(quote, span)
            for place, words in (("trigger", own), ("around", around), ("share", frozenset({""}))):
                for word in words:
                    met[place, record["event"], word] += 1
                    for mode in record["mode"]:
                        with_mode[place, record["event"], word, mode] += 1
    odds: dict[str, dict[str, dict[str, dict[str, float]]]] = {"share": {}, "trigger": {}, "around": {}}
    share: dict[tuple[str, str], float] = {}
    for event in TYPES:
        n = met["share", event, ""]
        for _, mode in list_modes(event):
            share[event, mode] = (with_mode["share", event, "", mode] + 0.5) / (n + 1)
        odds["share"][event] = {
            "": {mode: round(_logit(share[event, mode]), 2) for _, mode in list_modes(event)}
        }
    for (place, event, word), n in sorted(met.items()):
        if place == "share" or n < _LEAST[place]:
            continue
        told = {}
        for _, mode in list_modes(event):
            drawn, usual = _DRAWN[place], share[event, mode]
            seen = (with_mode[place, event, word, mode] + drawn * usual) / (n + drawn)
            told[mode] = round(_logit(seen) - _logit(usual), 1)
        if told := {mode: value for mode, value in told.items() if abs(value) >= _TELLING}:
            odds[place].setdefault(event, {})[word] = told
    return odds


def _logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


def fit_modes(read: Sequence[Read], words: WordOdds) -> tuple[dict[str, float], float]:
    """Return the weights of `describe_modes`, and the chance from which naming a mode is right most often."""
    rows: list[dict[str, float]] = []
    right, cases = [], []
    for example, readings, events in read:
        for reading, event in zip(readings, events, strict=True):
            record = next(
                (r for r in example.events if r["event"] == event.event and _overlap(event, r)), None
            )
            if record is None:
                continue
            quote = example.article.title if reading.trigger.of == "title" else example.article.text
            told = describe_modes(reading.event, reading.odds["mode"], quote, reading.trigger, words)
            rows += told.values()
            right += [mode in record["mode"] for mode in told]
            cases.append((told, set(record["mode"])))
    weights = fit_logistic(rows, right, 1.0)
    best = [
        (max((chance_of(found, weights), mode) for mode, found in told.items()), gold)
        for told, gold in cases
        if told
    ]
    thresholds = [n / 100 for n in range(20, 61)]
    n_right = [
        sum(({mode} if chance >= t else set()) == gold for (chance, mode), gold in best) for t in thresholds
    ]
    # Flat around its best: of the thresholds that come within half a hundredth of it the highest, as
    # no mode is better than a wrong one.
    near = [t for t, n in zip(thresholds, n_right, strict=True) if n >= max(n_right) - 0.005 * len(best)]
    return weights, near[-1]


def fit_joining(read: Sequence[Read]) -> tuple[dict[str, float], int, int]:
    """Return the weights of `describe_pair`, and how many pairs of each kind they rest on."""
    rows, right = [], []
    for example, readings, events in read:
        owner = [
            next((n for n, r in enumerate(example.events) if r["event"] == e.event and _overlap(e, r)), None)
            for e in events
        ]
        for b, event in enumerate(events):
            for a in range(max(0, b - 40), b):
                if events[a].event == event.event and owner[a] is not None and owner[b] is not None:
                    rows.append(describe_pair(readings, events, a, b))
                    right.append(owner[a] == owner[b])
    return fit_logistic(rows, right, 1.0), sum(right), len(right) - sum(right)


def fit_floors(read: Sequence[Read], role: str, threshold: float) -> dict[str, float]:
    """Return for each type how likely words must be to fill a role that nothing likelier fills.

    Where no words reach the role's threshold, the likeliest are taken from the floor on at which most
    decisions are right: to take them where they are the gold participant, to leave the role empty where
    gold leaves it empty. Types with few cases follow all types together.
    """
    cases: dict[str, list[tuple[float, int]]] = {kind: [] for kind in TYPES}
    for example, readings, events in read:
        for reading, event in zip(readings, events, strict=True):
            mentions = getattr(reading, role)
            if len(mentions) != 1 or mentions[0].score >= threshold:
                continue
            record = next(
                (r for r in example.events if r["event"] == event.event and _overlap(event, r)), None
            )
            if record is not None:
                right = any(_touches(mentions[0].span, entity) for entity in record[role])
                gain = 1 if right else -1 if not record[role] else 0
                cases[event.event].append((mentions[0].score, gain))
    pooled = [case for own in cases.values() for case in own]
    return {
        kind: _best_floor(own if len(own) >= _ENOUGH else pooled, threshold) for kind, own in cases.items()
    }


_ENOUGH = 25


def _best_floor(cases: Sequence[tuple[float, int]], threshold: float) -> float:
    """Return the score from which taking the words gains most; the threshold itself where none gains."""
    best, total, most = threshold, 0, 0
    for score, gain in sorted(cases, reverse=True):
        total += gain
        if total > most:
            best, most = score, total
    return round(best, 3)


def _touches(span: Span, entity: dict[str, Any]) -> bool:
    return (
        entity.get("start") is not None
        and (entity.get("of") or "text") == span.of
        and entity["start"] < (span.end or 0)
        and (span.start or 0) < entity["end"]
    )


def judge_rows(example: Example, events: Sequence[Event]) -> list[bool]:
    """Tell of each event whether it is right in who did what to whom, as `evaluate` counts it."""
    records = record_article(CodedArticle(example.article, tuple(events)))["events"]
    right = {
        id(predicted)
        for gold, predicted in pair_records(example.events, records)
        if shares_who_whom(gold, predicted)
    }
    return [id(record) in right for record in records]


def calibration_error(chances: Sequence[float], right: Sequence[bool], n_bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width (Naeini et al. 2015)."""
    bins = np.minimum((np.array(chances) * n_bins).astype(int), n_bins - 1)
    errors = [
        np.sum(bins == n) * abs(np.mean(np.array(chances)[bins == n]) - np.mean(np.array(right)[bins == n]))
        for n in range(n_bins)
        if np.any(bins == n)
    ]
    return float(sum(errors) / max(len(bins), 1))


def best_threshold(chances: Sequence[float], right: Sequence[bool], n_gold: int) -> tuple[float, float]:
    """Return the score from which rows are kept, and their F1.

    The F1 is flat around its best: of the scores that come within half a hundredth of it the lowest is
    taken. Who wants surer rows filters them by score; who wants more cannot get back what was cut.
    """
    order = np.argsort(-np.array(chances), kind="stable")
    hits = np.cumsum(np.array(right, float)[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + n_gold)
    best = int(np.flatnonzero(f1 >= f1.max() - 0.005)[-1])
    return round(float(np.array(chances)[order][best]), 3), float(f1[best])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--trigger-threshold", type=float, default=0.35)
    parser.add_argument("--role-threshold", type=float, default=0.5)
    parser.add_argument("--joining-threshold", type=float, default=0.5)
    arguments = parser.parse_args()
    settings = {
        "trigger_threshold": arguments.trigger_threshold,
        "role_threshold": arguments.role_threshold,
        "actor_floor": dict.fromkeys(TYPES, 0.03),
        "recipient_floor": dict.fromkeys(TYPES, 0.03),
        "mode": {"network": 1.0},
        "mode_threshold": 0.25,
        "joining_threshold": arguments.joining_threshold,
    }
    notes, articles = corpus_files()
    examples = load_examples(notes, articles)
    trained = [example for example in examples if not example.held_out]
    held = [example for example in examples if example.held_out]
    words = count_mode_words(trained)
    (arguments.weights / "mode_words.json").write_text(json.dumps(words, separators=(",", ":")) + "\n")
    # Placeholders, so that the weights can be read; the fitted values take their place below.
    settings |= {"aux": {name: {f"aux_{name}": 1.0} for name in AUX}, "news": {"dated": 1.0}}
    write_checksums(arguments.weights, joining={}, calibration={"bias": 0.0}, score_threshold=0.0, **settings)
    weights = load_weights(arguments.weights)
    settings["mode"], settings["mode_threshold"] = fit_modes(read_examples(held, weights), words)
    print("modes from", settings["mode_threshold"], "on:", settings["mode"])
    write_checksums(arguments.weights, **settings)
    load_weights.cache_clear()
    weights = load_weights(arguments.weights)

    settings["aux"], settings["news"] = fit_classes(read_examples(trained, weights))
    write_checksums(arguments.weights, **settings)
    load_weights.cache_clear()
    weights = load_weights(arguments.weights)

    read = read_examples(held, weights)
    settings["actor_floor"] = fit_floors(read, "actor", arguments.role_threshold)
    settings["recipient_floor"] = fit_floors(read, "recipient", arguments.role_threshold)
    print("floors:", settings["actor_floor"], settings["recipient_floor"])
    write_checksums(arguments.weights, **settings)
    load_weights.cache_clear()
    weights = load_weights(arguments.weights)

    whole = [example for example in examples if len(example.article.text) > 1200]
    joining, n_same, n_other = fit_joining(read_examples(whole, weights))
    print(f"joining: {n_same} pairs of one deed, {n_other} of two")

    rows, right, n_gold = [], [], 0
    for example, readings, events in read_examples(held, weights):
        joined = join_readings(example.article, readings, events, {**settings, "joining": joining})
        joined = settle_objects(example.article, joined)
        rows += [describe_event(event) for event in joined]
        right += judge_rows(example, joined)
        n_gold += len(example.events)
    calibration = fit_logistic(rows, right, 2.0)
    fake = [chance_of(row, calibration) for row in rows]
    threshold, f1 = best_threshold(fake, right, n_gold)
    print(
        f"calibration: {len(rows)} rows of {n_gold}, {sum(right)} right; "
        f"kept from {threshold} on, F1 {f1:.3f}, ECE {calibration_error(fake, right):.3f}"
    )
    write_checksums(
        arguments.weights, joining=joining, calibration=calibration, score_threshold=threshold, **settings
    )


if __name__ == "__main__":
    main()
