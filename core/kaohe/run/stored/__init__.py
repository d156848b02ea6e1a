"""Runs as they are stored: values as data and back, a whole run as columns and a document, and what reads them."""
