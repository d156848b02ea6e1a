"""What ``records import`` and ``people import`` share: mapping files, progress, the quarantine file, the summary."""

from __future__ import annotations

import filecmp
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.files import write_whole
from kaohe.cli.words import _
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.system import said_by_system
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.plugin import RecordType
    from kaohe.records.batches import Source
    from kaohe.records.importing import Imported
    from kaohe.records.mapping import SourceMapping
    from kaohe.records.rows import Mistake, Reading, Rejection

_NOTES_PER_CODE = 3
_REASONS = 5
_NO_FILE_NAME = re.compile(r'[\\/:*?"<>|\s]+')


@dataclass(frozen=True)
class Given:
    """Where rows come from: a file, or a query (``from_sql``) asked of a ``source``, whose rows ``keep`` keeps."""

    file: Path | None
    from_sql: str | None
    source: str | None
    keep: Path | None


def import_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that both imports have; where the rows come from arrives as one, ``given``."""

    @wraps(command)
    def gathered(
        *words: Any, file: Path | None, from_sql: str | None, source: str | None, keep: Path | None, **others: Any
    ) -> Any:
        return command(*words, given=Given(file, from_sql, source, keep), **others)

    for option in (
        click.option("--dry-run", is_flag=True, help=_("Read and compare, but keep nothing.")),
        click.option("--sheet", metavar="NAME", help=_("The sheet of a workbook; left out: the first with rows.")),
        click.option("--update", is_flag=True, help=_("Rows that differ from what is stored replace it.")),
        click.option("--strict", is_flag=True, help=_("All or nothing: one bad row and nothing is kept.")),
        click.option("--mapping", metavar="FILE|NAME", help=_("A mapping file, or one kept in imports/ by its name.")),
        click.option(
            "--keep",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help=_("Keep the rows of a query in this file."),
        ),
        click.option("--source", metavar="NAME", help=_("The database that is asked: a name under [sources].")),
        click.option(
            "--from-sql", metavar="FILE|QUERY", help=_("In the place of FILE, the rows of a query in another database.")
        ),
        click.argument(
            "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="[FILE]", required=False
        ),
    ):
        gathered = option(gathered)
    return gathered


@contextmanager
def handed_in(app: App, given: Given, rules: SourceMapping | None) -> Iterator[tuple[Path, Source]]:
    """The file to be imported and what the batch says of it: that which was given, or one with the rows of a query,
    which is gone afterwards unless it is to be kept."""
    from kaohe.records.batches import source_of

    digest, keep = rules.digest if rules else None, given.keep
    if (given.file is None) == (given.from_sql is None):
        raise click.UsageError(_("give a FILE, or a query with --from-sql, and not both"))
    if given.file is not None:
        if given.source is not None or keep is not None:
            raise click.UsageError(_("--source and --keep belong to --from-sql"))
        yield given.file, source_of(given.file, digest)
        return
    from tempfile import TemporaryDirectory

    from kaohe.cli.files import whole
    from kaohe.cli.sources import query_of
    from kaohe.records.query import extract

    if keep is not None and keep.exists():
        what = msg("this file is there already; nothing was changed")
        raise fail(Problem("file.exists", what, Place(str(keep)), fix=msg("choose another name with --keep")))
    query = query_of(app, given.from_sql or "", given.source)
    name = f"{query.source}: {query.name}"
    with TemporaryDirectory(prefix="kaohe-") as folder:
        path = keep or Path(folder) / _NO_FILE_NAME.sub("-", name)
        with whole(path) as beside:
            rows = extract(query, beside, app.workspace.folder)
        app.say(msg("{name}: {rows} rows", name=name, rows=f"{rows:,}"))
        yield path, replace(source_of(path, digest), name=name)


def find_mapping(app: App, name: str | None, record_type: RecordType) -> SourceMapping | None:
    """The mapping file of that path, or that the workspace keeps under that name."""
    if name is None:
        return None
    from kaohe.records.mapping import load_mapping

    path = _mapping_file(app, name)
    return load_mapping(path, record_type)


def keep_mapping(app: App, name: str | None) -> None:
    """Keep a mapping file that lies elsewhere in the workspace, so that the next import finds it by its name."""
    if name is None:
        return
    path = _mapping_file(app, name)
    kept = app.workspace.imports / path.name
    if path.resolve() == kept.resolve():
        return
    text = path.read_bytes()
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, text)
        app.say(msg("the mapping is kept as {file}; next time: --mapping {name}", file=kept, name=path.stem))
    elif kept.read_bytes() != text:
        app.say(msg("{file} holds another mapping of this name and was left as it is", file=kept))


def counted(readings: Iterable[Reading]) -> Iterator[Reading]:
    """The readings, with the number of rows so far on a terminal."""
    if not sys.stderr.isatty():
        yield from readings
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task("", total=None)
        rows = 0
        for reading in readings:
            rows += len(reading.rows) + len(reading.rejected) + reading.skipped
            words = _("{rows} rows read").format(rows=f"{rows:,}")
            bar.update(task, description=words)
            yield reading


def report_import(app: App, imported: Imported, source: Source, *, dry_run: bool) -> Exit:
    """Notes, counts, the quarantine file, what comes next; the exit code."""
    _say_notes(app, imported.notes)
    counts = imported.counts
    app.say(
        msg(
            "{file}: {read} rows read: {added} added, {replaced} replaced, {unchanged} unchanged, {bad} quarantined",
            file=source.name,
            read=f"{counts.read:,}",
            added=f"{counts.added:,}",
            replaced=f"{counts.replaced:,}",
            unchanged=f"{counts.unchanged:,}",
            bad=f"{counts.quarantined:,}",
        )
    )
    if imported.equal:
        app.say(msg("{count} of the unchanged rows repeat another row of the file", count=f"{imported.equal:,}"))
    repeated = imported.left_out
    if repeated:
        app.say(
            msg("{count} rows repeat a key and were left out, as the mapping's repeats asks", count=f"{repeated:,}")
        )
    skipped = counts.read - counts.added - counts.replaced - counts.unchanged - counts.quarantined - repeated
    if skipped:
        app.say(msg("{count} rows were left out, as the mapping's skip_rows_where asks", count=f"{skipped:,}"))
    if imported.rejected:
        _say_reasons(app, imported.rejected)
        app.say(quarantined(app, imported, source.name, source.sha256))
    app.say(_what_next(imported, dry_run=dry_run))
    nothing_fits = imported.rejected and counts.added + counts.replaced + counts.unchanged == 0
    return Exit.MISTAKE if imported.refused or nothing_fits else Exit.OK


def _mapping_file(app: App, name: str) -> Path:
    folder = app.workspace.imports
    for path in (Path(name), folder / name, folder / f"{name}.toml"):
        if path.is_file():
            return path
    raise fail(
        Problem(
            "mapping.unknown",
            msg("there is no mapping {name}", name=name),
            expected=", ".join(sorted(entry.stem for entry in folder.glob("*.toml"))) or None,
            fix=msg("name a mapping file, or one of those in {folder}", folder=folder),
        )
    )


def _say_notes(app: App, notes: Iterable[Problem]) -> None:
    """The first few notes of each kind; the others are counted."""
    seen: Counter[str] = Counter()
    for note in notes:
        seen[note.code] += 1
        if seen[note.code] <= _NOTES_PER_CODE:
            app.problems([note])
    for code, count in seen.items():
        if count > _NOTES_PER_CODE:
            app.say(msg("… and {count} more of [{code}]", count=f"{count - _NOTES_PER_CODE:,}", code=code))


def _say_reasons(app: App, rejected: Iterable[Rejection]) -> None:
    """The most frequent reasons, each with its column and the first row it was met in."""
    seen: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], tuple[int, Mistake]] = {}
    for rejection in rejected:
        for mistake in rejection.mistakes:
            kind = (mistake.column or mistake.field or "", mistake.reason.template)
            seen[kind] += 1
            first.setdefault(kind, (rejection.row, mistake))
    for kind, count in seen.most_common(_REASONS):
        row, mistake = first[kind]
        words = {"count": f"{count:,}", "reason": mistake.reason, "row": row}
        if kind[0] and mistake.column is None and not mistake.value:  # about the whole row: no cell to show
            line = msg("{count} × {column}: {reason} (row {row})", column=kind[0], **words)
        elif kind[0]:
            value = mistake.value or msg("empty")
            line = msg("{count} × {column}: {reason} (row {row}: {value})", column=kind[0], value=value, **words)
        else:
            line = msg("{count} × {reason} (row {row})", **words)
        app.say(f"    {line.in_(app.language)}")
    if len(seen) > _REASONS:
        more = msg("… and {count} other reasons", count=len(seen) - _REASONS)
        app.say(f"    {more.in_(app.language)}")


def quarantined(app: App, imported: Imported, source: str, sha256: str) -> Message:
    """Write the quarantine file. Its name follows from the source's content: it never overwrites what it came from."""
    from kaohe.records.quarantine import write_quarantine

    stem = _NO_FILE_NAME.sub("-", Path(source).stem)
    folder, name = app.workspace.folder / "quarantine", f"{stem}-{sha256[:8]}"
    beside = folder / f".{name}.new"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        write_quarantine(beside, imported.rejected, imported.header, app.language)
        path = beside.replace(_place_for(beside, folder / name))
    except OSError as error:
        what = msg("this file cannot be written")
        found = said_by_system(error)
        place = Place(str(folder / f"{name}.csv"))
        raise fail(Problem("file.unwritable", what, place, found=found), Exit.ENVIRONMENT) from error
    return msg("the quarantined rows, with reasons, are in {file}; correct them there and import that file", file=path)


def _place_for(new: Path, wanted: Path) -> Path:
    """The first of NAME.csv, NAME-2.csv … that is free or says the same: one that was corrected is never lost."""
    place, number = wanted.with_name(f"{wanted.name}.csv"), 1
    while place.exists() and not filecmp.cmp(place, new, shallow=False):
        number += 1
        place = wanted.with_name(f"{wanted.name}-{number}.csv")
    return place


def _what_next(imported: Imported, *, dry_run: bool) -> Message:
    if imported.refused:
        return msg("nothing was kept, because --strict asks for all or nothing")
    if dry_run:
        return msg("nothing was kept: this was a rehearsal (--dry-run)")
    if imported.batch is None:
        return msg("nothing changed")
    return msg("kept as batch {batch}; to take it back: kaohe records undo {batch}", batch=imported.batch)
