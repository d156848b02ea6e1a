"""A whole run as a document and columns over its people, and back: nothing of it is left out, and new parts need no
line here.

What has one entry for each person becomes a column, named by where it stands (``points crm.nps``); the document holds
the rest and names the columns. The scheme stands apart: it is compiled again from the run's inputs.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from kaohe.appraise.coded import Coded
from kaohe.appraise.decisions import Decisions
from kaohe.appraise.manual import Computed
from kaohe.appraise.model import Appraisal, Money, People, Values
from kaohe.appraise.teams import Teams
from kaohe.exact import Ints
from kaohe.records.canonical import canonical
from kaohe.run.assessment.model import Assessed
from kaohe.run.model import Counts, Run
from kaohe.run.stored.plain import ARRAYS, KNOWN, data, from_data, said
from kaohe.scheme.model import Scheme
from kaohe.scheme.teams import of_teams

_OPENED = (Appraisal, People, Values, Money, Counts, Assessed, Computed)
"""Classes of which single fields may become columns."""
_ABOUT_ALL = ("appraisal",)
"""Names that every column's would begin with."""
BESIDE = frozenset({"scheme", "digest", "snapshot", "created_at"})
"""Fields of a run that stand beside it, in its row."""
Columns = dict[str, pa.Array]
LARGE: Mapping[str, Any] = MappingProxyType(
    {"counts": {"map": []}, "team_counts": {"map": []}, "decisions": [], "stays": []}
)
"""The fields that explain a run or prove it, and that no figure of it is read from: by name, and written as empty."""


def shelve(run: Run) -> tuple[dict[str, Any], Columns]:
    """The document and the columns by name, in a stable order. TypeError for what cannot be stored."""
    shelf = _Shelf(len(run.appraisal.people))
    document = {each.name: shelf.put(getattr(run, each.name), (each.name,)) for each in _fields_of_a_run()}
    return document, shelf.columns


def unshelve(document: Mapping[str, Any], columns: Mapping[str, pa.Array], scheme: Scheme, **beside: Any) -> Run:
    """The run again; ``beside``: the fields of its row. KeyError, ValueError and the like for what was never stored."""
    desk = _Desk(columns, scheme)
    return Run(scheme=scheme, **beside, **{each.name: desk.take(document[each.name]) for each in _fields_of_a_run()})


def lessened(document: Mapping[str, Any], without: Collection[str]) -> dict[str, Any]:
    """The document with these of its ``LARGE`` fields empty."""
    return {
        name: LARGE[name] if name in without else lessened(each, without) if isinstance(each, dict) else each
        for name, each in document.items()
    }


def columns_of(node: dict[str, Any] | list[Any]) -> frozenset[str]:
    """The columns that a document, or a part of one, names."""
    if isinstance(node, dict) and node.keys() == {"column", "as"}:
        return frozenset((node["column"],))
    parts = [each for name, each in node.items() if name not in ARRAYS] if isinstance(node, dict) else node
    return frozenset().union(*(columns_of(each) for each in parts if isinstance(each, dict | list)))


def _fields_of_a_run() -> list[Any]:
    return [each for each in fields(Run) if each.name not in BESIDE]


