"""A group company's year: kaohe's evaluation beside the same figures by hand, over the same files of one snapshot.

Ten million records, a hundred thousand people, twenty indicators (group.toml). Every competitor is a process of its own
and takes its turn; its counts, values, points, totals, ranks, tiers and bonuses must be kaohe's, person by person.

kaohe evaluates twice: counted anew, with nothing known of what was measured before; and the next month, when it had
evaluated the year before December's records arrived. That earlier evaluation is not timed. The others count everything.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.agreement import agree
from benchmarks.group_records import PEOPLE
from benchmarks.process import print_stages
from benchmarks.results import Goal, print_goals
from benchmarks.timing import Timing, installed, run, side_by_side

OURS, NEXT = "kaohe, counted anew", "kaohe, the next month"
COMPETITORS = {
    "DuckDB by hand": "group_duckdb",
    "polars": "group_polars",
    "pandas": "group_pandas",
    "DuckDB, one query for each indicator": "group_queries",
}
PEERS = ("polars", "pandas")
BEST, ONE_BY_ONE = "DuckDB by hand", "DuckDB, one query for each indicator"
GOALS = {
    BEST: ("1. evaluate {records:,} records, {how}, beside DuckDB by hand with NumPy", 1.25),
    "pandas": ("2. {how}, beside pandas (8 times as fast)", 0.125),
    "polars": ("2. {how}, beside polars (twice as fast)", 0.5),
    ONE_BY_ONE: ("3. {how}, beside one query for each indicator (5 times as fast)", 0.2),
}
GB = 1e9


def group(records: int = 10_000_000, rounds: int = 5, folder: Path | None = None, people: int = PEOPLE) -> None:
    with prepared(records, folder, people) as place:
        describe(place, records, people)
        there = {name: module for name, module in COMPETITORS.items() if name not in PEERS or installed(name)}
        commands = ours(place) | {name: driver(module, place) for name, module in there.items()}
        compared(place, commands)
        timings = side_by_side(commands, rounds, hear=tuple(commands))
        print_timings(timings)
        goals = [
            Goal(what.format(records=records, how=how), limit, evaluation(timings[our]) / evaluation(timings[name]))
            for our, how in ((OURS, "counted anew"), (NEXT, "the next month"))
            for name, (what, limit) in GOALS.items()
            if name in timings and (our, name) != (NEXT, BEST)
        ]
        print_bound(timings)
        memory = Goal(f"4. memory at {records:,} records", 1.5, timings[OURS].peak / GB, "GB")
        print_goals(*goals, memory)
        for name in (OURS, NEXT):
            staged = run(*commands[name], "--stages", hear=True)
            print_stages(f"the evaluation of {name},", staged.said["stages"])


def grown(records: int = 100_000_000, rounds: int = 2, folder: Path | None = None, people: int = PEOPLE) -> None:
    """Ten times as many records: what that costs in time and memory."""
    fewer = records // 10
    with prepared(fewer, folder, people) as place:
        small = run_twice(place, rounds, check=False)
    with prepared(records, folder, people) as place:
        describe(place, records, people)
        large = run_twice(place, rounds, check=True)
        print_timings(large)
        staged = run(*driver("group_kaohe", place), "--stages", hear=True)
    growth = {name: evaluation(large[name]) / evaluation(small[name]) for name in small}
    print(f"\nFrom {fewer:,} to {records:,} records: {OURS} × {growth[OURS]:.2f}, {BEST} × {growth[BEST]:.2f}")
    print_goals(
        Goal(f"4. growth from {fewer:,} to {records:,} records", 11, growth[OURS]),
        Goal(f"4. memory at {records:,} records", 4, large[OURS].peak / GB, "GB"),
    )
    print_stages("kaohe's evaluation", staged.said["stages"])


def run_twice(place: Path, rounds: int, *, check: bool) -> dict[str, Timing]:
    """kaohe and the best by hand; where their figures are compared, also kaohe the next month."""
    commands = (ours(place) if check else {OURS: driver("group_kaohe", place)}) | {
        BEST: driver(COMPETITORS[BEST], place)
    }
    if check:
        compared(place, commands)
    return side_by_side(commands, rounds, hear=tuple(commands))


@contextmanager
def prepared(records: int, folder: Path | None, people: int) -> Iterator[Path]:
    """The snapshot, made by kaohe's own functions, and taken away afterwards; what lies in a named folder stays."""
    if folder is not None:
        place = folder / f"group-{records}-{people}"
        if not (place / "inputs.json").exists():
            make(place, records, people)
        yield place
        return
    place = Path(tempfile.mkdtemp(prefix="kaohe-group-"))
    try:
        make(place, records, people)
        yield place
    finally:
        shutil.rmtree(place)


