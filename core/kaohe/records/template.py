"""An Excel workbook to be filled in: a column per field, with drop-downs, formats and help; importable as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from kaohe.plugin.types import Field, RecordType
from kaohe.records.json_schema import must_have
from kaohe.records.numbers import scale_of, shown
from kaohe.text import Language, Message, Text, msg

_LAST_ROW = 1_048_575
_EPOCH = datetime(2026, 1, 1)  # noqa: DTZ001 - a workbook knows no zones

_YES_NO = (Text("是", "yes"), Text("否", "no"))
_KIND_NAMES: dict[str, Message] = {
    "text": msg("text"),
    "choice": msg("one of the choices"),
    "integer": msg("a whole number"),
    "decimal": msg("a number"),
    "money": msg("an amount in yuan, at most two decimals"),
    "boolean": msg("yes or no"),
    "date": msg("a date such as 2026-01-05"),
    "datetime": msg("a date and time such as 2026-01-05 14:30"),
    "person": msg("a person's code, or a name that only one person bears"),
    "team": msg("a team's code or name"),
    "customer": msg("a code"),
}
_EXPLANATION = (msg("Field"), msg("Name"), msg("Required"), msg("What to write"), msg("Choices"), msg("Help"))


def write_template(path: Path, record_type: RecordType, language: Language, rows: Iterable[Sequence[str]] = ()) -> None:
    """Write the workbook: a sheet to be filled in, whose header bears label and field name, and one that explains.

    Filled in, it is imported without a mapping. Columns of codes are formatted as text, so that no digit is lost.
    ``rows`` are there already, as text, a cell for each field.
    """
    workbook = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    # A fixed date: the same template is the same file, whenever it is written.
    workbook.set_properties({"title": record_type.label.in_(language), "created": _EPOCH})
    entry = workbook.add_worksheet(_sheet_name(record_type.label.in_(language)))
    fields = workbook.add_worksheet(msg("What the fields mean").in_(language))
    ranges = _explain(workbook, fields, record_type, language)
    heads = {needed: workbook.add_format(_head(needed=needed)) for needed in (True, False)}
    entry.freeze_panes(1, 0)
    entry.set_row(0, 36)
    for column, field in enumerate(record_type.fields):
        label = field.label.in_(language)
        needed = must_have(record_type, field)
        entry.set_column(column, column, _width(label, field), workbook.add_format({"num_format": _format(field)}))
        entry.write_string(0, column, f"{label}{'*' if needed else ''}\n{field.name}", heads[needed])
        entry.write_comment(0, column, _comment(field, language, needed=needed))
        if field.name in ranges:
            entry.data_validation(1, column, _LAST_ROW, column, {"validate": "list", "source": ranges[field.name]})
    for number, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells):
            entry.write_string(number, column, cell)
    workbook.close()


def _explain(workbook: Any, sheet: Any, record_type: RecordType, language: Language) -> dict[str, str]:
    """Fill the second sheet; the choices stand there in a column each, which the drop-downs refer to by range."""
    bold, wrap = (
        workbook.add_format({"bold": True, "bottom": 1}),
        workbook.add_format({"text_wrap": True, "valign": "top"}),
    )
    sheet.freeze_panes(1, 0)
    for column, (title, width) in enumerate(zip(_EXPLANATION, (22, 22, 10, 36, 40, 48), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title.in_(language), bold)
    yes, no = (word.in_(language) for word in _YES_NO)
    ranges: dict[str, str] = {}
    for row, field in enumerate(record_type.fields, 1):
        choices = _choices(field, language)
        cells = (
            field.label.in_(language),
            field.name,
            yes if must_have(record_type, field) else no,
            _what_to_write(field, language),
            ", ".join(choices) if field.kind == "choice" else "",
            field.help.in_(language) if field.help else "",
        )
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, wrap)
        if choices:
            listed = len(_EXPLANATION) + 1 + len(ranges)
            sheet.write_string(0, listed, field.name, bold)
            for index, choice in enumerate(choices, 1):
                sheet.write_string(index, listed, choice)
            name = sheet.get_name().replace("'", "''")
            ranges[field.name] = f"='{name}'!{xl_range_abs(1, listed, len(choices), listed)}"
    return ranges


def _choices(field: Field, language: Language) -> Sequence[str]:
    if field.kind == "boolean":
        return [word.in_(language) for word in _YES_NO]
    return [label.in_(language) for label in field.choices.values()] if field.kind == "choice" else []


def _comment(field: Field, language: Language, *, needed: bool) -> str:
    lines = [_what_to_write(field, language)]
    if needed:
        lines.append(msg("Required.").in_(language))
    if field.help is not None:
        lines.append(field.help.in_(language))
    return "\n".join(lines)


def _what_to_write(field: Field, language: Language) -> str:
    parts = [_KIND_NAMES[field.kind].in_(language)]
    if field.kind == "decimal":
        parts.append(msg("at most {count} decimals", count=field.scale).in_(language))
    if field.minimum is not None:
        parts.append(msg("at least {count}", count=shown(field.minimum)).in_(language))
    if field.maximum is not None:
        parts.append(msg("at most {count}", count=shown(field.maximum)).in_(language))
    return ("；" if language == "zh_CN" else "; ").join(parts)


def _format(field: Field) -> str:
    match field.kind:
        case "date":
            return "yyyy-mm-dd"
        case "datetime":
            return "yyyy-mm-dd hh:mm:ss"
        case "integer":
            return "0"
        case "decimal" | "money":
            return "0." + "0" * scale_of(field) if scale_of(field) else "0"
        case _:
            return "@"


def _head(*, needed: bool) -> dict[str, Any]:
    colour = "#DDEBF7" if needed else "#F2F2F2"
    return {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": colour, "bottom": 1, "num_format": "@"}


def _width(label: str, field: Field) -> int:
    """Wide enough for the label, in which a Chinese character takes two columns, and for what is written below it."""
    cells = sum(2 if ord(character) > 0x2E80 else 1 for character in label)
    return max(cells + 3, len(field.name) + 2, 20 if field.kind == "datetime" else 13)


def _sheet_name(label: str) -> str:
    return "".join(" " if character in "[]:*?/\\" else character for character in label).strip("' ")[:31] or "records"
