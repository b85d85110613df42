"""How well coded articles agree with gold ones: precision, recall and F1 on four levels.

Both sides are records of `exporters/records.py`. Within an article, records of one type are paired one
to one, the most alike first; each level then asks more of a pair than the one before:

    type       the pair itself
    who        they share an actor
    who-whom   they share a recipient too, or have none: the figure to judge a coder by
    record     they also agree on place, date, auxiliary modes and kind of source
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

Record = Mapping[str, Any]
Pair = tuple[Record, Record]

LEVELS = ("type", "who", "who-whom", "record")


class Level(TypedDict):
    """Figures of one level, rounded to four digits."""

    precision: float
    recall: float
    f1: float


Figures = Mapping[str, Any]


def score(gold: Mapping[str, Sequence[Record]], coded: Mapping[str, Sequence[Record]]) -> Figures:
    """Compare coded articles with gold ones.

        >>> visit = {"event": "CONSULT", "actor": [{"country": "RUS"}], "recipient": [{"country": "PRK"}]}
        >>> score({"a1": [visit]}, {"a1": [visit, {"event": "AID"}]})["who-whom"]
        {'precision': 0.5, 'recall': 1.0, 'f1': 0.6667}

    Args:
        gold: The records of each article, by its id.
        coded: The same; an article that is not there counts as one without events.

    Returns:
        "articles", "gold" and "predicted" (how many records each side has), a `Level` under the name
        of each of `LEVELS`, and under "attributes" the share of the who-whom pairs that agree on each.

    Raises:
        ValueError: `coded` has an article that `gold` lacks.
    """
    unknown = sorted(coded.keys() - gold.keys())
    if unknown:
        raise ValueError(f"{len(unknown)} coded articles are not in the gold, the first is {unknown[0]!r}.")
    hits: Counter[str] = Counter()
    agreed: Counter[str] = Counter()
    for id, records in gold.items():
        for pair in pair_records(records, coded.get(id, ())):
            levels = reached_levels(*pair)
            hits.update(levels)
            if "who-whom" in levels:
                agreed.update(name for name, agrees in _ATTRIBUTES.items() if agrees(*pair))
    n_gold = sum(map(len, gold.values()))
    n_coded = sum(map(len, coded.values()))
    n_pairs = hits["who-whom"]
    return {
        "articles": len(gold),
        "gold": n_gold,
        "predicted": n_coded,
        **{level: _rate(hits[level], n_gold, n_coded) for level in LEVELS},
        "attributes": {name: round(agreed[name] / n_pairs, 4) if n_pairs else 0.0 for name in _ATTRIBUTES},
    }


def describe_figures(figures: Figures) -> str:
    """Write the figures for a reader, a level a line."""
    lines = [
        f"{figures['articles']} articles, {figures['gold']} gold records, {figures['predicted']} predicted"
    ]
    for level in LEVELS:
        one: Level = figures[level]
        lines.append(f"{level:10} P {one['precision']:.3f}  R {one['recall']:.3f}  F1 {one['f1']:.3f}")
    shares = ", ".join(f"{name} {share:.2f}" for name, share in figures["attributes"].items())
    return "\n".join([*lines, f"agreement on the who-whom pairs: {shares}"])


def pair_records(gold: Sequence[Record], coded: Sequence[Record]) -> list[Pair]:
    """Return the records of one article that are taken for the same event, gold first.

    Each is used once, and only records of the same type go together. The most alike are paired
    first, and of those equally alike the earliest; so it needs no threshold.
    """
    alike = sorted(
        (-_likeness(one, other), i, j)
        for i, one in enumerate(gold)
        for j, other in enumerate(coded)
        if one["event"] == other["event"]
    )
    free_gold, free_coded = set(range(len(gold))), set(range(len(coded)))
    pairs = []
    for _, i, j in alike:
        if i in free_gold and j in free_coded:
            free_gold.remove(i)
            free_coded.remove(j)
            pairs.append((gold[i], coded[j]))
    return pairs


def reached_levels(gold: Record, coded: Record) -> tuple[str, ...]:
    """Return the levels that a pair reaches, a beginning of `LEVELS`; "type" in any case."""
    # Where both sides of an event are of one country, the sector is what tells them apart.
    domestic = bool(_keys(gold, "actor") & _keys(gold, "recipient"))
    n_reached = 1
    for level in (
        _share_participant(gold, coded, "actor", domestic),
        _share_participant(gold, coded, "recipient", domestic),
        _agree_on_rest(gold, coded),
    ):
        if not level:
            break
        n_reached += 1
    return LEVELS[:n_reached]


def shares_who_whom(gold: Record, coded: Record) -> bool:
    """Whether a pair agrees on who did it to whom."""
    return "who-whom" in reached_levels(gold, coded)


def _rate(n_hits: int, n_gold: int, n_coded: int) -> Level:
    precision = n_hits / n_coded if n_coded else 0.0
    recall = n_hits / n_gold if n_gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if n_hits else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _likeness(gold: Record, coded: Record) -> float:
    # Added up one by one: sum() rounds otherwise from Python 3.12 on, and ties would fall otherwise.
    likeness = 4 * _common_share(_keys(gold, "actor"), _keys(coded, "actor"))
    likeness += 2 * _common_share(_keys(gold, "recipient"), _keys(coded, "recipient"))
    likeness += 2 * _overlap(gold, coded)
    likeness += _agree_on_date(gold, coded)
    likeness += 0.5 * _agree_on_place(gold, coded)
    likeness += 0.5 * _agree_on_aux(gold, coded)
    return likeness


def _common_share(some: set[str], others: set[str]) -> float:
    """Return the Jaccard index; two empty sets are alike."""
    return len(some & others) / len(some | others) if some or others else 1.0


def _main_sector(entity: Record) -> str:
    sectors = entity.get("sector") or ""
    return ((sectors if isinstance(sectors, str) else sectors[0]) or "").upper()


def _key(entity: Record) -> str:
    """Return what tells participants apart: the country, else the main sector, else the name."""
    country, name = entity.get("country") or "", entity.get("name") or ""
    return country.upper() or _main_sector(entity) or name.lower()


def _keys(record: Record, role: str) -> set[str]:
    return {_key(entity) for entity in record.get(role) or ()} - {""}


def _share_participant(gold: Record, coded: Record, role: str, domestic: bool) -> bool:
    """Whether one participant stands on both sides; nobody on either side is agreement as well."""
    some, others = _keys(gold, role), _keys(coded, role)
    if not some & others:
        return not some and not others
    if not domestic:
        return True
    exact = ({(_key(entity), _main_sector(entity)) for entity in record[role]} for record in (gold, coded))
    return bool(next(exact) & next(exact))


def _wordings(record: Record) -> Iterator[Record]:
    """Yield the trigger and the other mentions, those that stand somewhere."""
    for span in (record.get("trigger"), *(record.get("mentions") or ())):
        if span and (span.get("start") or 0) >= 0 and span.get("end"):
            yield span


def _overlap(gold: Record, coded: Record) -> bool:
    return any(
        one["start"] < other["end"] and other["start"] < one["end"]
        for one in _wordings(gold)
        for other in _wordings(coded)
    )


def _days(record: Record) -> tuple[date, date] | None:
    when = record.get("date") or {}
    first = when.get("first")
    try:
        return (date.fromisoformat(first), date.fromisoformat(when.get("last") or first)) if first else None
    except ValueError:
        return None


def _agree_on_date(gold: Record, coded: Record) -> bool:
    """Whether the days are the same, or overlap where the gold spans a week or more."""
    right, found = _days(gold), _days(coded)
    if right is None or found is None or right == found:
        return right == found
    spans_week = (right[1] - right[0]).days >= 6
    return spans_week and right[0] <= found[1] and found[0] <= right[1]


def _country(record: Record) -> str:
    place = record.get("location") or {}
    return (place.get("country") or "").upper()


def _agree_on_place(gold: Record, coded: Record) -> bool:
    return _country(gold) == _country(coded)


def _agree_on_aux(gold: Record, coded: Record) -> bool:
    return set(gold.get("aux") or ()) == set(coded.get("aux") or ())


def _agree_on_mode(gold: Record, coded: Record) -> bool:
    return set(gold.get("mode") or ()) == set(coded.get("mode") or ())


def _agree_on_sector(gold: Record, coded: Record) -> bool:
    sectors = ({_main_sector(actor) for actor in record.get("actor") or ()} for record in (gold, coded))
    return next(sectors) == next(sectors)


def _source_kind(record: Record) -> str:
    return (record.get("source") or {}).get("kind") or "author"


def _agree_on_source(gold: Record, coded: Record) -> bool:
    """Whether the kind is the same, and who it is where somebody is named."""
    kind = _source_kind(gold)
    return kind == _source_kind(coded) and (kind != "named" or _key(gold["source"]) == _key(coded["source"]))


def _agree_on_certainty(gold: Record, coded: Record) -> bool:
    return (gold.get("certainty") or "certain") == (coded.get("certainty") or "certain")


def _agree_on_rest(gold: Record, coded: Record) -> bool:
    same_kind = _source_kind(gold) == _source_kind(coded)
    agreed = (agrees(gold, coded) for agrees in (_agree_on_place, _agree_on_date, _agree_on_aux))
    return same_kind and all(agreed)


_ATTRIBUTES: dict[str, Callable[[Record, Record], bool]] = {
    "mode": _agree_on_mode,
    "sector": _agree_on_sector,
    "place": _agree_on_place,
    "date": _agree_on_date,
    "aux": _agree_on_aux,
    "source": _agree_on_source,
    "certainty": _agree_on_certainty,
    "trigger": _overlap,
}
