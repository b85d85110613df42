"""From a file, a page, a feed or a corpus to articles, one kind of source a module.

A reader is a function that takes an opened `Source` and yields `Article` or `Skip`. Readers are
found through the entry-point group "whowhom.readers", ours too; the name of the entry is the kind
of source. A plugin named "docx" reads every file that ends in ".docx".

Importing this package loads none of the libraries that readers need: each reader's module is
loaded when its first source comes.
"""

from __future__ import annotations

import logging
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from whowhom.readers.kinds import find_kind, find_reader
from whowhom.readers.language import detect_language, name_language
from whowhom.readers.source import FeedState, Source, SourceError, Validators, open_file, open_stream
from whowhom.records import Article, Skip

__all__ = [
    "FeedState",
    "Source",
    "SourceError",
    "Validators",
    "detect_language",
    "judge_language",
    "read_sources",
]

STANDARD_INPUT = "standard input"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# These tell of every oddity of a page or a PDF. Without a handler of its own, Python prints such
# lines to standard error; with this one they go only where the caller's logging sends them.
_TALKATIVE = ("trafilatura", "htmldate", "pypdf", "warcio", "charset_normalizer")


def read_sources(
    sources: Sequence[str | Path],
    *,
    allow_local: bool = False,
    recursive: bool = True,
    feed_state: FeedState | None = None,
) -> Iterator[Article | Skip]:
    """Yield every article of `sources` in order, and a `Skip` for what cannot be used.

    A source is a path of a file or a folder, an http or https address, or "-" for standard input.
    The hidden files of a folder are passed over.
    What it holds is told by its suffix or its content type, else by its first bytes. Reading is
    lazy: a JSONL file of any size takes the memory of one line.

    A bad source never raises; it yields a Skip whose stage is "read" (missing, broken, empty,
    refused, not changed since the last time) or "language" (not English).

    Args:
        sources: Paths, addresses or "-".
        allow_local: Also fetch from private, loopback and link-local addresses.
        recursive: Read the folders within a folder too.
        feed_state: Where the validators of feeds (ETag, Last-Modified) are kept between runs. A
            feed's validators are set after its last item was taken from the iterator.

    Raises:
        TypeError: `sources` is one string or path, or holds something else.
    """
    if isinstance(sources, (str, bytes, Path)):
        raise TypeError(f"sources is a list of paths and addresses, not {sources!r}. Write [{sources!r}].")
    listed = list(sources)
    for source in listed:
        if not isinstance(source, (str, Path)):
            raise TypeError(f"A source is a path, an address or '-', not {source!r}.")
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    return (
        judge_language(found)
        for source in listed
        for found in _read_one(source, allow_local, recursive, feed_state)
    )


def _read_one(
    source: str | Path, allow_local: bool, recursive: bool, feed_state: FeedState | None
) -> Iterator[Article | Skip]:
    origin = STANDARD_INPUT if source == "-" else str(source)
    try:
        if source == "-":
            yield from _read_opened(open_stream(sys.stdin.buffer, STANDARD_INPUT))
        elif isinstance(source, str) and _SCHEME.match(source):
            yield from _read_address(source, allow_local, feed_state)
        else:
            yield from _read_path(Path(source), recursive)
    except SourceError as error:
        yield Skip("", "read", str(error), origin)


def _read_path(path: Path, recursive: bool) -> Iterator[Article | Skip]:
    try:
        path.stat()
        files = _list_files(path, recursive) if path.is_dir() else [path]
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise SourceError(f"path not found: {str(path)!r}") from error
    except OSError as error:
        raise SourceError(f"cannot be opened: {error.strerror}") from error
    if not files:
        raise SourceError("folder holds no files")
    for file in files:
        try:
            with open_file(file) as source:
                yield from _read_opened(source)
        except SourceError as error:
            yield Skip("", "read", str(error), str(file))


def _list_files(folder: Path, recursive: bool) -> list[Path]:
    """Return the regular files of a folder, sorted by their path; hidden ones are left out."""
    return sorted(
        path
        for path in folder.glob("**/*" if recursive else "*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _read_opened(source: Source) -> Iterator[Article | Skip]:
    """Read a source with the reader of its kind; what goes wrong on the way ends this source only."""
    try:
        if not source.head.strip():
            raise SourceError("empty: there is nothing but white space" if source.head else "empty")
        kind = find_kind(source)
        n_found = 0
        for found in find_reader(kind)(source):
            n_found += 1
            yield found
        if not n_found:
            raise SourceError(f"holds no articles (read as {kind})")
    except SourceError as error:
        yield Skip("", "read", str(error), source.origin)
    except (EOFError, zlib.error) as error:
        yield Skip("", "read", f"gzip data is damaged or cut short: {error}", source.origin)
    except OSError as error:
        yield Skip("", "read", f"cannot be read: {error.strerror or error}", source.origin)


def _read_address(url: str, allow_local: bool, feed_state: FeedState | None) -> Iterator[Article | Skip]:
    from whowhom.readers.web import fetch

    known = feed_state.get(url) if feed_state is not None else None
    known = known or Validators()
    fetched = fetch(url, allow_local=allow_local, etag=known.etag, modified=known.modified)
    if fetched.not_modified:
        raise SourceError("not changed since it was last read (HTTP 304)")
    source = fetched.as_source()
    yield from _read_opened(source)
    if feed_state is not None and source.head.strip() and find_kind(source) == "feed":
        feed_state.set(url, Validators(fetched.etag, fetched.modified))


def judge_language(found: Article | Skip) -> Article | Skip:
    """Fill in the language of an article that does not name it; turn one not in English to a Skip."""
    if isinstance(found, Skip):
        return found
    language = found.language or detect_language(found.text)[0]
    if language != "en":
        reason = f"language is {name_language(language)}, whowhom codes English only"
        return Skip(found.id, "language", reason, found.origin)
    return found if found.language == language else replace(found, language=language)
