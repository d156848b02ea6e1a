"""Which column of a file is which field, when no mapping says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kaohe.errors import Place
from kaohe.plugin.types import RecordType
from kaohe.records.source import cell_of
from kaohe.records.words import fold
from kaohe.text import LANGUAGES, Language, msg

REQUIRED_MARK = "*"
OWN_MARK = "#"  # columns that kaohe added itself, in a quarantine file; they are ignored
OWN_COLUMNS = (msg("row"), msg("column"), msg("value"), msg("reason"), msg("fix"))


def recognised(record_type: RecordType, header: Sequence[str]) -> dict[str, int]:
    """Field → index of the column that bears its name, or its label in either language.

    Case, width, spaces, hyphens and asterisks do not count, and each line of a column's name is tried, as templates
    have the label above the field's name. A name goes before a label; the first of two equal columns wins.
    """
    columns: dict[str, int] = {}
    for index, name in enumerate(header):
        for key in keys(name):
            columns.setdefault(key, index)
    found: dict[str, int] = {}
    taken: set[int] = set()
    for wanted in ("name", "label"):
        for field in record_type.fields:
            names = [field.name] if wanted == "name" else [field.label.zh, field.label.en]
            column = next((columns[key] for name in names for key in keys(name) if key in columns), None)
            if column is not None and column not in taken and field.name not in found:
                found[field.name] = column
                taken.add(column)
    return found


def cells_of(row: Place, record_type: RecordType, header: Sequence[str]) -> dict[str, Place]:
    """Field → its cell in a row; in a file without cells, the row and the column as its header names it."""
    columns = recognised(record_type, header)
    return {
        field.name: cell_of(
            row, columns.get(field.name), header[columns[field.name]] if field.name in columns else field.name
        )
        for field in record_type.fields
    }


def unused(header: Sequence[str], used: Iterable[int]) -> list[str]:
    """The columns that no field takes, but for kaohe's own."""
    taken = set(used)
    return [name for index, name in enumerate(header) if name and index not in taken and not name.startswith(OWN_MARK)]


def own_columns(language: Language) -> list[str]:
    """The columns that a quarantine file has besides those of its source."""
    return [OWN_MARK + name.in_(language) for name in OWN_COLUMNS]


def is_quarantine(header: Iterable[str]) -> bool:
    """Whether this is the first row of a quarantine file, to which what a mapping says of its source's rows, encoding
    and delimiter does not apply."""
    names = {name.strip() for name in header}
    return any(names.issuperset(own_columns(language)) for language in LANGUAGES)


def keys(name: str) -> list[str]:
    """The forms under which a column's name is compared: whole, then line by line."""
    return [key for part in (name, *name.splitlines()) if (key := _key(part))]


def _key(name: str) -> str:
    return fold(name).replace("-", "").rstrip(REQUIRED_MARK)
