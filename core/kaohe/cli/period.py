"""``kaohe period``: the life of a period, each step a command."""

from kaohe.cli import (
    period_balances,
    period_decisions,
    period_freeze,
    period_payments,
    period_restate,
    period_steps,
    period_views,
)
from kaohe.cli.period_group import period

__all__ = [
    "period",
    "period_balances",
    "period_decisions",
    "period_freeze",
    "period_payments",
    "period_restate",
    "period_steps",
    "period_views",
]
