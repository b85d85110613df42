"""Who the participants are: country, sectors and name of every mention of an article.

The words of a mention come first (`phrases`), then what the rest of the article says of the same
name (`cast`), then the table of people in office. A pronoun or a description ("he", "the two
leaders", "the ministry") is traced to the entity it stands for; a group without a country
("police", "residents") gets that of the place where the article stands at that point, and none
where several compete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from whowhom.records import Article, Entity, Mention, Span
from whowhom.resolvers.cast import ABOVE_STATES, Anchor, Cast, Person, read_cast
from whowhom.resolvers.countries import name_country, settle_capital
from whowhom.resolvers.lexicon import Office, find_offices
from whowhom.resolvers.phrases import Phrase, is_armed_deed, read_phrase

# An antecedent of the coder's is followed from this probability on.
_MIN_ANTECEDENT = 0.5
# How far back a pronoun or a description looks for what it stands for, in sentences.
_REACH = 4

_HE = frozenset("he him his himself who whom whose".split())
_SHE = frozenset("she her hers herself".split())
_IT = frozenset("it its itself which that this".split())
_WE = frozenset("we us our i me my you".split())
_PLURAL_OWNERS = frozenset(("their", "they"))
_CIVIL = frozenset("CVL REF EDU MED JRN LAB AGR BUS REL SOC".split())


@dataclass(frozen=True, slots=True)
class _Settled:
    """An entity with the place it was named at and what kind of words named it."""

    start: int
    end: int
    entity: Entity
    kind: str
    plural: bool = False
    roles: frozenset[str] = frozenset()
    is_woman: bool | None = None


@dataclass(slots=True)
class _Scene:
    """An article while its mentions are settled, in the order of their places."""

    text: str
    shift: int
    published: date | None
    cast: Cast
    settled: list[_Settled] = field(default_factory=list)


def resolve_mentions(article: Article, mentions: Sequence[Mention]) -> list[tuple[Entity, ...]]:
    """Return the entities that each mention stands for, in the order of `mentions`.

    One entity for most; several for "Russia and China", "both sides", "Kim and Putin": with the
    spans of the parts where these are words of their own, else all with the span of the mention.
    Never none: a mention of which nothing can be told gives one entity with empty fields.

        >>> article = Article("1", "Russian Defense Minister Andrei Belousov left. He was glad.")
        >>> he = Mention(Span("He", 47, 49), 1.0)
        >>> minister = Mention(Span("Russian Defense Minister Andrei Belousov", 0, 40), 1.0)
        >>> [(entity.name, entity.country) for (entity,) in resolve_mentions(article, [he, minister])]
        [('Andrei Belousov', 'RUS'), ('Andrei Belousov', 'RUS')]

    Args:
        mentions: All participants and sources of one article, in any order; the order changes
            nothing. Those without offsets are settled last, from their words and the article.
    """
    shift = len(article.title) + 1 if article.title else 0
    text = f"{article.title}\n{article.text}" if article.title else article.text
    scene = _Scene(text, shift, article.published, read_cast(text))
    results: list[tuple[Entity, ...]] = [()] * len(mentions)
    by_words: dict[tuple[object, ...], tuple[Entity, ...]] = {}
    for number in sorted(range(len(mentions)), key=lambda n: _order(mentions[n])):
        mention = mentions[number]
        key = (mention.span, mention.sectors, mention.antecedents)
        if key not in by_words:
            by_words[key] = _resolve(scene, mention)
        results[number] = by_words[key]
    return results


def _order(mention: Mention) -> tuple[object, ...]:
    """Sort by place, title first, words without offsets last; the rest makes the order total."""
    span = mention.span
    start = span.start if span.start is not None else 1 << 60
    return (
        span.start is None,
        span.of != "title",
        start,
        span.end or 0,
        span.text,
        repr(mention.sectors),
        repr(mention.antecedents),
    )


def _resolve(scene: _Scene, mention: Mention) -> tuple[Entity, ...]:
    place = _place_of(scene, mention.span)
    entities: list[Entity] = []
    for phrase in read_phrase(mention.span.text):
        found = _settle(scene, phrase, mention, place)
        span = _part_span(mention.span, phrase)
        for settled in found:
            entity = _replace_span(settled.entity, span)
            if entity not in entities:
                entities.append(entity)
            if place is not None:
                start = place + phrase.start
                scene.settled.append(
                    _Settled(
                        start,
                        place + phrase.end,
                        entity,
                        settled.kind,
                        phrase.plural,
                        settled.roles | phrase.roles,
                        settled.is_woman,
                    )
                )
    return tuple(entities)


def _place_of(scene: _Scene, span: Span) -> int | None:
    if span.start is None:
        return None
    return span.start if span.of == "title" else span.start + scene.shift


def _part_span(span: Span, phrase: Phrase) -> Span:
    """Return the span of a part of the mention, with its own offsets where it is not the whole."""
    if phrase.start == 0 and phrase.end >= len(span.text):
        return span
    words = span.text[phrase.start : phrase.end]
    if span.start is None:
        return Span(words, None, None, span.of)
    return Span(words, span.start + phrase.start, span.start + phrase.end, span.of)


def _replace_span(entity: Entity, span: Span) -> Entity:
    return Entity(span, entity.name, entity.country, entity.sector, entity.evidence)


def _make(
    phrase: Phrase,
    name: str,
    country: str,
    sectors: Iterable[str],
    evidence: Iterable[str],
    *,
    kind: str = "",
    person: Person | None = None,
) -> _Settled:
    lines = tuple(dict.fromkeys(line for line in evidence if line))
    entity = Entity(Span(""), name, country, tuple(dict.fromkeys(sectors)), lines)
    woman = person.is_woman if person else None
    roles = phrase.roles | (person.roles if person else frozenset())
    return _Settled(0, 0, entity, kind or phrase.kind, phrase.plural, roles, woman)


def _settle(scene: _Scene, phrase: Phrase, mention: Mention, place: int | None) -> list[_Settled]:
    """Return the entities of one phrase, spans still to be filled in."""
    if phrase.kind == "person":
        return [_settle_person(scene, phrase, mention, place)]
    if phrase.kind == "pronoun":
        return _settle_pronoun(scene, phrase, mention, place)
    if phrase.kind in ("state", "body", "people", "place") and phrase.country:
        return [_settle_state(scene, phrase, mention, place)]
    return _settle_description(scene, phrase, mention, place)


# --- persons ------------------------------------------------------------------------------------


def _settle_person(scene: _Scene, phrase: Phrase, mention: Mention, place: int | None) -> _Settled:
    alias = scene.cast.aliases.get(phrase.name)
    if alias is not None:
        return _make(phrase, alias.name, alias.country, alias.sectors, alias.evidence, kind="body")
    person = scene.cast.find_person(phrase.keys)
    office = _find_office(phrase, person, scene.published)
    name, country, sectors = phrase.name, phrase.country, () if phrase.weak else phrase.sectors
    evidence = list(phrase.evidence)
    if office is not None and not (
        person and person.country and person.country != office.country and phrase.country != office.country
    ):
        name = office.name
        evidence.append(f"name: {office.name!r} in the table of people")
    elif person is not None:
        if person.name != name:
            evidence.append(f"same as {person.name!r} at {max(0, person.start - scene.shift)}")
        name = person.name
        office = None
    if not country:
        country, why = _country_of_person(scene, person, office, phrase, place)
        evidence.append(why)
    if not sectors and person is not None and person.sectors:
        sectors = person.sectors
        evidence += person.evidence[-1:]
    if not sectors and office is not None:
        sectors = _sectors_in_office(office, scene.published)
        evidence.append(f"sector: office of {office.name!r} in the table of people")
    if not sectors:
        sectors, why = _sectors_of_coder(mention)
        evidence.append(why)
        if not sectors:
            sectors = phrase.sectors
    return _make(phrase, name, country, sectors, evidence, person=person)


def _find_office(phrase: Phrase, person: Person | None, published: date | None) -> Office | None:
    """Return the office that fits the day best, of the person known by this name."""
    tries = [phrase.keys]
    if person is not None and person.keys != phrase.keys:
        tries.insert(0, person.keys)
        if len(person.keys) > 1:
            tries = tries[:1]
    for keys in tries:
        offices = find_offices(keys)
        if not offices and phrase.roles:
            offices = next(
                (found for role in sorted(phrase.roles) if (found := find_offices((role, *keys)))), ()
            )
        if offices:
            return max(offices, key=lambda office: _fit(office, published))
    return None


def _fit(office: Office, published: date | None) -> tuple[int, int]:
    """Rank an office by day: held then, else the one ended last before it, else the nearest to come."""
    if published is None:
        return (1, office.first.toordinal() if office.first else 0)
    if (office.first is None or office.first <= published) and (
        office.last is None or published <= office.last
    ):
        return (3, office.first.toordinal() if office.first else 0)
    if office.last is not None and office.last < published:
        return (2, office.last.toordinal())
    return (1, -office.first.toordinal() if office.first else 0)


def _sectors_in_office(office: Office, published: date | None) -> tuple[str, ...]:
    if published is None or office.last is None or published <= office.last:
        return office.sectors
    if office.sectors[0] in ("GOV", "LEG", "MIL", "JUD"):
        return ("ELI",)
    return office.sectors


def _country_of_person(
    scene: _Scene, person: Person | None, office: Office | None, phrase: Phrase, place: int | None
) -> tuple[str, str]:
    if person is not None and person.country:
        return person.country, next((line for line in person.evidence if line.startswith("country")), "")
    if office is not None:
        return office.country, f"country: {office.name!r} in the table of people"
    owner = phrase.owner or (person.owner if person else "")
    start = person.start if person is not None and not phrase.owner else place
    if owner and start is not None:
        country, why = _country_of_owner(scene, owner, start)
        if country:
            return country, why
    belongs = phrase.belongs or (person.belongs if person else ())
    if belongs:
        country, why = _country_of_name(scene, belongs)
        if country:
            return country, why
    return _country_of_context(
        scene, start if start is not None else place, phrase.sectors or (person.sectors if person else ())
    )


def _country_of_name(scene: _Scene, keys: tuple[str, ...]) -> tuple[str, str]:
    person = scene.cast.find_person(keys)
    if person is not None and person.country:
        return person.country, f"country: that of {person.name!r}"
    offices = find_offices(person.keys if person is not None and len(person.keys) > 1 else keys)
    if offices:
        office = max(offices, key=lambda found: _fit(found, scene.published))
        return office.country, f"country: that of {office.name!r} in the table of people"
    return "", ""


# --- states and bodies --------------------------------------------------------------------------


def _settle_state(scene: _Scene, phrase: Phrase, mention: Mention, place: int | None) -> _Settled:
    country = settle_capital(phrase.head, phrase.country, scene.published)
    name = phrase.name
    evidence = list(phrase.evidence)
    if country != phrase.country:
        name = name_country(country)
        evidence.append(f"country: a capital of {name} on the day of publication")
    sectors = phrase.sectors
    if phrase.kind in ("state", "place"):
        after = scene.text[place + phrase.end : place + phrase.end + 40] if place is not None else ""
        if phrase.kind == "state" and is_armed_deed(after):
            sectors = ("MIL",)
            evidence.append("sector: a deed of arms follows")
        else:
            coded, why = _sectors_of_coder(mention)
            if coded and coded[0] in ("GOV", "MIL", "CVL", "COP", "LEG"):
                sectors = coded
                evidence.append(why)
    return _make(phrase, name, country, sectors, evidence)


def _sectors_of_coder(mention: Mention) -> tuple[tuple[str, ...], str]:
    """Return the sectors that the coder finds likely; the first alone when it is not sure of a second."""
    if not mention.sectors or mention.sectors[0][1] < 0.5:
        return (), ""
    codes = tuple(code for code, probability in mention.sectors if probability >= 0.5)
    return codes, f"sector: the coder's, probability {mention.sectors[0][1]:.2f}"


# --- pronouns -----------------------------------------------------------------------------------


def _settle_pronoun(scene: _Scene, phrase: Phrase, mention: Mention, place: int | None) -> list[_Settled]:
    found = _follow_antecedents(scene, mention) or _find_referent(scene, phrase.head, place)
    if found:
        return found
    sectors, why = _sectors_of_coder(mention)
    return [_make(phrase, "", "", sectors, (why,))]


def _follow_antecedents(scene: _Scene, mention: Mention) -> list[_Settled]:
    """Return what stands at the likeliest antecedent of the coder's."""
    for span, probability in mention.antecedents:
        if probability < _MIN_ANTECEDENT:
            break
        place = _place_of(scene, span)
        if place is None or not span.text:
            continue
        same = [
            known for known in scene.settled if known.start < place + len(span.text) and place < known.end
        ]
        if same:
            return [_again(known) for known in same[-1:]]
        phrase = read_phrase(span.text)[0]
        if phrase.kind != "pronoun":
            return [_again_at(settled, span) for settled in _settle(scene, phrase, Mention(span, 0.0), place)]
    return []


