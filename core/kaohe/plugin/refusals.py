"""Why a plugin does not run, in words: one function for each refusal, so that docs and tests can name them all."""

from __future__ import annotations

from kaohe.errors import NOWHERE, Place, Problem
from kaohe.plugin.hooks import API_VERSION
from kaohe.text import msg


def incompatible(found: object, where: Place = NOWHERE) -> Problem:
    """Written for another version of the plugin interface, or silent about it."""
    return Problem(
        "plugin.incompatible",
        msg("the plugin was written for another version of the plugin interface, or does not say for which"),
        where,
        found=str(found),
        expected=f"kaohe_api = {API_VERSION}",
        fix=msg("ask its author for a version for this kaohe, or use the kaohe it was written for"),
    )
