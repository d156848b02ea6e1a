"""The table of functions, in the order of the reference."""

from __future__ import annotations

from kaohe.language import builders as build
from kaohe.language import dated
from kaohe.language.signature import Argument, Function
from kaohe.language.types import Kind
from kaohe.text import Text

_NUMBER: tuple[Kind, ...] = ("number",)
_TEXT: tuple[Kind, ...] = ("text",)
_CONDITION: tuple[Kind, ...] = ("boolean",)
_AMOUNT: tuple[Kind, ...] = ("number", "duration")
_TIME: tuple[Kind, ...] = ("date", "datetime")
_ORDERED: tuple[Kind, ...] = (*_AMOUNT, *_TIME)
_ANY: tuple[Kind, ...] = (*_ORDERED, "boolean", "text")


def _where(*arguments: Argument) -> tuple[Argument, ...]:
    return (*arguments, Argument("where", _CONDITION, required=False))


_X, _AGGREGATE = Argument("x", _AMOUNT), Argument("aggregate", _ANY)
_C = Argument("condition", _CONDITION, required=False)
_A_B = (Argument("a", _TIME), Argument("b", _TIME))
_CALENDAR = Argument("calendar", _TEXT, literal=True, required=False)
_BY = Argument("by", _TIME, required=False)

_TABLE = (
    Function(
        "hours", "value", (Argument("x", _NUMBER),), build.hours,
        Text("x 小时的时长", "a duration of x hours"), "hours(24)",
    ),
    Function(
        "minutes", "value", (Argument("x", _NUMBER),), build.minutes,
        Text("x 分钟的时长", "a duration of x minutes"), "minutes(30)",
    ),
    Function(
        "seconds", "value", (Argument("x", _NUMBER),), build.seconds,
        Text("x 秒的时长", "a duration of x seconds"), "seconds(45)",
    ),
    Function(
        "days", "value", (Argument("x", _NUMBER),), build.days,
        Text("x 天的时长，一天为 24 小时", "a duration of x days of 24 hours"), "days(7)",
    ),
    Function(
        "date", "value", (Argument("text", _TEXT, literal=True),), build.date_,
        Text("一个确定的日期，按 年-月-日 书写", "one day, written year-month-day"), 'date("2026-01-01")',
    ),
    Function(
        "date_of", "value", (Argument("x", _TIME),), build.date_of,
        Text("时刻在工作区时区中所属的日期", "the day of a moment, in the workspace's timezone"), "date_of(opened_at)",
    ),
    Function(
        "year_of", "value", (Argument("x", _TIME),), build.calendar("year_of"),
        Text("年份", "the year"), "year_of(opened_at)",
    ),
    Function(
        "month_of", "value", (Argument("x", _TIME),), build.calendar("month_of"),
        Text("月份，1 到 12", "the month, 1 to 12"), "month_of(opened_at)",
    ),
    Function(
        "day_of", "value", (Argument("x", _TIME),), build.calendar("day_of"),
        Text("几号，1 到 31", "the day of the month, 1 to 31"), "day_of(opened_at)",
    ),
    Function(
        "in_season", "value",
        (Argument("x", _TIME), Argument("first", _TEXT, literal=True), Argument("last", _TEXT, literal=True)),
        dated.in_season,
        Text(
            "日期是否在每年的这两天之间（含首尾，按 月-日 书写，可跨年）",
            "whether the day lies between two days of any year, both included, written month-day; may span New Year",
        ),
        'in_season(opened_at, "11-15", "03-15")',
    ),
    Function(
        "is_weekend", "value", (Argument("x", _TIME),), build.calendar("is_weekend"),
        Text("是否为星期六或星期日", "whether the day is a Saturday or Sunday"), "is_weekend(opened_at)",
    ),
    Function(
        "business_time", "value", (*_A_B, _CALENDAR), build.business_time,
        Text(
            "从时刻 a 到时刻 b 的工作时间，按指定的工作日历（不写则为工作区的默认日历）；b 早于 a 时为负",
            "the working time from moment a to moment b by a calendar (the workspace's own if not given); negative "
            "where b is earlier",
        ),
        "business_time(opened_at, responded_at)",
    ),
    Function(
        "elapsed", "value",
        (*_A_B, Argument("clock", _TEXT, literal=True, required=False), _CALENDAR), build.elapsed,
        Text(
            '从 a 到 b 的时间：clock 为 "calendar"（默认）即 b - a，为 "business" 即 business_time(a, b)',
            'the time from a to b: b - a where clock is "calendar" (or not given), business_time(a, b) where it is '
            '"business"',
        ),
        'elapsed(opened_at, responded_at, "business")',
    ),
    Function(
        "lower", "value", (Argument("text", _TEXT),), build.plain("lower", "text"),
        Text("把 A–Z 变为 a–z，其他字符不变", "the text with A–Z as a–z and every other character as it is"),
        "lower(channel)",
    ),
    Function(
        "contains", "value", (Argument("text", _TEXT), Argument("part", _TEXT)), build.plain("contains", "boolean"),
        Text("文本中是否含有另一段文本，区分大小写", "whether the text holds the part, upper and lower case apart"),
        'contains(channel, "微信")',
    ),
    Function(
        "number", "value", (Argument("text", _TEXT),), build.number,
        Text(
            "从文本读出数字，保留六位小数，可有千位逗号；读不出则为未知",
            "the number that the text holds, at six decimals, thousands commas allowed; unknown where it holds none",
        ),
        'number("1,234.50")',
    ),
    Function(
        "round", "value", (Argument("x", _NUMBER), Argument("decimals", _NUMBER, literal=True, required=False)),
        build.round_,
        Text("四舍五入到若干位小数（0 到 6，默认 0）", "x rounded half up to 0 to 6 decimals (0 if not given)"),
        "round(amount, 1)",
    ),
    Function(
        "min", "value", (Argument("x", _ORDERED, repeated=True),), build.extreme("min"),
        Text("两个或多个值中最小的；有一个未知则未知", "the least of two or more values; unknown if one of them is"),
        "min(amount, 5000)",
    ),
    Function(
        "max", "value", (Argument("x", _ORDERED, repeated=True),), build.extreme("max"),
        Text("两个或多个值中最大的；有一个未知则未知", "the greatest of two or more values; unknown if one of them is"),
        "max(amount, 0)",
    ),
    Function(
        "abs", "value", (_X,), build.same("abs"),
        Text("绝对值", "the value without its sign"), "abs(amount)",
    ),
    Function(
        "if_", "value", (Argument("condition", _CONDITION), Argument("a", _ANY), Argument("b", _ANY)), build.if_,
        Text(
            "条件成立取 a，不成立取 b，条件未知则未知",
            "a where the condition is true, b where it is false, unknown where it is unknown",
        ),
        'if_(kind == "new", amount, 0)',
    ),
    Function(
        "known", "value", (Argument("x", _ANY),), build.plain("known", "boolean"),
        Text("是否有数据", "whether there is data"), "known(responded_at)",
    ),
    Function(
        "count", "aggregate", _where(), build.aggregate("count"),
        Text("记录数", "how many records"), 'count(where=kind == "repair")',
    ),
    Function(
        "count_distinct", "aggregate", _where(Argument("x", _ANY)), build.aggregate("count_distinct"),
        Text("不同值的个数，未知不计", "how many different values, unknown ones left out"), "count_distinct(customer)",
    ),
    Function(
        "sum", "aggregate", _where(_X), build.aggregate("sum"),
        Text("合计，未知不计；没有记录为 0", "the total, unknown values left out; 0 over nothing"), "sum(amount)",
    ),
    Function(
        "mean", "aggregate", _where(_X), build.aggregate("mean"),
        Text("平均值，未知不计", "the arithmetic mean, unknown values left out"), "mean(score)",
    ),
    Function(
        "share", "aggregate", _where(Argument("condition", _CONDITION)), build.aggregate("share"),
        Text("条件成立的占比，条件未知的不计", "the share of records that meet the condition, unknown ones left out"),
        "share(responded_at - opened_at <= hours(24))",
    ),
    Function(
        "median", "aggregate", _where(_X), build.aggregate("median"),
        Text("中位数", "the median"), "median(score)",
    ),
    Function(
        "percentile", "aggregate", _where(_X, Argument("p", _NUMBER, literal=True)), build.percentile,
        Text(
            "百分位数，p 在 0 与 1 之间，按第 7 种方法插值（同 Excel 的 PERCENTILE.INC）",
            "the value below which the share p (0 to 1) lies, interpolated by type 7 as in Excel's PERCENTILE.INC",
        ),
        "percentile(responded_at - opened_at, 0.9)",
    ),
    Function(
        "minimum", "aggregate", _where(Argument("x", _ORDERED)), build.aggregate("minimum"),
        Text("各记录中最小的值", "the least value of all records"), "minimum(score)",
    ),
    Function(
        "maximum", "aggregate", _where(Argument("x", _ORDERED)), build.aggregate("maximum"),
        Text("各记录中最大的值", "the greatest value of all records"), "maximum(score)",
    ),
    Function(
        "nps", "aggregate", _where(Argument("x", _NUMBER)), build.aggregate("nps"),
        Text(
            "净推荐值：9–10 分的百分比减 0–6 分的百分比，−100 到 100",
            "net promoter score: per cent of 9 and 10 minus per cent of 0 to 6, from −100 to 100",
        ),
        "nps(score)",
    ),
    Function(
        "first", "aggregate", _where(Argument("x", _ORDERED), _BY), build.at_edge("first"),
        Text(
            "按时间最早的已知值；by 默认为记录类型的时间字段；同时的取最小值",
            "the earliest known value; by is the record type's own time if not given; of several at once the least",
        ),
        "first(score, by=opened_at)",
    ),
    Function(
        "last", "aggregate", _where(Argument("x", _ORDERED), _BY), build.at_edge("last"),
        Text(
            "按时间最晚的已知值；by 默认为记录类型的时间字段；同时的取最大值",
            "the latest known value; by is the record type's own time if not given; of several at once the greatest",
        ),
        "last(score, by=opened_at)",
    ),
    Function(
        "previous", "aggregate", (_AGGREGATE,), build.shift("previous"),
        Text("上一个考核周期的同一汇总", "the same aggregate in the period before"),
        "sum(amount) / previous(sum(amount)) - 1",
    ),
    Function(
        "same_period_last_year", "aggregate", (_AGGREGATE,), build.shift("last_year"),
        Text("去年同期的同一汇总", "the same aggregate in the same period a year earlier"),
        "sum(amount) / same_period_last_year(sum(amount)) - 1",
    ),
    Function(
        "at_start", "period", (_C,), dated.at_edge_of_period("start"),
        Text(
            "期初时已存在且尚未结束（并满足条件）",
            "had begun before the period's start and not ended by then (and meets the condition)",
        ),
        "count(where=at_start(tier == \"A\"))",
    ),
    Function(
        "at_end", "period", (_C,), dated.at_edge_of_period("end"),
        Text(
            "期末时已存在且尚未结束（并满足条件）",
            "had begun before the period's end and not ended by then (and meets the condition)",
        ),
        "count(where=at_start() and at_end()) / count(where=at_start())",
    ),
    Function(
        "at_date", "period", (Argument("day", ("date",)), _C), dated.at_date,
        Text(
            "在该日零点已存在且尚未结束（并满足条件）",
            "had begun before that day and not ended by then (and meets the condition)",
        ),
        'count(where=at_date(date("2026-03-01")) and at_end()) / count(where=at_date(date("2026-03-01")))',
    ),
    Function(
        "in_period", "period", (Argument("x", _TIME),), dated.in_period,
        Text("该日期或时刻落在考核周期之内", "whether the day or moment falls into the period"),
        "count(where=in_period(ended_on))",
    ),
)  # fmt: skip

FUNCTIONS: dict[str, Function] = {function.name: function for function in _TABLE}
"""Every function by its name."""

PERIOD_BOUNDS: dict[str, Text] = {
    "period_start": Text(
        "考核周期的第一天；与时刻并用时为当天零点", "the period's first day; beside a moment, its midnight"
    ),
    "period_end": Text(
        "考核周期最后一天的次日；与时刻并用时为该日零点",
        "the day after the period's last day; beside a moment, its midnight",
    ),
}
"""Names without arguments that speak of the period."""
