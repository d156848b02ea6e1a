"""One account acting for two people is told to whoever does it, noted, and refused where people are their logins."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kaohe.cli.context import App
from kaohe.errors import fail


def noted_accounts(app: App, subject: str, names: Collection[str]) -> dict[str, Any]:
    """What the event of a decision says besides: those of the names, who prepared what is decided on or decided
    before, under which the account at work acted too. Raises KaoheError where people are known by their login."""
    from kaohe.run.life.accounts import only_trust, same_login

    with app.store.reading() as connection:
        others = same_login(connection, subject, names)
    if not others:
        return {}
    refused = app.workspace.roles.by_login
    problem = only_trust(subject, app.actor.name, others, refused=refused)
    if refused:
        raise fail(problem)
    app.problems([problem])
    return {"same_login": list(others)}
