"""An invented maker of energy-storage systems: account managers in four regions, 2025-Q4 and 2026-Q1.

Contracts reach back to 2022 and include the third quarter of 2025, so that growth has something to compare with.
Everything is drawn from a ``random.Random`` of the seed: the same seed gives the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from kaohe.plugin import SampleFile
from kaohe.plugin.samples import Dice, Member, Plan, Table, organisation, people_table

_TEAMS = {
    "华东": ("上海客户部", "江苏客户部", "浙江客户部"),
    "华南": ("广东客户部", "福建客户部"),
    "华北": ("河北客户部", "山东客户部"),
    "西北": ("宁夏客户部",),
}
_ROLES = {"客户经理": (0.85, 8000), "方案工程师": (0.15, 7500)}
_FIRST, _LAST = date(2025, 10, 1), date(2026, 3, 31)
_QUARTERS = ((date(2025, 10, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 3, 31)))
_BEFORE = date(2025, 7, 1)
_EXPORTED = datetime(2026, 4, 3, 18, 0)  # noqa: DTZ001 - cells hold local times; nothing later is known yet
_SEASON = {7: 0.9, 8: 0.9, 9: 1.1, 10: 0.9, 11: 1.1, 12: 1.7, 1: 0.7, 2: 0.5, 3: 1.3}  # signing, by month
_USES = {"commercial": 0.72, "grid": 0.08, "residential": 0.2}
_SIZES = {"commercial": 900, "grid": 5200, "residential": 60}  # kWh
_KINDS = {"repair": 0.40, "consult": 0.22, "maintain": 0.2, "feedback": 0.06}
_LIMITS = {"urgent": 1.0, "high": 1.8, "normal": 9.0, "low": 11.0}  # typical hours to the first response


def generate_sample(people: int, seed: int) -> Iterable[SampleFile]:
    """People and records for so many people."""
    dice = Dice(random.Random(f"energy_storage {seed}").random)
    plan = Plan("ES", _TEAMS, _ROLES, "区域经理", 15000, _FIRST, _LAST)
    members = organisation(dice, plan, people)
    managers = [member for member in members if member.role == "客户经理"]
    yield people_table(members)
    yield _customers(dice, managers).file()
    yield _contracts(dice, managers).file()
    yield _tickets(dice, managers).file()
    yield _surveys(dice, managers).file()
    yield _tasks(dice, managers).file()
    yield _honours(dice, managers).file()
    yield _assessments(Dice(random.Random(f"energy_storage assessments {seed}").random), managers).file()


def _known(moment: datetime | None) -> datetime | None:
    """The moment, unless it lies after the day of the export."""
    return moment if moment is not None and moment <= _EXPORTED else None


def _customer(dice: Dice, owner: Member) -> str:
    """One of the account manager's customers."""
    return f"CN{int(owner.code[2:]) * 100 + dice.whole(1, 11)}"


def _customers(dice: Dice, managers: list[Member]) -> Table:
    table = Table(
        "customer",
        *("code", "name", "segment", "owner", "since", "left_on", "leave_reason"),
        *("file_fields_filled", "file_fields_required", "file_verified_on"),
    )
    trades = ("精工", "纺织", "冷链", "化工", "铸造", "电子", "物业", "数据")
    for owner in managers:
        for number in range(1, dice.whole(12, 16)):
            since = dice.day(date(2021, 6, 1), date(2025, 9, 30)) if dice.chance(0.9) else dice.day(_FIRST, _LAST)
            left = dice.day(max(since, _FIRST), _LAST) if dice.chance(0.11 - 0.09 * owner.ability) else None
            reason = dice.pick(("电价调整", "改用其他厂商", "工厂搬迁")) if left and dice.chance(0.75) else None
            name = f"{dice.pick(('恒', '瑞', '鸿', '泰', '嘉', '盛'))}{dice.pick(('源', '达', '峰', '通', '兴'))}"
            filled = 20 - dice.whole(0, 3 + int(5 * (1 - owner.ability)))
            verified = dice.day(max(since, date(2025, 4, 1)), _LAST) if dice.chance(0.8) else None
            table.add(
                *(f"CN{int(owner.code[2:]) * 100 + number}", f"{name}{dice.pick(trades)}", "工商业", owner.code),
                *(since, left, reason, filled, 20, verified),
            )
    return table


def _contracts(dice: Dice, managers: list[Member]) -> Table:
    table = Table(
        "storage_contract", "no", "customer", "owner", "use", "signed_on", "ended_on", "capacity_kwh", "amount"
    )
    for owner in managers:
        for _ in range(dice.whole(8, 16)):
            _contract(dice, table, owner, dice.day(date(2022, 1, 1), date(2025, 6, 30)))
        for day in owner.days(_BEFORE, _LAST):
            if day.weekday() < 5 and dice.chance((0.025 + 0.045 * owner.ability) * _SEASON[day.month]):
                _contract(dice, table, owner, day)
    return table


def _contract(dice: Dice, table: Table, owner: Member, signed: date) -> None:
    use = dice.weighted(_USES)
    tenths = 100 * max(1, int(dice.skewed(_SIZES[use] * (0.7 + 0.6 * owner.ability)) / 10))
    yuan_per_kwh = dice.whole(820, 1180)
    ended = None
    if signed < _FIRST and dice.chance(0.16 - 0.13 * owner.ability):
        ended = dice.day(_FIRST, _LAST)
    table.add(
        *(f"ES-HT{table.next_number:05d}", _customer(dice, owner), owner.code, use, signed, ended),
        *(f"{tenths // 10}.{tenths % 10}", f"{tenths * yuan_per_kwh // 10}.00"),
    )


