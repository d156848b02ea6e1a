"""What is certain without looking at records: where a value cannot be unknown, and which conditions follow from others.

Whoever counts the records that know a condition may then count them all, and a condition that follows from others need
not be asked for. Of what is not certain nothing is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from kaohe.language.operations import OPERATIONS
from kaohe.language.tree import ABOUT_PERIOD, Call, Constant, Field, Node, PeriodBound, Worked

Names = frozenset[str]
NONE: Names = frozenset()
_ALWAYS_GIVE = {
    *("==", "!=", "<", "<=", ">", ">=", "in", "not", "+", "-", "*", "abs", "round", "min", "max"),
    *("date_of", "year_of", "month_of", "day_of", "is_weekend", "lower", "contains"),
    *ABOUT_PERIOD,
}
"""Operations that know their result as soon as they know all of their arguments."""


def never_unknown(node: Node, filled: Names = NONE) -> bool:
    """Whether the node is known in every record in which these fields are."""
    match node:
        case Constant() | PeriodBound() | Call(function="known"):
            return True
        case Field(name=name):
            return name in filled
        case Call(function="and" | "or", arguments=arguments):
            return _settled(arguments, filled, open_while=node.function == "and")
        case Call(function="if_", arguments=(condition, yes, no)):
            return (
                never_unknown(condition, filled)
                and never_unknown(yes, filled | known_where(condition, truth=True))
                and never_unknown(no, filled | known_where(condition, truth=False))
            )
        case Call(function="/", arguments=(top, Constant(value=divisor))):
            return bool(divisor) and never_unknown(top, filled)
        case Call(function=function, arguments=arguments):
            return function in _ALWAYS_GIVE and all(never_unknown(each, filled) for each in arguments)
        case _:
            return False


def _settled(arguments: Sequence[Node], filled: Names, *, open_while: bool) -> bool:
    """Whether ``and`` (open while all are true) or ``or`` (open while all are false) of these is never unknown.

    What is known already either decides the whole, or is true (false): then what that says of fields holds of the rest.
    """
    left = list(arguments)
    while left:
        known, unsure = list[Node](), list[Node]()
        for each in left:
            (known if never_unknown(each, filled) else unsure).append(each)
        if not known:
            return False
        filled |= _union(known_where(each, truth=open_while) for each in known)
        left = unsure
    return True


def known_where(node: Node, *, truth: bool) -> Names:
    """Fields that are known in every record in which the condition has this truth."""
    match node:
        case Call(function="not", arguments=(argument,)):
            return known_where(argument, truth=not truth)
        case Call(function="known", arguments=(argument,)):
            return _known_with(argument) if truth else NONE
        case Call(function="and" | "or", arguments=arguments):
            gather = _union if truth == (node.function == "and") else _common
            return gather(known_where(each, truth=truth) for each in arguments)
        case Call(function=function, arguments=(argument,)) if function in ABOUT_PERIOD:
            return known_where(argument, truth=truth)
        case _:
            return _known_with(node)


def _known_with(node: Node) -> Names:
    """Fields that are known in every record in which the node is."""
    match node:
        case Field(name=name):
            return frozenset({name})
        case Worked(moment=moment):
            return _known_with(moment)
        case Call(function="in" | "if_", arguments=(first, *_others)):
            return _known_with(first)
        case Call(function=function, arguments=arguments) if OPERATIONS[function].strict:
            return _union(map(_known_with, arguments))
        case _:
            return NONE


def fewest(conditions: Iterable[Node]) -> tuple[Node, ...]:
    """Conditions that the same records meet: without those that follow from the rest."""
    left = list(dict.fromkeys(each for condition in conditions for each in _conjuncts(condition)))
    for each in tuple(left):
        if isinstance(each, Constant) or (isinstance(each, Call) and each.function in ("or", "known")):
            # Held against those that are still there: from one that was left out another may have followed.
            rest = [other for other in left if other is not each]
            if _follows(each, rest, _union(known_where(other, truth=True) for other in rest)):
                left = rest
    return tuple(left)


def _conjuncts(node: Node) -> Iterable[Node]:
    if isinstance(node, Call) and node.function == "and":
        for each in node.arguments:
            yield from _conjuncts(each)
    else:
        yield node


def _follows(node: Node, conditions: Collection[Node], filled: Names) -> bool:
    """Whether every record that meets these conditions, and so has these fields, meets the node."""
    match node:
        case Call(function="or", arguments=arguments):
            return any(_follows(each, conditions, filled) for each in arguments)
        case Call(function="and", arguments=arguments):
            return all(_follows(each, conditions, filled) for each in arguments)
        case Call(function="known", arguments=(argument,)) if never_unknown(argument, filled):
            return True
        case Constant(value=True):
            return True
        case _:
            return node in conditions


def _union(several: Iterable[Names]) -> Names:
    return NONE.union(*several)


def _common(several: Iterable[Names]) -> Names:
    first, *others = several
    return first.intersection(*others)
