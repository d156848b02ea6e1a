"""kaohe's side of the group's benchmark, a process of its own: from the snapshot's files to a run, as the command goes
once its snapshot is there. Prints what it took as JSON.

``python -m benchmarks.group_kaohe FOLDER [--kept VALUES] [--before] [--figures FILE] [--stages]``

Nothing is known of what was measured before, unless it is told where values are ``--kept``. ``--before``: the snapshot
is the one before the last month's records arrived.
"""

from __future__ import annotations

import time

BEGUN = time.perf_counter()

import argparse
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.process import Clock, report
from kaohe.records import Snapshot
from kaohe.run import Run
from kaohe.run.inputs import Definitions, Inputs, evaluate_inputs, inputs_from

if TYPE_CHECKING:
    from kaohe.engine import Engine

SCHEME, PERIOD = Path(__file__).with_name("group.toml"), "2025"
LAST = "2025-12"


def write_inputs(folder: Path, snapshot: Snapshot, scheme: Path = SCHEME) -> None:
    """All that the run depends on beside the snapshot, as ``kaohe evaluate`` gathers it."""
    from kaohe.period import parse_period
    from kaohe.plugin.registry import open_registry
    from kaohe.records.manifest import manifest_path
    from kaohe.scheme import load_scheme

    registry, text = open_registry((), None), scheme.read_text("utf-8")
    rules = load_scheme(text, scheme.name, registry.record_types, registry.indicators, {}).require()
    used = sorted({each.indicator.id for each in rules.indicators} & set(registry.indicators))
    inputs = Inputs(
        scheme_text=text,
        definitions=Definitions(
            tuple(registry.record_types[name] for name in sorted(snapshot.records)),
            tuple(registry.indicators[name] for name in used),
        ),
        attributes=("region",),
        calendars=(),
        calendar=None,
        period=parse_period(PERIOD),
        timezone=snapshot.timezone,
        snapshot=snapshot.digest,
        manifest=manifest_path(snapshot.folder, snapshot.digest).read_text("utf-8"),
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inputs.json").write_text(json.dumps(inputs.texts), "utf-8")


def read_inputs(folder: Path) -> Inputs:
    from kaohe.records.canonical import text_digest

    texts = json.loads((folder / "inputs.json").read_text("utf-8"))
    by_digest = {text_digest(text): text for text in texts}
    return inputs_from(by_digest, text_digest(texts[-1]))


def before(inputs: Inputs, snapshots: Path) -> Inputs:
    """The same before the records of the last month arrived."""
    from kaohe.records.manifest import snapshot_from

    snapshot = snapshot_from(inputs.manifest, snapshots)
    records = {
        name: replace(table, partitions=tuple(each for each in table.partitions if each.month != LAST))
        for name, table in snapshot.records.items()
    }
    earlier = replace(snapshot, records=records)
    return replace(inputs, snapshot=earlier.digest, manifest=earlier.text)


def remembering(engine: Engine, kept: Path) -> Engine:
    """The engine as the command has it, which looks first at what is kept in the folder."""
    from kaohe.cli.kept_values import USUAL_LIMIT, remembering

    return remembering(engine, kept, USUAL_LIMIT, lambda problems: sys.exit(str(problems)))


def figures(run: Run) -> dict[str, np.ndarray]:
    """What the competitors compute too, under their names: counts, values, points, totals, ranks, tiers, bonuses."""
    appraisal = run.appraisal
    found = {"code": np.array(appraisal.people.code)}
    for key, counts in run.counts.items():
        for number, each in enumerate(counts):
            found |= {f"{key} {number} {part}": column for part, column in each.parts.items()}
    for key in appraisal.points:
        found[f"value {key}"] = np.where(appraisal.values[key].known, appraisal.values[key].micros, 0)
        found[f"points {key}"] = np.where(appraisal.data[key], appraisal.points[key], 0)
    levels = [level.id for level in run.scheme.tiers.levels] if run.scheme.tiers else []
    return {
        **found,
        "total": appraisal.total,
        "graded": appraisal.graded,
        "rank": appraisal.rank,
        "tier": np.array([-1 if tier is None else levels.index(tier) for tier in appraisal.tier]),
        "bonus": appraisal.bonus,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.group_kaohe", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--before", action="store_true")
    parser.add_argument("--figures", type=Path)
    parser.add_argument("--stages", action="store_true")
    asked = parser.parse_args()
    # What evaluate_inputs imports itself, so that start-up can be told apart.
    import kaohe.engine
    import kaohe.run.evaluate
    import kaohe.run.organisation.members
    from kaohe.engine.resources import Resources

    engine: Engine = kaohe.engine.DuckEngine(Resources(spill=asked.folder / "spill"))
    if asked.kept is not None:
        engine = remembering(engine, asked.kept)
    clock = Clock(BEGUN)
    clock.mark("imports")
    with clock.stages(wanted=asked.stages):
        inputs = read_inputs(asked.folder)
        run = evaluate_inputs(
            before(inputs, asked.folder / "snapshots") if asked.before else inputs,
            asked.folder / "snapshots",
            core_version="0",
            created_at=datetime.now(UTC),
            engine=engine,
        )
        clock.mark("evaluation")
    if asked.figures is not None:
        np.savez(asked.figures, **figures(run))
    report(clock, digest=run.digest)


if __name__ == "__main__":
    main()
