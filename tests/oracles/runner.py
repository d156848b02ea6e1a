"""Runs cases: the category says which adapter, the adapter calls the product, and the figures are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from typing import Any, Literal

from tests.oracles.case import Case, NotRunnable
from tests.oracles.compare import differences

import kaohe
from kaohe.errors import KaoheError

ADAPTERS = (
    "ahp",
    "apportionment",
    "bonus",
    "commission",
    "feedback360",
    "forced_distribution",
    "indicators",
    "mcdm",
    "quantile",
    "ranking",
    "reliability",
    "scoring",
    "sla",
)
# Figures of a case that publishes that there is none.
REFUSED = {"error", "refused", "raises"}
PRODUCT = Path(kaohe.__file__).parent


@dataclass(frozen=True)
class Result:
    """``why``: the figures that differ, or the reason why the case cannot be run."""

    case: Case
    outcome: Literal["passed", "failed", "skipped"]
    why: tuple[str, ...] = ()

    def __str__(self) -> str:
        word = "not runnable" if self.outcome == "skipped" else self.outcome
        return f"{word:<12} {self.case.id}" + (f": {'; '.join(self.why)}" if self.why else "")


def run(case: Case) -> Result:
    """One case. Where a figure was published, a refusal or a fault of the product is a failure, no reason to skip;
    inputs of a shape that no adapter reads are."""
    if case.unread:
        return Result(case, "skipped", (case.unread,))
    try:
        differing = differences(case, _adapter(case.category)(case))
    except NotRunnable as reason:
        return Result(case, "skipped", (str(reason),))
    except (KaoheError, ArithmeticError, ValueError) as refusal:
        if set(case.expected) <= REFUSED:
            return Result(case, "passed")
        if not isinstance(refusal, KaoheError):
            return _fault(case, refusal)
        why = " ".join(str(refusal).split())
        return Result(case, "failed", (f"refused: {why}",))
    except Exception as fault:
        return _fault(case, fault)
    return Result(case, "failed" if differing else "passed", tuple(map(str, differing)))


def _fault(case: Case, fault: Exception) -> Result:
    said = f"{type(fault).__name__}: {fault}"
    if any(PRODUCT in Path(frame.filename).parents for frame in extract_tb(fault.__traceback__)):
        return Result(case, "failed", (said,))
    return Result(case, "skipped", (f"the inputs are of another shape than those known: {said}",))


def summary(results: Iterable[Result]) -> str:
    outcomes = [result.outcome for result in results]
    return ", ".join(f"{outcomes.count(each)} {each}" for each in ("passed", "failed", "skipped"))


def _adapter(category: str) -> Callable[[Case], Mapping[str, Any]]:
    if category not in ADAPTERS:
        raise NotRunnable(f"no adapter for the category {category!r}")
    run_case: Callable[[Case], Mapping[str, Any]] = import_module(f"tests.oracles.adapters.{category}").run
    return run_case
