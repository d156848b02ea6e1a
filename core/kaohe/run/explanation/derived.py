"""A derived indicator in an explanation: the values and targets it is made of, worked out once more."""

from __future__ import annotations

from fractions import Fraction

from kaohe.exact import MICRO, from_micros, to_micros
from kaohe.language import interpreter, keyed_ids
from kaohe.run.figures import counts_node, value_in_words
from kaohe.run.model import Run
from kaohe.run.node import Node, agree
from kaohe.run.targets.dated import split
from kaohe.scheme.model import Measured, UsedIndicator
from kaohe.text import Message, Text, msg


def derived_nodes(run: Run, row: int, each: UsedIndicator | Measured) -> tuple[Node, ...]:
    """A node for each value and target that a derived indicator reads; none for one that is measured."""
    if each.indicator.derived is None or each.value is None:
        return ()
    asked = sorted(keyed_ids(each.value), key=lambda ask: (ask[1], ask[0] != "value"))
    found = {(function, name): _figure(run, row, function, name) for function, name in asked}
    answer = interpreter(each.value)(found)
    values = run.appraisal.values[each.key]
    stored = int(values.micros[row]) if values.known[row] else 0
    agree(run, each.key, stored, 0 if answer is None else to_micros(answer))
    parts = dict.fromkeys(
        (kind, name)
        for function, name in asked
        for kind in (("value", "target") if function == "attainment" else (function,))
    )
    return tuple(_node(run, row, kind, name) for kind, name in parts)


def _figure(run: Run, row: int, function: str, name: str) -> Fraction | None:
    appraisal = run.appraisal
    if function == "attainment":
        value, goal = (_figure(run, row, part, name) for part in ("value", "target"))
        return None if value is None or not goal else value / goal
    if function == "target":
        dated = appraisal.people.targets[name][row]
        return None if dated is None else Fraction(dated, MICRO)
    values = appraisal.values[name]
    least = next((each.min_sample for each in run.scheme.indicators if each.key == name), 0)
    enough = values.known[row] and values.sample[row] >= least
    return Fraction(int(values.micros[row]), MICRO) if enough else None


def _node(run: Run, row: int, kind: str, name: str) -> Node:
    indicator, scope = split(name)
    used = {each.key: each.indicator for each in run.scheme.indicators}.get(indicator)
    named: Text | str = indicator if used is None else used.name
    words: dict[tuple[str, str], Message] = {
        ("value", "person"): msg("{indicator}", indicator=named),
        ("value", "team"): msg("{indicator} of the team", indicator=named),
        ("target", "person"): msg("target of {indicator}", indicator=named),
        ("target", "team"): msg("the team's target of {indicator}", indicator=named),
        ("target", "company"): msg("the company's target of {indicator}", indicator=named),
    }
    figure = _figure(run, row, kind, name)
    if figure is None:
        return Node(words[kind, scope], msg("no data"))
    if used is None:
        return Node(words[kind, scope], msg("{number}", number=from_micros(to_micros(figure))))
    counts: tuple[Node, ...] = ()
    if (teams := run.appraisal.teams) is not None and (kind, scope) == ("value", "team") and teams.home[row] >= 0:
        found = run.team_counts.get(indicator, ())
        counts = tuple(counts_node(each, int(teams.home[row])) for each in found)
    return Node(words[kind, scope], value_in_words(used, to_micros(figure)), (), counts)