def _again(known: _Settled) -> _Settled:
    entity = known.entity
    line = f"same as {entity.span.text!r} at {entity.span.start}"
    return _Settled(
        known.start,
        known.end,
        _with_line(entity, line),
        known.kind,
        known.plural,
        known.roles,
        known.is_woman,
    )


def _again_at(settled: _Settled, span: Span) -> _Settled:
    entity = _with_line(settled.entity, f"same as {span.text!r} at {span.start}")
    return _Settled(0, 0, entity, settled.kind, settled.plural, settled.roles, settled.is_woman)


def _with_line(entity: Entity, line: str) -> Entity:
    kept = tuple(other for other in entity.evidence if not other.startswith("same as"))
    return Entity(entity.span, entity.name, entity.country, entity.sector, (line, *kept))


def _find_referent(scene: _Scene, pronoun: str, place: int | None) -> list[_Settled]:
    if place is None:
        return []
    if pronoun in _HE or pronoun in _SHE:
        woman = None if pronoun.startswith("who") else pronoun in _SHE
        found = _last_person(scene, place, woman=woman)
        return [found] if found else []
    if pronoun in _IT:
        found = _last_of(
            scene,
            place,
            lambda known: known.kind in ("state", "body") or (known.kind == "role" and not known.plural),
        )
        return [found] if found else []
    if pronoun in _WE:
        return []
    found = _last_of(
        scene, place, lambda known: known.plural or known.kind in ("people", "role", "body", "state")
    )
    return [found] if found else []


