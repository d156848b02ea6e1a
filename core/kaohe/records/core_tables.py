"""The tables that every workspace has. These classes do not validate: what goes in has been checked before.

They stay in this room and in the run's repositories; everybody else sees frozen dataclasses.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, MetaData, func, text
from sqlmodel import Field, SQLModel

from kaohe.records.columns import COUNT, COUNTED_BY_DATABASE, WORDS, Moment


class CoreTable(SQLModel):
    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
        }
    )


def _words(*, key: bool = False, optional: bool = False, refers_to: str | None = None) -> Any:
    return Field(sa_column=_column(WORDS, key=key, optional=optional, refers_to=refers_to), **_default(optional))


def _count(*, key: bool = False, optional: bool = False, refers_to: str | None = None) -> Any:
    return Field(sa_column=_column(COUNT, key=key, optional=optional, refers_to=refers_to), **_default(optional))


def _moment(*, optional: bool = False) -> Any:
    return Field(sa_column=_column(Moment(), optional=optional), **_default(optional))


def _batch() -> Any:
    """The import that last wrote the row."""
    return Field(sa_column=Column("_batch", COUNT, ForeignKey("import_batches.id"), nullable=False))


def _counted() -> Any:
    """A number that the database counts up."""
    return Field(default=None, sa_column=Column(COUNTED_BY_DATABASE, primary_key=True, autoincrement=True))


def _column(kind: Any, *, key: bool = False, optional: bool = False, refers_to: str | None = None) -> Column[Any]:
    references = [ForeignKey(refers_to)] if refers_to else []
    return Column(kind, *references, primary_key=key, nullable=optional and not key, autoincrement=False)


def _default(optional: bool) -> dict[str, Any]:
    return {"default": None} if optional else {}


class BatchRow(CoreTable, table=True):
    """One import of one file. ``record_type`` is a record type's name, ``people`` or ``targets``."""

    __tablename__ = "import_batches"

    id: int | None = _counted()
    record_type: str = _words()
    file_name: str = _words()
    file_sha256: str = _words()
    mapping_digest: str | None = _words(optional=True)
    handed_in: datetime = _moment()
    read: int = _count()
    added: int = _count()
    replaced: int = _count()
    unchanged: int = _count()
    quarantined: int = _count()
    undone_at: datetime | None = _moment(optional=True)


class ReplacedRow(CoreTable, table=True):
    """What a batch overwrote, so that undoing the batch brings it back: canonical JSON of the key and of the rest."""

    __tablename__ = "replaced_rows"

    id: int | None = _counted()
    batch: int = Field(sa_column=Column(COUNT, ForeignKey("import_batches.id"), nullable=False, index=True))
    table_name: str = _words()
    key: str = _words()
    former: str = _words()
    former_batch: int = Field(sa_column=Column(COUNT, ForeignKey("import_batches.id"), nullable=False, index=True))


class PersonRow(CoreTable, table=True):
    __tablename__ = "people"

    code: str = _words(key=True)
    name: str = _words()
    batch: int = _batch()


class TeamRow(CoreTable, table=True):
    __tablename__ = "teams"

    code: str = _words(key=True)
    name: str = _words()
    batch: int = _batch()


class AssignmentRow(CoreTable, table=True):
    """Who worked where, from ``starts`` up to but not including ``ends``; ``fraction`` of full time in millionths,
    ``bonus_base`` in fen per period, ``attributes`` a JSON object in canonical form."""

    __tablename__ = "assignments"

    id: int | None = _counted()
    person: str = _words(refers_to="people.code")
    team: str | None = _words(optional=True, refers_to="teams.code")
    role: str | None = _words(optional=True)
    manager: str | None = _words(optional=True, refers_to="people.code")
    starts: date
    ends: date | None = None
    fraction: int = _count()
    bonus_base: int | None = _count(optional=True)
    attributes: str = _words()
    batch: int = _batch()

    __table_args__ = (
        Index("uq_assignments_key", "person", "starts", func.coalesce(text("team"), text("''")),
              func.coalesce(text("role"), text("''")), unique=True),
    )  # fmt: skip


