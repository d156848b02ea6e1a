"""The yearly reviews by hand: every value, point, rank, tier and bonus from the rows of the files; no kaohe code."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from tests.scenarios.by_hand import grouped, half_up, on_lines, tiers_by_seat, weighted
from tests.scenarios.desk import source

FOLDER = source("hr_performance_ratings")
YEARS = [str(year) for year in range(2013, 2023)]
SHARES = {"A": "0.2", "B": "0.7", "C": "0.1"}
FLOORS = {"A": 80, "B": 40, "C": 0}
COEFFICIENTS = {"A": Fraction(3, 2), "B": Fraction(1), "C": Fraction(1, 2)}

JUDGEMENT = [("40", "0"), ("70", "80"), ("100", "120")]
TREND = [("-2", "20"), ("0", "80"), ("2", "120")]
TRAINING = [("0", "40"), ("0.5", "80"), ("1", "110")]


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


EMPLOYEES = {row["EmployeeID"]: row for row in rows_of("Employee.csv")}
WRITTEN = rows_of("PerformanceRating.csv")


def day_of(written: str) -> date:
    """A date as the file has it: month/day/year."""
    month, day, year = map(int, written.split("/"))
    return date(year, month, day)


def last_day(row: dict[str, str]) -> date | None:
    """The latest day that agrees with a leaver's whole years of service; who has not left has none."""
    if row["Attrition"] == "No":
        return None
    return date.fromisoformat(row["HireDate"]) + timedelta(days=365 * int(row["YearsAtCompany"]) + 364)


SERVICE = {code: (date.fromisoformat(row["HireDate"]), last_day(row)) for code, row in EMPLOYEES.items()}


def in_service(code: str, day: date) -> bool:
    first, last = SERVICE[code]
    return first <= day and (last is None or day <= last)


def reviews() -> dict[tuple[str, int], list[dict[str, int]]]:
    """Employee and year → the reviews held while the employee was there."""
    found: dict[tuple[str, int], list[dict[str, int]]] = {}
    for row in WRITTEN:
        code, held = row["EmployeeID"], day_of(row["ReviewDate"])
        if in_service(code, held):
            review = {
                "self": int(row["SelfRating"]),
                "manager": int(row["ManagerRating"]),
                "offered": int(row["TrainingOpportunitiesWithinYear"]),
                "taken": int(row["TrainingOpportunitiesTaken"]),
            }
            found.setdefault((code, held.year), []).append(review)
    return found


REVIEWS = reviews()


def average(numbers: list[int]) -> Fraction:
    return Fraction(sum(numbers), len(numbers))


def measured(code: str, year: int) -> dict[str, Any]:
    """Values with their samples, what is measured besides, points, and the total; nothing without a review."""
    mine, before = REVIEWS.get((code, year), []), REVIEWS.get((code, year - 1), [])
    values: dict[str, Any] = {"crm.assessment": None, "trend": None, "reviews.training": None}
    besides: dict[str, Any] = {
        "crm.self_assessment": None,
        "crm.supervisor_assessment": None,
        "reviews.beyond_offer": Fraction(sum(one["taken"] > one["offered"] for one in mine)),
    }
    if mine:
        own, manager = average([one["self"] for one in mine]), average([one["manager"] for one in mine])
        values["crm.assessment"] = half_up((70 * manager + 30 * own) / 5)
        offered = sum(one["offered"] for one in mine)
        values["reviews.training"] = half_up(Fraction(sum(min(one["taken"], one["offered"]) for one in mine), offered))
        besides |= {"crm.self_assessment": half_up(own * 20), "crm.supervisor_assessment": half_up(manager * 20)}
        if before:
            values["trend"] = half_up(manager - average([one["manager"] for one in before]))
    curves = {"crm.assessment": JUDGEMENT, "trend": TREND, "reviews.training": TRAINING}
    points = {key: None if one is None else on_lines(one, curves[key]) for key, one in values.items()}
    ratings = weighted([(75, points["crm.assessment"]), (25, points["trend"])])
    parts = {"ratings": None if ratings is None else half_up(ratings), "growth": points["reviews.training"]}
    return {
        "values": values,
        "samples": {
            "crm.assessment": 2 * len(mine),
            "trend": max(len(mine), len(before)),
            "reviews.training": len(mine),
        },
        "besides": besides,
        "points": points,
        "dimensions": parts,
        "total": half_up(weighted([(80, parts["ratings"]), (20, parts["growth"])]), 2) if mine else None,
    }


def covered(year: int) -> list[str]:
    """Who was there on a day of the year."""
    return [
        code
        for code, (first, last) in SERVICE.items()
        if first <= date(year, 12, 31) and (last is None or last >= date(year, 1, 1))
    ]


def days(code: str, year: int) -> int:
    first, last = SERVICE[code]
    begins, ends = max(first, date(year, 1, 1)), min(last or date.max, date(year, 12, 31))
    return (ends - begins).days + 1


@cache
def standing(year: int) -> dict[str, dict[str, Any]]:
    """Code → figures with rank and tier within the department, and the bonus in fen."""
    everybody = {code: measured(code, year) for code in covered(year)}
    graded = {code: one for code, one in everybody.items() if one["total"] is not None}
    for members in grouped({code: EMPLOYEES[code]["Department"] for code in graded}).values():
        keys = {code: (graded[code]["total"], graded[code]["values"]["reviews.training"]) for code in members}
        places = sorted(set(keys.values()), reverse=True)
        seats = tiers_by_seat({code: (keys[code][0],) for code in members}, SHARES, "demote")
        for code, seat in seats.items():
            one = graded[code]
            tier = next(each for each in "ABC" if each >= seat and one["total"] >= FLOORS[each])
            if one["besides"]["crm.supervisor_assessment"] <= 40:
                tier = "C"
            one |= {"rank": 1 + places.index(keys[code]), "seat": seat, "tier": tier, "bonus": bonus(code, year, tier)}
    return everybody


def bonus(code: str, year: int, tier: str) -> int:
    """In fen; nothing for who was there for less than 90 days, or not any more at the end of the year."""
    if days(code, year) < 90 or not in_service(code, date(year, 12, 31)):
        return 0
    base = half_up(Fraction(EMPLOYEES[code]["Salary"]) * 8 / 100, 2) * 100
    whole = date(year, 12, 31).timetuple().tm_yday
    return int(half_up(base * COEFFICIENTS[tier] * days(code, year) / whole, 0))


def agreement(year: int) -> dict[str, Any]:
    """ICC(1) by analysis of variance over everybody's raters: the employee, and a nameless manager for each review."""
    rated = [
        [average([one["self"] for one in mine]), *(Fraction(one["manager"]) for one in mine)]
        for code in covered(year)
        if (mine := REVIEWS.get((code, year)))
    ]
    people, scores = len(rated), sum(map(len, rated))
    grand = sum(map(sum, rated)) / scores
    means = [sum(each) / len(each) for each in rated]
    between = sum(len(each) * (mean - grand) ** 2 for each, mean in zip(rated, means, strict=True)) / (people - 1)
    within = sum((score - mean) ** 2 for each, mean in zip(rated, means, strict=True) for score in each)
    within /= scores - people
    each = (scores - Fraction(sum(len(one) ** 2 for one in rated), scores)) / (people - 1)
    return {
        "icc": half_up((between - within) / (between + (each - 1) * within)),
        "icc_mean": half_up((between - within) / between),
        "each": half_up(each),
        "people": people,
        "scores": scores,
    }
