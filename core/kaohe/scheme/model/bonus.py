"""What a scheme says about bonuses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kaohe.language import Expression


@dataclass(frozen=True)
class RateBand:
    """From ``lower`` (None: everything below the next band) up to the next band a table gives ``value``.

    Interpolated, ``value`` holds at ``lower`` and ``value_to`` where the next band begins. Reaching a ``retroactive``
    band applies its rate to everything below it too. ``lump`` is an amount in yuan besides the rate, for reaching the
    band: marginal, those of all bands reached add up.
    """

    lower: Decimal | None
    value: Decimal
    value_to: Decimal
    retroactive: bool = False
    lump: Decimal = Decimal(0)


@dataclass(frozen=True)
class RateTable:
    """Bands in ascending order without gaps; the lowest holds below its beginning, the highest is open.

    It ``gives`` a rate of the amount looked up (``marginal``: each rate inside its band; ``whole``: one rate for all
    of it), a fixed amount in yuan, or a factor. An amount on a boundary belongs to the band on the ``boundary`` side.
    """

    mode: Literal["marginal", "whole", "interpolated"]
    gives: Literal["rate", "amount", "factor"]
    bands: tuple[RateBand, ...]
    boundary: Literal["upper", "lower"] = "upper"


@dataclass(frozen=True)
class Accelerator:
    """A factor of the bonus by a table over a figure such as the attainment of a target; 1 where it is unknown."""

    id: str
    over: Expression
    table: RateTable


@dataclass(frozen=True)
class Eligibility:
    """Who may have a bonus: at least ``min_days`` in service; ``at_end``: on the payroll on the period's last day."""

    min_days: int = 0
    at_end: bool = False


@dataclass(frozen=True)
class Settlement:
    """What of a bonus is paid now, in fen; the rest is carried forward to the next period.

    ``minimum``: less is not paid but waits until it has come to so much; debts wait until they are earned. ``draw``: at
    least so much is paid, and what has not been earned of it is recovered from what later periods earn beyond it.
    """

    minimum: int | None = None
    draw: int | None = None


@dataclass(frozen=True)
class YearToDate:
    """The table is looked up twice: for the year ``to_date``, up to the period's end, and for the year ``before`` the
    period. The difference is due now. Years begin with the month ``starts``."""

    to_date: Expression
    before: Expression
    starts: int = 1


@dataclass(frozen=True)
class Bonus:
    """Money, amounts in yuan by expression, times the tier's coefficient and the proration.

    ``coefficient``: of ``base``. ``pool``: the same claims scaled to ``pool`` fen. ``table``: of what ``table`` gives
    for ``over``, times ``base`` where there is one; with ``year``: for the year so far less for the year before the
    period; with ``prorate_bands`` its thresholds are in proportion to the days in service. ``formula``: what
    ``formula`` comes to, which names the coefficient and the table itself. ``accelerators`` multiply; ``floor`` and
    ``cap`` bound one person's bonus, in fen. A pool may be an expression over all its people, in yuan; those who share
    the attributes ``pool_within`` have one of their own. With a ``settlement`` not all that is earned is paid now.
    ``per_record``: the indicator for each of whose records the table is read by itself; ``over`` is their sum.
    """

    kind: Literal["coefficient", "pool", "table", "formula"]
    base: Expression | None
    prorate: Literal["days", "none"]
    pool: int | Expression | None = None
    floor: int | None = None
    cap: int | None = None
    over: Expression | None = None
    table: RateTable | None = None
    formula: Expression | None = None
    accelerators: tuple[Accelerator, ...] = ()
    pool_within: tuple[str, ...] = ()
    eligible: Eligibility | None = None
    year: YearToDate | None = None
    prorate_bands: bool = False
    settlement: Settlement | None = None
    per_record: str | None = None
