"""A filled form back in: who filled it, and its answers as records; every mistake with its cell. Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from kaohe.errors import KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.plugin.types import Field, RecordType
from kaohe.records.excel_files import open_excel
from kaohe.records.numbers import number_parser, scale_of
from kaohe.records.rounds.form import (
    FIRST_ITEM,
    FORM,
    RELATION_AT,
    ROUND,
    SUBJECT,
    SUBJECT_AT,
    both,
    heads,
    relation_label,
)
from kaohe.records.rounds.model import Pair, Rater, Round, by_rater
from kaohe.records.rows import CleanRow, Mistake, Reading, Rejection, Stored, Unfit
from kaohe.records.source import Table, kind_of
from kaohe.records.words import parse_text, trim
from kaohe.text import msg


@dataclass(frozen=True)
class Form:
    """What a rater returned. ``answered`` of ``asked`` scores are there; ``problems`` say what was not taken."""

    rater: Rater
    reading: Reading
    answered: int
    asked: int
    problems: tuple[Problem, ...]


Codes = Mapping[str, tuple[Rater, Sequence[Pair]]]
"""Whose form has which code, and whom it is about."""


def codes_of(asked: Round, pairs: Sequence[Pair]) -> Codes:
    """The codes of a round's forms."""
    return {asked.form_code(rater): (rater, own) for rater, own in by_rater(pairs).items()}


def read_form(path: Path, asked: Round, codes: Codes, ratings: RecordType, stored: Collection[str]) -> Form:
    """Read a form of the round. ``stored``: the keys of the answers that are there, which an emptied cell empties.

    Raises KaoheError for a file that is no form, one of another round, one whose code nobody has, and one whose header
    is not as it went out. A cell that does not fit, and a person whom the rater was not to rate, keep only themselves
    out.
    """
    if kind_of(path) != "xlsx":
        raise _no_form(Place(path.name))
    table = open_excel(path)
    facts, header = _facts(table)
    if both(FORM) not in facts or header is None:
        raise _no_form(table.place(1))
    name, place = facts.get(both(ROUND), ("", table.place(1)))
    if name != asked.name:
        what, fix = msg("this is a form of another round"), msg("collect it there: kaohe assessment collect ROUND FILE")
        raise fail(Problem("assessment.other-round", what, place, name, asked.name, fix))
    code, place = facts[both(FORM)]
    if code not in codes:
        what = msg("nobody in this round has a form of this code")
        fix = msg(
            "the code was changed, or the rater was taken out of the round: kaohe assessment forms writes it anew"
        )
        raise fail(Problem("assessment.unknown-form", what, place, code, fix=fix))
    number, cells = header
    refuse_if_any(_changed_heads(table, number, cells, heads(asked, ratings)))
    rater, own = codes[code]
    return _Reader(table, asked, ratings, rater, own, stored).form()


def _facts(table: Table) -> tuple[dict[str, tuple[str, Place]], tuple[int, Sequence[str]] | None]:
    """What stands above the table, by label, and the row and cells of the table's header."""
    facts: dict[str, tuple[str, Place]] = {}
    for number, row in table.rows:
        cells = [trim(cell) for cell in row]
        if cells[:1] == [both(SUBJECT)]:
            return facts, (number, cells)
        if len(cells) > 1 and cells[0]:
            facts.setdefault(cells[0], (cells[1], table.place(number, 1)))
    return facts, None


def _changed_heads(table: Table, number: int, cells: Sequence[str], expected: Sequence[str]) -> Iterator[Problem]:
    width = max(len(cells), len(expected))
    for column in range(width):
        found = cells[column] if column < len(cells) else ""
        wanted = expected[column] if column < len(expected) else ""
        if found != wanted:
            what = msg("the header of the form was changed")
            fix = msg("fill in the form as it went out: kaohe assessment forms writes it anew")
            where = table.place(number, column)
            yield Problem("assessment.header", what, where, found or msg("empty"), wanted or msg("empty"), fix)


