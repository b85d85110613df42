"""Writes what the documentation takes from the code, so that the two cannot differ.

    python docs/generate.py

docs/commands.md comes from the command line, docs/records.md from the records and exporters, and
the marked example in README.md from running it. A test tells when the first two are stale; the
third depends on the model, so run this after new weights were put in.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import date
from enum import EnumType
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, get_args, get_origin

from typer.models import ArgumentInfo, OptionInfo

from whowhom import records
from whowhom.accounts import COLUMNS as INCIDENT_COLUMNS
from whowhom.cli import app
from whowhom.codebooks.plover import find_code
from whowhom.exporters import record_article
from whowhom.exporters.tables import COLUMNS
from whowhom.records import Article, CodedArticle, DaySpan, Entity, Event, EventDate, Place, Source, Span

ROOT = Path(__file__).parent.parent
_FRESH = "<!-- Written by docs/generate.py; change the code it comes from instead. -->\n"
# No apostrophe in it: it stands between two of them in a shell.
_EXAMPLE = {
    "published": "2024-06-19",
    "title": "Putin signs a treaty in Pyongyang",
    "text": "Vladimir Putin arrived in Pyongyang on Wednesday and signed a partnership treaty with "
    "Kim Jong Un. "
    "The foreign ministry of South Korea condemned the treaty.",
}


def main() -> None:
    """Write every generated page and passage."""
    (ROOT / "docs" / "commands.md").write_text(describe_commands(), encoding="utf-8")
    (ROOT / "docs" / "records.md").write_text(describe_records(), encoding="utf-8")
    readme = ROOT / "README.md"
    readme.write_text(fill_example(readme.read_text(encoding="utf-8")), encoding="utf-8")


def describe_commands() -> str:
    """Return docs/commands.md: every command with its arguments, options and defaults."""
    callback = app.registered_callback
    assert callback is not None
    assert callback.callback is not None
    pages = [_FRESH, "# Commands\n", f"{inspect.getdoc(callback.callback)}\n"]
    pages.append(_describe_options(_list_parameters(callback.callback)))
    for command in app.registered_commands:
        assert command.callback is not None
        parameters = _list_parameters(command.callback)
        arguments = [p for p in parameters if isinstance(p.told, ArgumentInfo)]
        text, _, examples = (
            (inspect.getdoc(command.callback) or "").replace("\b", "").partition("Examples:\n")
        )
        usage = " ".join(["whowhom", str(command.name), *map(_name_argument, arguments), "[OPTIONS]"])
        pages.append(f"## whowhom {command.name}\n\n```text\n{usage}\n```\n\n{text.strip()}\n")
        pages += [f"`{_name_argument(one)}`: {one.told.help}\n" for one in arguments]
        pages.append(_describe_options(parameters))
        if examples.strip():
            pages.append(f"```text\n{textwrap.dedent(examples).strip()}\n```\n")
    return "\n".join([*pages, _EXIT_CODES])


_EXIT_CODES = """## Exit codes

| code | meaning |
|---|---|
| 0 | done; also where the reader of a pipe (`\\| head`) has seen enough |
| 1 | nothing could be used, or an unforeseen error (`--debug` shows where) |
| 2 | bad use: an unknown command, an impossible option, a store that is not there |
| 130 | stopped by Ctrl-C; what was finished is kept |

