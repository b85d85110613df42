"""What a reader does on the desk, in a real browser: from the overview to the sentence it rests on."""

import csv
import io
import json
import re
import shutil
import signal
import subprocess
from urllib.parse import parse_qsl

import pytest

from tests.web.browser.conftest import HOSTILE_TEXT, run_whowhom
from whowhom import store as stores
from whowhom.records import Skip
from whowhom.schedule import FeedStatus
from whowhom.web.app import ROUTES

# Answers for programs and files, which no browser draws.
NO_PAGES = {
    "/incidents.{format}",
    "/network.{format}",
    "/map.geojson",
    "/corrections.{format}",
    "/corrections/gold.jsonl",
    "/api",
    "/api/openapi.json",
    "/api/incidents",
    "/api/incidents/{id}",
    "/api/events",
    "/api/articles/{id:path}",
    "/api/dyads",
    "/api/actors/{code}",
    "/api/ties",
    "/api/pledges",
    "/api/network",
}


def test_every_page_is_looked_at(addresses):
    """A page that is added to the desk has to be added to these tests."""
    read = {route.path for route in ROUTES if "GET" in (route.methods or ())}
    assert read - NO_PAGES == set(addresses)


def test_overview_leads_to_the_sentence(open_page):
    """Overview, table, incident, article: three clicks from a number to the words it rests on."""
    with open_page() as page:
        page.goto("/?span=all")
        page.click("#over-time a")
        assert page.url.partition("?")[0].endswith("/incidents")
        page.click("tbody tr:has-text('Kharkiv') [data-open]")
        page.click("main a[href^='/article/shelling']")
        assert "/article/shelling" in page.url
        assert "shelled" in page.inner_text(".text")
        assert page.locator(".text [data-events]").count() > 0


def test_keys_open_a_row(open_page):
    """j goes to the first row and Enter opens it; / goes to the search."""
    with open_page() as page:
        page.goto("/incidents")
        page.keyboard.press("j")
        chosen = page.get_attribute(".chosen-row [data-open], [data-open]:focus", "href")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{chosen}")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "search"


def test_keys_move_the_map(open_page):
    """Plus zooms in from anywhere, arrows move it while it has the focus, which it keeps; 0 goes back."""
    with open_page() as page:
        page.goto("/map")
        page.keyboard.press("+")
        page.wait_for_url("**/map?zoom=2")
        assert page.evaluate("document.activeElement.matches('[data-map]')")
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**/map?zoom=2&longitude=*")
        page.keyboard.press("-")
        page.wait_for_url("**/map?longitude=*")
        page.keyboard.press("+")
        page.keyboard.press("+")
        page.wait_for_url("**zoom=*")


def test_map_is_asked_anew_when_a_slider_moves(open_page):
    """The days stand in the address, and the slider still has the focus."""
    with open_page() as page:
        page.goto("/map")
        page.focus("#slide-from")
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**/map?*from=2024-06-12*")
        assert page.evaluate("document.activeElement.id") == "slide-from"
        assert page.input_value("#from") == "2024-06-12"


def test_map_opens_the_incidents_of_a_place(open_page):
    """A point, then the row, then the sentence."""
    with open_page() as page:
        page.goto("/map")
        page.click(".places tr:has-text('Kharkiv') a")
        assert "/incidents?" in page.url
        assert page.locator("tbody tr:has-text('Kharkiv')").count() > 0


def test_hostile_article_is_shown_as_text(open_page):
    """Script, HTML, marks of direction and 100,000 characters: nothing runs, nothing is lost."""
    with open_page() as page:
        page.goto("/article/hostile")
        shown = page.text_content(".text")
        assert "<script>window.harm = 'script'; alert(1)</script>" in shown
        assert shown.count("agreed on nothing") == HOSTILE_TEXT.count("agreed on nothing")
        assert shown.count("w" * 1000) == HOSTILE_TEXT.count("w" * 1000)
        assert "<script>window.harm = 'title'</script><b>bold</b>" in page.text_content("h1")
        assert page.evaluate("window.harm === undefined")
        assert page.locator("main script, main iframe, main img, main style").count() == 0
        assert page.locator("a[href^='javascript']").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_page_is_no_wider_than_the_window(open_page, addresses, width, scheme):
    """On a telephone and at four times the size (WCAG 1.4.10) too; no page complains or asks elsewhere."""
    with open_page(width, scheme) as page:
        wide = {}
        for path, address in addresses.items():
            assert page.goto(address).status == 200, address
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 0:
                wide[path] = over
        assert wide == {}


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_words_without_a_break_widen_no_page(open_page, own_desk, width):
    """In names of people, outlets, feeds and files, in what was skipped and in what is asked for."""
    desk, path = own_desk
    long = "w" * 150
    with stores.open(path) as store:
        store.keep_feeds([FeedStatus(f"https://news.example/{long}", title=long, error=long)])
        store.add([Skip("", "read", long, f"{long}.jsonl:7")])
        events = [event for coded in store.coded() for event in coded.events]
        store.correct(events[0].id, accept=True, who=long, why=long)
        store.correct(events[0].id, wrong=True, who=f"Ana {long}")
    with open_page(width) as page:
        for address in (
            "/sources",
            "/corrections",
            f"/corrections?by={long}",
            f"/incidents?words={long}&place={long}&party={long}",
            f"/actor/{long}",
            f"/dyad/{long}/{long}x",
            f"/map?party={long}",
        ):
            page.goto(f"{desk}{address}")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address


