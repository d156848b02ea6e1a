"""``load_postgresql.py URL TABLE CSV``: every row as it is, by COPY."""

import sys

import psycopg

url, table, path = sys.argv[1:]
with psycopg.connect(url) as connection, connection.cursor() as cursor, open(path, "rb") as file:
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
        while part := file.read(1 << 20):
            copy.write(part)
