"""Corrections: what people decide about single events, kept as rows that outlive a new coding.

    coder ──▶ coding ─┐
                      ├─▶ event ──▶ incidents, ties, exports
    people ▶ correction

An event on which people decided stands in the table `event` as they left it, under the id by which they
knew it, so that whoever reads `event` need not know of corrections. What the coder says of such an article
is kept in `coding`, and `event` follows from the two: `replay` is a function of both alone. When the
article is coded anew the corrected events are found again by type and wording. One that the coder no
longer finds is kept; one that was marked as wrong stays out. The rest of the article is the coder's.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

import duckdb

from whowhom import joining, kept_standings, tellings
from whowhom.exporters.records import record_event
from whowhom.exporters.tables import mend
from whowhom.fields import amend, settle_type
from whowhom.records import Article, CodedArticle, Event, Span, content_hash
from whowhom.rows import Row, make_event_rows, read_article, read_event
from whowhom.sql import fetch_rows, incoming_rows, run

Verdict = Literal["accept", "set", "wrong", "add", "undo"]
# A person has looked at it: that is what the score is the probability of.
CHECKED = 1.0
_TYPED = frozenset(("event", "mode"))
_IDS = "(SELECT unnest(CAST($ids AS VARCHAR[])))"


class UnknownCorrectionError(LookupError):
    """No correction, or more than one, has the id or the beginning of an id that was given."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What one person decided about one event.

    Attributes:
        event: Its id, which stays whatever is changed.
        verdict: accept (all is right), set (fields have other values), wrong (no such event), add (the
            coder missed it), or undo.
        fields: Of set the fields of `Event` that have other values.
        coded: The event as the coder had it, None where it had none.
        before: As it stood before; None where it did not.
        after: As it stood after; None where it no longer does.
        undone: Of undo the id of the correction that no longer counts.
        stands: Whether it still counts; an undo counts until it is undone itself.
        made_at: When, in UTC.
    """

    id: str
    article: str
    event: str
    verdict: Verdict
    fields: tuple[str, ...]
    coded: Event | None
    before: Event | None
    after: Event | None
    undone: str
    who: str
    why: str
    made_at: datetime
    stands: bool = True


class Signed(NamedTuple):
    """Who decided, why, and when."""

    who: str
    why: str
    when: datetime


class Replaced(NamedTuple):
    """What a new coding of some articles came to.

    Attributes:
        n_changed: Articles whose coding is another than before.
        n_kept: Corrected events that were put in again.
    """

    n_changed: int
    n_kept: int


# From the coding and the corrections to the events that stand.


class _Decided(NamedTuple):
    """What all corrections of one event come to: None for one that is wrong."""

    event: Event | None
    id: str
    seen: tuple[Event, ...]


def replay(coded: Sequence[Event], corrections: Sequence[Correction]) -> list[Event]:
    """Return the events of an article that stand, in the order of the text.

    Args:
        coded: What the coder says.
        corrections: All of the article, in the order in which they were made.
    """
    by_event: dict[str, list[Correction]] = defaultdict(list)
    for one in corrections:
        if one.stands and one.verdict != "undo":
            by_event[one.event].append(one)
    decided = [found for rows in by_event.values() if (found := _fold(rows)) is not None]
    slots: list[Event | None] = list(coded)
    claims = _claim(decided, coded)
    for number, place in claims.items():
        slots[place] = decided[number].event
    events = [event for event in slots if event is not None]
    for number, (kept, *_) in enumerate(decided):
        if number not in claims and kept is not None:
            later = (at for at, event in enumerate(events) if _place(event) > _place(kept))
            events.insert(next(later, len(events)), kept)
    return events


def _place(event: Event) -> tuple[bool, int, str]:
    return event.trigger.of != "title", event.trigger.start or 0, event.id


def _fold(rows: Sequence[Correction]) -> _Decided | None:
    """Return what the standing corrections of one event come to; None where they come to nothing.

    Who accepts an event vouches for all of it, who sets fields for these on top of what was there. So
    when an earlier correction is undone, a later one still means what it meant.
    """
    state = rows[0].coded
    seen = [] if state is None else [state]
    for row in rows:
        if row.verdict == "wrong":
            known = [one for one in (*seen, row.before) if one is not None]
            return _Decided(None, row.event, tuple(known)) if state is not None else None
        if row.verdict == "add":
            state = row.after
        elif state is not None and row.after is not None:
            state = row.after if row.verdict == "accept" else _put(state, row.after, row.fields)
    if state is None:
        return None
    event = replace(state, id=rows[0].event, score=CHECKED)
    return _Decided(event, rows[0].event, (*seen, event))


def _put(event: Event, source: Event, fields: Sequence[str]) -> Event:
    changed: dict[str, Any] = {field: getattr(source, field) for field in fields}
    amended = replace(event, **changed)
    return settle_type(amended) if _TYPED.intersection(fields) else amended


def _claim(decided: Sequence[_Decided], coded: Sequence[Event]) -> dict[int, int]:
    """Return which event of the coding each decided one is, by their numbers; none is two."""
    candidates = []
    for number, one in enumerate(decided):
        for place, event in enumerate(coded):
            if event.id == one.id:
                candidates.append((0, False, 0, number, place))
            elif event.event in {other.event for other in one.seen}:
                wordings = [span for other in one.seen for span in (other.trigger, *other.mentions)]
                if any(
                    _overlap(span, other) for span in wordings for other in (event.trigger, *event.mentions)
                ):
                    apart = not any(_overlap(other.trigger, event.trigger) for other in one.seen)
                    distance = abs((one.seen[0].trigger.start or 0) - (event.trigger.start or 0))
                    candidates.append((1, apart, distance, number, place))
    claims: dict[int, int] = {}
    taken: set[int] = set()
    for *_, number, place in sorted(candidates):
        if number not in claims and place not in taken:
            claims[number] = place
            taken.add(place)
    return claims


def _wordings(event: Event) -> tuple[Span, ...]:
    return (event.trigger, *event.mentions)


def _overlap(one: Span, other: Span) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return False
    return one.of == other.of and one.start < other.end and other.start < one.end


# Deciding; the caller holds a transaction.


def decide(
    connection: duckdb.DuckDBPyConnection,
    verdict: Literal["accept", "set", "wrong"],
    event: Event,
    signed: Signed,
    values: Mapping[str, Any] | None = None,
) -> Correction:
    """Add what a person decided about an event that stands, and put it in place.

    Raises:
        ValueError: Of set: a value cannot be, or nothing would change.
    """
    _require_who(signed)
    article = _read_articles(connection, [event.article])[event.article]
    after: Event | None = replace(event, score=CHECKED)
    fields: list[str] = []
    if verdict == "wrong":
        after = None
    elif verdict == "set":
        after, fields = amend(event, article, values or {}, _stamp(signed))
        after = replace(after, score=CHECKED)
    known = [one for one in read_corrections(connection, [event.article]) if one.event == event.id]
    standing = [one for one in known if one.stands and one.verdict != "undo"]
    if (
        verdict == "accept"
        and standing
        and (standing[-1].verdict, standing[-1].who) == ("accept", signed.who)
    ):
        raise ValueError(f"{signed.who} has accepted event {event.id} already.")
    coded = standing[0].coded if standing else event
    return _add(connection, article, verdict, event.id, fields, (coded, event, after), signed)


def add(
    connection: duckdb.DuckDBPyConnection, article: str, values: Mapping[str, Any], signed: Signed
) -> Correction:
    """Add an event that the coder missed.

    Raises:
        ValueError: Type or trigger is not given, a value cannot be, or the article has such an event.
        LookupError: There is no such article.
    """
    from whowhom.resolvers.events import name_event

    _require_who(signed)
    found = _read_articles(connection, [article])
    if article not in found:
        raise LookupError(f"There is no article {article!r}.")
    if not (values.get("type") or values.get("event")) or not values.get("trigger"):
        raise ValueError("An event that is added needs type and trigger; give both.")
    blank = Event("", article, "", Span(""), CHECKED, 0, 0.0, "")
    after, _ = amend(blank, found[article], values, _stamp(signed))
    id = name_event(found[article], after.event, after.trigger)
    if any(one.id == id for one in _read_events(connection, [article])[article]):
        raise ValueError(f"The article has this event: {id}. Correct that one.")
    return _add(connection, found[article], "add", id, (), (None, None, replace(after, id=id)), signed)


def undo(connection: duckdb.DuckDBPyConnection, target: Correction, signed: Signed) -> Correction:
    """Let a correction no longer count; one that undid another brings that back.

    Raises:
        ValueError: It does not count any more.
    """
    _require_who(signed)
    if not target.stands:
        raise ValueError(f"Correction {target.id} is undone already.")
    article = _read_articles(connection, [target.article])[target.article]
    made = read_corrections(connection, [article.id])
    row = replace(target, id="", verdict="undo", undone=target.id, stands=True)
    coding = _read_coding(connection, [article.id]).get(article.id)
    held = _read_events(connection, [article.id])[article.id]
    coded = held if coding is None else [read_event(one) for one in coding]
    after = replay(coded, _mark_undone([*made, row]))
    events = (target.coded, _find(held, target.event), _find(after, target.event))
    return _add(connection, article, "undo", target.event, (), events, signed, undone=target.id)


def find_correction(connection: duckdb.DuckDBPyConnection, id: str) -> Correction:
    """Return a correction by its id, or the beginning of it where no other's begins so.

    Raises:
        UnknownCorrectionError: There is none, or there are several.
    """
    rows = run(
        connection,
        "SELECT id, article FROM correction WHERE starts_with(id, $id) ORDER BY id <> $id, id LIMIT 2",
        {"id": id},
    )
    if not rows or not id or (len(rows) > 1 and rows[0][0] != id):
        what = "Several corrections have" if id and len(rows) > 1 else "No correction has"
        raise UnknownCorrectionError(
            f"{what} an id that begins with {id!r}. `whowhom corrections` lists them."
        )
    return _find_made(read_corrections(connection, [rows[0][1]]), rows[0][0])


def _find_made(corrections: Iterable[Correction], id: str) -> Correction:
    return next(one for one in corrections if one.id == id)


def _require_who(signed: Signed) -> None:
    if not signed.who.strip():
        raise ValueError("who is empty; a correction tells who decided.")


def _stamp(signed: Signed) -> str:
    return f"corrected by {signed.who} on {signed.when.date().isoformat()}"


def _add(
    connection: duckdb.DuckDBPyConnection,
    article: Article,
    verdict: Verdict,
    event: str,
    fields: Sequence[str],
    events: tuple[Event | None, Event | None, Event | None],
    signed: Signed,
    undone: str = "",
) -> Correction:
    """Write the row, put `event` and the incidents right, and return what was decided."""
    sentences = _read_sentences(connection, article.id)
    coded, before, after = (_write_event(one, article, sentences) for one in events)
    ((ordinal,),) = run(connection, "SELECT coalesce(max(ordinal) + 1, 0) FROM correction")
    id = content_hash(str(ordinal), article.id, event, verdict, after or "", undone, signed.who)
    run(
        connection,
        """INSERT INTO correction BY NAME SELECT $id AS id, $ordinal AS ordinal, $article AS article,
        $event AS event, $verdict AS verdict, CAST($fields AS VARCHAR[]) AS fields, $coded AS coded,
        $before AS before, $after AS after, nullif($undone, '') AS undone, $who AS who,
        nullif($why, '') AS why, $when AS made_at""",
        mend(
            {
                "id": id, "ordinal": ordinal, "article": article.id, "event": event, "verdict": verdict,
                "fields": list(fields), "coded": coded, "before": before, "after": after,
                "undone": undone, "who": signed.who, "why": signed.why, "when": signed.when,
            }
        ),
    )  # fmt: skip
    return _find_made(_settle(connection, article), id)


def _settle(connection: duckdb.DuckDBPyConnection, article: Article) -> list[Correction]:
    """Let all that is made of one article follow from its corrections; return these."""
    held = _read_rows(connection, [article.id])[article.id]
    coding = _read_coding(connection, [article.id]).get(article.id, held)
    corrections = read_corrections(connection, [article.id])
    rows = _make_rows(article, coding, corrections, held)
    _write_rows(connection, {article.id: held}, {article.id: rows})
    _keep_coding(connection, {article.id: coding}, {article.id: corrections})
    ((is_built,),) = run(connection, "SELECT EXISTS (FROM report)")
    change = _compare(held, rows) if is_built else "none"  # the first build takes all
    if change == "deed":
        joining.forget(connection, [article.id])
        joining.build(connection)
    elif change == "score":
        joining.refresh(connection, [article.id])
    if change != "none":
        tellings.build(connection)
        kept_standings.keep(connection)
    return corrections


def replace_coding(
    connection: duckdb.DuckDBPyConnection, coded: Sequence[CodedArticle], coder: str
) -> Replaced:
    """Put a new coding of articles in place of the old one, under their corrections.

    An article whose coding is the same is not touched. The incidents are left to the next build.
    """
    by_id = {mend(one.article.id): one for one in coded}
    held = _read_rows(connection, list(by_id))
    codings = _read_coding(connection, list(by_id))
    fresh = {id: mend(list(make_event_rows(one))) for id, one in by_id.items()}
    changed = [id for id in by_id if fresh[id] != codings.get(id, held[id])]
    by_article: dict[str, list[Correction]] = defaultdict(list)
    for correction in read_corrections(connection, changed):
        by_article[correction.article].append(correction)
    rows = {id: _make_rows(by_id[id].article, fresh[id], by_article[id], held[id]) for id in changed}
    _write_rows(connection, held, rows)
    _keep_coding(connection, {id: fresh[id] for id in changed}, by_article)
    ids = {"ids": list(by_id)}
    sql = f"UPDATE article SET coder = $coder WHERE id IN {_IDS} AND coder <> $coder"
    run(connection, sql, {"coder": coder, **ids})
    run(connection, f"DELETE FROM skip WHERE stage = 'code' AND article IN {_IDS}", ids)
    moved = [id for id in changed if _compare(held[id], rows[id]) != "none"]
    if moved:
        joining.forget(connection, moved)
    own = {(one.article, one.event) for ones in by_article.values() for one in ones}
    return Replaced(len(changed), sum((id, row["id"]) in own for id in changed for row in rows[id]))


def _compare(old: Sequence[Row], new: Sequence[Row]) -> Literal["none", "score", "deed"]:
    """Return what is other that incidents rest on: nothing, scores alone, or more."""
    if old == new:
        return "none"
    loose = ("ordinal", "score", "evidence")
    bare_old, bare_new = (
        {row["id"]: {name: value for name, value in row.items() if name not in loose} for row in rows}
        for rows in (old, new)
    )
    return "score" if bare_old == bare_new else "deed"


def _make_rows(
    article: Article, coding: Sequence[Row], corrections: Sequence[Correction], held: Sequence[Row]
) -> list[Row]:
    """Return the rows of `event` of an article."""
    events = replay([read_event(row) for row in coding], corrections)
    sentences = {read_event(row).trigger: row["sentence"] for row in (*held, *coding)}
    rows = mend(list(make_event_rows(CodedArticle(article, tuple(events)))))
    for row, event in zip(rows, events, strict=True):
        row["sentence"] = sentences.get(event.trigger, row["sentence"])
    return list(rows)


# Reading and writing.


def read_corrections(
    connection: duckdb.DuckDBPyConnection, articles: Sequence[str] | None = None
) -> list[Correction]:
    """Return the corrections of some articles, or all, in the order in which they were made."""
    where = "true" if articles is None else f"article IN {_IDS}"
    values = {} if articles is None else {"ids": list(articles)}
    rows = fetch_rows(connection, f"SELECT * FROM correction WHERE {where} ORDER BY ordinal", values)
    return _mark_undone(list(map(_read_correction, rows)))


def _mark_undone(corrections: Sequence[Correction]) -> list[Correction]:
    """Return the corrections with what still stands; the last word counts, so an undo can be undone."""
    undone: set[str] = set()
    for one in reversed(corrections):
        if one.verdict == "undo" and one.id not in undone:
            undone.add(one.undone)
    return [replace(one, stands=one.id not in undone) for one in corrections]


def _read_correction(row: Row) -> Correction:
    return Correction(
        id=row["id"],
        article=row["article"],
        event=row["event"],
        verdict=row["verdict"],
        fields=tuple(row["fields"]),
        coded=_read_event(row["coded"]),
        before=_read_event(row["before"]),
        after=_read_event(row["after"]),
        undone=row["undone"] or "",
        who=row["who"],
        why=row["why"] or "",
        made_at=row["made_at"],
    )


def _write_event(event: Event | None, article: Article, sentences: Mapping[Span, Any]) -> str | None:
    if event is None:
        return None
    (row,) = make_event_rows(CodedArticle(article, (event,)))
    row["sentence"] = sentences.get(event.trigger, row["sentence"])
    return json.dumps(row, ensure_ascii=False, default=str)


def _read_event(written: str | None) -> Event | None:
    return read_event(_read_row(json.loads(written))) if written else None


def _read_row(row: Row) -> Row:
    """Put back the days, which JSON has as texts."""
    when = row["date"]
    for name in ("first_day", "last_day") if when else ():
        when[name] = date.fromisoformat(when[name]) if when[name] else None
    return row


def _read_articles(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, Article]:
    rows = fetch_rows(connection, f"SELECT * FROM article WHERE id IN {_IDS}", {"ids": list(ids)})
    return {row["id"]: read_article(row) for row in rows}


def _read_rows(connection: duckdb.DuckDBPyConnection, articles: Sequence[str]) -> dict[str, list[Row]]:
    """Return the rows of `event` of each article."""
    sql = f"SELECT * FROM event WHERE article IN {_IDS} ORDER BY article, ordinal"
    rows = fetch_rows(connection, sql, {"ids": list(articles)})
    by_article: dict[str, list[Row]] = {id: [] for id in articles}
    for row in rows:
        by_article[row["article"]].append(row)
    return by_article


def _read_events(connection: duckdb.DuckDBPyConnection, articles: Sequence[str]) -> dict[str, list[Event]]:
    return {id: list(map(read_event, rows)) for id, rows in _read_rows(connection, articles).items()}


def _read_sentences(connection: duckdb.DuckDBPyConnection, article: str) -> dict[Span, Any]:
    return {read_event(row).trigger: row["sentence"] for row in _read_rows(connection, [article])[article]}


def _find(events: Iterable[Event], id: str) -> Event | None:
    return next((event for event in events if event.id == id), None)


def _write_rows(
    connection: duckdb.DuckDBPyConnection,
    held: Mapping[str, Sequence[Row]],
    rows: Mapping[str, Sequence[Row]],
) -> None:
    """Replace the rows of `event` of the articles where they are other than those held."""
    other = [id for id in rows if rows[id] != held[id]]
    if not other:
        return
    run(connection, f"DELETE FROM event WHERE article IN {_IDS}", {"ids": other})
    every = [row for id in other for row in rows[id]]
    if every:
        with incoming_rows(connection, every, "FROM event"):
            run(connection, "INSERT INTO event BY NAME FROM incoming")


def _read_coding(connection: duckdb.DuckDBPyConnection, articles: Sequence[str]) -> dict[str, list[Row]]:
    """Return what the coder says, of the articles that have corrections."""
    sql = f"SELECT article, events FROM coding WHERE article IN {_IDS}"
    found = run(connection, sql, {"ids": list(articles)})
    return {id: list(map(_read_row, json.loads(events))) for id, events in found}


def _keep_coding(
    connection: duckdb.DuckDBPyConnection,
    codings: Mapping[str, Sequence[Row]],
    corrections: Mapping[str, Sequence[Correction]],
) -> None:
    """Write what the coder says of articles for which corrections stand, and drop it of others."""
    for id, rows in codings.items():
        if any(one.stands and one.verdict != "undo" for one in corrections.get(id, ())):
            events = json.dumps(list(rows), ensure_ascii=False, default=str)
            run(
                connection,
                "INSERT OR REPLACE INTO coding VALUES ($id, $events)",
                {"id": id, "events": events},
            )
        else:
            run(connection, "DELETE FROM coding WHERE article = $id", {"id": id})


# Gold.


def list_gold(connection: duckdb.DuckDBPyConnection, *, by: str = "") -> Iterator[Row]:
    """Yield the articles of which people have decided on every event, as rows of a gold file.

    An article of which all events were wrong is one, with none.

    Args:
        by: Only those that this person has decided on in full, and that nobody else has changed since.
    """
    corrections = [one for one in read_corrections(connection) if one.stands and one.verdict != "undo"]
    vouched = _find_vouched(corrections, by)
    ids = [id for id, events in vouched.items() if all(events.values())]
    articles = _read_articles(connection, ids)
    for id, events in _read_events(connection, ids).items():
        if all(event.id in vouched[id] for event in events):
            yield _make_gold(articles[id], events)


def _find_vouched(corrections: Iterable[Correction], by: str) -> dict[str, dict[str, bool]]:
    """Return for each event that was decided on, by article, whether it is as `by` left it, "" for anybody.

    Who accepts what another has left changes nothing of it.
    """
    vouched: dict[str, dict[str, bool]] = defaultdict(dict)
    for one in corrections:
        if not by or one.who == by:
            vouched[one.article][one.event] = True
        elif one.verdict != "accept" or one.event not in vouched[one.article]:
            vouched[one.article][one.event] = False
    return vouched


def _make_gold(article: Article, events: Iterable[Event]) -> Row:
    published = article.published.isoformat() if article.published else None
    row: Row = {
        "id": article.id,
        "title": article.title,
        "published": published,
        "outlet": article.outlet,
        "url": article.url,
        "language": article.language,
        "text": article.text,
        "events": [record_event(event) for event in events],
    }
    return {name: value for name, value in row.items() if name == "events" or value}
