"""An invented floor-heating company: service engineers in four regions, 2025-Q4 and 2026-Q1.

Months follow the heating season, engineers differ in ability, some join, leave or change team, and some data is
missing, as in real files. Everything is drawn from a ``random.Random`` of the seed: the same seed gives the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from kaohe.plugin import SampleFile
from kaohe.plugin.samples import Dice, Member, Plan, Table, organisation, people_table

_TEAMS = {
    "华东": ("上海服务队", "南京服务队", "杭州服务队"),
    "华北": ("北京服务队", "济南服务队", "天津服务队"),
    "华中": ("武汉服务队", "长沙服务队"),
    "西南": ("成都服务队", "重庆服务队"),
}
_ROLES = {"服务工程师": (0.9, 6000), "客服专员": (0.1, 4500)}
_FIRST, _LAST = date(2025, 10, 1), date(2026, 3, 31)
_QUARTERS = ((date(2025, 10, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 3, 31)))
_WATCHED = date(2025, 8, 25)  # repairs are watched for 30 days: those of September count in the fourth quarter
_EXPORTED = datetime(2026, 4, 3, 18, 0)  # noqa: DTZ001 - cells hold local times; nothing later is known yet
_LOAD = {8: 0.14, 9: 0.16, 10: 0.26, 11: 0.42, 12: 0.46, 1: 0.48, 2: 0.34, 3: 0.24}  # tickets per working day
_KINDS = {"repair": 0.5, "consult": 0.16, "install": 0.12, "maintain": 0.12, "feedback": 0.05, "complaint": 0.05}
_CAUSES = ("分水器漏水", "温控器故障", "地面不热", "噪声", "上门迟到", "收费不清")
_ESTATES = ("翠湖花园", "阳光里", "金桂园", "江畔名城", "梧桐苑", "书香雅居", "云栖府", "东方明苑")
_SKILLS = ("地暖安装", "电工作业", "压力试验")


def generate_sample(people: int, seed: int) -> Iterable[SampleFile]:
    """People and records for so many people."""
    dice = Dice(random.Random(f"floor_heating {seed}").random)
    plan = Plan("FH", _TEAMS, _ROLES, "服务队长", 9000, _FIRST, _LAST)
    members = organisation(dice, plan, people)
    engineers = [member for member in members if member.role == "服务工程师"]
    yield people_table(members)
    customers = _customers(dice, engineers)
    yield customers.file()
    yield _tickets(dice, engineers).file()
    yield _surveys(dice, engineers).file()
    yield _maintenance(dice, engineers).file()
    yield _inspections(dice, engineers).file()
    yield _certificates(dice, engineers).file()
    yield _trainings(dice, members).file()
    yield _improvements(dice, engineers).file()
    yield _violations(dice, engineers).file()
    yield _tasks(Dice(random.Random(f"floor_heating tasks {seed}").random), engineers).file()


def _known(moment: datetime | None) -> datetime | None:
    """The moment, unless it lies after the day of the export."""
    return moment if moment is not None and moment <= _EXPORTED else None


def _customer(dice: Dice, owner: Member) -> str:
    """One of the engineer's customers."""
    return f"KH{int(owner.code[2:]) * 100 + dice.whole(1, 8)}"


def _customers(dice: Dice, engineers: list[Member]) -> Table:
    table = Table(
        "customer",
        *("code", "name", "segment", "owner", "since", "left_on", "leave_reason"),
        *("file_fields_filled", "file_fields_required", "file_verified_on"),
    )
    for owner in engineers:
        for number in range(1, dice.whole(9, 15)):
            since = dice.day(date(2018, 3, 1), date(2025, 9, 30)) if dice.chance(0.9) else dice.day(_FIRST, _LAST)
            leaves = dice.chance(0.13 - 0.11 * owner.ability)
            left = dice.day(max(since, _FIRST), _LAST) if leaves else None
            reason = dice.pick(("搬家", "改用其他品牌", "对服务不满")) if left and dice.chance(0.8) else None
            name = f"{dice.pick(_ESTATES)}{dice.whole(1, 28)}幢{dice.whole(1, 30)}0{dice.whole(1, 4)}室"
            filled = 12 - dice.whole(0, 3 if owner.ability > 0.5 else 5)
            verified = dice.day(since, _LAST) if dice.chance(0.85) else None
            segment = "别墅" if dice.chance(0.2) else "公寓"
            code = f"KH{int(owner.code[2:]) * 100 + number}"
            table.add(code, name, segment, owner.code, since, left, reason, filled, 12, verified)
    return table


