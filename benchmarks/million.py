"""A million tickets, ten thousand people, ten indicators: kaohe's evaluate beside the same figures worked out by a
hand-written DuckDB query and by a pandas script, over the same Parquet files."""

from __future__ import annotations

import csv
import json
import random
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.timing import COMMAND, Timing, anew, installed, print_table, run, side_by_side

PEOPLE, TICKETS = 10_000, 1_000_000
HERE = Path(__file__).parent
KINDS = ("consult", "complaint", "repair", "install", "maintain", "feedback")


def million(people: int = PEOPLE, tickets: int = TICKETS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "workspace"
        write_people(Path(folder) / "people.csv", people)
        write_tickets(Path(folder) / "tickets.csv", people, tickets)
        at = ("--workspace", str(place))
        run(COMMAND, "init", str(place))
        run(COMMAND, *at, "people", "import", str(Path(folder) / "people.csv"))
        loaded = run(COMMAND, *at, "records", "import", "ticket", str(Path(folder) / "tickets.csv"))
        evaluate = (COMMAND, *at, "evaluate", str(HERE / "million.toml"), "--period", "2026-Q1", "--format", "csv")
        first = run(*evaluate)
        print_table(
            "Before it",
            {"import of the CSV file": loaded, "first evaluation, with the snapshot": first},
            "first evaluation, with the snapshot",
        )
        files = sorted(str(path) for path in (place / ".kaohe" / "snapshots").glob("record_ticket/*.parquet"))
        commands = {
            "kaohe evaluate": anew(place, evaluate),
            "kaohe evaluate, with what was measured before": evaluate,
            "DuckDB by hand": (sys.executable, str(HERE / "million_duckdb.py"), *files),
        }
        if installed("pandas"):
            commands["pandas"] = (sys.executable, str(HERE / "million_pandas.py"), *files)
        timings: dict[str, Timing] = side_by_side(commands, 5)
        print_table(f"{tickets:,} tickets, {people:,} people, 10 indicators", timings, "DuckDB by hand")
        check(Path(folder), evaluate, commands["DuckDB by hand"])


def check(folder: Path, evaluate: tuple[str, ...], by_hand: tuple[str, ...]) -> None:
    """The peers compute the same: every count of every person must agree."""
    run(*evaluate[:-1], "json", output=folder / "run.json")
    run(*by_hand, output=folder / "by_hand.json")
    people = json.loads((folder / "run.json").read_text("utf-8"))["people"]
    other = json.loads((folder / "by_hand.json").read_text("utf-8"))
    differing = 0
    for person in people:
        counts = [
            [count.get("hits", count.get("total")), count["n"]]
            for indicator in person["indicators"].values()
            for count in indicator["counts"]
        ]
        differing += [number for pair in counts for number in pair] != other[person["code"]]
    print(f"\nPeople whose counts differ from the query by hand: {differing} of {len(people):,}.")
    if differing:
        sys.exit("the query by hand comes to other counts than kaohe")


def write_people(path: Path, people: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "name", "role", "team", "from", "bonus_base"])
        for number in range(people):
            team = f"T{number % 400:03d}"
            writer.writerow([f"P{number:05d}", f"Person {number}", "agent", team, "2025-01-01", "6000"])


def write_tickets(path: Path, people: int, tickets: int) -> None:
    """Deterministic tickets of one quarter and the month before it."""
    chance = random.Random(20260101)
    start = datetime(2025, 12, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "no",
                "kind",
                "owner",
                "opened_at",
                "responded_at",
                "resolved_at",
                "reopened",
                "escalated",
                "cause",
                "satisfaction",
            ]
        )
        for number in range(tickets):
            opened = start + timedelta(seconds=chance.randrange(121 * 86_400))
            responded = opened + timedelta(seconds=int(chance.expovariate(1 / 30_000)))
            resolved = responded + timedelta(seconds=int(chance.expovariate(1 / 90_000)))
            answered, solved = chance.random() < 0.97, chance.random() < 0.92
            writer.writerow(
                [
                    f"K{number:07d}",
                    chance.choice(KINDS),
                    f"P{chance.randrange(people):05d}",
                    opened.isoformat(" "),
                    responded.isoformat(" ") if answered else "",
                    resolved.isoformat(" ") if answered and solved else "",
                    int(chance.random() < 0.06),
                    "true" if chance.random() < 0.08 else "false",
                    "part" if chance.random() < 0.5 else "",
                    chance.randint(1, 10) if chance.random() < 0.6 else "",
                ]
            )
