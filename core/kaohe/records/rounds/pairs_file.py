"""Who rates whom as a table, out to be corrected and back in: every mistake with its cell. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kaohe.errors import Place, Problem
from kaohe.period import parse_period
from kaohe.plugin.types import Field, RecordType
from kaohe.records.directory import Directory
from kaohe.records.headers import cells_of, recognised
from kaohe.records.organisation import Assignment
from kaohe.records.rounds.model import CUSTOMER, SELF, Pair, Round
from kaohe.records.rounds.pairing import Organisation
from kaohe.records.rows import CleanRow, Reading, Unfit
from kaohe.records.source import cell_of
from kaohe.records.words import person_parser
from kaohe.text import Language, Text, msg


def pairs_type(ratings: RecordType) -> RecordType:
    """The table of pairs as a record type, with the relations that ratings have."""
    return RecordType(
        name="assignments",
        label=Text("评估分配", "Assignments"),
        description=Text("一行是一位评估人评估一个人。", "One row: one rater is to rate one person."),
        fields=(
            Field("subject", "person", Text("被评估人", "Subject"), required=True),
            Field("subject_name", "text", Text("被评估人姓名", "Subject's name"), help=_FOR_READING),
            Field(
                "relation",
                "choice",
                Text("评估关系", "Relation"),
                required=True,
                choices=ratings.field("relation").choices,
                help=Text("评估人是被评估人的什么人", "What the rater is to the subject"),
            ),
            Field(
                "rater",
                "text",
                Text("评估人", "Rater"),
                required=True,
                help=Text(
                    "工号或唯一的姓名；没有工号的客户写名称",
                    "A code or unambiguous name; of a customer without one, the name",
                ),
            ),
            Field("rater_name", "text", Text("评估人姓名", "Rater's name"), help=_FOR_READING),
        ),
        key=("subject", "relation", "rater"),
        when="subject",
    )


_FOR_READING = Text("仅供阅读，导入时不看", "For reading only; not looked at on import")


def pair_rows(
    pairs: Iterable[Pair], table: RecordType, names: Mapping[str, str], language: Language
) -> Iterator[tuple[str, ...]]:
    """The pairs as rows of that table."""
    relations = table.field("relation").choices
    for pair in pairs:
        rater_name = "" if pair.outside else names.get(pair.rater, "")
        subject_name = names.get(pair.subject, "")
        yield pair.subject, subject_name, relations[pair.relation].in_(language), pair.rater, rater_name


@dataclass(frozen=True)
class Service:
    """When people are there."""

    assignments: Mapping[str, Sequence[Assignment]]

    @classmethod
    def of(cls, organisation: Organisation) -> Service:
        return cls({person.code: assignments for person, assignments in organisation})

    def on(self, code: str, day: date) -> bool:
        return any(one.holds_on(day) for one in self.assignments.get(code, ()))

    def left_by(self, code: str, day: date) -> date | None:
        """The last day in service of somebody who is not there any more on that day; None for anybody else."""
        held = self.assignments.get(code, ())
        ends = [one.ends for one in held if one.ends is not None]
        return max(ends) - timedelta(days=1) if held and len(ends) == len(held) and max(ends) <= day else None

    def within(self, code: str, period: str) -> bool:
        asked = parse_period(period)
        return any(asked.overlap(one.starts, one.ends) for one in self.assignments.get(code, ()))


def read_pairs(
    readings: Iterable[Reading], table: RecordType, asked: Round, people: Directory, service: Service
) -> tuple[list[Pair], list[Problem]]:
    """The pairs of a file, and everything that is wrong in it, in the file's order."""
    found: dict[tuple[str, str, str, bool], Place] = {}
    problems: list[Problem] = []
    for reading in readings:
        columns = recognised(table, reading.header)
        problems += [note for note in reading.notes if note.code != "records.sheet"]
        for rejection in reading.rejected:
            for mistake in rejection.mistakes:
                where = cell_of(rejection.place, columns.get(mistake.field or ""), mistake.column)
                problems.append(
                    Problem("assessment.cell", mistake.reason, where, mistake.value or None, fix=mistake.fix)
                )
        for row in reading.rows:
            places = cells_of(row.place, table, reading.header)
            pair, wrong = _pair(row, people, places)
            problems += wrong
            if pair is None:
                continue
            problems += [*_mistakes(pair, asked, service, places, table)]
            first = found.setdefault((pair.subject, pair.relation, pair.rater, pair.outside), places["rater"])
            if first is not places["rater"]:
                problems.append(_twice(pair, first, places["rater"], table))
    if not found and not problems:
        what, fix = (
            msg("the list is empty"),
            msg("a list takes the place of the whole one: leave in the pairs that stay"),
        )
        problems.append(Problem("assessment.no-pairs", what, fix=fix))
    return sorted(Pair(*each) for each in found), problems


