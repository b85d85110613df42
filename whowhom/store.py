"""The store: one DuckDB file that holds every article read and every event found; see schema.sql.

This is the only file that opens DuckDB. Rows are added and never changed, each batch in one
transaction, so a program that is killed at any instant leaves what was added before and no more.
DuckDB admits one writing process at a time, and no reading one beside it; `turns` and `sharing` let
readers in between the batches of a long run, and `upkeep` is for whole files.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import cache
from glob import escape
from importlib.metadata import version
from importlib.resources import files
from itertools import groupby, islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, Unpack, get_args

import duckdb

from whowhom.coders.labels import CERTAINTIES, SECTORS, SOURCE_KINDS
from whowhom.exporters.tables import COLUMNS, mend
from whowhom.readers.source import Validators
from whowhom.records import Article, CodedArticle, Event, Skip
from whowhom.rows import (
    Keep,
    Row,
    hash_text,
    make_article_row,
    make_event_rows,
    make_feed_row,
    make_passage_rows,
    make_skip_row,
    make_text_sketch_row,
    read_article,
    read_event,
    read_feed_status,
    withhold_words,
    without_collection,
)
from whowhom.sql import incoming_rows, run
from whowhom.turns import POLL_SECONDS, Seat, SeatTakenError, Stay, find_writer, is_turn_taken

if TYPE_CHECKING:
    from whowhom.accounts import Account, Judgement
    from whowhom.corrections import Correction, Replaced
    from whowhom.joining import Built
    from whowhom.networks import ActorsBy, Network
    from whowhom.pledge_states import Answer, Pledge
    from whowhom.schedule import FeedStatus
    from whowhom.series import Pair, Period
    from whowhom.sharing import SharedReader, WriterSeat
    from whowhom.tie_states import Change, Tie

DEFAULT_PATH = "whowhom.duckdb"
SCHEMA_VERSION = 2
# How long to wait for a turn at the file. A batch is written in far less; a run of hours lets readers in
# between its batches and is not waited for by those who want to write.
WAIT_SECONDS = 10.0
# A desk may be amidst a question that takes ten seconds: no reason not to begin a run of hours.
_READERS_SECONDS = 60.0
# What is written goes from the log into the tables when the log has this size, and when the file is closed.
# DuckDB's 16 MB rewrite the same blocks again and again while a million events come in, which takes a sixth
# of the time and leaves a file a third larger.
_LOG_SIZE = "256MB"
HELD = "already in the store"
HELD_OTHERWISE = "the store holds another text under this id; give it an id of its own, or none"

Values = str | Sequence[str] | None
Day = date | str | None

SCHEMA_KEY = "whowhom_schema"
_CODE = re.compile(r"[A-Z]{3}")
_COMMENTED = re.compile(r'COMMENT ON COLUMN (\w+)\."?(\w+)"? IS')
_LOCKED = re.compile(r"\block (on|is held)\b")
_LOCK_HOLDER = re.compile(r"\(PID (\d+)\)")
# Articles that are looked up together.
LOOK_UP_BATCH = 64
_FETCH_ROWS = 1000
# Nobody takes as long to write the next bytes of a file that is still being made.
_PART_SECONDS = 60.0


class StoreError(Exception):
    """The store cannot be opened or used; the message says why and what to do, in one line."""


class StoreBusyError(StoreError):
    """Another program has the store; the message says which, since when, and what to do."""


class UnknownEventError(LookupError):
    """No event, or more than one, has the id or the beginning of an id that was given."""


class Added(NamedTuple):
    """What one call of `Store.add` came to; `n_held` is what was there before and stayed as it was."""

    n_articles: int
    n_events: int
    n_skips: int
    n_held: int


class Counts(NamedTuple):
    """How much a store holds."""

    n_articles: int
    n_events: int
    n_skips: int


class Evidence(NamedTuple):
    """A change of a tie, or an answer to a pledge, with the events and articles that report it."""

    of: Change | Answer
    reports: tuple[tuple[Event, Article], ...]


class TieEvidence(NamedTuple):
    """A tie and what each of its changes rests on."""

    tie: Tie
    changes: tuple[Evidence, ...]


class PledgeEvidence(NamedTuple):
    """A pledge, the reports of it, and what was reported that may answer it."""

    pledge: Pledge
    reports: tuple[tuple[Event, Article], ...]
    answers: tuple[Evidence, ...]


def open(path: str | Path = DEFAULT_PATH, *, read_only: bool = False, wait: float = WAIT_SECONDS) -> Store:
    """Open a store, and make it first where there is none.

        with whowhom.open("whowhom.duckdb") as store:
            store.events(actor="RUS", recipient="UKR", first="2024-06-01").pl()

    One of an older version is brought up to date when it is opened for writing; the old file stays
    beside it, with ".v1.bak" after its name.

    Args:
        path: The DuckDB file; ":memory:" for a store that is gone when closed.
        read_only: Only look, and do not make one. Several programs may look at the same time, but
            not while one has it open for writing. A run of `whowhom read` lets them in between.
        wait: Seconds to wait for another program that has the file. A run is not waited for by who
            wants to write, as it may take hours.

    Raises:
        StoreBusyError: Another program has it open.
        StoreError: There is none to look at, the file is no store or one of a version that cannot be
            used, or the place cannot be written to.
    """
    if str(path) == ":memory:":
        return Store(make_schema(duckdb.connect(":memory:")), ":memory:", read_only=False)
    file = find_file(path)
    if read_only:
        return Store(connect(file, str(path), read_only=True, wait=wait), str(path), read_only=True)
    if not file.exists():
        _create(file, str(path))
    seat = take_seat(file, str(path), "open", wait=wait)
    try:
        with seat.turn():
            connection = connect(file, str(path), read_only=False, wait=wait)
            _remove_parts(file)
    except BaseException:
        seat.release()
        raise
    return Store(connection, str(path), read_only=False, seat=seat)


def open_shared(
    path: str | Path = DEFAULT_PATH, *, wait: float = WAIT_SECONDS, threads: int | None = None
) -> SharedReader:
    """Return a reader for a program that looks at a store all the time, from any of its threads.

        shared = whowhom.store.open_shared("whowhom.duckdb")
        with shared.reading() as store:
            store.events(actor="RUS").fetchall()

    It keeps the file open as long as no writer waits for it. See `whowhom.sharing`.

    Args:
        wait: Seconds to wait for a writer.
        threads: How many work at one question, all cores where not given.

    Raises:
        StoreError: There is no store.
    """
    from whowhom.sharing import SharedReader

    return SharedReader(find_file(path), str(path), wait=wait, threads=threads)


def open_run(
    path: str | Path = DEFAULT_PATH, *, wait: float = WAIT_SECONDS, stay: Stay = "run"
) -> WriterSeat:
    """Take the seat of the one writer for a long run that lets readers in between; see `whowhom.sharing`.

    Where there is no store it is made, and one of an older version is brought up to date.

    Args:
        path: As for `open`.
        wait: As for `open`.
        stay: "open" for what is soon over: others who want to write wait for it, and for a run do not.

    Raises:
        StoreBusyError: Another program writes, or has read for a minute on end.
        StoreError: As `open`.
    """
    from whowhom.sharing import WriterSeat

    if str(path) == ":memory:":
        return WriterSeat(open(path))
    file = find_file(path)
    if not file.exists():
        _create(file, str(path))
    run = WriterSeat(take_seat(file, str(path), stay, wait=wait), file, str(path))
    try:
        with run.writing(wait=max(wait, _READERS_SECONDS)):
            return run
    except BaseException:
        run.close()
        raise


class Conditions(TypedDict, total=False):
    """What `Store.events` can be asked for."""

    type: Values
    mode: Values
    actor: Values
    recipient: Values
    place: Values
    first: Day
    last: Day
    source: Values
    certainty: Values
    limit: int | None


class Store:
    """An open store. Use it in a `with` block, or close it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: str,
        *,
        read_only: bool,
        seat: Seat | None = None,
    ) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._seat = seat

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; relations made by this store can no longer be read."""
        self._connection.close()
        if self._seat is not None:
            self._seat.release()

    def add(self, items: Iterable[CodedArticle | Skip], *, coder: str = "", keep: Keep = "text") -> Added:
        """Add coded articles and Skips, all of them or, where this raises, none.

        What is held already stays as it was: of an article with the same id the first one counts.
        One that has another text under the same id is not added; a Skip of stage "store" says so.
        (Ids that whowhom makes depend on the text, so this befalls only ids given by the source.)
        A Skip is kept once however often it comes; one that only says that an article is held
        is not kept.

        Args:
            items: A batch; some thousand articles at a time are the fastest.
            coder: Program and version that coded them, "whowhom 0.1.0" where not given.
            keep: "text" keeps the texts. With "sentences" the store has those of the events, all offsets,
                and what it takes to know the articles and their copies again; words that stand in other
                sentences are there, what stands around them is not. With "offsets" it has no word of a
                text: where words would be stands `whowhom.records.WITHHELD`.

        Raises:
            ValueError: An event belongs to another article, or stands twice in its own; there is no such
                `keep`.
            StoreError: The store was opened read-only, or the disk is full.
        """
        self._require_writable()
        if keep not in get_args(Keep):
            raise ValueError(f"keep is {keep!r}; it can be {', '.join(get_args(Keep))}.")
        fresh: dict[str, CodedArticle] = {}
        skips: list[Skip] = []
        n_held = 0
        batch = list(items)
        with without_collection(), self._transaction():
            articles = [item.article for item in batch if isinstance(item, CodedArticle)]
            known = self._find_held(article.id for article in articles)
            for item in batch:
                if isinstance(item, Skip):
                    if item.stage == "store" and item.reason == HELD:
                        n_held += 1
                    else:
                        skips.append(item)
                    continue
                held = known.get(mend(item.article.id))
                if held is None:
                    known[mend(item.article.id)] = _wording(item.article)
                    fresh[item.article.id] = item
                    if item.skipped is not None:
                        skips.append(item.skipped)
                elif held == _wording(item.article):
                    n_held += 1
                else:
                    skips.append(Skip(item.article.id, "store", HELD_OTHERWISE, item.article.origin))
            n_events = self._insert_coded(list(fresh.values()), coder or _name_program(), keep)
            n_skips = self._insert_skips(skips)
        return Added(len(fresh), n_events, n_skips, n_held + len(skips) - n_skips)

    def has(self, ids: Iterable[str]) -> set[str]:
        """Return those of `ids` under which the store holds an article."""
        listed = list(ids)
        held = self._find_held(listed)
        return {id for id in listed if mend(id) in held}

    def skip_held(self, items: Iterable[Article | Skip]) -> Iterator[Article | Skip]:
        """Yield `items` in order, with a Skip of stage "store" in place of every article that is held.

        It stands between the readers and the pipeline, so that nothing is coded twice.
        """
        stream = iter(items)
        while batch := list(islice(stream, LOOK_UP_BATCH)):
            held = self._find_held(item.id for item in batch if isinstance(item, Article))
            for item in batch:
                wording = held.get(mend(item.id)) if isinstance(item, Article) else None
                if isinstance(item, Skip) or wording is None:
                    yield item
                else:
                    reason = HELD if wording == _wording(item) else HELD_OTHERWISE
                    yield Skip(item.id, "store", reason, item.origin)

    def events(
        self,
        *,
        type: Values = None,
        mode: Values = None,
        actor: Values = None,
        recipient: Values = None,
        place: Values = None,
        first: Day = None,
        last: Day = None,
        source: Values = None,
        certainty: Values = None,
        limit: int | None = None,
    ) -> duckdb.DuckDBPyRelation:
        """Return the events that meet every condition: a DuckDB relation, one row an event.

        Its columns are those of the Parquet export; `.pl()`, `.df()`, `.arrow()` and
        `.write_parquet()` make of it what you work with. The latest day comes first. It is read
        when it is used, so not after the store was closed.

            store.events(type=["ASSAULT", "COERCE"], actor="RUS MIL", first="2024-06-01").df()

        Each condition may be one value or several, of which one has to hold; None and an empty
        list stand for any.

        Args:
            type: PLOVER types: "CONSULT".
            mode: PLOVER modes: "visit".
            actor: A country code ("RUS"), a sector ("MIL"), both of one actor ("RUS MIL"), or a part
                of a name or of the words, whatever its case and accents ("belousov").
            recipient: The same of recipients.
            place: A country code or a part of the place's name.
            first: The event's days end on this day or later; a date or "YYYY-MM-DD". Events without
                days meet no condition on days.
            last: The event's days begin on this day or earlier.
            source: "author", "named", "unnamed", or as for `actor`.
            certainty: "certain", "probable", "possible".
            limit: At most so many.

        Raises:
            ValueError: A condition that nothing can meet: a bad day, a last one before the first, a
                negative limit, an unknown certainty, an empty name.
        """
        selected, values = select_events(
            Conditions(
                type=type, mode=mode, actor=actor, recipient=recipient, place=place, first=first, last=last,
                source=source, certainty=certainty, limit=limit,
            )
        )  # fmt: skip
        return self._connection.sql(
            f"SELECT flat.* FROM events AS flat JOIN ({selected}) AS found "
            f"ON found.article = flat.article_id AND found.id = flat.event_id ORDER BY {LATEST_FIRST}",
            params=values,
        )

    def count_events(self, **conditions: Unpack[Conditions]) -> int:
        """Return how many events meet the conditions of `events`.

        Raises:
            ValueError: As `events`.
        """
        selected, values = select_events(conditions)
        ((n,),) = run(self._connection, f"SELECT count(*) FROM ({selected}) AS found", values)
        return int(n)

    def dyads(
        self,
        *,
        pairs: Sequence[Pair] = (),
        both: bool = False,
        by: Period = "month",
        first: Day = None,
        last: Day = None,
    ) -> duckdb.DuckDBPyRelation:
        """Return counts of what one state did to another over time: one row a directed pair and period.

        Zeros are filled in over the span in which the articles were published, and `n_articles` tells
        how many there were. The columns are those of `whowhom.series.COLUMNS`. Rows are in the order
        of pairs, then of time; they are counted when this is called.

            store.dyads(pairs=[("KOR", "PRK"), ("USA", "PRK")], by="month").df()

        Args:
            pairs: Who and whom, by ISO 3166-1 alpha-3 or UNO, EUR, IGO, NGO, MNC, IMG, ISM; every pair
                that occurs where none are given.
            both: Each pair the other way round as well.
            by: "day", "week" (from Monday), "month" or "year".
            first: Count from this day on; a date or "YYYY-MM-DD".
            last: Count up to this day.

        Raises:
            ValueError: An unknown period or code, a bad day, a last one before the first, or an answer
                of over 20 million rows.
        """
        from whowhom.series import select_dyads

        days = {"first": _read_day("first", first), "last": _read_day("last", last)}
        if days["first"] and days["last"] and days["last"] < days["first"]:
            raise ValueError(f"last day {days['last']} is before first day {days['first']}.")
        return select_dyads(self._connection, pairs=pairs, both=both, by=by, **days)

    def network(
        self,
        *,
        by: ActorsBy = "country",
        type: Values = None,
        quad: Sequence[int] = (),
        certainty: Values = None,
        around: str | None = None,
        first: Day = None,
        last: Day = None,
        min_independent: int = 1,
        min_incidents: int = 1,
    ) -> Network:
        """Return who acts on whom: actors, and incidents counted between each two of them.

        What is planned, imagined or denied by most of its reports is not counted; docs/network.md tells
        how. `whowhom.networks.measure` gives degrees, betweenness and PageRank.

            write_network(store.network(first="2024-01-01", around="PRK"), "record.gexf")

        Args:
            by: "country", or "organisation" to let bodies with a name stand beside the states.
            type: PLOVER types to be counted, all where none is given.
            quad: Quad classes to be counted, 1 to 4, all where none is given.
            certainty: "certain", "probable", "possible": as one independent report at least gives it.
            around: An actor: only it and those who have an incident with it.
            first: Count incidents of this day or later; a date or "YYYY-MM-DD". Those without a day
                count only where neither `first` nor `last` is given.
            last: Count those of this day or earlier.
            min_independent: Independent reports that an incident has at least.
            min_incidents: Incidents that an edge has at least.

        Raises:
            ValueError: An unknown `by`, quad class or certainty, a bad day, a last one before the first,
                or a number below 1.
        """
        from whowhom.networks import select_network

        days = {"first": _read_day("first", first), "last": _read_day("last", last)}
        if days["first"] and days["last"] and days["last"] < days["first"]:
            raise ValueError(f"last day {days['last']} is before first day {days['first']}.")
        return select_network(
            self._connection,
            by=by,
            types=_list_values("type", type),
            quads=quad,
            certainties=_list_values("certainty", certainty),
            around=around,
            min_independent=min_independent,
            min_incidents=min_incidents,
            **days,
        )

    def build_incidents(self, *, rebuild: bool = False) -> Built:
        """Join the events that are new to incidents, and note what they tell of ties and pledges.

        See `whowhom.joining` and `whowhom.tellings`. Many are joined part by part, and each part is kept:
        where this is killed, the next call goes on.

        Args:
            rebuild: Make all incidents anew; what people judged stays.

        Raises:
            StoreError: The store was opened read-only, or the disk is full.
        """
        from whowhom import joining, kept_standings, tellings

        self._require_writable()
        n_events = n_incidents = 0
        is_first, is_last = True, False
        with without_collection():
            while not is_last:
                with self._transaction():
                    part, is_last = joining.build_part(self._connection, rebuild=rebuild and is_first)
                    if is_last:
                        tellings.build(self._connection, rebuild=rebuild)
                        kept_standings.keep(self._connection)
                n_events, n_incidents = n_events + part.n_events, n_incidents + part.n_incidents
                is_first = False
        return joining.Built(n_events, n_incidents)

    def incidents(
        self,
        *,
        type: Values = None,
        actor: Values = None,
        recipient: Values = None,
        place: Values = None,
        first: Day = None,
        last: Day = None,
        min_independent: int = 1,
        limit: int | None = None,
    ) -> duckdb.DuckDBPyRelation:
        """Return the incidents that meet every condition: a DuckDB relation, one row an incident.

        Its columns are those of `whowhom.accounts.COLUMNS`; the latest comes first. They are those that
        `build_incidents` has seen.

            store.incidents(type="ASSAULT", place="LBN", min_independent=2).df()

        Args:
            type: PLOVER types that most reports give.
            actor: As for `events`; one report that says so is enough.
            recipient: The same of recipients.
            place: The same of places.
            first: It ended on this day or later; a date or "YYYY-MM-DD".
            last: It began on this day or earlier.
            min_independent: Told by so many independent reports at least.
            limit: At most so many.

        Raises:
            ValueError: A condition that nothing can meet.
        """
        from whowhom import accounts

        days = {"first": _read_day("first", first), "last": _read_day("last", last)}
        if days["first"] and days["last"] and days["last"] < days["first"]:
            raise ValueError(f"last day {days['last']} is before first day {days['first']}.")
        for name, number in (("min_independent", min_independent), ("limit", limit)):
            if number is not None and number < 0:
                raise ValueError(f"{name} is {number!r}; give 0 or more.")
        reported, bound = "", _Bound()
        if actor or recipient or place:
            reported, bound = select_events(Conditions(actor=actor, recipient=recipient, place=place))
        sql, values = accounts.select_incidents(
            reported,
            bound,
            types=_list_values("type", type),
            first=days["first"],
            last=days["last"],
            min_independent=min_independent,
            limit=limit,
        )
        return self._connection.sql(
            f"SELECT {accounts.FLAT} FROM ({sql}) ORDER BY first_day DESC NULLS LAST, incident_id",
            params=values,
        )

    def account(self, incident: str) -> Account:
        """Return an incident with every report of it, and why these are one.

        Args:
            incident: Its id, or the beginning of it where no other's begins so.

        Raises:
            UnknownEventError: There is none, or there are several.
        """
        from whowhom import accounts

        row = self._find_incident(incident)
        joints = accounts.find_joints(self._connection, row["id"])
        members = accounts.list_members(self._connection, row["id"])
        articles = self._fetch_articles(list(dict.fromkeys(article for article, *_ in members)))
        rows = self._fetch(
            "SELECT event.* FROM event JOIN report ON report.article = event.article "
            "AND report.event = event.id WHERE report.incident = $id",
            {"id": row["id"]},
        )
        events = {(one["article"], one["id"]): read_event(one) for one in rows}
        reports = tuple(
            accounts.Report(
                events[article, event], articles[article], sentence, family, joints.get((article, event), ())
            )
            for article, event, sentence, family in members
        )
        held = {(report.event.article, report.event.id) for report in reports}
        judgements = tuple(
            one
            for one in accounts.list_judgements(self._connection)
            if any(not held.isdisjoint(part) for part in one.parts)
        )
        return accounts.Account(row, reports, judgements)

    def _find_incident(self, id: str) -> Row:
        from whowhom import accounts

        found = accounts.find_incidents(self._connection, mend(id))
        if not found:
            raise UnknownEventError(f"No incident in {self.path} has an id that begins with {id!r}.")
        if len(found) > 1:
            ids = ", ".join(str(row["id"]) for row in found[:5])
            raise UnknownEventError(
                f"Several incidents have an id that begins with {id!r}: {ids}. Give more of it."
            )
        return found[0]

    def _list_members(self, incident: str) -> list[tuple[str, str]]:
        from whowhom import accounts

        id = str(self._find_incident(incident)["id"])
        return [(article, event) for article, event, *_ in accounts.list_members(self._connection, id)]

    def split(self, incident: str, events: Sequence[str], *, who: str, why: str = "") -> str:
        """Keep that some reports of an incident are of another deed, and return the judgement's id.

            store.split("5f0c1a", ["3fa9c1d2"], who="Ana Bell", why="another village")

        Args:
            incident: Its id, or the beginning of it.
            events: Ids of events that report it, or their beginnings, that are one deed of their own.
            who: Who decided.

        Raises:
            UnknownEventError: There is no such incident, or an event is none of its reports.
            ValueError: Nothing would stay in the incident.
            StoreError: The store was opened read-only, or the disk is full.
        """
        members = self._list_members(incident)
        apart = [_find_member(members, event, incident) for event in events]
        rest = [member for member in members if member not in apart]
        if not apart or not rest:
            raise ValueError(
                f"Incident {incident} has {len(members)} reports, and {len(apart)} are to leave it. "
                "Give some of them, not none and not all."
            )
        return self._judge("split", [rest, apart], who, why)

    def merge(self, incidents: Sequence[str], *, who: str, why: str = "") -> str:
        """Keep that incidents are one deed, and return the judgement's id.

        Args:
            incidents: Ids of two or more, or their beginnings.
            who: Who decided.

        Raises:
            UnknownEventError: There is no such incident.
            ValueError: They are not two.
            StoreError: The store was opened read-only, or the disk is full.
        """
        members = [member for one in incidents for member in self._list_members(one)]
        if len({str(self._find_incident(one)["id"]) for one in incidents}) < 2:
            raise ValueError(
                f"Only one incident is named: {', '.join(dict.fromkeys(incidents))}. Give two or more."
            )
        return self._judge("merge", [list(dict.fromkeys(members))], who, why)

    def undo(self, judgement: str, *, who: str, why: str = "") -> str:
        """Keep that a judgement no longer counts, and return the id of this decision.

        Args:
            judgement: Id of a split or merge, or the beginning of it.
            who: Who decided.

        Raises:
            LookupError: There is none that counts, or there are several.
            StoreError: The store was opened read-only, or the disk is full.
        """
        found = [
            one for one in self.judgements() if judgement and one.id.startswith(judgement) and one.counts
        ]
        if len(found) != 1:
            raise UnknownEventError(
                f"{len(found) or 'No'} judgement that counts has an id that begins with {judgement!r}. "
                "`whowhom incidents judgements` lists them."
            )
        return self._judge("undo", [], who, why, undone=found[0].id)

    def judgements(self) -> list[Judgement]:
        """Return what people decided about which reports are one deed, in the order in which they did."""
        from whowhom import accounts

        return accounts.list_judgements(self._connection)

    def _judge(
        self, verdict: str, parts: list[list[tuple[str, str]]], who: str, why: str, undone: str = ""
    ) -> str:
        from whowhom import joining, kept_standings

        self._require_writable()
        with self._transaction():
            id = joining.judge(
                self._connection, verdict, parts, who=mend(who), why=mend(why), when=_now(), undone=undone
            )
            kept_standings.keep(self._connection, of_stale=True)
            return id

    def reports(self) -> duckdb.DuckDBPyRelation:
        """Return which event reports which incident: a DuckDB relation, one row an event."""
        return self._connection.table("report")

    def correct(
        self,
        event: str = "",
        *,
        set: Mapping[str, Any] | None = None,
        accept: bool = False,
        wrong: bool = False,
        add: bool = False,
        undo: str = "",
        who: str,
        why: str = "",
    ) -> Correction:
        """Keep what a person decided about one event, and put event and incident right.

            store.correct("3fa9c1d2", set={"actor": "RUS MIL", "day": "2024-06-19"}, who="Ana Bell")

        One of `set`, `accept`, `wrong` and `undo` is given; docs/corrections.md tells how values are
        written. The correction outlives every new coding.

        Args:
            event: Its id, or the beginning of it; with `add` the id of the article; with `undo` nothing.
            set: Other values of fields: type, mode, trigger, actor, recipient, place, day, source,
                certainty, aux, condition, killed, injured, size.
            accept: All of it is right.
            wrong: There is no such event.
            add: The coder missed this one; `set` tells what it is.
            undo: Id of a correction, or the beginning of it, that no longer counts.
            who: Who decided.

        Raises:
            ValueError: Not one decision but none or several; a value that cannot be; nothing to change.
            UnknownEventError: No event or article has this id, or several events have.
            UnknownCorrectionError: No correction has the id to undo, or several have.
            StoreError: The store was opened read-only, or the disk is full.
        """
        from whowhom import corrections

        chosen = [
            name
            for name, given in (("set", set), ("accept", accept), ("wrong", wrong), ("undo", undo))
            if given
        ]
        if len(chosen) != 1 or (add and not set) or bool(event) == bool(undo):
            raise ValueError("Give an event and one of set, accept, wrong; or undo alone.")
        self._require_writable()
        signed = corrections.Signed(who, why, _now())
        with self._transaction():
            if undo:
                target = corrections.find_correction(self._connection, mend(undo))
                return corrections.undo(self._connection, target, signed)
            if add:
                if not self.has([event]):
                    raise UnknownEventError(f"No article in {self.path} has the id {event!r}.")
                return corrections.add(self._connection, mend(event), set or {}, signed)
            found, _ = self.event(event)
            verdict: Any = chosen[0]
            return corrections.decide(self._connection, verdict, found, signed, set)

    def corrections(self, articles: Sequence[str] | None = None) -> list[Correction]:
        """Return what people decided about single events, in the order in which they did.

        Args:
            articles: Ids of the articles whose events are meant; all where not given.
        """
        from whowhom.corrections import read_corrections

        return read_corrections(self._connection, None if articles is None else mend(list(articles)))

    def gold(self, *, by: str = "") -> Iterator[Row]:
        """Yield the articles of which people have decided on every event, as rows for `whowhom evaluate`.

        Args:
            by: Only those that this person has decided on in full, and that nobody else has changed since;
                whoever it was where not given.
        """
        from whowhom.corrections import list_gold

        return list_gold(self._connection, by=mend(by))

    def replace_coding(self, items: Sequence[CodedArticle], *, coder: str = "") -> Replaced:
        """Put a new coding of articles that are held in place of the old one, all of it or none.

        Corrections stay. `build_incidents` is to follow.

        Args:
            coder: Program and version that coded them, "whowhom 0.1.0" where not given.

        Raises:
            StoreError: The store was opened read-only, or the disk is full.
        """
        from whowhom import corrections

        self._require_writable()
        with self._transaction():
            return corrections.replace_coding(self._connection, items, coder or _name_program())

    def list_outdated(
        self, *, all: bool = False, first: Day = None, last: Day = None
    ) -> tuple[list[str], int]:
        """Return the ids of the articles that another version coded, and how many have no text to code.

        Args:
            all: Those of this version too.
            first: Published on this day or later; a date or "YYYY-MM-DD".
            last: Published on this day or earlier.

        Raises:
            ValueError: A bad day, or a last one before the first.
        """
        days = {"first": _read_day("first", first), "last": _read_day("last", last)}
        if days["first"] and days["last"] and days["last"] < days["first"]:
            raise ValueError(f"last day {days['last']} is before first day {days['first']}.")
        rows = run(
            self._connection,
            """SELECT id, coalesce("text", '') <> '' FROM article
            WHERE ($all OR coder <> $coder)
                AND ($first IS NULL OR published >= $first) AND ($last IS NULL OR published <= $last)
            ORDER BY rowid""",
            {"all": all, "coder": _name_program(), **days},
        )
        return [id for id, has_text in rows if has_text], sum(not has_text for _, has_text in rows)

    def read_articles(self, ids: Sequence[str]) -> Iterator[Article]:
        """Yield articles by their ids, in this order, in the memory of a few."""
        for start in range(0, len(ids), LOOK_UP_BATCH):
            some = ids[start : start + LOOK_UP_BATCH]
            found = self._fetch_articles(some)
            yield from (found[id] for id in some if id in found)

    def ties(
        self,
        *,
        between: Pair | None = None,
        actor: str | None = None,
        kind: Values = None,
        as_of: Day = None,
        known: Day = None,
        history: bool = False,
    ) -> duckdb.DuckDBPyRelation:
        """Return the ties between states, organisations and groups: one row a tie, or a change of one.

        The columns are those of `whowhom.tie_states.COLUMNS`, or with `history` of `HISTORY_COLUMNS`. Both
        clocks count: what had happened by `as_of`, by the reports that were out on `known`.

            store.ties(between=("RUS", "PRK"), as_of="2024-12-01", known="2024-11-30").df()

        They are made of the reports that `build_incidents` has seen.

        Args:
            between: Two sides, whichever comes first: codes of states, EUR, UNO, or parts of names.
            actor: One side of the tie.
            kind: "alliance", "sanctions" ...: see `whowhom.tie_rules.load_kinds`.
            as_of: The state on this day, a date or "YYYY-MM-DD"; without it on `known`, or on the last
                day of publication.
            known: From reports published on this day or before.
            history: One row a change instead, those denied and taken back included.

        Raises:
            ValueError: An unknown kind, or a bad day.
        """
        from whowhom import tie_states

        asked = tie_states.Asked(
            between=_read_pair(between),
            actor=actor,
            kinds=tuple(one.lower() for one in _list_values("kind", kind)),
            as_of=_read_day("as_of", as_of),
            known=_read_day("known", known),
        )
        return tie_states.select_ties(self._connection, asked, history=history)

    def pledges(
        self,
        *,
        by: str | None = None,
        to: str | None = None,
        kind: Values = None,
        state: Values = None,
        as_of: Day = None,
        known: Day = None,
    ) -> duckdb.DuckDBPyRelation:
        """Return promises, threats and demands, and what became of them: one row a pledge.

        The columns are those of `whowhom.pledge_states.COLUMNS`. The two days are those of `ties`.

            store.pledges(by="KOR", state="open").df()

        Args:
            by: Who promises, threatens or demands: code of a state, EUR, UNO, or part of a name.
            to: To whom.
            kind: "promise", "threat", "demand".
            state: "open", "kept", "broken", "withdrawn", "lapsed".
            as_of: What had become of it by this day.
            known: From reports published on this day or before.

        Raises:
            ValueError: An unknown kind or state, or a bad day.
        """
        from whowhom import pledge_states

        asked = pledge_states.Asked(
            by=by,
            to=to,
            kinds=tuple(one.lower() for one in _list_values("kind", kind)),
            states=tuple(one.lower() for one in _list_values("state", state)),
            as_of=_read_day("as_of", as_of),
            known=_read_day("known", known),
        )
        return pledge_states.select_pledges(self._connection, asked)

    def explain_tie(self, id: str) -> TieEvidence | None:
        """Return a tie with each of its changes and the reports behind them, None where none has the id.

        Args:
            id: Its id, or the beginning of it where no other tie's id begins so.

        Raises:
            UnknownEventError: Several ties have an id that begins so.
        """
        from whowhom import tie_states

        tie = self._find_one(id, tie_states.find_ties_by_id(self._connection, mend(id)), "ties")
        if tie is None:
            return None
        told = [(*change.rows, *change.denials) for change in tie.changes]
        reports = self._list_reports(told)
        return TieEvidence(tie, tuple(map(Evidence, tie.changes, reports)))

    def explain_pledge(self, id: str) -> PledgeEvidence | None:
        """Return a pledge with the reports of it and of what answers it, None where none has the id.

        The arguments and errors are those of `explain_tie`.
        """
        from whowhom import pledge_states

        pledge = self._find_one(id, pledge_states.find_pledges_by_id(self._connection, mend(id)), "pledges")
        if pledge is None:
            return None
        reports, *answering = self._list_reports([pledge.rows, *([one.row] for one in pledge.answers)])
        return PledgeEvidence(pledge, reports, tuple(map(Evidence, pledge.answers, answering)))

    def _find_one(self, id: str, items: Iterable[Any], what: str) -> Any:
        found = [one for one in items if id and one.id.startswith(id)]
        if len(found) > 1:
            ids = ", ".join(one.id for one in found[:5])
            raise UnknownEventError(
                f"Several {what} have an id that begins with {id!r}: {ids}. Give more of it."
            )
        return found[0] if found else None

    def _list_reports(
        self, groups: Sequence[Iterable[Mapping[str, Any]]]
    ) -> list[tuple[tuple[Event, Article], ...]]:
        """Return for each group of rows the events that they are of, with their articles.

        All are fetched together: each look-up goes through the whole table, and a tie may have thousands.
        """
        named = [list(dict.fromkeys((row["article"], row["event"]) for row in rows)) for rows in groups]
        wanted = list(dict.fromkeys(one for ones in named for one in ones))
        rows = self._fetch(
            "SELECT event.* FROM event JOIN (SELECT unnest($articles) AS article, unnest($events) AS id) "
            "AS wanted ON wanted.article = event.article AND wanted.id = event.id",
            {"articles": [article for article, _ in wanted], "events": [event for _, event in wanted]},
        )
        events = {(row["article"], row["id"]): read_event(row) for row in rows}
        articles = self._fetch_articles(list(dict.fromkeys(article for article, _ in events)))
        return [tuple((events[one], articles[one[0]]) for one in ones if one in events) for ones in named]

    @property
    def is_built(self) -> bool:
        """Whether `build_incidents` has seen as many events as there are."""
        ((is_built,),) = run(
            self._connection, "SELECT (SELECT count(*) FROM event) = (SELECT count(*) FROM told)"
        )
        return bool(is_built)

    def coded(self, **conditions: Unpack[Conditions]) -> Iterator[CodedArticle]:
        """Yield the articles that report the events which `events` would return, with these events only.

        The conditions are those of `events`.

        Articles come in the order in which they were added, and any number in the memory of a few
        hundred. This is what the exporters take: `write_coded(store.coded(type="AID"), "aid.jsonl")`.

        Raises:
            ValueError: As `events`.
        """
        return self._fetch_coded(*select_events(conditions))

    def _fetch_coded(self, selected: str, values: Mapping[str, Any]) -> Iterator[CodedArticle]:
        rows = self._fetch(
            f"SELECT event.* FROM event JOIN ({selected}) AS found "
            "ON found.article = event.article AND found.id = event.id "
            "JOIN article ON article.id = event.article ORDER BY article.rowid, event.ordinal",
            values,
        )
        by_article = groupby(rows, lambda row: str(row["article"]))
        groups = ((id, tuple(map(read_event, group))) for id, group in by_article)
        while batch := list(islice(groups, LOOK_UP_BATCH)):
            articles = self._fetch_articles([id for id, _ in batch])
            for id, events in batch:
                yield CodedArticle(articles[id], events)

    def event(self, id: str) -> tuple[Event, Article]:
        """Return an event and its article, equal to what was added, evidence included.

        Args:
            id: Its id, or the beginning of it where no other event's id begins so.

        Raises:
            UnknownEventError: There is none, or there are several.
        """
        rows = self._find_events("event.id = $id", id) or (
            self._find_events("starts_with(event.id, $id)", id) if id else []
        )
        if not rows:
            raise UnknownEventError(f"No event in {self.path} has an id that begins with {id!r}.")
        if len(rows) > 1:
            found = ", ".join(str(row["id"]) for row in rows[:5]) + (" ..." if len(rows) > 5 else "")
            raise UnknownEventError(
                f"Several events have an id that begins with {id!r}: {found}. Give more of it."
            )
        event = read_event(rows[0])
        return event, self._fetch_articles([event.article])[event.article]

    def articles(self) -> duckdb.DuckDBPyRelation:
        """Return all articles with their texts: a DuckDB relation, one row an article."""
        return self._connection.table("article")

    def skips(self) -> duckdb.DuckDBPyRelation:
        """Return what could not be used, with the reasons: a DuckDB relation, one row a Skip."""
        return self._connection.table("skip")

    def counts(self) -> Counts:
        """Return how much the store holds."""
        (row,) = run(
            self._connection,
            "SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM event), "
            "(SELECT count(*) FROM skip)",
        )
        return Counts(*row)

    @contextmanager
    def feed_state(self) -> Iterator[StoredFeedState]:
        """Give the readers the validators of feeds, and keep new ones when the block has ended well.

        Not before, because a feed that was read but whose articles were not yet added must be read
        again after a crash.

            with store.feed_state() as feed_state:
                for batch in batches(code_articles(read_sources(urls, feed_state=feed_state))):
                    store.add(batch)

        Raises:
            StoreError: The store was opened read-only.
        """
        self._require_writable()
        state = StoredFeedState(self.find_validators)
        yield state
        with self._transaction():
            for url, validators in state.new.items():
                run(
                    self._connection,
                    "INSERT OR REPLACE INTO feed_state VALUES ($url, $etag, $modified)",
                    mend({"url": url, **validators._asdict()}),
                )

    def feeds(self) -> duckdb.DuckDBPyRelation:
        """Return the feeds that are or were watched: a DuckDB relation, one row a feed, by address."""
        return self._connection.table("feed").order("url")

    def feed_statuses(self) -> list[FeedStatus]:
        """Return what is known of each feed that is or was watched, by address."""
        return [read_feed_status(row) for row in self._fetch("SELECT * FROM feed ORDER BY url", {})]

    def keep_feeds(self, statuses: Iterable[FeedStatus]) -> None:
        """Write anew what is known of feeds.

        Raises:
            StoreError: The store was opened read-only, or the disk is full.
        """
        self._require_writable()
        rows = [mend(make_feed_row(status)) for status in statuses]
        if not rows:
            return
        with self._transaction(), incoming_rows(self._connection, rows, "FROM feed"):
            run(self._connection, "INSERT OR REPLACE INTO feed BY NAME FROM incoming")

    def find_validators(self, url: str) -> Validators | None:
        """Return what the server of a feed gave the last time."""
        sql = "SELECT etag, modified FROM feed_state WHERE url = $1"
        rows = run(self._connection, sql, [mend(url)])
        return Validators(*rows[0]) if rows else None

    def _require_writable(self) -> None:
        if self.read_only:
            raise StoreError(f"{self.path} was opened read-only. Open it with read_only=False to add to it.")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._connection.begin()
            try:
                yield
            except BaseException:
                with suppress(duckdb.Error):  # an error within DuckDB may have ended the transaction
                    self._connection.rollback()
                raise
            self._connection.commit()
        except duckdb.Error as error:
            raise StoreError(
                f"{self.path!r} was not changed, as it cannot be written: {_first_line(error)}"
            ) from error

    def _find_held(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the wording of each of the articles that is held, by id."""
        rows = [{"id": id} for id in dict.fromkeys(ids)]
        if not rows:
            return {}
        with incoming_rows(self._connection, rows, "SELECT id FROM article"):
            found = run(
                self._connection, "SELECT id, title, text_hash FROM article SEMI JOIN incoming USING (id)"
            )
        return {id: f"{text_hash} {title or ''}" for id, title, text_hash in found}

    def _insert_coded(self, coded: Sequence[CodedArticle], coder: str, keep: Keep) -> int:
        if not coded:
            return 0
        now = _now()
        articles = [make_article_row(one.article, coder, now, keep=keep) for one in coded]
        events = [row for one in coded for row in make_event_rows(one)]
        if keep == "offsets":
            events = [withhold_words(row) for row in events]
        self._insert("article", articles)
        self._insert("event", events)
        if keep == "sentences":
            self._insert("passage", [row for one in coded for row in make_passage_rows(one)])
        if keep != "text":
            self._insert("text_sketch", [make_text_sketch_row(one.article) for one in coded])
        return len(events)

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            with incoming_rows(self._connection, rows, f"FROM {table}"):
                run(self._connection, f"INSERT INTO {table} BY NAME FROM incoming")

    def _insert_skips(self, skips: Iterable[Skip]) -> int:
        now = _now()
        rows = {row["id"]: row for row in (make_skip_row(skip, now) for skip in skips)}
        if not rows:
            return 0
        with incoming_rows(self._connection, list(rows.values()), "FROM skip"):
            (added,) = run(
                self._connection, "INSERT INTO skip BY NAME FROM incoming ANTI JOIN skip USING (id)"
            )
        return int(added[0])

    def _find_events(self, condition: str, id: str) -> list[Row]:
        sql = f"SELECT * FROM event WHERE {condition} ORDER BY id LIMIT 6"
        return list(self._fetch(sql, {"id": mend(id)}))

    def _fetch(self, sql: str, values: Mapping[str, Any]) -> Iterator[Row]:
        """Yield the rows of a query; a cursor of its own lets other queries run in between."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values)
            names = [column[0] for column in cursor.description or ()]
            while rows := cursor.fetchmany(_FETCH_ROWS):
                yield from (dict(zip(names, row, strict=True)) for row in rows)

    def _fetch_articles(self, ids: Sequence[str]) -> dict[str, Article]:
        rows = list(self._fetch("SELECT * FROM article WHERE list_contains($ids, id)", {"ids": list(ids)}))
        passages: dict[str, list[tuple[int, str]]] = {row["id"]: [] for row in rows if row["text"] is None}
        if passages:
            found = self._fetch(
                'SELECT article, "start", "text" FROM passage WHERE list_contains($ids, article)',
                {"ids": list(passages)},
            )
            for row in found:
                passages[row["article"]].append((row["start"], row["text"]))
        return {row["id"]: read_article(row, passages.get(row["id"], ())) for row in rows}


class StoredFeedState:
    """Validators of feeds: those of the store, and `new` ones of this run."""

    def __init__(self, find_stored: Callable[[str], Validators | None]) -> None:
        self.new: dict[str, Validators] = {}
        self._find_stored = find_stored

    def get(self, url: str, /) -> Validators | None:
        """Return what the server of a feed gave the last time."""
        return self.new[url] if url in self.new else self._find_stored(url)

    def set(self, url: str, validators: Validators, /) -> None:
        """Note what the server gave, to be kept when the run has ended."""
        self.new[url] = validators


LATEST_FIRST = "found.day DESC NULLS LAST, found.article, found.ordinal"


class _Bound(dict[str, Any]):
    """Values of a query by the name of their parameter; no value ever stands in SQL itself."""

    def bind(self, value: Any) -> str:
        name = f"value_{len(self)}"
        self[name] = mend(value)
        return f"${name}"


def select_events(conditions: Conditions) -> tuple[str, _Bound]:
    """Return the query for the events that meet the conditions, and its values.

    Its columns are id, article, ordinal, day and place, the rowid in `event`.
    """
    given: dict[str, Any] = {**conditions}
    bound = _Bound()
    limit = given.pop("limit", None)
    where = []
    days = {name: _read_day(name, given.pop(name, None)) for name in _DAY_CONDITIONS}
    if days["first"] and days["last"] and days["last"] < days["first"]:
        raise ValueError(f"last day {days['last']} is before first day {days['first']}.")
    where += [_DAY_CONDITIONS[name].format(bound.bind(day)) for name, day in days.items() if day]
    for name, make_condition in _VALUE_CONDITIONS.items():
        values = _list_values(name, given.pop(name, None))
        if values:
            where.append(f"({' OR '.join(make_condition(value, bound) for value in values)})")
    if given:
        known = ", ".join(Conditions.__annotations__)
        raise TypeError(f"There is no condition {', '.join(given)}. There are: {known}.")
    sql = (
        "SELECT event.id, event.article, event.ordinal, event.rowid AS place, "
        'coalesce(event."date".first_day, article.published) AS day '
        f"FROM event JOIN article ON article.id = event.article WHERE {' AND '.join(where) or 'true'}"
    )
    if limit is None:
        return sql, bound
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        raise ValueError(f"limit is {limit!r}; give 0 or more, or None for all.")
    return f"SELECT * FROM ({sql}) AS found ORDER BY {LATEST_FIRST} LIMIT {bound.bind(limit)}", bound


def _type_condition(value: str, bound: _Bound) -> str:
    return f"event.event = {bound.bind(value)}"


def _mode_condition(value: str, bound: _Bound) -> str:
    return f"list_contains(event.mode, {bound.bind(value)})"


def _certainty_condition(value: str, bound: _Bound) -> str:
    if value not in CERTAINTIES:
        raise ValueError(f"certainty is {value!r}; it can be {', '.join(CERTAINTIES)}.")
    return f"event.certainty = {bound.bind(value)}"


def _actor_condition(value: str, bound: _Bound) -> str:
    return f"len([one FOR one IN event.actor IF {_entity_condition('one', value, bound)}]) > 0"


def _recipient_condition(value: str, bound: _Bound) -> str:
    return f"len([one FOR one IN event.recipient IF {_entity_condition('one', value, bound)}]) > 0"


def _source_condition(value: str, bound: _Bound) -> str:
    if value in SOURCE_KINDS:
        return f"event.source_kind = {bound.bind(value)}"
    return _entity_condition("event.source", value, bound)


def _place_condition(value: str, bound: _Bound) -> str:
    if _CODE.fullmatch(value):
        return f"event.location.country = {bound.bind(value)}"
    return _name_condition("event.location", value, bound)


def _entity_condition(entity: str, value: str, bound: _Bound) -> str:
    """Return the condition that an entity is the one that `value` means: codes, or a part of a name."""
    codes = value.split()
    sectors = [code for code in codes if code in SECTORS]
    countries = [code for code in codes if code not in SECTORS]
    if len(countries) > 1 or not all(map(_CODE.fullmatch, codes)):
        return _name_condition(entity, value, bound)
    conditions = [f"list_contains({entity}.sector, {bound.bind(sector)})" for sector in sectors]
    for code in countries:
        parameter = bound.bind(code)
        country = f"{entity}.country = {parameter}"
        # "CNN" looks like a country but is a name.
        name = f"list_contains(string_split({entity}.name, ' '), {parameter})"
        conditions.append(country if sectors else f"({country} OR {name})")
    return " AND ".join(conditions)


def _name_condition(named: str, value: str, bound: _Bound) -> str:
    part = f"strip_accents(lower({bound.bind(value)}))"
    return (
        f"(coalesce(contains(strip_accents(lower({named}.name)), {part}), false)"
        f" OR coalesce(contains(strip_accents(lower({named}.span.text)), {part}), false))"
    )


_DAY_CONDITIONS = {"first": 'event."date".last_day >= {}', "last": 'event."date".first_day <= {}'}
_VALUE_CONDITIONS: dict[str, Callable[[str, _Bound], str]] = {
    "type": _type_condition,
    "mode": _mode_condition,
    "actor": _actor_condition,
    "recipient": _recipient_condition,
    "place": _place_condition,
    "source": _source_condition,
    "certainty": _certainty_condition,
}


def _find_member(members: Sequence[tuple[str, str]], event: str, incident: str) -> tuple[str, str]:
    """Return the report of an incident whose event's id begins so."""
    found = [member for member in members if event and member[1].startswith(event)]
    if len(found) != 1:
        raise UnknownEventError(
            f"{len(found) or 'No'} report of incident {incident} is an event whose id begins with {event!r}. "
            f"`whowhom explain {incident}` lists them."
        )
    return found[0]


