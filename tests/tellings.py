"""Events as the rules of ties and pledges look at them, made without a coder."""

from datetime import date

from whowhom.tellings import Telling, read_telling

DAY = date(2027, 3, 1)


def make_telling(
    sentence: str,
    trigger: str,
    *,
    type: str = "SUPPORT",
    actor: tuple[str, ...] = ("TCD",),
    recipient: tuple[str, ...] = (),
    **changes: object,
) -> Telling:
    """Return an event of a report of `DAY`; a side is "TCD", or "BRICS IGO" for a name and its code."""
    row = {
        "article": "a1", "event": "e1", "type": type, "mode": [], "aux": [], "certainty": "certain",
        "source_kind": "author", "source_name": None, "source_text": None, "sentence": sentence,
        "trigger": trigger, "score": 0.8, "condition": None, "first_day": DAY, "last_day": DAY,
        "is_said": True, "published": DAY, "actor": [*map(_side, actor)],
        "recipient": [*map(_side, recipient)], "opening": sentence[:60], "around": sentence, **changes,
    }  # fmt: skip
    telling = read_telling(row)
    assert telling is not None
    return telling


def _side(words: str) -> dict[str, object]:
    name, _, code = words.rpartition(" ")
    names = {"QAT": "Qatar"}
    return {
        "name": name or names.get(code),
        "country": code,
        "sector": ["GOV"],
        "text": name or names.get(code, code),
    }


def insert_row(store, table: str, row: dict[str, object]) -> None:
    """Put a row as the rules make it into tie_report or pledge_report."""
    kept = {name: value for name, value in row.items() if name not in ("incident", "family")}
    values = ", ".join(f"${name}" for name in kept)
    store._connection.execute(f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({values})", kept)
