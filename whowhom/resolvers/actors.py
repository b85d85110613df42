"""Who the participants are: country, sectors and name of every mention of an article.

The words of a mention come first (`phrases`), then what the rest of the article says of the same
name (`cast`), then the table of people in office (`persons`). A pronoun or a description ("he",
"the two leaders", "the ministry") is traced to the entity it stands for (`references`); a group
without a country ("police", "residents") gets that of the place where the article stands at that
point, and none where several compete (`scene`).
"""

from __future__ import annotations

from collections.abc import Sequence

from whowhom.records import Article, Entity, Mention, Span
from whowhom.resolvers.areas import free_of_states
from whowhom.resolvers.arms import is_armed_deed, is_target, read_shared_head
from whowhom.resolvers.countries import name_country, settle_capital
from whowhom.resolvers.persons import name_holder, settle_person
from whowhom.resolvers.phrases import Phrase, read_phrase
from whowhom.resolvers.references import settle_description, settle_pronoun
from whowhom.resolvers.scene import Scene, Settled, make_settled, prefer_coder, read_scene, trust_coder

# Main sectors of those who stand against a government.
_AT_ODDS = (("REB",), ("OPP",), ("LAB",))


def resolve_mentions(
    article: Article, mentions: Sequence[Mention], scene: Scene | None = None
) -> list[tuple[Entity, ...]]:
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
        scene: Of the article, where it has been read already; what is settled is added to it.
    """
    scene = scene or read_scene(article)
    results: list[tuple[Entity, ...]] = [()] * len(mentions)
    last: tuple[object, ...] = ()
    entities: tuple[Entity, ...] = ()
    for number in sorted(range(len(mentions)), key=lambda n: _order(mentions[n])):
        mention = mentions[number]
        key = (mention.span, mention.sectors, mention.antecedents)
        if key != last:  # the same words stand in several deeds
            last, entities = key, _resolve(scene, mention)
        results[number] = entities
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
        mention.sectors,
        [(chance, other.of, other.start or 0, other.end or 0) for other, chance in mention.antecedents],
    )


def _resolve(scene: Scene, mention: Mention) -> tuple[Entity, ...]:
    place = scene.find_place(mention.span)
    entities: list[Entity] = []
    for phrase in _read_words(scene, mention.span.text):
        span = _span_part(mention.span, phrase)
        told = _settle(scene, phrase, mention, place)
        are_foes = len({settled.entity.sector[:1] in _AT_ODDS for settled in told}) > 1
        for settled in told:
            found = settled.entity
            entity = Entity(span, found.name, found.country, found.sector, found.evidence)
            # Of a government and its rebels the coder tells one sector: whose, nobody knows.
            entity = entity if are_foes else free_of_states(prefer_coder(entity, mention))
            if entity not in entities:
                entities.append(entity)
            if place is not None:
                scene.settle(
                    settled._replace(
                        start=place + phrase.start,
                        end=place + phrase.end,
                        entity=entity,
                        plural=phrase.plural,
                        head=phrase.head,
                        roles=settled.roles | phrase.roles,
                    )
                )
    return tuple(entities)


def _read_words(scene: Scene, words: str) -> list[Phrase]:
    """Return what `read_phrase` does, once for the same words of an article."""
    phrases = scene.phrases.get(words)
    if phrases is None:
        phrases = read_phrase(words, scene.published, scene.cast.counts)
        scene.phrases[words] = phrases
    return phrases


def _span_part(span: Span, phrase: Phrase) -> Span:
    """Return the span of a part of the mention, with its own offsets where it is not the whole."""
    if phrase.start == 0 and phrase.end >= len(span.text):
        return span
    words = span.text[phrase.start : phrase.end]
    if span.start is None:
        return Span(words, None, None, span.of)
    return Span(words, span.start + phrase.start, span.start + phrase.end, span.of)


def _settle(scene: Scene, phrase: Phrase, mention: Mention, place: int | None) -> list[Settled]:
    """Return the entities of one phrase, spans still to be filled in."""
    if phrase.kind == "person":
        return [settle_person(scene, phrase, mention, place)]
    if phrase.kind == "pronoun":
        return settle_pronoun(scene, phrase, mention, place, _settle)
    if phrase.kind in ("state", "body", "people", "place") and phrase.country:
        return [_settle_state(scene, phrase, mention, place)]
    described = settle_description(scene, phrase, mention, place, _settle)
    return [name_holder(scene, phrase, described[0])] if len(described) == 1 else described


def _settle_state(scene: Scene, phrase: Phrase, mention: Mention, place: int | None) -> Settled:
    """Return the state, body or people that the words name, the one of the day of publication."""
    country = settle_capital(phrase.head, phrase.country, scene.published)
    name, sectors, evidence = phrase.name, phrase.sectors, list(phrase.evidence)
    if country != phrase.country:
        name = name_country(country)
        evidence.append(f"country: a capital of {name} on the day of publication")
    told, why = _read_deed(scene, phrase, place) if place is not None else ((), "")
    if not told and phrase.kind in ("state", "place"):
        told, why = trust_coder(mention)
        told = told if told and told[0] in ("GOV", "MIL", "CVL", "COP", "LEG") else ()
    if told:
        sectors = told
        evidence.append(why)
    return make_settled(phrase, name, country, sectors, evidence)


def _read_deed(scene: Scene, phrase: Phrase, place: int) -> tuple[tuple[str, ...], str]:
    """Return what the words around a state say of the sector: an army where arms speak."""
    if phrase.sectors[:1] != ("GOV",) and phrase.kind != "place":
        return (), ""
    after = scene.text[place + phrase.end : place + phrase.end + 70]
    shared = read_shared_head(after)
    if shared:
        return shared, "sector: that of the head it shares"
    if phrase.kind in ("state", "body") and is_armed_deed(after):
        return ("MIL",), "sector: a deed of arms follows"
    if phrase.is_place and is_target(scene.text[max(0, place - 60) : place]):
        return ("CVL",), "sector: a place under fire"
    return (), ""
