"""Files that mean harm: what a stranger's workbook, mapping, scheme, wheel or settings may not do."""

from __future__ import annotations

import io
import json
import struct
import sys
import zipfile
from datetime import UTC
from pathlib import Path

import pytest
from tests.watchdog import must_end

from kaohe.cli.main import run
from kaohe.errors import KaoheError, Place, Problem
from kaohe.plugin import Field, RecordType
from kaohe.plugin.administer import add_wheel
from kaohe.plugin.inspection import inspect_wheel
from kaohe.plugin.registry import AllowedPlugin, open_registry
from kaohe.records.directory import Directory
from kaohe.records.excel_archive import unpacked
from kaohe.records.excel_files import open_excel
from kaohe.records.failures import guarded
from kaohe.records.mapping import parse_mapping
from kaohe.records.moments import date_parser
from kaohe.records.rows import Unfit
from kaohe.records.store import open_store
from kaohe.text import Text, msg, visible

ESCAPE, TURN = "\x1b[2J", "\u202e"
NAMED = Text("名", "name")


def codes(error: pytest.ExceptionInfo[KaoheError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


# ------------------------------------------------------------------------------------------------- workbooks

TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINK = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/></Relationships>"""
BOOK = f"""<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OFFICE}">
<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"""
HEAD = '<row r="1"><c r="A1" t="str"><v>code</v></c><c r="B1" t="str"><v>name</v></c></row>'


def workbook(path: Path, rows: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", LINK.format(office=OFFICE, kind="officeDocument", target="xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", BOOK)
        target = "worksheets/sheet1.xml"
        archive.writestr("xl/_rels/workbook.xml.rels", LINK.format(office=OFFICE, kind="worksheet", target=target))
        space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        archive.writestr("xl/" + target, f"<worksheet {space}><sheetData>{HEAD}{rows}</sheetData></worksheet>")
    return path


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c s='0' r='XFD1048576'><v>1</v></c></row>",
        '<row r="4294967295"><c r="ZZZZZZ4294967295"><v>1</v></c></row>',
        '<row r="2"><c t="a>b" r="XFD1000000"><v>1</v></c></row>',
        '<x:row xmlns:x="x" r="1048576"/><row><c r="XFD1048576"><v>1</v></c></row>',
        "<row/>" * 1_100_000,
        "<row>" + "<c/>" * 16_400 + "</row>",
    ],
)
def test_a_small_file_that_claims_an_immense_sheet_is_refused(tmp_path, rows):
    with must_end(), pytest.raises(KaoheError) as caught:
        open_excel(workbook(tmp_path / "far.xlsx", rows))
    assert codes(caught) == {"records.unreadable-file"}


def test_a_sheet_of_cells_without_places_is_measured_and_read(tmp_path):
    table = open_excel(workbook(tmp_path / "plain.xlsx", "<row><c><v>1</v></c><c><v>2</v></c></row>" * 3))
    assert [cells for _row, cells in table.rows] == [["1", "2"]] * 3


def test_an_archive_that_lies_about_its_sizes_is_refused(tmp_path):
    path = workbook(tmp_path / "liar.xlsx", "<row><c><v>1</v></c></row>" * 100_000)
    content = bytearray(path.read_bytes())
    sheet = content.rindex(b"xl/worksheets/sheet1.xml")
    content[sheet - 22 : sheet - 18] = struct.pack("<L", 100)  # the size in the table of contents
    path.write_bytes(content)
    with pytest.raises(KaoheError) as caught:
        open_excel(path)
    assert codes(caught) == {"records.unreadable-file"}


def test_only_the_parts_of_a_workbook_reach_its_reader(tmp_path):
    path = workbook(tmp_path / "book.xlsx", "")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    names = zipfile.ZipFile(unpacked(path)).namelist()
    assert "xl/worksheets/sheet1.xml" in names
    assert all(name.endswith((".xml", ".rels")) for name in names)


# ------------------------------------------------------------------------------------------------- time and memory


def test_a_file_full_of_strangers_is_not_compared_with_everybody():
    directory = Directory((f"C{number:05d}", f"某某{number:05d}") for number in range(10_000))
    with must_end():
        found = [directory.nearest(f"X{number:05d}") for number in range(5_000)]
    assert found[0]
    assert not found[-1]


def test_a_date_followed_by_a_long_run_of_spaces_is_refused_at_once():
    with must_end(), pytest.raises(Unfit):
        date_parser((), UTC)("2026-01-05" + " " * 32_000 + "x")


VISIT = RecordType("visit", NAMED, (Field("id", "text", NAMED), Field("day", "date", NAMED)), ("id",), "day")


@pytest.mark.parametrize(
    "rule", ['from = ["a"], join = "' + "x" * 1000 + '"', "from = [" + ", ".join(['"a"'] * 60) + "]"]
)
def test_a_mapping_cannot_make_cells_that_fill_the_memory(rule):
    with pytest.raises(KaoheError) as caught:
        parse_mapping(f'format = 1\nrecords = "visit"\n[columns]\nday = "d"\nid = {{ {rule} }}\n', "m.toml", VISIT)
    assert codes(caught) == {"mapping.value"}


# ------------------------------------------------------------------------------------------------- wheels

ONE_LINE = "from kaohe.plugin import Pack\nplugin = Pack(__name__)\n"
PACK = """format = 1
name = "harm"
label = { zh = "害", en = "harm" }
[[record_types]]
name = "harm_visit"
label = { zh = "访", en = "visit" }
key = ["id"]
when = "day"
fields = [
  { name = "id", kind = "text", label = { zh = "号", en = "id" } },
  { name = "day", kind = "date", label = { zh = "日", en = "day" } },
]
[[indicators]]
id = "harm.visits"
name = { zh = "访", en = "visits" }
description = { zh = "访", en = "visits" }
records = "harm_visit"
value = "count() * factor"
unit = "number"
[indicators.parameters.factor]
schema = { type = "integer" }
default = DEFAULT
label = { zh = "数", en = "factor" }
"""


def wheel(folder: Path, files: dict[str, str], default: str = "1") -> Path:
    path = folder / "harm-1-py3-none-any.whl"
    info = {
        "METADATA": "Metadata-Version: 2.1\nName: harm\nVersion: 1\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": "[kaohe.plugins]\nharm = kt_harm:plugin\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {"__init__.py": ONE_LINE, "pack.toml": PACK.replace("DEFAULT", default), **files}.items():
            archive.writestr(f"kt_harm/{name}", text)
        for name, text in info.items():
            archive.writestr(f"harm-1.dist-info/{name}", text)
    return path


@pytest.fixture
def home(tmp_path):
    """The folder plugins of a workspace."""
    folder = tmp_path / "desk" / "plugins"
    folder.mkdir(parents=True, mode=0o755)
    (folder.parent / "kaohe.toml").write_text("")
    folder.parent.chmod(0o755)
    yield folder
    from kaohe.plugin.importing import _forget

    _forget("kt_harm")


def state(entry: AllowedPlugin, home: Path) -> tuple[str, set[str]]:
    [found] = [each for each in open_registry([entry], home).plugins if each.name == "harm"]
    return found.state, {problem.code for problem in found.problems}


@pytest.mark.parametrize("number", ["1e999999999", "1e-999999999", "0e999999999", "1e400"])
def test_a_pack_with_an_immense_number_is_refused_at_once(tmp_path, number):
    with must_end():
        found = inspect_wheel(wheel(tmp_path, {}, number), ())
    assert {problem.code for problem in found.problems} == {"toml.number-range"}


def test_a_pack_of_megabytes_is_refused(tmp_path):
    found = inspect_wheel(wheel(tmp_path, {"pack.toml": PACK.replace("DEFAULT", "1") + "#" + "x" * 1_100_000}), ())
    assert {problem.code for problem in found.problems} == {"toml.too-large"}


def hidden(path: Path, name: str, content: bytes) -> Path:
    """The wheel with one more file that only readers without ZIP64 see, as Python's own importer of archives is."""
    whole = path.read_bytes()
    end = whole.rindex(b"PK\5\6")
    count, size, start = struct.unpack("<HLL", whole[end + 10 : end + 20])
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr(name, content)
    more = other.getvalue()
    cut = more.rindex(b"PK\5\6")
    begins = struct.unpack("<L", more[cut + 16 : cut + 20])[0]
    entry = bytearray(more[begins:cut])
    entry[42:46] = struct.pack("<L", start)
    body = whole[:start] + more[:begins]
    small, body = len(body), body + bytes(entry)
    listed, body = len(body), body + whole[start : start + size]
    far = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, listed)
    pointer = struct.pack("<4sLQL", b"PK\6\7", 0, len(body), 1)
    width = len(body) + len(far) + len(pointer) - small
    path.write_bytes(body + far + pointer + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, width, small, 0))
    return path


