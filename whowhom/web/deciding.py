"""What readers decide: which reports are one deed, which events are right, and what a field should hold.

    page ── form ──▶ decide ──▶ Store.correct, split, merge, undo ──▶ back to the page, with a way to undo

A form is written to the store while nobody else has it. Where `whowhom read` or `watch` is at work, that is
said, and nothing that was typed is lost: the answer holds the same form, to be sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from whowhom import store as stores
from whowhom.accounts import Judgement
from whowhom.corrections import Correction, UnknownCorrectionError
from whowhom.fields import FIELDS, write_fields
from whowhom.judgements import Member
from whowhom.store import Store, StoreBusyError, StoreError, UnknownEventError
from whowhom.terminal import list_changes
from whowhom.web import queries
from whowhom.web.desk import Desk, desk_of
from whowhom.web.guarding import FORM_FIELD
from whowhom.web.reading import Cursor

# A reader does not wait for longer; a batch of `whowhom read` is written in less.
_WAIT_SECONDS = 3.0
_MOST_BYTES = 200_000
_MOST_EVENTS = 200
_MOST_WORDS = 500
# Between the ids of several decisions that one form made.
_AND = "."

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Form:
    """What a reader sent: `do` is the decision and what it is about, "accept 3fa9c1d2"."""

    pairs: Pairs

    def get(self, name: str) -> str:
        return next((value for key, value in self.pairs if key == name), "").strip()

    def list(self, name: str) -> list[str]:
        return [value.strip() for key, value in self.pairs if key == name and value.strip()]

    @property
    def verdict(self) -> str:
        return self.get("do").partition(" ")[0]

    @property
    def subject(self) -> str:
        return self.get("do").partition(" ")[2].strip()

    def read_fields(self) -> dict[str, str]:
        """Return the fields whose values are other than those that the form was made with."""
        return {
            field: value or "none"
            for field in FIELDS
            if (value := self.get(f"set-{field}")) != self.get(f"was-{field}")
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """A correction or a judgement, as pages show it.

    Attributes:
        undo: What a form sends to undo it, "" where it no longer counts.
        what: The event or reports that it is about.
        changes: Field, value before and after.
        parts: The events it is about, by article and id: one of a correction; of a judgement groups, each
            of them one deed. Of what undoes another those of the other.
        is_held: Whether the first of them is there still, or anew.
        undone: Id of the decision that it undid, "" for none.
        given: Fields of a correction and the values that they were given, as `correct --set` takes them.
    """

    id: str
    verdict: str
    what: str
    changes: tuple[tuple[str, str, str], ...]
    who: str
    why: str
    made_at: datetime
    stands: bool
    undo: str
    parts: tuple[tuple[Member, ...], ...] = ()
    is_held: bool = False
    undone: str = ""
    given: tuple[tuple[str, str], ...] = ()

    @property
    def members(self) -> tuple[Member, ...]:
        """Return the events of all parts."""
        return tuple(member for part in self.parts for member in part)

    @property
    def article(self) -> str:
        """Return the id of the first article that it is about, "" for none."""
        return self.members[0][0] if self.parts else ""

    @property
    def event(self) -> str:
        """Return the id of the first event that it is about, "" for none."""
        return self.members[0][1] if self.parts else ""


async def decide(request: Request) -> Response:
    """Take a form, write what it says, and lead back to the page that it came from."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            return desk_of(request).refuse(request, 413, "This form is too long. Nothing was changed.")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return desk_of(request).refuse(request, 400, "This is no form of the desk. Nothing was changed.")
    return await run_in_threadpool(_answer, request, Form(pairs))


def _answer(request: Request, form: Form) -> Response:
    desk = desk_of(request)
    desk.gate.check_form(request, form.get(FORM_FIELD))
    who = form.get("who")
    if not any(sign.isprintable() and not sign.isspace() for sign in who):
        return _ask_again(request, form, 400, "Say who decides: a correction keeps the name of who made it.")
    if len(who) > _MOST_WORDS or len(form.get("why")) > _MOST_WORDS:
        return _ask_again(request, form, 400, f"Who and why take {_MOST_WORDS} characters each.")
    try:
        with stores.open(desk.reader.path, wait=_WAIT_SECONDS) as store:
            made = _apply(store, form)
            back = _find_way_back(store, form, made)
    except StoreBusyError as error:
        return _ask_again(request, form, 503, f"Nothing was changed yet: {error}")
    except (UnknownEventError, UnknownCorrectionError) as error:
        return _ask_again(request, form, 404, f"Nothing was changed. {error}")
    except (ValueError, LookupError) as error:
        return _ask_again(request, form, 400, f"Nothing was changed. {error}")
    except StoreError as error:
        return _ask_again(request, form, 503, f"Nothing was changed. {error}")
    response = RedirectResponse(_add_done(back, made), 303)
    desk.gate.set_cookie(response, "who", quote(who))
    return response


