"""The organisation as a snapshot holds it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kaohe.appraise.coded import Coded
from kaohe.appraise.columns import ascending
from kaohe.exact import Ints
from kaohe.records import Snapshot
from kaohe.run.organisation.staff import NEVER, Staff

_TEXTS = ("person", "team", "role", "manager", "attributes")
_NUMBERS = ("starts", "ends", "bonus_base", "fraction")


def read_members(snapshot: Snapshot) -> Staff:
    """Everybody with all their assignments, by ascending code; a team is called by its name."""
    people, rows = _table(snapshot, "people", ("code", "name")), _table(snapshot, "assignments", _TEXTS + _NUMBERS)
    people = people.sort_by("code")
    owner = pc.index_in(rows.column("person"), people.column("code").combine_chunks())
    rows, owner = rows.filter(owner.is_valid()), owner.drop_null()
    owners = np.asarray(owner, np.int64)
    order = ascending(owners)
    rows = rows.take(pa.array(order))
    begins = np.zeros(len(people) + 1, np.int64)
    np.cumsum(np.bincount(owners, minlength=len(people)), out=begins[1:])
    names = dict(_pairs(snapshot))
    base = rows.column("bonus_base")
    return Staff(
        code=tuple(people.column("code").to_pylist()),
        name=tuple(people.column("name").to_pylist()),
        begins=begins,
        team=_coded(rows.column("team")).map(lambda code: names.get(code, code)),
        role=_coded(rows.column("role")),
        manager=_coded(rows.column("manager")),
        starts=_integers(rows.column("starts")),
        ends=_integers(rows.column("ends"), NEVER),
        base=_integers(base),
        stated=np.asarray(base.is_valid()),
        fraction=_integers(rows.column("fraction")),
        said=_coded(rows.column("attributes")).map(json.loads),
    )


def read_teams(snapshot: Snapshot) -> dict[str, str]:
    """The codes of the teams by name; none where the snapshot holds no teams."""
    return {name: code for code, name in _pairs(snapshot)} if "teams" in snapshot.organisation else {}


def attributes_of(snapshot: Snapshot) -> tuple[str, ...] | None:
    """The names of what the organisation records of its people; None where there are no people."""
    if not snapshot.organisation["people"].rows:
        return None
    said = _table(snapshot, "assignments", ("attributes",)).column("attributes").unique().to_pylist()
    return tuple(sorted({name for text in said for name in json.loads(text)}))


def _pairs(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """The teams: code and name."""
    teams = _table(snapshot, "teams", ("code", "name"))
    return zip(teams.column("code").to_pylist(), teams.column("name").to_pylist(), strict=True)


def _table(snapshot: Snapshot, name: str, columns: Sequence[str]) -> pa.Table:
    """These columns of a table. ParquetFile spares the import of pyarrow's data sets."""
    parts = []
    for partition in snapshot.organisation[name].partitions:
        with pq.ParquetFile(partition.path) as file:
            parts.append(file.read(columns=[*columns]))
    if parts:
        return pa.concat_tables(parts)
    return pa.table({each: pa.array([], pa.int64() if each in _NUMBERS else pa.string()) for each in columns})


def _coded(column: pa.ChunkedArray) -> Coded:
    """Texts that occur many times."""
    found = column.combine_chunks().dictionary_encode()
    distinct = found.dictionary.to_pylist()
    if not found.null_count:
        return Coded(np.asarray(found.indices, np.int64), distinct)
    return Coded(np.asarray(found.indices.fill_null(len(distinct)), np.int64), [*distinct, None])


def _integers(column: pa.ChunkedArray, missing: int = 0) -> Ints:
    return np.asarray(column.fill_null(missing), np.int64)
