"""What a query string may ask for."""

from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.coders.labels import AUX, CERTAINTIES, TYPES
from whowhom.web.columns import COLUMNS, SHOWN
from whowhom.web.filters import PARAMETERS, BadFilterError, Filters, read_filters

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=20)
FILTERS = st.builds(
    Filters,
    words=st.just("") | TEXTS,
    type=st.lists(st.sampled_from(TYPES), unique=True).map(tuple),
    actor=st.lists(TEXTS, unique=True, max_size=3).map(tuple),
    aux=st.lists(st.sampled_from((*AUX, "none")), unique=True).map(tuple),
    certainty=st.lists(st.sampled_from(CERTAINTIES), unique=True).map(tuple),
    first=st.none() | st.dates(max_value=date(2030, 1, 1)),
    last=st.none() | st.dates(min_value=date(2030, 1, 1)),
    begun=st.none() | st.dates(max_value=date(2030, 1, 1)),
    min_independent=st.integers(0, 1000),
    sort=st.sampled_from([column.name for column in COLUMNS if column.order]),
    order=st.sampled_from(["asc", "desc"]),
    limit=st.integers(1, 1000),
    offset=st.integers(0, 10_000),
    columns=st.lists(st.sampled_from([column.name for column in COLUMNS]), unique=True, min_size=1).map(
        tuple
    ),
)


@given(FILTERS)
def test_written_filters_are_read_the_same(filters):
    """An address that is shared shows the other reader the same."""
    assert read_filters(parse_qsl(filters.write()[1:], keep_blank_values=True)) == filters


@given(FILTERS, st.sampled_from(TYPES))
def test_toggling_twice_changes_nothing_but_the_page(filters, value):
    """What a click on a facet adds the next one takes away."""
    once = read_filters(parse_qsl(filters.toggle("type", value)[1:]))
    assert (value in once.type) != (value in filters.type)
    twice = read_filters(parse_qsl(once.toggle("type", value)[1:]))
    assert sorted(twice.type) == sorted(filters.type)
    assert twice.offset == 0


def test_empty_values_are_as_none():
    """Forms send all their fields."""
    assert read_filters([("words", ""), ("from", " "), ("min_independent", "")]) == Filters()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("typ=AID", "There is no filter 'typ'. There are: words, type"),
        ("type=HELP", "type cannot be 'HELP'. Known: AGREE"),
        ("from=yesterday", "from is 'yesterday', which is no day. Write it as 2024-06-19"),
        ("from=20240619", "is no day"),
        ("from=2024-02-30", "is no day"),
        ("from=2024-02-02&to=2024-02-01", "last day 2024-02-01 is before the first day 2024-02-02"),
        ("limit=0", "limit is '0'; give a whole number from 1 to 1000"),
        ("limit=1001", "from 1 to 1000"),
        ("limit=99999999999999999999999999", "from 1 to 1000"),
        ("limit=\u0665", "from 1 to 1000"),
        ("offset=-1", "offset is '-1'"),
        ("limit=5&limit=6", "limit is given 2 times; give it once"),
        ("sort=rowid", "sort cannot be 'rowid'"),
        ("sort=mode", "sort cannot be 'mode'"),
        ("order=up", "order cannot be 'up'. Known: asc, desc"),
        ("columns=score,secret", "columns cannot be 'secret'"),
        (f"words={'x' * 201}", "words has 201 characters; give 200 at most"),
        ("actor=a%00b", "null character"),
        ("&".join(f"actor={n}" for n in range(51)), "actor is given 51 times"),
    ],
)
def test_impossible_filter_is_told_with_what_is_possible(query, told):
    """One line: what was given, what can be."""
    with pytest.raises(BadFilterError) as error:
        read_filters(parse_qsl(query, keep_blank_values=True))
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_columns_come_with_commas_or_one_by_one():
    """Links write the one, the form of checkboxes sends the other; none at all shows the usual ones."""
    assert read_filters([("columns", "score,event")]).columns == ("score", "event")
    assert read_filters([("columns", "score"), ("columns", "event")]).columns == ("score", "event")
    assert read_filters([("columns", ",")]).columns == SHOWN


def test_every_parameter_tells_what_it_means():
    """The API's description and the help are made of these."""
    assert all(parameter.meaning.endswith(".") for parameter in PARAMETERS)
    assert len({parameter.name for parameter in PARAMETERS}) == len(PARAMETERS)
