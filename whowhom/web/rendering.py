"""From values to pages: the templates, and the words in which values are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from whowhom.codebooks.plover import load_codes
from whowhom.records import DaySpan
from whowhom.resolvers.countries import name_country
from whowhom.terminal import describe_days
from whowhom.tie_rules import load_kinds

QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}
# Shapes as well as colours, those of the pictures: filled is material, round is cooperation.
QUAD_SIGNS = {1: "○", 2: "●", 3: "◇", 4: "◆"}
AUX_WORDS = {
    "historical": "past history",
    "future": "planned",
    "hypothetical": "imagined",
    "negation": "denied",
    "none": "plain deed",
}
BODY_WORDS = {
    "UNO": "United Nations",
    "EUR": "European Union",
    "IGO": "bodies of several states",
    "NGO": "non-governmental bodies",
    "MNC": "companies of several states",
    "IMG": "armed groups of several states",
    "ISM": "movements of several states",
}
SECTOR_WORDS = {
    "GOV": "government", "MIL": "military", "COP": "police", "JUD": "judiciary", "LEG": "legislature",
    "SPY": "intelligence", "PTY": "party", "OPP": "opposition", "REB": "rebels", "PRM": "paramilitary",
    "UAF": "unidentified armed", "UNK": "unknown", "AGR": "agriculture", "BUS": "business", "CRM": "crime",
    "CVL": "civilians", "EDU": "education", "ELI": "former officials", "JRN": "journalists", "LAB": "labour",
    "MED": "medicine", "REF": "refugees", "PRE": "pressure groups", "REL": "religion", "SOC": "society",
}  # fmt: skip
SOURCE_WORDS = {"author": "the article itself", "named": "somebody named", "unnamed": "somebody unnamed"}
# Months abbreviated as in a reference book, so that days of one table stand in one width.
_MONTHS = "Jan Feb Mar Apr May June July Aug Sept Oct Nov Dec".split()
# What HTML cannot hold, or what moves a cursor, is shown by the sign that Unicode has for it.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"} | {0x7F: 0x2421}
_CONTROLS |= dict.fromkeys((*range(128, 160), 65534, 65535), 65533)


def show_controls(text: str) -> str:
    """Return text with a visible sign for each control character, as long as before.

    >>> show_controls("a" + chr(7) + "b")
    'a␇b'
    """
    # Nearly all text is, and this is told ten times as fast.
    return text if text.isprintable() else text.translate(_CONTROLS)


def write_day(day: date | None) -> str:
    """Return a day as "19 June 2024"; "" for none."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else ""


def write_days(first: date | None, last: date | None) -> str:
    """Return a span of days as narrow as tables need it; "" for none.

    >>> write_days(date(2024, 6, 3), date(2024, 6, 5)), write_days(date(2024, 6, 1), date(2024, 6, 30))
    ('2024-06-03–05', '2024-06')
    """
    if first is None:
        return ""
    last = max(first, last or first)
    words = describe_days(DaySpan(first, last))
    if " to " not in words:
        return words
    same_year, same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
    return f"{first}–{last.isoformat()[8 if same_month else 5 if same_year else 0 :]}"


def write_moment(moment: datetime) -> str:
    """Return a moment (UTC) to the minute."""
    return f"{write_day(moment.date())}, {moment:%H:%M} UTC"


def write_count(n: int, noun: str = "", plural: str = "") -> str:
    """Return a number with separators, and its noun.

    >>> write_count(1), write_count(2500, "report"), write_count(1, "report")
    ('1', '2,500 reports', '1 report')
    """
    return f"{n:,} {noun if n == 1 else plural or f'{noun}s'}" if noun else f"{n:,}"


def write_real(number: float, places: int = 1) -> str:
    """Return a number with a minus sign that is as wide as a digit.

    >>> write_real(-2.25), write_real(3.0)
    ('−2.2', '3.0')
    """
    return f"{number:.{places}f}".replace("-", "−")


def check_url(url: str | None) -> str:
    """Return an address that a link may lead to, "" for any other ("javascript:", "file:", nonsense)."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    safe = parts.scheme in ("http", "https") and parts.netloc and not re.search(r"[\s\x00-\x1f]", url or "")
    return str(url) if safe else ""


@cache
def name_code(code: str) -> str:
    """Return the name of a country or body, the code itself where there is none."""
    return name_country(code) or BODY_WORDS.get(code, code)


def describe_mode(event: str, mode: str) -> str:
    """Return what a mode of a type is, in the codebook's words."""
    code = load_codes().get((event, mode))
    return code.label if code else mode


def _finish(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, Markup) else show_controls(value) if isinstance(value, str) else value


def make_environment() -> Environment:
    """Return the templates: all that is not Markup is escaped, and an unknown name is an error."""
    environment = Environment(
        loader=PackageLoader("whowhom.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finish,
    )
    environment.filters |= {
        "day": write_day,
        "moment": write_moment,
        "count": write_count,
        "real": write_real,
        "country": name_code,
        "url": check_url,
        "path": lambda value: quote(str(value), safe=""),
    }
    environment.globals |= {
        "days": write_days,
        "describe_mode": describe_mode,
        "quads": QUADS,
        "quad_signs": QUAD_SIGNS,
        "aux_words": AUX_WORDS,
        "sector_words": SECTOR_WORDS,
        "source_words": SOURCE_WORDS,
        "tie_kinds": load_kinds(),
        "version": version("whowhom"),
    }
    return environment


def type_labels() -> Mapping[str, str]:
    """Return what each type is, in the codebook's words."""
    return {event: code.label for (event, mode), code in load_codes().items() if not mode}
