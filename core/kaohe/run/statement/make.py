"""From a run to one person's statement. Pure: what the database says around it is handed in.

What a person may not see of an assessment by few raters is left out, with everything from which it could be worked out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from kaohe.appraise.cuts import Hindsight
from kaohe.appraise.facts import facts
from kaohe.appraise.model import Decision
from kaohe.appraise.targets import TargetCurve, Targets, personal, targets
from kaohe.exact import to_micros
from kaohe.run.assessment.disclosure import GIVES_AWAY, WITHHELD, Discretion, Hidden
from kaohe.run.explanation.bonus import bonus_node
from kaohe.run.explanation.teams import of_its_teams, with_data
from kaohe.run.explanation.weights import carrying_weights
from kaohe.run.figures import value_in_words
from kaohe.run.model import Run
from kaohe.run.statement.group import Among
from kaohe.run.statement.model import (
    STRENGTHS,
    Addition,
    Besides,
    DimensionLine,
    Figure,
    Followup,
    IndicatorLine,
    Noted,
    Reason,
    Statement,
    Surroundings,
)
from kaohe.scheme.model import Dimension, UsedIndicator
from kaohe.text import Message, msg

CHOSEN_BY = msg(
    "A strength contributes more to the total (weight × points) than the median of the ranking group does, a shortfall "
    "less; at most {count} of each are named, the greatest differences first. In a group too small to be compared none "
    "are named.",
    count=STRENGTHS,
)
_NOTHING = Surroundings()
_TELL_TOTALS = frozenset({"before", "total", "after"})


@dataclass(frozen=True)
class Statements:
    """The statements of the stored run of that number."""

    run: Run
    number: int

    def of(self, row: int, around: Surroundings = _NOTHING, *, hindsight: bool = True) -> Statement:
        """The statement of the person of that row. Raises KaoheError where a figure does not recompute.

        ``hindsight``: with what would have been enough, which takes longest and is no part of the digest.
        """
        run, scheme, appraisal = self._run, self._run.scheme, self._run.appraisal
        hidden, graded = self._discretion.of(row), bool(appraisal.graded[row])
        told = [each for each in appraisal.decisions[row] if not _gives_away(each, hidden)]
        level = (
            next((each for each in scheme.tiers.levels if each.id == appraisal.tier[row]), None)
            if scheme.tiers
            else None
        )
        paid = graded and scheme.bonus is not None
        noted = sorted(self._noted(row, hidden), key=lambda each: (each.median - each.contribution, each.key))
        return Statement(
            code=appraisal.people.code[row],
            name=run.names[row],
            team=_attribute(run, "team", row),
            role=_attribute(run, "role", row),
            scheme_id=scheme.id,
            scheme_version=scheme.version,
            scheme_name=scheme.name,
            period=run.period.name,
            run=self.number,
            run_digest=run.digest,
            currency=scheme.currency,
            decimals=scheme.decimals,
            graded=graded,
            not_graded=() if graded else tuple(each.what for each in told if each.kind in _UNGRADED),
            group=appraisal.group[row] if scheme.ranking.within else None,
            total=int(appraisal.total[row]) if graded and not hidden.total else None,
            withheld=GIVES_AWAY if graded and hidden.total else None,
            totals=None if hidden.total else self._among.spread(row, "total"),
            rank=int(appraisal.rank[row]) or None,
            group_size=int(appraisal.group_size[row]),
            tier=appraisal.tier[row],
            tier_name=None if level is None else level.name,
            coefficient=int(appraisal.coefficient[row]) if paid and not hidden.bonus else None,
            bonus=int(appraisal.bonus[row]) if paid and not hidden.bonus else None,
            bonus_withheld=GIVES_AWAY if paid and hidden.bonus else None,
            derivation=bonus_node(run, row, scheme.bonus) if scheme.bonus and graded and not hidden.bonus else None,
            adds_up=appraisal.compared is None and not hidden.total,
            dimensions=tuple(self._dimension(row, each, hidden) for each in scheme.dimensions),
            additions=tuple(_additions(run, row, hidden)),
            besides=tuple(_besides(run, row, hidden)),
            strengths=tuple(each for each in noted if each.contribution > each.median)[:STRENGTHS],
            shortfalls=tuple(each for each in reversed(noted) if each.contribution < each.median)[:STRENGTHS],
            chosen_by=CHOSEN_BY,
            enough=self._enough(row) if hindsight and not hidden.total else None,
            reasons=(
                *(
                    Reason(each.kind, each.about, each.what)
                    for each in told
                    if not self._beside_a_line(each) and (graded or each.kind not in _UNGRADED)
                ),
                *_before_hand(run, row),
            ),
            outcomes=tuple(
                Followup(scheme.outcomes[each].kind, scheme.outcomes[each].note) for each in appraisal.outcomes[row]
            ),
            around=around,
        )

    @cached_property
    def _run(self) -> Run:
        return carrying_weights(self.run)

    @cached_property
    def _discretion(self) -> Discretion:
        return Discretion(self._run)

    @cached_property
    def _among(self) -> Among:
        return Among(self._run)

    @cached_property
    def _targets(self) -> dict[str, Targets]:
        """Everybody's targets, by key of the indicators whose curve looks at one."""
        appraisal = self._run.appraisal
        seen = facts(appraisal.people, appraisal.values, appraisal.data, {}, {}, {}, {})
        return {
            used.key: targets(used, used.curve.target, seen, appraisal.data[used.key])
            for used in self._run.scheme.weighted
            if isinstance(used.curve, TargetCurve) and used.curve.target is not None and used.level == "person"
        }

    def _dimension(self, row: int, each: Dimension, hidden: Hidden) -> DimensionLine:
        appraisal = self._run.appraisal
        points = int(appraisal.dimension_points[each.id][row]) if appraisal.dimension_counted[each.id][row] else None
        withheld = GIVES_AWAY if each.id in hidden.dimensions else None
        lines = tuple(self._indicator(row, used, hidden) for used in each.indicators)
        return DimensionLine(each.id, each.name, self._figure(row, "dimension", each.id, points, withheld), lines)

    def _indicator(self, row: int, used: UsedIndicator, hidden: Hidden) -> IndicatorLine:
        run, key = self._run, used.key
        points = int(run.appraisal.points[key][row]) if run.appraisal.counted[key][row] else None
        withheld = GIVES_AWAY if key in hidden.points else None
        remarks = [each.what for each in run.appraisal.decisions[row] if each.kind == "missing" and each.about == key]
        value = _value(run, row, used)
        if key in hidden.values:
            value, withheld = None, WITHHELD
        return IndicatorLine(
            key,
            used.indicator.name,
            used.indicator.description,
            value,
            None if key in hidden.values else self._target(row, used),
            self._figure(row, "points", key, points, withheld),
            tuple(remarks),
        )

    def _figure(self, row: int, kind: str, key: str, points: int | None, withheld: Message | None) -> Figure:
        share = self._among.shares(row).get(key)
        weight = None if share is None else share.weight
        if withheld is not None or points is None:
            return Figure(None, weight, withheld=withheld)
        contribution = None if share is None else share.contribution
        return Figure(points, weight, contribution, self._among.spread(row, kind, key))

    def _target(self, row: int, used: UsedIndicator) -> Message | None:
        curve = used.curve
        if not isinstance(curve, TargetCurve) or curve.target is None:
            return None
        if isinstance(curve.target, Decimal) and not personal(used):
            return value_in_words(used.indicator, to_micros(curve.target))
        given = self._targets.get(used.key)
        return (
            value_in_words(used.indicator, int(given.micros[row])) if given is not None and given.known[row] else None
        )

    def _noted(self, row: int, hidden: Hidden) -> Iterator[Noted]:
        """Every indicator whose contribution can be set beside the group's median."""
        if not self._run.appraisal.graded[row]:
            return
        for used in self._run.scheme.weighted:
            share, spread = self._among.shares(row).get(used.key), self._among.spread(row, "contribution", used.key)
            if share is not None and spread is not None and used.key not in hidden.points:
                points = int(self._run.appraisal.points[used.key][row])
                yield Noted(used.key, used.indicator.name, points, share.contribution, spread.median)

    def _enough(self, row: int) -> int | None:
        """Nothing where a rule or a person has moved the tier: no total would have helped."""
        run, appraisal = self._run, self._run.appraisal
        if run.scheme.tiers is None or not appraisal.graded[row] or appraisal.vetoed[row]:
            return None
        about = {rule.id for rule in run.scheme.rules if rule.action in ("tier_at_most", "tier_at_least")}
        moved = any(each.kind == "rule" and each.about in about for each in appraisal.decisions[row])
        by_hand = appraisal.computed is not None and appraisal.computed.tier_of(appraisal.people.code[row]) is not None
        if moved or by_hand:
            return None
        if not self._alike:
            return self._hindsight.cuts(row).enough
        missed = tuple(each.about for each in appraisal.decisions[row] if each.kind == "floor")
        key = (appraisal.group[row], appraisal.tier[row], missed)
        if key not in self._known:
            self._known[key] = self._hindsight.cuts(row).enough
        return self._known[key]

    @cached_property
    def _hindsight(self) -> Hindsight:
        return Hindsight(self._run.scheme, self._run.appraisal)

    @cached_property
    def _alike(self) -> bool:
        """Whether all of a group who have a tier would have needed the same total for a better one: equals at a cut
        all go up, seats go by totals alone, and nobody's own total moves them."""
        tiers = self._run.scheme.tiers
        if tiers is None or tiers.kind != "quota":
            return False
        return tiers.ties == "promote" and tiers.not_counted is None and tiers.by_grade is None

    @cached_property
    def _known(self) -> dict[tuple[str | None, str | None, tuple[str, ...]], int | None]:
        """What was enough, by group, tier and the floors that a seat was lost by; filled as it is asked for."""
        return {}

    def _beside_a_line(self, each: Decision) -> bool:
        """Whether an indicator's own line says it."""
        return each.kind == "missing" and any(each.about == used.key for used in self._run.scheme.weighted)


