"""Whether two values are the same in every part, types included, and if not where they differ first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from kaohe.language import Expression


def difference(a: Any, b: Any, path: str = "") -> str | None:
    """The first path at which the values differ; None where they are the same."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        alike = type(a) is type(b) and a.dtype == b.dtype and a.tolist() == b.tolist()
        return None if alike else f"{path}: {a!r} / {b!r}"
    if isinstance(a, Expression):
        return None if a == b else f"{path}: {a} / {b}"
    if is_dataclass(a) and not isinstance(a, Sequence):
        if type(a) is not type(b):
            return f"{path}: {type(a).__name__} / {type(b).__name__}"
        parts = ((getattr(a, each.name), getattr(b, each.name), f"{path}.{each.name}") for each in fields(a))
        return next((found for one, other, at in parts if (found := difference(one, other, at))), None)
    if isinstance(a, Mapping):
        if not isinstance(b, Mapping) or list(a) != list(b):
            return f"{path}: keys {list(a)} / {list(b) if isinstance(b, Mapping) else b}"
        return next((found for key in a if (found := difference(a[key], b[key], f"{path}[{key}]"))), None)
    if isinstance(a, Sequence) and not isinstance(a, str):
        if not isinstance(b, Sequence) or len(a) != len(b):
            return f"{path}: {a!r} / {b!r}"
        pairs = enumerate(zip(a, b, strict=True))
        return next((found for row, (one, other) in pairs if (found := difference(one, other, f"{path}[{row}]"))), None)
    return None if a == b and type(a) is type(b) else f"{path}: {a!r} / {b!r}"