@dataclass
class _Shelf:
    """Takes a run apart. ``rows``: how many people it has."""

    rows: int
    columns: Columns = field(default_factory=dict)

    def put(self, value: Any, path: tuple[str, ...]) -> Any:
        match value:
            case Teams():
                return {"teams": {name: data(each) for name, each in _without_scheme(value)}}
            case np.ndarray() if len(value) == self.rows and value.dtype in (np.int64, np.bool_):
                return self._column(path, pa.array(value), "numbers")
            case Decisions():
                return self._column(path, _lists(value), "decisions")
            case Coded() if len(value) == self.rows:
                used = value.used()
                column, kind = _entries(used.distinct)
                listed = _shared(used.which, column) if kind == "each" else column.take(pa.array(used.which))
                return self._column(path, listed, kind)
            case tuple() if len(value) == self.rows:
                column, kind = _entries(value)
                return self._column(path, column.dictionary_encode() if kind == "each" else column, kind)
            case tuple():
                return [self.put(each, (*path, str(number))) for number, each in enumerate(value)]
            case Mapping():
                return {"map": [[data(key), self.put(each, (*path, str(key)))] for key, each in value.items()]}
            case _ if isinstance(value, _OPENED):
                parts = {name: self.put(each, (*path, name)) for name, each in said(value)}
                return {"is": type(value).__name__, **parts}
        return data(value)

    def _column(self, path: tuple[str, ...], column: pa.Array, kind: str) -> dict[str, str]:
        name = " ".join(path[1:] if path[:1] == _ABOUT_ALL else path)
        if name in self.columns:
            name = f"{name} ({len(self.columns)})"
        self.columns[name] = column
        return {"column": name, "as": kind}


@dataclass(frozen=True)
class _Desk:
    """Puts a run together again."""

    columns: Mapping[str, pa.Array]
    scheme: Scheme

    def take(self, node: Any) -> Any:
        match node:
            case {"is": str() as kind} if KNOWN.get(kind) not in _OPENED:
                return from_data(node)
            case {"is": str() as kind}:
                return KNOWN[kind](**{name: self.take(each) for name, each in node.items() if name != "is"})
            case {"column": str() as name, "as": str() as kind}:
                return self._column(self.columns[name], kind)
            case {"teams": dict() as parts} if (part := of_teams(self.scheme)) is not None:
                return Teams(scheme=part, **{name: from_data(each) for name, each in parts.items()})
            case {"map": list() as pairs}:
                return {from_data(key): self.take(each) for key, each in pairs}
            case list():
                return tuple(self.take(each) for each in node)
        return from_data(node)

    def _column(self, column: pa.Array, kind: str) -> Any:
        match kind:
            case "numbers":
                # A copy that may be written to, as a computed one is.
                return np.array(column.to_numpy(zero_copy_only=False))
            case "plain":
                return tuple(column.to_pylist())
            case "each":
                texts, numbers = _told_apart(column)
                return Coded(numbers, [from_data(json.loads(text)) for text in texts])
            case "decisions":
                texts, numbers = _told_apart(column.values)
                said = tuple(from_data(json.loads(text)) for text in texts)
                return Decisions(np.array(column.offsets.to_numpy(), np.int64), numbers, said)
        raise ValueError(kind)


def _entries(values: Sequence[Any]) -> tuple[pa.Array, str]:
    """One entry for each, and how it is to be read again."""
    kinds = set(map(type, values)) - {type(None)}
    if kinds <= {str}:
        return pa.array(values, pa.string()), "plain"
    if kinds == {bool}:
        return pa.array(values, pa.bool_()), "plain"
    if kinds == {int} and all(each is None or abs(each) < 2**63 for each in values):
        return pa.array(values, pa.int64()), "plain"
    return pa.array([canonical(data(each)) for each in values], pa.string()), "each"


def _lists(decisions: Decisions) -> pa.Array:
    """Each person's decisions as a list of JSON texts; what is said of many is written out once."""
    said = pa.array([canonical(data(each)) for each in decisions.said], pa.string())
    return pa.LargeListArray.from_arrays(pa.array(decisions.begins), _shared(decisions.which, said))


def _shared(which: Ints, texts: pa.Array) -> pa.Array:
    """Texts that stand in many places, held once."""
    return pa.DictionaryArray.from_arrays(pa.array(which.astype(np.int32)), texts)


def _told_apart(column: pa.Array) -> tuple[list[str], Ints]:
    """The texts that occur, and which of them stands where."""
    found = column.dictionary_encode()
    return found.dictionary.to_pylist(), np.array(found.indices.to_numpy(), np.int64)


def _without_scheme(teams: Teams) -> list[tuple[str, Any]]:
    return [(each.name, getattr(teams, each.name)) for each in fields(Teams) if each.name != "scheme"]
