"""Scoring, ranking, tiers and money: pure functions over columns of whole numbers."""

from kaohe.appraise.appraisal import appraise
from kaohe.appraise.explain import explain_curve
from kaohe.appraise.model import EVERYBODY, Appraisal, Decision, People, Values

__all__ = ["EVERYBODY", "Appraisal", "Decision", "People", "Values", "appraise", "explain_curve"]