def _list_values(name: str, values: Values) -> list[str]:
    listed = [values] if isinstance(values, str) else list(values or ())
    for value in listed:
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{name} has the value {value!r}; give words or a code, or None for any.")
    return [value.strip() for value in listed]


def _read_pair(between: Pair | None) -> Pair | None:
    if between is None:
        return None
    if isinstance(between, str) or len(between) != 2 or not all(one and one.strip() for one in between):
        raise ValueError(f"between is {between!r}; give two sides, such as ('RUS', 'PRK').")
    one, other = (side.strip() for side in between)
    return one, other


def _read_day(name: str, day: Day) -> date | None:
    if isinstance(day, datetime):
        return day.date()
    if day is None or isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except (TypeError, ValueError) as error:
        raise ValueError(f'{name} is {day!r}, which names no day. Give a date or "YYYY-MM-DD".') from error


# Making and opening the file.


def find_file(path: str | Path) -> Path:
    """Return the whole path of a store's file.

    A link stays a link to what it points at, and DuckDB gets no name that it would take for an address
    ("s3:...").

    Raises:
        StoreError: It is a folder.
    """
    file = Path(path).resolve()
    if file.is_dir():
        raise StoreError(f"{str(path)!r} is a folder; a store is a file in it, such as {DEFAULT_PATH}.")
    return file


