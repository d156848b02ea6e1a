"""What whole teams came to, as plain data: what a run rests on where their points flow into people's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaohe.appraise.teams import Teams
from kaohe.run.model import Counts


def teams_data(teams: Teams, counts: Mapping[str, tuple[Counts, ...]]) -> dict[str, Any]:
    """Every team's value, points and counts by indicator; points and value in millionths, None where there is none."""
    return {
        code: {key: _figures(teams, key, row, counts.get(key, ())) for key in sorted(teams.points)}
        for row, code in enumerate(teams.people.code)
    }


def _figures(teams: Teams, key: str, row: int, counts: tuple[Counts, ...]) -> dict[str, Any]:
    values = teams.values[key]
    return {
        "value": int(values.micros[row]) if values.known[row] else None,
        "sample": int(values.sample[row]),
        "points": int(teams.points[key][row]) if teams.data[key][row] else None,
        "counts": [
            [each.function, each.shift, {name: int(each.parts[name][row]) for name in sorted(each.parts)}]
            for each in counts
        ],
    }
