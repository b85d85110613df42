"""Every page of the desk has its picture in the documentation."""

import importlib.util
from pathlib import Path

from whowhom.web.app import ROUTES

DOCS = Path(__file__).parents[2] / "docs"
# Forms, which a page leads to and which show what that page shows.
FORMS = {"/event/{id}", "/add/{id:path}"}


def load_pages():
    spec = importlib.util.spec_from_file_location("pictures", DOCS / "pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PAGES


def test_every_page_has_its_picture_in_the_documentation():
    """A page that is added has to be added to docs/pictures.py and to docs/desk.md."""
    pages = load_pages()
    shown = {
        route.path
        for route in ROUTES
        if "GET" in (route.methods or ()) and not route.path.startswith("/api") and "." not in route.path
    }
    assert {route for _, route in pages.values()} == (shown - FORMS) | {"/api/docs"}
    told = (DOCS / "desk.md").read_text(encoding="utf-8")
    for name in pages:
        assert (DOCS / "pictures" / f"{name}.png").is_file()
        assert f"(pictures/{name}.png)" in told
