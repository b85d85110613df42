"""The measure of `whowhom evaluate`: what counts as right, and the same figures as the reference."""

import copy
import importlib.util
import json
import random
from pathlib import Path

import pytest

from whowhom.scoring import LEVELS, describe_figures, pair_records, reached_levels, score

SHARED = Path(__file__).parents[2] / "shared"
REFERENCE = SHARED / "tools" / "score.py"
GOLD = SHARED / "gold" / "dev" / "gold.jsonl"
needs_shared = pytest.mark.skipif(
    not (REFERENCE.exists() and GOLD.exists()), reason="needs ../shared/tools/score.py and ../shared/gold/dev"
)


def make_record(**changes):
    record = {
        "event": "CONSULT",
        "trigger": {"text": "met", "start": 10, "end": 13},
        "actor": [{"country": "RUS", "sector": ["GOV"]}],
        "recipient": [{"country": "PRK", "sector": ["GOV"]}],
        "location": {"country": "PRK"},
        "date": {"first": "2024-11-29", "last": "2024-11-29"},
        "source": {"kind": "author"},
        "aux": [],
    }
    return record | changes


def test_gold_scored_with_itself_is_right_in_everything():
    """Every level and attribute is 1."""
    gold = {"a": [make_record(), make_record(event="AID", recipient=[])], "b": []}
    figures = score(gold, gold)
    assert all(figures[level] == {"precision": 1.0, "recall": 1.0, "f1": 1.0} for level in LEVELS)
    assert set(figures["attributes"].values()) == {1.0}


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, "record"),
        ({"actor": [{"country": "CHN"}]}, "type"),
        ({"actor": [{"country": "CHN"}, {"country": "rus"}]}, "record"),
        ({"actor": [{"sector": ["GOV"]}]}, "type"),
        ({"recipient": []}, "who"),
        ({"recipient": [{"country": "PRK", "sector": "MIL"}]}, "record"),
        ({"location": None}, "who-whom"),
        ({"date": {"first": "2024-11-28", "last": "2024-11-29"}}, "who-whom"),
        ({"date": {"first": "no day"}}, "who-whom"),
        ({"aux": ["future"]}, "who-whom"),
        ({"source": {"kind": "named", "country": "KOR"}}, "who-whom"),
        ({"mode": ["visit"], "certainty": "possible"}, "record"),
    ],
)
def test_each_level_asks_for_more(changes, level):
    """A pair reaches every level up to the first that finds a difference."""
    assert reached_levels(make_record(), make_record(**changes))[-1] == level


def test_sector_tells_sides_of_one_country_apart():
    """Police against protesters of the same country is not protesters against police."""
    police, people = {"country": "KEN", "sector": ["COP"]}, {"country": "KEN", "sector": ["CVL"]}
    gold = make_record(actor=[police], recipient=[people])
    swapped = make_record(actor=[people], recipient=[police])
    assert reached_levels(gold, gold)[-1] == "record"
    assert reached_levels(gold, swapped) == ("type",)


def test_vague_gold_day_is_met_by_any_day_within_it():
    """A span of a week or more needs an overlap only; a shorter one needs the same days."""
    month = make_record(date={"first": "2024-11-01", "last": "2024-11-30"})
    assert reached_levels(month, make_record())[-1] == "record"
    assert reached_levels(make_record(), month)[-1] == "who-whom"


def test_records_are_paired_with_the_most_alike_each_once():
    """The coder's order does not matter, and a second copy of a record finds nothing left."""
    first, second = make_record(), make_record(actor=[{"country": "CHN"}])
    pairs = pair_records([first, second], [second, copy.deepcopy(second), first])
    assert [(gold["actor"], coded["actor"]) for gold, coded in pairs] == [
        (first["actor"], first["actor"]),
        (second["actor"], second["actor"]),
    ]


def test_article_that_was_not_coded_lowers_recall_only():
    """It counts as one without events."""
    figures = score({"a": [make_record()], "b": [make_record()]}, {"a": [make_record()]})
    assert figures["who-whom"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667}


def test_coded_article_that_the_gold_lacks_is_refused():
    """Its rows would count as wrong though nobody has judged them."""
    with pytest.raises(ValueError, match="1 coded articles are not in the gold, the first is 'x'"):
        score({"a": []}, {"x": []})


def load_reference():
    spec = importlib.util.spec_from_file_location("reference_score", REFERENCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_gold():
    rows = map(json.loads, GOLD.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["events"] for row in rows}


def disturb(gold, seed, rate):
    """Return records such as a coder that errs at `rate` might have given."""
    chance = random.Random(seed)
    everyone = [one for records in gold.values() for record in records for one in record["actor"]]
    disturbed = {}
    for id, records in gold.items():
        coded = [disturb_record(copy.deepcopy(one), chance, rate, everyone) for one in records]
        coded += [copy.deepcopy(one) for one in coded if chance.random() < rate]
        chance.shuffle(coded)
        disturbed[id] = [one for one in coded if chance.random() > rate / 3]
    return {id: coded for id, coded in disturbed.items() if chance.random() > rate / 10}


def disturb_record(record, chance, rate, everyone):
    def errs():
        return chance.random() < rate

    for role in ("actor", "recipient"):
        kept = [one for one in record[role] if not errs()]
        record[role] = kept + chance.sample(everyone, 1) * errs()
        for one in record[role]:
            if errs():
                one = dict(one) | {chance.choice(["country", "sector", "name"]): ""}
                record[role][0] = one
    changes = {
        "event": lambda: chance.choice(["AID", "ACCUSE", "ASSAULT"]),
        "date": lambda: chance.choice(
            [None, {"first": None}, {"first": "2015-03-01", "last": "2015-03-31"}, {"first": "2015-03-04"}]
        ),
        "location": lambda: chance.choice([None, {"country": "fra"}, {"country": ""}]),
        "source": lambda: chance.choice([{}, {"kind": "unnamed"}, {"kind": "named", **everyone[0]}]),
        "aux": lambda: chance.choice([[], ["future"], ["historical", "negation"]]),
        "mode": lambda: ["visit"],
        "certainty": lambda: chance.choice(["possible", None]),
        "mentions": lambda: [{"text": "x", "start": chance.randrange(500), "end": 600}],
        "trigger": lambda: chance.choice([None, {"text": "x", "start": 3, "end": 9}]),
    }
    return record | {field: change() for field, change in changes.items() if errs()}


@needs_shared
@pytest.mark.parametrize("rate", [0.0, 0.02, 0.1, 0.3, 0.7])
@pytest.mark.parametrize("seed", range(4))
def test_figures_are_those_of_the_reference(seed, rate):
    """On gold disturbed at random, to the last digit."""
    gold = load_gold()
    coded = disturb(gold, seed, rate)
    assert score(gold, coded) == load_reference().score(gold, coded)


@needs_shared
def test_figures_are_written_in_the_words_of_the_reference(tmp_path, monkeypatch, capsys):
    """Both outputs can be laid side by side."""
    gold = load_gold()
    coded = disturb(gold, 1, 0.2)
    lines = [json.dumps({"id": id, "events": events}) + "\n" for id, events in coded.items()]
    (tmp_path / "coded.jsonl").write_text("".join(lines), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["score.py", str(GOLD), str(tmp_path / "coded.jsonl")])
    load_reference().main()
    assert capsys.readouterr().out == describe_figures(score(gold, coded)) + "\n"
