"""Numbers in news text: "1,200", "two dozen", "more than 10,000", "1.5 million"."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12}
_NUMBER_WORD = "|".join([*_UNITS, *_TENS])
_SCALE = "|".join(_SCALES)
# Digits longer than 15 are ids, not counts, and a bound keeps hostile text cheap.
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<digits>\d{{1,3}}(?:,\d{{3}}){{1,4}}|\d{{1,15}})(?P<part>\.\d{{1,4}})?(?![\w%]|[.,]\d)"
    rf"(?:[ -](?P<scale>{_SCALE})\b)?"
    rf"|\bhalf an? (?P<half>{_SCALE})\b"
    rf"|\b(?P<words>(?:{_NUMBER_WORD}|a(?=[ -](?:{_SCALE})\b))"
    rf"(?:(?:[ -]|,? and )(?:{_NUMBER_WORD}|{_SCALE})){{0,9}})\b",
    re.IGNORECASE,
)
_ALONE = re.compile(r"an?\b", re.IGNORECASE)
_VAGUE = re.compile(r"\b(?:few|number|lot|handful)\b", re.IGNORECASE)


def find_numbers(text: str) -> list[tuple[int, int, int]]:
    """Return (start, end, value) of every whole number in `text`, in order.

        >>> find_numbers("killed two and wounded 1,200; some 1.5 million fled")
        [(7, 10, 2), (23, 28, 1200), (35, 46, 1500000)]

    Decimals without a scale ("2.5"), percentages and vague words ("dozens") are no numbers.
    """
    return list(_numbers(text))


def read_number(words: str) -> int | None:
    """Return the number that `words` name, None if they name none or only a vague one.

    The first number counts ("10 to 15" is 10), "a soldier" is 1.

        >>> read_number("more than 10,000"), read_number("dozens"), read_number("a policeman")
        (10000, None, 1)
    """
    for _, _, value in _numbers(words):
        return value
    return 1 if _ALONE.match(words.strip()) and not _VAGUE.search(words) else None


def _numbers(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _NUMBER.finditer(text):
        if match["half"]:
            value: int | None = _SCALES[match["half"].lower()] // 2
        else:
            value = _value_of_words(match["words"]) if match["words"] else _value_of_digits(match)
        if value is not None:
            yield match.start(), match.end(), value


def _value_of_digits(match: re.Match[str]) -> int | None:
    whole = match["digits"].replace(",", "")
    scale = _SCALES[match["scale"].lower()] if match["scale"] else 1
    if match["part"]:
        return round(float(whole + match["part"]) * scale) if scale >= 1_000 else None
    return int(whole) * scale


def _value_of_words(words: str) -> int | None:
    """Add up "two hundred and twelve"; `current` is what the next scale word multiplies."""
    total, current = 0, 0
    for word in re.split(r"[ ,-]+", words.lower()):
        if word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "a":
            current = 1
        elif word in ("hundred", "dozen"):
            current = max(current, 1) * _SCALES[word]
        elif word in _SCALES:
            total += max(current, 1) * _SCALES[word]
            current = 0
    return total + current
