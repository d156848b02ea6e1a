"""Who took the steps of a life, by the account of the operating system: that stands in the audit log alone."""

from __future__ import annotations

from sqlalchemy import Connection, select

from kaohe.records.audit import detail_of
from kaohe.records.evidence_tables import AuditRow, PeriodStepRow
from kaohe.records.tables import table_of
from kaohe.run.life.model import Life

_log, _steps = table_of(AuditRow), table_of(PeriodStepRow)


def logins(connection: Connection, life: Life) -> dict[int, str]:
    """The account behind each step, by the step's number; steps whose event says nothing any more are left out."""
    about = (_log.c.subject == f"{life.scheme_id} {life.period}") & _log.c.action.startswith("period.")
    found = {}
    for event in connection.execute(select(_log.c.login, _log.c.detail).where(about).order_by(_log.c.seq)):
        for table, key, _before, _after in detail_of(event.detail).get("rows", ()):
            if table == _steps.name:
                found[int(key["id"])] = event.login
    return found
