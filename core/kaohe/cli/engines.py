"""The engine that a workspace measures with, as kaohe.toml says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kaohe.cli.workspace import Workspace
    from kaohe.engine import Engine


def engine_of(workspace: Workspace) -> Engine:
    """The engine of ``engine = …``. Nothing is started before something is measured."""
    if workspace.engine == "spark":
        return _spark(workspace)
    from kaohe.cli.duckdb_settings import memory_of
    from kaohe.engine import DuckEngine
    from kaohe.engine.resources import Resources

    settings = workspace.duckdb
    return DuckEngine(Resources(memory_of(settings), settings.threads, workspace.folder / settings.folder))


def _spark(workspace: Workspace) -> Engine:
    from kaohe.engine.spark import Cluster, SparkEngine
    from kaohe.engine.spark.proof import Proof
    from kaohe.engine.spark.shared import Shared

    settings = workspace.spark
    if settings is None:
        raise ValueError("kaohe.toml was not checked")
    own = workspace.folder / ".kaohe"
    cluster = Cluster(settings.address, settings.conf, settings.wait, own / f"spark-{os.getpid()}.log")
    shared = None if settings.data is None else Shared(settings.data)
    return SparkEngine(cluster, shared, Proof(own / "spark-data.json"))
