"""Manual changes of a run as a sheet: what was computed, what people made of it, and why."""

from __future__ import annotations

from kaohe.appraise.manual import Computed, ManualChange
from kaohe.exact import format_fen, format_micros, from_micros, round_micros
from kaohe.report.sheet import Column, Sheet
from kaohe.run.model import Run
from kaohe.text import Language, msg

KINDS = {"points": msg("points"), "tier": msg("tier"), "bonus": msg("bonus")}


def manual_sheet(run: Run, language: Language) -> Sheet:
    """A row for each change by its number, figures as text: they are points, tiers or money."""
    headers = (
        msg("No."),
        msg("code"),
        msg("name"),
        msg("changed"),
        msg("change"),
        msg("computed"),
        msg("now"),
        msg("reason"),
    )
    columns = tuple(
        Column(header.in_(language), "count" if index == 0 else "text", wraps=index == len(headers) - 1)
        for index, header in enumerate(headers)
    )
    return Sheet(msg("Manual changes").in_(language), columns, [*_rows(run, language)])


def _rows(run: Run, language: Language) -> list[tuple[int | str, ...]]:
    computed = run.appraisal.computed
    by_code = {code: row for row, code in enumerate(run.appraisal.people.code)}
    return [
        (
            each.number,
            each.person,
            run.names[by_code[each.person]],
            KINDS[each.kind].in_(language),
            *_figures(run, computed, each, by_code[each.person]),
            each.reason,
        )
        for each in (() if computed is None else computed.changes)
        if computed is not None
    ]


def _figures(run: Run, computed: Computed, each: ManualChange, row: int) -> tuple[str, str, str]:
    """What is given or taken, what was computed, what it is now."""
    appraisal, decimals = run.appraisal, run.scheme.decimals
    if each.kind == "tier" or isinstance(each.value, str):
        return str(each.value), computed.tier[row] or "", appraisal.tier[row] or ""
    if each.kind == "points":
        before, after = int(computed.total[row]), int(appraisal.total[row])
        return (
            _signed(_exact(each.value, decimals)),
            format_micros(before, decimals),
            format_micros(after, decimals),
        )
    before, after = int(computed.bonus[row]), int(appraisal.bonus[row])
    return _signed(format_fen(each.value)), format_fen(before), format_fen(after)


def _exact(micros: int, decimals: int) -> str:
    """With the scheme's decimals like the totals beside it, and with more where it has more: what somebody approved is
    not rounded."""
    rounded = round_micros(micros, decimals) == micros
    return format_micros(micros, decimals) if rounded else f"{from_micros(micros):f}"


def _signed(figure: str) -> str:
    return figure if figure.startswith("-") else f"+{figure}"
