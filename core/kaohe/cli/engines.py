"""The engine that a workspace measures with, as kaohe.toml says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaohe.cli.workspace import Workspace

if TYPE_CHECKING:
    from kaohe.engine import Engine


def engine_of(_workspace: Workspace) -> Engine:
    """The engine of ``engine = …``. Nothing is started before something is measured."""
    from kaohe.engine import DuckEngine

    return DuckEngine()
