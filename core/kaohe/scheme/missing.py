"""What no data means, as it is written → checked: policies, and the table of where a missing weight goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kaohe.scheme.draft import Draft, Path, path_text, show
from kaohe.scheme.model import Dimension, Missing
from kaohe.scheme.names import Names
from kaohe.text import msg

_SCHEME: Path = ("scheme", "missing")


def read_missing(table: Any, draft: Draft, path: Path) -> Missing | None:
    """The policy of a cleaned table; None where it is not there or incomplete. Shares follow: see ``with_shares``."""
    if not isinstance(table, dict) or "policy" not in table:
        return None
    policy, neutral = table["policy"], table.get("neutral")
    rows = "table" if path == _SCHEME else "to"
    if policy == "redistribute" and rows not in table:
        draft.report((*path, rows), "missing-key", msg("{key} is missing", key=path_text((*path, rows))))
        return None
    if policy == "redistribute":
        return Missing(policy, otherwise=draft.get(table, path, "otherwise", "not_graded"))
    for key in (rows, "otherwise"):
        if key in table:
            what = msg("{key} has no effect under this policy", key=key)
            draft.report((*path, key), "no-effect", what, severity="warning", at_key=True)
    if policy == "neutral" and neutral is None:
        draft.report((*path, "neutral"), "missing-key", msg("{key} is missing", key="neutral"))
        return None
    if policy != "neutral" and neutral is not None:
        what = msg("neutral points have no effect under this policy")
        draft.report((*path, "neutral"), "no-effect", what, found=show(neutral), severity="warning", at_key=True)
        return Missing(policy)
    return Missing(policy, None if neutral is None else Decimal(neutral))


def with_shares(draft: Draft, dimensions: Sequence[Dimension], names: Names) -> tuple[Dimension, ...]:
    """The dimensions with the shares filled in of every indicator whose weight is redistributed."""
    table: Mapping[str, Any] = draft.data.get("scheme", {}).get("missing", {}).get("table", {})
    own = {key: path for key, path, row in _uses(draft) if "missing" in row}
    for key in table:
        if key not in names.points:
            what = msg("this scheme does not use an indicator {id}", id=key)
            draft.unknown((*_SCHEME, "table", key), "unknown-indicator", what, key, names.points)
        elif key in own:
            what = msg("{key} has a policy of its own: this row has no effect", key=key)
            draft.report((*_SCHEME, "table", key), "no-effect", what, severity="warning", at_key=True)
    found: dict[str, tuple[tuple[str, Decimal], ...]] = {}
    for used in (used for dimension in dimensions for used in dimension.indicators):
        if used.missing.policy != "redistribute":
            continue
        if used.key in own:
            path: Path = (*own[used.key], "missing", "to")
            shares = _written(draft, path)
        else:
            path, shares = (*_SCHEME, "table", used.key), table.get(used.key)
        if shares is None:
            what = msg("the table does not say who gets the weight of {key}", key=used.key)
            draft.report((*_SCHEME, "table"), "missing-key", what, fix=msg("add a row, or give it a policy of its own"))
            continue
        _check_shares(draft, path, shares, used.key, names)
        found[used.key] = tuple((key, Decimal(share)) for key, share in shares.items())
    return tuple(
        replace(
            dimension,
            indicators=tuple(
                replace(used, missing=replace(used.missing, shares=found.get(used.key, ())))
                for used in dimension.indicators
            ),
        )
        for dimension in dimensions
    )


def _uses(draft: Draft) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Every use of an indicator as it is written: its key, where it stands, its table."""
    for index, dimension in enumerate(draft.data.get("dimensions", [])):
        for position, row in enumerate(dimension.get("indicators", [])):
            if "use" in row:
                yield row.get("as", row["use"]), ("dimensions", index, "indicators", position), row


def _written(draft: Draft, path: Path) -> Any:
    value: Any = draft.data
    for part in path:
        value = value[part]
    return value


def _check_shares(draft: Draft, path: Path, shares: Mapping[str, Any], own: str, names: Names) -> None:
    for key in shares:
        if key == own:
            what = msg("the weight of {key} cannot go to itself", key=own)
            draft.report((*path, key), "redistribute-to-itself", what, at_key=True)
        elif key not in names.points:
            what = msg("this scheme does not use an indicator {id}", id=key)
            draft.unknown((*path, key), "unknown-indicator", what, key, names.points)
    total = sum((Decimal(share) for share in shares.values()), Decimal(0))
    if total != 1:
        draft.report(
            path,
            "shares-sum",
            msg("these shares add up to {total}", total=show(total)),
            found=" + ".join(map(show, shares.values())) + f" = {show(total)}",
            expected="1",
        )
