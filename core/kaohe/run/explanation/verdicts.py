"""Record by record: whether it counted towards one aggregate of an indicator, as what, and if it did not, why not.

The first reason is the one told, in this order: whose it is, its date, the assignment of its day, the conditions of the
indicator and of the scheme, the aggregate's own condition, and last a figure that is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any, Literal

from kaohe.engine import Request
from kaohe.engine.plan import Measure, measures
from kaohe.language import Aggregate, Expression, gather, interpreter
from kaohe.language.tree import Field as Named
from kaohe.language.tree import Node as Tree
from kaohe.language.tree import walk
from kaohe.language.writing import conjuncts, written
from kaohe.plugin import RecordType
from kaohe.run.explanation.evidence import Evidence, Row, credited
from kaohe.run.figures import quantity
from kaohe.scheme.model import Measured, Subject, UsedIndicator
from kaohe.text import Message, msg

Status = Literal["counted", "elsewhere", "undated", "out_of_period", "uncovered", "filtered", "unknown", "missing"]
SOMEBODY_ELSE = msg("somebody else")


@dataclass(frozen=True)
class Verdict:
    """What became of one record: ``key`` as it may be shown, its ``day``, and the ``reason`` unless it counted. What it
    counted with is the ``amount``, what it rests on the ``about``; ``share`` its part for this person, as ``who``."""

    key: str
    day: date | None
    status: Status
    reason: Message | None = None
    amount: Message | str | None = None
    about: Message | None = None
    share: Decimal | None = None
    who: str | None = None


@dataclass(frozen=True)
class Judged:
    """One aggregate for one person or team: every record that names them with its verdict, and the integers that those
    which counted make, once for each of those credited."""

    aggregate: Aggregate
    verdicts: tuple[Verdict, ...]
    parts: tuple[Mapping[str, int], ...]

    @property
    def counted(self) -> tuple[Verdict, ...]:
        return tuple(each for each in self.verdicts if each.status == "counted")


def judge(evidence: Evidence, used: UsedIndicator | Measured, whose: str, level: Subject) -> tuple[Judged, ...]:
    """Every aggregate of an indicator that is measured over records, in the order written."""
    asked = evidence.requests(used.key, level)
    rows = evidence.candidates(asked, whose, level)
    per_request = [measures(each) for each in asked]
    found = []
    for index, measure in enumerate(per_request[0]):
        judges = [
            _Judge(evidence, used, request, own[index], whose, part)
            for request, own, part in zip(asked, per_request, _parts(used), strict=True)
        ]
        listed: list[Verdict] = []
        for row in rows:
            listed += _of_one(judges, row, level)
        listed.sort(key=lambda each: (each.day or date.max, each.key))
        found.append(Judged(measure.aggregate, tuple(listed), tuple(each.parts() for each in judges)))
    return tuple(found)


def _parts(used: UsedIndicator | Measured) -> list[tuple[str, Expression] | None]:
    return [None] if used.credit is None else [(part.who, part.share) for part in used.credit.parts]


def _of_one(judges: Sequence[_Judge], row: Row, level: Subject) -> Iterator[Verdict]:
    """The verdicts on one record: one for each credit that is meant, or that it is somebody else's."""
    own = [verdict for each in judges if (verdict := each.of(row)) is not None]
    yield from own
    first = judges[0]
    if not own and level == "person" and first.names_them(row):
        yield first.elsewhere(row, [each.request.who for each in judges])


