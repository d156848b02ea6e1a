"""The command line: it parses, calls and prints. No rule lives here."""
