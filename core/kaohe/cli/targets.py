"""``kaohe targets``: template, import, set, list."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.files import whole
from kaohe.cli.words import _
from kaohe.errors import Place, Problem, fail, refuse_if_any
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.records.targets import Target, TargetKey

TABLE_OR_JSON = click.Choice(["table", "json"])


@click.group(help=_("Targets: template, import, set, list, break down, check."))
def targets() -> None:
    pass


@targets.command(help=_("Write an Excel template for targets."))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help=_("The file; left out: targets.xlsx."))
@click.pass_obj
def template(app: App, output: Path | None) -> None:
    from kaohe.records.targets_file import TARGETS
    from kaohe.records.template import write_template

    path = output or Path("targets.xlsx")
    if path.exists():
        what = msg("this file is there already; nothing was changed")
        raise fail(Problem("file.exists", what, Place(str(path)), fix=msg("choose another name with --output")))
    with whole(path) as beside:
        write_template(beside, TARGETS, app.language)
    app.say(msg("wrote {file}; fill it in, then: {command} {file}", file=path, command="kaohe targets import"))


@targets.command("import", help=_("Import targets from a CSV or XLSX file: all of them, or none."))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@click.option("--update", is_flag=True, help=_("Targets that differ from what is stored replace it."))
@click.option("--sheet", metavar="NAME", help=_("The sheet of a workbook; left out: the first with rows."))
@click.option("--dry-run", is_flag=True, help=_("Read and compare, but keep nothing."))
@click.pass_obj
def import_(app: App, file: Path, update: bool, sheet: str | None, dry_run: bool) -> None:
    from kaohe.records.batches import source_of
    from kaohe.records.reading import read_records
    from kaohe.records.rows import ReadContext
    from kaohe.records.targets import read_targets
    from kaohe.records.targets_file import TARGETS
    from kaohe.records.targets_store import known_to

    app.require("prepare")
    known = known_to(app.store, list(app.registry.indicators))
    context = ReadContext(app.workspace.timezone, known.people)
    found, problems = read_targets(read_records(file, TARGETS, None, context, sheet=sheet), known)
    refuse_if_any(problems)
    app.problems(problems)
    keep(app, found, file.name, source_of(file).sha256, update=update, dry_run=dry_run)


@targets.command("set", help=_("Set one target: of a person, a team or the company, for an indicator, in a period."))
@click.argument("indicator", metavar="INDICATOR")
@click.argument("value", metavar="VALUE")
@click.option("--period", required=True, metavar="PERIOD", help=_("2026-03, 2026-Q1, 2026-H1, 2026, or from..to."))
@click.option("--person", metavar="PERSON", help=_("The person's code or name."))
@click.option("--team", metavar="TEAM", help=_("The team's code or name."))
@click.option("--company", is_flag=True, help=_("The company's own target."))
@click.pass_obj
def set_(
    app: App, indicator: str, value: str, period: str, person: str | None, team: str | None, company: bool
) -> None:
    from kaohe.errors import NOWHERE
    from kaohe.records.rows import CleanRow, Stored
    from kaohe.records.targets import target_of
    from kaohe.records.targets_store import by_key, known_to

    asked = [scope for scope, given in (("person", person), ("team", team), ("company", company)) if given]
    if len(asked) != 1:
        raise click.UsageError(_("say whose target it is: one of --person, --team, --company"))
    app.require("prepare")
    micros = _millionths(value)
    cells: dict[str, Stored] = {
        "scope": asked[0],
        "who": person or team,
        "indicator": indicator,
        "period": period,
        "value": micros,
    }
    places = dict.fromkeys(cells, Place(key="kaohe targets set"))
    known = known_to(app.store, list(app.registry.indicators))
    target, problems = target_of(CleanRow(cells, NOWHERE, 1, ()), known, places)
    refuse_if_any(problems)
    app.problems(problems)
    if target is not None:
        said = "\0".join(map(str, (*target.key, target.value)))
        keep(app, by_key([target]), "kaohe targets set", hashlib.sha256(said.encode()).hexdigest(), update=True)


@targets.command("list", help=_("List the targets."))
@click.option("--period", metavar="PERIOD", help=_("Only those of exactly this period."))
@click.option("--format", "form", type=TABLE_OR_JSON, default="table", show_default=True, help=_("The form."))
@click.pass_obj
def list_(app: App, period: str | None, form: str) -> None:
    from kaohe.period import parse_period, usual
    from kaohe.records.targets_store import list_targets

    wanted = None if period is None else usual(parse_period(period)).name
    listed = [target for target in list_targets(app.store) if wanted in (None, target.period)]
    if form == "json":
        from kaohe.cli.exported import hand_out
        from kaohe.cli.output import json_text

        content = json_text([as_data(target) for target in listed])
        hand_out(app, content, None, "targets", period or "targets", form=form, count=len(listed))
        return
    app.table(*columns_of(app, listed), right=[4])


def columns_of(app: App, listed: Sequence[Target]) -> tuple[list[str], list[list[str]]]:
    """Targets as a table whose header a targets file may have."""
    from kaohe.records.targets_file import SCOPES, TARGETS

    heads = [field.label.in_(app.language) for field in TARGETS.fields]
    rows = [
        [SCOPES[each.scope].in_(app.language), each.who, each.indicator, each.period, shown(each.value)]
        for each in listed
    ]
    return heads, rows


def as_data(target: Target) -> dict[str, Any]:
    from kaohe.exact import from_micros

    return {**vars(target), "value": str(from_micros(target.value))}


def shown(micros: int) -> str:
    """A figure with thousands separators and no more decimals than it has."""
    from kaohe.exact import from_micros

    return f"{from_micros(micros):,}"


def keep(
    app: App,
    found: Mapping[TargetKey, tuple[Target, Place]],
    name: str,
    sha256: str,
    *,
    update: bool,
    dry_run: bool = False,
) -> None:
    """Store the targets as one batch and say what became of them."""
    from kaohe.records.batches import Source
    from kaohe.records.targets_store import keep_targets

    source = Source(name, sha256)
    done = keep_targets(app.store, found, source, handed_in=app.now(), update_stored=update, dry_run=dry_run)
    counts = {name: f"{count:,}" for name, count in vars(done.counts).items()}
    app.say(
        msg("{file}: {read} targets: {added} added, {replaced} replaced, {unchanged} unchanged", file=name, **counts)
    )
    if dry_run:
        app.say(msg("nothing was kept: this was a rehearsal (--dry-run)"))
    elif done.batch is None:
        app.say(msg("nothing changed"))
    else:
        app.say(msg("kept as batch {batch}; to take it back: kaohe records undo {batch}", batch=done.batch))


def _millionths(value: str) -> int:
    """As a cell of a targets file is read: 120000, 1,234.5 or 95%."""
    from kaohe.records.numbers import number_parser
    from kaohe.records.rows import Unfit
    from kaohe.records.targets_file import TARGETS

    try:
        return number_parser(TARGETS.field("value"))(value)
    except Unfit as unfit:
        raise fail(Problem("targets.cell", unfit.reason, found=value, fix=unfit.fix)) from None
