"""A stored run's facts under another scheme: nothing else changes, and nothing is stored.

Where the schemes measure alike, the run's own values are appraised once more: no record is read. Else everything is
evaluated on the run's snapshot.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kaohe.appraise import appraise
from kaohe.appraise.teams import score_teams
from kaohe.errors import Place, Problem, refuse_if_any
from kaohe.language import Type
from kaohe.plugin import Indicator, RecordType
from kaohe.run.inputs import Inputs, snapshot_of
from kaohe.run.measuring.describing import record_types_of
from kaohe.run.model import Balances, Run
from kaohe.run.remarks import CODES, about_results, check_period, ungrouped
from kaohe.run.what_if.alike import measured_alike
from kaohe.scheme import Checked, load_scheme
from kaohe.scheme.derived import targets_asked
from kaohe.scheme.model import Scheme
from kaohe.scheme.teams import of_teams
from kaohe.text import msg
from kaohe.worktime import Calendars

if TYPE_CHECKING:
    from kaohe.engine import Engine
    from kaohe.records import Snapshot


@dataclass(frozen=True)
class Known:
    """What a scheme may use."""

    record_types: Mapping[str, RecordType]
    indicators: Mapping[str, Indicator]
    calendars: Calendars

    def beside(self, inputs: Inputs) -> Known:
        """What a scheme may use beside a run: record types, indicators and calendars that the run used are as then."""
        used, calendars = inputs.definitions, {each.name: each for each in inputs.calendars}
        by_name = ChainMap(calendars, self.calendars.by_name)  # type: ignore[arg-type]  # it is only read
        return Known(
            {**self.record_types, **{each.name: each for each in used.record_types}},
            {**self.indicators, **{each.id: each for each in used.indicators}},
            Calendars(by_name, inputs.calendar or self.calendars.default),
        )


def compiled(text: str, file: str, inputs: Inputs, known: Known) -> Checked:
    """The changed scheme as it is to be read beside the run of these inputs. ``file``: the name that places carry."""
    attributes = None if inputs.attributes is None else dict.fromkeys(inputs.attributes, Type("text"))
    return load_scheme(text, file, known.record_types, known.indicators, attributes, known.calendars)


def outcome(
    scheme: Scheme,
    before: Run,
    inputs: Inputs,
    *,
    record_types: Mapping[str, RecordType],
    snapshots: Path,
    engine: Callable[[], Engine],
    core_version: str,
    created_at: datetime,
    balances: Balances | None,
) -> Run:
    """The run that the scheme would give of the facts of the run ``before``, which ``inputs`` gave; it has no digest.

    ``record_types``: all that the scheme may use, by name; ``engine`` makes one where something is to be measured;
    ``balances`` are those to settle where the run of before settled none. Raises KaoheError where the scheme asks for
    what the run's snapshot does not hold, and where it cannot be evaluated by the facts.
    """
    if measured_alike(before.scheme, scheme):
        return _appraised(scheme, before, inputs)
    from kaohe.records.manifest import snapshot_from  # noqa: PLC0415 - most changes measure nothing
    from kaohe.run.evaluate import Setting, evaluate  # noqa: PLC0415 - likewise
    from kaohe.run.organisation.members import read_members  # noqa: PLC0415 - likewise

    names = record_types_of(scheme, record_types)
    refuse_if_any(_not_held(scheme, names, snapshot_from(inputs.manifest, snapshots)))
    snapshot = snapshot_of(inputs, snapshots)
    setting = Setting(
        record_types={name: record_types[name] for name in names},
        plugins=inputs.plugins,
        zone=ZoneInfo(inputs.timezone),
        core_version=core_version,
        created_at=created_at,
        balances=inputs.balances or balances,
        notes=inputs.notes,
    )
    run = evaluate(scheme, inputs.period, snapshot, read_members(snapshot), engine(), setting, inputs.manual)
    return replace(run, digest="")


def _appraised(scheme: Scheme, before: Run, inputs: Inputs) -> Run:
    """The run's own values appraised by another scheme that measures the same."""
    warnings = check_period(scheme, inputs.period)
    held = before.appraisal
    warnings += ungrouped(scheme, held.people)
    warnings += (note for note in before.notes if note.code not in CODES)
    part, teams = of_teams(scheme), held.teams
    if part is not None and teams is not None:
        teams = score_teams(part, teams.people, teams.values, held.people)
    appraisal = appraise(scheme, held.people, held.values, teams, inputs.manual)
    warnings += about_results(scheme, inputs.period, appraisal)
    return replace(before, scheme=scheme, appraisal=appraisal, notes=tuple(warnings), digest="")


def _not_held(scheme: Scheme, record_types: Sequence[str], held: Snapshot) -> Iterator[Problem]:
    """What the scheme asks for and the snapshot of the run does not hold."""
    fix = msg("evaluate the scheme once, and compare the runs: kaohe run compare A B")
    for name in record_types:
        if name not in held.records:
            what = msg("the snapshot of the run holds no {records}: its scheme did not read them", records=name)
            yield Problem("what-if.records", what, Place(key=scheme.id), fix=fix)
    if targets_asked(scheme) and "targets" not in held.organisation:
        what = msg("the snapshot of the run holds no targets: its scheme did not read them")
        yield Problem("what-if.targets", what, Place(key=scheme.id), fix=fix)