def _last_of(scene: _Scene, place: int, fits: object) -> _Settled | None:
    """Return the settled entity before `place` that fits: the first of the nearest sentence with one."""
    assert callable(fits)
    sentence = scene.cast.sentence_of(place)
    best: tuple[int, int] | None = None
    chosen: _Settled | None = None
    for known in reversed(scene.settled):
        distance = sentence - scene.cast.sentence_of(known.start)
        if distance > _REACH:
            break
        if known.end > place or known.kind == "pronoun" or not fits(known):
            continue
        rank = (distance, known.start)
        if best is None or rank < best:
            best, chosen = rank, known
    return _again(chosen) if chosen else None


def _last_person(scene: _Scene, place: int, *, woman: bool | None) -> _Settled | None:
    """Return the person whom "he" or "she" at `place` means.

    The first one named in the same sentence before it, else in the nearest sentence that names
    one: the subject is the likeliest.
    """
    cast = scene.cast
    sentence = cast.sentence_of(place)
    for number in range(sentence, max(-1, sentence - _REACH - 1), -1):
        start, end = cast.sentences[number] if cast.sentences else (0, place)
        end = min(end, place)
        candidates: list[tuple[int, _Settled]] = []
        for known in scene.settled:
            if start <= known.start < end and known.end <= place and _is_he(known, woman):
                candidates.append((known.start, _again(known)))
        for at, until, person in cast.names_between(start, end):
            if until <= place and (woman is None or person.is_woman in (None, woman)):
                candidates.append((at, _entity_of_person(scene, person, at)))
        if candidates:
            return min(candidates, key=lambda candidate: candidate[0])[1]
    return None


