"""Tests of events made from what the model read."""

from __future__ import annotations

from datetime import date

import pytest

from whowhom.records import Article, Mention, Reading, SourceKind, Span
from whowhom.resolvers.events import resolve_readings


def resolve_aux(text: str, trigger: str, event: str, *aux: str) -> tuple[str, ...]:
    """Return the auxiliary modes of an event that the model read at `trigger`."""
    start = text.index(trigger)
    reading = Reading(event, Span(trigger, start, start + len(trigger)), 0.9, aux=aux)
    (made,) = resolve_readings(Article("a", text, language="en"), [reading])
    return made.aux


@pytest.mark.parametrize(
    ("text", "trigger", "event"),
    [
        ("Israel has not attacked Iran, the minister said.", "attacked", "ASSAULT"),
        ("Moscow said its forces did not shell a hospital in Kharkiv.", "shell", "ASSAULT"),
        ("The president didn't meet the Turkish foreign minister.", "meet", "CONSULT"),
        ("Egypt has never formally imposed sanctions on Ethiopia.", "imposed sanctions", "SANCTION"),
    ],
)
def test_deed_after_a_not_did_not_happen(text: str, trigger: str, event: str) -> None:
    """Also where the model overlooks it: an overlooked "not" is an invented deed."""
    assert resolve_aux(text, trigger, event) == ("negation",)
    assert resolve_aux(text, trigger, event, "negation") == ("negation",)


@pytest.mark.parametrize(
    ("text", "trigger", "event"),
    [
        ("France will not send troops to Ukraine.", "send", "REJECT"),
        ("Girls have not been allowed back to school.", "allowed back", "COERCE"),
        ("Chad not only attacked Mali but burnt a village.", "attacked", "ASSAULT"),
        ("It was not war. Chad attacked Mali.", "attacked", "ASSAULT"),
        ("If not today, Chad signed the pact on Monday.", "signed", "AGREE"),
        ("There is no justification for the ban, he said.", "justification", "ACCUSE"),
    ],
)
def test_not_of_another_word_changes_nothing(text: str, trigger: str, event: str) -> None:
    """To reject or not to allow is a deed, and the "not" has to be the deed's own."""
    assert resolve_aux(text, trigger, event) == ()


def resolve_told(text: str, trigger: str, words: str, kind: SourceKind) -> str:
    """Return the kind of source of an event whose source the model read at `words`."""
    start, at = text.index(trigger), text.index(words)
    reading = Reading(
        "ASSAULT",
        Span(trigger, start, start + len(trigger)),
        0.9,
        source=Mention(Span(words, at, at + len(words)), 0.9),
        source_kind=kind,
    )
    (made,) = resolve_readings(Article("a", text, language="en"), [reading])
    return made.source.kind


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        (
            "A security official in Pakistan says a drone fired at a house.",
            "A security official in Pakistan",
            "unnamed",
        ),
        ("Afghan authorities say gunmen fired at a bus.", "Afghan authorities", "unnamed"),
        (
            "A diplomat close to the talks said rebels fired at a convoy.",
            "A diplomat close to the talks",
            "unnamed",
        ),
        ("Medics said soldiers fired at the crowd.", "Medics", "unnamed"),
        ("Police in Karachi say gunmen fired at a bus.", "Police in Karachi", "named"),
        ("The Palestinian Authority said settlers fired at a car.", "The Palestinian Authority", "named"),
        (
            "Nigeria's information minister said gunmen fired at a bus.",
            "Nigeria's information minister",
            "named",
        ),
    ],
)
def test_who_speaks_is_named_or_not_by_the_noun(text: str, words: str, kind: str) -> None:
    """An official without a name hides the source; a force or an office by its name does not."""
    assert resolve_told(text, "fired", words, "named") == kind


@pytest.mark.parametrize(
    ("published", "read", "told"),
    [
        ("2024-04-30", ("future",), ("future",)),  # a Tuesday: the meeting of that day is ahead
        ("2024-04-30", (), ()),
        ("2024-05-01", ("future",), ("future",)),  # read forward: the coming Tuesday
    ],
)
def test_what_is_set_for_the_day_of_publication_may_lie_ahead(
    published: str, read: tuple[str, ...], told: tuple[str, ...]
) -> None:
    """Only days wholly before publication tell that a deed is done."""
    text = "The minister will meet the police chiefs on Tuesday."
    day, trigger = text.index("on Tuesday"), text.index("meet")
    reading = Reading(
        "AGREE",
        Span("meet", trigger, trigger + 4),
        0.9,
        date=Mention(Span("on Tuesday", day, day + 10), 0.9),
        aux=read,
    )
    article = Article("a", text, published=date.fromisoformat(published), language="en")
    (made,) = resolve_readings(article, [reading])
    assert made.aux == told


@pytest.mark.parametrize(
    ("text", "trigger", "words", "dated"),
    [
        ("Israel carried out its first air strike on the town since 2005.", "air strike", "2005", False),
        ("It was the third assault on the bank since late April.", "assault", "since late April", False),
        ("Troops have held the first district since 2005.", "held", "since 2005", True),
        ("The first strike came in May, and the siege has lasted since 2005.", "strike", "since 2005", True),
        ("The army has besieged the town since 2013.", "besieged", "since 2013", True),
        ("It attacked the first convoy on Friday.", "attacked", "on Friday", True),
    ],
)
def test_first_since_a_year_is_not_of_that_year(text: str, trigger: str, words: str, dated: bool) -> None:
    """The year is that of the deed before, not of the one told."""
    start, day = text.index(trigger), text.index(words)
    reading = Reading(
        "ASSAULT",
        Span(trigger, start, start + len(trigger)),
        0.9,
        date=Mention(Span(words, day, day + len(words)), 0.9),
    )
    article = Article("a", text, published=date(2023, 6, 21), language="en")
    (made,) = resolve_readings(article, [reading])
    assert (made.date is not None) == dated


