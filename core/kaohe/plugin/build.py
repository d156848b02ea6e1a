"""Parsed TOML into the dataclasses of a declaration, and the check that a value is what its annotation says.

Building gives shape only (tables become dataclasses, lists tuples, whole numbers decimals where decimals are meant);
``misfits`` then says which values are not of the declared type. Both walk the annotations, so a new attribute needs
no line here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from kaohe.toml import Path

T = TypeVar("T")


def build(cls: type[T], table: Mapping[str, Any]) -> T:
    """The dataclass of a table. Raises TypeError for keys that are unknown or missing; values are not checked."""
    hints = _hints(cls)
    unknown = set(table) - set(hints)
    if unknown:
        raise TypeError(f"unknown keys: {sorted(unknown)}")
    return cls(**{name: _shape(hints[name], value) for name, value in table.items()})


def misfits(annotation: Any, value: Any, path: Path = ()) -> Iterator[tuple[Path, Any, str]]:
    """Every part of the value that is not of the annotated type: its path, what was found, what is expected."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return
    if origin in (Union, UnionType):
        if not any(_fits(option, value) for option in arguments):
            yield from _nearest_misfit(arguments, value, path)
    elif origin is Literal:
        if not isinstance(value, str) or value not in arguments:
            yield path, value, ", ".join(map(str, arguments))
    elif origin is tuple:
        yield from _tuple_misfits(arguments[0], value, path)
    elif origin is not None and issubclass(origin, Mapping):
        yield from _mapping_misfits(arguments[1], value, path)
    elif origin is not None:  # an iterable is read once, by whoever needs it
        if not isinstance(value, origin):
            yield path, value, origin.__name__
    elif not isinstance(value, annotation) or (type(value) is bool and annotation is not bool):
        yield path, value, annotation.__name__
    elif is_dataclass(annotation):
        for name, hint in _hints(annotation).items():
            yield from misfits(hint, getattr(value, name), (*path, name))


def _fits(annotation: Any, value: Any) -> bool:
    return next(misfits(annotation, value), None) is None


def _nearest_misfit(options: tuple[Any, ...], value: Any, path: Path) -> Iterator[tuple[Path, Any, str]]:
    """The misfits of the option that the value was meant to be; of all options together where none stands out."""
    structured = [option for option in options if option is type(value) and is_dataclass(option)]
    if structured:
        yield from misfits(structured[0], value, path)
    else:
        yield path, value, ", ".join(option.__name__ for option in options if option is not type(None))


def _tuple_misfits(item: Any, value: Any, path: Path) -> Iterator[tuple[Path, Any, str]]:
    if not isinstance(value, tuple):
        yield path, value, "tuple"
        return
    for index, inner in enumerate(value):
        yield from misfits(item, inner, (*path, index))


def _mapping_misfits(item: Any, value: Any, path: Path) -> Iterator[tuple[Path, Any, str]]:
    if not isinstance(value, Mapping):
        yield path, value, "mapping"
        return
    for key, inner in value.items():
        if not isinstance(key, str):
            yield path, key, "str"
        else:
            yield from misfits(item, inner, (*path, key))


def _shape(annotation: Any, value: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        options = [option for option in arguments if option is not type(None)]
        return _shape(options[0], value) if len(options) == 1 else value
    if origin is tuple and isinstance(value, list):
        return tuple(_shape(arguments[0], item) for item in value)
    if origin is not None and origin is not tuple and isinstance(value, dict):
        return MappingProxyType({key: _shape(arguments[1], item) for key, item in value.items()})
    if annotation is Decimal and type(value) is int:
        return Decimal(value)
    if is_dataclass(annotation) and isinstance(annotation, type) and isinstance(value, dict):
        return build(annotation, value)
    return value


def _hints(cls: Any) -> Mapping[str, Any]:
    return _resolved(cls)


@cache
def _resolved(cls: Any) -> Mapping[str, Any]:
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}
