"""``load_sqlite.py DATABASE TABLE CSV``: every row as it is, in one transaction, with the settings that kaohe uses."""

import csv
import sqlite3
import sys
from pathlib import Path

database, table, path = sys.argv[1:]
connection = sqlite3.connect(database)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("PRAGMA synchronous = FULL")
with Path(path).open(encoding="utf-8", newline="") as file, connection:
    rows = ([cell or None for cell in row] for row in csv.reader(file))
    columns = len(connection.execute(f"PRAGMA table_info({table})").fetchall())
    connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})", rows)
connection.close()
