"""From pairs that are likely the same deed to deeds: the joining itself, without a database.

The result depends on nothing but the set of events, the links between them and the judgements of people,
which makes it independent of the order in which articles came. Links are drawn between two events from
these two alone, so new events never change a link between old ones.

It is also why new articles cost little. Whether a link joins two groups depends on what these two hold at
that moment, and on nothing else. So whatever a deed was not joined to had no say in how it came about:
joined alone, its events go through the same steps to the same deed. New events are therefore decided
together with the deeds that they are linked to, and as long as such a deed comes out as it went in, nothing
beyond it can change either. One that comes out otherwise is decided anew with the deeds that it is linked
to (`find_changed`), and so on. Each round is right for all links but those from the deeds that it changed
to what it did not look at, and the first of these in the order of joining comes later from round to round,
so the rounds end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Scores = NDArray[np.float64]
Number = TypeVar("Number", np.int64, np.uint64)

# Two groups are joined where this share of the pairs across them are links. Without it one vague
# report ("clashes in the north") chains a week of separate fights together.
LINKED_SHARE = 0.3
# Reports in two time zones name two days for one deed.
_SLACK_DAYS = 1
# Degrees that two exact places of one deed may lie apart: a suburb, an airfield, the next town.
_SLACK_DEGREES = 0.6


class Traits(NamedTuple):
    """What an event says that no other report of the same deed may contradict.

    Tolls are not among it: reports of one deed differ in them, and an incident keeps them side by side.

    Attributes:
        article: The article; it told its deeds apart itself, so no two of its events are one.
        days: First and last day as numbers, where the report names them in words and narrowly.
        point: Latitude and longitude, where the place is exact.
        persons: (country and role, last name) of the persons who take part; a state may be
            spoken for by one minister or by another, on two occasions.
    """

    article: str
    days: tuple[int, int] | None = None
    point: tuple[float, float] | None = None
    persons: tuple[tuple[str, str], ...] = ()


class Link(NamedTuple):
    """Two events, `one` < `two`, that are likely the same deed, and how likely."""

    one: int
    two: int
    score: float


Judgement = Sequence[Sequence[int]]
"""Groups of events that a person holds together, each apart from the others."""


@dataclass(slots=True)
class _Group:
    members: set[int]
    articles: set[str]
    latest_first: int | None = None
    earliest_last: int | None = None
    box: tuple[float, float, float, float] | None = None
    persons: dict[str, set[str]] = field(default_factory=dict)
    weakest: float | None = None


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which events are one deed.

    Attributes:
        deed: For each event its deed, named by the deed's smallest event.
        weakest: For a deed that links hold together the score of the weakest joining.
    """

    deed: dict[int, int]
    weakest: dict[int, float]


def join_links(
    traits: Mapping[int, Traits], links: Sequence[Link], judgements: Sequence[Judgement] = ()
) -> Clusters:
    """Return which events are one deed: the best links first, unless something speaks against it.

    What people judged comes before all links, the latest judgement before earlier ones.

    Args:
        traits: Of every event that may be joined; the keys sort events in a way that depends on
            nothing but themselves.
        links: In any order.
        judgements: In the order in which they were made.
    """
    one = np.array([link.one for link in links], np.int64)
    two = np.array([link.two for link in links], np.int64)
    scores = np.array([link.score for link in links], np.float64)
    return join_part((traits, (one, two, scores), judgements))


def join_part(
    part: tuple[Mapping[int, Traits], tuple[Numbers, Numbers, Scores], Sequence[Judgement]],
) -> Clusters:
    """Return what `join_links` does, given traits, links as columns, and judgements."""
    traits, (one, two, scores), judgements = part
    groups = {number: _start_group(number, its) for number, its in traits.items()}
    apart: dict[int, set[int]] = defaultdict(set)
    for judgement in reversed(judgements):
        _apply(judgement, groups, apart)
    order = np.lexsort((two, one, -scores))
    links = [*zip(one[order].tolist(), two[order].tolist(), scores[order].tolist(), strict=True)]
    beside: dict[int, set[int]] = {number: set() for number in traits}
    for left, right, _ in links:
        beside[left].add(right)
        beside[right].add(left)
    for left, right, score in links:
        a, b = groups[left], groups[right]
        if a is not b and not _clash(a, b, apart) and _is_linked(a, b, beside):
            _merge(a, b, groups, score)
    deed: dict[int, int] = {}
    weakest: dict[int, float] = {}
    for number, group in groups.items():
        if number not in deed:
            first = min(group.members)
            deed.update(dict.fromkeys(group.members, first))
            if group.weakest is not None:
                weakest[first] = group.weakest
    return Clusters(deed, weakest)


