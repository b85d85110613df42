"""The public functions: one for each command, with the same words and defaults.

They return values and raise; nothing here prints. A wrong call is an exception; an article that
cannot be used is a `Skip` with its reason and stops nothing.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TextIO

from whowhom.interrupts import Interrupts
from whowhom.records import Article, CodedArticle, Event, Skip, content_hash

if TYPE_CHECKING:
    import duckdb

    from whowhom.accounts import Account
    from whowhom.checks import Finding
    from whowhom.corrections import Correction
    from whowhom.joining import Built
    from whowhom.networks import ActorsBy, Network
    from whowhom.polls import Tell
    from whowhom.rows import Keep
    from whowhom.series import Pair, Period
    from whowhom.sharing import WriterSeat
    from whowhom.store import PledgeEvidence, Store, TieEvidence
    from whowhom.upkeep import Compacted, Migrated

DEFAULT_STORE = "whowhom.duckdb"
Outcome = CodedArticle | Skip
Watch = Callable[[Outcome], None]
Values = str | Sequence[str] | None
Day = date | str | None

_FIELDS = ("id", "text", "title", "published", "outlet", "url", "language")
# Reasons hold values ("line is not JSON: ... column 17"), so a bad corpus may have as many reasons as
# lines; from here on they are counted together.
_MOST_REASONS = 1000
_BATCH_ARTICLES = 512
_BATCH_SECONDS = 1.0
# Opening and closing the file for a batch is to take a twentieth of the time at most.
_TURNS_SHARE = 20.0
_OTHER_REASONS = "other reasons"


@dataclass(slots=True)
class Summary:
    """What a run came to, for the closing line; it grows while the run goes on.

    Attributes:
        n_articles: Articles coded, those without any event included.
        n_by_reason: How many things were not used, by reason.
        n_known: How many of these were passed over because nothing about them is new.
        seconds: From the first source to the last article, with everything loaded before.
    """

    n_articles: int = 0
    n_events: int = 0
    n_known: int = 0
    n_by_reason: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def n_skipped(self) -> int:
        return self.n_by_reason.total()

    @property
    def is_usable(self) -> bool:
        """Whether any article was coded, or was known already, which is no failure."""
        return self.n_articles > 0 or self.n_known > 0

    def count(self, item: Outcome) -> None:
        """Take one more outcome into account."""
        skip = item if isinstance(item, Skip) else item.skipped
        if skip is None:
            assert isinstance(item, CodedArticle)
            self.n_articles += 1
            self.n_events += len(item.events)
            return
        known = skip.stage == "store" or "not changed since" in skip.reason
        self.n_known += known
        new = skip.reason not in self.n_by_reason
        self.n_by_reason[
            _OTHER_REASONS if new and len(self.n_by_reason) >= _MOST_REASONS else skip.reason
        ] += 1


@dataclass(frozen=True, slots=True)
class Explanation:
    """An event with the article it was read from: all that tells how each field was reached.

    Attributes:
        corrections: What people decided about it, the earliest first.
    """

    event: Event
    article: Article
    corrections: Sequence[Correction] = ()


def code(
    text: str,
    *,
    published: Day = None,
    title: str = "",
    outlet: str = "",
    url: str = "",
    id: str = "",
) -> CodedArticle:
    """Code one report.

        >>> coded = code("Turkey's foreign minister met his Greek counterpart in Athens.")
        >>> coded.events[0].event
        'CONSULT'

    Args:
        text: The report; a single sentence will do. Offsets of the events count its code points.
        published: Day of publication, a date or "YYYY-MM-DD". Without it words such as "on Friday"
            are kept but name no day.
        id: A hash of the rest where none is given.

    Returns:
        The article with its events; `skipped` tells why where it was not coded (empty, or not in
        English).

    Raises:
        ValueError: `published` names no day.
        TypeError: `text` is no string.
    """
    if not isinstance(text, str):
        raise TypeError(
            f"text is a string, not {type(text).__name__}. To code many articles call code_many()."
        )
    day = _read_day(published)
    article = _make_article(text, title=title, published=day, outlet=outlet, url=url, id=id)
    return next(iter(_code_all([article])))


def code_many(articles: Iterable[Article | Mapping[str, Any] | str]) -> Iterator[CodedArticle]:
    """Code articles as they come, in order; any number in the memory of a few.

        >>> [coded.skipped for coded in code_many(["Russia expelled two diplomats."])]
        [None]

    Args:
        articles: Articles, strings, or mappings with the fields of a JSONL line: `text`, and where
            there are any `id`, `title`, `published`, `outlet`, `url`, `language`. Others are kept
            in `Article.extra`.

    Raises:
        TypeError: `articles` is one string, or holds something else.
    """
    if isinstance(articles, (str, Mapping, Article)):
        raise TypeError(
            f"articles is a list or an iterator, not one {type(articles).__name__}. Call code() for one."
        )
    return _code_all(map(_as_article, articles))


def code_sources(
    sources: Sequence[str | Path],
    out: str | Path | TextIO | BinaryIO | None = None,
    *,
    format: str | None = None,
    allow_local: bool = False,
    watch: Watch | None = None,
) -> Summary:
    """Read and code sources, and write one record an article; the command `whowhom code`.

    Order is kept. What cannot be read is a record too, with the reason under `skipped`.

    Args:
        sources: Paths of files and folders, http and https addresses, or "-" for standard input.
        out: A path, an open file, or None for standard output. A file appears when it is whole.
        format: "jsonl", "csv" or "parquet"; where not given it is the suffix of a path, else "jsonl".
        allow_local: Also fetch from private, loopback and link-local addresses.
        watch: Called with each outcome once it is written.

    Raises:
        ValueError: There is no such format.
        OSError: The file cannot be written.
        KeyboardInterrupt: After what was coded has been written.
    """
    from whowhom.exporters import write_coded
    from whowhom.pipeline import code_articles
    from whowhom.readers import read_sources

    summary = Summary()
    with Interrupts() as interrupts:
        load_all()
        run = interrupts.until_asked(code_articles(read_sources(sources, allow_local=allow_local)))
        counted = _counted(run, summary, watch)
        write_coded(_flushed(counted) if out is None else counted, out, format=format)
    return summary


def read(
    sources: Sequence[str | Path],
    store: str | Path = DEFAULT_STORE,
    *,
    allow_local: bool = False,
    keep: Keep = "text",
    watch: Watch | None = None,
) -> Summary:
    """Read and code sources, and keep articles and events in a store; the command `whowhom read`.

    An article that the store holds already is passed over. What was coded before an interruption is
    kept, and the same call goes on from there. Nobody else can write meanwhile; others can read, as
    the file is held only while a batch is written.

    Args:
        sources: Paths of files and folders, http and https addresses, or "-" for standard input.
        store: Path of the DuckDB file; made where there is none.
        allow_local: Also fetch from private, loopback and link-local addresses.
        keep: "text" keeps the texts of articles, "sentences" those of the events, "offsets" no words.
        watch: Called with each outcome once it is kept.

    Raises:
        StoreError: The store cannot be opened or written.
        KeyboardInterrupt: After what was coded has been kept.
    """
    import whowhom.store
    from whowhom.pipeline import code_articles
    from whowhom.readers import read_sources

    summary = Summary()
    with (
        Interrupts() as interrupts,
        whowhom.store.open_run(store) as seat,
        seat.feed_state() as feed_state,
    ):
        load_all()
        with seat.reading() as kept:
            kept.has([""])  # as `load_all`: the first look-up loads Arrow
        start = time.monotonic()
        found = read_sources(sources, allow_local=allow_local, feed_state=feed_state)
        run = interrupts.until_asked(code_articles(seat.skip_held(found)))
        for batch in _batch(run, lambda: max(_BATCH_SECONDS, _TURNS_SHARE * seat.turn_seconds)):
            with seat.writing() as kept:
                fresh = _skip_repeated(batch, kept)
                kept.add(batch, keep=keep)
            summary.seconds = time.monotonic() - start
            for item in fresh:
                summary.count(item)
                if watch is not None:
                    watch(item)
        interrupts.end_if_asked()  # before the feeds are marked as read
        # Also where nothing is new: one who was killed may have added what no incident has yet.
        with interrupts.letting(), seat.writing_beside() as kept:
            kept.build_incidents()
    return summary


def watch(
    feeds: Sequence[str | Path],
    store: str | Path = DEFAULT_STORE,
    *,
    every: str | timedelta = "15m",
    once: bool = False,
    lasting: str | timedelta | None = None,
    allow_local: bool = False,
    keep: Keep = "text",
    stop: threading.Event | None = None,
    tell: Tell | None = None,
) -> Summary:
    """Watch feeds: ask each in its turn, code what is new and keep it; the command `whowhom watch`.

    The text of an article is what the feed gives: content, else summary, else headline. It goes on
    from what the store knows of the feeds, and where it stops the next call goes on.

    Args:
        feeds: http and https addresses of feeds, and paths of OPML files.
        store: Path of the DuckDB file; made where there is none. It is open only while something is
            looked up or added, so that others can read it in between.
        every: How often each feed is asked: "15m", "2h" or a timedelta, at least a minute. Less often
            where its publisher asks for that, and after errors.
        once: Ask each feed once that is due or may be asked, and return; for cron and the like.
        lasting: Return after so long; where not given, when `stop` is set or every feed has ended.
        allow_local: Also fetch from private, loopback and link-local addresses.
        keep: As for `read`.
        stop: Set it from another thread to end: what is being coded is finished and kept.
        tell: Called with a `whowhom.polls.Report` for each feed that was read or failed.

    Raises:
        ValueError: No feed, a list that cannot be read, or a bad length of time.
        StoreError: The store cannot be opened or written.
        KeyboardInterrupt: After what was coded has been kept.
    """
    from whowhom.readers.opml import list_feeds
    from whowhom.schedule import LEAST, parse_duration

    interval = parse_duration(every)
    if interval < LEAST:
        raise ValueError(f"every is {every!r}; a feed is asked once a minute at most.")
    span = None if lasting is None else parse_duration(lasting)
    if str(store) == ":memory:":
        raise ValueError("A store in memory would be gone after each batch. Give the path of a file.")
    subscriptions = list_feeds(feeds)
    if not subscriptions:
        raise ValueError("There is no feed to watch. Give addresses of feeds, or OPML files.")
    from whowhom.polls import Watcher

    load_all()
    watcher = Watcher(
        subscriptions, store, every=interval, allow_local=allow_local, keep=keep, stop=stop, tell=tell
    )
    return watcher.run(once=once, lasting=span)


def feeds(store: str | Path = DEFAULT_STORE) -> duckdb.DuckDBPyRelation:
    """Return the feeds that are or were watched, and how that goes; the command `whowhom feeds`.

    The columns are those of the table `feed`. The store stays open as with `events`.

    Raises:
        StoreError: There is no store, or it cannot be opened.
    """
    return open(store, read_only=True).feeds()


def open(path: str | Path = DEFAULT_STORE, *, read_only: bool = False) -> Store:
    """Open a store, and make it first where there is none; see `whowhom.store.open`."""
    import whowhom.store

    return whowhom.store.open(path, read_only=read_only)


def events(
    store: str | Path = DEFAULT_STORE,
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
    """Return the events of a store that meet every condition; the command `whowhom events`.

    The conditions are those of `Store.events`. The store stays open, for reading only, as long as
    the relation lives; where several questions are asked, `open` it once instead.

    Raises:
        StoreError: There is no store, or it cannot be opened.
        ValueError: A condition that nothing can meet.
    """
    return open(store, read_only=True).events(
        type=type,
        mode=mode,
        actor=actor,
        recipient=recipient,
        place=place,
        first=first,
        last=last,
        source=source,
        certainty=certainty,
        limit=limit,
    )


def dyads(
    store: str | Path = DEFAULT_STORE,
    *,
    pairs: Sequence[Pair] = (),
    both: bool = False,
    by: Period = "month",
    first: Day = None,
    last: Day = None,
) -> duckdb.DuckDBPyRelation:
    """Return counts of what one state did to another over time; the command `whowhom dyads`.

    What is asked is told in `Store.dyads`; the store stays open as with `events`.

    Raises:
        StoreError: There is no store, or it cannot be opened.
        ValueError: An unknown period or code, or days that nothing can lie between.
    """
    return open(store, read_only=True).dyads(pairs=pairs, both=both, by=by, first=first, last=last)


def network(
    store: str | Path = DEFAULT_STORE,
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
    """Return who acts on whom; the command `whowhom network`. What is asked is told in `Store.network`.

    Raises:
        StoreError: There is no store, or it cannot be opened.
        ValueError: A condition that nothing can meet.
    """
    with open(store, read_only=True) as kept:
        return kept.network(
            by=by,
            type=type,
            quad=quad,
            certainty=certainty,
            around=around,
            first=first,
            last=last,
            min_independent=min_independent,
            min_incidents=min_incidents,
        )


def incidents(
    store: str | Path = DEFAULT_STORE,
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
    """Return the deeds that the reports of a store add up to; the command `whowhom incidents`.

    What is asked is told in `Store.incidents`. Articles that were read since the last time are joined
    first. The store stays open as with `events`.

    Raises:
        StoreError: There is no store, or it cannot be opened, or brought up to date.
        ValueError: A condition that nothing can meet.
    """
    return open_built(store).incidents(
        type=type, actor=actor, recipient=recipient, place=place, first=first, last=last,
        min_independent=min_independent, limit=limit,
    )  # fmt: skip


def judge(
    verdict: Literal["split", "merge", "undo"],
    ids: Sequence[str],
    store: str | Path = DEFAULT_STORE,
    *,
    who: str | None = None,
    why: str = "",
) -> str:
    """Keep what a person decided about which reports are one deed; `whowhom incidents split` and so on.

    Args:
        verdict: "split": the first id is of an incident, the others are of events that leave it; "merge":
            ids of incidents; "undo": the id of a judgement.
        who: Who decided; the user of this computer where not given.

    Returns:
        Id of the judgement.

    Raises:
        StoreError: There is no store, or it cannot be opened or written.
        ValueError: Too few ids.
        LookupError: There is no such incident, report or judgement.
    """
    if len(ids) < (1 if verdict == "undo" else 2) or (verdict == "undo" and len(ids) > 1):
        needed = {"split": "INCIDENT EVENT...", "merge": "INCIDENT INCIDENT...", "undo": "JUDGEMENT"}
        raise ValueError(f"{verdict} takes {needed[verdict]}, and {len(ids)} were given.")
    with open_held(store) as kept:
        signed = {"who": who or _name_user(), "why": why}
        if verdict == "split":
            return kept.split(ids[0], ids[1:], **signed)
        return kept.merge(ids, **signed) if verdict == "merge" else kept.undo(ids[0], **signed)


def ties(
    store: str | Path = DEFAULT_STORE,
    *,
    between: Pair | None = None,
    actor: str | None = None,
    kind: Values = None,
    as_of: Day = None,
    known: Day = None,
    history: bool = False,
) -> duckdb.DuckDBPyRelation:
    """Return the ties between states, organisations and groups; the command `whowhom ties`.

    What is asked is told in `Store.ties`. Articles that were read since the last time are joined first.
    The store stays open as with `events`.

    Raises:
        StoreError: There is no store, or it cannot be opened, or brought up to date.
        ValueError: An unknown kind, or a bad day.
    """
    return open_built(store).ties(
        between=between, actor=actor, kind=kind, as_of=as_of, known=known, history=history
    )


def pledges(
    store: str | Path = DEFAULT_STORE,
    *,
    by: str | None = None,
    to: str | None = None,
    kind: Values = None,
    state: Values = None,
    as_of: Day = None,
    known: Day = None,
) -> duckdb.DuckDBPyRelation:
    """Return promises, threats and demands and what became of them; the command `whowhom pledges`.

    What is asked is told in `Store.pledges`. Articles that were read since the last time are joined
    first. The store stays open as with `events`.

    Raises:
        StoreError: There is no store, or it cannot be opened, or brought up to date.
        ValueError: An unknown kind or state, or a bad day.
    """
    return open_built(store).pledges(by=by, to=to, kind=kind, state=state, as_of=as_of, known=known)


def open_built(path: str | Path = DEFAULT_STORE) -> Store:
    """Open a store for reading, after its new events were joined to incidents where there are any."""
    store = open(path, read_only=True)
    if store.is_built:
        return store
    store.close()
    build_incidents(path)
    return open(path, read_only=True)


def build_incidents(store: str | Path = DEFAULT_STORE, *, rebuild: bool = False) -> Built:
    """Join the events that are new to incidents; the command `whowhom incidents build`.

    `read`, `recode` and `watch` do so at their ends. Others can read meanwhile.

    Args:
        rebuild: Make all incidents anew; what people judged stays.

    Raises:
        StoreError: There is no store, or it cannot be opened or written.
    """
    with _open_run_held(store) as seat, seat.writing_beside() as kept:
        return kept.build_incidents(rebuild=rebuild)


def explain(
    event_id: str, store: str | Path = DEFAULT_STORE
) -> Explanation | Account | TieEvidence | PledgeEvidence:
    """Return an event and its article, or an incident, tie or pledge with its reports; `whowhom explain`.

    Args:
        event_id: Its id, or the beginning of it where no other's id begins so; an event comes first,
            then an incident, a tie, a pledge.
        store: Path of the DuckDB file.

    Raises:
        StoreError: There is no store, or it cannot be opened.
        UnknownEventError: Nothing has this id, or several ids begin so.
    """
    from whowhom.store import UnknownEventError

    with open(store, read_only=True) as kept:
        try:
            event, article = kept.event(event_id)
        except UnknownEventError as error:
            with suppress(UnknownEventError):
                return kept.account(event_id)
            found = kept.explain_tie(event_id) or kept.explain_pledge(event_id)
            if found is not None:
                return found
            message = str(error).replace("No event in", "No event, incident, tie or pledge in", 1)
            raise UnknownEventError(message) from error
        return Explanation(event, article, [one for one in kept.corrections() if one.event == event.id])


def correct(
    event: str = "",
    store: str | Path = DEFAULT_STORE,
    *,
    set: Mapping[str, Any] | None = None,
    accept: bool = False,
    wrong: bool = False,
    add: bool = False,
    undo: str = "",
    who: str | None = None,
    why: str = "",
) -> Correction:
    """Keep what a person decided about one event; the command `whowhom correct`.

    What can be given is told in `Store.correct`.

    Args:
        who: Who decided; the user of this computer where not given.

    Raises:
        StoreError: There is no store, or it cannot be opened or written.
        ValueError: Not one decision, a value that cannot be, or nothing to change.
        LookupError: There is no such event or correction.
    """
    with open_held(store) as kept:
        return kept.correct(
            event, set=set, accept=accept, wrong=wrong, add=add, undo=undo, who=who or _name_user(), why=why
        )


def list_corrections(store: str | Path = DEFAULT_STORE, *, by: str = "") -> list[Correction]:
    """Return what people decided about single events, the earliest first; `whowhom corrections`.

    Args:
        by: Only what this person decided.

    Raises:
        StoreError: There is no store, or it cannot be opened.
    """
    with open(store, read_only=True) as kept:
        return [one for one in kept.corrections() if not by or one.who == by]


def write_gold(
    store: str | Path = DEFAULT_STORE,
    out: str | Path | TextIO | BinaryIO | None = None,
    *,
    by: str = "",
) -> tuple[int, int]:
    """Write the articles of which people have decided on every event; `whowhom corrections --gold`.

    The file can be given to `evaluate`.

    Args:
        out: A path, an open file, or None for standard output.
        by: Only those that this person has decided on in full, and that nobody else has changed since.

    Returns:
        How many articles and how many events were written.

    Raises:
        StoreError: There is no store, or it cannot be opened.
        OSError: The file cannot be written.
    """
    from whowhom.exporters import write_rows

    with open(store, read_only=True) as kept:
        rows = list(kept.gold(by=by))
    write_rows(rows, out)
    return len(rows), sum(len(row["events"]) for row in rows)


@dataclass(slots=True)
class Recoded:
    """What a new coding came to; it grows while it goes on.

    Attributes:
        n_articles: Articles coded again.
        n_changed: Those whose coding is another than before.
        n_kept: Corrected events that were put into changed articles again.
        n_without_text: Articles left as they were because their text is not stored.
        skips: Why articles could not be coded this time; they are left as they were.
        seconds: From the first article to the last, with everything loaded before.
    """

    n_articles: int = 0
    n_changed: int = 0
    n_kept: int = 0
    n_without_text: int = 0
    skips: list[Skip] = field(default_factory=list)
    seconds: float = 0.0


def recode(
    store: str | Path = DEFAULT_STORE,
    *,
    all: bool = False,
    first: Day = None,
    last: Day = None,
    watch: Watch | None = None,
) -> Recoded:
    """Code again, from the texts stored, what another version of whowhom coded; `whowhom recode`.

    Corrections and judgements of people stay. What was coded before an interruption is kept, and the
    same call goes on from there. Nobody else can write meanwhile; others can read, as with `read`.

    Args:
        all: Also what this version coded, which changes nothing unless the model or the tables differ.
        first: Articles published on this day or later; a date or "YYYY-MM-DD".
        last: Articles published on this day or earlier.
        watch: Called with each outcome once it is kept.

    Raises:
        StoreError: There is no store, or it cannot be opened or written.
        ValueError: A bad day, or a last one before the first.
        KeyboardInterrupt: After what was coded has been kept.
    """
    from whowhom.pipeline import code_articles

    with Interrupts() as interrupts, _open_run_held(store) as seat:
        with seat.reading() as kept:
            ids, n_without_text = kept.list_outdated(all=all, first=first, last=last)
        recoded = Recoded(n_without_text=n_without_text)
        if ids:
            load_all()
        start = time.monotonic()
        run = interrupts.until_asked(code_articles(seat.read_articles(ids)))
        for batch in _batch(run, lambda: max(_BATCH_SECONDS, _TURNS_SHARE * seat.turn_seconds)):
            coded = [one for one in batch if isinstance(one, CodedArticle) and one.skipped is None]
            with seat.writing() as kept:
                replaced = kept.replace_coding(coded)
            recoded.n_articles += len(coded)
            recoded.n_changed += replaced.n_changed
            recoded.n_kept += replaced.n_kept
            recoded.skips += [skip for one in batch if (skip := _find_skip(one)) is not None]
            recoded.seconds = time.monotonic() - start
            if watch is not None:
                for item in batch:
                    watch(item)
        # Also where nothing was coded: what a run that was killed has left.
        with interrupts.letting(), seat.writing_beside() as kept:
            kept.build_incidents()
    return recoded


def migrate(store: str | Path = DEFAULT_STORE) -> Migrated:
    """Bring a store of an older version up to date; see `whowhom.upkeep.migrate`."""
    from whowhom import upkeep

    return upkeep.migrate(store)


def check(store: str | Path = DEFAULT_STORE, *, watch: Callable[[str], None] | None = None) -> list[Finding]:
    """Return what is wrong with a store, and what is worth a look; the command `whowhom check`.

    Args:
        store: Path of the DuckDB file.
        watch: Called with the name of each check when it begins.

    Raises:
        StoreError: There is no store, or it cannot be opened at all.
    """
    from whowhom import checks

    return list(checks.check(store, watch=watch))


def compact(store: str | Path = DEFAULT_STORE) -> Compacted:
    """Rewrite a store without the room that deleted rows have left; see `whowhom.upkeep.compact`."""
    from whowhom import upkeep

    return upkeep.compact(store)


def backup(to: str | Path, store: str | Path = DEFAULT_STORE, *, force: bool = False) -> int:
    """Copy a store to another file and return its size; see `whowhom.upkeep.backup`."""
    from whowhom import upkeep

    return upkeep.backup(to, store, force=force)


def restore(source: str | Path, store: str | Path = DEFAULT_STORE, *, force: bool = False) -> None:
    """Put a copy of a store in its place; see `whowhom.upkeep.restore`."""
    from whowhom import upkeep

    upkeep.restore(source, store, force=force)


def evaluate(
    gold: str | Path, articles: str | Path | None = None, *, watch: Watch | None = None
) -> Mapping[str, Any]:
    """Code the articles of a gold file and compare; the command `whowhom evaluate`.

    Args:
        gold: JSONL, one article a line: {"id": ..., "events": [...]}, with its `text` where there is
            no other file for it.
        articles: A source with the texts, by the same ids; where not given, the file
            articles.jsonl in the folder of `gold`.
        watch: Called with each outcome.

    Returns:
        The figures, as `whowhom.scoring.score` gives them.

    Raises:
        ValueError: A line of the gold is no such record, an id stands twice, or an article of the
            gold has no text.
        FileNotFoundError: There is no such file.
    """
    from whowhom.exporters.records import record_event
    from whowhom.pipeline import code_articles
    from whowhom.scoring import score

    rows = _read_gold(Path(gold))
    summary = Summary()
    texts = _find_texts(rows, Path(gold), articles)
    coded = _counted(code_articles(map(_judge, texts)), summary, watch)
    predicted = {
        one.article.id: [record_event(event) for event in one.events]
        for one in coded
        if isinstance(one, CodedArticle)
    }
    return score({id: row["events"] for id, row in rows.items()}, predicted)


def demo() -> list[CodedArticle]:
    """Code the dozen short reports that the package brings along.

    They were written for this from public facts of real events, 1994 to 2025.
    """
    from importlib.resources import files

    lines = files("whowhom").joinpath("demo_reports.jsonl").read_text(encoding="utf-8").splitlines()
    return list(code_many(json.loads(line) for line in lines))


def load_all() -> None:
    """Load the model and all tables by coding a sentence, so that a short run tells its true speed."""
    from whowhom.pipeline import code_articles
    from whowhom.readers.language import detect_language

    sentence = "Egypt's foreign minister met him in Cairo on Monday."
    detect_language(sentence)
    next(code_articles([Article("", sentence)]))


def _read_gold(path: Path) -> dict[str, Mapping[str, Any]]:
    """Return the rows of a gold file by the ids of their articles."""
    rows: dict[str, Mapping[str, Any]] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ValueError(f"{path}:{number}: line is not JSON: {error}.") from error
            if not isinstance(row, dict) or not isinstance(row.get("id"), str):
                raise ValueError(f'{path}:{number}: a line is an object with "id" and "events".')
            if not isinstance(row.setdefault("events", []), list):
                raise ValueError(f'{path}:{number}: "events" is a list, not {row["events"]!r:.40}.')
            if row["id"] in rows:
                raise ValueError(f"{path}:{number}: article {row['id']!r} stands twice.")
            rows[row["id"]] = row
    if not rows:
        raise ValueError(f"{path} holds no articles.")
    return rows


def _find_texts(
    rows: Mapping[str, Mapping[str, Any]], gold: Path, articles: str | Path | None
) -> list[Article]:
    """Return the article of each row of the gold, from the row itself or from its file."""
    from whowhom.readers import read_sources

    found = {id: _as_article(row) for id, row in rows.items() if isinstance(row.get("text"), str)}
    source = articles if articles is not None else gold.with_name("articles.jsonl")
    if len(found) < len(rows):
        wanted = rows.keys() - found.keys()
        for item in read_sources([source]):
            if isinstance(item, Article) and item.id in wanted:
                found.setdefault(item.id, item)
    missing = [id for id in rows if id not in found]
    if missing:
        raise ValueError(
            f"{gold}: {len(missing)} of {len(rows)} articles have no text, the first is {missing[0]!r}. "
            f'Give their texts in {source}, in another file with --articles, or as "text" in each row.'
        )
    return [found[id] for id in rows]


def _counted(items: Iterable[Outcome], summary: Summary, watch: Watch | None) -> Iterator[Outcome]:
    """Pass items on, and count each once whoever takes them has asked for the next."""
    start = time.monotonic()
    for item in items:
        yield item
        summary.count(item)
        summary.seconds = time.monotonic() - start
        if watch is not None:
            watch(item)


def _flushed(items: Iterable[Outcome]) -> Iterator[Outcome]:
    """Pass items on, and flush standard output at least every half second.

    Whoever reads the other end of the pipe then sees the first event at once, and still gets
    blocks of a useful size from a fast run.
    """
    flushed = 0.0
    for item in items:
        yield item
        if time.monotonic() - flushed > 0.5:
            sys.stdout.flush()
            flushed = time.monotonic()


def _batch(
    items: Iterable[Outcome], tell_seconds: Callable[[], float] = lambda: _BATCH_SECONDS
) -> Iterator[list[Outcome]]:
    """Yield what came within a second or so: a kill costs no more, and a commit costs 20 ms."""
    batch: list[Outcome] = []
    start = time.monotonic()
    for item in items:
        batch.append(item)
        if len(batch) >= _BATCH_ARTICLES or time.monotonic() - start > tell_seconds():
            yield batch
            batch, start = [], time.monotonic()
    if batch:
        yield batch


def _skip_repeated(batch: Sequence[Outcome], kept: Store) -> list[Outcome]:
    """Put a Skip in place of articles that came twice in one run, too close for `skip_held` to see."""
    from whowhom.store import HELD

    held = kept.has(item.article.id for item in batch if isinstance(item, CodedArticle))
    fresh: list[Outcome] = []
    for item in batch:
        if isinstance(item, CodedArticle) and item.article.id in held:
            fresh.append(Skip(item.article.id, "store", HELD, item.article.origin))
            continue
        if isinstance(item, CodedArticle):
            held.add(item.article.id)
        fresh.append(item)
    return fresh


def _code_all(articles: Iterable[Article]) -> Iterator[CodedArticle]:
    from whowhom.pipeline import code_articles

    # What is judged unfit goes through the pipeline as a Skip, to keep the order; its article is
    # found again here.
    waiting: deque[Article] = deque()

    def judge() -> Iterator[Article | Skip]:
        for article in articles:
            judged = _judge(article)
            waiting.append(article if isinstance(judged, Skip) else judged)
            yield judged

    for item in code_articles(judge()):
        article = waiting.popleft()
        yield CodedArticle(article, skipped=item) if isinstance(item, Skip) else item


def _judge(article: Article) -> Article | Skip:
    """Return a Skip for an article that the readers would not have let pass."""
    from dataclasses import replace

    from whowhom.readers.language import detect_language, name_language

    if not article.text or article.text.isspace():
        return Skip(article.id, "read", "text is empty", article.origin)
    try:
        (article.text + article.title).encode("utf-8")
    except UnicodeEncodeError as error:
        half = f"U+{ord(error.object[error.start]):04X}"
        return Skip(article.id, "read", f"holds a lone surrogate ({half}), half a character", article.origin)
    language = article.language or detect_language(article.text)[0]
    if language != "en":
        reason = f"language is {name_language(language)}, whowhom codes English only"
        return Skip(article.id, "language", reason, article.origin)
    return article if article.language else replace(article, language=language)


def _find_skip(item: Outcome) -> Skip | None:
    return item if isinstance(item, Skip) else item.skipped


def open_held(store: str | Path) -> Store:
    """Open a store for writing, which has to be there: an empty one would hold nothing to work on."""
    _require_held(store)
    return open(store)


def _open_run_held(store: str | Path) -> WriterSeat:
    import whowhom.store

    _require_held(store)
    return whowhom.store.open_run(store)


def _require_held(store: str | Path) -> None:
    if str(store) != ":memory:" and not Path(store).exists():
        open(store, read_only=True)  # says so


def _name_user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:  # Windows and Unix without a name for the user
        raise ValueError("Nobody knows who you are here; give who.") from error


def _read_day(published: Day) -> date | None:
    if isinstance(published, datetime):
        return published.date()
    if published is None or isinstance(published, date):
        return published
    try:
        return date.fromisoformat(published)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f'published is {published!r}, which names no day. Give a date or "YYYY-MM-DD".'
        ) from error


def _make_article(
    text: str,
    *,
    id: str = "",
    title: str = "",
    published: date | None = None,
    outlet: str = "",
    url: str = "",
    language: str = "",
    extra: Mapping[str, Any] | None = None,
) -> Article:
    # The same hash as the readers' (`make_article`), which give no Article for an empty text.
    id = id or content_hash(url, title, text, published.isoformat() if published else "", outlet)
    return Article(id, text, title, published, outlet, url, language, extra or {})


def _as_article(item: Article | Mapping[str, Any] | str) -> Article:
    from whowhom.readers.days import parse_day
    from whowhom.readers.language import normalize_language

    if isinstance(item, Article):
        return item
    if isinstance(item, str):
        return _make_article(item)
    if not isinstance(item, Mapping):
        raise TypeError(
            f"An article is an Article, a mapping with 'text', or a string, not {type(item).__name__}."
        )
    known = {name: item[name] for name in _FIELDS if isinstance(item.get(name), str)}
    day = parse_day(item.get("published"))
    known.pop("published", None)
    if isinstance(item.get("id"), int):
        known["id"] = str(item["id"])
    unused = {name: value for name, value in item.items() if name not in known and value is not None}
    if day is not None:
        unused.pop("published", None)
    known["language"] = normalize_language(known.get("language", ""))
    return _make_article(known.pop("text", ""), published=day, extra=unused, **known)
