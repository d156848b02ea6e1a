"""What a plugin declares, as data: record types, indicators, scheme templates and sample files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

from kaohe.text import Text

FieldKind = Literal[
    "text", "choice", "integer", "decimal", "money", "boolean", "date", "datetime", "person", "team", "customer"
]
TEXT_KINDS: tuple[FieldKind, ...] = ("text", "choice", "person", "team", "customer")
"""The kinds of fields that are stored as text."""
Unit = Literal["share", "count", "points", "money", "number", "seconds", "minutes", "hours", "days", "kilowatt_hours"]
Direction = Literal["higher", "lower", "target"]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Field:
    """One typed field of a record.

    ``decimal`` stores ``scale`` decimals exactly; ``money`` stores fen and is written in yuan; ``person`` holds a
    person's code and must exist, ``team`` likewise a team's; ``customer`` is a customer's code and need not.
    ``minimum`` and ``maximum`` are inclusive. ``choices`` maps each allowed stored value to its name.
    """

    name: str
    kind: FieldKind
    label: Text
    required: bool = False
    choices: Mapping[str, Text] = field(default_factory=lambda: _NOTHING)
    scale: int = 0
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    help: Text | None = None


@dataclass(frozen=True)
class RecordType:
    """A kind of record that an administrator imports.

    ``key``: the fields that together identify a record. ``when``: the date or datetime that puts a record into a
    period. ``who``: the person fields that may be credited, the default first. ``until``: for records that last
    (a customer since … until …) the date on which they ended. ``sequence``: groups of date fields that may not run
    backwards, each in order of time. ``team``: the team field that credits a record to a team; where it is empty, and
    where there is none, a record is that of the team in which the person credited was on its date. ``describes``: the
    kind of fields, ``customer``, whose values are keys of this type: in expressions over other records, ``FIELD.NAME``
    is then the field ``NAME`` of the record that such a field names.
    """

    name: str
    label: Text
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    when: str
    who: tuple[str, ...] = ()
    until: str | None = None
    sequence: tuple[tuple[str, ...], ...] = ()
    description: Text | None = None
    team: str | None = None
    describes: str | None = None

    def field(self, name: str) -> Field:
        """The field of that name; KeyError where there is none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


@dataclass(frozen=True)
class Parameter:
    """A setting of an indicator: its JSON Schema, its default, its name. A number, text or boolean.

    The schema uses ``type`` (number, integer, string, boolean), ``enum``, ``minimum``, ``maximum``,
    ``exclusiveMinimum`` and ``exclusiveMaximum``, nothing else.
    """

    schema: Mapping[str, Any]
    default: Decimal | int | str | bool
    label: Text


@dataclass(frozen=True)
class AssessmentRule:
    """How ratings by several people become one value (360-degree assessment).

    ``rater`` (empty in a record: unnamed), ``relation``, ``score``, ``scale`` (the full score; the lowest is
    ``lowest``) and ``item`` name fields of the record type. The rest a scheme may set otherwise: the weight of each of
    the ``relations`` (none: shown, does not count); the least number of raters whose mean is shown, per relation in
    ``thresholds``, of all but ``self`` and ``supervisor`` (1) ``others``; how many scores are left out at each end of
    a relation (``trim``); whether raters are brought to one mean and spread (``calibrate``); the common scale
    (``range``); which ``items`` count (none named: all).
    """

    rater: str
    relation: str
    score: str
    scale: str
    item: str | None = None
    lowest: Decimal = Decimal(0)
    relations: Mapping[str, Decimal] = field(default_factory=lambda: _NOTHING)
    thresholds: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    others: int = 3
    trim: int = 0
    calibrate: bool = False
    range: tuple[Decimal, ...] = (Decimal(0), Decimal(100))
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Share:
    """A share of every record for one person. ``who``: a person field, or ``manager(FIELD)``: who stood above that
    person on the record's day. ``share``: a row-level expression, 0.3 for three tenths."""

    who: str
    share: str


@dataclass(frozen=True)
class Indicator:
    """A measured figure, as data.

    ``id`` begins with the plugin's name and a dot. ``value`` is an aggregate expression over the record type
    ``records``, or empty where the value is an ``assessment``; ``where`` a condition that every counted record meets.
    ``when`` and ``who`` override the record type's own. ``unit`` says what the value counts (a duration is divided by
    the unit). ``min_sample`` is the least number of records below which there is no data; with 0, a count or sum of no
    records is the figure 0, while a share or mean of nothing is no data anyway. ``curve`` is a default curve, written
    as in a scheme. ``source`` names the text that asks for the indicator.

    ``credit`` splits each record among several people instead of crediting one: shares that add up to 1 over the
    people whom the record names, or, as an ``overlay``, whatever they come to. Where one is unknown, the record is not
    split: the first one named has it whole.

    A derived indicator measures no records: ``derived`` is an expression over other indicators' values and targets,
    whose ids its parameters may give.
    """

    id: str
    name: Text
    description: Text
    records: str = ""
    value: str = ""
    unit: Unit = "number"
    direction: Direction = "higher"
    where: str | None = None
    when: str | None = None
    who: str | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: _NOTHING)
    min_sample: int = 0
    curve: Mapping[str, Any] | None = None
    source: str = ""
    credit: tuple[Share, ...] = ()
    overlay: bool = False
    assessment: AssessmentRule | None = None
    derived: str | None = None


@dataclass(frozen=True)
class SchemeTemplate:
    """A complete scheme file that an administrator starts from (``kaohe scheme new --from NAME``)."""

    name: str
    label: Text
    text: str


@dataclass(frozen=True)
class SampleFile:
    """A table of invented rows. ``records`` is a record type's name, or ``people``.

    The header holds field names; every cell is text as a user would type it into a CSV file.
    """

    name: str
    records: str
    header: tuple[str, ...]
    rows: Iterable[tuple[str, ...]]
