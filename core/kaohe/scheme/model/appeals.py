"""What a scheme says about appeals (申诉): how long they may be opened, and by when they are answered and decided."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AppealRules:
    """``days``: for so many days after results were submitted for review, or a restatement was approved, people may
    appeal against them. An appeal is answered within ``answer_days`` and decided within ``decide_days`` after it was
    opened. The day that a count begins with is not counted, the last day belongs to it whole. ``working_days``: only
    the working days of the workspace's calendar count."""

    days: int
    answer_days: int = 5
    decide_days: int = 10
    working_days: bool = False
