"""Whom pronouns and descriptions stand for: "he", "we", "the minister", "both sides", "its army"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from whowhom.records import Mention, Span
from whowhom.resolvers.countries import name_country
from whowhom.resolvers.groups import find_group, find_list, find_list_of, is_group
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
from whowhom.resolvers.states import find_state, stays_unknown

Settle = Callable[[Scene, Phrase, Mention, int | None], list[Settled]]

# An antecedent of the coder's is followed from this probability on.
_MIN_ANTECEDENT = 0.5

_HE = frozenset("he him his himself who whom whose".split())
_SHE = frozenset("she her hers herself".split())
_ONE = (_HE | _SHE) - {"who", "whom", "whose"}
_IT = frozenset("it its itself which that this".split())
_NO_PERSON = _IT | {"others"}
_THEY = frozenset("they them their theirs themselves".split())
_SEVERAL = frozenset("they them both themselves".split())
# Of these, what stands nowhere before is no country's that could be guessed.
_NAMELESS = frozenset(("it", "they", "them"))
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
    "coalition state press media community newspaper opposition team temple church federation "
    "confederation league association society diocese".split()
)
# What is no person either: "the presidential guard" is not the president.
_THINGS = frozenset(
    "building palace embassy consulate headquarters base airport station bank mosque hospital school "
    "university village town city district convoy crowd mob unit battalion brigade regiment patrol garrison "
    "fleet squad crew tribe clan family".split()
)
_SAYING = "said|says|say|told|adds|added|warned|warns|stated|wrote|writes|declared|insisted|explained|noted"
_SAID = re.compile(rf"\b(?:{_SAYING})\b")


# --- pronouns -----------------------------------------------------------------------------------


def settle_pronoun(
    scene: Scene, phrase: Phrase, mention: Mention, place: int | None, settle: Settle
) -> list[Settled]:
    """Return whom a pronoun stands for; without any trace, an entity of the country spoken of."""
    # Who is meant stood in a text that this one is cut from: the country that the rest speaks of was theirs
    # in 3 cases of 15 in training/corpus and the held-back reports.
    is_cut = phrase.head in _NAMELESS and place is not None and not scene.text[:place].strip()
    found = _find_subject(scene, place, settle) if phrase.head == "it" and place is not None else []
    found = found or follow_antecedents(scene, mention, settle, several=phrase.head in _SEVERAL)
    found = [] if is_cut else [known for known in found if _agrees(phrase.head, known)]
    if phrase.head in _WE and place is not None and (not found or found[0].kind == "person"):
        # "We" may be the state or the body of whoever speaks, but never another person.
        found = _find_quoted(scene, place, settle) or found
    if not found and not is_cut and place is not None:
        found = _find_referents(scene, phrase.head, place)
    if found:
        return found
    sectors, why = trust_coder(mention, blank=True)
    if not sectors and phrase.head in _HE | _SHE | _WE:
        # In training/corpus two thirds of those of whom nothing else is known.
        sectors, why = ("GOV",), "sector: a guess, whoever speaks or acts is likeliest in office"
    if is_cut:
        return [make_settled(phrase, "", "", sectors, (why,))]
    country, near = read_surroundings(scene, place, (), group="pronoun", antecedents=mention.antecedents)
    return [make_settled(phrase, "", country, sectors, (near, why))]


def _find_subject(scene: Scene, place: int, settle: Settle) -> list[Settled]:
    """Return the state or body with which the sentence before begins, where "It" begins this one.

    "The ministry denied it. It blamed rebels": who stands there is often no mention of the coder's, and
    then it takes another. Of the 109 of training/corpus and the long articles 86 were right without it.
    """
    start, end = scene.sentence_before(place, 1)
    own = scene.sentence_before(place, 0)[0]
    if scene.text[own:place].strip() or end <= start:
        return []
    start = scene.dateline[1] if scene.dateline[0] <= start < scene.dateline[1] else start
    opening = _OPENING.match(scene.text, start, end)
    start = opening.end() if opening else start
    told = [one for one in scene.settled if one.start == start and one.kind != "pronoun"]
    if told:
        is_alone = len(told) == 1 and not _SHARED.match(scene.text, told[0].end, end)
        return [refer_to(told[0])] if is_alone and _is_thing(told[0]) else []
    body = _BODY_FIRST.match(scene.text, start, end)
    anchors = [one for one in scene.cast.anchors_between(start, end) if one.start == start]
    named = [one for one in anchors if one.kind in ("state", "capital", "body")]
    until = body.end() if body else named[0].end if named else start
    if until == start or _SHARED.match(scene.text, until, end):
        return []
    phrase = read_phrase(scene.text[start:until], scene.published, scene.cast.counts)[0]
    span = Span(scene.text[start:until], scene.tell_place(start))
    line = f"same as {span.text!r} at {span.start}"
    return [
        known._replace(entity=add_line(known.entity, line))
        for known in settle(scene, phrase, Mention(span, 0.0), start)
    ]


_OPENING = re.compile(r"(?:\s*(?:But|And|Yet|Meanwhile),? )?")
_BODY_FIRST = re.compile(
    rf"(?:The|Its|[A-Z][\w-]+['\u2019]s?) (?:[\w-]+ ){{0,2}}?(?:{'|'.join(sorted(_BODIES | _BODY_WORDS))})\b"
)
# Who stands first is not who acts, or not alone: "Nigeria and Rwanda", "Kenya's tea", "Oslo talks".
_SHARED = re.compile(r"['\u2019]|[ ,]+(?:and|or)\b| (?:of|in|on)\b| [A-Z]|-")


def _agrees(pronoun: str, known: Settled) -> bool:
    """Whether a pronoun can mean somebody: "he" no state and no woman, "they" not one person, "it" no person.

    The coder ties "he" also to what merely tells his country.
    """
    if pronoun in _NO_PERSON:
        return known.kind != "person"
    if pronoun in _SEVERAL:
        return not _is_one_person(known)
    if pronoun in _ONE:
        other = known.is_woman is not None and known.is_woman != (pronoun in _SHE)
        is_body = known.kind in ("state", "body", "place") or _is_body_word(known.head)
        return not (known.plural or other or is_body)
    return True


def _is_one_person(known: Settled) -> bool:
    is_office = known.kind == "role" and bool(known.roles) and not _is_body_word(known.head)
    return known.kind == "person" or (is_office and not known.plural and not _is_thing_word(known.head))


def follow_antecedents(
    scene: Scene, mention: Mention, settle: Settle, *, several: bool = False
) -> list[Settled]:
    """Return what stands at the likeliest antecedent of the coder's.

    Args:
        several: The words mean more than one, so of "Putin and Kim" both.
    """
    for span, probability in mention.antecedents:
        place = scene.find_place(span)
        if probability < _MIN_ANTECEDENT:
            break
        if place is None or not span.text:
            continue
        end = place + len(span.text)
        same = [known for known in scene.settled_since(place) if known.start < end and place < known.end]
        if same:
            listed = find_list_of(scene, same[-1]) if several and not same[-1].plural else []
            return [refer_to(known) for known in listed or same[-1:]]
        phrase = read_phrase(span.text, scene.published)[0]
        if phrase.kind != "pronoun":
            line = f"same as {span.text!r} at {span.start}"
            found = settle(scene, phrase, Mention(span, 0.0), place)
            return [known._replace(entity=add_line(known.entity, line)) for known in found]
    return []


def _find_owner(scene: Scene, owner: str, place: int) -> Settled | None:
    """Return whom "its" means; in "fined Budapest over its law" the one named right before."""
    link = _BLAMED.search(scene.text[max(0, place - 12) : place])
    if link is None:
        return find_owner_entity(scene, owner, place)
    end = place - len(link.group())
    known = [one for one in scene.settled_since(end - 1) if one.end == end and one.entity.country]
    known += [
        settle_anchor(scene, anchor)
        for anchor in scene.cast.anchors_between(max(0, end - 60), end)
        if anchor.end == end and anchor.kind in ("state", "capital", "body")
    ]
    return known[0] if known else find_owner_entity(scene, owner, place)


_BLAMED = re.compile(r" (?:over|for) $")


def _find_referents(scene: Scene, pronoun: str, place: int) -> list[Settled]:
    if pronoun in _HE or pronoun in _SHE:
        woman = None if pronoun.startswith("who") else pronoun in _SHE
        person = _find_person(scene, place, woman, is_object=pronoun == "him")
        person = person or find_last_person(scene, place, woman=woman)
        return [person] if person else []
    if pronoun in ("its", "their") and _BLAMED.search(scene.text[max(0, place - 12) : place]):
        owner = _find_owner(scene, pronoun, place)
        return [refer_to(owner)] if owner else []
    if pronoun in ("they", "both"):
        pair = find_list(scene, place)
        if pair:
            return [refer_to(known) if known.entity.span.text else known for known in pair]
    if pronoun in _THEY:
        several = _find_several(scene, place, is_object=pronoun == "them")
        if several:
            return several
    if pronoun in ("it", "they") and not find_last(scene, place, lambda known: True):
        return _find_unasked(scene, place, plural=pronoun == "they")
    fits = _is_thing if pronoun in _IT else _is_several
    known = _find_speaker(scene, place) if pronoun in _WE else find_last(scene, place, fits)
    return [known] if known else []


def _find_person(scene: Scene, place: int, woman: bool | None, *, is_object: bool = False) -> Settled | None:
    """Return the first person of the nearest sentence; "him" is never the subject of its own clause."""
    for back in range(REACH + 1):
        start, end = scene.sentence_before(place, back)
        persons = _list_persons(scene, start, end, woman)
        if is_object and back == 0 and persons and not _CLAUSE.search(scene.text[persons[0].end : place]):
            persons = persons[1:]
        if persons:
            return refer_to(persons[0]) if persons[0].entity.span.text else persons[0]
    return None


# Where one of these stands between, the pronoun is in a clause with a subject of its own.
_CLAUSE = re.compile(
    r"\b(?:said|says|say|told|tells|that|who|whom|which|when|while|because|if|whether|where|until|"
    r"although|though|as|but|believes?|believed|claimed|claims)\b|[;\u2014\u201c\"]"
)


def _list_persons(scene: Scene, start: int, end: int, woman: bool | None) -> list[Settled]:
    """Return the single persons between two places, women, men or (None) both, in the order of the text."""
    found = [
        known
        for known in scene.settled_since(start)
        if start <= known.start
        and known.end <= end
        and not known.plural
        and (
            known.kind == "person" or (known.kind == "role" and known.roles and not _is_body_word(known.head))
        )
        and (woman is None or known.is_woman in (None, woman))
    ]
    for at, until, person in scene.cast.names_between(start, end):
        named = until <= end and (woman is None or person.is_woman in (None, woman))
        if named and not any(known.start < until and at < known.end for known in found):
            found.append(settle_named(scene, person, at)._replace(start=at, end=until))
    return sorted(found, key=lambda known: known.start)


def _find_several(scene: Scene, place: int, *, is_object: bool) -> list[Settled]:
    """Return those whom "they" or "them" means: the nearest plural, the subject for "they"."""
    for back in range(REACH + 1):
        start, end = scene.sentence_before(place, back)
        known = [
            settled
            for settled in scene.settled_since(start)
            if start <= settled.start < end and settled.end <= place and settled.kind != "pronoun"
        ]
        plural = [settled for settled in known if _are_several(settled)]
        subject = is_object and back == 0 and bool(plural) and plural[0] is known[0]
        if subject and not _CLAUSE.search(scene.text[plural[0].end : place]):
            plural = [settled for settled in plural if settled.start > plural[0].start]
        if plural:
            same = [settled for settled in plural if settled.start == plural[0].start]
            return [refer_to(settled) for settled in same]
    return []


def _find_unasked(scene: Scene, place: int, *, plural: bool) -> list[Settled]:
    """Return the subject of the sentence before where it is no mention: "The Peruvian navy seized ..."."""
    start, end = scene.sentence_before(place, 1)
    subject = _SUBJECT.match(scene.text, start, end)
    phrase = read_phrase(subject.group(), scene.published)[0] if subject else None
    if subject and phrase and phrase.kind == "role" and phrase.sectors and phrase.plural == plural:
        country, near = phrase.country, ""
        if not country:
            country, near = read_surroundings(scene, start, phrase.sectors)
        line = f"same as {subject.group()!r} at {scene.tell_place(start)}"
        return [make_settled(phrase, phrase.name, country, phrase.sectors, (line, near))]
    anchors = [
        a for a in scene.cast.anchors_between(start, end) if a.kind in ("state", "body") and not a.is_place
    ]
    return [refer_to(settle_anchor(scene, anchors[0]))] if anchors and not plural else []


_SUBJECT = re.compile(r"(?:(?:The|Some|Several|Two|Three) )?(?:[A-Z][\w-]+ )?[\w-]+\b")


def _are_several(known: Settled) -> bool:
    """Tell whether the words name many, or a band of fighters, which is "they" more often than "it"."""
    if known.plural:
        return True
    fighters = known.kind == "body" and known.entity.sector[:1] in (("REB",), ("PRM",))
    return fighters or (
        known.kind == "people" and not known.entity.span.text.lower().startswith(("a ", "an "))
    )


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
        known = [settled for settled in scene.settled_since(start) if start <= settled.start < end]
        if known and verbs:
            return refer_to(known[0])
    return None


def _find_quoted(scene: Scene, place: int, settle: Settle) -> list[Settled]:
    """Return who says the quotation that holds `place`, as told right behind or before it."""
    quotation = _find_quotation(scene.text, place)
    if quotation is None:
        return []
    sentences = scene.cast.sentences
    behind = quotation[1], max(quotation[1], sentences[scene.cast.sentence_of(quotation[1] - 1)][1])
    ahead = min(quotation[0], sentences[scene.cast.sentence_of(quotation[0])][0]), quotation[0]
    for start, end in (behind, ahead):
        words = scene.text[start:end]
        verb = _SPOKE.search(words)
        is_led = words.rstrip().endswith(":")
        if verb is None and not (is_led and start == ahead[0]):
            continue
        at = start + verb.start() if verb else start
        names = scene.cast.names_between(start, end)
        if names:
            # "Her colleague, Davor Perkovac, told reporters in Kyiv: ..."; "..., said Petro Hordienko."
            first, _, person = names[0] if is_led else min(names, key=lambda name: abs(name[0] - at))
            return [settle_named(scene, person, first)]
        if verb is not None:
            is_first = start == behind[0] and not words[: verb.start()].strip()
            subject = _SPOKEN_BY.match(words, verb.end()) if is_first else _SPEAKS.match(words)
            if subject and (found := _settle_subject(scene, subject, start, settle)):
                return found
    return []


def _settle_subject(scene: Scene, subject: re.Match[str], start: int, settle: Settle) -> list[Settled]:
    at = start + subject.start("who")
    phrase = read_phrase(subject["who"], scene.published, scene.cast.counts)[0]
    if phrase.kind == "pronoun" or not (phrase.country or phrase.sectors):
        return []
    line = f"same as {subject['who']!r} at {scene.tell_place(at)}"
    mention = Mention(Span(subject["who"], None, None), 0.0)
    return [
        known._replace(entity=add_line(known.entity, line)) for known in settle(scene, phrase, mention, at)
    ]


def _find_quotation(text: str, place: int) -> tuple[int, int] | None:
    """Return where the quotation begins and ends that holds `place`, the marks within; None without one."""
    first = max(text.rfind("\n", 0, place) + 1, place - _LONGEST_QUOTATION)
    until = text.find("\n", place)
    last = min(len(text) if until < 0 else until, place + _LONGEST_QUOTATION)
    for opening, closing in (("“", "”"), ('"', '"')):
        start = text.rfind(opening, first, place)
        end = text.find(closing, place, last)
        if start < 0 or end < 0:
            continue
        is_open = text.count('"', first, place) % 2 if opening == closing else "”" not in text[start:place]
        if is_open:
            return start, end + 1
    return None


_LONGEST_QUOTATION = 1000
# Beside a quotation more verbs tell who speaks than elsewhere.
_SPOKE = re.compile(
    rf"\b(?:{_SAYING}|tells|shouted|replied|argued|announced|claimed|vowed|stressed|tweeted|cried|recalled|read)\b"
)
_SPOKEN_BY = re.compile(r"\s+(?P<who>(?:an? |the |our |its |his |her )?[^,.;:\n\"“”]{3,80})")
_SPEAKS = re.compile(
    r"[\s,]*(?P<who>[^,.;:\n\"“”]{3,80}?),? (?:(?:has |had |later |then )?" + _SPOKE.pattern + r")"
)


# --- descriptions -------------------------------------------------------------------------------


def settle_description(
    scene: Scene, phrase: Phrase, mention: Mention, place: int | None, settle: Settle
) -> list[Settled]:
    """Settle words without a name of their own: "the minister", "both sides", "police"."""
    words = mention.span.text[phrase.start : phrase.end]
    if stays_unknown(phrase, words):
        return [_describe(phrase, mention, "")]
    state = find_state(scene, phrase, words, place)
    if state:
        return state
    if phrase.country:
        found = _find_owner_abroad(scene, phrase, words, place) or _find_named(scene, phrase, words, place)
        return found or [_describe(phrase, mention, phrase.country)]
    if place is not None:
        back = _find_back_reference(scene, words, place, settle)
        back = back or _find_whose(scene, phrase, mention, words, place)
        if back:
            return back
    country, why = find_country_of(scene, phrase.belongs)
    if not country and phrase.belongs:
        country, why = _find_country_of_half(scene, phrase.belongs[-1])
    if country:
        return [_describe(phrase, mention, country, why)]
    if is_group(phrase, words):
        group = find_group(scene, phrase, words, place)
        if group:
            return group
    if phrase.owner and place is not None:
        owner = _find_owner(scene, phrase.owner, place)
        is_other = phrase.owner == phrase.determiner and phrase.head.split(" ")[-1] in _OTHERS
        if owner is not None and is_other:
            return [_describe_other(scene, phrase, mention, owner, place)]
        if owner is not None:
            return [_describe_owned(phrase, mention, owner)]
    introduced = (
        _find_introduction(scene, phrase, words, place) if phrase.determiner in _DEFINITE else ("", "")
    )
    if phrase.determiner == "the" and place is not None and words.split()[-1][:1].isupper():
        # "The Coalition", "the Commission": a name cut short, and what it is short for stands before.
        body = _find_body_of_word(scene, phrase, place) if _is_body(phrase) else None
        if body is not None:
            return [body]
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
    if introduced[0] and not phrase.default:
        return [_describe(phrase, mention, *introduced)]
    if phrase.default:
        country = "" if phrase.default == "-" else phrase.default
        return [_describe(phrase, mention, country, f"country: usual for {phrase.head!r}")]
    country, near = _find_mission(scene, words, place) or read_surroundings(
        scene, place, phrase.sectors, antecedents=mention.antecedents
    )
    return [_describe(phrase, mention, country, near)]


def _find_named(scene: Scene, phrase: Phrase, words: str, place: int | None) -> list[Settled]:
    """Return who "the Colombian president" or "the former Serb commander, 69" is, if named before."""
    if place is None or phrase.determiner != "the" or phrase.plural or phrase.kind != "role":
        return []
    if re.search(r", \d\d$", words):
        person = _find_person(scene, place, None)
    else:
        person = None if _is_body(phrase) or phrase.former else _find_person_of_role(scene, phrase, place)
    return [person] if person and person.entity.country == phrase.country else []


def _find_owner_abroad(scene: Scene, phrase: Phrase, words: str, place: int | None) -> list[Settled]:
    """Return whose "its embassy in Kabul" is: not of the state where it stands."""
    if place is None or phrase.owner != phrase.determiner or not phrase.owner:
        return []
    if not _ABROAD.search(words):
        return []
    owner = _find_owner(scene, phrase.owner, place)
    if owner is None or not owner.entity.country:
        return []
    why = f"country: {phrase.owner!r} is {owner.entity.name or owner.entity.span.text!r}"
    return [make_settled(phrase, "", owner.entity.country, phrase.sectors, (why, *phrase.evidence[1:]))]


_ABROAD = re.compile(
    r"^\w+ (?:[a-z-]+ ){0,2}(?:embass(?:y|ies)|consulates?|missions?|offices?|ambassadors?|envoys?|"
    r"diplomats?|troops|forces|soldiers|peacekeepers|bases?|citizens|nationals) (?:in|at|to) ",
    re.IGNORECASE,
)
_AGED = re.compile(r"(?:the )?\d+-year-old", re.IGNORECASE)
_NUMBERS = {"pair": "two", "duo": "two", "couple": "two", "two": "two", "trio": "three", "three": "three"}


def _find_back_reference(scene: Scene, words: str, place: int, settle: Settle) -> list[Settled]:
    """Return whom words without a trade mean: "the 62-year-old", "the latter", "the pair", "the women"."""
    key = words.lower().removeprefix("the ")
    if _AGED.fullmatch(words):
        person = _find_person(scene, place, None)
        return [person] if person else []
    if key == "latter":
        return _find_latter(scene, place)
    if key in _NUMBERS and not find_group(scene, read_phrase(words)[0], words, place):
        return _find_counted(scene, _NUMBERS[key], place, settle)
    if key in ("men", "women"):
        return _find_counted(
            scene, r"(?:\w+teen|two|three|four|five|six|seven|eight|nine|ten|\d+)", place, settle
        )
    return []


# "Envoys of both countries", "a spokesman for the army": whose they are stands last.
_WHOSE = re.compile(r"(?<=\w )(?:of|from|for) ((?:the|both|these|those) [A-Za-z][A-Za-z -]*)$")


def _find_whose(scene: Scene, phrase: Phrase, mention: Mention, words: str, place: int) -> list[Settled]:
    """Return those of each of "the two countries", or one of the country with which "the army" was named."""
    whose = _WHOSE.search(words)
    if whose is None or phrase.kind != "role":
        return []
    inner, at = whose.group(1), place + whose.start(1)
    owner = read_phrase(inner, scene.published)[0]
    if is_group(owner, inner):
        group = find_group(scene, owner, inner, at)
        countries = dict.fromkeys(known.entity.country for known in group)
        return [
            _describe(phrase, mention, country, f"country: one of {inner!r}, {name_country(country)}")
            for country in countries
        ]
    if owner.kind != "role" or owner.country or owner.default or not _is_body(owner):
        return []
    country, line = _find_introduction(scene, owner, inner, at)
    return [_describe(phrase, mention, country, line)] if country else []


def _find_latter(scene: Scene, place: int) -> list[Settled]:
    """Return who was named last in the sentence before."""
    for back in (1, 0):
        start, end = scene.sentence_before(place, back)
        known = [
            settled
            for settled in scene.settled_since(start)
            if start <= settled.start and settled.end <= min(end, place)
        ]
        known += [
            settle_anchor(scene, anchor)._replace(start=anchor.start)
            for anchor in scene.cast.anchors_between(start, min(end, place))
            if anchor.kind in ("state", "capital", "body") and not anchor.is_place
        ]
        if known:
            return [refer_to(max(known, key=lambda settled: settled.start))]
    return []


def _find_counted(scene: Scene, number: str, place: int, settle: Settle) -> list[Settled]:
    """Return those who were counted last: "two Spanish reporters" for "the pair"."""
    first = scene.sentence_before(place, REACH)[0]
    counted = re.compile(rf"\b{number} (?:[\w-]+ ){{0,2}}?[a-z-]+(?:s|men|people)\b", re.IGNORECASE)
    for match in reversed(list(counted.finditer(scene.text, first, place))):
        phrase = read_phrase(match.group(), scene.published)[0]
        if phrase.kind == "role" and phrase.sectors and not phrase.weak:
            span = Span(match.group(), scene.tell_place(match.start()))
            found = settle(scene, phrase, Mention(span, 0.0), match.start())
            line = f"same as {span.text!r} at {span.start}"
            return [known._replace(entity=add_line(known.entity, line)) for known in found]
    return []


def _may_be(phrase: Phrase, known: Settled) -> bool:
    """Whether a description can mean somebody named elsewhere: "the army" is nobody's name.

    A person is meant by the words of an office or by a person's word ("the minister", "the suspect"), several
    of them by none; a body by the words of a body or of its kind of people ("the rebels").
    """
    if known.kind == "person":
        is_one = not phrase.plural and phrase.number < 2
        return is_one and not (phrase.sectors[:1] and (_is_body(phrase) or _is_thing_word(phrase.head)))
    is_office = bool(phrase.roles) and not phrase.plural and not _is_body(phrase)
    if (is_office and known.kind in ("state", "body")) or (_is_body(phrase) and _is_one_person(known)):
        return False
    if phrase.kind == known.kind == "role" and phrase.sectors and known.entity.sector and not phrase.weak:
        return _are_alike(phrase.sectors[0], known.entity.sector[0])
    if phrase.kind == known.kind or not known.entity.name:
        return True
    return _is_body(phrase) or (bool(phrase.sectors) and phrase.sectors[:1] == known.entity.sector[:1])


# Who fights under one name may be called by another, and so may people of no office.
_ALIKE = (frozenset("REB UAF UNK CRM PRM MIL".split()), frozenset("CVL LAB AGR BUS EDU REF SOC UNK".split()))


def _are_alike(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _ALIKE)


def _is_body(phrase: Phrase) -> bool:
    return _is_body_word(phrase.head)


def _is_body_word(head: str) -> bool:
    word = head.split()[-1] if head else ""
    return word in _BODIES or word in _BODY_WORDS


def _is_thing_word(head: str) -> bool:
    *before, word = head.split() or [""]
    return word in _THINGS or (word == "guard" and bool(before))  # alone it is somebody


def _describe(phrase: Phrase, mention: Mention, country: str, *lines: str) -> Settled:
    sectors, evidence = phrase.sectors, [*phrase.evidence, *lines]
    if phrase.weak:
        coded, why = trust_coder(mention, blank=not sectors)
        if coded:
            sectors = coded
            evidence.append(why)
    return make_settled(phrase, phrase.name, country, sectors, evidence)


# Whoever has one of these is another: "its neighbour", "her kidnappers", "their hosts". In training/corpus
# the country of the owner was theirs in one case of six.
_OTHERS = frozenset(
    "neighbour neighbours neighbor neighbors ally allies backer backers foe foes enemy enemies host hosts "
    "partner partners friends patron patrons counterpart counterparts kidnapper kidnappers captors "
    "tormentors".split()
)
# Of these, one other state that was named is meant.
_OTHER_STATES = frozenset("neighbour neighbor ally foe enemy host hosts".split())


def _describe_other(scene: Scene, phrase: Phrase, mention: Mention, owner: Settled, place: int) -> Settled:
    """Settle "its neighbour": the other state that was named last, else nobody that is known."""
    if phrase.head.split()[-1] in _OTHER_STATES:
        start = scene.sentence_before(place, 2)[0]
        anchors = [
            anchor
            for anchor in scene.cast.anchors_between(start, place)
            if anchor.kind in ("state", "capital", "adjective") and anchor.country != owner.entity.country
        ]
        if anchors:
            line = f"country: {anchors[-1].words!r}, not that of {phrase.owner!r}"
            return _describe(phrase, mention, anchors[-1].country, line)
    return _describe(phrase, mention, "", f"country: not that of {phrase.owner!r}, and no other is told")


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
        return settled._replace(entity=entity)
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


# Between "Israeli" and "soldiers", "Colombia's" and "embassy": nothing but words that describe.
_MODIFIERS = re.compile(
    r"(?:['\u2019]s?)?(?: (?!(?:and|or|of|in|on|at|to|by|for|from|with|as|is|was|are|were|has|have|had|"
    r"will|who|that|said|says|asked|told)\b)[a-z-]+){0,3} "
)


# Who is abroad by trade. The surroundings speak for the host: of embassies and their staff in training/corpus
# whom nothing else told they had 3 of 14 right, of diplomats and embassies in the plural 3 of 15.
_MISSION = re.compile(r"\b(embass|consulate)", re.IGNORECASE)
_DIPLOMATS = re.compile(
    r"(?:(?:some|many|several|most|other|foreign|western|diplomatic|two|three|four|five|six|seven|eight|nine"
    r"|ten) )*(?:diplomats|ambassadors|envoys|embassies)\b",
    re.IGNORECASE,
)


def _find_mission(scene: Scene, words: str, place: int | None) -> tuple[str, str] | None:
    """Return the state of "embassy officials", with a line of evidence; None for words of no mission abroad.

    It is the state whose embassy was named before, else unknown, and so it is of "diplomats".
    """
    if mission := _MISSION.search(words):
        word = "embassy" if mission.group(1).lower() == "embass" else "consulate"
        country, line = _introduce(scene, word, place)
        return (country, line) if country else ("", "country: not that of the host, and no other is told")
    if _DIPLOMATS.match(words):
        return "", "country: diplomats are of other states than their host"
    return None


def _find_introduction(scene: Scene, phrase: Phrase, words: str, place: int | None) -> tuple[str, str]:
    """Return the country with which the head word stood before: "the embassy" of "Iran's embassy"."""
    owner = _OWNING.match(words)
    return _introduce(scene, owner.group(1) if owner else phrase.head, place)


def _introduce(scene: Scene, word: str, place: int | None) -> tuple[str, str]:
    """Return the country with which a word stood before `place`, with a line of evidence, else ""."""
    if place is None or not word:
        return "", ""
    first = max(0, place - _FAR)
    heads = "|".join(map(re.escape, _ENVOYS if word in _ENVOYS else (word,)))
    found = list(re.finditer(rf"\b(?:{heads})\b", scene.text[first:place], re.IGNORECASE))
    for match in reversed(found):
        at = first + match.start()
        for anchor in reversed(scene.cast.anchors_between(max(0, at - 60), at)):
            if anchor.kind in ("adjective", "state", "capital", "person", "body") and _MODIFIERS.fullmatch(
                scene.text[anchor.end : at]
            ):
                told = scene.text[anchor.start : first + match.end()]
                return anchor.country, f"country: as in {told!r} at {scene.tell_place(anchor.start)}"
    return "", ""


_FAR = 2000
_OWNING = re.compile(r"the ([a-z]+)['\u2019]s? ", re.IGNORECASE)  # "the embassy's staff"
_ENVOYS = ("diplomat", "envoy", "ambassador")


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
            return [refer_to(same) for same in scene.settled_since(known.start) if same.start == known.start]
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
