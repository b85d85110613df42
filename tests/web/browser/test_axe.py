"""Whether those who do not see or point as others do can use the desk, by the rules of axe-core."""

import pytest


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_page_has_no_serious_violation(open_page, addresses, width, scheme):
    """On every page; what axe calls serious or critical keeps somebody out."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="pip install '.[browser]' has it"
    )
    with open_page(width, scheme) as page:
        found = []
        for path, address in addresses.items():
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            for violation in axe.Axe().run(page).response["violations"]:
                if violation["impact"] in ("serious", "critical"):
                    nodes = [node["html"][:200] for node in violation["nodes"][:3]]
                    found.append((path, violation["id"], len(violation["nodes"]), nodes))
        assert not found, "\n".join(map(str, found))
