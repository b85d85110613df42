"""What a person sees: the table of events, one event explained, the closing line.

Articles are written by strangers, so no word of theirs reaches the terminal as it is: every text
goes through `neutralize`, and none is ever read as rich's markup.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from rich import box
from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from whowhom.records import WITHHELD, Article, DaySpan, Entity, Event, EventDate, Place, Skip, Span

if TYPE_CHECKING:
    from whowhom.api import Recoded
    from whowhom.corrections import Correction
    from whowhom.networks import Measure
    from whowhom.resolvers.answers import Actor
    from whowhom.resolvers.countries import Codes

# Type and mode take the colour of their quad class: cooperation cool, conflict warm.
_COLOR_BY_QUAD = {1: "green", 2: "cyan", 3: "yellow", 4: "red"}
# Below the first width the place moves under the participants, below the second there is one column.
_WIDE = 100
_NARROW = 60
# A wider table is harder to read, not easier.
_WIDEST = 160
# "suicide-attack" and "unconventional", the longest modes but one, fit.
_WHAT_WIDTH = 14
_WHERE_WIDTH = 24

# C0 and C1 controls (ANSI sequences begin with one of them), marks that turn the direction of text
# around, line separators, invisible tags, and halves of surrogate pairs, which no stream can encode.
_DANGEROUS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)


Row = Mapping[str, Any]


def neutralize(text: str) -> str:
    r"""Return `text` with everything that could steer a terminal made harmless.

    Each such character becomes one other, white space a space, so offsets stay as they are.

    >>> neutralize("a\tb\x1b[31mred\u202eder")
    'a b�[31mred�der'
    """
    return _DANGEROUS.sub(lambda found: " " if found[0].isspace() else "�", text)


def make_console(stream: IO[str], **options: Any) -> Console:
    """Return a console on `stream`: colours on a terminal only, NO_COLOR and COLUMNS respected.

    `options` are those of rich's Console, such as `width`.
    """
    if not stream.isatty() and "width" not in options:
        # rich would take 80; a file or a pipe has no edge, and from 100 on nothing is folded.
        options["width"] = shutil.get_terminal_size((_WIDE, 24)).columns
    return Console(file=stream, markup=False, emoji=False, highlight=False, **options)


def make_event_report(rows: Iterable[Row], console: Console) -> Group:
    """Return the table of events with a rule between articles, which has the title of the next.

    Args:
        rows: As for `make_event_table`, those of an article together.
        console: Where it will be shown.
    """
    parts: list[RenderableType] = [make_event_table([], console)]
    for _, group in groupby(rows, key=lambda row: row["article_id"]):
        of_article = list(group)
        if heading := _make_heading(of_article[0]):
            rule = Rule(heading, align="left", style="dim")
            parts.append(Constrain(rule, min(console.width, _WIDEST)))
        parts.append(make_event_table(of_article, console, with_header=False))
    return Group(*parts)


def _make_heading(row: Row) -> Text:
    """Return what tells the article from others, "" where nothing but its day is known."""
    if not (row["title"] or row["outlet"] or row["url"]):
        return Text()
    day = row["published"].isoformat() if row["published"] else ""
    heading = Text(neutralize(row["title"] or ""), "bold")
    beside = filter(None, (row["outlet"], day) if row["title"] else (row["outlet"], day, row["url"]))
    for part in map(neutralize, beside):
        heading.append(f" · {part}" if heading.plain else part, "not bold")
    return heading


def make_event_table(rows: Iterable[Row], console: Console, *, with_header: bool = True) -> Table:
    """Return the table of events, laid out for the width of the console.

    Columns depend on nothing but this width, so that tables stand well under one another.

    Args:
        rows: Flat rows, with the names of `whowhom.exporters.tables.COLUMNS`.
        console: Where it will be shown.
        with_header: Whether names of the columns come first; the narrowest layout has none.
    """
    width = min(console.width, _WIDEST)
    if width < _NARROW:
        table = Table(box=None, show_header=False, padding=(0, 0, 1, 0), width=width)
        table.add_column(overflow="fold")
    else:
        table = Table(box=box.SIMPLE_HEAD, width=width, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
        table.show_header = with_header
        table.add_column("day", width=10, overflow="fold")
        table.add_column("what", width=_WHAT_WIDTH, overflow="fold")
        table.add_column(_arrow(console, "who {} whom"), ratio=1, overflow="fold")
        if width >= _WIDE:
            table.add_column("where, who says so", width=_WHERE_WIDTH, overflow="fold")
    room = width - (0 if width < _NARROW else 28 if width < _WIDE else 28 + _WHERE_WIDTH)
    for row in rows:
        cells = _make_cells(row, console, room)
        cells.day.append(f"\n{neutralize(row['event_id'][:8])}", "dim")
        if width >= _WIDE:
            table.add_row(
                cells.day, cells.what, _stack(cells.who, cells.sentence, Text()), cells.circumstances
            )
        elif width >= _NARROW:
            circumstances = Text(", ").join(cells.circumstances.split("\n"))
            table.add_row(cells.day, cells.what, _stack(cells.who, circumstances, cells.sentence, Text()))
        else:
            head = Text(" ").join([*cells.day.split("\n"), *cells.what.split("\n")])
            circumstances = Text(", ").join(cells.circumstances.split("\n"))
            table.add_row(_stack(head, cells.who, circumstances, cells.sentence))
    return table


class _Cells(NamedTuple):
    day: Text
    what: Text
    who: Text
    circumstances: Text
    sentence: Text


def _make_cells(row: Row, console: Console, room: int) -> _Cells:
    what = Text(row["event"], f"bold {_COLOR_BY_QUAD.get(row['quad'], '')}")
    for mode in row["mode"]:
        what.append(f"\n{mode}", "not bold")
    sentence, trigger = row["sentence"] or "", row["trigger"] or ""
    # "fire" is not that of "cease-fire" where it also stands alone.
    alone = re.search(rf"(?<![\w-]){re.escape(trigger)}(?![\w-])", sentence)
    at = alone.start() if alone else max(sentence.find(trigger), 0)
    shortened = shorten(sentence, at, at + len(trigger), length=max(120, min(2 * room, 240)))
    return _Cells(
        day=Text(_write_days(row)),
        what=what,
        who=_describe_participants(row, console),
        circumstances=_describe_circumstances(row),
        sentence=_emphasize(shortened, console)
        if sentence or trigger != WITHHELD
        else Text("words not kept", "dim"),
    )


def _stack(*parts: Text) -> Text:
    """Put texts under one another; the last may be empty, to leave a line between rows."""
    kept = [part for part in parts[:-1] if part.plain]
    return Text("\n").join([*kept, parts[-1]])


def _arrow(console: Console, pattern: str) -> str:
    return pattern.format("->" if console.options.ascii_only else "→")


def describe_days(days: DaySpan) -> str:
    """Write a span of days as briefly as it can be said.

    >>> from datetime import date
    >>> describe_days(DaySpan(date(2024, 6, 1), date(2024, 6, 30)))
    '2024-06'
    >>> describe_days(DaySpan(date(2024, 6, 3), date(2024, 6, 5)))
    '2024-06-03 to 2024-06-05'
    """
    first, last = days.first, days.last
    if first == last:
        return first.isoformat()
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first.year:04}" if first.year == last.year else f"{first.year:04}-{last.year:04}"
    if first.day == 1 and (first.year, first.month) == (last.year, last.month) and _ends_month(last):
        return first.isoformat()[:7]
    return f"{first.isoformat()} to {last.isoformat()}"


def _ends_month(day: date) -> bool:
    return day == date.max or (day + timedelta(days=1)).day == 1


def _write_days(row: Row) -> str:
    if row["first_day"] is not None:
        first, _, last = describe_days(DaySpan(row["first_day"], row["last_day"])).partition(" to ")
        if not last:
            return first
        # The column is as wide as one day: "2024-06-03", and under it "to 06-05".
        return f"{first}\nto {last[5:]}" if last[:5] == first[:5] else f"{first}\nto\n{last}"
    return f'"{neutralize(row["date_text"])}"' if row["date_text"] else "-"


def _describe_participants(row: Row, console: Console) -> Text:
    """Write "Vladimir Putin RUS GOV → North Korea PRK GOV"; actors alone where nobody received."""
    actors, recipients = _list_participants(row, "actor"), _list_participants(row, "recipient")
    shown = Text(", ").join(actors) if actors else Text("unknown", "dim")
    if not recipients:
        return shown
    return Text(_arrow(console, " {} ")).join([shown, Text(", ").join(recipients)])


def _list_participants(row: Row, role: str) -> list[Text]:
    parts = zip(*(row[f"{role}_{part}"] for part in ("name", "text", "country", "sector")), strict=True)
    return [_describe_entity(*part) for part in parts]


def _describe_entity(name: str | None, words: str | None, country: str | None, sector: str | None) -> Text:
    """Write the name (else the words) of an entity, then its country and main sector."""
    text = Text(neutralize(name or words or "") or "unnamed")
    codes = " ".join(filter(None, (country, (sector or "").partition(" ")[0])))
    return text.append(f" {neutralize(codes)}", "dim") if codes else text


def _describe_circumstances(row: Row) -> Text:
    """Write place, source, certainty and auxiliary modes, one a line; what is plain is left out."""
    lines: list[Text] = []
    if place := row["location_name"] or row["location_text"]:
        lines.append(Text(neutralize(place)))
        if row["location_country"]:
            lines[-1].append(f" {neutralize(row['location_country'])}", "dim")
    if row["source_kind"] != "author":
        name = row["source_name"] or row["source_text"] if row["source_kind"] == "named" else ""
        lines.append(Text("says ", "dim").append(neutralize(name or "") or "an unnamed source"))
    for word in (*row["aux"], *([row["certainty"]] if row["certainty"] != "certain" else [])):
        lines.append(Text(_WORD_BY_AUX.get(word, word), "magenta"))
    return Text("\n").join(lines)


_PLACES_BY_PERIOD = {"year": 4, "month": 7}


def make_dyad_table(rows: Iterable[Row], console: Console, *, by: str) -> Table:
    """Return the table of dyads over time; the four quad classes stand in the order of their numbers.

    Copies, which are events as well, and incidents are left blank where incidents were not built.

    Args:
        rows: With the columns of `whowhom.series.COLUMNS`.
        console: Where it will be shown.
        by: Length of the periods, which are written no finer.
    """
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("period", no_wrap=True)
    table.add_column(_arrow(console, "who {} whom"), no_wrap=True)
    for name in ("events", "copies", "incidents", "quads", "scale", "claimed", "articles"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("change", overflow="fold", min_width=8)
    for row in rows:
        quads = [f"{row[name]:,}" for name in row if name.startswith(("n_verbal", "n_material"))]
        change = " ".join(filter(None, (row["change"], row["change_event"])))
        table.add_row(
            row["period"].isoformat()[: _PLACES_BY_PERIOD.get(by)],
            neutralize(_arrow(console, f"{row['iso3c_1']} {{}} {row['iso3c_2']}")),
            f"{row['n_events']:,}",
            "" if row["n_independent"] is None else f"{row['n_events'] - row['n_independent']:,}",
            "" if row["n_incidents"] is None else f"{row['n_incidents']:,}",
            " ".join(quads),
            "" if row["scale_mean"] is None else f"{row['scale_mean']:.1f}",
            "" if row["share_claimed"] is None else f"{row['share_claimed']:.0%}",
            f"{row['n_articles']:,}",
            Text(change, "bold"),
            style="dim" if row["n_events"] == 0 and not change else "",
        )
    return table


def make_network_table(measures: Iterable[Measure], console: Console) -> Table:
    """Return the table of how actors stand in a network."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("actor", overflow="fold")
    for name in (
        "incidents", "acts on", "acted on", "cooperation", "conflict", "between", "PageRank"
    ):  # fmt: skip
        table.add_column(name, justify="right")
    for one in measures:
        actor = one.name if one.name == one.code else f"{one.name} ({one.code})"
        table.add_row(
            Text(neutralize(actor)),
            f"{one.n_incidents:,}",
            f"{one.n_recipients:,}",
            f"{one.n_actors:,}",
            f"{one.n_cooperation:,}",
            f"{one.n_conflict:,}",
            f"{one.betweenness:.3f}",
            f"{one.pagerank:.3f}",
        )
    return table


