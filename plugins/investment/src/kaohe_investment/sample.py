"""An invented investment-promotion centre: parks in four regions, 2025-Q4 and 2026-Q1.

Projects begin in spring 2025, so that there is something to decide and to land in both quarters; little is signed
around the Spring Festival. Everything is drawn from a ``random.Random`` of the seed: the same seed gives the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta

from kaohe.plugin import SampleFile
from kaohe.plugin.samples import Dice, Member, Plan, Table, organisation, people_table

_TEAMS = {
    "华东": ("苏州园区招商部", "合肥园区招商部", "宁波园区招商部"),
    "华南": ("东莞园区招商部", "佛山园区招商部"),
    "华中": ("武汉园区招商部", "郑州园区招商部"),
    "西部": ("西安园区招商部", "成都园区招商部"),
}
_ROLES = {"招商专员": (0.75, 9000), "招商主管": (0.17, 12000), "综合文员": (0.08, 5000)}
_PROMOTERS = ("招商专员", "招商主管")
_FIRST, _LAST = date(2025, 10, 1), date(2026, 3, 31)
_QUARTERS = ((date(2025, 10, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 3, 31)))
_EARLIEST = date(2025, 4, 1)
_EXPORTED = date(2026, 4, 3)
_FESTIVAL = (date(2026, 2, 14), date(2026, 2, 24))
_CHANNELS = {"以商招商": 0.3, "展会": 0.2, "中介": 0.2, "上门拜访": 0.2, "网络": 0.1}
_CLOSING = {"以商招商": 0.14, "展会": -0.04, "中介": 0.0, "上门拜访": 0.02, "网络": -0.1}
_TRADES = ("新能源电池", "智能装备", "生物医药", "集成电路", "食品加工", "新材料", "现代物流", "汽车零部件")


def generate_sample(people: int, seed: int) -> Iterable[SampleFile]:
    """People and records for so many people."""
    dice = Dice(random.Random(f"investment {seed}").random)
    plan = Plan("IP", _TEAMS, _ROLES, "招商部长", 18000, _FIRST, _LAST)
    members = organisation(dice, plan, people)
    promoters = [member for member in members if member.role in _PROMOTERS]
    yield people_table(members)
    leads, follow_ups = _projects(dice, promoters)
    yield _scouted(Dice(random.Random(f"investment scouts {seed}").random), leads, promoters).file()
    yield follow_ups.file()
    yield _surveys(dice, promoters).file()
    yield _assessments(dice, promoters).file()
    yield _reports(dice, promoters).file()
    yield _violations(dice, promoters).file()


def _projects(dice: Dice, promoters: list[Member]) -> tuple[Table, Table]:
    leads = Table(
        "lead",
        *("no", "name", "owner", "channel", "place", "opened_on", "stage", "progress", "planned_progress"),
        *("outcome", "closed_on", "amount", "landed_on"),
    )
    follow_ups = Table("follow_up", "no", "lead", "owner", "due_on", "contacted_on", "planned_progress", "progress")
    for promoter in promoters:
        for day in promoter.days(_EARLIEST, _LAST):
            if day.weekday() < 5 and dice.chance(0.03 if _festive(day) else 0.12):
                _project(dice, leads, follow_ups, promoter, day)
    return leads, follow_ups


def _project(dice: Dice, leads: Table, follow_ups: Table, owner: Member, opened: date) -> None:
    """One project: it stays open for about three months, is decided, and lands some time after it was signed."""
    no = f"IP-XM{leads.next_number:05d}"
    channel = dice.weighted(_CHANNELS)
    last = min(_LAST, owner.posts[-1].last or _LAST)
    closes = _working(opened + timedelta(days=20 + int(dice.skewed(85 - 20 * owner.ability))))
    won = dice.chance(0.12 + 0.36 * owner.ability + _CLOSING[channel])
    closed = closes if closes <= last else None
    progress = _follow(dice, follow_ups, owner, no, opened, min(closes, last))
    outcome = "open" if closed is None else "won" if won else "lost"
    landed = None
    if closed and won and dice.chance(0.60 + 0.35 * owner.ability):
        landed = closed + timedelta(days=dice.whole(20, 105))
        landed = landed if landed <= _EXPORTED else None
    amount = 100_000 * max(3, int(dice.skewed(180 + 190 * owner.ability)))
    if dice.chance(0.02):
        amount *= 5
    stage = {"open": "洽谈", "won": "签约", "lost": "终止"}[outcome]
    planned = min(95, 10 + (last - opened).days) if closed is None else 100
    leads.add(
        *(no, f"{dice.pick(_TRADES)}项目{no[5:]}", owner.code, channel, owner.posts[-1].team[:4], opened, stage),
        *(100 if outcome == "won" else progress, planned, outcome, closed),
        amount if outcome != "lost" or dice.chance(0.6) else None,
        landed,
    )


def _scouted(dice: Dice, leads: Table, promoters: list[Member]) -> Table:
    """The leads with who scouted them: every eighth or so was brought by a colleague, who has a share in it."""
    table = Table("lead", *leads.header, "scout", "scout_share")
    for row in leads.rows:
        scout = dice.pick(promoters)
        brought = dice.chance(0.12) and scout.code not in row
        table.add(*row, scout.code if brought else None, dice.pick(("0.2", "0.3", "0.5")) if brought else None)
    return table


def _follow(dice: Dice, table: Table, owner: Member, lead: str, opened: date, until: date) -> int:
    """Follow-ups every three to six weeks until the project is decided; the progress that was reached."""
    progress, due = 5, opened + timedelta(days=dice.whole(7, 20))
    while due <= until:
        planned = min(95, 10 + (due - opened).days)
        pace = min(1.15, max(0.2, dice.bell(0.72 + 0.30 * owner.ability, 0.10)))
        progress = min(99, max(progress, int(planned * pace)))
        late = dice.chance(0.34 - 0.31 * owner.ability)
        contacted = due + timedelta(days=dice.whole(1, 14) if late else -dice.whole(0, 3))
        made = contacted <= _EXPORTED and not (late and dice.chance(0.25))
        if due >= _FIRST:
            no = f"IP-GJ{table.next_number:06d}"
            reported = progress if made and dice.chance(0.96) else None
            table.add(no, lead, owner.code, due, contacted if made else None, planned, reported)
        due += timedelta(days=dice.whole(20, 42))
    return progress


def _surveys(dice: Dice, promoters: list[Member]) -> Table:
    """A few investors answer: some people stay below the least number of answers."""
    table = Table("survey", "no", "owner", "topic", "channel", "sent_at", "answered_at", "score", "scale")
    for promoter in promoters:
        for day in promoter.days(_FIRST, _LAST):
            if day.weekday() < 5 and dice.chance(0.09):
                sent = dice.moment(day, 9, 17)
                answered = sent + timedelta(hours=dice.whole(2, 120)) if dice.chance(0.62) else None
                answered = answered if answered and answered.date() <= _EXPORTED else None
                score = min(100, max(30, int(dice.bell(76 + 16 * promoter.ability, 7)))) if answered else None
                topic = "overall" if dice.chance(0.8) else "communication"
                scale = 100 if answered else None
                no = f"IP-DC{table.next_number:05d}"
                table.add(no, promoter.code, topic, "邮件", sent, answered, score, scale)
    return table


def _assessments(dice: Dice, promoters: list[Member]) -> Table:
    """At the end of each quarter: the manager on teamwork and execution, four colleagues overall, oneself."""
    table = Table("assessment", "no", "subject", "rater", "relation", "item", "score", "scale", "comment", "rated_on")
    comments = ("能主动协调各部门", "跟进细致", "需要加强计划性", "沟通及时")
    for first, last in _QUARTERS:
        rated = last - timedelta(days=3)
        present = [promoter for promoter in promoters if any(promoter.days(rated, rated))]
        for index, subject in enumerate(present):
            if subject.posts[0].first > first + timedelta(days=60):
                continue
            manager = next(post.manager for post in reversed(subject.posts) if post.first <= rated)
            colleagues = [present[(index + step * 3 + 1) % len(present)] for step in range(4)]
            raters = [(manager, "supervisor", "teamwork"), (manager, "supervisor", "execution")]
            raters += [(each.code, "peer", "overall") for each in colleagues if each is not subject]
            raters += [(subject.code, "self", "overall")]
            for rater, relation, item in raters:
                if dice.chance(0.95):
                    kind = {"supervisor": 70, "peer": 74, "self": 84}[relation]
                    score = min(100, max(40, int(dice.bell(kind + 20 * subject.ability, 5))))
                    comment = dice.pick(comments) if relation == "supervisor" and dice.chance(0.4) else None
                    no = f"IP-PG{table.next_number:05d}"
                    table.add(no, subject.code, rater, relation, item, score, 100, comment, rated)
    return table


def _reports(dice: Dice, promoters: list[Member]) -> Table:
    table = Table("deliverable", "no", "person", "kind", "title", "submitted_on", "accepted")
    kinds = {"market_research": "产业链调研", "competitor_analysis": "周边园区对标", "strategy": "招商路线图"}
    for promoter in promoters:
        days = list(promoter.days(_FIRST, _LAST))
        while days and dice.chance(0.75 * promoter.ability):
            kind = dice.weighted({"market_research": 0.6, "competitor_analysis": 0.25, "strategy": 0.15})
            title = f"{dice.pick(_TRADES)}{kinds[kind]}"
            accepted = dice.chance(0.75) if dice.chance(0.9) else None
            table.add(f"IP-CG{table.next_number:04d}", promoter.code, kind, title, dice.pick(days), accepted)
    return table


def _violations(dice: Dice, promoters: list[Member]) -> Table:
    table = Table("violation", "no", "person", "level", "happened_on", "note")
    for promoter in promoters:
        days = list(promoter.days(_FIRST, _LAST))
        if days and dice.chance(0.09 - 0.07 * promoter.ability):
            note = dice.pick(("违规接受宴请", "承诺超出权限的优惠"))
            table.add(f"IP-WG{table.next_number:04d}", promoter.code, "serious", dice.pick(days), note)
    return table


def _festive(day: date) -> bool:
    return _FESTIVAL[0] <= day <= _FESTIVAL[1]


def _working(day: date) -> date:
    """The day, moved past the Spring Festival and weekends."""
    day = _FESTIVAL[1] + timedelta(days=1) if _festive(day) else day
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
