"""The group's records through a workspace, as a company works: imported from CSV, evaluated by the command, asked what
other weights would do."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.agreement import agree
from benchmarks.group import BEST, COMPETITORS, driver
from benchmarks.group_records import PEOPLE, SHARES
from benchmarks.process import print_stages
from benchmarks.results import Goal, print_goals
from benchmarks.timing import HERE, KAOHE, Timing, anew, looked_at, print_table, run, side_by_side

TEN_MILLION = 10_000_000
PERIOD = ("--period", "2025")


def workspace(records: int = 1_000_000, rounds: int = 5, folder: Path | None = None, people: int = PEOPLE) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as made:
        place, made_here = Path(made) / "workspace", Path(made)
        imports = filled(place, made_here, records, people)
        print_imports(
            imports, {"people": people} | {name: records * share.percent // 100 for name, share in SHARES.items()}
        )
        at = (*KAOHE, "--workspace", str(place))
        evaluate = (*at, "evaluate", "group", *PERIOD, "--format", "csv")
        first = run(*evaluate)
        checked(place, made_here, records, people)
        changed = place / "schemes" / "changed.toml"
        changed.write_text(other_weights((HERE / "group.toml").read_text("utf-8")), "utf-8")
        commands = {
            "kaohe evaluate, measured anew": anew(place, evaluate),
            "kaohe evaluate, nothing changed": evaluate,
            "kaohe what-if, other weights": (*at, "what-if", str(changed), *PERIOD),
            BEST: driver(COMPETITORS[BEST], place / ".kaohe"),
        }
        shutil.rmtree(place / ".kaohe" / "values", ignore_errors=True)
        looks = {
            "`kaohe evaluate`, measured anew,": looked_at(*evaluate),
            "`kaohe what-if`": looked_at(*commands["kaohe what-if, other weights"]),
        }
        timings = {"kaohe evaluate, the first time: with the snapshot": first, **side_by_side(commands, rounds)}
    print_table(f"{records:,} records, {people:,} people, 20 indicators: whole commands", timings, BEST)
    for what, spent in looks.items():
        print_stages(what, spent)
    warm, asked = timings["kaohe evaluate, nothing changed"], timings["kaohe what-if, other weights"]
    print(f"\nWhat-if beside an evaluation of which nothing changed: {asked.wall / warm.wall:.2f}")
    print(f"\nWhat-if beside the first evaluation: {asked.wall / first.wall:.2f}")
    if records < TEN_MILLION:  # the goals are about ten million: an evaluation of fewer costs little to begin with
        return
    size = f"{people:,} people, {records:,} records"
    whole = timings["kaohe evaluate, measured anew"].wall / timings[BEST].wall
    print_goals(
        Goal(f"1. the whole command over {records:,} records, beside the whole script by hand", 1.25, whole),
        Goal(f"6. what-if, {size}, beside the first evaluation", 0.1, asked.wall / first.wall),
    )


def large(records: int = TEN_MILLION, rounds: int = 3, folder: Path | None = None, people: int = PEOPLE) -> None:
    """The same with as many records as ``group`` has."""
    workspace(records, rounds, folder, people)


def print_imports(imports: dict[str, Timing], rows: dict[str, int]) -> None:
    print("\n| import of | rows | wall s | µs a row | peak MB |\n|---|---:|---:|---:|---:|")
    for name, each in imports.items():
        each_row = each.wall / rows[name] * 1e6
        print(f"| {name} | {rows[name]:,} | {each.wall:.2f} | {each_row:.1f} | {each.peak / 1e6:.0f} |")


def filled(place: Path, folder: Path, records: int, people: int) -> dict[str, Timing]:
    """A workspace with everything imported; what each import took."""
    write = (sys.executable, "-m", "benchmarks.group_data", "--csv", "--records", str(records))
    run(*write, "--people", str(people), "--folder", str(folder))
    run(*KAOHE, "init", str(place))
    shutil.copy(HERE / "group.toml", place / "schemes")
    at, files = (*KAOHE, "--workspace", str(place)), folder / "csv"
    imports = {"people": run(*at, "people", "import", str(files / "people.csv"))}
    return imports | {name: run(*at, "records", "import", name, str(files / f"{name}.csv")) for name in SHARES}


def checked(place: Path, folder: Path, records: int, people: int) -> None:
    """What was imported is, to the last byte, what was generated; and DuckDB comes to the same figures over it."""
    direct = folder / "direct"
    run(sys.executable, "-m", "benchmarks.group_data", "--records", str(records), "--people", str(people),
        "--folder", str(direct))  # fmt: skip
    here, there = (contents(each) for each in (place / ".kaohe" / "snapshots", direct / "snapshots"))
    if here != there:
        sys.exit(f"other files than those generated: {sorted(here ^ there)[:3]}")
    ours, theirs = folder / "ours.npz", folder / "theirs.npz"
    run(*driver("group_kaohe", direct), "--figures", str(ours), hear=True)
    run(*driver(COMPETITORS[BEST], place / ".kaohe"), "--figures", str(theirs), hear=True)
    agree(ours, theirs, BEST)
    shutil.rmtree(direct)


def contents(snapshots: Path) -> set[str]:
    """The names of a snapshot's files, which say what is in them."""
    return {str(path.relative_to(snapshots)) for path in snapshots.rglob("*.parquet")}


def other_weights(scheme: str) -> str:
    """The scheme with five points of weight moved from the first dimension to the second."""
    moved = iter(("25", "30"))
    return re.sub(r"(?m)^weight = (30|25)$", lambda _found: f"weight = {next(moved)}", scheme, count=2)
