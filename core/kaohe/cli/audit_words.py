"""The words for what events of the audit log say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kaohe.text import Message, msg

ACTIONS: Mapping[str, Message] = MappingProxyType(
    {
        "tables": msg("tables made or brought up to date"),
        "settings.version": msg("settings changed"),
        "scheme.version": msg("scheme used in a new version"),
        "calendar.version": msg("calendar used in a new version"),
        "plugin.add": msg("plugin allowed"),
        "plugin.remove": msg("plugin taken back"),
        "import": msg("imported"),
        "undo": msg("import undone"),
        "database.copy": msg("database copied to a server"),
        "export": msg("exported"),
        "snapshot.collect": msg("files of snapshots deleted"),
        "snapshot.give-up": msg("lost snapshot given up"),
        "people.propose-purge": msg("purge of personal data proposed"),
        "people.purge": msg("personal data purged"),
        "people.reject-purge": msg("purge of personal data rejected"),
        "assessment.open": msg("assessment round opened"),
        "assessment.assignments": msg("raters of a round corrected"),
        "assessment.close": msg("assessment round closed"),
        "assessment.reopen": msg("assessment round reopened"),
        "assessment.drop": msg("assessment round taken away"),
        "run.save": msg("run stored"),
        "period.open": msg("period opened"),
        "period.freeze": msg("period frozen"),
        "period.calculate": msg("period calculated"),
        "period.submit": msg("period submitted for review"),
        "period.approve": msg("period approved"),
        "period.pay": msg("period paid"),
        "period.close": msg("period closed"),
        "period.reopen": msg("period reopened"),
        "restate.prepare": msg("restatement prepared"),
        "restate.approve": msg("restatement approved"),
        "restate.reject": msg("restatement rejected"),
        "change.propose": msg("manual change proposed"),
        "change.approve": msg("manual change approved"),
        "change.reject": msg("manual change rejected"),
        "change.withdraw": msg("manual change withdrawn"),
        "appeal.open": msg("appeal opened"),
        "appeal.answer": msg("appeal answered"),
        "appeal.uphold": msg("appeal upheld"),
        "appeal.reject": msg("appeal rejected"),
        "appeal.withdraw": msg("appeal withdrawn"),
        "statement.acknowledge": msg("statement acknowledged"),
        "interview.note": msg("interview noted"),
        "improvement.add": msg("improvement item added"),
        "improvement.update": msg("improvement item updated"),
    }
)


def action_word(action: str) -> Message | str:
    """The word for an action; the action itself where a program of somebody else's wrote it."""
    return ACTIONS.get(action, action)