@dataclass
class _Reader:
    """The rows of one form on their way to records."""

    table: Table
    asked: Round
    ratings: RecordType
    rater: Rater
    own: Sequence[Pair]
    stored: Collection[str]
    clean: list[CleanRow] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def form(self) -> Form:
        known = {(pair.subject, relation_label(self.ratings, pair.relation)): pair for pair in self.own}
        seen: set[Pair] = set()
        width = FIRST_ITEM + len(self.asked.items) + 1
        for number, row in self.table.rows:
            cells = [*map(trim, row), *[""] * (width - len(row))]
            self.problems += self._beside(number, cells, width)
            if not any(cells[:width]):
                continue
            pair = known.get((cells[SUBJECT_AT], cells[RELATION_AT]))
            if pair is None:
                self._refuse_row(number, cells, "assessment.not-asked", _NOT_ASKED)
            elif pair in seen:
                self._refuse_row(number, cells, "assessment.row-twice", _TWICE)
            else:
                seen.add(pair)
                self._take(number, cells, pair)
        names = tuple(each.name for each in self.ratings.fields)
        answered = sum(row.values["score"] is not None for row in self.clean)
        asked = len(self.own) * len(self.asked.items)
        reading = Reading(names, self.clean, self.rejected)
        return Form(self.rater, reading, answered, asked, tuple(self.problems))

    def _beside(self, number: int, cells: Sequence[str], width: int) -> Iterator[Problem]:
        for column in range(width, len(cells)):
            if cells[column]:
                what, place = msg("this stands beside the table and was not taken"), self.table.place(number, column)
                yield Problem("assessment.beside", what, place, cells[column], severity="warning")

    @cached_property
    def parse(self) -> Callable[[str], int]:
        """Reads a score."""
        lowest, highest = Decimal(self.asked.lowest), Decimal(self.asked.scale)
        label = self.ratings.field("score").label
        return number_parser(Field("score", "integer", label, minimum=lowest, maximum=highest))

    def _take(self, number: int, cells: Sequence[str], pair: Pair) -> None:
        comment = self._comment(number, cells)
        for index, item in enumerate(self.asked.items):
            column = FIRST_ITEM + index
            said = comment if index == 0 else None
            values = self._values(pair, item, said)
            if cells[column]:
                try:
                    values["score"] = self.parse(cells[column]) * 10 ** scale_of(self.ratings.field("score"))
                except Unfit as unfit:
                    self._reject(number, column, {**values, "score": cells[column]}, unfit)
                    continue
            if cells[column] or said is not None or values["no"] in self.stored:
                place = self.table.place(number, column)
                self.clean.append(CleanRow(values, place, number, tuple(_shown(value) for value in values.values())))

    def _comment(self, number: int, cells: Sequence[str]) -> str | None:
        column = FIRST_ITEM + len(self.asked.items)
        try:
            return parse_text(cells[column]) or None
        except Unfit as unfit:
            place = self.table.place(number, column)
            self.problems.append(Problem("assessment.cell", unfit.reason, place, cells[column], fix=unfit.fix))
            return None

    def _values(self, pair: Pair, item: str, comment: str | None) -> dict[str, Stored]:
        unnamed = pair.outside or pair.relation in self.asked.unnamed
        values: dict[str, Stored] = {each.name: None for each in self.ratings.fields}
        return values | {
            "no": self.asked.key(pair, item),
            "subject": pair.subject,
            "rater": None if unnamed else pair.rater,
            "relation": pair.relation,
            "item": item,
            "scale": self.asked.scale,
            "comment": comment,
            "rated_on": self.asked.day,
        }

    def _reject(self, number: int, column: int, values: Mapping[str, Stored], unfit: Unfit) -> None:
        cells = tuple(_shown(value) for value in values.values())
        place, found = self.table.place(number, column), _shown(values["score"])
        mistake = Mistake("score", "score", found, unfit.reason, unfit.fix)
        self.rejected.append(Rejection(number, cells, (mistake,), place))
        self.problems.append(Problem("assessment.cell", unfit.reason, place, found, fix=unfit.fix))

    def _refuse_row(self, number: int, cells: Sequence[str], code: str, mistake: Mistake) -> None:
        place = self.table.place(number, SUBJECT_AT)
        found = " ".join(filter(None, cells[: RELATION_AT + 1]))
        self.problems.append(Problem(code, mistake.reason, place, found, fix=mistake.fix))


_NOT_ASKED = Mistake(
    None,
    None,
    "",
    msg("this rater was not to rate this person in this relation; the row was not taken"),
    msg("add the pair: kaohe assessment assignments ROUND --import FILE, then collect the form again"),
)
_TWICE = Mistake(
    None,
    None,
    "",
    msg("this person stands in the form twice; the first row was taken"),
    msg("leave one row for each person"),
)


def _shown(value: Stored) -> str:
    return "" if value is None else str(value)


def _no_form(place: Place) -> KaoheError:
    what, fix = msg("this is no form of an assessment round"), msg("give the files that kaohe assessment forms wrote")
    return fail(Problem("assessment.no-form", what, place, fix=fix))
