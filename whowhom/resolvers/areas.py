"""Bodies named for an area above states: "Pacific Refugee Watch" is of no state, wherever it speaks.

Who has a name without a nation is otherwise of the country that the surroundings speak of. For most that is
right ("the Bar Association", "Tata Motors": 7 of 8 civil bodies and 5 of 7 companies of training/corpus); all
seven that are named for an area are NGOs.
"""

from __future__ import annotations

import re
from dataclasses import replace

from whowhom.records import Entity
from whowhom.resolvers.scene import is_of_surroundings

_AREA = re.compile(
    r"\b(?:Pacific|Gulf|Sahel(?:ian)?|Saharan?|Caribbean|Balkans?|Baltic|Caucas(?:us|ian)|Nordic|Scandinavian"
    r"|Mediterranean|Andean|Andes|Arctic|Himalayan?|Mekong|Maghreb|Levant|Black Sea|Middle East(?:ern)?"
    r"|Africa|African|Asia|Asian|Arab|Europe|European|Latin America|Latin American|the Americas|Eurasian?)\b"
)
_BODY = re.compile(
    r"\b(?:Watch|Monitor|Observatory|Network|Unions?|Council|Confederation|Federation|Association|League"
    r"|Alliance|Coalition|Forum|Institute|Centre|Center|Initiative|Project|Society|Foundation|Fund|Trust"
    r"|Committee|Campaign|Relief|Aid|Organi[sz]ation|Group)\b"
)
_SMALL = frozenset("of for and the in on".split())
_CIVIL = frozenset("SOC MED REL LAB JRN EDU AGR CVL".split())


def free_of_states(entity: Entity) -> Entity:
    """Return a civil body named for an area with no state, where nothing but the surroundings gave it one."""
    words = entity.span.text
    if not (_AREA.search(words) and _BODY.search(words)):
        return entity
    if not _CIVIL.issuperset(entity.sector[:1]):
        return entity
    if not all(word[0].isupper() or word in _SMALL for word in words.split()[1:]):
        return entity
    lines = [line for line in entity.evidence if line.startswith("country")]
    if not all(map(is_of_surroundings, lines)):
        return entity
    kept = tuple(line for line in entity.evidence if line not in lines)
    return replace(entity, country="NGO", evidence=(*kept, "country: a body of an area, not of a state"))
