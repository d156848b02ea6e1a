"""An invented company's customer department: representatives in four regions, 2025-Q4 and 2026-Q1.

Contracts reach back to the autumn of 2024, so that in both quarters some fall due and are renewed or not. Everything is
drawn from a ``random.Random`` of the seed: the same seed gives the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from kaohe.plugin import SampleFile
from kaohe.plugin.samples import Dice, Member, Plan, Table, organisation, people_table

_TEAMS = {
    "华东": ("上海客户组", "南京客户组", "杭州客户组"),
    "华北": ("北京客户组", "天津客户组"),
    "华南": ("广州客户组", "厦门客户组"),
    "西部": ("西安客户组", "成都客户组"),
}
_ROLES = {"客户代表": (0.72, 7500), "客户主管": (0.14, 10000), "数据专员": (0.14, 5000)}
_APPRAISED = ("客户代表", "客户主管")
_FIRST, _LAST = date(2025, 10, 1), date(2026, 3, 31)
_QUARTERS = ((date(2025, 10, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 3, 31)))
_A_YEAR_AGO = (date(2024, 10, 1), date(2025, 3, 31))
_EXPORTED = datetime(2026, 4, 3, 18, 0)  # noqa: DTZ001 - cells hold local times; nothing later is known yet
_MONTHS = {10: 1.0, 11: 1.1, 12: 1.5, 1: 0.8, 2: 0.6, 3: 1.3}  # signing, by month
_TRADES = ("科技", "商贸", "物流", "医药", "食品", "印刷", "教育", "餐饮")
_KINDS = {"consult": 0.5, "complaint": 0.14, "maintain": 0.2, "feedback": 0.16}


def generate_sample(people: int, seed: int) -> Iterable[SampleFile]:
    """People and records for so many people."""
    dice = Dice(random.Random(f"customer_department {seed}").random)
    plan = Plan("CD", _TEAMS, _ROLES, "客户部长", 16000, _FIRST, _LAST)
    members = organisation(dice, plan, people)
    appraised = [member for member in members if member.role in _APPRAISED]
    yield people_table(members)
    yield _customers(dice, appraised).file()
    yield _contracts(dice, appraised).file()
    yield _surveys(dice, appraised).file()
    yield _tickets(dice, appraised).file()
    yield _assessments(dice, appraised).file()
    yield _improvements(dice, appraised).file()
    yield _violations(dice, appraised).file()


def _customer(dice: Dice, owner: Member) -> str:
    """One of somebody's customers."""
    return f"KB{int(owner.code[2:]) * 100 + dice.whole(1, 12)}"


def _customers(dice: Dice, owners: list[Member]) -> Table:
    table = Table("customer", "code", "name", "segment", "owner", "since", "left_on", "leave_reason")
    for owner in owners:
        for number in range(1, dice.whole(10, 14)):
            since = dice.day(date(2018, 1, 1), date(2025, 9, 30)) if dice.chance(0.9) else dice.day(_FIRST, _LAST)
            left = dice.day(max(since, _FIRST), _LAST) if dice.chance(0.15 - 0.13 * owner.ability) else None
            reason = (
                dice.pick(("改用其他供应商", "价格", "服务不及时", "业务收缩")) if left and dice.chance(0.75) else None
            )
            name = dice.pick(("宏", "安", "新", "华", "正", "德")) + dice.pick(("业", "诚", "远", "利", "和"))
            name += dice.pick(_TRADES)
            segment = "重点客户" if dice.chance(0.25) else "一般客户"
            code = f"KB{int(owner.code[2:]) * 100 + number}"
            table.add(code, name, segment, owner.code, since, left, reason)
    return table


def _contracts(dice: Dice, owners: list[Member]) -> Table:
    """Contracts run for a year; those of a year ago fall due in the two quarters."""
    table = Table("contract", "no", "customer", "owner", "kind", "signed_on", "amount", "due_on", "renewed_on")
    for owner in owners:
        for _ in range(dice.whole(7, 13)):
            signed = dice.day(*_A_YEAR_AGO)
            due = signed + timedelta(days=364)
            renewed = due + timedelta(days=dice.whole(-30, 6)) if dice.chance(0.55 + 0.42 * owner.ability) else None
            renewed = renewed if renewed and renewed <= _EXPORTED.date() else None
            _contract(dice, table, owner, signed, dice.weighted({"new": 0.6, "repeat": 0.4}), due, renewed)
        for day in owner.days(_FIRST, _LAST):
            if day.weekday() < 5 and dice.chance((0.05 + 0.11 * owner.ability) * _MONTHS[day.month]):
                kind = dice.weighted({"new": 0.38, "renewal": 0.3, "repeat": 0.24, "expansion": 0.08})
                _contract(dice, table, owner, day, kind, day + timedelta(days=364), None)
    return table


def _contract(
    dice: Dice, table: Table, owner: Member, signed: date, kind: str, due: date, renewed: date | None
) -> None:
    yuan = 500 * max(8, int(dice.skewed(110 + 90 * owner.ability)))
    no = f"CD-HT{table.next_number:05d}"
    amount = f"{yuan}.00" if dice.chance(0.99) else None
    table.add(no, _customer(dice, owner), owner.code, kind, signed, amount, due, renewed)


