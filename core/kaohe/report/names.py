"""What groups are called where people read them."""

from __future__ import annotations

from kaohe.appraise.model import EVERYBODY
from kaohe.text import Language, Message, msg


def group_name(name: str | None) -> Message | str:
    """The name of a ranking group or of a pool."""
    return msg("everybody") if name in (None, EVERYBODY) else str(name)


def group_words(name: str | None, language: Language) -> str:
    """Likewise as a text."""
    said = group_name(name)
    return said if isinstance(said, str) else said.in_(language)
