"""Where one person's figures come from: a tree from the bonus down to the records, every figure worked out again."""

from kaohe.run.explanation.person import explain, find_person

__all__ = ["explain", "find_person"]
