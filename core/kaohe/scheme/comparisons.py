"""Comparisons in pairs (AHP) as a scheme writes them → weights, with every mistake at its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

from kaohe.errors import KaoheError
from kaohe.exact import MICRO, from_micros, largest_remainder, shorten, to_micros
from kaohe.precise import Matrix, exact, exact_matrix
from kaohe.scheme.consistency import farthest
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.judgement import ACCEPTABLE, Judgement, judge
from kaohe.scheme.matrices import mistakes
from kaohe.scheme.model import Comparison
from kaohe.text import msg

SCHEME = "scheme"
"""What ``of`` says where the dimensions of the scheme are compared."""

_DIGITS = 10**45
_SCALE_ENDS = 9


@dataclass(frozen=True)
class Siblings:
    """Things that weigh against each other: the dimensions (``of`` is ``scheme``), or the indicators of one.

    ``path`` is where their list stands; ``keys`` by which pairs name them, empty where one has none.
    """

    of: str
    path: Path
    rows: list[dict[str, Any]]
    keys: tuple[str, ...]


def compared(draft: Draft, levels: Sequence[Siblings], tables: list[dict[str, Any]]) -> dict[str, Comparison]:
    """The sound comparisons by what they are of."""
    by_name: dict[str, Siblings] = {}
    for level in levels:
        if level.of == SCHEME and SCHEME in by_name:
            what = msg("a dimension cannot be called scheme where things are compared in pairs")
            draft.report((*level.path[:2], "id"), "reserved-id", what, fix=msg("give it another id"))
        by_name.setdefault(level.of, level)
    settings: Path = (SCHEME, "ahp")
    table = draft.data.get("scheme", {}).get("ahp", {})
    method = draft.get(table, settings, "method", "eigenvector")
    index = draft.get(table, settings, "random_index", "saaty_1980")
    found: dict[str, Comparison] = {}
    seen: set[str] = set()
    for position, row in enumerate(tables):
        path: Path = ("comparisons", position)
        if "of" not in row:
            continue
        name = row["of"]
        if name not in by_name:
            what = msg("there is no dimension {id}", id=name)
            draft.unknown((*path, "of"), "unknown-dimension", what, name, by_name)
            continue
        if name in seen:
            what = msg("what is within {of} is compared in two places", of=name)
            draft.report((*path, "of"), "duplicate-id", what, found=show(name), fix=msg("put all pairs into one"))
            continue
        seen.add(name)
        level = by_name[name]
        if not all(level.keys) or len(set(level.keys)) < len(level.keys):
            continue  # reported where they are read
        matrix = _matrix(draft, path, row, level)
        if matrix is None:
            continue
        try:
            judgement = judge(matrix, method, index)
        except KaoheError as error:
            draft.problems += [problem.at(draft.document.place((*path, "of"))) for problem in error.problems]
            continue
        _tell(draft, path, level, matrix, judgement)
        of = None if name == SCHEME else name
        found[name] = Comparison(of, level.keys, matrix, judgement, percentages(judgement))
    return found


def _matrix(draft: Draft, path: Path, row: dict[str, Any], level: Siblings) -> Matrix | None:
    """Judgements in the order in which the scheme lists what is compared; None where some are missing or unfit."""
    before = len(draft.problems)
    forms = [key for key in ("pairs", "matrix") if written(draft, (*path, key))]
    if len(forms) != 1:
        what = msg("comparisons are written as pairs, or as a matrix with its order")
        draft.report((*path, "of"), "comparison-form", what, found=", ".join(forms) or None)
    elif "pairs" in row:
        cells = _pairs(draft, (*path, "pairs"), row["pairs"], level)
        if len(draft.problems) == before and not any(len(pair) < 3 for pair in row["pairs"]):
            missing = [(i, j) for i, j in combinations(range(len(level.keys)), 2) if (i, j) not in cells]
            if not missing:
                size = range(len(level.keys))
                return tuple(tuple(cells.get((i, j), Fraction(1)) for j in size) for i in size)
            listed = ", ".join(f"{level.keys[i]} / {level.keys[j]}" for i, j in missing)
            first, other = (level.keys[at] for at in missing[0])
            draft.report(
                (*path, "pairs"),
                "comparison-missing",
                msg("not every pair within {of} is compared", of=level.of),
                found=msg("without: {pairs}", pairs=listed),
                fix=msg(
                    "add {pair}, with the number of times",
                    pair=f'{{ more = "{first}", than = "{other}", times = … }}',
                ),
            )
    elif "matrix" in row:
        return _square(draft, path, row, level)
    return None


def _pairs(draft: Draft, path: Path, pairs: list[dict[str, Any]], level: Siblings) -> dict[tuple[int, int], Fraction]:
    """Judgements by position, each with its opposite; what is wrong with a pair is reported."""
    cells: dict[tuple[int, int], Fraction] = {}
    places = {key: position for position, key in enumerate(level.keys)}
    for number, pair in enumerate(pairs):
        here: Path = (*path, number)
        names = [(key, pair[key]) for key in ("more", "than") if key in pair]
        unknown = [(key, name) for key, name in names if name not in places]
        for key, name in unknown:
            what = msg("{name} is not compared within {of}", name=name, of=level.of)
            draft.unknown((*here, key), "unknown-compared", what, name, level.keys)
        if unknown or len(names) < 2 or "times" not in pair:
            continue
        more, than, times = pair["more"], pair["than"], exact(pair["times"])
        i, j = places[more], places[than]
        if i == j:
            draft.report((*here, "than"), "compared-with-itself", msg("{name} is compared with itself", name=more))
        elif (i, j) in cells:
            agrees = cells[i, j] == times
            draft.report(
                here,
                "compared-twice" if agrees else "comparisons-contradict",
                msg("{one} and {other} are compared twice", one=more, other=than)
                if agrees
                else msg("{one} and {other} are compared twice and differently", one=more, other=than),
                found=f"{cells[i, j]}, {times}",
                fix=msg("leave one of them"),
            )
        else:
            if max(times, 1 / times) > _SCALE_ENDS:
                what = msg("more than nine times is beyond the scale of comparisons")
                expected = msg("1 for equal, 3 for somewhat more, up to 9; 1/3, 1/9 for less")
                draft.report((*here, "times"), "comparison-scale", what, expected=expected, severity="warning")
            cells[i, j], cells[j, i] = times, 1 / times
    return cells


def _square(draft: Draft, path: Path, row: dict[str, Any], level: Siblings) -> Matrix | None:
    """A matrix in its own order, put into the scheme's."""
    order = row.get("order", [])
    if sorted(order) != sorted(level.keys):
        what = msg("order lists what is compared, each once")
        found = ", ".join(order) or None
        draft.report((*path, "order"), "comparison-order", what, found=found, expected=", ".join(level.keys))
        return None
    wrong = mistakes(row["matrix"])
    for place, problem in wrong:
        draft.problems.append(problem.at(draft.document.place((*path, "matrix", *place))))
    if not wrong and len(row["matrix"]) != len(order):
        what = msg("the matrix has another size than its order")
        draft.report(
            (*path, "matrix"), "comparison-order", what, found=str(len(row["matrix"])), expected=str(len(order))
        )
    elif not wrong:
        matrix = exact_matrix(row["matrix"])
        at = [order.index(key) for key in level.keys]
        return tuple(tuple(matrix[i][j] for j in at) for i in at)
    return None


