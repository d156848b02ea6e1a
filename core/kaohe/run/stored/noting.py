"""The versions of the files that a run is computed by: each is in the audit log when it is first used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from kaohe.records.audit import note_version
from kaohe.records.canonical import canonical
from kaohe.run.inputs import Inputs
from kaohe.run.stored.plain import data


def note_inputs(connection: Connection, at: datetime, inputs: Inputs) -> None:
    """Note the scheme and the calendars where they are not what was last computed by, each with what it was before.

    Called within the transaction that keeps the inputs, before its own event is appended.
    """
    note_version(connection, at, "scheme", inputs.scheme.id, inputs.scheme_text)
    for calendar in inputs.calendars:
        note_version(connection, at, "calendar", calendar.name, canonical(data(calendar)))
