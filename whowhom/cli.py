"""The command line: each command is one function of `whowhom.api`, and what it shows.

Only this module prints. Libraries are loaded by the command that needs them, so that `--help` is
there at once.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from rich.console import Console

    from whowhom.api import Summary
    from whowhom.records import CodedArticle, Skip
    from whowhom.resolvers.countries import Codes

# Exit codes. 130 is what shells give a program stopped by Ctrl-C, 143 one stopped by SIGTERM.
NOTHING_USABLE = 1
BAD_USE = 2
INTERRUPTED = 130
TERMINATED = 143
# As in the API, which would have to load the records to tell.
_STORE = Path("whowhom.duckdb")


class Format(StrEnum):
    """What can be written."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


class Keep(StrEnum):
    """What is kept of texts."""

    text = "text"
    sentences = "sentences"
    offsets = "offsets"


class GraphFormat(StrEnum):
    """As what a network can be written."""

    gexf = "gexf"
    graphml = "graphml"


class ActorsBy(StrEnum):
    """Who the actors of a network are."""

    country = "country"
    organisation = "organisation"


class By(StrEnum):
    """Length of a period."""

    day = "day"
    week = "week"
    month = "month"
    year = "year"


class Scheme(StrEnum):
    """Whose code of a state it is."""

    iso3 = "iso3"
    iso2 = "iso2"
    cow = "cow"
    gw = "gw"


class _Commands(TyperGroup):
    """All commands, with one place where what goes wrong becomes one line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            # The reader (`| head`) has all it wanted.
            _drop_standard_output()
            raise typer.Exit(0) from None
        except KeyboardInterrupt:
            _say_line("interrupted; what was written is kept")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if (
                ctx.meta.get("debug")
                or isinstance(error, (typer.Exit, typer.Abort))
                or _is_usage_error(error)
            ):
                raise
            raise typer.Exit(_report(error)) from None

    def main(
        self,
        args: Any = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except Exception as error:
            if not _is_usage_error(error):
                raise
            _say_line(_write_usage_error(error))
            code = BAD_USE
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code


class _PairCommand(TyperCommand):
    """A command whose --pair takes two codes, and may come again; typer knows one or the other."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        joined: list[str] = []
        for word in args:
            is_second = joined[-2:-1] == ["--pair"] and " " not in joined[-1]
            if is_second and not any(one.startswith("-") for one in (word, joined[-1])):
                joined[-1] += f" {word}"
            else:
                joined.append(word)
        return super().parse_args(ctx, joined)


class _BetweenCommand(TyperCommand):
    """A command whose --between takes two sides, which may be names of several words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        joined = list(args)
        if "--between" in joined:
            at = joined.index("--between") + 1
            sides = joined[at : at + 2]
            if len(sides) == 2 and not any(side.startswith("-") for side in sides):
                joined[at : at + 2] = ["\t".join(sides)]
        return super().parse_args(ctx, joined)


app = typer.Typer(
    name="whowhom",
    cls=_Commands,
    add_completion=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def main() -> None:
    """Run the command that the arguments name."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no "→" shows "?" instead of ending the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()


def _note_debug(ctx: typer.Context, debug: bool) -> bool:
    if debug:
        ctx.meta["debug"] = True
    return debug


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"whowhom {version('whowhom')}")
        raise typer.Exit


Debug = Annotated[
    bool,
    typer.Option("--debug", callback=_note_debug, help="Show the traceback of an error.", show_default=False),
]
Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help='Files, folders, http(s) addresses of pages or feeds, or "-" for standard input.',
        show_default=False,
    ),
]
AllowLocal = Annotated[
    bool,
    typer.Option(
        "--allow-local",
        help="Also fetch from private, loopback and link-local addresses.",
        show_default=False,
    ),
]


KeepOf = Annotated[
    Keep,
    typer.Option(
        "--keep", help="Of texts: all, the sentences of the events, or no words, only where they stand."
    ),
]


def _option(name: str, value: str, help: str) -> Any:
    return typer.Option(name, metavar=value, help=help, show_default=False)


People = Annotated[
    Path | None,
    _option("--people", "CSV", "People of your own, with the columns that `check-people` tells."),
]
FirstDay = Annotated[str | None, _option("--from", "DAY", "On this day or later, YYYY-MM-DD.")]
LastDay = Annotated[str | None, _option("--to", "DAY", "On this day or earlier, YYYY-MM-DD.")]
AsOf = Annotated[str | None, _option("--as-of", "DAY", "As things stood on this day, YYYY-MM-DD.")]
Known = Annotated[str | None, _option("--known", "DAY", "From reports published on this day or before.")]
Types = Annotated[list[str] | None, _option("--type", "TYPE", "PLOVER type, such as CONSULT.")]
Who = Annotated[str | None, _option("--who", "NAME", "Who decides; the user where not given.")]
Why = Annotated[str, _option("--why", "TEXT", "The reason.")]
RowsPath = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="PATH", help="Write here (.jsonl, .csv or .parquet).")
]
RowsFormat = Annotated[
    Format | None,
    typer.Option("--format", help="By the suffix of -o; without both, a table.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.", show_default=False)]
StorePath = Annotated[Path, typer.Option("--store", metavar="PATH", help="The DuckDB file of the store.")]


@app.callback()
def _whowhom(
    ctx: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version.", show_default=False
        ),
    ] = False,
    debug: Debug = False,
) -> None:
    """Read news reports and keep who did what to whom, when, where, according to whom.

    Begin with: whowhom demo
    """
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit(BAD_USE)


@app.command("read", short_help="Read, code and store; show the events.")
def _read(
    sources: Sources,
    store: StorePath = _STORE,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="Rows of the table at most.")] = 50,
    allow_local: AllowLocal = False,
    keep: KeepOf = Keep.text,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="The same as --keep sentences.", show_default=False)
    ] = False,
    people: People = None,
    debug: Debug = False,
) -> None:
    """Read and code sources, keep the events in a store, and show them as a table.

    Reading the same article twice changes nothing. A run that was killed is run again, and goes on
    where it was. docs/store.md tells what a store is.

    \b
    Examples:
      whowhom read report.txt
      whowhom read https://example.org/news/rss.xml --store desk.duckdb
      whowhom read corpus.jsonl pages/ --limit 10
      whowhom read licensed.jsonl --no-text
      whowhom read licensed.jsonl --keep offsets --store bare.duckdb
    """
    if no_text and keep == Keep.offsets:
        raise typer.BadParameter("--no-text keeps sentences; give it or --keep offsets.")
    from whowhom import api, terminal

    _add_people(people)
    console = terminal.make_console(sys.stdout)
    rows: list[terminal.Row] = []
    skips: list[Skip] = []

    def note(item: CodedArticle | Skip) -> None:
        skip = _find_skip(item)
        if skip is not None:
            skips.extend([skip] if len(skips) < _MOST_SKIPS else [])
            return
        rows.extend(_show_rows(item)[: max(0, limit - len(rows))])

    kept: Any = Keep.sentences.value if no_text else keep.value
    with _progress(note) as watch:
        _give_way()
        summary = api.read(sources, store, allow_local=allow_local, keep=kept, watch=watch)
    if rows:
        console.print(terminal.make_event_report(rows, console))
    if summary.n_events > len(rows):
        console.print(f"and {summary.n_events - len(rows):,} more: whowhom events{_store_option(store)}")
    _close(summary, skips, console)
    _check_usable(summary)


