"""Put date words into a small code that rules can be written for.

"on Tuesday, Nov. 29" becomes "on w1 m11 29": months are m1 to m12, weekdays w0 (Monday) to w6,
"w4s" is a plural, number words are digits, ordinals end in "th". Times of day are dropped, or are
"dawn" and "clock" (a later one) where nothing else tells the day. What looks like a date and is none
("Resolution 1973", "Bloody Sunday", "since May became prime minister") is "unclear". One space stands
between tokens; punctuation is dropped, but for a dash and a comma before "after" and the like.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Callable
from functools import lru_cache

# Date words are short. Longer text is no date words, and is cut so that time stays linear in its length.
MAX_CHARACTERS = 240

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SHORT_MONTHS = "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
_SHORT_WEEKDAYS = "mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun"
# "Mar-a-Lago" and "the Sun-Times" go on with letters; "Mar-Apr" and "Sun-Tue" are ranges.
_WORD_GOES_ON = rf"-(?!(?:{_SHORT_MONTHS}|may|{_SHORT_WEEKDAYS}))[a-z]"
_MONTH = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december"
    rf"|(?:{_SHORT_MONTHS})(?!{_WORD_GOES_ON}))(?![a-z])\.?"
)
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_WEEKDAY = re.compile(
    rf"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:{_SHORT_WEEKDAYS})(?!{_WORD_GOES_ON}))\b\.?"
)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen twenty".split(),
        1,
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "couple": 2, "dozen": 12}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
        " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
} | {"thirtieth": 30}
_DAWN = r"morning|dawn|daybreak|sunrise|midnight|breakfast"
_CLOCK = (
    rf"{_DAWN}|afternoon|evening|sunset|dusk|nightfall|noon|midday|lunchtime|clock|dark"
    r"|(?<=before )night|(?<=by )night"
)
# The words that lead up to a time of day go with it: "shortly before dawn on Friday" is "on Friday".
_CLOCK_PHRASE = re.compile(
    r"(?:\b(?:shortly|just|before|after|around|about|at|by|in|during|the|early|late|towards|hours|of|past|\d\d?"
    rf"|this(?= \w+ rush)) )*\b(?:{_CLOCK})s?\b(?: (?:local|time|prayers|rush hour|hours))*"
)
_DAWN_WORD = re.compile(rf"\b(?:{_DAWN})s?\b")
_CLOCK_WORD = re.compile(rf"\b(?!dawn)(?:{_CLOCK})s?\b")
_NAMES_DAYS = re.compile(r"\d|\b(?:\w*day|weekend|week|month|year|night|tomorrow|recent\w*)s?\b")


def _keep_pointer(code: str, phrase: re.Match[str]) -> str:
    """Keep "this morning", "that evening", "the next morning": the word before it makes it a day."""
    before = code[: phrase.start()].rsplit(" ", 2)[-2:-1]
    return phrase.group() if before and before[0] in _POINTERS else " "


_POINTERS = ("this", "that", "same", "next", "following", "previous", "last", "yesterday", "tomorrow")


_HABIT = re.compile(r"(?:\b(?:on|most|some|all)|\w*days,?(?: and| or)?) $")


def _month_code(match: re.Match[str]) -> str:
    return f" m{_MONTHS.index(match.group()[:3]) + 1} "


def _weekday_code(match: re.Match[str]) -> str:
    # "on Fridays" is a habit; "Fridays" alone is mostly a genitive that lost its apostrophe.
    plural = "s" if match.group().endswith("days") and _HABIT.search(match.string[: match.start()]) else ""
    return f" w{_WEEKDAYS.index(match.group()[:3])}{plural} "


def _day_code(day: int, month: int, year: int) -> str:
    return f" {day} m{month} {year:04} " if 1 <= month <= 12 else " unclear "


def _slash_code(match: re.Match[str]) -> str:
    """11/29/2024 and 29/11/2024 are clear; 5/6/2024 may be two days, so it is none."""
    first, second, year = (int(group) for group in match.groups())
    year = _full_year(year)
    if first != second and first <= 12 and second <= 12:
        return " unclear "
    return _day_code(second, first, year) if first <= 12 else _day_code(first, second, year)


def _full_year(year: int) -> int:
    """Return 1968 for 68 and 2011 for 11: news looks back further than ahead."""
    return year if year >= 100 else year + (2000 if year < 40 else 1900)


def _short_year(match: re.Match[str]) -> str:
    return f" {_full_year(int(match.group(1)))} "


def _dotted_code(match: re.Match[str]) -> str:
    """31.12.1999: where dots are written the day stands first."""
    day, month, year = (int(group) for group in match.groups())
    return _day_code(day, month, _full_year(year))


_DECADE_WORDS = {
    word: 1900 + 10 * tens
    for tens, word in enumerate(
        "twenties thirties forties fifties sixties seventies eighties nineties".split(), 2
    )
} | {"noughties": 2000}


def _decade_code(match: re.Match[str]) -> str:
    return f" {_DECADE_WORDS[match.group()]}s "


def _iso_code(match: re.Match[str]) -> str:
    year, _, month, day = match.groups()
    return _day_code(int(day), int(month), int(year))


# ---------------------------------------------------------------------------------------------
# What looks like a date and is none. Capitals count here, so this comes before the words are lowered.

_DAY_MONTH = r"(?:\d{1,2}(?:st|nd|rd|th)? (?:of )?{month}|{month} \d{1,2}(?:st|nd|rd|th)?)".replace(
    "{month}", f"(?:{'|'.join(month_name[1:])})"
)
# Bodies and places that bear a date: "the 17 February Brigade", "April 6 Youth Movement", "26 July Street".
_DATED_NAMES = (
    "[Bb]rigades?|[Mm]ovement|[Bb]attalion|[Cc]oalition|[Aa]lliance|[Bb]loc|Camp|[Gg]roup|Organi[sz]ation|Party"
    "|Front|Forces|Square|Bridge|Street|Avenue|University|Stadium|Airport|Hospital|Committee|Foundation"
)
_NUMBERED = (
    r"[Rr]esolutions?|[Aa]rticle|[Ss]ection|[Pp]aragraph|[Cc]hapter|[Dd]ecree|[Dd]irective|[Ff]light|Act"
    r"|[Hh]ighway|[Rr]oute|[Rr]oom|[Uu]nit"
)
_TITLES = (
    "Mrs?|Ms|Miss|Theresa|Minister|Chancellor|President|Premier|Senator|Secretary|Lord|Lady|Sir|General"
    "|Judge|Justice"
)
# Verbs that make of "since May became" a person; any in "-ed" does so too.
_VERBS = (
    "became|began|came|fell|gave|had|has|held|is|left|lost|made|met|quit|said|says|saw|set|spoke|stood|took"
    "|told|was|went|won|wrote"
)
# Days and months as reports write them, the latter cut short or not.
WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DATE_FOLLOWS = r"(?=\.? ?\d|\.?,? (?:{months})[a-z]*)".replace(
    "{months}", "|".join(name[:3] for name in month_name[1:])
)
_DATE_BEGINS = rf"(?:\d|(?:{'|'.join(month_name[1:]).lower()}|{_SHORT_MONTHS})\b|\w+day\b)"
_NO_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_DAY_MONTH} (?:[A-Z][a-z]+ ){{0,2}}(?:{_DATED_NAMES})\b",
        rf"\b(?:{_NUMBERED}) (?:[Nn]o\.? |[Nn]umber )?\d+(?:[/-]\d+)?\b",
        r"\b(?:\d{1,4}(?:st|nd|rd|th)?(?: [Cc]entury)?|[a-z]{5,11} [Cc]entury) ?"
        r"(?:B\.? ?C\b\.?(?:E\b\.?)?|bce?\b)",
        r"\bGood Friday (?=[Aa]greement|[Aa]ccord|[Dd]eal)",
        rf"\b(?:Bloody|Black|Super|Cyber) {WEEKDAY}\b",
        rf"\bJan (?=[A-Z][a-z])(?!{WEEKDAY})",
        rf"\b(?:{_TITLES})\.? (?:May|March|April|June|August)\b(?! \d)",
        rf"(?:(?<=[Ss]ince )|(?<=[Aa]fter )|(?<=[Uu]ntil )|(?<=[Bb]efore )|(?<=[Ww]hen ))May"
        rf" (?=(?:[a-z]+ed|{_VERBS})\b)",
        rf"(?<=[Tt]he )(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun|sun)\b(?!{_DATE_FOLLOWS})(?!\.)",
        rf"\b(?:sat|weds?)\b(?!{_DATE_FOLLOWS})",
        # People marching; "in march" of hasty writers is the month.
        r"\b(?:the|a|an|this|that|his|her|their|its|protest|peace|long) march\b(?! \d)",
    )
)


def _drop_no_dates(words: str) -> str:
    for pattern in _NO_DATES:
        words = pattern.sub(" unclear ", words)
    return words


_Code = str | Callable[[re.Match[str]], str]
_REPLACEMENTS: tuple[tuple[re.Pattern[str], _Code], ...] = (
    (re.compile("[\u2010-\u2015\u2212]"), "-"),
    (re.compile("[\u2018\u2019\u02bc`]"), "'"),
    (re.compile(r"\bnew year'?s(?= day\b| eve\b)"), "newyear"),
    # "the Chinese New Year" is another day.
    (re.compile(r"\b(the|at|over|around|before|after|since|until|by|and|for) new year\b"), r"\1 newyear"),
    (re.compile(r" ?& ?"), " and "),
    (re.compile(r"\b(early|mid|late)-(?=\w)"), r"\1 "),
    (re.compile(r"\b(?:fourth|4th) of july\b"), " 4 m7 "),
    (re.compile(r"\b(?:a?round|round)[ -]the[ -]clock\b"), " "),
    (
        re.compile(
            r"\b(?:the )?(?:morning|evening|afternoon)"
            r"(?= (?:before|after) (?!sun(?:rise|set)|mid(?:day|night)|dawn))"
        ),
        "the day",
    ),
    (re.compile(r"'(\d0s)\b"), r" 19\1"),
    (re.compile(r"(?:(?<=the )|(?<=early )|(?<=late ))([12]\d\d0)'s\b"), r"\1s"),
    (re.compile(r"(?<![\w'])'(\d\d)\b(?!')"), _short_year),
    (
        re.compile(
            rf"(?:(?<=the )|(?<=early[ -])|(?<=mid[ -])|(?<=late[ -]))(?:{'|'.join(_DECADE_WORDS)})\b"
        ),
        _decade_code,
    ),
    (re.compile(r"\b(?:no|not) later than\b"), "by"),
    (re.compile(r"\b(?:ahead of|in the (?:run|lead)[ -]?up to)\b"), "before"),
    (re.compile(rf"\b(?:beginning|starting) (?=(?:(?:on|in|from|this|next|last) )?{_DATE_BEGINS})"), "from "),
    # "for three years, after the war": they do not count from it.
    (re.compile(r", (?=(?:before|after|following|prior to)\b)"), " comma "),
    (re.compile(r"'s\b|(?<=s)'(?=\s|$)"), " "),
    (re.compile(r"\b(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:t[\d:.]{2,15}z?)?\b"), _iso_code),
    (re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?![\d.]*\d)"), _dotted_code),
    (re.compile(r"\b([12]\d{3})/(?=\d\d\b(?!/))"), r"\1-"),
    (re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?![\d/])"), _slash_code),
    (re.compile(r"(?<![\d-])(\d{1,2})-(\d{1,2})-(\d{4})(?![\d-])"), _slash_code),
    (re.compile(r"(?<![\d/])9/11(?![\d/])"), " 11 m9 2001 "),
    (re.compile(r"\bsept?(?:ember|\.)? 11(?:th)?,? (?:terror(?:ist)? )?attacks?\b"), " 11 m9 2001 "),
    (re.compile(r"\b\d{1,2}(?:[:.]\d{2})? ?(?:a\.?m\b\.?|p\.?m\b\.?|o'clock)"), " clock "),
    (re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?\b|\b\d{4} ?(?:gmt|utc|hours|hrs|z)\b"), " clock "),
    (re.compile(r"\bat \d{4}(?= on\b)"), " clock "),
    (re.compile(r"\b(?:gmt|utc)\b"), " clock "),
    (re.compile(rf"\b(\d{{1,2}})({_SHORT_MONTHS}|may)(\d{{4}}|\d\d)\b"), r"\1 \2 \3"),
    (_MONTH, _month_code),
    (re.compile(r"\b(\d{1,2})- m(\d+) -(\d{4}|\d{2})\b"), _dotted_code),
    # "Nov/Dec", "30 June/1 July", "4/5 August", "March 4/5"
    (re.compile(r"(m\d+) +/ *(?=m\d|\d\d?\b)"), r"\1 - "),
    (re.compile(r"\b(\d\d?)/(?=\d\d? +m\d)|(?<=m\d )( *\d\d?)/(?=\d\d?\b(?!/))"), r"\1\2 - "),
    (_WEEKDAY, _weekday_code),
    (re.compile(r"\b(\d{1,3}) ?(?:st|nd|rd|th)\b"), r" \1th "),
)
_TOKEN = re.compile(r"\bm\d+|\bw\ds?|\d+th\b|\d+s\b|\d+|[a-z]+|-")


# "Monday, Tuesday and Wednesday" is a range, as are "the 5th, 6th and 7th" and "May 5, 6 and 7".
_LISTS = tuple(
    re.compile(rf"\b({item})(?: {item})+ (?:and|or) (?={item}\b)")
    for item in (r"w\d", r"m\d+", r"\d{1,2}th", r"\d{1,2}")
)


_HALVES: tuple[tuple[re.Pattern[str], _Code], ...] = (
    (re.compile(r"\b(?:a|1) year and a half\b"), "18 months"),
    (re.compile(r"\bhalf an? year\b"), "6 months"),
    (re.compile(r"\bhalf an? decade\b"), "5 years"),
    (re.compile(r"\bhalf an? century\b"), "50 years"),
    (re.compile(r"\b(\d{1,2}) and a half years\b"), lambda years: f"{12 * int(years[1]) + 6} months"),
    (re.compile(r"(?<!th )\bcenturies\b"), "centurys"),  # a plural like the others
)


@lru_cache(maxsize=4096)
def encode_words(words: str) -> str:
    """Return the code of `words`.

    >>> encode_words("shortly before dawn on the twenty-first of May, 2019")
    'on the 21th of m5 2019'
    """
    text = _drop_no_dates(words[:MAX_CHARACTERS]).lower()
    for pattern, code in _REPLACEMENTS:
        text = pattern.sub(code, text)
    tokens: list[str] = []
    for token in _TOKEN.findall(text):
        _add_token(tokens, token)
    code = " ".join(tokens)
    for pattern, words_of in _HALVES:
        code = pattern.sub(words_of, code)
    for listed in _LISTS:
        code = listed.sub(r"\1 to ", code)
    bare = " ".join(_CLOCK_PHRASE.sub(lambda phrase: _keep_pointer(code, phrase), code).split())
    # Where nothing but a time of day is said, it stands for the day at hand.
    if bare != code and _NAMES_DAYS.search(bare):
        return bare
    return _CLOCK_WORD.sub("clock", _DAWN_WORD.sub("dawn", code))


def _add_token(tokens: list[str], token: str) -> None:
    """Append `token`, joining "twenty", "-", "five" to 25."""
    number, ordinal = _NUMBERS.get(token), _ORDINALS.get(token)
    value = number or ordinal
    if value is None:
        tokens.append(token)
        return
    if value < 10:
        if len(tokens) > 1 and tokens[-1] == "-" and tokens[-2] in ("20", "30", "40", "50", "60"):
            value += int(tokens[-2])
            del tokens[-2:]
        elif tokens and tokens[-1] in ("20", "30", "40", "50", "60"):
            value += int(tokens.pop())
    tokens.append(f"{value}th" if ordinal else str(value))
