"""Texts with other states and persons in them, so that a network learns what words do and not who is named.

`vary` swaps every state that a text names for another one (its name, adjective, people and capital
alike) and every known person for another person. What comes out is seldom true and always grammar.
A teacher reads it (`vary`, for `training.teach`), or the annotations of the text go along with it
(`vary_example`, for `training.train --varied`).
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from training.data import Example
from whowhom.records import Article

_DATA = Path(__file__).parents[1] / "whowhom/resolvers/data"
_KINDS = ("name", "adjective", "person", "people", "capital")


@cache
def _states() -> list[dict[str, str]]:
    with (_DATA / "countries.csv").open(encoding="utf-8", newline="") as rows:
        return [state for row in csv.DictReader(rows) if (state := _forms(row))]


def _forms(row: dict[str, str]) -> dict[str, str]:
    """Return the forms of a state that can stand for those of another; none where one is missing."""
    peoples = row["peoples"].split(";")
    forms = {
        "name": row["name"],
        "adjective": row["adjectives"].split(";")[0],
        "person": peoples[0],
        "people": peoples[1] if len(peoples) > 1 else "",
        "capital": row["capitals"].split(";")[0],
    }
    return forms if all(forms.values()) and not row["until"] else {}


@cache
def _people() -> list[tuple[str, str]]:
    """Return (full name, what the news calls the person for short)."""
    with (_DATA / "people.csv").open(encoding="utf-8", newline="") as rows:
        named = [(row["name"], row["names"].split(";")[0]) for row in csv.DictReader(rows)]
    return sorted({(name, short) for name, short in named if short and short in name and short != name})


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, tuple[str, int, str]]]:
    """Return what finds all words that can be swapped, and for each word its table, row and form."""
    meant: dict[str, tuple[str, int, str]] = {}
    for number, (name, short) in enumerate(_people()):
        meant.setdefault(short, ("person", number, "short"))
        meant[name] = ("person", number, "full")
    for number, state in enumerate(_states()):
        for kind in reversed(_KINDS):
            meant[state[kind]] = ("state", number, kind)
    words = "|".join(re.escape(word) for word in sorted(meant, key=len, reverse=True))
    return re.compile(rf"\b(?:{words})\b"), meant


class _Swap:
    """Swaps the names of states and persons, each for the same other one throughout."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.chosen: dict[tuple[str, int], int] = {}

    def __call__(self, found: re.Match[str]) -> str:
        table, number, form = _pattern()[1][found[0]]
        rows = len(_states()) if table == "state" else len(_people())
        other = self.chosen.setdefault((table, number), self.chance.randrange(rows))
        if table == "state":
            return _states()[other][form]
        full, short = _people()[other]
        return full if form == "full" else short

    def rewrite(self, text: str) -> tuple[str, list[int]]:
        """Return the text with other names, and for each offset of the old one that in the new."""
        parts: list[str] = []
        moved: list[int] = []
        at = length = 0
        for found in _pattern()[0].finditer(text):
            other = self(found)
            moved += [length + n for n in range(found.start() - at)]
            length += found.start() - at
            # The first letter of a name is the first of the other one; its inner letters end where that ends.
            moved += [length, *[length + len(other)] * (len(found[0]) - 1)]
            parts += [text[at : found.start()], other]
            length += len(other)
            at = found.end()
        moved += [length + n for n in range(len(text) - at + 1)]
        return "".join([*parts, text[at:]]), moved


def vary(article: Article, chance: random.Random) -> Article:
    """Return the article with its states and persons swapped for others, each for the same one throughout."""
    swap = _Swap(chance)
    title, text = (swap.rewrite(quote)[0] for quote in (article.title, article.text))
    sentences = list(_sentences(text))
    if len(sentences) > 2 and chance.random() < 0.3:
        sentences.pop(chance.randrange(len(sentences)))
    return replace(article, id=f"{article.id}-varied", title=title, text=" ".join(sentences))


def vary_example(example: Example, chance: random.Random) -> Example:
    """Return the example with other states and persons in its text, and its records on the same words.

    Names in the records are swapped as those in the text are; countries stay, since what is learned of
    them is only which mentions have the same one.
    """
    swap = _Swap(chance)
    quotes = {"title": swap.rewrite(example.article.title), "text": swap.rewrite(example.article.text)}

    def move(value: Any) -> Any:
        if isinstance(value, list):
            return [move(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        moved = {name: move(inner) for name, inner in value.items()}
        if value.get("name"):
            moved["name"] = swap.rewrite(value["name"])[0]
        if value.get("start") is not None and value["start"] >= 0 and value.get("text"):
            text, places = quotes[value.get("of") or "text"]
            moved["start"], moved["end"] = places[value["start"]], places[value["end"]]
            moved["text"] = text[moved["start"] : moved["end"]]
        return moved

    article = replace(
        example.article, id=f"{example.article.id}-varied", title=quotes["title"][0], text=quotes["text"][0]
    )
    return Example(article, move(example.events), example.held_out)


def _sentences(text: str) -> Iterator[str]:
    yield from (part for part in re.split(r"(?<=[.!?])\s+", text) if part)
