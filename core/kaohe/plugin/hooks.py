"""The hooks a plugin may implement: flat, typed, verb first. Each returns data; none is handed the database.

A plugin is a module (or object) named by an entry point of the group ``kaohe.plugins``, with the attribute
``kaohe_api = 1`` and functions marked ``@hookimpl``.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from kaohe.plugin.types import Indicator, RecordType, SampleFile, SchemeTemplate

API_VERSION = 1
ENTRY_POINT_GROUP = "kaohe.plugins"

hookspec = pluggy.HookspecMarker("kaohe")
hookimpl = pluggy.HookimplMarker("kaohe")


@hookspec
def provide_record_types() -> Iterable[RecordType]:  # type: ignore[empty-body]  # a specification has no body
    """Return the record types that this plugin brings. Called once, when the workspace is opened."""


@hookspec
def provide_indicators() -> Iterable[Indicator]:  # type: ignore[empty-body]  # a specification has no body
    """Return the indicators that this plugin brings; each id begins with the plugin's name and a dot."""


@hookspec
def provide_schemes() -> Iterable[SchemeTemplate]:  # type: ignore[empty-body]  # a specification has no body
    """Return complete scheme files from which ``kaohe scheme new`` and ``kaohe init --industry`` start."""


@hookspec
def generate_sample(people: int, seed: int) -> Iterable[SampleFile]:  # type: ignore[empty-body]  # likewise
    """Return invented people and records for so many people; the same seed gives the same rows anywhere."""
