"""Tables of ties and pledges, and what the commands print."""

import io
import json

import pytest
from typer.testing import CliRunner

from evaluation.ties import CASES, read_rows
from whowhom import api, tie_tables
from whowhom.cli import app
from whowhom.terminal import make_console


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A store on disk that has read the first scenario and was not built."""
    path = tmp_path_factory.mktemp("ties") / "desk.duckdb"
    with api.open(path) as store:
        store.add(api.code_many(read_rows(CASES / "reports.jsonl")))
    return path


def run(*words):
    # As wide as needed for words to stand on one line.
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    return result.output


def test_ties_between_two_sides_are_shown_for_both_days(path):
    """The command joins what was read, then tells the state, its day and its name."""
    out = run(
        "ties", "--between", "VNM", "PHL", "--as-of", "2027-05-01", "--known", "2027-05-02", "--store", path
    )
    assert "signed" in out
    assert "2027-04-12" in out
    assert "mutual defence pact" in out


def test_history_shows_what_was_taken_back(path):
    """Every change with its standing and its rule."""
    out = run("ties", "--between", "CHL", "BOL", "--history", "--store", path)
    assert "retracted" in out
    assert "ties.csv:" in out


def test_open_pledges_of_one_side_are_shown_as_json(path):
    """One object a pledge, with what it hangs on."""
    (pledge,) = json.loads(run("pledges", "--by", "KOR", "--open", "--json", "--store", path))
    assert (pledge["kind"], pledge["other"], pledge["state"]) == ("threat", "PRK", "open")
    assert pledge["condition"].startswith("if North Korea")


def test_answers_are_written_as_csv_with_lists_joined(path, tmp_path):
    """A spreadsheet opens it; no word of an article is a formula."""
    out = tmp_path / "ties.csv"
    run("ties", "--history", "--store", path, "-o", out)
    header, *lines = out.read_text(encoding="utf-8").splitlines()
    assert header.startswith("tie_id,tie,one,other,way,name,state")
    assert len(lines) > 30


def test_explain_opens_the_articles_behind_a_tie_and_a_pledge(path):
    """The id under the day leads to every change, its articles and its sentences."""
    (tie,) = json.loads(run("ties", "--between", "TUR", "SWE", "--json", "--store", path))
    shown = run("explain", tie["tie_id"][:8], "--store", path)
    assert "Ankara Post" in shown
    assert "[trigger: expelled]" in shown
    (pledge,) = json.loads(run("pledges", "--by", "TUR", "--json", "--store", path))
    shown = run("explain", pledge["pledge_id"], "--store", path)
    assert "kept" in shown
    assert "Ankara Post · 2027-03-03" in shown


def test_words_of_articles_cannot_steer_the_terminal():
    """Names and sources go through `neutralize`."""
    row = {
        "tie_id": "0123456789abcdef", "tie": "agreement", "one": "A\x1b[31m", "other": "B", "way": "mutual",
        "name": "pact\x1b]0;x", "state": "signed", "since": None, "holds": True, "doubtful": True,
        "candidate": None, "candidate_since": None, "score": 0.5, "n_independent": 1,
        "said_by": ["\x1b[2J"], "denied_by": [],
    }  # fmt: skip
    stream = io.StringIO()
    console = make_console(stream, width=120)
    console.print(tie_tables.make_tie_table([row], console))
    assert "\x1b" not in stream.getvalue()
    assert "signed?" in stream.getvalue()