def make(place: Path, records: int, people: int) -> None:
    words = ("--records", str(records), "--people", str(people), "--folder", str(place))
    run(sys.executable, "-m", "benchmarks.group_data", *words)


def driver(module: str, place: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.{module}", str(place))


def ours(place: Path) -> dict[str, tuple[str, ...]]:
    """kaohe's commands, after it has evaluated the year as it was before its last month."""
    anew = driver("group_kaohe", place)
    earlier, kept = place / "values-before", place / "values"
    shutil.rmtree(earlier, ignore_errors=True)
    run(*anew, "--kept", str(earlier), "--before", hear=True)
    # Each round begins with what was kept then.
    restored = ("sh", "-c", 'rm -rf "$0" && cp -r "$1" "$0" && shift && exec "$@"', str(kept), str(earlier))
    return {OURS: anew, NEXT: (*restored, *anew, "--kept", str(kept))}


def compared(place: Path, commands: dict[str, tuple[str, ...]]) -> None:
    """Everybody's figures, of all competitors; also a first reading of the files for all."""
    for number, command in enumerate(commands.values()):
        run(*command, "--figures", str(place / f"figures-{number}.npz"), hear=True)
    for number, name in enumerate(commands):
        if number:
            agree(place / "figures-0.npz", place / f"figures-{number}.npz", name)
    print("\nEvery figure of every person is the same in all of them.")


def describe(place: Path, records: int, people: int) -> None:
    """How much there is, and how much of it is in the windows that are read."""
    import pyarrow.dataset as ds

    from benchmarks.group_window import BEFORE, END, LAST, START

    total, read = {}, {}
    for name, when, first, end in (
        ("ticket", "opened_at__local", START, END),
        ("call", "at__local", START, END),
        ("survey", "answered_at__local", START, END),
        ("contract", "signed_on", BEFORE, LAST),
    ):
        rows = ds.dataset(place / "snapshots" / f"record_{name}")
        total[name] = rows.count_rows()
        read[name] = rows.count_rows(filter=(ds.field(when) >= first) & (ds.field(when) < end))
    size = sum(path.stat().st_size for path in (place / "snapshots").rglob("*.parquet"))
    listed = ", ".join(f"{name} {total[name]:,} ({read[name]:,})" for name in total)
    print(
        f"\n{sum(total.values()):,} records, {people:,} people, 20 indicators; in the year evaluated, or the year "
        f"before where an indicator compares, {sum(read.values()) / records:.0%} of them: {listed}. "
        f"{size / 1e6:,.0f} MB of Parquet."
    )


def evaluation(timing: Timing) -> float:
    """From the files to everybody's bonus, without the start of the process."""
    return timing.seconds("imports")


def print_bound(timings: dict[str, Timing]) -> None:
    """What the best that could be written by hand reaches itself."""
    best = evaluation(timings[BEST])
    others = {name: evaluation(each) / best for name, each in timings.items() if name not in (OURS, NEXT, BEST)}
    listed = ", ".join(f"{times:.2f} times as fast as {name}" for name, times in others.items())
    print(f"\nOf itself, {BEST} is {listed}: nothing over the same files can be expected to be faster than that.")


def print_timings(timings: dict[str, Timing]) -> None:
    ours = timings[OURS]
    print(
        "\n| | evaluation s | kaohe anew / it | of it reading and counting s | start s | whole process s |",
        end="",
    )
    print(" kaohe anew / it | processor s | peak MB |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, each in timings.items():
        seconds = each.said["seconds"]
        counting = f"{seconds['people'] + seconds['counts']:.2f}" if "counts" in seconds else ""
        print(
            f"| {name} | {evaluation(each):.2f} | {evaluation(ours) / evaluation(each):.2f} | {counting} "
            f"| {seconds['imports']:.2f} | {each.wall:.2f} | {ours.wall / each.wall:.2f} "
            f"| {each.processor:.2f} | {each.peak / 1e6:.0f} |"
        )
