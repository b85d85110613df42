"""Who, where and when for words on their own: what the commands of these names and their functions ask.

The words are read as they would be within an article; there is no coder, so nothing but words, tables
and the context given tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from whowhom.records import Article, DaySpan, EventDate, Mention, Place, Span
from whowhom.resolvers.actors import resolve_mentions
from whowhom.resolvers.countries import name_country
from whowhom.resolvers.dates import resolve_event_date
from whowhom.resolvers.lexicon import fold_phrase
from whowhom.resolvers.people import Office, find_holder, find_office
from whowhom.resolvers.persons import means_state
from whowhom.resolvers.phrases import Phrase, read_phrase
from whowhom.resolvers.places import resolve_places

# Words that stand around names of places without a capital.
_SMALL_WORDS = frozenset(
    "a an the of in at near off on and his her their km kilometers kilometres miles outskirts coast border "
    "city town village capital province state region forest road".split()
)

Day = date | str | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Whom words mean.

    Attributes:
        words: The part of the words that means this one.
        name: The name the world knows, "" where the words name nobody.
        country: ISO 3166-1 alpha-3 or a code above states, "" not known.
        country_name: The state in words, "" for codes above states.
        sector: PLOVER sector codes, the main one first.
        office: The office held on the day asked for, else the last one before it.
        office_days: Its first and last day; the last is None for one still held, both where no
            office is known.
        evidence: How each field was reached, one line each.
    """

    words: str
    name: str
    country: str
    country_name: str
    sector: tuple[str, ...]
    office: str
    office_days: tuple[date | None, date | None]
    evidence: tuple[str, ...]


def resolve_actor(text: str, *, on: Day = None, context: str = "") -> list[Actor]:
    """Return whom words mean; several for "the two leaders" or "Russia and China".

        >>> [actor.name for actor in resolve_actor("President Yoon", on="2024-11-30")]
        ['Yoon Suk-yeol']
        >>> [(actor.country, actor.sector) for actor in resolve_actor("three Kenyan nurses")]
        [('KEN', ('MED',))]

    A title of one state's office is answered with its holder on the day ("the president of Kenya").

    Args:
        text: The words, such as "the former foreign minister of Iran".
        on: The day on which the words were written, a date or "YYYY-MM-DD"; offices and rule over
            a state count as of it. Without it the latest office counts.
        context: Text that stood before the words.

    Raises:
        ValueError: `text` is empty, or `on` is no day.
    """
    day = _read_day(on, "on")
    article, mention = _place_words(text, context, day)
    (entities,) = resolve_mentions(article, [mention])
    phrases = list(read_phrase(text, day))
    answers = []
    for entity in entities:
        words = entity.span.text
        phrase = next((one for one in phrases if text[one.start : one.end] == words), phrases[0])
        office, why = _find_office(phrase, entity.name, entity.country, day)
        evidence = tuple(line for line in (*entity.evidence, why) if line)
        answers.append(
            Actor(
                words=words,
                name=entity.name or (office.name if office else ""),
                country=entity.country,
                country_name=name_country(entity.country),
                sector=entity.sector,
                office=_write_office(office),
                office_days=(office.first, office.last) if office else (None, None),
                evidence=evidence,
            )
        )
    return answers


def _find_office(phrase: Phrase, name: str, country: str, day: date | None) -> tuple[Office | None, str]:
    if name and phrase.kind in ("person", "role"):
        office = find_office(fold_phrase(name), phrase.roles, day, country)
        return (office, "") if office is not None and office.name else (None, "")
    single = phrase.kind == "role" and not phrase.plural and not phrase.former and means_state(phrase)
    if single and day is not None:
        holder = find_holder(country, [phrase.head], day)
        if holder is not None:
            return holder, f"name: {holder.name!r} held the office, {holder.tell()}"
    return None, ""


def _write_office(office: Office | None) -> str:
    if office is None:
        return ""
    return f"{office.office}, {office.body}" if office.body else office.office


def resolve_place(text: str, *, context: str = "", on: Day = None) -> Place:
    """Return where words are.

        >>> resolve_place("Tripoli", context="Lebanon's army sent soldiers north.").country
        'LBN'

    Args:
        text: The words, such as "50 km north of Mosul".
        context: Text that stood before them; the states and places in it decide between namesakes.
        on: The day on which the words were written: old news from Prague is about Czechoslovakia.

    Raises:
        ValueError: `text` is empty, or `on` is no day.
    """
    day = _read_day(on, "on")
    place = _resolve_place(text, context, day)
    if place.country or place.latitude is not None or not text.islower():
        return place
    # Typed without capitals, by which names are known: "kabul", "south africa".
    typed = _resolve_place(" ".join(map(_write_large, text.split(" "))), context, day)
    return replace(typed, span=place.span) if typed.latitude is not None else place


def _write_large(word: str) -> str:
    return word if word in _SMALL_WORDS else word[:1].upper() + word[1:]


def _resolve_place(text: str, context: str, day: date | None) -> Place:
    article, mention = _place_words(text, context, day)
    (place,) = resolve_places(article, [mention], [()])
    return place


def resolve_date(text: str, *, published: Day, future: bool = False, after: Day = None) -> EventDate:
    """Return which days words mean, with the rule.

        >>> when = resolve_date("last Friday", published="2024-11-30")
        >>> when.days.first.isoformat()
        '2024-11-29'

    Args:
        text: The words, such as "in early May".
        published: Day of publication, a date or "YYYY-MM-DD"; None where it is not known.
        future: What they tell of lies ahead: "on Friday" is the coming Friday.
        after: The day from which "the next day" counts.

    Raises:
        ValueError: `text` is empty, or a day is none.
    """
    if not text.strip():
        raise ValueError("The words are empty; expected some such as 'last Friday'.")
    anchor = _read_day(after, "after")
    days = resolve_event_date(
        Span(text, 0, len(text)),
        _read_day(published, "published"),
        future=future,
        anchor=DaySpan(anchor, anchor) if anchor else None,
    )
    assert days is not None
    return days


def _read_day(day: Day, what: str) -> date | None:
    if day is None or isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise ValueError(f"{what} is {day!r}, expected a day as YYYY-MM-DD.") from None


def _place_words(text: str, context: str, day: date | None) -> tuple[Article, Mention]:
    """Return an article in which the words follow the context, and the mention of the words in it."""
    if not text.strip():
        raise ValueError("The words are empty; expected some such as 'the Kenyan foreign minister'.")
    before = f"{context.rstrip()} " if context.strip() else ""
    article = Article("", before + text, published=day)
    return article, Mention(Span(text, len(before), len(before) + len(text)), 1.0)