_WORD_BY_AUX = {"negation": "did not happen", "future": "planned"}


class Marked(NamedTuple):
    """A neutralized stretch of text with the words that matter at `start` to `end`."""

    text: str
    start: int
    end: int


def find_sentence(article: Article, span: Span) -> tuple[str, int, int]:
    """Return the sentence a span stands in, and the span's offsets within it.

    For a span that stands nowhere, or not in this article, the words alone come back.
    """
    from whowhom.coders.sentences import split_sentences

    whole = article.title if span.of == "title" else article.text
    if span.start is None or span.end is None or not 0 <= span.start < span.end <= len(whole):
        return span.text, 0, len(span.text)
    # Sentences end at a new line whatever they hold, so one line is enough to look at; that keeps a
    # text of megabytes cheap.
    first = whole.rfind("\n", 0, span.start) + 1
    last = whole.find("\n", span.end)
    line = whole[first : last if last >= 0 else len(whole)]
    for start, end in split_sentences(line):
        if first + start <= span.start < first + end:
            end = max(end, span.end - first)
            return line[start:end], span.start - first - start, span.end - first - start
    return line, span.start - first, span.end - first


def shorten(text: str, start: int, end: int, *, length: int) -> Marked:
    """Cut a sentence to about `length` characters around the words at `start` to `end`.

    >>> shorten("On Monday the two ministers met in Oslo and talked of fish.", 28, 31, length=30)
    Marked(text='… ministers met in Oslo …', start=12, end=15)
    """
    text = neutralize(text)
    if len(text) <= length:
        return Marked(text, start, end)
    room = max(length - (end - start) - 4, 0)
    first = max(start - room // 2, 0)
    last = min(end + room - (start - first), len(text))
    first = max(min(first, last - length + 4), 0)
    if first > 0:
        space = text.find(" ", first, start)
        first = space + 1 if space >= 0 else first
    if last < len(text):
        space = text.rfind(" ", end, last)
        last = space if space >= 0 else last
    before, after = "… " if first > 0 else "", " …" if last < len(text) else ""
    shift = len(before) - first
    return Marked(before + text[first:last] + after, start + shift, end + shift)


def _emphasize(marked: Marked, console: Console) -> Text:
    """Show a sentence with its trigger in bold, or between asterisks where there is no bold."""
    text, start, end = marked
    if console.is_terminal and not console.is_dumb_terminal:
        shown = Text(text, "dim")
        shown.stylize("not dim bold", start, end)
        return shown
    return Text(f"{text[:start]}*{text[start:end]}*{text[end:]}" if end > start else text)


# The colour of each field's words in `explain`.
_STYLE_BY_FIELD = {
    "trigger": "bold reverse",
    "actor": "bold green",
    "recipient": "bold blue",
    "location": "bold cyan",
    "date": "bold yellow",
    "source": "bold magenta",
    "condition": "bold red",
    "mention": "underline",
}


def list_spans(event: Event) -> Iterator[tuple[str, Span]]:
    """Yield (field, span) for all the words of an event that stand in the article."""
    yield "trigger", event.trigger
    yield from (("actor", entity.span) for entity in event.actor)
    yield from (("recipient", entity.span) for entity in event.recipient)
    if event.location is not None:
        yield "location", event.location.span
    if event.date is not None:
        yield "date", event.date.span
    if event.source.entity is not None:
        yield "source", event.source.entity.span
    if event.condition is not None:
        yield "condition", event.condition
    yield from (("mention", span) for span in event.mentions)


def mark_passages(event: Event, article: Article, console: Console) -> list[Text]:
    """Return every sentence that an event was read from, in the article's order, its words marked.

    With colours each field has its own; without, words stand as "[actor: Ana Bell]".
    """
    passages: dict[tuple[bool, int], tuple[str, list[tuple[str, int, int]]]] = {}
    for field, span in list_spans(event):
        if not span or span.start is None or span.text != article.slice(span):
            continue
        text, start, end = find_sentence(article, span)
        key = (span.of == "text", span.start - start)
        known, marks = passages.get(key, ("", []))
        passages[key] = (max(known, text, key=len), [*marks, (field, start, end)])
    with_color = console.is_terminal and not console.no_color and not console.is_dumb_terminal
    mark = _mark_with_color if with_color else _mark_with_labels
    shown = [mark(neutralize(text), marks) for _, (text, marks) in sorted(passages.items())]
    if event.trigger.text == WITHHELD:
        shown.append(Text(describe_withheld(event.trigger), "dim"))
    return shown


def describe_withheld(span: Span) -> str:
    """Tell where words stand that are not kept."""
    return f"words not kept, only where they stand: characters {span.start} to {span.end} of the {span.of}"


def _mark_with_color(text: str, marks: Sequence[tuple[str, int, int]]) -> Text:
    shown = Text(text)
    for field, start, end in marks:
        shown.stylize(_STYLE_BY_FIELD[field], start, end)
    return shown


def _mark_with_labels(text: str, marks: Sequence[tuple[str, int, int]]) -> Text:
    """Write labelled brackets into the text; words that cross others are left unmarked."""
    fields_at: dict[tuple[int, int], list[str]] = {}
    for field, start, end in marks:
        if any(a < start < b < end or start < a < end < b for a, b in fields_at):
            continue
        fields = fields_at.setdefault((start, end), [])
        if field not in fields:
            fields.append(field)
    inserts = [(start, -end, f"[{', '.join(fields)}: ") for (start, end), fields in fields_at.items()]
    opening = {start: "" for start, _, _ in inserts}
    for start, _, label in sorted(inserts):
        opening[start] += label
    closing: dict[int, str] = {}
    for _, end in fields_at:
        closing[end] = closing.get(end, "") + "]"
    pieces = [closing.get(at, "") + opening.get(at, "") + character for at, character in enumerate(text)]
    return Text("".join(pieces) + closing.get(len(text), ""))


class FieldLine(NamedTuple):
    """One line of an explanation: a field, its value, the words, and how it was reached."""

    field: str
    value: str
    words: str
    reached: str


def list_fields(event: Event, *, checked: bool = False) -> list[FieldLine]:
    """Return each field of an event that has a value, with the words and the way it was reached.

    Args:
        checked: A person vouches for it.
    """
    read = "checked by a person" if checked else "read by the model"
    lines = [
        FieldLine(
            "event", _join(event.event, *event.mode), event.trigger.text, f"{read}, score {event.score:.2f}"
        ),
        FieldLine(
            "quad, scale, cameo",
            f"{event.quad}, {event.scale:g}, {event.cameo}",
            "",
            "follow from type and mode",
        ),
    ]
    for field, entities in (("actor", event.actor), ("recipient", event.recipient)):
        lines += [_explain_entity(field, entity) for entity in entities]
        if not entities:
            lines.append(FieldLine(field, "none", "", f"{read}: nobody stands in this role"))
    if event.location is not None:
        place = event.location
        value = _join(place.name, place.country, f"({place.precision})" if place.precision else "")
        if place.latitude is not None and place.longitude is not None:
            value += f" {place.latitude:.2f}, {place.longitude:.2f}"
        lines.append(FieldLine("location", value or "not resolved", place.span.text, place.evidence or read))
    if event.date is not None:
        value = describe_days(event.date.days) if event.date.days else "no day"
        lines.append(FieldLine("date", value, event.date.span.text, event.date.evidence or read))
    if event.source.entity is not None:
        line = _explain_entity("source", event.source.entity)
        lines.append(line._replace(value=_join(event.source.kind, line.value)))
    else:
        lines.append(FieldLine("source", event.source.kind, "", read))
    lines.append(FieldLine("certainty", event.certainty, "", f"{read}, as the source puts it"))
    if event.aux:
        lines.append(FieldLine("aux", ", ".join(event.aux), "", read))
    if event.condition is not None:
        lines.append(FieldLine("condition", event.condition.text, event.condition.text, read))
    for field, number in (("killed", event.killed), ("injured", event.injured), ("size", event.size)):
        if number is not None:
            lines.append(FieldLine(field, f"{number:,}", event.size_text if field == "size" else "", read))
    return lines


def _explain_entity(field: str, entity: Entity) -> FieldLine:
    value = _join(entity.name or entity.span.text, entity.country, ", ".join(entity.sector))
    return FieldLine(field, value, entity.span.text, "; ".join(entity.evidence) or "read by the model")


def _join(*words: str) -> str:
    return " ".join(filter(None, words))


def make_field_table(event: Event, console: Console, *, checked: bool = False) -> Table:
    """Return the table of an event's fields, their values and how each was reached."""
    width = min(console.width, _WIDEST)
    table = Table(box=box.SIMPLE_HEAD, width=width, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("field", min_width=9, overflow="fold")
    table.add_column("value", ratio=2, overflow="fold")
    if width >= _WIDE:
        table.add_column("words", ratio=2, overflow="fold")
    if width >= _NARROW:
        table.add_column("how it was reached", ratio=3, overflow="fold")
    for line in list_fields(event, checked=checked):
        cells = [Text(line.field, _STYLE_BY_FIELD.get(line.field, "bold")), Text(neutralize(line.value))]
        if width >= _WIDE:
            cells.append(Text(neutralize(line.words)))
        if width >= _NARROW:
            cells.append(Text(neutralize(line.reached), "dim"))
        table.add_row(*cells)
    return table


def list_actor_fields(actor: Actor) -> dict[str, Any]:
    """Return what is known of an actor, as names and values; days as they are written in ISO 8601."""
    first, last = actor.office_days
    return {
        "words": actor.words,
        "name": actor.name,
        "country": actor.country,
        "country_name": actor.country_name,
        "sector": list(actor.sector),
        "office": actor.office,
        "office_from": first.isoformat() if first else "",
        "office_to": last.isoformat() if last else "",
        "evidence": list(actor.evidence),
    }


def list_place_fields(place: Place) -> dict[str, Any]:
    """Return what is known of a place, as names and values."""
    return {
        "words": place.span.text,
        "name": place.name,
        "country": place.country,
        "region": place.region,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "geonames": place.geonames,
        "precision": place.precision,
        "evidence": [place.evidence] if place.evidence else [],
    }


def list_date_fields(days: EventDate) -> dict[str, Any]:
    """Return the days that words mean, as names and values."""
    return {
        "words": days.span.text,
        "first": days.days.first.isoformat() if days.days else "",
        "last": days.days.last.isoformat() if days.days else "",
        "evidence": [days.evidence] if days.evidence else [],
    }


def list_codes_fields(codes: Codes) -> dict[str, Any]:
    """Return the codes of a state, as names and values; days as they are written in ISO 8601."""
    return {
        "name": codes.name,
        "iso3": codes.iso3,
        "iso2": codes.iso2,
        "cow": codes.cow,
        "gw": codes.gw,
        "since": codes.since.isoformat() if codes.since else "",
        "until": codes.until.isoformat() if codes.until else "",
        "warning": codes.warning,
    }


def make_answer_table(fields: Mapping[str, Any], console: Console) -> Table:
    """Return a table of names and values, one a line; what is not known says so."""
    width = min(console.width, _WIDEST)
    table = Table(box=None, width=width, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column("field", no_wrap=True)
    table.add_column("value", ratio=1, overflow="fold")
    for name, value in fields.items():
        values = value if isinstance(value, list) and name == "evidence" else [value]
        for number, one in enumerate(values):
            words = " ".join(one) if isinstance(one, list) else "" if one is None else str(one)
            label = Text(name.replace("_", " ") if number == 0 else "", "bold")
            table.add_row(label, Text(neutralize(words)) if words else Text("not known", "dim"))
    return table


def describe_article(article: Article) -> str:
    """Write where an event comes from: title, outlet, day of publication, address."""
    day = article.published.isoformat() if article.published else ""
    parts = (article.title, article.outlet, day, article.url)
    return neutralize(" · ".join(filter(None, parts))) or f"article {neutralize(article.id)}"


def describe_run(n_articles: int, n_events: int, n_skipped: int, seconds: float) -> str:
    """Write the closing line.

    >>> describe_run(1, 3, 0, 0.5)
    '1 article, 3 events, none skipped, 2.0 articles per second'
    """
    rate = f", {n_articles / seconds:,.1f} articles per second" if seconds > 0 and n_articles else ""
    skipped = f"{n_skipped:,} skipped" if n_skipped else "none skipped"
    return f"{_count(n_articles, 'article')}, {_count(n_events, 'event')}, {skipped}{rate}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def describe_correction(correction: Correction, console: Console) -> Text:
    """Write a correction in a line: what it says, and how to undo it."""
    event = correction.before or correction.after or correction.coded
    what = f"{event.event} '{event.trigger.text}'" if event else "event"
    arrow = _arrow(console, " {} ")
    changes = list_changes(correction) if correction.verdict in ("set", "undo") else []
    told = ", ".join(f"{field}: {old or 'none'}{arrow}{new or 'none'}" for field, old, new in changes)
    parts = [
        f"{correction.made_at.date().isoformat()} {correction.who}",
        f"{correction.verdict} {what} ({correction.event})",
        told,
        f"undoes {correction.undone}" if correction.undone else "",
        correction.why,
        f"correction {correction.id}",
        "" if correction.stands else "undone",
    ]
    return Text(neutralize(" · ".join(filter(None, parts))), "" if correction.stands else "dim")


def list_changes(correction: Correction) -> list[tuple[str, str, str]]:
    """Return (field, value before, value after) of a correction that changed an event."""
    before, after = correction.before, correction.after
    if before is None or after is None:
        return []
    told: list[dict[str, str]] = []
    for event in (before, after):
        values: dict[str, list[str]] = {"trigger": [event.trigger.text]}
        for line in list_fields(event):
            values.setdefault(line.field, []).append(line.value)
        told.append({field: "; ".join(listed) for field, listed in values.items()})
    old, new = told
    fields = [field for field in {**old, **new} if old.get(field) != new.get(field)]
    return [(field, old.get(field, ""), new.get(field, "")) for field in fields]


def list_correction_fields(correction: Correction) -> dict[str, Any]:
    """Return a correction as names and values, its events as records."""
    from whowhom.exporters.records import record_event

    row = {name: getattr(correction, name) for name in correction.__slots__}
    for name in ("coded", "before", "after"):
        row[name] = record_event(row[name]) if row[name] is not None else None
    return row | {"fields": list(correction.fields), "made_at": correction.made_at.isoformat()}


def describe_gold(n_articles: int, n_events: int) -> str:
    """Write how much gold there is.

    >>> describe_gold(1, 3)
    '1 article of which every event was decided on, 3 events'
    """
    return f"{_count(n_articles, 'article')} of which every event was decided on, {_count(n_events, 'event')}"


def describe_recoded(recoded: Recoded) -> str:
    """Write the closing line of a new coding."""
    parts = [
        f"{_count(recoded.n_articles, 'article')} coded again",
        f"{recoded.n_changed:,} changed",
        f"{recoded.n_articles - recoded.n_changed:,} as before",
    ]
    if recoded.n_kept:
        parts.append(f"{_count(recoded.n_kept, 'corrected event')} kept")
    if recoded.n_without_text:
        parts.append(f"{recoded.n_without_text:,} left as they were, their text is not stored")
    if recoded.skips:
        parts.append(f"{len(recoded.skips):,} left as they were, they could not be coded")
    return ", ".join(parts)


def describe_skips(n_by_reason: Mapping[str, int], *, most: int = 4) -> list[str]:
    """Write why things were not used, the commonest reason first, one a line."""
    ranked = sorted(n_by_reason.items(), key=lambda pair: -pair[1])
    lines = [f"{n:,} x {neutralize(reason)[:200]}" for reason, n in ranked[:most]]
    if len(ranked) > most:
        lines.append(f"{sum(n for _, n in ranked[most:]):,} x {len(ranked) - most:,} other reasons")
    return lines


def describe_skip(skip: Skip) -> str:
    """Write one thing that was not used: where it is and why."""
    return neutralize(f"{skip.origin or skip.article or 'article'}: {skip.reason}")[:400]
