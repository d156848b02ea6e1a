"""A whole run as a document and columns over its people, and back: nothing of it is left out, and new parts need no
line here.

What has one entry for each person becomes a column, named by where it stands (``points crm.nps``); the document holds
the rest and names the columns. The scheme stands apart: it is compiled again from the run's inputs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa

from kaohe.appraise.decisions import Decisions
from kaohe.appraise.manual import Computed
from kaohe.appraise.model import Appraisal, Decision, Money, People, Values
from kaohe.appraise.teams import Teams
from kaohe.records.canonical import canonical
from kaohe.run.assessment_model import Assessed
from kaohe.run.model import Counts, Run
from kaohe.run.stored.plain import KNOWN, data, from_data, said
from kaohe.scheme.model import Scheme
from kaohe.scheme.teams import of_teams

_OPENED = (Appraisal, People, Values, Money, Counts, Assessed, Computed)
"""Classes of which single fields may become columns."""
_ABOUT_ALL = ("appraisal",)
"""Names that every column's would begin with."""
BESIDE = frozenset({"scheme", "digest", "snapshot", "created_at"})
"""Fields of a run that stand beside it, in its row."""
Columns = dict[str, pa.Array]


def shelve(run: Run) -> tuple[dict[str, Any], Columns]:
    """The document and the columns by name, in a stable order. TypeError for what cannot be stored."""
    shelf = _Shelf(len(run.appraisal.people))
    document = {each.name: shelf.put(getattr(run, each.name), (each.name,)) for each in _fields_of_a_run()}
    return document, shelf.columns


def unshelve(document: Mapping[str, Any], columns: Mapping[str, pa.Array], scheme: Scheme, **beside: Any) -> Run:
    """The run again; ``beside``: the fields of its row. KeyError, ValueError and the like for what was never stored."""
    desk = _Desk(columns, scheme)
    return Run(scheme=scheme, **beside, **{each.name: desk.take(document[each.name]) for each in _fields_of_a_run()})


def column_names(document: Any) -> list[str]:
    """The columns that a document names, in its order."""
    match document:
        case {"column": str() as name, "as": _}:
            return [name]
        case dict():
            return [name for each in document.values() for name in column_names(each)]
        case list():
            return [name for each in document for name in column_names(each)]
    return []


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
                return self._column(path, self._each(value), "decisions")
            case tuple() if len(value) == self.rows:
                if all(each is None or isinstance(each, str) for each in value):
                    return self._column(path, pa.array(value, pa.string()), "texts")
                return self._column(path, self._each(value), "each")
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

    def _each(self, values: Sequence[Any]) -> pa.Array:
        """Each entry as JSON; entries that are equal are written once."""
        known: dict[int, str] = {}

        def text(value: Any) -> str:
            # By identity: equal values may be of different types, and 1 is not true.
            if id(value) not in known:
                known[id(value)] = canonical(data(value))
            return known[id(value)]

        if isinstance(values, Decisions):
            return pa.array(["[" + ",".join(map(text, each)) + "]" for each in values], pa.string())
        return pa.array([text(value) for value in values], pa.string())


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
            case "texts":
                return tuple(column.to_pylist())
            case "each":
                return tuple(from_data(json.loads(text)) for text in column.to_pylist())
            case "decisions":
                return _decisions([json.loads(text) for text in column.to_pylist()])
        raise ValueError(kind)


def _decisions(rows: list[list[Any]]) -> Decisions:
    """Everybody's decisions; what was said once is one decision again."""
    numbers: dict[str, int] = {}
    listed: list[Decision] = []
    which: list[int] = []
    for row in rows:
        for each in row:
            text = canonical(each)
            if text not in numbers:
                numbers[text] = len(listed)
                listed.append(from_data(each))
            which.append(numbers[text])
    begins = np.array([0, *accumulate(map(len, rows))], np.int64)
    return Decisions(begins, np.array(which, np.int64), tuple(listed))


def _without_scheme(teams: Teams) -> list[tuple[str, Any]]:
    return [(each.name, getattr(teams, each.name)) for each in fields(Teams) if each.name != "scheme"]
