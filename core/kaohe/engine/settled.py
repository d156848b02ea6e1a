"""Who belongs to one team all the time needs no look at the day of each record: such a team's figures are its people's,
added up. Only the records of those who moved, came or went meanwhile are joined to the days.

It is the question that is put otherwise, to any engine: the same counts and sums come out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kaohe.engine.dated import EPOCH
from kaohe.engine.overflow import A_SUM, too_large
from kaohe.engine.plan import Measure, Parts, Scan, nodes
from kaohe.engine.source import OnDay, Relations
from kaohe.exact import Ints
from kaohe.language import Bounds
from kaohe.language.tree import Field, walk

_ADDED_UP = {"count", "sum", "mean", "share", "nps"}
_HALF = 2**32
MOVED_AT_MOST = 0.1
"""The share of rows of people who moved, came or went, up to which the question is put otherwise."""


@dataclass(frozen=True)
class _Team:
    """Measures of the scan of that ``number``: in the scan ``by_person`` of the people who stayed, of whom ``of`` says
    to which of those asked for they belong (−1: to none), and, where anybody moved, in the scan ``moved``."""

    number: int
    measures: tuple[Measure, ...]
    by_person: int
    of: Ints
    moved: int | None


@dataclass(frozen=True)
class Settled:
    """The question put otherwise: scans, whose figures each is asked for, and what they are joined to."""

    scans: tuple[Scan, ...]
    whose: tuple[Sequence[str], ...]
    relations: Relations
    asked: tuple[Scan, ...]
    lengths: tuple[int, ...]
    direct: tuple[tuple[int, int], ...]
    teams: tuple[_Team, ...]

    def answers(self, found: Sequence[Parts]) -> list[Parts]:
        """The answers to the scans that were asked, from those to these."""
        merged: list[dict[Measure, Mapping[str, Ints]]] = [{} for _scan in self.asked]
        for number, place in self.direct:
            merged[number].update(found[place])
        for team in self.teams:
            scan, length = self.asked[team.number], self.lengths[team.number]
            for measure in team.measures:
                own = found[team.by_person][replace(measure, joins=())]
                rest = {} if team.moved is None else _of(found[team.moved], measure)
                merged[team.number][measure] = {
                    part: _added(column, team.of, length, rest.get(part), scan.records.name)
                    for part, column in own.items()
                }
        return [
            {measure: parts[measure] for measure in scan.measures}
            for scan, parts in zip(self.asked, merged, strict=True)
        ]


def settled(
    scans: Sequence[Scan], whose: Sequence[Sequence[str]], windows: Mapping[str, Bounds], relations: Relations
) -> Settled:
    """The question for those who stayed and those who moved apart, where that is less work."""
    made: list[Scan] = []
    of: list[Sequence[str]] = []
    joined = dict(relations)
    direct: list[tuple[int, int]] = []
    teams: list[_Team] = []
    for number, (scan, codes) in enumerate(zip(scans, whose, strict=True)):
        measures, join = _by_team(scan)
        stayed = None if join is None else _stayed(relations[join.relation], join, measures, windows)
        if join is None or stayed is None:
            direct.append((number, len(made)))
            made.append(scan)
            of.append(codes)
            continue
        if len(measures) < len(scan.measures):
            direct.append((number, len(made)))
            made.append(replace(scan, measures=tuple(each for each in scan.measures if each not in measures)))
            of.append(codes)
        people, teams_of, moved = stayed
        by_person = len(made)
        alone = tuple(replace(each, joins=()) for each in measures)
        made.append(Scan(scan.records, join.person, alone, describing=scan.describing))
        of.append(people)
        place = None
        if moved.num_rows:
            name = f"{join.relation} moved {number}"
            joined[name] = moved
            other = replace(join, relation=name)
            place = len(made)
            made.append(
                replace(scan, joins=(other,), measures=tuple(replace(each, joins=(other,)) for each in measures))
            )
            of.append(codes)
        order = pa.array(codes, pa.string())
        belongs = pc.fill_null(pc.index_in(teams_of, value_set=order), -1).to_numpy().astype(np.int64)
        teams.append(_Team(number, measures, by_person, belongs, place))
    lengths = tuple(map(len, whose))
    return Settled(tuple(made), tuple(of), joined, tuple(scans), lengths, tuple(direct), tuple(teams))


def put_otherwise(
    ask: Callable[[Sequence[Scan], Sequence[pa.Array], Relations], Sequence[Parts]],
    scans: Sequence[Scan],
    whose: Sequence[Sequence[str]],
    windows: Mapping[str, Bounds],
    relations: Relations,
) -> list[Parts]:
    """The answers to the scans, by asking what is less work; ``ask`` answers scans, for those whose figures are
    wanted, joined to such relations. Codes that are alike are one array."""
    asked = settled(scans, whose, windows, relations)
    different = {id(codes): pa.array(codes, pa.string()) for codes in asked.whose}
    return asked.answers(ask(asked.scans, [different[id(codes)] for codes in asked.whose], asked.relations))


def _by_team(scan: Scan) -> tuple[tuple[Measure, ...], OnDay | None]:
    """The measures that add up over people, of a scan by what one join alone says of the person credited."""
    if len(scan.joins) != 1 or scan.rather is not None:
        return (), None
    (join,) = scan.joins
    if not isinstance(join, OnDay) or join.required or join.drawn_to is not None or join.given != (scan.who,):
        return (), None
    # Records that are seen whenever they are dated may have no date: they belong to nobody's team.
    fit = tuple(
        each
        for each in scan.measures
        if each.aggregate.function in _ADDED_UP
        and not each.everything
        and each.when == join.when
        and scan.who not in _read_by(each)
    )
    return fit, join if fit else None


def _read_by(measure: Measure) -> set[str]:
    """The columns that the measure itself looks at: one that a join gives is not there without the join."""
    return {node.name for tree in nodes([measure]) for node in walk(tree) if isinstance(node, Field)}


def _stayed(
    relation: pa.Table, join: OnDay, measures: Sequence[Measure], windows: Mapping[str, Bounds]
) -> tuple[list[str], pa.Array, pa.Table] | None:
    """The people whom one row covers in all windows, ascending, what it says of each, and the rows of all others; None
    where those are too many for this to be less work."""
    bounds = [windows[each.aggregate.shift] for each in measures]
    first = (min(each.start for each in bounds) - EPOCH).days
    end = (max(each.end for each in bounds) - EPOCH).days
    ((column, _name),) = join.gives
    rows = relation.combine_chunks()
    person = rows.column("_person").combine_chunks().dictionary_encode()
    codes = person.indices.to_numpy()
    once = np.bincount(codes, minlength=len(person.dictionary))[codes] == 1
    whole = (rows.column("_first").to_numpy() <= first) & (rows.column("_end").to_numpy() >= end)
    stays = once & whole
    if np.count_nonzero(~stays) > MOVED_AT_MOST * len(stays):
        return None
    kept = rows.filter(pa.array(stays)).sort_by("_person")
    return kept.column("_person").to_pylist(), kept.column(column).combine_chunks(), rows.filter(pa.array(~stays))


def _of(parts: Parts, measure: Measure) -> Mapping[str, Ints]:
    """The parts of a measure of those who moved: it is joined otherwise, and alike in all else."""
    (found,) = [each for each in parts if replace(each, joins=()) == replace(measure, joins=())]
    return parts[found]


def _added(column: Ints, of: Ints, length: int, rest: Ints | None, records: str) -> Ints:
    """The sums by team, exactly; ``rest`` is what they have besides. KaoheError where 64 bits do not hold one."""
    high, low = np.zeros(length + 1, np.int64), np.zeros(length + 1, np.int64)
    np.add.at(high, of, column // _HALF)  # −1, nobody, is the last
    np.add.at(low, of, column % _HALF)
    total = high[:-1].astype(object) * _HALF + low[:-1].astype(object)
    if rest is not None:
        total = total + rest.astype(object)
    if any(not -(2**63) <= each < 2**63 for each in total):
        raise too_large(A_SUM, records)
    found: Ints = total.astype(np.int64)
    return found
