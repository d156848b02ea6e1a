"""Parts of Python that are not part of the language, and what to write instead."""

from __future__ import annotations

import ast

from kaohe.language.rules import Misfit
from kaohe.language.types import KIND_NAMES, Kind
from kaohe.text import Message, msg

_JOIN = msg("conditions are joined with and, or, not")
_LIST = msg('a list stands only after in, as in kind in ("new", "renewal")')
_KNOWN = msg("known(x) tests for data")
_ADVICE: dict[type[ast.AST], Message] = {
    ast.IfExp: msg("if_(condition, a, b) chooses between two values"),
    ast.Is: _KNOWN,
    ast.IsNot: _KNOWN,
    ast.BitAnd: _JOIN,
    ast.BitOr: _JOIN,
    ast.Invert: _JOIN,
    ast.FloorDiv: msg("divide with / and round with round(x, 0)"),
    ast.NamedExpr: msg("write == to compare; = only stands after an argument's name, as in where="),
    ast.Tuple: _LIST,
    ast.List: _LIST,
    ast.Starred: msg("arguments are written one by one"),
}
_SIGNS: dict[type[ast.AST], str] = {
    ast.Pow: "**",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Invert: "~",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.Subscript: "x[…]",
    ast.Lambda: "lambda",
    ast.IfExp: "a if c else b",
    ast.NamedExpr: ":=",
    ast.Starred: "*x",
    ast.GeneratorExp: "(… for … in …)",
    ast.ListComp: "[… for … in …]",
    ast.SetComp: "{… for … in …}",
    ast.DictComp: "{… for … in …}",
    ast.Tuple: "(…, …)",
    ast.List: "[…]",
    ast.Set: "{…}",
    ast.Dict: "{…}",
    ast.Constant: "...",
}


def refused(node: ast.AST) -> Misfit:
    """The refusal of a part of Python's syntax."""
    kind = type(node)
    return Misfit(
        "expression.not-allowed",
        msg("this is not part of the language"),
        found=_SIGNS.get(kind, kind.__name__.lower()),
        fix=_ADVICE.get(kind),
    )


def outside_aggregate(name: str) -> Misfit:
    """The refusal of something about the period that stands beside aggregates instead of inside one."""
    return Misfit(
        "expression.outside-aggregate",
        msg("this speaks of one record, so it stands inside an aggregate"),
        found=name,
        expected=msg("as in count(where=at_start())"),
    )


def dotted(node: ast.expr) -> str:
    """The name that a bare or dotted name spells; anything else with a dot is refused."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{dotted(node.value)}.{node.attr}"
        case _:
            raise Misfit(
                "expression.not-allowed",
                msg("this is not part of the language"),
                found=".",
                fix=msg("a dot only joins the parts of a name"),
            )


def list_kinds(kinds: tuple[Kind, ...]) -> Message:
    """A number, a date or text."""
    listed = KIND_NAMES[kinds[-1]]
    for kind in reversed(kinds[:-1]):
        listed = msg("{one} or {other}", one=KIND_NAMES[kind], other=listed)
    return listed
