"""Checks calls: the function exists here, its arguments are there, of the right kinds, and of one level."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kaohe.language.builders import Build
from kaohe.language.functions import FUNCTIONS
from kaohe.language.names import nearest
from kaohe.language.operations import OPERATIONS
from kaohe.language.refusals import outside_aggregate, refused
from kaohe.language.rules import Misfit, speaks_of_many
from kaohe.language.signature import Argument, Function
from kaohe.language.tree import Call, Constant, Node
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.language.check import Checker

_Bound = dict[str, list[ast.expr]]


def check(checker: Checker, node: ast.Call) -> Node | None:
    """The node that the call builds; None where problems were reported."""
    if not isinstance(node.func, ast.Name):
        raise Misfit(
            "expression.not-allowed",
            msg("only functions of the language can be called"),
            found=checker.parsed.text(node.func)[:60],
        )
    name = node.func.id
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            raise refused(argument)
    if any(keyword.arg is None for keyword in node.keywords):
        raise refused(ast.Starred(value=node.func))
    if name in checker.scope.keyed:
        return _keyed(checker, name, node)
    function = _lookup(checker, name)
    bound = _bind(checker, function, node)
    if bound is None:
        return None
    nodes = _visit(checker, function, bound)
    if nodes is None:
        return None
    return _build(checker, function, node, bound, nodes)


def _lookup(checker: Checker, name: str) -> Function:
    function = FUNCTIONS.get(name)
    if function is None:
        variables = checker.names.variables()
        raise Misfit(
            "expression.unknown-function",
            msg("{name} is a name, not a function", name=name)
            if name in variables
            else msg("there is no such function"),
            found=name,
            fix=nearest(name, checker.names.functions()),
        )
    if function.level == "aggregate" and not checker.scope.aggregates:
        raise Misfit("expression.no-records", msg("there are no records here to aggregate"), found=name)
    if function.level == "period" and not checker.scope.period:
        raise Misfit("expression.no-period", msg("there is no period here to speak of"), found=name)
    shifts = function.name in ("previous", "same_period_last_year")
    if function.level == "aggregate" and checker.inside is not None:
        raise Misfit(
            "expression.nested-aggregate",
            msg("an aggregate cannot be aggregated again")
            if not shifts
            else msg("another period stands around an aggregate, not in it"),
            found=msg("{inner} inside {outer}", inner=name, outer=checker.inside),
        )
    if function.level == "period" and checker.scope.aggregates and checker.inside is None:
        raise outside_aggregate(name)
    return function


def _keyed(checker: Checker, name: str, node: ast.Call) -> Node:
    keyed = checker.scope.keyed[name]
    given = [_literal(checker, argument) for argument in node.args]
    match given, node.keywords:
        case [str(written)], []:
            return checker.names.keyed(name, written)
        case [str(written), str(whose)], [] if keyed.whose:
            return checker.names.keyed(name, written, whose)
        case [], [] if keyed.own is not None:
            return checker.names.keyed(name, keyed.own)
        case _:
            raise Misfit(
                "expression.id",
                msg("{name} takes one id, in quotation marks", name=name),
                expected=f'{name}("{min(keyed.ids, default="…")}")',
            )


def _literal(checker: Checker, argument: ast.expr) -> str | None:
    """A text as it is written, or as a parameter of that name gives it."""
    match argument:
        case ast.Constant(value=str(written)):
            return written
        case ast.Name(id=name) if isinstance(found := checker.scope.parameters.get(name), str):
            return found
        case _:
            return None


def _bind(checker: Checker, function: Function, node: ast.Call) -> _Bound | None:
    """Each argument's expressions, by position and by name."""
    bound: _Bound = {}
    positional = [argument for argument in function.arguments if argument.name != "where"]
    problems = len(checker.problems)
    for index, given in enumerate(node.args):
        if index < len(positional) or (positional and positional[-1].repeated):
            bound.setdefault(positional[min(index, len(positional) - 1)].name, []).append(given)
        else:
            checker.report(given, _too_many(function))
            break
    for keyword in node.keywords:
        name = keyword.arg or ""
        known = [argument.name for argument in function.arguments]
        if name not in known:
            checker.report(
                keyword,
                Misfit(
                    "expression.unknown-argument",
                    msg("{function} has no argument of that name", function=function.name),
                    found=name,
                    fix=nearest(name, known) or (msg("there are: {names}", names=", ".join(known)) if known else None),
                ),
            )
        elif name in bound:
            checker.report(
                keyword, Misfit("expression.argument-twice", msg("this argument is given twice"), found=name)
            )
        else:
            bound[name] = [keyword.value]
    missing = [argument.name for argument in function.arguments if argument.required and argument.name not in bound]
    if missing and len(checker.problems) == problems:
        checker.report(
            node,
            Misfit(
                "expression.missing-argument",
                msg("{function} needs another argument", function=function.name),
                found=checker.parsed.text(node)[:60],
                expected=", ".join(missing),
                fix=msg("as in {example}", example=function.example),
            ),
        )
    return bound if len(checker.problems) == problems else None


def _too_many(function: Function) -> Misfit:
    takes_where = any(argument.name == "where" for argument in function.arguments)
    return Misfit(
        "expression.too-many-arguments",
        msg("{function} takes fewer arguments", function=function.name),
        fix=msg("a condition is given by name: where=…")
        if takes_where
        else msg("as in {example}", example=function.example),
    )


def _visit(checker: Checker, function: Function, bound: _Bound) -> dict[str, tuple[Node, ...]] | None:
    """The checked arguments, or None where one of them is wrong; aggregates remember that they are being read."""
    opens = function.level == "aggregate" and function.name not in ("previous", "same_period_last_year")
    outer = checker.inside
    checker.inside = function.name if opens else outer
    problems = len(checker.problems)
    nodes: dict[str, tuple[Node, ...]] = {}
    for argument in function.arguments:
        if argument.name in bound:
            found = [_argument(checker, argument, given) for given in bound[argument.name]]
            nodes[argument.name] = tuple(node for node in found if node is not None)
    checker.inside = outer
    return nodes if len(checker.problems) == problems else None


def _argument(checker: Checker, argument: Argument, given: ast.expr) -> Node | None:
    node = checker.visit(given)
    if node is None:
        return None
    if node.type.kind not in argument.kinds:
        checker.kind_problem(given, node, argument.kinds)
    elif argument.literal and not isinstance(node, Constant):
        checker.report(
            given,
            Misfit(
                "expression.not-literal",
                msg("{name} is written out, it cannot be computed", name=argument.name),
                found=checker.parsed.text(given)[:60],
            ),
        )
    return node


def _build(
    checker: Checker, function: Function, node: ast.Call, bound: _Bound, nodes: dict[str, tuple[Node, ...]]
) -> Node | None:
    flat = [(at, part) for name in nodes for at, part in zip(bound[name], nodes[name], strict=True)]
    if not checker.one_level(flat):
        return None
    try:
        built = function.build(Build(checker.scope, nodes))
    except Misfit as misfit:
        checker.report(node if misfit.argument is None else flat[misfit.argument][0], misfit)
        return None
    if isinstance(built, Call) and OPERATIONS[built.function].exact is None and speaks_of_many(built):
        raise Misfit(
            "expression.one-record",
            msg("{function} speaks of one record, not of an aggregate", function=function.name),
            found=checker.parsed.text(node)[:60],
            fix=msg("put it inside the aggregate"),
        )
    return built
