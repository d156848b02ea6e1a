"""kaohe audit: verify and show; what commands note of exports, plugins, settings, schemes and calendars."""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import SCHEME, add_tickets, make_desk, ticket_lines, write

import kaohe
from kaohe.cli.audit_words import ACTIONS
from kaohe.run.life.model import Step

EVALUATE = ("evaluate", "tiny", "--period", "2026-Q1")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = make_desk(tmp_path)
    add_tickets(made, ticket_lines())
    return made


def events(desk: Desk, *words: str) -> list[dict[str, Any]]:
    found = json.loads(desk.do("audit", "show", "--format", "json", *words).out)
    return [{**each["detail"], "action": each["action"], "subject": each["subject"]} for each in found]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_workspace_verifies_and_says_what_to_write_down(desk: Desk) -> None:
    answer = desk.do("audit", "verify", "--lang", "en")
    head = answer.out.split("head: ")[1].split("\n")[0]
    assert "nothing was changed outside kaohe" in answer.out
    assert desk.do("audit", "verify", "--head", head).code == 0
    assert "末端摘要" in desk.do("audit", "verify", "--lang", "zh_CN").out
    assert desk.try_("audit", "verify", "--head", "0" * 64).code == 1
    assert desk.try_("audit", "verify", "--head", "xyz").code == 2


