"""Upkeep of a store's file: brought up to date, made compact, copied, put back.

Nothing is changed in place. A new file is written beside the old one and takes its name when it is whole,
in one step of the file system; so whoever is killed on the way leaves the store as it was, and perhaps a
hidden part that the next writer removes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import NamedTuple

import duckdb

from whowhom import store as stores
from whowhom.store import DEFAULT_PATH, SCHEMA_VERSION, WAIT_SECONDS, StoreError


class Migrated(NamedTuple):
    """What a migration came to; `kept` is the file of before, None where the store was of today."""

    version: int
    kept: Path | None


class Compacted(NamedTuple):
    """Size of a store before and after, in bytes."""

    before: int
    after: int


def migrate(store: str | Path = DEFAULT_PATH, *, wait: float = WAIT_SECONDS) -> Migrated:
    """Bring a store of an older version up to date; the command `whowhom migrate`.

    Opening it for writing does the same. The file of before is kept beside it, and its articles, events
    and Skips are those that they were; incidents are built by the next `read`.

    Raises:
        StoreError: There is no store, it is newer than this whowhom, or another program has it.
    """
    with _alone(store, wait=wait) as (file, path):
        connection = stores.connect(file, path, read_only=False, wait=wait, migrate=False)
        version = stores.read_version(connection, path)
        connection.close()
        if version == SCHEMA_VERSION:
            return Migrated(version, None)
        stores.refuse_version(version, path, read_only=False)
        return Migrated(version, rewrite_old(file, version))


def compact(store: str | Path = DEFAULT_PATH, *, wait: float = WAIT_SECONDS) -> Compacted:
    """Rewrite a store without the room that deleted rows have left; the command `whowhom compact`.

    One that lacks a table or column, as unreleased versions made them, has it afterwards, without rows.

    Raises:
        StoreError: There is no store, another program has it, or the disk is full.
    """
    with _alone(store, wait=wait) as (file, path):
        connection = stores.connect(file, path, read_only=False, wait=wait, migrate=False)
        version = stores.read_version(connection, path)
        connection.close()
        if version != SCHEMA_VERSION:
            stores.connect(file, path, read_only=False, wait=wait).close()
        before = file.stat().st_size
        part = _new_part(file)
        _rewrite(file, part, SCHEMA_VERSION)
        _replace(part, file)
        return Compacted(before, file.stat().st_size)


def backup(
    to: str | Path, store: str | Path = DEFAULT_PATH, *, force: bool = False, wait: float = WAIT_SECONDS
) -> int:
    """Copy a store to another file; the command `whowhom backup`.

    Returns:
        Its size in bytes.

    Raises:
        StoreError: There is no store, another program has it, or the place cannot be written to.
        FileExistsError: There is a file at `to`, and not `force`.
    """
    target = _find_target(to, force=force)
    with _alone(store, wait=wait) as (file, path):
        # Takes in what a kill has left in the file's log, so that the file alone is the store.
        stores.connect(file, path, read_only=False, wait=wait, migrate=False).close()
        if target == file:
            raise StoreError(f"{path!r} is the store itself; give another place for its copy.")
        part = _new_part(target)
        _copy(file, part)
        _verify(part, str(to))
        _replace(part, target)
        return target.stat().st_size


def restore(
    source: str | Path, store: str | Path = DEFAULT_PATH, *, force: bool = False, wait: float = WAIT_SECONDS
) -> None:
    """Put a copy that `backup` made in the place of a store; the command `whowhom restore`.

    The copy is read through first and stays where it is.

    Raises:
        StoreError: The copy is no store or damaged, or another program has the store.
        FileExistsError: There is a store, and not `force`.
    """
    from whowhom.checks import find_errors

    origin = stores.find_file(source)
    if not origin.exists():
        raise StoreError(f"There is no file at {str(source)!r}.")
    file = _find_target(store, force=force)
    if file == origin:
        raise StoreError(f"{str(source)!r} is the store itself; give the path of a copy.")
    seat = stores.take_seat(file, str(store), "open", wait=wait)
    try:
        part = _new_part(file)
        _copy(origin, part)
        _verify(part, str(source))
        wrong = next(find_errors(part), None)
        if wrong is not None:
            part.unlink()
            raise StoreError(f"{str(source)!r} is damaged: {wrong}. `whowhom check` tells all.")
        with seat.turn():
            _wait_for_readers(file, str(store), wait)
            _replace(part, file)
    finally:
        seat.release()


def rewrite_old(file: Path, version: int) -> Path:
    """Write a store of an older version anew as one of today; the caller has the seat and the turn.

    Returns:
        Where the file of before is.

    A type within a table cannot be changed in place while views and keys hang on it, and writing it anew
    takes no longer than changing every row; so the result is a new store to the last comment, and the old
    one can be kept as it was, without a copy.
    """
    part = _new_part(file)
    _rewrite(file, part, version)
    kept = _keep_old(file, version)
    _replace(part, file)
    return kept


def copy_beside(file: Path) -> Path:
    """Copy a store to a hidden file beside it; the caller has the seat and no connection to the store.

    Raises:
        OSError: There is no room.
    """
    part = _new_part(file)
    try:
        _copy(file, part)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def put_in_place(part: Path, file: Path, path: str, *, wait: float) -> None:
    """Let a changed copy take the place of its store when nobody reads that; the caller has the turn.

    Raises:
        StoreBusyError: Somebody has read for longer than `wait`.
    """
    _wait_for_readers(file, path, wait)
    _replace(part, file)


@contextmanager
def _alone(store: str | Path, *, wait: float) -> Iterator[tuple[Path, str]]:
    """Have the seat and the turn for the block; gives the file and the path as it was written."""
    file = stores.find_file(store)
    if not file.exists():
        raise StoreError(f"There is no store at {str(store)!r}. `whowhom read SOURCE` makes one.")
    seat = stores.take_seat(file, str(store), "open", wait=wait)
    try:
        with seat.turn():
            yield file, str(store)
    except (OSError, duckdb.Error) as error:
        message = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise StoreError(f"{str(store)!r} stays as it was: {message}") from error
    finally:
        seat.release()


def _find_target(path: str | Path, *, force: bool) -> Path:
    target = stores.find_file(path)
    if target.exists() and not force:
        raise FileExistsError(
            f"There is a file at {str(path)!r}. Give another name, or replace it (--force)."
        )
    if not target.parent.is_dir():
        raise StoreError(f"There is no folder {str(target.parent)!r}. Make it first.")
    return target


def _rewrite(old: Path, new: Path, version: int) -> None:
    """Write all rows of a store to a new file, in their order, and tables that are not ours as they are."""
    connection = stores.make_beside(new, old)
    try:
        if version != SCHEMA_VERSION:
            connection.execute(
                files("whowhom").joinpath(f"migrations/from_{version}.sql").read_text(encoding="utf-8")
            )
        connection.begin()
        for table in _list_tables(connection, "old"):
            _take_rows(connection, table)
        connection.commit()
        _take_views(connection)
        connection.execute("CHECKPOINT renewed; USE memory; DETACH old; DETACH renewed")
    finally:
        connection.close()
    _flush(new)


def _take_rows(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    name = _quote(table)
    if table == "meta":
        connection.execute(
            f"""INSERT OR REPLACE INTO meta SELECT * FROM old.meta WHERE "key" <> '{stores.SCHEMA_KEY}'"""
        )
        return
    columns = _list_columns(connection, "old", table)
    ours = _list_columns(connection, "renewed", table)
    if not ours:
        connection.execute(f"CREATE TABLE {name} AS FROM old.{name}")
        return
    views = connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE temporary AND view_name = $1", [f"from_{table}"]
    ).fetchall()
    source = _quote(f"from_{table}") if views else f"old.{name}"
    columns = _describe(connection, source) if views else columns
    shared = ", ".join(_quote(column) for column in columns if column in ours)
    connection.execute(f"INSERT INTO {name} BY NAME SELECT {shared} FROM {source}")


def _take_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views that are not ours, where they still fit."""
    rows = connection.execute(
        "SELECT sql FROM duckdb_views() WHERE database_name = 'old' AND NOT internal AND view_name NOT IN "
        "(SELECT view_name FROM duckdb_views() WHERE database_name = 'renewed')"
    ).fetchall()
    for (sql,) in rows:
        with suppress(duckdb.Error):
            connection.execute(sql)


