"""Two engines for rules, each at the part of an appraisal that it is made for."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import zen
from numpy.typing import NDArray
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.scoring_matrix import DIMENSIONS, FLOORS, TIERS, WEIGHTS

MONTH = "2026-01"


def tier_engine() -> zen.ZenEngine:
    """The table of tiers by score as a decision table, compiled once by the static loader."""
    names = [name for name, _, _ in TIERS]
    conditions = [*(f">= {floor}" for floor in FLOORS), ""]
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": "total", "name": "Total", "field": "total"}],
        "outputs": [{"id": "tier", "name": "Tier", "field": "tier"}],
        "rules": [
            {"_id": name, "total": condition, "tier": json.dumps(name)}
            for name, condition in zip(names, conditions, strict=True)
        ],
    }
    nodes = [_node("input"), {**_node("decisionTable"), "content": table}, _node("output")]
    edges = [
        {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
        for source, target in (("input", "decisionTable"), ("decisionTable", "output"))
    ]
    return zen.ZenEngine({"loader": {"type": "static", "content": {"tiers": {"nodes": nodes, "edges": edges}}}})


def tiers_by_zen(engine: zen.ZenEngine, totals: Sequence[float]) -> list[str]:
    return [engine.evaluate("tiers", {"total": total})["result"]["tier"] for total in totals]


def simulation_of(system: TaxBenefitSystem, points: NDArray[np.float32]) -> Simulation:
    """The points set as inputs; OpenFisca holds figures as float32."""
    simulation = SimulationBuilder().build_default_simulation(system, points.shape[1])
    for number, row in enumerate(points):
        simulation.set_input(f"points_{number}", MONTH, row)
    return simulation


def totals_by_openfisca(simulation: Simulation) -> NDArray[np.float32]:
    """The weighted sums, worked out anew and not taken from those kept."""
    for name in ("total", *(f"dimension_{number}" for number in range(len(DIMENSIONS)))):
        simulation.delete_arrays(name)
    return simulation.calculate("total", MONTH)


def weighing_system() -> TaxBenefitSystem:
    """Points as input variables; each dimension, and the total, as a formula: a weighted sum."""
    person = build_entity(key="person", plural="people", label="Person", is_person=True)
    system = TaxBenefitSystem([person])
    points = [f"points_{number}" for number in range(len(DIMENSIONS) * len(WEIGHTS))]
    dimensions = [f"dimension_{number}" for number in range(len(DIMENSIONS))]
    for name in points:
        system.add_variable(_variable(name, person))
    for number, name in enumerate(dimensions):
        own = points[number * len(WEIGHTS) : (number + 1) * len(WEIGHTS)]
        system.add_variable(_variable(name, person, _weighted(own, WEIGHTS)))
    system.add_variable(_variable("total", person, _weighted(dimensions, DIMENSIONS)))
    return system


def _variable(name: str, person: object, formula: object = None) -> type[Variable]:
    described = {"value_type": float, "entity": person, "definition_period": DateUnit.MONTH, "label": name}
    return type(name, (Variable,), described if formula is None else {**described, "formula": formula})


def _weighted(names: Sequence[str], weights: Sequence[int]) -> object:
    def formula(people, period):
        return sum(weight / 100 * people(name, period) for name, weight in zip(names, weights, strict=True))

    return formula


def _node(kind: str) -> dict[str, object]:
    return {"id": kind, "type": f"{kind}Node", "name": kind, "position": {"x": 0, "y": 0}}