_UNGRADED = ("coverage", "rule")


def _before_hand(run: Run, row: int) -> Iterator[Reason]:
    """What the place and the tier were before people changed results, this person's or others'."""
    appraisal, computed = run.appraisal, run.appraisal.computed
    if computed is None or not appraisal.graded[row]:
        return
    if computed.rank[row] != appraisal.rank[row]:
        what = msg("computed rank {rank}, before changes by hand", rank=int(computed.rank[row]))
        yield Reason("manual", "rank", what)
    if computed.tier[row] != appraisal.tier[row]:
        yield Reason("manual", "tier", msg("computed tier {tier}, before changes by hand", tier=computed.tier[row]))


def _gives_away(each: Decision, hidden: Hidden) -> bool:
    """Whether a decision's sentence would tell what is hidden."""
    if each.kind == "bonus":
        return hidden.bonus
    if each.kind == "adjustment":
        return bool(hidden.adjustments)
    return hidden.total and not _TELL_TOTALS.isdisjoint(each.what.arguments)


def _value(run: Run, row: int, used: UsedIndicator) -> Message | None:
    """The value that the points come from: the person's own, or that of the one team they were in."""
    appraisal = run.appraisal
    if (teams := of_its_teams(run, used)) is not None:
        counted = with_data(teams, used.key, teams.stays[row])
        if len(counted) != 1:
            return None
        return value_in_words(used.indicator, int(teams.values[used.key].micros[counted[0][0]]))
    if not appraisal.data[used.key][row]:
        return None
    return value_in_words(used.indicator, int(appraisal.values[used.key].micros[row]))


def _additions(run: Run, row: int, hidden: Hidden) -> Iterator[Addition]:
    for each in run.scheme.adjustments:
        if each.id in hidden.adjustments:
            yield Addition(each.id, each.name, None, GIVES_AWAY)
        else:
            yield Addition(each.id, each.name, int(run.appraisal.adjustment_points[each.id][row]))


def _besides(run: Run, row: int, hidden: Hidden) -> Iterator[Besides]:
    for each in run.scheme.measured:
        if "@" in each.key:  # there for another one's sake: an earlier window, a whole team
            continue
        if each.key in hidden.values:
            yield Besides(each.key, each.indicator.name, WITHHELD)
        elif run.appraisal.data[each.key][row]:
            value = int(run.appraisal.values[each.key].micros[row])
            yield Besides(each.key, each.indicator.name, value_in_words(each.indicator, value))


def _attribute(run: Run, name: str, row: int) -> str | None:
    value = run.appraisal.people.attribute(name)[row]
    return None if value is None else str(value)
