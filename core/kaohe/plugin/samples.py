"""Tools for a plugin's sample generator: chance that is the same everywhere, an invented organisation, tables of cells.

Nothing here reads a clock or makes chance of its own: the generator hands in the ``random`` of its seeded
``random.Random``, whose sequence Python guarantees. Only the four operations are applied to it, one by one (``sum`` of
floats differs between versions of Python), so that every machine draws the same people and the same records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from kaohe.plugin.types import SampleFile

T = TypeVar("T")

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任"
    "姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲建国文辉力斌梅琳鑫宇婷浩凯雪晨阳悦佳欣思远嘉"
    "怡子涵俊哲诗雨梓轩晓峰海燕志鹏立新春秋云飞"
)


class Dice:
    """Draws of every kind from one source of numbers in [0, 1)."""

    def __init__(self, draw: Callable[[], float]) -> None:
        self.draw = draw

    def chance(self, share: float) -> bool:
        """True in so many cases of one."""
        return self.draw() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.draw() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self.draw() * len(items))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """A key, as often as its weight says."""
        whole = 0.0
        for weight in weights.values():
            whole += weight
        left = self.draw() * whole
        for item, weight in weights.items():
            left -= weight
            if left < 0:
                return item
        return next(reversed(list(weights)))

    def bell(self, mean: float, spread: float) -> float:
        """Near the mean; two thirds of all draws lie within one ``spread`` of it."""
        draw = self.draw
        return mean + spread * (draw() + draw() + draw() + draw() + draw() + draw() - 3) * 1.4

    def skewed(self, mean: float) -> float:
        """A duration or an amount: often well below the mean, now and then three times as much."""
        share = self.draw()
        return mean * (0.25 + 3 * share * share * share)

    def day(self, first: date, last: date) -> date:
        """A day, both ends included."""
        return first + timedelta(days=self.whole(0, (last - first).days))

    def moment(self, day: date, from_hour: int = 8, to_hour: int = 20) -> datetime:
        """A minute of the day between two hours, on the local clock."""
        return datetime.combine(day, time()) + timedelta(minutes=self.whole(from_hour * 60, to_hour * 60 - 1))


@dataclass(frozen=True)
class Post:
    """A person's post in a team; ``first`` and ``last`` are the first and the last day, ``last`` None: until now."""

    team: str
    region: str
    role: str
    manager: str
    bonus_base: int
    first: date
    last: date | None


@dataclass(frozen=True)
class Member:
    """An invented person. ``ability`` from 0 to 1 colours every record of theirs."""

    code: str
    name: str
    ability: float
    posts: tuple[Post, ...]

    @property
    def role(self) -> str:
        return self.posts[-1].role

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days of the stretch on which the person was in the organisation, both ends included."""
        start, end = max(first, self.posts[0].first), min(last, self.posts[-1].last or last)
        return (start + timedelta(days=count) for count in range((end - start).days + 1))


@dataclass(frozen=True)
class Plan:
    """What an organisation looks like.

    ``teams``: per region the names of its teams. ``roles``: per role how often it occurs and its quarterly bonus base
    in yuan. ``first`` and ``last``: the stretch within which people join, leave and change team.
    """

    prefix: str
    teams: Mapping[str, Sequence[str]]
    roles: Mapping[str, tuple[float, int]]
    manager_role: str
    manager_base: int
    first: date
    last: date


def organisation(dice: Dice, plan: Plan, people: int) -> tuple[Member, ...]:
    """So many invented people: members, of whom a few join, leave or change team; last, a manager for each team."""
    named = [(region, team) for region, teams in plan.teams.items() for team in teams]
    count = min(len(named), max(1, people // 6))
    # Spread over the list, so that a small organisation still has several regions.
    teams = [named[index * len(named) // count] for index in range(count)]
    first_manager = people - count
    managers = {team: f"{plan.prefix}{first_manager + index + 1:04d}" for index, (_, team) in enumerate(teams)}
    names = _names(dice)
    members = []
    for index in range(people):
        code = f"{plan.prefix}{index + 1:04d}"
        ability = min(1.0, max(0.0, dice.bell(0.55, 0.22)))
        if index >= first_manager:
            region, team = teams[index - first_manager]
            since = dice.day(date(2018, 1, 1), date(2022, 12, 31))
            posts: tuple[Post, ...] = (Post(team, region, plan.manager_role, "", plan.manager_base, since, None),)
        else:
            posts = _posts(dice, plan, teams, managers, index)
        members.append(Member(code, next(names), ability, posts))
    return tuple(members)


def _posts(
    dice: Dice, plan: Plan, teams: Sequence[tuple[str, str]], managers: Mapping[str, str], index: int
) -> tuple[Post, ...]:
    region, team = teams[index % len(teams)]
    role = dice.weighted({name: weight for name, (weight, _) in plan.roles.items()})
    base = plan.roles[role][1] + 500 * dice.whole(-2, 4)
    since = dice.day(date(2019, 1, 1), date(2025, 6, 30))
    moved, last, fate = dice.day(plan.first, plan.last), None, dice.draw()
    if fate < 0.06:
        since = moved
    elif fate < 0.10:
        last = moved
    elif fate < 0.16 and len(teams) > 1:
        there, other = teams[(index + 1 + dice.whole(0, len(teams) - 2)) % len(teams)]
        before = Post(team, region, role, managers[team], base, since, moved - timedelta(days=1))
        return before, Post(other, there, role, managers[other], base, moved, None)
    return (Post(team, region, role, managers[team], base, since, last),)


def _names(dice: Dice) -> Iterator[str]:
    """Invented names, none twice."""
    taken: set[str] = set()
    while True:
        name = dice.pick(_SURNAMES) + "".join(dice.pick(_GIVEN) for _ in range(dice.whole(1, 2)))
        if name not in taken:
            taken.add(name)
            yield name


class Table:
    """Rows of one record type, written as a person would type them into a spreadsheet."""

    def __init__(self, records: str, *header: str, name: str | None = None) -> None:
        self.name = name or records
        self.records = records
        self.header = header
        self.rows: list[tuple[str, ...]] = []

    def add(self, *cells: Any) -> None:
        """One row, a cell for each name of the header; None is an empty cell."""
        if len(cells) != len(self.header):
            raise ValueError(f"{self.records}: {len(cells)} cells for {len(self.header)} columns")
        self.rows.append(tuple(map(typed, cells)))

    @property
    def next_number(self) -> int:
        """The number of the row to come, from 1."""
        return len(self.rows) + 1

    def file(self) -> SampleFile:
        return SampleFile(self.name, self.records, self.header, tuple(self.rows))


def typed(cell: Any) -> str:
    """A value as typed into a cell: 是/否, 2026-01-05, 2026-01-05 08:30."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case datetime():
            return cell.isoformat(" ", "minutes")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def people_table(members: Sequence[Member]) -> SampleFile:
    """The file for ``kaohe people import``: one row for each post."""
    table = Table("people", "code", "name", "team", "role", "manager", "region", "bonus_base", "from", "to")
    for member in members:
        for post in member.posts:
            table.add(
                *(member.code, member.name, post.team, post.role, post.manager, post.region),
                *(post.bonus_base, post.first, post.last),
            )
    return table.file()
