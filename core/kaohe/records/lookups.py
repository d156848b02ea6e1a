"""What is stored already, looked up while a file is read.

Two files often tell of the same things: leads when they come in, deals when they are signed. The second completes the
records of the first: what it does not say stays as it is stored. Or a file names the customer alone, and whose
customer that is stands in the customer's record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select, tuple_

from kaohe.plugin.types import RecordType
from kaohe.records.rows import Stored
from kaohe.records.store import Store

Key = tuple[Stored, ...]
Lookup = Callable[[Iterable[Key]], Mapping[Key, Mapping[str, Stored]]]
"""Keys → the stored records that have them, every field by its name."""

_AT_ONCE = 1_000


@dataclass(frozen=True)
class Lookups:
    """The stored records of every type, found by their keys. A key with a missing part finds none."""

    store: Store
    record_types: Mapping[str, RecordType]

    def of(self, name: str) -> Lookup:
        """How records of the type are found."""
        record_type = self.record_types[name]
        table = self.store.tables[name]
        key = [table.c[part] for part in record_type.key]
        query = select(*(table.c[field.name] for field in record_type.fields))

        def look_up(keys: Iterable[Key]) -> dict[Key, Mapping[str, Stored]]:
            asked = dict.fromkeys(one for one in keys if None not in one)
            with self.store.reading() as connection:
                return {
                    tuple(row[part] for part in record_type.key): dict(row)
                    for some in _some(asked)
                    for row in connection.execute(query.where(tuple_(*key).in_(some))).mappings()
                }

        return look_up


def _some(keys: Iterable[Key]) -> Iterator[list[Key]]:
    rest = iter(keys)
    while some := [*islice(rest, _AT_ONCE)]:
        yield some
