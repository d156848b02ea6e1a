"""``kaohe demo``: a workspace of every installed industry with invented records, imported and evaluated as usual."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.errors import Exit, KaoheError, Problem, fail
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.plugin import SampleFile
    from kaohe.records.rows import ReadContext, Reading

PERIODS = ("2025-Q4", "2026-Q1")
SHOWN = 8
# Fewer could not use up the pools of the sample schemes, whose bonuses are capped.
_FEWEST = 80


@click.command(help=_("Make a workspace in DIR with invented records of every installed industry, and evaluate it."))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--people", type=click.IntRange(_FEWEST, 5000), default=120, show_default=True, help=_("People per industry.")
)
@click.option("--seed", type=int, default=2026, show_default=True, help=_("Another seed invents other records."))
@click.pass_obj
def demo(app: App, folder: Path, people: int, seed: int) -> None:
    from kaohe.cli.init import make_workspace
    from kaohe.plugin.registry import open_registry

    industries = [plugin.name for plugin in open_registry((), None).plugins if plugin.state == "available"]
    if not industries:
        raise _no_industry()
    inside = make_workspace(app, folder, industries=industries, timezone="Asia/Shanghai", database="sqlite:///kaohe.db")
    for name in industries:
        load_samples(inside, name, people, seed)
    for name in industries:
        for scheme in inside.registry.plugin(name).brings.schemes:
            show(inside, scheme)
    where_next(inside, folder)


def load_samples(app: App, plugin: str, people: int, seed: int) -> None:
    """Write the plugin's sample as CSV files and import them as anybody would: people first."""
    from kaohe.records.batches import source_of
    from kaohe.records.importing import import_rows
    from kaohe.records.people import import_people, read_directory, read_teams
    from kaohe.records.reading import read_records
    from kaohe.records.rows import ReadContext

    folder = app.workspace.folder / "samples" / plugin
    folder.mkdir(parents=True, exist_ok=True)
    counted: list[Message] = []
    for sample in sorted(app.registry.sample(plugin, people, seed), key=lambda sample: sample.records != "people"):
        path = folder / f"{sample.name}.csv"
        write_sample(path, sample)
        context = ReadContext(app.workspace.timezone, read_directory(app.store), read_teams(app.store))
        if sample.records == "people":
            imported = import_people(app.store, partial(_people, path, context), source_of(path), handed_in=app.now())
        else:
            record_type = app.registry.record_types[sample.records]
            read = partial(read_records, path, record_type, None, context)
            imported = import_rows(app.store, record_type, read, source_of(path), handed_in=app.now())
        if imported.counts.quarantined and sample.records != "people":
            raise _rejected(path, imported.counts.quarantined)
        counted.append(msg("{name} {rows}", name=sample.name, rows=imported.counts.added))
    said = msg(", ").in_(app.language).join(each.in_(app.language) for each in counted)
    app.say(msg("{plugin}: imported {files}", plugin=plugin, files=said))


def _people(path: Path, context: ReadContext) -> Iterator[Reading]:
    from kaohe.records.reading import read_people

    return read_people(path, None, context)[1]


def write_sample(path: Path, sample: SampleFile) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sample.header)
        writer.writerows(sample.rows)


def show(app: App, scheme: str) -> None:
    """Evaluate both quarters; the first ranks of the last one, and how tiers and money came out in each."""
    import sys

    from kaohe.cli.evaluate import terminal_width
    from kaohe.cli.evaluation import run_scheme
    from kaohe.report.terminal import run_text, tiers_text

    for period in PERIODS:
        run, number = run_scheme(app, scheme, period)
        if period == PERIODS[-1]:
            sys.stdout.write("\n" + run_text(run, number, app.language, width=terminal_width(app), first=SHOWN))
        else:
            sys.stdout.write("\n" + tiers_text(run, number, app.language))


def where_next(app: App, folder: Path) -> None:
    """The commands worth trying."""
    lines: Sequence[tuple[str, Message]] = (
        ("evaluate floor-heating --period 2026-Q1", msg("the whole ranking")),
        ("evaluate floor-heating --period 2026-Q1 --explain FH0001", msg("why one person got what they got")),
        ("scheme show floor-heating", msg("the rules, read aloud")),
        ("records types", msg("what can be imported")),
        ("plugin list", msg("who brings it")),
    )
    app.say(msg("\nWhere to look next:"))
    for command, meaning in lines:
        app.say(f"  kaohe --workspace {folder} {command}\n      {meaning.in_(app.language)}")


def _no_industry() -> KaoheError:
    return fail(
        Problem(
            "demo.no-industry",
            msg("no industry plugin is installed"),
            fix=msg("install one beside kaohe, for example: pip install ./plugins/floor_heating"),
        ),
        Exit.ENVIRONMENT,
    )


def _rejected(path: Path, count: int) -> KaoheError:
    return fail(
        Problem(
            "demo.rejected",
            msg("a plugin's sample has rows that cannot be imported"),
            found=f"{path.name}: {count}",
            fix=msg("see why: kaohe records import TYPE {file} --dry-run", file=path),
        )
    )
