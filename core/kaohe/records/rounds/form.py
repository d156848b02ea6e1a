"""The form that one rater gets: a workbook with the people to rate, and nothing else of the round.

Only the cells of scores and comments are open. Everything a rater reads stands there in Chinese and English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from kaohe.plugin.types import RecordType
from kaohe.records.rounds.model import Pair, Rater, Round
from kaohe.text import Text

_EPOCH = datetime(2026, 1, 1)  # noqa: DTZ001 - a workbook knows no zones
_LISTED = 20  # scores that a drop-down lists one by one
_UNSAFE = re.compile(r"[^\w-]+")
_LONGEST = 60

TITLE = Text("360 度评估", "360-degree assessment")
ROUND, FORM = Text("轮次", "Round"), Text("评估表编号", "Form code")
_PERIOD, _RATER, _DUE = Text("周期", "Period"), Text("评估人", "Rater"), Text("截止日期", "Due")
SUBJECT, _NAME, _RELATION = Text("工号", "Code"), Text("姓名", "Name"), Text("您是其", "You are their")
COMMENT = Text("评语", "Comment")
_HOW = Text(
    "每行一个人：为每个项目选一个 {lowest} 到 {scale} 的整数，{scale} 为最高；不了解的留空。评语可以不写。"
    "存盘后交回，其他单元格请勿改动。再次交回的表取代先前的回答。",
    "A row for each person: for each item choose a whole number from {lowest} to {scale}, {scale} being the best; "
    "leave empty what you cannot judge. Comments are optional. Save and return the file; change no other cell. A form "
    "that is returned again replaces the earlier answers.",
)
_UNNAMED = Text(
    "您作为{relations}的评分入库时不记您的姓名。", "What you say as {relations} is stored without your name."
)
SUBJECT_AT, RELATION_AT, FIRST_ITEM = 0, 2, 3  # columns of the table


def both(text: Text) -> str:
    """The words in both languages."""
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"


def heads(asked: Round, ratings: RecordType) -> list[str]:
    """The header of the table of a form."""
    items = ratings.field("item").choices
    return [*map(both, (SUBJECT, _NAME, _RELATION)), *(both(items[item]) for item in asked.items), both(COMMENT)]


def relation_label(ratings: RecordType, relation: str) -> str:
    return both(ratings.field("relation").choices[relation])


def write_form(
    path: Path, asked: Round, ratings: RecordType, rater: Rater, pairs: Sequence[Pair], names: Mapping[str, str]
) -> None:
    """Write a rater's form. ``names`` of people by code; ``pairs`` are the rater's own. The same is the same file."""
    # In memory: a form is small, and temporary files for each part of it would take most of the time.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    workbook = xlsxwriter.Workbook(str(path), options)
    workbook.set_properties({"title": both(TITLE), "created": _EPOCH})
    sheet = workbook.add_worksheet(TITLE.zh)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    row = _heading(workbook, sheet, asked, rater, names, [*_instructions(asked, ratings, pairs)])
    header = heads(asked, ratings)
    bold = workbook.add_format(
        {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DDEBF7", "bottom": 1}
    )
    for column, head in enumerate(header):
        sheet.write_string(row, column, head, bold)
    sheet.set_column(0, len(header) - 2, 14)
    sheet.set_column(len(header) - 1, len(header) - 1, 48)
    sheet.freeze_panes(row + 1, 0)
    open_ = workbook.add_format({"locked": False, "border": 1, "bg_color": "#FFFFE5"})
    words = workbook.add_format(
        {"locked": False, "border": 1, "bg_color": "#FFFFE5", "text_wrap": True, "num_format": "@"}
    )
    first, last = row + 1, row + len(pairs)
    for line, pair in enumerate(pairs, first):
        cells = (pair.subject, names.get(pair.subject, ""), relation_label(ratings, pair.relation))
        for column, cell in enumerate(cells):
            sheet.write_string(line, column, cell)
        for column in range(FIRST_ITEM, len(header) - 1):
            sheet.write_blank(line, column, None, open_)
        sheet.write_blank(line, len(header) - 1, None, words)
    if pairs:
        sheet.data_validation(first, FIRST_ITEM, last, len(header) - 2, _allowed(asked))
    workbook.close()


def _heading(
    workbook: Any, sheet: Any, asked: Round, rater: Rater, names: Mapping[str, str], instructions: Sequence[str]
) -> int:
    """Title, instructions and what the form is; returns the row of the table's header."""
    sheet.write_string(0, 0, both(TITLE), workbook.add_format({"bold": True, "font_size": 14}))
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    for row, line in enumerate(instructions, 1):
        sheet.merge_range(row, 0, row, FIRST_ITEM + len(asked.items), line, wrap)
        sheet.set_row(row, 32)
    code, outside = rater
    facts = (
        (ROUND, asked.name),
        (_PERIOD, asked.period),
        (_RATER, code if outside else names.get(code, code)),
        (_DUE, "" if asked.due is None else str(asked.due)),
        (FORM, asked.form_code(rater)),
    )
    start = len(instructions) + 1
    for row, (label, fact) in enumerate(facts, start):
        sheet.write_string(row, 0, both(label))
        sheet.write_string(row, 1, fact)
    return start + len(facts) + 1


def _instructions(asked: Round, ratings: RecordType, pairs: Iterable[Pair]) -> Iterable[str]:
    yield _HOW.zh.format(lowest=asked.lowest, scale=asked.scale)
    yield _HOW.en.format(lowest=asked.lowest, scale=asked.scale)
    choices = ratings.field("relation").choices
    unnamed = [choices[relation] for relation in sorted({pair.relation for pair in pairs} & asked.unnamed)]
    if unnamed:
        yield " ".join(
            (
                _UNNAMED.zh.format(relations="、".join(each.zh for each in unnamed)),
                _UNNAMED.en.format(relations=", ".join(each.en.lower() for each in unnamed)),
            )
        )


def _allowed(asked: Round) -> dict[str, Any]:
    """A drop-down of the scores; of a long scale, its ends."""
    told = {
        "error_title": both(TITLE)[:32],
        "error_message": f"{asked.lowest} – {asked.scale}",
    }
    if asked.scale - asked.lowest < _LISTED:
        return {"validate": "list", "source": [str(score) for score in range(asked.lowest, asked.scale + 1)], **told}
    return {"validate": "integer", "criteria": "between", "minimum": asked.lowest, "maximum": asked.scale, **told}


def form_names(asked: Round, raters: Iterable[Rater], names: Mapping[str, str]) -> dict[Rater, str]:
    """A file name for each rater that every system can have; of two that read alike, both get the form's code."""
    plain = {rater: _file_name(rater, names) for rater in raters}
    seen: dict[str, int] = {}
    for name in plain.values():
        seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
    return {
        rater: f"{name if seen[name.casefold()] == 1 else f'{name}_{asked.form_code(rater)[:8]}'}.xlsx"
        for rater, name in plain.items()
    }


def _file_name(rater: Rater, names: Mapping[str, str]) -> str:
    code, outside = rater
    name = "_".join(["form", code] if outside else ["form", code, names.get(code, "")])
    return _UNSAFE.sub("_", name)[:_LONGEST].strip("_")