def _apply(store: Store, form: Form) -> list[str]:
    """Write a decision and return the ids of the rows that it made."""
    who, why = form.get("who"), form.get("why")
    match form.verdict, form.subject:
        case "accept", event if event:
            return [store.correct(event, accept=True, who=who, why=why).id]
        case "accept-all", "":
            return _accept_all(store, form.list("event")[:_MOST_EVENTS], who, why)
        case "wrong", event if event:
            return [store.correct(event, wrong=True, who=who, why=why).id]
        case "set", event if event:
            values = form.read_fields()
            if not values:
                raise ValueError("No field was changed. Accept the event if all of it is right.")
            return [store.correct(event, set=values, who=who, why=why).id]
        case "add", article if article:
            return [store.correct(article, add=True, set=form.read_fields(), who=who, why=why).id]
        case "split", incident if incident:
            return [store.split(incident, form.list("chosen"), who=who, why=why)]
        case "merge", incident if incident:
            others = [*form.list("other"), *map(_read_incident, form.list("other-address"))]
            if not others:
                raise ValueError("Choose an incident to merge with, or give its id or address.")
            return [store.merge([incident, *others], who=who, why=why)]
        case "undo", made if made:
            return [_undo(store, one, who, why) for one in reversed(made.split(_AND))]
    raise ValueError("This form says nothing that could be decided. Load the page again.")


def _accept_all(store: Store, events: Sequence[str], who: str, why: str) -> list[str]:
    made = []
    for event in events:
        # One that this person has accepted already is as it should be.
        with suppress(ValueError):
            made.append(store.correct(event, accept=True, who=who, why=why).id)
    if not made:
        raise ValueError(f"{who} has accepted all of these already.")
    return made


def _undo(store: Store, id: str, who: str, why: str) -> str:
    judgements = [one for one in store.judgements() if one.id == id]
    return store.undo(id, who=who, why=why) if judgements else store.correct(undo=id, who=who, why=why).id


def _read_incident(written: str) -> str:
    """Return the id in the address of an incident's page; an id is taken as it is.

    >>> _read_incident("http://localhost:8640/incident/5f0c1a"), _read_incident("5f0c1a")
    ('5f0c1a', '5f0c1a')
    """
    return urlsplit(written).path.rstrip("/").rpartition("/")[2]


def _find_way_back(store: Store, form: Form, made: Sequence[str]) -> str:
    """Return the page to show next: that of the incident which the reports decided on are of by now.

    An incident that loses its first report goes by another id, and one that has none left is no more: then
    it is that of the other reports seen.
    """
    back = form.get("back")
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        back = "/corrections"
    if back.startswith("/incident/"):
        cursor = Cursor(store, "")
        decided = [event for one in list_decisions(cursor) if one.id in made for _, event in one.members]
        incident = queries.find_incident_of(cursor, [*decided, *form.list("event")])
        return f"/incident/{quote(incident)}" if incident else "/corrections"
    return back


def _add_done(address: str, made: Sequence[str]) -> str:
    path, _, rest = address.partition("?")
    fragment = ""
    if "#" in path:
        path, _, fragment = path.partition("#")
    kept = [pair for pair in parse_qsl(rest.partition("#")[0]) if pair[0] != "done"]
    query = urlencode([*kept, ("done", _AND.join(made))])
    return f"{path}?{query}" + (f"#{fragment}" if fragment else "")


