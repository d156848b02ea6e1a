"""Published cases as they are stored, and what a run of one comes to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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


class Named(list[Any]):
    """Figures in the order of the things they are of, published either as such a list or by name."""

    def __init__(self, figures: Iterable[Any], names: Iterable[Any] | None) -> None:
        super().__init__(figures)
        self.names = None if names is None else tuple(map(str, names))

    def by_name(self) -> dict[str, Any]:
        return {} if self.names is None else dict(zip(self.names, self, strict=True))


@dataclass(frozen=True)
class Case:
    """One published example. Numbers are decimals as printed; ``rounding`` is the source's own words.

    ``relative`` is a tolerance as a share of the published figure. ``unread`` says why there is nothing to run.
    """

    id: str
    category: str = ""
    title: str = ""
    inputs: Mapping[str, Any] = field(default_factory=Given)
    expected: Mapping[str, Any] = field(default_factory=Given)
    tolerance: Decimal = Decimal(0)
    relative: Decimal = Decimal(0)
    rounding: str = ""
    unread: str = ""

    def words(self, *keys: str) -> str:
        """What the case says of a convention: the first of these inputs, or else its title; in lower case."""
        return str(next((self.inputs[key] for key in keys if key in self.inputs), self.title)).casefold()

    def said(self, *keys: str) -> str:
        """Everything the case says in words: its title and these inputs; in lower case."""
        return " ".join([self.title, *(str(self.inputs[key]) for key in keys if key in self.inputs)]).casefold()

    def first(self, *names: str, default: Any = None) -> Any:
        """What is given under the first of these names that is given at all."""
        return next((self.inputs[name] for name in names if self.inputs.get(name) is not None), default)


@dataclass(frozen=True)
class Difference:
    """Where a computed figure is not the published one."""

    where: str
    expected: Any
    computed: Any

    def __str__(self) -> str:
        return f"{self.where}: published {self.expected}, computed {self.computed}"


def load(folder: Path) -> Iterator[Case]:
    """Every case of every file of the folder that holds cases, in the order of file names.

    What cannot be read is a case that says so: one file or one case never stands in the way of the others.
    """
    for file in sorted(folder.glob("*.json")):
        try:
            content = json.loads(
                file.read_text("utf-8-sig"), parse_float=Decimal, parse_constant=str, object_hook=Given
            )
        except (ValueError, OSError, RecursionError) as fault:
            yield Case(file.name, unread=f"the file is not read: {fault}")
            continue
        listed = content if isinstance(content, list) else content.get("cases") if isinstance(content, Given) else None
        if listed is None:
            continue
        if not isinstance(listed, list):
            yield Case(file.name, unread="the file's cases are not a list")
            continue
        category = content.get("category") if isinstance(content, Given) else None
        for number, written in enumerate(listed, start=1):
            yield _case(written, f"{file.name}#{number}", str(category or file.stem))


def _case(written: Any, place: str, category: str) -> Case:
    if not isinstance(written, Given):
        return Case(place, category, unread="the case is not an object")
    name = str(written.get("id") or place)
    inputs, expected = written.get("inputs"), written.get("expected")
    if not isinstance(inputs, Given):
        return Case(name, category, unread="the case gives no inputs")
    if expected is None or expected == {}:
        return Case(name, category, unread="the case publishes no figure to compare with")
    try:
        absolute, relative = _tolerance(written.get("tolerance"))
    except (ArithmeticError, ValueError, TypeError):
        return Case(name, category, unread=f"the tolerance is not a number: {written['tolerance']}")
    return Case(
        id=name,
        category=str(written.get("category") or category),
        title=str(written.get("title") or ""),
        inputs=inputs,
        expected=expected if isinstance(expected, Given) else Given(result=expected),
        tolerance=absolute,
        relative=relative,
        rounding=str(written.get("rounding") or ""),
    )


def _tolerance(written: Any) -> tuple[Decimal, Decimal]:
    """How far a figure may be off: by so much, and by such a share of it."""
    if not isinstance(written, Mapping):
        return abs(Decimal(written or 0)), Decimal(0)
    absolute = next((written[key] for key in ("abs", "absolute") if written.get(key) is not None), 0)
    relative = next((written[key] for key in ("rel", "relative") if written.get(key) is not None), 0)
    return abs(Decimal(absolute)), abs(Decimal(relative))
