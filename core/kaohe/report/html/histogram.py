"""How totals are spread: people counted in steps of a round width, tier by tier, with the cuts between tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaohe.exact import DECIMALS, Ints, from_micros
from kaohe.report.html.charts import chart
from kaohe.report.html.element import Content, Element, el
from kaohe.report.html.scale import Scale, nice_step, percent
from kaohe.text import Message

MOST_BINS = 12
HEIGHT = 220
_TOP, _BOTTOM = 36, 24


@dataclass(frozen=True)
class Histogram:
    """``edges``: where steps begin, and where the last one ends, in millionths; ``counts`` per series and step."""

    edges: tuple[int, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def heights(self) -> tuple[int, ...]:
        """How many in each step, whatever their series."""
        return tuple(map(sum, zip(*self.counts, strict=True)))


def histogram(totals: Ints, series: Ints, of: int, decimals: int) -> Histogram:
    """Totals in millionths counted by step; ``series`` says for each which of the ``of`` it belongs to."""
    low, high = int(totals.min()), int(totals.max())
    # No step is finer than the totals themselves; steps begin at whole multiples of their width.
    step = nice_step(high - low + 1, MOST_BINS - 1, 10 ** (DECIMALS - decimals))
    first = low // step
    last = high // step
    number = totals // step - first
    counts = [np.bincount(number[series == each], minlength=last - first + 1) for each in range(of)]
    edges = tuple((first + each) * step for each in range(last - first + 2))
    return Histogram(edges, tuple(tuple(each.tolist()) for each in counts))


def drawn(found: Histogram, title: Message, kinds: Sequence[str], cuts: Sequence[tuple[int, Content]] = ()) -> Element:
    """Bars side by side with their counts above; ``kinds`` name the style of each series; ``cuts`` are labelled."""
    tallest = max(found.heights)
    plot = HEIGHT - _TOP - _BOTTOM
    bins = len(found.edges) - 1
    across = Scale(found.edges[0], found.edges[-1])
    ground = HEIGHT - _BOTTOM
    shapes: list[Content] = []
    counts_above: list[Content] = []
    for position, height in enumerate(found.heights):
        left, right = found.edges[position : position + 2]
        x, width = across.between(left, right)
        below = ground
        for kind, counts in zip(reversed(kinds), reversed(found.counts), strict=True):
            tall = plot * counts[position] // tallest
            if counts[position]:
                tall = max(tall, 1)
                shapes.append(el("rect", x=x, y=below - tall, width=width, height=tall, class_=f"bin {kind}"))
            below -= tall
        if height:
            middle = across.at((left + right) // 2)
            counts_above.append(el("text", height, x=middle, y=below - 5, class_="figure"))
    shapes.append(el("line", x1="0", x2="100%", y1=ground, y2=ground, class_="axis"))
    every = 1 if bins <= MOST_BINS // 2 else 2
    for position, edge in enumerate(found.edges):
        if position % every == 0 or position == bins:
            side = "start" if position == 0 else "end" if position == bins else "middle"
            if position == bins and bins % every:
                continue
            shapes.append(
                el("text", str(from_micros(edge)), x=across.at(edge), y=HEIGHT - 6, class_="tick", text_anchor=side)
            )
    for cut, label in cuts:
        if found.edges[0] < cut < found.edges[-1]:
            x = percent(across.share(cut))
            shapes.append(el("line", x1=x, x2=x, y1=16, y2=ground, class_="cut"))
            shapes.append(el("text", label, x=x, y=11, class_="cut-name"))
    return chart(title, *shapes, *counts_above, height=HEIGHT, kind="histogram")
