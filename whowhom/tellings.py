"""What each report tells of ties and pledges: one pass over the events that are new to the store.

    event ─▶ Telling ─▶ tie_report      tie_rules.py, codebooks/ties.csv
                     └▶ pledge_report   pledge_rules.py, codebooks/pledges.csv

A row of these tables depends on one event alone and keeps the day on which the report came out. So it
makes no difference in which order articles came, and the state of a tie as it was known on a day is
made of the rows of that day and before. Both are put together when somebody asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import duckdb

from whowhom.records import content_hash
from whowhom.sql import incoming_table, read_meta, run, write_meta
from whowhom.wordings import (
    Found,
    Standing,
    Word,
    find_words,
    is_background,
    is_correction,
    is_denied_before,
    judge_standing,
    split_words,
)
from whowhom.workers import map_apart

Row = dict[str, Any]

# Articles are read in bundles, so that a first build of a million events stays in little memory.
_BATCH_ROWS = 10_000
# A deed told as past history ended over 30 days before (codebook, section 4).
_HISTORY_DAYS = 31

# How much one report says for itself, by who says so and how surely. Set by hand: an article that asserts
# a deed is enough, an unnamed source alone is not (`tie_states.SURE`), two such that are independent are.
_WEIGHTS = {
    ("author", "certain"): 0.9, ("author", "probable"): 0.5, ("author", "possible"): 0.3,
    ("named", "certain"): 0.75, ("named", "probable"): 0.45, ("named", "possible"): 0.3,
    ("unnamed", "certain"): 0.55, ("unnamed", "probable"): 0.45, ("unnamed", "possible"): 0.25,
}  # fmt: skip

BODIES = frozenset(("IGO", "EUR", "UNO"))
_BEYOND_STATES = frozenset(("NGO", "MNC", "IMG", "ISM"))
_OF_STATE = frozenset("GOV MIL SPY LEG JUD COP".split())
ARMED = frozenset("REB UAF PRM".split())
_POLITICAL_GROUPS = ARMED | {"PTY"}


class Side(NamedTuple):
    """Who takes part: a state or body by its code, a group by its name."""

    label: str
    code: str
    role: str
    sectors: tuple[str, ...]

    @property
    def is_body(self) -> bool:
        return self.code in BODIES


class Telling(NamedTuple):
    """An event as rules look at it.

    Attributes:
        trigger: Which of `words` it was read from.
        first_day, last_day: When it happened, no later than its report; None for the first where only
            the last is known.
        known_on: Day of the report.
        is_said: Whether the report names the day.
        opening, around: How the article begins, and the text around the trigger.
    """

    article: str
    event: str
    type: str
    mode: tuple[str, ...]
    aux: tuple[str, ...]
    certainty: str
    source_kind: str
    said_by: str
    sides: tuple[Side, ...]
    sentence: str
    words: Sequence[Word]
    trigger: Found
    condition: str
    first_day: date | None
    last_day: date
    known_on: date
    is_said: bool
    opening: str
    around: str
    weight: float
    score: float

    def judge(self, at: int) -> Standing:
        """Return whether the deed whose verb is the word at `at` is done, planned, imagined, not done."""
        if "negation" in self.aux:
            return "not done"
        standing = judge_standing(self.words, at)
        if standing == "done" and "hypothetical" in self.aux:
            return "imagined"
        return "planned" if standing == "done" and "future" in self.aux else standing

    def find_denial(self, at: int, standing: Standing) -> str:
        """Return "denied" where the report says it is not so, "retracted" where it takes back a report."""
        if standing == "not done":
            return "retracted" if self.is_correction else "denied"
        if is_denied_before(self.words, at):
            return "denied"
        return "retracted" if is_correction("", self.sentence) else ""

    @property
    def is_correction(self) -> bool:
        """Whether the report takes back what was said before."""
        return is_correction(self.opening, self.around)


def build(connection: duckdb.DuckDBPyConnection, *, rebuild: bool = False) -> int:
    """Write what new events tell of ties and pledges; the caller holds a transaction.

    An event that was changed or is gone leaves its rows; new rules are put to all events.

    Returns:
        Number of events that were looked at.
    """
    if rebuild or read_meta(connection, _KEY) != _mark_rules():
        for table in ("told", "tie_report", "pledge_report"):
            run(connection, f"DELETE FROM {table}")
        write_meta(connection, _KEY, _mark_rules())
    for sql in _SELECT_NEW:
        run(connection, sql)
    ((n_new,),) = run(connection, "SELECT count(*) FROM untold")
    schemas = {
        table: connection.sql(f"FROM {table} LIMIT 0").to_arrow_table().schema
        for table in ("tie_report", "pledge_report")
    }
    batches = (
        (
            connection.sql(
                _SELECT_EVENTS, params={"first": start, "end": start + _BATCH_ROWS}
            ).to_arrow_table(),
            schemas,
        )
        for start in range(0, n_new, _BATCH_ROWS)
    )
    for tables in map_apart(tell_batch, batches):
        for name, table in tables.items():
            with incoming_table(connection, table):
                run(connection, f"INSERT INTO {name} BY NAME FROM incoming")
    run(connection, "INSERT INTO told SELECT article, event, content FROM untold")
    return int(n_new)


_KEY = "tie_rules"
_RULE_FILES = ("ties.csv", "tie_kinds.csv", "tie_words.csv", "pledges.csv")


@cache
def _mark_rules() -> str:
    """Return what changes when the rules, or the code that reads them, do."""
    texts = [files("whowhom.codebooks").joinpath(name).read_text(encoding="utf-8") for name in _RULE_FILES]
    return content_hash("1", *texts)


# `content` is a hash of all that rules look at; DuckDB may hash otherwise in another version, and then
# all is read anew once.
_SELECT_NEW = (
    """CREATE OR REPLACE TEMP TABLE untold AS
    SELECT row_number() OVER (ORDER BY article, event) - 1 AS number, * FROM (
        SELECT event.article, event.id AS event, hash(event.event, mode, trigger, sentence, actor, recipient,
            "date", source_kind, source, certainty, aux, condition, event.score, article.published) AS content
        FROM event JOIN article ON article.id = event.article
    ) ANTI JOIN told USING (article, event, content)""",
    """CREATE OR REPLACE TEMP TABLE outdated AS
    SELECT article, event FROM told
    WHERE NOT EXISTS (FROM event WHERE event.article = told.article AND event.id = told.event)
    UNION SELECT told.article, told.event FROM told SEMI JOIN untold USING (article, event)""",
    *(
        f"DELETE FROM {table} USING outdated WHERE {table}.article = outdated.article"
        f" AND {table}.event = outdated.event"
        for table in ("tie_report", "pledge_report", "told")
    ),
)

_SELECT_EVENTS = """SELECT event.article, event.id AS event, event.event AS type, event.mode, event.aux,
    event.certainty, event.source_kind, event.source.name AS source_name,
    event.source.span."text" AS source_text, event.sentence, event.trigger."text" AS trigger, event.score,
    event.condition."text" AS condition,
    event."date".first_day AS first_day, event."date".last_day AS last_day,
    coalesce(event."date".span."text", '') <> '' AS is_said, article.published,
    [{'name': one.name, 'country': one.country, 'sector': one.sector, 'text': one.span."text"}
        FOR one IN actor] AS actor,
    [{'name': one.name, 'country': one.country, 'sector': one.sector, 'text': one.span."text"}
        FOR one IN recipient] AS recipient,
    concat_ws(' ', article.title, left(article."text", 60)) AS opening,
    substr(article."text", greatest(1, event.trigger.start - 250), 600) AS around
