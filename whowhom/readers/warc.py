"""A web archive, WARC or the older ARC: one article a page in it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from whowhom.readers.encoding import decode
from whowhom.readers.html import read_page
from whowhom.readers.source import Source, SourceError
from whowhom.records import Article, Skip

_PAGES = ("text/html", "application/xhtml+xml")
# As for a page that is fetched.
_MAX_PAGE_BYTES = 20_000_000


def read_warc(source: Source) -> Iterator[Article | Skip]:
    """Yield the pages of an archive in its order.

    Requests, redirects, images and whatever else is no page are passed over in silence; a page
    that the server did not find or that was cut short is a Skip.
    """
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
    from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

    # The stream is unpacked already, so that an archive packed as one piece can be read too.
    records = ArchiveIterator(_Piecewise(source.stream), arc2warc=True)
    n_records = n_pages = 0
    while True:
        try:
            record = _next_record(records)
        except (ArchiveLoadFailed, ValueError, KeyError, AttributeError) as error:
            problem = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise SourceError(f"archive is broken after record {n_records}: {problem}") from error
        if record is None:
            break
        n_records += 1
        if _is_page(record):
            n_pages += 1
            yield _read_record(record, f"{source.origin} record {n_records}")
    if not n_pages:
        raise SourceError(f"no page in the archive, which has {n_records} records")


class _Piecewise:
    """A stream whose `read` gives what is there instead of waiting for all that was asked for.

    So damage within gzip is met after the records before it, and not together with them.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._read_some = getattr(stream, "read1", stream.read)

    def read(self, size: int) -> bytes:
        try:
            return cast(bytes, self._read_some(size))
        except EOFError as error:
            # warcio would take it for the end of the archive.
            raise SourceError("gzip data is cut short") from error


def _next_record(records: Any) -> Any:
    # warcio writes of some faults straight to standard error; a library must not.
    with contextlib.redirect_stderr(io.StringIO()):
        return next(records, None)


def _is_page(record: Any) -> bool:
    if record.rec_type not in ("response", "resource"):
        return False
    headers = record.http_headers or record.rec_headers
    media_type = (headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    redirect = record.http_headers is not None and str(record.http_headers.get_statuscode()).startswith("3")
    return media_type in _PAGES and not redirect


def _read_record(record: Any, origin: str) -> Article | Skip:
    from warcio.bufferedreaders import ChunkedDataException  # type: ignore[import-untyped]
    from warcio.exceptions import ArchiveLoadFailed

    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    headers = record.http_headers or record.rec_headers
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    if status != "200":
        return Skip("", "read", f"server answered {status} instead of a page: {url}", origin)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            content = record.content_stream().read(_MAX_PAGE_BYTES + 1)
            while len(content) <= _MAX_PAGE_BYTES and (more := record.content_stream().read(_MAX_PAGE_BYTES)):
                content += more
    except (ArchiveLoadFailed, ChunkedDataException, OSError, EOFError, ValueError) as error:
        return Skip(
            "", "read", f"record is broken: {(str(error) or type(error).__name__).splitlines()[0]}", origin
        )
    if len(content) > _MAX_PAGE_BYTES:
        return Skip("", "read", f"page is larger than {_MAX_PAGE_BYTES // 1_000_000} MB: {url}", origin)
    missing = getattr(record.raw_stream, "limit", 0)
    if missing or record.rec_headers.get_header("WARC-Truncated"):
        return Skip(
            "", "read", f"record is cut short: {missing or 'some'} bytes of {url} are missing", origin
        )
    if not content.strip():
        return Skip("", "read", f"page is empty: {url}", origin)
    charset = _find_charset(headers.get_header("Content-Type") or "")
    try:
        return read_page(decode(content, charset=charset, markup=True), origin=origin, url=url)
    except SourceError as error:
        return Skip("", "read", str(error), origin)


def _find_charset(content_type: str) -> str:
    from email.message import Message

    message = Message()
    message["Content-Type"] = content_type
    return message.get_content_charset() or ""
