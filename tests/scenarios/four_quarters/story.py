"""The year 2026 of a desk of five, as facts; what it comes to is worked out by hand in the test beside this file.

P1 张三 and P2 李四 are there all year. P3 王五 joins on 16 May. P4 赵六 leaves after 31 August. P5 钱七 moves on 15
February from the north (base 4,000) to the south (base 8,000).
"""

from __future__ import annotations

from itertools import count

PEOPLE = """\
code,name,team,role,bonus_base,from,to
P1,张三,北队,agent,5000,2025-01-01,
P2,李四,北队,agent,6000,2025-01-01,
P3,王五,南队,agent,5000,2026-05-16,
P4,赵六,南队,agent,5500,2025-01-01,2026-08-31
P5,钱七,北队,agent,4000,2025-01-01,2026-02-14
P5,钱七,南队,agent,8000,2026-02-15,
"""

SCHEME = """\
format = 1

[scheme]
id         = "desk"
version    = "2026"
name       = { zh = "客服季度考核", en = "Desk, by quarter" }
cycle      = "quarter"
effective  = { from = 2026-01-01, to = 2026-12-31 }
population = 'role == "agent"'
missing    = { policy = "zero" }

[[dimensions]]
id     = "speed"
name   = { zh = "及时", en = "Speed" }
weight = 60

  [[dimensions.indicators]]
  use    = "in_time"
  weight = 100
  curve  = { kind = "points", at = [[0, 0], [1, 100]] }

[[dimensions]]
id     = "satisfaction"
name   = { zh = "满意", en = "Satisfaction" }
weight = 40

  [[dimensions.indicators]]
  use    = "rating"
  weight = 100
  curve  = { kind = "points", at = [[0, 0], [10, 100]] }

[[indicators]]
id      = "in_time"
name    = { zh = "及时率", en = "In time" }
records = "ticket"
value   = "share(resolved_at - opened_at <= hours(24))"
unit    = "share"

[[indicators]]
id      = "rating"
name    = { zh = "平均评分", en = "Mean rating" }
records = "ticket"
value   = "mean(satisfaction)"
unit    = "points"

[tiers]
kind   = "score"
levels = [
  { id = "A", min_score = 85, coefficient = 1.5 },
  { id = "B", min_score = 60, coefficient = 1 },
  { id = "C", coefficient = 0.5 },
]

[bonus]
kind    = "coefficient"
base    = "person.bonus_base"
prorate = "days"

[manual_changes]
points = 5
people = "50%"

[appeals]
days        = 7
answer_days = 3
decide_days = 5

[recovery]
cap = "30%"
"""

HEADER = "no,kind,owner,opened_at,resolved_at,satisfaction"
_MONTH = {"Q1": "03", "Q2": "06", "Q3": "08", "Q4": "11"}


def tickets(quarter: str, owner: str, in_time: int, late: int, rating: int, first: int = 1) -> list[str]:
    """So many tickets of a quarter resolved in an hour, and so many in two days, each rated the same."""
    numbers, month = count(first), _MONTH[quarter]
    ends = ["10 10:00"] * in_time + ["12 09:00"] * late
    return [
        f"{quarter}-{owner}-{next(numbers)},repair,{owner},2026-{month}-10 09:00,2026-{month}-{end},{rating}"
        for end in ends
    ]


ON_TIME = {
    "Q1": [
        *tickets("Q1", "P1", 4, 0, 9),
        *tickets("Q1", "P2", 3, 0, 8),
        *tickets("Q1", "P4", 1, 1, 7),
        *tickets("Q1", "P5", 2, 2, 8),
    ],
    "Q2": [
        *tickets("Q2", "P1", 3, 1, 7),
        *tickets("Q2", "P2", 2, 0, 5),
        *tickets("Q2", "P3", 2, 0, 10),
        *tickets("Q2", "P4", 2, 0, 9),
        *tickets("Q2", "P5", 1, 1, 6),
    ],
    "Q3": [
        *tickets("Q3", "P1", 3, 0, 9),
        *tickets("Q3", "P2", 4, 0, 10),
        *tickets("Q3", "P3", 0, 2, 10),
        *tickets("Q3", "P4", 2, 0, 9),
        *tickets("Q3", "P5", 1, 1, 7),
    ],
    "Q4": [
        *tickets("Q4", "P1", 3, 0, 9),
        *tickets("Q4", "P2", 2, 0, 5),
        *tickets("Q4", "P3", 1, 1, 9),
        *tickets("Q4", "P5", 2, 0, 9),
    ],
}
"""What was imported before each quarter was frozen."""

LATE_OF_Q1 = [*tickets("Q1", "P2", 0, 3, 2, first=4), *tickets("Q1", "P4", 1, 0, 10, first=3)]
"""Found in April: three of P2's were kept from the count, one of P4's was forgotten."""

CORRECTED_OF_Q2 = ["Q2-P1-4,repair,P1,2026-06-10 09:00,2026-06-10 10:00,7"]
"""P1's appeal: the fourth ticket was resolved within the hour, not two days later."""

LATE_OF_Q3 = tickets("Q3", "P4", 0, 2, 1, first=3)
"""Found in November, when P4 had left."""