class _Judge:
    """One aggregate over one credit, its conditions prepared for many records."""

    def __init__(
        self,
        evidence: Evidence,
        used: UsedIndicator | Measured,
        request: Request,
        measure: Measure,
        whose: str,
        part: tuple[str, Expression] | None,
    ) -> None:
        self.evidence, self.request, self.measure, self.whose = evidence, request, measure, whose
        self.aggregate = measure.aggregate
        self.window = evidence.windows[measure.aggregate.shift]
        self.who = None if part is None else part[0]
        own = set() if used.only is None else {*conjuncts(used.only.tree)}
        where = () if request.where is None else conjuncts(request.where.tree)
        inner = () if self.aggregate.condition is None else conjuncts(self.aggregate.condition)
        self.conditions = [
            *((_SCHEME if each in own else _INDICATOR, each, self._run(each)) for each in where),
            *((_AGGREGATE, each, self._run(each)) for each in inner),
        ]
        self.value = None if self.aggregate.argument is None else self._run(self.aggregate.argument)
        self.by = None if self.aggregate.by is None else self._run(self.aggregate.by)
        self.share = None if part is None else self._run(part[1].tree)
        self.kept: list[Row] = []

    def _run(self, node: Tree) -> Callable[[Row], Any]:
        return interpreter(Expression("", node, node.type), self.window)

    def parts(self) -> dict[str, int]:
        """The aggregate's integers over the records that counted or whose figure was missing."""
        return gather(self.aggregate, self.kept, self.window)

    def of(self, row: Row) -> Verdict | None:
        """The verdict on a record that this credit gives to the person or team; None where it does not."""
        seen, there = self.evidence.joined(row, self.measure)
        if credited(seen, self.request) != self.whose:
            return None
        day = self.evidence.day(row, self.request.when)
        if (outside := self._outside(row, day)) is not None:
            return outside
        if not there:
            reason = msg("on that day the person was in no assignment that the scheme covers")
            return self._verdict(row, "uncovered", reason)
        for words, node, meets in self.conditions:
            answer = meets(seen)
            if not answer:
                return self._verdict(row, *self._failed(words, node, seen, unknown=answer is None))
        self.kept.append(seen)
        share = None if self.share is None else Decimal(self.share(seen))
        if self.value is None:
            return self._verdict(row, "counted", None, share=share)
        answer = self.value(seen)
        if answer is None or (self.by is not None and self.by(seen) is None):
            argument = self.aggregate.argument if answer is None else self.aggregate.by
            return self._verdict(row, "missing", self._missing(argument, seen))
        return self._verdict(row, "counted", None, self._amount(answer), self._read(seen), share)

    def names_them(self, row: Row) -> bool:
        """Whether the record names the person where somebody may be credited."""
        return any(row[name] == self.whose for name in self.request.records.who)

    def elsewhere(self, row: Row, fields: Iterable[str]) -> Verdict:
        day = self.evidence.day(row, self.request.when)
        if (outside := self._outside(row, day)) is not None:
            return outside
        by = ", ".join(dict.fromkeys(fields))
        return self._verdict(row, "elsewhere", msg("credited to somebody else, by {field}", field=by))

    def _outside(self, row: Row, day: date | None) -> Verdict | None:
        if self.measure.everything:
            return None
        if day is None:
            label = self.request.records.field(self.request.when).label
            return self._verdict(row, "undated", msg("without a date: {field} is empty", field=label))
        if self.window.start <= day < self.window.end:
            return None
        last = self.window.end - timedelta(days=1)
        words = {"day": day, "first": self.window.start, "last": last}
        return self._verdict(row, "out_of_period", msg("dated {day}, outside {first} … {last}", **words))

    def _verdict(
        self,
        row: Row,
        status: Status,
        reason: Message | None,
        amount: Message | str | None = None,
        about: Message | None = None,
        share: Decimal | None = None,
    ) -> Verdict:
        key = " ".join(
            _shown_key(self.request.records, name, row[name], self.whose) for name in self.request.records.key
        )
        day = self.evidence.day(row, self.request.when)
        return Verdict(key, day, status, reason, amount, about, share, self.who)

    def _failed(self, words: tuple[Message, Message], node: Tree, row: Row, *, unknown: bool) -> tuple[Status, Message]:
        holds, known = words
        condition, fields = written(node), _names(node)
        if unknown:
            empty = [name for name in fields if row.get(name) is None]
            said = {"condition": condition, "fields": self._listed(empty or fields, row)}
            return "unknown", Message(known.template, said)
        return "filtered", Message(holds.template, {"condition": condition, "fields": self._listed(fields, row)})

    def _missing(self, node: Tree | None, row: Row) -> Message:
        fields = [] if node is None else _names(node)
        empty = [name for name in fields if row.get(name) is None]
        if empty:
            return msg("no figure: {fields}", fields=self._listed(empty, row))
        return msg("no figure: {expression} is unknown", expression="" if node is None else written(node))

    def _amount(self, answer: Any) -> Message | str:
        argument = self.aggregate.argument
        if isinstance(answer, bool):
            return msg("holds") if answer else msg("does not hold")
        if argument is not None and argument.type.kind == "duration":
            return quantity(argument.type, int(answer))
        if isinstance(answer, datetime):
            return f"{answer:%Y-%m-%d %H:%M}"
        return f"{answer:,}" if isinstance(answer, int | Decimal) else str(answer)

    def _read(self, row: Row) -> Message | None:
        """What the figure was read from, where it is not the field itself."""
        argument = self.aggregate.argument
        if argument is None or isinstance(argument, Named):
            return None
        fields = _names(argument)
        return self._listed(fields, row) if fields else None

    def _listed(self, names: Iterable[str], row: Row) -> Message:
        records = self.request.records
        told = {each.field: each.records for each in self.request.describing}
        said = []
        for name in names:
            field, _dot, inner = name.partition(".")
            owner, label, own = records, _label(records, name), name
            if inner and field in told:
                owner, own = told[field], inner
                label = msg("{field} · {inner}", field=_label(records, field), inner=_label(owner, inner))
            value = shown(owner, own, row.get(name), self.whose)
            said.append(msg("{field} = {value}", field=label, value=value))
        return reduce(lambda one, other: msg("{one}, {other}", one=one, other=other), said) if said else msg("nothing")


_INDICATOR = (
    msg("the indicator counts only where {condition}; here {fields}"),
    msg("unknown whether {condition}, as the indicator asks; here {fields}"),
)
_SCHEME = (
    msg("the scheme counts only where {condition}; here {fields}"),
    msg("unknown whether {condition}, as the scheme asks; here {fields}"),
)
_AGGREGATE = (
    msg("this figure counts only where {condition}; here {fields}"),
    msg("unknown whether {condition}, as this figure asks; here {fields}"),
)


def shown(records: RecordType, name: str, value: Any, whose: str) -> Message | Any:
    """A field's value as it may be shown: of people besides the one who asks nobody is named."""
    if value is None:
        return msg("empty")
    if isinstance(value, bool):
        return msg("true") if value else msg("false")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    field = next((each for each in records.fields if each.name == name), None)
    if field is None or (field.kind == "person" and value != whose):
        return SOMEBODY_ELSE
    if field.kind == "choice":
        return field.choices.get(value, value)
    return f"{value:,}" if isinstance(value, int | Decimal) else str(value)


def _shown_key(records: RecordType, name: str, value: Any, whose: str) -> str:
    if records.field(name).kind == "person" and value != whose:
        return "—"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _label(records: RecordType, name: str) -> Any:
    return next((each.label for each in records.fields if each.name == name), name)


def _names(node: Tree) -> list[str]:
    return [*dict.fromkeys(each.name for each in walk(node) if isinstance(each, Named))]
