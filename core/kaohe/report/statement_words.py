"""Words that statements and lists of appeals and improvement items share."""

from __future__ import annotations

from kaohe.run.appeals.model import OF_EVERYBODY, STATES
from kaohe.run.feedback.improvement import ITEM_STATES
from kaohe.run.statement.model import Item
from kaohe.text import Message, Text, msg


def figure_name(figure: str) -> Message | Text | str:
    """Total, rank, tier or bonus in words; an indicator by its key."""
    return OF_EVERYBODY.get(figure, figure)


def appeal_state(state: str) -> Message | str:
    """Where an appeal stands, in words."""
    return next((words for each, words in STATES.items() if each == state), state)


def item_words(item: Item) -> Message:
    """One improvement item on one line, and whether its day has passed."""
    words = {
        "number": item.number,
        "text": item.text,
        "owner": item.owner,
        "due": item.due,
        "state": ITEM_STATES[item.state],
    }
    if item.overdue:
        return msg("{number} {text} ({owner}, by {due}): overdue", **words)
    if item.outcome:
        return msg("{number} {text} ({owner}, by {due}): {state}, {outcome}", outcome=item.outcome, **words)
    return msg("{number} {text} ({owner}, by {due}): {state}", **words)
