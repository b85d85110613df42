"""Corpora, one record an article: JSONL, CSV and Parquet.

All three have the same fields: `text`, and where there are any `id`, `title`, `published`,
`outlet`, `url`, `language`. Others are kept in `Article.extra`. A record that cannot be used is a
Skip with its number, and the next one is read.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from whowhom.readers.days import parse_day
from whowhom.readers.encoding import BOMS, find_encoding
from whowhom.readers.language import normalize_language
from whowhom.readers.source import MAX_BYTES, Source, SourceError, make_article
from whowhom.records import Article, Skip

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

_WORDS = ("title", "outlet", "url", "language")
_FIELDS = ("id", "text", "published", *_WORDS)
# Rows held at a time: some 4 MB of news.
_BATCH_ROWS = 1000


def read_jsonl(source: Source) -> Iterator[Article | Skip]:
    """Yield one article a line; empty lines are passed over."""
    for n_line, line in enumerate(_split_lines(source), start=1):
        origin = f"{source.origin}:{n_line}"
        if len(line) > MAX_BYTES:
            yield Skip("", "read", f"line is longer than {MAX_BYTES // 1_000_000} MB", origin)
        elif line.strip():
            yield _parse_line(line, origin)


def read_csv(source: Source) -> Iterator[Article | Skip]:
    """Yield one article a row; the first row names the columns.

    The mark between the columns (comma, tab or semicolon) is the one that gives a column `text`.
    Quotes are those of RFC 4180 in tab-separated files too, as spreadsheets and pandas write them.
    """
    encoding = find_encoding(source.head)
    # A byte that is not in the encoding becomes a lone surrogate, by which its row is told below.
    lines = io.TextIOWrapper(source.stream, encoding=encoding, errors="surrogateescape", newline="")
    csv.field_size_limit(MAX_BYTES)
    try:
        header, mark = _split_header(lines.readline())
        rows = csv.reader(lines, delimiter=mark)
        n_line = 2
        for row in rows:
            if row:
                yield _parse_row(header, row, f"{source.origin}:{n_line}")
            n_line = rows.line_num + 2
    except csv.Error as error:
        raise SourceError(f"CSV is broken after line {n_line}: {error}") from error
    finally:
        lines.detach()


def read_parquet(source: Source) -> Iterator[Article | Skip]:
    """Yield one article a row, a batch of rows in memory at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    stream = source.stream if source.stream.seekable() else io.BytesIO(source.read_all())
    try:
        file = parquet.ParquetFile(stream)
        if "text" not in file.schema_arrow.names:
            raise SourceError(f"no column 'text' among: {', '.join(file.schema_arrow.names)}")
        n_row = 0
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            for values in zip(*map(_list_values, batch.columns), strict=True):
                n_row += 1
                record = dict(zip(batch.schema.names, values, strict=True))
                yield make_from_record(record, f"{source.origin} row {n_row}")
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"Parquet is broken: {_first_line(error)}") from error


def _split_lines(source: Source) -> Iterator[bytes]:
    """Yield the lines of a stream in UTF-8; only "\\n" ends one, as JSON may hold other marks."""
    encoding = next((name for bom, name in BOMS.items() if source.head.startswith(bom)), "utf-8")
    if encoding in ("utf-16", "utf-32"):
        # PowerShell's ">" writes these.
        text = io.TextIOWrapper(source.stream, encoding=encoding, errors="replace", newline="\n")
        yield from (line.encode("utf-8", "surrogatepass") for line in text)
        return
    if encoding == "utf-8-sig":
        source.stream.read(3)
    while line := source.stream.readline(MAX_BYTES + 1):
        yield line
        while len(line) > MAX_BYTES and not line.endswith(b"\n"):
            line = source.stream.readline(MAX_BYTES + 1)


def _parse_line(line: bytes, origin: str) -> Article | Skip:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return Skip("", "read", f"broken encoding: line is not UTF-8 at byte {error.start + 1}", origin)
    except (ValueError, RecursionError) as error:
        return Skip("", "read", f"line is not JSON: {_first_line(error)}", origin)
    if not isinstance(record, dict):
        return Skip(
            "",
            "read",
            f"line is JSON but no object: {line.strip()[:40].decode('utf-8', 'replace')}",
            origin,
        )
    if b"\\ud" in line.lower():
        try:
            json.dumps(record, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            found = f"\\u{ord(error.object[error.start]):04x}"
            return Skip(
                _read_id(record), "read", f"holds a lone surrogate ({found}), half a character", origin
            )
    return make_from_record(record, origin)


def _split_header(line: str) -> tuple[list[str], str]:
    """Return the names of the columns and the mark between them."""
    for mark in ",\t;":
        names = [name.strip() for name in next(csv.reader([line], delimiter=mark), [])]
        if "text" in names:
            return names, mark
    raise SourceError(f"no column 'text' in the first line: {line.strip()[:100]!r}")


def _parse_row(header: list[str], row: list[str], origin: str) -> Article | Skip:
    try:
        "".join(row).encode("utf-8")
    except UnicodeEncodeError:
        return Skip(
            "", "read", "broken encoding: row holds bytes that the file's encoding does not have", origin
        )
    if len(row) > len(header):
        return Skip(
            "", "read", f"row has {len(row)} cells, the first line names {len(header)} columns", origin
        )
    return make_from_record(dict(zip(header, row, strict=False)), origin)


def make_from_record(record: Mapping[str, Any], origin: str) -> Article | Skip:
    """Return the article of a record with the fields above.

    What cannot be used, unknown fields and known ones of a wrong type ("published": "in spring"),
    is kept in `Article.extra`.
    """
    text = record.get("text")
    if not isinstance(text, str):
        found = ", ".join(map(str, record)) or "none"
        what = "no 'text'" if text is None else f"'text' is no string of Unicode but {type(text).__name__}"
        return Skip(_read_id(record), "read", f"{what}; fields: {found[:200]}", origin)
    words = {name: value for name in _WORDS if isinstance(value := record.get(name), str)}
    id = _read_id(record)
    day = parse_day(record.get("published"))
    used = {"text", *words, *(["id"] if id else []), *(["published"] if day else [])}
    extra = {
        name: value
        for name, value in record.items()
        if name not in used and not (name in _FIELDS and value in (None, ""))
    }
    return make_article(
        text,
        origin=origin,
        id=id,
        title=words.get("title", ""),
        published=day,
        outlet=words.get("outlet", ""),
        url=words.get("url", ""),
        language=normalize_language(words.get("language", "")),
        extra=extra,
    )


def _read_id(record: Mapping[str, Any]) -> str:
    """Return the id of a record, whole numbers included (pandas makes 7 into 7.0), or ""."""
    id = record.get("id")
    if isinstance(id, str):
        return id
    if isinstance(id, bool) or not isinstance(id, (int, float)) or not math.isfinite(id):
        return ""
    return str(int(id)) if id == int(id) else ""


def _list_values(column: pa.Array[Any]) -> list[Any]:
    """Return a column as Python values.

    Those that Python does not have come as text (nanoseconds), broken UTF-8 as bytes.
    """
    import pyarrow as pa

    try:
        values: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        values = [_decode_or_keep(value) for value in column.cast(pa.large_binary()).to_pylist()]
    except (pa.ArrowException, ValueError, OverflowError):
        values = column.cast(pa.string()).to_pylist()
    return values


def _decode_or_keep(value: bytes | None) -> str | bytes | None:
    try:
        return value.decode("utf-8") if value is not None else None
    except UnicodeDecodeError:
        return value


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
