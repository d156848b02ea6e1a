"""Small charts in SVG, drawn in percent of their width: bars keep their place and letters their size on any page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from kaohe.report.html.element import Content, Element, el
from kaohe.report.html.scale import Figure, Scale
from kaohe.text import Message, Text

ROW = 16
"""The height of a chart in a table's row, in CSS pixels."""


@dataclass(frozen=True)
class Mark:
    """An upright line at a figure, ``kind`` naming its style."""

    at: Figure
    kind: str


def chart(title: Message | Text | str, *shapes: Content, height: int = ROW, kind: str = "") -> Element:
    """A chart as wide as its place, with a name for those who do not see it."""
    return el(
        "svg",
        el("title", title),
        *shapes,
        role="img",
        class_=f"chart {kind}".strip(),
        width="100%",
        height=height,
        focusable="false",
    )


def bar(scale: Scale, begin: Figure, end: Figure, kind: str, *, top: int = 3, height: int = ROW - 6) -> Element:
    """A level bar between two figures."""
    x, width = scale.between(begin, end)
    return el("rect", x=x, y=top, width=width, height=height, class_=kind)


def upright(scale: Scale, mark: Mark, *, top: int = 0, height: int = ROW) -> Element:
    x = scale.at(mark.at)
    return el("line", x1=x, x2=x, y1=top, y2=top + height, class_=mark.kind)


def dot(scale: Scale, at: Figure, kind: str, *, middle: int = ROW // 2, radius: int = 5) -> Element:
    return el("circle", cx=scale.at(at), cy=middle, r=radius, class_=kind)


def bar_chart(
    title: Message | Text | str, scale: Scale, begin: Figure, end: Figure, kind: str, marks: Sequence[Mark] = ()
) -> Element:
    """One bar, and lines to compare it with."""
    return chart(title, bar(scale, begin, end, kind), *(upright(scale, each) for each in marks))


@dataclass(frozen=True)
class Box:
    """What a group came to: the median, and, where they may be told, the quartiles and the ends."""

    median: Figure
    quartiles: tuple[Figure, Figure] | None = None
    ends: tuple[Figure, Figure] | None = None


def bullet(title: Message | Text | str, scale: Scale, box: Box | None, own: Figure | None) -> Element:
    """The group's range, its middle half and median, and one's own figure among them, as far as they are known."""
    middle = ROW // 2
    shapes: list[Content] = []
    if box is not None:
        if box.ends is not None:
            shapes.append(bar(scale, *box.ends, "range", top=middle - 2, height=4))
        if box.quartiles is not None:
            shapes.append(bar(scale, *box.quartiles, "half", top=middle - 5, height=10))
        shapes.append(upright(scale, Mark(box.median, "median"), top=middle - 8, height=16))
    if own is not None:
        shapes.append(dot(scale, own, "own"))
    return chart(title, *shapes, kind="bullet")


def line_chart(
    title: Message | Text | str, points: Sequence[tuple[Content, Figure | None, Content]], scale: Scale, *, height: int
) -> Element:
    """Figures one after the other, each with its words above and the name of its place below; None: there is none."""
    count, top, bottom = len(points), 26, height - 26
    centres = [Fraction(2 * position + 1, 2 * count) for position in range(count)]
    whole = Scale(0, 1)
    shapes: list[Content] = [el("line", x1="0", x2="100%", y1=bottom + 6, y2=bottom + 6, class_="axis")]
    before: tuple[str, int] | None = None
    for centre, (name, figure, words) in zip(centres, points, strict=True):
        x = whole.at(centre)
        shapes.append(el("text", name, x=x, y=height - 4, class_="tick"))
        if figure is None:
            before = None
            continue
        y = bottom - int(scale.share(figure) * (bottom - top))
        if before is not None:
            shapes.append(el("line", x1=before[0], y1=before[1], x2=x, y2=y, class_="trend"))
        before = (x, y)
        shapes.append(el("text", words, x=x, y=y - 10, class_="figure"))
    for centre, (_name, figure, _words) in zip(centres, points, strict=True):
        if figure is not None:
            y = bottom - int(scale.share(figure) * (bottom - top))
            shapes.append(el("circle", cx=whole.at(centre), cy=y, r=4, class_="own"))
    return chart(title, *shapes, height=height, kind="lines")
