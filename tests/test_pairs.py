"""What two deeds have in common is what Python's own sets say."""

import duckdb
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from whowhom.pairs import _LISTS, _NUMBERS, _TEXTS, Deeds, Pairs

_WORDS = [f"w{number}" for number in range(90)]
LISTS = st.lists(st.lists(st.sampled_from(_WORDS), unique=True, max_size=25), min_size=2, max_size=7)


def make_deeds(lists: list[list[str]]) -> Deeds:
    """Return deeds of which each has one of `lists` as its names, and nothing else."""
    connection = duckdb.connect()
    others = [f"CAST([] AS VARCHAR[]) AS {name}" for name in _LISTS if name != "names"]
    blank = [f"NULL AS {name}" for name in (*_TEXTS, *_NUMBERS)]
    connection.execute(
        f"""CREATE TABLE deed AS SELECT node, names, {", ".join([*others, *blank])},
            false AS is_blast, false AS is_planned
        FROM (SELECT unnest(range(1, len($lists) + 1)) AS node, unnest($lists) AS names)""",
        {"lists": lists},
    )
    return Deeds(connection)


@settings(max_examples=30, deadline=None)
@given(LISTS)
def test_common_values_are_counted_as_sets_would(lists: list[list[str]]) -> None:
    """Whatever the lengths of the lists, one value, none or many, each common one counts once."""
    n = len(lists)
    one, two = (grid.ravel().astype(np.int64) for grid in np.meshgrid(range(n), range(n)))
    counted = Pairs(make_deeds([[*words] for words in lists]), one, two).count("names")
    assert counted.tolist() == [
        len(set(lists[a]) & set(lists[b])) for a, b in zip(one.tolist(), two.tolist(), strict=True)
    ]