def _is_he(known: _Settled, woman: bool | None) -> bool:
    if known.plural or known.kind not in ("person", "role"):
        return False
    if known.kind == "role" and not known.roles:
        return False
    return woman is None or known.is_woman in (None, woman)


def _entity_of_person(scene: _Scene, person: Person, place: int) -> _Settled:
    phrase = Phrase(place, place, "person", person.name, person.keys)
    settled = _settle_person(scene, phrase, Mention(Span(person.name), 0.0), place)
    line = f"same as {person.name!r} at {max(0, place - scene.shift)}"
    return _Settled(0, 0, _with_line(settled.entity, line), "person", False, person.roles, person.is_woman)


# --- descriptions -------------------------------------------------------------------------------


def _settle_description(scene: _Scene, phrase: Phrase, mention: Mention, place: int | None) -> list[_Settled]:
    """Settle words without a name of their own: "the minister", "both sides", "police"."""
    if phrase.country:
        return [_describe(phrase, mention, phrase.country, ())]
    if phrase.belongs:
        country, why = _country_of_name(scene, phrase.belongs)
        if country:
            return [_describe(phrase, mention, country, (why,))]
    if phrase.count >= 2 or phrase.head in ("sides", "parties"):
        group = _find_group(scene, phrase, place)
        if group:
            return group
    if phrase.owner and place is not None:
        country, why = _country_of_owner(scene, phrase.owner, place)
        if country:
            return [_describe(phrase, mention, country, (why,))]
    if phrase.determiner in ("the", "this", "that", "these", "those"):
        found = _follow_antecedents(scene, mention) or _find_described(scene, phrase, place)
        if found:
            return found
    country, why = _country_of_context(scene, place, phrase.sectors)
    return [_describe(phrase, mention, country, (why,))]


