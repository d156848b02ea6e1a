"""Fields of record types in words: what kind each is, and which values it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaohe.text import Language, msg

if TYPE_CHECKING:
    from kaohe.plugin import Field

KINDS = {
    "text": msg("text"),
    "choice": msg("choice"),
    "integer": msg("whole number"),
    "decimal": msg("decimal number"),
    "money": msg("money (yuan)"),
    "boolean": msg("yes or no"),
    "date": msg("date"),
    "datetime": msg("date and time"),
    "person": msg("person"),
    "team": msg("team"),
    "customer": msg("customer"),
}


def values_of(field: Field, language: Language) -> str:
    """The values that a field may have: its choices, or its bounds; empty where it may have any."""
    if field.choices:
        return ", ".join(f"{value} ({label.in_(language)})" for value, label in field.choices.items())
    least, most = field.minimum, field.maximum
    if least is not None and most is not None:
        return f"{least} … {most}"
    return f"≥ {least}" if least is not None else f"≤ {most}" if most is not None else ""
