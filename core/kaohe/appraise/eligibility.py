"""Who may have a bonus at all, besides being graded and not vetoed."""

from __future__ import annotations

import numpy as np

from kaohe.appraise.decisions import noted, told
from kaohe.appraise.model import Decision, Note, People
from kaohe.exact import Ints
from kaohe.scheme.model import Eligibility
from kaohe.text import msg

AT_END = "at_period_end"
"""The attribute that says whether a person is on the payroll on the period's last day."""


def eligible(asked: Eligibility | None, people: People, rows: Ints) -> tuple[Ints, tuple[Note, ...]]:
    """Of these rows those who are eligible; a decision with its reason for each of the others."""
    if asked is None:
        return rows, ()
    notes: list[Note] = []
    short = people.worked[rows] < asked.min_days
    worked = people.worked[rows[short]]

    def too_short(position: int) -> Decision:
        words = {"worked": int(worked[position]), "least": asked.min_days}
        return Decision("bonus", "min_days", msg("{worked} days in service, {least} needed: no bonus", **words))

    notes += noted(rows[short], (worked,), too_short)
    gone = np.zeros(len(rows), np.bool_)
    if asked.at_end:
        there = people.attribute(AT_END)
        gone = np.array([each is not True for each in there], np.bool_)[rows]
        what = msg("not on the payroll at the period's end: no bonus")
        notes += told(rows[gone], Decision("bonus", "at_end", what))
    return rows[~(short | gone)], tuple(notes)
