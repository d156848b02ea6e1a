"""A figure that 64 bits do not hold: the same mistake of the user's on every engine."""

from __future__ import annotations

from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.text import Message, msg

A_SUM = msg("a sum over these records is larger than 9,223,372,036,854,775,807")
A_FIGURE = msg("a figure of one of these records is larger than 9,223,372,036,854,775,807")


def too_large(what: Message, records: str) -> KaoheError:
    """``what`` is one of the above; ``records`` the record type that was asked."""
    fix = msg("look for an amount in the records that cannot be right")
    return fail(Problem("engine.overflow", what, Place(key=records), fix=fix))
