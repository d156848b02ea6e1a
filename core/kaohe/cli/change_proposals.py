"""``kaohe change propose`` and ``import``: one person's result, or a whole calibration sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.change_group import change, change_words, show_moved
from kaohe.cli.context import App
from kaohe.cli.period_scheme import period_name, scheme_id
from kaohe.cli.words import _
from kaohe.errors import NOWHERE, Place, Problem, fail
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.appraise.manual import ManualKind
    from kaohe.records.attachments import Attachment
    from kaohe.run.changes.model import Draft
    from kaohe.run.stored.repository import StoredRun

_EVIDENCE = click.Path(path_type=Path, exists=True, dir_okay=False)


@change.command(help=_("Propose to change one person's result; somebody else approves it."))
@click.argument("scheme", metavar="SCHEME")
@click.argument("period", metavar="PERIOD")
@click.argument("person", metavar="PERSON")
@click.option("--points", metavar="POINTS", help=_("Points to be added to the total: +3, -2.5."))
@click.option("--tier", metavar="TIER", help=_("The tier to be given."))
@click.option("--bonus", metavar="AMOUNT", help=_("An amount to be paid besides: +500.00, -200."))
@click.option("--reason", metavar="TEXT", required=True, help=_("Why; it stands on the person's statement."))
@click.option("--evidence", type=_EVIDENCE, multiple=True, metavar="FILE", help=_("A file that shows it; repeatable."))
@click.option("--appeal", type=click.IntRange(1), metavar="NUMBER", help=_("The appeal that this answers."))
@click.option("--dry-run", is_flag=True, help=_("Show what it would do, but keep nothing."))
@click.pass_obj
def propose(
    app: App,
    scheme: str,
    period: str,
    person: str,
    points: str | None,
    tier: str | None,
    bonus: str | None,
    reason: str,
    evidence: tuple[Path, ...],
    appeal: int | None,
    dry_run: bool,
) -> None:
    from kaohe.run.explanation.person import find_person

    app.require("prepare")
    stored = _stored(app, scheme, period)
    code = stored.run.appraisal.people.code[find_person(stored.run, person)]
    asked: dict[ManualKind, str] = {}
    if points is not None:
        asked["points"] = points
    if tier is not None:
        asked["tier"] = tier
    if bonus is not None:
        asked["bonus"] = bonus
    if not asked:
        raise click.UsageError(_("say what to change: --points, --tier or --bonus"))
    drafts = [_draft(stored, code, kind, text, reason) for kind, text in asked.items()]
    _propose(app, stored, drafts, files=_files(evidence), appeal=appeal, dry_run=dry_run)


@change.command(
    "import", help=_("Propose the changes of a calibration sheet (CSV, XLSX: person, points, tier, bonus, reason).")
)
@click.argument("scheme", metavar="SCHEME")
@click.argument("period", metavar="PERIOD")
@click.argument("file", type=_EVIDENCE, metavar="FILE")
@click.option("--sheet", metavar="NAME", help=_("The sheet of a workbook; left out: the first with rows."))
@click.option("--evidence", type=_EVIDENCE, multiple=True, metavar="FILE", help=_("A file that shows it; repeatable."))
@click.option("--dry-run", is_flag=True, help=_("Show what it would do, but keep nothing."))
@click.pass_obj
def import_(
    app: App, scheme: str, period: str, file: Path, sheet: str | None, evidence: tuple[Path, ...], dry_run: bool
) -> None:
    from kaohe.records.changes_file import CHANGES
    from kaohe.records.directory import Directory
    from kaohe.records.reading import read_records
    from kaohe.records.rows import ReadContext
    from kaohe.run.changes.sheet import drafts_in

    app.require("prepare")
    stored = _stored(app, scheme, period)
    readings = read_records(file, CHANGES, None, ReadContext(app.workspace.timezone, Directory(())), sheet=sheet)
    drafts = drafts_in(readings, stored.run)
    _propose(app, stored, drafts, files=_files(evidence), dry_run=dry_run)


def _stored(app: App, scheme: str, period: str) -> StoredRun:
    from kaohe.run.changes.deciding import run_to_change

    named = period_name(period)
    return run_to_change(app.store, scheme_id(app, scheme), named)


def _draft(stored: StoredRun, code: str, kind: ManualKind, text: str, reason: str) -> Draft:
    from kaohe.run.changes.model import Draft, read_value

    value = read_value(kind, text, Place(key=f"--{kind}"))
    if isinstance(value, Problem):
        raise fail(value)
    levels = stored.run.scheme.tiers.levels if stored.run.scheme.tiers is not None else ()
    if kind == "tier" and value not in [level.id for level in levels]:
        what, known = msg("the scheme has no such tier"), ", ".join(level.id for level in levels)
        raise fail(Problem("change.tier", what, Place(key="--tier"), text, known or None))
    return Draft(code, kind, value, reason, NOWHERE)


def _files(paths: Sequence[Path]) -> list[Attachment]:
    from kaohe.records.attachments import Attachment

    return [Attachment(path.name, path.read_bytes()) for path in paths]


def _propose(
    app: App,
    stored: StoredRun,
    drafts: Sequence[Draft],
    *,
    files: Sequence[Attachment] = (),
    appeal: int | None = None,
    dry_run: bool,
) -> None:
    from kaohe.run.changes.deciding import propose, rehearse

    if dry_run:
        show_moved(app, stored.run, rehearse(app.store, stored, drafts, appeal=appeal))
        app.say(msg("nothing was kept: this was a rehearsal (--dry-run)"))
        return
    done = propose(app.store, stored, drafts, app.now(), files=files, appeal=appeal)
    show_moved(app, stored.run, done.moved)
    for each in done.proposals:
        app.say(change_words(each))
    numbers = " ".join(str(each.number) for each in done.proposals)
    app.say(msg("proposed; somebody else approves: kaohe change approve {numbers}", numbers=numbers))