def test_what_a_wheel_hides_from_the_look_at_it_is_not_run(tmp_path, home):
    import marshal
    from importlib.util import MAGIC_NUMBER

    source = f"open({str(tmp_path / 'ran')!r}, 'w')\n{ONE_LINE}"
    bytecode = MAGIC_NUMBER + struct.pack("<L", 1) + bytes(8) + marshal.dumps(compile(source, "x", "exec"))
    path = hidden(wheel(tmp_path, {}), "kt_harm/__init__.pyc", bytecode)
    assert inspect_wheel(path, ()).python == ("kt_harm/__init__.py",)
    entry = add_wheel(path, (), home)
    assert state(entry, home) == ("running", set())
    assert not (tmp_path / "ran").exists()


def test_a_wheel_that_changes_after_it_was_read_runs_as_it_was_read(tmp_path, home):
    files = {"sample.py": "def generate_sample(people, seed):\n    return []\n"}
    entry = add_wheel(wheel(tmp_path, files), (), home)
    registry = open_registry([entry], home)
    files["sample.py"] = f"open({str(tmp_path / 'ran')!r}, 'w')\n{files['sample.py']}"
    wheel(home, files)
    assert registry.sample("harm", 1, 1) == []
    assert not (tmp_path / "ran").exists()
    assert state(entry, home) == ("refused", {"plugin.changed"})