def _pair(row: CleanRow, people: Directory, places: Mapping[str, Place]) -> tuple[Pair | None, list[Problem]]:
    """The pair that a row tells of. A customer is somebody of the people by code alone: a customer may bear the name of
    one of them."""
    subject, relation, rater = (str(row.values[name]) for name in ("subject", "relation", "rater"))
    if relation == CUSTOMER and people.find(rater) != rater:
        named = people.find(rater)
        what = msg("a customer by name; somebody of the people is called so, too")
        fix = msg("write the code if that person is meant")
        found = named if isinstance(named, str) else ", ".join(named or ())
        doubt = Problem("assessment.customer-or-person", what, places["rater"], found, fix=fix, severity="warning")
        return Pair(subject, relation, rater, outside=True), [] if named is None else [doubt]
    try:
        return Pair(subject, relation, person_parser(people)(rater)), []
    except Unfit as unfit:
        return None, [Problem("assessment.unknown-rater", unfit.reason, places["rater"], rater, fix=unfit.fix)]


def _mistakes(
    pair: Pair, asked: Round, service: Service, places: Mapping[str, Place], table: RecordType
) -> Iterator[Problem]:
    own = pair.rater == pair.subject and not pair.outside
    if own and pair.relation != SELF:
        relation = table.field("relation").choices[pair.relation]
        what = msg("{person} would rate themself as {relation}", person=pair.subject, relation=relation)
        fix = msg('write the relation "self", or another rater')
        yield Problem("assessment.rates-themself", what, places["rater"], pair.rater, fix=fix)
    if not own and pair.relation == SELF:
        what = msg("somebody else would rate {person} as that person's self", person=pair.subject)
        fix = msg("write another relation, or the person as the rater")
        yield Problem("assessment.other-self", what, places["rater"], pair.rater, pair.subject, fix)
    if not service.within(pair.subject, asked.period):
        what = msg("{person} is not in service in {period}", person=pair.subject, period=asked.period)
        yield Problem("assessment.subject-not-there", what, places["subject"], fix=msg("take the row out"))
    if pair.outside or own or service.on(pair.rater, asked.day):
        return
    left = service.left_by(pair.rater, asked.day)
    what = (
        msg("the rater is not in service on {day}", day=asked.day)
        if left is None
        else msg("the rater left on {left}, before the round ({day})", left=left, day=asked.day)
    )
    yield Problem("assessment.rater-left", what, places["rater"], pair.rater, fix=msg("write another rater"))


def _twice(pair: Pair, first: Place, where: Place, table: RecordType) -> Problem:
    relation = table.field("relation").choices[pair.relation]
    return Problem(
        "assessment.twice",
        msg(
            "{rater} is to rate {subject} as {relation} twice",
            rater=pair.rater,
            subject=pair.subject,
            relation=relation,
        ),
        where,
        expected=msg("once, as at {place}", place=str(first)),
        fix=msg("take one of the rows out"),
    )
