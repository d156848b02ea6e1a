"""The tables that every workspace has. These classes do not validate: what goes in has been checked before.

They stay in this room and in the run's repositories; everybody else sees frozen dataclasses.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, func, text
from sqlmodel import Field

from kaohe.records.columns import COUNT, WORDS
from kaohe.records.row_fields import CoreTable, count, counted, last_batch, moment, words


class BatchRow(CoreTable, table=True):
    """One import of one file. ``record_type`` is a record type's name, ``people`` or ``targets``."""

    __tablename__ = "import_batches"

    id: int | None = counted()
    record_type: str = words()
    file_name: str = words()
    file_sha256: str = words()
    mapping_digest: str | None = words(optional=True)
    handed_in: datetime = moment()
    read: int = count()
    added: int = count()
    replaced: int = count()
    unchanged: int = count()
    quarantined: int = count()
    undone_at: datetime | None = moment(optional=True)


class ReplacedRow(CoreTable, table=True):
    """What a batch overwrote, so that undoing the batch brings it back: canonical JSON of the key and of the rest."""

    __tablename__ = "replaced_rows"

    id: int | None = counted()
    batch: int = Field(sa_column=Column(COUNT, ForeignKey("import_batches.id"), nullable=False, index=True))
    table_name: str = words()
    key: str = words()
    former: str = words()
    former_batch: int = Field(sa_column=Column(COUNT, ForeignKey("import_batches.id"), nullable=False, index=True))


class RejectedRow(CoreTable, table=True):
    """A row of an import that did not pass, for each person it names: ``key`` a JSON list as far as it could be read,
    ``place`` the row or the cell in the file, ``reasons`` a JSON list of column, reason in Chinese and in English."""

    __tablename__ = "rejected_rows"

    id: int | None = counted()
    batch: int = Field(sa_column=Column(COUNT, ForeignKey("import_batches.id"), nullable=False, index=True))
    record_type: str = words()
    person: str = Field(sa_column=Column(WORDS, nullable=False, index=True))
    key: str | None = words(optional=True)
    day: date | None = None
    place: str = words()
    reasons: str = words()


class PersonRow(CoreTable, table=True):
    __tablename__ = "people"

    code: str = words(key=True)
    name: str = words()
    batch: int = last_batch()


class TeamRow(CoreTable, table=True):
    __tablename__ = "teams"

    code: str = words(key=True)
    name: str = words()
    batch: int = last_batch()


class AssignmentRow(CoreTable, table=True):
    """Who worked where, from ``starts`` up to but not including ``ends``; ``fraction`` of full time in millionths,
    ``bonus_base`` in fen per period, ``attributes`` a JSON object in canonical form."""

    __tablename__ = "assignments"

    id: int | None = counted()
    person: str = words(refers_to="people.code")
    team: str | None = words(optional=True, refers_to="teams.code")
    role: str | None = words(optional=True)
    manager: str | None = words(optional=True, refers_to="people.code")
    starts: date
    ends: date | None = None
    fraction: int = count()
    bonus_base: int | None = count(optional=True)
    attributes: str = words()
    batch: int = last_batch()

    __table_args__ = (
        Index("uq_assignments_key", "person", "starts", func.coalesce(text("team"), text("''")),
              func.coalesce(text("role"), text("''")), unique=True),
    )  # fmt: skip


class TargetRow(CoreTable, table=True):
    """What a person, a team or the company (``who`` empty) is to reach: ``value`` in millionths of the indicator's unit
    for exactly the period of that name."""

    __tablename__ = "targets"

    scope: str = words(key=True)
    who: str = words(key=True)
    indicator: str = words(key=True)
    period: str = words(key=True)
    value: int = count()
    batch: int = last_batch()


class RoundRow(CoreTable, table=True):
    """An assessment round: ``items`` a JSON list, ``scale`` the full score, ``day`` the one on which the organisation
    was looked at and which its ratings bear, ``seed`` a random number from which keys and form codes derive,
    ``unnamed`` a JSON list of the relations whose raters are not named in the records."""

    __tablename__ = "assessment_rounds"

    name: str = words(key=True)
    period: str = words()
    day: date
    items: str = words()
    lowest: int = count()
    scale: int = count()
    due: date | None = None
    unnamed: str = words()
    seed: str = words()
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(optional=True)


class RatingPairRow(CoreTable, table=True):
    """Who is to rate whom in a round. ``rater``: a person's code, or the name of somebody ``outside``."""

    __tablename__ = "assessment_pairs"

    round: str = words(key=True, refers_to="assessment_rounds.name")
    subject: str = words(key=True, refers_to="people.code")
    relation: str = words(key=True)
    rater: str = words(key=True)
    outside: bool


class SchemeRow(CoreTable, table=True):
    """A scheme as it was when something was computed by it; never edited."""

    __tablename__ = "schemes"

    digest: str = words(key=True)
    scheme_id: str = words()
    version: str = words()
    text: str = words()
    recorded_at: datetime = moment()


class RunRow(CoreTable, table=True):
    """One evaluation, never edited. ``evidence`` is JSON: plugins with versions and digests, engine, core version,
    indicators, who was left out. ``columns`` is an Arrow table of everything computed, a row for each person;
    ``digest`` is over all of it. ``inputs`` names the kept text of everything it depends on;
    ``replaces`` is the run in whose place this one stands, ``actor`` who evaluated it."""

    __tablename__ = "runs"

    id: int | None = counted()
    digest: str = Field(sa_column=Column(WORDS, nullable=False, index=True))
    scheme_digest: str = words(refers_to="schemes.digest")
    scheme_id: str = words()
    period: str = words()
    snapshot: str = words()
    created_at: datetime = moment()
    evidence: str = words()
    columns: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    replaces: int | None = count(optional=True, refers_to="runs.id")
    inputs: str | None = words(optional=True)
    actor: str = words()


class RunResultRow(CoreTable, table=True):
    """One person's outcome in a run, to be read by SQL: total in millionths, bonus in fen."""

    __tablename__ = "run_results"

    run: int = count(key=True, refers_to="runs.id")
    person: str = words(key=True)
    name: str = words()
    graded: bool
    total: int = count()
    rank: int = count()
    tier: str | None = words(optional=True)
    bonus: int = count()


class RevisionRow(CoreTable, table=True):
    """The state of a record type's rows (or of ``people``): it changes with every import and every undo."""

    __tablename__ = "revisions"

    name: str = words(key=True)
    revision: str = words()


class TableChangeRow(CoreTable, table=True):
    """The mark of a table of facts: another random number after every change of its rows."""

    __tablename__ = "table_changes"

    id: int | None = counted()
    table_name: str = Field(sa_column=Column(WORDS, nullable=False, unique=True))
    mark: int = count()


class RecordTypeRow(CoreTable, table=True):
    """The shape (JSON) in which a record type's table exists."""

    __tablename__ = "record_type_versions"

    name: str = words(key=True)
    shape: str = words()
