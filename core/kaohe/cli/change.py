"""``kaohe change``: results changed by hand, proposed by one person and approved by another."""

from kaohe.cli import change_decisions, change_proposals, change_show, change_views
from kaohe.cli.change_group import change

__all__ = ["change", "change_decisions", "change_proposals", "change_show", "change_views"]
