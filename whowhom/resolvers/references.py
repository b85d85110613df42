"""Whom pronouns and descriptions stand for: "he", "we", "the minister", "both sides", "its army"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from whowhom.records import Mention
from whowhom.resolvers.cast import ABOVE_STATES
from whowhom.resolvers.countries import name_country
from whowhom.resolvers.persons import (
    find_country_of,
    find_last_person,
    find_owner_entity,
    settle_named,
)
from whowhom.resolvers.phrases import Phrase, read_phrase
from whowhom.resolvers.scene import (
    REACH,
    Scene,
    Settled,
    add_line,
    find_last,
    make_settled,
    read_surroundings,
    refer_to,
    settle_anchor,
    trust_coder,
)
from whowhom.resolvers.sectors import SIDES

Settle = Callable[[Scene, Phrase, Mention, int | None], list[Settled]]

# An antecedent of the coder's is followed from this probability on.
_MIN_ANTECEDENT = 0.5

_HE = frozenset("he him his himself who whom whose".split())
_SHE = frozenset("she her hers herself".split())
_IT = frozenset("it its itself which that this".split())
_WE = frozenset("we us our i me my you".split())
_DEFINITE = frozenset("the this that these those both".split())
# Heads that say nothing of who it is: what came before under the same word may be somebody else.
_VAGUE = frozenset(
    "people person man men woman women others officials official government army military police president "
    "minister ministry country countries side sides parties state nation capital child children "
    "soldiers troops forces".split()
)
_BODIES = frozenset("group organisation organization movement network cell band militia faction body".split())
_BODY_WORDS = frozenset(
    "government administration cabinet regime junta army military navy force police party parliament "
    "congress senate council commission committee court tribunal ministry agency company union alliance "
    "coalition state press media community newspaper opposition team temple church".split()
)
_PERSONAL = frozenset("leaders presidents ministers men premiers chancellors".split())
_OF_STATES = frozenset("countries nations states governments capitals neighbours neighbors koreas".split())
_KOREAS = ("PRK", "KOR")
_SAID = re.compile(
    r"\b(?:said|says|say|told|adds|added|warned|warns|stated|wrote|writes|declared|insisted|explained|noted)\b"
)


# --- pronouns -----------------------------------------------------------------------------------


def settle_pronoun(
    scene: Scene, phrase: Phrase, mention: Mention, place: int | None, settle: Settle
) -> list[Settled]:
    """Return whom a pronoun stands for; without any trace, an entity of the country spoken of."""
    found = follow_antecedents(scene, mention, settle)
    if not found and place is not None:
        referent = _find_referent(scene, phrase.head, place)
        found = [referent] if referent else []
    if found:
        return found
    sectors, why = trust_coder(mention, blank=True)
    if not sectors and phrase.head in _HE | _SHE | _WE:
        # In training/corpus two thirds of those of whom nothing else is known.
        sectors, why = ("GOV",), "sector: a guess, whoever speaks or acts is likeliest in office"
    country, near = read_surroundings(scene, place, (), group="pronoun")
    return [make_settled(phrase, "", country, sectors, (near, why))]


def follow_antecedents(scene: Scene, mention: Mention, settle: Settle) -> list[Settled]:
    """Return what stands at the likeliest antecedent of the coder's."""
    for span, probability in mention.antecedents:
        place = scene.find_place(span)
        if probability < _MIN_ANTECEDENT:
            break
        if place is None or not span.text:
            continue
        end = place + len(span.text)
        same = [known for known in scene.settled if known.start < end and place < known.end]
        if same:
            return [refer_to(same[-1])]
        phrase = read_phrase(span.text, scene.published)[0]
        if phrase.kind != "pronoun":
            line = f"same as {span.text!r} at {span.start}"
            found = settle(scene, phrase, Mention(span, 0.0), place)
            return [replace(known, entity=add_line(known.entity, line)) for known in found]
    return []


def _find_referent(scene: Scene, pronoun: str, place: int) -> Settled | None:
    if pronoun in _HE or pronoun in _SHE:
        woman = None if pronoun.startswith("who") else pronoun in _SHE
        return find_last_person(scene, place, woman=woman)
    if pronoun in _IT:
        return find_last(scene, place, _is_thing)
    if pronoun in _WE:
        return _find_speaker(scene, place)
    return find_last(scene, place, _is_several)


def _is_thing(known: Settled) -> bool:
    return known.kind in ("state", "body") or (known.kind == "role" and not known.plural)


def _is_several(known: Settled) -> bool:
    return known.plural or known.kind in ("people", "role", "body", "state")


def _find_speaker(scene: Scene, place: int) -> Settled | None:
    """Return who says "we" or "I": the person nearest to a verb of saying, here or in a sentence beside."""
    here = scene.cast.sentence_of(place)
    for number in (here, here - 1, here + 1, here - 2):
        if not 0 <= number < len(scene.cast.sentences):
            continue
        start, end = scene.cast.sentences[number]
        verbs = [start + found.start() for found in _SAID.finditer(scene.text[start:end])]
        names = scene.cast.names_between(start, end)
        if names and (verbs or number != here):
            near = verbs or [start]
            at, _, person = min(names, key=lambda name: min(abs(name[0] - verb) for verb in near))
            return settle_named(scene, person, at)
        known = [settled for settled in scene.settled if start <= settled.start < end]
        if known and verbs:
            return refer_to(known[0])
    return None


