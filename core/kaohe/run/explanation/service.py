"""The part of an explanation that is about time in service: which assignments, how many days, which share."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from kaohe.appraise.model import Span
from kaohe.exact import format_fen, from_micros
from kaohe.run.figures import exact_number
from kaohe.run.model import Run
from kaohe.run.node import Node, agree_in_words
from kaohe.run.organisation.assignments import mean_base
from kaohe.text import Message, msg


def service_node(run: Run, row: int) -> Node | None:
    """One person's assignments in the period; None where there is one alone, of full time on every day, and all
    records count.

    Raises KaoheError where the mean base does not recompute to the run's.
    """
    people = run.appraisal.people
    spans = people.spans[row] if people.spans else ()
    days, worked = people.period_days, int(people.worked[row])
    full = [span for span in spans if span.days == days and span.fraction == 10**6]
    by_date = _counted_days(run, row)
    if not spans or (len(spans) == 1 and full and not by_date):
        return None
    base = mean_base(spans, worked)
    agree_in_words(run, "bonus_base", str(people.attribute("bonus_base")[row]), str(base))
    children = tuple(Node(_place(span), _part(span, days)) for span in spans)
    figure = msg("{worked} of {days} days", worked=worked, days=days)
    remarks: tuple[Message, ...] = ()
    if base is not None:
        prorated = Fraction(base) * worked / days
        remarks = (
            msg(
                "bases add up to {sum} for the period, {mean} per day in service",
                sum=exact_number(prorated),
                mean=exact_number(Fraction(base)),
            ),
        )
    return Node(msg("assignments"), figure, (*remarks, *by_date), children)


def _counted_days(run: Run, row: int) -> tuple[Message, ...]:
    """Which records count by their dates; nothing where all do."""
    people = run.appraisal.people
    if not people.counted_days:
        return ()
    found = people.counted_days[row]
    if not found:
        return (msg("no record counts: on every day another assignment is the main one"),)
    return tuple(
        msg("records count that are dated from {first} to {last}", first=first, last=end - timedelta(days=1))
        for first, end in found
    )


def _place(span: Span) -> str:
    return " · ".join(part for part in (span.team, span.role) if part) or "—"


def _part(span: Span, days: int) -> Message:
    words = {"start": span.starts, "days": span.days, "period": days, "fraction": from_micros(span.fraction)}
    if span.base is None:
        return msg("from {start}: {days} / {period} days × {fraction}, base unknown", **words)
    part = Fraction(span.base * span.days * span.fraction, 10**8 * days)
    return msg(
        "from {start}: {base} × {days} / {period} days × {fraction} = {part}",
        base=format_fen(span.base),
        part=exact_number(part),
        **words,
    )