@app.command("code", short_help="Read and code; write JSONL, CSV or Parquet.")
def _code(
    sources: Sources,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="PATH", help="Write here (.jsonl, .csv or .parquet).", show_default=False
        ),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option("--format", help="By the suffix of -o where not given, else jsonl.", show_default=False),
    ] = None,
    allow_local: AllowLocal = False,
    people: People = None,
    debug: Debug = False,
) -> None:
    """Read and code sources without a store; one record an article, in order.

    Without -o it writes JSON Lines to standard output. What cannot be read does not stop the run;
    its record tells the reason.

    \b
    Examples:
      whowhom code corpus.jsonl -o events.parquet
      cat report.txt | whowhom code - | jq .events
      whowhom code https://example.org/news/rss.xml | head -3
    """
    from whowhom import api, terminal

    _add_people(people)
    skips: list[Skip] = []

    def keep(item: CodedArticle | Skip) -> None:
        skip = _find_skip(item)
        if skip is not None and len(skips) < _MOST_SKIPS:
            skips.append(skip)

    with _progress(keep, quiet=out is None and sys.stdout.isatty()) as watch:
        summary = api.code_sources(sources, out, format=format, allow_local=allow_local, watch=watch)
    _close(summary, skips, terminal.make_console(sys.stderr))
    _check_usable(summary)


@app.command("watch", short_help="Watch feeds; code and store what is new.")
def _watch(
    feeds: Annotated[
        list[str],
        typer.Argument(
            metavar="FEED", help="http(s) addresses of feeds, and OPML files.", show_default=False
        ),
    ],
    store: StorePath = _STORE,
    every: Annotated[
        str, typer.Option("--every", metavar="TIME", help="How often each is asked: 15m, 2h.")
    ] = "15m",
    once: Annotated[
        bool, typer.Option("--once", help="Ask each once and end, for cron.", show_default=False)
    ] = False,
    lasting: Annotated[str | None, _option("--for", "TIME", "End after so long: 2h, 1d12h.")] = None,
    allow_local: AllowLocal = False,
    keep: KeepOf = Keep.text,
    people: People = None,
    debug: Debug = False,
) -> None:
    """Watch feeds: ask each in its turn, code what is new, keep it, and show how it goes.

    Ctrl-C or SIGTERM ends it once what is being coded is kept; the same command goes on from there.
    A feed is asked less often where its publisher wishes, and after errors. docs/watch.md tells how,
    with examples for cron and systemd.

    \b
    Examples:
      whowhom watch feeds.opml
      whowhom watch https://example.org/news/rss.xml --every 30m --store desk.duckdb
      whowhom watch feeds.opml --once
    """
    from whowhom import api, terminal
    from whowhom.terminal_feeds import show_watch

    _add_people(people)
    console = terminal.make_console(sys.stdout)
    kept: Any = keep.value
    with _stop_signals() as stopped, show_watch(console) as tell:
        _give_way()
        summary = api.watch(
            feeds, store, every=every, once=once, lasting=lasting, allow_local=allow_local, keep=kept,
            stop=stopped.event, tell=tell,
        )  # fmt: skip
    if quiet := tell.describe_quiet():
        console.print(quiet, soft_wrap=True)
    summary.seconds = 0.0  # most of it was waiting, so it tells no speed
    _close(summary, [], console)
    if stopped.exit_code:
        _say_line("stopped; what was coded is kept")
        raise typer.Exit(stopped.exit_code)
    if tell.n_asked and tell.n_failed == tell.n_asked:
        raise typer.Exit(NOTHING_USABLE)


