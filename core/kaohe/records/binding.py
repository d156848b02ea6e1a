"""A record type and a mapping, bound to the columns a file has: what each field is cleaned from, or computed with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from kaohe.errors import KaoheError, Place, Problem, fail, refuse_if_any
from kaohe.plugin.types import Field, RecordType
from kaohe.records.cleaning import CellRules, Cleaner
from kaohe.records.computing import Compiler, RawCells, Run, as_cell, kind_of_value
from kaohe.records.headers import recognised, unused
from kaohe.records.json_schema import must_have
from kaohe.records.lookups import Lookup, Lookups
from kaohe.records.mapping import ColumnRule, SourceMapping
from kaohe.records.rows import ReadContext, Stored, Unfit
from kaohe.records.source import Table
from kaohe.records.words import nearest
from kaohe.text import msg


@dataclass(frozen=True)
class Told:
    """What a stored record tells: its field ``name``; ``records`` finds it by its key."""

    record_type: RecordType
    records: Lookup
    name: str


@dataclass(frozen=True)
class BoundColumn:
    """A field cleaned from the cells at ``indexes``, joined; ``label`` is what the file calls them. With ``told`` the
    cells are the key of the stored record that tells the value."""

    field: Field
    label: str
    indexes: tuple[int, ...]
    join: str
    cleaner: Cleaner
    required: bool
    told: Told | None = None


@dataclass(frozen=True)
class ComputedField:
    """A field computed row by row; its result is cleaned like a cell."""

    field: Field
    run: Run
    cleaner: Cleaner
    required: bool

    def cell(self, values: Mapping[str, Stored], cells: RawCells) -> str:
        """The result for one row, as a cell; empty where it is unknown."""
        return as_cell(self.run(values, cells), self.field)


@dataclass(frozen=True)
class Binding:
    """Everything about a file's columns that is decided before its first row is read.

    ``skip`` is true of rows that are left out. ``stored`` finds the records that the file completes; None where its
    rows are whole records.
    """

    record_type: RecordType
    context: ReadContext
    columns: tuple[BoundColumn, ...]
    constants: Mapping[str, Stored]
    computed: tuple[ComputedField, ...]
    skip: Run | None
    reversed: Literal["reject", "clear"]
    notes: tuple[Problem, ...]
    stored: Lookup | None = None

    @property
    def in_columns(self) -> bool:
        """Whether nothing is asked of single rows, and nothing of the database."""
        by_row = (*self.computed, self.skip, self.stored, *(column.told for column in self.columns))
        return all(each is None for each in by_row)


def bind(
    record_type: RecordType,
    mapping: SourceMapping | None,
    table: Table,
    context: ReadContext,
    stored: Lookups | None = None,
) -> Binding:
    """Bind by the mapping, else by the columns' names. Raises KaoheError with everything that does not fit.

    ``stored`` finds stored records by their keys, for a mapping that completes them or asks them.
    """
    if mapping is None:
        return _by_name(record_type, table, context)
    bound = _Bound(record_type, mapping, table, context, stored).all()
    completed = stored.of(record_type.name) if stored is not None and mapping.completes else None
    return replace(bound, stored=completed)


def _by_name(record_type: RecordType, table: Table, context: ReadContext) -> Binding:
    found = recognised(record_type, table.header)
    where = replace(table.place(1), line=None, cell=None)
    known = [label for one in record_type.fields for label in (one.name, one.label.zh, one.label.en)]
    spare = unused(table.header, found.values())
    missing = [one for one in record_type.fields if must_have(record_type, one) and one.name not in found]
    if missing and not table.named and len(named := [name for name in table.header if name]) == 1:
        raise _title_instead(named[0], where)
    refuse_if_any(
        Problem(
            "records.missing-column",
            msg("no column is the required field {field} ({label})", field=one.name, label=one.label),
            where,
            found=", ".join(name for name in table.header if name),
            fix=msg("Name a column {field} (in a query, with AS), or say in a mapping which it is.", field=one.name)
            if table.named
            else msg(
                "Name a column {label}, or say in a mapping which it is and which row holds the names.",
                label=one.label,
            ),
        )
        for one in missing
    )
    columns = tuple(
        BoundColumn(
            one,
            table.header[found[one.name]],
            (found[one.name],),
            " ",
            Cleaner(one, CellRules(), context, key=one.name in record_type.key),
            must_have(record_type, one),
        )
        for one in record_type.fields
        if one.name in found
    )
    notes = tuple(_not_used(name, known, where) for name in spare)
    return Binding(record_type, context, columns, {}, (), None, "reject", notes)


def _title_instead(title: str, where: Place) -> KaoheError:
    """A sheet's heading stands where the columns' names are looked for."""
    return fail(
        Problem(
            "records.header",
            msg("the first row has one cell only: it is a title, not the columns' names"),
            where,
            found=title,
            fix=msg("Delete the title's row, or say in a mapping which row holds the names: [source] header = 2"),
        )
    )


def _not_used(name: str, known: Sequence[str], where: Place) -> Problem:
    near = nearest(name, known)
    fix = msg("did you mean {name}?", name=near) if near else None
    return Problem(
        "records.unused-column", msg("column {column} is not used", column=name), where, fix=fix, severity="note"
    )


@dataclass
class _Bound:
    record_type: RecordType
    mapping: SourceMapping
    table: Table
    context: ReadContext
    stored: Lookups | None = None
    problems: list[Problem] = field(default_factory=list)

    def all(self) -> Binding:
        types = {one.name: one for one in self.record_type.fields}
        rules = self.mapping.columns.items()
        columns = [self.column(types[name], rule) for name, rule in rules if rule.columns]
        constants = {name: self.constant(types[name], rule) for name, rule in rules if rule.constant is not None}
        computed = list(self.computed_fields(types))
        skip = self.skip()
        refuse_if_any(self.problems)
        return Binding(
            self.record_type, self.context, tuple(columns), constants, tuple(computed), skip, self.mapping.reversed, ()
        )

    def column(self, one: Field, rule: ColumnRule) -> BoundColumn:
        if rule.of is not None and (told := self.told(one, rule.of)) is not None:
            (key,) = told.record_type.key
            cleaner = Cleaner(told.record_type.field(key), rule.cells, self.context, key=True)
            indexes = tuple(self.index(name, one.name) for name in rule.columns)
            label = " + ".join(rule.columns)
            return BoundColumn(one, label, indexes, rule.join, cleaner, self.must_have(one), told)
        for value in (rule.cells.values or {}).values():
            self.check_value(one, value, "values")
        indexes = tuple(self.index(name, one.name) for name in rule.columns)
        cleaner = self.cleaner(one, rule.cells)
        return BoundColumn(one, " + ".join(rule.columns), indexes, rule.join, cleaner, self.must_have(one))

    def told(self, one: Field, of: str) -> Told | None:
        """What ``TYPE.FIELD`` means; None, and a problem, where it cannot be the value of the field."""
        name, _dot, wanted = of.partition(".")
        types = {} if self.stored is None else self.stored.record_types
        place = self.mapping.place(one.name, "of")
        if self.stored is None or name not in types:
            what, known = msg("there is no record type {name}", name=name), list(types)
        elif wanted not in (known := [each.name for each in types[name].fields]):
            name, what = wanted, msg("the record type {type} has no field {field}", type=name, field=wanted)
        elif len(types[name].key) != 1:
            what = msg("a record of the type {type} is found by several fields, not by one cell", type=name)
            self.problems.append(Problem("mapping.of", what, place, ", ".join(types[name].key)))
            return None
        elif not _alike(other := types[name].field(wanted), one):
            what = msg("{of} does not hold what {field} holds", of=of, field=one.name)
            self.problems.append(Problem("mapping.of", what, place, other.kind, one.kind))
            return None
        else:
            return Told(types[name], self.stored.of(name), wanted)
        fix = msg("did you mean {name}?", name=near) if (near := nearest(name, known)) else None
        self.problems.append(Problem("mapping.of", what, place, expected=", ".join(known) or None, fix=fix))
        return None

    def must_have(self, one: Field) -> bool:
        """Whether the file must give the field in every row: of records that are stored, the key alone."""
        return one.name in self.record_type.key if self.mapping.completes else must_have(self.record_type, one)

    def index(self, name: str, field_name: str) -> int:
        count = self.table.header.count(name)
        if count != 1:
            near = nearest(name, self.table.header) if not count else None
            what = msg("the file has no column {column}", column=name)
            if count:
                what = msg("the file has {count} columns named {column}", count=count, column=name)
            self.problems.append(
                Problem(
                    "mapping.unknown-column" if not count else "mapping.equal-columns",
                    what,
                    self.mapping.place(field_name, "from"),
                    expected=", ".join(column for column in self.table.header if column),
                    fix=msg("did you mean {name}?", name=near) if near else None,
                )
            )
            return 0
        return self.table.header.index(name)

    def constant(self, one: Field, rule: ColumnRule) -> Stored:
        return self.check_value(one, rule.constant or "", "constant")

    def check_value(self, one: Field, value: str, key: str) -> Stored:
        """A value that the mapping itself gives: it must fit the field."""
        cleaned = self.cleaner(one, CellRules())[value]
        if isinstance(cleaned, Unfit):
            place = self.mapping.place(one.name, key)
            self.problems.append(Problem("mapping.value", cleaned.reason, place, found=value, fix=cleaned.fix))
            return None
        return cleaned

    def cleaner(self, one: Field, rules: CellRules) -> Cleaner:
        return Cleaner(one, rules, self.context, key=one.name in self.record_type.key)

    def computed_fields(self, types: Mapping[str, Field]) -> Iterator[ComputedField]:
        """Each expression may use every field that is not computed, and those computed above it."""
        rules = self.mapping.columns.items()
        usable = {name: types[name] for name, rule in rules if rule.expression is None}
        for name, rule in rules:
            if rule.expression is None:
                continue
            path = ("columns", name, "value")
            run = self.compiler.compile(rule.expression, path, usable, kind_of_value(types[name]))
            usable[name] = types[name]
            if run is not None:
                cleaner = self.cleaner(types[name], CellRules(missing=()))
                yield ComputedField(types[name], run, cleaner, self.must_have(types[name]))

    def skip(self) -> Run | None:
        text = self.mapping.skip_rows_where
        return self.compiler.compile(text, ("source", "skip_rows_where"), {}, "boolean") if text else None

    @cached_property
    def compiler(self) -> Compiler:
        return Compiler(self.mapping.document, self.table.header, self.context.timezone, self.problems)


def _alike(one: Field, other: Field) -> bool:
    """Whether what is stored of the one can be stored of the other."""
    return (one.kind, one.scale, dict(one.choices)) == (other.kind, other.scale, dict(other.choices))