def _tickets(dice: Dice, engineers: list[Member]) -> Table:
    table = Table(
        "ticket",
        *("no", "kind", "priority", "customer", "owner", "channel", "opened_at", "responded_at", "resolved_at"),
        *("reopened", "reopened_at", "escalated", "cause", "satisfaction"),
    )
    for engineer in engineers:
        for day in engineer.days(_WATCHED, _LAST):
            if dice.chance(_LOAD[day.month] * (0.45 if day.weekday() >= 5 else 1)):
                _ticket(dice, table, engineer, day)
    return table


def _ticket(dice: Dice, table: Table, engineer: Member, day: date) -> None:
    ability = engineer.ability
    kind = dice.weighted(_KINDS)
    opened = dice.moment(day, 7, 22)
    responded = opened + timedelta(minutes=int(60 * dice.skewed(6.2 - 5 * ability)) + 3)
    resolved = responded + timedelta(minutes=int(60 * dice.skewed(30 - 16 * ability)) + 20)
    back = kind == "repair" and dice.chance(0.22 - 0.19 * ability)
    reopened = _known(resolved + timedelta(hours=dice.whole(20, 40 * 24))) if back else None
    answered, done = _known(responded), _known(resolved)
    if dice.chance(0.01):
        answered = done = reopened = None  # forgotten: never answered
    rating = min(10, max(0, int(dice.bell(7.9 + 1.6 * ability, 0.9) + 0.5)))
    table.add(
        f"FH-GD{table.next_number:06d}",
        kind,
        "urgent" if kind == "repair" and dice.chance(0.2) else "normal",
        _customer(dice, engineer),
        None if dice.chance(0.008) else engineer.code,
        dice.pick(("电话", "微信", "小程序", "上门")) if dice.chance(0.97) else None,
        opened,
        answered,
        done,
        int(reopened is not None),
        reopened,
        dice.chance(0.08 - 0.05 * ability),
        dice.pick(_CAUSES) if kind == "complaint" and dice.chance(0.85) else None,
        rating if done and dice.chance(0.65) else None,
    )


def _surveys(dice: Dice, engineers: list[Member]) -> Table:
    table = Table("survey", "no", "customer", "owner", "topic", "channel", "sent_at", "answered_at", "score", "scale")
    for engineer in engineers:
        for day in engineer.days(_FIRST, _LAST):
            if not dice.chance(0.11):
                continue
            sent = dice.moment(day, 9, 18)
            answered = _known(sent + timedelta(hours=dice.whole(1, 96))) if dice.chance(0.78) else None
            scale = 5 if dice.chance(0.15) else 10  # an older form had five stars
            share = min(1.0, max(0.1, dice.bell(0.70 + 0.22 * engineer.ability, 0.11)))
            topic = "recommend" if scale == 10 and dice.chance(0.25) else "overall"
            score = int(share * scale + 0.5) if answered else None
            customer = _customer(dice, engineer)
            table.add(
                *(f"FH-DC{table.next_number:06d}", customer, engineer.code, topic, "短信"),
                *(sent, answered, score, scale if answered else None),
            )
    return table


def _maintenance(dice: Dice, engineers: list[Member]) -> Table:
    """Before the season: by 14 November, the day before heating begins; after it: in the second half of March."""
    table = Table("maintenance_plan", "no", "customer", "owner", "due_on", "done_on")
    for engineer in engineers:
        for season, (low, high) in ((date(2025, 11, 14), (4, 7)), (date(2026, 3, 25), (3, 6))):
            for _ in range(dice.whole(low, high)):
                due = season - timedelta(days=dice.whole(0, 20))
                late = dice.chance(0.28 - 0.25 * engineer.ability)
                done = due + timedelta(days=dice.whole(1, 12) if late else -dice.whole(0, 15))
                missed = done > _EXPORTED.date() or (late and dice.chance(0.2))
                posted = engineer.posts[0].first <= due <= (engineer.posts[-1].last or due)
                if posted:
                    no = f"FH-BY{table.next_number:05d}"
                    table.add(no, _customer(dice, engineer), engineer.code, due, None if missed else done)
    return table


