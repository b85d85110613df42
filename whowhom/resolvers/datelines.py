"""The line at the head of a report that says where it was written, and often when.

"MOSCOW (Agency) - ", "LUANDA, Angola, Feb. 12 - ", "NAIROBI, June 9, 2019 (Agency) - ", "HONIARA: "; a press
release has "KABUL, Afghanistan (Oct. 27, 2011)" with the lines of a letterhead before it. Every part has a
bound, so that no text makes it look far.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from whowhom.resolvers.datewords import MONTH, WEEKDAY

_YEAR = r"(?:,? (?:19|20)\d\d)"
_DAY = rf"(?:{MONTH} \d{{1,2}}{_YEAR}?|\d{{1,2}} {MONTH}{_YEAR}?|[A-Z]{{3,4}} \d{{1,2}})(?!\w)"
_AGENCY = r"\([A-Z][\w /]{1,30}\)"
_PARTS = rf"(?:,? ?(?:\((?:{WEEKDAY}, )?{_DAY}\)|{_AGENCY})|,? (?:{_DAY}|{WEEKDAY})){{0,3}}"
_CAPITALS = r"[A-ZÀ-Þ][A-ZÀ-Þ'’./\- ]{2,40}(?:, [A-Z][\w.'’ -]{2,30}?)?"
_DASH = r"(?: ?[–—−]| --?|:)\s"
_LINE = re.compile(rf"{_CAPITALS}{_PARTS}(?:{_DASH}|(?<=\)) ?(?=[\n\u2028]|$))")
# Press releases write "New York, August 11, 2022 - "; a sentence goes on in small letters.
_SMALL_LINE = re.compile(
    rf"[A-Z][a-zß-ÿ'’.]+(?:[ /-][A-Z][a-zß-ÿ'’.]+){{0,3}}(?:, [A-Z][\w.'’ -]{{2,30}}?)?,? \(?"
    rf"(?:{WEEKDAY},? )?(?:{MONTH} \d{{1,2}}|\d{{1,2}} {MONTH}){_YEAR}\)?(?: ?{_AGENCY})?"
    rf"{_DASH}(?=[\"“A-Z])"
)
_DATED = re.compile(rf"(?<!\w)(?:{MONTH} \d{{1,2}}|\d{{1,2}} {MONTH}){_YEAR}?(?!\w)")
_LINE_START = re.compile(r"(?:[\n\u2028]|\s\s)\s{0,20}")
_LETTERHEAD = 400


class Dateline(NamedTuple):
    """Where a dateline stands, and the words of its day, "" where it names none."""

    start: int
    end: int
    day: str

    @property
    def has_year(self) -> bool:
        """Whether the day is told by itself."""
        return re.search(r"\d{4}", self.day) is not None


def find_dateline(text: str, first: int = 0) -> Dateline | None:
    """Return the dateline of a report that begins at `first`, None where it has none.

    Behind the lines of a letterhead it must name its day, else any heading would be one.

        >>> find_dateline("NAIROBI, June 9, 2019 (Agency) — A bomb went off.")
        Dateline(start=0, end=33, day='June 9, 2019')
        >>> find_dateline("In Nairobi, 9 June 2019 is remembered.") is None
        True
    """
    head = text[first : first + _LETTERHEAD]
    begin = first + len(head) - len(head.lstrip())
    for pattern in (_LINE, _SMALL_LINE):
        if found := pattern.match(text, begin):
            return _read_line(found)
    for start in _LINE_START.finditer(text, begin, first + _LETTERHEAD):
        found = _LINE.match(text, start.end())
        line = _read_line(found) if found else None
        if line is not None and line.day:
            return line
    return None


def _read_line(found: re.Match[str]) -> Dateline:
    day = _DATED.search(found.group())
    return Dateline(*found.span(), day.group() if day else "")
