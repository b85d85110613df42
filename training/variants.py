"""Texts with other states and persons in them, so that a network learns what words do and not who is named.

`vary` swaps every state that a text names for another one (its name, adjective, people and capital
alike) and every known person for another person. What comes out is seldom true and always grammar.
Nobody annotates it: a teacher reads it (`training.teach`).
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

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


def vary(article: Article, chance: random.Random) -> Article:
    """Return the article with its states and persons swapped for others, each for the same one throughout."""
    pattern, meant = _pattern()
    chosen: dict[tuple[str, int], int] = {}

    def swap(found: re.Match[str]) -> str:
        table, number, form = meant[found[0]]
        rows = len(_states()) if table == "state" else len(_people())
        other = chosen.setdefault((table, number), chance.randrange(rows))
        if table == "state":
            return _states()[other][form]
        full, short = _people()[other]
        return full if form == "full" else short

    title, text = (pattern.sub(swap, quote) for quote in (article.title, article.text))
    sentences = list(_sentences(text))
    if len(sentences) > 2 and chance.random() < 0.3:
        sentences.pop(chance.randrange(len(sentences)))
    return replace(article, id=f"{article.id}-varied", title=title, text=" ".join(sentences))


def _sentences(text: str) -> Iterator[str]:
    yield from (part for part in re.split(r"(?<=[.!?])\s+", text) if part)
