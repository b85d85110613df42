"""Starting and ending the desk, as a process."""

import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from whowhom import store as stores
from whowhom.web.serving import serve


def test_desk_answers_at_the_address_it_tells_and_ends_with_ctrl_c(store_path):
    """Exit code 0: Ctrl-C is how it is closed."""
    command = [sys.executable, "-m", "whowhom", "serve", "--store", str(store_path), "--port", "0"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUTF8": "1"}
    ) as run:
        line = run.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)[0]
        with urllib.request.urlopen(f"{address}api/incidents?limit=1", timeout=30) as answer:
            assert answer.status == 200
            assert "server" not in {name.lower() for name in answer.headers}
        run.send_signal(signal.SIGINT)
        assert run.wait(30) == 0


def test_desk_over_nothing_is_refused_before_it_opens(tmp_path):
    """A missing store is told at once, not by the first page."""
    with pytest.raises(stores.StoreError, match="There is no store"):
        serve(tmp_path / "none.duckdb", port=0)


def test_open_address_without_token_is_refused(store_path):
    """Before anything is bound."""
    with pytest.raises(ValueError, match="Give a token"):
        serve(store_path, host="0.0.0.0", port=0)


def test_port_in_use_is_named(store_path):
    """With its address, so that another can be chosen."""
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(OSError, match=f"127.0.0.1:{port}"):
            serve(store_path, port=port)
