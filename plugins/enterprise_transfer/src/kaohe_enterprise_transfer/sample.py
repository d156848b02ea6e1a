"""An invented service company that took over four others: their customers, 2025-Q4 and 2026-Q1.

Each takeover has its own day, so that in both quarters some days of grace run out and some customers are still being
handed over. Everything is drawn from a ``random.Random`` of the seed: the same seed gives the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from kaohe.plugin import SampleFile
from kaohe.plugin.samples import Dice, Member, Plan, Table, organisation, people_table

_TEAMS = {
    "华东": ("上海客户部", "苏州客户部", "杭州客户部"),
    "华南": ("广州客户部", "深圳客户部"),
    "华中": ("武汉客户部", "长沙客户部"),
    "西南": ("成都客户部", "重庆客户部"),
}
_ROLES = {"客户关系经理": (0.88, 7000), "档案专员": (0.12, 5000)}
_FIRST, _LAST = date(2025, 10, 1), date(2026, 3, 31)
_QUARTERS = ((date(2025, 10, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 3, 31)))
_EXPORTED = datetime(2026, 4, 3, 18, 0)  # noqa: DTZ001 - cells hold local times; nothing later is known yet
_TRANSFERS = {
    "康泰电梯服务": date(2025, 9, 15),
    "瑞丰物业设备": date(2025, 11, 1),
    "金桥暖通": date(2026, 1, 12),
    "永安消防维保": date(2026, 2, 6),
}
_TRADES = ("纺织", "食品", "电子", "商业广场", "医院", "学校", "酒店", "产业园")
_REASONS = ("改用其他服务商", "对更换服务团队不满", "价格上调", "业务关停")


def generate_sample(people: int, seed: int) -> Iterable[SampleFile]:
    """People and records for so many people."""
    dice = Dice(random.Random(f"enterprise_transfer {seed}").random)
    plan = Plan("TR", _TEAMS, _ROLES, "客户部长", 12000, _FIRST, _LAST)
    members = organisation(dice, plan, people)
    managers = [member for member in members if member.role == "客户关系经理"]
    yield people_table(members)
    handed_over = _handed_over(dice, managers)
    yield handed_over.file()
    yield _customers(dice, managers, handed_over).file()
    yield _revisits(dice, managers, handed_over).file()
    yield _tickets(dice, managers).file()
    yield _surveys(dice, managers).file()
    yield _activities(dice, managers).file()
    yield _assessments(dice, managers).file()
    yield _violations(dice, managers).file()


def _customer(owner: Member, number: int) -> str:
    """The code of one of somebody's customers; from 50 on they were taken over."""
    return f"ZR{int(owner.code[2:]) * 1000 + number}"


def _name(dice: Dice) -> str:
    first, second = ("恒", "瑞", "鸿", "泰", "嘉", "盛"), ("源", "达", "峰", "通", "兴")
    return dice.pick(first) + dice.pick(second) + dice.pick(_TRADES)


def _handed_over(dice: Dice, managers: list[Member]) -> Table:
    """The lists of the days of the transfers: most account managers take over a few customers of each company."""
    table = Table(
        "transfer_customer",
        *("transfer", "customer", "owner", "transferred_on", "contacted_on", "file_completed_on", "left_on"),
        "leave_reason",
    )
    for owner in managers:
        number = 50
        for transfer, day in _TRANSFERS.items():
            here = owner.posts[0].first <= day <= (owner.posts[-1].last or day)
            for _ in range(dice.whole(6, 11) if here and dice.chance(0.85) else 0):
                number += 1
                _hand_over(dice, table, owner, transfer, day, number)
    return table


def _hand_over(dice: Dice, table: Table, owner: Member, transfer: str, day: date, number: int) -> None:
    ability = owner.ability
    slow = dice.chance(0.32 - 0.28 * ability)
    contacted = day + timedelta(days=dice.whole(26, 90) if slow else dice.whole(0, 24))
    missing = dice.chance(0.36 - 0.32 * ability)
    complete = day + timedelta(days=dice.whole(45, 120) if missing else dice.whole(-10, 50))
    left = None
    if dice.chance(0.24 - 0.20 * ability + (0.08 if slow else 0)):
        left = _past(day + timedelta(days=dice.whole(12, 150)))
    table.add(
        *(transfer, _customer(owner, number), owner.code, day),
        _past(contacted) if left is None or contacted < left else None,
        _past(complete) if left is None or complete < left else None,
        left,
        dice.pick(_REASONS) if left and dice.chance(0.8) else None,
    )


