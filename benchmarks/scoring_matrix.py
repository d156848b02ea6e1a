"""The generated matrix and the scheme over it: people × 20 indicators, the same at every run and on every machine."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from kaohe.appraise import People, Values
from kaohe.exact import Ints
from kaohe.plugin import Field, Indicator, RecordType, Text
from kaohe.scheme import Scheme, load_scheme

DIMENSIONS = (40, 30, 20, 10)
WEIGHTS = (30, 25, 20, 15, 10)
KEYS = tuple(f"bench.i{number:02d}" for number in range(len(DIMENSIONS) * len(WEIGHTS)))
CURVE = ((0.3, 0), (0.6, 60), (0.95, 100), (1.0, 120))
TIERS = (("S", 0.10, 1.5), ("A", 0.20, 1.2), ("B", 0.50, 1.0), ("C", 0.15, 0.8), ("D", 0.05, 0.0))
FLOORS = (85, 75, 60, 50)
"""The least totals of the tiers by score; the last tier has none."""
YUAN_EACH = 5_000
DAYS = 90


def matrix(people: int) -> Ints:
    """The values in millionths, one row for each indicator: shares from 0 to 1, people differing in ability."""
    chance = np.random.default_rng(20260101)
    ability = chance.integers(300_000, 900_001, people)
    return np.clip(ability + chance.integers(-300_000, 300_001, (len(KEYS), people)), 0, 1_000_000)


def bases(people: int) -> Ints:
    """Everybody's bonus base in yuan."""
    return 5_000 + 500 * (np.arange(people) % 7)


def people_of(people: int) -> People:
    base = tuple(Decimal(yuan) for yuan in bases(people).tolist())
    codes = tuple(f"P{number:07d}" for number in range(people))
    return People(codes, {"bonus_base": base}, np.full(people, DAYS), DAYS)


def values_of(micros: Ints) -> dict[str, Values]:
    people = micros.shape[1]
    known, sample = np.ones(people, np.bool_), np.full(people, 100)
    return {key: Values(row, known, sample) for key, row in zip(KEYS, micros, strict=True)}


def scheme(people: int) -> Scheme:
    """The scheme, read from its file's text as any other."""
    mark = RecordType(
        "mark", Text("记录", "Mark"), (Field("no", "text", Text("编号", "No.")), _date("on"), _person("who")), ("no",),
        "on", ("who",),
    )  # fmt: skip
    listed = [Indicator(key, Text(key, key), Text(key, key), "mark", "share(known(no))", "share") for key in KEYS]
    types, indicators = {mark.name: mark}, {each.id: each for each in listed}
    return load_scheme(_text(people), "scoring.toml", types, indicators, {}).require()


def _date(name: str) -> Field:
    return Field(name, "date", Text("日期", "Date"), required=True)


def _person(name: str) -> Field:
    return Field(name, "person", Text("人员", "Person"))


def _text(people: int) -> str:
    curve = ", ".join(f"[{value}, {points}]" for value, points in CURVE)
    lines = [
        'format = 1\n[scheme]\nid = "scoring"\nversion = "1"\nname = "Scoring"\ncycle = "quarter"',
        'missing = { policy = "renormalise" }',
    ]
    keys = iter(KEYS)
    for number, weight in enumerate(DIMENSIONS):
        lines.append(
            f'[[dimensions]]\nid = "d{number}"\nname = "Dimension {number}"\nweight = {weight}\nindicators = ['
        )
        lines += [
            f'  {{ use = "{next(keys)}", weight = {own}, curve = {{ kind = "points", at = [{curve}] }} }},'
            for own in WEIGHTS
        ]
        lines.append("]")
    lines.append('[tiers]\nkind = "quota"\nties = "promote"\nlevels = [')
    lines += [f'  {{ id = "{tier}", share = {share}, coefficient = {factor} }},' for tier, share, factor in TIERS]
    lines.append(f']\n[bonus]\nkind = "pool"\nbase = "bonus_base"\npool = {YUAN_EACH * people}')
    return "\n".join(lines)
