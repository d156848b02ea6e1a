"""The life of a period: from opened to closed in steps that different people take, each kept for good."""

from kaohe.run.life.model import STATES, Life, Rule, State, Step, Taken
from kaohe.run.life.store import lives, official_run, open_period_after, state_of, take_step

__all__ = [
    "STATES",
    "Life",
    "Rule",
    "State",
    "Step",
    "Taken",
    "lives",
    "official_run",
    "open_period_after",
    "state_of",
    "take_step",
]
