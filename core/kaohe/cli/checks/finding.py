"""What a check found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kaohe.errors import Exit, Problem
from kaohe.text import Message

Level = Literal["well", "note", "warning", "error"]
_CODES = {"well": Exit.OK, "note": Exit.OK, "warning": Exit.MISTAKE, "error": Exit.ENVIRONMENT}


@dataclass(frozen=True)
class Finding:
    """``check``: its name, the same in every language. ``found`` is never a person's data nor a password. ``problem``:
    what stands in the way, as another command would say it; ``found`` is then a short form of it."""

    check: str
    level: Level
    found: Message | str
    fix: Message | None = None
    problem: Problem | None = None


def exit_code(findings: Iterable[Finding]) -> Exit:
    """By the worst of them: 0 well, 1 warnings, 3 errors."""
    return max((_CODES[finding.level] for finding in findings), default=Exit.OK)