def _past(day: date) -> date | None:
    """The day, unless it lies after the export."""
    return day if day <= _EXPORTED.date() else None


def _customers(dice: Dice, managers: list[Member], handed_over: Table) -> Table:
    """The whole register: customers of old, those taken over (since they began with the other company), new ones."""
    table = Table("customer", "code", "name", "segment", "owner", "since", "left_on", "leave_reason")
    for owner in managers:
        for number in range(1, dice.whole(6, 9)):
            since = dice.day(date(2017, 1, 1), date(2025, 9, 30)) if dice.chance(0.82) else dice.day(_FIRST, _LAST)
            left = dice.day(max(since, _FIRST), _LAST) if dice.chance(0.10 - 0.09 * owner.ability) else None
            reason = dice.pick(_REASONS) if left and dice.chance(0.8) else None
            table.add(_customer(owner, number), _name(dice), "原有客户", owner.code, since, left, reason)
    for transfer, customer, code, day, _contacted, _complete, left, reason in handed_over.rows:
        since = dice.day(date(2016, 1, 1), date.fromisoformat(day) - timedelta(days=60))
        table.add(customer, f"{_name(dice)}（{transfer[:2]}）", "移交客户", code, since, left, reason)
    return table


def _revisits(dice: Dice, managers: list[Member], handed_over: Table) -> Table:
    """Each quarter most customers taken over and still there are surveyed, from two weeks after the transfer on."""
    table = Table("transfer_survey", "no", "transfer", "customer", "owner", "asked_on", "score_before", "score_after")
    ability = {owner.code: owner.ability for owner in managers}
    for transfer, customer, code, day, _contacted, _complete, left, _reason in handed_over.rows:
        before = min(10.0, max(2.0, dice.bell(7.6, 0.9)))
        known = dice.chance(0.9)
        for first, last in _QUARTERS:
            earliest = max(first, date.fromisoformat(day) + timedelta(days=14))
            if earliest > last or not dice.chance(0.62):
                continue
            asked = dice.day(earliest, last)
            after = min(10.0, max(0.0, dice.bell(before - 0.75 + 1.5 * ability[code], 0.6)))
            if not left or asked < date.fromisoformat(left):
                table.add(
                    *(f"TR-HF{table.next_number:05d}", transfer, customer, code, asked),
                    _half(before) if known else None,
                    _half(after) if dice.chance(0.88) else None,
                )
    return table


def _half(score: float) -> str:
    """A score in steps of one half."""
    halves = int(score * 2 + 0.5)
    return f"{halves // 2}.{5 * (halves % 2)}"


def _tickets(dice: Dice, managers: list[Member]) -> Table:
    table = Table(
        "ticket",
        *("no", "kind", "customer", "owner", "channel", "opened_at", "responded_at", "resolved_at", "cause"),
    )
    kinds = {"complaint": 0.42, "consult": 0.38, "repair": 0.2}
    for owner in managers:
        for day in owner.days(_FIRST, _LAST):
            if not dice.chance(0.05 if day.weekday() >= 5 else 0.13):
                continue
            kind = dice.weighted(kinds)
            opened = dice.moment(day, 8, 20)
            responded = opened + timedelta(minutes=int(60 * dice.skewed(7 - 5 * owner.ability)) + 4)
            resolved = responded + timedelta(minutes=int(60 * dice.skewed(62 - 42 * owner.ability)) + 30)
            cause = dice.pick(("上门延误", "收费不清", "更换对接人", "维修质量")) if kind == "complaint" else None
            number = dice.whole(51, 70) if dice.chance(0.7) else dice.whole(1, 8)
            table.add(
                *(f"TR-GD{table.next_number:05d}", kind, _customer(owner, number)),
                None if dice.chance(0.006) else owner.code,
                dice.pick(("电话", "微信", "邮件")),
                opened,
                responded if responded <= _EXPORTED else None,
                resolved if resolved <= _EXPORTED and dice.chance(0.98) else None,
                cause,
            )
    return table