def find_changed(before: Numbers, now: Numbers) -> NDArray[np.bool_]:
    """Return which events lie in a deed that came out otherwise than it went in.

    Args:
        before: The deed of each event before, -1 where it is new or asked about for another reason; such an
            event counts for no deed of before. Whole deeds are given.
        now: The deed that it is in now.

    >>> find_changed(np.array([-1, 5, 5, 7, 8]), np.array([0, 1, 1, 0, 8])).tolist()
    [False, False, False, True, False]
    """
    changed = np.zeros(len(before), np.bool_)
    old = np.flatnonzero(before >= 0)
    if not len(old):
        return changed
    _, deed, sizes = np.unique(before[old], return_inverse=True, return_counts=True)
    _, group, group_sizes = np.unique(now, return_inverse=True, return_counts=True)
    least, most = np.full(len(sizes), len(group_sizes)), np.full(len(sizes), -1)
    np.minimum.at(least, deed, group[old])
    np.maximum.at(most, deed, group[old])
    # Its events are in one group, and this holds no others.
    is_same = (least == most) & (group_sizes[least] == sizes)
    changed[old] = ~is_same[deed]
    return changed


def _list_held(judgements: Sequence[Judgement]) -> Numbers:
    """Return the first event of each judgement beside every one that it names; shape (events named, 2)."""
    wholes = [[number for group in judgement for number in group] for judgement in judgements]
    return np.array([(whole[0], number) for whole in wholes for number in whole], np.int64).reshape(-1, 2)


class Part(NamedTuple):
    """Whole connected components, which nothing outside of them has a say in.

    Attributes:
        numbers: Their events.
        links: The links among these: the two and the score of each.
        judgements: What people judged of them.
    """

    numbers: list[int]
    links: tuple[Numbers, Numbers, Scores]
    judgements: list[Judgement]


def list_parts(one: Numbers, two: Numbers, scores: Scores, judgements: Sequence[Judgement]) -> Iterator[Part]:
    """Yield what there is to join in parts that need little memory each, and may be joined at one time."""
    held = _list_held(judgements)
    left, right = np.concatenate([one, held[:, 0]]), np.concatenate([two, held[:, 1]])
    if not len(left):
        return
    numbers = sort_different(np.concatenate([left, right]))
    component = _label_components(
        len(numbers), np.searchsorted(numbers, left), np.searchsorted(numbers, right)
    )
    order = np.argsort(component, kind="stable")
    component_of_link = component[np.searchsorted(numbers, one)]
    link_order = np.argsort(component_of_link, kind="stable")
    sorted_links = component_of_link[link_order]
    start = 0
    while start < len(order):
        # Up to the end of the component in which so many events are reached.
        last = component[order[min(start + _PART_EVENTS, len(order)) - 1]]
        end = int(np.searchsorted(component[order], last, side="right"))
        first_link = np.searchsorted(sorted_links, component[order[start]])
        chosen = link_order[first_link : np.searchsorted(sorted_links, last, side="right")]
        events = numbers[order[start:end]].tolist()
        among = set(events) if judgements else set()
        yield Part(
            events,
            (one[chosen], two[chosen], scores[chosen]),
            [judged for judged in judgements if any(not among.isdisjoint(group) for group in judged)],
        )
        start = end


_PART_EVENTS = 20_000


