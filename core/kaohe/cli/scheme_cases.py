"""What came of a scheme's own tests: lines for a person, data for a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from kaohe.exact import shorten
from kaohe.run.cases import CaseResult, Difference, Figure
from kaohe.text import Language, Message, msg


def case_lines(results: Sequence[CaseResult], language: Language) -> Iterator[str]:
    """A line for each case, ``file:line:column passed: name``, and below it what differs."""
    for result in results:
        place, name = str(result.case.place), result.case.name
        verdict = (
            msg("{place}: passed: {name}", place=place, name=name)
            if result.passed
            else msg("{place}: failed: {name}", place=place, name=name)
        )
        yield verdict.in_(language)
        for difference in result.differences:
            yield f"    {_difference(difference).in_(language)}"
        for problem in result.problems:
            yield from (f"    {line}" for line in problem.render(language).splitlines())


def summary(path: Path, results: Sequence[CaseResult]) -> Message:
    """How many came out and how many did not."""
    failed = sum(not result.passed for result in results)
    words = {"file": str(path), "count": len(results), "failed": failed}
    if failed:
        return msg("{file}: {failed} of {count} cases failed", **words)
    return msg("{file}: 1 case passed", **words) if len(results) == 1 else msg("{file}: {count} cases passed", **words)


def case_data(result: CaseResult, language: Language) -> dict[str, Any]:
    """A case as JSON; numbers are text, so that they stay exact."""
    place = result.case.place
    return {
        "name": result.case.name,
        "line": place.line,
        "column": place.column,
        "passed": result.passed,
        "differences": [
            {
                "person": each.person or None,
                "figure": each.key,
                "what": each.what.in_(language),
                "expected": _plain(each.expected),
                "found": _plain(each.found),
            }
            for each in result.differences
        ],
        "problems": [{"code": problem.code, "text": problem.render(language)} for problem in result.problems],
    }


def _difference(difference: Difference) -> Message:
    words = {
        "what": difference.what,
        "expected": _figure(difference.expected),
        "found": _figure(difference.found),
        "person": difference.person,
    }
    if difference.person:
        return msg("{person}: {what}: expected {expected}, found {found}", **words)
    return msg("{what}: expected {expected}, found {found}", **words)


def _figure(figure: Figure) -> Message | str:
    match figure:
        case None | ():
            return msg("none")
        case bool():
            return "true" if figure else "false"
        case tuple():
            return ", ".join(figure)
        case _:
            return str(_plain(figure))


def _plain(figure: Figure) -> Any:
    if isinstance(figure, Decimal):
        return f"{shorten(figure):f}"
    return list(figure) if isinstance(figure, tuple) else figure
