"""What a JSON Schema complains about, in a person's words and at its place."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from jsonschema.exceptions import ValidationError

from kaohe.scheme.draft import Draft, Path, nearest, path_text, show
from kaohe.text import Message, msg

_TYPES: dict[str, Message] = {
    "string": msg("text in quotes"),
    "number": msg("a number"),
    "integer": msg("a whole number"),
    "boolean": msg("true or false"),
    "array": msg("a list"),
    "object": msg("a table"),
}
_PATTERNS: dict[str, Message] = {
    "^[1-9][0-9]*(/[1-9][0-9]*)?$": msg('a number, or a fraction such as "1/3"'),
    "^[0-9]+([.][0-9]+)? ?%$": msg('a number, or a percentage such as "10%"'),
    "^absolute$": msg('a number or "absolute"'),
    "^missing$": msg('a number or "missing"'),
    "^\\d{4}-\\d{2}-\\d{2}$": msg("a date such as 2026-01-31"),
    "^(\\d{4}-)?\\d{2}-\\d{2}$": msg("a day of every year such as 11-15, or a date such as 2026-03-01"),
    "^[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*$": msg("letters, digits and _, beginning with no digit"),
    "^[A-Za-z0-9_\u4e00-\u9fff][A-Za-z0-9_.\u4e00-\u9fff-]*$": msg("letters, digits, _, . and -"),
}
_LISTS: dict[str, Message] = {
    "minLength": msg("{key} is empty"),
    "minItems": msg("the list {key} is too short"),
    "maxItems": msg("the list {key} is too long"),
    "minProperties": msg("{key} is empty"),
    "maxProperties": msg("{key} may have one key only"),
}
_RANGES: dict[str, Message] = {
    "minimum": msg("at least {limit}"),
    "exclusiveMinimum": msg("more than {limit}"),
    "maximum": msg("at most {limit}"),
    "exclusiveMaximum": msg("less than {limit}"),
}
_MOST = 8
# What people write → what is meant.
_USUAL = {
    "rmb": "CNY", "yuan": "CNY", "人民币": "CNY", "元": "CNY", "¥": "CNY", "￥": "CNY",
    "monthly": "month", "月": "month", "月度": "month", "季": "quarter", "季度": "quarter", "半年": "half",
    "half-year": "half", "annual": "year", "yearly": "year", "年": "year", "年度": "year",
}  # fmt: skip


def report_unknown(draft: Draft, path: Path, known: list[str]) -> None:
    """A key that the schema does not have, with the nearest that it has."""
    draft.report(
        path,
        "unknown-key",
        msg("unknown key {key}", key=path_text(path)),
        expected=", ".join(known) or None,
        fix=nearest(str(path[-1]), known),
        at_key=True,
    )


def report_unfit(draft: Draft, path: Path, error: ValidationError) -> None:
    """A value that has the wrong type, is out of range, or is none of those allowed."""
    rule, limit, found = str(error.validator), error.validator_value, error.instance
    key = path_text(path) or draft.document.file
    if rule == "type":
        what = msg("{key} has the wrong type", key=key)
        draft.report(path, "wrong-type", what, found=show(found), expected=_kinds(limit))
    elif rule in _RANGES:
        what = msg("{key} is out of range", key=key)
        fix = _as_share(found) if rule == "maximum" and limit == 1 else None
        expected = Message(_RANGES[rule].template, {"limit": show(limit)})
        draft.report(path, "out-of-range", what, found=show(found), expected=expected, fix=fix)
    elif rule in _LISTS:
        draft.report(path, "wrong-length", Message(_LISTS[rule].template, {"key": key}), found=show(found))
    else:
        what = msg("{key} has a wrong value", key=key)
        draft.report(
            path, "wrong-value", what, found=show(found), expected=_allowed(rule, limit), fix=_near(rule, found, limit)
        )


def _kinds(names: Any) -> Message | str:
    if isinstance(names, str):
        return _TYPES[names]
    first, *rest = (_TYPES[name] for name in names)
    for other in rest:
        first = msg("{one} or {other}", one=first, other=other)
    return first


def _allowed(rule: str, limit: Any) -> Message | str:
    if rule == "pattern":
        return _PATTERNS.get(limit) or str(limit)
    if rule != "enum":
        return show(limit)
    return ", ".join(map(show, limit[:_MOST])) + (", …" if len(limit) > _MOST else "")


def _near(rule: str, found: Any, limit: Any) -> Message | None:
    if rule != "enum":
        return None
    written = str(found).lower()
    meant = _USUAL.get(written, written)
    return nearest(meant if meant in limit else str(found), map(str, limit))


def _as_share(found: Any) -> Message | None:
    """80 was written where 0.8 was meant."""
    if not 1 < found <= 100:
        return None
    return msg(
        "a share is written from 0 to 1: {percent} % is {share}", percent=show(found), share=show(Decimal(found) / 100)
    )
