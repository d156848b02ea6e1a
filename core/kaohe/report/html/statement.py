"""One person's statement (绩效单) as a page: a sheet or two of A4, with room for the interview and for signatures."""

from __future__ import annotations

from kaohe.exact import from_micros
from kaohe.report.html.element import Content, Element, el
from kaohe.report.html.figures import money, points
from kaohe.report.html.page import document, facts, section, tiles
from kaohe.report.html.statement_figures import beside_the_group, noted, total_apart, trend
from kaohe.report.html.tables import Head, table_of
from kaohe.run.appeals.model import OF_EVERYBODY, STATES
from kaohe.run.feedback.improvement import ITEM_STATES
from kaohe.run.figures import money_in_words
from kaohe.run.node import Node
from kaohe.run.statement.model import Item, Statement
from kaohe.text import Language, Message, Text, msg


def statement_html(statement: Statement, language: Language) -> str:
    """The page. What the person may not see is not in it."""
    title = msg(
        "{name} · {scheme} · {period}", name=statement.name, scheme=statement.scheme_name, period=statement.period
    )
    about: list[Text | str | None] = [statement.scheme_name, statement.period, statement.team, statement.role]
    head = el(
        "header",
        el("h1", msg("Statement: {name}", name=statement.name), " ", el("small", statement.code, class_="note")),
        el("p", *_joined([each for each in about if each is not None]), class_="sub"),
        class_="head",
    )
    parts = (
        _not_graded(statement),
        beside_the_group(statement),
        noted(statement),
        total_apart(statement),
        trend(statement),
        el("div", _tier(statement), _bonus(statement), class_="pair"),
        _following(statement),
        _interview(statement),
        el("div", _appeal(statement), _signed(statement), class_="pair"),
    )
    return document(language, title, head, _key_figures(statement), *parts, _foot(statement), kind="statement")


def _joined(parts: list[Text | str]) -> list[Content]:
    pieces: list[Content] = [piece for each in parts for piece in (" · ", each)]
    return pieces[1:]


def _key_figures(statement: Statement) -> Element:
    decimals = statement.decimals
    listed: list[tuple[Content, Content]] = []
    if statement.total is not None:
        listed.append((msg("total"), points(statement.total, decimals)))
    elif statement.withheld is not None:
        listed.append((msg("total"), el("small", statement.withheld)))
    if statement.totals is not None:
        listed.append((msg("median of the group"), points(statement.totals.median, decimals)))
    if statement.rank is not None:
        place: Content = [f"{statement.rank} ", el("small", msg("of {size}", size=statement.group_size))]
        listed.append((msg("rank in {group}", group=statement.group) if statement.group else msg("rank"), place))
    if statement.tier is not None:
        name = statement.tier_name
        named = name is not None and statement.tier not in (name.zh, name.en)
        listed.append((msg("tier"), [statement.tier, " ", el("small", name)] if named else statement.tier))
    if statement.bonus is not None:
        listed.append((msg("bonus"), [money(statement.bonus), " ", el("small", statement.currency)]))
    elif statement.bonus_withheld is not None:
        listed.append((msg("bonus"), el("small", statement.bonus_withheld)))
    return tiles(listed)


def _not_graded(statement: Statement) -> Element | None:
    if statement.graded:
        return None
    lines = (el("li", each) for each in statement.not_graded)
    return section("not-graded", msg("Not graded"), el("ul", *lines, class_="plain"))


def _tier(statement: Statement) -> Element | None:
    """The tier, what would have been enough for the next better one, and every decision."""
    lines: list[Content] = []
    if statement.coefficient is not None:
        lines.append(msg("coefficient {factor}", factor=from_micros(statement.coefficient)))
    if statement.enough is not None:
        total = points(statement.enough, statement.decimals)
        lines.append(msg("a total of {total} would have been enough for a better tier", total=total))
    lines += [each.what for each in statement.reasons]
    if not lines:
        return None
    return section("tier", msg("Tier and decisions"), el("ul", *(el("li", each) for each in lines), class_="plain"))


def _bonus(statement: Statement) -> Element | None:
    """How the bonus comes about, and what of it is paid now."""
    around, parts = statement.around, []
    if statement.derivation is not None:
        parts.append(el("ul", _tree(statement.derivation), class_="tree"))
    if around.posted:
        lines = (
            el(
                "li",
                msg(
                    "{period} was restated ({reason}): {amount}, settled with {posted_to}",
                    period=each.period,
                    reason=each.reason,
                    amount=money_in_words(each.fen, statement.currency),
                    posted_to=each.posted_to,
                ),
            )
            for each in around.posted
        )
        parts += [el("h3", msg("Restated periods")), el("ul", *lines, class_="plain")]
    if around.money is not None:
        sums: tuple[tuple[Message, int], ...] = (
            (msg("earned in this period"), around.money.earned),
            (msg("due from earlier periods"), around.money.due),
            (msg("settled of it now"), around.money.settled),
            (msg("carried forward"), around.money.carried),
        )
        heads = [Head(msg("payment")), Head(statement.currency, "number")]
        rows: list[tuple[str, list[Content]]] = [("", [label, money(fen)]) for label, fen in sums]
        rows.append(("sum", [msg("paid out"), money(around.money.paid)]))
        parts.append(table_of(heads, rows))
    return section("bonus", msg("Bonus"), *parts) if parts else None


