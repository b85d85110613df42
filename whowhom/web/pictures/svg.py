"""What every picture is made of: escaped elements, links, patterns, and the frame around it all.

Pages allow no inline style and no script, so colour and type come from the classes of
static/pictures.css, and geometry from attributes. Everything is a `Markup`, and whatever is not one
is escaped on its way in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Literal

from markupsafe import Markup, escape

Quad = Literal[1, 2, 3, 4]

QUADS: tuple[Quad, ...] = (1, 2, 3, 4)
QUAD_NAMES = {
    1: "verbal cooperation",
    2: "material cooperation",
    3: "verbal conflict",
    4: "material conflict",
}
# Of the two drawings that `at_two_widths` makes: a page on a desk and one in a hand.
WIDE = 960
NARROW = 366

# Links of a picture that the Tab key goes through at most; of more the table is the way.
MOST_STOPS = 60

# What XML cannot hold, and marks that turn the direction of the text around them.
_DANGEROUS = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_CAMEL = {
    "view_box": "viewBox",
    "pattern_units": "patternUnits",
    "pattern_transform": "patternTransform",
    "preserve_aspect_ratio": "preserveAspectRatio",
}
_ID = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
# Mean width of a letter of a sans serif, in units of its size; a little too much, so that texts fit.
_LETTER = 0.6


def clean(text: object) -> Markup:
    """Return text escaped, with what XML cannot hold and marks of direction replaced.

    >>> clean("<b>\\x00\\u202e")
    Markup('&lt;b&gt;��')
    """
    if isinstance(text, Markup):
        return text
    words = str(text)
    return escape(words if words.isascii() and words.isprintable() else _DANGEROUS.sub("�", words))


def number(value: float) -> str:
    """Return a coordinate with one decimal at most, the same on every machine.

    >>> number(12.0), number(-0.04), number(3.14)
    ('12', '0', '3.1')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(name: str, /, *content: object, **attributes: Any) -> Markup:
    """Return an element; `_` in the name of an attribute is `-`, and None leaves it out.

    >>> element("text", "a < b", x=1.25, class_="soft")
    Markup('<text x="1.2" class="soft">a &lt; b</text>')

    Raises:
        ValueError: An attribute that pages do not allow.
    """
    # A page has two thousand elements: what needs no cleaning is not cleaned.
    written = [
        f' {_name_attribute(key)}="{number(value) if isinstance(value, int | float) else clean(value)}"'
        for key, value in attributes.items()
        if value is not None
    ]
    inside = "".join(map(clean, content))
    tail = f">{inside}</{name}>" if content else "/>"
    return Markup(f"<{name}{''.join(written)}{tail}")


@cache
def _name_attribute(key: str) -> str:
    attribute = _CAMEL.get(key) or key.rstrip("_").replace("_", "-")
    if attribute == "style" or attribute.startswith("on"):
        raise ValueError(f"Pages allow no attribute {attribute!r}. Give it a class of pictures.css.")
    return attribute


def join(parts: Iterable[Markup]) -> Markup:
    """Return parts one after another."""
    return Markup("").join(parts)


def group(*content: object, **attributes: Any) -> Markup:
    """Return a group, or nothing where there is nothing in it."""
    return element("g", *content, **attributes) if any(content) else Markup("")


def link(href: str | None, label: str, *content: object, **attributes: Any) -> Markup:
    """Return what a click on something opens; without an address the same with its label alone.

    Raises:
        ValueError: The address leads out of the desk, or is a script.
    """
    if not href:
        attributes.pop("tabindex", None)
        return element("g", element("title", label), *content, **attributes)
    if not is_local(href):
        raise ValueError(
            f"{href!r} does not lead to a page of the desk; give an address such as '/incidents'."
        )
    return element("a", element("title", label), *content, href=href, aria_label=label, **attributes)


