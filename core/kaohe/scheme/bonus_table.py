"""``[bonus.table]`` as it is written → checked: what it is read over, how amounts accumulate, and its bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kaohe.language import Expression, Shift, aggregates, field_names, keyed_ids
from kaohe.language.tree import Aggregate, KeyedValue, Node, looked_up, shifted
from kaohe.scheme.consequences import compile_about_people
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import (
    Bonus,
    Dimension,
    Measured,
    RateTable,
    UsedIndicator,
    YearToDate,
    year_before_key,
    year_to_date_key,
)
from kaohe.scheme.names import Names
from kaohe.scheme.rates import given_for_nothing, read_rates
from kaohe.text import Text, msg

_OF_THE_PERIOD = frozenset({"total", "rank", "tier", "days_in_period", "full_time_days", "at_period_end"})
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_HERE: Path = ("bonus", "table")


@dataclass(frozen=True)
class Table:
    """A bonus table with what it is read over; each None where a mistake, reported already, leaves nothing to build."""

    over: Expression | None
    rates: RateTable | None
    year: YearToDate | None = None
    prorate_bands: bool = False
    per_record: str | None = None


def read_table(draft: Draft, table: Mapping[str, Any], names: Names, needed: dict[str, Path]) -> Table:
    """The table of a bonus, none where the bonus has none."""
    if "table" not in table:
        return Table(None, None)
    inner, path = table["table"], _HERE
    over = compile_about_people(draft, (*path, "over"), inner, names.result(), ("number",), needed)
    rates = read_rates(draft, inner, path, _allowed(draft, table))
    accumulate = draft.get(inner, path, "accumulate", "period")
    by_days = inner.get("prorate_bands", False)
    year = None
    if accumulate == "year_to_date":
        year = _read_year(draft, inner, path, over, rates)
    elif "year_starts" in inner:
        what = msg("year_starts has an effect where amounts accumulate over the year only")
        draft.report((*path, "year_starts"), "no-effect", what, at_key=True)
    if by_days and accumulate == "year_to_date":
        what = msg("thresholds of a year are not those of the days in service in one period")
        fix = msg("leave out {key}", key="prorate_bands")
        draft.report((*path, "prorate_bands"), "conflict", what, fix=fix, at_key=True)
    if by_days and table.get("prorate") == "days" and rates is not None and rates.gives == "rate":
        what = msg("thresholds in proportion to the days already give less for fewer days: they count twice here")
        draft.report(
            ("bonus", "prorate"), "prorated-twice", what, fix=msg('write prorate = "none"'), severity="warning"
        )
    per_record = _read_per_record(draft, path, over, by_days) if accumulate == "record" else None
    return Table(over, rates, year, by_days, per_record)


def read_year(
    draft: Draft, dimensions: Sequence[Dimension], measured: Sequence[Measured], bonus: Bonus | None
) -> tuple[Measured, ...]:
    """What a table over the year looks at, each indicator measured twice besides: to date, and before the period."""
    if bonus is None or bonus.year is None or bonus.over is None:
        return ()
    used = _by_key(dimensions, measured)
    found = []
    for _function, key in sorted(keyed_ids(bonus.over)):
        of = used.get(key)
        if of is None:
            _not_over_the_year(draft, key)
            continue
        if (
            of.value is None
            or of.indicator.derived is not None
            or any(each.shift != "period" for each in aggregates(of.value))
        ):
            _not_over_the_year(draft, of.indicator.name)
            continue
        found.append(_over_the_year(of, year_to_date_key(key), "year_to_date", Text("（本年累计）", ", year to date")))
        found.append(
            _over_the_year(
                of, year_before_key(key), "year_before", Text("（本年至上期末）", ", year before this period")
            )
        )
    return tuple(found)


def _by_key(dimensions: Sequence[Dimension], measured: Sequence[Measured]) -> Mapping[str, UsedIndicator | Measured]:
    weighted = {each.key: each for dimension in dimensions for each in dimension.indicators}
    return {**{each.key: each for each in measured}, **weighted}


def _not_over_the_year(draft: Draft, name: Text | str) -> None:
    what = msg("{indicator} is measured in one period alone: it does not add up over the year", indicator=name)
    draft.report((*_HERE, "over"), "no-year-to-date", what, fix=msg('write accumulate = "period"'))


def read_records(
    draft: Draft, dimensions: Sequence[Dimension], measured: Sequence[Measured], bonus: Bonus | None
) -> None:
    """A table that is read for each record by itself is read over one indicator that is a sum of amounts."""
    if bonus is None or bonus.over is None or bonus.per_record is None:
        return
    of = _by_key(dimensions, measured).get(bonus.per_record)
    if of is not None and of.level == "team":
        what = msg(
            "{indicator} is measured of whole teams: nobody has single records of it", indicator=of.indicator.name
        )
        draft.report((*_HERE, "over"), "no-records", what, fix=msg('write accumulate = "period"'))
        return
    tree = None if of is None or of.value is None else of.value.tree
    plain = isinstance(tree, Aggregate) and tree.function == "sum" and tree.shift == "period" and not tree.everything
    if of is None or of.indicator.derived is not None or not plain or not _a_number(tree):
        what = msg(
            "{indicator} is no sum of amounts: it has no records to read the table for", indicator=bonus.over.text
        )
        fix = msg("name an indicator whose value is sum(…) of a number, and nothing else")
        draft.report((*_HERE, "over"), "no-records", what, fix=fix)


def _a_number(tree: Node | None) -> bool:
    return isinstance(tree, Aggregate) and tree.argument is not None and tree.argument.type.kind == "number"


def _over_the_year(of: UsedIndicator | Measured, key: str, shift: Shift, words: Text) -> Measured:
    name = of.indicator.name
    indicator = replace(of.indicator, name=Text(name.zh + words.zh, name.en + words.en))
    value = None if of.value is None else replace(of.value, tree=shifted(of.value.tree, shift))
    least, place = of.min_sample, of.place
    return Measured(key, indicator, of.parameters, value, of.where, least, place, of.credit, None, of.only, of.level)


def _read_per_record(draft: Draft, path: Path, over: Expression | None, by_days: bool) -> str | None:
    """The indicator whose records the table is read for, one by one."""
    if by_days:
        what = msg("a record has no days in service: its thresholds are as they are written")
        fix = msg("leave out {key}", key="prorate_bands")
        draft.report((*path, "prorate_bands"), "conflict", what, fix=fix, at_key=True)
    if over is None:
        return None
    if isinstance(over.tree, KeyedValue) and over.tree.function == "value":
        return over.tree.id
    what = msg("for each record by itself the table is read over one indicator and nothing else")
    draft.report((*path, "over"), "no-records", what, fix=msg('write over = "value(…)", or accumulate = "period"'))
    return None


def _read_year(
    draft: Draft, table: Mapping[str, Any], path: Path, over: Expression | None, rates: RateTable | None
) -> YearToDate | None:
    """Over the year only what indicators measure adds up, and nothing must earn nothing."""
    starts = draft.get(dict(table), path, "year_starts", 1)
    cycle = draft.data.get("scheme", {}).get("cycle")
    if (starts - 1) % _MONTHS.get(cycle, 1):
        what = msg("no {cycle} begins with month {month}: a period would lie in two years", cycle=cycle, month=starts)
        draft.report((*path, "year_starts"), "year-starts", what, found=show(starts))
    if rates is not None and given_for_nothing(rates):
        what = msg("over the year a table must give nothing for 0: who joins later would never be paid it")
        draft.report((*path, "bands", 0), "year-to-date-start", what)
    if over is None:
        return None
    own = {name for name in field_names(over) if name.removeprefix("person.") in _OF_THE_PERIOD}
    own |= {f'{function}("{key}")' for function, key in keyed_ids(over) if function != "value"}
    if own:
        what = msg("{names} belong to one period and do not add up over the year", names=", ".join(sorted(own)))
        fix = msg('name values of indicators and attributes of people, or write accumulate = "period"')
        draft.report((*path, "over"), "no-year-to-date", what, fix=fix)
        return None
    keys = [key for _function, key in keyed_ids(over)]
    to_date, before = (
        replace(over, tree=looked_up(over.tree, {key: of(key) for key in keys}))
        for of in (year_to_date_key, year_before_key)
    )
    return YearToDate(to_date, before, starts)


def _allowed(draft: Draft, table: Mapping[str, Any]) -> tuple[str, ...]:
    """What the bands may give: a formula says itself what it makes of it."""
    if table.get("kind") == "formula":
        return ("rate", "amount", "factor")
    return ("rate", "factor") if "base" in draft.document.data["bonus"] else ("rate", "amount")
