"""TOML as people write it: parsed with exact decimals, every key and value with its place, every mistake at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kaohe.errors import KaoheError, Place, Problem, fail
from kaohe.text import msg
from kaohe.toml.positions import MAX_DEPTH, Path, Positions, TooDeep, locate
from kaohe.toml.strings import content
from kaohe.toml.syntax import explain

__all__ = ["Document", "Path", "load_toml", "path_text"]

MAX_BYTES = 1_000_000
_MAX_NUMBER = Decimal(10) ** 15
_MAX_DECIMALS = 15


@dataclass(frozen=True)
class Document:
    """A parsed file. ``data`` is what ``tomllib`` gives, with decimals for floats; paths are keys and list indexes."""

    data: dict[str, Any]
    file: str
    text: str
    positions: Positions

    def place(self, path: Path) -> Place:
        """Where the value of a path begins; of the nearest known parent where the path is not in the file."""
        return self._nearest(path, prefer_key=False)

    def key_place(self, path: Path) -> Place:
        """Where the key of a path is written; of the nearest known parent where the path is not in the file."""
        return self._nearest(path, prefer_key=True)

    def inside(self, path: Path, line: int, column: int) -> Place:
        """Where a character of a string value stands in the file: ``line`` and ``column`` count from 1 in the string.

        Quotes, escapes and the swallowed line breaks of multi-line strings are accounted for.
        """
        spot = self.positions.strings.get(path)
        if spot is None:
            return self.place(path)
        characters = content(self.text, *spot)
        lines = "".join(character for character, _offset in characters).split("\n")
        wanted = sum(len(row) + 1 for row in lines[: line - 1]) + column - 1
        offset = characters[wanted][1] if 0 <= wanted < len(characters) else spot[1] - 1
        row = self.text.count("\n", 0, offset)
        return Place(self.file, row + 1, offset - self.text.rfind("\n", 0, offset))

    def _nearest(self, path: Path, *, prefer_key: bool) -> Place:
        keys, values = self.positions.keys, self.positions.values
        first, second = (keys, values) if prefer_key else (values, keys)
        for length in range(len(path), 0, -1):
            part = path[:length]
            if spot := first.get(part) or second.get(part):
                return Place(self.file, *spot)
        return Place(self.file, 1, 1)


def load_toml(text: str, file: str) -> Document:
    """Parse a TOML text; ``file`` is the name that places and messages carry.

    Raises KaoheError with every syntax error, duplicate key and number out of range that can be told apart, and
    for a text over one megabyte or nested deeper than 32 levels.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    source = text.encode(errors="surrogatepass")
    if len(source) > MAX_BYTES:
        raise fail(
            Problem(
                "toml.too-large",
                msg("the file is too large"),
                Place(file),
                found=msg("{count} bytes", count=f"{len(source):,}"),
                expected=msg("at most {count} bytes", count=f"{MAX_BYTES:,}"),
            )
        )
    try:
        positions = locate(source)
        data = tomllib.loads(text, parse_float=Decimal)
    except TooDeep as error:
        raise _too_deep(Place(file, *error.spot)) from None
    except RecursionError:
        raise _too_deep(Place(file)) from None
    except ValueError as error:
        raise KaoheError(tuple(explain(error, text, file, locate(source)))) from None
    document = Document(data, file, text, positions)
    if problems := tuple(_numbers_out_of_range(document)):
        raise KaoheError(problems)
    return document


def path_text(path: Path) -> str:
    """A path as people write it: ``dimensions[0].weight``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _too_deep(where: Place) -> KaoheError:
    return fail(
        Problem(
            "toml.too-deep",
            msg("tables and lists are nested too deeply"),
            where,
            expected=msg("at most {count} levels", count=MAX_DEPTH),
        )
    )


def _numbers_out_of_range(document: Document) -> Iterator[Problem]:
    for path, value in _leaves((), document.data):
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            continue
        if not _fits(value):
            yield Problem(
                "toml.number-range",
                msg("the number of {key} is out of range", key=path_text(path)),
                document.place(path),
                expected=msg("an ordinary number below 10^15 with at most {count} decimals", count=_MAX_DECIMALS),
            )


def _fits(value: int | Decimal) -> bool:
    number = Decimal(value)
    if not number.is_finite() or (number and not -_MAX_DECIMALS <= number.adjusted() <= 15):
        return False
    exponent = number.as_tuple().exponent
    return abs(number) < _MAX_NUMBER and isinstance(exponent, int) and abs(exponent) <= _MAX_DECIMALS


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves((*path, key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves((*path, index), inner)
    else:
        yield path, value
