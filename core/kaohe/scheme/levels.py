"""At which level an indicator is measured: of each person, or of whole teams; and schemes that appraise teams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from kaohe.plugin import Indicator, RecordType
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import Subject
from kaohe.text import msg

_PERSON: Literal["person"] = "person"
_TEAM: Literal["team"] = "team"


def read_subject(draft: Draft) -> Subject:
    """Who is appraised, people or teams; what makes no sense for teams is reported."""
    head, path = draft.data.get("scheme", {}), ("scheme",)
    if head.get("subject") != _TEAM:
        return _PERSON
    if head.get("attribution") == "event_date":
        what = msg("attribution says whose work counts for a person: teams have no assignments")
        fix = msg("leave it out: a team's records are those of its people on each record's date")
        draft.report((*path, "attribution"), "no-effect", what, fix=fix, at_key=True)
    return _TEAM


def names_no_person(indicator: Indicator, records: RecordType | None) -> bool:
    """Whether the indicator can only be measured of whole teams."""
    return records is not None and not (records.who or indicator.who)


def level_of(
    draft: Draft, row: Mapping[str, Any] | None, path: Path, indicator: Indicator, records: RecordType | None
) -> Subject:
    """The level of the use of an indicator in the table ``row`` at ``path`` (None: it is only named there). The use
    says it, else its dimension. Of teams are also those that are only named and whose records name no person."""
    written = _written(draft, row, path)
    of_nobody = names_no_person(indicator, records)
    here: Path = path if row is None else (*path, "use")
    if draft.data.get("scheme", {}).get("subject") == _TEAM:
        if written == _PERSON:
            what = msg("a scheme that appraises teams measures whole teams only")
            draft.report((*path, "level"), "level-of-teams", what, found=show(written), fix=msg("leave out level"))
        level: Subject = _TEAM
    elif row is None:
        level = _TEAM if of_nobody else _PERSON
    else:
        level = _TEAM if written == _TEAM else _PERSON
    if level == _PERSON and of_nobody:
        what = msg("{indicator} is measured of whole teams: its records name no person", indicator=indicator.name)
        draft.report(here, "level-of-teams", what, found=show(indicator.id), fix=msg('write level = "team"'))
    if level == _TEAM and indicator.assessment is not None:
        what = msg("{indicator} is an assessment of people: there is none of a team", indicator=indicator.name)
        fix = msg("take an indicator that counts records; people are assessed in a scheme about people")
        draft.report(here, "team-value", what, found=show(indicator.id), fix=fix)
    if level == _TEAM and of_nobody and records is not None and records.team is None:
        named = indicator.name
        what = msg("{indicator} cannot be credited: its records name neither people nor a team", indicator=named)
        draft.report(here, "nobody-credited", what, found=show(indicator.id))
    return level


def _written(draft: Draft, row: Mapping[str, Any] | None, path: Path) -> str | None:
    if row is None or "level" in row or path[0] != "dimensions":
        return None if row is None else row.get("level")
    dimension = draft.data["dimensions"][path[1]]
    level: str | None = dimension.get("level")
    return level