def is_local(href: str) -> bool:
    """Tell whether an address stays within the desk.

    >>> is_local("/incident/1"), is_local("?zoom=2"), is_local("//evil.example"), is_local("javascript:1")
    (True, True, False, False)
    """
    return href[:1] in ("?", "#") or (href[:1] == "/" and href[1:2] not in ("/", "\\"))


def text(x: float, y: float, words: object, class_: str = "", **attributes: Any) -> Markup:
    """Return words that begin at (x, y), or end or are centred there by `text_anchor`."""
    return element("text", words, x=x, y=y, class_=class_ or None, **attributes)


def shorten(words: str, room: float, size: float = 11) -> str:
    """Return words cut so that they are likely not wider than `room`.

    >>> shorten("Democratic Republic of the Congo", 80)
    'Democratic…'
    """
    n = max(1, int(room / (size * _LETTER)))
    return words if len(words) <= n else f"{words[: max(1, n - 1)].rstrip()}…"


def measure(words: str, size: float = 11) -> float:
    """Return about how wide words are."""
    return len(words) * size * _LETTER


def mark(quad: int, x: float, y: float, radius: float, **attributes: Any) -> Markup:
    """Return the mark of a quad class, told by form as well as colour.

    Cooperation is round and conflict a diamond; words are hollow and deeds filled.
    """
    class_ = f"mark q{quad}"
    if quad <= 2:
        return element("circle", cx=x, cy=y, r=radius, class_=class_, **attributes)
    # Of the same area as the circle.
    half = radius * 1.2533
    corners = ((x, y - half), (x + half, y), (x, y + half), (x - half, y))
    path = "L".join(f"{number(across)} {number(down)}" for across, down in corners)
    return element("path", d=f"M{path}Z", class_=class_, **attributes)


def hatch(id: str, name: str, gap: float = 4) -> Markup:
    """Return a pattern of thin slanting lines, to be used as fill="url(#ID-NAME)"."""
    line = element("path", d=f"M0 0V{number(gap)}", class_=f"hatch {name}")
    return element(
        "pattern",
        line,
        id=f"{id}-{name}",
        width=gap,
        height=gap,
        pattern_units="userSpaceOnUse",
        pattern_transform="rotate(45)",
    )


def figure(
    kind: str,
    *content: object,
    id: str,
    width: float,
    height: float,
    title: str,
    desc: str,
    defs: Markup | str = "",
) -> Markup:
    """Return the whole picture, which grows and shrinks with the page and keeps its proportions.

    Its role is `img` where it is only looked at. Where it holds links it is a `group`: what is inside
    of an `img` is hidden from screen readers, and a link there could be reached but not heard.

    Raises:
        ValueError: `id` is no name that a page can use.
    """
    if not _ID.fullmatch(id):
        raise ValueError(f"id is {id!r}; give letters, digits and hyphens, beginning with a letter.")
    inside = join(map(clean, content))
    return element(
        "svg",
        element("title", title, id=f"{id}-title"),
        element("desc", desc, id=f"{id}-desc"),
        element("defs", defs) if defs else Markup(""),
        inside,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"pic pic-{kind}",
        view_box=f"0 0 {number(width)} {number(height)}",
        role="group" if "<a " in inside else "img",
        aria_labelledby=f"{id}-title",
        aria_describedby=f"{id}-desc",
    )


def at_two_widths(draw: Callable[..., Markup], /, *values: Any, id: str, **options: Any) -> Markup:
    """Draw a picture twice, and let the width of the page choose by its style sheet.

    A picture that is drawn for a desk and shrunk to a telephone cannot be read there. What is not
    shown is hidden from screen readers too.

        at_two_widths(timeline, bars, by="month", title="Reports", id="overview")
    """
    wide = draw(*values, id=f"{id}-wide", width=WIDE, **options)
    narrow = draw(*values, id=f"{id}-narrow", width=NARROW, **options)
    return element("div", wide, class_="pic-wide") + element("div", narrow, class_="pic-narrow")


def count(n: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> count(1, "incident"), count(1200, "incident")
    ('1 incident', '1,200 incidents')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