def _tickets(dice: Dice, managers: list[Member]) -> Table:
    table = Table(
        "ticket",
        *("no", "kind", "priority", "customer", "owner", "channel", "opened_at", "responded_at", "resolved_at"),
        *("reopened", "escalated", "cause", "corrective_action", "action_done_at", "cross_team", "satisfaction"),
    )
    for manager in managers:
        for day in manager.days(_FIRST, _LAST):
            if dice.chance(0.12 if day.weekday() >= 5 else 0.34):
                _ticket(dice, table, manager, day)
    return table


def _ticket(dice: Dice, table: Table, owner: Member, day: date) -> None:
    ability = owner.ability
    kind = dice.weighted(_KINDS | {"complaint": 0.15 - 0.11 * ability})
    priority = dice.weighted({"urgent": 0.12, "high": 0.22, "normal": 0.5, "low": 0.16})
    opened = dice.moment(day, 6, 22)
    hours = _LIMITS[priority] * (1.35 - 0.95 * ability)
    responded = opened + timedelta(minutes=int(60 * dice.skewed(hours)) + 2)
    resolved = responded + timedelta(minutes=int(60 * dice.skewed(52 - 30 * ability)) + 30)
    answered, done = _known(responded), _known(resolved)
    complaint = kind == "complaint"
    action = dice.pick(("更换电芯模组", "优化充放电策略", "补充现场培训")) if complaint and dice.chance(0.6) else None
    acted = _known(resolved + timedelta(days=dice.whole(2, 30))) if action and dice.chance(0.8) else None
    rating = min(10, max(0, int(dice.bell(7.2 + 2 * ability, 1.1) + 0.5)))
    table.add(
        *(f"ES-GD{table.next_number:06d}", kind, priority if dice.chance(0.97) else None, _customer(dice, owner)),
        *(owner.code, dice.pick(("热线", "微信", "运维平台")), opened, answered, done),
        *(int(dice.chance(0.12 - 0.09 * ability)), dice.chance(0.10 - 0.06 * ability)),
        dice.pick(("电芯衰减", "通信中断", "响应慢", "电费结算")) if complaint and dice.chance(0.8) else None,
        *(action, acted, complaint and dice.chance(0.3), rating if done and dice.chance(0.6) else None),
    )


def _surveys(dice: Dice, managers: list[Member]) -> Table:
    table = Table("survey", "no", "customer", "owner", "topic", "channel", "sent_at", "answered_at", "score", "scale")
    topics = {"recommend": 0.55, "overall": 0.2, "after_sales": 0.15, "product": 0.1}
    for manager in managers:
        for day in manager.days(_FIRST, _LAST):
            if day.weekday() < 5 and dice.chance(0.26):
                sent = dice.moment(day, 9, 18)
                answered = _known(sent + timedelta(hours=dice.whole(2, 100))) if dice.chance(0.66) else None
                score = min(10, max(0, int(dice.bell(7.0 + 2.6 * manager.ability, 1.5) + 0.5))) if answered else None
                customer = _customer(dice, manager)
                no, topic, scale = f"ES-DC{table.next_number:05d}", dice.weighted(topics), 10 if answered else None
                table.add(no, customer, manager.code, topic, "邮件", sent, answered, score, scale)
    return table


def _tasks(dice: Dice, managers: list[Member]) -> Table:
    table = Table("task", "no", "project", "person", "due_on", "done_on", "collaborative")
    projects = ("并网验收", "年度巡检", "峰谷策略复盘", "重点客户回访")
    for manager in managers:
        for day in manager.days(_FIRST, _LAST):
            if day.weekday() < 5 and dice.chance(0.13):
                late = dice.chance(0.33 - 0.28 * manager.ability)
                done = day + timedelta(days=dice.whole(1, 15) if late else -dice.whole(0, 6))
                missed = done > _EXPORTED.date() or (late and dice.chance(0.2))
                no, shared = f"ES-RW{table.next_number:05d}", dice.chance(0.3)
                table.add(no, dice.pick(projects), manager.code, day, None if missed else done, shared)
    return table


def _honours(dice: Dice, managers: list[Member]) -> Table:
    table = Table("honour", "no", "person", "team", "level", "title", "awarded_on")
    titles = {"department": "部门之星", "company": "公司先进个人", "city": "行业服务能手"}
    for manager in managers:
        for first, last in _QUARTERS:
            days = list(manager.days(first, last))
            if days and dice.chance(0.25 * manager.ability * manager.ability):
                level = dice.weighted({"department": 0.6, "company": 0.3, "city": 0.1})
                title, no = titles[level], f"ES-RY{table.next_number:04d}"
                table.add(no, manager.code, manager.posts[0].team, level, title, dice.pick(days))
    return table


def _assessments(dice: Dice, managers: list[Member]) -> Table:
    """At the end of each quarter the head of the region on teamwork, and oneself overall."""
    table = Table("assessment", "no", "subject", "rater", "relation", "item", "score", "scale", "comment", "rated_on")
    for _first, last in _QUARTERS:
        rated = last - timedelta(days=4)
        for subject in (manager for manager in managers if any(manager.days(rated, rated))):
            head = next(post.manager for post in reversed(subject.posts) if post.first <= rated)
            for rater, relation, item, usual in (
                (head, "supervisor", "teamwork", 62),
                (subject.code, "self", "overall", 84),
            ):
                if dice.chance(0.95):
                    score = min(100, max(35, int(dice.bell(usual + 22 * subject.ability, 5))))
                    comment = dice.pick(("配合售后及时", "主动分享方案", "需要提前协调")) if dice.chance(0.3) else None
                    no = f"ES-PG{table.next_number:05d}"
                    table.add(no, subject.code, rater, relation, item, score, 100, comment, rated)
    return table
