"""The base pack: record types and indicators of customer relations that every industry shares, as data."""

from kaohe.plugin import Pack

plugin = Pack(__name__)
