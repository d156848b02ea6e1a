"""Published cases as they are stored, and what a run of one comes to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).parents[3] / "shared" / "oracles"
"""The collection of cases beside the repository; it is not shipped with it."""


class NotRunnable(Exception):  # noqa: N818 it is a reason, not an error
    """The case asks for something that no public function does; the text says what."""


class Given(dict[str, Any]):
    """What a case gives by name; what it does not give makes it not runnable."""

    def __missing__(self, name: str) -> Any:
        raise NotRunnable(f"the case gives no {name!r}")


@dataclass(frozen=True)
class Case:
    """One published example. Numbers are decimals as printed; ``rounding`` is the source's own words."""

    id: str
    category: str
    title: str
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]
    tolerance: Decimal
    rounding: str

    def words(self, *keys: str) -> str:
        """What the case says of a convention: the first of these inputs, or else its title; in lower case."""
        return str(next((self.inputs[key] for key in keys if key in self.inputs), self.title)).casefold()


@dataclass(frozen=True)
class Difference:
    """Where a computed figure is not the published one."""

    where: str
    expected: Any
    computed: Any

    def __str__(self) -> str:
        return f"{self.where}: published {self.expected}, computed {self.computed}"


def load(folder: Path) -> Iterator[Case]:
    """Every case of every file of the folder that holds cases, in the order of file names."""
    for file in sorted(folder.glob("*.json")):
        content = json.loads(file.read_text("utf-8"), parse_float=Decimal, object_hook=Given)
        if not isinstance(content, Given) or "cases" not in content:
            continue
        for case in content["cases"]:
            yield Case(
                id=case["id"],
                category=case.get("category") or content["category"],
                title=case.get("title", ""),
                inputs=case["inputs"],
                expected=case["expected"],
                tolerance=Decimal(case.get("tolerance", {}).get("abs") or 0),
                rounding=case.get("rounding", ""),
            )
