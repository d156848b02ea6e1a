"""What a period pays as a list: what payroll needs of each person, and how the amount comes about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kaohe.report.sheet import Column, Sheet
from kaohe.run.model import Run
from kaohe.run.paying.model import USUAL, Line
from kaohe.scheme.model import AfterLeaving
from kaohe.text import Language, Message, msg

_ENDED: Mapping[AfterLeaving, Message] = MappingProxyType(
    {"carry": msg("carried on"), "write_off": msg("given up"), "report": msg("to be claimed outside")}
)


def payroll_sheet(run: Run, lines: Sequence[Line], language: Language) -> Sheet:
    """A row for each line, by code: the bonus of the period, what of earlier periods is settled with it (below 0:
    recovered), the amount to be paid, and what is carried on; where anybody has left without paying
    back, what is carried no further. Whoever the organisation does not know any more has no name here."""
    names = {each.code: each.name for each in run.left_out}
    names |= zip(run.appraisal.people.code, run.names, strict=True)
    ended = any(line.dropped for line in lines)
    headers = (
        msg("bonus of the period"),
        msg("for earlier periods"),
        msg("amount paid"),
        msg("carried on"),
        *([_ENDED[(run.scheme.recovery or USUAL).after_leaving]] if ended else []),
    )
    columns = (
        Column((msg("team code") if run.scheme.subject == "team" else msg("code")).in_(language)),
        Column((msg("team") if run.scheme.subject == "team" else msg("name")).in_(language)),
        *(Column(header.in_(language), "money") for header in headers),
    )
    rows = [
        (
            *(line.person, names.get(line.person), line.earned, line.settled, line.paid, line.carried),
            *([line.dropped] if ended else []),
        )
        for line in lines
    ]
    title = msg("payroll {period}", period=run.period.name).in_(language)
    return Sheet(title, columns, rows)