def take_seat(file: Path, path: str, stay: Stay, *, wait: float) -> Seat:
    """Become the one writer of a store; one who has it open is waited for, one who is in a run is not.

    Raises:
        StoreBusyError: Another program writes.
        StoreError: The place cannot be written to.
    """
    deadline = time.monotonic() + wait
    while True:
        try:
            return Seat(file, stay)
        except SeatTakenError as error:
            in_run = error.writer is not None and error.writer.stay == "run"
            if in_run or time.monotonic() >= deadline:
                raise StoreBusyError(
                    f"{path!r} is being written by {error}; one program writes at a time. "
                    "Wait until it has ended, or end it."
                ) from error
        except OSError as error:
            raise StoreError(f"{path!r} cannot be written: {error.strerror}.") from error
        time.sleep(POLL_SECONDS)


def connect(
    file: Path, path: str, *, read_only: bool, wait: float, migrate: bool = True
) -> duckdb.DuckDBPyConnection:
    """Open the file of a store as soon as it is free; who wants to write has the seat and the turn.

    Raises:
        StoreError: As `open`.
    """
    if read_only and not file.exists():
        raise StoreError(f"There is no store at {path!r}. `whowhom read SOURCE` makes one.")
    connection = _connect_when_free(file, path, read_only=read_only, wait=wait)
    try:
        if not read_only:
            connection.execute(f"SET checkpoint_threshold = '{_LOG_SIZE}'")
        version = read_version(connection, path)
        if not migrate:
            return connection
        if version == SCHEMA_VERSION:
            _require_whole(connection, path)
            return connection
        refuse_version(version, path, read_only=read_only)
    except BaseException:
        connection.close()
        raise
    connection.close()
    from whowhom.upkeep import rewrite_old

    rewrite_old(file, version)
    return connect(file, path, read_only=False, wait=wait)


