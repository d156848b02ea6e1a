"""Appeals (申诉): a person's question about a figure of a run, until when it may be asked, and what came of it."""

from kaohe.run.appeals.model import STATES, Appeal, Outcome, Terms, Window, figure_names
from kaohe.run.appeals.store import (
    Opening,
    answer_appeal,
    find_appeal,
    list_appeals,
    open_appeal,
    reject_appeal,
    uphold_appeal,
    window_of,
    withdraw_appeal,
)

__all__ = [
    "STATES",
    "Appeal",
    "Opening",
    "Outcome",
    "Terms",
    "Window",
    "answer_appeal",
    "figure_names",
    "find_appeal",
    "list_appeals",
    "open_appeal",
    "reject_appeal",
    "uphold_appeal",
    "window_of",
    "withdraw_appeal",
]
