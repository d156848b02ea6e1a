"""Whose work a record is: by its date, where the scheme says so, and by who stood above whom on that date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kaohe.engine import Join, OnDay, Relations
from kaohe.run.credit.shares import EVERYBODY, looks_above
from kaohe.run.organisation.population import Population
from kaohe.run.organisation.staff import Member, staff_of
from kaohe.run.organisation.stints import relation, stints_of
from kaohe.scheme.model import Scheme
from kaohe.scheme.teams import of_teams

COVERED = "covered"
NO_TEAMS: Mapping[str, str] = MappingProxyType({})


def at_its_date(scheme: Scheme, who: str, when: str) -> tuple[Join, ...]:
    """What records are joined to, so that those alone count whose day a covered assignment of the credited person
    holds; nothing where the scheme counts all of a person's records."""
    return (OnDay(COVERED, who, when, required=True),) if scheme.attribution == "event_date" else ()


def relations(
    scheme: Scheme, members: Sequence[Member], population: Population, teams: Mapping[str, str] = NO_TEAMS
) -> Relations:
    """What the requests of the scheme join to records. ``teams``: their codes by name."""
    found = {}
    if looks_above(scheme) or of_teams(scheme) is not None:
        staff = staff_of(members)
        found[EVERYBODY] = relation(staff.code, stints_of(staff), teams)
    if population.stints is not None:
        found[COVERED] = relation(population.people.code, population.stints)
    return found
