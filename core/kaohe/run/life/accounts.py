"""Whether two people whom a rule asks for are two accounts of the operating system too, or two names of one."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from kaohe.errors import Place, Problem
from kaohe.records.audit import actor_of
from kaohe.records.evidence_tables import AuditRow
from kaohe.records.tables import table_of
from kaohe.run.life.model import same_name
from kaohe.text import msg

_log = table_of(AuditRow)


def same_login(connection: Connection, subject: str, names: Collection[str]) -> tuple[str, ...]:
    """Those of the names, but for that of whoever is at work, under which the same account did anything about it."""
    actor = actor_of(connection)
    asked = select(_log.c.actor).where(_log.c.subject == subject, _log.c.login == actor.login).distinct()
    others = (name for name in connection.scalars(asked.order_by(_log.c.actor)) if not same_name(name, actor.name))
    return tuple(name for name in others if any(same_name(name, each) for each in names)) if actor.login else ()


def only_trust(subject: str, name: str, others: Collection[str], *, refused: bool) -> Problem:
    """One account acts for somebody who decides and for those whose work it is."""
    fix = msg('give everybody an account of their own, and write identity = "login" in [roles] of kaohe.toml')
    what = msg("{name} acts under the same login as {others} before: only trust separates them",
               name=name, others=", ".join(others))  # fmt: skip
    if refused:
        what = msg("the login of {name} is the one under which {others} acted before", name=name,
                   others=", ".join(others))  # fmt: skip
        fix = msg("somebody with another login does it")
    return Problem("roles.same-login", what, Place(key=subject), fix=fix, severity="error" if refused else "warning")
