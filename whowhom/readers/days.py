"""The day of publication from the many ways in which it is written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_tz

from whowhom.records import EARLIEST, LATEST

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
# Each is tried from the start of the text; the time and zone behind the day are not looked at. A
# day such as 05/06/2024 is the 5th of June in London and the 6th of May in Boston: not known.
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)(?!\d)",
        r"(?P<y>\d{4})/(?P<m>\d\d?)/(?P<d>\d\d?)(?!\d)",
        r"(?P<y>\d{4})\.(?P<m>\d\d?)\.(?P<d>\d\d?)(?!\d)",
        r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?=$|[T ]|\d{6}$)",
        r"(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4})(?!\d)",
        r"(?:[A-Za-z]{3,9}\.?,? )?(?P<d>\d\d?)(?:st|nd|rd|th)?[ -](?:of )?"
        + _MONTH
        + r",?[ -](?P<y>\d{4})(?!\d)",
        r"(?:[A-Za-z]{3,9}\.?,? )?" + _MONTH + r" (?P<d>\d\d?)(?:st|nd|rd|th)?,? (?P<y>\d{4})(?!\d)",
    )
)
_EPOCH = re.compile(r"(\d{9,10})(?:\d{3})?(?:\.\d*)?")


def parse_day(written: object) -> date | None:
    """Return the day that a source names as its publication, or None if it names none.

    The day is that of the zone it is written in; nothing is converted. Days that stand for none, such as
    0001-01-01 or 9999-12-31, are none.

        >>> parse_day("2024-06-19T23:30:00-05:00"), parse_day("Sun, 06 Sep 2009 16:20:00 +0000")
        (datetime.date(2024, 6, 19), datetime.date(2009, 9, 6))
        >>> parse_day("19 June 2024"), parse_day("05/06/2024")
        (datetime.date(2024, 6, 19), None)

    Args:
        written: Text, a date, a datetime, or seconds or milliseconds since 1970 (a day in UTC).
    """
    if isinstance(written, date):
        return _make_day(written.year, written.month, written.day)
    if isinstance(written, bool) or not isinstance(written, (str, int, float)):
        return None
    text = str(written).strip()[:100]
    for form in _FORMS:
        found = form.match(text)
        if found:
            parts = found.groupdict()
            month = _number_month(parts["month"]) if parts.get("month") else int(parts["m"])
            return _make_day(int(parts["y"]), month, int(parts["d"]))
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        return datetime.fromtimestamp(int(epoch[1]), UTC).date()
    try:
        parsed = parsedate_tz(text)
    except (ValueError, IndexError, OverflowError):  # its own slips on odd input
        return None
    # parsedate_tz takes a lone number for a day of year 0.
    return _make_day(*parsed[:3]) if parsed else None


def _number_month(name: str) -> int:
    """Return 1 to 12, or 0 for a word that is no month."""
    known = name.lower()[:3]
    return _MONTHS.index(known) + 1 if known in _MONTHS else 0


def _make_day(year: int, month: int, day: int) -> date | None:
    try:
        made = date(year, month, day)
    except ValueError:
        return None
    return made if EARLIEST <= made <= LATEST else None
