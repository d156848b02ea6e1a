"""A statement (绩效单) per person: what one person is told of a run, as data. Nothing here renders it."""

from kaohe.run.statement.make import Statements
from kaohe.run.statement.model import Statement

__all__ = ["Statement", "Statements"]
