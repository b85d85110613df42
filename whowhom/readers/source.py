"""An opened source, whatever it was before: what every reader is given."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol, cast

from whowhom.records import Article, Skip, content_hash

# Kinds that must be held whole (a page, a PDF) may be this big, and so may one line or cell of a
# corpus. 100 MB is some twenty times the largest text that whowhom promises to code.
MAX_BYTES = 100_000_000
# Enough to see past the comments and scripts with which pages begin.
_HEAD_BYTES = 65_536
_GZIP = b"\x1f\x8b"


class SourceError(ValueError):
    """A source cannot be used; the message is the reason, one line, written for a reader."""


class Validators(NamedTuple):
    """What a server gave to ask later whether a feed has changed; "" where it gave none."""

    etag: str = ""
    modified: str = ""


class FeedState(Protocol):
    """Where the validators of feeds are kept between runs, by the address that was asked for."""

    def get(self, url: str, /) -> Validators | None: ...

    def set(self, url: str, validators: Validators, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A file, page or stream that has been opened and, where it was gzipped, unpacked.

    Attributes:
        origin: Path, URL or "standard input", for messages.
        stream: All bytes from the first one. It can seek only where the source can.
        head: The first bytes of `stream`, which still come from it.
        name: File name without ".gz"; the last part of the path for a URL; "" for a stream.
        url: Address that the content came from in the end, "" where it was not fetched.
        media_type: As the server declares it: "text/html".
        charset: As the server declares it.
    """

    origin: str
    stream: BinaryIO = field(repr=False)
    head: bytes = field(repr=False)
    name: str = ""
    url: str = ""
    media_type: str = ""
    charset: str = ""

    def read_all(self) -> bytes:
        """Return the whole content.

        Raises:
            SourceError: It is larger than `MAX_BYTES`.
        """
        content = self.stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise SourceError(f"too large: over {MAX_BYTES // 1_000_000} MB unpacked")
        return content


@contextmanager
def open_file(path: Path) -> Iterator[Source]:
    """Open a file, a named pipe too.

    Raises:
        SourceError: It cannot be opened.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SourceError(f"cannot be opened: {error.strerror}") from error
    with stream:
        yield open_stream(stream, str(path), name=path.name)


def open_stream(stream: BinaryIO, origin: str, *, name: str = "") -> Source:
    """Look at the first bytes of a stream and unpack it where they are those of gzip.

    Raises:
        SourceError: The stream cannot be read, or its gzip data is damaged from the start.
    """
    try:
        # Asked of the stream as it comes: GzipFile says that it can seek even where its file cannot.
        seekable = stream.seekable()
        stream, head = _peek(stream, seekable)
        if head.startswith(_GZIP):
            name = name[:-3] if name.lower().endswith(".gz") else name
            stream, head = _peek(cast(BinaryIO, gzip.GzipFile(fileobj=stream)), seekable)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"gzip data is damaged or cut short: {error}") from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}") from error
    return Source(origin=origin, stream=stream, head=head, name=name)


def _peek(stream: BinaryIO, seekable: bool) -> tuple[BinaryIO, bytes]:
    """Return a stream that still holds everything, and its first bytes.

    A stream that cannot seek is read up to the end of its first line with content only, so that
    `tail -f news.jsonl | whowhom code -` does not wait for more. Damage behind the first bytes is
    left to the reader, who meets it after what came before.
    """
    start = stream.tell() if seekable else 0
    read_some = getattr(stream, "read1", stream.read)
    head = b""
    try:
        while len(head) < _HEAD_BYTES and (seekable or b"\n" not in head.lstrip()):
            more = read_some(_HEAD_BYTES - len(head))
            if not more:
                break
            head += more
    except (EOFError, OSError, zlib.error):
        if not head:
            raise
    if seekable:
        stream.seek(start)
        return stream, head
    return io.BufferedReader(_Rejoined(head, stream)), head


class _Rejoined(io.RawIOBase):
    """Bytes already read from a stream, then the rest of the stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer).cast("B")
        some = self._head[: len(view)]
        if some:
            self._head = self._head[len(some) :]
        else:
            some = getattr(self._rest, "read1", self._rest.read)(len(view))
        view[: len(some)] = some
        return len(some)


def make_article(
    text: str,
    *,
    origin: str,
    id: str = "",
    title: str = "",
    published: date | None = None,
    outlet: str = "",
    url: str = "",
    language: str = "",
    extra: Mapping[str, Any] | None = None,
) -> Article | Skip:
    """Return an article, or a Skip where its text is empty or holds no word.

    Where the source gives no id it is a hash of what was read, so that the same report read again
    has the same id wherever it lies.
    """
    if not text or text.isspace():
        return Skip(id, "read", "text is empty", origin)
    if not any(map(str.isalpha, text)):
        return Skip(id, "read", f"text holds no word: {text.strip()[:40]!r}", origin)
    day = published.isoformat() if published else ""
    return Article(
        id=id or content_hash(url, title, text, day, outlet),
        text=text,
        title=title,
        published=published,
        outlet=outlet,
        url=url,
        language=language,
        extra=extra or {},
        origin=origin,
    )
