"""From text to a typed tree: names, functions, kinds and levels are checked, all mistakes reported at once."""

from __future__ import annotations

import ast
from collections.abc import Collection
from decimal import Decimal

from kaohe.errors import NOWHERE, Place, Problem, refuse_if_any
from kaohe.language import calls, comparisons
from kaohe.language.builders import BOOLEAN
from kaohe.language.fold import fold
from kaohe.language.names import Names, parameter
from kaohe.language.parse import Parsed
from kaohe.language.refusals import dotted, list_kinds, outside_aggregate, refused
from kaohe.language.rules import (
    MAX_COST,
    MAX_SCALE,
    Misfit,
    arithmetic,
    cost,
    mend,
    settled,
    speaks_of_many,
    speaks_of_rows,
    whole_days,
)
from kaohe.language.source import read_source
from kaohe.language.tree import Call, Constant, Expression, Node, PeriodBound
from kaohe.language.types import KIND_NAMES, Kind, Scope, Type
from kaohe.text import msg

_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def compile_expression(
    text: str, scope: Scope, *, expect: Collection[Kind] | None = None, where: Place = NOWHERE
) -> Expression:
    """The checked expression; ``expect`` names the kinds it may give, ``where`` the place its text begins.

    Raises KaoheError with every mistake at its line and column.
    """
    checker = Checker(Parsed(read_source(text, where)), scope)
    tree = checker.check_root(expect)
    refuse_if_any(checker.problems)
    if tree is None:
        raise AssertionError("an expression without a tree must have a problem")
    tree = fold(tree)
    return Expression(text, tree, tree.type)


