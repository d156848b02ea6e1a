"""``kaohe people``: import and list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.imports import Given, counted, find_mapping, handed_in, import_options, keep_mapping, report_import
from kaohe.cli.people_purge import purge
from kaohe.cli.words import _

if TYPE_CHECKING:
    from kaohe.records.organisation import Assignment, Person


@click.group(help=_("People, teams and assignments."))
def people() -> None:
    pass


@people.command("import", help=_("Import people with their assignments from a file, or from a database query."))
@import_options
@click.pass_obj
def import_(
    app: App,
    given: Given,
    mapping: str | None,
    strict: bool,
    update: bool,
    sheet: str | None,
    dry_run: bool,
) -> int:
    from kaohe.records.people import import_people, read_directory
    from kaohe.records.people_file import PEOPLE
    from kaohe.records.reading import read_people
    from kaohe.records.rows import ReadContext

    app.require("prepare")
    rules = find_mapping(app, mapping, PEOPLE)
    context = ReadContext(app.workspace.timezone, read_directory(app.store))
    with handed_in(app, given, rules) as (path, origin):
        imported = import_people(
            app.store,
            lambda: counted(read_people(path, rules, context, sheet=sheet)[1]),
            origin,
            handed_in=app.now(),
            update=update,
            strict=strict,
            dry_run=dry_run,
        )
    if imported.batch is not None:
        keep_mapping(app, mapping)
    return report_import(app, imported, origin, dry_run=dry_run)


@people.command("list", help=_("List the people with their assignments."))
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help=_("The form.")
)
@click.pass_obj
def list_(app: App, form: str) -> None:
    from kaohe.records.people import list_people
    from kaohe.records.people_file import PEOPLE

    everybody = list_people(app.store)
    if form == "json":
        from kaohe.cli.exported import hand_out
        from kaohe.cli.output import json_text

        content = json_text([_as_data(person, assignments) for person, assignments in everybody])
        hand_out(app, content, None, "people", "people", form=form, count=len(everybody))
        return
    attributes = sorted({name for _person, assignments in everybody for one in assignments for name in one.attributes})
    rows = [
        [
            person.code,
            person.name,
            *(_cells(assignment, attributes) if assignment else [""] * (len(PEOPLE.fields) - 2 + len(attributes))),
        ]
        for person, assignments in everybody
        for assignment in (assignments or (None,))
    ]
    # The words that head the columns of a people file, so that one can be made from this list.
    heads = [field.label.in_(app.language) for field in PEOPLE.fields]
    app.table([*heads, *attributes], rows, right=[7, 8])


def _cells(assignment: Assignment, attributes: Sequence[str]) -> list[str]:
    from kaohe.exact import format_fen, format_micros

    return [
        *(assignment.role or "", assignment.team or "", assignment.manager or ""),
        *(str(assignment.starts), _last_day(assignment) or ""),
        format_micros(assignment.fraction, 2),
        "" if assignment.bonus_base is None else format_fen(assignment.bonus_base),
        *(assignment.attributes.get(name, "") for name in attributes),
    ]


def _last_day(assignment: Assignment) -> str | None:
    """The last day in it, as people write it; None where it is open."""
    return None if assignment.ends is None else str(assignment.ends - timedelta(days=1))


def _as_data(person: Person, assignments: tuple[Assignment, ...]) -> dict[str, Any]:
    from kaohe.exact import from_micros, plain_fen

    return {
        "code": person.code,
        "name": person.name,
        "assignments": [
            {
                "team": one.team,
                "role": one.role,
                "manager": one.manager,
                "from": str(one.starts),
                "to": _last_day(one),
                "fraction": str(from_micros(one.fraction)),
                "bonus_base": None if one.bonus_base is None else plain_fen(one.bonus_base),
                "attributes": dict(one.attributes),
            }
            for one in assignments
        ],
    }


people.add_command(purge)
