"""JSON in one form only, so that equal data are equal bytes and can be named by their SHA-256."""

from __future__ import annotations

import hashlib
import json
from typing import Any

# Made once: json.dumps would make one for every small text.
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def canonical(data: Any) -> str:
    """Keys sorted, no spaces, no escapes but the necessary ones; floats are a fault of the caller."""
    return _ENCODER.encode(data)


def text_digest(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal: what kept texts, inputs and events are called by."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest(data: Any) -> str:
    """The SHA-256 of data by their canonical text."""
    return text_digest(canonical(data))
