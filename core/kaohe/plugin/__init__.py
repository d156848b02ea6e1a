"""What a plugin author imports, and nothing else of the core."""

from kaohe.plugin.hooks import API_VERSION, hookimpl
from kaohe.plugin.pack import Pack
from kaohe.plugin.types import (
    Field,
    Indicator,
    Parameter,
    RecordType,
    SampleFile,
    SchemeTemplate,
    Share,
)
from kaohe.text import Text

__all__ = [
    "API_VERSION",
    "Field",
    "Indicator",
    "Pack",
    "Parameter",
    "RecordType",
    "SampleFile",
    "SchemeTemplate",
    "Share",
    "Text",
    "hookimpl",
]
