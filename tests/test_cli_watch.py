"""The commands `watch` and `feeds`: what they print, their exit codes, and that signals lose nothing."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.feed_server import FeedServer, serve_feeds, write_rss
from whowhom import cli
from whowhom import store as stores

EXPULSION = "The United States expelled 60 Russian diplomats on Monday."


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with serve_feeds() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own to work in, 100 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, arguments)


def start(*arguments: str) -> subprocess.Popen[str]:
    """Run the real program, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "whowhom", *arguments],
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_once_tells_what_is_new_in_a_line_a_feed(server: FeedServer, folder: Path) -> None:
    """A line for a feed with something new, one for a feed that fails, and the closing line."""
    good = server.set("/a", write_rss(EXPULSION))
    bad = server.set("/b", status=503)
    result = run("watch", good, bad, "--allow-local", "--once")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert any("Z Demo News: 1 article, " in line for line in lines)
    assert any(f"{bad}: server answered 503 Service Unavailable; asked again in " in line for line in lines)
    assert lines[-1].startswith("1 article, ")


def test_once_tells_when_no_feed_is_due(server: FeedServer, folder: Path) -> None:
    """Whoever runs it too soon after an error sees why nothing came, which is no failure."""
    url = server.set("/b", status=503, headers={"Retry-After": "7200"})
    assert run("watch", url, "--allow-local", "--once").exit_code == 1
    again = run("watch", url, "--allow-local", "--once")
    assert again.exit_code == 0
    assert "no feed is due, the first in 2 h" in again.output
    assert server.count("/b") == 1


def test_words_of_a_feed_do_not_steer_the_terminal(server: FeedServer, folder: Path) -> None:
    """Neither in the lines of a watch nor in the table."""
    title = "Red \N{RIGHT-TO-LEFT OVERRIDE}[bold]\x9b31m"
    url = server.set("/a", write_rss(EXPULSION, title=title))
    output = run("watch", url, "--allow-local", "--once").output + run("feeds").output
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in output
    assert "\x9b" not in output
    assert "[bold]" in output


@pytest.mark.parametrize("missing", ["feeds.opml", "news.example.org/rss.xml"])
def test_a_list_that_is_not_there_is_bad_use(missing: str, folder: Path) -> None:
    """One line, and no store is made."""
    result = run("watch", missing)
    assert result.exit_code == 2
    assert "no such file" in result.output
    assert not (folder / "whowhom.duckdb").exists()


def test_feeds_shows_how_each_goes(server: FeedServer, folder: Path) -> None:
    """The table has articles, errors and what went wrong; JSON and CSV have every column."""
    good = server.set("/a", write_rss(EXPULSION, title="=cmd|' /C calc'!A0"))
    gone = server.set("/b", status=410)
    run("watch", good, gone, "--allow-local", "--once")
    table = run("feeds").output
    assert "ended: server answered 410 Gone" in table
    assert "1 of 1" in table
    rows = json.loads(run("feeds", "--json").output)
    assert [row["url"] for row in rows] == [good, gone]
    assert rows[0]["n_articles"] == 1
    assert run("feeds", "-o", "feeds.csv").exit_code == 0
    with Path("feeds.csv").open(encoding="utf-8", newline="") as lines:
        listed = list(csv.DictReader(lines))
    assert listed[0]["title"].startswith("'=cmd")
    assert listed[1]["error"] == "server answered 410 Gone"


def test_feeds_of_a_store_that_watches_none(folder: Path) -> None:
    """It says so, and how to begin."""
    stores.open("whowhom.duckdb").close()
    result = run("feeds")
    assert result.exit_code == 0
    assert "whowhom watch" in result.output


@pytest.mark.skipif(os.name == "nt", reason="Signals cannot be sent by a test there")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_watch_with_everything_kept(
    number: signal.Signals, code: int, server: FeedServer, folder: Path
) -> None:
    """While it waits for the next poll: exit code, no traceback, a whole store without a log beside it."""
    url = server.set("/a", write_rss(EXPULSION))
    program = start("watch", url, "--allow-local")
    assert program.stdout is not None
    assert "1 article" in program.stdout.readline()
    program.send_signal(number)
    output, errors = program.communicate(timeout=60)
    assert program.returncode == code, errors
    assert errors == "whowhom: stopped; what was coded is kept\n"
    assert output.startswith("1 article, ")
    assert [path.name for path in folder.iterdir()] == ["whowhom.duckdb"]
    with stores.open("whowhom.duckdb", read_only=True) as kept:
        assert kept.counts().n_articles == 1
        assert len(kept.reports()) == kept.counts().n_events


@pytest.mark.skipif(os.name == "nt", reason="Signals cannot be sent by a test there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_watch_stopped_while_it_codes_is_gone_on_with(
    number: signal.Signals, server: FeedServer, folder: Path
) -> None:
    """Whatever ended the first run, after the second each article is there once."""
    texts = [EXPULSION.replace("60", str(n)) for n in range(100, 250)]
    url = server.set("/a", write_rss(*texts), headers={"ETag": '"1"'})
    program = start("watch", url, "--allow-local")
    deadline = time.monotonic() + 60
    while not server.asked and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    program.send_signal(number)
    program.communicate(timeout=60)
    assert program.returncode == (143 if number == signal.SIGTERM else -9)
    assert run("watch", url, "--allow-local", "--once").exit_code == 0
    with stores.open("whowhom.duckdb", read_only=True) as kept:
        found = [text for (text,) in kept.articles().project("text").fetchall()]
        assert sorted(found) == texts
        assert len(kept.reports()) == kept.counts().n_events
