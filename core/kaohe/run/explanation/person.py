"""The tree behind one person's figures: bonus ← tier ← rank ← total ← dimensions ← indicators ← counts.

What it prints it computes once more; where a figure disagrees with the run, that is a fault and not shown as if true.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kaohe.appraise import explain_curve
from kaohe.appraise.earning import basis
from kaohe.appraise.gates import held_points
from kaohe.errors import Place, Problem, fail
from kaohe.exact import DECIMALS, MICRO, divide, format_micros, from_micros, shorten, to_micros
from kaohe.run.assessment_disclosure import GIVES_AWAY, WITHHELD, Discretion, Hidden
from kaohe.run.calendars import calendars_in_words
from kaohe.run.explanation.assessment import assessment_nodes, formula
from kaohe.run.explanation.bonus import bonus_node
from kaohe.run.explanation.derived import derived_nodes
from kaohe.run.explanation.service import service_node
from kaohe.run.explanation.teams import flowing, of_its_teams, team_nodes, with_data
from kaohe.run.explanation.tier import tier_node
from kaohe.run.explanation.total import compared_total
from kaohe.run.explanation.weights import carrying_weights, mean_in_words, own_weights, weight_nodes
from kaohe.run.figures import counts_node, points_in_words, value_in_words
from kaohe.run.model import Run
from kaohe.run.node import Node, agree
from kaohe.scheme.model import Dimension, Measured, PercentileRankCurve, UsedIndicator, ZScoreCurve
from kaohe.text import Message, msg

_RANK_TIE = "rank"  # what a decision about a tied rank, rather than a tied tier, is about


def find_person(run: Run, code_or_name: str) -> int:
    """The row of a person by code, or by a name that only one person bears."""
    codes = run.appraisal.people.code
    if code_or_name in codes:
        return codes.index(code_or_name)
    rows = [row for row, name in enumerate(run.names) if name == code_or_name]
    if len(rows) == 1:
        return rows[0]
    if rows:
        what, found = msg("several people bear this name"), ", ".join(codes[row] for row in rows)
        fix = msg("name the person by code")
    else:
        left_out = [each for each in run.left_out if code_or_name in (each.code, each.name)]
        nobody = msg("nobody of this code or name is in the run")
        if run.scheme.subject == "team":
            nobody = msg("no team of this code or name is in the run")
        what = left_out[0].reason if left_out else nobody
        found, fix = code_or_name, msg("see who is: kaohe evaluate {scheme} --period …", scheme=run.scheme.id)
    raise fail(Problem("explain.person", what, Place(key=code_or_name), found=found, fix=fix))


def explain(run: Run, row: int) -> Node:
    """Everything about one person, from the bonus down to the counts of records."""
    run = carrying_weights(run)
    appraisal, scheme = run.appraisal, run.scheme
    person = msg(
        "{name} ({code}) · {scheme} · {period}",
        name=run.names[row],
        code=appraisal.people.code[row],
        scheme=scheme.name,
        period=run.period.name,
    )
    hidden = Discretion(run).of(row)
    if not appraisal.graded[row]:
        reasons = _remarks(run, row, ("coverage", "missing", "rule"), totals=not hidden.total)
        children = [_dimension(run, row, each, hidden) for each in scheme.dimensions]
        if appraisal.people.counted_days and (service := service_node(run, row)) is not None:
            children.append(service)
        return Node(person, msg("not graded"), reasons, tuple(children))
    parts = [_total(run, row, hidden), _rank(run, row)]
    if scheme.tiers is not None:
        parts.append(tier_node(run, row, scheme.tiers, totals=not hidden.total))
    if (service := service_node(run, row)) is not None:
        parts.append(service)
    if scheme.bonus is not None:
        parts.append(Node(msg("bonus"), GIVES_AWAY) if hidden.bonus else bonus_node(run, row, scheme.bonus))
    parts += weight_nodes(run)
    if scheme.measured:
        measured = tuple(_measured(run, row, each, hidden) for each in scheme.measured)
        parts.append(Node(msg("measured besides"), None, (), measured))
    if appraisal.outcomes[row]:
        notes = tuple(Node(scheme.outcomes[index].note) for index in appraisal.outcomes[row])
        parts.append(Node(msg("outcomes"), None, (), notes))
    return Node(person, None, (), tuple(parts))


def _total(run: Run, row: int, hidden: Hidden) -> Node:
    scheme, appraisal = run.scheme, run.appraisal
    children = [_dimension(run, row, dimension, hidden) for dimension in scheme.dimensions]
    for adjustment in scheme.adjustments:
        points = points_in_words(int(appraisal.adjustment_points[adjustment.id][row]))
        if adjustment.id in hidden.adjustments:
            points = GIVES_AWAY
        remarks = _remarks(run, row, ("adjustment",), adjustment.id)
        children.append(Node(adjustment.name, points, remarks, (Node(adjustment.points.text),)))
    formula_of_total = _total_formula(run, row)  # worked out in any case: a total that disagrees is refused
    if hidden.total:
        said = tuple(each for each in _rules(run, row, on_tiers=False) if not _tells_totals(each))
        return Node(msg("total"), GIVES_AWAY, said, tuple(children))
    remarks = (formula_of_total, *_remarks(run, row, ("adjustment",), ""), *_rules(run, row, on_tiers=False))
    return Node(msg("total"), points_in_words(int(appraisal.total[row]), scheme.decimals), remarks, tuple(children))


def _total_formula(run: Run, row: int) -> Message:
    """The sum that gives the total, before any rule."""
    scheme, appraisal = run.scheme, run.appraisal
    counted = [each for each in scheme.dimensions if appraisal.dimension_counted[each.id][row]]
    own = own_weights(run, row).dimensions
    points = [int(appraisal.dimension_points[each.id][row]) for each in counted]
    terms, weight, mean = mean_in_words([own[each.id] for each in counted], points)
    compared = compared_total(run, row)
    if compared is not None:
        mean = compared[1]
    extra = [int(column[row]) for column in appraisal.adjustment_points.values()]
    plus, minus = sum(each for each in extra if each > 0), sum(each for each in extra if each < 0)
    most, least = scheme.max_added, scheme.max_deducted
    added = plus if most is None else min(plus, to_micros(most))
    added += minus if least is None else max(minus, -to_micros(least))
    exact, unit = mean + added, 10 ** (DECIMALS - scheme.decimals)
    total = divide(exact.numerator, exact.denominator * unit) * unit
    if not _rules(run, row, on_tiers=False):
        agree(run, "total", int(appraisal.total[row]), total)
    words = {"terms": terms, "weight": weight, "total": format_micros(total, scheme.decimals)}
    if compared is not None and not added:
        return msg("{how} = {total}", how=compared[0], **words)
    if compared is not None:
        return msg("{how} + {added} = {total}", how=compared[0], added=from_micros(added), **words)
    if not added:
        return msg("({terms}) / {weight} = {total}", **words)
    return msg("({terms}) / {weight} + {added} = {total}", added=from_micros(added), **words)


def _dimension(run: Run, row: int, dimension: Dimension, hidden: Hidden) -> Node:
    appraisal = run.appraisal
    children = tuple(_indicator(run, row, used, hidden) for used in dimension.indicators)
    label = msg("{name} (weight {weight})", name=dimension.name, weight=shorten(dimension.weight))
    if not appraisal.dimension_counted[dimension.id][row]:
        return Node(label, msg("no data; does not count"), (), children)
    points = int(appraisal.dimension_points[dimension.id][row])
    counted = [used for used in dimension.indicators if appraisal.counted[used.key][row]]
    own = own_weights(run, row).indicators
    earned = [int(appraisal.points[used.key][row]) for used in counted]
    terms, weight, mean = mean_in_words([own[used.key] for used in counted], earned)
    agree(run, dimension.id, points, divide(mean.numerator, mean.denominator))
    if dimension.id in hidden.dimensions:
        return Node(label, GIVES_AWAY, (), children)
    remark = msg("({terms}) / {weight}", terms=terms, weight=weight)
    return Node(label, points_in_words(points), (remark,) if len(counted) > 1 else (), children)


def _indicator(run: Run, row: int, used: UsedIndicator, hidden: Hidden) -> Node:
    appraisal = run.appraisal
    label = msg("{name} (weight {weight})", name=used.indicator.name, weight=shorten(used.weight))
    remarks = list(_remarks(run, row, ("missing",), used.key))
    figure: Message
    teams = of_its_teams(run, used)
    if teams is not None and with_data(teams, used.key, teams.stays[row]):
        earned, figure, how = flowing(run, row, used, teams)
        points = int(appraisal.points[used.key][row])
        held = held_points(run.scheme, used.key, _struck(run, row), earned)
        agree(run, used.key, points, held if points < earned else earned)
        remarks += how
        if points < earned:
            figure = msg("{figure}, held at {points}", figure=figure, points=points_in_words(points))
    elif appraisal.data[used.key][row]:
        value = int(appraisal.values[used.key].micros[row])
        points = int(appraisal.points[used.key][row])
        step = explain_curve(used.curve, value, basis(run.scheme, appraisal.people, appraisal.values, used, row))
        earned = to_micros(Fraction(step.arguments["points"]))
        held = held_points(run.scheme, used.key, _struck(run, row), earned)
        agree(run, used.key, points, held if points < earned else earned)
        if used.key not in run.assessments or not isinstance(used.curve, ZScoreCurve | PercentileRankCurve):
            remarks.append(step)  # a comparison with others would tell what their raters think
        if used.key in run.assessments:
            remarks = [*formula(run, row, used), *remarks]
        words = value_in_words(used.indicator, value)
        figure = msg("{value} → {points}", value=words, points=points_in_words(points))
    elif appraisal.counted[used.key][row]:
        figure = msg("no data → {points}", points=points_in_words(int(appraisal.points[used.key][row])))
    else:
        figure = msg("no data; does not count")
    if used.key in hidden.points:
        value = int(run.appraisal.values[used.key].micros[row])
        value_only = msg("{value} → {points}", value=value_in_words(used.indicator, value), points=GIVES_AWAY)
        figure = WITHHELD if used.key in hidden.values else value_only
        remarks = list(_remarks(run, row, ("missing",), used.key))
    return Node(label, figure, tuple(remarks), _sources(run, row, used, hidden))


def _struck(run: Run, row: int) -> set[str]:
    return {each.about for each in run.appraisal.decisions[row] if each.kind == "rule"}


def _sources(run: Run, row: int, used: UsedIndicator | Measured, hidden: Hidden) -> tuple[Node, ...]:
    """What an indicator means, and the counts or the relations behind its value."""
    if used.key in run.assessments:
        return assessment_nodes(run, row, used)
    if used.key in hidden.values:
        return (_meaning(used),)
    if (teams := of_its_teams(run, used)) is not None:
        return (_meaning(used), *team_nodes(run, row, used, teams))
    counts = (counts_node(each, row) for each in run.counts[used.key])
    return (_meaning(used), *derived_nodes(run, row, used), *counts)


def _measured(run: Run, row: int, each: Measured, hidden: Hidden) -> Node:
    """An indicator without weight, on which additions, rules, tie-breakers or outcomes rest."""
    known = run.appraisal.data[each.key][row]
    value = int(run.appraisal.values[each.key].micros[row])
    figure = value_in_words(each.indicator, value) if known else msg("no data")
    if each.key in hidden.values:
        figure = WITHHELD
    about = formula(run, row, each) if each.key in run.assessments and each.key not in hidden.values else ()
    return Node(each.indicator.name, figure, about, _sources(run, row, each, hidden))


def _meaning(used: UsedIndicator | Measured) -> Node:
    where = f"; where {used.where.text}" if used.where is not None else ""
    if used.credit is not None:
        where += "; credit " + ", ".join(f"{part.who} × ({part.share.text})" for part in used.credit.parts)
    meaning = "" if used.value is None else used.value.text
    settings = ", ".join(f"{name} = {value}" for name, value in used.parameters.items() if value != "")
    label = f"{used.indicator.id} = {meaning}{where}" + (f"  [{settings}]" if settings else "")
    return Node(label, None, calendars_in_words(used))


def _rank(run: Run, row: int) -> Node:
    appraisal = run.appraisal
    rank = int(appraisal.rank[row])
    if not rank:
        return Node(msg("rank"), msg("unranked"), _remarks(run, row, ("group",)))
    size, percentile = int(appraisal.group_size[row]), int(appraisal.percentile[row])
    of_teams = run.scheme.subject == "team"
    figure = msg("{rank} of {size}", rank=rank, size=size)
    if of_teams:
        figure = msg("{rank} of {size} teams", rank=rank, size=size)
    better = divide(percentile * (size - 1), MICRO)
    agree(run, "percentile", percentile, divide(better * MICRO, max(size - 1, 1)))
    words = {"better": better, "others": size - 1, "share": from_micros(percentile)}
    said = msg("{better} of {others} others are better: percentile rank {share}", **words)
    if of_teams:
        said = msg("{better} of {others} other teams are better: percentile rank {share}", **words)
    place = (said,) if size > 1 else ()
    about = (*place, *_remarks(run, row, ("tie",), _RANK_TIE), *_remarks(run, row, ("group",)))
    if run.scheme.ranking.within:
        about = (msg("within: {group}", group=appraisal.group[row]), *about)
    return Node(msg("rank"), figure, about)


def _rules(run: Run, row: int, *, on_tiers: bool) -> tuple[Message, ...]:
    """What rules said: those on tiers, or all others."""
    about_tiers = {rule.id for rule in run.scheme.rules if rule.action in ("tier_at_most", "tier_at_least")}
    return tuple(
        decision.what
        for decision in run.appraisal.decisions[row]
        if decision.kind == "rule" and (decision.about in about_tiers) == on_tiers
    )


def _remarks(
    run: Run, row: int, kinds: Iterable[str], about: str | None = None, *, totals: bool = True
) -> tuple[Message, ...]:
    wanted = set(kinds)
    return tuple(
        decision.what
        for decision in run.appraisal.decisions[row]
        if decision.kind in wanted and about in (None, decision.about) and (totals or not _tells_totals(decision.what))
    )


def _tells_totals(what: Message) -> bool:
    """Whether a rule's sentence names the total before and after it."""
    return "before" in what.arguments