def _connect_when_free(file: Path, path: str, *, read_only: bool, wait: float) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + wait
    while True:
        is_late = time.monotonic() >= deadline
        if is_late or not read_only or not is_turn_taken(file):
            try:
                return duckdb.connect(str(file), read_only=read_only)
            except duckdb.Error as error:
                message = _first_line(error)
                here = "different configuration" in message
                is_locked = _LOCKED.search(message) is not None
                if is_late or not (is_locked or (here and not read_only)):
                    kind = StoreBusyError if here or is_locked else StoreError
                    raise kind(_explain_refusal(path, file, error)) from error
        time.sleep(POLL_SECONDS)


def _create(file: Path, path: str) -> None:
    """Make a store under another name and give it its own when it is whole, so that none is ever half."""
    part = part_of(file, secrets.token_hex(4))
    try:
        part.open("xb").close()  # DuckDB would tell less well why it cannot
        part.unlink()
        make_schema(duckdb.connect(str(part))).close()
        with suppress(FileExistsError):  # another program has made one in the meantime: that one is used
            _rename_new(part, file)
    except OSError as error:
        raise StoreError(f"No store can be made at {path!r}: {error.strerror}.") from error
    except duckdb.Error as error:
        raise StoreError(f"No store can be made at {path!r}: {_first_line(error)}") from error
    finally:
        with suppress(OSError):
            part.unlink()


