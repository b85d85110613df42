"""Persons: the same man under several names, the office held on the day, the country served."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from whowhom.records import DaySpan, Entity, Mention, Span
from whowhom.resolvers.cast import Person
from whowhom.resolvers.lexicon import fold_phrase
from whowhom.resolvers.people import (
    PERSONAL_TITLES,
    PREMIERS_OF_PROVINCES,
    RANKS,
    SINGLE_TITLES,
    Office,
    find_holder,
    find_office,
    find_offices,
    is_surname,
    means_office,
)
from whowhom.resolvers.phrases import Phrase
from whowhom.resolvers.scene import (
    REACH,
    Scene,
    Settled,
    add_line,
    find_anchor,
    find_last,
    make_settled,
    read_surroundings,
    refer_to,
    settle_anchor,
    trust_coder,
)

# Tables and outlets may differ by some weeks on when a term ended.
_COURTESY = 60


def settle_person(scene: Scene, phrase: Phrase, mention: Mention, place: int | None) -> Settled:
    """Return the person that a phrase names.

    The words of the mention come first, then what the article says of the same person, then the
    table of people in office, then the coder's sectors and the surroundings.
    """
    person = scene.cast.find_person(phrase.keys)
    office = _find_office(scene, phrase, person)
    name, evidence = phrase.name, list(phrase.evidence)
    if office is not None and not _is_other(office, person, phrase):
        name = office.name or name
        if office.name:
            evidence.append(f"name: {office.name!r}, {office.tell()}")
    elif person is not None:
        if person.name != name:
            evidence.append(f"same as {person.name!r} at {scene.tell_place(person.start)}")
        name, office = person.name, None
    country, why = phrase.country, ""
    if not country:
        country, why = _find_country(scene, person, office, phrase, place)
    sectors, reason = _find_sectors(scene, person, office, phrase, mention)
    return make_settled(phrase, name, country, sectors, [*evidence, why, reason], person=person)


def _is_other(office: Office, person: Person | None, phrase: Phrase) -> bool:
    """Tell whether the article means somebody else of this name, of another country."""
    known = phrase.country or (person.country if person else "")
    return bool(known) and known != office.country


def _find_sectors(
    scene: Scene, person: Person | None, office: Office | None, phrase: Phrase, mention: Mention
) -> tuple[tuple[str, ...], str]:
    over = office is not None and _is_over(office, phrase, scene.published)
    if over and office is not None:
        return ("ELI",), f"sector: no longer {office.tell()}"
    told = bool(phrase.sectors) and not phrase.weak
    if told and not phrase.roles <= PERSONAL_TITLES:
        return phrase.sectors, ""
    if office is not None and not (told and not _rules(office, scene.published)):
        on_the_day = _sectors_on(office, scene.published)
        if on_the_day:
            return on_the_day, f"sector: {office.tell()}"
    if told:
        return phrase.sectors, ""
    if person is not None and person.sectors and not person.weak:
        return person.sectors, person.evidence[-1] if person.evidence else ""
    sectors, why = trust_coder(mention)
    if sectors:
        return sectors, why
    if not phrase.sectors and person is not None and person.sectors:
        return person.sectors, person.evidence[-1] if person.evidence else ""
    return (phrase.sectors, "") if phrase.sectors else trust_coder(mention, blank=True)


def _rules(office: Office, day: date | None) -> bool:
    """Whether an office is held; who seizes power is the general on the day itself."""
    return day is None or (office.holds_on(day) and office.first != day)


def _find_office(scene: Scene, phrase: Phrase, person: Person | None) -> Office | None:
    """Return the office of the person whom the phrase names, by the fullest name the article has."""
    tries = [phrase.keys]
    if person is not None and len(person.keys) > 1:
        tries = [person.keys]
    elif person is not None and person.keys != phrase.keys:
        tries = [person.keys, phrase.keys]
    country = phrase.country or (person.country if person else "")
    roles = phrase.roles | (person.roles if person else frozenset())
    # "Counsellor Aung San Suu Kyi": a title that no table knows stands before the name.
    tries += [keys[cut:] for keys in tries for cut in range(1, len(keys) - 1) if not is_surname(keys[cut:])]
    found = (find_office(keys, roles, scene.published, country, states=scene.cast.counts) for keys in tries)
    return next((office for office in found if office), None)


def _is_over(office: Office, phrase: Phrase, day: date | None) -> bool:
    """Whether a title is given out of courtesy: "President Obama" of 2019."""
    if day is None or office.last is None or not office.name or office.sectors[0] != "GOV":
        return False
    return (day - office.last).days > _COURTESY and means_office(phrase.roles, office)


def _sectors_on(office: Office, day: date | None) -> tuple[str, ...]:
    if day is not None and office.first is not None and day < office.first:
        return ()
    if day is None or office.last is None or day <= office.last:
        return office.sectors
    return ("ELI",) if office.sectors[0] in ("GOV", "LEG", "MIL", "JUD") else office.sectors


def hold_on(entity: Entity, days: DaySpan) -> Entity:
    """Return somebody out of office as of the days of a deed: in office, if that was held on all of them.

    "Prime Minister Boris Johnson rejected it in 2021" was written when he was no longer that.
    """
    if entity.sector[:1] != ("ELI",) or not entity.name:
        return entity
    offices = [
        office
        for office in find_offices(fold_phrase(entity.name))
        if office.country == entity.country
        and office.sectors[0] != "ELI"
        and office.holds_on(days.first)
        and office.holds_on(days.last)
    ]
    if not offices or len({office.name for office in offices}) > 1:
        return entity
    office = max(offices, key=lambda one: RANKS[one.office] - 0.5 * bool(one.body))
    line = f"sector: {office.tell()}, on the day of the deed"
    return replace(entity, sector=office.sectors, evidence=(*entity.evidence, line))


def hold_till_resigned(entity: Entity) -> Entity:
    """Return whoever resigns as in the office given up: 12 of the 15 "former" ones of training/corpus."""
    if entity.sector[:1] != ("ELI",):
        return entity
    line = "sector: that of the office, held until the resignation"
    return replace(entity, sector=entity.sector[1:] or ("GOV",), evidence=(*entity.evidence, line))


def _find_country(
    scene: Scene, person: Person | None, office: Office | None, phrase: Phrase, place: int | None
) -> tuple[str, str]:
    if person is not None and person.country:
        return person.country, next((line for line in person.evidence if line.startswith("country")), "")
    if office is not None:
        return office.country, f"country: {office.tell()}"
    start = person.start if person is not None and not phrase.owner else place
    owner = phrase.owner or (person.owner if person else "")
    if owner and start is not None and phrase.keys not in scene.asking:
        scene.asking.add(phrase.keys)
        country, why = find_owner(scene, owner, start)
        scene.asking.discard(phrase.keys)
        if country:
            return country, why
    belongs = phrase.belongs or (person.belongs if person else ())
    country, why = find_country_of(scene, belongs)
    if country:
        return country, why
    if phrase.default or (person and person.default):
        return phrase.default or (person.default if person else ""), "country: that of the office"
    names = find_full_name(person, phrase)
    return read_surroundings(scene, place if start is None else start, (), group="person", names=names)


def find_full_name(person: Person | None, phrase: Phrase) -> tuple[str, ...]:
    """Return the parts of the longer name, wherever it stands: "Basilio" came in as Ramon Basilio."""
    return max(person.keys if person else (), phrase.keys, key=len)


def means_state(phrase: Phrase) -> bool:
    """Whether the words are a title of a whole state: "the leader of Abkhazia" does not lead Georgia."""
    told = any(line.startswith(("country: state", "country: adjective")) for line in phrase.evidence)
    of_province = phrase.head == "premier" and phrase.country in PREMIERS_OF_PROVINCES
    return told and phrase.head in SINGLE_TITLES and not of_province


def name_holder(scene: Scene, phrase: Phrase, settled: Settled) -> Settled:
    """Give "the Turkish president" the name of who held the office on the day, where there is no doubt.

    The words must name the state themselves and mean a single office.
    """
    entity = settled.entity
    doubtful = phrase.plural or phrase.number or phrase.former or phrase.determiner in ("a", "an", "another")
    if doubtful or entity.name or not phrase.country or scene.published is None:
        return settled
    if phrase.kind != "role" or phrase.head not in phrase.roles or not means_state(phrase):
        return settled
    holder = find_holder(phrase.country, [phrase.head], scene.published)
    if holder is None:
        return settled
    line = f"name: {holder.name!r} held the office, {holder.tell()}"
    named = replace(entity, name=holder.name, evidence=(*entity.evidence, line))
    return settled._replace(entity=named)


def find_country_of(scene: Scene, keys: tuple[str, ...]) -> tuple[str, str]:
    """Return the country of the person with this name, and a line of evidence; "" when not known."""
    if not keys:
        return "", ""
    person = scene.cast.find_person(keys)
    if person is not None and person.country:
        return person.country, f"country: that of {person.name!r}"
    fullest = person.keys if person is not None and len(person.keys) > 1 else keys
    office = find_office(fullest, frozenset(), scene.published)
    if office is not None:
        return office.country, f"country: that of {office.name or ' '.join(fullest)!r}, {office.tell()}"
    return "", ""


def find_owner(scene: Scene, owner: str, place: int) -> tuple[str, str]:
    """Return the country of "its", "his" or "their" at `place`, and a line of evidence."""
    known = find_owner_entity(scene, owner, place)
    if known is None:
        return "", ""
    return known.entity.country, f"country: {owner!r} is {known.entity.name or known.entity.span.text!r}"


def find_owner_entity(scene: Scene, owner: str, place: int) -> Settled | None:
    """Return the entity with a country that "its", "his" or "their" at `place` means."""
    if owner in ("his", "her"):
        person = find_last_person(scene, place, woman=owner == "her")
        if person is not None and person.entity.country:
            return person
    anchor = find_anchor(scene, place, ("state", "capital", "body", "adjective"))
    known = find_last(scene, place, lambda settled: bool(settled.entity.country))
    if known is not None and (anchor is None or known.start >= anchor.start):
        return known
    return settle_anchor(scene, anchor) if anchor is not None else None


def find_last_person(scene: Scene, place: int, *, woman: bool | None) -> Settled | None:
    """Return the person whom "he" or "she" at `place` means.

    The first one named in the same sentence before it, else in the nearest sentence that names
    one: the subject is the likeliest.
    """
    for back in range(REACH + 1):
        start, end = scene.sentence_before(place, back)
        known = [
            settled
            for settled in scene.settled_since(start)
            if start <= settled.start < end and settled.end <= place and _is_single(settled, woman)
        ]
        named = [
            (at, person)
            for at, until, person in scene.cast.names_between(start, end)
            if until <= place and (woman is None or person.is_woman in (None, woman))
        ]
        first = min(known, key=lambda settled: settled.start, default=None)
        if first is not None and (not named or first.start <= named[0][0]):
            return refer_to(first)
        if named:
            at, person = named[0]
            return settle_named(scene, person, at)
    return None


def _is_single(known: Settled, woman: bool | None) -> bool:
    if known.plural or known.kind not in ("person", "role"):
        return False
    if known.kind == "role" and not known.roles:
        return False
    return woman is None or known.is_woman in (None, woman)


def settle_named(scene: Scene, person: Person, place: int) -> Settled:
    """Return a person of the cast, named at `place`, as an entity for other words."""
    phrase = Phrase(place, place, "person", person.name, person.keys)
    settled = settle_person(scene, phrase, Mention(Span(person.name), 0.0), place)
    line = f"same as {person.name!r} at {scene.tell_place(place)}"
    return settled._replace(
        entity=add_line(settled.entity, line), roles=person.roles, is_woman=person.is_woman
    )
