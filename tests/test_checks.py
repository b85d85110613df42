"""Tests of `check`: a store that is right, and one for each kind of damage."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.coded_articles import make_coded
from whowhom import checks, code_many
from whowhom import store as stores
from whowhom.records import Skip

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "store" / "damages.jsonl").read_text().splitlines()
]
_REPORTS = [
    {"id": "r1", "published": "2024-06-19", "text": "Egypt's foreign minister met his Turkish counterpart in "
     "Cairo on Tuesday. Iran condemned the shelling that killed 12 people near Aleppo, officials said."},
    {"id": "r2", "published": "2024-06-19", "text": "The foreign ministers of Egypt and Turkey met in "
     "Cairo on Tuesday.", "title": "Ministers meet in Cairo"},
    {"text": "France expelled two Russian diplomats on Monday."},
    {"id": "r4", "text": "Kenya expelled two Russian diplomats on Monday."},
]  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of coded reports, of one the sentences and of one the offsets only, with incidents."""
    path = tmp_path_factory.mktemp("sound") / "whowhom.duckdb"
    coded = list(code_many(_REPORTS))
    with stores.open(path) as store:
        store.add(coded[:2])
        store.add(coded[2:3], keep="sentences")
        store.add(coded[3:], keep="offsets")
        store.add([make_coded("by-hand"), Skip("x", "read", "text is empty", "news.jsonl:7")])
        store.build_incidents()
    return path


def test_sound_store_has_nothing_wrong(sound: Path) -> None:
    """Neither with texts nor without, and whatever ids a source gives."""
    assert [str(finding) for finding in checks.check(sound)] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["comment"])
def test_damage_is_found_and_named(case: dict[str, str], sound: Path, tmp_path: Path) -> None:
    """Each kind is told with table and id, what is there and what was expected."""
    path = Path(shutil.copy(sound, tmp_path / "damaged.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(case["sql"])
    found = [str(finding) for finding in checks.check(path) if finding.is_error]
    assert any(case["found"] in one for one in found), found


def test_events_in_no_incident_are_no_error(sound: Path, tmp_path: Path) -> None:
    """A run that was killed leaves some, and the next one joins them."""
    path = Path(shutil.copy(sound, tmp_path / "added.duckdb"))
    with stores.open(path) as store:
        store.add([make_coded("new")])
    (finding,) = checks.check(path)
    assert not finding.is_error
    assert str(finding) == "event: 2 of them are in no incident yet; the next `whowhom read` joins them"


def test_id_of_an_article_that_looks_like_a_hash_is_worth_a_look(tmp_path: Path) -> None:
    """A source may give ids of sixteen digits, so it need not be wrong."""
    path = tmp_path / "whowhom.duckdb"
    with stores.open(path) as store:
        store.add(code_many([{"id": "0123456789abcdef", "text": "France expelled two Russian diplomats."}]))
        store.build_incidents()
    (finding,) = checks.check(path)
    assert not finding.is_error
    assert str(finding).startswith("article 0123456789abcdef: its id is not the hash of address, title")


def test_file_that_was_overwritten_in_part_is_found(sound: Path, tmp_path: Path) -> None:
    """Blocks of DuckDB carry sums, so what a disk has lost is told; the rest is checked all the same."""
    content = bytearray(sound.read_bytes())
    half = len(content) // 2
    content[half : half + 200_000] = bytes(200_000)
    path = tmp_path / "damaged.duckdb"
    path.write_bytes(content)
    assert any(finding.table == "file" for finding in checks.find_errors(path))


def test_checks_tell_how_far_they_are(sound: Path) -> None:
    """Each is named when it begins."""
    named: list[str] = []
    assert list(checks.check(sound, watch=named.append)) == []
    assert named == [
        "tables",
        "references",
        "texts",
        "spans",
        "passages",
        "ids",
        "values",
        "incidents",
        "facets",
        "dyads",
        "ties",
    ]
