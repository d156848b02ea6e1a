"""Steps that bring the core's tables from one version to the next. Record types' tables are not among them."""
