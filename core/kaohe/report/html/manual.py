"""Manual changes in a run's page: what was computed, what people made of it, and why."""

from __future__ import annotations

from kaohe.appraise.manual import Computed, ManualChange
from kaohe.report.html.element import Content, Element, el
from kaohe.report.html.figures import money, points, signed
from kaohe.report.html.page import section
from kaohe.report.html.tables import Head, table
from kaohe.run.model import Run
from kaohe.text import Message, msg

KINDS = {"points": msg("points"), "tier": msg("tier"), "bonus": msg("bonus")}


def manual_changes(run: Run) -> Element | None:
    """Every change by its number; nothing where there are none."""
    computed = run.appraisal.computed
    if computed is None or not computed.changes:
        return None
    rows_by_code = {code: row for row, code in enumerate(run.appraisal.people.code)}
    heads = [
        Head(msg("number")),
        Head(msg("name")),
        Head(msg("changed")),
        Head(msg("change"), "number"),
        Head(msg("computed"), "number"),
        Head(msg("now"), "number"),
        Head(msg("reason")),
    ]
    rows: list[list[Content]] = []
    for change in computed.changes:
        row = rows_by_code[change.person]
        before, after = _sides(run, computed, change, row)
        rows.append(
            [
                str(change.number),
                run.names[row],
                KINDS[change.kind],
                amount(change, run.scheme.decimals),
                before,
                after,
                change.reason,
            ]
        )
    said = msg("What was computed is kept beside what people made of it.")
    return section("manual", msg("Manual changes"), el("p", said, class_="note"), table(heads, rows))


def amount(change: ManualChange, decimals: int) -> Message | str:
    """What a change gives or takes."""
    if isinstance(change.value, str):
        return msg("tier {tier}", tier=change.value)
    if change.kind == "points":
        return signed(change.value, decimals)
    return f"+{money(change.value)}" if change.value > 0 else money(change.value)


def _sides(run: Run, computed: Computed, change: ManualChange, row: int) -> tuple[str, str]:
    appraisal, decimals = run.appraisal, run.scheme.decimals
    match change.kind:
        case "points":
            return points(int(computed.total[row]), decimals), points(int(appraisal.total[row]), decimals)
        case "tier":
            return computed.tier[row] or "—", appraisal.tier[row] or "—"
        case "bonus":
            return money(int(computed.bonus[row])), money(int(appraisal.bonus[row]))
