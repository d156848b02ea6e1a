"""The inputs of a run: enough to compute it again, the same for the same facts, and told apart where they differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.same import difference
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, evaluated, write

from kaohe.appraise.manual import ManualChange
from kaohe.cli.context import App
from kaohe.cli.evaluation import gather
from kaohe.errors import KaoheError
from kaohe.period import parse_period
from kaohe.records.canonical import text_digest
from kaohe.run.inputs import Definitions, Inputs, inputs_from, keep_inputs, read_inputs, snapshot_of
from kaohe.run.model import Balances, PluginStamp
from kaohe.run.stored.comparing import input_changes
from kaohe.run.stored.repository import read_run

CHANGE = ManualChange(3, "P1", "points", 1_000_000, "as agreed")


@pytest.fixture
def app(tiny: Desk) -> App:
    return App("en", tiny.workspace, {})


@pytest.fixture
def inputs(app: App) -> Inputs:
    return gather(app, "tiny", "2026-Q1")


def test_gathering_twice_gives_the_same_inputs(app: App, inputs: Inputs) -> None:
    again = gather(app, "tiny", "2026-Q1")
    assert again == inputs
    assert again.digest == inputs.digest


def test_inputs_are_read_from_their_texts_and_no_text_is_kept_twice(app: App, inputs: Inputs) -> None:
    texts = {text_digest(text): text for text in inputs.texts}
    read = inputs_from(texts, inputs.digest)
    assert difference(read, inputs) is None
    with app.store.writing() as connection:
        kept, changes = keep_inputs(connection, inputs)
        assert (kept, len(changes)) == (inputs.digest, len(texts))
        assert keep_inputs(connection, inputs) == (inputs.digest, [])
        later = replace(inputs, period=parse_period("2026-Q2"))
        assert len(keep_inputs(connection, later)[1]) == 1, "only what says that the period is another one"
    assert read_inputs(app.store, kept) == inputs


def test_without_manual_changes_nothing_is_said_of_them(inputs: Inputs) -> None:
    assert "manual" not in inputs.texts[-1]
    changed = replace(inputs, manual=(CHANGE,))
    assert changed.digest != inputs.digest
    texts = {text_digest(text): text for text in changed.texts}
    assert inputs_from(texts, changed.digest).manual == (CHANGE,)


def test_inputs_that_are_not_there_are_refused(app: App) -> None:
    with pytest.raises(KaoheError) as caught:
        read_inputs(app.store, "0" * 64)
    assert caught.value.problems[0].code == "run.inputs-unreadable"


def test_only_what_the_scheme_uses_is_kept(inputs: Inputs) -> None:
    assert [each.name for each in inputs.definitions.record_types] == ["ticket"]
    assert inputs.definitions.indicators == ()
    assert inputs.attributes == ("region",)


def test_a_scheme_that_writes_down_more_than_it_uses_is_kept_with_everything_it_could_mean(tiny: Desk) -> None:
    unused = '\n[[indicators]]\nid = "unused"\nname = "U"\nrecords = "contract"\nvalue = "sum(amount)"\n'
    write(tiny, "schemes/tiny.toml", SCHEME + unused)
    run, number = evaluated(tiny)
    app = App("en", tiny.workspace, {})
    stored = read_run(app.store, number)
    assert "contract" in {each.name for each in stored.inputs.definitions.record_types}
    assert list(stored.inputs.record_types) == ["ticket"]
    assert ": identical" in tiny.do("run", "verify", str(number)).out
    assert run.digest == stored.run.digest


def test_the_schemes_of_all_industries_are_kept_with_what_they_use_alone(demo_workspace: Path) -> None:
    app = App("en", demo_workspace, {})
    for number in range(1, 11):
        kept = read_run(app.store, number).inputs
        used = {each.indicator.id for each in kept.scheme.indicators}
        assert {each.id for each in kept.definitions.indicators} <= used
        assert {each.name for each in kept.definitions.record_types} == kept.record_types.keys()


def told(inputs: Inputs, other: Inputs, folder: Path) -> list[tuple[str, str]]:
    snapshots = (snapshot_of(inputs, folder), snapshot_of(other, folder))
    return [(each.kind, str(each.what)) for each in input_changes(inputs, other, snapshots, readable=True)]


def test_every_kind_of_input_is_compared(app: App, inputs: Inputs) -> None:
    folder = app.workspace.snapshots
    (ticket,) = inputs.definitions.record_types
    plugin = inputs.plugins[0]
    others: dict[str, tuple[Inputs, str, str]] = {
        "scheme": (
            replace(inputs, scheme_text=SCHEME + "# again\n"),
            "scheme",
            "the scheme's text differs, and not its rules",
        ),
        "period": (replace(inputs, period=parse_period("2026-Q2")), "period", "period: 2026-Q1 → 2026-Q2"),
        "zone": (replace(inputs, timezone="UTC"), "period", "timezone: Asia/Shanghai → UTC"),
        "type": (
            replace(inputs, definitions=Definitions((replace(ticket, until="resolved_at"),), ())),
            "definitions",
            "record type ticket differs in: until",
        ),
        "gone": (replace(inputs, definitions=Definitions((), ())), "definitions", "record type ticket: only in A"),
        "plugin": (
            replace(inputs, plugins=(PluginStamp(plugin.name, "9.9", plugin.digest),)),
            "plugins",
            f"plugin crm: {plugin.version} ({plugin.digest[:12]}) → 9.9 ({plugin.digest[:12]})",
        ),
        "balances": (
            replace(inputs, balances=Balances(7, {"P1": 100, "P2": -5})),
            "balances",
            "balances of run – → 7: others for 2 people",
        ),
        "manual": (replace(inputs, manual=(CHANGE,)), "manual", "manual change 3 (P1): only in B"),
    }  # fmt: skip
    for name, (other, kind, said) in others.items():
        assert told(inputs, other, folder) == [(kind, said)], name
    assert told(inputs, inputs, folder) == []
