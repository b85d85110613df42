"""From coded articles to a file: the suffix of the file decides the format.

An exporter is a function that takes an iterable of `CodedArticle` or `Skip` and a binary stream,
and writes the one to the other as it comes. Exporters are found through the entry-point group
"whowhom.exporters", ours too; the name of the entry is the suffix without its dot ("csv").
"""

from __future__ import annotations

import io
import os
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO, cast

from whowhom.exporters.jsonl import format_line, format_row, write_jsonl
from whowhom.exporters.records import parse_article, record_article, record_event
from whowhom.exporters.relations import WRITERS
from whowhom.exporters.tables import COLUMNS, Column, write_csv, write_parquet
from whowhom.records import CodedArticle, Skip

if TYPE_CHECKING:
    import duckdb

    from whowhom.networks import Network

__all__ = [
    "COLUMNS",
    "find_exporter",
    "format_line",
    "parse_article",
    "record_article",
    "record_event",
    "write_coded",
    "write_csv",
    "write_jsonl",
    "write_network",
    "write_parquet",
    "write_relation",
    "write_rows",
]

Exporter = Callable[[Iterable[CodedArticle | Skip], BinaryIO], None]

_GROUP = "whowhom.exporters"
# As in pyproject.toml; here too, so that a checkout that was not installed again can write.
_OURS = {
    "jsonl": "whowhom.exporters.jsonl:write_jsonl",
    "csv": "whowhom.exporters.tables:write_csv",
    "parquet": "whowhom.exporters.tables:write_parquet",
}


def write_coded(
    items: Iterable[CodedArticle | Skip],
    out: str | Path | TextIO | BinaryIO | None = None,
    *,
    format: str | None = None,
) -> None:
    """Write coded articles as they come; any number takes the memory of one batch.

    A file appears under its name when it is whole: a run that is killed or fails leaves what was
    there before.

        write_coded(code_articles(read_sources(["news.jsonl"])), "events.parquet")

    Args:
        items: What the pipeline gives, or the store's `coded`.
        out: A path, an open file, or None for standard output.
        format: "jsonl", "csv", "parquet" or that of a plugin; where not given it is the suffix of a
            path, and "jsonl" for anything else.

    Raises:
        ValueError: The suffix or the format is unknown (the message lists the known ones), or
            Parquet is to go to a terminal or a text file. Nothing is taken from `items` then.
        OSError: The file cannot be written.
    """
    if isinstance(out, (str, Path)):
        exporter = find_exporter(f".{format}" if format else out)
        with _open_whole(Path(out)) as stream:
            exporter(items, stream)
        return
    exporter = find_exporter(f".{format or 'jsonl'}")
    stream = _as_binary(sys.stdout if out is None else out)
    if exporter is write_parquet and (isinstance(stream, _EncodedText) or stream.isatty()):
        raise ValueError("Parquet is not text and needs a file: give a path such as events.parquet.")
    exporter(items, stream)
    stream.flush()


def write_relation(
    relation: duckdb.DuckDBPyRelation,
    out: str | Path | TextIO | BinaryIO | None = None,
    *,
    format: str | None = None,
    columns: Sequence[Column] = (),
) -> None:
    """Write the rows of a relation, such as `store.dyads()`, as they are.

        write_relation(store.dyads(by="year"), "dyads.parquet")

    Args:
        relation: Its columns hold numbers, days and texts; lists are for `write_coded`.
        out: As for `write_coded`.
        format: "jsonl", "csv" or "parquet"; where not given it is the suffix of a path, else "jsonl".
        columns: What the columns mean, which Parquet keeps.

    Raises:
        ValueError: The suffix or the format is unknown, or Parquet is to go to a terminal.
        OSError: The file cannot be written.
    """
    is_path = isinstance(out, (str, Path))
    suffix = format or (Path(str(out)).suffix.lower()[1:] if is_path else "jsonl")
    if suffix not in WRITERS:
        raise ValueError(
            f"{format or str(out)!r} is no format for rows. Known: {', '.join(f'.{one}' for one in WRITERS)}."
        )
    if isinstance(out, (str, Path)):
        with _open_whole(Path(out)) as stream:
            WRITERS[suffix](relation.to_arrow_table(), stream, columns)
        return
    stream = _as_binary(sys.stdout if out is None else out)
    if suffix == "parquet" and (isinstance(stream, _EncodedText) or stream.isatty()):
        raise ValueError("Parquet is not text and needs a file: give a path such as dyads.parquet.")
    WRITERS[suffix](relation.to_arrow_table(), stream, columns)
    stream.flush()


