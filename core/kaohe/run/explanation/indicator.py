"""One indicator in an explanation: its value, its curve's step, what it means, the counts and records behind it."""

from __future__ import annotations

from fractions import Fraction

from kaohe.appraise import explain_curve
from kaohe.appraise.earning import basis
from kaohe.appraise.gates import held_points
from kaohe.exact import from_micros, shorten, to_micros
from kaohe.run.assessment.disclosure import GIVES_AWAY, WITHHELD, Hidden
from kaohe.run.explanation.assessment import assessment_nodes, formula
from kaohe.run.explanation.common import Common
from kaohe.run.explanation.derived import derived_nodes
from kaohe.run.explanation.records import counted_nodes, value_agrees
from kaohe.run.explanation.remarks import remarks, struck
from kaohe.run.explanation.teams import flowing, of_its_teams, team_nodes, with_data
from kaohe.run.figures import points_in_words, value_in_words
from kaohe.run.measuring.calendars import calendars_in_words
from kaohe.run.node import Node, agree
from kaohe.scheme.model import Measured, PercentileRankCurve, UsedIndicator, ZScoreCurve
from kaohe.text import Message, msg


def indicator_node(common: Common, row: int, used: UsedIndicator, hidden: Hidden) -> Node:
    """A weighted indicator: value → points. Raises KaoheError where the points do not recompute to the run's."""
    run = common.run
    appraisal = run.appraisal
    label = msg("{name} (weight {weight})", name=used.indicator.name, weight=shorten(used.weight))
    said = list(remarks(run, row, ("missing",), used.key))
    facts = {"indicator": used.indicator.id, "weight": f"{shorten(used.weight):f}"}
    figure: Message
    teams = of_its_teams(run, used)
    if teams is not None and with_data(teams, used.key, teams.stays[row]):
        earned, figure, how = flowing(run, row, used, teams)
        points = int(appraisal.points[used.key][row])
        held = held_points(run.scheme, used.key, struck(run, row), earned)
        agree(run, used.key, points, held if points < earned else earned)
        said += how
        if points < earned:
            figure = msg("{figure}, held at {points}", figure=figure, points=points_in_words(points))
    elif appraisal.data[used.key][row]:
        value = int(appraisal.values[used.key].micros[row])
        points = int(appraisal.points[used.key][row])
        step = explain_curve(used.curve, value, basis(run.scheme, appraisal.people, appraisal.values, used, row))
        earned = to_micros(Fraction(step.arguments["points"]))
        held = held_points(run.scheme, used.key, struck(run, row), earned)
        agree(run, used.key, points, held if points < earned else earned)
        if used.key not in run.assessments or not isinstance(used.curve, ZScoreCurve | PercentileRankCurve):
            said.append(step)  # a comparison with others would tell what their raters think
        if used.key in run.assessments:
            said = [*formula(run, row, used), *said]
        if points < earned:
            said.append(msg("held at {points} points by a gate", points=from_micros(points)))
        words = value_in_words(used.indicator, value)
        figure = msg("{value} → {points}", value=words, points=points_in_words(points))
        facts["value"] = str(from_micros(value))
    elif appraisal.counted[used.key][row]:
        figure = msg("no data → {points}", points=points_in_words(int(appraisal.points[used.key][row])))
    else:
        figure = msg("no data; does not count")
    if appraisal.counted[used.key][row]:
        facts["points"] = str(from_micros(int(appraisal.points[used.key][row])))
    if used.key in hidden.points:
        value = int(run.appraisal.values[used.key].micros[row])
        value_only = msg("{value} → {points}", value=value_in_words(used.indicator, value), points=GIVES_AWAY)
        figure = WITHHELD if used.key in hidden.values else value_only
        said = list(remarks(run, row, ("missing",), used.key))
        hushed = {"points", "value"} if used.key in hidden.values else {"points"}
        facts = {name: each for name, each in facts.items() if name not in hushed}
    return Node(label, figure, tuple(said), sources(common, row, used, hidden), "indicator", used.key, facts)


def measured_node(common: Common, row: int, each: Measured, hidden: Hidden) -> Node:
    """An indicator without weight, on which additions, rules, tie-breakers or outcomes rest."""
    run = common.run
    known = run.appraisal.data[each.key][row]
    value = int(run.appraisal.values[each.key].micros[row])
    figure = value_in_words(each.indicator, value) if known else msg("no data")
    facts = {"indicator": each.indicator.id}
    if each.key in hidden.values:
        figure = WITHHELD
    elif known:
        facts["value"] = str(from_micros(value))
    about = formula(run, row, each) if each.key in run.assessments and each.key not in hidden.values else ()
    below = sources(common, row, each, hidden)
    return Node(each.indicator.name, figure, about, below, "measured", each.key, facts)


def sources(common: Common, row: int, used: UsedIndicator | Measured, hidden: Hidden) -> tuple[Node, ...]:
    """What an indicator means, and the counts, records or relations behind its value."""
    run = common.run
    if used.key in run.assessments:
        return assessment_nodes(common, row, used)
    if used.key in hidden.values:
        return (_meaning(used),)
    if (teams := of_its_teams(run, used)) is not None:
        return (_meaning(used), *team_nodes(common, row, used, teams))
    code = run.appraisal.people.code[row]
    below = (_meaning(used), *derived_nodes(run, row, used))
    values = run.appraisal.values[used.key]
    if used.indicator.derived is None:
        value_agrees(common, used, values, row, code, run.scheme.subject)
    return (*below, *counted_nodes(common, used, run.counts[used.key], row, code, run.scheme.subject))


def _meaning(used: UsedIndicator | Measured) -> Node:
    where = f"; where {used.where.text}" if used.where is not None else ""
    if used.credit is not None:
        where += "; credit " + ", ".join(f"{part.who} × ({part.share.text})" for part in used.credit.parts)
    meaning = "" if used.value is None else used.value.text
    settings = ", ".join(f"{name} = {value}" for name, value in used.parameters.items() if value != "")
    label = f"{used.indicator.id} = {meaning}{where}" + (f"  [{settings}]" if settings else "")
    return Node(label, None, calendars_in_words(used), kind="meaning", id=used.indicator.id)
