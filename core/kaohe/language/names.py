"""What a name or id means in a scope, and the nearest name where it means nothing."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from kaohe.language.dated import by_day
from kaohe.language.functions import FUNCTIONS, PERIOD_BOUNDS
from kaohe.language.rules import Misfit
from kaohe.language.tree import Constant, Field, KeyedValue, Node, PeriodBound
from kaohe.language.types import Dated, Scope, Type
from kaohe.text import Message, msg


class Names:
    """A scope's names. Python reads identifiers in the compatibility form NFKC, so they are looked up in it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        known = (*scope.fields, *scope.parameters, *self._value_ids())
        self._written = {unicodedata.normalize("NFKC", name): name for name in reversed(known)}

    def resolve(self, written: str) -> Node:
        """The node of a bare or dotted name."""
        name = self._written.get(written, written)
        if name in self.scope.parameters:
            setting = self.scope.parameters[name]
            return self._dated(setting) if isinstance(setting, Dated) else parameter(setting)
        if name in self.scope.fields:
            return Field(name, self.scope.fields[name])
        if name in self._value_ids():
            return KeyedValue("value", name, self.scope.keyed["value"].type)
        if name in ("true", "false"):
            return Constant(name == "true", Type("boolean"))
        if name in PERIOD_BOUNDS and self.scope.period:
            return PeriodBound("start" if name == "period_start" else "end", Type("date"))
        raise self._unknown(name)

    def _dated(self, setting: Dated) -> Node:
        spells = [(each.first, each.last, parameter(each.value)) for each in setting.spells]
        return by_day(Field(setting.when, self.scope.fields[setting.when]), parameter(setting.value), spells)

    def keyed(self, function: str, written: str, whose: str | None = None) -> KeyedValue:
        """The node of ``function("id")`` or ``function("id", "whose")``."""
        keyed = self.scope.keyed[function]
        if whose is not None and whose not in keyed.whose:
            raise Misfit(
                "expression.unknown-id",
                msg("there is no such id"),
                found=whose,
                expected=", ".join(keyed.whose),
                fix=nearest(whose, keyed.whose),
                argument=1,
            )
        if written not in keyed.ids and not (keyed.words and written and "." not in written):
            raise Misfit(
                "expression.unknown-id",
                msg("there is no such id"),
                found=written,
                fix=nearest(written, keyed.ids),
                argument=0,
            )
        return KeyedValue(function, written if whose is None else f"{written}@{whose}", keyed.type)

    def functions(self) -> list[str]:
        """Names that can be called here."""
        return [
            *self.scope.keyed,
            *(name for name, function in FUNCTIONS.items() if function.level == "value"),
            *(name for name, function in FUNCTIONS.items() if function.level == "aggregate" and self.scope.aggregates),
            *(name for name, function in FUNCTIONS.items() if function.level == "period" and self.scope.period),
        ]

    def variables(self) -> list[str]:
        """Names that can stand alone here."""
        bounds = PERIOD_BOUNDS if self.scope.period else ()
        return [*self.scope.fields, *self.scope.parameters, *self._value_ids(), *bounds]

    def _value_ids(self) -> frozenset[str]:
        values = self.scope.keyed.get("value")
        return values.ids if values else frozenset()

    def _unknown(self, name: str) -> Misfit:
        if name in FUNCTIONS or name in self.scope.keyed:
            return Misfit(
                "expression.function-without-call",
                msg("this is a function, it stands before brackets"),
                found=name,
                expected=FUNCTIONS[name].example if name in FUNCTIONS else f'{name}("…")',
            )
        if name in PERIOD_BOUNDS:
            return Misfit("expression.no-period", msg("there is no period here to speak of"), found=name)
        return Misfit(
            "expression.unknown-name",
            msg("there is no such name here"),
            found=name,
            fix=nearest(name, self.variables()) or listing(self.variables()),
        )


def parameter(value: Decimal | int | str | bool) -> Constant:
    """A setting or literal as a constant."""
    if isinstance(value, bool):
        return Constant(value, Type("boolean"))
    if isinstance(value, str):
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
            raise Misfit("expression.text", msg("this text holds a character that cannot be written so"))
        return Constant(value, Type("text"))
    sign, digits, exponent = Decimal(value).as_tuple()
    if not isinstance(exponent, int) or len(digits) + abs(exponent) > 36:
        raise Misfit("expression.number", msg("this number cannot be read"), found=str(value)[:40])
    while exponent < 0 and (digits[-1:] == (0,) or not any(digits)):
        digits, exponent = digits[:-1], exponent + 1
    whole = Decimal((sign, digits or (0,), exponent))
    return Constant(whole, Type("number", max(0, -exponent)))


def nearest(name: str, names: Iterable[str]) -> Message | None:
    """Advice that names what was probably meant."""
    close = difflib.get_close_matches(name[:80], sorted(names), n=3, cutoff=0.6)
    return msg("did you mean {names}?", names=", ".join(close)) if close else None


def listing(names: Iterable[str]) -> Message | None:
    """Advice that lists what there is, where that is short enough to read."""
    known = sorted(names)
    return msg("there are: {names}", names=", ".join(known)) if 0 < len(known) <= 12 else None