# --- descriptions -------------------------------------------------------------------------------


def settle_description(
    scene: Scene, phrase: Phrase, mention: Mention, place: int | None, settle: Settle
) -> list[Settled]:
    """Settle words without a name of their own: "the minister", "both sides", "police"."""
    if phrase.country:
        return [_describe(phrase, mention, phrase.country)]
    country, why = find_country_of(scene, phrase.belongs)
    if not country and phrase.belongs:
        country, why = _find_country_of_half(scene, phrase.belongs[-1])
    if country:
        return [_describe(phrase, mention, country, why)]
    if _is_group(phrase):
        group = _find_group(scene, phrase, place)
        if group:
            return group
    if phrase.owner and place is not None:
        owner = find_owner_entity(scene, phrase.owner, place)
        if owner is not None:
            return [_describe_owned(phrase, mention, owner)]
    if phrase.determiner in _DEFINITE:
        found = follow_antecedents(scene, mention, settle)
        same = [known for known in found if _may_be(phrase, known)]
        if same or not found:
            same = same or _find_described(scene, phrase, place)
            if same:
                return same
        else:
            # The coder ties a description also to what merely tells its country: no name comes from there.
            entity = found[0].entity
            if entity.country:
                line = f"country: that of {entity.span.text or entity.name!r}"
                return _find_described(scene, phrase, place) or [
                    _describe(phrase, mention, entity.country, line)
                ]
    if phrase.default:
        country = "" if phrase.default == "-" else phrase.default
        return [_describe(phrase, mention, country, f"country: usual for {phrase.head!r}")]
    return [_describe(phrase, mention, *read_surroundings(scene, place, phrase.sectors))]


def _may_be(phrase: Phrase, known: Settled) -> bool:
    """Whether a description can mean somebody named elsewhere: "the army" is nobody's name.

    A person is meant by the words of an office or by a person's word ("the minister", "the suspect"), several
    of them by none; a body by the words of a body or of its kind of people ("the rebels").
    """
    if known.kind == "person":
        return not phrase.plural and phrase.count < 2 and not (phrase.sectors[:1] and _is_body(phrase))
    if phrase.kind == known.kind or not known.entity.name:
        return True
    return _is_body(phrase) or (bool(phrase.sectors) and phrase.sectors[:1] == known.entity.sector[:1])


def _is_body(phrase: Phrase) -> bool:
    word = phrase.head.split()[-1] if phrase.head else ""
    return word in _BODIES or word in _BODY_WORDS


def _is_group(phrase: Phrase) -> bool:
    """Tell whether the words mean several who were named: "the two men", "both sides", not "two men"."""
    if phrase.head in ("sides", "parties", "side"):
        return True
    if "others" in phrase.head.split():  # "four others" are just not those who were named
        return False
    return phrase.count >= 2 and (phrase.determiner in _DEFINITE or not phrase.head)


def _describe(phrase: Phrase, mention: Mention, country: str, *lines: str) -> Settled:
    sectors, evidence = phrase.sectors, [*phrase.evidence, *lines]
    if phrase.weak:
        coded, why = trust_coder(mention, blank=not sectors)
        if coded:
            sectors = coded
            evidence.append(why)
    return make_settled(phrase, phrase.name, country, sectors, evidence)


def _describe_owned(phrase: Phrase, mention: Mention, owner: Settled) -> Settled:
    """Settle "his men" or "its leaders": those of a rebel group are rebels."""
    who = owner.entity
    why = f"country: {phrase.owner!r} is {who.name or who.span.text!r}"
    settled = _describe(phrase, mention, who.country, why)
    main = settled.entity.sector[:1]
    if who.sector[:1] and who.sector[0] in SIDES and (phrase.weak or main in ((), ("CVL",))):
        entity = replace(
            settled.entity,
            sector=who.sector,
            evidence=(*settled.entity.evidence, f"sector: that of {phrase.owner!r}"),
        )
        return replace(settled, entity=entity)
    return settled


def _find_described(scene: Scene, phrase: Phrase, place: int | None) -> list[Settled]:
    """Return the entity that "the minister", "the group" or "the council" means, if named before."""
    if place is None or not phrase.head:
        return []
    half = _find_half(scene, phrase)
    if half:
        return [half]
    if not phrase.plural and not phrase.belongs:  # "the president of X" is not the last president named
        found = _find_person_of_role(scene, phrase, place) or _find_body_of_word(scene, phrase, place)
        if found:
            return [found]
    return _find_same_head(scene, phrase, place) or _find_body(scene, phrase, place)


def _find_half(scene: Scene, phrase: Phrase) -> Settled | None:
    """Return the half of Korea that "the North" or "the South" is, where the article is about Korea."""
    country, why = _find_country_of_half(scene, phrase.head)
    if not country:
        return None
    return make_settled(phrase, name_country(country), country, ("GOV",), (why,), kind="state")


