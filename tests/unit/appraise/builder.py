"""Schemes, people and values for tests, in few words: everything left out takes a plain default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from kaohe.appraise import Appraisal, Decision, People, Values
from kaohe.errors import NOWHERE
from kaohe.exact import from_micros, to_micros
from kaohe.language import Expression, Keyed, Scope, Type, compile_expression
from kaohe.plugin import Indicator
from kaohe.scheme.model import (
    Adjustment,
    Band,
    BandsCurve,
    Bonus,
    Curve,
    Dimension,
    Gate,
    Level,
    Measured,
    Missing,
    Outcome,
    PerUnitCurve,
    PointsCurve,
    Ranking,
    RatioCurve,
    Rule,
    Scheme,
    Tiers,
    UsedIndicator,
)
from kaohe.text import Text

Number = Decimal | int | str
NUMBER, WORD = Type("number", 6), Type("text")
ATTRIBUTES = {"role": WORD, "team": WORD, "region": WORD, "days_in_period": NUMBER, "bonus_base": NUMBER}
IDS = frozenset({"a", "b", "c", "d", "m", "n"})
_COUNT = compile_expression("count()", Scope({}, aggregates=True))


def decimal(number: Number | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def expression(text: str) -> Expression:
    """An expression over a person; indicators and dimensions are called a, b, c, d, m, n."""
    fields = {**ATTRIBUTES, **{f"person.{name}": kind for name, kind in ATTRIBUTES.items()}}
    fields |= dict.fromkeys(("total", "rank", "base", "coefficient", "table"), NUMBER) | {"tier": WORD}
    keyed = {name: Keyed(NUMBER, IDS) for name in ("value", "points", "dimension")}
    return compile_expression(text, Scope(fields, keyed=keyed))


def group_expression(text: str) -> Expression:
    """An expression for a ranking group's own grade."""
    fields = {**ATTRIBUTES, "total": NUMBER, "group_mean": NUMBER, "group_size": Type("number")}
    return compile_expression(text, Scope(fields, keyed={"value": Keyed(NUMBER, IDS)}))


def identity() -> PointsCurve:
    """As many points as the value, from −1000 to 1000."""
    return points_curve((-1000, -1000), (1000, 1000))


def points_curve(*at: tuple[Number, Number], **limits: Number) -> PointsCurve:
    return PointsCurve(tuple((Decimal(value), Decimal(earned)) for value, earned in at), **_decimals(limits))


def bands_curve(*bands: tuple[Number | None, Number | None, Number], boundary: Any = "upper") -> BandsCurve:
    return BandsCurve(
        tuple(Band(decimal(lower), decimal(upper), Decimal(earned)) for lower, upper, earned in bands), boundary
    )


def ratio_curve(target: Number, mode: Any = "higher", **limits: Number) -> RatioCurve:
    return RatioCurve(Decimal(target), mode, **_decimals(limits))


def per_unit_curve(
    base: Number, target: Number, unit: Number, points: Number, whole: bool = False, **limits: Number
) -> PerUnitCurve:
    return PerUnitCurve(
        Decimal(base), Decimal(target), Decimal(unit), Decimal(points), whole=whole, **_decimals(limits)
    )


def plain(key: str, direction: Any = "higher") -> Indicator:
    return Indicator(
        id=key,
        name=Text(key.upper(), key.upper()),
        description=Text(key, key),
        records="ticket",
        value="count()",
        unit="number",
        direction=direction,
    )


def used(
    key: str,
    curve: Curve | None = None,
    weight: Number = 100,
    missing: Any = "renormalise",
    neutral: Number | None = None,
    min_sample: int = 1,
    direction: Any = "higher",
    shares: Mapping[str, Number] | None = None,
    otherwise: Any = "not_graded",
) -> UsedIndicator:
    return UsedIndicator(
        key=key,
        indicator=plain(key, direction),
        parameters={},
        value=_COUNT,
        where=None,
        curve=curve or identity(),
        weight=Decimal(weight),
        min_sample=min_sample,
        missing=Missing(
            missing,
            decimal(neutral),
            tuple((other, Decimal(share)) for other, share in (shares or {}).items()),
            otherwise,
        ),
        place=NOWHERE,
    )


def measured(key: str, direction: Any = "higher", min_sample: int = 1) -> Measured:
    return Measured(key, plain(key, direction), {}, _COUNT, None, min_sample, NOWHERE)


def dimension(id: str, *indicators: UsedIndicator, weight: Number = 100) -> Dimension:  # noqa: A002 the scheme's word
    return Dimension(id, Text(id, id), Decimal(weight), indicators)


def level(
    id: str,  # noqa: A002 the scheme's word
    share: Number | None = None,
    min_score: Number | None = None,
    coefficient: Number = 1,
) -> Level:
    return Level(id, Text(id, id), Decimal(coefficient), decimal(share), decimal(min_score))


ABC = (level("A", "0.2", coefficient="1.5"), level("B", "0.7"), level("C", "0.1", coefficient="0.5"))


