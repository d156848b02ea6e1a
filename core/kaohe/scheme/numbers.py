"""Numbers that a table may have or lack."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kaohe.scheme.draft import Draft, Path, show
from kaohe.text import msg


def optional_number(table: Mapping[str, Any], key: str) -> Decimal | None:
    """The number of that key; None where it is not written."""
    return Decimal(table[key]) if key in table else None


def min_and_max(draft: Draft, table: Mapping[str, Any], path: Path) -> tuple[Decimal | None, Decimal | None]:
    """The table's ``min`` and ``max``; reports those that leave nothing between them."""
    least, most = optional_number(table, "min"), optional_number(table, "max")
    if most is not None and least is not None and least > most:
        draft.report(
            (*path, "min"),
            "min-above-max",
            msg("min is above max"),
            found=show(least),
            expected=msg("at most {limit}", limit=show(most)),
        )
    return least, most
