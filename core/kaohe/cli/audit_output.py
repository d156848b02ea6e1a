"""Events of the audit log on a terminal, as JSON and as CSV."""

from __future__ import annotations

import csv
import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import TYPE_CHECKING, Any

from kaohe.cli.audit_words import action_word
from kaohe.cli.output import json_text
from kaohe.cli.words import _
from kaohe.records.auditing.events import Event, text_of
from kaohe.records.auditing.found import named
from kaohe.records.words import guarded
from kaohe.text import render, visible

if TYPE_CHECKING:
    from kaohe.cli.context import App

_BRIEF = 100
_FIRST = ("what", "file", "file_name", "record_type", "read", "added", "replaced", "quarantined", "run", "reason")
_DIGEST = 64  # digits; the first twelve tell it from others


def events_table(app: App, events: Sequence[Event]) -> None:
    rows = [
        [each.number, _clock(app, each.at), _who(each), render(action_word(each.action), app.language), each.subject,
         brief(each)]
        for each in events
    ]  # fmt: skip
    app.table([_("Event"), _("At"), _("By"), _("Action"), _("Subject"), _("What")], rows, right=[0])


def events_json(events: Sequence[Event], app: App) -> str:
    return json_text(
        [
            {
                "event": each.number,
                "at": each.at.astimezone(app.workspace.timezone).isoformat(),
                "actor": each.actor,
                "login": each.login,
                "action": each.action,
                "subject": each.subject,
                "detail": each.detail,
                "digest": each.digest,
            }
            for each in events
        ]
    )


def events_csv(events: Sequence[Event], app: App) -> str:
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["event", "at", "actor", "login", "action", "subject", "what", "digest"])
    for each in events:
        at = each.at.astimezone(app.workspace.timezone).isoformat()
        cells = (each.actor, each.login, each.action, each.subject, brief(each, longest=None))
        writer.writerow([each.number, at, *map(guarded, cells), each.digest])
    return text.getvalue()


def event_text(app: App, event: Event) -> str:
    """One event whole: who, when, what it says, and each row's fields before and after."""
    lines = [
        _("event {number}: {action}").format(
            number=event.number, action=render(action_word(event.action), app.language)
        ),
        _("subject: {subject}").format(subject=event.subject),
        _("who: {who}, {when}").format(who=_who(event), when=_clock(app, event.at)),
        *(f"  {name}: {_shown(value)}" for name, value in event.said.items()),
    ]
    for table, key, before, after in event.rows:
        lines += ["", f"{named(table, key)}: {_became(before, after)}", *_fields(before, after)]
    for seal in event.detail.get("seals", []):
        lines += ["", _("{rows} sealed: {count}").format(rows=named(seal["table"], seal["where"]), count=seal["rows"])]
    if event.action.endswith(".version"):
        former, new = (text_of(app.bare_store, event.said.get(name)) or "" for name in ("before", "after"))
        differ = difflib.unified_diff(former.splitlines(), new.splitlines(), "before", "after", lineterm="", n=1)
        lines += ["", *differ]
    lines += ["", _("digest: {digest}").format(digest=event.digest)]
    return visible("\n".join(lines)) + "\n"


def brief(event: Event, *, longest: int | None = _BRIEF) -> str:
    """What an event says, on one line."""
    known = event.said
    names = [name for name in _FIRST if name in known] + [name for name in known if name not in _FIRST]
    said = [f"{name}={_cut(_shown(known[name]))}" for name in names if known[name] not in (None, 0, False)]
    said += [f"{named(table, key)}: {', '.join(_differing(before, after))}" for table, key, before, after in event.rows]
    text = "; ".join(said).replace("\n", " ")
    return text if longest is None or len(text) <= longest else f"{text[:longest]}…"


def _fields(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[str]:
    for name in _differing(before, after):
        was, now = ((side or {}).get(name) for side in (before, after))
        yield f"  {name}: {_shown(was)} → {_shown(now)}" if before and after else f"  {name}: {_shown(was or now)}"


def _differing(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[str]:
    """The fields that changed, or all that hold something of a row that is new or gone."""
    was, now = before or {}, after or {}
    return [name for name in {**was, **now} if was.get(name) != now.get(name)]


def _became(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    if before is None:
        return _("added")
    return _("taken away") if after is None else _("changed")


def _shown(value: Any) -> str:
    if value is None:
        return "∅"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cut(text: str) -> str:
    """A digest by its beginning."""
    return text[:12] if len(text) == _DIGEST and text.isalnum() else text


def _who(event: Event) -> str:
    return event.actor if event.login in ("", event.actor) else f"{event.actor} ({event.login})"


def _clock(app: App, moment: datetime) -> str:
    return moment.astimezone(app.workspace.timezone).strftime("%Y-%m-%d %H:%M:%S")