Progress and messages go to standard error, so standard output holds only what was asked for.
Colours appear on a terminal only, and not where `NO_COLOR` is set; `COLUMNS` sets the width where
there is no terminal.
"""


class _Parameter(NamedTuple):
    """An argument or option: its name in the function, its type and default, and what typer is told."""

    name: str
    type: Any
    default: Any
    told: ArgumentInfo | OptionInfo


def _list_parameters(function: Callable[..., Any]) -> list[_Parameter]:
    found = []
    for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
        for told in get_args(parameter.annotation)[1:]:
            if isinstance(told, ArgumentInfo | OptionInfo):
                found.append(_Parameter(name, get_args(parameter.annotation)[0], parameter.default, told))
    return found


def _name_argument(parameter: _Parameter) -> str:
    name = parameter.told.metavar or parameter.name.upper()
    return f"{name}..." if get_origin(parameter.type) is list else name


def _describe_options(parameters: list[_Parameter]) -> str:
    rows = ["| option | default | meaning |", "|---|---|---|"]
    for name, type_, default, told in parameters:
        if isinstance(told, ArgumentInfo):
            continue
        # The first of the names given to typer.Option() lies where it keeps a default.
        named = [told.default, *(told.param_decls or ())]
        flags = ", ".join(sorted((one for one in named if isinstance(one, str)), key=len)) or f"--{name}"
        kinds = [kind for kind in (type_, *get_args(type_)) if isinstance(kind, EnumType)]
        choices = "/".join(str(choice) for kind in kinds for choice in list[Any](kind))
        value = "" if type_ is bool else f" {told.metavar or choices or name.upper()}"
        shown = "" if default is None or default is False else f"`{default}`"
        rows.append(f"| `{flags}{value}` | {shown} | {told.help} |")
    return "\n".join(rows) + "\n"


def describe_records() -> str:
    """Return docs/records.md: the JSONL format, the flat columns, and the Python records."""
    example = json.dumps(record_article(_make_example()), ensure_ascii=False, indent=1)
    parts = [
        _FRESH,
        "# Records\n",
        _INTRODUCTION,
        "## One article as JSON\n\nShown over many lines here, one line in a file.\n",
        f"```json\n{example}\n```\n",
        "## One event as a flat row\n\nThe columns of CSV, Parquet and the view `events` of the store.\n",
        "| column | type | meaning |\n|---|---|---|",
        *(f"| {column.name} | {_TYPES[column.type]} | {column.meaning} |" for column in COLUMNS),
        "\n## One incident as a flat row\n",
        "The columns of `whowhom incidents`, and of the table, files and API of the desk.\n",
        "| column | type | meaning |\n|---|---|---|",
        *(f"| {column.name} | {_TYPES[column.type]} | {column.meaning} |" for column in INCIDENT_COLUMNS),
        "\n## The same in Python\n",
        "`whowhom.code` and `whowhom.code_many` give these; they are frozen, and fields are read by name.\n",
    ]
    for record in _RECORDS:
        parts.append(f"### {record.__name__}\n\n{_write_docstring(record)}\n")
        parts.append("| field | type |\n|---|---|")
        for field in dataclasses.fields(record):
            parts.append(f"| {field.name} | `{str(field.type).replace('|', chr(92) + '|')}` |")
        parts.append("")
    return "\n".join(parts)


_TYPES = {"text": "text", "texts": "list of texts", "whole": "whole number", "real": "number", "day": "day"}
_RECORDS: tuple[Any, ...] = (
    Article,
    CodedArticle,
    Event,
    Span,
    Entity,
    Place,
    EventDate,
    DaySpan,
    Source,
    records.Skip,
)
_INTRODUCTION = """One line of JSONL is one article: `id`, `title`, `published`, `outlet`, `url` and
`language` as they were read, `events`, and `skipped`, which is null or tells the `stage` that gave up and the
`reason`. Fields of the input that whowhom does not use stand under `extra`. What each value of an
event means is told in the [codebook](codebook.md).

Words are given as `text`, `start`, `end`: in Python `article_text[start:end] == text`. Offsets count
code points and `end` is exclusive. A span found in the title has `"of": "title"` and the title's
offsets. A participant that stands nowhere in words of its own has null offsets.
"""


def _write_docstring(record: type) -> str:
    text, _, attributes = inspect.cleandoc(record.__doc__ or "").partition("Attributes:\n")
    listed = re.sub(r"\n\s{4,}", " ", textwrap.dedent(attributes)).splitlines()
    bullets = [re.sub(r"^([\w, ]+): ", r"- `\1`: ", line) for line in listed if line.strip()]
    return "\n".join(filter(None, [text.strip(), *(["\n" + "\n".join(bullets)] if bullets else [])]))


def _make_example() -> CodedArticle:
    """Return a record made by hand, so that the page does not depend on the model."""
    text = "Ruritania's foreign minister Ana Bell arrived in Graustark on Friday."

    def find(words: str) -> Span:
        start = text.index(words)
        return Span(words, start, start + len(words))

    day = date(2031, 3, 7)
    event = Event(
        id="5c0f3a9d7e214b86",
        article="example-1",
        event="CONSULT",
        mode=("visit",),
        trigger=find("arrived"),
        score=0.91,
        quad=1,
        scale=find_code("CONSULT", ("visit",)).scale,
        cameo="042",
        actor=(Entity(find("Ruritania's foreign minister Ana Bell"), "Ana Bell", "", ("GOV",)),),
        recipient=(Entity(find("Graustark"), "Graustark", "", ("GOV",)),),
        location=Place(find("Graustark"), "Graustark"),
        date=EventDate(find("Friday"), DaySpan(day, day)),
    )
    article = Article("example-1", text, "Bell in Graustark", day, "Example", "https://example.org/1", "en")
    return CodedArticle(article, (event,))


def write_example_input() -> str:
    """Return the line of JSONL that the README's example reads."""
    return json.dumps(_EXAMPLE, ensure_ascii=False)


def fill_example(readme: str) -> str:
    """Return the README with the marked example replaced by what whowhom makes of it today."""
    line = write_example_input()
    command = "whowhom read reports.jsonl"
    with TemporaryDirectory() as folder:
        Path(folder, "reports.jsonl").write_text(line + "\n", encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-m", *command.split()],
            cwd=folder,
            env={**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    shown = "\n".join(row.rstrip() for row in run.stdout.strip().splitlines())
    block = f"```sh\necho '{line}' > reports.jsonl\n{command}\n```\n\n```text\n{shown}\n```\n"
    pattern = r"(<!-- output: readme-example -->\n).*?(<!-- end -->)"
    return re.sub(pattern, lambda found: found[1] + block + found[2], readme, flags=re.S)


if __name__ == "__main__":
    main()
