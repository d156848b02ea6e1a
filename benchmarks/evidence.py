"""The life of a period of twenty thousand people: what each step costs beside one evaluation of the same data.

``python -m benchmarks.evidence 2000`` runs it with so many people.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.million import write_people, write_tickets
from benchmarks.timing import COMMAND, Timing, run

PEOPLE, TICKETS_EACH, SHEETS = 20_000, 10, 1_000
HERE = Path(__file__).parent
WHOSE = ("evidence", "2026-Q1")


def evidence(people: int = PEOPLE) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place, late = Path(folder) / "workspace", Path(folder) / "late.csv"
        corrected = prepared(Path(folder), place, people, late)

        def kaohe(*words: str, by: str = "ann") -> Timing:
            return run(COMMAND, "--workspace", str(place), "--as", by, *words)

        evaluate = ("evaluate", "evidence", "--period", WHOSE[1], "--format", "csv")
        first, base = kaohe(*evaluate), kaohe(*evaluate)
        sheets = [f"P{number:05d}" for number in range(min(SHEETS, people))]
        steps = {"evaluate, the first time: with the snapshot": first, "evaluate": base}
        for step in ("open", "freeze", "calculate", "submit"):
            steps[f"period {step}"] = kaohe("period", step, *WHOSE)
        steps["period approve, the first of two"] = kaohe("period", "approve", *WHOSE, by="bob")
        steps["period approve, the last: verifies"] = kaohe("period", "approve", *WHOSE, by="cho")
        steps["period pay: verifies"] = kaohe("period", "pay", *WHOSE, by="dan")
        steps["period close"] = kaohe("period", "close", *WHOSE, by="dan")
        number = "1"
        steps["run verify"] = kaohe("run", "verify", number)
        steps["explain, one person with records"] = kaohe("explain", number, sheets[7], "--records")
        made = str(Path(folder) / "statements")
        steps[f"statement make, {len(sheets):,} in HTML"] = kaohe(
            "statement", "make", number, *sheets, "--format", "html", "--output", made
        )
        kaohe("records", "import", "ticket", str(late), "--update")
        steps[f"period restate, {corrected:,} corrected records"] = kaohe(
            "period", "restate", *WHOSE, "--reason", "late"
        )
        kaohe("period", "restate", "--approve", "1", by="bob")
        steps["period restate --approve, the last: posts"] = kaohe("period", "restate", "--approve", "1", by="cho")
        steps["audit verify"] = kaohe("audit", "verify")
    print(f"\n{people:,} people, {people * TICKETS_EACH:,} tickets, 10 indicators, quotas in 400 teams, one pool")
    print("\n| | processor s | beside evaluate |\n|---|---:|---:|")
    for name, timing in steps.items():
        print(f"| {name} | {timing.processor:.2f} | {timing.processor / base.processor:.2f} |")


def prepared(folder: Path, place: Path, people: int, late: Path) -> int:
    """A workspace with everything imported, and a file of corrections beside it; how many those are."""
    write_people(folder / "people.csv", people)
    write_tickets(folder / "tickets.csv", people, people * TICKETS_EACH)
    corrected = write_corrections(folder / "tickets.csv", late, people // 4)
    run(COMMAND, "init", str(place))
    shutil.copy(HERE / "evidence.toml", place / "schemes")
    at = ("--workspace", str(place))
    run(COMMAND, *at, "people", "import", str(folder / "people.csv"))
    run(COMMAND, *at, "records", "import", "ticket", str(folder / "tickets.csv"))
    return corrected


def write_corrections(tickets: Path, late: Path, most: int) -> int:
    """Tickets said to be unanswered that were answered at once: one each of so many people at most; how many."""
    owners: set[str] = set()
    with tickets.open(encoding="utf-8", newline="") as source, late.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(file, rows.fieldnames or ())
        writer.writeheader()
        for row in rows:
            if (
                len(owners) < most
                and not row["responded_at"]
                and row["opened_at"] >= "2026"
                and row["owner"] not in owners
            ):
                owners.add(row["owner"])
                writer.writerow({**row, "responded_at": row["opened_at"]})
    return len(owners)


if __name__ == "__main__":
    evidence(*(int(people) for people in sys.argv[1:2]))
