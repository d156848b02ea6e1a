"""Checks comparisons: both sides of one kind, chains a < b < c, lists after in."""

from __future__ import annotations

import ast
from difflib import get_close_matches
from typing import TYPE_CHECKING

from kaohe.language.builders import BOOLEAN
from kaohe.language.refusals import refused
from kaohe.language.rules import Misfit, mend, settled
from kaohe.language.tree import Call, Node
from kaohe.language.types import KIND_NAMES
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.language.check import Checker

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_Side = tuple[ast.expr, Node | None]


def check(checker: Checker, node: ast.Compare) -> Node | None:
    """The comparison, or the pairs of a chain joined by and."""
    for operation in node.ops:
        if isinstance(operation, ast.Is | ast.IsNot):
            raise refused(operation)
    if any(isinstance(operation, ast.In | ast.NotIn) for operation in node.ops):
        return _membership(checker, node)
    sides: list[_Side] = [(at, checker.visit(at)) for at in (node.left, *node.comparators)]
    pairs = [
        _pair(checker, _SIGNS[type(operation)], left, right)
        for operation, left, right in zip(node.ops, sides, sides[1:], strict=False)
    ]
    found = tuple(pair for pair in pairs if pair is not None)
    if len(found) < len(pairs):
        return None
    return found[0] if len(found) == 1 else Call("and", found, BOOLEAN)


def _pair(checker: Checker, sign: str, left: _Side, right: _Side) -> Node | None:
    (left_at, first), (right_at, second) = left, right
    if first is None or second is None or not checker.one_level([(left_at, first), (right_at, second)]):
        return None
    first, second = settled((first, second))
    kind = first.type.kind
    if kind != second.type.kind:
        misfit = Misfit(
            "expression.kinds",
            msg("these two cannot be compared"),
            found=msg(
                "{left} {operator} {right}",
                left=KIND_NAMES[kind],
                operator=sign,
                right=KIND_NAMES[second.type.kind],
            ),
            expected=msg("two of one kind"),
            fix=mend(kind, second.type.kind),
        )
    elif kind in ("text", "boolean") and sign not in ("==", "!="):
        misfit = Misfit(
            "expression.no-order",
            msg("{kind} has no order: it is equal or not", kind=KIND_NAMES[kind]),
            found=sign,
            expected="==, !=, in",
        )
    elif _no_choice(checker, first, right_at) or _no_choice(checker, second, left_at):
        return None
    else:
        return Call(sign, (first, second), BOOLEAN)
    checker.report(left_at, misfit)
    return None


def _no_choice(checker: Checker, field: Node, at: ast.expr) -> bool:
    """Report a text written here that the field on the other side can never hold: it would quietly count nothing."""
    choices = field.type.choices
    if not choices or not isinstance(at, ast.Constant) or at.value in choices:
        return False
    near = get_close_matches(str(at.value), choices, n=1)
    checker.report(
        at,
        Misfit(
            "expression.choice",
            msg("this field never holds this value"),
            found=checker.parsed.text(at)[:60],
            expected=", ".join(choices),
            fix=msg("did you mean {name}?", name=near[0]) if near else None,
        ),
    )
    return True


def _membership(checker: Checker, node: ast.Compare) -> Node | None:
    if len(node.ops) > 1:
        raise Misfit(
            "expression.chain",
            msg("in cannot be part of a chain of comparisons"),
            fix=msg("put brackets around each comparison"),
        )
    listed = node.comparators[0]
    items = listed.elts if isinstance(listed, ast.Tuple | ast.List | ast.Set) else [listed]
    if not items or (items == [listed] and not isinstance(listed, ast.Constant)):
        raise Misfit(
            "expression.list",
            msg("in asks for a list of values"),
            found=checker.parsed.text(listed)[:60],
            expected=msg('values in brackets, as in kind in ("new", "renewal")'),
        )
    needle = checker.visit(node.left)
    values = [checker.visit(item) for item in items]
    known = [(at, value) for at, value in zip(items, values, strict=True) if value is not None]
    if needle is None or len(known) < len(items) or not checker.one_level([(node.left, needle), *known]):
        return None
    nodes = settled((needle, *(value for _, value in known)))
    misfits = [at for at, value in zip(items, nodes[1:], strict=True) if value.type.kind != nodes[0].type.kind]
    for at, value in zip(items, nodes[1:], strict=True):
        if at in misfits:
            checker.kind_problem(at, value, (nodes[0].type.kind,))
    strangers = [at for at in items if not misfits and _no_choice(checker, needle, at)]
    if misfits or strangers:
        return None
    call = Call("in", nodes, BOOLEAN)
    return Call("not", (call,), BOOLEAN) if isinstance(node.ops[0], ast.NotIn) else call
