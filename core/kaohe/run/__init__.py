"""The pipeline from records to a run, the run as evidence, and the explanation of its figures."""

from kaohe.run.model import LeftOut, PluginStamp, Run

__all__ = ["LeftOut", "PluginStamp", "Run"]
