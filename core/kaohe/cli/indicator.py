"""``kaohe indicator``: which indicators there are, what one measures, the SQL that computes it, and its values."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from kaohe.cli.indicator_values import values
from kaohe.cli.words import _
from kaohe.errors import Exit, Problem, fail
from kaohe.text import Message, msg, render, visible

if TYPE_CHECKING:
    from kaohe.cli.context import App
    from kaohe.period import Period
    from kaohe.plugin import Indicator

_ZONE = "Asia/Shanghai"  # outside a workspace


@click.group(help=_("Indicators: list, show, values by group."))
def indicator() -> None:
    """The group; every command below is one of it."""


indicator.add_command(values)


@indicator.command("list", help=_("List the indicators that schemes may use."))
@click.option("--industry", metavar="NAME", help=_("Only those of this plugin; crm is the base that all share."))
@click.option("--search", metavar="TEXT", help=_("Only those with this text in the id, a name or the description."))
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", help=_("The form."))
@click.pass_obj
def list_(app: App, industry: str | None, search: str | None, style: str) -> int:
    from kaohe.report.indicator import DIRECTIONS, UNITS, brief_data

    found = list(_selected(app, industry, search))
    if style == "json":
        app.json([brief_data(each, plugin) for each, plugin in found])
    elif found:
        types = app.registry.record_types
        rows = [
            (
                each.id,
                each.name.in_(app.language),
                UNITS[each.unit].in_(app.language),
                DIRECTIONS[each.direction].in_(app.language),
                types[each.records].label.in_(app.language) if each.records in types else "",
                plugin,
            )
            for each, plugin in found
        ]
        app.table([_("Id"), _("Name"), _("Unit"), _("Direction"), _("Records"), _("Plugin")], rows)
    if not found:
        app.say(_nothing(app, industry))
        return Exit.NOTHING
    return Exit.OK


@indicator.command("show", help=_("Show one indicator: what it measures, its settings, its default curve; its SQL."))
@click.argument("identifier", metavar="ID")
@click.option("--sql", is_flag=True, help=_("Print the SQL that an evaluation runs for it (DuckDB)."))
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help=_("Set a parameter; may be repeated."))
@click.option("--period", metavar="PERIOD", help=_("The period of the SQL; left out: the current quarter."))
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help=_("The form."))
@click.pass_obj
def show(app: App, identifier: str, sql: bool, params: tuple[str, ...], period: str | None, style: str) -> None:
    from kaohe.report.indicator import facts, indicator_data
    from kaohe.run.measuring.sql import queries
    from kaohe.scheme.sketch import find_indicator, sketch

    registry = app.registry
    one = find_indicator(identifier, registry.indicators)
    given = dict(map(parameter, params))
    scheme = sketch(one, given, registry.record_types, registry.indicators, app.calendars)
    owner = registry.owner_of(one.id)
    asked = _period(app, period)
    zone = ZoneInfo(_ZONE) if app.folder is None else app.workspace.timezone
    found = queries(scheme, registry.record_types, asked, zone) if sql else ()
    if style == "json":
        data = indicator_data(scheme, registry.record_types, owner)
        app.json(data | {"period": asked.name, "timezone": zone.key, "sql": list(found)} if sql else data)
    elif sql:
        sys.stdout.write(f"-- {one.id} · {asked.name} · {zone.key}\n")
        sys.stdout.writelines(f"{visible(query)};\n" for query in found)
        if not found:
            app.say(msg("{id} is not one query: it rests on single records or on other indicators", id=one.id))
    else:
        rows = [
            (label.in_(app.language), render(value, app.language))
            for label, value in facts(scheme, registry.record_types, owner)
        ]
        app.table([_("Property"), _("Value")], rows)


def _nothing(app: App, industry: str | None) -> Message:
    """Why there is nothing to list: a plugin may do with the indicators that all share."""
    if industry is not None and not app.registry.loaded[industry].indicators:
        return msg(
            "{name} has no indicators of its own, its schemes use those that all share: {command}",
            name=industry,
            command="kaohe indicator list --industry crm",
        )
    return msg("no indicator matches")


def _selected(app: App, industry: str | None, search: str | None) -> Iterator[tuple[Indicator, str]]:
    """Indicators with the plugins that bring them, in the order of the plugins."""
    from kaohe.scheme.sketch import matches

    registry = app.registry
    if industry is not None and industry not in registry.loaded:
        state = registry.plugin(industry)  # KaoheError where nothing is called so
        what = msg("the plugin {name} does not run here", name=state.name)
        fix = msg("allow it with: kaohe plugin add {name}", name=state.name)
        raise fail(Problem("indicator.plugin", what, expected=", ".join(registry.loaded), fix=fix), Exit.ENVIRONMENT)
    for plugin in registry.loaded.values():
        if industry in (None, plugin.name):
            yield from ((each, plugin.name) for each in plugin.indicators if search is None or matches(each, search))


def parameter(written: str) -> tuple[str, str]:
    """The name and the value of NAME=VALUE."""
    name, equals, value = written.partition("=")
    if not equals or not name.strip():
        raise click.BadParameter(_("write it as NAME=VALUE"), param_hint="--param")
    return name.strip(), value


def _period(app: App, written: str | None) -> Period:
    from kaohe.period import parse_period

    now = app.now()
    return parse_period(written or f"{now.year}-Q{(now.month + 2) // 3}")
