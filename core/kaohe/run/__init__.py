"""The pipeline from records to a run, the run as evidence, and the explanation of its figures."""

from kaohe.run.evaluate import Setting, evaluate
from kaohe.run.model import LeftOut, PluginStamp, Run

__all__ = ["LeftOut", "PluginStamp", "Run", "Setting", "evaluate"]
