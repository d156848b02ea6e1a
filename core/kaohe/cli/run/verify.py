"""``kaohe run verify``: whether a stored run is what was stored, and comes out of its inputs again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.run.group import run
from kaohe.cli.words import _
from kaohe.errors import Exit, Problem
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.run.stored.verifying import Verdict


@run.command(
    help=_(
        "Compute stored runs again from what was kept, and compare every row, file and column: identical, or what "
        "differs. Ends with 1 where something differs."
    )
)
@click.argument("named", metavar="[RUN]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help=_("Every stored run, and rows that belong to none."))
@click.option("--file", "files", type=click.Path(path_type=Path, exists=True, dir_okay=False), multiple=True,
              help=_("A run in a file of kaohe run export --format json."))  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help=_("The form.")
)
@click.pass_obj
def verify(app: App, named: Sequence[str], everything: bool, files: Sequence[Path], form: str) -> Exit:
    if not (named or everything or files) or (named and everything):
        raise click.UsageError(_("name the runs, or --all, or --file FILE"))
    verdicts, others = _verdicts(app, named, everything, files)
    if form == "json":
        app.json({"runs": [_data(app, each) for each in verdicts], "others": [_problem(app, each) for each in others]})
    else:
        for verdict in verdicts:
            _say(app, verdict)
        for problem in others:
            click.echo(problem.render(app.language))
    return Exit.OK if all(map(_sound, verdicts)) and not others else Exit.MISTAKE


def _verdicts(
    app: App, named: Sequence[str], everything: bool, files: Sequence[Path]
) -> tuple[list[Verdict], list[Problem]]:
    from kaohe import __version__
    from kaohe.run.stored.runs import find_run, list_runs
    from kaohe.run.stored.strays import strays
    from kaohe.run.stored.verifying import verify_run

    verdicts = [_of_file(app, path) for path in files]
    numbers = [find_run(app.store, each) for each in named]
    others: list[Problem] = []
    if everything:
        numbers = [head.number for head in list_runs(app.store)]
        with app.store.reading() as connection:
            others = list(strays(connection))
    verdicts += [verify_run(app.store, number, app.workspace.snapshots, __version__) for number in numbers]
    return verdicts, others


def _of_file(app: App, path: Path) -> Verdict:
    """The verdict on a run in a file, with the snapshot's files that it brings, or else those of the workspace."""
    import tempfile

    from kaohe import __version__
    from kaohe.run.stored.bringing import unpack_snapshot
    from kaohe.run.stored.rows import rows_from
    from kaohe.run.stored.verifying import verify

    text = path.read_text("utf-8")
    rows = rows_from(text, str(path))
    with tempfile.TemporaryDirectory() as folder:
        brought = unpack_snapshot(text, Path(folder))
        own = None if app.folder is None else app.workspace.snapshots
        return verify(rows, Path(folder) if brought else own, __version__)


def _sound(verdict: Verdict) -> bool:
    told = verdict.purged is not None or verdict.given_up is not None
    return verdict.identical or _former(verdict) or (told and verdict.unharmed)


def _former(verdict: Verdict) -> bool:
    return any(each.code == "verify.former" for each in verdict.findings)


def _say(app: App, verdict: Verdict) -> None:
    click.echo(_sentence(verdict).in_(app.language))
    for problem in verdict.findings:
        click.echo("\n".join(f"    {line}" for line in problem.render(app.language).splitlines()))


def _sentence(verdict: Verdict) -> Message:
    words: dict[str, Any] = {"number": verdict.number, "digest": verdict.digest[:16]}
    if _former(verdict):
        return msg("run {number} ({digest}): cannot be verified", **words)
    if verdict.identical:
        return msg("run {number} ({digest}): identical", **words)
    count = sum(each.severity == "error" for each in verdict.findings)
    if verdict.purged is not None and not count:
        return msg(
            "run {number} ({digest}): unchanged; computed again only in part, because of the purge of event {event}",
            **words,
            event=verdict.purged,
        )
    if verdict.given_up is not None and not count:
        return msg(
            "run {number} ({digest}): unchanged; it cannot be computed again: event {event} gave up its lost snapshot",
            **words,
            event=verdict.given_up,
        )
    if not verdict.recomputed and not count:
        return msg(
            "run {number} ({digest}): unchanged, but it cannot be computed again: no snapshot is at hand", **words
        )
    if not verdict.recomputed:
        return msg(
            "run {number} ({digest}): differs, findings: {count}; it cannot be computed again", count=count, **words
        )
    return msg("run {number} ({digest}): differs, findings: {count}", count=count, **words)


def _data(app: App, verdict: Verdict) -> dict[str, Any]:
    return {
        "run": verdict.number,
        "digest": verdict.digest,
        "identical": verdict.identical,
        "recomputed": verdict.recomputed,
        "purged": verdict.purged,
        "given_up": verdict.given_up,
        "findings": [_problem(app, each) for each in verdict.findings],
    }


def _problem(app: App, problem: Problem) -> dict[str, Any]:
    sides = {"found": problem.found, "expected": problem.expected}
    return {
        "code": problem.code,
        "where": str(problem.where),
        "what": problem.what.in_(app.language),
        **{
            name: side.in_(app.language) if isinstance(side, Message) else side
            for name, side in sides.items()
            if side is not None
        },
    }
