"""``kaohe explain``: where one person's figures in a stored run come from, down to the single records."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.output import json_text
from kaohe.cli.whose import stored_run
from kaohe.cli.words import _
from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.text import msg, visible

if TYPE_CHECKING:
    from kaohe.run.explanation import Evidence
    from kaohe.run.node import Node
    from kaohe.run.stored.repository import StoredRun

FORMATS = ("text", "json", "html")


def _count(_context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """A number of records, or all."""
    if value is None or value == "all" or (value.isdecimal() and value.isascii()):
        return value
    raise click.BadParameter(_("a number, or all"), param=option)


@click.command(help=_("Explain PERSON's figures in the stored RUN (number or digest), from the bonus to the records."))
@click.argument("run", metavar="RUN")
@click.argument("person", metavar="PERSON")
@click.option("--indicator", metavar="ID", help=_("Only this indicator."))
@click.option(
    "--records",
    callback=_count,
    is_flag=False,
    flag_value="20",
    metavar="[N|all]",
    help=_("List the single records too; in text at most N in each list (20)."),
)
@click.option("--why", "tier", metavar="TIER", help=_("Only why the person is not in this better tier."))
@click.option("--format", "form", type=click.Choice(FORMATS), help=_("The form; left out: by the file's name."))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help=_("Write to this file."))
@click.pass_obj
def explain(
    app: App,
    run: str,
    person: str,
    indicator: str | None,
    records: str | None,
    tier: str | None,
    form: str | None,
    output: Path | None,
) -> None:
    if indicator is not None and tier is not None:
        raise click.UsageError(_("--indicator and --why do not go together"))
    form = form or _form_of(output)
    from kaohe.run.explanation import explain as explained
    from kaohe.run.explanation import find_person

    stored = stored_run(app, run)
    row = find_person(stored.run, person)
    evidence = _evidence(app, stored, needed=records is not None)
    tree = explained(stored.run, row, evidence, records=records is not None)
    if indicator is not None:
        tree = _only(tree, indicator)
    if tier is not None:
        tree = _why(tree, tier)
    if indicator is None and tier is None:
        tree = _with_later_facts(app, stored, row, tree)
    content = _written(app, stored, tree, form, None if records in (None, "all") else int(records or 0))
    _hand_out(app, stored, row, content, output, form)


def _with_later_facts(app: App, stored: StoredRun, row: int, tree: Node) -> Node:
    """The tree, and behind it what the run itself could not know."""
    from dataclasses import replace

    from kaohe.run.explanation.later import later_facts

    later = later_facts(app.store, stored, stored.run.appraisal.people.code[row])
    return tree if later is None else replace(tree, children=(*tree.children, later))


def _form_of(output: Path | None) -> str:
    ending = "" if output is None else output.suffix.lower().lstrip(".")
    return ending if ending in FORMATS else "text"


def _evidence(app: App, stored: StoredRun, *, needed: bool) -> Evidence | None:
    """What the run was measured on; where its files are gone and no record is asked for, the run's own word is taken,
    and that is said."""
    from kaohe.run.explanation import Evidence
    from kaohe.run.inputs import snapshot_of

    try:
        snapshot = snapshot_of(stored.inputs, app.workspace.snapshots)
    except KaoheError as error:
        if needed:
            raise
        app.problems(error.problems)
        app.say(msg("without the snapshot the counts of records are taken from the run and not counted again"))
        return None
    from kaohe.records.rejections import rejected_of

    return Evidence(
        stored.run, stored.inputs.record_types, snapshot, cache(lambda person: rejected_of(app.store, person))
    )


def _written(app: App, stored: StoredRun, tree: Node, form: str, records: int | None) -> str:
    if form == "json":
        from kaohe.report.tree import tree_data

        return json_text({"run": stored.number, "digest": stored.run.digest, **tree_data(tree, app.language)})
    if form == "html":
        from kaohe.report.html.tree import tree_html

        run = stored.run
        words = {"number": stored.number, "digest": run.digest, "version": run.core_version}
        return tree_html(tree, app.language, msg("run {number} · digest {digest} · kaohe {version}", **words))
    from kaohe.report.tree import tree_lines

    return visible("\n".join(tree_lines(tree, app.language, records=records))) + "\n"


def _hand_out(app: App, stored: StoredRun, row: int, content: str, output: Path | None, form: str) -> None:
    """What leaves as a file or as data is an export, and noted; a text on the screen is looked at."""
    from kaohe.cli.evaluate import write
    from kaohe.cli.exported import hand_out

    if output is None and form == "text":
        write(content, None)
        return
    subject = f"{stored.run.scheme.id} {stored.run.period.name}"
    code = stored.run.appraisal.people.code[row]
    hand_out(app, content, output, "explanation", subject, run=stored.number, person=code, form=form)
    if output is not None:
        app.say(msg("wrote {file}", file=output))


def _only(tree: Node, asked: str) -> Node:
    """The tree with the branches that lead to the indicator alone."""
    from dataclasses import replace

    def pruned(node: Node) -> Node | None:
        if node.kind in ("indicator", "measured") and asked in (node.id, node.facts.get("indicator")):
            return node
        kept = tuple(each for child in node.children if (each := pruned(child)) is not None)
        return replace(node, children=kept) if kept else None

    found = pruned(tree)
    if found is None:
        there = ", ".join(dict.fromkeys(each.id for each in _nodes(tree) if each.kind in ("indicator", "measured")))
        raise fail(
            Problem(
                "explain.indicator", msg("the scheme uses no such indicator"), Place(key="--indicator"), asked, there
            )
        )
    return found


def _why(tree: Node, asked: str) -> Node:
    """The person, and what the tier would have taken."""
    from dataclasses import replace

    better = [each for each in _nodes(tree) if each.kind == "better"]
    found = tuple(each for each in better if each.id == asked)
    if not found:
        there = ", ".join(each.id for each in better)
        what = msg("this is no tier above the person's own")
        raise fail(Problem("explain.tier", what, Place(key="--why"), asked, there or None))
    return replace(tree, children=found, remarks=())


def _nodes(tree: Node) -> Iterator[Node]:
    yield tree
    for child in tree.children:
        yield from _nodes(child)