def sort_different(values: NDArray[Number]) -> NDArray[Number]:
    """Return the different ones of some values, sorted.

    `np.unique` does the same, in NumPy 2.4 by hashing: 3.8 s for 3 million numbers, in place of 0.05.

    >>> sort_different(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(values, axis=None)
    is_new = np.ones(len(ordered), np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_new]


def _label_components(n: int, one: Numbers, two: Numbers) -> Numbers:
    """Return for each of `n` the smallest that it is connected to."""
    label = np.arange(n)
    while True:
        before = label.copy()
        least = np.minimum(label[one], label[two])
        np.minimum.at(label, label[one], least)
        np.minimum.at(label, label[two], least)
        while not np.array_equal(label, label[label]):
            label = label[label]
        if np.array_equal(label, before):
            return label


def _start_group(number: int, traits: Traits) -> _Group:
    first, last = traits.days or (None, None)
    box = (*traits.point, *traits.point) if traits.point else None
    persons: dict[str, set[str]] = {}
    for side, name in traits.persons:
        persons.setdefault(side, set()).add(name)
    return _Group({number}, {traits.article}, first, last, box, persons)


def _apply(judgement: Judgement, groups: dict[int, _Group], apart: dict[int, set[int]]) -> None:
    """Hold the groups of a judgement together, and apart from each other, as far as later ones let it."""
    for members in judgement:
        for number in members[1:]:
            one, two = groups[members[0]], groups[number]
            if one is not two and not _is_apart(one, two, apart):
                _merge(one, two, groups, None)
    for number, members in enumerate(judgement):
        for others in judgement[number + 1 :]:
            for a, b in product(members, others):
                if groups[a] is not groups[b]:
                    apart[a].add(b)
                    apart[b].add(a)


def _is_apart(one: _Group, two: _Group, apart: Mapping[int, set[int]]) -> bool:
    if not apart:
        return False
    few, many = sorted((one.members, two.members), key=len)
    return any(number in apart and not apart[number].isdisjoint(many) for number in few)


def _clash(one: _Group, two: _Group, apart: Mapping[int, set[int]]) -> bool:
    """Whether two groups cannot be the same deed.

    Articles, days and places are compared as they would be for every pair across the groups: intervals
    that overlap two by two have a day in common. Persons of one side clash where no name is shared.
    """
    if not one.articles.isdisjoint(two.articles):
        return True
    if one.latest_first is not None and two.latest_first is not None:
        # A group that has the one has the other.
        assert one.earliest_last is not None
        assert two.earliest_last is not None
        if (
            one.latest_first > two.earliest_last + _SLACK_DAYS
            or two.latest_first > one.earliest_last + _SLACK_DAYS
        ):
            return True
    if one.box and two.box:
        south, west, north, east = _span_box(one.box, two.box)
        if north - south > _SLACK_DEGREES or _SLACK_DEGREES < east - west < 360 - _SLACK_DEGREES:
            return True
    for side, names in one.persons.items():
        if side in two.persons and names.isdisjoint(two.persons[side]):
            return True
    return _is_apart(one, two, apart)


def _span_box(
    one: tuple[float, float, float, float], two: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    return min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3])


def _is_linked(one: _Group, two: _Group, beside: Mapping[int, set[int]]) -> bool:
    n_pairs = len(one.members) * len(two.members)
    if n_pairs == 1:
        return True
    few, many = sorted((one.members, two.members), key=len)
    n_links = sum(len(beside[number] & many) for number in few)
    return n_links >= LINKED_SHARE * n_pairs


def _merge(one: _Group, two: _Group, groups: dict[int, _Group], score: float | None) -> None:
    if len(one.members) < len(two.members):
        one, two = two, one
    one.members |= two.members
    one.articles |= two.articles
    one.latest_first = max(
        (day for day in (one.latest_first, two.latest_first) if day is not None), default=None
    )
    one.earliest_last = min(
        (day for day in (one.earliest_last, two.earliest_last) if day is not None), default=None
    )
    one.box = _span_box(one.box, two.box) if one.box and two.box else one.box or two.box
    for side, names in two.persons.items():
        one.persons[side] = one.persons.get(side, set()) | names
    one.weakest = min((s for s in (one.weakest, two.weakest, score) if s is not None), default=None)
    for number in two.members:
        groups[number] = one
