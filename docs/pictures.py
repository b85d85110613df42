"""Makes the pictures of the desk that docs/desk.md shows.

    python docs/pictures.py [--store STORE.duckdb]

Reads docs/pictures/reports.jsonl, reports of June 2024 that were written for this from public facts,
into a store, opens the desk over it in Debian's Chromium (`apt-get install chromium`, `pip install
'.[browser]'`) and takes one picture of each page: docs/pictures/NAME.png. The same code, fonts and
browser give the same pictures, but for the time of reading.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whowhom import store as stores

FOLDER = Path(__file__).parent / "pictures"
REPORTS = FOLDER / "reports.jsonl"
WIDTH, HEIGHT = 1280, 900
# What each picture shows, by its name: an address with the ids of the store in braces, and the page's route.
PAGES = {
    "overview": ("/?span=all", "/"),
    "incidents": ("/incidents?quad=4", "/incidents"),
    "incident": ("/incident/{incident}", "/incident/{id}"),
    "article": ("/article/june-34", "/article/{id:path}"),
    "actor": ("/actor/PRK", "/actor/{code}"),
    "dyad": ("/dyad/RUS/UKR", "/dyad/{one}/{other}"),
    "ties": ("/ties", "/ties"),
    "pledges": ("/pledges", "/pledges"),
    "network": ("/network", "/network"),
    "map": ("/map", "/map"),
    "corrections": ("/corrections", "/corrections"),
    "sources": ("/sources", "/sources"),
    "about": ("/about", "/about"),
    "api": ("/api/docs", "/api/docs"),
}
_SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --font-render-hinting=none"
).split()


def read_reports(path: Path) -> None:
    """Read the reports into a new store."""
    subprocess.run(
        [sys.executable, "-m", "whowhom", "read", REPORTS.name, "--store", str(path)],
        check=True,
        cwd=FOLDER,
        env={**os.environ, "PYTHONPATH": str(FOLDER.parents[1])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def choose_ids(path: Path) -> dict[str, str]:
    """Return the id of the incident that most reports tell of, as `incident`."""
    with stores.open(path, read_only=True) as store:
        rows = store.incidents().to_arrow_table().to_pylist()
    most = max(rows, key=lambda row: (row["n_articles"], row["incident_id"]))
    return {"incident": str(most["incident_id"])}


@contextmanager
def serve(path: Path) -> Iterator[str]:
    """Run the desk over a store and give its address."""
    command = [sys.executable, "-m", "whowhom", "serve", "--store", str(path), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", line := run.stderr.readline())
            if found is None:
                sys.exit(f"The desk did not start: {line.strip()}")
            yield found[0]
        finally:
            run.send_signal(signal.SIGINT)


def take_pictures(address: str, ids: dict[str, str]) -> None:
    """Write a picture of the top of every page."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("There is no Chromium to take pictures with: apt-get install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=_SWITCHES)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        # Else the forms would show the user of this computer.
        who = {"name": f"whowhom_who_{address.rpartition(':')[2]}", "value": "Ana%20Bell", "url": address}
        page.context.add_cookies([who])
        for name, (template, _) in PAGES.items():
            answer = page.goto(address + template.format(**ids))
            if answer is None or not answer.ok:
                sys.exit(f"{template} answers {answer.status if answer else 'nothing'}; no picture of it.")
            full = page.evaluate("document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": min(full, HEIGHT)}
            taken = Image.open(io.BytesIO(page.screenshot(clip=clip, full_page=True)))
            # A page has few colours: a palette of them makes a third of the bytes.
            target = FOLDER / f"{name}.png"
            taken.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)
            print(f"{name:12} {target.stat().st_size / 1e3:6.0f} kB")
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, help="another store than that of the reports")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.store or Path(folder) / "june.duckdb"
        if arguments.store is None:
            read_reports(path)
        with serve(path) as address:
            take_pictures(address, choose_ids(path))


if __name__ == "__main__":
    main()