@app.command("feeds", short_help="Show the feeds that are watched.")
def _feeds(
    store: StorePath = _STORE,
    out: RowsPath = None,
    format: RowsFormat = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show the feeds that are or were watched: when each was asked, what came of it, what went wrong.

    \b
    Examples:
      whowhom feeds
      whowhom feeds --store desk.duckdb --json
      whowhom feeds -o feeds.csv
    """
    from whowhom import api, exporters, terminal
    from whowhom.terminal_feeds import make_feed_table

    with api.open(store, read_only=True) as kept:
        relation = kept.feeds()
        if out is not None or format is not None:
            exporters.write_relation(relation, out, format=format)
            return
        if as_json:
            _answer(
                [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()], as_json=True
            )
            return
        statuses = kept.feed_statuses()
    if not statuses:
        _say_line("no feed of this store is watched; `whowhom watch FEED` begins")
        return
    console = terminal.make_console(sys.stdout)
    console.print(make_feed_table(statuses, console))


@app.command("events", short_help="Ask the store for events.")
def _events(
    store: StorePath = _STORE,
    type: Types = None,
    mode: Annotated[list[str] | None, _option("--mode", "MODE", "PLOVER mode, such as visit.")] = None,
    actor: Annotated[
        list[str] | None,
        _option("--actor", "WHO", 'Country ("RUS"), sector ("MIL"), both ("RUS MIL") or part of a name.'),
    ] = None,
    recipient: Annotated[list[str] | None, _option("--recipient", "WHO", "The same of recipients.")] = None,
    place: Annotated[list[str] | None, _option("--place", "PLACE", "Country code or part of a name.")] = None,
    first: FirstDay = None,
    last: LastDay = None,
    source: Annotated[
        list[str] | None, _option("--source", "SOURCE", "author, named, unnamed, or as for --actor.")
    ] = None,
    certainty: Annotated[
        list[str] | None, _option("--certainty", "CERTAINTY", "certain, probable or possible.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=0, metavar="N", help="At most so many; a table shows 50 where not given."
        ),
    ] = None,
    out: RowsPath = None,
    format: RowsFormat = None,
    debug: Debug = False,
) -> None:
    """Show the events of a store that meet every condition, the latest first.

    A condition given several times is met by any of its values.

    \b
    Examples:
      whowhom events --type CONSULT --actor RUS --from 2024-06-01
      whowhom events --actor "RUS MIL" --recipient UKR --format csv > strikes.csv
      whowhom events --source named --certainty possible -o claims.parquet
    """
    from whowhom import api, exporters, terminal

    types, modes = [one.upper() for one in type or ()], [one.lower() for one in mode or ()]
    _check_codes(types, modes)
    asked: dict[str, Any] = {
        "type": types,
        "mode": modes,
        "actor": actor,
        "recipient": recipient,
        "place": place,
        "first": first,
        "last": last,
        "source": source,
        "certainty": [one.lower() for one in certainty or ()],
    }
    with api.open(store, read_only=True) as kept:
        if out is None and format is None:
            relation = kept.events(**asked, limit=limit)
            shown = relation.limit(_TABLE_ROWS if limit is None else limit)
            rows: list[terminal.Row] = [
                dict(zip(shown.columns, row, strict=True)) for row in shown.fetchall()
            ]
            n_found = len(relation) if len(rows) == _TABLE_ROWS else len(rows)
        else:
            exporters.write_coded(kept.coded(**asked, limit=limit), out, format=format)
            return
    if not rows:
        _say_line("no event of the store meets these conditions")
        return
    console = terminal.make_console(sys.stdout)
    console.print(terminal.make_event_table(rows, console))
    if n_found > len(rows):
        console.print(f"and {n_found - len(rows):,} more: add --limit {n_found}, or -o PATH")


@app.command("dyads", cls=_PairCommand, short_help="Count what one state did to another over time.")
def _dyads(
    store: StorePath = _STORE,
    pair: Annotated[
        list[str] | None,
        _option("--pair", "WHO WHOM", "Two codes, such as KOR PRK; every pair where not given."),
    ] = None,
    both: Annotated[
        bool, typer.Option("--both", help="Each pair the other way round as well.", show_default=False)
    ] = False,
    by: Annotated[By, typer.Option("--by", help="Length of a period; weeks begin on Monday.")] = By.month,
    first: FirstDay = None,
    last: LastDay = None,
    out: RowsPath = None,
    format: RowsFormat = None,
    debug: Debug = False,
) -> None:
    """Count what one state did to another by day, week, month or year.

    Zeros are filled in over the days in which the articles were published; the column of articles tells
    how many were read. Codes are ISO 3166-1 alpha-3, or KOS, UNO, EUR, IGO, NGO, MNC, IMG, ISM. A row
    at which a new level of events begins is marked. docs/dyads.md tells how, and what every column is.

    \b
    Examples:
      whowhom dyads --pair KOR PRK --both
      whowhom dyads --pair USA CHN --pair USA RUS --by year --format csv
      whowhom dyads --by month --from 2020-01-01 -o dyads.parquet
    """
    from whowhom import api, exporters, series, terminal

    pairs: list[Any] = [tuple(codes.split()) for codes in pair or ()]
    with api.open(store, read_only=True) as kept:
        relation = kept.dyads(pairs=pairs, both=both, by=by.value, first=first, last=last)
        if out is not None or format is not None:
            exporters.write_relation(relation, out, format=format, columns=series.COLUMNS)
            return
        n_found = len(relation)
        shown = relation if pairs else relation.limit(_TABLE_ROWS)
        rows: list[terminal.Row] = [dict(zip(shown.columns, row, strict=True)) for row in shown.fetchall()]
    if not rows:
        _say_line("the store has no articles of these days, or no events between states")
        return
    console = terminal.make_console(sys.stdout)
    console.print(terminal.make_dyad_table(rows, console, by=by.value))
    if n_found > len(rows):
        console.print(f"and {n_found - len(rows):,} more: add --pair WHO WHOM, or -o PATH")


@app.command("network", short_help="Show or write who acts on whom.")
def _network(
    store: StorePath = _STORE,
    by: Annotated[
        ActorsBy,
        typer.Option("--by", help='Actors: states and kinds of bodies, or "organisation" for names as well.'),
    ] = ActorsBy.country,
    type: Types = None,
    quad: Annotated[
        list[int] | None,
        typer.Option("--quad", min=1, max=4, metavar="N", help="Quad class, 1 to 4; may be repeated."),
    ] = None,
    certainty: Annotated[
        list[str] | None, _option("--certainty", "CERTAINTY", "certain, probable or possible.")
    ] = None,
    around: Annotated[
        str | None, _option("--around", "WHO", "Only this actor and those it has incidents with.")
    ] = None,
    first: FirstDay = None,
    last: LastDay = None,
    min_independent: Annotated[
        int,
        typer.Option(
            "--min-independent", min=1, metavar="N", help="Incidents of so many independent reports."
        ),
    ] = 1,
    min_incidents: Annotated[
        int, typer.Option("--min-incidents", min=1, metavar="N", help="Edges of so many incidents.")
    ] = 1,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="Rows of the table at most.")
    ] = 50,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="PATH", help="Write here (.gexf or .graphml)."),
    ] = None,
    format: Annotated[
        GraphFormat | None,
        typer.Option("--format", help="By the suffix of -o; without both, a table.", show_default=False),
    ] = None,
    debug: Debug = False,
) -> None:
    """Show who acts on whom, and who stands in the middle of it; or write it as a graph.

    Incidents are counted between actors. The table has one row an actor: how many others it acted on
    and was acted on by, cooperation and conflict, betweenness and PageRank. docs/network.md tells how.

    \b
    Examples:
      whowhom network --from 2024-01-01
      whowhom network --around PRK --min-independent 2 --quad 3 --quad 4
      whowhom network --by organisation --type ASSAULT -o record.gexf
      whowhom network --format graphml > record.graphml
    """
    from whowhom import api, exporters, terminal
    from whowhom.networks import measure

    types = [one.upper() for one in type or ()]
    _check_codes(types, [])
    found = api.network(
        store,
        by=by.value,
        type=types,
        quad=quad or (),
        certainty=[one.lower() for one in certainty or ()],
        around=around,
        first=first,
        last=last,
        min_independent=min_independent,
        min_incidents=min_incidents,
    )
    if out is not None or format is not None:
        exporters.write_network(found, out, format=format)
        return
    if not found.nodes:
        _say_line("the store has no incidents between actors that meet these conditions")
        return
    measures = measure(found)
    console = terminal.make_console(sys.stdout)
    console.print(terminal.make_network_table(measures[:limit], console))
    console.print(f"{len(found.nodes):,} actors, {len(found.edges):,} edges; all of them: add -o record.gexf")


@app.command("incidents", short_help="Show the deeds that the reports add up to.")
def _incidents(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[split|merge|undo|judgements|build] [ID]...", help="What to decide, and about which."
        ),
    ] = None,
    store: StorePath = _STORE,
    type: Types = None,
    actor: Annotated[list[str] | None, _option("--actor", "WHO", "As for `events`.")] = None,
    recipient: Annotated[list[str] | None, _option("--recipient", "WHO", "As for `events`.")] = None,
    place: Annotated[list[str] | None, _option("--place", "PLACE", "As for `events`.")] = None,
    first: FirstDay = None,
    last: LastDay = None,
    min_independent: Annotated[
        int, typer.Option("--min-independent", metavar="N", help="Told by so many independent reports.")
    ] = 1,
    limit: Annotated[int | None, _option("--limit", "N", "At most so many.")] = None,
    who: Who = None,
    why: Why = "",
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Of build: make all incidents anew.", show_default=False)
    ] = False,
    out: RowsPath = None,
    format: RowsFormat = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show incidents, or decide which reports are one deed.

    Reports of one deed are one incident; copies of one text count once. `split` takes events out of an
    incident, `merge` makes one of several, `undo` takes such a decision back; the machine never changes
    what was decided. `explain` with the id of an incident shows all its reports. docs/incidents.md tells
    how reports are joined.

    \b
    Examples:
      whowhom incidents --actor RUS --min-independent 2
      whowhom incidents --type ASSAULT --from 2024-06-01 -o attacks.csv
      whowhom incidents split 5f0c1a 3fa9c1d2 --why "another village"
      whowhom incidents merge 5f0c1a 77aa01
      whowhom incidents judgements
    """
    from whowhom import accounts, api, terminal_incidents

    action, ids = (words[0], words[1:]) if words else ("", [])
    if action in ("split", "merge", "undo"):
        verdict: Any = action
        id = api.judge(verdict, ids, store, who=who, why=why)
        typer.echo(f"judgement {id}")
    elif action in ("judgements", "build") and ids:
        raise typer.BadParameter(f"{action} takes no ids, and {' '.join(ids)} was given.")
    elif action == "judgements":
        with api.open(store, read_only=True) as kept:
            for judgement in kept.judgements():
                typer.echo(terminal_incidents.describe_judgement(judgement))
    elif action == "build":
        built = api.build_incidents(store, rebuild=rebuild)
        typer.echo(f"{built.n_events:,} events joined, {built.n_incidents:,} incidents written")
    elif action:
        raise typer.BadParameter(f"{action!r} is none of split, merge, undo, judgements, build.")
    else:
        types = [one.upper() for one in type or ()]
        _check_codes(types, [])
        with api.open_built(store) as kept:
            relation = kept.incidents(
                type=types, actor=actor, recipient=recipient, place=place, first=first, last=last,
                min_independent=min_independent, limit=limit,
            )  # fmt: skip
            _show_relation(
                relation, accounts.COLUMNS, terminal_incidents.make_incident_table, out=out, format=format,
                as_json=as_json, nothing="no incident of the store meets these conditions",
            )  # fmt: skip


@app.command("ties", cls=_BetweenCommand, short_help="Show what ties two sides on a day.")
def _ties(
    store: StorePath = _STORE,
    between: Annotated[
        str | None, _option("--between", "A B", "Two sides: codes such as RUS PRK, or parts of names.")
    ] = None,
    actor: Annotated[str | None, _option("--actor", "WHO", "One side of the tie.")] = None,
    kind: Annotated[list[str] | None, _option("--kind", "KIND", "Kind of tie, such as sanctions.")] = None,
    as_of: AsOf = None,
    known: Known = None,
    history: Annotated[
        bool, typer.Option("--history", help="Every change of every tie.", show_default=False)
    ] = False,
    out: RowsPath = None,
    format: RowsFormat = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show the ties of states, organisations and groups: agreements, sanctions, arms, troops, war and more.

    Two clocks count: what had happened by the day --as-of, by the reports that were out on the day
    --known. Without --as-of it is the day --known, without both the day of the last report. A state for
    which not enough is reported has a question mark. docs/ties.md tells the kinds, states and rules.

    \b
    Examples:
      whowhom ties --between RUS PRK --as-of 2024-12-01 --known 2024-11-30
      whowhom ties --actor RUS --kind sanctions --history
      whowhom ties --kind "armed conflict" -o wars.csv
    """
    from whowhom import api, tie_states, tie_tables

    sides: Any = tuple(between.split("\t")) if between else None
    if sides is not None and len(sides) != 2:
        raise typer.BadParameter(f"--between takes two sides, not {between!r}, such as --between RUS PRK.")
    with api.open_built(store) as kept:
        relation = kept.ties(between=sides, actor=actor, kind=kind, as_of=as_of, known=known, history=history)
        columns = tie_states.HISTORY_COLUMNS if history else tie_states.COLUMNS
        make_table = tie_tables.make_change_table if history else tie_tables.make_tie_table
        _show_relation(
            relation, columns, make_table, out=out, format=format, as_json=as_json,
            nothing="no tie of the store meets these conditions",
        )  # fmt: skip


@app.command("pledges", short_help="Show promises, threats and demands, and what became of them.")
def _pledges(
    store: StorePath = _STORE,
    by: Annotated[
        str | None, _option("--by", "WHO", "Who made it: a code such as KOR, or part of a name.")
    ] = None,
    to: Annotated[str | None, _option("--to", "WHOM", "To whom.")] = None,
    kind: Annotated[list[str] | None, _option("--kind", "KIND", "promise, threat or demand.")] = None,
    state: Annotated[
        list[str] | None, _option("--state", "STATE", "open, kept, broken, withdrawn or lapsed.")
    ] = None,
    is_open: Annotated[bool, typer.Option("--open", help="As --state open.", show_default=False)] = False,
    as_of: AsOf = None,
    known: Known = None,
    out: RowsPath = None,
    format: RowsFormat = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show promises, threats and demands: who, to whom, what, by when, and what became of it.

    Kept is also a threat carried out and a demand met. The days are those of `ties`.

    \b
    Examples:
      whowhom pledges --by KOR --open
      whowhom pledges --kind threat --to LVA --as-of 2024-12-01
      whowhom pledges --state broken --json
    """
    from whowhom import api, pledge_states, tie_tables

    with api.open_built(store) as kept:
        relation = kept.pledges(
            by=by,
            to=to,
            kind=kind,
            state=[*(state or ()), *(["open"] if is_open else [])],
            as_of=as_of,
            known=known,
        )
        _show_relation(
            relation,
            pledge_states.COLUMNS,
            tie_tables.make_pledge_table,
            out=out,
            format=format,
            as_json=as_json,
            nothing="no pledge of the store meets these conditions",
        )


def _show_relation(
    relation: Any,
    columns: Any,
    make_table: Callable[..., Any],
    *,
    out: Path | None,
    format: Format | None,
    as_json: bool,
    nothing: str,
) -> None:
    """Write rows where it is asked for, else show them as a table."""
    from whowhom import exporters, terminal

    if out is not None or format is not None:
        exporters.write_relation(relation, out, format=format, columns=columns)
        return
    rows: list[terminal.Row] = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    if as_json:
        import json

        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        _say_line(nothing)
        return
    console = terminal.make_console(sys.stdout)
    console.print(make_table(rows[:_TABLE_ROWS], console))
    if len(rows) > _TABLE_ROWS:
        console.print(f"and {len(rows) - _TABLE_ROWS:,} more: add conditions, or -o PATH")


@app.command("explain", short_help="Show how an event was read, or what a tie or pledge rests on.")
def _explain(
    event_id: Annotated[
        str, typer.Argument(metavar="ID", help="Id of an event, incident, tie or pledge, or its beginning.")
    ],
    store: StorePath = _STORE,
    debug: Debug = False,
) -> None:
    """Show the sentence an event was read from, and how each of its fields was reached.

    Of an incident it shows every report, which are copies, and why they are one; of a tie every change; of
    a pledge what may answer it, with the rule, the incident, and the articles and sentences behind it. The
    ids stand in the first column of the tables, under the day.

    \b
    Examples:
      whowhom explain 3fa9c1d2
      whowhom explain 3fa9c1d2 --store desk.duckdb
    """
    from whowhom import api, terminal
    from whowhom.accounts import Account

    explanation = api.explain(event_id, store)
    console = terminal.make_console(sys.stdout)
    if isinstance(explanation, Account):
        from whowhom import terminal_incidents

        for line in terminal_incidents.describe_account(explanation, console):
            console.print(line, soft_wrap=isinstance(line, str))
        return
    if not isinstance(explanation, api.Explanation):
        from whowhom import tie_tables

        for part in tie_tables.show_evidence(explanation, console):
            console.print(part, soft_wrap=isinstance(part, str))
        return
    console.print(terminal.describe_article(explanation.article), style="dim", soft_wrap=True)
    for passage in terminal.mark_passages(explanation.event, explanation.article, console):
        console.print(passage)
    console.print()
    checked = any(one.stands and one.verdict != "undo" for one in explanation.corrections)
    console.print(terminal.make_field_table(explanation.event, console, checked=checked))
    for correction in explanation.corrections:
        console.print(terminal.describe_correction(correction, console), soft_wrap=True)


@app.command("correct", short_help="Say what is right about an event.")
def _correct(
    event: Annotated[
        str,
        typer.Argument(
            metavar="[EVENT_ID]",
            help="Id of an event, or its beginning; with --add the id of an article.",
            show_default=False,
        ),
    ] = "",
    set: Annotated[
        list[str] | None,
        _option("--set", "FIELD=VALUE", "What a field should hold; again for more fields."),
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="All of it is right.", show_default=False)] = False,
    wrong: Annotated[
        bool, typer.Option("--wrong", help="There is no such event.", show_default=False)
    ] = False,
    add: Annotated[
        bool, typer.Option("--add", help="Add an event that was missed; --set tells it.", show_default=False)
    ] = False,
    undo: Annotated[str, _option("--undo", "ID", "A correction that no longer counts.")] = "",
    who: Who = None,
    why: Why = "",
    store: StorePath = _STORE,
    debug: Debug = False,
) -> None:
    """Accept an event, correct its fields, mark it as wrong, add one, or undo any of that.

    Corrections are kept for good: they survive `whowhom recode`, and can be written as gold. Fields are
    type, mode, trigger, actor, recipient, place, day, source, certainty, aux, condition, killed, injured
    and size. An actor is codes ("RUS MIL"), words of the article ("the envoy"), or both with a name ("he =
    Ana Bell (RUS GOV)"); several are set apart by ";". "none" empties a field.

    \b
    Examples:
      whowhom correct 3fa9c1d2 --accept
      whowhom correct 3fa9c1d2 --set actor="RUS MIL" --set day=2024-06-19 --why "as the text says"
      whowhom correct 3fa9c1d2 --wrong --who "Ana Bell"
      whowhom correct --undo 91bc
      whowhom correct --add article-7 --set type=AID --set trigger=sent --set actor=DEU
    """
    from whowhom import api, terminal

    values: dict[str, str] = {}
    for one in set or ():
        field, equals, value = one.partition("=")
        if not equals:
            raise typer.BadParameter(f"{one!r} is not FIELD=VALUE, such as day=2024-06-19.")
        values[field.strip()] = value
    made = api.correct(
        event, store, set=values, accept=accept, wrong=wrong, add=add, undo=undo, who=who, why=why
    )
    console = terminal.make_console(sys.stdout)
    console.print(terminal.describe_correction(made, console), soft_wrap=True)


@app.command("corrections", short_help="List what people corrected, or write it as gold.")
def _corrections(
    store: StorePath = _STORE,
    gold: Annotated[
        bool,
        typer.Option(
            "--gold",
            help="Write the articles of which every event was decided on, for evaluate.",
            show_default=False,
        ),
    ] = False,
    by: Annotated[str, _option("--by", "NAME", "Only what this person decided.")] = "",
    out: Annotated[Path | None, _option("-o", "PATH", "With --gold: write here (.jsonl).")] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """List what people decided about events, the earliest first; what was undone says so.

    \b
    Examples:
      whowhom corrections
      whowhom corrections --gold -o gold.jsonl && whowhom evaluate gold.jsonl
      whowhom corrections --gold --by "Ana Bell" -o ana.jsonl
    """
    from whowhom import api, terminal

    if gold:
        n_articles, n_events = api.write_gold(store, out, by=by)
        if out is not None:
            _say_line(terminal.describe_gold(n_articles, n_events))
        return
    made = api.list_corrections(store, by=by)
    if as_json:
        import json

        shown = [terminal.list_correction_fields(one) for one in made]
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2, default=str))
        return
    console = terminal.make_console(sys.stdout)
    for one in made:
        console.print(terminal.describe_correction(one, console), soft_wrap=True)
    if not made:
        _say_line(f"{by or 'nobody'} has corrected {'nothing' if by else 'anything'} in this store")


