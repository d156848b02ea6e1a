"""A file that completes stored records: what it does not say about a record stays as it is stored.

Two files often tell of the same things: leads when they come in, deals when they are signed. The second has the key of
the first and little else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from sqlalchemy import select, tuple_

from kaohe.plugin.types import RecordType
from kaohe.records.rows import Stored
from kaohe.records.store import Store

Key = tuple[Stored, ...]
Lookup = Callable[[Iterable[Key]], Mapping[Key, Mapping[str, Stored]]]
"""Keys → the stored records that have them, every field by its name."""

_AT_ONCE = 1_000


def stored_records(store: Store, record_type: RecordType) -> Lookup:
    """How the stored records of a type are found by their keys. A key with a missing part finds none."""
    table = store.tables[record_type.name]
    key = [table.c[name] for name in record_type.key]
    query = select(*(table.c[field.name] for field in record_type.fields))

    def look_up(keys: Iterable[Key]) -> dict[Key, Mapping[str, Stored]]:
        asked = dict.fromkeys(one for one in keys if None not in one)
        with store.reading() as connection:
            return {
                tuple(row[name] for name in record_type.key): dict(row)
                for some in _some(asked)
                for row in connection.execute(query.where(tuple_(*key).in_(some))).mappings()
            }

    return look_up


def _some(keys: Iterable[Key]) -> Iterator[list[Key]]:
    rest = iter(keys)
    while some := [*islice(rest, _AT_ONCE)]:
        yield some