def _inspections(dice: Dice, engineers: list[Member]) -> Table:
    table = Table("inspection", "no", "subject", "at", "item", "passed")
    visit = 0
    for engineer in engineers:
        for day in engineer.days(_FIRST, _LAST):
            if not dice.chance(0.04):
                continue
            visit += 1
            at = dice.moment(day, 9, 17)
            for item in ("process", "safety", "quality"):
                table.add(f"FH-JC{visit:05d}", engineer.code, at, item, dice.chance(0.72 + 0.27 * engineer.ability))
    return table


def _certificates(dice: Dice, engineers: list[Member]) -> Table:
    table = Table("certification", "person", "skill", "required", "since", "ended_on", "passed_on", "expires_on")
    for engineer in engineers:
        since = engineer.posts[0].first
        for skill in _SKILLS:
            passed = expires = None
            if dice.chance(0.78 + 0.2 * engineer.ability):
                passed = min(since + timedelta(days=dice.whole(20, 700)), date(2026, 2, 20))
                expires = passed + timedelta(days=1096)
                if expires < date(2026, 3, 1) and dice.chance(0.9):  # renewed in time
                    passed, expires = passed + timedelta(days=1000), expires + timedelta(days=1096)
            table.add(engineer.code, skill, True, since, None, passed, expires)
    return table


def _trainings(dice: Dice, members: tuple[Member, ...]) -> Table:
    table = Table("activity", "no", "person", "kind", "name", "held_on", "invited", "attended", "hours")
    for index, (month, name) in enumerate(
        ((10, "供暖季动员"), (11, "温控系统"), (12, "投诉处理"), (1, "安全作业"), (2, "沟通技巧"), (3, "季后保养"))
    ):
        held = date(2025 if month > 6 else 2026, month, 12 + dice.whole(0, 8))
        for member in members:
            if any(member.days(held, held)):
                attended = dice.chance(0.66 + 0.3 * member.ability)
                hours = "2.5" if attended else None
                table.add(f"FH-PX{index + 1:03d}", member.code, "training", name, held, True, attended, hours)
    return table


def _improvements(dice: Dice, engineers: list[Member]) -> Table:
    table = Table("deliverable", "no", "person", "kind", "title", "submitted_on", "accepted")
    for engineer in engineers:
        for first, last in _QUARTERS:
            if dice.chance(0.3 * engineer.ability * engineer.ability) and any(engineer.days(first, last)):
                title = dice.pick(("上门流程优化", "备件领用简化", "回访话术改进", "报修分类建议"))
                day = dice.pick(list(engineer.days(first, last)))
                accepted = dice.chance(0.7) if dice.chance(0.9) else None
                no = f"FH-CG{table.next_number:04d}"
                table.add(no, engineer.code, "process_improvement", title, day, accepted)
    return table


def _violations(dice: Dice, engineers: list[Member]) -> Table:
    table = Table("violation", "no", "person", "level", "happened_on", "note")
    notes = {"minor": "未穿工装", "general": "未按流程试压", "serious": "私自收费"}
    for engineer in engineers:
        days = list(engineer.days(_FIRST, _LAST))
        while days and dice.chance(0.21 - 0.15 * engineer.ability):
            level = dice.weighted({"minor": 0.6, "general": 0.28, "serious": 0.12})
            table.add(f"FH-WG{table.next_number:04d}", engineer.code, level, dice.pick(days), notes[level])
    return table


def _tasks(dice: Dice, engineers: list[Member]) -> Table:
    """Tasks of installation and renovation projects."""
    table = Table("task", "no", "project", "person", "due_on", "done_on", "collaborative")
    for engineer in engineers:
        for day in engineer.days(_FIRST, _LAST):
            if day.weekday() < 5 and dice.chance(0.07):
                late = dice.chance(0.30 - 0.27 * engineer.ability)
                done = day + timedelta(days=dice.whole(1, 12) if late else -dice.whole(0, 5))
                missed = done > _EXPORTED.date() or (late and dice.chance(0.2))
                project = f"{dice.pick(_ESTATES)}{dice.pick(('新装', '改造', '分户改装'))}"
                no, shared = f"FH-RW{table.next_number:05d}", dice.chance(0.3)
                table.add(no, project, engineer.code, day, None if missed else done, shared)
    return table
