"""What a manager sees of a run: their own people, with their ranks in the whole, and both summed up. Nobody else."""

from __future__ import annotations

from fractions import Fraction
from io import StringIO
from typing import Any

from kaohe.exact import from_micros, to_micros
from kaohe.report.ranking import not_graded_sheet, ranked_order, ranking_sheet
from kaohe.report.sheet import Column, Sheet
from kaohe.report.table import sheet_table
from kaohe.report.terminal import heading, trimmed, wide_console
from kaohe.run.model import Run
from kaohe.run.reporting import FEWEST_OTHERS, Manager, Summary, may_be_compared, rows_of, summary
from kaohe.text import Language, Message, msg


def manager_text(run: Run, number: int, manager: Manager, language: Language, *, width: int | None = None) -> str:
    """For a terminal: the manager's people, those without a grade, the summary."""
    text = StringIO()
    console = wide_console(text, width)
    console.print(heading(run, number, language))
    whose = msg("people of {name} ({code})", name=manager.name, code=manager.code)
    console.print(whose.in_(language))
    for sheet in manager_sheets(run, manager, language):
        if sheet.rows:
            console.print(sheet_table(sheet, width) if width else sheet_table(sheet))
    return trimmed(text)


def manager_sheets(run: Run, manager: Manager, language: Language) -> list[Sheet]:
    """Ranking, people without a grade, and the summary, for a workbook."""
    rows = frozenset(rows_of(run, manager))
    return [
        ranking_sheet(run, language, only=rows),
        not_graded_sheet(run, language, only=rows),
        _summary_sheet(run, rows, language),
    ]


def manager_csv(run: Run, manager: Manager, language: Language) -> Sheet:
    """One sheet: the manager's people with those not graded behind."""
    return ranking_sheet(run, language, not_graded=True, only=frozenset(rows_of(run, manager)))


def manager_data(run: Run, manager: Manager) -> dict[str, Any]:
    """The same as data."""
    appraisal, rows = run.appraisal, frozenset(rows_of(run, manager))
    ranked = [row for row in ranked_order(run).tolist() if row in rows]
    rest = [row for row in sorted(rows) if not appraisal.graded[row]]
    whole = summary(run, range(len(appraisal.people))) if may_be_compared(run, rows) else None
    return {
        "scheme": {"id": run.scheme.id, "version": run.scheme.version},
        "period": run.period.name,
        "digest": run.digest,
        "manager": {"code": manager.code, "name": manager.name},
        "people": [_person(run, row) for row in (*ranked, *rest)],
        "team": _data(summary(run, rows)),
        "everybody": None if whole is None else _data(whole),
    }


def _person(run: Run, row: int) -> dict[str, Any]:
    appraisal = run.appraisal
    graded = bool(appraisal.graded[row])
    return {
        "code": appraisal.people.code[row],
        "name": run.names[row],
        "graded": graded,
        "rank": int(appraisal.rank[row]) or None,
        "of": int(appraisal.group_size[row]) or None,
        "total": str(from_micros(int(appraisal.total[row]))) if graded else None,
        "tier": appraisal.tier[row],
    }


def _data(found: Summary) -> dict[str, Any]:
    first, third = found.quartiles
    figures = {"mean": found.mean, "median": found.median, "first_quartile": first, "third_quartile": third}
    return {
        "heads": found.heads,
        "graded": found.graded,
        "not_graded": found.not_graded,
        **{name: None if each is None else str(from_micros(to_micros(each))) for name, each in figures.items()},
        "tiers": dict(found.tiers),
    }


def _summary_sheet(run: Run, rows: frozenset[int], language: Language) -> Sheet:
    team = summary(run, rows)
    whole = summary(run, range(len(run.appraisal.people))) if may_be_compared(run, rows) else None
    columns = [Column("", wraps=True), Column(msg("their people").in_(language), "count")]
    if whole is not None:
        columns.append(Column(msg("everybody").in_(language), "count"))
    cells = [_cells(run, each) for each in (team, whole) if each is not None]
    labels = [label.in_(language) if isinstance(label, Message) else label for label, _cell in cells[0]]
    listed = [(label, *(each[index][1] for each in cells)) for index, label in enumerate(labels)]
    if whole is None:
        few = msg("everybody is not shown: fewer than {count} others are graded", count=FEWEST_OTHERS)
        listed.append((few.in_(language), None))
    return Sheet(msg("Summary").in_(language), tuple(columns), listed)


def _cells(run: Run, found: Summary) -> list[tuple[Message | str, int | str | None]]:
    def points(number: Fraction | None) -> str | None:
        return None if number is None else f"{from_micros(to_micros(number)):.{run.scheme.decimals}f}"

    return [
        (msg("heads"), found.heads),
        (msg("graded"), found.graded),
        (msg("not graded"), found.not_graded),
        (msg("mean total"), points(found.mean)),
        (msg("first quartile"), points(found.quartiles[0])),
        (msg("median"), points(found.median)),
        (msg("third quartile"), points(found.quartiles[1])),
        *((msg("tier {tier}", tier=tier), count) for tier, count in found.tiers.items()),
    ]
