"""Spark as an engine, on a real standalone cluster. A package, so that its fixtures end with its last test."""
