"""The desk as its readers have it: a process of its own, over articles that were read, in a real browser.

The browser is Debian's (`apt-get install chromium`), driven by playwright (`pip install '.[browser]'`).
Without either these tests are skipped, and say which of them is missing.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from whowhom import store as stores

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Chromium has no sandbox for root; the other switches keep it from calling home.
_SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

_SAYING = "Officials said on Friday that Russian forces shelled Kharkiv, killing three civilians."
HOSTILE_TITLE = "<script>window.harm = 'title'</script><b>bold</b> \u202etxet\u202c \u2066\u05e9\u05dc"
HOSTILE_TEXT = (
    f"{_SAYING} <script>window.harm = 'script'; alert(1)</script> "
    "<img src='http://elsewhere.example/x.png' onerror=\"window.harm = 'handler'; alert(2)\"> "
    "<svg onload=alert(3)></svg> </div></article></main><iframe src='javascript:alert(4)'></iframe> "
    "<style>body { display: none }</style> <a href='javascript:alert(5)'>link</a> "
    "\u202e reversed \u202c \u2066 isolated \u2069 \u200f \u05e9\u05dc \u0645\u0631\n\n"
)
# Enough sentences to be long, then one word without a break, which would push a page wider than its window.
HOSTILE_TEXT += "The ministers agreed on nothing. " * 200
HOSTILE_TEXT += "w" * (100_000 - len(HOSTILE_TEXT))

ARTICLES = (
    {
        "id": "shelling",
        "title": "Three killed in Kharkiv",
        "text": f"{_SAYING} The French government condemned the attack on Saturday.",
        "published": "2024-06-15",
        "outlet": "First Wire",
        "url": "https://news.example/shelling",
    },
    {
        "id": "shelling-again",
        "title": "Kharkiv shelled",
        "text": "Russian troops shelled Kharkiv on Friday and killed three civilians, its mayor said.",
        "published": "2024-06-15",
        "outlet": "Second Post",
    },
    {
        "id": "visit",
        "title": "A visit to Pyongyang",
        "text": "President Vladimir Putin met Kim Jong Un in Pyongyang on Wednesday and signed a treaty.",
        "published": "2024-06-19",
        "outlet": "First Wire",
    },
    {
        "id": "aid",
        "title": "Germany sends aid",
        "text": "Germany sent food to Ukraine on Tuesday. Russia accused Germany of taking sides.",
        "published": "2024-06-11",
        "outlet": "Third Paper",
    },
    {
        "id": "hostile",
        "title": HOSTILE_TITLE,
        "text": HOSTILE_TEXT,
        "published": "2024-06-15",
        "outlet": "<i>Outlet</i>",
        "url": "javascript:alert(6)",
        "language": "en",
    },
)


@dataclass
class Seen:
    """What a page did that a reader does not see."""

    dialogs: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def check(self):
        assert not self.dialogs
        assert not self.strangers, "a request left this computer"
        # The browser tells violations of the content security policy in its console too.
        assert not self.complaints


def run_whowhom(*words, **options):
    command = [sys.executable, "-m", "whowhom", *map(str, words)]
    return subprocess.Popen(command, text=True, env={**os.environ, "PYTHONUTF8": "1"}, **options)


@pytest.fixture(scope="package")
def desk_store(tmp_path_factory):
    """A store into which the program has read the articles above."""
    folder = tmp_path_factory.mktemp("browser")
    lines = "".join(json.dumps(article) + "\n" for article in ARTICLES)
    (folder / "reports.jsonl").write_text(lines, encoding="utf-8")
    path = folder / "desk.duckdb"
    with run_whowhom("read", folder / "reports.jsonl", "--store", path, stdout=subprocess.DEVNULL) as run:
        assert run.wait(120) == 0
    with stores.open(path) as store:
        store.build_incidents()
    return path


@pytest.fixture(scope="package")
def desk(desk_store):
    """The address of the desk, which runs as a process of its own; it ends by Ctrl-C."""
    with run_whowhom("serve", "--store", desk_store, "--port", 0, stderr=subprocess.PIPE) as run:
        try:
            yield re.search(r"http://127\.0\.0\.1:\d+", run.stderr.readline())[0]
        finally:
            run.send_signal(signal.SIGINT)
            assert run.wait(30) == 0


@pytest.fixture(scope="package")
def browser():
    """Chromium, without a window."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="pip install '.[browser]' brings playwright"
    )
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    with playwright.sync_playwright() as run:
        chromium = run.chromium.launch(executable_path=CHROMIUM, args=_SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, desk):
    """Return a way to open pages of a width and colour scheme; what they did is checked at its end."""

    @contextmanager
    def open_as(width=1280, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=desk
        )
        seen = Seen()

        def let_through(route):
            if urlsplit(route.request.url).hostname == "127.0.0.1":
                return route.continue_()
            seen.strangers.append(route.request.url)
            return route.abort()

        context.route("**/*", let_through)
        page = context.new_page()
        page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: message.type in ("error", "warning") and seen.complaints.append(message.text),
        )
        yield page
        context.close()
        seen.check()

    return open_as


@pytest.fixture(scope="package")
def addresses(desk_store):
    """An address for each kind of page, by the path of its route."""
    with stores.open(desk_store, read_only=True) as store:
        incident = store.incidents(type="ASSAULT", limit=1).to_arrow_table()["incident_id"][0].as_py()
        event = store.events(type="ASSAULT", limit=1).to_arrow_table()["event_id"][0].as_py()
    return {
        "/": "/?span=all",
        "/incidents": "/incidents",
        "/incident/{id}": f"/incident/{incident}",
        "/article/{id:path}": "/article/hostile",
        "/actor/{code}": "/actor/RUS",
        "/dyad/{one}/{other}": "/dyad/RUS/UKR",
        "/ties": "/ties",
        "/pledges": "/pledges",
        "/network": "/network",
        "/map": "/map?zoom=4&longitude=30&latitude=48",
        "/event/{id}": f"/event/{event}",
        "/add/{id:path}": "/add/hostile",
        "/corrections": "/corrections",
        "/sources": "/sources",
        "/about": "/about",
        "/api/docs": "/api/docs",
    }
