"""What the commands of ``kaohe assessment`` say and take in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from kaohe.errors import Place, Problem, fail
from kaohe.text import Message, msg, visible

if TYPE_CHECKING:
    from kaohe.period import Period
    from kaohe.records.rounds.model import Round

_LONGEST_NAME = 60
_NEED_WORDS = ("--items", "--relations")


def split(words: str) -> tuple[str, ...]:
    """Words divided by commas, also Chinese ones; empty ones do not count."""
    return tuple(word for part in re.split("[,，、]", words) if (word := part.strip()))


def chosen(option: str, words: Sequence[str], known: Collection[str]) -> tuple[tuple[str, ...], list[Problem]]:
    """The words once each, and what is wrong: words that nobody knows, or an option that was given without any."""
    place = Place(key=option)
    if words == () and option in _NEED_WORDS:
        what = msg("nothing is chosen")
        return (), [Problem("assessment.nothing-chosen", what, place, expected=", ".join(sorted(known)))]
    wrong = [
        Problem("assessment.unknown-word", msg("this is not one of the choices"), place, word, ", ".join(sorted(known)))
        for word in dict.fromkeys(words)
        if word not in known
    ]
    return tuple(dict.fromkeys(words)), wrong


def unfit(name: str, lowest: int, scale: int, day: date, period: Period) -> list[Problem]:
    """What is wrong with the terms of a new round."""
    return [*_name(name.strip()), *_terms(lowest, scale, day, period)]


def _name(name: str) -> Iterator[Problem]:
    if not name or len(name) > _LONGEST_NAME or visible(name) != name or not name.isprintable():
        what, expected = msg("this cannot name a round"), msg("1 to {most} characters on one line", most=_LONGEST_NAME)
        yield Problem("assessment.name", what, found=name or msg("empty"), expected=expected)


def _terms(lowest: int, scale: int, day: date, period: Period) -> Iterator[Problem]:
    if lowest >= scale:
        what = msg("the lowest score is not below the full score")
        yield Problem("assessment.scale", what, Place(key="--lowest"), str(lowest), msg("less than {most}", most=scale))
    if not period.start <= day < period.end:
        what, fix = (
            msg("the day is not in the period"),
            msg("ratings count by this day: choose one in {period}", period=period.name),
        )
        yield Problem("assessment.day", what, Place(key="--on"), str(day), fix=fix)


def reasoned(reason: str) -> None:
    """Raises KaoheError for a reason of blanks."""
    if not reason.strip():
        raise fail(Problem("assessment.reason", msg("a reason is missing"), Place(key="--reason")))


def state_word(asked: Round) -> Message:
    return msg("round open") if asked.closed_at is None else msg("round closed")


def round_data(asked: Round) -> dict[str, Any]:
    """A round as plain data, without what keys and codes derive from."""
    return {
        "name": asked.name,
        "period": asked.period,
        "day": str(asked.day),
        "items": list(asked.items),
        "lowest": asked.lowest,
        "scale": asked.scale,
        "due": None if asked.due is None else str(asked.due),
        "anonymous": sorted(asked.unnamed),
        "state": "open" if asked.closed_at is None else "closed",
    }
