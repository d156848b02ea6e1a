"""Where weights and totals come from, in words."""

from __future__ import annotations

from collections.abc import Iterable

from kaohe.exact import shorten
from kaohe.precise import Matrix
from kaohe.scheme.judgement import Method
from kaohe.scheme.model import Comparison, Scheme, TotalBy
from kaohe.scheme.words import used_name
from kaohe.text import Message, Text, msg

METHODS: dict[Method, Message] = {
    "eigenvector": msg("the eigenvector"),
    "geometric_mean": msg("the geometric means of the rows"),
    "column_mean": msg("the means of the normalised columns"),
}
_SCALES: dict[str, Message] = {
    "vector": msg("points divided by the root of their sum of squares"),
    "linear": msg("points divided by their maximum"),
    "minmax": msg("points divided by their range"),
    "sum": msg("points divided by their sum"),
    "none": msg("points as they are"),
}


def weight_lines(scheme: Scheme) -> Iterable[Message]:
    """What the table of weights does not say by itself."""
    if scheme.weights == "relative":
        yield msg("Weights are shares of their sum.")
    elif scheme.weights == "entropy":
        yield msg("Weights come from the data of each run (entropy): what tells people apart weighs more.")
    for comparison in scheme.comparisons:
        yield consistency_words(scheme, comparison)


def total_words(total: TotalBy) -> Message | None:
    """How points become the total; nothing is said of the usual weighted sum."""
    match total.method:
        case "topsis":
            return msg(
                "The total is the closeness to the best there is, among everybody (TOPSIS; {scale}).",
                scale=_SCALES[total.normalisation],
            )
        case "vikor":
            share = shorten(total.v)
            return msg("The total is 100 × (1 − Q) among everybody (VIKOR, v = {share}).", share=share)
        case _:
            return None


def consistency_words(scheme: Scheme, comparison: Comparison) -> Message:
    """The method behind a comparison's weights, and its consistency ratio by the table named."""
    judgement = comparison.judgement
    return msg(
        "Weights of {of} come from comparisons in pairs (AHP, {method}): consistency ratio {ratio}, "
        "random index of {table}.",
        of=compared_name(scheme, comparison),
        method=METHODS[judgement.method],
        ratio=shorten(judgement.consistency_ratio),
        table=judgement.table,
    )


def compared_name(scheme: Scheme, comparison: Comparison) -> Message | Text:
    """What is compared, by name."""
    names = {each.id: each.name for each in scheme.dimensions}
    return msg("the dimensions") if comparison.of is None else names[comparison.of]


def comparison_rows(scheme: Scheme) -> Iterable[tuple[Message | Text | str, ...]]:
    """One row for every pair compared: within what, which matters more, how many times, than which."""
    for comparison in scheme.comparisons:
        names = names_of(scheme, comparison)
        within: Message | Text | str = compared_name(scheme, comparison)
        for i, j in ordered_pairs(comparison.matrix):
            yield within, names[i], str(comparison.matrix[i][j]), names[j]
            within = ""


def names_of(scheme: Scheme, comparison: Comparison) -> tuple[Message | Text, ...]:
    """What is compared, in the order of the matrix."""
    if comparison.of is None:
        return tuple(each.name for each in scheme.dimensions)
    (parent,) = (each for each in scheme.dimensions if each.id == comparison.of)
    return tuple(map(used_name, parent.indicators))


def ordered_pairs(matrix: Matrix) -> Iterable[tuple[int, int]]:
    """Every pair once, what matters more first."""
    for i, row in enumerate(matrix):
        for j in range(i + 1, len(row)):
            yield (i, j) if row[j] >= 1 else (j, i)
