"""The smallest plugin: one record type and one indicator."""

from collections.abc import Iterable

from kaohe.plugin import Field, Indicator, RecordType, Text, hookimpl

kaohe_api = 1


@hookimpl
def provide_record_types() -> Iterable[RecordType]:
    return [
        RecordType(
            name="example_visit",
            label=Text("拜访", "Visit"),
            key=("number",),
            when="visited_on",
            who=("visitor",),
            fields=(
                Field("number", "text", Text("拜访编号", "Visit number"), required=True),
                Field("visited_on", "date", Text("拜访日期", "Visited on"), required=True),
                Field("visitor", "person", Text("拜访人", "Visitor")),
            ),
        )
    ]


@hookimpl
def provide_indicators() -> Iterable[Indicator]:
    return [
        Indicator(
            id="example.visits",
            name=Text("拜访次数", "Visits"),
            description=Text("周期内的拜访次数。", "Visits paid in the period."),
            records="example_visit",
            value="count()",
            unit="count",
        )
    ]
