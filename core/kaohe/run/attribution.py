"""Whose work a record is: by its date, where the scheme says so, and by who stood above whom on that date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kaohe.engine import OnDay, Relations, Request
from kaohe.run.credit import EVERYBODY, looks_above
from kaohe.run.population import Member, Population
from kaohe.run.stints import main_stints, relation
from kaohe.scheme.model import Scheme

COVERED = "covered"


def at_its_date(request: Request) -> Request:
    """The request for records alone whose day a covered assignment of the credited person holds."""
    return replace(request, joins=(*request.joins, OnDay(COVERED, request.who, request.when, required=True)))


def relations(scheme: Scheme, members: Sequence[Member], population: Population) -> Relations:
    """What the requests of the scheme join to records."""
    found = {}
    if looks_above(scheme):
        found[EVERYBODY] = relation((member.code, main_stints(member.assignments)) for member in members)
    if population.stints is not None:
        found[COVERED] = relation(zip(population.people.code, population.stints, strict=True))
    return found
