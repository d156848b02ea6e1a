"""``kaohe doctor``: whether this deployment is well, and how to mend what is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import Exit, KaoheError
from kaohe.text import Message, msg, render

if TYPE_CHECKING:
    from kaohe.cli.checks.finding import Finding
    from kaohe.cli.workspace import Workspace
    from kaohe.errors import Problem


@click.command(help=_("Check this deployment: 0 all is well, 1 warnings, 3 errors."))
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help=_("The form.")
)
@click.pass_obj
def doctor(app: App, form: str) -> Exit:
    from kaohe.cli.checks.finding import exit_code

    findings = list(_examined(app))
    if form == "json":
        app.json([_data(app, finding) for finding in findings])
    else:
        words = {"well": _("well"), "note": _("note"), "warning": _("warning"), "error": _("error")}
        rows = [(finding.check, words[finding.level], render(finding.found, app.language)) for finding in findings]
        app.table([_("Check"), _("State"), _("Found")], rows)
        for finding in findings:
            if finding.problem is not None:
                app.problems([finding.problem])
            elif finding.fix is not None and finding.level != "well":
                app.say(msg("{check}: {fix}", check=finding.check, fix=finding.fix))
    return exit_code(findings)


def _examined(app: App) -> Iterator[Finding]:
    from kaohe import __version__
    from kaohe.cli.checks import gather, host
    from kaohe.cli.printing import find_browser

    yield host.versions(__version__, gather.python(), gather.required(), gather.installed())
    yield host.terminal(getattr(sys.stdout, "encoding", None))
    try:
        browser: str | None = find_browser(app.environment)
    except KaoheError:
        browser = None
    fonts = gather.said_by(["fc-list", ":lang=zh", "family"], app.environment) if browser else None
    yield host.printing(browser, None if fonts is None else bool(fonts.strip()))
    try:
        workspace = app.workspace
    except KaoheError as error:
        yield from _told("workspace", error)
        return
    yield host.clock(app.now().astimezone(workspace.timezone))
    yield from _of_folder(workspace)
    yield from _of_plugins(app)
    yield from _of_database(app, workspace)
    yield from _of_engine(app, workspace)


def _of_folder(workspace: Workspace) -> Iterator[Finding]:
    from kaohe.cli.checks import folders, gather, host
    from kaohe.cli.checks.finding import Finding

    yield Finding("workspace", "well", str(workspace.folder))
    settings = workspace.file
    yield folders.password(settings.read_text("utf-8"), settings.stat().st_mode)
    kept = [workspace.snapshots, *workspace.snapshots.glob("*"), *workspace.folder.glob("*.db*")]
    kept += [workspace.values, workspace.folder / "quarantine"]
    yield folders.rights(gather.entries(workspace.folder, kept), gather.around(workspace.folder))
    spill = workspace.folder / workspace.duckdb.folder
    written = [workspace.snapshots, *workspace.snapshots.glob("*/"), workspace.values, spill]
    yield folders.writing(gather.closed([*written, workspace.folder / "quarantine"]))
    names, abandoned = gather.hidden_files(workspace.folder), gather.abandoned(workspace.folder)
    yield folders.leftovers(names, gather.processes(), abandoned)
    yield from folders.snapshots(gather.manifests(workspace.snapshots), gather.parquet_ends(workspace.snapshots))
    places = {"workspace": workspace.folder, "snapshots": workspace.snapshots, "temporary": gather.temporary()}
    for what, folder in places.items():
        yield host.disk(gather.disk_of(what, folder))


def _of_plugins(app: App) -> Iterator[Finding]:
    from kaohe.cli.checks.finding import Finding

    running = sum(state.state == "running" for state in app.registry.plugins)
    yield Finding("plugins", "well", msg("plugins that run: {count}", count=running))
    for problem in app.registry.problems:  # which were told in full when the plugins were opened
        yield _said("plugins", problem)


def _of_database(app: App, workspace: Workspace) -> Iterator[Finding]:
    from kaohe.cli.checks import database, gather
    from kaohe.records.condition import examine

    try:
        facts = examine(
            workspace.database_url,
            app.registry.record_types,
            folder=workspace.folder,
            patience=workspace.database.patience,
        )
    except KaoheError as error:
        yield from _told("database", error)
        return
    yield from database.database(facts)
    if facts.server is not None:
        yield from database.server(facts.server, workspace.database.size)
        yield database.clocks(app.now(), facts)
    if facts.version == facts.newest:
        yield from _of_runs(app, workspace)
    if facts.file is not None:
        yield from database.file(facts.file, gather.file_system(Path(facts.file.path).absolute()))


def _of_runs(app: App, workspace: Workspace) -> Iterator[Finding]:
    """Whether the files are there on which stored runs rest: their manifests are kept in the database, so that a folder
    that is gone, or is another database's, does not pass for an empty one."""
    from kaohe.cli.checks import folders
    from kaohe.run.stored.needed import needed_by_runs
    from kaohe.run.stored.purged import purges

    try:
        with app.bare_store.reading() as connection:
            kept = needed_by_runs(connection, workspace.snapshots).manifests
            purged = purges(connection)
    except KaoheError as error:
        yield from _told("snapshots.runs", error)
        return
    parts = [part for each in kept for part in each.all_partitions() if part.content not in purged]
    needed = {part.path.relative_to(workspace.snapshots).as_posix(): part.path for part in parts}
    yield folders.needed(len(needed), sorted(name for name, path in needed.items() if not path.exists()))


def _of_engine(app: App, workspace: Workspace) -> Iterator[Finding]:
    from kaohe.cli.checks import engines, gather, host
    from kaohe.cli.duckdb_settings import memory_of

    yield engines.memory(gather.memory(), memory_of(workspace.duckdb))
    yield host.disk(gather.disk_of("spill", workspace.folder / workspace.duckdb.folder))
    if workspace.spark is None:
        return
    address = workspace.spark.address
    places = engines.hosts_of(address)
    yield from engines.spark(
        engines.SparkFacts(
            gather.installed().get("pyspark"),
            gather.java(app.environment),
            address,
            any(gather.answers(*place) for place in places) if places else None,
        )
    )


def _told(check: str, error: KaoheError) -> Iterator[Finding]:
    """What stands in the way, as every command says it."""
    for problem in error.problems:
        yield replace(_said(check, problem), problem=problem)


def _said(check: str, problem: Problem) -> Finding:
    from kaohe.cli.checks.finding import Finding

    where = str(problem.where)
    return Finding(check, "error", _placed(where, problem.what) if where else problem.what, problem.fix)


def _placed(where: str, what: Message) -> Message:
    return msg("{where}: {what}", where=where, what=what)


def _data(app: App, finding: Finding) -> dict[str, Any]:
    data: dict[str, Any] = {
        "check": finding.check,
        "state": finding.level,
        "found": str(render(finding.found, app.language)),
    }
    if finding.fix is not None:
        data["fix"] = str(render(finding.fix, app.language))
    if (problem := finding.problem) is not None:
        told = {"what": problem.what, "found": problem.found, "expected": problem.expected}
        said = {key: str(render(value, app.language)) for key, value in told.items() if value is not None}
        data["problem"] = {"code": problem.code, "where": str(problem.where), **said}
    return data
