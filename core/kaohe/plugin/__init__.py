"""What a plugin author imports, and nothing else of the core."""

from kaohe.plugin.hooks import API_VERSION, hookimpl
from kaohe.plugin.pack import Pack
from kaohe.plugin.types import (
    AssessmentRule,
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
    "AssessmentRule",
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
