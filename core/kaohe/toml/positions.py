"""Where each key and each value of a TOML text stands, from its syntax tree. Nothing is judged here but depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from kaohe.toml.strings import content

Path = tuple[str | int, ...]
Spot = tuple[int, int]  # line and column, both from 1, columns in characters
MAX_DEPTH = 32
_LANGUAGE = Language(tree_sitter_toml.language())


class TooDeep(Exception):  # noqa: N818 - a signal to the loader, not an error that anybody reads
    def __init__(self, spot: Spot) -> None:
        self.spot = spot


@dataclass
class Positions:
    """Spots of keys and values by path; ``strings``: start and end of string literals as offsets of characters;
    ``duplicates``: keys that are written twice, with both spots; ``broken``: first and last lines of parts that
    are no TOML."""

    keys: dict[Path, Spot] = field(default_factory=dict)
    values: dict[Path, Spot] = field(default_factory=dict)
    strings: dict[Path, tuple[int, int]] = field(default_factory=dict)
    duplicates: list[tuple[Path, Spot, Spot]] = field(default_factory=list)
    broken: list[tuple[int, int]] = field(default_factory=list)


def locate(source: bytes) -> Positions:
    """Positions of a UTF-8 text; it may be broken. Raises TooDeep."""
    walk = _Walk(source)
    walk.document(Parser(_LANGUAGE).parse(source).root_node)
    return walk.found


class _Walk:
    def __init__(self, source: bytes) -> None:
        self.source = source
        self.text = source.decode(errors="surrogatepass")
        self.plain = len(self.text) == len(source)
        self.lines = source.split(b"\n")
        self.starts = _line_starts(self.text)
        self.found = Positions()
        self.elements: dict[Path, int] = {}  # arrays of tables → index of the element being written

    def document(self, root: Node) -> None:
        if root.type == "ERROR":
            self.found.broken.append(_lines(root))
        for node in root.children:
            match node.type:
                case "pair":
                    self.pair((), node)
                case "table":
                    self.table(self.header(node, array=False), node)
                case "table_array_element":
                    self.table(self.header(node, array=True), node)
                case "ERROR":
                    self.found.broken.append(_lines(node))

    def table(self, path: Path, node: Node) -> None:
        for child in node.children:
            if child.type == "pair":
                self.pair(path, child)
            elif child.type == "ERROR":
                self.found.broken.append(_lines(child))

    def header(self, node: Node, *, array: bool) -> Path:
        parts = list(self.key_parts(_key_of(node)))
        path: Path = ()
        for index, (name, spot) in enumerate(parts):
            path = (*path, name)
            last = index == len(parts) - 1
            self.found.keys.setdefault(path, spot)
            if last and array:
                self.elements[path] = self.elements.get(path, -1) + 1
            elif last and path in self.found.values:
                self.found.duplicates.append((path, spot, self.found.keys[path]))
            if path in self.elements:
                path = (*path, self.elements[path])
                self.found.keys.setdefault(path, spot)
            if last:
                self.found.values.setdefault(path, spot)
        return path

    def pair(self, path: Path, node: Node) -> None:
        self.found.broken += [_lines(child) for child in node.children if child.type == "ERROR"]
        children = [child for child in node.named_children if child.type != "comment"]
        twice = (path, self.spot(node), self.spot(node))
        for name, spot in self.key_parts(children[0] if children else None):
            path = (*path, name)
            original = self.found.keys.setdefault(path, spot)
            twice = (path, spot, original)
        if len(children) < 2:
            self.found.broken.append(_lines(node))
        elif path in self.found.values:
            self.found.duplicates.append(twice)
        else:
            self.value(path, children[1])

    def value(self, path: Path, node: Node) -> None:
        if len(path) > MAX_DEPTH:
            raise TooDeep(self.spot(node))
        self.found.values[path] = self.spot(node)
        match node.type:
            case "string":
                self.found.strings[path] = self.offsets(node)
            case "array":
                items = (child for child in node.named_children if child.type not in ("comment", "ERROR"))
                for index, child in enumerate(items):
                    self.value((*path, index), child)
            case "inline_table":
                for child in node.named_children:
                    if child.type == "pair":
                        self.pair(path, child)

    def key_parts(self, node: Node | None) -> Iterator[tuple[str, Spot]]:
        flat: list[Node] = []
        while node is not None and node.type == "dotted_key":  # nested to the left
            flat.append(node.named_children[-1])
            node = node.named_children[0]
            if len(flat) > MAX_DEPTH:
                raise TooDeep(self.spot(node))
        if node is not None:
            flat.append(node)
        for part in reversed(flat):
            start, end = self.offsets(part)
            quoted = part.type == "quoted_key"
            name = "".join(character for character, _ in content(self.text, start, end)) if quoted else None
            yield (self.text[start:end] if name is None else name), self.spot(part)

    def spot(self, node: Node) -> Spot:
        row, column = node.start_point
        return row + 1, self.characters(row, column) + 1

    def offsets(self, node: Node) -> tuple[int, int]:
        if self.plain:
            return node.start_byte, node.end_byte
        (first, start), (last, end) = node.start_point, node.end_point
        return self.starts[first] + self.characters(first, start), self.starts[last] + self.characters(last, end)

    def characters(self, row: int, column: int) -> int:
        return column if self.plain else len(self.lines[row][:column].decode(errors="surrogatepass"))


def _key_of(node: Node) -> Node | None:
    return next((child for child in node.named_children if child.type.endswith("_key")), None)


def _lines(node: Node) -> tuple[int, int]:
    return node.start_point[0] + 1, node.end_point[0] + 1


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts
