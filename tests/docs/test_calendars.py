"""docs/calendars.md: its sample is sound, its keys are those that a calendar has, its formulas compile."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from kaohe.language import Scope, Type, compile_expression
from kaohe.worktime import ANY_CALENDAR, check_calendar
from kaohe.worktime.reading import KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "calendars.md").read_text("utf-8")


def test_the_sample_is_a_sound_calendar() -> None:
    sample = PAGE.partition("<!-- calendar -->\n```toml\n")[2].partition("```")[0]
    checked = check_calendar(sample, "sample.toml", "sample", ZoneInfo("UTC"))
    assert checked.problems == ()
    assert (checked.require().zone.key, len(checked.require().special)) == ("Asia/Shanghai", 6)


def test_every_key_is_described() -> None:
    described = re.findall(r"^\| `(\w+)", PAGE, re.MULTILINE)
    assert described == list(KEYS)


def test_the_formulas_compile() -> None:
    fields = dict.fromkeys(("opened_at", "responded_at", "resolved_at"), Type("datetime"))
    formulas = re.findall(r"^    ((?:share|mean)\(.*)$", PAGE, re.MULTILINE)
    assert len(formulas) == 2
    for formula in formulas:
        compile_expression(formula, Scope(fields, aggregates=True, calendars=ANY_CALENDAR))