def _list_tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = $1 AND NOT internal ORDER BY table_oid",
        [database],
    ).fetchall()
    return [name for (name,) in rows]


def _list_columns(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = $1 AND table_name = $2 "
        "AND NOT internal ORDER BY column_index",
        [database, table],
    ).fetchall()
    return [name for (name,) in rows]


def _describe(connection: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    return [row[0] for row in connection.execute(f"DESCRIBE FROM {source}").fetchall()]


def _quote(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


# Files.


def _new_part(file: Path) -> Path:
    """Return the name for a file that is to take the place of another; what a kill has left there goes."""
    part = stores.part_of(file, "new")
    for left in (part, part.with_name(f"{part.name}.wal")):
        left.unlink(missing_ok=True)
    return part


def _keep_old(file: Path, version: int) -> Path:
    """Give the file of before a second name, under which it stays when a new one takes the first."""
    for number in count(1):
        kept = file.with_name(f"{file.name}.v{version}.bak{number if number > 1 else ''}")
        if kept.exists():
            if kept.samefile(file):  # one who was killed had come so far
                return kept
            continue
        try:
            os.link(file, kept)
        except OSError:  # a file system without hard links
            _copy(file, kept)
        return kept
    raise AssertionError


def _copy(source: Path, target: Path) -> None:
    # No connection of this process is open on either: closing a file here would end its lock.
    shutil.copyfile(source, target)
    _flush(target)


def _verify(file: Path, path: str) -> None:
    """Open a copy once; raises where it is no store."""
    try:
        stores.connect(file, path, read_only=True, wait=0, migrate=False).close()
    except StoreError:
        file.unlink()
        raise


def _replace(part: Path, file: Path) -> None:
    """Let a whole file take the place of another, whose log would else be read into it."""
    with suppress(FileNotFoundError):
        file.with_name(f"{file.name}.wal").unlink()
    os.replace(part, file)
    _flush(file.parent)


def _wait_for_readers(file: Path, path: str, wait: float) -> None:
    """Wait until nobody has the file open; one that is no store any more nobody can have open."""
    if file.exists():
        try:
            stores.connect(file, path, read_only=False, wait=wait, migrate=False).close()
        except stores.StoreBusyError:
            raise
        except StoreError:
            pass


def _flush(path: Path) -> None:
    """Have the disk write what the system still holds of a file or folder."""
    with suppress(OSError):  # folders cannot be opened everywhere
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
