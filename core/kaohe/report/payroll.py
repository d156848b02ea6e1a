"""What a period pays as a list: what payroll needs of each person, and how the amount comes about."""

from __future__ import annotations

from collections.abc import Sequence

from kaohe.report.sheet import Column, Sheet
from kaohe.run.model import Run
from kaohe.run.paying import Line
from kaohe.text import Language, msg


def payroll_sheet(run: Run, lines: Sequence[Line], language: Language) -> Sheet:
    """A row for each line, by code: the bonus of the period, what of earlier periods is settled with it (below 0:
    recovered), the amount to be paid, and what is carried on. Whoever has left the run has no name
    here."""
    names = dict(zip(run.appraisal.people.code, run.names, strict=True))
    headers = (
        msg("bonus of the period"),
        msg("for earlier periods"),
        msg("paid"),
        msg("carried on"),
    )
    columns = (
        Column((msg("team code") if run.scheme.subject == "team" else msg("code")).in_(language)),
        Column((msg("team") if run.scheme.subject == "team" else msg("name")).in_(language)),
        *(Column(header.in_(language), "money") for header in headers),
    )
    rows = [(line.person, names.get(line.person), line.earned, line.settled, line.paid, line.carried) for line in lines]
    title = msg("payroll {period}", period=run.period.name).in_(language)
    return Sheet(title, columns, rows)
