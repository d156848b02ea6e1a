"""``kaohe snapshot``: which states of the records were kept as files, whether they are sound, and what can go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import Exit
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.records import Snapshot
    from kaohe.run.stored.snapshots import Known

_FORM = click.Choice(["table", "json"])
_HOURS = 6
_SHOWN = 12  # hexadecimal digits of a digest
_NAMED = 20  # harmed files


@click.group(help=_("Snapshots: list, show, verify, and collect what no run needs."))
def snapshot() -> None:
    pass


@snapshot.command("list", help=_("List the snapshots, with their size and the runs that need them."))
@click.option("--format", "form", type=_FORM, default="table", show_default=True, help=_("The form."))
@click.pass_obj
def list_(app: App, form: str) -> Exit:
    from kaohe.records.collecting import sizes
    from kaohe.run.stored.snapshots import known_snapshots

    known = known_snapshots(app.bare_store, app.workspace.snapshots)
    found = sizes({each.snapshot.digest: each.snapshot for each in known})
    listed = [_data(each, *found[each.snapshot.digest]) for each in known]
    if form == "json":
        app.json(listed)
        return Exit.OK
    heads = (_("Snapshot"), _("Taken"), _("Rows"), _("Files"), _("Size"), _("Its own"), _("State"), _("Runs"))
    app.table(
        heads,
        [
            [
                each["snapshot"][:_SHOWN],
                "" if known_one.taken is None else app.moment(known_one.taken),
                f"{each['rows']:,}",
                f"{each['files']:,}",
                size_text(each["bytes"]),
                size_text(each["own_bytes"]),
                _("lost") if each["given_up"] is not None else _("newest") if each["newest"] else "",
                ", ".join(map(str, each["runs"])),
            ]
            for known_one, each in zip(known, listed, strict=True)
        ],
        right=[2, 3, 4, 5],
    )
    return Exit.OK if known else Exit.NOTHING


@snapshot.command(help=_("Show the files of SNAPSHOT (its digest, or how it begins): month, rows, size."))
@click.argument("named", metavar="SNAPSHOT")
@click.option("--format", "form", type=_FORM, default="table", show_default=True, help=_("The form."))
@click.pass_obj
def show(app: App, named: str, form: str) -> None:
    from kaohe.records.collecting import sizes
    from kaohe.run.stored.snapshots import find_known, known_snapshots

    known = known_snapshots(app.bare_store, app.workspace.snapshots)
    found = find_known(known, named)
    files = _files(found.snapshot)
    if form == "json":
        whole, own = sizes({each.snapshot.digest: each.snapshot for each in known})[found.snapshot.digest]
        app.json({**_data(found, whole, own), "timezone": found.snapshot.timezone, "parts": files})
        return
    app.table(
        (_("Table"), _("Month"), _("Rows"), _("Size"), _("File")),
        [
            [
                each["table"],
                each["month"] or "",
                f"{each['rows']:,}",
                _("missing") if each["bytes"] is None else size_text(each["bytes"]),
                each["file"],
            ]
            for each in files
        ],
        right=[2, 3],
        title=found.snapshot.digest,
    )


@snapshot.command(
    help=_("Read every file of these snapshots, or of all: whether it is there and holds the rows it is named by. "
           "Ends with 1 where one does not.")
)  # fmt: skip
@click.argument("named", metavar="[SNAPSHOT]...", nargs=-1)
@click.option("--format", "form", type=_FORM, default="table", show_default=True, help=_("The form."))
@click.pass_obj
def verify(app: App, named: Sequence[str], form: str) -> Exit:
    from kaohe.run.stored.snapshots import find_known, harmed_files, known_snapshots, newest_files

    folder = app.workspace.snapshots
    known = known_snapshots(app.bare_store, folder)
    everything = [each for each in known if each.given_up is None]
    chosen = [find_known(known, each) for each in named] if named else everything
    more = () if named else newest_files(folder).values()
    problems = list(harmed_files(app.bare_store, chosen, more, folder))
    files = {part.path for each in chosen for part in each.snapshot.all_partitions()} | {part.path for part in more}
    if form == "json":
        app.json(
            {
                "snapshots": len(chosen),
                "files": len(files),
                "sound": not problems,
                "problems": [{"code": each.code, "file": each.where.file} for each in problems],
            }
        )
    else:
        app.problems(problems[:_NAMED])
        if len(problems) > _NAMED:
            rest = f"{len(problems) - _NAMED:,}"
            app.say(msg("… and {count} more files; --format json names them all", count=rest))
        counted = {"snapshots": f"{len(chosen):,}", "files": f"{len(files):,}", "harmed": f"{len(problems):,}"}
        line = (
            msg("{snapshots} snapshots, {files} files; harmed: {harmed}", **counted)
            if problems
            else msg("{snapshots} snapshots, {files} files: all sound", **counted)
        )
        click.echo(line.in_(app.language))
    return Exit.MISTAKE if problems else Exit.OK


@snapshot.command(
    help=_("Delete the files that no stored run, no frozen period and no newest state of the records needs; and what "
           "interrupted commands left.")
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help=_("Only say what would go."))
@click.option(
    "--older-than",
    "hours",
    type=click.IntRange(min=0),
    metavar="HOURS",
    default=_HOURS,
    show_default=True,
    help=_("Only what was not touched for so long; 0 where no other machine uses the folder."),
)
@click.pass_obj
def collect(app: App, dry_run: bool, hours: int) -> Exit:
    from kaohe.cli.files import make_private
    from kaohe.run.stored.collecting import collect as collected

    app.require("prepare")
    folder = app.workspace.snapshots
    make_private(app.workspace.kept)
    rubbish = collected(app.bare_store, folder, app.now(), hours=hours, dry_run=dry_run)
    for path in rubbish.paths if dry_run else ():
        click.echo(path.relative_to(folder).as_posix())
    words = {"count": f"{len(rubbish.paths):,}", "size": size_text(rubbish.size)}
    if not rubbish.paths:
        app.say(msg("nothing can go"))
        return Exit.OK
    app.say(
        msg("{count} files ({size}) would go", **words) if dry_run else msg("{count} files ({size}) are gone", **words)
    )
    return Exit.OK


@snapshot.command(
    "give-up",
    help=_("Give up SNAPSHOT, of which files are lost for good: its runs stay and cannot be computed again. Not for "
           "what anything official rests on."),
    short_help=_("Give up a snapshot of which files are lost for good."),
)  # fmt: skip
@click.argument("named", metavar="SNAPSHOT")
@click.option("--reason", required=True, metavar="TEXT", help=_("Why; it is noted in the audit log."))
@click.pass_obj
def give_up(app: App, named: str, reason: str) -> None:
    from kaohe.run.stored.given_up import give_up as given_up
    from kaohe.run.stored.snapshots import find_known, known_snapshots, lost_files

    app.require("prepare")
    if not reason.strip():
        raise click.UsageError(_("say why: --reason TEXT"))
    found = find_known(known_snapshots(app.bare_store, app.workspace.snapshots), named).snapshot
    lost = lost_files(app.bare_store, found)
    event, runs = given_up(app.bare_store, found.digest, lost, reason.strip(), app.now())
    listed = ", ".join(map(str, runs)) or "–"
    app.say(msg("given up (event {event}); runs that cannot be computed again: {runs}", event=event, runs=listed))
    app.say(msg("what is left of its files goes with: kaohe snapshot collect"))


def size_text(size: int) -> str:
    """Bytes as people read them: 57.3 MB."""
    for unit, bytes_ in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if size >= bytes_:
            tenths = size * 10 // bytes_
            return f"{tenths // 10:,}.{tenths % 10} {unit}"
    return f"{size} B"


def _data(known: Known, size: int, own: int) -> dict[str, Any]:
    parts = known.snapshot.all_partitions()
    return {
        "snapshot": known.snapshot.digest,
        "taken": None if known.taken is None else known.taken.isoformat(timespec="seconds"),
        "rows": sum(part.rows for part in parts),
        "files": len(parts),
        "bytes": size,
        "own_bytes": own,
        "newest": known.newest,
        "given_up": known.given_up,
        "runs": list(known.runs),
    }


def _files(snapshot: Snapshot) -> list[dict[str, Any]]:
    return [
        {
            "table": part.path.parent.name,
            "month": part.month,
            "rows": part.rows,
            "bytes": part.path.stat().st_size if part.path.is_file() else None,
            "file": part.path.relative_to(snapshot.folder).as_posix(),
        }
        for part in snapshot.all_partitions()
    ]
