"""Every reason for which a plugin is refused: the message says why, and everything else runs on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kaohe.plugin.registry import AllowedPlugin

RECORD_TYPE = """
visit = RecordType("bad_visit", Text("拜访", "Visit"), (Field("no", "text", Text("编号", "No")),
    Field("day", "date", Text("日期", "Day")), Field("who", "person", Text("人", "Who"))), ("no",), "day")
count = Indicator("bad.visits", Text("拜访", "Visits"), Text("次数", "Number"), "bad_visit", "count()", "count")
@hookimpl
def provide_record_types():
    return [visit]
"""


def indicator(**changes: str) -> str:
    """A plugin in Python whose only indicator differs in these attributes."""
    written = ", ".join(f"{name}={value}" for name, value in changes.items())
    return f"{RECORD_TYPE}\n@hookimpl\ndef provide_indicators():\n    return [replace(count, {written})]\n"


class TestTheVeryFile:
    def test_a_changed_wheel_is_named_with_both_digests_and_never_run(self, workshop, said):
        entry = workshop.allow("bad", workshop.pack("bad"))
        path = workshop.folder / entry.file
        path.write_bytes(path.read_bytes() + b" ")
        text = said(workshop.refused(entry))
        assert "bad-1.0-py3-none-any.whl (bad): error [plugin.changed]" in text
        assert entry.sha256 in text
        assert "kt_bad" not in workshop.trace

    def test_a_changed_file_of_an_installed_plugin_is_never_run(self, workshop, said):
        folder = workshop.install("bad", workshop.pack("bad"))
        entry = workshop.installed_entry("bad")
        (folder / "__init__.py").write_text("import sys; sys.exit('run')")
        assert "[plugin.changed]" in said(workshop.refused(entry))
        assert "kt_bad" not in workshop.trace

    def test_an_added_file_changes_an_installed_plugin(self, workshop, said):
        folder = workshop.install("bad", workshop.pack("bad"))
        entry = workshop.installed_entry("bad")
        (folder / "sample.py").write_text("")
        (folder / "sample.py").chmod(0o644)
        assert "[plugin.changed]" in said(workshop.refused(entry))

    def test_bytecode_is_not_part_of_the_digest_and_is_not_run_either(self, workshop):
        folder = workshop.install("fine", workshop.pack("fine"))
        entry = workshop.installed_entry("fine")
        planted = compile("import sys; sys.exit('bytecode was run')", "x", "exec")
        plant_bytecode(folder / "__init__.py", planted)
        registry = workshop.open(entry)
        assert registry.plugin("fine").state == "running"
        assert workshop.trace == ["kt_fine"]

    def test_a_wheel_that_nobody_allowed_is_reported_and_never_run(self, workshop, said):
        path = workshop.wheel("bad", workshop.pack("bad"))
        registry = workshop.open()
        state = registry.plugin(path.name)
        assert state.state == "refused"
        assert "[plugin.unlocked]: this file lies in the folder plugins but nobody allowed it" in said(state)
        assert workshop.trace == []
        assert registry.plugin("crm").state == "running"

    def test_an_installed_plugin_that_nobody_allowed_is_available_and_never_run(self, workshop):
        workshop.install("fine", workshop.pack("fine"))
        registry = workshop.open()
        assert registry.plugin("fine").state == "available"
        assert registry.problems == ()
        assert workshop.trace == []

    @pytest.mark.parametrize("mode", [0o664, 0o646], ids=["group", "world"])
    def test_a_wheel_that_others_may_write(self, workshop, said, mode):
        entry = workshop.allow("bad", workshop.pack("bad"))
        (workshop.folder / entry.file).chmod(mode)
        text = said(workshop.refused(entry))
        assert "[plugin.writable]: others than its owner may write this file or folder" in text
        assert f"found: {mode:o}" in text
        assert "chmod go-w" in text

    def test_a_folder_that_others_may_write_refuses_its_wheels_but_not_the_base_pack(self, workshop, said):
        entry = workshop.allow("bad", workshop.pack("bad"))
        workshop.folder.chmod(0o777)
        registry = workshop.open(entry)
        assert "[plugin.writable]" in said(registry.plugin("bad"))
        assert registry.plugin("crm").state == "running"
        assert workshop.trace == []

    @pytest.mark.parametrize("which", ["__init__.py", "."])
    def test_an_installed_file_or_folder_that_others_may_write(self, workshop, said, which):
        folder = workshop.install("bad", workshop.pack("bad"))
        entry = workshop.installed_entry("bad")
        (folder / which).chmod(0o775)
        assert "[plugin.writable]" in said(workshop.refused(entry))
        assert "kt_bad" not in workshop.trace

    def test_a_link_that_leaves_the_folder_of_wheels(self, workshop, said, tmp_path):
        elsewhere = workshop.wheel("bad", workshop.pack("bad"), folder=tmp_path)
        (workshop.folder / elsewhere.name).symlink_to(elsewhere)
        text = said(workshop.refused(workshop.entry("bad", elsewhere)))
        assert "[plugin.symlink]: this link leads out of the folder" in text
        assert str(elsewhere) in text

    def test_a_file_name_that_leaves_the_folder_of_wheels(self, workshop, said, tmp_path):
        elsewhere = workshop.wheel("bad", workshop.pack("bad"), folder=tmp_path)
        entry = replace(workshop.entry("bad", elsewhere), file=f"../{elsewhere.name}")
        assert "[plugin.symlink]" in said(workshop.refused(entry))

    def test_a_link_that_leaves_an_installed_package(self, workshop, said, tmp_path):
        folder = workshop.install("bad", workshop.pack("bad"))
        outside = tmp_path / "outside.py"
        outside.write_text("")
        (folder / "more.py").symlink_to(outside)
        assert "[plugin.symlink]" in said(workshop.refused(workshop.installed_entry("bad")))

    def test_an_allowed_wheel_that_is_gone(self, workshop, said):
        entry = AllowedPlugin("bad", "0" * 64, "kt_bad-1.0-py3-none-any.whl")
        assert "[plugin.missing]: the plugin is allowed but its file is not" in said(workshop.refused(entry))

    def test_an_allowed_plugin_that_is_not_installed(self, workshop, said):
        assert "[plugin.missing]: the plugin is allowed but not installed" in said(
            workshop.refused(AllowedPlugin("bad", "0" * 64))
        )

    def test_a_wheel_of_another_plugin_than_it_is_allowed_as(self, workshop, said):
        path = workshop.wheel("other", workshop.pack("other"))
        text = said(workshop.refused(workshop.entry("bad", path)))
        assert "[plugin.name]" in text
        assert "found: other" in text

    def test_a_wheel_that_cannot_be_read(self, workshop, said, monkeypatch):
        entry = workshop.allow("bad", workshop.pack("bad"))
        read = Path.read_bytes

        def refuse(path):
            if path.name == entry.file:
                raise PermissionError(13, "Permission denied")
            return read(path)

        monkeypatch.setattr(Path, "read_bytes", refuse)
        assert "[plugin.unreadable]: the plugin's files cannot be read" in said(workshop.refused(entry))


class TestNames:
    def test_two_installed_plugins_of_one_name_are_both_named_and_neither_runs(self, workshop, said):
        workshop.install("bad", workshop.pack("bad"), package="kt_one")
        workshop.install("bad", workshop.pack("bad"), package="kt_two")
        text = said(workshop.refused(AllowedPlugin("bad", "0" * 64)))
        assert "[plugin.duplicate-name]: several plugins have the name bad; none of them runs" in text
        assert "kt_one 1.0, kt_two 1.0" in text
        assert not {"kt_one", "kt_two"} & set(workshop.trace)

    def test_two_allowed_wheels_of_one_name_are_both_refused(self, workshop, said):
        one = workshop.allow("bad", workshop.pack("bad"), package="kt_one")
        two = workshop.allow("bad", workshop.pack("bad"), package="kt_two")
        registry = workshop.open(one, two)
        refused = [state for state in registry.plugins if state.name == "bad"]
        assert [state.state for state in refused] == ["refused", "refused"]
        assert all("kt_one-1.0-py3-none-any.whl, kt_two-1.0-py3-none-any.whl" in said(state) for state in refused)
        assert workshop.trace == []
        assert registry.plugin("crm").state == "running"

    def test_a_wheel_and_an_installed_plugin_of_one_name_are_both_refused(self, workshop, said):
        workshop.install("bad", workshop.pack("bad"), package="kt_one")
        installed = workshop.installed_entry("bad")
        wheel = workshop.allow("bad", workshop.pack("bad"), package="kt_two")
        registry = workshop.open(installed, wheel)
        assert "kt_one 1.0, kt_two-1.0-py3-none-any.whl" in said(registry.plugin("bad"))
        assert workshop.trace == []

    def test_an_allowed_wheel_runs_although_another_version_is_installed_and_not_allowed(self, workshop):
        workshop.install("fine", workshop.python("raise SystemExit"), distribution="kt_fine_installed")
        registry = workshop.open(workshop.allow("fine", workshop.pack("fine")))
        assert registry.plugin("fine").origin == "wheel"
        assert registry.plugin("fine").state == "running"

    def test_the_name_of_the_base_pack_is_taken(self, workshop, said):
        entry = workshop.allow("crm", workshop.pack("crm"))
        registry = workshop.open(entry)
        states = {state.origin: state for state in registry.plugins if state.name == "crm"}
        assert states["core"].state == "running"
        assert "the name crm belongs to the base pack" in said(states["wheel"])
        assert workshop.trace == []

    def test_a_record_type_of_two_plugins_names_both_and_refuses_the_later(self, workshop, said):
        first = workshop.allow("first", workshop.pack("first", first_visit="same_visit"))
        second = workshop.allow("second", workshop.pack("second", second_visit="same_visit"))
        registry = workshop.open(first, second)
        assert registry.owner_of("same_visit") == "first"
        text = said(registry.plugin("second"))
        assert "the record type same_visit is brought by two plugins, first and second; second is refused" in text
        assert text.startswith("kt_second/pack.toml:6:8: error [plugin.duplicate]")
        assert registry.plugin("first").state == "running"

    def test_the_base_pack_wins_over_a_plugin_that_brings_its_record_type_again(self, workshop, said):
        text = said(workshop.refused(workshop.allow("bad", workshop.pack("bad", bad_visit="ticket"))))
        assert "the record type ticket is brought by two plugins, crm and bad; bad is refused" in text

    def test_an_indicator_twice_in_one_plugin(self, workshop, said):
        code = indicator(min_sample="1").replace("return [replace", "return [count, replace")
        assert "bad.visits is declared twice" in said(workshop.refused(workshop.allow("bad", workshop.python(code))))

    def test_a_scheme_template_of_two_plugins_refuses_the_later(self, workshop, said):
        code = "@hookimpl\ndef provide_schemes():\n    return [SchemeTemplate('same', Text('一', 'One'), 'format = 1')]"
        first = workshop.allow("first", workshop.python(code))
        second = workshop.allow("second", workshop.python(code))
        registry = workshop.open(first, second)
        assert registry.plugin("first").brings.schemes == ("same",)
        assert "the scheme template same is brought by two plugins, first and second" in said(registry.plugin("second"))

    @pytest.mark.parametrize("name", ["other.visits", "visits", "badly.visits", "bad.Visits", "bad."])
    def test_an_indicator_whose_id_does_not_begin_with_the_plugin_s_name(self, workshop, said, name):
        text = said(workshop.refused(workshop.allow("bad", workshop.python(indicator(id=repr(name))))))
        assert "[plugin.indicator-id]: an indicator's id begins with its plugin's name and a dot" in text
        assert "expected: bad.…" in text

    def test_a_pack_that_calls_itself_otherwise_than_its_entry_point(self, workshop, said):
        files = workshop.pack("bad")
        files["pack.toml"] = files["pack.toml"].replace('name = "bad"', 'name = "worse"', 1)
        text = said(workshop.refused(workshop.allow("bad", files)))
        assert text.startswith("kt_bad/pack.toml:2:8: error [plugin.name]")

    @pytest.mark.parametrize("name", ["Bad", "bad-one", "b" * 41])
    def test_a_plugin_whose_name_is_none(self, workshop, said, name):
        text = said(workshop.refused(workshop.allow(name, workshop.python(""), package="kt_bad")))
        assert "[plugin.name]: this cannot be a plugin's name" in text

    @pytest.mark.parametrize("package", ["json", "kaohe", "pytest"])
    def test_a_wheel_whose_package_has_the_name_of_another_library(self, workshop, said, package):
        entry = workshop.allow("bad", workshop.pack("bad"), package=package)
        assert "[plugin.package-taken]" in said(workshop.refused(entry))

    def test_two_plugins_in_packages_of_one_name(self, workshop, said):
        first = workshop.allow("first", workshop.pack("first"), package="kt_same", distribution="kt_first")
        second = workshop.allow("second", workshop.pack("second"), package="kt_same", distribution="kt_second")
        registry = workshop.open(first, second)
        assert registry.plugin("first").state == "running"
        assert "[plugin.package-taken]" in said(registry.plugin("second"))


class TestHooks:
    def refusal(self, workshop, said, code: str, **how: str) -> str:
        return said(workshop.refused(workshop.allow("bad", workshop.python(code, **how))))

    def test_a_hook_that_raises_is_named_with_the_exception_and_its_line(self, workshop, said):
        code = "@hookimpl\ndef provide_indicators():\n    raise ValueError('no such thing')"
        text = self.refusal(workshop, said, code)
        assert "[plugin.hook-raised]: its hook provide_indicators raised ValueError: no such thing" in text
        assert "(kt_bad/__init__.py:8)" in text

    def test_a_plugin_whose_hook_raises_is_refused_as_a_whole(self, workshop):
        code = RECORD_TYPE + "\n@hookimpl\ndef provide_indicators():\n    yield count\n    raise KeyError('x')"
        entry = workshop.allow("bad", workshop.python(code))
        assert "bad_visit" not in workshop.open(entry).record_types

    @pytest.mark.parametrize("raised", ["SystemExit(3)", "RecursionError()", "GeneratorExit()"])
    def test_a_hook_cannot_end_the_program(self, workshop, said, raised):
        text = self.refusal(workshop, said, f"@hookimpl\ndef provide_record_types():\n    raise {raised}")
        assert f"raised {raised.split('(')[0]}" in text

    def test_a_plugin_that_cannot_be_imported(self, workshop, said):
        text = self.refusal(workshop, said, "import kt_nothing_of_this_name")
        assert "[plugin.import]: the plugin cannot be imported: ModuleNotFoundError" in text

    def test_a_plugin_that_is_no_python(self, workshop, said):
        assert "SyntaxError" in self.refusal(workshop, said, "def (")

    @pytest.mark.parametrize(
        ("returned", "found"),
        [
            ("None", "NoneType"),
            ("42", "int"),
            ("'visits'", "str"),
            ("[Text('一', 'one')]", "[0]: Text"),
            ("[replace(count, value=7)]", "bad.visits.value: int 7"),
            ("[replace(count, unit='parsec')]", "bad.visits.unit: str 'parsec'"),
            ("[replace(count, name='Visits')]", "bad.visits.name: str 'Visits'"),
            ("[replace(count, min_sample=True)]", "bad.visits.min_sample: bool True"),
            ("[replace(count, parameters={'n': 3})]", "bad.visits.parameters.n: int 3"),
            ("itertools.repeat(count)", "> 10000"),
        ],
    )
    def test_a_hook_that_returns_the_wrong_thing(self, workshop, said, returned, found):
        code = f"import itertools\n{RECORD_TYPE}\n@hookimpl\ndef provide_indicators():\n    return {returned}"
        text = self.refusal(workshop, said, code)
        assert "[plugin.hook-returned]: its hook provide_indicators returned the wrong thing" in text
        assert f"found: {found}" in text

    def test_an_unknown_hook_is_named_with_the_nearest_known_one(self, workshop, said):
        text = self.refusal(workshop, said, "@hookimpl\ndef provide_indicator():\n    return []")
        assert "[plugin.unknown-hook]: it implements a hook that does not exist: provide_indicator" in text
        assert "did you mean provide_indicators?" in text

    def test_an_unknown_hook_that_calls_itself_optional(self, workshop, said):
        code = "@hookimpl(optionalhook=True)\ndef send_everything():\n    return []"
        assert "[plugin.unknown-hook]" in self.refusal(workshop, said, code)

    def test_a_hook_that_nobody_marked(self, workshop, said):
        text = self.refusal(workshop, said, "def provide_indicators():\n    return []")
        assert "[plugin.unmarked-hook]" in text
        assert "write @hookimpl above it" in text

    def test_a_hook_with_an_argument_that_it_is_not_given(self, workshop, said):
        text = self.refusal(workshop, said, "@hookimpl\ndef provide_indicators(database):\n    return []")
        assert "[plugin.hook-signature]" in text
        assert "database" in text

    def test_a_wrapper_around_other_plugins_hooks(self, workshop, said):
        code = "@hookimpl(wrapper=True)\ndef provide_indicators():\n    yield\n    return []"
        assert "[plugin.hook-signature]" in self.refusal(workshop, said, code)

    @pytest.mark.parametrize(
        ("api", "found"),
        [("", "None"), ("kaohe_api = 2", "2"), ("kaohe_api = '1'", "1"), ("kaohe_api = True", "True")],
    )
    def test_a_missing_or_incompatible_version_of_the_interface(self, workshop, said, api, found):
        text = self.refusal(workshop, said, "", api=api)
        assert "[plugin.incompatible]" in text
        assert f"found: {found}" in text
        assert "expected: kaohe_api = 1" in text

    def test_a_pack_of_another_format(self, workshop, said):
        files = workshop.pack("bad")
        files["pack.toml"] = files["pack.toml"].replace("format = 1", "format = 2")
        text = said(workshop.refused(workshop.allow("bad", files)))
        assert text.startswith("kt_bad/pack.toml:1:10: error [plugin.incompatible]")


class TestMeaning:
    def refusal(self, workshop, said, **changes: str) -> str:
        return said(workshop.refused(workshop.allow("bad", workshop.python(indicator(**changes)))))

    def test_an_indicator_over_a_record_type_that_nobody_brings(self, workshop, said):
        text = self.refusal(workshop, said, records="'nothing'")
        assert "[plugin.unknown-records]: the record type nothing is brought by no running plugin" in text
        assert "ticket" in text

    def test_a_plugin_that_measures_records_of_a_refused_one_is_refused_too(self, workshop, said):
        broken = workshop.allow("first", workshop.pack("first", **{"count()": "nonsense("}))
        leaning = workshop.allow("bad", workshop.pack("bad", **{'records = "bad_visit"': 'records = "first_visit"'}))
        registry = workshop.open(broken, leaning)
        assert "[plugin.unknown-records]" in said(registry.plugin("bad"))
        assert registry.plugin("crm").state == "running"

    def test_a_plugin_may_measure_the_records_of_another(self, workshop):
        first = workshop.allow("first", workshop.pack("first"))
        leaning = workshop.allow("good", workshop.pack("good", **{'records = "good_visit"': 'records = "first_visit"'}))
        registry = workshop.open(leaning, first)
        assert registry.plugin("good").state == "running"

    def test_an_expression_that_does_not_compile_is_shown_at_its_character_of_the_pack(self, workshop, said):
        files = workshop.pack("bad", **{'"count()"': '"count(where=nmber == 3)"'})
        text = said(workshop.refused(workshop.allow("bad", files)))
        line = files["pack.toml"][: files["pack.toml"].index("count(where")].count("\n") + 1
        assert f"kt_bad/pack.toml:{line}:22: error [" in text

    def test_an_expression_in_python_is_shown_by_the_indicator_and_its_character(self, workshop, said):
        text = self.refusal(workshop, said, value="'count(where=nmber == 3)'")
        assert "(bad.visits value:1:13): error [" in text

    def test_a_condition_that_is_none(self, workshop, said):
        assert "bad.visits where:1:" in self.refusal(workshop, said, where="'number'")

    def test_a_default_that_its_schema_does_not_allow(self, workshop, said):
        parameter = "Parameter({'type': 'integer', 'minimum': 1}, 0, Text('数', 'Number'))"
        text = self.refusal(workshop, said, parameters=f"{{'n': {parameter}}}")
        assert "the value of the parameter is out of range" in text
        assert "(bad.visits parameters n default)" in text
        assert "expected: ≥ 1" in text

    def test_a_parameter_that_hides_a_field(self, workshop, said):
        parameter = "Parameter({'type': 'integer'}, 0, Text('数', 'Number'))"
        text = self.refusal(workshop, said, parameters=f"{{'no': {parameter}}}")
        assert "the parameter no has the name of a field" in text

    def test_a_date_that_is_no_date(self, workshop, said):
        assert "when needs a field of another kind" in self.refusal(workshop, said, when="'no'")

    def test_all_mistakes_of_a_plugin_are_told_at_once(self, workshop):
        code = indicator(id="'other.visits'", min_sample="-1").replace('"bad_visit"', '"Bad Visit"')
        state = workshop.refused(workshop.allow("bad", workshop.python(code)))
        assert len(state.problems) == 3


def plant_bytecode(source, code) -> None:
    """Write a bytecode cache that Python would take for the source's own."""
    import importlib.util
    import marshal
    import struct

    cache = Path(importlib.util.cache_from_source(str(source)))
    cache.parent.mkdir(exist_ok=True)
    status = source.stat()
    head = importlib.util.MAGIC_NUMBER + struct.pack("<III", 0, int(status.st_mtime), status.st_size)
    cache.write_bytes(head + marshal.dumps(code))
