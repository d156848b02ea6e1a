"""The group that the commands of ``kaohe change`` join, and how they show a manual change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kaohe.cli.context import App
from kaohe.cli.words import _
from kaohe.text import Message, msg, visible

if TYPE_CHECKING:
    from kaohe.run.changes.effect import Moved, Standing
    from kaohe.run.changes.model import Proposal
    from kaohe.run.model import Run


@click.group(help=_("Manual changes of results: propose, import, approve, reject, withdraw, list, show, effect."))
def change() -> None:
    pass


def change_words(each: Proposal) -> Message:
    """One change as a sentence."""
    from kaohe.run.changes.model import KINDS, written

    words = {"number": each.number, "person": each.person, "kind": KINDS[each.kind], "reason": each.reason}
    return msg("{number}: {person}, {kind} {value} ({reason})", value=written(each.kind, each.value), **words)


def show_moved(app: App, run: Run, moved: Moved) -> None:
    """What changes do, on stdout, as it holds figures of people: each before and after, and how many others move."""
    lines: list[Message] = []
    for row, before, after in moved.people:
        words = {"name": run.names[row], "before": _standing(run, before), "after": _standing(run, after)}
        lines.append(msg("{name}: {before} → {after}", **words))
    if moved.others:
        words = {"count": moved.others, "tiers": moved.others_in_tier, "bonuses": moved.others_in_bonus}
        lines.append(msg("{count} others move: {tiers} in tier, {bonuses} in bonus, the rest in rank", **words))
    else:
        lines.append(msg("nobody else moves"))
    for line in lines:
        click.echo(visible(line.in_(app.language)))


def _standing(run: Run, one: Standing) -> Message:
    from kaohe.exact import format_fen, format_micros

    said = msg("total {total}, rank {rank}", total=format_micros(one.total, run.scheme.decimals), rank=one.rank or "—")
    if one.tier is not None:
        said = msg("{said}, tier {tier}", said=said, tier=one.tier)
    if run.scheme.bonus is not None:
        said = msg("{said}, bonus {amount}", said=said, amount=format_fen(one.bonus))
    return said
