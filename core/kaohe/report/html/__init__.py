"""A run, and one person's statement, as pages of HTML that need nothing else: no script, no font, no other file."""

from kaohe.report.html.report import report_html
from kaohe.report.html.statement import statement_html

__all__ = ["report_html", "statement_html"]
