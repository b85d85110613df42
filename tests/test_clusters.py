"""Joining links to deeds: what holds groups together, what keeps them apart, and that order is nothing."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom import clusters
from whowhom.clusters import Link, Traits, join_links, join_part, list_parts


def make_traits(*traits: Traits) -> dict[int, Traits]:
    return dict(enumerate(traits))


@pytest.mark.parametrize(
    ("one", "two", "joined"),
    [
        (Traits("a"), Traits("b"), True),
        (Traits("a"), Traits("a"), False),
        (Traits("a", days=(10, 10)), Traits("b", days=(11, 11)), True),
        (Traits("a", days=(10, 10)), Traits("b", days=(12, 12)), False),
        (Traits("a", days=(10, 10)), Traits("b"), True),
        (Traits("a", point=(50.0, 30.0)), Traits("b", point=(50.5, 30.5)), True),
        (Traits("a", point=(50.0, 30.0)), Traits("b", point=(51.0, 30.0)), False),
        (Traits("a", point=(-17.0, 179.8)), Traits("b", point=(-17.0, -179.9)), True),
        (
            Traits("a", persons=(("USA GOV", "blinken"),)),
            Traits("b", persons=(("USA GOV", "yellen"),)),
            False,
        ),
        (Traits("a", persons=(("USA GOV", "blinken"),)), Traits("b", persons=(("CHN GOV", "wang"),)), True),
    ],
)
def test_linked_events_are_one_deed_unless_they_contradict(one: Traits, two: Traits, joined: bool) -> None:
    """Article, days, exact places and persons can speak against a link; silence cannot."""
    deed = join_links(make_traits(one, two), [Link(0, 1, 0.9)]).deed
    assert (deed[0] == deed[1]) is joined


def test_one_vague_report_does_not_chain_groups() -> None:
    """A single link between two groups of three is too few of the nine pairs."""
    traits = make_traits(*(Traits(name) for name in "abcdef"))
    close = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]
    links = [Link(one, two, 0.9) for one, two in close] + [Link(2, 3, 0.6)]
    found = join_links(traits, links)
    assert found.deed == {0: 0, 1: 0, 2: 0, 3: 3, 4: 3, 5: 3}


def test_weakest_joining_is_told() -> None:
    """The score on which a deed of several reports hangs; a deed of one has none."""
    traits = make_traits(*(Traits(name) for name in "abcd"))
    found = join_links(traits, [Link(0, 1, 0.9), Link(0, 2, 0.7), Link(1, 2, 0.6)])
    assert found.weakest == {0: 0.7}


def test_judgements_come_before_links_and_later_before_earlier() -> None:
    """A split parts what links join, a merge joins what the days part, and the last word counts."""
    traits = make_traits(Traits("a", days=(1, 1)), Traits("b", days=(1, 1)), Traits("c", days=(9, 9)))
    links = [Link(0, 1, 0.9)]
    split, merge = [[0], [1]], [[0, 2]]
    assert join_links(traits, links, [split, merge]).deed == {0: 0, 1: 1, 2: 0}
    assert join_links(traits, links, [split, [[0, 1]]]).deed == {0: 0, 1: 0, 2: 2}
    assert join_links(traits, links, [[[0, 1]], split]).deed == {0: 0, 1: 1, 2: 2}


TRAITS = st.builds(
    Traits,
    article=st.sampled_from("abcdefgh"),
    days=st.none() | st.integers(0, 5).map(lambda day: (day, day)),
    point=st.none() | st.tuples(st.sampled_from((50.0, 50.4, 52.0)), st.just(30.0)),
)


@given(st.lists(TRAITS, min_size=2, max_size=10), st.data())
def test_order_of_links_makes_no_difference_and_no_deed_has_two_events_of_an_article(
    traits: list[Traits], data: st.DataObject
) -> None:
    """Whatever the links, they may come in any order."""
    pairs = [(one, two) for two in range(len(traits)) for one in range(two)]
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True))
    links = [Link(one, two, data.draw(st.sampled_from((0.5, 0.7, 0.9)))) for one, two in chosen]
    shuffled = links[:]
    random.Random(len(links)).shuffle(shuffled)
    found = join_links(make_traits(*traits), links)
    backwards = dict(reversed(make_traits(*traits).items()))
    assert join_links(backwards, shuffled) == found
    told = [(deed, traits[number].article) for number, deed in found.deed.items()]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_parts_join_as_the_whole_does(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Joined part by part, events fall into the same deeds as joined at once."""
    chance = random.Random(3)
    pairs = sorted({tuple(sorted(chance.sample(range(10, 90), 2))) for _ in range(60)})
    links = [Link(one, two, round(0.5 + chance.random() / 2, 3)) for one, two in pairs]
    judgements = [[[11, 12], [13]], [[200], [201, 202]], [[12, 40]]]
    numbers = {n for link in links for n in link[:2]} | {11, 12, 13, 40, 200, 201, 202}
    traits = {number: Traits(f"article {number}") for number in sorted(numbers)}
    whole = join_links(traits, links, judgements)
    monkeypatch.setattr(clusters, "_PART_EVENTS", size)
    columns = [np.array(column) for column in zip(*links, strict=True)]
    parts = list(list_parts(*columns, judgements))
    joined = [
        join_part(({number: traits[number] for number in part.numbers}, part.links, part.judgements))
        for part in parts
    ]
    assert sorted(number for part in parts for number in part.numbers) == sorted(numbers)
    for name in ("deed", "weakest"):
        assert {k: v for one in joined for k, v in getattr(one, name).items()} == getattr(whole, name)
