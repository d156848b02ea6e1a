"""A calibration sheet as a record type, so that the same reader and cleaner serve ``kaohe change import``.

One row is one person with what is to be changed of the result, and why.
"""

from __future__ import annotations

from kaohe.plugin.types import Field, RecordType
from kaohe.text import Text

CHANGES = RecordType(
    name="changes",
    label=Text("人工调整", "Manual changes"),
    description=Text("一行是一个人的调整与理由。", "One row is one person: what is changed, and why."),
    fields=(
        Field("who", "customer", Text("人员", "Person"), required=True, help=Text("工号或姓名", "Code or name")),
        Field("points", "decimal", Text("调分", "Points"), scale=6, help=Text("带正负号，如 -2.5", "Signed, as -2.5")),
        Field("tier", "text", Text("等级", "Tier"), help=Text("调整后的等级", "The tier to be given")),
        Field("bonus", "money", Text("调奖金", "Bonus"), help=Text("元，带正负号", "In yuan, signed")),
        Field("reason", "text", Text("理由", "Reason"), required=True),
    ),
    key=("who",),
    when="who",
)
