"""What was decided about a person where a plain number does not say it: rules, ties, missing data, changes by hand."""

from __future__ import annotations

from collections.abc import Iterable

from kaohe.run.model import Run
from kaohe.text import Message, Text, msg


def rules(run: Run, row: int, *, on_tiers: bool) -> tuple[Message, ...]:
    """What rules said: those on tiers, or all others."""
    about_tiers = {rule.id for rule in run.scheme.rules if rule.action in ("tier_at_most", "tier_at_least")}
    return tuple(
        in_names(run, decision.what)
        for decision in run.appraisal.decisions[row]
        if decision.kind == "rule" and (decision.about in about_tiers) == on_tiers
    )


def remarks(
    run: Run, row: int, kinds: Iterable[str], about: str | None = None, *, totals: bool = True
) -> tuple[Message, ...]:
    """What decisions of these kinds say, about one thing or any. ``totals``: whether totals may be named."""
    wanted = set(kinds)
    return tuple(
        in_names(run, decision.what)
        for decision in run.appraisal.decisions[row]
        if decision.kind in wanted and about in (None, decision.about) and (totals or not tells_totals(decision.what))
    )


def tells_totals(what: Message) -> bool:
    """Whether a sentence names the total before and after a rule or a change by hand."""
    return "before" in what.arguments


def struck(run: Run, row: int) -> set[str]:
    """The ids of the rules that said something of the person."""
    return {each.about for each in run.appraisal.decisions[row] if each.kind == "rule"}


def in_names(run: Run, what: Message) -> Message:
    """A sentence that lists indicators by their keys, with their names; any other as it is."""
    listed = what.arguments.get("indicators")
    names = {each.key: each.indicator.name for each in run.scheme.indicators}
    keys = listed.split(", ") if isinstance(listed, str) else []
    if not keys or not all(key in names for key in keys):
        return what
    said: Message | Text = names[keys[0]]
    for key in keys[1:]:
        said = msg("{one}, {other}", one=said, other=names[key])
    return Message(what.template, {**what.arguments, "indicators": said})
