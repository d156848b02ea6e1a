"""The audit log read again: whether anything was changed past kaohe, and what happened when."""
