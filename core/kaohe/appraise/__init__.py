"""Scoring, ranking, tiers and money: pure functions over columns of whole numbers."""

from kaohe.appraise.appraisal import appraise
from kaohe.appraise.explain import explain_curve
from kaohe.appraise.manual import Computed, ManualChange
from kaohe.appraise.model import EVERYBODY, Appraisal, Decision, People, Values

__all__ = [
    "EVERYBODY",
    "Appraisal",
    "Computed",
    "Decision",
    "ManualChange",
    "People",
    "Values",
    "appraise",
    "explain_curve",
]
