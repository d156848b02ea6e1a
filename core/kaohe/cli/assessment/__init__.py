"""``kaohe assessment``: rounds of ratings, from who rates whom to the answers as records."""

from kaohe.cli.assessment import forms, pairs, rounds, status
from kaohe.cli.assessment.group import assessment

__all__ = ["assessment", "forms", "pairs", "rounds", "status"]
