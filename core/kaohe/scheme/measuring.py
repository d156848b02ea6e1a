"""What a use of an indicator measures: parameters filled in, expressions compiled, the use's own condition added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kaohe.errors import Problem
from kaohe.language import Dated, Expression, Type
from kaohe.language.tree import Call
from kaohe.plugin import Indicator, RecordType
from kaohe.plugin.scope import Parameters, default_parameters, value_kinds
from kaohe.scheme.catalogue import Catalogue
from kaohe.scheme.credit import plugin_credit
from kaohe.scheme.derived import compile_derived
from kaohe.scheme.draft import Draft, Path, attempt, show
from kaohe.scheme.model import Credits
from kaohe.scheme.names import Names, values_read
from kaohe.scheme.parameters import read_parameters
from kaohe.text import msg


@dataclass(frozen=True)
class Measuring:
    """An indicator's expressions as one use means them. ``where`` is all that records must meet, ``only`` what of it
    the use says."""

    parameters: Parameters
    value: Expression | None
    where: Expression | None
    only: Expression | None
    credit: Credits | None


def measuring_of(
    draft: Draft,
    row: Mapping[str, Any] | None,
    path: Path,
    indicator: Indicator,
    catalogue: Catalogue,
    names: Names,
    needed: dict[str, Path],
) -> Measuring | None:
    """What the table ``row`` at ``path`` measures (None: an indicator that is only named there, with its defaults);
    None where something is not sound, which is reported where it is written. What a derived one rests on goes into
    ``needed``."""
    here = path if row is None else (*path, "use")
    records = catalogue.record_types.get(indicator.records)
    parameters: Parameters | None = default_parameters(indicator)
    if row is not None:
        parameters = read_parameters(draft, row.get("params", {}), (*path, "params"), indicator, records)
    if parameters is None:
        return None
    sound, value, where = _compiled(draft, here, indicator, parameters, catalogue, names)
    only = None
    if indicator.derived is not None and value is not None:
        for identifier in values_read(value):
            needed.setdefault(identifier, here)
    if row is not None and "where" in row:
        only = _only(draft, row["where"], (*path, "where"), indicator, records)
        sound = sound and only is not None
    credit = catalogue.credits.get(indicator.id) or plugin_credit(draft, here, indicator, parameters, records)
    return Measuring(parameters, value, both(where, only), only, credit) if sound else None


def both(first: Expression | None, second: Expression | None) -> Expression | None:
    """The condition that both are met; a None asks for nothing."""
    if first is None or second is None:
        return first or second
    kind = Type("boolean")
    text = f"({first.text.strip()}) and ({second.text.strip()})"
    return Expression(text, Call("and", (first.tree, second.tree), kind), kind)


def _only(draft: Draft, text: str, path: Path, indicator: Indicator, records: RecordType | None) -> Expression | None:
    """The use's own condition on each record."""
    if indicator.derived is not None:
        what = msg("{indicator} is derived: it has no records that a condition could choose", indicator=indicator.name)
        fix = msg("measure what it rests on under a condition, in [[measures]]")
        draft.report(path, "where-derived", what, found=show(text), fix=fix)
        return None
    if records is None:
        return None  # reported where the indicator is named
    scope = draft.record_scope(records, {}, indicator.when, aggregates=False)
    return draft.compile(path, text, scope, ("boolean",))


def _compiled(
    draft: Draft, path: Path, indicator: Indicator, parameters: Parameters, catalogue: Catalogue, names: Names
) -> tuple[bool, Expression | None, Expression | None]:
    """Whether value and condition of an indicator are sound, and both compiled (an assessment has no expression for
    its value). The scheme's own are reported where they are written."""
    if indicator.derived is not None:
        problems, value = compile_derived(indicator, parameters, names)
        if indicator.id not in catalogue.own:
            draft.problems += [_in_plugin(draft, path, indicator, problem) for problem in problems]
        return not problems, value, None
    record_type = catalogue.record_types.get(indicator.records)
    if record_type is None:
        if indicator.id not in catalogue.own:
            what = msg("{id} measures records that no plugin brings", id=indicator.id)
            draft.report(path, "unknown-record-type", what, found=show(indicator.records))
        return False, None, None
    problems, value, where = _attempted(draft, indicator, parameters, record_type)
    if problems and (told := _not_dated(draft, path, indicator, parameters, record_type)):
        draft.problems += told
    elif indicator.id not in catalogue.own:
        draft.problems += [_in_plugin(draft, path, indicator, problem) for problem in problems]
    return not problems, value, where


def _attempted(
    draft: Draft, indicator: Indicator, parameters: Parameters, records: RecordType
) -> tuple[tuple[Problem, ...], Expression | None, Expression | None]:
    """Value and condition of an indicator that measures records, and what is wrong with either."""
    problems: tuple[Problem, ...] = ()
    value = where = None
    if indicator.assessment is None:
        scope = draft.record_scope(records, parameters, indicator.when)
        problems, value = attempt(indicator.value, scope, value_kinds(indicator), None)
    if indicator.where is not None:
        scope = draft.record_scope(records, parameters, indicator.when, aggregates=False)
        more, where = attempt(indicator.where, scope, ("boolean",), None)
        problems += more
    return problems, value, where


def _not_dated(
    draft: Draft, path: Path, indicator: Indicator, parameters: Parameters, records: RecordType
) -> list[Problem]:
    """A problem for each dated parameter that must be one value: it does not speak of single records, or what stands
    there cannot be computed."""
    usual = {name: each.value if isinstance(each, Dated) else each for name, each in parameters.items()}
    told = []
    for name, setting in parameters.items():
        if not isinstance(setting, Dated):
            continue
        problems, _value, _where = _attempted(draft, indicator, {**usual, name: setting}, records)
        if problems:
            words = {"name": name, "indicator": indicator.name, "reason": problems[0].what}
            what = msg("{name} of {indicator} cannot depend on a record's day: {reason}", **words)
            where = draft.document.place((*path[:-1], "params", name))
            told.append(Problem("scheme.dated-parameter", what, where, fix=msg("write one value")))
    return told


def _in_plugin(draft: Draft, path: Path, indicator: Indicator, problem: Problem) -> Problem:
    if draft.elsewhere(problem):
        return problem
    what = msg("{id} cannot be computed: {reason}", id=indicator.id, reason=problem.what)
    return replace(problem, what=what, where=draft.document.place(path))