def test_a_change_past_kaohe_ends_with_1_and_is_named(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection, connection:
        connection.execute("UPDATE record_ticket SET satisfaction = 10 WHERE no = 'T01'")
    answer = desk.try_("audit", "verify", "--lang", "en")
    assert answer.code == 1
    assert "[audit.facts-changed]: table record_ticket was changed outside kaohe after event" in answer.err
    answer = desk.try_("audit", "verify", "--format", "json")
    said = json.loads(answer.out)
    assert (answer.code, said["sound"], said["problems"][0]["where"]) == (1, False, "record_ticket")


@pytest.mark.parametrize("name", ["r.csv", "r.json", "r.xlsx", "r.txt"])
def test_a_ranking_in_a_file_is_noted_with_the_digest_of_its_bytes(name: str, desk: Desk, tmp_path: Path) -> None:
    desk.do(*EVALUATE, "--output", tmp_path / name, "--as", "王")
    (noted,) = events(desk, "--action", "export", "--actor", "王")
    content = (tmp_path / name).read_bytes()
    assert (noted["what"], noted["subject"], noted["file"], noted["run"]) == ("ranking", "tiny 2026-Q1", name, 1)
    assert (noted["sha256"], noted["bytes"], noted["masked"]) == (sha256(content), len(content), False)


def test_exports_on_stdout_are_noted_and_tables_for_the_eye_are_not(desk: Desk) -> None:
    for words in ((*EVALUATE,), ("people", "list"), ("audit", "show"), ("targets", "list")):
        desk.do(*words)
    assert desk.try_("audit", "show", "--action", "export", "--format", "json").code == 4
    answers = {
        "records": desk.do("records", "export", "ticket").out,
        "people": desk.do("people", "list", "--format", "json").out,
        "ranking": desk.do(*EVALUATE, "--format", "csv").out,
        "explanation": desk.do(*EVALUATE, "--explain", "P1", "--format", "json").out,
        "values": desk.do(
            "indicator", "values", "crm.resolution_time", "--period", "2026-Q1", "--format", "json", "--for", "person"
        ).out,
    }
    noted = {each["what"]: each["sha256"] for each in events(desk, "--action", "export")}
    assert noted.pop("audit")
    assert noted == {what: sha256(text.encode()) for what, text in answers.items()}
    whole = desk.do(*EVALUATE, "--format", "json").out.encode()  # written as it goes, and noted when it is there
    (last,) = events(desk, "--action", "export", "--limit", "1")
    assert (last["sha256"], last["bytes"]) == (sha256(whole), len(whole))
    for group in ("targets", "change", "period", "improvement", "run"):
        desk.do(group, "list", "--format", "json")
    desk.do("audit", "verify")


def test_an_export_of_records_in_a_file_is_noted(desk: Desk, tmp_path: Path) -> None:
    for name in ("t.csv", "t.xlsx", "t.json"):
        desk.do("records", "export", "ticket", "--output", tmp_path / name)
        noted = events(desk, "--action", "export", "--limit", "1")[0]
        assert (noted["file"], noted["count"], noted["subject"]) == (name, 13, "ticket")
        assert noted["sha256"] == sha256((tmp_path / name).read_bytes())


def test_an_export_that_cannot_be_noted_is_not_made(desk: Desk, tmp_path: Path) -> None:
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection, connection:
        connection.execute("DELETE FROM audit_head")
    assert desk.try_("records", "export", "ticket", "--output", tmp_path / "t.csv").code == 3
    assert list(tmp_path.glob("*.csv")) == []


def test_a_plugin_allowed_and_taken_back_is_noted_with_the_settings_before_and_after(desk: Desk) -> None:
    settings = desk.workspace / "kaohe.toml"
    desk.do("plugin", "add", "floor_heating")
    between = settings.read_bytes()
    desk.do("plugin", "remove", "floor_heating")
    back, allowed = events(desk, "--action", "plugin")
    assert (allowed["action"], allowed["subject"], back["action"]) == ("plugin.add", "floor_heating", "plugin.remove")
    assert allowed["after"] == back["before"] == sha256(between)
    assert back["after"] == sha256(settings.read_bytes())
    assert allowed["sha256"] in between.decode()
    assert desk.do("audit", "verify").code == 0


def test_a_plugin_whose_change_cannot_be_noted_stays_as_it_was(desk: Desk) -> None:
    before = (desk.workspace / "kaohe.toml").read_bytes()
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection, connection:
        connection.execute("DELETE FROM audit_head")
    assert desk.try_("plugin", "add", "floor_heating").code == 3
    assert (desk.workspace / "kaohe.toml").read_bytes() == before


def test_a_scheme_is_noted_when_it_is_first_used_and_whenever_it_changed(desk: Desk) -> None:
    desk.do(*EVALUATE)
    write(desk, "schemes/tiny.toml", SCHEME.replace("points = 'value(\"growth\") * 0.5'", "points = '1'"))
    desk.do(*EVALUATE)
    newer, first = events(desk, "--action", "scheme")
    assert (first["subject"], first["before"], newer["before"]) == ("tiny", None, first["after"])
    number = json.loads(desk.do("audit", "show", "--action", "scheme", "--format", "json").out)[0]["event"]
    shown = desk.do("audit", "show", str(number)).out
    assert "-points = 'value(\"growth\") * 0.5'" in shown
    assert "+points = '1'" in shown


def test_settings_are_noted_without_a_password(desk: Desk) -> None:
    path = desk.workspace / "kaohe.toml"
    text = path.read_text("utf-8") + '\n[roles]\nprepare = ["陈"]\n'
    path.write_text(text.replace("engine", "# postgresql://kaohe:s3cret@host/db\nengine", 1), "utf-8")
    desk.do("targets", "set", "crm.csat_index", "90", "--period", "2026-Q1", "--company", "--as", "陈")
    (newest, *_former) = events(desk, "--action", "settings")
    assert newest["after"] != newest["before"]
    with closing(sqlite3.connect(desk.workspace / "kaohe.db")) as connection:
        assert "s3cret" not in "\n".join(connection.iterdump())


def test_events_are_chosen_by_who_what_when_and_whom(desk: Desk) -> None:
    desk.do("targets", "set", "crm.csat_index", "90", "--period", "2026-Q1", "--company", "--as", "陈")
    assert [each["action"] for each in events(desk, "--actor", "陈")] == ["import"]
    assert [each["file_name"] for each in events(desk, "--subject", "batch 2")] == ["tickets.csv"]
    assert desk.try_("audit", "show", "--until", "2000-01-01").code == 4
    assert desk.try_("audit", "show", "--since", "2999-01-01").code == 4
    assert desk.try_("audit", "show", "--person", "P1").code == 4
    rows = list(csv.DictReader(desk.do("audit", "show", "--format", "csv").out.splitlines()))
    assert [each["action"] for each in rows if each["subject"] == "batch 2"] == ["import"]
    assert "[audit.unknown-event]" in desk.try_("audit", "show", "999").err


def test_only_whoever_has_the_role_reads_the_log(desk: Desk) -> None:
    path = desk.workspace / "kaohe.toml"
    path.write_text(path.read_text("utf-8") + '\n[roles]\naudit = ["审计"]\n', "utf-8")
    for words in (("audit", "verify"), ("audit", "show")):
        assert "[roles.refused]" in desk.try_(*words, "--as", "陈").err
        assert desk.do(*words, "--as", "审计").code == 0


def test_every_action_has_its_word() -> None:
    """Actions are the texts given to ``append`` and to functions that hand them on."""
    written = set()
    for path in Path(kaohe.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and getattr(node.args[0], "id", "") == "connection":
                texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
                written |= {
                    text for text in texts if isinstance(text, str) and text.replace(".", "").replace("-", "").isalpha()
                }
    assert {each for each in written if "." in each} - {"kaohe.toml"} <= set(ACTIONS)
    assert {"import", "undo", "export", "tables", *(f"period.{step}" for step in get_args(Step))} <= set(ACTIONS)