def test_nothing_beside_the_wheel_is_imported_in_its_name(tmp_path, home):
    text = "import importlib.util\nfound = importlib.util.find_spec('kt_harm.more')\n" + ONE_LINE
    entry = add_wheel(wheel(tmp_path, {"__init__.py": text}), (), home)
    (home / "kt_harm").mkdir()
    (home / "kt_harm" / "more.py").write_text("")
    assert state(entry, home) == ("running", set())
    assert sys.modules["kt_harm"].found is None


def test_a_wheel_reads_its_own_resources(tmp_path, home):
    text = ONE_LINE + "from importlib.resources import files\nread = (files(__name__) / 'x.txt').read_text()\n"
    entry = add_wheel(wheel(tmp_path, {"__init__.py": text, "x.txt": "here"}), (), home)
    assert state(entry, home) == ("running", set())
    assert sys.modules["kt_harm"].read == "here"


@pytest.mark.parametrize("name", [".", "kaohe.toml"])
def test_settings_that_everybody_may_change_allow_no_wheel(tmp_path, home, name):
    entry = add_wheel(wheel(tmp_path, {}), (), home)
    (home.parent / name).chmod(0o777)
    assert state(entry, home) == ("refused", {"plugin.writable"})
    (home.parent / name).chmod(0o775)
    assert state(entry, home) == ("running", set())


# ------------------------------------------------------------------------------------------------- secrets