class TargetRow(CoreTable, table=True):
    """What a person, a team or the company (``who`` empty) is to reach: ``value`` in millionths of the indicator's unit
    for exactly the period of that name."""

    __tablename__ = "targets"

    scope: str = _words(key=True)
    who: str = _words(key=True)
    indicator: str = _words(key=True)
    period: str = _words(key=True)
    value: int = _count()
    batch: int = _batch()


class RoundRow(CoreTable, table=True):
    """An assessment round: ``items`` a JSON list, ``scale`` the full score, ``day`` the one on which the organisation
    was looked at and which its ratings bear, ``seed`` a random number from which keys and form codes derive,
    ``unnamed`` a JSON list of the relations whose raters are not named in the records."""

    __tablename__ = "assessment_rounds"

    name: str = _words(key=True)
    period: str = _words()
    day: date
    items: str = _words()
    lowest: int = _count()
    scale: int = _count()
    due: date | None = None
    unnamed: str = _words()
    seed: str = _words()
    opened_at: datetime = _moment()
    closed_at: datetime | None = _moment(optional=True)


class RatingPairRow(CoreTable, table=True):
    """Who is to rate whom in a round. ``rater``: a person's code, or the name of somebody ``outside``."""

    __tablename__ = "assessment_pairs"

    round: str = _words(key=True, refers_to="assessment_rounds.name")
    subject: str = _words(key=True, refers_to="people.code")
    relation: str = _words(key=True)
    rater: str = _words(key=True)
    outside: bool


class SchemeRow(CoreTable, table=True):
    """A scheme as it was when something was computed by it; never edited."""

    __tablename__ = "schemes"

    digest: str = _words(key=True)
    scheme_id: str = _words()
    version: str = _words()
    text: str = _words()
    recorded_at: datetime = _moment()


class RunRow(CoreTable, table=True):
    """One evaluation, never edited. ``evidence`` is JSON: plugins with versions and digests, engine, core version,
    indicators, who was left out. ``columns`` is an Arrow table of everything computed, a row for each person;
    ``digest`` is over all of it."""

    __tablename__ = "runs"

    id: int | None = _counted()
    digest: str = Field(sa_column=Column(WORDS, nullable=False, index=True))
    scheme_digest: str = _words(refers_to="schemes.digest")
    scheme_id: str = _words()
    period: str = _words()
    snapshot: str = _words()
    created_at: datetime = _moment()
    evidence: str = _words()
    columns: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    replaces: int | None = _count(optional=True, refers_to="runs.id")


class RunResultRow(CoreTable, table=True):
    """One person's outcome in a run, to be read by SQL: total in millionths, bonus in fen."""

    __tablename__ = "run_results"

    run: int = _count(key=True, refers_to="runs.id")
    person: str = _words(key=True)
    name: str = _words()
    graded: bool
    total: int = _count()
    rank: int = _count()
    tier: str | None = _words(optional=True)
    bonus: int = _count()


class AuditRow(CoreTable, table=True):
    """What was done to the stored facts and when; only ever added to."""

    __tablename__ = "audit_events"

    id: int | None = _counted()
    at: datetime = _moment()
    action: str = _words()
    subject: str = _words()
    detail: str = _words()


class RevisionRow(CoreTable, table=True):
    """The state of a record type's rows (or of ``people``): it changes with every import and every undo."""

    __tablename__ = "revisions"

    name: str = _words(key=True)
    revision: str = _words()


class TableChangeRow(CoreTable, table=True):
    """The mark of a table of facts: another random number after every change of its rows."""

    __tablename__ = "table_changes"

    id: int | None = _counted()
    table_name: str = Field(sa_column=Column(WORDS, nullable=False, unique=True))
    mark: int = _count()


class RecordTypeRow(CoreTable, table=True):
    """The shape (JSON) in which a record type's table exists."""

    __tablename__ = "record_type_versions"

    name: str = _words(key=True)
    shape: str = _words()
