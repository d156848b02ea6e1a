"""Where one person's figures come from: a tree from the bonus down to the records, every figure worked out again."""

from kaohe.run.explanation.common import Common
from kaohe.run.explanation.evidence import Evidence
from kaohe.run.explanation.person import explain, explain_person, find_person

__all__ = ["Common", "Evidence", "explain", "explain_person", "find_person"]
