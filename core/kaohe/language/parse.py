"""From text to Python's own syntax tree, within the language's limits. Nothing is evaluated."""

from __future__ import annotations

import ast

from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.language.source import MAX_DEPTH, MAX_NODES, Source, too_deep
from kaohe.text import msg

_OPEN, _CLOSE = "(\n", "\n)"  # so that a formula may run over several lines; lines are counted back by one


class Parsed:
    """A syntax tree that knows where each of its nodes stands in the user's file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._lines = source.text.split("\n")
        self.root = self._parse()
        self._limit()

    def place(self, node: ast.AST) -> Place:
        """Where the node begins, in characters."""
        line, column = self._spot(node.lineno, node.col_offset)  # type: ignore[attr-defined]  # every expr has both
        return self.source.at(line + 1, column + 1)

    def text(self, node: ast.expr) -> str:
        """The node as the user wrote it."""
        first, begin = self._spot(node.lineno, node.col_offset)
        last, end = self._spot(node.end_lineno or node.lineno, node.end_col_offset or 0)
        if first == last:
            return self._lines[first][begin:end]
        return "\n".join([self._lines[first][begin:], *self._lines[first + 1 : last], self._lines[last][:end]])

    def _spot(self, lineno: int, offset: int) -> tuple[int, int]:
        """Line and column from 0; Python counts a column in bytes of UTF-8."""
        line = lineno - 2
        if line < 0:  # a list without brackets of its own begins with ours
            return 0, 0
        if line >= len(self._lines):
            return len(self._lines) - 1, len(self._lines[-1])
        return line, len(self._lines[line].encode()[:offset].decode(errors="ignore"))

    def _parse(self) -> ast.expr:
        try:
            return ast.parse(_OPEN + self.source.text + _CLOSE, mode="eval").body
        except SyntaxError as error:
            raise self._unreadable(error) from None
        except (RecursionError, MemoryError):
            raise too_deep(self.source.at(1, 1)) from None
        except ValueError:
            raise fail(_syntax(self.source.at(1, 1), "")) from None

    def _unreadable(self, error: SyntaxError) -> KaoheError:
        if problem := self.source.word_problem():
            return fail(problem)
        line = min(max((error.lineno or 2) - 2, 0), len(self._lines) - 1)
        column = min(max((error.offset or 1) - 1, 0), len(self._lines[line]))
        if (error.lineno or 2) - 2 > line:
            column = len(self._lines[line])
        where, rest = self.source.at(line + 1, column + 1), self._lines[line][column:].strip()
        if "'=='" in error.msg or '"=="' in error.msg:
            return fail(
                Problem(
                    "expression.equals",
                    msg("a single = does not compare"),
                    where,
                    found=rest[:40],
                    fix=msg("write == to compare; = only stands after an argument's name, as in where="),
                )
            )
        return fail(_syntax(where, rest[:40]))

    def _limit(self) -> None:
        count, level = 0, [self.root]
        for depth in range(MAX_DEPTH + 2):
            if not level:
                return
            if depth > MAX_DEPTH:
                raise too_deep(self.place(level[0]))
            count += len(level)
            if count > MAX_NODES:
                raise fail(
                    Problem(
                        "expression.too-large",
                        msg("the expression has too many parts"),
                        self.source.at(1, 1),
                        expected=msg("at most {count} parts", count=MAX_NODES),
                    )
                )
            level = [child for node in level for child in _operands(node)]


def _operands(node: ast.AST) -> list[ast.expr]:
    """The expressions directly below, those of keyword arguments and comprehensions among them."""
    found: list[ast.expr] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            found.append(child)
        else:
            found += _operands(child)
    return found


def _syntax(where: Place, rest: str) -> Problem:
    return Problem(
        "expression.syntax",
        msg("the expression cannot be read from here"),
        where,
        found=rest or msg("the end of the expression"),
        expected=msg('a formula such as count(where=kind == "repair") / count()'),
    )
