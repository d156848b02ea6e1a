"""What the period before left to be settled: brought to the people of a run, and what has nobody to be brought to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kaohe.appraise.model import People
from kaohe.errors import Place, Problem
from kaohe.exact import format_fen
from kaohe.period import Period
from kaohe.run.model import Balances
from kaohe.scheme.model import Scheme
from kaohe.text import msg

_LISTED = 20


def brought_forward(
    scheme: Scheme, people: People, balances: Balances | None, period: Period
) -> tuple[People, list[Problem]]:
    """The people with their balances, where the scheme's bonus carries any, and what is to be said about them."""
    if scheme.bonus is None or scheme.bonus.settlement is None:
        return people, []
    if balances is None:
        return replace(people, brought=np.zeros(len(people), np.int64)), [_no_run(scheme, period)]
    brought = np.array([balances.amounts.get(code, 0) for code in people.code], np.int64)
    said = [_from_run(scheme, period, balances)]
    here = set(people.code)
    gone = {code: fen for code, fen in sorted(balances.amounts.items()) if fen and code not in here}
    return replace(people, brought=brought), said + ([_nobody_to_bring_to(scheme, period, gone)] if gone else [])


def _no_run(scheme: Scheme, period: Period) -> Problem:
    words = {"scheme": scheme.id, "period": period.previous.name}
    return Problem(
        "evaluate.no-balances",
        msg("there is no stored run of {scheme} for {period}: nothing is brought forward", **words),
        Place(key=scheme.id),
        fix=msg("if there was one, evaluate it first: kaohe evaluate {scheme} --period {period}", **words),
        severity="warning",
    )


def _from_run(scheme: Scheme, period: Period, balances: Balances) -> Problem:
    words = {"number": balances.run, "period": period.previous.name, "count": len(balances.amounts)}
    return Problem(
        "evaluate.balances",
        msg("balances of {count} people are brought forward from run {number} of {period}", **words),
        Place(key=scheme.id),
        severity="note",
    )


def _nobody_to_bring_to(scheme: Scheme, period: Period, gone: dict[str, int]) -> Problem:
    listed = ", ".join(f"{code} ({format_fen(fen)})" for code, fen in list(gone.items())[:_LISTED])
    return Problem(
        "evaluate.balances-left",
        msg(
            "{count} people with a balance of {period} are not in this run",
            count=len(gone),
            period=period.previous.name,
        ),
        Place(key=scheme.id),
        found=listed + (" …" if len(gone) > _LISTED else ""),
        fix=msg("settle these balances outside the scheme: they are not carried any further"),
        severity="warning",
    )
