"""Whom "both sides", "the two leaders" and "the four countries" stand for: several who were named before."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from whowhom.resolvers.cast import ABOVE_STATES
from whowhom.resolvers.countries import name_country
from whowhom.resolvers.persons import settle_named
from whowhom.resolvers.phrases import Phrase
from whowhom.resolvers.quarrels import find_quarrel, find_quarrel_within
from whowhom.resolvers.scene import REACH, Scene, Settled, make_settled, settle_anchor
from whowhom.resolvers.sectors import SIDES

_DEFINITE = frozenset("the this that these those both neither each".split())
# One of a set by its plural: "the two generals" are persons, "both armies" sides, "the neighbours" states.
_PERSONS = frozenset(
    "leaders presidents ministers men women premiers chancellors generals commanders pair trio duo "
    "secretaries envoys diplomats ambassadors chiefs statesmen monarchs kings leader man".split()
)
_OFFICES = frozenset("president minister premier chancellor secretary ambassador general king".split())
# "The two premiers" can be prime ministers; a minister of state may be called secretary.
_ALIKE = {
    one: frozenset(("minister", "premier", "chancellor", "secretary"))
    for one in ("minister", "premier", "chancellor", "secretary")
}
_STATES = frozenset(
    "countries nations states governments capitals neighbours neighbors koreas powers country nation "
    "state government".split()
)
# Of each state one: "the two foreign ministries" have no name of their own.
_BODIES_OF_STATES = frozenset(
    "ministries parliaments legislatures cabinets legislature parliament ministry".split()
)
_SIDES = frozenset(
    "sides parties camps side party armies foes enemies adversaries rivals belligerents "
    "forces militaries navies guards army".split()
)
# Those of them who may be at odds within one state; armies and navies are of two.
_QUARREL = frozenset("sides parties camps side party foes enemies adversaries rivals belligerents".split())
# Nothing but these: "the two", "both", "the pair".
_BARE = frozenset("the both all these those neither two three four five".split())
_OF_PARTIES = _BARE | frozenset("parties warring conflicting opposing belligerent feuding fighting".split())
_PAIRS = (["countries"], ["neighbours"], ["neighbors"], ["rivals"], ["pair"], ["trio"])
_KOREAS = ("PRK", "KOR")
# Those who stand between sides, or tell of them, are none of them.
_OUTSIDE = frozenset("CVL JRN MED REF EDU SOC REL JUD LAB PRE BUS ELI".split())
_MEDIATORS = frozenset(("UNO", "EUR", "IGO", "NGO"))
# "The Colombian government and the FARC": what follows tells that the adjective is a side.
_RULES = re.compile(
    r" (?:government|authorities|army|military|forces|troops|soldiers|negotiators|regime|junta)\b"
)
_ENVOYS = re.compile(
    r"\b(?:negotiators|officials|envoys|delegat\w+|representatives|leaders|presidents|ministers) "
    r"(?:from|of) (?:the )?$"
)
# What may stand between two of a list: "Peru and Chile", "between Mali and the rebels", "A, B and C".
_JOINT = re.compile(
    r"(?: ?,? ?(?:and|&|with|against) (?:the |its |his |her )?(?:[a-z]+ ){0,2}"
    r"|, (?:and )?(?:the |its |his |her )?)",
    re.IGNORECASE,
)


def is_group(phrase: Phrase, words: str) -> bool:
    """Tell whether the words mean several who were named: "the two men", "both sides", not "two men"."""
    word = _name_kind(phrase, words)
    keys = words.lower().split()
    if not keys or word is None or "others" in keys:  # "four others" are just not those who were named
        return False
    if not word:
        return True
    if phrase.owner and phrase.owner in keys:
        return False
    if keys[0] == "neither" or phrase.head == "sides":
        return True
    if phrase.head == "parties":  # "both parties", "the warring parties"; "major parties" stand for election
        return set(keys) <= _OF_PARTIES
    definite = phrase.determiner in _DEFINITE
    return definite and (phrase.number >= 2 or (phrase.determiner == "the" and keys[1:] in _PAIRS))


def find_list(scene: Scene, place: int) -> list[Settled]:
    """Return the persons who are the subject of the sentence before as a list: "Ana Bell and Tom Roe met"."""
    here = scene.sentence_before(place, 0)[0]
    if any(settled.start >= here and settled.plural for settled in scene.settled_since(here)):
        return []
    start, end = scene.sentence_before(place, 1)
    known = [
        settled
        for settled in scene.settled_since(start)
        if start <= settled.start and settled.end <= end and settled.kind != "pronoun"
    ]
    known.sort(key=lambda settled: (settled.start, -settled.end))
    runs = _list_runs(scene, known)
    first = runs[-1] if runs else []
    persons = bool(first) and first[0] is known[0] and all(settled.kind == "person" for settled in first)
    return _distinct(first, _by_name) if persons else []


def find_list_of(scene: Scene, member: Settled) -> list[Settled]:
    """Return all of the list that a person or state stands in: both of "Putin and Kim signed it"."""
    sentence = scene.cast.sentence_of(member.start)
    start = scene.cast.sentences[sentence][0] if scene.cast.sentences else 0
    known = [
        settled
        for settled in scene.settled_since(start)
        if scene.cast.sentence_of(settled.start) == sentence and settled.kind != "pronoun"
    ]
    known.sort(key=lambda settled: (settled.start, -settled.end))
    for run in _list_runs(scene, known):
        alike = {settled.kind for settled in run} in ({"person"}, {"state"})
        if alike and any(settled.start == member.start for settled in run):
            return _distinct(run, _by_name)
    return []


def _name_kind(phrase: Phrase, words: str) -> str | None:
    """Return the word that tells what the set is of, "" for "the two", None where it is no set."""
    if not phrase.head and not set(words.lower().split()) - _BARE:
        return ""
    word = (phrase.head.split() or words.lower().split() or [""])[-1]
    return word if word in _PERSONS | _STATES | _SIDES | _BODIES_OF_STATES else None


def find_group(scene: Scene, phrase: Phrase, words: str, place: int | None) -> list[Settled]:
    """Return the two (or more) entities that the words stand for, none where too few were named."""
    if place is None:
        return []
    if phrase.head == "koreas":
        return [
            make_settled(phrase, name_country(code), code, ("GOV",), (), kind="state") for code in _KOREAS
        ]
    wanted = phrase.number or 2
    word = _name_kind(phrase, words) or ""
    if word in _PERSONS or not word:
        persons = _choose(scene, place, wanted, _list_persons(scene, word, wanted, place), _by_name)
        if persons:
            return [_join_group(phrase, word, known) for known in persons]
    if wanted == 2 and word in _QUARREL:
        chosen = find_quarrel_within(scene, _settled_before(scene, place), place)
        if chosen:
            return [_join_group(phrase, word, known) for known in chosen]
    main = _find_main(scene, wanted)
    if main and (word in _STATES or word in _SIDES):
        about = [known for known in _list_states(scene, place) if known.entity.country in main]
        chosen = _choose(scene, place, wanted, about, _by_country)
        if chosen:
            return [_join_group(phrase, word, known) for known in chosen]
    if word in _STATES:
        chosen = _choose(scene, place, wanted, _list_states(scene, place), _by_country)
    elif word.removesuffix("s") in _OFFICES or word in _BODIES_OF_STATES:
        chosen = _choose(scene, place, wanted, _list_states(scene, place), _by_country)
        # "Recalled its ambassador from Tanzania": a place, but a state that has a president too.
        named = _list_states(scene, place, with_places=True) if not chosen else ()
        chosen = chosen or _choose(scene, place, wanted, named, _by_country)
        return [_name_holder(phrase, word, known) for known in chosen]
    else:
        chosen = _choose_listed(scene, place, wanted, _list_sides(scene, place))
        if wanted == 2 and not chosen and word in _QUARREL:
            chosen = find_quarrel(scene, place, _settled_before(scene, place), _list_outsiders(scene, place))
        chosen = chosen or _choose(scene, place, wanted, _list_sides(scene, place), _by_side)
    return [_join_group(phrase, word, known) for known in chosen]


def _settled_before(scene: Scene, place: int) -> list[Settled]:
    return [known for known in scene.settled if known.end <= place and known.entity.country]


def _list_outsiders(scene: Scene, place: int) -> frozenset[str]:
    """Return the countries of whoever acts on "both sides" in their sentence."""
    if not _is_object(scene, place):
        return frozenset()
    start, end = scene.sentence_before(place, 0)
    return frozenset(
        known.entity.country for known in scene.settled if start <= known.start and known.end <= end
    )


def _choose_listed(scene: Scene, place: int, wanted: int, candidates: Iterable[Settled]) -> list[Settled]:
    """Return the sides that stand in a list of just as many near by: "between Iraq and Syria"."""
    ordered = sorted(candidates, key=lambda settled: (settled.start, -settled.end))
    by_sentence = _sort_by_sentence(scene, scene.cast.sentence_of(place), ordered)
    return _find_listed(scene, wanted, by_sentence, _by_side)


def _find_main(scene: Scene, wanted: int) -> frozenset[str]:
    """Return the states that an article is about, as many as wanted; none where it is not clear.

    That is where the last of them is named twice as often as the next: in training/corpus "both sides" and
    "the two countries" meant these two in 69 of 77 such articles, and those named last in 51.
    """
    counts = [*scene.cast.counts.most_common(wanted + 1), *[("", 0)] * (wanted + 1)]
    (_, last), (_, following) = counts[wanted - 1 : wanted + 1]
    return frozenset(code for code, _ in counts[:wanted]) if last and last >= 2 * following else frozenset()


def _by_name(known: Settled) -> Hashable:
    return known.entity.name or known.entity.country


def _by_country(known: Settled) -> Hashable:
    return known.entity.country


def _by_side(known: Settled) -> Hashable:
    """Government and army of a state are one side, its rebels another."""
    main = known.entity.sector[:1]
    return known.entity.country, known.entity.name if main and main[0] in SIDES else ""


def _choose(
    scene: Scene,
    place: int,
    wanted: int,
    candidates: Iterable[Settled],
    key: Callable[[Settled], Hashable],
) -> list[Settled]:
    """Return the `wanted` candidates that were named together last, in the order of the text.

    A list of just as many comes first ("between Iraq and Syria"), then a sentence with just as
    many, then the nearest ones. Who urges or tells "both sides" is none of them, if others are there.
    """
    here = scene.cast.sentence_of(place)
    ordered = sorted(candidates, key=lambda settled: (settled.start, -settled.end))
    outsider = {key(known) for known in ordered if scene.cast.sentence_of(known.start) == here}
    if outsider and _is_object(scene, place):
        others = [known for known in ordered if key(known) not in outsider]
        chosen = _choose_near(scene, here, wanted, others, key)
        if chosen:
            return chosen
    return _choose_near(scene, here, wanted, ordered, key)


_SUBJECT_AFTER = re.compile(
    r"(?:^|[.,;:\"\u201c\u2014(]|\b(?:that|said|says|say|and|but|as|when|where|while|because|if|after|before|since|until|"
    r"although|though|than|which|whether|so|what|how|once))\s*$",
    re.IGNORECASE,
)


def _is_object(scene: Scene, place: int) -> bool:
    """Tell whether words at `place` do not begin a clause: "called on both sides"."""
    start = scene.cast.sentences[scene.cast.sentence_of(place)][0] if scene.cast.sentences else 0
    return _SUBJECT_AFTER.search(scene.text[max(start, place - 20) : place]) is None and place > start


def _choose_near(
    scene: Scene,
    here: int,
    wanted: int,
    ordered: Sequence[Settled],
    key: Callable[[Settled], Hashable],
) -> list[Settled]:
    by_sentence = _sort_by_sentence(scene, here, ordered)
    listed = _find_listed(scene, wanted, by_sentence, key)
    if listed:
        return listed
    pool: list[Settled] = []
    for back in sorted(by_sentence):
        distinct = _distinct(by_sentence[back], key)
        if len(distinct) == wanted:
            return distinct
        pool = _distinct([*pool, *distinct], key)
        if len(pool) >= wanted:
            break
    chosen = pool[:wanted] if len(pool) >= wanted else []
    return sorted(chosen, key=lambda settled: settled.start)


def _sort_by_sentence(scene: Scene, here: int, ordered: Iterable[Settled]) -> dict[int, list[Settled]]:
    """Return those within reach by how many sentences back they stand."""
    by_sentence: dict[int, list[Settled]] = {}
    for known in ordered:
        back = here - scene.cast.sentence_of(known.start)
        if back <= REACH:
            by_sentence.setdefault(back, []).append(known)
    return by_sentence


def _find_listed(
    scene: Scene,
    wanted: int,
    by_sentence: Mapping[int, Sequence[Settled]],
    key: Callable[[Settled], Hashable],
) -> list[Settled]:
    """Return the nearest list of just as many as wanted."""
    for back in sorted(by_sentence):
        for run in _list_runs(scene, by_sentence[back]):
            distinct = _distinct(run, key)
            if len(distinct) == wanted:
                return distinct
    return []


def _distinct(candidates: Iterable[Settled], key: Callable[[Settled], Hashable]) -> list[Settled]:
    chosen: dict[Hashable, Settled] = {}
    for known in candidates:
        chosen.setdefault(key(known), known)
    return list(chosen.values())


def _list_runs(scene: Scene, candidates: Sequence[Settled]) -> list[list[Settled]]:
    """Return the lists of a sentence, the last first: candidates with "and" or a comma between them."""
    runs: list[list[Settled]] = []
    for known in candidates:
        last = runs[-1][-1] if runs else None
        if last is not None and known.start < last.end:
            if (known.start, known.end) == (last.start, last.end):  # "the two countries", settled before
                runs[-1].append(known)
            continue
        gap = scene.text[last.end : known.start] if last is not None else ""
        if _JOINT.fullmatch(gap):
            runs[-1].append(known)
        else:
            runs.append([known])
    return [run for run in reversed(runs) if len(run) > 1]


def _list_persons(scene: Scene, word: str, wanted: int, place: int) -> list[Settled]:
    """Return the persons named before `place`, those of the office meant where there are enough."""
    first = max(0, place - 3000)
    settled = [
        known
        for known in scene.settled_since(first)
        if first <= known.start and known.end <= place and not known.plural and known.kind == "person"
    ]
    spans = [(known.start, known.end) for known in settled]
    for start, end, person in scene.cast.names_between(first, place):
        if end <= place and not any(a < end and start < b for a, b in spans):
            known = _serve(settle_named(scene, person, start), _find_state_after(scene, end))
            settled.append(known._replace(start=start, end=end))
    settled = [known for known in settled if known.entity.country and (known.roles or known.entity.sector)]
    title = word.removesuffix("s")
    titled = [known for known in settled if _has_office(known, (title,))]
    if len({_by_name(known) for known in titled}) >= wanted:
        return titled
    # A foreign minister is none of "the two presidents", whoever else is.
    others = _OFFICES - _ALIKE.get(title, {title}) if title in _OFFICES else frozenset()
    return [known for known in settled if known in titled or not _has_office(known, others)]


def _has_office(known: Settled, titles: Collection[str]) -> bool:
    return any(role.split()[-1] in titles for role in known.roles)


def _find_state_after(scene: Scene, end: int) -> str:
    """Return the country of "Ana Duarte of Uruguay", "" where none follows the name at `end`."""
    for anchor in scene.cast.anchors_between(end, end + 12):
        if anchor.kind == "state" and scene.text[end : anchor.start] in (" of ", " of the "):
            return anchor.country
    return ""


def _serve(known: Settled, country: str) -> Settled:
    return known._replace(entity=replace(known.entity, country=country)) if country else known


def _list_states(scene: Scene, place: int, *, with_places: bool = False) -> list[Settled]:
    """Return whatever tells of a state before `place`, unless it is only where something happened."""
    kinds = ("state", "capital", "adjective", "person")
    sides = _list_sides(scene, place, kinds, with_places=with_places)
    return [known for known in sides if known.entity.country not in ABOVE_STATES]


def _list_sides(
    scene: Scene,
    place: int,
    kinds: tuple[str, ...] = ("state", "capital", "body"),
    *,
    with_places: bool = False,
) -> list[Settled]:
    """Return those who can be a side: no civilians, judges or mediators."""
    found = [known for known in scene.settled if known.end <= place and known.entity.country]
    for anchor in scene.cast.anchors_between(max(0, place - 3000), place):
        if anchor.kind == "adjective":
            ruling = _RULES.match(scene.text, anchor.end)
        else:
            ruling = _ENVOYS.search(scene.text[max(0, anchor.start - 30) : anchor.start])
        if ruling or (anchor.kind in kinds and (with_places or not anchor.is_place)):
            found.append(settle_anchor(scene, anchor))
    return [known for known in found if not _is_outside(known)]


def _is_outside(known: Settled) -> bool:
    main = known.entity.sector[:1]
    return bool(main and main[0] in _OUTSIDE) or (
        known.entity.country in _MEDIATORS and bool(main and main[0] not in SIDES)
    )


def _name_holder(phrase: Phrase, word: str, known: Settled) -> Settled:
    """Return one of "the two presidents" where only their states were named: nobody knows by what name."""
    country = known.entity.country
    line = f"one of {word!r}: that of {name_country(country)}"
    kind = "role" if word in _BODIES_OF_STATES else "person"
    return make_settled(phrase, "", country, phrase.sectors or ("GOV",), (line,), kind=kind)


def _join_group(phrase: Phrase, word: str, known: Settled) -> Settled:
    entity = known.entity
    line = f"one of {word or 'them'!r}: {entity.span.text or entity.name!r}"
    if word in _STATES:
        name = name_country(entity.country)
        return make_settled(phrase, name, entity.country, ("GOV",), (line, *entity.evidence), kind="state")
    is_party = word in ("parties", "party")  # of a talk, not of an election
    keeps = phrase.weak or is_party or phrase.sectors[:1] in ((), ("CVL",)) or entity.sector[:1] != ("GOV",)
    sectors: Iterable[str] = entity.sector if keeps else phrase.sectors
    return make_settled(
        phrase, entity.name, entity.country, sectors, (line, *entity.evidence), kind=known.kind
    )
