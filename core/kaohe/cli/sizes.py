"""Sizes as they are written in kaohe.toml: "500MB", "2GB"."""

from __future__ import annotations

import re

_SIZE = re.compile(r"([0-9]{1,6}) ?(MB|GB)")
_UNITS = {"MB": 1_000_000, "GB": 1_000_000_000}


def bytes_of(said: object) -> int | None:
    """How many bytes that is; None where it is no size."""
    found = _SIZE.fullmatch(said) if isinstance(said, str) else None
    return None if found is None else int(found[1]) * _UNITS[found[2]]