def _tree(node: Node) -> Element:
    below = el("ul", *(_tree(each) for each in node.children)) if node.children else None
    figure: Content = None if node.figure is None else [": ", el("b", node.figure)]
    remarks = (el("span", each, class_="note") for each in node.remarks)
    return el("li", node.label, figure, *remarks, below)


def _following(statement: Statement) -> Element | None:
    """Training and other outcomes, and the items agreed before and now."""
    parts: list[Content] = []
    if statement.outcomes:
        lines = (el("li", each.note, " ", el("span", each.kind, class_="note")) for each in statement.outcomes)
        parts.append(el("ul", *lines, class_="plain"))
    if statement.around.items:
        heads = [
            Head(msg("No.")),
            Head(msg("to improve")),
            Head(msg("owner")),
            Head(msg("due")),
            Head(msg("state")),
            Head(msg("outcome")),
        ]
        rows: list[tuple[str, list[Content]]] = [("", _item(each)) for each in statement.around.items]
        parts += [el("h3", msg("Improvement items")), table_of(heads, rows)]
    return section("following", msg("Outcomes and improvement"), *parts) if parts else None


def _item(each: Item) -> list[Content]:
    state: Content = (
        [ITEM_STATES[each.state], " ", el("b", msg("overdue"), class_="minus")]
        if each.overdue
        else ITEM_STATES[each.state]
    )
    return [str(each.number), each.text, each.owner, each.due.isoformat(), state, each.outcome or ""]


def _interview(statement: Statement) -> Element:
    """What was noted and agreed, or room for it."""
    found = statement.around.interview
    if found is None:
        return section(
            "interview",
            msg("Interview"),
            el(
                "div",
                *(el("div", el("h3", each), el("div", class_="blank")) for each in (msg("Notes"), msg("Goals agreed"))),
                class_="columns",
            ),
        )
    said = msg("{name}, {day}", name=found.by, day=found.at.date().isoformat())
    return section(
        "interview",
        msg("Interview"),
        el(
            "div",
            el("div", el("h3", msg("Notes")), el("p", found.notes, class_="said")),
            el("div", el("h3", msg("Goals agreed")), el("p", found.goals, class_="said")),
            class_="columns",
        ),
        el("p", said, class_="note"),
    )


def _appeal(statement: Statement) -> Element | None:
    """How and until when to appeal, and what was appealed."""
    window = statement.around.appeal
    if window is None:
        return None
    names: dict[str, Message | Text] = {
        each.key: each.name for dimension in statement.dimensions for each in dimension.indicators
    }
    names |= OF_EVERYBODY
    states: dict[str, Message] = {str(state): words for state, words in STATES.items()}
    lines = [
        el(
            "li",
            msg("appeal {number}", number=each.number),
            " · ",
            names.get(each.figure, each.figure),
            " · ",
            each.opened.isoformat(),
            " · ",
            states.get(each.state, each.state),
        )
        for each in window.appeals
    ]
    listed = el("ul", *lines, class_="plain") if lines else None
    return section("appeal", msg("Appeal"), el("p", window.how), listed)


def _signed(statement: Statement) -> Element:
    """That it was acknowledged, or where to sign."""
    found = statement.around.acknowledged
    parts: list[Content] = []
    if found is not None:
        said = msg("acknowledged by {name} on {day}", name=found.by, day=found.at.date().isoformat())
        earlier = msg("That was an earlier statement; this one differs.")
        parts += [el("p", said), el("p", found.comment, class_="said") if found.comment else None]
        parts.append(None if found.current else el("p", earlier))
    if found is None or not found.current:
        places = (msg("employee, date"), msg("manager, date"))
        parts.append(el("div", *(el("span", each) for each in places), class_="sign"))
    agrees = msg("Signing says that the statement was received and talked about, not that one agrees with it.")
    return section("signed", msg("Acknowledgement"), *parts, el("p", agrees, class_="note"))


def _foot(statement: Statement) -> Element:
    listed: list[tuple[Content, Content]] = [
        (msg("Scheme"), f"{statement.scheme_id} {statement.scheme_version}"),
        (msg("Run"), [f"{statement.run} ", el("code", statement.run_digest)]),
        (msg("Digest of the statement"), el("code", statement.digest)),
    ]
    return el("footer", facts(listed))
