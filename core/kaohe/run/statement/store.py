"""What the database says around one person's figures: the trend, payments, items, interview, appeals, acknowledgement.

Everything is read once for all people of a run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kaohe.period import Period, parse_period, usual
from kaohe.records import Store
from kaohe.run.appeals import Appeal, Terms, Window, list_appeals, window_of
from kaohe.run.feedback import Acknowledgement, StoredItem, Talk, acknowledgements_of, list_items, talks_of
from kaohe.run.model import Run
from kaohe.run.paying.model import Line
from kaohe.run.paying.store import Posting, payments_of, postings_in
from kaohe.run.statement.make import Statements
from kaohe.run.statement.model import (
    Acknowledged,
    AppealLine,
    AppealWindow,
    Earlier,
    Interview,
    Item,
    Money,
    Posted,
    Statement,
    Surroundings,
)
from kaohe.run.statement.trend import trends_before
from kaohe.text import Message, msg


@dataclass(frozen=True)
class Circumstances:
    """What there is around everybody's figures in a run, by code, on the day ``today``. ``terms`` and ``window`` are
    those of appeals, None where the scheme takes none."""

    number: int
    period: Period
    today: date
    trends: Mapping[str, tuple[Earlier, ...]]
    paid: Mapping[str, Line]
    posted: Mapping[str, Sequence[Posting]]
    items: Mapping[str, Sequence[StoredItem]]
    talks: Mapping[str, Talk]
    seen: Mapping[str, Acknowledgement]
    appeals: Mapping[str, Sequence[Appeal]]
    terms: Terms | None
    window: Window | None

    def of(self, code: str) -> Surroundings:
        """One person's; what is acknowledged is settled by ``statement_of``, which knows the statement."""
        line, talk = self.paid.get(code), self.talks.get(code)
        return Surroundings(
            trend=self.trends.get(code, ()),
            money=None if line is None else Money(line.earned, line.due, line.settled, line.carried, line.paid),
            posted=tuple(
                Posted(each.restatement, each.period, each.posted_to, each.fen, each.reason)
                for each in self.posted.get(code, ())
            ),
            items=tuple(_item(each, self.today) for each in self.items.get(code, ()) if self._follows(each)),
            interview=None if talk is None else Interview(talk.notes, talk.goals, talk.by, talk.at),
            appeal=self._appeal(code),
        )

    def _follows(self, item: StoredItem) -> bool:
        """Whether an item belongs to this statement: agreed for the period, or for one before and open since."""
        begins = usual(parse_period(item.period)).start
        if begins >= self.period.start:
            return begins == self.period.start
        return item.state == "open" or (item.changed_at is not None and item.changed_at.date() >= self.period.start)

    def _appeal(self, code: str) -> AppealWindow | None:
        terms, window = self.terms, self.window
        if terms is None or window is None:
            return None
        mine = tuple(
            AppealLine(each.number, each.figure, each.state, terms.day_of(each.opened_at))
            for each in self.appeals.get(code, ())
        )
        first = None if window.begins is None else terms.day_of(window.begins)
        return AppealWindow(first, window.last, self._how(code, terms, window, first), mine)

    def _how(self, code: str, terms: Terms, window: Window, first: date | None) -> Message:
        words = {"first": first, "last": window.last, "run": window.run, "days": terms.rules.days, "person": code}
        if window.run is not None and window.run != self.number:
            return msg("Another run stands for the period now: {run}. Appeals are against that one.", **words)
        if first is None or window.last is None:
            if terms.rules.working_days:
                return msg("You may appeal for {days} working days after the results are submitted.", **words)
            return msg("You may appeal for {days} days after the results are submitted.", **words)
        if self.today > window.last:
            return msg("The time for appeals was from {first} to {last}.", **words)
        return msg(
            "You may appeal from {first} to {last}: tell your manager or the personnel department which figure and "
            "why, or enter kaohe appeal open {run} {person} --figure FIGURE --text TEXT.",
            **words,
        )


def circumstances(store: Store, run: Run, number: int, terms: Terms | None, today: date) -> Circumstances:
    """Read everything around the run of that number."""
    scheme_id, period = run.scheme.id, usual(run.period)
    name = period.name
    with store.reading() as connection:
        posted = [each for each in postings_in(connection, scheme_id) if name in (each.period, each.posted_to)]
    items: dict[str, list[StoredItem]] = defaultdict(list)
    for item in list_items(store):
        items[item.person].append(item)
    appeals: dict[str, list[Appeal]] = defaultdict(list)
    for appeal in list_appeals(store, scheme_id=scheme_id, period=name) if terms is not None else ():
        appeals[appeal.person].append(appeal)
    postings: dict[str, list[Posting]] = defaultdict(list)
    for posting in posted:
        postings[posting.person].append(posting)
    return Circumstances(
        number=number,
        period=period,
        today=today,
        trends=trends_before(store, scheme_id, period),
        paid={line.person: line for line in payments_of(store, scheme_id, name)},
        posted=postings,
        items=items,
        talks=talks_of(store, scheme_id, name),
        seen=acknowledgements_of(store, scheme_id, name),
        appeals=appeals,
        terms=terms,
        window=None if terms is None else window_of(store, scheme_id, name, terms),
    )


def statement_of(statements: Statements, around: Circumstances, row: int, *, hindsight: bool = True) -> Statement:
    """One person's statement with everything around it. A payment would tell a bonus that is withheld."""
    code = statements.run.appraisal.people.code[row]
    made, seen = statements.of(row, around.of(code), hindsight=hindsight), around.seen.get(code)
    beside = made.around
    if made.bonus_withheld is not None:
        beside = replace(beside, money=None, posted=())
    if seen is not None:
        known = Acknowledged(seen.at, seen.by, seen.comment, current=seen.statement == made.digest)
        beside = replace(beside, acknowledged=known)
    return replace(made, around=beside)


def _item(item: StoredItem, today: date) -> Item:
    overdue = item.overdue(today)
    return Item(item.number, item.period, item.text, item.owner, item.due, item.state, item.outcome, overdue)
