"""An article's text with the words of its events marked, as a colleague would with a pencil.

Words of several events cross each other, which elements of HTML cannot; so the text is cut wherever a
mark begins or ends, and each piece carries all the marks over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from whowhom.web.rendering import show_controls

Row = dict[str, Any]

# One letter a role, for those who do not see styles.
LETTERS = {
    "trigger": "V",
    "actor": "A",
    "recipient": "R",
    "place": "P",
    "date": "D",
    "source": "S",
    "condition": "C",
    "mention": "M",
}
ROLE_WORDS = {
    "trigger": "the deed",
    "actor": "who",
    "recipient": "whom",
    "place": "where",
    "date": "when",
    "source": "says who",
    "condition": "on condition",
    "mention": "the deed again",
}


class Mark(NamedTuple):
    """Words in a role of an event; `event` is the event's number on the page, from 1."""

    start: int
    end: int
    role: str
    event: int


def list_marks(event: Row, number: int, *, of: str = "text") -> Iterator[Mark]:
    """Yield the marks of a row of `event` in the article's text, or in its title."""
    for role, span in _list_spans(event):
        if span and span["of"] == of and span["start"] is not None and span["start"] < span["end"]:
            yield Mark(span["start"], span["end"], role, number)


def _list_spans(event: Row) -> Iterator[tuple[str, Row | None]]:
    yield "trigger", event["trigger"]
    yield from (("mention", span) for span in event["mentions"])
    for role in ("actor", "recipient"):
        yield from ((role, one["span"]) for one in event[role])
    for role, field in (("place", "location"), ("date", "date"), ("source", "source")):
        yield role, event[field]["span"] if event[field] else None
    yield "condition", event["condition"]


def mark_text(text: str, marks: Iterable[Mark], *, first: int = 0, anchors: bool = False) -> Markup:
    """Return HTML of a text with its marks; marks outside of it are passed over.

    Args:
        text: The text, or a passage of it that begins at `first` of it.
        marks: Offsets count code points of the whole text.
        anchors: Number the triggers, each a link to `#event-N`, and let `#word-N` lead to it.
    """
    inside = sorted(
        (
            Mark(max(mark.start - first, 0), min(mark.end - first, len(text)), mark.role, mark.event)
            for mark in marks
        ),
        key=lambda mark: (mark.start, -mark.end, list(LETTERS).index(mark.role), mark.event),
    )
    inside = [mark for mark in inside if mark.start < mark.end]
    cuts = sorted({0, len(text), *(at for mark in inside for at in mark[:2])})
    pieces: list[str] = []
    open_marks: list[Mark] = []
    ahead = iter(inside)
    mark = next(ahead, None)
    for start, end in pairwise(cuts):
        open_marks = [one for one in open_marks if one.end > start]
        while mark is not None and mark.start == start:
            open_marks.append(mark)
            mark = next(ahead, None)
        words = str(escape(show_controls(text[start:end])))
        pieces.append(_write_piece(words, start, open_marks, anchors) if open_marks else words)
    return Markup("".join(pieces))


def _write_piece(words: str, start: int, marks: Sequence[Mark], anchors: bool) -> str:
    """Return one piece of text within an element for each role that it has."""
    events = " ".join(map(str, sorted({mark.event for mark in marks})))
    numbers = ""
    for role in dict.fromkeys(mark.role for mark in reversed(marks)):
        beginning = [mark for mark in marks if mark.role == role and mark.start == start]
        letter = f' data-letter="{LETTERS[role]}"' if beginning else ""
        words = f'<mark class="{role}"{letter}>{words}</mark>'
        if anchors and role == "trigger":
            numbers += "".join(
                f'<a class="number" id="word-{mark.event}" href="#event-{mark.event}" '
                f'aria-label="record {mark.event}">{mark.event}</a>'
                for mark in beginning
            )
    return f'<span data-events="{events}">{numbers}{words}</span>'
