"""Tests of the locks beside a store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from whowhom.turns import Seat, SeatTakenError, find_writer, is_turn_taken

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no flock")

SITTING = """
import sys, time
from pathlib import Path
from whowhom.turns import Seat
sys.argv[0] = "/usr/bin/whowhom"
seat = Seat(Path(sys.argv[2]), "run")
with seat.turn():
    print("sits", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "whowhom.duckdb"


def sit(file: Path) -> subprocess.Popen[str]:
    """Start a program that has seat and turn, as `whowhom read` has."""
    process = subprocess.Popen(
        [sys.executable, "-c", SITTING, "read", str(file)], stdout=subprocess.PIPE, cwd=ROOT, encoding="utf-8"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "sits\n"
    return process


def test_seat_is_for_one_and_tells_who_has_it(file: Path) -> None:
    """A second one learns process, command and start of the first; not what else was on its line."""
    with sit(file) as process:
        with pytest.raises(
            SeatTakenError, match=rf"^`whowhom read` \(process {process.pid}\) since 20.* UTC$"
        ):
            Seat(file, "open")
        writer = find_writer(file)
        assert writer is not None
        assert (writer.process, writer.stay, writer.command) == (process.pid, "run", "whowhom read")
        process.kill()


def test_killed_writer_leaves_no_stuck_lock(file: Path) -> None:
    """What a kill leaves are two files that lock nothing; the next writer takes the seat and removes them."""
    with sit(file) as process:
        assert is_turn_taken(file)
        process.send_signal(signal.SIGKILL)
    assert (file.with_name("whowhom.duckdb.lock")).exists()
    assert find_writer(file) is None
    assert not is_turn_taken(file)
    seat = Seat(file, "open")
    with seat.turn():
        assert is_turn_taken(file)
    seat.release()
    assert list(file.parent.iterdir()) == []


def test_seat_that_was_left_can_be_taken_again(file: Path) -> None:
    """Leaving twice is leaving once, and does not end the seat of the next one."""
    first = Seat(file, "open")
    first.release()
    second = Seat(file, "open")
    first.release()
    with pytest.raises(SeatTakenError):
        Seat(file, "open")
    second.release()


def test_many_that_want_the_seat_have_it_one_after_the_other(file: Path) -> None:
    """The file is removed and made again all the time, and never are there two who have it."""
    n_inside, most, taken = 0, 0, 0
    lock = threading.Lock()

    def take_often() -> None:
        nonlocal n_inside, most, taken
        deadline = time.monotonic() + 60
        n_mine = 0
        while n_mine < 5 and time.monotonic() < deadline:
            try:
                seat = Seat(file, "open")
            except SeatTakenError:
                continue
            with lock:
                n_inside += 1
                most = max(most, n_inside)
            time.sleep(0.001)
            with lock:
                n_inside -= 1
                taken += 1
            seat.release()
            n_mine += 1

    threads = [threading.Thread(target=take_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, taken) == (1, 20)


def test_looking_at_the_locks_makes_no_file(file: Path) -> None:
    """A store on a disk that cannot be written to can be read."""
    assert not is_turn_taken(file)
    assert find_writer(file) is None
    assert list(file.parent.iterdir()) == []


def test_without_locks_of_the_system_nobody_is_held_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows DuckDB's own lock is all there is."""
    monkeypatch.setattr("whowhom.turns.fcntl", None)
    seat = Seat(file, "run")
    with seat.turn():
        assert not is_turn_taken(file)
    seat.release()
