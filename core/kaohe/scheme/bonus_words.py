"""The bonus in words: where it comes from, what multiplies it, what bounds it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from kaohe.exact import format_fen, shorten
from kaohe.scheme.model import Bonus, RateTable
from kaohe.scheme.words import chain
from kaohe.text import Message, msg


def bonus_lines(bonus: Bonus) -> Iterable[Message]:
    """Sentences about the bonus, in the order in which it comes about."""
    if bonus.eligible is not None and bonus.eligible.min_days:
        yield msg("Whoever has fewer than {days} days in service has no bonus.", days=bonus.eligible.min_days)
    if bonus.eligible is not None and bonus.eligible.at_end:
        yield msg("Whoever is not on the payroll at the period's end has no bonus.")
    yield _product(bonus)
    if bonus.table is not None and bonus.over is not None:
        yield from table_lines(bonus.table, bonus.over.text.strip())
        if bonus.year is not None:
            month = bonus.year.starts
            yield msg(
                "It is read for the year so far, less for the year before; years begin in month {month}.", month=month
            )
        if bonus.per_record is not None:
            yield msg("It is read for each record by itself.")
        if bonus.prorate_bands:
            yield msg("Its thresholds are in proportion to the days in service.")
    for accelerator in bonus.accelerators:
        yield msg("Accelerator {id} multiplies the bonus.", id=accelerator.id)
        yield from table_lines(accelerator.table, accelerator.over.text.strip())
    if bonus.pool is not None:
        amount = format_fen(bonus.pool) if isinstance(bonus.pool, int) else bonus.pool.text.strip()
        if bonus.pool_within:
            attributes = ", ".join(bonus.pool_within)
            scaled = msg(
                "Those of the same {attributes} share a pool of {amount}.", attributes=attributes, amount=amount
            )
        else:
            scaled = msg("All bonuses are scaled so that they add up to {amount}.", amount=amount)
        yield scaled
    if bonus.floor is not None:
        yield msg("Nobody gets less than {amount}.", amount=format_fen(bonus.floor))
    if bonus.cap is not None:
        yield msg("Nobody gets more than {amount}.", amount=format_fen(bonus.cap))
    if bonus.settlement is not None and bonus.settlement.draw is not None:
        amount = format_fen(bonus.settlement.draw)
        yield msg("A draw of {amount} is paid in any case; what is not earned of it is recovered later.", amount=amount)
    elif bonus.settlement is not None:
        amount = format_fen(bonus.settlement.minimum or 0)
        yield msg("Less than {amount} is not paid but carried forward, and so are debts.", amount=amount)


def _product(bonus: Bonus) -> Message:
    base = "" if bonus.base is None else bonus.base.text.strip()
    prorated = bonus.prorate == "days"
    match bonus.kind:
        case "formula":
            formula = "" if bonus.formula is None else bonus.formula.text.strip()
            if prorated:
                return msg("Bonus = {formula}, in proportion to the days in service.", formula=formula)
            return msg("Bonus = {formula}.", formula=formula)
        case "table":
            of: Message | str = msg("the table below × {base}", base=base) if base else msg("the table below")
        case _:
            of = base
    if prorated:
        return msg("Bonus = {base} × the tier's coefficient × days in service / days of the period.", base=of)
    return msg("Bonus = {base} × the tier's coefficient.", base=of)


def table_lines(table: RateTable, over: str) -> Iterable[Message]:
    """How the table is looked up, then its bands."""
    yield {
        "marginal": msg("Of {over}, each band's rate counts inside the band.", over=over),
        "whole": msg("For {over}, the band reached counts for all of it.", over=over),
        "interpolated": msg("For {over}, straight lines lead from band to band.", over=over),
    }[table.mode]
    yield chain([_band(table, number) for number in range(len(table.bands))])


def _band(table: RateTable, number: int) -> Message:
    band = table.bands[number]
    value = _value(table, number)
    last = number + 1 == len(table.bands)
    lower = None if not number or band.lower is None else f"{shorten(band.lower):f}"
    upper = None if last else f"{shorten(table.bands[number + 1].lower or Decimal(0)):f}"
    said = _range(lower, upper, value, table.boundary)
    said = (
        msg("{band}, and {amount} for reaching it", band=said, amount=f"{shorten(band.lump):,f}") if band.lump else said
    )
    return msg("{band}, for everything below too", band=said) if band.retroactive else said


def _range(lower: str | None, upper: str | None, given: Message | str, boundary: str) -> Message:
    """What a band gives for figures between its ends; the one on a boundary belongs to the band above or below."""
    words = {"lower": lower or "", "upper": upper or "", "given": given}
    if lower is None and upper is None:
        return msg("always: {given}", given=given)
    match boundary, lower, upper:
        case "upper", None, _:
            return msg("below {upper}: {given}", **words)
        case "upper", _, None:
            return msg("{lower} and more: {given}", **words)
        case "upper", _, _:
            return msg("from {lower} to below {upper}: {given}", **words)
        case _, None, _:
            return msg("{upper} and less: {given}", **words)
        case _, _, None:
            return msg("above {lower}: {given}", **words)
        case _:
            return msg("above {lower} to {upper}: {given}", **words)


def _value(table: RateTable, number: int) -> Message | str:
    band = table.bands[number]
    low, high = (_written(table, value) for value in (band.value, band.value_to))
    return low if low == high else msg("from {low} to {high}", low=low, high=high)


def _written(table: RateTable, value: Decimal) -> str:
    return f"{shorten(value * 100):f}%" if table.gives == "rate" else f"{shorten(value):,f}"
