"""An indicator of whole teams in a person's explanation: each team's figure down to its counts, and how points flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from kaohe.appraise import explain_curve
from kaohe.appraise.earning import basis
from kaohe.appraise.teams import Stays, Teams, mean_of
from kaohe.exact import divide, from_micros, to_micros
from kaohe.run.explanation.common import Common
from kaohe.run.explanation.derived import derived_nodes
from kaohe.run.explanation.records import counted_nodes, value_agrees
from kaohe.run.figures import points_in_words, value_in_words
from kaohe.run.model import Run
from kaohe.run.node import Node, agree
from kaohe.scheme.model import Measured, UsedIndicator
from kaohe.text import Message, msg


def of_its_teams(run: Run, used: UsedIndicator | Measured) -> Teams | None:
    """The teams whose figures an indicator of the run has; None where it is the person's (or team's) appraised."""
    return run.appraisal.teams if used.level == "team" else None


def flowing(run: Run, row: int, used: UsedIndicator, teams: Teams) -> tuple[int, Message, tuple[Message, ...]]:
    """The points that the person has from the teams, worked out once more; the figure, and how they come about."""
    counted = with_data(teams, used.key, teams.stays[row])
    points = [int(teams.points[used.key][team]) for team, _time in counted]
    times = [time for _team, time in counted]
    mean = mean_of(points, times)
    earned = divide(mean.numerator, mean.denominator)
    words = points_in_words(earned)
    if len(counted) == 1:
        value = value_in_words(used.indicator, int(teams.values[used.key].micros[counted[0][0]]))
        return earned, msg("{value} → {points}", value=value, points=words), ()
    terms = " + ".join(f"{from_micros(each)} × {from_micros(time)}" for each, time in zip(points, times, strict=True))
    days = from_micros(sum(times))
    return earned, words, (msg("by full-time days in each team: ({terms}) / {weight}", terms=terms, weight=days),)


def with_data(teams: Teams, key: str, stays: Stays) -> Stays:
    """The stays in teams that have points of this indicator."""
    return tuple((team, time) for team, time in stays if teams.data[key][team])


def team_nodes(common: Common, row: int, used: UsedIndicator | Measured, teams: Teams) -> tuple[Node, ...]:
    """Each team that the person was in, with its value, its points, and the counts behind it; of what is only looked
    up, the team of the last assignment alone."""
    home = int(teams.home[row])
    listed: Sequence[int] = [team for team, _time in teams.stays[row]]
    if used.key not in teams.points:
        listed = [home] if home >= 0 else []
    return tuple(_team(common, team, used, teams) for team in listed)


def _team(common: Common, team: int, used: UsedIndicator | Measured, teams: Teams) -> Node:
    run = common.run
    values, name = teams.values[used.key], teams.people.attribute("team")[team]
    label, value = msg("team {name}", name=name), int(values.micros[team])
    whole = replace(run, appraisal=replace(run.appraisal, people=teams.people, values=teams.values, teams=None))
    children = derived_nodes(whole, team, used)
    if counts := run.team_counts.get(used.key, ()):
        value_agrees(common, used, values, team, teams.people.code[team], "team")
        children += counted_nodes(common, used, counts, team, teams.people.code[team], "team")
    if not values.known[team]:
        return Node(label, msg("no data"), (), children, "team", teams.people.code[team])
    words = value_in_words(used.indicator, value)
    if isinstance(used, Measured) or not teams.data[used.key][team]:
        few = values.sample[team] < used.min_sample
        lacking = msg("only {found} of the {needed} records needed", found=values.sample[team], needed=used.min_sample)
        return Node(label, words, (lacking,) if few else (), children, "team", teams.people.code[team])
    points = int(teams.points[used.key][team])
    step = explain_curve(used.curve, value, basis(teams.scheme, teams.people, teams.values, used, team))
    agree(run, f"{used.key} {name}", points, to_micros(Fraction(step.arguments["points"])))
    figure = msg("{value} → {points}", value=words, points=points_in_words(points))
    facts = {"value": str(from_micros(value)), "points": str(from_micros(points))}
    return Node(label, figure, (step,), children, "team", teams.people.code[team], facts)