SETTINGS = 'format = 1\nlocale = "en"\ntimezone = "Asia/Shanghai"\n'
ADDRESS = "postgresql://bob:S3cret@127.0.0.1:1/x"


@pytest.mark.parametrize(
    "database",
    [
        f'database = "{ADDRESS}"',
        f'database = ["{ADDRESS}"]',
        f'[database]\nurl = "{ADDRESS}',
        f'[database]\nurl = "{ADDRESS}?passfoo=S3cret"',
        f'[database]\nurl = "{ADDRESS}\\u0000"',
        f'[database]\nurl = "{ADDRESS}"\npassword = "S3cret"',
    ],
)
def test_no_password_is_in_any_message(tmp_path, capsys, database):
    (tmp_path / "kaohe.toml").write_text(f"{SETTINGS}{database}\n")
    code = run(["--workspace", str(tmp_path), "--lang", "en", "records", "batches"], {})
    said = capsys.readouterr()
    assert code == 3
    assert "S3cret" not in said.out + said.err


def test_a_fault_of_the_database_tells_no_values(tmp_path):
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    store = open_store("sqlite:///kaohe.db", {}, folder=tmp_path)
    with pytest.raises(DBAPIError) as caught, guarded(store.engine.url), store.engine.connect() as connection:
        connection.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "张三丰"})
    assert "张三丰" not in str(caught.value)


def test_settings_nested_without_end_are_a_mistake_not_a_fault(tmp_path, capsys):
    (tmp_path / "kaohe.toml").write_text(f"a = {'[' * 100_000}{']' * 100_000}")
    assert run(["--workspace", str(tmp_path), "--lang", "en", "records", "types"], {}) == 3
    assert "toml.too-deep" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------- the terminal


def acts(text: str) -> bool:
    """Does anything in the text act on a terminal?"""
    return any(character in text for character in ("\x1b", "\x07", "\r", "\x9b", TURN, "\u2067", "\u2028"))


def test_line_ends_and_tabs_stay_and_chinese_stays():
    assert visible("张三\n\t李四") == "张三\n\t李四"


def test_a_message_shows_what_would_act_and_stays_on_its_lines():
    found = f"{ESCAPE}{TURN}x\ny: error [fake]: z"
    problem = Problem("x.y", msg("unknown key {key}", key=found), Place(found, key=found), found, found)
    told = problem.render("en")
    assert not acts(told)
    assert len(told.splitlines()) == 3
    assert "\\u001b[2J\\u202e" in told


def test_a_scheme_cannot_write_on_the_terminal(tmp_path, capsys):
    quoted = json.dumps(f"{ESCAPE}{TURN}\x07")
    scheme = tmp_path / "s.toml"
    scheme.write_text(f"format = 1\n[{quoted}]\n{quoted} = {quoted}\n[scheme]\nid = {quoted}\nname = {quoted}\n")
    assert run(["--lang", "en", "scheme", "check", str(scheme)], {}) == 1
    assert run(["--lang", "en", "scheme", "check", str(scheme), "--format", "json"], {}) == 1
    said = capsys.readouterr()
    assert "\\u001b[2J\\u202e" in said.err + said.out
    assert not acts(said.out + said.err)
    assert json.loads(said.out)


def test_names_in_tables_cannot_turn_their_line(tmp_path, capsys):
    run(["--lang", "en", "init", str(tmp_path / "desk")], {})
    people = tmp_path / "people.csv"
    people.write_text(f"code,name,team,from,{TURN}note\nP1,{TURN}三张,A\u2067,2026-01-01,{TURN}\n", "utf-8")
    environment = {"KAOHE_WORKSPACE": str(tmp_path / "desk")}
    assert run(["--lang", "en", "people", "import", str(people)], environment) == 0
    assert run(["--lang", "en", "people", "list"], environment) == 0
    assert run(["--lang", "en", "people", "list", "--format", "json"], environment) == 0
    said = capsys.readouterr()
    assert "\\u202e三张" in said.out
    assert not acts(said.out + said.err)
