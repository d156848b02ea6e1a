"""Who may do what: the table ``[roles]`` of kaohe.toml. Without it everybody may do everything.

Two people are needed in any case where the rules ask for two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.text import Message, msg

Role = Literal["prepare", "approve", "pay", "audit"]
ROLES: Mapping[Role, Message] = MappingProxyType(
    {
        "prepare": msg("load records, freeze, calculate, submit, propose"),
        "approve": msg("approve periods and restatements, decide on changes and appeals"),
        "pay": msg("pay and close"),
        "audit": msg("read and verify the audit log"),
    }
)
_SETTINGS = {"identity", "approvals", "own_work"}
_MOST_APPROVALS = 9


@dataclass(frozen=True)
class Roles:
    """``people``: who has which role; a role that is not in it is everybody's. ``by_login``: people are known by their
    login alone. ``approvals``: so many different people approve a period. ``own_work``: whoever prepared it may be one
    of them."""

    people: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    by_login: bool = False
    approvals: int = 2
    own_work: bool = False

    def require(self, role: Role, name: str, file: str) -> None:
        """Raises KaoheError where somebody of that name does not have the role."""
        if role in self.people and name not in self.people[role]:
            raise _refused(role, name, self.people[role], file)


def read_roles(data: Mapping[str, Any]) -> Roles:
    """The checked table as roles."""
    return Roles(
        MappingProxyType({role: tuple(data[role]) for role in ROLES if role in data}),
        by_login=data.get("identity", "named") == "login",
        approvals=data.get("approvals", 2),
        own_work=data.get("own_work", False),
    )


def mistakes_in_roles(data: Mapping[str, Any]) -> Iterator[tuple[str, Message, Any, str]]:
    """For each mistake in the table: the key, what is wrong, what was found, what was expected."""
    for key, value in data.items():
        if key in ROLES:
            if not isinstance(value, list) or not all(isinstance(name, str) and name.strip() for name in value):
                yield key, msg("a role is a list of names"), value, '["chen", "wang"]'
        elif key not in _SETTINGS:
            yield key, msg("unknown setting {key}", key=key), None, ", ".join([*ROLES, *sorted(_SETTINGS)])
    if (identity := data.get("identity", "named")) not in ("named", "login"):
        yield "identity", msg("unknown way to know people"), identity, "named, login"
    approvals = data.get("approvals", 2)
    if type(approvals) is not int or not 1 <= approvals <= _MOST_APPROVALS:
        yield "approvals", msg("the number of people who approve is not possible"), approvals, f"1 … {_MOST_APPROVALS}"
    if type(own_work := data.get("own_work", False)) is not bool:
        yield "own_work", msg("{key} has the wrong type", key="own_work"), own_work, "true, false"


def acting(name: str | None, account: str, *, by_login: bool) -> str:
    """The name under which somebody acts who is logged in as ``account`` and gave that name, or none."""
    if name is None:
        return account
    if not name.strip() or not name.isprintable():
        what, fix = msg("this is not a person's name"), msg("say who acts: --as NAME")
        raise fail(Problem("roles.name", what, Place(key="--as"), found=name, fix=fix), Exit.USAGE)
    if by_login and name.strip() != account:
        raise fail(
            Problem(
                "roles.identity",
                msg("here people are known by their login, and nobody acts under another name"),
                Place(key="--as"),
                found=name,
                expected=account,
                fix=msg("leave out --as, or log in as that person"),
            ),
            Exit.ENVIRONMENT,
        )
    return name.strip()


def _refused(role: Role, name: str, allowed: tuple[str, ...], file: str) -> KaoheError:
    return fail(
        Problem(
            "roles.refused",
            msg("{name} does not have the role that this takes", name=name),
            Place(file, key=f"roles.{role}"),
            expected=", ".join(allowed) or msg("nobody has it"),
            fix=msg("one of these does it: {what}", what=ROLES[role]),
        ),
        Exit.ENVIRONMENT,
    )
