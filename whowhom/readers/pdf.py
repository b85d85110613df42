"""A PDF: one file, one article."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from whowhom.readers.html import name_host
from whowhom.readers.source import Source, SourceError, make_article
from whowhom.records import Article, Skip

# A press release has a few pages, a long report a few hundred.
_MAX_PAGES = 2000
# A line this much shorter than the longest ones of its page ends a paragraph.
_SHORT_LINE = 0.75
_SENTENCE_END = re.compile(r"[.!?:;…][\"'\u201d\u2019)\]]*$")
_HYPHEN_END = re.compile(r"[a-z](?:-|\u00ad)$")
_FILE_NAME = re.compile(r"(?i)^microsoft \w+ - |\.\w{2,4}$|^untitled|^[\w-]*$")


def read_pdf(source: Source) -> Iterator[Article | Skip]:
    """Yield the text of a PDF, its lines joined to paragraphs.

    A PDF knows no paragraphs, only lines; they are joined where a sentence runs on. It names no
    day of publication either: its day of making may be that of a copy and is kept as `made` in
    `Article.extra`.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    content = source.read_all()
    try:
        reader = PdfReader(io.BytesIO(content))
        n_pages = len(reader.pages)
        if n_pages > _MAX_PAGES:
            raise SourceError(f"PDF has {n_pages} pages, over {_MAX_PAGES}")
        pages = [page.extract_text() for page in reader.pages]
        facts: Mapping[str, object] = reader.metadata or {}
        title = " ".join(str(facts.get("/Title") or "").split())
        made = str(facts.get("/CreationDate") or "")
    except SourceError:
        raise
    except FileNotDecryptedError as error:
        raise SourceError("PDF is encrypted and opens with a password only") from error
    except DependencyError as error:
        raise SourceError(f"PDF is encrypted: {error}") from error
    # Broken files make pypdf stumble in every way there is (KeyError, RecursionError, ...), not
    # only in its own errors.
    except Exception as error:
        problem = (str(error) or type(error).__name__).splitlines()[0]
        raise SourceError(f"PDF is broken: {problem[:200]}") from error
    text = "\n\n".join(filter(None, map(_join_lines, pages)))
    if not text:
        raise SourceError("no text in the PDF: its pages are empty or are pictures of text")
    yield make_article(
        text.encode("utf-8", "replace").decode("utf-8"),
        origin=source.origin,
        title="" if _FILE_NAME.search(title) else title,
        outlet=name_host(source.url),
        url=source.url,
        extra={"made": made} if made else None,
    )


def _join_lines(page: str) -> str:
    """Return the text of a page with its lines joined to paragraphs, which an empty line parts."""
    lines = [" ".join(line.split()) for line in page.splitlines()]
    # The longest tenth may be headers that span the columns.
    lengths = sorted(len(line) for line in lines if line)
    full = lengths[len(lengths) * 9 // 10] * _SHORT_LINE if lengths else 0
    paragraphs: list[str] = []
    runs_on = False
    for line in lines:
        if not line:
            runs_on = False
        elif runs_on and _HYPHEN_END.search(paragraphs[-1]) and line[0].islower():
            paragraphs[-1] = paragraphs[-1][:-1] + line
        elif runs_on:
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
        if line:
            runs_on = len(line) >= full and not (
                len(line) < full / _SHORT_LINE * 0.9 and _SENTENCE_END.search(line)
            )
    return "\n\n".join(paragraphs)
