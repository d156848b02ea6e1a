"""The table ``[appeals]`` as it is written → checked: how people may appeal against their results; in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from kaohe.errors import KaoheError
from kaohe.scheme.draft import Draft, Path, show
from kaohe.scheme.model import AppealRules, Scheme
from kaohe.text import Message, msg

TABLE = "appeals"
_PATH: Path = (TABLE,)


def read_appeals(draft: Draft) -> AppealRules | None:
    """The rules of appeals; None where the scheme has no such table, or none that is sound."""
    table = draft.data.get(TABLE)
    if table is None or "days" not in table:
        return None
    rules = AppealRules(
        days=table["days"],
        answer_days=draft.get(table, _PATH, "answer_days", AppealRules.answer_days),
        decide_days=draft.get(table, _PATH, "decide_days", AppealRules.decide_days),
        working_days=draft.get(table, _PATH, "working_days", AppealRules.working_days),
    )
    if rules.decide_days < rules.answer_days:
        key = "decide_days" if "decide_days" in table else "answer_days"
        what = msg("an appeal would have to be decided before it has to be answered")
        words = {"answer": rules.answer_days, "decide": rules.decide_days}
        found = msg("answer_days = {answer}, decide_days = {decide}", **words)
        fix = msg("write decide_days = {answer} or more; both count from the day an appeal is opened", **words)
        draft.report((*_PATH, key), "appeal-deadlines", what, found=found, fix=fix)
        return None
    if rules.working_days and not _has_calendar(draft):
        what = msg("working days are those of the workspace's calendar, and the workspace names none")
        fix = msg('write calendar = "NAME" in kaohe.toml; see what there is: kaohe calendar list')
        path = (*_PATH, "working_days")
        draft.report(path, "no-calendar", what, found=show(value=True), fix=fix, severity="warning")
    return rules


def _has_calendar(draft: Draft) -> bool:
    with suppress(KaoheError):
        return draft.calendars.find("") is not None
    return True  # it is there, and what is wrong with it is said elsewhere


def appeal_lines(scheme: Scheme) -> Iterator[Message]:
    """How people may appeal, as sentences; nothing where they may not."""
    rules = scheme.appeals
    if rules is None:
        return
    words = {"days": rules.days, "answer": rules.answer_days, "decide": rules.decide_days}
    if rules.working_days:
        yield msg("For {days} working days after results were submitted for review, people may appeal.", **words)
        yield msg(
            "An appeal is answered within {answer} working days and decided within {decide}, by somebody who did not "
            "prepare the results.",
            **words,
        )
        return
    yield msg("For {days} days after results were submitted for review, people may appeal.", **words)
    yield msg(
        "An appeal is answered within {answer} days and decided within {decide}, by somebody who did not prepare the "
        "results.",
        **words,
    )
