"""Scheme files: read, checked whole, described in words. Nothing is computed here."""

from kaohe.scheme.load import Checked, content_digest, load_scheme
from kaohe.scheme.model import Scheme
from kaohe.scheme.schema import schema_text

__all__ = ["Checked", "Scheme", "content_digest", "load_scheme", "schema_text"]
