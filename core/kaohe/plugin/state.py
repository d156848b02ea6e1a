"""What is known of a workspace's plugins: a state for each, and everything that the running ones bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kaohe.errors import Exit, Problem, fail
from kaohe.plugin.cross import brings
from kaohe.plugin.load import Plugin
from kaohe.plugin.sampling import sample
from kaohe.plugin.types import Indicator, RecordType, SampleFile, SchemeTemplate
from kaohe.text import Text, msg

Origin = Literal["core", "installed", "wheel"]
State = Literal["running", "refused", "available"]


@dataclass(frozen=True)
class Brings:
    """Names of what a plugin brings: record types, indicators (ids), scheme templates, and whether it has samples."""

    record_types: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    samples: bool = False


@dataclass(frozen=True)
class PluginState:
    """One plugin as ``kaohe plugin list`` shows it.

    ``available``: installed, but not allowed, and therefore not looked into. ``source`` is the distribution or file.
    ``version`` and ``digest`` are None where they were not looked at.
    """

    name: str
    origin: Origin
    state: State
    source: str
    version: str | None = None
    digest: str | None = None
    file: str | None = None
    label: Text | None = None
    brings: Brings = Brings()
    problems: tuple[Problem, ...] = ()

    def refused(self, problems: Sequence[Problem]) -> PluginState:
        return replace(self, state="refused", problems=tuple(problems))


@dataclass(frozen=True)
class Registry:
    """What the running plugins bring, by name (indicators by id), in the order of the plugins."""

    record_types: Mapping[str, RecordType]
    indicators: Mapping[str, Indicator]
    schemes: Mapping[str, SchemeTemplate]
    plugins: tuple[PluginState, ...]
    loaded: Mapping[str, Plugin] = field(repr=False)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why plugins were refused."""
        return tuple(problem for plugin in self.plugins if plugin.state == "refused" for problem in plugin.problems)

    def plugin(self, name: str) -> PluginState:
        """The running plugin of that name, else the first one known by it; KaoheError where there is none."""
        found = [plugin for plugin in self.plugins if plugin.name == name]
        if not found:
            known = ", ".join(sorted({plugin.name for plugin in self.plugins}))
            raise fail(Problem("plugin.unknown", msg("there is no such plugin"), found=name, expected=known))
        return min(found, key=lambda plugin: ("running", "refused", "available").index(plugin.state))

    def owner_of(self, name: str) -> str:
        """The plugin that brings the record type or indicator; KeyError where none does."""
        for plugin in self.loaded.values():
            if name in brings(plugin, "record_types") or name in brings(plugin, "indicators"):
                return plugin.name
        raise KeyError(name)

    def sample(self, name: str, people: int, seed: int) -> list[SampleFile]:
        """Invented files of a running plugin for so many people; the same seed gives the same rows.

        Raises KaoheError where the plugin does not run, has no samples, or makes something else than it should.
        """
        plugin = self.loaded.get(name)
        if plugin is None or plugin.generate is None:
            able = ", ".join(plugin.name for plugin in self.loaded.values() if plugin.generate)
            what = msg("this plugin makes no samples")
            raise fail(Problem("plugin.no-samples", what, found=name, expected=able), Exit.ENVIRONMENT)
        return sample(plugin, people, seed, self.record_types)
