"""A group company's records, generated: tickets, calls, surveys and contracts, month by month, by NumPy alone.

The same for the same numbers of records and people, on every machine. Tickets, calls and surveys are those of fifteen
months, contracts of two years; the year that is evaluated, 2025, holds four fifths of the former, and a comparison
with the year before reads all of the latter. Columns are as a snapshot holds them, but for the wall clocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaohe.exact import Flags, Ints

SEED = 20260101
PEOPLE = 100_000
SECOND, DAY = 1_000_000, 86_400_000_000
AHEAD = 8 * 3600 * SECOND
"""Shanghai's wall clock is eight hours ahead of UTC, in all of these years."""
KINDS = ("consult", "repair", "install", "maintain", "feedback", "complaint")
TOPICS = ("overall", "recommend", "attitude", "problem_solving")
CONTRACTS = ("new", "renewal", "repeat", "expansion")

Columns = dict[str, Any]


@dataclass(frozen=True)
class Share:
    """How many of all records are of a type, from and up to which month, and what the columns of a month are."""

    percent: int
    first: str
    end: str
    columns: Callable[[Month], Columns]


@dataclass(frozen=True)
class Month:
    """So many records of one month, numbered from ``first`` on."""

    start: int
    days: int
    rows: int
    first: int
    people: int
    chance: np.random.Generator

    def numbers(self, letter: str) -> pa.Array:
        digits = pa.array(np.arange(self.first, self.first + self.rows)).cast(pa.string())
        return pc.binary_join_element_wise(letter, pc.utf8_lpad(digits, 9, "0"), "")

    def owners(self) -> Ints:
        return self.chance.integers(0, self.people, self.rows)

    def moments(self) -> Ints:
        """Whole seconds of the month on the wall clock, as microseconds of UTC, ascending as numbers are given."""
        seconds = self.chance.integers(0, self.days * 86_400, self.rows)
        seconds.sort()
        return (self.start * 86_400 + seconds) * SECOND - AHEAD

    def dates(self) -> Ints:
        days = self.chance.integers(0, self.days, self.rows)
        days.sort()
        return self.start + days

    def after(self, moments: Ints, hours: Any) -> Ints:
        """Some time later, so many hours on average."""
        return moments + (self.chance.standard_exponential(self.rows) * hours * 3600).astype(np.int64) * SECOND

    def happens(self, share: Any) -> Flags:
        return self.chance.random(self.rows) < share

    def customers(self) -> pa.Array:
        return codes("C", self.chance.integers(0, 20 * self.people, self.rows))

    def one_of(self, words: tuple[str, ...], shares: tuple[float, ...] | None = None) -> pa.Array:
        if shares is None:
            return named(words, self.chance.integers(0, len(words), self.rows))
        return named(words, np.searchsorted(np.cumsum(shares)[:-1], self.chance.random(self.rows), side="right"))


def codes(letter: str, numbers: Ints, there: Flags | None = None) -> pa.Array:
    """Codes such as P000042; those that are not there are missing."""
    used, which = np.unique(numbers, return_inverse=True)
    texts = pc.binary_join_element_wise(letter, pc.utf8_lpad(pa.array(used).cast(pa.string()), 6, "0"), "")
    return texts.take(pa.array(which, mask=None if there is None else ~there))


def named(words: tuple[str, ...], which: Ints) -> pa.Array:
    return pa.array(words).take(pa.array(which))


def some(values: Any, there: Flags) -> pa.Array:
    """The values that are there."""
    return pa.array(values, mask=~there)


def texts(word: str, there: Flags) -> pa.Array:
    """The word where it is there."""
    return pc.if_else(pa.array(there), pa.scalar(word), pa.scalar(None, pa.string()))


def ability(owners: Ints) -> Any:
    """How well somebody does, from 0 to 1; the same in all of their records."""
    return ((owners * 2_654_435_761) % 1_000_003) / 1_000_003


