"""One module per step, named by its number; steps are never edited once released."""
