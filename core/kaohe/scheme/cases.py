"""The scheme's own tests as they are written → checked: known ids, attributes of the right kind, something expected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kaohe.exact import to_fen
from kaohe.language import Type
from kaohe.scheme.draft import Draft, Path, nearest, path_text, show
from kaohe.scheme.model import Attribute, Case, CasePerson, Expected, Measured, earlier_key, team_key
from kaohe.scheme.names import IN_CHINESE, PERSON, Names
from kaohe.scheme.numbers import optional_number
from kaohe.text import Message, msg

_DAYS = {"month": 30, "quarter": 90, "half": 181, "year": 365, "dates": 90}
_OF_ONE = ("given", "previous", "targets", "person")
_TEAM = team_key("")
# Values are kept as millionths in 64 bits, and differences of two must fit.
_LARGEST = Decimal(2**62).scaleb(-6)
_KINDS: Mapping[str, tuple[tuple[type, ...], Message]] = {
    "text": ((str,), msg("text in quotes")),
    "number": ((int, Decimal), msg("a number")),
    "boolean": ((bool,), msg("true or false")),
    "date": ((str,), msg("a date such as 2026-01-31")),
}


@dataclass(frozen=True)
class Known:
    """What a case may name: ids that are measured, those with a previous value, those with points, dimensions; tiers,
    ids of rules, kinds of outcomes; attributes that all have of whom the scheme is about."""

    given: Collection[str]
    previous: Collection[str]
    points: Collection[str]
    dimensions: Collection[str]
    tier: Collection[str]
    rules: Collection[str]
    outcomes: Collection[str]
    usual: Mapping[str, Type]


def known_in(draft: Draft, names: Names, needed: Collection[str], measured: Collection[Measured]) -> Known:
    """Ids as the file writes them, fit or not: a mistake there is not reported again in a case."""
    suffix, data = earlier_key(""), draft.data
    return Known(
        given=names.points | names.measures | set(needed),
        previous=[one.key.removesuffix(suffix) for one in measured if one.key.endswith(suffix)],
        points=names.points,
        dimensions=names.dimensions,
        tier=[row["id"] for row in data.get("tiers", {}).get("levels", []) if "id" in row],
        rules=[row["id"] for row in data.get("rules", []) if "id" in row],
        outcomes=[row["kind"] for row in data.get("outcomes", []) if "kind" in row],
        usual=names.usual,
    )


def read_cases(draft: Draft, known: Known) -> tuple[Case, ...]:
    """Every case; what is wrong in one is reported."""
    usual = _DAYS.get(draft.data.get("scheme", {}).get("cycle", ""), _DAYS["dates"])
    found = []
    for index, table in enumerate(draft.data.get("cases", [])):
        path: Path = ("cases", index)
        reader = _Reader(draft, known, table.get("period_days", usual))
        people = reader.several(table, path) if "people" in table else (reader.alone(table, path),)
        if "name" in table:
            place, pool = draft.document.place(path), reader.pool(table, path)
            found.append(Case(table["name"], people, reader.days, place, pool))
    return tuple(found)


def check_asked(draft: Draft, teams: Collection[str], targets: Collection[str]) -> None:
    """Report values of whole teams and targets, given in a case, that no expression of the scheme looks up."""
    for index, table in enumerate(draft.data.get("cases", [])):
        path: Path = ("cases", index)
        rows = [(path, table), *(((*path, "people", at), row) for at, row in enumerate(table.get("people", [])))]
        for here, row in rows:
            for name in row.get("given", {}):
                if name.endswith(_TEAM) and name.removesuffix(_TEAM) not in teams:
                    what = msg("no expression of this scheme looks up the value of a whole team {id}", id=name)
                    draft.unknown((*here, "given", name), "unknown-indicator", what, name, [*map(team_key, teams)])
            for name in row.get("targets", {}):
                if name not in targets:
                    what = msg("no expression of this scheme looks up the target {id}", id=name)
                    draft.unknown((*here, "targets", name), "unknown-target", what, name, targets)


@dataclass(frozen=True)
class _Reader:
    """Reads one case, in a period of so many days."""

    draft: Draft
    known: Known
    days: int

    def alone(self, table: dict[str, Any], path: Path) -> CasePerson:
        written = self.draft.document.data["cases"][path[1]]
        for key in ("given", "expect"):
            if key not in written:
                self.draft.report((*path, key), "missing-key", msg("{key} is missing", key=path_text((*path, key))))
        return self._person(table, path, {}, "")

    def several(self, table: dict[str, Any], path: Path) -> tuple[CasePerson, ...]:
        """What the case gives itself holds for all its people, where they do not say otherwise."""
        if "expect" in table:
            what = msg("a case about several people expects something of each of them")
            self.draft.report((*path, "expect"), "case-expects", what, fix=msg("write expect in the rows of people"))
        self._check(table, path)
        people: dict[str, CasePerson] = {}
        for index, row in enumerate(table["people"]):
            here: Path = (*path, "people", index)
            name = row.get("name", "")
            if name in people:
                what = msg("{id} is used twice", id=name)
                self.draft.report((*here, "name"), "duplicate-id", what, found=show(name))
            people[name] = self._person(row, here, table, name)
        if not any("expect" in row for row in table["people"]):
            self.draft.report((*path, "people"), "case-expects", msg("this case expects nothing of anybody"))
        return tuple(people.values())

    def pool(self, table: dict[str, Any], path: Path) -> int | None:
        """The case's own pool in fen."""
        if "pool" in table and self.draft.data.get("bonus", {}).get("kind") != "pool":
            what = msg("this scheme pays no bonus out of a pool")
            self.draft.report((*path, "pool"), "case-pool", what, found=show(table["pool"]))
        return to_fen(table["pool"]) if "pool" in table else None

    def _person(self, row: dict[str, Any], path: Path, common: Mapping[str, Any], name: str) -> CasePerson:
        self._check(row, path)
        given, previous, targets, person = ({**common.get(key, {}), **row.get(key, {})} for key in _OF_ONE)
        expect = row.get("expect", {})
        self._names(expect.get("points", {}), (*path, "expect", "points"), "points")
        self._names(expect.get("dimensions", {}), (*path, "expect", "dimensions"), "dimensions")
        for key in ("rules", "outcomes"):
            self._names(expect.get(key, []), (*path, "expect", key), key)
        if "tier" in expect:
            self._name(expect["tier"], (*path, "expect", "tier"), "tier")
        attributes = {key: _attribute(key, value) for key, value in person.items()}
        return CasePerson(name, _numbers(given), _numbers(previous), attributes, _expected(expect), _numbers(targets))

    def _check(self, row: Mapping[str, Any], path: Path) -> None:
        """What is given, of one person or of all."""
        for key in ("given", "previous", "targets"):
            if key != "targets":  # which are asked for is known when the scheme is: check_asked
                self._names(row.get(key, {}), (*path, key), key)
            for identifier, value in row.get(key, {}).items():
                if value != "missing" and abs(Decimal(value)) >= _LARGEST:
                    what = msg("{key} is out of range", key=path_text((*path, key, identifier)))
                    self.draft.report((*path, key, identifier), "out-of-range", what, found=show(value))
        for name, value in row.get("person", {}).items():
            self._check_attribute(name, value, (*path, "person", name))

    def _names(self, listed: Mapping[str, Any] | list[str], path: Path, key: str) -> None:
        for at, identifier in enumerate(listed):
            self._name(identifier, (*path, identifier if isinstance(listed, Mapping) else at), key)

    def _name(self, name: str, path: Path, key: str) -> None:
        """Report a name that is none of those known under ``key``."""
        known: Collection[str] = getattr(self.known, key)
        if name in known or (key == "given" and name.removesuffix(_TEAM) in known):
            return
        code, what = {
            "given": ("indicator", msg("this scheme does not use an indicator {id}", id=name)),
            "previous": ("indicator", msg("no curve of this scheme looks at the previous value of {id}", id=name)),
            "points": ("indicator", msg("this scheme does not use an indicator {id}", id=name)),
            "dimensions": ("dimension", msg("there is no dimension {id}", id=name)),
            "tier": ("tier", msg("there is no tier {id}", id=name)),
            "rules": ("rule", msg("there is no rule {id}", id=name)),
            "outcomes": ("outcome", msg("there is no outcome of the kind {id}", id=name)),
        }[key]
        self.draft.unknown(path, f"unknown-{code}", what, name, known)

    def _check_attribute(self, name: str, value: Any, path: Path) -> None:
        if name in IN_CHINESE or name in ("total", "rank", "tier"):
            usual = self.known.usual
            known = [each for each in usual if each == IN_CHINESE.get(name)] or list(usual)
            what = msg("{name} cannot be given as an attribute", name=name)
            fix = msg("did you mean {name}?", name=known[0]) if len(known) == 1 else nearest(name, known)
            self.draft.report(path, "unknown-attribute", what, expected=", ".join(known), fix=fix)
            return
        kind = self.known.usual[name].kind if name in self.known.usual else "text"
        types, expected = _KINDS[kind]
        fits = isinstance(value, types) and (kind == "boolean" or not isinstance(value, bool))
        if not fits or (kind == "date" and _day(value) is None):
            what = msg("{key} has the wrong type", key=path_text(path))
            self.draft.report(path, "wrong-type", what, found=show(value), expected=expected)
        elif name == "days_in_period" and not (0 <= value <= self.days and value == int(value)):
            what = msg("{key} is out of range", key=path_text(path))
            limits = msg("a whole number from 0 to {most}", most=self.days)
            fix = msg("give the case the days of its period: period_days = {days}", days=show(value))
            self.draft.report(path, "out-of-range", what, found=show(value), expected=limits, fix=fix)


def _numbers(table: Mapping[str, Any]) -> dict[str, Decimal | None]:
    return {key: None if value == "missing" else Decimal(value) for key, value in table.items()}


def _attribute(name: str, value: Any) -> Attribute:
    """As expressions read it; one of the wrong kind is reported already."""
    if name in PERSON and PERSON[name].kind == "date":
        return _day(value) or date.min
    found: Attribute = value
    return found


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _expected(table: Mapping[str, Any]) -> Expected:
    return Expected(
        points=_numbers(table.get("points", {})),
        dimensions=_numbers(table.get("dimensions", {})),
        total=optional_number(table, "total"),
        rank=table.get("rank"),
        tier=table.get("tier"),
        bonus=optional_number(table, "bonus"),
        rules=tuple(table["rules"]) if "rules" in table else None,
        outcomes=tuple(table["outcomes"]) if "outcomes" in table else None,
        not_graded=table.get("not_graded"),
    )
