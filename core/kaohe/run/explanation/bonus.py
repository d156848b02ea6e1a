"""The part of an explanation that is about money: base, coefficient, proration, their product, limits, the pool.

Every figure is worked out once more from the run's columns; none is shown that disagrees with the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from kaohe.appraise.lookup import LookedUp
from kaohe.appraise.model import EVERYBODY, Pool
from kaohe.appraise.rates import band_of, earned, parts, rate_at
from kaohe.appraise.reckon import Reckoning, reckon
from kaohe.exact import FEN, MICRO, divide, format_fen, from_micros, plain_fen, shorten, to_fen, to_micros
from kaohe.language import Expression, field_names
from kaohe.run.explanation.common import Common
from kaohe.run.explanation.score import manual_remarks
from kaohe.run.figures import money_in_words, records_in_words
from kaohe.run.model import Run
from kaohe.run.node import Node, agree, agree_in_words
from kaohe.scheme.model import Bonus, RateTable
from kaohe.text import Message, msg

_PLACES = 8
_LISTED = 20


def bonus_node(of: Run | Common, row: int, bonus: Bonus) -> Node:
    """One person's bonus. Raises KaoheError where it does not recompute to the run's figures."""
    common = Common.of(of)
    run = common.run
    appraisal, currency = run.appraisal, run.scheme.currency
    said = tuple(each.what for each in appraisal.decisions[row] if each.kind == "bonus")
    paid = int(appraisal.bonus[row])
    facts = {"bonus": plain_fen(paid)}
    if appraisal.computed is not None and appraisal.computed.bonus[row] != paid:
        computed = format_fen(int(appraisal.computed.bonus[row]))
        facts["computed"] = plain_fen(int(appraisal.computed.bonus[row]))
        said = (*said, msg("computed bonus {amount}, before changes by hand", amount=computed))
    (steps,) = reckon(bonus, appraisal, [row])
    if steps is None:
        fen = 0 if appraisal.computed is None else int(appraisal.computed.fen[row])
        agree_in_words(run, "bonus", format_fen(paid), format_fen(fen))
        unsettled = [_settlement(run, row, 0)] if bonus.settlement is not None else []
        parts = (_coefficient(run, row), *unsettled, *_by_hand(run, row))
        return Node(msg("bonus"), money_in_words(paid, currency), said, parts, "bonus", facts=facts)
    _check(common, row, steps)
    children = _sources(run, bonus, steps)
    if bonus.kind != "formula":
        children.append(_coefficient(run, row))
    for accelerator, (figure, factor) in zip(bonus.accelerators, steps.factors, strict=True):
        about = () if figure is None else (table_step(accelerator.table, figure),)
        label = msg("accelerator {id}", id=accelerator.id)
        children.append(
            Node(label, f"× {exact(factor)}", about, (Node(accelerator.over.text),), "accelerator", accelerator.id)
        )
    if steps.worked is not None:
        days = msg("{worked} of {days} days", worked=steps.worked, days=steps.period_days)
        children.append(Node(msg("proration"), days, kind="proration"))
    if steps.pool is not None:
        children.append(_pool(run, bonus, steps, steps.pool))
    if bonus.settlement is not None:
        children.append(_settlement(run, row, steps.earned))
    children += _by_hand(run, row)
    summed = (*_product(bonus, steps), *said)
    return Node(msg("bonus"), money_in_words(paid, currency), summed, tuple(children), "bonus", facts=facts)


def _sources(run: Run, bonus: Bonus, steps: Reckoning) -> list[Node]:
    """The base, the table and what it looked up, or the formula: what the rest is multiplied with."""
    currency, nodes = run.scheme.currency, []
    if bonus.base is not None and steps.base is not None:
        nodes.append(
            Node(msg("base"), money_in_words(to_fen(steps.base), currency), (), (Node(bonus.base.text),), "base"),
        )
    if bonus.table is not None and bonus.over is not None and steps.table is not None:
        about = tuple(_readings(bonus, bonus.table, steps.table))
        nodes.append(Node(msg("bonus table"), exact(steps.table.over), about, (Node(bonus.over.text),), "table"))
    if bonus.formula is not None:
        remarks = (msg("coefficient in the formula: {coefficient}", coefficient=exact(steps.coefficient)),)
        about = remarks if "coefficient" in field_names(bonus.formula) else ()
        nodes.append(Node(msg("formula"), exact(steps.gross), about, (Node(bonus.formula.text),), "formula"))
    return nodes


def _readings(bonus: Bonus, table: RateTable, read: LookedUp) -> Iterator[Message]:
    """How the table was read: once, or for the year so far and the year before, or as if on all days."""
    if bonus.year is not None:
        yield msg("the year so far: {step}", step=table_step(table, read.over))
        earlier = Fraction(0)
        if read.before is None:
            yield msg("the year before this period: nothing was counted")
        else:
            yield msg("the year before this period: {step}", step=table_step(table, read.before))
            earlier = earned(table, read.before)
        words = {"now": exact(read.given + earlier), "earlier": exact(earlier), "given": exact(read.given)}
        yield msg("{now} − {earlier} = {given}", **words)
    elif read.records:
        for amount in read.records[:_LISTED]:
            yield msg("a record of {amount}: {step}", amount=exact(amount), step=table_step(table, amount))
        yield msg(
            "{records}, each by itself: {given}", records=records_in_words(len(read.records)), given=exact(read.given)
        )
    elif bonus.prorate_bands:
        full = read.over / read.part
        words = {"over": exact(read.over), "part": str(read.part), "figure": exact(full)}
        yield msg("thresholds × {part}: read for {over} / ({part}) = {figure}", **words)
        yield table_step(table, full)
        if table.gives == "rate":
            yield msg("× {part} = {given}", part=str(read.part), given=exact(read.given))
    else:
        yield table_step(table, read.over)


def table_step(table: RateTable, figure: Fraction) -> Message:
    """How a table comes to what it gives, as a sum, worked out apart from ``earned`` and compared with it."""
    given = earned(table, figure)
    if table.mode == "marginal":
        bands = [part for part in parts(table, figure) if part.amount or part.lump or figure == 0]
        lumps = [exact(part.lump) for part in parts(table, figure) if part.lump]
        terms = " + ".join([*(f"{exact(part.amount)} × {exact(part.rate)}" for part in bands), *lumps]) or "0"
        if sum((part.earned for part in bands), Fraction(0)) != given:
            raise ArithmeticError(terms)
        return msg("{terms} = {given}", terms=terms, given=exact(given))
    band = band_of(table, figure) + 1
    words = {"band": band, "figure": exact(figure), "value": exact(rate_at(table, figure)), "given": exact(given)}
    if table.gives == "rate" and (lump := table.bands[band - 1].lump):
        return msg("band {band}: {figure} × {value} + {lump} = {given}", lump=exact(Fraction(lump)), **words)
    if table.gives == "rate":
        return msg("band {band}: {figure} × {value} = {given}", **words)
    return msg("band {band} gives {given}", **words)


def _check(common: Common, row: int, steps: Reckoning) -> None:
    run = common.run
    appraisal, money = run.appraisal, run.appraisal.money
    if money is None:
        return
    claim = divide(steps.claim.numerator, steps.claim.denominator)
    for key, stored, computed in (
        ("base", int(money.base[row]), to_fen(steps.gross)),
        ("claim", int(money.claim[row]), claim),
        ("bonus", int(appraisal.bonus[row]), steps.bonus),
    ):
        agree_in_words(run, key, format_fen(stored), format_fen(computed))
    if steps.pool is not None:
        amount, paid = common.pools[int(money.pool[row])]
        agree_in_words(run, "pool", format_fen(steps.pool.fen), format_fen(amount))
        agree_in_words(run, "pool", format_fen(paid), format_fen(steps.pool.fen))


def _product(bonus: Bonus, steps: Reckoning) -> tuple[Message, ...]:
    """The product before rounding, and after it where it is paid as it is."""
    factors = [exact(steps.gross), *([] if bonus.kind == "formula" else [exact(steps.coefficient)])]
    product = " × ".join([*factors, *(exact(factor) for _figure, factor in steps.factors)])
    if steps.worked is not None:
        product += f" × {steps.worked} / {steps.period_days}"
    yuan = exact(steps.claim / FEN)
    if bonus.kind == "pool":
        return (msg("claim: {product} = {amount}", product=product, amount=yuan),)
    rounded = format_fen(divide(steps.claim.numerator, steps.claim.denominator))
    if to_fen(steps.claim / FEN) * MICRO == steps.claim * MICRO:
        return (msg("{product} = {amount}", product=product, amount=rounded),)
    return (msg("{product} = {amount}, rounded half up {rounded}", product=product, amount=yuan, rounded=rounded),)


def _settlement(run: Run, row: int, earned: int) -> Node:
    """What was earned and brought forward, what is paid of it, and what is carried forward."""
    money, paid = run.appraisal.money, int(run.appraisal.bonus_by_scheme[row])
    if money is None or money.brought is None or money.carried is None:
        raise ValueError("a bonus that is settled over time has balances")
    brought, carried = int(money.brought[row]), int(money.carried[row])
    agree_in_words(run, "carried forward", format_fen(carried), format_fen(earned + brought - paid))
    words = {"earned": format_fen(earned), "brought": format_fen(brought), "due": format_fen(earned + brought)}
    due = msg("earned {earned} + brought forward {brought} = {due}", **words)
    left = msg("paid {paid}, carried forward {carried}", paid=format_fen(paid), carried=format_fen(carried))
    return Node(msg("settlement"), money_in_words(paid, run.scheme.currency), (due, left), kind="settlement")


def _by_hand(run: Run, row: int) -> list[Node]:
    """What is paid besides by manual changes, outside of any pool."""
    said = manual_remarks(run, row, "bonus")
    if not said or run.appraisal.computed is None:
        return []
    fen = int(run.appraisal.computed.fen[row])
    return [Node(msg("changed by hand"), money_in_words(fen, run.scheme.currency), said)]


def _coefficient(run: Run, row: int) -> Node:
    """The tier's coefficient times the factors of rules; the product is checked."""
    appraisal, tiers = run.appraisal, run.scheme.tiers
    stored = int(appraisal.coefficient[row])
    figure = str(from_micros(stored))
    factors = [each for each in appraisal.decisions[row] if each.kind == "rule" and "factor" in each.what.arguments]
    tier = appraisal.tier[row]
    if not appraisal.graded[row]:
        return Node(msg("coefficient"), figure)
    factor = MICRO
    for decision in factors:
        factor = to_micros(Fraction(factor, MICRO) * Fraction(Decimal(decision.what.arguments["factor"])))
    level = next((level for level in tiers.levels if level.id == tier), None) if tiers is not None else None
    of_tier = Fraction(1) if level is None else Fraction(level.coefficient)
    agree(run, "coefficient", stored, to_micros(of_tier * Fraction(factor, MICRO)))
    children = [] if level is None else [Node(msg("tier {tier}", tier=level.id), f"{shorten(level.coefficient):f}")]
    children += [Node(decision.what) for decision in factors]
    return Node(msg("coefficient"), figure, (), tuple(children), "coefficient")


