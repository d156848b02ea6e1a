"""Checks of a deployment: each looks at facts that were gathered, and says what was found and how to mend it."""
