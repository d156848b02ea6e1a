"""An engine that counts nothing twice: the integer parts of each measure are kept, under all that they depend on.

Weights, curves, tiers and money are no part of that, nor who is asked for: everybody's figures are kept. What can be
added up is counted only over the months that are new: what is kept over others makes with it the whole. A first
evaluation so costs no more than counting everything; where a month has changed, what is left unchanged is counted apart
and kept as well, for the month that changed once often does so again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kaohe.engine.definitions import Defining, Definition, Months, contents
from kaohe.engine.everybody import Everybody
from kaohe.engine.kept_values import KeptValues
from kaohe.engine.plan import Engine, Measure, Parts, Scan
from kaohe.engine.settled import put_otherwise
from kaohe.engine.source import NO_RELATIONS, Relations
from kaohe.engine.sums import Merging, Sums
from kaohe.errors import KaoheError, Place, Problem
from kaohe.exact import Ints
from kaohe.language import Bounds
from kaohe.records import Snapshot
from kaohe.system import said_by_system
from kaohe.text import msg

if TYPE_CHECKING:
    import pyarrow as pa

    from kaohe.engine.groups import Grouping, Groups
    from kaohe.engine.rows import Found, Rows

WORTH = 0.5
"""The share of rows that are new, up to which they are counted by themselves."""
NONE: Months = frozenset()


class RememberedEngine:
    """Asks another engine for what is not kept yet, all at once, and keeps it.

    ``version`` says by what it is counted: other versions share nothing. ``tell`` is given one warning where nothing
    can be kept; that fails no evaluation. What others than ``measure`` give is not kept.
    """

    def __init__(
        self, measuring: Engine, kept: KeptValues, version: str, tell: Callable[[Sequence[Problem]], None]
    ) -> None:
        self._measuring = measuring
        self._kept = kept
        self._version = version
        self._tell = tell
        self._told = False

    @property
    def name(self) -> str:
        return self._measuring.name

    def measure(
        self,
        scans: Sequence[Scan],
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        whose: Sequence[Sequence[str]],
        relations: Relations = NO_RELATIONS,
    ) -> list[Parts]:
        def ask(scans: Sequence[Scan], whose: Sequence[pa.Array], relations: Relations) -> list[Parts]:
            def count(missing: Sequence[Scan]) -> list[Everybody]:
                return self._measuring.everybody(missing, snapshot, windows, relations)

            defining = Defining(f"{self._version}, {self.name}", snapshot, windows, relations)
            wanted = [
                _Wanted(number, scan, measure, defining.definition(scan, measure))
                for number, scan in enumerate(scans)
                for measure in scan.measures
            ]
            merging = Merging()
            found = [dict[Measure, Mapping[str, Ints]]() for _scan in scans]
            for each, sums in zip(wanted, self._figures(wanted, whose, count, merging), strict=True):
                found[each.number][each.measure] = merging.of(sums, whose[each.number])
            return [*found]

        return put_otherwise(ask, scans, whose, windows, relations)

    def everybody(
        self,
        scans: Sequence[Scan],
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        relations: Relations = NO_RELATIONS,
    ) -> list[Everybody]:
        return self._measuring.everybody(scans, snapshot, windows, relations)

    def grouped(
        self,
        scan: Scan,
        grouping: Grouping,
        snapshot: Snapshot,
        windows: Mapping[str, Bounds],
        relations: Relations = NO_RELATIONS,
    ) -> Groups:
        return self._measuring.grouped(scan, grouping, snapshot, windows, relations)

    def rows(
        self,
        wanted: Rows,
        snapshot: Snapshot,
        bounds: Bounds,
        people: Sequence[str],
        relations: Relations = NO_RELATIONS,
    ) -> Found:
        return self._measuring.rows(wanted, snapshot, bounds, people, relations)

    def _figures(
        self, wanted: Sequence[_Wanted], whose: Sequence[pa.Array], count: _Count, merging: Merging
    ) -> list[Sums]:
        """What is kept, and what is counted now, of all that is wanted."""
        begun = [self._begun(each.definition) for each in wanted]
        if any(each.missing for each in begun):
            try:
                begun = self._completed(wanted, begun, whose, count, merging)
            except KaoheError as error:
                anew = [
                    _anew(one.definition) if each.missing else each for one, each in zip(wanted, begun, strict=True)
                ]
                apart = any(new.missing != each.missing for new, each in zip(anew, begun, strict=True))
                if not apart or error.problems[0].code != "engine.overflow":
                    raise
                # A part of a sum may be too large although the whole is not; where that is, the engine itself says so.
                begun = self._completed(wanted, anew, whose, count, merging)
            self._kept.trim()
            self._warn()
        return [each.sums for each in begun if each.sums is not None]

    def _begun(self, definition: Definition) -> _Begun:
        """What is kept of use for it: figures over months none of which has changed since. What is then missing is one
        lot, or two where some other figures show that a part of it has not changed either: that may last."""
        whole = definition.whole
        sums = self._kept.read(definition, whole)
        if sums is not None:
            return _Begun(sums, whole, ())
        if not definition.merged:
            return _anew(definition)
        least = (1 - WORTH) * definition.rows(whole)
        kept = [each for each in self._kept.months(definition) if definition.rows(each) >= least]
        unchanged = max((each & whole for each in kept), key=definition.rows, default=NONE)
        for months in sorted((each for each in kept if each <= whole), key=definition.rows, reverse=True):
            sums = self._kept.read(definition, months)
            if sums is not None:
                return _Begun(sums, months, _filled(unchanged - months, whole - months - unchanged))
        return _Begun(None, NONE, _filled(unchanged, whole - unchanged))

    def _completed(
        self,
        wanted: Sequence[_Wanted],
        begun: Sequence[_Begun],
        whose: Sequence[pa.Array],
        count: _Count,
        merging: Merging,
    ) -> list[_Begun]:
        """All that is missing, counted at once and kept."""
        asked: dict[_Asked, list[_Wanted]] = defaultdict(list)
        for one, each in zip(wanted, begun, strict=True):
            for months in each.missing:
                asked[one.asked(months)].append(one)
        scans = [
            replace(several[0].scan, measures=tuple(each.measure for each in several), among=among)
            for (_number, among), several in asked.items()
        ]
        answers = dict(zip(asked, count(scans), strict=True))
        done = []
        for one, each in zip(wanted, begun, strict=True):
            sums, months = each.sums, each.months
            for more in each.missing:
                answer = answers[one.asked(more)]
                counted, months = Sums(answer.codes, answer.parts[one.measure]), months | more
                if sums is None:
                    sums = merging.with_all(whose[one.number], counted)
                else:
                    sums = merging.both(one.definition.function, sums, counted, one.scan.records.name)
                self._kept.keep(one.definition, months, sums)
            done.append(_Begun(sums, months, ()))
        return done

    def _warn(self) -> None:
        if self._kept.failure is None or self._told:
            return
        self._told = True
        what = msg("what was measured cannot be kept for the next evaluation")
        where, said = Place(file=str(self._kept.folder)), said_by_system(self._kept.failure)
        fix = msg("make room or grant the right to write there, or switch it off: limit = 0 in [values] of kaohe.toml")
        self._tell([Problem("engine.values-not-kept", what, where, said, fix=fix, severity="warning")])


_Count = Callable[[Sequence[Scan]], list[Everybody]]
_Asked = tuple[int, frozenset[str] | None]
"""Of which scan, among which partitions; None: among all."""


@dataclass(frozen=True)
class _Wanted:
    """A measure of the scan of that number among those asked for."""

    number: int
    scan: Scan
    measure: Measure
    definition: Definition

    def asked(self, months: Months) -> _Asked:
        return self.number, None if months == self.definition.whole else contents(months)


@dataclass(frozen=True)
class _Begun:
    """Figures over some months, and the others, which are to be counted one lot after the other; None: over none."""

    sums: Sums | None
    months: Months
    missing: tuple[Months, ...]


def _anew(definition: Definition) -> _Begun:
    return _Begun(None, NONE, (definition.whole,))


def _filled(*lots: Months) -> tuple[Months, ...]:
    """Those in which there is anything; one of nothing where there is nothing at all to be counted."""
    return tuple(each for each in lots if each) or (NONE,)