FROM untold JOIN event ON event.article = untold.article AND event.id = untold.event
JOIN article ON article.id = event.article
WHERE untold.number BETWEEN $first AND $end - 1 AND event.sentence IS NOT NULL
ORDER BY untold.number"""


def read_telling(row: Mapping[str, Any]) -> Telling | None:
    """Return an event as rules look at it, None without a day on which it was reported, or without words."""
    published, sentence = row["published"], row["sentence"]
    words = split_words(sentence or "")
    if published is None or not words:
        return None
    start = _find_trigger(sentence, row["trigger"])
    sides = [
        side
        for role in ("actor", "recipient")
        for one in row[role] or ()
        if (side := name_side(one, role)) and not _is_mediator(sentence, one["text"])
    ]
    first, last, is_said = row["first_day"], row["last_day"], bool(row["is_said"])
    if last is None:
        is_said = False
        first, last = (
            (None, published - timedelta(days=_HISTORY_DAYS))
            if "historical" in row["aux"]
            else (published, published)
        )
    trigger = find_words(words, start, start + len(row["trigger"]))
    if not is_said and is_background(words, trigger.start):
        # "returned five months after being withdrawn": before what the sentence is about.
        first, last = None, min(last, published) - timedelta(days=1)
    last = min(last, published)
    return Telling(
        article=row["article"],
        event=row["event"],
        type=row["type"],
        mode=tuple(row["mode"]),
        aux=tuple(row["aux"]),
        certainty=row["certainty"],
        source_kind=row["source_kind"],
        said_by=_name_source(row),
        sides=tuple(dict.fromkeys(sides)),
        sentence=sentence,
        words=words,
        trigger=trigger,
        condition=row["condition"] or "",
        first_day=min(first, last) if first else None,
        last_day=last,
        known_on=published,
        is_said=is_said,
        opening=row["opening"] or "",
        around=row["around"] or "",
        weight=_weigh_source(row),
        score=row["score"],
    )


def _find_trigger(sentence: str, trigger: str) -> int:
    # "fire" is not that of "cease-fire" where it also stands alone.
    at = first = sentence.find(trigger)
    while at >= 0:
        end = at + len(trigger)
        if not _is_in_word(sentence[at - 1 : at]) and not _is_in_word(sentence[end : end + 1]):
            return at
        at = sentence.find(trigger, at + 1)
    return max(first, 0)


def _is_in_word(character: str) -> bool:
    return character.isalnum() or character in ("-", "_")


def _name_source(row: Mapping[str, Any]) -> str:
    if row["source_kind"] == "author":
        return ""
    return str(row["source_name"] or row["source_text"] or "unnamed")


# The coder takes "two people familiar with the talks" for a name now and then, and "reportedly" for nothing.
_NAMELESS = re.compile(
    r"\b(unnamed|anonym\w+|sources?|people|persons?|officials?|diplomats?|insiders?|aides?|witness(es)?)\b"
)
_HEARSAY = re.compile(
    r"\b(reportedly|allegedly|rumou?r\w*|unconfirmed|condition of anonymity|is said to|are said to"
    r"|(sources?|officials|diplomats) (who|familiar|close|with knowledge))\b"
)


def _weigh_source(row: Mapping[str, Any]) -> float:
    kind = row["source_kind"]
    is_nameless = kind == "named" and not row["source_name"] and _NAMELESS.search(row["source_text"] or "")
    if is_nameless or (kind == "author" and _HEARSAY.search(row["sentence"])):
        kind = "unnamed"
    return _WEIGHTS.get((kind, row["certainty"]), 0.5)


_MEDIATED = re.compile(r"(mediat|broker|facilitat|sponsor|host|guarante|chair)\w*( \w+)? by (the )?$")


def _is_mediator(sentence: str, text: str | None) -> bool:
    at = sentence.find(text) if text else -1
    return at > 0 and bool(_MEDIATED.search(sentence[:at]))


def name_side(entity: Mapping[str, Any], role: str) -> Side | None:
    """Return who a participant is as a side of a tie, None for those that are none.

    A state is its code, whoever acts for it; so is one at the receiving end of what befalls its people.
    An armed group, a party or an organisation is its name; without a name it is nobody.
    """
    country, name = entity["country"] or "", entity["name"] or ""
    sectors = tuple(entity["sector"] or ())
    main = sectors[0] if sectors else ""
    if country == "IGO":
        label = name or re.sub(r"^[Tt]he ", "", entity["text"] or "")
        return Side(label, country, role, sectors) if label else None
    if country in BODIES:
        return Side(country, country, role, sectors)
    if main in _POLITICAL_GROUPS or country in _BEYOND_STATES:
        is_group = (main in _POLITICAL_GROUPS or country in ("IMG", "ISM")) and is_group_name(name)
        return Side(name, country, role, sectors) if is_group else None
    if country and (not main or main in _OF_STATE or role == "recipient"):
        return Side(country, country, role, sectors)
    return None


_GROUP_WORDS = re.compile(
    r"\b(army|front|force|forces|movement|party|brigades?|militia|group|state|resistance|guard|union|council|"
    r"alliance|coalition|league|liberation|organi[sz]ation|network|jihad|battalion|corps)\b",
    re.IGNORECASE,
)


def is_group_name(name: str) -> bool:
    """Return whether a name is that of a group: a rebel is no side of a tie.

    >>> is_group_name("Hezbollah"), is_group_name("March 23 Movement"), is_group_name("Ana Bell")
    (True, True, False)
    """
    if name.casefold() in _list_group_names() or _GROUP_WORDS.search(name):
        return True
    return bool(name) and len(re.split(r"[\s-]+", name)) == 1


@cache
def _list_group_names() -> frozenset[str]:
    from whowhom.resolvers.lexicon import read_table

    rows = read_table("organisations")
    return frozenset(
        one.casefold() for row in rows for one in (row["name"], *row.get("names", "").split(";")) if one
    )


@cache
def _list_state_names() -> dict[str, str]:
    from whowhom.resolvers.countries import load_countries

    return {
        name: one.code
        for one in load_countries().values()
        if one.until is None
        for name in (*one.adjectives, *one.capitals, *one.names, one.name)
        if name[:1].isupper()
    }


@cache
def _match_state_names() -> re.Pattern[str]:
    names = sorted(_list_state_names(), key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")


@cache
def list_state_words() -> frozenset[str]:
    """Return the words that names of states are made of."""
    return frozenset(word for name in _list_state_names() for word in name.split())


def find_states(sentence: str) -> list[str]:
    """Return the codes of the states that a sentence names, by name, adjective or capital.

    >>> find_states("Chadian and Sudanese troops fought near Khartoum")
    ['TCD', 'SDN']
    """
    names = _list_state_names()
    return list(dict.fromkeys(names[found[0]] for found in _match_state_names().finditer(sentence)))


def tell_batch(batch: tuple[Any, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what events tell, as Arrow tables: of ties and of pledges.

    Args:
        batch: The events, as an Arrow table, and the schemas of the two.
    """
    from whowhom.exporters.tables import make_table
    from whowhom.pledge_rules import tell_pledges
    from whowhom.tie_rules import tell_ties

    events, schemas = batch
    tellings = [telling for row in events.to_pylist() if (telling := read_telling(row))]
    rows = {
        "tie_report": [row for one in tellings for row in tell_ties(one)],
        "pledge_report": [row for one in tellings for row in tell_pledges(one)],
    }
    return {name: make_table(found, schemas[name]) for name, found in rows.items() if found}
