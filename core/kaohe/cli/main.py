"""The command ``kaohe``: settles the language, finds the workspace, loads one command, and turns errors into words."""

from __future__ import annotations

import errno
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from kaohe import __version__
from kaohe.cli import words
from kaohe.cli.context import App
from kaohe.cli.output import prepare_streams
from kaohe.cli.words import _
from kaohe.cli.workspace_folder import find_folder, peek_locale
from kaohe.errors import Exit, KaoheError, Place, Problem
from kaohe.system import said_by_system
from kaohe.text import msg

# Name → module:object and the line that --help shows, so that --help loads none of them.
COMMANDS = {
    "init": ("kaohe.cli.init:init", msg("Make a workspace: settings, database, schemes.")),
    "demo": ("kaohe.cli.demo:demo", msg("Make a workspace with invented records and evaluate it.")),
    "plugin": ("kaohe.cli.plugin:plugin", msg("Plugins: list, show, check, add, remove.")),
    "people": ("kaohe.cli.people:people", msg("People, teams and assignments.")),
    "records": ("kaohe.cli.records:records", msg("Records: types, templates, import, batches, undo, export.")),
    "targets": ("kaohe.cli.targets_parts:targets", msg("Targets: template, import, set, list, break down, check.")),
    "assessment": (
        "kaohe.cli.assessment:assessment",
        msg("Assessment rounds: who rates whom, forms out and in, status."),
    ),
    "indicator": ("kaohe.cli.indicator:indicator", msg("Indicators: list, show, values by group.")),
    "calendar": ("kaohe.cli.calendar:calendar", msg("Working calendars: list, show, check, holidays.")),
    "scheme": ("kaohe.cli.scheme:scheme", msg("Schemes: new, check, test, show, schema.")),
    "evaluate": ("kaohe.cli.evaluate:evaluate", msg("Evaluate a scheme for a period.")),
    "what-if": ("kaohe.cli.what_if:what_if", msg("What a changed scheme would change, beside a stored run.")),
    "run": ("kaohe.cli.run:run", msg("Stored runs: list, show, compare, verify, export, report.")),
    "explain": ("kaohe.cli.explain:explain", msg("Explain one person's figures, down to the records.")),
    "change": ("kaohe.cli.change:change", msg("Manual changes: propose, approve, list, effect.")),
    "period": (
        "kaohe.cli.period:period",
        msg("The life of a period: open, freeze, calculate, submit, approve, pay, close, restate."),
    ),
    "statement": ("kaohe.cli.statement:statement", msg("Statements: make, acknowledge, interview, list.")),
    "improvement": ("kaohe.cli.improvement:improvement", msg("Improvement items: add, list, update.")),
    "appeal": (
        "kaohe.cli.appeal:appeal",
        msg("Appeals against results: open, answer, uphold, reject, withdraw, list, show."),
    ),
    "audit": ("kaohe.cli.audit:audit", msg("The audit log: verify it, show who did what when.")),
    "snapshot": ("kaohe.cli.snapshot:snapshot", msg("Snapshots: list, show, verify, and collect what no run needs.")),
    "database": ("kaohe.cli.database:database", msg("The database: copy it to PostgreSQL.")),
    "doctor": ("kaohe.cli.doctor:doctor", msg("Check this deployment: 0 all is well, 1 warnings, 3 errors.")),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, line.in_(words.language())) for name, (_target, line) in COMMANDS.items()])


def root() -> LazyGroup:
    """The command's root, its texts in the settled language."""
    return LazyGroup(
        name="kaohe",
        help=_("Performance appraisal by rules that anyone can read: points, rankings, tiers, bonuses."),
        params=[
            # These are taken from the command line before click sees it, so that they may stand anywhere.
            click.Option(["--lang"], metavar="zh_CN|en", expose_value=False, help=_("Language of all messages.")),
            click.Option(["--workspace"], metavar="DIR", expose_value=False, help=_("The workspace's folder.")),
            click.Option(["--as"], metavar="NAME", expose_value=False, help=_("Who acts; left out: the login.")),
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_print_version,
                help=_("Show the version."),
            ),
        ],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def main() -> None:
    """Entry point; exits with a code of ``kaohe.errors.Exit``."""
    # Importing and reading make objects that stay and hardly any cycles: looking for these after every 700 new objects,
    # as Python does, takes a tenth of a short command's time.
    gc.set_threshold(100_000)
    code = run(sys.argv[1:], dict(os.environ))  # noqa: TID251 - the edge of the process
    gc.freeze()  # all of it goes with the process: Python need not look through it for cycles once more
    sys.exit(code)


