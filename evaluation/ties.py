"""How many ties and pledges come out as expected of reports written for it, and how fast they are asked.

    python evaluation/ties.py [--wrong]
    python evaluation/ties.py --events 1000000

Reads the scenarios of tests/cases/scenario with the coder of the package, joins incidents, asks for the
ties and pledges that the files of expected answers name, and prints how many are right. The first
scenario was at hand when the rules were written; the second was written after them, and docs/ties.md
tells how many were right before anything was changed for it.

With --events it makes a store of synthetic reports instead and prints how long questions take.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from whowhom import api
from whowhom import store as stores

CASES = Path(__file__).parents[1] / "tests" / "cases" / "scenario"
SCENARIOS = {
    "first": ("reports.jsonl", "expected.jsonl"),
    "second": ("reports.second.jsonl", "expected.second.jsonl"),
    "third": ("reports.third.jsonl", "expected.third.jsonl"),
}

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def fill_store(reports: Iterable[Mapping[str, Any]]) -> stores.Store:
    """Return a store in memory that has read these reports."""
    store = stores.open(":memory:")
    store.add(api.code_many(reports))
    store.build_incidents()
    return store


def check(store: stores.Store, expected: Mapping[str, Any]) -> tuple[bool, list[Row]]:
    """Return whether a store answers as expected, and what it answers."""
    days = {"as_of": expected["as_of"], "known": expected.get("known") or expected["as_of"]}
    if expected["ask"] == "tie":
        sides = (expected["one"], expected["other"])
        relation = store.ties(between=sides, kind=expected["tie"], **days)
    else:
        relation = store.pledges(by=expected["one"], to=expected["other"], kind=expected["kind"], **days)
    rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    rows = [row for row in rows if "name" not in expected or expected["name"] in (row["name"] or "")]
    if expected["state"] is None:
        return not any(not row.get("doubtful") for row in rows), rows
    return any(_is_as_expected(row, expected) for row in rows), rows


def _is_as_expected(row: Row, expected: Mapping[str, Any]) -> bool:
    states = expected["state"] if isinstance(expected["state"], list) else [expected["state"]]
    same = all(
        str(row[key]) == str(expected[key])
        for key in ("holds", "doubtful", "deadline", "since", "deed", "candidate")
        if key in expected
    )
    return row["state"] in states and same and bool(row.get("denied_by")) >= expected.get("disputed", False)


def print_shares(*, wrong: bool) -> None:
    """Print for each scenario how many answers are as expected."""
    for name, (reports, answers) in SCENARIOS.items():
        store = fill_store(read_rows(CASES / reports))
        rows = read_rows(CASES / answers)
        n_right: dict[str, int] = {"tie": 0, "pledge": 0}
        for row in rows:
            is_right, found = check(store, row)
            n_right[row["ask"]] += is_right
            if wrong and not is_right:
                shown = [
                    {
                        key: one[key]
                        for key in (
                            "tie",
                            "kind",
                            "name",
                            "state",
                            "doubtful",
                            "candidate",
                            "deed",
                            "deadline",
                            "holds",
                        )
                        if key in one
                    }
                    for one in found
                ]
                print(f"  expected {json.dumps(row)}\n  found    {json.dumps(shown, default=str)}")
        counts = {ask: sum(row["ask"] == ask for row in rows) for ask in n_right}
        said = ", ".join(f"{n_right[ask]} of {n} {ask}s" for ask, n in counts.items())
        print(f"{name} scenario: {sum(n_right.values())} of {len(rows)} answers right ({said})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--wrong", action="store_true", help="show the answers that are not as expected")
    arguments = parser.parse_args()
    print_shares(wrong=arguments.wrong)


if __name__ == "__main__":
    main()
