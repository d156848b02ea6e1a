"""Every person's every indicator, one line each: value, target, records, points, weight, what it adds to the total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from kaohe.appraise.facts import facts
from kaohe.appraise.targets import TargetCurve, Targets, personal, targets
from kaohe.exact import MICRO, divide, to_micros
from kaohe.report.contributions import indicator_shares, with_weights
from kaohe.report.indicator import UNITS
from kaohe.report.ranking import not_graded_rows, ranked_order
from kaohe.report.sheet import Column, Sheet
from kaohe.run.assessment.disclosure import Discretion, Hidden
from kaohe.run.model import Run
from kaohe.scheme.model import Dimension, UsedIndicator
from kaohe.text import Language, msg

LARGEST = 200_000
"""Lines that a workbook has; a spreadsheet that holds more is slow to open, and past 1,048,576 none can."""


def details_sheet(run: Run, language: Language) -> Sheet:
    """People in the order of the ranking, those without a grade behind; of each the indicators as the scheme has them.

    Weights are in percent of everything that counts for the person; what is added is weight × points, and the added
    figures make up the total before adjustments and rules (not where totals come from comparing people). Values,
    points and what follows from them are left empty where too few people rated.
    """
    run = with_weights(run)
    of_teams = run.scheme.subject == "team"
    decimals = max(run.scheme.decimals, 2)
    columns = (
        Column((msg("team code") if of_teams else msg("code")).in_(language)),
        Column((msg("team") if of_teams else msg("name")).in_(language)),
        *(() if of_teams else (Column(msg("team").in_(language)),)),
        Column(msg("dimension").in_(language)),
        Column(msg("indicator").in_(language)),
        Column(msg("key").in_(language)),
        Column(msg("Value").in_(language), "number"),
        Column(msg("unit").in_(language)),
        Column(msg("target").in_(language), "number"),
        Column(msg("records").in_(language), "count"),
        Column(msg("points").in_(language), "points", decimals),
        Column(msg("weight in percent").in_(language), "points", 2),
        Column(msg("adds to the total").in_(language), "points", 4),
        Column(msg("remark").in_(language), wraps=True),
    )
    return Sheet(msg("Details").in_(language), columns, [*_rows(run, language)], fixed=2)


def _rows(run: Run, language: Language) -> Iterator[tuple[Any, ...]]:
    scheme, people, discretion = run.scheme, run.appraisal.people, Discretion(run)
    teams = people.attribute("team")
    asked = _targets(run)
    units = {used.key: UNITS[used.indicator.unit].in_(language) for used in scheme.weighted}
    for row in (*ranked_order(run).tolist(), *not_graded_rows(run).tolist()):
        who = (people.code[row], run.names[row], *(() if scheme.subject == "team" else (teams[row],)))
        shares = indicator_shares(run, row) if run.appraisal.graded[row] else {}
        hidden = discretion.of(row)
        for dimension in scheme.dimensions:
            for used in dimension.indicators:
                share = shares.get(used.key)
                target = asked.get(used.key)
                aim = None if target is None or not target.known[row] else int(target.micros[row])
                yield (
                    *who,
                    dimension.name.in_(language),
                    used.indicator.name.in_(language),
                    used.key,
                    *_figures(run, row, dimension, used, hidden, units[used.key], aim, share, language),
                )


def _figures(
    run: Run,
    row: int,
    dimension: Dimension,
    used: UsedIndicator,
    hidden: Hidden,
    unit: str,
    aim: int | None,
    share: Any,
    language: Language,
) -> tuple[Any, ...]:
    """Value, unit, target, records, points, weight, what is added, remark."""
    appraisal, key = run.appraisal, used.key
    measured = appraisal.values[key]
    value = int(measured.micros[row]) if measured.known[row] and key not in hidden.values else None
    sample = int(measured.sample[row]) if key not in hidden.values else None
    weight = None if share is None else divide((share * 100 * MICRO).numerator, (share * 100 * MICRO).denominator)
    points = int(appraisal.points[key][row]) if appraisal.counted[key][row] and key not in hidden.points else None
    adds = None
    if share is not None and points is not None and appraisal.compared is None:
        adds = divide(share.numerator * points, share.denominator)
    remarks = [
        each.what.in_(language) for each in appraisal.decisions[row] if each.kind == "missing" and each.about == key
    ]
    if key in hidden.points:
        remarks = [msg("withheld").in_(language)]
    aim = None if key in hidden.values else aim
    return (value, unit, aim, sample, points, weight, adds, "; ".join(remarks) or None)


def _targets(run: Run) -> dict[str, Targets]:
    """Everybody's targets in millionths, by key of the indicators whose curve looks at one."""
    appraisal = run.appraisal
    seen = facts(appraisal.people, appraisal.values, appraisal.data, {}, {}, {}, {})
    found = {}
    for used in run.scheme.weighted:
        curve = used.curve
        if not isinstance(curve, TargetCurve) or curve.target is None or used.level == "team":
            continue
        if isinstance(curve.target, Decimal) and not personal(used):
            everybody = np.ones(len(appraisal.people), np.bool_)
            found[used.key] = Targets(np.full(len(everybody), to_micros(curve.target)), everybody)
        else:
            found[used.key] = targets(used, curve.target, seen, appraisal.data[used.key])
    return found


def add_up(
    columns: Sequence[Column], rows: Sequence[tuple[Any, ...]], label: str, summed: Sequence[int]
) -> tuple[Any, ...]:
    """A last row with the sums of some columns."""
    sums = {index: sum(row[index] or 0 for row in rows) for index in summed}
    return tuple(label if index == 0 else sums.get(index) for index in range(len(columns)))
