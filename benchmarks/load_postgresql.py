"""``load_postgresql.py URL TABLE CSV``: every row as it is, by COPY."""

import sys
from pathlib import Path

import psycopg

url, table, path = sys.argv[1:]
with (
    psycopg.connect(url) as connection,
    connection.cursor() as cursor,
    cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy,
    Path(path).open("rb") as file,
):
    while part := file.read(1 << 20):
        copy.write(part)