def run(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Run one command line and return its exit code."""
    prepare_streams()
    rest, taken = take_global_options(arguments)
    lang, workspace = taken["--lang"], taken["--workspace"]
    folder = find_folder(Path.cwd(), workspace or environment.get("KAOHE_WORKSPACE"))
    words.settle(words.choose(lang, environment, peek_locale(folder)))
    app = App(words.language(), folder, environment, taken["--as"])
    if lang is not None and words.recognise(lang) is None:
        app.problems([Problem("usage.language", msg("unknown language"), Place(key="--lang"), lang, "zh_CN, en")])
        return Exit.USAGE
    result: Any = Exit.OK
    try:
        # Not ``main`` of click: that would answer a closed pipe its own way.
        with root().make_context("kaohe", rest, obj=app) as context:
            result = context.command.invoke(context)
        sys.stdout.flush()  # here, where a full disk or a closed pipe can still be answered
    except KaoheError as error:
        app.problems(error.problems)
        return error.exit_code
    except click.exceptions.Exit as leaving:
        result = leaving.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        app.say(msg("interrupted; nothing of the unfinished step was kept"))
        return Exit.INTERRUPTED
    except BrokenPipeError:  # a reader who has seen enough does not change what came of the command
        _give_up_stdout()
    except OSError as error:
        _give_up_stdout()
        return _unavailable(app, error)
    except Exception:  # whatever it is, it is our fault and says so
        return _our_fault(app)
    finally:
        app.close()
    return result if isinstance(result, int) else Exit.OK


def _give_up_stdout() -> None:
    """Nobody reads it any more, or it cannot be written; what is left in its buffer goes nowhere."""
    with suppress(OSError, ValueError):  # a stream in memory has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unavailable(app: App, error: OSError) -> Exit:
    """A full disk or a missing permission is no fault of kaohe's, wherever it was met."""
    what = {
        errno.ENOSPC: msg("the disk is full"),
        errno.EDQUOT: msg("the disk is full"),
        errno.EROFS: msg("this file or folder may not be read or written by this user"),
        errno.EACCES: msg("this file or folder may not be read or written by this user"),
        errno.EPERM: msg("this file or folder may not be read or written by this user"),
    }.get(error.errno or 0)
    if what is None:
        return _our_fault(app)
    place = Place(str(error.filename)) if error.filename is not None else Place()
    said = None if error.errno == errno.ENOSPC else said_by_system(error)  # it would say the same again
    app.problems([Problem("file.unavailable", what, place, found=said)])
    return Exit.ENVIRONMENT


def _our_fault(app: App) -> Exit:
    app.say(traceback.format_exc().rstrip())
    app.say(msg("this is a fault of kaohe itself, not of your files; please report it with the lines above"))
    return Exit.INTERNAL


def take_global_options(arguments: Sequence[str]) -> tuple[list[str], dict[str, str | None]]:
    """Take ``--lang X``, ``--workspace DIR`` and ``--as NAME`` (or ``--lang=X``) out, wherever they stand."""
    taken: dict[str, str | None] = {"--lang": None, "--workspace": None, "--as": None}
    rest: list[str] = []
    remaining = list(arguments)
    while remaining:
        word = remaining.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *remaining]
            break
        if name in taken and (equals or remaining):
            taken[name] = value if equals else remaining.pop(0)
        else:
            rest.append(word)
    return rest, taken


def _print_version(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"kaohe {__version__}")
        ctx.exit()