@pytest.mark.parametrize(
    ("text", "deed", "sector"),
    [
        ("Prime Minister Boris Johnson visited Kyiv on 9 April 2022.", "visited", "GOV"),
        ("Boris Johnson visited Kyiv on 9 April 2022.", "visited", "GOV"),
        ("Boris Johnson visited Kyiv on 22 January 2023.", "visited", "ELI"),
        ("Former prime minister Boris Johnson visited Kyiv on Sunday.", "visited", "ELI"),
    ],
)
def test_office_is_that_of_the_day_of_the_deed(text: str, deed: str, sector: str) -> None:
    """Whoever has left office since did it as its holder."""
    name, day = text.index(" visited"), text.rindex(" on ") + 4
    reading = Reading(
        "CONSULT",
        Span(deed, name + 1, name + 8),
        0.9,
        actor=(Mention(Span(text[:name], 0, name), 0.9),),
        date=Mention(Span(text[day:-1], day, len(text) - 1), 0.9),
    )
    (made,) = resolve_readings(Article("a", text, published=date(2023, 1, 24), language="en"), [reading])
    assert made.actor[0].name == "Boris Johnson"
    assert made.actor[0].sector[:1] == (sector,)


@pytest.mark.parametrize(
    ("who", "sectors"),
    [
        ("Former prime minister Ana Bell", ("GOV",)),
        ("The former police chief", ("COP",)),
        ("Opposition leader Tor Lund", ("OPP",)),
    ],
)
def test_who_resigns_held_the_office_until_then(who: str, sectors: tuple[str, ...]) -> None:
    """What somebody is called after the resignation is not what resigned."""
    article = Article("a", f"{who} resigned last year.", published=date(2023, 1, 24))
    deed = Span("resigned", len(who) + 1, len(who) + 9)
    reading = Reading("RETREAT", deed, 0.9, mode=("resign",), actor=(Mention(Span(who, 0, len(who)), 0.9),))
    (made,) = resolve_readings(article, [reading])
    assert made.actor[0].sector == sectors


def resolve_days(text: str, trigger: str, words: str = "") -> tuple[str, str]:
    """Return date words and first day of the last of two events; the first is of the first date words."""
    readings = []
    for at, said in (("met", "on Saturday"), (trigger, words)):
        start, first = text.index(at), text.index(said or at)
        when = Mention(Span(said, first, first + len(said)), 0.9) if said else None
        readings.append(Reading("CONSULT", Span(at, start, start + len(at)), 0.9, date=when, dated=0.9))
    made = resolve_readings(Article("a", text, published=date(2000, 10, 9), language="en"), readings)
    when = made[-1].date
    assert when is not None
    assert when.days is not None
    return when.span.text if when.span else "", str(when.days.first)


@pytest.mark.parametrize("words", ["", "on Saturday", "two days"])
def test_deed_behind_two_days_after_is_counted_from_the_date_before(words):
    """Whatever part of the words the model gives: none, those of the other deed, or half of them."""
    text = "Mr. Kostunica met Mr. Solana on Saturday, two days after a crowd stormed parliament."
    assert resolve_days(text, "stormed", words) == ("two days after", "2000-10-05")


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        # Of the clause behind the comma, and of a measure that is no number of days.
        ("They met on Saturday, and two days after that, police stormed it.", "on Saturday", "2000-10-07"),
        ("They met on Saturday, more than two days after crowds stormed it.", "on Saturday", "2000-10-07"),
    ],
)
def test_deed_that_is_not_counted_keeps_its_own_days(text, words, wanted):
    """A comma ends the clause, and "more than" counts nothing."""
    assert resolve_days(text, "stormed", words) == (words, wanted)


@pytest.mark.parametrize(
    ("text", "number", "size"),
    [
        ("Chad sent 300 soldiers to the border.", "300", 300),
        ("Chad sent two battalions to the border.", "two", None),
        ("Chad sent five million pounds to the border.", "five", None),
        ("Chad sent 300 last month to the border.", "300", 300),
        ("Chad sent two patrol boats to the border.", "two", 2),
    ],
)
def test_size_is_no_number_of_units_days_or_money(text: str, number: str, size: int | None) -> None:
    """What counts neither people nor what they steer is no size; its words stay."""
    trigger = Span("sent", 5, 9)
    start = text.index(number)
    counted = Mention(Span(number, start, start + len(number)), 1.0)
    (event,) = resolve_readings(Article("a", text), [Reading("MOBILIZE", trigger, 0.9, size=counted)])
    assert (event.size, event.size_text) == (size, number)


@pytest.mark.parametrize(
    ("text", "number", "killed"),
    [
        ("Oman hit nine drones over Sohar.", "nine", None),
        ("Oman hit nine drones over Sohar.", "nine drones", None),
        ("Oman hit two patrol boats off Sohar.", "two", None),
        ("Oman hit four truck drivers near Sohar.", "four", 4),
        ("Oman hit two people in a boat off Sohar.", "two", 2),
    ],
)
def test_things_are_not_killed(text: str, number: str, killed: int | None) -> None:
    """A number of drones or ships is no toll."""
    start = text.index(number)
    counted = Mention(Span(number, start, start + len(number)), 1.0)
    reading = Reading("ASSAULT", Span("hit", 5, 8), 0.9, killed=counted)
    (event,) = resolve_readings(Article("a", text), [reading])
    assert event.killed == killed
