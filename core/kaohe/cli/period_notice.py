"""What ``kaohe evaluate`` says of a period whose life has begun: its own run is a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaohe.cli.context import App
from kaohe.errors import Place, Problem
from kaohe.text import msg

if TYPE_CHECKING:
    from kaohe.run import Run


def say_preview(app: App, run: Run, number: int) -> None:
    """A note where the period is frozen or further and another run stands for it, or none yet."""
    from kaohe.run.life import official_run, state_of
    from kaohe.run.life.refusals import state_words

    scheme, name = run.belongs_to
    life = state_of(app.store, scheme, name)
    if life.state in (None, "open"):
        return
    stands = official_run(app.store, scheme, name)
    if stands == number:
        return
    what = msg("this run is a preview: no run stands for the period yet")
    if stands is not None:
        what = msg("this run is a preview: run {number} stands for the period", number=stands)
    named = {"scheme": scheme, "period": name}
    fix = msg("see where the period stands: kaohe period show {scheme} {period}", **named)
    place = Place(key=f"{scheme} {name}")
    app.problems([Problem("evaluate.preview", what, place, state_words(life.state), fix=fix, severity="note")])