@app.command("recode", short_help="Code the articles of a store again.")
def _recode(
    store: StorePath = _STORE,
    all: Annotated[
        bool, typer.Option("--all", help="Also what this version has coded.", show_default=False)
    ] = False,
    first: Annotated[str | None, _option("--from", "DAY", "Published on this day or later.")] = None,
    last: Annotated[str | None, _option("--to", "DAY", "Published on this day or earlier.")] = None,
    people: People = None,
    debug: Debug = False,
) -> None:
    """Code again, from the texts in the store, the articles that another version of whowhom coded.

    What people corrected and judged stays. Killed half-way it can be run again, and goes on.

    \b
    Examples:
      whowhom recode
      whowhom recode --all --from 2024-06-01 --store desk.duckdb
    """
    from whowhom import api, terminal

    _add_people(people)
    with _progress(lambda item: None) as watch:
        _give_way()
        recoded = api.recode(store, all=all, first=first, last=last, watch=watch)
    console = terminal.make_console(sys.stdout)
    for skip in recoded.skips[:_MOST_SKIPS]:
        console.print(f"left as it was: {terminal.describe_skip(skip)}", style="dim", soft_wrap=True)
    console.print(terminal.describe_recoded(recoded), soft_wrap=True)


Words = Annotated[str, typer.Argument(metavar="TEXT", help="The words.", show_default=False)]
Context = Annotated[str, _option("--in", "CONTEXT", "Text that stood before the words.")]


