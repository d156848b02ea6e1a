"""The bonus list of a run: what each bonus rests on, what was changed by hand, what is paid, and the sum of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kaohe.exact import MICRO, divide
from kaohe.report.details import add_up
from kaohe.report.names import group_words
from kaohe.report.sheet import Column, Sheet
from kaohe.run.model import Run
from kaohe.run.paying.model import Line
from kaohe.text import Language, msg


def bonus_sheet(run: Run, language: Language, lines: Sequence[Line] = ()) -> Sheet:
    """A row for each graded person by code: base, coefficient, proration, bonus. With ``lines`` also what is settled of
    earlier periods, paid and carried forward. The last row adds up, so that it can be held against the pool."""
    appraisal, scheme = run.appraisal, run.scheme
    of_teams = scheme.subject == "team"
    computed = appraisal.computed
    by_hand = computed is not None and bool(computed.fen.any())
    money = appraisal.money
    settling = money is not None and money.brought is not None and money.carried is not None
    currency = scheme.currency
    columns = (
        Column((msg("team code") if of_teams else msg("code")).in_(language)),
        Column((msg("team") if of_teams else msg("name")).in_(language)),
        *(() if of_teams else (Column(msg("team").in_(language)),)),
        *((Column(msg("tier").in_(language)),) if scheme.tiers else ()),
        Column(msg("base {currency}", currency=currency).in_(language), "money"),
        Column(msg("coefficient").in_(language), "number"),
        Column(msg("days in service").in_(language), "count"),
        Column(msg("proration").in_(language), "number"),
        *((Column(msg("pool").in_(language)),) if money is not None and money.pools else ()),
        *((Column(msg("brought forward").in_(language), "money"),) if settling else ()),
        *((Column(msg("carried forward by the scheme").in_(language), "money"),) if settling else ()),
        *((Column(msg("bonus by the scheme").in_(language), "money"),) if by_hand else ()),
        *((Column(msg("changed by hand").in_(language), "money"),) if by_hand else ()),
        Column(msg("bonus {currency}", currency=currency).in_(language), "money"),
        *(
            Column(header.in_(language), "money")
            for header in (msg("for earlier periods"), msg("amount paid"), msg("carried on"))
            if lines
        ),
    )
    paid = {line.person: line for line in lines}
    rows = [
        _row(run, row, paid, language, settling=settling, by_hand=by_hand)
        for row in range(len(appraisal.people))
        if appraisal.graded[row]
    ]
    gone = sorted(
        set(paid) - {appraisal.people.code[row] for row in range(len(appraisal.people)) if appraisal.graded[row]}
    )
    names = {each.code: each.name for each in run.left_out}
    for code in gone:
        line = paid[code]
        empty = (None,) * (len(columns) - 6)
        rows.append((code, names.get(code), *empty, line.earned, line.settled, line.paid, line.carried))
    summed = [index for index, column in enumerate(columns) if column.kind == "money" and index > 0]
    base = next(index for index, column in enumerate(columns) if column.kind == "money")
    total = add_up(columns, rows, msg("all").in_(language), [each for each in summed if each != base])
    return Sheet(msg("Bonus list").in_(language), columns, rows, total=total, fixed=2)


def _row(
    run: Run, row: int, paid: dict[str, Line], language: Language, *, settling: bool, by_hand: bool
) -> tuple[Any, ...]:
    appraisal, scheme, people = run.appraisal, run.scheme, run.appraisal.people
    money, computed, bonus = appraisal.money, appraisal.computed, int(appraisal.bonus[row])
    code = people.code[row]
    line = paid.get(code, Line(code, bonus, 0, 0, 0))
    days = int(people.worked[row])
    whole = scheme.bonus is not None and scheme.bonus.prorate == "days"
    part = divide(days * MICRO, people.period_days) if whole else MICRO
    pools = () if money is None else money.pools
    pool = int(money.pool[row]) if money is not None and pools else -1
    return (
        code,
        run.names[row],
        *(() if scheme.subject == "team" else (people.attribute("team")[row],)),
        *((appraisal.tier[row],) if scheme.tiers else ()),
        None if money is None else int(money.base[row]),
        int(appraisal.coefficient[row]),
        days,
        part,
        *((group_words(pools[pool].group, language) if pool >= 0 else None,) if pools else ()),
        *(
            (int(money.brought[row]), int(money.carried[row]))
            if settling and money and money.brought is not None and money.carried is not None
            else ()
        ),
        *((bonus - int(computed.fen[row]), int(computed.fen[row])) if by_hand and computed is not None else ()),
        bonus,
        *((line.settled, line.paid, line.carried) if paid else ()),
    )
