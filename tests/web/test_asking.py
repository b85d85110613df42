"""What pages on ties, pledges, networks and the map may be asked."""

from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whowhom.pledge_states import STATES
from whowhom.tie_rules import load_kinds
from whowhom.web.asking import Clock, NetworkQuestion, PledgeQuestion, TieQuestion, ViewQuestion
from whowhom.web.filters import BadFilterError, ConflictingFiltersError

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=20)
DAYS = st.none() | st.dates(max_value=date(2030, 1, 1))
LATER = st.none() | st.dates(min_value=date(2030, 1, 1))
QUESTIONS = st.one_of(
    st.builds(Clock, as_of=DAYS, known=DAYS),
    st.builds(
        TieQuestion,
        between=st.lists(TEXTS, unique=True, max_size=2).map(tuple),
        kind=st.lists(st.sampled_from(tuple(load_kinds())), unique=True).map(tuple),
        first=DAYS,
        last=LATER,
        as_of=DAYS,
        known=DAYS,
        offset=st.integers(0, 1000),
    ),
    st.builds(
        PledgeQuestion,
        by=st.just("") | TEXTS,
        to=st.just("") | TEXTS,
        state=st.lists(st.sampled_from(STATES), unique=True).map(tuple),
        first=DAYS,
        last=LATER,
        limit=st.integers(1, 1000),
    ),
    st.builds(
        NetworkQuestion,
        around=st.just("") | TEXTS,
        by=st.sampled_from(["country", "organisation"]),
        min_incidents=st.integers(0, 100),
        sort=st.sampled_from(["code", "pagerank"]),
    ),
    st.builds(
        ViewQuestion,
        zoom=st.integers(1, 64),
        longitude=st.integers(-1800, 1800).map(lambda n: n / 10),
        latitude=st.integers(-900, 900).map(lambda n: n / 10),
    ),
)


@given(QUESTIONS)
def test_written_question_is_read_the_same(question):
    """An address that is shared shows the other reader the same."""
    assert type(question).read(parse_qsl(question.write()[1:])) == question


@given(QUESTIONS)
def test_taking_all_that_is_chosen_away_leaves_the_usual(question):
    """Each chip leads to the question without it."""
    chosen = question.list_chosen()
    for _, _, without in chosen:
        fewer = type(question).read(parse_qsl(without[1:]))
        assert len(fewer.list_chosen()) == len(chosen) - 1
    if not chosen:
        assert question.without_page() == type(question)()


@pytest.mark.parametrize(
    ("question", "query", "told"),
    [
        (TieQuestion, "kind=friendship", "kind cannot be 'friendship'. Known: alliance, agreement"),
        (TieQuestion, "as_of=tomorrow", "as_of is 'tomorrow', which is no day. Write it as 2024-06-19"),
        (TieQuestion, "known=2024-02-30", "known is '2024-02-30', which is no day"),
        (TieQuestion, "between=A&between=B&between=C", "between is given 3 times; give it 2 times at most"),
        (TieQuestion, "actor=A&actor=B", "actor is given 2 times; give it once"),
        (PledgeQuestion, "state=forgotten", "state cannot be 'forgotten'. Known: open, kept, broken"),
        (
            PledgeQuestion,
            "from=2024-01-01",
            "There is no filter 'from'. There are: by, to, kind, state, since",
        ),
        (NetworkQuestion, "by=sector", "by cannot be 'sector'. Known: country, organisation"),
        (NetworkQuestion, "min_incidents=few", "min_incidents is 'few'; give a whole number from 0"),
        (NetworkQuestion, "sort=beauty", "sort cannot be 'beauty'. Known: code, name, n_incidents"),
        (ViewQuestion, "zoom=0", "zoom is '0'; give a whole number from 1 to 64"),
        (ViewQuestion, "longitude=181", "longitude is '181'; give a number from -180 to 180"),
        (ViewQuestion, "latitude=nan", "latitude is 'nan'; give a number from -90 to 90"),
        (ViewQuestion, "latitude=1e1", "latitude is '1e1'"),
        (Clock, "as_of=2024-01-01&as_of=2024-01-02", "as_of is given 2 times; give it once"),
    ],
)
def test_impossible_question_is_told_with_what_is_possible(question, query, told):
    """One line: what was given, what can be."""
    with pytest.raises(BadFilterError) as error:
        question.read(parse_qsl(query))
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("question", "query"),
    [
        (TieQuestion, "actor=RUS&between=PRK"),
        (TieQuestion, "since=2024-02-01&until=2024-01-01"),
        (PledgeQuestion, "since=2024-02-01&until=2024-01-01"),
        (NetworkQuestion, "from=2024-02-01&to=2024-01-01"),
    ],
)
def test_questions_that_exclude_each_other_are_told_so(question, query):
    """Each can be asked, but not both at once."""
    with pytest.raises(ConflictingFiltersError):
        question.read(parse_qsl(query))
