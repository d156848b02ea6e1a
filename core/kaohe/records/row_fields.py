"""What every table of the core is made of: the base of its row classes, and their kinds of columns."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, MetaData
from sqlmodel import Field, SQLModel

from kaohe.records.columns import COUNT, COUNTED_BY_DATABASE, WORDS, Moment


class CoreTable(SQLModel):
    # No row is ever validated, so that no validator need be built.
    model_config = {"defer_build": True}
    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
        }
    )


def words(*, key: bool = False, optional: bool = False, refers_to: str | None = None) -> Any:
    return Field(sa_column=_column(WORDS, key=key, optional=optional, refers_to=refers_to), **_default(optional))


def count(*, key: bool = False, optional: bool = False, refers_to: str | None = None) -> Any:
    return Field(sa_column=_column(COUNT, key=key, optional=optional, refers_to=refers_to), **_default(optional))


def moment(*, optional: bool = False) -> Any:
    return Field(sa_column=_column(Moment(), optional=optional), **_default(optional))


def last_batch() -> Any:
    """The import that last wrote the row."""
    return Field(sa_column=Column("_batch", COUNT, ForeignKey("import_batches.id"), nullable=False))


def counted() -> Any:
    """A number that the database counts up."""
    return Field(default=None, sa_column=Column(COUNTED_BY_DATABASE, primary_key=True, autoincrement=True))


def _column(kind: Any, *, key: bool = False, optional: bool = False, refers_to: str | None = None) -> Column[Any]:
    references = [ForeignKey(refers_to)] if refers_to else []
    return Column(kind, *references, primary_key=key, nullable=optional and not key, autoincrement=False)


def _default(optional: bool) -> dict[str, Any]:
    return {"default": None} if optional else {}
