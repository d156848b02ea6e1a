"""``kaohe run``: stored runs, as evidence: listed, shown, compared, verified, exported."""

from kaohe.cli.run import compare, export, listing, show, verify
from kaohe.cli.run.group import run

__all__ = ["compare", "export", "listing", "run", "show", "verify"]
