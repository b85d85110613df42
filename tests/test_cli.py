"""The command line: what each command prints and where, its exit codes, and never a traceback."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import whowhom.store
from tests.coded_articles import make_coded
from tests.test_series import accuse, make_article
from whowhom import cli, scoring, series
from whowhom.exporters.tables import COLUMNS
from whowhom.records import Article, Skip

EXPULSION = "The United States expelled 60 Russian diplomats on Monday."
GERMAN = "Der russische Außenminister hat am Freitag die Botschafter der Europäischen Union einbestellt."
COMMANDS = (
    "read",
    "watch",
    "feeds",
    "code",
    "events",
    "dyads",
    "network",
    "incidents",
    "ties",
    "pledges",
    "explain",
    "correct",
    "corrections",
    "recode",
    "who",
    "where",
    "when",
    "codes",
    "check-people",
    "evaluate",
    "demo",
)
SHARED_GOLD = Path(__file__).parents[2] / "shared" / "gold" / "dev"
SHARED_SCORE = Path(__file__).parents[2] / "shared" / "tools" / "score.py"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of its own to work in, 100 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def desk(folder):
    """The same with a store that holds one article with two events, and a Skip."""
    with whowhom.store.open("whowhom.duckdb") as kept:
        kept.add([make_coded("a1"), Skip("", "read", "text is empty", "news.jsonl:2")])
    return folder


def run(*arguments, **options):
    return CliRunner().invoke(cli.app, list(map(str, arguments)), **options)


def start(*arguments, **options):
    """Run the real program, in a process of its own."""
    environment = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": "100"} | options.pop("env", {})
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8", **options}
    return subprocess.Popen(
        [sys.executable, "-m", "whowhom", *map(str, arguments)], env=environment, **options
    )


def write_lines(path, *records):
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


# --- what is kept


def test_offsets_alone_are_kept_and_said_to_be(folder):
    """Table, explanation, CSV and check all say so or show it; the other choice beside it is refused."""
    write_lines(folder / "r.jsonl", {"text": "France expelled two Russian diplomats on Monday.", "id": "r1"})
    assert run("read", "r.jsonl", "--keep", "offsets", "--no-text").exit_code == cli.BAD_USE
    assert run("read", "r.jsonl", "--keep", "offsets").exit_code == 0
    shown = run("events").output
    assert "words not kept" in shown
    assert "expelled" not in shown
    (row,) = csv.DictReader(run("events", "--format", "csv").output.splitlines())
    assert (row["trigger"], row["trigger_start"], row["trigger_end"], row["sentence"]) == ("…", "7", "15", "")
    assert (row["actor_text"], row["actor_country"]) == ("…", "FRA")
    for id in (row["event_id"], json.loads(run("incidents", "--format", "jsonl").output)["incident_id"]):
        told = run("explain", id).output
        assert "words not kept, only where they stand: characters 7 to 15 of the text" in told
        assert "expelled" not in told
    assert "not kept, as it quotes the article" in " ".join(run("explain", row["event_id"]).output.split())
    assert run("check").output == "0 wrong, 0 worth a look\n"
    assert "1 left as they were, their text is not stored" in run("recode", "--all").output


# --- help and bad use


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_a_description(command):
    """`--help` works for each command and says what it does."""
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "demo"])
def test_help_gives_examples(command):
    """Whoever asks for help sees how the command is used."""
    assert f"whowhom {command} " in run(command, "--help").output.partition("Examples:")[2]


def test_help_is_there_at_once():
    """`whowhom --help` loads neither DuckDB nor the model: it takes well under a second."""
    script = "import sys; from whowhom import cli; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert {"duckdb", "numpy", "onnxruntime", "pyarrow", "trafilatura"}.isdisjoint(loaded.split())


def test_version_is_printed():
    """`--version` prints the name and the version, nothing else."""
    assert re.fullmatch(r"whowhom \d+\.\d+\.\d+\S*\n", run("--version").output)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["read"], "SOURCE"),
        (["cods"], "cods"),
        (["codes", "QQQ"], "'QQQ'"),
        (["codes", "UKR", "--scheme", "fips"], "fips"),
        (["codes", "UKR", "--on", "soon"], "'soon'"),
        (["code", "--nonsense", "x"], "--nonsense"),
        (["code", "x.txt", "-o", "x.docx"], "x.docx"),
        (["code", "x.txt", "-o", "no/such/folder/x.csv"], "no/such/folder/x.csv"),
        (["code", "x.txt", "--format", "table"], "table"),
        (["events", "--store", "missing.duckdb"], "missing.duckdb"),
        (["explain", "abc", "--store", "missing.duckdb"], "missing.duckdb"),
        (["read", "x.txt", "--store", "x.txt"], "x.txt"),
        (["read", "x.txt", "--store", "."], "folder"),
        (["evaluate", "missing.jsonl"], "missing.jsonl"),
        (["events", "--limit", "-1"], "--limit"),
        (["who", " "], "words are empty"),
        (["who", "Mr. Putin", "--on", "soon"], "'soon'"),
        (["who", "Mr. Putin", "--people", "missing.csv"], "missing.csv"),
        (["where", ""], "words are empty"),
        (["when", "on Friday", "--published", "2024-02-30"], "'2024-02-30'"),
        (["check-people", "x.txt"], "expected 'name,names,country"),
    ],
)
def test_bad_use_is_one_clear_line_and_exit_code_2(folder, arguments, told):
    """The line repeats what was wrong; there is no traceback and nothing on standard output."""
    (folder / "x.txt").write_text(EXPULSION, encoding="utf-8")
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("whowhom: ")
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--from", "yesterday"], "yesterday"),
        (["--to", "2024-02-30"], "2024-02-30"),
        (["--certainty", "surely"], "surely"),
        (["--actor", ""], "actor"),
        (["--type", "meeting"], "MEETING"),
        (["--mode", "dance"], "dance"),
    ],
)
def test_condition_that_nothing_can_meet_is_refused(desk, arguments, told):
    """A misspelt condition is an error, not an empty answer."""
    result = run("events", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr.lower() or told in result.stderr
    assert result.stderr.count("\n") == 1


def test_debug_shows_the_traceback(folder):
    """With --debug, and only then, an error comes as Python raises it."""
    assert isinstance(run("events", "--debug").exception, whowhom.store.StoreError)
    assert isinstance(run("--debug", "events").exception, whowhom.store.StoreError)
    assert "Traceback" not in run("events").output


def test_error_message_steers_no_terminal(folder):
    """Escape sequences of a file name do not reach the terminal."""
    result = run("explain", "abc", "--store", "a\x1b[31mb.duckdb")
    assert "\x1b" not in result.output


# --- dyads


@pytest.fixture
def pairs(folder):
    """A folder with a store in which Korea accuses Korea in May and June, and one answers in June."""
    with whowhom.store.open("whowhom.duckdb") as kept:
        answer = {"event": "THREATEN", "actor": ["PRK"], "recipient": ["KOR"]}
        kept.add(
            [
                make_article("a", "2024-05-06", accuse(), accuse()),
                make_article("b", "2024-07-06", accuse(), answer),
            ]
        )
    return folder


def test_dyads_are_shown_as_a_table_with_zeros(pairs):
    """One line a month; no month is left out, and who acted towards whom has an arrow."""
    result = run("dyads", "--pair", "KOR", "PRK")
    lines = [line.split() for line in result.stdout.splitlines()[2:]]
    assert [(line[0], line[1:4], line[4]) for line in lines] == [
        ("2024-05", ["KOR", "→", "PRK"], "2"),
        ("2024-06", ["KOR", "→", "PRK"], "0"),
        ("2024-07", ["KOR", "→", "PRK"], "1"),
    ]


def test_dyads_table_shows_incidents_where_they_were_built(pairs):
    """Events, copies among them and incidents stand side by side."""
    with whowhom.store.open("whowhom.duckdb") as kept:
        kept.build_incidents()
    result = run("dyads", "--pair", "PRK", "KOR", "--by", "year")
    assert "events  copies  incidents" in result.stdout
    assert re.search(r"^2024 +PRK → KOR +1 +0 +1 ", result.stdout, re.M)


@pytest.mark.parametrize(
    ("arguments", "n_rows"),
    [
        ([], 6),
        (["--pair", "KOR", "PRK"], 3),
        (["--pair", "KOR PRK", "--both"], 6),
        (["--pair", "kor", "prk", "--pair", "USA", "PRK"], 6),
        (["--by", "year"], 2),
        (
            ["--by", "month", "--from", "2024-06-01", "--to", "2024-06-30", "--both", "--pair", "KOR", "PRK"],
            2,
        ),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_dyads_are_written_in_every_format(pairs, arguments, n_rows, suffix):
    """The suffix decides; columns and rows are the same in each."""
    import duckdb

    result = run("dyads", *arguments, "-o", f"out.{suffix}")
    assert (result.exit_code, result.stdout) == (0, "")
    reader = "read_json" if suffix == "jsonl" else f"read_{suffix}"
    rows = duckdb.connect().sql(f"FROM {reader}('out.{suffix}')")
    assert rows.columns == [column.name for column in series.COLUMNS]
    assert len(rows) == n_rows


def test_dyads_are_what_python_gives(pairs):
    """Command and function share words and defaults."""
    printed = run("dyads", "--pair", "KOR", "PRK", "--format", "jsonl").stdout.splitlines()
    table = whowhom.dyads("whowhom.duckdb", pairs=[("KOR", "PRK")]).to_arrow_table()
    assert [json.loads(line) for line in printed] == json.loads(json.dumps(table.to_pylist(), default=str))


def test_dyads_of_a_store_without_articles_are_none(folder):
    """Nothing to show is said, and no error."""
    whowhom.store.open("whowhom.duckdb").close()
    result = run("dyads")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no articles of these days" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--pair", "KOR"], "A pair is two codes"),
        (["--pair", "KOR", "--both"], "A pair is two codes"),
        (["--pair", "KOR", "NRK"], "No state or body has the code 'NRK'"),
        (["--pair", "KOR", "PRK", "USA"], "USA"),
        (["--by", "decade"], "decade"),
        (["--from", "2024-02-30"], "2024-02-30"),
        (["-o", "out.xlsx"], "out.xlsx"),
    ],
)
def test_question_about_dyads_that_makes_no_sense_is_refused(pairs, arguments, told):
    """One line that repeats what was wrong; no file is made."""
    result = run("dyads", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert sorted(path.name for path in pairs.iterdir()) == ["whowhom.duckdb"]


# --- code


def test_code_writes_one_line_an_article_in_order(folder):
    """Broken, foreign and empty lines stop nothing; each keeps its place, with its reason."""
    corpus = folder / "corpus.jsonl"
    lines = [json.dumps({"id": "a", "text": EXPULSION}), "no json", json.dumps({"id": "c", "text": GERMAN}),
             json.dumps({"id": "d", "text": " "}), json.dumps({"id": "e", "text": EXPULSION})]  # fmt: skip
    corpus.write_text("\n".join(lines), encoding="utf-8")
    result = run("code", corpus)
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [one["id"] for one in records] == ["a", f"{corpus}:2", "c", "d", "e"]
    stages = [one["skipped"] and one["skipped"]["stage"] for one in records]
    assert stages == [None, "read", "language", "read", None]


def test_code_says_on_standard_error_what_was_skipped(folder):
    """Standard output holds records only; the closing line and the reasons are beside it."""
    result = run("code", write_lines(folder / "corpus.jsonl", {"text": EXPULSION}, {"text": GERMAN}))
    assert "German" in result.stderr
    assert re.search(r"^1 article, \d+ events?, 1 skipped, [\d.,]+ articles per second$", result.stderr, re.M)
    assert len(result.stdout.splitlines()) == 2


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_code_writes_the_format_that_the_suffix_names(folder, suffix):
    """With -o the file holds the events, and standard output is empty."""
    (folder / "x.txt").write_text(EXPULSION, encoding="utf-8")
    result = run("code", "x.txt", "-o", f"out.{suffix}")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (folder / f"out.{suffix}").stat().st_size > 0


def test_code_reads_standard_input(folder):
    """ "-" is standard input."""
    result = run("code", "-", input=EXPULSION)
    assert json.loads(result.stdout)["events"]


def test_nothing_usable_is_exit_code_1(folder):
    """A run of which nothing came fails, and says why."""
    result = run("code", "missing.txt")
    assert result.exit_code == 1
    assert "missing.txt" in result.stderr
    assert run("read", "missing.txt").exit_code == 1


def test_closed_pipe_ends_quietly(folder):
    """`whowhom code corpus.jsonl | head -1` leaves no message about the pipe."""
    corpus = write_lines(folder / "corpus.jsonl", *({"text": EXPULSION * 20} for _ in range(300)))
    program = start("code", corpus)
    assert json.loads(program.stdout.readline())
    program.stdout.close()
    errors = program.stderr.read()
    program.stderr.close()
    assert program.wait(60) == 0
    assert "Traceback" not in errors
    assert "pipe" not in errors.lower()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is no signal that a test can send there")
def test_ctrl_c_keeps_what_was_coded(folder):
    """Interrupted, `read` ends with 130, says so in a line, and the store holds what was coded."""
    program = start("read", "-", stdin=subprocess.PIPE)
    for _ in range(600):
        program.stdin.write(json.dumps({"text": EXPULSION + " " * _}) + "\n")
    program.stdin.flush()
    deadline = time.monotonic() + 30
    while not _count_articles(folder / "whowhom.duckdb") and time.monotonic() < deadline:
        time.sleep(0.2)
    program.send_signal(signal.SIGINT)
    errors = program.communicate(timeout=60)[1]
    assert program.returncode == 130, errors
    assert "Traceback" not in errors
    assert errors.endswith("kept\n")
    with whowhom.store.open(folder / "whowhom.duckdb", read_only=True) as kept:
        assert kept.counts().n_articles > 0


def _count_articles(path):
    # DuckDB lets nobody look while another program writes; the log beside the file grows with the
    # first batch that is kept.
    log = path.with_name(path.name + ".wal")
    return path.exists() and (
        path.stat().st_size > 2_000_000 or (log.exists() and log.stat().st_size > 20_000)
    )


# --- read


def test_read_shows_a_table_and_a_closing_line(folder):
    """The events come as a table, then how many articles, events and Skips there were."""
    corpus = write_lines(
        folder / "corpus.jsonl", {"text": EXPULSION, "published": "2018-03-26"}, {"text": ""}
    )
    result = run("read", corpus)
    assert result.exit_code == 0
    assert re.search(r"^2018-03-26 +SANCTION ", result.stdout, re.M)
    assert re.search(r"\*.*expelled.*\*", result.stdout)
    assert "corpus.jsonl:2: text is empty" in result.stdout
    assert re.search(r"^1 article, \d+ events?, 1 skipped", result.stdout, re.M)
    assert (folder / "whowhom.duckdb").exists()


def test_reading_again_changes_nothing_and_succeeds(folder):
    """The second run finds nothing new, which is no failure."""
    (folder / "x.txt").write_text(EXPULSION, encoding="utf-8")
    run("read", "x.txt", "--store", "desk.duckdb")
    again = run("read", "x.txt", "--store", "desk.duckdb")
    assert again.exit_code == 0
    assert "already in the store" in again.stdout
    assert "0 articles, 0 events, 1 skipped" in again.stdout


def test_read_shows_at_most_limit_rows(folder):
    """Beyond --limit the events are counted, and the way to see them is told."""
    corpus = write_lines(folder / "corpus.jsonl", *({"text": EXPULSION + " " * n} for n in range(3)))
    result = run("read", corpus, "--limit", "1", "--store", "desk.duckdb")
    assert len(re.findall(r"\*.*expelled.*\*", result.stdout)) == 1
    assert re.search(r"and \d+ more: whowhom events --store desk.duckdb", result.stdout)


def test_piped_output_has_no_colours(folder):
    """Without a terminal there is not one escape sequence."""
    (folder / "x.txt").write_text(EXPULSION, encoding="utf-8")
    output, errors = start("read", "x.txt", cwd=folder).communicate(timeout=60)
    assert "SANCTION" in output
    assert "\x1b" not in output + errors


def test_terminal_that_knows_only_ascii_gets_question_marks(folder):
    """A terminal without "→" or "…" does not end the run."""
    (folder / "x.txt").write_text(EXPULSION.replace("diplomats", "diplomats\u202e“”"), encoding="utf-8")
    program = start("read", "x.txt", cwd=folder, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    output, errors = program.communicate(timeout=60)
    assert (program.returncode, errors) == (0, "")
    assert "SANCTION" in output


# --- events and explain


def test_events_are_shown_as_a_table(desk):
    """Without -o or --format the store's events come as the table of `read`."""
    result = run("events")
    assert result.exit_code == 0
    assert "CONSULT" in result.stdout
    assert "*arrived*" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "n_events"),
    [
        ([], 2),
        (["--type", "consult"], 1),
        (["--type", "CONSULT", "--type", "CONCEDE", "--type", "RETREAT"], 2),
        (["--actor", "Ana Bell"], 1),
        (["--place", "Graustark", "--type", "CONSULT"], 1),
        (["--from", "2031-03-07", "--to", "2031-03-07"], 1),
        (["--to", "1999-12-31"], 0),
        (["--limit", "1"], 1),
    ],
)
def test_events_meet_every_condition(desk, arguments, n_events):
    """Conditions narrow the answer; one given twice takes either value."""
    result = run("events", *arguments, "--format", "csv")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1 + n_events