def _describe(phrase: Phrase, mention: Mention, country: str, lines: Iterable[str]) -> _Settled:
    sectors = phrase.sectors
    evidence = [*phrase.evidence, *lines]
    if phrase.weak:
        coded, why = _sectors_of_coder(mention)
        if coded:
            sectors = coded
            evidence.append(why)
    return _make(phrase, phrase.name, country, sectors, evidence)


def _country_of_owner(scene: _Scene, owner: str, place: int) -> tuple[str, str]:
    """Return the country of "its", "his" or "their"."""
    if owner in ("his", "her"):
        person = _last_person(scene, place, woman=owner == "her")
        if person is not None and person.entity.country:
            return (
                person.entity.country,
                f"country: {owner!r} is {person.entity.name or person.entity.span.text!r}",
            )
    anchor = _last_anchor(scene, place, ("state", "capital", "body", "adjective"))
    known = _last_of(scene, place, lambda settled: bool(settled.entity.country))
    if known is not None and (anchor is None or known.start >= anchor.start):
        return known.entity.country, f"country: {owner!r} is {known.entity.span.text!r}"
    if anchor is not None:
        return anchor.country, f"country: {owner!r} is {anchor.words!r}"
    return "", ""


def _last_anchor(scene: _Scene, place: int, kinds: tuple[str, ...]) -> Anchor | None:
    """Return the first fitting anchor of the nearest sentence before `place` that has one."""
    cast = scene.cast
    sentence = cast.sentence_of(place)
    for number in range(sentence, max(-1, sentence - _REACH - 1), -1):
        start, end = cast.sentences[number] if cast.sentences else (0, place)
        fitting = [anchor for anchor in cast.anchors_between(start, min(end, place)) if anchor.kind in kinds]
        if fitting:
            return fitting[0]
    return None


def _find_described(scene: _Scene, phrase: Phrase, place: int | None) -> list[_Settled]:
    """Return the entity that "the minister", "the group" or "the council" means, if named before."""
    if place is None or not phrase.head:
        return []
    word = phrase.head.split()[-1]
    if not phrase.plural:
        for _, _, person in reversed(scene.cast.names_between(max(0, place - 4000), place)):
            if any(role == phrase.head or role.split()[-1] == word for role in person.roles):
                return [_entity_of_person(scene, person, person.start)]
        for anchor in reversed(scene.cast.anchors_between(max(0, place - 4000), place)):
            if anchor.kind == "body" and word in anchor.name.lower().split():
                return [
                    _make(
                        phrase,
                        anchor.name,
                        anchor.country,
                        anchor.sectors,
                        (f"same as {anchor.words!r} at {max(0, anchor.start - scene.shift)}",),
                        kind="body",
                    )
                ]
    main = phrase.sectors[:1]
    if main and (
        main[0] in ("REB", "PRM", "PTY", "OPP", "CRM")
        or word in ("group", "organisation", "organization", "company")
    ):
        found = _last_of(
            scene,
            place,
            lambda known: (
                known.kind in ("body", "role")
                and known.entity.sector[:1] == main
                and bool(known.entity.country)
            ),
        )
        if found:
            return [found]
    return []