def _surveys(dice: Dice, owners: list[Member]) -> Table:
    table = Table("survey", "no", "customer", "owner", "topic", "channel", "sent_at", "answered_at", "score", "scale")
    for owner in owners:
        for day in owner.days(_FIRST, _LAST):
            if day.weekday() >= 5 or not dice.chance(0.27):
                continue
            sent = dice.moment(day, 9, 18)
            answered = sent + timedelta(hours=dice.whole(1, 96))
            known = dice.chance(0.72) and answered <= _EXPORTED
            topic = "recommend" if dice.chance(0.45) else "overall"
            scale = 5 if topic == "overall" and dice.chance(0.2) else 10  # one region's form had five stars
            share = min(1.0, max(0.1, dice.bell(0.70 + 0.25 * owner.ability, 0.12)))
            table.add(
                *(f"CD-DC{table.next_number:05d}", _customer(dice, owner), owner.code, topic, "邮件", sent),
                *(answered if known else None, int(share * scale + 0.5) if known else None, scale if known else None),
            )
    return table


def _tickets(dice: Dice, owners: list[Member]) -> Table:
    """Requests come at all hours; they are answered in working hours."""
    table = Table(
        "ticket", "no", "kind", "customer", "owner", "channel", "opened_at", "responded_at", "resolved_at", "cause"
    )
    for owner in owners:
        for day in owner.days(_FIRST, _LAST):
            if not dice.chance(0.04 if day.weekday() >= 5 else 0.19):
                continue
            kind = dice.weighted(_KINDS)
            opened = dice.moment(day, 8, 20)
            responded = opened + timedelta(minutes=int(60 * dice.skewed(8 - 6 * owner.ability)) + 5)
            resolved = responded + timedelta(minutes=int(60 * dice.skewed(38 - 26 * owner.ability)) + 20)
            table.add(
                *(f"CD-GD{table.next_number:05d}", kind, _customer(dice, owner)),
                None if dice.chance(0.007) else owner.code,
                dice.pick(("热线", "微信", "邮件", "门户")) if dice.chance(0.97) else None,
                opened,
                responded if responded <= _EXPORTED and dice.chance(0.99) else None,
                resolved if resolved <= _EXPORTED and dice.chance(0.97) else None,
                dice.pick(("交付延误", "价格", "服务态度", "产品质量")) if kind == "complaint" else None,
            )
    return table


def _assessments(dice: Dice, owners: list[Member]) -> Table:
    """At the end of each quarter: the head of department on teamwork, four colleagues too, oneself overall."""
    table = Table("assessment", "no", "subject", "rater", "relation", "item", "score", "scale", "comment", "rated_on")
    comments = ("乐于分享客户情况", "配合及时", "需要提前沟通", "跨组协作好")
    for _first, last in _QUARTERS:
        rated = last - timedelta(days=3)
        present = [owner for owner in owners if any(owner.days(rated, rated))]
        for index, subject in enumerate(present):
            for rater, relation, item in _raters(subject, present, index, rated):
                if dice.chance(0.95):
                    kind = {"supervisor": 68, "peer": 73, "self": 85}[relation]
                    score = min(100, max(35, int(dice.bell(kind + 23 * subject.ability, 5))))
                    comment = dice.pick(comments) if relation == "supervisor" and dice.chance(0.4) else None
                    no = f"CD-PG{table.next_number:05d}"
                    table.add(no, subject.code, rater, relation, item, score, 100, comment, rated)
    return table


def _raters(subject: Member, present: list[Member], index: int, rated: date) -> Iterator[tuple[str, str, str]]:
    yield next(post.manager for post in reversed(subject.posts) if post.first <= rated), "supervisor", "teamwork"
    for step in range(4):
        colleague = present[(index + step * 3 + 1) % len(present)]
        if colleague is not subject:
            yield colleague.code, "peer", "teamwork"
    yield subject.code, "self", "overall"


def _improvements(dice: Dice, owners: list[Member]) -> Table:
    table = Table("deliverable", "no", "person", "kind", "title", "submitted_on", "accepted")
    titles = {"process_improvement": "回访流程简化", "knowledge": "行业案例分享", "market_research": "客户需求调研"}
    for owner in owners:
        for first, last in _QUARTERS:
            days = list(owner.days(first, last))
            if days and dice.chance(0.6 * owner.ability):
                kind = dice.weighted({"process_improvement": 0.4, "knowledge": 0.4, "market_research": 0.2})
                accepted = dice.chance(0.7) if dice.chance(0.9) else None
                table.add(f"CD-CG{table.next_number:04d}", owner.code, kind, titles[kind], dice.pick(days), accepted)
    return table


def _violations(dice: Dice, owners: list[Member]) -> Table:
    table = Table("violation", "no", "person", "level", "happened_on", "note")
    notes = {"minor": "未按时录入", "general": "越权承诺交期", "serious": "虚报客户数据"}
    for owner in owners:
        days = list(owner.days(_FIRST, _LAST))
        if days and dice.chance(0.18 - 0.14 * owner.ability):
            level = dice.weighted({"minor": 0.55, "general": 0.3, "serious": 0.15})
            table.add(f"CD-WG{table.next_number:04d}", owner.code, level, dice.pick(days), notes[level])
    return table
