"""Names made unreadable, for papers that leave the house."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """The first letter and two asterisks, whatever the name's length: 张三 and 张三丰 are both 张**."""
    return f"{name.strip()[:1]}**"
