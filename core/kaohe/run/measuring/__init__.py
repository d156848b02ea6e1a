"""From a scheme and a snapshot to values: what the engine is asked, what is told by other records, what is derived."""
