"""What people have outstanding from restatements, and where each amount comes from, as a sheet and as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kaohe.exact import format_fen, plain_fen
from kaohe.report.sheet import Column, Sheet
from kaohe.run.paying.store import Balance
from kaohe.text import Language, Message, msg


def balances_sheet(balances: Sequence[Balance], names: Mapping[str, str], language: Language) -> Sheet:
    """A row for each person: what is outstanding (below 0: to be recovered) and what it comes from."""
    headers = (msg("code"), msg("name"), msg("outstanding"), msg("where from"))
    kinds = ("text", "text", "money", "text")
    columns = tuple(
        Column(header.in_(language), "money" if kind == "money" else "text", wraps=header is headers[-1])
        for header, kind in zip(headers, kinds, strict=True)
    )
    rows = [(each.person, names.get(each.person), each.fen, _where_from(each, language)) for each in balances]
    return Sheet(msg("Outstanding").in_(language), columns, rows)


def _where_from(balance: Balance, language: Language) -> str:
    parts: list[Message] = [
        msg(
            "{period} restated (number {number}): {amount}",
            period=each.period,
            number=each.restatement,
            amount=format_fen(each.fen),
        )
        for each in balance.postings
    ]
    for period, line in balance.settled:
        if line.settled:
            parts.append(msg("settled with {period}: {amount}", period=period, amount=format_fen(-line.settled)))
        if line.dropped:
            parts.append(
                msg("carried no further in {period}: {amount}", period=period, amount=format_fen(-line.dropped))
            )
    return msg("; ").in_(language).join(part.in_(language) for part in parts)


def balances_data(balances: Sequence[Balance], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The same as JSON data; money in yuan as text."""
    return [
        {
            "code": each.person,
            "name": names.get(each.person),
            "outstanding": plain_fen(each.fen),
            "postings": [
                {
                    "restatement": posting.restatement,
                    "period": posting.period,
                    "posted_to": posting.posted_to,
                    "amount": plain_fen(posting.fen),
                    "reason": posting.reason,
                }
                for posting in each.postings
            ],
            "settled": [
                {"period": period, "amount": plain_fen(line.settled), "carried_no_further": plain_fen(line.dropped)}
                for period, line in each.settled
            ],
        }
        for each in balances
    ]