def _ask_again(request: Request, form: Form, status: int, message: str) -> Response:
    """Say what was wrong or in the way, with the form as it was sent, to be mended or sent again."""
    desk = desk_of(request)
    fields = [(field, form.get(f"set-{field}"), form.get(f"was-{field}")) for field in FIELDS]
    hidden = [
        (name, value)
        for name, value in form.pairs
        if name not in (FORM_FIELD, "who", "why", "other-address") and not name.startswith(("set-", "was-"))
    ]
    page = {
        "message": message,
        "status": status,
        "fields": fields if form.verdict in ("set", "add") else [],
        "hidden": hidden,
        "other": form.get("other-address") if form.verdict == "merge" else None,
        "who": form.get("who"),
        "why": form.get("why"),
        "back": form.get("back") if form.get("back").startswith("/") else "/",
    }
    response = desk.render(request, "again.html", page, status=status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


# What pages show of decisions.


def read_who(desk: Desk, request: Request) -> str:
    """Return who decided last in this browser, else the user of this computer, else ""."""
    from urllib.parse import unquote

    told = unquote(request.cookies.get(desk.gate.name_cookie("who"), ""))[:_MOST_WORDS]
    if told or desk.gate.token:
        return told
    import getpass

    with suppress(OSError, KeyError):  # no name for the user
        return getpass.getuser()
    return ""


def list_done(
    request: Request, cursor: Cursor, *, of: Callable[[Decision], bool] = lambda _: True
) -> tuple[list[Decision], str]:
    """Return the decisions that `?done=` names, and what undoes all of them, "" where nothing is left to.

    Args:
        of: Whether a page is about what was decided. An address can be kept and changed, and what it names
            of something else is not told there.
    """
    asked = [one for one in request.query_params.get("done", "").split(_AND)[:_MOST_EVENTS] if one]
    if not asked:
        return [], ""
    found = [one for one in list_decisions(cursor) if one.id in asked and of(one)]
    undone = [one.id for one in found if one.undo]
    return found, f"undo {_AND.join(undone)}" if undone else ""


def list_decisions(cursor: Cursor, articles: Collection[str] | None = None) -> list[Decision]:
    """Return what people decided, the latest first: of some articles' events, or all."""
    corrections: Sequence[Correction] = ()
    if articles is None or not cursor.list_corrected().isdisjoint(articles):
        corrections = cursor.store.corrections(None if articles is None else sorted(articles))
    judgements = _describe_judgements(cursor.remember_all("judgements", cursor.store.judgements))
    about = [
        one
        for one in judgements
        if articles is None or any(article in articles for article, _ in one.members)
    ]
    return sorted([*_describe_corrections(corrections), *about], key=lambda one: one.made_at, reverse=True)


def _describe_corrections(corrections: Sequence[Correction]) -> list[Decision]:
    # The last decision on an event tells whether it is there.
    held = {(one.article, one.event): one.after is not None for one in corrections}
    return [_describe_correction(one, is_held=held[one.article, one.event]) for one in corrections]


def _describe_correction(one: Correction, *, is_held: bool) -> Decision:
    event = one.before or one.after or one.coded
    return Decision(
        id=one.id,
        verdict=one.verdict,
        what=f"{event.event} “{event.trigger.text}”" if event else "an event",
        changes=tuple(list_changes(one)) if one.verdict in ("set", "undo") else (),
        who=one.who,
        why=one.why,
        made_at=one.made_at,
        stands=one.stands,
        undo=f"undo {one.id}" if one.stands else "",
        parts=(((one.article, one.event),),),
        is_held=is_held,
        undone=one.undone,
        given=_list_given(one),
    )


def _list_given(one: Correction) -> tuple[tuple[str, str], ...]:
    """Return the fields that a correction gave, with their values as `correct --set` takes them."""
    if one.after is None or one.verdict not in ("set", "add"):
        return ()
    written = write_fields(one.after).items()
    if one.verdict == "add":
        return tuple((field, value) for field, value in written if value)
    return tuple((field, value or "none") for field, value in written if FIELDS[field] in one.fields)


def _describe_judgements(judgements: Sequence[Judgement]) -> list[Decision]:
    undone = {one.undone for one in judgements if one.verdict == "undo"}
    by_id = {one.id: one for one in judgements}
    described = []
    for one in judgements:
        about = by_id.get(one.undone, one)
        sizes = [len(part) for part in about.parts]
        what = f"{sum(sizes)} reports" if len(sizes) == 1 else f"{' and '.join(map(str, sizes))} reports"
        described.append(
            Decision(
                id=one.id,
                verdict=one.verdict,
                what=f"{_NOUNS[about.verdict]} of {what}" if about is not one else what,
                changes=(),
                who=one.who,
                why=one.why,
                made_at=one.made_at,
                stands=one.counts or (one.verdict == "undo" and one.id not in undone),
                undo=f"undo {one.id}" if one.counts else "",
                parts=about.parts,
                is_held=bool(about.parts),
                undone=one.undone,
            )
        )
    return described


_NOUNS = {"merge": "the merger", "split": "the split"}

COLUMNS = (
    "id", "made_at", "who", "verdict", "what", "article", "event", "reports", "undone", *FIELDS, "changes",
    "why", "stands",
)  # fmt: skip
"""Of a decision in a file; all are text but the last. With them it can be made again in another store."""


def record_decision(one: Decision) -> dict[str, Any]:
    """Return a decision as one flat row, with the names of `COLUMNS`.

    `reports` are the events of a split or merger: " | " stands between deeds, a space between the reports
    of one. A field holds what it was set to, as `correct --set` takes it.
    """
    changes = (f"{field}: {old or 'none'} -> {new or 'none'}" for field, old, new in one.changes)
    judged = one.parts if one.verdict in _NOUNS else ()
    told = {
        **dict.fromkeys(FIELDS),
        **dict(one.given),
        "made_at": one.made_at.isoformat(),
        "changes": "; ".join(changes),
        "reports": " | ".join(" ".join(event for _, event in part) for part in judged),
    }
    return {name: told[name] if name in told else getattr(one, name) for name in COLUMNS}
