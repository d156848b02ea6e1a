"""What one manager may see of a run, in the form asked for: what ``evaluate`` and ``run show`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaohe.cli.context import App
from kaohe.cli.output import json_text

if TYPE_CHECKING:
    from kaohe.run import Run
    from kaohe.run.inputs import Inputs
    from kaohe.run.reporting import Manager


def manager_of(app: App, run: Run, inputs: Inputs, named: str) -> Manager:
    """The manager by code or name, as the run's snapshot knows the organisation.

    Raises KaoheError where there is none, or nobody in the run reports to them.
    """
    from kaohe.run.inputs import snapshot_of
    from kaohe.run.organisation.members import read_members
    from kaohe.run.reporting import find_manager, rows_of

    found = find_manager(read_members(snapshot_of(inputs, app.workspace.snapshots)), named, run.period)
    rows_of(run, found)
    return found


def for_manager(app: App, run: Run, number: int, manager: Manager, form: str, *, wide: bool = False) -> str | bytes:
    """The manager's own people. ``wide``: tables are not fitted to the terminal."""
    from kaohe.cli.evaluate import terminal_width
    from kaohe.cli.sheets import csv_text, workbook
    from kaohe.report.manager import manager_csv, manager_data, manager_sheets, manager_text

    match form:
        case "table":
            return manager_text(run, number, manager, app.language, width=None if wide else terminal_width(app))
        case "json":
            return json_text(manager_data(run, manager))
        case "csv":
            return csv_text(manager_csv(run, manager, app.language))
        case _:
            return workbook(manager_sheets(run, manager, app.language))