def _find_country_of_half(scene: Scene, word: str) -> tuple[str, str]:
    """Return the half of Korea that "north" or "south" means where the article is about Korea, else ""."""
    counts = scene.cast.counts
    if word not in ("north", "south") or not (counts["PRK"] or counts["KOR"]):
        return "", ""
    return ("PRK" if word == "north" else "KOR"), f"country: {word!r} of Korea"


def _find_person_of_role(scene: Scene, phrase: Phrase, place: int) -> Settled | None:
    word = phrase.head.split()[-1]
    for _, _, person in reversed(scene.cast.names_between(max(0, place - 4000), place)):
        if any(role == phrase.head or role.split()[-1] == word for role in person.roles):
            return settle_named(scene, person, person.start)
    return None


def _find_body_of_word(scene: Scene, phrase: Phrase, place: int) -> Settled | None:
    """Return the body whose name has the head word: "the council" is the Security Council."""
    word = phrase.head.split()[-1]
    for anchor in reversed(scene.cast.anchors_between(max(0, place - 4000), place)):
        if anchor.kind == "body" and (
            word in anchor.name.lower().split() or (word == "alliance" and anchor.name == "NATO")
        ):
            line = f"same as {anchor.words!r} at {scene.tell_place(anchor.start)}"
            return make_settled(phrase, anchor.name, anchor.country, anchor.sectors, (line,), kind="body")
    return None


def _find_same_head(scene: Scene, phrase: Phrase, place: int) -> list[Settled]:
    """Return all that an earlier mention with the same head stands for ("the security force")."""
    if phrase.head in _VAGUE or not phrase.head:
        return []
    for known in reversed(scene.settled):
        if f" {known.head}".endswith(f" {phrase.head}") and known.end <= place and known.is_told:
            return [refer_to(same) for same in scene.settled if same.start == known.start]
    return []


def _find_body(scene: Scene, phrase: Phrase, place: int) -> list[Settled]:
    """Return the last armed group, party or organisation that "the group" can mean."""
    main, word = phrase.sectors[:1], phrase.head.split()[-1]
    if word not in _BODIES and not (main and main[0] in ("REB", "PRM", "PTY", "OPP", "CRM")):
        return []

    def fits(known: Settled) -> bool:
        sector = known.entity.sector[:1]
        same = (
            sector == main
            if main and not phrase.weak
            else sector and sector[0] not in ("GOV", "MIL", "COP", "CVL", "JUD")
        )
        return known.kind in ("body", "role") and bool(same) and bool(known.entity.country)

    found = find_last(scene, place, fits)
    return [found] if found else []


# --- groups -------------------------------------------------------------------------------------


def _find_group(scene: Scene, phrase: Phrase, place: int | None) -> list[Settled]:
    """Return the two (or more) entities that "both sides" or "the three leaders" stands for."""
    if place is None:
        return []
    if phrase.head == "koreas":
        return [
            make_settled(phrase, name_country(code), code, ("GOV",), (), kind="state") for code in _KOREAS
        ]
    wanted = phrase.count or 2
    sentence = scene.cast.sentence_of(place)
    personal = phrase.head.split()[-1] in _PERSONAL if phrase.head else False
    chosen: dict[object, Settled] = {}
    for known in _recent(scene, place):
        if sentence - scene.cast.sentence_of(known.start) > REACH or len(chosen) >= wanted:
            break
        entity = known.entity
        key = entity.name if personal else None if _is_of_states(phrase) else entity.sector[:1]
        if _is_of_states(phrase) and entity.country in ABOVE_STATES:
            continue
        strays = personal and known.kind != "person" and any(c.kind == "person" for c in chosen.values())
        if entity.country and not strays:
            chosen.setdefault((entity.country, key), known)
    if len(chosen) < wanted:
        return []
    return [_join_group(phrase, known) for known in reversed(chosen.values())]


def _is_of_states(phrase: Phrase) -> bool:
    return bool(phrase.head) and phrase.head.split()[-1] in _OF_STATES


def _join_group(phrase: Phrase, known: Settled) -> Settled:
    entity = known.entity
    line = f"one of {phrase.head!r}: {entity.span.text or entity.name!r}"
    if _is_of_states(phrase):
        name = name_country(entity.country)
        return make_settled(phrase, name, entity.country, ("GOV",), (line, *entity.evidence), kind="state")
    keeps = phrase.weak or phrase.sectors[:1] in ((), ("CVL",)) or entity.sector[:1] != ("GOV",)
    sectors: Iterable[str] = entity.sector if keeps else phrase.sectors
    return make_settled(
        phrase, entity.name, entity.country, sectors, (line, *entity.evidence), kind=known.kind
    )


def _recent(scene: Scene, place: int) -> list[Settled]:
    """Return what is settled before `place` and the states named there, the last first."""
    known = [settled for settled in scene.settled if settled.end <= place]
    for anchor in scene.cast.anchors_between(max(0, place - 3000), place):
        if anchor.kind in ("state", "capital", "body") and not anchor.is_place:
            known.append(settle_anchor(scene, anchor))
    return sorted(known, key=lambda settled: settled.start, reverse=True)