@app.command("who", short_help="Tell who words mean.")
def _who(
    text: Words,
    on: Annotated[str | None, _option("--on", "DAY", "When they were written, YYYY-MM-DD.")] = None,
    context: Context = "",
    people: People = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Tell who words mean: name, country, sectors, the office on the day, and how each was reached.

    Without --on the latest office counts. An empty field means that it is not known.

    \b
    Examples:
      whowhom who "President Yoon" --on 2024-11-30
      whowhom who "the foreign minister of Iran" --on 2015-07-14
      whowhom who "both sides" --in "Armenia and Azerbaijan resumed talks." --json
    """
    from whowhom import terminal
    from whowhom.resolvers.answers import resolve_actor

    _add_people(people)
    actors = resolve_actor(text, on=on, context=context)
    _answer([terminal.list_actor_fields(actor) for actor in actors], as_json=as_json)


@app.command("where", short_help="Tell where words are.")
def _where(
    text: Words,
    context: Context = "",
    on: Annotated[str | None, _option("--on", "DAY", "When they were written, YYYY-MM-DD.")] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Tell where words are: the place, its country and coordinates, how exact they are, and why.

    \b
    Examples:
      whowhom where "50 km north of Mosul"
      whowhom where Tripoli --in "Lebanon's army sent soldiers north."
    """
    from whowhom import terminal
    from whowhom.resolvers.answers import resolve_place

    place = resolve_place(text, context=context, on=on)
    _answer([terminal.list_place_fields(place)], as_json=as_json)


@app.command("when", short_help="Tell which days words mean.")
def _when(
    text: Words,
    published: Annotated[str | None, _option("--published", "DAY", "Of the report, YYYY-MM-DD.")] = None,
    future: Annotated[
        bool, typer.Option("--future", help="What they tell of lies ahead.", show_default=False)
    ] = False,
    after: Annotated[str | None, _option("--after", "DAY", 'From which "the next day" counts.')] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Tell which days words mean, first and last, and the rule.

    \b
    Examples:
      whowhom when "last Friday" --published 2024-11-30
      whowhom when "two days later" --published 2024-11-30 --after 2024-11-12
    """
    from whowhom import terminal
    from whowhom.resolvers.answers import resolve_date

    days = resolve_date(text, published=published, future=future, after=after)
    _answer([terminal.list_date_fields(days)], as_json=as_json)


@app.command("codes", short_help="Tell the codes of a state.")
def _codes(
    code: Annotated[
        str,
        typer.Argument(
            metavar="CODE", help="Letters or a number, such as UKR, UA or 369.", show_default=False
        ),
    ],
    on: Annotated[str | None, _option("--on", "DAY", "When it is to mean a state, YYYY-MM-DD.")] = None,
    scheme: Annotated[Scheme | None, typer.Option("--scheme", help="Whose code it is.")] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Tell the codes of a state: ISO, Correlates of War (COW), Gleditsch-Ward (gw), and its days as one.

    Without --on today counts. Without --scheme two letters are iso2, three iso3, and a number is read
    as both lists have it, which may be two states. The warning tells what a code meant at other times,
    and which list does not count the state on the day.

    \b
    Examples:
      whowhom codes UKR
      whowhom codes DEU --on 1980-01-01
      whowhom codes 345 --scheme cow --on 1999-03-24 --json
    """
    from whowhom import terminal
    from whowhom.resolvers.countries import find_state, guess_schemes

    schemes: tuple[Any, ...] = guess_schemes(code) if scheme is None else (scheme.value,)
    found: dict[str, Codes] = {}
    for one in schemes:
        codes = find_state(code, one, on)
        found.setdefault(codes.iso3, codes)
    fields = [terminal.list_codes_fields(codes) for codes in found.values()]
    if not as_json:  # what is empty here is known to be so
        fields = [{name: value or "none" for name, value in row.items()} for row in fields]
    _answer(fields, as_json=as_json)


@app.command("check-people", short_help="Check a table of people in office.")
def _check_people(
    table: Annotated[
        Path | None,
        typer.Argument(metavar="CSV", help="The table; that of the package where not given."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Check a table of people in office: wrong rows, and what is worth a look.

    Wrong are unknown codes, impossible dates and missing fields. Worth a look are terms of one office
    that overlap, spans in which a state has no head, and terms of over fifty years.

    \b
    Columns: name, names, country, body, office, sectors, from, to, basis. `names` are other spellings
    and what the news calls the person for short, set apart by ";". Days are YYYY-MM-DD, or as much of
    that as is known; `to` is empty for those in office.

    \b
    Examples:
      whowhom check-people
      whowhom check-people mine.csv && whowhom who "Minister Quist" --people mine.csv
    """
    from whowhom.resolvers.knowledge import check_table

    findings = list(check_table(table))
    for finding in findings:
        typer.echo(f"line {finding.line}: {'wrong: ' if finding.is_error else ''}{finding.text}")
    n_wrong = sum(finding.is_error for finding in findings)
    typer.echo(f"{n_wrong} wrong, {len(findings) - n_wrong} worth a look")
    if n_wrong:
        raise typer.Exit(NOTHING_USABLE)


def _add_people(path: Path | None) -> None:
    if path is not None:
        from whowhom.resolvers.people import add_people

        add_people(path)


def _answer(found: list[dict[str, Any]], *, as_json: bool) -> None:
    from whowhom import terminal

    if as_json:
        import json

        typer.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    console = terminal.make_console(sys.stdout)
    for fields in found:
        console.print(terminal.make_answer_table(fields, console))


@app.command("check", short_help="Check that a store holds together.")
def _check(store: StorePath = _STORE, debug: Debug = False) -> None:
    """Check a store: every span against its text, every id, reference, code and day, and what incidents tell.

    One line a finding, with the table and the id. The exit code is 1 where something is wrong; what
    is only worth a look does not count.

    \b
    Examples:
      whowhom check
      whowhom check --store desk.duckdb && whowhom backup desk.bak --store desk.duckdb
    """
    from whowhom import api, terminal

    with _steps() as watch:
        findings = api.check(store, watch=watch)
    for finding in findings:
        typer.echo(terminal.neutralize(f"{'wrong' if finding.is_error else 'look'}: {finding}"))
    n_wrong = sum(finding.is_error for finding in findings)
    typer.echo(f"{n_wrong:,} wrong, {len(findings) - n_wrong:,} worth a look")
    if n_wrong:
        raise typer.Exit(NOTHING_USABLE)


@app.command("compact", short_help="Rewrite a store without unused room.")
def _compact(store: StorePath = _STORE, debug: Debug = False) -> None:
    """Rewrite a store without the room that deleted rows have left.

    It needs as much free room on the disk as the store takes. Killed half-way it changes nothing.

    \b
    Examples:
      whowhom compact
      whowhom compact --store desk.duckdb
    """
    from whowhom import api

    sizes = api.compact(store)
    typer.echo(f"{_write_size(sizes.before)} before, {_write_size(sizes.after)} after")


Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.", show_default=False)]


@app.command("backup", short_help="Copy a store to another file.")
def _backup(
    to: Annotated[Path, typer.Argument(metavar="PATH", help="Where the copy is to be.", show_default=False)],
    store: StorePath = _STORE,
    force: Force = False,
    debug: Debug = False,
) -> None:
    """Copy a store to another file, which appears when it is whole.

    The copy is a store like any other and can be asked in its place.

    \b
    Examples:
      whowhom backup whowhom-backup.duckdb
      whowhom backup /backups/desk.duckdb --store desk.duckdb --force
    """
    from whowhom import api

    size = api.backup(to, store, force=force)
    typer.echo(f"{to}: {_write_size(size)}")


@app.command("restore", short_help="Put a copy of a store in its place.")
def _restore(
    source: Annotated[Path, typer.Argument(metavar="PATH", help="The copy.", show_default=False)],
    store: StorePath = _STORE,
    force: Force = False,
    debug: Debug = False,
) -> None:
    """Put a copy of a store in its place, after all that `whowhom check` checks was found right.

    A store that is there is replaced only with --force, and then in one step.

    \b
    Examples:
      whowhom restore whowhom-backup.duckdb --force
      whowhom restore /backups/desk.duckdb --store desk.duckdb
    """
    from whowhom import api

    api.restore(source, store, force=force)
    typer.echo(f"{store} is the store of {source}")


@app.command("migrate", short_help="Bring a store of an older version up to date.")
def _migrate(store: StorePath = _STORE, debug: Debug = False) -> None:
    """Bring a store of an older version up to date; the file of before is kept beside it.

    Whatever writes to a store does this too. What only reads asks for it.

    \b
    Examples:
      whowhom migrate
      whowhom migrate --store desk.duckdb
    """
    from whowhom import api

    done = api.migrate(store)
    if done.kept is None:
        typer.echo(f"{store} is of today's version, {done.version}")
    else:
        typer.echo(f"{store} was of version {done.version} and is up to date; before: {done.kept}")


def _write_size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"


@app.command("evaluate", short_help="Measure the coder on a gold file.")
def _evaluate(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD.jsonl", help='One article a line: {"id": ..., "events": [...]}.')
    ],
    articles: Annotated[
        Path | None,
        typer.Option(
            "--articles",
            metavar="PATH",
            help='Where the texts are; articles.jsonl beside the gold, or "text" in its rows, if not given.',
            show_default=False,
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Code the articles of a gold file, compare, and print precision, recall and F1.

    Records are paired within an article and type. The levels are: the type alone; an actor as well
    (who); the recipient as well (who-whom); place, date, aux and kind of source as well (record).

    \b
    Examples:
      whowhom evaluate gold.jsonl
      whowhom evaluate gold.jsonl --articles corpus.jsonl
    """
    from whowhom import api, scoring

    with _progress(lambda item: None) as watch:
        figures = api.evaluate(gold, articles, watch=watch)
    typer.echo(scoring.describe_figures(figures))


@app.command("serve", short_help="Open the desk: a local web app over a store.")
def _serve(
    store: StorePath = _STORE,
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0 for any that is free.")
    ] = 8640,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to bind to; one that others reach needs --token.")
    ] = "127.0.0.1",
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            metavar="WORDS",
            envvar="WHOWHOM_TOKEN",
            help="What a reader shows once, in ?token=; 16 characters or more.",
            show_default=False,
            show_envvar=False,
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Open the desk, a local web app in which a person reads the record.

    It reads the store, may stay open while others read into it, and ends with Ctrl-C. Nobody but this
    computer reaches it, unless --host says so. The token can stand in WHOWHOM_TOKEN as well, where other
    users of this computer do not see it.

    \b
    Examples:
      whowhom serve
      whowhom serve --store desk.duckdb --port 8700
      whowhom serve --host 0.0.0.0 --token "$(openssl rand -hex 16)"
    """
    from whowhom.web.serving import serve

    serve(
        store,
        host=host,
        port=port,
        token=token or "",
        started=lambda address: _say_line(f"the desk is at {address}; Ctrl-C closes it"),
    )


def _give_way() -> None:
    """Let other programs go first, such as a desk that somebody looks at while a run takes hours."""
    import os

    if hasattr(os, "nice"):  # not on Windows
        os.nice(10)


@app.command("demo", short_help="Code a dozen reports that come along.")
def _demo(debug: Debug = False) -> None:
    """Code a dozen short reports that come with whowhom, and show their events.

    The reports were written for this from public facts of real events. Nothing is stored or fetched.
    """
    from whowhom import api, terminal

    console = terminal.make_console(sys.stdout)
    api.load_all()
    start = time.monotonic()
    coded = api.demo()
    seconds = time.monotonic() - start
    rows = [row for item in coded for row in _show_rows(item)]
    console.print(terminal.make_event_report(rows, console))
    console.print(terminal.describe_run(len(coded), len(rows), 0, seconds), soft_wrap=True)
    console.print(_NEXT_STEPS, soft_wrap=True)


_NEXT_STEPS = """The reports were written for this demo from public facts of real events, 1994 to 2025.

Three things to try next:
  echo "The foreign ministers of Egypt and Turkey met in Cairo." | whowhom read -
  whowhom events --actor EGY --format csv
  whowhom read https://news.un.org/feed/subscribe/en/news/all/rss.xml"""
_TABLE_ROWS = 50
# As many are named one by one; the others are counted by their reasons.
_MOST_SKIPS = 5


def _check_codes(types: list[str], modes: list[str]) -> None:
    """Refuse a type or mode that PLOVER lacks: a misspelt one would find nothing and look like an answer."""
    from whowhom.coders.labels import MODES, TYPES

    for what, codes, known in (
        ("type", types, TYPES),
        ("mode", modes, sorted({mode.partition(".")[2] for mode in MODES})),
    ):
        for code in codes:
            if code not in known:
                raise typer.BadParameter(f"{code!r} is no PLOVER {what}. Choose from {', '.join(known)}.")


def _is_usage_error(error: Exception) -> bool:
    # Typer brings its own Click from 0.21 on and takes the installed one before; this both have.
    return hasattr(error, "format_message")


def _write_usage_error(error: Any) -> str:
    message = str(error.format_message()).strip().replace("\n", " ").rstrip(".") + "."
    context = getattr(error, "ctx", None)
    return f"{message} Try '{context.command_path} --help'." if context is not None else message


def _report(error: Exception) -> int:
    """Print one line for an error and return the exit code that belongs to it."""
    message = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        message = f"{error.filename or 'file'}: {error.strerror}"
    if isinstance(
        error, (ValueError, FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
    ):
        _say_line(message)
        return BAD_USE
    from whowhom.coders.weights import ModelError
    from whowhom.corrections import UnknownCorrectionError
    from whowhom.store import StoreError, UnknownEventError

    if isinstance(error, (StoreError, UnknownEventError, UnknownCorrectionError)):
        _say_line(message)
        return BAD_USE
    if isinstance(error, (OSError, ModelError)):
        _say_line(message)
        return NOTHING_USABLE
    _say_line(f"{type(error).__name__}: {message}. Run it again with --debug to see where.")
    return NOTHING_USABLE


def _say_line(message: str) -> None:
    from whowhom.terminal import neutralize

    typer.echo(f"whowhom: {neutralize(message)}", err=True)


def _drop_standard_output() -> None:
    """Let the last flush at exit go nowhere instead of failing once more."""
    with suppress(OSError, ValueError):  # there may be no file behind it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Stopped:
    """That a signal asked to end, and the exit code that belongs to it."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.exit_code = 0

    def note(self, number: int, frame: object) -> None:
        if self.event.is_set():
            raise KeyboardInterrupt  # asked twice: at once
        self.exit_code = TERMINATED if number == signal.SIGTERM else INTERRUPTED
        self.event.set()


@contextmanager
def _stop_signals() -> Iterator[_Stopped]:
    """Let Ctrl-C and SIGTERM ask to end, instead of breaking off whatever is being done."""
    stopped = _Stopped()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stopped.note) for number in numbers]
    try:
        yield stopped
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _find_skip(item: CodedArticle | Skip) -> Skip | None:
    from whowhom.records import Skip

    return item if isinstance(item, Skip) else item.skipped


def _show_rows(item: CodedArticle | Skip) -> list[Any]:
    from whowhom.exporters.tables import flatten

    return list(flatten(item))


def _store_option(store: Path) -> str:
    return "" if str(store) == str(_STORE) else f" --store {store}"


@contextmanager
def _progress(keep: Callable[[Any], None], *, quiet: bool = False) -> Iterator[Callable[[Any], None]]:
    """Give a function that takes each outcome and moves a bar.

    The bar shows where standard error is a terminal and the work takes longer than a second.
    """
    if quiet or not sys.stderr.isatty():
        yield keep
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from whowhom.api import Summary
    from whowhom.terminal import make_console

    summary = Summary()
    start = time.monotonic()
    columns = (BarColumn(bar_width=20), TextColumn("{task.description}"), TimeElapsedColumn())
    progress = Progress(*columns, console=make_console(sys.stderr), transient=True)
    task = progress.add_task("", total=None)

    def watch(item: Any) -> None:
        keep(item)
        summary.count(item)
        progress.update(task, description=f"{summary.n_articles:,} articles, {summary.n_events:,} events")
        if not progress.live.is_started and time.monotonic() - start > 1:
            progress.start()

    try:
        yield watch
    finally:
        if progress.live.is_started:
            progress.stop()


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    """Give a function that takes the name of each step, and shows it where standard error is a terminal."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.status import Status

    from whowhom.terminal import make_console

    with Status("", console=make_console(sys.stderr)) as status:
        yield status.update


def _close(summary: Summary, skips: list[Skip], console: Console) -> None:
    """Print the closing line, and why things were skipped."""
    from whowhom import terminal

    few = len(skips) == summary.n_skipped
    reasons = (
        [terminal.describe_skip(skip) for skip in skips]
        if few
        else terminal.describe_skips(summary.n_by_reason)
    )
    for reason in reasons:
        console.print(f"skipped {reason}", style="dim", soft_wrap=True)
    console.print(
        terminal.describe_run(summary.n_articles, summary.n_events, summary.n_skipped, summary.seconds),
        soft_wrap=True,
    )


def _check_usable(summary: Summary) -> None:
    if not summary.is_usable:
        raise typer.Exit(NOTHING_USABLE)