def test_events_can_be_written_in_every_format(desk):
    """JSONL, CSV and Parquet hold the same events, the latter two under the documented columns."""
    for suffix in ("jsonl", "csv", "parquet"):
        assert run("events", "-o", f"out.{suffix}").exit_code == 0
    from pyarrow import parquet

    ids = parquet.read_table(desk / "out.parquet").column("event_id").to_pylist()
    (record,) = map(json.loads, (desk / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert sorted(ids) == sorted(event["id"] for event in record["events"])
    header = (desk / "out.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.split(",") == [column.name for column in COLUMNS]


def test_no_event_found_is_said_and_no_failure(desk):
    """An empty answer is an answer."""
    result = run("events", "--to", "1999-12-31")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no event" in result.stderr


def test_explain_shows_the_marked_sentence_and_the_evidence(desk):
    """The beginning of an id is enough; each field has its value and how it was reached."""
    result = run("explain", "a1-visit")
    assert result.exit_code == 0
    assert "[trigger: arrived]" in result.stdout
    assert "Bell in Graustark" in result.stdout
    assert "how it was reached" in result.stdout


@pytest.mark.parametrize("event_id", ["nonsense", "a1-", "%", ""])
def test_explain_of_no_or_several_events_is_refused(desk, event_id):
    """An unknown id, and the beginning of several, are told in one line."""
    result = run("explain", event_id)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


# --- evaluate and demo


def test_evaluate_prints_the_figures_of_the_gold(folder):
    """A gold file whose rows have texts is enough: they are coded and compared."""
    gold = {
        "id": "a", "text": EXPULSION, "published": "2018-03-26",
        "events": [{"event": "SANCTION", "actor": [{"country": "USA"}], "recipient": [{"country": "RUS"}]}],
    }  # fmt: skip
    result = run("evaluate", write_lines(folder / "gold.jsonl", gold))
    assert result.exit_code == 0
    assert result.stdout.startswith("1 articles, 1 gold records, ")
    assert re.search(r"^who-whom +P \d\.\d{3}  R 1\.000  F1 ", result.stdout, re.M)


def test_evaluate_finds_the_articles_beside_the_gold(folder):
    """Records and texts may lie in two files, as gold.jsonl and articles.jsonl."""
    write_lines(folder / "articles.jsonl", {"id": "a", "text": EXPULSION}, {"id": "other", "text": EXPULSION})
    result = run("evaluate", write_lines(folder / "gold.jsonl", {"id": "a", "events": []}))
    assert result.stdout.startswith("1 articles, 0 gold records, ")


def test_evaluate_without_texts_is_bad_use(folder):
    """Where the articles are not to be found, the message says what is looked for."""
    result = run("evaluate", write_lines(folder / "gold.jsonl", {"id": "a", "events": []}))
    assert result.exit_code == 2
    assert "articles.jsonl" in result.stderr


@pytest.mark.skipif(not SHARED_SCORE.exists(), reason="needs ../shared/tools/score.py and ../shared/gold/dev")
def test_evaluate_prints_what_the_reference_scorer_prints(folder):
    """On the first articles of the dev gold both give the same lines."""
    gold = (SHARED_GOLD / "gold.jsonl").read_text(encoding="utf-8").splitlines()[:4]
    (folder / "gold.jsonl").write_text("\n".join(gold) + "\n", encoding="utf-8")
    ids = {json.loads(line)["id"] for line in gold}
    articles = (SHARED_GOLD / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in articles if json.loads(line)["id"] in ids]
    (folder / "articles.jsonl").write_text("\n".join(kept) + "\n", encoding="utf-8")
    run("code", "articles.jsonl", "-o", "coded.jsonl")
    reference = subprocess.run(
        [sys.executable, SHARED_SCORE, "gold.jsonl", "coded.jsonl"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run("evaluate", "gold.jsonl").stdout == reference.stdout


def test_demo_leaves_no_file_and_tells_what_to_try(folder):
    """The demo needs nothing, writes nothing, and ends with three things to try."""
    result = run("demo")
    assert result.exit_code == 0
    assert result.stdout.startswith("day ")
    assert re.search(r"^12 articles, \d+ events, none skipped", result.stdout, re.M)
    assert len(re.findall(r"^  .*\bwhowhom ", result.stdout, re.M)) == 3
    assert list(folder.iterdir()) == []


def test_what_the_demo_tells_to_try_works(folder):
    """Its commands run one after the other as they stand there; the one that fetches is not tried."""
    commands = re.findall(r"^  (.*\bwhowhom .*)$", run("demo").stdout, re.M)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for command in [one for one in commands if "https:" not in one]:
        tried = subprocess.run(
            ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
        )
        assert tried.returncode == 0, tried.stderr


def test_scoring_module_names_the_levels_that_are_printed():
    """The levels of the figures are the four of the documentation."""
    assert tuple(scoring.LEVELS) == ("type", "who", "who-whom", "record")


# --- who, where, when


def test_who_tells_name_office_and_evidence():
    """A person sees one field a line; a program gets the same as JSON."""
    shown = run("who", "President Yoon", "--on", "2024-11-30")
    assert shown.exit_code == 0
    assert re.search(r"^name +Yoon Suk-yeol", shown.stdout, re.M)
    assert re.search(r"^evidence ", shown.stdout, re.M)
    (told,) = json.loads(run("who", "President Yoon", "--on", "2024-11-30", "--json").stdout)
    assert (told["country"], told["sector"], told["office_to"]) == ("KOR", ["GOV"], "2025-04-04")
    unknown = run("who", "some people")
    assert re.search(r"^name +not known", unknown.stdout, re.M)


def test_codes_tells_all_codes_of_a_state_and_what_to_beware_of(folder):
    """A number is read as both lists have it; without a day today counts."""
    shown = run("codes", "345", "--on", "1999-03-24").stdout
    assert re.search(r"^iso3 +YUG *$", shown, re.M)
    assert re.search(r"^warning +COW 345 is Yugoslavia until 2003-02-04", shown, re.M)
    cow, gw = json.loads(run("codes", "970", "--json").stdout)
    assert (cow["name"], cow["cow"], gw["name"], gw["gw"]) == ("Nauru", 970, "Kiribati", 970)
    (told,) = json.loads(run("codes", "970", "--scheme", "gw", "--json").stdout)
    assert told == gw
    assert re.search(r"^until +none *$", run("codes", "ua").stdout, re.M)


def test_where_and_when_take_what_stands_around():
    """Context decides between namesakes, the day of publication between weeks."""
    (place,) = json.loads(
        run("where", "Tripoli", "--in", "Lebanon's army sent soldiers north.", "--json").stdout
    )
    assert place["country"] == "LBN"
    (days,) = json.loads(run("when", "last Friday", "--published", "2024-11-30", "--json").stdout)
    assert days["first"] == days["last"] == "2024-11-29"


def test_people_of_ones_own_are_checked_and_used(folder):
    """A right table is used; what is wrong in another is told line by line, with exit code 1."""
    header = "name,names,country,body,office,sectors,from,to,basis\n"
    (folder / "mine.csv").write_text(
        header + "Ada Quist,Quist,DNK,,envoy,GOV,2001,,a list\n", encoding="utf-8"
    )
    told = start("who", "Ada Quist", "--on", "2005-01-01", "--people", "mine.csv", "--json", cwd=folder)
    assert json.loads(told.communicate()[0])[0]["country"] == "DNK"
    assert run("check-people", "mine.csv").exit_code == 0
    (folder / "bad.csv").write_text(header + "Ada Quist,,DEN,,envoy,GOV,2001,,a list\n", encoding="utf-8")
    result = run("check-people", "bad.csv")
    assert result.exit_code == 1
    assert result.stdout.startswith("line 2: wrong: country 'DEN' is in no table")


def test_words_steer_no_terminal():
    """What is asked comes back without control characters."""
    assert "\x1b" not in run("who", "a\x1b[31mb").output


def test_correct_changes_the_event_and_says_how(desk):
    """Field by field, with the id by which it can be undone."""
    changed = run("correct", "a1-visit", "--set", "day=2031-03-06", "--set", "killed=2", "--who", "Ana Bell")
    assert changed.exit_code == 0
    assert "set CONSULT 'arrived' (a1-visit)" in changed.stdout
    assert "date: 2031-03-07 → 2031-03-06, killed: none → 2" in changed.stdout
    id = re.search(r"correction (\w+)", changed.stdout)[1]
    assert "2031-03-06" in run("explain", "a1-visit").stdout
    assert run("correct", "--undo", id[:8], "--who", "Tor Lund").exit_code == 0
    listed = run("corrections").stdout.splitlines()
    assert len(listed) == 2
    assert listed[0].endswith("undone")
    assert "Tor Lund · undo CONSULT 'arrived' (a1-visit) · date: 2031-03-06 → 2031-03-07" in listed[1]
    assert [one["stands"] for one in json.loads(run("corrections", "--json").stdout)] == [False, True]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a1-visit", "--set", "day"], "'day' is not FIELD=VALUE"),
        (["a1-visit", "--set", "type=VISIT"], "'VISIT' is no PLOVER type"),
        (["a1-visit"], "Give an event and one of set, accept, wrong"),
        (["a1-visit", "--accept", "--wrong"], "Give an event and one of set, accept, wrong"),
        (["zz", "--accept"], "has an id that begins with 'zz'"),
        (["--undo", "zz"], "No correction has an id that begins with 'zz'"),
        (["a1-visit", "--accept", "--store", "none.duckdb"], "There is no store at 'none.duckdb'"),
    ],
)
def test_correction_that_cannot_be_is_bad_use(desk, arguments, message):
    """One line on what is wrong, and the exit code for bad use."""
    refused = run("correct", *arguments)
    assert refused.exit_code == cli.BAD_USE
    assert message in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_gold_of_corrections_is_written_for_evaluate(desk):
    """Once every event of the article was decided on."""
    run("correct", "a1-visit", "--accept")
    run("correct", "a1-withdrawal", "--wrong")
    written = run("corrections", "--gold", "-o", "gold.jsonl")
    assert "1 article of which every event was decided on, 1 event" in written.stderr
    assert "who-whom" in run("evaluate", "gold.jsonl").stdout


def test_recode_tells_what_came_of_it(desk):
    """Articles of another version are coded again, and corrected events are kept."""
    run("correct", "a1-visit", "--accept")
    with whowhom.store.open("whowhom.duckdb") as kept:
        kept.replace_coding([make_coded("a1")], coder="whowhom 0.0.1")
    assert run("recode").stdout == "1 article coded again, 1 changed, 0 as before, 1 corrected event kept\n"
    assert run("recode").stdout == "0 articles coded again, 0 changed, 0 as before\n"
    assert run("recode", "--from", "2031-13-01").exit_code == cli.BAD_USE


# --- network


@pytest.fixture
def joined(folder):
    """A folder with a store whose incidents are built: one deed of one state to another."""
    with whowhom.store.open("whowhom.duckdb") as kept:
        kept.add(whowhom.code_many([Article("a1", EXPULSION, published=date(2018, 3, 26))]))
        kept.build_incidents()
    return folder


def test_network_shows_actors_with_their_measures(joined):
    """One row an actor, and how many there are of all."""
    result = run("network")
    assert result.exit_code == 0
    assert "United States (USA)" in result.output
    assert "2 actors, 1 edges" in result.output


@pytest.mark.parametrize("suffix", ["gexf", "graphml"])
def test_network_is_written_by_its_suffix_or_format(joined, suffix):
    """To a file, and the same to standard output."""
    assert run("network", "-o", f"record.{suffix}").output == ""
    assert run("network", "--format", suffix).stdout == (joined / f"record.{suffix}").read_text("utf-8")


def test_network_without_actors_says_so(joined):
    """An empty table would look like a mistake."""
    result = run("network", "--from", "2024-01-01")
    assert result.exit_code == 0
    assert "no incidents between actors" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-o", "record.csv"), "Known: .gexf, .graphml"),
        (("--type", "HUG"), "is no PLOVER type"),
        (("--from", "June"), "names no day"),
        (("--min-independent", "0"), "--min-independent"),
    ],
)
def test_network_names_what_cannot_be_asked(joined, arguments, words):
    """In one line, with exit code 2."""
    result = run("network", *arguments)
    assert result.exit_code == cli.BAD_USE
    assert words in result.output
