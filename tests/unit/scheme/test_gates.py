"""Gates and the caps of adjustments in a scheme file: read, checked, read aloud."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kaohe.scheme.describe import describe
from kaohe.scheme.model import Gate

GATE = 'gate = { indicators = ["crm.response", "crm.csat"], base = 60 }'
RULE = f'[[rules]]\nid = "both"\nthen = {{ {GATE} }}\nreason = "both"\n'
CAPS = "adjustment_caps = { additions = 10, deductions = 20 }\n"


def made(valid):
    return valid.replace("[ranking]", f"{RULE}\n[ranking]", 1).replace("[scheme]\n", f"[scheme]\n{CAPS}", 1)


def test_a_gate_needs_no_condition_and_caps_are_read(check, valid):
    assert check(made(valid)).problems == ()  # where any name may be an attribute, true is still no attribute
    checked = check(made(valid), {})
    assert checked.problems == ()
    scheme = checked.require()
    assert scheme.rules[0].gate == Gate(("crm.response", "crm.csat"), Decimal(60))
    assert (scheme.max_added, scheme.max_deducted) == (10, 20)
    lines = [str(line) for section in describe(scheme) for line in section.lines]
    always = "Always: if one of Responses in time, Satisfaction has fewer than 60 points, the others count at most 60"
    assert f"{always} (both)." in lines
    assert "All additions together count at most 10." in lines
    assert "All deductions together count at most 20." in lines


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"crm.csat"], base', '"crm.nps"], base', "scheme.unknown-indicator"),
        ('"crm.response", "crm.csat"]', '"crm.csat"]', "scheme.wrong-length"),
        (", base = 60", "", "scheme.missing-key"),
        ("base = 60", "base = 60, points = 1", "scheme.unknown-key"),
        ('id = "both"', "id = \"both\"\nwhen = 'total > 3'", "expression.unknown-name"),
        (GATE, "veto = true", "scheme.missing-key"),
        ("additions = 10", "additions = -10", "scheme.out-of-range"),
    ],
)
def test_mistakes_in_gates_and_caps_are_found(check, valid, old, new, code):
    text = made(valid)
    assert old in text
    problems = check(text.replace(old, new, 1), {}).problems
    assert [problem.code for problem in problems if problem.severity == "error"] == [code]


def test_a_base_that_looks_like_a_share_is_suspected(check, valid):
    (problem,) = check(made(valid).replace("base = 60", "base = 0.6"), {}).problems
    assert (problem.code, problem.severity) == ("scheme.suspect-share", "warning")