class Checker:
    """Walks one syntax tree. A method gives None where it has reported a problem, so that one mistake is told once."""

    def __init__(self, parsed: Parsed, scope: Scope) -> None:
        self.parsed, self.scope, self.names = parsed, scope, Names(scope)
        self.problems: list[Problem] = []
        self.inside: str | None = None  # the aggregate whose arguments are being read

    def check_root(self, expect: Collection[Kind] | None) -> Node | None:
        root = self.parsed.root
        node = self.visit(root)
        if node is None:
            return None
        if expect is not None and node.type.kind not in expect:
            self.kind_problem(root, node, tuple(expect))
        elif self.scope.aggregates and not speaks_of_many(node):
            self.report(
                root,
                Misfit(
                    "expression.no-aggregate",
                    msg("this says nothing about all records together"),
                    found=self.parsed.text(root)[:60],
                    expected=msg("an aggregate such as count(), sum(amount) or share(condition)"),
                ),
            )
        elif cost(node) > MAX_COST:
            self.report(
                root,
                Misfit(
                    "expression.too-large",
                    msg("divisions, roundings, min and max are nested too often in one another"),
                    fix=msg("split the formula, or divide after aggregating"),
                ),
            )
        return node

    def visit(self, node: ast.expr) -> Node | None:
        """The typed node of one expression of the syntax tree."""
        try:
            match node:
                case ast.Constant():
                    return self._constant(node)
                case ast.Name() | ast.Attribute():
                    return self._name(node)
                case ast.UnaryOp():
                    return self._unary(node)
                case ast.BinOp():
                    return self._binary(node)
                case ast.BoolOp():
                    return self._connective(node)
                case ast.Compare():
                    return comparisons.check(self, node)
                case ast.Call():
                    return calls.check(self, node)
                case _:
                    raise refused(node)
        except Misfit as misfit:
            self.report(node, misfit)
            return None

    def report(self, node: ast.AST, misfit: Misfit) -> None:
        """Keep the problem, at the node's place."""
        self.problems.append(
            Problem(misfit.code, misfit.what, self.parsed.place(node), misfit.found, misfit.expected, misfit.fix)
        )

    def kind_problem(self, at: ast.AST, node: Node, expected: tuple[Kind, ...]) -> None:
        """Report that a node is of another kind than can stand there."""
        self.report(
            at,
            Misfit(
                "expression.kind",
                msg("this is of another kind than can stand here"),
                found=KIND_NAMES[node.type.kind],
                expected=list_kinds(expected),
                fix=mend(node.type.kind, expected[0]) if expected else None,
            ),
        )

    def one_level(self, parts: list[tuple[ast.expr, Node]]) -> bool:
        """Whether the parts speak either of one record or of all; reports where they do both."""
        rows = [at for at, node in parts if speaks_of_rows(node)]
        if not rows or not any(speaks_of_many(node) for _, node in parts):
            return True
        self.report(
            rows[0],
            Misfit(
                "expression.mixed-levels",
                msg("a value of each record stands beside an aggregate over all"),
                found=self.parsed.text(rows[0])[:60],
                fix=msg("aggregate it too, as in sum(x) or mean(x)"),
            ),
        )
        return False

    def _constant(self, node: ast.Constant) -> Node:
        match node.value:
            case bool() | str():
                return parameter(node.value)
            case int() | float():
                return parameter(Decimal(self.parsed.text(node)))
            case None:
                raise Misfit("expression.none", msg("None is not a value here"), fix=msg("known(x) tests for data"))
            case _:
                raise refused(node)

    def _name(self, node: ast.Name | ast.Attribute) -> Node:
        resolved = self.names.resolve(dotted(node))
        if isinstance(resolved, PeriodBound) and self.scope.aggregates and self.inside is None:
            raise outside_aggregate(dotted(node))
        return resolved

    def _unary(self, node: ast.UnaryOp) -> Node | None:
        if isinstance(node.op, ast.Invert):
            raise refused(node.op)
        operand = self.visit(node.operand)
        if operand is None:
            return None
        wanted: tuple[Kind, ...] = ("boolean",) if isinstance(node.op, ast.Not) else ("number", "duration")
        if operand.type.kind not in wanted:
            self.kind_problem(node.operand, operand, wanted)
            return None
        match node.op, operand:
            case ast.Not(), _:
                return Call("not", (operand,), BOOLEAN)
            case ast.UAdd(), _:
                return operand
            case _, Constant(value=value, type=kind):
                return Constant(-value, kind)  # type: ignore[operator]  # a number or a duration, as checked
            case _:
                zero = Constant(Decimal(0) if operand.type.kind == "number" else 0, Type(operand.type.kind))
                return Call("-", (zero, operand), operand.type)

    def _binary(self, node: ast.BinOp) -> Node | None:
        operator = _ARITHMETIC.get(type(node.op))
        if operator is None:
            raise refused(node.op)
        left, right = self.visit(node.left), self.visit(node.right)
        if left is None or right is None or not self.one_level([(node.left, left), (node.right, right)]):
            return None
        left, right = settled((left, right)) if operator == "-" else (left, right)
        result = arithmetic(operator, left.type, right.type)
        if result is None:
            raise Misfit(
                "expression.kinds",
                msg("these kinds cannot be combined by {operator}", operator=operator),
                found=msg(
                    "{left} {operator} {right}",
                    left=KIND_NAMES[left.type.kind],
                    operator=operator,
                    right=KIND_NAMES[right.type.kind],
                ),
                fix=mend(left.type.kind, right.type.kind),
            )
        call = Call(operator, (left, right), result)
        if result.kind == "date" and not any(whole_days(part) for part in (left, right)):
            raise Misfit(
                "expression.whole-days",
                msg("a date moves by whole days only"),
                fix=msg(
                    "days(3) is a whole number of days, and so is days(1) * round(x); a moment can move by any duration"
                ),
            )
        if result.scale > MAX_SCALE and not speaks_of_many(call):
            raise Misfit(
                "expression.decimals",
                msg("the product has too many decimals"),
                found=str(result.scale),
                expected=msg("at most {count}", count=MAX_SCALE),
                fix=msg("round a factor first, as in round(x, 6)"),
            )
        return call

    def _connective(self, node: ast.BoolOp) -> Node | None:
        parts: list[tuple[ast.expr, Node]] = []
        for value in node.values:
            part = self.visit(value)
            if part is not None and part.type.kind != "boolean":
                self.kind_problem(value, part, ("boolean",))
            elif part is not None:
                parts.append((value, part))
        if len(parts) < len(node.values) or not self.one_level(parts):
            return None
        return Call("and" if isinstance(node.op, ast.And) else "or", tuple(part for _, part in parts), BOOLEAN)
