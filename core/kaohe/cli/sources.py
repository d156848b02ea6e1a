"""The tables ``[sources.NAME]`` of kaohe.toml: other databases that records may be asked of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kaohe.errors import Place, Problem, fail
from kaohe.text import Message, msg

if TYPE_CHECKING:
    from kaohe.cli.context import App
    from kaohe.records.query import Query

EXAMPLE = 'crm = { url = "postgresql://reader@host/crm" }'


def variable(name: str) -> str:
    """The variable of the environment that takes the place of a source's URL: it may hold a password."""
    return f"KAOHE_SOURCE_{name.upper().replace('-', '_')}_URL"


def mistakes_in_sources(data: Mapping[str, Any]) -> Iterator[tuple[str, Message, Any, str]]:
    """For each mistake in the table: the key, what is wrong, what was found, what was expected. A URL is never among
    what was found."""
    for name, source in data.items():
        if not isinstance(source, dict) or set(source) != {"url"} or not isinstance(source["url"], str):
            yield name, msg("a source has exactly one setting, url"), None, EXAMPLE


def query_of(app: App, text: str, source: str | None) -> Query:
    """The query of ``--from-sql`` (a file that holds it, or the query itself), asked of the source named, or of the
    only one there is. Raises KaoheError where it is not clear which."""
    from kaohe.records.query import Query
    from kaohe.records.words import nearest

    known = app.workspace.sources
    if source is None and len(known) == 1:
        source = next(iter(known))
    if source is None or source not in known:
        what = msg("there is no source {name}", name=source) if source else msg("the query needs a source")
        near = nearest(source, known) if source else None
        fix = (
            msg("name one with --source; they stand in kaohe.toml under [sources]: {example}", example=EXAMPLE)
            if near is None
            else msg("did you mean {name}?", name=near)
        )
        place = Place(str(app.workspace.file))
        raise fail(Problem("records.source", what, place, expected=", ".join(known) or None, fix=fix))
    name, words = _read(text)
    return Query(name, words, source, app.environment.get(variable(source)) or known[source])


def _read(text: str) -> tuple[str, str]:
    """The query's name and its text. Raises KaoheError where there is none."""
    if not text.strip():
        fix = msg("name a file with one SELECT, or write the query itself in quotation marks")
        raise fail(Problem("records.query", msg("the query is empty"), Place(key="--from-sql"), fix=fix))
    if any(mark.isspace() for mark in text.strip()):
        return "SQL", text
    path = Path(text)
    try:
        return path.name, path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        what = msg("there is no such file with a query, in UTF-8")
        fix = msg("name a file with one SELECT, or write the query itself in quotation marks")
        raise fail(Problem("records.query", what, Place(str(path)), fix=fix)) from None