def tickets(month: Month) -> Columns:
    owners, opened = month.owners(), month.moments()
    able = ability(owners)
    responded = month.after(opened, 14 - 10 * able)
    resolved = month.after(responded, 40 - 30 * able)
    answered = month.happens(0.97)
    solved = answered & month.happens(0.90)
    reopened = solved & month.happens(0.12 - 0.1 * able)
    kind = month.one_of(KINDS, (0.3, 0.25, 0.1, 0.1, 0.1, 0.15))
    acted = solved & month.happens(0.3)
    return {
        "no": month.numbers("T"),
        "kind": kind,
        "priority": month.one_of(("low", "normal", "high", "urgent"), (0.2, 0.6, 0.15, 0.05)),
        "customer": month.customers(),
        "owner": codes("P", owners, month.happens(0.995)),
        "channel": month.one_of(("电话", "微信", "网站", "上门")),
        "opened_at": pa.array(opened),
        "responded_at": some(responded, answered),
        "resolved_at": some(resolved, solved),
        "reopened": some(reopened.astype(np.int64), month.happens(0.99)),
        "reopened_at": some(month.after(resolved, 30), reopened),
        "escalated": some(month.happens(0.15 - 0.1 * able), month.happens(0.99)),
        "cause": texts("部件", month.happens(0.5 + 0.4 * able)),
        "corrective_action": texts("更换", acted),
        "action_done_at": some(month.after(opened, 100), acted),
        "cross_team": pa.array(month.happens(0.1)),
        "satisfaction": some(
            np.minimum(month.chance.integers(20, 71, month.rows) + (40 * able).astype(np.int64), 100),
            solved & month.happens(0.7),
        ),
    }


def calls(month: Month) -> Columns:
    owners = month.owners()
    able = ability(owners)
    answered = month.happens(0.82 + 0.17 * able)
    return {
        "no": month.numbers("C"),
        "owner": codes("P", owners),
        "at": pa.array(month.moments()),
        "answered": some(answered, month.happens(0.999)),
        "wait_seconds": some(
            (month.chance.integers(2, 91, month.rows) * (1.1 - 0.5 * able)).astype(np.int64), answered
        ),
        "resolved": some(month.happens(0.35 + 0.5 * able), answered & month.happens(0.98)),
    }


def surveys(month: Month) -> Columns:
    owners, sent = month.owners(), month.moments()
    answered = month.happens(0.6)
    topic = month.chance.integers(0, len(TOPICS), month.rows)
    scale = np.where(topic == 1, 10, np.array([5, 10, 100])[month.chance.integers(0, 3, month.rows)])
    score = (scale * 100 * np.clip(month.chance.normal(0.72 + 0.2 * ability(owners), 0.15), 0.05, 1)).astype(np.int64)
    return {
        "no": month.numbers("S"),
        "customer": month.customers(),
        "owner": codes("P", owners),
        "topic": named(TOPICS, topic),
        "channel": month.one_of(("短信", "微信", "电话")),
        "sent_at": pa.array(sent),
        "answered_at": some(month.after(sent, 48), answered),
        "score": some(np.where(topic == 1, (score + 50) // 100 * 100, score), answered),
        "scale": pa.array(scale),
    }


def contracts(month: Month) -> Columns:
    owners, signed = month.owners(), month.dates()
    amount = (month.chance.standard_exponential(month.rows) * (40_000 + 60_000 * ability(owners))).astype(np.int64)
    due = signed + np.array([180, 365])[month.chance.integers(0, 2, month.rows)]
    second = month.happens(0.1)
    return {
        "no": month.numbers("D"),
        "customer": month.customers(),
        "owner": codes("P", owners),
        "co_owner": codes("P", (owners + 1) % month.people, second),
        "co_owner_share": some(np.full(month.rows, 3000), second),
        "kind": month.one_of(CONTRACTS, (0.4, 0.3, 0.2, 0.1)),
        "signed_on": pa.array(signed),
        "amount": pa.array(100_000 + amount * 100),
        "due_on": some(due, month.happens(0.95)),
        "renewed_on": some(due - 10, month.happens(0.6 + 0.35 * ability(owners))),
    }


SHARES: Mapping[str, Share] = {
    "ticket": Share(40, "2024-10", "2026-01", tickets),
    "call": Share(40, "2024-10", "2026-01", calls),
    "survey": Share(12, "2024-10", "2026-01", surveys),
    "contract": Share(8, "2024-01", "2026-01", contracts),
}


def months(name: str, records: int, people: int = PEOPLE) -> Iterator[tuple[str, Columns]]:
    """The columns of each month of a type, of so many ``records`` of all types together."""
    share = SHARES[name]
    listed = np.arange(share.first, share.end, dtype="datetime64[M]")
    begins = np.append(listed, np.datetime64(share.end)).astype("datetime64[D]").astype(np.int64)
    total = records * share.percent // 100
    ends = total * (begins - begins[0]) // (begins[-1] - begins[0])
    for number, month in enumerate(listed):
        chance = np.random.Generator(np.random.PCG64([SEED, list(SHARES).index(name), number]))
        first, end = int(ends[number]), int(ends[number + 1])
        start, days = int(begins[number]), int(begins[number + 1] - begins[number])
        yield str(month), share.columns(Month(start, days, end - first, first, people, chance))