def _pool(run: Run, bonus: Bonus, steps: Reckoning, pool: Pool) -> Node:
    currency = run.scheme.currency
    remarks: list[Message] = []
    if pool.group != EVERYBODY:
        remarks.append(msg("the pool of {group}", group=pool.group))
    if pool.ratio is not None:
        remarks.append(msg("common ratio {ratio}: the pool over all claims", ratio=exact(pool.ratio)))
    if steps.share is not None and steps.limit is None:
        words = {"share": exact(steps.share / FEN), "amount": format_fen(steps.earned)}
        if steps.extra:
            remarks.append(msg("exact share {share}; the largest remainder makes it {amount}", **words))
        else:
            remarks.append(msg("exact share {share}; {amount} in whole fen", **words))
    elif steps.share is not None:
        remarks.append(msg("exact share {share}", share=exact(steps.share / FEN)))
    meaning = (Node(bonus.pool.text),) if isinstance(bonus.pool, Expression) else ()
    return Node(msg("pool"), money_in_words(pool.fen, currency), tuple(remarks), meaning, "pool")


def exact(number: Fraction) -> str:
    """The number to its last decimal, or to eight and … where there are more."""
    scaled = abs(number) * 10**_PLACES
    digits = Decimal(int(scaled)).scaleb(-_PLACES)
    sign = "−" if number < 0 and scaled else ""
    text = f"{shorten(digits):,f}" if scaled.denominator == 1 else f"{digits:,f}…"
    return sign + text
