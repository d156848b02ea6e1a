"""Manual changes in the database: proposed by one person, decided on by another, applied when a period is
calculated."""

from kaohe.run.changes.model import Proposal, State
from kaohe.run.changes.store import approved_changes, approved_in, find_changes

__all__ = ["Proposal", "State", "approved_changes", "approved_in", "find_changes"]
