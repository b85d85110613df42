"""Articles of open corpora that the coder is trained on beside the open texts: ECB+ and MEANTIME.

Only their texts are read here (CC BY 3.0 and CC BY 4.0); the events in them are annotated anew by
the codebook, and stand in the corpus as notes by id. Both corpora come as tokens; this puts the
words together again, always in the same way, since notes are looked up in the text by their words.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from whowhom.readers.days import parse_day

_GLUED_LEFT = re.compile(r" (?=[.,;:!?%)\]]|'(?:s|re|ve|ll|d|m)\b|'(?= |$)|n't\b)")
_GLUED_RIGHT = re.compile(r"(?<=[($\[]) ")


def put_together(tokens: list[str]) -> str:
    """Return the text of one sentence.

    >>> put_together(["Mr.", "Lund", "`` did", "n't", "''", "go", "(", "he", "said", ")", "."])
    'Mr. Lund "didn\\'t" go (he said).'
    """
    text = " ".join(tokens)
    text = re.sub(r"(?:``|“) ?", '"', text)
    text = re.sub(r" ?(?:''|”)", '"', text)
    text = re.sub(r" (?=n't\b)", "", text)
    return _GLUED_RIGHT.sub("", _GLUED_LEFT.sub("", text)).strip()


def _sentences(path: Path) -> list[str]:
    found: dict[int, list[str]] = {}
    for token in ElementTree.parse(path).getroot().iter("token"):
        found.setdefault(int(token.get("sentence") or 0), []).append(token.text or "")
    return [put_together(found[number]) for number in sorted(found)]


def read_meantime(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the Wikinews articles of MEANTIME: id, title, published and text."""
    for path in sorted(folder.glob("intra-doc_annotation/*/*.xml")):
        title, *rest = _sentences(path)
        published = parse_day(rest[0]) if rest else None
        body = rest[1:] if published else rest
        yield {
            "id": f"meantime-{path.name.split('_')[0]}",
            "title": title,
            "published": published.isoformat() if isinstance(published, date) else None,
            "text": "\n".join(body),
        }


def read_ecbplus(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the articles of ECB+: id and text; addresses that stand in them as sentences are left out."""
    for path in sorted(folder.glob("*/*.xml")):
        body = [line for line in _sentences(path) if not re.match(r"(?:https?:|www)", line)]
        yield {"id": f"ecb-{path.stem}", "title": "", "published": None, "text": "\n".join(body)}


def read_external(gold: Path) -> Iterator[dict[str, Any]]:
    """Yield the articles of both corpora, from the folder that holds them."""
    yield from read_meantime(gold / "meantime")
    yield from read_ecbplus(gold / "ecbplus")
