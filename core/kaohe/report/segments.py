"""Values of an indicator by groups of records: a table for people, or the figures as they are."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import IO, Any

from kaohe.exact import from_micros
from kaohe.plugin import RecordType
from kaohe.plugin.scope import described
from kaohe.report.sheet import harmless
from kaohe.run.figures import counts_in_words, value_in_words
from kaohe.run.measuring.segments import Asked, Segments
from kaohe.text import Language, Message, Text, msg

_WHOSE = {"person": msg("Person"), "team": msg("Team")}


def headers(asked: Asked, record_types: Mapping[str, RecordType]) -> list[Message | Text | str]:
    """What the columns of the table are called; the last three hold value, records and counts."""
    records = record_types[asked.measured.indicator.records]
    whose = [_WHOSE[asked.level]] if asked.level in _WHOSE else []
    groups = [_label(each.text.strip(), records, record_types) for each in asked.by]
    return [*whose, *groups, msg("Value"), msg("Records counted"), msg("Counts")]


def rows(
    asked: Asked, found: Segments, record_types: Mapping[str, RecordType], names: Mapping[str, str], language: Language
) -> Iterator[list[str]]:
    """The cells of the table. ``names``: of people or teams, by code."""
    records = record_types[asked.measured.indicator.records]
    choices = [_choices(each.text.strip(), records, record_types) for each in asked.by]
    for row, key in enumerate(found.keys):
        whose, groups = key[: len(key) - len(choices)], key[len(key) - len(choices) :]
        known = bool(found.values.known[row])
        value = value_in_words(asked.measured.indicator, int(found.values.micros[row])) if known else msg("no data")
        counts = [counts_in_words(each, row).in_(language) for each in found.counts]
        yield [
            *(f"{names[code]} {code}" if code in names else str(code) for code in whose),
            *(_cell(cell, known_as, language) for cell, known_as in zip(groups, choices, strict=True)),
            value.in_(language),
            str(int(found.values.sample[row])),
            msg("; ").in_(language).join(counts),
        ]


def data(asked: Asked, found: Segments) -> list[dict[str, Any]]:
    """The figures as JSON: counts are those stored, money in fen, durations in microseconds."""
    return [
        {
            **({asked.level: key[0]} if asked.level in _WHOSE else {}),
            "by": {each.text.strip(): _plain(cell) for each, cell in zip(asked.by, key[-len(asked.by) :], strict=False)}
            if asked.by
            else {},
            "value": str(from_micros(int(found.values.micros[row]))) if found.values.known[row] else None,
            "records": int(found.values.sample[row]),
            "counts": [
                {"function": each.function, "window": each.shift}
                | {name: int(column[row]) for name, column in each.parts.items()}
                for each in found.counts
            ],
        }
        for row, key in enumerate(found.keys)
    ]


def write_csv(asked: Asked, found: Segments, stream: IO[str]) -> None:
    """The same as CSV; what is unknown, and a value without data, is empty."""
    whose = [asked.level] if asked.level in _WHOSE else []
    parts = [(each, name) for each in found.counts for name in each.parts]
    counted = [
        ".".join((str(number), *([] if each.shift == "period" else [each.shift]), each.function, name))
        for number, each in enumerate(found.counts, 1)
        for name in each.parts
    ]
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*whose, *(harmless(each.text.strip()) for each in asked.by), "value", "records", *counted])
    for row, key in enumerate(found.keys):
        value = from_micros(int(found.values.micros[row])) if found.values.known[row] else ""
        cells = ["" if cell is None else harmless(cell) if isinstance(cell, str) else str(cell) for cell in key]
        writer.writerow(
            [*cells, value, int(found.values.sample[row]), *(int(each.parts[name][row]) for each, name in parts)]
        )


def _label(written: str, records: RecordType, record_types: Mapping[str, RecordType]) -> Message | Text | str:
    """The field's name, of a record that describes it with that of both; an expression as it is written."""
    name, _dot, inner = written.partition(".")
    labels = {field.name: field.label for field in records.fields}
    if name not in labels:
        return written
    for field, other in described(records, record_types):
        if field == name and inner in {each.name for each in other.fields}:
            return msg("{record}: {field}", record=labels[name], field=other.field(inner).label)
    return written if inner else labels[name]


def _choices(written: str, records: RecordType, record_types: Mapping[str, RecordType]) -> Mapping[str, Text]:
    """The names of a choice's values; nothing for any other group."""
    name, _dot, inner = written.partition(".")
    others = dict(described(records, record_types))
    fields = {each.name: each for each in (others[name].fields if inner and name in others else records.fields)}
    wanted = fields.get(inner or name)
    return wanted.choices if wanted is not None else {}


def _cell(cell: Any, choices: Mapping[str, Text], language: Language) -> str:
    if cell is None:
        return msg("unknown").in_(language)
    if isinstance(cell, bool):
        return (msg("true") if cell else msg("false")).in_(language)
    return choices[cell].in_(language) if cell in choices else str(cell)


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, bool | str) else str(cell)
