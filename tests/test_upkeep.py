"""Tests of what is done to the file of a store as a whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

import whowhom
from evaluation.kills import make_old
from tests.coded_articles import make_coded
from whowhom import checks, upkeep
from whowhom import store as stores
from whowhom.records import CodedArticle, Skip
from whowhom.store import Counts, StoreBusyError, StoreError


def make_old_coded(id: str = "a1") -> CodedArticle:
    """An article as stores of version 1 held it: without the regions of places."""
    coded = make_coded(id)
    events = (
        replace(event, location=replace(event.location, region="") if event.location else None)
        for event in coded.events
    )
    return replace(coded, events=tuple(events))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with incidents, a Skip, and rows that were deleted."""
    path = tmp_path / "whowhom.duckdb"
    with stores.open(path) as store:
        store.add([make_coded(f"a{n}") for n in range(5)])
        store.add([make_coded("kept-as-sentences")], keep="sentences")
        store.add([Skip("", "read", "text is empty", "news.jsonl:7")])
        store.build_incidents()
        store.build_incidents(rebuild=True)
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of version 1."""
    with stores.open(tmp_path / "new.duckdb") as store:
        store.add([make_coded()])
    path = make_old(tmp_path / "new.duckdb", tmp_path / "old.duckdb")
    (tmp_path / "new.duckdb").unlink()
    return path


def dump(path: Path) -> dict[str, Any]:
    """Return all rows, types and comments of a store, whatever the version of its file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"
            ).fetchall()
        ]
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        comments = connection.execute(
            "SELECT table_name, comment FROM duckdb_tables() UNION ALL "
            "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal UNION ALL "
            "SELECT type_name, comment FROM duckdb_types() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        rows = {name: connection.execute(f'FROM "{name}"').fetchall() for name in tables}
        # Looked up by its key alone; a row that is written anew may stand elsewhere.
        rows["meta"] = sorted(rows.get("meta", ()))
    return {"rows": rows, "columns": columns, "comments": comments}


def without_clock(dumped: dict[str, Any]) -> dict[str, Any]:
    """Leave out when articles and Skips were added, which stands last in their rows."""
    rows = dict(dumped["rows"])
    for table in ("article", "skip"):
        rows[table] = [row[:-1] for row in rows[table]]
    return {**dumped, "rows": rows}


# Migration


def test_store_of_version_1_becomes_one_as_if_new(tmp_path: Path) -> None:
    """Opened for writing it has all tables, types, comments and rows of one made from the same articles."""
    new = tmp_path / "new.duckdb"
    with stores.open(new) as store:
        store.add([make_old_coded(f"a{n}") for n in range(3)])
        store.add([Skip("", "read", "text is empty", "news.jsonl:7")])
    old = make_old(new, tmp_path / "old.duckdb")
    before = dump(old)
    with stores.open(old) as store:
        assert store.counts() == Counts(3, 6, 1)
        assert store.event("a1-visit") == (make_old_coded("a1").events[0], make_coded("a1").article)
    assert dump(old) == dump(new)
    kept = tmp_path / "old.duckdb.v1.bak"
    assert dump(kept) == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["new.duckdb", "old.duckdb", kept.name]
    with stores.open(old) as store:
        assert store.build_incidents().n_events == 6
    assert [one for one in checks.check(old) if one.is_error] == []


def test_store_of_version_1_cannot_be_looked_at_before_that(old: Path) -> None:
    """Who only reads changes nothing, and is told which command brings the store up to date."""
    before = old.read_bytes()
    with pytest.raises(StoreError, match=r"is a store of version 1, .* `whowhom migrate`"):
        stores.open(old, read_only=True)
    assert old.read_bytes() == before


def test_migrate_says_what_it_did(old: Path, tmp_path: Path) -> None:
    """The version of before and where it is kept; nothing for a store of today."""
    shutil.copy(old, tmp_path / "old.duckdb.v1.bak")  # of another migration, and not to be lost
    assert upkeep.migrate(old) == (1, tmp_path / "old.duckdb.v1.bak2")
    assert upkeep.migrate(old) == (stores.SCHEMA_VERSION, None)
    with pytest.raises(StoreError, match="There is no store at"):
        upkeep.migrate(tmp_path / "nowhere.duckdb")


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ("DROP TABLE facet", "the table facet"),
        ("DROP TABLE facet; DROP TABLE told", "the table facet and 1 more"),
        ("ALTER TABLE sketch DROP COLUMN copy_family", "the column sketch.copy_family"),
    ],
)
def test_store_that_lacks_a_table_or_column_says_so(path: Path, change: str, lacks: str) -> None:
    """Unreleased versions made such ones; no use of it is a crash, and one line tells what to do."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(change)
    told = f"lacks {lacks}: .* Read the sources into a new store"
    for read_only in (True, False):
        with pytest.raises(StoreError, match=told) as raised:
            stores.open(path, read_only=read_only)
        assert "\n" not in str(raised.value)
        assert ("`whowhom compact`" in str(raised.value)) == ("table" in lacks)
    with stores.open_shared(path) as shared, pytest.raises(StoreError, match=told), shared.reading():
        pass
    assert f"schema {lacks.split()[2]}: is missing" in map(str, whowhom.check(path))


def test_store_that_lacks_a_table_can_be_made_whole(path: Path) -> None:
    """What the line tells to do gives it the table and its rows."""
    with stores.open(path, read_only=True) as store:
        n_incidents = len(store.incidents())
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE facet; DROP TABLE tie_report")
    whowhom.compact(path)
    whowhom.build_incidents(path, rebuild=True)
    assert whowhom.check(path) == []
    with stores.open(path, read_only=True) as store:
        assert len(store.incidents()) == n_incidents > 0


def test_tables_and_views_of_others_are_taken_along(path: Path) -> None:
    """What somebody has added to a store stays in it when it is written anew."""
    with duckdb.connect(str(path)) as connection:
        connection.execute('CREATE TABLE "my notes" AS SELECT 1 AS x; CREATE VIEW mine AS FROM "my notes"')
    upkeep.compact(path)
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("FROM mine").fetchall() == [(1,)]
    assert [str(one) for one in checks.check(path) if one.is_error] == []


# Compact


def test_compact_store_is_smaller_and_the_same(path: Path) -> None:
    """All rows are there, in their order, and the room of deleted ones is not."""
    with stores.open(path) as store:
        for _ in range(20):
            store.build_incidents(rebuild=True)
    before = dump(path)
    sizes = upkeep.compact(path)
    assert sizes.after == path.stat().st_size < sizes.before
    assert dump(path) == before
    assert list(path.parent.iterdir()) == [path]


def test_store_in_use_is_left_alone(path: Path) -> None:
    """Upkeep is for one who has the store alone; it waits, and says who has it."""
    works = (
        lambda: upkeep.compact(path, wait=0.05),
        lambda: upkeep.backup(path.with_name("b"), path, wait=0.05),
        lambda: upkeep.migrate(path, wait=0.05),
    )
    with stores.open(path):
        for work in works:
            with pytest.raises(StoreBusyError, match="is being written by"):
                work()
    with stores.open(path, read_only=True):
        for work in works:
            with pytest.raises(StoreBusyError):
                work()
    assert list(path.parent.iterdir()) == [path]


# Backup and restore


def test_copy_is_a_store_and_can_be_put_back(path: Path, tmp_path: Path) -> None:
    """What was added or lost since is gone when the copy is back in its place."""
    copy = tmp_path / "copy.duckdb"
    assert upkeep.backup(copy, path) == copy.stat().st_size
    before = dump(path)
    assert dump(copy) == before
    with stores.open(path) as store:
        store.add([make_coded("later")])
    with pytest.raises(FileExistsError, match="--force"):
        upkeep.restore(copy, path)
    upkeep.restore(copy, path, force=True)
    assert dump(path) == before
    path.unlink()
    upkeep.restore(copy, path)
    assert dump(path) == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copy.duckdb", "whowhom.duckdb"]


def test_copy_replaces_a_file_only_when_told(path: Path, tmp_path: Path) -> None:
    """A file that is there is not overwritten, nor the store by itself, nor is a folder made."""
    copy = tmp_path / "copy.duckdb"
    copy.write_text("mine")
    with pytest.raises(FileExistsError, match="There is a file at"):
        upkeep.backup(copy, path)
    assert copy.read_text() == "mine"
    upkeep.backup(copy, path, force=True)
    assert dump(copy) == dump(path)
    with pytest.raises(StoreError, match="is the store itself"):
        upkeep.backup(path, path, force=True)
    with pytest.raises(StoreError, match="There is no folder"):
        upkeep.backup(tmp_path / "missing" / "copy.duckdb", path)


def test_damaged_copy_is_not_put_back(path: Path, tmp_path: Path) -> None:
    """A file that is no store, one cut short, and one in which something is wrong are refused."""
    before = dump(path)
    notes, short, wrong = (tmp_path / name for name in ("notes", "short", "wrong"))
    notes.write_text("notes " * 5000)
    short.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    shutil.copy(path, wrong)
    with duckdb.connect(str(wrong)) as connection:
        connection.execute("UPDATE article SET text_hash = '0' WHERE id = 'a3'")
    for copy, told in ((notes, "is no store"), (short, "short'"), (wrong, "is damaged: article a3: ")):
        with pytest.raises(StoreError, match=told):
            upkeep.restore(copy, path, force=True)
    with pytest.raises(StoreError, match="There is no file at"):
        upkeep.restore(tmp_path / "nowhere", path, force=True)
    assert dump(path) == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["notes", "short", "whowhom.duckdb", "wrong"]


def test_copy_takes_the_place_of_a_store_that_is_damaged(path: Path, tmp_path: Path) -> None:
    """Its log, if it has one, is not read into the copy."""
    copy = tmp_path / "copy.duckdb"
    upkeep.backup(copy, path)
    before = dump(path)
    path.write_text("broken " * 5000)
    path.with_name("whowhom.duckdb.wal").write_text("a log of what is no more")
    upkeep.restore(copy, path, force=True)
    assert dump(path) == before


# Killed half-way


class Killed(BaseException):
    """Stands for a kill: no clean-up is made for it."""


@pytest.fixture(params=["flush", "keep", "replace"])
def killed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """End what is done to a file just before one of its steps."""

    def kill(*_: Any) -> None:
        raise Killed

    name = {"flush": "_flush", "keep": "_keep_old", "replace": "_replace"}[request.param]
    monkeypatch.setattr(upkeep, name, kill)
    yield
    monkeypatch.undo()


def test_upkeep_that_was_killed_leaves_the_store_and_is_done_again(
    killed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each step the store is whole, and after it is done again nothing of the first try is left."""
    path, new = tmp_path / "whowhom.duckdb", tmp_path / "new.duckdb"
    with stores.open(new) as store:
        store.add([make_old_coded()])
    make_old(new, path)
    before = dump(path)
    with pytest.raises(Killed):
        upkeep.migrate(path)
    assert dump(path) == before
    monkeypatch.undo()
    assert upkeep.migrate(path) == (1, tmp_path / "whowhom.duckdb.v1.bak")
    assert dump(path) == dump(new)
    left = {"new.duckdb", "whowhom.duckdb", "whowhom.duckdb.v1.bak"}
    assert {one.name for one in tmp_path.iterdir()} == left


def test_parts_that_a_kill_has_left_are_removed(path: Path) -> None:
    """The next writer removes them once nobody can be at work on them; what is at work stays."""
    old = path.with_name(".whowhom.duckdb.0a1b2c3d.part")
    fresh = path.with_name(".whowhom.duckdb.new.part")
    for part in (old, fresh):
        part.write_text("half")
    os.utime(old, (0, 0))
    stores.open(path).close()
    assert (old.exists(), fresh.exists()) == (False, True)
