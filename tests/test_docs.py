"""The documentation: every snippet runs, generated pages are fresh, links lead somewhere."""

import doctest
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import whowhom
from whowhom import api, series, terminal

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>\w*)\n(?P<text>.*?)```", re.S)
# What these need stands in the page itself, or is another test's: an installation, the network.
_NOT_RUN = ("pip install", "https://")


def load_generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_snippets_of_a_page_run_one_after_the_other(page, tmp_path):
    """Files named in a page are written, then its commands and Python blocks run in their order."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment |= {"PYTHONUTF8": "1", "COLUMNS": "100"}
    for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "python":
            run_snippet([sys.executable, "-c", block["text"]], tmp_path, environment)
        elif block["kind"] == "sh":
            for line in block["text"].splitlines():
                if not any(mark in line for mark in _NOT_RUN):
                    run_snippet([shutil.which("sh"), "-c", line], tmp_path, environment)


def run_snippet(command, folder, environment):
    run = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120
    )
    assert run.returncode == 0, f"{command[-1]}\n{run.stdout}\n{run.stderr}"
    assert "Traceback" not in run.stderr


def test_readme_has_the_two_commands_word_for_word():
    """Both stand on a line of their own, as the continuous test runs the second."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert lines.count("pip install . && whowhom demo") == 1
    assert lines.count("pip install '.[test]' && pytest") == 1


def test_readme_shows_the_output_of_its_example():
    """docs/generate.py filled it in: today's input, a table and its closing line.

    Which events the table holds depends on the model and is not compared; that the commands run is
    another test.
    """
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    filled = re.search(r"<!-- output: readme-example -->\n(.*)<!-- end -->", readme, re.S)
    assert f"echo '{load_generator().write_example_input()}' > reports.jsonl\n" in filled[1]
    assert "\nwhowhom read reports.jsonl\n" in filled[1]
    assert re.search(r"^day +what +who → whom +where, who says so$", filled[1], re.M)
    assert re.search(r"^1 article, [1-9]\d* events?, none skipped", filled[1], re.M)


@pytest.mark.parametrize("name", ["commands", "records"])
def test_generated_page_is_fresh(name):
    """Whoever changes a command or a record runs docs/generate.py."""
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert page == getattr(load_generator(), f"describe_{name}")(), "stale: run `python docs/generate.py`"


def test_page_of_dyads_tells_every_column():
    """Names, types and meanings are those of the code, in its order."""
    page = (ROOT / "docs" / "dyads.md").read_text(encoding="utf-8")
    types = load_generator()._TYPES
    rows = [f"| {one.name} | {types[one.type]} | {one.meaning} |" for one in series.COLUMNS]
    assert "\n".join(rows) in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_project_lead_to_a_file(page):
    """No page points to one that is not there."""
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_folders_that_the_readme_names_exist():
    """The table of folders tells the truth."""
    named = re.findall(r"^\| ([\w/., ]+?) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    paths = [path for cell in named if "." in cell or "/" in cell for path in cell.split(", ")]
    assert len(paths) > 10
    assert [
        path for path in paths if not any((ROOT / base / path).exists() for base in ("", "whowhom"))
    ] == []


def test_every_dependency_has_its_reason():
    """docs/dependencies.md lists the run-time dependencies of pyproject.toml, no more and no fewer."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {re.match(r"[\w-]+", one)[0] for one in project["dependencies"]}
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| ([\w-]+) \|", page, re.M)) - {"package"} == required


def test_version_is_the_same_everywhere():
    """Package, citation file and changelog name one version."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_codebook_names_every_type_mode_and_sector():
    """The short codebook leaves out no code that the coder may give."""
    from whowhom.coders import labels

    page = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    codes = [*labels.TYPES, *labels.SECTORS, *labels.AUX, *(mode.partition(".")[2] for mode in labels.MODES)]
    assert [code for code in codes if not re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", page)] == []


@pytest.mark.parametrize("module", [whowhom, api, terminal], ids=lambda module: module.__name__)
def test_examples_in_docstrings_hold(module):
    """The examples that editors show are true."""
    tried = doctest.testmod(module)
    assert tried.attempted > 0
    assert tried.failed == 0