def part_of(file: Path, mark: str) -> Path:
    """Return the hidden name under which a file is made before it gets its own."""
    return file.with_name(f".{file.name[:200]}.{mark}.part")


def _remove_parts(file: Path) -> None:
    """Remove what those have left who were killed while they made a file; the caller has the seat."""
    pattern = part_of(Path(escape(file.name)), "*").name
    for part in file.parent.glob(f"{pattern}*"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _PART_SECONDS:
                part.unlink()


def _rename_new(part: Path, file: Path) -> None:
    """Rename a file, but never over another one."""
    try:
        os.link(part, file)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if file.exists():
            raise FileExistsError(str(file)) from None
        part.rename(file)


def make_schema(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Make the tables of an empty store."""
    connection.begin()
    run(connection, files("whowhom").joinpath("schema.sql").read_text(encoding="utf-8"))
    for column in COLUMNS:
        meaning = column.meaning.replace("'", "''")
        run(connection, f"COMMENT ON COLUMN events.\"{column.name}\" IS '{meaning}'")
    run(
        connection,
        "INSERT INTO meta VALUES ($key, $schema), ('made_by', $program)",
        {"key": SCHEMA_KEY, "schema": str(SCHEMA_VERSION), "program": _name_program()},
    )
    connection.commit()
    return connection


def make_beside(new: Path, old: Path) -> duckdb.DuckDBPyConnection:
    """Make an empty store in a new file as `renewed`, with another one to read from as `old`.

    Both are attached to a connection of no file: DuckDB names a database after its file, and a store may
    have any name.
    """
    named = {name: str(file).replace("'", "''") for name, file in (("renewed", new), ("old", old))}
    connection = duckdb.connect(":memory:")
    connection.execute(f"ATTACH '{named['renewed']}' AS renewed; USE renewed")
    make_schema(connection)
    connection.execute(f"ATTACH '{named['old']}' AS old (READ_ONLY)")
    return connection


def read_version(connection: duckdb.DuckDBPyConnection, path: str) -> int:
    """Return the version of an opened store.

    Raises:
        StoreError: It is a DuckDB file of another kind.
    """
    try:
        rows = run(connection, 'SELECT "value" FROM meta WHERE "key" = $1', [SCHEMA_KEY])
    except (duckdb.CatalogException, duckdb.BinderException):
        rows = []
    except duckdb.Error as error:  # cut short, or with a broken block where this is read from
        raise StoreError(
            f"{path!r} is damaged: {_first_line(error)}. `whowhom restore` puts a copy in its place."
        ) from error
    if not rows:
        raise StoreError(f"{path!r} is no store that whowhom made. Give another name.")
    return int(rows[0][0])


def refuse_version(version: int, path: str, *, read_only: bool) -> None:
    """Raise unless a store of this version can be brought up to date."""
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path!r} is a store of version {version}, and this whowhom knows version {SCHEMA_VERSION}. "
            "Run `pip install -U whowhom`, or read the sources into a new store."
        )
    if read_only:
        raise StoreError(
            f"{path!r} is a store of version {version}, and this whowhom keeps version {SCHEMA_VERSION}. "
            "Bring it up to date with `whowhom migrate`, or open it once for writing."
        )


def _require_whole(connection: duckdb.DuckDBPyConnection, path: str) -> None:
    """Raise where a table or column is not there: versions that were never released are not migrated."""
    found = set(run(connection, "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"))
    lacking = [column for column in _list_columns() if column not in found]
    if not lacking:
        return
    tables = {table for table, _ in found}
    names = dict.fromkeys(
        f"the column {table}.{name}" if table in tables else f"the table {table}" for table, name in lacking
    )
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    # Rows that want a value which is not there cannot be taken over.
    renewed = "" if any(table in tables for table, _ in lacking) else _RENEWED
    raise StoreError(
        f"{path!r} lacks {next(iter(names))}{more}: an unreleased whowhom made it. "
        f"Read the sources into a new store{renewed}. `whowhom check` lists what is missing."
    )


_RENEWED = ", or run `whowhom compact` and then `whowhom incidents build --rebuild`"


@cache
def _list_columns() -> tuple[tuple[str, str], ...]:
    """Return table and name of each column of a store: in schema.sql each has a comment."""
    schema = files("whowhom").joinpath("schema.sql").read_text(encoding="utf-8")
    return tuple(_COMMENTED.findall(schema))


def _explain_refusal(path: str, file: Path, error: duckdb.Error) -> str:
    """Return why DuckDB does not open a file, and what to do, in one line."""
    message = _first_line(error)
    if _LOCKED.search(message):
        writer = find_writer(file)
        if writer is not None and writer.process != os.getpid():
            return f"{path!r} is being written by {writer}. Wait until it has ended, or end it."
        holder = _LOCK_HOLDER.search(message)
        process = f" (process {holder[1]})" if holder else ""
        return f"{path!r} is in use by another program{process}. Wait until it has ended, or end it."
    if "different configuration" in message:
        return f"{path!r} is already open in this program, for reading or for writing. Close it there first."
    # DuckDB takes a text file with the suffix of a table for one, opened in memory.
    if "not a valid DuckDB" in message or "in-memory database" in message:
        empty = " It is empty: delete it." if file.stat().st_size == 0 else " Give another name."
        return f"{path!r} is no store: it is not a DuckDB file.{empty}"
    if "version number" in message:
        return f"{path!r} was written by another version of DuckDB. Run `pip install -U duckdb`. ({message})"
    return f"{path!r} cannot be opened: {message}"


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _wording(article: Article) -> str:
    return f"{hash_text(article.text)} {mend(article.title)}"


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _name_program() -> str:
    return f"whowhom {version('whowhom')}"
