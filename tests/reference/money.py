"""Rate tables once more, as one would with pencil and paper: band by band, with fractions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from kaohe.scheme.model import RateTable, Settlement


def given(table: RateTable, amount: Fraction) -> Fraction:
    """What the table gives for the amount."""
    edges = [Fraction(band.lower or 0) for band in table.bands]
    inside = [
        number
        for number in range(1, len(edges))
        if amount > edges[number] or (amount == edges[number] and table.boundary == "upper")
    ]
    here = inside[-1] if inside else 0
    if table.mode == "marginal":
        return _marginal(table, amount, edges, here)
    band = table.bands[here]
    value, lump = Fraction(band.value), Fraction(band.lump)
    if table.mode == "interpolated" and band.lower is not None and here + 1 < len(edges):
        way = (amount - edges[here]) / (edges[here + 1] - edges[here])
        value = value * (1 - way) + Fraction(band.value_to) * way
    return value * amount + lump if table.gives == "rate" else value


def _marginal(table: RateTable, amount: Fraction, edges: list[Fraction], here: int) -> Fraction:
    total = Fraction(0)
    for number in range(here + 1):
        rates = [table.bands[later].value for later in range(number + 1, here + 1) if table.bands[later].retroactive]
        rate = Fraction(rates[-1] if rates else table.bands[number].value)
        begin = edges[number] if number else Fraction(0)
        end = amount if number == here else edges[number + 1]
        total += rate * (end - begin) + Fraction(table.bands[number].lump)
    return total


def over_the_year(table: RateTable, amounts: list[Fraction]) -> list[Fraction]:
    """What each period of a year is due, from its first: the table of everything so far, less all that was due."""
    due: list[Fraction] = []
    for number in range(len(amounts)):
        due.append(given(table, sum(amounts[: number + 1], Fraction(0))) - sum(due, Fraction(0)))
    return due


def by_days(table: RateTable, amount: Fraction, part: Fraction) -> Fraction:
    """What a table gives whose thresholds, and amounts for reaching them, are so much of those written."""
    lumps = part if table.gives == "rate" else Fraction(1)
    bands = tuple(
        replace(
            band, lower=None if band.lower is None else Fraction(band.lower) * part, lump=Fraction(band.lump) * lumps
        )
        for band in table.bands
    )
    return given(replace(table, bands=bands), amount)


def settled(earned: list[int], by: Settlement | None) -> list[int]:
    """What is paid in each period, in fen: by the sums of all that was earned and all that was paid until then."""
    paid: list[int] = []
    for number in range(len(earned)):
        due = sum(earned[: number + 1]) - sum(paid)
        if by is None:
            paid.append(due)
        elif by.draw is not None:
            paid.append(by.draw if due < by.draw else due)
        else:
            paid.append(0 if due < (by.minimum or 0) or due < 0 else due)
    return paid
