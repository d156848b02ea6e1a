"""Spark, for what outgrows one machine: the same plans on the same files, measured by a cluster."""

from kaohe.engine.spark.cluster import OWN_SETTINGS, Cluster
from kaohe.engine.spark.distributed import SparkEngine

__all__ = ["OWN_SETTINGS", "Cluster", "SparkEngine"]
