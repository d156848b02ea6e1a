"""How large the integers of a query's columns are, as the files themselves say: where 64 bits suffice, 128 are slow.

A file that says too little would make a query fail, never give another figure: what overflows is an error.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow.parquet as pq
from sqlglot import exp

from kaohe.language import Largest
from kaohe.records import Partition

WIDE = exp.DataType.Type.INT128


def is_wide(query: exp.Expr) -> bool:
    """Whether the query computes with 128 bits."""
    return any(each.this == WIDE for each in query.find_all(exp.DataType))


def largest_in(partitions: Sequence[Partition], query: exp.Expression) -> Largest:
    """Of the query's integer columns the largest magnitude in the files; nothing of a column of which one is silent."""
    wanted = {each.name for each in query.find_all(exp.Column)}
    found: dict[str, int] = {}
    silent: set[str] = set()
    for partition in partitions:
        metadata = pq.read_metadata(partition.path)
        columns = {metadata.schema.column(at).name: at for at in range(metadata.num_columns)}
        for name, at in columns.items():
            if name not in wanted or metadata.schema.column(at).physical_type != "INT64":
                continue
            for group in range(metadata.num_row_groups):
                column = metadata.row_group(group).column(at)
                said = column.statistics
                if said is not None and said.has_min_max:
                    found[name] = max(found.get(name, 1), abs(said.min), abs(said.max))
                elif said is None or not said.has_null_count or said.null_count != column.num_values:
                    silent.add(name)
    return {name: most for name, most in found.items() if name not in silent}