def write_rows(rows: Iterable[Mapping[str, Any]], out: str | Path | TextIO | BinaryIO | None = None) -> None:
    """Write rows of JSON values as JSONL, such as `store.gold()`.

    Args:
        out: As for `write_coded`.

    Raises:
        OSError: The file cannot be written.
    """
    lines = (format_row(row).encode("utf-8") for row in rows)
    if isinstance(out, (str, Path)):
        with _open_whole(Path(out)) as stream:
            stream.writelines(lines)
        return
    stream = _as_binary(sys.stdout if out is None else out)
    for line in lines:
        stream.write(line)
    stream.flush()


def write_network(
    network: Network, out: str | Path | TextIO | BinaryIO | None = None, *, format: str | None = None
) -> None:
    """Write a network; the suffix of the file decides the format.

        write_network(store.network(first="2024-01-01"), "record.gexf")

    Args:
        network: As `Store.network` gives it.
        out: A path, an open file, or None for standard output.
        format: "gexf" or "graphml"; where not given it is the suffix of a path, else "gexf".

    Raises:
        ValueError: The suffix or the format is unknown.
        OSError: The file cannot be written.
    """
    from whowhom.exporters.graphs import WRITERS as GRAPH_WRITERS

    is_path = isinstance(out, (str, Path))
    suffix = format or (Path(str(out)).suffix.lower()[1:] if is_path else "gexf")
    if suffix not in GRAPH_WRITERS:
        known = ", ".join(f".{one}" for one in GRAPH_WRITERS)
        raise ValueError(f"{format or str(out)!r} is no format for networks. Known: {known}.")
    if isinstance(out, (str, Path)):
        with _open_whole(Path(out)) as stream:
            GRAPH_WRITERS[suffix](network, stream)
        return
    stream = _as_binary(sys.stdout if out is None else out)
    GRAPH_WRITERS[suffix](network, stream)
    stream.flush()


def find_exporter(path: str | Path) -> Exporter:
    """Return the exporter for the suffix of a path, in upper or lower case.

    Raises:
        ValueError: There is none; the message lists the known ones.
    """
    from importlib.metadata import EntryPoint, entry_points

    ours = [EntryPoint(suffix, value, _GROUP) for suffix, value in _OURS.items()]
    entries = {entry.name.lower(): entry for entry in [*ours, *entry_points(group=_GROUP)]}
    name = Path(path).name.lower()
    # The longest wins, so that a plugin may have "cameo.csv" beside our "csv".
    for suffix in sorted(entries, key=len, reverse=True):
        if name.endswith(f".{suffix}"):
            return cast(Exporter, entries[suffix].load())
    known = ", ".join(f".{suffix}" for suffix in sorted(entries))
    raise ValueError(f"{str(path)!r} has no suffix of a format that whowhom writes. Known: {known}.")


@contextmanager
def _open_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name only when the block has ended without error."""
    # A pipe or a device is written to, never replaced; a link stays a link.
    is_special = path.exists() and not path.is_file()
    target = path if is_special else path.resolve()
    part = path if is_special else target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        stream = part.open("wb" if is_special else "xb")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    if is_special:
        with stream:
            yield stream
        return
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


class _EncodedText(io.BytesIO):
    """A binary stream that passes what is written on to a text stream, such as an io.StringIO."""

    def __init__(self, text: TextIO) -> None:
        super().__init__()
        self._text = text

    def write(self, content: bytes, /) -> int:  # type: ignore[override]
        self._text.write(content.decode("utf-8"))
        return len(content)


def _as_binary(out: TextIO | BinaryIO) -> BinaryIO:
    """Return the bytes beneath a text stream, so that UTF-8 is written whatever the terminal's encoding."""
    if not isinstance(out, io.TextIOBase):
        return cast(BinaryIO, out)
    out.flush()
    beneath = getattr(out, "buffer", None)
    return cast(BinaryIO, beneath) if beneath is not None else _EncodedText(cast(TextIO, out))
