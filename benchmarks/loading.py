"""A CSV file imported, validated, beside the same rows loaded as they are by the database's own bulk path: executemany
of csv.reader's rows for SQLite, COPY for PostgreSQL; into a table with the same columns and keys, and no triggers.

What is loaded is what the import stored, written back as CSV, so that both tables must be equal to the last cell.
"""

from __future__ import annotations

import csv
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.group_records import PEOPLE, SHARES
from benchmarks.postgresql import missing, server
from benchmarks.process import print_stages
from benchmarks.results import Goal, print_goals
from benchmarks.timing import HERE, KAOHE, Timing, looked_at, middle, print_table, run

TABLE = "record_ticket"


def loading(rows: int = 1_000_000, rounds: int = 3, folder: Path | None = None, people: int = PEOPLE) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as made:
        files = Path(made) / "csv"
        records = str(rows * 100 // SHARES["ticket"].percent)
        run(sys.executable, "-m", "benchmarks.group_data", "--csv", "--records", records, "--people", str(people),
            "--folder", made)  # fmt: skip
        goals = [Goal(f"5. import of {rows:,} CSV rows into SQLite, beside executemany", 2.5, in_sqlite(files, rounds))]
        if (reason := missing()) is None:
            ratio = in_postgresql(files, rounds)
            goals.append(Goal(f"5. import of {rows:,} CSV rows into PostgreSQL, beside COPY", 2.5, ratio))
        else:
            print(f"\nSkipped, PostgreSQL: {reason}.")
    print_goals(*goals)


def in_sqlite(files: Path, rounds: int) -> float:
    place, pristine, other = (files.parent / name for name in ("workspace", "pristine.db", "other.db"))
    imported = made(place, files)
    database = place / "kaohe.db"
    shutil.copy(database, pristine)
    ours, theirs = [], []
    for number in range(rounds):
        for path in (database, other):
            for left in path.parent.glob(f"{path.name}*"):
                left.unlink()
        shutil.copy(pristine, database)
        ours.append(run(*imported))
        if not number:
            stored_as_csv(database, files / "stored.csv")
        bare(database, other)
        command = (sys.executable, str(HERE / "load_sqlite.py"), str(other), TABLE, str(files / "stored.csv"))
        theirs.append(run(*command))
        if not number:
            same_in_sqlite(database, other)
    ratio = compare("SQLite: the whole of both processes", ours, theirs, "csv.reader and executemany")
    for left in database.parent.glob(f"{database.name}*"):
        left.unlink()
    shutil.copy(pristine, database)
    print_stages("the import into SQLite", looked_at(*imported))
    return ratio


def in_postgresql(files: Path, rounds: int) -> float:
    import psycopg

    ours, theirs = [], []
    with server(files.parent) as url, psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE pristine")
        imported = made(files.parent / "with-postgresql", files, f"{url}/pristine")
        for number in range(rounds):
            connection.execute("DROP DATABASE IF EXISTS round")
            connection.execute("CREATE DATABASE round TEMPLATE pristine")
            with database(f"{url}/round"):
                ours.append(run(*imported))
            with psycopg.connect(f"{url}/round") as inside:
                inside.execute(f"CREATE TABLE other (LIKE {TABLE} INCLUDING ALL)")
                if not number:
                    copied(inside, files / "rows.csv")
            command = (sys.executable, str(HERE / "load_postgresql.py"), f"{url}/round", "other")
            theirs.append(run(*command, str(files / "rows.csv")))
            if not number:
                same_in_postgresql(f"{url}/round")
    return compare("PostgreSQL: the whole of both processes, the server's fsync on for both", ours, theirs, "COPY")


@contextmanager
def database(url: str | None) -> Iterator[None]:
    """What kaohe is run with in the meantime."""
    if url is not None:
        os.environ["KAOHE_DATABASE_URL"] = url
    try:
        yield
    finally:
        os.environ.pop("KAOHE_DATABASE_URL", None)


def made(place: Path, files: Path, url: str | None = None) -> tuple[str, ...]:
    """A workspace with the people; the command that imports the tickets."""
    at = (*KAOHE, "--workspace", str(place))
    with database(url):
        run(*KAOHE, "init", str(place))
        run(*at, "people", "import", str(files / "people.csv"))
    return (*at, "records", "import", "ticket", str(files / "ticket.csv"))


def stored_as_csv(database: Path, path: Path) -> None:
    with sqlite3.connect(database) as connection, path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(connection.execute(f"SELECT * FROM {TABLE}"))


def bare(database: Path, other: Path) -> None:
    """A database of that one table with its keys and indices alone."""
    wanted = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index') AND sql IS NOT NULL"
    with sqlite3.connect(database) as there, sqlite3.connect(other) as here:
        for (statement,) in there.execute(wanted, [TABLE]):
            here.execute(statement)


def same_in_sqlite(database: Path, other: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("ATTACH ? AS other", [str(other)])
        for one, two in ((f"main.{TABLE}", f"other.{TABLE}"), (f"other.{TABLE}", f"main.{TABLE}")):
            same(
                connection.execute(f"SELECT count(*) FROM (SELECT * FROM {one} EXCEPT SELECT * FROM {two})").fetchone()
            )


def copied(connection: Any, path: Path) -> None:
    everything = f"COPY {TABLE} TO STDOUT (FORMAT csv)"
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(everything) as copy:
        file.writelines(bytes(part) for part in copy)


def same_in_postgresql(url: str) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        for one, two in ((TABLE, "other"), ("other", TABLE)):
            unequal = connection.execute(f"SELECT count(*) FROM (TABLE {one} EXCEPT ALL TABLE {two}) AS unequal")
            same(unequal.fetchone())


def same(unequal: tuple[int, ...] | None) -> None:
    if unequal != (0,):
        sys.exit(f"rows that were loaded are not those that were imported: {unequal}")


def compare(title: str, ours: list[Timing], theirs: list[Timing], how: str) -> float:
    timings = {"kaohe records import": middle(ours), how: middle(theirs)}
    print_table(title, timings, how)
    return timings["kaohe records import"].wall / timings[how].wall