@pytest.fixture
def own_desk(desk_store, tmp_path):
    """The address of a desk over a store of one's own, and that store."""
    path = tmp_path / "own.duckdb"
    shutil.copy(desk_store, path)
    with run_whowhom("serve", "--store", path, "--port", 0, stderr=subprocess.PIPE) as run:
        try:
            yield re.search(r"http://127\.0\.0\.1:\d+", run.stderr.readline())[0], path
        finally:
            run.send_signal(signal.SIGINT)
            assert run.wait(30) == 0


def test_correction_outlives_a_new_coding_and_is_in_the_export(open_page, own_desk):
    """Overview, incident, article, a field set right; then `recode`, and the correction is still there."""
    desk, path = own_desk
    with open_page() as page:
        page.goto(f"{desk}/?span=all")
        page.click("#over-time a")
        page.click("tbody tr:has-text('Kharkiv') [data-open]")
        page.click("main a[href^='/article/shelling']")
        page.locator(".records li:has-text('ASSAULT') [data-edit]").first.click()
        page.wait_for_url("**/event/*")
        event = page.url.rpartition("/")[2]
        page.fill("#set-killed", "5")
        page.fill("[name=who]", "Ana Bell")
        page.fill("[name=why]", "a later count")
        page.click("text=Save")
        page.wait_for_url("**done=*")
        assert "Ana Bell corrected ASSAULT" in page.inner_text(".flash")
        with run_whowhom("recode", "--all", "--store", path, stdout=subprocess.DEVNULL) as run:
            assert run.wait(120) == 0
        page.goto(f"{desk}/event/{event}")
        assert page.input_value("#set-killed") == "5"
        page.click(".kicker a")
        assert "5" in page.inner_text(".facts div:has(> dt:text('Killed'))")
        page.goto(f"{desk}/incidents?type=ASSAULT&columns=first_day&columns=killed_high")
        with page.expect_download() as started:
            page.click("a[href^='/incidents.csv']")
        rows = list(csv.DictReader(io.StringIO(started.value.path().read_text("utf-8"))))
        assert "5" in {row["killed_high"] for row in rows}
        page.goto(f"{desk}/corrections")
        with page.expect_download() as started:
            page.click("a[href^='/corrections.jsonl']")
        (made,) = [json.loads(line) for line in started.value.path().read_text("utf-8").splitlines()]
        assert (made["event"], made["who"], made["verdict"]) == (event, "Ana Bell", "set")


def test_three_keys_accept_and_two_undo(open_page, own_desk):
    """j chooses the report, a goes to its button, Enter presses it; u and Enter take it back."""
    desk, _ = own_desk
    with open_page() as page:
        page.goto(f"{desk}/incidents?type=ASSAULT")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/incident/*")
        for key in ("j", "a", "Enter"):
            page.keyboard.press(key)
        page.wait_for_url("**done=*")
        assert "accepted ASSAULT" in page.inner_text(".flash")
        assert page.locator(".note:text('accepted')").count() == 1
        before = page.url
        page.keyboard.press("u")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "done=" in address and address != before)
        assert page.locator(".note:text('accepted')").count() == 0


def test_enter_in_a_field_decides_nothing(open_page, own_desk):
    """Who types a name and presses Enter has not accepted the first report."""
    desk, _ = own_desk
    with open_page() as page:
        page.goto(f"{desk}/article/shelling")
        page.fill(".records [name=who]", "Ana Bell")
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        page.goto(f"{desk}/corrections")
        assert "Nobody has corrected anything" in page.inner_text("main")


@pytest.mark.parametrize(
    ("keys", "decided"),
    [
        ("j j x s Enter", ["split"]),
        ("j j x Enter", []),
        ("m Space Enter", ["merge"]),
        ("m Enter", []),
    ],
)
def test_keys_of_split_and_merge_accept_nothing(open_page, desk, addresses, keys, decided):
    """After a box or a choice keys go on, and Enter there is never the first report's Accept."""
    with open_page() as page:
        sent = []
        page.route(
            "**/decide", lambda route: (sent.append(route.request.post_data), route.fulfill(status=204))
        )
        page.goto(addresses["/incident/{id}"])
        for key in keys.split():
            page.keyboard.press(key)
        page.wait_for_timeout(300)
        assert [dict(parse_qsl(one))["do"].partition(" ")[0] for one in sent] == decided


def test_enter_on_a_box_decides_nothing_without_javascript(browser, desk, addresses):
    """The form itself has a first button that does nothing."""
    context = browser.new_context(java_script_enabled=False, base_url=desk)
    page = context.new_page()
    sent = []
    page.route("**/decide", lambda route: (sent.append(route.request.post_data), route.fulfill(status=204)))
    page.goto(addresses["/incident/{id}"])
    page.locator("[name=chosen]").first.check()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    context.close()
    assert sent == []


def test_undo_is_in_sight_on_a_telephone(open_page, own_desk):
    """A correction is a paragraph there, with its button in it."""
    desk, path = own_desk
    with stores.open(path) as store:
        event = store.events(limit=1).to_arrow_table()["event_id"][0].as_py()
        store.correct(event, accept=True, who="Ana Bell")
    with open_page(390) as page:
        page.goto(f"{desk}/corrections")
        box = page.locator("tbody button").bounding_box()
        assert box["x"] + box["width"] <= 390


def test_question_mark_shows_the_keys(open_page):
    """A dialog that Esc closes."""
    with open_page() as page:
        page.goto("/incidents")
        page.keyboard.press("?")
        assert page.locator("dialog[open]").count() == 1
        page.keyboard.press("Escape")
        assert page.locator("dialog[open]").count() == 0