def _surveys(dice: Dice, managers: list[Member]) -> Table:
    table = Table("survey", "no", "customer", "owner", "topic", "channel", "sent_at", "answered_at", "score", "scale")
    for owner in managers:
        for day in owner.days(_FIRST, _LAST):
            if day.weekday() < 5 and dice.chance(0.13):
                sent = dice.moment(day, 9, 18)
                answered = sent + timedelta(hours=dice.whole(2, 90))
                known = dice.chance(0.74) and answered <= _EXPORTED
                score = min(10, max(1, int(dice.bell(7.1 + 2.2 * owner.ability, 1.1) + 0.5)))
                topic = "overall" if dice.chance(0.85) else "communication"
                table.add(
                    *(f"TR-DC{table.next_number:05d}", _customer(owner, dice.whole(1, 8)), owner.code, topic, "短信"),
                    *(sent, answered if known else None, score if known else None, 10 if known else None),
                )
    return table


def _activities(dice: Dice, managers: list[Member]) -> Table:
    """Meetings with the customers taken over, two each quarter."""
    table = Table("activity", "no", "person", "kind", "name", "held_on", "invited", "attended", "hours")
    meetings = ((date(2025, 10, 23), "客户见面会"), (date(2025, 12, 11), "年终答谢会"))
    meetings += ((date(2026, 1, 29), "新客户座谈"), (date(2026, 3, 19), "服务开放日"))
    for index, (held, name) in enumerate(meetings):
        for owner in managers:
            if any(owner.days(held, held)):
                attended = dice.chance(0.6 + 0.38 * owner.ability)
                hours = "3" if attended else None
                table.add(f"TR-HD{index + 1:02d}", owner.code, "customer_event", name, held, True, attended, hours)
    return table


def _assessments(dice: Dice, managers: list[Member]) -> Table:
    """At the end of each quarter: the head of department, four colleagues, three customers (unnamed), oneself."""
    table = Table("assessment", "no", "subject", "rater", "relation", "item", "score", "scale", "comment", "rated_on")
    comments = ("交接细致", "客户评价好", "需要主动联络", "档案要补齐")
    for _first, last in _QUARTERS:
        rated = last - timedelta(days=4)
        present = [owner for owner in managers if any(owner.days(rated, rated))]
        for index, subject in enumerate(present):
            for rater, relation in _raters(subject, present, index, rated):
                if dice.chance(0.96):
                    kind = {"supervisor": 66, "peer": 72, "customer": 70, "self": 84}[relation]
                    score = min(100, max(35, int(dice.bell(kind + 26 * subject.ability, 5))))
                    comment = dice.pick(comments) if relation == "supervisor" and dice.chance(0.4) else None
                    no = f"TR-PG{table.next_number:05d}"
                    table.add(no, subject.code, rater, relation, "overall", score, 100, comment, rated)
    return table


def _raters(subject: Member, present: list[Member], index: int, rated: date) -> Iterator[tuple[str | None, str]]:
    yield next(post.manager for post in reversed(subject.posts) if post.first <= rated), "supervisor"
    for step in range(4):
        colleague = present[(index + step * 3 + 1) % len(present)]
        if colleague is not subject:
            yield colleague.code, "peer"
    for _ in range(3):
        yield None, "customer"
    yield subject.code, "self"


def _violations(dice: Dice, managers: list[Member]) -> Table:
    table = Table("violation", "no", "person", "level", "happened_on", "note")
    notes = {"minor": "未按时登记联络", "general": "档案私自带离", "serious": "泄露客户档案"}
    for owner in managers:
        days = list(owner.days(_FIRST, _LAST))
        if days and dice.chance(0.2 - 0.16 * owner.ability):
            level = dice.weighted({"minor": 0.5, "general": 0.3, "serious": 0.2})
            table.add(f"TR-WG{table.next_number:04d}", owner.code, level, dice.pick(days), notes[level])
    return table
