"""``kaohe scheme``: new, check, test, show, schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kaohe.cli.context import App
from kaohe.cli.files import write_whole
from kaohe.cli.scheme_file import load_file
from kaohe.cli.words import _
from kaohe.errors import Exit, Place, Problem, fail
from kaohe.text import Message, msg, render, visible

if TYPE_CHECKING:
    from kaohe.scheme import Checked


@click.group(help=_("Schemes: new, check, test, show, schema."))
def scheme() -> None:
    pass


@scheme.command(help=_("Write a new scheme file from a template; never over an existing file."))
@click.argument("file", metavar="FILE")
@click.option("--from", "template", metavar="TEMPLATE", help=_("The template's name; left out: blank, a small one."))
@click.pass_obj
def new(app: App, file: str, template: str | None) -> None:
    from kaohe.scheme.schema import SCHEMA_FILE, schema_text

    path = _target(app, file)
    lines = _template(app, template).splitlines()
    body = "\n".join(line for line in lines if not line.startswith("#:schema"))
    _write_new(path, f"#:schema ./{SCHEMA_FILE}\n{body.lstrip()}\n")
    write_whole(path.parent / SCHEMA_FILE, schema_text())
    app.say(msg("wrote {file}; look through it, then: kaohe scheme check {file}", file=str(path)))


@scheme.command(help=_("Report every mistake in scheme files, and every default that they use."))
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=_("The form."))
@click.pass_obj
def check(app: App, files: tuple[str, ...], form: str) -> int:
    results = [load_file(app, file) for file in files]
    if form == "json":
        app.json([_as_data(app, path, checked) for path, checked in results])
    else:
        for path, checked in results:
            _print_check(app, path, checked)
    return Exit.OK if all(checked.scheme is not None for _path, checked in results) else Exit.MISTAKE


@scheme.command(help=_("Compute the scheme's own tests and say what comes out otherwise than expected."))
@click.argument("files", nargs=-1, required=True, metavar="SCHEME...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=_("The form."))
@click.pass_obj
def test(app: App, files: tuple[str, ...], form: str) -> int:
    from kaohe.cli.scheme_cases import case_data, case_lines, summary
    from kaohe.run.cases import run_cases

    answers = []
    for path, checked in [load_file(app, file) for file in files]:
        if checked.scheme is None:
            app.problems(checked.problems)
        results = run_cases(checked.scheme) if checked.scheme else ()
        answers.append((path, checked, results))
        if form == "text":
            sys.stdout.writelines(f"{visible(line)}\n" for line in case_lines(results, app.language))
            if checked.scheme is not None:
                app.say(summary(path, results) if results else msg("{file}: the scheme has no cases", file=str(path)))
    if form == "json":
        app.json(
            [
                {
                    "file": str(path),
                    "sound": checked.scheme is not None,
                    "passed": checked.scheme is not None and all(result.passed for result in results),
                    "cases": [case_data(result, app.language) for result in results],
                }
                for path, checked, results in answers
            ]
        )
    if any(checked.scheme is None or not all(one.passed for one in results) for _path, checked, results in answers):
        return Exit.MISTAKE
    return Exit.OK if any(results for _path, _checked, results in answers) else Exit.NOTHING


@scheme.command(help=_("Read a scheme aloud: what counts, how values become points, who gets what."))
@click.argument("file", metavar="FILE")
@click.pass_obj
def show(app: App, file: str) -> None:
    from kaohe.scheme.describe import describe

    _path, checked = load_file(app, file)
    found = checked.require()
    app.problems(problem for problem in checked.problems if problem.severity != "note")
    for section in describe(found):
        sys.stdout.write(f"{section.title.in_(app.language)}\n")
        for line in section.lines:
            sys.stdout.write(f"  {visible(line.in_(app.language))}\n")
        if section.headers:
            headers = [header.in_(app.language) for header in section.headers]
            rows = [[render(cell, app.language) for cell in row] for row in section.rows]
            app.table(headers, rows, right=section.right)
        else:
            sys.stdout.write("\n")


@scheme.command(help=_("Print the JSON Schema of scheme files, for editors."))
@click.option("--output", metavar="FILE", help=_("Write it to this file instead."))
@click.pass_obj
def schema(app: App, output: str | None) -> None:
    from kaohe.scheme import schema_text

    if output is None:
        sys.stdout.write(schema_text())
        return
    write_whole(Path(output), schema_text())
    app.say(msg("wrote {file}", file=output))


def _print_check(app: App, path: Path, checked: Checked) -> None:
    app.problems(checked.problems)
    notes = [
        Problem(
            "scheme.default",
            msg("{key} is not written; {value} is taken", key=default.path, value=default.value),
            Place(str(path)),
            severity="note",
        )
        for default in checked.defaults
    ]
    app.problems(notes)
    errors = sum(problem.severity == "error" for problem in checked.problems)
    warnings = sum(problem.severity == "warning" for problem in checked.problems)
    defaults = len(checked.defaults)
    found = {
        "file": str(path),
        "errors": msg("1 error") if errors == 1 else msg("{count} errors", count=errors),
        "warnings": msg("1 warning") if warnings == 1 else msg("{count} warnings", count=warnings),
        "defaults": msg("1 default") if defaults == 1 else msg("{count} defaults", count=defaults),
        "cases": _cases(checked),
    }
    verdict = (
        msg("{file}: {errors}, {warnings}, {defaults}", **found)
        if errors
        else msg("{file}: sound; {warnings}, {defaults}, {cases}", **found)
    )
    app.say(verdict)


def _cases(checked: Checked) -> Message:
    count = len(checked.scheme.cases) if checked.scheme else 0
    return msg("1 case") if count == 1 else msg("{count} cases", count=count)


def _as_data(app: App, path: Path, checked: Checked) -> dict[str, Any]:
    return {
        "file": str(path),
        "sound": checked.scheme is not None,
        "digest": checked.scheme.digest if checked.scheme else None,
        "cases": len(checked.scheme.cases) if checked.scheme else None,
        "problems": [
            {
                "severity": problem.severity,
                "code": problem.code,
                "line": problem.where.line,
                "column": problem.where.column,
                "what": problem.what.in_(app.language),
                "found": render(problem.found, app.language),
                "expected": render(problem.expected, app.language),
                "fix": render(problem.fix, app.language),
            }
            for problem in checked.problems
        ],
        "defaults": [{"key": default.path, "value": default.value} for default in checked.defaults],
    }


def _target(app: App, name: str) -> Path:
    """Where a new scheme goes: a bare name into the workspace's folder ``schemes``, a path where it says."""
    path = Path(name)
    if app.folder is not None and path.parent == Path() and not name.endswith(".toml"):
        return app.folder / "schemes" / f"{name}.toml"
    return path if path.suffix else path.with_suffix(".toml")


def _template(app: App, name: str | None) -> str:
    from kaohe.scheme.schema import BLANK, blank_text

    templates = {BLANK: blank_text(), **{key: template.text for key, template in app.registry.schemes.items()}}
    if name is None:
        return templates[BLANK]
    if name in templates:
        return templates[name]
    what = msg("there is no scheme template {name}", name=name)
    raise fail(Problem("scheme.no-template", what, expected=", ".join(templates)))


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, whole or not at all."""
    if path.exists():
        raise fail(
            Problem(
                "scheme.exists",
                msg("this file exists already; it is left as it is"),
                Place(str(path)),
                fix=msg("choose another name, or move the old file away"),
            )
        )
    write_whole(path, text)