def quota(*levels: Level, ties: Any = "promote", tie_breakers: tuple[str, ...] = (), min_group: int = 1) -> Tiers:
    return Tiers("quota", levels or ABC, ties=ties, tie_breakers=tie_breakers, min_group=min_group)


def by_score(*levels: Level, boundary: Any = "upper") -> Tiers:
    return Tiers("score", levels, boundary=boundary)


def rule(
    when: str, action: Any, amount: Number | None = None, tier: str | None = None, unknown: Any = "ignore"
) -> Rule:
    return Rule(f"{action}-rule", expression(when), action, decimal(amount), tier, Text("规则", "the rule"), unknown)


def gate(*indicators: str, base: Number = 60, when: str = "true", unknown: Any = "ignore") -> Rule:
    held = Gate(indicators, Decimal(base))
    return Rule("gate-rule", expression(when), "gate", None, None, Text("门槛", "the gate"), unknown, held)


def adjustment(
    points: str, maximum: Number | None = None, minimum: Number | None = None, name: str = "extra"
) -> Adjustment:
    return Adjustment(name, Text("加分", "extra points"), expression(points), decimal(maximum), decimal(minimum))


def coefficient_bonus(
    base: str = "bonus_base", prorate: Any = "none", floor: int | None = None, cap: int | None = None
) -> Bonus:
    return Bonus("coefficient", expression(base), prorate, None, floor, cap)


def pool_bonus(
    pool: int, base: str = "bonus_base", prorate: Any = "none", floor: int | None = None, cap: int | None = None
) -> Bonus:
    return Bonus("pool", expression(base), prorate, pool, floor, cap)


def outcome(when: str) -> Outcome:
    return Outcome("training", expression(when), Text("培训", "training"))


def scheme(
    *dimensions: Dimension,
    decimals: int = 2,
    min_coverage: Number = 0,
    measured: Sequence[Measured] = (),
    ranking: Ranking | None = None,
    adjustments: Sequence[Adjustment] = (),
    rules: Sequence[Rule] = (),
    tiers: Tiers | None = None,
    bonus: Bonus | None = None,
    outcomes: Sequence[Outcome] = (),
) -> Scheme:
    """A scheme; without dimensions, one that takes the value of ``a`` as the total."""
    return Scheme(
        id="test",
        version="1",
        format=1,
        name=Text("测试", "test"),
        cycle="quarter",
        effective_from=None,
        effective_to=None,
        population=None,
        currency="CNY",
        decimals=decimals,
        weights="relative",
        min_coverage=Decimal(min_coverage),
        ranking=ranking or Ranking(),
        dimensions=dimensions or (dimension("d", used("a")),),
        measured=tuple(measured),
        adjustments=tuple(adjustments),
        rules=tuple(rules),
        tiers=tiers,
        bonus=bonus,
        outcomes=tuple(outcomes),
        cases=(),
        defaults=(),
        text="",
        digest="",
    )


def people(
    count: int, worked: Sequence[int] | None = None, period_days: int = 90, **attributes: Sequence[Any]
) -> People:
    """So many people, p0000 upwards; attributes that are not given are unknown, bonus_base is 1000 yuan."""
    known = {**dict.fromkeys(ATTRIBUTES, (None,) * count), "bonus_base": (Decimal(1000),) * count}
    known |= {name: tuple(column) for name, column in attributes.items()}
    days = worked if worked is not None else [period_days] * count
    return People(tuple(f"p{row:04}" for row in range(count)), known, np.array(days, np.int64), period_days)


def values(*numbers: Number | None, samples: Sequence[int] | None = None) -> Values:
    """One indicator's values as a person writes them; None is no data."""
    known = np.array([number is not None for number in numbers], np.bool_)
    micros = np.array([0 if number is None else to_micros(number) for number in numbers], np.int64)
    sample = np.array(samples if samples is not None else [100] * len(numbers), np.int64)
    return Values(micros, known, np.where(known, sample, 0))


def table(**columns: Sequence[Number | None]) -> dict[str, Values]:
    return {key: values(*column) for key, column in columns.items()}


def totals(appraisal: Appraisal) -> list[Decimal | None]:
    """The totals as decimals; None for people who are not graded."""
    return [
        from_micros(total) if graded else None for total, graded in zip(appraisal.total, appraisal.graded, strict=True)
    ]


def yuan(appraisal: Appraisal) -> list[str]:
    return [f"{Decimal(int(fen)).scaleb(-2)}" for fen in appraisal.bonus]


def said(appraisal: Appraisal, row: int, kind: str | None = None) -> list[str]:
    """What the decisions about a person say, in English."""
    listed: tuple[Decision, ...] = appraisal.decisions[row]
    return [str(decision.what) for decision in listed if kind in (None, decision.kind)]


def _decimals(limits: Mapping[str, Number]) -> dict[str, Any]:
    return {name: Decimal(number) for name, number in limits.items()}