def _tell(draft: Draft, path: Path, level: Siblings, matrix: Matrix, judgement: Judgement) -> None:
    """The consistency of comparisons as a note; above what is acceptable, a warning that names the worst of them."""
    ratio = {"of": level.of, "ratio": shorten(judgement.consistency_ratio), "table": judgement.table}
    if judgement.consistent:
        what = msg("comparisons within {of}: consistency ratio {ratio}, random index of {table}", **ratio)
        draft.report((*path, "of"), "consistency", what, severity="note")
        return
    worst = farthest(matrix, judgement)
    words = {"one": level.keys[worst.row], "other": level.keys[worst.column]}
    after = shorten(worst.ratio)
    draft.report(
        _place_of(draft, path, level, worst.row, worst.column),
        "inconsistent",
        msg(
            "comparisons within {of} do not agree: consistency ratio {ratio}, random index of {table}",
            **ratio,
        ),
        found=msg("{one} matters {times} times as much as {other}", times=worst.said, **words),
        expected=msg("a ratio of at most {limit}", limit=ACCEPTABLE),
        fix=msg(
            "look at this one first: {times} times would fit the others, and make the ratio {ratio}",
            times=from_micros(to_micros(worst.fits)),
            ratio=after,
        ),
        severity="warning",
    )


def _place_of(draft: Draft, path: Path, level: Siblings, row: int, column: int) -> Path:
    names = {level.keys[row], level.keys[column]}
    table: dict[str, Any] = draft.data["comparisons"][path[1]]
    for number, pair in enumerate(table.get("pairs", [])):
        if {pair["more"], pair["than"]} == names:
            return (*path, "pairs", number)
    order = table["order"]
    return (*path, "matrix", order.index(level.keys[row]), order.index(level.keys[column]))


def percentages(judgement: Judgement) -> tuple[Decimal, ...]:
    """The weights in percent with six decimals, which sum to exactly 100 by largest remainder."""
    units = largest_remainder([int(Fraction(weight) * _DIGITS) for weight in judgement.weights], 100 * MICRO)
    return tuple(map(from_micros, units))


def written(draft: Draft, path: Path) -> bool:
    """Whether the file has something at a path, fit or not."""
    value: Any = draft.document.data
    try:
        for part in path:
            value = value[part]
    except (LookupError, TypeError):
        return False
    return True
