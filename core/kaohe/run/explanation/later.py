"""What came later to a stored run: another one that stands in its place, and what was posted to the person since."""

from __future__ import annotations

from collections.abc import Iterator

from kaohe.records import Store
from kaohe.run.figures import money_in_words
from kaohe.run.life.store import official_run
from kaohe.run.node import Node
from kaohe.run.paying.store import Posting, postings_of
from kaohe.run.stored.repository import StoredRun
from kaohe.text import Message, msg


def later_facts(store: Store, stored: StoredRun, person: str) -> Node | None:
    """A branch for the person's explanation; None where nothing came later. It is not part of the run's own figures."""
    scheme_id, period = stored.run.belongs_to
    stands = official_run(store, scheme_id, period)
    posted = postings_of(store, scheme_id, period, person)
    remarks: tuple[Message, ...] = ()
    if stands is not None and stands != stored.number:
        remarks = (msg("run {number} stands for the period, and this one does not", number=stands),)
    if not remarks and not posted:
        return None
    children = tuple(_nodes(posted, stored.run.scheme.currency))
    return Node(msg("later facts"), None, remarks, children, "later")


def _nodes(posted: tuple[Posting, ...], currency: str) -> Iterator[Node]:
    for each in posted:
        label = msg("{period} restated (number {number})", period=each.period, number=each.restatement)
        runs = {"run": each.to_run, "former": each.from_run}
        remarks = (
            msg("posted to {period}", period=each.posted_to),
            msg("run {run} in the place of run {former}: {reason}", reason=each.reason, **runs),
        )
        facts = {"period": each.period, "posted_to": each.posted_to, "fen": str(each.fen)}
        yield Node(label, money_in_words(each.fen, currency), remarks, (), "posting", str(each.restatement), facts)
