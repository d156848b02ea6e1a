"""What is settled by parameters alone is settled once: a choice that a parameter makes leaves only its branch."""

from __future__ import annotations

from dataclasses import replace

from kaohe.language.interpret import interpreter
from kaohe.language.rules import speaks_of_many
from kaohe.language.tree import Aggregate, Call, Constant, Expression, Node, walk
from kaohe.language.types import Type

_BOOLEAN = Type("boolean")


def fold(node: Node) -> Node:
    """The same meaning and type without conditions that no record can change; what aggregates still does."""
    folded = _fold(node)
    return folded if speaks_of_many(folded) == speaks_of_many(node) else node


def _fold(node: Node) -> Node:
    match node:
        case Aggregate():
            condition = None if node.condition is None else _fold(node.condition)
            return replace(node, argument=None if node.argument is None else _fold(node.argument), condition=condition)
        case Call(function="and" | "or", arguments=arguments):
            return _connective(node, [_fold(argument) for argument in arguments])
        case Call(function="if_", arguments=(condition, yes, no)):
            settled = _fold(condition)
            if isinstance(settled, Constant):
                return _branch(replace(node, arguments=(settled, yes, no)), _fold(yes if settled.value else no))
            return replace(node, arguments=(settled, _fold(yes), _fold(no)))
        case Call():
            return _value(replace(node, arguments=tuple(_fold(argument) for argument in node.arguments)))
        case _:
            return node


def _branch(choice: Call, taken: Node) -> Node:
    """The branch taken, at the choice's own scale: everything around it counts on that."""
    if isinstance(taken, Constant):
        return replace(taken, type=choice.type)
    return taken if taken.type == choice.type or speaks_of_many(taken) else choice


def _connective(node: Call, arguments: list[Node]) -> Node:
    """``true and x`` is x, ``false and x`` is false, also where x is unknown; ``or`` the other way round."""
    neutral = node.function == "and"
    open_ = [each for each in arguments if not (isinstance(each, Constant) and bool(each.value) is neutral)]
    if any(isinstance(each, Constant) for each in open_):
        return Constant(not neutral, _BOOLEAN)
    if not open_:
        return Constant(neutral, _BOOLEAN)
    return open_[0] if len(open_) == 1 else replace(node, arguments=tuple(open_))


def _value(node: Call) -> Node:
    """A condition over literals as its truth; one that is unknown, or divides (which rounds on a row), stays."""
    if node.type.kind != "boolean":
        return node
    if not all(isinstance(leaf, Constant) or (isinstance(leaf, Call) and leaf.function != "/") for leaf in walk(node)):
        return node
    truth = interpreter(Expression("", node, node.type))({})
    return node if truth is None else Constant(bool(truth), _BOOLEAN)
