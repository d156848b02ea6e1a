"""Figures in words: values with their unit, points, money, and the counts behind an aggregate."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from kaohe.exact import format_fen, from_micros, shorten
from kaohe.language import Shift, Type
from kaohe.plugin import Indicator
from kaohe.run.model import Counts
from kaohe.run.node import Node
from kaohe.text import Message, msg

_PLACES = 8


def value_in_words(indicator: Indicator, micros: int) -> Message:
    """A value in its unit: 95 %, 12 h, 1,234.50."""
    number = from_micros(micros)
    match indicator.unit:
        case "share":
            return msg("{number} %", number=from_micros(micros * 100))
        case "money":
            return msg("{number}", number=f"{number:,.2f}")
        case "seconds":
            return msg("{number} s", number=number)
        case "minutes":
            return msg("{number} min", number=number)
        case "hours":
            return msg("{number} h", number=number)
        case "days":
            return msg("{number} days", number=number)
        case "kilowatt_hours":
            return msg("{number} kWh", number=f"{number:,}")
        case "points":
            return msg("{number} points", number=number)
        case "count" | "number":
            return msg("{number}", number=f"{number:,}")


def points_in_words(micros: int, decimals: int | None = None) -> Message:
    """Points from millionths: with exactly so many decimals, or with those that they have."""
    number = from_micros(micros)
    return msg("{number} points", number=number if decimals is None else f"{number:.{decimals}f}")


def money_in_words(fen: int, currency: str) -> Message:
    """An amount from fen, with the scheme's currency: 1,234.50 CNY."""
    return msg("{amount} {currency}", amount=format_fen(fen), currency=currency)


def exact_number(number: Fraction) -> str:
    """The number to its last decimal, or to eight and … where there are more."""
    scaled = abs(number) * 10**_PLACES
    digits = Decimal(int(scaled)).scaleb(-_PLACES)
    sign = "−" if number < 0 and scaled else ""
    return sign + (f"{shorten(digits):,f}" if scaled.denominator == 1 else f"{digits:,f}…")


def counts_node(counts: Counts, row: int) -> Node:
    """The integers of one aggregate for one person, and as whom the person is credited with which records."""
    shares = [(who, replace(counts, parts=parts)) for who, parts in counts.shares if int(parts["n"][row])]
    children = (Node(msg("as {who}", who=who), counts_in_words(each, row)) for who, each in shares)
    facts = {name: str(int(column[row])) for name, column in counts.parts.items()}
    return Node(counts_in_words(counts, row), None, (), tuple(children), "counts", counts.function, facts)


def counts_in_words(counts: Counts, row: int) -> Message:
    """The integers of one aggregate for one person."""
    parts = {name: int(column[row]) for name, column in counts.parts.items()}
    match counts.function:
        case "share":
            said = msg("{hits} of {records}", hits=parts["hits"], records=records_in_words(parts["n"]))
        case "count":
            said = records_in_words(parts["n"])
        case "count_distinct":
            said = msg("{n} different values", **parts)
        case "nps":
            said = msg("{promoters} promoters, {detractors} detractors, {n} answers", **parts)
        case "sum" | "mean":
            amount = quantity(counts.type, parts["total"])
            said = msg("{amount} in total over {records}", amount=amount, records=records_in_words(parts["n"]))
        case "median" | "percentile" | "minimum" | "maximum" | "first" | "last" if not parts["n"]:
            said = records_in_words(0)
        case "minimum" | "maximum" | "first" | "last" if counts.type.kind in ("number", "duration"):
            amount = quantity(counts.type, parts["value"])
            said = msg("{amount} of {records}", amount=amount, records=records_in_words(parts["n"]))
        case "median" | "percentile":
            low, high = quantity(counts.type, parts["low"]), quantity(counts.type, parts["high"])
            records = records_in_words(parts["n"])
            said = msg("between {low} and {high} among {records}", low=low, high=high, records=records)
        case _:
            shown = ", ".join(f"{name} = {number}" for name, number in parts.items())
            said = msg("{parts}", parts=shown)
    return in_window(counts.shift, said)


def records_in_words(count: int) -> Message:
    """How many records."""
    return msg("1 record") if count == 1 else msg("{n} records", n=count)


def decimals_in_words(count: int) -> Message:
    """How many decimals."""
    return msg("1 decimal") if count == 1 else msg("{n} decimals", n=count)


def in_window(shift: Shift, said: Message) -> Message:
    """What is said of a window, and of which one unless it is the period itself."""
    return said if shift == "period" else msg("{window}: {counts}", window=_SHIFTS[shift], counts=said)


def quantity(kind: Type, stored: int) -> Message:
    """A stored integer of that type: a duration in hours, any other number with its decimals."""
    if kind.kind == "duration":
        return msg("{number} h", number=f"{Decimal(stored) / 3_600_000_000:,.2f}")
    return msg("{number}", number=f"{Decimal(stored).scaleb(-kind.scale):,}")


_SHIFTS = {
    "previous": msg("previous period"),
    "last_year": msg("same period last year"),
    "year_to_date": msg("the year so far"),
    "year_before": msg("the year before this period"),
}
