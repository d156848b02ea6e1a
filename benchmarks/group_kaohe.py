"""kaohe's side of the group's benchmark, a process of its own: from the snapshot's files to a run, as the command goes
once its snapshot is there, with nothing kept of what was measured before. Prints what it took as JSON.

``python -m benchmarks.group_kaohe FOLDER [--figures FILE] [--stages]``
"""

from __future__ import annotations

import time

BEGUN = time.perf_counter()

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.process import Clock, report
from kaohe.records import Snapshot
from kaohe.run import Run
from kaohe.run.inputs import Definitions, Inputs, evaluate_inputs, inputs_from

SCHEME, PERIOD = Path(__file__).with_name("group.toml"), "2025"


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
    parser.add_argument("--figures", type=Path)
    parser.add_argument("--stages", action="store_true")
    asked = parser.parse_args()
    # What evaluate_inputs imports itself, so that start-up can be told apart.
    import kaohe.engine
    import kaohe.run.evaluate
    import kaohe.run.organisation.members
    from kaohe.engine.resources import Resources

    engine = kaohe.engine.DuckEngine(Resources(spill=asked.folder / "spill"))
    clock = Clock(BEGUN)
    clock.mark("imports")
    with clock.stages(wanted=asked.stages):
        run = evaluate_inputs(
            read_inputs(asked.folder),
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
