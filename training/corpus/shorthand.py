"""Compile annotations written in shorthand to the note format of the corpus.

An annotator writes one short line an event instead of fifteen JSON fields; what is left out
is none, `author` or `certain`. A file holds any number of blocks:

    @ wcep-2022-09-13-1
    ASSAULT.heavy-weapons | 1 shot down | A The Ukrainian military = Armed Forces of Ukraine ; UKR MIL
      | R Russia = ; RUS GOV | L Kupiansk = ; UKR | D = 2022-09-13

A block of a text written for the corpus carries the text itself, between the header and a line `--`:

    @@ w2-001 | 2031-03-07 | wire | Graustark expels envoy
    Graustark expelled ...
    --
    SANCTION.expel | 1 expelled | A Graustark = ; GRA GOV | ...

A line that starts with white space goes on with the line before. The fields of an event:

    TYPE or TYPE.mode,mode
    3 words            sentence number (0 is the title) and trigger, always second
    A words = name ; CCC SEC SEC     actor; `= ;` says the name is the words, no `=` says no name
    R words = name ; CCC SEC         recipient (A and R as often as needed)
    L words = name ; CCC             place
    D words = 2024-04-01..2024-04-07 days (one day: no `..`; words alone where no day can be known)
    S words = name ; CCC SEC         named source          U words    unnamed source
    P probable|possible              certainty             + future negation   auxiliary modes
    X words            condition     M 4:words             mention in sentence 4
    K 12  J 30  N 500  killed, injured, size               T words    size_text

Words found in another sentence than the trigger's carry its number: `A 2:he = Tor Lund ; NVA GOV`.

    >>> event("CONSULT.visit | 1 arrived | A Ana Bell = ; RUR GOV | D on Friday = 2031-03-07")["date"]
    {'text': 'on Friday', 'first': '2031-03-07', 'last': '2031-03-07'}

usage: python shorthand.py compile FILE... --notes NOTES.jsonl [--articles ARTICLES.jsonl]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NUMBERED = re.compile(r"^(\d+):\s*(.*)$", re.S)
_AT_SENTENCE = re.compile(r"^(\d+)\s+(.+)$", re.S)
_NUMBERS = {"K": "killed", "J": "injured", "N": "size"}

_SECTORS = frozenset(
    "GOV MIL COP JUD LEG SPY PTY OPP REB PRM UAF UNK "
    "AGR BUS CRM CVL EDU ELI JRN LAB MED REF PRE REL SOC".split()
)


class ShorthandError(ValueError):
    """A line of shorthand that cannot be read; the message says which and why."""


def _words(part: str) -> dict[str, Any]:
    numbered = _NUMBERED.match(part)
    if numbered:
        return {"text": numbered[2].strip(), "s": int(numbered[1])}
    return {"text": part.strip()}


def _named(part: str, *, sectors: bool) -> dict[str, Any]:
    left, semicolon, codes = part.rpartition(";")
    if not semicolon:
        raise ShorthandError(f"{part!r} has no ';' before its codes")
    words, equals, name = left.partition(" =")
    holder = _words(words)
    holder["name"] = (name.strip() or holder["text"]) if equals else ""
    country, *rest = codes.split() or [""]
    if len(country) == 3 and country in _SECTORS:
        country, rest = "", [country, *rest]
    holder["country"] = "" if country == "-" else country
    if sectors:
        holder["sector"] = rest
    return holder


def _days(part: str) -> dict[str, Any]:
    words, equals, days = part.partition("=")
    holder = _words(words)
    if equals:
        first, _, last = days.strip().partition("..")
        holder["first"], holder["last"] = first.strip(), last.strip() or first.strip()
    return holder


def event(line: str) -> dict[str, Any]:
    """Turn one line of shorthand into a note; ShorthandError says what is wrong."""
    kind, *parts = (part.strip() for part in line.split(" | "))
    name, _, modes = kind.partition(".")
    trigger = _AT_SENTENCE.match(parts[0]) if parts else None
    if trigger is None:
        raise ShorthandError(f"{line!r}: the second field is the sentence number and the trigger")
    note: dict[str, Any] = {
        "s": int(trigger[1]), "trigger": trigger[2].strip(), "event": name,
        "mode": [mode.strip() for mode in modes.split(",") if mode.strip()],
        "actor": [], "recipient": [], "location": None, "date": None,
        "source": {"kind": "author"}, "certainty": "certain", "aux": [], "condition": None,
        "mentions": [], "killed": None, "injured": None, "size": None, "size_text": "",
    }  # fmt: skip
    for part in parts[1:]:
        letter, _, value = part.partition(" ")
        value = value.strip()
        if letter in ("A", "R"):
            note["actor" if letter == "A" else "recipient"].append(_named(value, sectors=True))
        elif letter == "L":
            note["location"] = _named(value, sectors=False)
        elif letter == "D":
            note["date"] = _days(value)
        elif letter == "S":
            note["source"] = {"kind": "named", **_named(value, sectors=True)}
        elif letter == "U":
            note["source"] = {"kind": "unnamed", **(_words(value) if value else {"text": ""})}
        elif letter == "P":
            note["certainty"] = value
        elif letter == "+":
            note["aux"] = value.split()
        elif letter == "X":
            note["condition"] = _words(value)
        elif letter == "M":
            note["mentions"].append(_words(value))
        elif letter in _NUMBERS:
            note[_NUMBERS[letter]] = int(value.replace(",", ""))
        elif letter == "T":
            note["size_text"] = value
        else:
            raise ShorthandError(f"{line!r}: {letter!r} is no field")
    return note


def blocks(text: str, where: str) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yield (article, event lines); the article has only an id where its text lies elsewhere."""
    article: dict[str, Any] | None = None
    lines: list[str] = []
    body: list[str] | None = None
    for number, raw in enumerate(text.split("\n"), 1):
        if raw.startswith("@"):
            if body is not None:
                raise ShorthandError(f"{where}:{number}: the text of {article} does not end with '--'")
            if article is not None:
                yield article, lines
            lines = []
            if raw.startswith("@@"):
                fields = [field.strip() for field in raw[2:].split("|", 3)]
                if len(fields) != 4:
                    raise ShorthandError(f"{where}:{number}: wants '@@ id | day | style | title'")
                article = {
                    "id": fields[0],
                    "published": fields[1] or None,
                    "style": fields[2],
                    "title": fields[3],
                }
                body = []
            else:
                article = {"id": raw[1:].strip()}
        elif body is not None and article is not None:
            if raw.strip() == "--":
                article["text"] = "\n".join(body).strip()
                body = None
            else:
                body.append(raw)
        elif raw.strip() and not raw.startswith("#"):
            if raw[0].isspace() and lines:
                lines[-1] += " " + raw.strip()
            else:
                lines.append(raw.strip())
    if body is not None:
        raise ShorthandError(f"{where}: the text of {article} does not end with '--'")
    if article is not None:
        yield article, lines


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("command", choices=["compile"])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--notes", type=Path, required=True)
    parser.add_argument("--articles", type=Path)
    arguments = parser.parse_args()
    notes, articles, problems = [], [], 0
    for path in arguments.files:
        for article, lines in blocks(path.read_text(encoding="utf-8"), str(path)):
            events = []
            for line in lines:
                try:
                    events.append(event(line))
                except (ShorthandError, ValueError) as error:
                    print(f"{path}: {article['id']}: {error}", file=sys.stderr)
                    problems += 1
            notes.append({"id": article["id"], "events": events})
            if "text" in article:
                articles.append(article)
    for target, rows in ((arguments.notes, notes), (arguments.articles, articles)):
        if target is not None:
            target.write_text(
                "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
            )
    n_events = sum(len(row["events"]) for row in notes)
    print(f"{len(notes)} passages, {n_events} events, {problems} lines not read", file=sys.stderr)
    return int(problems > 0)


if __name__ == "__main__":
    sys.exit(main())
