"""Everything that a run depends on, kept with it: a run can be computed again without the plugins, the scheme's file or
the database's records, from these inputs and the files of the snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kaohe.appraise.manual import ManualChange
from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.language import Type
from kaohe.period import Period
from kaohe.plugin import Indicator, RecordType
from kaohe.records.canonical import canonical, text_digest
from kaohe.run.measuring.describing import record_types_of
from kaohe.run.model import Balances, PluginStamp, Run
from kaohe.run.stored.kept import keep_texts, kept_texts
from kaohe.run.stored.plain import data, from_data
from kaohe.scheme import load_scheme
from kaohe.scheme.model import Scheme
from kaohe.text import msg
from kaohe.worktime import Calendar, Calendars

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from kaohe.engine import Engine
    from kaohe.records import Snapshot, Store
    from kaohe.records.audit import RowChange

FORMAT = 1
SCHEME_FILE = "scheme.toml"
"""What places in a kept scheme carry for its file."""


@dataclass(frozen=True)
class Definitions:
    """The record types and indicators of plugins that the scheme uses, whole, in the order of their names."""

    record_types: tuple[RecordType, ...]
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Inputs:
    """Everything that a run depends on. Equal inputs have an equal ``digest`` and give the same run anywhere.

    ``attributes``: what the organisation recorded of its people, by name; None where there were no people.
    ``calendars`` are those that the scheme asks, ``calendar`` the name of the default one. ``snapshot`` is the
    snapshot's digest and ``manifest`` the text of its manifest. ``balances`` were brought forward from the period
    before; ``notes`` is what was to be known of the records beforehand; ``manual`` are the approved manual changes.
    """

    scheme_text: str
    definitions: Definitions
    attributes: tuple[str, ...] | None
    calendars: tuple[Calendar, ...]
    calendar: str | None
    period: Period
    timezone: str
    snapshot: str
    manifest: str
    plugins: tuple[PluginStamp, ...] = ()
    balances: Balances | None = None
    notes: tuple[Problem, ...] = ()
    manual: tuple[ManualChange, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text that names all others by theirs."""
        return text_digest(self.texts[-1])

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Everything as texts, each to be kept by its SHA-256: parts that many runs share stand apart; the last one
        is the inputs' own and names them."""
        parts = {
            "scheme_text": self.scheme_text,
            "record_types": canonical(data(self.definitions.record_types)),
            "indicators": canonical(data(self.definitions.indicators)),
            "calendars": canonical(data(self.calendars)),
            "manifest": self.manifest,
        }
        own = {name: data(getattr(self, name)) for name in (*_OWN, *(("manual",) if self.manual else ()))}
        named = {name: text_digest(text) for name, text in parts.items()}
        return (*parts.values(), canonical({"format": FORMAT, **own, "texts": named}))

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme as it is evaluated. Raises KaoheError where this version of kaohe refuses it."""
        attributes = None if self.attributes is None else dict.fromkeys(self.attributes, Type("text"))
        checked = load_scheme(
            self.scheme_text,
            SCHEME_FILE,
            {each.name: each for each in self.definitions.record_types},
            {each.id: each for each in self.definitions.indicators},
            attributes,
            Calendars({each.name: each for each in self.calendars}, self.calendar),
        )
        return checked.require()

    @property
    def record_types(self) -> dict[str, RecordType]:
        """The record types that are read, by name."""
        defined = {each.name: each for each in self.definitions.record_types}
        return {name: defined[name] for name in record_types_of(self.scheme, defined)}


_OWN = ("attributes", "calendar", "period", "timezone", "snapshot", "plugins", "balances", "notes")


def inputs_from(texts: Mapping[str, str], digest: str) -> Inputs:
    """The inputs of that digest, out of texts by their SHA-256. KeyError and the like where the texts are not those."""
    read: dict[str, Any] = json.loads(texts[digest])
    if (form := read.pop("format")) != FORMAT:
        raise ValueError(form)
    named: dict[str, str] = read.pop("texts")
    types, indicators, calendars = (
        from_data(json.loads(texts[named[name]])) for name in ("record_types", "indicators", "calendars")
    )
    return Inputs(
        scheme_text=texts[named["scheme_text"]],
        definitions=Definitions(types, indicators),
        calendars=calendars,
        manifest=texts[named["manifest"]],
        **{name: from_data(value) for name, value in read.items()},
    )


def texts_named(text: str) -> dict[str, str]:
    """The SHA-256 of every text that the inputs' own text names, by what it holds."""
    named: dict[str, str] = json.loads(text)["texts"]
    return named


def snapshot_of(inputs: Inputs, snapshots: Path) -> Snapshot:
    """The snapshot, by the kept manifest. KaoheError where a file of it is missing or does not say what it said."""
    from kaohe.records.keeping import open_kept  # noqa: PLC0415 - inputs can be read without Arrow

    return open_kept(inputs.manifest, inputs.snapshot, snapshots)


def evaluate_inputs(
    inputs: Inputs, snapshots: Path, *, core_version: str, created_at: datetime, engine: Engine | None = None
) -> Run:
    """Compute the run that these inputs give. ``snapshots``: the folder of their files; ``engine``: DuckDB, left out.

    Raises KaoheError where nobody or nothing is there to be evaluated, and for a snapshot that is not what it was.
    """
    from kaohe.engine import DuckEngine  # noqa: PLC0415 - inputs can be read without an engine
    from kaohe.run.evaluate import Setting, evaluate  # noqa: PLC0415 - likewise
    from kaohe.run.organisation.members import read_members  # noqa: PLC0415 - likewise

    snapshot = snapshot_of(inputs, snapshots)
    setting = Setting(
        record_types=inputs.record_types,
        plugins=inputs.plugins,
        zone=ZoneInfo(inputs.timezone),
        core_version=core_version,
        created_at=created_at,
        balances=inputs.balances,
        notes=inputs.notes,
    )
    members = read_members(snapshot)
    by_hand = inputs.manual
    return evaluate(inputs.scheme, inputs.period, snapshot, members, engine or DuckEngine(), setting, by_hand)


def keep_inputs(connection: Connection, inputs: Inputs) -> tuple[str, list[RowChange]]:
    """Keep the texts of the inputs, each once; the digest to read them by, and what the audit event has to say."""
    return inputs.digest, keep_texts(connection, inputs.texts)


def read_inputs(store: Store, digest: str) -> Inputs:
    """The inputs of that digest. Raises KaoheError where a text of them is missing or is not what was kept."""
    with store.reading() as connection:
        return inputs_in(connection, digest)


def inputs_in(connection: Connection, digest: str) -> Inputs:
    """Likewise within a transaction."""
    head = kept_texts(connection, [digest])
    try:
        texts = head | kept_texts(connection, texts_named(head[digest]).values())
        changed = [each for each, text in texts.items() if text_digest(text) != each]
        if not changed:
            return inputs_from(texts, digest)
    except (ValueError, KeyError, TypeError, AttributeError):
        changed = [digest]
    raise _unreadable(changed)


def _unreadable(digests: Iterable[str]) -> KaoheError:
    return fail(
        Problem(
            "run.inputs-unreadable",
            msg("a kept text of the run's inputs is missing or is not what was kept"),
            Place(key=", ".join(digests)),
            fix=msg("see what differs: kaohe run verify --all"),
        ),
        Exit.ENVIRONMENT,
    )
