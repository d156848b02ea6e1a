"""Credit splits as they are written, in a scheme or by a plugin → checked: who gets which share of every record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from kaohe.errors import Severity
from kaohe.language import Expression, Scope
from kaohe.language.tree import widened
from kaohe.plugin import Indicator, RecordType
from kaohe.plugin.credit import column_of, credit_mistakes, with_people_above
from kaohe.plugin.scope import Parameters
from kaohe.scheme.draft import Draft, Path, attempt, show
from kaohe.scheme.model import Credit, Credits
from kaohe.text import msg

_PERCENT = 100


def read_credit(
    draft: Draft, table: dict[str, Any], path: Path, records: RecordType, value: Expression | None
) -> Credits | None:
    """The splits of one of the scheme's own indicators; None where it has none, or none that are sound."""
    if "credit" not in table:
        if "overlay" in table:
            what = msg("overlay has no effect without credit")
            draft.report((*path, "overlay"), "no-effect", what, severity="warning", at_key=True)
        return None
    before = len(draft.problems)
    for mistake in credit_mistakes([row.get("who") for row in table["credit"]], records, value, table.get("who")):
        here: Path = (*path, *mistake.keys)
        if mistake.known:
            draft.unknown(here, mistake.code, mistake.what, mistake.found, mistake.known)
        else:
            whole_value = show(table["value"]) if mistake.keys == ("value",) else show(mistake.found)
            fix = msg("leave out who") if mistake.keys == ("who",) else None
            draft.report(here, mistake.code, mistake.what, found=whole_value, fix=fix, at_key=len(mistake.keys) == 1)
    scope = draft.record_scope(records, {}, table.get("when"), aggregates=False)
    for index, row in enumerate(table["credit"]):
        if "share" in row:
            draft.compile((*path, "credit", index, "share"), row["share"], scope, ("number",))
    if any(each.severity == "error" for each in draft.problems[before:]):
        return None
    rows = [(row["who"], row["share"]) for row in table["credit"] if "who" in row and "share" in row]
    splits = _compiled(rows, scope, bool(table.get("overlay")))
    if splits is None:
        what = msg("the shares are too long to be computed with")
        draft.report((*path, "credit"), "credit-too-long", what, at_key=True)
    elif splits.whole is not None:
        _check_sum(draft, [share for _who, share in rows], (*path, "credit"))
    return splits


def _check_sum(draft: Draft, shares: Sequence[str], path: Path) -> None:
    """Shares that are all numbers must add up to 1: too little never does; too much may, where some are not named."""
    try:
        numbers = [Decimal(share.strip()) for share in shares]
    except InvalidOperation:
        return
    total = sum(numbers, Decimal(0))
    if total == 1:
        return
    fix = msg("mend the shares, or write overlay = true where they are credited besides and not split")
    if total == _PERCENT:
        words = {"percent": show(numbers[0]), "share": show(numbers[0] / _PERCENT)}
        fix = msg("a share is written from 0 to 1: {percent} % is {share}", **words)
    what, found = msg("the shares of a record add up to {sum}", sum=show(total)), " + ".join(map(show, numbers))
    severity: Severity = "error" if total < 1 else "warning"
    draft.report(
        path,
        "credit-sum",
        what,
        found=f"{found} = {show(total)}",
        expected="1",
        fix=fix,
        severity=severity,
        at_key=True,
    )


def plugin_credit(
    draft: Draft, path: Path, indicator: Indicator, parameters: Parameters, records: RecordType | None
) -> Credits | None:
    """The splits of a plugin's indicator with the parameters filled in; None where it has none."""
    if not indicator.credit or records is None:
        return None
    scope = draft.record_scope(records, parameters, indicator.when, aggregates=False)
    splits = _compiled([(each.who, each.share) for each in indicator.credit], scope, indicator.overlay)
    if splits is None:
        what = msg("the shares of {id} cannot be computed with these parameters", id=indicator.id)
        draft.report(path, "credit-parameters", what)
    return splits


def _compiled(rows: Sequence[tuple[str, str]], scope: Scope, overlay: bool) -> Credits | None:
    """The splits; None where their expressions together are too long.

    A record of which a share is unknown is not split: the first one named has it whole.
    """
    given = " + ".join(f"({share})" for _who, share in rows)
    texts = [f"if_(known({given}), {share}, {int(not index)})" for index, (_who, share) in enumerate(rows)]
    named = " + ".join(
        f"if_(known({column_of(who)}), {text}, 0)" for (who, _share), text in zip(rows, texts, strict=True)
    )
    none_below = " and ".join(f"({text}) >= 0" for text in texts)
    shares = [attempt(text, scope, ("number",), None)[1] for text in texts]
    everybody = with_people_above(scope, [who for who, _share in rows])
    whole = attempt(f"{named} == 1 and {none_below}", everybody, ("boolean",), None)[1]
    compiled = [each for each in shares if each is not None]
    if len(compiled) < len(shares) or whole is None:
        return None
    scale = max(each.type.scale for each in compiled)
    parts = tuple(
        Credit(who, replace(each, text=share, tree=widened(each.tree, scale)))
        for (who, share), each in zip(rows, compiled, strict=True)
    )
    return Credits(parts, None if overlay else whole)
