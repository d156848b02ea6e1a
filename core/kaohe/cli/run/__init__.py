"""``kaohe run``: stored runs, as evidence: listed, shown, compared, verified, exported, reported."""

from kaohe.cli.run import compare, export, listing, report, show, verify
from kaohe.cli.run.group import run

__all__ = ["compare", "export", "listing", "report", "run", "show", "verify"]
