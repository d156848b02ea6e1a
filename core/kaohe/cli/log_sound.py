"""Before money leaves: whether the audit log and the rows that money rests on are what kaohe wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kaohe.cli.context import App
from kaohe.errors import Exit, KaoheError, Place, Problem
from kaohe.text import msg

_SHOWN = 10
_FACTS = "audit.facts-changed"
"""What was paid was frozen before: that somebody changed facts in SQL is told, and stands in nobody's way."""


def log_sound(app: App, subject: str, despite: str | None) -> dict[str, Any]:
    """What the event of a payment says besides. Raises KaoheError where the log or evidence was changed outside kaohe,
    unless somebody says why it is paid despite that."""
    from kaohe.records.auditing.verify import verify

    verdict = verify(app.store)
    facts = [each for each in verdict.problems if each.code == _FACTS]
    others = [each for each in verdict.problems if each.code != _FACTS]
    if others and not (despite or "").strip():
        problem = Problem(
            "period.evidence-changed",
            msg("evidence was changed outside kaohe, and nobody pays by it unseen"),
            Place(key=subject),
            found=msg("{count} findings", count=len(others) + sum(verdict.more.values())),
            fix=msg("see all: kaohe audit verify; mend it, or say why to pay: --despite-audit REASON"),
        )
        raise KaoheError((problem, *others[:_SHOWN]), Exit.ENVIRONMENT)
    app.problems(replace(each, severity="warning") for each in (*facts, *others)[:_SHOWN])
    return {} if verdict.sound else {"log_findings": len(verdict.problems) + sum(verdict.more.values())}