def _find_group(scene: _Scene, phrase: Phrase, place: int | None) -> list[_Settled]:
    """Return the two (or more) entities that "both sides" or "the three leaders" stands for."""
    if place is None:
        return []
    wanted = phrase.count or 2
    sentence = scene.cast.sentence_of(place)
    chosen: list[_Settled] = []
    personal = (
        phrase.head.split()[-1] in ("leaders", "presidents", "ministers", "men") if phrase.head else False
    )
    for known in _recent(scene, place):
        if sentence - scene.cast.sentence_of(known.start) > _REACH or len(chosen) >= wanted:
            break
        key = known.entity.country, known.entity.sector[:1] if not personal else known.entity.name
        if not known.entity.country or any(
            (c.entity.country, c.entity.sector[:1] if not personal else c.entity.name) == key for c in chosen
        ):
            continue
        if personal and known.kind != "person" and any(c.kind == "person" for c in chosen):
            continue
        chosen.append(known)
    if len(chosen) < wanted:
        return []
    return [_member(phrase, known) for known in reversed(chosen)]


def _member(phrase: Phrase, known: _Settled) -> _Settled:
    entity = known.entity
    line = f"one of {phrase.head!r}: {entity.span.text or entity.name!r}"
    sectors = (
        entity.sector
        if phrase.weak or not phrase.sectors or entity.sector[:1] != ("GOV",)
        else phrase.sectors
    )
    return _make(phrase, entity.name, entity.country, sectors, (line, *entity.evidence), kind=known.kind)


def _recent(scene: _Scene, place: int) -> list[_Settled]:
    """Return what is settled before `place` and the anchors no mention covers, the last first."""
    known = [settled for settled in scene.settled if settled.end <= place]
    first = max(0, place - 3000)
    for anchor in scene.cast.anchors_between(first, place):
        if anchor.kind in ("state", "capital", "body") and not anchor.is_place:
            entity = Entity(
                Span(anchor.words, max(0, anchor.start - scene.shift)),
                anchor.name,
                anchor.country,
                anchor.sectors or ("GOV",),
            )
            known.append(_Settled(anchor.start, anchor.end, entity, "state"))
    return sorted(known, key=lambda settled: settled.start, reverse=True)


# --- the country where the article stands ---------------------------------------------------------


def _country_of_context(scene: _Scene, place: int | None, sectors: tuple[str, ...]) -> tuple[str, str]:
    """Return the country that the words around `place` speak of, "" where several compete."""
    cast = scene.cast
    weights: dict[str, float] = {}
    words: dict[str, str] = {}

    def add(anchor: Anchor, weight: float) -> None:
        if anchor.country in ABOVE_STATES:
            return
        weights[anchor.country] = weights.get(anchor.country, 0.0) + weight
        words.setdefault(anchor.country, anchor.words)

    if place is not None and cast.sentences:
        sentence = cast.sentence_of(place)
        for back in range(4):
            if sentence - back < 0:
                break
            start, end = cast.sentences[sentence - back]
            for anchor in cast.anchors_between(start, end)[-40:]:
                add(anchor, (3.0 if anchor.is_place or anchor.kind == "region" else 1.5) / (1 + back) ** 1.5)
    total = sum(cast.counts.values())
    for country, count in cast.counts.most_common(3):
        weights[country] = weights.get(country, 0.0) + 2.0 * count / total
    if not weights:
        return "", ""
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) > 1 and ranked[0][1] < 1.3 * ranked[1][1]:
        return "", ""
    country = ranked[0][0]
    near = f"{words[country]!r} stands near" if country in words else "the article is mostly about it"
    return country, f"country: {near}"
