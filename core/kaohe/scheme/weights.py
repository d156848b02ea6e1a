"""Where weights and totals come from: weights written, judged in pairs (AHP) or left to the data; the total's method.

Weights that are not written are filled into the draft, so that whoever reads dimensions finds them there.
"""

from __future__ import annotations

from decimal import Decimal

from kaohe.scheme.comparisons import SCHEME, Siblings, compared, written
from kaohe.scheme.draft import Draft, Path, path_text, show
from kaohe.scheme.model import Comparison, TotalBy
from kaohe.text import Message, msg


def read_weights(draft: Draft) -> tuple[Comparison, ...]:
    """See to it that every level has weights where the scheme says they come from; the comparisons, if there are any.

    Weights left to the data are filled in as equal ones.
    """
    head = draft.data.get("scheme", {})
    source, levels, tables = head.get("weights", "absolute"), _levels(draft), draft.data.get("comparisons", [])
    if source != "ahp":
        for key, path in (("ahp", (SCHEME, "ahp")), ("comparisons", ("comparisons",))):
            if key in (head if key == "ahp" else draft.data):
                what = msg('{key} has no effect unless weights = "ahp"', key=key)
                draft.report(path, "no-effect", what, severity="warning", at_key=key == "ahp")
    found = compared(draft, levels, tables) if source == "ahp" else {}
    spoken = {table.get("of") for table in tables} if source == "ahp" else set()
    for level in levels:
        if source == "entropy":
            _left_to_data(draft, level)
        elif level.of in spoken:
            _refuse_written(draft, level, msg("the weights within {of} come from comparisons", of=level.of))
        elif source == "ahp" and len(level.rows) == 1 and "weight" not in level.rows[0]:
            level.rows[0]["weight"] = Decimal(100)
        else:
            _require_written(draft, level, source)
        if (comparison := found.get(level.of)) is not None:
            for row, weight in zip(level.rows, comparison.weights, strict=True):
                row["weight"] = weight
    if source == "ahp" and not tables:
        what = msg('weights = "ahp" and nothing is compared')
        fix = msg('add [[comparisons]] with of = "scheme" or the id of a dimension')
        draft.report((SCHEME, "weights"), "no-comparisons", what, fix=fix)
    return tuple(found.values())


def read_total(draft: Draft) -> TotalBy:
    """How points become the total, with the method's own settings."""
    head = draft.data.get("scheme", {})
    method = draft.get(head, (SCHEME,), "total", "weighted_sum")
    for key in ("topsis", "vikor"):
        if key in head and key != method:
            what = msg('{key} has no effect unless total = "{key}"', key=key)
            draft.report((SCHEME, key), "no-effect", what, severity="warning", at_key=True)
    if method == "topsis":
        return TotalBy(method, draft.get(head.get("topsis", {}), (SCHEME, "topsis"), "normalisation", "vector"))
    if method == "vikor":
        v = draft.get(head.get("vikor", {}), (SCHEME, "vikor"), "v", Decimal("0.5"))
        return TotalBy(method, v=Decimal(v))
    return TotalBy(method)


def _levels(draft: Draft) -> list[Siblings]:
    tables = draft.data.get("dimensions", [])
    levels = [Siblings(SCHEME, ("dimensions",), tables, tuple(str(table.get("id", "")) for table in tables))]
    for index, table in enumerate(tables):
        rows = table.get("indicators", [])
        keys = tuple(str(row.get("as", row.get("use", ""))) for row in rows)
        levels.append(Siblings(str(table.get("id", "")), ("dimensions", index, "indicators"), rows, keys))
    return levels


def _require_written(draft: Draft, level: Siblings, source: str) -> None:
    """A weight for each, as the schema would ask for it if none could come from elsewhere."""
    for index, row in enumerate(level.rows):
        path: Path = (*level.path, index, "weight")
        if "weight" not in row and written(draft, path[:-1]) and not written(draft, path):
            pairs = msg("write it, or compare in pairs: [[comparisons]] of = {of}", of=show(level.of))
            what = msg("{key} is missing", key=path_text(path))
            draft.report(path, "missing-key", what, fix=pairs if source == "ahp" else None)


def _refuse_written(draft: Draft, level: Siblings, what: Message) -> None:
    for index, row in enumerate(level.rows):
        if "weight" in row:
            path: Path = (*level.path, index, "weight")
            fix = msg("take this weight out, or choose other weights")
            draft.report(path, "weight-not-written", what, found=show(row["weight"]), fix=fix, at_key=True)


def _left_to_data(draft: Draft, level: Siblings) -> None:
    _refuse_written(draft, level, msg('weights = "entropy": weights come from the data'))
    for row in level.rows:
        # A dimension weighs what its indicators weigh together, and until there is data these weigh the same.
        row["weight"] = Decimal(len(row.get("indicators", [])) or 1)
